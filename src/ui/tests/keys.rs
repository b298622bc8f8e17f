//! Keys give exactly these effects.

use super::fixtures::{self, at, t};
use super::handling::handle;
use super::{Program, click, now, setup};
use crate::domain::address::{Address, Mailbox};
use crate::domain::counter::{Counter, Subject};
use crate::domain::guard::{self, Concern, Fix};
use crate::domain::handling::Handling;
use crate::domain::id;
use crate::domain::outbox::{File, Letter};
use crate::domain::problem::{Kind, Problem};
use crate::domain::template::Hole;
use crate::domain::text::Text;
use crate::ui::effect::{ActivityAct, Effect, FillFor, ReplyTo};
use crate::ui::event::{Changed, Event, Filling};
use crate::ui::{Setup, State};
use crossterm::event::{KeyModifiers, MouseEvent, MouseEventKind};

fn letter() -> Letter {
    let account = super::setup().accounts.remove(0);
    Letter {
        to: vec![Mailbox::new("Anna Kowalska", "anna@mebleplus.example").unwrap()],
        subject: "Re: Offer for 20 desks".to_owned(),
        text: "Good morning Anna,\n\n> Two questions".to_owned(),
        ..Letter::new(&account, &t("Marek Nowak"))
    }
}

fn concern(blocking: bool) -> Concern {
    Concern {
        kind: guard::Kind::NoAttachment,
        reason: t("the letter promises a file and none is attached"),
        evidence: t("see the attached offer"),
        fix: Fix::AttachFile,
        blocking,
    }
}

/// The keys on Today and what they ask for.
/// The call of Today was done.
fn done_call(result: &'static str) -> ActivityAct {
    ActivityAct::Finish { activity: id::Activity(4), result: Text::own(result), minutes: None, next: None }
}

#[test]
fn keys_on_today() {
    let thread = id::Thread(2);
    for (keys, expected) in [
        ("jjje", vec![Effect::MarkDone(vec![thread])]),
        ("jjjr", vec![Effect::StartReply { to: ReplyTo::Thread(thread), all: false }]),
        ("jjja", vec![Effect::StartReply { to: ReplyTo::Thread(thread), all: true }]),
        ("ооок", vec![Effect::StartReply { to: ReplyTo::Thread(thread), all: false }]), // a Cyrillic layout
        ("jjjm", vec![handle(Handling::Seen(true), &[2], None)]),
        ("jm", vec![handle(Handling::Seen(false), &[5], None)]),
        ("jjjf2", vec![Effect::FileUnder { thread, deal: Some(id::Deal(2)) }]),
        ("jjjf<end><enter>", vec![Effect::FileUnder { thread, deal: None }]),
        ("jjjz2", vec![Effect::Snooze { threads: vec![thread], until: at("11-24 08:00:00") }]),
        ("jjjz525.11 9:30<enter>", vec![Effect::Snooze { threads: vec![thread], until: at("11-25 08:30:00") }]),
        ("jjjz5soon<enter><esc>", vec![]),
        (
            "jjjtj<enter>",
            vec![Effect::FillTemplate {
                name: "payment reminder".to_owned(),
                language: None,
                to: FillFor::Answer(ReplyTo::Thread(thread)),
            }],
        ),
        ("jjp", vec![Effect::PaymentPaid(id::Payment(1))]),
        ("jjz1", vec![Effect::PaymentMove { payment: id::Payment(1), to: "2026-11-24".parse().unwrap() }]),
        ("jjz4+7<enter>", vec![Effect::PaymentMove { payment: id::Payment(1), to: "2026-11-30".parse().unwrap() }]),
        ("jje", vec![]), // a payment is paid, not done
        ("jjjjjK", vec![Effect::KeepLead(id::Contact(9))]),
        ("jjjjjI", vec![Effect::IgnoreSender(id::Contact(9))]),
        ("jjjjjjeagreed<enter>", vec![Effect::Activity(done_call("agreed"))]),
        ("jjjjjjz1", vec![Effect::ActivityMove { activity: id::Activity(4), to: at("11-23 18:00:00") }]),
        ("jjjjjjji", vec![handle(Handling::NotJunk, &[6], None)]),
        ("jjjjjjje", vec![Effect::ConfirmJunk(id::Thread(6))]),
        ("jjj<enter>", vec![Effect::MarkRead(thread)]),
        (
            "jjj<enter>r",
            vec![Effect::MarkRead(thread), Effect::StartReply { to: ReplyTo::Message(id::Message(22)), all: false }],
        ),
        ("jjj<enter>F", vec![Effect::MarkRead(thread), Effect::StartForward(id::Message(22))]),
        ("jjj<enter>[[F", vec![Effect::MarkRead(thread), Effect::StartForward(id::Message(20))]),
        ("jjj<enter>S2", vec![Effect::MarkRead(thread), Effect::SaveAttachment { message: id::Message(22), index: 1 }]),
        (
            "jjj<enter>o<enter>",
            vec![Effect::MarkRead(thread), Effect::OpenAttachment { message: id::Message(22), index: 0 }],
        ),
        ("n", vec![Effect::StartNew { contact: Some(id::Contact(101)), deal: None }]),
        ("u", vec![Effect::Undo]),
        ("s", vec![Effect::SyncNow]),
        ("q", vec![Effect::Quit]),
        ("<ctrl-z><ctrl-c>", vec![Effect::Suspend, Effect::Quit]),
        (":redraw<enter>", vec![Effect::Redraw]),
        (":suspnd<enter>", vec![Effect::Suspend]),
    ] {
        let mut program = Program::full(120, 40);
        program.press(keys);
        assert_eq!(program.asked(), expected, "{keys}");
    }
}

