//! SMTP (RFC 5321): one letter, one attempt, one certain outcome.
//!
//! Commands, addresses and sign-in are lettre's; the dialogue is our own. lettre's connection cannot say whether a
//! failure came before or after the final dot, takes `354` after it for success, keeps what was injected before
//! STARTTLS, and fails on an answer without words (0.11.23): each of these loses a letter or sends it twice.

mod sign_in;

use super::connect::{self, Stream};
use super::{Timeouts, tls};
use crate::domain::account::{Endpoint, Login, Security};
use crate::domain::address::Address;
use crate::domain::outbox::Outcome;
use crate::domain::problem::{self, Kind, Problem};
use crate::domain::text::Text;
use lettre::transport::smtp::commands::{Data, Ehlo, Mail, Quit, Rcpt, Starttls};
use lettre::transport::smtp::extension::{ClientId, MailBodyParameter, MailParameter, RcptParameter};
use std::fmt::Display;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// The longest answer that is read. RFC 5321, 4.5.3.1.5 wants 512 bytes a line; some providers write essays.
const ANSWER_LIMIT: usize = 64 * 1024;
/// How long the server may take over QUIT, and over saying why it hung up in the middle of a letter.
const COURTESY: Duration = Duration::from_secs(5);

/// What one attempt at sending came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What happened to the letter.
    pub outcome: Outcome,
    /// Recipients the server said no to while it took (or may have taken) the letter for the others, with its words.
    pub refused: Vec<(Address, Text)>,
    /// The server was reached and took the password. When not, the trouble is the account's and not this letter's: the
    /// next letter would meet the same.
    pub signed_in: bool,
}

/// Hands a letter to the server, once.
///
/// The outcome is [`Outcome::Unknown`] exactly when the letter's end was, or may have been, written and no answer to
/// it could be read. Before that the letter is certainly not accepted: [`Outcome::Refused`] where trying again would be
/// the same, else [`Outcome::TryLater`]. `bytes` is the whole letter; its line ends are made right here.
///
/// `handing_over` is called when everything but the final dot was written: from its return on the letter may be accepted.
/// When it fails, the dot is not written.
#[must_use]
pub fn send(
    endpoint: &Endpoint,
    login: Option<&Login>,
    from: &Address,
    to: &[Address],
    bytes: &[u8],
    timeouts: &Timeouts,
    handing_over: &mut dyn FnMut() -> problem::Result<()>,
) -> Report {
    send_over(&mut || Connection::open(endpoint, login, timeouts), from, to, bytes, handing_over)
}

/// As [`send`], over a connection that `open` makes; it is called once, and not at all when the letter itself cannot go.
#[must_use]
pub fn send_over(
    open: &mut dyn FnMut() -> problem::Result<Connection>,
    from: &Address,
    to: &[Address],
    bytes: &[u8],
    handing_over: &mut dyn FnMut() -> problem::Result<()>,
) -> Report {
    let failed = |outcome, signed_in| Report { outcome, refused: Vec::new(), signed_in };
    let envelope = match Envelope::checked(from, to) {
        Ok(envelope) => envelope,
        Err(outcome) => return failed(outcome, true), // the letter's own fault: it is not even tried
    };
    match open() {
        Ok(Connection { dialogue, offers }) => deliver(dialogue, &offers, envelope, &super::crlf(bytes), handing_over)
            .unwrap_or_else(|outcome| failed(outcome, true)),
        Err(problem) => failed(outcome_of(&problem), false),
    }
}

/// A connection that is signed in and ready for one letter.
pub struct Connection {
    dialogue: Dialogue,
    offers: Offers,
}

