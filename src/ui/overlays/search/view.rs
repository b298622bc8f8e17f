//! How a search looks.

use super::Search;
use super::rows::Row;
use crate::domain::query::{CardHit, FIELDS, Hit, Kind, Order, Total, folded_words};
use crate::domain::text::Text;
use crate::ui::format;
use crate::ui::overlays::{room, window};
use crate::ui::state::{Clock, State};
use crate::ui::theme::Styles;
use crate::ui::widgets::{list, pane};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

impl Search {
    pub(in crate::ui::overlays) fn view(&self, state: &State, frame: &mut Frame, body: Rect) {
        let styles = &state.styles;
        let columns = room(body, 130);
        let inner = window(frame, body, &self.title(), columns, usize::from(body.height), styles);
        if let Some(first) = self.help {
            return help(frame, inner, first, styles);
        }
        let line = Rect { height: 1, ..inner };
        frame.render_widget(Span::styled("/", styles.accent), line);
        self.field.view(
            frame,
            Rect { x: line.x + 1, width: line.width.saturating_sub(1), ..line },
            !self.in_list,
            styles,
        );
        let below = self.below(usize::from(inner.width), styles);
        let said = u16::try_from(below.len()).unwrap_or(0);
        for (y, line) in (inner.y + 1..inner.bottom()).zip(below) {
            frame.render_widget(line, Rect { y, height: 1, ..inner });
        }
        let top = (1 + said.max(1)).min(inner.height);
        let rows = Rect { y: inner.y + top, height: inner.height - top, ..inner };
        self.view_rows(state, frame, rows);
    }

    fn title(&self) -> String {
        let order = if self.order == Order::Newest { ", newest first" } else { "" };
        // What stands below is still what was asked before.
        let order = if self.slot.is_asked() { format!("{order}, looking…") } else { order.to_owned() };
        match self.slot.value.as_ref().filter(|_| !self.typed().is_empty()) {
            Some(answer) if !answer.hits.is_empty() => {
                format!("Search letters and cards: {}{order}", answer.letters.in_words("letter", "letters"))
            }
            _ => format!("Search letters and cards{order}"),
        }
    }

    /// Under the line: what it can become, and what of it was not understood.
    fn below(&self, columns: usize, styles: &Styles) -> Vec<Line<'static>> {
        let mut lines = Vec::new();
        let offers = if self.in_list { Vec::new() } else { self.completions() };
        if let Some(((first, what), rest)) = offers.split_first() {
            let mut spans = vec![Span::styled("Tab ", styles.accent), Span::styled(first.clone(), styles.strong)];
            if rest.is_empty() {
                spans.push(Span::styled(format!("  {what}"), styles.dim));
            }
            let mut used: usize = spans.iter().map(|span| format::width(&span.content)).sum();
            for (offer, _) in rest {
                used += format::width(offer) + 2;
                if used > columns {
                    break;
                }
                spans.push(Span::styled(format!("  {offer}"), styles.dim));
            }
            lines.push(Line::from(spans));
        }
        for note in self.slot.value.iter().flat_map(|answer| &answer.notes).take(3) {
            for part in textwrap::wrap(&format!("! {note}"), columns.max(1)) {
                lines.push(Line::styled(part.into_owned(), styles.waits));
            }
        }
        lines
    }

    fn view_rows(&self, state: &State, frame: &mut Frame, rows: Rect) {
        let styles = &state.styles;
        if self.typed().is_empty() {
            let lines = [
                (
                    "Words of a letter, a name, an address, a deal. All of them must occur, in any of their forms; \"in quotes\" exactly so.",
                    styles.dim,
                ),
                ("", styles.dim),
                ("from:anna is:unread    company:acme has:pdf    amount:>1000 is:open    counter:silent", styles.text),
                ("", styles.dim),
                ("? shows everything that can be asked, ↑ what was asked lately, V the saved searches.", styles.dim),
            ];
            return list::notice(frame, rows, &lines);
        }
        if pane::missing(frame, rows, &self.slot, "what was found", styles) {
            return;
        }
        let found = self.rows();
        if found.is_empty() {
            let words = self.typed().chars().any(char::is_alphanumeric);
            let said = if words { "Nothing has all of this." } else { "Only words can be searched for." };
            let hint = "A name, an address or the begin of a word is enough; fewer words find more. F1 shows what can be asked.";
            return list::notice(frame, rows, &[(said, styles.text), (hint, styles.dim)]);
        }
        self.view_found(&found, state, frame, rows);
    }

    fn view_found(&self, found: &[Row<'_>], state: &State, frame: &mut Frame, rows: Rect) {
        let (styles, clock) = (&state.styles, state.clock());
        let shown = self.slot.value.as_ref().map(|answer| answer.shown.as_slice()).unwrap_or_default();
        let heights: Vec<usize> = found.iter().map(Row::height).collect();
        // The selected row is in sight, as low as it can be.
        let height = usize::from(rows.height);
        let mut first = 0;
        while first < self.at && heights.iter().take(self.at + 1).skip(first).sum::<usize>() > height {
            first += 1;
        }
        let columns = usize::from(rows.width).saturating_sub(1);
        let mut y = rows.y;
        for (index, row) in found.iter().enumerate().skip(first) {
            let lines = row_lines(row, index == self.at, columns, &clock, shown, styles);
            let head = u16::from(row.height() > usize::from(row_height(row)));
            for line in lines {
                if y >= rows.bottom() {
                    break;
                }
                frame.render_widget(line, Rect { y, height: 1, width: rows.width.saturating_sub(1), ..rows });
                y += 1;
            }
            if index == self.at {
                let top = (y - row_height(row).min(y)).max(rows.y + head);
                let place = Rect { y: top, height: y.saturating_sub(top), width: rows.width.saturating_sub(1), ..rows };
                frame.buffer_mut().set_style(place, if self.in_list { styles.selected } else { styles.idle });
            }
            if y >= rows.bottom() {
                break;
            }
        }
        list::scroll_bar(frame, rows, heights.iter().sum(), heights.iter().take(first).sum(), styles);
    }
}

