//! What the filing rules ask: whose mail an address or a domain is in, what I decided about it before, which deal is named, and
//! whose client has changed.

use super::{Store, moment, text_at};
use crate::domain::address::Address;
use crate::domain::filing::{Candidate, Claim, Place, Proof, Tagged};
use crate::domain::id;
use crate::domain::message::MsgId;
use crate::domain::problem::Result;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use sha2::{Digest, Sha256};

/// The client or the deals of something changed, so that its mail has to be filed again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangedOwner {
    /// An address, or `@domain`.
    Mail(String),
    /// The open deals of a person.
    DealsOfContact(id::Contact),
    /// The open deals of a company.
    DealsOfCompany(id::Company),
}

/// Conversations in which somebody else sent a letter of this address or domain: of the few letters that were passed on or ordered.
/// Named: SQLite would rather walk all letters, by thread, to give each thread once.
const CARRIED: &str =
    "SELECT DISTINCT thread_id FROM message INDEXED BY message_origin WHERE origin <> '' AND instr(lower(origin), ?1)";
/// By a domain; the same expression is in the index `participant_domain`.
const BY_DOMAIN: &str = "WHERE substr(p.address, instr(p.address, '@') + 1) = substr(?1, 2)";
/// By an address in two spellings.
const BY_ADDRESS: &str = "WHERE p.address IN (?1, ?2)";
/// With any tag: `anna+…@x.example` stands between `anna+` and `anna,`.
const BY_TAG: &str = "WHERE p.address >= ?1 AND p.address < ?2 AND p.address LIKE ?3";

/// Decisions of mine that are looked at for one deal.
const MOST_DECISIONS: u32 = 50;

/// Where I filed the last conversation that an address began.
const LEARNED: &str = "SELECT f.contact_id, f.company_id, f.decided_at
                 FROM (SELECT id, thread_id FROM message WHERE from_address = ?1 AND direction = 'inbound' ORDER BY date DESC LIMIT 300) m
                 JOIN filing f ON f.thread_id = m.thread_id AND f.superseded_at IS NULL AND f.rule = 'mine'
                 WHERE m.thread_id <> ?2
                   AND m.id = (SELECT id FROM message x WHERE x.thread_id = m.thread_id AND x.direction = 'inbound' AND x.nature = 'human' ORDER BY date, digest LIMIT 1)
                   AND NOT EXISTS (SELECT 1 FROM contact_address a WHERE a.contact_id = f.contact_id AND a.address = ?1)
                 ORDER BY f.decided_at DESC, f.id DESC LIMIT 1";
/// Conversations that I filed under a deal, and whether one of these people wrote in them.
const MY_DECISIONS: &str = "SELECT t.subject, EXISTS (SELECT 1 FROM message m WHERE m.thread_id = t.id AND m.from_address IN (SELECT value FROM json_each(?3))) AS theirs
             FROM filing f JOIN thread t ON t.id = f.thread_id
             WHERE f.deal_id = ?1 AND f.superseded_at IS NULL AND f.rule = 'mine' AND f.thread_id <> ?2
             ORDER BY f.decided_at DESC, f.id DESC LIMIT ?4";

fn threads_sql(condition: &str) -> String {
    format!("SELECT DISTINCT m.thread_id FROM participant p JOIN message m ON m.id = p.message_id {condition}")
}

fn without_deal_sql(column: &str) -> String {
    format!(
        "SELECT f.thread_id FROM filing f JOIN thread t ON t.id = f.thread_id
         WHERE f.{column} = ?1 AND f.superseded_at IS NULL AND (f.deal_decided = 0 OR (f.deal_id IS NULL AND f.rule <> 'mine' AND t.last_at >= ?2))"
    )
}

