//! What the user of the demo knows already: `assets/demo/crm.toml`.

use super::placeholders::Calendar;
use crate::domain::activity::{self, Activity};
use crate::domain::address::Address;
use crate::domain::contact::{self, Name, Whose};
use crate::domain::deal::{OfferLine, State};
use crate::domain::id;
use crate::domain::money::Money;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::Text;
use crate::store::{NewCompany, NewContact, NewDeal, NewPayment, Store};
use jiff::{Timestamp, Zoned};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Marta entered her first clients then.
const FIRST_DAY: &str = "-90 09:00";
/// A deal is opened when the office opens, and closed when it closes.
const OPENS: &str = "08:30";
/// A deal comes into its next stage in the middle of the day.
const STEPS: &str = "12:30";
/// See [`OPENS`].
const CLOSES: &str = "18:00";

/// The file as it stands.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Crm {
    company: Vec<CompanyEntry>,
    contact: Vec<ContactEntry>,
    deal: Vec<DealEntry>,
    activity: Vec<ActivityEntry>,
    ignored: Vec<IgnoredEntry>,
    #[serde(default)]
    view: Vec<ViewEntry>,
    /// Marta's own decisions about conversations.
    pub(super) filed: Vec<FiledEntry>,
    /// Conversations that need no reply.
    pub(super) done: Vec<DoneEntry>,
    /// Letters of Marta's that wait for an answer.
    pub(super) follow_up: Vec<FollowUpEntry>,
}

/// A search that Marta keeps.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ViewEntry {
    name: String,
    query: String,
}

