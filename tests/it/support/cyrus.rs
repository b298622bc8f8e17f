//! A private Cyrus 3: Debian's programs with a configuration, a mail store and passwords of their own.

use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use super::dovecot::greets;
use super::guard::Guarded;
use super::maildir::Owner;
use super::{PASSWORD, free_port, try_until, unpacked};

const SETTINGS: &str = "\
configdirectory: @D@/conf
partition-default: @D@/spool
defaultpartition: default
servername: localhost
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: @D@/sasldb2
sasl_mech_list: PLAIN
allowplaintext: yes
unixhierarchysep: yes
altnamespace: @ALTERNATIVE@
autocreate_quota: 0
autocreate_inbox_folders: Sent | Drafts | Junk | Trash | Archive
xlist-sent: Sent
xlist-drafts: Drafts
xlist-junk: Junk
xlist-trash: Trash
xlist-archive: Archive
munge8bit: no
reject8bit: no
idlesocket: @D@/run/idle
notifysocket: @D@/run/notify
lmtpsocket: @D@/run/lmtp
";

const SERVICES: &str = "\
START {
  recover cmd=\"@R@/usr/lib/cyrus/bin/ctl_cyrusdb -C @D@/imapd.conf -r\"
  idled cmd=\"@R@/usr/lib/cyrus/bin/idled -C @D@/imapd.conf\"
}
SERVICES {
  imap cmd=\"@R@/usr/lib/cyrus/bin/imapd -C @D@/imapd.conf\" listen=\"127.0.0.1:@P@\" prefork=1
}
EVENTS {
}
";

/// A running private Cyrus with one user. Dropping it ends it and removes its mail.
pub struct Cyrus {
    dir: TempDir,
    /// IMAP without encryption.
    pub port: u16,
    server: Option<Guarded>,
}

impl Cyrus {
    /// Starts one with this user and the password `PASSWORD`; `None` where it cannot be had. `prefixed`: folders lie below
    /// `INBOX/`, as they did before version 3.
    pub fn start(user: &str, prefixed: bool) -> Option<Self> {
        let root = unpacked::root()?;
        let dir = tempfile::Builder::new().prefix("postbook-cyrus-").tempdir_in("/tmp").expect("temporary folder");
        std::fs::set_permissions(dir.path(), PermissionsExt::from_mode(0o711)).expect("chmod our own folder");
        let owner = Owner::choose(dir.path());
        for folder in ["conf", "spool", "run"] {
            owner.make_dir(dir.path(), &dir.path().join(folder));
        }
        let mut cyrus = Self { dir, port: 0, server: None };
        let alternative = if prefixed { "no" } else { "yes" };
        cyrus.write("imapd.conf", &SETTINGS.replace("@ALTERNATIVE@", alternative), root);
        cyrus.add_user(root, user);
        owner.give(&cyrus.dir.path().join("sasldb2"));
        for _ in 0..3 {
            cyrus.port = free_port();
            cyrus.write("cyrus.conf", SERVICES, root);
            if cyrus.launch(root, &owner) {
                return Some(cyrus);
            }
        }
        panic!("Cyrus does not start in three attempts\n{}", cyrus.log());
    }

    /// What it printed.
    pub fn log(&self) -> String {
        let log = std::fs::read(self.dir.path().join("output.txt")).unwrap_or_default();
        format!("--- Cyrus' output ---\n{}", String::from_utf8_lossy(&log))
    }

    fn write(&self, name: &str, template: &str, root: &Path) {
        let content = template
            .replace("@D@", &self.dir.path().display().to_string())
            .replace("@R@", &root.display().to_string())
            .replace("@P@", &self.port.to_string());
        std::fs::write(self.dir.path().join(name), content).expect("write into our own folder");
    }

    fn add_user(&self, root: &Path, user: &str) {
        let mut command = Command::new(root.join("usr/sbin/saslpasswd2"));
        command.args(["-p", "-c", "-u", "localhost", "-f"]).arg(self.dir.path().join("sasldb2")).arg(user);
        command.env("LD_LIBRARY_PATH", unpacked::libraries(root)).env("SASL_PATH", unpacked::sasl_plugins(root));
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().expect("saslpasswd2 runs");
        child.stdin.take().expect("a pipe").write_all(PASSWORD.as_bytes()).expect("it takes the password");
        assert!(child.wait().expect("it ends").success(), "saslpasswd2 refuses {user}");
    }

    fn launch(&mut self, root: &Path, owner: &Owner) -> bool {
        let path = |name: &str| self.dir.path().join(name).display().to_string();
        let master = root.join("usr/lib/cyrus/bin/master").display().to_string();
        let settings = [
            format!("LD_LIBRARY_PATH={}", unpacked::libraries(root)),
            format!("SASL_PATH={}", unpacked::sasl_plugins(root).display()),
            // Started by root it becomes this user; started by anybody else it is that one already.
            format!("CYRUS_USER={}", owner.user),
            format!("CYRUS_GROUP={}", owner.group),
        ];
        let (config, services, pid) = (path("imapd.conf"), path("cyrus.conf"), path("run/pid"));
        let mut command = vec!["env"];
        command.extend(settings.iter().map(String::as_str));
        command.extend([master.as_str(), "-C", &config, "-M", &services, "-p", &pid]);
        let server = Guarded::start(self.dir.path(), &self.dir.path().join("output.txt"), &command);
        if try_until(Duration::from_secs(20), || greets(self.port).then_some(())).is_none() {
            server.kill();
            return false;
        }
        self.server = Some(server);
        true
    }
}
