//! `report --json`, `changes --json`.

use super::{id, list, text, time};
use crate::domain::change::Change;
use crate::domain::counter::{Counter, Counters};
use crate::domain::history::{AsItWas, Details, Fact};
use crate::domain::money::Money;
use crate::domain::report::Report;
use crate::domain::report::letters::{Client, Tally, Times};
use crate::domain::report::sales::Outcome;
use serde_json::{Map, Value, json};

/// `report --json`
#[must_use]
pub fn report_json(report: &Report) -> Value {
    let period = &report.question.period;
    let sales = &report.sales;
    let mut document = json!({
        "from": period.from.to_string(),
        "to": period.to.to_string(),
        "step": report.question.step.word(),
        "steps": list(&report.letters.steps, |(from, to, tally)| {
            with(json!({ "from": from.to_string(), "to": to.to_string() }), tally_json(tally))
        }),
        "accounts": list(&report.accounts, |(name, tally)| with(json!({ "account": text(name) }), tally_json(tally))),
        "clients": list(&report.clients, |row| {
            let (company, contact) = match row.client {
                Client::Company(company) => (Some(id(company)), None),
                Client::Contact(contact) => (None, Some(id(contact))),
            };
            let who = json!({ "name": text(&row.name), "company_id": company, "contact_id": contact });
            with(with(who, tally_json(&row.letters)), json!({ "activities": row.activities, "activity_minutes": row.minutes }))
        }),
        "deals": list(&report.deals, |row| {
            let deal = json!({
                "id": id(row.deal), "title": text(&row.title), "client": text(&row.client), "stage": text(&row.stands),
                "amount": row.amount.plain(), "currency": row.amount.currency,
            });
            with(with(deal, tally_json(&row.letters)), json!({ "activities": row.activities, "activity_minutes": row.minutes }))
        }),
        "activities": activities(report),
        "pipeline": list(&sales.pipeline, |row| json!({
            "pipeline": text(&row.pipeline), "stage": text(&row.stage), "deals": row.deals,
            "amount": row.amount.plain(), "currency": row.amount.currency, "weighted": row.weighted.plain(),
        })),
        "opened": sales.opened,
        "won": outcome(&sales.won),
        "lost": outcome(&sales.lost),
        "lost_reasons": list(&sales.reasons, |(reason, deals)| json!({ "reason": text(reason), "deals": deals })),
        "days_to_win": days(&sales.days_to_win),
        "calls_per_won_deal": per(sales.calls_in_won, sales.won.deals),
        "conversion": list(&sales.passage, |row| json!({
            "pipeline": text(&row.pipeline), "stage": text(&row.stage), "entered": row.entered, "went_on": row.went_on, "lost": row.lost,
            "percent": row.conversion(), "days": days(&row.days),
        })),
        "forecast": list(&sales.forecast, |row| json!({
            "month": row.month.word(), "deals": row.deals, "amount": row.amount.plain(), "currency": row.amount.currency,
            "weighted": row.weighted.plain(),
        })),
        "counters": list(&report.counters, |day| json!({
            "day": day.day.to_string(), "first": counters(&day.first), "last": counters(&day.last),
        })),
        "waits_now": counters(&report.waits),
    });
    document = with(document, tally_json(&report.letters.total));
    document
}

/// The keys of `more` beside those of `one`.
fn with(mut one: Value, more: Value) -> Value {
    if let (Value::Object(one), Value::Object(more)) = (&mut one, more) {
        one.extend(more);
    }
    one
}

fn tally_json(tally: &Tally) -> Value {
    json!({
        "received": tally.received,
        "unseen": tally.unseen,
        "answered": tally.answered,
        "no_reply_needed": tally.settled,
        "waiting": tally.waiting(),
        "sent": tally.sent,
        "replies_sent": tally.replies_sent,
        "response_time": {
            "answers": tally.response.len(),
            "median_minutes": tally.response.median(),
            "p90_minutes": tally.response.p90(),
            "median_working_minutes": tally.response_working.median(),
            "p90_working_minutes": tally.response_working.p90(),
        },
    })
}

fn activities(report: &Report) -> Value {
    let kinds = report.activities.iter().map(|doings| {
        let facts = json!({
            "done": doings.done,
            "minutes": doings.durations.sum(),
            "median_minutes": doings.durations.median(),
            "planned": doings.planned,
            "overdue": doings.overdue,
        });
        (doings.kind.word().to_owned(), facts)
    });
    Value::Object(kinds.collect::<Map<_, _>>())
}

fn outcome(outcome: &Outcome) -> Value {
    let amount = |amount: &Money| json!({ "amount": amount.plain(), "currency": amount.currency });
    json!({ "deals": outcome.deals, "amounts": list(&outcome.amounts, amount) })
}

fn days(times: &Times) -> Value {
    json!({ "median": times.median(), "p90": times.p90() })
}

/// To a tenth; null where nothing was won.
fn per(calls: u64, deals: u64) -> Value {
    let tenths = (calls * 10 + deals / 2).checked_div(deals);
    tenths.and_then(|tenths| format!("{}.{}", tenths / 10, tenths % 10).parse::<serde_json::Number>().ok()).into()
}

fn counters(counters: &Counters) -> Value {
    Value::Object(
        Counter::ALL.iter().map(|counter| (counter.word().to_owned(), counters.get(*counter).into())).collect(),
    )
}

/// `changes --json`
#[must_use]
pub fn changes_json(changes: &[(Change, Details)]) -> Value {
    json!({ "changes": list(changes, |(change, details)| change_json(change, details)) })
}

/// One change with what it touched.
#[must_use]
pub fn change_json(change: &Change, details: &Details) -> Value {
    json!({
        "id": id(change.id),
        "at": time(Some(change.at)),
        "title": text(&change.title),
        "undone": change.undone,
        "touched": list(&details.touched, |touched| json!({
            "what": text(&touched.what),
            "how": touched.how.word(),
            "fields": list(&touched.facts, fact_json),
        })),
        "more": details.more,
    })
}

/// A card as it was.
#[must_use]
pub fn as_it_was_json(was: &AsItWas) -> Value {
    let fact = |fact: &Fact| json!({ "name": text(&fact.name), "then": text(&fact.then), "now": text(&fact.now), "differs": fact.differs() });
    json!({
        "noun": was.noun.word(),
        "id": was.id.to_string(),
        "at": time(Some(was.at)),
        "title": text(&was.title),
        "existed": was.existed,
        "exists": was.exists,
        "known_since": time(was.known_since),
        "changed": list(&was.changed, |at| time(Some(*at))),
        "facts": list(&was.told().collect::<Vec<_>>(), |told| fact(told)),
    })
}

fn fact_json(fact: &Fact) -> Value {
    json!({ "name": text(&fact.name), "before": text(&fact.then), "after": text(&fact.now) })
}
