//! The demo: looks and feels like work, and sends nothing.

use std::time::Duration;

use super::*;

#[test]
fn a_letter_of_the_demo_becomes_a_file_and_is_answered() {
    let home = home();
    let dir = home.path().join("demo");
    let name = dir.display().to_string();
    let mut terminal = home.terminal(&["demo", "--dir", &name], 120, 40);
    terminal.wait_for_text("Any key begins.");
    terminal.type_keys(ESC);
    terminal.wait_for_text("demo: nothing is sent");
    let rows = |screen: &str| screen.lines().filter(|line| line.contains("answer")).count();
    terminal.wait_for("a board full of letters", DEADLINE, |screen| rows(screen) > 3);
    let outbox = || std::fs::read_dir(dir.join("outbox")).map_or(0, Iterator::count);
    assert_eq!(outbox(), 0);
    // Somebody who answers: found by name, written to from their card.
    terminal.type_keys("3");
    terminal.type_keys("/Priya Nair\r");
    terminal.wait_for_text("priya.nair@hutchins-rowe.example");
    terminal.type_keys("n");
    terminal.wait_for_text("Ctrl-S look and send");
    terminal.wait_for_text("priya.nair@hutchins-rowe.example");
    terminal.type_keys("Zebra desks\t");
    terminal.type_keys("They come on Monday.");
    terminal.type_keys(CTRL_S);
    terminal.wait_for_text("Ready: Enter sends");
    terminal.type_keys(ENTER);
    terminal.wait_for_text("Sending to");
    assert_eq!(outbox(), 0, "it is held");
    poll_until(Duration::from_secs(30), "a file in the outbox", || (outbox() == 1).then_some(()));
    // Her client has waited longer than most: the answer stands with its other rows, near the top. It is only announced at first.
    terminal.type_keys("1gg");
    poll_until(Duration::from_secs(60), "an answer", || {
        let screen = terminal.screen();
        if screen.contains("new above") {
            terminal.type_keys("gg");
        }
        screen.lines().any(|line| line.contains("Zebra desks") && line.contains("new answer")).then_some(())
    });
    assert_eq!(outbox(), 1, "one letter, one file");
    terminal.type_keys("q");
    assert!(terminal.wait_exit().success());
    terminal.assert_restored();
    assert!(terminal.screen().contains("The demo is kept in"), "{}", terminal.screen());
}
