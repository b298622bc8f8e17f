//! A private Courier: Debian's `imapd` behind a sign-in of ours.
//!
//! Courier's own sign-in (`imaplogin`) asks a daemon at a place that is compiled in, for the whole system. What it does once it
//! is satisfied is small: it runs `imapd` on the same connection and tells it the tag of the command. That is done here.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tempfile::TempDir;

use super::guard::Guarded;
use super::maildir::{self, Owner};
use super::{PASSWORD, unpacked};

/// Debian's `/etc/courier/imapd`.
const CAPABILITIES: &str =
    "IMAP4rev1 UIDPLUS CHILDREN NAMESPACE THREAD=ORDEREDSUBJECT THREAD=REFERENCES SORT QUOTA IDLE";

/// A running private Courier with one user. Dropping it ends it and removes its mail.
pub struct Courier {
    dir: TempDir,
    /// IMAP without encryption.
    pub port: u16,
    over: Arc<AtomicBool>,
    /// The daemon that tells Courier when a folder changed.
    watcher: Option<Guarded>,
}

/// What a connection needs to become Courier's.
#[derive(Clone)]
struct Login {
    user: String,
    owner: Owner,
    home: PathBuf,
    program: PathBuf,
    libraries: String,
    log: PathBuf,
    watcher: String,
}

impl Courier {
    /// Starts one with this user and the password `PASSWORD`; `None` where it cannot be had.
    pub fn start(user: &str) -> Option<Self> {
        let root = unpacked::root()?;
        let dir = tempfile::Builder::new().prefix("postbook-courier-").tempdir_in("/tmp").expect("temporary folder");
        std::fs::set_permissions(dir.path(), PermissionsExt::from_mode(0o711)).expect("chmod our own folder");
        let owner = Owner::choose(dir.path());
        let home = dir.path().join("home");
        owner.make_dir(dir.path(), &home);
        maildir::create(&owner, dir.path(), &home.join("Maildir"));
        let libraries = unpacked::libraries(root);
        let name = dir.path().file_name().expect("it has a name").to_string_lossy().into_owned();
        let (settings, account) = (format!("LD_LIBRARY_PATH={libraries}"), format!("USER={}", owner.user));
        let program = root.join("usr/libexec/gam_server").display().to_string();
        let mut command = vec!["env", &settings, &account];
        if owner.ids().is_some() {
            command.extend(["setpriv", "--reuid", &owner.user, "--regid", &owner.group, "--clear-groups"]);
        }
        command.extend([program.as_str(), "--notimeout", &name]);
        let watcher = Guarded::start(dir.path(), &dir.path().join("watcher.txt"), &command);
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("it is bound").port();
        let login = Login {
            user: user.to_owned(),
            owner,
            home,
            program: root.join("usr/bin/imapd"),
            libraries,
            log: dir.path().join("imapd.txt"),
            watcher: name,
        };
        let over = Arc::new(AtomicBool::new(false));
        let closed = over.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if closed.load(Ordering::SeqCst) {
                    return;
                }
                let login = login.clone();
                std::thread::spawn(move || login.serve(stream));
            }
        });
        Some(Self { dir, port, over, watcher: Some(watcher) })
    }

    /// What `imapd` printed.
    pub fn log(&self) -> String {
        let log = std::fs::read(self.dir.path().join("imapd.txt")).unwrap_or_default();
        format!("--- Courier's log ---\n{}", String::from_utf8_lossy(&log))
    }

    /// The Maildir of INBOX.
    pub fn mail_dir(&self) -> PathBuf {
        self.dir.path().join("home/Maildir")
    }
}

impl Drop for Courier {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        if let Some(watcher) = self.watcher.take() {
            watcher.kill();
        }
    }
}

impl Login {
    fn serve(&self, mut stream: TcpStream) {
        let _ = stream.set_nodelay(true);
        if let Some(tag) = self.greet(&mut stream) {
            self.become_imapd(stream, &tag);
        }
    }

