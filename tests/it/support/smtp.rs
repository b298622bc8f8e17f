//! A private SMTP server: python3-aiosmtpd with a memory, local delivery, and faults on demand.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::ca::{CertKind, certificate};
use super::{DEADLINE, Dovecot, PASSWORD, free_port, poll_until};

/// A moment in a session at which a fault can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Before the greeting.
    Banner,
    /// At AUTH.
    Auth,
    /// At MAIL FROM.
    Mail,
    /// At each RCPT TO.
    Rcpt,
    /// At DATA, before the 354.
    Data,
    /// After the final dot, before the letter is accepted.
    EndOfData,
    /// After the letter was accepted *and delivered*, before the 250: the client cannot know.
    Acknowledgement,
}

impl Phase {
    fn name(self) -> &'static str {
        match self {
            Self::Banner => "banner",
            Self::Auth => "auth",
            Self::Mail => "mail",
            Self::Rcpt => "rcpt",
            Self::Data => "data",
            Self::EndOfData => "end_of_data",
            Self::Acknowledgement => "acknowledgement",
        }
    }
}

/// Something that goes wrong. Several can be in force; those of one phase happen in the order they were set.
#[derive(Clone, Debug)]
pub enum Fault {
    /// Answers this instead of the usual. At the banner it also closes.
    Answer(Phase, u16, String),
    /// Refuses this recipient and takes the others.
    RefuseRecipient(String, u16, String),
    /// Closes the connection without a word. At `EndOfData` the letter is not accepted, at `Acknowledgement` it is.
    Close(Phase),
    /// Takes this long before going on. A client that leaves meanwhile, at `EndOfData`, leaves no letter behind.
    Stall(Phase, Duration),
}

impl Fault {
    fn to_json(&self) -> Value {
        match self {
            Self::Answer(phase, code, text) => {
                json!({"kind": "answer", "phase": phase.name(), "code": code, "text": text})
            }
            Self::RefuseRecipient(address, code, text) => {
                let recipient = address.to_lowercase();
                json!({"kind": "answer", "phase": "rcpt", "recipient": recipient, "code": code, "text": text})
            }
            Self::Close(phase) => json!({"kind": "close", "phase": phase.name()}),
            Self::Stall(phase, time) => {
                json!({"kind": "stall", "phase": phase.name(), "seconds": time.as_secs_f64()})
            }
        }
    }
}

/// A letter the server took responsibility for, whether or not it could say so.
#[derive(Clone, Debug)]
pub struct Accepted {
    /// Envelope sender, empty for the null sender.
    pub from: String,
    /// Envelope recipients that were not refused.
    pub to: Vec<String>,
    /// The letter exactly as it came.
    pub bytes: Vec<u8>,
    /// When it was accepted.
    pub at: SystemTime,
    /// Who had logged in.
    pub user: Option<String>,
    /// Whether it came over TLS.
    pub encrypted: bool,
    /// What the client called itself.
    pub helo: String,
}

impl Accepted {
    /// The letter as text, for looking at ASCII parts.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

/// How a private SMTP server shall differ from the usual one.
pub struct Builder {
    users: BTreeMap<String, String>,
    maildirs: BTreeMap<String, PathBuf>,
    certificate: CertKind,
    size_limit: Option<u64>,
    tokens: Option<(String, String)>,
}

impl Builder {
    /// Adds a user who may send. Without any, everyone may.
    pub fn user(mut self, name: &str, password: &str) -> Self {
        self.users.insert(name.to_owned(), password.to_owned());
        self
    }

    /// Delivers letters to this address into this Maildir (which must exist).
    pub fn local(mut self, address: &str, maildir: PathBuf) -> Self {
        self.maildirs.insert(address.to_owned(), maildir);
        self
    }

    /// Lets these users of `dovecot` send with the password `PASSWORD`, and delivers their mail into their INBOX.
    pub fn users_of(self, dovecot: &Dovecot) -> Self {
        let users = dovecot.users();
        users.iter().fold(self, |builder, user| builder.user(user, PASSWORD).local(user, dovecot.mail_dir(user)))
    }

    /// Takes tokens by these mechanisms ("OAUTHBEARER XOAUTH2") and no passwords; asks `introspection` about them.
    pub fn tokens(mut self, mechanisms: &str, introspection: &str) -> Self {
        self.tokens = Some((mechanisms.to_owned(), introspection.to_owned()));
        self
    }

