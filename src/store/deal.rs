//! Deals: sales in progress and their cards.

use super::contact::{NAME, full_name_from, must_be_there, unfit};
use super::payment::{date_at, money_at};
use super::timeline::{deals_of, key_of};
use super::{Store, count_at, moment, ms, optional_text_at, text_at};
use crate::domain::contact::Whose;
use crate::domain::deal::{DealCard, DealRow, OfferLine, State};
use crate::domain::filing::Candidate;
use crate::domain::id;
use crate::domain::money::Money;
use crate::domain::problem::Result;
use crate::domain::text::Text;
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{OptionalExtension, Row, named_params, params};

/// A sale to be entered. It begins open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDeal {
    /// What is sold.
    pub title: Text,
    /// The buying company; where `None`, the company of `contact`.
    pub company: Option<id::Company>,
    /// The person it is agreed with.
    pub contact: Option<id::Contact>,
    /// Its pipeline; empty is the first one.
    pub pipeline: Text,
    /// Stage of the pipeline.
    pub stage: Text,
    /// What it is worth.
    pub amount: Money,
    /// When it should close.
    pub expected_close: Option<Date>,
    /// What was offered.
    pub lines: Vec<OfferLine>,
    /// When it was entered.
    pub created_at: Timestamp,
}

/// What changes on a deal's card; `None` stays as it is. Stage and state have acts of their own.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DealEdit {
    /// What is sold.
    pub title: Option<Text>,
    /// The buying company; `Some(None)` takes the deal from it.
    pub company: Option<Option<id::Company>>,
    /// The person it is agreed with.
    pub contact: Option<Option<id::Contact>>,
    /// What it is worth.
    pub amount: Option<Money>,
    /// When it should close; `Some(None)` forgets the day.
    pub expected_close: Option<Option<Date>>,
    /// All that was offered.
    pub lines: Option<Vec<OfferLine>>,
}

