//! The board, its forms, payments, offer lines and the bank statement.

use super::looks::look;
use super::{Program, fixtures, now};
use crate::domain::bank::matching::{Due, propose};
use crate::domain::bank::{Proposed, StatementLine};
use crate::domain::board::{Column, Filter, Place, PlaceSum, columns};
use crate::domain::deal::{DealRow, OfferLine, PaymentRow, State as DealState};
use crate::domain::forecast::{Month, Slice};
use crate::domain::id;
use crate::domain::money::Money;
use crate::domain::pipeline::Pipelines;
use crate::domain::text::Text;
use crate::ui::deal_act::{ColumnAsk, DealAct, NewSale, PAGE, PaymentEntry};
use crate::ui::effect::{ActivityAct, Effect, FillFor};
use crate::ui::event::{ClientRow, Event};
use crate::ui::overlays::Overlay;

fn place(row: &DealRow) -> Place {
    let stage = (row.state == DealState::Open).then(|| row.stage.clone());
    Place { pipeline: row.pipeline.clone(), stage, state: row.state }
}

/// The board of these deals, as the store would answer; only the first page of each column.
pub fn board(rows: &[DealRow], closed: bool) -> Vec<Column> {
    let sum = |row: &DealRow| PlaceSum {
        place: place(row),
        currency: row.amount.currency.clone(),
        deals: 1,
        minor: i128::from(row.amount.minor),
    };
    let sums: Vec<PlaceSum> = rows.iter().map(sum).collect();
    let mut board = columns(&Pipelines::default(), "", &sums, closed);
    for column in &mut board {
        column.rows = rows.iter().filter(|row| column.places.contains(&place(row))).take(PAGE).cloned().collect();
    }
    board
}

/// The next deals of the long column of [`many`].
pub fn more(ask: &ColumnAsk) -> Vec<DealRow> {
    let rows = many();
    let from = rows.iter().position(|row| row.id == ask.after.id).map_or(0, |at| at + 1);
    rows.into_iter().skip(from).take(PAGE).collect()
}

fn many() -> Vec<DealRow> {
    let like = fixtures::full().deals.remove(0);
    (1..=150)
        .map(|number| DealRow { id: id::Deal(number), title: Text::from(format!("Deal {number}")), ..like.clone() })
        .collect()
}

pub fn slices(rows: &[DealRow]) -> Vec<Slice> {
    let slice = |row: &DealRow| Slice {
        pipeline: row.pipeline.clone(),
        stage: row.stage.clone(),
        month: row.expected_close.map_or(Month::Unknown, |day| Month::Of(day.year(), day.month())),
        currency: row.amount.currency.clone(),
        deals: 1,
        minor: i128::from(row.amount.minor),
    };
    rows.iter().map(slice).collect()
}

pub fn clients(words: &str) -> Vec<ClientRow> {
    let person = ClientRow {
        contact: Some(id::Contact(1)),
        company: None,
        name: Text::own("Anna Kowalska"),
        detail: Text::own("Meble Plus"),
    };
    let company = ClientRow {
        contact: None,
        company: Some(id::Company(1)),
        name: Text::own("Meble Plus"),
        detail: Text::own("company"),
    };
    [person, company].into_iter().filter(|row| row.name.as_str().to_lowercase().contains(words)).collect()
}

