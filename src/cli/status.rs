//! `postbook status`: accounts, folders, what is on its way and what waits for you. Needs no network and no password.

use super::context::Context;
use super::desk::Desk;
use super::table::{Side, Table, ago, number, time};
use super::{json, output};
use crate::domain::auto_reply;
use crate::domain::counter::{Counter, Counters};
use crate::domain::problem::Result;
use crate::domain::status::{AccountStatus, OutboxStatus, Status};
use crate::domain::text::{Text, plural};
use jiff::Zoned;

/// Shows it.
///
/// # Errors
/// When the store cannot be read.
pub fn run(context: &Context, as_json: bool) -> Result<()> {
    let desk = Desk::open(context)?;
    let now = desk.now();
    let status = desk.store.status(&now, &desk.office.practice.work)?;
    let _ = if as_json { output::json(&json::status_json(&status))? } else { output::print(&in_words(&status, &now))? };
    Ok(())
}

fn in_words(status: &Status, now: &Zoned) -> String {
    let mut parts: Vec<String> = status.accounts.iter().map(|account| of_account(account, now)).collect();
    if !status.refusals.is_empty() {
        let lines = status.refusals.iter().map(|refusal| {
            let at = time(refusal.at, now.time_zone());
            format!("\n  {}: {} ({at})\n    the server said: {}", refusal.account, refusal.wish, refusal.said)
        });
        parts.push(format!("Refused by a server:{}", lines.collect::<String>()));
    }
    if let Some(absence) = &status.away {
        parts.push(format!("You are {}", auto_reply::in_words(absence, now)));
    }
    parts.push(format!("Outbox: {}\nWaiting for you: {}", outbox(&status.outbox), counters(&status.counters)));
    parts.join("\n\n")
}

fn of_account(account: &AccountStatus, now: &Zoned) -> String {
    let state = &account.state;
    let mut text = state.name.as_str().to_owned();
    text.push_str(&match (state.last_sync, state.online()) {
        (Some(at), true) => format!(": synced {} ({})", ago(at, now), time(at, now.time_zone())),
        (Some(at), false) => {
            format!(": not reached at the last try; synced {} ({})", ago(at, now), time(at, now.time_zone()))
        }
        (None, _) => ": never synced".to_owned(),
    });
    if let Some(error) = &state.last_error {
        text.push_str(&format!("\n  {error}"));
    }
    if let Some(hint) = &state.hint {
        text.push_str(&format!("\n  {hint}"));
    }
    if let Some(at) = state.next_try {
        text.push_str(&format!("\n  tried again at {}", time(at, now.time_zone())));
    }
    if !account.folders.is_empty() {
        let columns = [
            ("folder", Side::Left),
            ("role", Side::Left),
            ("here", Side::Right),
            ("server", Side::Right),
            ("unseen", Side::Right),
            ("", Side::Left),
        ];
        let mut table = Table::new(&columns);
        for folder in &account.folders {
            table.row(vec![
                folder.name.clone(),
                Text::own(folder.role.map_or("", |role| role.word())),
                number(folder.local),
                folder.server.map_or(Text::own("?"), number),
                number(folder.unseen),
                Text::own(if folder.complete { "complete" } else { "not complete yet" }),
            ]);
        }
        text.push_str(&format!("\n{}", table.print("  ")));
    }
    if account.wishes_pending > 0 {
        let wishes = plural(account.wishes_pending, "change waits", "changes wait");
        text.push_str(&format!("\n  {wishes} for the server"));
    }
    text
}

fn outbox(outbox: &OutboxStatus) -> String {
    let states = [
        (outbox.held, "held"),
        (outbox.queued, "queued"),
        (outbox.sending, "being sent"),
        (outbox.refused, "refused"),
        (outbox.uncertain, "uncertain"),
    ];
    listed(states.into_iter(), "empty")
}

fn counters(counters: &Counters) -> String {
    let numbers = Counter::ALL.into_iter().map(|counter| {
        let count = counters.get(counter);
        let label = match (counter, count) {
            (Counter::NewLeads, 1) => "new lead",
            (Counter::OverduePayments, 1) => "overdue payment",
            _ => counter.label(),
        };
        (count, label)
    });
    listed(numbers, "all clear")
}

fn listed(numbers: impl Iterator<Item = (u64, &'static str)>, none: &str) -> String {
    let parts: Vec<String> =
        numbers.filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
    if parts.is_empty() { none.to_owned() } else { parts.join(", ") }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::domain::account::Kind;
    use crate::domain::folder::Role;
    use crate::domain::status::{AccountState, FolderStatus, Phase};

    #[test]
    fn the_whole_in_words() {
        let now: Zoned = "2026-11-23T10:00:00+01:00[Europe/Warsaw]".parse().unwrap();
        let folder = FolderStatus {
            name: Text::own("INBOX"),
            role: Some(Role::Inbox),
            local: 12,
            server: Some(13),
            unseen: 1,
            complete: false,
        };
        let account = AccountStatus {
            state: AccountState {
                id: crate::domain::id::Account(1),
                name: Text::own("work"),
                kind: Kind::Personal,
                phase: Phase::Waiting,
                next_try: Some("2026-11-23T09:01:00Z".parse().unwrap()),
                last_try: None,
                last_sync: Some("2026-11-23T08:00:00Z".parse().unwrap()),
                last_error: Some(Text::own("no connection")),
                hint: Some(Text::own("check the network")),
            },
            wishes_pending: 1,
            folders: vec![folder],
        };
        let mut status = Status {
            accounts: vec![account],
            outbox: OutboxStatus::default(),
            refusals: Vec::new(),
            counters: Counters::default(),
            away: None,
        };
        let expected = "work: not reached at the last try; synced 1 hour ago (2026-11-23 09:00)\n  no connection\n  check the network\n  tried again at 2026-11-23 10:01\n  \
                        folder  role   here  server  unseen\n  INBOX   inbox    12      13       1  not complete yet\n  \
                        1 change waits for the server\n\nOutbox: empty\nWaiting for you: all clear";
        assert_eq!(in_words(&status, &now), expected);
        status.outbox = OutboxStatus { queued: 2, refused: 1, sent: 9, ..OutboxStatus::default() };
        status.counters.set(Counter::NewLeads, 3);
        status.counters.set(Counter::OverduePayments, 1);
        let end = "Outbox: 2 queued, 1 refused\nWaiting for you: 3 new leads, 1 overdue payment";
        assert!(in_words(&status, &now).ends_with(end));
        status.refusals = vec![crate::domain::wish::Refusal {
            account: Text::own("work"),
            thread: None,
            wish: Text::own("make the folder a.b"),
            said: Text::own("[CANNOT] no dots"),
            at: "2026-11-23T08:30:00Z".parse().unwrap(),
        }];
        status.away = Some(auto_reply::Absence {
            id: crate::domain::id::Absence(1),
            account: None,
            begins_at: "2026-11-20T08:00:00Z".parse().unwrap(),
            last_day: "2026-12-04".parse().unwrap(),
            template: Text::own("away"),
            pause_days: 7,
            answered: 3,
        });
        let away = "\n\nYou are away until 4 December: 3 answered\n\nOutbox:";
        assert!(in_words(&status, &now).contains(away), "{}", in_words(&status, &now));
        status.away = None;
        let refused = "\n\nRefused by a server:\n  work: make the folder a.b (2026-11-23 09:30)\n    the server said: [CANNOT] no dots\n\nOutbox:";
        assert!(in_words(&status, &now).contains(refused), "{}", in_words(&status, &now));
    }
}
