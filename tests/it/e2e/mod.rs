//! From the first key to the server: the real program in a terminal, a real IMAP server, a real SMTP server.

mod answering;
mod away;
mod crashing;
mod demo;
mod handling;
mod hostile;
mod large;
mod live;
mod notices;
mod setup;
mod several;
mod shell;
mod trouble;
mod watching;

use serde_json::Value;

use super::support::{
    Account, DEADLINE, Dovecot, Fault, Home, PASSWORD, PASSWORD_VARIABLE, Phase, SmtpServer, Terminal, home,
    poll_until, try_until,
};

use watching::Watcher;

const ME: &str = "me@firma.example";
const ANNA: &str = "anna@klient.example";
const CTRL_S: &str = "\x13";
const ENTER: &str = "\r";
const ESC: &str = "\x1b";

/// A letter of a client.
fn letter(id: &str, subject: &str, body: &str) -> Vec<u8> {
    format!(
        "From: Anna Kowalska <{ANNA}>\r\nTo: Me <{ME}>\r\nSubject: {subject}\r\nMessage-ID: <{id}@klient.example>\r\n\
         Date: Mon, 16 Nov 2026 10:00:00 +0100\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n"
    )
    .into_bytes()
}

/// Servers with my mailbox and Anna's, and a home that knows mine.
struct Office {
    dovecot: Dovecot,
    smtp: SmtpServer,
    home: Home,
}

/// An office where a letter is held for `undo_seconds`.
fn office(undo_seconds: u32) -> Office {
    let dovecot = Dovecot::start(&[ME, ANNA]);
    let smtp = SmtpServer::start(&dovecot);
    let home = home();
    home.write_config(&[Account::new("work", ME, &dovecot, &smtp)]);
    let config = std::fs::read_to_string(home.config_file()).unwrap();
    home.write_config_text(&format!("{config}\n[sending]\nundo_seconds = {undo_seconds}\n"));
    template(&home, "quick", "Thank you, {{ contact.first_name or \"friend\" }}.");
    Office { dovecot, smtp, home }
}

/// Puts a template of one's own beside the ones that come with the program.
fn template(home: &Home, name: &str, text: &str) {
    home.write(
        &format!("templates/{name}.en.md"),
        format!("---\nname: {name}\nlanguage: en\nsubject: About {name}\n---\n{text}\n"),
    );
}

impl Office {
    /// The same with more lines at the end of the configuration.
    fn configured(self, more: &str) -> Self {
        let config = std::fs::read_to_string(self.home.config_file()).unwrap();
        self.home.write_config_text(&format!("{config}\n{more}\n"));
        self
    }

    /// The screens.
    fn open(&self) -> Terminal {
        self.home.terminal(&[], 100, 30)
    }

    #[track_caller]
    fn sync(&self) {
        self.home.postbook(&["sync"]).success();
    }

    #[track_caller]
    fn json(&self, arguments: &[&str]) -> Value {
        let arguments: Vec<&str> = arguments.iter().copied().chain(["--json"]).collect();
        self.home.postbook(&arguments).success().json()
    }

    #[track_caller]
    fn counter(&self, name: &str) -> u64 {
        self.json(&["status"])["counters"][name].as_u64().expect("a number")
    }

    /// Waits until the newest letter of my INBOX has this flag on the server.
    #[track_caller]
    fn wait_flag(&self, flag: &str) {
        poll_until(DEADLINE, &format!("{flag} on the server"), || {
            let flags = self.dovecot.flags(ME, "INBOX");
            flags.last().is_some_and(|(_, flags)| flags.iter().any(|known| known == flag)).then_some(())
        });
    }
}

/// Waits until the header shows exactly this number at a counter; without a number, until it shows none.
#[track_caller]
fn wait_counter(terminal: &Terminal, word: &str, number: Option<u64>) -> String {
    let what = format!("a header with {word} {number:?}");
    terminal.wait_for(&what, DEADLINE, |screen| {
        let header = screen.lines().nth(1).unwrap_or_default();
        let words: Vec<&str> = header.split_whitespace().collect();
        let shown = words.windows(2).find(|pair| pair[0] == word).and_then(|pair| pair[1].parse().ok());
        // An empty header is one whose counters were not read yet.
        !words.is_empty() && shown == number
    })
}

/// Chooses a template from the open list: down to its line from the chosen one, the first.
#[track_caller]
fn choose(terminal: &Terminal, name: &str) {
    // The list is longer than what is shown of it: row by row until the cursor stands on it.
    let cursor = |screen: &str| -> Option<Vec<String>> {
        let rows = screen.lines().filter_map(|line| line.split_once('│')).map(|(_, row)| row);
        let mut rows = rows.map(|row| row.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
        rows.find(|words| words.first().is_some_and(|word| word == ">") && words.len() > 2)
    };
    let mut row = cursor(&terminal.wait_for("a list", DEADLINE, |screen| cursor(screen).is_some())).unwrap();
    while !row.iter().any(|word| word == name) {
        terminal.type_keys("j");
        let moved = |screen: &str| cursor(screen).is_some_and(|now| now != row);
        row = cursor(&terminal.wait_for(&format!("a list with {name}"), DEADLINE, moved)).unwrap();
    }
    terminal.type_keys(ENTER);
}

/// Sends the letter that is open in the editor, when the guard has nothing against it.
#[track_caller]
fn send(terminal: &Terminal) {
    // Its text may have stood in the preview of the template already.
    terminal.wait_for_text("Ctrl-S look and send");
    terminal.type_keys(CTRL_S);
    terminal.wait_for_text("Ready: Enter sends");
    terminal.type_keys(ENTER);
}

/// The Message-ID of a letter, with its angle brackets.
#[track_caller]
fn message_id(letter: &str) -> String {
    let line = letter.lines().find(|line| line.to_lowercase().starts_with("message-id:")).expect("a Message-ID");
    line.split_once(':').unwrap().1.trim().to_owned()
}
