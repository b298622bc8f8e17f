//! Lists of clients brought in: each row on its own, all of them one change.

use super::Acts;
use crate::domain::card::{self, Fact};
use crate::domain::contact::{Kind, Name, Whose};
use crate::domain::deal::State;
use crate::domain::exchange::{Came, Column, Entry, Outcome, odd_character};
use crate::domain::field::Noun;
use crate::domain::id;
use crate::domain::practice::Practice;
use crate::domain::problem::{self, Problem, Result};
use crate::domain::text::{Text, plural};
use crate::store::{NewCompany, NewContact, NewDeal};

/// How a list is brought in.
#[derive(Debug, Clone, Copy, Default)]
pub struct Bringing {
    /// Nothing is kept: only what would be is told.
    pub dry_run: bool,
    /// What a card says already gives way to what the list says.
    pub overwrite: bool,
}

/// Says that a row cannot be, in words.
fn unfit(sentence: impl Into<String>) -> Problem {
    Problem::new(problem::Kind::Input, sentence)
}

impl Acts<'_> {
    /// Brings a list in. A row that cannot be is told with its line, and the others go on.
    ///
    /// # Errors
    /// When the store cannot be written; then nothing was changed.
    pub fn bring_in(
        &self,
        noun: Noun,
        rows: &[std::result::Result<Entry, (u64, String)>],
        practice: &Practice,
        how: Bringing,
    ) -> Result<Outcome> {
        let mut outcome = Outcome::default();
        let mut work = || {
            for row in rows {
                match row {
                    Ok(entry) => {
                        let came = self.bring(noun, entry, practice, how)?;
                        outcome.note(entry.line, came);
                    }
                    Err((line, why)) => outcome.note(*line, Came::Refused(why.clone())),
                }
            }
            if how.dry_run { Err(Problem::new(problem::Kind::Interrupted, "only tried")) } else { Ok(()) }
        };
        let what = match noun {
            Noun::Contact => plural(rows.len() as u64, "contact", "contacts"),
            Noun::Company => plural(rows.len() as u64, "company", "companies"),
            Noun::Deal => plural(rows.len() as u64, "deal", "deals"),
        };
        match self.record(format!("Brought in a list of {what}"), &mut work) {
            Err(problem) if how.dry_run && problem.kind == problem::Kind::Interrupted => Ok(outcome),
            Err(problem) => Err(problem),
            Ok(_) => Ok(outcome),
        }
    }

    /// One row; what is wrong with it takes back only itself.
    fn bring(&self, noun: Noun, entry: &Entry, practice: &Practice, how: Bringing) -> Result<Came> {
        if let Some(why) = entry.values.iter().find_map(|(column, value)| odd_character(column, value)) {
            return Ok(Came::Refused(why));
        }
        let came = self.store.part(|| {
            let (whose, added) = match noun {
                Noun::Contact => self.person_of(entry)?,
                Noun::Company => self.company_of(entry)?,
                Noun::Deal => self.deal_of(entry, practice)?,
            };
            let before = self.store.card_as_row(whose)?;
            let there = Entry { line: 0, values: before.clone() };
            for fact in facts_of(noun, entry, practice) {
                let typed = wanted(&fact, entry, &there, how.overwrite || added);
                if let Some(typed) = typed {
                    fact.check(&typed, noun, practice).map_err(unfit)?;
                    self.edit_fact(whose, &fact, &typed, practice)?;
                }
            }
            self.qualify(whose, entry)?;
            Ok(if added {
                Came::Added
            } else if self.store.card_as_row(whose)? == before {
                Came::Unchanged
            } else {
                Came::Updated
            })
        });
        match came {
            Err(problem)
                if matches!(problem.kind, problem::Kind::Input | problem::Kind::NotFound | problem::Kind::Refused) =>
            {
                Ok(Came::Refused(problem.to_string()))
            }
            other => other,
        }
    }

    /// Whose row it is: found by an address, else by name and company; else a new person.
    fn person_of(&self, entry: &Entry) -> Result<(Whose, bool)> {
        let addresses = card::addresses(&entry.fact(&Fact::Addresses)).map_err(unfit)?;
        let mut known: Vec<id::Contact> = Vec::new();
        for address in &addresses {
            known.extend(self.store.contact_by_address(address)?.map(|(contact, _)| contact));
        }
        known.dedup();
        let name = name_of(entry);
        match known.as_slice() {
            [] => {}
            [only] => return Ok((Whose::Contact(*only), false)),
            [one, other, ..] => {
                let (one, other) = (self.card_name(Whose::Contact(*one))?, self.card_name(Whose::Contact(*other))?);
                return Err(unfit(format!("its addresses belong to two people, {one} and {other}: merge them first")));
            }
        }
        if addresses.is_empty() {
            let company = entry.fact(&Fact::Company);
            let company = if company.is_empty() { None } else { self.company_known(&company)? };
            if let Some(found) = self.store.person_called(name.full().as_str(), company)? {
                return Ok((Whose::Contact(found), false));
            }
            if name.full().is_empty() {
                return Err(unfit("there is neither a name nor an address"));
            }
        }
        let kind = match entry.joined(&Column::Kind).as_str() {
            "" => Kind::Contact,
            word => Kind::from_word(&word.to_lowercase())
                .ok_or_else(|| unfit(format!("kind: “{}” is neither lead nor contact", Text::line(word))))?,
        };
        let mut new = NewContact::new(kind, self.at());
        new.name = name;
        new.addresses.clone_from(&addresses);
        new.reviewed_at = Some(self.at());
        let contact = self.store.add_contact(&new)?;
        self.file_again(addresses.iter().map(|address| address.as_str().to_owned()))?;
        Ok((Whose::Contact(contact), true))
    }

    /// A lead that stands in a list of mine is a contact, as somebody new in it would be, unless the list says that it is a lead.
    fn qualify(&self, whose: Whose, entry: &Entry) -> Result<()> {
        let Whose::Contact(contact) = whose else { return Ok(()) };
        let row = self.store.contact_row(contact, self.now)?;
        match row.filter(|row| row.kind == Kind::Lead) {
            Some(row) if matches!(entry.joined(&Column::Kind).to_lowercase().as_str(), "" | "contact") => {
                self.store.convert_lead(contact, &row.name, None, self.at())
            }
            _ => Ok(()),
        }
    }

    /// The company of exactly this name, without regard to case and accents.
    fn company_known(&self, name: &str) -> Result<Option<id::Company>> {
        self.store.company_called(name)
    }

    fn company_of(&self, entry: &Entry) -> Result<(Whose, bool)> {
        for domain in card::list(&entry.fact(&Fact::Domains).replace(char::is_whitespace, ",")) {
            if let Some(found) = self.store.company_by_domain(plain_domain(domain.as_str()).as_str())? {
                return Ok((Whose::Company(found), false));
            }
        }
        let name = entry.fact(&Fact::Name);
        if name.is_empty() {
            return Err(unfit("there is no name"));
        }
        if let Some(found) = self.company_known(&name)? {
            return Ok((Whose::Company(found), false));
        }
        let new = NewCompany { name: Text::line(&name), ..NewCompany::default() };
        Ok((Whose::Company(self.store.add_company(&new)?), true))
    }

    fn deal_of(&self, entry: &Entry, practice: &Practice) -> Result<(Whose, bool)> {
        let title = entry.fact(&Fact::Title);
        if title.is_empty() {
            return Err(unfit("there is no title"));
        }
        let contact = match entry.fact(&Fact::Contact) {
            none if none.is_empty() => None,
            named => self.contact_named(&Text::line(&named))?,
        };
        let company = match entry.fact(&Fact::Company) {
            none if none.is_empty() => None,
            named => match self.company_known(&named)? {
                Some(known) => Some(known),
                None => {
                    Some(self.store.add_company(&NewCompany { name: Text::line(&named), ..NewCompany::default() })?)
                }
            },
        };
        if let Some(found) = self.store.deal_titled(&title, company, contact)? {
            return Ok((Whose::Deal(found), false));
        }
        let currency = entry.joined(&Column::Currency);
        let amount = match entry.fact(&Fact::Amount) {
            none if none.is_empty() => "0".to_owned(),
            amount => amount,
        };
        let amount = card::amount(&amount, if currency.is_empty() { "EUR" } else { &currency }).map_err(unfit)?;
        let (pipeline, stage) = stage_of(entry, practice)?;
        let new = NewDeal {
            title: Text::line(&title),
            company,
            contact,
            pipeline,
            stage,
            amount,
            expected_close: card::day(&entry.fact(&Fact::Close)).map_err(unfit)?,
            lines: Vec::new(),
            created_at: self.at(),
        };
        let deal = self.store.add_deal(&new)?;
        match entry.joined(&Column::State).to_lowercase().as_str() {
            "" | "open" => {}
            "won" => self.store.close_deal(deal, State::Won, &Text::default(), self.at())?,
            "lost" => self.store.close_deal(deal, State::Lost, &Text::default(), self.at())?,
            other => return Err(unfit(format!("state: “{}” is none of open, won, lost", Text::line(other)))),
        }
        Ok((Whose::Deal(deal), true))
    }
}