fn row_height(row: &Row<'_>) -> u16 {
    if matches!(row, Row::Letter(..)) { 2 } else { 1 }
}

fn row_lines(
    row: &Row<'_>,
    selected: bool,
    columns: usize,
    clock: &Clock,
    shown: &[String],
    styles: &Styles,
) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    let heading = |kind: Kind, total: Total| {
        let word = kind.plural();
        let mut letters = word.chars();
        let title: String =
            letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default();
        let count = crate::domain::text::grouped(total.count);
        Line::styled(format!("{title} {count}{}", if total.exact { "" } else { "+" }), styles.accent)
    };
    match row {
        Row::Letter(hit, total) => {
            lines.extend(total.map(|total| heading(Kind::Letter, total)));
            lines.extend(hit_lines(hit, selected, columns, clock, shown, styles));
        }
        Row::Card(card, total) => {
            lines.extend(total.map(|total| heading(card.kind, total)));
            lines.push(card_line(card, selected, columns, clock, shown, styles));
        }
        Row::More(kind, total) => {
            let mark = if selected { "> " } else { "  " };
            let count = crate::domain::text::grouped(total.count);
            let sign = if total.exact { "" } else { " and more" };
            lines.push(Line::styled(format!("{mark}Enter shows all {count}{sign} {}", kind.plural()), styles.dim));
        }
    }
    lines
}

/// Who and when with the subject, and the words around what was found.
fn hit_lines(
    hit: &Hit,
    selected: bool,
    columns: usize,
    clock: &Clock,
    shown: &[String],
    styles: &Styles,
) -> [Line<'static>; 2] {
    let mark = if selected { "> " } else { "  " };
    let who = hit.contact.as_ref().unwrap_or(&hit.from);
    let who_columns = (columns / 3).min(28);
    let subject = if hit.subject.is_empty() { "(no subject)" } else { hit.subject.as_str() };
    let signs = [(hit.unread, "unread"), (hit.flagged, "flagged"), (hit.files, "file")];
    let signs: Vec<&str> = signs.into_iter().filter(|(is, _)| *is).map(|(_, word)| word).collect();
    let right = if signs.is_empty() {
        clock.moment(hit.date)
    } else {
        format!("{}  {}", signs.join(" "), clock.moment(hit.date))
    };
    let head = format!("{} {subject}", format::fit(who.as_str(), who_columns));
    let head = format::ends(&head, &right, columns.saturating_sub(2));
    let style = if hit.unread { styles.strong } else { styles.text };
    let snippet = format::cut(hit.snippet.as_str(), columns.saturating_sub(4));
    let mut first = vec![Span::raw(mark)];
    first.extend(visible(&head, shown, style));
    let mut second = vec![Span::raw("    ")];
    second.extend(visible(&snippet, shown, styles.dim));
    [Line::from(first), Line::from(second)]
}

