//! What something was before: the words for rows of the journal, a card as it was on a day, and what an act touched.

use super::field::Noun;
use super::money::Money;
use super::report::period::Period;
use super::text::Text;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};
use serde_json::{Map, Value};

/// A row as the journal keeps it: its columns.
pub type Image = Map<String, Value>;

/// One thing about a card, then and now. Empty where there was, or is, nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What it is: `stage`, `offer line`.
    pub name: Text,
    /// What it was.
    pub then: Text,
    /// What it is now.
    pub now: Text,
}

impl Fact {
    /// It was otherwise.
    #[must_use]
    pub fn differs(&self) -> bool {
        self.then != self.now
    }
}

/// A card as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AsItWas {
    /// Whose card.
    pub noun: Noun,
    /// Its key.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// What it was called then.
    pub title: Text,
    /// What stood on it, and what stands on it now.
    pub facts: Vec<Fact>,
    /// It was there then.
    pub existed: bool,
    /// It is there now.
    pub exists: bool,
    /// When something on it changed, oldest first.
    pub changed: Vec<Timestamp>,
    /// How far back the journal goes; what was before is not known.
    pub known_since: Option<Timestamp>,
}

impl AsItWas {
    /// What is told: what stood on it, and what came since.
    pub fn told(&self) -> impl Iterator<Item = &Fact> {
        self.facts.iter().filter(|fact| self.existed && (fact.differs() || !fact.then.is_empty()))
    }
}

/// The moment that is meant by a day, a month or a year: its end; by a time that is written out: that time. Never later than now.
#[must_use]
pub fn moment_meant(typed: &str, now: &Zoned) -> Option<Timestamp> {
    let end = |period: Period| period.bounds(now.time_zone()).1.checked_sub(SignedDuration::from_millis(1)).ok();
    let at = match Period::read(typed, now.date()) {
        Some(period) => end(period)?,
        None => typed.trim().parse::<DateTime>().ok()?.to_zoned(now.time_zone().clone()).ok()?.timestamp(),
    };
    Some(at.min(now.timestamp()))
}

/// What an act did to one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touched {
    /// What: `deal “Desks for Leeds”`.
    pub what: Text,
    /// It came, it went, or it changed.
    pub how: How,
    /// What changed: before in `then`, after in `now`.
    pub facts: Vec<Fact>,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// It was entered.
    Came,
    /// It was changed.
    Changed,
    /// It was taken away.
    Went,
}

super::contact::words!(How, Came = "new", Changed = "changed", Went = "gone");

/// What an act touched; of very many rows the first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Details {
    /// The things.
    pub touched: Vec<Touched>,
    /// So many more that are not told.
    pub more: u64,
}

/// Columns that say nothing to a person: keys, spellings to sort by, or what another column tells with its own.
const HIDDEN: [&str; 12] = [
    "id",
    "folded",
    "currency",
    "deal_decided",
    "alternatives",
    "superseded_at",
    "evidence",
    "letter",
    "created_at",
    "moved",
    "thread_id",
    "snoozed_message_id",
];

/// Columns in the order people want to read them; the others follow by name.
const FIRST: [&str; 20] = [
    "title",
    "name",
    "given",
    "patronymic",
    "family",
    "display",
    "kind",
    "subject",
    "company_id",
    "contact_id",
    "deal_id",
    "pipeline",
    "stage",
    "state",
    "reason",
    "amount_minor",
    "expected_close",
    "due_at",
    "due_on",
    "role",
];

fn place(column: &str) -> (usize, &str) {
    (FIRST.iter().position(|first| *first == column).unwrap_or(FIRST.len()), column)
}

