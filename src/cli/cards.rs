//! `postbook contacts show|edit|remove` and `postbook companies show|add|edit|remove`: cards from a script, each act one change.

use super::args::{AddCompany, EditCompany, EditContact, OfCompany, OfContact, ShowCompany, ShowContact, Tagging};
use super::as_of;
use super::context::Context;
use super::desk::Desk;
use super::json;
use super::output;
use super::table::time;
use crate::domain::address::Address;
use crate::domain::card::{Common, Fact, tags};
use crate::domain::contact::{Happening, TimelineRow, Whose};
use crate::domain::deal::PaymentRow;
use crate::domain::field::Noun;
use crate::domain::figures::{Figures, totals};
use crate::domain::id;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::rhythm::long;
use crate::domain::text::{Text, fold, plural};
use crate::runtime::acts::Acts;
use jiff::Zoned;
use jiff::civil::Date;

/// Rows of what happened that a card in words shows.
const HAPPENED: u32 = 10;

/// The contact of this number or address.
fn contact_of(desk: &Desk, named: &str) -> Result<id::Contact> {
    let missing = || Problem::new(Kind::NotFound, format!("there is no contact “{}”", Text::line(named)));
    if let Ok(number) = named.trim().parse::<i64>() {
        let row = desk.store.contact_row(id::Contact(number), &desk.now())?;
        return row.map(|row| row.id).ok_or_else(missing);
    }
    let address = Address::parse(named).ok_or_else(|| missing().hint("give a number or an address"))?;
    Ok(desk.store.contact_by_address(&address)?.ok_or_else(missing)?.0)
}

/// The company of this number or name.
fn company_of(desk: &Desk, named: &str) -> Result<id::Company> {
    let missing = || Problem::new(Kind::NotFound, format!("there is no company “{}”", Text::line(named)));
    if let Ok(number) = named.trim().parse::<i64>()
        && let Some(row) = desk.store.company_row(id::Company(number))?
    {
        return Ok(row.id);
    }
    desk.store.company_called(named)?.ok_or_else(missing)
}

fn acts<'a>(desk: &'a Desk, now: &'a Zoned) -> Acts<'a> {
    Acts { store: &desk.store, own: &desk.office.own, now }
}

/// The tags of a card after some were added and others taken away.
fn tagged(desk: &Desk, whose: Whose, tagging: &Tagging) -> Result<Option<(Fact, String)>> {
    if tagging.tag.is_empty() && tagging.untag.is_empty() {
        return Ok(None);
    }
    let same = |one: &Text, other: &Text| fold(one.as_str()) == fold(other.as_str());
    let gone = tags(&tagging.untag.join(","));
    let mut all = desk.store.common_of(whose)?.tags;
    all.retain(|tag| !gone.iter().any(|untagged| same(tag, untagged)));
    for tag in tags(&tagging.tag.join(",")) {
        if !all.iter().any(|known| same(known, &tag)) {
            all.push(tag);
        }
    }
    let words: Vec<&str> = all.iter().map(Text::as_str).collect();
    Ok(Some((Fact::Tags, words.join(","))))
}

fn edit(desk: &Desk, whose: Whose, mut edits: Vec<(Fact, String)>, tagging: &Tagging, as_json: bool) -> Result<()> {
    edits.extend(tagged(desk, whose, tagging)?);
    if edits.is_empty() {
        return Err(Problem::new(Kind::Input, "nothing was said to change").hint("see --help for what can be"));
    }
    let now = desk.now();
    let title = acts(desk, &now).edit_card(whose, &edits, &desk.office.practice)?;
    if as_json {
        return show(desk, whose, true);
    }
    let said = title.unwrap_or_else(|| Text::own("It is so already."));
    output::print(said.as_str()).map(drop)
}

/// Changes what stands on a person's card.
///
/// # Errors
/// When there is no such person, or something cannot stand there; then nothing was changed.
pub fn edit_contact(context: &Context, edits: &EditContact, as_json: bool) -> Result<()> {
    let desk = Desk::open(context)?;
    let contact = contact_of(&desk, &edits.of.contact)?;
    edit(&desk, Whose::Contact(contact), edits.edits(), &edits.tagging, as_json)
}

