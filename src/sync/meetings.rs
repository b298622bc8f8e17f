//! Invitations to meetings become planned meetings: those of clients and colleagues, as long as they lie ahead.
//!
//! It is no act of the user: nothing is recorded for undo, but the meeting can be taken out, and then does not come back.

use crate::domain::activity::{Activity, Kind};
use crate::domain::address::{Address, Mailbox, Own};
use crate::domain::filing::Place;
use crate::domain::id;
use crate::domain::meeting::Answer;
use crate::domain::message::{Invitation, Parsed};
use crate::domain::problem::Result;
use crate::domain::text::Text;
use crate::mime;
use crate::store::{Meeting, Store};
use jiff::Timestamp;

/// Enters the meeting of a letter; call inside [`Store::write`], after its thread was filed.
///
/// # Errors
/// When the store cannot be read or written.
pub(super) fn enter(
    store: &Store,
    own: &Own,
    (message, thread): (id::Message, id::Thread),
    parsed: &Parsed,
    now: Timestamp,
) -> Result<()> {
    let Some(invitation) = parsed.invitation.as_ref().filter(|invitation| !invitation.uid.is_empty()) else {
        return Ok(());
    };
    if let Some(answer) = invitation.answer {
        // I do not come, said here or on another device.
        let mine = parsed.from.first().is_some_and(|sender| own.is_me(&sender.address));
        if mine && answer == Answer::Decline {
            store.decline_meeting(invitation.uid.as_str(), parsed.date.unwrap_or(now))?;
        }
        return Ok(());
    }
    let cancelled = invitation.cancelled || invitation.method.as_str() == "CANCEL";
    if !cancelled && invitation.method.as_str() != "REQUEST" {
        return Ok(());
    }
    let thread = store.standing_thread(thread)?;
    let place = match thread {
        Some(thread) => store.filing(thread)?.map(|filed| filed.place).unwrap_or_default(),
        None => Place::default(),
    };
    if !is_known(store, own, parsed, &place)? {
        return Ok(());
    }
    let written_at = parsed.date.unwrap_or(now);
    let repeats = invitation.repeat.is_some();
    let version = |planned| Meeting {
        uid: invitation.uid.to_string(),
        sequence: invitation.sequence,
        written_at,
        planned,
        repeats,
    };
    if cancelled {
        return store.enter_meeting(&version(None));
    }
    let next = match (&invitation.repeat, invitation.starts_at) {
        (Some(repeat), Some(start)) => repeat.next(start, now),
        (None, start) => start.filter(|start| *start > now),
        (Some(_), None) => None,
    };
    let Some(starts) = next else { return Ok(()) };
    let planned = meeting(store, own, invitation, &place, starts)?;
    store.enter_meeting(&version(Some(Activity { message: Some(message), ..planned })))
}

/// Plans the next one of every meeting that comes again, where the planned one is done or past: with the same people, in the same deal, as they
/// stand there now. It is no act of the user, as the first one was none.
///
/// # Errors
/// When the store cannot be read or written.
pub fn plan_next(store: &Store, now: Timestamp) -> Result<u64> {
    let mut planned = 0;
    for (uid, over) in store.meetings_over(now)? {
        let next = next_of(store, over, now)?;
        planned += u64::from(next.is_some());
        store.write(|| store.follow_meeting(&uid, next.as_ref()))?;
    }
    Ok(planned)
}

/// The meeting after this one, by the rule in its letter; `None` when that was the last, or the letter is not there any more.
fn next_of(store: &Store, over: id::Activity, now: Timestamp) -> Result<Option<Activity>> {
    let Some(standing) = store.activity(over)?.map(|row| row.activity) else { return Ok(None) };
    let Some(bytes) = standing.message.map(|letter| store.raw(letter)).transpose()?.flatten() else { return Ok(None) };
    let Some(invitation) = mime::read(&bytes).invitation else { return Ok(None) };
    let (Some(repeat), Some(start)) = (&invitation.repeat, invitation.starts_at) else { return Ok(None) };
    // Done before its time: the next one is after it all the same.
    let after = standing.due_at.map_or(now, |due| due.max(now));
    Ok(repeat.next(start, after).map(|at| Activity {
        id: None,
        due_at: Some(at),
        done_at: None,
        duration_minutes: minutes(&invitation),
        result: Text::default(),
        trigger: Some(over),
        ..standing
    }))
}

