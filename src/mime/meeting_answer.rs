//! The answer to an invitation as a calendar (RFC 5546, 3.2.3): the invitation's own lines, with my status.

use super::calendar::File;
use super::invitation::{calendar_text, is_of, unfolded};
use super::parts::Parts;
use crate::domain::address::{Address, Mailbox};
use crate::domain::meeting::Answer;
use jiff::Timestamp;

/// The media type of an answer: how the organiser's program knows it.
pub const REPLY: &str = "text/calendar; method=REPLY";

/// Lines of the meeting that an answer repeats: which meeting, which version, which one of a series, and what people read.
const KEPT: [&str; 9] =
    ["UID", "SEQUENCE", "RECURRENCE-ID", "DTSTART", "DTEND", "DURATION", "SUMMARY", "LOCATION", "ORGANIZER"];

/// The calendar that answers the invitation in a letter; `None` when it has none. I answer under the address that was invited, `me`
/// where none of mine was (a list, an alias).
#[must_use]
pub fn meeting_answer(
    bytes: &[u8],
    is_me: &dyn Fn(&Address) -> bool,
    me: &Mailbox,
    answer: Answer,
    now: Timestamp,
) -> Option<String> {
    let text = unfolded(&calendar_text(&Parts::read(bytes))?);
    let (mut zones, mut event, mut attendee) = (Vec::new(), Vec::new(), None);
    let (mut in_zone, mut events, mut depth) = (false, 0, 0_usize);
    for line in text.lines().map(str::trim_end) {
        match line.to_ascii_uppercase().as_str() {
            "BEGIN:VTIMEZONE" => in_zone = true,
            "BEGIN:VEVENT" => events += 1,
            begin if events > 0 && begin.starts_with("BEGIN:") => depth += 1,
            end if depth > 0 && end.starts_with("END:") => depth -= 1,
            _ if events == 1 && depth == 0 && !in_zone => {
                if KEPT.iter().any(|name| is_of(line, name)) {
                    event.push(line);
                } else if attendee.is_none() && is_of(line, "ATTENDEE") {
                    attendee = super::invitation::person_in(line).filter(|mailbox| is_me(&mailbox.address));
                }
            }
            _ => {}
        }
        if in_zone {
            zones.push(line);
        }
        if line.eq_ignore_ascii_case("END:VTIMEZONE") {
            in_zone = false;
        }
        if line.eq_ignore_ascii_case("END:VEVENT") {
            break;
        }
    }
    let me = attendee.as_ref().unwrap_or(me);
    let mut file = File::default();
    for line in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Postbook//Meetings//EN", "METHOD:REPLY"] {
        file.line(line);
    }
    zones.iter().for_each(|line| file.line(line));
    file.line("BEGIN:VEVENT");
    event.iter().for_each(|line| file.line(line));
    file.moment("DTSTAMP", now);
    let name = me.name.as_str().replace(['"', '\r', '\n'], "");
    let name = if name.is_empty() { String::new() } else { format!(";CN=\"{name}\"") };
    file.line(&format!("ATTENDEE{name};PARTSTAT={}:mailto:{}", answer.status(), me.address));
    file.line("END:VEVENT");
    file.line("END:VCALENDAR");
    (events > 0).then_some(file.text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const INVITATION: &str = "From: anna@x.example\r\nContent-Type: text/calendar; method=REQUEST; charset=utf-8\r\n\r\n\
        BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VTIMEZONE\r\nTZID:Warsaw\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\n\
        END:VTIMEZONE\r\nBEGIN:VEVENT\r\nUID:1@x.example\r\nSEQUENCE:2\r\nDTSTART;TZID=Warsaw:20261201T100000\r\nDTEND;TZID=Warsaw:20261201T110000\r\n\
        SUMMARY:Wybór \r\n blatów\r\nORGANIZER;CN=Anna:mailto:anna@x.example\r\nATTENDEE;CN=Bob:mailto:bob@x.example\r\n\
        ATTENDEE;RSVP=TRUE;CN=Marta:mailto:Me@Firma.example\r\nBEGIN:VALARM\r\nSUMMARY:Alarm\r\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

    fn answered(invitation: &str, answer: Answer) -> Option<String> {
        let me = Mailbox::new("Marta \"M\"", "sales@firma.example").unwrap();
        let mine = Address::parse("me@firma.example").unwrap();
        let now = "2026-11-23T09:00:00Z".parse().unwrap();
        meeting_answer(invitation.as_bytes(), &|address| *address == mine, &me, answer, now)
    }

    #[test]
    fn the_answer_repeats_the_meeting_with_my_status() {
        assert_eq!(
            answered(INVITATION, Answer::Accept).unwrap().replace("\r\n", "\n"),
            "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Postbook//Meetings//EN\nMETHOD:REPLY\nBEGIN:VTIMEZONE\nTZID:Warsaw\nBEGIN:STANDARD\n\
             DTSTART:19700101T000000\nTZOFFSETTO:+0100\nEND:STANDARD\nEND:VTIMEZONE\nBEGIN:VEVENT\nUID:1@x.example\nSEQUENCE:2\n\
             DTSTART;TZID=Warsaw:20261201T100000\nDTEND;TZID=Warsaw:20261201T110000\nSUMMARY:Wybór blatów\nORGANIZER;CN=Anna:mailto:anna@x.example\n\
             DTSTAMP:20261123T090000Z\nATTENDEE;CN=\"Marta\";PARTSTAT=ACCEPTED:mailto:me@firma.example\nEND:VEVENT\nEND:VCALENDAR\n"
        );
    }

    #[test]
    fn who_was_invited_by_another_name_answers_under_the_own() {
        let alias = INVITATION.replace("Me@Firma", "alias@other");
        let text = answered(&alias, Answer::Decline).unwrap();
        assert!(text.contains("ATTENDEE;CN=\"Marta M\";PARTSTAT=DECLINED:mailto:sales@firma.example"), "{text}");
        assert_eq!(answered("From: a@x.example\r\n\r\nBEGIN:VCALENDAR\r\n", Answer::Maybe), None);
    }
}
