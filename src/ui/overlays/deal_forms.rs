//! Forms of deals: a new one, why it was lost, what is next, payments, a bank statement.

use super::Form;
use crate::domain::activity::{Activity, Kind};
use crate::domain::amount;
use crate::domain::bank::columns;
use crate::domain::board::GONE;
use crate::domain::deal::{DealRow, PaymentRow};
use crate::domain::id;
use crate::domain::money::Money;
use crate::domain::schedule::Plan;
use crate::domain::text::Text;
use crate::domain::when;
use crate::ui::deal_act::{DealAct, NewSale, PaymentEntry};
use crate::ui::effect::{ActivityAct, Effect};
use crate::ui::state::{Effects, State};
use jiff::ToSpan;
use jiff::civil::Date;

/// What a form of a deal is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OfDeal {
    /// A new deal with them.
    New(Option<id::Contact>, Option<id::Company>),
    /// Why it was lost.
    Lost(id::Deal),
    /// What is next in it, and with whom.
    Next(id::Deal, Option<id::Contact>),
    /// A payment more.
    AddPayment(id::Deal, String),
    /// A payment that says something else.
    EditPayment(id::Payment, String),
    /// The amount in parts.
    Split(id::Deal, Money),
    /// When a payment was made, and how much of it.
    Paid(Box<PaymentRow>),
    /// A bank statement.
    Statement,
}

const WHEN: &str = "This is no day. Write 25.11, 25.11.2026, +3, fri or tomorrow.";
const HOW_MUCH: &str = "This is no amount. Write it as you say it: 12 400,50 zł, €1200, 15 тыс. грн.";

impl Form {
    /// Asks for a new deal.
    #[must_use]
    pub fn new_deal(
        contact: Option<id::Contact>,
        company: Option<id::Company>,
        who: &str,
        stage: &str,
        pipeline: &str,
    ) -> Self {
        let title = if who.is_empty() { "New deal".to_owned() } else { format!("New deal with {who}") };
        let labels = [("what", ""), ("amount", ""), ("closes", ""), ("stage", stage), ("pipeline", pipeline)];
        let hint = "Amount with its currency, as you say it: 12 400,50 zł, €1200, 15 тыс. грн. The day it should close may stay empty.";
        Self::of_deal(OfDeal::New(contact, company), title, hint, &labels)
    }

    /// Asks why a deal was lost.
    #[must_use]
    pub fn lost(deal: id::Deal) -> Self {
        Self::of_deal(OfDeal::Lost(deal), "Why was it lost?", "One line; may stay empty.", &[("reason", "")])
    }

    /// Asks what is next in a deal.
    #[must_use]
    pub fn next_activity(deal: id::Deal, contact: Option<id::Contact>, title: &Text) -> Self {
        let hint =
            "Nothing is planned in this deal. Enter plans it; Esc leaves it so ([deals] ask_next = false never asks).";
        Self::of_deal(
            OfDeal::Next(deal, contact),
            format!("What is next: {title}"),
            hint,
            &[("what", ""), ("when", "+1")],
        )
    }

    /// Asks for a payment more.
    #[must_use]
    pub fn add_payment(deal: id::Deal, currency: &str) -> Self {
        let labels = [("for", ""), ("due", ""), ("amount", "")];
        Self::of_deal(
            OfDeal::AddPayment(deal, currency.to_owned()),
            "A payment",
            "Due: 25.11, +14 (days), fri.",
            &labels,
        )
    }

    /// Asks what a payment is to say.
    #[must_use]
    pub fn edit_payment(row: &PaymentRow) -> Self {
        let (due, amount) = (row.due_on.to_string(), row.amount.plain());
        let labels = [("for", row.title.as_str()), ("due", due.as_str()), ("amount", amount.as_str())];
        let purpose = OfDeal::EditPayment(row.id, row.amount.currency.clone());
        Self::of_deal(purpose, "The payment", "Due: 25.11, +14 (days), fri.", &labels)
    }

