//! The queue of names: one key takes the proposal and goes to the next.

use super::{fact, lines};
use crate::domain::contact::{Kind, Name};
use crate::domain::name_split::{Confidence, Waiting};
use crate::domain::text::{Text, grouped};
use crate::ui::effect::{Effect, Generation};
use crate::ui::format;
use crate::ui::keymap;
use crate::ui::overlays::{room, window};
use crate::ui::slot::Slot;
use crate::ui::state::{Effects, State};
use crate::ui::theme::Styles;
use crate::ui::widgets::field::Field;
use crate::ui::widgets::{list, pane};
use crossterm::event::{KeyCode, KeyEvent};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

/// Fewer rows than this left: the next page is asked for.
const NEARLY_DONE: usize = 30;

/// The queue.
#[derive(Debug, Default)]
pub struct Names {
    /// Those that wait, as far as they were read.
    pub slot: Slot<Vec<Waiting>>,
    /// How many there are in all.
    total: u64,
    /// The person in question.
    at: usize,
    /// There may be more than were read.
    more: bool,
    /// The next answer is the next page.
    continues: bool,
    /// The parts while they are typed, and the one in use.
    typing: Option<([Field; 3], usize)>,
}

impl Names {
    /// Asks for the first page.
    pub fn ask(&mut self, last: &mut Generation, out: &mut Effects) {
        self.continues = false;
        out.push(Effect::LoadNames { generation: self.slot.ask(last), after: None });
    }

    /// Asks again, unless a question is on its way.
    pub(super) fn reload(&mut self, last: &mut Generation, out: &mut Effects) {
        self.ask(last, out);
    }

    pub(super) fn loaded(&mut self, generation: Generation, rows: &[Waiting], total: u64) {
        if !self.slot.take(generation) {
            return;
        }
        let here = self.person().map(|row| row.contact);
        let mut all = if self.continues { self.slot.value.take().unwrap_or_default() } else { Vec::new() };
        let known: std::collections::HashSet<_> = all.iter().map(|row| row.contact).collect();
        all.extend(rows.iter().filter(|row| !known.contains(&row.contact)).cloned());
        (self.total, self.more) = (total, rows.len() >= 200);
        self.at = here
            .and_then(|here| all.iter().position(|row| row.contact == here))
            .unwrap_or(self.at)
            .min(all.len().saturating_sub(1));
        self.slot.value = Some(all);
    }

    fn rows(&self) -> &[Waiting] {
        self.slot.value.as_deref().unwrap_or_default()
    }

    fn person(&self) -> Option<&Waiting> {
        self.rows().get(self.at)
    }

    pub(super) fn paste(&mut self, pasted: &str) {
        if let Some((fields, at)) = &mut self.typing
            && let Some(field) = fields.get_mut(*at)
        {
            field.paste(pasted);
        }
    }