impl Connection {
    /// Connects, makes sure of the certificate and signs in.
    ///
    /// # Errors
    /// [`Kind::Network`] when the server cannot be reached or wants to be asked later; [`Kind::Untrusted`] for its
    /// certificate or STARTTLS; [`Kind::Auth`] when it refuses user and password or token; [`Kind::Config`] for an
    /// unusable `ca_file`; [`Kind::Refused`] when it says no to anything else.
    pub fn open(endpoint: &Endpoint, login: Option<&Login>, timeouts: &Timeouts) -> problem::Result<Self> {
        let mut dialogue = Dialogue::open(endpoint, timeouts)?;
        let offers = dialogue.hello()?;
        if let Some(login) = login {
            dialogue.sign_in(login, &offers, endpoint)?;
        }
        Ok(Self { dialogue, offers })
    }

    /// Leaves without a letter.
    pub fn leave(mut self) {
        self.dialogue.quit();
    }
}

/// Connects and signs in without a letter: what `postbook doctor` asks.
///
/// # Errors
/// As [`Connection::open`].
pub fn check(endpoint: &Endpoint, login: &Login, timeouts: &Timeouts) -> problem::Result<()> {
    Connection::open(endpoint, Some(login), timeouts).map(Connection::leave)
}

/// Connects, makes sure of the certificate and hears the greeting, without signing in: whether a server is there at all.
///
/// # Errors
/// As [`Connection::open`].
pub fn reach(endpoint: &Endpoint, timeouts: &Timeouts) -> problem::Result<()> {
    Connection::open(endpoint, None, timeouts).map(Connection::leave)
}

/// A step before the letter's end fails with the outcome that ends the attempt.
type Step<T> = Result<T, Outcome>;

fn deliver(
    mut dialogue: Dialogue,
    offers: &Offers,
    envelope: Envelope,
    letter: &[u8],
    handing_over: &mut dyn FnMut() -> problem::Result<()>,
) -> Step<Report> {
    let mut parameters = parameters(&envelope, letter, offers)?;
    let mut reports = Reports::AsUsual;
    if asks_receipts(letter) && offers.has("DSN") {
        reports = Reports::All;
        // Its head is enough to know the letter by.
        parameters.push(MailParameter::Other { keyword: "RET".to_owned(), value: Some("HDRS".to_owned()) });
    } else if is_auto_reply(letter) {
        reports = Reports::None { can_ask: offers.has("DSN") };
    }
    let refused = dialogue.envelope(envelope, parameters, reports)?;
    let outcome = dialogue.letter(letter, handing_over)?;
    if let Outcome::Accepted(_) = outcome {
        // It is sent; what happens now changes nothing.
        dialogue.quit();
    }
    let kept = matches!(outcome, Outcome::Accepted(_) | Outcome::Unknown(_));
    Ok(Report { outcome, refused: if kept { refused } else { Vec::new() }, signed_in: true })
}

/// What to do about a problem that came before the letter's end.
fn outcome_of(problem: &Problem) -> Outcome {
    let text = Text::from(problem.to_string());
    match problem.kind {
        Kind::Network | Kind::Internal | Kind::Store => Outcome::TryLater(text),
        _ => Outcome::Refused(text),
    }
}

/// From and to, fit for the commands.
struct Envelope {
    from: lettre::Address,
    to: Vec<(Address, lettre::Address)>,
}

impl Envelope {
    fn checked(from: &Address, to: &[Address]) -> Step<Self> {
        let check = |address: &Address| {
            address
                .as_str()
                .parse::<lettre::Address>()
                .map_err(|_| Outcome::Refused(Text::from(format!("the address {address} cannot be used in SMTP"))))
        };
        if to.is_empty() {
            return Err(Outcome::Refused(Text::own("the letter has no recipient")));
        }
        let mut recipients: Vec<(Address, lettre::Address)> = Vec::with_capacity(to.len());
        for address in to {
            if !recipients.iter().any(|(known, _)| known == address) {
                recipients.push((address.clone(), check(address)?));
            }
        }
        Ok(Self { from: check(from)?, to: recipients })
    }

    fn is_ascii(&self) -> bool {
        AsRef::<str>::as_ref(&self.from).is_ascii() && self.to.iter().all(|(address, _)| address.as_str().is_ascii())
    }
}

