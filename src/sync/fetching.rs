//! Letters on their way in: one thread reads the server, one reads the letters, and this one writes the store.
//!
//! What bounds it is the writer, so nothing is left to it that another can do. The server is asked for the next letters
//! while the last ones are read and stored; what has come and is not stored yet has a limit in bytes.

use super::ingest::{Arrival, Destination, Prepared, enter};
use super::large::{Left, fetch_partial};
use super::remote::Remote;
use crate::domain::id;
use crate::domain::problem::{Kind, Problem, Result};
use crate::net::imap::Fetched;
use crate::store::{Cursor, Packer, Store};
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use jiff::Timestamp;
use std::collections::HashSet;
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Letters asked for with the first command of a folder: they are on the screen before the others have left the server.
const FIRST: usize = if cfg!(test) { 7 } else { 50 };
/// Letters asked for with one command in the end. Servers answer from the oldest on; the newest shall not wait long.
const MOST_ASKED: usize = if cfg!(test) { 7 } else { 1000 };
/// More letters than this are no usual day.
const MANY: usize = 2000;
/// Bytes of letters that came and are not stored: a batch of large attachments must not fill the memory.
const MOST_HELD: usize = if cfg!(test) { 900 } else { 24 * 1024 * 1024 };
/// Letters between two threads; their bytes are counted apart.
const QUEUE: usize = 500;
/// Letters stored in one transaction.
const MOST_STORED: usize = if cfg!(test) { 7 } else { 2000 };
/// Somebody at the screen who acts waits for the transaction under way: it shall not last longer.
const LONGEST_WRITE: Duration = Duration::from_millis(150);
/// Between two transactions the store is free for so long: others look for it every millisecond.
const PAUSE: Duration = Duration::from_millis(2);
/// A letter that came is stored at the latest after this time, also when the next ones do not come.
const PATIENCE: Duration = Duration::from_millis(500);

/// Fetches letters of the folder that is open and stores them, in the order of `missing` as far as the server follows it.
/// Tells after each transaction how many letters are stored and which threads changed. Gives how many letters the
/// server listed but did not give. What came before a failure is stored.
///
/// # Errors
/// When the server or the store fails.
pub fn bring(
    store: &Store,
    remote: &mut dyn Remote,
    destination: &Destination<'_>,
    missing: &[u32],
    stored: &mut dyn FnMut(usize, Vec<id::Thread>),
) -> Result<u64> {
    if missing.is_empty() {
        return Ok(0);
    }
    if missing.len() > MANY {
        store.expect_much()?;
    }
    let room = Room::default();
    let (fetched, came) = bounded(QUEUE);
    let (prepared, ready) = bounded(QUEUE);
    thread::scope(|scope| {
        let room = &room;
        let thread = |name: &str| thread::Builder::new().name(name.to_owned());
        let preparing = thread("letters").spawn_scoped(scope, move || prepare(&came, &prepared)).map_err(no_thread)?;
        let fetching =
            thread("fetch").spawn_scoped(scope, move || fetch(remote, missing, room, &fetched)).map_err(no_thread)?;
        let written = {
            // Whatever happens here, the others end as soon as they try to go on.
            let _closing = Closing(room);
            write(store, destination, ready, room, stored)
        };
        let prepared = preparing.join().map_err(|_| broke());
        let fetched = fetching.join().map_err(|_| broke());
        written?;
        prepared??;
        fetched?
    })
}

/// A thread ended in a way it should not; its own words are in the log.
fn broke() -> Problem {
    Problem::new(Kind::Internal, "a letter could not be read at all")
}

fn no_thread(error: std::io::Error) -> Problem {
    Problem::new(Kind::Internal, format!("the system gives no thread: {error}"))
}

/// Told to a thread whose work nobody takes any more; nobody reads it.
fn stopped() -> Problem {
    Problem::new(Kind::Internal, "the letters are not taken any more")
}

/// Reads the server.
fn fetch(remote: &mut dyn Remote, missing: &[u32], room: &Room, to: &Sender<Arrival>) -> Result<u64> {
    let (mut rest, mut size, mut empty) = (missing, FIRST, 0);
    while !rest.is_empty() {
        let (asked, later) = rest.split_at(size.min(rest.len()));
        let wanted: HashSet<u32> = asked.iter().copied().collect();
        let mut take = |fetched: Fetched, left: Option<Left>| {
            let Fetched { uid, flags, keywords, internal_date, body, .. } = fetched;
            match body {
                Some(bytes) if wanted.contains(&uid) => {
                    room.take(bytes.len())?;
                    to.send(Arrival { uid, flags, keywords, internal_date, bytes, left }).map_err(|_| stopped())
                }
                Some(_) => Ok(()),
                None => {
                    empty += 1;
                    Ok(())
                }
            }
        };
        let limit = remote.largest().unwrap_or(u64::MAX);
        let large = if limit < u64::MAX { remote.larger_than(limit, asked)? } else { Vec::new() };
        let mut whole: Vec<u32> = asked.iter().filter(|uid| !large.contains(uid)).copied().collect();
        if !whole.is_empty() {
            remote.fetch(&whole, &mut |fetched| take(fetched, None))?;
        }
        // The large ones last, so that nobody waits for them; each is stored before the next one comes.
        whole.clear();
        for uid in large {
            match fetch_partial(remote, uid, limit)? {
                Some((letter, left)) => take(letter, Some(left))?,
                None => whole.push(uid),
            }
        }
        if !whole.is_empty() {
            remote.fetch(&whole, &mut |fetched| take(fetched, None))?;
        }
        (rest, size) = (later, (size * 2).min(MOST_ASKED));
    }
    Ok(empty)
}

