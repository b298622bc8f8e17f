//! A private Dovecot 2.3: real IMAP in a temporary folder, started in a tenth of a second.

use std::io::Read;
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tempfile::TempDir;

use super::ca::{CertKind, certificate};
use super::guard::Guarded;
use super::maildir::{self, Owner};
use super::{DEADLINE, PASSWORD, free_port, memory, try_until};

/// What Dovecot 2.3 announces after login when nothing is configured.
const CAPABILITIES: &str = "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT SORT=DISPLAY THREAD=REFERENCES \
    THREAD=REFS THREAD=ORDEREDSUBJECT MULTIAPPEND URL-PARTIAL CATENATE UNSELECT CHILDREN NAMESPACE UIDPLUS \
    LIST-EXTENDED I18NLEVEL=1 CONDSTORE QRESYNC ESEARCH ESORT SEARCHRES WITHIN CONTEXT=SEARCH LIST-STATUS BINARY \
    MOVE SNIPPET=FUZZY PREVIEW=FUZZY PREVIEW STATUS=SIZE SAVEDATE LITERAL+ NOTIFY SPECIAL-USE";

const CONFIG: &str = include_str!("dovecot.conf.in");

/// How a private Dovecot shall differ from the usual one.
pub struct Builder {
    users: Vec<(String, String)>,
    without: Vec<String>,
    certificate: CertKind,
    max_connections: u32,
    separator: char,
    copies: usize,
    tokens: Option<(String, String)>,
}

impl Builder {
    /// Adds a user with the password `PASSWORD`.
    pub fn user(self, name: &str) -> Self {
        self.user_with(name, PASSWORD)
    }

    /// Adds a user with a password of its own.
    pub fn user_with(mut self, name: &str, password: &str) -> Self {
        self.users.push((name.to_owned(), password.to_owned()));
        self
    }

    /// Does not announce these capabilities, such as `CONDSTORE`, `QRESYNC`, `MOVE`, `UIDPLUS`, `SPECIAL-USE` or
    /// `IDLE`. Dovecot would still obey the commands: a client that uses one unannounced is not caught by this.
    pub fn without(mut self, capabilities: &[&str]) -> Self {
        self.without.extend(capabilities.iter().map(|&name| name.to_owned()));
        self
    }

    /// Shows this certificate.
    pub fn certificate(mut self, kind: CertKind) -> Self {
        self.certificate = kind;
        self
    }

    /// Allows one user this many connections at a time.
    pub fn max_connections(mut self, limit: u32) -> Self {
        self.max_connections = limit;
        self
    }

    /// Separates the levels of folder names with this character (`.` when not said).
    pub fn separator(mut self, separator: char) -> Self {
        self.separator = separator;
        self
    }

    /// Takes tokens by these mechanisms ("oauthbearer xoauth2") and no passwords; asks `introspection` about them.
    pub fn tokens(mut self, mechanisms: &str, introspection: &str) -> Self {
        self.tokens = Some((mechanisms.to_owned(), introspection.to_owned()));
        self
    }

    /// Knows so many more users, `copy0` and so on, whose mail comes by `Dovecot::copy_user`.
    pub fn copies(mut self, count: usize) -> Self {
        self.copies = count;
        self
    }

    /// Starts it; returns when it greets.
    pub fn start(self) -> Dovecot {
        // Not below TMPDIR: the names of Dovecot's sockets must stay shorter than 108 bytes. Thousands of mailboxes go into
        // memory, where there is such a place: a disk takes its time over so many small files.
        let place = if self.copies > 0 { memory() } else { Path::new("/tmp") };
        let dir = tempfile::Builder::new().prefix("postbook-imap-").tempdir_in(place).expect("temporary folder");
        std::fs::set_permissions(dir.path(), PermissionsExt::from_mode(0o711)).expect("chmod our own folder");
        let owner = Owner::choose(dir.path());
        let mut dovecot = Dovecot {
            dir,
            owner,
            imap_port: 0,
            imaps_port: 0,
            separator: self.separator,
            server: None,
            users: Vec::new(),
        };
        for folder in ["mail", "index", "control"] {
            dovecot.owner.make_dir(dovecot.dir.path(), &dovecot.dir.path().join(folder));
        }
        for (user, _) in &self.users {
            maildir::create(&dovecot.owner, dovecot.dir.path(), &dovecot.mail_dir(user));
        }
        let certificate = certificate(self.certificate);
        dovecot.write("cert.pem", &certificate.cert);
        dovecot.write("key.pem", &certificate.key);
        dovecot.users = self.users.iter().map(|(name, _)| name.clone()).collect();
        let copies = (0..self.copies).map(|number| (format!("copy{number}"), PASSWORD.to_owned()));
        let users = self.users.iter().cloned().chain(copies);
        let users = users.map(|(name, password)| format!("{name}:{{PLAIN}}{password}::::::\n"));
        dovecot.write("users", &users.collect::<String>());
        if let Some((_, introspection)) = &self.tokens {
            let about = format!(
                "introspection_url = {introspection}\nintrospection_mode = post\nusername_attribute = username\n\
                 active_attribute = active\nactive_value = true\n"
            );
            dovecot.write("oauth2.conf", &about);
        }
        for _ in 0..10 {
            dovecot.imap_port = free_port();
            dovecot.imaps_port = free_port();
            dovecot.write("dovecot.conf", &self.config(&dovecot));
            match dovecot.launch() {
                Started::Ready => return dovecot,
                Started::PortTaken => {}
            }
        }
        panic!("no free port in ten attempts\n{}", dovecot.log());
    }