    /// Shows this certificate.
    pub fn certificate(mut self, kind: CertKind) -> Self {
        self.certificate = kind;
        self
    }

    /// Announces and enforces this limit (bytes).
    pub fn size_limit(mut self, bytes: u64) -> Self {
        self.size_limit = Some(bytes);
        self
    }

    /// Starts it; returns when it listens.
    pub fn start(self) -> SmtpServer {
        let dir = tempfile::Builder::new().prefix("postbook-smtp-").tempdir().expect("temporary folder");
        let write = |name: &str, content: &str| std::fs::write(dir.path().join(name), content).expect("write");
        let certificate = certificate(self.certificate);
        write("cert.pem", &certificate.cert);
        write("key.pem", &certificate.key);
        write("smtp_server.py", include_str!("smtp_server.py"));
        std::fs::create_dir(dir.path().join("accepted")).expect("make a folder");
        for _ in 0..10 {
            let ports = [free_port(), free_port(), free_port()];
            let settings = json!({
                "users": self.users,
                "tokens": self.tokens.as_ref().map(|(mechanisms, introspection)| {
                    json!({"mechanisms": mechanisms, "introspection": introspection})
                }),
                "maildirs": self.maildirs,
                "size_limit": self.size_limit.unwrap_or(50_000_000),
                "ports": {"plaintext": ports[0], "starttls": ports[1], "tls": ports[2]},
            });
            write("settings.json", &settings.to_string());
            if let Some(process) = Process::start(dir.path()) {
                let [plaintext_port, starttls_port, tls_port] = ports;
                return SmtpServer { dir, plaintext_port, starttls_port, tls_port, process: Some(process) };
            }
        }
        panic!("the SMTP server does not start\n{}", log(dir.path()));
    }
}

/// A running private SMTP server. Dropping it ends it and removes what it remembers.
pub struct SmtpServer {
    dir: TempDir,
    /// Never encrypted.
    pub plaintext_port: u16,
    /// STARTTLS is required before anything else.
    pub starttls_port: u16,
    /// TLS from the first byte.
    pub tls_port: u16,
    process: Option<Process>,
}

impl SmtpServer {
    /// Starts one for the users of `dovecot`: they may send, and receive in their INBOX.
    pub fn start(dovecot: &Dovecot) -> Self {
        Self::builder().users_of(dovecot).start()
    }

    /// Describes one that differs from the usual.
    pub fn builder() -> Builder {
        Builder {
            users: BTreeMap::new(),
            maildirs: BTreeMap::new(),
            certificate: CertKind::Good,
            size_limit: None,
            tokens: None,
        }
    }

    /// Its folder.
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// Everything accepted so far, oldest first; also while the server is stopped.
    pub fn accepted(&self) -> Vec<Accepted> {
        let spool = std::fs::read_dir(self.dir.path().join("accepted")).expect("the spool");
        let mut letters: Vec<PathBuf> = spool.map(|entry| entry.expect("the spool").path()).collect();
        letters.retain(|path| path.extension().is_none());
        letters.sort();
        letters.iter().map(|path| read_accepted(path)).collect()
    }

    /// Waits until at least this many letters were accepted.
    #[track_caller]
    pub fn wait_accepted(&self, count: usize) -> Vec<Accepted> {
        poll_until(DEADLINE, &format!("{count} accepted letters\n{}", self.log()), || {
            let accepted = self.accepted();
            (accepted.len() >= count).then_some(accepted)
        })
    }

    /// How many sessions were opened since the start.
    pub fn sessions(&self) -> u64 {
        self.order(&json!({"order": "status"}))["sessions"].as_u64().expect("a number")
    }

    /// How many stalls began since the start: when one did, a client waits at its phase.
    pub fn stalls(&self) -> u64 {
        self.order(&json!({"order": "status"}))["stalls"].as_u64().expect("a number")
    }

    /// Puts a fault in force until `clear`.
    pub fn fail(&self, fault: &Fault) {
        self.order(&json!({"order": "fault", "fault": fault.to_json(), "sessions": null}));
    }

    /// Puts a fault in force for the next sessions that come to its phase, this many.
    pub fn fail_next(&self, sessions: u32, fault: &Fault) {
        self.order(&json!({"order": "fault", "fault": fault.to_json(), "sessions": sessions}));
    }

    /// Lifts all faults.
    pub fn clear(&self) {
        self.order(&json!({"order": "clear"}));
    }

