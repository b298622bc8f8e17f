//! Meetings of calendars that came in letters: each stands once, as a planned meeting, in its newest version.

use super::{Store, ms};
use crate::domain::activity::{Activity, Kind};
use crate::domain::id;
use crate::domain::message::Overtaken;
use crate::domain::problem::Result;
use crate::domain::text::Text;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

/// A version of a meeting that a letter brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meeting {
    /// Its identity in calendars.
    pub uid: String,
    /// Which version.
    pub sequence: i64,
    /// When that version was sent.
    pub written_at: Timestamp,
    /// The planned meeting; `None`: it is cancelled.
    pub planned: Option<Activity>,
    /// It comes again.
    pub repeats: bool,
}

/// Those that are over: done, or their time is past. Begins at the meetings that come again, of which there are few.
const OVER: &str = "SELECT i.uid, i.activity_id FROM invitation i CROSS JOIN activity a
    WHERE i.repeats = 1 AND i.activity_id IS NOT NULL AND i.cancelled = 0 AND a.id = i.activity_id
      AND (a.done_at IS NOT NULL OR a.due_at <= ?1)";

impl Store {
    /// Enters a meeting, moves it, or notes that it is cancelled. An older version than the one that stands changes nothing, and what I took
    /// out or what was done stays so. Call inside [`Store::write`]; it is no act of the user.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn enter_meeting(&self, meeting: &Meeting) -> Result<()> {
        let standing: Option<(i64, i64, Option<i64>)> = self
            .sql()
            .prepare_cached("SELECT sequence, written_at, activity_id FROM invitation WHERE uid = ?1")?
            .query_row([&meeting.uid], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?;
        let newest = standing
            .is_none_or(|(sequence, written, _)| (meeting.sequence, ms(meeting.written_at)) > (sequence, written));
        if !newest {
            return Ok(());
        }
        let activity = match (standing, &meeting.planned) {
            (None, Some(planned)) => Some(self.add_activity(planned)?.0),
            (None, None) => None,
            (Some((_, _, activity)), Some(planned)) => {
                if let Some(activity) = activity {
                    self.move_meeting(activity, planned)?;
                }
                activity
            }
            (Some((_, _, activity)), None) => {
                if let Some(activity) = activity {
                    self.cancel_meeting(activity, meeting.written_at)?;
                }
                activity
            }
        };
        self.sql()
            .prepare_cached(
                "INSERT INTO invitation (uid, sequence, written_at, cancelled, activity_id, repeats) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (uid) DO UPDATE SET sequence = excluded.sequence, written_at = excluded.written_at,
                     cancelled = excluded.cancelled, repeats = excluded.repeats",
            )?
            .execute(params![
                meeting.uid,
                meeting.sequence,
                ms(meeting.written_at),
                meeting.planned.is_none(),
                activity,
                meeting.repeats
            ])?;
        Ok(())
    }

    /// What a later letter says of a meeting than the version that was sent then.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn overtaken(&self, uid: &str, sequence: i64, written_at: Timestamp) -> Result<Option<Overtaken>> {
        let standing: Option<(i64, i64, bool)> = self
            .sql()
            .prepare_cached("SELECT sequence, written_at, cancelled FROM invitation WHERE uid = ?1")?
            .query_row([uid], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?;
        Ok(standing
            .filter(|(stands, at, _)| (*stands, *at) > (sequence, ms(written_at)))
            .map(|(_, _, cancelled)| if cancelled { Overtaken::Cancelled } else { Overtaken::Changed }))
    }

