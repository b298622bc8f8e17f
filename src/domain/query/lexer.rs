//! What is typed, taken apart: words, quotes, fields, operators. Anything can be typed.

/// A piece of what is typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// `(`
    Open,
    /// `)`
    Close,
    /// `or`, `|`
    Or,
    /// `not`, `-`
    Not,
    /// Something to look for.
    Word {
        /// As typed, without quotes.
        text: String,
        /// In quotes.
        quoted: bool,
        /// With `*` behind, or still being typed.
        prefix: bool,
    },
    /// `from:`, with its value where one follows at once.
    Field {
        /// Before the colon, in lower case.
        name: String,
        /// Behind it; empty: the next token is its value.
        value: String,
        /// With `*` behind, or still being typed.
        prefix: bool,
    },
}

/// Longer texts are a pasted letter, not a search.
const LONGEST: usize = 20_000;

/// Takes a text apart; never fails.
pub(super) fn tokens(typed: &str) -> Vec<Token> {
    let typed = typed.get(..typed.floor_char_boundary(LONGEST)).unwrap_or(typed);
    let mut tokens = Vec::new();
    let mut rest = typed;
    while let Some(c) = rest.chars().next() {
        let after = rest.get(c.len_utf8()..).unwrap_or_default();
        rest = match c {
            '(' => single(&mut tokens, Token::Open, after),
            ')' => single(&mut tokens, Token::Close, after),
            '|' => single(&mut tokens, Token::Or, after),
            '"' | '“' | '”' | '„' | '«' | '»' => quoted(&mut tokens, after),
            '-' | '−' if after.chars().next().is_some_and(|next| !next.is_whitespace() && next != '-') => {
                single(&mut tokens, Token::Not, after)
            }
            _ if c.is_whitespace() => after,
            _ => chunk(&mut tokens, rest),
        };
    }
    tokens
}

fn single<'a>(tokens: &mut Vec<Token>, token: Token, after: &'a str) -> &'a str {
    tokens.push(token);
    after
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '«' | '»')
}

/// Up to the closing quote; one that is never closed ends where the text ends.
fn quoted<'a>(tokens: &mut Vec<Token>, after: &'a str) -> &'a str {
    let (text, rest) = after.split_once(is_quote).unwrap_or((after, ""));
    let prefix = rest.starts_with('*');
    tokens.push(Token::Word { text: text.to_owned(), quoted: true, prefix });
    rest.strip_prefix('*').unwrap_or(rest)
}

/// Up to the next blank, bracket or quote.
fn chunk<'a>(tokens: &mut Vec<Token>, rest: &'a str) -> &'a str {
    let end =
        rest.find(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '|') || is_quote(c)).unwrap_or(rest.len());
    let (text, after) = rest.split_at(end);
    // The last word is still being typed.
    let open = after.is_empty() && text.chars().next_back().is_some_and(char::is_alphanumeric);
    let (text, star) = match text.strip_suffix('*') {
        Some(text) => (text, true),
        None => (text, false),
    };
    let prefix = open || star;
    match text.to_lowercase().as_str() {
        "or" | "||" => tokens.push(Token::Or),
        "not" => tokens.push(Token::Not),
        "and" | "&" | "&&" => {}
        _ => match text.split_once(':').filter(|(name, _)| is_name(name)) {
            Some((name, value)) => {
                tokens.push(Token::Field { name: name.to_lowercase(), value: value.to_owned(), prefix })
            }
            None => tokens.push(Token::Word { text: text.to_owned(), quoted: false, prefix }),
        },
    }
    after
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(char::is_alphabetic)
}
