//! Stands between the program and a server and breaks the connection at a chosen moment.
//!
//! Moments are counted over both directions and all connections: every line of either side is one, and so is every literal.
//! The protocols that pass here (IMAP and SMTP without TLS) are made of nothing else, so the moments are all the places where a
//! connection can break that either side could tell apart; the middle of each is one more.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

/// What happens at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Break {
    /// Every connection ends before it passes.
    Before,
    /// Half of it passes, then every connection ends.
    Amid,
    /// From before it on nothing passes any more, and no connection ends.
    Silence,
    /// Half of it passes, then nothing more, and no connection ends.
    SilenceAmid,
}

impl Break {
    fn half(self) -> bool {
        matches!(self, Self::Amid | Self::SilenceAmid)
    }

    fn silent(self) -> bool {
        matches!(self, Self::Silence | Self::SilenceAmid)
    }
}

/// Called with the number of each moment and its bytes, before it passes.
type Watch = Box<dyn FnMut(usize, &[u8]) + Send>;

#[derive(Default)]
struct State {
    /// Moments that came so far.
    moments: usize,
    plan: Option<(usize, Break)>,
    /// The break happened; the network is gone.
    broken: Option<Break>,
    /// At most so many bytes are passed on at once.
    pieces: Option<usize>,
    watch: Option<Watch>,
    /// Every connection that stands.
    connections: Vec<(TcpStream, TcpStream)>,
}

/// A proxy in front of one server. Ends with its owner.
pub struct Proxy {
    /// Where clients connect to.
    pub port: u16,
    state: Arc<Mutex<State>>,
    over: Arc<AtomicBool>,
}

impl Proxy {
    /// Starts one in front of the server at this loopback port; it disturbs nothing yet.
    pub fn start(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("it is bound").port();
        let state = Arc::new(Mutex::new(State::default()));
        let over = Arc::new(AtomicBool::new(false));
        let (shared, ended) = (state.clone(), over.clone());
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if ended.load(Ordering::SeqCst) {
                    return;
                }
                connect(client, server, &shared);
            }
        });
        Self { port, state, over }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no thread of the proxy panics")
    }

    /// Lets everything pass from now on, and counts from zero.
    pub fn calm(&self) {
        let mut state = self.state();
        end_all(&mut state);
        *state = State::default();
    }

    /// Breaks the connection at this moment, counted from now.
    pub fn break_at(&self, moment: usize, how: Break) {
        self.calm();
        self.state().plan = Some((moment, how));
    }

    /// Passes everything on in pieces of at most so many bytes.
    pub fn in_pieces(&self, bytes: usize) {
        self.calm();
        self.state().pieces = Some(bytes);
    }

    /// Calls `watch` with the number of each moment and its bytes, before it passes.
    pub fn watch(&self, watch: impl FnMut(usize, &[u8]) + Send + 'static) {
        self.state().watch = Some(Box::new(watch));
    }

    /// Moments since the last change of plan.
    pub fn moments(&self) -> usize {
        self.state().moments
    }

    /// True when the planned break happened.
    pub fn broke(&self) -> bool {
        self.state().broken.is_some()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        self.calm();
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

fn end_all(state: &mut State) {
    for (client, server) in state.connections.drain(..) {
        let _ = client.shutdown(Shutdown::Both);
        let _ = server.shutdown(Shutdown::Both);
    }
}

fn connect(client: TcpStream, server: u16, shared: &Arc<Mutex<State>>) {
    let mut state = shared.lock().expect("no thread of the proxy panics");
    // The network is gone: nobody answers any more.
    if state.broken.is_some_and(|how| !how.silent()) {
        return;
    }
    let Ok(server) = TcpStream::connect(("127.0.0.1", server)) else { return };
    for stream in [&client, &server] {
        stream.set_nodelay(true).expect("an option of every socket");
    }
    let again = |stream: &TcpStream| stream.try_clone().expect("clone a socket");
    state.connections.push((again(&client), again(&server)));
    let (to_server, to_client) = ((again(&client), again(&server)), (server, client));
    for (from, to) in [to_server, to_client] {
        let shared = shared.clone();
        std::thread::spawn(move || pump(from, to, &shared));
    }
}

fn pump(mut from: TcpStream, mut to: TcpStream, shared: &Mutex<State>) {
    let mut moments = Moments::default();
    let mut buffer = [0; 16 * 1024];
    loop {
        let count = from.read(&mut buffer).unwrap_or(0);
        if count == 0 {
            let _ = to.shutdown(Shutdown::Both);
            let _ = from.shutdown(Shutdown::Both);
            return;
        }
        for bytes in moments.take(&buffer[..count]) {
            if !pass(&bytes, &mut to, shared) {
                return drain(&mut from, &mut buffer);
            }
        }
    }
}

/// False when nothing passes any more.
fn pass(bytes: &[u8], to: &mut TcpStream, shared: &Mutex<State>) -> bool {
    let mut state = shared.lock().expect("no thread of the proxy panics");
    if state.broken.is_some() {
        return false;
    }
    let moment = state.moments;
    state.moments += 1;
    if let Some(watch) = &mut state.watch {
        watch(moment, bytes);
    }
    if let Some((_, how)) = state.plan.filter(|(at, _)| *at == moment) {
        state.broken = Some(how);
        if how.half() {
            let _ = to.write_all(&bytes[..bytes.len() / 2]);
        }
        if !how.silent() {
            end_all(&mut state);
        }
        return false;
    }
    let size = state.pieces.unwrap_or(bytes.len()).max(1);
    drop(state);
    // A peer that went away is noticed where we read.
    let _ = bytes.chunks(size).try_for_each(|piece| to.write_all(piece));
    true
}

/// Keeps a silent connection until its client gives it up.
fn drain(from: &mut TcpStream, buffer: &mut [u8]) {
    while from.read(buffer).is_ok_and(|count| count > 0) {}
}

/// Cuts a stream into lines and literals.
#[derive(Default)]
struct Moments {
    held: Vec<u8>,
    /// Bytes of the literal under way.
    literal: Option<usize>,
}

impl Moments {
    /// What is whole now.
    fn take(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
        self.held.extend_from_slice(bytes);
        let mut whole = Vec::new();
        loop {
            let end = match self.literal {
                Some(size) => (self.held.len() >= size).then_some(size),
                None => self.held.iter().position(|byte| *byte == b'\n').map(|at| at + 1),
            };
            let Some(end) = end else { return whole };
            let rest = self.held.split_off(end);
            let unit = std::mem::replace(&mut self.held, rest);
            let announced = if self.literal.is_some() { None } else { announced_literal(&unit) };
            self.literal = announced.filter(|size| *size > 0);
            whole.push(unit);
        }
    }
}

/// `… {12}` or `… {12+}` at a line's end.
fn announced_literal(line: &[u8]) -> Option<usize> {
    let text = std::str::from_utf8(line).ok()?.trim_end().strip_suffix('}')?;
    let (_, size) = text.rsplit_once('{')?;
    size.strip_suffix('+').unwrap_or(size).parse().ok()
}

#[test]
fn lines_and_literals_are_moments() {
    let mut moments = Moments::default();
    let told = b"* 1 FETCH (BODY[] {7}\r\na\r\nb\r\nc)\r\na1 OK\r\n";
    let mut found = Vec::new();
    for piece in told.chunks(3) {
        found.extend(moments.take(piece));
    }
    let expected: [&[u8]; 4] = [b"* 1 FETCH (BODY[] {7}\r\n", b"a\r\nb\r\nc", b")\r\n", b"a1 OK\r\n"];
    assert_eq!(found, expected);
}
