//! The same language, evaluated in the obvious way: every letter and card is looked at, one by one. Slow, and easy to believe;
//! the tests hold the store's answers against it.

use super::super::cards_fixture::{Shop, now};
use crate::domain::counter::Counter;
use crate::domain::money::Money;
use crate::domain::query::{Has, Is, Kind, Node, Phrase, Rank, Test, folded_words, stem};
use crate::store::ms;
use rusqlite::params;
use std::cmp::Reverse;

/// Words that texts are made of: forms of one another among them.
pub(super) const WORDS: [&str; 14] = [
    "offer",
    "offers",
    "oferta",
    "oferty",
    "budget",
    "budgets",
    "desk",
    "desks",
    "договор",
    "договоры",
    "стіл",
    "столи",
    "anna",
    "jan",
];
pub(super) const PEOPLE: [(&str, &str); 4] = [
    ("Anna Nowak", "anna@acme.example"),
    ("Jan Budget", "jan@acme.example"),
    ("News Offers", "news@list.example"),
    ("Me", "me@firma.example"),
];

#[derive(Debug, Clone)]
pub(super) struct Letter {
    pub(super) id: i64,
    pub(super) thread: usize,
    pub(super) date: i64,
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) subject: String,
    pub(super) body: String,
    pub(super) files: String,
    pub(super) nature: &'static str,
    pub(super) ignored: bool,
    pub(super) seen: bool,
    pub(super) flagged: bool,
    pub(super) answered: bool,
    /// Index into [`FOLDERS`].
    pub(super) folder: usize,
}

pub(super) const FOLDERS: [(&str, Option<&str>); 5] = [
    ("INBOX", Some("inbox")),
    ("Archiwum", Some("archive")),
    ("Spam", Some("junk")),
    ("Klienci/Desk", None),
    ("Szkice", Some("drafts")),
];

/// Contact, company, deal a thread is filed under, by their keys.
pub(super) type Filing = Option<(Option<i64>, Option<i64>, Option<i64>)>;

#[derive(Debug, Clone)]
pub(super) struct Contact {
    pub(super) lead: bool,
    pub(super) name: String,
    pub(super) company: Option<i64>,
    pub(super) note: String,
    pub(super) tags: String,
    pub(super) owner: String,
    pub(super) watched: bool,
    pub(super) supplier: bool,
    pub(super) created: i64,
}

#[derive(Debug, Clone)]
pub(super) struct Company {
    pub(super) name: String,
    pub(super) tags: String,
}

#[derive(Debug, Clone)]
pub(super) struct Deal {
    pub(super) title: String,
    pub(super) contact: Option<i64>,
    pub(super) company: Option<i64>,
    pub(super) stage: &'static str,
    pub(super) state: &'static str,
    pub(super) amount: i64,
    pub(super) currency: &'static str,
    pub(super) created: i64,
    pub(super) closes: Option<&'static str>,
    pub(super) tags: String,
}

#[derive(Debug, Clone)]
pub(super) struct Activity {
    pub(super) subject: String,
    pub(super) result: String,
    pub(super) contact: Option<i64>,
    pub(super) deal: Option<i64>,
    pub(super) at: i64,
    pub(super) done: bool,
}

#[derive(Debug, Clone, Default)]
pub(super) struct World {
    pub(super) letters: Vec<Letter>,
    pub(super) filings: Vec<Filing>,
    pub(super) contacts: Vec<Contact>,
    pub(super) companies: Vec<Company>,
    pub(super) deals: Vec<Deal>,
    pub(super) activities: Vec<Activity>,
}

