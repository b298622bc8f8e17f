//! `postbook contacts convert`, `names`, `duplicates`, `merge` and `split`: what the screens do with leads and duplicates, for scripts.

use super::args::{Contacts, ConvertLead, MergeCompanies, SplitContact};
use super::context::Context;
use super::desk::Desk;
use super::json::{self, Person};
use super::output;
use crate::domain::contact::{Name, Whose};
use crate::domain::conversion::{CompanyWish, Conversion, Proposal};
use crate::domain::duplicate::{Candidate, Pair};
use crate::domain::field::Noun;
use crate::domain::id;
use crate::domain::merge::Merge;
use crate::domain::money::Money;
use crate::domain::name_split::Waiting;
use crate::domain::problem::{self, Problem, Result};
use crate::domain::text::Text;
use crate::runtime::acts::Acts;
use crate::runtime::clients;
use jiff::Zoned;
use serde_json::{Value, json};

/// Pairs and names that are listed.
const MOST: u32 = 1000;

/// Does one of these commands.
///
/// # Errors
/// When what it names is not there, or the store cannot be written.
pub fn run(context: &Context, command: &Contacts, as_json: bool) -> Result<()> {
    let desk = Desk::open(context)?;
    let now = desk.now();
    match command {
        Contacts::Convert(convert) => converted(&desk, &now, convert, as_json),
        Contacts::Names => names(&desk, as_json),
        Contacts::Duplicates => duplicates(&desk, Noun::Contact, as_json),
        Contacts::Merge(merge) => {
            let (keep, gone) = (id::Contact(merge.keep), id::Contact(merge.gone));
            merged(&desk, &now, Pair::Contacts(keep, gone), &merge.take)?;
            tell(&desk, &now, &[keep], as_json)
        }
        Contacts::Split(split) => split_off(&desk, &now, split, as_json),
        _ => Ok(()),
    }
}

/// `companies duplicates`: pairs that may be one company.
///
/// # Errors
/// When the store cannot be read or written.
pub fn company_duplicates(context: &Context, as_json: bool) -> Result<()> {
    duplicates(&Desk::open(context)?, Noun::Company, as_json)
}

/// `companies merge`: makes one company of two, and shows it.
///
/// # Errors
/// One of them is not there; a field cannot be taken; the store cannot be written.
pub fn merge_companies(context: &Context, merge: &MergeCompanies, as_json: bool) -> Result<()> {
    let desk = Desk::open(context)?;
    let now = desk.now();
    let (keep, gone) = (id::Company(merge.keep), id::Company(merge.gone));
    merged(&desk, &now, Pair::Companies(keep, gone), &merge.take)?;
    super::cards::show(&desk, Whose::Company(keep), as_json)
}

fn acts<'a>(desk: &'a Desk, now: &'a Zoned) -> Acts<'a> {
    Acts { store: &desk.store, own: &desk.office.own, now }
}

fn converted(desk: &Desk, now: &Zoned, wanted: &ConvertLead, as_json: bool) -> Result<()> {
    let named = wanted.given_name.is_some() || wanted.family_name.is_some() || wanted.patronymic.is_some();
    if wanted.id.len() > 1 && (named || wanted.deal.is_some()) {
        return Err(Problem::new(problem::Kind::Usage, "a name or a deal is for one lead, and several are named"));
    }
    let pipeline = desk.office.practice.pipelines.named("");
    let stage = pipeline
        .and_then(|pipeline| pipeline.stages.first())
        .map_or_else(|| Text::own("new"), |stage| stage.name.clone());
    let mut done = Vec::new();
    for lead in wanted.id.iter().copied().map(id::Contact) {
        let proposal = clients::proposal(&desk.store, lead, now)?;
        acts(desk, now).convert(&conversion(&proposal, wanted)?, &stage)?;
        done.push(lead);
    }
    tell(desk, now, &done, as_json)
}

