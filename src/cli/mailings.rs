//! `postbook mailings`: one letter each to everybody a search finds.

use super::args::mailings::{Mailings, MailingsCommand, NewMailing as Args};
use super::context::Context;
use super::desk::Desk;
use super::opt_outs;
use super::output;
use super::table::{Side, Table, terminal_width};
use crate::domain::address::Address;
use crate::domain::id;
use crate::domain::mailing::{self, MailingRow, NewMailing, RecipientRow, Skip, Stand, State};
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::style::Style;
use crate::domain::text::{Text, plural};
use crate::mime;
use crate::runtime::mailing::{Check, Made};
use crate::runtime::writing::Writer;
use jiff::{SignedDuration, Zoned};
use serde_json::{Value, json};
use std::path::Path;

/// So many mailings are listed.
const LISTED: u32 = 200;
/// Recipients are read so many at a time.
const PAGE: u32 = 500;

/// Lists, prepares, checks, starts and shows mailings.
///
/// # Errors
/// When there is no such mailing, template, search or recipient, or the store cannot be used.
pub fn run(context: &Context, args: &Mailings) -> Result<()> {
    let desk = Desk::open(context)?;
    let now = desk.now();
    let office = Office { desk: &desk, now: &now, json: args.json };
    let Some(command) = &args.command else { return office.list() };
    match command {
        MailingsCommand::List => office.list(),
        MailingsCommand::New(new) => office.prepare(new),
        MailingsCommand::Check { mailing } => office.check(id::Mailing(*mailing)),
        MailingsCommand::DryRun { mailing, out } => office.dry_run(id::Mailing(*mailing), out.as_deref()),
        MailingsCommand::Start { mailing, without_missing } => office.start(id::Mailing(*mailing), *without_missing),
        MailingsCommand::Pause { mailing } => office.pause(id::Mailing(*mailing)),
        MailingsCommand::Show { mailing, state } => office.show(id::Mailing(*mailing), state.as_deref()),
        MailingsCommand::Preview { mailing, address } => office.preview(id::Mailing(*mailing), address),
        MailingsCommand::LeaveOut { mailing, address } => office.set(id::Mailing(*mailing), address, true),
        MailingsCommand::TakeIn { mailing, address } => office.set(id::Mailing(*mailing), address, false),
        MailingsCommand::Remove { mailing } => office.remove(id::Mailing(*mailing)),
        MailingsCommand::OptedOut => opt_outs::list(&desk, args.json),
        MailingsCommand::OptOut { address, reason } => opt_outs::opt_out(&desk, &now, address, reason, args.json),
        MailingsCommand::OptIn { address, yes } => opt_outs::opt_in(&desk, &now, address, *yes, args.json),
    }
}

struct Office<'a> {
    desk: &'a Desk,
    now: &'a Zoned,
    json: bool,
}

