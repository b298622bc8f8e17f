//! What a card says in numbers: turnover, what was offered, what is to be paid, how soon both sides answer.

use super::deal::{OfferLine, PaymentRow, State};
use super::filing::Stranger;
use super::id;
use super::money::Money;
use super::rhythm::Rhythm;
use super::text::{Text, fold};
use jiff::civil::Date;

/// A deal that ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// Won; else lost.
    pub won: bool,
    /// What it was worth.
    pub amount: Money,
    /// When it ended.
    pub on: Date,
}

/// Won amounts of one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Won {
    /// The currency.
    pub currency: String,
    /// Since 1 January.
    pub this_year: Money,
    /// In the year before.
    pub last_year: Money,
    /// In the twelve months until today.
    pub twelve_months: Money,
    /// Ever.
    pub all: Money,
    /// How many deals.
    pub deals: u64,
    /// `all` by the number of deals.
    pub average: Money,
    /// The last eight quarters, the newest first: `2026 Q4` and the amount.
    pub quarters: Vec<(String, Money)>,
}

/// How the business with a client goes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Turnover {
    /// By currency, the largest number of deals first.
    pub won: Vec<Won>,
    /// Deals won.
    pub deals_won: u64,
    /// Deals lost.
    pub deals_lost: u64,
}

const QUARTERS: i16 = 8;

impl Turnover {
    /// Of the deals that ended.
    #[must_use]
    pub fn of(ended: &[Ended], today: Date) -> Self {
        let mut currencies: Vec<(&str, Vec<&Ended>)> = Vec::new();
        for deal in ended.iter().filter(|deal| deal.won) {
            match currencies.iter_mut().find(|(currency, _)| *currency == deal.amount.currency) {
                Some((_, deals)) => deals.push(deal),
                None => currencies.push((&deal.amount.currency, vec![deal])),
            }
        }
        let mut won: Vec<Won> = currencies.into_iter().map(|(currency, deals)| won(currency, &deals, today)).collect();
        won.sort_by(|a, b| b.deals.cmp(&a.deals).then_with(|| a.currency.cmp(&b.currency)));
        let deals_won = ended.iter().filter(|deal| deal.won).count() as u64;
        Self { won, deals_won, deals_lost: ended.len() as u64 - deals_won }
    }

    /// Of the deals that ended so many of a hundred were won; `None` when none ended.
    #[must_use]
    pub fn win_rate(&self) -> Option<u64> {
        (self.deals_won * 100).checked_div(self.deals_won + self.deals_lost)
    }
}

fn won(currency: &str, deals: &[&Ended], today: Date) -> Won {
    let sum = |takes: &dyn Fn(Date) -> bool| {
        let minor = deals.iter().filter(|deal| takes(deal.on)).fold(0_i64, |sum, d| sum.saturating_add(d.amount.minor));
        Money { minor, currency: currency.to_owned() }
    };
    let year_ago = today.checked_sub(jiff::Span::new().years(1)).unwrap_or(today);
    let quarter = |date: Date| date.year() * 4 + i16::from(date.month() - 1) / 3;
    let all = sum(&|_| true);
    let count = deals.len() as u64;
    let average = Money {
        minor: all.minor.checked_div(i64::try_from(count).unwrap_or(i64::MAX)).unwrap_or(0),
        currency: currency.to_owned(),
    };
    let quarters = (0..QUARTERS).map(|back| quarter(today) - back).map(|wanted| {
        let name = format!("{} Q{}", wanted.div_euclid(4), wanted.rem_euclid(4) + 1);
        (name, sum(&|on| quarter(on) == wanted))
    });
    Won {
        currency: currency.to_owned(),
        this_year: sum(&|on| on.year() == today.year()),
        last_year: sum(&|on| on.year() == today.year() - 1),
        twelve_months: sum(&|on| on > year_ago && on <= today),
        average,
        deals: count,
        quarters: quarters.collect(),
        all,
    }
}

/// One line of an offer, with what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    /// The deal.
    pub deal: id::Deal,
    /// Its title.
    pub title: Text,
    /// Open, won, lost.
    pub state: State,
    /// Why it was won or lost.
    pub reason: Text,
    /// When the deal was entered.
    pub on: Date,
    /// What was offered.
    pub line: OfferLine,
}

/// Something they were interested in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interest {
    /// What.
    pub title: Text,
    /// In how many offers.
    pub offered: u64,
    /// How many of these were won.
    pub won: u64,
    /// The price of one in the newest offer.
    pub last_price: Money,
    /// When that was.
    pub last_on: Date,
}

/// What they were offered, by title without regard to case; most often offered first.
#[must_use]
pub fn interests(offered: &[Offered]) -> Vec<Interest> {
    let mut found: Vec<(String, Interest)> = Vec::new();
    for offer in offered {
        let key = fold(offer.line.title.as_str());
        let won = u64::from(offer.state == State::Won);
        match found.iter_mut().find(|(known, _)| *known == key) {
            Some((_, interest)) => {
                interest.offered += 1;
                interest.won += won;
                if offer.on > interest.last_on {
                    interest.last_price = offer.line.unit_price.clone();
                    interest.last_on = offer.on;
                }
            }
            None => {
                let (last_price, last_on) = (offer.line.unit_price.clone(), offer.on);
                let title = offer.line.title.clone();
                found.push((key, Interest { title, offered: 1, won, last_price, last_on }));
            }
        }
    }
    found.sort_by_key(|(_, found)| std::cmp::Reverse((found.offered, found.last_on)));
    found.into_iter().map(|(_, interest)| interest).collect()
}

