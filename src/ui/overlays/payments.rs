//! The payment schedule of a deal: enter, change, split, paid.

use super::{Confirm, Form, Overlay, Yes, room, window};
use crate::domain::deal::{DealCard, PaymentRow};
use crate::domain::id;
use crate::domain::money::Money;
use crate::domain::offer;
use crate::ui::deal_act::DealAct;
use crate::ui::effect::{Effect, Generation};
use crate::ui::format;
use crate::ui::keymap;
use crate::ui::slot::Slot;
use crate::ui::state::{Effects, State};
use crate::ui::widgets::{list, pane};
use crossterm::event::KeyEvent;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

/// The schedule.
#[derive(Debug)]
pub struct Payments {
    deal: id::Deal,
    /// The deal with its payments.
    pub slot: Slot<Box<DealCard>>,
    at: usize,
}

impl Payments {
    /// Of this deal.
    #[must_use]
    pub(in crate::ui) fn new(deal: id::Deal) -> Self {
        Self { deal, slot: Slot::default(), at: 0 }
    }

    /// Reads it, or reads it again.
    pub(in crate::ui) fn load(&mut self, last: &mut Generation, out: &mut Effects) {
        if let Some(generation) = self.slot.refresh(last) {
            out.push(Effect::LoadSale { generation, deal: self.deal, offers: false });
        }
    }

    fn rows(&self) -> &[PaymentRow] {
        self.slot.value.as_ref().map_or(&[], |card| card.payments.as_slice())
    }

    /// What of the amount no payment asks for that was paid.
    fn left(&self) -> Option<Money> {
        let card = self.slot.value.as_ref()?;
        let amount = &card.row.amount;
        let paid = card.payments.iter().filter(|row| row.paid_on.is_some() && row.amount.currency == amount.currency);
        let paid: i128 = paid.map(|row| i128::from(row.amount.minor)).sum();
        Some(Money::of(i128::from(amount.minor) - paid, &amount.currency)).filter(|left| left.minor > 0)
    }

    pub(super) fn key(mut self: Box<Self>, state: &mut State, key: KeyEvent, out: &mut Effects) -> Option<Overlay> {
        let last = self.rows().len().saturating_sub(1);
        let row = self.rows().get(self.at).cloned();
        let unpaid = row.clone().filter(|row| row.paid_on.is_none());
        let currency = self.slot.value.as_ref().map(|card| card.row.amount.currency.clone()).unwrap_or_default();
        let mut open = |form: Form| state.overlays.push(Overlay::Form(Box::new(form)));
        let name = keymap::name(key);
        if let Some(to) = list::moved(name.as_deref(), self.at) {
            self.at = to.min(last);
        }
        match name.as_deref() {
            Some("esc" | "q") => return None,
            Some("a" | "N") => open(Form::add_payment(self.deal, &currency)),
            Some("enter" | "=" | "z") => {
                if let Some(row) = unpaid {
                    open(Form::edit_payment(&row));
                }
            }
            Some("p") => match (unpaid, row) {
                (Some(row), _) => open(Form::paid(&row)),
                (None, Some(row)) => out.push(Effect::Deal(Box::new(DealAct::Unpaid(row.id)))),
                (None, None) => {}
            },
            Some("s") => {
                if let Some(left) = self.left() {
                    open(Form::split(self.deal, &left));
                }
            }
            Some("d" | "delete") => {
                if let Some(row) = row {
                    let question = format!("Take “{} {}” out of the schedule?", row.amount, row.title);
                    let yes = Yes::Do(vec![Effect::Deal(Box::new(DealAct::RemovePayment(row.id)))]);
                    state.overlays.push(Overlay::Confirm(Confirm { question, yes }));
                }
            }
            Some("u") => out.push(Effect::Undo),
            _ => {}
        }
        Some(Overlay::Payments(self))
    }

    pub(super) fn view(&self, state: &State, frame: &mut Frame, body: Rect) {
        let styles = &state.styles;
        let title = self
            .slot
            .value
            .as_ref()
            .map_or_else(|| "Payments".to_owned(), |card| format!("Payments: {}", card.row.title));
        let lines = (self.rows().len() + 4).clamp(7, 22);
        let inner = window(frame, body, &title, room(body, 76), lines, styles);
        if pane::missing(frame, inner, &self.slot, "the payments", styles) {
            return;
        }
        let rows = Rect { height: inner.height.saturating_sub(3), ..inner };
        if self.rows().is_empty() {
            list::notice(
                frame,
                rows,
                &[("Nothing is due yet.", styles.text), ("a enters a payment, s splits the amount.", styles.dim)],
            );
        }
        let (today, clock) = (state.today_date(), state.clock());
        list::chosen(frame, rows, (self.at, self.rows().len()), styles, |index, columns| {
            let Some(row) = self.rows().get(index) else { return Line::default() };
            let (word, style) = match row.paid_on {
                Some(day) => (format!("paid {}", clock.day(day)), styles.dim),
                None if row.is_overdue(today) => {
                    (format!("overdue {} d", format::days_since(row.due_on, today)), styles.bad)
                }
                None => (format!("due {}", clock.day(row.due_on)), styles.text),
            };
            let right = format!("{} {}", format::fit_right(&row.amount.to_string(), 18), format::fit(&word, 14));
            Line::styled(format::ends(row.title.as_str(), &right, columns), style)
        });
        self.sums(
            frame,
            Rect { y: rows.bottom(), height: inner.bottom().saturating_sub(rows.bottom()), ..inner },
            state,
        );
    }

    /// What is paid and due, and how it compares with the deal.
    fn sums(&self, frame: &mut Frame, area: Rect, state: &State) {
        let Some(card) = self.slot.value.as_ref() else { return };
        let currency = &card.row.amount.currency;
        let sum = |paid: bool| {
            let of_it =
                self.rows().iter().filter(|row| row.paid_on.is_some() == paid && row.amount.currency == *currency);
            Money::of(of_it.map(|row| i128::from(row.amount.minor)).sum(), currency)
        };
        let all = i128::from(sum(true).minor) + i128::from(sum(false).minor);
        let apart = Money::of(i128::from(card.row.amount.minor) - all, currency);
        let offer = offer::totals(&card.lines).into_iter().find(|total| total.gross.currency == *currency);
        let with_vat =
            offer.filter(|total| total.vat.minor > 0).map(|total| format!(", offer with VAT {}", total.gross));
        let lines = [
            Line::default(),
            Line::styled(format!("  paid {}, due {}", sum(true), sum(false)), state.styles.text),
            Line::styled(
                match apart.minor {
                    0 => format!("  together the deal's {}", card.row.amount),
                    _ => format!("  the deal is {}: {apart} apart{}", card.row.amount, with_vat.unwrap_or_default()),
                },
                state.styles.dim,
            ),
        ];
        for (y, line) in (area.y..area.bottom()).zip(lines) {
            frame.render_widget(line, Rect { y, height: 1, ..area });
        }
    }
}