fn card_line(
    card: &CardHit,
    selected: bool,
    columns: usize,
    clock: &Clock,
    shown: &[String],
    styles: &Styles,
) -> Line<'static> {
    let mark = if selected { "> " } else { "  " };
    let title = if card.title.is_empty() { Text::own("(no name)") } else { card.title.clone() };
    let lead = if card.lead { "lead " } else { "" };
    let left = format!("{} {lead}{}", format::fit(title.as_str(), (columns / 2).min(44)), card.detail);
    let right = card.at.map(|at| clock.moment(at)).unwrap_or_default();
    let text = format::ends(&left, &right, columns.saturating_sub(2));
    let mut spans = vec![Span::raw(mark)];
    spans.extend(visible(&text, shown, styles.text));
    Line::from(spans)
}

/// The text with the words that were found made visible: bold and underlined, so that no colour is needed.
pub(super) fn visible(text: &str, shown: &[String], style: Style) -> Vec<Span<'static>> {
    let mark = style.add_modifier(Modifier::BOLD | Modifier::UNDERLINED).remove_modifier(Modifier::DIM);
    let mut spans: Vec<Span<'static>> = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let word_end = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
        let (word, after) = rest.split_at(word_end);
        if !word.is_empty() && is_shown(word, shown) {
            if !plain.is_empty() {
                spans.push(Span::styled(std::mem::take(&mut plain), style));
            }
            spans.push(Span::styled(word.to_owned(), mark));
        } else {
            plain.push_str(word);
        }
        let gap_end = after.find(char::is_alphanumeric).unwrap_or(after.len());
        let (gap, next) = after.split_at(gap_end);
        plain.push_str(gap);
        rest = next;
    }
    if !plain.is_empty() {
        spans.push(Span::styled(plain, style));
    }
    spans
}

fn is_shown(word: &str, shown: &[String]) -> bool {
    let folded = folded_words(word);
    shown.iter().any(|shown| match shown.strip_suffix('*') {
        Some(begin) => folded.starts_with(begin),
        None => folded == *shown,
    })
}

/// Lines that explain the language.
pub(super) const HELP_LINES: usize = FIELDS.len() + BESIDE_FIELDS.len();

const BESIDE_FIELDS: [(&str, &str); 7] = [
    ("word", "it or one of its forms: offer finds offers, ofertę finds oferta"),
    ("\"two words\"", "exactly these, one after the other"),
    ("wor*", "what begins so; the last word does while you type"),
    ("a or b", "one of them; not a, -a: without it; ( ) join"),
    ("Tab", "completes, then goes into the list: e z f r E m ! act there"),
    ("Ctrl-O", "the newest first, or clients first"),
    ("Ctrl-S", "keeps the search; V lists those that are kept"),
];

/// The language, from a line on where not all of it fits; on a wide screen in two columns.
fn help(frame: &mut Frame, area: Rect, first: usize, styles: &Styles) {
    let fields = FIELDS.iter().map(|(_, what, example)| (*example, *what));
    let (words, keys) = BESIDE_FIELDS.split_at(4);
    let lines: Vec<(&str, &str)> = words.iter().copied().chain(fields).chain(keys.iter().copied()).collect();
    let (columns, height) = (usize::from(area.width), usize::from(area.height).max(1));
    let two = columns >= 110;
    let room = if two { height * 2 } else { height };
    let first = first.min(lines.len().saturating_sub(room));
    let wide = if two { columns / 2 } else { columns };
    for (index, (typed, what)) in lines.iter().skip(first).take(room).enumerate() {
        let (column, row) = (index / height, index % height);
        let x = area.x + u16::try_from(column * wide).unwrap_or(0);
        let line = Line::from(vec![
            Span::styled(format::fit(typed, 18), styles.strong),
            Span::styled(format::cut(what, wide.saturating_sub(20)), styles.text),
        ]);
        let place = Rect {
            x,
            y: area.y + u16::try_from(row).unwrap_or(0),
            width: u16::try_from(wide).unwrap_or(area.width).min(area.right().saturating_sub(x)),
            height: 1,
        };
        frame.render_widget(line, place);
    }
    list::scroll_bar(frame, Rect { width: area.width + 1, ..area }, if two { 0 } else { lines.len() }, first, styles);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_were_found_are_marked() {
        let shown = ["offer".to_owned(), "lodz*".to_owned()];
        let spans = visible("An OFFER, offers to Łódźer", &shown, Style::new());
        let marked: Vec<&str> = spans
            .iter()
            .filter(|span| span.style.add_modifier.contains(Modifier::UNDERLINED))
            .map(|span| span.content.as_ref())
            .collect();
        assert_eq!(marked, ["OFFER", "Łódźer"]);
        assert_eq!(spans.iter().map(|span| span.content.as_ref()).collect::<String>(), "An OFFER, offers to Łódźer");
    }
}