/// What EHLO told: keywords with their words, in capitals.
struct Offers(Vec<String>);

impl Offers {
    /// The words behind a keyword; `None` when it is not offered.
    fn words(&self, keyword: &str) -> Option<impl Iterator<Item = &str>> {
        self.0.iter().find_map(|line| {
            // "AUTH=PLAIN" is how very old servers write it.
            let mut words = line.split([' ', '=']).filter(|word| !word.is_empty());
            (words.next() == Some(keyword)).then_some(words)
        })
    }

    fn has(&self, keyword: &str) -> bool {
        self.words(keyword).is_some()
    }
}

/// What MAIL must announce for this letter, or why this server cannot take it.
fn parameters(envelope: &Envelope, letter: &[u8], offers: &Offers) -> Step<Vec<MailParameter>> {
    let mut parameters = Vec::new();
    let cannot = |what: &str| Outcome::Refused(Text::from(format!("the server cannot take {what}")));
    if let Some(limit) = offers.words("SIZE").map(|mut words| words.next().and_then(|word| word.parse::<u64>().ok())) {
        // RFC 1870: 0 and nothing mean that no limit is told.
        if limit.is_some_and(|limit| limit > 0 && letter.len() as u64 > limit) {
            let (size, limit) = (letter.len() / 1024, limit.unwrap_or(0) / 1024);
            return Err(cannot(&format!("a letter of {size} KB, only up to {limit} KB")));
        }
        parameters.push(MailParameter::Size(letter.len()));
    }
    let header_end = letter.windows(4).position(|window| window == b"\r\n\r\n").unwrap_or(letter.len());
    let header_is_ascii = letter.get(..header_end).unwrap_or(letter).is_ascii();
    if !envelope.is_ascii() || !header_is_ascii {
        if !offers.has("SMTPUTF8") {
            return Err(cannot("addresses outside ASCII (it does not offer SMTPUTF8)"));
        }
        parameters.push(MailParameter::SmtpUtfEight);
    }
    if !letter.is_ascii() {
        if !offers.has("8BITMIME") {
            return Err(cannot("8-bit text (it does not offer 8BITMIME)"));
        }
        parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    Ok(parameters)
}

/// The letter asks for a report when it is read: then also when it is delivered (RFC 3461), where the server can.
fn asks_receipts(letter: &[u8]) -> bool {
    let end = letter.windows(4).position(|window| window == b"\r\n\r\n").unwrap_or(letter.len());
    let name = b"\r\nDisposition-Notification-To:";
    letter.get(..end).is_some_and(|head| head.windows(name.len()).any(|window| window == name))
}

/// It answers a letter by itself: that stands at its very begin (`runtime::auto_replies` writes it so). Somebody else's automatic
/// answer that I redirect has my `Resent-` fields above that.
fn is_auto_reply(letter: &[u8]) -> bool {
    letter.starts_with(b"Auto-Submitted: auto-replied\r\n")
}

/// Which reports of the letter's fate are wanted (RFC 3461).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reports {
    /// What the servers do by themselves: failures.
    AsUsual,
    /// Also that it was delivered.
    All,
    /// None, because nothing may answer an automatic answer (RFC 3834, 3.3): it has no sender. Where the server insists on one
    /// it is asked for no report, if that can be asked.
    None { can_ask: bool },
}

impl Reports {
    fn parameters(self, has_sender: bool) -> Vec<RcptParameter> {
        let notify =
            |value: &str| vec![RcptParameter::Other { keyword: "NOTIFY".to_owned(), value: Some(value.to_owned()) }];
        match self {
            Self::All => notify("SUCCESS,FAILURE,DELAY"),
            Self::None { can_ask: true } if has_sender => notify("NEVER"),
            Self::None { .. } | Self::AsUsual => Vec::new(),
        }
    }
}

