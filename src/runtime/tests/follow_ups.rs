//! What follows a letter that nobody answers, and everything that stops it, with a real store.

use super::*;
use crate::domain::address::Mailbox;
use crate::domain::contact::Whose;
use crate::domain::offered::Offered;
use crate::domain::opt_out::How;
use crate::domain::outbox::Outcome;
use crate::domain::sequence::{FollowUp, SequenceRow, Standing};
use crate::domain::template::Template;
use crate::runtime::events::look;
use crate::runtime::follow_up;
use crate::runtime::writing::{Filling, Office as Writing, Writer};
use crate::store::NewOptOut;
use crate::sync::ingest::keep_sent;
use crate::ui::deal_act::DealAct;

const ANN: id::Contact = id::Contact(1);
const ACCOUNT: id::Account = id::Account(1);

struct Desk {
    office: Office,
    writing: Writing,
}

fn step(name: &str, lines: &str) -> Template {
    let text =
        format!("---\nname: {name}\nlanguage: en\nsubject: About {name}\n{lines}\n---\nHello, here is {name}.\n");
    Template::parse(&format!("{name}.en.md"), &text).unwrap()
}

/// Three letters of a pack; Monday, 23 November, 10:00.
fn desk(auto: &str) -> Desk {
    let office = office();
    let mut writing = writing_office(&office);
    writing.templates = vec![
        step("offer", "pack: sale\nstep: 1"),
        step("follow-up", &format!("pack: sale\nstep: 2\nafter: 3 working days\n{auto}")),
        step("farewell", "pack: sale\nstep: 3\nafter: 5 working days"),
        step("reminder", ""),
    ];
    Desk { office, writing }
}

impl Desk {
    fn at(&mut self, now: &str) -> &mut Self {
        self.office.now = format!("{now}[Europe/Warsaw]").parse().unwrap();
        self
    }

    fn acts(&self) -> Acts<'_> {
        Acts { store: &self.office.store, own: &self.office.own, now: &self.office.now }
    }

    fn writer(&self) -> Writer<'_> {
        Writer { store: &self.office.store, office: &self.writing, now: &self.office.now }
    }

    fn look(&self) {
        look(&self.office.store, &self.writing, &self.office.now).unwrap();
    }

    fn letter(&self, to: &str, follow_up: Option<FollowUp>) -> Letter {
        let mut letter = self.writer().new_letter(None).unwrap();
        letter.to = vec![Mailbox::new("Ann", to).unwrap()];
        letter.subject = "Our offer".to_owned();
        letter.text = "Good morning, here it is.\n".to_owned();
        Letter { follow_up, ..letter }
    }

    /// Sends whatever is due; gives how many letters left.
    fn post(&self) -> usize {
        let Office { store, own, now, .. } = &self.office;
        let mut many = 0;
        let later = now.timestamp() + jiff::SignedDuration::from_secs(30);
        store.note_sync(ACCOUNT, later, Ok(())).unwrap();
        store.look_before_leaving(ACCOUNT, later).unwrap();
        while let Some(attempt) = store.begin_sending(ACCOUNT, later).unwrap() {
            let accepted = Outcome::Accepted(Text::own("250"));
            let keep = || {
                keep_sent(store, ACCOUNT, own, &attempt.bytes, later)?;
                store.letter_left(attempt.id, later)
            };
            store.end_sending(&attempt, &accepted, &[], later, keep).unwrap();
            many += 1;
        }
        many
    }

    fn send(&self, letter: &Letter) {
        self.writer().queue(letter, None, &[]).unwrap();
        assert_eq!(self.post(), 1);
    }

    /// A letter to Ann with a reminder after three working days has left.
    fn reminded() -> Self {
        let desk = desk("");
        desk.send(&desk.letter("ann@acme.example", Some(FollowUp::reminder(3))));
        desk
    }

    fn came(&self, from: &str, head: &str, date: &str) {
        let Office { store, own, now, .. } = &self.office;
        let bytes = format!(
            "From: Somebody <{from}>\r\nTo: me@firma.example\r\nSubject: A letter\r\nDate: {date}\r\nMessage-ID: <{date}{from}>\r\n{head}\r\nAbout it.\r\n"
        );
        let arrival = Arrival {
            uid: 900,
            flags: Flags::SEEN,
            keywords: Vec::new(),
            internal_date: Some(now.timestamp()),
            bytes: bytes.into_bytes(),
            left: None,
        };
        let destination = Destination { account: ACCOUNT, folder: id::Folder(1), uid_validity: 1, own };
        store.write(|| ingest(store, &destination, &[arrival], now.timestamp())).unwrap();
    }

    fn rows(&self) -> Vec<SequenceRow> {
        follow_up::rows(&self.office.store, &self.writing, &self.office.now).unwrap()
    }

    fn standing(&self) -> Standing {
        self.rows()[0].standing.clone()
    }

    fn stopped(&self) -> String {
        match self.standing() {
            Standing::Stopped(why) => why.into(),
            other => panic!("it goes on: {other:?}"),
        }
    }

    fn offered(&self) -> Vec<Offered> {
        self.office.store.to_approve(self.office.now.date(), 100).unwrap()
    }

    fn fill(&self, offered: &Offered) -> Letter {
        match self.writer().fill_offered(offered).unwrap() {
            Filling::Letter(letter) => *letter,
            Filling::Holes(holes) => panic!("{holes:?}"),
        }
    }
}