pub fn statement() -> Proposed {
    let due = |key: i64, title: &'static str, company: &'static str, amount: &str| Due {
        payment: PaymentRow {
            id: id::Payment(key),
            deal: id::Deal(1),
            title: Text::own(title),
            due_on: "2026-11-19".parse().unwrap(),
            amount: Money::parse(amount, "PLN").unwrap(),
            paid_on: None,
        },
        deal_title: Text::own("Desks for the Łódź office"),
        company: Some(Text::own(company)),
        contact: None,
        requisites: Text::default(),
    };
    let line = |number: u64, whole: &'static str, amount: &str| StatementLine {
        line: number,
        booked_on: "2026-11-20".parse().unwrap(),
        amount: Money::parse(amount, "PLN").unwrap(),
        payer: Text::default(),
        text: Text::own(whole),
        whole: Text::own(whole),
        digest: number.to_string(),
    };
    let due = vec![due(1, "Deposit 214", "Meble Plus", "12390"), due(2, "Rest", "Meble Plus", "8200.50")];
    let lines = [line(3, "Meble Plus 214", "12390"), line(4, "Somebody", "8200.50"), line(5, "Rent", "700")];
    Proposed {
        matches: propose(&lines, &due),
        due,
        known: 1,
        outgoing: 2,
        columns: Text::own("date: Data"),
        ..Proposed::default()
    }
}

fn acts(program: &mut Program) -> Vec<DealAct> {
    let asked = program.asked();
    asked.into_iter().filter_map(|effect| if let Effect::Deal(act) = effect { Some(*act) } else { None }).collect()
}

#[test]
fn the_board_looks() {
    for (width, height) in [(80, 24), (120, 40), (160, 48)] {
        let mut program = Program::full(width, height);
        program.press("4l");
        look("deals_board", &program);
        program.press("F");
        look("deals_forecast", &program);
    }
}

#[test]
fn overlays_of_deals_look() {
    for (width, height) in [(80, 24), (120, 40)] {
        let mut program = Program::full(width, height);
        program.press("4$j");
        look("deals_payments", &program);
        program.press("<esc>\"");
        look("deals_lines", &program);
        program.press("<esc>");
        program.event(Event::Tick { now: now() });
        program.press(":bank<enter>/x.csv<enter>");
        look("deals_bank", &program);
    }
}

#[test]
fn columns_and_deals_are_walked() {
    let mut program = Program::full(80, 24);
    program.press("4");
    let chosen = |program: &Program| program.state.deals.row().map(|row| row.id.0);
    assert_eq!(chosen(&program), Some(1), "the first column that has deals");
    program.press("j");
    assert_eq!(chosen(&program), Some(2));
    program.press("l");
    assert_eq!(chosen(&program), Some(3));
    program.press("h");
    assert_eq!(chosen(&program), Some(2), "each column keeps its place");
    program.press("h");
    assert_eq!(chosen(&program), None, "an empty stage");
    program.press("lL");
    assert_eq!(chosen(&program), Some(2), "the list keeps the deal");
    program.press("j");
    assert_eq!(chosen(&program), Some(3), "the list goes on with the next stage");
    program.press("ggL");
    assert_eq!(chosen(&program), Some(1));
}

#[test]
fn a_long_column_is_read_page_by_page() {
    let store = fixtures::Store { deals: many(), ..fixtures::full() };
    let mut program = Program::start(80, 24, store);
    program.press("4");
    let shown = |program: &Program| program.state.deals.column().map_or(0, |column| column.rows.len());
    assert_eq!(shown(&program), PAGE, "not all of them");
    for _ in 0..PAGE {
        program.press("j");
    }
    assert_eq!(shown(&program), 2 * PAGE);
    assert_eq!(program.state.deals.row().map(|row| row.id.0), Some(61));
    program.press("GG");
    program.press("L");
    for _ in 0..200 {
        program.press("j");
    }
    assert_eq!(program.state.deals.row().map(|row| row.id.0), Some(150));
}

#[test]
fn a_moved_deal_is_followed() {
    let mut program = Program::full(80, 24);
    program.press("4j>");
    let (sales, stage) = (Text::own("sales"), Text::own("negotiation"));
    assert_eq!(acts(&mut program), [DealAct::Move { deal: id::Deal(2), pipeline: sales.clone(), stage }]);
    let deals = &program.state.deals;
    assert_eq!(
        (deals.row().map(|row| row.id.0), deals.column().map(|column| column.deals)),
        (Some(2), Some(3)),
        "shown at once"
    );
    program.press("<<>");
    program.press(">");
    program.press(">");
    let stages: Vec<DealAct> = acts(&mut program);
    assert_eq!(stages.len(), 3);
    let contract = Text::own("contract");
    assert!(stages.contains(&DealAct::Move { deal: id::Deal(2), pipeline: sales, stage: contract }));
    program.press(">");
    assert_eq!(acts(&mut program), [], "the last stage");
    assert!(program.screen().contains("Y is won"), "{}", program.screen());
}

