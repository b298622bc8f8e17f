//! What happened to deals, for timelines: the steps they took, the payments that came.

use super::payment::money_at;
use super::timeline::{deals_of, key_of};
use super::{Store, moment, ms, text_at};
use crate::domain::contact::{Happening, TimelineRow, Whose};
use crate::domain::deal::State;
use crate::domain::id;
use crate::domain::problem::Result;
use crate::domain::text::Text;
use crate::domain::thread::PageKey;
use rusqlite::{Row, ToSql};

impl Store {
    /// A page of them, newest first, after `after`; of one deal where it is named.
    pub(super) fn deal_happenings(
        &self,
        whose: Whose,
        deal: Option<id::Deal>,
        after: Option<PageKey>,
        limit: u32,
    ) -> Result<Vec<TimelineRow>> {
        let (id, deal) = (key_of(whose), deal.map(|deal| deal.0));
        let (at, key) = after.map_or((i64::MAX, i64::MAX), |page| (ms(page.at), page.id));
        let parameters: &[(&str, &dyn ToSql)] =
            &[(":id", &id), (":deal", &deal), (":at", &at), (":key", &key), (":limit", &limit)];
        let mut rows: Vec<TimelineRow> = self
            .sql()
            .prepare_cached(&steps_sql(whose))?
            .query_map(parameters, step_from)?
            .collect::<rusqlite::Result<_>>()?;
        let mut paid = self.sql().prepare_cached(&paid_sql(whose))?;
        let paid = paid.query_map(parameters, paid_from)?;
        for row in paid {
            rows.push(row?);
        }
        Ok(rows)
    }
}

/// Their keys are below zero, a step's even and a payment's odd: at one moment they stand after letters and activities.
fn steps_sql(whose: Whose) -> String {
    format!(
        "SELECT s.id, s.at, s.stage, s.state, s.amount_minor, s.currency, d.id AS deal_id, d.title
         FROM deal d CROSS JOIN deal_stage s
         WHERE {} AND (:deal IS NULL OR d.id = :deal) AND s.deal_id = d.id AND s.at <= :at AND (s.at, -2 * s.id) < (:at, :key)
         ORDER BY s.at DESC, s.id LIMIT :limit",
        deals_of(whose)
    )
}

/// A payment is made on a day: at noon, so that it is that day in every zone but a few islands'.
fn paid_sql(whose: Whose) -> String {
    format!(
        "SELECT * FROM (
             SELECT p.id, unixepoch(p.paid_on || ' 12:00') * 1000 AS at, p.title AS payment, p.amount_minor, p.currency,
                    d.id AS deal_id, d.title
             FROM deal d CROSS JOIN payment p
             WHERE {} AND (:deal IS NULL OR d.id = :deal) AND p.deal_id = d.id AND p.paid_on IS NOT NULL)
         WHERE (at, -2 * id - 1) < (:at, :key) ORDER BY at DESC, id LIMIT :limit",
        deals_of(whose)
    )
}

fn step_from(row: &Row<'_>) -> rusqlite::Result<TimelineRow> {
    let state = State::from_word(row.get_ref("state")?.as_str()?).unwrap_or(State::Open);
    let amount = money_at(row, "amount_minor")?;
    let stood = if state == State::Open { text_at(row, "stage")? } else { Text::own(state.word()) };
    Ok(TimelineRow {
        at: moment(row.get("at")?),
        what: Happening::Step { step: row.get("id")?, deal: id::Deal(row.get("deal_id")?), state },
        title: Text::from(format!("{stood}, {amount}")),
        detail: Text::default(),
        deal: Some(text_at(row, "title")?),
    })
}

fn paid_from(row: &Row<'_>) -> rusqlite::Result<TimelineRow> {
    let amount = money_at(row, "amount_minor")?;
    Ok(TimelineRow {
        at: moment(row.get("at")?),
        what: Happening::Paid { payment: id::Payment(row.get("id")?), deal: id::Deal(row.get("deal_id")?) },
        title: Text::from(format!("{amount}  {}", text_at(row, "payment")?)),
        detail: Text::default(),
        deal: Some(text_at(row, "title")?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Money;
    use crate::domain::timeline::Show;
    use crate::store::NewPayment;
    use crate::store::cards_fixture::{Shop, at, person, sale};

    #[test]
    fn deals_take_steps_and_payments_come() {
        let shop = Shop::open();
        let anna = shop.store.add_contact(&person("Anna", "", &[])).unwrap();
        let desks = shop.store.add_deal(&sale("Desks", Some(anna), None)).unwrap();
        shop.store.add_deal(&sale("Chairs", Some(anna), None)).unwrap();
        shop.store.close_deal(desks, State::Won, &Text::default(), at("2026-11-20T10:00:00Z")).unwrap();
        let payment = NewPayment {
            deal: desks,
            title: Text::own("Deposit"),
            due_on: "2026-11-21".parse().unwrap(),
            amount: Money::parse("300", "PLN").unwrap(),
        };
        let payment = shop.store.add_payment(&payment).unwrap();
        shop.store.mark_payment_paid(payment, "2026-11-21".parse().unwrap()).unwrap();
        shop.letter(shop.thread("offer", Some(anna), None, Some(desks)), "2026-11-20T10:00:00Z", "inbound");

        let whose = Whose::Contact(anna);
        let all = shop.store.timeline(whose, None, 50).unwrap();
        let titles = |rows: &[TimelineRow]| -> Vec<String> {
            rows.iter().map(|row| row.title.to_string().replace('\u{a0}', " ")).collect()
        };
        let expected = [
            "300.00 PLN  Deposit",
            "2026-11-20T10:00:00Z", // at the same moment the letter stands first
            "won, 1 200.00 PLN",
            "offer, 1 200.00 PLN",
            "offer, 1 200.00 PLN",
        ];
        assert_eq!(titles(&all), expected);
        for size in 1..5 {
            let mut paged: Vec<TimelineRow> = Vec::new();
            loop {
                let page = shop.store.timeline(whose, paged.last().map(TimelineRow::page_key), size).unwrap();
                if page.is_empty() {
                    break;
                }
                paged.extend(page);
            }
            assert_eq!(titles(&paged), expected, "pages of {size}");
        }
        let of_desks = shop.store.timeline_of(whose, &Show::Deal(desks, Text::own("Desks")), None, 50).unwrap();
        assert_eq!(titles(&of_desks), expected[..4]);
        assert_eq!(titles(&shop.store.timeline_of(whose, &Show::LettersIn, None, 50).unwrap()), expected[1..2]);
    }

    #[test]
    fn they_read_by_index() {
        let shop = Shop::open();
        for whose in [Whose::Contact(id::Contact(1)), Whose::Company(id::Company(1)), Whose::Deal(id::Deal(1))] {
            for query in [steps_sql(whose), paid_sql(whose)] {
                let plan = shop.plan(&query);
                for table in ["d", "s", "p"] {
                    assert!(!plan.lines().any(|step| step == format!("SCAN {table}")), "{query}\n{plan}");
                }
            }
        }
    }
}
