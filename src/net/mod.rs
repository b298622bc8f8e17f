//! The only sockets of the program: IMAP, SMTP, and HTTP to authorisation servers.
//!
//! Everything a server says is foreign: it is framed, capped, given a time limit and sanitised here, and what fails
//! becomes a [`crate::domain::problem::Problem`]. Nothing here knows the store or the configuration.

pub mod connect;
pub mod discover;
pub mod imap;
pub mod oauth;
mod sasl;
#[cfg(test)]
mod script;
mod secret;
pub mod smtp;
pub mod tls;

use crate::domain::account::Login;
use crate::domain::problem::{Kind, Problem};
use crate::domain::text::Text;
use std::borrow::Cow;
use std::time::Duration;

/// How long a server may take before the connection is given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeouts {
    /// To accept a connection, and for the TLS handshake.
    pub connect: Duration,
    /// To say anything that brings a command forward; starts again with each line or block that arrives.
    pub read: Duration,
    /// To take what we write.
    pub write: Duration,
    /// To answer after a letter's final dot. Servers scan the letter now, and giving up too early sends it twice:
    /// 10 minutes (RFC 5321, 4.5.3.2.6).
    pub after_data: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(20),
            read: Duration::from_secs(60),
            write: Duration::from_secs(60),
            after_data: Duration::from_secs(600),
        }
    }
}

/// A user and a password or token that a server refused for good; `said` is fit to be shown.
fn auth_refused(place: &str, login: &Login, said: &str) -> Problem {
    let user = Text::line(&login.user);
    if login.secret.is_token() {
        let sentence = format!("{place} refused user {user} and the token (OAuth 2.0): {said}");
        return Problem::new(Kind::Auth, sentence).hint("check the user, and what the token may do at the provider");
    }
    Problem::new(Kind::Auth, format!("{place} refused user {user} and the password: {said}"))
        .hint("check user and password; many providers want a password made for this program (app password)")
}

/// A letter with every line ended by CR LF (RFC 5322, 2.3), as IMAP and SMTP want it. Bare CR and bare LF become line
/// ends; borrowed when nothing is to change.
pub(crate) fn crlf(bytes: &[u8]) -> Cow<'_, [u8]> {
    let mut previous = 0;
    let bare = bytes.iter().chain(std::iter::once(&0)).any(|byte| {
        let found = (*byte == b'\n') != (previous == b'\r');
        previous = *byte;
        found
    });
    if !bare {
        return Cow::Borrowed(bytes);
    }
    let mut whole = Vec::with_capacity(bytes.len() + bytes.len() / 32);
    let mut rest = bytes.iter().peekable();
    while let Some(byte) = rest.next() {
        match byte {
            b'\r' => {
                if rest.peek() == Some(&&b'\n') {
                    rest.next();
                }
                whole.extend_from_slice(b"\r\n");
            }
            b'\n' => whole.extend_from_slice(b"\r\n"),
            _ => whole.push(*byte),
        }
    }
    Cow::Owned(whole)
}

#[cfg(test)]
mod tests {
    use super::crlf;

    #[test]
    fn every_line_ends_in_crlf() {
        for (bytes, expected) in [
            (&b""[..], &b""[..]),
            (b"a\r\nb\r\n", b"a\r\nb\r\n"),
            (b"a\nb", b"a\r\nb"),
            (b"a\rb", b"a\r\nb"),
            (b"a\r", b"a\r\n"),
            (b"\n\r\n\n\r", b"\r\n\r\n\r\n\r\n"),
        ] {
            assert_eq!(crlf(bytes).as_ref(), expected, "{bytes:?}");
        }
    }
}
