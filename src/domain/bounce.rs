//! Why a letter did not arrive, and what that says of the address: by the enhanced status code (RFC 3463), else by the words of the answer.

mod words;

use super::address::Address;
use super::text::{Text, fold};
use words::{FULL, GONE, LARGE, LATE, NO_MAIL, NOBODY, SHUT, UNLIKED, says_full, says_none};

/// What a mail server reports about a letter of mine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounce {
    /// Who did not get it.
    pub recipient: Address,
    /// Enhanced status code (RFC 3463), `5.1.1`; empty when the report gives none.
    pub status: Text,
    /// What the other server answered; empty when the report does not say.
    pub answer: Text,
    /// Trying again would be the same: it failed, and not with a 4.x.x status.
    pub permanent: bool,
    /// Why, as far as code and answer tell.
    pub reason: Reason,
}

impl Bounce {
    /// `the address takes no letters (550 5.1.1 User unknown)`
    #[must_use]
    pub fn in_words(&self) -> String {
        let said = if self.answer.is_empty() { &self.status } else { &self.answer };
        if said.is_empty() { self.reason.sentence().to_owned() } else { format!("{} ({said})", self.reason.sentence()) }
    }
}

/// Why a letter did not arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The address takes no letters any more, or never did.
    Gone,
    /// The mailbox is full; it is emptied one day, whatever class its code has.
    Full,
    /// It was not reached in time, or is tried further.
    Late,
    /// This letter was not taken; another one may be.
    Refused,
}

impl Reason {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Gone, Self::Full, Self::Late, Self::Refused];

    /// The word kept in the store.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Gone => "gone",
            Self::Full => "full",
            Self::Late => "late",
            Self::Refused => "refused",
        }
    }

    /// The one of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.word() == word)
    }

    /// What happened, in words.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Gone => "the address takes no letters",
            Self::Full => "the mailbox is full",
            Self::Late => "the server could not be reached in time",
            Self::Refused => "the server refused the letter",
        }
    }
}

