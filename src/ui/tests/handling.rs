//! Conversations put elsewhere and marked: the exact orders, and what is shown before the store answers.

use super::fixtures::{self, at, t};
use super::{Program, click};
use crate::domain::account::Kind;
use crate::domain::folder::{Role, Row as FolderRow};
use crate::domain::handling::{Handling, Order};
use crate::domain::id;
use crate::domain::message::Flags;
use crate::domain::status::{AccountState, Phase};
use crate::ui::effect::{Effect, ViewAct};
use crate::ui::event::{Changed, Event};

/// The order as the program gives it.
pub(super) fn handle(handling: Handling, threads: &[i64], folder: Option<i64>) -> Effect {
    Effect::Handle(Box::new(Order {
        handling,
        threads: threads.iter().copied().map(id::Thread).collect(),
        folder: folder.map(id::Folder),
        confirmed: false,
    }))
}

#[test]
fn keys_order_exactly_this() {
    let inbox = Some(1);
    for (keys, expected) in [
        ("2jjE", vec![handle(Handling::Archive, &[2], inbox)]),
        ("2jjd", vec![handle(Handling::Delete, &[2], inbox)]),
        ("2jj<delete>", vec![handle(Handling::Delete, &[2], inbox)]),
        ("2jjJ", vec![handle(Handling::Junk, &[2], inbox)]),
        ("2jj!", vec![handle(Handling::Flag(true), &[2], inbox)]),
        ("2j!", vec![handle(Handling::Flag(false), &[6], inbox)]), // it is flagged
        ("2jjm", vec![handle(Handling::Seen(true), &[2], inbox)]),
        ("2jm", vec![handle(Handling::Seen(false), &[6], inbox)]),
        ("2jjьУ", vec![handle(Handling::Seen(true), &[2], inbox), handle(Handling::Archive, &[2], inbox)]),
        // The first one in the picker was used last; the folder in view is none of them.
        ("2jjM<enter>", vec![handle(Handling::Move(id::Folder(7)), &[2], inbox)]),
        ("2jjv<down><enter>", vec![handle(Handling::Move(id::Folder(2)), &[2], inbox)]),
        ("2jjMtras<enter>", vec![handle(Handling::Move(id::Folder(6)), &[2], inbox)]),
        ("2jjMlodz<enter>", vec![handle(Handling::Move(id::Folder(7)), &[2], inbox)]),
        ("2jjMWarszawa<enter>", vec![handle(Handling::MoveToNew("Warszawa".to_owned()), &[2], inbox)]),
        ("2jjMArchiv<down><enter>", vec![handle(Handling::MoveToNew("Archiv".to_owned()), &[2], inbox)]),
        ("2jjM<esc>", vec![]),
        // Marked ones, in the order of the list.
        ("2<space>j<space>E", vec![handle(Handling::Archive, &[8, 2], inbox)]),
        ("2jj<space>kkk<space>E", vec![handle(Handling::Archive, &[8, 2], inbox)]),
        ("2<shift-down><shift-down><shift-down>d", vec![handle(Handling::Delete, &[8, 6, 2], inbox)]),
        ("2jj<shift-up><shift-up>d", vec![handle(Handling::Delete, &[6, 2], inbox)]),
        ("2*J", vec![handle(Handling::Junk, &[8, 6, 2, 1, 3, 4], inbox)]),
        ("2**jjE", vec![handle(Handling::Archive, &[2], inbox)]),
        ("2<space><space><esc>jE", vec![handle(Handling::Archive, &[1], inbox)]),
        ("2<space>k<space>jjE", vec![handle(Handling::Archive, &[1], inbox)]), // unmarked again
        ("2<space><space>M<enter>", vec![handle(Handling::Move(id::Folder(7)), &[8, 6], inbox)]),
        // In the reader; the second is the next row.
        ("2jj<tab>EE", vec![handle(Handling::Archive, &[2], inbox), handle(Handling::Archive, &[1], inbox)]),
        // In Junk and Trash.
        ("2<shift-tab>jjjj<enter>J", vec![handle(Handling::NotJunk, &[8], Some(5))]),
        (
            "2<shift-tab>jjjjj<enter>dd",
            vec![handle(Handling::Delete, &[8], Some(6)), handle(Handling::Delete, &[8], Some(6))],
        ),
        ("2<shift-tab>jjjjj<enter>:empty<enter>y", vec![Effect::EmptyFolder(id::Folder(6))]),
        ("2<shift-tab>jjjjj<enter>:empty<enter>n", vec![]),
        ("2:empty<enter>y", vec![]), // not the inbox
        (
            "2<shift-tab>jjjjjj<enter>:rename<enter>/2026<enter>",
            vec![Effect::RenameFolder { folder: id::Folder(7), name: "Klienci/Łódź i okolice/2026".to_owned() }],
        ),
        (
            "2<shift-tab>jjjjjj<enter>:rename<enter><ctrl-u>2026<enter>",
            vec![Effect::RenameFolder { folder: id::Folder(7), name: "2026".to_owned() }],
        ),
        // On Today no folder is shown.
        ("jjjE", vec![handle(Handling::Archive, &[2], None)]),
        ("jjE", vec![]), // a payment is in no folder
        ("<space><space>d", vec![handle(Handling::Delete, &[1, 5], None)]),
        // e and z take the marked ones as well.
        ("2<space><space>e", vec![Effect::MarkDone(vec![id::Thread(8), id::Thread(6)])]),
        ("<space><space>e", vec![Effect::MarkDone(vec![id::Thread(1), id::Thread(5)])]),
        (
            "2<space><space>z2",
            vec![Effect::Snooze { threads: vec![id::Thread(8), id::Thread(6)], until: at("11-24 08:00:00") }],
        ),
        ("jjjjjjjJ", vec![handle(Handling::NotJunk, &[6], None)]),
        // Something that was found.
        (
            "/letters desks<enter>E",
            vec![
                Effect::View(ViewAct::Remember("letters desks".to_owned())),
                Effect::MarkRead(id::Thread(2)),
                handle(Handling::Archive, &[2], None),
            ],
        ),
    ] {
        let mut program = Program::full(120, 40);
        program.press(keys);
        assert_eq!(program.asked(), expected, "{keys}");
    }
}