#[test]
fn won_and_lost_offer_the_farewell_letter() {
    let mut program = Program::full(80, 24);
    program.press("4Y");
    assert_eq!(acts(&mut program), [DealAct::Won(id::Deal(1))]);
    program.press("<esc>X");
    assert!(program.screen().contains("price"), "{}", program.screen());
    program.press("2");
    assert_eq!(acts(&mut program), [DealAct::Lost(id::Deal(1), Text::own("delivery time"))]);
    program.press("<enter>");
    let fill = Effect::FillTemplate { name: "farewell".to_owned(), language: None, to: FillFor::Deal(id::Deal(1)) };
    assert_eq!(program.asked(), [fill]);
    program.press("X<end><enter>too late<enter>");
    assert_eq!(acts(&mut program), [DealAct::Lost(id::Deal(1), Text::own("too late"))]);
}

#[test]
fn a_new_deal_says_with_whom_and_for_how_much() {
    let mut program = Program::full(80, 24);
    program.press("4Nanna<enter>");
    program.press("Desks<tab>12 400,50 zł<tab>15.12<tab><ctrl-u>nego<enter>");
    let sale = NewSale {
        title: Text::own("Desks"),
        contact: Some(id::Contact(1)),
        company: None,
        pipeline: Text::own("sales"),
        stage: Text::own("negotiation"),
        amount: Money::parse("12400.50", "PLN").unwrap(),
        expected_close: Some("2026-12-15".parse().unwrap()),
    };
    assert_eq!(acts(&mut program), [DealAct::Add(sale)]);
    program.press("N<down><down><enter>Chairs<tab>twelve<enter>");
    assert_eq!(acts(&mut program), []);
    assert!(program.screen().contains("This is no amount"), "{}", program.screen());
}

#[test]
fn leaving_a_deal_without_a_plan_asks_what_is_next() {
    let mut program = Program::full(80, 24);
    program.press("4<enter><esc>");
    assert!(program.state.overlays.is_empty(), "something is planned in this one");
    let mut row = program.store.deals[1].clone();
    row.next_activity = None;
    program.event(Event::NextWanted(Box::new(row.clone())));
    assert!(program.screen().contains("What is next"), "{}", program.screen());
    program.press("call them<tab><ctrl-u>25.11 10:00<enter>");
    let asked = program.asked();
    let Some(Effect::Activity(ActivityAct::Enter { activity, .. })) = asked.first() else { panic!("{asked:?}") };
    assert_eq!((activity.subject.as_str(), activity.deal), ("call them", Some(id::Deal(2))));
    program.state.setup.practice.deals.ask_next = false;
    program.event(Event::NextWanted(Box::new(row)));
    assert!(program.state.overlays.is_empty(), "the configuration says not to ask");
}

#[test]
fn the_card_of_a_deal_without_a_plan_asks_when_it_is_left() {
    let mut program = Program::full(80, 24);
    program.press("4<enter>");
    if let Some(crate::ui::card::Holding::Deal(card)) = &mut program.state.deals.card.slot.value {
        card.row.next_activity = None;
    }
    program.press("<esc>");
    assert!(matches!(program.state.overlays.last(), Some(Overlay::Form(_))));
    program.press("<esc>");
    assert!(program.state.overlays.is_empty());
}

