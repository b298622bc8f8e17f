//! The text of a letter as a page of HTML: my words as Markdown, theirs as quotes, the signature as it was made.
//!
//! Nothing of it can run, and nothing of it is fetched: HTML that stands in the text is text, a link leads to the web or to an
//! address, a picture is only the photo of my signature.

use crate::domain::style::Style;
use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html::push_html};

/// Where the photo goes in a signature; without it, it goes above.
const PHOTO: &str = "{photo}";

/// The page; `photo` is the name (Content-ID) under which the letter carries the signature's photo.
pub(super) fn page(text: &str, style: &Style, photo: &str) -> String {
    let mut page =
        "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"></head>\n<body style=\"font-family: sans-serif\">\n"
            .to_owned();
    for block in blocks(text) {
        match block {
            Block::Words(words) => page.push_str(&markdown(&words)),
            Block::Quote(lines) => quote(&mut page, &lines),
            Block::Signature(text) => signature(&mut page, &text, style, photo),
        }
    }
    page.push_str("</body></html>\n");
    page
}

/// A piece of a letter that is shown in one way.
#[derive(Debug, PartialEq, Eq)]
enum Block {
    /// My words.
    Words(String),
    /// Lines of a quote, with how deep each is.
    Quote(Vec<(usize, String)>),
    /// What stands below `-- `.
    Signature(String),
}

/// The signature is the text below its mark up to the next empty line: a quote may stand below it.
fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if line == "-- " {
            let mut signature: Vec<&str> = Vec::new();
            while let Some(next) = lines.next_if(|next| !next.starts_with('>')) {
                // Below the signature the quote begins with the line that says who wrote it.
                let introduces =
                    next.trim_end().ends_with(':') && lines.peek().is_some_and(|after| after.starts_with('>'));
                if introduces {
                    blocks.push(Block::Signature(signature.join("\n").trim().to_owned()));
                    blocks.push(Block::Words(next.to_owned()));
                    signature.clear();
                    break;
                }
                signature.push(next);
            }
            if !signature.is_empty() {
                blocks.push(Block::Signature(signature.join("\n").trim().to_owned()));
            }
        } else if line.starts_with('>') {
            let mut quoted = vec![depth(line)];
            while let Some(next) = lines.next_if(|next| next.starts_with('>')) {
                quoted.push(depth(next));
            }
            blocks.push(Block::Quote(quoted));
        } else {
            let mut words = vec![line];
            while let Some(next) = lines.next_if(|next| !next.starts_with('>') && *next != "-- ") {
                words.push(next);
            }
            blocks.push(Block::Words(words.join("\n")));
        }
    }
    blocks
}

fn depth(line: &str) -> (usize, String) {
    let words = line.trim_start_matches('>');
    (line.len() - words.len(), words.strip_prefix(' ').unwrap_or(words).to_owned())
}

/// My words. A line I ended stays ended: a letter is no source text.
fn markdown(words: &str) -> String {
    let options = Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TABLES;
    let mut open_links: Vec<bool> = Vec::new();
    let events = Parser::new_ext(words, options).filter_map(move |event| {
        Some(match event {
            Event::Html(html) | Event::InlineHtml(html) => Event::Text(html),
            Event::Start(Tag::HtmlBlock) => Event::Start(Tag::Paragraph),
            Event::End(TagEnd::HtmlBlock) => Event::End(TagEnd::Paragraph),
            Event::SoftBreak => Event::HardBreak,
            Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => return None,
            Event::Start(Tag::Link { dest_url, link_type, id, .. }) => {
                let safe = is_safe(&dest_url);
                open_links.push(safe);
                if !safe {
                    return None;
                }
                Event::Start(Tag::Link { dest_url, link_type, id, title: CowStr::Borrowed("") })
            }
            Event::End(TagEnd::Link) if !open_links.pop().unwrap_or(true) => return None,
            other => other,
        })
    });
    let mut html = String::new();
    push_html(&mut html, events);
    html
}

