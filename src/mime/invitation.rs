//! Meetings in letters (RFC 5545, 5546): what, where, when, who.
//!
//! A small reader of the few properties that are shown and entered as a planned meeting; a letter's calendar is
//! answered with its own lines, never written anew from these.

use super::headers::Headers;
use super::parts::Parts;
use crate::domain::address::Mailbox;
use crate::domain::meeting::Answer;
use crate::domain::message::Invitation;
use crate::domain::recurrence::{Every, Repeat};
use crate::domain::text::Text;
use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

/// Bytes of a calendar that are looked at.
const LONGEST: usize = 512 * 1024;

/// The first meeting that a letter carries with a method; a calendar file without one is only a file.
pub(super) fn find(parts: &Parts<'_>) -> Option<Invitation> {
    let headers = parts.headers()?;
    calendars(parts).find_map(|(text, method)| read(&text, method, headers))
}

/// The text of the calendar that [`find`] reads.
pub(super) fn calendar_text(parts: &Parts<'_>) -> Option<String> {
    let headers = parts.headers()?;
    calendars(parts).find(|(text, method)| read(text, *method, headers).is_some()).map(|(text, _)| text)
}

/// The calendars of a letter, with the method that their part names.
fn calendars<'a>(parts: &'a Parts<'_>) -> impl Iterator<Item = (String, Option<&'a str>)> {
    let is_calendar = |t: &str| matches!(t, "text/calendar" | "application/ics");
    parts.all.iter().filter(move |part| is_calendar(&part.media_type)).take(10).map(|part| {
        let mut text = part.text();
        let mut end = text.len().min(LONGEST);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
        (text, part.parameter("method"))
    })
}

/// A line that begins with a blank goes on with the one before (RFC 5545, 3.1).
pub(super) fn unfolded(text: &str) -> String {
    text.replace("\r\n", "\n").replace("\n ", "").replace("\n\t", "")
}

/// The line is this property.
pub(super) fn is_of(line: &str, name: &str) -> bool {
    let rest = line.get(..name.len()).filter(|start| start.eq_ignore_ascii_case(name)).and(line.get(name.len()..));
    rest.is_some_and(|rest| rest.starts_with([':', ';']))
}

/// The person in an `ATTENDEE` line.
pub(super) fn person_in(line: &str) -> Option<Mailbox> {
    person(&Line::read(line)?)
}

/// People and left-out days of one meeting that are read.
const MOST_ATTENDEES: usize = 200;

/// One content line: `NAME;PARAMETER=x:value`.
struct Line {
    name: String,
    parameters: Vec<(String, String)>,
    value: String,
}

impl Line {
    fn read(line: &str) -> Option<Self> {
        let mut quoted = false;
        let colon = line.char_indices().find(|(_, c)| {
            quoted ^= *c == '"';
            *c == ':' && !quoted
        })?;
        let (head, value) = line.split_at(colon.0);
        let mut pieces = head.split(';');
        let name = pieces.next()?.trim().to_ascii_uppercase();
        let parameters = pieces
            .filter_map(|piece| piece.split_once('='))
            .map(|(name, value)| (name.trim().to_ascii_uppercase(), value.trim_matches('"').to_owned()))
            .collect();
        Some(Self { name, parameters, value: value.get(1..).unwrap_or("").trim_end().to_owned() })
    }

    fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// The value as text (RFC 5545, 3.3.11).
    fn text(&self) -> String {
        let mut text = String::with_capacity(self.value.len());
        let mut characters = self.value.chars();
        while let Some(c) = characters.next() {
            match c {
                '\\' => match characters.next() {
                    Some('n' | 'N') => text.push('\n'),
                    Some(other) => text.push(other),
                    None => {}
                },
                _ => text.push(c),
            }
        }
        text
    }
}

/// A calendar taken apart: its own lines, those of its first event, and its zones.
#[derive(Default)]
struct Calendar {
    own: Vec<Line>,
    event: Vec<Line>,
    zones: Vec<Zone>,
}

/// A `VTIMEZONE`: its name and its last known offsets.
#[derive(Default)]
struct Zone {
    name: String,
    standard: Option<Offset>,
    daylight: Option<Offset>,
}

