//! `postbook activities`: list with filters, show, done, move, remove, calendar files, tables of messages.

use super::args::{Activities, Moment, Which};
use super::context::Context;
use super::desk::Desk;
use super::json;
use super::lists::{activities_in_words, entry};
use super::log::{contact_called, deal_called};
use super::output;
use super::table::time;
use crate::domain::activity::{Activity, ActivityCard, Kind as Of, Link, Way};
use crate::domain::address::Address;
use crate::domain::id;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::{Text, plural};
use crate::domain::when::{self, Basis, Toward};
use crate::mime;
use crate::runtime::acts::Acts;
use crate::store::ActivityFilter;
use crate::ui::effect::ActivityAct;
use jiff::{Timestamp, Zoned};
use std::path::Path;

/// A file over this many rows is no list of messages.
const MOST_ROWS: usize = 200_000;

/// Does one of them.
///
/// # Errors
/// There is no such activity, contact or deal; a file cannot be read or written; the store cannot be.
pub fn run(context: &Context, command: Option<Activities>, which: &Which, as_json: bool) -> Result<()> {
    let desk = Desk::open(context)?;
    match command {
        None => list(&desk, which, as_json),
        Some(Activities::List(which)) => list(&desk, &which, as_json),
        Some(Activities::Show { id }) => show(&desk, id::Activity(id), as_json),
        Some(Activities::Done { id, result, duration }) => {
            let act = ActivityAct::Finish {
                activity: id::Activity(id),
                result: Text::line(result.trim()),
                minutes: duration,
                next: None,
            };
            act_on(&desk, id::Activity(id), act, as_json)
        }
        Some(Activities::Move { id, when }) => move_to(&desk, id::Activity(id), &when.join(" "), as_json),
        Some(Activities::Remove { id }) => remove(&desk, id::Activity(id), as_json),
        Some(Activities::Export { ics, which }) => export(&desk, &ics, which, as_json),
        Some(Activities::Import { file, map, kind, dry_run }) => import(&desk, &file, &map, kind, dry_run, as_json),
    }
}

fn filter(desk: &Desk, which: &Which) -> Result<ActivityFilter> {
    let now = desk.now();
    let at = |moment: Option<Moment>| {
        let no_time = || Problem::new(Kind::Usage, "that time is outside the calendar");
        moment.map(|moment| moment.timestamp(now.time_zone()).ok_or_else(no_time)).transpose()
    };
    Ok(ActivityFilter {
        planned: match (which.planned, which.done) {
            (true, _) => Some(true),
            (_, true) => Some(false),
            _ => None,
        },
        kind: which.kind,
        contact: which.contact.as_ref().map(|contact| contact_called(desk, contact, &now)).transpose()?,
        company: None,
        deal: which.deal.as_ref().map(|deal| deal_called(desk, deal, &now)).transpose()?.map(|(deal, _)| deal),
        from: at(which.from)?,
        to: at(which.to)?,
    })
}

fn list(desk: &Desk, which: &Which, as_json: bool) -> Result<()> {
    let rows = desk.store.activities_where(&filter(desk, which)?)?;
    if as_json {
        let entries: Vec<_> = rows.iter().map(entry).collect();
        return output::json(&json::activities_json(&entries)).map(drop);
    }
    output::print(&activities_in_words(&rows, &desk.config.zone)).map(drop)
}

fn missing(activity: id::Activity) -> Problem {
    Problem::new(Kind::NotFound, format!("there is no activity {activity}"))
        .hint("postbook activities lists them with their numbers")
}

fn card(desk: &Desk, activity: id::Activity) -> Result<ActivityCard> {
    desk.store.activity_card(activity)?.ok_or_else(|| missing(activity))
}

fn show(desk: &Desk, activity: id::Activity, as_json: bool) -> Result<()> {
    let card = card(desk, activity)?;
    if as_json {
        let mut document = json::activity_json(&entry(&card.row));
        let links = |links: &[Link]| links.iter().map(|link| link.id.to_string()).collect::<Vec<_>>();
        if let Some(fields) = document.as_object_mut() {
            fields.insert("led_by".to_owned(), links(&card.led_by).into());
            fields.insert("followed".to_owned(), links(&card.followed).into());
        }
        return output::json(&document).map(drop);
    }
    output::print(&in_words(&card, &desk.config.zone)).map(drop)
}

