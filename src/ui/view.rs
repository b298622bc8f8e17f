//! How it looks: header, screen, what lies over it, bottom.

use super::compose;
use super::overlays;
use super::screens;
use super::state::{Page, Screen, State};
use super::widgets::{header, list, status};
use ratatui::Frame;
use ratatui::layout::Rect;

/// Draws everything.
pub fn view(state: &State, frame: &mut Frame) {
    let area = frame.area();
    // Between a resize and its event the sizes differ: the next frame draws again.
    if area.width < state.width || area.height < state.height {
        return;
    }
    if state.is_too_small() {
        let size = format!("This terminal has {} × {}.", area.width, area.height);
        let lines = [(size.as_str(), state.styles.text), ("Postbook needs 30 × 8.", state.styles.text)];
        return list::notice(frame, area, &lines);
    }
    header::view(state, frame, Rect { x: 0, y: 0, width: state.width, height: 2 });
    let body = state.body();
    if state.writing.is_some() {
        compose::view(state, frame, body);
    } else {
        match state.pages.last() {
            Some(Page::Reader(reader)) => reader.view(frame, body, false, true, &state.styles),
            Some(Page::Card(card)) => card.view(frame, body, false, true, &state.styles),
            None => screen(state, frame, body),
        }
    }
    overlays::view(state, frame, body);
    let lines = state.status_lines();
    status::view(state, frame, Rect { x: 0, y: state.height - lines, width: state.width, height: lines });
}

fn screen(state: &State, frame: &mut Frame, body: Rect) {
    match state.screen {
        Screen::Today => screens::today::view(state, frame, body),
        Screen::Mail => screens::mail::view(state, frame, body),
        Screen::Clients => screens::clients::view(state, frame, body),
        Screen::Deals => screens::deals::view(state, frame, body),
        Screen::Outgoing => screens::outgoing::view(state, frame, body),
        Screen::Reports => screens::reports::view(state, frame, body),
    }
}