#[test]
fn keys_on_the_other_screens() {
    for (keys, expected) in [
        ("2jje", vec![Effect::MarkDone(vec![id::Thread(2)])]),
        ("2jj<enter>", vec![Effect::MarkRead(id::Thread(2))]),
        ("2jj<tab>r", vec![Effect::StartReply { to: ReplyTo::Message(id::Message(22)), all: false }]),
        ("3n", vec![Effect::StartNew { contact: Some(id::Contact(1)), deal: None }]),
        ("3<right><right>K", vec![Effect::KeepLead(id::Contact(9))]),
        ("4n", vec![Effect::StartNew { contact: Some(id::Contact(1)), deal: Some(id::Deal(1)) }]),
        ("4<enter>]jp", vec![Effect::PaymentPaid(id::Payment(1))]),
        ("5r", vec![Effect::Resend(id::Outgoing(1))]),
        ("5U", vec![Effect::UndoSend(id::Outgoing(1))]),
        ("5jjU", vec![]), // it may have arrived
        ("5jjjU", vec![Effect::UndoSend(id::Outgoing(4))]),
        ("2i", vec![]), // not in Junk
        ("2<shift-tab>jjjj<enter>i", vec![handle(Handling::NotJunk, &[8], Some(5))]),
        ("5jjry", vec![Effect::Resend(id::Outgoing(3))]),
        ("5jjrn", vec![]), // an uncertain letter is sent again only by a yes
        ("5xy", vec![Effect::DiscardOutgoing(id::Outgoing(1))]),
        ("5xn", vec![]),
        ("5l<enter>", vec![Effect::OpenDraft(id::Draft(1))]),
        ("5lxy", vec![Effect::DiscardDraft(id::Draft(1))]),
        (
            "5llj<enter>",
            vec![Effect::FillTemplate {
                name: "offer".to_owned(),
                language: Some("uk".to_owned()),
                to: FillFor::Nobody,
            }],
        ),
        ("5lljj<enter>", vec![]), // a broken template is not used
    ] {
        let mut program = Program::full(120, 40);
        program.press(keys);
        assert_eq!(program.asked(), expected, "{keys}");
    }
}

/// Two quick keys meet two rows, though the store has not answered the first yet.
#[test]
fn what_was_cleared_is_gone_at_once() {
    let mut program = Program::full(80, 24);
    program.answers = false;
    program.press("ee");
    assert_eq!(program.asked(), [Effect::MarkDone(vec![id::Thread(1)]), Effect::MarkDone(vec![id::Thread(5)])]);
    assert_eq!(program.state.today.cursor.key(), Some(Subject::Payment(id::Payment(1))));
    // A row that raises another counter stays.
    program.press("je");
    assert_eq!(program.state.today.cursor.key(), Some(Subject::Thread(id::Thread(2))));
    let row = program.state.today.row().unwrap();
    assert_eq!(row.counters, [Counter::Unfiled]);
}