/// Why, from the enhanced status code (`5.1.1`; may be empty) and the server's answer. `permanent` is what the report says of itself.
#[must_use]
pub fn reason(status: &str, answer: &str, permanent: bool) -> Reason {
    let words = fold(&answer.split_whitespace().collect::<Vec<_>>().join(" "));
    let said = |list: &[&str]| list.iter().any(|word| words.contains(word));
    let code = status.split_once('.').map_or("", |(_, rest)| rest);
    let told = match code {
        // "Does not accept mail from …" is about the one who sends.
        _ if permanent && said(NO_MAIL) && !said(&["accept mail from", "accept email from"]) => Some(Reason::Gone),
        "2.2" => Some(Reason::Full),
        "4.7" => Some(Reason::Late),
        _ if status.starts_with('4') || !permanent => Some(if said(FULL) { Reason::Full } else { Reason::Late }),
        // 1.7 and 1.8 speak of the sender's address, 1.9 of a sender that takes no mail.
        "1.7" | "1.8" | "1.9" => Some(Reason::Refused),
        "1.1" | "1.2" | "1.3" | "2.1" if said(UNLIKED) || said(LARGE) => Some(Reason::Refused),
        // Disabled: 2.1, and 7.13 of RFC 5248's registry; 4.4: no way leads there; 1.5 is a success.
        "2.1" | "4.4" | "4.310" | "7.13" => Some(Reason::Gone),
        "3.2" if words.contains("521") => Some(Reason::Gone),
        _ if code.starts_with("1.") && said(FULL) => Some(Reason::Full),
        _ if code.starts_with("1.") && code != "1.5" && code != "1.0" => Some(Reason::Gone),
        "1.0" if said(&["address rejected", "recipient rejected"]) && !said(UNLIKED) && !said(&["sender"]) => {
            Some(Reason::Gone)
        }
        "2.3" if said(FULL) => Some(Reason::Full),
        _ if code.starts_with("7.") && said(NOBODY) => Some(Reason::Gone),
        _ if ["6.", "7."].iter().any(|class| code.starts_with(class)) && code != "7.1" && code != "7.0" => {
            Some(Reason::Refused)
        }
        "2.3" | "3.4" => Some(Reason::Refused),
        _ => None,
    };
    told.unwrap_or_else(|| {
        // "The sender's domain does not exist" is no word about the address.
        let of_sender = words.contains("sender") || words.contains("reverse dns") || words.contains("helo");
        // Google Groups: "the group may not exist, or you may not have permission to post".
        let of_sender = of_sender
            || said(&["may not have permission", "groupe", "group ", "gruppe", "grupo", "grupa", "группа", "група"]);
        // What is shut for a while, and what the resolver was not sure of.
        let passes = words.contains("temporar") || words.contains("host not found, try again");
        // Nothing but that: whoever rejects a letter for its content says so.
        let bare = words.trim_end_matches("(in reply to rcpt to command)").trim_end_matches(['.', ' ']);
        let is_bare = ["recipient address rejected", "recipient rejected"].iter().any(|all| bare.ends_with(all));
        let is_none = said(GONE) || said(SHUT) || says_none(&words);
        if said(FULL) || says_full(&words) {
            Reason::Full
        } else if is_bare {
            Reason::Gone
        } else if passes && is_none {
            Reason::Late
        } else if is_none && !of_sender {
            Reason::Gone
        } else if said(LATE) {
            Reason::Late
        } else {
            Reason::Refused
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_tell_before_words_do() {
        for (status, answer, permanent, expected) in [
            ("5.1.1", "550 5.1.1 User unknown", true, Reason::Gone),
            ("5.1.10", "RESOLVER.ADR.RecipientNotFound", true, Reason::Gone),
            ("5.1.8", "sender domain does not exist", true, Reason::Refused),
            ("5.2.1", "The email account that you tried to reach is disabled", true, Reason::Gone),
            ("5.2.2", "552 5.2.2 over quota", true, Reason::Full),
            ("4.2.2", "mailbox full", false, Reason::Full),
            ("5.2.3", "message too large", true, Reason::Refused),
            ("5.4.4", "Invalid domain", true, Reason::Gone),
            ("5.4.7", "Message expired", true, Reason::Late),
            ("4.4.1", "No route to host", false, Reason::Late),
            ("5.7.26", "Unauthenticated email", true, Reason::Refused),
            ("5.7.13", "User disabled", true, Reason::Gone),
            ("5.7.17", "no mailbox here by that name", true, Reason::Gone),
            ("5.2.3", "the user's maildir has overdrawn his diskspace quota", true, Reason::Full),
            ("5.1.1", "mailbox is over quota", true, Reason::Full),
            ("5.1.1", "550 listed at spamhaus", true, Reason::Refused),
            ("5.2.1", "receiving mail at a rate that prevents more", true, Reason::Refused),
            ("5.3.2", "521 System not accepting network messages", true, Reason::Gone),
            ("5.4.1", "Recipient  address rejected: Access denied", true, Reason::Gone),
            ("4.0.0", "450 come back later", false, Reason::Late),
        ] {
            assert_eq!(reason(status, answer, permanent), expected, "{status} {answer}");
        }
    }

    #[test]
    fn a_code_that_says_nothing_leaves_it_to_the_words() {
        for (status, answer, expected) in [
            ("5.0.0", "550 Unknown user jan@x.example", Reason::Gone),
            ("5.1.0", "550 no such user here", Reason::Gone),
            ("5.1.0", "550 Rejected", Reason::Refused),
            ("5.7.1", "550 5.7.1 Recipient not found", Reason::Gone),
            ("5.7.1", "550 5.7.1 Message content rejected", Reason::Refused),
            ("", "Unrouteable address", Reason::Gone),
            ("", "retry timeout exceeded", Reason::Late),
            ("", "The number of messages in recipient's mailbox exceeded the local limit.", Reason::Full),
            ("", "550 Sender domain does not exist", Reason::Refused),
            ("", "", Reason::Refused),
        ] {
            assert_eq!(reason(status, answer, true), expected, "{status} {answer}");
        }
    }

    #[test]
    fn whom_and_what_of_them_may_stand_apart() {
        for (answer, expected) in [
            ("550 User (jan@x.example) unknown.", Reason::Gone),
            ("550 Mailbox ( jan@x.example ) not found or inactivated", Reason::Gone),
            ("553 5.3.0 <jan@x.example>... Addressee unknown, relay=[192.0.2.1]", Reason::Gone),
            ("550 <jan@x.example>: Account closed due to inactivity.", Reason::Gone),
            ("550 <jan@x.example>: User status is locked.", Reason::Gone),
            ("554 This account has been disabled or discontinued [#102].", Reason::Gone),
            ("550 \"jan@x.example\" is not a known user", Reason::Gone),
            ("550 BAD_RECIPIENT - see http://x.example", Reason::Gone),
            ("551 <jan@x.example> is a deactivated mailbox", Reason::Gone),
            ("550 <jan@x.example>: Recipient address rejected.", Reason::Gone),
            ("Esta casilla ha expirado por falta de uso.", Reason::Gone),
            ("550 Użytkownik nie istnieje", Reason::Gone),
            ("550 Пользователь не найден", Reason::Gone),
            ("550 Користувача не існує", Reason::Gone),
            ("551 the destination mailbox <jan@x.example> is full", Reason::Full),
            ("User mailbox exceeds allowed size", Reason::Full),
            ("550 User has too many messages on the server.", Reason::Full),
            ("550 Почтовый ящик переполнен", Reason::Full),
            ("550 this account has been temporarily suspended", Reason::Late),
            ("Name service error: Host not found, try again", Reason::Late),
            // The sender, a host, another sentence.
            ("550 sender account is disabled", Reason::Refused),
            ("554 <unknown[192.0.2.1]>: Client host rejected: Access denied", Reason::Refused),
            ("550 this server does not accept mail from 192.0.2.1", Reason::Refused),
            ("550 user rejected your letter. See the list of closed networks", Reason::Refused),
            ("550 relaying for that user is prohibited", Reason::Refused),
            ("552 message size exceeds the limit", Reason::Refused),
        ] {
            assert_eq!(reason("", answer, true), expected, "{answer}");
        }
        for (status, answer, expected) in [
            ("5.1.0", "550 5.1.0 Address rejected", Reason::Gone),
            ("5.1.0", "550 5.1.0 Sender address rejected", Reason::Refused),
            ("5.1.1", "553 Sender Policy Framework (SPF) fail", Reason::Refused),
            ("5.1.1", "550 max message size exceeded", Reason::Refused),
            ("5.7.1", "553 sorry, badrcptto (#5.7.1)", Reason::Gone),
        ] {
            assert_eq!(reason(status, answer, true), expected, "{status} {answer}");
        }
    }

    #[test]
    fn words_of_the_store() {
        for reason in Reason::ALL {
            assert_eq!(Reason::from_word(reason.word()), Some(reason));
        }
    }
}