/// The name of a column as people say it; `None`: it is not told.
#[must_use]
pub fn label(column: &str) -> Option<String> {
    let own = match column {
        "display" => "written as",
        "given" => "given name",
        "family" => "family name",
        "amount_minor" => "amount",
        "unit_minor" => "price",
        "expected_close" => "closes",
        "closed_at" => "closed",
        "reviewed_at" => "looked at",
        "due_at" | "due_on" => "due",
        "done_at" => "done",
        "paid_on" => "paid",
        "duration_minutes" => "minutes",
        "snoozed_until" => "snoozed until",
        "wanted_folder" => "folder",
        "wanted_flags" => "marks",
        "wanted_gone" => "deleted for good",
        "wanted_keywords" => "keywords",
        "done_message_id" => "no reply to",
        "decided_at" => "decided",
        "trigger_id" => "led to by",
        hidden if HIDDEN.contains(&hidden) => return None,
        other => return Some(other.strip_suffix("_id").unwrap_or(other).replace('_', " ")),
    };
    Some(own.to_owned())
}

/// The name that a row has itself; of many it is empty.
fn name(noun: &str, image: &Image) -> String {
    let text = |column: &str| image.get(column).and_then(Value::as_str).unwrap_or_default().trim();
    match noun {
        "contact" => {
            let full = [text("given"), text("patronymic"), text("family")];
            let full = full.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" ");
            if full.is_empty() { text("display").to_owned() } else { full }
        }
        "contact_address" | "ignored_sender" => text("address").to_owned(),
        "contact_phone" => text("phone").to_owned(),
        "company_domain" => text("domain").to_owned(),
        "activity" => text("subject").to_owned(),
        _ => ["title", "name"].iter().map(|column| text(column)).find(|name| !name.is_empty()).unwrap_or("").to_owned(),
    }
}

/// What a row is called after: `deal “Desks”`.
#[must_use]
pub fn called(noun: &str, image: &Image) -> Text {
    let name = name(noun, image);
    let noun = match noun {
        "contact_address" => "address",
        "contact_phone" => "phone",
        "company_domain" => "domain",
        "offer_line" => "offer line",
        "thread_state" | "filing" => "conversation",
        "ignored_sender" => "ignored sender",
        "junk_confirmed" => "junk",
        "copy" | "message" => "letter",
        other => other,
    };
    let noun = noun.replace('_', " ");
    Text::from(if name.is_empty() { noun } else { format!("{noun} “{name}”") })
}

/// Times and names for the words of a value.
pub struct Words<'a> {
    /// Times are told in this zone.
    pub zone: &'a TimeZone,
    /// The name behind a key: the noun it leads to, and the key.
    pub name: &'a dyn Fn(&str, i64) -> Option<Text>,
}

