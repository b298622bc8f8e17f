//! From a frame to what the server means by it.
//!
//! `imap-proto` reads conditions, counts, searches and capabilities; where it fails, the known faults of servers are
//! repaired and it tries again. It never sees FETCH and LIST, which have readers of their own (see [`super::fetch`]
//! and [`super::list`]), nor lines nobody asked for.

use super::fetch::{self, FetchLine};
use super::list::{self, ListLine};
use super::set::{self, Ranges};
use super::state::{self, FolderState};
use super::wire::Frame;
use crate::domain::text::Text;
use imap_proto::{Capability, MailboxDatum, Response, ResponseCode};

/// How a command, or a line of its own, ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Ok,
    No,
    Bad,
    Bye,
    PreAuth,
}

impl Status {
    fn from_word(word: &[u8]) -> Option<Self> {
        const WORDS: [(&[u8], Status); 5] = [
            (b"OK", Status::Ok),
            (b"NO", Status::No),
            (b"BAD", Status::Bad),
            (b"BYE", Status::Bye),
            (b"PREAUTH", Status::PreAuth),
        ];
        WORDS.into_iter().find(|(name, _)| word.eq_ignore_ascii_case(name)).map(|(_, status)| status)
    }

    /// The plainest tagged line that says this, without its tag.
    pub fn plain_line(self) -> &'static [u8] {
        match self {
            Self::Ok | Self::PreAuth => b" OK done\r\n",
            Self::No | Self::Bye => b" NO no\r\n",
            Self::Bad => b" BAD bad\r\n",
        }
    }
}

/// `OK`, `NO`, `BAD`, `BYE` or `PREAUTH` with what belongs to it (RFC 3501, 7.1).
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Condition {
    pub status: Status,
    /// The response code, where `imap-proto` knows it.
    pub code: Option<ResponseCode<'static>>,
    /// The first word of the response code in capitals; empty when there is none.
    pub code_word: String,
    /// The rest of the response code.
    pub code_rest: String,
    /// The capabilities in the response code.
    pub capabilities: Option<Vec<String>>,
    /// The words for humans.
    pub text: Text,
}

/// What a line means.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// `+`: go on.
    Continue,
    /// The tagged end of the command.
    Done(Condition),
    /// An untagged condition.
    Condition(Condition),
    /// Names in capitals.
    Capabilities(Vec<String>),
    /// Letters in the folder.
    Exists(u32),
    /// A letter left the folder.
    Expunge,
    /// Letters left the folder (RFC 7162, 3.2.10); `earlier`: before it was opened, so that they are not counted in it.
    Vanished {
        earlier: bool,
        uids: Ranges,
    },
    /// What ENABLE switched on, in capitals.
    Enabled(Vec<String>),
    /// How a folder stands.
    /// What ESEARCH found (RFC 4731), or `None` when the line could not be read.
    Found(Option<Ranges>),
    /// What was found, or `None` when the line could not be read.
    Search(Option<Vec<u32>>),
    Fetch(Box<FetchLine>),
    List(ListLine),
    /// How a folder stands that need not be the selected one.
    Status(FolderState),
    /// Understood and of no use here.
    Other,
}

/// An answer and whether the line had to be mended.
pub(super) struct Reading {
    /// `None`: dropped.
    pub answer: Option<Answer>,
    /// Repaired or dropped.
    pub repaired: bool,
    /// What kind of line it was, for the log.
    pub kind: &'static str,
}

/// Literals stand in data, never in conditions: "{5}" at the end of a sentence for humans announces nothing.
pub(super) fn may_hold_literals(text: &[u8]) -> bool {
    let Some(rest) = text.strip_prefix(b"* ") else { return false };
    let word = rest.split(u8::is_ascii_whitespace).next().unwrap_or_default();
    const NEVER: [&[u8]; 6] = [b"CAPABILITY", b"SEARCH", b"ESEARCH", b"FLAGS", b"ENABLED", b"VANISHED"];
    Status::from_word(word).is_none() && !NEVER.iter().any(|name| word.eq_ignore_ascii_case(name))
}

