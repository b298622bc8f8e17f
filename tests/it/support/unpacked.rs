//! Courier and Cyrus as `tests/imap-servers` unpacks them from Debian's packages.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The folder in which the servers are. `None` where there are no Debian packages; anywhere else they must be there, so that no
/// test passes because it did not run.
pub fn root() -> Option<&'static Path> {
    static ROOT: OnceLock<Option<PathBuf>> = OnceLock::new();
    let found = ROOT.get_or_init(|| {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/imap-servers");
        let output = Command::new(script).output().expect("tests/imap-servers runs");
        let told = String::from_utf8_lossy(&output.stderr);
        match output.status.code() {
            Some(0) => Some(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim())),
            Some(3) => {
                eprintln!("NOT TESTED against Courier and Cyrus: {told}");
                None
            }
            _ => panic!("Courier and Cyrus cannot be unpacked:\n{told}"),
        }
    });
    found.as_deref()
}

/// `LD_LIBRARY_PATH` for what lies below `root`.
pub fn libraries(root: &Path) -> String {
    let below = |dir: PathBuf| {
        let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).filter(|path| path.to_string_lossy().ends_with("-linux-gnu"))
    };
    let folders = below(root.join("usr/lib")).chain(below(root.join("lib"))).chain([root.join("usr/lib")]);
    folders.map(|path| path.display().to_string()).collect::<Vec<_>>().join(":")
}

/// The folder of SASL's plug-ins below `root`.
pub fn sasl_plugins(root: &Path) -> PathBuf {
    let libraries = libraries(root);
    let found = libraries.split(':').map(|path| Path::new(path).join("sasl2")).find(|path| path.is_dir());
    found.expect("libsasl2-modules is unpacked")
}
