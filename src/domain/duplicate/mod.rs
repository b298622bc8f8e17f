//! Duplicates: which two cards may be one client, and what speaks for it. Proposed with evidence, never merged silently.

pub mod keys;

use super::address::{Address, is_free_mail};
use super::contact::Name;
use super::id;
use super::text::Text;

/// How much speaks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Strength {
    /// The name alone, or a phone that may be an office's.
    Weak,
    /// Worth a look.
    Fair,
    /// Very likely one client.
    Strong,
}

super::contact::words!(Strength, Weak = "weak", Fair = "fair", Strong = "strong");

/// Scores from here are strong.
const STRONG: u8 = 80;
/// Scores from here are fair.
const FAIR: u8 = 50;

/// Two cards that may be one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Pair {
    /// Two people.
    Contacts(id::Contact, id::Contact),
    /// Two companies.
    Companies(id::Company, id::Company),
}

impl Pair {
    /// The same two the other way round.
    #[must_use]
    pub fn turned(self) -> Self {
        match self {
            Self::Contacts(one, other) => Self::Contacts(other, one),
            Self::Companies(one, other) => Self::Companies(other, one),
        }
    }
}

/// A pair to be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The two, the one that is kept first: a contact before a lead, then the older one.
    pub pair: Pair,
    /// Their names.
    pub names: (Text, Text),
    /// An address, domain or company of each.
    pub places: (Text, Text),
    /// How much speaks for it, up to 99.
    pub score: u8,
    /// What speaks for it, the strongest first.
    pub evidence: Vec<Text>,
}

impl Candidate {
    /// How much speaks for it, in a word.
    #[must_use]
    pub fn strength(&self) -> Strength {
        strength(self.score)
    }
}

/// A score in a word.
#[must_use]
pub fn strength(score: u8) -> Strength {
    match score {
        STRONG.. => Strength::Strong,
        FAIR.. => Strength::Fair,
        _ => Strength::Weak,
    }
}

/// What is compared of a person.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Person {
    /// Their name.
    pub name: Name,
    /// Their addresses.
    pub addresses: Vec<Address>,
    /// Their phones.
    pub phones: Vec<Text>,
    /// Their company.
    pub company: Option<id::Company>,
}

/// What is compared of a company.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Firm {
    /// Its name.
    pub name: Text,
    /// Its mail domains.
    pub domains: Vec<Text>,
    /// Its requisites.
    pub requisites: Text,
}

/// What speaks for two cards being one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// How much, up to 99.
    pub score: u8,
    /// What, the strongest first.
    pub evidence: Vec<Text>,
}

