//! Beginning a letter: an answer, a forward, a new one, and the file an editor works on.

mod addresses;
mod editor;
mod quote;

pub use addresses::{mailbox_list, mailboxes, readable_mailboxes};
pub use editor::{EditedLetter, from_editor, to_editor};
pub use quote::{forwarded_people, is_forward, own_words};

use super::account::{Account, Me};
use super::address::{Mailbox, Own};
use super::holiday;
use super::language::Language;
use super::message::{Direction, MsgId, Opened};
use super::outbox::{File, Letter};
use super::style::Style;
use super::text::Text;
use super::threading::bare_subject;
use jiff::tz::TimeZone;

/// How many names `References` holds at most: the first and the newest. Long conversations pass the 998
/// characters of a header line (RFC 5322, 2.1.1) many times over.
const MOST_REFERENCES: usize = 30;

/// An empty letter with my signature.
#[must_use]
pub fn new(account: &Account, me: &Me) -> Letter {
    let mut letter = Letter::new(account, &me.name);
    letter.text = format!("\n{}", signature(account));
    letter
}

/// An answer to `opened`; with `all` also to everyone else it was sent to.
///
/// The text begins with an empty line for my words, then the quote, then my signature.
#[must_use]
pub fn reply(opened: &Opened, account: &Account, me: &Me, own: &Own, all: bool, zone: &TimeZone) -> Letter {
    let mut letter = Letter::new(account, &me.name);
    letter.to = answer_to(opened, own);
    if all {
        let others = opened.parsed.to.iter().chain(&opened.parsed.cc);
        let others = others.filter(|m| !own.is_me(&m.address) && !names(&letter.to, m));
        letter.cc = each_once(others);
    }
    letter.subject = marked("Re:", &opened.parsed.subject);
    letter.in_reply_to = opened.parsed.msg_id.clone();
    letter.references = references(opened);
    letter.thread = Some(opened.thread);
    // `\Answered` belongs on their letter; a second letter after one of mine answers nothing.
    letter.answers = (opened.direction != Direction::Outbound).then_some(opened.id);
    let quote = if account.style.quote { quoted(opened, zone) } else { String::new() };
    letter.text = laid_out(&quote, &signature(account), &account.style);
    letter
}

/// An empty place for my words, the quote and the signature, in the order of the account.
fn laid_out(quote: &str, signature: &str, style: &Style) -> String {
    if style.below_quote && !quote.is_empty() {
        format!("{quote}\n\n{signature}")
    } else if style.signature_above && !signature.is_empty() {
        format!("\n{signature}\n{quote}")
    } else {
        format!("\n\n{quote}{signature}")
    }
}

/// `opened` passed on to somebody else, its text and files inline. It begins a conversation of its own: an
/// answer to it must not be filed under the client who wrote the original.
#[must_use]
pub fn forward(opened: &Opened, files: Vec<File>, account: &Account, me: &Me, zone: &TimeZone) -> Letter {
    let mut letter = Letter::new(account, &me.name);
    letter.subject = marked("Fwd:", &opened.parsed.subject);
    letter.files = files;
    // Below the forwarded letter: clients fold away everything under a signature's mark.
    let style = Style { below_quote: false, ..account.style.clone() };
    letter.text = laid_out(&quote::forwarded(opened, zone), &signature(account), &style);
    letter
}

/// `opened` passed on as a file (`message/rfc822`): every byte of it as it came, below a letter of mine.
#[must_use]
pub fn forward_as_file(opened: &Opened, file: File, account: &Account, me: &Me) -> Letter {
    let mut letter = new(account, me);
    letter.subject = marked("Fwd:", &opened.parsed.subject);
    letter.files = vec![file];
    letter
}

/// `opened` sent on as it came (RFC 5322, 3.6.6): only who gets it is mine to say.
#[must_use]
pub fn redirect(opened: &Opened, account: &Account, me: &Me) -> Letter {
    let mut letter = Letter::new(account, &me.name);
    letter.subject = opened.parsed.subject.as_str().to_owned();
    letter.html = false;
    letter.redirects = Some(opened.id);
    letter
}

/// A new letter with the recipients, text and files of `opened`: for sending something like it again.
#[must_use]
pub fn edit_as_new(opened: &Opened, files: Vec<File>, account: &Account, me: &Me) -> Letter {
    let parsed = &opened.parsed;
    let mut letter = Letter::new(account, &me.name);
    letter.to = parsed.to.clone();
    letter.cc = parsed.cc.clone();
    letter.bcc = parsed.bcc.clone();
    letter.subject = parsed.subject.as_str().to_owned();
    letter.text = parsed.text.as_str().to_owned();
    letter.files = files;
    letter
}