#[test]
fn a_pack_goes_on_step_by_step_while_nobody_answers() {
    let mut desk = desk("");
    let letter = desk.letter("ann@acme.example", None);
    let Filling::Letter(letter) = desk.writer().fill("offer", None, letter, None).unwrap() else { panic!("holes") };
    assert_eq!(letter.follow_up.as_ref().unwrap().typed(), "sale 3", "a letter of a pack brings the next step");
    desk.send(&letter);
    desk.look();
    assert_eq!(desk.standing(), Standing::Waits("2026-11-26".parse().unwrap()));
    assert_eq!(desk.offered(), []);
    // Due on Thursday morning: a draft for approval, in the conversation, to whom the offer went.
    desk.at("2026-11-26T09:10").look();
    let offered = desk.offered();
    assert_eq!(
        offered[0].because.as_str(),
        "no answer to “About offer” of 23 November 2026 within 3 working days (pack sale, step 2)"
    );
    assert_eq!((offered.len(), desk.standing()), (1, Standing::Offered));
    desk.look();
    assert_eq!(desk.offered(), offered, "once");
    let next = desk.fill(&offered[0]);
    assert_eq!((next.subject.as_str(), next.to[0].address.as_str()), ("Re: About offer", "ann@acme.example"));
    assert!(next.in_reply_to.is_some() && next.text.starts_with("Hello, here is follow-up."), "{}", next.text);
    // Begun and sent, it has the farewell behind it, five working days later.
    let (_, draft) = desk.acts().take_offered(&offered[0], &next).unwrap();
    assert_eq!((desk.standing(), desk.offered()), (Standing::Begun, vec![]));
    // Begun and left lying: when they answer meanwhile, the guard says it before it leaves.
    assert_eq!(desk.writer().check(&next).unwrap(), []);
    desk.writer().queue(&next, draft, &[]).unwrap();
    desk.post();
    let rows = desk.rows();
    assert_eq!(
        (rows.len(), rows[0].follow_up.typed().as_str(), &rows[0].standing),
        (2, "sale 5", &Standing::Waits("2026-12-03".parse().unwrap()))
    );
    desk.at("2026-12-03T09:10").look();
    let last = desk.fill(&desk.offered()[0]);
    assert!(last.text.starts_with("Hello, here is farewell.") && last.follow_up.is_none(), "nothing follows the last");
}

