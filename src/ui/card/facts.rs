//! The facts of a card, as they are shown and as they are typed.

use super::layout::{Pen, join};
use super::{Holding, Item};
use crate::domain::card::Fact;
use crate::domain::contact::Kind;
use crate::ui::format;
use ratatui::text::{Line, Span};

/// Columns before what is edited: two for the margin, the label's, one between.
const LABEL: usize = 11;

/// What stands in a fact, as it is typed.
pub(super) fn value(holding: &Holding, fact: &Fact) -> String {
    let common = holding.common();
    match (fact, holding) {
        (Fact::Tags, _) => join(&common.tags),
        (Fact::Owner, _) => common.owner.to_string(),
        (Fact::Watched, _) => if common.watched { "yes" } else { "no" }.to_owned(),
        (Fact::Note, _) => common.note.to_string(),
        (Fact::Own(name), _) => common
            .fields
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.to_string())
            .unwrap_or_default(),
        (Fact::Display, Holding::Contact(card)) => card.row.name.display.to_string(),
        (Fact::Given, Holding::Contact(card)) => card.row.name.given.to_string(),
        (Fact::Patronymic, Holding::Contact(card)) => card.row.name.patronymic.to_string(),
        (Fact::Family, Holding::Contact(card)) => card.row.name.family.to_string(),
        (Fact::Company, Holding::Contact(card)) => {
            card.row.company.as_ref().map(ToString::to_string).unwrap_or_default()
        }
        (Fact::Position, Holding::Contact(card)) => card.position.to_string(),
        (Fact::Addresses, Holding::Contact(card)) => join(&card.addresses),
        (Fact::Phones, Holding::Contact(card)) => join(&card.phones),
        (Fact::Role, Holding::Contact(card)) => card.row.role.word().to_owned(),
        (Fact::Language, Holding::Contact(card)) => card.language.to_string(),
        (Fact::Birthday, Holding::Contact(card)) => card.birthday.clone().unwrap_or_default(),
        (Fact::Name, Holding::Company(card)) => card.row.name.to_string(),
        (Fact::Domains, Holding::Company(card)) => join(&card.row.domains),
        (Fact::Requisites, Holding::Company(card)) => card.requisites.to_string(),
        (Fact::Title, Holding::Deal(card)) => card.row.title.to_string(),
        (Fact::Company, Holding::Deal(card)) => card.row.company.as_ref().map(ToString::to_string).unwrap_or_default(),
        (Fact::Contact, Holding::Deal(card)) => {
            card.row.contact_name.as_ref().map(ToString::to_string).unwrap_or_default()
        }
        (Fact::Amount, Holding::Deal(card)) => format!("{} {}", card.row.amount.plain(), card.row.amount.currency),
        (Fact::Close, Holding::Deal(card)) => card.row.expected_close.map(|day| day.to_string()).unwrap_or_default(),
        _ => String::new(),
    }
}

/// A fact that the card shows elsewhere, or that says nothing new, is shown only while it is edited.
fn is_shown(holding: &Holding, fact: &Fact) -> bool {
    match (fact, holding) {
        (Fact::Given | Fact::Patronymic | Fact::Family | Fact::Name | Fact::Title, _) => false,
        (Fact::Display, Holding::Contact(card)) => card.row.name.full() != card.row.name.display,
        (Fact::Role, Holding::Contact(card)) => card.row.kind == Kind::Contact,
        (Fact::Watched, _) => holding.common().watched,
        _ => true,
    }
}

