//! Cards: facts are edited in their place, sections fold, the timeline is filtered and goes on.

use super::{Program, fixtures::t};
use crate::domain::card::Fact;
use crate::domain::contact::Whose;
use crate::domain::field::Noun;
use crate::domain::id;
use crate::domain::problem::{Kind, Problem};
use crate::domain::timeline::Show;
use crate::ui::effect::Effect;
use crate::ui::event::Event;

const ANNA: Whose = Whose::Contact(id::Contact(1));

fn edit(whose: Whose, fact: Fact, typed: &str) -> Vec<Effect> {
    vec![Effect::EditCard { whose, edits: vec![(fact, typed.to_owned())] }]
}

/// Anna's card in use on the screen Clients.
fn on_card(width: u16, height: u16) -> Program {
    let mut program = Program::full(width, height);
    program.press("3<tab>");
    program.asked();
    program
}

#[test]
fn a_fact_is_edited_in_its_line_and_kept_when_it_fits() {
    let mut program = on_card(100, 40);
    program.press("#");
    assert!(program.screen().contains("key client, Łódź"), "{}", program.screen());
    program.press(", v");
    assert!(program.screen().contains("Tab: vip"), "{}", program.screen());
    program.press("<tab><enter>");
    assert_eq!(program.asked(), edit(ANNA, Fact::Tags, "key client, Łódź, vip"));
    program.event(Event::CardEdited { whose: ANNA, outcome: Ok(()) });
    assert!(!program.screen().contains("Tab: "), "the input is gone");
    program.press("j");
    assert_eq!(program.asked(), [], "keys move again");
}

#[test]
fn what_does_not_fit_is_said_and_stays() {
    let mut program = on_card(100, 40);
    choose(&mut program, "birthday");
    program.press("<ctrl-u>31.02<enter>");
    assert!(program.screen().contains("“31.02” is no birthday"), "{}", program.screen());
    assert_eq!(program.asked(), []);
    program.press("<ctrl-u>1.12<enter>");
    assert_eq!(program.asked(), edit(ANNA, Fact::Birthday, "1.12"));

    let mut program = on_card(100, 40);
    choose(&mut program, "mail");
    program.press(", eve@x.example<enter>");
    program.asked();
    let problem = Problem::new(Kind::Input, "eve@x.example already belongs to Eve");
    program.event(Event::CardEdited { whose: ANNA, outcome: Err(problem) });
    let screen = program.screen();
    assert!(screen.contains("! eve@x.example already belongs"), "{screen}");
    assert!(screen.contains(", eve@x.example"), "what was typed stays: {screen}");
    program.press("<esc>");
    assert!(!program.screen().contains("already belongs"), "Esc leaves it");
}

/// Chooses a fact in the list that `=` opens where no fact is chosen.
fn choose(program: &mut Program, label: &str) {
    program.press("=");
    for _ in 0..40 {
        let screen = program.screen();
        if screen.lines().any(|line| line.contains(">") && line.contains(&format!(" {label} "))) {
            break;
        }
        program.press("j");
    }
    program.press("<enter>");
}

#[test]
fn watching_is_one_key_also_in_the_list() {
    let mut program = Program::full(100, 30);
    program.press("3");
    program.asked();
    program.press("W");
    assert_eq!(program.asked(), edit(ANNA, Fact::Watched, "yes"));
    program.press("%Ola<enter>");
    assert_eq!(program.asked(), edit(ANNA, Fact::Owner, "Ola"), "the card is in use then");
}

#[test]
fn a_note_has_lines_and_is_not_lost_by_one_key() {
    let mut program = on_card(100, 40);
    choose(&mut program, "note");
    program.press(" New<esc>");
    assert!(program.screen().contains("Esc again throws the changes away"), "{}", program.screen());
    program.press("<ctrl-s>");
    let note = "Prefers to be called in the morning; decides together with the architect. New";
    assert_eq!(program.asked(), edit(ANNA, Fact::Note, note));
}

#[test]
fn a_new_client_is_typed_once() {
    let mut program = Program::full(100, 30);
    program.press("3");
    program.asked();
    program.press("NEve<tab>Nowak<tab>eve@<enter>");
    assert!(program.screen().contains("“eve@” is not a mail address"), "{}", program.screen());
    program.press("x.example<enter>");
    let asked = program.asked();
    let [Effect::EnterCard { noun: Noun::Contact, edits }] = asked.as_slice() else { panic!("{asked:?}") };
    assert!(edits.contains(&(Fact::Addresses, "eve@x.example".to_owned())), "{edits:?}");
    let problem = Problem::new(Kind::Input, "eve@x.example already belongs to Eve");
    program.event(Event::CardEntered { outcome: Err(problem) });
    assert!(program.screen().contains("already belongs to Eve"), "{}", program.screen());
    assert!(program.screen().contains("Nowak"), "nothing is lost");
    program.press("<enter>");
    program.event(Event::CardEntered { outcome: Ok(ANNA) });
    assert!(!program.screen().contains("New contact"), "its card is open");

    let mut program = Program::full(100, 30);
    program.press("3lNAcme<enter>");
    let asked = program.asked();
    assert!(matches!(asked.as_slice(), [Effect::EnterCard { noun: Noun::Company, .. }]), "{asked:?}");
}

#[test]
fn the_timeline_is_filtered() {
    let mut program = on_card(100, 40);
    program.press("v2");
    assert!(program.screen().contains("what they wrote"), "{}", program.screen());
    program.press("v7dąb<enter>");
    assert!(program.screen().contains("with “dąb”"), "{}", program.screen());
    let card = program.state.card().unwrap();
    assert_eq!(*card.shows(), Show::Words(t("dąb")));
}

#[test]
fn sections_fold_and_files_come_when_they_are_wanted() {
    let mut program = on_card(80, 24);
    for _ in 0..12 {
        if program.screen().lines().any(|line| line.contains("> Files") || line.contains(">Files")) {
            break;
        }
        program.press("]");
    }
    assert!(program.screen().contains("Files +"), "{}", program.screen());
    program.press("<enter>");
    assert!(program.screen().contains("floor plan.pdf"), "{}", program.screen());
    program.press("jo");
    assert_eq!(program.asked(), [Effect::OpenAttachment { message: id::Message(22), index: 0 }]);
    program.press("jS");
    assert_eq!(program.asked(), [Effect::SaveAttachment { message: id::Message(22), index: 1 }]);
}

#[test]
fn a_wide_card_has_two_columns() {
    let mut program = Program::full(160, 48);
    program.press("2jC");
    let screen = program.screen();
    let both = screen.lines().any(|line| line.contains("mail") && line.chars().count() > 100);
    assert!(both && screen.contains("Turnover -"), "{screen}");
    insta::assert_snapshot!(screen);
}
