//! The lines of a card.

use super::{Holding, Item, Of};
use crate::domain::contact::{Happening, Numbers, TimelineRow};
use crate::domain::deal::{DealRow, PaymentRow, State};
use crate::domain::message::Direction;
use crate::domain::text::plural;
use crate::ui::format;
use crate::ui::state::Clock;
use crate::ui::theme::Styles;
use crate::ui::widgets::doc::Sheet;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

/// What the lines of a card are made with.
pub(super) struct Pen<'a> {
    pub sheet: Sheet<Item>,
    pub of_deal: bool,
    pub columns: usize,
    pub clock: &'a Clock,
    pub styles: &'a Styles,
}

/// Lays a card out.
pub(super) fn sheet(holding: &Holding, columns: usize, clock: &Clock, styles: &Styles) -> Sheet<Item> {
    let mut pen = Pen {
        sheet: Sheet::default(),
        of_deal: matches!(holding, Holding::Deal(_)),
        columns: columns.max(12),
        clock,
        styles,
    };
    match holding {
        Holding::Contact(card) => super::person::lay(&mut pen, card),
        Holding::Company(card) => super::company::lay(&mut pen, card),
        Holding::Deal(card) => super::deal::lay(&mut pen, card),
    }
    pen.sheet
}

impl Pen<'_> {
    pub fn heading(&mut self, title: &str) {
        self.sheet.gap();
        self.sheet.line(Line::styled(format!(" {title}"), self.styles.accent));
    }

    /// A fact: its name in a column, its value wrapped beside it.
    pub fn fact(&mut self, name: &str, value: &str) {
        if value.is_empty() {
            return;
        }
        let column = 10.min(self.columns / 3);
        let options = textwrap::Options::new(self.columns.saturating_sub(column + 1).max(8));
        let options = format::whole_addresses(options, value);
        let lines = textwrap::wrap(value, options);
        for (index, line) in lines.into_iter().enumerate() {
            let name = if index == 0 { format::fit(name, column) } else { " ".repeat(column) };
            let spans = vec![
                Span::styled(format!("  {name} "), self.styles.dim),
                Span::styled(line.into_owned(), self.styles.text),
            ];
            self.sheet.line(Line::from(spans));
        }
    }

    pub fn wrapped(&mut self, text: &str, style: Style) {
        for line in textwrap::wrap(text, self.columns) {
            self.sheet.line(Line::styled(format!("  {line}"), style));
        }
    }

    /// Something that can be chosen: its text at the left, a word at the right.
    pub fn item(&mut self, item: Item, left: &str, right: &str, style: Style) {
        self.sheet.item(item, Line::styled(format!("  {}", format::ends(left, right, self.columns)), style));
    }

    pub fn more(&mut self, text: &str) {
        if !text.is_empty() {
            let text = format::cut(text, self.columns.saturating_sub(2));
            self.sheet.more(Line::styled(format!("    {text}"), self.styles.dim));
        }
    }

    pub fn numbers(&mut self, numbers: &Numbers) {
        let mut waits: Vec<String> = Vec::new();
        for (count, one, many) in [
            (numbers.unread, "unread", "unread"),
            (numbers.unanswered, "unanswered", "unanswered"),
            (numbers.due, "activity due", "activities due"),
            (numbers.overdue_payments, "payment overdue", "payments overdue"),
        ] {
            if count > 0 {
                waits.push(plural(count, one, many));
            }
        }
        if waits.is_empty() {
            self.sheet.line(Line::styled("  nothing waits", self.styles.good));
        } else {
            self.wrapped(&waits.join(", "), self.styles.waits);
        }
    }

    pub fn deals(&mut self, deals: &[DealRow]) {
        if deals.is_empty() {
            return;
        }
        self.heading("Deals");
        for deal in deals {
            let stage = if deal.state == State::Open { deal.stage.as_str() } else { deal.state.word() };
            let style = if deal.state == State::Open { self.styles.text } else { self.styles.dim };
            self.item(Item::Card(Of::Deal(deal.id)), deal.title.as_str(), stage, style);
            let mut detail = deal.amount.to_string();
            if let Some(close) = deal.expected_close.filter(|_| deal.state == State::Open) {
                detail.push_str(&format!(", closes {}", self.clock.day(close)));
            }
            self.more(&detail);
        }
    }

    pub fn payments(&mut self, payments: &[PaymentRow]) {
        if payments.is_empty() {
            return;
        }
        self.heading("Payments");
        for payment in payments {
            let today = self.clock.today();
            let (state, style) = match payment.paid_on {
                Some(day) => (format!("paid {}", self.clock.day(day)), self.styles.dim),
                None if payment.is_overdue(today) => {
                    let late = format::days_since(payment.due_on, today);
                    (format!("overdue {late} d"), self.styles.bad)
                }
                None => (format!("due {}", self.clock.day(payment.due_on)), self.styles.text),
            };
            let left = format!("{}  {}", payment.amount, payment.title);
            self.item(Item::Payment(payment.id, payment.paid_on.is_none()), &left, &state, style);
        }
    }

    pub fn timeline(&mut self, rows: &[TimelineRow]) {
        self.heading("Timeline");
        if rows.is_empty() {
            self.sheet.line(Line::styled("  nothing yet", self.styles.dim));
        }
        let day_column = rows.iter().map(|row| format::width(&self.clock.moment(row.at))).max().unwrap_or(0);
        for row in rows {
            let (item, what, style) = match row.what {
                Happening::Letter { message, thread, direction, attachments } => {
                    let way = match direction {
                        Direction::Inbound => "they wrote",
                        Direction::Outbound => "I wrote",
                        Direction::Internal => "colleague",
                    };
                    let what = if attachments { format!("{way} +file") } else { way.to_owned() };
                    (Item::Letter(thread, message), what, self.styles.text)
                }
                Happening::Activity { activity, kind, planned } => {
                    let word = kind.word().replace('_', " ");
                    let what = if planned { format!("{word}, planned") } else { word };
                    let style = if planned { self.styles.waits } else { self.styles.text };
                    (Item::Activity(activity, planned), what, style)
                }
            };
            let title = if row.title.is_empty() { "(no subject)" } else { row.title.as_str() };
            let left = format!("{} {title}", format::fit(&self.clock.moment(row.at), day_column));
            self.item(item, &left, &what, style);
            let mut detail = row.detail.to_string();
            // On the deal's own card its name would only take the room.
            if let Some(deal) = row.deal.as_ref().filter(|_| !self.of_deal) {
                let deal = format::cut(deal.as_str(), 24);
                detail = if detail.is_empty() { format!("[{deal}]") } else { format!("[{deal}] {detail}") };
            }
            self.more(&detail);
        }
    }
}

pub(super) fn join(texts: impl IntoIterator<Item = impl ToString>) -> String {
    texts.into_iter().map(|text| text.to_string()).collect::<Vec<_>>().join(", ")
}
