//! The guard: what should be looked at before a letter leaves, each with its reason and the key that fixes it.
//!
//! An alarm that cries on ordinary letters is soon overridden unread, so each check says what keeps it silent.

mod attachment;
mod lookalike;
mod recipients;

use super::address::{Address, Own};
use super::draft::own_words;
use super::outbox::Letter;
use super::template::Hole;
use super::text::{Text, is_unsafe};
use super::threading::bare_subject;

/// What is known around a letter. Whatever the caller does not know stays empty and raises no alarm.
#[derive(Debug, Clone, Default)]
pub struct Context {
    /// My addresses and my colleagues' domains.
    pub own: Own,
    /// Everyone named in the letters of the thread.
    pub thread: Vec<Address>,
    /// Everyone named in the letter it answers ([`super::message::Opened::everyone`]).
    pub answered: Vec<Address>,
    /// To and Cc of each letter of mine in the thread.
    pub wrote_to: Vec<Vec<Address>>,
    /// I was in Bcc of the letter it answers: to these alone an answer goes without the others learning of it.
    pub hidden_from_all_but: Option<Vec<Address>>,
    /// People of the deal and the company it is filed under, with all their addresses.
    pub people: Vec<Address>,
    /// Everybody named in other letters of that deal.
    pub named_in_deal: Vec<Address>,
    /// Mail domains of that company.
    pub domains: Vec<String>,
    /// The company of each recipient who is a known contact, and of whoever else is named in my letters and in one passed on.
    pub companies: Vec<(Address, Text)>,
    /// Everyone named in a letter that is passed on as a file or as it came.
    pub passed_on: Vec<Address>,
    /// Suppliers and partners among them: I may bring them together with a client.
    pub no_clients: Vec<Address>,
    /// Domains ever written to.
    pub written_to: Vec<String>,
    /// Mail domains of all known clients, to notice one that only looks like them.
    pub client_domains: Vec<String>,
    /// Addresses that letters do not reach, and why.
    pub unreachable: Vec<(Address, Text)>,
    /// Addresses of people who opted out, with what says so.
    pub opted_out: Vec<(Address, Text)>,
    /// The address of the account that received the letter it answers.
    pub received_by: Option<Address>,
    /// It follows a letter of mine up, and they have written in that conversation since.
    pub answered_since: Option<Text>,
    /// Values that the template needs and nobody has entered.
    pub holes: Vec<Hole>,
}

/// What a concern is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Nobody to send it to.
    NoRecipient,
    /// A value of the template is missing.
    MissingValue,
    /// The subject holds a control character.
    InvalidSubject,
    /// A domain that looks like one of a client, of a partner or of mine, and is another.
    LookAlike,
    /// Somebody outside this deal, company and thread.
    Outsider,
    /// Contacts of two clients would see each other, or one the letter of another.
    TwoClients,
    /// An answer to all of a letter that I got in Bcc.
    HiddenCopy,
    /// Colleagues and clients in one answer, where that is new.
    Mixed,
    /// The first letter to this domain.
    NewDomain,
    /// It reminds of a letter that was answered meanwhile.
    Overtaken,
    /// They asked for no more letters of this kind.
    OptedOut,
    /// Bouncing, or read by nobody.
    Unreachable,
    /// Leaves from another address than the one written to.
    WrongFrom,
    /// The text promises a file and there is none.
    NoAttachment,
    /// A short code or a note to myself was left in the text.
    Placeholder,
    /// No subject.
    EmptySubject,
    /// No words of mine.
    EmptyText,
}

/// What one key does about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fix {
    /// Asks for a recipient.
    AddRecipient,
    /// Takes this one off the letter.
    RemoveRecipient(Address),
    /// Takes everybody off but these.
    OnlyTo(Vec<Address>),
    /// Goes to the subject.
    EditSubject,
    /// Asks for a file.
    AttachFile,
    /// Goes to the text.
    EditText,
    /// Sends it from this address.
    ChangeFrom(Address),
    /// Opens the card that lacks the value.
    EditCard,
}

/// One thing to look at before the letter leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concern {
    /// What it is about.
    pub kind: Kind,
    /// What is wrong, one sentence.
    pub reason: Text,
    /// What in the letter or the store says so.
    pub evidence: Text,
    /// What one key does about it.
    pub fix: Fix,
    /// It cannot be overridden.
    pub blocking: bool,
}

impl Concern {
    fn new(kind: Kind, reason: impl Into<String>, evidence: impl Into<String>, fix: Fix) -> Self {
        let (reason, evidence) = (Text::from(reason.into()), Text::from(evidence.into()));
        Self { kind, reason, evidence, fix, blocking: false }
    }

