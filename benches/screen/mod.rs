//! The screens in a pseudo-terminal: how long from a start or a key to what it shows.

use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use std::io::{Read, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// A key's effect is complete when nothing more was written for this long.
const QUIET: Duration = Duration::from_millis(300);

struct Screen {
    parser: vt100::Parser,
    output: Receiver<(Instant, Vec<u8>)>,
    keyboard: Box<dyn Write + Send>,
    child: Box<dyn portable_pty::Child + Send + Sync>,
    _master: Box<dyn portable_pty::MasterPty + Send>,
}

impl Screen {
    fn start(home: &Path) -> Self {
        let (rows, cols) = (48, 160);
        let pair = native_pty_system().openpty(PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_postbook"));
        command.args(["--config", home.join("config.toml").to_str().unwrap()]);
        command.args(["--data-dir", home.join("data").to_str().unwrap()]);
        command.env("TERM", "xterm-256color");
        command.env("HOME", home);
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (send, output) = channel();
        std::thread::spawn(move || {
            let mut buffer = vec![0; 1 << 16];
            while let Ok(count) = reader.read(&mut buffer) {
                if count == 0 || send.send((Instant::now(), buffer[..count].to_vec())).is_err() {
                    return;
                }
            }
        });
        let keyboard = pair.master.take_writer().unwrap();
        Self { parser: vt100::Parser::new(rows, cols, 0), output, keyboard, child, _master: pair.master }
    }

    fn take(&mut self, patience: Duration) -> Option<Instant> {
        let (at, bytes) = self.output.recv_timeout(patience).ok()?;
        if bytes.windows(4).any(|four| four == b"\x1b[6n") {
            self.keyboard.write_all(b"\x1b[1;1R").unwrap();
        }
        self.parser.process(&bytes);
        Some(at)
    }

    /// When the screen first is as wanted.
    fn wait(&mut self, wanted: impl Fn(&str) -> bool) -> Instant {
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            let at = self.take(deadline.saturating_duration_since(Instant::now()));
            let contents = self.parser.screen().contents();
            match at {
                Some(at) if wanted(&contents) => return at,
                Some(_) => {}
                None => panic!("not shown:\n{contents}"),
            }
        }
    }

    fn quiet(&mut self) {
        while self.take(QUIET).is_some() {}
    }

    /// How long until the first and until the last output after these keys, in milliseconds.
    fn press(&mut self, keys: &str) -> (f64, f64) {
        self.quiet();
        let pressed = Instant::now();
        self.keyboard.write_all(keys.as_bytes()).unwrap();
        self.keyboard.flush().unwrap();
        let (mut first, mut last) = (None, pressed);
        while let Some(at) = self.take(QUIET) {
            first.get_or_insert(at);
            last = at;
        }
        let ms = |at: Instant| at.duration_since(pressed).as_secs_f64() * 1e3;
        (first.map_or(f64::NAN, ms), ms(last))
    }
}

/// Starts the screens several times and presses keys.
pub fn measure(home: &Path) {
    let mut starts = Vec::new();
    for _ in 0..5 {
        let started = Instant::now();
        let mut screen = Screen::start(home);
        let header = screen.wait(|text| text.contains("1 Today")).duration_since(started);
        let usable = screen.wait(|text| text.contains("What waits") && text.contains("Person")).duration_since(started);
        starts.push((header, usable));
        screen.child.kill().unwrap();
    }
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    println!(
        "start: first frame {:.1} ms, first usable screen {:.1} ms (best of 5)",
        starts.iter().map(|(header, _)| ms(*header)).fold(f64::MAX, f64::min),
        starts.iter().map(|(_, usable)| ms(*usable)).fold(f64::MAX, f64::min)
    );
    let mut screen = Screen::start(home);
    screen.wait(|text| text.contains("What waits") && text.contains("Person"));
    for (what, keys) in [
        ("Today: down", "j"),
        ("Today: down", "j"),
        ("Today: up", "k"),
        ("Today: end", "G"),
        ("Today: why", "w"),
        ("back", "\x1b"),
        ("Today: done", "e"),
        ("Today: undo", "u"),
        ("Today: skip", "-"),
        ("Today: next", ")"),
        ("Today: snooze menu", "z"),
        ("Today: tomorrow", "2"),
        ("Today: undo", "u"),
        ("Today: assign menu", ";"),
        ("back", "\x1b"),
        ("Today: plan", ","),
        ("back", "\x1b"),
        ("Today: only unread", "l"),
        ("Today: only unanswered", "l"),
        ("Today: everything", "\x1b"),
        ("Today: to the top", "gg"),
        ("Today: the card", "\t\t"),
        ("Today: its hints", "w"),
        ("back", "\x1b"),
        ("Today: the list", "\x1b"),
        ("Mail", "2"),
        ("Mail: into the list", "\t"),
        ("Mail: down", "j"),
        ("Mail: open", "\r"),
        ("Mail: back", "\x1b"),
        ("Mail: end", "G"),
        ("Mail: further", "G"),
        ("Mail: done", "e"),
        ("Mail: undo", "u"),
        ("Clients", "3"),
        ("Clients: down", "j"),
        ("Clients: open", "\r"),
        ("Clients: back", "\x1b"),
        ("Clients: end", "G"),
        ("Deals", "4"),
        ("Deals: down", "j"),
        ("Deals: open", "\r"),
        ("Deals: back", "\x1b"),
        ("Outgoing", "5"),
        ("Reports", "6"),
        ("Today", "1"),
        ("search", "/"),
        ("search: o", "o"),
        ("search: of", "f"),
        ("search: off", "f"),
        ("search: Enter", "\r"),
        ("help", "?"),
    ] {
        let (first, last) = screen.press(keys);
        println!("key {what:<24} first frame {first:7.1} ms   complete {last:7.1} ms");
    }
    screen.child.kill().unwrap();
}