/// Reads a frame. `tag` is the command's own: a tagged line always becomes a [`Answer::Done`].
pub(super) fn read(frame: Frame, tag: &[u8]) -> Reading {
    if frame.text.starts_with(b"+") {
        return understood(Answer::Continue, false, "continuation");
    }
    if let Some(rest) = frame.text.strip_prefix(tag).filter(|_| !tag.is_empty())
        && (rest.is_empty() || rest.starts_with(b" "))
    {
        let (condition, repaired) = condition(rest.trim_ascii_start());
        return understood(Answer::Done(condition), repaired, "tagged");
    }
    let Some(rest) = frame.text.strip_prefix(b"* ").map(<[u8]>::trim_ascii_start) else { return dropped("stray") };
    let mut words = rest.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
    let first = words.next().unwrap_or_default().to_ascii_uppercase();
    let second = words.next().unwrap_or_default().to_ascii_uppercase();
    if Status::from_word(&first).is_some() {
        let (condition, repaired) = condition(rest);
        return understood(Answer::Condition(condition), repaired, "condition");
    }
    match (first.as_slice(), second.as_slice()) {
        (b"LIST" | b"XLIST", _) => match list::read(frame) {
            Some((line, repaired)) => understood(Answer::List(line), repaired, "LIST"),
            None => dropped("LIST"),
        },
        (b"STATUS", _) => match state::read(frame) {
            Some(state) => understood(Answer::Status(state), false, "STATUS"),
            None => dropped("STATUS"),
        },
        (number, b"FETCH") if number.iter().all(u8::is_ascii_digit) => match fetch::read(frame) {
            Some((line, repaired)) => understood(Answer::Fetch(Box::new(line)), repaired, "FETCH"),
            None => dropped("FETCH"),
        },
        (b"SEARCH", _) => match datum(rest) {
            Some((Response::MailboxData(MailboxDatum::Search(ids)), repaired)) => {
                understood(Answer::Search(Some(ids)), repaired, "SEARCH")
            }
            _ => understood(Answer::Search(None), true, "SEARCH"),
        },
        (b"CAPABILITY", _) | (_, b"EXISTS" | b"EXPUNGE") => match datum(rest) {
            Some((Response::Capabilities(names), repaired)) => {
                understood(Answer::Capabilities(capability_names(&names)), repaired, "CAPABILITY")
            }
            Some((Response::MailboxData(MailboxDatum::Exists(count)), repaired)) => {
                understood(Answer::Exists(count), repaired, "EXISTS")
            }
            Some((Response::Expunge(_), repaired)) => understood(Answer::Expunge, repaired, "EXPUNGE"),
            _ => dropped("count"),
        },
        (b"VANISHED", _) => match vanished(rest) {
            Some(answer) => understood(answer, false, "VANISHED"),
            None => dropped("VANISHED"),
        },
        (b"ESEARCH", _) => {
            let found = esearch(rest);
            let repaired = found.is_none();
            understood(Answer::Found(found), repaired, "ESEARCH")
        }
        (b"ENABLED", _) => {
            understood(Answer::Enabled(upper_words(rest).into_iter().skip(1).collect()), false, "ENABLED")
        }
        // FLAGS, RECENT, NAMESPACE, ID and whatever servers like to say: nothing here needs them.
        _ => understood(Answer::Other, false, "other"),
    }
}

fn understood(answer: Answer, repaired: bool, kind: &'static str) -> Reading {
    Reading { answer: Some(answer), repaired, kind }
}

/// `VANISHED (EARLIER) 41,43:116` or `VANISHED 405`.
fn vanished(rest: &[u8]) -> Option<Answer> {
    let words = upper_words(rest);
    let uids = set::parse(words.last()?)?;
    Some(Answer::Vanished { earlier: words.iter().any(|word| word == "(EARLIER)"), uids })
}

/// `ESEARCH (TAG "a5") UID ALL 1:3,5`: without ALL nothing was found. In a set of one search the tag says nothing new.
fn esearch(rest: &[u8]) -> Option<Ranges> {
    let words = upper_words(rest);
    if !words.iter().any(|word| word == "UID") {
        return None;
    }
    let all = words.iter().position(|word| word == "ALL");
    all.map_or(Some(Ranges::new()), |at| set::parse(words.get(at + 1)?))
}

