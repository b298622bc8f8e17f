//! Filing by hand: the exact acts, what is asked of the store, and how the ledger, the picker and the ignored senders look.

use super::Program;
use super::fixtures::{at, t};
use crate::domain::address::Address;
use crate::domain::filing::{
    Answer, ByHand, Client, ClientRow, Ignored, InSpite, LedgerLine, Likely, Place, Question, Rule,
};
use crate::domain::id;
use crate::ui::card::Item;
use crate::ui::effect::Effect;
use crate::ui::event::Event;

/// The question about filing that was asked last, with its number.
fn question(program: &mut Program) -> (u64, Question) {
    let asked = program.asked().into_iter().rev().find_map(|effect| match effect {
        Effect::AskFiling { generation, question } => Some((generation, question)),
        _ => None,
    });
    asked.expect("a question about filing")
}

fn answer(program: &mut Program, generation: u64, answer: Answer) {
    program.event(Event::FilingAnswered { generation, answer: Box::new(answer) });
}

fn by_hand(program: &mut Program) -> Vec<ByHand> {
    let acts = program.asked().into_iter().filter_map(|effect| match effect {
        Effect::ByHand(act) => Some(*act),
        _ => None,
    });
    acts.collect()
}

fn clients() -> Answer {
    Answer::Clients(vec![
        ClientRow {
            client: Client::Contact(id::Contact(3)),
            name: t("Anna Nowak"),
            detail: t("anna@acme.example · Acme"),
        },
        ClientRow { client: Client::Company(id::Company(2)), name: t("Acme"), detail: t("company acme.example") },
    ])
}

#[test]
fn a_conversation_is_filed_under_another_client() {
    let mut program = Program::full(80, 24);
    program.press("2jj@");
    let (generation, asked) = question(&mut program);
    assert_eq!(asked, Question::Clients(String::new()));
    answer(&mut program, generation, clients());
    program.press("ac");
    let (generation, asked) = question(&mut program);
    assert_eq!(asked, Question::Clients("ac".to_owned()), "the store looks, not the screen");
    answer(&mut program, generation, clients());
    assert!(program.screen().contains("anna@acme.example · Acme"), "{}", program.screen());
    program.press("<down><enter>");
    assert_eq!(by_hand(&mut program), [ByHand::Client(vec![id::Thread(2)], Client::Company(id::Company(2)))]);
    // Marked ones go together.
    program.press("<space><space>@");
    let (generation, _) = question(&mut program);
    answer(&mut program, generation, clients());
    program.press("<enter>");
    let acts = by_hand(&mut program);
    assert!(
        matches!(&acts[..], [ByHand::Client(threads, Client::Contact(id::Contact(3)))] if threads.len() == 2),
        "{acts:?}"
    );
}

#[test]
fn conversations_are_joined_and_letters_moved_out() {
    let mut program = Program::full(120, 40);
    program.press("2<space><space>&");
    assert_eq!(by_hand(&mut program), [], "it is asked first");
    program.press("y");
    assert_eq!(by_hand(&mut program), [ByHand::Join(vec![id::Thread(8), id::Thread(6)])]);
    // One alone: what may belong to it is proposed.
    let mut program = Program::full(80, 24);
    program.press("2jj&");
    let (generation, asked) = question(&mut program);
    assert_eq!(asked, Question::Likely(id::Thread(2)));
    answer(&mut program, generation, Answer::Likely(Vec::new()));
    assert!(program.screen().contains("Space, then & joins them"), "{}", program.screen());
    program.press("<enter><esc>");
    assert_eq!(by_hand(&mut program), []);
    program.press("&");
    let (generation, _) = question(&mut program);
    let likely = |thread, subject: &str, evidence: &str| Likely {
        thread: id::Thread(thread),
        subject: t(subject),
        last_at: at("11-18 10:00:00"),
        evidence: t(evidence),
    };
    let rows = vec![
        likely(6, "Offer for 20 desks", "the same client, the same subject, 2 days apart"),
        likely(8, "Desks, new offer", "the same client, its subject shares “offer”, “desks”, 2 days apart"),
    ];
    answer(&mut program, generation, Answer::Likely(rows));
    insta::assert_snapshot!("likely_80x24", program.screen());
    program.press("j<enter>");
    assert_eq!(by_hand(&mut program), [ByHand::Join(vec![id::Thread(2), id::Thread(8)])]);
    // A letter of the open conversation.
    for (key, act) in
        [("|", ByHand::SplitFrom as fn(id::Message) -> ByHand), ("O", ByHand::MoveOut), ("y", ByHand::AddSender)]
    {
        let mut program = Program::full(120, 40);
        program.press("2jj<enter>");
        let letter = program.state.reader().and_then(crate::ui::reader::Reader::letter).unwrap().id;
        program.press(key);
        assert_eq!(by_hand(&mut program), [act(letter)], "{key}");
    }
}

