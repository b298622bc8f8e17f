//! A bank statement and the payments it may pay: proposed here, decided by me.

use super::{Overlay, room, window};
use crate::domain::bank::Proposed;
use crate::domain::bank::matching::{Due, Match, Proposal};
use crate::domain::id;
use crate::domain::text::{Text, plural};
use crate::ui::deal_act::DealAct;
use crate::ui::effect::Effect;
use crate::ui::format;
use crate::ui::keymap;
use crate::ui::slot::Slot;
use crate::ui::state::{Effects, State};
use crate::ui::widgets::{list, pane};
use crossterm::event::KeyEvent;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use std::collections::BTreeMap;

/// What I said of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    Paid,
    None,
}

/// The statement.
#[derive(Debug, Default)]
pub struct Bank {
    /// Its lines with what is proposed.
    pub slot: Slot<Box<Proposed>>,
    at: usize,
    /// Which of the proposals of a line is shown.
    choice: BTreeMap<usize, usize>,
    said: BTreeMap<usize, Said>,
    /// The payment in the list of all that are due, while one is chosen.
    choosing: Option<usize>,
}

impl Bank {
    fn matches(&self) -> &[Match] {
        self.slot.value.as_ref().map_or(&[], |proposed| proposed.matches.as_slice())
    }

    fn due(&self, payment: id::Payment) -> Option<&Due> {
        self.slot.value.as_ref()?.due.iter().find(|due| due.payment.id == payment)
    }

    fn proposal(&self, index: usize) -> Option<&Proposal> {
        let proposals = &self.matches().get(index)?.proposals;
        proposals.get(self.choice.get(&index).copied().unwrap_or(0))
    }

    /// Payments that I said were paid by another line.
    fn is_taken(&self, payment: id::Payment) -> bool {
        let paid = self.said.iter().filter(|(_, said)| **said == Said::Paid);
        paid.filter_map(|(index, _)| self.proposal(*index)).any(|proposal| proposal.payments.contains(&payment))
    }

    /// The payments of its currency that can be chosen for the line in use.
    fn choices(&self) -> Vec<&Due> {
        let Some((proposed, found)) = self.slot.value.as_ref().zip(self.matches().get(self.at)) else {
            return Vec::new();
        };
        let fits =
            |due: &&Due| due.payment.amount.currency == found.line.amount.currency && !self.is_taken(due.payment.id);
        proposed.due.iter().filter(fits).collect()
    }

    fn confirm(&mut self, index: usize, out: &mut Effects) {
        let Some((found, proposal)) = self.matches().get(index).zip(self.proposal(index)) else { return };
        if self.said.contains_key(&index) || proposal.payments.iter().any(|payment| self.is_taken(*payment)) {
            return;
        }
        let act = DealAct::Booked(Box::new(found.line.clone()), proposal.payments.clone(), proposal.part);
        out.push(Effect::Deal(Box::new(act)));
        self.said.insert(index, Said::Paid);
    }

    fn next(&mut self) {
        let open = |index: &usize| !self.said.contains_key(index);
        let count = self.matches().len();
        self.at = (self.at..count).find(open).or_else(|| (0..count).find(open)).unwrap_or(self.at);
    }

    pub(super) fn key(mut self: Box<Self>, state: &mut State, key: KeyEvent, out: &mut Effects) -> Option<Overlay> {
        if let Some(at) = self.choosing {
            self.choose_key(at, key, out);
            return Some(Overlay::Bank(self));
        }
        let last = self.matches().len().saturating_sub(1);
        match keymap::name(key).as_deref() {
            Some("esc" | "q") => return None,
            Some("j" | "down") => self.at = (self.at + 1).min(last),
            Some("k" | "up") => self.at = self.at.saturating_sub(1),
            Some("enter" | "y") if self.proposal(self.at).is_some() => {
                self.confirm(self.at, out);
                self.next();
            }
            Some("enter" | "o") if !self.said.contains_key(&self.at) => self.choosing = Some(0),
            Some("tab" | "l" | "right") => {
                let count = self.matches().get(self.at).map_or(0, |found| found.proposals.len());
                if count > 0 && !self.said.contains_key(&self.at) {
                    let choice = self.choice.entry(self.at).or_default();
                    *choice = (*choice + 1) % count;
                }
            }
            Some("n") if !self.said.contains_key(&self.at) => {
                if let Some(line) = self.matches().get(self.at).map(|found| found.line.clone()) {
                    out.push(Effect::Deal(Box::new(DealAct::NotOurs(Box::new(line)))));
                    self.said.insert(self.at, Said::None);
                    self.next();
                }
            }
            Some("a") => {
                let sure: Vec<usize> =
                    (0..=last).filter(|index| self.matches().get(*index).is_some_and(|found| found.sure)).collect();
                let before = self.said.len();
                for index in sure {
                    self.confirm(index, out);
                }
                let count = u64::try_from(self.said.len() - before).unwrap_or(0);
                crate::ui::acts::say(
                    state,
                    &format!("{} confirmed; u takes them back one by one.", plural(count, "sure line", "sure lines")),
                );
                self.next();
            }
            _ => {}
        }
        Some(Overlay::Bank(self))
    }