impl Words<'_> {
    /// A value as people read it.
    #[must_use]
    pub fn value(&self, column: &str, value: &Value, image: &Image) -> Text {
        match value {
            Value::Null => Text::default(),
            Value::Number(number) => match number.as_i64() {
                Some(number) => self.number(column, number, image),
                None => Text::from(number.to_string()),
            },
            Value::String(text) if column == "tags" => Text::from(text.lines().collect::<Vec<_>>().join(", ")),
            Value::String(text) => Text::line(text),
            Value::Object(bits) if bits.contains_key("bits") => marks(bits),
            other => Text::from(other.to_string()),
        }
    }

    fn number(&self, column: &str, number: i64, image: &Image) -> Text {
        let time = |number| {
            let at = Timestamp::from_millisecond(number).unwrap_or(Timestamp::UNIX_EPOCH);
            at.to_zoned(self.zone.clone()).strftime("%-d %b %Y %H:%M").to_string()
        };
        let words = match column {
            "amount_minor" | "unit_minor" => {
                let currency = image.get("currency").and_then(Value::as_str).unwrap_or_default().to_owned();
                Money { minor: number, currency }.to_string()
            }
            "watched" | "ignored" | "wanted_gone" => if number == 0 { "no" } else { "yes" }.to_owned(),
            "wanted_folder" => return (self.name)("folder", number).unwrap_or_default(),
            "trigger_id" => return (self.name)("activity", number).unwrap_or_default(),
            "done_message_id" => return (self.name)("message", number).unwrap_or_default(),
            column if column.ends_with("_at") || column.ends_with("_until") => time(number),
            column => match column.strip_suffix("_id") {
                Some(noun) => return (self.name)(noun, number).unwrap_or_else(|| Text::from(number.to_string())),
                None => number.to_string(),
            },
        };
        Text::from(words)
    }

    /// What is told of a row's columns, then and now; either may not be there.
    #[must_use]
    pub fn facts(&self, then: Option<&Image>, now: Option<&Image>) -> Vec<Fact> {
        let empty = Image::new();
        let (then, now) = (then.unwrap_or(&empty), now.unwrap_or(&empty));
        let mut columns: Vec<&String> = then.keys().collect();
        columns.extend(now.keys().filter(|column| !then.contains_key(*column)));
        columns.sort_by_key(|column| place(column));
        let mut facts = Vec::new();
        for column in columns {
            let (was, is) = (then.get(column).unwrap_or(&Value::Null), now.get(column).unwrap_or(&Value::Null));
            if column == "fields" {
                facts.extend(own_fields(was, is));
                continue;
            }
            let Some(name) = label(column) else { continue };
            let fact =
                Fact { name: Text::from(name), then: self.value(column, was, then), now: self.value(column, is, now) };
            if !(fact.then.is_empty() && fact.now.is_empty()) {
                facts.push(fact);
            }
        }
        facts
    }

    /// What was planned, or done with what result.
    fn activity(&self, image: &Image) -> String {
        let value = |column: &str| image.get(column).map(|value| self.value(column, value, image)).unwrap_or_default();
        let (done, result) = (value("done_at"), value("result"));
        let when = if done.is_empty() { format!("planned {}", value("due_at")) } else { format!("done {done}") };
        let mut line = format!("{}, {when}", value("kind").as_str().replace('_', " "));
        for (text, before, behind) in
            [(value("duration_minutes"), ", ", " min"), (value("subject"), ", ", ""), (result, ": ", "")]
        {
            if !text.is_empty() {
                line += &format!("{before}{text}{behind}");
            }
        }
        line
    }

    /// A whole row in one line, for the parts of a card.
    #[must_use]
    pub fn line(&self, noun: &str, image: &Image) -> Text {
        let value = |column: &str| image.get(column).map(|value| self.value(column, value, image)).unwrap_or_default();
        Text::from(match noun {
            "contact_address" => value("address").into(),
            "contact_phone" => value("phone").into(),
            "company_domain" => value("domain").into(),
            "offer_line" => {
                let percent = |column: &str, word: &str| {
                    let rate = value(column);
                    if rate.is_empty() { String::new() } else { format!(", {word} {rate} %") }
                };
                let (discount, vat) = (percent("discount", "discount"), percent("vat", "VAT"));
                format!("{}, {} × {}{discount}{vat}", value("title"), value("quantity"), value("unit_minor"))
            }
            "payment" => {
                let paid = value("paid_on");
                let paid = if paid.is_empty() { "not paid".to_owned() } else { format!("paid {paid}") };
                format!("{}, {}, due {}, {paid}", value("title"), value("amount_minor"), value("due_on"))
            }
            "deal" => format!("{}, {}, {}, {}", value("title"), value("stage"), value("state"), value("amount_minor")),
            "activity" => self.activity(image),
            "contact" => name(noun, image),
            _ => called(noun, image).into(),
        })
    }
}

/// The own fields of a card, each a fact of its own.
fn own_fields(then: &Value, now: &Value) -> Vec<Fact> {
    let read = |value: &Value| -> Image {
        value.as_str().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
    };
    let (then, now) = (read(then), read(now));
    let text = |value: Option<&Value>| match value {
        None | Some(Value::Null) => Text::default(),
        Some(Value::String(text)) => Text::line(text),
        Some(other) => Text::from(other.to_string()),
    };
    let mut names: Vec<&String> = then.keys().chain(now.keys()).collect();
    names.sort();
    names.dedup();
    names
        .into_iter()
        .map(|name| Fact { name: Text::line(name), then: text(then.get(name)), now: text(now.get(name)) })
        .collect()
}