#[test]
fn payments_are_entered_split_and_paid() {
    let mut program = Program::full(80, 24);
    program.press("4$a");
    program.press("Deposit<tab>+7<tab>1200,50<enter>");
    let entry = PaymentEntry {
        title: Text::own("Deposit"),
        due_on: "2026-11-30".parse().unwrap(),
        amount: Money::parse("1200.50", "PLN").unwrap(),
    };
    assert_eq!(acts(&mut program), [DealAct::AddPayment(id::Deal(1), entry)]);
    program.press("s<ctrl-u>3<tab><ctrl-u>1.12<enter>");
    let Some(DealAct::Schedule(_, parts)) = acts(&mut program).pop() else { panic!() };
    let sum: i64 = parts.iter().map(|part| part.amount.minor).sum();
    assert_eq!(
        (parts.len(), parts[1].due_on.to_string(), parts[1].title.as_str()),
        (3, "2027-01-01".to_owned(), "2 of 3")
    );
    assert!(sum > 0 && parts[0].amount == parts[1].amount);
    program.press("p");
    program.press("<ctrl-u>20.11<tab><ctrl-u>100<enter>");
    let Some(DealAct::Paid(_, on, Some(part))) = acts(&mut program).pop() else { panic!() };
    assert_eq!((on.to_string(), part.plain()), ("2026-11-20".to_owned(), "100.00".to_owned()));
}

#[test]
fn offer_lines_are_typed_and_make_the_amount() {
    let mut program = Program::full(120, 40);
    program.press("4\"");
    program.press("<down><down><enter>Lamp<tab><ctrl-u>2,5<tab>99.90<tab>10<tab>23");
    assert!(program.screen().contains("224.78") || program.screen().contains("41\u{a0}524.78"), "{}", program.screen());
    program.press("<ctrl-t>");
    let Some(DealAct::Lines(deal, lines, Some(amount))) = acts(&mut program).pop() else { panic!() };
    assert_eq!((deal, lines.len(), amount.plain()), (id::Deal(1), 3, "41524.78".to_owned()));
    let lamp = OfferLine {
        title: Text::own("Lamp"),
        quantity: Text::own("2,5"),
        unit_price: Money::parse("99.90", "PLN").unwrap(),
        discount: Text::own("10"),
        vat: Text::own("23"),
    };
    assert_eq!(lines[2], lamp);
    program.press("\"<ctrl-d><ctrl-o><enter><ctrl-s>");
    let Some(DealAct::Lines(_, lines, None)) = acts(&mut program).pop() else { panic!() };
    assert_eq!(lines.len(), 3, "one removed, two copied");
    program.press("\"x<esc>");
    assert!(program.screen().contains("Ctrl-S saves"), "{}", program.screen());
    program.press("<esc>");
    assert!(program.state.overlays.is_empty() && acts(&mut program).is_empty());
}

#[test]
fn lines_of_a_statement_are_decided_one_by_one() {
    let mut program = Program::full(120, 40);
    program.press("4:bank<enter>/x.csv<enter>");
    let proposed = statement();
    let line = |index: usize| Box::new(proposed.matches[index].line.clone());
    program.press("a");
    assert_eq!(acts(&mut program), [DealAct::Booked(line(0), vec![id::Payment(1)], false)], "only what is sure");
    program.press("<enter>");
    assert_eq!(acts(&mut program), [DealAct::Booked(line(1), vec![id::Payment(2)], false)]);
    program.press("n");
    assert_eq!(acts(&mut program), [DealAct::NotOurs(line(2))]);
    program.press("<up><enter>");
    assert_eq!(acts(&mut program), [], "what was said stands");
    let mut program = Program::full(120, 40);
    program.press("4:bank<enter>/x.csv<enter>jjo<enter>");
    assert_eq!(acts(&mut program), [DealAct::Booked(line(2), vec![id::Payment(1)], true)], "a part of what I chose");
}

#[test]
fn filters_ask_the_store() {
    let mut program = Program::silent(80, 24);
    program.press("4o4");
    let last = program.state.deals.filter;
    assert_eq!(last, Filter::Stale);
    let mut program = Program::full(80, 24);
    program.press("4v");
    assert!(program.state.deals.columns().iter().any(|column| column.title.as_str() == "won"));
}
