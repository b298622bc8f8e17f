//! Views as text: read the snapshots as somebody who stares at them all day.

use super::{Program, fixtures, now};
use crate::ui::event::Event;

const SIZES: [(u16, u16); 3] = [(40, 12), (80, 24), (120, 40)];

pub(super) fn look(name: &str, program: &Program) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let size = format!("{}x{}", program.state.width, program.state.height);
    settings.bind(|| insta::assert_snapshot!(format!("{name}_{size}"), program.screen()));
}

fn each_size(name: &str, keys: &str) {
    for (width, height) in SIZES {
        let mut program = Program::full(width, height);
        program.press(keys);
        look(name, &program);
    }
}

#[test]
fn today() {
    each_size("today_full", "jjj");
    let mut wide = Program::full(160, 48);
    wide.press("jjj<enter>");
    look("today_full", &wide);
    each_size("today_reader", "jjj<enter>");
    each_size("today_card", "jjj<tab><tab>jj");
}

#[test]
fn a_lead() {
    each_size("today_lead", "jjjjj<tab><tab>");
}

#[test]
fn mail() {
    each_size("mail_full", "2jj");
    each_size("mail_reader", "2jj<enter>");
}

#[test]
fn clients() {
    each_size("clients_full", "3j");
    each_size("clients_companies", "3l");
    each_size("clients_card", "3<enter>");
    each_size("clients_company_card", "3l<enter>j");
}

#[test]
fn deals() {
    each_size("deals_full", "4");
    each_size("deals_card", "4<enter>");
}

#[test]
fn outgoing() {
    each_size("outgoing_full", "5jj");
    each_size("outgoing_drafts", "5l");
    each_size("outgoing_templates", "5lljj");
}

#[test]
fn empty_loading_and_broken() {
    for (width, height) in SIZES {
        for (key, screen) in [("1", "today"), ("2", "mail"), ("3", "clients"), ("4", "deals"), ("5", "outgoing")] {
            let mut empty = Program::start(width, height, fixtures::Store::default());
            empty.press(key);
            look(&format!("{screen}_empty"), &empty);
            let mut loading = Program::silent(width, height);
            loading.event(Event::Started { now: now(), width, height });
            loading.press(key);
            look(&format!("{screen}_loading"), &loading);
            let mut broken =
                Program::start(width, height, fixtures::Store { broken: true, ..fixtures::Store::default() });
            broken.press(key);
            look(&format!("{screen}_broken"), &broken);
        }
    }
}

#[test]
fn overlays() {
    each_size("help", "?");
    each_size("palette", ":sn");
    each_size("why", "jjjw");
    each_size("snooze", "jjjz");
    each_size("file", "jjjf");
    each_size("template", "jjjt");
    each_size("convert", "jjjjjc");
    each_size("search", "/letters desks<down>");
    each_size("history", "gh");
    each_size("activity", "jjjA");
}

#[test]
fn handling() {
    each_size("mail_marked", "2<space>j<space>");
    each_size("today_marked", "<space><space>");
    each_size("move", "2jjM");
    each_size("move_found", "2jjMłódź");
    each_size("move_new", "2jjMWarszawa");
    each_size("rename", "2<shift-tab>jjj:rename<enter>");
    for (width, height) in SIZES {
        let mut program =
            Program::start(width, height, fixtures::Store { pending: fixtures::pending(), ..fixtures::full() });
        look("bottom_waiting", &program);
        let problem = crate::domain::problem::Problem::new(
            crate::domain::problem::Kind::Network,
            "imap.firma.example:993 does not answer",
        );
        program.event(Event::SyncEnded {
            account: fixtures::t("work"),
            problem: Some(problem.hint("tried again in 30 s")),
        });
        program.press("P");
        look("pending", &program);
        program.press("<esc>2dd");
        program.event(Event::Asked {
            question: fixtures::t(
                "Delete “Offer for 20 desks” for good? u takes it back only until the server has done it.",
            ),
            yes: crate::ui::effect::Effect::Quit,
        });
        look("for_good", &program);
        let mut nothing = Program::full(width, height);
        nothing.press("P");
        look("pending_nothing", &nothing);
    }
}

#[test]
fn writing() {
    use crate::domain::guard::{Concern, Fix, Kind};
    use crate::domain::outbox::Letter;
    use fixtures::t;
    for (width, height) in SIZES {
        let account = super::setup().accounts.remove(0);
        let letter = Letter {
            to: vec![crate::domain::address::Mailbox::new("Anna Kowalska", "anna@mebleplus.example").unwrap()],
            cc: vec![crate::domain::address::Mailbox::new("山田太郎", "yamada@office.example").unwrap()],
            subject: "Re: Offer for 20 desks".to_owned(),
            text: "Good morning Anna,\n\nyes, we deliver to the second floor, and the price holds until the end of the year; please see the attached list of colours.\n\n> Two questions: could you deliver to the second floor\n\n-- \nMarek Nowak\n見積もり"
                .to_owned(),
            ..Letter::new(&account, &t("Marek Nowak"))
        };
        let mut program = Program::full(width, height);
        program.event(Event::LetterStarted { letter: Box::new(letter), draft: Some(crate::domain::id::Draft(1)) });
        look("compose", &program);
        program.press("<shift-tab><shift-tab><shift-tab>, an");
        look("compose_offers", &program);
        program.press("<backspace><backspace><backspace><backspace>");
        program.press("<ctrl-s>");
        look("review_checking", &program);
        let concern = |kind, reason: &str, evidence: &str, blocking| Concern {
            kind,
            reason: t(reason),
            evidence: t(evidence),
            fix: Fix::EditText,
            blocking,
        };
        program.event(Event::Guarded {
            concerns: vec![
                concern(
                    Kind::LookAlike,
                    "mebleplus.example looks like meble-plus.example",
                    "anna@mebleplus.example",
                    true,
                ),
                concern(
                    Kind::NoAttachment,
                    "the letter promises a file and none is attached",
                    "see the attached list",
                    false,
                ),
            ],
            their_zone: None,
        });
        program.press("jo");
        look("review_concerns", &program);
        program.event(Event::Guarded { concerns: Vec::new(), their_zone: None });
        look("review_ready", &program);
        program.press("<enter>");
        let until = fixtures::at("11-23 09:24:09");
        program.event(Event::Queued { id: crate::domain::id::Outgoing(1), to: t("Anna Kowalska"), until });
        look("held", &program);
    }
}

#[test]
fn the_bottom_line() {
    use crate::domain::problem::{Kind, Problem};
    use fixtures::t;
    let mut program = Program::full(80, 24);
    program.event(Event::SyncProgress { account: t("work"), folder: t("INBOX"), done: 1200, of: 2000 });
    look("bottom_sync", &program);
    let problem = Problem::new(Kind::Network, "imap.firma.example:993 does not answer").hint("tried again in 30 s");
    program.event(Event::SyncEnded { account: t("work"), problem: Some(problem) });
    look("bottom_trouble", &program);
    program.event(Event::Done { title: t("Marked done: Offer for 20 desks") });
    look("bottom_done", &program);
    program.press("g");
    look("bottom_pair", &program);
    let mut small = Program::full(28, 7);
    small.press("j");
    look("too_small", &small);
}