#[test]
fn any_word_of_theirs_stops_it() {
    // From the address I wrote to, and from another one, each in a conversation of its own.
    for (from, date, why) in [
        ("ann@acme.example", "Tue, 24 Nov 2026 10:00:00 +0100", "they wrote on 24 November 2026"),
        ("ann@home.example", "Tue, 24 Nov 2026 10:00:00 +0100", "they wrote on 24 November 2026"),
        // Their clock is wrong, and the letter came later all the same.
        ("ann@home.example", "Fri, 20 Nov 2026 08:00:00 +0100", "they wrote on 20 November 2026"),
    ] {
        let mut desk = Desk::reminded();
        desk.at("2026-11-24T12:00").came(from, "", date);
        // What is offered already goes at once, also before anybody looks.
        desk.look();
        assert_eq!(desk.stopped(), why);
        desk.at("2026-11-27T12:00").look();
        assert_eq!(desk.offered(), [], "{from}");
    }
    // A stranger's letter changes nothing; an answer of whoever in the conversation does.
    let mut desk = Desk::reminded();
    desk.at("2026-11-24T12:00").came("leo@lead.example", "", "Tue, 24 Nov 2026 10:00:00 +0100");
    desk.look();
    assert_eq!(desk.standing(), Standing::Waits("2026-11-26".parse().unwrap()));
    let mine = desk.office.store.sequences(0).unwrap().remove(0).sequence.msg_id;
    let head = format!("In-Reply-To: <{}>\r\n", mine.as_str().trim_matches(['<', '>']));
    desk.came("boss@elsewhere.example", &head, "Tue, 24 Nov 2026 11:00:00 +0100");
    desk.look();
    assert_eq!(desk.stopped(), "they answered on 24 November 2026");
}

#[test]
fn an_offer_vanishes_the_moment_they_write() {
    let mut desk = Desk::reminded();
    desk.at("2026-11-26T12:00").look();
    assert_eq!(desk.offered().len(), 1);
    desk.came("ann@home.example", "", "Thu, 26 Nov 2026 11:30:00 +0100");
    assert_eq!(desk.offered(), [], "nobody has looked yet");
    desk.look();
    assert_eq!(desk.stopped(), "they wrote on 26 November 2026");
}

#[test]
fn meetings_bounces_opt_outs_and_closed_deals_stop_it() {
    let meeting = Activity { kind: Kind::Meeting, due_at: Some("2026-12-01T09:00:00Z".parse().unwrap()), ..call(ANN) };
    type Happens<'a> = Box<dyn Fn(&Desk) + 'a>;
    let cases: Vec<(&str, Happens<'_>)> = vec![
        (
            "a meeting is booked for 1 December 2026",
            Box::new(|desk| {
                drop(desk.acts().activity_act(enter(meeting.clone(), None), &WorkTime::default()).unwrap())
            }),
        ),
        (
            "they want no such letters: said so on the phone",
            Box::new(|desk| {
                let address = &Address::parse("ann@home.example").unwrap();
                let out = NewOptOut {
                    address,
                    how: How::Hand,
                    evidence: "said so on the phone",
                    msg_id: None,
                    mailing: None,
                };
                desk.office.store.opt_out(&out, desk.office.now.timestamp()).unwrap();
            }),
        ),
        (
            "the deal is lost",
            Box::new(|desk| drop(desk.acts().deal(&DealAct::Lost(id::Deal(1), Text::own("price"))).unwrap())),
        ),
        ("the deal is won", Box::new(|desk| drop(desk.acts().deal(&DealAct::Won(id::Deal(1))).unwrap()))),
        ("they cannot be written to any more", Box::new(|desk| drop(desk.acts().ignore_sender(ANN).unwrap()))),
    ];
    for (why, happens) in cases {
        let mut desk = desk("");
        let letter = Letter { deal: Some(id::Deal(1)), ..desk.letter("ann@acme.example", Some(FollowUp::reminder(3))) };
        desk.send(&letter);
        desk.at("2026-11-24T12:00");
        happens(&desk);
        desk.look();
        assert_eq!(desk.stopped(), why);
        desk.at("2026-11-30T12:00").look();
        assert_eq!(desk.offered(), [], "{why}");
    }
    // A call is no meeting.
    let mut desk = Desk::reminded();
    desk.acts().activity_act(enter(call(ANN), None), &WorkTime::default()).unwrap();
    desk.at("2026-11-26T12:00").look();
    assert_eq!(desk.offered().len(), 1);
}

