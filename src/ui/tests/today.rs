//! Today stays where it is, and everything on it can be cleared.

use super::fixtures::{at, t};
use super::{Program, click, now};
use crate::domain::address::Address;
use crate::domain::assignment::{Assignment, Colleague};
use crate::domain::counter::{Counter, Counters, Subject};
use crate::domain::id;
use crate::domain::money::Money;
use crate::domain::rest::Rest;
use crate::domain::urgency::Raise;
use crate::ui::effect::{ActivityAct, Effect};
use crate::ui::event::{Changed, Event};

fn threads(program: &Program) -> Vec<i64> {
    let key = |subject| match subject {
        Subject::Thread(thread) => thread.0,
        Subject::Activity(activity) => -activity.0,
        Subject::Payment(payment) => -100 - payment.0,
        Subject::Lead(lead) => -200 - lead.0,
        Subject::Outgoing(outgoing) => -300 - outgoing.0,
        Subject::Offered(letter) => -400 - letter.0,
    };
    program.state.today.slot.value.iter().flatten().map(|row| key(row.subject)).collect()
}

fn line(program: &Program) -> (Option<Subject>, usize) {
    (program.state.today.cursor.key(), program.state.today.cursor.line())
}

/// A letter arrives that the store puts above all others.
fn arrives_above(program: &mut Program, key: i64) {
    let mut row = program.store.today[0].clone();
    row.subject = Subject::Thread(id::Thread(key));
    row.thread = Some(id::Thread(key));
    program.store.today.insert(0, row);
    program.event(Event::Changed(vec![Changed::Thread(id::Thread(key))]));
}

#[test]
fn what_arrives_above_waits_until_it_is_asked_for() {
    let mut program = Program::full(80, 24);
    program.press("jj");
    let (before, rows) = (line(&program), threads(&program));
    arrives_above(&mut program, 70);
    arrives_above(&mut program, 71);
    assert_eq!((line(&program), threads(&program)), (before, rows.clone()));
    assert!(program.screen().contains("2 new above, gg"), "{}", program.screen());
    // Also where I never moved: the next key means the row I see.
    let mut still = Program::full(80, 24);
    arrives_above(&mut still, 70);
    still.press("e");
    assert_eq!(still.asked(), [Effect::MarkDone(vec![id::Thread(1)])]);
    program.press("gg");
    assert_eq!(threads(&program)[..3], [71, 70, 1]);
    assert_eq!(line(&program), (Some(Subject::Thread(id::Thread(71))), 0));
    assert!(!program.screen().contains("new above"));
}

#[test]
fn after_clearing_the_next_row_is_on_the_same_line_and_undo_brings_it_back_there() {
    for keys in ["jjj", "jjjjj", ""] {
        let mut program = Program::full(40, 12);
        program.press(keys);
        let (row, on) = line(&program);
        let row = row.unwrap();
        let (shown, kept) = (threads(&program), program.store.today.clone());
        program.store.today.retain(|other| other.subject != row);
        program.event(Event::Changed(vec![Changed::Everything]));
        assert_eq!(line(&program).1, on, "{keys}");
        assert_ne!(line(&program).0, Some(row));
        // The store would put it elsewhere now; it stands where it stood.
        program.store.today = kept;
        let back = program.store.today.iter().position(|other| other.subject == row).unwrap();
        let back = program.store.today.remove(back);
        program.store.today.push(back);
        program.event(Event::Undone { title: t("No reply needed") });
        program.event(Event::Changed(vec![Changed::Everything]));
        assert_eq!((line(&program), threads(&program)), ((Some(row), on), shown), "{keys}");
    }
}

#[test]
fn what_the_store_has_not_done_yet_does_not_come_back() {
    let mut program = Program::full(80, 24);
    program.press("e");
    assert_eq!(program.state.today.cursor.key(), Some(Subject::Thread(id::Thread(5))));
    // Something else changed; the act is on its way.
    program.event(Event::Changed(vec![Changed::Thread(id::Thread(9))]));
    assert_eq!(program.state.today.cursor.key(), Some(Subject::Thread(id::Thread(5))));
    assert!(!threads(&program).contains(&1));
    // It was refused: the row is there again.
    let problem = crate::domain::problem::Problem::new(crate::domain::problem::Kind::Input, "no");
    program.event(Event::Problem(problem));
    program.event(Event::Changed(vec![Changed::Thread(id::Thread(1))]));
    assert!(threads(&program).contains(&1));
}

#[test]
fn skipped_rows_come_at_the_end_of_the_round() {
    let mut program = Program::full(80, 24);
    program.press("-");
    assert_eq!(line(&program), (Some(Subject::Thread(id::Thread(5))), 0));
    program.press("--");
    assert_eq!(threads(&program)[threads(&program).len() - 3..], [1, 5, -101]);
    assert!(program.screen().contains("3 skipped"), "{}", program.screen());
    assert_eq!(program.asked(), [], "the store knows nothing of it");
    // Read again they stay there; then everything else is cleared, and the next round begins.
    program.event(Event::Changed(vec![Changed::Everything]));
    assert_eq!(threads(&program).last(), Some(&-101));
    program.store.today.truncate(3);
    program.event(Event::Changed(vec![Changed::Everything]));
    assert_eq!(threads(&program), [1, 5, -101]);
    assert!(!program.screen().contains("3 skipped ·"));
    assert!(program.screen().contains("The next round"), "{}", program.screen());
}

