//! Payments: amounts due in deals.

use super::contact::{NAME, full_name_from, must_be_there, unfit};
use super::timeline::{deals_of, key_of};
use super::{Store, optional_text_at, text_at};
use crate::domain::contact::Whose;
use crate::domain::deal::PaymentRow;
use crate::domain::id;
use crate::domain::money::Money;
use crate::domain::problem::Result;
use crate::domain::text::Text;
use jiff::civil::Date;
use rusqlite::types::Type;
use rusqlite::{OptionalExtension, Row, named_params, params};

/// An amount due to be entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPayment {
    /// Its deal.
    pub deal: id::Deal,
    /// What it is for.
    pub title: Text,
    /// When it is due.
    pub due_on: Date,
    /// How much.
    pub amount: Money,
}

/// A payment past due: itself, its deal's title, the company's name, and with whom the deal was agreed.
pub type Overdue = (PaymentRow, Text, Option<Text>, Option<(id::Contact, Text)>);

/// A day as the store keeps it, ISO 8601; `None` where it is NULL.
pub(super) fn date_at(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<Date>> {
    let Some(text) = row.get_ref(column)?.as_str_or_null()? else { return Ok(None) };
    let date = text.parse();
    date.map(Some)
        .map_err(|error: jiff::Error| rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(error)))
}

/// An amount from the columns `minor` and `currency`.
pub(super) fn money_at(row: &Row<'_>, minor: &str) -> rusqlite::Result<Money> {
    Ok(Money { minor: row.get(minor)?, currency: row.get_ref("currency")?.as_str()?.to_owned() })
}

pub(super) fn payment_from(row: &Row<'_>) -> rusqlite::Result<PaymentRow> {
    Ok(PaymentRow {
        id: id::Payment(row.get("id")?),
        deal: id::Deal(row.get("deal_id")?),
        title: text_at(row, "title")?,
        due_on: date_at(row, "due_on")?.unwrap_or_default(),
        amount: money_at(row, "amount_minor")?,
        paid_on: date_at(row, "paid_on")?,
    })
}

fn fit(amount: &Money) -> Result<()> {
    if amount.minor > 0 {
        return Ok(());
    }
    Err(unfit(format!("a payment of {amount} cannot be due")).hint("give an amount above zero"))
}

impl Store {
    /// Enters an amount due.
    ///
    /// # Errors
    /// When there is no such deal, or the amount is not above zero.
    pub fn add_payment(&self, new: &NewPayment) -> Result<id::Payment> {
        fit(&new.amount)?;
        let rows = self
            .sql()
            .prepare_cached(
                "INSERT INTO payment (deal_id, title, due_on, amount_minor, currency) SELECT id, ?2, ?3, ?4, ?5 FROM deal WHERE id = ?1",
            )?
            .execute(params![new.deal.0, new.title.as_str(), new.due_on.to_string(), new.amount.minor, new.amount.currency])?;
        must_be_there(rows, "deal", new.deal)?;
        Ok(id::Payment(self.sql().last_insert_rowid()))
    }

