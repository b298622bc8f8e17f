//! How the first-run screen changes: one event in, effects out.

use super::state::{
    ADDRESS, AUTH_URL, CA_FILE, CLIENT_ID, COMMAND, IMAP, MY_NAME, Page, SECRET_COMMAND, SMTP, ServerRows, State,
    TOKEN_URL, VARIABLE, Wait,
};
use super::{Effect, Event, Generation};
use crate::domain::address::Address;
use crate::domain::oauth::{Tokens, endpoint_fault};
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::provider::{Settings, Unsaved};
use crate::domain::text::Text;
use crate::ui::keymap;
use crossterm::event::{KeyEvent, KeyEventKind};
use std::path::PathBuf;

/// Takes an event; gives what is to be done.
pub fn update(state: &mut State, event: Event) -> Vec<Effect> {
    let mut out = Vec::new();
    match event {
        Event::Key(key) if key.kind == KeyEventKind::Release => {}
        Event::Key(key) => on_key(state, key, &mut out),
        Event::Paste(pasted) if state.wait.is_none() => {
            state.trouble = None;
            state.rows_mut().paste(&pasted);
        }
        Event::Paste(_) => {}
        Event::Resize { width, height } => (state.width, state.height) = (width, height),
        Event::Tick => {
            if let Some((_, seconds)) = &mut state.wait {
                *seconds += 1;
            }
        }
        Event::Quit => out.push(Effect::Quit),
        Event::Found { generation, outcome } if answers(state, generation) => found(state, outcome),
        Event::Tried { generation, outcome } if answers(state, generation) => tried(state, outcome, &mut out),
        Event::Saved { generation, outcome } if answers(state, generation) => saved(state, outcome, &mut out),
        Event::Prompted { generation, prompt } if generation == state.generation && state.shows_address() => {
            state.prompt = Some(prompt);
        }
        Event::SignedIn { generation, outcome } if answers(state, generation) => signed_in(state, outcome, &mut out),
        // An answer to a question that was called off.
        Event::Found { .. }
        | Event::Prompted { .. }
        | Event::SignedIn { .. }
        | Event::Tried { .. }
        | Event::Saved { .. } => {}
    }
    out
}

/// True for the answer that is waited for; the waiting ends.
fn answers(state: &mut State, generation: Generation) -> bool {
    let ours = state.wait.is_some() && generation == state.generation;
    if ours {
        state.wait = None;
    }
    ours
}

/// Begins to wait; gives the number of the question.
fn wait(state: &mut State, wait: Wait) -> Generation {
    state.generation += 1;
    state.wait = Some((wait, 0));
    (state.trouble, state.prompt) = (None, None);
    state.generation
}

fn on_key(state: &mut State, key: KeyEvent, out: &mut Vec<Effect>) {
    let name = keymap::name(key).unwrap_or_default();
    if name == "ctrl-c" {
        return out.push(Effect::Quit);
    }
    if name == "ctrl-z" {
        return out.push(Effect::Suspend);
    }
    if state.wait.is_some() {
        if state.shows_address() {
            match (name.as_str(), &state.prompt) {
                ("esc", _) => out.push(Effect::StopSignIn),
                ("ctrl-o", Some(prompt)) => out.push(Effect::OpenPage(prompt.page.clone())),
                _ => {}
            }
        }
        // What is asked goes on without anybody listening; a saving is waited for, since it cannot be taken back.
        if name == "esc" && !matches!(state.wait, Some((Wait::Saving, _))) {
            state.wait = None;
        }
        return;
    }
    match (name.as_str(), state.page) {
        ("enter", _) => submit(state, out),
        ("esc", Page::Address) => out.push(Effect::Quit),
        ("esc", _) => back(state),
        ("ctrl-d", Page::Address) => out.push(Effect::Demo),
        ("ctrl-e", Page::Address | Page::SignIn) => by_hand(state),
        ("ctrl-b", Page::SignIn) => turn_way(state),
        ("ctrl-o", Page::SignIn) => {
            let page = Some(state.page_of_provider());
            out.extend(page.filter(|page| page.as_str().starts_with("https://")).map(Effect::OpenPage));
        }
        ("ctrl-k", Page::SignIn) if state.gives_codes() => submit_sign_in(state, true, out),
        _ => {
            state.trouble = None;
            let before = protections(state);
            state.rows_mut().key(key);
            state.tokens = None;
            follow_protection(state, before);
        }
    }
}

