//! Cards of a plan: people, companies, deals and activities.

use super::Ask;
use super::bits::Bits;
use super::plan::{Cards, Leaf, Plan, client_role, kind_key, of_kind};
use crate::domain::id;
use crate::domain::problem::Result;
use crate::domain::query::{CardHit, Kind, Total};
use crate::domain::text::Text;
use crate::store::{Store, moment, optional_text_at, text_at};
use rusqlite::OptionalExtension;

/// So many are read and put into order; more are walked in their order.
const FEW: u64 = if cfg!(test) { 6 } else { 1500 };

/// What a card says of itself and of what it belongs to.
#[derive(Debug, Default)]
struct Facts {
    id: i64,
    at: Option<i64>,
    contact: Option<i64>,
    company: Option<i64>,
    deal: Option<i64>,
    client: bool,
    lead: bool,
}

/// Id, moment, contact, company, deal, kind, role of each card `x`; and in which order they stand.
fn columns(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Contact | Kind::Letter => {
            ("x.id, x.created_at, x.id, x.company_id, NULL, x.kind, x.role FROM contact x", "x.folded, x.id")
        }
        Kind::Company => ("x.id, NULL, NULL, x.id, NULL, NULL, NULL FROM company x", "x.folded, x.id"),
        Kind::Deal => ("x.id, x.created_at, x.contact_id, x.company_id, x.id, NULL, NULL FROM deal x", "x.id DESC"),
        Kind::Activity => (
            "x.id, coalesce(x.done_at, x.due_at), x.contact_id, x.company_id, x.deal_id, NULL, NULL FROM activity x",
            "x.id DESC",
        ),
    }
}

fn facts(row: &rusqlite::Row<'_>) -> rusqlite::Result<Facts> {
    let kind = row.get_ref(5)?.as_str_or_null()?;
    let role = row.get_ref(6)?.as_str_or_null()?;
    Ok(Facts {
        id: row.get(0)?,
        at: row.get(1)?,
        contact: row.get(2)?,
        company: row.get(3)?,
        deal: row.get(4)?,
        client: kind == Some("contact") && role == Some(client_role()),
        lead: kind == Some("lead"),
    })
}

impl Store {
    /// The first cards of a kind, those that are called so before those that only hold the words; and how many there are.
    pub(super) fn cards_found(&self, kind: Kind, plan: &Plan, ask: &Ask<'_>) -> Result<(Total, Vec<CardHit>)> {
        let called = self.called(kind, plan);
        let (count, exact, keys) = match candidates(kind, plan) {
            Some(few) if few.len() <= FEW => {
                let keys = self.in_order(kind, &few, plan, called.as_ref())?;
                (keys.len() as u64, true, keys)
            }
            many => {
                let (mut keys, mut rest, ended) =
                    self.walk_cards(kind, many.as_ref(), plan, called.as_ref(), ask.cards)?;
                let seen = (keys.len() + rest.len()) as u64;
                keys.append(&mut rest);
                match (&many, plan.only_words()) {
                    (Some(found), Some(_)) => (found.len(), true, keys),
                    _ => (seen, ended, keys),
                }
            }
        };
        let mut rows = Vec::new();
        for key in keys.into_iter().take(ask.cards) {
            rows.extend(self.card_hit(kind, key)?);
        }
        Ok((Total { count, exact }, rows))
    }

    /// How many cards of a kind there are, as far as `enough`.
    pub(super) fn count_cards(&self, kind: Kind, plan: &Plan, enough: usize) -> Result<Total> {
        let (keys, rest, exact) = self.walk_cards(kind, candidates(kind, plan).as_ref(), plan, None, enough)?;
        Ok(Total { count: (keys.len() + rest.len()) as u64, exact })
    }

    /// Every person of a plan, in the order of their names.
    pub(super) fn all_contacts(&self, plan: &Plan) -> Result<Vec<id::Contact>> {
        let candidates = candidates(Kind::Contact, plan);
        let (keys, rest, _) = self.walk_cards(Kind::Contact, candidates.as_ref(), plan, None, usize::MAX)?;
        Ok(keys.into_iter().chain(rest).map(id::Contact).collect())
    }

    /// Where words are looked for: the cards that have them in their name.
    fn called(&self, kind: Kind, plan: &Plan) -> Option<Bits> {
        let leaf = match plan {
            Plan::All(plans) => plans.iter().find_map(Plan::only_words),
            plan => plan.only_words(),
        };
        match leaf {
            Some(Leaf::Words { exact_cards, .. }) => Some(of_kind(exact_cards, kind_key(kind))),
            _ => None,
        }
    }