impl Office<'_> {
    fn writer(&self) -> Writer<'_> {
        self.desk.writer(self.now)
    }

    fn list(&self) -> Result<()> {
        let rows = self.desk.store.mailings(LISTED)?;
        if self.json {
            let mailings: Vec<Value> = rows.iter().map(|row| self.document(row)).collect::<Result<_>>()?;
            return output::json(&json!({ "mailings": mailings })).map(drop);
        }
        if rows.is_empty() {
            return output::print(
                "No mailings yet. postbook mailings new --template NAME --segment QUERY prepares one.",
            )
            .map(drop);
        }
        let columns = [
            ("mailing", Side::Right),
            ("state", Side::Left),
            ("title", Side::Left),
            ("progress", Side::Left),
            ("results", Side::Left),
        ];
        let mut table = Table::new(&columns);
        for row in &rows {
            table.row(vec![
                Text::from(row.id.to_string()),
                Text::own(row.state.word()),
                row.title.clone(),
                Text::from(self.progress(row)?),
                Text::from(mailing::results(&row.counts)),
            ]);
        }
        output::print(&table.lines(terminal_width()).join("\n")).map(drop)
    }

    fn prepare(&self, args: &Args) -> Result<()> {
        let account = match &args.account {
            None => None,
            Some(name) => self.desk.lines_of(Some(name))?.first().map(|line| line.account),
        };
        let title = args.title.clone().unwrap_or_else(|| format!("{}: {}", args.template, args.segment));
        let new = NewMailing {
            title: Text::line(title.trim()),
            segment: Text::line(args.segment.trim()),
            template: Text::line(args.template.trim()),
            language: Text::line(args.language.as_deref().unwrap_or_default().trim()),
            account,
            working_hours: !args.any_hour,
        };
        let (mailing, check) = self.writer().prepare_mailing(&new)?;
        self.told(mailing, &check)
    }

    fn check(&self, mailing: id::Mailing) -> Result<()> {
        let check = self.writer().check_mailing(mailing)?;
        self.told(mailing, &check)
    }

    /// What a check found.
    fn told(&self, mailing: id::Mailing, check: &Check) -> Result<()> {
        let row = self.writer().mailing_row(mailing)?;
        let skipped = self.every(mailing, Some(Stand::Skipped))?;
        if self.json {
            let mut document = self.document(&row)?;
            if let Some(fields) = document.as_object_mut() {
                let recipients: Vec<Value> = skipped.iter().map(recipient).collect();
                let notes = check.notes.iter().map(|(note, count)| json!({ "note": note.as_str(), "letters": count }));
                fields.insert("skipped".to_owned(), Value::from(recipients));
                fields.insert("notes".to_owned(), notes.collect());
            }
            return output::json(&document).map(drop);
        }
        let letters = plural(row.counts.waiting, "letter is ready", "letters are ready");
        let mut lines = vec![format!("Mailing {mailing}, {}: {letters}.", row.title)];
        for skip in Skip::EACH {
            let these: Vec<&RecipientRow> = skipped.iter().filter(|one| one.skip == Some(*skip)).collect();
            if !these.is_empty() {
                lines.push(format!("\n{} ({}):", capital(skip.name()), these.len()));
                lines.extend(these.iter().map(|one| format!("  {} <{}>: {}", one.name, one.address, one.reason)));
            }
        }
        if row.counts.again > 0 {
            lines.push(format!("\n{} of them got a mailing of this template lately.", row.counts.again));
        }
        if !check.notes.is_empty() {
            lines.push("\nLook at the letters:".to_owned());
            lines.extend(
                check.notes.iter().map(|(note, count)| format!("  {note} ({})", plural(*count, "letter", "letters"))),
            );
        }
        lines.push(format!("\n`postbook mailings dry-run {mailing}` makes every letter; `postbook mailings start {mailing}` sends them."));
        output::print(Text::block(&lines.join("\n")).as_str()).map(drop)
    }

    fn dry_run(&self, mailing: id::Mailing, out: Option<&Path>) -> Result<()> {
        let writer = self.writer();
        writer.check_mailing(mailing)?;
        let row = writer.mailing_row(mailing)?;
        if let Some(folder) = out {
            std::fs::create_dir_all(folder).map_err(|error| cannot(folder, &error))?;
        }
        let waiting = self.every(mailing, Some(Stand::Waiting))?;
        let (mut letters, mut bytes) = (Vec::new(), 0_u64);
        for one in &waiting {
            let Made::Letter(letter, _) = writer.preview(one.id)? else { continue };
            let msg_id = mime::new_msg_id(&[0; 16], letter.from.address.domain());
            let written = mime::write(&letter, &msg_id, self.now, &self.style_of(letter.account))?;
            bytes += written.len() as u64;
            if let Some(folder) = out {
                let file =
                    folder.join(format!("{:05}-{}.eml", one.id.0, one.address.as_str().replace(['/', '\\'], "_")));
                std::fs::write(&file, &written).map_err(|error| cannot(&file, &error))?;
            }
            letters.push((one, letter.subject.clone()));
        }
        let left = self.left(&row)?;
        if self.json {
            let letters: Vec<Value> = letters
                .iter()
                .map(|(one, subject)| json!({ "address": one.address.as_str(), "name": one.name.as_str(), "subject": Text::line(subject).as_str() }))
                .collect();
            let mut document = self.document(&row)?;
            if let Some(fields) = document.as_object_mut() {
                fields.insert("letters".to_owned(), Value::from(letters));
                fields.insert("minutes".to_owned(), json!(left.as_secs() / 60));
            }
            return output::json(&document).map(drop);
        }
        let mut table = Table::new(&[("to", Side::Left), ("address", Side::Left), ("subject", Side::Left)]);
        for (one, subject) in &letters {
            table.row(vec![one.name.clone(), one.address.clone(), Text::line(subject)]);
        }
        let mut lines = table.lines(terminal_width());
        lines.push(String::new());
        let kilobytes = bytes.div_ceil(1024);
        lines.push(format!(
            "{} would leave, {kilobytes} KB in all, in about {}; {} skipped. Nothing was sent.",
            plural(letters.len() as u64, "letter", "letters"),
            mailing::about(left),
            row.counts.skipped
        ));
        output::print(&lines.join("\n")).map(drop)
    }

    fn style_of(&self, account: id::Account) -> Style {
        let account = self.desk.office.accounts.iter().find(|known| known.id == account);
        account.map(|account| account.style.clone()).unwrap_or_default()
    }

    fn start(&self, mailing: id::Mailing, without_missing: bool) -> Result<()> {
        let row = self.writer().start_mailing(mailing, without_missing)?;
        let words = format!("{}: {}", row.title, self.progress(&row)?);
        self.said(
            &row,
            &format!("{words}. Letters leave while Postbook runs (`postbook sync --watch`, or the screens)."),
        )
    }

    fn pause(&self, mailing: id::Mailing) -> Result<()> {
        let before = self.writer().mailing_row(mailing)?;
        if !self.desk.store.pause_mailing(mailing, "")? {
            return Err(Problem::new(Kind::Input, format!("the mailing {} is not running", before.title)));
        }
        let row = self.writer().mailing_row(mailing)?;
        self.said(&row, &format!("{} is paused: {}.", row.title, self.progress(&row)?))
    }

    fn remove(&self, mailing: id::Mailing) -> Result<()> {
        let row = self.writer().mailing_row(mailing)?;
        if !self.desk.store.remove_mailing(mailing)? {
            return Err(Problem::new(Kind::Input, format!("letters of {} have left: it is kept", row.title)));
        }
        self.said(&row, &format!("{} is forgotten.", row.title))
    }

    fn set(&self, mailing: id::Mailing, address: &Address, out: bool) -> Result<()> {
        let one = self.find(mailing, address)?;
        let possible = one.skip.is_none_or(|skip| out || skip.can_be_overridden());
        let done = possible
            && self.desk.store.set_listed(one.id, out.then(|| (Skip::ByHand, Text::own("left out by hand"))))?;
        if !done {
            let why = if one.reason.is_empty() { one.stand.word().to_owned() } else { one.reason.to_string() };
            return Err(Problem::new(Kind::Input, format!("{address} stays as it is: {why}")));
        }
        let row = self.writer().mailing_row(mailing)?;
        self.said(&row, &format!("{address} {}.", if out { "gets no letter" } else { "gets a letter" }))
    }

    fn preview(&self, mailing: id::Mailing, address: &Address) -> Result<()> {
        let one = self.find(mailing, address)?;
        match self.writer().preview(one.id)? {
            Made::Letter(letter, concerns) => {
                if self.json {
                    let to: Vec<String> = letter.to.iter().map(ToString::to_string).collect();
                    return output::json(&json!({
                        "from": letter.from.to_string(), "to": to, "subject": letter.subject, "text": letter.text,
                        "notes": concerns.iter().map(|concern| concern.reason.as_str()).collect::<Vec<_>>(),
                    }))
                    .map(drop);
                }
                let to: Vec<String> = letter.to.iter().map(ToString::to_string).collect();
                let head =
                    format!("From     {}\nTo       {}\nSubject  {}\n\n", letter.from, to.join(", "), letter.subject);
                output::print(Text::block(&format!("{head}{}", letter.text)).as_str()).map(drop)
            }
            Made::Not(_, why) => Err(Problem::new(Kind::Input, format!("there is no letter for {address}: {why}"))),
        }
    }

    fn find(&self, mailing: id::Mailing, address: &Address) -> Result<RecipientRow> {
        let canonical = address.canonical();
        let rows = self.every(mailing, None)?;
        let is_it = |one: &RecipientRow| {
            Address::parse(one.address.as_str()).is_some_and(|known| known.canonical() == canonical)
        };
        rows.into_iter()
            .find(is_it)
            .ok_or_else(|| Problem::new(Kind::NotFound, format!("{address} is not on the list of mailing {mailing}")))
    }

    /// All recipients, page by page.
    fn every(&self, mailing: id::Mailing, only: Option<Stand>) -> Result<Vec<RecipientRow>> {
        let mut rows: Vec<RecipientRow> = Vec::new();
        loop {
            let page = self.desk.store.recipients(mailing, only, rows.last().map(|row| row.id), PAGE)?;
            if page.is_empty() {
                return Ok(rows);
            }
            rows.extend(page);
        }
    }

    fn show(&self, mailing: id::Mailing, state: Option<&str>) -> Result<()> {
        let row = self.writer().mailing_row(mailing)?;
        let rows = self.every(mailing, state.and_then(Stand::from_word))?;
        if self.json {
            let mut document = self.document(&row)?;
            if let Some(fields) = document.as_object_mut() {
                let recipients: Vec<Value> = rows.iter().map(recipient).collect();
                fields.insert("recipients".to_owned(), Value::from(recipients));
            }
            return output::json(&document).map(drop);
        }
        let hours = if row.working_hours { "in their working hours" } else { "at any hour" };
        let mut lines = vec![
            format!("{}: {}, {}", row.title, row.state.word(), self.progress(&row)?),
            format!("Template {}, to {}, from account {}, {hours}", row.template, row.segment, row.account_name),
        ];
        if !row.why.is_empty() {
            lines.push(format!("Paused because {}", row.why));
        }
        let results = mailing::results(&row.counts);
        if !results.is_empty() {
            lines.push(format!("Results: {results}"));
        }
        lines.push(String::new());
        let mut table = Table::new(&[
            ("state", Side::Left),
            ("name", Side::Left),
            ("address", Side::Left),
            ("what came of it", Side::Left),
        ]);
        for one in &rows {
            table.row(vec![
                Text::own(one.stand.word()),
                one.name.clone(),
                one.address.clone(),
                Text::from(came_of(one)),
            ]);
        }
        lines.extend(table.lines(terminal_width()));
        output::print(Text::block(&lines.join("\n")).as_str()).map(drop)
    }

    fn left(&self, row: &MailingRow) -> Result<SignedDuration> {
        let throttle = self
            .desk
            .lines
            .iter()
            .find(|line| line.account == row.account)
            .map_or(mailing::USUAL, |line| line.throttle);
        let day_ago =
            self.now.timestamp().saturating_sub(SignedDuration::from_hours(24)).unwrap_or(self.now.timestamp());
        let today = self.desk.store.left_since(row.account, day_ago)?;
        Ok(throttle.time_for(row.counts.waiting + row.counts.sending, today))
    }

    fn progress(&self, row: &MailingRow) -> Result<String> {
        Ok(mailing::progress(&row.counts, row.state, self.left(row)?))
    }

    fn said(&self, row: &MailingRow, words: &str) -> Result<()> {
        if self.json {
            return output::json(&self.document(row)?).map(drop);
        }
        output::print(Text::block(words).as_str()).map(drop)
    }

    fn document(&self, row: &MailingRow) -> Result<Value> {
        let counts = &row.counts;
        let left = (row.state == State::Running).then(|| self.left(row)).transpose()?;
        Ok(json!({
            "id": row.id.to_string(),
            "title": row.title.as_str(),
            "account": row.account_name.as_str(),
            "segment": row.segment.as_str(),
            "template": row.template.as_str(),
            "language": Some(row.language.as_str()).filter(|language| !language.is_empty()),
            "working_hours": row.working_hours,
            "state": row.state.word(),
            "why": Some(row.why.as_str()).filter(|why| !why.is_empty()),
            "created_at": row.created_at.to_string(),
            "started_at": row.started_at.map(|at| at.to_string()),
            "next_at": row.next_at.filter(|_| row.state == State::Running).map(|at| at.to_string()),
            "minutes_left": left.map(|left| left.as_secs().max(0).div_euclid(60)),
            "counts": {
                "waiting": counts.waiting, "sending": counts.sending, "sent": counts.sent, "refused": counts.refused,
                "uncertain": counts.uncertain, "skipped": counts.skipped, "missing": counts.missing, "again": counts.again,
                "bounced_hard": counts.hard, "bounced_soft": counts.soft, "answered": counts.answered,
                "opted_out": counts.opted_out,
            },
        }))
    }
}

