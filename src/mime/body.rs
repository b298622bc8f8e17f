//! The letter's own words: which parts are its text, and how they read.

use super::html::{self, Links, Remote};
use super::parts::{Part, Parts};

/// Text shown of a letter; whoever sends more sends a file.
const LONGEST: usize = 4 * 1024 * 1024;

/// A letter's text parts, in order.
#[derive(Debug, Default)]
pub(super) struct Body {
    pieces: Vec<Piece>,
    /// The parts that are text of the letter, not files.
    pub shown: Vec<usize>,
}

/// One text, in the forms the letter gives it in.
#[derive(Debug, Default)]
struct Piece {
    plain: Option<String>,
    html: Option<String>,
}

/// Finds the text parts of a letter.
pub(super) fn find(parts: &Parts<'_>) -> Body {
    let mut body = Body::default();
    gather(parts, 0, &mut body);
    body
}

impl Body {
    /// Some part is HTML.
    pub(super) fn has_html(&self) -> bool {
        self.pieces.iter().any(|piece| piece.html.is_some())
    }

    /// The text, the plain form preferred unless it is a lie; and what the HTML would have loaded. Not sanitised.
    pub(super) fn text(&self) -> (String, Remote) {
        self.render(|plain, html| if is_lie(plain, html) { html.text() } else { plain.to_owned() })
    }

    /// The HTML form made readable, where there is one.
    pub(super) fn html_text(&self) -> Option<String> {
        self.has_html().then(|| self.render(|_, html| html.text()).0)
    }

    fn render(&self, choose: impl Fn(&str, &html::Clean) -> String) -> (String, Remote) {
        let mut links = Links::default();
        let mut remote = Remote::default();
        let mut texts: Vec<String> = Vec::new();
        let mut shows_html = false;
        for piece in &self.pieces {
            let text = match (&piece.plain, &piece.html) {
                (Some(plain), None) => plain.clone(),
                (plain, Some(source)) => {
                    let mut own = Links::default();
                    let links = if plain.is_some() { &mut own } else { &mut links };
                    let clean = html::clean(source, links);
                    remote.count += clean.remote.count;
                    remote.trackers += clean.remote.trackers;
                    remote.hosts.extend(clean.remote.hosts.iter().cloned());
                    match plain {
                        Some(plain) => {
                            let chosen = choose(plain, &clean);
                            if chosen == *plain { chosen } else { format!("{chosen}\n\n{}", own.list()) }
                        }
                        None => {
                            shows_html = true;
                            clean.text()
                        }
                    }
                }
                (None, None) => continue,
            };
            texts.push(text.trim_end().to_owned());
        }
        texts.retain(|text| !text.trim().is_empty());
        let mut text = texts.join("\n\n");
        let list = links.list();
        if shows_html && !list.is_empty() {
            text.push_str("\n\n");
            text.push_str(list.trim_end());
        }
        cut(&mut text);
        (text, remote)
    }
}

fn cut(text: &mut String) {
    // A text that is already cut has the note behind it.
    if text.len() > LONGEST + 200 {
        let mut end = LONGEST;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
        text.push_str("\n\n[The letter goes on: it is too long to show. The raw view has all of it.]");
    }
}

/// A plain part that says nothing: empty, a hint to open a browser, or a few words beside a long HTML letter.
fn is_lie(plain: &str, html: &html::Clean) -> bool {
    const HINTS: [&str; 14] = [
        "in your browser",
        "in a browser",
        "web version",
        "view this email",
        "view online",
        "html email",
        "html-capable",
        "does not support html",
        "doesn't support html",
        "w przeglądarce",
        "w formacie html",
        "в браузере",
        "у браузері",
        "формате html",
    ];
    let length = plain.trim().chars().count();
    if length == 0 {
        return true;
    }
    if length > 400 {
        return false;
    }
    let lower = plain.to_lowercase();
    let words = html.text().chars().count();
    words > length && HINTS.iter().any(|hint| lower.contains(hint))
        || length < 80 && words > 1000 && words > length * 20
}

/// Adds the text of a part and of what is in it. Depth is capped by [`Parts`].
fn gather(parts: &Parts<'_>, index: usize, body: &mut Body) {
    let Some(part) = parts.get(index) else { return };
    if part.children.is_empty() {
        leaf(parts, index, part, body);
        return;
    }
    match part.media_type.as_str() {
        "multipart/alternative" => alternative(parts, part, body),
        // The root comes first (RFC 2387); the others are its pictures. A signature is a file (RFC 1847).
        "multipart/related" | "multipart/signed" => {
            if let Some(first) = part.children.first() {
                gather(parts, *first, body);
            }
        }
        _ => part.children.iter().for_each(|child| gather(parts, *child, body)),
    }
}

/// The same text in several forms: one piece.
fn alternative(parts: &Parts<'_>, part: &Part<'_>, body: &mut Body) {
    let mut whole = Piece::default();
    for child in &part.children {
        let mut inside = Body::default();
        gather(parts, *child, &mut inside);
        for piece in inside.pieces {
            append(&mut whole.plain, piece.plain);
            append(&mut whole.html, piece.html);
        }
        body.shown.extend(inside.shown);
    }
    body.pieces.push(whole);
}

