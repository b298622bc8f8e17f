//! How it usually goes with a client, for the hints on their card.

use super::timeline::{key_of, threads_of};
use super::{Store, count_at, moment, ms, optional_text_at, text_at};
use crate::domain::contact::Whose;
use crate::domain::habit::{Habits, Handler};
use crate::domain::id;
use crate::domain::problem::Result;
use crate::domain::text::Text;
use crate::domain::work_time::WorkTime;
use jiff::{Timestamp, Zoned};
use rusqlite::{OptionalExtension, named_params};

/// The newest letters that are looked at for colleagues.
const MOST_LETTERS: u32 = 1_000;

impl Store {
    /// What the hints of habit are made of.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn habits(&self, contact: id::Contact, now: &Zoned, work: &WorkTime) -> Result<Habits> {
        let whose = Whose::Contact(contact);
        Ok(Habits {
            rhythm: self.rhythm(whose, work, now)?,
            waiting: self.longest_waiting(whose, now)?,
            awaited: self.newest_awaited(whose)?,
            handlers: self.handlers_of(whose)?,
            former_owner: self.former_owner(contact)?,
            owner: self.who_sees_to(contact, now)?,
        })
    }

    /// The newest conversation in which they owe an answer, unless they wrote since.
    fn newest_awaited(&self, whose: Whose) -> Result<Option<(Timestamp, Text)>> {
        let mut statement = self.sql().prepare_cached(&format!(
            "SELECT t.subject, t.last_human_at FROM ({}) f CROSS JOIN thread t WHERE t.id = f.thread_id
                 AND t.last_human_direction = 'outbound' AND t.asks = 1 AND t.settled = 0 AND t.merged_into IS NULL
                 AND NOT EXISTS (SELECT 1 FROM thread o WHERE o.client_contact_id = t.client_contact_id AND o.last_inbound_at > t.last_human_at)
             ORDER BY t.last_human_at DESC, t.id LIMIT 1",
            threads_of(whose)
        ))?;
        Ok(statement
            .query_row(named_params! { ":id": key_of(whose) }, |row| {
                Ok((moment(row.get("last_human_at")?), text_at(row, "subject")?))
            })
            .optional()?)
    }

    /// Colleagues who wrote in their conversations, the last first.
    fn handlers_of(&self, whose: Whose) -> Result<Vec<Handler>> {
        let mut statement = self.sql().prepare_cached(&format!(
            "SELECT coalesce(nullif(max(m.from_name), ''), m.from_address) AS name, count(*) AS letters, max(m.date) AS last_at
             FROM (SELECT m.id FROM ({}) f CROSS JOIN message m WHERE m.thread_id = f.thread_id AND m.place = 'live'
                   ORDER BY m.date DESC, m.id DESC LIMIT :limit) page
             CROSS JOIN message m WHERE m.id = page.id AND m.direction <> 'inbound' AND m.nature = 'human'
                 AND lower(m.from_address) NOT IN (SELECT lower(email) FROM account)
             GROUP BY m.from_address ORDER BY last_at DESC LIMIT 5",
            threads_of(whose)
        ))?;
        let handlers = statement.query_map(named_params! { ":id": key_of(whose), ":limit": MOST_LETTERS }, |row| {
            Ok(Handler {
                name: text_at(row, "name")?,
                letters: count_at(row, "letters")?,
                last_at: moment(row.get("last_at")?),
            })
        })?;
        Ok(handlers.collect::<rusqlite::Result<_>>()?)
    }

    /// The last owner of a card that is not the one it has now; of acts that were not taken back.
    fn former_owner(&self, contact: id::Contact) -> Result<Option<Text>> {
        let owner = self
            .sql()
            .prepare_cached(
                "SELECT json_extract(r.before, '$.owner') AS owner FROM change_row r JOIN change c ON c.id = r.change_id
                 WHERE r.noun = 'contact' AND r.row_id = ?1 AND c.undone_at IS NULL AND json_extract(r.before, '$.owner') <> ''
                     AND json_extract(r.before, '$.owner') <> (SELECT owner FROM contact WHERE id = ?1)
                 ORDER BY r.id DESC LIMIT 1",
            )?
            .query_row([contact.0], |row| optional_text_at(row, "owner"))
            .optional()?;
        Ok(owner.flatten())
    }

    /// The owner of the card, else whom the conversation that waits longest was given to.
    fn who_sees_to(&self, contact: id::Contact, now: &Zoned) -> Result<Text> {
        let owner = self
            .sql()
            .prepare_cached(
                "SELECT coalesce(nullif(c.owner, ''), (SELECT s.assigned FROM filing f JOIN thread t ON t.id = f.thread_id
                     JOIN thread_state s ON s.thread_id = t.id
                     WHERE f.contact_id = c.id AND f.superseded_at IS NULL AND s.assigned <> '' AND t.settled = 0
                         AND (t.snoozed = 0 OR s.snoozed_until <= ?2)
                     ORDER BY t.waiting_since LIMIT 1), '') AS owner FROM contact c WHERE c.id = ?1",
            )?
            .query_row([contact.0, ms(now.timestamp())], |row| text_at(row, "owner"))
            .optional()?;
        Ok(owner.unwrap_or_default())
    }
}
