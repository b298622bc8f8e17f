//! The terminal with its keys and signals: opened once, also when one program of screens follows another, because the thread that
//! reads keys would swallow one if it had to be ended.

use crate::domain::problem::{Kind, Problem, Result};
use crate::ui::event::Event;
use crate::ui::terminal::{self, Terminal};
use crossbeam_channel::{Receiver, Sender, unbounded};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

/// A terminal that is ours until this is dropped.
pub struct Console {
    /// What is drawn on.
    pub terminal: Terminal,
    /// What was typed.
    pub typed: Receiver<Event>,
}

impl Console {
    /// Takes the terminal over. It is restored however the program ends.
    ///
    /// # Errors
    /// When there is no terminal, or it refuses.
    pub fn open() -> Result<Self> {
        let (input, typed) = unbounded();
        terminal::restore_on_panic();
        let terminal = Terminal::enter()?;
        let keys = input.clone();
        terminal::listen(move |event| keys.send(event).is_ok())?;
        listen_to_signals(input)?;
        Ok(Self { terminal, typed })
    }
}

/// SIGTERM and its kin end the program as `q` does, without a question: the terminal is restored, letters stay in the outbox.
fn listen_to_signals(tell: Sender<Event>) -> Result<()> {
    let cannot =
        |error: std::io::Error| Problem::new(Kind::Internal, format!("signals cannot be listened to: {error}"));
    let mut signals = signal_hook::iterator::Signals::new([SIGTERM, SIGINT, SIGHUP]).map_err(cannot)?;
    let listen = move || {
        for _ in signals.forever() {
            if tell.send(Event::Quit).is_err() {
                return;
            }
        }
    };
    std::thread::Builder::new().name("signals".to_owned()).spawn(listen).map(drop).map_err(cannot)
}
