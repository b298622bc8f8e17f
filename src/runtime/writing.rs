//! Letters from the first key to the outbox: answer, template, guard, queue.

use super::letters::read_file;
use super::offering::About;
use super::reading::{must_open, opened};
use super::templates;
use crate::domain::account::{Account, Me};
use crate::domain::address::{Address, Own};
use crate::domain::contact::{self, ContactCard};
use crate::domain::draft;
use crate::domain::filing::Place;
use crate::domain::guard::{self, Concern, Context};
use crate::domain::holiday;
use crate::domain::id;
use crate::domain::language::Language;
use crate::domain::mailing::{Throttle, USUAL};
use crate::domain::message::{Direction, MsgId, Nature, Opened};
use crate::domain::outbox::Letter;
use crate::domain::practice::Practice;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::promise;
use crate::domain::sequence::FollowUp;
use crate::domain::template::{Hole, Pack, Template, Values, choose, packs};
use crate::domain::text::Text;
use crate::mime;
use crate::store::{FiledLetter, NewOutgoing, Store};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Zoned};
use std::path::PathBuf;

/// So many of their letters are asked what clock they go by.
const LETTERS_FOR_CLOCK: u32 = 5;

/// So many of their letters are asked in what language they write.
const LETTERS_FOR_LANGUAGE: u32 = 3;

/// What writing needs to know besides the store.
#[derive(Debug, Clone)]
pub struct Office {
    /// Me.
    pub me: Me,
    /// My accounts.
    pub accounts: Vec<Account>,
    /// My addresses and domains.
    pub own: Own,
    /// Every template that can be read.
    pub templates: Vec<Template>,
    /// What is wrong with the template files that cannot be used, each with its file.
    pub broken_templates: Vec<Problem>,
    /// Where my own templates are.
    pub templates_dir: PathBuf,
    /// How long a letter is held before it leaves.
    pub undo: SignedDuration,
    /// Pipelines, own fields, working time.
    pub practice: Practice,
    /// How fast letters of mailings leave from each account.
    pub pace: Vec<(id::Account, Throttle)>,
}

impl Office {
    /// It is a file of mine, not one that comes with the program.
    #[must_use]
    pub fn is_mine(&self, template: &Template) -> bool {
        self.templates_dir.join(&template.file).is_file()
    }

    /// The templates as they are on disk now.
    pub fn read_templates_again(&mut self) {
        (self.templates, self.broken_templates) = templates::load(&self.templates_dir);
    }

    /// How fast letters of mailings leave from an account.
    #[must_use]
    pub fn pace_of(&self, account: id::Account) -> Throttle {
        self.pace.iter().find(|(known, _)| *known == account).map_or(USUAL, |(_, pace)| *pace)
    }

    /// The packs that the templates make; what is wrong with others is among `broken_templates`.
    #[must_use]
    pub fn packs(&self) -> Vec<Pack> {
        packs(&self.templates).0
    }

    /// A domain of mine: makes the identities of what leaves this program different from everybody else's.
    #[must_use]
    pub fn home(&self) -> String {
        let first = self.accounts.first().map(|account| account.email.domain().to_owned());
        first.unwrap_or_else(|| "postbook.invalid".to_owned())
    }
}

/// What a template gave.
pub enum Filling {
    /// A letter without a hole.
    Letter(Box<Letter>),
    /// What is missing.
    Holes(Vec<Hole>),
}

/// Writes letters with one store.
pub struct Writer<'a> {
    /// The store.
    pub store: &'a Store,
    /// Who writes, with what.
    pub office: &'a Office,
    /// Now, where the user is.
    pub now: &'a Zoned,
}

