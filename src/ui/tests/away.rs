//! Away: begun and ended by a form, told in the bottom line.

use super::*;
use crate::domain::auto_reply::GoingAway;

fn bottom(program: &Program) -> String {
    let screen = program.screen();
    let lines: Vec<&str> = screen.lines().collect();
    lines[lines.len().saturating_sub(2)..].join("\n")
}

#[test]
fn a_form_begins_and_ends_it() {
    let mut program = Program::full(80, 24);
    program.press("gA");
    assert!(program.screen().contains("Away: letters are answered by themselves"), "{}", program.screen());
    program.press("nonsense<enter>");
    assert!(program.screen().contains("This is no day"), "{}", program.screen());
    program.press("<ctrl-u>12.12<enter>");
    let until = "2026-12-12".parse().unwrap();
    let wanted = GoingAway { from: None, until, template: "away".to_owned(), pause_days: 7, account: None };
    assert_eq!(program.asked(), [Effect::Away(Some(wanted.clone()))]);
    program.press("gA12.12<tab>1.12<tab><ctrl-u>holiday<enter>");
    let from = Some("2026-12-01".parse().unwrap());
    assert_eq!(program.asked(), [Effect::Away(Some(GoingAway { from, template: "holiday".to_owned(), ..wanted }))]);
    program.press("gA<tab>1.12<enter>");
    assert!(program.screen().contains("Until which day?"), "{}", program.screen());
    program.press("<esc>gA<enter>");
    assert_eq!(program.asked(), [], "who only looks ends nothing");
    program.press("off<enter>");
    assert_eq!(program.asked(), [Effect::Away(None)]);
}

#[test]
fn the_bottom_line_tells_of_it() {
    let mut program = Program::full(80, 24);
    assert!(!bottom(&program).contains("away until"));
    program.store.away = Some(Text::own("away until 12 December: 3 answered"));
    program.event(Event::Changed(Vec::new()));
    assert!(bottom(&program).contains("away until 12 December: 3 answered · g A"), "{}", program.screen());
    program.press("gA");
    assert!(program.screen().contains("You are away until 12 December: 3 answered"), "{}", program.screen());
}