fn upper_words(rest: &[u8]) -> Vec<String> {
    String::from_utf8_lossy(rest).split_ascii_whitespace().map(str::to_ascii_uppercase).collect()
}

fn dropped(kind: &'static str) -> Reading {
    Reading { answer: None, repaired: true, kind }
}

/// An untagged line by `imap-proto`, as it came or repaired.
fn datum(rest: &[u8]) -> Option<(Response<'static>, bool)> {
    let parse = |line: &[u8]| imap_proto::parser::parse_response(line).ok().map(|(_, response)| response.into_owned());
    let whole = [b"* ".as_slice(), rest, b"\r\n"].concat();
    if let Some(response) = parse(&whole) {
        return Some((response, false));
    }
    parse(&repair(rest)).map(|response| (response, true))
}

/// The faults that servers are known for.
fn repair(rest: &[u8]) -> Vec<u8> {
    // RFC 7162, 3.1.5: "(MODSEQ n)" after the hits of a SEARCH, which imap-proto does not know.
    let bare = rest.split(|byte| *byte == b'(').next().unwrap_or_default();
    let mut line = b"*".to_vec();
    // Doubled blanks, raw 8-bit and control characters.
    for word in bare.split(|byte| *byte == b' ').filter(|word| !word.is_empty()) {
        line.push(b' ');
        line.extend(word.iter().map(|byte| if (0x20..0x7f).contains(byte) { *byte } else { b'?' }));
    }
    // A server of IMAP4rev2 alone, or one that forgot: imap-proto wants to see the name.
    if line.to_ascii_uppercase().starts_with(b"* CAPABILITY") {
        line.extend_from_slice(b" IMAP4rev1");
    }
    line.extend_from_slice(b"\r\n");
    line
}

/// A condition after its `*` or tag. What cannot be read is the plainest condition that fits; what says neither OK
/// nor NO is taken for BAD, so that a command never counts as done without the server saying so.
fn condition(rest: &[u8]) -> (Condition, bool) {
    let word_end = rest.iter().position(u8::is_ascii_whitespace).unwrap_or(rest.len());
    let (word, after) = rest.split_at(word_end);
    let status = Status::from_word(word);
    let after = after.trim_ascii_start();
    let (code_text, human) = match after.strip_prefix(b"[") {
        Some(inside) => match inside.iter().position(|byte| *byte == b']') {
            Some(end) => {
                let (code, human) = inside.split_at(end);
                (code, human.strip_prefix(b"]").unwrap_or(human))
            }
            None => (&[][..], after),
        },
        None => (&[][..], after),
    };
    let text = Text::line(String::from_utf8_lossy(human).trim());
    let whole_code = String::from_utf8_lossy(code_text);
    let (code_word, code_rest) = whole_code.split_once(' ').unwrap_or((&whole_code, ""));
    let code = response_code(code_text);
    let capabilities = match &code {
        Some(ResponseCode::Capabilities(names)) => Some(capability_names(names)),
        _ => None,
    };
    let condition = Condition {
        status: status.unwrap_or(Status::Bad),
        code,
        code_word: code_word.to_ascii_uppercase(),
        code_rest: code_rest.trim().to_owned(),
        capabilities,
        text,
    };
    (condition, status.is_none())
}

/// A response code by `imap-proto`: in a line made for it, because 8-bit words for humans would fail the whole line.
fn response_code(code: &[u8]) -> Option<ResponseCode<'static>> {
    if code.is_empty() {
        return None;
    }
    let line = [b"* OK [".as_slice(), code, b"]\r\n"].concat();
    match imap_proto::parser::parse_response(&line) {
        Ok((_, Response::Data { code, .. })) => code.map(ResponseCode::into_owned),
        _ => None,
    }
}

fn capability_names(names: &[Capability<'_>]) -> Vec<String> {
    names
        .iter()
        .map(|name| match name {
            Capability::Imap4rev1 => "IMAP4REV1".to_owned(),
            Capability::Auth(mechanism) => format!("AUTH={}", mechanism.to_ascii_uppercase()),
            Capability::Atom(atom) => atom.to_ascii_uppercase(),
        })
        .collect()
}
