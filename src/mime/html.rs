//! HTML to text: links numbered with their real targets, pictures by their names, nothing ever loaded.
//!
//! A letter's HTML is first rewritten to a few block elements without attributes, well nested and shallow, and only
//! that goes to html2text: it is quadratic in nesting, and html5ever reopens every unclosed `<font>` in each
//! paragraph. The rewriting is also where links and remote pictures are counted.

use super::tags::{Attributes, attributes, host, simple_end, target};
use mail_parser::decoders::html::html_to_text;
use std::collections::{BTreeSet, HashSet};

/// HTML that is looked at; newsletters stay under 500 KB.
const LONGEST: usize = 2 * 1024 * 1024;
/// Elements kept: html2text needs some 2 KB for each, and has to stay under 100 MB.
const MOST_ELEMENTS: usize = 40_000;
/// Blocks inside each other that are kept.
const DEEPEST: usize = 40;
/// Quotes or lists inside each other: each takes columns away.
const DEEPEST_INDENT: usize = 8;
/// Links that get a number.
const MOST_LINKS: usize = 500;
/// Columns of the text. Plain letters are written for about as many.
const WIDTH: usize = 76;

/// The targets of links, numbered through all HTML parts of a letter.
#[derive(Debug, Default)]
pub(super) struct Links(Vec<String>);

impl Links {
    fn number(&mut self, target: &str) -> Option<usize> {
        if let Some(known) = self.0.iter().position(|t| t == target) {
            return Some(known + 1);
        }
        (self.0.len() < MOST_LINKS).then(|| {
            self.0.push(target.to_owned());
            self.0.len()
        })
    }

    /// The list at the end of the text: `[1] https://…`; empty when there are no links.
    pub(super) fn list(&self) -> String {
        self.0.iter().enumerate().map(|(n, target)| format!("[{}] {target}\n", n + 1)).collect()
    }
}

/// What a letter would have loaded.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Remote {
    /// Pictures, styles and frames.
    pub count: usize,
    /// Of these, pictures too small to see.
    pub trackers: usize,
    /// Where from.
    pub hosts: BTreeSet<String>,
}

/// HTML in its reduced form, with what was found in it.
pub(super) struct Clean {
    html: String,
    /// What was not loaded.
    pub remote: Remote,
    cut: bool,
}

/// Reduces a letter's HTML. Linear in its length.
pub(super) fn clean(html: &str, links: &mut Links) -> Clean {
    let mut end = html.len().min(LONGEST);
    while !html.is_char_boundary(end) {
        end -= 1;
    }
    let source = html.get(..end).unwrap_or("");
    let lower = source.to_ascii_lowercase();
    let mut cleaner = Cleaner {
        lower: &lower,
        data_tables: data_tables(&lower),
        tables_seen: 0,
        elements: 0,
        out: String::with_capacity(source.len() / 2),
        open: Vec::new(),
        link: None,
        links,
        remote: Remote::default(),
        unclosed: HashSet::new(),
    };
    let read = cleaner.run(source);
    while let Some(open) = cleaner.open.pop() {
        cleaner.end_tag(open);
    }
    Clean { html: cleaner.out, remote: cleaner.remote, cut: read < html.len() }
}

impl Clean {
    /// The text, without the list of links. Not sanitised.
    pub(super) fn text(&self) -> String {
        let config = html2text::config::plain().no_table_borders().allow_width_overflow().link_footnotes(false);
        let mut text = match config.string_from_read(self.html.as_bytes(), WIDTH) {
            Ok(text) => tidy(&text),
            Err(_) => html_to_text(&self.html),
        };
        if self.cut {
            text.push_str("\n\n[The letter goes on: it is too long to show as text. The raw view has all of it.]\n");
        }
        text
    }
}

/// Blanks at line ends, padding that newsletters put behind their preview line, and rows of empty lines.
fn tidy(text: &str) -> String {
    let is_padding = |c: char| matches!(c, '\u{200b}'..='\u{200d}' | '\u{feff}' | '\u{ad}' | '\u{34f}' | '\u{2007}' | '\u{2060}'..='\u{2064}');
    let mut tidy = String::with_capacity(text.len());
    let mut empty = 2;
    for line in text.lines() {
        let line = line.replace('\u{a0}', " ");
        let mut line = line.trim_end_matches(|c: char| c.is_whitespace() || is_padding(c)).to_owned();
        if line.chars().filter(|c| is_padding(*c)).count() > 5 {
            line.retain(|c| !is_padding(c));
        }
        empty = if line.trim().is_empty() { empty + 1 } else { 0 };
        if empty < 2 {
            tidy.push_str(&line);
            tidy.push('\n');
        }
    }
    tidy.truncate(tidy.trim_end().len());
    tidy
}