    /// Meetings that come again, of which the planned one is done or past: their identity, and that one.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn meetings_over(&self, now: Timestamp) -> Result<Vec<(String, id::Activity)>> {
        let mut statement = self.sql().prepare_cached(OVER)?;
        let over = statement.query_map([ms(now)], |row| Ok((row.get(0)?, id::Activity(row.get(1)?))))?;
        Ok(over.collect::<rusqlite::Result<_>>()?)
    }

    /// The next one of a meeting that comes again is planned; `None`: that was the last. Call inside [`Store::write`]; it is no act of the user.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn follow_meeting(&self, uid: &str, next: Option<&Activity>) -> Result<()> {
        match next {
            Some(next) => {
                let next = self.add_activity(next)?;
                self.sql()
                    .prepare_cached("UPDATE invitation SET activity_id = ?2 WHERE uid = ?1")?
                    .execute(params![uid, next.0])?;
            }
            None => {
                self.sql().prepare_cached("UPDATE invitation SET repeats = 0 WHERE uid = ?1")?.execute([uid])?;
            }
        }
        Ok(())
    }

    fn move_meeting(&self, activity: i64, planned: &Activity) -> Result<()> {
        self.sql()
            .prepare_cached(
                "UPDATE activity SET subject = ?2, place = ?3, due_at = ?4, duration_minutes = ?5 WHERE id = ?1 AND done_at IS NULL",
            )?
            .execute(params![
                activity,
                planned.subject.as_str(),
                planned.place.as_str(),
                planned.due_at.map(ms),
                planned.duration_minutes
            ])?;
        Ok(())
    }

    /// I do not come: the planned meeting becomes a note that says so. Call inside [`Store::write`].
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn decline_meeting(&self, uid: &str, now: Timestamp) -> Result<()> {
        let planned: Option<i64> = self
            .sql()
            .prepare_cached("SELECT activity_id FROM invitation WHERE uid = ?1 AND activity_id IS NOT NULL")?
            .query_row([uid], |row| row.get(0))
            .optional()?;
        planned.map_or(Ok(()), |activity| self.end_meeting(activity, "Meeting declined", now))
    }

    fn cancel_meeting(&self, activity: i64, at: Timestamp) -> Result<()> {
        self.end_meeting(activity, "Meeting cancelled", at)
    }

    /// The planned meeting becomes a note that says so.
    fn end_meeting(&self, activity: i64, how: &str, at: Timestamp) -> Result<()> {
        let subject: Option<String> = self
            .sql()
            .prepare_cached("SELECT subject FROM activity WHERE id = ?1 AND done_at IS NULL")?
            .query_row([activity], |row| row.get(0))
            .optional()?;
        let Some(subject) = subject else { return Ok(()) };
        let subject = Text::from(format!("{how}: {subject}"));
        self.sql()
            .prepare_cached(
                "UPDATE activity SET kind = ?2, subject = ?3, done_at = ?4, duration_minutes = NULL WHERE id = ?1",
            )?
            .execute(params![activity, Kind::Note.word(), subject.as_str(), ms(at)])?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::cards_fixture::{Shop, at};

    fn meeting(sequence: i64, due: Option<&str>) -> Meeting {
        let planned =
            due.map(|due| Activity { due_at: Some(at(due)), ..Activity::new(Kind::Meeting, Text::own("Kick-off")) });
        Meeting { uid: "1@x".to_owned(), sequence, written_at: at("2026-11-20T08:00:00Z"), planned, repeats: false }
    }

    fn rows(shop: &Shop) -> Vec<String> {
        let rows = shop.store.activities(None, 9).unwrap();
        rows.iter()
            .map(|row| {
                format!("{} {} {:?}", row.activity.kind.word(), row.activity.subject, row.activity.at().unwrap())
            })
            .collect()
    }

    #[test]
    fn a_meeting_stands_once_in_its_newest_version() {
        let shop = Shop::open();
        let enter = |meeting: &Meeting| shop.store.write(|| shop.store.enter_meeting(meeting)).unwrap();
        enter(&meeting(0, Some("2026-11-25T08:00:00Z")));
        enter(&meeting(0, Some("2026-11-25T08:00:00Z")));
        assert_eq!(rows(&shop), ["meeting Kick-off 2026-11-25T08:00:00Z"]);
        enter(&meeting(2, Some("2026-11-26T08:00:00Z")));
        enter(&meeting(1, Some("2026-11-24T08:00:00Z")));
        assert_eq!(rows(&shop), ["meeting Kick-off 2026-11-26T08:00:00Z"], "an older version changes nothing");
        enter(&meeting(3, None));
        assert_eq!(rows(&shop), ["note Meeting cancelled: Kick-off 2026-11-20T08:00:00Z"]);
        enter(&meeting(2, Some("2026-11-27T08:00:00Z")));
        assert_eq!(rows(&shop).len(), 1);
    }

    #[test]
    fn what_i_took_out_does_not_come_back_and_undo_brings_it_back() {
        let shop = Shop::open();
        let enter = |meeting: &Meeting| shop.store.write(|| shop.store.enter_meeting(meeting)).unwrap();
        enter(&meeting(0, Some("2026-11-25T08:00:00Z")));
        let key = shop.store.activities(None, 9).unwrap()[0].activity.id.unwrap();
        shop.act(|store| store.remove_activity(key));
        enter(&meeting(1, Some("2026-11-26T08:00:00Z")));
        assert!(rows(&shop).is_empty());
        shop.store.undo(at("2026-11-23T08:00:00Z")).unwrap();
        enter(&meeting(2, Some("2026-11-27T08:00:00Z")));
        assert_eq!(rows(&shop), ["meeting Kick-off 2026-11-27T08:00:00Z"], "it is followed again");
        // A cancelled meeting whose invitation comes later never stood.
        enter(&Meeting { uid: "2@x".to_owned(), ..meeting(1, None) });
        enter(&Meeting { uid: "2@x".to_owned(), ..meeting(0, Some("2026-11-25T08:00:00Z")) });
        assert_eq!(rows(&shop).len(), 1);
    }

    #[test]
    fn only_meetings_that_come_again_are_looked_at() {
        let shop = Shop::open();
        let plan = shop.plan(&OVER.replace("?1", "5"));
        assert!(plan.contains("i USING INDEX invitation_repeats") && !plan.contains("SCAN a"), "{plan}");
    }
}