#[test]
fn a_reload_keeps_the_row_under_the_cursor() {
    let mut program = Program::full(80, 24);
    program.press("jjj");
    let line = |program: &Program| program.state.today.cursor.index - program.state.today.cursor.offset;
    program.store.today.remove(0);
    program.event(Event::Changed(vec![Changed::Thread(id::Thread(1))]));
    assert_eq!(program.state.today.cursor.key(), Some(Subject::Thread(id::Thread(2))));
    program.store.today.retain(|row| row.subject != Subject::Thread(id::Thread(2)));
    program.event(Event::Changed(vec![Changed::Everything]));
    assert_eq!(program.state.today.cursor.key(), Some(Subject::Outgoing(id::Outgoing(3))));
    assert_eq!(line(&program), 2);
}

#[test]
fn what_i_read_stays_before_me() {
    let mut program = Program::full(80, 24);
    program.press("<end><enter>");
    program.store.today.pop();
    program.event(Event::Changed(vec![Changed::Thread(id::Thread(8))]));
    assert_eq!(program.state.reader().and_then(|reader| reader.thread()), Some(id::Thread(8)));
    program.asked();
    program.press("e");
    assert_eq!(program.asked(), [Effect::MarkDone(vec![id::Thread(8)])]);
    program.press("<esc>");
    assert_eq!(program.state.today.reader.thread(), Some(id::Thread(6)));
}

#[test]
fn stale_answers_are_dropped() {
    let mut program = Program::full(80, 24);
    let before = program.state.today.cursor.len();
    program.event(Event::TodayLoaded { generation: 1, rows: Vec::new(), more: false, rest: None });
    assert_eq!(program.state.today.cursor.len(), before);
}

#[test]
fn a_letter_is_written_looked_over_and_held() {
    let mut program = Program::full(80, 24);
    program.event(Event::LetterStarted { letter: Box::new(letter()), draft: None });
    program.press("Yes, Привіт!");
    program.event(Event::Tick { now: now() });
    let asked = program.asked();
    let [Effect::SaveDraft { draft: None, letter: saved }] = asked.as_slice() else { panic!("{asked:?}") };
    assert_eq!(saved.text, "Yes, Привіт!Good morning Anna,\n\n> Two questions");
    // While it is being saved, no second draft is begun.
    program.press("x");
    program.event(Event::Tick { now: now() });
    assert_eq!(program.asked(), []);
    program.event(Event::DraftSaved { draft: id::Draft(5) });
    program.event(Event::Tick { now: now() });
    let asked = program.asked();
    assert!(matches!(asked.as_slice(), [Effect::SaveDraft { draft: Some(id::Draft(5)), .. }]), "{asked:?}");

    program.press("<ctrl-s>");
    let asked = program.asked();
    let [Effect::CheckLetter(checked)] = asked.as_slice() else { panic!("{asked:?}") };
    let checked = checked.clone();
    program.press("<enter>");
    assert_eq!(program.asked(), [], "the guard has not looked yet");
    program.event(Event::Guarded { concerns: vec![concern(false)], their_zone: None });
    program.press("<enter>");
    assert_eq!(program.asked(), [], "a concern stands in the way");
    // The draft is still being saved: the letter waits for its key, so that no draft is left behind.
    program.press("o<enter>");
    assert_eq!(program.asked(), []);
    program.event(Event::DraftSaved { draft: id::Draft(5) });
    let overridden = vec!["the letter promises a file and none is attached".to_owned()];
    assert_eq!(program.asked(), [Effect::Queue { letter: checked, draft: Some(id::Draft(5)), overridden }]);

    let until = at("11-23 09:24:10");
    program.event(Event::Queued { id: id::Outgoing(7), to: t("Anna"), until });
    assert!(program.state.writing.is_none());
    assert!(program.screen().contains("Sending to Anna in 10 s: press U to take it back"), "{}", program.screen());
    // What the letter promises is told, and takes no key.
    assert!(program.screen().contains("B makes a task of “"), "{}", program.screen());
    program.press("q");
    assert_eq!(program.asked(), [], "a held letter is asked about");
    program.press("nU");
    assert_eq!(program.asked(), [Effect::UndoSend(id::Outgoing(7))]);
    program.event(Event::LetterStarted { letter: Box::new(letter()), draft: Some(id::Draft(6)) });
    assert!(program.state.writing.is_some());
}