    fn in_order(&self, kind: Kind, few: &Bits, plan: &Plan, called: Option<&Bits>) -> Result<Vec<i64>> {
        let (columns, order) = columns(kind);
        let mut found = Vec::new();
        let mut statement = self.sql().prepare_cached(&format!("SELECT {columns} WHERE x.id = ?1"))?;
        for key in few.iter() {
            let Some(facts) = statement.query_row([key], facts).optional()? else { continue };
            if self.card_facts_fit(kind, &facts, plan)? {
                found.push(key);
            }
        }
        // Few: their order is asked for by name.
        let by_name = order.starts_with("x.folded");
        let table = columns.rsplit_once("FROM ").map_or("", |(_, table)| table);
        let name = if by_name { "x.folded" } else { "''" };
        let mut named = self.sql().prepare_cached(&format!("SELECT {name} FROM {table} WHERE x.id = ?1"))?;
        let mut keyed = Vec::with_capacity(found.len());
        for key in found {
            let name: String = named.query_row([key], |row| row.get(0))?;
            let other = called.is_some_and(|called| !called.contains(key));
            keyed.push((other, name, if by_name { key } else { -key }));
        }
        keyed.sort_unstable();
        Ok(keyed.into_iter().map(|(_, _, key)| key.abs()).collect())
    }

