use super::*;
use crate::domain::activity::{Activity, Kind as Doing};
use crate::domain::report::letters::Client;
use crate::domain::report::period::{Period, Span, Step};
use crate::store::cards_fixture::{Shop, at, now, person, sale};
use crate::store::{NewCompany, NewContact};

fn question() -> Question {
    Question::of(Period::of(Span::Month, now().date()))
}

fn report(shop: &Shop, question: &Question) -> Report {
    shop.store.report(question, &Practice::default(), &now()).unwrap()
}

/// Has the store what other parts of it may bring later?
fn activity(
    kind: Doing,
    contact: id::Contact,
    deal: Option<id::Deal>,
    due: Option<&str>,
    done: Option<&str>,
    minutes: Option<i64>,
) -> Activity {
    Activity {
        contact: Some(contact),
        deal,
        due_at: due.map(at),
        done_at: done.map(at),
        duration_minutes: minutes,
        ..Activity::new(kind, Text::own("talked"))
    }
}

#[test]
fn letters_are_counted_once_and_only_those_of_people() {
    let shop = Shop::open();
    let acme = shop.store.add_company(&NewCompany { name: Text::own("Acme"), ..NewCompany::default() }).unwrap();
    let anna = shop.store.add_contact(&NewContact { company: Some(acme), ..person("Anna", "", &[]) }).unwrap();
    let deal = shop.store.add_deal(&sale("Desks", Some(anna), None)).unwrap();
    let offer = shop.thread("offer", Some(anna), None, Some(deal));
    shop.letter(offer, "2026-10-31T10:00:00Z", "inbound");
    shop.letter(offer, "2026-11-02T08:00:00Z", "outbound");
    let seen = shop.letter(offer, "2026-11-03T08:00:00Z", "inbound");
    shop.mail(&format!("UPDATE message SET seen = 1 WHERE id = {seen}"));
    shop.letter(offer, "2026-11-03T09:30:00Z", "outbound");
    shop.letter(offer, "2026-11-20T08:00:00Z", "inbound");
    for change in [
        "place = 'trash'",
        "place = 'junk'",
        "nature = 'bulk'",
        "nature = 'automatic'",
        "ignored = 1",
        "direction = 'internal'",
    ] {
        let hidden = shop.letter(offer, "2026-11-10T08:00:00Z", "inbound");
        shop.mail(&format!("UPDATE message SET {change} WHERE id = {hidden}"));
    }
    let stranger = shop.thread("stranger", None, None, None);
    shop.letter(stranger, "2026-11-11T08:00:00Z", "inbound");
    shop.store.record("done", now().timestamp(), || shop.store.mark_done(stranger, now().timestamp())).unwrap();
    let old = shop.thread("old", Some(anna), None, None);
    shop.letter(old, "2026-09-11T08:00:00Z", "inbound");

    let report = report(&shop, &question());
    let total = &report.letters.total;
    assert_eq!((total.received, total.unseen, total.answered, total.settled), (3, 2, 1, 1));
    assert_eq!((total.sent, total.replies_sent, total.waiting()), (2, 2, 1));
    // Saturday to Monday morning, and an hour and a half.
    assert_eq!((total.response.median(), total.response.p90()), (Some(90), Some(46 * 60)));
    assert_eq!(total.response_working.p90(), Some(90), "in UTC+1 Monday's letter left at nine");
    assert_eq!(report.letters.steps.len(), 30);
    assert_eq!(report.accounts.len(), 1);
    assert_eq!(report.accounts[0].0.as_str(), "work");
    assert_eq!((report.clients.len(), report.clients[0].name.as_str()), (1, "Acme"));
    assert_eq!((report.clients[0].client, report.clients[0].letters.received), (Client::Company(acme), 2));
    assert_eq!((report.deals[0].deal, report.deals[0].letters.sent), (deal, 2));
    assert_eq!((report.deals[0].client.as_str(), report.deals[0].stands.as_str()), ("Acme", "offer"));
    let none = Question { account: Some(id::Account(9)), ..question() };
    assert!(super::tests::report(&shop, &none).letters.total.is_empty());
}

