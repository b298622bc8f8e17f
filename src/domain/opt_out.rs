//! Who wants no mailings any more: how a letter says so, and the token by which it is believed.

use super::text::{Text, fold};
use jiff::Timestamp;

/// What stands before the token in the subject of the letter that a "leave the list" button writes.
const WORD: &str = "unsubscribe";

/// Words that alone are a wish to leave, folded, in the languages of our clients.
const WISHES: &[&str] = &[
    "unsubscribe",
    "please unsubscribe",
    "unsubscribe me",
    "please unsubscribe me",
    "remove me",
    "please remove me",
    "stop",
    "opt out",
    "отписаться",
    "отпишите",
    "отпишите меня",
    "отписка",
    "отменить подписку",
    "удалите меня",
    "прошу отписать",
    "больше не пишите",
    "не присылайте больше",
    "wypisz",
    "wypisz mnie",
    "prosze wypisac",
    "prosze mnie wypisac",
    "prosze o wypisanie",
    "rezygnuje",
    "usun mnie",
    "відписатися",
    "відпишіть",
    "відпишіть мене",
    "відписка",
    "видаліть мене",
];

/// A letter that asks for no more mailings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// With a token of mine, to be looked at.
    Token(Token),
    /// In words: it counts when it answers a mailing.
    Words {
        /// The words.
        said: Text,
        /// They are the whole subject: then it need not be an answer.
        in_subject: bool,
    },
}

/// `unsubscribe-r12-<signature>`: which recipient of a mailing, and a signature that only this store can make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The recipient's key.
    pub recipient: i64,
    /// The signature.
    pub signature: String,
}

impl Token {
    /// What is signed: the recipient and the address, so that a token is good for one address alone. Nothing else that this store signs
    /// begins so.
    #[must_use]
    pub fn signed(recipient: i64, canonical: &str) -> String {
        format!("unsubscribe r{recipient} {canonical}")
    }

    /// The subject of the letter that asks for no more.
    #[must_use]
    pub fn subject(&self) -> String {
        format!("{WORD}-r{}-{}", self.recipient, self.signature)
    }

    /// The reverse of `subject`, also where a mail client put something around it.
    #[must_use]
    pub fn find(subject: &str) -> Option<Self> {
        let subject = subject.to_ascii_lowercase();
        let (_, rest) = subject.split_once(WORD)?;
        let word = rest.split(|c: char| c.is_whitespace() || c == '>').next()?;
        let (recipient, signature) = word.strip_prefix("-r")?.split_once('-')?;
        let is_hex = signature.len() >= 16 && signature.bytes().all(|b| b.is_ascii_hexdigit());
        is_hex.then_some(Self { recipient: recipient.parse().ok()?, signature: signature.to_owned() })
    }
}

/// What a letter says about mailings by its subject and its own words, without a quote; `None`: nothing.
#[must_use]
pub fn wish(subject: &str, own_words: &str) -> Option<Wish> {
    if let Some(token) = Token::find(subject) {
        return Some(Wish::Token(token));
    }
    let first = own_words.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let found = [(subject, true), (first, false)].into_iter().find(|(line, _)| is_wish(line));
    found.map(|(line, in_subject)| Wish::Words { said: Text::line(line), in_subject })
}

/// The whole line is nothing but a wish to leave.
fn is_wish(line: &str) -> bool {
    let line = line.trim();
    if line.len() > 80 {
        return false;
    }
    let folded = fold(line);
    let words: Vec<&str> = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let said = words.join(" ");
    WISHES.iter().any(|wish| fold(wish) == said)
}

/// How somebody left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// By the address in `List-Unsubscribe`.
    Token,
    /// In words, answering a mailing.
    Answer,
    /// I entered it.
    Hand,
}

super::contact::words!(How, Token = "token", Answer = "answer", Hand = "hand");

/// Somebody who wants no mailings any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptedOut {
    /// The address.
    pub address: Text,
    /// Since when.
    pub at: Timestamp,
    /// How.
    pub how: How,
    /// What says so.
    pub evidence: Text,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_found_again() {
        let token = Token { recipient: 12, signature: "0123456789abcdef0123".to_owned() };
        for subject in [token.subject(), format!("Re: {}", token.subject()), token.subject().to_uppercase()] {
            assert_eq!(Token::find(&subject), Some(token.clone()), "{subject}");
        }
        for subject in
            ["unsubscribe", "unsubscribe-r12-", "unsubscribe-rx-0123456789abcdef", "unsubscribe-r1-zzzzzzzzzzzzzzzzzz"]
        {
            assert_eq!(Token::find(subject), None, "{subject}");
        }
    }

    #[test]
    fn a_wish_is_a_whole_line() {
        for (subject, words, expected) in [
            ("unsubscribe", "", true),
            ("Re: Prices", "Unsubscribe!\n\nJan", true),
            ("Re: Prices", "отписаться", true),
            ("Re: Цены", "  \nОтпишите меня, пожалуйста", false),
            ("Re: Цены", "Отпишите меня.", true),
            ("Re: Ceny", "Proszę mnie wypisać", true),
            ("Re: Ceny", "wypisz", true),
            ("Re: Ціни", "Відписатися", true),
            ("Re: Prices", "How do I unsubscribe my colleague from the report?", false),
            ("Re: Prices", "Thank you.\nunsubscribe", false),
            ("Unsubscribe feature of your shop", "It is broken", false),
            ("Stop by tomorrow?", "", false),
        ] {
            assert_eq!(wish(subject, words).is_some(), expected, "{subject} / {words}");
        }
    }
}
