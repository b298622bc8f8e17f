//! What happened that a letter is due for: found from the store, offered once, or sent by itself where the template says so.
//!
//! A letter that leaves by itself goes into the outbox only when nothing is missing and the guard finds nothing; the sending thread then
//! looks at the mailbox once more (`Store::look_before_leaving`). Whatever speaks against it makes it an offered one.

use super::follow_up;
use super::writing::{Filling, Office, Writer};
use crate::domain::address::Mailbox;
use crate::domain::filing::tag_of;
use crate::domain::holiday::{self, Feast};
use crate::domain::id;
use crate::domain::language;
use crate::domain::offered::{Happened, Offered};
use crate::domain::problem::Result;
use crate::domain::template::{Occasion, Template};
use crate::domain::text::Text;
use crate::store::{PaymentDue, StepTaken, Store};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan, Zoned};
use std::collections::BTreeMap;

/// A stage, a lead, an order of longer ago is no news.
const NEWS: SignedDuration = SignedDuration::from_hours(3 * 24);
/// Clients of the last year are greeted, and told of other requisites.
const YEAR: SignedDuration = SignedDuration::from_hours(365 * 24);
/// A payment is reminded of for so long after the day its template names.
const OVERDUE_FOR: i64 = 60;
/// Offers stand for so many days where nothing says less.
const STANDS_FOR: i64 = 30;
/// Letters that leave by themselves in one go: the outbox is to be read by a person.
const MOST_AT_ONCE: usize = 20;

/// The template of each event: mine before a bundled one, else the first by name.
#[must_use]
pub fn templates_by_event<'a>(
    templates: &'a [Template],
    mine: &dyn Fn(&Template) -> bool,
) -> BTreeMap<Occasion, &'a Template> {
    let mut found: BTreeMap<Occasion, &Template> = BTreeMap::new();
    for template in templates {
        let Some(event) = &template.event else { continue };
        let entry = found.entry(event.clone()).or_insert(template);
        if mine(template) && !mine(entry) {
            *entry = template;
        }
    }
    found
}

/// A template of that name, in whatever language.
pub(super) fn template_of<'a>(templates: &'a [Template], name: &str) -> Option<&'a Template> {
    templates.iter().find(|template| template.name.eq_ignore_ascii_case(name))
}

/// Looks for what happened and offers the letters. True when there is something new.
///
/// # Errors
/// When the store cannot be read or written.
pub fn look(store: &Store, office: &Office, now: &Zoned) -> Result<bool> {
    Looking { store, office, now }.all()
}

/// Looks only for deals that came into a stage or were closed: right after I did that.
///
/// # Errors
/// When the store cannot be read or written.
pub fn look_at_deals(store: &Store, office: &Office, now: &Zoned) -> Result<bool> {
    let looking = Looking { store, office, now };
    let by_event = looking.by_event();
    let of_deals = |event: &Occasion| matches!(event, Occasion::Stage(_) | Occasion::Won | Occasion::Lost);
    match store.event_state("begun")? {
        Some((_, begun)) => looking.find(&by_event, begun, &of_deals),
        None => Ok(false),
    }
}

struct Looking<'a> {
    store: &'a Store,
    office: &'a Office,
    now: &'a Zoned,
}