/// Elements that are kept. Everything else loses its tags and keeps its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Block {
    Paragraph,
    Division,
    Quote,
    Bullets,
    Numbers,
    Item,
    Preformatted,
    Table,
    /// A table that only places things: its cells come one below the other.
    Layout,
    Row,
    Cell,
}

impl Block {
    fn tag(self) -> &'static str {
        match self {
            Self::Paragraph => "p",
            Self::Division | Self::Layout => "div",
            Self::Quote => "blockquote",
            Self::Bullets => "ul",
            Self::Numbers => "ol",
            Self::Item => "li",
            Self::Preformatted => "pre",
            Self::Table => "table",
            Self::Row => "tr",
            Self::Cell => "td",
        }
    }

    /// Elements that a closing tag of something around them does not reach through.
    fn is_wall(self) -> bool {
        matches!(self, Self::Table | Self::Layout)
    }

    fn indents(self) -> bool {
        matches!(self, Self::Quote | Self::Bullets | Self::Numbers)
    }
}

fn block(name: &str) -> Option<Block> {
    Some(match name {
        "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Block::Paragraph,
        "div" | "section" | "article" | "header" | "footer" | "main" | "center" | "address" | "fieldset" | "figure"
        | "form" | "dl" | "dt" | "dd" | "caption" | "nav" | "aside" | "details" | "summary" => Block::Division,
        "blockquote" => Block::Quote,
        "ul" | "menu" | "dir" => Block::Bullets,
        "ol" => Block::Numbers,
        "li" => Block::Item,
        "pre" => Block::Preformatted,
        "table" => Block::Table,
        "tr" => Block::Row,
        "td" | "th" => Block::Cell,
        _ => return None,
    })
}

/// Elements whose text is not for readers.
fn is_mute(name: &str) -> bool {
    matches!(
        name,
        "script"
            | "style"
            | "title"
            | "svg"
            | "math"
            | "template"
            | "iframe"
            | "object"
            | "applet"
            | "noembed"
            | "noframes"
            | "audio"
            | "video"
            | "canvas"
            | "select"
            | "textarea"
            | "xml"
    )
}

/// For each `<table` in order: true when it holds no other table and has a row with two cells.
fn data_tables(lower: &str) -> Vec<bool> {
    let mut tables: Vec<bool> = Vec::new();
    let mut open: Vec<(usize, usize)> = Vec::new();
    for tag in lower.split('<').skip(1) {
        let name = tag.split(|c: char| !(c.is_ascii_alphanumeric() || c == '/')).next().unwrap_or("");
        match name {
            "table" => {
                for (outer, _) in &open {
                    if let Some(data) = tables.get_mut(*outer) {
                        *data = false;
                    }
                }
                // Only the innermost matter, and every other was just told: no need to keep them all.
                open.clear();
                open.push((tables.len(), 0));
                tables.push(false);
            }
            "/table" => {
                open.pop();
            }
            "tr" => {
                if let Some((_, cells)) = open.last_mut() {
                    *cells = 0;
                }
            }
            "td" | "th" => {
                if let Some((table, cells)) = open.last_mut() {
                    *cells += 1;
                    if *cells == 2
                        && let Some(data) = tables.get_mut(*table)
                    {
                        *data = true;
                    }
                }
            }
            _ => {}
        }
    }
    tables
}

struct Link {
    target: String,
    /// Where its text begins in the output.
    start: usize,
}

struct Cleaner<'h, 'l> {
    lower: &'h str,
    data_tables: Vec<bool>,
    tables_seen: usize,
    elements: usize,
    out: String,
    open: Vec<Block>,
    link: Option<Link>,
    links: &'l mut Links,
    remote: Remote,
    /// Names of mute elements (and `--` for comments) that are known not to be closed from here on.
    unclosed: HashSet<String>,
}