#[test]
fn what_goes_elsewhere_is_gone_at_once_and_the_next_row_is_under_the_cursor() {
    for (keys, rows, under) in [
        ("2jjE", &[8, 6, 1, 3, 4][..], Some(1)),
        ("2jjd", &[8, 6, 1, 3, 4], Some(1)),
        ("2<end>J", &[8, 6, 2, 1, 3], Some(3)),
        ("2<space>j<space>kE", &[6, 1, 3, 4], Some(1)),
        ("2jj!", &[8, 6, 2, 1, 3, 4], Some(2)),
        ("2*d", &[], None),
        // Asked first.
        ("2<shift-tab>jjjjj<enter>jd", &[8, 6, 2, 1, 3, 4], Some(6)),
    ] {
        let mut program = Program::full(80, 24);
        let (before, last) = keys.split_at(keys.len() - 1);
        program.press(before);
        program.answers = false;
        program.press(last);
        let mail = &program.state.mail;
        let shown: Vec<i64> = mail.threads.value.iter().flatten().map(|row| row.id.0).collect();
        assert_eq!(shown, rows, "{keys}");
        assert_eq!(mail.cursor.key().map(|thread| thread.0), under, "{keys}");
        assert_eq!(mail.marked.len(), 0, "{keys}");
    }
}

#[test]
fn flags_and_seen_are_shown_at_once_and_marks_stay() {
    let mut program = Program::full(80, 24);
    program.press("2");
    program.answers = false;
    program.press("*!m");
    let rows = program.state.mail.threads.value.as_deref().unwrap();
    assert!(rows.iter().all(|row| row.flags.has(Flags::FLAGGED) && row.unseen == 0));
    assert_eq!(program.state.mail.marked.len(), 6);
    program.asked();
    // The same keys are the way back.
    program.press("!m");
    let all = [8, 6, 2, 1, 3, 4];
    assert_eq!(
        program.asked(),
        [handle(Handling::Flag(false), &all, Some(1)), handle(Handling::Seen(false), &all, Some(1))]
    );
}

#[test]
fn marks_live_as_long_as_their_rows() {
    let mut program = Program::full(80, 24);
    program.press("2<space><space>");
    assert!(program.screen().contains("2 marked"));
    program.store.threads.remove(0);
    program.event(Event::Changed(vec![Changed::Everything]));
    assert_eq!(program.state.mail.marked.iter().map(|thread| thread.0).collect::<Vec<_>>(), [6]);
    // Another folder has marks of its own.
    program.press("<shift-tab>j<enter>");
    assert_eq!(super::super::handling::marked(&program.state), 0);
    assert!(!program.screen().contains("marked"));
}

#[test]
fn today_goes_on_with_the_next_row_though_the_archived_one_waits_on() {
    let mut program = Program::full(80, 24);
    program.answers = false;
    program.press("E");
    assert_eq!(program.state.today.cursor.index, 1);
    // Deleted, it waits no more.
    let rows = program.state.today.cursor.len();
    program.press("d");
    assert_eq!(program.state.today.cursor.len(), rows - 1);
    assert_eq!(program.asked(), [handle(Handling::Archive, &[1], None), handle(Handling::Delete, &[5], None)]);
}

#[test]
fn a_question_of_the_store_is_asked_and_the_rows_come_back() {
    let mut program = Program::full(80, 24);
    program.press("2jjE");
    program.asked();
    let order = Order {
        handling: Handling::Archive,
        threads: vec![id::Thread(2)],
        folder: Some(id::Folder(1)),
        confirmed: true,
    };
    let yes = Effect::Handle(Box::new(order));
    program.event(Event::Asked { question: t("Make the folder “Archive”?"), yes: yes.clone() });
    assert_eq!(program.state.mail.threads.value.as_ref().unwrap().len(), 6);
    assert!(program.screen().contains("Make the folder “Archive”?"));
    program.press("y");
    assert_eq!(program.asked(), [yes]);
}