#[test]
fn a_blocking_concern_is_never_overridden() {
    let mut program = Program::full(80, 24);
    program.event(Event::LetterStarted { letter: Box::new(letter()), draft: None });
    program.press("<ctrl-s>");
    program.event(Event::Guarded { concerns: vec![concern(true)], their_zone: None });
    program.asked();
    program.press("o<enter>o<enter>");
    assert_eq!(program.asked(), []);
    program.press("f/tmp/offer.pdf<enter>");
    assert_eq!(program.asked(), [Effect::ReadFile { path: "/tmp/offer.pdf".to_owned() }]);
    let file = File { name: "offer.pdf".to_owned(), media_type: "application/pdf".to_owned(), bytes: vec![0; 10] };
    program.event(Event::FileRead(file));
    assert!(program.screen().contains("offer.pdf (10 B)"));
}

#[test]
fn one_key_takes_a_recipient_off() {
    let mut program = Program::full(80, 24);
    let mut wrong = letter();
    wrong.cc = vec![Mailbox::new("", "boss@other.example").unwrap()];
    program.event(Event::LetterStarted { letter: Box::new(wrong), draft: None });
    program.press("<ctrl-s>");
    let fix = Fix::RemoveRecipient(Address::parse("boss@other.example").unwrap());
    program.event(Event::Guarded { concerns: vec![Concern { fix, ..concern(false) }], their_zone: None });
    program.asked();
    program.press("f");
    let asked = program.asked();
    let [Effect::CheckLetter(letter)] = asked.as_slice() else { panic!("{asked:?}") };
    assert!(letter.cc.is_empty());
}

#[test]
fn leaving_keeps_the_draft() {
    let mut program = Program::full(80, 24);
    program.event(Event::LetterStarted { letter: Box::new(letter()), draft: None });
    program.press("x<esc>");
    assert!(matches!(program.asked().as_slice(), [Effect::SaveDraft { draft: None, .. }]));
    assert!(program.state.writing.is_some(), "it closes when the draft is safe");
    program.event(Event::DraftSaved { draft: id::Draft(1) });
    assert!(program.state.writing.is_none());

    // A draft that cannot be stored keeps the letter on the screen.
    program.event(Event::LetterStarted { letter: Box::new(letter()), draft: None });
    program.press("x<esc>");
    program.event(Event::Problem(Problem::new(Kind::Store, "the disk is full")));
    assert!(program.state.writing.is_some());
}

#[test]
fn quitting_while_writing_asks_and_saves() {
    let mut program = Program::full(80, 24);
    program.event(Event::LetterStarted { letter: Box::new(letter()), draft: None });
    program.press("x<ctrl-c>");
    assert_eq!(program.asked(), []);
    program.press("y");
    let asked = program.asked();
    assert!(matches!(asked.as_slice(), [Effect::SaveDraft { .. }, Effect::Quit]), "{asked:?}");
}

#[test]
fn a_wrong_address_is_not_sent() {
    let mut program = Program::full(80, 24);
    program.event(Event::LetterStarted { letter: Box::new(Letter { to: Vec::new(), ..letter() }), draft: None });
    program.press("anna at example<ctrl-s>");
    assert_eq!(program.asked(), []);
    assert!(program.state.writing.as_ref().unwrap().review.is_none());
}

