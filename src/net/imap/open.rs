//! From nothing to a connection that is signed in.

use super::answer::{Answer, Condition, Status};
use super::wire::{Pipe, Transport, Wire};
use super::{Capabilities, Session};
use crate::domain::account::{Endpoint, Login, Security};
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::Text;
use crate::net::Timeouts;
use crate::net::connect::{self, Stream};
use crate::net::secret::without_secret;

impl Session {
    /// Connects and signs in.
    ///
    /// # Errors
    /// [`Kind::Network`] when there is no connection; [`Kind::Untrusted`] when the certificate, the greeting or STARTTLS
    /// cannot be trusted; [`Kind::Auth`] when the server refuses user and password; [`Kind::Config`] for an unusable
    /// `ca_file`.
    pub fn open(endpoint: &Endpoint, login: &Login, timeouts: &Timeouts) -> Result<Self> {
        let (wire, greeted) = connected(endpoint, timeouts)?;
        let lifeline = wire.stream().lifeline();
        let place = connect::place(endpoint);
        let pipe = Pipe::new(wire);
        pipe.overheard().capabilities = greeted;
        let mut client = imap::Client::new(pipe.clone());
        if pipe.overheard().capabilities.is_none() {
            // The names are overheard on the pipe; the crate gets none and so finds none.
            client.capabilities().map_err(|_| known_failure(&pipe, &place, "CAPABILITY"))?;
        }
        let before = Capabilities::from_names(&pipe.overheard().capabilities.take().unwrap_or_default());
        let imap = sign_in(client, &pipe, &before, login, &place)?;
        let mut session = Self {
            imap,
            pipe,
            capabilities: Capabilities::default(),
            exists: None,
            news: false,
            told: None,
            lifeline,
            urgent: None,
        };
        // What holds before signing in need not hold after.
        let told = session.pipe.overheard().capabilities.take();
        let names = match told {
            Some(names) => names,
            None => {
                let mut names = Vec::new();
                session.run("CAPABILITY", &mut |answer| {
                    if let Answer::Capabilities(told) = answer {
                        names = told;
                    }
                    Ok(())
                })?;
                names
            }
        };
        session.capabilities = Capabilities::from_names(&names);
        Ok(session)
    }
}

/// Connects, makes sure of the certificate and hears the greeting, without signing in: whether a server is there at all.
///
/// # Errors
/// As [`Session::open`], but for user and password.
pub fn reach(endpoint: &Endpoint, timeouts: &Timeouts) -> Result<()> {
    connected(endpoint, timeouts).map(drop)
}

/// The protected connection, greeted; capabilities where the greeting tells them.
fn connected(endpoint: &Endpoint, timeouts: &Timeouts) -> Result<(Wire<Stream>, Option<Vec<String>>)> {
    let place = connect::place(endpoint);
    let tcp = connect::tcp(endpoint, timeouts)?;
    let stream = match endpoint.security {
        Security::Tls => connect::tls(endpoint, tcp, timeouts)?,
        Security::StartTls | Security::Plaintext => Stream::Plain(tcp),
    };
    let mut wire = wire_over(stream, &place, timeouts)?;
    let greeted = greeting(&mut wire)?;
    if endpoint.security != Security::StartTls {
        return Ok((wire, greeted));
    }
    let Stream::Plain(tcp) = start_tls(wire)? else {
        return Err(Problem::new(Kind::Internal, "STARTTLS over TLS"));
    };
    let stream = connect::tls(endpoint, tcp, timeouts)?;
    // What was told before TLS may have been told by anybody.
    Ok((wire_over(stream, &place, timeouts)?, None))
}

fn wire_over(stream: Stream, place: &str, timeouts: &Timeouts) -> Result<Wire<Stream>> {
    stream
        .set_timeouts(timeouts.read, timeouts.write)
        .map_err(|error| Problem::new(Kind::Network, format!("{place}: {error}")))?;
    Ok(Wire::new(stream, place.to_owned(), timeouts))
}

