//! The outbox: letters on their way out, and the machine that never sends one twice.
//!
//! ```text
//! held ──hold is over──▶ queued ──committed before the socket──▶ sending ──250──▶ sent
//!  ▲ │                    ▲  ▲                                   │ │ │
//!  │ └─undo send: draft    │  └──────── not accepted, try later ──┘ │ └─5xx──▶ refused
//!  └── (new letters)       └─ I say "send again" ◀── uncertain ◀────┘ connection lost after DATA, crash
//! ```
//! `sent` is final. `uncertain` is left only by finding the letter on the server or by my word.

use super::account::Account;
use super::address::{Address, Mailbox};
use super::id;
use super::message::MsgId;
use super::receipt::Evidence;
use super::sequence::FollowUp;
use super::text::Text;
use jiff::{SignedDuration, Timestamp};

/// Where a letter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// Waits until its time (undo-send countdown, send later).
    Held,
    /// Goes out at the next chance.
    Queued,
    /// Handed to the server right now.
    Sending,
    /// The server accepted it.
    Sent,
    /// The server said no for good.
    Refused,
    /// Nobody knows: never sent again by itself.
    Uncertain,
}

super::contact::words!(
    State,
    Held = "held",
    Queued = "queued",
    Sending = "sending",
    Sent = "sent",
    Refused = "refused",
    Uncertain = "uncertain"
);

/// What one attempt at sending came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The server took it; its last answer.
    Accepted(Text),
    /// Certainly not accepted (no connection, 4xx, broken before the final dot was sent); worth another try.
    TryLater(Text),
    /// Certainly not accepted, and trying again would be the same (5xx, password refused).
    Refused(Text),
    /// Broken after the final dot was sent and before the answer came.
    Unknown(Text),
}

/// What happens to a letter in the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happening {
    /// Its hold is over.
    HoldOver,
    /// The worker is about to open the socket.
    Begin,
    /// An attempt ended.
    Ended(Outcome),
    /// The program finds it in `sending` at start: it was killed in the middle.
    FoundSending {
        /// The letter's end may have been written: nobody knows. Before that it was certainly not sent.
        handed_over: bool,
    },
    /// Its Message-ID was found on the server.
    FoundOnServer,
    /// I say: send it again.
    SendAgain,
}

/// The next state, or `None` when that cannot happen in this state (the caller leaves the letter as it is).
#[must_use]
pub fn next(state: State, happening: &Happening) -> Option<State> {
    Some(match (state, happening) {
        (State::Held, Happening::HoldOver | Happening::SendAgain) | (State::Queued, Happening::SendAgain) => {
            State::Queued
        }
        (State::Queued, Happening::Begin) => State::Sending,
        (State::Sending, Happening::Ended(Outcome::Accepted(_)) | Happening::FoundOnServer) => State::Sent,
        (State::Sending, Happening::Ended(Outcome::TryLater(_)) | Happening::FoundSending { handed_over: false }) => {
            State::Queued
        }
        (State::Sending, Happening::Ended(Outcome::Refused(_))) => State::Refused,
        (State::Sending, Happening::Ended(Outcome::Unknown(_)) | Happening::FoundSending { handed_over: true }) => {
            State::Uncertain
        }
        (State::Uncertain, Happening::FoundOnServer) => State::Sent,
        (State::Uncertain | State::Refused, Happening::SendAgain) => State::Queued,
        _ => return None,
    })
}

/// How long to wait before the next attempt: doubling from 30 seconds up to an hour.
#[must_use]
pub fn back_off(attempts: u32) -> SignedDuration {
    let seconds = 30_i64.saturating_mul(1_i64 << attempts.saturating_sub(1).min(7));
    SignedDuration::from_secs(seconds.min(3600))
}

/// A letter as it is written, before it becomes bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Leaves from this account.
    pub account: id::Account,
    /// The From header.
    pub from: Mailbox,
    /// To.
    pub to: Vec<Mailbox>,
    /// Cc.
    pub cc: Vec<Mailbox>,
    /// Bcc: in the envelope only.
    pub bcc: Vec<Mailbox>,
    /// Subject.
    pub subject: String,
    /// Plain text with the quote and the signature.
    pub text: String,
    /// Files to attach.
    pub files: Vec<File>,
    /// The letter it answers.
    pub in_reply_to: Option<MsgId>,
    /// References: those of the answered letter and its own name.
    pub references: Vec<MsgId>,
    /// The thread it belongs to.
    pub thread: Option<id::Thread>,
    /// The letter it answers, in the store; gets `\Answered` when this one was sent.
    pub answers: Option<id::Message>,
    /// The template it was made from.
    pub template: Option<String>,
    /// The deal from whose card it was begun: my word where it belongs, however many open deals its client has.
    pub deal: Option<id::Deal>,
    /// Not before this time ("send later"); without one it leaves when the undo countdown is over.
    pub leave_at: Option<Timestamp>,
    /// The servers are asked to report its delivery (RFC 3461), and the reader's program to say that it was read (RFC 8098).
    pub receipts: bool,
    /// It carries an HTML alternative, made from its text as Markdown.
    pub html: bool,
    /// What follows when nobody answers it.
    pub follow_up: Option<FollowUp>,
    /// The letter that is redirected as it came (RFC 5322, 3.6.6); then text and files are not used.
    pub redirects: Option<id::Message>,
}

