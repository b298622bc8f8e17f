//! The only impure file of the screens: raw mode, alternate screen, keys.
//!
//! Every sequence written here is our own; text of others has gone through `domain::text` and ratatui's cells.

use super::event::Event;
use crate::domain::problem::{Kind, Problem, Result};
use crossterm::event::{DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture};
use crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode};
use crossterm::{cursor, execute};
use ratatui::Frame;
use ratatui::backend::CrosstermBackend;
use std::io::{Stdout, Write, stdout};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// The terminal is ours: raw, on the alternate screen. Decides whether [`restore`] has anything to do.
static OURS: AtomicBool = AtomicBool::new(false);
/// The thread that reads keys leaves them to an editor or a shell meanwhile.
static ELSEWHERE: AtomicBool = AtomicBool::new(false);

/// The terminal while the screens are shown.
pub struct Terminal {
    inner: ratatui::Terminal<CrosstermBackend<Stdout>>,
    /// The mouse is the terminal's own.
    mouse_left: bool,
}

impl Terminal {
    /// Takes the terminal over.
    ///
    /// # Errors
    /// When standard output is no terminal or refuses.
    pub fn enter() -> Result<Self> {
        take_over().map_err(|error| trouble(&error))?;
        let inner = ratatui::Terminal::new(CrosstermBackend::new(stdout())).map_err(|error| trouble(&error))?;
        Ok(Self { inner, mouse_left: false })
    }

    /// Columns and lines.
    ///
    /// # Errors
    /// When the terminal does not say.
    pub fn size(&self) -> Result<(u16, u16)> {
        let size = self.inner.size().map_err(|error| trouble(&error))?;
        Ok((size.width, size.height))
    }

    /// Draws a frame.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn draw(&mut self, view: impl FnOnce(&mut Frame)) -> Result<()> {
        self.inner.draw(view).map(|_| ()).map_err(|error| trouble(&error))
    }

    /// Forgets what was drawn, so that the next frame draws everything.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn redraw(&mut self) -> Result<()> {
        self.inner.clear().map_err(|error| trouble(&error))
    }

    /// Leaves the mouse to the terminal, so that text can be selected as everywhere, or takes it back.
    pub fn leave_mouse(&mut self, leave: bool) {
        if leave == self.mouse_left {
            return;
        }
        self.mouse_left = leave;
        // Without it text is selected with Shift, as in other programs.
        let _ = if leave { execute!(stdout(), DisableMouseCapture) } else { execute!(stdout(), EnableMouseCapture) };
    }

    /// Rings the terminal's bell.
    pub fn ring(&self) {
        let mut out = stdout();
        // A terminal without a bell is no trouble.
        let _ = out.write_all(b"\x07").and_then(|()| out.flush());
    }

    /// Leaves the terminal to an editor or a shell while `run` runs, then takes it back.
    ///
    /// # Errors
    /// When the terminal cannot be taken back. What `run` gives is given back as it is.
    pub fn outside<T>(&mut self, run: impl FnOnce() -> T) -> Result<T> {
        ELSEWHERE.store(true, Ordering::SeqCst);
        // The reading thread waits at most this long in a poll; after that the keys belong to the other program.
        std::thread::sleep(POLL);
        restore();
        let given = run();
        let back = take_over();
        ELSEWHERE.store(false, Ordering::SeqCst);
        back.map_err(|error| trouble(&error))?;
        self.mouse_left = false;
        self.redraw()?;
        Ok(given)
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        restore();
    }
}

/// How long the reading thread waits for a key before it looks whether it should go on.
const POLL: Duration = Duration::from_millis(50);

fn take_over() -> std::io::Result<()> {
    enable_raw_mode()?;
    OURS.store(true, Ordering::SeqCst);
    execute!(stdout(), EnterAlternateScreen, EnableBracketedPaste, EnableMouseCapture, cursor::Hide)
}

/// Gives the terminal back as it was. Safe at any time, also twice, and from a panic hook.
pub fn restore() {
    if !OURS.swap(false, Ordering::SeqCst) {
        return;
    }
    let mut out = stdout();
    // Nothing can be done about a terminal that is gone.
    let _ = execute!(out, DisableMouseCapture, DisableBracketedPaste, LeaveAlternateScreen, cursor::Show);
    let _ = disable_raw_mode();
    let _ = out.flush();
}

/// Restores the terminal before a panic is reported, so that its words can be read.
pub fn restore_on_panic() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        restore();
        before(panic);
    }));
}

/// Reads keys, paste, mouse and sizes on a thread of its own until `send` gives false or the terminal is gone.
///
/// # Errors
/// When no thread can be started.
pub fn listen(send: impl Fn(Event) -> bool + Send + 'static) -> Result<std::thread::JoinHandle<()>> {
    let listening = move || {
        loop {
            if ELSEWHERE.load(Ordering::SeqCst) {
                std::thread::sleep(POLL);
                continue;
            }
            let event = match crossterm::event::poll(POLL) {
                Ok(false) => continue,
                Ok(true) => crossterm::event::read(),
                Err(error) => Err(error),
            };
            let Ok(event) = event else {
                // Standard input was closed: the terminal window is gone.
                send(Event::Quit);
                return;
            };
            if translate(event).is_some_and(|event| !send(event)) {
                return;
            }
        }
    };
    std::thread::Builder::new().name("keys".to_owned()).spawn(listening).map_err(|error| trouble(&error))
}

fn translate(event: crossterm::event::Event) -> Option<Event> {
    match event {
        crossterm::event::Event::Key(key) => Some(Event::Key(key)),
        crossterm::event::Event::Paste(text) => Some(Event::Paste(text)),
        crossterm::event::Event::Mouse(mouse) => Some(Event::Mouse(mouse)),
        crossterm::event::Event::Resize(width, height) => Some(Event::Resize { width, height }),
        crossterm::event::Event::FocusGained | crossterm::event::Event::FocusLost => None,
    }
}

fn trouble(error: &std::io::Error) -> Problem {
    Problem::new(Kind::Internal, format!("the terminal cannot be used: {error}"))
        .hint("run postbook in a terminal; its other commands work without one")
}