/// The keys under which a person is found: kind and key. Two people are compared only when they share one.
#[must_use]
pub fn keys_of_person(person: &Person) -> Vec<(&'static str, String)> {
    let mut found: Vec<(&'static str, String)> = Vec::new();
    found.extend(person.phones.iter().filter_map(|phone| keys::phone(phone.as_str())).map(|key| ("phone", key)));
    found.extend(person.addresses.iter().map(|address| ("mailbox", keys::mailbox(address))));
    if let Some(name) = keys::name(&person.name) {
        found.extend(person.company.map(|company| ("name at company", format!("{name} {company}"))));
        for address in person.addresses.iter().filter(|address| !is_free_mail(address.domain())) {
            found.push(("name at domain", format!("{name} {}", address.domain())));
        }
        found.extend(
            person
                .addresses
                .iter()
                .filter_map(keys::local)
                .map(|local| ("name and mailbox", format!("{name} {local}"))),
        );
        found.push(("name", name));
    }
    found.sort();
    found.dedup();
    found
}

/// The same for a company.
#[must_use]
pub fn keys_of_firm(firm: &Firm) -> Vec<(&'static str, String)> {
    let mut found: Vec<(&'static str, String)> = Vec::new();
    found.extend(keys::company(firm.name.as_str()).map(|key| ("company", key)));
    found
        .extend(firm.domains.iter().filter_map(|domain| keys::domain_root(domain.as_str())).map(|key| ("domain", key)));
    found.extend(keys::numbers(firm.requisites.as_str()).into_iter().map(|key| ("number", key)));
    found.sort();
    found.dedup();
    found
}

/// Compares two people; `None` where nothing speaks for their being one.
#[must_use]
pub fn compare_people(one: &Person, other: &Person) -> Option<Judged> {
    let mut found: Vec<(u8, String)> = Vec::new();
    let names = (keys::name(&one.name), keys::name(&other.name));
    let same_name = names.0.is_some() && names.0 == names.1;
    let other_name = names.0.is_some() && names.1.is_some() && !same_name;
    let shared = |a: &Address| {
        other.addresses.iter().find(|b| keys::mailbox(a) == keys::mailbox(b)).map(|b| (a.clone(), b.clone()))
    };
    if let Some((a, b)) = one.addresses.iter().find_map(shared) {
        found.push((95, format!("the same mailbox: {a} and {b}")));
    }
    let same_phone = |a: &Text| {
        let key = keys::phone(a.as_str())?;
        other.phones.iter().any(|b| keys::phone(b.as_str()).as_deref() == Some(&key)).then(|| a.clone())
    };
    if let Some(phone) = one.phones.iter().find_map(same_phone) {
        // Two names behind one number: that of an office.
        let (score, note) = if other_name { (35, ", under another name") } else { (80, "") };
        found.push((score, format!("the same phone {phone}{note}")));
    }
    if same_name {
        let words = same_name_in_words(&one.name, &other.name);
        let domain = one
            .addresses
            .iter()
            .map(Address::domain)
            .find(|domain| !is_free_mail(domain) && other.addresses.iter().any(|b| b.domain() == *domain));
        let local = |a: &Address| {
            let key = keys::local(a)?;
            other.addresses.iter().find(|b| keys::local(b).as_ref() == Some(&key)).map(|b| format!("{a} and {b}"))
        };
        match (
            one.company.filter(|company| other.company == Some(*company)),
            domain,
            one.addresses.iter().find_map(local),
        ) {
            (Some(_), ..) => found.push((85, format!("{words}, at the same company"))),
            (None, Some(domain), _) => found.push((85, format!("{words}, at {domain}"))),
            (None, None, Some(mailboxes)) => found.push((65, format!("{words}, and a similar mailbox: {mailboxes}"))),
            (None, None, None) => found.push((20, words)),
        }
    }
    judged(found)
}

/// "the same name", or how it differs: "the same name in other letters: Шевченко, Szewczenko".
fn same_name_in_words(one: &Name, other: &Name) -> String {
    let (a, b) = (one.full(), other.full());
    if super::text::fold(a.as_str()) == super::text::fold(b.as_str()) {
        format!("the same name {a}")
    } else {
        format!("the same name, written {a} and {b}")
    }
}

/// Compares two companies.
#[must_use]
pub fn compare_firms(one: &Firm, other: &Firm) -> Option<Judged> {
    let mut found: Vec<(u8, String)> = Vec::new();
    let theirs = keys::numbers(other.requisites.as_str());
    if let Some(number) = keys::numbers(one.requisites.as_str()).into_iter().find(|number| theirs.contains(number)) {
        found.push((95, format!("the same number in the requisites: {number}")));
    }
    let name = keys::company(one.name.as_str());
    let same_name = name.is_some() && name == keys::company(other.name.as_str());
    let root = |a: &Text| {
        let root = keys::domain_root(a.as_str())?;
        other
            .domains
            .iter()
            .find(|b| keys::domain_root(b.as_str()).as_ref() == Some(&root))
            .map(|b| format!("{a} and {b}"))
    };
    let domains = one.domains.iter().find_map(root);
    if let Some(domains) = &domains {
        found.push((60, format!("similar domains: {domains}")));
    }
    if same_name {
        let score = if domains.is_some() { 85 } else { 40 };
        found.push((score, format!("the same name without the legal form: {} and {}", one.name, other.name)));
    }
    judged(found)
}

/// The strongest counts, each other one adds a little.
fn judged(mut found: Vec<(u8, String)>) -> Option<Judged> {
    found.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    let best = found.first()?.0;
    let more = u8::try_from(found.len() - 1).unwrap_or(0).saturating_mul(4);
    // A phone of an office and a name alone are weak together, too.
    let most = if best < FAIR { FAIR - 1 } else { 99 };
    let evidence = found.into_iter().map(|(_, words)| Text::from(words)).collect();
    Some(Judged { score: best.saturating_add(more).min(most), evidence })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(name: &str, addresses: &[&str], phones: &[&str], company: Option<i64>) -> Person {
        Person {
            name: Name { display: Text::line(name), ..Name::default() },
            addresses: addresses.iter().map(|address| Address::parse(address).unwrap()).collect(),
            phones: phones.iter().map(|phone| Text::line(phone)).collect(),
            company: company.map(id::Company),
        }
    }

    #[test]
    fn people_are_compared_by_what_they_share() {
        let anna =
            person("Anna Kowalska", &["anna@acme.example", "anna.kowalska@gmail.com"], &["+48 600 100 200"], Some(1));
        for (other, expected) in [
            (person("Ania", &[], &["600100200"], None), Some(Strength::Strong)),
            (person("Jan Nowak", &[], &["600 100 200"], Some(1)), Some(Strength::Weak)),
            (person("Kowalska Anna", &["ak@home.example"], &[], Some(1)), Some(Strength::Strong)),
            (person("Анна Ковальска", &["biuro@acme.example"], &[], None), Some(Strength::Strong)),
            (person("Anna Kowalska", &["annakowalska+x@gmail.com"], &[], None), Some(Strength::Strong)),
            (person("Anna Kowalska", &["anna-kowalska7@wp.pl"], &[], None), Some(Strength::Fair)),
            (person("Anna Kowalska", &["x@y.example"], &[], Some(2)), Some(Strength::Weak)),
            (person("Anna Kowalska", &["ak@gmail.com"], &[], None), Some(Strength::Weak)),
            (person("Jan Nowak", &["jan@acme.example"], &[], Some(1)), None),
            (person("Anna", &["x@gmail.com"], &[], None), None),
        ] {
            let judged = compare_people(&anna, &other);
            assert_eq!(judged.as_ref().map(|j| strength(j.score)), expected, "{other:?}: {judged:?}");
            assert_eq!(judged.as_ref().map(|j| j.score), compare_people(&other, &anna).map(|j| j.score), "either way");
            let shares = |a: &Person, b: &Person| keys_of_person(a).iter().any(|key| keys_of_person(b).contains(key));
            assert_eq!(shares(&anna, &other), expected.is_some(), "they find each other by a key: {other:?}");
        }
    }

    #[test]
    fn companies_are_compared_by_numbers_names_and_domains() {
        let firm = |name: &str, domains: &[&str], requisites: &str| Firm {
            name: Text::line(name),
            domains: domains.iter().map(|domain| Text::line(domain)).collect(),
            requisites: Text::line(requisites),
        };
        let acme = firm("Acme sp. z o.o.", &["acme.pl"], "NIP 679-000-00-31");
        for (other, expected) in [
            (firm("Something", &[], "NIP: 6790000031"), Some(Strength::Strong)),
            (firm("ACME", &["acme.com.ua"], ""), Some(Strength::Strong)),
            (firm("Acme Ukraine", &["acme.ua"], ""), Some(Strength::Fair)),
            (firm("ТОВ «Acme»", &[], ""), Some(Strength::Weak)),
            (firm("Acme Chairs", &["chairs.pl"], "NIP 111-111-11-11"), None),
        ] {
            let judged = compare_firms(&acme, &other);
            assert_eq!(judged.as_ref().map(|j| strength(j.score)), expected, "{other:?}: {judged:?}");
            let shares = |a: &Firm, b: &Firm| keys_of_firm(a).iter().any(|key| keys_of_firm(b).contains(key));
            assert_eq!(shares(&acme, &other), expected.is_some(), "{other:?}");
        }
    }
}
