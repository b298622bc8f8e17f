//! Legal forms: what tells that a name is a company's, and what its name is without them.

use super::query::words;

/// Legal forms, folded, each a run of words as [`words`] parts them: points and blanks in them do not count.
const FORMS: &[&[&str]] = &[
    &["ltd"],
    &["limited"],
    &["llc"],
    &["llp"],
    &["lp"],
    &["plc"],
    &["inc"],
    &["corp"],
    &["gmbh"],
    &["ag"],
    &["bv"],
    &["b", "v"],
    &["nv"],
    &["oy"],
    &["ab"],
    &["aps"],
    &["sarl"],
    &["sas"],
    &["srl"],
    &["s", "r", "l"],
    &["s", "r", "o"],
    &["sro"],
    &["a", "s"],
    &["sp", "z", "o", "o"],
    &["sp", "zoo"],
    &["spolka", "z", "o", "o"],
    &["spolka", "akcyjna"],
    &["s", "a"],
    &["sa"],
    &["sp", "k"],
    &["sp", "j"],
    &["s", "c"],
    &["psa"],
    &["ооо"],
    &["оао"],
    &["зао"],
    &["пао"],
    &["ао"],
    &["тоо"],
    &["чп"],
    &["ип"],
    &["тов"],
    &["пп"],
    &["фоп"],
    &["прат"],
    &["пат"],
    &["ат"],
    &["кп"],
    &["дп"],
    &["тзов"],
    &["ooo"],
    &["tov"],
    &["too"],
];

/// Too short or too usual to tell a company anywhere but at the end of a name: "Anna SA", but not "ag meeting".
const AT_THE_END: &[&str] =
    &["ag", "ab", "sa", "sas", "lp", "oy", "nv", "bv", "a s", "s a", "s c", "inc", "corp", "limited"];

/// Where the form stands among the words: `(first, after the last)`.
fn place(words: &[String]) -> Option<(usize, usize)> {
    let mut found: Option<(usize, usize)> = None;
    for form in FORMS {
        for (start, window) in words.windows(form.len()).enumerate() {
            let end = start + form.len();
            let fits = window.iter().zip(*form).all(|(word, part)| word == part);
            let last_only = AT_THE_END.contains(&form.join(" ").as_str());
            if fits
                && (!last_only || (end == words.len() && start > 0))
                && found.is_none_or(|(a, b)| end - start > b - a)
            {
                found = Some((start, end));
            }
        }
    }
    found
}

/// True when a legal form stands in it: "Acme sp. z o.o.", «ООО Ромашка».
#[must_use]
pub fn is_in(text: &str) -> bool {
    place(&words(text)).is_some()
}

/// The words of a company's name without its legal form, folded.
#[must_use]
pub fn without(name: &str) -> Vec<String> {
    let mut words = words(name);
    if let Some((start, end)) = place(&words)
        && end - start < words.len()
    {
        words.drain(start..end);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_known_however_they_are_written() {
        for (name, rest) in [
            ("Acme Sp. z o.o.", "acme"),
            ("ACME SP Z O O", "acme"),
            ("Acme sp. z o. o.", "acme"),
            ("ООО «Ромашка»", "ромашка"),
            ("ТОВ \"Зоря\"", "зоря"),
            ("Bałtyk Software S.A.", "baltyk software"),
            ("Kaffa Parts s.r.o.", "kaffa parts"),
            ("Hutchins & Rowe LLP", "hutchins rowe"),
            ("Sokół Transport sp.k.", "sokol transport"),
            ("Northlight Cowork Ltd", "northlight cowork"),
        ] {
            assert!(is_in(name), "{name}");
            assert_eq!(without(name).join(" "), rest, "{name}");
        }
        for name in ["Клініка «Весна»", "Anna Kowalska", "SA Kowalski", "Meble Plus", "Ag Nowak", "ltd."]
        {
            assert_eq!(is_in(name), name == "ltd.", "{name}");
        }
        assert_eq!(without("Ltd"), ["ltd"], "a name is never empty");
    }
}