    /// Asks how the amount is split.
    #[must_use]
    pub fn split(deal: id::Deal, amount: &Money) -> Self {
        let hint = "30/70 (percent), 3 × monthly, 50/50 14 days, 4 weekly. The last part is what is left. Payments that are not paid yet are replaced.";
        let title = format!("Split {amount}");
        Self::of_deal(
            OfDeal::Split(deal, amount.clone()),
            title,
            hint,
            &[("parts", "30/70"), ("first due", "+14"), ("for", "")],
        )
    }

    /// Asks when a payment was made.
    #[must_use]
    pub fn paid(row: &PaymentRow) -> Self {
        let amount = row.amount.plain();
        let hint = "Today, or when: 20.11, yesterday, -3. With less than all of it the rest stays due.";
        let title = format!("Paid: {} {}", row.amount, row.title);
        Self::of_deal(OfDeal::Paid(Box::new(row.clone())), title, hint, &[("on", "today"), ("amount", amount.as_str())])
    }

    /// Asks for a bank statement.
    #[must_use]
    pub fn statement() -> Self {
        let hint = "The path of a CSV file from your bank; ~ is your home folder. Columns, separators and letters are found out.";
        Self::of_deal(OfDeal::Statement, "Match a bank statement", hint, &[("path", "")])
    }
}

/// Does what a form is for, or says what is wrong with it.
pub(super) fn submit<'a>(
    of: &OfDeal,
    text: impl Fn(&'static str) -> &'a str,
    state: &mut State,
    out: &mut Effects,
) -> Result<(), &'static str> {
    let today = state.today_date();
    match of {
        OfDeal::New(contact, company) => {
            let sale = new_sale(*contact, *company, &text, state)?;
            out.push(Effect::Deal(Box::new(DealAct::Add(sale))));
        }
        OfDeal::Lost(deal) => crate::ui::acts::deals::lost(state, *deal, Text::line(text("reason")), out),
        OfDeal::Next(deal, contact) => {
            let subject = Text::line(text("what"));
            if subject.is_empty() {
                return Err("What is next? Esc leaves the deal without.");
            }
            let due_at = when::read_to_come(text("when"), &state.here_and_now(), &state.setup.practice.work)
                .ok_or("This is no time to come.")?;
            let activity = Box::new(planned(*deal, *contact, subject, due_at));
            out.push(Effect::Activity(ActivityAct::Enter { activity, next: None }));
        }
        OfDeal::AddPayment(deal, currency) => {
            let entry = entry(&text, currency, today)?;
            out.push(Effect::Deal(Box::new(DealAct::AddPayment(*deal, entry))));
        }
        OfDeal::EditPayment(payment, currency) => {
            let entry = entry(&text, currency, today)?;
            out.push(Effect::Deal(Box::new(DealAct::EditPayment(*payment, entry))));
        }
        OfDeal::Split(deal, amount) => {
            let plan = Plan::read(text("parts"))
                .ok_or("Parts are percents that make 100 (30/70), or how many (3 × monthly).")?;
            let first = any_day(text("first due"), today).ok_or(WHEN)?;
            let parts = plan.parts(amount, first).ok_or("There is not enough to split.")?;
            let entries = schedule(&parts, text("for"));
            out.push(Effect::Deal(Box::new(DealAct::Schedule(*deal, entries))));
        }
        OfDeal::Paid(row) => {
            let on = any_day(text("on"), today).filter(|day| *day <= today).ok_or("This is no day that has come.")?;
            let amount = amount::typed(text("amount"), &row.amount.currency).ok_or(HOW_MUCH)?;
            if amount.currency != row.amount.currency || amount.minor <= 0 || amount.minor > row.amount.minor {
                return Err("No more than is due, and in its currency.");
            }
            let part = (amount != row.amount).then_some(amount);
            out.push(Effect::Deal(Box::new(DealAct::Paid(row.id, on, part))));
        }
        OfDeal::Statement => {
            if text("path").is_empty() {
                return Err("Which file?");
            }
            crate::ui::acts::deals::open_statement(state, text("path"), out);
        }
    }
    Ok(())
}

