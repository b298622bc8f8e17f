//! `postbook views`: searches kept under a name.

use super::args::Views;
use super::context::Context;
use super::output;
use super::table::{Side, Table};
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::query::{Total, View, ViewRow};
use crate::domain::text::Text;
use crate::runtime::searching::view_rows;
use crate::store::Store;
use jiff::Zoned;
use serde_json::{Value, json};

/// Lists, keeps, renames and forgets them; what changes can be undone.
///
/// # Errors
/// When there is no such view, its name or query is unfit, or the store cannot be used.
pub fn run(context: &Context, command: Option<&Views>, as_json: bool) -> Result<()> {
    let store = Store::open(&context.paths.store_file)?;
    let now = Zoned::now().with_time_zone(context.config.zone.clone());
    let record = |title: String, act: &dyn Fn() -> Result<()>| store.record(&title, now.timestamp(), act).map(drop);
    let said = match command {
        None | Some(Views::List) => None,
        Some(Views::Add { name, query }) => {
            record(format!("Kept the search “{name}”"), &|| store.save_view(name, &query.join(" ")).map(drop))?;
            Some(format!("The search “{}” is kept.", Text::line(name.trim())))
        }
        Some(Views::Rename { name, to }) => {
            let view = view_called(&store, name)?;
            record(format!("Called the search “{to}”"), &|| store.rename_view(view.id, to))?;
            Some(format!("The search is called “{}” now.", Text::line(to.trim())))
        }
        Some(Views::Remove { name }) => {
            let view = view_called(&store, name)?;
            record(format!("Forgot the search “{}”", view.name), &|| store.remove_view(view.id))?;
            Some(format!("The search “{}” is forgotten.", view.name))
        }
    };
    match said {
        Some(said) if !as_json => output::print(&said).map(drop),
        _ => {
            store.index_all_cards()?;
            let rows = view_rows(&store, &now, &context.config.practice)?;
            if as_json { output::json(&document(&rows)).map(drop) } else { output::print(&in_words(&rows)).map(drop) }
        }
    }
}

/// The view of this name.
///
/// # Errors
/// When there is none.
pub fn view_called(store: &Store, name: &str) -> Result<View> {
    store.view_named(name)?.ok_or_else(|| {
        Problem::new(Kind::NotFound, format!("there is no saved search {}", Text::line(name)))
            .hint("postbook views lists them")
    })
}

fn document(rows: &[ViewRow]) -> Value {
    let total = |total: Total| json!({ "count": total.count, "exact": total.exact });
    let view = |row: &ViewRow| {
        json!({
            "id": row.view.id.to_string(),
            "name": row.view.name.as_str(),
            "query": row.view.query.as_str(),
            "letters": total(row.letters),
            "contacts": total(row.contacts),
        })
    };
    json!({ "views": rows.iter().map(view).collect::<Vec<_>>() })
}

fn in_words(rows: &[ViewRow]) -> String {
    if rows.is_empty() {
        return "No search is kept yet. postbook views add NAME QUERY keeps one.".to_owned();
    }
    let columns = [("name", Side::Left), ("letters", Side::Right), ("contacts", Side::Right), ("query", Side::Left)];
    let mut table = Table::new(&columns);
    let count = |total: Total| Text::from(format!("{}{}", total.count, if total.exact { "" } else { "+" }));
    for row in rows {
        table.row(vec![row.view.name.clone(), count(row.letters), count(row.contacts), row.view.query.clone()]);
    }
    table.print("")
}
