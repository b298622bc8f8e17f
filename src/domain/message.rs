//! One letter: what its headers and body say.

use super::address::{Address, Mailbox};
use super::id;
use super::meeting::Answer;
use super::recurrence::Repeat;
use super::text::Text;
use jiff::Timestamp;
use jiff::civil::DateTime;

/// The content of a `Message-ID` header without its angle brackets (RFC 5322, 3.6.4).
///
/// Written by strangers: it groups copies and joins threads, and is never a key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MsgId(String);

impl MsgId {
    /// `None` for what cannot identify a letter: empty, over 998 characters (RFC 5322's line), blanks, controls.
    #[must_use]
    pub fn parse(foreign: &str) -> Option<Self> {
        let id = foreign.trim().trim_start_matches('<').trim_end_matches('>').trim();
        let fit = !id.is_empty()
            && id.len() <= 998
            && !id.chars().any(|c| c.is_whitespace() || super::text::is_unsafe(c) || c == '<' || c == '>');
        fit.then(|| Self(id.to_owned()))
    }

    /// One of our own, `left@right`: what cannot stand in a `Message-ID` is left out of both.
    #[must_use]
    pub fn own(left: &str, right: &str) -> Self {
        let fit = |part: &str| -> String {
            part.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_')).take(200).collect()
        };
        Self(format!("{}@{}", fit(left), fit(right)))
    }

    /// Without angle brackets.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for MsgId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}

/// Who wrote a letter: a person, or something that expects no answer. See "Human means" in PRODUCT.md.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Nature {
    /// A person.
    Human,
    /// A mailing list or newsletter; the header that says so.
    Bulk(&'static str),
    /// A machine; the header or address that says so.
    Automatic(&'static str),
    /// A delivery report or a null sender; what says so.
    Bounce(&'static str),
}

impl Nature {
    /// The word kept in the store: `human`, `bulk`, `automatic`, `bounce`.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Bulk(_) => "bulk",
            Self::Automatic(_) => "automatic",
            Self::Bounce(_) => "bounce",
        }
    }

    /// A program answered a letter: out of the office, a receipt. Not what shops and systems send of themselves.
    #[must_use]
    pub fn is_answer(&self) -> bool {
        const SENT_OF_ITSELF: [&str; 3] =
            ["Auto-Submitted", "Content-Type: multipart/report", "From: a no-reply address"];
        matches!(self, Self::Automatic(evidence) if !SENT_OF_ITSELF.contains(evidence))
    }

    /// What in the letter says so; empty for a person.
    #[must_use]
    pub fn evidence(&self) -> &'static str {
        match self {
            Self::Human => "",
            Self::Bulk(evidence) | Self::Automatic(evidence) | Self::Bounce(evidence) => evidence,
        }
    }
}

/// Which way a letter went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From outside to us.
    Inbound,
    /// From one of my own addresses.
    Outbound,
    /// From a colleague: hidden from counters and filing (PRODUCT.md, Filing).
    Internal,
}

impl Direction {
    /// The word kept in the store.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Inbound => "inbound",
            Self::Outbound => "outbound",
            Self::Internal => "internal",
        }
    }

    /// The reverse of [`Direction::word`]; anything unknown is inbound, the way that waits for an answer.
    #[must_use]
    pub fn from_word(word: &str) -> Self {
        match word {
            "outbound" => Self::Outbound,
            "internal" => Self::Internal,
            _ => Self::Inbound,
        }
    }
}

/// One attached file, without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Its place among the attachments, from 0; asks for its bytes.
    pub index: usize,
    /// The file name the sender gave, sanitised; a made-up one when there is none. Not safe as a path: see `mime::file_name`.
    pub name: Text,
    /// Media type, `application/pdf`.
    pub media_type: Text,
    /// Size of the decoded bytes.
    pub size: u64,
    /// Shown inside the HTML (a logo) instead of beside the letter.
    pub inline: bool,
    /// Its bytes were left on the server; `size` is about what they will be.
    pub on_server: bool,
}

/// A file of a letter that was left on the server because it is large.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeftFile {
    /// Its place among the letter's attachments.
    pub index: usize,
    /// About how many bytes it has.
    pub size: u64,
}

/// Something about a letter that the reader should be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    /// The letter could not be taken apart; what follows is the raw text as far as it goes.
    Degraded(Text),
    /// None, or several senders, or an address inside the name that is not the real one.
    Sender(Text),
    /// Letters of several scripts in one name or domain.
    MixedScripts(Text),
    /// Trackers and remote pictures that were not loaded; how many, and their hosts.
    Remote(Text),
    /// Hidden characters or escape sequences were made visible.
    Controls(Text),
}

impl Warning {
    /// The sentence to show.
    #[must_use]
    pub fn sentence(&self) -> &Text {
        match self {
            Self::Degraded(t) | Self::Sender(t) | Self::MixedScripts(t) | Self::Remote(t) | Self::Controls(t) => t,
        }
    }
}

