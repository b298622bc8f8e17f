//! The offer lines of a deal: a small table that is typed into.

use super::{Overlay, room, window};
use crate::domain::amount;
use crate::domain::deal::{DealCard, DealRow, OfferLine};
use crate::domain::id;
use crate::domain::money::Money;
use crate::domain::offer;
use crate::domain::text::Text;
use crate::ui::deal_act::DealAct;
use crate::ui::effect::{Effect, Generation};
use crate::ui::format;
use crate::ui::keymap;
use crate::ui::slot::Slot;
use crate::ui::state::{Effects, State};
use crate::ui::widgets::field::Field;
use crate::ui::widgets::{list, pane};
use crossterm::event::{KeyCode, KeyEvent};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

/// Title, quantity, price, discount, VAT.
const COLUMNS: usize = 5;
const HEADINGS: [&str; COLUMNS] = ["what", "quantity", "price", "less %", "VAT %"];

/// Deals whose lines can be copied, with their lines.
pub type Offers = Vec<(DealRow, Vec<OfferLine>)>;

/// The table.
#[derive(Debug)]
pub struct Lines {
    deal: id::Deal,
    /// The deal, and what can be copied.
    pub slot: Slot<(Box<DealCard>, Offers)>,
    rows: Vec<[Field; COLUMNS]>,
    row: usize,
    column: usize,
    changed: bool,
    wrong: Option<&'static str>,
    /// The deal in the list of those that can be copied, while one is chosen.
    copying: Option<usize>,
}

impl Lines {
    /// Of this deal.
    #[must_use]
    pub(in crate::ui) fn new(deal: id::Deal) -> Self {
        let (rows, slot) = (Vec::new(), Slot::default());
        Self { deal, slot, rows, row: 0, column: 0, changed: false, wrong: None, copying: None }
    }

    /// Reads them.
    pub(in crate::ui) fn load(&mut self, last: &mut Generation, out: &mut Effects) {
        out.push(Effect::LoadSale { generation: self.slot.ask(last), deal: self.deal, offers: true });
    }

    /// They came. What I typed meanwhile stays.
    pub fn loaded(&mut self, generation: Generation, card: &DealCard, offers: &Offers) {
        if self.slot.take(generation) {
            self.slot.value = Some((Box::new(card.clone()), offers.clone()));
            if !self.changed {
                self.take(&card.lines);
            }
        }
    }

    fn take(&mut self, lines: &[OfferLine]) {
        let fields = |line: &OfferLine| {
            let price = if line.unit_price.currency == self.currency() {
                line.unit_price.plain()
            } else {
                format!("{} {}", line.unit_price.plain(), line.unit_price.currency)
            };
            let cells = [
                line.title.as_str(),
                line.quantity.as_str(),
                price.as_str(),
                line.discount.as_str(),
                line.vat.as_str(),
            ];
            cells.map(Field::new)
        };
        let rows: Vec<[Field; COLUMNS]> = lines.iter().map(fields).collect();
        (self.rows, self.row, self.column) = (rows, 0, 0);
        if self.rows.is_empty() {
            self.add();
        }
    }

    fn add(&mut self) {
        // The next line most often has the VAT of the one above.
        let vat = self.rows.last().and_then(|row| row.last()).map_or_else(String::new, |vat| vat.text().to_owned());
        self.rows.push(["", "1", "", "", vat.as_str()].map(Field::new));
        (self.row, self.column) = (self.rows.len() - 1, 0);
    }

    fn currency(&self) -> String {
        self.slot.value.as_ref().map_or_else(String::new, |(card, _)| card.row.amount.currency.clone())
    }

    /// The lines as they are typed; those without any word or price are left out.
    fn lines(&self) -> Result<Vec<OfferLine>, (usize, &'static str)> {
        let currency = self.currency();
        let mut lines = Vec::new();
        for (index, [title, quantity, price, discount, vat]) in self.rows.iter().enumerate() {
            if title.text().trim().is_empty() && price.text().trim().is_empty() {
                continue;
            }
            let line = OfferLine {
                title: Text::line(title.text().trim()),
                quantity: Text::line(quantity.text().trim()),
                unit_price: amount::typed(price.text(), &currency).ok_or((index, "The price is no amount."))?,
                discount: Text::line(discount.text().trim()),
                vat: Text::line(vat.text().trim()),
            };
            if line.title.is_empty() {
                return Err((index, "A line says what is sold."));
            }
            offer::line(&line)
                .ok_or((index, "Quantity and per cents are numbers, such as 2.5; per cents at most 100."))?;
            lines.push(line);
        }
        Ok(lines)
    }

