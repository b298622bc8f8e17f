//! A question made ready: each leaf of its tree knows the keys it holds for, or what to look at in a row.

use super::bits::Bits;
use super::words::{Asked, Forms, Index};
use super::{ACTIVITY, Ask, COMPANY, CONTACT, DEAL};
use crate::domain::contact::Role;
use crate::domain::counter::Counter;
use crate::domain::money::Money;
use crate::domain::problem::Result;
use crate::domain::query::{Has, Is, Kind, Node, Phrase, Test, folded_words};
use crate::store::counter::{Moments, query_with_moments, rule_of};
use crate::store::{Store, ms};

/// Cards of each kind.
#[derive(Debug, Default, Clone)]
pub(super) struct Cards {
    pub(super) contacts: Bits,
    pub(super) companies: Bits,
    pub(super) deals: Bits,
    pub(super) activities: Bits,
}

impl Cards {
    pub(super) fn of(&self, kind: Kind) -> Option<&Bits> {
        match kind {
            Kind::Contact => Some(&self.contacts),
            Kind::Company => Some(&self.companies),
            Kind::Deal => Some(&self.deals),
            Kind::Activity => Some(&self.activities),
            Kind::Letter => None,
        }
    }
}

/// What a row of a letter says by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Unread,
    Seen,
    Flagged,
    Answered,
    Draft,
    Sent,
    Human,
    Bulk,
    Automatic,
    Junk,
    Files,
}

/// A question that is asked of one letter beside its row.
#[derive(Debug, Clone)]
pub(super) enum Probe {
    From(Phrase),
    To(Phrase),
}

#[derive(Debug)]
pub(super) enum Leaf {
    /// Words anywhere: letters and cards that hold them, and those that hold them as they were typed.
    Words {
        letters: Bits,
        exact: Bits,
        cards: Bits,
        exact_cards: Bits,
    },
    /// These letters; where there is a probe, those of them for which it holds.
    Letters {
        bits: Bits,
        exact: Bits,
        probe: Option<Probe>,
    },
    /// Letters in one of these folders.
    In(Vec<i64>),
    /// Letters of these threads; and cards.
    Threads {
        threads: Bits,
        cards: Cards,
    },
    /// These letters; and cards.
    Counted {
        letters: Bits,
        cards: Cards,
    },
    /// What belongs to one of these cards. `own`: a card itself, and not one of its company.
    Cards {
        cards: Cards,
        own: bool,
    },
    Client,
    Lead,
    Column(Column),
    /// From a moment on, and before another.
    Between(i64, i64),
    Kind(Kind),
}

#[derive(Debug)]
pub(super) enum Plan {
    All(Vec<Plan>),
    Any(Vec<Plan>),
    Not(Box<Plan>),
    Leaf(Box<Leaf>),
}

impl Plan {
    pub(super) fn leaf(leaf: Leaf) -> Self {
        Self::Leaf(Box::new(leaf))
    }

    /// Nothing but words: what they are found in is the answer.
    pub(super) fn only_words(&self) -> Option<&Leaf> {
        match self {
            Self::Leaf(leaf) if matches!(leaf.as_ref(), Leaf::Words { .. }) => Some(leaf),
            _ => None,
        }
    }

    /// Some word is found in other forms as well.
    pub(super) fn has_forms(&self) -> bool {
        match self {
            Self::All(plans) | Self::Any(plans) => plans.iter().any(Self::has_forms),
            Self::Not(_) => false,
            Self::Leaf(leaf) => match leaf.as_ref() {
                Leaf::Words { letters, exact, .. } => letters != exact,
                Leaf::Letters { bits, exact, .. } => bits != exact,
                _ => false,
            },
        }
    }

    /// Between which moments a letter must stand, as far as that is said for all.
    pub(super) fn bounds(&self) -> (i64, i64) {
        match self {
            Self::All(plans) => {
                plans.iter().map(Self::bounds).fold((i64::MIN, i64::MAX), |a, b| (a.0.max(b.0), a.1.min(b.1)))
            }
            Self::Leaf(leaf) => match leaf.as_ref() {
                Leaf::Between(from, to) => (*from, *to),
                _ => (i64::MIN, i64::MAX),
            },
            Self::Any(_) | Self::Not(_) => (i64::MIN, i64::MAX),
        }
    }
}