/// Payments of one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owed {
    /// Not due yet.
    pub due: Money,
    /// Past due and unpaid.
    pub overdue: Money,
    /// Paid.
    pub paid: Money,
}

/// Totals of payments by currency, in the order the currencies come.
#[must_use]
pub fn totals(payments: &[PaymentRow], today: Date) -> Vec<Owed> {
    let mut totals: Vec<Owed> = Vec::new();
    for payment in payments {
        let none = || Money { minor: 0, currency: payment.amount.currency.clone() };
        let place = match totals.iter().position(|owed| owed.due.currency == payment.amount.currency) {
            Some(place) => place,
            None => {
                totals.push(Owed { due: none(), overdue: none(), paid: none() });
                totals.len() - 1
            }
        };
        let Some(owed) = totals.get_mut(place) else { continue };
        let sum = match payment.paid_on {
            Some(_) => &mut owed.paid,
            None if payment.is_overdue(today) => &mut owed.overdue,
            None => &mut owed.due,
        };
        sum.minor = sum.minor.saturating_add(payment.amount.minor);
    }
    totals
}

/// The numbers of a card; read after the card itself, which opens without waiting for them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Figures {
    /// Won amounts.
    pub turnover: Turnover,
    /// Offer lines, the newest deal first.
    pub offered: Vec<Offered>,
    /// How soon both sides answer.
    pub rhythm: Rhythm,
    /// People at their company who are on no card.
    pub strangers: Vec<Stranger>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn money(amount: &str, currency: &str) -> Money {
        Money::parse(amount, currency).unwrap()
    }

    fn ended(won: bool, amount: &str, currency: &str, on: &str) -> Ended {
        Ended { won, amount: money(amount, currency), on: on.parse().unwrap() }
    }

    #[test]
    fn turnover_is_counted_by_currency_and_period() {
        let today = date(2026, 11, 23);
        let turnover = Turnover::of(
            &[
                ended(true, "100", "PLN", "2026-10-01"),
                ended(true, "50", "PLN", "2026-01-01"),
                ended(true, "30", "PLN", "2025-11-24"),
                ended(true, "20", "PLN", "2025-11-23"), // a year ago to the day: twelve months are over
                ended(true, "7", "EUR", "2020-05-05"),
                ended(false, "999", "PLN", "2026-11-01"),
            ],
            today,
        );
        assert_eq!((turnover.deals_won, turnover.deals_lost, turnover.win_rate()), (5, 1, Some(83)));
        let [pln, eur] = turnover.won.as_slice() else { panic!("{turnover:?}") };
        let numbers =
            [&pln.this_year, &pln.last_year, &pln.twelve_months, &pln.all, &pln.average].map(|m| m.minor / 100);
        assert_eq!(numbers, [150, 50, 180, 200, 50]);
        assert_eq!((eur.all.minor, eur.twelve_months.minor, eur.deals), (700, 0, 1));
        let quarters: Vec<(&str, i64)> =
            pln.quarters.iter().map(|(name, sum)| (name.as_str(), sum.minor / 100)).collect();
        assert_eq!(quarters[..2], [("2026 Q4", 100), ("2026 Q3", 0)]);
        assert_eq!(quarters[3..5], [("2026 Q1", 50), ("2025 Q4", 50)]);
        assert_eq!(quarters.len(), 8);
        assert_eq!(Turnover::of(&[], today).win_rate(), None);
    }

    #[test]
    fn interests_are_offers_of_one_title() {
        let offer = |title: &str, state, price: &str, on: &str| Offered {
            deal: id::Deal(1),
            title: Text::own("Deal"),
            state,
            reason: Text::default(),
            on: on.parse().unwrap(),
            line: OfferLine {
                title: Text::line(title),
                quantity: Text::own("1"),
                unit_price: money(price, "PLN"),
                discount: Text::default(),
                vat: Text::default(),
            },
        };
        let found = interests(&[
            offer("Chair", State::Lost, "90", "2026-05-01"),
            offer("Desk", State::Open, "510", "2026-10-01"),
            offer("desk", State::Won, "480", "2026-02-01"),
        ]);
        let found: Vec<_> =
            found.iter().map(|i| (i.title.as_str(), i.offered, i.won, i.last_price.minor / 100)).collect();
        assert_eq!(found, [("Desk", 2, 1, 510), ("Chair", 1, 0, 90)]);
    }

    #[test]
    fn payments_are_summed_by_what_became_of_them() {
        let payment = |amount: &str, currency: &str, due: &str, paid: Option<&str>| PaymentRow {
            id: id::Payment(1),
            deal: id::Deal(1),
            title: Text::default(),
            due_on: due.parse().unwrap(),
            amount: money(amount, currency),
            paid_on: paid.map(|day| day.parse().unwrap()),
        };
        let totals = totals(
            &[
                payment("10", "PLN", "2026-11-22", None),
                payment("20", "PLN", "2026-11-23", None),
                payment("5", "EUR", "2026-01-01", Some("2026-01-05")),
                payment("30", "PLN", "2027-01-01", None),
            ],
            date(2026, 11, 23),
        );
        let totals: Vec<_> = totals.iter().map(|t| [&t.due, &t.overdue, &t.paid].map(|m| m.minor / 100)).collect();
        assert_eq!(totals, [[50, 10, 0], [0, 0, 5]]);
    }
}