#[test]
fn next_and_previous_keep_the_conversation_before_me() {
    let mut program = Program::full(160, 48);
    program.press("jjj<enter>");
    program.asked();
    program.press(")");
    assert_eq!(program.state.reader().and_then(|reader| reader.thread()), Some(id::Thread(7)));
    program.press("((");
    // A payment has no conversation here: the list is in use.
    assert_eq!(program.state.today.cursor.key(), Some(Subject::Payment(id::Payment(1))));
    assert!(program.state.reader().is_none());
    program.press("))");
    assert_eq!(program.state.today.cursor.key(), Some(Subject::Outgoing(id::Outgoing(3))));
}

#[test]
fn one_counter_can_be_worked_down_alone() {
    let mut program = Program::full(80, 24);
    program.press("l");
    assert_eq!(program.state.today.only, Some(Counter::Unread));
    assert!(program.state.today.slot.value.iter().flatten().all(|row| row.counters.contains(&Counter::Unread)));
    assert!(program.screen().contains("Only unread"));
    program.press("ll");
    assert_eq!(program.state.today.only, Some(Counter::NewLeads));
    program.press("h<esc>");
    assert_eq!(program.state.today.only, None);
    // A click on the header does the same, and again shows everything.
    let column = program.screen().lines().nth(1).and_then(|line| line.find("silent")).unwrap();
    program.event(click(u16::try_from(column).unwrap(), 1));
    assert_eq!((program.state.today.only, threads(&program)), (Some(Counter::Silent), vec![5]));
    // What was the last of it goes: that is said, and that more waits.
    program.store.today.retain(|row| !row.counters.contains(&Counter::Silent));
    program.event(Event::Changed(vec![Changed::Everything]));
    assert!(program.screen().contains("silent is at zero") && !program.screen().contains("All clear"));
    program.event(click(u16::try_from(column).unwrap(), 1));
    assert_eq!(program.state.today.only, None);
}

#[test]
fn snoozing_in_working_days_and_until_they_answer() {
    for (keys, expected) in [
        ("jjjz4<enter>", vec![Effect::Snooze { threads: vec![id::Thread(2)], until: at("11-26 08:00:00") }]),
        ("jjjz45<enter>", vec![Effect::Snooze { threads: vec![id::Thread(2)], until: at("11-30 08:00:00") }]),
        ("jjjz4x<enter><esc>", vec![]),
        ("jjjz6", vec![Effect::AwaitAnswer(vec![id::Thread(2)])]),
        ("jz6", vec![Effect::AwaitAnswer(vec![id::Thread(5)])]), // silent: until then
        ("jjz3<enter>", vec![Effect::PaymentMove { payment: id::Payment(1), to: "2026-11-26".parse().unwrap() }]),
        ("jjz5", vec![]), // a payment does not answer
    ] {
        let mut program = Program::full(120, 40);
        program.press(keys);
        assert_eq!(program.asked(), expected, "{keys}");
    }
}

#[test]
fn the_next_activity_is_planned_with_one_key() {
    let mut program = Program::full(80, 24);
    program.press("jjj,Ask about the samples<enter>");
    let planned = program.asked();
    let Some(Effect::Activity(ActivityAct::Enter { activity, next: None })) = planned.first() else {
        panic!("{planned:?}")
    };
    assert_eq!(activity.subject.as_str(), "Ask about the samples");
    assert_eq!(
        (activity.contact, activity.due_at, activity.done_at),
        (Some(id::Contact(1)), Some(at("11-24 08:00:00")), None)
    );
    // Without a time it is no plan.
    program.press(",x<tab><tab><ctrl-u><enter>");
    assert_eq!(program.asked(), []);
}

#[test]
fn a_conversation_is_given_to_a_colleague() {
    let ola = Assignment {
        to: t("Ola Nowak"),
        thread: Some(id::Thread(2)),
        contact: Some(id::Contact(1)),
        ..Assignment::default()
    };
    let done = Assignment { done: true, ..ola.clone() };
    let ewa = Assignment { to: t("Ewa"), ..ola.clone() };
    let me = Assignment { to: t(""), ..ola.clone() };
    for (keys, expected) in [
        ("jjj;11", vec![Effect::Assign(Box::new(ola.clone()))]),
        ("jjj;12", vec![Effect::Assign(Box::new(done))]),
        ("jjj;13", vec![Effect::StartForward(id::Message(22)), Effect::Assign(Box::new(ola))]),
        ("jjj;2", vec![Effect::Assign(Box::new(me))]),
        ("jjj;3Ewa<enter>1", vec![Effect::Assign(Box::new(ewa))]),
        ("jjj;<esc>", vec![]),
    ] {
        let mut program = Program::full(120, 40);
        program.store.colleagues =
            vec![Colleague { name: t("Ola Nowak"), address: Address::parse("ola@firma.example") }];
        program.press(keys);
        assert_eq!(program.asked(), expected, "{keys}");
    }
}

