//! A small world: a seller in Warsaw on a Monday morning.

use super::generation;
use crate::domain::activity::{self, Choices, Link};
use crate::domain::address::{Address, Mailbox};
use crate::domain::assignment::Colleague;
use crate::domain::card::Common;
use crate::domain::change::Change;
use crate::domain::company::{CompanyCard, CompanyRow};
use crate::domain::contact::{
    self, ContactCard, ContactRow, FileRow, Happening, Name, Numbers, Provenance, Role, TimelineRow, Whose,
};
use crate::domain::counter::{Counter, Counters, Subject, Waiting, Why};
use crate::domain::deal::{self, DealCard, DealRow, OfferLine, PaymentRow};
use crate::domain::entry::Client;
use crate::domain::figures::{Ended, Figures, Offered, Turnover};
use crate::domain::filing::{LedgerLine, Place, Rule, Stranger};
use crate::domain::folder;
use crate::domain::hint::Hint;
use crate::domain::id;
use crate::domain::message::{Attachment, Direction, Flags, Nature, Opened, Parsed, Warning};
use crate::domain::money::Money;
use crate::domain::outbox::{DraftRow, OutgoingRow, State};
use crate::domain::pending::{Pending, Wished};
use crate::domain::problem::{Kind, Problem};
use crate::domain::promise::Promise;
use crate::domain::query::{Hit, Rank};
use crate::domain::report::{Question, Report};
use crate::domain::rest::Rest;
use crate::domain::rhythm::{Rhythm, Spread};
use crate::domain::text::Text;
use crate::domain::thread::{ThreadRow, ThreadView};
use crate::domain::wish::Refusal;
use crate::ui::effect::ActivityQuestion;
use crate::ui::effect::{Clients, Effect, Entry, Listing, WritingAnswer, WritingQuestion};
use crate::ui::event::{ActivityAnswer, FollowUpAnswer};
use crate::ui::event::{Event, Previewed, TemplateRow};
use jiff::Timestamp;

pub(super) fn t(text: &str) -> Text {
    Text::line(text)
}

fn hint(words: &str) -> Hint {
    Hint { words: t(words), rule: "a rule", evidence: t("what made it true") }
}

pub(super) fn at(text: &str) -> Timestamp {
    format!("2026-{text}Z").replace(' ', "T").parse().unwrap()
}

/// What the store would say.
#[derive(Default)]
pub(super) struct Store {
    pub counters: Counters,
    pub today: Vec<Waiting>,
    pub folders: Vec<folder::Row>,
    pub threads: Vec<ThreadRow>,
    pub view: Option<ThreadView>,
    pub contacts: Vec<ContactRow>,
    pub leads: Vec<ContactRow>,
    pub companies: Vec<CompanyRow>,
    pub deals: Vec<DealRow>,
    pub outbox: Vec<OutgoingRow>,
    pub drafts: Vec<DraftRow>,
    pub templates: Vec<TemplateRow>,
    pub hits: Vec<Hit>,
    pub changes: Vec<Change>,
    pub pending: Pending,
    pub rest: Rest,
    pub colleagues: Vec<Colleague>,
    pub broken: bool,
    /// My absence in words.
    pub away: Option<Text>,
    /// Makes the report that was asked for.
    pub report: Option<fn(Question) -> Report>,
}

