//! While I am away each person is answered once, and nothing that is mine to do is taken for done.

use super::*;
use crate::domain::auto_reply::{GoingAway, Refusal};
use crate::domain::counter::Counter;
use crate::domain::outbox::Outcome;
use crate::mime;
use crate::net::smtp::Report;
use crate::runtime::auto_replies::{checked, look};
use crate::runtime::writing::Office as Writing;
use crate::store::NewAbsence;
use crate::sync::outbox::send_due;
use jiff::SignedDuration;

/// An account that was synced before, whose owner is away from this morning on until Friday the 4th.
struct Away {
    office: Office,
    desk: Writing,
    uid: u32,
}

impl Away {
    fn begun() -> Self {
        let office = office();
        let mut desk = writing_office(&office);
        desk.undo = SignedDuration::ZERO;
        let away = Self { office, desk, uid: 0 };
        away.synced();
        assert_eq!(away.look(), 0);
        away.go();
        away
    }

    /// A sync came to its end.
    fn synced(&self) {
        self.office.store.note_sync(id::Account(1), self.office.now.timestamp(), Ok(())).unwrap();
    }

    fn go(&self) {
        let absence = NewAbsence {
            account: None,
            begins_at: "2026-11-23T06:00:00Z".parse().unwrap(),
            last_day: "2026-12-04".parse().unwrap(),
            template: Text::own("away"),
            pause_days: 7,
        };
        self.office.store.begin_absence(&absence, self.office.now.timestamp()).unwrap();
    }

    fn look(&self) -> u64 {
        look(&self.office.store, &self.desk, &self.office.now).unwrap()
    }

    fn later(&mut self, hours: i64) {
        self.office.now = self.office.now.checked_add(SignedDuration::from_hours(hours)).unwrap();
    }

    /// A letter comes into a folder, minutes ago.
    fn comes(&mut self, folder: &str, head: &str) {
        let Office { store, own, now, .. } = &self.office;
        self.uid += 1;
        let role = if folder == "Junk" { Role::Junk } else { Role::Inbox };
        let record = store.register_folder(id::Account(1), folder, &Text::line(folder), None, Some(role)).unwrap();
        let at = now.timestamp() - SignedDuration::from_mins(5);
        let date = jiff::fmt::rfc2822::to_string(&at.to_zoned(now.time_zone().clone())).unwrap();
        let head = if head.contains("\nTo: ") { head.to_owned() } else { format!("{head}\nTo: me@firma.example") };
        let bytes = format!(
            "{}\r\nDate: {date}\r\nMessage-ID: <m{}@test.example>\r\n\r\nDzień dobry, proszę o ofertę na biurka.\r\n",
            head.replace('\n', "\r\n"),
            self.uid
        );
        let arrival = Arrival {
            uid: 1000 + self.uid,
            flags: Flags::default(),
            keywords: Vec::new(),
            internal_date: Some(at),
            bytes: bytes.into_bytes(),
            left: None,
        };
        let destination = Destination { account: id::Account(1), folder: record.id, uid_validity: 1, own };
        store.write(|| ingest(store, &destination, &[arrival], now.timestamp())).unwrap();
    }

    fn refusals(&self) -> Vec<Option<Refusal>> {
        let absence = self.office.store.absence(&self.office.now).unwrap().unwrap();
        let mut looked = self.office.store.looked_at_in(absence.id, 100).unwrap();
        looked.sort_by_key(|looked| looked.message);
        looked.iter().map(|looked| looked.refusal).collect()
    }

    /// Sends what is due; each letter with its envelope's recipients.
    fn sent(&self) -> Vec<(Vec<String>, String)> {
        let mut sent = Vec::new();
        let mut socket = |attempt: &crate::store::Attempt, _: &mut dyn FnMut() -> Result<()>| {
            let to = attempt.to.iter().map(|address| address.as_str().to_owned()).collect();
            sent.push((to, String::from_utf8_lossy(&attempt.bytes).into_owned()));
            Report { outcome: Outcome::Accepted(Text::own("250 ok")), refused: Vec::new(), signed_in: true }
        };
        send_due(&self.office.store, id::Account(1), &self.office.own, &mut socket, &mut |_| {}).unwrap();
        sent
    }

    fn counter(&self, counter: Counter) -> u64 {
        self.office.store.counters(&self.office.now, &WorkTime::default()).unwrap().get(counter)
    }
}

