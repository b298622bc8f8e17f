//! Deals in words and as JSON.

use crate::cli::json;
use crate::cli::table::{Side, Table, cell, number, time};
use crate::domain::deal::{DealCard, DealRow, OfferLine, PaymentRow, StageRow, State};
use crate::domain::forecast::Line;
use crate::domain::money::Money;
use crate::domain::offer;
use crate::domain::pipeline::Pipelines;
use crate::domain::text::{Text, plural};
use jiff::civil::Date;
use jiff::{Timestamp, Zoned};
use serde_json::{Value, json};

/// The list.
pub fn list(rows: &[DealRow], pipelines: &Pipelines, now: &Zoned) -> String {
    if rows.is_empty() {
        return "No deals. postbook deals add enters one.".to_owned();
    }
    let columns = [
        ("id", Side::Right),
        ("state", Side::Left),
        ("stage", Side::Left),
        ("amount", Side::Right),
        ("", Side::Left),
        ("close", Side::Left),
        ("client", Side::Left),
        ("title", Side::Left),
        ("", Side::Left),
    ];
    let mut table = Table::new(&columns);
    for row in rows {
        table.row(vec![
            number(row.id),
            Text::own(row.state.word()),
            row.stage.clone(),
            Text::from(row.amount.plain()),
            Text::from(row.amount.currency.clone()),
            row.expected_close.map(number).unwrap_or_default(),
            cell(row.company.as_ref().or(row.contact_name.as_ref())),
            row.title.clone(),
            Text::from(marks(row, pipelines, now.timestamp())),
        ]);
    }
    table.print("")
}

/// What is wrong with a deal.
fn marks(row: &DealRow, pipelines: &Pipelines, now: Timestamp) -> String {
    let mut marks = Vec::new();
    if row.overdue_payments > 0 {
        marks.push(plural(row.overdue_payments, "payment late", "payments late"));
    }
    if let Some(days) = row.stale_days(pipelines, now) {
        marks.push(format!("stale {days} d"));
    }
    if row.state == State::Open && row.next_activity.is_none() {
        marks.push("nothing planned".to_owned());
    }
    marks.join(", ")
}

/// Everything of a deal.
pub fn card(card: &DealCard, pipelines: Pipelines, now: &Zoned) -> String {
    let row = &card.row;
    let zone = now.time_zone();
    let mut lines = vec![format!("{} (deal {})", row.title, row.id)];
    let mut fact = |name: &str, value: String| {
        if !value.is_empty() {
            lines.push(format!("  {name}: {value}"));
        }
    };
    fact("amount", row.amount.to_string());
    fact("stage", format!("{} ({})", row.stage, row.state.word()));
    fact("reason", card.reason.to_string());
    fact("closes", row.expected_close.map(|day| day.to_string()).unwrap_or_default());
    fact("company", row.company.as_ref().map(ToString::to_string).unwrap_or_default());
    fact("with", row.contact_name.as_ref().map(ToString::to_string).unwrap_or_default());
    let next = row.next_activity.as_ref().map(|(at, what)| format!("{} {what}", time(*at, zone)));
    fact("next", next.unwrap_or_default());
    fact("!", marks(row, &pipelines, now.timestamp()));
    for (heading, text) in [
        ("Offer", if card.lines.is_empty() { String::new() } else { self::lines(&card.lines) }),
        ("Payments", if card.payments.is_empty() { String::new() } else { payments(&card.payments, now.date()) }),
        ("Where it stood", history(&card.history, now)),
    ] {
        if !text.is_empty() {
            lines.push(format!("\n{heading}\n{text}"));
        }
    }
    lines.join("\n")
}

fn history(rows: &[StageRow], now: &Zoned) -> String {
    let mut table =
        Table::new(&[("since", Side::Left), ("stage", Side::Left), ("amount", Side::Right), ("days", Side::Right)]);
    for (index, row) in rows.iter().enumerate() {
        let until = rows.get(index + 1).map_or(now.timestamp(), |next| next.at);
        let days = until.duration_since(row.at).as_hours() / 24;
        let stage = if row.state == State::Open { row.stage.clone() } else { Text::own(row.state.word()) };
        let days = if row.state == State::Open { number(days) } else { Text::default() };
        table.row(vec![time(row.at, now.time_zone()), stage, Text::from(row.amount.to_string()), days]);
    }
    table.print("")
}

