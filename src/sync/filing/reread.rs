//! Letters of colleagues that came before it was kept whose letters they pass on: read once more, a few at a time.

use super::file_letters_again;
use crate::domain::address::Own;
use crate::domain::problem::Result;
use crate::mime;
use crate::store::Store;
use jiff::Timestamp;

/// Letters of one step.
const AT_ONCE: u32 = 20;

/// Reads some of them and files their conversations again. True while there are more.
///
/// # Errors
/// When the store cannot be read or written.
pub fn read_some_again(store: &Store, own: &Own, now: Timestamp) -> Result<bool> {
    let letters = store.to_reread(AT_ONCE)?;
    if letters.is_empty() {
        return Ok(false);
    }
    let mut read = Vec::new();
    for letter in letters {
        let bytes = store.raw(letter)?;
        let found = bytes.map(|bytes| mime::originals(&mime::read(&bytes), &bytes)).unwrap_or_default();
        let written: Vec<String> = found.iter().map(ToString::to_string).collect();
        read.push((letter, written.join("\n")));
    }
    store.write_again_possible(|| {
        let mut threads = Vec::new();
        for (letter, origin) in &read {
            threads.extend(store.reread(*letter, origin)?);
        }
        threads.sort_unstable();
        threads.dedup();
        file_letters_again(store, own, &threads, now)?;
        super::settle(store, own, now).map(drop)
    })?;
    Ok(true)
}
