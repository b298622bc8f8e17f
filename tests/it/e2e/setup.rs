//! From nothing to the first letter: `postbook setup`, and the first-run screen.

use super::*;
use crate::support::{ca, web};
use std::os::unix::fs::PermissionsExt;

/// Servers, a home without a configuration, and what the domain publishes about the servers.
struct Newcomer {
    office: Office,
    /// Where the settings are published.
    autoconfig: String,
    /// The authority's file.
    ca_file: String,
}

fn newcomer() -> Newcomer {
    let dovecot = Dovecot::start(&[ME]);
    let smtp = SmtpServer::start(&dovecot);
    dovecot.deliver(ME, "INBOX", &letter("n1", "The very first letter", "Welcome."), "");
    let published = format!(
        "<clientConfig version='1.1'><emailProvider id='firma.example'><domain>firma.example</domain>\
         <incomingServer type='imap'><hostname>localhost</hostname><port>{}</port><socketType>SSL</socketType>\
         <username>%EMAILADDRESS%</username><authentication>password-cleartext</authentication></incomingServer>\
         <outgoingServer type='smtp'><hostname>localhost</hostname><port>{}</port><socketType>STARTTLS</socketType>\
         <username>%EMAILADDRESS%</username><authentication>password-cleartext</authentication></outgoingServer>\
         </emailProvider></clientConfig>",
        dovecot.imaps_port, smtp.starttls_port
    );
    let port = web::serve(published);
    let home = home();
    let ca_file = home.write("test-ca.pem", ca::ca_pem()).display().to_string();
    let autoconfig = format!("https://localhost:{port}/mail/config-v1.1.xml?emailaddress={{address}}");
    Newcomer { office: Office { dovecot, smtp, home }, autoconfig, ca_file }
}

impl Newcomer {
    /// What a script gives.
    fn script<'a>(&'a self, more: &[&'a str]) -> Vec<&'a str> {
        let common = ["setup", ME, "--autoconfig", &self.autoconfig, "--ca-file", &self.ca_file];
        common.into_iter().chain(more.iter().copied()).collect()
    }

    fn config(&self) -> Option<String> {
        std::fs::read_to_string(self.office.home.config_file()).ok()
    }

    #[track_caller]
    fn assert_synced(&self) {
        let status = self.office.json(&["status"]);
        let inbox = status["accounts"][0]["folders"].as_array().expect("folders").clone();
        assert!(inbox.iter().any(|folder| folder["name"] == "INBOX" && folder["local"] == 1), "{status}");
    }
}

#[test]
fn a_script_sets_an_account_up() {
    let newcomer = newcomer();
    let home = &newcomer.office.home;
    let arguments = newcomer.script(&["--password-env", PASSWORD_VARIABLE, "--name", "Marek Nowak"]);
    let output = home.postbook(&arguments).success();
    assert!(output.stdout.contains("Account firma is in"), "{}", output.stdout);
    newcomer.assert_synced();
    let config = newcomer.config().unwrap();
    assert!(config.contains("name = \"Marek Nowak\"") && config.contains("security = \"starttls\""), "{config}");
    assert!(!config.contains(PASSWORD));
    let mode = std::fs::metadata(home.config_file()).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o600);
    // A second mailbox comes below; the first and its comments stay.
    home.write("config.toml", format!("# mine\n{config}# end\n"));
    let second = home.postbook(&newcomer.script(&["--password-env", PASSWORD_VARIABLE]));
    assert_eq!(second.status.code(), Some(1));
    assert!(second.stderr.contains("is in the configuration already, as account firma"), "{}", second.stderr);
    assert_eq!(newcomer.config().unwrap(), format!("# mine\n{config}# end\n"));
}