    pub(super) fn paste(&mut self, pasted: &str) {
        if let Some(field) = self.field() {
            self.changed |= field.paste(pasted);
        }
    }

    fn field(&mut self) -> Option<&mut Field> {
        let column = self.column;
        self.rows.get_mut(self.row).and_then(|row| row.get_mut(column))
    }

    pub(super) fn key(mut self: Box<Self>, state: &mut State, key: KeyEvent, out: &mut Effects) -> Option<Overlay> {
        if self.copying.is_some() {
            self.copy_key(key);
            return Some(Overlay::Lines(self));
        }
        let last = self.rows.len().saturating_sub(1);
        let wrong = self.wrong.take();
        match keymap::name(key).as_deref() {
            Some("esc") if self.changed && wrong != Some(LOSES) => self.wrong = Some(LOSES),
            Some("esc") => return None,
            Some("ctrl-s") => match self.save(None, out) {
                Ok(()) => return None,
                Err(wrong) => self.wrong = Some(wrong),
            },
            Some("ctrl-t") => match self.save_with_amount(state, out) {
                Ok(()) => return None,
                Err(wrong) => self.wrong = Some(wrong),
            },
            Some("ctrl-o") => self.copying = Some(0),
            Some("ctrl-d") if !self.rows.is_empty() => {
                self.rows.remove(self.row.min(last));
                self.changed = true;
                self.row = self.row.min(self.rows.len().saturating_sub(1));
            }
            Some("ctrl-n") => self.add(),
            Some("down") => self.row = (self.row + 1).min(last),
            Some("up") => self.row = self.row.saturating_sub(1),
            Some("tab") => self.step(1),
            Some("shift-tab") => self.step(-1),
            Some("enter") if self.row >= last => self.add(),
            Some("enter") => (self.row, self.column) = (self.row + 1, 0),
            _ if key.code == KeyCode::Null => {}
            _ => {
                let changed = self.field().is_some_and(|field| field.key(key));
                self.changed |= changed;
            }
        }
        Some(Overlay::Lines(self))
    }

    fn step(&mut self, by: isize) {
        let cells = (self.rows.len() * COLUMNS).max(1);
        let at = (self.row * COLUMNS + self.column).saturating_add_signed(by).min(cells - 1);
        (self.row, self.column) = (at / COLUMNS, at % COLUMNS);
    }