impl Writer<'_> {
    /// An answer to a letter, from the account that received it.
    ///
    /// # Errors
    /// When the letter is not there, or no account is.
    pub fn reply(&self, message: id::Message, all: bool) -> Result<Letter> {
        let opened = must_open(self.store, message)?;
        let account = self.account_for(&opened)?;
        let mut letter = draft::reply(&opened, account, &self.office.me, &self.office.own, all, self.now.time_zone());
        // An order that a shop's robot wrote is answered to the customer.
        if let (Direction::Inbound, Some(customer)) =
            (opened.direction, self.store.origin_of(message)?.into_iter().next())
        {
            letter.cc.retain(|mailbox| mailbox.address != customer.address);
            letter.to = vec![customer];
        }
        Ok(letter)
    }

    /// The letter of a thread that an answer answers: the newest one of a person outside, else my newest.
    ///
    /// # Errors
    /// When the thread holds no letter.
    pub fn newest_to_answer(&self, thread: id::Thread) -> Result<id::Message> {
        let thread = self.store.standing_thread(thread)?.unwrap_or(thread);
        let mut newest = None;
        let mut mine = None;
        for letter in self.store.letters_to_file(thread)? {
            match letter.direction {
                Direction::Inbound => newest = Some(letter.message),
                _ => mine = Some(letter.message),
            }
        }
        newest
            .or(mine)
            .ok_or_else(|| Problem::new(Kind::NotFound, format!("conversation t{thread} holds no letter to answer")))
    }

    /// A new letter, to a person or to nobody yet.
    ///
    /// # Errors
    /// When there is no account.
    pub fn new_letter(&self, contact: Option<id::Contact>) -> Result<Letter> {
        let mut letter = draft::new(self.first_account()?, &self.office.me);
        if let Some(card) = self.card(contact)?
            && let Some(address) = card.addresses.first()
        {
            letter.to.extend(crate::domain::address::Mailbox::new(card.row.name.full().as_str(), address.as_str()));
        }
        Ok(letter)
    }

    /// A new letter about a deal: to this person, else to whom it is agreed with. It belongs to that deal, whatever others are open.
    ///
    /// # Errors
    /// When there is no account, or no such deal.
    pub fn new_letter_about(&self, deal: id::Deal, contact: Option<id::Contact>) -> Result<Letter> {
        let row = self.store.deal_row(deal, self.now.date())?;
        let row = row.ok_or_else(|| Problem::new(Kind::NotFound, "this deal is not there any more"))?;
        Ok(Letter { deal: Some(deal), ..self.new_letter(contact.or(row.contact))? })
    }

    fn first_account(&self) -> Result<&Account> {
        self.office.accounts.first().ok_or_else(|| Problem::new(Kind::Config, "there is no account to write from"))
    }

    /// The account that received a letter: replies leave from there.
    pub(super) fn account_for(&self, opened: &Opened) -> Result<&Account> {
        let key = self.store.account_of(opened.id)?;
        self.office.accounts.iter().find(|account| Some(account.id) == key).map_or_else(|| self.first_account(), Ok)
    }

    fn card(&self, contact: Option<id::Contact>) -> Result<Option<ContactCard>> {
        match contact {
            Some(contact) => self.store.contact_card(contact, self.now, 1),
            None => Ok(None),
        }
    }

    /// Fills a template into a letter: its variant in `language`, or in the client's own.
    ///
    /// # Errors
    /// When there is no such template, or a file that it brings cannot be read.
    pub fn fill(
        &self,
        name: &str,
        language: Option<&str>,
        letter: Letter,
        contact: Option<id::Contact>,
    ) -> Result<Filling> {
        let place = self.place_of(&letter, contact)?;
        self.fill_about(name, language, letter, &place, &About::default())
    }

    /// The language a client is written to in: the card's, else that of the letter that is answered, else of their newest ones, else
    /// of the country of their phone or mail domain; empty when nothing tells.
    fn language_of(&self, card: Option<&ContactCard>, letter: &Letter) -> Result<String> {
        if let Some(card) = card.filter(|card| !card.language.is_empty()) {
            return Ok(card.language.as_str().to_owned());
        }
        let mut letters: Vec<id::Message> = letter.answers.into_iter().collect();
        let addresses = card.map(|card| card.addresses.as_slice()).unwrap_or_default();
        for address in addresses {
            letters.extend(self.store.newest_from(address, LETTERS_FOR_LANGUAGE)?);
        }
        for message in letters {
            let told = opened(self.store, message)?.and_then(|opened| Language::told(opened.parsed.text.as_str()));
            if let Some(language) = told {
                return Ok(language.word().to_owned());
            }
        }
        let phones: Vec<&str> = card.map_or_else(Vec::new, |card| card.phones.iter().map(Text::as_str).collect());
        let domains: Vec<&str> = addresses.iter().map(Address::domain).collect();
        let spoken = holiday::country(&phones, &domains, "").and_then(Language::of_country);
        Ok(spoken.map_or_else(String::new, |language| language.word().to_owned()))
    }

    /// Fills a template into a new letter to the person a deal is agreed with, about that deal, open or closed.
    ///
    /// # Errors
    /// When there is no such template or deal.
    pub fn fill_for_deal(&self, name: &str, deal: id::Deal) -> Result<Filling> {
        let letter = self.new_letter_about(deal, None)?;
        let place = self.place_of(&letter, None)?;
        self.fill_about(name, None, letter, &place, &About::default())
    }

    pub(super) fn fill_about(
        &self,
        name: &str,
        language: Option<&str>,
        mut letter: Letter,
        place: &Place,
        about: &About,
    ) -> Result<Filling> {
        let card = self.card(place.contact)?;
        let own_language = self.language_of(card.as_ref(), &letter)?;
        let language = language.unwrap_or(&own_language);
        let template = choose(&self.office.templates, name, language, &self.office.me.languages).ok_or_else(|| {
            Problem::new(Kind::NotFound, format!("there is no template {}", Text::line(name)))
                .hint("`postbook templates` lists them")
        })?;
        let company_key = place.company.or(card.as_ref().and_then(|card| card.company));
        let company = match company_key {
            Some(company) => self.store.company_card(company, self.now, 1)?,
            None => None,
        };
        let deal = match place.deal {
            Some(deal) => self.store.deal_card(deal, self.now.date(), 1)?,
            None => None,
        };
        let subject = letter.subject.clone();
        let mut values = Values::new(&self.office.me, &letter.from.address, self.now.date());
        values.contact = card.as_ref();
        values.company = company.as_ref();
        values.deal = deal.as_ref();
        values.subject = &subject;
        values.payment = match (about.payment, &deal) {
            (Some(payment), Some(deal)) => deal.payments.iter().find(|row| row.id == payment),
            _ => None,
        };
        values.holiday = about.holiday.or_else(|| self.next_holiday(card.as_ref()));
        let absence = self.store.absence(self.now)?;
        values.away = absence.map(|absence| absence.days(self.now.time_zone(), &self.office.practice.work));
        let booked = self.booked(place)?;
        values.activity = booked.as_ref();
        Ok(match template.fill(&values) {
            Ok(filled) => {
                // An answer keeps its subject, so that it stays in its conversation on every client.
                if letter.in_reply_to.is_none() {
                    letter.subject = filled.subject;
                }
                letter = draft::with_text(&letter, &filled.text);
                letter.template = Some(template.name.clone());
                letter.follow_up = FollowUp::after_template(&template.name, &self.office.packs());
                attach(&mut letter, template)?;
                Filling::Letter(Box::new(letter))
            }
            Err(holes) => Filling::Holes(holes),
        })
    }

    /// The client, company and deal a letter is about.
    fn place_of(&self, letter: &Letter, contact: Option<id::Contact>) -> Result<Place> {
        if let Some(thread) = letter.thread
            && let Some(filed) = self.store.filing(thread)?
        {
            return Ok(filed.place);
        }
        if let Some(deal) = letter.deal
            && let Some(tagged) = self.store.deal_place(deal)?
        {
            return Ok(tagged);
        }
        let known = match (contact, letter.to.first()) {
            (Some(contact), _) => Some((contact, self.store.contact_company(contact)?)),
            (None, Some(mailbox)) => self.store.contact_by_address(&mailbox.address)?,
            (None, None) => None,
        };
        let Some((contact, company)) = known else { return Ok(Place::default()) };
        let deals = self.store.open_deals_of(Some(contact), company, self.now.timestamp())?;
        let deal = match deals.as_slice() {
            [only] => Some(only.deal),
            _ => None,
        };
        Ok(Place { contact: Some(contact), company, deal })
    }

    /// The clock of the first recipient, as the dates of their own letters tell it; `None` when they tell none.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn their_zone(&self, letter: &Letter) -> Result<Option<TimeZone>> {
        letter.to.first().map_or(Ok(None), |mailbox| self.zone_of(&mailbox.address))
    }

    /// The clock of whoever writes from an address.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn zone_of(&self, address: &Address) -> Result<Option<TimeZone>> {
        for message in self.store.newest_from(address, LETTERS_FOR_CLOCK)? {
            let offset = self.store.raw(message)?.and_then(|bytes| mime::clock(&bytes));
            // Webmail and servers write UTC wherever their user is.
            if let Some(offset) = offset.filter(|offset| *offset != Offset::UTC) {
                return Ok(Some(TimeZone::fixed(offset)));
            }
        }
        Ok(None)
    }

    /// What the guard says of a letter.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn check(&self, letter: &Letter) -> Result<Vec<Concern>> {
        Ok(guard::check(letter, &self.context(letter)?))
    }

    fn context(&self, letter: &Letter) -> Result<Context> {
        let place = self.place_of(letter, None)?;
        let mut context = Context { own: self.office.own.clone(), ..Context::default() };
        if let Some(thread) = letter.thread {
            let letters = self.store.letters_to_file(self.store.standing_thread(thread)?.unwrap_or(thread))?;
            let mine = letters.iter().filter(|letter| letter.direction == Direction::Outbound);
            context.wrote_to = mine.map(|letter| letter.people.clone()).collect();
            context.answered_since = self.answered_since(letter, &letters)?;
            context.thread = letters.into_iter().flat_map(|letter| letter.people).collect();
        }
        if let Some(message) = letter.answers {
            let opened = must_open(self.store, message)?;
            context.answered = opened.everyone().cloned().collect();
            context.answered.extend(self.store.origin_of(message)?.into_iter().map(|mailbox| mailbox.address));
            context.hidden_from_all_but = self.hidden_from_all_but(&opened, &context);
            context.received_by = Some(self.account_for(&opened)?.email.clone());
        }
        context.people = self.store.people_around(&place)?;
        if let Some(deal) = place.deal {
            context.named_in_deal = self.store.named_in_deal(deal)?;
        }
        // A lead is a stranger until I made a contact of it: it may be somebody who imitates a client.
        if let Some(lead) = self.card(place.contact)?.filter(|card| card.row.kind == contact::Kind::Lead) {
            context.people.retain(|address| !lead.addresses.contains(address));
        }
        if let Some(company) = place.company {
            context.domains = self.store.domains_of(company)?.into_iter().map(String::from).collect();
        }
        context.client_domains = self.store.client_domains()?;
        context.unreachable = self.store.unreachable(&letter.recipients(), self.now)?;
        for address in letter.recipients() {
            if let Some(out) = self.store.person_opted_out(&address)? {
                context.opted_out.push((address, Text::from(self.opted_out_in_words(&out))));
            }
        }
        // Never empty: an empty list means "not known" to the guard, and then a first letter to a domain raises nothing.
        context.written_to.push(letter.from.address.domain().to_owned());
        context.passed_on = self.passed_on(letter)?;
        let named: Vec<Address> = context.wrote_to.iter().flatten().chain(&context.passed_on).cloned().collect();
        for address in named.into_iter().chain(draft::forwarded_people(&letter.text)).chain(letter.recipients()) {
            if let Some(company) = self.store.company_of_address(&address)? {
                if self.store.is_no_client(&address)? {
                    context.no_clients.push(address.clone());
                }
                context.companies.push((address, company));
            }
        }
        for address in letter.recipients() {
            if self.store.ever_wrote_to_domain(address.domain())? {
                context.written_to.push(address.domain().to_owned());
            }
        }
        Ok(context)
    }

    /// What they wrote since, where the letter follows one of mine: it was begun while nobody had answered.
    fn answered_since(&self, letter: &Letter, letters: &[FiledLetter]) -> Result<Option<Text>> {
        let Some(followed) = &letter.in_reply_to else { return Ok(None) };
        let followed = self.store.messages_named(followed)?;
        let is_mine = |l: &&FiledLetter| followed.contains(&l.message) && l.direction == Direction::Outbound;
        let Some(mine) = letters.iter().find(is_mine) else {
            return Ok(None);
        };
        let theirs = |l: &&FiledLetter| l.counts && l.direction == Direction::Inbound && l.date > mine.date;
        Ok(letters.iter().rev().find(theirs).map(|l| {
            let day = l.date.to_zoned(self.now.time_zone().clone()).strftime("%-d %b %H:%M");
            Text::from(format!("{day}: {}", l.snippet))
        }))
    }

    /// Who is named in letters that go along: as files, and in one that is redirected.
    fn passed_on(&self, letter: &Letter) -> Result<Vec<Address>> {
        let mut named = Vec::new();
        if let Some(redirected) = letter.redirects {
            named.extend(must_open(self.store, redirected)?.everyone().cloned());
        }
        for file in letter.files.iter().filter(|file| file.media_type == "message/rfc822") {
            let head = mime::read(&file.bytes);
            named.extend([head.from, head.reply_to, head.to, head.cc].into_iter().flatten().map(|m| m.address));
        }
        Ok(named)
    }

    /// Who knows that I have a letter in which no address of ours is named: its writer. `None` when others know it too: the letter
    /// names us, goes to a list, or somebody named us in the conversation.
    fn hidden_from_all_but(&self, opened: &Opened, context: &Context) -> Option<Vec<Address>> {
        let own = &self.office.own;
        let named = opened.parsed.to.iter().chain(&opened.parsed.cc).map(|m| &m.address).chain(&context.thread);
        let mut named = named.filter(|a| own.is_us(a));
        let hidden =
            opened.direction == Direction::Inbound && opened.parsed.nature == Nature::Human && named.next().is_none();
        hidden.then(|| opened.answer_to().into_iter().map(|mailbox| mailbox.address).collect())
    }

    /// A Message-ID; of a letter in a deal one that names it with a checksum, so that the answer comes home whatever became of the
    /// conversation.
    pub(super) fn msg_id_for(&self, letter: &Letter) -> Result<MsgId> {
        let plain = new_msg_id(&letter.from.address)?;
        let Some(deal) = self.place_of(letter, None)?.deal else { return Ok(plain) };
        let Some((left, right)) = plain.as_str().rsplit_once('@') else { return Ok(plain) };
        let over = format!("{left}.d{deal}");
        let checksum = self.store.deal_checksum(&over, true)?.unwrap_or_default();
        Ok(MsgId::own(&format!("{over}.{checksum}"), right))
    }

    /// The letter as it leaves, with the HTML of its account where it has an alternative; a redirected one as it came.
    pub(super) fn bytes_of(&self, letter: &Letter, msg_id: &MsgId, date: &Zoned) -> Result<Vec<u8>> {
        if let Some(redirected) = letter.redirects {
            return mime::redirect(&self.whole_bytes(redirected)?, letter, msg_id, date);
        }
        let account = self.office.accounts.iter().find(|account| account.id == letter.account);
        let style = account.map(|account| account.style.clone()).unwrap_or_default();
        mime::write(letter, msg_id, date, &style)
    }

    /// Puts a letter into the outbox, held for the undo countdown. Its bytes and its Message-ID are final from now on.
    ///
    /// # Errors
    /// When the guard finds something that cannot be overridden, a header cannot be written, or the store cannot.
    pub fn queue(
        &self,
        letter: &Letter,
        draft: Option<id::Draft>,
        overridden: &[String],
    ) -> Result<(id::Outgoing, jiff::Timestamp)> {
        // Asked again here: the screen's answer may be older than the letter.
        if let Some(concern) = self.check(letter)?.into_iter().find(|concern| concern.blocking) {
            return Err(Problem::new(Kind::Input, format!("{} ({})", concern.reason, concern.evidence))
                .hint("the letter was not sent"));
        }
        let msg_id = self.msg_id_for(letter)?;
        let now = self.now.timestamp();
        let until = now.checked_add(self.office.undo).unwrap_or(now).max(letter.leave_at.unwrap_or(now));
        // Who is to read it on Monday reads Monday's date.
        let dated = if letter.leave_at.is_some() { until } else { now };
        let bytes = self.bytes_of(letter, &msg_id, &dated.to_zoned(self.now.time_zone().clone()))?;
        let overridden = overridden.join("\n");
        let new =
            NewOutgoing { letter, msg_id: &msg_id, bytes: &bytes, not_before: until, overridden: &overridden, draft };
        let own_words = mime::own_text(&Text::block(&letter.text));
        let promises = promise::find(&own_words, self.now.datetime(), &self.office.practice.work);
        let outgoing = self.store.write(|| {
            let outgoing = self.store.queue(&new, self.now.timestamp())?;
            self.store.keep_promises_queued(outgoing, &promises)?;
            self.expect_score(letter, &msg_id)?;
            if let Some(answered) = letter.answers {
                self.store.set_seen_through(answered)?;
            }
            Ok(outgoing)
        })?;
        Ok((outgoing, until))
    }
}

/// The files a template brings, each once however often it is filled.
fn attach(letter: &mut Letter, template: &Template) -> Result<()> {
    for path in &template.attach {
        let file =
            read_file(&path.to_string_lossy()).map_err(|problem| problem.at(format!("template {}", template.file)))?;
        if !letter.files.iter().any(|known| known.name == file.name) {
            letter.files.push(file);
        }
    }
    Ok(())
}

/// A Message-ID nobody else has: 128 random bits at the sender's domain.
fn new_msg_id(from: &Address) -> Result<MsgId> {
    let mut random = [0_u8; 16];
    getrandom::fill(&mut random)
        .map_err(|error| Problem::new(Kind::Internal, format!("the system gives no random numbers: {error}")))?;
    Ok(mime::new_msg_id(&random, from.domain()))
}
