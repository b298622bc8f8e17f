//! Filing told as stories: letters arrive, I act, and after each step it is said where everything is filed and what all nine counters
//! show. Each story is told in the order of its letters; [`Desk::retold`] tells it again with its letters in other orders.

mod bounces;
mod clients;
mod deals;
mod elsewhere;
mod guarded;
mod hands;
mod languages;
mod meetings;
mod orders;
mod rules;
mod senders;

use super::acts::Acts;
use crate::domain::address::{Address, Own};
use crate::domain::contact::{Kind, Name};
use crate::domain::counter::Counter;
use crate::domain::folder::Role;
use crate::domain::id;
use crate::domain::message::{Flags, MsgId};
use crate::domain::money::Money;
use crate::domain::problem::Result;
use crate::domain::text::Text;
use crate::store::{CompanyEdit, ContactEdit, NewCompany, NewContact, NewDeal, Registration, Store};
use crate::sync::ingest::{Arrival, Destination, ingest, keep_sent};
use jiff::{SignedDuration, Timestamp, Zoned};
use std::cell::Cell;
use std::collections::BTreeMap;

pub(super) const ME: &str = "me@firma.example";
/// The letters of every story end before this Monday.
fn now() -> Zoned {
    "2026-11-23T10:00[Europe/Warsaw]".parse().unwrap()
}

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

/// A letter to be delivered.
#[derive(Debug, Clone)]
pub(super) struct Letter {
    id: String,
    from: String,
    to: String,
    cc: String,
    subject: String,
    answers: Vec<String>,
    headers: String,
    body: String,
    folder: &'static str,
    seen: bool,
}

pub(super) fn letter(id: &str, from: &str) -> Letter {
    let to = if from.contains(ME) { "anna@acme.example" } else { ME };
    Letter {
        id: id.to_owned(),
        from: from.to_owned(),
        to: to.to_owned(),
        cc: String::new(),
        subject: format!("About {id}"),
        answers: Vec::new(),
        headers: String::new(),
        body: "Good day".to_owned(),
        folder: if from.contains(ME) { "Sent" } else { "INBOX" },
        seen: from.contains(ME),
    }
}

impl Letter {
    pub(super) fn to(mut self, to: &str) -> Self {
        to.clone_into(&mut self.to);
        self
    }
    pub(super) fn cc(mut self, cc: &str) -> Self {
        cc.clone_into(&mut self.cc);
        self
    }
    pub(super) fn about(mut self, subject: &str) -> Self {
        subject.clone_into(&mut self.subject);
        self
    }
    pub(super) fn answers(mut self, ids: &[&str]) -> Self {
        self.answers = ids.iter().map(|id| (*id).to_owned()).collect();
        self
    }
    pub(super) fn header(mut self, header: &str) -> Self {
        self.headers.push_str(header);
        self.headers.push_str("\r\n");
        self
    }
    pub(super) fn body(mut self, body: &str) -> Self {
        self.body = body.replace('\n', "\r\n");
        self
    }
    pub(super) fn into(mut self, folder: &'static str) -> Self {
        self.folder = folder;
        self
    }
    pub(super) fn seen(mut self) -> Self {
        self.seen = true;
        self
    }

    fn name(id: &str) -> String {
        if id.contains('@') { format!("<{id}>") } else { format!("<{id}@test.example>") }
    }

    /// `minute`: when it was written, after the beginning of the story.
    fn bytes(&self, minute: i64) -> Vec<u8> {
        let start: Timestamp = "2026-11-20T08:00:00Z".parse().unwrap();
        let date =
            start.checked_add(SignedDuration::from_mins(minute)).unwrap().strftime("%a, %d %b %Y %H:%M:%S +0000");
        let names: Vec<String> = self.answers.iter().map(|id| Self::name(id)).collect();
        let references = match names.last() {
            Some(last) => format!("In-Reply-To: {last}\r\nReferences: {}\r\n", names.join(" ")),
            None => String::new(),
        };
        let plain = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n";
        let kind = if self.headers.contains("Content-Type") { "" } else { plain };
        let cc = if self.cc.is_empty() { String::new() } else { format!("Cc: {}\r\n", self.cc) };
        format!(
            "From: {}\r\nTo: {}\r\n{cc}Subject: {}\r\nDate: {date}\r\nMessage-ID: {}\r\n{references}{}MIME-Version: 1.0\r\n{kind}\r\n{}\r\n",
            self.from, self.to, self.subject, Self::name(&self.id), self.headers, self.body
        )
        .into_bytes()
    }
}

