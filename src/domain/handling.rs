//! What is done with conversations in folders: put away, deleted, moved, marked.

use super::id;
use super::text::{Text, plural};

/// What is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Handling {
    /// Into the account's Archive; where it has none, into All Mail (Gmail).
    Archive,
    /// Into Trash; what is in Trash is deleted for good.
    Delete,
    /// Into Junk.
    Junk,
    /// From Junk to the inbox.
    NotJunk,
    /// Into this folder; a conversation of another account into its own folder with the same role or name.
    Move(id::Folder),
    /// Into a folder that is made first: its path, parted by `/`.
    MoveToNew(String),
    /// Flags it, or takes the flag off.
    Flag(bool),
    /// Marks it read, or unread.
    Seen(bool),
}

/// What the user wants done with which conversations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// What.
    pub handling: Handling,
    /// With these.
    pub threads: Vec<id::Thread>,
    /// The folder in view: only its letters are meant. `None` where no folder is shown (Today, a search): the letters that came in.
    pub folder: Option<id::Folder>,
    /// The user has said yes to what was asked: a missing folder is made, letters are deleted for good.
    pub confirmed: bool,
}

impl Handling {
    /// The letters leave the place where they are shown.
    #[must_use]
    pub fn moves(&self) -> bool {
        !matches!(self, Self::Flag(_) | Self::Seen(_))
    }

    /// What was done, in words: "Archived: Offer for 20 desks", "Moved 3 conversations to Clients".
    #[must_use]
    pub fn done(&self, conversations: usize, subject: &Text, to: &Text) -> Text {
        let (verb, rest) = match self {
            Self::Archive => ("Archived", String::new()),
            Self::Delete => ("Deleted", String::new()),
            Self::Junk => ("Marked", " as junk".to_owned()),
            Self::NotJunk => ("Rescued", " from Junk".to_owned()),
            Self::Move(_) | Self::MoveToNew(_) => ("Moved", format!(" to {to}")),
            Self::Flag(true) => ("Flagged", String::new()),
            Self::Flag(false) => ("Took the flag off", String::new()),
            Self::Seen(true) => ("Marked", " read".to_owned()),
            Self::Seen(false) => ("Marked", " unread".to_owned()),
        };
        in_words(verb, &rest, conversations, subject)
    }
}

/// What was deleted for good, in words.
#[must_use]
pub fn deleted_for_good(conversations: usize, subject: &Text) -> Text {
    in_words("Deleted", " for good", conversations, subject)
}

fn in_words(verb: &str, rest: &str, conversations: usize, subject: &Text) -> Text {
    Text::from(match conversations {
        1 if subject.is_empty() => format!("{verb}{rest}: (no subject)"),
        1 => format!("{verb}{rest}: {subject}"),
        many => format!("{verb} {}{rest}", counted(many)),
    })
}

/// "1 conversation", "3 conversations".
#[must_use]
pub fn counted(conversations: usize) -> String {
    plural(u64::try_from(conversations).unwrap_or(u64::MAX), "conversation", "conversations")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_done_is_told_in_words() {
        let (offer, clients) = (Text::own("Offer"), Text::own("Clients"));
        for (handling, one, three) in [
            (Handling::Archive, "Archived: Offer", "Archived 3 conversations"),
            (Handling::Junk, "Marked as junk: Offer", "Marked 3 conversations as junk"),
            (Handling::NotJunk, "Rescued from Junk: Offer", "Rescued 3 conversations from Junk"),
            (Handling::Move(id::Folder(1)), "Moved to Clients: Offer", "Moved 3 conversations to Clients"),
            (Handling::Flag(false), "Took the flag off: Offer", "Took the flag off 3 conversations"),
            (Handling::Seen(true), "Marked read: Offer", "Marked 3 conversations read"),
        ] {
            assert_eq!(handling.done(1, &offer, &clients).as_str(), one);
            assert_eq!(handling.done(3, &offer, &clients).as_str(), three);
        }
        assert_eq!(deleted_for_good(1, &Text::default()).as_str(), "Deleted for good: (no subject)");
    }
}
