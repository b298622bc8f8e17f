//! Mailings: the list, the check of all of it, the letters one by one.

mod feed;
mod screens;

pub use feed::{Mailer, feed};

use super::writing::{Filling, Writer};
use crate::domain::address::{Address, Mailbox};
use crate::domain::draft;
use crate::domain::guard::{self, Concern};
use crate::domain::id;
use crate::domain::mailing::{MailingRow, NewMailing, Skip, State};
use crate::domain::message::MsgId;
use crate::domain::outbox::Letter;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::query::Query;
use crate::domain::template::{Template, choose};
use crate::domain::text::{Text, plural};
use crate::store::{Ask, OnList};
use std::collections::{HashMap, HashSet};

/// Changed cards are compared so many at a time.
const COMPARED_AT_ONCE: u32 = 500;

/// How a letter of a mailing stands: it can be made, or not and why.
pub enum Made {
    /// The letter, and what the guard says of it that nobody has to heed.
    Letter(Box<Letter>, Vec<Concern>),
    /// It cannot be made.
    Not(Skip, Text),
}

/// What a check of all of a mailing found, beside what stands at each recipient.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Check {
    /// What the guard says of the letters, each sentence with how many it is about.
    pub notes: Vec<(Text, u64)>,
}

impl Writer<'_> {
    /// Prepares a mailing: the people its search finds now are its list, and all of it is checked. Nothing leaves.
    ///
    /// # Errors
    /// When the search finds nobody, there is no such template, or the store cannot be used.
    pub fn prepare_mailing(&self, new: &NewMailing) -> Result<(id::Mailing, Check)> {
        let (language, mine) = (new.language.as_str(), &self.office.me.languages);
        if choose(&self.office.templates, new.template.as_str(), language, mine).is_none() {
            return Err(Problem::new(Kind::NotFound, format!("there is no template {}", new.template))
                .hint("`postbook templates` lists them"));
        }
        let query = Query::parse(&self.query_of(new.segment.as_str())?);
        if let Some(note) = query.notes.first() {
            return Err(Problem::new(Kind::Input, format!("the segment was not understood: {note}")));
        }
        let people = self.store.segment(&query, &Ask::first(self.now, &self.office.practice, usize::MAX))?;
        if people.is_empty() {
            return Err(Problem::new(Kind::NotFound, format!("the search {} finds nobody", new.segment))
                .hint("a segment is a search over people: tag:vip, role:client, or the name of a saved search"));
        }
        let account = self.account_of(new.account)?.id;
        // Who is probably the same person is compared beside; here it is asked for.
        while self.store.compare_changed(COMPARED_AT_ONCE)? > 0 {}
        let (list, check) =
            self.look_at_all(new, people.into_iter().map(|contact| (Some(contact), Word::None)).collect())?;
        let mailing = self.store.add_mailing(new, account, &list, self.now.timestamp())?;
        Ok((mailing, check))
    }

    /// A saved search by its name, else what was typed.
    fn query_of(&self, segment: &str) -> Result<String> {
        let saved = self.store.view_named(segment)?;
        Ok(saved.map_or_else(|| segment.to_owned(), |view| view.query.into()))
    }

    fn account_of(&self, wanted: Option<id::Account>) -> Result<&crate::domain::account::Account> {
        let mut accounts = self.office.accounts.iter();
        let found = match wanted {
            Some(wanted) => accounts.find(|account| account.id == wanted),
            None => accounts.next(),
        };
        found.ok_or_else(|| Problem::new(Kind::Config, "there is no account to write from"))
    }

    /// Checks all of a mailing to whom no letter was made yet: cards may have changed since.
    ///
    /// # Errors
    /// When there is no such mailing, or the store cannot be used.
    pub fn check_mailing(&self, mailing: id::Mailing) -> Result<Check> {
        let row = self.mailing_row(mailing)?;
        let before = self.store.unmade(mailing)?;
        let people = before.iter().map(|(_, one)| (one.contact, Word::of(one))).collect();
        let (list, check) = self.look_at_all(&as_new(&row), people)?;
        let found: Vec<_> = before.iter().map(|(key, _)| *key).zip(list).collect();
        self.store.keep_check(mailing, &found, self.now.timestamp())?;
        Ok(check)
    }

    /// Lets a mailing run: all of it is checked once more before. Where values are missing it does not begin, unless those are left out by
    /// my word.
    ///
    /// # Errors
    /// Values are missing; nobody is left; it is done; the store cannot be used.
    pub fn start_mailing(&self, mailing: id::Mailing, without_missing: bool) -> Result<MailingRow> {
        let row = self.mailing_row(mailing)?;
        match row.state {
            State::Running => return Ok(row),
            State::Done => return Err(Problem::new(Kind::Input, format!("the mailing {} is done", row.title))),
            State::Prepared | State::Paused => {}
        }
        self.check_mailing(mailing)?;
        let row = self.mailing_row(mailing)?;
        // Of a paused one that was said when it began.
        if row.state == State::Prepared && row.counts.missing > 0 && !without_missing {
            let who = plural(row.counts.missing, "recipient lacks", "recipients lack");
            return Err(Problem::new(
                Kind::Input,
                format!("the mailing does not begin: {who} a value of the template"),
            )
            .hint("enter it on their cards and check again, or start without them"));
        }
        if row.counts.waiting + row.counts.sending == 0 {
            return Err(Problem::new(Kind::Input, "nobody on the list gets a letter"));
        }
        self.store.run_mailing(mailing, self.now.timestamp())?;
        self.mailing_row(mailing)
    }

    /// One mailing.
    ///
    /// # Errors
    /// When there is none of that number.
    pub fn mailing_row(&self, mailing: id::Mailing) -> Result<MailingRow> {
        let none = || Problem::new(Kind::NotFound, format!("there is no mailing {mailing}"));
        self.store.mailing(mailing)?.ok_or_else(none)
    }

    /// The letter of one recipient as it would leave now, without a reason left out where there is one: for looking at.
    ///
    /// # Errors
    /// When there is no such recipient, or the store cannot be used.
    pub fn preview(&self, recipient: id::Recipient) -> Result<Made> {
        let none = || Problem::new(Kind::NotFound, "this recipient is not there any more");
        let (mailing, one) = self.store.recipient(recipient)?.ok_or_else(none)?;
        if let Some(outgoing) = one.outgoing
            && let Some(letter) = self.store.outgoing_letter(outgoing)?
        {
            return Ok(Made::Letter(Box::new(letter), Vec::new()));
        }
        let new = as_new(&self.mailing_row(mailing)?);
        match (one.contact, Address::parse(one.address.as_str())) {
            (Some(contact), Some(address)) => self.make(&new, contact, &address),
            (None, _) => Ok(Made::Not(Skip::Gone, Text::own("the card is not there any more"))),
            (_, None) => Ok(Made::Not(Skip::NoAddress, Text::own("the card has no address"))),
        }
    }

    /// Where its template asks for a score, answers to this letter are looked at.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub(super) fn expect_score(&self, letter: &Letter, msg_id: &MsgId) -> Result<()> {
        let Some(name) = &letter.template else { return Ok(()) };
        let survey = |template: &&Template| template.survey && template.name.eq_ignore_ascii_case(name);
        match self.office.templates.iter().find(survey) {
            Some(template) => self.store.expect_score(msg_id, &template.name),
            None => Ok(()),
        }
    }

    /// Looks at everybody of a list: where their letter goes, and why there is none.
    fn look_at_all(&self, new: &NewMailing, people: Vec<(Option<id::Contact>, Word)>) -> Result<(Vec<OnList>, Check)> {
        let (mut list, mut check) = (Vec::with_capacity(people.len()), Check::default());
        let mut notes: HashMap<String, u64> = HashMap::new();
        let mut addresses: HashMap<String, Text> = HashMap::new();
        let mut taken: HashSet<id::Contact> = HashSet::new();
        for (contact, word) in people {
            let mut one = self.find_address(contact)?;
            one.insisted = word == Word::TakenIn;
            if one.insisted && matches!(one.skip, Some((Skip::Ignored, _))) {
                one.skip = None;
            }
            one.skip = match (one.skip, addresses.get(&one.canonical), &word) {
                (Some(skip), ..) => Some(skip),
                (None, Some(other), _) => {
                    Some((Skip::SameAddress, Text::from(format!("{other} has the same address"))))
                }
                (None, None, Word::LeftOut(why)) => Some((Skip::ByHand, why.clone())),
                (None, None, Word::TakenIn) => None,
                (None, None, Word::None) => self.listed_twice(contact, &taken)?,
            };
            if let (None, Some(contact), Some(address)) = (&one.skip, contact, Address::parse(&one.address)) {
                match self.make(new, contact, &address)? {
                    Made::Not(skip, why) => one.skip = Some((skip, why)),
                    Made::Letter(_, concerns) => {
                        for concern in concerns {
                            *notes.entry(concern.reason.into()).or_default() += 1;
                        }
                    }
                }
            }
            if one.skip.is_none() {
                addresses.insert(one.canonical.clone(), one.name.clone());
                taken.extend(contact);
            }
            list.push(one);
        }
        check.notes = notes.into_iter().map(|(note, count)| (Text::from(note), count)).collect();
        check.notes.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.as_str().cmp(b.0.as_str())));
        Ok((list, check))
    }

    /// Another card on the list is probably the same person.
    fn listed_twice(&self, contact: Option<id::Contact>, taken: &HashSet<id::Contact>) -> Result<Option<(Skip, Text)>> {
        let Some(contact) = contact else { return Ok(None) };
        for other in self.store.likely_same(contact)? {
            if taken.contains(&other) {
                let name = self.store.contact_row(other, self.now)?.map(|row| row.name.full()).unwrap_or_default();
                return Ok(Some((Skip::SamePerson, Text::from(format!("probably the same person as {name}")))));
            }
        }
        Ok(None)
    }

    /// The address of a card a letter goes to, or why none does.
    pub(super) fn find_address(&self, contact: Option<id::Contact>) -> Result<OnList> {
        let nobody = OnList {
            contact,
            name: Text::default(),
            address: String::new(),
            canonical: String::new(),
            skip: None,
            insisted: false,
        };
        let skip = |one: OnList, skip: Skip, why: String| Ok(OnList { skip: Some((skip, Text::from(why))), ..one });
        let Some(card) = (match contact {
            Some(contact) => self.store.contact_card(contact, self.now, 1)?,
            None => None,
        }) else {
            return skip(nobody, Skip::Gone, "the card is not there any more".to_owned());
        };
        let name = card.row.name.full();
        let Some(first) = card.addresses.first() else {
            return skip(OnList { name, ..nobody }, Skip::NoAddress, "the card has no address".to_owned());
        };
        let name = if name.is_empty() { Text::line(first.as_str()) } else { name };
        let at = |address: &Address| OnList {
            name: name.clone(),
            address: address.as_str().to_owned(),
            canonical: address.canonical().as_str().to_owned(),
            ..nobody.clone()
        };
        if let Some(out) = self.store.contact_opted_out(card.row.id)?.into_iter().next() {
            return skip(at(first), Skip::OptedOut, self.opted_out_in_words(&out));
        }
        let unreachable = self.store.unreachable(&card.addresses, self.now)?;
        let reached = card.addresses.iter().find(|address| !unreachable.iter().any(|(known, _)| known == *address));
        let Some(address) = reached else {
            let why = unreachable.first().map(|(_, why)| why.to_string()).unwrap_or_default();
            return skip(at(first), Skip::Unreachable, why);
        };
        if self.office.own.is_us(address) {
            return skip(at(address), Skip::Colleague, "an address of ours".to_owned());
        }
        if address.is_robot() {
            return skip(at(address), Skip::Robot, "the address of a machine: nobody reads it".to_owned());
        }
        if self.store.is_ignored(address)? {
            return skip(at(address), Skip::Ignored, "their letters are ignored".to_owned());
        }
        Ok(at(address))
    }

    pub(super) fn opted_out_in_words(&self, out: &crate::domain::opt_out::OptedOut) -> String {
        let day = out.at.to_zoned(self.now.time_zone().clone()).strftime("%-d %b %Y").to_string();
        format!("opted out on {day}: {}", out.evidence)
    }

    /// Makes one letter.
    pub(super) fn make(&self, new: &NewMailing, contact: id::Contact, address: &Address) -> Result<Made> {
        let account = self.account_of(new.account)?;
        let mut letter = draft::new(account, &self.office.me);
        let name = self.store.contact_row(contact, self.now)?.map(|row| row.name.full()).unwrap_or_default();
        letter.to = Mailbox::new(name.as_str(), address.as_str()).into_iter().collect();
        let language = Some(new.language.as_str()).filter(|language| !language.is_empty());
        let letter = match self.fill(new.template.as_str(), language, letter, Some(contact))? {
            // What follows is planned for letters to one person: two thousand at once would drown Today.
            Filling::Letter(letter) => Box::new(Letter { follow_up: None, ..*letter }),
            Filling::Holes(holes) => {
                let holes: Vec<String> = holes.iter().map(|hole| hole.sentence().into()).collect();
                return Ok(Made::Not(Skip::Missing, Text::from(holes.join("; "))));
            }
        };
        // What a letter says is the guard's business here too; to whom it goes was looked at before.
        let context = guard::Context { own: self.office.own.clone(), ..guard::Context::default() };
        let concerns = guard::check(&letter, &context);
        if let Some(blocking) = concerns.iter().find(|concern| concern.blocking) {
            return Ok(Made::Not(Skip::Unfit, Text::from(format!("{} ({})", blocking.reason, blocking.evidence))));
        }
        Ok(Made::Letter(letter, concerns))
    }
}

/// What I said of somebody on a list.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Word {
    /// Nothing.
    None,
    /// No letter for them.
    LeftOut(Text),
    /// A letter for them, whatever can be overridden.
    TakenIn,
}

impl Word {
    fn of(one: &OnList) -> Self {
        match &one.skip {
            Some((Skip::ByHand, why)) => Self::LeftOut(why.clone()),
            _ if one.insisted => Self::TakenIn,
            _ => Self::None,
        }
    }
}

/// The mailing as it was asked for.
fn as_new(row: &MailingRow) -> NewMailing {
    NewMailing {
        title: row.title.clone(),
        segment: row.segment.clone(),
        template: row.template.clone(),
        language: row.language.clone(),
        account: Some(row.account),
        working_hours: row.working_hours,
    }
}
