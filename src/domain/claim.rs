//! Claims: in a team's mailbox somebody takes a conversation, and every colleague's program sees who.
//!
//! A claim is an IMAP keyword on one letter, `$claimed-` with the address of who has it. Servers have no lock for keywords, so a claim is
//! preceded by a bid, `$claiming-`: everybody sets a bid, then looks. Of two that bid at once each looks after having set the own bid, so
//! at least one sees the other's, and no two can both see nobody. Who sees a claim has lost; who sees another bid and has the greater
//! address takes the own bid back and sets none while the smaller one's stands; the smaller one waits until the other claimed or yielded. That is enough for one winner at the most, on any
//! server that shows everybody the keywords in one order.

use super::address::Address;
use super::text::Text;

/// What a claim's keyword begins with.
pub const CLAIMED: &str = "$claimed-";
/// What a bid's keyword begins with.
const CLAIMING: &str = "$claiming-";
/// Dovecot keeps keywords of up to 50 bytes unless told otherwise (`mail_max_keyword_length`).
const LONGEST_WHO: usize = 50 - CLAIMING.len();

/// Who takes a conversation: an address in the letters that a keyword may have, in lower case, since some servers compare without
/// regard to case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Claimant(String);

impl Claimant {
    /// Whose address this is. A long one is cut and ends in a number made of all of it.
    #[must_use]
    pub fn of(address: &Address) -> Self {
        let fit = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '@') { c } else { '_' };
        let who: String = address.as_str().chars().map(|c| fit(c.to_ascii_lowercase())).collect();
        let plain = who.len() <= LONGEST_WHO && address.as_str().is_ascii();
        if plain {
            return Self(who);
        }
        // FNV-1a: the same everywhere, and nothing rests on its being hard to meet.
        let sum = address
            .as_str()
            .bytes()
            .fold(0x811c_9dc5_u32, |sum, byte| (sum ^ u32::from(byte)).wrapping_mul(16_777_619));
        let kept: String = who.chars().take(LONGEST_WHO - 9).collect();
        Self(format!("{kept}_{sum:08x}"))
    }

    /// The keyword that says who has it.
    #[must_use]
    pub fn claim(&self) -> String {
        format!("{CLAIMED}{}", self.0)
    }

    /// The keyword that says who wants it.
    #[must_use]
    pub fn bid(&self) -> String {
        format!("{CLAIMING}{}", self.0)
    }

    /// As people read it.
    #[must_use]
    pub fn shown(&self) -> Text {
        Text::line(&self.0)
    }
}

/// Who has it, by the keywords of its letter; of several, which a server's fault could bring about, the smallest.
#[must_use]
pub fn holder<'a>(keywords: impl IntoIterator<Item = &'a str>) -> Option<Claimant> {
    keywords.into_iter().filter_map(|keyword| after(keyword, CLAIMED)).min()
}

/// The bids of others, to be taken away when they stand for long: somebody's program ended between bid and claim.
#[must_use]
pub fn bids_of_others(keywords: &[String], me: &Claimant) -> Vec<String> {
    bidders(keywords).filter(|bidder| bidder != me).map(|bidder| bidder.bid()).collect()
}

/// A keyword that only says that somebody is about to take it.
#[must_use]
pub fn is_bid(keyword: &str) -> bool {
    after(keyword, CLAIMING).is_some()
}

fn bidders(keywords: &[String]) -> impl Iterator<Item = Claimant> {
    keywords.iter().filter_map(|keyword| after(keyword, CLAIMING))
}

fn after(keyword: &str, begin: &str) -> Option<Claimant> {
    let keyword = keyword.to_ascii_lowercase();
    keyword.strip_prefix(begin).filter(|who| !who.is_empty()).map(|who| Claimant(who.to_owned()))
}

/// What follows from a look at the keywords, after the own bid was set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look {
    /// Nobody else wants it: the claim may be set.
    Free,
    /// It is mine already.
    Mine,
    /// Somebody has it: the bid is to be taken away.
    Lost(Claimant),
    /// Somebody else wants it and goes first: the bid is to be taken away, and set again later.
    Yield(Claimant),
    /// Somebody else wants it and is to yield: look again.
    Wait(Claimant),
}

