//! A text of many lines, some of which belong to things that can be chosen: cards, letters, help.

use crate::ui::theme::Styles;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

/// One line, and the thing it belongs to.
#[derive(Debug, Clone)]
pub struct Row {
    /// What is drawn.
    pub line: Line<'static>,
    /// The place of its item among the items.
    pub item: Option<usize>,
}

/// What is laid out: lines, and the things among them.
#[derive(Debug, Clone)]
pub struct Sheet<I> {
    /// The lines.
    pub rows: Vec<Row>,
    /// The things, in order.
    pub items: Vec<I>,
}

impl<I> Default for Sheet<I> {
    fn default() -> Self {
        Self { rows: Vec::new(), items: Vec::new() }
    }
}

impl<I> Sheet<I> {
    /// Adds a line that belongs to nothing.
    pub fn line(&mut self, line: impl Into<Line<'static>>) {
        self.rows.push(Row { line: line.into(), item: None });
    }

    /// Begins a thing with its first line.
    pub fn item(&mut self, item: I, line: impl Into<Line<'static>>) {
        self.items.push(item);
        self.more(line);
    }

    /// Adds a line to the last thing.
    pub fn more(&mut self, line: impl Into<Line<'static>>) {
        self.rows.push(Row { line: line.into(), item: self.items.len().checked_sub(1) });
    }

    /// Adds another sheet below.
    pub fn append(&mut self, other: Self) {
        let before = self.items.len();
        self.items.extend(other.items);
        self.rows.extend(other.rows.into_iter().map(|row| Row { item: row.item.map(|item| item + before), ..row }));
    }

    /// An empty line, unless there is nothing above or one already.
    pub fn gap(&mut self) {
        if self.rows.last().is_some_and(|row| row.line.width() > 0) {
            self.line(Line::default());
        }
    }
}

/// A sheet with the place in it.
#[derive(Debug, Clone)]
pub struct Doc<I> {
    sheet: Sheet<I>,
    at: usize,
    /// The first line on the screen.
    pub scroll: usize,
    height: usize,
}

impl<I> Default for Doc<I> {
    fn default() -> Self {
        Self { sheet: Sheet::default(), at: 0, scroll: 0, height: 1 }
    }
}

impl<I: Clone + PartialEq> Doc<I> {
    /// The chosen thing.
    #[must_use]
    pub fn chosen(&self) -> Option<&I> {
        self.sheet.items.get(self.at)
    }