fn stage_of(entry: &Entry, practice: &Practice) -> Result<(Text, Text)> {
    let (pipeline, stage) = (entry.joined(&Column::Pipeline), entry.joined(&Column::Stage));
    let known = practice.pipelines.0.iter().find(|known| pipeline.is_empty() || known.name.as_str() == pipeline);
    let Some(known) = known else { return Err(unfit(format!("there is no pipeline “{}”", Text::line(&pipeline)))) };
    let named = known
        .stages
        .iter()
        .find(|known| stage.is_empty() || known.name.as_str().to_lowercase() == stage.to_lowercase());
    let Some(named) = named else {
        let all: Vec<&str> = known.stages.iter().map(|stage| stage.name.as_str()).collect();
        return Err(unfit(format!("there is no stage “{}”; there are {}", Text::line(&stage), all.join(", "))));
    };
    Ok((if pipeline.is_empty() { Text::default() } else { known.name.clone() }, named.name.clone()))
}

fn plain_domain(domain: &str) -> Text {
    let bare = domain.trim().to_lowercase();
    let bare = bare.trim_start_matches("https://").trim_start_matches("http://").trim_start_matches('@');
    Text::line(bare.trim_start_matches("www.").split('/').next().unwrap_or_default())
}

/// The parts of a name where the list has them; a whole name is kept as it is written, to be taken apart with my word.
fn name_of(entry: &Entry) -> Name {
    let part = |fact: Fact| Text::line(&entry.fact(&fact));
    let mut name = Name {
        display: Text::line(&entry.joined(&Column::FullName)),
        given: part(Fact::Given),
        patronymic: part(Fact::Patronymic),
        family: part(Fact::Family),
    };
    if name.display.is_empty() {
        name.display = name.full();
    }
    name
}