    fn config(&self, dovecot: &Dovecot) -> String {
        let dropped = |name: &str| self.without.iter().any(|without| without.eq_ignore_ascii_case(name));
        let capability = if self.without.is_empty() {
            String::new()
        } else {
            let kept: Vec<&str> = CAPABILITIES.split_whitespace().filter(|name| !dropped(name)).collect();
            format!("imap_capability = {}", kept.join(" "))
        };
        let (mechanisms, tokens) = match &self.tokens {
            None => ("plain login", String::new()),
            Some((mechanisms, _)) => {
                let passdb = format!("driver = oauth2\n  mechanisms = {mechanisms}\n  args = @D@/oauth2.conf");
                (mechanisms.as_str(), format!("passdb {{\n  {passdb}\n}}"))
            }
        };
        CONFIG
            .replace("@MECHANISMS@", mechanisms)
            .replace("@TOKENS@", &tokens)
            .replace("@D@", &dovecot.dir.path().display().to_string())
            .replace("@U@", &dovecot.owner.user)
            .replace("@G@", &dovecot.owner.group)
            .replace("@P@", &dovecot.imap_port.to_string())
            .replace("@PS@", &dovecot.imaps_port.to_string())
            .replace("@SEP@", &self.separator.to_string())
            .replace("@MAX@", &self.max_connections.to_string())
            .replace("@CAPABILITY@", &capability)
            .replace("@SPECIAL@", if dropped("SPECIAL-USE") { "# " } else { "special_use = " })
    }
}

enum Started {
    Ready,
    PortTaken,
}

/// A running private Dovecot. Dropping it ends it and removes its mail.
pub struct Dovecot {
    dir: TempDir,
    owner: Owner,
    /// IMAP, with STARTTLS and without encryption.
    pub imap_port: u16,
    /// IMAP over TLS.
    pub imaps_port: u16,
    separator: char,
    users: Vec<String>,
    server: Option<Guarded>,
}

impl Dovecot {
    /// Starts one with these users, all with the password `PASSWORD`.
    pub fn start(users: &[&str]) -> Self {
        users.iter().fold(Self::builder(), |builder, user| builder.user(user)).start()
    }

    /// Describes one that differs from the usual.
    pub fn builder() -> Builder {
        Builder {
            users: Vec::new(),
            without: Vec::new(),
            certificate: CertKind::Good,
            max_connections: 100,
            separator: '.',
            copies: 0,
            tokens: None,
        }
    }

    /// Ends it in good order; clients hear BYE.
    pub fn stop(&mut self) {
        if let Some(server) = self.server.take() {
            server.stop();
            self.wait_closed();
        }
    }

    /// Ends it at once; clients see the connection break.
    pub fn kill(&mut self) {
        if let Some(server) = self.server.take() {
            server.kill();
            self.wait_closed();
        }
    }

    /// Its children may hold the ports a moment longer than their master lives.
    fn wait_closed(&self) {
        let closed = |port| TcpStream::connect(("127.0.0.1", port)).is_err();
        let both = || (closed(self.imap_port) && closed(self.imaps_port)).then_some(());
        assert!(try_until(DEADLINE, both).is_some(), "something still listens\n{}", self.log());
    }

    /// Starts it again after `stop` or `kill` (or stops it first) with the same ports and the same mail.
    pub fn restart(&mut self) {
        self.stop();
        let ready = try_until(DEADLINE, || matches!(self.launch(), Started::Ready).then_some(()));
        assert!(ready.is_some(), "the ports were taken by someone else\n{}", self.log());
    }

    /// What it logged, and what it printed when it could not even log.
    pub fn log(&self) -> String {
        let read = |name| std::fs::read(self.dir.path().join(name)).unwrap_or_default();
        let both = [read("output.txt"), read("dovecot.log")].concat();
        format!("--- Dovecot's log ---\n{}", String::from_utf8_lossy(&both))
    }

    /// The names of its users.
    pub fn users(&self) -> &[String] {
        &self.users
    }

