//! A terminal: runs a program in a pseudo-terminal, types, and reads the screen as a person would.

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};

use super::{DEADLINE, try_until};

type Writer = Arc<Mutex<Box<dyn Write + Send>>>;

/// A program in a terminal. Dropping it kills the program.
pub struct Terminal {
    master: Box<dyn MasterPty + Send>,
    child: Box<dyn Child + Send + Sync>,
    writer: Writer,
    seen: Arc<Mutex<Seen>>,
}

/// What came out of the program so far.
struct Seen {
    parser: vt100::Parser<Answers>,
    raw: Vec<u8>,
    /// The program and all it started have closed the terminal.
    closed: bool,
}

/// What happened at the terminal besides text on its screen.
#[derive(Default)]
struct Answers {
    /// Bytes a real terminal would send back for the questions it was asked.
    pending: Vec<u8>,
    titles: Vec<String>,
    copied: Vec<String>,
    bells: usize,
}

impl vt100::Callbacks for Answers {
    fn audible_bell(&mut self, _: &mut vt100::Screen) {
        self.bells += 1;
    }

    fn set_window_title(&mut self, _: &mut vt100::Screen, title: &[u8]) {
        self.titles.push(String::from_utf8_lossy(title).into_owned());
    }

    fn copy_to_clipboard(&mut self, _: &mut vt100::Screen, _: &[u8], data: &[u8]) {
        self.copied.push(String::from_utf8_lossy(data).into_owned());
    }

    /// Programs wait for these answers, some for seconds: where is the cursor, what are you, are you well.
    fn unhandled_csi(&mut self, screen: &mut vt100::Screen, i1: Option<u8>, _: Option<u8>, params: &[&[u16]], c: char) {
        let first = params.first().and_then(|values| values.first()).copied();
        match (i1, first, c) {
            (None, Some(6), 'n') => {
                let (row, column) = screen.cursor_position();
                self.pending.extend(format!("\x1b[{};{}R", row + 1, column + 1).bytes());
            }
            (None, Some(5), 'n') => self.pending.extend(b"\x1b[0n"),
            (None, _, 'c') => self.pending.extend(b"\x1b[?62;22c"),
            _ => {}
        }
    }
}

impl Terminal {
    /// Runs `command` (program, then arguments) in a terminal of this size with exactly these variables, a plain
    /// PATH, and TERM, LANG and TZ unless given: the tester's own environment changes nothing. It starts in HOME.
    pub fn spawn(command: &[&str], env: &[(&str, &str)], cols: u16, rows: u16) -> Self {
        let pair = native_pty_system().openpty(size(cols, rows)).expect("a pseudo-terminal");
        let mut builder = CommandBuilder::new(command[0]);
        builder.args(&command[1..]);
        builder.env_clear();
        builder.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        for (name, value) in [("TERM", "xterm-256color"), ("LANG", "C.UTF-8"), ("TZ", "UTC")].iter().chain(env) {
            builder.env(name, value);
        }
        let home = env.iter().find(|(name, _)| *name == "HOME");
        builder.cwd(home.map_or("/", |(_, path)| path));
        let child = pair.slave.spawn_command(builder).unwrap_or_else(|error| panic!("{command:?}: {error}"));
        // Our end of the program's side must close, or we would never see it close its own.
        drop(pair.slave);
        let seen = Arc::new(Mutex::new(Seen {
            parser: vt100::Parser::new_with_callbacks(rows, cols, 0, Answers::default()),
            raw: Vec::new(),
            closed: false,
        }));
        let writer: Writer = Arc::new(Mutex::new(pair.master.take_writer().expect("the terminal's keyboard")));
        let reader = pair.master.try_clone_reader().expect("the terminal's output");
        let (shared, keyboard) = (Arc::clone(&seen), Arc::clone(&writer));
        std::thread::spawn(move || read_all(reader, &shared, &keyboard));
        Self { master: pair.master, child, writer, seen }
    }