#[test]
fn activities_are_told_by_kind_and_of_whom() {
    let shop = Shop::open();
    let anna = shop.store.add_contact(&person("Anna", "Kowalska", &[])).unwrap();
    let deal = shop.store.add_deal(&sale("Desks", Some(anna), None)).unwrap();
    for entry in [
        activity(Doing::Call, anna, Some(deal), None, Some("2026-11-02T08:00:00Z"), Some(10)),
        activity(Doing::Call, anna, Some(deal), None, Some("2026-11-03T08:00:00Z"), Some(30)),
        activity(Doing::Call, anna, None, None, Some("2026-11-04T08:00:00Z"), None),
        activity(Doing::Call, anna, Some(deal), None, Some("2026-10-04T08:00:00Z"), Some(99)),
        activity(Doing::Call, anna, None, Some("2026-11-20T08:00:00Z"), None, None),
        activity(Doing::Meeting, anna, None, Some("2026-11-28T08:00:00Z"), None, None),
        activity(Doing::Task, anna, None, Some("2026-12-28T08:00:00Z"), None, None),
    ] {
        shop.store.add_activity(&entry).unwrap();
    }
    shop.store.close_deal(deal, State::Won, &Text::default(), at("2026-11-11T08:00:00Z")).unwrap();
    let report = report(&shop, &question());
    let told: Vec<_> = report
        .activities
        .iter()
        .map(|d| (d.kind, d.done, d.durations.sum(), d.durations.median(), d.planned, d.overdue))
        .collect();
    assert_eq!(told, [(Doing::Call, 3, 40, Some(10), 1, 1), (Doing::Meeting, 0, 0, None, 1, 0)]);
    assert_eq!(
        (report.clients[0].name.as_str(), report.clients[0].activities, report.clients[0].minutes),
        ("Anna Kowalska", 3, 40)
    );
    assert_eq!((report.deals[0].activities, report.deals[0].minutes, report.deals[0].stands.as_str()), (2, 40, "won"));
    let sales = &report.sales;
    assert_eq!((sales.won.deals, sales.calls_in_won, sales.days_to_win.median()), (1, 3, Some(10)));
    assert_eq!(sales.won.amounts, [Money::parse("1200", "PLN").unwrap()]);
}

#[test]
fn the_pipeline_is_weighted_and_the_forecast_by_month() {
    let shop = Shop::open();
    let add = |title: &str, amount: &str, currency: &str, stage: &'static str, close: Option<&str>| {
        let new = crate::store::NewDeal {
            amount: Money::parse(amount, currency).unwrap(),
            stage: Text::own(stage),
            expected_close: close.map(|day| day.parse().unwrap()),
            ..sale(title, None, None)
        };
        shop.store.add_deal(&new).unwrap()
    };
    add("a", "100", "PLN", "contract", Some("2026-12-15"));
    add("b", "200", "PLN", "offer", Some("2026-12-20"));
    add("c", "100", "EUR", "offer", Some("2026-10-01"));
    add("d", "50", "PLN", "offer", None);
    let lost = add("e", "70", "PLN", "new", None);
    shop.store.close_deal(lost, State::Lost, &Text::own("Too dear"), at("2026-11-11T08:00:00Z")).unwrap();
    let sales = report(&shop, &question()).sales;
    let stages: Vec<String> = sales
        .pipeline
        .iter()
        .map(|row| format!("{} {} {} {} {}", row.pipeline, row.stage, row.deals, row.amount, row.weighted))
        .collect();
    assert_eq!(
        stages,
        [
            "sales offer 1 100.00\u{a0}EUR 30.00\u{a0}EUR",
            "sales offer 2 250.00\u{a0}PLN 75.00\u{a0}PLN",
            "sales contract 1 100.00\u{a0}PLN 90.00\u{a0}PLN"
        ]
    );
    let months: Vec<String> =
        sales.forecast.iter().map(|row| format!("{} {} {}", row.month.word(), row.deals, row.weighted)).collect();
    assert_eq!(months, ["overdue 1 30.00\u{a0}EUR", "2026-12 2 150.00\u{a0}PLN", "no date 1 15.00\u{a0}PLN"]);
    assert_eq!((sales.opened, sales.lost.deals, sales.reasons), (5, 1, vec![(Text::own("Too dear"), 1)]));
}

#[test]
fn a_report_makes_way() {
    let mut shop = Shop::open();
    let thread = shop.thread("offer", None, None, None);
    shop.mail("BEGIN");
    for day in 0..3_000 {
        let date = jiff::Timestamp::from_second(1_793_500_000 + day * 60).unwrap();
        shop.bare_letter(thread, date, "inbound", "x");
    }
    shop.mail("COMMIT");
    shop.store.stop_when(|| true).unwrap();
    let problem = shop.store.report(&question(), &Practice::default(), &now()).unwrap_err();
    assert_eq!(problem.kind, crate::domain::problem::Kind::Interrupted);
    shop.store.stop_when(|| false).unwrap();
    assert_eq!(report(&shop, &question()).letters.total.received, 3_000, "and can be asked again");
}

#[test]
fn letters_are_found_by_their_dates() {
    let shop = Shop::open();
    let plan = shop.plan(LETTERS);
    assert!(plan.contains("message_date (date>? AND date<?)"), "{plan}");
    // A year of letters: the letters themselves are not touched.
    assert!(plan.contains("m USING COVERING INDEX message_people (thread_id=?)"), "{plan}");
    assert!(!plan.contains("SCAN m"), "{plan}");
    assert_eq!(question().step, Step::Day);
}
