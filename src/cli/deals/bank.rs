//! `postbook deals bank`: a statement's lines and the payments they may pay, asked one by one.

use super::Command;
use crate::cli::args::deals::Bank;
use crate::cli::output;
use crate::domain::bank::Proposed;
use crate::domain::bank::matching::{Match, Proposal};
use crate::domain::problem::Result;
use crate::domain::text::{Text, plural};
use crate::runtime::deals::{Reading, proposals, statement_file};
use crate::ui::deal_act::DealAct;
use serde_json::{Value, json};
use std::io::{BufRead, IsTerminal, Write};

/// What I said of a line.
enum Answer {
    Paid,
    NoPayment,
    Later,
    Stop,
}

impl Command<'_> {
    /// Reads a statement and decides about its lines: all that are sure, or each as I say.
    pub(super) fn bank(&self, args: &Bank) -> Result<()> {
        let bytes = statement_file(&args.file)?;
        let reading = Reading {
            columns: args.columns.as_deref(),
            encoding: args.encoding.as_deref(),
            usual: args.currency.as_deref().unwrap_or(&self.desk.config.practice.deals.currency),
        };
        let proposed = proposals(&self.desk.store, &bytes, &reading)?;
        let asks = !args.dry_run && !args.yes && !self.json && std::io::stdin().is_terminal();
        let mut paid = vec![false; proposed.matches.len()];
        if !self.json && output::print(&head(&proposed))?.is_break() {
            return Ok(());
        }
        for (found, paid) in proposed.matches.iter().zip(&mut paid) {
            if !self.json && output::print(&in_words(found, &proposed))?.is_break() {
                return Ok(());
            }
            let Some(proposal) = found.proposals.first() else { continue };
            let answer = if args.yes && found.sure {
                Answer::Paid
            } else if asks {
                ask()?
            } else {
                Answer::Later
            };
            let line = || Box::new(found.line.clone());
            match answer {
                Answer::Paid => {
                    let act = DealAct::Booked(line(), proposal.payments.clone(), proposal.part);
                    *paid = self.acts().deal(&act)?.is_some();
                }
                Answer::NoPayment => drop(self.acts().deal(&DealAct::NotOurs(line()))?),
                Answer::Later => {}
                Answer::Stop => break,
            }
        }
        if self.json {
            return output::json(&as_json(&proposed, &paid)).map(drop);
        }
        let count = u64::try_from(paid.iter().filter(|paid| **paid).count()).unwrap_or(0);
        let rest = u64::try_from(proposed.matches.len()).unwrap_or(0).saturating_sub(count);
        let advice = if args.dry_run || asks || rest == 0 {
            ""
        } else {
            " --yes confirms what is sure; the screens ask one by one."
        };
        output::print(&format!(
            "{} found paid, {} left.{advice}",
            plural(count, "payment line", "payment lines"),
            plural(rest, "line", "lines")
        ))
        .map(drop)
    }
}

fn ask() -> Result<Answer> {
    if output::print("  Paid by it? [y]es, [n]o payment of a deal, [l]ater, [q]uit")?.is_break() {
        return Ok(Answer::Stop);
    }
    // What cannot be flushed will fail where it is written next.
    drop(std::io::stdout().flush());
    let mut typed = String::new();
    let read = std::io::stdin().lock().read_line(&mut typed).unwrap_or(0);
    Ok(match typed.trim().to_lowercase().as_str() {
        _ if read == 0 => Answer::Stop,
        "y" | "yes" => Answer::Paid,
        "n" | "no" => Answer::NoPayment,
        "q" | "quit" => Answer::Stop,
        _ => Answer::Later,
    })
}

fn head(proposed: &Proposed) -> String {
    let mut lines = vec![format!("Read as {}.", proposed.columns)];
    if proposed.known > 0 {
        lines.push(format!("{} decided about before.", proposed.known));
    }
    for (line, what) in &proposed.unreadable {
        lines.push(format!("Line {line} cannot be read: {what}"));
    }
    lines.join("\n")
}

fn in_words(found: &Match, proposed: &Proposed) -> String {
    let line = &found.line;
    let mut said = format!("\n{} {}  {} {}", line.booked_on, line.amount, line.payer, line.text);
    match found.proposals.first() {
        Some(proposal) => {
            let sure = if found.sure { "sure" } else { "perhaps" };
            said.push_str(&format!("\n  → {} ({sure}, {})", payments(proposal, proposed), proposal.score));
            let evidence: Vec<&str> = proposal.evidence.iter().map(Text::as_str).collect();
            said.push_str(&format!("\n  because of {}", evidence.join(", ")));
        }
        None => said.push_str("\n  → nothing fits"),
    }
    said
}

fn payments(proposal: &Proposal, proposed: &Proposed) -> String {
    let name = |payment: &crate::domain::id::Payment| {
        let due = proposed.due.iter().find(|due| due.payment.id == *payment);
        due.map_or_else(String::new, |due| {
            let whose = due.company.as_ref().or(due.contact.as_ref()).map_or("", Text::as_str);
            format!("{} {}, {} ({whose})", due.payment.amount, due.payment.title, due.deal_title)
        })
    };
    let part = if proposal.part { "a part of " } else { "" };
    format!("{part}{}", proposal.payments.iter().map(name).collect::<Vec<_>>().join(" + "))
}

fn as_json(proposed: &Proposed, paid: &[bool]) -> Value {
    let proposal = |proposal: &Proposal| {
        json!({
            "payments": proposal.payments.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "score": proposal.score,
            "part": proposal.part,
            "evidence": proposal.evidence.iter().map(Text::as_str).collect::<Vec<_>>(),
        })
    };
    let line = |(found, paid): (&Match, &bool)| {
        json!({
            "line": found.line.line,
            "date": found.line.booked_on.to_string(),
            "amount": found.line.amount.plain(),
            "currency": found.line.amount.currency,
            "payer": found.line.payer.as_str(),
            "text": found.line.text.as_str(),
            "sure": found.sure,
            "confirmed": paid,
            "proposals": found.proposals.iter().map(proposal).collect::<Vec<_>>(),
        })
    };
    json!({
        "columns": proposed.columns.as_str(),
        "decided_before": proposed.known,
        "outgoing": proposed.outgoing,
        "unreadable": proposed.unreadable.iter().map(|(line, _)| line).collect::<Vec<_>>(),
        "lines": proposed.matches.iter().zip(paid).map(line).collect::<Vec<_>>(),
    })
}