impl World {
    /// The same as a store.
    pub(super) fn shop(&self) -> Shop {
        let shop = Shop::open();
        let sql = shop.store.sql();
        shop.store.run("BEGIN");
        for (at, (name, role)) in FOLDERS.iter().enumerate() {
            sql.execute(
                "INSERT INTO folder (id, account_id, raw_name, name, role) VALUES (?1, 1, ?2, ?2, ?3)",
                params![at as i64 + 1, name, role],
            )
            .unwrap();
        }
        for (at, company) in self.companies.iter().enumerate() {
            sql.execute(
                "INSERT INTO company (id, name, folded, tags) VALUES (?1, ?2, ?2, ?3)",
                params![at as i64 + 1, company.name, company.tags],
            )
            .unwrap();
        }
        for (at, c) in self.contacts.iter().enumerate() {
            sql.execute(
                "INSERT INTO contact (id, kind, display, folded, company_id, note, tags, owner, watched, role, created_at, reviewed_at)
                 VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 0)",
                params![at as i64 + 1, if c.lead { "lead" } else { "contact" }, c.name, c.company, c.note, c.tags, c.owner, c.watched,
                    if c.supplier { "supplier" } else { "client" }, c.created],
            )
            .unwrap();
        }
        for (at, d) in self.deals.iter().enumerate() {
            sql.execute(
                "INSERT INTO deal (id, title, contact_id, company_id, stage, state, amount_minor, currency, created_at, expected_close, tags)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                params![at as i64 + 1, d.title, d.contact, d.company, d.stage, d.state, d.amount, d.currency, d.created, d.closes, d.tags],
            )
            .unwrap();
        }
        for (at, a) in self.activities.iter().enumerate() {
            sql.execute(
                "INSERT INTO activity (id, kind, contact_id, deal_id, subject, result, due_at, done_at) VALUES (?1, 'call', ?2, ?3, ?4, ?5, ?6, ?7)",
                params![at as i64 + 1, a.contact, a.deal, a.subject, a.result, a.at, a.done.then_some(a.at)],
            )
            .unwrap();
        }
        for (at, filing) in self.filings.iter().enumerate() {
            let thread = at as i64 + 1;
            sql.execute("INSERT INTO thread (id, account_id, subject) VALUES (?1, 1, '')", [thread]).unwrap();
            if let Some((contact, company, deal)) = filing {
                sql.execute(
                    "INSERT INTO filing (thread_id, contact_id, company_id, deal_id, deal_decided, rule, evidence, decided_at) VALUES (?1, ?2, ?3, ?4, 1, 'mine', '', 0)",
                    params![thread, contact, company, deal],
                )
                .unwrap();
            }
        }
        for l in &self.letters {
            let ((from_name, from), (to_name, to)) = (PEOPLE[l.from], PEOPLE[l.to]);
            sql.execute(
                "INSERT INTO message (id, account_id, thread_id, digest, date, arrived_at, direction, nature, nature_why, ignored, from_name,
                     from_address, subject, snippet, size, attachments, degraded, asks)
                 VALUES (?1, 1, ?2, randomblob(32), ?3, 0, ?4, ?5, '', ?6, ?7, ?8, ?9, '', 1, ?10, 0, 0)",
                params![l.id, l.thread as i64 + 1, l.date, l.direction(), l.nature, l.ignored, from_name, from, l.subject, !l.files.is_empty()],
            )
            .unwrap();
            for (field, name, address) in [("from", from_name, from), ("to", to_name, to)] {
                sql.execute(
                    "INSERT INTO participant (message_id, field, position, address, name) VALUES (?1, ?2, 0, ?3, ?4)",
                    params![l.id, field, address, name],
                )
                .unwrap();
            }
            let flags = i64::from(l.seen) | i64::from(l.answered) << 1 | i64::from(l.flagged) << 2;
            sql.execute(
                "INSERT INTO copy (folder_id, uid_validity, uid, message_id, flags, wanted_flags) VALUES (?1, 1, ?2, ?2, ?3, ?3)",
                params![l.folder as i64 + 1, l.id, flags],
            )
            .unwrap();
            sql.execute(
                "INSERT INTO message_fts (rowid, subject, people, body, files) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![
                    l.id,
                    folded_words(&l.subject),
                    folded_words(&format!("{from_name} {from} {to_name} {to}")),
                    folded_words(&l.body),
                    folded_words(&l.files)
                ],
            )
            .unwrap();
        }
        shop.store.run("COMMIT");
        for thread in 1..=self.filings.len() {
            shop.store.refresh_thread(crate::domain::id::Thread(thread as i64)).unwrap();
        }
        shop
    }

    /// Keys and places in the order of letters that are found.
    pub(super) fn letters(&self, root: &Node, best: bool) -> Vec<i64> {
        let mut found: Vec<(Rank, i64)> = Vec::new();
        for letter in self.letters.iter().filter(|letter| self.letter_fits(letter, root, false)) {
            let form = best && !self.letter_fits(letter, root, true);
            let class = if best { self.class(letter) } else { 0 };
            found.push((Rank { class, form, newest: Reverse((letter.date, letter.id)) }, letter.id));
        }
        found.sort_unstable();
        found.into_iter().map(|(_, id)| id).collect()
    }

    /// Keys of the cards of a kind that are found.
    pub(super) fn cards(&self, kind: Kind, root: &Node) -> Vec<i64> {
        let count = match kind {
            Kind::Contact => self.contacts.len(),
            Kind::Company => self.companies.len(),
            Kind::Deal => self.deals.len(),
            Kind::Activity => self.activities.len(),
            Kind::Letter => 0,
        };
        (1..=count as i64).filter(|key| self.card_fits(kind, *key, root)).collect()
    }

    fn filing(&self, letter: &Letter) -> (Option<i64>, Option<i64>, Option<i64>) {
        let (contact, company, deal) = self.filings[letter.thread].unwrap_or_default();
        let company = company.or_else(|| contact.and_then(|c| self.contacts[c as usize - 1].company));
        (contact, company, deal)
    }

    fn is_client(&self, letter: &Letter) -> bool {
        match self.filings[letter.thread] {
            Some((Some(contact), ..)) => !self.contacts[contact as usize - 1].lead,
            Some((None, company, _)) => company.is_some(),
            None => false,
        }
    }

    fn class(&self, letter: &Letter) -> u8 {
        if letter.folder == 2 {
            3
        } else if letter.nature != "human" || letter.ignored {
            2
        } else {
            u8::from(!self.is_client(letter))
        }
    }

    fn letter_fits(&self, letter: &Letter, node: &Node, exact: bool) -> bool {
        match node {
            Node::All(nodes) => nodes.iter().all(|node| self.letter_fits(letter, node, exact)),
            Node::Any(nodes) => nodes.iter().any(|node| self.letter_fits(letter, node, exact)),
            Node::Not(node) => !self.letter_fits(letter, node, false),
            Node::Words(phrase) => letter.texts().iter().any(|text| holds(text, phrase, exact)),
            Node::Test(test) => self.letter_is(letter, test, exact),
        }
    }

    fn letter_is(&self, letter: &Letter, test: &Test, exact: bool) -> bool {
        let person = |at: usize| folded_words(&format!("{} {}", PEOPLE[at].0, PEOPLE[at].1));
        let (contact, company, deal) = self.filing(letter);
        let of_deal = |fits: &dyn Fn(i64) -> bool| deal.is_some_and(fits);
        match test {
            Test::From(phrase) => phrase.is_in(&person(letter.from)),
            Test::To(phrase) => phrase.is_in(&person(letter.to)),
            Test::Subject(phrase) => holds(&letter.subject, phrase, exact),
            Test::In(phrase) => {
                let word = phrase.words.join(" ");
                let by_role = FOLDERS.iter().any(|(_, role)| *role == Some(word.as_str()));
                let (name, role) = FOLDERS[letter.folder];
                if by_role { role == Some(word.as_str()) } else { phrase.is_in(&folded_words(name)) }
            }
            Test::Has(Has::File) => !letter.files.is_empty(),
            Test::Has(Has::Named(phrase)) => holds(&letter.files, phrase, exact),
            Test::Has(Has::Invitation) => letter.files.contains("ics"),
            Test::Has(Has::Link) => letter.body.contains("http"),
            Test::Is(is) => match is {
                Is::Unread => !letter.seen && letter.direction() != "outbound",
                Is::Read => letter.seen,
                Is::Flagged => letter.flagged,
                Is::Answered => letter.answered,
                Is::Draft => letter.folder == 4,
                Is::Sent => letter.direction() == "outbound" && letter.folder != 4,
                Is::Client => self.is_client(letter),
                Is::Lead => contact.is_some_and(|c| self.contacts[c as usize - 1].lead),
                Is::Human => letter.nature == "human",
                Is::Bulk => letter.nature == "bulk",
                Is::Automatic => !matches!(letter.nature, "human" | "bulk"),
                Is::Junk => letter.folder == 2,
                Is::Watched => contact.is_some_and(|c| self.contacts[c as usize - 1].watched),
                Is::Waiting => self.waits(letter.thread),
                Is::Open | Is::Won | Is::Lost | Is::Stale | Is::Overdue => of_deal(&|key| self.deal_is(key, *is)),
            },
            Test::Contact(phrase) => {
                contact.is_some_and(|c| phrase.is_in(&folded_words(&self.contacts[c as usize - 1].name)))
            }
            Test::Company(phrase) => {
                company.is_some_and(|c| phrase.is_in(&folded_words(&self.companies[c as usize - 1].name)))
            }
            Test::Deal(_) | Test::Stage(_) | Test::Amount(_) => of_deal(&|key| self.deal_has(key, test)),
            Test::Tag(_) | Test::Owner(_) => {
                contact.is_some_and(|key| self.own(Kind::Contact, key, test))
                    || company.is_some_and(|key| self.own(Kind::Company, key, test))
                    || deal.is_some_and(|key| self.own(Kind::Deal, key, test))
            }
            Test::Counter(Counter::Unread) => {
                !letter.seen
                    && letter.is_live()
                    && letter.direction() == "inbound"
                    && letter.nature == "human"
                    && !letter.ignored
            }
            Test::Counter(Counter::Unanswered) => self.waits(letter.thread),
            Test::Counter(_) => false,
            Test::Kind(kind) => *kind == Kind::Letter,
            Test::Before(_) | Test::After(_) | Test::On(_) => within(test, letter.date),
        }
    }

    /// The last live letter of a person came to me.
    fn waits(&self, thread: usize) -> bool {
        let human = |l: &&Letter| l.thread == thread && l.is_live() && l.nature == "human" && !l.ignored;
        let last = self.letters.iter().filter(human).max_by_key(|letter| (letter.date, letter.id));
        last.is_some_and(|letter| letter.direction() == "inbound")
    }

    fn deal_is(&self, key: i64, is: Is) -> bool {
        let deal = &self.deals[key as usize - 1];
        match is {
            Is::Open | Is::Won | Is::Lost => deal.state == is.word(),
            Is::Overdue => {
                deal.state == "open" && deal.closes.is_some_and(|day| day < now().date().to_string().as_str())
            }
            Is::Stale => {
                let threads = self
                    .filings
                    .iter()
                    .enumerate()
                    .filter(|(_, f)| f.is_some_and(|f| f.2 == Some(key)))
                    .map(|(at, _)| at);
                let letters = threads
                    .flat_map(|at| self.letters.iter().filter(move |l| l.thread == at && l.is_live()).map(|l| l.date));
                let done = self.activities.iter().filter(|a| a.deal == Some(key) && a.done).map(|a| a.at);
                let last = letters.chain(done).chain([deal.created]).max().unwrap_or(0);
                deal.state == "open" && ms(now().timestamp()) - last >= 14 * 24 * 3600 * 1000
            }
            _ => false,
        }
    }

    fn deal_has(&self, key: i64, test: &Test) -> bool {
        let deal = &self.deals[key as usize - 1];
        match test {
            Test::Deal(phrase) => phrase.is_in(&folded_words(&deal.title)),
            Test::Stage(phrase) => phrase.is_in(&folded_words(deal.stage)),
            Test::Amount(amount) => amount.fits(&Money { minor: deal.amount, currency: deal.currency.to_owned() }),
            _ => false,
        }
    }

    fn own(&self, kind: Kind, key: i64, test: &Test) -> bool {
        let at = key as usize - 1;
        let (tags, owner) = match kind {
            Kind::Contact => (self.contacts[at].tags.as_str(), self.contacts[at].owner.as_str()),
            Kind::Company => (self.companies[at].tags.as_str(), ""),
            Kind::Deal => (self.deals[at].tags.as_str(), ""),
            Kind::Activity | Kind::Letter => ("", ""),
        };
        match test {
            Test::Tag(phrase) => phrase.is_in(&folded_words(tags)),
            Test::Owner(phrase) => phrase.is_in(&folded_words(owner)),
            _ => false,
        }
    }

    fn card_fits(&self, kind: Kind, key: i64, node: &Node) -> bool {
        match node {
            Node::All(nodes) => nodes.iter().all(|node| self.card_fits(kind, key, node)),
            Node::Any(nodes) => nodes.iter().any(|node| self.card_fits(kind, key, node)),
            Node::Not(node) => !self.card_fits(kind, key, node),
            Node::Words(phrase) => self.card_texts(kind, key).iter().any(|text| holds(text, phrase, false)),
            Node::Test(test) => self.card_is(kind, key, test),
        }
    }

    fn card_texts(&self, kind: Kind, key: i64) -> Vec<&str> {
        let at = key as usize - 1;
        match kind {
            Kind::Contact => {
                let contact = &self.contacts[at];
                vec![&contact.name, &contact.note, &contact.tags, &contact.owner]
            }
            Kind::Company => vec![&self.companies[at].name, &self.companies[at].tags],
            Kind::Deal => vec![&self.deals[at].title, &self.deals[at].tags],
            Kind::Activity => vec![&self.activities[at].subject, &self.activities[at].result],
            Kind::Letter => Vec::new(),
        }
    }

    fn card_is(&self, kind: Kind, key: i64, test: &Test) -> bool {
        let at = key as usize - 1;
        let (contact, company, deal, moment) = match kind {
            Kind::Contact => (Some(key), self.contacts[at].company, None, Some(self.contacts[at].created)),
            Kind::Company => (None, Some(key), None, None),
            Kind::Deal => (self.deals[at].contact, self.deals[at].company, Some(key), Some(self.deals[at].created)),
            Kind::Activity => {
                (self.activities[at].contact, None, self.activities[at].deal, Some(self.activities[at].at))
            }
            Kind::Letter => return false,
        };
        // Of a person and a company any of their deals counts.
        let any_deal = |fits: &dyn Fn(i64) -> bool| match kind {
            Kind::Contact => {
                (1..=self.deals.len() as i64).any(|d| self.deals[d as usize - 1].contact == Some(key) && fits(d))
            }
            Kind::Company => {
                (1..=self.deals.len() as i64).any(|d| self.deals[d as usize - 1].company == Some(key) && fits(d))
            }
            _ => deal.is_some_and(fits),
        };
        let thread_of = |fits: &dyn Fn(&Letter) -> bool| {
            self.letters.iter().filter(|letter| fits(letter)).any(|letter| {
                let (contact, company, deal) = self.filing(letter);
                match kind {
                    Kind::Contact => contact == Some(key),
                    Kind::Company => company == Some(key),
                    Kind::Deal => deal == Some(key),
                    _ => false,
                }
            })
        };
        match test {
            Test::Contact(phrase) => {
                contact.is_some_and(|c| phrase.is_in(&folded_words(&self.contacts[c as usize - 1].name)))
            }
            Test::Company(phrase) => {
                company.is_some_and(|c| phrase.is_in(&folded_words(&self.companies[c as usize - 1].name)))
            }
            Test::Deal(_) | Test::Stage(_) | Test::Amount(_) => any_deal(&|deal| self.deal_has(deal, test)),
            Test::Tag(_) | Test::Owner(_) => self.own(kind, key, test),
            Test::Before(_) | Test::After(_) | Test::On(_) => moment.is_some_and(|moment| within(test, moment)),
            Test::Kind(wanted) => *wanted == kind,
            Test::Counter(Counter::Unread) => thread_of(&|letter| self.letter_is(letter, test, false)),
            Test::Is(Is::Waiting) | Test::Counter(Counter::Unanswered) => {
                thread_of(&|letter| self.waits(letter.thread))
            }
            Test::Is(Is::Client) => kind == Kind::Contact && !self.contacts[at].lead && !self.contacts[at].supplier,
            Test::Is(Is::Lead) => kind == Kind::Contact && self.contacts[at].lead,
            Test::Is(Is::Watched) => kind == Kind::Contact && self.contacts[at].watched,
            Test::Is(Is::Overdue) if kind == Kind::Activity => {
                let activity = &self.activities[at];
                (!activity.done && activity.at < ms(now().timestamp()))
                    || any_deal(&|deal| self.deal_is(deal, Is::Overdue))
            }
            Test::Is(is @ (Is::Open | Is::Won | Is::Lost | Is::Stale | Is::Overdue)) => {
                any_deal(&|deal| self.deal_is(deal, *is))
            }
            _ => false,
        }
    }
}

