//! How a display name falls into given name, patronymic and family name: a proposal with its reason, never taken silently.
//!
//! First what is no part of a name is taken off: a company behind it, titles, a job. Then the words tell which is which: a comma, capitals,
//! a patronymic, initials, a list of given names, and last the endings of family names. What stays unclear is left to me.

mod parts;
mod words;

use super::address::Address;
use super::contact::{Kind, Name};
use super::id;
use super::legal_form;
use super::text::Text;
use words::{is_capitals, is_foreign, is_given, is_initial, is_particle, is_robot, is_title, written};

/// How sure a proposal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// Nothing tells: I must say.
    None,
    /// A guess.
    Weak,
    /// Likely.
    Fair,
    /// Nearly certain.
    Good,
}

super::contact::words!(Confidence, None = "left to you", Weak = "a guess", Fair = "likely", Good = "good");

/// A proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// The parts; all of them empty where nothing tells.
    pub name: Name,
    /// Titles and jobs that were taken off: `dr`, `inż.`, `Менеджер`.
    pub titles: Vec<Text>,
    /// A company that stands in the display name.
    pub company: Option<Text>,
    /// It looks like a person's name; else like a company's or a robot's.
    pub person: bool,
    /// How sure it is.
    pub confidence: Confidence,
    /// Why, in words.
    pub why: Text,
}

/// Somebody whose name nobody has split yet, with the proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Who.
    pub contact: id::Contact,
    /// Lead or contact.
    pub kind: Kind,
    /// The name as they write it.
    pub display: Text,
    /// Their first address.
    pub address: Option<Address>,
    /// Their company's name.
    pub company: Option<Text>,
    /// What is proposed.
    pub split: Split,
}

/// Proposes the parts of a display name; where there is none, of the address.
#[must_use]
pub fn propose(display: &Text, address: Option<&Address>) -> Split {
    let plain = display.as_str().trim_matches(|c: char| matches!(c, '"' | '\'' | '“' | '”' | ' '));
    let mut split = if plain.is_empty() || Address::parse(plain).is_some() {
        let address = Address::parse(plain).or_else(|| address.cloned());
        of_address(address.as_ref())
    } else {
        of_words(plain)
    };
    // A mailbox without any human sign behind a short word.
    if split.person && split.confidence == Confidence::Weak && address.is_some_and(Address::is_robot) {
        split.person = false;
    }
    split.name.display = display.clone();
    split
}

/// A word in it says what somebody does: "Head of sales", «главный бухгалтер».
#[must_use]
pub fn is_job_in(line: &str) -> bool {
    line.split_whitespace().any(words::is_job)
}

fn nothing(why: &'static str) -> Split {
    Split {
        name: Name::default(),
        titles: Vec::new(),
        company: None,
        person: true,
        confidence: Confidence::None,
        why: Text::own(why),
    }
}

fn no_person(company: &str, why: &'static str) -> Split {
    let company = Some(tidy(company)).filter(|name| !name.is_empty());
    Split { person: false, company: company.map(|name| Text::line(&name)), ..nothing(why) }
}

/// `anna.kowalska@…`: two words parted by a point; never more than a guess.
fn of_address(address: Option<&Address>) -> Split {
    let Some(address) = address else { return nothing("there is neither a name nor an address") };
    if address.is_robot() {
        return no_person("", "a robot's address");
    }
    let local = address.base().local().to_owned();
    let parts: Vec<&str> = local.split(['.', '_', '-']).filter(|part| !part.is_empty()).collect();
    if parts.iter().any(|part| is_robot(part)) {
        return no_person("", "a mailbox of an office, not of a person");
    }
    let letters = |part: &&str| part.chars().all(char::is_alphabetic);
    if !(2..=3).contains(&parts.len()) || !parts.iter().all(letters) {
        let known = parts.first().filter(|_| parts.len() == 1).filter(|part| is_given(part));
        return match known {
            Some(given) => Split {
                name: Name { given: Text::line(&written(given)), ..Name::default() },
                confidence: Confidence::Weak,
                ..nothing("from the address: there is no name, and this part is a given name")
            },
            None => nothing("there is no name, and the address does not tell one"),
        };
    }
    let words: Vec<String> = parts.iter().map(|part| written(part)).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let (name, confidence, why) = parts::of(&words);
    let why = Text::from(format!("from the address, for want of a name: {why}"));
    Split { name, confidence: confidence.min(Confidence::Weak), why, ..nothing("") }
}

fn of_words(plain: &str) -> Split {
    let (person, company) = parted(plain);
    let Some(person) = person else { return no_person(plain, "the name of a company or a mailbox, not of a person") };
    if is_foreign(&person) {
        return Split {
            company: company.map(|name| Text::line(&name)),
            ..nothing("names of this language are written in different orders: you know better")
        };
    }
    let (words, titles) = without_titles(&person);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let (mut name, confidence, why) = match comma(&words) {
        Some((family, given)) => parts::behind_comma(&family, &given),
        None => parts::of(&words.iter().map(|word| word.trim_matches(',')).collect::<Vec<_>>()),
    };
    name.display = Text::line(plain);
    let titles: Vec<Text> = titles.iter().map(|title| Text::line(title)).collect();
    let mut why = why.to_owned();
    if let Some(company) = &company {
        why = format!("{why}; “{company}” stands behind the name");
    }
    Split {
        name,
        titles,
        company: company.map(|name| Text::line(&name)),
        person: true,
        confidence,
        why: Text::from(why),
    }
}