impl Store {
    /// Enters a deal with its offer lines.
    ///
    /// # Errors
    /// When it has no title or stage, or names a company or contact that is not there; then nothing was changed.
    pub fn add_deal(&self, new: &NewDeal) -> Result<id::Deal> {
        if new.title.as_str().trim().is_empty() || new.stage.as_str().trim().is_empty() {
            return Err(unfit("a deal needs a title and a stage"));
        }
        self.must_exist("company", new.company.map(|company| company.0))?;
        self.must_exist("contact", new.contact.map(|contact| contact.0))?;
        self.write(|| {
            self.sql()
                .prepare_cached(
                    "INSERT INTO deal (title, company_id, contact_id, stage, amount_minor, currency, expected_close, created_at, pipeline)
                     VALUES (?1, coalesce(?2, (SELECT company_id FROM contact WHERE id = ?3)), ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                )?
                .execute(params![
                    new.title.as_str(),
                    new.company.map(|company| company.0),
                    new.contact.map(|contact| contact.0),
                    new.stage.as_str(),
                    new.amount.minor,
                    new.amount.currency,
                    new.expected_close.map(|day| day.to_string()),
                    ms(new.created_at),
                    new.pipeline.as_str()
                ])?;
            let deal = id::Deal(self.sql().last_insert_rowid());
            self.set_offer_lines(deal, &new.lines)?;
            self.remember_stage(deal, new.created_at)?;
            Ok(deal)
        })
    }

    /// Changes what `edit` names on a deal's card.
    ///
    /// # Errors
    /// When the title is empty, it names a company or contact that is not there, or there is no such deal; then nothing
    /// was changed.
    pub fn update_deal(&self, deal: id::Deal, edit: &DealEdit, now: Timestamp) -> Result<()> {
        if edit.title.as_ref().is_some_and(|title| title.as_str().trim().is_empty()) {
            return Err(unfit("a deal needs a title"));
        }
        let (company, contact) = (edit.company.flatten().map(|c| c.0), edit.contact.flatten().map(|c| c.0));
        self.must_exist("company", company)?;
        self.must_exist("contact", contact)?;
        self.write(|| {
            let rows = self
                .sql()
                .prepare_cached(
                    "UPDATE deal SET title = coalesce(?2, title), amount_minor = coalesce(?3, amount_minor),
                         currency = coalesce(?4, currency),
                         company_id = CASE WHEN ?5 THEN ?6 ELSE company_id END,
                         contact_id = CASE WHEN ?7 THEN ?8 ELSE contact_id END,
                         expected_close = CASE WHEN ?9 THEN ?10 ELSE expected_close END
                     WHERE id = ?1",
                )?
                .execute(params![
                    deal.0,
                    edit.title.as_ref().map(Text::as_str),
                    edit.amount.as_ref().map(|amount| amount.minor),
                    edit.amount.as_ref().map(|amount| &amount.currency),
                    edit.company.is_some(),
                    company,
                    edit.contact.is_some(),
                    contact,
                    edit.expected_close.is_some(),
                    edit.expected_close.flatten().map(|day| day.to_string()),
                ])?;
            must_be_there(rows, "deal", deal)?;
            self.remember_stage(deal, now)?;
            edit.lines.as_ref().map_or(Ok(()), |lines| self.set_offer_lines(deal, lines))
        })
    }

    pub(super) fn set_offer_lines(&self, deal: id::Deal, lines: &[OfferLine]) -> Result<()> {
        self.sql().prepare_cached("DELETE FROM offer_line WHERE deal_id = ?1")?.execute([deal.0])?;
        let mut insert = self.sql().prepare_cached(
            "INSERT INTO offer_line (deal_id, position, title, quantity, unit_minor, currency, discount, vat)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?;
        for (position, line) in (0_i64..).zip(lines) {
            let (title, quantity, price) = (line.title.as_str(), line.quantity.as_str(), &line.unit_price);
            let (discount, vat) = (line.discount.as_str(), line.vat.as_str());
            insert.execute(params![deal.0, position, title, quantity, price.minor, price.currency, discount, vat])?;
        }
        Ok(())
    }

    /// Moves an open deal to another stage, of its pipeline or of another one.
    ///
    /// # Errors
    /// When the stage is empty, or there is no such open deal.
    pub fn move_deal(&self, deal: id::Deal, pipeline: &Text, stage: &Text, now: Timestamp) -> Result<()> {
        if stage.as_str().trim().is_empty() {
            return Err(unfit("a stage needs a name"));
        }
        self.write(|| {
            let rows = self
                .sql()
                .prepare_cached("UPDATE deal SET pipeline = ?2, stage = ?3 WHERE id = ?1 AND state = 'open'")?
                .execute(params![deal.0, pipeline.as_str(), stage.as_str()])?;
            must_be_there(rows, "open deal", deal)?;
            self.remember_stage(deal, now)
        })
    }

    /// Closes an open deal as won or lost, with the reason; [`State::Open`] opens a closed one again.
    ///
    /// # Errors
    /// When there is no such deal in the other state.
    pub fn close_deal(&self, deal: id::Deal, state: State, reason: &Text, now: Timestamp) -> Result<()> {
        let closed_at = (state != State::Open).then(|| ms(now));
        self.write(|| {
            let rows = self
                .sql()
                .prepare_cached(
                    "UPDATE deal SET state = ?2, reason = ?3, closed_at = ?4 WHERE id = ?1 AND (state = 'open') = (?4 IS NOT NULL)",
                )?
                .execute(params![deal.0, state.word(), reason.as_str(), closed_at])?;
            must_be_there(rows, if closed_at.is_some() { "open deal" } else { "closed deal" }, deal)?;
            self.remember_stage(deal, now)
        })
    }

    /// A page of deals, the newest first, after the deal `after` (the last one shown); of one state or of all.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn deals(
        &self,
        state: Option<State>,
        today: Date,
        after: Option<id::Deal>,
        limit: u32,
    ) -> Result<Vec<DealRow>> {
        let mut statement = self.sql().prepare_cached(&deals_sql(state))?;
        let key = after.map_or(i64::MAX, |deal| deal.0);
        let parameters = named_params! { ":state": state.map(State::word), ":key": key, ":limit": limit };
        let found: Vec<i64> = statement.query_map(parameters, |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        found.into_iter().filter_map(|deal| self.deal_row(id::Deal(deal), today).transpose()).collect()
    }

    /// One deal's row; `None` when there is no such deal.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn deal_row(&self, deal: id::Deal, today: Date) -> Result<Option<DealRow>> {
        let mut statement = self.sql().prepare_cached(&format!(
            "SELECT d.id, d.title, co.name AS company, d.contact_id, {NAME}, d.pipeline, d.stage, d.state, d.closed_at, d.amount_minor, d.currency, d.expected_close,
                    d.owner, d.watched, d.created_at,
                    (SELECT count(*) FROM payment p WHERE p.deal_id = d.id AND p.paid_on IS NULL AND p.due_on < ?2) AS overdue_payments
             FROM deal d LEFT JOIN company co ON co.id = d.company_id LEFT JOIN contact c ON c.id = d.contact_id WHERE d.id = ?1"
        ))?;
        let Some(mut row) = statement.query_row(params![deal.0, today.to_string()], deal_from).optional()? else {
            return Ok(None);
        };
        row.next_activity = self.next_activity(deal)?;
        row.last_at = self.last_at(Whose::Deal(deal))?;
        row.stage_since = self.stage_since(deal)?.unwrap_or(row.stage_since);
        Ok(Some(row))
    }

    /// The planned activity of a deal that comes first, an overdue one included.
    fn next_activity(&self, deal: id::Deal) -> Result<Option<(Timestamp, Text)>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT due_at, subject FROM activity WHERE deal_id = ?1 AND done_at IS NULL ORDER BY due_at, id LIMIT 1",
        )?;
        Ok(statement
            .query_row([deal.0], |row| Ok((moment(row.get("due_at")?), text_at(row, "subject")?)))
            .optional()?)
    }

    /// How many activities are planned in a deal.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn planned_in(&self, deal: id::Deal) -> Result<u64> {
        let mut statement = self
            .sql()
            .prepare_cached("SELECT count(*) AS planned FROM activity WHERE deal_id = ?1 AND done_at IS NULL")?;
        Ok(statement.query_row([deal.0], |row| count_at(row, "planned"))?)
    }

    /// The newest deals with offer lines, those of the same client first: what lines are copied from.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn offers_like(&self, deal: id::Deal, today: Date, limit: u32) -> Result<Vec<(DealRow, Vec<OfferLine>)>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT o.id FROM (SELECT id, company_id, contact_id FROM deal WHERE id <> ?1 AND EXISTS
                 (SELECT 1 FROM offer_line l WHERE l.deal_id = deal.id) ORDER BY id DESC LIMIT 500) o
             LEFT JOIN deal d ON d.id = ?1
             ORDER BY NOT coalesce(o.company_id = d.company_id OR o.contact_id = d.contact_id, 0), o.id DESC LIMIT ?2",
        )?;
        let found: Vec<i64> =
            statement.query_map(params![deal.0, limit], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        let mut offers = Vec::new();
        for other in found.into_iter().map(id::Deal) {
            if let Some(row) = self.deal_row(other, today)? {
                offers.push((row, self.offer_lines(other)?));
            }
        }
        Ok(offers)
    }

    /// Everything on a deal's card, with the first `timeline_limit` rows of the timeline; `None` when there is no such
    /// deal.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn deal_card(&self, deal: id::Deal, today: Date, timeline_limit: u32) -> Result<Option<DealCard>> {
        let Some(row) = self.deal_row(deal, today)? else { return Ok(None) };
        let (reason, company) = self
            .sql()
            .prepare_cached("SELECT reason, company_id FROM deal WHERE id = ?1")?
            .query_row([deal.0], |row| {
                Ok((Text::block(row.get_ref(0)?.as_str()?), row.get::<_, Option<i64>>(1)?.map(id::Company)))
            })?;
        Ok(Some(DealCard {
            row,
            company,
            common: self.common_of(Whose::Deal(deal))?,
            lines: self.offer_lines(deal)?,
            payments: self.payments_of_deal(deal)?,
            reason,
            history: self.deal_history(deal)?,
            timeline: self.timeline(Whose::Deal(deal), None, timeline_limit)?,
        }))
    }

    /// What was offered in a deal, first to last.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn offer_lines(&self, deal: id::Deal) -> Result<Vec<OfferLine>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT title, quantity, unit_minor, currency, discount, vat FROM offer_line WHERE deal_id = ?1 ORDER BY position, id",
        )?;
        let lines = statement.query_map([deal.0], offer_line_from)?;
        Ok(lines.collect::<rusqlite::Result<_>>()?)
    }

    /// Deals of a contact or a company on their card: open first, then the newest.
    pub(super) fn deals_on_card(&self, whose: Whose, today: Date) -> Result<Vec<DealRow>> {
        let mut statement = self.sql().prepare_cached(&format!(
            "SELECT d.id FROM deal d WHERE {} ORDER BY d.state <> 'open', d.id DESC",
            deals_of(whose)
        ))?;
        let found: Vec<i64> = statement
            .query_map(named_params! { ":id": key_of(whose) }, |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        found.into_iter().filter_map(|deal| self.deal_row(id::Deal(deal), today).transpose()).collect()
    }

    /// The open deals that a thread of this contact and company may belong to. A deal agreed with somebody else at the
    /// company is one of them: colleagues write for each other. `participant` says that it is agreed with `contact`.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn open_deals_of(
        &self,
        contact: Option<id::Contact>,
        company: Option<id::Company>,
        now: Timestamp,
    ) -> Result<Vec<Candidate>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT id, title, contact_id, created_at FROM deal WHERE contact_id = ?1 AND state = 'open'
             UNION SELECT id, title, contact_id, created_at FROM deal WHERE company_id = ?2 AND state = 'open' ORDER BY id",
        )?;
        let rows = statement.query_map(params![contact.map(|c| c.0), company.map(|c| c.0)], |row| {
            let agreed_with = row.get::<_, Option<i64>>("contact_id")?.map(id::Contact);
            let candidate = Candidate {
                participant: agreed_with.is_some() && agreed_with == contact,
                ..Candidate::new(id::Deal(row.get("id")?), text_at(row, "title")?)
            };
            Ok((candidate, moment(row.get("created_at")?)))
        })?;
        let mut candidates = Vec::new();
        for row in rows {
            let (mut candidate, created_at) = row?;
            let last_at = self.last_at(Whose::Deal(candidate.deal))?.map_or(created_at, |at| at.max(created_at));
            candidate.idle_days = now.duration_since(last_at).as_hours().max(0) / 24;
            candidates.push(candidate);
        }
        Ok(candidates)
    }
}