impl Store {
    /// The answer to a load; `None` for everything else.
    pub fn answer(&self, effect: &Effect) -> Option<Event> {
        let generation = generation(effect)?;
        if self.broken {
            let problem = Problem::new(Kind::Store, "the store cannot be read: disk I/O error")
                .hint("postbook doctor checks it; Ctrl-L tries again");
            return Some(Event::LoadFailed { generation, problem });
        }
        Some(match effect {
            Effect::LoadCounters { .. } => {
                Event::CountersLoaded { generation, counters: self.counters, away: self.away.clone() }
            }
            Effect::LoadToday { only, .. } => {
                let wanted = |row: &&Waiting| only.is_none_or(|only| row.counters.contains(&only));
                let rows: Vec<Waiting> = self.today.iter().filter(wanted).cloned().collect();
                let rest = rows.is_empty().then(|| Box::new(self.rest.clone()));
                Event::TodayLoaded { generation, rows, more: false, rest }
            }
            Effect::ListColleagues { .. } => Event::ColleaguesLoaded { generation, people: self.colleagues.clone() },
            Effect::LoadFolders { .. } => Event::FoldersLoaded { generation, rows: self.folders.clone() },
            Effect::LoadThreads { folder, .. } => {
                Event::ThreadsLoaded { generation, folder: *folder, rows: self.threads.clone(), after: None }
            }
            Effect::LoadThread { thread, .. } => {
                let mut view = self.view.clone().unwrap_or_else(conversation);
                view.row.id = *thread;
                Event::ThreadLoaded { generation, view: Box::new(view) }
            }
            Effect::LoadBody { message, form, .. } => {
                Event::BodyLoaded { generation, message: *message, form: *form, text: Text::block("Another\nform") }
            }
            Effect::LoadCard { contact, .. } => Event::CardLoaded { generation, card: Box::new(card(contact.0)) },
            Effect::LoadFigures { whose, .. } => {
                Event::FiguresLoaded { generation, figures: Box::new(figures(*whose)) }
            }
            Effect::LoadTimeline { after, .. } => Event::TimelineLoaded {
                generation,
                rows: timeline().split_off(usize::from(after.is_some()) + 1),
                after: None,
            },
            Effect::LoadFiles { .. } => Event::FilesLoaded { generation, rows: files(), after: None },
            Effect::LoadWords { .. } => {
                Event::WordsLoaded { generation, words: vec![t("key client"), t("Kyiv"), t("vip")] }
            }
            Effect::LoadCompany { .. } => Event::CompanyLoaded { generation, card: Box::new(company_card()) },
            Effect::AskWriting { question: WritingQuestion::People(_), .. } => {
                let person = |row: &crate::domain::contact::ContactRow| {
                    Some(Mailbox { name: row.name.full(), address: row.address.clone()? })
                };
                let people = self.contacts.iter().filter_map(person).collect();
                Event::WritingAnswered { generation, answer: WritingAnswer::People(people) }
            }
            Effect::AskWriting { question: WritingQuestion::Folder { path, .. }, .. } => {
                let entry = |path: &str, folder, size| Entry { path: path.to_owned(), folder, size };
                let entries = vec![
                    entry("Документы", true, 0),
                    entry("offer.pdf", false, 2_100_000),
                    entry("Документы/Оферта 2026.pdf", false, 90_000),
                ];
                let folder =
                    path.clone().filter(|path| !path.starts_with('~')).unwrap_or_else(|| "/home/me".to_owned());
                let listing = Listing { folder, entries, cut: false };
                Event::WritingAnswered { generation, answer: WritingAnswer::Folder(listing) }
            }
            Effect::AskWriting { .. } => {
                Event::WritingAnswered { generation, answer: WritingAnswer::LetterFiles(files()) }
            }
            Effect::LoadContacts { clients: Clients::Contacts, .. } => {
                Event::ContactsLoaded { generation, rows: self.contacts.clone(), after: None }
            }
            Effect::LoadContacts { .. } => Event::ContactsLoaded { generation, rows: self.leads.clone(), after: None },
            Effect::LoadDeals { ask, .. } => {
                Event::DealsLoaded { generation, columns: super::deals::board(&self.deals, ask.closed) }
            }
            Effect::LoadColumn { ask, .. } => {
                Event::ColumnLoaded { generation, column: ask.column.clone(), rows: super::deals::more(ask) }
            }
            Effect::LoadForecast { .. } => {
                Event::ForecastLoaded { generation, slices: super::deals::slices(&self.deals) }
            }
            Effect::LoadSale { .. } => Event::SaleLoaded {
                generation,
                card: Box::new(deal_card()),
                offers: vec![(deals().remove(1), deal_card().lines)],
            },
            Effect::LoadStatement { .. } => {
                Event::StatementLoaded { generation, proposed: Box::new(super::deals::statement()) }
            }
            Effect::FindBuyers { words, .. } => Event::BuyersFound { generation, rows: super::deals::clients(words) },
            Effect::LoadCompanies { .. } => {
                Event::CompaniesLoaded { generation, rows: self.companies.clone(), more: false }
            }
            Effect::LoadDeal { .. } => Event::DealLoaded { generation, card: Box::new(deal_card()) },
            Effect::LoadWhy { .. } => Event::WhyLoaded { generation, whys: whys(), filed: Some(filed()) },
            Effect::LoadSearch { after: Some(_), .. } => Event::SearchLoaded { generation, answer: Box::default() },
            Effect::LoadSearch { query, .. } => {
                Event::SearchLoaded { generation, answer: Box::new(super::search::answer(query, &self.hits)) }
            }
            Effect::LoadSearchNames { .. } => Event::SearchNamesLoaded {
                generation,
                names: Box::new(super::search::names()),
                history: vec![t("invoice"), t("from:jan")],
            },
            Effect::LoadViews { .. } => Event::ViewsLoaded { generation, rows: super::search::views() },
            Effect::LoadOutbox { .. } => Event::OutboxLoaded { generation, rows: self.outbox.clone() },
            Effect::LoadFollowUps { .. } => {
                Event::FollowUp(FollowUpAnswer::Listed { generation, rows: super::follow_ups::rows() })
            }
            Effect::LoadDrafts { .. } => Event::DraftsLoaded { generation, rows: self.drafts.clone() },
            Effect::LoadTemplates { .. } => Event::TemplatesLoaded { generation, rows: self.templates.clone() },
            Effect::PreviewTemplate { .. } => Event::TemplatePreviewed {
                generation,
                previewed: Previewed {
                    whom: t("Олена Іваненко"),
                    letter: Some((
                        t("Пропозиція: столи"),
                        Text::block("Доброго дня, пані Олено!\n\nНадсилаю пропозицію."),
                    )),
                    ..Previewed::default()
                },
            },
            Effect::LoadChanges { .. } => Event::ChangesLoaded { generation, rows: self.changes.clone() },
            Effect::LoadChange { .. } => {
                Event::ChangeLoaded { generation, details: Box::new(super::reporting::details()) }
            }
            Effect::LoadAsItWas { at, .. } => {
                Event::AsItWasLoaded { generation, was: Box::new(super::reporting::was(*at)) }
            }
            Effect::LoadReport { question, .. } => {
                let report =
                    self.report.as_ref().map_or_else(|| super::reporting::empty(*question), |make| make(*question));
                Event::ReportLoaded { generation, report: Box::new(report) }
            }
            Effect::LoadPending { .. } => Event::PendingLoaded { generation, pending: Box::new(self.pending.clone()) },
            Effect::ListGoalsFor { .. } => {
                // Clients were moved to last.
                let mut rows = self.folders.clone();
                rows.sort_by_key(|row| row.role.is_some());
                let goals = rows.into_iter().map(|row| folder::Goal { recent: row.role.is_none(), row }).collect();
                Event::GoalsLoaded { generation, goals }
            }
            Effect::LoadConversion { .. }
            | Effect::LoadNames { .. }
            | Effect::LoadDuplicates { .. }
            | Effect::LoadSides { .. } => super::clients::answer(effect, generation),
            Effect::FindClients { words, .. } => Event::ClientsFound { generation, clients: clients_called(words) },
            Effect::AskActivities { question, .. } => {
                Event::ActivitiesAnswered { generation, answer: about_activities(question) }
            }
            Effect::ListDealsFor { thread, .. } => Event::DealChoicesLoaded {
                generation,
                thread: *thread,
                rows: self
                    .deals
                    .iter()
                    .take(2)
                    .map(|row| {
                        (
                            row.clone(),
                            t("it is their own deal; its title shares “chairs”; something happened in it today"),
                        )
                    })
                    .collect(),
            },
            _ => return None,
        })
    }
}