fn recipient(one: &RecipientRow) -> Value {
    json!({
        "id": one.id.to_string(),
        "contact": one.contact.map(|contact| contact.to_string()),
        "name": one.name.as_str(),
        "address": one.address.as_str(),
        "state": one.stand.word(),
        "skipped": one.skip.map(Skip::word),
        "reason": Some(one.reason.as_str()).filter(|reason| !reason.is_empty()),
        "not_before": one.not_before.map(|at| at.to_string()),
        "sent_at": one.sent_at.map(|at| at.to_string()),
        "bounced": one.bounced.map(mailing::Bounced::word),
        "answered": one.answered,
        "opted_out": one.opted_out,
    })
}

/// What a person wants to know of one recipient beside the state.
fn came_of(one: &RecipientRow) -> String {
    let mut parts: Vec<String> = Vec::new();
    parts.extend(one.bounced.map(|bounced| format!("bounced ({})", bounced.word())));
    parts.extend(one.answered.then(|| "answered".to_owned()));
    parts.extend(one.opted_out.then(|| "opted out".to_owned()));
    if !one.reason.is_empty() && (parts.is_empty() || one.stand != Stand::Sent) {
        parts.push(one.reason.to_string());
    }
    parts.join(", ")
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn cannot(file: &Path, error: &std::io::Error) -> Problem {
    Problem::new(Kind::Input, format!("{} cannot be written: {error}", Text::line(&file.to_string_lossy())))
}