/// An answer: its code and its words.
struct Answer {
    code: u16,
    lines: Vec<String>,
}

impl Answer {
    fn is_yes(&self) -> bool {
        (200..300).contains(&self.code)
    }

    fn text(&self) -> String {
        format!("{} {}", self.code, self.lines.join(" ")).trim().to_owned()
    }

    /// What a no means before the letter's end; an answer that is none of yes and no means the server is confused.
    fn no(&self, to_what: &str) -> Outcome {
        let text = Text::from(format!("{to_what}: {}", self.text()));
        if (500..600).contains(&self.code) { Outcome::Refused(text) } else { Outcome::TryLater(text) }
    }

    /// The same before there is a letter.
    fn problem(&self, to_what: &str) -> Problem {
        let kind = if (500..600).contains(&self.code) { Kind::Refused } else { Kind::Network };
        Problem::new(kind, Text::from(format!("{to_what}: {}", self.text())))
    }
}

/// A connection to the server, and what of it is read but not yet used.
struct Dialogue {
    stream: Stream,
    place: String,
    timeouts: Timeouts,
    unread: Vec<u8>,
}

impl Dialogue {
    /// Greeted, over a connection as the configuration wants it.
    fn open(endpoint: &Endpoint, timeouts: &Timeouts) -> problem::Result<Self> {
        let tcp = || connect::tcp(endpoint, timeouts);
        let stream = match endpoint.security {
            Security::Tls => tls::secured(endpoint, timeouts, &tcp)?,
            Security::StartTls => {
                // No second greeting after the handshake (RFC 3207, 4).
                let ready = || Self::over(Stream::Plain(tcp()?), endpoint, timeouts).greeted()?.ready_for_tls();
                return Ok(Self::over(tls::secured(endpoint, timeouts, &ready)?, endpoint, timeouts));
            }
            Security::Plaintext => Stream::Plain(tcp()?),
        };
        Self::over(stream, endpoint, timeouts).greeted()
    }

    fn over(stream: Stream, endpoint: &Endpoint, timeouts: &Timeouts) -> Self {
        Self { stream, place: connect::place(endpoint), timeouts: timeouts.clone(), unread: Vec::new() }
    }

    fn greeted(mut self) -> problem::Result<Self> {
        let greeting = self.answer(self.timeouts.read).map_err(|error| self.broken(&error))?;
        if greeting.is_yes() { Ok(self) } else { Err(greeting.problem("the greeting")) }
    }

    fn broken(&self, error: &io::Error) -> Problem {
        let what = match error.kind() {
            _ if connect::is_timeout(error) => "did not answer in time".to_owned(),
            io::ErrorKind::UnexpectedEof => "closed the connection".to_owned(),
            _ => format!("broke the connection: {error}"),
        };
        Problem::new(Kind::Network, Text::from(format!("{} {what}", self.place)))
    }

    /// As [`Dialogue::broken`], in the middle of a letter.
    fn lost(&self, error: &io::Error) -> Outcome {
        outcome_of(&self.broken(error))
    }

    /// Says a command and hears the answer.
    fn ask(&mut self, command: impl Display) -> problem::Result<Answer> {
        self.write(command.to_string().as_bytes())
            .and_then(|()| self.answer(self.timeouts.read))
            .map_err(|error| self.broken(&error))
    }

    /// As [`Dialogue::ask`], for a letter.
    fn ask_for_letter(&mut self, command: impl Display) -> Step<Answer> {
        self.ask(command).map_err(|problem| outcome_of(&problem))
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.set_timeouts(self.timeouts.read, self.timeouts.write)?;
        self.stream.write_all(bytes)?;
        self.stream.flush()
    }