/// Anna, whose first name was typed; of Firma, with one open deal.
fn anna(words: usize) -> Client {
    Client {
        contact: Some(id::Contact(1)),
        company: Some(id::Company(1)),
        name: t("Anna Kowalska"),
        more: t("Firma"),
        deal: Some((id::Deal(1), t("20 desks"))),
        words,
    }
}

fn clients_called(words: &[String]) -> Vec<Client> {
    if words.first().is_some_and(|word| "anna".starts_with(word.as_str())) { vec![anna(1)] } else { Vec::new() }
}

/// One promise of mine, for letters that hold some.
pub fn promise(key: i64, mine: bool) -> Promise {
    Promise {
        id: id::Promise(key),
        message: Some(id::Message(3)),
        mine,
        sentence: t(if mine { "I'll send the drawings by Friday." } else { "We will pay by 30 November." }),
        due_on: "2026-11-27".parse().unwrap(),
        due_time: None,
    }
}

fn about_activities(question: &ActivityQuestion) -> ActivityAnswer {
    match question {
        ActivityQuestion::Card(activity) => {
            let link = |key, title: &str| Link {
                id: id::Activity(key),
                kind: activity::Kind::Meeting,
                title: t(title),
                at: at("11-20 09:00:00"),
                planned: false,
            };
            let row = activity::ActivityRow {
                activity: activity::Activity {
                    id: Some(*activity),
                    contact: Some(id::Contact(1)),
                    people: vec![id::Contact(2)],
                    due_at: Some(at("11-23 07:00:00")),
                    duration_minutes: Some(15),
                    trigger: Some(id::Activity(8)),
                    ..activity::Activity::new(activity::Kind::Call, t("Call about the colour samples"))
                },
                contact_name: Some(t("Anna Kowalska")),
                company_name: None,
                deal_title: None,
                people: vec![t("Jan Nowak")],
            };
            let choices =
                Choices { deals: vec![(id::Deal(1), t("20 desks"))], triggers: vec![link(8, "Visit at the fair")] };
            ActivityAnswer::Card(Box::new(activity::ActivityCard {
                row,
                led_by: vec![link(8, "Visit at the fair")],
                followed: Vec::new(),
                choices,
            }))
        }
        ActivityQuestion::Choices { .. } => {
            ActivityAnswer::Choices(Choices { deals: vec![(id::Deal(1), t("20 desks"))], triggers: Vec::new() })
        }
        ActivityQuestion::Client { .. } => ActivityAnswer::Client(anna(0)),
        ActivityQuestion::Promises(_) => ActivityAnswer::Promises(vec![promise(1, true), promise(2, false)]),
    }
}

/// Anna is the first of all; every other row is of somebody else.
fn contact_of(who: &str, number: i64) -> Option<id::Contact> {
    Some(id::Contact(if who.is_empty() || who.starts_with("Anna") { 1 } else { 100 + number }))
}

fn waiting(subject: Subject, counters: &[Counter], since: &str, who: &str, company: &str, title: &str) -> Waiting {
    let (thread, contact) = match subject {
        Subject::Thread(thread) => (Some(thread), contact_of(who, thread.0)),
        Subject::Lead(contact) => (Some(id::Thread(90)), Some(contact)),
        Subject::Activity(activity) => (None, contact_of(who, activity.0)),
        Subject::Payment(payment) => (None, contact_of(who, payment.0)),
        Subject::Outgoing(_) => (Some(id::Thread(7)), None),
        Subject::Offered(letter) => (None, contact_of(who, letter.0)),
    };
    Waiting {
        subject,
        counters: counters.to_vec(),
        since: at(since),
        raised: Vec::new(),
        assigned: Text::default(),
        on_its_way: false,
        who: t(who),
        company: Some(t(company)).filter(|company| !company.is_empty()),
        title: t(title),
        detail: Text::default(),
        contact,
        company_id: None,
        deal: None,
        thread,
        letter: None,
    }
}