    /// Gives a user all that another has on the server: letters, numbers, flags and modification sequences.
    pub fn copy_user(&self, from: &str, to: &str) {
        for kind in ["mail", "index", "control"] {
            let place = self.dir.path().join(kind);
            if place.join(from).exists() {
                maildir::copy(&self.owner, &place.join(from), &place.join(to));
            }
        }
    }

    /// Removes what a user has on the server.
    pub fn forget_user(&self, user: &str) {
        for kind in ["mail", "index", "control"] {
            let _ = std::fs::remove_dir_all(self.dir.path().join(kind).join(user));
        }
    }

    /// The Maildir of a user's INBOX.
    pub fn mail_dir(&self, user: &str) -> PathBuf {
        self.dir.path().join("mail").join(user).join("Maildir")
    }

    /// Writes a letter straight into a user's folder and gives its file. The folder is made when missing; a name
    /// with other than ASCII letters is given as on the wire (modified UTF-7). `flags` as in `maildir::deliver`.
    pub fn deliver(&self, user: &str, folder: &str, bytes: &[u8], flags: &str) -> PathBuf {
        maildir::deliver(&self.owner, &self.folder_dir(user, folder), bytes, flags, None)
    }

    /// As `deliver`, as if the letter had arrived at `received`.
    pub fn deliver_at(&self, user: &str, folder: &str, bytes: &[u8], flags: &str, received: SystemTime) -> PathBuf {
        maildir::deliver(&self.owner, &self.folder_dir(user, folder), bytes, flags, Some(received))
    }

    /// Makes the server forget how it numbered a folder: the letters stay, UIDVALIDITY and all UIDs change.
    /// Restarts the server, since a running one would remember.
    pub fn reset_uid_validity(&mut self, user: &str, folder: &str) {
        self.stop();
        let below = if folder.eq_ignore_ascii_case("INBOX") { ".INBOX".to_owned() } else { self.on_disk(folder) };
        for kind in ["index", "control"] {
            let dir = self.dir.path().join(kind).join(user).join(&below);
            if dir.exists() {
                std::fs::remove_dir_all(&dir).expect("remove what the server knows");
            }
        }
        self.restart();
    }

    fn on_disk(&self, folder: &str) -> String {
        format!(".{}", folder.replace(self.separator, "."))
    }

    fn folder_dir(&self, user: &str, folder: &str) -> PathBuf {
        let inbox = self.mail_dir(user);
        assert!(inbox.is_dir(), "{user} is no user of this server");
        if folder.eq_ignore_ascii_case("INBOX") {
            return inbox;
        }
        let dir = inbox.join(self.on_disk(folder));
        if !dir.join("cur").is_dir() {
            maildir::create(&self.owner, self.dir.path(), &dir);
        }
        dir
    }

    fn write(&self, name: &str, content: &str) {
        let path = self.dir.path().join(name);
        std::fs::write(&path, content).expect("write into our own folder");
        // Dovecot reads the passwords with the rights of the mail's owner.
        self.owner.give(&path);
    }

    fn launch(&mut self) -> Started {
        let before = self.log().len();
        // Left behind by `kill`: its number may be some other process's by now.
        let _ = std::fs::remove_file(self.dir.path().join("run/master.pid"));
        let config = self.dir.path().join("dovecot.conf").display().to_string();
        let command = [executable(), "-F", "-c", &config];
        let server = Guarded::start(self.dir.path(), &self.dir.path().join("output.txt"), &command);
        let logged = |text| {
            let log = self.log();
            let mut news = log.get(before..).unwrap_or_default().lines();
            // Processes of an earlier start may be at their end only now.
            news.any(|line| line.contains(text) && !line.contains("killed with signal"))
        };
        let outcome = try_until(DEADLINE, || {
            // Its own log must say so too: another server may sit on the port that ours could not take.
            let ready = logged("starting up") && greets(self.imap_port);
            (ready || logged("Fatal:")).then_some(ready)
        });
        if outcome == Some(true) {
            self.server = Some(server);
            return Started::Ready;
        }
        server.kill();
        let log = self.log();
        // Two of its own ports may have been the same one when they were asked for.
        let taken = |news: &str| news.contains("in use") || news.contains("duplicate listener");
        assert!(log.get(before..).is_some_and(taken), "Dovecot does not start\n{log}");
        Started::PortTaken
    }
}

/// True when an IMAP server greets at this port.
pub fn greets(port: u16) -> bool {
    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else {
        return false;
    };
    stream.set_read_timeout(Some(Duration::from_secs(5))).expect("a timeout above zero");
    let mut greeting = [0; 4];
    stream.read_exact(&mut greeting).is_ok() && &greeting == b"* OK"
}

/// An ordinary user's PATH often lacks the folders of system programs.
fn executable() -> &'static str {
    ["/usr/sbin/dovecot", "/usr/local/sbin/dovecot", "/opt/homebrew/sbin/dovecot"]
        .into_iter()
        .find(|path| Path::new(path).exists())
        .unwrap_or("dovecot")
}
