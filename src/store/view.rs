//! Searches kept under a name, and those of lately.

use super::contact::{must_be_there, unfit};
use super::{Store, ms, text_at};
use crate::domain::id;
use crate::domain::problem::Result;
use crate::domain::query::{Query, View};
use crate::domain::text::{Text, fold};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};

/// So many searches are remembered.
const REMEMBERED: i64 = 100;

fn view_from(row: &Row<'_>) -> rusqlite::Result<View> {
    Ok(View { id: id::View(row.get("id")?), name: text_at(row, "name")?, query: text_at(row, "query")? })
}

/// A view that finds everything would be no view; one that cannot be understood finds nothing.
fn checked(query: &str) -> Result<Text> {
    let query = Text::line(query.trim());
    if Query::parse(query.as_str()).is_empty() {
        return Err(unfit("there is nothing to look for in this search").hint("words, or a field such as is:unread"));
    }
    Ok(query)
}

impl Store {
    /// Every saved search, in its order.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn views(&self) -> Result<Vec<View>> {
        let mut statement =
            self.sql().prepare_cached("SELECT id, name, query FROM saved_view ORDER BY position, id")?;
        Ok(statement.query_map([], view_from)?.collect::<rusqlite::Result<_>>()?)
    }

    /// The saved search of this name, however it is spelled.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn view_named(&self, name: &str) -> Result<Option<View>> {
        let mut statement = self.sql().prepare_cached("SELECT id, name, query FROM saved_view WHERE folded = ?1")?;
        Ok(statement.query_row([fold(name.trim())], view_from).optional()?)
    }

    /// One saved search.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn view(&self, view: id::View) -> Result<Option<View>> {
        let mut statement = self.sql().prepare_cached("SELECT id, name, query FROM saved_view WHERE id = ?1")?;
        Ok(statement.query_row([view.0], view_from).optional()?)
    }

    /// Keeps a search under a name; one of that name is replaced.
    ///
    /// # Errors
    /// When there is no name, or nothing to look for.
    pub fn save_view(&self, name: &str, query: &str) -> Result<id::View> {
        let name = named(name)?;
        let query = checked(query)?;
        self.sql()
            .prepare_cached(
                "INSERT INTO saved_view (name, folded, query, position)
                 VALUES (?1, ?2, ?3, (SELECT coalesce(max(position), 0) + 1 FROM saved_view))
                 ON CONFLICT (folded) DO UPDATE SET name = excluded.name, query = excluded.query",
            )?
            .execute(params![name.as_str(), fold(name.as_str()), query.as_str()])?;
        let saved = self.view_named(name.as_str())?.map(|view| view.id);
        saved.ok_or_else(|| unfit("the search could not be kept"))
    }

    /// Gives a saved search another name.
    ///
    /// # Errors
    /// When there is no such search, no name, or another one has it.
    pub fn rename_view(&self, view: id::View, name: &str) -> Result<()> {
        let name = named(name)?;
        if self.view_named(name.as_str())?.is_some_and(|other| other.id != view) {
            return Err(unfit(format!("another saved search is called {name}")));
        }
        let rows = self
            .sql()
            .prepare_cached("UPDATE saved_view SET name = ?2, folded = ?3 WHERE id = ?1")?
            .execute(params![view.0, name.as_str(), fold(name.as_str())])?;
        must_be_there(rows, "saved search", view)
    }

    /// Forgets a saved search.
    ///
    /// # Errors
    /// When there is no such search.
    pub fn remove_view(&self, view: id::View) -> Result<()> {
        let rows = self.sql().prepare_cached("DELETE FROM saved_view WHERE id = ?1")?.execute([view.0])?;
        must_be_there(rows, "saved search", view)
    }

    /// Remembers what was looked for.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn remember_search(&self, query: &str, now: Timestamp) -> Result<()> {
        self.write(|| {
            self.sql()
                .prepare_cached("INSERT INTO search_history (query, at) VALUES (?1, ?2) ON CONFLICT (query) DO UPDATE SET at = excluded.at")?
                .execute(params![Text::line(query.trim()).as_str(), ms(now)])?;
            self.sql()
                .prepare_cached("DELETE FROM search_history WHERE query NOT IN (SELECT query FROM search_history ORDER BY at DESC LIMIT ?1)")?
                .execute([REMEMBERED])?;
            Ok(())
        })
    }

    /// What was looked for, the latest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn searches(&self) -> Result<Vec<Text>> {
        let mut statement = self.sql().prepare_cached("SELECT query FROM search_history ORDER BY at DESC, query")?;
        Ok(statement.query_map([], |row| text_at(row, "query"))?.collect::<rusqlite::Result<_>>()?)
    }
}

fn named(name: &str) -> Result<Text> {
    let name = Text::line(name.trim());
    if name.is_empty() { Err(unfit("a saved search needs a name")) } else { Ok(name) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::cards_fixture::{Shop, now};

    #[test]
    fn searches_are_kept_renamed_and_forgotten() {
        let shop = Shop::open();
        let act = |act: &dyn Fn(&Store) -> Result<()>| {
            let before = shop.store.views().unwrap();
            let (_, change) = shop.store.record("act", now().timestamp(), || act(&shop.store)).unwrap();
            assert!(change.is_some());
            let after = shop.store.views().unwrap();
            shop.store.undo(now().timestamp()).unwrap();
            assert_eq!(shop.store.views().unwrap(), before, "undo gives back what was");
            shop.store.record("act", now().timestamp(), || act(&shop.store)).unwrap();
            assert_eq!(shop.store.views().unwrap(), after);
        };
        act(&|store| store.save_view("Łódź", " is:unread ").map(drop));
        act(&|store| store.save_view("Silent", "counter:silent").map(drop));
        act(&|store| store.save_view("łódź", "is:flagged").map(drop));
        let texts = |views: Vec<View>| views.into_iter().map(|v| format!("{}={}", v.name, v.query)).collect::<Vec<_>>();
        assert_eq!(texts(shop.store.views().unwrap()), ["łódź=is:flagged", "Silent=counter:silent"]);
        let lodz = shop.store.view_named("LODZ").unwrap().unwrap();
        act(&|store| store.rename_view(lodz.id, "Flags"));
        assert_eq!(shop.store.view(lodz.id).unwrap().unwrap().name.as_str(), "Flags");
        let refused = |outcome: Result<()>| outcome.unwrap_err().sentence;
        assert_eq!(refused(shop.store.rename_view(lodz.id, "silent")), "another saved search is called silent");
        assert_eq!(refused(shop.store.rename_view(id::View(99), "x")), "there is no saved search 99");
        assert_eq!(refused(shop.store.save_view(" ", "x").map(drop)), "a saved search needs a name");
        assert_eq!(
            refused(shop.store.save_view("x", "🙂 before:foo").map(drop)),
            "there is nothing to look for in this search"
        );
        act(&|store| store.remove_view(lodz.id));
        assert_eq!(refused(shop.store.remove_view(lodz.id)), "there is no saved search 1");
    }

    #[test]
    fn what_was_looked_for_is_remembered() {
        let shop = Shop::open();
        for second in 0..150 {
            let at = Timestamp::from_second(second).unwrap();
            shop.store.remember_search(&format!("word {}", second % 120), at).unwrap();
        }
        let searches = shop.store.searches().unwrap();
        assert_eq!((searches.len(), searches.first().unwrap().as_str()), (100, "word 29"));
    }
}