pub(super) fn full() -> Store {
    let mut counters = Counters::default();
    for (total, counter) in [4, 7, 2, 1, 2, 1, 3, 1, 1].into_iter().zip(Counter::ALL) {
        counters.set(counter, total);
    }
    use Counter::{Due, JunkWatch, NewLeads, OutboxTrouble, OverduePayments, Silent, Unanswered, Unfiled, Unread};
    let mut payment = waiting(
        Subject::Payment(id::Payment(1)),
        &[OverduePayments],
        "11-18 23:00:00",
        "Anna Kowalska",
        "Meble Plus",
        "Prepayment 30 %",
    );
    payment.detail = t("12\u{a0}400.00\u{a0}PLN");
    let mut silent = waiting(
        Subject::Thread(id::Thread(5)),
        &[Silent],
        "11-17 09:00:00",
        "Jan de Vries",
        "Van Houten",
        "Re: Delivery terms for the second half of the order",
    );
    silent.detail = t("you wrote last");
    let today = vec![
        waiting(
            Subject::Thread(id::Thread(1)),
            &[Unanswered],
            "11-10 08:00:00",
            "Олена Іваненко",
            "ТОВ «Київські меблі»",
            "Рахунок на 20 столів",
        ),
        silent,
        payment,
        waiting(
            Subject::Thread(id::Thread(2)),
            &[Unread, Unanswered, Unfiled],
            "11-20 14:10:00",
            "Anna Kowalska",
            "Meble Plus",
            "Offer for 20 desks",
        ),
        waiting(
            Subject::Outgoing(id::Outgoing(3)),
            &[OutboxTrouble],
            "11-21 10:00:00",
            "Piotr Zieliński",
            "",
            "Re: Faktura 118/2026",
        ),
        waiting(
            Subject::Lead(id::Contact(9)),
            &[Unread, Unanswered, NewLeads],
            "11-22 19:00:00",
            "Сергей Ильич Дуров",
            "",
            "Вопрос по доставке",
        ),
        waiting(
            Subject::Activity(id::Activity(4)),
            &[Due],
            "11-23 07:00:00",
            "Anna Kowalska",
            "Meble Plus",
            "Call about the colour samples",
        ),
        waiting(
            Subject::Thread(id::Thread(6)),
            &[JunkWatch],
            "11-23 08:30:00",
            "山田太郎",
            "株式会社オフィス家具",
            "見積もりのお願い：オフィス家具一式",
        ),
        waiting(
            Subject::Thread(id::Thread(8)),
            &[Unread, Unanswered],
            "11-23 09:22:00",
            "Tom Baker",
            "Baker & Sons",
            "",
        ),
    ];
    Store {
        report: None,
        counters,
        today,
        folders: folders(),
        threads: threads(),
        pending: Pending::default(),
        view: None,
        contacts: contacts(),
        leads: leads(),
        companies: companies(),
        deals: deals(),
        outbox: outbox(),
        drafts: drafts(),
        templates: templates(),
        hits: hits(),
        changes: changes(),
        rest: Rest::default(),
        colleagues: Vec::new(),
        broken: false,
        away: None,
    }
}

fn folders() -> Vec<folder::Row> {
    use folder::Role;
    [
        ("INBOX", Some(Role::Inbox), 1204, 4),
        ("Sent", Some(Role::Sent), 880, 0),
        ("Drafts", Some(Role::Drafts), 1, 0),
        ("Archive", Some(Role::Archive), 20_300, 0),
        ("Junk", Some(Role::Junk), 31, 12),
        ("Trash", Some(Role::Trash), 5, 0),
        ("Klienci/Łódź i okolice", None, 77, 0),
    ]
    .into_iter()
    .zip(1..)
    .map(|((name, role, local, unseen), key)| folder::Row {
        id: id::Folder(key),
        account: id::Account(1),
        account_name: t("work"),
        name: t(name),
        role,
        local,
        unseen,
    })
    .collect()
}

fn threads() -> Vec<ThreadRow> {
    let row =
        |key, subject: &str, people: &str, last: &str, messages, unseen, flags, attachments, counters: &[Counter]| {
            ThreadRow {
                id: id::Thread(key),
                subject: t(subject),
                people: t(people),
                snippet: t("Good morning, thank you for the quick answer. We have talked it over"),
                last_at: at(last),
                messages,
                unseen,
                flags,
                attachments,
                contact: None,
                deal: None,
                counters: counters.to_vec(),
            }
        };
    let none = Flags::default();
    use Counter::{Unanswered, Unfiled, Unread};
    vec![
        row(8, "", "Tom Baker", "11-23 09:22:00", 1, 1, none, false, &[Unread, Unanswered]),
        row(6, "見積もりのお願い：オフィス家具一式", "山田太郎", "11-23 08:30:00", 2, 0, Flags::FLAGGED, false, &[]),
        row(
            2,
            "Offer for 20 desks",
            "Anna Kowalska, Jan Kowalski",
            "11-20 14:10:00",
            5,
            2,
            none,
            true,
            &[Unread, Unanswered, Unfiled],
        ),
        row(1, "Рахунок на 20 столів", "Олена Іваненко", "11-10 08:00:00", 3, 0, none, true, &[Unanswered]),
        row(3, "Newsletter", "office-news@shop.example", "11-02 08:00:00", 1, 0, none, false, &[]),
        row(
            4,
            "Re: Delivery terms for the second half of the order",
            "Jan de Vries",
            "03-01 08:00:00",
            12,
            0,
            Flags::ANSWERED,
            false,
            &[],
        ),
    ]
}