/// Makes plans.
pub(super) struct Planner<'a> {
    pub(super) store: &'a Store,
    pub(super) ask: &'a Ask<'a>,
    pub(super) forms: &'a Forms,
    /// Letters are among what is looked for.
    pub(super) letters: bool,
    /// Cards are.
    pub(super) cards: bool,
}

impl Planner<'_> {
    pub(super) fn plan(&self, node: &Node) -> Result<Plan> {
        if !node.is_everything() && only_words(node) {
            return self.words(node).map(Plan::leaf);
        }
        Ok(match node {
            Node::All(nodes) => {
                // Words that stand side by side are asked of the index at once: it walks only what the rarest is in.
                let (words, others): (Vec<&Node>, Vec<&Node>) = nodes.iter().partition(|node| only_words(node));
                let mut plans = others.into_iter().map(|node| self.plan(node)).collect::<Result<Vec<_>>>()?;
                if !words.is_empty() {
                    let words = Node::All(words.into_iter().cloned().collect());
                    plans.insert(0, Plan::leaf(self.words(&words)?));
                }
                Plan::All(plans)
            }
            Node::Any(nodes) => Plan::Any(nodes.iter().map(|node| self.plan(node)).collect::<Result<_>>()?),
            Node::Not(node) => Plan::Not(Box::new(self.plan(node)?)),
            Node::Words(_) => self.words(node).map(Plan::leaf)?,
            Node::Test(test) => Plan::leaf(self.test(test)?),
        })
    }

    fn asked(&self, index: Index, with_forms: bool) -> Asked<'_> {
        Asked { store: self.store, index, forms: self.forms, with_forms }
    }

    fn words(&self, node: &Node) -> Result<Leaf> {
        let found = |index, wanted: bool| -> Result<(Bits, Bits)> {
            if !wanted {
                return Ok(Default::default());
            }
            let (all, exact) = (self.asked(index, true), self.asked(index, false));
            let (all_words, exact_words) = (all.tree(node)?.unwrap_or_default(), exact.tree(node)?.unwrap_or_default());
            let bits = all.keys(&all_words)?;
            let exactly = if all_words == exact_words { bits.clone() } else { exact.keys(&exact_words)? };
            Ok((bits, exactly))
        };
        let (letters, exact) = found(Index::Letters, self.letters)?;
        let (cards, exact_cards) = found(Index::Cards, self.cards)?;
        Ok(Leaf::Words { letters, exact, cards, exact_cards })
    }

    fn test(&self, test: &Test) -> Result<Leaf> {
        let now = self.ask.now;
        Ok(match test {
            Test::From(phrase) => self.people(phrase, Probe::From(phrase.clone()))?,
            Test::To(phrase) => self.people(phrase, Probe::To(phrase.clone()))?,
            Test::Subject(phrase) => self.column("subject", phrase)?,
            Test::Has(Has::Named(phrase)) => self.column("files", phrase)?,
            Test::Has(Has::Invitation) => self.letters("files : \"ics\"")?,
            Test::Has(Has::Link) => self.letters("body : (\"http\" OR \"https\" OR \"www\")")?,
            Test::Has(Has::File) => Leaf::Column(Column::Files),
            Test::In(phrase) => Leaf::In(self.folders(phrase)?),
            Test::Is(is) => self.state(*is)?,
            Test::Before(when) => Leaf::Between(i64::MIN, ms(when.moments(now).0)),
            Test::After(when) => Leaf::Between(ms(when.moments(now).0), i64::MAX),
            Test::On(when) => {
                let (from, to) = when.moments(now);
                Leaf::Between(ms(from), ms(to))
            }
            Test::Contact(phrase) => {
                Leaf::Cards { cards: Cards { contacts: self.named(phrase, CONTACT)?, ..Cards::default() }, own: false }
            }
            Test::Company(phrase) => {
                Leaf::Cards { cards: Cards { companies: self.named(phrase, COMPANY)?, ..Cards::default() }, own: false }
            }
            Test::Deal(phrase) => of_deals(self.named(phrase, DEAL)?),
            Test::Stage(phrase) => {
                let stages = self.store.texts("SELECT DISTINCT stage FROM deal")?;
                let mut deals = Bits::default();
                for stage in stages.iter().filter(|stage| phrase.is_in(&folded_words(stage))) {
                    deals.or(&self.ids("SELECT id FROM deal WHERE stage = ?1", [stage])?);
                }
                of_deals(deals)
            }
            Test::Amount(amount) => of_deals(self.worth(|money| amount.fits(money))?),
            Test::Tag(phrase) => self.marked("tags", phrase)?,
            Test::Owner(phrase) => self.marked("owner", phrase)?,
            Test::Counter(counter) => self.counted(*counter)?,
            Test::Kind(kind) => Leaf::Kind(*kind),
        })
    }

    fn letters(&self, matches: &str) -> Result<Leaf> {
        let bits = if self.letters { self.asked(Index::Letters, false).keys(matches)? } else { Bits::default() };
        Ok(Leaf::Letters { exact: bits.clone(), bits, probe: None })
    }

    fn column(&self, column: &str, phrase: &Phrase) -> Result<Leaf> {
        let (all, exact) = (self.asked(Index::Letters, true), self.asked(Index::Letters, false));
        let bits = all.keys(&format!("{column} : {}", all.phrase(phrase)?))?;
        let exact = exact.keys(&format!("{column} : {}", exact.phrase(phrase)?))?;
        Ok(Leaf::Letters { bits, exact, probe: None })
    }

    /// The index holds all people of a letter together; which of them it was is asked of the letter.
    fn people(&self, phrase: &Phrase, probe: Probe) -> Result<Leaf> {
        let asked = self.asked(Index::Letters, false);
        let bits = asked.keys(&format!("people : {}", asked.phrase(phrase)?))?;
        Ok(Leaf::Letters { exact: bits.clone(), bits, probe: Some(probe) })
    }

    /// By what they are for; where none is for that, by name.
    fn folders(&self, phrase: &Phrase) -> Result<Vec<i64>> {
        let word = phrase.words.join(" ");
        let role = match word.as_str() {
            "spam" => "junk",
            "draft" => "drafts",
            "bin" | "deleted" => "trash",
            other => other,
        };
        let mut statement = self.store.sql().prepare_cached("SELECT id, role, name FROM folder WHERE gone = 0")?;
        let rows = statement.query_map([], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, Option<String>>(1)?, row.get::<_, String>(2)?))
        })?;
        let rows = rows.collect::<rusqlite::Result<Vec<_>>>()?;
        let by_role: Vec<i64> = rows.iter().filter(|row| row.1.as_deref() == Some(role)).map(|row| row.0).collect();
        if !by_role.is_empty() && !phrase.exact {
            return Ok(by_role);
        }
        Ok(rows.iter().filter(|row| phrase.is_in(&folded_words(&row.2))).map(|row| row.0).collect())
    }

    /// Cards of a kind by their name.
    fn named(&self, phrase: &Phrase, kind: i64) -> Result<Bits> {
        let asked = self.asked(Index::Cards, false);
        let found = asked.keys(&format!("name : {}", asked.phrase(phrase)?))?;
        Ok(of_kind(&found, kind))
    }

    /// Cards of any kind by their tags or owner.
    fn marked(&self, column: &str, phrase: &Phrase) -> Result<Leaf> {
        let asked = self.asked(Index::Cards, false);
        let found = asked.keys(&format!("{column} : {}", asked.phrase(phrase)?))?;
        let cards = Cards {
            contacts: of_kind(&found, CONTACT),
            companies: of_kind(&found, COMPANY),
            deals: of_kind(&found, DEAL),
            activities: Bits::default(),
        };
        Ok(Leaf::Cards { cards, own: true })
    }

    fn ids(&self, sql: &str, parameters: impl rusqlite::Params) -> Result<Bits> {
        let mut statement = self.store.sql().prepare_cached(sql)?;
        let rows = statement.query_map(parameters, |row| row.get::<_, i64>(0))?;
        Ok(rows.collect::<rusqlite::Result<Bits>>()?)
    }

    fn worth(&self, fits: impl Fn(&Money) -> bool) -> Result<Bits> {
        let mut statement = self.store.sql().prepare_cached("SELECT id, amount_minor, currency FROM deal")?;
        let mut rows = statement.query([])?;
        let mut deals = Bits::default();
        while let Some(row) = rows.next()? {
            if fits(&Money { minor: row.get(1)?, currency: row.get(2)? }) {
                deals.insert(row.get(0)?);
            }
        }
        Ok(deals)
    }

    fn state(&self, is: Is) -> Result<Leaf> {
        let column = |column| Ok(Leaf::Column(column));
        match is {
            Is::Unread => column(Column::Unread),
            Is::Read => column(Column::Seen),
            Is::Flagged => column(Column::Flagged),
            Is::Answered => column(Column::Answered),
            Is::Draft => column(Column::Draft),
            Is::Sent => column(Column::Sent),
            Is::Human => column(Column::Human),
            Is::Bulk => column(Column::Bulk),
            Is::Automatic => column(Column::Automatic),
            Is::Junk => column(Column::Junk),
            Is::Client => Ok(Leaf::Client),
            Is::Lead => Ok(Leaf::Lead),
            Is::Watched => {
                let watched = |table: &str| self.ids(&format!("SELECT id FROM {table} WHERE watched = 1"), []);
                let cards = Cards {
                    contacts: watched("contact")?,
                    companies: watched("company")?,
                    deals: watched("deal")?,
                    activities: Bits::default(),
                };
                Ok(Leaf::Cards { cards, own: true })
            }
            Is::Waiting => self.counted(Counter::Unanswered),
            Is::Open | Is::Won | Is::Lost => {
                Ok(of_deals(self.ids("SELECT id FROM deal WHERE state = ?1", [is.word()])?))
            }
            Is::Overdue => self.overdue(),
            Is::Stale => Ok(of_deals(self.stale()?)),
        }
    }

    /// Activities whose time has passed, deals that should have closed or wait for a payment.
    fn overdue(&self) -> Result<Leaf> {
        let now = self.ask.now;
        let mut deals =
            self.ids("SELECT id FROM deal WHERE state = 'open' AND expected_close < ?1", [now.date().to_string()])?;
        if let Leaf::Cards { cards, .. } = self.counted(Counter::OverduePayments)? {
            deals.or(&cards.deals);
        }
        let activities =
            self.ids("SELECT id FROM activity WHERE done_at IS NULL AND due_at < ?1", [ms(now.timestamp())])?;
        Ok(Leaf::Cards { cards: Cards { deals, activities, ..Cards::default() }, own: false })
    }

    /// Open deals in which nothing happened for as long as their pipeline says: the rule of the board's filter (domain/deal.rs, `stale_days`).
    fn stale(&self) -> Result<Bits> {
        let mut statement = self.store.sql().prepare_cached(
            "SELECT d.id, d.pipeline, max(d.created_at,
                 coalesce((SELECT max(s.at) FROM deal_stage s WHERE s.deal_id = d.id), 0),
                 coalesce((SELECT max(a.done_at) FROM activity a WHERE a.deal_id = d.id), 0),
                 coalesce((SELECT max(t.last_at) FROM filing f CROSS JOIN thread t WHERE f.deal_id = d.id AND f.superseded_at IS NULL
                     AND t.id = f.thread_id AND t.message_count > 0), 0))
             FROM deal d WHERE d.state = 'open'",
        )?;
        let mut rows = statement.query([])?;
        let mut deals = Bits::default();
        while let Some(row) = rows.next()? {
            let pipeline = self.ask.practice.pipelines.named(&row.get::<_, String>(1)?);
            let days = pipeline.map_or(crate::domain::pipeline::STALE_DAYS, |pipeline| pipeline.stale_days);
            let limit = i64::from(days).saturating_mul(24 * 60 * 60 * 1000);
            if ms(self.ask.now.timestamp()).saturating_sub(row.get::<_, i64>(2)?) >= limit {
                deals.insert(row.get(0)?);
            }
        }
        Ok(deals)
    }

    /// What a counter counts, with the contacts and deals of its threads.
    fn counted(&self, counter: Counter) -> Result<Leaf> {
        let (table, rule) = rule_of(counter);
        let columns = match counter {
            Counter::Unread | Counter::JunkWatch => "m.id, m.thread_id",
            Counter::Unanswered | Counter::Silent => "t.id, t.id",
            Counter::Unfiled => "f.thread_id, f.thread_id",
            Counter::NewLeads => "c.id, NULL",
            Counter::Due => "a.id, a.contact_id",
            Counter::OverduePayments => "p.deal_id, NULL",
            Counter::OutboxTrouble => "o.id, o.thread_id",
        };
        let sql = format!("SELECT {columns} FROM {table} WHERE {rule}");
        let rows: Vec<(i64, Option<i64>)> =
            query_with_moments(self.store, &sql, &Moments::of(self.ask.now, &self.ask.practice.work), None, |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
        let keys: Bits = rows.iter().map(|row| row.0).collect();
        let others: Bits = rows.iter().filter_map(|row| row.1).collect();
        Ok(match counter {
            Counter::NewLeads => Leaf::Cards { cards: Cards { contacts: keys, ..Cards::default() }, own: true },
            Counter::OverduePayments => of_deals(keys),
            Counter::Due => {
                let cards = Cards { activities: keys, contacts: others, ..Cards::default() };
                Leaf::Counted { letters: Bits::default(), cards }
            }
            Counter::Unread | Counter::JunkWatch => Leaf::Counted { letters: keys, cards: self.filed(&others)? },
            _ => Leaf::Threads { cards: self.filed(&others)?, threads: others },
        })
    }

    /// Contacts, companies and deals that threads are filed under.
    fn filed(&self, threads: &Bits) -> Result<Cards> {
        let mut cards = Cards::default();
        let mut statement = self.store.sql().prepare_cached(
            "SELECT f.contact_id, coalesce(f.company_id, c.company_id), f.deal_id
             FROM filing f LEFT JOIN contact c ON c.id = f.contact_id WHERE f.thread_id = ?1 AND f.superseded_at IS NULL",
        )?;
        for thread in threads.iter() {
            let mut rows = statement.query([thread])?;
            while let Some(row) = rows.next()? {
                for (place, bits) in [(0, &mut cards.contacts), (1, &mut cards.companies), (2, &mut cards.deals)] {
                    if let Some(key) = row.get::<_, Option<i64>>(place)? {
                        bits.insert(key);
                    }
                }
            }
        }
        Ok(cards)
    }
}

fn of_deals(deals: Bits) -> Leaf {
    Leaf::Cards { cards: Cards { deals, ..Cards::default() }, own: false }
}

/// The keys of one kind of card among those of the index.
pub(super) fn of_kind(found: &Bits, kind: i64) -> Bits {
    found.iter().filter(|key| key & 3 == kind).map(|key| key >> 2).collect()
}

fn only_words(node: &Node) -> bool {
    !node.has(&|leaf| matches!(leaf, Node::Test(_))) && !has_not(node)
}

fn has_not(node: &Node) -> bool {
    match node {
        Node::Not(_) => true,
        Node::All(nodes) | Node::Any(nodes) => nodes.iter().any(has_not),
        _ => false,
    }
}

/// The role of a contact that is a client.
pub(super) fn client_role() -> &'static str {
    Role::Client.word()
}

/// Rowids in the cards' index, by kind.
pub(super) fn kind_key(kind: Kind) -> i64 {
    match kind {
        Kind::Contact | Kind::Letter => CONTACT,
        Kind::Company => COMPANY,
        Kind::Deal => DEAL,
        Kind::Activity => ACTIVITY,
    }
}
