//! The lines of a card.

use super::edit::Edit;
use super::sections::Section;
use super::{Card, Holding, Item};
use crate::domain::contact::{Happening, Numbers, TimelineRow};
use crate::domain::deal::State;
use crate::domain::field::Noun;
use crate::domain::message::Direction;
use crate::domain::practice::Practice;
use crate::domain::text::plural;
use crate::domain::timeline::Show;
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
    pub practice: &'a Practice,
    pub noun: Noun,
    pub edit: Option<&'a Edit>,
    pub folded: &'a [Section],
    pub after_folded: bool,
}

/// What a layout needs beside the card.
pub(super) struct Table<'a> {
    pub columns: usize,
    pub clock: &'a Clock,
    pub styles: &'a Styles,
    pub practice: &'a Practice,
}

/// The left or only column of a card: everything but what happened, which stands below it or beside it.
pub(super) fn sheet(card: &Card, holding: &Holding, folded: &[Section], table: &Table) -> Sheet<Item> {
    let mut pen = pen(card, holding, folded, table);
    match holding {
        Holding::Contact(contact) => super::person::lay(&mut pen, holding, contact),
        Holding::Company(company) => super::company::lay(&mut pen, holding, company),
        Holding::Deal(deal) => super::deal::lay(&mut pen, holding, deal),
    }
    pen.figures(card.figures.value.as_ref());
    pen.sheet
}

/// Files and what happened.
pub(super) fn history(card: &Card, holding: &Holding, folded: &[Section], table: &Table) -> Sheet<Item> {
    let mut pen = pen(card, holding, folded, table);
    pen.files(card.files.value.as_deref(), card.files_after.is_some());
    pen.timeline(&card.rows, &card.show, card.after.is_some());
    pen.sheet
}

fn pen<'a>(card: &'a Card, holding: &Holding, folded: &'a [Section], table: &Table<'a>) -> Pen<'a> {
    let noun = match holding {
        Holding::Contact(_) => Noun::Contact,
        Holding::Company(_) => Noun::Company,
        Holding::Deal(_) => Noun::Deal,
    };
    Pen {
        sheet: Sheet::default(),
        of_deal: noun == Noun::Deal,
        noun,
        columns: table.columns.max(12),
        clock: table.clock,
        styles: table.styles,
        practice: table.practice,
        edit: card.edit.as_ref(),
        folded,
        after_folded: false,
    }
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

    /// Everything that happened, newest first.
    pub fn timeline(&mut self, rows: &[TimelineRow], show: &Show, more: bool) {
        let summary = if *show == Show::All { String::new() } else { format!("{} (v)", show.words()) };
        if !self.section(Section::Timeline, &summary) {
            return;
        }
        if rows.is_empty() {
            let nothing = if *show == Show::All { "  nothing yet" } else { "  nothing of this kind" };
            self.sheet.line(Line::styled(nothing, self.styles.dim));
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
                Happening::Step { step, deal, state } => {
                    let what = if state == State::Open { "stage" } else { "closed" };
                    (Item::OfDeal(deal, step), what.to_owned(), self.styles.dim)
                }
                Happening::Paid { payment, deal } => {
                    (Item::OfDeal(deal, -payment.0), "paid".to_owned(), self.styles.good)
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
        if more {
            self.sheet.line(Line::styled("  … older ones follow", self.styles.dim));
        }
    }
}

pub(super) fn join(texts: impl IntoIterator<Item = impl ToString>) -> String {
    texts.into_iter().map(|text| text.to_string()).collect::<Vec<_>>().join(", ")
}
