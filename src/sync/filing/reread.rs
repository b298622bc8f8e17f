//! Letters that came before something of them was kept, whose letters a colleague passes on and whom a delivery report names: read once
//! more, a few at a time.

use super::super::ingest::returns;
use super::file_letters_again;
use crate::domain::address::Own;
use crate::domain::message::Nature;
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
        let bytes = store.raw(letter)?.unwrap_or_default();
        let parsed = mime::read(&bytes);
        let bounces =
            if matches!(parsed.nature, Nature::Bounce(_)) { mime::bounces_of_others(&bytes, own) } else { Vec::new() };
        let written: Vec<String> = mime::originals(&parsed, &bytes).iter().map(ToString::to_string).collect();
        let returns = returns(&parsed, now);
        let away = parsed.from.first().map(|sender| sender.address.clone()).zip(returns);
        read.push((letter, written.join("\n"), bounces, away));
    }
    store.write_again_possible(|| {
        let mut threads = Vec::new();
        for (letter, origin, bounces, away) in &read {
            store.keep_bounces(*letter, bounces)?;
            if let Some((address, day)) = away {
                store.keep_away(*letter, address, *day)?;
            }
            threads.extend(store.reread(*letter, origin)?);
        }
        threads.sort_unstable();
        threads.dedup();
        file_letters_again(store, own, &threads, now)?;
        super::settle(store, own, now).map(drop)
    })?;
    Ok(true)
}