/// The offer lines with what they come to.
pub fn lines(rows: &[OfferLine]) -> String {
    if rows.is_empty() {
        return "No offer lines. --line enters one.".to_owned();
    }
    let columns = [
        ("what", Side::Left),
        ("quantity", Side::Right),
        ("price", Side::Right),
        ("less %", Side::Right),
        ("VAT %", Side::Right),
        ("net", Side::Right),
    ];
    let mut table = Table::new(&columns);
    for row in rows {
        let net = offer::line(row).map(|total| total.net.to_string()).unwrap_or_default();
        table.row(vec![
            row.title.clone(),
            row.quantity.clone(),
            Text::from(row.unit_price.to_string()),
            row.discount.clone(),
            row.vat.clone(),
            Text::from(net),
        ]);
    }
    let mut text = table.print("");
    for total in offer::totals(rows) {
        text.push_str(&format!("\nnet {}, VAT {}, together {}", total.net, total.vat, total.gross));
    }
    text
}

/// The payments.
pub fn payments(rows: &[PaymentRow], today: Date) -> String {
    if rows.is_empty() {
        return "Nothing is due. --add enters a payment, --split splits the amount.".to_owned();
    }
    let columns =
        [("id", Side::Right), ("due", Side::Left), ("amount", Side::Right), ("for", Side::Left), ("", Side::Left)];
    let mut table = Table::new(&columns);
    for row in rows {
        let stand = match row.paid_on {
            Some(day) => format!("paid {day}"),
            None if row.is_overdue(today) => "overdue".to_owned(),
            None => String::new(),
        };
        table.row(vec![
            number(row.id),
            number(row.due_on),
            Text::from(row.amount.to_string()),
            row.title.clone(),
            Text::from(stand),
        ]);
    }
    table.print("")
}

/// The forecast.
pub fn forecast(rows: &[Line]) -> String {
    if rows.is_empty() {
        return "No open deals: nothing can be foreseen.".to_owned();
    }
    let columns =
        [("closes in", Side::Left), ("deals", Side::Right), ("all of it", Side::Right), ("likely", Side::Right)];
    let mut table = Table::new(&columns);
    for row in rows {
        table.row(vec![
            Text::from(row.month.word()),
            number(row.deals),
            Text::from(row.amount.to_string()),
            Text::from(row.weighted.to_string()),
        ]);
    }
    table.print("")
}

fn money(money: &Money) -> Value {
    json!({ "amount": money.plain(), "currency": money.currency })
}

/// The forecast.
pub fn forecast_json(rows: &[Line]) -> Value {
    let row = |row: &Line| {
        json!({
            "month": row.month.word(),
            "deals": row.deals,
            "amount": row.amount.plain(),
            "weighted": row.weighted.plain(),
            "currency": row.amount.currency,
        })
    };
    json!({ "forecast": rows.iter().map(row).collect::<Vec<_>>() })
}

/// A payment.
pub fn payment_json(row: &PaymentRow) -> Value {
    json!({
        "id": row.id.to_string(),
        "deal_id": row.deal.to_string(),
        "title": row.title.as_str(),
        "due_on": row.due_on.to_string(),
        "amount": row.amount.plain(),
        "currency": row.amount.currency,
        "paid_on": row.paid_on.map(|day| day.to_string()),
    })
}

/// A deal with its lines, payments and where it stood.
pub fn card_json(card: &DealCard) -> Value {
    let listed = json::deals_json(std::slice::from_ref(&card.row));
    let mut deal = listed.pointer("/deals/0").cloned().unwrap_or_default();
    let line = |line: &OfferLine| {
        json!({
            "title": line.title.as_str(),
            "quantity": line.quantity.as_str(),
            "unit_price": line.unit_price.plain(),
            "currency": line.unit_price.currency,
            "discount": line.discount.as_str(),
            "vat": line.vat.as_str(),
            "net": offer::line(line).map(|total| total.net.plain()),
        })
    };
    let step = |row: &StageRow| {
        json!({
            "pipeline": row.pipeline.as_str(),
            "stage": row.stage.as_str(),
            "state": row.state.word(),
            "amount": row.amount.plain(),
            "currency": row.amount.currency,
            "at": row.at.to_string(),
        })
    };
    let total = |total: &offer::Total| json!({ "net": money(&total.net), "vat": money(&total.vat), "gross": money(&total.gross) });
    let more = [
        ("reason", json!(card.reason.as_str())),
        ("lines", card.lines.iter().map(line).collect()),
        ("totals", offer::totals(&card.lines).iter().map(total).collect()),
        ("payments", card.payments.iter().map(payment_json).collect()),
        ("history", card.history.iter().map(step).collect()),
    ];
    if let Some(object) = deal.as_object_mut() {
        object.extend(more.map(|(key, value): (&str, Value)| (key.to_owned(), value)));
    }
    deal
}
