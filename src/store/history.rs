//! What a card was on a day, and what an act touched: the journal read backwards.
//!
//! The journal keeps what a row was before each act. From the row as it is now, the images of all acts after a moment are put back in
//! thought, newest first; what is left is the row of that moment. What sync enters (leads, filings, letters) is no act: it stands in the
//! row as it is now, and for a card that sync made, `created_at` says since when it is there.

use super::journal::columns;
use super::{Store, moment, ms};
use crate::domain::field::Noun;
use crate::domain::history::{AsItWas, Details, Fact, How, Image, Touched, Words, called};
use crate::domain::id;
use crate::domain::problem::Result;
use crate::domain::text::Text;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rusqlite::{OptionalExtension, params};
use serde_json::Value;
use std::collections::BTreeMap;

/// Rows that stand on a card of their parent: the parent's noun, the table, the column that names it, what they are called there.
const CHILDREN: &[(&str, &str, &str, &str)] = &[
    ("contact", "contact_address", "contact_id", "address"),
    ("contact", "contact_phone", "contact_id", "phone"),
    ("contact", "deal", "contact_id", "deal"),
    ("contact", "activity", "contact_id", "activity"),
    ("company", "company_domain", "company_id", "domain"),
    ("company", "contact", "company_id", "person"),
    ("company", "deal", "company_id", "deal"),
    ("company", "activity", "company_id", "activity"),
    ("deal", "offer_line", "deal_id", "offer line"),
    ("deal", "payment", "deal_id", "payment"),
    ("deal", "activity", "deal_id", "activity"),
];

/// Of each kind of part so many are looked at, the newest: a card that is older than its thousandth call is not read through.
const MOST_PARTS: u32 = 1_000;

/// Rows of one change that are told one by one.
const MOST_TOLD: u32 = 300;

/// The rows of the journal that an index finds by their card: in the words of that index, or SQLite does not see that it may be used.
fn indexed(parent: &str) -> &'static str {
    match parent {
        "contact" => "r.noun IN ('contact_address', 'contact_phone', 'deal', 'activity')",
        "deal" => "r.noun IN ('offer_line', 'payment', 'activity')",
        _ => "r.noun IN ('company_domain', 'contact', 'deal', 'activity')",
    }
}

/// What a row was, if it was there.
type Then = Option<Image>;