    pub(super) fn hints(&self) -> &'static [(&'static str, &'static str)] {
        if self.typing.is_some() {
            return &[("enter", "take it"), ("tab", "next part"), ("esc", "back")];
        }
        &[
            ("enter", "take it, next"),
            ("s", "swap"),
            ("e", "edit"),
            ("space", "skip"),
            ("x", "not a person"),
            ("u", "undo"),
            ("esc", "close"),
        ]
    }

    pub(super) fn key(mut self: Box<Self>, state: &mut State, key: KeyEvent, out: &mut Effects) -> Option<Box<Self>> {
        if self.typing.is_some() {
            return Some(self.type_key(state, key, out));
        }
        match keymap::name(key).as_deref() {
            Some("enter" | "y" | "a") => match self.person().map(|row| (row.contact, row.split.name.clone())) {
                Some((_, name)) if name.given.is_empty() && name.family.is_empty() => self.edit(),
                Some((contact, name)) => {
                    out.push(Effect::NamePerson { contact, name });
                    self.next(state, out);
                }
                None => return None,
            },
            Some("s") => self.swap(),
            Some("e") => self.edit(),
            Some("x" | "n") => {
                if let Some(row) = self.person() {
                    out.push(Effect::NotPerson(row.contact));
                    self.next(state, out);
                }
            }
            Some("space" | "j" | "down") => self.at = (self.at + 1).min(self.rows().len().saturating_sub(1)),
            Some("k" | "up") => self.at = self.at.saturating_sub(1),
            Some("u") => out.push(Effect::Undo),
            Some("esc" | "q") => return None,
            _ => {}
        }
        self.read_on(state, out);
        Some(self)
    }

    /// The person in question is done with: the next one takes the place.
    fn next(&mut self, state: &mut State, out: &mut Effects) {
        if let Some(rows) = &mut self.slot.value
            && self.at < rows.len()
        {
            rows.remove(self.at);
            self.total = self.total.saturating_sub(1);
            self.at = self.at.min(rows.len().saturating_sub(1));
        }
        self.read_on(state, out);
    }

    fn read_on(&mut self, state: &mut State, out: &mut Effects) {
        let left = self.rows().len().saturating_sub(self.at);
        let last = self.rows().last().map(|row| row.contact);
        if self.more && left < NEARLY_DONE && last.is_some() {
            (self.more, self.continues) = (false, true);
            out.push(Effect::LoadNames { generation: self.slot.ask(&mut state.generation), after: last });
        }
    }

    fn swap(&mut self) {
        let at = self.at;
        if let Some(row) = self.slot.value.as_mut().and_then(|rows| rows.get_mut(at)) {
            std::mem::swap(&mut row.split.name.given, &mut row.split.name.family);
            row.split.why = Text::own("swapped by you");
            row.split.confidence = Confidence::Good;
        }
    }

    fn edit(&mut self) {
        let Some(row) = self.person() else { return };
        let name = &row.split.name;
        let parts = if name.given.is_empty() && name.family.is_empty() {
            // Nothing is proposed: what they write is at hand.
            [row.display.as_str(), "", ""]
        } else {
            [name.given.as_str(), name.patronymic.as_str(), name.family.as_str()]
        };
        self.typing = Some((parts.map(Field::new), 0));
    }

    fn type_key(mut self: Box<Self>, state: &mut State, key: KeyEvent, out: &mut Effects) -> Box<Self> {
        let Some((mut fields, mut at)) = self.typing.take() else { return self };
        match key.code {
            KeyCode::Esc => return self,
            KeyCode::Enter => {
                let [given, patronymic, family] =
                    [0, 1, 2].map(|part: usize| Text::line(fields.get(part).map_or("", |field| field.text().trim())));
                if given.is_empty() && family.is_empty() {
                    self.typing = Some((fields, at));
                    return self;
                }
                if let Some(contact) = self.person().map(|row| row.contact) {
                    out.push(Effect::NamePerson {
                        contact,
                        name: Name { display: Text::default(), given, patronymic, family },
                    });
                    self.next(state, out);
                }
                return self;
            }
            KeyCode::Tab | KeyCode::Down => at = (at + 1) % 3,
            KeyCode::BackTab | KeyCode::Up => at = (at + 2) % 3,
            _ => {
                if let Some(field) = fields.get_mut(at) {
                    field.key(key);
                }
            }
        }
        self.typing = Some((fields, at));
        self
    }

    pub(super) fn view(&self, state: &State, frame: &mut Frame, body: Rect) {
        let styles = &state.styles;
        let columns = room(body, 84);
        let left = if self.total > 0 { format!("Names: {} to split", grouped(self.total)) } else { "Names".to_owned() };
        let inner = window(frame, body, &left, columns, usize::from(body.height).min(26), styles);
        if pane::missing(frame, inner, &self.slot, "the names", styles) {
            return;
        }
        let Some(row) = self.person() else {
            let said =
                [("Every name is split.", styles.good), ("New people come here with their first letter.", styles.dim)];
            return list::notice(frame, inner, &said);
        };
        let columns = usize::from(inner.width);
        let head = head_of(row, columns, styles);
        lines(frame, inner, &head, 0);
        let at = inner.y + u16::try_from(head.len()).unwrap_or(0);
        let parts = Rect { y: at, height: 3.min(inner.bottom().saturating_sub(at)), ..inner };
        self.view_parts(row, frame, parts, styles);
        let rest = Rect { y: parts.bottom(), height: inner.bottom().saturating_sub(parts.bottom()), ..inner };
        let mut below = why_of(row, columns, styles);
        below.push(Line::default());
        below.push(Line::styled("then", styles.accent));
        let next = self.rows().iter().skip(self.at + 1).take(usize::from(rest.height));
        below.extend(next.map(|row| next_line(row, columns, styles)));
        lines(frame, rest, &below, 0);
    }

    fn view_parts(&self, row: &Waiting, frame: &mut Frame, area: Rect, styles: &Styles) {
        let name = &row.split.name;
        let parts = [("given name", &name.given), ("patronymic", &name.patronymic), ("family name", &name.family)];
        for (y, (index, (label, value))) in (area.y..area.bottom()).zip(parts.into_iter().enumerate()) {
            let place = Rect { y, height: 1, ..area };
            let (mark, in_use) = match &self.typing {
                Some((_, at)) if *at == index => (">", true),
                _ => (" ", false),
            };
            frame.render_widget(
                Span::styled(format!("{mark} {label}"), if in_use { styles.accent } else { styles.dim }),
                place,
            );
            let value_at = Rect { x: place.x + 15.min(place.width), width: place.width.saturating_sub(15), ..place };
            match &self.typing {
                Some((fields, _)) => {
                    if let Some(field) = fields.get(index) {
                        field.view(frame, value_at, in_use, styles);
                    }
                }
                None if value.is_empty() => frame.render_widget(Span::styled("–", styles.dim), value_at),
                None => frame.render_widget(Span::styled(value.to_string(), styles.strong), value_at),
            }
        }
    }
}