/// `Kowalski, Jan`: the words before and behind the comma.
fn comma<'a>(words: &[&'a str]) -> Option<(Vec<&'a str>, Vec<&'a str>)> {
    let at = words.iter().position(|word| word.ends_with(','))?;
    let (before, behind) = words.split_at(at + 1);
    let behind: Vec<&str> = behind.iter().map(|word| word.trim_matches(',')).filter(|word| !word.is_empty()).collect();
    let before: Vec<&str> = before.iter().map(|word| word.trim_matches(',')).collect();
    (!behind.is_empty() && before.len() <= 3).then_some((before, behind))
}

/// The words of the name, and the titles and jobs that were taken off its ends.
fn without_titles(person: &str) -> (Vec<String>, Vec<String>) {
    let mut words: Vec<String> = person.split_whitespace().map(str::to_owned).collect();
    let mut titles = Vec::new();
    let off = |word: &str| is_title(word) || words::is_job(word);
    while words.len() > 1 && words.first().is_some_and(|word| off(word)) {
        titles.push(words.remove(0));
    }
    let mut behind = Vec::new();
    while words.len() > 1 && words.last().is_some_and(|word| off(word)) {
        behind.extend(words.pop());
    }
    titles.extend(behind.into_iter().rev());
    if let Some(last) = words.last_mut() {
        *last = last.trim_end_matches(',').to_owned();
    }
    let titles = titles.iter().map(|title| title.trim_matches(',').to_owned()).collect();
    (words, titles)
}

/// Person and company of "Jan Kowalski | Acme Sp. z o.o."; no person where all of it is a company's or a mailbox's name.
fn parted(plain: &str) -> (Option<String>, Option<String>) {
    if let Some((before, rest)) = plain.split_once(['(', '['])
        && let Some((inside, behind)) = rest.split_once([')', ']'])
    {
        let person = format!("{} {}", before.trim(), behind.trim());
        // A short form in brackets belongs to the name: "Aleksandra (Ola) Nowak".
        let short = inside.split_whitespace().count() == 1 && is_given(inside);
        let pronouns = inside.contains('/') && inside.len() < 15;
        // "(Purchasing)" is what they do, not where.
        let work = is_job_in(inside) && !legal_form::is_in(inside);
        let company = (!short && !pronouns && !work).then(|| tidy(inside)).filter(|name| !name.is_empty());
        let (person, other) = if person.trim().is_empty() { (None, None) } else { parted(person.trim()) };
        return (person, company.or(other));
    }
    for mark in [
        " | ",
        " – ",
        " — ",
        " - ",
        " @ ",
        " · ",
        " • ",
        " / ",
        ", ",
        " at ",
        " from ",
        " из ",
        " від ",
        " z firmy ",
        " w imieniu ",
    ] {
        let Some((left, right)) = plain.split_once(mark) else { continue };
        let (left, right) = (left.trim(), right.trim());
        let of_company = |text: &str| is_company(text) || (mark != ", " && !is_name(text) && !all_titles(text));
        match (is_company(left), of_company(right)) {
            (true, _) if is_name(right) => return (Some(right.to_owned()), Some(tidy(left))),
            (true, _) => return (None, None),
            (false, true) => return (Some(left.to_owned()), Some(tidy(right))),
            // Behind a comma stand the given name or titles.
            (false, false) if mark == ", " => {}
            (false, false) => return (Some(left.to_owned()), None),
        }
    }
    if is_company(plain) { (None, None) } else { (Some(plain.to_owned()), None) }
}

/// A legal form, quotes in it, or words of a mailbox; a known given name speaks against the last.
fn is_company(text: &str) -> bool {
    let quoted = text.contains(['«', '„']) || text.matches('"').count() > 1;
    let words: Vec<&str> = text.split_whitespace().collect();
    let robot = words.iter().any(|word| is_robot(word)) && !words.iter().any(|word| is_given(word));
    let joined = words.contains(&"&") || text.contains(".com") || text.chars().any(|c| c.is_ascii_digit());
    quoted || robot || joined || legal_form::is_in(text)
}

/// It may be a person's name: words with capitals or known ones, two to five of them or one known one.
fn is_name(text: &str) -> bool {
    let (words, _) = without_titles(text);
    if is_company(text) || words.is_empty() || words.len() > 5 {
        return false;
    }
    words.iter().any(|word| is_given(word)) || words.iter().any(|word| words::ends_as_patronymic(word))
}

fn all_titles(text: &str) -> bool {
    text.split_whitespace().all(|word| is_title(word) || words::is_job(word))
}

fn tidy(company: &str) -> String {
    company.trim().trim_matches(|c: char| matches!(c, ',' | ';' | '|' | '-' | '–' | '—' | '(' | ')')).trim().to_owned()
}

#[cfg(test)]
mod tests;
