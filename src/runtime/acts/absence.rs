//! My absence: begun, changed, ended.

use super::{Acts, Title};
use crate::domain::auto_reply::Absence;
use crate::domain::problem::Result;
use crate::store::NewAbsence;

impl Acts<'_> {
    /// I am away, and letters are answered by themselves meanwhile. Another absence ends by it.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn go_away(&self, new: &NewAbsence) -> Result<Title> {
        self.record(format!("Away until {}", new.last_day.strftime("%-d %B %Y")), || {
            self.store.begin_absence(new, self.at()).map(drop)
        })
    }

    /// I am back.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn come_back(&self, absence: &Absence) -> Result<Title> {
        let until = absence.last_day.strftime("%-d %B %Y");
        self.record(format!("Not away any more (was until {until})"), || self.store.end_absence(self.at()).map(drop))
    }
}
