//! Which other conversations of a client may be the same one: proposed with what speaks for it, never joined by a rule. Programs that
//! drop References when a subject is changed, and people who begin anew, part what belongs together.

use super::deal_choice::shared_words;
use crate::domain::id;
use crate::domain::text::{Text, fold};
use crate::domain::threading::bare_subject;
use jiff::{SignedDuration, Timestamp};

/// Conversations that lie further apart are not compared.
pub const NEAR: SignedDuration = SignedDuration::from_hours(60 * 24);

/// Of the words of the shorter subject so many in a hundred are in the other.
const ALIKE: usize = 60;

/// A conversation as it is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// Which.
    pub thread: id::Thread,
    /// Its subject.
    pub subject: Text,
    /// When its newest letter was written.
    pub last_at: Timestamp,
    /// Its deal.
    pub deal: Option<id::Deal>,
}

/// A conversation that may be the same one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Likely {
    /// Which.
    pub thread: id::Thread,
    /// Its subject.
    pub subject: Text,
    /// When its newest letter was written.
    pub last_at: Timestamp,
    /// What speaks for it, in words.
    pub evidence: Text,
}

/// Those of `others` (of the same client) that may be one conversation with `this`, the likeliest first.
#[must_use]
pub fn likely(this: &Compared, others: &[Compared]) -> Vec<Likely> {
    let mut found: Vec<(usize, SignedDuration, Likely)> =
        others.iter().filter_map(|other| compare(this, other)).collect();
    found.sort_by_key(|(share, apart, likely)| (usize::MAX - share, *apart, likely.thread));
    found.into_iter().map(|(.., likely)| likely).collect()
}

fn compare(this: &Compared, other: &Compared) -> Option<(usize, SignedDuration, Likely)> {
    let apart = this.last_at.duration_since(other.last_at).abs();
    let decided_apart = this.deal.is_some() && other.deal.is_some() && this.deal != other.deal;
    if this.thread == other.thread || apart > NEAR || decided_apart {
        return None;
    }
    let (share, said) = alike(this.subject.as_str(), other.subject.as_str())?;
    let days = apart.as_hours() / 24;
    let when = match days {
        0 => "on the same day".to_owned(),
        1 => "a day apart".to_owned(),
        days => format!("{days} days apart"),
    };
    let deal = if this.deal.is_some() && this.deal == other.deal { ", the same deal" } else { "" };
    let evidence = Text::from(format!("the same client{deal}, {said}, {when}"));
    let likely = Likely { thread: other.thread, subject: other.subject.clone(), last_at: other.last_at, evidence };
    Some((share, apart, likely))
}

/// How much two subjects share, in a hundred, and what in words; `None`: too little. A subject of one short word tells nothing.
fn alike(one: &str, other: &str) -> Option<(usize, String)> {
    let words = |subject: &str| -> Vec<String> {
        let words = crate::domain::query::words(&fold(bare_subject(subject)));
        words.into_iter().filter(|word| word.chars().count() > 2).collect()
    };
    let (mut mine, mut theirs) = (words(one), words(other));
    if !mine.is_empty() && mine == theirs {
        return Some((100, "the same subject".to_owned()));
    }
    // Short words stand in every subject.
    mine.retain(|word| word.chars().count() > 3);
    theirs.retain(|word| word.chars().count() > 3);
    let fewer = mine.len().min(theirs.len()).max(1);
    let shared = shared_words(&mine.join(" "), &theirs);
    let share = shared.len() * 100 / fewer;
    let quoted: Vec<String> = shared.iter().map(|word| format!("“{word}”")).collect();
    (share >= ALIKE && shared.len() >= 2).then(|| (share.min(99), format!("its subject shares {}", quoted.join(", "))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compared(thread: i64, subject: &str, at: &str, deal: Option<i64>) -> Compared {
        let at = format!("2026-{at}T10:00:00Z").parse().unwrap();
        Compared { thread: id::Thread(thread), subject: Text::line(subject), last_at: at, deal: deal.map(id::Deal) }
    }

    #[test]
    fn the_same_subject_and_similar_ones_are_proposed_and_others_are_not() {
        let this = compared(1, "Re: Offer for 20 desks", "11-20", None);
        for (other, evidence) in [
            (compared(2, "Offer for 20 desks", "11-18", None), Some("the same client, the same subject, 2 days apart")),
            (
                compared(2, "Odp: Desks, new offer", "11-20", None),
                Some("the same client, its subject shares “offer”, “desks”, on the same day"),
            ),
            (compared(2, "Offer for chairs", "11-19", None), None),
            (compared(2, "Invoice 4/2026", "11-20", None), None),
            (compared(2, "Offer for 20 desks", "08-01", None), None),
            (compared(2, "", "11-20", None), None),
            (compared(1, "Offer for 20 desks", "11-20", None), None),
        ] {
            let found = likely(&this, std::slice::from_ref(&other));
            assert_eq!(found.first().map(|one| one.evidence.as_str()), evidence, "{}", other.subject);
        }
        // One word alone is too little, and two deals that I or a rule told apart are two things.
        assert_eq!(likely(&compared(1, "Hello", "11-20", None), &[compared(2, "Hello there", "11-20", None)]), []);
        let desks = compared(1, "Offer for 20 desks", "11-20", Some(1));
        assert_eq!(likely(&desks, &[compared(2, "Offer for 20 desks", "11-20", Some(2))]), []);
        let same = likely(&desks, &[compared(2, "Offer for 20 desks", "11-19", Some(1))]);
        assert_eq!(same[0].evidence.as_str(), "the same client, the same deal, the same subject, a day apart");
    }

    #[test]
    fn the_likeliest_stands_first() {
        let this = compared(1, "Oferta na biurka dębowe", "11-20", None);
        let found = likely(
            &this,
            &[
                compared(2, "Biurka dębowe, oferta poprawiona", "11-20", None),
                compared(3, "Re: Oferta na biurka dębowe", "11-10", None),
                compared(4, "Re: Oferta na biurka dębowe", "11-18", None),
            ],
        );
        assert_eq!(found.iter().map(|one| one.thread.0).collect::<Vec<_>>(), [4, 3, 2]);
    }
}