/// Where a conversation is expected: client, deal, rule; `?` behind the client: it is asked which deal.
pub(super) const NOWHERE: (&str, &str, &str) = ("-", "-", "-");

/// The office: one account, a store, and a clock that goes on with each letter.
pub(super) struct Desk {
    _folder: tempfile::TempDir,
    pub(super) store: Store,
    pub(super) own: Own,
    account: id::Account,
    folders: BTreeMap<&'static str, id::Folder>,
    minute: Cell<i64>,
    uid: Cell<u32>,
}

impl Desk {
    pub(super) fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("postbook.sqlite")).unwrap();
        store.run("PRAGMA synchronous = off");
        let registration = Registration {
            name: "work".to_owned(),
            email: address(ME),
            kind: crate::domain::account::Kind::Personal,
            read_only: false,
        };
        let account = store.register_account(&registration).unwrap();
        let mut folders = BTreeMap::new();
        for (name, role) in
            [("INBOX", Role::Inbox), ("Sent", Role::Sent), ("Junk", Role::Junk), ("Drafts", Role::Drafts)]
        {
            let record = store.register_folder(account, name, &Text::line(name), None, Some(role)).unwrap();
            folders.insert(name, record.id);
        }
        let own = store.own().unwrap();
        Self { _folder: folder, store, own, account, folders, minute: Cell::new(0), uid: Cell::new(0) }
    }

    fn tick(&self) -> i64 {
        self.minute.set(self.minute.get() + 10);
        self.minute.get()
    }

    /// A letter arrives, ten minutes after the one before.
    pub(super) fn arrives(&self, letter: Letter) {
        let minute = self.tick();
        self.arrives_at(&letter, minute);
    }

    fn arrives_at(&self, letter: &Letter, minute: i64) {
        self.uid.set(self.uid.get() + 1);
        let arrival = Arrival {
            uid: self.uid.get(),
            flags: if letter.seen { Flags::SEEN } else { Flags::default() },
            keywords: Vec::new(),
            internal_date: Some(now().timestamp()),
            bytes: letter.bytes(minute),
            left: None,
        };
        let destination =
            Destination { account: self.account, folder: self.folders[letter.folder], uid_validity: 1, own: &self.own };
        self.store.write(|| ingest(&self.store, &destination, &[arrival], now().timestamp())).unwrap();
    }

    /// A letter goes from the server.
    pub(super) fn vanishes(&self, id: &str) {
        self.store.run(&format!("DELETE FROM copy WHERE message_id = {}", self.message(id).0));
    }

    /// A letter that Postbook itself sent, before any copy of it is on a server.
    pub(super) fn sends(&self, letter: Letter) {
        self.sent(&letter.bytes(self.tick()));
    }

    /// The same, of a letter that stands in bytes.
    pub(super) fn sent(&self, bytes: &[u8]) {
        self.store
            .write(|| keep_sent(&self.store, self.account, &self.own, bytes, now().timestamp()).map(drop))
            .unwrap();
    }

    /// I do something, as one change.
    pub(super) fn act(&self, act: impl FnOnce(&Acts<'_>) -> Result<Option<Text>>) {
        let now = now();
        let acts = Acts { store: &self.store, own: &self.own, now: &now };
        assert!(act(&acts).unwrap().is_some(), "the act changed nothing");
    }

    /// The same on a card: whatever of it changes, mail is filed again.
    pub(super) fn on_cards(&self, act: impl Fn(&Store) -> Result<()>) {
        let (_, change) = self
            .store
            .record("card", now().timestamp(), || {
                act(&self.store)?;
                crate::sync::filing::settle(&self.store, &self.own, now().timestamp())
            })
            .unwrap();
        assert!(change.is_some(), "the act changed nothing");
    }

    pub(super) fn undo(&self) {
        assert!(self.store.undo(now().timestamp()).unwrap().is_some_and(|change| change.undone));
        self.store.write(|| crate::sync::filing::settle(&self.store, &self.own, now().timestamp())).unwrap();
    }

    pub(super) fn company(&self, name: &str, domains: &[&str]) -> id::Company {
        let new = NewCompany {
            name: Text::line(name),
            domains: domains.iter().map(|domain| (*domain).to_owned()).collect(),
            ..NewCompany::default()
        };
        let added = Cell::new(id::Company(0));
        self.on_cards(|store| store.add_company(&new).map(|key| added.set(key)));
        added.get()
    }

    pub(super) fn contact(&self, name: &str, addresses: &[&str], company: Option<id::Company>) -> id::Contact {
        let at = "2026-11-01T08:00:00Z".parse().unwrap();
        let new = NewContact {
            name: Name { given: Text::line(name), ..Name::default() },
            addresses: addresses.iter().map(|written| address(written)).collect(),
            company,
            reviewed_at: Some(at),
            ..NewContact::new(Kind::Contact, at)
        };
        let added = Cell::new(id::Contact(0));
        self.on_cards(|store| store.add_contact(&new).map(|key| added.set(key)));
        added.get()
    }

    pub(super) fn deal(&self, title: &str, contact: Option<id::Contact>, company: Option<id::Company>) -> id::Deal {
        let new = NewDeal {
            title: Text::line(title),
            company,
            contact,
            stage: Text::own("offer"),
            amount: Money::parse("100", "PLN").unwrap(),
            expected_close: None,
            lines: Vec::new(),
            pipeline: Text::default(),
            created_at: now().timestamp(),
        };
        let added = Cell::new(id::Deal(0));
        self.on_cards(|store| store.add_deal(&new).map(|key| added.set(key)));
        added.get()
    }

    pub(super) fn close(&self, deal: id::Deal) {
        self.on_cards(|store| {
            store.close_deal(deal, crate::domain::deal::State::Won, &Text::default(), now().timestamp())
        });
    }

    pub(super) fn add_address(&self, contact: id::Contact, written: &str) {
        self.on_cards(|store| {
            let (mut addresses, ..) = store.contact_details(contact)?;
            addresses.push(address(written));
            store.update_contact(contact, &ContactEdit { addresses: Some(addresses), ..ContactEdit::default() })
        });
    }

    pub(super) fn add_domain(&self, company: id::Company, domain: &str) {
        self.on_cards(|store| {
            let mut domains: Vec<String> = store.domains_of(company)?.into_iter().map(String::from).collect();
            domains.push(domain.to_owned());
            store.update_company(company, &CompanyEdit { domains: Some(domains), ..CompanyEdit::default() })
        });
    }

    pub(super) fn message(&self, id: &str) -> id::Message {
        let name = Letter::name(id);
        let found = self.store.messages_named(&MsgId::parse(&name).unwrap()).unwrap();
        assert_eq!(found.len(), 1, "letters named {id}");
        found[0]
    }

    pub(super) fn thread(&self, id: &str) -> id::Thread {
        self.store.message_facts(self.message(id)).unwrap().unwrap().0
    }

    /// The person behind an address.
    pub(super) fn person(&self, written: &str) -> id::Contact {
        self.store.contact_by_address(&address(written)).unwrap().unwrap_or_else(|| panic!("nobody is {written}")).0
    }

    pub(super) fn is_known(&self, written: &str) -> bool {
        self.store.contact_by_address(&address(written)).unwrap().is_some()
    }

    /// Client (person, else company), deal and rule of a letter's conversation.
    pub(super) fn filed(&self, id: &str) -> (String, String, String) {
        let Some(filed) = self.store.filing(self.thread(id)).unwrap() else {
            return ("-".to_owned(), "-".to_owned(), "-".to_owned());
        };
        let person = filed
            .place
            .contact
            .map(|contact| self.store.contact_row(contact, &now()).unwrap().unwrap().name.full().as_str().to_owned());
        let company =
            || filed.place.company.map(|company| self.store.company_row(company).unwrap().unwrap().name.into());
        let ask = if filed.deal_decided { "" } else { "?" };
        let deal = filed.place.deal.and_then(|deal| self.store.deal_row(deal, now().date()).unwrap());
        let client = person.or_else(company).unwrap_or_else(|| "-".to_owned());
        let deal = deal.map_or("-".to_owned(), |row| row.title.into());
        (format!("{client}{ask}"), deal, filed.rule.word().to_owned())
    }

    pub(super) fn evidence(&self, id: &str) -> String {
        self.store.filing(self.thread(id)).unwrap().unwrap().evidence.into()
    }

    pub(super) fn considered(&self, id: &str) -> String {
        let filed = self.store.filing(self.thread(id)).unwrap().unwrap();
        filed.considered.iter().map(Text::as_str).collect::<Vec<_>>().join("\n")
    }

    /// Says where letters are filed and what waits; counters that are not named show nothing.
    #[track_caller]
    pub(super) fn expect(&self, filed: &[(&str, (&str, &str, &str))], counters: &[(&str, u64)]) {
        for (id, (client, deal, rule)) in filed {
            let found = self.filed(id);
            assert_eq!((found.0.as_str(), found.1.as_str(), found.2.as_str()), (*client, *deal, *rule), "{id}");
        }
        let found = self.store.counters(&now(), &crate::domain::work_time::WorkTime::default()).unwrap();
        let mut expected: BTreeMap<&str, u64> = Counter::ALL.iter().map(|counter| (counter.word(), 0)).collect();
        for (counter, total) in counters {
            assert!(expected.insert(counter, *total).is_some(), "there is no counter {counter}");
        }
        let found: BTreeMap<&str, u64> =
            Counter::ALL.iter().map(|counter| (counter.word(), found.get(*counter))).collect();
        assert_eq!(found, expected);
        assert_eq!(self.store.rows("PRAGMA foreign_key_check"), [""; 0]);
        assert!(self.store.drifted(true).unwrap().is_empty(), "what is kept beside letters agrees with them");
    }

    /// Everything about threads, filing, people and counters, without keys of rows.
    pub(super) fn dump(&self) -> Vec<String> {
        const NAME: &str = "(SELECT group_concat(msg_id, ' ') FROM (SELECT msg_id FROM message x WHERE x.thread_id = t.id ORDER BY msg_id))";
        let mut lines = Vec::new();
        for sql in [
            format!("SELECT {NAME}, last_at, message_count, waiting_since, last_human_direction, asks FROM thread t WHERE merged_into IS NULL"),
            format!(
                "SELECT {NAME}, (SELECT display || given FROM contact WHERE id = f.contact_id), (SELECT name FROM company WHERE id = f.company_id),
                 (SELECT title FROM deal WHERE id = f.deal_id), deal_decided, rule, alternatives FROM filing f JOIN thread t ON t.id = f.thread_id WHERE superseded_at IS NULL"
            ),
            "SELECT kind, display, given, created_at, reviewed_at, company_id, fields, (SELECT group_concat(address) FROM contact_address a WHERE a.contact_id = c.id) FROM contact c".to_owned(),
            "SELECT field, value, (SELECT msg_id FROM message WHERE id = message_id) FROM provenance".to_owned(),
            "SELECT msg_id, ignored, direction, nature, place, seen, origin FROM message".to_owned(),
            format!("SELECT f.name, {NAME}, l.last_at FROM folder_thread l JOIN folder f ON f.id = l.folder_id JOIN thread t ON t.id = l.thread_id"),
            format!("SELECT k.msg_id, {NAME} FROM link k JOIN thread t ON t.id = k.thread_id"),
            format!("SELECT {NAME}, (SELECT msg_id FROM message WHERE id = done_message_id), (SELECT msg_id FROM message WHERE id = snoozed_message_id), snoozed_until FROM thread_state s JOIN thread t ON t.id = s.thread_id"),
        ] {
            lines.extend(self.store.rows(&sql));
        }
        let counters = self.store.counters(&now(), &crate::domain::work_time::WorkTime::default()).unwrap();
        lines.extend(Counter::ALL.iter().map(|counter| format!("{} {}", counter.word(), counters.get(*counter))));
        lines.sort();
        lines
    }

    /// Does an act, undoes it, and does it again: undo brings back exactly what was.
    pub(super) fn act_and_back(&self, act: impl Fn(&Acts<'_>) -> Result<Option<Text>>) {
        let before = self.dump();
        self.act(&act);
        assert_ne!(self.dump(), before, "the act changed nothing that can be seen");
        self.undo();
        assert_eq!(self.dump(), before, "undo brings back what was");
        self.act(&act);
    }

    /// Lets letters arrive in several orders into offices that `begin` sets up: filing, people and counters must be the same.
    pub(super) fn retold(begin: impl Fn() -> Self, letters: &[Letter]) -> Self {
        let told = |order: &[usize]| {
            let desk = begin();
            for place in order {
                desk.arrives_at(&letters[*place], 10 * (i64::try_from(*place).unwrap() + 1));
            }
            desk.minute.set(10 * i64::try_from(letters.len()).unwrap());
            desk
        };
        let mut order: Vec<usize> = (0..letters.len()).collect();
        let first = told(&order);
        let expected = first.dump();
        let mut state = 1_u64;
        for round in 0..12 {
            match round {
                0 => order.reverse(),
                _ => {
                    for i in (1..order.len()).rev() {
                        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                        order.swap(i, usize::try_from(state >> 33).unwrap() % (i + 1));
                    }
                }
            }
            let found = told(&order).dump();
            let new: Vec<_> = found.iter().filter(|line| !expected.contains(line)).collect();
            assert!(
                found == expected,
                "in the order {order:?}: {new:#?} instead of {:#?}",
                expected.iter().filter(|line| !found.contains(line)).collect::<Vec<_>>()
            );
        }
        first
    }
}