#[test]
fn known_people_are_offered_while_an_address_is_typed() {
    let mut program = Program::full(80, 24);
    program.event(Event::LetterStarted { letter: Box::new(Letter { to: Vec::new(), ..letter() }), draft: None });
    program.press("ja<down><down>");
    assert!(program.screen().contains("> Jan de Vries <jan@vanhouten.example>"), "{}", program.screen());
    program.press("<enter>, an<enter>");
    let to = program.state.writing.as_ref().unwrap().draft_letter().to;
    let to: Vec<&str> = to.iter().map(|mailbox| mailbox.address.as_str()).collect();
    assert_eq!(to, ["jan@vanhouten.example", "anna@mebleplus.example"]);
    program.press("x");
    assert!(program.state.writing.is_some());
}

#[test]
fn a_client_is_not_ignored_by_a_slip() {
    let mut program = Program::full(80, 24);
    program.press("jjjIn");
    assert_eq!(program.asked(), []);
    program.press("Iy");
    assert_eq!(program.asked(), [Effect::IgnoreSender(id::Contact(1))]);
}

#[test]
fn what_is_pasted_is_harmless() {
    let mut program = Program::full(80, 24);
    program.event(Event::LetterStarted { letter: Box::new(letter()), draft: None });
    program.event(Event::Paste("a\x1b]52;c;aGk=\x07\u{202e}b\nc".to_owned()));
    program.press("<shift-tab>");
    program.event(Event::Paste("\x1b[31mred\r\nBcc: x".to_owned()));
    let written = program.state.writing.as_ref().unwrap().draft_letter();
    assert!(!written.text.chars().any(|c| c != '\n' && crate::domain::text::is_unsafe(c)), "{:?}", written.text);
    assert!(!written.subject.chars().any(crate::domain::text::is_unsafe), "{:?}", written.subject);
}

#[test]
fn a_template_with_holes_is_refused_with_their_names() {
    let mut program = Program::full(80, 24);
    let hole = Hole {
        code: "contact.first_name".to_owned(),
        card: t("the card of Anna Kowalska"),
        field: t("first name"),
        line: 3,
    };
    program.event(Event::Filled { name: "offer".to_owned(), filling: Filling::Holes(vec![hole]) });
    assert!(program.state.writing.is_none());
    assert!(program.screen().contains("the card of Anna Kowalska has no first name"), "{}", program.screen());
    program.press("<esc>");
    program.event(Event::Filled { name: "offer".to_owned(), filling: Filling::Letter(Box::new(letter())) });
    assert!(program.state.writing.is_some());
}

#[test]
fn other_forms_of_a_letter() {
    let mut program = Program::full(80, 24);
    program.answers = true;
    program.press("jjj<enter>R");
    assert!(program.screen().contains("The raw source (R goes back)"), "{}", program.screen());
    program.answers = false;
    program.press("RH");
    let asked = |program: &mut Program| program.asked();
    assert_eq!(asked(&mut program), [Effect::MarkRead(id::Thread(2))]);
    assert!(program.screen().contains("The HTML part as text"), "{}", program.screen());
}

#[test]
fn search_comes_back_after_reading() {
    let mut program = Program::full(80, 24);
    program.press("/letters desks<down><enter>");
    assert_eq!(program.state.reader().and_then(|reader| reader.thread()), Some(id::Thread(6)));
    program.press("<esc>");
    assert!(program.screen().contains("Search letters and cards"));
    program.press("<esc>");
    assert!(program.state.overlays.is_empty() && program.state.pages.is_empty());
}

#[test]
fn a_letter_that_was_found_is_the_one_that_opens() {
    let mut program = Program::full(80, 24);
    let oldest = fixtures::conversation().messages[0].id;
    program.store.hits[0].message = oldest;
    program.press("/letters desks<enter>");
    program.screen();
    let shown = program.state.reader().and_then(|reader| reader.letter()).map(|letter| letter.id);
    assert_eq!(shown, Some(oldest), "not the newest of its conversation");
}

#[test]
fn a_letter_in_the_outbox_is_found_from_today() {
    let mut program = Program::full(80, 24);
    program.press("jjjj<enter>");
    assert_eq!(program.state.outgoing.row().map(|row| row.id), Some(id::Outgoing(3)));
}

