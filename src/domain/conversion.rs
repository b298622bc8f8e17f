//! A lead becomes a contact: what the letters say of them on one side, what will stand on the card on the other.

use super::address::Address;
use super::contact::{Name, Provenance};
use super::duplicate::Candidate;
use super::id;
use super::legal_form;
use super::money::Money;
use super::name_split::Split;
use super::text::Text;

/// What is proposed, with all that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The lead.
    pub lead: id::Contact,
    /// Their name: as I confirmed it, or as it is proposed.
    pub split: Split,
    /// Their addresses.
    pub addresses: Vec<Address>,
    /// Their phones.
    pub phones: Vec<Text>,
    /// What they do, from the signature.
    pub position: Text,
    /// The language they write in.
    pub language: Text,
    /// Where each fact comes from.
    pub provenance: Vec<Provenance>,
    /// Companies that may be theirs, the likeliest first.
    pub companies: Vec<CompanyOffer>,
    /// Their mail domain, where it belongs to no company yet and is not a free-mail provider's.
    pub domain: Option<Text>,
    /// Subject of their first letter: a title for a deal.
    pub subject: Text,
    /// The currency of my last deal.
    pub currency: String,
    /// Contacts that they may be already.
    pub same: Vec<Candidate>,
}

/// A company that may be theirs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompanyOffer {
    /// The company; `None`: it would be new.
    pub company: Option<id::Company>,
    /// Its name.
    pub name: Text,
    /// Why.
    pub why: Text,
}

/// The company of the new contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompanyWish {
    /// One that is known; `None`: the one of this name, or a new one.
    pub known: Option<id::Company>,
    /// Its name.
    pub name: Text,
    /// A mail domain that it gets, because I said so.
    pub domain: Option<String>,
}

/// What I confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversion {
    /// The lead.
    pub lead: id::Contact,
    /// Their name.
    pub name: Name,
    /// Their company.
    pub company: Option<CompanyWish>,
    /// What they do.
    pub position: Text,
    /// Their phones.
    pub phones: Vec<Text>,
    /// The language they are written to in.
    pub language: Text,
    /// A deal that begins now: its title and what it is worth.
    pub deal: Option<(Text, Money)>,
}

impl Proposal {
    /// The offer that a typed name means: the same but for legal form, case and accents.
    #[must_use]
    pub fn company_called(&self, typed: &str) -> Option<&CompanyOffer> {
        let wanted = legal_form::without(typed);
        self.companies.iter().find(|offer| !wanted.is_empty() && legal_form::without(offer.name.as_str()) == wanted)
    }
}

/// What a person does, from their signature: a short line below their name with a word for a job in it.
#[must_use]
pub fn position(text: &Text, name: &Name) -> Option<Text> {
    let lines: Vec<&str> =
        text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('>')).collect();
    let folded = |line: &str| super::text::fold(line);
    let names: Vec<String> = [&name.given, &name.family]
        .into_iter()
        .filter(|part| !part.is_empty())
        .map(|part| folded(part.as_str()))
        .collect();
    // The last line with their name begins the signature.
    let at = lines
        .iter()
        .rposition(|line| !names.is_empty() && names.iter().all(|part| folded(line).contains(part.as_str())))?;
    let below = lines.get(at + 1..)?.iter().take(3);
    below
        .copied()
        .find(|line| {
            let plain = line.chars().count() <= 60 && !line.contains('@') && !line.chars().any(|c| c.is_ascii_digit());
            plain && !legal_form::is_in(line) && super::name_split::is_job_in(line)
        })
        .map(Text::line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_tells_what_they_do() {
        let name = Name { given: Text::own("Anna"), family: Text::own("Kowalska"), ..Name::default() };
        for (text, expected) in [
            (
                "Dzień dobry,\nproszę o ofertę.\n\nAnna Kowalska\nKierownik biura\nAcme Sp. z o.o.\n+48 600 100 200",
                Some("Kierownik biura"),
            ),
            ("Hello\n-- \nAnna Kowalska\nAcme Ltd\nPurchasing manager", Some("Purchasing manager")),
            ("Hello\nAnna Kowalska\nSee you on Monday", None),
            ("I am a manager\nAnna", None),
            ("> Anna Kowalska\n> Manager", None),
        ] {
            assert_eq!(position(&Text::block(text), &name).as_ref().map(Text::as_str), expected, "{text}");
        }
    }
}
