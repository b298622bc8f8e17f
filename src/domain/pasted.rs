//! Paths as other programs hand them over: dropped on a terminal, copied from a file manager or a shell.

use super::mailto;

/// The path that a pasted text is, where it looks like nothing else: one line, absolute or in the home folder, with or without quotes,
/// backslashes or `file://`.
#[must_use]
pub fn path(pasted: &str) -> Option<String> {
    let text = pasted.trim();
    if text.is_empty() || text.contains(['\n', '\r', '\0']) || text.len() > 4096 {
        return None;
    }
    let path = if let Some(uri) = text.strip_prefix("file://") {
        of_uri(uri)?
    } else if let Some(quoted) = in_quotes(text) {
        quoted.to_owned()
    } else {
        unescaped(text)?
    };
    let whole = path.starts_with('/') && path.len() > 1 && path.trim_start_matches('/').contains('/');
    let at_home = path.starts_with("~/") && path.len() > 2;
    (whole || at_home).then_some(path)
}

fn in_quotes(text: &str) -> Option<&str> {
    ['\'', '"'].iter().find_map(|quote| text.strip_prefix(*quote)?.strip_suffix(*quote))
}

/// As a shell writes it; a bare blank would part two arguments, but file managers paste paths with blanks as they are.
fn unescaped(text: &str) -> Option<String> {
    let mut path = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        path.push(if c == '\\' { rest.next()? } else { c });
    }
    Some(path)
}

/// `file://host/path`, of this machine (RFC 8089).
fn of_uri(uri: &str) -> Option<String> {
    let at = uri.find('/')?;
    let (host, path) = uri.split_at(at);
    if !(host.is_empty() || host.eq_ignore_ascii_case("localhost")) {
        return None;
    }
    mailto::decoded(path).filter(|path| !path.contains(['\0', '\n', '\r']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_told_from_words() {
        for (pasted, expected) in [
            ("/home/anna/offer.pdf", Some("/home/anna/offer.pdf")),
            ("'/home/anna/my offer.pdf' ", Some("/home/anna/my offer.pdf")),
            ("\"/home/anna/my offer.pdf\"\n", Some("/home/anna/my offer.pdf")),
            ("/home/anna/my\\ offer\\ \\(2\\).pdf", Some("/home/anna/my offer (2).pdf")),
            ("/home/anna/my offer.pdf", Some("/home/anna/my offer.pdf")),
            ("file:///home/anna/%D0%9E%D1%84%D0%B5%D1%80%D1%82%D0%B0%201.pdf", Some("/home/anna/Оферта 1.pdf")),
            ("file://localhost/tmp/a", Some("/tmp/a")),
            ("file://elsewhere/tmp/a", None),
            ("file:///tmp/%00", None),
            ("~/offer.pdf", Some("~/offer.pdf")),
            ("/regards", None),
            ("/home/a\n/home/b", None),
            ("and/or", None),
            ("https://x.example/a", None),
            ("", None),
        ] {
            assert_eq!(path(pasted).as_deref(), expected, "{pasted:?}");
        }
    }
}
