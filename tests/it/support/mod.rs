//! What the tests stand on: a private Dovecot, a private SMTP server, a terminal, and a home for the program.
//!
//! Everything lives in temporary folders and on free loopback ports, so tests run side by side; nothing outlives
//! its test, not even when the test is killed. Waiting is always polling with a deadline, never a sleep.
#![allow(dead_code, unused_imports, reason = "a toolbox: not every test run uses every tool")]

pub mod ca;
pub mod client;
pub mod courier;
pub mod cyrus;
pub mod dovecot;
pub mod dump;
pub mod guard;
pub mod home;
pub mod keyring;
pub mod mailbox;
pub mod maildir;
pub mod provider;
pub mod proxy;
pub mod pty;
pub mod replay;
pub mod smtp;
pub mod unpacked;
pub mod web;

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::net::TcpListener;
use std::path::Path;
use std::time::{Duration, Instant};

pub use ca::CertKind;
pub use client::{Client, wire_name};
pub use courier::Courier;
pub use cyrus::Cyrus;
pub use dovecot::Dovecot;
pub use home::{Account, Home, Security, home};
pub use keyring::Keyring;
pub use provider::Provider;
pub use proxy::{Break, Proxy};
pub use pty::Terminal;
pub use smtp::{Accepted, Fault, Phase, SmtpServer};

/// The password of every test user, and what configurations name by `PASSWORD_VARIABLE`.
pub const PASSWORD: &str = "Canary-Passw0rd-73519";

/// The environment variable that holds `PASSWORD` when the program runs.
pub const PASSWORD_VARIABLE: &str = "POSTBOOK_TEST_PASSWORD";

/// How long a test waits for anything before it fails: generous, because a loaded machine is not a defect.
pub const DEADLINE: Duration = Duration::from_secs(60);

/// A folder for temporary files in memory where the system has one.
pub fn memory() -> &'static Path {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { memory } else { Path::new("/tmp") }
}

/// Asks `closure` every 10 ms until it answers; panics with `what` when `deadline` has passed.
#[track_caller]
pub fn poll_until<T>(deadline: Duration, what: &str, closure: impl FnMut() -> Option<T>) -> T {
    match try_until(deadline, closure) {
        Some(answer) => answer,
        None => panic!("waited {deadline:?} in vain for: {what}"),
    }
}

/// Like `poll_until`, but gives `None` when `deadline` has passed, for callers with a better story to tell.
pub fn try_until<T>(deadline: Duration, mut closure: impl FnMut() -> Option<T>) -> Option<T> {
    let end = Instant::now() + deadline;
    loop {
        if let Some(answer) = closure() {
            return Some(answer);
        }
        if Instant::now() >= end {
            return None;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// A loopback port that nobody listens on now.
///
/// Taken at random from below the range that systems use for outgoing connections: a port handed out by `bind(0)`
/// could be the local end of some other test's connection by the time a server wants it, or wants it again.
pub fn free_port() -> u16 {
    loop {
        let random = RandomState::new().hash_one(Instant::now());
        let port = 15_000 + u16::try_from(random % 17_000).expect("below 17,000");
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