/// Puts `text` (a filled template) above the quote and the signature, in place of what I had written there.
#[must_use]
pub fn with_text(letter: &Letter, text: &str) -> Letter {
    let mut filled = letter.clone();
    if let Some((above, below)) = quote::around_words_below(&letter.text) {
        filled.text = format!("{above}\n{}\n\n{below}", text.trim_end());
        return filled;
    }
    let rest = quote::after_own_words(&letter.text);
    filled.text = format!("{}\n\n{}", text.trim_end(), rest.trim_start_matches('\n'));
    filled
}

/// The line where my words begin: the first, or the second below the quote where the account answers there.
#[must_use]
pub fn my_first_line(text: &str) -> usize {
    quote::around_words_below(text).map_or(0, |(above, _)| above.lines().count() + 1)
}

/// True when an answer that was begun is the one asked for now: to the sender (`alone`) or to `everyone`. An answer to all is never
/// opened for a reply to one, nor the other way round: a word for one person must not reach the others.
#[must_use]
pub fn is_same_answer(begun: &Letter, alone: &Letter, everyone: &Letter, all: bool) -> bool {
    let reaches = |letter: &Letter| {
        let named = begun.recipients();
        letter.recipients().iter().all(|address| named.contains(address))
    };
    let named = begun.recipients();
    // Somebody whom only an answer to all reaches: it was one, also when others were taken off.
    let to_all = everyone.recipients().iter().any(|a| !alone.recipients().contains(a) && named.contains(a));
    if alone.recipients() == everyone.recipients() {
        return reaches(alone);
    }
    reaches(alone) && to_all == all
}

/// Who an answer goes to: never me, unless there is nobody else.
fn answer_to(opened: &Opened, own: &Own) -> Vec<Mailbox> {
    let answer_to = opened.answer_to();
    let others = each_once(answer_to.iter().filter(|m| !own.is_me(&m.address)));
    if !others.is_empty() {
        return others;
    }
    let others = each_once(opened.parsed.to.iter().filter(|m| !own.is_me(&m.address)));
    if others.is_empty() { each_once(answer_to.iter()) } else { others }
}

fn names(list: &[Mailbox], mailbox: &Mailbox) -> bool {
    list.iter().any(|known| known.address == mailbox.address)
}

fn each_once<'a>(mailboxes: impl Iterator<Item = &'a Mailbox>) -> Vec<Mailbox> {
    let mut once: Vec<Mailbox> = Vec::new();
    for mailbox in mailboxes {
        if !names(&once, mailbox) {
            once.push(mailbox.clone());
        }
    }
    once
}

/// A subject with exactly one mark: `Re: Offer` for `RE: Odp: Offer`.
fn marked(mark: &str, subject: &Text) -> String {
    format!("{mark} {}", bare_subject(subject.as_str())).trim_end().to_owned()
}

/// `References` of an answer (RFC 5322, 3.6.4): those of the letter, else its In-Reply-To, then its own name.
fn references(opened: &Opened) -> Vec<MsgId> {
    let parsed = &opened.parsed;
    let before = match parsed.in_reply_to.as_slice() {
        [only] if parsed.references.is_empty() => std::slice::from_ref(only),
        _ => parsed.references.as_slice(),
    };
    let mut names: Vec<MsgId> = Vec::new();
    for name in before.iter().chain(&parsed.msg_id) {
        names.retain(|known| known != name);
        names.push(name.clone());
    }
    if names.len() > MOST_REFERENCES {
        names.drain(1..=names.len() - MOST_REFERENCES);
    }
    names
}

/// The line that says who wrote it, and the quote; empty when there is nothing to quote.
fn quoted(opened: &Opened, zone: &TimeZone) -> String {
    let quote = quote::quote(opened.parsed.text.as_str());
    if quote.is_empty() {
        return quote;
    }
    // Of a few words the subject tells more, and the country they write from.
    let told = Language::told(opened.parsed.text.as_str()).or_else(|| Language::told(opened.parsed.subject.as_str()));
    let domains: Vec<&str> = opened.parsed.from.iter().map(|mailbox| mailbox.address.domain()).collect();
    let language = told
        .or_else(|| holiday::country(&[], &domains, "").and_then(Language::of_country))
        .unwrap_or(Language::English);
    let who = opened.parsed.from.first().map_or_else(|| "…".to_owned(), ToString::to_string);
    let line = language.attribution(&opened.date.to_zoned(zone.clone()), &who);
    format!("{line}\n{quote}")
}

/// My signature under the mark that clients cut at (RFC 3676, 4.3); empty when there is none.
fn signature(account: &Account) -> String {
    let text = account.signature.as_str().trim_end();
    let text = text.strip_prefix("-- \n").unwrap_or(text);
    if text.trim().is_empty() { String::new() } else { format!("\n-- \n{text}\n") }
}

#[cfg(test)]
mod tests;