impl Letter {
    /// An empty letter from an account.
    #[must_use]
    pub fn new(account: &Account, my_name: &Text) -> Self {
        Self {
            account: account.id,
            from: Mailbox { name: my_name.clone(), address: account.email.clone() },
            to: Vec::new(),
            cc: Vec::new(),
            bcc: Vec::new(),
            subject: String::new(),
            text: String::new(),
            files: Vec::new(),
            in_reply_to: None,
            references: Vec::new(),
            thread: None,
            answers: None,
            template: None,
            deal: None,
            leave_at: None,
            receipts: false,
            html: account.style.html,
            follow_up: None,
            redirects: None,
        }
    }

    /// Everyone the envelope names, each once.
    #[must_use]
    pub fn recipients(&self) -> Vec<Address> {
        let mut all: Vec<Address> = Vec::new();
        for mailbox in self.to.iter().chain(&self.cc).chain(&self.bcc) {
            if !all.contains(&mailbox.address) {
                all.push(mailbox.address.clone());
            }
        }
        all
    }
}

/// A file attached to a letter being written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its name for the recipient.
    pub name: String,
    /// Media type.
    pub media_type: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A letter in the outbox, as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingRow {
    /// Its key.
    pub id: id::Outgoing,
    /// The account's name.
    pub account: Text,
    /// Where it stands.
    pub state: State,
    /// To whom, in words.
    pub to: Text,
    /// Subject.
    pub subject: Text,
    /// When it was queued.
    pub created_at: Timestamp,
    /// Not before this (hold, back-off).
    pub not_before: Option<Timestamp>,
    /// Attempts so far.
    pub attempts: u32,
    /// The server's last answer, in words.
    pub last_answer: Text,
    /// What the guard said and I overrode; one concern a line.
    pub overridden: Text,
    /// What became of it since it was sent, oldest first.
    pub evidence: Vec<Evidence>,
    /// Its thread.
    pub thread: Option<id::Thread>,
}

/// A draft, as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftRow {
    /// Its key.
    pub id: id::Draft,
    /// To whom, in words; empty when nobody yet.
    pub to: Text,
    /// Subject.
    pub subject: Text,
    /// First words.
    pub snippet: Text,
    /// When it was last saved.
    pub saved_at: Timestamp,
    /// Its thread.
    pub thread: Option<id::Thread>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn happenings() -> Vec<Happening> {
        let text = || Text::own("answer");
        vec![
            Happening::HoldOver,
            Happening::Begin,
            Happening::Ended(Outcome::Accepted(text())),
            Happening::Ended(Outcome::TryLater(text())),
            Happening::Ended(Outcome::Refused(text())),
            Happening::Ended(Outcome::Unknown(text())),
            Happening::FoundSending { handed_over: true },
            Happening::FoundSending { handed_over: false },
            Happening::FoundOnServer,
            Happening::SendAgain,
        ]
    }

    #[test]
    fn sent_is_final_and_only_queued_begins() {
        for happening in happenings() {
            assert_eq!(next(State::Sent, &happening), None, "{happening:?}");
            for state in State::EACH {
                let begins = next(*state, &happening) == Some(State::Sending);
                assert_eq!(begins, *state == State::Queued && happening == Happening::Begin, "{state:?} {happening:?}");
            }
        }
    }

    #[test]
    fn uncertain_is_left_only_by_evidence_or_my_word() {
        for happening in happenings() {
            let left = next(State::Uncertain, &happening).is_some();
            assert_eq!(left, matches!(happening, Happening::FoundOnServer | Happening::SendAgain), "{happening:?}");
        }
    }

    #[test]
    fn back_off_doubles_up_to_an_hour() {
        let minutes: Vec<i64> = (1..=9).map(|n| back_off(n).as_secs()).collect();
        assert_eq!(minutes, [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]);
    }
}