#[test]
fn an_out_of_office_moves_it_and_does_not_stop_it() {
    let mut desk = Desk::reminded();
    desk.at("2026-11-26T12:00").look();
    assert_eq!(desk.standing(), Standing::Offered);
    desk.came("ann@acme.example", "Auto-Submitted: auto-replied\r\n", "Thu, 26 Nov 2026 11:00:00 +0100");
    let answer = desk.office.store.newest_from(&Address::parse("ann@acme.example").unwrap(), 1).unwrap()[0];
    desk.look();
    assert_eq!(desk.standing(), Standing::Offered, "without a day it changes nothing");
    let back = "2026-12-04".parse().unwrap();
    desk.office.store.keep_away(answer, &Address::parse("ann@acme.example").unwrap(), back).unwrap();
    desk.look();
    assert_eq!(desk.standing(), Standing::Waits("2026-12-07".parse().unwrap()), "the working day after Friday");
    assert_eq!(desk.offered(), []);
    desk.at("2026-12-07T09:30").look();
    assert_eq!(desk.offered().len(), 1);
}

#[test]
fn a_letter_that_follows_by_itself_leaves_after_a_last_look() {
    let mut desk = desk("auto: true");
    let template = "follow-up".to_owned();
    let follow_up = FollowUp { days: 3, template, pack: "sale".to_owned(), step: 2 };
    let letter = desk.letter("ann@acme.example", Some(follow_up));
    desk.send(&letter);
    // Not before work begins, nor after it ends.
    for idle in ["2026-11-26T08:00", "2026-11-26T17:30", "2026-11-28T12:00"] {
        desk.at(idle).look();
        assert!(desk.office.store.outbox(0).unwrap().is_empty(), "{idle}");
    }
    desk.at("2026-11-27T09:30").look();
    assert_eq!((desk.standing(), desk.offered()), (Standing::Leaving, vec![]));
    assert_eq!(desk.post(), 1);
    let rows = desk.rows();
    assert_eq!(rows.iter().map(|row| row.follow_up.step).collect::<Vec<_>>(), [3, 2]);
    assert_eq!(rows[1].standing, Standing::Done);
    // Between the outbox and the server, anything may happen: then it does not leave.
    for (moved, happens) in [
        (false, (|desk: &Desk| desk.came("ann@home.example", "", "Fri, 27 Nov 2026 09:29:00 +0100")) as fn(&Desk)),
        (false, |desk| drop(desk.acts().ignore_sender(ANN).unwrap())),
        (true, |desk| {
            desk.came("ann@acme.example", "Auto-Submitted: auto-replied\r\n", "Fri, 27 Nov 2026 09:29:00 +0100");
            let ann = Address::parse("ann@acme.example").unwrap();
            let answer = desk.office.store.newest_from(&ann, 1).unwrap()[0];
            desk.office.store.keep_away(answer, &ann, "2026-12-04".parse().unwrap()).unwrap();
        }),
    ] {
        let mut desk = self::desk("auto: true");
        desk.send(&letter);
        desk.at("2026-11-27T09:30").look();
        assert_eq!(desk.standing(), Standing::Leaving);
        happens(&desk);
        assert_eq!(desk.post(), 0);
        assert!(desk.office.store.outbox(0).unwrap().is_empty());
        match desk.standing() {
            Standing::Stopped(_) => assert!(!moved),
            Standing::Waits(day) => assert!(moved && day == "2026-12-07".parse().unwrap()),
            other => panic!("{other:?}"),
        }
        desk.look();
        assert!(desk.office.store.outbox(0).unwrap().is_empty(), "and stays out");
    }
}

