//! A password that was refused is asked for anew.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
use super::fixtures::{at, t};
use super::*;
use crate::domain::account::Secret;
use crate::domain::oauth::Prompt;
use crate::domain::problem::{self, Problem};
use crate::domain::status::{AccountState, Phase};
use crate::ui::effect::RenewAct;

const WORK: id::Account = id::Account(1);

fn refusal() -> Problem {
    Problem::new(
        problem::Kind::Auth,
        "account work: imap.firma.example:993 refused user me@firma.example and the password",
    )
    .hint("check user and password")
}

/// The account was refused; what it signs in with comes from here.
fn refused((width, height): (u16, u16), source: CredentialSource) -> Program {
    let mut program = Program::full(width, height);
    program.state.setup.sources = vec![(WORK, source)];
    let state = AccountState {
        id: WORK,
        name: t("work"),
        kind: Kind::Personal,
        phase: Phase::Refused,
        next_try: None,
        last_try: Some(now()),
        last_sync: Some(at("11-23 08:00:00")),
        last_error: Some(t(&refusal().sentence)),
        hint: Some(t("check user and password; store another with: postbook password work")),
    };
    program.event(Event::AccountStates(vec![state]));
    program.event(Event::SyncEnded { account: t("work"), problem: Some(refusal()) });
    program.asked();
    program
}

const KEYRING: CredentialSource = CredentialSource::Keyring { own_smtp: false };

#[test]
fn a_new_password_is_kept_and_tried_at_once() {
    let mut program = refused((80, 24), KEYRING);
    assert!(program.screen().contains("work: password refused · g a"), "{}", program.screen());
    for keys in ["ga<enter>", ":new password<enter>"] {
        program.press(keys).press("<enter>");
        assert!(program.screen().contains("Without a password nobody is let in."));
        program.press("hunterX<backspace>7");
        assert!(!program.screen().contains("hunter") && program.screen().contains("•••••••"));
        assert!(!format!("{:?}", program.state).contains("hunter"));
        program.press("<enter>");
        let imap = Some(Secret::new("hunter7".to_owned()));
        assert_eq!(program.asked(), [Effect::Renew(RenewAct::KeepPassword { account: WORK, imap, smtp: None })]);
        program.press("<esc>");
    }
    program.event(Event::CredentialKept { account: WORK, outcome: Ok(()) });
    assert_eq!(program.asked(), [Effect::SyncAccount(WORK)]);
    program.event(Event::SyncEnded { account: t("work"), problem: None });
    assert!(!program.screen().contains("refused"), "{}", program.screen());
    program
        .event(Event::CredentialKept { account: WORK, outcome: Err(Problem::new(problem::Kind::Auth, "no keyring")) });
    assert!(program.screen().contains("no keyring"));
}

#[test]
fn two_passwords_are_two_fields_and_an_empty_one_stays() {
    let mut program = refused((80, 24), CredentialSource::Keyring { own_smtp: true });
    program.press("ga<enter><tab>b<enter>");
    let smtp = Some(Secret::new("b".to_owned()));
    assert_eq!(program.asked(), [Effect::Renew(RenewAct::KeepPassword { account: WORK, imap: None, smtp })]);
}

#[test]
fn a_sign_in_is_offered_again_waited_for_and_called_off() {
    let mut program = refused((80, 24), CredentialSource::Browser { codes: true });
    program.press("ga<enter>");
    assert_eq!(program.asked(), []);
    program.press("<enter>");
    assert_eq!(program.asked(), [Effect::Renew(RenewAct::SignIn { account: WORK, with_code: false })]);
    let page = t("https://login.example/authorize?state=Qx81");
    program
        .event(Event::SignInPrompted { account: WORK, prompt: Prompt { page, code: None, minutes: 0, opened: true } });
    assert!(program.screen().contains("https://login.example/authorize?state=Qx81") && program.state.shows_address());
    program.press("<ctrl-c>");
    assert_eq!(program.asked(), [Effect::Renew(RenewAct::StopSignIn)]);
    program.press("ga<enter><enter><esc>");
    assert_eq!(
        program.asked(),
        [Effect::Renew(RenewAct::SignIn { account: WORK, with_code: false }), Effect::Renew(RenewAct::StopSignIn)]
    );
    program.press("<enter>c");
    assert_eq!(program.asked(), [Effect::Renew(RenewAct::SignIn { account: WORK, with_code: true })]);
    let no = Problem::new(problem::Kind::Auth, "the provider said no");
    program.event(Event::CredentialKept { account: WORK, outcome: Err(no) });
    assert!(program.screen().contains("the provider said no") && !program.state.shows_address());
    program.press("<enter>");
    program.asked();
    program.event(Event::CredentialKept { account: WORK, outcome: Ok(()) });
    assert_eq!(program.asked(), [Effect::SyncAccount(WORK)]);
    assert!(!program.screen().contains("Sign work in again"));
}

#[test]
fn looks() {
    for size in [(40, 12), (80, 24), (160, 48)] {
        let mut program = refused(size, KEYRING);
        super::looks::look("refused", &program);
        program.press("ga");
        super::looks::look("refused_accounts", &program);
        program.press("<enter>secret");
        super::looks::look("new_password", &program);
        let words = "The password of work is what the command pass prints. Change it there, then press s: the command is run again.";
        let mut program = refused(size, CredentialSource::Elsewhere(t(words)));
        program.press("ga<enter>");
        super::looks::look("password_elsewhere", &program);
        let mut program = refused(size, CredentialSource::Browser { codes: true });
        program.press("ga<enter>");
        super::looks::look("sign_in_again", &program);
        program.press("c");
        let (page, code) = (t("https://microsoft.com/devicelogin"), Some(t("WDJB-MJHT")));
        program
            .event(Event::SignInPrompted { account: WORK, prompt: Prompt { page, code, minutes: 15, opened: false } });
        super::looks::look("sign_in_code", &program);
    }
}
