//! From pieces to a tree. It never fails: what cannot be understood is said in a note, and left out or looked for as words.

use super::amount::Amount;
use super::dates::When;
use super::lexer::{Token, tokens};
use super::tree::{Has, Is, Kind, Node, Phrase, Test};
use super::words;
use crate::domain::counter::Counter;
use crate::domain::text::Text;

/// More words and conditions than these nobody types; SQLite's parser of searches has limits of its own.
const MOST_LEAVES: usize = 64;
/// Brackets in brackets.
const DEEPEST: usize = 24;

/// The fields, in the order of the help: name, what it asks, an example.
pub const FIELDS: [(&str, &str, &str); 18] = [
    ("from", "who wrote the letter: name or address", "from:anna"),
    ("to", "who got it, copies included", "to:sales@"),
    ("subject", "words of the subject", "subject:offer"),
    ("in", "a folder, by name or by what it is for", "in:inbox"),
    ("has", "file, invitation, link, or a word of a file's name", "has:pdf"),
    ("is", "unread, flagged, client, waiting, open, won, stale…", "is:unread"),
    ("after", "from that day on", "after:2026-11-01"),
    ("before", "before that day", "before:7d"),
    ("on", "on that day, in that month or year", "on:november"),
    ("contact", "the client it belongs to", "contact:kowalska"),
    ("company", "the company it belongs to", "company:acme"),
    ("deal", "the deal it belongs to", "deal:desks"),
    ("stage", "the stage of that deal", "stage:offer"),
    ("amount", "what that deal is worth", "amount:>1000EUR"),
    ("tag", "a tag of the client, company or deal", "tag:vip"),
    ("owner", "who handles them", "owner:jan"),
    ("counter", "what one of the counters counts", "counter:unanswered"),
    ("kind", "contact, company, deal, activity or letter", "kind:deal"),
];

struct Parser {
    tokens: std::iter::Peekable<std::vec::IntoIter<Token>>,
    notes: Vec<Text>,
    leaves: usize,
}

/// The tree of what is typed, and what is to be said about it.
pub(super) fn parse(typed: &str) -> (Node, Vec<Text>) {
    let mut parser = Parser { tokens: tokens(typed).into_iter().peekable(), notes: Vec::new(), leaves: 0 };
    let mut parts = Vec::new();
    while parser.tokens.peek().is_some() {
        parts.extend(parser.any(None, 0));
        // A bracket that nothing opened.
        parser.tokens.next_if_eq(&Token::Close);
    }
    (joined(parts, Node::All).unwrap_or(Node::All(Vec::new())), parser.notes)
}

/// Several in one node, one as it is.
fn joined(mut nodes: Vec<Node>, join: fn(Vec<Node>) -> Node) -> Option<Node> {
    if nodes.len() > 1 { Some(join(nodes)) } else { nodes.pop() }
}