    /// Those that are called so, then the others, until there are enough; and whether all were seen.
    fn walk_cards(
        &self,
        kind: Kind,
        among: Option<&Bits>,
        plan: &Plan,
        called: Option<&Bits>,
        enough: usize,
    ) -> Result<(Vec<i64>, Vec<i64>, bool)> {
        let (columns, order) = columns(kind);
        let (mut first, mut rest) = (Vec::new(), Vec::new());
        let mut statement = self.sql().prepare_cached(&format!("SELECT {columns} ORDER BY {order}"))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let key: i64 = row.get(0)?;
            if among.is_some_and(|among| !among.contains(key)) || !self.card_facts_fit(kind, &facts(row)?, plan)? {
                continue;
            }
            if called.is_none_or(|called| called.contains(key)) {
                first.push(key);
            } else if rest.len() < enough {
                rest.push(key);
            }
            if first.len() > enough {
                first.truncate(enough);
                return Ok((first, rest, false));
            }
        }
        let ended = rest.len() < enough;
        Ok((first, rest, ended))
    }

    /// True for a card that is meant.
    pub(super) fn card_fits(&self, kind: Kind, key: i64, plan: &Plan) -> Result<bool> {
        let (columns, _) = columns(kind);
        let mut statement = self.sql().prepare_cached(&format!("SELECT {columns} WHERE x.id = ?1"))?;
        match statement.query_row([key], facts).optional()? {
            Some(facts) => self.card_facts_fit(kind, &facts, plan),
            None => Ok(false),
        }
    }

    fn card_facts_fit(&self, kind: Kind, card: &Facts, plan: &Plan) -> Result<bool> {
        match plan {
            Plan::All(plans) => {
                for plan in plans {
                    if !self.card_facts_fit(kind, card, plan)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Plan::Any(plans) => {
                for plan in plans {
                    if self.card_facts_fit(kind, card, plan)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Plan::Not(plan) => Ok(!self.card_facts_fit(kind, card, plan)?),
            Plan::Leaf(leaf) => self.leaf_holds(kind, card, leaf),
        }
    }

    fn leaf_holds(&self, kind: Kind, card: &Facts, leaf: &Leaf) -> Result<bool> {
        Ok(match leaf {
            Leaf::Words { cards, .. } => cards.contains(4 * card.id + kind_key(kind)),
            Leaf::Cards { cards, own: true } | Leaf::Threads { cards, .. } | Leaf::Counted { cards, .. } => {
                cards.of(kind).is_some_and(|keys| keys.contains(card.id))
            }
            Leaf::Cards { cards, own: false } => self.belongs(kind, card, cards)?,
            Leaf::Client => card.client,
            Leaf::Lead => card.lead,
            Leaf::Between(from, to) => card.at.is_some_and(|at| (*from..*to).contains(&at)),
            Leaf::Kind(wanted) => *wanted == kind,
            // Asked of letters alone.
            Leaf::Letters { .. } | Leaf::In(_) | Leaf::Column(_) => false,
        })
    }

    /// It is one of these, or of one of these.
    fn belongs(&self, kind: Kind, card: &Facts, cards: &Cards) -> Result<bool> {
        let is = |keys: &Bits, key: Option<i64>| key.is_some_and(|key| keys.contains(key));
        if kind == Kind::Activity && cards.activities.contains(card.id) {
            return Ok(true);
        }
        let of_contact = kind != Kind::Company && is(&cards.contacts, card.contact);
        if of_contact || is(&cards.companies, card.company) || is(&cards.deals, card.deal) {
            return Ok(true);
        }
        let sql = match kind {
            Kind::Contact => "SELECT id FROM deal WHERE contact_id = ?1",
            Kind::Company => "SELECT id FROM deal WHERE company_id = ?1",
            _ => return Ok(false),
        };
        if cards.deals.is_empty() {
            return Ok(false);
        }
        let mut statement = self.sql().prepare_cached(sql)?;
        let mut rows = statement.query([card.id])?;
        while let Some(row) = rows.next()? {
            if cards.deals.contains(row.get(0)?) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn card_hit(&self, kind: Kind, key: i64) -> Result<Option<CardHit>> {
        let sql = match kind {
            Kind::Contact | Kind::Letter => {
                "SELECT coalesce(nullif(trim(c.given || ' ' || c.family), ''), c.display) AS title, co.name AS one,
                     coalesce(nullif(c.position, ''), (SELECT address FROM contact_address WHERE contact_id = c.id ORDER BY position, id LIMIT 1)) AS two,
                     NULL AS three, NULL AS at, c.kind = 'lead' AS lead, c.id AS contact
                 FROM contact c LEFT JOIN company co ON co.id = c.company_id WHERE c.id = ?1"
            }
            Kind::Company => {
                "SELECT name AS title, (SELECT group_concat(domain, ', ') FROM company_domain WHERE company_id = company.id) AS one,
                     NULL AS two, NULL AS three, NULL AS at, 0 AS lead, NULL AS contact FROM company WHERE id = ?1"
            }
            Kind::Deal => {
                "SELECT d.title, coalesce(co.name, nullif(trim(c.given || ' ' || c.family), ''), c.display) AS one,
                     iif(d.state = 'open', d.stage, d.state) AS two, NULL AS three, NULL AS at, 0 AS lead, d.contact_id AS contact
                 FROM deal d LEFT JOIN contact c ON c.id = d.contact_id LEFT JOIN company co ON co.id = coalesce(d.company_id, c.company_id)
                 WHERE d.id = ?1"
            }
            Kind::Activity => {
                "SELECT a.subject AS title, replace(a.kind, '_', ' ') AS one, coalesce(nullif(trim(c.given || ' ' || c.family), ''), c.display, co.name) AS two,
                     nullif(a.result, '') AS three, coalesce(a.done_at, a.due_at) AS at, 0 AS lead, a.contact_id AS contact
                 FROM activity a LEFT JOIN contact c ON c.id = a.contact_id LEFT JOIN company co ON co.id = a.company_id WHERE a.id = ?1"
            }
        };
        let hit = self.sql().prepare_cached(sql)?.query_row([key], |row| {
            let mut detail: Vec<String> = Vec::new();
            for column in ["one", "two", "three"] {
                detail.extend(optional_text_at(row, column)?.map(String::from));
            }
            Ok(CardHit {
                kind,
                id: key,
                title: text_at(row, "title")?,
                detail: Text::from(detail.join(", ")),
                at: row.get::<_, Option<i64>>("at")?.map(moment),
                lead: row.get("lead")?,
                contact: row.get::<_, Option<i64>>("contact")?.map(id::Contact),
            })
        });
        Ok(hit.optional()?)
    }
}

/// Every card of the kind that can be meant is among these; `None` where they may be any.
fn candidates(kind: Kind, plan: &Plan) -> Option<Bits> {
    match plan {
        Plan::All(plans) => plans.iter().filter_map(|plan| candidates(kind, plan)).reduce(|mut one, other| {
            one.and(&other);
            one
        }),
        Plan::Any(plans) => {
            plans.iter().map(|plan| candidates(kind, plan)).try_fold(Bits::default(), |mut all, more| {
                all.or(&more?);
                Some(all)
            })
        }
        Plan::Not(_) => None,
        Plan::Leaf(leaf) => match leaf.as_ref() {
            Leaf::Words { cards, .. } => Some(of_kind(cards, kind_key(kind))),
            Leaf::Cards { cards, own: true } | Leaf::Threads { cards, .. } | Leaf::Counted { cards, .. } => {
                cards.of(kind).cloned()
            }
            Leaf::Kind(wanted) if *wanted != kind => Some(Bits::default()),
            _ => None,
        },
    }
}