fn back(state: &mut State) {
    state.trouble = None;
    state.page = match state.page {
        Page::Hand if state.settings.is_some() => Page::SignIn,
        Page::Elsewhere => Page::SignIn,
        _ => Page::Address,
    };
}

/// The address in its row, or what is wrong with it.
fn address(state: &mut State) -> Option<Address> {
    let address = Address::parse(state.address.value(ADDRESS));
    if address.is_none() {
        state.trouble = Some(wrong("This is not a mail address: it looks like you@firma.example."));
    }
    address
}

fn wrong(sentence: &str) -> Problem {
    Problem::new(Kind::Input, sentence)
}

/// Opens the servers for correction.
fn by_hand(state: &mut State) {
    state.trouble = None;
    if let Some(email) = address(state) {
        // What was found for another address is of no use.
        if state.email.as_ref() != Some(&email) {
            state.settings = None;
        }
        state.email = Some(email.clone());
        state.ask_by_hand(&email);
    }
}

/// Password or the provider's own sign-in, where both are possible.
fn turn_way(state: &mut State) {
    if state.two_ways() {
        state.trouble = None;
        state.in_browser = !state.in_browser;
        state.fresh_sign_in();
    }
}

fn protections(state: &State) -> [usize; 2] {
    [state.hand.chosen(IMAP.security), state.hand.chosen(SMTP.security)]
}

/// The usual port follows the protection; one that the user wrote stays.
fn follow_protection(state: &mut State, before: [usize; 2]) {
    let after = protections(state);
    for (names, (before, after)) in [&IMAP, &SMTP].into_iter().zip(before.into_iter().zip(after)) {
        let ServerRows { port, ports, .. } = names;
        let usual = ports.get(before).map(ToString::to_string);
        if before != after && usual.as_deref() == Some(state.hand.value(port)) {
            let follows = ports.get(after).map(ToString::to_string).unwrap_or_default();
            state.hand.set(port, &follows);
        }
    }
}

fn submit(state: &mut State, out: &mut Vec<Effect>) {
    match state.page {
        Page::Address => {
            let Some(address) = address(state) else { return };
            state.email = Some(address.clone());
            state.settings = None;
            out.push(Effect::Find { generation: wait(state, Wait::Finding), address });
        }
        Page::SignIn => submit_sign_in(state, false, out),
        Page::Hand => submit_hand(state),
        Page::Elsewhere => {
            let given = [COMMAND, VARIABLE].map(|label| !state.elsewhere.value(label).is_empty());
            match given {
                [false, false] if state.in_browser => {
                    state.trouble = Some(wrong("Which command prints an access token?"));
                }
                [false, false] => {
                    state.trouble = Some(wrong("Which command prints the password, or which variable has it?"))
                }
                [true, true] => state.trouble = Some(wrong("A command or a variable, not both.")),
                _ => try_it(state, out),
            }
        }
    }
}

fn submit_sign_in(state: &mut State, with_code: bool, out: &mut Vec<Effect>) {
    let main = state.main_label();
    if state.sign_in.in_use() == MY_NAME && state.sign_in.value(main).is_empty() {
        return state.sign_in.go(main);
    }
    if let Some((row, why)) = unusable(state) {
        state.trouble = Some(wrong(why));
        return state.sign_in.go(row);
    }
    if !state.in_browser || (state.tokens.is_some() && !with_code) {
        return try_it(state, out);
    }
    state.tokens = None;
    let Some(account) = state.account().map(Box::new) else { return };
    out.push(Effect::SignIn { generation: wait(state, Wait::Agreeing), account, with_code });
}

