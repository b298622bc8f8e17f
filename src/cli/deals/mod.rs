//! `postbook deals`: what the deals screen does, for scripts.

mod bank;
mod tell;

use super::args::AsOf;
use super::args::deals::{AddDeal, DealFacts, Deals, DealsCommand, EditDeal, Payments};
use super::as_of;
use super::context::Context;
use super::desk::Desk;
use super::exchange;
use super::log::{contact_called, deal_called};
use super::output;
use crate::domain::amount;
use crate::domain::board::{Filter, Place};
use crate::domain::deal::{DealCard, DealRow, OfferLine, PaymentRow, State};
use crate::domain::field::Noun;
use crate::domain::forecast::forecast;
use crate::domain::id;
use crate::domain::money::Money;
use crate::domain::offer;
use crate::domain::pipeline::Pipeline;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::schedule::Plan;
use crate::domain::text::{Text, fold};
use crate::runtime::acts::{Acts, Title};
use crate::store::{Chosen, DealEdit};
use crate::ui::deal_act::{DealAct, NewSale, PaymentEntry, any_day};
use jiff::Zoned;
use jiff::civil::Date;

/// How many rows are asked for at once.
const PAGE: u32 = 500;
/// Rows of the timeline that `show` tells.
const TIMELINE: u32 = 20;

/// Does what `deals` says.
///
/// # Errors
/// What it names is not there, or the store cannot be read or written.
pub fn run(context: &Context, args: &Deals) -> Result<()> {
    match &args.command {
        Some(DealsCommand::Import(list)) => return exchange::import(context, Noun::Deal, list, args.json),
        Some(DealsCommand::Export(list)) => return exchange::export(context, Noun::Deal, list),
        _ => {}
    }
    let desk = Desk::open(context)?;
    let now = desk.now();
    let this = Command { desk: &desk, now: &now, json: args.json };
    match &args.command {
        None => this.list(args),
        Some(DealsCommand::Show { deal, when }) => this.show(deal, when),
        Some(DealsCommand::Add(new)) => this.add(new),
        Some(DealsCommand::Edit(edit)) => this.edit(edit),
        Some(DealsCommand::Move { deal, stage, pipeline }) => this.to_stage(deal, stage, pipeline.as_deref()),
        Some(DealsCommand::Won { deal }) => this.act(this.deal(deal)?, DealAct::Won),
        Some(DealsCommand::Lost { deal, reason }) => {
            let reason = Text::line(reason.as_deref().unwrap_or_default().trim());
            this.act(this.deal(deal)?, |deal| DealAct::Lost(deal, reason))
        }
        Some(DealsCommand::Reopen { deal }) => this.act(this.deal(deal)?, DealAct::Reopen),
        Some(DealsCommand::Lines { deal, lines, amount }) => this.lines(this.deal(deal)?, lines, *amount),
        Some(DealsCommand::Payments(payments)) => this.payments(payments),
        Some(DealsCommand::Forecast { pipeline }) => this.forecast(pipeline.as_deref()),
        Some(DealsCommand::Bank(bank)) => this.bank(bank),
        Some(DealsCommand::Import(_) | DealsCommand::Export(_)) => Ok(()),
    }
}

/// What every one of them works with.
struct Command<'a> {
    desk: &'a Desk,
    now: &'a Zoned,
    json: bool,
}