    /// Types these bytes: `"jj\r"`, `"\x1b"` for Esc, `"\x1b[A"` for Up. Fails when the program is gone.
    #[track_caller]
    pub fn type_keys(&self, keys: &str) {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let typed = writer.write_all(keys.as_bytes()).and_then(|()| writer.flush());
        drop(writer);
        if let Err(error) = typed {
            panic!("cannot type {keys:?}: {error}\n{}", self.framed());
        }
    }

    /// The text on the screen, one line for each row, without blanks at their ends.
    pub fn screen(&self) -> String {
        let seen = self.seen();
        let screen = seen.parser.screen();
        let (_, cols) = screen.size();
        let rows: Vec<String> = screen.rows(0, cols).map(|row| row.trim_end().to_owned()).collect();
        rows.join("\n").trim_end().to_owned()
    }

    /// Waits until the screen is as wanted and gives it; else panics with `what` and the whole screen.
    #[track_caller]
    pub fn wait_for(&self, what: &str, deadline: Duration, mut wanted: impl FnMut(&str) -> bool) -> String {
        let found = try_until(deadline, || {
            // Closed is read before the screen, so that the last screen is judged too.
            let closed = self.seen().closed;
            let screen = self.screen();
            if wanted(&screen) { Some(Some(screen)) } else { closed.then_some(None) }
        });
        match found {
            Some(Some(screen)) => screen,
            Some(None) => panic!("the program ended without showing {what}\n{}", self.framed()),
            None => panic!("{deadline:?} passed without showing {what}\n{}", self.framed()),
        }
    }

    /// Waits until this text is on the screen.
    #[track_caller]
    pub fn wait_for_text(&self, text: &str) -> String {
        self.wait_for(&format!("{text:?}"), DEADLINE, |screen| screen.contains(text))
    }

    /// Waits until this text is no longer on the screen.
    #[track_caller]
    pub fn wait_gone(&self, text: &str) -> String {
        self.wait_for(&format!("a screen without {text:?}"), DEADLINE, |screen| !screen.contains(text))
    }

    /// Changes the size of the window; the program is told by SIGWINCH.
    pub fn resize(&self, cols: u16, rows: u16) {
        self.seen().parser.screen_mut().set_size(rows, cols);
        self.master.resize(size(cols, rows)).expect("resize");
    }

    /// Every byte the program wrote, to check that they hold only its own sequences.
    pub fn raw_output(&self) -> Vec<u8> {
        self.seen().raw.clone()
    }

    /// Ends the program as a crash would. It has no chance to restore the terminal.
    pub fn kill9(&mut self) -> ExitStatus {
        self.signal("KILL");
        self.wait_exit()
    }

    /// Sends a signal, such as `TERM`, `HUP`, `TSTP` or `CONT`, to the program.
    pub fn signal(&self, name: &str) {
        let Some(process) = self.child.process_id() else { return };
        // The shell's own kill: the program of that name is missing on small systems.
        let kill = format!("kill -s {name} {process}");
        let sent = Command::new("sh").args(["-c", &kill]).stderr(Stdio::null()).status().expect("sh");
        assert!(sent.success(), "{kill} failed");
    }

