//! A template in the built-in editor: its check with line numbers at once, what it comes to for a client, short codes completed.

use super::{Overlay, room, window};
use crate::domain::id;
use crate::domain::template::{CODES, Code};
use crate::domain::text::Text;
use crate::ui::compose;
use crate::ui::effect::{Effect, Generation, PreviewOf, TemplateAct};
use crate::ui::event::Previewed;
use crate::ui::keymap;
use crate::ui::slot::Slot;
use crate::ui::state::{Effects, State};
use crate::ui::theme::Styles;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::Line;
use ratatui_textarea::{CursorMove, DataCursor, TextArea, WrapMode};

/// Short codes offered at once.
const OFFERS: usize = 6;
/// From this width on the letter stands beside the template.
const SIDE_BY_SIDE: u16 = 100;

/// The editor.
#[derive(Debug)]
pub struct TemplateEditor {
    /// Its file in my folder; none yet for a new one.
    file: Option<String>,
    /// It is a copy of a bundled one until it is kept.
    copied: bool,
    area: TextArea<'static>,
    before: String,
    about: (Option<id::Contact>, Option<id::Deal>),
    /// What it comes to, and what is wrong with it.
    pub slot: Slot<Previewed>,
    /// The chosen short code among those offered.
    at: usize,
    /// All short codes are shown, though none is typed.
    listed: bool,
    /// Words that the listed ones have.
    words: String,
    /// What is offered was put away.
    away: bool,
    /// Esc was pressed once though something was changed.
    asked: bool,
}

impl TemplateEditor {
    /// With the text of a file, previewed for this client.
    #[must_use]
    pub fn new(file: Option<String>, copied: bool, text: &str, about: (Option<id::Contact>, Option<id::Deal>)) -> Self {
        let mut area = area_with(text);
        area.move_cursor(CursorMove::Top);
        Self {
            file,
            copied,
            area,
            before: text.to_owned(),
            about,
            slot: Slot::default(),
            at: 0,
            listed: false,
            words: String::new(),
            away: false,
            asked: false,
        }
    }

    fn text(&self) -> String {
        format!("{}\n", self.area.lines().join("\n").trim_end())
    }

    fn changed(&self) -> bool {
        self.text().trim_end() != self.before.trim_end()
    }

    /// Asks what it comes to now.
    pub fn ask(&mut self, last: &mut Generation, out: &mut Effects) {
        let generation = self.slot.ask(last);
        let (contact, deal) = self.about;
        let file = self.file.clone().unwrap_or_else(|| "new.md".to_owned());
        let template = PreviewOf::Text { file, text: self.text(), contact, deal };
        out.push(Effect::PreviewTemplate { generation, template: Box::new(template) });
    }

    /// The external editor gave the text back.
    pub fn replaced(&mut self, text: &str, last: &mut Generation, out: &mut Effects) {
        self.area = area_with(text);
        self.ask(last, out);
    }

    /// It is kept under this name.
    pub fn kept(&mut self, file: &str) {
        self.file = Some(file.to_owned());
        self.copied = false;
        self.before = self.text();
        self.asked = false;
    }

    pub(super) fn paste(&mut self, pasted: &str, last: &mut Generation, out: &mut Effects) {
        self.area.insert_str(Text::block(pasted).as_str());
        self.ask(last, out);
    }

    /// The line up to the cursor.
    fn before_cursor(&self) -> String {
        let DataCursor(row, column) = self.area.cursor();
        self.area.lines().get(row).map(|line| line.chars().take(column).collect()).unwrap_or_default()
    }

    /// The part of a short code that stands before the cursor, where one is being typed.
    fn typed(&self) -> Option<String> {
        let before = self.before_cursor();
        let open = before.rfind("{{").max(before.rfind("{%"))?;
        let inside = before.get(open + 2..)?;
        if inside.contains("}}") || inside.contains("%}") || inside.contains('"') {
            return None;
        }
        let word = inside.rsplit(|c: char| !c.is_alphanumeric() && c != '_' && c != '.').next().unwrap_or("");
        Some(word.to_lowercase())
    }

