//! A part of a timeline: what they wrote, what has files, what belongs to a deal, what has these words.

use super::Store;
use super::timeline::{activities_of, activity_from, key_of, letter_from, letters_sql};
use crate::domain::contact::{TimelineRow, Whose};
use crate::domain::problem::Result;
use crate::domain::query;
use crate::domain::text::fold;
use crate::domain::thread::PageKey;
use crate::domain::timeline::Show;
use rusqlite::ToSql;

/// Activities looked at for words at once.
const CHUNK: u32 = 500;

impl Store {
    /// A page of what of a timeline is to be shown, as [`Store::timeline`].
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn timeline_of(
        &self,
        whose: Whose,
        show: &Show,
        after: Option<PageKey>,
        limit: u32,
    ) -> Result<Vec<TimelineRow>> {
        if *show == Show::All {
            return self.timeline(whose, after, limit);
        }
        let mut rows = self.letters_shown(whose, show, after, limit)?;
        rows.extend(self.activities_shown(whose, show, after, limit)?);
        if let Show::Deal(deal, _) = show {
            rows.extend(self.deal_happenings(whose, Some(*deal), after, limit)?);
        }
        rows.sort_by_key(|row| {
            let key = row.page_key();
            std::cmp::Reverse((key.at, key.id))
        });
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(rows)
    }

    fn letters_shown(&self, whose: Whose, show: &Show, after: Option<PageKey>, limit: u32) -> Result<Vec<TimelineRow>> {
        let (condition, value): (&str, Option<Box<dyn ToSql>>) = match show {
            Show::All => ("", None),
            Show::LettersIn => ("AND m.direction = 'inbound'", None),
            Show::LettersOut => ("AND m.direction = 'outbound'", None),
            Show::Files => ("AND m.attachments > 0", None),
            Show::Deal(deal, _) => (
                "AND m.thread_id IN (SELECT thread_id FROM filing WHERE deal_id = :value AND superseded_at IS NULL)",
                Some(Box::new(deal.0)),
            ),
            Show::Words(words) => {
                let words: Vec<String> =
                    query::words(words.as_str()).into_iter().map(|word| format!("\"{word}\"*")).collect();
                if words.is_empty() {
                    return Ok(Vec::new());
                }
                let words = words.join(" ");
                ("AND m.id IN (SELECT rowid FROM message_fts WHERE message_fts MATCH :value)", Some(Box::new(words)))
            }
            Show::Calls | Show::Notes => return Ok(Vec::new()),
        };
        // Letters have even keys: see `letters_of`.
        let (at, key) = after.map_or((i64::MAX, i64::MAX), |page| (super::ms(page.at), page.id.saturating_add(1) / 2));
        let id = key_of(whose);
        let mut parameters: Vec<(&str, &dyn ToSql)> =
            vec![(":id", &id), (":at", &at), (":key", &key), (":limit", &limit)];
        parameters.extend(value.as_ref().map(|value| (":value", &**value)));
        let mut statement = self.sql().prepare_cached(&letters_sql(whose, condition))?;
        let rows = statement.query_map(parameters.as_slice(), letter_from)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    fn activities_shown(
        &self,
        whose: Whose,
        show: &Show,
        after: Option<PageKey>,
        limit: u32,
    ) -> Result<Vec<TimelineRow>> {
        let meetings = "('call', 'meeting', 'group_meeting')";
        let condition = match show {
            Show::All => String::new(),
            Show::Calls => format!("AND a.kind IN {meetings}"),
            Show::Notes => format!("AND a.kind NOT IN {meetings}"),
            Show::Deal(deal, _) => format!("AND a.deal_id = {deal}"),
            Show::Words(words) => return self.activities_with(whose, words.as_str(), after, limit),
            Show::LettersIn | Show::LettersOut | Show::Files => return Ok(Vec::new()),
        };
        self.some_activities(whose, &condition, after, limit)
    }

    fn some_activities(
        &self,
        whose: Whose,
        condition: &str,
        after: Option<PageKey>,
        limit: u32,
    ) -> Result<Vec<TimelineRow>> {
        // Activities have odd keys: see `happenings_of`.
        let (at, key) = after.map_or((i64::MAX, i64::MAX), |page| (super::ms(page.at), page.id / 2));
        let sql = some_activities_sql(whose, condition);
        let mut statement = self.sql().prepare_cached(&sql)?;
        let parameters = rusqlite::named_params! { ":id": key_of(whose), ":at": at, ":key": key, ":limit": limit };
        Ok(statement.query_map(parameters, activity_from)?.collect::<rusqlite::Result<_>>()?)
    }

    /// Activities have no index of words: they are few, and are looked through.
    fn activities_with(
        &self,
        whose: Whose,
        words: &str,
        after: Option<PageKey>,
        limit: u32,
    ) -> Result<Vec<TimelineRow>> {
        let wanted: Vec<String> = words.split_whitespace().map(fold).collect();
        let (mut found, mut last) = (Vec::new(), after);
        let enough = usize::try_from(limit).unwrap_or(usize::MAX);
        loop {
            let page = self.some_activities(whose, "", last, CHUNK)?;
            let full = page.len() >= CHUNK as usize;
            last = page.last().map(TimelineRow::page_key);
            found.extend(page.into_iter().filter(|row| {
                let text = fold(&format!("{} {}", row.title, row.detail));
                wanted.iter().all(|word| text.contains(word.as_str()))
            }));
            if !full || found.len() >= enough {
                return Ok(found);
            }
        }
    }
}

fn some_activities_sql(whose: Whose, condition: &str) -> String {
    format!(
        "SELECT a.id, a.kind, a.subject, a.result, a.done_at, coalesce(a.done_at, a.due_at) AS at,
                (SELECT title FROM deal WHERE id = a.deal_id) AS deal
         FROM ({}) a WHERE (coalesce(a.done_at, a.due_at), a.id) < (:at, :key) {condition}
         ORDER BY coalesce(a.done_at, a.due_at) DESC, a.id DESC LIMIT :limit",
        activities_of(whose)
    )
}