impl Cleaner<'_, '_> {
    /// Gives how far it came.
    fn run(&mut self, source: &str) -> usize {
        let mut at = 0;
        while let Some(rest) = source.get(at..).filter(|rest| !rest.is_empty() && self.elements < MOST_ELEMENTS) {
            let text_end = rest.find('<').unwrap_or(rest.len());
            let (text, tag) = rest.split_at(text_end);
            self.out.push_str(&text.replace('>', "&gt;"));
            at += text_end;
            if tag.is_empty() {
                break;
            }
            at += self.markup(tag, at);
        }
        at
    }

    /// What begins with `<`; gives its length.
    fn markup(&mut self, tag: &str, at: usize) -> usize {
        if tag.starts_with("<!--") {
            return self.skip_to("-->", at + 4).map_or_else(|| simple_end(tag), |end| end - at);
        }
        if tag.starts_with("<!") || tag.starts_with("<?") {
            return simple_end(tag);
        }
        let closing = tag.starts_with("</");
        let name_start = if closing { 2 } else { 1 };
        let after = self.lower.get(at + name_start..).unwrap_or("");
        let name_length =
            after.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, ':' | '-'))).unwrap_or(after.len());
        let name = after.get(..name_length).unwrap_or("").to_owned();
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            self.out.push_str("&lt;");
            return 1;
        }
        if closing {
            self.close(&name);
            return simple_end(tag);
        }
        let (attributes, length) = attributes(tag, name_start + name_length);
        self.begin(&name, &attributes);
        if is_mute(&name) {
            let end = self.skip_to(&format!("</{name}"), at + length);
            if let Some(end) = end {
                if name == "style" {
                    self.styles(self.lower.get(at + length..end).unwrap_or("").to_owned().as_str());
                }
                return end - at + simple_end(tag.get(end - at..).unwrap_or(""));
            }
        }
        length
    }

    /// The place behind the next `what`, remembered when there is none so that it is not looked for again.
    fn skip_to(&mut self, what: &str, from: usize) -> Option<usize> {
        if self.unclosed.contains(what) {
            return None;
        }
        let found = self.lower.get(from..).and_then(|rest| rest.find(what));
        if found.is_none() {
            self.unclosed.insert(what.to_owned());
        }
        found.map(|place| from + place + what.len())
    }

    fn begin(&mut self, name: &str, attributes: &Attributes) {
        self.count_remote(name, attributes);
        match name {
            "br" => {
                self.elements += 1;
                self.out.push_str("<br>");
            }
            "hr" => {
                self.elements += 1;
                self.out.push_str("<p>────────</p>");
            }
            "img" => self.image(attributes),
            "a" => {
                self.end_link();
                self.link =
                    attributes.get("href").and_then(target).map(|target| Link { target, start: self.out.len() });
            }
            _ => {
                if let Some(block) = block(name) {
                    self.open(block);
                }
            }
        }
    }

    fn open(&mut self, mut block: Block) {
        if block == Block::Table {
            let is_data = self.data_tables.get(self.tables_seen).copied().unwrap_or(false);
            self.tables_seen += 1;
            if !is_data {
                block = Block::Layout;
            }
        }
        let table = self.open.iter().rev().find(|b| b.is_wall()).copied();
        match block {
            Block::Item => self.close_within(Block::Item, Block::indents),
            Block::Row => {
                self.close_within(Block::Row, Block::is_wall);
                if table.is_none() {
                    block = Block::Division;
                }
            }
            Block::Cell => {
                self.close_within(Block::Cell, |b| b.is_wall() || b == Block::Row);
                if table.is_none() {
                    block = Block::Division;
                }
            }
            _ => {}
        }
        if self.open.last() == Some(&Block::Paragraph) {
            self.close_top();
        }
        let indents = self.open.iter().filter(|b| b.indents()).count();
        if self.open.len() >= DEEPEST || block.indents() && indents >= DEEPEST_INDENT {
            self.elements += 1;
            self.out.push_str("<br>");
            return;
        }
        self.elements += 1;
        self.open.push(block);
        self.start_tag(block);
    }

    /// Closes the innermost open `block`, with what is inside it, unless a `wall` is in between.
    fn close_within(&mut self, block: Block, wall: impl Fn(Block) -> bool) {
        let found = self.open.iter().rposition(|b| *b == block || wall(*b));
        if let Some(place) = found.filter(|place| self.open.get(*place) == Some(&block)) {
            while self.open.len() > place {
                self.close_top();
            }
        }
    }

    fn close(&mut self, name: &str) {
        if name == "a" {
            return self.end_link();
        }
        let Some(block) = block(name) else { return };
        match block {
            Block::Table => {
                if let Some(place) = self.open.iter().rposition(|b| b.is_wall()) {
                    while self.open.len() > place {
                        self.close_top();
                    }
                }
            }
            _ => self.close_within(block, Block::is_wall),
        }
    }

    fn close_top(&mut self) {
        if let Some(block) = self.open.pop() {
            self.end_tag(block);
        }
    }

    fn start_tag(&mut self, block: Block) {
        let tag = self.tag(block);
        self.out.push('<');
        self.out.push_str(tag);
        self.out.push('>');
    }

    fn end_tag(&mut self, block: Block) {
        let tag = self.tag(block);
        self.out.push_str("</");
        self.out.push_str(tag);
        self.out.push('>');
    }

    /// Rows and cells of a layout table are divisions.
    fn tag(&self, block: Block) -> &'static str {
        let in_layout = || self.open.iter().rev().find(|b| b.is_wall()) != Some(&Block::Table);
        match block {
            Block::Row | Block::Cell if in_layout() => "div",
            _ => block.tag(),
        }
    }

    fn image(&mut self, attributes: &Attributes) {
        match attributes.get("alt").map(str::trim).filter(|alt| !alt.is_empty()) {
            Some(alt) => {
                let alt: String = alt.chars().take(200).collect();
                self.out.push_str(&format!("[image: {}]", escape(&alt)));
            }
            None if attributes
                .get("src")
                .is_some_and(|src| src.trim_start().to_ascii_lowercase().starts_with("cid:")) =>
            {
                self.out.push_str("[image]");
            }
            None => {}
        }
    }

    /// Numbers a link, unless its text already is its target.
    fn end_link(&mut self) {
        let Some(link) = self.link.take() else { return };
        let text = html_to_text(self.out.get(link.start..).unwrap_or(""));
        let bare = |s: &str| {
            let s = s.trim().trim_end_matches('/');
            let s = ["https://", "http://", "mailto:", "tel:"].iter().find_map(|p| s.strip_prefix(p)).unwrap_or(s);
            s.to_lowercase()
        };
        if text.trim().is_empty() || bare(&text) == bare(&link.target) {
            return;
        }
        if let Some(number) = self.links.number(&link.target) {
            self.out.push_str(&format!("[{number}]"));
        }
    }

    fn count_remote(&mut self, name: &str, attributes: &Attributes) {
        let source = match name {
            "link" => attributes.get("href"),
            "img" | "iframe" | "video" | "audio" | "source" | "embed" | "input" | "script" | "frame" => {
                attributes.get("src")
            }
            _ => None,
        };
        for url in [source, attributes.get("background"), attributes.get("poster")].into_iter().flatten() {
            if let Some(host) = host(url) {
                self.add_remote(host);
                let tiny = |side: &str| {
                    attributes.get(side).is_some_and(|v| matches!(v.trim().trim_end_matches("px"), "0" | "1" | "2"))
                };
                let hidden = attributes.get("style").is_some_and(|s| s.replace(' ', "").contains("display:none"));
                if name == "img" && (tiny("width") && tiny("height") || hidden) {
                    self.remote.trackers += 1;
                }
            }
        }
        if let Some(style) = attributes.get("style") {
            self.styles(&style.to_ascii_lowercase());
        }
    }

    fn styles(&mut self, css: &str) {
        for url in css.split("url(").skip(1) {
            if let Some(host) = host(url.trim_start_matches(['"', '\'', ' '])) {
                self.add_remote(host);
            }
        }
    }

    fn add_remote(&mut self, host: String) {
        self.remote.count += 1;
        if self.remote.hosts.len() < 1000 {
            self.remote.hosts.insert(host);
        }
    }
}