    /// The short codes that are offered.
    fn offers(&self) -> Vec<&'static Code> {
        if self.away && !self.listed {
            return Vec::new();
        }
        let typed = self.typed();
        match (&typed, self.listed) {
            (None, false) => Vec::new(),
            (None, true) => CODES
                .iter()
                .filter(|code| {
                    let line = format!("{} {}", code.name, code.meaning);
                    self.words.split_whitespace().all(|word| line.contains(word))
                })
                .collect(),
            (Some(word), _) => {
                let finished = CODES.iter().any(|code| code.name == word);
                let begins = CODES.iter().filter(|code| code.name.starts_with(word.as_str()));
                let holds = CODES.iter().filter(|code| {
                    !code.name.starts_with(word.as_str()) && !word.is_empty() && code.name.contains(word.as_str())
                });
                if finished && !self.listed { Vec::new() } else { begins.chain(holds).collect() }
            }
        }
    }

    /// Puts the chosen short code in the place of what was typed.
    fn accept(&mut self) -> bool {
        let Some(code) = self.offers().get(self.at).copied() else { return false };
        let typed = self.typed();
        for _ in 0..typed.as_deref().unwrap_or("").chars().count() {
            self.area.delete_char();
        }
        let DataCursor(row, column) = self.area.cursor();
        let after: String = self.area.lines().get(row).map(|l| l.chars().skip(column).collect()).unwrap_or_default();
        let before = self.before_cursor();
        let list = matches!(code.name, "deal.offer_lines" | "payments");
        let text = match (&typed, list) {
            (None, false) => format!("{{{{ {} }}}}", code.name),
            (None, true) => loop_over(code.name),
            (Some(_), _) => {
                let blank = if before.ends_with(['{', '%']) { " " } else { "" };
                let open = before.rfind("{{") > before.rfind("{%");
                let close = if open && !after.trim_start().starts_with("}}") { " }}" } else { "" };
                format!("{blank}{}{close}", code.name)
            }
        };
        self.area.insert_str(text);
        (self.at, self.listed, self.away) = (0, false, false);
        self.words.clear();
        true
    }

    pub(super) fn key(mut self: Box<Self>, state: &mut State, key: KeyEvent, out: &mut Effects) -> Option<Overlay> {
        if self.narrows(key) {
            return Some(Overlay::TemplateEditor(self));
        }
        let offers = self.offers().len();
        let name = keymap::name(key);
        let asked = std::mem::take(&mut self.asked);
        match name.as_deref() {
            Some("esc") if offers > 0 || self.listed => (self.listed, self.away) = (false, true),
            Some("esc") if asked || !self.changed() => return None,
            Some("esc") => self.asked = true,
            Some("ctrl-s") => {
                out.push(Effect::Template(TemplateAct::Keep { file: self.file.clone(), text: self.text() }))
            }
            Some("ctrl-e") => out.push(Effect::Template(TemplateAct::Outside { text: self.text() })),
            Some("ctrl-z") => self.changed_by(compose::undo, &mut state.generation, out),
            Some("ctrl-y") => self.changed_by(compose::redo, &mut state.generation, out),
            Some("ctrl-k") => {
                self.words.clear();
                (self.listed, self.away, self.at) = (!self.listed, false, 0);
            }
            Some("enter" | "tab") if offers > 0 && self.accept() => self.ask(&mut state.generation, out),
            Some("down") if offers > 0 => self.at = (self.at + 1).min(offers - 1),
            Some("up") if offers > 0 => self.at = self.at.saturating_sub(1),
            _ => {
                let before = self.area.lines().to_vec();
                if key.code == KeyCode::Tab {
                    self.area.insert_str("  ");
                } else {
                    self.area.input(key);
                }
                if self.area.lines() != before.as_slice() {
                    (self.at, self.away) = (0, false);
                    self.ask(&mut state.generation, out);
                }
            }
        }
        Some(Overlay::TemplateEditor(self))
    }

    /// A letter that is typed while all short codes are listed narrows them; it does not go into the text behind the list.
    fn narrows(&mut self, key: KeyEvent) -> bool {
        if !self.listed || self.typed().is_some() || key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT)
        {
            return false;
        }
        match key.code {
            KeyCode::Char(letter) => self.words.push(letter),
            KeyCode::Backspace => drop(self.words.pop()),
            _ => return false,
        }
        self.at = 0;
        true
    }

    fn changed_by(&mut self, act: fn(&mut TextArea<'static>) -> bool, last: &mut Generation, out: &mut Effects) {
        if act(&mut self.area) {
            self.ask(last, out);
        }
    }

    pub(super) fn view(&self, state: &State, frame: &mut Frame, body: Rect) {
        let styles = &state.styles;
        let title = match (&self.file, self.copied) {
            (None, _) => "New template".to_owned(),
            (Some(file), true) => format!("{file}, as it comes with Postbook: kept as a file of yours"),
            (Some(file), false) => file.clone(),
        };
        let columns = room(body, usize::from(body.width));
        let inner = window(frame, body, &title, columns, usize::from(body.height), styles);
        let content = Rect { height: inner.height.saturating_sub(1), ..inner };
        let (left, right) = parted(content);
        let mut shown = self.area.clone();
        shown.set_style(styles.text);
        shown.set_cursor_style(Style::new().add_modifier(Modifier::REVERSED));
        frame.render_widget(&shown, left);
        if let Some(previewed) = &self.slot.value {
            lines(frame, right, &in_lines(previewed, usize::from(right.width), styles), styles);
        }
        self.offered(frame, left, styles);
        let (said, style) = if self.asked {
            ("Esc again throws the changes away, Ctrl-S keeps them.".to_owned(), styles.bad)
        } else if self.listed && self.typed().is_none() {
            let none = if self.offers().is_empty() { "no short code has these words" } else { "Enter puts it in" };
            (format!("/{}  {none}  Esc closes the list", self.words), styles.accent)
        } else {
            ("Ctrl-S keeps it  Ctrl-K short codes  Ctrl-E your editor  Esc leaves".to_owned(), styles.dim)
        };
        let last = Rect { y: inner.bottom().saturating_sub(1), height: 1, ..inner };
        frame.render_widget(Line::styled(said, style), last);
    }

    /// The offered short codes, at the foot of the text.
    fn offered(&self, frame: &mut Frame, area: Rect, styles: &Styles) {
        let offers = self.offers();
        let rows = offers.len().min(OFFERS);
        let first = self.at.saturating_sub(OFFERS - 1);
        let top = area.bottom().saturating_sub(u16::try_from(rows).unwrap_or(0)).max(area.y);
        for (line, (index, code)) in (top..area.bottom()).zip(offers.iter().enumerate().skip(first).take(OFFERS)) {
            let card = code.name.split_once('.').map_or("", |(card, _)| card);
            let mark = if index == self.at { ">" } else { " " };
            let words = format!("{mark} {:<22} {} {}", code.name, card, code.meaning);
            let style = if index == self.at { styles.selected } else { styles.accent };
            let text = crate::ui::format::fit(&words, usize::from(area.width));
            frame.render_widget(Line::styled(text, style), Rect { y: line, height: 1, ..area });
        }
    }
}

