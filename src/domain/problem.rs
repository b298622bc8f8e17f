//! One place where errors become a kind, a sentence and a hint.

use std::fmt;

/// What a [`Problem`] concerns; decides the exit code and where the screen shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The command line or an argument is wrong (exit code 2).
    Usage,
    /// The configuration cannot be used.
    Config,
    /// A password or token is missing or refused: trying again alone does not help.
    Auth,
    /// No connection, or it broke: trying again later helps.
    Network,
    /// The connection cannot be trusted (certificate, plaintext, injected answers).
    Untrusted,
    /// The server answered and said no.
    Refused,
    /// The server answered and said: not now (in use, full, overloaded). The same may be taken later.
    NotNow,
    /// The store cannot be read or written.
    Store,
    /// The store's file is damaged: it has to be made anew, from the servers and a backup.
    Damaged,
    /// Something asked for is not there.
    NotFound,
    /// What the user gave cannot be used.
    Input,
    /// We stopped for something more urgent; what was done stays, and it goes on afterwards.
    Interrupted,
    /// A fault of ours.
    Internal,
}

/// Something that went wrong, in words for the user: what, where, and what to do about it.
///
/// Never holds a secret: whoever makes one from a server's answer passes text that went through
/// [`super::text::Text`], and passwords are never part of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Problem {
    /// What kind of trouble it is.
    pub kind: Kind,
    /// What is wrong and where (account, folder, file), one sentence.
    pub sentence: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Problem {
    /// A problem without a hint.
    #[must_use]
    pub fn new(kind: Kind, sentence: impl Into<String>) -> Self {
        Self { kind, sentence: sentence.into(), hint: None }
    }

    /// The same with what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same, the sentence led by where it happened: "account work: …". A sentence that begins with the place
    /// ("account work, IMAP password of …") stays as it is.
    #[must_use]
    pub fn at(mut self, place: impl fmt::Display) -> Self {
        let place = place.to_string();
        if !self.sentence.strip_prefix(&place).is_some_and(|rest| rest.starts_with([',', ':', ' '])) {
            self.sentence = format!("{place}: {}", self.sentence);
        }
        self
    }

    /// True when the server answered and said no, for good or for now: the connection goes on.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        matches!(self.kind, Kind::Refused | Kind::NotNow)
    }

    /// The exit code PRODUCT.md gives to this kind: 1 failed, 2 usage.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        if self.kind == Kind::Usage { 2 } else { 1 }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)?;
        match &self.hint {
            Some(hint) => write!(f, " ({hint})"),
            None => Ok(()),
        }
    }
}

/// What can fail gives this.
pub type Result<T> = std::result::Result<T, Problem>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_is_named_once() {
        for (sentence, whole) in [
            ("no connection", "account work: no connection"),
            ("account work, IMAP password of a@b: not set", "account work, IMAP password of a@b: not set"),
            ("account works", "account work: account works"),
        ] {
            assert_eq!(Problem::new(Kind::Config, sentence).at("account work").sentence, whole);
        }
    }
}
