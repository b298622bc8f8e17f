//! Why a letter did not arrive, and what that says of the address: by the enhanced status code (RFC 3463), else by the words of the answer.

use super::address::Address;
use super::text::{Text, fold};

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

/// Words of servers for an address that is none; folded.
const GONE: &[&str] = &[
    "user unknown",
    "unknown user",
    "unknown local",
    "unknown recipient",
    "unknown address",
    "unknown or illegal",
    "recipient unknown",
    "recipient not found",
    "user not found",
    "address not found",
    "mailbox not found",
    "mailbox unavailable",
    "recipnotfound",
    "no such user",
    "no such recipient",
    "no such address",
    "no such mailbox",
    "no such domain",
    "no such person",
    "no mailbox",
    "not exist",
    "doesn't exist",
    "host unknown",
    "unknown host",
    "host not found",
    "domain not found",
    "unrouteable",
    "unroutable",
    "invalid recipient",
    "invalid address",
    "invalid user",
    "invalid mailbox",
    "not a valid",
    "not listed in",
    "undeliverable address",
    "non-existent",
    "nonexistent",
    "account disabled",
    "is disabled",
    "inactive",
    "no longer",
    "not recognized",
    "lookup failure",
    "nxdomain",
    "not our customer",
    "unknown mailbox",
    "unknown mail address",
    "unknown e-mail address",
    "unknown email address",
    "invalid destination",
    "bad destination",
    "address is unknown",
    "has moved",
    "user doesn't have a",
    "domain is not reachable",
    "no valid recipient",
    "invalid final delivery",
    "recipient address rejected: access denied",
    "見つかりません",
    "リストにありません",
    "no mx record",
    "no mx found",
    "wrong or no longer valid",
    "address unknown",
    "addresses were unknown",
    "could not be found",
    "name is not found",
    "mailbox is unavailable",
    "mailbox unavaiable",
    "account unavailable",
    "invalid-recipient",
    "userunknown",
    "not a known user",
    "user not known",
    "not a local",
    "is not local",
    "recipient is not accepted",
    "not an active address",
    "user not active",
    "no one at this address",
    "no account by that name",
    "no account here",
    "no mail box",
    "mail-box not found",
    "mail box not found",
    "user was not found",
    "was not found in",
    "not found in the directory",
    "not present",
    "mailbox invalid",
    "address invalid",
    "bad address",
    "bad recipient",
    "bad_recipient",
    "badrcptto",
    "badrecipientto",
    "not in my validrcptto",
    "unknown virtual user",
    "unknown domain",
    "domain must exist",
    "domain name not found",
    "name or service not known",
    "name service error",
    "home directory",
    // In the languages of other servers.
    "unbekannt",
    "existiert nicht",
    "inconnu",
    "n'existe pas",
    "desconocid",
    "no existe",
    "desconhecid",
    "inexistente",
    "sconosciut",
    "nessun utente",
    "onbekend",
    "bestaat niet",
    "nie istnieje",
    "nieznany",
    "не существует",
    "не найден",
    "неизвестн",
    "не існує",
    "не знайден",
    "falta de uso",
];

/// Of an address that was shut, unless that is said to pass; folded.
const SHUT: &[&str] = &[
    "been disabled",
    "mailbox disabled",
    "user disabled",
    "recipient disabled",
    "receiving disabled",
    "deactivated",
    "discontinued",
    "suspended",
    "suspend the service",
    "terminated",
    "is frozen",
    "account is locked",
    "archived recipient",
    "account expired",
    "mailbox expired",
    "account has expired",
    "konto niedostepne",
    "zablokowan",
    "заблокирован",
    "заблоковано",
];

/// Of a mailbox that takes no more; folded.
const FULL: &[&str] = &[
    "mailbox full",
    "mailbox is full",
    "mailbox for user is full",
    "inbox is full",
    "quota",
    "full mailbox",
    "folder is full",
    "out of storage",
    "enough space",
    "enough storage",
    "diskspace",
    "exceeded storage",
    "number of messages in recipient's mailbox exceeded",
    "mailbox exceed",
    "mailbox has exceeded",
    "mailbox would exceed",
    "mailbox size limit",
    "mailbox size exceed",
    "disk space",
    "no space left",
    "storage limit",
    "space has been used up",
    "too many messages on the server",
    "too much mail data",
    "mail file size exceeds",
    "destinataire pleine",
    "postfach voll",
    "postfach ist voll",
    "mailbox voll",
    "casilla llena",
    "buzon lleno",
    "mailbox lleno",
    "caixa postal cheia",
    "przepelnion",
    "skrzynka pelna",
    "переполнен",
    "переповнен",
];

/// Of a letter that is too large, though the code speaks of the address; folded.
const LARGE: &[&str] = &["message size", "message is too large", "message too large", "message too big"];

/// Of a server that was not reached, or asks to come again; folded.
const LATE: &[&str] = &[
    "expired",
    "timed out",
    "timeout",
    "retry",
    "try again",
    "temporar",
    "deferred",
    "delayed",
    "connection refused",
    "connection dropped",
    "connection was dropped",
    "did not accept our requests",
    "not been able to deliver",
    "greylist",
    "too many",
    "could not deliver for the last",
    "have been failing for a long time",
    "will be retried",
    "retried for",
    "keep trying",
    "hop count",
];

/// Of an address that is none, so plainly that a code of policy means nothing (qmail: "no mailbox here by that name. (#5.7.17)"); folded.
const NOBODY: &[&str] = &["no mailbox here", "user unknown", "unknown user", "no such user"];

/// Of a host that takes no mail from anybody, whatever code stands beside (RFC 7504, RFC 7505); folded.
const NO_MAIL: &[&str] =
    &["does not accept mail", "no smtp service", "not accepting network messages", "does not accept email", "null mx"];

/// Of a server that does not like my own server, though its code speaks of the address; folded.
const UNLIKED: &[&str] = &[
    "spamhaus",
    "blacklist",
    "blocklist",
    "block list",
    "at a rate",
    "too many recipients",
    "rate limit",
    "sender policy framework",
    "spf fail",
    "spf check",
    "dmarc",
    "dnsbl",
    "blocked using",
    "reputation",
    "as spam",
    "like spam",
];

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
        if said(FULL) {
            Reason::Full
        } else if is_bare {
            Reason::Gone
        } else if passes && (said(SHUT) || said(GONE)) {
            Reason::Late
        } else if (said(GONE) || said(SHUT)) && !of_sender {
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
    fn words_of_the_store() {
        for reason in Reason::ALL {
            assert_eq!(Reason::from_word(reason.word()), Some(reason));
        }
    }
}