impl Pen<'_> {
    /// The facts that are shown, each in its line, and those with their values of which the configuration knows nothing any more.
    pub fn facts(&mut self, holding: &Holding, leave_out: &[Fact]) {
        for fact in Fact::each(self.noun, self.practice) {
            let elsewhere = matches!(fact, Fact::Amount | Fact::Close);
            if !leave_out.contains(&fact) || (self.is_edited(&fact) && !elsewhere) {
                self.one_fact(holding, &fact);
            }
        }
        let known: Vec<&crate::domain::text::Text> =
            self.practice.fields_of(self.noun).map(|field| &field.name).collect();
        for (name, value) in &holding.common().fields {
            if !known.contains(&name) {
                let fact = Fact::Own(name.clone());
                if self.is_edited(&fact) {
                    self.one_fact(holding, &fact);
                } else {
                    self.fact_line(fact, name.as_str(), &format!("{value} (no longer in the configuration)"));
                }
            }
        }
    }

    fn is_edited(&self, fact: &Fact) -> bool {
        self.edit.is_some_and(|edit| edit.fact == *fact)
    }

    /// One fact in its line; what is edited with what it says to it.
    pub fn one_fact(&mut self, holding: &Holding, fact: &Fact) {
        let label = fact.label();
        if self.is_edited(fact) {
            return self.edited(fact, label.as_str());
        }
        let value = value(holding, fact);
        if !value.is_empty() && is_shown(holding, fact) {
            let value = match (fact, holding) {
                (Fact::Close, Holding::Deal(card)) => {
                    card.row.expected_close.map(|day| self.clock.day(day)).unwrap_or_default()
                }
                (Fact::Amount, Holding::Deal(card)) => card.row.amount.to_string(),
                _ => value,
            };
            self.fact_line(fact.clone(), label.as_str(), &value);
        }
    }

    /// A fact that can be chosen: its name in a column, its value wrapped beside it.
    pub fn fact_line(&mut self, fact: Fact, name: &str, value: &str) {
        let column = LABEL.min(self.columns / 3) - 1;
        let options = textwrap::Options::new(self.columns.saturating_sub(column + 1).max(8));
        let options = format::whole_addresses(options, value);
        for (index, line) in textwrap::wrap(value, options).into_iter().enumerate() {
            let name = if index == 0 { format::fit(name, column) } else { " ".repeat(column) };
            let line = Line::from(vec![
                Span::styled(format!("  {name} "), self.styles.dim),
                Span::styled(line.into_owned(), self.styles.text),
            ]);
            if index == 0 {
                self.sheet.item(Item::Fact(fact.clone()), line);
            } else {
                self.sheet.more(line);
            }
        }
    }

    /// What is edited: its place, and below it what is wrong, what Tab completes, or what the keys do. The input itself is drawn over it.
    fn edited(&mut self, fact: &Fact, label: &str) {
        let Some(edit) = self.edit else { return };
        let line =
            Line::styled(format!("  {}", format::fit(label, input_column(self.columns) - 3)), self.styles.accent);
        self.sheet.item(Item::Fact(fact.clone()), line);
        let words = edit.matching();
        let (text, style) = match (&edit.wrong, words.first()) {
            (Some(wrong), _) => (format!("! {wrong}"), self.styles.bad),
            _ if edit.waits => ("…".to_owned(), self.styles.dim),
            (None, Some(first)) => {
                let others: Vec<&str> = words.iter().skip(1).take(8).map(|word| word.as_str()).collect();
                let others = if others.is_empty() { String::new() } else { format!(" ({})", others.join(", ")) };
                (format!("Tab: {first}{others}"), self.styles.dim)
            }
            (None, None) => (hint(fact).to_owned(), self.styles.dim),
        };
        for line in textwrap::wrap(&text, self.columns.saturating_sub(4).max(8)) {
            self.sheet.more(Line::styled(format!("    {line}"), style));
        }
    }
}

/// Where the input begins.
pub(super) fn input_column(columns: usize) -> usize {
    LABEL.min(columns / 3) + 2
}

fn hint(fact: &Fact) -> &'static str {
    match fact {
        Fact::Addresses => "Several with commas, the first one is written to. Enter keeps, Esc leaves.",
        Fact::Phones | Fact::Domains | Fact::Tags => "Several with commas. Enter keeps, Esc leaves.",
        Fact::Birthday => "30.11 or 11-30. Enter keeps, Esc leaves.",
        Fact::Close => "A day: 25.11, +14, fri, 2026-12-01. Enter keeps, Esc leaves.",
        Fact::Amount => "12 400.50 PLN. Enter keeps, Esc leaves.",
        Fact::Owner => "Who handles the client; empty is you. Enter keeps, Esc leaves.",
        Fact::Company => "A name that is not known yet enters a new company. Enter keeps, Esc leaves.",
        Fact::Contact => "A name or an address. Enter keeps, Esc leaves.",
        _ => "Enter keeps, Esc leaves.",
    }
}
