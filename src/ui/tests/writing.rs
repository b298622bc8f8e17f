//! Writing: files picked and pasted, letters passed on, links, drafts that change elsewhere.

use super::Program;
use super::fixtures::t;
use crate::domain::address::Mailbox;
use crate::domain::id;
use crate::domain::outbox::{File, Letter};
use crate::ui::effect::{Effect, Passing};
use crate::ui::event::Event;

pub(super) fn letter() -> Letter {
    let account = super::setup().accounts.remove(0);
    Letter {
        to: vec![Mailbox::new("Anna Kowalska", "anna@mebleplus.example").unwrap()],
        subject: "Offer".to_owned(),
        text: "Good morning".to_owned(),
        ..Letter::new(&account, &t("Marek Nowak"))
    }
}

fn writing(letter: Letter) -> Program {
    let mut program = Program::full(80, 24);
    program.event(Event::LetterStarted { letter: Box::new(letter), draft: Some(id::Draft(3)) });
    program.asked();
    program
}

fn text(program: &Program) -> String {
    program.state.writing.as_ref().unwrap().draft_letter().text
}

#[test]
fn a_file_is_found_by_parts_of_its_name() {
    let mut program = writing(letter());
    program.press("<ctrl-o>");
    assert!(program.screen().contains("Документы/") && program.screen().contains("2.1 MB"), "{}", program.screen());
    // Parts of the name, in the folders below as well.
    program.press("офер<enter>");
    assert_eq!(program.asked(), [Effect::ReadFile { path: "/home/me/Документы/Оферта 2026.pdf".to_owned() }]);
    // The next one is looked for where this one was.
    assert_eq!(program.state.attach_from.as_deref(), Some("/home/me/Документы"));
    // A path that is typed is looked into as it grows; Tab goes into a folder of it and completes a name.
    program.press("<ctrl-o>~/off<enter>");
    assert_eq!(program.asked(), [Effect::ReadFile { path: "/home/me/offer.pdf".to_owned() }]);
    program.press("<ctrl-o>~/Докум<tab>");
    assert!(program.screen().contains("> /home/me/Документы/"), "{}", program.screen());
    program.press("<esc><ctrl-o>~/other.pdf<enter>");
    assert!(program.screen().contains("No file here is called that."), "{}", program.screen());
    assert_eq!(program.asked(), []);
    // Before the folder was read nothing of another folder is taken for it.
    program.press("<esc><ctrl-o>");
    program.answers = false;
    program.press("/tmp/offer.pdf<enter>");
    let asked = program.asked();
    assert_eq!(asked.last(), Some(&Effect::ReadFile { path: "/tmp/offer.pdf".to_owned() }), "{asked:?}");
}

#[test]
fn a_file_of_a_letter_goes_along() {
    let mut program = writing(letter());
    program.press("<ctrl-o><ctrl-l>");
    assert!(program.screen().contains("Attach which file of a letter?"), "{}", program.screen());
    // Letters are words to find, not commands.
    program.press("jjj");
    assert!(program.screen().contains("Nothing here has these words."), "{}", program.screen());
    program.press("<esc><enter>");
    assert!(matches!(program.asked().as_slice(), [Effect::AttachFrom { .. }]));
    // Once is enough.
    let file = File { name: "a.pdf".to_owned(), media_type: "application/pdf".to_owned(), bytes: vec![1] };
    program.event(Event::FileRead(file.clone()));
    program.event(Event::FileRead(file));
    assert!(program.screen().contains("a.pdf is attached already"), "{}", program.screen());
    assert_eq!(program.state.writing.as_ref().unwrap().base.files.len(), 1);
}

