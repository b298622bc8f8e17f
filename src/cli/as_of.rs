//! `contacts|companies|deals show --as-of DAY`: a card as it was, with what is otherwise now.

use super::desk::Desk;
use super::json::as_it_was_json;
use super::output;
use super::table::time;
use crate::domain::field::Noun;
use crate::domain::history::{AsItWas, moment_meant};
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::Text;
use jiff::tz::TimeZone;

/// Shows the card of that key as it was on the day that was written.
///
/// # Errors
/// There never was such a card; that is no day; the store cannot be read.
pub fn show(desk: &Desk, (noun, key): (Noun, i64), day: &str, as_json: bool) -> Result<()> {
    let now = desk.now();
    let zone = &desk.config.zone;
    let at = moment_meant(day, &now).ok_or_else(|| {
        Problem::new(Kind::Usage, format!("“{}” is no day", Text::line(day)))
            .hint("write 2026-10-12, 12.10, yesterday, \"last month\" or \"2026-10-12 14:00\"")
    })?;
    let missing = || Problem::new(Kind::NotFound, format!("there never was a {} {key}", noun.word()));
    let was = desk.store.as_of(noun, key, at, zone)?.ok_or_else(missing)?;
    if as_json {
        return output::json(&as_it_was_json(&was)).map(drop);
    }
    output::print(&in_words(&was, zone)).map(drop)
}

/// A line for each fact; `*` where it is otherwise now.
fn in_words(was: &AsItWas, zone: &TimeZone) -> String {
    let mut lines = vec![format!("{} as it was on {}", was.title, time(was.at, zone))];
    if !was.existed {
        lines.push("It was not there yet.".to_owned());
    } else if !was.exists {
        lines.push("It is not there any more.".to_owned());
    }
    match was.known_since {
        Some(since) if since > was.at => {
            lines.push(format!("The history begins {}: what was before is shown as it was then.", time(since, zone)));
        }
        None => lines.push("Nothing was ever changed here: this is how it came.".to_owned()),
        Some(_) => {}
    }
    let facts: Vec<_> = was.told().collect();
    let column = facts.iter().map(|fact| fact.name.as_str().chars().count()).max().unwrap_or(0);
    for fact in facts {
        let shown = |text: &Text| if text.is_empty() { "nothing".to_owned() } else { text.to_string() };
        let (mark, now) =
            if fact.differs() { ("*", format!("  (now: {})", shown(&fact.now))) } else { (" ", String::new()) };
        lines.push(format!("{mark} {:<column$}  {}{now}", fact.name.as_str(), shown(&fact.then)));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::history::Fact;

    fn fact(name: &'static str, then: &'static str, now: &'static str) -> Fact {
        Fact { name: Text::own(name), then: Text::own(then), now: Text::own(now) }
    }

    fn was() -> AsItWas {
        AsItWas {
            noun: Noun::Deal,
            id: 3,
            at: "2026-11-02T12:00:00Z".parse().unwrap(),
            title: Text::own("deal “Desks”"),
            facts: vec![fact("stage", "offer", "won"), fact("title", "Desks", "Desks"), fact("payment", "", "Deposit")],
            existed: true,
            exists: true,
            changed: Vec::new(),
            known_since: Some("2026-11-01T12:00:00Z".parse().unwrap()),
        }
    }

    #[test]
    fn what_is_otherwise_now_is_marked() {
        assert_eq!(
            in_words(&was(), &TimeZone::UTC),
            "deal “Desks” as it was on 2026-11-02 12:00\n* stage    offer  (now: won)\n  title    Desks\n* payment  nothing  (now: Deposit)"
        );
    }

    #[test]
    fn what_was_not_there_and_what_is_gone_is_said() {
        let gone = AsItWas { exists: false, known_since: Some("2026-11-03T00:00:00Z".parse().unwrap()), ..was() };
        let told = in_words(&gone, &TimeZone::UTC);
        assert!(told.contains("not there any more") && told.contains("The history begins 2026-11-03"), "{told}");
        let early = in_words(&AsItWas { existed: false, known_since: None, ..was() }, &TimeZone::UTC);
        assert!(early.contains("not there yet") && !early.contains("stage"), "{early}");
    }
}
