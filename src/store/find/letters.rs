//! Letters of a plan: few are looked at one by one, of many the mailbox is walked from its newest letter on.

use super::bits::Bits;
use super::plan::{Cards, Column, Leaf, Plan, Probe};
use super::{Ask, classes};
use crate::domain::id;
use crate::domain::problem::Result;
use crate::domain::query::{Hit, Kind, Order, Phrase, Rank, Total, folded_words};
use crate::store::{Store, moment, optional_text_at, text_at};
use rusqlite::{OptionalExtension, Row, named_params};
use std::cmp::Reverse;

/// So many letters are looked at one by one; of more the mailbox is walked.
const FEW: u64 = if cfg!(test) { 8 } else { 4000 };
/// The most letters, threads and cards that are listed to find out whether they are few.
const LISTED: usize = if cfg!(test) { 12 } else { 6000 };

/// What a row says of a letter and of what its thread is filed under.
#[derive(Debug)]
struct Facts {
    id: i64,
    date: i64,
    thread: i64,
    outbound: bool,
    human: bool,
    bulk: bool,
    ignored: bool,
    seen: bool,
    flags: i64,
    place: Place,
    files: bool,
    client: bool,
    contact: Option<i64>,
    company: Option<i64>,
    deal: Option<i64>,
    lead: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Live,
    Draft,
    Away,
    Junk,
}

const FACTS: &str =
    "m.id, m.date, m.thread_id, m.direction, m.nature, m.ignored, m.seen, m.flags, m.place, m.attachments, m.client,
    f.contact_id, coalesce(f.company_id, c.company_id), f.deal_id, c.kind";
const FILED: &str = "LEFT JOIN filing f ON f.thread_id = m.thread_id AND f.superseded_at IS NULL LEFT JOIN contact c ON c.id = f.contact_id";

impl Facts {
    fn from(row: &Row<'_>) -> rusqlite::Result<Self> {
        let nature = row.get_ref(4)?.as_str()?;
        Ok(Self {
            id: row.get(0)?,
            date: row.get(1)?,
            thread: row.get(2)?,
            outbound: row.get_ref(3)?.as_str()? == "outbound",
            human: nature == "human",
            bulk: nature == "bulk",
            ignored: row.get(5)?,
            seen: row.get(6)?,
            flags: row.get(7)?,
            place: match row.get_ref(8)?.as_str()? {
                "live" => Place::Live,
                "draft" => Place::Draft,
                "junk" => Place::Junk,
                _ => Place::Away,
            },
            files: row.get::<_, i64>(9)? > 0,
            client: row.get(10)?,
            contact: row.get(11)?,
            company: row.get(12)?,
            deal: row.get(13)?,
            lead: row.get_ref(14)?.as_str_or_null()? == Some("lead"),
        })
    }

    fn class(&self) -> u8 {
        match (self.place, self.human && !self.ignored, self.client) {
            (Place::Junk | Place::Away, ..) => 3,
            (_, true, true) => 0,
            (_, true, false) => 1,
            (_, false, _) => 2,
        }
    }

    fn is(&self, column: Column) -> bool {
        match column {
            Column::Unread => !self.seen && !self.outbound,
            Column::Seen => self.seen,
            Column::Flagged => self.flags & 4 != 0,
            Column::Answered => self.flags & 2 != 0,
            Column::Draft => self.place == Place::Draft,
            Column::Sent => self.outbound && self.place != Place::Draft,
            Column::Human => self.human,
            Column::Bulk => self.bulk,
            Column::Automatic => !self.human && !self.bulk,
            Column::Junk => self.place == Place::Junk,
            Column::Files => self.files,
        }
    }

    fn is_filed_under(&self, cards: &Cards) -> bool {
        self.contact.is_some_and(|key| cards.contacts.contains(key))
            || self.company.is_some_and(|key| cards.companies.contains(key))
            || self.deal.is_some_and(|key| cards.deals.contains(key))
    }
}

/// A letter with its place in the order.
struct Ranked {
    id: i64,
    rank: Rank,
}

impl Store {
    /// A page of letters, and how many there are.
    pub(super) fn letters_found(&self, plan: &Plan, ask: &Ask<'_>) -> Result<(Total, Vec<Hit>)> {
        let candidates = self.candidates(plan)?;
        let (total, page) = match &candidates {
            Some(few) if few.len() <= FEW => self.looked_at(few, plan, ask)?,
            many => self.walked(many.as_ref(), plan, ask)?,
        };
        let mut hits = Vec::with_capacity(page.len());
        for ranked in page {
            hits.extend(self.hit(ranked.id, ranked.rank)?);
        }
        Ok((total, hits))
    }

