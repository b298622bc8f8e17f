//! Lines of bank statements that were decided about, and the payments that one may pay.

use super::contact::{NAME, full_name_from};
use super::payment::payment_from;
use super::{Store, ms, optional_text_at, text_at};
use crate::domain::bank::StatementLine;
use crate::domain::bank::matching::Due;
use crate::domain::id;
use crate::domain::problem::Result;
use crate::domain::text::Text;
use jiff::Timestamp;
use rusqlite::params;
use std::collections::BTreeSet;

/// More payments than this are not compared with a statement.
const MOST_DUE: u32 = 20_000;

/// What was decided about a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It paid payments.
    Paid,
    /// It paid none.
    NoPayment,
}

/// The key of a line that was decided about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BankLine(pub(super) i64);

impl Store {
    /// Every payment that is not paid, of open and closed deals, the first due first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn payments_due(&self) -> Result<Vec<Due>> {
        let mut statement = self.sql().prepare_cached(&format!(
            "SELECT p.id, p.deal_id, p.title, p.due_on, p.amount_minor, p.currency, p.paid_on,
                    d.title AS deal_title, co.name AS company, coalesce(co.requisites, '') AS requisites, {NAME}
             FROM payment p JOIN deal d ON d.id = p.deal_id
             LEFT JOIN company co ON co.id = d.company_id LEFT JOIN contact c ON c.id = d.contact_id
             WHERE p.paid_on IS NULL ORDER BY p.due_on, p.id LIMIT {MOST_DUE}"
        ))?;
        let rows = statement.query_map([], |row| {
            Ok(Due {
                payment: payment_from(row)?,
                deal_title: text_at(row, "deal_title")?,
                company: optional_text_at(row, "company")?,
                contact: full_name_from(row)?,
                requisites: Text::block(row.get_ref("requisites")?.as_str()?),
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Takes out the lines that were decided about; gives how many they were.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn without_decided(&self, lines: &mut Vec<StatementLine>) -> Result<usize> {
        let mut statement = self.sql().prepare_cached("SELECT EXISTS (SELECT 1 FROM bank_line WHERE digest = ?1)")?;
        let mut decided = BTreeSet::new();
        for line in lines.iter() {
            if statement.query_row([&line.digest], |row| row.get::<_, bool>(0))? {
                decided.insert(line.digest.clone());
            }
        }
        lines.retain(|line| !decided.contains(&line.digest));
        Ok(decided.len())
    }

    /// Remembers what was decided about a line.
    ///
    /// # Errors
    /// When it was decided about already.
    pub fn remember_bank_line(&self, line: &StatementLine, verdict: Verdict, now: Timestamp) -> Result<BankLine> {
        let word = match verdict {
            Verdict::Paid => "paid",
            Verdict::NoPayment => "none",
        };
        self.sql()
            .prepare_cached(
                "INSERT INTO bank_line (digest, booked_on, amount_minor, currency, text, verdict, decided_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                line.digest,
                line.booked_on.to_string(),
                line.amount.minor,
                line.amount.currency,
                line.whole.as_str(),
                word,
                ms(now)
            ])?;
        Ok(BankLine(self.sql().last_insert_rowid()))
    }

    /// A payment was found in that line.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn paid_by(&self, payment: id::Payment, line: BankLine) -> Result<()> {
        self.sql()
            .prepare_cached("UPDATE payment SET bank_line_id = ?2 WHERE id = ?1")?
            .execute(params![payment.0, line.0])?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Money;
    use crate::store::cards_fixture::{Shop, now, sale};
    use crate::store::payment::NewPayment;

    fn line(digest: &str) -> StatementLine {
        StatementLine {
            line: 3,
            booked_on: "2026-11-20".parse().unwrap(),
            amount: Money::parse("100", "PLN").unwrap(),
            payer: Text::own("Anna"),
            text: Text::own("Deposit"),
            whole: Text::own("Anna Deposit"),
            digest: digest.to_owned(),
        }
    }

    #[test]
    fn a_line_is_decided_about_once_and_an_undo_forgets_it() {
        let shop = Shop::open();
        let deal = shop.store.add_deal(&sale("Desks", None, None)).unwrap();
        let amount = Money::parse("100", "PLN").unwrap();
        let new = NewPayment { deal, title: Text::own("Deposit"), due_on: "2026-11-19".parse().unwrap(), amount };
        let payment = shop.store.add_payment(&new).unwrap();
        assert_eq!(shop.store.payments_due().unwrap().len(), 1);
        shop.act(|store| {
            let known = store.remember_bank_line(&line("a"), Verdict::Paid, now().timestamp())?;
            store.mark_payment_paid(payment, line("a").booked_on)?;
            store.paid_by(payment, known)
        });
        assert_eq!(shop.store.payments_due().unwrap(), []);
        let mut lines = vec![line("a"), line("b")];
        assert_eq!(shop.store.without_decided(&mut lines).unwrap(), 1);
        assert_eq!(lines, [line("b")]);
        shop.store.undo(now().timestamp()).unwrap();
        let mut lines = vec![line("a"), line("b")];
        assert_eq!(shop.store.without_decided(&mut lines).unwrap(), 0, "taken back: it is proposed again");
        assert_eq!(shop.store.payments_due().unwrap().len(), 1);
    }
}