impl Store {
    /// A card as it was at a moment, beside what it is now; `None` when there never was such a card.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn as_of(&self, noun: Noun, card: i64, at: Timestamp, zone: &TimeZone) -> Result<Option<AsItWas>> {
        let table = noun.word();
        let now = self.image(table, card)?;
        let mut then = self.image_at(table, card, now.clone(), at)?;
        if now.is_none() && then.is_none() && !self.was_touched(table, card)? {
            return Ok(None);
        }
        // What sync or an import entered has no act that made it.
        let created = |image: &Image| image.get("created_at").and_then(Value::as_i64).is_some_and(|made| made > ms(at));
        then = then.filter(|image| !created(image));
        let words = self.words(zone);
        let names = |noun: &str, key: i64| self.name_of(noun, key).ok().flatten();
        let words = Words { name: &names, ..words };
        let mut facts = words.facts(then.as_ref(), now.as_ref());
        let mut changed = self.moments("r.noun = ?1 AND r.row_id = ?2", table, card)?;
        for (parent, child, column, name) in CHILDREN.iter().filter(|(parent, ..)| *parent == table) {
            debug_assert_eq!(*parent, table);
            facts.extend(self.parts_at(child, column, name, card, at, &words)?);
            let theirs = format!("{} AND json_extract(r.before, '$.{column}') = ?2 AND ?1 <> ''", indexed(table));
            changed.extend(self.moments(&theirs, table, card)?);
            let standing =
                format!("r.noun = '{child}' AND r.row_id IN (SELECT id FROM {child} WHERE {column} = ?2) AND ?1 <> ''");
            changed.extend(self.moments(&standing, table, card)?);
        }
        if noun != Noun::Deal {
            facts.extend(self.payments_at(table, card, at, &words)?);
        }
        changed.sort_unstable();
        changed.dedup();
        let title = called(table, then.as_ref().or(now.as_ref()).unwrap_or(&Image::new()));
        let known_since = self.journal_begins()?;
        Ok(Some(AsItWas {
            noun,
            id: card,
            at,
            title,
            facts,
            existed: then.is_some(),
            exists: now.is_some(),
            changed,
            known_since,
        }))
    }

    /// The parts of a card: those that stand on it now, and those that acts since took away.
    fn parts_at(
        &self,
        child: &str,
        column: &str,
        name: &'static str,
        card: i64,
        at: Timestamp,
        words: &Words<'_>,
    ) -> Result<Vec<Fact>> {
        let mine = |image: &Image| image.get(column).and_then(Value::as_i64) == Some(card);
        // Entered by no act, it tells itself that it was not there yet.
        let done = |image: &Image| image.get("done_at").and_then(Value::as_i64).is_none_or(|done| done <= ms(at));
        let mut facts = Vec::new();
        for row in self.rows_of(child, column, card, at)? {
            let now = self.image(child, row)?;
            let then = self.image_at(child, row, now.clone(), at)?.filter(mine).filter(done);
            let now = now.filter(mine);
            if then.is_some() || now.is_some() {
                let line = |image: &Then| image.as_ref().map(|image| words.line(child, image)).unwrap_or_default();
                facts.push(Fact { name: Text::own(name), then: line(&then), now: line(&now) });
            }
        }
        // An offer that was written anew line by line has new rows with the same words.
        Ok(joined(facts))
    }

    /// The rows that name a card in this column, or did so since that moment.
    fn rows_of(&self, child: &str, column: &str, card: i64, at: Timestamp) -> Result<Vec<i64>> {
        let mut statement = self.sql().prepare_cached(&format!(
            "SELECT id FROM (SELECT id FROM {child} WHERE {column} = ?1 ORDER BY id DESC LIMIT {MOST_PARTS})
             UNION SELECT r.row_id FROM change_row r JOIN change c ON c.id = r.change_id
             WHERE {} AND r.noun = '{child}' AND json_extract(r.before, '$.{column}') = ?1 AND c.at > ?2 ORDER BY 1",
            indexed(column.strip_suffix("_id").unwrap_or(column))
        ))?;
        let rows = statement.query_map(params![card, ms(at)], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The payments of a client: those of the deals that are theirs, or were then.
    fn payments_at(&self, table: &str, card: i64, at: Timestamp, words: &Words<'_>) -> Result<Vec<Fact>> {
        let mut facts = Vec::new();
        for deal in self.rows_of("deal", &format!("{table}_id"), card, at)? {
            facts.extend(self.parts_at("payment", "deal_id", "payment", deal, at, words)?);
        }
        Ok(facts)
    }

    /// What an act touched, in words.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn change_details(&self, change: id::Change, zone: &TimeZone) -> Result<Details> {
        let mut statement = self.sql().prepare_cached(
            "SELECT noun, row_id, min(id) AS first, max(id) AS last, count(*) OVER () AS rows FROM change_row
             WHERE change_id = ?1 AND noun <> 'deal_stage'
             GROUP BY noun, row_id ORDER BY first LIMIT ?2",
        )?;
        let rows: Vec<(String, i64, i64, i64, u64)> = statement
            .query_map(params![change.0, MOST_TOLD], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, super::count_at(row, "rows")?))
            })?
            .collect::<rusqlite::Result<_>>()?;
        let names = |noun: &str, key: i64| self.name_of(noun, key).ok().flatten();
        let words = Words { name: &names, ..self.words(zone) };
        let of = rows.first().map_or(0, |row| row.4);
        let mut details =
            Details { touched: Vec::new(), more: of.saturating_sub(u64::try_from(rows.len()).unwrap_or(0)) };
        for (noun, row, first, last, _) in rows {
            let before = self.image_of_journal(first)?;
            let after = self.image_after(&noun, row, last)?;
            let how = match (&before, &after) {
                (None, _) => How::Came,
                (_, None) => How::Went,
                _ => How::Changed,
            };
            let mut facts = words.facts(before.as_ref(), only(&before, after.as_ref()).as_ref());
            facts.retain(Fact::differs);
            let what = self.what_it_is(&noun, row, before.as_ref().or(after.as_ref()))?;
            details.touched.push(Touched { what, how, facts });
        }
        Ok(details)
    }

    /// The name of what a row is about: its own, or that of the letter or conversation behind it.
    fn what_it_is(&self, noun: &str, row: i64, image: Option<&Image>) -> Result<Text> {
        let key = |column: &str| image.and_then(|image| image.get(column)).and_then(Value::as_i64);
        let subject = match noun {
            "message" => self.name_of("message", row)?,
            "copy" => {
                let message: Option<i64> = self
                    .sql()
                    .prepare_cached("SELECT message_id FROM copy WHERE id = ?1")?
                    .query_row([row], |row| row.get(0))
                    .optional()?;
                self.name_of("message", message.unwrap_or(0))?
            }
            "junk_confirmed" => self.name_of("message", row)?,
            "thread_state" => self.name_of("thread", row)?,
            "filing" => self.name_of("thread", key("thread_id").unwrap_or(0))?,
            _ => None,
        };
        let empty = Image::new();
        let called = called(noun, image.unwrap_or(&empty));
        Ok(match subject {
            Some(subject) => Text::from(format!("{called} “{subject}”")),
            None => called,
        })
    }

    fn words<'a>(&self, zone: &'a TimeZone) -> Words<'a> {
        Words { zone, name: &|_, _| None }
    }

    /// What a key leads to is called.
    fn name_of(&self, noun: &str, key: i64) -> Result<Option<Text>> {
        let sql = match noun {
            "company" => "SELECT name FROM company WHERE id = ?1",
            "contact" => {
                "SELECT coalesce(nullif(trim(given || ' ' || family), ''), display) FROM contact WHERE id = ?1"
            }
            "deal" => "SELECT title FROM deal WHERE id = ?1",
            "folder" => "SELECT name FROM folder WHERE id = ?1",
            "activity" => "SELECT subject FROM activity WHERE id = ?1",
            "thread" => "SELECT subject FROM thread WHERE id = ?1",
            "message" => "SELECT subject FROM message WHERE id = ?1",
            _ => return Ok(None),
        };
        Ok(self
            .sql()
            .prepare_cached(sql)?
            .query_row([key], |row| Ok(Text::line(row.get_ref(0)?.as_str()?)))
            .optional()?)
    }

    /// A row as it is now.
    fn image(&self, table: &str, row: i64) -> Result<Then> {
        let names = columns(self.sql(), table)?;
        let key = super::journal::key_column(self.sql(), table)?;
        let pairs: Vec<String> = names.iter().map(|name| format!("'{name}', {name}")).collect();
        let sql = format!("SELECT json_object({}) FROM {table} WHERE {key} = ?1", pairs.join(", "));
        let text: Option<String> = self.sql().prepare_cached(&sql)?.query_row([row], |row| row.get(0)).optional()?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }

    /// A row as it was: from `now` back, act by act.
    fn image_at(&self, table: &str, row: i64, now: Then, at: Timestamp) -> Result<Then> {
        let mut statement = self.sql().prepare_cached(&format!(
            "SELECT r.before FROM change_row r JOIN change c ON c.id = r.change_id
             WHERE r.noun = '{table}' AND r.row_id = ?1 AND c.at > ?2 ORDER BY r.id"
        ))?;
        let oldest: Option<Option<String>> = statement.query_row(params![row, ms(at)], |row| row.get(0)).optional()?;
        Ok(match oldest {
            // Every image has all columns: the oldest one after that moment is what it was then.
            Some(before) => before.and_then(|text| serde_json::from_str(&text).ok()),
            None => now,
        })
    }

    fn image_of_journal(&self, entry: i64) -> Result<Then> {
        let before: Option<String> = self
            .sql()
            .prepare_cached("SELECT before FROM change_row WHERE id = ?1")?
            .query_row([entry], |row| row.get(0))?;
        Ok(before.and_then(|text| serde_json::from_str(&text).ok()))
    }

    /// What a row was after an entry of the journal: before the next one, or now.
    fn image_after(&self, noun: &str, row: i64, entry: i64) -> Result<Then> {
        let next: Option<Option<String>> = self
            .sql()
            .prepare_cached(
                "SELECT before FROM change_row WHERE noun = ?1 AND row_id = ?2 AND id > ?3 ORDER BY id LIMIT 1",
            )?
            .query_row(params![noun, row, entry], |row| row.get(0))
            .optional()?;
        match next {
            Some(before) => Ok(before.and_then(|text| serde_json::from_str(&text).ok())),
            None if self.is_recorded(noun) => self.image(noun, row),
            None => Ok(None),
        }
    }

    /// When acts touched these rows.
    fn moments(&self, condition: &str, noun: &str, card: i64) -> Result<Vec<Timestamp>> {
        let mut statement = self.sql().prepare_cached(&format!(
            "SELECT DISTINCT c.at FROM change_row r JOIN change c ON c.id = r.change_id WHERE {condition}"
        ))?;
        let moments = statement.query_map(params![noun, card], |row| Ok(moment(row.get(0)?)))?;
        Ok(moments.collect::<rusqlite::Result<_>>()?)
    }

    fn was_touched(&self, table: &str, row: i64) -> Result<bool> {
        Ok(self
            .sql()
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM change_row WHERE noun = ?1 AND row_id = ?2)")?
            .query_row(params![table, row], |row| row.get(0))?)
    }

    /// The oldest act that is known.
    fn journal_begins(&self) -> Result<Option<Timestamp>> {
        let at: Option<i64> = self
            .sql()
            .prepare_cached("SELECT at FROM change ORDER BY id LIMIT 1")?
            .query_row([], |row| row.get(0))
            .optional()?;
        Ok(at.map(moment))
    }
}

