//! The template engine, told to never let a missing value pass.
//!
//! Every short code has a value: what the cards say, or a [`Missing`] that is false in conditions (so that `or` and
//! `if` work) and that is noticed wherever it would be printed, joined to other text, or looped over.

use super::Hole;
use super::codes::{CODES, LINE_FIELDS, PAYMENT_FIELDS, Values};
use super::front::nearest;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::Text;
use minijinja::value::{Enumerator, Object, ObjectRepr, Value};
use minijinja::{Environment, Error, ErrorKind, Output, State, UndefinedBehavior, filters, tests};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// The value of a short code.
pub(super) enum Found {
    /// Ready to print.
    Text(String),
    /// Things with fields, for a loop.
    List(Vec<BTreeMap<&'static str, Found>>),
    /// Nobody entered it.
    Missing(Lack),
}

/// Whose card lacks what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lack {
    card: Text,
    field: Text,
}

impl Lack {
    pub(super) fn new(card: &str, field: &str) -> Self {
        Self { card: Text::line(card), field: Text::line(field) }
    }

    pub(super) fn of_card(whose: &Text, field: &str) -> Self {
        Self::new(&format!("the card of {whose}"), field)
    }
}

/// A missing value that was joined to other text stands there as its [`mark`] between these two, which are no
/// characters and are taken out of every value.
const OPEN: char = '\u{fdd0}';
const CLOSE: char = '\u{fdd1}';
/// The mark of missing value 0: private characters, which no filter changes.
const FIRST_MARK: u32 = 0xf_0000;
/// Holes reported at most: a template has fewer lines.
const MOST_HOLES: usize = 200;

/// Numbers of the missing values that were looped over or counted.
type Looped = Arc<Mutex<BTreeSet<usize>>>;

#[derive(Debug)]
struct Missing {
    number: usize,
    looped: Looped,
}

impl Object for Missing {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Iterable
    }

    /// A part of a missing value is missing.
    fn get_value(self: &Arc<Self>, _key: &Value) -> Option<Value> {
        Some(Value::from_dyn_object(Arc::clone(self)))
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        self.looped.lock().unwrap_or_else(PoisonError::into_inner).insert(self.number);
        Enumerator::Empty
    }

    fn is_true(self: &Arc<Self>) -> bool {
        false
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{OPEN}{}{CLOSE}", mark(self.number))
    }
}

/// A card, or a line of an offer: something with fields that cannot itself be printed.
#[derive(Debug)]
struct Card {
    fields: BTreeMap<&'static str, Value>,
}

impl Object for Card {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.fields.get(key.as_str()?).cloned()
    }

    /// True when something is on it, so that `{% if deal %}` works.
    fn is_true(self: &Arc<Self>) -> bool {
        self.fields.values().any(Value::is_true)
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{OPEN}card{CLOSE}")
    }
}

/// All values of one letter, and what is known of the missing ones.
struct Context {
    root: Value,
    looped: Looped,
    /// Code and lack by number.
    missing: Vec<(String, Lack)>,
}

impl Context {
    fn build(mut find: impl FnMut(&'static str) -> Found) -> Self {
        let mut context = Self { root: Value::UNDEFINED, looped: Looped::default(), missing: Vec::new() };
        let mut cards: BTreeMap<&'static str, BTreeMap<&'static str, Value>> = BTreeMap::new();
        let mut root: BTreeMap<&'static str, Value> = BTreeMap::new();
        for code in CODES {
            let value = context.value(code.name, find(code.name));
            match code.name.split_once('.') {
                Some((card, field)) => drop(cards.entry(card).or_default().insert(field, value)),
                None => drop(root.insert(code.name, value)),
            }
        }
        root.extend(cards.into_iter().map(|(name, fields)| (name, Value::from_object(Card { fields }))));
        context.root = Value::from_object(Card { fields: root });
        context
    }

    fn value(&mut self, code: &str, found: Found) -> Value {
        match found {
            Found::Text(text) => Value::from(text.replace([OPEN, CLOSE], "")),
            Found::List(items) => {
                let card = |fields: BTreeMap<&'static str, Found>| {
                    let fields = fields.into_iter().map(|(f, found)| (f, self.value(&format!("{code}.{f}"), found)));
                    Value::from_object(Card { fields: fields.collect() })
                };
                Value::from(items.into_iter().map(card).collect::<Vec<Value>>())
            }
            Found::Missing(lack) => {
                let number = self.missing.len();
                self.missing.push((code.to_owned(), lack));
                Value::from_object(Missing { number, looped: Arc::clone(&self.looped) })
            }
        }
    }
}