/// A meeting that a letter proposes, updates or cancels (RFC 5545, 5546).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// `REQUEST`, `CANCEL`, `REPLY`, `PUBLISH`.
    pub method: Text,
    /// The event's identity across updates.
    pub uid: Text,
    /// What it is about.
    pub summary: Text,
    /// Where.
    pub place: Text,
    /// From when.
    pub starts_at: Option<Timestamp>,
    /// Until when.
    pub ends_at: Option<Timestamp>,
    /// The clock it was written by: what stands there at the beginning, and the name of its zone. `None` for times without one.
    pub there: Option<(DateTime, Text)>,
    /// Who invites.
    pub organiser: Option<Mailbox>,
    /// Who is invited.
    pub attendees: Vec<Mailbox>,
    /// Which version of the meeting it is.
    pub sequence: i64,
    /// It says itself that it is cancelled.
    pub cancelled: bool,
    /// It comes again.
    pub repeat: Option<Repeat>,
    /// What a `REPLY` says.
    pub answer: Option<Answer>,
    /// A later letter says something else of this meeting.
    pub overtaken: Option<Overtaken>,
}

/// What became of a meeting after the letter that invites to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overtaken {
    /// It was cancelled.
    Cancelled,
    /// A newer version stands.
    Changed,
}

/// What reading the bytes of a letter gives. Never fails: what cannot be read is degraded, with a warning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// Its own `Message-ID`.
    pub msg_id: Option<MsgId>,
    /// `In-Reply-To`, in order.
    pub in_reply_to: Vec<MsgId>,
    /// `References`, oldest first.
    pub references: Vec<MsgId>,
    /// The `Date` header.
    pub date: Option<Timestamp>,
    /// All of `From`.
    pub from: Vec<Mailbox>,
    /// `Reply-To`.
    pub reply_to: Vec<Mailbox>,
    /// `To`.
    pub to: Vec<Mailbox>,
    /// `Cc`.
    pub cc: Vec<Mailbox>,
    /// `Bcc` (in own copies).
    pub bcc: Vec<Mailbox>,
    /// Decoded and sanitised.
    pub subject: Text,
    /// The body as text: the plain part, or the HTML part made readable with its links numbered.
    pub text: Text,
    /// True when the letter has an HTML part.
    pub has_html: bool,
    /// Person, bulk, machine or bounce.
    pub nature: Nature,
    /// Attached files.
    pub attachments: Vec<Attachment>,
    /// A meeting in it.
    pub invitation: Option<Invitation>,
    /// What to tell the reader.
    pub warnings: Vec<Warning>,
    /// SHA-256 over the content that every copy of a letter shares (not over trace headers, which differ by route).
    pub digest: [u8; 32],
}

/// Flags of a copy on the server that Postbook understands (RFC 3501, 2.3.2), as a set of bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Flags(pub u32);

impl Flags {
    /// `\Seen`.
    pub const SEEN: Self = Self(1);
    /// `\Answered`.
    pub const ANSWERED: Self = Self(2);
    /// `\Flagged`.
    pub const FLAGGED: Self = Self(4);
    /// `\Draft`.
    pub const DRAFT: Self = Self(8);
    /// `\Deleted`.
    pub const DELETED: Self = Self(16);
    /// Every flag above with its name on the wire.
    pub const ALL: [(Self, &'static str); 5] = [
        (Self::SEEN, "\\Seen"),
        (Self::ANSWERED, "\\Answered"),
        (Self::FLAGGED, "\\Flagged"),
        (Self::DRAFT, "\\Draft"),
        (Self::DELETED, "\\Deleted"),
    ];

    /// True when every flag of `other` is set.
    #[must_use]
    pub fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Both sets.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Without the flags of `other`.
    #[must_use]
    pub fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// The known flags among names from the wire; the others are keywords, which are left alone.
    #[must_use]
    pub fn from_names<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        names.into_iter().fold(Self::default(), |set, name| {
            Self::ALL
                .iter()
                .find(|(_, known)| known.eq_ignore_ascii_case(name))
                .map_or(set, |(flag, _)| set.with(*flag))
        })
    }

    /// The names on the wire of the flags in this set.
    #[must_use]
    pub fn names(self) -> Vec<&'static str> {
        Self::ALL.iter().filter(|(flag, _)| self.has(*flag)).map(|(_, name)| *name).collect()
    }
}

/// One letter opened in the reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// Its key.
    pub id: id::Message,
    /// Its thread.
    pub thread: id::Thread,
    /// When it was written, or arrived when it does not say.
    pub date: Timestamp,
    /// Which way it went.
    pub direction: Direction,
    /// Seen here or on another device.
    pub seen: bool,
    /// What reading it gave.
    pub parsed: Parsed,
    /// The folders its copies are in, by name.
    pub folders: Vec<Text>,
}

impl Opened {
    /// The addresses an answer goes to: `Reply-To` where given, else `From`; for a letter of mine its `To`.
    #[must_use]
    pub fn answer_to(&self) -> Vec<Mailbox> {
        let parsed = &self.parsed;
        match self.direction {
            Direction::Outbound => parsed.to.clone(),
            _ if parsed.reply_to.is_empty() => parsed.from.clone(),
            _ => parsed.reply_to.clone(),
        }
    }

    /// Everyone named in it.
    pub fn everyone(&self) -> impl Iterator<Item = &Address> {
        let p = &self.parsed;
        p.from.iter().chain(&p.reply_to).chain(&p.to).chain(&p.cc).map(|m| &m.address)
    }
}
