//! Searches kept under a name.

use super::{Acts, Title};
use crate::domain::id;
use crate::domain::problem::Result;
use crate::domain::text::Text;

impl Acts<'_> {
    /// Keeps a search under a name.
    ///
    /// # Errors
    /// When there is no name or nothing to look for, or the store cannot be written.
    pub fn save_view(&self, name: &str, query: &str) -> Result<Title> {
        self.record(format!("Kept the search “{}”", Text::line(name.trim())), || {
            self.store.save_view(name, query).map(drop)
        })
    }

    /// Gives it another name.
    ///
    /// # Errors
    /// When another one has that name, or the store cannot be written.
    pub fn rename_view(&self, view: id::View, name: &str) -> Result<Title> {
        self.record(format!("Called the search “{}”", Text::line(name.trim())), || {
            self.store.rename_view(view, name)
        })
    }

    /// Forgets it.
    ///
    /// # Errors
    /// When it is gone already, or the store cannot be written.
    pub fn remove_view(&self, view: id::View) -> Result<Title> {
        let name = self.store.view(view)?.map(|view| view.name).unwrap_or_default();
        self.record(format!("Forgot the search “{name}”"), || self.store.remove_view(view))
    }
}