/// Judges what was seen.
#[must_use]
pub fn look(keywords: &[String], me: &Claimant) -> Look {
    if let Some(holder) = holder(keywords.iter().map(String::as_str)) {
        return if holder == *me { Look::Mine } else { Look::Lost(holder) };
    }
    match bidders(keywords).filter(|bidder| bidder != me).min() {
        None => Look::Free,
        Some(other) if other < *me => Look::Yield(other),
        Some(other) => Look::Wait(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn who(address: &str) -> Claimant {
        Claimant::of(&Address::parse(address).unwrap())
    }

    #[test]
    fn keywords_are_atoms_that_servers_keep() {
        for address in [
            "Anna@Firma.example",
            "жанна@пошта.укр",
            "o'neil+x@firma.example",
            &format!("{}@x.example", "a".repeat(60)),
        ] {
            for keyword in [who(address).claim(), who(address).bid()] {
                assert!(keyword.len() <= 50, "{keyword}");
                let fit = |byte: u8| byte.is_ascii_graphic() && !b"(){%*\"\\]".contains(&byte);
                assert!(keyword.bytes().all(fit), "{keyword}");
            }
        }
        assert_eq!(who("Anna@Firma.example").claim(), "$claimed-anna@firma.example");
        let long = |end: &str| who(&format!("{}{end}@x.example", "a".repeat(60)));
        assert_ne!(long("1"), long("2"));
        assert_ne!(who("жанна@x.example"), who("жоржа@x.example"));
    }

    #[test]
    fn what_is_seen_decides() {
        let (anna, ola) = (who("anna@f.example"), who("ola@f.example"));
        let words = |words: &[&Claimant], claims: &[&Claimant]| -> Vec<String> {
            words.iter().map(|w| w.bid()).chain(claims.iter().map(|w| w.claim())).chain(["$Junk".to_owned()]).collect()
        };
        assert_eq!(look(&words(&[&anna], &[]), &anna), Look::Free);
        assert_eq!(look(&words(&[&anna, &ola], &[]), &anna), Look::Wait(ola.clone()));
        assert_eq!(look(&words(&[&anna, &ola], &[]), &ola), Look::Yield(anna.clone()));
        assert_eq!(look(&words(&[&anna], &[&ola]), &anna), Look::Lost(ola.clone()));
        assert_eq!(look(&words(&[], &[&anna]), &anna), Look::Mine);
        assert_eq!(holder(["$CLAIMED-Ola@f.example", "x"]), Some(ola));
        assert_eq!(holder(["$claimed-", "$claiming-ola@f.example"]), None);
    }

    /// One colleague's program: what it does next.
    #[derive(Debug, Clone, Copy, PartialEq)]
    enum At {
        Peek,
        Bid,
        Look,
        Claim,
        Yield,
        Leave,
        Won,
        Lost,
    }

    proptest! {
        /// In whatever order the steps of two or three colleagues mix, one of them has it in the end, and never two believe so.
        #[test]
        fn of_claims_at_once_one_wins(order in proptest::collection::vec(0..3_usize, 0..60), colleagues in 2..4_usize) {
            let people: Vec<Claimant> = ["a@f.example", "b@f.example", "c@f.example"].map(who).into_iter().take(colleagues).collect();
            let mut at = vec![At::Peek; colleagues];
            let mut keywords: BTreeSet<String> = BTreeSet::new();
            // After the drawn order everybody goes on in turns until nothing moves.
            let rest = (0..200).map(|step| step % colleagues);
            for turn in order.into_iter().map(|turn| turn % colleagues).chain(rest) {
                let me = &people[turn];
                at[turn] = match at[turn] {
                    At::Peek => match look(&keywords.iter().cloned().collect::<Vec<_>>(), me) {
                        Look::Lost(_) => At::Lost,
                        Look::Yield(_) => At::Peek,
                        _ => At::Bid,
                    },
                    At::Bid => { keywords.insert(me.bid()); At::Look }
                    At::Look => match look(&keywords.iter().cloned().collect::<Vec<_>>(), me) {
                        Look::Free => At::Claim,
                        Look::Mine => At::Won,
                        Look::Lost(_) => At::Leave,
                        Look::Yield(_) => At::Yield,
                        Look::Wait(_) => At::Look,
                    },
                    At::Claim => { keywords.insert(me.claim()); keywords.remove(&me.bid()); At::Won }
                    At::Leave => { keywords.remove(&me.bid()); At::Lost }
                    At::Yield => { keywords.remove(&me.bid()); At::Peek }
                    ended => ended,
                };
                prop_assert!(at.iter().filter(|at| **at == At::Won).count() <= 1, "{at:?}");
            }
            prop_assert_eq!(at.iter().filter(|at| **at == At::Won).count(), 1, "{:?}", at);
            prop_assert!(at.iter().all(|at| matches!(at, At::Won | At::Lost)), "{:?}", at);
        }
    }
}