impl Store {
    /// Conversations with a letter from or to an address, in any spelling of its mailbox, or from or to a domain (`@x.example`); also
    /// those in which somebody else sent its letter.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn threads_with(&self, address_or_domain: &str) -> Result<Vec<id::Thread>> {
        let mut threads = match (address_or_domain.strip_prefix('@'), Address::parse(address_or_domain)) {
            (None, Some(address)) => self.threads_with_address(&address)?,
            _ => self.threads_by(BY_DOMAIN, params![address_or_domain])?,
        };
        let mut carried = self.sql().prepare_cached(CARRIED)?;
        let carried = carried.query_map([address_or_domain], |row| row.get(0).map(id::Thread))?;
        threads.extend(carried.collect::<rusqlite::Result<Vec<_>>>()?);
        threads.sort_unstable();
        threads.dedup();
        Ok(threads)
    }

    fn threads_with_address(&self, address: &Address) -> Result<Vec<id::Thread>> {
        let base = address.base();
        let mut threads = self.threads_by(BY_ADDRESS, params![address.as_str(), base.as_str()])?;
        let (from, to) = (format!("{}+", base.local()), format!("{},", base.local()));
        let at = format!("%@{}", base.domain());
        threads.extend(self.threads_by(BY_TAG, params![from, to, at])?);
        if base.ignores_dots() {
            threads.extend(self.threads_with_dots(address)?);
        }
        Ok(threads)
    }

    /// Gmail gives one mailbox however the dots are set: every spelling begins with the same character.
    fn threads_with_dots(&self, address: &Address) -> Result<Vec<id::Thread>> {
        let canonical = address.canonical();
        let Some(first) = canonical.local().chars().next() else { return Ok(Vec::new()) };
        let next = char::from_u32(u32::from(first) + 1).unwrap_or(first);
        let mut statement = self.sql().prepare_cached(
            "SELECT DISTINCT address FROM participant WHERE address >= ?1 AND address < ?2
             AND (address LIKE '%@gmail.com' OR address LIKE '%@googlemail.com')",
        )?;
        let spellings: Vec<String> = statement
            .query_map(params![first.to_string(), next.to_string()], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        let mut threads = Vec::new();
        for spelling in spellings.iter().filter_map(|written| Address::parse(written)) {
            if spelling.canonical() == canonical {
                threads.extend(self.threads_by("WHERE p.address = ?1", params![spelling.as_str()])?);
            }
        }
        Ok(threads)
    }

    fn threads_by(&self, condition: &str, given: impl rusqlite::Params) -> Result<Vec<id::Thread>> {
        let mut statement = self.sql().prepare_cached(&threads_sql(condition))?;
        Ok(statement.query_map(given, |row| row.get(0).map(id::Thread))?.collect::<rusqlite::Result<_>>()?)
    }

    /// Where I filed the last conversation that this address began, and when; `None` where I decided nothing, or under its own card.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn learned_place(&self, address: &Address, but: id::Thread) -> Result<Option<(Place, Timestamp)>> {
        let decided: bool = self
            .sql()
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM filing INDEXED BY filing_mine WHERE superseded_at IS NULL AND rule = 'mine')")?
            .query_row([], |row| row.get(0))?;
        if !decided {
            return Ok(None);
        }
        let found = self
            .sql()
            .prepare_cached(LEARNED)?
            .query_row(params![address.as_str(), but.0], |row| {
                let place = Place {
                    contact: row.get::<_, Option<i64>>(0)?.map(id::Contact),
                    company: row.get::<_, Option<i64>>(1)?.map(id::Company),
                    deal: None,
                };
                Ok((place, moment(row.get(2)?)))
            })
            .optional()?;
        Ok(found)
    }

    /// Adds to candidates what I decided before: how many conversations of these people I filed under each, and the words of those.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn add_my_decisions(&self, candidates: &mut [Candidate], people: &[Address], but: id::Thread) -> Result<()> {
        let people: Vec<&str> = people.iter().map(Address::as_str).collect();
        let people = serde_json::Value::from(people).to_string();
        let mut statement = self.sql().prepare_cached(MY_DECISIONS)?;
        for candidate in candidates {
            let given = params![candidate.deal.0, but.0, people, MOST_DECISIONS];
            let filed: Vec<(String, bool)> =
                statement.query_map(given, |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?;
            candidate.decisions = u32::try_from(filed.iter().filter(|(_, theirs)| *theirs).count()).unwrap_or(0);
            candidate.words = filed.into_iter().map(|(subject, _)| subject).collect::<Vec<_>>().join(" ");
        }
        Ok(())
    }

    /// A deal that a letter names; `None` when there is none, or it is closed: those are never chosen by a rule.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn tagged(&self, deal: id::Deal, proof: Proof) -> Result<Option<Tagged>> {
        let found = self
            .sql()
            .prepare_cached("SELECT title, contact_id, company_id FROM deal WHERE id = ?1 AND state = 'open'")?
            .query_row([deal.0], |row| {
                Ok(Tagged {
                    deal,
                    title: text_at(row, "title")?,
                    contact: row.get::<_, Option<i64>>("contact_id")?.map(id::Contact),
                    company: row.get::<_, Option<i64>>("company_id")?.map(id::Company),
                    proof,
                })
            })
            .optional()?;
        Ok(found)
    }

    /// Whose a deal is, open or closed; of a person also their company.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn deal_place(&self, deal: id::Deal) -> Result<Option<Place>> {
        let found = self
            .sql()
            .prepare_cached(
                "SELECT d.contact_id, coalesce(d.company_id, c.company_id) FROM deal d LEFT JOIN contact c ON c.id = d.contact_id WHERE d.id = ?1",
            )?
            .query_row([deal.0], |row| {
                Ok(Place {
                    contact: row.get::<_, Option<i64>>(0)?.map(id::Contact),
                    company: row.get::<_, Option<i64>>(1)?.map(id::Company),
                    deal: Some(deal),
                })
            })
            .optional()?;
        Ok(found)
    }

    /// Deals that the letters of a conversation prove by answering a Message-ID of ours, in an order that does not depend on arrival.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn proven_deals(&self, thread: id::Thread) -> Result<Vec<Tagged>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT msg_id FROM link WHERE thread_id = ?1 AND msg_id LIKE 'pb.%' ORDER BY msg_id LIMIT 200",
        )?;
        let names: Vec<String> = statement.query_map([thread.0], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        let mut proven: Vec<Tagged> = Vec::new();
        for claim in names.iter().filter_map(|name| Claim::of(&MsgId::parse(name)?)) {
            if proven.iter().any(|known| known.deal == claim.deal) {
                continue;
            }
            if self.deal_checksum(&claim.over, false)?.is_some_and(|checksum| checksum == claim.checksum) {
                proven.extend(self.tagged(claim.deal, Proof::MessageId)?);
            }
        }
        proven.sort_by_key(|tagged| tagged.deal);
        Ok(proven)
    }

    /// The checksum of a Message-ID's begin that names a deal: only who has this store's key can make it. `make` makes the key
    /// where there is none yet.
    ///
    /// # Errors
    /// When the store cannot be read or written.
    pub fn deal_checksum(&self, over: &str, make: bool) -> Result<Option<String>> {
        self.signature(over, make)
    }

    /// A signature that only this store can make. Whoever asks begins `over` with a word of its own, so that what one kind was given says
    /// nothing for another. `make` makes the key where there is none yet.
    ///
    /// # Errors
    /// When the store cannot be read or written.
    pub(super) fn signature(&self, over: &str, make: bool) -> Result<Option<String>> {
        if make {
            self.sql()
                .prepare_cached("INSERT INTO deal_token_key (id, bytes) SELECT 1, randomblob(32) WHERE NOT EXISTS (SELECT 1 FROM deal_token_key)")?
                .execute([])?;
        }
        let key: Option<Vec<u8>> = self
            .sql()
            .prepare_cached("SELECT bytes FROM deal_token_key")?
            .query_row([], |row| row.get(0))
            .optional()?;
        Ok(key.map(|key| {
            // Twice, as HMAC does, so that nothing can be put behind what was signed.
            let inner = Sha256::new().chain_update(&key).chain_update(over.as_bytes()).finalize();
            let outer = Sha256::new().chain_update(&key).chain_update(inner).finalize();
            outer.iter().take(10).map(|byte| format!("{byte:02x}")).collect()
        }))
    }

    /// What has another client or other deals than before, each once; it is forgotten by asking.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn take_changed_owners(&self) -> Result<Vec<ChangedOwner>> {
        let mut statement = self.sql().prepare_cached("SELECT DISTINCT what FROM changed_owner ORDER BY what")?;
        let written: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        if !written.is_empty() {
            self.sql().execute("DELETE FROM changed_owner", [])?;
        }
        let read = |what: String| match what.split_once(' ') {
            Some(("contact", key)) => Some(ChangedOwner::DealsOfContact(id::Contact(key.parse().ok()?))),
            Some(("company", key)) => Some(ChangedOwner::DealsOfCompany(id::Company(key.parse().ok()?))),
            _ => Some(ChangedOwner::Mail(what)),
        };
        Ok(written.into_iter().filter_map(read).collect())
    }

    /// The conversations of a client whose deal a rule may still choose: those that wait for my word, and those without a deal that
    /// were alive since `since`.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn threads_without_deal(&self, owner: &ChangedOwner, since: Timestamp) -> Result<Vec<id::Thread>> {
        let (column, key) = match owner {
            ChangedOwner::DealsOfContact(contact) => ("contact_id", contact.0),
            ChangedOwner::DealsOfCompany(company) => ("company_id", company.0),
            ChangedOwner::Mail(_) => return Ok(Vec::new()),
        };
        let mut statement = self.sql().prepare_cached(&without_deal_sql(column))?;
        Ok(statement
            .query_map(params![key, since.as_millisecond()], |row| row.get(0).map(id::Thread))?
            .collect::<rusqlite::Result<_>>()?)
    }

    /// Remembers the order forms of the configuration; letters of senders whose forms changed are looked at again.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn remember_order_forms(&self, forms: &[(String, String)]) -> Result<()> {
        let mut statement = self.sql().prepare("SELECT sender, rules FROM order_form ORDER BY id")?;
        let before: Vec<(String, String)> =
            statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?;
        if before == forms {
            return Ok(());
        }
        self.write(|| {
            self.sql().execute("DELETE FROM order_form", [])?;
            for form in forms {
                self.sql()
                    .execute("INSERT INTO order_form (sender, rules) VALUES (?1, ?2)", params![form.0, form.1])?;
                let plain = !form.0.contains('*') && !form.0.is_empty();
                if plain && !before.contains(form) {
                    self.sql().execute("INSERT INTO changed_owner (what) VALUES (?1)", [&form.0])?;
                }
            }
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What filing asks for every letter, and what it asks when a card changes, walks no table.
    #[test]
    fn filing_finds_by_indexes() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("postbook.sqlite")).unwrap();
        for (sql, uses) in [
            (threads_sql(BY_DOMAIN), "participant_domain"),
            (threads_sql(BY_ADDRESS), "participant_address"),
            (threads_sql(BY_TAG), "participant_address"),
            (CARRIED.to_owned(), "message_origin"),
            (LEARNED.to_owned(), "message_sender"),
            (MY_DECISIONS.to_owned(), "filing_deal"),
            (without_deal_sql("contact_id"), "filing_contact"),
            (without_deal_sql("company_id"), "filing_company"),
        ] {
            let mut bound = sql.clone();
            for number in (1..=4).rev() {
                bound = bound.replace(&format!("?{number}"), "'x'");
            }
            let plan = store.rows(&format!("EXPLAIN QUERY PLAN {bound}")).join("\n");
            assert!(plan.contains(uses), "{sql}\n{plan}");
            // The few that are passed on, those just found, and the list that was given.
            let few =
                |line: &str| line.contains("message_origin") || line.contains("json_each") || line.ends_with("SCAN m");
            let walks = |line: &&str| line.contains("SCAN ") && !few(line);
            assert_eq!(plan.lines().filter(walks).collect::<Vec<_>>(), [""; 0], "{sql}\n{plan}");
        }
    }
}
