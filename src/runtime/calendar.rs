//! A calendar file of activities, written where saved files go.

use super::clerk::Clerk;
use crate::domain::activity::ActivityRow;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::Text;
use crate::mime;
use crate::store::ActivityFilter;
use crate::ui::effect::CalendarOf;
use crate::ui::event::Event;
use jiff::Zoned;

impl Clerk {
    /// Writes the file; says where it is.
    pub(super) fn save_calendar(&self, which: CalendarOf, now: &Zoned) -> Result<Vec<Event>> {
        let planned = ActivityFilter { planned: Some(true), ..ActivityFilter::default() };
        let (name, rows): (String, Vec<ActivityRow>) = match which {
            CalendarOf::Activity(activity) => {
                (format!("activity-{activity}"), self.store.activity(activity)?.into_iter().collect())
            }
            CalendarOf::Contact(contact) => {
                let filter = ActivityFilter { contact: Some(contact), ..planned };
                (format!("contact-{contact}"), self.store.activities_where(&filter)?)
            }
            CalendarOf::Everything => ("planned".to_owned(), self.store.activities_where(&planned)?),
        };
        if rows.is_empty() {
            return Err(Problem::new(Kind::NotFound, "nothing is planned that could be saved"));
        }
        let text = mime::calendar(&rows, &self.office.home(), now.timestamp());
        let path = mime::save_attachment(&self.downloads, &format!("{name}.ics"), text.as_bytes())?;
        Ok(vec![Event::AttachmentSaved { path: Text::line(&path.to_string_lossy()) }])
    }
}