/// Marks of a letter, of those that an act changed.
fn marks(bits: &Image) -> Text {
    let number = |name: &str| bits.get(name).and_then(Value::as_i64).unwrap_or(0);
    let (on, of) = (number("bits"), number("of"));
    let words = [(1, "read", "unread"), (2, "answered", "not answered"), (4, "flagged", "not flagged")];
    let words = words.iter().filter(|(bit, ..)| of & bit != 0);
    Text::from(words.map(|(bit, yes, no)| if on & bit != 0 { *yes } else { *no }).collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn image(value: Value) -> Image {
        value.as_object().unwrap().clone()
    }

    fn facts(then: Value, now: Value) -> Vec<String> {
        let words = Words { zone: &TimeZone::UTC, name: &|noun, key| Some(Text::from(format!("{noun} no. {key}"))) };
        let facts = words.facts(then.as_object(), now.as_object());
        facts.iter().map(|fact| format!("{}: {} → {}", fact.name, fact.then, fact.now)).collect()
    }

    #[test]
    fn columns_are_told_as_people_say_them() {
        assert_eq!(
            facts(
                json!({ "id": 1, "title": "Desks", "amount_minor": 120_000, "currency": "PLN", "company_id": 4, "closed_at": null,
                    "watched": 0, "tags": "a\nb", "fields": "{\"order\":\"7\"}", "folded": "desks" }),
                json!({ "id": 1, "title": "Desks", "amount_minor": 5, "currency": "JPY", "company_id": null, "closed_at": 0,
                    "watched": 1, "tags": "", "fields": "{\"site\":true}", "folded": "desks" }),
            ),
            [
                "title: Desks → Desks",
                "company: company no. 4 → ",
                "amount: 1\u{a0}200.00\u{a0}PLN → 5\u{a0}JPY",
                "closed:  → 1 Jan 1970 00:00",
                "order: 7 → ",
                "site:  → true",
                "tags: a, b → ",
                "watched: no → yes",
            ]
        );
        assert_eq!(
            facts(
                json!({ "wanted_flags": { "bits": 5, "of": 5 }, "wanted_folder": null }),
                json!({ "wanted_flags": { "bits": 1, "of": 5 }, "wanted_folder": 3 })
            ),
            ["marks: read, flagged → read, not flagged", "folder:  → folder no. 3"]
        );
    }

    #[test]
    fn rows_have_names_and_lines() {
        let words = Words { zone: &TimeZone::UTC, name: &|_, _| None };
        let payment =
            image(json!({ "title": "Deposit", "amount_minor": 100, "currency": "EUR", "due_on": "2026-12-01" }));
        assert_eq!(called("payment", &payment).as_str(), "payment “Deposit”");
        assert_eq!(words.line("payment", &payment).as_str(), "Deposit, 1.00\u{a0}EUR, due 2026-12-01, not paid");
        let lead = image(json!({ "given": "", "family": "", "display": "\u{202e}evil" }));
        assert_eq!(called("contact", &lead).as_str(), "contact “\u{fffd}evil”", "what a stranger wrote is made safe");
    }

    #[test]
    fn a_moment_is_the_end_of_what_is_written() {
        let now: Zoned = "2026-11-23T10:00[Europe/Warsaw]".parse().unwrap();
        for (typed, meant) in [
            ("2026-10-12", Some("2026-10-12T21:59:59.999Z")),
            ("12.10", Some("2026-10-12T21:59:59.999Z")),
            ("last month", Some("2026-10-31T22:59:59.999Z")),
            ("2026-10-12 14:00", Some("2026-10-12T12:00:00Z")),
            ("today", Some("2026-11-23T09:00:00Z")),
            ("2027", Some("2026-11-23T09:00:00Z")),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(moment_meant(typed, &now), meant.map(|meant| meant.parse().unwrap()), "{typed}");
        }
    }
}
