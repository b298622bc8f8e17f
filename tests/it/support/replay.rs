//! An IMAP server that says what it is told to say: for each command an answer, whole or spoilt.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// What a server says. Wherever a tag belongs stands `TAG`.
#[derive(Clone, Debug)]
pub struct Script {
    /// The first line.
    pub greeting: Vec<u8>,
    /// Answers by the beginning of a command, such as `UID FETCH`; the first that fits.
    pub answers: Vec<(String, Vec<u8>)>,
}

impl Script {
    /// The answer to this command instead of the usual.
    pub fn with(mut self, command: &str, answer: &[u8]) -> Self {
        self.answers.insert(0, (command.to_owned(), answer.to_vec()));
        self
    }

    fn answer(&self, command: &str) -> Vec<u8> {
        let upper = command.to_ascii_uppercase();
        let found = self.answers.iter().find(|(verb, _)| upper.starts_with(verb.as_str()));
        found.map_or_else(|| b"TAG BAD unknown command\r\n".to_vec(), |(_, answer)| answer.clone())
    }
}

/// Spoils what the server says: gets the number of the answer (0 is the greeting) and its bytes, says what is said instead.
/// What is said in several pieces goes out in as many packets.
pub type Spoil = Arc<dyn Fn(usize, &[u8]) -> Said + Send + Sync>;

/// What goes out.
pub struct Said {
    pub pieces: Vec<Vec<u8>>,
    /// The connection ends after it.
    pub close: bool,
}

impl Said {
    /// All of it, and on.
    pub fn whole(bytes: &[u8]) -> Self {
        Self { pieces: vec![bytes.to_vec()], close: false }
    }
}

/// A running server; ends with its owner.
pub struct Replay {
    /// Where it listens, without encryption.
    pub port: u16,
    answers: Arc<AtomicUsize>,
    heard: Arc<Mutex<Vec<String>>>,
    over: Arc<AtomicBool>,
}

impl Replay {
    /// Plays the script to everybody who connects.
    pub fn play(script: Script) -> Self {
        Self::spoilt(script, Arc::new(|_, bytes| Said::whole(bytes)))
    }

    /// Plays it spoilt.
    pub fn spoilt(script: Script, spoil: Spoil) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("it is bound").port();
        let (over, answers, heard) = (Arc::new(AtomicBool::new(false)), Arc::default(), Arc::default());
        let replay = Self { port, answers: Arc::clone(&answers), heard: Arc::clone(&heard), over: over.clone() };
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if over.load(Ordering::SeqCst) {
                    return;
                }
                let talk = Talk {
                    script: script.clone(),
                    spoil: spoil.clone(),
                    answers: answers.clone(),
                    heard: heard.clone(),
                };
                std::thread::spawn(move || talk.run(stream));
            }
        });
        replay
    }

    /// How many answers were given.
    pub fn answers(&self) -> usize {
        self.answers.load(Ordering::SeqCst)
    }

    /// The commands that were heard, without their tags.
    pub fn heard(&self) -> Vec<String> {
        self.heard.lock().expect("nobody panics with it").clone()
    }
}

impl Drop for Replay {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

struct Talk {
    script: Script,
    spoil: Spoil,
    answers: Arc<AtomicUsize>,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Talk {
    /// Until the client goes away or the script ends the connection.
    fn run(&self, stream: TcpStream) {
        let _ = stream.set_nodelay(true);
        let Ok(hearing) = stream.try_clone() else { return };
        let (mut stream, mut hearing) = (stream, BufReader::new(hearing));
        let _ = self.converse(&mut stream, &mut hearing);
        let _ = stream.shutdown(std::net::Shutdown::Both);
    }

    fn converse(&self, stream: &mut TcpStream, hearing: &mut BufReader<TcpStream>) -> Option<()> {
        self.say(stream, &self.script.greeting)?;
        loop {
            let line = hear(hearing)?;
            let (tag, command) = line.split_once(' ')?;
            self.heard.lock().ok()?.push(command.to_owned());
            if command.to_ascii_uppercase().starts_with("AUTHENTICATE") {
                stream.write_all(b"+ \r\n").ok()?;
                hear(hearing)?;
            }
            if let Some(size) = command.strip_suffix('}').and_then(|text| text.rsplit_once('{')) {
                let size: usize = size.1.trim_end_matches('+').parse().ok()?;
                stream.write_all(b"+ OK\r\n").ok()?;
                let mut literal = vec![0; size + 2];
                hearing.read_exact(&mut literal).ok()?;
            }
            if command.eq_ignore_ascii_case("IDLE") {
                stream.write_all(b"+ idling\r\n").ok()?;
                hear(hearing)?;
            }
            let answer = self.script.answer(command);
            self.say(stream, &replace(&answer, b"TAG", tag.as_bytes()))?;
        }
    }

    /// `None` when the connection ends.
    fn say(&self, stream: &mut TcpStream, bytes: &[u8]) -> Option<()> {
        let said = (self.spoil)(self.answers.fetch_add(1, Ordering::SeqCst), bytes);
        for piece in &said.pieces {
            stream.write_all(piece).ok()?;
        }
        (!said.close).then_some(())
    }
}

fn hear(stream: &mut BufReader<TcpStream>) -> Option<String> {
    let mut line = Vec::new();
    stream.read_until(b'\n', &mut line).ok().filter(|count| *count > 0)?;
    Some(String::from_utf8_lossy(&line).trim_end().to_owned())
}

/// Every `what` in `bytes` becomes `with`.
pub fn replace(bytes: &[u8], what: &[u8], with: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = bytes;
    while let Some(at) = rest.windows(what.len()).position(|window| window == what) {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(with);
        rest = &rest[at + what.len()..];
    }
    out.extend_from_slice(rest);
    out
}