#[test]
fn the_answer_has_every_mark_and_is_not_mine() {
    let mut away = Away::begun();
    let before = away.counter(Counter::Unanswered);
    away.comes("INBOX", "Return-Path: <ann.k@mail.acme.example>\nFrom: Ann <ann@acme.example>\nSubject: Offer\nReferences: <first@acme.example>");
    assert_eq!(away.counter(Counter::Unanswered), before + 1);
    assert_eq!(away.look(), 1);
    let row = away.office.store.outbox(5).unwrap().remove(0);
    assert_eq!(
        (row.to.as_str(), row.subject.as_str()),
        ("ann.k@mail.acme.example", "Auto: Offer"),
        "it stands in Outgoing"
    );
    let sent = away.sent();
    let [(to, letter)] = sent.as_slice() else { panic!("{sent:?}") };
    assert_eq!(to, &["ann.k@mail.acme.example"], "RFC 3834, 4: the return path");
    assert!(letter.starts_with("Auto-Submitted: auto-replied\r\n"), "{letter}");
    for field in [
        "\r\nSubject: Auto: Offer\r\n",
        "\r\nIn-Reply-To: <m1@test.example>\r\n",
        "\r\nReferences: <first@acme.example> <m1@test.example>\r\n",
        "\r\nFrom: Me <me@firma.example>\r\n",
        "\r\nX-Auto-Response-Suppress: All\r\n",
    ] {
        assert!(letter.contains(field), "{field}: {letter}");
    }
    assert!(!letter.contains("Disposition-Notification-To"), "{letter}");
    let read = mime::read(letter.as_bytes());
    assert_eq!(read.nature.word(), "automatic");
    assert!(
        read.text.as_str().contains("wracam 7 grudnia 2026"),
        "in their language, with the next working day: {}",
        read.text
    );
    assert!(!read.text.as_str().contains("proszę o ofertę"), "nothing is quoted: {}", read.text);
    // What I owe I owe.
    assert_eq!(away.counter(Counter::Unanswered), before + 1);
    assert!(
        away.office.store.rows("SELECT flags & 2 FROM message WHERE subject = 'Offer'").iter().all(|flag| flag == "0")
    );
    assert_eq!(
        away.office.store.rows("SELECT direction, nature FROM message WHERE subject = 'Auto: Offer'"),
        ["outbound | automatic"]
    );
    assert!(!away.office.store.ever_wrote_to_domain("mail.acme.example").unwrap(), "I never wrote there");
    assert!(away.office.store.written_to().unwrap().is_empty());
    let absence = away.office.store.absence(&away.office.now).unwrap().unwrap();
    assert_eq!(absence.answered, 1);
}

#[test]
fn each_person_once_in_the_days_and_each_conversation() {
    let mut away = Away::begun();
    away.comes("INBOX", "From: Ann <ann@acme.example>\nSubject: One");
    away.comes("INBOX", "From: Ann <ann@acme.example>\nSubject: Two");
    away.comes("INBOX", "From: Ann <ann@home.example>\nSubject: From the other address on her card");
    away.comes("INBOX", "From: Bob <bob@acme.example>\nSubject: Re: One\nIn-Reply-To: <m1@test.example>");
    away.comes("INBOX", "From: Eve <eve+x@acme.example>\nSubject: Mine");
    away.comes("INBOX", "From: Eve <eve@acme.example>\nSubject: Mine again");
    assert_eq!(away.look(), 2);
    assert_eq!(
        away.refusals(),
        [None, Some(Refusal::Again), Some(Refusal::Again), Some(Refusal::Conversation), None, Some(Refusal::Again)]
    );
    assert_eq!(away.look(), 0, "each letter is looked at once");
    // A robot without any mark that writes under many names is answered once.
    for name in ["jan", "ola", "ewa"] {
        away.comes(
            "INBOX",
            &format!("Return-Path: <desk@robot.example>\nFrom: X <{name}@robot.example>\nSubject: {name}"),
        );
    }
    assert_eq!(away.look(), 1, "one return path");
    assert_eq!(away.sent().len(), 3);
    away.later(24 * 7 + 1);
    away.comes("INBOX", "From: Ann <ann@acme.example>\nSubject: Three");
    assert_eq!(away.look(), 1, "a week later");
    // Another absence within the days: they know.
    away.go();
    away.later(1);
    away.comes("INBOX", "From: Ann <ann@acme.example>\nSubject: Four");
    assert_eq!(away.look(), 0);
    assert_eq!(away.refusals(), [Some(Refusal::Again)]);
}