impl Calendar {
    fn read(text: &str) -> Self {
        let mut calendar = Self::default();
        let mut path: Vec<String> = Vec::new();
        let mut events = 0;
        for line in unfolded(text).lines().filter_map(Line::read) {
            match line.name.as_str() {
                "BEGIN" => {
                    let name = line.value.to_ascii_uppercase();
                    events += usize::from(name == "VEVENT");
                    if name == "VTIMEZONE" {
                        calendar.zones.push(Zone::default());
                    }
                    if path.len() < 10 {
                        path.push(name);
                    }
                }
                "END" => {
                    path.pop();
                }
                _ => match path.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
                    ["VCALENDAR"] => calendar.own.push(line),
                    ["VCALENDAR", "VEVENT"] if events == 1 => calendar.event.push(line),
                    ["VCALENDAR", "VTIMEZONE", rest @ ..] => calendar.zone_line(rest.first().copied(), &line),
                    _ => {}
                },
            }
        }
        calendar
    }

    fn zone_line(&mut self, season: Option<&str>, line: &Line) {
        let Some(zone) = self.zones.last_mut() else { return };
        match (season, line.name.as_str()) {
            (None, "TZID") => zone.name.clone_from(&line.value),
            (Some("STANDARD"), "TZOFFSETTO") => zone.standard = offset(&line.value),
            (Some("DAYLIGHT"), "TZOFFSETTO") => zone.daylight = offset(&line.value),
            _ => {}
        }
    }

    fn event(&self, name: &str) -> Option<&Line> {
        self.event.iter().find(|line| line.name == name)
    }

    fn own(&self, name: &str) -> Option<&Line> {
        self.own.iter().find(|line| line.name == name)
    }

    fn text(&self, name: &str) -> Text {
        Text::line(self.event(name).map(Line::text).unwrap_or_default().trim())
    }

    /// When a property says, in absolute time. `fallback` is the zone for times that name none.
    fn moment(&self, line: &Line, fallback: &TimeZone) -> Option<Timestamp> {
        let (local, is_utc) = local_time(&line.value)?;
        let zone = match line.parameter("TZID") {
            _ if is_utc => TimeZone::UTC,
            Some(name) => self.zone(name).unwrap_or_else(|| fallback.clone()),
            None => fallback.clone(),
        };
        zone.to_timestamp(local).ok()
    }

    /// The clock that a property was written by.
    fn there(&self, line: &Line) -> Option<(DateTime, Text)> {
        let name = line.parameter("TZID")?;
        let (local, is_utc) = local_time(&line.value)?;
        let zone = self.zone(name).filter(|_| !is_utc)?;
        Some((local, Text::line(zone.iana_name().unwrap_or(name))))
    }

    /// A zone by its name: IANA's, Windows', or by the offsets that the calendar gives for it.
    fn zone(&self, name: &str) -> Option<TimeZone> {
        named_zone(name).or_else(|| {
            let zone = self.zones.iter().find(|zone| zone.name == name)?;
            let standard = zone.standard?;
            let Some(daylight) = zone.daylight else { return Some(TimeZone::fixed(standard)) };
            let summer = Date::constant(2024, 7, 1).to_datetime(Time::midnight());
            let winter = Date::constant(2024, 1, 1).to_datetime(Time::midnight());
            let known = WINDOWS.iter().filter_map(|(_, iana)| TimeZone::get(iana).ok());
            let same = |zone: &TimeZone| {
                let at = |time: DateTime| zone.to_timestamp(time).map(|t| zone.to_offset(t)).ok();
                at(winter) == Some(standard) && at(summer) == Some(daylight)
            };
            Some(known.into_iter().find(same).unwrap_or_else(|| TimeZone::fixed(standard)))
        })
    }
}

