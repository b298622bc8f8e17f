//! Search, its list, and the saved searches.

use super::super::overlays::Overlay;
use super::*;
use crate::domain::handling::{Handling, Order as Handled};
use crate::domain::query::{Answer, CardHit, Cards, Hit, Kind as Found, Names, Order, Query, Total, View, ViewRow};
use crate::ui::effect::ViewAct;

fn t(text: &str) -> Text {
    Text::line(text)
}

fn exactly(count: u64) -> Total {
    Total { count, exact: true }
}

/// A search for “letters” finds no cards.
pub(super) fn answer(query: &str, hits: &[Hit]) -> Answer {
    let parsed = Query::parse(query);
    let card = |kind, id, title: &str, detail: &str| CardHit {
        kind,
        id,
        title: t(title),
        detail: t(detail),
        at: None,
        lead: false,
        contact: None,
    };
    let cards = vec![
        Cards {
            kind: Found::Contact,
            total: exactly(7),
            rows: vec![card(Found::Contact, 1, "Anna Kowalska", "Meble Plus, buyer")],
        },
        Cards {
            kind: Found::Deal,
            total: exactly(1),
            rows: vec![card(Found::Deal, 1, "Desks for the Łódź office", "Meble Plus, offer")],
        },
    ];
    Answer {
        cards: if query.starts_with("letters") || query.contains("nothing") { Vec::new() } else { cards },
        letters: exactly(hits.len() as u64),
        hits: if query.contains("nothing") { Vec::new() } else { hits.to_vec() },
        notes: parsed.notes,
        shown: vec!["desks*".to_owned(), "offer".to_owned()],
    }
}

pub(super) fn names() -> Names {
    Names { folders: vec![t("Klienci")], tags: vec![t("vip")], stages: vec![t("offer")], owners: Vec::new() }
}

pub(super) fn views() -> Vec<ViewRow> {
    let row = |key, name: &str, query: &str, letters, contacts| ViewRow {
        view: View { id: id::View(key), name: t(name), query: t(query) },
        letters,
        contacts,
    };
    vec![
        row(1, "Big offers", "stage:offer amount:>10k", exactly(12), exactly(3)),
        row(2, "Łódź", "company:lodz", Total { count: 1000, exact: false }, exactly(0)),
    ]
}

fn asked(program: &Program) -> Vec<String> {
    let query = |effect: &Effect| match effect {
        Effect::LoadSearch { query, order, after, .. } => Some(format!(
            "{query}{}{}",
            if *order == Order::Newest { ", newest" } else { "" },
            if after.is_some() { ", more" } else { "" }
        )),
        _ => None,
    };
    program.loads.iter().filter_map(query).collect()
}

fn line(program: &mut Program) -> String {
    program.screen().lines().find(|line| line.contains("/")).unwrap_or_default().trim_matches(['│', ' ']).to_owned()
}

#[test]
fn cards_stand_before_letters_and_open() {
    let mut program = Program::full(100, 30);
    program.press("/desks");
    insta::assert_snapshot!("search_with_cards_100x30", program.screen());
    program.press("<enter>");
    assert!(program.state.card().is_some(), "the contact's card");
    program.press("<esc>");
    assert!(program.screen().contains("Search letters and cards"), "back to what was found");
    program.press("<down><enter>");
    assert_eq!(line(&mut program), "/kind:contact desks", "the rest of a kind");
    assert_eq!(program.state.overlays.len(), 1);
}

#[test]
fn fields_and_values_are_completed() {
    let mut program = Program::full(80, 24);
    program.press("/fr");
    assert!(program.screen().contains("Tab from:  who wrote the letter: name or address"), "{}", program.screen());
    program.press("<tab>");
    assert_eq!(line(&mut program), "/from:");
    program.press("<ctrl-u>counter:unan<tab>tag:v<tab>");
    assert_eq!(line(&mut program), "/counter:unanswered tag:vip");
    assert_eq!(
        asked(&program).last().map(String::as_str),
        Some("counter:unanswered tag:vip "),
        "no word is being typed any more"
    );
}

#[test]
fn what_is_not_understood_is_said() {
    let mut program = Program::full(80, 24);
    program.press("/before:foo nothing");
    let screen = program.screen();
    assert!(screen.contains("! “foo” is no day, so before: is left out"), "{screen}");
    assert!(screen.contains("Nothing has all of this."), "{screen}");
}

