//! What runs between the threads of one account: what is wanted of them, and how to end a connection that is dead.

use crate::net::connect::Lifeline;
use crossbeam_channel::{Receiver, Sender, bounded};
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Something wanted of the thread that syncs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Want {
    /// A whole sync, now, also after a failure.
    Everything,
    /// Something happened in this folder.
    Folder(String),
    /// The server may have to learn something.
    Wishes,
    /// Somebody waits for a file that is on the server.
    Files,
    /// The computer slept, or the network is another one: what was connected is not any more.
    Reconnect,
}

/// What is wanted, taken together: being asked twice is being asked once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// See [`Want::Everything`].
    pub everything: bool,
    /// See [`Want::Folder`].
    pub folders: BTreeSet<String>,
    /// See [`Want::Wishes`].
    pub wishes: bool,
    /// See [`Want::Files`].
    pub files: bool,
    /// See [`Want::Reconnect`].
    pub reconnect: bool,
}

/// Which of an account's two connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Post {
    /// The one that works.
    Working,
    /// The one that waits for news.
    Watching,
}

/// The nerve of one account.
pub struct Nerve {
    wanted: Mutex<Wanted>,
    sync: (Sender<()>, Receiver<()>),
    send: (Sender<()>, Receiver<()>),
    watch: (Sender<()>, Receiver<()>),
    lifelines: Mutex<[Option<Lifeline>; 2]>,
    peer: Mutex<Option<SocketAddr>>,
    shocks: AtomicU64,
}

impl Default for Nerve {
    fn default() -> Self {
        Self {
            wanted: Mutex::default(),
            sync: bounded(1),
            send: bounded(1),
            watch: bounded(1),
            lifelines: Mutex::default(),
            peer: Mutex::default(),
            shocks: AtomicU64::new(0),
        }
    }
}

/// What is behind these locks is whole at any moment: a panic elsewhere does not spoil it.
fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Nerve {
    /// Wants something of the thread that syncs.
    pub fn want(&self, want: Want) {
        {
            let mut wanted = held(&self.wanted);
            match want {
                Want::Everything => wanted.everything = true,
                Want::Folder(name) => drop(wanted.folders.insert(name)),
                Want::Wishes => wanted.wishes = true,
                Want::Files => wanted.files = true,
                Want::Reconnect => wanted.reconnect = true,
            }
        }
        let _ = self.sync.0.try_send(());
    }

    /// Takes what is wanted.
    pub fn take(&self) -> Wanted {
        std::mem::take(&mut held(&self.wanted))
    }

    /// Something happened in a folder that nobody has looked at yet, or somebody waits for a file.
    pub fn has_news(&self) -> bool {
        let wanted = held(&self.wanted);
        wanted.files || !wanted.folders.is_empty()
    }

    /// Waits until something is wanted, at most this long.
    pub fn wait(&self, at_most: Duration) {
        let _ = self.sync.1.recv_timeout(at_most);
    }

    /// Looks into the outbox now.
    pub fn send_now(&self) {
        let _ = self.send.0.try_send(());
    }

    /// Waits until the outbox is to be looked into, at most this long.
    pub fn wait_to_send(&self, at_most: Duration) {
        let _ = self.send.1.recv_timeout(at_most);
    }

    /// Waits before the watching connection is tried again; a shock ends the wait.
    pub fn wait_to_watch(&self, at_most: Duration) {
        let _ = self.watch.1.recv_timeout(at_most);
    }

    /// Keeps the way to end a connection, or forgets it.
    pub fn hold(&self, post: Post, lifeline: Option<Lifeline>) {
        if let Some(lifeline) = &lifeline {
            *held(&self.peer) = Some(lifeline.peer());
        }
        let [working, watching] = &mut *held(&self.lifelines);
        *match post {
            Post::Working => working,
            Post::Watching => watching,
        } = lifeline;
    }

    /// The server's address when it was last reached.
    pub fn peer(&self) -> Option<SocketAddr> {
        *held(&self.peer)
    }

    /// The world has changed: both connections are dropped and made anew at once, whatever pause was under way.
    pub fn shock(&self) {
        self.shocks.fetch_add(1, Ordering::SeqCst);
        for lifeline in held(&self.lifelines).iter().flatten() {
            lifeline.hang_up();
        }
        self.want(Want::Reconnect);
        let _ = self.watch.0.try_send(());
    }

    /// How many shocks there were: a failure with a shock in it is no failure of the server.
    pub fn shocks(&self) -> u64 {
        self.shocks.load(Ordering::SeqCst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wanting_twice_is_wanting_once() {
        let nerve = Nerve::default();
        nerve.want(Want::Folder("INBOX".to_owned()));
        nerve.want(Want::Folder("INBOX".to_owned()));
        assert!(nerve.has_news());
        nerve.want(Want::Wishes);
        nerve.wait(Duration::from_secs(60));
        let wanted = nerve.take();
        assert_eq!((wanted.folders.len(), wanted.wishes, wanted.everything), (1, true, false));
        assert_eq!(nerve.take(), Wanted::default());
        assert!(!nerve.has_news());
        nerve.want(Want::Files);
        assert!(nerve.has_news() && nerve.take().files, "a backlog makes way for who waits");
        nerve.wait(Duration::ZERO);
    }

    #[test]
    fn a_shock_ends_every_wait() {
        let nerve = Nerve::default();
        nerve.shock();
        nerve.wait_to_watch(Duration::from_secs(60));
        nerve.wait(Duration::from_secs(60));
        assert!(nerve.take().reconnect);
        assert_eq!(nerve.shocks(), 1);
    }
}