pub(super) fn letter(key: i64, from: &str, address: &str, date: &str, seen: bool, text: &str) -> Opened {
    let mine = address == "me@firma.example";
    Opened {
        id: id::Message(key),
        thread: id::Thread(2),
        date: at(date),
        direction: if mine { Direction::Outbound } else { Direction::Inbound },
        seen,
        parsed: Parsed {
            msg_id: None,
            in_reply_to: Vec::new(),
            references: Vec::new(),
            date: Some(at(date)),
            from: vec![Mailbox::new(from, address).unwrap()],
            reply_to: Vec::new(),
            to: vec![Mailbox::new("Marek Nowak", "me@firma.example").unwrap()],
            cc: Vec::new(),
            bcc: Vec::new(),
            subject: t("Offer for 20 desks"),
            text: Text::block(text),
            has_html: true,
            nature: Nature::Human,
            attachments: Vec::new(),
            invitation: None,
            warnings: Vec::new(),
            digest: [0; 32],
        },
        folders: vec![t("INBOX")],
    }
}

pub(super) fn conversation() -> ThreadView {
    let mut row = threads().swap_remove(2);
    row.contact = Some(t("Anna Kowalska"));
    row.deal = Some(t("Desks for the Łódź office"));
    let first = letter(
        20,
        "Anna Kowalska",
        "anna@mebleplus.example",
        "11-18 08:00:00",
        true,
        "Dzień dobry,\nplease send us an offer for 20 desks.",
    );
    let second = letter(
        21,
        "Marek Nowak",
        "me@firma.example",
        "11-18 11:30:00",
        true,
        "Good morning Anna,\nhere is the offer.\n\n> Dzień dobry,\n> please send us an offer for 20 desks.",
    );
    let mut third = letter(
        22,
        "Anna Kowalska",
        "anna@mebleplus.example",
        "11-20 14:10:00",
        false,
        "Thank you for the offer.\n\nTwo questions: could you deliver to the second floor, and does the price hold until the end of the year? We would also need the colour samples, because the architect wants to compare them with the carpet before we order anything.\n\nBest regards\nAnna\n\nOn 18 Nov 2026 Marek Nowak wrote:\n> Good morning Anna,\n> here is the offer.\n>\n> > Dzień dobry,\n> > please send us an offer for 20 desks.",
    );
    third.parsed.cc = vec![Mailbox::new("Jan Kowalski", "jan@mebleplus.example").unwrap()];
    third.parsed.warnings = vec![Warning::Remote(t("2 pictures from tracker.example were not loaded"))];
    let file = |index, name: &str, size| Attachment {
        index,
        name: t(name),
        media_type: t("application/pdf"),
        size,
        inline: false,
        on_server: false,
    };
    third.parsed.attachments = vec![file(0, "floor plan.pdf", 120_400), file(1, "wymiary biurek.pdf", 2_345_000)];
    ThreadView {
        lead: false,
        row,
        messages: vec![first, second, third],
        contact: Some(id::Contact(1)),
        company: Some(id::Company(1)),
        deal: Some(id::Deal(1)),
        filed_by: t("by address: anna@mebleplus.example is an address of this contact"),
        on_its_way: 0,
        promises: Vec::new(),
        taken_by: None,
        private: false,
    }
}

fn name(display: &str) -> Name {
    Name::split(&t(display))
}

fn person(key: i64, display: &str, address: &str, company: Option<&str>, last: &str, unanswered: u64) -> ContactRow {
    ContactRow {
        id: id::Contact(key),
        kind: contact::Kind::Contact,
        name: name(display),
        address: Address::parse(address),
        company: company.map(t),
        role: Role::Client,
        open_deals: 1,
        last_at: Some(at(last)),
        numbers: Numbers { unanswered, ..Numbers::default() },
        owner: Text::default(),
        watched: false,
    }
}

fn contacts() -> Vec<ContactRow> {
    let mut rows = vec![
        person(1, "Anna Kowalska", "anna@mebleplus.example", Some("Meble Plus"), "11-20 14:10:00", 1),
        person(2, "Іваненко Олена Петрівна", "olena@mebli.example", Some("ТОВ «Київські меблі»"), "11-10 08:00:00", 1),
        person(3, "Jan de Vries", "jan@vanhouten.example", Some("Van Houten"), "11-17 09:00:00", 0),
        person(4, "山田太郎", "yamada@office.example", Some("株式会社オフィス家具"), "11-23 08:30:00", 0),
        person(5, "Tom Baker", "tom@baker.example", None, "11-23 09:22:00", 1),
    ];
    rows[0].numbers = Numbers { unread: 2, unanswered: 1, due: 1, overdue_payments: 1 };
    rows
}