/// A stranger's invitation is shown in their letter and enters nothing: calendars are a way of spam, too.
fn is_known(store: &Store, own: &Own, parsed: &Parsed, place: &Place) -> Result<bool> {
    if place.company.is_some() || parsed.from.first().is_some_and(|sender| own.is_us(&sender.address)) {
        return Ok(true);
    }
    match place.contact {
        Some(contact) => Ok(!store.is_new_lead(contact)?),
        None => Ok(false),
    }
}

/// How long it is to be.
fn minutes(invitation: &Invitation) -> Option<i64> {
    let (start, end) = (invitation.starts_at?, invitation.ends_at?);
    Some(end.duration_since(start).as_mins()).filter(|minutes| *minutes > 0)
}

fn meeting(store: &Store, own: &Own, invitation: &Invitation, place: &Place, starts: Timestamp) -> Result<Activity> {
    let mut others: Vec<&Mailbox> = Vec::new();
    for person in invitation.organiser.iter().chain(&invitation.attendees) {
        if !own.is_us(&person.address) && !others.iter().any(|known| known.address == person.address) {
            others.push(person);
        }
    }
    let mut people: Vec<id::Contact> = place.contact.into_iter().collect();
    let mut guests = Vec::new();
    for person in &others {
        let address: &Address = &person.address;
        match store.contact_by_address(address)? {
            Some((contact, _)) if people.contains(&contact) => {}
            Some((contact, _)) => people.push(contact),
            None => guests.push(Text::from(person.to_string())),
        }
    }
    let kind = if people.len() + guests.len() > 1 { Kind::GroupMeeting } else { Kind::Meeting };
    let subject = if invitation.summary.is_empty() { Text::own("Meeting") } else { invitation.summary.clone() };
    let mut people = people.into_iter();
    Ok(Activity {
        contact: people.next(),
        people: people.collect(),
        guests,
        company: place.company,
        deal: place.deal,
        place: invitation.place.clone(),
        due_at: Some(starts),
        duration_minutes: minutes(invitation),
        ..Activity::new(kind, subject)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::contact;
    use crate::domain::folder::Role;
    use crate::domain::message::Flags;
    use crate::domain::promise::SaidIn;
    use crate::store::{NewContact, Registration};
    use crate::sync::ingest::{Arrival, Destination, ingest};

    struct Office {
        _folder: tempfile::TempDir,
        store: Store,
        own: Own,
        destination: (id::Account, id::Folder),
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    impl Office {
        /// Ann is a client.
        fn open() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let store = Store::open(&folder.path().join("postbook.sqlite")).unwrap();
            let registration = Registration {
                name: "work".to_owned(),
                email: Address::parse("me@firma.example").unwrap(),
                kind: crate::domain::account::Kind::Personal,
                read_only: false,
            };
            let account = store.register_account(&registration).unwrap();
            let ann = NewContact {
                addresses: vec![Address::parse("ann@acme.example").unwrap()],
                reviewed_at: Some(at("2026-11-01T08:00:00Z")),
                ..NewContact::new(contact::Kind::Contact, at("2026-11-01T08:00:00Z"))
            };
            store.add_contact(&ann).unwrap();
            let inbox = store.register_folder(account, "INBOX", &Text::own("INBOX"), None, Some(Role::Inbox)).unwrap();
            let own = store.own().unwrap();
            Self { _folder: folder, own, destination: (account, inbox.id), store }
        }

        fn letter(&self, from: &str, day: u32, head: &str, body: &str) -> id::Message {
            let bytes = format!(
                "From: {from}\r\nTo: me@firma.example\r\nSubject: Meeting\r\nDate: {day} Nov 2026 10:00:00 +0100\r\nMessage-ID: <{from}-{day}-{}>\r\n{head}\r\n{body}",
                body.len()
            );
            let uid = u32::try_from(bytes.len()).unwrap() * 100 + day;
            let arrival = Arrival {
                uid,
                flags: Flags::default(),
                keywords: Vec::new(),
                internal_date: None,
                bytes: bytes.into_bytes(),
                left: None,
            };
            let destination = Destination {
                account: self.destination.0,
                folder: self.destination.1,
                uid_validity: 1,
                own: &self.own,
            };
            let threads =
                self.store.write(|| ingest(&self.store, &destination, &[arrival], at("2026-11-23T09:00:00Z"))).unwrap();
            *self.store.messages_of(threads[0]).unwrap().last().unwrap()
        }

        fn invite(&self, from: &str, day: u32, method: &str, event: &str) {
            let body = format!(
                "BEGIN:VCALENDAR\r\nMETHOD:{method}\r\nBEGIN:VEVENT\r\nUID:1@x\r\nSUMMARY:Kick-off\r\nLOCATION:Room 7\r\nORGANIZER:mailto:{from}\r\n\
                 ATTENDEE:mailto:me@firma.example\r\n{event}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
            );
            let head = format!("Content-Type: text/calendar; method={method}; charset=utf-8\r\n");
            self.letter(from, day, &head, &body);
        }

        fn planned(&self) -> Vec<String> {
            let rows = self.store.activities(None, 9).unwrap();
            let line = |row: &crate::domain::activity::ActivityRow| {
                let activity = &row.activity;
                let minutes = activity.duration_minutes.unwrap_or(0);
                format!(
                    "{} {} {} {minutes} [{}]",
                    activity.kind.word(),
                    activity.subject,
                    activity.at().unwrap(),
                    row.with()
                )
            };
            rows.iter().map(line).collect()
        }
    }

    const WARSAW: &str = "DTSTART;TZID=Europe/Warsaw:20261125T101500\r\nDTEND;TZID=Europe/Warsaw:20261125T114500";

    #[test]
    fn an_invitation_of_a_client_is_entered_moved_and_cancelled() {
        let office = Office::open();
        office.invite("ann@acme.example", 20, "REQUEST", WARSAW);
        assert_eq!(office.planned(), ["meeting Kick-off 2026-11-25T09:15:00Z 90 [ann@acme.example]"]);
        office.invite(
            "ann@acme.example",
            21,
            "REQUEST",
            "SEQUENCE:1\r\nDTSTART:20261126T090000Z\r\nATTENDEE:mailto:jan@other.example",
        );
        assert_eq!(office.planned(), ["meeting Kick-off 2026-11-26T09:00:00Z 0 [ann@acme.example]"], "it is moved");
        office.invite("ann@acme.example", 22, "CANCEL", "SEQUENCE:2\r\nDTSTART:20261126T090000Z");
        assert_eq!(office.planned(), ["note Meeting cancelled: Kick-off 2026-11-22T09:00:00Z 0 [ann@acme.example]"]);
        assert!(office.store.changes(9).unwrap().is_empty(), "it is no act of mine");
    }

    #[test]
    fn strangers_the_past_and_answers_enter_nothing() {
        let office = Office::open();
        office.invite("stranger@x.example", 20, "REQUEST", WARSAW);
        office.invite("ann@acme.example", 20, "REPLY", WARSAW);
        office.invite("ann@acme.example", 20, "REQUEST", "DTSTART:20261110T090000Z");
        assert_eq!(office.planned(), Vec::<String>::new());
        office.invite(
            "boss@firma.example",
            20,
            "REQUEST",
            &format!("{WARSAW}\r\nATTENDEE:mailto:ann@acme.example\r\nATTENDEE;CN=Jan:mailto:jan@other.example"),
        );
        assert_eq!(
            office.planned(),
            ["group_meeting Kick-off 2026-11-25T09:15:00Z 90 [ann@acme.example, Jan <jan@other.example>]"],
            "a colleague's with clients"
        );
    }

    #[test]
    fn of_a_meeting_that_comes_again_the_next_one_is_entered() {
        let office = Office::open();
        office.invite(
            "ann@acme.example",
            20,
            "REQUEST",
            "DTSTART;TZID=Europe/Warsaw:20260305T101500\r\nRRULE:FREQ=WEEKLY",
        );
        assert_eq!(office.planned(), ["meeting Kick-off 2026-11-26T09:15:00Z 0 [ann@acme.example]"]);
    }

    #[test]
    fn when_one_is_done_or_past_the_next_one_is_planned() {
        let office = Office::open();
        office.invite(
            "ann@acme.example",
            20,
            "REQUEST",
            "DTSTART;TZID=Europe/Warsaw:20260305T101500\r\nDTEND;TZID=Europe/Warsaw:20260305T111500\r\nRRULE:FREQ=WEEKLY;COUNT=40",
        );
        let next = |now: &str| plan_next(&office.store, at(now)).unwrap();
        assert_eq!(next("2026-11-24T09:00:00Z"), 0, "it lies ahead");
        // Done two days early.
        let first = office.store.activities(None, 9).unwrap()[0].activity.id.unwrap();
        let finish = || office.store.finish_activity(first, at("2026-11-24T10:00:00Z"), None, &Text::own("agreed"));
        office.store.record("done", at("2026-11-24T10:00:00Z"), finish).unwrap();
        assert_eq!((next("2026-11-24T10:00:00Z"), next("2026-11-24T10:00:00Z")), (1, 0));
        let planned =
            || -> Vec<String> { office.planned().into_iter().filter(|line| line.contains("T09:15")).collect() };
        assert_eq!(planned(), ["meeting Kick-off 2026-12-03T09:15:00Z 60 [ann@acme.example]"]);
        let rows = office.store.activities(None, 9).unwrap();
        assert_eq!(rows.iter().filter_map(|row| row.activity.trigger).collect::<Vec<_>>(), [first]);
        // Undo takes back that it was done, and nothing else.
        office.store.undo(at("2026-11-24T11:00:00Z")).unwrap();
        assert_eq!(office.planned().len(), 2);
        // Past and not done: it stays due, and the last one is the fortieth.
        assert_eq!(next("2026-12-03T10:00:00Z"), 0, "the fortieth was the last");
        assert_eq!(next("2026-12-20T10:00:00Z"), 0);
        // What I took out does not come back.
        office.store.record("out", at("2026-12-01T10:00:00Z"), || office.store.remove_activity(first)).unwrap();
        assert_eq!(next("2026-12-30T10:00:00Z"), 0);
    }

    #[test]
    fn promises_are_kept_from_new_letters_of_people() {
        let office = Office::open();
        let open = |message| {
            let promises = office.store.open_promises(SaidIn::Message(message)).unwrap();
            promises
                .iter()
                .map(|promise| format!("{} {} {}", promise.mine, promise.due_on, promise.sentence))
                .collect::<Vec<_>>()
        };
        let body = "I'll send the drawings by Friday.\r\nCould you confirm by Wednesday?\r\n> I will call you tomorrow.\r\n-- \r\nI'll answer by Friday.\r\n";
        let letter = office.letter("ann@acme.example", 23, "", body);
        assert_eq!(
            open(letter),
            ["false 2026-11-27 I'll send the drawings by Friday.", "true 2026-11-25 Could you confirm by Wednesday?"]
        );
        let mine = office.letter("me@firma.example", 22, "", "Wyślę ofertę do piątku.\r\n");
        assert_eq!(open(mine), Vec::<String>::new(), "a letter of mine to myself promises nobody anything");
        let bulk = office.letter("ann@acme.example", 21, "List-Id: <x.y>\r\n", "I'll send it by Friday.\r\n");
        assert_eq!(open(bulk), Vec::<String>::new());
    }
}
