//! The short codes: what each means and where its value comes from.

use super::engine::{Found, Lack};
use crate::domain::account::Me;
use crate::domain::address::Address;
use crate::domain::company::CompanyCard;
use crate::domain::contact::ContactCard;
use crate::domain::deal::{DealCard, OfferLine, PaymentRow};
use crate::domain::holiday::Feast;
use crate::domain::language;
use crate::domain::money::Money;
use crate::domain::offer;
use crate::domain::text::Text;
use jiff::civil::{Date, DateTime};

/// A short code, for help and completion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// As it stands between the braces: `contact.first_name`.
    pub name: &'static str,
    /// What it stands for; also the field's name when it is missing.
    pub meaning: &'static str,
}

const fn code(name: &'static str, meaning: &'static str) -> Code {
    Code { name, meaning }
}

/// Every short code, by card.
pub const CODES: &[Code] = &[
    code("contact.first_name", "first name"),
    code("contact.patronymic", "patronymic"),
    code("contact.family_name", "family name"),
    code("contact.name", "name"),
    code("contact.email", "email address"),
    code("contact.phone", "phone"),
    code("contact.position", "position"),
    code("contact.language", "language"),
    code("contact.order", "order number"),
    code("company.name", "name"),
    code("company.requisites", "requisites"),
    code("deal.title", "title"),
    code("deal.tag", "tag"),
    code("deal.amount", "amount"),
    code("deal.currency", "currency"),
    code("deal.stage", "stage"),
    code("deal.expected_close", "expected close"),
    code("deal.offer_lines", "offer lines"),
    code("payment.title", "title"),
    code("payment.amount", "amount"),
    code("payment.due_on", "due date"),
    code("payments", "payments due"),
    code("activity.subject", "subject"),
    code("activity.date", "date"),
    code("activity.time", "time"),
    code("activity.place", "place"),
    code("holiday.name", "name"),
    code("holiday.greeting", "greeting"),
    code("holiday.date", "date"),
    code("away.from", "first day away"),
    code("away.until", "last day away"),
    code("away.back_on", "day of return"),
    code("me.name", "name"),
    code("me.company", "company"),
    code("me.requisites", "requisites"),
    code("me.address", "address"),
    code("me.phone", "phone"),
    code("me.email", "email address"),
    code("letter.subject", "subject"),
    code("today", "date"),
];

/// What each of `deal.offer_lines` has in a loop.
pub(super) const LINE_FIELDS: [&str; 4] = ["title", "quantity", "unit_price", "total"];
/// What each of `payments` has in a loop.
pub(super) const PAYMENT_FIELDS: [&str; 3] = ["title", "amount", "due_on"];

/// Something planned with a client, for a letter that confirms it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booked {
    /// About what.
    pub subject: Text,
    /// Where.
    pub place: Text,
    /// When, where I am.
    pub at: DateTime,
}

/// My absence, for the letters that answer by themselves meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Away {
    /// The first day.
    pub from: Date,
    /// The last one.
    pub until: Date,
    /// The day of return.
    pub back_on: Date,
}

/// What a template is filled from: the cards of one client, me and today.
#[derive(Debug, Clone, Copy)]
pub struct Values<'a> {
    /// Me, from the configuration.
    pub me: &'a Me,
    /// The address the letter leaves from.
    pub email: &'a Address,
    /// The person written to.
    pub contact: Option<&'a ContactCard>,
    /// Their company.
    pub company: Option<&'a CompanyCard>,
    /// The deal it is about.
    pub deal: Option<&'a DealCard>,
    /// The payment it is about. Without one, the only unpaid payment counts; of several none is guessed.
    pub payment: Option<&'a PaymentRow>,
    /// What is planned with them next.
    pub activity: Option<&'a Booked>,
    /// The holiday they are greeted on.
    pub holiday: Option<Feast<'a>>,
    /// My absence, while there is one.
    pub away: Option<Away>,
    /// The subject of the letter it answers; empty for a new letter.
    pub subject: &'a str,
    /// Today, where I am.
    pub today: Date,
}

impl<'a> Values<'a> {
    /// Me and today; the cards are set as fields.
    #[must_use]
    pub fn new(me: &'a Me, email: &'a Address, today: Date) -> Self {
        Self {
            me,
            email,
            contact: None,
            company: None,
            deal: None,
            payment: None,
            activity: None,
            holiday: None,
            away: None,
            subject: "",
            today,
        }
    }