    /// The next whole answer, within `limit` altogether (RFC 5321, 4.2).
    fn answer(&mut self, limit: Duration) -> io::Result<Answer> {
        let deadline = Instant::now() + limit;
        let garbage = || io::Error::new(io::ErrorKind::InvalidData, "its answer is not SMTP");
        let mut whole: Option<Answer> = None;
        let mut length = 0;
        loop {
            let line = self.line(deadline)?;
            length += line.len();
            if length > ANSWER_LIMIT {
                return Err(garbage());
            }
            let text = String::from_utf8_lossy(&line);
            let text = text.trim_end();
            let code = text.get(..3).filter(|code| code.bytes().all(|byte| byte.is_ascii_digit()));
            let code = code.and_then(|code| code.parse::<u16>().ok()).filter(|code| (200..600).contains(code));
            let (Some(code), words) = (code, text.get(3..).unwrap_or_default()) else { return Err(garbage()) };
            let answer = whole.get_or_insert(Answer { code, lines: Vec::new() });
            if answer.code != code {
                return Err(garbage());
            }
            answer.lines.push(words.get(1..).unwrap_or_default().to_owned());
            match words.bytes().next() {
                Some(b'-') => {}
                None | Some(b' ') => return whole.ok_or_else(garbage),
                Some(_) => return Err(garbage()),
            }
        }
    }

