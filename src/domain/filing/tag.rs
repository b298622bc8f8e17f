//! Deal tags: `[D-42]` in a subject, and the deal that our own Message-IDs carry with a checksum.

use super::super::id;
use super::super::message::MsgId;
use super::super::text::Text;

/// What vouches for a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// Somebody wrote it into the subject.
    Subject,
    /// The letter answers one of ours, whose Message-ID carries the deal and a checksum that only this store can make.
    MessageId,
}

/// An open deal that a letter names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tagged {
    /// The deal.
    pub deal: id::Deal,
    /// Its title.
    pub title: Text,
    /// The person it is agreed with.
    pub contact: Option<id::Contact>,
    /// The buying company.
    pub company: Option<id::Company>,
    /// What vouches for it.
    pub proof: Proof,
}

impl Tagged {
    /// As evidence.
    #[must_use]
    pub fn in_words(&self) -> Text {
        Text::from(match self.proof {
            Proof::Subject => format!("the subject names {}, “{}”", tag_of(self.deal), self.title),
            Proof::MessageId => format!("it answers a letter that you wrote in “{}” {}", self.title, tag_of(self.deal)),
        })
    }
}

/// The tag of a deal, to be written into a subject.
#[must_use]
pub fn tag_of(deal: id::Deal) -> String {
    format!("[D-{deal}]")
}

/// The deals a subject names, in its order, each once.
#[must_use]
pub fn tags_in(subject: &str) -> Vec<id::Deal> {
    let mut found = Vec::new();
    for part in subject.split('[').skip(1) {
        let Some((inside, _)) = part.split_once(']') else { continue };
        let Some(rest) = inside.trim().strip_prefix(['D', 'd']) else { continue };
        let digits = rest.trim_start_matches(['-', '\u{2011}', '#']);
        let fits = (1..=9).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        if let Some(deal) = digits.parse().ok().map(id::Deal).filter(|_| fits)
            && !found.contains(&deal)
        {
            found.push(deal);
        }
    }
    found
}

/// A deal that a Message-ID claims to have been written in, with what has to be proved: `pb.abc.d42.k7q…@firma.example`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The deal.
    pub deal: id::Deal,
    /// What the checksum is of.
    pub over: String,
    /// The checksum.
    pub checksum: String,
}

impl Claim {
    /// Reads it; `None` for every other Message-ID.
    #[must_use]
    pub fn of(name: &MsgId) -> Option<Self> {
        let (left, _) = name.as_str().rsplit_once('@')?;
        let (over, checksum) = left.rsplit_once('.')?;
        let (begin, deal) = over.rsplit_once(".d")?;
        let fits =
            begin.starts_with("pb.") && (1..=18).contains(&deal.len()) && deal.bytes().all(|b| b.is_ascii_digit());
        let deal = deal.parse().ok().map(id::Deal).filter(|_| fits)?;
        Some(Self { deal, over: over.to_owned(), checksum: checksum.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_found_in_subjects() {
        for (subject, expected) in [
            ("Re: [D-42] Desks", &[42][..]),
            ("[d42] and [D#7] and [D-42]", &[42, 7]),
            ("[D-] [D-x] [DX-1] D-5 [2026-11] [D-1234567890]", &[]),
            ("[D-3", &[]),
        ] {
            let found: Vec<i64> = tags_in(subject).into_iter().map(|deal| deal.0).collect();
            assert_eq!(found, expected, "{subject}");
        }
        assert_eq!(tags_in(&tag_of(id::Deal(8))), [id::Deal(8)]);
    }

    #[test]
    fn a_message_id_claims_a_deal() {
        let claim = |text: &str| Claim::of(&MsgId::parse(text).unwrap());
        assert_eq!(
            claim("pb.abc.d42.k7qx@firma.example"),
            Some(Claim { deal: id::Deal(42), over: "pb.abc.d42".to_owned(), checksum: "k7qx".to_owned() })
        );
        for other in ["pb.abc@firma.example", "x.d42.k@y.example", "pb.a.d4x.k@y.example", "pb.a.d.k@y.example"] {
            assert_eq!(claim(other), None, "{other}");
        }
    }
}
