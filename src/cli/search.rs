//! `postbook search`: letters by their words. Needs no network and no password.

use super::args;
use super::context::Context;
use super::show::letter;
use super::table::{Side, Table, number, time};
use super::{json, output};
use crate::domain::problem::Result;
use crate::domain::query::{Hit, Query};
use crate::domain::text::{Text, plural};
use crate::runtime::reading;
use crate::store::Store;
use jiff::tz::TimeZone;

/// Finds letters. None is no error.
///
/// # Errors
/// When the store cannot be read.
pub fn run(context: &Context, args: &args::Search) -> Result<()> {
    // Without a desk: to look through templates and accounts would take longer than the search.
    let store = Store::open(&context.paths.store_file)?;
    let query = Query::parse(&args.query.join(" "));
    let (total, hits) = store.search(&query, args.limit)?;
    if !args.json {
        return output::print(&in_words(total, &hits, &context.config.zone)).map(drop);
    }
    let mut letters = Vec::with_capacity(hits.len());
    for hit in &hits {
        // One that went between the two questions is left out.
        if let Some(opened) = reading::opened(&store, hit.message)? {
            letters.push(letter(&store, opened)?);
        }
    }
    output::json(&json::search_json(total, &letters)).map(drop)
}

fn in_words(total: u64, hits: &[Hit], zone: &TimeZone) -> String {
    if hits.is_empty() {
        return "No letter holds all of these words.".to_owned();
    }
    let columns = [
        ("letter", Side::Right),
        ("thread", Side::Left),
        ("date", Side::Left),
        ("from", Side::Left),
        ("client", Side::Left),
        ("subject", Side::Left),
    ];
    let mut table = Table::new(&columns);
    for hit in hits {
        table.row(vec![
            number(hit.message),
            Text::from(format!("t{}", hit.thread)),
            time(hit.date, zone),
            hit.from.clone(),
            hit.contact.clone().unwrap_or_default(),
            hit.subject.clone(),
        ]);
    }
    let shown = hits.len() as u64;
    let more = if total > shown {
        format!("\n{} found, the newest {shown} shown; --limit shows more", plural(total, "letter", "letters"))
    } else {
        String::new()
    };
    format!("{}{more}", table.print(""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id;
    use jiff::Timestamp;

    #[test]
    fn found_letters_and_none() {
        assert_eq!(in_words(0, &[], &TimeZone::UTC), "No letter holds all of these words.");
        let hit = Hit {
            message: id::Message(12),
            thread: id::Thread(7),
            date: Timestamp::UNIX_EPOCH,
            from: Text::own("Anna"),
            subject: Text::own("Offer"),
            snippet: Text::default(),
            contact: None,
        };
        let expected = "letter  thread  date              from  client  subject\n    \
                        12  t7      1970-01-01 00:00  Anna          Offer";
        assert_eq!(in_words(1, std::slice::from_ref(&hit), &TimeZone::UTC), expected);
        assert!(
            in_words(3, &[hit], &TimeZone::UTC).ends_with("3 letters found, the newest 1 shown; --limit shows more")
        );
    }
}
