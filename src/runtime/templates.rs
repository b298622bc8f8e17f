//! The templates as they are on disk: those that come with the program, each replaced by mine of the same name and language.

use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::template::{self, Template};
use crate::domain::text::Text;
use std::ffi::OsString;
use std::path::Path;
use std::time::SystemTime;

/// The most bytes a template's file may have: more is some other file.
const LARGEST_TEMPLATE: u64 = 1024 * 1024;

/// How the files of a folder are: names, sizes, times.
pub type Stamp = Vec<(OsString, u64, Option<SystemTime>)>;

/// How they are now; empty where there is no folder.
#[must_use]
pub fn stamp(folder: &Path) -> Stamp {
    let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(std::result::Result::ok);
    let mut files: Stamp = entries
        .filter_map(|entry| {
            let facts = entry.metadata().ok()?;
            Some((entry.file_name(), facts.len(), facts.modified().ok()))
        })
        .collect();
    files.sort();
    files
}

/// The bundled templates, each replaced by mine of the same name and language, and what is wrong with mine.
#[must_use]
pub fn load(folder: &Path) -> (Vec<Template>, Vec<Problem>) {
    let mut templates = template::bundled();
    let (mut mine, mut problems) = templates_in(folder);
    templates.retain(|bundled| {
        !mine.iter().any(|own| own.name.eq_ignore_ascii_case(&bundled.name) && own.language == bundled.language)
    });
    templates.append(&mut mine);
    templates.sort_by(|a, b| (&a.name, &a.language, &a.file).cmp(&(&b.name, &b.language, &b.file)));
    problems.extend(template::packs(&templates).1);
    (templates, problems)
}

/// Every `.md` file of a folder; no folder is no templates.
fn templates_in(folder: &Path) -> (Vec<Template>, Vec<Problem>) {
    let shown = Text::line(&folder.to_string_lossy());
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return (Vec::new(), Vec::new()),
        Err(error) => {
            let problem = Problem::new(Kind::Config, format!("the templates in {shown} cannot be read: {error}"));
            return (Vec::new(), vec![problem]);
        }
    };
    let mut files: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("md")));
    files.sort();
    let (mut templates, mut problems) = (Vec::new(), Vec::new());
    for file in files {
        match read_template(folder, &file) {
            Ok(template) => templates.push(template),
            Err(problem) => problems.push(problem),
        }
    }
    (templates, problems)
}

fn read_template(folder: &Path, file: &Path) -> Result<Template> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let unreadable = |why: String| Problem::new(Kind::Config, format!("template {} {why}", Text::line(&name)));
    if std::fs::metadata(file).is_ok_and(|metadata| metadata.len() > LARGEST_TEMPLATE) {
        return Err(unreadable("is larger than 1 MB".to_owned()));
    }
    let text = std::fs::read_to_string(file).map_err(|error| unreadable(format!("cannot be read: {error}")))?;
    let mut template = Template::parse(&name, &text)?;
    // Its files stand beside it, wherever the program was started.
    for attached in &mut template.attach {
        *attached = folder.join(&attached);
    }
    Ok(template)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn my_template_replaces_the_bundled_one_and_a_broken_one_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        write("offer.en.md", "---\nname: offer\nlanguage: en\nsubject: Mine\nattach: prices.pdf\n---\nHello\n");
        write("broken.en.md", "---\nlanguage: en\nsubject: X\n---\n{{ contact.frist_name }}\n");
        write("notes.txt", "no template");
        let (templates, problems) = load(folder.path());
        let offers: Vec<&Template> = templates.iter().filter(|t| t.name == "offer" && t.language == "en").collect();
        assert_eq!(offers.len(), 1);
        assert_eq!(offers.first().unwrap().subject, "Mine");
        assert_eq!(offers.first().unwrap().attach, [folder.path().join("prices.pdf")]);
        assert!(templates.iter().any(|t| t.name == "offer" && t.language == "pl"), "the others stay");
        assert_eq!(problems.len(), 1);
        assert!(problems.first().unwrap().sentence.contains("broken.en.md"), "{problems:?}");
        write("late.en.md", "---\npack: offer\nstep: 9\nafter: 1\nsubject: X\n---\nHello\n");
        let (_, problems) = load(folder.path());
        assert!(problems.iter().any(|p| p.sentence == "pack offer: there is no step 5, but a step 9"), "{problems:?}");
        assert_eq!(templates_in(&folder.path().join("nowhere")), (Vec::new(), Vec::new()));
    }
}
