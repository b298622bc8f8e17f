//! From nothing to a connection that is signed in.

use super::answer::{Answer, Condition, Status};
use super::run::for_now;
use super::wire::{Pipe, Transport, Wire};
use super::{Capabilities, Session};
use crate::domain::account::{Endpoint, Login, Security};
use crate::domain::problem::{Kind, Problem, Result};
use crate::net::connect::{self, Stream};
use crate::net::sasl::{self, TokenMechanism};
use crate::net::secret::without_secret;
use crate::net::{Timeouts, auth_refused, tls};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::cell::Cell;
use std::net::TcpStream;

impl Session {
    /// Connects and signs in.
    ///
    /// # Errors
    /// [`Kind::Network`] when there is no connection; [`Kind::Untrusted`] when the certificate, the greeting or STARTTLS
    /// cannot be trusted; [`Kind::Auth`] when the server refuses user and password or token; [`Kind::Config`] for an unusable
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
        let imap = sign_in(client, &pipe, &before, login, endpoint)?;
        let mut session = Self::new(imap, pipe, lifeline);
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
    let stream = match endpoint.security {
        Security::Tls => tls::secured(endpoint, timeouts, &|| connect::tcp(endpoint, timeouts))?,
        Security::StartTls => {
            let stream = tls::secured(endpoint, timeouts, &|| ready_for_tls(endpoint, timeouts))?;
            // What was told before TLS may have been told by anybody.
            return Ok((wire_over(stream, &place, timeouts)?, None));
        }
        Security::Plaintext => Stream::Plain(connect::tcp(endpoint, timeouts)?),
    };
    let mut wire = wire_over(stream, &place, timeouts)?;
    let greeted = greeting(&mut wire)?;
    Ok((wire, greeted))
}

/// A bare connection whose server awaits the handshake: greeted and asked for TLS.
fn ready_for_tls(endpoint: &Endpoint, timeouts: &Timeouts) -> Result<TcpStream> {
    let tcp = Stream::Plain(connect::tcp(endpoint, timeouts)?);
    let mut wire = wire_over(tcp, &connect::place(endpoint), timeouts)?;
    greeting(&mut wire)?;
    match start_tls(wire)? {
        Stream::Plain(tcp) => Ok(tcp),
        Stream::Tls(_) => Err(Problem::new(Kind::Internal, "STARTTLS over TLS")),
    }
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

/// The exchange of a token mechanism: the message, and an answer to the server's account of what went wrong.
struct Bearer {
    mechanism: TokenMechanism,
    message: String,
    said: Cell<bool>,
}

impl imap::Authenticator for Bearer {
    type Response = String;

    fn process(&self, _challenge: &[u8]) -> String {
        if self.said.replace(true) { self.mechanism.answer_to_error().to_owned() } else { self.message.clone() }
    }
}

/// The outcome of a sign-in by the crate, which gives the client back on failure.
type Attempt = std::result::Result<imap::Session<Pipe>, (imap::Error, imap::Client<Pipe>)>;

fn sign_in(
    client: imap::Client<Pipe>,
    pipe: &Pipe,
    capabilities: &Capabilities,
    login: &Login,
    endpoint: &Endpoint,
) -> Result<imap::Session<Pipe>> {
    let place = connect::place(endpoint);
    if !sasl::can_be_sent(login) {
        let what = if login.secret.is_token() { "token" } else { "password" };
        return Err(Problem::new(
            Kind::Auth,
            format!("the user name or {what} for {place} holds a line break or another character that cannot be sent"),
        )
        .hint("check the command or variable it comes from"));
    }
    let attempt = if login.secret.is_token() {
        with_token(client, capabilities, login, endpoint)?
    } else if capabilities.auth_plain {
        // Without the initial response (SASL-IR): every server takes it so, and it costs one short exchange.
        client.authenticate("PLAIN", &Plain(login))
    } else if capabilities.login_disabled {
        return Err(Problem::new(
            Kind::Auth,
            format!("{place} lets nobody sign in with a password over this connection"),
        )
        .hint("set security = \"tls\" or \"starttls\", or use auth = \"oauth2\" where the provider wants it"));
    } else {
        client.login(&login.user, login.secret.reveal())
    };
    // The crate's error may repeat the command; what the server said is known from the pipe.
    attempt.map_err(|_| {
        let said = pipe.overheard().done.take().filter(|condition| condition.status != Status::Ok);
        if let Some(condition) = said {
            return refused(&condition, login, endpoint);
        }
        let problem = known_failure(pipe, &place, "signing in");
        Problem { sentence: without_secret(&problem.sentence, login, endpoint), ..problem }
    })
}

fn with_token(
    client: imap::Client<Pipe>,
    capabilities: &Capabilities,
    login: &Login,
    endpoint: &Endpoint,
) -> Result<Attempt> {
    let offered = |name: &str| match name {
        "OAUTHBEARER" => capabilities.auth_oauthbearer,
        _ => capabilities.auth_xoauth2,
    };
    let Some(mechanism) = TokenMechanism::choose(offered) else {
        let place = connect::place(endpoint);
        let problem = Problem::new(Kind::Auth, format!("{place} offers no way to sign in with a token (OAuth 2.0)"));
        return Err(problem.hint("check host, port and security; where the server wants a password leave auth out"));
    };
    let message = mechanism.message(login, endpoint);
    if !capabilities.sasl_ir {
        let bearer = Bearer { mechanism, message, said: Cell::new(false) };
        return Ok(client.authenticate(mechanism.name(), &bearer));
    }
    // RFC 4959: the message goes with the command; a challenge after it can only be about an error.
    let command = format!("{} {}", mechanism.name(), STANDARD.encode(&message));
    Ok(client.authenticate(command, &Bearer { mechanism, message, said: Cell::new(true) }))
}

/// A sign-in the server refused: for good, or for now.
fn refused(condition: &Condition, login: &Login, endpoint: &Endpoint) -> Problem {
    let place = connect::place(endpoint);
    let said = without_secret(condition.text.as_str(), login, endpoint);
    if for_now(&condition.code_word, &said) {
        return Problem::new(Kind::Network, format!("{place} does not let us sign in now: {said}"));
    }
    auth_refused(&place, login, &said)
}

/// The reason the wire knows; the crate's own words could repeat what was sent.
fn known_failure(pipe: &Pipe, place: &str, during: &str) -> Problem {
    let known = pipe.wire().failure().cloned();
    known.unwrap_or_else(|| Problem::new(Kind::Network, format!("{place} gave no usable answer to {during}")))
}