#[test]
fn whoever_is_followed_up_is_on_a_card() {
    let desk = desk("");
    let stranger = Mailbox::new("Olga Petrova", "olga@new.example").unwrap();
    let letter = Letter { to: vec![stranger], ..desk.letter("x@new.example", Some(FollowUp::reminder(2))) };
    desk.writer().queue(&letter, None, &["the first letter to this domain".to_owned()]).unwrap();
    assert_eq!(desk.post(), 1);
    assert_eq!(desk.rows()[0].who.as_str(), "Olga Petrova");
    // The newest letter's plan is the conversation's.
    let Office { store, .. } = &desk.office;
    let first = store.sequences(9).unwrap().remove(0);
    let thread = first.thread.unwrap();
    // The conversation tells what was said against the letter, what became of it, and what follows.
    let spite = store.sent_in_spite(thread).unwrap();
    assert_eq!((spite.len(), spite[0].reasons[0].as_str()), (1, "the first letter to this domain"));
    let view = crate::runtime::reading::thread_view(store, thread, &desk.office.now, &WorkTime::default());
    let fate = view.unwrap().unwrap().fates.remove(0);
    assert_eq!((fate.ladder.len(), fate.ladder[0].what.as_str()), (1, "accepted by the server"));
    assert_eq!(fate.follow_up.as_str(), "if nobody answers within 2 working days, the letter reminder is due");
    let (message, _) = desk.writer().to_follow(thread).unwrap();
    let answer = desk.writer().reply(message, true).unwrap();
    desk.send(&Letter { text: "One thing more.\n".to_owned(), follow_up: Some(FollowUp::reminder(5)), ..answer });
    let rows = desk.rows();
    assert_eq!(rows.iter().map(|row| row.follow_up.days).collect::<Vec<_>>(), [5, 2]);
    assert_eq!((rows[0].thread, &rows[1].standing), (Some(thread), &Standing::Done));
    let cards = |whose| store.contact_card(whose, &desk.office.now, 1).unwrap();
    assert!(
        cards(rows[0].contact)
            .is_some_and(|card| card.row.id == rows[1].contact && Whose::Contact(ANN) != Whose::Contact(card.row.id))
    );
}

#[test]
fn a_follow_up_of_a_sent_letter_is_begun_stopped_and_dismissed_and_all_is_undone() {
    let mut desk = Desk::reminded();
    let (sent, _) = desk.writer().to_follow(desk.rows()[0].thread.unwrap()).unwrap();
    let undo = |desk: &Desk| drop(desk.office.store.undo(desk.office.now.timestamp()).unwrap().unwrap());
    let untouched = dump(&desk.office.store);
    desk.acts().stop_following(desk.rows()[0].id).unwrap();
    assert_eq!(desk.stopped(), "you stopped it");
    assert!(desk.acts().stop_following(desk.rows()[0].id).is_err());
    // Begun again, with a step of the pack.
    let stopped = dump(&desk.office.store);
    let next = FollowUp::read("sale", None, &desk.writing.packs()).unwrap().unwrap();
    desk.acts().follow_letter(sent, &next).unwrap();
    assert_eq!((desk.rows().len(), desk.rows()[0].follow_up.typed().as_str()), (1, "sale 3"));
    undo(&desk);
    assert_eq!(dump(&desk.office.store), stopped);
    undo(&desk);
    assert_eq!(dump(&desk.office.store), untouched);
    // Only letters of mine.
    let theirs = desk.office.store.newest_from(&Address::parse("leo@lead.example").unwrap(), 1).unwrap()[0];
    assert!(desk.acts().follow_letter(theirs, &next).unwrap_err().sentence.contains("only a letter of yours"));
    // No letter wanted: the sequence is over, and goes on when that is taken back.
    desk.at("2026-11-26T12:00").look();
    let offered = desk.offered().remove(0);
    let untouched = dump(&desk.office.store);
    desk.acts().dismiss_offered(offered.id).unwrap();
    assert_eq!(desk.stopped(), "you wanted no letter");
    desk.look();
    assert_eq!(desk.offered(), []);
    undo(&desk);
    assert_eq!(dump(&desk.office.store), untouched);
    assert_eq!((desk.standing(), desk.offered().len()), (Standing::Offered, 1));
}

#[test]
fn a_draft_that_was_overtaken_by_an_answer_is_held_up() {
    use crate::domain::guard::Kind as Guard;
    let mut desk = Desk::reminded();
    desk.at("2026-11-26T12:00").look();
    let next = desk.fill(&desk.offered().remove(0));
    assert_eq!(desk.writer().check(&next).unwrap(), []);
    let mine = desk.office.store.sequences(0).unwrap().remove(0).sequence.msg_id;
    let head = format!("In-Reply-To: <{}>\r\n", mine.as_str().trim_matches(['<', '>']));
    desk.came("ann@acme.example", &head, "Thu, 26 Nov 2026 11:45:00 +0100");
    let said = desk.writer().check(&next).unwrap();
    assert_eq!(said.iter().map(|concern| concern.kind).collect::<Vec<_>>(), [Guard::Overtaken]);
    assert_eq!(said[0].evidence.as_str(), "26 Nov 11:45: About it.");
}
