//! The templates as they are on disk: those that come with the program, each replaced by mine of the same name and language.

use crate::config::paths::{make_private_folder, open_private_file};
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::template::{self, Template};
use crate::domain::text::Text;
use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
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

/// A template's file was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its name.
    pub file: String,
    /// What is said: also what is wrong with it.
    pub words: String,
}

/// The text of a template's file, and whether it is mine: a bundled one is given as it comes with the program.
///
/// # Errors
/// There is no such file, or it cannot be read.
pub fn source(folder: &Path, file: &str) -> Result<(String, bool)> {
    let path = path_of(folder, file)?;
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok((text, true)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => match template::bundled_source(file) {
            Some(text) => Ok((text.to_owned(), false)),
            None => Err(Problem::new(Kind::NotFound, format!("there is no template file {}", Text::line(file)))
                .hint("`postbook templates` lists them")),
        },
        Err(error) => Err(unusable(file, &format!("cannot be read: {error}"))),
    }
}

/// Keeps a template in my folder, whole or not at all, readable by me alone. Without a file it gets one named after it, which
/// must not be there yet. One with a mistake is kept too, and said so: work is never lost.
///
/// # Errors
/// When it cannot be written; a new one also when its name is taken, or when it has a mistake and so no name.
pub fn keep(folder: &Path, file: Option<&str>, text: &str) -> Result<Kept> {
    let parsed = Template::parse(file.unwrap_or("new.md"), text);
    let file = match (file, &parsed) {
        (Some(file), _) => file.to_owned(),
        (None, Err(problem)) => return Err(problem.clone()),
        (None, Ok(template)) => {
            let file = template.file_name();
            if folder.join(&file).exists() || template::bundled_source(&file).is_some() {
                let what = format!("there is a template {} in that language already", Text::line(&template.name));
                return Err(Problem::new(Kind::Input, what).hint("give the new one another name, or edit that one"));
            }
            file
        }
    };
    let path = path_of(folder, &file)?;
    let cannot = |error: std::io::Error| unusable(&file, &format!("cannot be written: {error}"));
    make_private_folder(folder).map_err(cannot)?;
    let aside = folder.join(format!(".{file}.new"));
    let written = std::fs::remove_file(&aside).or_else(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Ok(()),
        _ => Err(error),
    });
    written
        .and_then(|()| open_private_file(&aside))
        .and_then(|mut new| new.write_all(text.as_bytes()).and_then(|()| new.sync_all()))
        .and_then(|()| std::fs::rename(&aside, &path))
        .map_err(cannot)?;
    let words = match parsed {
        Ok(_) => format!("Kept {file}"),
        Err(problem) => format!("Kept {file}, but it cannot be used yet: {}", problem.sentence),
    };
    Ok(Kept { file, words })
}

/// Deletes a file of mine.
///
/// # Errors
/// There is none of that name, or it cannot be deleted.
pub fn remove(folder: &Path, file: &str) -> Result<()> {
    std::fs::remove_file(path_of(folder, file)?).map_err(|error| unusable(file, &format!("cannot be deleted: {error}")))
}

/// The path of a file of mine; its name is a name and no way to another folder.
fn path_of(folder: &Path, file: &str) -> Result<PathBuf> {
    let plain = !file.contains(['/', '\\', '\0']) && !file.starts_with('.') && file.to_lowercase().ends_with(".md");
    if plain { Ok(folder.join(file)) } else { Err(unusable(file, "is no file name that ends with .md")) }
}

fn unusable(file: &str, why: &str) -> Problem {
    Problem::new(Kind::Config, format!("template {} {why}", Text::line(file)))
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
    fn a_template_is_kept_whole_and_private_and_a_new_one_takes_nobodys_place() {
        let folder = tempfile::tempdir().unwrap();
        let mine = folder.path().join("templates");
        let text = "---\nname: Big offer\nlanguage: en\nsubject: Hi\n---\nHello\n";
        let kept = keep(&mine, None, text).unwrap();
        assert_eq!((kept.file.as_str(), kept.words.as_str()), ("big-offer.en.md", "Kept big-offer.en.md"));
        assert_eq!(source(&mine, "big-offer.en.md").unwrap(), (text.to_owned(), true));
        assert!(!crate::config::paths::readable_by_others(&mine.join("big-offer.en.md")));
        assert!(keep(&mine, None, text).unwrap_err().sentence.contains("there is a template Big offer"));
        let bundled = source(&mine, "offer.pl.md").unwrap();
        assert!(bundled.0.contains("pack: offer") && !bundled.1);
        assert!(keep(&mine, None, &bundled.0).is_err(), "the bundled one is edited, not doubled");
        // A copy of a bundled one takes its place; with a mistake it is kept and said so.
        let wrong = bundled.0.replace("me.name", "me.nam");
        let kept = keep(&mine, Some("offer.pl.md"), &wrong).unwrap();
        assert!(kept.words.contains("unknown short code me.nam"), "{}", kept.words);
        let (templates, problems) = load(&mine);
        assert_eq!(problems.len(), 1);
        assert!(templates.iter().any(|t| t.file == "big-offer.en.md"));
        keep(&mine, Some("offer.pl.md"), &bundled.0).unwrap();
        assert_eq!(load(&mine).1, []);
        remove(&mine, "offer.pl.md").unwrap();
        assert!(!source(&mine, "offer.pl.md").unwrap().1);
        assert!(remove(&mine, "offer.pl.md").is_err());
        for bad in ["../x.md", "a/b.md", ".hidden.md", "x.txt"] {
            assert!(keep(&mine, Some(bad), text).is_err(), "{bad}");
        }
        assert_eq!(std::fs::read_dir(&mine).unwrap().count(), 1, "nothing is left aside");
    }

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
