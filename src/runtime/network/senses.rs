//! Notices that the computer slept or that the network is another one: then what was connected is dead, and nobody says so.

use super::nerve::Nerve;
use crate::net::connect::local_address;
use jiff::{SignedDuration, Timestamp};
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How often to look.
const EVERY: Duration = Duration::from_secs(1);
/// The wall clock ran this much more than the monotonic one, which stands still while the computer sleeps: it slept. Corrections of
/// the clock are smaller; a larger one costs a connection, which is cheap.
const SLEPT: SignedDuration = SignedDuration::from_secs(8);

/// Both clocks at one moment.
#[derive(Debug, Clone, Copy)]
struct Clocks {
    wall: Timestamp,
    running: Instant,
}

impl Clocks {
    fn now() -> Self {
        Self { wall: Timestamp::now(), running: Instant::now() }
    }

    /// True when the computer slept between `before` and now.
    fn slept_since(&self, before: &Self) -> bool {
        let wall = self.wall.duration_since(before.wall);
        let running = self.running.saturating_duration_since(before.running);
        wall.checked_sub(SignedDuration::try_from(running).unwrap_or(SignedDuration::MAX))
            .is_some_and(|gap| gap > SLEPT)
    }
}

/// True when what was connected from `before` is not any more, or can be now: a new address, or one after there was none. An address
/// that went alone breaks nothing that is not broken; the next one will tell.
fn is_another_network(before: Option<IpAddr>, now: Option<IpAddr>) -> bool {
    now.is_some() && before != now
}

/// Watches until told to stop; shocks the accounts concerned.
pub fn feel(accounts: &[Arc<Nerve>], stop: &AtomicBool) {
    let address = |nerve: &Arc<Nerve>| local_address(nerve.peer());
    let mut clocks = Clocks::now();
    // An account's own address counts once it is connected: before that the default route stands for it.
    let mut standing: Vec<_> = accounts.iter().map(|nerve| (nerve.peer(), address(nerve))).collect();
    while !stop.load(Ordering::Relaxed) {
        std::thread::sleep(EVERY);
        let now = Clocks::now();
        let slept = now.slept_since(&clocks);
        clocks = now;
        for (nerve, (peer, before)) in accounts.iter().zip(&mut standing) {
            let (towards, here) = (nerve.peer(), address(nerve));
            let moved = *peer == towards && is_another_network(*before, here);
            if slept || moved {
                tracing::info!(slept, moved, "connections are made anew");
                nerve.shock();
            }
            // Without an address the last one is remembered: when the same one comes back, connections may have survived.
            (*peer, *before) = (towards, if *peer == towards { here.or(*before) } else { here });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sleep_shows_in_the_difference_of_the_clocks() {
        let before = Clocks::now();
        for (wall, running, slept) in
            [(1, 1, false), (600, 1, true), (5, 1, false), (540, 540, false), (-3600, 1, false)]
        {
            let now = Clocks {
                wall: before.wall.checked_add(SignedDuration::from_secs(wall)).unwrap(),
                running: before.running + Duration::from_secs(running),
            };
            assert_eq!(now.slept_since(&before), slept, "wall {wall} s, running {running} s");
        }
    }

    #[test]
    fn a_network_is_another_one_when_its_address_is() {
        let (home, office) = (Some(IpAddr::from([192, 168, 0, 7])), Some(IpAddr::from([10, 0, 0, 7])));
        for (before, now, another) in
            [(home, home, false), (home, office, true), (home, None, false), (None, home, true), (None, None, false)]
        {
            assert_eq!(is_another_network(before, now), another, "{before:?} {now:?}");
        }
    }
}