    /// Whether the program is still there.
    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().expect("wait for the program").is_none()
    }

    /// Waits until the program has ended and all its output is on the screen.
    #[track_caller]
    pub fn wait_exit(&mut self) -> ExitStatus {
        let status = try_until(DEADLINE, || self.child.try_wait().expect("wait for the program"));
        let Some(status) = status else {
            panic!("the program did not end within {DEADLINE:?}\n{}", self.framed());
        };
        // A program may leave others behind that hold the terminal; then what is here now must do.
        let _ = try_until(Duration::from_secs(1), || self.seen().closed.then_some(()));
        status
    }

    /// Whether the cursor shows.
    pub fn cursor_visible(&self) -> bool {
        !self.seen().parser.screen().hide_cursor()
    }

    /// Whether the alternate screen is on: the program's own, which vanishes when it ends.
    pub fn alternate_screen(&self) -> bool {
        self.seen().parser.screen().alternate_screen()
    }

    /// Whether the program asked for mouse events.
    pub fn mouse_on(&self) -> bool {
        self.seen().parser.screen().mouse_protocol_mode() != vt100::MouseProtocolMode::None
    }

    /// Whether pasted text would come in brackets.
    pub fn bracketed_paste(&self) -> bool {
        self.seen().parser.screen().bracketed_paste()
    }

    /// Whether keys reach the program one by one and unechoed.
    pub fn raw_mode(&self) -> bool {
        let mode = self.master.get_termios().expect("a Unix terminal").local_flags;
        // ICANON, by its number because its name would need one more crate.
        let canonical = if cfg!(target_os = "linux") { 0x2 } else { 0x100 };
        u64::from(mode.bits()) & canonical == 0
    }

    /// Fails unless everything is as a shell wants it: its own screen, a cursor, lines, no mouse, no brackets.
    #[track_caller]
    pub fn assert_restored(&self) {
        let problems = [
            (self.alternate_screen(), "the alternate screen is on"),
            (!self.cursor_visible(), "the cursor is hidden"),
            (self.raw_mode(), "the terminal is in raw mode"),
            (self.mouse_on(), "the mouse is captured"),
            (self.bracketed_paste(), "bracketed paste is on"),
        ];
        let problems: Vec<&str> = problems.iter().filter(|(wrong, _)| *wrong).map(|(_, text)| *text).collect();
        assert!(problems.is_empty(), "the terminal was not restored: {}\n{}", problems.join(", "), self.framed());
    }

    /// Where the cursor is: column and row, from 0.
    pub fn cursor(&self) -> (u16, u16) {
        let (row, column) = self.seen().parser.screen().cursor_position();
        (column, row)
    }

    /// The window titles the program set.
    pub fn titles(&self) -> Vec<String> {
        self.seen().parser.callbacks().titles.clone()
    }

    /// What the program copied to the clipboard by OSC 52, still in base64.
    pub fn copied(&self) -> Vec<String> {
        self.seen().parser.callbacks().copied.clone()
    }

    /// How often the program rang the bell.
    pub fn bells(&self) -> usize {
        self.seen().parser.callbacks().bells
    }

    /// The screen in a frame, for failure messages.
    pub fn framed(&self) -> String {
        let seen = self.seen();
        let screen = seen.parser.screen();
        let (_, cols) = screen.size();
        let edge = "-".repeat(usize::from(cols));
        let rows: Vec<String> = screen.rows(0, cols).map(|row| format!("|{row}")).collect();
        format!("+{edge}\n{}\n+{edge}", rows.join("\n"))
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if self.child.try_wait().is_ok_and(|status| status.is_none()) {
            self.signal("KILL");
            let _ = self.child.wait();
        }
    }
}

fn size(cols: u16, rows: u16) -> PtySize {
    PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }
}

fn read_all(mut reader: Box<dyn Read + Send>, seen: &Mutex<Seen>, keyboard: &Mutex<Box<dyn Write + Send>>) {
    let mut buffer = [0; 16_384];
    // The end is an error on Linux (EIO), zero bytes elsewhere.
    while let Ok(count @ 1..) = reader.read(&mut buffer) {
        let mut now = seen.lock().unwrap_or_else(PoisonError::into_inner);
        now.raw.extend(&buffer[..count]);
        now.parser.process(&buffer[..count]);
        let answers = std::mem::take(&mut now.parser.callbacks_mut().pending);
        drop(now);
        if !answers.is_empty() {
            // A program that asked and left does not wait for the answer.
            let _ = keyboard.lock().unwrap_or_else(PoisonError::into_inner).write_all(&answers);
        }
    }
    seen.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
}