    /// A deal's payments, the first due first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn payments_of_deal(&self, deal: id::Deal) -> Result<Vec<PaymentRow>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT id, deal_id, title, due_on, amount_minor, currency, paid_on FROM payment WHERE deal_id = ?1 ORDER BY due_on, id",
        )?;
        Ok(statement.query_map([deal.0], payment_from)?.collect::<rusqlite::Result<_>>()?)
    }

    /// The payment was made on that day: it is no longer overdue.
    ///
    /// # Errors
    /// When there is no such payment.
    pub fn mark_payment_paid(&self, payment: id::Payment, on: Date) -> Result<()> {
        let rows = self
            .sql()
            .prepare_cached("UPDATE payment SET paid_on = ?2 WHERE id = ?1")?
            .execute(params![payment.0, on.to_string()])?;
        must_be_there(rows, "payment", payment)
    }

    /// Moves the due day of a payment that was not made.
    ///
    /// # Errors
    /// When there is no such payment, or it was paid already.
    pub fn move_payment(&self, payment: id::Payment, to: Date) -> Result<()> {
        let rows = self
            .sql()
            .prepare_cached("UPDATE payment SET due_on = ?2 WHERE id = ?1 AND paid_on IS NULL")?
            .execute(params![payment.0, to.to_string()])?;
        must_be_there(rows, "unpaid payment", payment)
    }

    /// One payment; `None` when there is no such payment.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn payment(&self, payment: id::Payment) -> Result<Option<PaymentRow>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT id, deal_id, title, due_on, amount_minor, currency, paid_on FROM payment WHERE id = ?1",
        )?;
        Ok(statement.query_row([payment.0], payment_from).optional()?)
    }

    /// What a payment that was not made is for, when it is due and how much it is.
    ///
    /// # Errors
    /// When there is no such unpaid payment, or the amount is not above zero.
    pub fn update_payment(&self, payment: id::Payment, title: &Text, due_on: Date, amount: &Money) -> Result<()> {
        fit(amount)?;
        let rows = self
            .sql()
            .prepare_cached(
                "UPDATE payment SET title = ?2, due_on = ?3, amount_minor = ?4, currency = ?5 WHERE id = ?1 AND paid_on IS NULL",
            )?
            .execute(params![payment.0, title.as_str(), due_on.to_string(), amount.minor, amount.currency])?;
        must_be_there(rows, "unpaid payment", payment)
    }

    /// Takes a payment out of the schedule.
    ///
    /// # Errors
    /// When there is no such payment.
    pub fn remove_payment(&self, payment: id::Payment) -> Result<()> {
        let rows = self.sql().prepare_cached("DELETE FROM payment WHERE id = ?1")?.execute([payment.0])?;
        must_be_there(rows, "payment", payment)
    }

    /// It was not made after all: it is due again.
    ///
    /// # Errors
    /// When there is no such payment that was made.
    pub fn unpay(&self, payment: id::Payment) -> Result<()> {
        let rows = self
            .sql()
            .prepare_cached(
                "UPDATE payment SET paid_on = NULL, bank_line_id = NULL WHERE id = ?1 AND paid_on IS NOT NULL",
            )?
            .execute([payment.0])?;
        must_be_there(rows, "paid payment", payment)
    }

    /// A part of it was paid: the payment is that part, and the rest becomes a payment of its own, due on the same day.
    ///
    /// # Errors
    /// When there is no such unpaid payment, or the part is not less than all of it, in its currency and above zero.
    pub fn pay_part(&self, payment: id::Payment, part: &Money, on: Date) -> Result<id::Payment> {
        let row = self.payment(payment)?.filter(|row| row.paid_on.is_none());
        must_be_there(usize::from(row.is_some()), "unpaid payment", payment)?;
        let rest = row
            .filter(|row| row.amount.currency == part.currency && part.minor > 0 && part.minor < row.amount.minor)
            .map(|row| (row.amount.minor - part.minor, row));
        let Some((rest, row)) = rest else {
            return Err(unfit(format!("{part} is no part of this payment"))
                .hint("a part is above zero and less than all of it"));
        };
        self.write(|| {
            self.update_payment(payment, &row.title, row.due_on, part)?;
            self.mark_payment_paid(payment, on)?;
            let amount = Money { minor: rest, currency: row.amount.currency.clone() };
            self.add_payment(&NewPayment { deal: row.deal, title: row.title.clone(), due_on: row.due_on, amount })
        })
    }

    /// Payments past due and unpaid on the day `today`, the oldest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn overdue_payments(&self, today: Date, limit: u32) -> Result<Vec<Overdue>> {
        let mut statement = self.sql().prepare_cached(&overdue_sql())?;
        let rows = statement.query_map(params![today.to_string(), limit], |row| {
            let contact = row.get::<_, Option<i64>>("contact_id")?.map(id::Contact);
            Ok((
                payment_from(row)?,
                text_at(row, "deal_title")?,
                optional_text_at(row, "company")?,
                contact.zip(full_name_from(row)?),
            ))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Payments of all deals on a card: the unpaid first, by their due day.
    pub(super) fn payments_on_card(&self, whose: Whose) -> Result<Vec<PaymentRow>> {
        let mut statement = self.sql().prepare_cached(&format!(
            "SELECT p.id, p.deal_id, p.title, p.due_on, p.amount_minor, p.currency, p.paid_on
             FROM deal d CROSS JOIN payment p WHERE {} AND p.deal_id = d.id ORDER BY p.paid_on IS NOT NULL, p.due_on, p.id",
            deals_of(whose)
        ))?;
        Ok(statement
            .query_map(named_params! { ":id": key_of(whose) }, payment_from)?
            .collect::<rusqlite::Result<_>>()?)
    }
}

fn overdue_sql() -> String {
    format!(
        "SELECT p.id, p.deal_id, p.title, p.due_on, p.amount_minor, p.currency, p.paid_on,
                d.title AS deal_title, d.contact_id, co.name AS company, {NAME}
         FROM payment p JOIN deal d ON d.id = p.deal_id
         LEFT JOIN company co ON co.id = d.company_id LEFT JOIN contact c ON c.id = d.contact_id
         WHERE p.paid_on IS NULL AND p.due_on < ?1 ORDER BY p.due_on, p.id LIMIT ?2"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::cards_fixture::{Shop, person, sale};
    use crate::store::company::NewCompany;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn due(deal: id::Deal, title: &str, due_on: &str) -> NewPayment {
        NewPayment {
            deal,
            title: Text::line(title),
            due_on: day(due_on),
            amount: Money::parse("600.50", "EUR").unwrap(),
        }
    }

    #[test]
    fn a_payment_is_overdue_until_it_is_paid_or_moved() {
        let shop = Shop::open();
        let acme = shop.store.add_company(&NewCompany { name: Text::own("Acme"), ..NewCompany::default() }).unwrap();
        let anna = shop.store.add_contact(&person("Anna", "Kowalska", &[])).unwrap();
        let deal = shop.store.add_deal(&sale("Desks", Some(anna), Some(acme))).unwrap();
        let lone = shop.store.add_deal(&sale("Chairs", None, None)).unwrap();
        let deposit = shop.act(|store| store.add_payment(&due(deal, "Deposit", "2026-11-19")));
        let rest = shop.act(|store| store.add_payment(&due(deal, "Rest", "2026-11-18")));
        shop.act(|store| store.add_payment(&due(lone, "All", "2026-11-22")));
        shop.act(|store| store.add_payment(&due(lone, "Today", "2026-11-23")));
        let overdue = || -> Vec<String> {
            shop.store
                .overdue_payments(day("2026-11-23"), 9)
                .unwrap()
                .into_iter()
                .map(|(row, ..)| row.title.into())
                .collect()
        };
        assert_eq!(overdue(), ["Rest", "Deposit", "All"]);
        let first = shop.store.overdue_payments(day("2026-11-23"), 1).unwrap().remove(0);
        let row = PaymentRow {
            id: rest,
            deal,
            title: Text::own("Rest"),
            due_on: day("2026-11-18"),
            amount: Money { minor: 60_050, currency: "EUR".to_owned() },
            paid_on: None,
        };
        assert_eq!(first, (row, Text::own("Desks"), Some(Text::own("Acme")), Some((anna, Text::own("Anna Kowalska")))));
        shop.act(|store| store.mark_payment_paid(rest, day("2026-11-20")));
        shop.act(|store| store.move_payment(deposit, day("2026-12-01")));
        assert_eq!(overdue(), ["All"]);
        let last = shop.store.overdue_payments(day("2026-11-23"), 1).unwrap().remove(0);
        assert_eq!((last.2, last.3), (None, None));
        assert_eq!(
            shop.refused(|store| store.move_payment(rest, day("2026-12-01"))),
            format!("there is no unpaid payment {rest}")
        );
        assert_eq!(
            shop.refused(|store| store.mark_payment_paid(id::Payment(99), day("2026-12-01"))),
            "there is no payment 99"
        );
        let paid: Vec<Option<Date>> =
            shop.store.payments_of_deal(deal).unwrap().into_iter().map(|row| row.paid_on).collect();
        assert_eq!(paid, [Some(day("2026-11-20")), None]);
        let on_card: Vec<String> = shop
            .store
            .payments_on_card(Whose::Company(acme))
            .unwrap()
            .into_iter()
            .map(|row| row.title.into())
            .collect();
        assert_eq!(on_card, ["Deposit", "Rest"], "the unpaid first");
    }

    #[test]
    fn a_part_is_paid_and_the_rest_stays_due() {
        let shop = Shop::open();
        let deal = shop.store.add_deal(&sale("Desks", None, None)).unwrap();
        let whole = shop.store.add_payment(&due(deal, "All", "2026-11-19")).unwrap();
        let part = Money::parse("200.20", "EUR").unwrap();
        let rest = shop.act(|store| store.pay_part(whole, &part, day("2026-11-20")));
        let said = |shop: &Shop| -> Vec<String> {
            let rows = shop.store.payments_of_deal(deal).unwrap();
            rows.iter()
                .map(|row| format!("{} {:?}", row.amount.plain(), row.paid_on.map(|day| day.to_string())))
                .collect()
        };
        assert_eq!(said(&shop), ["200.20 Some(\"2026-11-20\")", "400.30 None"]);
        let over = Money::parse("400.30", "EUR").unwrap();
        assert!(shop.refused(|store| store.pay_part(rest, &over, day("2026-11-20"))).contains("is no part"));
        let zloty = Money::parse("1", "PLN").unwrap();
        assert!(shop.refused(|store| store.pay_part(rest, &zloty, day("2026-11-20"))).contains("is no part"));
        assert!(shop.refused(|store| store.pay_part(whole, &part, day("2026-11-20"))).contains("no unpaid payment"));
        shop.act(|store| store.unpay(whole));
        assert_eq!(said(&shop), ["200.20 None", "400.30 None"]);
        shop.act(|store| store.update_payment(rest, &Text::own("Rest"), day("2026-12-01"), &over));
        shop.act(|store| store.remove_payment(whole));
        assert_eq!(said(&shop), ["400.30 None"]);
    }

    #[test]
    fn what_cannot_be_due_is_refused() {
        let shop = Shop::open();
        assert_eq!(shop.refused(|store| store.add_payment(&due(id::Deal(5), "x", "2026-11-19"))), "there is no deal 5");
        let nothing = NewPayment { amount: Money::parse("0", "EUR").unwrap(), ..due(id::Deal(5), "x", "2026-11-19") };
        assert_eq!(shop.refused(|store| store.add_payment(&nothing)), "a payment of 0.00\u{a0}EUR cannot be due");
    }

    #[test]
    fn overdue_payments_are_read_by_index() {
        let plan = Shop::open().plan(&overdue_sql());
        assert!(plan.contains("p USING INDEX payment_unpaid (due_on<?)") && !plan.contains("SCAN"), "{plan}");
    }
}
