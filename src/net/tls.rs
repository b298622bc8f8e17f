//! TLS, the same for IMAP and SMTP: who is trusted, and what is said about a certificate that is not.
//!
//! `native-tls` with vendored OpenSSL finds the system's roots by itself (it probes the usual folders of Debian, Fedora,
//! Alpine and the others, and honours `SSL_CERT_FILE` and `SSL_CERT_DIR`); on macOS it asks the keychain.

use super::Timeouts;
use super::connect::{Stream, place};
use crate::domain::account::{Endpoint, Fingerprint};
use crate::domain::problem::{Kind, Problem, Result};
use native_tls::{Certificate, HandshakeError, Protocol, TlsConnector, TlsConnectorBuilder, TlsStream};
use sha2::{Digest, Sha256};
use std::io;
use std::net::TcpStream;

/// What the hint says when a certificate cannot be trusted.
const CA_FILE_HINT: &str = "check the host name in the configuration; if the server has an authority of its own, \
                            set ca_file to that authority's certificate";

/// Puts TLS over a connection. With a pinned certificate exactly that one is taken; else the certificate is checked
/// against the host name, the system's roots and `ca_file`.
///
/// `bare` gives a connection on which the server expects the handshake now. It is called a second time when the
/// certificate is refused, only to learn the fingerprint that the user may want to pin: `native-tls` does not show a
/// certificate that it refused.
///
/// # Errors
/// [`Kind::Untrusted`] with the reason when the certificate cannot be trusted or the server does not speak TLS;
/// [`Kind::Config`] when `ca_file` cannot be used; [`Kind::Network`] when the connection breaks.
pub fn secured(endpoint: &Endpoint, timeouts: &Timeouts, bare: &dyn Fn() -> Result<TcpStream>) -> Result<Stream> {
    let stream = match &endpoint.pin {
        Some(pin) => pinned(endpoint, *pin, bare()?, timeouts)?,
        None => match handshake(endpoint, checked(endpoint)?, bare()?, timeouts)? {
            Ok(stream) => stream,
            Err(why) => return Err(refused(endpoint, why, fingerprint_shown(endpoint, timeouts, bare))),
        },
    };
    let stream = Stream::Tls(Box::new(stream));
    stream
        .set_timeouts(timeouts.read, timeouts.write)
        .map_err(|error| Problem::new(Kind::Network, format!("{}: {error}", place(endpoint))))?;
    Ok(stream)
}

/// Takes the pinned certificate and no other. Nothing is sent before its fingerprint was compared.
fn pinned(endpoint: &Endpoint, pin: Fingerprint, tcp: TcpStream, timeouts: &Timeouts) -> Result<TlsStream<TcpStream>> {
    let place = place(endpoint);
    let stream = handshake(endpoint, unchecked(), tcp, timeouts)?
        .map_err(|why| Problem::new(Kind::Untrusted, format!("the certificate of {place} cannot be read: {why}")))?;
    match fingerprint(&stream) {
        Some(shown) if shown == pin => Ok(stream),
        Some(shown) => {
            let sentence = format!("the certificate of {place} is not the one that is pinned");
            Err(Problem::new(Kind::Untrusted, sentence).hint(format!(
                "the server may have a new one, or somebody may be listening in: ask the server's administrator, and \
                 only when it is theirs write certificate = \"{shown}\""
            )))
        }
        None => Err(Problem::new(Kind::Untrusted, format!("{place} shows no certificate"))),
    }
}

fn refused(endpoint: &Endpoint, why: &str, shown: Option<Fingerprint>) -> Problem {
    let sentence = format!("the certificate of {} cannot be trusted: {why}", place(endpoint));
    let pin = shown.map(|shown| {
        format!(
            "; or, only when the server's administrator tells you the same fingerprint, trust exactly this \
             certificate: certificate = \"{shown}\""
        )
    });
    Problem::new(Kind::Untrusted, sentence).hint(format!("{CA_FILE_HINT}{}", pin.unwrap_or_default()))
}

/// The fingerprint of a certificate that was refused. The connection is for nothing else and ends at once.
fn fingerprint_shown(
    endpoint: &Endpoint,
    timeouts: &Timeouts,
    bare: &dyn Fn() -> Result<TcpStream>,
) -> Option<Fingerprint> {
    let stream = handshake(endpoint, unchecked(), bare().ok()?, timeouts).ok()?.ok()?;
    fingerprint(&stream)
}

fn fingerprint(stream: &TlsStream<TcpStream>) -> Option<Fingerprint> {
    let certificate = stream.peer_certificate().ok()??.to_der().ok()?;
    Some(Fingerprint::new(Sha256::digest(certificate).into()))
}

fn checked(endpoint: &Endpoint) -> Result<TlsConnectorBuilder> {
    let mut builder = TlsConnector::builder();
    for authority in authorities(endpoint)? {
        builder.add_root_certificate(authority);
    }
    Ok(builder)
}