/// The first row of signing in that cannot be used, and why.
fn unusable(state: &State) -> Option<(&'static str, &'static str)> {
    let is_empty = |label: &str| state.sign_in.value(label).is_empty();
    if !state.in_browser {
        let password = state.password_label();
        return is_empty(password).then_some((password, "Without a password nobody is let in."));
    }
    if is_empty(CLIENT_ID) {
        return Some((CLIENT_ID, "The provider wants to know the program: which client id did you get there?"));
    }
    if state.wants_secret() && is_empty(SECRET_COMMAND) {
        let why =
            "Which command prints the client's secret? It does not stand in the configuration: pass show mail/client.";
        return Some((SECRET_COMMAND, why));
    }
    let doors = if state.own_provider() { &[AUTH_URL, TOKEN_URL][..] } else { &[] };
    let fault = |label: &&'static str| endpoint_fault(state.sign_in.value(label), false).map(|fault| (*label, fault));
    doors.iter().find_map(fault).map(|(label, _)| (label, "It looks like https://login.firma.example/…"))
}

fn submit_hand(state: &mut State) {
    match state.by_hand() {
        Ok((imap, smtp)) => {
            let file = state.hand.value(CA_FILE);
            state.ca_file = (!file.is_empty()).then(|| PathBuf::from(file));
            state.trouble = None;
            let settings = state.written(imap, smtp);
            // A password that was typed is still good for the corrected servers.
            let again =
                state.settings.as_ref().is_some_and(|before| before.password_word() == settings.password_word());
            if again && state.sign_in.len() > 0 {
                state.settings = Some(settings);
                state.page = Page::SignIn;
                state.sign_in.go(state.main_label());
            } else {
                state.ask_sign_in(settings);
            }
        }
        Err((row, why)) => {
            state.hand.go(row);
            state.trouble = Some(wrong(why));
        }
    }
}

fn try_it(state: &mut State, out: &mut Vec<Effect>) {
    let (Some(settings), Some(account)) = (state.settings.clone(), state.account()) else { return };
    let generation = wait(state, Wait::Trying);
    out.push(Effect::Try { generation, settings: Box::new(settings), account: Box::new(account) });
}

fn save(state: &mut State, out: &mut Vec<Effect>) {
    let Some(account) = state.account() else { return };
    let generation = wait(state, Wait::Saving);
    out.push(Effect::Save { generation, account: Box::new(account) });
}

fn found(state: &mut State, outcome: Result<Option<Settings>>) {
    match outcome {
        Ok(Some(settings)) => state.ask_sign_in(settings),
        Ok(None) => {
            let Some(email) = state.email.clone() else { return };
            state.ask_by_hand(&email);
            let sentence = format!("Nothing was found about {}.", Text::line(email.domain()));
            state.trouble =
                Some(wrong(&sentence).hint("your provider or administrator knows the names of the servers"));
        }
        Err(problem) => state.trouble = Some(problem),
    }
}

fn tried(state: &mut State, outcome: Result<Settings>, out: &mut Vec<Effect>) {
    match outcome {
        Ok(settings) => {
            // With the user name that was let in.
            state.settings = Some(settings);
            save(state, out);
        }
        Err(problem) => {
            // Where a server could not be asked, the tokens are as good as before.
            if problem.kind == Kind::Auth {
                state.tokens = None;
            }
            state.trouble = Some(problem);
        }
    }
}

fn saved(state: &mut State, outcome: std::result::Result<Text, Unsaved>, out: &mut Vec<Effect>) {
    match outcome {
        Ok(_) => out.push(Effect::Done),
        Err(unsaved) => not_kept(state, unsaved),
    }
}

fn not_kept(state: &mut State, unsaved: Unsaved) {
    if matches!(unsaved, Unsaved::NoKeyring(_)) {
        state.ask_elsewhere();
    }
    state.trouble = Some(unsaved.problem());
}

/// The provider's own sign-in has ended: what it gave is tried as a password is.
fn signed_in(state: &mut State, outcome: std::result::Result<Tokens, Unsaved>, out: &mut Vec<Effect>) {
    match outcome {
        Ok(tokens) => {
            state.tokens = Some(tokens);
            try_it(state, out);
        }
        Err(unsaved) => not_kept(state, unsaved),
    }
}
