//! Activities: what was done and is planned with clients.

use super::contact::{NAME, full_name_from, lines_of, must_be_there, name_from, unfit};
use super::{Store, moment, ms, optional_text_at, text_at};
use crate::domain::activity::{Activity, ActivityRow, Kind, Way};
use crate::domain::id;
use crate::domain::problem::Result;
use crate::domain::text::Text;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Params, Row, named_params, params};

/// The company an activity counts for, from its parameters.
const COMPANY: &str = "coalesce((SELECT company_id FROM deal WHERE id = :deal), (SELECT company_id FROM contact WHERE id = :contact), :company)";

impl Store {
    /// Enters an activity, planned or done. It counts for the company of its deal, else of its contact, else the one it names.
    ///
    /// # Errors
    /// When it is neither planned nor done, lasted less than nothing, or names somebody or something that is not there.
    pub fn add_activity(&self, new: &Activity) -> Result<id::Activity> {
        self.enter_activity(new, None)
    }

    /// The same for what has a name of its own elsewhere (a phone system's number of the call, a row of a list): entered once.
    /// Gives its key, and whether it is new.
    ///
    /// # Errors
    /// As [`Store::add_activity`].
    pub fn add_activity_once(&self, key: &str, new: &Activity) -> Result<(id::Activity, bool)> {
        match self.activity_entered_as(key)? {
            Some(found) => Ok((found, false)),
            None => self.enter_activity(new, Some(key)).map(|id| (id, true)),
        }
    }

