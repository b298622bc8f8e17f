//! `postbook log`: an activity entered from a script or a phone system.

use super::args::{self, Moment};
use super::context::Context;
use super::desk::Desk;
use super::json;
use super::lists::entry;
use super::output;
use super::table::time;
use crate::domain::activity::{Activity, ActivityRow};
use crate::domain::address::Address;
use crate::domain::id;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::{Text, fold, plural};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// Enters it, as one change that can be undone.
///
/// # Errors
/// No such contact or deal; a time that cannot be; the store cannot be written.
pub fn run(context: &Context, args: &args::Log) -> Result<()> {
    let desk = Desk::open(context)?;
    let now = desk.now();
    let deal = match &args.deal {
        Some(deal) => Some(deal_called(&desk, deal, &now)?),
        None => None,
    };
    let contact = match &args.contact {
        Some(contact) => Some(contact_called(&desk, contact, &now)?),
        None => None,
    };
    let contact = contact.or(deal.as_ref().and_then(|(_, contact)| *contact));
    let (due_at, done_at) = when(args, &now)?;
    let activity = Activity {
        id: None,
        kind: args.kind,
        contact,
        deal: deal.map(|(deal, _)| deal),
        subject: Text::line(args.subject.trim()),
        place: Text::line(args.place.trim()),
        due_at,
        done_at,
        duration_minutes: args.duration,
        result: Text::line(args.result.trim()),
        trigger: None,
        people: Vec::new(),
        guests: Vec::new(),
        company: None,
        way: None,
        message: None,
    };
    let title = format!("Entered: {} {}", args.kind.word(), activity.subject);
    let (id, _) = desk.store.record(title.trim_end(), now.timestamp(), || desk.store.add_activity(&activity))?;
    let missing = || Problem::new(Kind::Internal, "the activity is gone again");
    let row = desk.store.activity(id)?.ok_or_else(missing)?;
    if args.json {
        return output::json(&json::activity_json(&entry(&row))).map(drop);
    }
    output::print(&in_words(id, &row, &desk.config.zone)).map(drop)
}

/// When it is due, and when it was done; one of the two.
fn when(args: &args::Log, now: &Zoned) -> Result<(Option<Timestamp>, Option<Timestamp>)> {
    let at = |moment: Moment| {
        let no_time = || Problem::new(Kind::Usage, "that time is outside the calendar");
        moment.timestamp(now.time_zone()).ok_or_else(no_time)
    };
    if let Some(due) = args.due {
        return Ok((Some(at(due)?), None));
    }
    let done = args.at.map_or(Ok(now.timestamp()), at)?;
    if done > now.timestamp() {
        return Err(Problem::new(Kind::Usage, "what was done lies in the past").hint("plan it instead: --due"));
    }
    Ok((None, Some(done)))
}

/// A contact by number or by address.
///
/// # Errors
/// There is none; the store cannot be read.
pub fn contact_called(desk: &Desk, written: &str, now: &Zoned) -> Result<id::Contact> {
    let found = match (written.trim().parse().map(id::Contact), Address::parse(written)) {
        (Ok(number), _) => desk.store.contact_row(number, now)?.map(|row| row.id),
        (_, Some(address)) => desk.store.contact_by_address(&address)?.map(|(contact, _)| contact),
        _ => None,
    };
    found.ok_or_else(|| {
        Problem::new(Kind::NotFound, format!("there is no contact {}", Text::line(written)))
            .hint("name an address or a number that postbook contacts lists")
    })
}

/// A deal by number or by title, without regard to case; with the person it is agreed with.
///
/// # Errors
/// There is none, or several; the store cannot be read.
pub fn deal_called(desk: &Desk, written: &str, now: &Zoned) -> Result<(id::Deal, Option<id::Contact>)> {
    let missing = || {
        Problem::new(Kind::NotFound, format!("there is no deal {}", Text::line(written)))
            .hint("name a number or a title that postbook deals lists")
    };
    if let Ok(number) = written.trim().parse().map(id::Deal) {
        let row = desk.store.deal_row(number, now.date())?.ok_or_else(missing)?;
        return Ok((row.id, row.contact));
    }
    let wanted = fold(written.trim());
    let mut found = Vec::new();
    let mut last = None;
    loop {
        let page = desk.store.deals(None, now.date(), last, 500)?;
        last = page.last().map(|row| row.id);
        if last.is_none() {
            break;
        }
        found.extend(page.into_iter().filter(|row| fold(row.title.as_str()) == wanted));
    }
    match found.as_slice() {
        [only] => Ok((only.id, only.contact)),
        [] => Err(missing()),
        several => {
            let numbers: Vec<String> = several.iter().map(|row| row.id.to_string()).collect();
            Err(Problem::new(Kind::Input, format!("several deals are called {}", Text::line(written)))
                .hint(format!("name one by its number: {}", numbers.join(", "))))
        }
    }
}

fn in_words(id: id::Activity, row: &ActivityRow, zone: &TimeZone) -> String {
    let activity = &row.activity;
    let with = row.contact_name.as_ref().map(|name| format!(" with {name}")).unwrap_or_default();
    let when = match (activity.due_at, activity.done_at) {
        (Some(due), None) => format!("planned for {}", time(due, zone)),
        (_, Some(done)) => format!("done {}", time(done, zone)),
        (None, None) => String::new(),
    };
    let minutes = activity.duration_minutes.and_then(|minutes| u64::try_from(minutes).ok());
    let took = minutes.map(|minutes| format!(", {}", plural(minutes, "minute", "minutes"))).unwrap_or_default();
    let kind = activity.kind.word().replace('_', " ");
    format!("Activity {id}: {kind}{with}, {when}{took}.")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;
    use crate::cli::args::{Args, Command};
    use clap::Parser;

    fn log(line: &str) -> args::Log {
        let words = shell_words::split(&format!("postbook log {line}")).unwrap();
        match Args::try_parse_from(words).unwrap().command {
            Some(Command::Log(log)) => log,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn it_is_due_or_it_was_done() {
        let now: Zoned = "2026-11-23T10:00:00+01:00[Europe/Warsaw]".parse().unwrap();
        let at = |text: &str| Some(text.parse::<Timestamp>().unwrap());
        for (line, expected) in [
            ("call", Some((None, at("2026-11-23T09:00:00Z")))),
            ("call --at '2026-11-23 08:00'", Some((None, at("2026-11-23T07:00:00Z")))),
            ("call --at 2026-11-24", None),
            ("task --due 2026-11-24", Some((at("2026-11-23T23:00:00Z"), None))),
            ("task --due 2026-11-20", Some((at("2026-11-19T23:00:00Z"), None))),
        ] {
            assert_eq!(when(&log(line), &now).ok(), expected, "{line}");
        }
    }
}
