//! The thread that sends.

use super::nerve::Want;
use super::{News, Worker, send_once};
use crate::domain::problem::Kind;
use crate::store::Store;
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

/// The outbox is looked at this often in any case; letters of other programs are noticed sooner (see `carrier`).
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// A letter that waits for a look at the mailbox is tried this often.
const LOOKED: SignedDuration = SignedDuration::from_secs(2);
/// The wait after a first failure.
const FIRST_WAIT: Duration = Duration::from_secs(3);

/// The shortest wait.
const SHORTEST: Duration = Duration::from_millis(50);

impl Worker {
    pub(super) fn send_loop(&self) {
        let mut failures: u32 = 0;
        while !self.stopped() {
            let mut sent_some = false;
            let wait = Store::open(&self.store_file).and_then(|store| {
                send_once(&store, &self.line, &self.own, &self.mailer, &mut |news| {
                    sent_some = true;
                    self.tell(news);
                })?;
                let at = store.next_departure_from(self.line.account)?;
                let looked = Timestamp::now().saturating_add(LOOKED).unwrap_or(Timestamp::MAX);
                Ok(if store.waits_for_a_look(self.line.account)? { at.map(|at| at.max(looked)) } else { at })
            });
            if sent_some {
                // Its copy goes into Sent.
                self.nerve.want(Want::Everything);
            }
            let wait = match wait {
                Ok(at) => {
                    failures = 0;
                    until(at)
                }
                Err(problem) => {
                    failures = failures.saturating_add(1);
                    let wait = if problem.kind == Kind::Network { after(failures) } else { LOOK_EVERY };
                    self.tell(News::Trouble(problem.at(format!("account {}", self.name()))));
                    wait
                }
            };
            self.nerve.wait_to_send(wait);
        }
    }
}

/// How long to wait after a server was not there, or too busy to greet: not long the first time.
fn after(failures: u32) -> Duration {
    (FIRST_WAIT * 2_u32.saturating_pow(failures.saturating_sub(1).min(5))).min(LOOK_EVERY)
}

/// How long until then; without a time, until woken. Never no time at all: what was due was just tried.
fn until(at: Option<Timestamp>) -> Duration {
    at.map_or(LOOK_EVERY, |at| {
        let left = Duration::try_from(at.duration_since(Timestamp::now())).unwrap_or(Duration::ZERO);
        left.clamp(SHORTEST, LOOK_EVERY)
    })
}
