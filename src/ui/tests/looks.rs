//! Views as text: read the snapshots as somebody who stares at them all day.

use super::{Program, fixtures, now};
use crate::ui::event::Event;

const SIZES: [(u16, u16); 3] = [(40, 12), (80, 24), (120, 40)];

fn look(name: &str, program: &Program) {
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
    each_size("search", "/desks<down>");
    each_size("history", "gh");
    each_size("activity", "jjjA");
}