fn escape(text: &str) -> String {
    text.replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(html: &str) -> String {
        let mut links = Links::default();
        let text = clean(html, &mut links).text();
        let list = links.list();
        if list.is_empty() { text } else { format!("{text}\n{list}") }
    }

    #[test]
    fn html_reads_like_a_letter() {
        for (html, expected) in [
            ("<p>One</p><p>Two<br>three</p>", "One\n\nTwo\nthree"),
            ("a <b>bold</b> &amp; <i>it</i> 1 < 2 > 0", "a bold & it 1 < 2 > 0"),
            ("<style>p{color:red}</style><script>alert(1)</script><title>t</title>x", "x"),
            ("<!-- hidden -->shown<!-- <p> -->", "shown"),
            ("<a href='https://x.example/?a=1&amp;b=2'>Offer</a>", "Offer[1]\n[1] https://x.example/?a=1&b=2\n"),
            (
                "<a href='https://evil.example'>https://bank.example</a>",
                "https://bank.example[1]\n[1] https://evil.example\n",
            ),
            ("<a href='https://x.example/'>x.example</a>", "x.example"),
            ("<a href='mailto:a@x.example'>a@x.example</a>", "a@x.example"),
            ("<a href='javascript:steal()'>click</a>", "click"),
            (
                "<a href=https://x.example><img alt=Logo src=https://t.example/l.png></a>",
                "[image: Logo][1]\n[1] https://x.example\n",
            ),
            ("<img src=cid:1> <img src='https://t.example/p.gif' width=1 height=1>", "[image]"),
            ("<ul><li>one<li>two</ul>", "* one\n* two"),
            ("<blockquote>said</blockquote>", "> said"),
            ("<p>unclosed <div>inside</p></div> after", "unclosed\n\ninside\nafter"),
            ("before <a title=\"open>after", "before after"),
            ("<script>never closed", "never closed"),
            ("<!-- never closed> text", "text"),
            ("x<table><tr><td><p>left</p></td></tr><tr><td>below</td></tr></table>", "x\n\nleft\n\nbelow"),
        ] {
            assert_eq!(text(html).trim_end(), expected.trim_end(), "{html}");
        }
    }

    #[test]
    fn a_table_of_data_stays_one() {
        let html = "<table><tr><td><table><tr><th>Item</th><th>Price</th></tr><tr><td>Desk</td><td>300 zł</td></tr></table></td></tr></table>";
        let text = text(html);
        let lines: Vec<Vec<&str>> =
            text.lines().map(|l| l.split_whitespace().collect()).filter(|w: &Vec<&str>| !w.is_empty()).collect();
        assert_eq!(lines, [vec!["Item", "Price"], vec!["Desk", "300", "zł"]], "{text}");
    }

    #[test]
    fn what_would_be_loaded_is_counted() {
        let html = "<link rel=stylesheet href=https://css.example/a.css><style>a{background:url('https://CSS.example/b.png')}</style>\
                    <img src='//img.example/a.png'><img src=https://track.example/p?id=1 width=1 height=1>\
                    <div style=\"background:url(http://bg.example/x)\" background='http://bg.example/y'><img src=cid:logo><iframe src=https://f.example></iframe>";
        let remote = clean(html, &mut Links::default()).remote;
        assert_eq!((remote.count, remote.trackers), (7, 1));
        assert_eq!(
            remote.hosts.into_iter().collect::<Vec<_>>(),
            ["bg.example", "css.example", "f.example", "img.example", "track.example"]
        );
    }

    #[test]
    fn hostile_html_is_quick() {
        let began = std::time::Instant::now();
        for html in [
            "<div>".repeat(50_000) + "end",
            "<blockquote>".repeat(50_000) + "end",
            "<table><tr><td>".repeat(30_000) + "end",
            (0..50_000).map(|n| format!("<font color={n}><p>")).collect::<String>() + "end",
            "<ul><li>".repeat(50_000) + "end",
            "<a href='https://x.example'>".repeat(20_000) + "end",
            "<!--".repeat(100_000) + "end",
            "<script".repeat(100_000) + " end",
            "<script>".repeat(100_000) + "end",
            "<a b=\"".repeat(100_000) + "end",
            "</div>".repeat(100_000) + "end",
            "<p ".to_owned() + &"a=b ".repeat(200_000) + ">end",
        ] {
            text(&html);
        }
        assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
    }

    proptest::proptest! {
        #[test]
        fn anything_is_read(html in "(<|</|>|table|td|tr|p|li|ul|a href=|\"|'|<!--|-->|style|&#x1b;|&|;|x| |ż){0,60}") {
            text(&html);
        }
    }
}
