//! Response times: the letters they are computed from.

use super::timeline::{key_of, threads_of};
use super::{Store, moment};
use crate::domain::contact::Whose;
use crate::domain::id;
use crate::domain::message::Direction;
use crate::domain::problem::Result;
use crate::domain::rhythm::{Rhythm, Turn, answers};
use crate::domain::work_time::WorkTime;
use jiff::Zoned;
use rusqlite::named_params;

/// The newest letters that are looked at: habits change, and a card opens at once.
const MOST_TURNS: u32 = 1_000;

impl Store {
    /// The newest letters of people in the conversations with a client, for [`answers`].
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn turns(&self, whose: Whose) -> Result<Vec<Turn>> {
        let mut statement = self.sql().prepare_cached(&turns_sql(whose))?;
        let turns = statement.query_map(named_params! { ":id": key_of(whose), ":limit": MOST_TURNS }, |row| {
            Ok(Turn {
                thread: id::Thread(row.get("thread_id")?),
                at: moment(row.get("date")?),
                direction: Direction::from_word(row.get_ref("direction")?.as_str()?),
            })
        })?;
        Ok(turns.collect::<rusqlite::Result<_>>()?)
    }

    /// Response times of both sides; `now` says where I work.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn rhythm(&self, whose: Whose, work: &WorkTime, now: &Zoned) -> Result<Rhythm> {
        Ok(Rhythm::of(&answers(self.turns(whose)?, work, now)))
    }
}

/// As the timeline: the inner query touches only an index, the outer one the rows of the newest letters.
fn turns_sql(whose: Whose) -> String {
    format!(
        "SELECT m.thread_id, m.date, m.direction
         FROM (SELECT m.id FROM ({}) f CROSS JOIN message m WHERE m.thread_id = f.thread_id AND m.place = 'live'
               ORDER BY m.date DESC, m.id DESC LIMIT :limit) page
         CROSS JOIN message m WHERE m.id = page.id AND m.nature = 'human' AND m.ignored = 0",
        threads_of(whose)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::cards_fixture::{Shop, now, person};

    #[test]
    fn only_what_people_wrote_to_each_other_counts() {
        let shop = Shop::open();
        let anna = shop.store.add_contact(&person("Anna", "Kowalska", &[])).unwrap();
        let thread = shop.thread("offer", Some(anna), None, None);
        shop.letter(thread, "2026-11-10T08:00:00Z", "inbound"); // 9:00 in Warsaw
        let automatic = shop.letter(thread, "2026-11-10T08:01:00Z", "outbound");
        shop.mail(&format!("UPDATE message SET nature = 'automatic' WHERE id = {automatic}"));
        let junk = shop.letter(thread, "2026-11-10T08:02:00Z", "outbound");
        shop.mail(&format!("UPDATE message SET place = 'trash' WHERE id = {junk}"));
        shop.letter(thread, "2026-11-10T09:30:00Z", "outbound");
        shop.letter(thread, "2026-11-11T09:30:00Z", "inbound");
        let stranger = shop.thread("stranger", None, None, None);
        shop.letter(stranger, "2026-11-12T08:00:00Z", "inbound");
        let rhythm = shop.store.rhythm(Whose::Contact(anna), &WorkTime::default(), &now()).unwrap();
        let medians = (rhythm.mine.map(|s| s.median_minutes), rhythm.theirs.map(|s| s.median_minutes));
        assert_eq!(medians, (Some(90), Some(1440)));
    }

    #[test]
    fn it_reads_by_index() {
        let shop = Shop::open();
        for whose in [Whose::Contact(id::Contact(1)), Whose::Company(id::Company(1)), Whose::Deal(id::Deal(1))] {
            let plan = shop.plan(&turns_sql(whose));
            assert!(plan.contains("m USING COVERING INDEX message_live (thread_id=?"), "{plan}");
            assert!(!plan.contains("SCAN m") && !plan.contains("SCAN filing"), "{plan}");
        }
    }
}
