//! The numbers of a card: what was won, what was offered, how soon both sides answer.

use super::Store;
use super::deal::offer_line_from;
use super::payment::money_at;
use super::timeline::{deals_of, key_of};
use super::{moment, text_at};
use crate::domain::contact::Whose;
use crate::domain::deal::State;
use crate::domain::figures::{Ended, Figures, Offered, Turnover};
use crate::domain::id;
use crate::domain::problem::Result;
use crate::domain::text::Text;
use crate::domain::work_time::WorkTime;
use jiff::Zoned;
use rusqlite::named_params;

/// Offer lines that a card looks at, the newest deals first.
const MOST_OFFERED: u32 = 500;

impl Store {
    /// Turnover, offers and response times of a person, a company or a deal.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn figures(&self, whose: Whose, work: &WorkTime, now: &Zoned) -> Result<Figures> {
        Ok(Figures {
            turnover: self.turnover(whose, now)?,
            offered: self.offered(whose, now)?,
            rhythm: self.rhythm(whose, work, now)?,
            strangers: self.strangers_beside(whose)?,
        })
    }

    /// What was won and lost.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn turnover(&self, whose: Whose, now: &Zoned) -> Result<Turnover> {
        let mut statement = self.sql().prepare_cached(&ended_sql(whose))?;
        let ended = statement.query_map(named_params! { ":id": key_of(whose) }, |row| {
            let closed_at = moment(row.get("closed_at")?);
            Ok(Ended {
                won: row.get_ref("state")?.as_str()? == State::Won.word(),
                amount: money_at(row, "amount_minor")?,
                on: closed_at.to_zoned(now.time_zone().clone()).date(),
            })
        })?;
        Ok(Turnover::of(&ended.collect::<rusqlite::Result<Vec<_>>>()?, now.date()))
    }

    /// What was offered, the newest deal first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn offered(&self, whose: Whose, now: &Zoned) -> Result<Vec<Offered>> {
        let mut statement = self.sql().prepare_cached(&offered_sql(whose))?;
        let offered = statement.query_map(named_params! { ":id": key_of(whose), ":limit": MOST_OFFERED }, |row| {
            Ok(Offered {
                deal: id::Deal(row.get("deal_id")?),
                title: text_at(row, "deal_title")?,
                state: State::from_word(row.get_ref("state")?.as_str()?).unwrap_or(State::Open),
                reason: Text::line(row.get_ref("reason")?.as_str()?),
                on: moment(row.get("created_at")?).to_zoned(now.time_zone().clone()).date(),
                line: offer_line_from(row)?,
            })
        })?;
        Ok(offered.collect::<rusqlite::Result<_>>()?)
    }
}

fn ended_sql(whose: Whose) -> String {
    format!(
        "SELECT d.state, d.amount_minor, d.currency, coalesce(d.closed_at, d.created_at) AS closed_at
         FROM deal d WHERE {} AND d.state <> 'open'",
        deals_of(whose)
    )
}

fn offered_sql(whose: Whose) -> String {
    format!(
        "SELECT l.title, l.quantity, l.unit_minor, l.currency, l.discount, l.vat, d.id AS deal_id, d.title AS deal_title, d.state, d.reason, d.created_at
         FROM deal d CROSS JOIN offer_line l WHERE {} AND l.deal_id = d.id
         ORDER BY d.created_at DESC, d.id DESC, l.position, l.id LIMIT :limit",
        deals_of(whose)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::deal::OfferLine;
    use crate::domain::money::Money;
    use crate::store::cards_fixture::{Shop, at, now, person, sale};
    use crate::store::{NewCompany, NewContact, NewDeal};

    #[test]
    fn a_company_turns_over_what_its_people_buy() {
        let shop = Shop::open();
        let acme = shop.store.add_company(&NewCompany { name: Text::own("Acme"), ..NewCompany::default() }).unwrap();
        let anna = shop.store.add_contact(&person("Anna", "", &[])).unwrap();
        let line = |title: &str, price: &str| OfferLine {
            title: Text::line(title),
            quantity: Text::own("2"),
            unit_price: Money::parse(price, "PLN").unwrap(),
            discount: Text::default(),
            vat: Text::default(),
        };
        // Agreed with her before anybody knew where she works.
        let won = shop
            .store
            .add_deal(&NewDeal { lines: vec![line("Desk", "600")], ..sale("Desks", Some(anna), None) })
            .unwrap();
        shop.store
            .update_contact(anna, &crate::store::ContactEdit { company: Some(Some(acme)), ..Default::default() })
            .unwrap();
        let bob = shop.store.add_contact(&NewContact { company: Some(acme), ..person("Bob", "", &[]) }).unwrap();
        let lost = shop
            .store
            .add_deal(&NewDeal { lines: vec![line("Lamp", "90")], ..sale("Lamps", Some(bob), None) })
            .unwrap();
        shop.store.add_deal(&sale("Chairs", Some(anna), None)).unwrap();
        shop.store.close_deal(won, State::Won, &Text::own("price"), at("2026-11-20T10:00:00Z")).unwrap();
        shop.store.close_deal(lost, State::Lost, &Text::own("too late"), at("2026-11-21T10:00:00Z")).unwrap();

        let figures = |whose| shop.store.figures(whose, &WorkTime::default(), &now()).unwrap();
        let company = figures(Whose::Company(acme));
        assert_eq!((company.turnover.deals_won, company.turnover.deals_lost), (1, 1));
        assert_eq!(company.turnover.won.iter().map(|w| w.this_year.plain()).collect::<Vec<_>>(), ["1200.00"]);
        let offered: Vec<_> =
            company.offered.iter().map(|o| (o.line.title.as_str(), o.state, o.reason.as_str())).collect();
        assert_eq!(offered, [("Lamp", State::Lost, "too late"), ("Desk", State::Won, "price")]);
        assert_eq!(figures(Whose::Contact(bob)).turnover.deals_won, 0);
        assert_eq!(figures(Whose::Deal(won)).offered.len(), 1);
        assert_eq!(shop.store.company_card(acme, &now(), 1).unwrap().unwrap().deals.len(), 3);
    }

    #[test]
    fn they_read_by_index() {
        let shop = Shop::open();
        for whose in [Whose::Contact(id::Contact(1)), Whose::Company(id::Company(1)), Whose::Deal(id::Deal(1))] {
            for query in [ended_sql(whose), offered_sql(whose)] {
                let plan = shop.plan(&query);
                assert!(!plan.contains("SCAN d") && !plan.contains("SCAN l"), "{query}\n{plan}");
            }
        }
    }
}