#[test]
fn keys_act_in_the_list() {
    let mut program = Program::full(80, 24);
    program.press("/letters desks<tab>");
    insta::assert_snapshot!("search_in_its_list_80x24", program.screen());
    program.press("jkE");
    let order = |handling| {
        Effect::Handle(Box::new(Handled { handling, threads: vec![id::Thread(2)], folder: None, confirmed: false }))
    };
    assert_eq!(program.asked(), [order(Handling::Archive)]);
    program.press("!m");
    assert_eq!(program.asked(), [order(Handling::Flag(true)), order(Handling::Seen(true))]);
    program.press("e");
    assert_eq!(program.asked(), [Effect::MarkDone(vec![id::Thread(2)])]);
    program.press("z<enter>");
    assert!(matches!(program.asked().as_slice(), [Effect::Snooze { threads, .. }] if *threads == [id::Thread(2)]));
    assert!(matches!(program.state.overlays.last(), Some(Overlay::Search(_))), "still there");
    program.press("q");
    assert!(program.screen().contains("q does nothing with what was found"), "{}", program.screen());
    program.press("r");
    assert!(program.state.overlays.is_empty());
    let asked = program.asked();
    assert!(
        matches!(asked.as_slice(), [Effect::View(ViewAct::Remember(query)), Effect::StartReply { .. }] if query == "letters desks"),
        "{asked:?}"
    );
    assert!(program.state.found.is_none(), "the next key is about the screen again");
}

#[test]
fn what_changes_is_read_again_and_the_row_stays() {
    let mut program = Program::full(80, 24);
    program.press("/letters desks<tab>j");
    program.store.hits.rotate_left(1);
    program.event(Event::Changed(vec![crate::ui::event::Changed::Thread(id::Thread(6))]));
    assert_eq!(program.state.found.as_ref().and_then(|found| found.thread), Some(id::Thread(6)));
    program.press("E");
    assert!(matches!(program.asked().as_slice(), [Effect::Handle(order)] if order.threads == [id::Thread(6)]));
}

#[test]
fn the_order_turns_and_earlier_searches_come_back() {
    let mut program = Program::full(80, 24);
    program.press("/desks<ctrl-o>");
    assert_eq!(asked(&program).last().map(String::as_str), Some("desks, newest"));
    assert!(program.screen().contains("newest first"));
    program.press("<esc>/<up><up><up>");
    assert_eq!(line(&mut program), "/from:jan", "the oldest there is");
    program.press("<down>");
    assert_eq!(line(&mut program), "/invoice");
    program.press("<down>");
    assert_eq!(line(&mut program), "/");
}

#[test]
fn the_language_is_explained() {
    let mut program = Program::full(80, 24);
    program.press("/?");
    insta::assert_snapshot!("search_language_80x24", program.screen());
    program.press("<down><down>");
    assert!(program.screen().contains("counter:unanswered"), "{}", program.screen());
    program.press("<esc>desks<f1>");
    assert!(program.screen().contains("amount:>1000EUR"));
    program.press("<esc><esc>");
    assert!(program.state.overlays.is_empty());
}

#[test]
fn a_search_is_kept_and_opened_again() {
    let mut program = Program::full(80, 24);
    program.press("/is:unread desks<ctrl-s>");
    program.press("<enter>");
    assert!(program.screen().contains("A search is kept under a name."));
    program.press("Mine<enter>");
    assert_eq!(
        program.asked(),
        [Effect::View(ViewAct::Keep { name: "Mine".to_owned(), query: "is:unread desks".to_owned() })]
    );
    program.press("<esc>V");
    insta::assert_snapshot!("saved_searches_80x24", program.screen());
    program.press("<enter>");
    assert_eq!(line(&mut program), "/stage:offer amount:>10k");
    program.press("<esc><esc>Vjc");
    assert_eq!(line(&mut program), "/kind:contact company:lodz");
    program.press("<esc><esc>Vr!<enter>");
    assert!(
        program.effects.iter().any(
            |effect| *effect == Effect::View(ViewAct::Rename { view: id::View(1), name: "Big offers!".to_owned() })
        )
    );
    program.press("dy");
    assert!(program.effects.contains(&Effect::View(ViewAct::Remove(id::View(1)))));
}

#[test]
fn a_saved_search_is_a_queue_of_today() {
    let mut program = Program::full(80, 24);
    program.press("Vt");
    let queue = program.loads.iter().rev().find_map(|effect| match effect {
        Effect::LoadToday { view, .. } => Some(view.clone()),
        _ => None,
    });
    assert_eq!(queue, Some(Some("stage:offer amount:>10k".to_owned())));
    assert!(program.screen().contains("Big offers"), "{}", program.screen());
    program.press("<esc>");
    assert!(program.state.today.view.is_none(), "everything again");
    assert!(!program.screen().contains("Big offers"));
}

#[test]
fn no_key_of_a_letter_reaches_what_was_found() {
    let mut program = Program::full(80, 24);
    program.press("/letters desks<tab>");
    assert!(program.state.found.is_some());
    program.press("<tab>x");
    assert!(program.state.found.is_none(), "the line takes the keys");
}
