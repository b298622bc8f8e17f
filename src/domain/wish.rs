//! Wishes: changes wanted on the server, and what a server refused of them.

use super::claim::{CLAIMED, is_bid};
use super::id;
use super::message::Flags;
use super::text::{Text, plural};
use jiff::Timestamp;

/// A change of letters or of a folder that the server has still to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// Letters go to another folder.
    Move {
        /// The folder they are in.
        from: Text,
        /// The folder they are to be in.
        to: Text,
    },
    /// Flags are set and cleared.
    Flags {
        /// To set.
        add: Flags,
        /// To clear.
        remove: Flags,
    },
    /// Keywords are set and cleared (RFC 3501, 2.3.2; RFC 5788).
    Keywords {
        /// To set.
        add: Vec<String>,
        /// To clear.
        remove: Vec<String>,
    },
    /// Letters are deleted for good.
    Gone {
        /// The folder they are in.
        from: Text,
    },
    /// A folder made here.
    MakeFolder(Text),
    /// A folder renamed here: from, to.
    RenameFolder(Text, Text),
}

impl Wish {
    /// In words, for a list of pending work or of refusals. `about` is the letter's subject, or "3 letters".
    #[must_use]
    pub fn words(&self, about: &str) -> Text {
        Text::from(match self {
            Self::Move { from, to } => format!("move {about} from {from} to {to}"),
            Self::Flags { add, remove } => format!("mark {about} {}", flag_words(*add, *remove)),
            Self::Keywords { add, remove } if add.iter().any(|word| word.starts_with(CLAIMED)) && remove.is_empty() => {
                format!("take {about} for yourself")
            }
            Self::Keywords { add, remove } if add.is_empty() && remove.iter().any(|word| word.starts_with(CLAIMED)) => {
                format!("give {about} back to the team")
            }
            Self::Keywords { add, remove } => {
                let set = add.iter().map(|word| format!("with {word}"));
                let clear = remove.iter().map(|word| format!("without {word}"));
                format!("mark {about} {}", set.chain(clear).collect::<Vec<_>>().join(", "))
            }
            Self::Gone { from } => format!("delete {about} for good from {from}"),
            Self::MakeFolder(name) => format!("make the folder {name}"),
            Self::RenameFolder(from, to) => format!("rename the folder {from} to {to}"),
        })
    }
}

/// What the letters of a wish are called: the subject of one, the number of several.
#[must_use]
pub fn about(subject: &Text, count: usize) -> String {
    match count {
        1 if subject.is_empty() => "the letter without a subject".to_owned(),
        1 => format!("“{subject}”"),
        _ => plural(u64::try_from(count).unwrap_or(u64::MAX), "letter", "letters"),
    }
}

/// "read, not flagged".
fn flag_words(add: Flags, remove: Flags) -> String {
    const WORDS: [(Flags, &str, &str); 5] = [
        (Flags::SEEN, "read", "unread"),
        (Flags::ANSWERED, "answered", "not answered"),
        (Flags::FLAGGED, "flagged", "not flagged"),
        (Flags::DRAFT, "as a draft", "as no draft"),
        (Flags::DELETED, "deleted", "not deleted"),
    ];
    let words = WORDS.iter().flat_map(|(flag, set, clear)| {
        [add.has(*flag).then_some(*set), remove.has(*flag).then_some(*clear)].into_iter().flatten()
    });
    words.collect::<Vec<_>>().join(", ")
}

/// A wish that a server refused: it was taken back here, and is shown until somebody looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The account's name.
    pub account: Text,
    /// The conversation it was about; `None` for a folder.
    pub thread: Option<id::Thread>,
    /// What was wanted, in words.
    pub wish: Text,
    /// The server's reason.
    pub said: Text,
    /// When.
    pub at: Timestamp,
}

/// Keywords that one side changed, taken over by the other: what `wanted` adds to and takes from `before` is done to `now`. Names
/// of keywords do not know case (RFC 3501, 2.3.2). Sorted, each once.
#[must_use]
pub fn merge_keywords(before: &[String], wanted: &[String], now: &[String]) -> Vec<String> {
    let has = |set: &[String], word: &String| set.iter().any(|other| other.eq_ignore_ascii_case(word));
    let kept = now.iter().filter(|word| has(wanted, word) || !has(before, word));
    let added = wanted.iter().filter(|word| !has(before, word) && !has(now, word));
    sorted_keywords(kept.chain(added).cloned().collect())
}

/// In the order the store keeps them, each once: servers list them in any order. Bids for a conversation (`claim`) are no facts about
/// the letter: kept, they would be wanted back when they are over.
#[must_use]
pub fn sorted_keywords(mut keywords: Vec<String>) -> Vec<String> {
    keywords.retain(|word| !is_bid(word));
    keywords.sort_unstable_by_key(|word| word.to_ascii_lowercase());
    keywords.dedup_by(|one, next| one.eq_ignore_ascii_case(next));
    keywords
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wishes_are_told_in_words() {
        let (inbox, archive) = (Text::own("INBOX"), Text::own("Archive"));
        for (wish, words) in [
            (Wish::Move { from: inbox.clone(), to: archive.clone() }, "move “Offer” from INBOX to Archive"),
            (Wish::Flags { add: Flags::SEEN, remove: Flags::FLAGGED }, "mark “Offer” read, not flagged"),
            (
                Wish::Keywords { add: vec!["$Junk".to_owned()], remove: vec!["$NotJunk".to_owned()] },
                "mark “Offer” with $Junk, without $NotJunk",
            ),
            (Wish::Gone { from: inbox.clone() }, "delete “Offer” for good from INBOX"),
            (Wish::RenameFolder(inbox, archive), "rename the folder INBOX to Archive"),
        ] {
            assert_eq!(wish.words(&about(&Text::own("Offer"), 1)).as_str(), words);
        }
        assert_eq!(about(&Text::own("Offer"), 3), "3 letters");
    }

    #[test]
    fn keywords_of_both_sides_are_joined() {
        let words = |text: &str| -> Vec<String> { text.split_whitespace().map(str::to_owned).collect() };
        for (before, wanted, now, merged) in [
            ("", "", "b a", "a b"),
            ("", "$Junk", "", "$Junk"),
            ("", "$Junk", "$junk x", "$junk x"),
            ("a b", "a", "a b c", "a c"),
            ("a", "a b", "", "b"),
            ("a", "", "A c", "c"),
        ] {
            assert_eq!(
                merge_keywords(&words(before), &words(wanted), &words(now)),
                words(merged),
                "{before}|{wanted}|{now}"
            );
        }
    }
}