#[test]
fn what_does_not_work_is_not_saved() {
    let newcomer = newcomer();
    let home = &newcomer.office.home;
    let dead = "https://localhost:1/";
    for (arguments, code, words) in [
        (newcomer.script(&[]), 2, "no terminal to ask for the password"),
        (vec!["setup"], 2, "no terminal to ask for the address"),
        (newcomer.script(&["--password-command", "echo wrong"]), 1, "reading mail (IMAP)"),
        (newcomer.script(&["--password-env", "NO_SUCH_VARIABLE"]), 1, "NO_SUCH_VARIABLE is not set"),
        (newcomer.script(&["--password-env", PASSWORD_VARIABLE, "--smtp", "localhost:1"]), 1, "sending letters (SMTP)"),
        (vec!["setup", ME, "--autoconfig", dead, "--password-env", PASSWORD_VARIABLE], 1, "nothing was found about"),
        (vec!["setup", "me@tuta.com", "--password-env", PASSWORD_VARIABLE], 1, "neither IMAP nor SMTP"),
        (vec!["setup", "me@outlook.com", "--password-env", PASSWORD_VARIABLE], 2, "client id"),
    ] {
        let output = home.postbook(&arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", output.stderr);
        assert!(output.stderr.contains(words), "{arguments:?}: {}", output.stderr);
        assert_eq!(newcomer.config(), None, "{arguments:?}");
    }
}

#[test]
fn a_dialogue_sets_an_account_up() {
    let newcomer = newcomer();
    let arguments = newcomer.script(&[]);
    let without_address: Vec<&str> = arguments.iter().copied().filter(|argument| *argument != ME).collect();
    let mut terminal = newcomer.office.home.terminal(&without_address, 100, 40);
    terminal.wait_for_text("Your mail address:");
    terminal.type_keys(&format!("{ME}\n"));
    terminal.wait_for_text("Found: published by localhost");
    terminal.wait_for_text("Your name, as people see it in From");
    terminal.type_keys("Marek Nowak\n");
    terminal.wait_for_text("Password of me@firma.example (not shown):");
    terminal.type_keys("wrong\r");
    terminal.wait_for_text("p another password, s other servers, q give up [p]:");
    assert!(!terminal.screen().contains("wrong"), "the password is not shown");
    terminal.type_keys("\n");
    terminal.wait_for("a second question", DEADLINE, |screen| screen.matches("(not shown):").count() == 2);
    terminal.type_keys(&format!("{PASSWORD}\r"));
    // There is no keyring in a test's home.
    terminal.wait_for_text("(empty: a variable):");
    assert_eq!(newcomer.config(), None);
    terminal.type_keys("\n");
    terminal.wait_for_text("Environment variable that has it:");
    terminal.type_keys(&format!("{PASSWORD_VARIABLE}\n"));
    terminal.wait_for_text("Open the screens with: postbook");
    assert!(terminal.wait_exit().success());
    assert!(!terminal.screen().contains(PASSWORD));
    newcomer.assert_synced();
}

#[test]
fn the_first_run_screen_leads_to_the_first_letter() {
    let newcomer = newcomer();
    let (dovecot, smtp) = (&newcomer.office.dovecot, &newcomer.office.smtp);
    let mut terminal = newcomer.office.home.terminal(&[], 100, 30);
    terminal.wait_for_text("Postbook: your first mailbox");
    // This computer itself: nothing but its own ports is asked, and nothing is there.
    terminal.type_keys("me@localhost\r");
    terminal.wait_for_text("Nothing was found about localhost");
    let write = |value: &str| terminal.type_keys(&format!("\x15{value}\x1b[B"));
    write("localhost");
    write(&dovecot.imaps_port.to_string());
    terminal.type_keys("\x1b[B");
    write(ME);
    write("localhost");
    write(&smtp.tls_port.to_string());
    terminal.type_keys("\x1b[B");
    write(ME);
    terminal.type_keys(&newcomer.ca_file);
    terminal.wait_for_text("test-ca.pem");
    terminal.type_keys(ENTER);
    terminal.wait_for_text("As you wrote it:");
    // A test's home has no user name that the computer could know: it is asked for.
    terminal.type_keys("Marek Nowak\r");
    terminal.wait_for("the name, and the password's row", DEADLINE, |screen| {
        screen.contains("Marek Nowak") && screen.contains("> password")
    });
    terminal.type_keys("wrong\r");
    terminal.wait_for_text("refused user me@firma.example");
    terminal.type_keys(&format!("\x15{PASSWORD}\r"));
    terminal.wait_for_text("the password cannot be kept in a keyring here");
    terminal.type_keys(&format!("\t{PASSWORD_VARIABLE}\r"));
    // The screens follow on the same terminal, and the first sync brings the letter.
    terminal.wait_for_text("The very first letter");
    assert!(!terminal.screen().contains(PASSWORD));
    terminal.type_keys("q");
    assert!(terminal.wait_exit().success());
    terminal.assert_restored();
    assert!(newcomer.config().unwrap().contains("email = \"me@localhost\""));
}

#[test]
fn the_first_run_screen_lets_one_leave_or_try_the_demo() {
    let home = home();
    let mut terminal = home.terminal(&[], 80, 24);
    terminal.wait_for_text("Postbook: your first mailbox");
    terminal.type_keys(ESC);
    assert!(terminal.wait_exit().success());
    terminal.assert_restored();
    assert!(!home.config_file().exists() && !home.data_dir().exists(), "nothing is left behind");
    let mut terminal = home.terminal(&[], 80, 24);
    terminal.wait_for_text("Ctrl-D try the demo");
    terminal.type_keys("\x04");
    terminal.wait_for_text("Welcome to Postbook");
    terminal.type_keys(" q");
    assert!(terminal.wait_exit().success());
}