fn read(text: &str, method: Option<&str>, headers: &Headers<'_>) -> Option<Invitation> {
    let calendar = Calendar::read(text);
    if calendar.event.is_empty() {
        return None;
    }
    let method = calendar.own("METHOD").map(|line| line.value.clone()).or_else(|| method.map(str::to_owned))?;
    // A time without a zone is the writer's: their calendar's, else that of the letter's Date.
    let fallback = calendar
        .own("X-WR-TIMEZONE")
        .and_then(|line| calendar.zone(&line.value))
        .or_else(|| headers.date_offset().map(TimeZone::fixed))
        .unwrap_or(TimeZone::UTC);
    let start = calendar.event("DTSTART");
    let starts_at = start.and_then(|line| calendar.moment(line, &fallback));
    let ends_at = match (calendar.event("DTEND"), calendar.event("DURATION"), starts_at) {
        (Some(line), _, _) => calendar.moment(line, &fallback),
        (None, Some(line), Some(start)) => duration(&line.value).and_then(|length| start.checked_add(length).ok()),
        _ => None,
    };
    let is_reply = method.trim().eq_ignore_ascii_case("REPLY");
    let organiser = calendar.event("ORGANIZER").and_then(person);
    let attendees =
        calendar.event.iter().filter(|line| line.name == "ATTENDEE").take(MOST_ATTENDEES).filter_map(person);
    Some(Invitation {
        method: Text::line(&method.trim().to_ascii_uppercase()),
        uid: calendar.text("UID"),
        summary: calendar.text("SUMMARY"),
        place: calendar.text("LOCATION"),
        starts_at,
        ends_at,
        there: start.and_then(|line| calendar.there(line)),
        organiser,
        attendees: attendees.collect(),
        sequence: calendar.event("SEQUENCE").and_then(|line| line.value.trim().parse().ok()).unwrap_or(0),
        cancelled: calendar.event("STATUS").is_some_and(|line| line.value.trim().eq_ignore_ascii_case("CANCELLED")),
        repeat: repeat(&calendar, &fallback),
        answer: calendar
            .event("ATTENDEE")
            .and_then(|line| Answer::of_status(line.parameter("PARTSTAT")?))
            .filter(|_| is_reply),
        overtaken: None,
    })
}

/// `ATTENDEE;CN="Anna: K":mailto:anna@x.example`.
fn person(line: &Line) -> Option<Mailbox> {
    let address = line.value.get(..7).filter(|p| p.eq_ignore_ascii_case("mailto:")).and(line.value.get(7..));
    Mailbox::new(line.parameter("CN").unwrap_or(""), address.unwrap_or(&line.value))
}