#[test]
fn the_mouse_selects_opens_and_scrolls() {
    let mut program = Program::full(80, 24);
    program.event(click(20, 6));
    assert_eq!(program.state.today.cursor.index, 3);
    program.event(click(20, 6));
    assert_eq!(program.asked(), [Effect::MarkRead(id::Thread(2))]);
    program.event(click(12, 0));
    assert_eq!(program.state.screen, crate::ui::state::Screen::Mail);
    for row in 0..24 {
        for kind in [MouseEventKind::ScrollDown, MouseEventKind::ScrollUp] {
            program.event(Event::Mouse(MouseEvent { kind, column: 40, row, modifiers: KeyModifiers::NONE }));
        }
    }
}

#[test]
fn snoozes_end_and_counters_are_read_again_each_minute() {
    let mut program = Program::full(80, 24);
    program.store.today.clear();
    program.event(Event::Tick { now: at("11-23 09:24:30") });
    assert_ne!(program.state.today.cursor.len(), 0);
    program.event(Event::Tick { now: at("11-23 09:25:00") });
    assert_eq!(program.state.today.cursor.len(), 0);
}

/// Any keys, in any order, on any size: no panic, and never a control character on the screen.
#[test]
fn any_keys_on_any_size() {
    const KEYS: &[&str] = &[
        "j",
        "k",
        "<enter>",
        "<esc>",
        "<tab>",
        "<shift-tab>",
        "1",
        "2",
        "3",
        "4",
        "5",
        "e",
        "z",
        "r",
        "a",
        "t",
        "F",
        "n",
        "f",
        "c",
        "K",
        "I",
        "p",
        "m",
        "i",
        "w",
        "u",
        "U",
        "/",
        ":",
        "?",
        "g",
        "G",
        "s",
        "o",
        "S",
        "H",
        "R",
        "x",
        "C",
        "A",
        "v",
        "[",
        "]",
        "l",
        "h",
        "<pgdn>",
        "<pgup>",
        "<home>",
        "<end>",
        "<left>",
        "<right>",
        "<up>",
        "<down>",
        "<ctrl-s>",
        "<ctrl-e>",
        "<ctrl-t>",
        "<ctrl-o>",
        "<ctrl-d>",
        "<ctrl-f>",
        "<backspace>",
        "y",
        "ф",
        "日",
        "<ctrl-l>",
    ];
    let mut seed: u64 = 7;
    let mut random = move |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % below
    };
    for round in 0..60 {
        let width = u16::try_from(1 + random(170)).unwrap();
        let height = u16::try_from(1 + random(50)).unwrap();
        let mut program = Program::full(width, height);
        for step in 0..120 {
            let key = KEYS[random(KEYS.len())];
            program.press(key);
            match random(40) {
                0 => program.event(Event::LetterStarted { letter: Box::new(letter()), draft: None }),
                1 => program.event(Event::Guarded { concerns: vec![concern(false), concern(true)], their_zone: None }),
                2 => program.event(Event::DraftSaved { draft: id::Draft(1) }),
                3 => program.event(Event::Queued { id: id::Outgoing(1), to: t("Anna"), until: at("11-23 09:24:10") }),
                4 => {
                    let (width, height) = (u16::try_from(random(200)).unwrap(), u16::try_from(random(60)).unwrap());
                    program.event(Event::Resize { width: width.max(1), height: height.max(1) });
                }
                5 => program.store = fixtures::Store::default(),
                6 => program.store = fixtures::full(),
                7 => program.event(Event::Changed(vec![Changed::Everything])),
                8 => program.event(click(u16::try_from(random(170)).unwrap(), u16::try_from(random(50)).unwrap())),
                _ => {}
            }
            if step % 4 == 0 {
                let screen = program.screen();
                let bad = screen.chars().find(|c| *c != '\n' && crate::domain::text::is_unsafe(*c));
                assert_eq!(bad, None, "round {round}, step {step}");
            }
        }
    }
}

#[test]
fn the_demo_welcomes_once_and_takes_no_key_for_an_act() {
    let mut program = Program::silent(80, 24);
    program.state = State::new(Setup { demo: true, ..setup() });
    program.answers = true;
    program.store = fixtures::full();
    program.event(Event::Started { now: now(), width: 80, height: 24 });
    assert!(program.screen().contains("Welcome to Postbook"));
    program.press("e");
    assert!(!program.screen().contains("Welcome to Postbook"));
    assert_eq!(program.asked(), []);
}

