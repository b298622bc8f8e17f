//! The last steps of a letter written from the command line: the guard, the question, the outbox, and, when no other
//! Postbook owns the network, the server.

use super::desk::Desk;
use super::output;
use super::progress::{in_words, row_of};
use crate::domain::guard::Concern;
use crate::domain::id;
use crate::domain::outbox::{Letter, OutgoingRow, State};
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::{Text, plural};
use crate::runtime::network::send_once;
use crate::runtime::owner::Owner;
use crate::runtime::writing::Writer;
use jiff::SignedDuration;
use serde_json::json;
use std::io::{self, BufRead, IsTerminal, Write};

/// How a letter is let go.
#[derive(Debug, Clone, Copy)]
pub struct Manner {
    /// Do not ask, also where the guard warns.
    pub yes: bool,
    /// One JSON document on standard output.
    pub json: bool,
}

/// Checks a letter, asks where somebody can answer, and puts it into the outbox; sends it where nobody else does.
///
/// # Errors
/// The guard has concerns that are not, or cannot be, overridden; the user says no; the store cannot be written; the
/// server refused the letter, or nobody knows whether it took it. A letter that only could not leave yet is no error: it
/// is safe in the outbox, and a script that ran again would send it twice.
pub fn deliver(desk: &Desk, letter: &Letter, manner: Manner) -> Result<()> {
    let now = desk.now();
    let office = crate::runtime::writing::Office { undo: SignedDuration::ZERO, ..desk.office.clone() };
    // No countdown: from here nobody could take the letter back, so it is asked for before instead.
    let writer = Writer { store: &desk.store, office: &office, now: &now };
    let concerns = writer.check(letter)?;
    let asked = !manner.yes && io::stdin().is_terminal() && io::stderr().is_terminal();
    if let Some(problem) = objection(&concerns, manner.yes || asked) {
        return Err(problem);
    }
    if asked && !says_yes(&question(letter, &concerns))? {
        return Err(Problem::new(Kind::Input, "the letter was not sent").hint("nothing was kept of it"));
    }
    let overridden: Vec<String> = concerns.iter().map(|concern| concern.reason.as_str().to_owned()).collect();
    let (outgoing, _) = writer.queue(letter, None, &overridden)?;
    let elsewhere = send_now(desk, letter)?;
    let row = row_of(desk, outgoing)?;
    let state = row.as_ref().map_or(State::Sent, |row| row.state);
    tell(desk, outgoing, state, row.as_ref(), elsewhere, manner)
}

/// Why the letter may not go: what blocks it, and what nobody has overridden.
fn objection(concerns: &[Concern], overridden: bool) -> Option<Problem> {
    let blocking = concerns.iter().any(|concern| concern.blocking);
    if concerns.is_empty() || (overridden && !blocking) {
        return None;
    }
    let against: Vec<&Concern> = concerns.iter().filter(|concern| concern.blocking || !overridden).collect();
    let mut lines: Vec<String> = against.iter().map(|concern| sentence(concern)).collect();
    lines.push(if blocking {
        "this cannot be overridden; correct the letter".to_owned()
    } else {
        "--yes sends it all the same".to_owned()
    });
    let things = plural(against.len() as u64, "thing", "things");
    Some(Problem::new(Kind::Input, format!("the letter was not sent: {things} to look at")).hint(lines.join("\n")))
}

/// `the first letter to this domain (new.example)`
fn sentence(concern: &Concern) -> String {
    if concern.evidence.is_empty() {
        return concern.reason.as_str().to_owned();
    }
    format!("{} ({})", concern.reason, concern.evidence)
}

/// The letter as it would leave, and what the guard says.
fn question(letter: &Letter, concerns: &[Concern]) -> String {
    let mut lines = vec![format!("From     {}", letter.from)];
    for (name, list) in [("To", &letter.to), ("Cc", &letter.cc), ("Bcc", &letter.bcc)] {
        if !list.is_empty() {
            let list: Vec<String> = list.iter().map(ToString::to_string).collect();
            lines.push(format!("{name:<8} {}", list.join(", ")));
        }
    }
    lines.push(format!("Subject  {}", letter.subject));
    for file in &letter.files {
        lines.push(format!("File     {} ({})", file.name, plural(file.bytes.len() as u64, "byte", "bytes")));
    }
    if let Some(next) = &letter.follow_up {
        lines.push(format!("Then     {}", next.words()));
    }
    lines.push(format!("\n{}\n", letter.text.trim_end()));
    lines.extend(concerns.iter().map(|concern| format!("Look: {}", sentence(concern))));
    lines.push("Send it? [y/N] ".to_owned());
    Text::block(&lines.join("\n")).into()
}

