//! A real keyring (GNOME's, over a session bus of its own) that lives in a test's home and ends with the test.

use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::guard::Guarded;
use super::{DEADLINE, Home, poll_until};

/// The daemon stays in front, so that it ends with its group. An empty line is the password that unlocks it, and makes
/// the keyring; with nothing at all it would make none.
const SESSION: &str = r#"
echo | gnome-keyring-daemon --foreground --unlock --components=secrets &
echo "$DBUS_SESSION_BUS_ADDRESS" >"$1"
exec sleep infinity
"#;

/// A session bus with an unlocked keyring on it.
pub struct Keyring {
    address: String,
    // In this order: the session ends before its folder goes.
    _session: Guarded,
    _dir: TempDir,
}

impl Keyring {
    /// Starts one in this home; returns when it can be used.
    pub fn start(home: &Home) -> Self {
        let dir = tempfile::Builder::new().prefix("postbook-keyring-").tempdir_in("/tmp").expect("temporary folder");
        // In /tmp, because a socket's name must stay below 108 bytes.
        let told = dir.path().join("address");
        let variable = |name: &str, value: &std::path::Path| format!("{name}={}", value.display());
        let (own, run, data) = (
            variable("HOME", home.path()),
            variable("XDG_RUNTIME_DIR", dir.path()),
            variable("XDG_DATA_HOME", dir.path()),
        );
        let path = format!("PATH={}", std::env::var("PATH").expect("a PATH"));
        let told_name = told.display().to_string();
        let mut command = vec!["env", "-i", &path, &own, &run, &data, "dbus-run-session", "--"];
        command.extend(["bash", "-c", SESSION, "session", &told_name]);
        let output = dir.path().join("output.txt");
        let session = Guarded::start(dir.path(), &output, &command);
        let address =
            poll_until(DEADLINE, "a session bus: are dbus and gnome-keyring installed? see tests/run", || {
                std::fs::read_to_string(&told).ok().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
            });
        let keyring = Self { address, _session: session, _dir: dir };
        poll_until(DEADLINE, "a keyring", || keyring.is_ready().then_some(()));
        keyring
    }

    /// What lets a program find it.
    pub fn env(&self) -> (&str, &str) {
        ("DBUS_SESSION_BUS_ADDRESS", &self.address)
    }

    /// The bus is asked first: asking for a keyring that is not there yet would start another one, which is locked.
    fn is_ready(&self) -> bool {
        let secrets = "/org/freedesktop/secrets";
        self.says("org.freedesktop.DBus", "/", "org.freedesktop.DBus.NameHasOwner", "org.freedesktop.secrets", "true")
            && self.says(
                "org.freedesktop.secrets",
                secrets,
                "org.freedesktop.Secret.Service.ReadAlias",
                "default",
                "/login",
            )
    }

    fn says(&self, to: &str, object: &str, method: &str, argument: &str, answer: &str) -> bool {
        let asked = Command::new("dbus-send")
            .args([
                "--session",
                "--print-reply",
                &format!("--dest={to}"),
                object,
                method,
                &format!("string:{argument}"),
            ])
            .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
            .stderr(Stdio::null())
            .output();
        asked.is_ok_and(|asked| String::from_utf8_lossy(&asked.stdout).contains(answer))
    }
}
