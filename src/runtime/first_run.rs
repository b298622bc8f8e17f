//! The loop behind the first-run screen. Whatever may wait (servers, the keyring) is done on a thread of its own; an answer that
//! nobody waits for any more is dropped by the screen.

use super::console::Console;
use super::setup;
use crate::config::paths::Paths;
use crate::config::sign_in;
use crate::domain::problem::Result;
use crate::ui::event::Event as Input;
use crate::ui::first_run::{Effect, Event, Setup, State, update, view};
use crate::ui::theme::Theme;
use crossbeam_channel::{Sender, select, tick, unbounded};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// There is an account now.
    Added,
    /// The user wants to see the demo.
    Demo,
    /// The user wants to leave.
    Quit,
}

/// Asks for an account until there is one. The console stays open for what comes next.
///
/// # Errors
/// When the terminal is gone.
pub fn run(console: &mut Console, paths: &Paths, theme: Theme) -> Result<Outcome> {
    let mut state = State::new(Setup { theme, my_name: setup::my_name(), advice: sign_in::advice() });
    let (answer, answered) = unbounded();
    let (width, height) = console.terminal.size()?;
    update(&mut state, Event::Resize { width, height });
    let seconds = tick(Duration::from_secs(1));
    // The sign-in at the provider that goes on, if any; true ends it.
    let mut stop = Arc::new(AtomicBool::new(false));
    loop {
        console.terminal.leave_mouse(state.shows_address());
        console.terminal.draw(|frame| view(&state, frame))?;
        let event = select! {
            recv(console.typed) -> input => match input {
                Ok(input) => translate(input),
                Err(_) => Some(Event::Quit), // the terminal is gone
            },
            recv(answered) -> event => event.ok(),
            recv(seconds) -> _ => Some(Event::Tick),
        };
        let Some(event) = event else { continue };
        if matches!(event, Event::Resize { .. }) {
            console.terminal.redraw()?;
        }
        for effect in update(&mut state, event) {
            match effect {
                Effect::Quit => return Ok(Outcome::Quit),
                Effect::Demo => return Ok(Outcome::Demo),
                Effect::Done => return Ok(Outcome::Added),
                Effect::Suspend => suspend(console)?,
                Effect::StopSignIn => stop.store(true, Ordering::Relaxed),
                question => {
                    if matches!(question, Effect::SignIn { .. }) {
                        stop = Arc::default();
                    }
                    ask(question, paths, &answer, &stop);
                }
            }
        }
    }
}

/// Gives the terminal to the shell until the user comes back (`fg`).
fn suspend(console: &mut Console) -> Result<()> {
    // Where the signal cannot be sent there is no shell to go back to.
    console.terminal.outside(|| drop(signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGTSTP)))
}

fn translate(input: Input) -> Option<Event> {
    match input {
        Input::Key(key) => Some(Event::Key(key)),
        Input::Paste(text) => Some(Event::Paste(text)),
        Input::Resize { width, height } => Some(Event::Resize { width, height }),
        Input::Quit => Some(Event::Quit),
        _ => None,
    }
}

/// Does what takes time, beside the screen.
fn ask(question: Effect, paths: &Paths, answer: &Sender<Event>, stop: &Arc<AtomicBool>) {
    let (paths, answer, stop) = (paths.clone(), answer.clone(), Arc::clone(stop));
    std::thread::spawn(move || {
        if let Some(event) = answer_to(question, &paths, &answer, &stop) {
            // The screen may have ended meanwhile.
            let _ = answer.send(event);
        }
    });
}

fn answer_to(question: Effect, paths: &Paths, answer: &Sender<Event>, stop: &AtomicBool) -> Option<Event> {
    match question {
        Effect::Find { generation, address } => {
            Some(Event::Found { generation, outcome: setup::find(&address, None, None) })
        }
        Effect::SignIn { generation, account, with_code } => {
            let mut show = |prompt| drop(answer.send(Event::Prompted { generation, prompt }));
            let stopped = || stop.load(Ordering::Relaxed);
            let outcome = setup::sign_in(paths, &account, with_code, &mut show, &stopped);
            Some(Event::SignedIn { generation, outcome })
        }
        Effect::Try { generation, settings, account } => {
            let outcome =
                setup::secret(paths, &account).and_then(|secret| setup::try_out(&settings, &account, &secret));
            Some(Event::Tried { generation, outcome })
        }
        Effect::Save { generation, account } => {
            Some(Event::Saved { generation, outcome: setup::save(paths, &account) })
        }
        Effect::OpenPage(page) => {
            // The page's address is on the screen: where there is no browser, it can be copied.
            let _ = open::that_detached(page.as_str());
            None
        }
        Effect::StopSignIn | Effect::Suspend | Effect::Done | Effect::Demo | Effect::Quit => None,
    }
}
