//! What can be typed next: fields, and the values of a field.

use super::parser::FIELDS;
use super::tree::{Is, Kind};
use crate::domain::counter::Counter;
use crate::domain::text::{Text, fold};

/// Names that values are completed from, as the store has them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Names {
    /// Folders.
    pub folders: Vec<Text>,
    /// Tags.
    pub tags: Vec<Text>,
    /// Stages.
    pub stages: Vec<Text>,
    /// Owners.
    pub owners: Vec<Text>,
}

/// What the last word can become: each with what it means, where that is not said by itself.
#[must_use]
pub fn completions(typed: &str, names: &Names) -> Vec<(String, &'static str)> {
    let start = typed.rfind(|c: char| c.is_whitespace() || c == '(').map_or(0, |at| at + 1);
    let word = typed.get(start..).unwrap_or_default();
    let bare = word.trim_start_matches('-');
    let sign = word.get(..word.len() - bare.len()).unwrap_or_default();
    match bare.split_once(':') {
        None => FIELDS
            .iter()
            .filter(|(name, ..)| !bare.is_empty() && name.starts_with(&bare.to_lowercase()))
            .map(|(name, what, _)| (format!("{sign}{name}:"), *what))
            .collect(),
        Some((field, value)) => {
            let begun = fold(value.trim_start_matches('"'));
            values(&field.to_lowercase(), names)
                .into_iter()
                .filter(|known| fold(known).starts_with(&begun) && fold(known) != begun)
                .map(|known| {
                    let quoted = if known.contains(' ') { format!("\"{known}\"") } else { known };
                    (format!("{sign}{field}:{quoted}"), "")
                })
                .take(20)
                .collect()
        }
    }
}

/// The text with its last word completed.
#[must_use]
pub fn completed(typed: &str, completion: &str) -> String {
    let start = typed.rfind(|c: char| c.is_whitespace() || c == '(').map_or(0, |at| at + 1);
    let space = if completion.ends_with(':') { "" } else { " " };
    format!("{}{completion}{space}", typed.get(..start).unwrap_or_default())
}

fn values(field: &str, names: &Names) -> Vec<String> {
    let known = |texts: &[Text]| texts.iter().map(|text| text.as_str().to_owned()).collect::<Vec<_>>();
    let own = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    match field {
        "is" => Is::ALL.iter().map(|is| is.word().to_owned()).collect(),
        "kind" => Kind::ALL.iter().map(|kind| kind.word().to_owned()).collect(),
        "counter" => Counter::ALL.iter().map(|counter| counter.word().to_owned()).collect(),
        "has" => own(&["file", "invitation", "link", "pdf"]),
        "before" | "after" | "on" => own(&["today", "yesterday", "7d", "2w", "3m", "1y"]),
        "amount" => own(&[">1000", "1000..5000", "<1000"]),
        "in" => {
            let mut folders = own(&["inbox", "sent", "archive", "drafts", "junk", "trash"]);
            folders
                .extend(known(&names.folders).into_iter().filter(|name| !["inbox", "INBOX"].contains(&name.as_str())));
            folders
        }
        "tag" => known(&names.tags),
        "stage" => known(&names.stages),
        "owner" => known(&names.owners),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_and_values_are_completed() {
        let names = Names { tags: vec![Text::own("vip"), Text::own("very big")], ..Names::default() };
        for (typed, expected) in [
            ("fr", "from:"),
            ("budget fr", "budget from:"),
            ("(-fr", "(-from:"),
            ("is:unr", "is:unread "),
            ("counter:una", "counter:unanswered "),
            ("x tag:ver", "x tag:\"very big\" "),
            ("after:y", "after:yesterday "),
        ] {
            let offers = completions(typed, &names);
            assert_eq!(completed(typed, &offers.first().unwrap_or_else(|| panic!("{typed}")).0), expected);
        }
        for typed in ["", "x ", "is:unread", "foo:ba", "budget"] {
            assert!(completions(typed, &names).is_empty(), "{typed}");
        }
    }
}
