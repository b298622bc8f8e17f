//! `mailto:` links on the command line, as browsers and desktops hand them over.

use crate::domain::mailto;
use std::ffi::OsString;

/// A link that can be used, as it was written.
pub(super) fn mailto(typed: &str) -> Result<String, String> {
    mailto::read(typed).map(|_| typed.to_owned()).map_err(|problem| problem.sentence)
}

/// `postbook mailto:…` is `postbook write mailto:…`: a desktop starts its mail program with the link and nothing else.
#[must_use]
pub fn with_links(arguments: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = arguments.into_iter().collect();
    let is_link = |argument: &OsString| {
        let text = argument.to_string_lossy();
        text.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("mailto:"))
    };
    let is_option = |argument: &OsString| argument.to_string_lossy().starts_with("--");
    let first = arguments.iter().skip(1).position(is_link).map(|at| at + 1);
    // Before it may stand options with their values, but no command.
    let bare = first.filter(|at| {
        let before: Vec<&OsString> = arguments.iter().take(*at).skip(1).collect();
        before.chunks(2).all(|pair| pair.first().is_some_and(|option| is_option(option)) && pair.len() == 2)
    });
    if let Some(at) = bare {
        arguments.insert(at, "write".into());
    }
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_link_opens_a_letter() {
        for (given, expected) in [
            ("postbook mailto:a@x.example", "postbook write mailto:a@x.example"),
            ("postbook MAILTO:a@x.example", "postbook write MAILTO:a@x.example"),
            ("postbook --config c.toml mailto:a@x.example", "postbook --config c.toml write mailto:a@x.example"),
            ("postbook write mailto:a@x.example", "postbook write mailto:a@x.example"),
            ("postbook send --mailto mailto:a@x.example", "postbook send --mailto mailto:a@x.example"),
            ("postbook", "postbook"),
        ] {
            let given = with_links(given.split(' ').map(OsString::from));
            let shown: Vec<String> = given.iter().map(|word| word.to_string_lossy().into_owned()).collect();
            assert_eq!(shown.join(" "), expected);
        }
    }
}