    /// How many lines.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sheet.rows.len()
    }

    /// No lines.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sheet.rows.is_empty()
    }

    /// Lays it out anew for a screen of `height` lines; the chosen thing stays chosen and on its line.
    pub fn set(&mut self, sheet: Sheet<I>, height: usize) {
        let chosen = self.chosen().cloned();
        let line_before = self.first_line(self.at);
        self.sheet = sheet;
        self.height = height.max(1);
        if let Some(index) = chosen.and_then(|wanted| self.sheet.items.iter().position(|item| *item == wanted)) {
            self.at = index;
            if let (Some(before), Some(now)) = (line_before, self.first_line(index)) {
                self.scroll = (self.scroll + now).saturating_sub(before);
            }
        }
        self.clamp();
    }

    fn clamp(&mut self) {
        self.at = self.at.min(self.sheet.items.len().saturating_sub(1));
        self.scroll = self.scroll.min(self.len().saturating_sub(self.height));
    }

    /// Chooses this thing and shows it, at the top or wherever there is room; false when it is not there.
    pub fn choose(&mut self, wanted: &I, at_top: bool) -> bool {
        let Some(index) = self.sheet.items.iter().position(|item| item == wanted) else { return false };
        if at_top {
            self.go(index);
        } else {
            self.at = index;
            self.show_chosen();
        }
        true
    }

    /// The next or previous thing of a kind; false when there is none that way.
    pub fn jump(&mut self, by: isize, is_wanted: impl Fn(&I) -> bool) -> bool {
        let wanted = |(_, item): &(usize, &I)| is_wanted(item);
        let things = self.sheet.items.iter().enumerate();
        let found =
            if by > 0 { things.skip(self.at + 1).find(wanted) } else { things.take(self.at).filter(wanted).last() };
        let Some((index, _)) = found else { return false };
        self.at = index;
        // A heading is read with what stands below it.
        self.scroll = self.first_line(index).unwrap_or(0).saturating_sub(1);
        self.clamp();
        true
    }

    /// The line of the screen on which a thing begins, where it is on the screen.
    #[must_use]
    pub fn line_of(&self, wanted: &I) -> Option<usize> {
        let index = self.sheet.items.iter().position(|item| item == wanted)?;
        self.first_line(index)?.checked_sub(self.scroll).filter(|line| *line < self.height)
    }

    /// Lines below the screen.
    #[must_use]
    pub fn left_below(&self) -> usize {
        self.len().saturating_sub(self.scroll + self.height)
    }

    fn first_line(&self, item: usize) -> Option<usize> {
        self.sheet.rows.iter().position(|row| row.item == Some(item))
    }

    fn last_line(&self, item: usize) -> Option<usize> {
        self.sheet.rows.iter().rposition(|row| row.item == Some(item))
    }

    /// Moves by things where there are some, and by lines where the next one is off the screen.
    pub fn step(&mut self, by: isize) {
        let next = self.at.saturating_add_signed(by).min(self.sheet.items.len().saturating_sub(1));
        let (Some(first), Some(last)) = (self.first_line(next), self.last_line(next)) else {
            return self.roll(by);
        };
        let bottom = self.scroll + self.height;
        let far = if by > 0 { first >= bottom + 2 } else { last + 2 < self.scroll };
        if next == self.at || far {
            return self.roll(by);
        }
        self.at = next;
        self.show_chosen();
    }

    /// Moves the screen by lines.
    pub fn roll(&mut self, lines: isize) {
        self.scroll = self.scroll.saturating_add_signed(lines);
        self.clamp();
    }

    /// Moves the screen by lines and chooses what stands at its top: for reading.
    pub fn read(&mut self, lines: isize) {
        self.roll(lines);
        let top = self.sheet.rows.iter().skip(self.scroll).find_map(|row| row.item);
        self.at = top.unwrap_or(self.at);
        self.clamp();
    }

    /// A page up or down.
    pub fn page(&mut self, by: isize) {
        self.read(by * isize::try_from(self.height.saturating_sub(1).max(1)).unwrap_or(1));
    }

    /// Chooses a thing and puts its first line at the top.
    pub fn go(&mut self, item: usize) {
        self.at = item;
        self.clamp();
        self.scroll = self.first_line(self.at).unwrap_or(0);
        self.clamp();
    }

    /// Chooses a thing, where it is there, and shows it.
    pub fn stand_on(&mut self, item: &I) {
        if let Some(index) = self.sheet.items.iter().position(|known| known == item)
            && index != self.at
        {
            self.at = index;
            self.show_chosen();
        }
    }

    /// The place of the chosen thing.
    #[must_use]
    pub fn index(&self) -> usize {
        self.at
    }

    /// The very top.
    pub fn top(&mut self) {
        self.at = 0;
        self.scroll = 0;
    }

    /// The very bottom.
    pub fn bottom(&mut self) {
        self.at = self.sheet.items.len().saturating_sub(1);
        self.scroll = self.len();
        self.clamp();
    }

    /// Chooses the thing drawn on that line of the screen; true when it was chosen before.
    pub fn click(&mut self, line: usize) -> bool {
        let item = self.sheet.rows.get(self.scroll + line).and_then(|row| row.item);
        let again = item == Some(self.at);
        self.at = item.unwrap_or(self.at);
        again
    }

    fn show_chosen(&mut self) {
        if let (Some(first), Some(last)) = (self.first_line(self.at), self.last_line(self.at)) {
            if last >= self.scroll + self.height {
                self.scroll = (last + 1).saturating_sub(self.height);
            }
            // Above the first thing stand the facts: going back to it shows them again.
            self.scroll = self.scroll.min(if self.at == 0 { 0 } else { first });
            if self.at == 0 && last >= self.height {
                self.scroll = first;
            }
        }
        self.clamp();
    }

    /// Draws what fits. `mark` draws the chosen thing as chosen.
    pub fn view(&self, frame: &mut Frame, area: Rect, mark: Option<ratatui::style::Style>, styles: &Styles) {
        let text = Rect { width: area.width.saturating_sub(1), ..area };
        for (y, row) in (area.y..area.bottom()).zip(self.sheet.rows.iter().skip(self.scroll)) {
            let line = Rect { y, height: 1, ..text };
            frame.render_widget(&row.line, line);
            if let (Some(style), true) = (mark, row.item.is_some() && row.item == Some(self.at)) {
                frame.buffer_mut().set_style(line, style);
                // Never by colour alone: its first line has a mark in the blank column.
                let first = self.first_line(self.at) == Some(self.scroll + usize::from(y - area.y));
                if let (true, Some(cell)) = (first, frame.buffer_mut().cell_mut((line.x, y))) {
                    cell.set_symbol(">");
                }
            }
        }
        super::list::scroll_bar(frame, area, self.len(), self.scroll, styles);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn doc(lines: &[Option<usize>], items: usize, height: usize) -> Doc<usize> {
        let rows = lines.iter().map(|item| Row { line: Line::from("x"), item: *item }).collect();
        let mut doc = Doc::default();
        doc.set(Sheet { rows, items: (0..items).collect() }, height);
        doc
    }

    #[test]
    fn it_moves_by_things_and_by_lines_where_there_are_none() {
        let mut lines = vec![None; 10];
        lines.extend([Some(0), Some(0), Some(1)]);
        let mut doc = doc(&lines, 2, 5);
        doc.step(1);
        assert_eq!((doc.index(), doc.scroll), (0, 1)); // still among the facts
        for _ in 0..9 {
            doc.step(1);
        }
        assert_eq!((doc.index(), doc.scroll), (1, 8));
        doc.step(1);
        assert_eq!((doc.index(), doc.scroll), (1, 8));
        doc.top();
        assert_eq!((doc.index(), doc.scroll), (0, 0));
    }

    #[test]
    fn a_reload_keeps_the_chosen_thing() {
        let mut doc = doc(&[Some(0), Some(1), Some(2)], 3, 2);
        doc.step(1);
        let rows = [None, None, Some(0), Some(1)].map(|item| Row { line: Line::from("x"), item });
        doc.set(Sheet { rows: rows.to_vec(), items: vec![0, 1] }, 2);
        assert_eq!((doc.chosen(), doc.scroll), (Some(&1), 2));
    }
}