fn leads() -> Vec<ContactRow> {
    let mut row = person(9, "Сергей Ильич Дуров", "s.durov@mail.example", None, "11-22 19:00:00", 1);
    row.kind = contact::Kind::Lead;
    vec![row]
}

fn companies() -> Vec<CompanyRow> {
    let row = |key, name: &str, domains: &[&str], contacts, open_deals| CompanyRow {
        id: id::Company(key),
        name: t(name),
        domains: domains.iter().map(|domain| t(domain)).collect(),
        contacts,
        open_deals,
        owner: Text::default(),
        watched: false,
    };
    vec![
        row(1, "Meble Plus", &["mebleplus.example", "meble-plus.example"], 2, 2),
        row(2, "ТОВ «Київські меблі»", &["mebli.example"], 1, 1),
        row(3, "株式会社オフィス家具", &["office.example"], 1, 0),
    ]
}

fn money(amount: &str, currency: &str) -> Money {
    Money::parse(amount, currency).unwrap()
}

fn deals() -> Vec<DealRow> {
    let row = |key, title: &str, company: &str, stage: &str, amount: Money, next: Option<(&str, &str)>| DealRow {
        pipeline: Text::default(),
        stage_since: Timestamp::UNIX_EPOCH,
        closed_at: None,
        owner: Text::default(),
        watched: false,
        id: id::Deal(key),
        title: t(title),
        company: Some(t(company)),
        contact: Some(id::Contact(1)),
        contact_name: Some(t("Anna Kowalska")),
        stage: t(stage),
        state: deal::State::Open,
        amount,
        expected_close: Some("2026-12-15".parse().unwrap()),
        next_activity: next.map(|(when, what)| (at(when), t(what))),
        overdue_payments: 0,
        last_at: Some(at("11-20 14:10:00")),
    };
    let call = Some(("11-23 07:00:00", "call"));
    let mut deals = vec![
        row(1, "Desks for the Łódź office", "Meble Plus", "offer", money("41300", "PLN"), call),
        row(2, "Chairs, second delivery", "Meble Plus", "offer", money("8200.50", "PLN"), None),
        row(
            3,
            "Office in Kyiv",
            "ТОВ «Київські меблі»",
            "negotiation",
            money("1240000", "UAH"),
            Some(("12-01 09:00:00", "meeting")),
        ),
        row(4, "オフィス家具一式", "株式会社オフィス家具", "negotiation", money("900000", "JPY"), None),
    ];
    deals[2].overdue_payments = 1;
    deals
}

fn payments() -> Vec<PaymentRow> {
    let row = |key, title: &str, due: &str, amount: &str, paid: Option<&str>| PaymentRow {
        id: id::Payment(key),
        deal: id::Deal(1),
        title: t(title),
        due_on: due.parse().unwrap(),
        amount: money(amount, "PLN"),
        paid_on: paid.map(|day| day.parse().unwrap()),
    };
    vec![
        row(1, "Prepayment 30 %", "2026-11-19", "12400", None),
        row(2, "After delivery", "2026-12-20", "28900", None),
        row(3, "Samples", "2026-11-02", "120", Some("2026-11-02")),
    ]
}

fn timeline() -> Vec<TimelineRow> {
    let row = |when: &str, what, title: &str, detail: &str, deal: Option<&str>| TimelineRow {
        at: at(when),
        what,
        title: t(title),
        detail: t(detail),
        deal: deal.map(t),
    };
    let letter = |key, direction, attachments| Happening::Letter {
        message: id::Message(key),
        thread: id::Thread(2),
        direction,
        attachments,
    };
    let act = |key, kind, planned| Happening::Activity { activity: id::Activity(key), kind, planned };
    vec![
        row("11-23 07:00:00", act(4, activity::Kind::Call, true), "Call about the colour samples", "", None),
        row(
            "11-20 14:10:00",
            letter(22, Direction::Inbound, true),
            "Re: Offer for 20 desks",
            "Thank you for the offer. Two questions",
            Some("Desks"),
        ),
        row(
            "11-18 11:30:00",
            letter(21, Direction::Outbound, true),
            "Re: Offer for 20 desks",
            "Good morning Anna, here is the offer",
            Some("Desks"),
        ),
        row(
            "11-12 10:00:00",
            act(5, activity::Kind::GroupMeeting, false),
            "Visit in Łódź",
            "They want it before Christmas",
            None,
        ),
        row("11-01 10:00:00", letter(19, Direction::Inbound, false), "", "", None),
    ]
}

