//! `postbook search`: letters and cards in one language. Needs no network and no password.

use super::args;
use super::context::Context;
use super::json::search::{Found, search_json};
use super::show::letter;
use super::table::{Side, Table, cell, number, time, time_or_empty};
use super::views::view_called;
use super::{lists, output};
use crate::domain::id;
use crate::domain::problem::Result;
use crate::domain::query::{Answer, Cards, Kind, Order, Query, Total, explain};
use crate::domain::text::Text;
use crate::runtime::reading;
use crate::store::{Ask, Store};
use jiff::Zoned;
use jiff::tz::TimeZone;

/// Finds letters and cards. None is no error.
///
/// # Errors
/// When the store cannot be read, or there is no such view.
pub fn run(context: &Context, args: &args::Search) -> Result<()> {
    // Without a desk: to look through templates and accounts would take longer than the search.
    let store = Store::open(&context.paths.store_file)?;
    let typed = args.query.join(" ");
    let typed = match &args.view {
        Some(name) if typed.trim().is_empty() => view_called(&store, name)?.query.into(),
        Some(name) => format!("({}) ({typed})", view_called(&store, name)?.query),
        None => typed,
    };
    let query = Query::parse(&typed);
    if args.explain {
        return explained(&query, args.json);
    }
    let now = Zoned::now().with_time_zone(context.config.zone.clone());
    let order = if args.newest { Order::Newest } else { Order::Best };
    let limit = usize::try_from(args.limit).unwrap_or(usize::MAX);
    let answer =
        store.find(&query, &Ask { order, count: u64::MAX, ..Ask::first(&now, &context.config.practice, limit) })?;
    if args.json {
        return output::json(&document(&store, &answer, &now)?).map(drop);
    }
    output::print(&in_words(&answer, &context.config.zone)).map(drop)
}

fn explained(query: &Query, as_json: bool) -> Result<()> {
    let kinds: Vec<&str> = query.kinds().into_iter().map(Kind::plural).collect();
    let understood = explain(&query.root);
    if as_json {
        let notes: Vec<&str> = query.notes.iter().map(Text::as_str).collect();
        let document = serde_json::json!({ "understood": understood, "looks_through": kinds, "notes": notes });
        return output::json(&document).map(drop);
    }
    let mut lines = understood;
    lines.push(match kinds.as_slice() {
        [] => "Nothing can be all of this at once.".to_owned(),
        kinds => format!("Looked for among {}.", kinds.join(", ")),
    });
    lines.extend(query.notes.iter().map(|note| format!("Note: {note}")));
    output::print(&lines.join("\n")).map(drop)
}

fn document(store: &Store, answer: &Answer, now: &Zoned) -> Result<serde_json::Value> {
    let mut found = Found { total: answer.letters.count, notes: answer.notes.clone(), ..Found::default() };
    for hit in &answer.hits {
        // One that went between the two questions is left out.
        if let Some(opened) = reading::opened(store, hit.message)? {
            found.letters.push(letter(store, opened)?);
        }
    }
    for cards in &answer.cards {
        for row in &cards.rows {
            match cards.kind {
                Kind::Contact => found.contacts.extend(lists::contact_document(store, id::Contact(row.id), now)?),
                Kind::Company => found.companies.extend(store.company_row(id::Company(row.id))?),
                Kind::Deal => found.deals.extend(store.deal_row(id::Deal(row.id), now.date())?),
                Kind::Activity => found.activities.extend(lists::activity_document(store, id::Activity(row.id))?),
                Kind::Letter => {}
            }
        }
    }
    Ok(search_json(found))
}

fn in_words(answer: &Answer, zone: &TimeZone) -> String {
    let mut parts: Vec<String> = answer.notes.iter().map(|note| format!("Note: {note}.")).collect();
    parts.extend(answer.cards.iter().map(|cards| cards_in_words(cards, zone)));
    if !answer.hits.is_empty() {
        parts.push(letters_in_words(answer, zone));
    } else if answer.cards.is_empty() {
        parts.push("Nothing was found.".to_owned());
    }
    parts.join("\n\n")
}

