//! The documents that scripts read (PRODUCT.md, "Configuration and JSON"): stable names, ids as strings, times in
//! RFC 3339, absent values null. Keys may be added, never renamed or removed.
//!
//! Pure: what the store gave becomes a document. A thread's id has a `t` before it, so that `show` can take either.

mod card;
mod report;
pub mod search;

pub use card::{company_card_json, contact_card_json};
pub use report::{as_it_was_json, change_json, changes_json, report_json};

use crate::domain::activity::{Activity, Way};
use crate::domain::address::{Address, Mailbox};
use crate::domain::company::CompanyRow;
use crate::domain::contact::{ContactCard, ContactRow};
use crate::domain::counter::{Counter, Counters};
use crate::domain::deal::DealRow;
use crate::domain::filing::{InSpite, LedgerLine, Rule};
use crate::domain::id;
use crate::domain::message::Opened;
use crate::domain::outbox::OutgoingRow;
use crate::domain::status::{AccountStatus, OutboxStatus, Status};
use crate::domain::text::Text;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use std::fmt::Display;

/// A letter with what the store knows about it beyond its own text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The letter.
    pub opened: Opened,
    /// The account's name.
    pub account: Text,
    /// Somebody answered it, here or on another device.
    pub answered: bool,
    /// Its first words.
    pub snippet: Text,
    /// The client's name.
    pub contact: Option<Text>,
    /// The company's name.
    pub company: Option<Text>,
    /// The deal's title.
    pub deal: Option<Text>,
}

/// How a letter was filed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filed {
    /// The person.
    pub contact: Option<id::Contact>,
    /// The organisation.
    pub company: Option<id::Company>,
    /// The sale.
    pub deal: Option<id::Deal>,
    /// The rule that decided; `None` when nothing is decided.
    pub rule: Option<Rule>,
    /// What made the rule match.
    pub evidence: Text,
    /// When it was decided.
    pub decided_at: Option<Timestamp>,
    /// Other deals it could be, best first.
    pub alternatives: Vec<id::Deal>,
    /// Every decision ever made for the conversation, newest first.
    pub ledger: Vec<LedgerLine>,
    /// Letters of its conversation that left in spite of the guard.
    pub in_spite: Vec<InSpite>,
}

/// A person with everything `contacts --json` tells.
#[derive(Debug, Clone, Copy)]
pub struct Person<'a> {
    /// The list row's facts.
    pub row: &'a ContactRow,
    /// All addresses.
    pub addresses: &'a [Address],
    /// All phones.
    pub phones: &'a [Text],
    /// Tags.
    pub tags: &'a [Text],
}

impl<'a> From<&'a ContactCard> for Person<'a> {
    fn from(card: &'a ContactCard) -> Self {
        Self { row: &card.row, addresses: &card.addresses, phones: &card.phones, tags: &card.common.tags }
    }
}

/// An activity with the names of what it refers to.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// The activity.
    pub activity: &'a Activity,
    /// With whom.
    pub contact: Option<&'a Text>,
    /// With which company.
    pub company: Option<&'a Text>,
    /// Who else takes part.
    pub people: &'a [Text],
    /// The deal's title.
    pub deal: Option<&'a Text>,
}

/// `status --json`
#[must_use]
pub fn status_json(status: &Status) -> Value {
    json!({
        "accounts": list(&status.accounts, account),
        "outbox": outbox_counts(&status.outbox),
        "refusals": list(&status.refusals, |refusal| json!({
            "account": text(&refusal.account),
            "thread": refusal.thread.map(thread_id),
            "wish": text(&refusal.wish),
            "said": text(&refusal.said),
            "at": time(Some(refusal.at)),
        })),
        "counters": counters(&status.counters),
        "away": status.away.as_ref().map(|absence| json!({
            "begins_at": time(Some(absence.begins_at)),
            "until": absence.last_day.to_string(),
            "template": text(&absence.template),
            "every_days": absence.pause_days,
            "answered": absence.answered,
        })),
    })
}