/// Takes any certificate: for whoever compares its fingerprint before anything is sent.
fn unchecked() -> TlsConnectorBuilder {
    let mut builder = TlsConnector::builder();
    builder.danger_accept_invalid_certs(true).danger_accept_invalid_hostnames(true);
    builder
}

/// The handshake; inside `Ok`, why the certificate was refused.
fn handshake(
    endpoint: &Endpoint,
    mut builder: TlsConnectorBuilder,
    tcp: TcpStream,
    timeouts: &Timeouts,
) -> Result<std::result::Result<TlsStream<TcpStream>, &'static str>> {
    let place = place(endpoint);
    let broken = |error: &dyn std::fmt::Display| Problem::new(Kind::Network, format!("{place}: {error}"));
    builder.min_protocol_version(Some(Protocol::Tlsv12));
    let connector = builder
        .build()
        .map_err(|error| Problem::new(Kind::Internal, format!("TLS cannot be used on this system: {error}")))?;
    tcp.set_read_timeout(Some(timeouts.connect)).map_err(|error| broken(&error))?;
    tcp.set_write_timeout(Some(timeouts.connect)).map_err(|error| broken(&error))?;
    let host = endpoint.host.trim_start_matches('[').trim_end_matches(']');
    match connector.connect(host, tcp) {
        Ok(stream) => Ok(Ok(stream)),
        Err(HandshakeError::WouldBlock(_)) => {
            Err(Problem::new(Kind::Network, format!("{place} does not answer the TLS handshake"))
                .hint("check the port and security in the configuration"))
        }
        Err(HandshakeError::Failure(error)) => match certificate_fault(&error.to_string()) {
            Some(why) => Ok(Err(why)),
            None => Err(handshake_problem(&place, &error)),
        },
    }
}

/// The authorities of `ca_file`; none when it is not set.
fn authorities(endpoint: &Endpoint) -> Result<Vec<Certificate>> {
    let Some(path) = &endpoint.ca_file else { return Ok(Vec::new()) };
    let unusable = |why: &dyn std::fmt::Display| {
        Problem::new(Kind::Config, format!("ca_file {} cannot be used: {why}", path.display()))
            .hint("it must hold certificates in PEM form (-----BEGIN CERTIFICATE-----)")
    };
    let pem = std::fs::read(path).map_err(|error| unusable(&error))?;
    let authorities = Certificate::stack_from_pem(&pem).map_err(|error| unusable(&error))?;
    if authorities.is_empty() { Err(unusable(&"it holds no certificate")) } else { Ok(authorities) }
}

/// A handshake that failed for another reason than the certificate, in words. The reasons are known only by the text OpenSSL and macOS give.
fn handshake_problem(place: &str, error: &native_tls::Error) -> Problem {
    let said = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        if let Some(io) = inner.downcast_ref::<io::Error>() {
            return Problem::new(Kind::Network, format!("{place} broke off the TLS handshake: {io}"));
        }
        cause = inner.source();
    }
    if said.contains("unexpected EOF") || said.contains("unexpected eof") {
        return Problem::new(Kind::Network, format!("{place} broke off the TLS handshake"));
    }
    // OpenSSL says "wrong version number" to a greeting in plain text.
    Problem::new(Kind::Untrusted, format!("{place} does not speak TLS on this port: {said}"))
        .hint("check port and security in the configuration: \"tls\" or \"starttls\"")
}