    /// Payments still to be paid: of the deal, else of the contact, else of the company.
    fn unpaid(&self) -> Vec<&'a PaymentRow> {
        let all = match (self.deal, self.contact, self.company) {
            (Some(deal), _, _) => deal.payments.as_slice(),
            (None, Some(contact), _) => contact.payments.as_slice(),
            (None, None, Some(company)) => company.payments.as_slice(),
            (None, None, None) => &[],
        };
        all.iter().filter(|payment| payment.paid_on.is_none()).collect()
    }

    /// The value of a short code, written for readers of `language`.
    pub(super) fn find(&self, code: &str, language: &str) -> Found {
        match code.split_once('.') {
            Some(("contact", field)) => self.contact(field),
            Some(("company", field)) => self.company(field),
            Some(("deal", field)) => self.deal(field, language),
            Some(("payment", field)) => self.payment(field, language),
            Some(("activity", field)) => self.activity(field, language),
            Some(("holiday", field)) => self.holiday(field, language),
            Some(("away", field)) => self.away(field, language),
            Some(("me", field)) => self.me(field),
            Some(("letter", _)) => {
                let subject = crate::domain::threading::bare_subject(self.subject);
                text(&Text::line(subject), || Lack::new("the letter", "subject to answer"))
            }
            _ if code == "payments" => self.payments(language),
            _ => Found::Text(language::date(language, self.today)),
        }
    }

    fn contact(&self, field: &str) -> Found {
        let Some(card) = self.contact else { return Found::Missing(Lack::new("the letter", "contact")) };
        let name = &card.row.name;
        let value = match field {
            "first_name" => name.given.clone(),
            "patronymic" => name.patronymic.clone(),
            "family_name" => name.family.clone(),
            "name" => name.full(),
            "email" => card.addresses.first().or(card.row.address.as_ref()).map(shown).unwrap_or_default(),
            "phone" => card.phones.first().cloned().unwrap_or_default(),
            "position" => card.position.clone(),
            "order" => {
                let found = card.provenance.iter().rev().find(|known| known.field.as_str() == "order");
                found.map(|known| known.value.clone()).unwrap_or_default()
            }
            _ => card.language.clone(),
        };
        text(&value, || {
            let full = name.full();
            let known = if full.is_empty() { card.row.address.as_ref().map(shown) } else { Some(full) };
            let whose = known.unwrap_or_else(|| Text::own("this contact"));
            Lack::of_card(&whose, meaning("contact", field))
        })
    }

    fn company(&self, field: &str) -> Found {
        // A card that was not loaded may still be named by the deal or the contact.
        let named = self.deal.and_then(|d| d.row.company.clone());
        let named = named.or_else(|| self.contact.and_then(|c| c.row.company.clone()));
        match (self.company, field) {
            (Some(card), "requisites") => {
                text(&card.requisites, || Lack::of_card(&card.row.name, meaning("company", field)))
            }
            (Some(card), _) => text(&card.row.name, || Lack::new("the company", "name")),
            (None, "name") => text(&named.unwrap_or_default(), || Lack::new("the letter", "company")),
            (None, _) => Found::Missing(Lack::new("the letter", "company")),
        }
    }

    fn deal(&self, field: &str, language: &str) -> Found {
        let Some(card) = self.deal else { return Found::Missing(Lack::new("the letter", "deal")) };
        let lack = || Lack::new(&format!("the deal {}", card.row.title), meaning("deal", field));
        let row = &card.row;
        match field {
            "title" => text(&row.title, lack),
            "tag" => Found::Text(crate::domain::filing::tag_of(row.id)),
            "stage" => text(&row.stage, lack),
            "currency" => text(&Text::line(&row.amount.currency), lack),
            // Nobody offers something for nothing: zero is an amount that was not entered.
            "amount" if row.amount.minor == 0 => Found::Missing(lack()),
            "amount" => Found::Text(language::money(language, &row.amount)),
            "expected_close" => match row.expected_close {
                Some(day) => Found::Text(language::date(language, day)),
                None => Found::Missing(lack()),
            },
            _ if card.lines.is_empty() => Found::Missing(lack()),
            _ => {
                let item = |(number, line): (usize, &OfferLine)| {
                    let place = format!("line {number} of the offer in the deal {}", row.title);
                    LINE_FIELDS.iter().map(|f| (*f, offer_line(line, f, &place, language))).collect()
                };
                Found::List((1..).zip(&card.lines).map(item).collect())
            }
        }
    }

    fn payment(&self, field: &str, language: &str) -> Found {
        let unpaid = self.unpaid();
        let only = match unpaid.as_slice() {
            [only] => Some(*only),
            _ => None,
        };
        match self.payment.or(only) {
            Some(row) => payment(row, field, language),
            None if unpaid.is_empty() => Found::Missing(Lack::new("the letter", "payment due")),
            None => Found::Missing(Lack::new("the letter", "payment chosen among several")),
        }
    }

    fn payments(&self, language: &str) -> Found {
        let unpaid = self.unpaid();
        if unpaid.is_empty() {
            return Found::Missing(Lack::new("the letter", "payments due"));
        }
        let item = |row: &PaymentRow| PAYMENT_FIELDS.iter().map(|f| (*f, payment(row, f, language))).collect();
        Found::List(unpaid.into_iter().map(item).collect())
    }

    fn activity(&self, field: &str, language: &str) -> Found {
        let Some(booked) = self.activity else { return Found::Missing(Lack::new("the letter", "planned activity")) };
        match field {
            "subject" => text(&booked.subject, || Lack::new("the planned activity", "subject")),
            "date" => Found::Text(language::date(language, booked.at.date())),
            "time" => Found::Text(booked.at.strftime("%H:%M").to_string()),
            _ => text(&booked.place, || Lack::new("the planned activity", "place")),
        }
    }

    fn holiday(&self, field: &str, language: &str) -> Found {
        let Some(feast) = self.holiday else { return Found::Missing(Lack::new("the letter", "holiday")) };
        match field {
            "name" => Found::Text(feast.holiday.title(language).to_owned()),
            "greeting" => Found::Text(feast.holiday.greeting(language).to_owned()),
            _ => Found::Text(language::date(language, feast.day)),
        }
    }

    fn away(&self, field: &str, language: &str) -> Found {
        let Some(away) = self.away else {
            return Found::Missing(Lack::new("the letter", "absence of mine to tell of"));
        };
        let day = match field {
            "from" => away.from,
            "until" => away.until,
            _ => away.back_on,
        };
        Found::Text(language::date(language, day))
    }

    fn me(&self, field: &str) -> Found {
        let value = match field {
            "name" => self.me.name.clone(),
            "company" => self.me.company.clone(),
            "requisites" => self.me.requisites.clone(),
            "address" => self.me.address.clone(),
            "phone" => self.me.phone.clone(),
            _ => shown(self.email),
        };
        text(&value, || Lack::new("the section [me] of the configuration", meaning("me", field)))
    }
}