/// What is proposed, but for what was typed.
fn conversion(proposal: &Proposal, wanted: &ConvertLead) -> Result<Conversion> {
    let typed = |typed: &Option<String>, proposed: &Text| {
        typed.as_ref().map_or_else(|| proposed.clone(), |typed| Text::line(typed.trim()))
    };
    let split = &proposal.split.name;
    let named = wanted.given_name.is_some() || wanted.family_name.is_some();
    let none = Text::default();
    let name = Name {
        display: split.display.clone(),
        given: typed(&wanted.given_name, if named { &none } else { &split.given }),
        patronymic: typed(&wanted.patronymic, if named { &none } else { &split.patronymic }),
        family: typed(&wanted.family_name, if named { &none } else { &split.family }),
    };
    if name.given.is_empty() && name.family.is_empty() {
        return Err(Problem::new(problem::Kind::Input, format!("the name of “{}” cannot be told", split.display))
            .hint("say it: --given-name, --family-name"));
    }
    let company = match &wanted.company {
        Some(typed) => {
            let known = proposal.company_called(typed).and_then(|offer| offer.company);
            let domain =
                proposal.domain.as_ref().filter(|_| wanted.with_domain).map(|domain| domain.as_str().to_owned());
            Some(CompanyWish { known, name: Text::line(typed.trim()), domain })
        }
        // Only a company whose domain it is: what a letter says is not taken unseen.
        None => proposal.companies.first().filter(|offer| offer.company.is_some()).map(|offer| CompanyWish {
            known: offer.company,
            name: offer.name.clone(),
            domain: None,
        }),
    };
    let currency = wanted.currency.as_ref().unwrap_or(&proposal.currency);
    let deal = match &wanted.deal {
        Some(title) => {
            let unfit = || {
                Problem::new(problem::Kind::Usage, format!("“{} {currency}” is no amount", Text::line(&wanted.amount)))
            };
            Some((Text::line(title.trim()), Money::parse(&wanted.amount, currency).ok_or_else(unfit)?))
        }
        None => None,
    };
    Ok(Conversion {
        lead: proposal.lead,
        name,
        company,
        position: proposal.position.clone(),
        phones: proposal.phones.clone(),
        language: proposal.language.clone(),
        deal,
    })
}

/// Tells of these cards as they are now.
fn tell(desk: &Desk, now: &Zoned, contacts: &[id::Contact], as_json: bool) -> Result<()> {
    let mut told = Vec::new();
    let mut words = String::new();
    for contact in contacts {
        let missing = || Problem::new(problem::Kind::Internal, "the contact is gone again");
        let row = desk.store.contact_row(*contact, now)?.ok_or_else(missing)?;
        let (addresses, phones, tags) = desk.store.contact_details(*contact)?;
        words.push_str(&super::contacts::in_words(&row));
        words.push('\n');
        told.push(json::contact_json(&Person { row: &row, addresses: &addresses, phones: &phones, tags: &tags }));
    }
    if as_json {
        output::json(&json!({ "contacts": told })).map(drop)
    } else {
        output::print(words.trim_end()).map(drop)
    }
}

fn names(desk: &Desk, as_json: bool) -> Result<()> {
    let (rows, total) = desk.store.names_waiting(None, MOST)?;
    if as_json {
        return output::json(&json!({ "total": total, "names": rows.iter().map(name_json).collect::<Vec<_>>() }))
            .map(drop);
    }
    let line = |row: &Waiting| {
        let name = &row.split.name;
        let parts: Vec<&str> = [&name.given, &name.patronymic, &name.family]
            .into_iter()
            .map(Text::as_str)
            .filter(|part| !part.is_empty())
            .collect();
        let proposed = if row.split.person { parts.join(" · ") } else { "no person".to_owned() };
        format!("{}  {}  →  {proposed}  ({}: {})", row.contact, row.display, row.split.confidence.word(), row.split.why)
    };
    let words: Vec<String> = rows.iter().map(line).collect();
    output::print(if words.is_empty() { "Every name is split.".to_owned() } else { words.join("\n") }.as_str())
        .map(drop)
}