    fn save(&mut self, amount: Option<Money>, out: &mut Effects) -> Result<(), &'static str> {
        let lines = self.lines().map_err(|(row, wrong)| {
            self.row = row;
            wrong
        })?;
        out.push(Effect::Deal(Box::new(DealAct::Lines(self.deal, lines, amount))));
        Ok(())
    }

    /// What the lines come to without VAT becomes what the deal is worth.
    fn save_with_amount(&mut self, state: &mut State, out: &mut Effects) -> Result<(), &'static str> {
        let lines = self.lines().map_err(|(_, wrong)| wrong)?;
        let totals = offer::totals(&lines);
        let [total] = totals.as_slice() else { return Err("Lines in one currency make an amount.") };
        let amount = total.net.clone();
        self.save(Some(amount.clone()), out)?;
        crate::ui::acts::say(state, &format!("The deal is worth {amount} now: its lines without VAT."));
        Ok(())
    }

    fn copy_key(&mut self, key: KeyEvent) {
        let offers = self.slot.value.as_ref().map_or(&[][..], |(_, offers)| offers.as_slice());
        let last = offers.len().saturating_sub(1);
        let at = self.copying.unwrap_or(0);
        let name = keymap::name(key);
        if let Some(to) = list::moved(name.as_deref(), at) {
            self.copying = Some(to.min(last));
        }
        match name.as_deref() {
            Some("enter") => {
                if let Some((_, lines)) = offers.get(at).cloned() {
                    let mut kept = std::mem::take(&mut self.rows);
                    kept.retain(|[title, _, price, ..]| {
                        !title.text().trim().is_empty() || !price.text().trim().is_empty()
                    });
                    self.take(&lines);
                    kept.append(&mut self.rows);
                    self.rows = kept;
                    self.changed = true;
                }
                self.copying = None;
            }
            Some("esc" | "q") => self.copying = None,
            _ => {}
        }
    }

    pub(super) fn view(&self, state: &State, frame: &mut Frame, body: Rect) {
        let styles = &state.styles;
        let title = self
            .slot
            .value
            .as_ref()
            .map_or_else(|| "Offer".to_owned(), |(card, _)| format!("Offer: {}", card.row.title));
        let inner = window(frame, body, &title, room(body, 100), (self.rows.len() + 7).clamp(10, 26), styles);
        if pane::missing(frame, inner, &self.slot, "the offer", styles) {
            return;
        }
        if let Some(at) = self.copying {
            return self.offers(at, state, frame, inner);
        }
        let widths = widths(inner.width);
        let mut x = inner.x + 2;
        for (heading, width) in HEADINGS.iter().zip(widths) {
            let heading = Line::styled(format::fit(heading, usize::from(width)), styles.dim);
            frame.render_widget(heading, Rect { x, y: inner.y, width, height: 1 });
            x += width + 1;
        }
        let foot = 5;
        let height = inner.height.saturating_sub(1 + foot);
        let first = (self.row + 1).saturating_sub(usize::from(height).max(1));
        for (y, (index, row)) in (inner.y + 1..inner.y + 1 + height).zip(self.rows.iter().enumerate().skip(first)) {
            let in_row = index == self.row;
            let mark = if in_row { "> " } else { "  " };
            frame.render_widget(Line::styled(mark, styles.accent), Rect { y, height: 1, width: 2, ..inner });
            let mut x = inner.x + 2;
            for (column, (field, width)) in row.iter().zip(widths).enumerate() {
                field.view(frame, Rect { x, y, width, height: 1 }, in_row && column == self.column, styles);
                x += width + 1;
            }
        }
        self.foot(
            state,
            frame,
            Rect { y: inner.y + 1 + height, height: inner.height.saturating_sub(1 + height), ..inner },
        );
    }

    /// What the lines come to, and what is wrong with them.
    fn foot(&self, state: &State, frame: &mut Frame, area: Rect) {
        let styles = &state.styles;
        let mut lines = vec![Line::default()];
        match self.lines() {
            Ok(typed) => {
                for total in offer::totals(&typed).iter().take(2) {
                    let said = format!("net {}   VAT {}   together {}", total.net, total.vat, total.gross);
                    lines.push(Line::styled(said, styles.strong));
                }
            }
            Err((row, wrong)) => lines.push(Line::styled(format!("line {}: {wrong}", row + 1), styles.waits)),
        }
        if let Some(wrong) = self.wrong {
            lines.push(Line::styled(wrong, styles.bad));
        }
        for (y, line) in (area.y..area.bottom()).zip(lines) {
            frame.render_widget(line, Rect { y, height: 1, ..area });
        }
    }

    fn offers(&self, at: usize, state: &State, frame: &mut Frame, area: Rect) {
        let styles = &state.styles;
        let offers = self.slot.value.as_ref().map_or(&[][..], |(_, offers)| offers.as_slice());
        if offers.is_empty() {
            return list::notice(frame, area, &[("No other deal has offer lines.", styles.text)]);
        }
        frame.render_widget(Line::styled("Copy the lines of which deal?", styles.accent), Rect { height: 1, ..area });
        let rows = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
        list::chosen(frame, rows, (at, offers.len()), styles, |index, columns| {
            let Some((row, lines)) = offers.get(index) else { return Line::default() };
            let whose = row.company.as_ref().or(row.contact_name.as_ref()).map_or("", Text::as_str);
            let right = format!("{} lines, {}", lines.len(), row.amount);
            Line::styled(format::ends(&format!("{}  {whose}", row.title), &right, columns), styles.text)
        });
    }
}

const LOSES: &str = "Not saved: Ctrl-S saves, Esc again throws what was typed away.";

fn widths(columns: u16) -> [u16; COLUMNS] {
    let numbers = [8, 13, 6, 5];
    let rest = columns.saturating_sub(2 + numbers.iter().sum::<u16>() + 4);
    let [quantity, price, discount, vat] = numbers;
    [rest.max(8), quantity, price, discount, vat]
}
