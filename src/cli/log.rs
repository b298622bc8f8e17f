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
use crate::domain::contact::{self, Name};
use crate::domain::id;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::{Text, fold, plural};
use crate::store::NewContact;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// Enters it, as one change that can be undone.
///
/// # Errors
/// No such contact or deal; a time that cannot be; the store cannot be written.
pub fn run(context: &Context, args: &args::Log) -> Result<()> {
    let desk = Desk::open(context)?;
    let now = desk.now();
    let (due_at, done_at) = when(args, &now)?;
    let mut known = None;
    let enter = || {
        let (id, new) = entered(&desk, args, (due_at, done_at), &now)?;
        known = Some((id, new));
        Ok(id)
    };
    let title = format!("Entered: {} {}", args.kind.name(), Text::line(args.subject.trim()));
    let (id, _) = desk.store.record(title.trim_end(), now.timestamp(), enter)?;
    let new = known.is_some_and(|(_, new)| new);
    let missing = || Problem::new(Kind::Internal, "the activity is gone again");
    let row = desk.store.activity(id)?.ok_or_else(missing)?;
    if args.json {
        return output::json(&json::activity_json(&entry(&row))).map(drop);
    }
    let words = in_words(id, &row, &desk.config.zone);
    output::print(&if new { words } else { format!("{words} It was entered before; nothing was changed.") }).map(drop)
}

/// Enters it inside the change; a new lead for an unknown phone belongs to the same change.
fn entered(
    desk: &Desk,
    args: &args::Log,
    (due_at, done_at): (Option<Timestamp>, Option<Timestamp>),
    now: &Zoned,
) -> Result<(id::Activity, bool)> {
    let key = args.key.as_ref().map(|key| format!("log:{}", key.trim()));
    // What is known by its key is not looked at again: whoever it was with may be gone since.
    if let Some(key) = &key
        && let Some(known) = desk.store.activity_entered_as(key)?
    {
        return Ok((known, false));
    }
    let deal = args.deal.as_ref().map(|deal| deal_called(desk, deal, now)).transpose()?;
    let contact = match (&args.contact, &args.phone) {
        (Some(contact), _) => Some(contact_called(desk, contact, now)?),
        (None, Some(phone)) => Some(whose_phone(desk, phone, args.lead, now)?),
        (None, None) => deal.as_ref().and_then(|(_, contact)| *contact),
    };
    let (mut people, mut guests) = (Vec::new(), Vec::new());
    for person in &args.with {
        match contact_called(desk, person, now) {
            Ok(person) => people.push(person),
            // A name is somebody without a card; an address or a number that nobody has is a mistake.
            Err(problem) if person.contains('@') || person.trim().parse::<i64>().is_ok() => return Err(problem),
            Err(_) => guests.push(Text::line(person.trim())),
        }
    }
    let activity = Activity {
        contact,
        people,
        guests,
        company: args.company.as_ref().map(|company| company_called(desk, company)).transpose()?,
        deal: deal.map(|(deal, _)| deal),
        place: Text::line(args.place.trim()),
        due_at,
        done_at,
        duration_minutes: args.duration,
        result: Text::block(args.result.trim()),
        trigger: args.trigger.map(id::Activity),
        way: args.direction,
        ..Activity::new(args.kind, Text::line(args.subject.trim()))
    };
    match key {
        Some(key) => desk.store.add_activity_once(&key, &activity),
        None => desk.store.add_activity(&activity).map(|id| (id, true)),
    }
}

/// Whose phone it is. A stranger's is refused, unless they are to become a lead.
fn whose_phone(desk: &Desk, phone: &str, lead: bool, now: &Zoned) -> Result<id::Contact> {
    if let Some(contact) = desk.store.contact_by_phone(phone)? {
        return Ok(contact);
    }
    let shown = Text::line(phone.trim());
    if !lead || !phone.contains(|c: char| c.is_ascii_digit()) {
        return Err(Problem::new(Kind::NotFound, format!("nobody here has the phone {shown}, or several people do"))
            .hint("name them with --contact, or make a lead of them with --lead"));
    }
    let new = NewContact {
        name: Name { display: shown.clone(), ..Name::default() },
        phones: vec![shown.into()],
        ..NewContact::new(contact::Kind::Lead, now.timestamp())
    };
    desk.store.add_contact(&new)
}

fn company_called(desk: &Desk, written: &str) -> Result<id::Company> {
    desk.store.company_written(written)?.ok_or_else(|| {
        Problem::new(Kind::NotFound, format!("there is no company {}", Text::line(written)))
            .hint("name a number or a name that postbook companies lists")
    })
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
    let with = row.with();
    let with = if with.is_empty() { String::new() } else { format!(" with {with}") };
    let when = match (activity.due_at, activity.done_at) {
        (Some(due), None) => format!("planned for {}", time(due, zone)),
        (_, Some(done)) => format!("done {}", time(done, zone)),
        (None, None) => String::new(),
    };
    let minutes = activity.duration_minutes.and_then(|minutes| u64::try_from(minutes).ok());
    let took = minutes.map(|minutes| format!(", {}", plural(minutes, "minute", "minutes"))).unwrap_or_default();
    let kind = activity.kind.name();
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
            Some(Command::Log(log)) => *log,
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
