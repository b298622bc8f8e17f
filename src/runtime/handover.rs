//! A client handed over: a folder for a colleague who covers for me, readable without Postbook.
//!
//! `README.md` tells everything in words, `letters/` holds the letters as they came, `activities.csv` and `contacts.vcf` are for
//! programs. Private conversations are left out, and it is said how many.

use crate::domain::activity;
use crate::domain::contact::{Happening, TimelineRow, Whose};
use crate::domain::deal::{DealRow, PaymentRow};
use crate::domain::exchange::{Entry, heading};
use crate::domain::id;
use crate::domain::message::Direction;
use crate::domain::practice::Practice;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::{Text, plural};
use crate::mime::{csv_file, vcard};
use crate::store::{Selection, Store};
use crate::sync::export::{Exported, Target, export, new_folder, write_new};
use jiff::Zoned;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// So many lines of the past are told in words; the letters are all there.
const TIMELINE: u32 = 2_000;

/// What was handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandedOver {
    /// The folder.
    pub folder: PathBuf,
    /// Letters written, and those that could not be.
    pub letters: Exported,
    /// Private conversations left out.
    pub private: u64,
}

impl HandedOver {
    /// How many letters are in it.
    #[must_use]
    pub fn written(&self) -> u64 {
        self.letters.written + self.letters.there
    }

    /// What was written and what was left out, in words.
    #[must_use]
    pub fn told(&self) -> String {
        let folder = Text::line(&self.folder.to_string_lossy());
        let private = match self.private {
            0 => String::new(),
            some => format!(" Left out: {}.", plural(some, "private conversation", "private conversations")),
        };
        format!("{} and everything else written to {folder}.{private}", plural(self.written(), "letter", "letters"))
    }
}

/// Writes the folder.
pub struct Handover<'a> {
    /// The store.
    pub store: &'a Store,
    /// Pipelines and own fields.
    pub practice: &'a Practice,
    /// Now, where the user is.
    pub now: &'a Zoned,
}