/// Reads the letters.
fn prepare(from: &Receiver<Arrival>, to: &Sender<Prepared>) -> Result<()> {
    let mut packer = Packer::new()?;
    for arrival in from {
        if to.send(Prepared::new(arrival, &mut packer, Timestamp::now())?).is_err() {
            break;
        }
    }
    Ok(())
}

/// Writes the store, until nothing comes any more.
fn write(
    store: &Store,
    destination: &Destination<'_>,
    from: Receiver<Prepared>,
    room: &Room,
    stored: &mut dyn FnMut(usize, Vec<id::Thread>),
) -> Result<()> {
    let mut held: Vec<Prepared> = Vec::new();
    let (mut bytes, mut most) = (0, FIRST);
    let mut first_came = Instant::now();
    loop {
        let wait = if held.is_empty() { Duration::MAX } else { PATIENCE.saturating_sub(first_came.elapsed()) };
        let ended = match from.recv_timeout(wait) {
            Ok(letter) => {
                if held.is_empty() {
                    first_came = Instant::now();
                }
                bytes += letter.size;
                held.push(letter);
                if held.len() < most && bytes < MOST_HELD / 2 {
                    continue;
                }
                false
            }
            Err(RecvTimeoutError::Timeout) => false,
            Err(RecvTimeoutError::Disconnected) => true,
        };
        if !held.is_empty() {
            let began = Instant::now();
            let letters = held.len();
            let threads = store_batch(store, destination, &mut held)?;
            most = next_size(most, began.elapsed());
            room.give_back(std::mem::take(&mut bytes));
            stored(letters, threads);
        }
        if ended {
            return Ok(());
        }
        thread::sleep(PAUSE);
    }
}

/// How many letters the next transaction takes, by how long the last one lasted.
fn next_size(size: usize, lasted: Duration) -> usize {
    let next = if lasted > LONGEST_WRITE {
        size / 2
    } else if lasted < LONGEST_WRITE / 3 {
        size * 2
    } else {
        size
    };
    next.clamp(FIRST.min(MOST_STORED), MOST_STORED)
}

/// Stores letters, newest first (servers answer in ascending order), in one transaction with what is known of the numbering.
fn store_batch(store: &Store, destination: &Destination<'_>, held: &mut Vec<Prepared>) -> Result<Vec<id::Thread>> {
    held.sort_by_key(|letter| std::cmp::Reverse(letter.uid()));
    held.dedup_by_key(|letter| letter.uid());
    let threads = store.write_again_possible(|| {
        let threads = enter(store, destination, held, Timestamp::now())?;
        // The numbering is kept with the first letters, so that a cut sync goes on and does not begin anew.
        let cursor = store.cursor(destination.folder)?;
        if cursor.uid_validity == 0 {
            let numbering = destination.uid_validity;
            store.set_cursor(destination.folder, &Cursor { uid_validity: numbering, complete: false, ..cursor })?;
        }
        Ok(threads)
    })?;
    held.clear();
    Ok(threads)
}

/// Room for letters that came and are not stored yet, in bytes.
#[derive(Default)]
struct Room {
    taken: Mutex<Taken>,
    freed: Condvar,
}

#[derive(Default)]
struct Taken {
    bytes: usize,
    closed: bool,
}

impl Room {
    /// Waits until there is room. A letter that is larger than all of it comes alone.
    fn take(&self, bytes: usize) -> Result<()> {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let full = |taken: &mut Taken| !taken.closed && taken.bytes > 0 && taken.bytes + bytes > MOST_HELD;
        let mut taken = self.freed.wait_while(taken, full).unwrap_or_else(PoisonError::into_inner);
        taken.bytes += bytes;
        if taken.closed { Err(stopped()) } else { Ok(()) }
    }

    fn give_back(&self, bytes: usize) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.bytes = taken.bytes.saturating_sub(bytes);
        self.freed.notify_all();
    }

    /// Nobody waits any more.
    fn close(&self) {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
        self.freed.notify_all();
    }
}

/// Closes the room when it goes.
struct Closing<'a>(&'a Room);

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        self.0.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transactions_grow_until_they_last() {
        let ms = Duration::from_millis;
        assert_eq!(next_size(7, ms(1)), MOST_STORED.min(14));
        assert_eq!(next_size(7, ms(1000)), FIRST.min(MOST_STORED));
    }

    #[test]
    fn room_is_limited_and_a_large_letter_comes_alone() {
        let room = Room::default();
        room.take(MOST_HELD * 3).unwrap();
        thread::scope(|scope| {
            let second = scope.spawn(|| room.take(1));
            assert!(!second.is_finished());
            room.give_back(MOST_HELD * 3);
            second.join().unwrap().unwrap();
            let third = scope.spawn(|| room.take(MOST_HELD));
            room.close();
            assert!(third.join().unwrap().is_err(), "whoever waits is told that it ended");
        });
    }
}