impl Parser {
    fn note(&mut self, note: String) {
        let note = Text::from(note);
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// What `or` parts; up to a closing bracket.
    fn any(&mut self, field: Option<&str>, depth: usize) -> Option<Node> {
        let mut nodes = Vec::new();
        loop {
            nodes.extend(self.all(field, depth));
            if self.tokens.next_if_eq(&Token::Or).is_none() {
                return joined(nodes, Node::Any);
            }
        }
    }

    /// What stands side by side.
    fn all(&mut self, field: Option<&str>, depth: usize) -> Option<Node> {
        let mut nodes = Vec::new();
        let mut not = false;
        while let Some(token) = self.tokens.next_if(|token| !matches!(token, Token::Or | Token::Close)) {
            if token == Token::Not {
                not = !not;
                continue;
            }
            let negated = std::mem::take(&mut not);
            if let Some(node) = self.one(token, field, depth) {
                nodes.push(if negated { Node::Not(Box::new(node)) } else { node });
            }
        }
        joined(nodes, Node::All)
    }

    fn one(&mut self, token: Token, field: Option<&str>, depth: usize) -> Option<Node> {
        match token {
            Token::Open if depth >= DEEPEST => {
                self.note(format!("more than {DEEPEST} brackets inside each other: the inner ones are left out"));
                None
            }
            Token::Open => self.bracket(field, depth),
            Token::Word { text, quoted, prefix } => match field {
                Some(field) => self.test(field, &text, quoted, prefix),
                None => self.phrase(&text, quoted, prefix).map(Node::Words),
            },
            Token::Field { name, value, prefix } => self.field(&name, &value, prefix, depth),
            // Taken by the callers.
            Token::Close | Token::Or | Token::Not => None,
        }
    }

    fn bracket(&mut self, field: Option<&str>, depth: usize) -> Option<Node> {
        let node = self.any(field, depth + 1);
        self.tokens.next_if_eq(&Token::Close);
        node
    }

    /// `from:anna`, `from:"Anna Kowalska"`, `from:(anna or jan)`.
    fn field(&mut self, name: &str, value: &str, prefix: bool, depth: usize) -> Option<Node> {
        let name = match name {
            "cc" | "bcc" => "to",
            "folder" => "in",
            "date" | "day" => "on",
            "since" | "from_date" => "after",
            "until" => "before",
            "file" | "attachment" => "has",
            "state" => "is",
            "person" | "client" => "contact",
            other => other,
        };
        if !FIELDS.iter().any(|(known, ..)| *known == name) {
            return self.unknown(name, value, prefix);
        }
        if !value.is_empty() {
            return self.test(name, value, false, prefix);
        }
        match self.tokens.next_if(|token| matches!(token, Token::Open | Token::Word { quoted: true, .. })) {
            Some(Token::Word { text, quoted, prefix }) => self.test(name, &text, quoted, prefix),
            Some(Token::Open) if depth < DEEPEST => self.bracket(Some(name), depth),
            _ => {
                self.note(format!("{name}: stands alone; behind it goes what to look for, as in {}", example(name)));
                None
            }
        }
    }

    fn unknown(&mut self, name: &str, value: &str, prefix: bool) -> Option<Node> {
        // An address of a page is looked for as it is.
        if !value.is_empty() && !value.starts_with("//") {
            let near = nearest(name, FIELDS.iter().map(|(name, ..)| *name));
            let near = near.map(|near| format!("; did you mean {near}:?")).unwrap_or_default();
            self.note(format!("{name}: is no field, so it is looked for as a word{near}"));
        }
        self.phrase(&format!("{name} {value}"), false, prefix).map(Node::Words)
    }

    fn counted(&mut self) -> bool {
        self.leaves += 1;
        if self.leaves > MOST_LEAVES {
            self.note(format!("only the first {MOST_LEAVES} words and fields are looked for"));
        }
        self.leaves <= MOST_LEAVES
    }

    fn phrase(&mut self, text: &str, quoted: bool, prefix: bool) -> Option<Phrase> {
        let mut words = words(text);
        if words.is_empty() {
            if !text.trim().is_empty() {
                let shown: String = text.chars().take(20).collect();
                self.note(format!("“{shown}” has neither letters nor digits, so it is left out"));
            }
            return None;
        }
        if !self.counted() {
            return None;
        }
        words.truncate(MOST_LEAVES);
        Some(Phrase { words, prefix, exact: quoted })
    }

    /// A field with its value.
    fn test(&mut self, name: &str, value: &str, quoted: bool, prefix: bool) -> Option<Node> {
        let test = match name {
            "before" | "after" | "on" => self.day(name, value)?,
            "amount" => match Amount::parse(value) {
                Some(amount) => Test::Amount(amount),
                None => {
                    self.note(format!("“{value}” is no amount: >1000, 1000..5000, >1000EUR"));
                    return None;
                }
            },
            "is" => Test::Is(self.word_of(name, value, prefix, Is::ALL.map(|is| (is.word(), is)))?),
            "counter" => {
                let value = value.replace([' ', '-'], "_");
                Test::Counter(self.word_of(name, &value, prefix, Counter::ALL.map(|c| (c.word(), c)))?)
            }
            "kind" => {
                let singular =
                    Kind::ALL.into_iter().find(|kind| kind.plural() == value).map_or(value, |kind| kind.word());
                if matches!(singular, "lead" | "leads") {
                    let leads = [Test::Kind(Kind::Contact), Test::Is(Is::Lead)].map(Node::Test);
                    return self.counted().then_some(Node::All(leads.into()));
                }
                let singular = if matches!(singular, "person" | "people") { "contact" } else { singular };
                Test::Kind(self.word_of(name, singular, prefix, Kind::ALL.map(|kind| (kind.word(), kind)))?)
            }
            _ => {
                // A part of a name is enough, also when the text goes on.
                let phrase = self.phrase(value, quoted, prefix || !quoted)?;
                return Some(Node::Test(text_test(name, value, phrase)));
            }
        };
        self.counted().then_some(Node::Test(test))
    }

    fn day(&mut self, name: &str, value: &str) -> Option<Test> {
        let Some(when) = When::parse(value) else {
            self.note(format!("“{value}” is no day, so {name}: is left out: 2026-11-01, yesterday, 7d, november"));
            return None;
        };
        Some(match name {
            "before" => Test::Before(when),
            "after" => Test::After(when),
            _ => Test::On(when),
        })
    }

    /// One of several words; the beginning of one is enough while it is typed.
    fn word_of<T: Copy, const N: usize>(
        &mut self,
        name: &str,
        value: &str,
        typing: bool,
        known: [(&'static str, T); N],
    ) -> Option<T> {
        let value = value.to_lowercase();
        let exact = known.iter().find(|(word, _)| *word == value);
        let begun = || known.iter().find(|(word, _)| typing && value.len() > 1 && word.starts_with(&value));
        if let Some((_, found)) = exact.or_else(begun) {
            return Some(*found);
        }
        let near = nearest(&value, known.iter().map(|(word, _)| *word));
        let said = match near {
            Some(near) => format!("did you mean {name}:{near}?"),
            None => format!("{name}: takes {}", known.map(|(word, _)| word).join(", ")),
        };
        self.note(format!("{name}:{value} is not known, so it is left out; {said}"));
        None
    }
}

fn text_test(name: &str, value: &str, phrase: Phrase) -> Test {
    match name {
        "from" => Test::From(phrase),
        "to" => Test::To(phrase),
        "subject" => Test::Subject(phrase),
        "in" => Test::In(phrase),
        "contact" => Test::Contact(phrase),
        "company" => Test::Company(phrase),
        "deal" => Test::Deal(phrase),
        "stage" => Test::Stage(phrase),
        "tag" => Test::Tag(phrase),
        "owner" => Test::Owner(phrase),
        _ => Test::Has(match value.to_lowercase().as_str() {
            "attachment" | "attachments" | "file" | "files" => Has::File,
            "invitation" | "invitations" | "invite" => Has::Invitation,
            "link" | "links" => Has::Link,
            _ => Has::Named(phrase),
        }),
    }
}

fn example(name: &str) -> &'static str {
    FIELDS.iter().find(|(known, ..)| *known == name).map_or("", |(_, _, example)| example)
}

/// The known word that is one slip away.
fn nearest(typed: &str, known: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    // Nothing long is a slip of something short; and the comparison is quadratic.
    if typed.chars().count() > 20 {
        return None;
    }
    known
        .map(|word| (strsim::osa_distance(typed, word), word))
        .filter(|(slips, word)| *slips <= 1 + usize::from(word.len() > 5))
        .min_by_key(|(slips, _)| *slips)
        .map(|(_, word)| word)
}
