use super::*;
use jiff::ToSpan;

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

fn mine() -> Own {
    Own::new([address("me@firma.example")])
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Wednesday noon in Warsaw, the second day away.
fn now() -> Zoned {
    "2026-12-02T12:00[Europe/Warsaw]".parse().unwrap()
}

fn absence() -> Absence {
    Absence {
        id: id::Absence(1),
        account: None,
        begins_at: at("2026-11-30T23:00:00Z"),
        last_day: "2026-12-12".parse().unwrap(),
        template: Text::own(TEMPLATE),
        pause_days: USUAL_PAUSE,
        answered: 0,
    }
}

/// An hour old, from Anna to me.
fn asked() -> Asked {
    Asked {
        marks: Marks { return_path: ReturnPath::To(address("anna@acme.example")), ..Marks::default() },
        nature: Nature::Human,
        direction: Direction::Inbound,
        from: vec![Mailbox::new("Anna", "anna@acme.example").unwrap()],
        named: vec![address("jan@acme.example"), address("me@firma.example")],
        date: at("2026-12-02T10:00:00Z"),
        arrived_at: at("2026-12-02T10:00:05Z"),
        junk: false,
        waits: true,
        ignored: false,
        opted_out: false,
        unreachable: false,
        answered: false,
        person_answered: None,
        thread_answered: None,
    }
}

fn decided(change: impl FnOnce(&mut Asked)) -> Result<String, Refusal> {
    let mut asked = asked();
    change(&mut asked);
    destination(&asked, &absence(), &mine(), &now()).map(|to| to.as_str().to_owned())
}

fn marked(change: impl FnOnce(&mut Marks)) -> Result<String, Refusal> {
    decided(|asked| change(&mut asked.marks))
}

const ANNA: &str = "anna@acme.example";

#[test]
fn a_letter_of_a_person_to_me_is_answered() {
    assert_eq!(decided(|_| ()), Ok(ANNA.to_owned()));
    assert_eq!(marked(|marks| marks.auto_submitted = "no".to_owned()), Ok(ANNA.to_owned()));
    assert_eq!(marked(|marks| marks.precedence = "first-class".to_owned()), Ok(ANNA.to_owned()));
    assert_eq!(marked(|marks| marks.suppress = "dr, rn, nrn".to_owned()), Ok(ANNA.to_owned()), "receipts only");
    assert_eq!(decided(|asked| asked.named = vec![address("me+sales@firma.example")]), Ok(ANNA.to_owned()));
    assert_eq!(
        decided(|asked| asked.from = vec![Mailbox::new("", "boss@firma.example").unwrap()]),
        Ok(ANNA.to_owned()),
        "a colleague is no self"
    );
}

#[test]
fn the_answer_goes_to_the_return_path_else_to_the_sender() {
    for (return_path, sender, expected) in [
        (ReturnPath::To(address("anna.k@mail.acme.example")), Some("jan@acme.example"), "anna.k@mail.acme.example"),
        (ReturnPath::Unknown, Some("jan@acme.example"), "jan@acme.example"),
        (ReturnPath::Unknown, None, ANNA),
    ] {
        let shown = format!("{return_path:?} {sender:?}");
        let to = marked(|marks| {
            marks.return_path = return_path;
            marks.sender = sender.map(address);
        });
        assert_eq!(to.as_deref(), Ok(expected), "{shown}");
    }
}

#[test]
fn what_is_no_letter_of_a_person_is_not_answered() {
    type Change = fn(&mut Asked);
    let cases: &[(Refusal, Change)] = &[
        (Refusal::NullSender, |asked| asked.marks.return_path = ReturnPath::Nobody),
        (Refusal::NullSender, |asked| asked.nature = Nature::Bounce("Return-Path: <>")),
        (Refusal::Automatic, |asked| asked.marks.auto_submitted = "auto-replied".to_owned()),
        (Refusal::Automatic, |asked| asked.marks.auto_submitted = "auto-generated".to_owned()),
        (Refusal::Automatic, |asked| asked.marks.auto_submitted = "something-new".to_owned()),
        (Refusal::Automatic, |asked| asked.marks.precedence = "auto_reply".to_owned()),
        (Refusal::Automatic, |asked| asked.nature = Nature::Automatic("Subject of an automatic reply")),
        (Refusal::List, |asked| asked.marks.list = true),
        (Refusal::List, |asked| asked.marks.precedence = "list".to_owned()),
        (Refusal::Bulk, |asked| asked.marks.precedence = "bulk".to_owned()),
        (Refusal::Bulk, |asked| asked.marks.precedence = "junk".to_owned()),
        (Refusal::Bulk, |asked| asked.nature = Nature::Bulk("Feedback-ID")),
        (Refusal::Suppressed, |asked| asked.marks.suppress = "all".to_owned()),
        (Refusal::Suppressed, |asked| asked.marks.suppress = "dr, oof".to_owned()),
        (Refusal::Suppressed, |asked| asked.marks.suppress = "rn,autoreply".to_owned()),
    ];
    for (refusal, change) in cases {
        let mut asked = asked();
        change(&mut asked);
        assert_eq!(destination(&asked, &absence(), &mine(), &now()), Err(*refusal), "{asked:?}");
    }
}

#[test]
fn robots_and_owners_of_lists_are_not_answered() {
    for robot in [
        "mailer-daemon@mx.example",
        "postmaster@mx.example",
        "no-reply@shop.example",
        "noreply+17@shop.example",
        "owner-desks@lists.example",
        "desks-owner@lists.example",
        "desks-request@lists.example",
        "desks-bounces@lists.example",
        "desks-bounces+me=firma.example@lists.example",
        "bounce-17-me=firma.example@esp.example",
        "bounces+17-me=firma.example@esp.example",
        "desks-return-17-me=firma.example@lists.example",
        "majordomo@lists.example",
        "listserv@lists.example",
    ] {
        let path = marked(|marks| marks.return_path = ReturnPath::To(address(robot)));
        assert_eq!(path, Err(Refusal::Robot), "the return path {robot}");
        let sender = marked(|marks| marks.sender = Some(address(robot)));
        assert_eq!(sender, Err(Refusal::Robot), "the sender {robot}");
        let from = decided(|asked| asked.from = vec![Mailbox::new("", robot).unwrap()]);
        assert_eq!(from, Err(Refusal::Robot), "from {robot}");
    }
    for person in
        ["request@acme.example", "anna.bounty@acme.example", "owner@acme.example", "jan-returner@acme.example"]
    {
        let to = marked(|marks| marks.return_path = ReturnPath::To(address(person)));
        assert_eq!(to.as_deref(), Ok(person));
    }
}

#[test]
fn i_do_not_answer_myself() {
    for own in ["me@firma.example", "me+shop@firma.example"] {
        assert_eq!(decided(|asked| asked.from = vec![Mailbox::new("", own).unwrap()]), Err(Refusal::Own), "from {own}");
        assert_eq!(marked(|marks| marks.return_path = ReturnPath::To(address(own))), Err(Refusal::Own), "to {own}");
        assert_eq!(marked(|marks| marks.sender = Some(address(own))), Err(Refusal::Own), "sender {own}");
    }
    assert_eq!(decided(|asked| asked.direction = Direction::Outbound), Err(Refusal::Own));
    assert_eq!(decided(|asked| asked.from.clear()), Err(Refusal::NoSender));
}

#[test]
fn what_stands_in_the_way() {
    type Change = fn(&mut Asked);
    let cases: &[(Refusal, Change)] = &[
        (Refusal::NotNamed, |asked| asked.named = vec![address("sales@firma.example"), address("jan@acme.example")]),
        (Refusal::NotNamed, |asked| asked.named.clear()),
        (Refusal::Junk, |asked| asked.junk = true),
        (Refusal::Junk, |asked| asked.marks.spam = true),
        (Refusal::Ignored, |asked| asked.ignored = true),
        (Refusal::OptedOut, |asked| asked.opted_out = true),
        (Refusal::Unreachable, |asked| asked.unreachable = true),
        (Refusal::Answered, |asked| asked.answered = true),
        (Refusal::PutAway, |asked| asked.waits = false),
    ];
    for (refusal, change) in cases {
        let mut asked = asked();
        change(&mut asked);
        assert_eq!(destination(&asked, &absence(), &mine(), &now()), Err(*refusal), "{asked:?}");
    }
}

#[test]
fn only_what_came_during_the_absence_and_lately() {
    for (date, arrived, expected) in [
        ("2026-12-02T10:00:00Z", "2026-12-02T10:00:05Z", Ok(())),
        ("2026-12-01T11:00:01Z", "2026-12-01T11:00:01Z", Ok(())),
        // A wrong clock does not matter.
        ("2026-12-24T10:00:00Z", "2026-12-02T10:00:05Z", Ok(())),
        ("2026-12-01T10:59:00Z", "2026-12-01T10:59:00Z", Err(Refusal::Old)),
        // Written long ago, and here only now: an old letter in a new mailbox, or the other way round.
        ("2026-12-01T09:00:00Z", "2026-12-02T10:00:05Z", Err(Refusal::Old)),
        ("2026-12-02T10:00:00Z", "2026-12-01T09:00:00Z", Err(Refusal::Old)),
        ("2026-11-30T22:59:59Z", "2026-12-02T10:00:05Z", Err(Refusal::Early)),
        ("2026-12-02T10:00:00Z", "2026-11-30T22:59:59Z", Err(Refusal::Early)),
    ] {
        let found = decided(|asked| (asked.date, asked.arrived_at) = (at(date), at(arrived))).map(drop);
        assert_eq!(found, expected, "{date} {arrived}");
    }
    let on = |now: &str| {
        let now: Zoned = now.parse().unwrap();
        let hour_ago = now.timestamp() - SignedDuration::from_hours(1);
        let asked = Asked { date: hour_ago, arrived_at: hour_ago, ..asked() };
        destination(&asked, &absence(), &mine(), &now).map(drop)
    };
    assert_eq!(on("2026-12-12T23:59[Europe/Warsaw]"), Ok(()));
    assert_eq!(on("2026-12-13T00:30[Europe/Warsaw]"), Err(Refusal::Early), "I am back");
    assert_eq!(on("2026-12-01T00:30[Europe/Warsaw]"), Err(Refusal::Early), "it came before midnight");
}

#[test]
fn once_per_person_and_conversation_in_the_days() {
    let ago = |days: i64, seconds: i64| Some(now().timestamp() - SignedDuration::from_secs(days * 86_400 - seconds));
    for (person, thread, expected) in [
        (None, None, Ok(())),
        (ago(0, -60), None, Err(Refusal::Again)),
        (ago(7, 60), None, Err(Refusal::Again)),
        (ago(7, -60), None, Ok(())),
        (None, ago(1, 0), Err(Refusal::Conversation)),
        (None, ago(7, 60), Err(Refusal::Conversation)),
        (ago(8, 0), ago(7, -60), Ok(())),
    ] {
        let found = decided(|asked| (asked.person_answered, asked.thread_answered) = (person, thread)).map(drop);
        assert_eq!(found, expected, "{person:?} {thread:?}");
    }
    let daily = Absence { pause_days: 1, ..absence() };
    let asked = Asked { person_answered: ago(1, -60), ..asked() };
    assert!(destination(&asked, &daily, &mine(), &now()).is_ok());
    assert_eq!(destination(&asked, &absence(), &mine(), &now()), Err(Refusal::Again));
}

#[test]
fn every_reason_has_a_word_and_a_sentence_of_its_own() {
    let mut sentences: Vec<&str> = Refusal::EACH.iter().map(|refusal| refusal.reason()).collect();
    sentences.sort_unstable();
    sentences.dedup();
    assert_eq!(sentences.len(), Refusal::EACH.len());
    for refusal in Refusal::EACH {
        assert_eq!(Refusal::from_word(refusal.word()), Some(*refusal));
    }
    assert_eq!(Refusal::from_word(""), None, "an answered letter has none");
}

#[test]
fn the_subject_stands_behind_the_mark() {
    for (subject_of, expected) in [("Offer", "Auto: Offer"), ("Re: Offer", "Auto: Re: Offer"), ("", "Auto:")] {
        assert_eq!(subject(&Text::line(subject_of)), expected);
    }
}

#[test]
fn the_day_of_return_is_a_working_day() {
    // The twelfth is a Saturday.
    let work = WorkTime::default();
    assert_eq!(absence().back_on(&work).to_string(), "2026-12-14");
    let thursday = Absence { last_day: "2026-12-10".parse().unwrap(), ..absence() };
    assert_eq!(thursday.back_on(&work).to_string(), "2026-12-11");
    assert_eq!(absence().first_day(now().time_zone()).to_string(), "2026-12-01");
}

#[test]
fn an_absence_in_words() {
    let away = Absence { answered: 3, ..absence() };
    assert_eq!(in_words(&away, &now()).as_str(), "away until 12 December: 3 answered");
    let before = now().checked_sub(5.days()).unwrap();
    assert_eq!(in_words(&away, &before).as_str(), "away from 1 December");
    let long = Absence { last_day: "2027-01-08".parse().unwrap(), ..absence() };
    assert_eq!(in_words(&long, &now()).as_str(), "away until 8 January 2027: 0 answered");
}
