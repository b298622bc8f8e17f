//! `postbook outbox`: letters on their way out. Nothing here touches the network: what is sent again leaves with the next
//! sync, or at once from a Postbook that is running.

use super::args;
use super::context::Context;
use super::desk::Desk;
use super::progress::row_of;
use super::table::{Side, Table, number, time};
use super::{json, output};
use crate::domain::id;
use crate::domain::outbox::{OutgoingRow, State};
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::Text;
use jiff::tz::TimeZone;

/// How many sent letters are listed beside those on their way.
const SENT: u32 = 20;

/// Lists, or steers one letter.
///
/// # Errors
/// No such letter; it is in no state for this; the store cannot be read or written.
pub fn run(context: &Context, command: Option<&args::Outbox>, as_json: bool) -> Result<()> {
    let desk = Desk::open(context)?;
    match command {
        None | Some(args::Outbox::List) => {
            let rows = desk.store.outbox(SENT)?;
            if as_json {
                return output::json(&json::outbox_json(&rows)).map(drop);
            }
            output::print(&in_words(&rows, &desk.config.zone)).map(drop)
        }
        Some(args::Outbox::Resend { id }) => resend(&desk, id::Outgoing(*id), as_json),
        Some(args::Outbox::Discard { id }) => discard(&desk, id::Outgoing(*id), as_json),
    }
}

fn resend(desk: &Desk, letter: id::Outgoing, as_json: bool) -> Result<()> {
    let before = must_be_there(desk, letter)?;
    if !desk.store.send_again(letter, desk.now().timestamp())? {
        return Err(cannot(&before, "sent again"));
    }
    if as_json {
        return output::json(&json::outgoing_json(&must_be_there(desk, letter)?)).map(drop);
    }
    output::print(&format!("Letter {letter} to {} is queued again; it leaves at the next sync.", before.to)).map(drop)
}

fn discard(desk: &Desk, letter: id::Outgoing, as_json: bool) -> Result<()> {
    let before = must_be_there(desk, letter)?;
    if desk.store.discard(letter)?.is_none() {
        return Err(cannot(&before, "discarded"));
    }
    if as_json {
        return output::json(&json::outgoing_json(&before)).map(drop);
    }
    output::print(&format!("Letter {letter} to {} was taken out of the outbox.", before.to)).map(drop)
}

fn must_be_there(desk: &Desk, letter: id::Outgoing) -> Result<OutgoingRow> {
    row_of(desk, letter)?.ok_or_else(|| {
        Problem::new(Kind::NotFound, format!("there is no letter {letter} in the outbox"))
            .hint("postbook outbox lists them")
    })
}

/// A letter's state does not allow what was asked.
fn cannot(row: &OutgoingRow, what: &str) -> Problem {
    let why = match row.state {
        State::Sent => "it was sent",
        State::Sending => "it is being sent right now",
        State::Queued => "it is queued already",
        State::Held | State::Refused | State::Uncertain => "its state just changed",
    };
    Problem::new(Kind::Input, format!("letter {} cannot be {what}: {why}", row.id))
}

fn in_words(rows: &[OutgoingRow], zone: &TimeZone) -> String {
    if rows.is_empty() {
        return "The outbox is empty.".to_owned();
    }
    let columns = [
        ("letter", Side::Right),
        ("state", Side::Left),
        ("queued", Side::Left),
        ("to", Side::Left),
        ("subject", Side::Left),
        ("last answer", Side::Left),
    ];
    let mut table = Table::new(&columns);
    for row in rows {
        table.row(vec![
            number(row.id),
            Text::own(row.state.word()),
            time(row.created_at, zone),
            row.to.clone(),
            row.subject.clone(),
            row.last_answer.clone(),
        ]);
    }
    table.print("")
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    #[test]
    fn the_list_and_why_not() {
        assert_eq!(in_words(&[], &TimeZone::UTC), "The outbox is empty.");
        let row = OutgoingRow {
            id: id::Outgoing(3),
            account: Text::own("work"),
            state: State::Sent,
            to: Text::own("Anna"),
            subject: Text::own("Offer"),
            created_at: Timestamp::UNIX_EPOCH,
            not_before: None,
            attempts: 1,
            last_answer: Text::own("250 ok"),
            overridden: Text::default(),
            evidence: Vec::new(),
            thread: None,
        };
        assert_eq!(
            in_words(std::slice::from_ref(&row), &TimeZone::UTC),
            "letter  state  queued            to    subject  last answer\n     \
             3  sent   1970-01-01 00:00  Anna  Offer    250 ok"
        );
        assert_eq!(cannot(&row, "discarded").sentence, "letter 3 cannot be discarded: it was sent");
    }
}