#[test]
fn what_waits_is_counted_at_the_bottom_and_refusals_are_looked_at() {
    let mut program = Program::start(80, 24, fixtures::Store { pending: fixtures::pending(), ..fixtures::full() });
    assert!(program.screen().contains("7 waiting · 1 refused! P shows it"), "{}", program.screen());
    program.press("P");
    let screen = program.screen();
    for words in ["[OVERQUOTA]", "move 3 letters from INBOX to Archive, since 09:32", "Letters on their way"] {
        assert!(screen.contains(words), "{words}: {screen}");
    }
    program.press("x");
    assert_eq!(program.asked(), [Effect::RefusalsSeen { until: at("11-23 09:22:00") }]);
    program.store.pending.refusals.clear();
    program.event(Event::Changed(Vec::new()));
    assert!(!program.screen().contains("OVERQUOTA"));
    program.press("<esc>");
    assert!(program.screen().contains("7 waiting") && !program.screen().contains("refused!"), "{}", program.screen());
}

#[test]
fn the_end_of_a_sync_reads_what_waits_again() {
    let mut program = Program::full(80, 24);
    program.store.pending = fixtures::pending();
    program.event(Event::SyncEnded { account: t("work"), problem: None });
    assert!(program.screen().contains("7 waiting"));
    assert_eq!(program.store.folders.iter().filter(|row| row.role == Some(Role::Trash)).count(), 1);
}

#[test]
fn a_click_on_the_margin_marks_the_row() {
    let mut program = Program::full(80, 24);
    program.press("2");
    let screen = program.screen();
    let (row, line) = screen.lines().enumerate().find(|(_, line)| line.contains("│>")).unwrap();
    let column = line.chars().position(|c| c == '>').unwrap();
    let row = u16::try_from(row).unwrap();
    let column =
        u16::try_from(line.chars().skip(column + 1).position(|c| c == '>').map_or(column, |more| column + 1 + more))
            .unwrap();
    program.event(click(column + 1, row + 2));
    program.event(click(column, row));
    assert_eq!(program.state.mail.marked.iter().map(|thread| thread.0).collect::<Vec<_>>(), [2, 8]);
    assert!(program.state.pages.is_empty(), "it opens nothing");
    program.event(click(column, row));
    assert_eq!(program.state.mail.marked.len(), 1, "unmarked again");
}

#[test]
fn a_new_letter_is_seen_above_the_row_under_the_cursor() {
    let mut program = Program::full(80, 24);
    program.press("2");
    let mut letter = program.store.threads[0].clone();
    (letter.id, letter.subject) = (id::Thread(99), t("Just arrived"));
    program.store.threads.insert(0, letter);
    let under = program.state.mail.cursor.key();
    program.event(Event::Changed(vec![Changed::Everything]));
    assert!(program.screen().contains("Just arrived"), "{}", program.screen());
    assert_eq!(program.state.mail.cursor.key(), under);
}

#[test]
fn before_the_first_sync_has_ended_nothing_is_called_all_clear() {
    let mut program = Program::full(80, 24);
    program.store.today.clear();
    program.store.counters = crate::domain::counter::Counters::default();
    program.event(Event::Changed(vec![Changed::Everything]));
    assert!(program.screen().contains("Nobody waits for you"), "{}", program.screen());
    let state = AccountState {
        id: id::Account(1),
        name: t("work"),
        kind: Kind::Personal,
        phase: Phase::Syncing,
        next_try: None,
        last_try: None,
        last_sync: None,
        last_error: None,
        hint: None,
    };
    program.event(Event::AccountStates(vec![state.clone()]));
    let screen = program.screen();
    assert!(
        screen.contains("Your letters are on their way") && !screen.to_lowercase().contains("all clear"),
        "{screen}"
    );
    program.event(Event::AccountStates(vec![AccountState { last_sync: Some(at("11-23 09:00:00")), ..state }]));
    assert!(program.screen().contains("Nobody waits for you"));
}

#[test]
fn an_account_leads_its_folders_and_the_list_says_whose_it_is() {
    let mut program = Program::full(80, 24);
    let mut inbox = program.store.folders[0].clone();
    (inbox.id, inbox.account, inbox.account_name) = (id::Folder(90), id::Account(2), t("sales"));
    let sent = FolderRow { id: id::Folder(91), name: t("Clients/Praha"), role: None, ..inbox.clone() };
    program.store.folders.extend([inbox, sent]);
    program.press("2");
    let screen = program.screen();
    for words in ["work/Inbox", "sales/Inbox", "  Clients/Praha", "━ work/Inbox ━"] {
        assert!(screen.contains(words), "{words}: {screen}");
    }
}