fn name_json(row: &Waiting) -> Value {
    let some = |text: &Text| (!text.is_empty()).then(|| text.as_str().to_owned());
    let name = &row.split.name;
    json!({
        "id": row.contact.to_string(), "kind": row.kind.word(), "display": row.display.as_str(),
        "address": row.address.as_ref().map(ToString::to_string), "person": row.split.person,
        "given_name": some(&name.given), "patronymic": some(&name.patronymic), "family_name": some(&name.family),
        "company": row.split.company.as_ref().map(Text::as_str), "titles": row.split.titles.iter().map(Text::as_str).collect::<Vec<_>>(),
        "confidence": row.split.confidence.word(), "why": row.split.why.as_str(),
    })
}

fn duplicates(desk: &Desk, noun: Noun, as_json: bool) -> Result<()> {
    // From a script there is time to compare everything.
    while desk.store.compare_changed(2000)? > 0 {}
    let mut rows = desk.store.duplicates(None, MOST)?;
    rows.retain(|row| matches!(row.pair, Pair::Contacts(..)) == (noun == Noun::Contact));
    if as_json {
        return output::json(&json!({ "duplicates": rows.iter().map(pair_json).collect::<Vec<_>>() })).map(drop);
    }
    let line = |row: &Candidate| {
        let (noun, (one, other)) = keys(row.pair);
        let evidence = row.evidence.iter().map(Text::as_str).collect::<Vec<_>>().join("; ");
        format!("{} {noun}s {one} {} and {other} {}: {evidence}", row.strength().word(), row.names.0, row.names.1)
    };
    let words: Vec<String> = rows.iter().map(line).collect();
    output::print(
        if words.is_empty() { "No two cards look like one client.".to_owned() } else { words.join("\n") }.as_str(),
    )
    .map(drop)
}

fn keys(pair: Pair) -> (&'static str, (String, String)) {
    match pair {
        Pair::Contacts(one, other) => ("contact", (one.to_string(), other.to_string())),
        Pair::Companies(one, other) => ("company", (one.to_string(), other.to_string())),
    }
}

fn pair_json(row: &Candidate) -> Value {
    let (noun, (one, other)) = keys(row.pair);
    json!({
        "noun": noun, "ids": [one, other], "names": [row.names.0.as_str(), row.names.1.as_str()],
        "strength": row.strength().word(), "score": row.score,
        "evidence": row.evidence.iter().map(Text::as_str).collect::<Vec<_>>(),
    })
}

fn merged(desk: &Desk, now: &Zoned, pair: Pair, take: &[String]) -> Result<()> {
    let (_, (keep, gone)) = keys(pair);
    if keep == gone {
        return Err(Problem::new(problem::Kind::Usage, "a card cannot be merged with itself"));
    }
    let missing = || Problem::new(problem::Kind::NotFound, "one of the two cards is not there");
    let sides = desk.store.sides(pair)?.ok_or_else(missing)?;
    if let Some(unknown) = take.iter().find(|key| !sides.choices.iter().any(|choice| choice.key == **key)) {
        let known = sides.choices.iter().map(|choice| choice.key.as_str()).collect::<Vec<_>>().join(", ");
        return Err(Problem::new(problem::Kind::Usage, format!("there is no field “{}” to take", Text::line(unknown)))
            .hint(format!("these have a value: {known}")));
    }
    let mut merge = Merge::proposed(&sides);
    merge.take.extend(take.iter().cloned());
    acts(desk, now).merge(&merge).map(drop)
}

fn split_off(desk: &Desk, now: &Zoned, wanted: &SplitContact, as_json: bool) -> Result<()> {
    acts(desk, now).split_off(id::Contact(wanted.id), &wanted.address)?;
    let split = desk.store.contact_by_address(&wanted.address)?.map(|(contact, _)| contact);
    let mut told = vec![id::Contact(wanted.id)];
    told.extend(split);
    tell(desk, now, &told, as_json)
}
