//! Single tags of HTML: where they end, what they say, where they would lead.

use mail_parser::decoders::html::html_to_text;

/// Characters of a link's target that are shown.
const LONGEST_TARGET: usize = 1000;

/// Up to and with the next `>`.
pub(super) fn simple_end(tag: &str) -> usize {
    tag.find('>').map_or(tag.len(), |end| end + 1)
}

/// The host of a URL that would go over the network.
pub(super) fn host(url: &str) -> Option<String> {
    let url = html_to_text(url.trim().get(..300).unwrap_or(url.trim())).to_lowercase();
    let rest = url.strip_prefix("https:").or_else(|| url.strip_prefix("http:")).unwrap_or(&url).strip_prefix("//")?;
    let authority = rest.split(['/', '?', '#', ')', '"', '\'']).next()?;
    let host = authority.rsplit('@').next()?.split(':').next()?;
    (!host.is_empty()).then(|| host.to_owned())
}

/// Where a link really leads; `None` for places inside the letter and for scripts.
pub(super) fn target(href: &str) -> Option<String> {
    let target: String =
        html_to_text(href).split_whitespace().collect::<Vec<_>>().join("").chars().take(LONGEST_TARGET).collect();
    let lower = target.to_ascii_lowercase();
    let leads_nowhere = target.is_empty()
        || target.starts_with('#')
        || ["javascript:", "data:", "cid:", "vbscript:"].iter().any(|scheme| lower.starts_with(scheme));
    (!leads_nowhere).then_some(target)
}

/// The attributes of one tag, their names in lower case.
pub(super) struct Attributes(Vec<(String, String)>);

impl Attributes {
    /// The value of the first attribute of this name.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

/// Reads attributes from `start` in `tag`; gives the tag's length too. Only the few that are asked for are kept.
pub(super) fn attributes(tag: &str, start: usize) -> (Attributes, usize) {
    const KEPT: [&str; 9] = ["href", "src", "alt", "width", "height", "style", "background", "poster", "hidden"];
    let mut kept = Vec::new();
    let mut at = start;
    loop {
        let rest = tag.get(at..).unwrap_or("");
        let blanks = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/').len();
        at += blanks;
        let rest = tag.get(at..).unwrap_or("");
        match rest.chars().next() {
            None => return (Attributes(kept), tag.len()),
            Some('>') => return (Attributes(kept), at + 1),
            Some(_) => {}
        }
        let name_end =
            rest.find(|c: char| c.is_ascii_whitespace() || matches!(c, '=' | '>' | '/')).unwrap_or(rest.len());
        let name = rest.get(..name_end).unwrap_or("").to_ascii_lowercase();
        let after = rest.get(name_end..).unwrap_or("");
        let Some(value) = after.trim_start().strip_prefix('=') else {
            at += name_end.max(1);
            continue;
        };
        let value = value.trim_start();
        at = tag.len() - value.len();
        let (content, length) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => match value.get(1..).and_then(|v| v.find(quote)) {
                Some(end) => (value.get(1..=end).unwrap_or(""), end + 2),
                // A quote that is never closed must not swallow the letter.
                None => return (Attributes(kept), simple_end(tag).max(start)),
            },
            _ => {
                let end = value.find(|c: char| c.is_ascii_whitespace() || c == '>').unwrap_or(value.len());
                (value.get(..end).unwrap_or(""), end)
            }
        };
        if KEPT.contains(&name.as_str()) && kept.len() < 20 {
            kept.push((name, content.to_owned()));
        }
        at += length;
    }
}
