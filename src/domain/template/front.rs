//! The front matter: `key: value` lines between two lines of three dashes.

use super::Template;
use super::occasion::Occasion;
use super::pack::{Place, working_days};
use crate::domain::language::Language;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::Text;
use std::path::PathBuf;

const KEYS: [&str; 10] = ["name", "subject", "language", "event", "attach", "auto", "pack", "step", "after", "survey"];

/// What the front matter says of a pack, before it is known to be whole.
#[derive(Default)]
struct Placing {
    pack: Option<(String, usize)>,
    step: Option<(u16, usize)>,
    after: Option<(u16, usize)>,
}

/// Takes a file apart; its short codes are not looked at.
pub(super) fn read(file_name: &str, text: &str) -> Result<Template> {
    let file = Text::line(file_name).as_str().to_owned();
    let at = |line: usize, what: String| Problem::new(Kind::Input, format!("{file}, line {line}: {what}"));
    let (name, language) = names(file_name);
    let mut template = Template {
        name,
        language,
        subject: String::new(),
        event: None,
        attach: Vec::new(),
        auto: false,
        survey: false,
        place: None,
        body: String::new(),
        file: file.clone(),
        subject_line: 0,
        body_line: 0,
    };
    let text: String = Text::block(text.trim_start_matches('\u{feff}')).into();
    let mut lines = (1..).zip(text.split('\n'));
    if lines.next().is_none_or(|(_, line)| line.trim_end() != "---") {
        return Err(at(1, "a template begins with a line of three dashes".to_owned())
            .hint("then subject: and language:, three dashes again, and the text"));
    }
    let mut seen: Vec<String> = Vec::new();
    let mut placing = Placing::default();
    loop {
        let Some((number, line)) = lines.next() else {
            return Err(at(1, "the front matter is not closed by a second line of three dashes".to_owned()));
        };
        let line = line.trim();
        if line == "---" {
            template.body_line = number + 1;
            break;
        }
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let Some((key, value)) = line.split_once(':') else {
            return Err(at(number, format!("“{line}” is not key: value")));
        };
        let key = key.trim();
        if seen.iter().any(|known| known == key) {
            return Err(at(number, format!("{key} is there twice")));
        }
        seen.push(key.to_owned());
        set(&mut template, &mut placing, key, unquoted(value), number)
            .map_err(|(what, hint)| at(number, what).hint(hint))?;
    }
    if template.subject.is_empty() {
        return Err(at(1, "no subject".to_owned()).hint("add a line such as subject: Offer: {{ deal.title }}"));
    }
    if template.language.is_empty() {
        return Err(at(1, "no language".to_owned()).hint("add a line such as language: en"));
    }
    template.place = placed(placing).map_err(|(number, what, hint)| at(number, what.to_owned()).hint(hint))?;
    template.body = lines.map(|(_, line)| line).collect::<Vec<_>>().join("\n");
    Ok(template)
}

/// The place in a pack, when all of it is said; an error is the line, what is wrong and what to do.
fn placed(placing: Placing) -> std::result::Result<Option<Place>, (usize, &'static str, &'static str)> {
    match placing {
        Placing { pack: None, step: None, after: None } => Ok(None),
        Placing { pack: None, step: Some((_, line)), .. } | Placing { pack: None, after: Some((_, line)), .. } => {
            Err((line, "a step of no pack", "add a line such as pack: offer"))
        }
        Placing { pack: Some((_, line)), step: None, .. } => {
            Err((line, "the pack is named without a step", "add a line such as step: 1"))
        }
        Placing { step: Some((1, _)), after: Some((_, line)), .. } => {
            Err((line, "the first step follows nothing", "leave out after: in step 1"))
        }
        Placing { step: Some((2.., line)), after: None, .. } => {
            Err((line, "it is not said how long after the step before", "add a line such as after: 3 working days"))
        }
        Placing { pack: Some((pack, _)), step: Some((step, _)), after } => {
            Ok(Some(Place { pack, step, after: after.map_or(0, |(days, _)| days) }))
        }
    }
}

