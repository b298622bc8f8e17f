//! `contacts show --json` and `companies show --json`: the list's keys, and everything else on the card.

use super::{Person, contact_json, id, list, some, text};
use crate::domain::card::Common;
use crate::domain::company::CompanyCard;
use crate::domain::contact::ContactCard;
use crate::domain::deal::PaymentRow;
use crate::domain::figures::{Figures, interests, totals};
use crate::domain::rhythm::Spread;
use jiff::civil::Date;
use serde_json::{Map, Value, json};

fn add(document: &mut Value, more: Value) {
    if let (Value::Object(document), Value::Object(more)) = (document, more) {
        document.extend(more);
    }
}

fn common_json(common: &Common) -> Value {
    let fields: Map<String, Value> =
        common.fields.iter().map(|(name, value)| (name.to_string(), Value::from(value.as_str()))).collect();
    json!({
        "owner": some(&common.owner),
        "watched": common.watched,
        "tags": list(&common.tags, text),
        "note": some(&common.note),
        "fields": fields,
    })
}

/// Amounts as text with a point, as everywhere.
fn figures_json(figures: &Figures, payments: &[PaymentRow], today: Date) -> Value {
    let spread = |spread: &Spread| json!({ "median_minutes": spread.median_minutes, "p90_minutes": spread.p90_minutes, "answers": spread.count });
    let turnover = &figures.turnover;
    json!({
        "turnover": {
            "won": turnover.deals_won,
            "lost": turnover.deals_lost,
            "currencies": list(&turnover.won, |won| json!({
                "currency": won.currency,
                "this_year": won.this_year.plain(),
                "last_year": won.last_year.plain(),
                "twelve_months": won.twelve_months.plain(),
                "all": won.all.plain(),
                "average": won.average.plain(),
                "deals": won.deals,
            })),
        },
        "interests": list(&interests(&figures.offered), |interest| json!({
            "title": text(&interest.title),
            "offered": interest.offered,
            "won": interest.won,
            "last_price": interest.last_price.plain(),
            "currency": interest.last_price.currency,
        })),
        "payments": list(&totals(payments, today), |owed| json!({
            "currency": owed.due.currency,
            "due": owed.due.plain(),
            "overdue": owed.overdue.plain(),
            "paid": owed.paid.plain(),
        })),
        "response_time": {
            "mine": figures.rhythm.mine.as_ref().map(spread),
            "theirs": figures.rhythm.theirs.as_ref().map(spread),
        },
    })
}

/// `contacts show --json`
#[must_use]
pub fn contact_card_json(card: &ContactCard, figures: &Figures, today: Date) -> Value {
    let mut document = contact_json(&Person::from(card));
    add(
        &mut document,
        json!({
            "written_as": some(&card.row.name.display),
            "company_id": card.company.map(id),
            "position": some(&card.position),
            "language": some(&card.language),
            "birthday": card.birthday,
            "deals": list(&card.deals, |deal| json!({ "id": id(deal.id), "title": text(&deal.title), "state": deal.state.word() })),
        }),
    );
    add(&mut document, common_json(&card.common));
    add(&mut document, figures_json(figures, &card.payments, today));
    document
}

/// `companies show --json`
#[must_use]
pub fn company_card_json(card: &CompanyCard, figures: &Figures, today: Date) -> Value {
    let mut document = super::company_json(&card.row);
    add(
        &mut document,
        json!({
            "requisites": some(&card.requisites),
            "people": list(&card.people, |(contact, name)| json!({ "id": id(*contact), "name": text(name) })),
            "deals": list(&card.deals, |deal| json!({ "id": id(deal.id), "title": text(&deal.title), "state": deal.state.word() })),
        }),
    );
    add(&mut document, common_json(&card.common));
    add(&mut document, figures_json(figures, &card.payments, today));
    document
}
