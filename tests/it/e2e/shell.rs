//! The terminal is the shell's again, however the program ends.

use super::*;

#[test]
fn the_terminal_is_restored_after_q_and_after_a_signal() {
    let office = office(0);
    let quits: [fn(&Terminal); 3] =
        [|terminal| terminal.type_keys("q"), |terminal| terminal.signal("TERM"), |terminal| terminal.signal("HUP")];
    for quit in quits {
        let mut terminal = office.open();
        terminal.wait_for_text("All clear");
        assert!(terminal.alternate_screen() && terminal.raw_mode() && !terminal.cursor_visible());
        terminal.resize(40, 12);
        // Drawn for this size, and not only cut to it: the line of keys is the last one.
        let small = |screen: &str| screen.lines().nth(11).is_some_and(|line| line.contains("? help"));
        terminal.wait_for("a small screen", DEADLINE, small);
        terminal.resize(100, 30);
        terminal.wait_for_text("5 Outgoing");
        // So short a change that the program sees only its end: what the terminal cut off must come back.
        terminal.resize(40, 12);
        terminal.resize(100, 30);
        terminal.wait_for_text("5 Outgoing");
        quit(&terminal);
        assert!(terminal.wait_exit().success());
        terminal.assert_restored();
    }
}

#[test]
fn ctrl_z_gives_the_terminal_to_the_shell_and_fg_takes_it_back() {
    let office = office(0);
    office.dovecot.deliver(ME, "INBOX", &letter("q1", "Offer for desks", "What do they cost?"), "");
    let env = office.home.env();
    let mut env: Vec<(&str, &str)> = env.iter().map(|(name, value)| (*name, value.as_str())).collect();
    env.push(("PS1", "ready$ "));
    // Without line editing: its own raw mode would look like ours.
    let mut shell = Terminal::spawn(&["bash", "--norc", "--noprofile", "--noediting", "-i"], &env, 100, 30);
    shell.wait_for_text("ready$");
    shell.type_keys(&format!("{}\r", env!("CARGO_BIN_EXE_postbook")));
    shell.wait_for_text("Offer for desks");
    for _ in 0..2 {
        shell.type_keys("\x1a");
        shell.wait_for_text("Stopped");
        shell.wait_for("a prompt", DEADLINE, |screen| screen.trim_end().ends_with("ready$"));
        shell.assert_restored();
        shell.resize(40, 12);
        shell.resize(100, 30);
        shell.type_keys("fg\r");
        shell.wait_for_text("Offer for desks");
        assert!(shell.alternate_screen() && shell.raw_mode());
    }
    shell.type_keys("q");
    shell.wait_for("a prompt", DEADLINE, |screen| screen.trim_end().ends_with("ready$"));
    shell.assert_restored();
    shell.type_keys("exit\r");
    assert!(shell.wait_exit().success());
}
