//! Templates: reusable letters with short codes, and their filling without a hole.
//!
//! A file: front matter between two lines `---`, then the text.
//!
//! ```text
//! ---
//! subject: Offer: {{ deal.title }}
//! language: en
//! ---
//! Dear {{ contact.first_name or "colleague" }},
//! ```
//! A short code whose value is missing never becomes an empty string: it becomes a [`Hole`] that names the card and
//! the field (FIELD-NOTES: HubSpot printed `[[MISSING TOKEN]]` to customers).

mod codes;
mod engine;
mod front;
mod occasion;
mod pack;

pub use codes::{Away, Booked, CODES, Code, Values};
pub use occasion::Occasion;
pub use pack::{Pack, Place, Step, packs};

use super::problem::Result;
use super::text::Text;
use std::path::PathBuf;

/// A template that was read and whose short codes were checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// What it is called; its variants in other languages have the same name.
    pub name: String,
    /// The language of its text, dates and money: `pl`.
    pub language: String,
    /// The subject, with short codes.
    pub subject: String,
    /// The happening that offers it: `payment_overdue`.
    pub event: Option<Occasion>,
    /// Files it brings, relative to the folder of templates.
    pub attach: Vec<PathBuf>,
    /// May be sent by itself when its event happens; otherwise it only becomes a draft.
    pub auto: bool,
    /// It asks for a score from 1 to 5: an answer to it is read as one.
    pub survey: bool,
    /// Its step in a pack.
    pub place: Option<Place>,
    /// The text, with short codes.
    pub body: String,
    /// The name of its file, for messages.
    pub file: String,
    /// The line of the file where the subject stands, from 1.
    subject_line: usize,
    /// The line of the file where the text begins, from 1.
    body_line: usize,
}

/// A template filled with the values of one client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// One line.
    pub subject: String,
    /// The text.
    pub text: String,
}

/// A value that a template needs and nobody has entered: it blocks the letter.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Hole {
    /// The short code: `contact.first_name`.
    pub code: String,
    /// Whose card lacks it: `the card of Anna Kowalska`.
    pub card: Text,
    /// What it lacks, in words: `first name`.
    pub field: Text,
    /// The line of the template's file, from 1.
    pub line: usize,
}

impl Hole {
    /// `the card of Anna Kowalska has no first name (contact.first_name, line 3)`
    #[must_use]
    pub fn sentence(&self) -> Text {
        Text::from(format!("{} has no {} ({}, line {})", self.card, self.field, self.code, self.line))
    }
}

impl Template {
    /// The name its file is given: `offer.pl.md`.
    #[must_use]
    pub fn file_name(&self) -> String {
        let plain = |c: char| if c.is_alphanumeric() || matches!(c, '-' | '_') { c } else { '-' };
        let name: String = self.name.trim().to_lowercase().chars().map(plain).collect();
        format!("{}.{}.md", name.trim_matches('-'), self.language)
    }

    /// Where it stands in a pack and what it is for, in a few words; empty where it says neither.
    #[must_use]
    pub fn purpose(&self) -> Text {
        let pack = self.place.as_ref().map(|place| match place.step {
            1 => format!("pack {}, step 1", place.pack),
            step => format!("pack {}, step {step} after {} working days", place.pack, place.after),
        });
        let event = self.event.as_ref().map(|event| format!("when {}", event.in_words()));
        let marks = [self.survey.then(|| "survey".to_owned()), self.auto.then(|| "leaves by itself".to_owned())];
        let parts: Vec<String> = [pack, event].into_iter().chain(marks).flatten().collect();
        Text::line(&parts.join("; "))
    }

    /// Reads a template's file and checks every short code, so that a typing error shows here and not in front of a
    /// client.
    ///
    /// # Errors
    /// File, line and what is wrong there; for an unknown key or short code the nearest known one.
    pub fn parse(file_name: &str, text: &str) -> Result<Self> {
        let template = front::read(file_name, text)?;
        engine::check(&template.file, template.subject_line, &template.subject)?;
        engine::check(&template.file, template.body_line, &template.body)?;
        Ok(template)
    }

    /// The letter for one client.
    ///
    /// # Errors
    /// Every missing value, in the order of the template, each once for each line it is needed on.
    pub fn fill(&self, values: &Values<'_>) -> std::result::Result<Filled, Vec<Hole>> {
        let subject = engine::render(&self.subject, self.subject_line, values, &self.language);
        let body = engine::render(&self.body, self.body_line, values, &self.language);
        match (subject, body) {
            (Ok(subject), Ok(body)) => Ok(Filled {
                subject: Text::line(subject.trim()).into(),
                text: format!("{}\n", Text::block(&one_stop(body, values, &self.language)).as_str().trim_end()),
            }),
            (subject, body) => {
                let mut holes = subject.err().unwrap_or_default();
                for hole in body.err().unwrap_or_default() {
                    if !holes.contains(&hole) {
                        holes.push(hole);
                    }
                }
                Err(holes)
            }
        }
    }
}

/// A sentence that ends with a name such as "Brightdesk sp. z o.o." has its full stop already.
fn one_stop(body: String, values: &Values<'_>, language: &str) -> String {
    ["me.company", "company.name"].into_iter().fold(body, |body, code| match values.find(code, language) {
        engine::Found::Text(name) if name.ends_with('.') => body.replace(&format!("{name}."), &name),
        _ => body,
    })
}

static FILES: include_dir::Dir<'static> = include_dir::include_dir!("$CARGO_MANIFEST_DIR/assets/templates");

/// The text of a bundled template's file.
#[must_use]
pub fn bundled_source(file: &str) -> Option<&'static str> {
    FILES.get_file(file)?.contents_utf8()
}

/// The starter pack that comes with the program (`assets/templates`).
///
/// One that cannot be read is left out; a test reads them all.
#[must_use]
pub fn bundled() -> Vec<Template> {
    let mut templates: Vec<Template> = FILES
        .files()
        .filter_map(|file| {
            let name = file.path().file_name()?.to_str()?;
            Template::parse(name, file.contents_utf8()?).ok()
        })
        .collect();
    templates.sort_by(|a, b| (&a.name, &a.language).cmp(&(&b.name, &b.language)));
    templates
}

/// The variant of the template `name` for a client: in the client's language, else in the first of mine that there
/// is, else English, else whichever there is.
#[must_use]
pub fn choose<'a>(
    templates: &'a [Template],
    name: &str,
    client_language: &str,
    my_languages: &[String],
) -> Option<&'a Template> {
    let variants: Vec<&Template> = templates.iter().filter(|t| t.name.eq_ignore_ascii_case(name)).collect();
    let wanted = std::iter::once(client_language).chain(my_languages.iter().map(String::as_str)).chain(["en"]);
    let mut wanted = wanted.map(front::language_code);
    wanted
        .find_map(|language| variants.iter().find(|t| !language.is_empty() && t.language == language).copied())
        .or_else(|| variants.first().copied())
}

#[cfg(test)]
mod tests;