impl Handover<'_> {
    /// Writes everything about a client into a new folder that only its owner can read.
    ///
    /// # Errors
    /// There is no such client; the folder is there already or cannot be written.
    pub fn write(&self, whose: Whose, folder: &Path) -> Result<HandedOver> {
        let name = self.name(whose)?;
        new_folder(folder)?;
        let selection = Selection {
            contact: contact_of(whose),
            company: company_of(whose),
            deal: deal_of(whose),
            without_private: true,
            ..Selection::default()
        };
        let letters = self.store.outward(&selection)?;
        let letters = export(self.store, &letters, &Target::Letters(folder.join("letters")), &mut |_| {})?;
        let private = self.store.private_threads_of(whose)?;
        let people = self.people(whose)?;
        let cards: Vec<Entry> = people
            .iter()
            .map(|person| Ok(Entry { line: 0, values: self.store.card_as_row(Whose::Contact(*person))? }))
            .collect::<Result<_>>()?;
        let timeline = self.store.timeline(whose, None, TIMELINE)?;
        let timeline = self.without_private(timeline)?;
        write_new(&folder.join("README.md"), self.told(whose, &name, &cards, &timeline, letters, private)?.as_bytes())?;
        write_new(&folder.join("activities.csv"), &self.activities(&timeline)?)?;
        if !cards.is_empty() {
            write_new(&folder.join("contacts.vcf"), vcard::write(&cards, vcard::Version::Three).as_bytes())?;
        }
        Ok(HandedOver { folder: folder.to_owned(), letters, private })
    }

    /// What a client is called.
    ///
    /// # Errors
    /// There is no such client.
    pub fn name(&self, whose: Whose) -> Result<Text> {
        let name = match whose {
            Whose::Contact(contact) => self.store.contact_row(contact, self.now)?.map(|row| row.name.full()),
            Whose::Company(company) => self.store.company_row(company)?.map(|row| row.name),
            Whose::Deal(deal) => self.store.deal_row(deal, self.now.date())?.map(|row| row.title),
        };
        name.ok_or_else(|| Problem::new(Kind::NotFound, "there is no such client"))
    }

    fn people(&self, whose: Whose) -> Result<Vec<id::Contact>> {
        Ok(match whose {
            Whose::Contact(contact) => vec![contact],
            Whose::Company(company) => {
                let card = self.store.company_card(company, self.now, 1)?;
                card.map(|card| card.people.into_iter().map(|(person, _)| person).collect()).unwrap_or_default()
            }
            Whose::Deal(deal) => {
                self.store.deal_row(deal, self.now.date())?.and_then(|row| row.contact).into_iter().collect()
            }
        })
    }

    fn without_private(&self, rows: Vec<TimelineRow>) -> Result<Vec<TimelineRow>> {
        let mut kept = Vec::with_capacity(rows.len());
        for row in rows {
            let private = match &row.what {
                Happening::Letter { thread, .. } => self.store.is_private(*thread)?,
                _ => false,
            };
            if !private {
                kept.push(row);
            }
        }
        Ok(kept)
    }

    /// Everything in words, as Markdown.
    fn told(
        &self,
        whose: Whose,
        name: &Text,
        people: &[Entry],
        timeline: &[TimelineRow],
        letters: Exported,
        private: u64,
    ) -> Result<String> {
        let mut out =
            format!("# {}\n\nHanded over on {}.\n", plain(name.as_str()), self.now.strftime("%-d %B %Y, %H:%M"));
        let written = letters.written + letters.there;
        let _ = writeln!(out, "{} in the folder `letters`.", plural(written, "letter is", "letters are"));
        for (count, one, many) in [
            (private, "private conversation is left out", "private conversations are left out"),
            (
                letters.missing,
                "letter is not on this machine and left out",
                "letters are not on this machine and left out",
            ),
            (
                letters.on_server,
                "letter is left out because large files of it are on the server",
                "letters are left out because large files of them are on the server",
            ),
        ] {
            if count > 0 {
                let _ = writeln!(out, "{}.", plural(count, one, many));
            }
        }
        if !matches!(whose, Whose::Contact(_)) {
            facts(&mut out, "Facts", &self.store.card_as_row(whose)?);
        }
        for person in people {
            facts(&mut out, &title_of(person), &person.values);
        }
        let (deals, payments) = self.deals(whose)?;
        self.deals_told(&mut out, &deals, &payments)?;
        let planned: Vec<&TimelineRow> =
            timeline.iter().filter(|row| matches!(row.what, Happening::Activity { planned: true, .. })).collect();
        self.rows_told(&mut out, "What is planned", planned.into_iter().rev());
        let done = timeline.iter().filter(|row| !matches!(row.what, Happening::Activity { planned: true, .. }));
        self.rows_told(&mut out, "What happened, newest first", done);
        Ok(out)
    }

    fn deals(&self, whose: Whose) -> Result<(Vec<DealRow>, Vec<PaymentRow>)> {
        Ok(match whose {
            Whose::Contact(contact) => {
                let card = self.store.contact_card(contact, self.now, 1)?;
                card.map(|card| (card.deals, card.payments)).unwrap_or_default()
            }
            Whose::Company(company) => {
                let card = self.store.company_card(company, self.now, 1)?;
                card.map(|card| (card.deals, card.payments)).unwrap_or_default()
            }
            Whose::Deal(deal) => {
                let card = self.store.deal_card(deal, self.now.date(), 1)?;
                card.map(|card| (vec![card.row], card.payments)).unwrap_or_default()
            }
        })
    }

    fn deals_told(&self, out: &mut String, deals: &[DealRow], payments: &[PaymentRow]) -> Result<()> {
        if deals.is_empty() {
            return Ok(());
        }
        out.push_str("\n## Deals\n");
        for deal in deals {
            let _ = write!(
                out,
                "\n### {}\n\n- {}, {}, {}\n",
                plain(deal.title.as_str()),
                deal.state.word(),
                plain(deal.stage.as_str()),
                deal.amount
            );
            if let Some(day) = deal.expected_close {
                let _ = writeln!(out, "- should close on {day}");
            }
            match &deal.next_activity {
                Some((at, what)) => {
                    let _ = writeln!(out, "- next: {}, {}", self.moment(*at), plain(what.as_str()));
                }
                None if deal.state == crate::domain::deal::State::Open => out.push_str("- nothing is planned\n"),
                None => {}
            }
            for line in self.store.offer_lines(deal.id)? {
                let _ = writeln!(
                    out,
                    "- offered: {} × {}, {} each",
                    plain(line.quantity.as_str()),
                    plain(line.title.as_str()),
                    line.unit_price
                );
            }
            for payment in payments.iter().filter(|payment| payment.deal == deal.id) {
                let paid = match payment.paid_on {
                    Some(day) => format!("paid on {day}"),
                    None if payment.is_overdue(self.now.date()) => format!("overdue since {}", payment.due_on),
                    None => format!("due on {}", payment.due_on),
                };
                let _ = writeln!(out, "- payment: {}, {}, {paid}", plain(payment.title.as_str()), payment.amount);
            }
        }
        Ok(())
    }

    fn rows_told<'a>(&self, out: &mut String, title: &str, rows: impl Iterator<Item = &'a TimelineRow>) {
        let mut rows = rows.peekable();
        if rows.peek().is_none() {
            return;
        }
        let _ = write!(out, "\n## {title}\n\n");
        for row in rows {
            let detail =
                if row.detail.is_empty() { String::new() } else { format!(": {}", plain(row.detail.as_str())) };
            let deal = row.deal.as_ref().map(|deal| format!(" ({})", plain(deal.as_str()))).unwrap_or_default();
            let _ = writeln!(
                out,
                "- {} · {} · **{}**{deal}{detail}",
                self.moment(row.at),
                kind_of(row),
                plain(row.title.as_str())
            );
        }
    }

    fn moment(&self, at: jiff::Timestamp) -> String {
        at.to_zoned(self.now.time_zone().clone()).strftime("%a %-d %b %Y, %H:%M").to_string()
    }

    fn activities(&self, timeline: &[TimelineRow]) -> Result<Vec<u8>> {
        let mut rows = Vec::new();
        for row in timeline {
            if let Happening::Activity { kind, planned, .. } = &row.what {
                let state = if *planned { "planned" } else { "done" };
                let deal = row.deal.as_ref().map(ToString::to_string).unwrap_or_default();
                rows.push(vec![
                    row.at.to_string(),
                    state.to_owned(),
                    kind.word().to_owned(),
                    row.title.to_string(),
                    row.detail.to_string(),
                    deal,
                ]);
            }
        }
        csv_file::write(&["when", "state", "kind", "subject", "result", "deal"], &rows)
    }
}

