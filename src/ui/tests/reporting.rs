//! Reports, the history, and cards as they were.

use super::fixtures::{self, at, t};
use super::looks::look;
use super::{Program, now};
use crate::domain::activity::Kind;
use crate::domain::change::Change;
use crate::domain::counter::{Counter, Counters};
use crate::domain::field::Noun;
use crate::domain::forecast::{Line, Month};
use crate::domain::history::{AsItWas, Details, Fact, How, Touched};
use crate::domain::id;
use crate::domain::money::Money;
use crate::domain::report::letters::{Belongs, Client, Letter, Tally, Times, Walk};
use crate::domain::report::period::{Period, Span, Step};
use crate::domain::report::sales::{Outcome, Passage, Sales, StageRow};
use crate::domain::report::{ClientRow, CounterDay, DealReport, Doings, Question, Report};
use crate::domain::work_time::WorkTime;
use crate::ui::effect::Effect;
use crate::ui::event::{Changed, Event};
use jiff::civil::date;
use jiff::{SignedDuration, Timestamp, Zoned};

fn here() -> Zoned {
    now().to_zoned(super::setup().zone)
}

/// Nothing in any period.
pub(super) fn empty(question: Question) -> Report {
    let work = WorkTime::default();
    let here = here();
    Report {
        question,
        letters: Walk::new(&question.period, question.step, &work, &here).end(),
        accounts: Vec::new(),
        clients: Vec::new(),
        deals: Vec::new(),
        activities: Vec::new(),
        sales: Sales::default(),
        counters: Vec::new(),
        waits: Counters::default(),
    }
}

fn pln(amount: &str) -> Money {
    Money::parse(amount, "PLN").unwrap()
}

fn times(minutes: &[i64]) -> Times {
    let mut times = Times::default();
    minutes.iter().for_each(|minutes| times.push(*minutes));
    times
}

/// A busy month, made of conversations.
fn busy(question: Question) -> Report {
    let (work, here) = (WorkTime::default(), here());
    let mut walk = Walk::new(&question.period, question.step, &work, &here);
    for day in 0..23_i64 {
        let begin: Timestamp = "2026-11-01T07:15:00Z".parse().unwrap();
        let first = begin.checked_add(SignedDuration::from_hours(24 * day)).unwrap();
        for letter in 0..=(day * 7 % 5) {
            let at = first.checked_add(SignedDuration::from_mins(letter * 40)).unwrap();
            let reply = at.checked_add(SignedDuration::from_mins(90 + 60 * (day % 3))).unwrap();
            let one = |at, inbound| Letter { at, inbound, seen: day < 20, account: id::Account(1) };
            let both = [one(at, true), one(reply, false)];
            let answered = letter % 4 != 3;
            walk.conversation(if answered { &both } else { &both[..1] }, Belongs::default());
        }
    }
    let letters = walk.end();
    let tally = Tally {
        received: 14,
        answered: 11,
        sent: 12,
        replies_sent: 11,
        response_working: times(&[95]),
        ..Tally::default()
    };
    let client = |client, name: &str, activities| ClientRow {
        client,
        name: t(name),
        letters: tally.clone(),
        activities,
        minutes: 40,
    };
    let row = |stage: &str, deals, amount: &str, weighted: &str| StageRow {
        pipeline: t("sales"),
        stage: t(stage),
        deals,
        amount: pln(amount),
        weighted: pln(weighted),
    };
    let month = |month, deals, amount: &str, weighted: &str| Line {
        month,
        deals,
        amount: pln(amount),
        weighted: pln(weighted),
    };
    let mut counters = Vec::new();
    for day in [16_i8, 17, 18, 20] {
        let mut first = Counters::default();
        first.set(Counter::Unanswered, 20 - u64::from(day.unsigned_abs()) / 2);
        first.set(Counter::Unread, 4);
        let mut last = first;
        last.set(Counter::Unread, 0);
        counters.push(CounterDay { day: date(2026, 11, day), first, last });
    }
    let call = Doings { kind: Kind::Call, done: 12, durations: times(&[10, 25, 40]), planned: 3, overdue: 1 };
    let meeting = Doings { kind: Kind::GroupMeeting, done: 1, durations: times(&[90]), planned: 0, overdue: 0 };
    Report {
        accounts: vec![(t("work"), letters.total.clone())],
        letters,
        clients: vec![
            client(Client::Company(id::Company(1)), "Meble Plus Spółka z ograniczoną odpowiedzialnością", 3),
            client(Client::Contact(id::Contact(2)), "山田太郎", 0),
        ],
        deals: vec![DealReport {
            deal: id::Deal(1),
            title: t("Desks for the new office"),
            client: t("Meble Plus"),
            stands: t("offer"),
            amount: pln("12400"),
            letters: tally.clone(),
            activities: 3,
            minutes: 40,
        }],
        activities: vec![call, meeting],
        sales: Sales {
            pipeline: vec![
                row("new", 2, "1000", "100"),
                row("offer", 5, "84000", "25200"),
                row("contract", 1, "12400", "11160"),
            ],
            opened: 6,
            won: Outcome { deals: 2, amounts: vec![pln("23000")] },
            lost: Outcome { deals: 1, amounts: vec![pln("900")] },
            reasons: vec![(t("too dear"), 1)],
            days_to_win: times(&[12, 30]),
            calls_in_won: 7,
            passage: vec![Passage {
                pipeline: t("sales"),
                stage: t("offer"),
                entered: 5,
                went_on: 3,
                lost: 1,
                days: times(&[4, 9]),
            }],
            forecast: vec![
                month(Month::Overdue, 3, "20000", "9000"),
                month(Month::Of(2026, 12), 4, "60000", "22000"),
                month(Month::Unknown, 1, "17400", "5460"),
            ],
        },
        counters,
        ..empty(question)
    }
}

