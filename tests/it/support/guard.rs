//! Runs a server so that it cannot outlive its test.

use std::fs::File;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;

use super::try_until;

/// A small shell stands between the test and the server. The server runs in a process group of its own, and the
/// shell reads its orders from a pipe that ends when the test ends, however it ends: then all of the group dies.
const SCRIPT: &str = r#"
set -m
dir=$1; shift
"$@" </dev/null &
pid=$!
end() { kill -KILL -- "-$pid" 2>/dev/null; wait "$pid"; }
while read -r order; do
    if [ "$order" = stop ]; then
        # The whole group: a Dovecot told alone waits ten seconds for idle clients before it says BYE to them.
        kill -TERM -- "-$pid"
        wait "$pid"
        for _ in {1..10}; do kill -0 -- "-$pid" 2>/dev/null || break; sleep 0.01; done
    fi
    end
    exit 0
done
end
rm -rf -- "$dir"
"#;

/// A running server with its children.
pub struct Guarded {
    shell: Child,
    orders: Option<ChildStdin>,
}

impl Guarded {
    /// Starts `command`; what it prints goes to the file `output`. `dir` is removed if the test itself is killed.
    pub fn start(dir: &Path, output: &Path, command: &[&str]) -> Self {
        let output = File::options().create(true).append(true).open(output).expect("open the output file");
        let mut shell = Command::new("bash")
            .args(["-c", SCRIPT, "guard"])
            .arg(dir)
            .args(command)
            .stdin(Stdio::piped())
            .stdout(output.try_clone().expect("clone a file handle"))
            .stderr(output)
            // Ctrl-C and a test runner's kill reach the test's group; the shell must live on to clean up.
            .process_group(0)
            .spawn()
            .expect("bash is needed to guard the servers");
        let orders = shell.stdin.take();
        Self { shell, orders }
    }

    /// Ends the server as an administrator would, and waits until it is gone.
    pub fn stop(self) {
        self.order("stop\n");
    }

    /// Ends the server and all its children at once, as a power cut would.
    pub fn kill(self) {
        self.order("kill\n");
    }

    fn order(mut self, order: &str) {
        if let Some(mut orders) = self.orders.take() {
            // The shell may be gone already; the wait below says so.
            let _ = orders.write_all(order.as_bytes());
            let gone = try_until(Duration::from_secs(15), || self.shell.try_wait().expect("wait for the guard"));
            assert!(gone.is_some(), "the server did not end within 15 s of: {order}");
        }
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        if let Some(mut orders) = self.orders.take() {
            let _ = orders.write_all(b"kill\n");
            drop(orders);
            let _ = self.shell.wait();
        }
    }
}
