//! How Reports looks.

use super::state::Tab;
use super::update::waiting_for;
use crate::ui::state::State;
use crate::ui::widgets::{list, pane};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

/// Where the lines go.
#[must_use]
pub fn place(body: Rect) -> Rect {
    let inner = pane::inner(body, false);
    // One line says of what and how fine.
    Rect { y: inner.y + 1.min(inner.height), height: inner.height.saturating_sub(1), ..inner }
}

/// Draws it.
pub fn view(state: &State, frame: &mut Frame, body: Rect) {
    let (reports, styles) = (&state.reports, &state.styles);
    let tabs: Vec<String> = Tab::ALL
        .iter()
        .map(|tab| if *tab == reports.tab { format!("[{}]", tab.title()) } else { tab.title().to_owned() })
        .collect();
    let inner = pane::view(frame, body, false, &tabs.join("  "), "", true, styles);
    let head = Rect { height: 1.min(inner.height), ..inner };
    frame.render_widget(Line::styled(heading(state), styles.strong), head);
    let place = place(body);
    if reports.slot.is_loading() {
        return list::notice(frame, place, &[("Computing…", styles.dim)]);
    }
    if pane::missing(frame, place, &reports.slot, "the report", styles) {
        return;
    }
    let mark = reports.doc.chosen().map(|_| styles.selected);
    reports.doc.view(frame, place, mark, styles);
}

/// Which days, how fine, of which account; and that it is still being computed.
fn heading(state: &State) -> String {
    let question = state.reports.question(state.today_date());
    let mut words = format!("  {}", question.period.title());
    if matches!(state.reports.tab, Tab::Letters) {
        words.push_str(&format!(", by {}", question.step.word()));
    }
    if let Some(account) = question.account {
        let name = state.setup.accounts.iter().find(|known| known.id == account).map(|known| known.name.clone());
        words.push_str(&format!(", account {}", name.unwrap_or_default()));
    }
    if waiting_for(state).is_some_and(|seconds| seconds > 0) {
        words.push_str(" · computing…");
    }
    words
}
