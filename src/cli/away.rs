//! `postbook away`: letters are answered by themselves while I am away (RFC 3834).

use super::args;
use super::context::Context;
use super::desk::Desk;
use super::output;
use super::table::{Side, Table, terminal_width, time};
use crate::domain::account::Kind as AccountKind;
use crate::domain::auto_reply::{Absence, GoingAway, in_words};
use crate::domain::id;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::Text;
use crate::runtime::acts::Acts;
use crate::runtime::auto_replies::checked;
use crate::store::LookedAt;
use crate::ui::deal_act::any_day;
use jiff::Zoned;
use jiff::civil::Date;
use serde_json::{Value, json};

/// So many of the letters that were looked at are listed.
const LISTED: u32 = 20;

/// What the words ask for.
#[derive(Debug, PartialEq, Eq)]
enum Asked {
    Show,
    Off,
    Away { from: Option<Date>, until: Date },
}

/// Shows how it stands, or does what is asked first.
///
/// # Errors
/// The words make no sense; the template is not there or cannot be filled; the store cannot be read or written.
pub fn run(context: &Context, args: &args::Away) -> Result<()> {
    let desk = Desk::open(context)?;
    let now = desk.now();
    let asked = asked(&args.words, now.date())?;
    let acts = Acts { store: &desk.store, own: &desk.office.own, now: &now };
    match asked {
        Asked::Show => {}
        Asked::Off => {
            if let Some(absence) = desk.store.absence(&now)? {
                acts.come_back(&absence)?;
            }
        }
        Asked::Away { from, until } => {
            let account = args.account.as_deref().map(|name| account(&desk, name)).transpose()?;
            let template = args.template.clone();
            let wanted = GoingAway { from, until, template, pause_days: args.every, account };
            acts.go_away(&checked(&wanted, &desk.office, &now)?)?;
        }
    }
    show(&desk, &now, args.json)
}

fn asked(words: &[String], today: Date) -> Result<Asked> {
    let usage = |sentence: String| {
        Problem::new(Kind::Usage, sentence)
            .hint("write: postbook away from 2026-12-01 until 2026-12-12, or: postbook away off")
    };
    let day =
        |written: &str| any_day(written, today).ok_or_else(|| usage(format!("{} is no day", Text::line(written))));
    let (mut from, mut until) = (None, None);
    let words: Vec<&str> = words.iter().map(|word| word.trim()).collect();
    match words.as_slice() {
        [] => return Ok(Asked::Show),
        ["off"] => return Ok(Asked::Off),
        _ => {}
    }
    let mut rest = words.as_slice();
    while let [word, after @ ..] = rest {
        let slot = match *word {
            "from" => &mut from,
            "until" | "till" | "to" => &mut until,
            other => return Err(usage(format!("“{}” is not understood", Text::line(other)))),
        };
        let [written, after @ ..] = after else { return Err(usage(format!("there is no day behind “{word}”"))) };
        *slot = Some(day(written)?);
        rest = after;
    }
    let until = until.ok_or_else(|| usage("until which day is not said".to_owned()))?;
    Ok(Asked::Away { from, until })
}

fn account(desk: &Desk, name: &str) -> Result<id::Account> {
    let wanted = &desk.config.account(name)?.name;
    let found = desk.office.accounts.iter().find(|account| account.name == *wanted);
    let found =
        found.ok_or_else(|| Problem::new(Kind::NotFound, format!("there is no account {}", Text::line(name))))?;
    if found.kind != AccountKind::Personal {
        return Err(Problem::new(
            Kind::Input,
            format!("{name} is a team's mailbox: it is answered by those who are there"),
        )
        .hint("only personal accounts answer by themselves"));
    }
    Ok(found.id)
}