#[test]
fn only_people_who_wrote_to_me() {
    let mut away = Away::begun();
    let cases = [
        ("INBOX", "From: Ewa <ewa@x.example>\nSubject: A\nList-Id: <l.x.example>", Refusal::List),
        ("INBOX", "From: Ewa <ewa@x.example>\nSubject: B\nPrecedence: bulk", Refusal::Bulk),
        ("INBOX", "From: Ewa <ewa@x.example>\nSubject: C\nAuto-Submitted: auto-replied", Refusal::Automatic),
        ("INBOX", "Return-Path: <>\nFrom: Ewa <ewa@x.example>\nSubject: D", Refusal::NullSender),
        ("INBOX", "From: Ewa <ewa@x.example>\nSubject: E\nX-Auto-Response-Suppress: OOF", Refusal::Suppressed),
        ("INBOX", "From: Shop <no-reply@x.example>\nSubject: F", Refusal::Automatic),
        ("INBOX", "Return-Path: <owner-l@x.example>\nFrom: Ewa <ewa@x.example>\nSubject: G", Refusal::Robot),
        ("INBOX", "From: Ewa <ewa@x.example>\nTo: sales@firma.example\nSubject: H", Refusal::NotNamed),
        ("INBOX", "From: Me <me@firma.example>\nSubject: I", Refusal::Own),
        ("Junk", "From: Ewa <ewa@x.example>\nSubject: J", Refusal::Junk),
        ("INBOX", "From: Nag <nag@x.example>\nSubject: K", Refusal::Ignored),
        ("INBOX", "From: Out <out@x.example>\nSubject: L", Refusal::OptedOut),
    ];
    away.office.store.ignore_sender("nag@x.example").unwrap();
    let out = Address::parse("out@x.example").unwrap();
    let acts = Acts { store: &away.office.store, own: &away.office.own, now: &away.office.now };
    acts.opt_out(&[out], &Text::own("told me")).unwrap();
    for (folder, head, _) in cases {
        away.comes(folder, head);
    }
    assert_eq!(away.look(), 0);
    assert_eq!(away.refusals(), cases.map(|(_, _, refusal)| Some(refusal)));
    // The same person writes a letter as people do.
    away.comes("INBOX", "From: Ewa <ewa@x.example>\nSubject: M\nCc: me@firma.example\nTo: jan@x.example");
    assert_eq!(away.look(), 1);
}

#[test]
fn what_came_before_is_not_answered() {
    let office = office();
    let mut desk = writing_office(&office);
    desk.undo = SignedDuration::ZERO;
    let mut away = Away { office, desk, uid: 0 };
    away.go();
    away.comes("INBOX", "From: Ann <ann@acme.example>\nSubject: In the middle of the first sync");
    assert_eq!(away.look(), 0);
    away.comes("INBOX", "From: Eve <eve@acme.example>\nSubject: Still in it");
    away.synced();
    assert_eq!(away.look(), 0);
    assert_eq!(away.refusals(), [], "they are not even looked at");
    away.comes("INBOX", "From: Ann <ann@acme.example>\nSubject: News");
    assert_eq!(away.look(), 1);
    // Back: what comes now is for me.
    away.office.store.end_absence(away.office.now.timestamp()).unwrap();
    away.comes("INBOX", "From: Eve <eve@acme.example>\nSubject: Are you back?");
    assert_eq!(away.look(), 0);
    away.go();
    assert_eq!(away.look(), 0, "what came while I was there is not answered afterwards");
}

#[test]
fn what_i_answered_needs_no_other_answer() {
    let mut away = Away::begun();
    away.comes("INBOX", "From: Ann <ann@acme.example>\nSubject: One");
    away.comes("INBOX", "From: Eve <eve@acme.example>\nSubject: Two");
    let message = |subject: &str| {
        let key = away.office.store.rows(&format!("SELECT id FROM message WHERE subject = '{subject}'")).remove(0);
        id::Message(key.parse().unwrap())
    };
    // One answered on the telephone's mail program, one answered here.
    away.office.store.set_answered(message("One")).unwrap();
    let writer = super::super::writing::Writer { store: &away.office.store, office: &away.desk, now: &away.office.now };
    let mine = Letter { text: "Yes.".to_owned(), ..writer.reply(message("Two"), false).unwrap() };
    writer.queue(&mine, None, &[]).unwrap();
    assert_eq!(away.look(), 0);
    assert_eq!(away.refusals(), [Some(Refusal::Answered), Some(Refusal::Answered)]);
}