fn append(whole: &mut Option<String>, more: Option<String>) {
    match (whole, more) {
        (Some(text), Some(more)) => {
            text.push_str("\n\n");
            text.push_str(&more);
        }
        (whole @ None, more) => *whole = more,
        (Some(_), None) => {}
    }
}

fn leaf(parts: &Parts<'_>, index: usize, part: &Part<'_>, body: &mut Body) {
    // Apple Mail sends text files inline with a name; some shops name the letter's own text. The first text is the letter.
    let is_file = part.is_attached() || part.file_name().is_some() && !body.shown.is_empty();
    if is_file || parts.parent_type(part) == "multipart/report" && !body.shown.is_empty() {
        return;
    }
    let piece = match part.media_type.as_str() {
        "text/html" | "application/xhtml+xml" => Piece { plain: None, html: Some(part.text()) },
        "text/plain" | "text" | "text/enriched" | "text/markdown" | "text/x-amp-html" => {
            if part.media_type == "text/x-amp-html" {
                // AMP repeats the letter for Gmail.
                body.shown.push(index);
                return;
            }
            Piece { plain: Some(plain(part)), html: None }
        }
        _ => return,
    };
    body.shown.push(index);
    body.pieces.push(piece);
}

/// A plain part's text with its lines as they were meant.
fn plain(part: &Part<'_>) -> String {
    let mut text = part.text();
    cut(&mut text);
    let text = if text.contains('\r') { text.replace("\r\n", "\n") } else { text };
    let is_flowed = part.parameter("format").is_some_and(|f| f.eq_ignore_ascii_case("flowed"));
    if !is_flowed {
        return text;
    }
    let deletes_space = part.parameter("delsp").is_some_and(|d| d.eq_ignore_ascii_case("yes"));
    unflow(&text, deletes_space)
}

/// Joins the lines that a sender broke softly (RFC 3676): those that end in a blank, at the same quote depth.
fn unflow(text: &str, deletes_space: bool) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut open_at: Option<usize> = None;
    for line in text.split('\n') {
        let content = line.trim_start_matches('>');
        let depth = line.len() - content.len();
        let content = content.strip_prefix(' ').unwrap_or(content);
        let is_signature = content == "-- " || content == "--";
        let flows = content.ends_with(' ') && !is_signature;
        let kept = if flows && deletes_space { content.strip_suffix(' ').unwrap_or(content) } else { content };
        match lines.last_mut() {
            Some(last) if open_at == Some(depth) && !is_signature => last.push_str(kept),
            _ if depth > 0 => lines.push(format!("{} {kept}", ">".repeat(depth))),
            _ => lines.push(kept.to_owned()),
        }
        open_at = flows.then_some(depth);
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(letter: &str) -> String {
        find(&Parts::read(letter.as_bytes())).text().0
    }

    #[test]
    fn soft_line_breaks_go() {
        for (text, deletes_space, expected) in [
            ("one \ntwo\nthree", false, "one two\nthree"),
            ("日本 \n語", true, "日本語"),
            ("> quoted \n> more\nmine", false, "> quoted more\nmine"),
            ("> a \n>> b\n> c", false, "> a \n>> b\n> c"),
            ("text \n-- \nName", false, "text \n-- \nName"),
            (" >stuffed", false, ">stuffed"),
        ] {
            assert_eq!(unflow(text, deletes_space), expected, "{text:?}");
        }
    }

    fn both(plain: &str, html: &str) -> String {
        format!(
            "Content-Type: multipart/alternative; boundary=b\n\n--b\n\n{plain}\n--b\nContent-Type: text/html; charset=utf-8\n\n{html}\n--b--\n"
        )
    }

    #[test]
    fn a_plain_part_is_preferred_unless_it_lies() {
        let long = format!("<p>Offer</p>{}", "<p>words and words</p>".repeat(100));
        assert_eq!(text(&both("Hello", "<p>Hello</p>")), "Hello");
        assert!(text(&both("", &long)).starts_with("Offer"));
        assert!(text(&both("View this email in your browser: https://x.example", &long)).starts_with("Offer"));
        assert!(text(&both("Newsletter", &long)).starts_with("Offer"));
        let honest = "An honest letter. ".repeat(30);
        assert_eq!(text(&both(&honest, &long)), honest.trim_end());
    }

    #[test]
    fn every_inline_text_is_shown() {
        let letter = "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nFirst\n--b\nContent-Type: image/png\n\nx\n--b\n\n\
                      Second\n--b\nContent-Type: text/html\n\n<a href=https://x.example>third</a>\n--b\n\
                      Content-Type: text/plain; name=notes.txt\n\nfile\n--b--\n";
        assert_eq!(text(letter), "First\n\nSecond\n\nthird[1]\n\n[1] https://x.example");
        assert_eq!(find(&Parts::read(letter.as_bytes())).shown, [1, 3, 4]);
    }
}