fn show(desk: &Desk, now: &Zoned, as_json: bool) -> Result<()> {
    let absence = desk.store.absence(now)?;
    let looked_at = match &absence {
        Some(absence) => desk.store.looked_at_in(absence.id, LISTED)?,
        None => Vec::new(),
    };
    if as_json {
        return output::json(&json!({ "away": document(absence.as_ref(), desk, now), "letters": looked_at.iter().map(letter).collect::<Vec<_>>() }))
            .map(drop);
    }
    let Some(absence) = absence else {
        return output::print("Not away: no letter is answered by itself.").map(drop);
    };
    let mut text = sentences(&absence, desk, now);
    if !looked_at.is_empty() {
        let columns = [
            ("letter", Side::Right),
            ("when", Side::Left),
            ("from", Side::Left),
            ("subject", Side::Left),
            ("answer", Side::Left),
        ];
        let mut table = Table::new(&columns);
        for looked in &looked_at {
            table.row(vec![
                Text::from(looked.message.to_string()),
                time(looked.at, now.time_zone()),
                looked.from.clone(),
                looked.subject.clone(),
                Text::from(outcome(looked)),
            ]);
        }
        text.push_str("\n\n");
        text.push_str(&table.lines(terminal_width()).join("\n"));
    }
    output::print(&text).map(drop)
}

fn sentences(absence: &Absence, desk: &Desk, now: &Zoned) -> String {
    let words = in_words(absence, now);
    let to = absence
        .account
        .and_then(|only| desk.office.accounts.iter().find(|account| account.id == only))
        .map_or_else(|| "every personal account".to_owned(), |account| format!("the account {}", account.name));
    let days = match absence.pause_days {
        1 => "a day".to_owned(),
        days => format!("{days} days"),
    };
    format!(
        "{}.\nLetters of people to {to} are answered with the template {}, each person once in {days}.\nBack on {}.",
        capital(words.as_str()),
        absence.template,
        absence.back_on(&desk.office.practice.work).strftime("%-d %B %Y"),
    )
}

fn capital(words: &str) -> String {
    let mut characters = words.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}

fn outcome(looked: &LookedAt) -> String {
    match looked.refusal {
        None => "answered".to_owned(),
        Some(refusal) if looked.why.is_empty() => format!("none: {}", refusal.reason()),
        Some(refusal) => format!("none: {} ({})", refusal.reason(), looked.why),
    }
}

fn document(absence: Option<&Absence>, desk: &Desk, now: &Zoned) -> Value {
    absence.map_or(Value::Null, |absence| {
        json!({
            "from": absence.first_day(now.time_zone()).to_string(),
            "until": absence.last_day.to_string(),
            "back_on": absence.back_on(&desk.office.practice.work).to_string(),
            "on": absence.is_on(now),
            "template": absence.template.as_str(),
            "every_days": absence.pause_days,
            "answered": absence.answered,
        })
    })
}

fn letter(looked: &LookedAt) -> Value {
    json!({
        "id": looked.message.to_string(),
        "at": looked.at.to_string(),
        "from": looked.from.as_str(),
        "subject": looked.subject.as_str(),
        "answered": looked.refusal.is_none(),
        "refusal": looked.refusal.map(|refusal| refusal.word()),
        "why": looked.refusal.map(|_| outcome(looked)),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn words_are_read_or_refused() {
        let today: Date = "2026-11-29".parse().unwrap();
        let day = |text: &str| text.parse::<Date>().unwrap();
        let away = |from: Option<&str>, until: &str| Asked::Away { from: from.map(day), until: day(until) };
        for (line, expected) in [
            ("", Some(Asked::Show)),
            ("off", Some(Asked::Off)),
            ("until 2026-12-12", Some(away(None, "2026-12-12"))),
            ("from 2026-12-01 until 2026-12-12", Some(away(Some("2026-12-01"), "2026-12-12"))),
            ("until 12.12 from 1.12", Some(away(Some("2026-12-01"), "2026-12-12"))),
            ("from 2026-12-01", None),
            ("until", None),
            ("until someday", None),
            ("on", None),
            ("off now", None),
        ] {
            let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
            match (asked(&words, today), expected) {
                (Ok(found), Some(expected)) => assert_eq!(found, expected, "{line}"),
                (Err(problem), None) => assert_eq!(problem.exit_code(), 2, "{line}"),
                (found, _) => panic!("{line}: {found:?}"),
            }
        }
    }
}