/// Renders with the values of one client.
///
/// # Errors
/// Every missing value.
pub(super) fn render(
    source: &str,
    first_line: usize,
    values: &Values<'_>,
    language: &str,
) -> std::result::Result<String, Vec<Hole>> {
    let context = Context::build(|code| values.find(code, language));
    let (text, mut holes) = attempt(source, &context);
    for hole in &mut holes {
        hole.line += first_line - 1;
    }
    match text {
        Ok(text) if holes.is_empty() => Ok(text),
        Err(error) if holes.is_empty() => {
            // The check at reading saw to it that this does not happen; a letter must not go out if it does.
            let line = error.line().unwrap_or(1) + first_line - 1;
            let lack = Lack::new("the template", &format!("usable short code: {}", words(&error)));
            Err(vec![Hole { code: "template".to_owned(), card: lack.card, field: lack.field, line }])
        }
        _ => Err(holes),
    }
}

/// Renders again and again, each time letting one more hole pass, so that all are found with their lines.
fn attempt(source: &str, context: &Context) -> (std::result::Result<String, Error>, Vec<Hole>) {
    let mut holes: Vec<Hole> = Vec::new();
    let mut add = |number: usize, line: usize| {
        let Some((code, lack)) = context.missing.get(number) else { return };
        let hole = Hole { code: code.clone(), card: lack.card.clone(), field: lack.field.clone(), line };
        if !holes.contains(&hole) {
            holes.push(hole);
        }
    };
    let prepared = keep_line_ends(source);
    let mut result = Ok(String::new());
    for passed in 0..MOST_HOLES {
        let environment = environment(passed);
        result = environment.render_str(&prepared, &context.root);
        let Err(error) = &result else { break };
        let numbers = printed(error.detail().unwrap_or(""));
        if numbers.is_empty() {
            break;
        }
        for number in numbers {
            add(number, error.line().unwrap_or(1));
        }
    }
    for number in context.looped.lock().unwrap_or_else(PoisonError::into_inner).iter() {
        let code = context.missing.get(*number).map_or("", |(code, _)| code.as_str());
        add(*number, line_of(source, code));
    }
    holes.sort_by_key(|hole| hole.line);
    (result, holes)
}

/// The character that stands for a missing value.
fn mark(number: usize) -> char {
    let code = u32::try_from(number).ok().and_then(|number| FIRST_MARK.checked_add(number));
    code.and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// The numbers of the missing values in a piece of text.
fn printed(text: &str) -> Vec<usize> {
    let number = |c: char| usize::try_from(u32::from(c).checked_sub(FIRST_MARK)?).ok();
    text.split(OPEN).skip(1).filter_map(|rest| rest.split(CLOSE).next()?.chars().find_map(number)).collect()
}

/// A line that holds only tags (`{% for … %}`) leaves no empty line behind; but a line of text that ends with one
/// (`Dear {{ a }}{% if b %} {{ b }}{% endif %}`) keeps its end, which `trim_blocks` alone would take.
fn keep_line_ends(source: &str) -> String {
    let mut prepared = String::with_capacity(source.len());
    for line in source.split_inclusive('\n') {
        let text = line.trim_end();
        let end = line.get(text.len()..).unwrap_or("");
        let outside = text.split("{%").map(|part| part.split_once("%}").map_or(part, |(_, after)| after));
        let only_tags = outside.skip(1).chain(text.split("{%").next()).all(|part| part.trim().is_empty());
        match text.strip_suffix("%}").filter(|open| !only_tags && open.contains("{%") && !open.ends_with(['-', '+'])) {
            Some(open) => prepared.extend([open, "+%}", end]),
            None => prepared.push_str(line),
        }
    }
    prepared
}

/// The first line with `code` inside braces, from 1.
fn line_of(source: &str, code: &str) -> usize {
    let names = |line: &str| short_codes(line).any(|known| known == code);
    source.lines().position(names).map_or(1, |index| index + 1)
}

/// The names inside the braces of a line, `a.b.c` each.
fn short_codes(line: &str) -> impl Iterator<Item = &str> {
    let inside = line.split("{{").flat_map(|part| part.split("{%")).skip(1);
    let inside = inside.map(|part| part.split("}}").next().unwrap_or("").split("%}").next().unwrap_or(""));
    inside.flat_map(|part| part.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '.')).filter(|n| !n.is_empty())
}

/// A few filters and tests and nothing else: no loader, no functions, no access to anything.
fn environment(passed: usize) -> Environment<'static> {
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_trim_blocks(true);
    environment.set_lstrip_blocks(true);
    environment.set_keep_trailing_newline(true);
    environment.add_filter("upper", filters::upper);
    environment.add_filter("lower", filters::lower);
    environment.add_filter("capitalize", filters::capitalize);
    environment.add_filter("trim", filters::trim);
    environment.add_filter("replace", filters::replace);
    environment.add_filter("length", filters::length);
    environment.add_filter("default", |value: Value, other: Value| if value.is_true() { value } else { other });
    environment.add_test("defined", |value: &Value| value.is_true());
    environment.add_test("undefined", |value: &Value| !value.is_true());
    environment.add_test("odd", tests::is_odd);
    environment.add_test("even", tests::is_even);
    let seen = AtomicUsize::new(0);
    environment.set_formatter(move |output, state, value| print(output, state, value, &seen, passed));
    environment
}

