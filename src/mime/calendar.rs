//! Activities as a calendar file (RFC 5545): meetings and calls are events, tasks and notes are to-dos.

use crate::domain::activity::{ActivityRow, Kind};
use crate::domain::text::Text;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// A line is folded before it has more octets than this (RFC 5545, 3.1).
const LONGEST_LINE: usize = 75;
/// How long something lasts that does not say.
const HALF_HOUR: i64 = 30;

/// A calendar of these activities. `home` makes their identities different from everybody else's: a domain of mine.
#[must_use]
pub fn calendar(rows: &[ActivityRow], home: &str, now: Timestamp) -> String {
    let mut file = File::default();
    file.line("BEGIN:VCALENDAR");
    file.line("VERSION:2.0");
    file.line("PRODID:-//Postbook//Activities//EN");
    file.line("CALSCALE:GREGORIAN");
    for row in rows {
        match row.activity.kind {
            Kind::Task | Kind::Note => to_do(&mut file, row, home, now),
            _ => event(&mut file, row, home, now),
        }
    }
    file.line("END:VCALENDAR");
    file.text
}

/// A calendar being written, its lines folded.
#[derive(Default)]
pub(super) struct File {
    /// So far.
    pub(super) text: String,
}

impl File {
    /// A line, folded so that no part of it is longer than allowed and no character is cut.
    pub(super) fn line(&mut self, line: &str) {
        let mut room = LONGEST_LINE;
        for c in line.chars() {
            if c.len_utf8() > room {
                self.text.push_str("\r\n ");
                room = LONGEST_LINE - 1;
            }
            self.text.push(c);
            room -= c.len_utf8();
        }
        self.text.push_str("\r\n");
    }

    fn property(&mut self, name: &str, value: &str) {
        if !value.is_empty() {
            self.line(&format!("{name}:{}", escaped(value)));
        }
    }

    pub(super) fn moment(&mut self, name: &str, at: Timestamp) {
        self.line(&format!("{name}:{}", utc(at)));
    }
}

fn event(file: &mut File, row: &ActivityRow, home: &str, now: Timestamp) {
    let activity = &row.activity;
    // What is planned stands where it is due, what was done where it was.
    let Some(starts) = activity.at() else { return };
    file.line("BEGIN:VEVENT");
    common(file, row, home, now);
    let minutes = activity.duration_minutes.filter(|minutes| *minutes > 0).unwrap_or(HALF_HOUR);
    file.moment("DTSTART", starts);
    file.moment("DTEND", starts.checked_add(SignedDuration::from_mins(minutes)).unwrap_or(starts));
    file.property("LOCATION", activity.place.as_str());
    file.line("STATUS:CONFIRMED");
    file.line("END:VEVENT");
}

fn to_do(file: &mut File, row: &ActivityRow, home: &str, now: Timestamp) {
    let activity = &row.activity;
    file.line("BEGIN:VTODO");
    common(file, row, home, now);
    if let Some(due) = activity.due_at {
        file.moment("DUE", due);
    }
    match activity.done_at {
        Some(done) => {
            file.line("STATUS:COMPLETED");
            file.moment("COMPLETED", done);
        }
        None => file.line("STATUS:NEEDS-ACTION"),
    }
    file.line("END:VTODO");
}

fn common(file: &mut File, row: &ActivityRow, home: &str, now: Timestamp) {
    let activity = &row.activity;
    let key = activity.id.map_or(0, |id| id.0);
    file.line(&format!("UID:activity-{key}@{home}"));
    file.moment("DTSTAMP", now);
    let (kind, with) = (activity.kind.name(), row.with());
    let title = activity.title();
    let about = if title.as_str() == kind { String::new() } else { format!(": {title}") };
    let mut capital = kind.chars();
    let kind =
        capital.next().map(|first| first.to_uppercase().collect::<String>() + capital.as_str()).unwrap_or_default();
    let with = if with.is_empty() { String::new() } else { format!(" with {with}") };
    file.property("SUMMARY", &format!("{kind}{with}{about}"));
    let mut details: Vec<String> = Vec::new();
    details.extend(row.deal_title.as_ref().map(|deal| format!("Deal: {deal}")));
    details.extend(Some(activity.result.to_string()).filter(|result| !result.is_empty() && *result != title.as_str()));
    file.property("DESCRIPTION", &details.join("\n"));
    file.line("CATEGORIES:Postbook");
}

/// Text as a value (RFC 5545, 3.3.11).
fn escaped(text: &str) -> String {
    let mut value = String::with_capacity(text.len());
    for c in Text::block(text).as_str().chars() {
        match c {
            '\\' | ';' | ',' => value.extend(['\\', c]),
            '\n' => value.push_str("\\n"),
            _ => value.push(c),
        }
    }
    value
}

fn utc(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::activity::Activity;
    use crate::domain::id;
    use calcard::{Entry, Parser};

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn row(activity: Activity) -> ActivityRow {
        ActivityRow {
            activity: Activity { id: Some(id::Activity(12)), ..activity },
            contact_name: Some(Text::own("Łukasz Żółw")),
            company_name: None,
            deal_title: Some(Text::own("Desks, 20; white")),
            people: Vec::new(),
        }
    }

    fn meeting() -> ActivityRow {
        row(Activity {
            due_at: Some(at("2026-11-25T13:00:00Z")),
            duration_minutes: Some(90),
            place: Text::own("Prosta 1\\2"),
            result: Text::block("first\nsecond"),
            ..Activity::new(
                Kind::GroupMeeting,
                Text::own("Обсуждение очень длинной темы, чтобы строка была длиннее семидесяти пяти байтов"),
            )
        })
    }

    #[test]
    fn lines_are_folded_and_no_character_is_cut() {
        let text = calendar(&[meeting()], "firma.example", at("2026-11-23T09:00:00Z"));
        assert!(text.lines().all(|line| line.len() <= LONGEST_LINE), "{text}");
        assert!(text.ends_with("END:VCALENDAR\r\n") && !text.replace("\r\n", "").contains('\n'));
        assert!(text.contains("UID:activity-12@firma.example\r\n"), "{text}");
    }

    #[test]
    fn another_reader_finds_in_it_what_was_written() {
        let task = row(Activity {
            due_at: Some(at("2026-11-27T16:00:00Z")),
            done_at: Some(at("2026-11-26T16:00:00Z")),
            ..Activity::new(Kind::Task, Text::own("send offer"))
        });
        let text = calendar(&[meeting(), task], "firma.example", at("2026-11-23T09:00:00Z"));
        let mut parser = Parser::new(&text);
        let Entry::ICalendar(read) = parser.entry() else { panic!("no calendar: {text}") };
        let shown = read.to_string().replace("\r\n ", "");
        for part in [
            "BEGIN:VEVENT",
            "DTSTART:20261125T130000Z",
            "DTEND:20261125T143000Z",
            "SUMMARY:Group meeting with Łukasz Żółw: Обсуждение очень длинной темы\\, чтобы строка была длиннее семидесяти пяти байтов",
            "DESCRIPTION:Deal: Desks\\, 20\\; white\\nfirst\\nsecond",
            "LOCATION:Prosta 1\\\\2",
            "BEGIN:VTODO",
            "DUE:20261127T160000Z",
            "STATUS:COMPLETED",
            "COMPLETED:20261126T160000Z",
        ] {
            assert!(shown.contains(part), "{part}\n{shown}");
        }
        assert!(matches!(parser.entry(), Entry::Eof));
    }
}
