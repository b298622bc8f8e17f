//! Every act of the user, undone, gives back the same bytes; done again it does the same.

use super::*;
use crate::domain::assignment::Assignment;
use crate::domain::card::Fact;
use crate::domain::duplicate::Pair;
use crate::domain::exchange::{Column, Entry};
use crate::domain::field::Noun;
use crate::domain::merge::Merge;
use crate::domain::opt_out::How;
use crate::domain::practice::Practice;
use crate::runtime::acts::exchange::Bringing;
use crate::store::{DealEdit, NewAbsence, NewOptOut};
use crate::ui::deal_act::{DealAct, NewSale, PaymentEntry};

type Act<'a> = (&'static str, Box<dyn Fn(&Acts<'_>) -> Result<Option<Text>> + 'a>);

fn money(amount: &str) -> Money {
    Money::parse(amount, "PLN").unwrap()
}

fn deal_act((name, act): (&'static str, DealAct)) -> Act<'static> {
    (name, Box::new(move |acts| acts.deal(&act)))
}

/// What is done to a deal, its offer and its payments.
fn deal_acts() -> Vec<(&'static str, DealAct)> {
    let (deal, payment) = (id::Deal(1), id::Payment(1));
    let day = "2026-11-24".parse().unwrap();
    let entry = |amount| PaymentEntry { title: Text::own("Rest"), due_on: day, amount: money(amount) };
    let sale = NewSale {
        title: Text::own("Lamps"),
        contact: Some(id::Contact(1)),
        company: None,
        pipeline: Text::default(),
        stage: Text::own("new"),
        amount: money("12"),
        expected_close: None,
    };
    vec![
        ("a new deal", DealAct::Add(sale)),
        ("the next stage", DealAct::Move { deal, pipeline: Text::default(), stage: Text::own("negotiation") }),
        ("won", DealAct::Won(deal)),
        ("lost", DealAct::Lost(deal, Text::own("price"))),
        ("another amount", DealAct::Lines(deal, Vec::new(), Some(money("95")))),
        ("a payment more", DealAct::AddPayment(deal, entry("5"))),
        ("a schedule", DealAct::Schedule(deal, vec![entry("40"), entry("60")])),
        ("another payment", DealAct::EditPayment(payment, entry("11"))),
        ("no payment", DealAct::RemovePayment(payment)),
        ("paid", DealAct::Paid(payment, day, None)),
        ("paid in part", DealAct::Paid(payment, day, Some(money("4")))),
    ]
}

/// Away for so many days from today on.
fn away(days: i64) -> NewAbsence {
    let today = "2026-11-23".parse::<jiff::civil::Date>().unwrap();
    NewAbsence {
        account: None,
        begins_at: "2026-11-23T08:00:00Z".parse().unwrap(),
        last_day: today.checked_add(jiff::Span::new().days(days)).unwrap(),
        template: Text::own("away"),
        pause_days: 7,
    }
}

fn bring_in(acts: &Acts<'_>) -> Result<Option<Text>> {
    let row = |line, name: &str, mail: &str| {
        let values = vec![(Column::FullName, name.to_owned()), (Column::Fact(Fact::Addresses), mail.to_owned())];
        Ok(Entry { line, values })
    };
    let rows = [
        row(2, "Ewa Nowa", "ewa@new.example"),
        row(3, "Ann Ash", "ann@acme.example"),
        Err((4, "no".to_owned())),
        row(5, "Leo Lis", "leo@lead.example"),
    ];
    let outcome =
        acts.bring_in(Noun::Contact, &rows, &Practice::default(), Bringing { dry_run: false, overwrite: false })?;
    // Leo is new where he went into Ann's card before.
    let leo_is_new = u64::from(outcome.updated == 0);
    assert_eq!((outcome.added, outcome.refused.len()), (1 + leo_is_new, 1));
    // Whoever wrote before the list came, and was a lead until then.
    let leo = acts.store.contact_row(id::Contact(2), acts.now)?;
    assert!(leo.is_none_or(|row| row.kind == ContactKind::Contact));
    Ok(Some(Text::own("Brought in")))
}

/// Every table but the journal itself.
pub(super) fn dump(store: &Store) -> Vec<String> {
    let tables = store.rows(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'change%' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '%fts%'
             AND name NOT IN ('card_stale', 'card_vocab', 'message_vocab', 'candidate') AND name NOT LIKE 'likeness%'",
    );
    let mut lines = Vec::new();
    for table in tables {
        let mut rows = store.rows(&format!("SELECT * FROM {table}"));
        rows.sort();
        lines.extend(rows.into_iter().map(|row| format!("{table}: {row}")));
    }
    lines
}

#[test]
fn every_act_undone_gives_the_same_bytes() {
    let (desks, lead, junk) = (id::Thread(1), id::Thread(2), id::Thread(3));
    let (ann, leo) = (id::Contact(1), id::Contact(2));
    let soon: Timestamp = "2026-11-30T08:00:00Z".parse().unwrap();
    let name = || Name { given: Text::own("Leo"), family: Text::own("Lis"), ..Name::default() };
    let acts: Vec<Act<'_>> = vec![
        ("mark_done", Box::new(move |a| a.mark_done(&[desks]))),
        ("snooze", Box::new(move |a| a.snooze(&[desks], soon))),
        ("mark_done of several", Box::new(move |a| a.mark_done(&[desks, lead]))),
        ("file_under a deal", Box::new(move |a| a.file_under(desks, Some(id::Deal(2))))),
        ("file_under no deal", Box::new(move |a| a.file_under(desks, None))),
        ("archive", Box::new(move |a| handle(a, Handling::Archive, &[desks, lead]))),
        ("delete", Box::new(move |a| handle(a, Handling::Delete, &[desks]))),
        ("junk", Box::new(move |a| handle(a, Handling::Junk, &[lead]))),
        ("junk of a client", Box::new(move |a| handle(a, Handling::Junk, &[desks]))),
        ("not junk", Box::new(move |a| handle(a, Handling::NotJunk, &[junk]))),
        ("move", Box::new(move |a| handle(a, Handling::Move(id::Folder(2)), &[desks]))),
        (
            "move to a new folder",
            Box::new(move |a| handle(a, Handling::MoveToNew("Klienci/Łódź".to_owned()), &[desks, junk])),
        ),
        ("take the flag off", Box::new(move |a| handle(a, Handling::Flag(false), &[desks, lead]))),
        ("mark read", Box::new(move |a| handle(a, Handling::Seen(true), &[desks, lead]))),
        ("rename a folder", Box::new(move |a| a.rename_folder(id::Folder(2), "Spam"))),
        ("empty a folder", Box::new(move |a| a.empty_folder(id::Folder(2)))),
        ("confirm_junk", Box::new(move |a| a.confirm_junk(junk))),
        ("convert", Box::new(move |a| a.convert(&conversion(leo, &name()), &Text::own("new")))),
        ("name_person", Box::new(move |a| a.name_person(leo, &name()))),
        ("not_person", Box::new(move |a| a.not_person(leo))),
        ("different", Box::new(move |a| a.different(Pair::Contacts(ann, leo)))),
        ("merge", Box::new(move |a| a.merge(&Merge { pair: Pair::Contacts(ann, leo), take: vec!["name".to_owned()] }))),
        ("split_off", Box::new(move |a| a.split_off(ann, &Address::parse("ann@home.example").unwrap()))),
        ("keep_lead", Box::new(move |a| a.keep_lead(leo))),
        ("ignore_sender", Box::new(move |a| a.ignore_sender(leo))),
        ("mark_done of a lead", Box::new(move |a| a.mark_done(&[lead]))),
        ("activity_done", Box::new(move |a| a.activity_done(id::Activity(1), "agreed"))),
        ("activity_move", Box::new(move |a| a.activity_move(id::Activity(1), soon))),
        ("add_activity", Box::new(move |a| activity(a, enter(call(id::Contact(1)), None)))),
        (
            "add an activity and the next",
            Box::new(move |a| activity(a, enter(call(id::Contact(1)), Some(call(id::Contact(1)))))),
        ),
        (
            "edit an activity",
            Box::new(move |a| {
                let to = Box::new(Activity { people: vec![leo], ..call(id::Contact(1)) });
                activity(a, ActivityAct::Edit { activity: id::Activity(1), to })
            }),
        ),
        ("remove an activity", Box::new(move |a| activity(a, ActivityAct::Remove(id::Activity(1))))),
        (
            "finish an activity and plan the next",
            Box::new(move |a| {
                let next = Some(Box::new(call(id::Contact(1))));
                let result = Text::own("agreed");
                activity(a, ActivityAct::Finish { activity: id::Activity(1), result, minutes: Some(5), next })
            }),
        ),
        ("discard_draft", Box::new(move |a| a.discard_draft(id::Draft(1)))),
        ("take", Box::new(move |a| a.claim(desks, &accounts(id::Account(1))))),
        ("take a lead", Box::new(move |a| a.claim(lead, &accounts(id::Account(1))))),
        ("private", Box::new(move |a| a.toggle_private(desks))),
        ("edit_deal", {
            let edit = DealEdit { amount: Some(money("90")), ..DealEdit::default() };
            Box::new(move |a| a.edit_deal(id::Deal(1), "Amount of", &edit))
        }),
        ("bring in a list", Box::new(bring_in)),
        ("file_under_best", Box::new(move |a| a.file_under_best(desks))),
        ("await_answer", Box::new(move |a| a.await_answer(&[desks, lead]))),
        ("assign", {
            let to = Text::own("Ewa");
            let given = Assignment { to, thread: Some(desks), contact: Some(ann), done: true, ..Assignment::default() };
            Box::new(move |a| a.assign(&given))
        }),
        (
            "opt_out",
            Box::new(move |a| a.opt_out(&[Address::parse("ann@acme.example").unwrap()], &Text::own("told me"))),
        ),
        ("opt_in", Box::new(move |a| a.opt_in(&[Address::parse("left@acme.example").unwrap()]))),
        ("go_away", Box::new(move |a| a.go_away(&away(10)))),
        ("go_away instead", Box::new(move |a| a.go_away(&away(20)))),
        ("come_back", Box::new(move |a| a.come_back(&a.store.absence(a.now)?.unwrap()))),
        ("save_view", Box::new(move |a| a.save_view("Desks", "subject:desks"))),
        ("rename_view", Box::new(move |a| a.rename_view(id::View(1), "Folding desks"))),
        ("remove_view", Box::new(move |a| a.remove_view(id::View(1)))),
        ("payment_paid", Box::new(move |a| a.payment_paid(id::Payment(1)))),
        ("payment_move", Box::new(move |a| a.payment_move(id::Payment(1), "2026-12-01".parse().unwrap()))),
    ];
    let acts: Vec<Act<'_>> = acts.into_iter().chain(deal_acts().into_iter().map(deal_act)).collect();
    let office = office();
    office.store.save_view("Before", "is:unread").unwrap();
    let left = Address::parse("left@acme.example").unwrap();
    let out = NewOptOut { address: &left, how: How::Hand, evidence: "told me", msg_id: None, mailing: None };
    office.store.opt_out(&out, office.now.timestamp()).unwrap();
    let acting = Acts { store: &office.store, own: &office.own, now: &office.now };
    office.store.begin_absence(&away(5), office.now.timestamp()).unwrap();
    let untouched = dump(&office.store);
    for (what, act) in &acts {
        assert!(act(&acting).unwrap().is_some(), "{what} does nothing");
        assert_ne!(dump(&office.store), untouched, "{what} does nothing");
        assert!(office.store.undo(office.now.timestamp()).unwrap().is_some(), "{what}");
        let found = dump(&office.store);
        let differs: Vec<_> = untouched.iter().filter(|line| !found.contains(line)).collect();
        assert_eq!(found, untouched, "{what}: {differs:#?}");
        done_again(&office, what, &untouched);
    }
    // All of them one after the other, then back to the beginning.
    let done = acts.iter().filter(|(_, act)| matches!(act(&acting), Ok(Some(_)))).count();
    assert!(done > 10, "{done}");
    let mut undone = 0;
    while office.store.undo(office.now.timestamp()).unwrap().is_some() {
        undone += 1;
    }
    assert_eq!(undone, done);
    assert_eq!(dump(&office.store), untouched);
}

/// What was taken back is done again, and taken back again. Only what made a folder is not done again.
fn done_again(office: &Office, what: &str, untouched: &[String]) {
    let now = office.now.timestamp();
    match office.store.redo(now) {
        Ok(again) => {
            assert!(again.is_some(), "{what}");
            assert_ne!(dump(&office.store), untouched, "{what} is not done again");
            office.store.undo(now).unwrap().unwrap();
        }
        Err(problem) => assert!(problem.sentence.ends_with("it made a folder"), "{what}: {problem}"),
    }
    assert_eq!(dump(&office.store), untouched, "{what}, done again and taken back");
}