fn account(account: &AccountStatus) -> Value {
    let state = &account.state;
    json!({
        "name": text(&state.name),
        "kind": match state.kind {
            crate::domain::account::Kind::Personal => "personal",
            crate::domain::account::Kind::Shared => "shared",
        },
        "online": state.online(),
        "state": state.phase.word(),
        "next_try": time(state.next_try),
        "last_sync": time(state.last_sync),
        "last_error": optional(state.last_error.as_ref()),
        "hint": optional(state.hint.as_ref()),
        "wishes_pending": account.wishes_pending,
        "folders": list(&account.folders, |folder| json!({
            "name": text(&folder.name),
            "role": folder.role.map(|role| role.word()),
            "local": folder.local,
            "server": folder.server,
            "unseen": folder.unseen,
            "complete": folder.complete,
        })),
    })
}

fn outbox_counts(outbox: &OutboxStatus) -> Value {
    json!({
        "held": outbox.held,
        "queued": outbox.queued,
        "sending": outbox.sending,
        "sent": outbox.sent,
        "refused": outbox.refused,
        "uncertain": outbox.uncertain,
    })
}

fn counters(counters: &Counters) -> Value {
    Counter::ALL.iter().map(|c| (c.word().to_owned(), Value::from(counters.get(*c)))).collect::<Map<_, _>>().into()
}

/// A letter as lists tell it.
fn listed(letter: &Letter) -> Map<String, Value> {
    let opened = &letter.opened;
    let parsed = &opened.parsed;
    let mut document = Map::new();
    let mut put = |key: &str, value: Value| document.insert(key.to_owned(), value);
    put("id", id(opened.id));
    put("thread", thread_id(opened.thread));
    put("account", text(&letter.account));
    put("folders", list(&opened.folders, text));
    put("date", time(Some(opened.date)));
    put("from", parsed.from.first().map_or(Value::Null, mailbox));
    put("to", list(&parsed.to, mailbox));
    put("subject", text(&parsed.subject));
    put("snippet", text(&letter.snippet));
    put("direction", opened.direction.word().into());
    put("seen", opened.seen.into());
    put("answered", letter.answered.into());
    put("contact", optional(letter.contact.as_ref()));
    put("company", optional(letter.company.as_ref()));
    put("deal", optional(letter.deal.as_ref()));
    put("attachments", parsed.attachments.len().into());
    document
}

/// `show ID --json` of a letter; `html` is its HTML part, made safe to print.
#[must_use]
pub fn message_json(letter: &Letter, filed: &Filed, html: Option<&Text>) -> Value {
    let parsed = &letter.opened.parsed;
    let mut document = listed(letter);
    let mut put = |key: &str, value: Value| document.insert(key.to_owned(), value);
    put("message_id", parsed.msg_id.as_ref().map(|msg_id| msg_id.as_str()).into());
    put("cc", list(&parsed.cc, mailbox));
    put("bcc", list(&parsed.bcc, mailbox));
    put("reply_to", list(&parsed.reply_to, mailbox));
    put("text", text(&parsed.text));
    put("html", optional(html));
    put("warnings", list(&parsed.warnings, |warning| text(warning.sentence())));
    put(
        "attachments",
        list(&parsed.attachments, |file| {
            json!({
                "index": file.index,
                "name": text(&file.name),
                "type": text(&file.media_type),
                "size": file.size,
                "inline": file.inline,
                "on_server": file.on_server,
            })
        }),
    );
    put(
        "filing",
        json!({
            "contact": optional(letter.contact.as_ref()),
            "contact_id": filed.contact.map(id),
            "company": optional(letter.company.as_ref()),
            "company_id": filed.company.map(id),
            "deal": optional(letter.deal.as_ref()),
            "deal_id": filed.deal.map(id),
            "rule": filed.rule.map(Rule::word),
            "evidence": some(&filed.evidence),
            "decided_at": time(filed.decided_at),
            "alternatives": list(&filed.alternatives, |deal| Value::from(deal.to_string())),
            "ledger": list(&filed.ledger, |line| json!({
                "at": time(Some(line.at)),
                "until": time(line.until),
                "rule": line.rule.word(),
                "client": some(&line.client),
                "deal": text(&line.deal),
                "evidence": text(&line.evidence),
                "considered": list(&line.alternatives, text),
            })),
            "sent_in_spite": list(&filed.in_spite, |letter| json!({
                "at": time(Some(letter.at)),
                "to": text(&letter.to),
                "reasons": list(&letter.reasons, text),
            })),
        }),
    );
    Value::Object(document)
}