#[test]
fn a_pasted_path_is_offered_as_a_file() {
    let mut program = writing(letter());
    program.event(Event::Paste("'/home/anna/my offer.pdf'\n".to_owned()));
    assert!(program.screen().contains("Attach /home/anna/my offer.pdf?"), "{}", program.screen());
    program.press("y");
    assert_eq!(program.asked(), [Effect::ReadFile { path: "/home/anna/my offer.pdf".to_owned() }]);
    assert!(!text(&program).contains("/home"));
    program.event(Event::Paste("/home/anna/b.pdf".to_owned()));
    program.press("n");
    assert!(text(&program).contains("/home/anna/b.pdf"));
    program.event(Event::Paste("Not/a path".to_owned()));
    assert!(text(&program).contains("Not/a path"));
}

#[test]
fn large_files_are_told() {
    let mut program = writing(letter());
    let file = |megabytes: usize| File {
        name: "big.zip".to_owned(),
        media_type: "application/zip".to_owned(),
        bytes: vec![0; megabytes * 1_000_000],
    };
    program.event(Event::FileRead(file(3)));
    assert!(!program.screen().contains("many servers"), "{}", program.screen());
    program.event(Event::FileRead(file(12)));
    assert!(program.screen().contains("many servers"), "{}", program.screen());
}

#[test]
fn a_redirected_letter_is_not_touched() {
    let redirected = Letter { redirects: Some(id::Message(22)), to: Vec::new(), text: String::new(), ..letter() };
    let mut program = writing(redirected);
    assert!(program.screen().contains("goes on as it came"), "{}", program.screen());
    program.press("jan@x.example<tab><tab><tab><ctrl-o><ctrl-t>");
    assert_eq!(program.asked(), []);
    program.press("<ctrl-s>");
    let asked = program.asked();
    let [Effect::CheckLetter(checked)] = asked.as_slice() else { panic!("{asked:?}") };
    assert_eq!((checked.to.len(), checked.subject.as_str(), checked.redirects), (1, "Offer", Some(id::Message(22))));
    program.event(Event::Guarded { concerns: Vec::new(), their_zone: None });
    assert!(program.screen().contains("Redirect as it came: Enter sends"), "{}", program.screen());
}

#[test]
fn the_letter_that_is_read_is_passed_on() {
    let mut program = Program::full(80, 24);
    program.press("jjj<enter>");
    program.asked();
    for (keys, how) in [("gF", Passing::AsFile), ("ge", Passing::AsNew), ("gb", Passing::AsItCame)] {
        program.press(keys);
        assert_eq!(program.asked(), [Effect::PassOn { message: id::Message(22), how }], "{keys}");
    }
    program.press("gw");
    assert!(program.screen().contains("no mailto: link"), "{}", program.screen());
}

#[test]
fn html_is_a_key_at_the_last_look() {
    let mut program = writing(letter());
    program.press("<ctrl-s>");
    program.event(Event::Guarded { concerns: Vec::new(), their_zone: None });
    assert!(program.screen().contains("plain text"), "{}", program.screen());
    program.press("h");
    assert!(program.screen().contains("with HTML"), "{}", program.screen());
    program.asked();
    program.press("<enter>");
    let asked = program.asked();
    let [Effect::Queue { letter, .. }] = asked.as_slice() else { panic!("{asked:?}") };
    assert!(letter.html);
}

#[test]
fn a_draft_that_changed_elsewhere_is_read_again_or_kept_twice() {
    let mut program = writing(letter());
    program.event(Event::DraftReplaced { draft: id::Draft(9) });
    assert_eq!(program.asked(), [], "another draft");
    program.event(Event::DraftReplaced { draft: id::Draft(3) });
    assert_eq!(program.asked(), [Effect::OpenDraft(id::Draft(3))]);
    let mut program = writing(letter());
    program.press("x");
    program.event(Event::DraftReplaced { draft: id::Draft(3) });
    program.event(Event::Tick { now: super::now() });
    let asked = program.asked();
    assert!(matches!(asked.as_slice(), [Effect::SaveDraft { draft: None, .. }]), "{asked:?}");
    assert!(text(&program).contains('x'));
}