/// Sets one key; an error is what is wrong and what to do.
fn set(
    template: &mut Template,
    placing: &mut Placing,
    key: &str,
    value: &str,
    number: usize,
) -> std::result::Result<(), (String, String)> {
    match key {
        "name" if value.is_empty() => return Err(("the name is empty".into(), "leave the line out".into())),
        "name" => template.name = value.to_owned(),
        "subject" => {
            template.subject = value.to_owned();
            template.subject_line = number;
        }
        "language" => {
            template.language = language_code(value);
            let fit =
                (2..=3).contains(&template.language.len()) && template.language.chars().all(|c| c.is_ascii_lowercase());
            if !fit {
                return Err((format!("“{value}” is not a language"), "write its code: en, pl, ru, uk".into()));
            }
        }
        "event" if value.is_empty() => template.event = None,
        "event" => template.event = Some(Occasion::parse(value)?),
        "attach" => {
            let list = value.trim_start_matches('[').trim_end_matches(']').split(',').map(unquoted);
            template.attach = list.filter(|path| !path.is_empty()).map(PathBuf::from).collect();
        }
        "auto" => template.auto = yes_or_no(key, value)?,
        "survey" => template.survey = yes_or_no(key, value)?,
        "pack" if value.is_empty() => return Err(("the pack has no name".into(), "leave the line out".into())),
        "pack" => placing.pack = Some((value.to_owned(), number)),
        "step" => {
            let step = value.parse().ok().filter(|step| (1..=99).contains(step));
            let what = || (format!("“{value}” is no step"), "write its number: step: 2".into());
            placing.step = Some((step.ok_or_else(what)?, number));
        }
        "after" => {
            let what = || (format!("“{value}” are no working days"), "write after: 3 working days".into());
            placing.after = Some((working_days(value).ok_or_else(what)?, number));
        }
        _ => {
            let nearest = nearest(key, KEYS.iter().copied());
            return Err((format!("unknown key {key}"), format!("did you mean {nearest}?")));
        }
    }
    Ok(())
}

fn yes_or_no(key: &str, value: &str) -> std::result::Result<bool, (String, String)> {
    match value {
        "true" | "yes" => Ok(true),
        "false" | "no" => Ok(false),
        _ => Err((format!("{key} is “{value}”"), "write true or false".into())),
    }
}

fn unquoted(value: &str) -> &str {
    let value = value.trim();
    let inside = |mark: char| value.strip_prefix(mark).and_then(|rest| rest.strip_suffix(mark));
    // `"{{ a }}" and "b"` begins and ends with a quote that are not a pair.
    inside('"').filter(|v| !v.contains('"')).or_else(|| inside('\'').filter(|v| !v.contains('\''))).unwrap_or(value)
}

/// Name and language from a file name: `offer.pl.md` is `offer` in `pl`; the language may be empty.
fn names(file_name: &str) -> (String, String) {
    let stem = file_name.rsplit(['/', '\\']).next().unwrap_or(file_name);
    let stem = stem.strip_suffix(".md").or_else(|| stem.strip_suffix(".txt")).unwrap_or(stem);
    let (name, language) = match stem.rsplit_once('.') {
        Some((name, code)) if (2..=3).contains(&code.len()) => (name, language_code(code)),
        _ => (stem, String::new()),
    };
    (Text::line(name).into(), language)
}

/// One spelling of a language: `pl` for `pl-PL` and `PL`, `uk` for `ua`.
pub(super) fn language_code(code: &str) -> String {
    match Language::of_code(code) {
        Some(language) => language.word().to_owned(),
        None => code.trim().to_lowercase().split(['-', '_']).next().unwrap_or("").to_owned(),
    }
}

/// The known word that is most like an unknown one.
pub(super) fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> &'a str {
    known.min_by_key(|k| strsim::damerau_levenshtein(k, word)).unwrap_or("")
}