/// `show ID --json` of a thread; its letters come from [`message_json`], oldest first.
#[must_use]
pub fn thread_json(thread: id::Thread, subject: &Text, messages: Vec<Value>) -> Value {
    json!({ "id": thread_id(thread), "subject": text(subject), "messages": messages })
}

/// `contacts --json`
#[must_use]
pub fn contacts_json(people: &[Person<'_>]) -> Value {
    json!({ "contacts": list(people, contact_json) })
}

/// One person, as in the list.
#[must_use]
pub fn contact_json(person: &Person<'_>) -> Value {
    let row = person.row;
    json!({
        "id": id(row.id),
        "kind": row.kind.word(),
        "name": text(&row.name.full()),
        "given_name": some(&row.name.given),
        "patronymic": some(&row.name.patronymic),
        "family_name": some(&row.name.family),
        "addresses": list(person.addresses, |address| address.as_str().into()),
        "phones": list(person.phones, text),
        "company": optional(row.company.as_ref()),
        "role": row.role.word(),
        "tags": list(person.tags, text),
        "owner": some(&row.owner),
        "watched": row.watched,
        "open_deals": row.open_deals,
        "last_at": time(row.last_at),
        "counters": {
            "unread": row.numbers.unread,
            "unanswered": row.numbers.unanswered,
            "due": row.numbers.due,
            "overdue_payments": row.numbers.overdue_payments,
        },
    })
}

/// `companies --json`
#[must_use]
pub fn companies_json(companies: &[CompanyRow]) -> Value {
    json!({ "companies": list(companies, company_json) })
}

/// One company, as in the list.
#[must_use]
pub fn company_json(row: &CompanyRow) -> Value {
    json!({
        "id": id(row.id),
        "name": text(&row.name),
        "domains": list(&row.domains, text),
        "contacts": row.contacts,
        "open_deals": row.open_deals,
        "owner": some(&row.owner),
        "watched": row.watched,
    })
}

/// `deals --json`; amounts as text with a point (`"12400.00"`), since a JSON number would round.
#[must_use]
pub fn deals_json(deals: &[DealRow]) -> Value {
    json!({ "deals": list(deals, |row| json!({
        "id": id(row.id),
        "title": text(&row.title),
        "company": optional(row.company.as_ref()),
        "contact": optional(row.contact_name.as_ref()),
        "contact_id": row.contact.map(id),
        "pipeline": text(&row.pipeline),
        "stage": text(&row.stage),
        "stage_since": time(Some(row.stage_since)),
        "state": row.state.word(),
        "amount": row.amount.plain(),
        "currency": row.amount.currency,
        "expected_close": row.expected_close.map(|date| date.to_string()),
        "next_activity": row.next_activity.as_ref().map(|(at, what)| json!({
            "due_at": time(Some(*at)),
            "subject": text(what),
        })),
        "overdue_payments": row.overdue_payments,
        "last_at": time(row.last_at),
    })) })
}

/// `activities --json`
#[must_use]
pub fn activities_json(entries: &[Entry<'_>]) -> Value {
    json!({ "activities": list(entries, activity_json) })
}

/// One activity, as in the list.
#[must_use]
pub fn activity_json(entry: &Entry<'_>) -> Value {
    let activity = entry.activity;
    json!({
        "id": activity.id.map(id),
        "kind": activity.kind.word(),
        "contact": optional(entry.contact),
        "contact_id": activity.contact.map(id),
        "company": optional(entry.company),
        "company_id": activity.company.map(id),
        "with": entry.people.iter().chain(&activity.guests).map(text).collect::<Vec<_>>(),
        "with_ids": activity.people.iter().map(|contact| id(*contact)).collect::<Vec<_>>(),
        "direction": activity.way.map(Way::word),
        "message": activity.message.map(id),
        "deal": optional(entry.deal),
        "deal_id": activity.deal.map(id),
        "subject": some(&activity.subject),
        "place": some(&activity.place),
        "due_at": time(activity.due_at),
        "done_at": time(activity.done_at),
        "duration_minutes": activity.duration_minutes,
        "trigger": activity.trigger.map(id),
        "result": some(&activity.result),
    })
}

/// `outbox --json`
#[must_use]
pub fn outbox_json(letters: &[OutgoingRow]) -> Value {
    json!({ "outbox": list(letters, outgoing_json) })
}

/// One letter on its way out, as in the list.
#[must_use]
pub fn outgoing_json(row: &OutgoingRow) -> Value {
    json!({
        "id": id(row.id),
        "account": text(&row.account),
        "state": row.state.word(),
        "to": text(&row.to),
        "subject": text(&row.subject),
        "created_at": time(Some(row.created_at)),
        "not_before": time(row.not_before),
        "attempts": row.attempts,
        "last_answer": some(&row.last_answer),
        "overridden": row.overridden.lines().filter(|line| !line.is_empty()).collect::<Vec<_>>(),
        "evidence": row.evidence.iter().map(|rung| json!({ "at": time(Some(rung.at)), "what": text(&rung.what) })).collect::<Vec<_>>(),
        "thread": row.thread.map(thread_id),
    })
}

/// A time in RFC 3339, in UTC; null when there is none.
#[must_use]
pub fn time(at: Option<Timestamp>) -> Value {
    at.map(|at| at.to_string()).into()
}

/// A key of the store.
#[must_use]
pub fn id(key: impl Display) -> Value {
    key.to_string().into()
}

/// A thread's key, as `show` takes it.
#[must_use]
pub fn thread_id(thread: id::Thread) -> Value {
    format!("t{thread}").into()
}

fn text(text: &Text) -> Value {
    text.as_str().into()
}

fn optional(text: Option<&Text>) -> Value {
    text.map(Text::as_str).into()
}

/// Text that is not there when it is empty.
fn some(text: &Text) -> Value {
    optional(Some(text).filter(|text| !text.is_empty()))
}

fn mailbox(mailbox: &Mailbox) -> Value {
    json!({ "name": some(&mailbox.name), "address": mailbox.address.as_str() })
}

fn list<T>(items: &[T], document: impl Fn(&T) -> Value) -> Value {
    items.iter().map(document).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::domain::activity;
    use crate::domain::contact::{Kind, Name, Numbers, Role};
    use crate::domain::deal;
    use crate::domain::folder;
    use crate::domain::message::{Attachment, Direction, MsgId, Nature, Parsed, Warning};
    use crate::domain::money::Money;
    use crate::domain::outbox;
    use crate::domain::status::{AccountState, FolderStatus, Phase};

    fn at() -> Timestamp {
        "2026-11-23T08:00:00Z".parse().unwrap()
    }

    fn letter() -> Letter {
        let anna = Mailbox::new("Anna", "anna@x.example").unwrap();
        let parsed = Parsed {
            msg_id: MsgId::parse("<1@x.example>"),
            in_reply_to: Vec::new(),
            references: Vec::new(),
            date: None,
            from: vec![anna],
            reply_to: Vec::new(),
            to: vec![Mailbox::new("", "me@y.example").unwrap()],
            cc: Vec::new(),
            bcc: Vec::new(),
            subject: Text::own("Offer"),
            text: Text::own("Hello\nAnna"),
            has_html: true,
            nature: Nature::Human,
            attachments: vec![Attachment {
                index: 0,
                name: Text::own("a.pdf"),
                media_type: Text::own("application/pdf"),
                size: 9,
                inline: false,
                on_server: false,
            }],
            invitation: None,
            warnings: vec![Warning::Remote(Text::own("1 tracker"))],
            digest: [0; 32],
        };
        let opened = Opened {
            id: id::Message(12),
            thread: id::Thread(7),
            date: at(),
            direction: Direction::Inbound,
            seen: false,
            parsed,
            folders: vec![Text::own("INBOX")],
        };
        Letter {
            opened,
            account: Text::own("work"),
            answered: true,
            snippet: Text::own("Hello"),
            contact: Some(Text::own("Anna Nowak")),
            company: None,
            deal: Some(Text::own("Desks")),
        }
    }

    #[test]
    fn search_tells_what_the_table_says() {
        let expected = json!({"total": 3, "messages": [{
            "id": "12", "thread": "t7", "account": "work", "folders": ["INBOX"], "date": "2026-11-23T08:00:00Z",
            "from": {"name": "Anna", "address": "anna@x.example"}, "to": [{"name": null, "address": "me@y.example"}],
            "subject": "Offer", "snippet": "Hello", "direction": "inbound", "seen": false, "answered": true,
            "contact": "Anna Nowak", "company": null, "deal": "Desks", "attachments": 1,
        }], "contacts": [{"id": "3"}], "companies": [], "deals": [], "activities": [], "notes": ["x"]});
        let found = search::Found {
            total: 3,
            letters: vec![letter()],
            contacts: vec![json!({"id": "3"})],
            notes: vec![Text::own("x")],
            ..search::Found::default()
        };
        assert_eq!(search::search_json(found), expected);
    }

    #[test]
    fn show_adds_the_rest() {
        let filed = Filed {
            contact: Some(id::Contact(3)),
            deal: Some(id::Deal(5)),
            rule: Some(Rule::Address),
            evidence: Text::own("anna@x.example is an address of this contact"),
            ..Filed::default()
        };
        let shown = message_json(&letter(), &filed, Some(&Text::own("<p>Hello")));
        for (pointer, value) in [
            ("/id", json!("12")),
            ("/message_id", json!("1@x.example")),
            ("/cc", json!([])),
            ("/text", json!("Hello\nAnna")),
            ("/html", json!("<p>Hello")),
            ("/warnings", json!(["1 tracker"])),
            (
                "/attachments",
                json!([{"index": 0, "name": "a.pdf", "type": "application/pdf", "size": 9, "inline": false, "on_server": false}]),
            ),
            ("/filing/contact", json!("Anna Nowak")),
            ("/filing/contact_id", json!("3")),
            ("/filing/company_id", json!(null)),
            ("/filing/deal_id", json!("5")),
            ("/filing/rule", json!("address")),
            ("/filing/evidence", json!("anna@x.example is an address of this contact")),
        ] {
            assert_eq!(shown.pointer(pointer), Some(&value), "{pointer}");
        }
        let unfiled = message_json(&letter(), &Filed::default(), None);
        for pointer in ["/html", "/filing/rule", "/filing/evidence", "/filing/contact_id"] {
            assert_eq!(unfiled.pointer(pointer), Some(&Value::Null), "{pointer}");
        }
        let thread = thread_json(id::Thread(7), &Text::own("Offer"), vec![json!(1)]);
        assert_eq!(thread, json!({"id": "t7", "subject": "Offer", "messages": [1]}));
    }

    #[test]
    fn status_tells_what_the_table_says() {
        let mut totals = Counters::default();
        totals.set(Counter::JunkWatch, 2);
        let folder = FolderStatus {
            name: Text::own("INBOX"),
            role: Some(folder::Role::Inbox),
            local: 5,
            server: None,
            unseen: 1,
            complete: false,
        };
        let status = Status {
            accounts: vec![AccountStatus {
                state: AccountState {
                    id: id::Account(1),
                    name: Text::own("work"),
                    kind: crate::domain::account::Kind::Shared,
                    phase: Phase::Online,
                    next_try: None,
                    last_try: None,
                    last_sync: Some(at()),
                    last_error: None,
                    hint: None,
                },
                wishes_pending: 4,
                folders: vec![folder],
            }],
            outbox: OutboxStatus { held: 1, queued: 2, sending: 3, sent: 4, refused: 5, uncertain: 6 },
            refusals: vec![crate::domain::wish::Refusal {
                account: Text::own("work"),
                thread: Some(id::Thread(7)),
                wish: Text::own("move “Offer” from INBOX to Archive"),
                said: Text::own("quota exceeded"),
                at: at(),
            }],
            counters: totals,
            away: Some(crate::domain::auto_reply::Absence {
                id: id::Absence(1),
                account: None,
                begins_at: at(),
                last_day: "2026-12-04".parse().unwrap(),
                template: Text::own("away"),
                pause_days: 7,
                answered: 3,
            }),
        };
        let expected = json!({
            "away": {"begins_at": "2026-11-23T08:00:00Z", "until": "2026-12-04", "template": "away", "every_days": 7, "answered": 3},
            "refusals": [{"account": "work", "thread": "t7", "wish": "move “Offer” from INBOX to Archive",
                          "said": "quota exceeded", "at": "2026-11-23T08:00:00Z"}],
            "accounts": [{
                "name": "work", "kind": "shared", "online": true, "last_sync": "2026-11-23T08:00:00Z",
                "last_error": null, "hint": null, "state": "online", "next_try": null, "wishes_pending": 4,
                "folders": [{"name": "INBOX", "role": "inbox", "local": 5, "server": null, "unseen": 1,
                             "complete": false}],
            }],
            "outbox": {"held": 1, "queued": 2, "sending": 3, "sent": 4, "refused": 5, "uncertain": 6},
            "counters": {"unread": 0, "unanswered": 0, "new_leads": 0, "unfiled": 0, "due": 0, "overdue_payments": 0,
                         "silent": 0, "outbox_trouble": 0, "junk_watch": 2},
        });
        assert_eq!(status_json(&status), expected);
    }

    #[test]
    fn people_companies_and_deals() {
        let row = ContactRow {
            id: id::Contact(3),
            kind: Kind::Contact,
            name: Name { given: Text::own("Anna"), family: Text::own("Nowak"), ..Name::default() },
            address: None,
            company: Some(Text::own("Firma")),
            role: Role::Client,
            open_deals: 1,
            last_at: None,
            numbers: Numbers { unread: 1, unanswered: 2, due: 3, overdue_payments: 4 },
            owner: Text::own("Ola"),
            watched: true,
        };
        let addresses = [Address::parse("anna@x.example").unwrap()];
        let person = Person { row: &row, addresses: &addresses, phones: &[Text::own("+48")], tags: &[] };
        let expected = json!({"contacts": [{
            "id": "3", "kind": "contact", "name": "Anna Nowak", "given_name": "Anna", "patronymic": null,
            "family_name": "Nowak", "addresses": ["anna@x.example"], "phones": ["+48"], "company": "Firma",
            "role": "client", "tags": [], "owner": "Ola", "watched": true, "open_deals": 1, "last_at": null,
            "counters": {"unread": 1, "unanswered": 2, "due": 3, "overdue_payments": 4},
        }]});
        assert_eq!(contacts_json(&[person]), expected);

        let deal = DealRow {
            pipeline: Text::default(),
            stage_since: Timestamp::UNIX_EPOCH,
            closed_at: None,
            owner: Text::default(),
            watched: false,
            id: id::Deal(5),
            title: Text::own("Desks"),
            company: None,
            contact: Some(id::Contact(3)),
            contact_name: Some(Text::own("Anna Nowak")),
            stage: Text::own("Offer"),
            state: deal::State::Open,
            amount: Money { minor: 1_240_050, currency: "PLN".to_owned() },
            expected_close: Some("2026-12-01".parse().unwrap()),
            next_activity: Some((at(), Text::own("Call"))),
            overdue_payments: 0,
            last_at: Some(at()),
        };
        let expected = json!({"deals": [{
            "id": "5", "title": "Desks", "company": null, "contact": "Anna Nowak", "contact_id": "3",
            "pipeline": "", "stage_since": "1970-01-01T00:00:00Z", "stage": "Offer", "state": "open", "amount": "12400.50", "currency": "PLN",
            "expected_close": "2026-12-01", "next_activity": {"due_at": "2026-11-23T08:00:00Z", "subject": "Call"},
            "overdue_payments": 0, "last_at": "2026-11-23T08:00:00Z",
        }]});
        assert_eq!(deals_json(&[deal]), expected);

        let company = CompanyRow {
            id: id::Company(9),
            name: Text::own("Firma"),
            domains: vec![Text::own("firma.example")],
            contacts: 2,
            open_deals: 1,
            owner: Text::default(),
            watched: false,
        };
        let expected = json!({"companies": [
            {"id": "9", "name": "Firma", "domains": ["firma.example"], "contacts": 2, "open_deals": 1, "owner": null, "watched": false}
        ]});
        assert_eq!(companies_json(&[company]), expected);
    }

    #[test]
    fn activities_and_letters_on_their_way() {
        let activity = Activity {
            id: Some(id::Activity(4)),
            kind: activity::Kind::GroupMeeting,
            contact: Some(id::Contact(3)),
            deal: None,
            subject: Text::own("Offer"),
            place: Text::default(),
            due_at: None,
            done_at: Some(at()),
            duration_minutes: Some(90),
            result: Text::own("will order"),
            trigger: None,
            people: Vec::new(),
            guests: Vec::new(),
            company: None,
            way: None,
            message: None,
        };
        let anna = Text::own("Anna Nowak");
        let entry = Entry { activity: &activity, contact: Some(&anna), company: None, people: &[], deal: None };
        let expected = json!({"activities": [{
            "id": "4", "kind": "group_meeting", "contact": "Anna Nowak", "contact_id": "3",
            "company": null, "company_id": null, "with": [], "with_ids": [], "direction": null, "message": null, "deal": null,
            "deal_id": null, "subject": "Offer", "place": null, "due_at": null, "done_at": "2026-11-23T08:00:00Z",
            "duration_minutes": 90, "trigger": null, "result": "will order",
        }]});
        assert_eq!(activities_json(&[entry]), expected);

        let row = OutgoingRow {
            id: id::Outgoing(8),
            account: Text::own("work"),
            state: outbox::State::Uncertain,
            to: Text::own("Anna"),
            subject: Text::own("Offer"),
            created_at: at(),
            not_before: None,
            attempts: 1,
            last_answer: Text::default(),
            overridden: Text::default(),
            evidence: Vec::new(),
            thread: Some(id::Thread(7)),
        };
        let expected = json!({"outbox": [{
            "id": "8", "account": "work", "state": "uncertain", "to": "Anna", "subject": "Offer",
            "created_at": "2026-11-23T08:00:00Z", "not_before": null, "attempts": 1, "last_answer": null, "overridden": [], "evidence": [],
            "thread": "t7",
        }]});
        assert_eq!(outbox_json(&[row]), expected);
    }
}