fn cards_in_words(cards: &Cards, zone: &TimeZone) -> String {
    let mut columns = vec![(cards.kind.word(), Side::Right), ("name", Side::Left), ("", Side::Left)];
    let dated = cards.kind == Kind::Activity;
    if dated {
        columns.push(("when", Side::Left));
    }
    let mut table = Table::new(&columns);
    for row in &cards.rows {
        let mut cells = vec![number(row.id), row.title.clone(), row.detail.clone()];
        if dated {
            cells.push(time_or_empty(row.at, zone));
        }
        table.row(cells);
    }
    let noun = if cards.total.count == 1 { cards.kind.word() } else { cards.kind.plural() };
    format!("{}{}", table.print(""), more(cards.total, cards.rows.len(), noun))
}

fn letters_in_words(answer: &Answer, zone: &TimeZone) -> String {
    let columns = [
        ("letter", Side::Right),
        ("thread", Side::Left),
        ("date", Side::Left),
        ("from", Side::Left),
        ("client", Side::Left),
        ("subject", Side::Left),
    ];
    let mut table = Table::new(&columns);
    for hit in &answer.hits {
        table.row(vec![
            number(hit.message),
            Text::from(format!("t{}", hit.thread)),
            time(hit.date, zone),
            hit.from.clone(),
            cell(hit.contact.as_ref()),
            hit.subject.clone(),
        ]);
    }
    format!("{}{}", table.print(""), more(answer.letters, answer.hits.len(), "letters"))
}

fn more(total: Total, shown: usize, noun: &str) -> String {
    if total.count <= shown as u64 {
        return String::new();
    }
    let found = total.in_words(noun, noun);
    format!("\n{found} found, the first {shown} shown; --limit shows more")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::query::{CardHit, Hit, Rank};
    use jiff::Timestamp;

    #[test]
    fn found_letters_and_none() {
        let mut answer = Answer::default();
        assert_eq!(in_words(&answer, &TimeZone::UTC), "Nothing was found.");
        answer.notes.push(Text::own("“foo” is no day"));
        assert_eq!(in_words(&answer, &TimeZone::UTC), "Note: “foo” is no day.\n\nNothing was found.");
        answer.notes.clear();
        answer.hits.push(Hit {
            message: id::Message(12),
            thread: id::Thread(7),
            rank: Rank { class: 0, form: false, newest: std::cmp::Reverse((0, 12)) },
            date: Timestamp::UNIX_EPOCH,
            from: Text::own("Anna"),
            subject: Text::own("Offer"),
            snippet: Text::default(),
            contact: None,
            contact_id: None,
            company_id: None,
            deal_id: None,
            unread: false,
            flagged: false,
            files: false,
        });
        answer.letters = Total { count: 1, exact: true };
        let expected = "letter  thread  date              from  client  subject\n    \
                        12  t7      1970-01-01 00:00  Anna          Offer";
        assert_eq!(in_words(&answer, &TimeZone::UTC), expected);
        answer.letters.count = 3;
        let row = CardHit {
            kind: Kind::Deal,
            id: 5,
            title: Text::own("Desks"),
            detail: Text::own("Acme, offer"),
            at: None,
            lead: false,
            contact: None,
        };
        answer.cards.push(Cards { kind: Kind::Deal, total: Total { count: 1, exact: true }, rows: vec![row] });
        let words = in_words(&answer, &TimeZone::UTC);
        assert!(words.starts_with("deal  name"), "{words}");
        assert!(words.contains("   5  Desks  Acme, offer\n\nletter"), "{words}");
        assert!(words.ends_with("3 letters found, the first 1 shown; --limit shows more"), "{words}");
    }
}