fn deal_from(row: &Row<'_>) -> rusqlite::Result<DealRow> {
    Ok(DealRow {
        id: id::Deal(row.get("id")?),
        title: text_at(row, "title")?,
        company: optional_text_at(row, "company")?,
        contact: row.get::<_, Option<i64>>("contact_id")?.map(id::Contact),
        contact_name: full_name_from(row)?,
        pipeline: text_at(row, "pipeline")?,
        stage: text_at(row, "stage")?,
        stage_since: moment(row.get("created_at")?),
        state: State::from_word(row.get_ref("state")?.as_str()?).unwrap_or(State::Open),
        closed_at: row.get::<_, Option<i64>>("closed_at")?.map(moment),
        amount: money_at(row, "amount_minor")?,
        expected_close: date_at(row, "expected_close")?,
        next_activity: None,
        overdue_payments: count_at(row, "overdue_payments")?,
        last_at: None,
        owner: text_at(row, "owner")?,
        watched: row.get("watched")?,
    })
}

/// Of a row with the columns of `offer_line`.
pub(super) fn offer_line_from(row: &Row<'_>) -> rusqlite::Result<OfferLine> {
    Ok(OfferLine {
        title: text_at(row, "title")?,
        quantity: text_at(row, "quantity")?,
        unit_price: money_at(row, "unit_minor")?,
        discount: text_at(row, "discount")?,
        vat: text_at(row, "vat")?,
    })
}