#[test]
fn an_answer_that_waited_too_long_does_not_leave() {
    let drop_late = |away: &Away| away.office.store.drop_late_auto_replies(id::Account(1), &away.office.now).unwrap();
    let queued = |away: &Away| away.office.store.outbox(0).unwrap().len();
    // No network for two days.
    let mut away = Away::begun();
    away.comes("INBOX", "From: Ann <ann@acme.example>\nSubject: One");
    assert_eq!(away.look(), 1);
    away.later(23);
    drop_late(&away);
    assert_eq!(queued(&away), 1);
    away.later(2);
    drop_late(&away);
    assert_eq!((queued(&away), away.refusals()), (0, vec![Some(Refusal::Old)]));
    away.comes("INBOX", "From: Ann <ann@acme.example>\nSubject: Two");
    assert_eq!(away.look(), 1, "she got none yet");
    // I came back sooner.
    let absence = away.office.store.absence(&away.office.now).unwrap().unwrap();
    away.office.store.end_absence(away.office.now.timestamp()).unwrap();
    drop_late(&away);
    assert_eq!(queued(&away), 0);
    let looked = away.office.store.looked_at_in(absence.id, 9).unwrap();
    assert!(looked.iter().all(|looked| looked.refusal.is_some()), "{looked:?}");
    // I answered meanwhile.
    let mut away = Away::begun();
    away.comes("INBOX", "From: Ann <ann@acme.example>\nSubject: One");
    assert_eq!(away.look(), 1);
    drop_late(&away);
    assert_eq!(queued(&away), 1);
    let key = away.office.store.rows("SELECT id FROM message WHERE subject = 'One'").remove(0);
    away.office.store.set_answered(id::Message(key.parse().unwrap())).unwrap();
    drop_late(&away);
    assert_eq!((queued(&away), away.refusals()), (0, vec![Some(Refusal::Answered)]));
}

#[test]
fn one_that_is_taken_back_is_not_written_again() {
    let mut away = Away::begun();
    away.comes("INBOX", "From: Ann <ann@acme.example>\nSubject: One");
    assert_eq!(away.look(), 1);
    let row = away.office.store.outbox(0).unwrap().remove(0);
    away.office.store.discard(row.id).unwrap().unwrap();
    away.comes("INBOX", "From: Ann <ann@acme.example>\nSubject: Two");
    assert_eq!(away.look(), 0);
    assert_eq!(away.sent(), []);
}

#[test]
fn a_template_that_lacks_a_value_answers_nobody_and_stops_nobody() {
    let mut away = Away::begun();
    let text = "---\nname: away\nlanguage: en\nsubject: Away\n---\nHello {{ contact.position }}\n";
    away.desk.templates = vec![crate::domain::template::Template::parse("away.en.md", text).unwrap()];
    away.comes("INBOX", "From: Ann <ann@acme.example>\nSubject: One");
    assert_eq!(away.look(), 0);
    assert_eq!(away.refusals(), [Some(Refusal::Unwritable)]);
    // It is said before I go.
    let wanted = GoingAway {
        from: None,
        until: "2026-12-04".parse().unwrap(),
        template: "away".to_owned(),
        pause_days: 7,
        account: None,
    };
    let problem = checked(&wanted, &away.desk, &away.office.now).unwrap_err();
    assert!(problem.sentence.contains("contact.position"), "{problem}");
    let bundled = writing_office(&away.office);
    let new = checked(&wanted, &bundled, &away.office.now).unwrap();
    assert_eq!(new.begins_at, away.office.now.timestamp(), "from now on, not from midnight");
    for (from, until) in [(None, "2026-11-22"), (Some("2026-12-10"), "2026-12-09")] {
        let days =
            GoingAway { from: from.map(|day| day.parse().unwrap()), until: until.parse().unwrap(), ..wanted.clone() };
        assert!(checked(&days, &bundled, &away.office.now).is_err(), "{from:?} {until}");
    }
    let other = GoingAway { template: "gone".to_owned(), ..wanted };
    assert!(checked(&other, &bundled, &away.office.now).is_err());
}

#[test]
fn killed_in_the_middle_it_is_all_or_nothing() {
    let mut away = Away::begun();
    away.comes("INBOX", "From: Ann <ann@acme.example>\nSubject: One");
    // The outbox takes it, what is kept of the letter is refused: as if the program had ended there.
    away.office.store.run("CREATE TRIGGER broken BEFORE INSERT ON auto_reply BEGIN SELECT raise(ABORT, 'killed'); END");
    assert!(look(&away.office.store, &away.desk, &away.office.now).is_err());
    assert!(away.office.store.outbox(0).unwrap().is_empty(), "no answer without its row");
    away.office.store.run("DROP TRIGGER broken");
    assert_eq!(away.look(), 1);
    assert_eq!(away.look(), 0);
    assert_eq!(away.sent().len(), 1);
}

#[test]
fn a_teams_mailbox_and_another_account_do_not_answer() {
    let mut away = Away::begun();
    if let Some(account) = away.desk.accounts.first_mut() {
        account.kind = crate::domain::account::Kind::Shared;
    }
    away.comes("INBOX", "From: Ann <ann@acme.example>\nSubject: One");
    assert_eq!(away.look(), 0);
    if let Some(account) = away.desk.accounts.first_mut() {
        account.kind = crate::domain::account::Kind::Personal;
    }
    assert_eq!(away.look(), 1);
}