/// The facts of a row that are written one by one; a new card is made from the others.
fn facts_of(noun: Noun, entry: &Entry, practice: &Practice) -> Vec<Fact> {
    let mut facts = Fact::each(noun, practice);
    // An own field that the configuration does not name is told as such.
    facts.extend(entry.values.iter().filter_map(|(column, _)| match column {
        Column::Fact(fact @ Fact::Own(_)) => Some(fact.clone()),
        _ => None,
    }));
    facts.retain(|fact| !(noun == Noun::Deal && matches!(fact, Fact::Title | Fact::Contact | Fact::Company)));
    let mut seen = std::collections::HashSet::new();
    facts.retain(|fact| seen.insert(fact.clone()) && !entry.fact(fact).is_empty());
    facts
}

/// What is to stand on the card: lists are joined, anything else only where nothing stands, unless it is to give way.
fn wanted(fact: &Fact, entry: &Entry, there: &Entry, overwrite: bool) -> Option<String> {
    let (new, old) = (entry.fact(fact), there.fact(fact));
    let new = match fact {
        Fact::Domains => card::list(&new.replace(char::is_whitespace, ","))
            .iter()
            .map(|d| plain_domain(d.as_str()).to_string())
            .collect::<Vec<_>>()
            .join("\n"),
        Fact::Amount => match entry.joined(&Column::Currency) {
            none if none.is_empty() => new,
            currency => format!("{new} {currency}"),
        },
        _ => new,
    };
    let joined = match fact {
        Fact::Addresses | Fact::Phones | Fact::Tags | Fact::Domains => {
            let mut parts: Vec<String> = old.lines().map(str::to_owned).collect();
            let lower = |text: &str| text.to_lowercase();
            for part in card::list(&new.replace(" ::: ", "\n")) {
                if !parts.iter().any(|known| lower(known) == lower(part.as_str())) {
                    parts.push(part.into());
                }
            }
            parts.join("\n")
        }
        _ if old.is_empty() || overwrite => new,
        _ => return None,
    };
    (joined != old).then_some(joined)
}
