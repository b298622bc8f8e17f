//! A home for the program: a folder with its configuration and its store, and ways to run it there.

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use super::{Dovecot, PASSWORD, PASSWORD_VARIABLE, SmtpServer, Terminal, ca, try_until};

/// No command of a test takes longer than this.
const COMMAND_DEADLINE: Duration = Duration::from_secs(60);

/// How a configured connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    Tls,
    StartTls,
    Plaintext,
}

impl Security {
    fn name(self) -> &'static str {
        match self {
            Self::Tls => "tls",
            Self::StartTls => "starttls",
            Self::Plaintext => "plaintext",
        }
    }
}

/// One `[[account]]` of a configuration.
#[derive(Clone, Debug)]
pub struct Account {
    pub name: String,
    pub email: String,
    pub kind: String,
    /// Login at both servers; usually the address.
    pub user: String,
    pub host: String,
    pub security: Security,
    pub imap_port: u16,
    pub smtp_port: u16,
    /// Whether the test authority is named in `ca_file`.
    pub trusted: bool,
    /// More lines for the account itself, such as `signature = "signature.md"`.
    pub more: String,
}

impl Account {
    /// An account of `user` (an address) at these servers, over TLS.
    pub fn new(name: &str, user: &str, dovecot: &Dovecot, smtp: &SmtpServer) -> Self {
        Self {
            name: name.to_owned(),
            email: user.to_owned(),
            kind: "personal".to_owned(),
            user: user.to_owned(),
            host: "localhost".to_owned(),
            security: Security::Tls,
            imap_port: 0,
            smtp_port: 0,
            trusted: true,
            more: String::new(),
        }
        .secured(Security::Tls, dovecot, smtp)
    }

    /// The same account with its connections protected in this way.
    pub fn secured(mut self, security: Security, dovecot: &Dovecot, smtp: &SmtpServer) -> Self {
        self.security = security;
        (self.imap_port, self.smtp_port) = match security {
            Security::Tls => (dovecot.imaps_port, smtp.tls_port),
            Security::StartTls => (dovecot.imap_port, smtp.starttls_port),
            Security::Plaintext => (dovecot.imap_port, smtp.plaintext_port),
        };
        self
    }

    fn to_toml(&self) -> String {
        let Self { name, email, kind, user, host, more, .. } = self;
        let mut toml = format!("\n[[account]]\nname = {name:?}\nemail = {email:?}\nkind = {kind:?}\n{more}\n");
        for (section, port) in [("imap", self.imap_port), ("smtp", self.smtp_port)] {
            let security = self.security.name();
            write!(toml, "[account.{section}]\nhost = {host:?}\nport = {port}\nsecurity = {security:?}\n").unwrap();
            writeln!(toml, "user = {user:?}\npassword = {{ env = {PASSWORD_VARIABLE:?} }}").unwrap();
            if self.trusted {
                toml.push_str("ca_file = \"test-ca.pem\"\n");
            }
        }
        toml
    }
}

/// What a command printed and how it ended.
pub struct Output {
    pub status: ExitStatus,
    pub stdout: String,
    pub stderr: String,
}

impl Output {
    /// Fails unless the command ended with 0; gives itself back.
    #[track_caller]
    pub fn success(self) -> Self {
        assert!(self.status.success(), "{}\n{}\n{}", self.status, self.stdout, self.stderr);
        self
    }

    /// Standard output as one JSON document.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        match serde_json::from_str(&self.stdout) {
            Ok(value) => value,
            Err(error) => panic!("{error}\n{}\n{}", self.stdout, self.stderr),
        }
    }
}

/// A fresh home, only for us (0700), removed when dropped.
pub fn home() -> Home {
    let dir = tempfile::Builder::new().prefix("postbook-home-").tempdir().expect("temporary folder");
    std::fs::set_permissions(dir.path(), PermissionsExt::from_mode(0o700)).expect("chmod our own folder");
    Home { dir }
}

/// The folder that is HOME for the program, with `config.toml` and `data/`.
pub struct Home {
    dir: TempDir,
}

impl Home {
    /// The folder itself.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Where the configuration is.
    pub fn config_file(&self) -> PathBuf {
        self.path().join("config.toml")
    }

    /// Where the store is. The program makes it.
    pub fn data_dir(&self) -> PathBuf {
        self.path().join("data")
    }