    /// The activity that was entered under a name of its own.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn activity_entered_as(&self, key: &str) -> Result<Option<id::Activity>> {
        let found: Option<i64> = self
            .sql()
            .prepare_cached("SELECT id FROM activity WHERE entry_key = ?1")?
            .query_row([key], |row| row.get(0))
            .optional()?;
        Ok(found.map(id::Activity))
    }

    fn enter_activity(&self, new: &Activity, key: Option<&str>) -> Result<id::Activity> {
        self.checked_activity(new)?;
        self.sql()
            .prepare_cached(&format!(
                "INSERT INTO activity (kind, contact_id, company_id, deal_id, subject, place, due_at, done_at, duration_minutes, result,
                     trigger_id, way, guests, message_id, entry_key)
                 VALUES (:kind, :contact, {COMPANY}, :deal, :subject, :place, :due_at, :done_at, :minutes, :result,
                     :trigger, :way, :guests, :message, :key)"
            ))?
            .execute(named_params! {
                ":kind": new.kind.word(),
                ":contact": new.contact.map(|contact| contact.0),
                ":company": new.company.map(|company| company.0),
                ":deal": new.deal.map(|deal| deal.0),
                ":subject": new.subject.as_str(),
                ":place": new.place.as_str(),
                ":due_at": new.due_at.map(ms),
                ":done_at": new.done_at.map(ms),
                ":minutes": new.duration_minutes,
                ":result": new.result.as_str(),
                ":trigger": new.trigger.map(|trigger| trigger.0),
                ":way": new.way.map_or("", Way::word),
                ":guests": lines_of(&new.guests),
                ":message": new.message.map(|message| message.0),
                ":key": key,
            })?;
        let activity = id::Activity(self.sql().last_insert_rowid());
        self.set_people(activity, new)?;
        Ok(activity)
    }

    /// Gives an activity other fields: all of them, as they stand in `to`.
    ///
    /// # Errors
    /// As [`Store::add_activity`], when there is no such activity, or when it would lead to itself.
    pub fn update_activity(&self, activity: id::Activity, to: &Activity) -> Result<()> {
        self.checked_activity(to)?;
        if let Some(trigger) = to.trigger
            && (trigger == activity || self.chain_before(trigger)?.iter().any(|link| link.id == activity))
        {
            return Err(unfit("an activity cannot have led to itself"));
        }
        let rows = self
            .sql()
            .prepare_cached(&format!(
                "UPDATE activity SET kind = :kind, contact_id = :contact, company_id = {COMPANY}, deal_id = :deal, subject = :subject,
                     place = :place, due_at = :due_at, done_at = :done_at, duration_minutes = :minutes, result = :result,
                     trigger_id = :trigger, way = :way, guests = :guests WHERE id = :id"
            ))?
            .execute(named_params! {
                ":id": activity.0,
                ":kind": to.kind.word(),
                ":contact": to.contact.map(|contact| contact.0),
                ":company": to.company.map(|company| company.0),
                ":deal": to.deal.map(|deal| deal.0),
                ":subject": to.subject.as_str(),
                ":place": to.place.as_str(),
                ":due_at": to.due_at.map(ms),
                ":done_at": to.done_at.map(ms),
                ":minutes": to.duration_minutes,
                ":result": to.result.as_str(),
                ":trigger": to.trigger.map(|trigger| trigger.0),
                ":way": to.way.map_or("", Way::word),
                ":guests": lines_of(&to.guests),
            })?;
        must_be_there(rows, "activity", activity)?;
        self.set_people(activity, to)
    }

    /// Takes an activity out. What followed from it followed then from what led to it. A meeting of a calendar does not come back.
    ///
    /// # Errors
    /// When there is no such activity.
    pub fn remove_activity(&self, activity: id::Activity) -> Result<()> {
        let sql = self.sql();
        sql.execute(
            "UPDATE activity SET trigger_id = (SELECT trigger_id FROM activity WHERE id = ?1) WHERE trigger_id = ?1",
            [activity.0],
        )?;
        sql.execute("UPDATE promise SET activity_id = NULL WHERE activity_id = ?1", [activity.0])?;
        sql.execute("UPDATE invitation SET activity_id = NULL WHERE activity_id = ?1", [activity.0])?;
        sql.execute("DELETE FROM activity_person WHERE activity_id = ?1", [activity.0])?;
        let rows = sql.execute("DELETE FROM activity WHERE id = ?1", [activity.0])?;
        must_be_there(rows, "activity", activity)
    }

    fn checked_activity(&self, new: &Activity) -> Result<()> {
        if new.due_at.is_none() && new.done_at.is_none() {
            return Err(unfit("an activity needs a time: when it is planned for, or when it was done"));
        }
        checked_duration(new.duration_minutes)?;
        for person in new.contact.iter().chain(&new.people) {
            self.must_exist("contact", Some(person.0))?;
        }
        self.must_exist("company", new.company.map(|company| company.0))?;
        self.must_exist("deal", new.deal.map(|deal| deal.0))?;
        self.must_exist("activity", new.trigger.map(|trigger| trigger.0))
    }

    /// Writes only the rows that differ, so that undo has little to put back.
    fn set_people(&self, activity: id::Activity, new: &Activity) -> Result<()> {
        let standing = self.takes_part(activity)?;
        for gone in standing.iter().filter(|person| !new.people.contains(person) || Some(**person) == new.contact) {
            self.sql()
                .prepare_cached("DELETE FROM activity_person WHERE activity_id = ?1 AND contact_id = ?2")?
                .execute([activity.0, gone.0])?;
        }
        for person in new.people.iter().filter(|person| !standing.contains(person) && Some(**person) != new.contact) {
            self.sql()
                .prepare_cached(
                    "INSERT INTO activity_person (activity_id, contact_id) VALUES (?1, ?2)
                     ON CONFLICT (activity_id, contact_id) DO NOTHING",
                )?
                .execute([activity.0, person.0])?;
        }
        Ok(())
    }

    fn takes_part(&self, activity: id::Activity) -> Result<Vec<id::Contact>> {
        let mut statement =
            self.sql().prepare_cached("SELECT contact_id FROM activity_person WHERE activity_id = ?1 ORDER BY id")?;
        Ok(statement.query_map([activity.0], |row| row.get(0).map(id::Contact))?.collect::<rusqlite::Result<_>>()?)
    }

    /// A planned activity was done: when, how long it took (minutes), what came of it.
    ///
    /// # Errors
    /// When there is no such planned activity, or it lasted less than nothing.
    pub fn finish_activity(
        &self,
        activity: id::Activity,
        done_at: Timestamp,
        duration_minutes: Option<i64>,
        result: &Text,
    ) -> Result<()> {
        checked_duration(duration_minutes)?;
        let rows = self
            .sql()
            .prepare_cached("UPDATE activity SET done_at = ?2, duration_minutes = ?3, result = ?4 WHERE id = ?1 AND done_at IS NULL")?
            .execute(params![activity.0, ms(done_at), duration_minutes, result.as_str()])?;
        must_be_there(rows, "planned activity", activity)
    }

    /// Moves a planned activity to another time.
    ///
    /// # Errors
    /// When there is no such planned activity.
    pub fn move_activity(&self, activity: id::Activity, to: Timestamp) -> Result<()> {
        let rows = self
            .sql()
            .prepare_cached("UPDATE activity SET due_at = ?2 WHERE id = ?1 AND done_at IS NULL")?
            .execute(params![activity.0, ms(to)])?;
        must_be_there(rows, "planned activity", activity)
    }

    /// One activity; `None` when there is no such.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn activity(&self, activity: id::Activity) -> Result<Option<ActivityRow>> {
        Ok(self.activity_rows("WHERE a.id = ?1", [activity.0])?.pop())
    }

    /// A page of activities: the planned ones by their due time, then those that were done, newest first; after the
    /// activity `after` (the last one shown).
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn activities(&self, after: Option<id::Activity>, limit: u32) -> Result<Vec<ActivityRow>> {
        let newest = (i64::MAX, i64::MAX);
        let mut place = self.sql().prepare_cached("SELECT due_at, done_at, id FROM activity WHERE id = ?1")?;
        let last: Option<(Option<i64>, Option<i64>, i64)> = match after {
            Some(last) => place.query_row([last.0], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).optional()?,
            None => Some((None, None, i64::MIN)),
        };
        let (planned_after, done_before) = match last {
            Some((_, Some(done_at), id)) => (None, (done_at, id)),
            Some((due_at, None, id)) => (Some((due_at.unwrap_or(i64::MIN), id)), newest),
            None => return Ok(Vec::new()), // undone since: the list is read again
        };
        let mut rows = match planned_after {
            Some((at, id)) => self.activity_rows(PLANNED, params![at, id, limit])?,
            None => Vec::new(),
        };
        let left = limit.saturating_sub(u32::try_from(rows.len()).unwrap_or(limit));
        if left > 0 {
            rows.extend(self.activity_rows(DONE, params![done_before.0, done_before.1, left])?);
        }
        Ok(rows)
    }

    /// Planned activities due at or before `until` (the end of today for the counter "due"), the oldest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn due_activities(&self, until: Timestamp, limit: u32) -> Result<Vec<ActivityRow>> {
        self.activity_rows(DUE, params![ms(until), limit])
    }

    pub(super) fn activity_rows(&self, which: &str, parameters: impl Params) -> Result<Vec<ActivityRow>> {
        let mut statement = self.sql().prepare_cached(&activity_sql(which))?;
        let mut rows: Vec<ActivityRow> =
            statement.query_map(parameters, activity_from)?.collect::<rusqlite::Result<_>>()?;
        for row in rows.iter_mut().filter(|row| !row.activity.people.is_empty()) {
            row.people = self.names_of(&row.activity.people)?;
        }
        Ok(rows)
    }

    fn names_of(&self, people: &[id::Contact]) -> Result<Vec<Text>> {
        let mut statement = self.sql().prepare_cached(&format!("SELECT {NAME} FROM contact c WHERE c.id = ?1"))?;
        let mut names = Vec::with_capacity(people.len());
        for person in people {
            names.extend(statement.query_row([person.0], |row| Ok(name_from(row)?.full())).optional()?);
        }
        Ok(names)
    }
}