    /// Every letter of a plan.
    pub(super) fn every_letter(&self, plan: &Plan, ask: &Ask<'_>) -> Result<Vec<id::Message>> {
        let found = match &self.candidates(plan)? {
            Some(few) if few.len() <= FEW => self.looked_at(few, plan, ask)?,
            many => self.walked(many.as_ref(), plan, ask)?,
        };
        Ok(found.1.into_iter().map(|ranked| id::Message(ranked.id)).collect())
    }

    /// The threads of the letters that can be meant, where these are few.
    pub(super) fn threads_meant(&self, plan: &Plan) -> Result<Option<Bits>> {
        let Some(few) = self.candidates(plan)?.filter(|letters| letters.len() <= FEW) else { return Ok(None) };
        let mut statement = self.sql().prepare_cached("SELECT thread_id FROM message WHERE id = ?1")?;
        let mut threads = Bits::default();
        for letter in few.iter() {
            if let Some(thread) = statement.query_row([letter], |row| row.get(0)).optional()? {
                threads.insert(thread);
            }
        }
        Ok(Some(threads))
    }

    /// One of the live letters of a thread is found.
    pub(super) fn thread_fits(&self, thread: id::Thread, plan: &Plan) -> Result<bool> {
        let sql = format!(
            "SELECT {FACTS} FROM message m {FILED} WHERE m.thread_id = ?1 AND m.place <> 'gone' ORDER BY m.date DESC, m.id DESC"
        );
        let mut statement = self.sql().prepare_cached(&sql)?;
        let mut rows = statement.query([thread.0])?;
        while let Some(row) = rows.next()? {
            if self.fits(&Facts::from(row)?, plan, false)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn looked_at(&self, few: &Bits, plan: &Plan, ask: &Ask<'_>) -> Result<(Total, Vec<Ranked>)> {
        let sql = format!("SELECT {FACTS} FROM message m {FILED} WHERE m.id = ?1 AND m.place <> 'gone'");
        let mut statement = self.sql().prepare_cached(&sql)?;
        let forms = plan.has_forms();
        let mut found = Vec::new();
        for key in few.iter() {
            let Some(facts) = statement.query_row([key], Facts::from).optional()? else { continue };
            if self.fits(&facts, plan, false)? {
                let form = ask.order == Order::Best && forms && !self.fits(&facts, plan, true)?;
                found.push(Ranked { id: key, rank: rank(&facts, form, ask.order) });
            }
        }
        let total = Total { count: found.len() as u64, exact: true };
        found.sort_unstable_by_key(|ranked| ranked.rank);
        found.retain(|ranked| ask.after.is_none_or(|after| ranked.rank > after));
        found.truncate(ask.limit);
        Ok((total, found))
    }

    /// Goes through the letters in the order they are shown in, until the page is full and enough are counted.
    fn walked(&self, candidates: Option<&Bits>, plan: &Plan, ask: &Ask<'_>) -> Result<(Total, Vec<Ranked>)> {
        let forms: &[bool] = if ask.order == Order::Best && plan.has_forms() { &[false, true] } else { &[false] };
        let classes: &[u8] = if ask.order == Order::Best { &[0, 1, 2, 3] } else { &[0] };
        // Of nothing but words the index says how many there are.
        let told = plan.only_words().and(candidates).map(Bits::len);
        let ask = &Ask { count: told.map_or(ask.count, |_| 0), ..ask.clone() };
        let mut walk = Walk { page: Vec::new(), count: 0, ended: true };
        for class in classes {
            for form in forms {
                // Of pages before this one nothing is counted again.
                if ask.after.is_some_and(|after| (after.class, after.form) > (*class, *form)) {
                    continue;
                }
                if !classes::may_stand_in(plan, *class) && ask.order == Order::Best {
                    continue;
                }
                if walk.is_full(ask) {
                    walk.ended = false;
                    break;
                }
                self.walk(candidates, plan, ask, (*class, *form, forms.len() > 1), &mut walk)?;
            }
        }
        let counted = Total { count: walk.count, exact: walk.ended && ask.after.is_none() };
        Ok((told.map_or(counted, |count| Total { count, exact: true }), walk.page))
    }

    fn walk(
        &self,
        candidates: Option<&Bits>,
        plan: &Plan,
        ask: &Ask<'_>,
        part: (u8, bool, bool),
        walk: &mut Walk,
    ) -> Result<()> {
        let (class, form, forms) = part;
        let (condition, index) = match (ask.order, classes::CONDITIONS.get(usize::from(class))) {
            (Order::Best, Some(condition)) => (*condition, if class == 0 { "message_client" } else { "message_date" }),
            _ => ("m.place <> 'gone'", "message_date"),
        };
        let (from, to) = plan.bounds();
        let last = ask.after.filter(|after| (after.class, after.form) == (class, form)).map(|after| after.newest.0);
        let last = last.unwrap_or((i64::MAX, i64::MAX));
        let sql = format!(
            "SELECT {FACTS} FROM message m INDEXED BY {index} {FILED}
             WHERE {condition} AND m.date >= :from AND m.date < :to AND (m.date, m.id) < (:at, :key) ORDER BY m.date DESC, m.id DESC"
        );
        // Ids first, where the set says which of them are meant: the rows of the others are not read.
        let keys_sql = format!(
            "SELECT m.id FROM message m INDEXED BY {index}
             WHERE {condition} AND m.date >= :from AND m.date < :to AND (m.date, m.id) < (:at, :key) ORDER BY m.date DESC, m.id DESC"
        );
        let parameters = named_params! { ":from": from, ":to": to, ":at": last.0, ":key": last.1 };
        let mut one = self.sql().prepare_cached(&format!("SELECT {FACTS} FROM message m {FILED} WHERE m.id = ?1"))?;
        let mut statement = self.sql().prepare_cached(if candidates.is_some() { &keys_sql } else { &sql })?;
        let mut rows = statement.query(parameters)?;
        while let Some(row) = rows.next()? {
            if walk.is_full(ask) {
                walk.ended = false;
                return Ok(());
            }
            let facts = match candidates {
                Some(set) if !set.contains(row.get(0)?) => continue,
                Some(_) => one.query_row([row.get::<_, i64>(0)?], Facts::from)?,
                None => Facts::from(row)?,
            };
            // With other forms the words as typed were shown before.
            let fits = if forms {
                self.fits(&facts, plan, true)? != form && (!form || self.fits(&facts, plan, false)?)
            } else {
                self.fits(&facts, plan, false)?
            };
            if fits {
                walk.count += 1;
                if walk.page.len() < ask.limit {
                    walk.page.push(Ranked { id: facts.id, rank: rank(&facts, form, ask.order) });
                }
            }
        }
        Ok(())
    }

    /// Every letter that can be meant is among these; `None` where they may be very many.
    fn candidates(&self, plan: &Plan) -> Result<Option<Bits>> {
        match plan {
            Plan::All(plans) => {
                let mut common: Option<Bits> = None;
                for plan in plans {
                    match (&mut common, self.candidates(plan)?) {
                        (Some(common), Some(more)) => common.and(&more),
                        (common, more) => *common = common.take().or(more),
                    }
                    // No leaf has to be listed where few are left already.
                    if common.as_ref().is_some_and(|common| common.len() <= FEW / 8) {
                        break;
                    }
                }
                Ok(common)
            }
            Plan::Any(plans) => {
                let mut all = Bits::default();
                for plan in plans {
                    match self.candidates(plan)? {
                        Some(more) => all.or(&more),
                        None => return Ok(None),
                    }
                }
                Ok(Some(all))
            }
            Plan::Not(_) => Ok(None),
            Plan::Leaf(leaf) => self.candidates_of(leaf),
        }
    }

    fn candidates_of(&self, leaf: &Leaf) -> Result<Option<Bits>> {
        Ok(match leaf {
            Leaf::Words { letters, .. } => Some(letters.clone()),
            Leaf::Letters { bits, .. } | Leaf::Counted { letters: bits, .. } => Some(bits.clone()),
            Leaf::Kind(Kind::Letter) => None,
            Leaf::Kind(_) => Some(Bits::default()),
            Leaf::Threads { threads, .. } => {
                let sql = "SELECT id FROM message WHERE thread_id = ?1 LIMIT ?2";
                self.listed_by(threads.iter(), sql)?
            }
            Leaf::In(folders) => {
                let there = "SELECT message_id FROM copy WHERE folder_id = ?1 LIMIT ?2";
                let moved = "SELECT message_id FROM copy WHERE wanted_folder = ?1 LIMIT ?2";
                let there = self.listed_by(folders.iter().copied(), there)?;
                let Some(mut all) = there else { return Ok(None) };
                match self.listed_by(folders.iter().copied(), moved)? {
                    Some(moved) => all.or(&moved),
                    None => return Ok(None),
                }
                Some(all)
            }
            Leaf::Cards { cards, .. } => self.candidates_of_cards(cards)?,
            Leaf::Column(Column::Unread) => self.listed_once(
                "SELECT message_id FROM copy INDEXED BY copy_unseen WHERE wanted_flags & 1 = 0 LIMIT ?1",
            )?,
            Leaf::Column(Column::Flagged) => {
                self.listed_once("SELECT id FROM message WHERE flags & 4 <> 0 LIMIT ?1")?
            }
            Leaf::Column(Column::Draft) => self.listed_once("SELECT id FROM message WHERE place = 'draft' LIMIT ?1")?,
            Leaf::Column(Column::Junk) => self.listed_once("SELECT id FROM message WHERE place = 'junk' LIMIT ?1")?,
            _ => None,
        })
    }

    fn candidates_of_cards(&self, cards: &Cards) -> Result<Option<Bits>> {
        let mut all = Bits::default();
        for (keys, sql) in [
            (&cards.contacts, "SELECT m.id FROM filing f CROSS JOIN message m WHERE f.contact_id = ?1 AND f.superseded_at IS NULL AND m.thread_id = f.thread_id LIMIT ?2"),
            (&cards.companies, "SELECT m.id FROM filing f CROSS JOIN message m WHERE f.company_id = ?1 AND f.superseded_at IS NULL AND m.thread_id = f.thread_id LIMIT ?2"),
            (&cards.companies, "SELECT m.id FROM contact c CROSS JOIN filing f CROSS JOIN message m
                 WHERE c.company_id = ?1 AND f.contact_id = c.id AND f.company_id IS NULL AND f.superseded_at IS NULL AND m.thread_id = f.thread_id LIMIT ?2"),
            (&cards.deals, "SELECT m.id FROM filing f CROSS JOIN message m WHERE f.deal_id = ?1 AND f.superseded_at IS NULL AND m.thread_id = f.thread_id LIMIT ?2"),
        ] {
            match self.listed_by(keys.iter(), sql)? {
                Some(more) => all.or(&more),
                None => return Ok(None),
            }
        }
        Ok(Some(all))
    }

    /// The letters of each key; `None` when there are too many of either.
    fn listed_by(&self, keys: impl Iterator<Item = i64>, sql: &str) -> Result<Option<Bits>> {
        let mut statement = self.sql().prepare_cached(sql)?;
        let mut bits = Bits::default();
        let (mut listed, mut asked) = (0, 0);
        for key in keys {
            asked += 1;
            let mut rows = statement.query([key, (LISTED + 1) as i64])?;
            while let Some(row) = rows.next()? {
                listed += 1;
                if listed > LISTED || asked > LISTED {
                    return Ok(None);
                }
                bits.insert(row.get(0)?);
            }
        }
        Ok(Some(bits))
    }

    fn listed_once(&self, sql: &str) -> Result<Option<Bits>> {
        let mut statement = self.sql().prepare_cached(sql)?;
        let mut rows = statement.query([(LISTED + 1) as i64])?;
        let mut bits = Bits::default();
        for listed in 0.. {
            let Some(row) = rows.next()? else { break };
            if listed >= LISTED {
                return Ok(None);
            }
            bits.insert(row.get(0)?);
        }
        Ok(Some(bits))
    }

    /// True for a letter that is meant; `exact`: by the words as they were typed.
    fn fits(&self, letter: &Facts, plan: &Plan, exact: bool) -> Result<bool> {
        match plan {
            Plan::All(plans) => {
                for plan in plans {
                    if !self.fits(letter, plan, exact)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Plan::Any(plans) => {
                for plan in plans {
                    if self.fits(letter, plan, exact)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            // Other forms are ruled out as well.
            Plan::Not(plan) => Ok(!self.fits(letter, plan, false)?),
            Plan::Leaf(leaf) => self.leaf_fits(letter, leaf, exact),
        }
    }

    fn leaf_fits(&self, letter: &Facts, leaf: &Leaf, exactly: bool) -> Result<bool> {
        Ok(match leaf {
            Leaf::Words { letters, exact, .. } => (if exactly { exact } else { letters }).contains(letter.id),
            Leaf::Letters { bits, exact, probe } => {
                (if exactly { exact } else { bits }).contains(letter.id)
                    && match probe {
                        Some(probe) => self.probe(letter.id, probe)?,
                        None => true,
                    }
            }
            Leaf::Counted { letters, .. } => letters.contains(letter.id),
            Leaf::In(folders) => self.is_in(letter.id, folders)?,
            Leaf::Threads { threads, .. } => threads.contains(letter.thread),
            Leaf::Cards { cards, .. } => letter.is_filed_under(cards),
            Leaf::Client => letter.client,
            Leaf::Lead => letter.lead,
            Leaf::Column(column) => letter.is(*column),
            Leaf::Between(from, to) => (*from..*to).contains(&letter.date),
            Leaf::Kind(kind) => *kind == Kind::Letter,
        })
    }

    fn is_in(&self, message: i64, folders: &[i64]) -> Result<bool> {
        let mut statement = self.sql().prepare_cached(
            "SELECT coalesce(wanted_folder, folder_id) FROM copy WHERE message_id = ?1 AND wanted_gone = 0",
        )?;
        let mut rows = statement.query([message])?;
        while let Some(row) = rows.next()? {
            if folders.contains(&row.get(0)?) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn probe(&self, message: i64, probe: &Probe) -> Result<bool> {
        let (sql, phrase): (&str, &Phrase) = match probe {
            Probe::From(phrase) => ("SELECT from_name, from_address FROM message WHERE id = ?1", phrase),
            Probe::To(phrase) => {
                ("SELECT name, address FROM participant WHERE message_id = ?1 AND field IN ('to', 'cc', 'bcc')", phrase)
            }
        };
        let mut statement = self.sql().prepare_cached(sql)?;
        let mut rows = statement.query([message])?;
        while let Some(row) = rows.next()? {
            let people = format!("{} {}", row.get::<_, String>(0)?, row.get::<_, String>(1)?);
            if phrase.is_in(&folded_words(&people)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn hit(&self, message: i64, rank: Rank) -> Result<Option<Hit>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT m.id, m.thread_id, m.date, coalesce(nullif(m.from_name, ''), m.from_address) AS who, m.subject, m.snippet,
                    m.seen, m.direction, m.flags, m.attachments, f.contact_id, coalesce(f.company_id, c.company_id) AS company_id, f.deal_id,
                    coalesce(nullif(trim(c.given || ' ' || c.family), ''), c.display) AS contact
             FROM message m
             LEFT JOIN filing f ON f.thread_id = m.thread_id AND f.superseded_at IS NULL LEFT JOIN contact c ON c.id = f.contact_id
             WHERE m.id = ?1",
        )?;
        let hit = statement
            .query_row([message], |row| {
                Ok(Hit {
                    message: id::Message(row.get("id")?),
                    thread: id::Thread(row.get("thread_id")?),
                    rank,
                    date: moment(row.get("date")?),
                    from: text_at(row, "who")?,
                    subject: text_at(row, "subject")?,
                    snippet: text_at(row, "snippet")?,
                    contact: optional_text_at(row, "contact")?,
                    contact_id: row.get::<_, Option<i64>>("contact_id")?.map(id::Contact),
                    company_id: row.get::<_, Option<i64>>("company_id")?.map(id::Company),
                    deal_id: row.get::<_, Option<i64>>("deal_id")?.map(id::Deal),
                    unread: !row.get::<_, bool>("seen")? && row.get_ref("direction")?.as_str()? != "outbound",
                    flagged: row.get::<_, i64>("flags")? & 4 != 0,
                    files: row.get::<_, i64>("attachments")? > 0,
                })
            })
            .optional()?;
        Ok(hit)
    }
}

fn rank(facts: &Facts, form: bool, order: Order) -> Rank {
    let class = if order == Order::Best { facts.class() } else { 0 };
    Rank { class, form, newest: Reverse((facts.date, facts.id)) }
}

/// How far a walk came.
struct Walk {
    page: Vec<Ranked>,
    count: u64,
    ended: bool,
}

impl Walk {
    fn is_full(&self, ask: &Ask<'_>) -> bool {
        self.page.len() >= ask.limit && self.count >= ask.count
    }
}