fn in_words(card: &ActivityCard, zone: &jiff::tz::TimeZone) -> String {
    let (row, activity) = (&card.row, &card.row.activity);
    let state = if activity.is_planned() { "planned" } else { "done" };
    let mut lines = vec![format!(
        "{}, {state} {}",
        activity.kind.name(),
        activity.at().map(|at| time(at, zone)).unwrap_or_default()
    )];
    let mut fact = |name: &str, value: &str| {
        if !value.is_empty() {
            lines.push(format!("{name:9} {value}"));
        }
    };
    fact("about", activity.subject.as_str());
    fact("with", row.with().as_str());
    fact("company", row.company_name.as_ref().map_or("", Text::as_str));
    fact("where", activity.place.as_str());
    fact("deal", row.deal_title.as_ref().map_or("", Text::as_str));
    fact("minutes", &activity.duration_minutes.map(|minutes| minutes.to_string()).unwrap_or_default());
    fact("direction", activity.way.map_or("", Way::word));
    fact("result", Text::line(activity.result.as_str()).as_str());
    let link = |link: &Link| format!("{} {} “{}” {}", link.id, link.kind.name(), link.title, time(link.at, zone));
    card.led_by.iter().for_each(|before| fact("led by", &link(before)));
    card.followed.iter().for_each(|after| fact("followed", &link(after)));
    lines.join("\n")
}

/// Does an act of the user, then shows the activity as it stands.
fn act_on(desk: &Desk, activity: id::Activity, act: ActivityAct, as_json: bool) -> Result<()> {
    card(desk, activity)?;
    let now = desk.now();
    let acts = Acts { store: &desk.store, own: &desk.office.own, now: &now };
    acts.activity_act(act, &desk.office.practice.work)?;
    show(desk, activity, as_json)
}

fn move_to(desk: &Desk, activity: id::Activity, typed: &str, as_json: bool) -> Result<()> {
    let now = desk.now();
    let work = &desk.office.practice.work;
    let to = when::read_to_come(typed, &now, work).ok_or_else(|| {
        Problem::new(Kind::Usage, format!("“{}” is no time to come", Text::line(typed)))
            .hint("write 25.11 14:00, tomorrow 14:00, by Friday, in 3 days")
    })?;
    card(desk, activity)?;
    Acts { store: &desk.store, own: &desk.office.own, now: &now }.activity_move(activity, to)?;
    show(desk, activity, as_json)
}

fn remove(desk: &Desk, activity: id::Activity, as_json: bool) -> Result<()> {
    let title = card(desk, activity)?.row.activity.title();
    let now = desk.now();
    let acts = Acts { store: &desk.store, own: &desk.office.own, now: &now };
    acts.activity_act(ActivityAct::Remove(activity), &desk.office.practice.work)?;
    if as_json {
        return output::json(&serde_json::json!({ "removed": activity.to_string() })).map(drop);
    }
    output::print(&format!("Removed activity {activity}: {title}")).map(drop)
}

fn export(desk: &Desk, to: &Path, which: Which, as_json: bool) -> Result<()> {
    // Without a word on it, a calendar is what lies ahead.
    let planned = which.planned || !which.done;
    let filter = filter(desk, &Which { planned, ..which })?;
    let rows = desk.store.activities_where(&filter)?;
    let text = mime::calendar(&rows, &desk.office.home(), desk.now().timestamp());
    std::fs::write(to, text)
        .map_err(|error| Problem::new(Kind::Input, format!("{} cannot be written: {error}", to.display())))?;
    if as_json {
        return output::json(&serde_json::json!({ "activities": rows.len(), "file": to.to_string_lossy() })).map(drop);
    }
    let many = u64::try_from(rows.len()).unwrap_or(0);
    output::print(&format!("Wrote {} to {}.", plural(many, "activity", "activities"), to.display())).map(drop)
}