pub(super) fn card(key: i64) -> ContactCard {
    if key == 9 {
        let fact = |field: &str, value: &str| Provenance {
            field: t(field),
            value: t(value),
            message: Some(id::Message(19)),
            letter: Some((id::Thread(2), at("11-01 10:00:00"), t("Вопрос по доставке"))),
        };
        return ContactCard {
            row: leads().remove(0),
            company: None,
            position: Text::default(),
            addresses: vec![Address::parse("s.durov@mail.example").unwrap()],
            phones: Vec::new(),
            language: t("ru"),
            birthday: None,
            common: Common::default(),
            provenance: vec![
                fact("phone", "+7 900 000-00-00"),
                fact("order", "№ 4711"),
                fact("company", "ООО «Ромашка»"),
            ],
            deals: Vec::new(),
            payments: Vec::new(),
            hints: vec![hint("first letter from this person")],
            timeline: timeline().split_off(4),
        };
    }
    ContactCard {
        row: contacts().remove(0),
        company: Some(id::Company(1)),
        position: t("Head of purchasing"),
        addresses: vec![
            Address::parse("anna@mebleplus.example").unwrap(),
            Address::parse("anna.kowalska@poczta.example").unwrap(),
        ],
        phones: vec![t("+48 600 000 000")],
        language: t("pl"),
        birthday: Some("11-30".to_owned()),
        common: Common {
            tags: vec![t("key client"), t("Łódź")],
            note: t("Prefers to be called in the morning; decides together with the architect."),
            ..Common::default()
        },
        provenance: Vec::new(),
        deals: deals().into_iter().take(2).collect(),
        payments: payments(),
        hints: vec![hint("waits 3 days longer than usual"), hint("payment overdue since 19 Nov")],
        timeline: timeline(),
    }
}

fn company_card() -> CompanyCard {
    CompanyCard {
        row: companies().remove(0),
        requisites: t("NIP 525-000-00-00, ul. Prosta 1, 90-001 Łódź"),
        common: Common::default(),
        people: vec![(id::Contact(1), t("Anna Kowalska")), (id::Contact(6), t("Jan Kowalski"))],
        deals: deals().into_iter().take(2).collect(),
        payments: payments(),
        numbers: Numbers { unread: 2, unanswered: 1, due: 0, overdue_payments: 1 },
        timeline: timeline(),
    }
}

fn deal_card() -> DealCard {
    DealCard {
        history: Vec::new(),
        row: deals().remove(0),
        company: Some(id::Company(1)),
        common: Common::default(),
        lines: vec![
            OfferLine {
                title: t("Desk 160 × 80, oak"),
                quantity: t("20"),
                unit_price: money("1890", "PLN"),
                discount: t(""),
                vat: t(""),
            },
            OfferLine {
                title: t("Delivery to the second floor"),
                quantity: t("1"),
                unit_price: money("3500", "PLN"),
                discount: t(""),
                vat: t(""),
            },
        ],
        payments: payments(),
        reason: Text::default(),
        timeline: timeline(),
    }
}

fn figures(whose: Whose) -> Figures {
    let offered = |title: &str, price: &str, state| Offered {
        deal: id::Deal(1),
        title: t("Desks for the Łódź office"),
        state,
        reason: Text::default(),
        on: "2026-10-05".parse().unwrap(),
        line: OfferLine {
            title: t(title),
            quantity: t("20"),
            unit_price: money(price, "PLN"),
            discount: Text::default(),
            vat: Text::default(),
        },
    };
    let ended = |won, amount: &str, on: &str| Ended { won, amount: money(amount, "PLN"), on: on.parse().unwrap() };
    let spread = |count, median_minutes, p90_minutes| Some(Spread { count, median_minutes, p90_minutes });
    Figures {
        turnover: Turnover::of(
            &[ended(true, "18000", "2026-03-02"), ended(true, "6500", "2025-05-20"), ended(false, "900", "2026-01-10")],
            "2026-11-23".parse().unwrap(),
        ),
        offered: vec![
            offered("Desk 160 × 80, oak", "1890", deal::State::Open),
            offered("Delivery to the second floor", "3500", deal::State::Open),
        ],
        rhythm: Rhythm { mine: spread(12, 95, 480), theirs: spread(9, 1500, 4400) },
        strangers: match whose {
            Whose::Company(_) => vec![Stranger {
                address: Address::parse("piotr@mebleplus.example").unwrap(),
                name: t("Piotr Zając"),
                letter: id::Message(20),
                subject: t("Offer for 20 desks"),
            }],
            _ => Vec::new(),
        },
    }
}

fn files() -> Vec<FileRow> {
    let file = |index, name: &str, size, on_server| FileRow {
        message: id::Message(22),
        thread: id::Thread(2),
        index,
        name: t(name),
        size,
        on_server,
        at: at("11-20 14:10:00"),
        direction: Direction::Inbound,
        subject: t("Re: Offer for 20 desks"),
    };
    vec![file(0, "floor plan.pdf", 120_400, false), file(1, "wymiary biurek.pdf", 2_345_000, true)]
}

fn filed() -> LedgerLine {
    LedgerLine {
        at: at("11-20 15:10:00"),
        until: None,
        rule: Rule::Address,
        place: Place::default(),
        client: t("Anna Kowalska · Meble Plus"),
        deal: t("several open deals: asked"),
        evidence: t("anna@mebleplus.example is an address of this contact"),
        alternatives: vec![t("“Chairs, second delivery”: its title shares “chairs”")],
    }
}

fn whys() -> Vec<Why> {
    vec![
        Why {
            counter: Some(Counter::Unanswered),
            evidence: vec![
                t("20 Nov 15:10, Anna Kowalska <anna@mebleplus.example>: Re: Offer for 20 desks"),
                t("no letter of yours after it"),
            ],
        },
        Why {
            counter: Some(Counter::Unfiled),
            evidence: vec![t("open deals: Desks for the Łódź office; Chairs, second delivery")],
        },
    ]
}