fn contact_of(whose: Whose) -> Option<id::Contact> {
    if let Whose::Contact(contact) = whose { Some(contact) } else { None }
}

fn company_of(whose: Whose) -> Option<id::Company> {
    if let Whose::Company(company) = whose { Some(company) } else { None }
}

fn deal_of(whose: Whose) -> Option<id::Deal> {
    if let Whose::Deal(deal) = whose { Some(deal) } else { None }
}

fn kind_of(row: &TimelineRow) -> String {
    match &row.what {
        Happening::Letter { direction: Direction::Inbound, .. } => "letter from them".to_owned(),
        Happening::Letter { .. } => "letter to them".to_owned(),
        Happening::Activity { kind: activity::Kind::GroupMeeting, .. } => "group meeting".to_owned(),
        Happening::Activity { kind, .. } => kind.word().to_owned(),
        Happening::Step { .. } => "deal".to_owned(),
        Happening::Paid { .. } => "paid".to_owned(),
    }
}

fn title_of(person: &Entry) -> String {
    use crate::domain::card::Fact;
    let parts = [Fact::Given, Fact::Patronymic, Fact::Family].map(|part| person.fact(&part));
    let name = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    if name.is_empty() { person.fact(&Fact::Display) } else { name }
}

fn facts(out: &mut String, title: &str, values: &[(crate::domain::exchange::Column, String)]) {
    let _ = write!(out, "\n## {}\n\n", plain(title));
    for (column, value) in values {
        let value = value.lines().map(plain).collect::<Vec<_>>().join(", ");
        let _ = writeln!(out, "- {}: {value}", plain(&heading(column)).replace('_', " "));
    }
}

/// Signs that mean something in Markdown or in HTML stand for themselves.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '!') {
            plain.push('\\');
        }
        plain.push(c);
    }
    plain
}