/// The fields a table can have.
const FIELDS: [&str; 9] = ["kind", "when", "direction", "phone", "address", "name", "text", "duration", "subject"];

/// Which column each field stands in.
struct Columns(Vec<(&'static str, usize)>);

impl Columns {
    fn read(header: &[Text], map: &[String]) -> Result<Self> {
        let unknown = |what: &str, hint: String| Problem::new(Kind::Usage, what.to_owned()).hint(hint);
        let named =
            |name: &str| header.iter().position(|column| column.as_str().trim().eq_ignore_ascii_case(name.trim()));
        let mut columns: Vec<(&'static str, usize)> =
            FIELDS.iter().filter_map(|field| named(field).map(|column| (*field, column))).collect();
        for pair in map {
            let (column, field) = pair
                .split_once('=')
                .ok_or_else(|| unknown("--map is written COLUMN=FIELD", "such as: --map Numer=phone".to_owned()))?;
            let field = FIELDS.iter().find(|known| **known == field.trim()).ok_or_else(|| {
                unknown(
                    &format!("there is no field {}", Text::line(field)),
                    format!("fields are {}", FIELDS.join(", ")),
                )
            })?;
            let place = named(column).ok_or_else(|| {
                let names: Vec<&str> = header.iter().map(Text::as_str).collect();
                unknown(
                    &format!("the table has no column {}", Text::line(column)),
                    format!("its columns are {}", names.join(", ")),
                )
            })?;
            columns.retain(|(known, _)| known != field);
            columns.push((field, place));
        }
        Ok(Self(columns))
    }

    fn value<'a>(&self, row: &'a mime::csv_file::CsvRow, field: &str) -> &'a str {
        self.0.iter().find(|(known, _)| *known == field).map_or("", |(_, column)| row.cell(*column))
    }
}

fn import(desk: &Desk, file: &Path, map: &[String], kind: Of, dry_run: bool, as_json: bool) -> Result<()> {
    let unreadable = |why: String| Problem::new(Kind::Input, format!("{} {why}", file.display()));
    let bytes = std::fs::read(file).map_err(|error| unreadable(format!("cannot be read: {error}")))?;
    let table = mime::csv_file::read(&bytes)?;
    if table.rows.len() > MOST_ROWS {
        return Err(unreadable("has more rows than any list of messages".to_owned()));
    }
    let columns = Columns::read(&table.header, map)?;
    let now = desk.now();
    let mut wrong: Vec<(u64, String)> = Vec::new();
    let mut ready: Vec<(String, Activity)> = Vec::new();
    for row in &table.rows {
        match activity_of(desk, &columns, row, kind, &now) {
            Ok(activity) => ready.push((key_of(&columns, row), activity)),
            Err(problem) => wrong.push((row.line, problem.sentence)),
        }
    }
    let mut entered = 0_u64;
    if !dry_run && !ready.is_empty() {
        let title = format!(
            "Entered {} from a table",
            plural(u64::try_from(ready.len()).unwrap_or(0), "activity", "activities")
        );
        desk.store.record(&title, now.timestamp(), || {
            for (key, activity) in &ready {
                entered += u64::from(desk.store.add_activity_once(key, activity)?.1);
            }
            Ok(())
        })?;
    }
    tell(&ready, entered, &wrong, dry_run, as_json)?;
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(Problem::new(Kind::Input, "some rows were not entered").hint("the lines above say why"))
    }
}

fn tell(
    ready: &[(String, Activity)],
    entered: u64,
    wrong: &[(u64, String)],
    dry_run: bool,
    as_json: bool,
) -> Result<()> {
    let all = u64::try_from(ready.len()).unwrap_or(0);
    let known = if dry_run { 0 } else { all - entered };
    if as_json {
        let errors: Vec<_> =
            wrong.iter().map(|(line, why)| serde_json::json!({ "line": line, "error": why })).collect();
        let document = serde_json::json!({ "rows": all, "entered": entered, "known": known, "dry_run": dry_run, "errors": errors });
        return output::json(&document).map(drop);
    }
    let mut lines: Vec<String> = wrong.iter().map(|(line, why)| format!("line {line}: {}", Text::line(why))).collect();
    lines.push(if dry_run {
        format!("{} would be entered; nothing was.", plural(all, "row", "rows"))
    } else {
        format!("Entered {}; {} known before.", plural(entered, "row", "rows"), plural(known, "row was", "rows were"))
    });
    output::print(&lines.join("\n")).map(drop)
}