impl Looking<'_> {
    fn all(&self) -> Result<bool> {
        let at = self.now.timestamp();
        let begun = match self.store.event_state("begun")? {
            Some((_, begun)) => begun,
            None => {
                // What happened before is no news: the first look only remembers where it began.
                self.store.set_event_state("begun", "", at)?;
                at
            }
        };
        let by_event = self.by_event();
        let mut any = self.find(&by_event, begun, &|_| true)?;
        any |= self.my_details("requisites", &self.office.me.requisites, &Occasion::Requisites, &by_event)?;
        any |= self.my_details("address", &self.office.me.address, &Occasion::Address, &by_event)?;
        any |= follow_up::look(self.store, self.office, self.now)?;
        any |= self.send()?;
        Ok(any)
    }

    fn by_event(&self) -> BTreeMap<Occasion, &Template> {
        templates_by_event(&self.office.templates, &|template| self.office.is_mine(template))
    }

    fn find(
        &self,
        by_event: &BTreeMap<Occasion, &Template>,
        begun: Timestamp,
        wanted: &dyn Fn(&Occasion) -> bool,
    ) -> Result<bool> {
        let since = begun.max(self.now.timestamp().saturating_sub(NEWS).unwrap_or(begun));
        let mut any = false;
        for (event, template) in by_event.iter().filter(|(event, _)| wanted(event)) {
            for happened in self.happened(event, since, by_event)? {
                any |= self.offer(event, template, &happened)?;
            }
        }
        Ok(any)
    }

    fn happened(
        &self,
        event: &Occasion,
        since: Timestamp,
        all: &BTreeMap<Occasion, &Template>,
    ) -> Result<Vec<Happened>> {
        Ok(match event {
            Occasion::NewLead => self.leads(since)?,
            Occasion::OrderPlaced => self.orders(since)?,
            Occasion::Stage(stage) => {
                let steps = self.store.came_into(stage, since)?;
                steps.into_iter().map(|step| self.step(step, &format!("came into the stage {stage}"))).collect()
            }
            Occasion::Won => self.closed("won", since)?,
            Occasion::Lost => self.closed("lost", since)?,
            Occasion::Due(days) => {
                // The reminder that comes later is not given at the same time as the earlier one.
                let nearer = all.keys().filter_map(|o| if let Occasion::Due(d) = o { Some(*d) } else { None });
                let first = nearer.filter(|other| other < days).max().map_or(0, |other| i64::from(other) + 1);
                self.payments(first, i64::from(*days), "is due on")?
            }
            Occasion::Overdue(days) => {
                let later = all.keys().filter_map(|o| if let Occasion::Overdue(d) = o { Some(*d) } else { None });
                let last = later.filter(|other| other > days).min();
                let last = last.map_or(i64::from(*days) + OVERDUE_FOR, |other| i64::from(other) - 1);
                self.payments(-last, -i64::from(*days), "was due on")?
            }
            Occasion::Birthday => self.birthdays()?,
            Occasion::Holiday(name) => self.holidays(name)?,
            // They are compared, not found: see `my_details`.
            Occasion::Requisites | Occasion::Address => Vec::new(),
            // Each letter's own plan says it: see `runtime/follow_up.rs`.
            Occasion::NoAnswer => Vec::new(),
        })
    }

    /// Offers it, unless it was, or nobody may be written to.
    fn offer(&self, event: &Occasion, template: &Template, happened: &Happened) -> Result<bool> {
        if self.store.was_offered(event, happened)? || !self.may_be_written_to(happened.contact)? {
            return Ok(false);
        }
        self.store.write(|| self.store.offer(event, &template.name, template.auto, happened, self.now.timestamp()))
    }

    /// Not to somebody without an address, ignored, one of us, or whom letters do not reach.
    fn may_be_written_to(&self, contact: id::Contact) -> Result<bool> {
        let Some(address) = self.store.address_to_write_to(contact)? else { return Ok(false) };
        Ok(!self.office.own.is_us(&address) && self.store.unreachable([&address], self.now)?.is_empty())
    }

    fn in_days(&self, days: i64) -> Date {
        self.now.date().saturating_add(days.days())
    }

    fn of_contact(&self, contact: id::Contact, occurrence: String, because: String) -> Happened {
        Happened {
            contact,
            deal: None,
            payment: None,
            subject: format!("contact {contact}"),
            occurrence,
            because: Text::from(because),
            expires_on: self.in_days(STANDS_FOR),
        }
    }

    fn leads(&self, since: Timestamp) -> Result<Vec<Happened>> {
        let orders = self.orders(since)?;
        let mut leads = self.store.leads_to_thank(since)?;
        // Who ordered is thanked for the order.
        leads.retain(|(lead, _)| !orders.iter().any(|order| order.contact == *lead));
        let words = |at: Timestamp| format!("they wrote for the first time on {}", self.day(at));
        Ok(leads.into_iter().map(|(lead, at)| self.of_contact(lead, "once".to_owned(), words(at))).collect())
    }

    fn orders(&self, since: Timestamp) -> Result<Vec<Happened>> {
        let mut found = Vec::new();
        for letter in self.store.passed_on_since(since)? {
            let sender: &[Mailbox] = std::slice::from_ref(&letter.from);
            let (Some(customer), true) = (letter.origin, self.office.own.order_form(sender, &letter.subject).is_some())
            else {
                continue;
            };
            if let Some((contact, _)) = self.store.contact_by_address(&customer.address)? {
                let because =
                    format!("an order came through the order form on {}: {}", self.day(letter.at), letter.subject);
                found.push(self.of_contact(contact, format!("order {}", letter.at.as_millisecond()), because));
            }
        }
        Ok(found)
    }

    fn closed(&self, state: &str, since: Timestamp) -> Result<Vec<Happened>> {
        let steps = self.store.closed_as(state, since)?;
        Ok(steps.into_iter().map(|step| self.step(step, &format!("was {state}"))).collect())
    }

    fn step(&self, step: StepTaken, what: &str) -> Happened {
        Happened {
            contact: step.contact,
            deal: Some(step.deal),
            payment: None,
            subject: format!("deal {}", step.deal),
            occurrence: step.at.as_millisecond().to_string(),
            because: Text::from(format!(
                "the deal {} {} {what} on {}",
                step.title,
                tag_of(step.deal),
                self.day(step.at)
            )),
            expires_on: self.in_days(STANDS_FOR),
        }
    }

    /// Unpaid payments whose due day is between these days from today.
    fn payments(&self, first: i64, last: i64, verb: &str) -> Result<Vec<Happened>> {
        let due = self.store.payments_due_between(self.in_days(first), self.in_days(last))?;
        let today = self.now.date();
        let happened = |due: PaymentDue| {
            let because = format!("{} {} {verb} {} and is not paid", due.amount, due.title, due.due_on);
            // A reminder before the day is none after it.
            let expires_on = if due.due_on >= today { due.due_on } else { self.in_days(STANDS_FOR) };
            Happened {
                contact: due.contact,
                deal: Some(due.deal),
                payment: Some(due.payment),
                subject: format!("payment {}", due.payment),
                occurrence: due.due_on.to_string(),
                because: Text::from(because),
                expires_on,
            }
        };
        Ok(due.into_iter().map(happened).collect())
    }

    /// Today and yesterday: a computer that was off on Sunday wishes on Monday.
    fn birthdays(&self) -> Result<Vec<Happened>> {
        let mut found = Vec::new();
        for day in [self.in_days(-1), self.in_days(0)] {
            for contact in self.store.born_on(&day.strftime("%m-%d").to_string())? {
                let because = format!("their birthday is {}", language::date("en", day));
                let happened = self.of_contact(contact, day.year().to_string(), because);
                found.push(Happened { expires_on: self.in_days(2), ..happened });
            }
        }
        Ok(found)
    }

    fn holidays(&self, name: &str) -> Result<Vec<Happened>> {
        let coming = holiday::coming(self.now.date());
        let wanted: Vec<Feast<'_>> = coming.into_iter().filter(|f| name.is_empty() || f.holiday.name == name).collect();
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let year = self.now.timestamp().saturating_sub(YEAR).unwrap_or(Timestamp::MIN);
        let mut found = Vec::new();
        for greeted in self.store.to_greet(year)? {
            let phones: Vec<&str> = greeted.phones.iter().map(String::as_str).collect();
            let domains: Vec<&str> = greeted.domains.iter().map(String::as_str).collect();
            let Some(country) = holiday::country(&phones, &domains, &greeted.language) else { continue };
            for feast in wanted.iter().filter(|f| f.holiday.countries.iter().any(|code| code == country)) {
                let because = format!(
                    "{} is on {} in their country ({country})",
                    feast.holiday.title("en"),
                    language::date("en", feast.day)
                );
                let occurrence = format!("{} {}", feast.day.year(), feast.holiday.name);
                found.push(Happened { expires_on: feast.day, ..self.of_contact(greeted.contact, occurrence, because) });
            }
        }
        Ok(found)
    }

    /// My requisites or my address are others than before: who buys from me is told. The first time they are only remembered.
    fn my_details(
        &self,
        what: &str,
        text: &Text,
        event: &Occasion,
        by_event: &BTreeMap<Occasion, &Template>,
    ) -> Result<bool> {
        let known = self.store.event_state(what)?;
        let same = known.as_ref().is_some_and(|(known, _)| known == text.as_str());
        if same || text.is_empty() {
            return Ok(false);
        }
        let at = self.now.timestamp();
        let mut any = false;
        if let (Some((before, _)), Some(template)) = (&known, by_event.get(event))
            && !before.is_empty()
        {
            let year = at.saturating_sub(YEAR).unwrap_or(Timestamp::MIN);
            for contact in self.store.buyers_since(year)? {
                let because = format!("my {what} changed on {}; they buy from me, or did within a year", self.day(at));
                any |=
                    self.offer(event, template, &self.of_contact(contact, at.as_millisecond().to_string(), because))?;
            }
        }
        self.store.set_event_state(what, text.as_str(), at)?;
        Ok(any)
    }

    fn day(&self, at: Timestamp) -> String {
        language::date("en", at.to_zoned(self.now.time_zone().clone()).date())
    }

    /// Puts into the outbox what may leave by itself; what something speaks against is offered with the reason.
    fn send(&self) -> Result<bool> {
        let mut any = false;
        for offered in self.store.to_leave_by_themselves(self.now.date(), MOST_AT_ONCE)? {
            any = true;
            if let Err(why) = self.send_one(&offered)? {
                self.store
                    .write(|| self.store.hold_back(offered.id, &format!("it does not leave by itself: {why}")))?;
            }
        }
        Ok(any)
    }

    /// Queues one; the inner error says what speaks against it.
    fn send_one(&self, offered: &Offered) -> Result<std::result::Result<(), String>> {
        let writer = Writer { store: self.store, office: self.office, now: self.now };
        let letter = match writer.fill_offered(offered) {
            Ok(Filling::Letter(letter)) => letter,
            Ok(Filling::Holes(holes)) => {
                return Ok(Err(holes.first().map(|hole| hole.sentence().to_string()).unwrap_or_default()));
            }
            Err(problem) => return Ok(Err(problem.sentence)),
        };
        if !self.may_be_written_to(offered.contact)? {
            return Ok(Err("they cannot be written to".to_owned()));
        }
        if let Some(concern) = writer.check(&letter)?.first() {
            return Ok(Err(format!("{} ({})", concern.reason, concern.evidence)));
        }
        self.store.write(|| {
            let (outgoing, _) = writer.queue(&letter, None, &[])?;
            self.store.leave_by_itself(outgoing, offered.contact, Some(offered.id))
        })?;
        Ok(Ok(()))
    }
}
