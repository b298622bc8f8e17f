//! The words that servers refuse with; folded, as they are compared.

/// Words of servers for an address that is none; folded.
pub(super) const GONE: &[&str] = &[
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
    "dosn't exist",
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
    "no valid mx",
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
    "not a member of domain",
    "not have an account",
    "is now disabled",
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
pub(super) const SHUT: &[&str] = &[
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
pub(super) const FULL: &[&str] = &[
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
pub(super) const LARGE: &[&str] = &["message size", "message is too large", "message too large", "message too big"];

/// Of a server that was not reached, or asks to come again; folded.
pub(super) const LATE: &[&str] = &[
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
    "no route to host",
    "network is unreachable",
    "connection reset",
    "could not connect",
    "unable to connect",
];

/// Of an address that is none, so plainly that a code of policy means nothing (qmail: "no mailbox here by that name. (#5.7.17)"); folded.
pub(super) const NOBODY: &[&str] = &["no mailbox here", "user unknown", "unknown user", "no such user"];

/// Of a host that takes no mail from anybody, whatever code stands beside (RFC 7504, RFC 7505); folded.
pub(super) const NO_MAIL: &[&str] =
    &["does not accept mail", "no smtp service", "not accepting network messages", "does not accept email", "null mx"];

/// Of a server that does not like my own server, though its code speaks of the address; folded.
pub(super) const UNLIKED: &[&str] = &[
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

/// Whom an answer speaks of.
const WHO: &[&str] = &[
    "user",
    "mailbox",
    "account",
    "recipient",
    "addressee",
    "address",
    "alias",
    "e-mail",
    "email",
    "username",
    "inbox",
];
/// And what of them, a few words on: it is none, or shut.
const IS_NONE: &[&str] = &[
    "unknown",
    "not found",
    "not known",
    "not valid",
    "not ok",
    "not available",
    "unavailable",
    "not activated",
    "not exist",
    "no longer",
    "inactive",
    "inactivated",
    "closed",
    "disabled",
    "deleted",
    "removed",
    "locked",
    "expired",
    "cannot be verified",
];
/// Of somewhere to put letters, a few words on: it takes no more.
const IS_FULL: &[&str] = &["full", "exceeds quota", "over quota"];
/// So many words may stand between.
const BETWEEN: usize = 4;

/// `User (anna@x.example) unknown`, `mailbox <anna> is now disabled`: whom and what of them, in one sentence.
pub(super) fn says_none(words: &str) -> bool {
    says(words, WHO, IS_NONE)
}

/// `the destination mailbox <anna@x.example> is full`
pub(super) fn says_full(words: &str) -> bool {
    says(words, &["mailbox", "inbox", "account", "storage", "folder", "recipient", "user", "box"], IS_FULL)
}

fn says(words: &str, who: &[&str], what: &[&str]) -> bool {
    // What stands in brackets is mostly the address, and may have such words in it.
    let plain: Vec<&str> = words
        .split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | '"' | '[' | ']' | ':'))
        .filter(|word| !word.is_empty() && !word.contains('@'))
        .collect();
    let ends = |word: &&&str| word.ends_with(['.', ';', '!', '?']);
    plain.iter().enumerate().any(|(at, word)| {
        let rest: Vec<&str> = plain.iter().skip(at + 1).copied().collect();
        let sentence = rest.iter().take(BETWEEN + 3).position(|word| ends(&word)).map_or(BETWEEN + 3, |end| end + 1);
        let said = rest.iter().take(sentence).copied().collect::<Vec<_>>().join(" ");
        let starts = |what: &&str| {
            said.match_indices(*what).any(|(place, found)| {
                let before = said.get(..place).unwrap_or_default();
                let after = said.get(place + found.len()..).unwrap_or_default();
                let is_word = (before.is_empty() || before.ends_with(' ')) && !after.starts_with(char::is_alphanumeric);
                is_word && before.split_whitespace().count() <= BETWEEN
            })
        };
        who.contains(word) && what.iter().any(starts)
    })
}