fn shown(address: &Address) -> Text {
    Text::line(address.as_str())
}

/// A value, or what lacks it when it is empty or blank.
fn text(value: &Text, lack: impl Fn() -> Lack) -> Found {
    let value = value.as_str().trim();
    if value.is_empty() { Found::Missing(lack()) } else { Found::Text(value.to_owned()) }
}

/// The name of a card's field in words.
fn meaning(card: &str, field: &str) -> &'static str {
    let found = CODES.iter().find(|c| c.name.split_once('.') == Some((card, field)));
    found.map_or("value", |c| c.meaning)
}

fn payment(row: &PaymentRow, field: &str, language: &str) -> Found {
    match field {
        "title" => text(&row.title, || Lack::new("the payment", "title")),
        "amount" => Found::Text(language::money(language, &row.amount)),
        _ => Found::Text(language::date(language, row.due_on)),
    }
}

fn offer_line(line: &OfferLine, field: &str, place: &str, language: &str) -> Found {
    match field {
        "title" => text(&line.title, || Lack::new(place, "title")),
        "quantity" => text(&line.quantity, || Lack::new(place, "quantity")),
        "unit_price" => Found::Text(language::money(language, &line.unit_price)),
        _ => match total(line) {
            Some(total) => Found::Text(language::money(language, &total)),
            None => Found::Missing(Lack::new(place, "total, as its quantity is not a number")),
        },
    }
}

/// What a line comes to, after its discount and without VAT.
fn total(line: &OfferLine) -> Option<Money> {
    offer::line(line).map(|total| total.net)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_are_exact() {
        for (quantity, minor, total_minor) in [
            ("12", 100, Some(1200)),
            ("2.5", 333, Some(833)),
            ("0,5", 1, Some(1)),
            ("1 000", 5, Some(5000)),
            ("0.5", -333, Some(-167)),
            ("a few", 100, None),
            ("", 100, None),
            ("-1", 100, None),
            ("999999999999", i64::MAX, None),
        ] {
            let line = OfferLine {
                discount: Text::default(),
                vat: Text::default(),
                title: Text::line("Desk"),
                quantity: Text::line(quantity),
                unit_price: Money { minor, currency: "PLN".into() },
            };
            assert_eq!(total(&line).map(|m| m.minor), total_minor, "{quantity}");
        }
    }
}
