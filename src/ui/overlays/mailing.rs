//! One mailing: its recipients, each with where they stand, and beside them the letter of the one that is chosen.

use super::{Overlay, room, window};
use crate::domain::id;
use crate::domain::mailing::{Bounced, RecipientRow, Skip, Stand, progress, results};
use crate::domain::problem::Problem;
use crate::ui::acts::mailings as acts;
use crate::ui::effect::{Effect, Generation};
use crate::ui::format;
use crate::ui::keymap;
use crate::ui::mailing_act::{MailingAct, MailingAnswer, MailingQuestion, Preview, Timed};
use crate::ui::slot::Slot;
use crate::ui::state::{Effects, State};
use crate::ui::theme::Styles;
use crate::ui::widgets::{list, pane};
use crossterm::event::KeyEvent;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;

/// With more columns than this the letter stands beside the list.
const WIDE: u16 = 110;

/// The recipients.
#[derive(Debug)]
pub struct Recipients {
    mailing: id::Mailing,
    /// Who is shown.
    only: Option<Stand>,
    /// The mailing and its pages so far.
    row: Option<Timed>,
    page: Slot<Vec<RecipientRow>>,
    more: bool,
    at: usize,
    /// The letter of the chosen one.
    letter: Slot<Preview>,
}

impl Recipients {
    /// Opens it.
    pub(in crate::ui) fn open(mailing: id::Mailing, last: &mut Generation, out: &mut Effects) -> Self {
        let mut opened =
            Self { mailing, only: None, row: None, page: Slot::default(), more: false, at: 0, letter: Slot::default() };
        opened.load(None, last, out);
        opened
    }

    fn rows(&self) -> &[RecipientRow] {
        self.page.value.as_deref().unwrap_or_default()
    }

    fn load(&mut self, after: Option<id::Recipient>, last: &mut Generation, out: &mut Effects) {
        let question = MailingQuestion::One { mailing: self.mailing, only: self.only, after };
        out.push(Effect::AskMailings { generation: self.page.ask(last), question });
    }

    /// Something of mailings changed: the first page is read again.
    pub(in crate::ui) fn refresh(&mut self, last: &mut Generation, out: &mut Effects) {
        if !self.page.is_asked() {
            self.load(None, last, out);
        }
    }

    /// An answer came.
    pub(in crate::ui) fn answered(
        &mut self,
        generation: Generation,
        answer: &MailingAnswer,
        last: &mut Generation,
        out: &mut Effects,
    ) {
        match answer {
            MailingAnswer::One { row, after, page, more } if self.page.take(generation) => {
                self.row = Some((**row).clone());
                self.more = *more;
                let chosen = self.rows().get(self.at).map(|row| row.id);
                match (after, &mut self.page.value) {
                    (Some(_), Some(rows)) => rows.extend(page.iter().cloned()),
                    (_, value) => *value = Some(page.clone()),
                }
                let place = self.rows().iter().position(|row| Some(row.id) == chosen);
                self.at = place.unwrap_or(self.at).min(self.rows().len().saturating_sub(1));
                self.ask_letter(last, out);
            }
            MailingAnswer::Letter(preview) => self.letter.fill(generation, preview),
            _ => {}
        }
    }

    /// A load failed.
    pub(in crate::ui) fn failed(&mut self, generation: Generation, problem: &Problem) {
        let _ = self.page.fail(generation, problem) || self.letter.fail(generation, problem);
    }

    fn ask_letter(&mut self, last: &mut Generation, out: &mut Effects) {
        let Some(row) = self.rows().get(self.at) else { return };
        let question = MailingQuestion::Letter(row.id);
        out.push(Effect::AskMailings { generation: self.letter.ask(last), question });
    }

    /// The next of: everybody, those who wait, are being sent to, had it, were refused, are in doubt, are skipped.
    fn next_filter(&mut self) {
        let place = Stand::EACH.iter().position(|stand| Some(*stand) == self.only);
        self.only = Stand::EACH.get(place.map_or(0, |place| place + 1)).copied();
    }

    pub(super) fn key(mut self: Box<Self>, state: &mut State, key: KeyEvent, out: &mut Effects) -> Option<Overlay> {
        let name = keymap::name(key);
        let row = self.rows().get(self.at).cloned();
        if let Some(to) = list::moved(name.as_deref(), self.at) {
            let to = to.min(self.rows().len().saturating_sub(1));
            if to != self.at {
                self.at = to;
                self.ask_letter(&mut state.generation, out);
            }
            // The end of what is here comes near.
            if self.more && !self.page.is_asked() && self.at + 20 > self.rows().len() {
                let after = self.rows().last().map(|row| row.id);
                self.load(after, &mut state.generation, out);
            }
        }
        let act = |act: MailingAct| Effect::Mailing(Box::new(act));
        match name.as_deref() {
            Some("esc" | "q") => return None,
            Some("tab" | "v") => {
                self.next_filter();
                self.at = 0;
                self.load(None, &mut state.generation, out);
            }
            Some("x") => {
                if let Some(row) = row {
                    out.push(act(MailingAct::Set { recipient: row.id, out: row.stand == Stand::Waiting }));
                }
            }
            Some("c") => out.push(act(MailingAct::Check(self.mailing))),
            Some("d") => out.push(act(MailingAct::DryRun(self.mailing))),
            Some("s") => {
                if let Some((row, _)) = &self.row {
                    acts::start(state, row, out);
                }
            }
            Some("p") => out.push(act(MailingAct::Pause(self.mailing))),
            Some("C") => {
                if let Some(contact) = row.and_then(|row| row.contact) {
                    acts::show_card(state, contact, out);
                    return None;
                }
            }
            _ => {}
        }
        Some(Overlay::Mailing(self))
    }