#[test]
fn a_key_that_does_nothing_here_says_so() {
    let mut program = Program::full(80, 24);
    program.press("o");
    assert!(program.screen().contains("o (open file) works in the open letter"), "{}", program.screen());
    assert_eq!(program.asked(), []);
    program.press(":attach");
    assert!(program.screen().contains("not here"), "{}", program.screen());
    program.press("<enter>");
    assert_eq!(program.asked(), []);
}

#[test]
fn a_long_problem_is_read_to_its_end() {
    let mut program = Program::full(80, 24);
    let sentence = "the server mail.firma.example closed the connection while the letter to Anna Kowalska was on \
        its way, and nobody knows whether it has arrived there";
    program.event(Event::Problem(Problem::new(Kind::Network, sentence).hint("look into Outgoing, then press r")));
    let screen = program.screen();
    let words = screen.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("has arrived there"), "{screen}");
    assert!(words.contains("look into Outgoing, then press r"), "{screen}");
    assert!(screen.contains("? help"), "{screen}");
}

#[test]
fn the_old_preview_stays_until_the_new_one_is_here_and_no_key_acts_on_it() {
    let mut program = Program::full(80, 24);
    let words = "Thank you for the offer.";
    assert!(program.screen().contains(words));
    program.answers = false;
    program.press("j");
    assert!(program.screen().contains(words), "{}", program.screen());
    assert!(!program.screen().contains("Loading"), "{}", program.screen());
    let second = program.state.today.row().unwrap().thread;
    assert_eq!(program.state.today.reader.target().thread, second);
    assert_eq!(program.state.today.reader.target().message, None);
    // It took too long: then it says what it waits for.
    program.event(Event::Tick { now: now() });
    program.event(Event::Tick { now: now() });
    assert!(program.screen().contains("Loading"), "{}", program.screen());
}

#[test]
fn a_letter_leaves_later_by_their_clock() {
    let mut program = Program::full(80, 24);
    program.event(Event::LetterStarted { letter: Box::new(letter()), draft: None });
    program.press("<ctrl-s>");
    let their_zone = Some(jiff::tz::TimeZone::fixed(jiff::tz::offset(3)));
    program.event(Event::Guarded { concerns: Vec::new(), their_zone });
    program.asked();
    program.press("l");
    assert!(program.screen().contains("by their clock? There it is Mon 12:24, UTC+03:00"), "{}", program.screen());
    program.press("yesterday<enter>");
    assert!(program.screen().contains("This is no time to come."), "{}", program.screen());
    program.press("<esc>lfriday 9:00<enter>");
    // 23 November 2026 is a Monday, and here it is UTC+1.
    let screen = program.screen();
    assert!(screen.contains("Leaves Fri 27 Nov 07:00 (Fri 27 Nov 09:00 by their clock)"), "{screen}");
    program.press("lfriday 9:00 here<enter>");
    assert!(
        program.screen().contains("Leaves Fri 27 Nov 09:00 (Fri 27 Nov 11:00 by their clock)"),
        "{}",
        program.screen()
    );
    program.press("<enter>");
    let asked = program.asked();
    let [Effect::Queue { letter, .. }] = asked.as_slice() else { panic!("{asked:?}") };
    assert_eq!(letter.leave_at, Some(at("11-27 08:00")));
    let until = at("11-27 08:00");
    program.event(Event::Queued { id: id::Outgoing(7), to: t("Anna"), until });
    let screen = program.screen();
    assert!(
        screen.contains("Leaves Fri 27 Nov 09:00 to Anna: press U to take it back"),
        "no countdown of days: {screen}"
    );
    program.event(Event::Tick { now: now().checked_add(jiff::SignedDuration::from_mins(2)).unwrap() });
    assert!(!program.screen().contains("press U"), "it stands in the outbox: {}", program.screen());
    program.asked();
    program.press("q");
    assert_eq!(program.asked(), [Effect::Quit], "nothing is kept from leaving");
}