/// What an act touched.
pub(super) fn details() -> Details {
    let fact = |name: &str, then: &str, now: &str| Fact { name: t(name), then: t(then), now: t(now) };
    Details {
        touched: vec![
            Touched {
                what: t("deal “Desks for Leeds”"),
                how: How::Changed,
                facts: vec![fact("stage", "offer", "contract"), fact("closes", "2026-12-15", "")],
            },
            Touched { what: t("activity “Call back”"), how: How::Came, facts: vec![fact("kind", "", "call")] },
        ],
        more: 2,
    }
}

/// A card that changed on the 5th and on the 12th.
pub(super) fn was(moment: Timestamp) -> AsItWas {
    let changed = vec![at("11-05 09:00:00"), at("11-12 15:30:00")];
    let stage = match changed.iter().filter(|change| **change <= moment).count() {
        0 => "new",
        1 => "offer",
        _ => "contract",
    };
    let fact = |name: &str, then: &str, now: &str| Fact { name: t(name), then: t(then), now: t(now) };
    AsItWas {
        noun: Noun::Deal,
        id: 1,
        at: moment,
        title: t("deal “Desks for Leeds”"),
        facts: vec![
            fact("title", "Desks for Leeds", "Desks for Leeds"),
            fact("stage", stage, "contract"),
            fact("offer line", "Desk, 20 × 410.00 PLN", ""),
        ],
        existed: true,
        exists: true,
        changed,
        known_since: Some(at("11-01 09:00:00")),
    }
}

fn reports(width: u16, height: u16) -> Program {
    Program::start(width, height, fixtures::Store { report: Some(busy), ..fixtures::full() })
}

fn month(question: Question) -> (Period, Step) {
    (question.period, question.step)
}

/// The questions that were asked since; the store answers none of them.
fn questions(keys: &str) -> Vec<Question> {
    let mut program = Program::silent(80, 24);
    program.event(Event::Started { now: now(), width: 80, height: 24 });
    program.unanswered.clear();
    program.press(keys);
    program
        .unanswered
        .iter()
        .filter_map(|effect| match effect {
            Effect::LoadReport { question, .. } => Some(*question),
            _ => None,
        })
        .collect()
}

#[test]
fn every_part_is_shown() {
    for (width, height) in [(40, 12), (80, 24), (160, 48)] {
        for (keys, name) in
            [("", "letters"), ("l", "clients"), ("ll", "activities"), ("lll", "deals"), ("h", "counters")]
        {
            let mut program = reports(width, height);
            program.press("6").press(keys);
            look(&format!("reports_{name}"), &program);
        }
        let mut program = Program::start(width, height, fixtures::Store::default());
        program.press("6");
        look("reports_empty", &program);
        program.press("p");
        look("reports_period", &program);
    }
}

#[test]
fn periods_are_stepped_and_chosen() {
    let november = Period::of(Span::Month, date(2026, 11, 1));
    let asked: Vec<_> = questions("6").into_iter().map(month).collect();
    assert_eq!(asked, [(november, Step::Day)]);
    let last = |keys: &str| questions(keys).last().map(|question| month(*question));
    assert_eq!(last("6["), Some((november.step(-1), Step::Day)));
    assert_eq!(last("6[[]"), Some((november.step(-1), Step::Day)));
    assert_eq!(last("6v"), Some((november, Step::Week)));
    assert_eq!(last("6v["), Some((november.step(-1), Step::Week)), "how fine stays");
    // The seventh of the menu is this year.
    assert_eq!(last("6p7"), Some((Period::of(Span::Year, date(2026, 1, 1)), Step::Month)));
    assert_eq!(last("6p9last quarter<enter>"), Some((Period::of(Span::Quarter, date(2026, 7, 1)), Step::Week)));
    assert_eq!(questions("6p9someday<enter>").len(), 1, "what is no day is not asked for");
}

