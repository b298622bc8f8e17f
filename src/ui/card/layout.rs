//! The lines of a card.

use super::{Holding, Item, Of};
use crate::domain::company::CompanyCard;
use crate::domain::contact::{ContactCard, Happening, Kind, Numbers, TimelineRow};
use crate::domain::deal::{DealCard, DealRow, PaymentRow, StageRow, State};
use crate::domain::message::Direction;
use crate::domain::offer;
use crate::domain::text::{Text, plural};
use crate::ui::format;
use crate::ui::state::Clock;
use crate::ui::theme::Styles;
use crate::ui::widgets::doc::Sheet;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

/// What the lines of a card are made with.
pub(super) struct Pen<'a> {
    sheet: Sheet<Item>,
    of_deal: bool,
    columns: usize,
    clock: &'a Clock,
    styles: &'a Styles,
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
        Holding::Contact(card) => contact(&mut pen, card),
        Holding::Company(card) => company(&mut pen, card),
        Holding::Deal(card) => deal(&mut pen, card),
    }
    pen.sheet
}

impl Pen<'_> {
    pub(super) fn columns(&self) -> usize {
        self.columns
    }

    /// A time as it stands in lists.
    pub(super) fn moment(&self, at: jiff::Timestamp) -> String {
        self.clock.moment(at)
    }

    /// A fact that leads somewhere.
    pub(super) fn fact_item(&mut self, item: Item, left: &str, right: &str) {
        self.item(item, left, right, self.styles.text);
    }

    pub(super) fn heading(&mut self, title: &str) {
        self.sheet.gap();
        self.sheet.line(Line::styled(format!(" {title}"), self.styles.accent));
    }

    /// A fact: its name in a column, its value wrapped beside it.
    pub(super) fn fact(&mut self, name: &str, value: &str) {
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

    fn wrapped(&mut self, text: &str, style: Style) {
        for line in textwrap::wrap(text, self.columns) {
            self.sheet.line(Line::styled(format!("  {line}"), style));
        }
    }

    /// Something that can be chosen: its text at the left, a word at the right.
    fn item(&mut self, item: Item, left: &str, right: &str, style: Style) {
        self.sheet.item(item, Line::styled(format!("  {}", format::ends(left, right, self.columns)), style));
    }

    fn more(&mut self, text: &str) {
        if !text.is_empty() {
            let text = format::cut(text, self.columns.saturating_sub(2));
            self.sheet.more(Line::styled(format!("    {text}"), self.styles.dim));
        }
    }

    fn numbers(&mut self, numbers: &Numbers) {
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

    fn deals(&mut self, deals: &[DealRow]) {
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

    fn payments(&mut self, payments: &[PaymentRow]) {
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

    /// Where a deal stood, with the days it stood there.
    fn history(&mut self, rows: &[StageRow]) {
        if rows.len() < 2 {
            return;
        }
        self.heading("Where it stood");
        for (index, row) in rows.iter().enumerate() {
            let until = rows.get(index + 1).map_or(self.clock.now, |next| next.at);
            let open = row.state == State::Open;
            let days = if open { format!("{} d", until.duration_since(row.at).as_hours() / 24) } else { String::new() };
            let what = if open { row.stage.as_str() } else { row.state.word() };
            let left = format!("{} {what}  {}", format::fit(&self.clock.moment(row.at), 8), row.amount);
            self.sheet.line(Line::styled(format!("  {}", format::ends(&left, &days, self.columns)), self.styles.text));
        }
    }

    fn timeline(&mut self, rows: &[TimelineRow]) {
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

fn join(texts: impl IntoIterator<Item = impl ToString>) -> String {
    texts.into_iter().map(|text| text.to_string()).collect::<Vec<_>>().join(", ")
}

fn contact(pen: &mut Pen, card: &ContactCard) {
    pen.numbers(&card.row.numbers);
    for hint in &card.hints {
        pen.wrapped(&format!("! {hint}"), pen.styles.waits);
    }
    pen.sheet.gap();
    if let Some(name) = &card.row.company {
        match card.company {
            Some(company) => {
                pen.item(Item::Card(Of::Company(company)), &format!("at {name}"), "", pen.styles.strong);
            }
            None => pen.fact("company", name.as_str()),
        }
    }
    pen.fact("position", card.position.as_str());
    pen.fact("mail", &join(&card.addresses));
    pen.fact("phone", &join(&card.phones));
    if card.row.kind == Kind::Contact {
        pen.fact("role", card.row.role.word());
    }
    pen.fact("language", card.language.as_str());
    pen.fact("tags", &join(&card.tags));
    pen.fact("note", card.note.as_str());
    super::provenance::lay(pen, &card.provenance);
    pen.deals(&card.deals);
    pen.payments(&card.payments);
    pen.timeline(&card.timeline);
}

fn company(pen: &mut Pen, card: &CompanyCard) {
    pen.numbers(&card.numbers);
    pen.sheet.gap();
    pen.fact("domains", &join(&card.row.domains));
    pen.fact("requisites", card.requisites.as_str());
    pen.fact("note", card.note.as_str());
    if !card.people.is_empty() {
        pen.heading("People");
        for (contact, name) in &card.people {
            pen.item(Item::Card(Of::Contact(*contact)), name.as_str(), "", pen.styles.text);
        }
    }
    pen.deals(&card.deals);
    pen.payments(&card.payments);
    pen.timeline(&card.timeline);
}

fn deal(pen: &mut Pen, card: &DealCard) {
    let row = &card.row;
    let stage = if row.state == State::Open { row.stage.to_string() } else { row.state.word().to_owned() };
    pen.fact("amount", &row.amount.to_string());
    pen.fact("stage", &stage);
    if row.state == State::Open {
        let quiet = pen.clock.age(row.quiet_since());
        pen.fact("quiet", &format!("nothing happened for {quiet}"));
    }
    pen.fact("reason", card.reason.as_str());
    if let Some(close) = row.expected_close {
        pen.fact("closes", &pen.clock.day(close));
    }
    if let Some((at, what)) = &row.next_activity {
        pen.fact("next", &format!("{} {what}", pen.clock.full(*at)));
    } else if row.state == State::Open {
        pen.wrapped("! no next activity is planned (A adds one)", pen.styles.waits);
    }
    pen.fact("company", row.company.as_ref().map_or("", Text::as_str));
    if let Some(name) = &row.contact_name {
        match row.contact {
            Some(contact) => {
                pen.item(Item::Card(Of::Contact(contact)), &format!("with {name}"), "", pen.styles.strong);
            }
            None => pen.fact("with", name.as_str()),
        }
    }
    if !card.lines.is_empty() {
        pen.heading("Offer");
        for line in &card.lines {
            let less = if line.discount.is_empty() { String::new() } else { format!(" - {} %", line.discount) };
            let price = format!("{} × {}{less}", line.quantity, line.unit_price);
            let text = format::ends(line.title.as_str(), &price, pen.columns);
            pen.sheet.line(Line::styled(format!("  {text}"), pen.styles.text));
        }
        for total in offer::totals(&card.lines) {
            let with_vat = if total.vat.minor > 0 { format!(", with VAT {}", total.gross) } else { String::new() };
            let text = format::ends("together", &format!("{}{with_vat}", total.net), pen.columns);
            pen.sheet.line(Line::styled(format!("  {text}"), pen.styles.strong));
        }
    }
    pen.payments(&card.payments);
    pen.history(&card.history);
    pen.timeline(&card.timeline);
}