    /// Ends it; open connections break.
    pub fn stop(&mut self) {
        self.process = None;
    }

    /// Starts it again (or stops it first) with the same ports and without faults; it remembers what it accepted.
    pub fn restart(&mut self) {
        self.stop();
        self.process = Some(poll_until(DEADLINE, "the SMTP server's ports", || Process::start(self.dir.path())));
    }

    /// What it logged and printed.
    pub fn log(&self) -> String {
        log(self.dir.path())
    }

    #[track_caller]
    fn order(&self, order: &Value) -> Value {
        let process = self.process.as_ref().expect("the SMTP server is stopped");
        let answer = process.order(order);
        answer.unwrap_or_else(|| panic!("the SMTP server did not obey {order}\n{}", self.log()))
    }
}

fn log(dir: &Path) -> String {
    let read = |name| std::fs::read(dir.join(name)).unwrap_or_default();
    let both = [read("output.txt"), read("smtp.log")].concat();
    format!("--- the SMTP server's log ---\n{}", String::from_utf8_lossy(&both))
}

fn read_accepted(path: &Path) -> Accepted {
    let envelope = std::fs::read_to_string(path.join("envelope.json")).expect("an envelope");
    let envelope: Value = serde_json::from_str(&envelope).expect("JSON");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Accepted {
        from: text(&envelope["from"]),
        to: envelope["to"].as_array().expect("a list").iter().map(text).collect(),
        bytes: std::fs::read(path.join("letter.eml")).expect("a letter"),
        at: UNIX_EPOCH + Duration::from_secs_f64(envelope["at"].as_f64().expect("a time")),
        user: envelope["user"].as_str().map(str::to_owned),
        encrypted: envelope["encrypted"] == true,
        helo: text(&envelope["helo"]),
    }
}

/// The server's process, its orders and its answers. Its orders end when this goes away, and so does it.
struct Process {
    child: Child,
    orders: std::sync::Mutex<(ChildStdin, Receiver<String>)>,
}

impl Process {
    /// `None` when a port was taken.
    fn start(dir: &Path) -> Option<Self> {
        let output = std::fs::File::create(dir.join("output.txt")).expect("create the output file");
        let mut child = Command::new(python())
            // Isolated: neither the tester's environment nor packages of their own change the server.
            .arg("-I")
            .arg(dir.join("smtp_server.py"))
            .arg(dir)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(output)
            // The test's group may be killed; the server must see its orders end and clean up.
            .process_group(0)
            .spawn()
            .expect("start python3");
        let stdin = child.stdin.take().expect("piped");
        let stdout = BufReader::new(child.stdout.take().expect("piped"));
        let (sender, answers) = channel();
        std::thread::spawn(move || stdout.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        let ready = answers.recv_timeout(DEADLINE);
        let process = Self { child, orders: (stdin, answers).into() };
        if ready.is_ok() {
            return Some(process);
        }
        let printed = log(dir);
        assert!(printed.contains("address already in use"), "the SMTP server does not start\n{printed}");
        None
    }

    fn order(&self, order: &Value) -> Option<Value> {
        let mut pipe = self.orders.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        writeln!(pipe.0, "{order}").ok()?;
        serde_json::from_str(&pipe.1.recv_timeout(DEADLINE).ok()?).ok()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let mut pipe = self.orders.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        // It may have ended already; waiting for it is all that matters.
        let _ = writeln!(pipe.0, "{}", json!({"order": "quit"}));
        let _ = self.child.wait();
    }
}

/// The Python that has aiosmtpd: the system's, although another may come first in PATH.
fn python() -> &'static str {
    static FOUND: OnceLock<&'static str> = OnceLock::new();
    FOUND.get_or_init(|| {
        let system = Path::new("/usr/lib/python3/dist-packages/aiosmtpd/smtp.py").exists();
        // Only where Debian's package is not in its place does finding out cost a start of each Python.
        let candidates = ["/usr/bin/python3", "/usr/local/bin/python3", "/opt/homebrew/bin/python3", "python3"];
        let has_it = |python: &&str| {
            let import = Command::new(python).args(["-I", "-c", "import aiosmtpd.smtp"]).stderr(Stdio::null()).status();
            import.is_ok_and(|status| status.success())
        };
        if system { Some("/usr/bin/python3") } else { candidates.into_iter().find(has_it) }
            .expect("python3 with aiosmtpd is needed (Debian: python3-aiosmtpd): see tests/run")
    })
}