#[test]
fn a_row_opens_its_card_and_the_table_is_saved() {
    let mut program = reports(80, 24);
    program.press("6l<enter>");
    assert!(matches!(program.state.pages.last(), Some(crate::ui::state::Page::Card(_))));
    program.press("<esc>E");
    let asked = program.asked();
    let Some(Effect::SaveTable { name, table }) = asked.last() else { panic!("{asked:?}") };
    assert_eq!((name.as_str(), table.rows.len()), ("report-client-2026-11-01-2026-11-30.csv", 2));
    assert_eq!(table.header.len(), table.rows[0].len());
    program.press("<esc>lE");
    assert!(
        matches!(program.asked().last(), Some(Effect::SaveTable { name, .. }) if name.starts_with("report-activity-"))
    );
}

#[test]
fn a_report_is_not_computed_again_for_every_letter_that_comes() {
    let mut program = Program::silent(80, 24);
    program.event(Event::Started { now: now(), width: 80, height: 24 });
    program.press("6");
    let generation = program.state.generation;
    let report = Box::new(empty(Question::of(Period::of(Span::Month, date(2026, 11, 1)))));
    program.event(Event::ReportLoaded { generation, report });
    let asked =
        |program: &Program| program.unanswered.iter().filter(|e| matches!(e, Effect::LoadReport { .. })).count();
    assert_eq!(asked(&program), 1);
    for _ in 0..50 {
        program.event(Event::Changed(vec![Changed::Thread(id::Thread(1))]));
    }
    assert_eq!(asked(&program), 1, "not so soon");
    program.event(Event::Tick { now: now().checked_add(SignedDuration::from_secs(4)).unwrap() });
    assert_eq!(asked(&program), 2, "but soon, and once");
}

#[test]
fn while_it_takes_long_it_says_so() {
    let mut program = reports(80, 24);
    program.press("6");
    program.answers = false;
    program.press("[");
    assert!(!program.screen().contains("computing"), "not for the blink of an eye");
    assert!(program.screen().contains("October 2026"));
    program.event(Event::Tick { now: now().checked_add(SignedDuration::from_secs(2)).unwrap() });
    assert!(program.screen().contains("computing…"), "{}", program.screen());
}

#[test]
fn the_history_tells_what_an_act_changed() {
    let store = || fixtures::Store {
        changes: vec![
            Change { id: id::Change(9), title: t("Stage: Desks for Leeds"), at: at("11-23 08:00:00"), undone: true },
            Change { id: id::Change(8), title: t("Entered: Call back"), at: at("11-22 08:00:00"), undone: false },
        ],
        ..fixtures::full()
    };
    for (width, height) in [(40, 12), (80, 24), (160, 48)] {
        let mut program = Program::start(width, height, store());
        program.press("ghj<enter>");
        look("history_details", &program);
    }
    let mut program = Program::start(80, 24, store());
    program.press("gh");
    program.asked();
    program.press("u<ctrl-r>");
    assert_eq!(program.asked(), [Effect::Undo, Effect::Redo]);
    program.press("<enter><esc>j<esc>");
    assert!(program.state.overlays.is_empty());
    program.press("<ctrl-r>");
    assert_eq!(program.asked(), [Effect::Redo], "also without the list");
}

#[test]
fn a_card_is_seen_as_it_was() {
    let moments = |keys: &str| -> Vec<Timestamp> {
        let mut program = Program::full(80, 24);
        program.press("4Z");
        program.answered.clear();
        program.press(keys);
        program
            .answered
            .iter()
            .filter_map(|effect| match effect {
                Effect::LoadAsItWas { at, noun: Noun::Deal, .. } => Some(*at),
                _ => None,
            })
            .collect()
    };
    let before = |text: &str| at(text).checked_sub(SignedDuration::from_millis(1)).unwrap();
    assert_eq!(moments("10.11<enter>"), [before("11-10 23:00:00")], "the end of that day, in Warsaw");
    assert_eq!(moments("tomorrow<enter>"), []);
    assert_eq!(moments("<down><down><enter>"), [at("11-05 09:00:00")], "one of its changes");
    assert_eq!(
        moments("10.11<enter>hhll"),
        [before("11-10 23:00:00"), before("11-05 09:00:00"), at("11-05 09:00:00"), at("11-12 15:30:00")]
    );
    for (width, height) in [(40, 12), (80, 24), (160, 48)] {
        let mut program = Program::full(width, height);
        program.press("4Z");
        look("as_it_was_asking", &program);
        program.press("10.11<enter>");
        look("as_it_was", &program);
    }
}