/// The row by what it says: the same row again is the same activity.
fn key_of(columns: &Columns, row: &mime::csv_file::CsvRow) -> String {
    let said: Vec<&str> = FIELDS.iter().map(|field| columns.value(row, field)).collect();
    format!("row:{}", said.join("\u{1f}"))
}

fn activity_of(
    desk: &Desk,
    columns: &Columns,
    row: &mime::csv_file::CsvRow,
    kind: Of,
    now: &Zoned,
) -> Result<Activity> {
    let value = |field| columns.value(row, field);
    let wrong = |sentence: String| Problem::new(Kind::Input, sentence);
    let kind = match value("kind") {
        "" => kind,
        word => Of::from_word(&word.to_lowercase().replace([' ', '-'], "_"))
            .ok_or_else(|| wrong(format!("there is no kind {word}")))?,
    };
    let done_at = moment(value("when"), desk, now).ok_or_else(|| wrong(format!("“{}” is no time", value("when"))))?;
    if done_at > now.timestamp() {
        return Err(wrong(format!("“{}” has not been yet", value("when"))));
    }
    let way = match value("direction").to_lowercase().as_str() {
        "" => None,
        "in" | "incoming" | "inbound" | "received" | "вх" | "входящий" | "вхідний" | "przychodzące"
        | "przychodzące." => Some(Way::In),
        "out" | "outgoing" | "outbound" | "sent" | "исх" | "исходящий" | "вихідний" | "wychodzące" => {
            Some(Way::Out)
        }
        word => return Err(wrong(format!("“{word}” is no direction: in or out"))),
    };
    let minutes = match value("duration") {
        "" => None,
        typed => Some(when::length(typed).ok_or_else(|| wrong(format!("“{typed}” is no duration")))?),
    };
    let contact = contact_of(desk, value("phone"), value("address"), value("name"))?;
    Ok(Activity {
        contact: Some(contact),
        done_at: Some(done_at),
        duration_minutes: minutes,
        way,
        result: Text::block(value("text")),
        ..Activity::new(kind, Text::line(value("subject")))
    })
}

/// A time in a table: RFC 3339, or as people write it.
fn moment(written: &str, desk: &Desk, now: &Zoned) -> Option<Timestamp> {
    if let Ok(at) = written.parse::<Timestamp>() {
        return Some(at);
    }
    if let Ok(at) = written.parse::<jiff::civil::DateTime>() {
        return now.time_zone().to_timestamp(at).ok();
    }
    let work = &desk.office.practice.work;
    when::read(written, Basis { now: now.datetime(), work, toward: Toward::Past })?.at(now, work)
}

fn contact_of(desk: &Desk, phone: &str, address: &str, name: &str) -> Result<id::Contact> {
    if !phone.is_empty()
        && let Some(contact) = desk.store.contact_by_phone(phone)?
    {
        return Ok(contact);
    }
    if let Some(address) = Address::parse(address)
        && let Some((contact, _)) = desk.store.contact_by_address(&address)?
    {
        return Ok(contact);
    }
    let words: Vec<String> = crate::domain::query::words(name);
    let found = desk.store.find_clients(&words, 3)?;
    let whole: Vec<id::Contact> =
        found.iter().filter(|client| client.words == words.len()).filter_map(|client| client.contact).collect();
    match whole.as_slice() {
        [only] => Ok(*only),
        [] => {
            let who: Vec<&str> = [phone, address, name].into_iter().filter(|text| !text.is_empty()).collect();
            let who = if who.is_empty() {
                "it names nobody".to_owned()
            } else {
                format!("nobody here has {}", who.join(", "))
            };
            Err(Problem::new(Kind::NotFound, who))
        }
        _ => Err(Problem::new(Kind::Input, format!("several people are called {}", Text::line(name)))),
    }
}