fn deals_sql(state: Option<State>) -> String {
    let state = if state.is_some() { "state = :state" } else { ":state IS NULL" };
    format!("SELECT id FROM deal WHERE {state} AND id < :key ORDER BY id DESC LIMIT :limit")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::activity::{Activity, Kind};
    use crate::store::cards_fixture::{Shop, at, now, person, sale};
    use crate::store::company::NewCompany;
    use crate::store::contact::NewContact;

    fn planned(deal: id::Deal, subject: &str, due_at: &str) -> Activity {
        Activity {
            id: None,
            kind: Kind::Call,
            contact: None,
            deal: Some(deal),
            subject: Text::line(subject),
            place: Text::default(),
            due_at: Some(at(due_at)),
            done_at: None,
            duration_minutes: None,
            result: Text::default(),
            trigger: None,
            people: Vec::new(),
            guests: Vec::new(),
            company: None,
            way: None,
            message: None,
        }
    }

    #[test]
    fn what_is_entered_stands_on_the_card() {
        let shop = Shop::open();
        let acme = shop.store.add_company(&NewCompany { name: Text::own("Acme"), ..NewCompany::default() }).unwrap();
        let anna =
            shop.store.add_contact(&NewContact { company: Some(acme), ..person("Anna", "Kowalska", &[]) }).unwrap();
        let price = Money::parse("99.90", "PLN").unwrap();
        let line = |title: &'static str| OfferLine {
            title: Text::own(title),
            quantity: Text::own("2.5"),
            unit_price: price.clone(),
            discount: Text::default(),
            vat: Text::own("23"),
        };
        let new = NewDeal { lines: vec![line("Desk"), line("Chair")], ..sale("Office", Some(anna), None) };
        let deal = shop.act(|store| store.add_deal(&new));
        shop.store.add_activity(&planned(deal, "later", "2026-11-30T08:00:00Z")).unwrap();
        let call = shop.store.add_activity(&planned(deal, "call", "2026-11-20T08:00:00Z")).unwrap();
        let card = shop.store.deal_card(deal, now().date(), 5).unwrap().unwrap();
        assert_eq!(card.lines, new.lines);
        assert_eq!(
            card.row,
            DealRow {
                id: deal,
                title: Text::own("Office"),
                company: Some(Text::own("Acme")),
                contact: Some(anna),
                contact_name: Some(Text::own("Anna Kowalska")),
                pipeline: Text::default(),
                stage: Text::own("offer"),
                stage_since: new.created_at,
                state: State::Open,
                closed_at: None,
                amount: new.amount.clone(),
                expected_close: new.expected_close,
                next_activity: Some((at("2026-11-20T08:00:00Z"), Text::own("call"))),
                overdue_payments: 0,
                last_at: None,
                owner: Text::default(),
                watched: false,
            }
        );
        shop.store.finish_activity(call, at("2026-11-21T08:00:00Z"), None, &Text::default()).unwrap();
        let row = shop.store.deal_row(deal, now().date()).unwrap().unwrap();
        assert_eq!(row.next_activity.map(|(_, subject)| subject), Some(Text::own("later")));
        assert_eq!(row.last_at, Some(at("2026-11-21T08:00:00Z")));
        assert!(shop.store.deal_card(id::Deal(99), now().date(), 5).unwrap().is_none());
    }

    #[test]
    fn a_deal_moves_through_its_stages_and_is_closed_once() {
        let shop = Shop::open();
        let deal = shop.act(|store| store.add_deal(&sale("Desks", None, None)));
        let today = now().date();
        shop.act(|store| store.move_deal(deal, &Text::default(), &Text::own("contract"), now().timestamp()));
        shop.act(|store| store.close_deal(deal, State::Lost, &Text::own("too dear"), now().timestamp()));
        let card = shop.store.deal_card(deal, today, 5).unwrap().unwrap();
        assert_eq!(
            (card.row.stage.as_str(), card.row.state, card.reason.as_str()),
            ("contract", State::Lost, "too dear")
        );
        let closed = format!("there is no open deal {deal}");
        assert_eq!(
            shop.refused(|store| store.close_deal(deal, State::Won, &Text::default(), now().timestamp())),
            closed
        );
        assert_eq!(
            shop.refused(|store| store.move_deal(deal, &Text::default(), &Text::own("offer"), now().timestamp())),
            closed
        );
        shop.act(|store| store.close_deal(deal, State::Open, &Text::default(), now().timestamp()));
        assert_eq!(shop.store.deal_row(deal, today).unwrap().unwrap().state, State::Open);
        let opened = format!("there is no closed deal {deal}");
        assert_eq!(
            shop.refused(|store| store.close_deal(deal, State::Open, &Text::default(), now().timestamp())),
            opened
        );
    }

    #[test]
    fn an_edit_changes_what_it_names() {
        let shop = Shop::open();
        let acme = shop.store.add_company(&NewCompany { name: Text::own("Acme"), ..NewCompany::default() }).unwrap();
        let anna = shop.store.add_contact(&person("Anna", "", &[])).unwrap();
        let price = Money::parse("5", "EUR").unwrap();
        let line = |title: &'static str| OfferLine {
            title: Text::own(title),
            quantity: Text::own("1"),
            unit_price: price.clone(),
            discount: Text::default(),
            vat: Text::own("23"),
        };
        let new = NewDeal { lines: vec![line("Desk"), line("Chair")], ..sale("Desks", Some(anna), Some(acme)) };
        let deal = shop.act(|store| store.add_deal(&new));
        shop.act(|store| {
            store.update_deal(
                deal,
                &DealEdit { amount: Some(price.clone()), contact: Some(None), ..DealEdit::default() },
                now().timestamp(),
            )
        });
        let card = shop.store.deal_card(deal, now().date(), 1).unwrap().unwrap();
        assert_eq!(
            (card.row.amount, card.row.contact, card.row.company),
            (price.clone(), None, Some(Text::own("Acme")))
        );
        assert_eq!(
            (card.row.title.as_str(), card.row.expected_close, card.lines),
            ("Desks", new.expected_close, new.lines)
        );
        let edit = DealEdit {
            title: Some(Text::own("Chairs")),
            company: Some(None),
            expected_close: Some(None),
            lines: Some(vec![line("Chair")]),
            ..DealEdit::default()
        };
        shop.act(|store| store.update_deal(deal, &edit, now().timestamp()));
        let card = shop.store.deal_card(deal, now().date(), 1).unwrap().unwrap();
        assert_eq!((card.row.company, card.row.expected_close, card.row.amount), (None, None, price.clone()));
        assert_eq!((card.row.title.as_str(), card.lines), ("Chairs", vec![line("Chair")]));
        assert_eq!(
            shop.refused(|store| store.update_deal(id::Deal(99), &edit, now().timestamp())),
            "there is no deal 99"
        );
        let nameless = DealEdit { title: Some(Text::default()), ..DealEdit::default() };
        assert_eq!(shop.refused(|store| store.update_deal(deal, &nameless, now().timestamp())), "a deal needs a title");
    }

    #[test]
    fn what_cannot_be_a_deal_is_refused() {
        let shop = Shop::open();
        assert_eq!(shop.refused(|store| store.add_deal(&sale(" ", None, None))), "a deal needs a title and a stage");
        assert_eq!(
            shop.refused(|store| store.add_deal(&sale("x", Some(id::Contact(4)), None))),
            "there is no contact 4"
        );
        assert_eq!(
            shop.refused(|store| store.move_deal(id::Deal(4), &Text::default(), &Text::default(), now().timestamp())),
            "a stage needs a name"
        );
    }

    #[test]
    fn the_list_is_paged_newest_first() {
        let shop = Shop::open();
        let deals: Vec<id::Deal> =
            (0..4).map(|i| shop.store.add_deal(&sale(&format!("deal {i}"), None, None)).unwrap()).collect();
        shop.store.close_deal(deals[2], State::Won, &Text::default(), now().timestamp()).unwrap();
        let list = |state, after, limit| -> Vec<id::Deal> {
            shop.store.deals(state, now().date(), after, limit).unwrap().into_iter().map(|row| row.id).collect()
        };
        assert_eq!(list(None, None, 9), [deals[3], deals[2], deals[1], deals[0]]);
        assert_eq!(list(Some(State::Open), None, 2), [deals[3], deals[1]]);
        assert_eq!(list(Some(State::Open), Some(deals[1]), 2), [deals[0]]);
        assert_eq!(list(Some(State::Won), None, 2), [deals[2]]);
        assert_eq!(list(Some(State::Lost), None, 2), []);
        let plan = shop.plan(&deals_sql(Some(State::Open)));
        assert!(plan.contains("deal_newest (state=? AND id<?)") && !plan.contains("TEMP B-TREE"), "{plan}");
    }

    #[test]
    fn open_deals_of_the_person_and_of_the_company_are_candidates() {
        let shop = Shop::open();
        let acme = shop.store.add_company(&NewCompany { name: Text::own("Acme"), ..NewCompany::default() }).unwrap();
        let anna = shop.store.add_contact(&person("Anna", "", &[])).unwrap();
        let jan = shop.store.add_contact(&NewContact { company: Some(acme), ..person("Jan", "", &[]) }).unwrap();
        let own = shop.store.add_deal(&sale("own", Some(anna), None)).unwrap();
        let colleague = shop.store.add_deal(&sale("colleague's", Some(jan), None)).unwrap();
        let both = shop.store.add_deal(&sale("both", Some(anna), Some(acme))).unwrap();
        let won = shop.store.add_deal(&sale("won", Some(anna), None)).unwrap();
        shop.store.close_deal(won, State::Won, &Text::default(), now().timestamp()).unwrap();
        shop.letter(shop.thread("letter", Some(anna), None, Some(own)), "2026-11-20T08:00:00Z", "inbound");
        let candidates = |contact, company| -> Vec<(id::Deal, bool, i64)> {
            let found = shop.store.open_deals_of(contact, company, now().timestamp()).unwrap();
            found.into_iter().map(|c| (c.deal, c.participant, c.idle_days)).collect()
        };
        assert_eq!(candidates(Some(anna), Some(acme)), [(own, true, 3), (colleague, false, 22), (both, true, 22)]);
        assert_eq!(candidates(Some(anna), None), [(own, true, 3), (both, true, 22)]);
        assert_eq!(candidates(None, Some(acme)), [(colleague, false, 22), (both, false, 22)]);
        assert_eq!(candidates(None, None), []);
    }
}