/// Writes a value into the letter. Text goes in as it is: no HTML escaping, and never read as a template again.
fn print(
    output: &mut Output<'_>,
    _state: &State<'_, '_>,
    value: &Value,
    seen: &AtomicUsize,
    passed: usize,
) -> std::result::Result<(), Error> {
    if value.is_undefined() {
        return Err(Error::from(ErrorKind::UndefinedError));
    }
    if value.is_none() {
        return Err(Error::new(ErrorKind::InvalidOperation, "this short code prints nothing"));
    }
    let text = value.to_string();
    if text.contains(OPEN) {
        if printed(&text).is_empty() {
            return Err(Error::new(ErrorKind::InvalidOperation, "this is a whole card or list, not one field of it"));
        }
        if seen.fetch_add(1, Ordering::Relaxed) >= passed {
            return Err(Error::new(ErrorKind::InvalidOperation, text));
        }
        return Ok(());
    }
    output.write_str(&text).map_err(|_| Error::new(ErrorKind::WriteFailure, "the letter cannot be written"))
}

/// What the engine says, without its own marks.
fn words(error: &Error) -> Text {
    match error.detail() {
        Some(detail) if !detail.is_empty() => Text::line(detail),
        _ => Text::from(error.kind().to_string()),
    }
}

/// Checks syntax and every short code of a template by its names and by two trials: everything there, nothing there.
///
/// # Errors
/// The first mistake with its file and line, and the nearest known short code.
pub(super) fn check(file: &str, first_line: usize, source: &str) -> Result<()> {
    let at =
        |line: usize, what: &str| Problem::new(Kind::Input, format!("{file}, line {}: {what}", line + first_line - 1));
    let environment = environment(0);
    let template = environment.template_from_str(source).map_err(|error| {
        at(error.line().unwrap_or(1), words(&error).as_str()).hint("short codes look like {{ contact.first_name }}")
    })?;
    let unknown = template.undeclared_variables(true).into_iter().filter(|name| !is_known(name));
    let first = unknown.map(|name| (line_of(source, &name), name)).min();
    if let Some((line, name)) = first {
        let near = nearest(&name, CODES.iter().map(|c| c.name));
        return Err(at(line, &format!("unknown short code {name}")).hint(format!("the nearest known is {near}")));
    }
    let full = Context::build(|code| match code {
        "deal.offer_lines" => sample(&LINE_FIELDS),
        "payments" => sample(&PAYMENT_FIELDS),
        _ => Found::Text("x".to_owned()),
    });
    let empty = Context::build(|code| Found::Missing(Lack::new("the card", code)));
    for context in [full, empty] {
        let (result, holes) = attempt(source, &context);
        if let (Err(error), true) = (result, holes.is_empty()) {
            return Err(trial_problem(&error, source, at));
        }
    }
    Ok(())
}

/// One item with every field, for the trial.
fn sample(fields: &[&'static str]) -> Found {
    Found::List(vec![fields.iter().map(|field| (*field, Found::Text("x".to_owned()))).collect()])
}

/// A short code, a card, or `loop` of a loop.
fn is_known(name: &str) -> bool {
    CODES.iter().any(|code| code.name == name || code.name.split_once('.').is_some_and(|(card, _)| card == name))
}

/// What a trial stumbled over: mostly a misspelt field of an offer line or a payment, or an unknown filter.
fn trial_problem(error: &Error, source: &str, at: impl Fn(usize, &str) -> Problem) -> Problem {
    let line = error.line().unwrap_or(1);
    if error.kind() != ErrorKind::UndefinedError {
        return at(line, words(error).as_str());
    }
    let fields: Vec<&str> = LINE_FIELDS.iter().chain(&PAYMENT_FIELDS).copied().collect();
    let written = source.lines().nth(line.saturating_sub(1)).unwrap_or("");
    let misspelt = short_codes(written).filter(|name| !is_known(name)).find_map(|name| {
        let (item, field) = name.rsplit_once('.')?;
        (!fields.contains(&field)).then_some((name, item, field))
    });
    match misspelt {
        Some((name, item, field)) => at(line, &format!("unknown short code {name}"))
            .hint(format!("the nearest known is {item}.{}", nearest(field, fields.iter().copied()))),
        None => at(line, "a short code on this line names nothing that exists"),
    }
}