    /// Talks until somebody has signed in; the tag of the command that did.
    fn greet(&self, stream: &mut TcpStream) -> Option<String> {
        let greeting = format!("* OK [CAPABILITY {CAPABILITIES} AUTH=PLAIN] Courier-IMAP ready.\r\n");
        stream.write_all(greeting.as_bytes()).ok()?;
        loop {
            let line = read_line(stream)?;
            let mut words = line.split(' ');
            let (tag, verb) = (words.next()?.to_owned(), words.next()?.to_ascii_uppercase());
            let answer = match verb.as_str() {
                "CAPABILITY" => format!("* CAPABILITY {CAPABILITIES} AUTH=PLAIN\r\n{tag} OK CAPABILITY completed\r\n"),
                "NOOP" => format!("{tag} OK NOOP completed\r\n"),
                "LOGOUT" => format!("* BYE Courier-IMAP server shutting down\r\n{tag} OK LOGOUT completed\r\n"),
                "LOGIN" if line.contains(&self.user) && line.contains(PASSWORD) => return Some(tag),
                "AUTHENTICATE" => {
                    stream.write_all(b"+ \r\n").ok()?;
                    let sent = base64::Engine::decode(&base64::prelude::BASE64_STANDARD, read_line(stream)?).ok()?;
                    if sent == format!("\0{}\0{PASSWORD}", self.user).as_bytes() {
                        return Some(tag);
                    }
                    format!("{tag} NO Login failed.\r\n")
                }
                _ => format!("{tag} NO Error in IMAP command received by server.\r\n"),
            };
            stream.write_all(answer.as_bytes()).ok()?;
        }
    }

    fn become_imapd(&self, stream: TcpStream, tag: &str) {
        let Ok(log) = std::fs::File::options().create(true).append(true).open(&self.log) else { return };
        let Ok(again) = stream.try_clone() else { return };
        let mut command = Command::new(&self.program);
        command
            .arg(self.home.join("Maildir"))
            .current_dir(&self.home)
            .env_clear()
            .env("LD_LIBRARY_PATH", &self.libraries)
            .env("IMAPLOGINTAG", tag)
            .env("AUTHENTICATED", &self.user)
            .env("MAILDIR", self.home.join("Maildir"))
            .env("HOME", &self.home)
            .env("PROTOCOL", "IMAP")
            .env("IMAP_CAPABILITY", CAPABILITIES)
            .envs([("IMAP_KEYWORDS", "1"), ("IMAP_ACL", "1"), ("IMAP_USELOCKS", "1"), ("IMAP_ENHANCEDIDLE", "0")])
            .envs([("IMAP_CHECK_ALL_FOLDERS", "0"), ("IMAP_OBSOLETE_CLIENT", "0"), ("IMAP_TRASHFOLDERNAME", "Trash")])
            .envs([("TCPREMOTEIP", "127.0.0.1"), ("TCPREMOTEPORT", "1"), ("TCPLOCALPORT", "143")])
            .env("GAM_CLIENT_ID", &self.watcher)
            .stdin(Stdio::from(OwnedFd::from(stream)))
            .stdout(Stdio::from(OwnedFd::from(again)))
            .stderr(log);
        if let Some((user, group)) = self.owner.ids() {
            command.uid(user).gid(group);
        }
        let child = command.spawn();
        // Ours are closed with the command; the connection is the child's alone.
        drop(command);
        if let Ok(mut child) = child {
            let _ = child.wait();
        }
    }
}

/// One line; byte by byte, since what follows it is `imapd`'s.
fn read_line(stream: &mut TcpStream) -> Option<String> {
    let mut line = Vec::new();
    let mut byte = [0];
    while !line.ends_with(b"\n") {
        stream.read_exact(&mut byte).ok()?;
        line.push(byte[0]);
    }
    Some(String::from_utf8_lossy(&line).trim_end().to_owned())
}
