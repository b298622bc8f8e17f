//! What I do to deals: stages, won and lost, offer lines, payments, lines of bank statements.

use super::{Acts, Title};
use crate::domain::bank::StatementLine;
use crate::domain::deal::State;
use crate::domain::id;
use crate::domain::money::Money;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::{Text, plural};
use crate::store::{DealEdit, NewDeal, NewPayment, Verdict};
use crate::ui::deal_act::{DealAct, NewSale, PaymentEntry};

impl Acts<'_> {
    /// Does one act of a deal.
    ///
    /// # Errors
    /// When the store cannot be written, or what it is about is not there any more.
    pub fn deal(&self, act: &DealAct) -> Result<Title> {
        match act {
            DealAct::Add(sale) => self.add_deal(sale).map(|(title, _)| title),
            DealAct::Move { deal, pipeline, stage } => self.move_deal(*deal, pipeline, stage),
            DealAct::Won(deal) => self.close(*deal, State::Won, &Text::default()),
            DealAct::Lost(deal, reason) => self.close(*deal, State::Lost, reason),
            DealAct::Reopen(deal) => self.close(*deal, State::Open, &Text::default()),
            DealAct::Lines(deal, lines, amount) => {
                let edit = DealEdit { lines: Some(lines.clone()), amount: amount.clone(), ..DealEdit::default() };
                self.edit_deal(*deal, "Offer of", &edit)
            }
            DealAct::AddPayment(deal, entry) => self.add_payments(*deal, std::slice::from_ref(entry), false),
            DealAct::Schedule(deal, entries) => self.add_payments(*deal, entries, true),
            DealAct::EditPayment(payment, entry) => self
                .record(format!("Payment: {} {}", entry.amount, entry.title), || {
                    self.store.update_payment(*payment, &entry.title, entry.due_on, &entry.amount)
                }),
            DealAct::RemovePayment(payment) => self
                .record(format!("Payment removed: {}", self.payment_name(*payment)?), || {
                    self.store.remove_payment(*payment)
                }),
            DealAct::Paid(payment, on, None) => self.record(format!("Paid: {}", self.payment_name(*payment)?), || {
                self.store.mark_payment_paid(*payment, *on)
            }),
            DealAct::Paid(payment, on, Some(part)) => self
                .record(format!("Paid in part, {part}: {}", self.payment_name(*payment)?), || {
                    self.store.pay_part(*payment, part, *on).map(drop)
                }),
            DealAct::Unpaid(payment) => self
                .record(format!("Not paid after all: {}", self.payment_name(*payment)?), || self.store.unpay(*payment)),
            DealAct::Booked(line, payments, part) => self.booked(line, payments, *part),
            DealAct::NotOurs(line) => self
                .record(format!("No payment of a deal: {} of {}", line.amount, line.booked_on), || {
                    self.store.remember_bank_line(line, Verdict::NoPayment, self.at()).map(drop)
                }),
        }
    }

    /// Enters a deal; gives its key.
    ///
    /// # Errors
    /// When it is unfit, or the store cannot be written.
    pub fn add_deal(&self, sale: &NewSale) -> Result<(Title, id::Deal)> {
        let title = Text::from(format!("New deal: {}", sale.title));
        let new = NewDeal {
            title: sale.title.clone(),
            company: sale.company,
            contact: sale.contact,
            pipeline: sale.pipeline.clone(),
            stage: sale.stage.clone(),
            amount: sale.amount.clone(),
            expected_close: sale.expected_close,
            lines: Vec::new(),
            created_at: self.at(),
        };
        let (deal, change) = self.store.record(title.as_str(), self.at(), || self.store.add_deal(&new))?;
        Ok((change.map(|_| title), deal))
    }

    /// Changes what an edit names.
    ///
    /// # Errors
    /// When it is unfit, or the store cannot be written.
    pub fn edit_deal(&self, deal: id::Deal, what: &str, edit: &DealEdit) -> Result<Title> {
        let title = format!("{what} {}", self.deal_title(deal)?);
        self.record(title, || self.store.update_deal(deal, edit, self.at()))
    }

    fn deal_title(&self, deal: id::Deal) -> Result<Text> {
        let row = self.store.deal_row(deal, self.now.date())?;
        row.map(|row| row.title).ok_or_else(|| Problem::new(Kind::NotFound, "this deal is not there any more"))
    }

    fn payment_name(&self, payment: id::Payment) -> Result<Text> {
        let row = self.store.payment(payment)?;
        row.map(|row| Text::from(format!("{} {}", row.amount, row.title)))
            .ok_or_else(|| Problem::new(Kind::NotFound, "this payment is not there any more"))
    }

    fn move_deal(&self, deal: id::Deal, pipeline: &Text, stage: &Text) -> Result<Title> {
        let title = format!("To {stage}: {}", self.deal_title(deal)?);
        self.record(title, || self.store.move_deal(deal, pipeline, stage, self.at()))
    }

    fn close(&self, deal: id::Deal, state: State, reason: &Text) -> Result<Title> {
        let name = self.deal_title(deal)?;
        let title = match state {
            State::Won => format!("Won: {name}"),
            State::Lost if reason.is_empty() => format!("Lost: {name}"),
            State::Lost => format!("Lost ({reason}): {name}"),
            State::Open => format!("Open again: {name}"),
        };
        self.record(title, || self.store.close_deal(deal, state, reason, self.at()))
    }

    fn add_payments(&self, deal: id::Deal, entries: &[PaymentEntry], anew: bool) -> Result<Title> {
        let name = self.deal_title(deal)?;
        let title = match entries {
            [entry] => format!("Payment of {} on {}: {name}", entry.amount, entry.due_on),
            several => format!("{}: {name}", plural(u64::try_from(several.len()).unwrap_or(0), "payment", "payments")),
        };
        self.record(title, || {
            if anew {
                for payment in self.store.payments_of_deal(deal)?.iter().filter(|row| row.paid_on.is_none()) {
                    self.store.remove_payment(payment.id)?;
                }
            }
            entries.iter().try_for_each(|entry| {
                let (title, amount) = (entry.title.clone(), entry.amount.clone());
                self.store.add_payment(&NewPayment { deal, title, due_on: entry.due_on, amount }).map(drop)
            })
        })
    }

    /// A line of a statement pays these payments: one undoable change.
    fn booked(&self, line: &StatementLine, payments: &[id::Payment], part: bool) -> Result<Title> {
        let names: Vec<String> =
            payments.iter().map(|payment| self.payment_name(*payment).map(String::from)).collect::<Result<_>>()?;
        self.record(format!("Paid by bank on {}: {}", line.booked_on, names.join(", ")), || {
            let known = self.store.remember_bank_line(line, Verdict::Paid, self.at())?;
            for payment in payments {
                if part {
                    self.store.pay_part(*payment, &line.amount, line.booked_on)?;
                } else {
                    self.store.mark_payment_paid(*payment, line.booked_on)?;
                }
                self.store.paid_by(*payment, known)?;
            }
            Ok(())
        })
    }

    /// What a deal leaves open when it is closed, in words: planned activities, payments that are not paid.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn left_open(&self, deal: id::Deal) -> Result<Option<Text>> {
        let planned = self.store.planned_in(deal)?;
        let unpaid: Vec<Money> = self
            .store
            .payments_of_deal(deal)?
            .into_iter()
            .filter(|row| row.paid_on.is_none())
            .map(|row| row.amount)
            .collect();
        let mut left = Vec::new();
        if planned > 0 {
            left.push(plural(planned, "planned activity", "planned activities"));
        }
        if !unpaid.is_empty() {
            left.push(plural(u64::try_from(unpaid.len()).unwrap_or(0), "unpaid payment", "unpaid payments"));
        }
        Ok((!left.is_empty()).then(|| Text::from(format!("It still has {}.", left.join(" and ")))))
    }
}