/// To the web or to an address, and nowhere else.
fn is_safe(link: &str) -> bool {
    let link = link.to_ascii_lowercase();
    ["https://", "http://", "mailto:"].iter().any(|scheme| link.starts_with(scheme))
}

fn quote(page: &mut String, lines: &[(usize, String)]) {
    let mut open = 0;
    for (depth, words) in lines {
        while open < *depth {
            page.push_str("<blockquote style=\"margin: 0 0 0 0.6em; padding-left: 0.6em; border-left: 2px solid #999; color: #555\">\n");
            open += 1;
        }
        while open > *depth {
            page.push_str("</blockquote>\n");
            open -= 1;
        }
        page.push_str(&escaped(words));
        page.push_str("<br>\n");
    }
    page.push_str(&"</blockquote>\n".repeat(open));
}

/// The signature for HTML where the text has the account's own; one that was written otherwise is shown as it was written.
fn signature(page: &mut String, text: &str, style: &Style, photo: &str) {
    let image = style.photo.as_ref().map(|_| format!("<img src=\"cid:{photo}\" alt=\"\">")).unwrap_or_default();
    let own = if style.signature_html.is_empty() {
        text.lines().map(escaped).collect::<Vec<_>>().join("<br>\n")
    } else {
        style.signature_html.clone()
    };
    let own = match own.contains(PHOTO) {
        true => own.replace(PHOTO, &image),
        false if image.is_empty() => own,
        false => format!("{image}<br>\n{own}"),
    };
    page.push_str(&format!("<div style=\"color: #555\"><p>-- </p>\n{own}\n</div>\n"));
}

fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            c => html.push(c),
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::outbox::File;

    fn with(text: &str) -> String {
        page(text, &Style::default(), "photo@x")
    }

    #[test]
    fn my_words_are_markdown_and_nothing_runs() {
        let page = with(
            "Hello **Anna**,\nsecond line\n\n- one\n- two\n\n<script>alert(1)</script>\n\n[site](https://x.example) [bad](javascript:alert(1)) ![p](https://t.example/p.gif) <b onclick=x>",
        );
        for wanted in [
            "<strong>Anna</strong>,<br />\nsecond line",
            "<li>one</li>",
            "&lt;script&gt;alert(1)&lt;/script&gt;",
            "<a href=\"https://x.example\">site</a> bad p",
        ] {
            assert!(page.contains(wanted), "{wanted} is not in {page}");
        }
        for never in ["<script", "javascript:", "<img", "t.example", "<b "] {
            assert!(!page.contains(never), "{never} is in {page}");
        }
    }

    #[test]
    fn their_words_are_quotes() {
        let page = with("Yes.\n\nOn Monday Anna wrote:\n> a < b\n>> **not mine**\n> end");
        let quotes = page.matches("<blockquote").count();
        assert_eq!((quotes, page.matches("</blockquote>").count()), (2, 2), "{page}");
        assert!(page.contains("a &lt; b<br>") && page.contains("**not mine**"), "{page}");
    }

    #[test]
    fn the_signature_carries_its_photo() {
        let photo = File { name: "me.png".into(), media_type: "image/png".into(), bytes: vec![1] };
        let style = Style { signature_html: "<b>Jan</b>{photo}".into(), photo: Some(photo), ..Style::default() };
        let above = "Yes.\n\n-- \nJan\nFirma\n\nOn Monday Anna wrote:\n> a";
        let shown = page(above, &style, "photo@x");
        assert!(shown.contains("<b>Jan</b><img src=\"cid:photo@x\" alt=\"\">"), "{shown}");
        assert!(shown.contains("On Monday Anna wrote:") && shown.contains("<blockquote"), "{shown}");
        assert!(!page("Yes.", &style, "photo@x").contains("cid:"), "no signature, no photo");
        let text = with("Yes.\n-- \nJan <j@x.example>\nFirma");
        assert!(text.contains("Jan &lt;j@x.example&gt;<br>\nFirma"), "{text}");
    }
}
