#![allow(clippy::unwrap_used)]
use super::*;
use crate::domain::template::Step;
use jiff::civil::date;

fn packs() -> Vec<Pack> {
    let step = |template: &str, after| Step { template: template.to_owned(), after, survey: false, auto: false };
    vec![
        Pack { name: "Offer".to_owned(), steps: vec![step("offer", 0), step("follow-up", 3), step("farewell", 10)] },
        Pack { name: "Long winter".to_owned(), steps: vec![step("hello", 0), step("again", 20)] },
    ]
}

#[test]
fn what_is_typed_says_what_follows() {
    let next = |days, template: &str, pack: &str, step| {
        Some(FollowUp { days, template: template.to_owned(), pack: pack.to_owned(), step })
    };
    for (typed, template, expected) in [
        ("", None, None),
        ("  ", Some("offer"), None),
        ("3", None, next(3, "reminder", "", 0)),
        ("5 working days", Some("offer"), next(5, "reminder", "", 0)),
        ("1 day", None, next(1, "reminder", "", 0)),
        ("offer", None, next(3, "follow-up", "Offer", 2)),
        ("OFFER, 7 days", None, next(7, "follow-up", "Offer", 2)),
        ("offer", Some("Follow-Up"), next(10, "farewell", "Offer", 3)),
        ("long winter 4", None, next(4, "again", "Long winter", 2)),
    ] {
        assert_eq!(FollowUp::read(typed, template, &packs()).unwrap(), expected, "{typed}");
        // As it is shown it can be typed again.
        if let Some(read) = expected {
            assert_eq!(FollowUp::read(&read.typed(), template, &packs()).unwrap(), Some(read));
        }
    }
    for (typed, template, problem) in [
        ("0", None, "“0” is no number of working days from 1 to 250"),
        ("-3", None, "“-3” is no number of working days from 1 to 250"),
        ("251", None, "“251” is no number of working days from 1 to 250"),
        ("3x", None, "“3x” is no number of working days from 1 to 250"),
        ("soon", None, "there is no pack “soon”"),
        ("offer", Some("farewell"), "nothing follows this letter in the pack Offer"),
    ] {
        let told = FollowUp::read(typed, template, &packs()).unwrap_err();
        assert_eq!(told.sentence, problem);
        assert_eq!(told.hint.unwrap(), "write working days, such as 3, or a pack: Offer, Long winter");
    }
    let bare = FollowUp::read("x", None, &[]).unwrap_err();
    assert_eq!(bare.hint.unwrap(), "write a number of working days, such as 3");
}

#[test]
fn a_letter_of_a_pack_is_followed_by_the_next_step() {
    let after = |template| FollowUp::after_template(template, &packs()).map(|next| next.words());
    assert_eq!(
        after("offer").unwrap(),
        "if nobody answers within 3 working days, the letter follow-up is due (pack Offer, step 2)"
    );
    assert!(after("follow-up").unwrap().ends_with("the letter farewell is due (pack Offer, step 3)"));
    assert_eq!(after("farewell"), None);
    assert_eq!(after("birthday"), None);
    assert_eq!(FollowUp::reminder(1).words(), "if nobody answers within 1 working day, the letter reminder is due");
}

/// Sent on Thursday, 19 November; three working days later is Tuesday, the 24th.
fn sequence() -> Sequence {
    Sequence {
        id: id::Sequence(1),
        msg_id: MsgId::parse("<1@firma.example>").unwrap(),
        contact: id::Contact(1),
        deal: None,
        follow_up: FollowUp::reminder(3),
        since: "2026-11-19T09:00:00Z".parse().unwrap(),
        offered: None,
    }
}

fn at(text: &str) -> Option<Timestamp> {
    Some(format!("{text}:00Z").parse().unwrap())
}

#[test]
fn it_is_due_on_the_morning_of_the_last_day() {
    let work = WorkTime { holidays: vec![date(2026, 11, 25)], ..WorkTime::default() };
    let none = Signs::default();
    let away = |day| Signs { back_on: Some(day), ..Signs::default() };
    let (waits, due) = (Verdict::Waits, Verdict::Due);
    for (now, signs, verdict) in [
        ("2026-11-23T12:00", none.clone(), waits(date(2026, 11, 24))),
        ("2026-11-24T08:59", none.clone(), waits(date(2026, 11, 24))),
        ("2026-11-24T09:00", none.clone(), due(date(2026, 11, 24))),
        ("2026-11-28T03:00", none, due(date(2026, 11, 24))), // the computer was off
        // I wrote again myself on Monday: three working days from then, over the holiday.
        ("2026-11-24T12:00", Signs { mine: at("2026-11-23T15:00"), ..Signs::default() }, waits(date(2026, 11, 27))),
        // An older letter of mine changes nothing.
        ("2026-11-24T12:00", Signs { mine: at("2026-11-12T15:00"), ..Signs::default() }, due(date(2026, 11, 24))),
        // They are back on Friday: the working day after it is Monday.
        ("2026-11-24T12:00", away(date(2026, 11, 27)), waits(date(2026, 11, 30))),
        ("2026-11-30T12:00", away(date(2026, 11, 27)), due(date(2026, 11, 30))),
        // Back before it is due anyway.
        ("2026-11-24T12:00", away(date(2026, 11, 20)), due(date(2026, 11, 24))),
    ] {
        let zoned = format!("{now}[Europe/Warsaw]").parse().unwrap();
        assert_eq!(judge(&sequence(), &signs, &zoned, &work), verdict, "{now} {signs:?}");
    }
}

#[test]
fn each_thing_that_stops_it_is_named() {
    let now: Zoned = "2026-11-24T12:00[Europe/Warsaw]".parse().unwrap();
    let none = Signs::default;
    for (signs, why) in [
        (Signs { answered: at("2026-11-20T23:30"), ..none() }, "they answered on 21 November 2026"),
        (Signs { wrote: at("2026-11-20T10:00"), ..none() }, "they wrote on 20 November 2026"),
        (Signs { bounced: Some(Text::own("a letter did not arrive")), ..none() }, "a letter did not arrive"),
        (Signs { opted_out: Some(Text::own("stop")), ..none() }, "they want no such letters: stop"),
        (Signs { meeting: at("2026-12-03T09:00"), ..none() }, "a meeting is booked for 3 December 2026"),
        (Signs { meeting: at("2026-11-20T09:00"), ..none() }, "you met on 20 November 2026"),
        (Signs { closed: Some(Text::own("won")), ..none() }, "the deal is won"),
        (Signs { unreachable: true, ..none() }, "they cannot be written to any more"),
        // Away as well: it does not wait for their return.
        (Signs { closed: Some(Text::own("lost")), back_on: Some(date(2026, 12, 24)), ..none() }, "the deal is lost"),
    ] {
        assert_eq!(judge(&sequence(), &signs, &now, &WorkTime::default()), Verdict::Stop(Text::own(why)));
    }
}