/// Why a certificate was refused, or `None` when the fault is another.
fn certificate_fault(said: &str) -> Option<&'static str> {
    let said = said.to_lowercase();
    let reasons = [
        ("expired", "it has expired"),
        ("not yet valid", "it is not valid yet"),
        ("hostname mismatch", "it belongs to another host"),
        ("host name", "it belongs to another host"),
        ("ip address mismatch", "it belongs to another address"),
        ("self-signed", "it is self-signed or from an authority this computer does not know"),
        ("self signed", "it is self-signed or from an authority this computer does not know"),
        ("local issuer", "it is from an authority this computer does not know"),
        ("issuer certificate", "it is from an authority this computer does not know"),
        ("revoked", "it was revoked"),
        ("not trusted", "it is from an authority this computer does not know"),
        ("certificate verify failed", "it did not pass the check"),
    ];
    reasons.into_iter().find(|(words, _)| said.contains(words)).map(|(_, why)| why)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::account::Security;
    use crate::net::connect::tcp;
    use crate::net::script::{Server, Step, certificate, impatient, patient};

    fn connect(server_steps: Vec<Step>, host: &str, ca_file: Option<&str>) -> Result<Stream> {
        let server = Server::play(server_steps);
        let ca_file = ca_file.map(certificate);
        let endpoint = Endpoint { host: host.to_owned(), ca_file, security: Security::Tls, ..server.endpoint() };
        let stream = secured(&endpoint, &impatient(), &|| tcp(&endpoint, &patient()));
        match stream {
            // Held until the caller is through with it.
            Ok(stream) => Ok(stream),
            Err(problem) => {
                server.heard();
                Err(problem)
            }
        }
    }

    #[test]
    fn an_authority_of_ones_own_is_trusted_when_it_is_named() {
        for host in ["127.0.0.1", "localhost"] {
            assert!(connect(vec![Step::Tls("good"), Step::Hold], host, Some("authority")).is_ok(), "{host}");
        }
    }

    #[test]
    fn a_certificate_is_refused_for_a_reason() {
        for (certificate, ca_file, why) in [
            ("good", None, "an authority this computer does not know"),
            ("expired", Some("authority"), "it has expired"),
            ("elsewhere", Some("authority"), "it belongs to another"),
        ] {
            let problem = connect(vec![Step::Tls(certificate), Step::Hold], "127.0.0.1", ca_file).unwrap_err();
            assert_eq!(problem.kind, Kind::Untrusted, "{problem}");
            assert!(problem.sentence.contains(why), "{certificate}: {problem}");
            assert!(problem.hint.unwrap().contains("ca_file"));
        }
    }

    #[test]
    fn a_ca_file_that_is_none_is_said_so_before_anything_is_opened() {
        for name in ["key", "missing"] {
            let ca_file = Some(certificate(name));
            let host = "127.0.0.1".to_owned();
            let endpoint = Endpoint { host, port: 1, security: Security::Tls, ca_file, pin: None };
            let problem = secured(&endpoint, &impatient(), &|| panic!("opened")).unwrap_err();
            assert_eq!(problem.kind, Kind::Config, "{problem}");
            assert!(problem.sentence.contains(name), "{problem}");
        }
    }

    #[test]
    fn a_broken_handshake_is_a_matter_of_the_network() {
        for steps in [vec![Step::Close], vec![Step::Hold]] {
            let server = Server::play(steps);
            let endpoint = server.endpoint();
            let timeouts = Timeouts { connect: impatient().read, ..patient() };
            let problem = secured(&endpoint, &timeouts, &|| tcp(&endpoint, &patient())).unwrap_err();
            assert_eq!(problem.kind, Kind::Network, "{problem}");
            server.heard();
        }
    }

    /// The SHA-256 of a certificate of the tests.
    fn digest_of(name: &str) -> Fingerprint {
        let pem = std::fs::read(certificate(name)).unwrap();
        Fingerprint::new(Sha256::digest(Certificate::from_pem(&pem).unwrap().to_der().unwrap()).into())
    }

    #[test]
    fn a_refused_certificate_is_shown_with_its_fingerprint() {
        let servers = [Server::play(vec![Step::Tls("expired")]), Server::play(vec![Step::Tls("expired"), Step::Hold])];
        let mut endpoints = servers.iter().map(Server::endpoint);
        let (first, second) = (endpoints.next().unwrap(), endpoints.next().unwrap());
        let asked = std::cell::Cell::new(false);
        let endpoint = Endpoint { ca_file: Some(certificate("authority")), ..first.clone() };
        let bare = || tcp(if asked.replace(true) { &second } else { &first }, &patient());
        let problem = secured(&endpoint, &patient(), &bare).unwrap_err();
        let hint = problem.hint.unwrap();
        assert!(hint.contains(&format!("certificate = \"{}\"", digest_of("expired"))), "{hint}");
        assert!(hint.contains("administrator"), "{hint}");
        servers.into_iter().for_each(|server| drop(server.heard()));
    }

    #[test]
    fn a_pinned_certificate_is_taken_and_no_other() {
        // Whatever its name, its dates and its authority.
        for name in ["expired", "elsewhere", "good"] {
            let server = Server::play(vec![Step::Tls(name), Step::Hold]);
            let endpoint = Endpoint { pin: Some(digest_of(name)), ..server.endpoint() };
            let stream = secured(&endpoint, &patient(), &|| tcp(&endpoint, &patient()));
            assert!(stream.is_ok(), "{name}: {stream:?}");
            drop(stream);
            server.heard();
        }
        // Not even one that is good in itself.
        let server = Server::play(vec![Step::Tls("good"), Step::Hold]);
        let pin = Some(digest_of("expired"));
        let endpoint = Endpoint { pin, ca_file: Some(certificate("authority")), ..server.endpoint() };
        let problem = secured(&endpoint, &patient(), &|| tcp(&endpoint, &patient())).unwrap_err();
        assert_eq!(problem.kind, Kind::Untrusted);
        assert!(problem.sentence.contains("not the one that is pinned"), "{problem}");
        assert!(problem.hint.unwrap().contains(&digest_of("good").to_string()));
        assert_eq!(server.heard(), "", "nothing was said to it");
    }
}
