//! `postbook templates`: which there are, and whether every short code in them is known.

use super::args;
use super::context::Context;
use super::desk::Desk;
use super::output;
use super::table::{Side, Table};
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::template::Template;
use crate::domain::text::{Text, plural};
use serde_json::{Value, json};
use std::path::Path;

/// Lists them, or checks them all.
///
/// # Errors
/// Checking: one of them cannot be used.
pub fn run(context: &Context, command: Option<args::Templates>, as_json: bool) -> Result<()> {
    let desk = Desk::open(context)?;
    match command {
        None | Some(args::Templates::List) => list(&desk, as_json),
        Some(args::Templates::Check) => check(&desk, as_json),
    }
}

fn list(desk: &Desk, as_json: bool) -> Result<()> {
    if as_json {
        return output::json(&document(desk, &desk.template_problems)).map(drop);
    }
    // The list is whole only with what could not be read.
    desk.template_problems.iter().for_each(output::problem);
    output::print(&in_words(&desk.office.templates, &desk.paths.templates_dir)).map(drop)
}

fn check(desk: &Desk, as_json: bool) -> Result<()> {
    let mut problems = desk.template_problems.clone();
    problems.extend(desk.office.templates.iter().filter_map(missing_file));
    if as_json {
        let _ = output::json(&document(desk, &problems))?;
    } else {
        problems.iter().for_each(output::problem);
    }
    let good = desk.office.templates.len() as u64;
    match problems.len() as u64 {
        0 if as_json => Ok(()),
        0 => output::print(&format!("{} checked, no mistakes.", plural(good, "template", "templates"))).map(drop),
        mistakes => Err(Problem::new(Kind::Input, format!("{} in templates", plural(mistakes, "mistake", "mistakes")))
            .hint(format!("your templates are in {}", Text::line(&desk.paths.templates_dir.to_string_lossy())))),
    }
}

/// A file that a template brings is not there.
fn missing_file(template: &Template) -> Option<Problem> {
    let missing = template.attach.iter().find(|file| !file.is_file())?;
    let shown = Text::line(&missing.to_string_lossy());
    Some(Problem::new(Kind::Input, format!("template {}: there is no file {shown}", Text::line(&template.file))))
}

fn document(desk: &Desk, problems: &[Problem]) -> Value {
    let templates = desk.office.templates.iter().map(|template| {
        let event = template.event.as_ref().map(|event| String::from(Text::line(&event.to_string())));
        json!({
            "name": Text::line(&template.name).as_str(),
            "language": Text::line(&template.language).as_str(),
            "subject": Text::line(&template.subject).as_str(),
            "event": event,
            "auto": template.auto,
            "file": Text::line(&template.file).as_str(),
            "bundled": !is_mine(template, &desk.paths.templates_dir),
        })
    });
    let problems = problems.iter().map(|problem| {
        json!({
            "sentence": Text::line(&problem.sentence).as_str(),
            "hint": problem.hint.as_deref().map(|hint| String::from(Text::line(hint))),
        })
    });
    json!({ "templates": templates.collect::<Value>(), "problems": problems.collect::<Value>() })
}

fn is_mine(template: &Template, folder: &Path) -> bool {
    folder.join(&template.file).is_file()
}

fn in_words(templates: &[Template], folder: &Path) -> String {
    let columns = [("name", Side::Left), ("language", Side::Left), ("from", Side::Left), ("subject", Side::Left)];
    let mut table = Table::new(&columns);
    for template in templates {
        table.row(vec![
            Text::line(&template.name),
            Text::line(&template.language),
            if is_mine(template, folder) { Text::line(&template.file) } else { Text::own("bundled") },
            Text::line(&template.subject),
        ]);
    }
    table.print("")
}