    fn choose_key(&mut self, at: usize, key: KeyEvent, out: &mut Effects) {
        let last = self.choices().len().saturating_sub(1);
        let name = keymap::name(key);
        if let Some(to) = list::moved(name.as_deref(), at) {
            self.choosing = Some(to.min(last));
        }
        match name.as_deref() {
            Some("enter") => {
                let chosen = self.choices().get(at).map(|due| (due.payment.id, due.payment.amount.minor));
                let index = self.at;
                if let Some((payment, minor)) = chosen
                    && let Some(found) = self.slot.value.as_mut().and_then(|proposed| proposed.matches.get_mut(index))
                {
                    let part = found.line.amount.minor < minor;
                    let evidence = vec![Text::own("you chose it")];
                    found.proposals.insert(0, Proposal { payments: vec![payment], score: 100, evidence, part });
                    self.choice.insert(index, 0);
                    self.confirm(index, out);
                    self.next();
                }
                self.choosing = None;
            }
            Some("esc" | "q") => self.choosing = None,
            _ => {}
        }
    }

    pub(super) fn view(&self, state: &State, frame: &mut Frame, body: Rect) {
        let styles = &state.styles;
        let inner =
            window(frame, body, "Bank statement", room(body, 120), usize::from(body.height).saturating_sub(3), styles);
        if pane::missing(frame, inner, &self.slot, "the statement", styles) {
            return;
        }
        let Some(proposed) = self.slot.value.as_ref() else { return };
        if self.choosing.is_some() {
            return self.all_due(state, frame, inner);
        }
        let line = |y: u16| Rect { y, height: 1, ..inner };
        frame.render_widget(
            Line::styled(format::cut(&in_words(proposed), usize::from(inner.width)), styles.dim),
            line(inner.y),
        );
        if proposed.matches.is_empty() {
            let rows = Rect { y: inner.y + 1, height: inner.height.saturating_sub(1), ..inner };
            return list::notice(frame, rows, &[("Nothing came in that was not decided about before.", styles.text)]);
        }
        // The line in use is told in full below.
        let foot = 6.min(inner.height / 2);
        let rows = Rect { y: inner.y + 1, height: inner.height.saturating_sub(1 + foot), ..inner };
        let first = (self.at + 1).saturating_sub(usize::from(rows.height).max(1));
        for (y, (index, found)) in (rows.y..rows.bottom()).zip(proposed.matches.iter().enumerate().skip(first)) {
            frame.render_widget(self.row(index, found, state, usize::from(rows.width)), line(y));
            if index == self.at {
                frame.buffer_mut().set_style(line(y), styles.selected);
            }
        }
        list::scroll_bar(frame, rows, proposed.matches.len(), first, styles);
        self.detail(state, frame, Rect { y: rows.bottom(), height: foot, ..inner });
    }