impl Letter {
    pub(super) fn direction(&self) -> &'static str {
        if self.from == 3 { "outbound" } else { "inbound" }
    }

    fn is_live(&self) -> bool {
        !matches!(self.folder, 2 | 4)
    }

    fn texts(&self) -> [String; 4] {
        let ((from_name, from), (to_name, to)) = (PEOPLE[self.from], PEOPLE[self.to]);
        [self.subject.clone(), format!("{from_name} {from} {to_name} {to}"), self.body.clone(), self.files.clone()]
    }
}

/// The words stand there; one word not in quotes in any of its forms.
fn holds(text: &str, phrase: &Phrase, exact: bool) -> bool {
    let folded = folded_words(text);
    let form = |word: &str| folded.split(' ').any(|one| stem::same(&stem::stems(word), one));
    phrase.is_in(&folded)
        || (!exact && !phrase.exact && phrase.words.len() == 1 && phrase.words.first().is_some_and(|word| form(word)))
}

fn within(test: &Test, moment: i64) -> bool {
    let start = |when: &crate::domain::query::When| ms(when.moments(&now()).0);
    match test {
        Test::Before(when) => moment < start(when),
        Test::After(when) => moment >= start(when),
        Test::On(when) => moment >= start(when) && moment < ms(when.moments(&now()).1),
        _ => false,
    }
}
