//! What follows when nobody answers: said at the last look, begun for a sent letter, listed and stopped.

use super::Program;
use super::fixtures::{at, t};
use super::looks::look;
use super::writing::letter;
use crate::domain::id;
use crate::domain::outbox::Letter;
use crate::domain::sequence::{FollowUp, SequenceRow, Standing};
use crate::ui::effect::{Effect, FollowUpAct};
use crate::ui::event::{Event, FollowUpAnswer};

fn of_pack(step: u16) -> FollowUp {
    FollowUp { days: 5, template: "follow-up-2".to_owned(), pack: "offer".to_owned(), step }
}

pub(super) fn rows() -> Vec<SequenceRow> {
    let row = |key, who: &str, follow_up, standing| SequenceRow {
        id: id::Sequence(key),
        who: t(who),
        subject: t("Oferta: biurka regulowane"),
        thread: Some(id::Thread(5)),
        contact: id::Contact(1),
        follow_up,
        since: at("11-18 09:00"),
        standing,
    };
    vec![
        row(4, "Олена Іваненко", FollowUp::reminder(3), Standing::Offered),
        row(5, "Anna Kowalska", of_pack(3), Standing::Waits("2026-11-25".parse().unwrap())),
        row(3, "Jan Nowak", of_pack(2), Standing::Stopped(t("they answered on 19 November 2026"))),
        row(2, "小林 さくら", of_pack(2), Standing::Done),
    ]
}

#[test]
fn what_follows_is_said_at_the_last_look() {
    let mut program = Program::full(80, 24);
    program.event(Event::LetterStarted { letter: Box::new(letter()), draft: None });
    program.press("<ctrl-s>");
    program.event(Event::Guarded { concerns: Vec::new(), their_zone: None });
    assert!(!program.screen().contains("nobody answers"), "nothing by itself: {}", program.screen());
    program.asked();
    program.press("n<enter>");
    let read = |typed: &str| Effect::FollowUp(FollowUpAct::Read { typed: typed.to_owned(), template: None });
    assert_eq!(program.asked(), [read("3")], "three working days are proposed");
    program.event(Event::FollowUp(FollowUpAnswer::Read(Some(FollowUp::reminder(3)))));
    let screen = program.screen();
    assert!(screen.contains("Then, if nobody answers within 3 working days, the letter reminder is due"), "{screen}");
    // A slip is asked again, with what was typed: the next Enter is not the one that sends.
    program.press("nsoon<enter>");
    let asked = program.asked();
    let [Effect::FollowUp(act)] = asked.as_slice() else { panic!("{asked:?}") };
    let problem = crate::domain::problem::Problem::new(crate::domain::problem::Kind::Input, "there is no pack “soon”");
    program.event(Event::FollowUp(FollowUpAnswer::Wrong(act.clone(), problem)));
    let screen = program.screen();
    assert!(screen.contains("after soon") && screen.contains("there is no pack “soon”"), "{screen}");
    program.press("<esc>");
    program.press("noffer 5<enter>");
    assert_eq!(program.asked(), [read("offer 5")], "what stood there is typed over");
    program.event(Event::FollowUp(FollowUpAnswer::Read(Some(of_pack(2)))));
    assert!(program.screen().contains("(pack offer, step 2)"), "{}", program.screen());
    program.press("<enter>");
    let asked = program.asked();
    let [Effect::Queue { letter, .. }] = asked.as_slice() else { panic!("{asked:?}") };
    assert_eq!(letter.follow_up, Some(of_pack(2)));
}

#[test]
fn nothing_follows_where_that_is_said() {
    let mut program = Program::full(80, 24);
    let begun = Letter { follow_up: Some(of_pack(2)), ..letter() };
    program.event(Event::LetterStarted { letter: Box::new(begun), draft: None });
    program.press("<ctrl-s>");
    program.event(Event::Guarded { concerns: Vec::new(), their_zone: None });
    program.press("n<backspace><enter>");
    assert!(program.asked().contains(&Effect::FollowUp(FollowUpAct::Read { typed: String::new(), template: None })));
    program.event(Event::FollowUp(FollowUpAnswer::Read(None)));
    assert!(!program.screen().contains("nobody answers"), "{}", program.screen());
    program.press("<enter>");
    let asked = program.asked();
    assert!(asked.iter().any(|e| matches!(e, Effect::Queue { letter, .. } if letter.follow_up.is_none())), "{asked:?}");
}

#[test]
fn a_sent_letter_is_followed_up_and_the_list_stops_it() {
    let mut program = Program::full(80, 24);
    program.press("jjj<enter>");
    program.asked();
    program.press("gn5<enter>");
    let asked = program.asked();
    let [Effect::FollowUp(FollowUpAct::Start { typed, .. })] = asked.as_slice() else { panic!("{asked:?}") };
    assert_eq!(typed, "5");
    program.press("<esc>5llll");
    look("follow_ups", &program);
    program.asked();
    program.press("x");
    assert_eq!(program.asked(), [Effect::FollowUp(FollowUpAct::Stop(id::Sequence(4)))]);
    // What has ended is not stopped; its conversation opens.
    program.press("jjx");
    assert_eq!(program.asked(), []);
    program.press("<enter>");
    let asked = program.asked();
    assert!(asked.contains(&Effect::MarkRead(id::Thread(5))), "{asked:?}");
    let mut wide = Program::full(160, 48);
    wide.press("5llllj");
    look("follow_ups", &wide);
}

#[test]
fn a_letter_of_mine_tells_what_became_of_it() {
    use crate::domain::receipt::Evidence;
    use crate::domain::thread::Fate;
    let mut program = Program::full(80, 24);
    let mut view = super::fixtures::conversation();
    let rung = |when: &str, what: &str| Evidence { at: at(when), what: t(what) };
    view.fates = vec![Fate {
        message: id::Message(22),
        ladder: vec![
            rung("11-20 14:12:00", "accepted by the server"),
            rung("11-20 15:40:00", "read by anna@acme.example"),
        ],
        follow_up: t(&of_pack(2).words()),
    }];
    program.store.view = Some(view);
    program.press("jjj<enter>");
    let screen = program.screen();
    assert!(screen.contains("accepted by the server, Fri 20 Nov 15:12 · read by anna@acme.example"), "{screen}");
    assert!(screen.contains("if nobody answers within 5 working days, the letter follow-up-2"), "{screen}");
}
