//! The second connection of an account: waits for news and only wakes the first.
//!
//! It waits in IDLE (RFC 2177) on the inbox; where the server has NOTIFY (RFC 5465) it tells of the other folders as well. Where there is
//! no IDLE the thread ends, and the regular look (see `syncing`) is enough.

use super::nerve::{Post, Want};
use super::{INBOX, Worker, luck, needs_user};
use crate::domain::backoff::{Backoff, asked_for, is_too_many};
use crate::domain::problem::{Kind, Problem, Result};
use crate::net::imap::Session;
use std::time::{Duration, Instant};

/// RFC 2177 allows 29 minutes; routers forget silent connections after about ten (FIELD-NOTES, Servers).
const LONGEST_IDLE: Duration = Duration::from_secs(9 * 60);
/// The first pause after a failure, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(300));
/// The server has too many connections of ours: the one that works comes first, this one waits long.
const NO_ROOM: Duration = Duration::from_secs(600);
/// A connection that lived this long was a good one: Yandex ends IDLE after 6 to 45 minutes, which is no failure.
const LIVED: Duration = Duration::from_secs(60);
/// An IDLE that ends sooner, by itself and without news, is none.
const HOLLOW: Duration = Duration::from_secs(1);
/// So many of them, and the server is only looked at now and then.
const MOST_HOLLOW: u32 = 5;
/// A pause when news follow each other closer than this, so that a server that never stops telling costs little.
const BREATH: Duration = Duration::from_millis(250);

impl Worker {
    pub(super) fn watch_loop(&self) {
        let mut backoff = Backoff::new(PAUSES.0, PAUSES.1);
        while !self.stopped() {
            let (began, shocks) = (Instant::now(), self.nerve.shocks());
            let problem = match self.watch() {
                Ok(()) => return,
                Err(problem) => problem,
            };
            self.nerve.hold(Post::Watching, None);
            if self.stopped() {
                return;
            }
            tracing::info!(account = %self.name(), %problem, "waiting for news was interrupted");
            // The other connection may be dead as well, and would notice only when it is used.
            self.nerve.want(Want::Folder(INBOX.to_owned()));
            if began.elapsed() >= LIVED || shocks != self.nerve.shocks() {
                backoff.reset();
            }
            self.nerve.wait_to_watch(pause_after(&problem, &mut backoff, luck()));
        }
    }

    /// Waits for news until the connection breaks; `Ok` when there is nothing to wait with, or it was told to stop.
    fn watch(&self) -> Result<()> {
        let mut session = self.line.session()?;
        if !session.capabilities().idle {
            session.logout();
            return Ok(());
        }
        self.nerve.hold(Post::Watching, session.lifeline());
        session.examine(INBOX)?;
        session.notify()?;
        // What came between the last sync and now was told to nobody.
        self.nerve.want(Want::Folder(INBOX.to_owned()));
        let mut hollow = 0;
        while !self.stopped() {
            let began = Instant::now();
            let news = session.idle(LONGEST_IDLE, &|| self.stopped())?;
            if !session.capabilities().idle {
                // It promised IDLE and refuses it.
                session.logout();
                return Ok(());
            }
            if news {
                self.pass_on(&mut session);
                if began.elapsed() < BREATH {
                    std::thread::sleep(BREATH);
                }
            } else if began.elapsed() < HOLLOW && !self.stopped() {
                hollow += 1;
                if hollow >= MOST_HOLLOW {
                    tracing::info!(account = %self.name(), "the server ends IDLE at once; it is looked at now and then");
                    session.logout();
                    return Ok(());
                }
                std::thread::sleep(BREATH);
            } else {
                hollow = 0;
                // Exchange stops telling now and then: asked outright, it knows (FIELD-NOTES, Servers).
                session.noop()?;
            }
        }
        Ok(())
    }

    fn pass_on(&self, session: &mut Session) {
        let told = session.take_told();
        if told.listing {
            self.nerve.want(Want::Everything);
        }
        // Which news were the inbox's own is not told apart: looking at it costs one exchange.
        self.nerve.want(Want::Folder(INBOX.to_owned()));
        for name in told.folders {
            self.nerve.want(Want::Folder(name));
        }
    }
}

/// How long to wait before the next try.
fn pause_after(problem: &Problem, backoff: &mut Backoff, luck: u8) -> Duration {
    let pause = backoff.next(luck);
    if let Some(asked) = asked_for(&problem.sentence) {
        return asked.max(pause);
    }
    if is_too_many(&problem.sentence) {
        return NO_ROOM;
    }
    // A folder that cannot be opened will not open in a second either.
    if needs_user(problem) || problem.kind == Kind::Refused { PAUSES.1 } else { pause }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_depends_on_what_went_wrong() {
        let seconds = |kind, said: &str| {
            pause_after(&Problem::new(kind, said), &mut Backoff::new(PAUSES.0, PAUSES.1), 255).as_secs()
        };
        for (kind, said, expected) in [
            (Kind::Network, "closed the connection", 2),
            (Kind::Network, "does not let us sign in now: [LIMIT] Too many connections", 600),
            (Kind::Network, "throttled. Suggested Backoff Time: 90000 milliseconds", 90),
            (Kind::Network, "throttled. Suggested Backoff Time: 1 milliseconds", 2),
            (Kind::Auth, "refused the password", 300),
            (Kind::Refused, "no such folder", 300),
        ] {
            assert_eq!(seconds(kind, said), expected, "{said}");
        }
    }
}
