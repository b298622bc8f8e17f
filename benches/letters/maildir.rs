//! Letters as a Maildir++ tree, for Dovecot and for programs that read files.

use super::{FOLDERS, Letters};
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

fn folder(root: &Path, name: &str) -> PathBuf {
    if name == "INBOX" { root.to_owned() } else { root.join(format!(".{name}")) }
}

/// Writes the letters below `root`, with the sizes in the names that Dovecot reads there. Gives how many bytes they have.
///
/// # Errors
/// When a file cannot be written.
pub fn write_maildir(root: &Path, seed: u64, letters: Letters) -> io::Result<u64> {
    for name in FOLDERS {
        for below in ["cur", "new", "tmp"] {
            fs::create_dir_all(folder(root, name).join(below))?;
        }
    }
    let mut total = 0;
    for (number, letter) in letters.enumerate() {
        let mut bytes = letter.bytes;
        let on_wire = bytes.len();
        bytes.retain(|byte| *byte != b'\r');
        let name =
            format!("{}.M{number}P{seed}.bench,S={},W={on_wire}:2,{}", letter.arrived, bytes.len(), letter.flags);
        let mut file = File::create(folder(root, letter.folder).join("cur").join(name))?;
        file.write_all(&bytes)?;
        file.set_modified(UNIX_EPOCH + Duration::from_secs(u64::try_from(letter.arrived).unwrap_or(0)))?;
        total += on_wire as u64;
    }
    Ok(total)
}

/// Flags so many letters below `root`, or takes the flag away where it is, spread over INBOX and Archive.
///
/// # Errors
/// When a file cannot be renamed.
pub fn flag_some(root: &Path, count: usize) -> io::Result<usize> {
    let mut done = 0;
    for name in ["INBOX", "Archive"] {
        let cur = folder(root, name).join("cur");
        let mut files: Vec<String> =
            fs::read_dir(&cur)?.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
        files.sort_unstable();
        let wanted = (count / 2).min(files.len());
        let step = (files.len() / wanted.max(1)).max(1);
        for file in files.iter().step_by(step).take(wanted) {
            let Some((base, flags)) = file.split_once(":2,") else { continue };
            let flags = flags.strip_prefix('F').map_or_else(|| format!("F{flags}"), str::to_owned);
            fs::rename(cur.join(file), cur.join(format!("{base}:2,{flags}")))?;
            done += 1;
        }
    }
    Ok(done)
}
