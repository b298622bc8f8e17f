//! Activities on the screens: in one line, in a form, and promises of letters.

use super::fixtures::at;
use super::*;
use crate::domain::activity::{Activity, Kind};
use crate::domain::counter::Subject;
use crate::ui::effect::ActivityAct;

fn acts(program: &mut Program) -> Vec<ActivityAct> {
    let asked = program.asked();
    asked.into_iter().filter_map(|effect| if let Effect::Activity(act) = effect { Some(act) } else { None }).collect()
}

fn entered(program: &mut Program) -> (Activity, Option<Activity>) {
    match acts(program).as_slice() {
        [ActivityAct::Enter { activity, next }] => ((**activity).clone(), next.as_ref().map(|next| (**next).clone())),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_line_enters_a_call_and_the_task_that_follows() {
    let mut program = Program::full(80, 24);
    program.press("5+call Anna 15m wants offer for 20 by Friday");
    let shown = program.screen();
    for line in
        ["call, done now, 15 min", "with Anna Kowalska, Firma", "in 20 desks", "result: wants offer for 20 by Friday"]
    {
        assert!(shown.contains(line), "{line}\n{shown}");
    }
    assert!(shown.contains("then: task “offer for 20”, due Fri 27 Nov 17:00"), "{shown}");
    assert!(acts(&mut program).is_empty(), "nothing is saved before Enter");
    program.press("<enter>");
    let (call, task) = entered(&mut program);
    assert_eq!((call.kind, call.done_at, call.duration_minutes), (Kind::Call, Some(now()), Some(15)));
    assert_eq!((call.contact, call.deal), (Some(id::Contact(1)), Some(id::Deal(1))));
    let task = task.unwrap();
    assert_eq!(
        (task.kind, task.subject.as_str(), task.due_at),
        (Kind::Task, "offer for 20", Some(at("11-27 16:00:00")))
    );
}

#[test]
fn the_task_can_be_left_out_and_done_become_planned() {
    let mut program = Program::full(80, 24);
    program.press("5+call Anna 15m wants offer by Friday<ctrl-t><enter>");
    assert_eq!(entered(&mut program).1, None);
    program.press("5+call Anna<ctrl-p><enter>");
    let (call, _) = entered(&mut program);
    assert_eq!((call.done_at, call.due_at), (None, Some(at("11-23 16:00:00"))), "by the end of the working day");
    program.press("5+call Anna<tab><enter>");
    assert_eq!(entered(&mut program).0.contact, None, "Tab goes through the clients to nobody");
    program.press("5+call Nobody 15m no answer<enter>");
    let (call, _) = entered(&mut program);
    assert_eq!((call.guests, call.result.as_str()), (vec![Text::own("Nobody")], "no answer"));
    program.press("5+call Anna<esc>");
    assert!(acts(&mut program).is_empty());
}

#[test]
fn the_client_of_the_screen_is_preset() {
    let mut program = Program::full(80, 24);
    program.press("3+likes oak<enter>");
    let (note, _) = entered(&mut program);
    assert_eq!((note.kind, note.contact, note.result.as_str()), (Kind::Note, Some(id::Contact(1)), "likes oak"));
}

#[test]
fn the_form_enters_every_field() {
    let mut program = Program::full(80, 24);
    program.press("3A<up><right><up><right><down><down>Colour samples<tab>xy<enter><tab>tomorrow 10:00<tab>1h30<tab>office<tab><tab><enter>");
    let (plan, _) = entered(&mut program);
    assert_eq!((plan.kind, plan.subject.as_str(), plan.place.as_str()), (Kind::Meeting, "Colour samples", "office"));
    assert_eq!((plan.due_at, plan.done_at, plan.duration_minutes), (Some(at("11-24 09:00:00")), None, Some(90)));
    assert_eq!(
        (plan.contact, plan.guests, plan.deal),
        (Some(id::Contact(1)), vec![Text::own("xy")], Some(id::Deal(1)))
    );
    program.press("3A<enter>");
    assert!(acts(&mut program).is_empty());
    assert!(program.screen().contains("What is it about"), "{}", program.screen());
}

#[test]
fn an_activity_of_today_opens_with_its_chain() {
    let mut program = Program::full(80, 24);
    let row =
        program.state.today.slot.value.iter().flatten().position(|row| matches!(row.subject, Subject::Activity(_)));
    program.press(&"j".repeat(row.unwrap()));
    program.press("<enter>");
    let shown = program.screen();
    for line in
        ["Call about the colour samples", "Anna Kowalska, Jan Nowak", "led by meeting “Visit at the fair”", "15m"]
    {
        assert!(shown.contains(line), "{line}\n{shown}");
    }
    program.press("<down><down> now<enter>");
    match acts(&mut program).as_slice() {
        [ActivityAct::Edit { to, .. }] => {
            assert_eq!(to.subject.as_str(), "Call about the colour samples now");
            assert_eq!((to.due_at, to.people.clone()), (Some(at("11-23 07:00:00")), vec![id::Contact(2)]));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn done_has_a_result_a_length_and_a_next() {
    let mut program = Program::full(80, 24);
    let row =
        program.state.today.slot.value.iter().flatten().position(|row| matches!(row.subject, Subject::Activity(_)));
    program.press(&"j".repeat(row.unwrap()));
    program.press("eagreed<tab>10m<tab>call in 2 days about the price<enter>");
    match acts(&mut program).as_slice() {
        [ActivityAct::Finish { result, minutes, next: Some(next), .. }] => {
            assert_eq!((result.as_str(), *minutes), ("agreed", Some(10)));
            assert_eq!(
                (next.kind, next.subject.as_str(), next.due_at),
                (Kind::Call, "the price", Some(at("11-25 08:00:00")))
            );
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn promises_become_tasks_only_when_i_say_so() {
    let mut program = Program::full(80, 24);
    program.press("<enter>B");
    assert!(program.screen().contains("[x] yours, due Fri 27 Nov 17:00"), "{}", program.screen());
    assert!(acts(&mut program).is_empty());
    program.press("j<space><enter>");
    let both = vec![id::Promise(1), id::Promise(2)];
    assert_eq!(acts(&mut program), [ActivityAct::Promises { make: both.clone(), decline: Vec::new() }]);
    program.press("Bx");
    assert_eq!(acts(&mut program), [ActivityAct::Promises { make: Vec::new(), decline: both }]);
}
