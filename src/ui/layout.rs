//! After every event: what is visible is wrapped for its place, and what is selected is on the screen.

use super::screens::{clients, deals, mail, outgoing, reports, today};
use super::state::{Page, Screen, State};
use super::widgets::pane;

/// Brings every visible list, conversation and card in order.
pub(super) fn settle(state: &mut State) {
    let (body, clock, styles) = (state.body(), state.clock(), state.styles);
    if let Some(page) = state.pages.last_mut() {
        let inner = pane::inner(body, false);
        match page {
            Page::Reader(reader) => reader.settle(inner, &clock, &styles),
            Page::Card(card) => card.settle(inner, &clock, &styles, &state.setup.practice),
        }
        return;
    }
    match state.screen {
        Screen::Today => {
            let areas = today::areas_now(state);
            state.today.cursor.settle(usize::from(pane::inner(areas.list, false).height));
            state.today.reader.settle(pane::inner(areas.reader, areas.reader_beside), &clock, &styles);
            state.today.card.settle(pane::inner(areas.card, areas.card.x > 0), &clock, &styles, &state.setup.practice);
        }
        Screen::Mail => {
            let areas = mail::areas(body, state.mail.pane);
            state.mail.folder_cursor.settle(usize::from(pane::inner(areas.folders, false).height));
            state.mail.cursor.settle(usize::from(pane::inner(areas.threads, false).height));
            state.mail.reader.settle(pane::inner(areas.reader, areas.reader.x > 0), &clock, &styles);
        }
        Screen::Clients => {
            let areas = clients::areas(body, state.clients.on_card);
            let height = usize::from(pane::inner(areas.list, false).height);
            state.clients.contacts.cursor.settle(height);
            state.clients.leads.cursor.settle(height);
            state.clients.company_cursor.settle(height);
            state.clients.card.settle(
                pane::inner(areas.card, areas.card.x > 0),
                &clock,
                &styles,
                &state.setup.practice,
            );
        }
        Screen::Deals => {
            deals::settle(state);
            let areas = deals::areas(body, state.deals.on_card);
            state.deals.card.settle(pane::inner(areas.card, areas.card.x > 0), &clock, &styles, &state.setup.practice);
        }
        Screen::Outgoing => {
            let height = usize::from(pane::inner(outgoing::areas(body).list, false).height);
            state.outgoing.cursor.settle(height);
            state.outgoing.draft_cursor.settle(height);
            state.outgoing.template_cursor.settle(height);
        }
        Screen::Reports => reports::settle(state),
    }
}
