//! A server that says what a test tells it to say, over a real loopback socket.

use super::Timeouts;
use crate::domain::account::{Endpoint, Login, Secret, Security};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use std::time::Duration;

/// One thing the server does.
#[derive(Debug, Clone)]
pub enum Step {
    /// Says this; `TAG` stands for the tag of the last command heard.
    Say(Vec<u8>),
    /// Says this in packets of one byte.
    Drip(Vec<u8>),
    /// Hears a line that contains this.
    Hear(&'static str),
    /// Hears this many bytes, and a line's end.
    HearBytes(usize),
    /// Hears a letter up to its final dot.
    HearLetter,
    /// Begins TLS with the certificate of this name; the steps end when the client does not like it.
    Tls(&'static str),
    /// Says nothing until the client goes away.
    Hold,
    /// Stops hearing and saying; closes the connection.
    Close,
}

/// Says a line.
pub fn say(line: &str) -> Step {
    Step::Say(format!("{line}\r\n").into_bytes())
}

/// Hears a line with this in it.
pub fn hear(part: &'static str) -> Step {
    Step::Hear(part)
}

/// A server that plays its steps for one connection.
pub struct Server {
    port: u16,
    thread: JoinHandle<Vec<u8>>,
}

impl Server {
    /// Starts it.
    pub fn play(steps: Vec<Step>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let thread = std::thread::spawn(move || {
            let (stream, _) = listener.accept().unwrap();
            // A test that goes wrong ends; it does not hang.
            stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
            stream.set_nodelay(true).unwrap();
            perform(stream, steps)
        });
        Self { port, thread }
    }

    /// How to reach it.
    pub fn endpoint(&self) -> Endpoint {
        Endpoint {
            host: "127.0.0.1".to_owned(),
            port: self.port,
            security: Security::Plaintext,
            ca_file: None,
            pin: None,
        }
    }

    /// Waits for its end: everything it heard. Fails when it did not hear what it was told to.
    pub fn heard(self) -> String {
        String::from_utf8_lossy(&self.thread.join().expect("the script was not followed")).into_owned()
    }
}

/// A socket, with TLS or without.
trait Talk: Read + Write {}
impl<T: Read + Write> Talk for T {}

fn perform(stream: TcpStream, steps: Vec<Step>) -> Vec<u8> {
    let mut bare = Some(stream.try_clone().unwrap());
    let mut stream: BufReader<Box<dyn Talk>> = BufReader::new(Box::new(stream));
    let mut tag = Vec::new();
    let mut heard = Vec::new();
    for step in steps {
        match step {
            Step::Say(words) => drop(stream.get_mut().write_all(&tagged(&words, &tag))),
            Step::Drip(words) => {
                for byte in tagged(&words, &tag) {
                    let _ = stream.get_mut().write_all(&[byte]);
                }
            }
            Step::Hear(part) => {
                let mut line = Vec::new();
                stream.read_until(b'\n', &mut line).unwrap();
                tag = line.split(|byte| *byte == b' ').next().unwrap_or_default().to_vec();
                let text = String::from_utf8_lossy(&line).into_owned();
                assert!(text.contains(part), "heard {text:?} instead of {part:?}");
                heard.extend(line);
            }
            Step::HearBytes(count) => {
                let mut bytes = vec![0; count + 2];
                stream.read_exact(&mut bytes).unwrap();
                heard.extend(bytes);
            }
            Step::HearLetter => {
                while !heard.ends_with(b"\r\n.\r\n") {
                    assert!(stream.read_until(b'\n', &mut heard).unwrap() > 0, "the letter did not end");
                }
            }
            Step::Tls(name) => {
                let acceptor = native_tls::TlsAcceptor::new(identity(name)).unwrap();
                match acceptor.accept(bare.take().unwrap()) {
                    Ok(tls) => stream = BufReader::new(Box::new(tls)),
                    Err(_) => return heard,
                }
            }
            Step::Hold => drop(stream.read_to_end(&mut heard)),
            Step::Close => return heard,
        }
    }
    heard
}

/// One of the servers in `certificates/`.
pub fn identity(name: &str) -> native_tls::Identity {
    let certificate = std::fs::read(certificate(name)).unwrap();
    native_tls::Identity::from_pkcs8(&certificate, include_bytes!("certificates/key.pem")).unwrap()
}

/// The path of a certificate of the tests.
pub fn certificate(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/net/certificates").join(format!("{name}.pem"))
}

fn tagged(words: &[u8], tag: &[u8]) -> Vec<u8> {
    let mut said = Vec::new();
    let mut rest = words;
    while let Some(at) = rest.windows(3).position(|window| window == b"TAG") {
        said.extend_from_slice(&rest[..at]);
        said.extend_from_slice(tag);
        rest = &rest[at + 3..];
    }
    said.extend_from_slice(rest);
    said
}

/// The user of the tests; the password is a canary that must never show up.
pub fn login() -> Login {
    Login { user: "anna".to_owned(), secret: Secret::new("canary-4711".to_owned()) }
}

/// Short enough for tests of stalling servers, long enough for a busy machine.
pub fn impatient() -> Timeouts {
    let short = Duration::from_millis(300);
    Timeouts { connect: Duration::from_secs(10), read: short, write: short, after_data: short }
}

/// For servers that are expected to answer.
pub fn patient() -> Timeouts {
    let long = Duration::from_secs(15);
    Timeouts { connect: long, read: long, write: long, after_data: long }
}