    /// The line at the left, what it may pay at the right.
    fn row(&self, index: usize, found: &Match, state: &State, columns: usize) -> Line<'static> {
        let styles = &state.styles;
        let half = columns.saturating_sub(4) / 2;
        let who = if found.line.payer.is_empty() { &found.line.text } else { &found.line.payer };
        let left = format::ends(
            &format!("{} {who}", state.clock().day(found.line.booked_on)),
            &found.line.amount.to_string(),
            half,
        );
        let (right, style) = match (self.said.get(&index), self.proposal(index)) {
            (Some(Said::None), _) => ("no payment of a deal".to_owned(), styles.dim),
            (Some(Said::Paid), Some(proposal)) => (format!("paid: {}", self.payments(proposal)), styles.good),
            (_, Some(proposal)) => {
                let sure = if found.sure { "sure" } else { "perhaps" };
                let style = if found.sure { styles.text } else { styles.waits };
                (format!("{sure} {}: {}", proposal.score, self.payments(proposal)), style)
            }
            (_, None) => ("nothing fits".to_owned(), styles.dim),
        };
        let mark = if index == self.at { ">" } else { " " };
        Line::from(vec![
            Span::styled(format!("{mark}{left} "), styles.text),
            Span::styled(format!("→ {}", format::fit(&right, columns.saturating_sub(half + 4))), style),
        ])
    }

    fn payments(&self, proposal: &Proposal) -> String {
        let name = |payment: &id::Payment| {
            self.due(*payment).map_or_else(String::new, |due| {
                let whose = due.company.as_ref().or(due.contact.as_ref()).map_or("", Text::as_str);
                format!("{} {} ({whose})", due.payment.amount, due.payment.title)
            })
        };
        let part = if proposal.part { "a part of " } else { "" };
        format!("{part}{}", proposal.payments.iter().map(name).collect::<Vec<_>>().join(" + "))
    }

    fn detail(&self, state: &State, frame: &mut Frame, area: Rect) {
        let styles = &state.styles;
        let Some(found) = self.matches().get(self.at) else { return };
        let columns = usize::from(area.width);
        let mut lines = vec![Line::styled(
            format::cut(&format!("line {}: {} {}", found.line.line, found.line.payer, found.line.text), columns),
            styles.text,
        )];
        if let Some(proposal) = self.proposal(self.at) {
            let number = self.choice.get(&self.at).copied().unwrap_or(0) + 1;
            let of = if found.proposals.len() > 1 {
                format!(" ({number} of {})", found.proposals.len())
            } else {
                String::new()
            };
            lines
                .push(Line::styled(format::cut(&format!("→ {}{of}", self.payments(proposal)), columns), styles.strong));
            let deals = proposal.payments.first().and_then(|payment| self.due(*payment));
            if let Some(due) = deals {
                lines.push(Line::styled(
                    format::cut(&format!("  {}, due {}", due.deal_title, due.payment.due_on), columns),
                    styles.dim,
                ));
            }
            let evidence = proposal.evidence.iter().map(Text::as_str).collect::<Vec<_>>().join(", ");
            lines.push(Line::styled(format::cut(&format!("  because of {evidence}"), columns), styles.dim));
        } else {
            lines.push(Line::styled("Enter chooses among all payments that are due; n: it pays none.", styles.dim));
        }
        for (y, line) in (area.y + 1..area.bottom()).zip(lines) {
            frame.render_widget(line, Rect { y, height: 1, ..area });
        }
    }

    fn all_due(&self, state: &State, frame: &mut Frame, area: Rect) {
        let styles = &state.styles;
        let (choices, at) = (self.choices(), self.choosing.unwrap_or(0));
        if choices.is_empty() {
            return list::notice(frame, area, &[("Nothing is due in this currency.", styles.text)]);
        }
        frame.render_widget(Line::styled("Which payment does it pay?", styles.accent), Rect { height: 1, ..area });
        let rows = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
        list::chosen(frame, rows, (at, choices.len()), styles, |index, columns| {
            let Some(due) = choices.get(index) else { return Line::default() };
            let whose = due.company.as_ref().or(due.contact.as_ref()).map_or("", Text::as_str);
            let left = format!("{} {}  {whose}", due.payment.title, due.deal_title);
            let right = format!("{} due {}", due.payment.amount, state.clock().day(due.payment.due_on));
            Line::styled(format::ends(&left, &right, columns), styles.text)
        });
    }
}

/// What was read, in a line.
fn in_words(proposed: &Proposed) -> String {
    let mut parts = vec![plural(u64::try_from(proposed.matches.len()).unwrap_or(0), "line", "lines")];
    if proposed.known > 0 {
        parts.push(format!("{} decided about before", proposed.known));
    }
    if proposed.outgoing > 0 {
        parts.push(format!("{} went out", proposed.outgoing));
    }
    if !proposed.unreadable.is_empty() {
        parts.push(format!("{} cannot be read", proposed.unreadable.len()));
    }
    format!("{} ({})", parts.join(", "), proposed.columns)
}