#[test]
fn a_raised_row_says_why_and_how_late_the_answer_is() {
    let mut program = Program::full(120, 40);
    program.store.today[3].raised = vec![
        Raise::OverduePayment,
        Raise::LargeClient(3, Money::parse("1200", "PLN").unwrap()),
        Raise::PastTarget(125),
    ];
    program.event(Event::Changed(vec![Changed::Everything]));
    assert!(program.screen().contains("^^ 2 h over new answer file"), "{}", program.screen());
    program.press("jjjw");
    let screen = program.screen();
    assert!(screen.contains("with the other rows of this client; raised three times:"), "{screen}");
    assert!(screen.contains("2 h over its target"), "{screen}");
}

/// The bottom line names exactly the keys that clear what the row raises.
#[test]
fn each_row_shows_the_keys_that_clear_it() {
    let mut program = Program::full(160, 48);
    for (keys, named, not) in [
        ("", &["r reply", "e no reply needed", "z snooze"][..], &["p paid", "c make contact"][..]),
        ("j", &["r follow up", "e drop", "z snooze"], &["p paid"]),
        ("j", &["p paid", "z move"], &["r reply", "e done", "e no"]),
        ("j", &["r reply", "f file", "m mark read"], &["p paid"]),
        ("j", &["r send again"], &["p paid", "e done", "e no"]),
        ("j", &["e done", "c contact", "K keep lead", "I ignore"], &["p paid"]),
        ("j", &["e done", "z move"], &["r reply"]),
        ("j", &["i not junk", "e it is junk"], &["r reply"]),
    ] {
        program.press(keys);
        let screen = program.screen();
        let bottom = screen.lines().last().unwrap();
        assert!(named.iter().all(|key| bottom.contains(key)), "{bottom} has not all of {named:?}");
        assert!(!not.iter().any(|key| bottom.contains(key)), "{bottom} has one of {not:?}");
    }
}

/// A row without a conversation shows the client's card where the conversation would be.
#[test]
fn a_payment_without_letters_shows_the_card() {
    let mut program = Program::full(80, 24);
    program.press("jj");
    let screen = program.screen();
    assert!(screen.contains("Prepayment 30 %") && screen.contains("anna@mebleplus.example"), "{screen}");
    assert!(!screen.contains("No conversation"), "{screen}");
}

/// The row under the cursor is cleared from its conversation: the list is found with the next one on the same line.
#[test]
fn clearing_from_the_conversation_does_not_scroll_the_list() {
    let mut program = Program::full(80, 24);
    program.press("j<enter>e");
    let screen = program.screen();
    let place = screen.lines().position(|line| line.starts_with('>'));
    assert_eq!(place, Some(4), "{screen}");
    assert!(screen.contains("Рахунок на 20 столів"), "{screen}");
}

#[test]
fn at_zero_it_says_what_was_done_and_what_comes() {
    let mut program = Program::full(80, 24);
    program.store.today.clear();
    program.store.counters = Counters::default();
    program.store.rest = Rest {
        cleared: 34,
        answered: 12,
        wakes: Some((at("11-23 14:00:00"), t("Offer for 20 desks"))),
        planned: Some((at("11-24 08:00:00"), t("call: Anna"))),
        awaited: 2,
    };
    program.event(Event::Changed(vec![Changed::Everything]));
    let screen = program.screen();
    for words in [
        "All clear",
        "34 cleared today, 12 letters answered.",
        "“Offer for 20 desks” comes back",
        "Next planned: call: Anna",
        "2 conversations wait until they answer.",
    ] {
        assert!(screen.contains(words), "{words}: {screen}");
    }
    assert_eq!(now(), program.state.now);
}

#[test]
fn an_offered_letter_is_opened_explained_or_dismissed() {
    let mut program = Program::full(110, 30);
    let mut row = program.store.today[0].clone();
    row.subject = Subject::Offered(id::Offered(5));
    (row.counters, row.thread, row.raised) = (Vec::new(), None, Vec::new());
    row.title = crate::domain::text::Text::own("payment-overdue");
    program.store.today.push(row);
    program.event(Event::Changed(vec![Changed::Everything]));
    program.press("G");
    assert_eq!(program.state.target().offered, Some(id::Offered(5)));
    let screen = program.screen();
    assert!(screen.contains("payment-overdue") && screen.contains("Enter open the letter  e no letter"), "{screen}");
    program.asked();
    program.press("<enter>");
    assert_eq!(program.asked(), [Effect::TakeOffered(id::Offered(5))]);
    program.press("e");
    assert_eq!(program.asked(), [Effect::DismissOffered(id::Offered(5))]);
    assert!(!program.screen().contains("payment-overdue"), "the row goes at once");
}