/// Reads the greeting (RFC 3501, 7.1). A BYE ends it in the wire.
pub(super) fn greeting<S: Transport>(wire: &mut Wire<S>) -> Result<Option<Vec<String>>> {
    match wire.answer()? {
        Answer::Condition(Condition { status: Status::Ok, capabilities, .. }) => Ok(capabilities),
        Answer::Condition(Condition { status: Status::PreAuth, .. }) => {
            // Signed in as somebody before TLS could begin: the letters would be anybody's (RFC 9051, 11.1).
            let sentence = format!("{} says we are signed in already (PREAUTH)", wire.place());
            Err(Problem::new(Kind::Untrusted, sentence).hint("check host and port in the configuration"))
        }
        _ => Err(Problem::new(Kind::Network, format!("{} does not greet as an IMAP server does", wire.place()))
            .hint("check host and port in the configuration")),
    }
}

/// Asks for TLS; gives back the bare connection when the server is ready and has said nothing else.
pub(super) fn start_tls<S: Transport>(mut wire: Wire<S>) -> Result<S> {
    let place = wire.place().to_owned();
    wire.send(b"tls1 STARTTLS\r\n")?;
    let condition = loop {
        if let Answer::Done(condition) = wire.answer()? {
            break condition;
        }
    };
    if condition.status != Status::Ok {
        return Err(Problem::new(Kind::Untrusted, format!("{place} refuses STARTTLS: {}", condition.text))
            .hint("set security = \"tls\" with the server's port for it, usually 993"));
    }
    // CVE-2011-0411 and its kin: somebody between us puts answers here, hoping they are believed after the handshake.
    if wire.has_unread() {
        return Err(Problem::new(Kind::Untrusted, format!("{place} said more than it may before TLS began"))
            .hint("somebody may be listening in; try another network, or security = \"tls\""));
    }
    Ok(wire.into_stream())
}

/// The one exchange of SASL PLAIN (RFC 4616).
struct Plain<'a>(&'a Login);

impl imap::Authenticator for Plain<'_> {
    type Response = String;

    fn process(&self, _challenge: &[u8]) -> String {
        format!("\0{}\0{}", self.0.user, self.0.secret.reveal())
    }
}

fn sign_in(
    client: imap::Client<Pipe>,
    pipe: &Pipe,
    capabilities: &Capabilities,
    login: &Login,
    place: &str,
) -> Result<imap::Session<Pipe>> {
    let secret = login.secret.reveal();
    if [login.user.as_str(), secret].iter().any(|text| text.contains(['\0', '\r', '\n'])) {
        return Err(Problem::new(Kind::Auth, format!("the user name or password for {place} holds a line break"))
            .hint("check the command or variable it comes from"));
    }
    let attempt = if capabilities.auth_plain {
        // Without the initial response (SASL-IR): every server takes it so, and it costs one short exchange.
        client.authenticate("PLAIN", &Plain(login))
    } else if capabilities.login_disabled {
        return Err(Problem::new(
            Kind::Auth,
            format!("{place} lets nobody sign in with a password over this connection"),
        )
        .hint("set security = \"tls\" or \"starttls\", or use auth = \"oauth2\" where the provider wants it"));
    } else {
        client.login(&login.user, secret)
    };
    // The crate's error may repeat the command; what the server said is known from the pipe.
    attempt.map_err(|_| {
        let said = pipe.overheard().done.take().filter(|condition| condition.status != Status::Ok);
        if let Some(condition) = said {
            return refused(&condition, login, place);
        }
        let problem = known_failure(pipe, place, "signing in");
        Problem { sentence: without_secret(&problem.sentence, login), ..problem }
    })
}

/// A sign-in the server refused: for good, or for now (RFC 5530 codes, and words for servers without codes).
fn refused(condition: &Condition, login: &Login, place: &str) -> Problem {
    let said = without_secret(condition.text.as_str(), login);
    let words = said.to_lowercase();
    let for_now = matches!(condition.code_word.as_str(), "UNAVAILABLE" | "INUSE" | "LIMIT" | "SERVERBUG")
        || ["too many", "try again", "try later", "temporar"].iter().any(|hint| words.contains(hint));
    if for_now {
        return Problem::new(Kind::Network, format!("{place} does not let us sign in now: {said}"));
    }
    let user = Text::line(&login.user);
    Problem::new(Kind::Auth, format!("{place} refused user {user} and the password: {said}"))
        .hint("check user and password; many providers want a password made for this program (app password)")
}

/// The reason the wire knows; the crate's own words could repeat what was sent.
fn known_failure(pipe: &Pipe, place: &str, during: &str) -> Problem {
    let known = pipe.wire().failure().cloned();
    known.unwrap_or_else(|| Problem::new(Kind::Network, format!("{place} gave no usable answer to {during}")))
}
