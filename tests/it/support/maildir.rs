//! Writes letters straight into a Maildir, as a mail server's delivery agent does.

use std::fs::{DirBuilder, File, FileTimes};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// The system user that owns the mail.
#[derive(Clone, Debug)]
pub struct Owner {
    pub user: String,
    pub group: String,
    /// Set when we are root and hand files over; `None` when we are the owner ourselves.
    ids: Option<(u32, u32)>,
}

impl Owner {
    /// `ours` is something this process has just made. Dovecot refuses mail that root owns, so root takes `nobody`.
    pub fn choose(ours: &Path) -> Self {
        let root = std::fs::metadata(ours).expect("our own folder").uid() == 0;
        let who: &[&str] = if root { &["nobody"] } else { &[] };
        let (user, group) = (id("-un", who), id("-gn", who));
        let number = |option| id(option, who).parse().expect("id prints a number");
        Self { user, group, ids: root.then(|| (number("-u"), number("-g"))) }
    }

    /// User and group of the system when we are root and the mail is somebody else's.
    pub fn ids(&self) -> Option<(u32, u32)> {
        self.ids
    }

    /// Makes `path` the owner's.
    pub fn give(&self, path: &Path) {
        if let Some((user, group)) = self.ids {
            chown(path, Some(user), Some(group)).expect("chown as root");
        }
    }

    /// Makes the folder and its parents below `root`, all the owner's.
    pub fn make_dir(&self, root: &Path, dir: &Path) {
        if dir == root || dir.is_dir() {
            return;
        }
        self.make_dir(root, dir.parent().expect("below root"));
        match DirBuilder::new().mode(0o700).create(dir) {
            // The server makes folders too, at any time.
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => panic!("{}: {error}", dir.display()),
            _ => self.give(dir),
        }
    }
}

fn id(option: &str, who: &[&str]) -> String {
    let output = Command::new("id").arg(option).args(who).output().expect("the id command");
    assert!(output.status.success(), "id {option} {who:?} failed: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// Makes `maildir` with its three folders, below `root`.
pub fn create(owner: &Owner, root: &Path, maildir: &Path) {
    for part in ["tmp", "new", "cur"] {
        owner.make_dir(root, &maildir.join(part));
    }
}

/// Copies a folder with all that is in it, with its times: those of letters are when they arrived.
pub fn copy(owner: &Owner, from: &Path, to: &Path) {
    DirBuilder::new().mode(0o700).create(to).expect("make a folder");
    owner.give(to);
    for entry in std::fs::read_dir(from).expect("read a folder") {
        let entry = entry.expect("an entry");
        let (here, there) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type().expect("its kind").is_dir() {
            copy(owner, &here, &there);
            continue;
        }
        std::fs::copy(&here, &there).expect("copy a file");
        let modified = entry.metadata().and_then(|facts| facts.modified()).expect("its time");
        let file = File::options().write(true).open(&there).expect("open the copy");
        file.set_times(FileTimes::new().set_modified(modified)).expect("set its time");
        owner.give(&there);
    }
}

/// Delivers one letter. `flags` are Maildir letters (`S` seen, `R` answered, `F` flagged, `D` draft, `T` deleted);
/// without any the letter is new. `received` becomes IMAP's INTERNALDATE.
pub fn deliver(owner: &Owner, maildir: &Path, bytes: &[u8], flags: &str, received: Option<SystemTime>) -> PathBuf {
    let name = unique_name();
    let temporary = maildir.join("tmp").join(&name);
    let mut file = File::create(&temporary).expect("create in the Maildir");
    file.write_all(bytes).expect("write a letter");
    if let Some(received) = received {
        file.set_times(FileTimes::new().set_modified(received)).expect("set the arrival time");
    }
    owner.give(&temporary);
    let target = if flags.is_empty() {
        maildir.join("new").join(name)
    } else {
        let mut letters: Vec<char> = flags.chars().collect();
        letters.sort_unstable();
        maildir.join("cur").join(format!("{name}:2,{}", String::from_iter(letters)))
    };
    std::fs::rename(&temporary, &target).expect("deliver a letter");
    target
}

/// Names grow with time, because Dovecot numbers letters it finds together in the order of the times in their names.
fn unique_name() -> String {
    static LAST: AtomicU64 = AtomicU64::new(0);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_micros();
    let now = u64::try_from(now).expect("before the year 500,000");
    let last = LAST.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| Some(now.max(last + 1)));
    let time = now.max(last.expect("always Some") + 1);
    format!("{}.M{:06}P{}.test", time / 1_000_000, time % 1_000_000, std::process::id())
}