/// Of the row afterwards only what the image before has: of some tables an act changes a few columns only.
fn only(before: &Then, after: Option<&Image>) -> Then {
    let after = after?;
    let Some(before) = before else { return Some(after.clone()) };
    let mut kept: Image =
        after.iter().filter(|(column, _)| before.contains_key(*column)).map(|(c, v)| (c.clone(), v.clone())).collect();
    // Marks are kept as the bits that were changed.
    if let Some(of) = before.get("wanted_flags").and_then(|flags| flags.get("of"))
        && let Some(bits) = after.get("wanted_flags").and_then(Value::as_i64)
    {
        kept.insert("wanted_flags".to_owned(), serde_json::json!({ "bits": bits, "of": of }));
    }
    Some(kept)
}

/// Lines that went and lines that came with the same words are the same line.
fn joined(facts: Vec<Fact>) -> Vec<Fact> {
    let mut came: BTreeMap<Text, usize> = BTreeMap::new();
    for fact in facts.iter().filter(|fact| fact.then.is_empty()) {
        *came.entry(fact.now.clone()).or_default() += 1;
    }
    let mut kept: Vec<Fact> = Vec::new();
    let mut taken: BTreeMap<Text, usize> = BTreeMap::new();
    for mut fact in facts.iter().filter(|fact| !fact.then.is_empty()).cloned() {
        if fact.now.is_empty()
            && let Some(left) = came.get_mut(&fact.then).filter(|left| **left > 0)
        {
            *left -= 1;
            *taken.entry(fact.then.clone()).or_default() += 1;
            fact.now = fact.then.clone();
        }
        kept.push(fact);
    }
    for fact in facts.into_iter().filter(|fact| fact.then.is_empty()) {
        match taken.get_mut(&fact.now).filter(|left| **left > 0) {
            Some(left) => *left -= 1,
            None => kept.push(fact),
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::super::cards_fixture::{Shop, at, now, person, sale};
    use super::*;
    use crate::domain::deal::OfferLine;
    use crate::domain::money::Money;
    use crate::store::{ContactEdit, DealEdit, NewPayment};

    fn warsaw() -> TimeZone {
        TimeZone::get("Europe/Warsaw").unwrap()
    }

    fn on(shop: &Shop, noun: Noun, card: i64, day: &str) -> Vec<String> {
        let was = shop.store.as_of(noun, card, at(&format!("2026-11-{day}T12:00:00Z")), &warsaw()).unwrap().unwrap();
        let told = ["stage", "amount", "payment", "offer line", "given name", "address", "title"];
        was.facts
            .iter()
            .filter(|fact| told.contains(&fact.name.as_str()) && !fact.then.is_empty())
            .map(|fact| format!("{}{}: {}", if fact.differs() { "*" } else { "" }, fact.name, fact.then))
            .collect()
    }

    /// An act of that day.
    fn act<T>(shop: &Shop, day: &str, act: impl FnOnce(&Store) -> Result<T>) -> T {
        shop.store.record(day, at(&format!("2026-11-{day}T08:00:00Z")), || act(&shop.store)).unwrap().0
    }

    fn line(title: &'static str) -> OfferLine {
        OfferLine {
            title: Text::own(title),
            quantity: Text::own("2"),
            unit_price: Money::parse("10", "PLN").unwrap(),
            discount: Text::default(),
            vat: Text::default(),
        }
    }

    #[test]
    fn a_deal_is_seen_as_it_was_with_its_lines_and_payments() {
        let shop = Shop::open();
        let deal = act(&shop, "02", |store| {
            store.add_deal(&crate::store::NewDeal {
                lines: vec![line("Desk"), line("Chair")],
                ..sale("Office", None, None)
            })
        });
        let due = "2026-12-01".parse().unwrap();
        let payment = act(&shop, "04", |store| {
            let amount = Money::parse("20", "PLN").unwrap();
            store.add_payment(&NewPayment { deal, title: Text::own("Deposit"), due_on: due, amount })
        });
        act(&shop, "06", |store| store.move_deal(deal, &Text::own("sales"), &Text::own("contract"), now().timestamp()));
        act(&shop, "08", |store| {
            let edit = DealEdit {
                lines: Some(vec![line("Desk"), line("Lamp")]),
                amount: Some(Money::parse("7", "EUR").unwrap()),
                ..DealEdit::default()
            };
            store.update_deal(deal, &edit, now().timestamp())
        });
        act(&shop, "10", |store| store.mark_payment_paid(payment, due));

        let unpaid = "payment: Deposit, 20.00\u{a0}PLN, due 2026-12-01, not paid";
        let desk = "offer line: Desk, 2 × 10.00\u{a0}PLN";
        assert_eq!(
            on(&shop, Noun::Deal, deal.0, "03"),
            [
                "title: Office",
                "*stage: offer",
                "*amount: 1\u{a0}200.00\u{a0}PLN",
                desk,
                "*offer line: Chair, 2 × 10.00\u{a0}PLN"
            ]
        );
        assert_eq!(on(&shop, Noun::Deal, deal.0, "05").last().unwrap(), &format!("*{unpaid}"));
        let before_paid = on(&shop, Noun::Deal, deal.0, "09");
        assert_eq!(
            before_paid,
            [
                "title: Office".to_owned(),
                "stage: contract".to_owned(),
                "amount: 7.00\u{a0}EUR".to_owned(),
                desk.to_owned(),
                "offer line: Lamp, 2 × 10.00\u{a0}PLN".to_owned(),
                format!("*{unpaid}")
            ]
        );
        assert!(on(&shop, Noun::Deal, deal.0, "11").iter().all(|fact| !fact.starts_with('*')), "nothing changed since");
        let was = |day: &str| {
            shop.store.as_of(Noun::Deal, deal.0, at(&format!("2026-11-{day}T12:00:00Z")), &warsaw()).unwrap().unwrap()
        };
        assert!(!was("01").existed && was("01").exists, "it was entered on the 2nd");
        let days: Vec<i8> = was("20").changed.iter().map(|at| at.to_zoned(warsaw()).day()).collect();
        assert_eq!(days, [2, 4, 6, 8, 10]);
        assert_eq!(shop.store.as_of(Noun::Deal, 99, at("2026-11-20T00:00:00Z"), &warsaw()).unwrap(), None);
    }

    #[test]
    fn between_an_act_and_its_undo_the_card_was_as_the_act_left_it() {
        let shop = Shop::open();
        let anna = shop.store.add_contact(&person("Anna", "Kowalska", &["anna@acme.example"])).unwrap();
        let edit = ContactEdit {
            name: Some(crate::domain::contact::Name { given: Text::own("Hanna"), ..Default::default() }),
            addresses: Some(vec![]),
            ..ContactEdit::default()
        };
        act(&shop, "05", |store| store.update_contact(anna, &edit));
        shop.store.undo(at("2026-11-07T08:00:00Z")).unwrap();
        shop.store.redo(at("2026-11-09T08:00:00Z")).unwrap();
        shop.store.undo(at("2026-11-11T08:00:00Z")).unwrap();
        let (anna_was, hanna_was) = (["given name: Anna", "address: anna@acme.example"], ["*given name: Hanna"]);
        assert_eq!(on(&shop, Noun::Contact, anna.0, "04"), anna_was);
        assert_eq!(on(&shop, Noun::Contact, anna.0, "06"), hanna_was);
        assert_eq!(on(&shop, Noun::Contact, anna.0, "08"), anna_was);
        assert_eq!(on(&shop, Noun::Contact, anna.0, "10"), hanna_was);
        assert_eq!(on(&shop, Noun::Contact, anna.0, "12"), anna_was);
    }

    #[test]
    fn people_deals_payments_and_activities_stand_on_the_card_of_that_day() {
        use crate::domain::activity::{Activity, Kind};
        let shop = Shop::open();
        let acme = act(&shop, "01", |store| {
            store.add_company(&crate::store::NewCompany { name: Text::own("Acme"), ..Default::default() })
        });
        let anna = act(&shop, "02", |store| store.add_contact(&person("Anna", "Kowalska", &["anna@acme.example"])));
        let employ = |company| ContactEdit { company: Some(company), ..ContactEdit::default() };
        act(&shop, "03", |store| store.update_contact(anna, &employ(Some(acme))));
        let deal = act(&shop, "04", |store| store.add_deal(&sale("Office", Some(anna), Some(acme))));
        let amount = || Money::parse("20", "PLN").unwrap();
        let due: jiff::civil::Date = "2026-12-01".parse().unwrap();
        let payment = act(&shop, "05", |store| {
            store.add_payment(&NewPayment { deal, title: Text::own("Deposit"), due_on: due, amount: amount() })
        });
        let call = act(&shop, "06", |store| {
            let planned =
                Activity { due_at: Some(at("2026-11-10T09:00:00Z")), ..Activity::new(Kind::Call, Text::own("prices")) };
            store.add_activity(&Activity { contact: Some(anna), company: Some(acme), deal: Some(deal), ..planned })
        });
        act(&shop, "10", |store| {
            store.finish_activity(call, at("2026-11-10T08:00:00Z"), Some(15), &Text::own("wants 20"))
        });
        act(&shop, "11", |store| store.mark_payment_paid(payment, due));
        act(&shop, "12", |store| store.update_contact(anna, &employ(None)));
        act(&shop, "13", |store| store.remove_activity(call));
        let told = |noun: Noun, card: i64, day: &str| -> Vec<String> {
            let was =
                shop.store.as_of(noun, card, at(&format!("2026-11-{day}T12:00:00Z")), &warsaw()).unwrap().unwrap();
            let parts = ["person", "deal", "payment", "activity", "address"];
            let parts = was.facts.iter().filter(|fact| parts.contains(&fact.name.as_str()) && !fact.then.is_empty());
            parts.map(|fact| format!("{}{}: {}", if fact.differs() { "*" } else { "" }, fact.name, fact.then)).collect()
        };
        let office = "deal: Office, offer, open, 1\u{a0}200.00\u{a0}PLN";
        let planned = "*activity: call, planned 10 Nov 2026 10:00, prices";
        let done = "*activity: call, done 10 Nov 2026 09:00, 15 min, prices: wants 20";
        let (unpaid, paid) = (
            "*payment: Deposit, 20.00\u{a0}PLN, due 2026-12-01, not paid",
            "payment: Deposit, 20.00\u{a0}PLN, due 2026-12-01, paid 2026-12-01",
        );
        assert!(told(Noun::Company, acme.0, "02").is_empty());
        assert_eq!(told(Noun::Company, acme.0, "03"), ["*person: Anna Kowalska"]);
        assert_eq!(told(Noun::Company, acme.0, "09"), ["*person: Anna Kowalska", office, planned, unpaid]);
        assert_eq!(told(Noun::Company, acme.0, "11"), ["*person: Anna Kowalska", office, done, paid]);
        assert_eq!(told(Noun::Company, acme.0, "12"), [office, done, paid]);
        assert_eq!(told(Noun::Company, acme.0, "14"), [office, paid]);
        assert_eq!(told(Noun::Contact, anna.0, "09"), ["address: anna@acme.example", office, planned, unpaid]);
        assert_eq!(told(Noun::Deal, deal.0, "12"), [paid, done]);
    }

    #[test]
    fn an_act_tells_what_it_touched() {
        let shop = Shop::open();
        let deal = shop.store.add_deal(&sale("Desks", None, None)).unwrap();
        let (_, change) = shop
            .store
            .record("both", at("2026-11-05T08:00:00Z"), || {
                shop.store.move_deal(deal, &Text::own("sales"), &Text::own("contract"), now().timestamp())?;
                shop.store.add_contact(&person("Anna", "", &["a@x.example"]))
            })
            .unwrap();
        act(&shop, "06", |store| store.move_deal(deal, &Text::own("sales"), &Text::own("offer"), now().timestamp()));
        let told = |details: Details| -> Vec<String> {
            details
                .touched
                .iter()
                .map(|t| {
                    let facts =
                        t.facts.iter().map(|f| format!("{} {} → {}", f.name, f.then, f.now)).collect::<Vec<_>>();
                    format!("{} {}: {}", t.what, t.how.word(), facts.join("; "))
                })
                .collect()
        };
        let details = told(shop.store.change_details(change.unwrap(), &warsaw()).unwrap());
        assert_eq!(details[0], "deal “Desks” changed: pipeline  → sales; stage offer → contract");
        assert!(details[1].starts_with("contact “Anna” new: given name  → Anna"), "{details:?}");
        assert!(details[2].starts_with("address “a@x.example” new: "), "{details:?}");
    }

    #[test]
    fn the_journal_is_asked_by_its_indexes() {
        let shop = Shop::open();
        let by_row = "SELECT r.before FROM change_row r JOIN change c ON c.id = r.change_id WHERE r.noun = 'deal' AND r.row_id = 1 AND c.at > 2 ORDER BY r.id";
        let plan = shop.plan(by_row);
        assert!(plan.contains("change_row_row (noun=? AND row_id=?)") && !plan.contains("TEMP B-TREE"), "{plan}");
        for (parent, child, column, _) in CHILDREN {
            let of = indexed(parent);
            let plan = shop.plan(&format!(
                "SELECT r.row_id FROM change_row r JOIN change c ON c.id = r.change_id
                 WHERE {of} AND r.noun = '{child}' AND json_extract(r.before, '$.{column}') = 1 AND c.at > 2"
            ));
            assert!(plan.contains(&format!("change_row_of_{parent} (<expr>=?")) && !plan.contains("SCAN"), "{plan}");
        }
    }
}