fn new_sale<'a>(
    contact: Option<id::Contact>,
    company: Option<id::Company>,
    text: &impl Fn(&'static str) -> &'a str,
    state: &State,
) -> Result<NewSale, &'static str> {
    let practice = &state.setup.practice;
    let title = Text::line(text("what"));
    if title.is_empty() {
        return Err("What is sold?");
    }
    let amount = match text("amount") {
        "" => Money::of(0, &practice.deals.currency),
        typed => amount::typed(typed, &practice.deals.currency).ok_or(HOW_MUCH)?,
    };
    let expected_close = match text("closes") {
        "" => None,
        typed => Some(any_day(typed, state.today_date()).ok_or(WHEN)?),
    };
    let pipeline = practice.pipelines.named(text("pipeline")).filter(|_| practice.pipelines.has(text("pipeline")));
    let pipeline = pipeline.ok_or("No pipeline is called so.")?;
    let stage = text("stage").to_lowercase();
    // The first letters of a stage are enough.
    let stage = pipeline.stages.iter().find(|known| known.name.as_str().to_lowercase().starts_with(&stage));
    let stage = stage.filter(|stage| stage.name.as_str() != GONE).ok_or("This pipeline has no such stage.")?;
    let (pipeline, stage) = (pipeline.name.clone(), stage.name.clone());
    Ok(NewSale { title, contact, company, pipeline, stage, amount, expected_close })
}

/// The parts of a schedule, each with its name: what was typed, else its number.
fn schedule(parts: &[(Date, Money)], name: &str) -> Vec<PaymentEntry> {
    let count = parts.len();
    let title = |index: usize| match name {
        "" => format!("{} of {count}", index + 1),
        name if count > 1 => format!("{name}, {} of {count}", index + 1),
        name => name.to_owned(),
    };
    let entry = |(index, (due_on, amount)): (usize, &(Date, Money))| PaymentEntry {
        title: Text::from(title(index)),
        due_on: *due_on,
        amount: amount.clone(),
    };
    parts.iter().enumerate().map(entry).collect()
}

fn entry<'a>(
    text: &impl Fn(&'static str) -> &'a str,
    currency: &str,
    today: Date,
) -> Result<PaymentEntry, &'static str> {
    let amount = amount::typed(text("amount"), currency).filter(|amount| amount.minor > 0).ok_or(HOW_MUCH)?;
    let due_on = any_day(text("due"), today).ok_or(WHEN)?;
    Ok(PaymentEntry { title: Text::line(text("for")), due_on, amount })
}

/// A task that is planned in a deal.
fn planned(deal: id::Deal, contact: Option<id::Contact>, subject: Text, due_at: jiff::Timestamp) -> Activity {
    Activity { contact, deal: Some(deal), due_at: Some(due_at), ..Activity::new(Kind::Task, subject) }
}

/// A day as typed, also one that has passed: as [`when::read_day`] has it, `yesterday`, `-3`, a date in full, or one without a
/// year that has passed within half a year.
pub(in crate::ui) fn any_day(typed: &str, today: Date) -> Option<Date> {
    let typed = typed.trim().to_lowercase();
    if typed == "yesterday" {
        return today.yesterday().ok();
    }
    if let Some(days) = typed.strip_prefix('-').and_then(|days| days.parse::<u16>().ok()) {
        return today.checked_sub(i64::from(days).days()).ok();
    }
    if let Some(day) = columns::day(&typed) {
        return Some(day);
    }
    let this_year = columns::day(&format!("{}.{}", typed.trim_end_matches('.'), today.year()));
    let passed = this_year.filter(|day| *day < today && (today - *day).get_days() < 183);
    passed.or_else(|| when::read_day(&typed, today))
}

/// True where a deal is asked about: open, and nothing is planned.
pub(in crate::ui) fn wants_next(row: &DealRow) -> bool {
    row.state == crate::domain::deal::State::Open && row.next_activity.is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_may_have_passed() {
        let today: Date = "2026-11-23".parse().unwrap();
        for (typed, expected) in [
            ("today", Some("2026-11-23")),
            ("yesterday", Some("2026-11-22")),
            ("-3", Some("2026-11-20")),
            ("+3", Some("2026-11-26")),
            ("20.11", Some("2026-11-20")),
            ("25.11", Some("2026-11-25")),
            ("1.2", Some("2027-02-01")),
            ("1.2.2026", Some("2026-02-01")),
            ("2026-02-01", Some("2026-02-01")),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(any_day(typed, today).map(|day| day.to_string()).as_deref(), expected, "{typed}");
        }
    }
}