impl Command<'_> {
    fn acts(&self) -> Acts<'_> {
        Acts { store: &self.desk.store, own: &self.desk.office.own, now: self.now }
    }

    fn deal(&self, written: &str) -> Result<id::Deal> {
        Ok(deal_called(self.desk, written, self.now)?.0)
    }

    fn card(&self, deal: id::Deal) -> Result<DealCard> {
        let card = self.desk.store.deal_card(deal, self.now.date(), TIMELINE)?;
        card.ok_or_else(|| Problem::new(Kind::NotFound, format!("there is no deal {deal}")))
    }

    fn chosen(&self, filter: Filter) -> Chosen<'_> {
        let practice = &self.desk.config.practice;
        Chosen { pipelines: &practice.pipelines, filter, me: self.desk.office.me.name.as_str() }
    }

    fn pipeline(&self, name: Option<&str>) -> Result<&Pipeline> {
        let pipelines = &self.desk.config.practice.pipelines;
        let name = name.unwrap_or_default();
        let found = pipelines.named(name).filter(|_| pipelines.has(name));
        found.ok_or_else(|| {
            let names: Vec<&str> = pipelines.0.iter().map(|pipeline| pipeline.name.as_str()).collect();
            Problem::new(Kind::NotFound, format!("there is no pipeline {}", Text::line(name)))
                .hint(format!("the configuration has {}", names.join(", ")))
        })
    }

    fn stage(&self, pipeline: &Pipeline, written: &str) -> Result<Text> {
        let wanted = fold(written.trim());
        let found = pipeline.stages.iter().find(|stage| fold(stage.name.as_str()) == wanted);
        found.map(|stage| stage.name.clone()).ok_or_else(|| {
            let names: Vec<&str> = pipeline.stages.iter().map(|stage| stage.name.as_str()).collect();
            Problem::new(Kind::NotFound, format!("the pipeline {} has no stage {}", pipeline.name, Text::line(written)))
                .hint(format!("its stages are {}", names.join(", ")))
        })
    }

    fn amount(&self, written: &str, usual: Option<&str>) -> Result<Money> {
        let usual = usual.unwrap_or(&self.desk.config.practice.deals.currency);
        amount::typed(written, usual).ok_or_else(|| {
            Problem::new(Kind::Usage, format!("{} is no amount", Text::line(written)))
                .hint("write it as you say it: \"12 400,50 zł\", \"€1200\", \"15 тыс. грн\"")
        })
    }

    fn day(&self, written: &str) -> Result<Date> {
        any_day(written, self.now.date()).ok_or_else(|| {
            Problem::new(Kind::Usage, format!("{} is no day", Text::line(written)))
                .hint("write 2026-12-15, 15.12, +14, fri or tomorrow")
        })
    }

    /// Every deal that the filters let through: those of the places that fit, page by page.
    fn list(&self, args: &Deals) -> Result<()> {
        let filter = match (args.stale, args.no_next) {
            (true, _) => Filter::Stale,
            (_, true) => Filter::NoNext,
            _ => Filter::All,
        };
        let only_open = args.stale || args.no_next || args.stage.is_some();
        let state = args.state.as_deref().and_then(State::from_word).or(only_open.then_some(State::Open));
        let shown = args.pipeline.as_deref().map(|name| self.pipeline(Some(name))).transpose()?;
        let chosen = self.chosen(filter);
        let mut places: Vec<Place> = Vec::new();
        for sum in self.desk.store.place_sums(&chosen, true, self.now)? {
            let of_pipeline = shown
                .is_none_or(|pipeline| chosen.pipelines.is_in(sum.place.pipeline.as_str(), pipeline.name.as_str()));
            let of_stage = args.stage.as_ref().is_none_or(|stage| {
                sum.place.stage.as_ref().is_some_and(|known| fold(known.as_str()) == fold(stage.trim()))
            });
            let of_state = state.is_none_or(|state| state == sum.place.state);
            if of_pipeline && of_stage && of_state && !places.contains(&sum.place) {
                places.push(sum.place);
            }
        }
        let mut rows: Vec<DealRow> = Vec::new();
        for place in places {
            let places = [place];
            loop {
                // The last one shown of this place, not of the one before.
                let last = rows.last().filter(|row| at(row) == places.first().map(at_place)).cloned();
                let page = self.desk.store.deals_at(&chosen, &places, self.now, last.as_ref(), PAGE)?;
                let full = page.len() >= PAGE as usize;
                rows.extend(page);
                if !full {
                    break;
                }
            }
        }
        // The newest first, as they always were.
        rows.sort_by_key(|row| std::cmp::Reverse(row.id));
        if self.json {
            return output::json(&super::json::deals_json(&rows)).map(drop);
        }
        output::print(&tell::list(&rows, chosen.pipelines, self.now)).map(drop)
    }

    fn show(&self, written: &str, when: &AsOf) -> Result<()> {
        if let Some(day) = &when.as_of {
            // A deal that is gone is known by its number only.
            let deal =
                written.trim().parse::<i64>().map_or_else(|_| self.deal(written), |number| Ok(id::Deal(number)))?;
            return as_of::show(self.desk, (Noun::Deal, deal.0), day, self.json);
        }
        let deal = self.deal(written)?;
        let card = self.card(deal)?;
        if self.json {
            return output::json(&tell::card_json(&card)).map(drop);
        }
        output::print(&tell::card(&card, self.desk.config.practice.pipelines.clone(), self.now)).map(drop)
    }

    /// Says what was done, or shows the deal as JSON.
    fn told(&self, deal: id::Deal, title: Title) -> Result<()> {
        if self.json {
            return output::json(&tell::card_json(&self.card(deal)?)).map(drop);
        }
        let title = title.unwrap_or_else(|| Text::own("Nothing changed"));
        output::print(&format!("{title} (deal {deal}).")).map(drop)
    }

    fn act(&self, deal: id::Deal, act: impl FnOnce(id::Deal) -> DealAct) -> Result<()> {
        let act = act(deal);
        let title = self.acts().deal(&act)?;
        let left = if matches!(act, DealAct::Won(_) | DealAct::Lost(..)) { self.acts().left_open(deal)? } else { None };
        let title = match (title, left) {
            (Some(title), Some(left)) => Some(Text::from(format!("{title}. {left}"))),
            (title, _) => title,
        };
        self.told(deal, title)
    }

    fn add(&self, new: &AddDeal) -> Result<()> {
        let pipeline = self.pipeline(new.pipeline.as_deref())?;
        let first = pipeline.stages.first().map(|stage| stage.name.clone()).unwrap_or_default();
        let sale = NewSale {
            title: Text::line(new.title.trim()),
            contact: self.contact(&new.facts)?,
            company: None,
            pipeline: pipeline.name.clone(),
            stage: new.stage.as_deref().map_or(Ok(first), |stage| self.stage(pipeline, stage))?,
            amount: self.amount(new.facts.amount.as_deref().unwrap_or("0"), None)?,
            expected_close: self.close(&new.facts)?,
        };
        let (title, deal) = self.acts().add_deal(&sale)?;
        self.told(deal, title)
    }

    fn edit(&self, edit: &EditDeal) -> Result<()> {
        let deal = self.deal(&edit.deal)?;
        let currency = self.card(deal)?.row.amount.currency;
        let change = DealEdit {
            title: edit.title.as_deref().map(|title| Text::line(title.trim())),
            amount: edit.facts.amount.as_deref().map(|amount| self.amount(amount, Some(&currency))).transpose()?,
            contact: self.contact(&edit.facts)?.map(Some),
            expected_close: if edit.no_close { Some(None) } else { self.close(&edit.facts)?.map(Some) },
            ..DealEdit::default()
        };
        let title = self.acts().edit_deal(deal, "Changed:", &change)?;
        self.told(deal, title)
    }

    fn contact(&self, facts: &DealFacts) -> Result<Option<id::Contact>> {
        facts.contact.as_deref().map(|written| contact_called(self.desk, written, self.now)).transpose()
    }

    fn close(&self, facts: &DealFacts) -> Result<Option<Date>> {
        facts.close.as_deref().map(|day| self.day(day)).transpose()
    }

    fn to_stage(&self, deal: &str, stage: &str, pipeline: Option<&str>) -> Result<()> {
        let deal = self.deal(deal)?;
        let row = self.card(deal)?.row;
        let pipelines = &self.desk.config.practice.pipelines;
        let own = pipelines.named(row.pipeline.as_str()).map(|pipeline| pipeline.name.to_string());
        let pipeline = self.pipeline(pipeline.or(own.as_deref()))?;
        let (stage, pipeline) = (self.stage(pipeline, stage)?, pipeline.name.clone());
        self.act(deal, |deal| DealAct::Move { deal, pipeline, stage })
    }

    fn lines(&self, deal: id::Deal, written: &[String], with_amount: bool) -> Result<()> {
        let card = self.card(deal)?;
        if written.is_empty() && !with_amount {
            if self.json {
                return output::json(&tell::card_json(&card)).map(drop);
            }
            return output::print(&tell::lines(&card.lines)).map(drop);
        }
        let mut lines = Vec::new();
        for line in written {
            lines.push(self.line(line, &card.row.amount.currency)?);
        }
        let lines = if written.is_empty() { card.lines } else { lines };
        let amount = match (with_amount, offer::totals(&lines).as_slice()) {
            (false, _) => None,
            (true, [total]) => Some(total.net.clone()),
            (true, _) => return Err(Problem::new(Kind::Input, "lines in one currency make an amount")),
        };
        let title = self.acts().deal(&DealAct::Lines(deal, lines, amount))?;
        self.told(deal, title)
    }

    fn line(&self, written: &str, currency: &str) -> Result<OfferLine> {
        let cells: Vec<&str> = written.split('|').map(str::trim).collect();
        let cell =
            |index: usize| Text::line(cells.get(index).copied().unwrap_or_default().trim_end_matches('%').trim());
        let line = OfferLine {
            title: cell(0),
            quantity: cell(1),
            unit_price: self.amount(cells.get(2).copied().unwrap_or_default(), Some(currency))?,
            discount: cell(3),
            vat: cell(4),
        };
        let fits = !line.title.is_empty() && cells.len() <= 5 && offer::line(&line).is_some();
        fits.then_some(line).ok_or_else(|| {
            Problem::new(Kind::Usage, format!("{} is no offer line", Text::line(written)))
                .hint("write --line \"Desk | 2.5 | 1 850,00 zł | 10 | 23\"")
        })
    }

    fn payments(&self, args: &Payments) -> Result<()> {
        let deal = self.deal(&args.deal)?;
        let card = self.card(deal)?;
        let own = |number: i64| -> Result<&PaymentRow> {
            card.payments.iter().find(|row| row.id.0 == number).ok_or_else(|| {
                Problem::new(Kind::NotFound, format!("deal {deal} has no payment {number}"))
                    .hint(format!("postbook deals payments {deal} lists them"))
            })
        };
        let title = Text::line(args.title.as_deref().unwrap_or_default().trim());
        let currency = card.row.amount.currency.as_str();
        let due_on = args.due.as_deref().map(|day| self.day(day)).transpose()?;
        let act = match (args, due_on) {
            (Payments { add: Some(amount), .. }, Some(due_on)) => {
                DealAct::AddPayment(deal, PaymentEntry { title, due_on, amount: self.amount(amount, Some(currency))? })
            }
            (Payments { split: Some(parts), .. }, Some(first)) => {
                DealAct::Schedule(deal, self.split(&card, parts, first, &title)?)
            }
            (Payments { paid: Some(number), .. }, _) => {
                let on = args.on.as_deref().map_or(Ok(self.now.date()), |day| self.day(day))?;
                let currency = own(*number)?.amount.currency.as_str();
                let part = args.part.as_deref().map(|part| self.amount(part, Some(currency))).transpose()?;
                DealAct::Paid(own(*number)?.id, on, part)
            }
            (Payments { unpaid: Some(number), .. }, _) => DealAct::Unpaid(own(*number)?.id),
            (Payments { remove: Some(number), .. }, _) => DealAct::RemovePayment(own(*number)?.id),
            _ if self.json => return output::json(&tell::card_json(&card)).map(drop),
            _ => return output::print(&tell::payments(&card.payments, self.now.date())).map(drop),
        };
        let title = self.acts().deal(&act)?;
        self.told(deal, title)
    }

    fn split(&self, card: &DealCard, parts: &str, first: Date, title: &Text) -> Result<Vec<PaymentEntry>> {
        let amount = &card.row.amount;
        let paid = card.payments.iter().filter(|row| row.paid_on.is_some() && row.amount.currency == amount.currency);
        let paid: i128 = paid.map(|row| i128::from(row.amount.minor)).sum();
        let left = Money::of(i128::from(amount.minor) - paid, &amount.currency);
        let parts = Plan::read(parts).and_then(|plan| plan.parts(&left, first)).ok_or_else(|| {
            Problem::new(Kind::Usage, format!("{left} cannot be split so"))
                .hint("per cents that make 100 (30/70), or how many (\"3 × monthly\", \"50/50 14 days\")")
        })?;
        let name = if title.is_empty() { Text::own("Part") } else { title.clone() };
        let entry = |(number, (due_on, amount)): (usize, &(Date, Money))| PaymentEntry {
            title: Text::from(format!("{name}, {number} of {}", parts.len())),
            due_on: *due_on,
            amount: amount.clone(),
        };
        Ok((1..).zip(&parts).map(entry).collect())
    }

    fn forecast(&self, pipeline: Option<&str>) -> Result<()> {
        let only = pipeline.map(|name| self.pipeline(Some(name))).transpose()?.map(|pipeline| pipeline.name.as_str());
        let slices = self.desk.store.forecast_slices(self.now.date())?;
        let lines = forecast(&slices, &self.desk.config.practice.pipelines, only);
        if self.json {
            return output::json(&tell::forecast_json(&lines)).map(drop);
        }
        output::print(&tell::forecast(&lines)).map(drop)
    }
}

fn at(row: &DealRow) -> Option<(Text, Option<Text>, State)> {
    let stage = (row.state == State::Open).then(|| row.stage.clone());
    Some((row.pipeline.clone(), stage, row.state))
}

fn at_place(place: &Place) -> (Text, Option<Text>, State) {
    (place.pipeline.clone(), place.stage.clone(), place.state)
}
