//! What lies between the socket and the parsers: lines with their literals, within limits and in time.
//!
//! The `imap` crate buffers a whole answer, looks for its end again after each line of a letter and takes anything
//! odd for a lost connection. So it never sees the socket: the [`Wire`] cuts what arrives into [`Frame`]s, and only
//! the lines the crate needs while it signs in pass through the [`Pipe`].

use super::answer::{self, Answer, Condition, Status};
use crate::domain::problem::{Kind, Problem, Result};
use crate::net::Timeouts;
use crate::net::connect::{self, Stream};
use std::io::{self, Read, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Bytes read from the socket at once.
const BUFFER: usize = 64 * 1024;
/// The longest line without its literals. SEARCH names a million letters in one line of 8 MB.
const LINE_LIMIT: usize = 64 * 1024 * 1024;
/// The largest literal that is kept; a larger one is read and thrown away, so that the other letters still come.
const LITERAL_LIMIT: u64 = 256 * 1024 * 1024;
/// A literal that no server of good faith announces.
const LITERAL_ABSURD: u64 = 8 * 1024 * 1024 * 1024;
/// Literals in one line. FETCH of a letter has one or two.
const LITERALS_LIMIT: usize = 64;
/// Bytes that count as progress while a long line or literal is under way.
const PROGRESS: usize = 64 * 1024;
/// `+` lines in one command: a server that challenges for ever would keep signing in going for ever.
const CHALLENGES_LIMIT: u32 = 8;

/// What the wire runs over: a socket, or bytes in a test.
pub(super) trait Transport: Read + Write + Send {
    /// Sets how long one read and one write may block.
    fn set_timeouts(&self, read: Duration, write: Duration) -> io::Result<()>;
}

impl Transport for Stream {
    fn set_timeouts(&self, read: Duration, write: Duration) -> io::Result<()> {
        Self::set_timeouts(self, read, write)
    }
}

/// One answer line of the server with the literals in it (RFC 3501, 2.2.2 and 4.3).
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Frame {
    /// The line without its end. Where a literal stood, its announcement `{n}` CRLF is left.
    pub text: Vec<u8>,
    /// The literals in order; `None` for one over the limit.
    pub literals: Vec<Option<Vec<u8>>>,
}

/// A literal under way.
#[derive(Debug)]
struct Literal {
    /// `None` when it is too large to keep.
    bytes: Option<Vec<u8>>,
    missing: u64,
}

/// The connection as a source of frames.
pub(super) struct Wire<S> {
    stream: S,
    place: String,
    timeouts: Timeouts,
    /// The socket's own read limit as it is set now.
    patience: Duration,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    partial: Frame,
    /// Where the text after the last literal begins: an announcement counts once.
    after_literal: usize,
    literal: Option<Literal>,
    deadline: Instant,
    since_progress: usize,
    tag: Vec<u8>,
    /// The last command was answered: what is written next begins with a tag.
    idle: bool,
    challenges: u32,
    leaving: bool,
    repairs: u64,
    failed: Option<Problem>,
}

impl<S: Transport> Wire<S> {
    pub fn new(stream: S, place: String, timeouts: &Timeouts) -> Self {
        Self {
            stream,
            place,
            timeouts: timeouts.clone(),
            patience: timeouts.read,
            buffer: vec![0; BUFFER],
            start: 0,
            end: 0,
            partial: Frame::default(),
            after_literal: 0,
            literal: None,
            deadline: Instant::now() + timeouts.read,
            since_progress: 0,
            tag: Vec::new(),
            idle: true,
            challenges: 0,
            leaving: false,
            repairs: 0,
            failed: None,
        }
    }

    /// `host:port`.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// Lines dropped or repaired so far.
    pub fn repairs(&self) -> u64 {
        self.repairs
    }

    /// Why the connection cannot be used any more.
    pub fn failure(&self) -> Option<&Problem> {
        self.failed.as_ref()
    }

    /// True when something arrived that nobody has read: before STARTTLS that is an injection.
    pub fn has_unread(&self) -> bool {
        self.start < self.end || !self.partial.text.is_empty()
    }

    /// The socket under the wire, to look at.
    pub fn stream(&self) -> &S {
        &self.stream
    }

    /// The socket under the wire.
    pub fn into_stream(self) -> S {
        self.stream
    }

    /// From now on a BYE is expected, and the server gets only this long.
    pub fn leave_within(&mut self, limit: Duration) {
        self.leaving = true;
        self.timeouts.read = limit.min(self.timeouts.read);
        self.timeouts.write = limit.min(self.timeouts.write);
    }

    /// Writes a command or a piece of one; the first bytes of a command give its tag.
    pub fn send(&mut self, bytes: &[u8]) -> Result<()> {
        self.check()?;
        if self.idle {
            self.tag = bytes.split(|byte| *byte == b' ').next().unwrap_or_default().to_vec();
            self.idle = false;
            self.challenges = 0;
        }
        let written = self.stream.write_all(bytes).and_then(|()| self.stream.flush());
        self.renew();
        written.map_err(|error| self.fail(broken(&self.place, &error)))
    }

    /// The next answer that means something; odd lines are repaired or dropped, and counted.
    pub fn answer(&mut self) -> Result<Answer> {
        loop {
            if let Some(answer) = self.answer_within(self.timeouts.read, true)? {
                return Ok(answer);
            }
        }
    }

    /// The next answer, or `None` when none is complete within `patience`: the way IDLE listens.
    pub fn poll(&mut self, patience: Duration) -> Result<Option<Answer>> {
        self.renew();
        self.answer_within(patience, false)
    }

    fn answer_within(&mut self, patience: Duration, must_come: bool) -> Result<Option<Answer>> {
        let Some(frame) = self.frame_within(patience, must_come)? else { return Ok(None) };
        let reading = answer::read(frame, &self.tag);
        if reading.repaired {
            self.repairs += 1;
            // Without the contents: they are somebody's letter.
            tracing::warn!(server = %self.place, line = reading.kind, "an answer line was repaired or dropped");
        }
        let Some(answer) = reading.answer else { return Ok(None) };
        match &answer {
            Answer::Done(_) => self.idle = true,
            Answer::Continue => {
                self.challenges += 1;
                if self.challenges > CHALLENGES_LIMIT {
                    let problem = Problem::new(Kind::Network, format!("{} asks without end", self.place));
                    return Err(self.fail(problem));
                }
            }
            Answer::Condition(Condition { status: Status::Bye, text, .. }) if !self.leaving => {
                let problem = Problem::new(Kind::Network, format!("{} closed the connection: {text}", self.place));
                return Err(self.fail(problem));
            }
            _ => {}
        }
        Ok(Some(answer))
    }

    /// The next frame. `None` when it did not come within `patience` and need not.
    fn frame_within(&mut self, patience: Duration, must_come: bool) -> Result<Option<Frame>> {
        self.check()?;
        if must_come {
            // Letters may have waited to be stored since the last frame: that was not the server's time.
            self.renew();
        }
        loop {
            if self.advance()? {
                self.renew();
                let mut frame = std::mem::take(&mut self.partial);
                self.after_literal = 0;
                let kept = frame.text.trim_ascii_end().len();
                frame.text.truncate(kept);
                return Ok(Some(frame));
            }
            if !self.fill(patience, must_come)? {
                return Ok(None);
            }
        }
    }

    /// Takes what is in the buffer into the frame under way; true when it is complete.
    fn advance(&mut self) -> Result<bool> {
        loop {
            let fresh = self.buffer.get(self.start..self.end).unwrap_or_default();
            if let Some(literal) = &mut self.literal {
                let wanted = usize::try_from(literal.missing).unwrap_or(usize::MAX).min(fresh.len());
                let piece = fresh.get(..wanted).unwrap_or_default();
                if let Some(bytes) = &mut literal.bytes {
                    bytes.extend_from_slice(piece);
                }
                literal.missing -= piece.len() as u64;
                self.start += piece.len();
                if literal.missing > 0 {
                    return Ok(false);
                }
                self.partial.literals.extend(self.literal.take().map(|whole| whole.bytes));
                continue;
            }
            let line_end = fresh.iter().position(|byte| *byte == b'\n');
            let piece = line_end.map_or(fresh, |at| fresh.get(..=at).unwrap_or(fresh));
            self.partial.text.extend_from_slice(piece);
            self.start += piece.len();
            if self.partial.text.len() > LINE_LIMIT {
                let problem = Problem::new(Kind::Network, format!("{} sends a line without end", self.place));
                return Err(self.fail(problem));
            }
            if line_end.is_none() {
                return Ok(false);
            }
            let fresh = self.partial.text.get(self.after_literal..).unwrap_or_default();
            match announced_literal(fresh) {
                Some(size) if answer::may_hold_literals(&self.partial.text) => self.begin_literal(size)?,
                _ => return Ok(true),
            }
        }
    }

    fn begin_literal(&mut self, size: u64) -> Result<()> {
        if size > LITERAL_ABSURD || self.partial.literals.len() >= LITERALS_LIMIT {
            let problem = Problem::new(Kind::Network, format!("{} announces more than can be read", self.place));
            return Err(self.fail(problem));
        }
        let bytes = if size > LITERAL_LIMIT {
            tracing::warn!(server = %self.place, size, "a letter is too large to be kept");
            self.repairs += 1;
            None
        } else {
            // The announcement is not proof: room for more than this is made as bytes arrive.
            Some(Vec::with_capacity(usize::try_from(size).unwrap_or(0).min(4 * 1024 * 1024)))
        };
        self.after_literal = self.partial.text.len();
        self.literal = Some(Literal { bytes, missing: size });
        Ok(())
    }

    /// Reads from the socket. `false` when nothing came within `patience` and nothing must.
    fn fill(&mut self, patience: Duration, must_come: bool) -> Result<bool> {
        self.be_patient(patience)?;
        let read = match &mut self.literal {
            // A letter goes straight to where it stays.
            Some(Literal { bytes: Some(bytes), missing }) if *missing >= 4096 => {
                let have = bytes.len();
                let room = usize::try_from(*missing).unwrap_or(BUFFER).min(BUFFER);
                bytes.resize(have + room, 0);
                let read = self.stream.read(bytes.get_mut(have..).unwrap_or_default());
                let came = read.as_ref().map_or(0, |count| *count);
                bytes.truncate(have + came);
                *missing -= came as u64;
                read
            }
            _ => {
                self.start = 0;
                self.end = 0;
                let read = self.stream.read(&mut self.buffer);
                self.end = read.as_ref().map_or(0, |count| *count);
                read
            }
        };
        match read {
            Ok(0) => {
                let problem = Problem::new(Kind::Network, format!("{} closed the connection", self.place));
                return Err(self.fail(problem));
            }
            Ok(count) => {
                self.since_progress += count;
                if self.since_progress >= PROGRESS {
                    self.renew();
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(true),
            Err(error) if connect::is_timeout(&error) => {
                if !must_come {
                    return Ok(false);
                }
                return Err(self.late());
            }
            Err(error) => return Err(self.fail(broken(&self.place, &error))),
        }
        if must_come && Instant::now() > self.deadline { Err(self.late()) } else { Ok(true) }
    }

    fn be_patient(&mut self, patience: Duration) -> Result<()> {
        if patience != self.patience {
            self.stream
                .set_timeouts(patience, self.timeouts.write)
                .map_err(|error| self.fail(broken(&self.place, &error)))?;
            self.patience = patience;
        }
        Ok(())
    }

    /// The command came forward: the time limit starts again.
    fn renew(&mut self) {
        self.since_progress = 0;
        self.deadline = Instant::now() + self.timeouts.read;
    }

    fn late(&mut self) -> Problem {
        let problem = Problem::new(Kind::Network, format!("{} did not answer in time", self.place));
        self.fail(problem)
    }

    fn check(&self) -> Result<()> {
        self.failed.clone().map_or(Ok(()), Err)
    }

    /// After a failure nobody knows which answer belongs to which command: the connection is not used again.
    fn fail(&mut self, problem: Problem) -> Problem {
        self.failed.get_or_insert(problem).clone()
    }
}

fn broken(place: &str, error: &io::Error) -> Problem {
    if connect::is_timeout(error) {
        Problem::new(Kind::Network, format!("{place} takes nothing any more"))
    } else {
        Problem::new(Kind::Network, format!("the connection to {place} broke: {error}"))
    }
}

/// The size of the literal that a line announces at its end.
fn announced_literal(text: &[u8]) -> Option<u64> {
    let line = text.trim_ascii_end().strip_suffix(b"}")?;
    let line = line.strip_suffix(b"+").unwrap_or(line);
    let digits = line.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let (before, digits) = line.split_at(line.len() - digits);
    if digits.is_empty() || !before.ends_with(b"{") {
        return None;
    }
    // A number that does not fit is as absurd as the largest that does.
    Some(std::str::from_utf8(digits).ok().and_then(|number| number.parse().ok()).unwrap_or(u64::MAX))
}

/// The wire as the `imap` crate sees it: `Client::new` takes one end, our own reading keeps the other.
///
/// The crate signs in and numbers the commands. Of the server's lines it gets only `+` and the tagged ones, in their
/// plainest form, so that nothing a server says can make it panic or mistake an odd line for a lost connection.
#[derive(Clone)]
pub(super) struct Pipe {
    wire: Arc<Mutex<Wire<Stream>>>,
    inbox: Arc<Mutex<Overheard>>,
}

/// What passed while the crate was reading.
#[derive(Default)]
pub(super) struct Overheard {
    /// Bytes for the crate.
    pending: Vec<u8>,
    /// The last tagged line.
    pub done: Option<Condition>,
    /// The last capabilities the server told, by itself or in a response code.
    pub capabilities: Option<Vec<String>>,
}

impl Pipe {
    pub fn new(wire: Wire<Stream>) -> Self {
        Self { wire: Arc::new(Mutex::new(wire)), inbox: Arc::default() }
    }

    pub fn wire(&self) -> MutexGuard<'_, Wire<Stream>> {
        // A panic while the lock is held leaves at worst a half-read frame; the next read finds out.
        self.wire.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn overheard(&self) -> MutexGuard<'_, Overheard> {
        self.inbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the next line the crate may see.
    fn next_line(&self) -> Result<Vec<u8>> {
        loop {
            let answer = self.wire().answer()?;
            match answer {
                // The challenge of PLAIN is empty, whatever a server writes there.
                Answer::Continue => return Ok(b"+ \r\n".to_vec()),
                Answer::Done(condition) => {
                    let mut line = self.wire().tag.clone();
                    line.extend_from_slice(condition.status.plain_line());
                    let mut overheard = self.overheard();
                    overheard.capabilities = condition.capabilities.clone().or(overheard.capabilities.take());
                    overheard.done = Some(condition);
                    return Ok(line);
                }
                Answer::Capabilities(names) => self.overheard().capabilities = Some(names),
                _ => {}
            }
        }
    }
}

impl Read for Pipe {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut pending = std::mem::take(&mut self.overheard().pending);
        if pending.is_empty() {
            pending = self.next_line().map_err(io::Error::other)?;
        }
        let count = pending.as_slice().read(into)?;
        self.overheard().pending = pending.split_off(count);
        Ok(count)
    }
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.wire().send(bytes).map_err(io::Error::other)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