    fn line(&mut self, deadline: Instant) -> io::Result<Vec<u8>> {
        let mut looked_at = 0;
        loop {
            let fresh = self.unread.get(looked_at..).unwrap_or_default();
            if let Some(at) = fresh.iter().position(|byte| *byte == b'\n') {
                let rest = self.unread.split_off(looked_at + at + 1);
                return Ok(std::mem::replace(&mut self.unread, rest));
            }
            looked_at = self.unread.len();
            if looked_at > ANSWER_LIMIT {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "its answer does not end"));
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(io::ErrorKind::TimedOut.into());
            }
            self.stream.set_timeouts(left, self.timeouts.write)?;
            let mut piece = [0; 4096];
            match self.stream.read(&mut piece) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(count) => self.unread.extend_from_slice(piece.get(..count).unwrap_or_default()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn hello(&mut self) -> problem::Result<Offers> {
        let answer = self.ask(Ehlo::new(my_name()))?;
        if !answer.is_yes() {
            return Err(answer.problem("EHLO"));
        }
        Ok(Offers(answer.lines.iter().skip(1).map(|line| line.to_ascii_uppercase()).collect()))
    }

    /// Asks for TLS and gives back the bare connection, or ends the attempt: never goes on without.
    fn ready_for_tls(mut self) -> problem::Result<TcpStream> {
        let offers = self.hello()?;
        if !offers.has("STARTTLS") {
            return Err(Problem::new(Kind::Untrusted, format!("{} does not offer STARTTLS", self.place))
                .hint("set security = \"tls\" with the server's port for it, usually 465"));
        }
        let answer = self.ask(Starttls)?;
        if answer.code != 220 {
            return Err(answer.problem("STARTTLS"));
        }
        // CVE-2011-0411: answers put here by somebody between us would be taken for the server's after the handshake.
        if !self.unread.is_empty() {
            return Err(Problem::new(
                Kind::Untrusted,
                format!("{} said more than it may before TLS began", self.place),
            )
            .hint("somebody may be listening in; try another network"));
        }
        match self.stream {
            Stream::Plain(tcp) => Ok(tcp),
            Stream::Tls(_) => Err(Problem::new(Kind::Internal, "STARTTLS over TLS")),
        }
    }

    /// MAIL and RCPT. Gives back who was refused while others were not; ends the attempt when nobody is left, and when
    /// somebody has to wait: a later attempt then reaches all of them, and nobody twice.
    fn envelope(
        &mut self,
        envelope: Envelope,
        parameters: Vec<MailParameter>,
        reports: Reports,
    ) -> Step<Vec<(Address, Text)>> {
        let mut has_sender = !matches!(reports, Reports::None { .. });
        let first = has_sender.then(|| envelope.from.clone());
        let mut answer = self.ask_for_letter(Mail::new(first, parameters.clone()))?;
        if !has_sender && (500..600).contains(&answer.code) {
            // Some servers take letters of their users only under their users' names.
            has_sender = true;
            answer = self.ask_for_letter(Mail::new(Some(envelope.from), parameters))?;
        }
        if !answer.is_yes() {
            return Err(answer.no("the sender"));
        }
        let everyone = envelope.to.len();
        let mut refused: Vec<(Address, Text)> = Vec::new();
        for (address, recipient) in envelope.to {
            let answer = self.ask_for_letter(Rcpt::new(recipient, reports.parameters(has_sender)))?;
            if answer.is_yes() {
                continue;
            }
            match answer.no(address.as_str()) {
                Outcome::Refused(_) => refused.push((address, Text::from(answer.text()))),
                wait => {
                    self.quit();
                    return Err(wait);
                }
            }
        }
        if refused.len() == everyone {
            self.quit();
            let words: Vec<String> = refused.iter().map(|(address, answer)| format!("{address}: {answer}")).collect();
            return Err(Outcome::Refused(Text::from(words.join("; "))));
        }
        Ok(refused)
    }

    /// DATA, the letter, the final dot and its answer.
    fn letter(&mut self, letter: &[u8], handing_over: &mut dyn FnMut() -> problem::Result<()>) -> Step<Outcome> {
        let answer = self.ask_for_letter(Data)?;
        if answer.code != 354 {
            return Err(answer.no("DATA"));
        }
        let stuffed = dot_stuffed(letter);
        for piece in stuffed.chunks(64 * 1024) {
            if let Err(error) = self.write(piece) {
                // Without its end the letter is not accepted, whatever the server says; it may say why.
                let why = self.answer(COURTESY.min(self.timeouts.read)).ok().filter(|answer| answer.code >= 400);
                return Err(why.map_or_else(|| self.lost(&error), |answer| answer.no("the letter")));
            }
        }
        handing_over().map_err(|problem| outcome_of(&problem))?;
        // From here on the server may have the whole letter.
        let end = self.write(b".\r\n").and_then(|()| self.answer(self.timeouts.after_data));
        Ok(match end {
            Ok(answer) if answer.is_yes() => Outcome::Accepted(Text::from(answer.text())),
            Ok(answer) if answer.code >= 400 => answer.no("the letter"),
            Ok(answer) => Outcome::Unknown(Text::from(format!("{} answered {}", self.place, answer.text()))),
            Err(error) => match self.lost(&error) {
                Outcome::TryLater(text) => {
                    Outcome::Unknown(Text::from(format!("{text}, after the whole letter was written")))
                }
                other => other,
            },
        })
    }

    /// A courtesy: its answer changes nothing.
    fn quit(&mut self) {
        let quit = self.write(Quit.to_string().as_bytes()).and_then(|()| self.answer(COURTESY.min(self.timeouts.read)));
        if let Err(error) = quit {
            tracing::debug!(server = %self.place, %error, "QUIT was not answered");
        }
    }
}

/// The name to greet with: this computer's, where it can stand in a command.
fn my_name() -> ClientId {
    let fit = |name: &str| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))
    };
    match ClientId::default() {
        ClientId::Domain(name) if !fit(&name) => ClientId::Ipv4(std::net::Ipv4Addr::LOCALHOST),
        name => name,
    }
}

/// The letter as it goes after DATA: ends with a line end, and no line of it is the final dot (RFC 5321, 4.5.2).
fn dot_stuffed(letter: &[u8]) -> Vec<u8> {
    let mut stuffed = Vec::with_capacity(letter.len() + 64);
    for line in letter.split_inclusive(|byte| *byte == b'\n') {
        if line.starts_with(b".") {
            stuffed.push(b'.');
        }
        stuffed.extend_from_slice(line);
    }
    if !stuffed.is_empty() && !stuffed.ends_with(b"\r\n") {
        stuffed.extend_from_slice(b"\r\n");
    }
    stuffed
}

#[cfg(test)]
mod tests;