/// What every card has.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Marks {
    #[serde(default)]
    watched: bool,
    #[serde(default)]
    owner: String,
    #[serde(default)]
    fields: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CompanyEntry {
    key: String,
    name: String,
    domains: Vec<String>,
    requisites: String,
    note: String,
    #[serde(default)]
    marks: Marks,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ContactEntry {
    key: String,
    kind: String,
    given_name: String,
    #[serde(default)]
    patronymic: String,
    family_name: String,
    addresses: Vec<String>,
    phones: Vec<String>,
    company: Option<String>,
    position: String,
    role: String,
    language: String,
    birthday: Option<String>,
    tags: Vec<String>,
    #[serde(default)]
    note: String,
    #[serde(default)]
    marks: Marks,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DealEntry {
    key: String,
    title: String,
    company: String,
    contact: String,
    #[serde(default)]
    pipeline: String,
    stage: String,
    state: String,
    reason: String,
    amount: String,
    currency: String,
    expected_close: String,
    created: String,
    closed: Option<String>,
    offer_line: Vec<LineEntry>,
    /// The stages it went through after "new", each with its day.
    #[serde(default)]
    steps: Vec<(String, String)>,
    #[serde(default)]
    payment: Vec<PaymentEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LineEntry {
    title: String,
    quantity: String,
    unit_price: String,
    #[serde(default)]
    discount: String,
    #[serde(default)]
    vat: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PaymentEntry {
    title: String,
    due: String,
    amount: String,
    currency: String,
    paid: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ActivityEntry {
    kind: String,
    contact: String,
    deal: Option<String>,
    subject: String,
    due: Option<String>,
    done: Option<String>,
    duration_minutes: i64,
    #[serde(default)]
    result: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IgnoredEntry {
    pattern: String,
}

/// A conversation, named by any of its letters, and the deal Marta says it belongs to.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FiledEntry {
    pub(super) message_id: String,
    pub(super) deal: String,
}

/// A letter, and what follows when nobody answers it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FollowUpEntry {
    pub(super) message_id: String,
    /// As it is typed: working days, or a pack.
    pub(super) after: String,
}

/// A conversation, named by any of its letters, of which Marta said that it needs no reply.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DoneEntry {
    pub(super) message_id: String,
}

/// Enters the file into a store. Deals are opened and closed when their day comes, so that letters are filed as they
/// were on the day they arrived.
pub(super) struct Office<'a> {
    store: &'a Store,
    calendar: &'a Calendar,
    crm: &'a Crm,
    companies: BTreeMap<&'a str, id::Company>,
    contacts: BTreeMap<&'a str, id::Contact>,
    deals: BTreeMap<&'a str, id::Deal>,
    closed: Vec<&'a str>,
    /// How many steps each deal has gone.
    gone: BTreeMap<&'a str, usize>,
}

impl Crm {
    /// Reads the file.
    ///
    /// # Errors
    /// When it is not what this version knows.
    pub(super) fn read(text: &str) -> Result<Self> {
        toml::from_str(text).map_err(|error| unfit(&format!("crm.toml: {}", error.message())))
    }
}

impl<'a> Office<'a> {
    pub(super) fn new(store: &'a Store, calendar: &'a Calendar, crm: &'a Crm) -> Self {
        Self {
            store,
            calendar,
            crm,
            companies: BTreeMap::new(),
            contacts: BTreeMap::new(),
            deals: BTreeMap::new(),
            closed: Vec::new(),
            gone: BTreeMap::new(),
        }
    }

    /// Companies, contacts and senders to ignore.
    ///
    /// # Errors
    /// When one of them cannot be entered.
    pub(super) fn enter_people(&mut self) -> Result<()> {
        for entry in &self.crm.company {
            let new = NewCompany {
                name: Text::line(&entry.name),
                domains: entry.domains.clone(),
                requisites: Text::block(&entry.requisites),
                note: Text::block(&entry.note),
            };
            let company = self.store.add_company(&new)?;
            self.mark(Whose::Company(company), &entry.marks)?;
            self.companies.insert(&entry.key, company);
        }
        for entry in &self.crm.contact {
            let contact = self.store.add_contact(&self.contact(entry)?)?;
            self.mark(Whose::Contact(contact), &entry.marks)?;
            self.contacts.insert(&entry.key, contact);
        }
        for entry in &self.crm.ignored {
            self.store.ignore_sender(&entry.pattern)?;
        }
        for entry in &self.crm.view {
            self.store.save_view(&entry.name, &entry.query)?;
        }
        Ok(())
    }

    fn mark(&self, whose: Whose, marks: &Marks) -> Result<()> {
        if marks.watched {
            self.store.set_watched(whose, true)?;
        }
        if !marks.owner.is_empty() {
            self.store.set_owner(whose, &Text::line(&marks.owner))?;
        }
        marks
            .fields
            .iter()
            .try_for_each(|(name, value)| self.store.set_own_field(whose, &Text::line(name), &Text::line(value)))
    }

    fn contact(&self, entry: &ContactEntry) -> Result<NewContact> {
        let since = self.calendar.moment(FIRST_DAY)?.timestamp();
        let kind = contact::Kind::from_word(&entry.kind).ok_or_else(|| unfit(&entry.kind))?;
        let mut new = NewContact::new(kind, since);
        new.name = Name {
            display: Text::from(format!("{} {}", entry.given_name, entry.family_name)),
            given: Text::line(&entry.given_name),
            patronymic: Text::line(&entry.patronymic),
            family: Text::line(&entry.family_name),
        };
        new.company = entry.company.as_ref().map(|key| known(&self.companies, key)).transpose()?;
        new.position = Text::line(&entry.position);
        new.role = contact::Role::from_word(&entry.role).ok_or_else(|| unfit(&entry.role))?;
        new.language = Text::line(&entry.language);
        new.birthday = entry.birthday.clone();
        new.tags = entry.tags.iter().map(|tag| Text::line(tag)).collect();
        new.note = Text::block(&entry.note);
        new.addresses = entry.addresses.iter().map(|written| address(written)).collect::<Result<_>>()?;
        new.phones = entry.phones.clone();
        new.reviewed_at = Some(since);
        Ok(new)
    }

    /// Opens and closes the deals whose day has come by `day`.
    ///
    /// # Errors
    /// When one of them cannot be entered.
    pub(super) fn deals_until(&mut self, day: Timestamp) -> Result<()> {
        for entry in &self.crm.deal {
            let opened = self.calendar.moment(&format!("{} {OPENS}", entry.created))?.timestamp();
            // The letter that began it may have come that morning before the office opened.
            if opened.duration_since(day).as_hours() < 9 && !self.deals.contains_key(entry.key.as_str()) {
                let deal = self.open(entry, opened)?;
                self.deals.insert(&entry.key, deal);
            }
            self.move_until(entry, day)?;
            let Some(closed) = &entry.closed else { continue };
            let closed = self.calendar.moment(&format!("{closed} {CLOSES}"))?.timestamp();
            if closed <= day && !self.closed.contains(&entry.key.as_str()) {
                let state = State::from_word(&entry.state).ok_or_else(|| unfit(&entry.state))?;
                let deal = known(&self.deals, &entry.key)?;
                self.store.close_deal(deal, state, &Text::line(&entry.reason), closed)?;
                self.closed.push(&entry.key);
            }
        }
        Ok(())
    }

    /// Moves a deal through the stages whose day has come.
    fn move_until(&mut self, entry: &'a DealEntry, day: Timestamp) -> Result<()> {
        let gone = self.gone.get(entry.key.as_str()).copied().unwrap_or(0);
        for (stage, on) in entry.steps.iter().skip(gone) {
            let at = self.calendar.moment(&format!("{on} {STEPS}"))?.timestamp();
            let Some(deal) = self.deals.get(entry.key.as_str()).filter(|_| at <= day) else { break };
            self.store.move_deal(*deal, &Text::line(&entry.pipeline), &Text::line(stage), at)?;
            *self.gone.entry(&entry.key).or_default() += 1;
        }
        Ok(())
    }

    fn open(&self, entry: &DealEntry, opened: Timestamp) -> Result<id::Deal> {
        let mut lines = Vec::new();
        for line in &entry.offer_line {
            lines.push(OfferLine {
                title: Text::line(&line.title),
                quantity: Text::line(&line.quantity),
                unit_price: money(&line.unit_price, &entry.currency)?,
                discount: Text::line(&line.discount),
                vat: Text::line(&line.vat),
            });
        }
        let deal = self.store.add_deal(&NewDeal {
            title: Text::line(&entry.title),
            company: Some(known(&self.companies, &entry.company)?),
            contact: Some(known(&self.contacts, &entry.contact)?),
            pipeline: Text::line(&entry.pipeline),
            // With a past it began in the first stage; its last step brings it where it stands.
            stage: if entry.steps.is_empty() { Text::line(&entry.stage) } else { Text::own("new") },
            amount: money(&entry.amount, &entry.currency)?,
            expected_close: Some(self.calendar.day(&entry.expected_close)?),
            lines,
            created_at: opened,
        })?;
        for payment in &entry.payment {
            let key = self.store.add_payment(&NewPayment {
                deal,
                title: Text::line(&payment.title),
                due_on: self.calendar.day(&payment.due)?,
                amount: money(&payment.amount, &payment.currency)?,
            })?;
            if let Some(paid) = &payment.paid {
                self.store.mark_payment_paid(key, self.calendar.day(paid)?)?;
            }
        }
        Ok(deal)
    }

    /// What was done and is planned; after every deal was opened.
    ///
    /// # Errors
    /// When one of them cannot be entered.
    pub(super) fn enter_activities(&self) -> Result<()> {
        let moment = |words: &Option<String>| -> Result<Option<Timestamp>> {
            words.as_ref().map(|words| self.calendar.moment(words).map(|at: Zoned| at.timestamp())).transpose()
        };
        for entry in &self.crm.activity {
            self.store.add_activity(&Activity {
                id: None,
                kind: activity::Kind::from_word(&entry.kind).ok_or_else(|| unfit(&entry.kind))?,
                contact: Some(known(&self.contacts, &entry.contact)?),
                deal: entry.deal.as_ref().map(|key| self.deal(key)).transpose()?,
                subject: Text::line(&entry.subject),
                place: Text::default(),
                due_at: moment(&entry.due)?,
                done_at: moment(&entry.done)?,
                duration_minutes: Some(entry.duration_minutes),
                result: Text::line(&entry.result),
                trigger: None,
                people: Vec::new(),
                guests: Vec::new(),
                company: None,
                way: None,
                message: None,
            })?;
        }
        Ok(())
    }

    /// A deal by its key in the file.
    ///
    /// # Errors
    /// When there is none.
    pub(super) fn deal(&self, key: &str) -> Result<id::Deal> {
        known(&self.deals, key)
    }
}

fn known<T: Copy>(entered: &BTreeMap<&str, T>, key: &str) -> Result<T> {
    entered.get(key).copied().ok_or_else(|| unfit(key))
}

fn address(written: &str) -> Result<Address> {
    Address::parse(written).ok_or_else(|| unfit(written))
}

fn money(amount: &str, currency: &str) -> Result<Money> {
    Money::parse(amount, currency).ok_or_else(|| unfit(amount))
}

fn unfit(what: &str) -> Problem {
    Problem::new(Kind::Internal, format!("the demo's clients cannot be entered: {}", Text::line(what)))
}