#[test]
fn a_deal_keeps_its_name_beside_a_long_reason() {
    let mut program = Program::full(80, 24);
    program.press("2jjf");
    let titles: Vec<String> = match program.state.overlays.last() {
        Some(crate::ui::overlays::Overlay::Choose(choose)) => {
            choose.slot.value.iter().flatten().map(|choice| choice.left.as_str().chars().take(7).collect()).collect()
        }
        _ => Vec::new(),
    };
    assert!(!titles.is_empty());
    for title in titles {
        assert!(program.screen().contains(&title), "{title} is not in\n{}", program.screen());
    }
}

#[test]
fn one_key_accepts_the_likeliest_deal() {
    let mut program = Program::full(80, 24);
    program.press("2jjb");
    assert_eq!(by_hand(&mut program), [ByHand::BestDeal(id::Thread(2))]);
    // f shows them with what speaks for each.
    program.press("f");
    assert!(program.screen().contains("it is their own deal"), "{}", program.screen());
    // However much speaks for it, the deal itself is named.
    let screen = program.screen();
    assert!(screen.lines().any(|line| line.contains("Chairs, second delivery") && line.contains("it is")), "{screen}");
}

#[test]
fn the_ledger_tells_every_decision() {
    let mut program = Program::full(80, 24);
    program.press("2jjgf");
    let (generation, asked) = question(&mut program);
    assert_eq!(asked, Question::Ledger(id::Thread(2)));
    let line = |rule, until, evidence: &str| LedgerLine {
        at: at("11-20 10:00:00"),
        until,
        rule,
        place: Place::default(),
        client: t("Anna Nowak · Acme"),
        deal: t("Desks"),
        evidence: t(evidence),
        alternatives: vec![t("“Chairs”: it is their own deal")],
    };
    let lines = vec![
        line(Rule::Mine, None, "you chose Desks"),
        line(Rule::Address, Some(at("11-20 11:00:00")), "anna@acme.example is an address of this contact"),
    ];
    let in_spite = vec![InSpite {
        at: at("11-22 16:00:00"),
        to: t("Anna Kowalska"),
        reasons: vec![t("the letter promises a file and none is attached")],
    }];
    answer(&mut program, generation, Answer::Ledger(lines, in_spite));
    insta::assert_snapshot!("ledger_80x24", program.screen());
}

#[test]
fn senders_are_ignored_and_shown_again() {
    let mut program = Program::full(80, 24);
    program.press("gi");
    let (generation, asked) = question(&mut program);
    assert_eq!(asked, Question::Ignored);
    let rows =
        vec![Ignored { pattern: t("*@ads.example"), letters: 12 }, Ignored { pattern: t("newsletter*@*"), letters: 1 }];
    answer(&mut program, generation, Answer::Ignored(rows));
    insta::assert_snapshot!("ignored_80x24", program.screen());
    program.press("<down><delete>");
    assert_eq!(by_hand(&mut program), [ByHand::Unignore("newsletter*@*".to_owned())]);
    program.press("spam@x.example<enter>");
    assert_eq!(by_hand(&mut program), [ByHand::Ignore("spam@x.example".to_owned())]);
}

#[test]
fn somebody_on_no_card_is_offered_on_the_card() {
    let mut program = Program::full(160, 48);
    program.press("3<right><tab>");
    assert!(program.screen().contains("On no card -  1 person"), "{}", program.screen());
    assert!(program.screen().contains("in “Offer for 20 desks”"), "{}", program.screen());
    let stranger = Item::Stranger(Address::parse("piotr@mebleplus.example").unwrap(), id::Message(20));
    for _ in 0..60 {
        if program.state.card().and_then(crate::ui::card::Card::item) == Some(stranger.clone()) {
            break;
        }
        program.press("j");
    }
    program.press("<enter>");
    assert_eq!(by_hand(&mut program), [], "it is asked first");
    assert!(
        program.screen().contains("Add piotr@mebleplus.example as a contact of this client?"),
        "{}",
        program.screen()
    );
    program.press("y");
    let address = Address::parse("piotr@mebleplus.example").unwrap();
    assert_eq!(by_hand(&mut program), [ByHand::AddPerson(id::Message(20), address)]);
}

#[test]
fn why_tells_how_it_is_filed() {
    let mut program = Program::full(120, 40);
    program.press("w");
    let screen = program.screen();
    assert!(screen.contains("Anna Kowalska · Meble Plus · several open deals: asked, by an address"), "{screen}");
    assert!(screen.contains("- anna@mebleplus.example is an address of this contact"), "{screen}");
    assert!(screen.contains("also in question: “Chairs, second delivery”"), "{screen}");
    assert!(screen.contains("All decisions about it: g f."), "{screen}");
}