/// Where the text and the letter stand: beside one another, or the letter below.
fn parted(area: Rect) -> (Rect, Rect) {
    if area.width >= SIDE_BY_SIDE {
        let half = area.width / 2;
        (
            Rect { width: half.saturating_sub(1), ..area },
            Rect { x: area.x + half + 1, width: area.width.saturating_sub(half + 1), ..area },
        )
    } else {
        let upper = area.height * 3 / 5;
        (Rect { height: upper, ..area }, Rect { y: area.y + upper, height: area.height.saturating_sub(upper), ..area })
    }
}

fn lines(frame: &mut Frame, area: Rect, rows: &[(String, Style)], _styles: &Styles) {
    for (y, (text, style)) in (area.y..area.bottom()).zip(rows) {
        frame.render_widget(Line::styled(text.clone(), *style), Rect { y, height: 1, ..area });
    }
}

/// A preview in lines: what is wrong, or the letter.
pub(super) fn in_lines(previewed: &Previewed, columns: usize, styles: &Styles) -> Vec<(String, Style)> {
    let mut rows: Vec<(String, Style)> = Vec::new();
    let mut add = |text: &str, style| {
        let wrapped = textwrap::wrap(text, columns.max(10));
        rows.extend(wrapped.into_iter().map(|line| (line.into_owned(), style)));
    };
    if !previewed.whom.is_empty() {
        add(&format!("For {}:", previewed.whom), styles.dim);
    }
    for problem in &previewed.problems {
        add(problem.as_str(), styles.bad);
    }
    if let Some((subject, text)) = &previewed.letter {
        add(subject.as_str(), styles.strong);
        add("", styles.dim);
        for line in text.lines() {
            add(line, styles.text);
        }
    }
    rows
}

/// A loop over a list, with every field.
fn loop_over(list: &str) -> String {
    match list {
        "payments" => {
            "{% for payment in payments %}\n- {{ payment.title }}: {{ payment.amount }}, {{ payment.due_on }}\n{% endfor %}"
        }
        _ => {
            "{% for line in deal.offer_lines %}\n- {{ line.title }}: {{ line.quantity }} × {{ line.unit_price }} = {{ line.total }}\n{% endfor %}"
        }
    }
    .to_owned()
}

fn area_with(text: &str) -> TextArea<'static> {
    let mut area = TextArea::new(Text::block(text).lines().map(str::to_owned).collect());
    area.set_cursor_line_style(Style::new());
    area.set_wrap_mode(WrapMode::WordOrGlyph);
    area.set_max_histories(500);
    area
}
