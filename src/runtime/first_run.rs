//! The loop behind the first-run screen. Whatever may wait (servers, the keyring) is done on a thread of its own; an answer that
//! nobody waits for any more is dropped by the screen.

use super::console::Console;
use super::setup;
use crate::config::paths::Paths;
use crate::domain::problem::Result;
use crate::domain::text::Text;
use crate::ui::event::Event as Input;
use crate::ui::first_run::{Effect, Event, Setup, State, update, view};
use crate::ui::theme::Theme;
use crossbeam_channel::{Sender, select, tick, unbounded};
use std::time::Duration;

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// There is an account now.
    Added {
        /// What it is called.
        name: Text,
        /// It has to sign in in the browser first.
        sign_in: bool,
    },
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
    let mut state = State::new(Setup { theme, my_name: setup::my_name() });
    let (answer, answered) = unbounded();
    let (width, height) = console.terminal.size()?;
    update(&mut state, Event::Resize { width, height });
    let seconds = tick(Duration::from_secs(1));
    loop {
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
                Effect::Done { name, sign_in } => return Ok(Outcome::Added { name, sign_in }),
                question => ask(question, paths, &answer),
            }
        }
    }
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
fn ask(question: Effect, paths: &Paths, answer: &Sender<Event>) {
    let (paths, answer) = (paths.clone(), answer.clone());
    std::thread::spawn(move || {
        if let Some(event) = answer_to(question, &paths) {
            // The screen may have ended meanwhile.
            let _ = answer.send(event);
        }
    });
}

fn answer_to(question: Effect, paths: &Paths) -> Option<Event> {
    match question {
        Effect::Find { generation, address } => {
            Some(Event::Found { generation, outcome: setup::find(&address, None, None) })
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
        Effect::Done { .. } | Effect::Demo | Effect::Quit => None,
    }
}
