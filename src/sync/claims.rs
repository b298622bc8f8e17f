//! Claims on the server: a bid, a look, the claim (`domain::claim` says why that is enough for one winner).

use super::wishes::{Granted, Granting};
use crate::domain::claim::{CLAIMED, Claimant, Look, bids_of_others, holder, look};
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::Text;
use crate::domain::wish::Wish;
use crate::net::imap::Selected;
use crate::store::{FolderRecord, KeywordWish, WishKind};
use jiff::Timestamp;

/// How often one that goes first looks whether the other has yielded, before it is left to the next sync.
const LOOKS: usize = 8;
/// A bid lives for a few exchanges with the server. One that stands for so many milliseconds is of a program that ended.
const STALE: i64 = 120_000;

/// What came of one.
enum Outcome {
    Won,
    Lost(Claimant),
    /// Somebody else is at it: tried again at the next sync.
    Later(Claimant),
}

/// The claim in what is wanted of a copy, and the rest.
pub(super) fn part((mut add, remove): KeywordWish) -> (Option<Claimant>, KeywordWish) {
    let claim = holder(add.iter().map(String::as_str));
    add.retain(|keyword| !keyword.to_ascii_lowercase().starts_with(CLAIMED));
    (claim, (add, remove))
}

impl Granting<'_> {
    /// Takes one letter of the open folder for `me`.
    pub(super) fn claim(
        &mut self,
        folder: &FolderRecord,
        numbering: u32,
        selected: &Selected,
        uid: u32,
        me: &Claimant,
    ) -> Result<Granted> {
        let wish = Wish::Keywords { add: vec![me.claim()], remove: Vec::new() };
        let outcome = if selected.keeps_keyword(&me.claim()) {
            self.take(folder, numbering, uid, me)
        } else {
            let sentence = "the server keeps no keywords of our own, so colleagues would not see it";
            Err(Problem::new(Kind::Refused, sentence))
        };
        let said = match outcome {
            Ok(Outcome::Won) => {
                self.store
                    .write(|| self.store.keywords_granted(folder.id, numbering, &[uid], &[me.claim()], &[me.bid()]))?;
                return Ok(Granted { done: 1, ..Granted::default() });
            }
            Ok(Outcome::Later(other)) => {
                let warning =
                    Text::from(format!("{} is taking the same conversation: looked at again soon", other.shown()));
                return Ok(Granted { warnings: vec![warning], ..Granted::default() });
            }
            Ok(Outcome::Lost(other)) => format!("{} took it first", other.shown()),
            Err(problem) if problem.kind == Kind::NotNow => {
                return Ok(Granted { warnings: vec![Text::line(&problem.sentence)], ..Granted::default() });
            }
            Err(problem) if super::wishes::is_no(&problem) => problem.sentence,
            Err(problem) => return Err(problem),
        };
        self.refuse(folder, numbering, WishKind::Keywords, &wish, &[uid], &said)
    }

    fn take(&mut self, folder: &FolderRecord, numbering: u32, uid: u32, me: &Claimant) -> Result<Outcome> {
        let (claim, bid) = (vec![me.claim()], vec![me.bid()]);
        let before = self.keywords_now(folder, uid)?;
        match look(&before, me) {
            Look::Lost(other) => return Ok(Outcome::Lost(other)),
            Look::Yield(other) if !self.is_old(folder, numbering, uid)? => return Ok(Outcome::Later(other)),
            _ => self.remote.store_keywords(&[uid], &bid, &[])?,
        }
        for _ in 0..LOOKS {
            let keywords = self.keywords_now(folder, uid)?;
            match look(&keywords, me) {
                Look::Mine => {
                    self.remote.store_keywords(&[uid], &[], &bid)?;
                    return Ok(Outcome::Won);
                }
                Look::Free => {
                    self.remote.store_keywords(&[uid], &claim, &bid)?;
                    let kept = self.keywords_now(folder, uid)?;
                    return match holder(kept.iter().map(String::as_str)) {
                        Some(holder) if holder == *me => Ok(Outcome::Won),
                        Some(other) => Ok(Outcome::Lost(other)),
                        None => Err(Problem::new(Kind::Refused, "the server took the keyword and did not keep it")),
                    };
                }
                Look::Lost(other) => {
                    self.remote.store_keywords(&[uid], &[], &bid)?;
                    return Ok(Outcome::Lost(other));
                }
                Look::Yield(other) | Look::Wait(other) if self.is_old(folder, numbering, uid)? => {
                    tracing::warn!(bid = other.bid(), "a claim was begun and not ended; its bid is taken away");
                    self.remote.store_keywords(&[uid], &[], &bids_of_others(&keywords, me))?;
                }
                Look::Yield(other) => {
                    self.remote.store_keywords(&[uid], &[], &bid)?;
                    return Ok(Outcome::Later(other));
                }
                Look::Wait(_) => {}
            }
        }
        let keywords = self.keywords_now(folder, uid)?;
        Ok(match look(&keywords, me) {
            Look::Lost(other) | Look::Yield(other) | Look::Wait(other) => Outcome::Later(other),
            Look::Free | Look::Mine => Outcome::Later(me.clone()),
        })
    }

    fn is_old(&self, folder: &FolderRecord, numbering: u32, uid: u32) -> Result<bool> {
        Ok(self.store.wish_age(folder.id, numbering, uid, Timestamp::now())? > STALE)
    }

    /// What the letter's keywords are now: a folder shows what other sessions did when it is opened (Dovecot: not at FETCH).
    fn keywords_now(&mut self, folder: &FolderRecord, uid: u32) -> Result<Vec<String>> {
        self.remote.select(&folder.raw_name)?;
        let found = self.remote.identify(Some(&[uid]))?.into_iter().find(|letter| letter.uid == uid);
        let gone = || Problem::new(Kind::Refused, "the letter is not there any more");
        Ok(found.ok_or_else(gone)?.keywords)
    }
}