/// The name as they write it, and whose it is.
fn head_of(row: &Waiting, columns: usize, styles: &Styles) -> Vec<Line<'static>> {
    let kind = if row.kind == Kind::Lead { "lead" } else { "contact" };
    let mut about: Vec<String> = row.address.iter().map(ToString::to_string).collect();
    about.extend(row.company.iter().map(ToString::to_string));
    let mut head = vec![
        Line::styled(format::ends(row.display.as_str(), kind, columns), styles.strong),
        Line::styled(format::cut(&about.join(", "), columns), styles.dim),
        Line::default(),
    ];
    if !row.split.person {
        head.insert(2, Line::styled("Looks like no person: x says so, e names one all the same.", styles.waits));
    }
    head
}

/// How sure it is and why, and what was taken off.
fn why_of(row: &Waiting, columns: usize, styles: &Styles) -> Vec<Line<'static>> {
    let split = &row.split;
    let style = if split.confidence >= Confidence::Fair { styles.good } else { styles.waits };
    let mut below = fact("  sure", &format!("{}: {}", split.confidence.word(), split.why), columns, style, styles);
    if !split.titles.is_empty() {
        let titles = split.titles.iter().map(Text::as_str).collect::<Vec<_>>().join(", ");
        below.extend(fact("  taken off", &titles, columns, styles.text, styles));
    }
    if let Some(company) = &split.company {
        below.extend(fact("  company", company.as_str(), columns, styles.text, styles));
    }
    below
}

fn next_line(row: &Waiting, columns: usize, styles: &Styles) -> Line<'static> {
    let name = &row.split.name;
    let parts: Vec<&str> = [&name.given, &name.patronymic, &name.family]
        .into_iter()
        .filter(|part| !part.is_empty())
        .map(Text::as_str)
        .collect();
    let proposed = if row.split.person { parts.join(" · ") } else { "no person".to_owned() };
    let wide = columns.saturating_sub(3) / 2;
    list::columns(&[("", 1, styles.dim), (row.display.as_str(), wide, styles.text), (&proposed, wide, styles.dim)])
}
