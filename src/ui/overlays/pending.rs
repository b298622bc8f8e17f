//! What waits, in one place: wishes for servers, letters on their way, what was refused, and how the accounts are.

use super::{Overlay, room, window};
use crate::domain::pending::Wished;
use crate::domain::text::Text;
use crate::ui::effect::Effect;
use crate::ui::keymap;
use crate::ui::screens::outgoing::stand;
use crate::ui::state::{Effects, State};
use crate::ui::widgets::{list, pane};
use crossterm::event::KeyEvent;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;

/// The overview; what it shows is kept in the state, for the bottom line counts it too.
#[derive(Debug, Default)]
pub struct Pending {
    /// The first line on the screen.
    scroll: usize,
}

impl Pending {
    pub(super) fn key(mut self, state: &mut State, key: KeyEvent, out: &mut Effects) -> Option<Overlay> {
        let newest =
            state.waiting.value.as_ref().and_then(|pending| pending.refusals.first()).map(|refusal| refusal.at);
        let name = keymap::name(key);
        self.scroll = list::moved(name.as_deref(), self.scroll).unwrap_or(self.scroll);
        match (name.as_deref(), newest) {
            (Some("x" | "enter"), Some(until)) => out.push(Effect::RefusalsSeen { until }),
            (Some("s"), _) => crate::ui::acts::act(state, keymap::Action::Sync, out),
            (Some("esc" | "q" | "P" | "enter"), _) => return None,
            _ => {}
        }
        let most = lines(state, room(state.body(), COLUMNS)).len();
        self.scroll = self.scroll.min(most.saturating_sub(1));
        Some(Overlay::Pending(self))
    }

    pub(super) fn view(&self, state: &State, frame: &mut Frame, body: Rect) {
        let styles = &state.styles;
        let columns = room(body, COLUMNS);
        let lines = lines(state, columns);
        let inner = window(frame, body, "What waits for the servers", columns, lines.len().max(3), styles);
        if pane::missing(frame, inner, &state.waiting, "what waits", styles) {
            return;
        }
        if lines.is_empty() {
            let said = [("Nothing waits.", styles.good), ("The servers know everything you did.", styles.dim)];
            return list::notice(frame, inner, &said);
        }
        list::lines(frame, inner, &lines, self.scroll, styles);
    }
}

/// The widest it gets.
const COLUMNS: usize = 86;

/// Wrapped lines under headings.
struct Sheet {
    lines: Vec<Line<'static>>,
    columns: usize,
}

impl Sheet {
    fn heading(&mut self, text: &'static str, style: Style) {
        if !self.lines.is_empty() {
            self.lines.push(Line::default());
        }
        self.lines.push(Line::styled(text, style));
    }

    fn entry(&mut self, text: &str, indent: &str, style: Style) {
        let deeper = " ".repeat(indent.len() + 2);
        let options =
            textwrap::Options::new(self.columns.saturating_sub(1)).initial_indent(indent).subsequent_indent(&deeper);
        self.lines.extend(textwrap::wrap(text, options).into_iter().map(|line| Line::styled(line.into_owned(), style)));
    }
}

fn lines(state: &State, columns: usize) -> Vec<Line<'static>> {
    let (styles, clock) = (&state.styles, state.clock());
    let mut sheet = Sheet { lines: Vec::new(), columns };
    let Some(pending) = &state.waiting.value else { return sheet.lines };
    if !pending.refusals.is_empty() {
        sheet.heading("Refused by a server, and taken back here (x: I have seen it)", styles.bad);
        for refusal in &pending.refusals {
            let when = clock.moment(refusal.at);
            sheet.entry(&format!("{}: {} ({when})", refusal.account, refusal.wish), "  ", styles.text);
            sheet.entry(&format!("the server said: {}", refusal.said), "    ", styles.dim);
        }
    }
    if !pending.wishes.is_empty() {
        sheet.heading("Waits for a server", styles.accent);
        for wished in &pending.wishes {
            sheet.entry(&wish_words(state, wished), "  ", styles.text);
        }
    }
    if !pending.letters.is_empty() {
        sheet.heading("Letters on their way (5 shows them)", styles.accent);
        for letter in &pending.letters {
            let (words, style) = stand(letter, &clock, styles);
            sheet.entry(&format!("to {}: {}: {words}", letter.to, letter.subject), "  ", style);
            if !letter.last_answer.is_empty() {
                sheet.entry(&format!("the server said: {}", letter.last_answer), "    ", styles.dim);
            }
        }
    }
    let (syncing, troubles) = (state.bar.syncs(), state.bar.troubles());
    if !syncing.is_empty() || !troubles.is_empty() {
        sheet.heading("Accounts", styles.accent);
        syncing.iter().for_each(|words| sheet.entry(words, "  ", styles.text));
        troubles.iter().for_each(|words| sheet.entry(words, "  ", styles.bad));
    }
    sheet.lines
}

/// "work: move 3 letters from INBOX to Archive, since 10:32, the account is not reached".
fn wish_words(state: &State, wished: &Wished) -> String {
    let since = wished.since.map_or(String::new(), |at| format!(", since {}", state.clock().moment(at)));
    let why = if state.bar.is_in_trouble(&wished.account) { ", the account is not reached" } else { "" };
    Text::from(format!("{}: {}{since}{why}", wished.account, wished.words)).into()
}