/// Two quick keys on a list: the second is for the letter that the first one began.
#[test]
fn what_is_typed_ahead_is_for_the_letter() {
    let mut program = Program::full(80, 24);
    program.press("5ll");
    program.asked();
    program.press("nej@x.example");
    assert_eq!(program.asked(), [Effect::StartNew { contact: None, deal: None }], "e edits no template");
    let begun = Letter { to: Vec::new(), ..letter() };
    program.event(Event::LetterStarted { letter: Box::new(begun), draft: None });
    assert_eq!(program.state.writing.as_ref().unwrap().to.text(), "ej@x.example");
    // A letter that does not come leaves the keys for nothing, and the next ones mean what they mean.
    let mut program = Program::full(80, 24);
    program.press("5llnx");
    program.event(Event::Problem(crate::domain::problem::Problem::new(
        crate::domain::problem::Kind::Config,
        "there is no account to write from",
    )));
    program.asked();
    program.press("h");
    assert_eq!(program.state.outgoing.tab.title(), "Drafts");
}

#[test]
fn a_template_over_my_words_can_be_taken_back() {
    let begun = Letter { text: "My own words.\n\n-- \nMe\n".to_owned(), ..letter() };
    let mut program = writing(begun.clone());
    let filled = Letter { text: "Dear Anna,\n\n-- \nMe\n".to_owned(), template: Some("offer".to_owned()), ..begun };
    program.event(Event::Filled {
        name: "offer".to_owned(),
        filling: crate::ui::event::Filling::Letter(Box::new(filled)),
    });
    assert!(program.screen().contains("Ctrl-Z brings them back"), "{}", program.screen());
    assert!(text(&program).starts_with("Dear Anna,"), "{}", text(&program));
    assert_eq!(program.state.writing.as_ref().unwrap().base.template.as_deref(), Some("offer"));
    program.press("<ctrl-z>");
    assert!(text(&program).starts_with("My own words."), "{}", text(&program));
    program.press("<ctrl-y>");
    assert!(text(&program).starts_with("Dear Anna,"), "{}", text(&program));
    // Cut here, pasted into the subject as one line.
    program.press("<ctrl-a><ctrl-x><shift-tab><ctrl-v>");
    assert!(program.state.writing.as_ref().unwrap().subject.text().contains("Dear Anna,"), "{}", program.screen());
}

/// The countdown names U: it takes back what leaves, whatever the cursor stands on.
#[test]
fn undo_send_is_for_the_letter_that_leaves() {
    let mut program = Program::full(80, 24);
    program.press("5jj");
    program.asked();
    let until = super::now().checked_add(jiff::SignedDuration::from_secs(8)).unwrap();
    program.event(Event::Queued { id: id::Outgoing(77), to: t("Daniel"), until });
    program.asked();
    program.press("U");
    assert_eq!(program.asked(), [Effect::UndoSend(id::Outgoing(77))], "the cursor stands on an uncertain one");
}

/// The list of all short codes is narrowed by what is typed, and nothing of that goes into the template behind it.
#[test]
fn short_codes_are_found_by_what_they_mean() {
    use crate::ui::event::TemplateAnswer;
    let mut program = Program::full(80, 24);
    let opened =
        |text: &str| TemplateAnswer::Opened { file: Some("a.en.md".to_owned()), copied: false, text: text.to_owned() };
    program.event(Event::Template(opened("---\nsubject: x\n---\nHello \n")));
    program.press("<ctrl-k>pay amou");
    let screen = program.screen();
    assert!(screen.contains("/pay amou") && screen.contains("> payment.amount"), "{screen}");
    assert!(!screen.contains("amouHello") && !screen.contains("contact.first_name"), "{screen}");
    program.press("x");
    assert!(program.screen().contains("no short code has these words"), "{}", program.screen());
    program.press("<backspace><enter>");
    assert!(program.screen().contains("{{ payment.amount }}"), "{}", program.screen());
    // Taken back as anything that was typed.
    program.press("<ctrl-z>");
    assert!(!program.screen().contains("amount }}"), "{}", program.screen());
}