/// Changes what stands on a company's card.
///
/// # Errors
/// When there is no such company, or something cannot stand there; then nothing was changed.
pub fn edit_company(context: &Context, edits: &EditCompany, as_json: bool) -> Result<()> {
    let desk = Desk::open(context)?;
    let company = company_of(&desk, &edits.of.company)?;
    edit(&desk, Whose::Company(company), edits.edits(), &edits.tagging, as_json)
}

/// Enters a company.
///
/// # Errors
/// When a domain is another company's or something cannot stand there; then nothing was changed.
pub fn add_company(context: &Context, new: &AddCompany, as_json: bool) -> Result<()> {
    let desk = Desk::open(context)?;
    let now = desk.now();
    let (_, entered) = acts(&desk, &now).enter_card(Noun::Company, &new.edits(), &desk.office.practice)?;
    let whose = entered.ok_or_else(|| Problem::new(Kind::Internal, "the company is gone again"))?;
    if as_json {
        return show(&desk, whose, true);
    }
    output::print(&format!("Company {} is {}.", key(whose), acts(&desk, &now).card_name(whose)?)).map(drop)
}

fn key(whose: Whose) -> i64 {
    match whose {
        Whose::Contact(id) => id.0,
        Whose::Company(id) => id.0,
        Whose::Deal(id) => id.0,
    }
}

/// Deletes a person entered by mistake.
///
/// # Errors
/// When something hangs on them.
pub fn remove_contact(context: &Context, of: &OfContact, as_json: bool) -> Result<()> {
    let desk = Desk::open(context)?;
    let contact = contact_of(&desk, &of.contact)?;
    remove(&desk, Whose::Contact(contact), as_json)
}

/// Deletes a company entered by mistake.
///
/// # Errors
/// When something hangs on it.
pub fn remove_company(context: &Context, of: &OfCompany, as_json: bool) -> Result<()> {
    let desk = Desk::open(context)?;
    let company = company_of(&desk, &of.company)?;
    remove(&desk, Whose::Company(company), as_json)
}

fn remove(desk: &Desk, whose: Whose, as_json: bool) -> Result<()> {
    let now = desk.now();
    let title = acts(desk, &now).remove_card(whose)?;
    if as_json {
        return output::json(&serde_json::json!({ "removed": key(whose).to_string() })).map(drop);
    }
    output::print(title.unwrap_or_default().as_str()).map(drop)
}

/// Shows a person's card, or what it was on a day.
///
/// # Errors
/// When there is no such person, or no such day.
pub fn show_contact(context: &Context, shown: &ShowContact, as_json: bool) -> Result<()> {
    let desk = Desk::open(context)?;
    let of = &shown.of;
    if let Some(day) = &shown.when.as_of {
        // A card that is gone is known by its number only.
        let number = of.contact.trim().parse::<i64>();
        let contact = number.map_or_else(|_| contact_of(&desk, &of.contact), |number| Ok(id::Contact(number)))?;
        return as_of::show(&desk, (Noun::Contact, contact.0), day, as_json);
    }
    let contact = contact_of(&desk, &of.contact)?;
    show(&desk, Whose::Contact(contact), as_json)
}

/// Shows a company's card, or what it was on a day.
///
/// # Errors
/// When there is no such company, or no such day.
pub fn show_company(context: &Context, shown: &ShowCompany, as_json: bool) -> Result<()> {
    let desk = Desk::open(context)?;
    let of = &shown.of;
    if let Some(day) = &shown.when.as_of {
        let number = of.company.trim().parse::<i64>();
        let company = number.map_or_else(|_| company_of(&desk, &of.company), |number| Ok(id::Company(number)))?;
        return as_of::show(&desk, (Noun::Company, company.0), day, as_json);
    }
    let company = company_of(&desk, &of.company)?;
    show(&desk, Whose::Company(company), as_json)
}