fn says_yes(question: &str) -> Result<bool> {
    let cannot = |error: io::Error| Problem::new(Kind::Input, format!("cannot ask on this terminal: {error}"));
    let mut screen = io::stderr().lock();
    screen.write_all(question.as_bytes()).and_then(|()| screen.flush()).map_err(cannot)?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer).map_err(cannot)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}

/// Sends what may leave from the letter's account, unless another Postbook does; true when another does.
fn send_now(desk: &Desk, letter: &Letter) -> Result<bool> {
    let Some(_owner) = Owner::take(&desk.paths.data_dir)? else { return Ok(true) };
    let Some(line) = desk.lines.iter().find(|line| line.account == letter.account) else { return Ok(false) };
    let sending = desk
        .store
        .outbox_after_crash()
        .and_then(|_| send_once(&desk.store, line, &desk.office.own, &desk.mailer(), &mut |_| {}));
    if let Err(problem) = sending {
        // The letter is safe in the outbox; what keeps it there should be known.
        output::problem(&problem.at(format!("account {}", line.registration.name)));
    }
    Ok(false)
}

fn tell(
    desk: &Desk,
    outgoing: id::Outgoing,
    state: State,
    row: Option<&OutgoingRow>,
    elsewhere: bool,
    manner: Manner,
) -> Result<()> {
    let (sentence, hint) = in_words(outgoing, state, row);
    if manner.json {
        let msg_id = desk.store.outgoing_msg_id(outgoing)?;
        output::json(&json!({
            "id": outgoing.to_string(),
            "message_id": msg_id.as_ref().map(|msg_id| msg_id.as_str()),
            "state": state.word(),
            "thread": row.and_then(|row| row.thread).map(crate::cli::json::thread_id),
        }))
        .map(drop)?;
    }
    if matches!(state, State::Refused | State::Uncertain) {
        let hint = hint.trim_start_matches("; ");
        return Err(Problem::new(Kind::Refused, sentence).hint(hint));
    }
    if manner.json {
        return Ok(());
    }
    let name = match desk.store.outgoing_msg_id(outgoing)? {
        Some(msg_id) => format!("\nMessage-ID: <{msg_id}>"),
        None => String::new(),
    };
    let text = match state {
        State::Sent => format!("{}.{name}\nIts copy goes to Sent at the next sync.", capital(&sentence)),
        State::Held => {
            let at = row.and_then(|row| row.not_before).map(|at| at.to_zoned(desk.now().time_zone().clone()));
            let at = at.map(|at| at.strftime("%a %-d %b %H:%M").to_string()).unwrap_or_default();
            format!("Letter {outgoing} is in the outbox and leaves {at}: Postbook is open then, or syncs.{name}")
        }
        _ if elsewhere => {
            format!("Letter {outgoing} is in the outbox; the Postbook that is running sends it.{name}")
        }
        _ => format!("Letter {outgoing} is in the outbox; it leaves at the next sync.{name}"),
    };
    let because = row.map(|row| &row.last_answer).filter(|answer| state != State::Sent && !answer.is_empty());
    let because = because.map(|answer| format!("\nThe last try: {answer}")).unwrap_or_default();
    let planned = desk.store.outgoing_letter(outgoing)?.and_then(|letter| letter.follow_up);
    let then = planned.map(|next| format!("\nThen, {}.", next.words())).unwrap_or_default();
    output::print(Text::block(&format!("{text}{because}{then}")).as_str()).map(drop)
}

/// A sentence's beginning.
fn capital(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::guard::{Fix, Kind as About};

    fn concern(reason: &'static str, blocking: bool) -> Concern {
        let (reason, evidence) = (Text::own(reason), Text::own("seen"));
        Concern { kind: About::EmptySubject, reason, evidence, fix: Fix::EditSubject, blocking }
    }

    #[test]
    fn what_keeps_a_letter_back() {
        let (warning, block) = (concern("new domain", false), concern("no recipient", true));
        for (concerns, overridden, expected) in [
            (vec![], false, None),
            (vec![warning.clone()], true, None),
            (vec![warning.clone()], false, Some("new domain (seen)\n--yes sends it all the same")),
            (vec![block.clone()], true, Some("no recipient (seen)\nthis cannot be overridden; correct the letter")),
            (
                vec![warning.clone(), block.clone()],
                true,
                Some("no recipient (seen)\nthis cannot be overridden; correct the letter"),
            ),
            (
                vec![warning, block],
                false,
                Some("new domain (seen)\nno recipient (seen)\nthis cannot be overridden; correct the letter"),
            ),
        ] {
            let objection = objection(&concerns, overridden);
            assert_eq!(objection.as_ref().and_then(|problem| problem.hint.as_deref()), expected);
        }
    }
}
