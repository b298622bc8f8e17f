//! `postbook follow-ups`: letters that wait for an answer, and what follows when none comes.

use super::args::follow_ups::{FollowUps, FollowUpsCommand};
use super::context::Context;
use super::desk::Desk;
use super::output;
use super::table::{Side, Table, terminal_width};
use crate::domain::id;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::sequence::{FollowUp, SequenceRow, Standing};
use crate::domain::text::Text;
use crate::runtime::acts::Acts;
use crate::runtime::follow_up;
use serde_json::{Value, json};

/// Lists, starts or stops them.
///
/// # Errors
/// No such conversation or pack; the store cannot be used.
pub fn run(context: &Context, args: &FollowUps) -> Result<()> {
    let desk = Desk::open(context)?;
    let now = desk.now();
    let acts = Acts { store: &desk.store, own: &desk.office.own, now: &now };
    match args.command.as_ref().unwrap_or(&FollowUpsCommand::List) {
        FollowUpsCommand::List => list(&desk, args.json),
        FollowUpsCommand::Start { thread, after } => {
            let (message, template) = desk.writer(&now).to_follow(*thread)?;
            let follow_up = read(&desk, after, template.as_deref())?
                .ok_or_else(|| Problem::new(Kind::Usage, "write working days, such as 3, or a pack"))?;
            acts.follow_letter(message, &follow_up)?;
            said(&desk, args.json, &format!("t{thread}: {}.", follow_up.words()))
        }
        FollowUpsCommand::Stop { follow_up } => {
            acts.stop_following(id::Sequence(*follow_up))?;
            said(&desk, args.json, "Nothing follows this letter any more.")
        }
    }
}

/// What `--follow-up` says.
///
/// # Errors
/// It names no working days and no pack.
pub fn read(desk: &Desk, typed: &str, template: Option<&str>) -> Result<Option<FollowUp>> {
    FollowUp::read(typed, template, &desk.office.packs())
}

fn said(desk: &Desk, as_json: bool, words: &str) -> Result<()> {
    if as_json {
        return list(desk, true);
    }
    output::print(words).map(drop)
}

fn list(desk: &Desk, as_json: bool) -> Result<()> {
    let rows = follow_up::rows(&desk.store, &desk.office, &desk.now())?;
    if as_json {
        let rows: Vec<Value> = rows.iter().map(document).collect();
        return output::json(&json!({ "follow_ups": rows })).map(drop);
    }
    if rows.is_empty() {
        return output::print("No letter waits for an answer.").map(drop);
    }
    let mut table = Table::new(&[
        ("number", Side::Right),
        ("to", Side::Left),
        ("your letter", Side::Left),
        ("stands", Side::Left),
        ("then", Side::Left),
    ]);
    for row in &rows {
        let stands = match &row.standing {
            Standing::Stopped(why) => format!("stopped: {why}"),
            other => other.words(),
        };
        table.row(vec![
            Text::from(row.id.to_string()),
            row.who.clone(),
            row.subject.clone(),
            Text::from(stands),
            Text::from(format!("{}{}", row.follow_up.template, row.follow_up.of_pack())),
        ]);
    }
    output::print(&table.lines(terminal_width()).join("\n")).map(drop)
}

fn document(row: &SequenceRow) -> Value {
    let (state, until, why) = match &row.standing {
        Standing::Waits(day) => ("waiting", Some(day.to_string()), None),
        Standing::Offered => ("offered", None, None),
        Standing::Leaving => ("leaving", None, None),
        Standing::Begun => ("begun", None, None),
        Standing::Done => ("done", None, None),
        Standing::Stopped(why) => ("stopped", None, Some(why.as_str())),
    };
    json!({
        "id": row.id.0, "contact": row.contact.0, "who": row.who.as_str(), "subject": row.subject.as_str(),
        "thread": row.thread.map(|thread| thread.0), "template": row.follow_up.template, "pack": row.follow_up.pack,
        "step": row.follow_up.step, "working_days": row.follow_up.days, "since": row.since.to_string(), "state": state,
        "until": until, "why": why,
    })
}