    pub(super) fn view(&self, state: &State, frame: &mut Frame, body: Rect) {
        let styles = &state.styles;
        let title = self.row.as_ref().map_or_else(|| "Mailing".to_owned(), |(row, _)| row.title.to_string());
        let inner = window(frame, body, &title, room(body, 240), usize::from(body.height), styles);
        let head = self.head(frame, inner, styles);
        let rest = Rect { y: inner.y + head, height: inner.height.saturating_sub(head), ..inner };
        let (rows, letter) = if rest.width >= WIDE {
            let left = rest.width / 2;
            let beside = Rect { x: rest.x + left + 2, width: rest.width - left - 2, ..rest };
            (Rect { width: left, ..rest }, beside)
        } else {
            let top = rest.height / 2;
            (Rect { height: top, ..rest }, Rect { y: rest.y + top, height: rest.height - top, ..rest })
        };
        if !pane::missing(frame, rows, &self.page, "the recipients", styles) {
            self.list(frame, rows, styles);
        }
        self.letter(frame, letter, letter.y > rows.y, styles);
    }

    /// How far it is and what came of it; gives how many lines that took.
    fn head(&self, frame: &mut Frame, area: Rect, styles: &Styles) -> u16 {
        let Some((row, left)) = &self.row else { return 0 };
        let shown = self.only.map_or_else(|| "everybody".to_owned(), |only| format!("only {}", only.word()));
        let first = format!("{}: {} · {shown}", row.state.word(), progress(&row.counts, row.state, *left));
        let second = match (row.why.is_empty(), results(&row.counts)) {
            (false, _) => (format!("paused because {}", row.why), styles.bad),
            (true, words) => (words, styles.dim),
        };
        let mut y = area.y;
        for (text, style) in [(first, styles.strong), second] {
            for part in textwrap::wrap(&text, usize::from(area.width).max(1)) {
                if y < area.bottom() {
                    frame.render_widget(Line::styled(part.into_owned(), style), Rect { y, height: 1, ..area });
                    y += 1;
                }
            }
        }
        (y + 1).saturating_sub(area.y).min(area.height)
    }

    fn list(&self, frame: &mut Frame, area: Rect, styles: &Styles) {
        if self.rows().is_empty() {
            return list::notice(
                frame,
                area,
                &[("Nobody here stands so.", styles.text), ("Tab shows others.", styles.dim)],
            );
        }
        list::chosen(frame, area, (self.at, self.rows().len()), styles, |index, columns| {
            let Some(row) = self.rows().get(index) else { return Line::default() };
            let (words, style) = stand(row, styles);
            let name_columns = (columns / 3).clamp(8, 30);
            list::columns(&[
                (words, 12, style),
                (row.name.as_str(), name_columns, styles.text),
                (&detail(row), columns.saturating_sub(name_columns + 14), styles.dim),
            ])
        });
    }

    fn letter(&self, frame: &mut Frame, area: Rect, below: bool, styles: &Styles) {
        let Some(preview) = &self.letter.value else { return };
        let mut lines: Vec<(String, Style)> = Vec::new();
        if preview.letter {
            lines.push((format!("Subject: {}", preview.subject), styles.strong));
            lines.extend(preview.notes.iter().map(|note| (format!("Look: {note}"), styles.waits)));
            lines.push((String::new(), styles.dim));
            lines.extend(preview.text.lines().map(|line| (line.to_owned(), styles.text)));
        } else {
            lines.push((format!("No letter: {}", preview.subject), styles.bad));
        }
        let rule = "─".repeat(usize::from(area.width));
        let mut y = area.y;
        if below && area.height > 1 {
            frame.render_widget(
                Line::styled(format::cut(&rule, usize::from(area.width)), styles.dim),
                Rect { height: 1, ..area },
            );
            y += 1;
        }
        for (text, style) in lines {
            for part in textwrap::wrap(&text, usize::from(area.width).max(1)) {
                if y >= area.bottom() {
                    return;
                }
                frame.render_widget(Line::styled(part.into_owned(), style), Rect { y, height: 1, ..area });
                y += 1;
            }
        }
    }
}

/// Where somebody stands, in a word, with what came of it where that says more.
fn stand<'a>(row: &RecipientRow, styles: &'a Styles) -> (&'static str, Style)
where
    Styles: 'a,
{
    match (row.stand, row.bounced) {
        _ if row.opted_out => ("opted out", styles.bad),
        (_, Some(Bounced::Hard)) => ("bounced", styles.bad),
        (_, Some(Bounced::Soft)) => ("not now", styles.waits),
        _ if row.answered => ("answered", styles.good),
        (Stand::Waiting | Stand::Sending, _) => (row.stand.word(), styles.waits),
        (Stand::Sent, _) => ("sent", styles.good),
        (Stand::Refused, _) => ("refused", styles.bad),
        (Stand::Uncertain, _) => ("maybe sent", styles.bad),
        (Stand::Skipped, _) if row.skip == Some(Skip::Missing) => ("missing", styles.bad),
        (Stand::Skipped, _) => ("skipped", styles.dim),
    }
}

fn detail(row: &RecipientRow) -> String {
    let says = matches!(row.stand, Stand::Skipped | Stand::Refused | Stand::Uncertain) || row.not_before.is_some();
    if says && !row.reason.is_empty() { row.reason.to_string() } else { row.address.to_string() }
}