fn outbox() -> Vec<OutgoingRow> {
    let row =
        |key, state, to: &str, subject: &str, created: &str, not_before: Option<&str>, answer: &str| OutgoingRow {
            id: id::Outgoing(key),
            account: t("work"),
            state,
            to: t(to),
            subject: t(subject),
            created_at: at(created),
            not_before: not_before.map(at),
            attempts: u32::from(!answer.is_empty()),
            last_answer: t(answer),
            overridden: Text::default(),
            evidence: Vec::new(),
            thread: Some(id::Thread(2)),
        };
    vec![
        row(1, State::Held, "Anna Kowalska", "Re: Offer for 20 desks", "11-23 09:23:55", Some("11-23 09:24:05"), ""),
        row(
            2,
            State::Queued,
            "Jan de Vries",
            "Delivery terms",
            "11-23 09:00:00",
            Some("11-23 09:26:00"),
            "451 4.7.1 Greylisted, try again later",
        ),
        row(
            3,
            State::Uncertain,
            "Piotr Zieliński",
            "Re: Faktura 118/2026",
            "11-21 10:00:00",
            None,
            "the connection was lost after DATA",
        ),
        row(
            4,
            State::Refused,
            "山田太郎 <yamada@office.example>",
            "見積もり",
            "11-21 09:00:00",
            None,
            "550 5.1.1 No such user",
        ),
        row(5, State::Sent, "Tom Baker", "Samples", "11-20 09:00:00", None, "250 2.0.0 Ok: queued as 4711"),
    ]
}

fn drafts() -> Vec<DraftRow> {
    vec![DraftRow {
        id: id::Draft(1),
        to: t("Олена Іваненко"),
        subject: t("Рахунок"),
        snippet: t("Доброго дня, пані Олено! Надсилаю"),
        saved_at: at("11-22 15:00:00"),
        thread: None,
    }]
}

fn templates() -> Vec<TemplateRow> {
    let row = |name: &str, language: &str, subject: &str, problem| TemplateRow {
        name: t(name),
        language: t(language),
        subject: t(subject),
        preview: Text::block(
            "Dear {{ contact.first_name or \"colleague\" }},\n\nhere is our offer for {{ deal.title }}: {{ deal.amount }}.\n",
        ),
        purpose: t(if name == "offer" { "pack sale, step 1" } else { "" }),
        file: t(&format!("{name}.{language}.md")),
        mine: name.contains(' '),
        problem,
    };
    let wrong = Problem::new(Kind::Input, "oferta.md, line 4: unknown short code contact.firstname")
        .hint("did you mean contact.first_name?");
    vec![
        row("offer", "en", "Offer: {{ deal.title }}", None),
        row("offer", "uk", "Пропозиція: {{ deal.title }}", None),
        row("oferta specjalna na koniec roku", "pl", "Oferta", Some(wrong)),
        row("payment reminder", "en", "Reminder: {{ payment.title }}", None),
    ]
}

fn hits() -> Vec<Hit> {
    let hit = |key, from: &str, subject: &str, snippet: &str, contact: Option<&str>| Hit {
        message: id::Message(key),
        thread: id::Thread(key),
        rank: Rank { class: 0, form: false, newest: std::cmp::Reverse((-key, key)) },
        date: at("11-20 14:10:00"),
        from: t(from),
        subject: t(subject),
        snippet: t(snippet),
        contact: contact.map(t),
        contact_id: contact.map(|_| id::Contact(1)),
        company_id: None,
        deal_id: None,
        unread: key == 2,
        flagged: false,
        files: key == 2,
    };
    vec![
        hit(
            2,
            "anna@mebleplus.example",
            "Re: Offer for 20 desks",
            "Two questions: could you deliver",
            Some("Anna Kowalska"),
        ),
        hit(6, "山田太郎", "見積もりのお願い：オフィス家具一式", "お世話になっております", None),
    ]
}

fn changes() -> Vec<Change> {
    let change =
        |key, title: &str, when: &str, undone| Change { id: id::Change(key), title: t(title), at: at(when), undone };
    vec![
        change(3, "Marked done: Newsletter", "11-23 09:20:00", true),
        change(2, "Filed under Desks for the Łódź office: Offer for 20 desks", "11-23 09:10:00", false),
        change(1, "Snoozed: Delivery terms", "11-20 09:10:00", false),
    ]
}

/// Work that waits while the network is away, and a refusal.
pub(super) fn pending() -> Pending {
    let wished =
        |words: &str, count, since: &str| Wished { account: t("work"), words: t(words), count, since: Some(at(since)) };
    Pending {
        wishes: vec![
            wished("move 3 letters from INBOX to Archive", 3, "11-23 08:32:00"),
            wished("mark “Offer for 20 desks” read", 1, "11-23 09:20:00"),
            Wished { since: None, ..wished("make the folder Klienci/Łódź", 1, "11-23 09:20:00") },
        ],
        letters: outbox().into_iter().filter(|row| row.state != State::Sent).take(2).collect(),
        refusals: vec![Refusal {
            account: t("work"),
            thread: Some(id::Thread(4)),
            wish: t("move “Re: Delivery terms for the second half of the order” from INBOX to Klienci"),
            said: t("[OVERQUOTA] Quota exceeded (mailbox for user is full)"),
            at: at("11-23 09:22:00"),
        }],
    }
}
