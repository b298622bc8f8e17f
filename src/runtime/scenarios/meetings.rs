//! Invitations: answered by a letter, and what that means for my plan.

use super::*;
use crate::domain::meeting::Answer;
use crate::mime;
use crate::runtime::writing::Writer;

fn invitation(id: &str) -> Letter {
    letter(id, "anna@acme.example")
        .about("Zaproszenie na spotkanie: proszę o potwierdzenie, że będzie Pani z nami")
        .header("Content-Type: text/calendar; method=REQUEST; charset=utf-8")
        .body(
            "BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nUID:1@acme.example\nSEQUENCE:0\nDTSTART:20261201T090000Z\n\
             DTEND:20261201T100000Z\nSUMMARY:Spotkanie w sprawie blatów\nORGANIZER;CN=Anna:mailto:boss@acme.example\n\
             ATTENDEE:mailto:me@firma.example\nEND:VEVENT\nEND:VCALENDAR",
        )
}

fn desk() -> Desk {
    let desk = Desk::open();
    let acme = desk.company("Acme", &["acme.example"]);
    desk.contact("Anna", &["anna@acme.example"], Some(acme));
    desk.arrives(invitation("i1"));
    desk
}

fn plan(desk: &Desk) -> Vec<String> {
    desk.store.rows("SELECT kind, subject, done_at IS NOT NULL FROM activity WHERE kind <> 'email' ORDER BY id")
}

#[test]
fn an_accepted_invitation_stays_planned_and_the_organiser_hears_it() {
    let desk = desk();
    let office = crate::runtime::tests::writing_office_of(&desk.own);
    let now = now();
    let writer = Writer { store: &desk.store, office: &office, now: &now };
    assert_eq!(plan(&desk), ["group_meeting | Spotkanie w sprawie blatów | 0"]);
    let answer = writer.answer_meeting(desk.message("i1"), Answer::Accept).unwrap();
    assert_eq!(
        crate::domain::draft::mailbox_list(&answer.to),
        "Anna <boss@acme.example>",
        "the organiser, not who wrote"
    );
    assert_eq!(answer.subject, "Zaakceptowano: Spotkanie w sprawie blatów");
    assert!(answer.text.starts_with("Dziękuję za zaproszenie, będę na spotkaniu."), "{}", answer.text);
    let (outgoing, _) = writer.queue(&answer, None, &[]).unwrap();
    // What leaves is read as an answer to that meeting by whoever reads calendars.
    let bytes = desk.store.outgoing_bytes(outgoing).unwrap();
    let read = mime::read(&bytes).invitation.unwrap();
    assert_eq!((read.method.as_str(), read.uid.as_str()), ("REPLY", "1@acme.example"));
    assert_eq!(plan(&desk), ["group_meeting | Spotkanie w sprawie blatów | 0"]);
    assert!(writer.answer_meeting(desk.message("i1"), Answer::Maybe).is_ok());
}

#[test]
fn a_declined_meeting_leaves_the_plan_when_the_answer_is_sent() {
    let desk = desk();
    let office = crate::runtime::tests::writing_office_of(&desk.own);
    let now = now();
    let writer = Writer { store: &desk.store, office: &office, now: &now };
    let answer = writer.answer_meeting(desk.message("i1"), Answer::Decline).unwrap();
    assert_eq!(plan(&desk), ["group_meeting | Spotkanie w sprawie blatów | 0"], "not before it is sent");
    let (outgoing, _) = writer.queue(&answer, None, &[]).unwrap();
    assert_eq!(plan(&desk), ["group_meeting | Spotkanie w sprawie blatów | 0"], "it can still be taken back");
    let bytes = desk.store.outgoing_bytes(outgoing).unwrap();
    desk.sent(&bytes);
    assert_eq!(plan(&desk), ["note | Meeting declined: Spotkanie w sprawie blatów | 1"]);
    desk.arrives(letter("plain", "anna@acme.example"));
    assert!(writer.answer_meeting(desk.message("plain"), Answer::Accept).is_err());
}

#[test]
fn an_invitation_that_a_later_letter_overtook_is_not_answered() {
    use crate::domain::message::Overtaken;
    for (method, sequence, overtaken) in
        [("REQUEST", 1, Some(Overtaken::Changed)), ("CANCEL", 1, Some(Overtaken::Cancelled)), ("REQUEST", 0, None)]
    {
        let desk = desk();
        let office = crate::runtime::tests::writing_office_of(&desk.own);
        let now = now();
        let writer = Writer { store: &desk.store, office: &office, now: &now };
        let mut later = invitation("i2");
        later.body = later.body.replace("METHOD:REQUEST", &format!("METHOD:{method}"));
        later.body = later.body.replace("SEQUENCE:0", &format!("SEQUENCE:{sequence}"));
        later.headers = later.headers.replace("method=REQUEST", &format!("method={method}"));
        if sequence > 0 {
            desk.arrives(later);
        }
        let opened = crate::runtime::reading::must_open(&desk.store, desk.message("i1")).unwrap();
        assert_eq!(opened.parsed.invitation.unwrap().overtaken, overtaken);
        assert_eq!(writer.answer_meeting(desk.message("i1"), Answer::Accept).is_ok(), overtaken.is_none());
    }
}