const PLANNED: &str = "WHERE a.done_at IS NULL AND (a.due_at, a.id) > (?1, ?2) ORDER BY a.due_at, a.id LIMIT ?3";
const DONE: &str =
    "WHERE a.done_at IS NOT NULL AND (a.done_at, a.id) < (?1, ?2) ORDER BY a.done_at DESC, a.id DESC LIMIT ?3";
const DUE: &str = "WHERE a.done_at IS NULL AND a.due_at <= ?1 ORDER BY a.due_at, a.id LIMIT ?2";

pub(super) fn activity_sql(which: &str) -> String {
    format!(
        "SELECT a.id, a.kind, a.contact_id, a.company_id, a.deal_id, a.subject, a.place, a.due_at, a.done_at, a.duration_minutes,
                a.result, a.trigger_id, a.way, a.guests, a.message_id, {NAME}, d.title AS deal_title,
                (SELECT name FROM company WHERE id = a.company_id) AS company_name,
                (SELECT group_concat(contact_id, ' ') FROM activity_person WHERE activity_id = a.id ORDER BY id) AS people
         FROM activity a LEFT JOIN contact c ON c.id = a.contact_id LEFT JOIN deal d ON d.id = a.deal_id {which}"
    )
}

fn checked_duration(minutes: Option<i64>) -> Result<()> {
    match minutes {
        Some(minutes) if minutes < 0 => Err(unfit(format!("an activity cannot last {minutes} minutes"))),
        _ => Ok(()),
    }
}