/// The `RRULE`, with the days left out.
fn repeat(calendar: &Calendar, fallback: &TimeZone) -> Option<Repeat> {
    let rule = &calendar.event("RRULE")?.value;
    let part = |name: &str| {
        rule.split(';')
            .filter_map(|part| part.split_once('='))
            .find(|(key, _)| key.trim().eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
    };
    let every = match part("FREQ")?.to_ascii_uppercase().as_str() {
        "DAILY" => Every::Day,
        "WEEKLY" => Every::Week,
        "MONTHLY" => Every::Month,
        "YEARLY" => Every::Year,
        _ => return None,
    };
    let start = calendar.event("DTSTART")?;
    let zone = match start.parameter("TZID") {
        _ if start.value.trim().ends_with(['Z', 'z']) => TimeZone::UTC,
        Some(name) => calendar.zone(name).unwrap_or_else(|| fallback.clone()),
        None => fallback.clone(),
    };
    let until = part("UNTIL").and_then(|value| {
        let (local, is_utc) = local_time(value)?;
        // A day alone is in it.
        let local = if value.contains('T') { local } else { local.date().to_datetime(Time::constant(23, 59, 59, 0)) };
        if is_utc { TimeZone::UTC.to_timestamp(local).ok() } else { zone.to_timestamp(local).ok() }
    });
    let except = calendar.event.iter().filter(|line| line.name == "EXDATE").flat_map(|line| {
        line.value.split(',').filter_map(|value| {
            calendar.moment(
                &Line { name: String::new(), parameters: line.parameters.clone(), value: value.to_owned() },
                fallback,
            )
        })
    });
    Some(Repeat {
        every,
        interval: part("INTERVAL").and_then(|value| value.parse().ok()).unwrap_or(1).clamp(1, 1_000),
        count: part("COUNT").and_then(|value| value.parse().ok()),
        until,
        on: part("BYDAY").map(|value| value.split(',').filter_map(weekday).collect()).unwrap_or_default(),
        month_days: part("BYMONTHDAY")
            .map(|value| value.split(',').filter_map(|day| day.trim().parse().ok()).collect())
            .unwrap_or_default(),
        except: except.take(MOST_ATTENDEES).collect(),
        zone,
    })
}

/// `MO`, `2TU`, `-1FR`.
fn weekday(value: &str) -> Option<(i8, Weekday)> {
    let value = value.trim();
    let (nth, day) = value.split_at_checked(value.len().checked_sub(2)?)?;
    let day = match day.to_ascii_uppercase().as_str() {
        "MO" => Weekday::Monday,
        "TU" => Weekday::Tuesday,
        "WE" => Weekday::Wednesday,
        "TH" => Weekday::Thursday,
        "FR" => Weekday::Friday,
        "SA" => Weekday::Saturday,
        "SU" => Weekday::Sunday,
        _ => return None,
    };
    let nth: i8 = if nth.is_empty() { 0 } else { nth.trim_start_matches('+').parse().ok()? };
    (-53..=53).contains(&nth).then_some((nth, day))
}

/// `20260305T101500Z`, `20260305T101500`, `20260305`; the second value says that it is UTC.
fn local_time(value: &str) -> Option<(DateTime, bool)> {
    let value = value.trim();
    let (date, time) = value.split_once('T').unwrap_or((value, "000000"));
    let is_utc = time.ends_with(['Z', 'z']);
    let number = |text: &str, from: usize, to: usize| text.get(from..to)?.parse::<i16>().ok();
    let small = |text: &str, from: usize, to: usize| text.get(from..to)?.parse::<i8>().ok();
    let date = Date::new(number(date, 0, 4)?, small(date, 4, 6)?, small(date, 6, 8)?).ok()?;
    // A leap second is the one before it.
    let second = small(time, 4, 6).unwrap_or(0).min(59);
    let time = Time::new(small(time, 0, 2)?, small(time, 2, 4)?, second, 0).ok()?;
    (1980..=2200).contains(&date.year()).then(|| (date.to_datetime(time), is_utc))
}

/// `PT1H30M`, `P1D`: RFC 5545, 3.3.6 has weeks to seconds and no months.
fn duration(value: &str) -> Option<SignedDuration> {
    let mut seconds: i64 = 0;
    let mut number: i64 = 0;
    for c in value.trim().trim_start_matches('+').strip_prefix('P')?.chars() {
        let unit = match c {
            '0'..='9' => {
                number = number.checked_mul(10)?.checked_add(i64::from(c.to_digit(10)?))?;
                continue;
            }
            'T' => continue,
            'W' => 604_800,
            'D' => 86_400,
            'H' => 3_600,
            'M' => 60,
            'S' => 1,
            _ => return None,
        };
        seconds = seconds.checked_add(number.checked_mul(unit)?)?;
        number = 0;
    }
    Some(SignedDuration::from_secs(seconds))
}

/// `+0100`, `-023000`.
fn offset(value: &str) -> Option<Offset> {
    let (sign, digits) = match value.trim().split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let hours: i32 = digits.get(..2)?.parse().ok()?;
    let minutes: i32 = digits.get(2..4)?.parse().ok()?;
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()
}

fn named_zone(name: &str) -> Option<TimeZone> {
    // `/freeassociation.sourceforge.net/Europe/Warsaw`: Evolution and Lightning put a path before the name.
    let pieces: Vec<&str> = name.trim().split('/').filter(|piece| !piece.is_empty()).collect();
    let iana = match pieces.as_slice() {
        [.., area, city] => format!("{area}/{city}"),
        [only] => (*only).to_owned(),
        [] => return None,
    };
    let windows =
        || WINDOWS.iter().find(|(windows, _)| windows.eq_ignore_ascii_case(name.trim())).map(|(_, iana)| *iana);
    TimeZone::get(windows().unwrap_or(&iana)).ok()
}

/// Zones as Windows and Exchange name them (CLDR `windowsZones`), those that European and American senders use.
const WINDOWS: [(&str, &str); 40] = [
    ("Central European Standard Time", "Europe/Warsaw"),
    ("FLE Standard Time", "Europe/Kyiv"),
    ("Russian Standard Time", "Europe/Moscow"),
    ("W. Europe Standard Time", "Europe/Berlin"),
    ("Central Europe Standard Time", "Europe/Budapest"),
    ("Romance Standard Time", "Europe/Paris"),
    ("GMT Standard Time", "Europe/London"),
    ("Greenwich Standard Time", "Atlantic/Reykjavik"),
    ("GTB Standard Time", "Europe/Bucharest"),
    ("E. Europe Standard Time", "Europe/Chisinau"),
    ("Belarus Standard Time", "Europe/Minsk"),
    ("Kaliningrad Standard Time", "Europe/Kaliningrad"),
    ("Turkey Standard Time", "Europe/Istanbul"),
    ("Israel Standard Time", "Asia/Jerusalem"),
    ("Egypt Standard Time", "Africa/Cairo"),
    ("South Africa Standard Time", "Africa/Johannesburg"),
    ("Russia Time Zone 3", "Europe/Samara"),
    ("Saratov Standard Time", "Europe/Saratov"),
    ("Volgograd Standard Time", "Europe/Volgograd"),
    ("Georgian Standard Time", "Asia/Tbilisi"),
    ("Caucasus Standard Time", "Asia/Yerevan"),
    ("Azerbaijan Standard Time", "Asia/Baku"),
    ("Arabian Standard Time", "Asia/Dubai"),
    ("Ekaterinburg Standard Time", "Asia/Yekaterinburg"),
    ("West Asia Standard Time", "Asia/Tashkent"),
    ("Central Asia Standard Time", "Asia/Almaty"),
    ("Omsk Standard Time", "Asia/Omsk"),
    ("N. Central Asia Standard Time", "Asia/Novosibirsk"),
    ("North Asia Standard Time", "Asia/Krasnoyarsk"),
    ("North Asia East Standard Time", "Asia/Irkutsk"),
    ("Yakutsk Standard Time", "Asia/Yakutsk"),
    ("Vladivostok Standard Time", "Asia/Vladivostok"),
    ("India Standard Time", "Asia/Kolkata"),
    ("China Standard Time", "Asia/Shanghai"),
    ("Tokyo Standard Time", "Asia/Tokyo"),
    ("Eastern Standard Time", "America/New_York"),
    ("Central Standard Time", "America/Chicago"),
    ("Mountain Standard Time", "America/Denver"),
    ("Pacific Standard Time", "America/Los_Angeles"),
    ("UTC", "UTC"),
];

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;

    fn letter(event: &str) -> String {
        format!(
            "From: a@x.example\nDate: Mon, 2 Mar 2026 10:00:00 +0200\nContent-Type: text/calendar; charset=utf-8; method=REQUEST\n\n\
             BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\n{event}\r\nEND:VCALENDAR\r\n"
        )
    }

    #[test]
    fn a_meeting_is_read() {
        let event = "BEGIN:VEVENT\r\nUID:1@x\r\nSUMMARY:Offer\\, part 1\r\nLOCATION:Room \r\n 7\r\nORGANIZER;CN=\"Anna: K\":MAILTO:Anna@x.example\r\n\
                     DTSTART;TZID=Europe/Warsaw:20260305T101500\r\nDTEND:20260305T100000Z\r\nBEGIN:VALARM\r\nSUMMARY:alarm\r\nEND:VALARM\r\nEND:VEVENT\r\n\
                     BEGIN:VEVENT\r\nUID:2@x\r\nEND:VEVENT";
        let invitation = read(letter(event).as_bytes()).invitation.unwrap();
        assert_eq!(
            [&invitation.method, &invitation.uid, &invitation.summary, &invitation.place].map(Text::as_str),
            ["REQUEST", "1@x", "Offer, part 1", "Room 7"]
        );
        assert_eq!(invitation.organiser.unwrap().to_string(), "Anna: K <anna@x.example>");
        assert_eq!(invitation.starts_at, Some("2026-03-05T09:15:00Z".parse().unwrap()));
        assert_eq!(invitation.ends_at, Some("2026-03-05T10:00:00Z".parse().unwrap()));
        assert_eq!(
            read(b"Content-Type: text/calendar\n\nBEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nEND:VEVENT\nEND:VCALENDAR\n")
                .invitation,
            None
        );
    }

    #[test]
    fn times_are_understood() {
        let own_zone = "BEGIN:VTIMEZONE\r\nTZID:My zone\r\nBEGIN:STANDARD\r\nTZOFFSETTO:+0200\r\nEND:STANDARD\r\n\
                        BEGIN:DAYLIGHT\r\nTZOFFSETTO:+0300\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n";
        for (start, zones, expected) in [
            ("DTSTART:20260705T101500Z", "", Some("2026-07-05T10:15:00Z")),
            ("DTSTART;TZID=Central European Standard Time:20260705T101500", "", Some("2026-07-05T08:15:00Z")),
            ("DTSTART;TZID=/mozilla.org/20050126_1/Europe/Kyiv:20260705T101500", "", Some("2026-07-05T07:15:00Z")),
            ("DTSTART;TZID=\"My zone\":20260705T101500", own_zone, Some("2026-07-05T07:15:00Z")),
            ("DTSTART;TZID=My zone:20260105T101500", own_zone, Some("2026-01-05T08:15:00Z")),
            ("DTSTART;VALUE=DATE:20260705", "", Some("2026-07-04T22:00:00Z")),
            // The zone of the letter's Date.
            ("DTSTART:20260705T101500", "", Some("2026-07-05T08:15:00Z")),
            ("DTSTART:99999999T999999", "", None),
            ("DTSTART:soon", "", None),
        ] {
            let event = format!("{zones}BEGIN:VEVENT\r\nUID:1\r\n{start}\r\nDURATION:PT1H30M\r\nEND:VEVENT");
            let invitation = read(letter(&event).as_bytes()).invitation.unwrap();
            let expected: Option<Timestamp> = expected.map(|e| e.parse().unwrap());
            assert_eq!(invitation.starts_at, expected, "{start}");
            assert_eq!(invitation.ends_at, expected.map(|e| e + SignedDuration::from_mins(90)), "{start}");
        }
    }

    #[test]
    fn who_is_invited_and_how_it_comes_again_is_read() {
        let event = "BEGIN:VEVENT\r\nUID:1\r\nSEQUENCE:3\r\nSTATUS:CANCELLED\r\nATTENDEE;CN=Jan;PARTSTAT=NEEDS-ACTION:mailto:jan@x.example\r\n\
                     ATTENDEE:MAILTO:ewa@x.example\r\nDTSTART;TZID=Europe/Warsaw:20260305T101500\r\n\
                     RRULE:FREQ=MONTHLY;INTERVAL=2;BYDAY=MO,-1FR;UNTIL=20261231\r\nEXDATE;TZID=Europe/Warsaw:20260501T101500\r\nEND:VEVENT";
        let invitation = read(letter(event).as_bytes()).invitation.unwrap();
        assert_eq!(
            invitation.attendees.iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["Jan <jan@x.example>", "ewa@x.example"]
        );
        assert_eq!((invitation.sequence, invitation.cancelled), (3, true));
        let repeat = invitation.repeat.unwrap();
        assert_eq!((repeat.every, repeat.interval), (Every::Month, 2));
        assert_eq!(repeat.on, [(0, Weekday::Monday), (-1, Weekday::Friday)]);
        assert_eq!(repeat.until, Some("2026-12-31T22:59:59Z".parse().unwrap()));
        assert_eq!(repeat.except, ["2026-05-01T08:15:00Z".parse::<Timestamp>().unwrap()]);
    }

    proptest::proptest! {
        #[test]
        fn anything_is_read(event in "(BEGIN:|END:|VEVENT|VTIMEZONE|DTSTART|RRULE|EXDATE|FREQ=DAILY|BYDAY=|;TZID=|:|P|T|1|é|\"|\n|\r\n |20260101){0,60}") {
            super::read(&event, Some("REQUEST"), &Headers::default());
        }
    }
}
