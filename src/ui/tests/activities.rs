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

#[test]
fn what_a_letter_promised_waits_for_its_key() {
    let mut program = Program::full(120, 40);
    let queued = || Event::Queued { id: id::Outgoing(7), to: Text::own("Anna"), until: at("11-23 09:24:10") };
    program.event(queued());
    assert!(program.screen().contains("B makes a task of “"), "{}", program.screen());
    // A key that was meant for the list goes there.
    let before = program.state.today.cursor.index;
    program.press("j");
    assert_eq!((program.state.today.cursor.index, program.state.overlays.len()), (before + 1, 0));
    program.press("B<enter>");
    assert_eq!(
        acts(&mut program),
        [ActivityAct::Promises { make: vec![id::Promise(1)], decline: Vec::new() }],
        "mine, of both that it holds"
    );
    // After a while B is about the letter that is open.
    program.event(queued());
    program.event(Event::Tick { now: at("11-23 12:00:00") });
    assert!(program.state.offered.is_none());
}

#[test]
fn whom_the_line_names_goes_before_the_client_of_the_screen() {
    use crate::ui::effect::Effect;
    let client = |key: i64, name: &'static str, words: usize| crate::domain::entry::Client {
        contact: Some(id::Contact(key)),
        company: None,
        name: Text::own(name),
        more: Text::default(),
        deal: None,
        words,
    };
    let mut program = Program::full(120, 40);
    let mut typed = |line: &str, found: Vec<crate::domain::entry::Client>| -> (String, Vec<Option<id::Contact>>) {
        program.press("3+");
        // What the store answers is said here, for each question.
        program.press(line);
        if let Some(crate::ui::overlays::Overlay::Quick(quick)) = program.state.overlays.last_mut() {
            quick.set_found(found);
        }
        let shown = program.screen();
        program.press("<enter>");
        let mut saved = Vec::new();
        for effect in program.asked() {
            if let Effect::Activity(ActivityAct::Enter { activity, .. }) = effect {
                saved.push(activity.contact);
            }
        }
        if saved.is_empty() {
            program.press("<enter>");
            saved.push(None);
            for effect in program.asked() {
                if let Effect::Activity(ActivityAct::Enter { activity, .. }) = effect {
                    saved.push(activity.contact);
                }
            }
        }
        (shown, saved)
    };
    let (shown, saved) = typed("call Marek tomorrow", vec![client(5, "Marek Nowak", 1)]);
    assert!(shown.contains("with Marek Nowak"), "{shown}");
    assert_eq!(saved, [Some(id::Contact(5))], "the one who is named, not the one whose row it is");
    let (_, saved) = typed("call Markowi tomorrow", vec![client(5, "Marek Nowak", 1)]);
    assert_eq!(saved, [Some(id::Contact(5))], "in whatever case");
    let (shown, saved) = typed("call Marek tomorrow", vec![client(5, "Marek Nowak", 1), client(6, "Marek Lis", 1)]);
    assert!(shown.contains("(1 of 4: Tab shows the others, Enter takes this one)"), "{shown}");
    assert_eq!(saved, [None, Some(id::Contact(5))], "asked first");
    let (_, saved) = typed("call Anna tomorrow", vec![client(1, "Anna Kowalska", 1), client(6, "Anna Lis", 1)]);
    assert_eq!(saved, [Some(id::Contact(1))], "their own name on their own card");
    let (_, saved) = typed("prices are too high", vec![client(6, "Prim Lis", 1)]);
    assert_eq!(saved, [Some(id::Contact(1))], "what only begins like a name is none");
}