fn activity_from(row: &Row<'_>) -> rusqlite::Result<ActivityRow> {
    Ok(ActivityRow {
        activity: Activity {
            id: Some(id::Activity(row.get("id")?)),
            kind: Kind::from_word(row.get_ref("kind")?.as_str()?).unwrap_or(Kind::Note),
            contact: row.get::<_, Option<i64>>("contact_id")?.map(id::Contact),
            deal: row.get::<_, Option<i64>>("deal_id")?.map(id::Deal),
            subject: text_at(row, "subject")?,
            place: text_at(row, "place")?,
            due_at: row.get::<_, Option<i64>>("due_at")?.map(moment),
            done_at: row.get::<_, Option<i64>>("done_at")?.map(moment),
            duration_minutes: row.get("duration_minutes")?,
            result: Text::block(row.get_ref("result")?.as_str()?),
            trigger: row.get::<_, Option<i64>>("trigger_id")?.map(id::Activity),
            people: row
                .get_ref("people")?
                .as_str_or_null()?
                .unwrap_or_default()
                .split(' ')
                .filter_map(|key| key.parse().ok().map(id::Contact))
                .collect(),
            guests: row.get_ref("guests")?.as_str()?.lines().map(Text::line).collect(),
            company: row.get::<_, Option<i64>>("company_id")?.map(id::Company),
            way: Way::from_word(row.get_ref("way")?.as_str()?),
            message: row.get::<_, Option<i64>>("message_id")?.map(id::Message),
        },
        contact_name: full_name_from(row)?,
        company_name: optional_text_at(row, "company_name")?,
        deal_title: optional_text_at(row, "deal_title")?,
        people: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::cards_fixture::{Shop, at, person, sale};

    fn meeting(subject: &str, due_at: Option<&str>, done_at: Option<&str>) -> Activity {
        Activity {
            id: None,
            kind: Kind::GroupMeeting,
            contact: None,
            deal: None,
            subject: Text::line(subject),
            place: Text::own("office"),
            due_at: due_at.map(at),
            done_at: done_at.map(at),
            duration_minutes: Some(30),
            result: Text::block("two\nlines"),
            trigger: None,
            people: Vec::new(),
            guests: Vec::new(),
            company: None,
            way: None,
            message: None,
        }
    }

    fn subjects(rows: Vec<ActivityRow>) -> Vec<String> {
        rows.into_iter().map(|row| row.activity.subject.into()).collect()
    }

    #[test]
    fn what_is_entered_is_read_again() {
        let shop = Shop::open();
        let anna = shop.store.add_contact(&person("Anna", "Kowalska", &[])).unwrap();
        let deal = shop.store.add_deal(&sale("Desks", None, None)).unwrap();
        let first = shop.act(|store| store.add_activity(&meeting("fair", None, Some("2026-11-01T08:00:00Z"))));
        let new = Activity {
            contact: Some(anna),
            deal: Some(deal),
            trigger: Some(first),
            ..meeting("visit", Some("2026-11-25T08:00:00Z"), None)
        };
        let visit = shop.act(|store| store.add_activity(&new));
        let row = shop.store.activity(visit).unwrap().unwrap();
        assert_eq!(row.activity, Activity { id: Some(visit), ..new });
        assert_eq!((row.contact_name, row.deal_title), (Some(Text::own("Anna Kowalska")), Some(Text::own("Desks"))));
        assert!(shop.store.activity(id::Activity(99)).unwrap().is_none());
    }

    #[test]
    fn what_cannot_be_an_activity_is_refused() {
        let shop = Shop::open();
        assert!(
            shop.refused(|store| store.add_activity(&meeting("x", None, None))).starts_with("an activity needs a time")
        );
        let late = || meeting("x", None, Some("2026-11-01T08:00:00Z"));
        for (new, sentence) in [
            (Activity { duration_minutes: Some(-1), ..late() }, "an activity cannot last -1 minutes"),
            (Activity { contact: Some(id::Contact(7)), ..late() }, "there is no contact 7"),
            (Activity { deal: Some(id::Deal(7)), ..late() }, "there is no deal 7"),
            (Activity { trigger: Some(id::Activity(7)), ..late() }, "there is no activity 7"),
        ] {
            assert_eq!(shop.refused(|store| store.add_activity(&new)), sentence);
        }
    }

    #[test]
    fn a_planned_activity_is_moved_and_done_once() {
        let shop = Shop::open();
        let call = shop.act(|store| store.add_activity(&meeting("call", Some("2026-11-20T08:00:00Z"), None)));
        let due = || subjects(shop.store.due_activities(at("2026-11-23T22:59:59Z"), 9).unwrap());
        assert_eq!(due(), ["call"]);
        shop.act(|store| store.move_activity(call, at("2026-11-24T08:00:00Z")));
        assert_eq!(due(), Vec::<String>::new());
        shop.act(|store| store.move_activity(call, at("2026-11-23T22:59:59Z")));
        assert_eq!(due(), ["call"]);
        shop.act(|store| store.finish_activity(call, at("2026-11-23T09:00:00Z"), Some(12), &Text::own("ordered")));
        assert_eq!(due(), Vec::<String>::new());
        let done = shop.store.activity(call).unwrap().unwrap().activity;
        assert_eq!(
            (done.done_at, done.duration_minutes, done.result.as_str()),
            (Some(at("2026-11-23T09:00:00Z")), Some(12), "ordered")
        );
        let gone = format!("there is no planned activity {call}");
        assert_eq!(shop.refused(|store| store.move_activity(call, at("2026-11-24T08:00:00Z"))), gone);
        assert_eq!(
            shop.refused(|store| store.finish_activity(call, at("2026-11-24T08:00:00Z"), None, &Text::default())),
            gone
        );
    }

    #[test]
    fn the_list_shows_plans_first_and_pages_by_key() {
        let shop = Shop::open();
        for (subject, due_at, done_at) in [
            ("done 1", None, Some("2026-11-01T08:00:00Z")),
            ("plan 2", Some("2026-11-25T08:00:00Z"), None),
            ("done 3", Some("2026-11-02T08:00:00Z"), Some("2026-11-03T08:00:00Z")),
            ("plan 1", Some("2026-11-24T08:00:00Z"), None),
            ("plan 3", Some("2026-11-25T08:00:00Z"), None),
            ("done 2", None, Some("2026-11-01T08:00:00Z")),
        ] {
            shop.store.add_activity(&meeting(subject, due_at, done_at)).unwrap();
        }
        let all = ["plan 1", "plan 2", "plan 3", "done 3", "done 2", "done 1"];
        assert_eq!(subjects(shop.store.activities(None, 9).unwrap()), all);
        for size in 1..=4 {
            let mut paged: Vec<ActivityRow> = Vec::new();
            loop {
                let page = shop.store.activities(paged.last().and_then(|row| row.activity.id), size).unwrap();
                if page.is_empty() {
                    break;
                }
                paged.extend(page);
            }
            assert_eq!(subjects(paged), all, "pages of {size}");
        }
        assert!(shop.store.activities(Some(id::Activity(99)), 9).unwrap().is_empty());
    }

    #[test]
    fn the_lists_are_read_by_index() {
        let shop = Shop::open();
        for (which, index) in [(PLANNED, "activity_due"), (DUE, "activity_due"), (DONE, "activity_done")] {
            let plan = shop.plan(&activity_sql(which));
            assert!(plan.contains(index) && !plan.contains("SCAN") && !plan.contains("TEMP B-TREE"), "{which}: {plan}");
        }
    }
}