pub(super) fn show(desk: &Desk, whose: Whose, as_json: bool) -> Result<()> {
    let now = desk.now();
    let figures = desk.store.figures(whose, &desk.office.practice.work, &now)?;
    let missing = || Problem::new(Kind::NotFound, "this card is not there any more");
    let mut lines: Vec<(&str, String)> = Vec::new();
    let (document, common, payments, timeline) = match whose {
        Whose::Contact(contact) => {
            let card = desk.store.contact_card(contact, &now, HAPPENED)?.ok_or_else(missing)?;
            lines.push(("contact", format!("{} {}", card.row.id, card.row.name.full())));
            lines.push(("company", card.row.company.as_ref().map(ToString::to_string).unwrap_or_default()));
            lines.push(("position", card.position.to_string()));
            lines.push(("role", card.row.role.word().to_owned()));
            lines.push(("mail", joined(&card.addresses)));
            lines.push(("phone", joined(&card.phones)));
            lines.push(("language", card.language.to_string()));
            lines.push(("birthday", card.birthday.clone().unwrap_or_default()));
            (json::contact_card_json(&card, &figures, now.date()), card.common, card.payments, card.timeline)
        }
        Whose::Company(company) => {
            let card = desk.store.company_card(company, &now, HAPPENED)?.ok_or_else(missing)?;
            lines.push(("company", format!("{} {}", card.row.id, card.row.name)));
            lines.push(("domains", joined(&card.row.domains)));
            lines.push(("requisites", card.requisites.to_string()));
            let people: Vec<&Text> = card.people.iter().map(|(_, name)| name).collect();
            lines.push(("people", joined(people)));
            (json::company_card_json(&card, &figures, now.date()), card.common, card.payments, card.timeline)
        }
        Whose::Deal(_) => return Err(missing()),
    };
    if as_json {
        return output::json(&document).map(drop);
    }
    common_in_words(&mut lines, &common);
    figures_in_words(&mut lines, &figures, &payments, now.date());
    let mut text = in_lines(&lines);
    for row in &timeline {
        text.push('\n');
        text.push_str(&happened(row, desk));
    }
    output::print(text.trim_end()).map(drop)
}

fn joined(texts: impl IntoIterator<Item = impl ToString>) -> String {
    texts.into_iter().map(|text| text.to_string()).collect::<Vec<_>>().join(", ")
}

fn common_in_words<'a>(lines: &mut Vec<(&'a str, String)>, common: &'a Common) {
    lines.push(("tags", joined(&common.tags)));
    lines.push(("owner", common.owner.to_string()));
    lines.push(("watched", if common.watched { "yes".to_owned() } else { String::new() }));
    lines.extend(common.fields.iter().map(|(name, value)| (name.as_str(), value.to_string())));
    lines.push(("note", common.note.to_string()));
}

fn figures_in_words(lines: &mut Vec<(&str, String)>, figures: &Figures, payments: &[PaymentRow], today: Date) {
    for won in &figures.turnover.won {
        let deals = plural(won.deals, "deal", "deals");
        let text = format!(
            "{} this year, {} last year, {} in 12 months, {} in all ({deals})",
            won.this_year, won.last_year, won.twelve_months, won.all
        );
        lines.push(("turnover", text));
    }
    for owed in totals(payments, today) {
        lines.push(("payments", format!("due {}, overdue {}, paid {}", owed.due, owed.overdue, owed.paid)));
    }
    for (who, spread) in [("I answer", figures.rhythm.mine), ("they answer", figures.rhythm.theirs)] {
        if let Some(spread) = spread {
            let (usual, slow) = (long(spread.median_minutes), long(spread.p90_minutes));
            lines.push((who, format!("in {usual}, 9 of 10 within {slow}")));
        }
    }
}

/// Names in a column, values beside them; what is empty is left out.
fn in_lines(lines: &[(&str, String)]) -> String {
    let shown: Vec<_> = lines.iter().filter(|(_, value)| !value.is_empty()).collect();
    let column = shown.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for (name, value) in shown {
        for (index, line) in value.lines().enumerate() {
            let name = if index == 0 { *name } else { "" };
            text.push_str(&format!("{name:<column$}  {}\n", Text::line(line)));
        }
    }
    text
}

fn happened(row: &TimelineRow, desk: &Desk) -> String {
    let what = match row.what {
        Happening::Letter { direction, .. } => direction.word(),
        Happening::Activity { kind, .. } => kind.word(),
        Happening::Step { .. } => "deal",
        Happening::Paid { .. } => "paid",
    };
    format!("{}  {what:<9}  {}", time(row.at, &desk.config.zone), row.title)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_stand_in_two_columns_and_empty_ones_are_left_out() {
        let lines = [
            ("mail", "a@x.example".to_owned()),
            ("phone", String::new()),
            ("note", "two\nlines \u{1b}[31m".to_owned()),
        ];
        assert_eq!(in_lines(&lines), "mail  a@x.example\nnote  two\n      lines ␛[31m\n");
    }
}