    fn blocking(mut self) -> Self {
        self.blocking = true;
        self
    }
}

/// Everything to look at, what blocks first; empty for an ordinary letter.
#[must_use]
pub fn check(letter: &Letter, context: &Context) -> Vec<Concern> {
    let mut concerns = recipients::check(letter, context);
    concerns.extend(context.holes.iter().map(missing_value));
    concerns.extend(context.answered_since.as_ref().map(|evidence| {
        let reason = "they have written since the letter that this one follows";
        Concern::new(Kind::Overtaken, reason, evidence.as_str(), Fix::EditText)
    }));
    concerns.extend(from(letter, context));
    concerns.extend(subject(letter));
    let words = own_words(&letter.text);
    concerns.extend(text(letter, &words));
    if letter.files.is_empty() {
        concerns.extend(promised_file(letter, &words));
    }
    concerns.sort_by_key(|concern| (!concern.blocking, concern.kind));
    concerns
}

/// True when it answers a letter.
fn is_answer(letter: &Letter) -> bool {
    letter.in_reply_to.is_some() || letter.answers.is_some()
}

fn missing_value(hole: &Hole) -> Concern {
    let reason = format!("{} has no {}", hole.card, hole.field);
    let evidence = format!("the template needs {} on line {}", hole.code, hole.line);
    Concern::new(Kind::MissingValue, reason, evidence, Fix::EditCard).blocking()
}

fn from(letter: &Letter, context: &Context) -> Option<Concern> {
    let received_by = context.received_by.as_ref()?;
    let from = &letter.from.address;
    (from.base() != received_by.base()).then(|| {
        let reason = format!("it leaves from {from}, but they wrote to {received_by}");
        Concern::new(Kind::WrongFrom, reason, format!("From: {}", letter.from), Fix::ChangeFrom(received_by.clone()))
    })
}

fn subject(letter: &Letter) -> Option<Concern> {
    let subject = letter.subject.as_str();
    if subject.chars().any(is_unsafe) {
        let reason = "the subject holds a control or invisible character";
        return Some(Concern::new(Kind::InvalidSubject, reason, subject, Fix::EditSubject).blocking());
    }
    bare_subject(subject)
        .is_empty()
        .then(|| Concern::new(Kind::EmptySubject, "the subject is empty", subject, Fix::EditSubject))
}

/// An empty text, and what was left in it. A forwarded letter needs no words of mine, nor do files.
fn text(letter: &Letter, words: &str) -> Option<Concern> {
    if let Some((found, line)) = placeholder(words) {
        let reason = format!("“{found}” was left in the text");
        return Some(Concern::new(Kind::Placeholder, reason, line, Fix::EditText));
    }
    if let Some((found, line)) = placeholder(&letter.subject) {
        let reason = format!("“{found}” was left in the subject");
        return Some(Concern::new(Kind::Placeholder, reason, line, Fix::EditSubject));
    }
    let nothing_else = letter.files.is_empty() && !super::draft::is_forward(&letter.text);
    (words.is_empty() && nothing_else && letter.redirects.is_none()).then(|| {
        let evidence = if letter.text.trim().is_empty() { "" } else { "only the quote and the signature" };
        Concern::new(Kind::EmptyText, "the text is empty", evidence, Fix::EditText)
    })
}

/// A short code that was not filled, or a note to myself; with its line.
fn placeholder(text: &str) -> Option<(String, &str)> {
    const MARKS: [&str; 6] = ["{{", "}}", "{%", "%}", "[[", "]]"];
    text.lines().find_map(|line| {
        let mark = MARKS.iter().find(|mark| line.contains(**mark)).map(|mark| (*mark).to_owned());
        // `XXX-lecie` is an anniversary in Polish: hyphens belong to the word.
        let mut words = line.split(|c: char| !c.is_alphanumeric() && c != '-' && c != '_');
        let mut note =
            || words.find(|w| matches!(*w, "TODO" | "FIXME") || (w.len() >= 3 && w.chars().all(|c| c == 'X')));
        mark.or_else(|| note().map(str::to_owned)).map(|found| (found, line.trim()))
    })
}

fn promised_file(letter: &Letter, words: &str) -> Option<Concern> {
    let subject = letter.subject.trim();
    // Under `Re:` and `Fwd:` stand words of another letter.
    let own_subject = if bare_subject(subject) == subject { subject } else { "" };
    let promise = attachment::promise(words).or_else(|| attachment::promise(own_subject))?;
    let reason = "the letter promises a file and none is attached";
    Some(Concern::new(Kind::NoAttachment, reason, promise, Fix::AttachFile))
}

#[cfg(test)]
mod tests;