    /// Writes a configuration with these accounts, as the product's description has it.
    pub fn write_config(&self, accounts: &[Account]) {
        let me = "[me]\nname = \"Anna Nowak\"\ncompany = \"Firma\"\nrequisites = \"NIP 525-000-00-00, ul. Prosta 1, \
                  Warszawa\"\nlanguages = [\"pl\", \"en\"]\n";
        let accounts: String = accounts.iter().map(Account::to_toml).collect();
        self.write_config_text(&format!("{me}{accounts}"));
    }

    /// Writes this configuration, word for word; `ca_file = "test-ca.pem"` names the test authority in it.
    pub fn write_config_text(&self, toml: &str) {
        self.write("test-ca.pem", ca::ca_pem());
        self.write("config.toml", toml);
        std::fs::set_permissions(self.config_file(), PermissionsExt::from_mode(0o600)).expect("chmod");
    }

    /// Writes a file below the home, with its folders.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().expect("below the home")).expect("make folders");
        std::fs::write(&path, content).expect("write into the home");
        path
    }

    /// Runs the program with these arguments and waits for its end.
    #[track_caller]
    pub fn postbook(&self, arguments: &[&str]) -> Output {
        self.postbook_with(arguments, b"", &[])
    }

    /// As `postbook`, with something on standard input and more variables.
    #[track_caller]
    pub fn postbook_with(&self, arguments: &[&str], input: &[u8], env: &[(&str, &str)]) -> Output {
        let mut command = self.command(arguments);
        command.envs(env.iter().copied()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("start the program");
        let (mut stdin, input) = (child.stdin.take().expect("piped"), input.to_vec());
        // A program that does not read its input is no failure of the test.
        std::thread::spawn(move || stdin.write_all(&input));
        let stdout = collect(child.stdout.take().expect("piped"));
        let stderr = collect(child.stderr.take().expect("piped"));
        let status = try_until(COMMAND_DEADLINE, || child.try_wait().expect("wait for the program"));
        if status.is_none() {
            child.kill().expect("kill the program");
            child.wait().expect("wait for the program");
        }
        let stdout = stdout.join().expect("a reader never panics");
        let stderr = stderr.join().expect("a reader never panics");
        match status {
            Some(status) => Output { status, stdout, stderr },
            None => panic!("postbook {arguments:?} ran longer than {COMMAND_DEADLINE:?}\n{stdout}\n{stderr}"),
        }
    }

    /// The program with these arguments and this home's environment, to be started as the test likes.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_postbook"));
        command.args(arguments).current_dir(self.path()).env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.envs([("LANG", "C.UTF-8"), ("TZ", "UTC")]).envs(self.env());
        command
    }

    /// The program in a terminal of this size.
    pub fn terminal(&self, arguments: &[&str], cols: u16, rows: u16) -> Terminal {
        self.terminal_with(arguments, &[], cols, rows)
    }

    /// As `terminal`, with more variables, such as EDITOR or NO_COLOR.
    pub fn terminal_with(&self, arguments: &[&str], env: &[(&str, &str)], cols: u16, rows: u16) -> Terminal {
        let mut command = vec![env!("CARGO_BIN_EXE_postbook")];
        command.extend(arguments);
        let own = self.env();
        let mut all: Vec<(&str, &str)> = own.iter().map(|(name, value)| (*name, value.as_str())).collect();
        all.extend(env);
        Terminal::spawn(&command, &all, cols, rows)
    }

    /// What makes this folder the home of a program.
    pub fn env(&self) -> Vec<(&'static str, String)> {
        let text = |path: PathBuf| path.display().to_string();
        vec![
            ("HOME", text(self.path().to_owned())),
            ("POSTBOOK_CONFIG", text(self.config_file())),
            ("POSTBOOK_DATA_DIR", text(self.data_dir())),
            (PASSWORD_VARIABLE, PASSWORD.to_owned()),
            // Named, and not there: left out, the program could find the tester's own session and keyring.
            ("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", text(self.path().join("no-session-bus")))),
            ("XDG_RUNTIME_DIR", text(self.path().to_owned())),
        ]
    }
}

/// Reads to the end in a thread, so that a full pipe never stops the program.
fn collect(mut pipe: impl Read + Send + 'static) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        // What came before an error still tells the story.
        let _ = pipe.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}
