//! Mail addresses: one spelling for comparing, the sender's own words for showing.

use super::text::Text;

/// An address in the one spelling that is compared and stored: lower case, no blanks, no controls.
///
/// RFC 5321 lets the part before `@` depend on case; no mailbox provider does, and clients write both.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address(String);

impl Address {
    /// Checks and normalises; `None` for what cannot be an address (no `@`, blanks, controls, brackets).
    #[must_use]
    pub fn parse(foreign: &str) -> Option<Self> {
        let address = foreign.trim().trim_start_matches('<').trim_end_matches('>').trim();
        let (local, domain) = address.rsplit_once('@')?;
        if local.is_empty() || domain.is_empty() || address.len() > 320 {
            return None;
        }
        let unfit = |c: char| {
            c.is_whitespace()
                || matches!(c, '<' | '>' | ',' | ';' | '(' | ')' | '"' | '\\')
                || super::text::is_unsafe(c)
        };
        if address.chars().any(unfit) || domain.starts_with('.') || domain.ends_with('.') || domain.contains("..") {
            return None;
        }
        Some(Self(address.to_lowercase()))
    }

    /// The whole address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands after `@`.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// What stands before `@`.
    #[must_use]
    pub fn local(&self) -> &str {
        self.0.rsplit_once('@').map_or(self.0.as_str(), |(local, _)| local)
    }

    /// The same address without a `+tag`: `anna+shop@x.example` and `anna@x.example` are one person.
    #[must_use]
    pub fn base(&self) -> Self {
        match self.local().split_once('+') {
            Some((local, _)) if !local.is_empty() => Self(format!("{local}@{}", self.domain())),
            _ => self.clone(),
        }
    }

    /// True for addresses that nobody reads: `no-reply@`, `mailer-daemon@` and their kin.
    #[must_use]
    pub fn is_robot(&self) -> bool {
        let local: String = self.local().chars().filter(char::is_ascii_alphanumeric).collect();
        matches!(
            local.as_str(),
            "mailerdaemon" | "postmaster" | "bounce" | "bounces" | "notifications" | "notification"
        ) || ["noreply", "donotreply", "nieodpowiadaj"]
            .iter()
            .any(|robot| local.starts_with(robot) || local.ends_with(robot))
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}

/// A name with its address, as a header gives it (RFC 5322 calls this a mailbox).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Mailbox {
    /// The display name, sanitised; empty when there is none.
    pub name: Text,
    /// The real address.
    pub address: Address,
}

impl Mailbox {
    /// A mailbox from a name and an address; `None` when the address cannot be one.
    #[must_use]
    pub fn new(name: &str, address: &str) -> Option<Self> {
        Some(Self { name: Text::line(name.trim()), address: Address::parse(address)? })
    }

    /// The name where there is one, else the address.
    #[must_use]
    pub fn short(&self) -> Text {
        if self.name.is_empty() { Text::line(self.address.as_str()) } else { self.name.clone() }
    }
}

/// `Name <address>`, or the address alone.
impl std::fmt::Display for Mailbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.name.is_empty() { write!(f, "{}", self.address) } else { write!(f, "{} <{}>", self.name, self.address) }
    }
}

/// Domains where strangers have mailboxes beside each other (`assets/free-mail.txt`): sharing one says
/// nothing about a company.
#[must_use]
pub fn is_free_mail(domain: &str) -> bool {
    use std::collections::HashSet;
    use std::sync::LazyLock;
    static FREE: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
        include_str!("../../assets/free-mail.txt")
            .lines()
            .map(str::trim)
            .filter(|l| !l.is_empty() && !l.starts_with('#'))
            .collect()
    });
    FREE.contains(domain)
}

/// The addresses that are mine or my colleagues'.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Own {
    addresses: Vec<Address>,
    domains: Vec<String>,
    team: bool,
}

impl Own {
    /// From the addresses of all accounts. Their domains are colleagues' unless they are free-mail.
    #[must_use]
    pub fn new(addresses: impl IntoIterator<Item = Address>) -> Self {
        let addresses: Vec<Address> = addresses.into_iter().collect();
        let mut domains: Vec<String> =
            addresses.iter().map(|a| a.domain().to_owned()).filter(|d| !is_free_mail(d)).collect();
        domains.sort();
        domains.dedup();
        Self { addresses, domains, team: false }
    }

    /// The same for a mailbox that a team shares: a letter of any of us speaks for the team.
    #[must_use]
    pub fn of_team(mut self) -> Self {
        self.team = true;
        self
    }

    /// Writes for me: my own addresses; in a team's mailbox those of all of us.
    #[must_use]
    pub fn speaks_for_me(&self, address: &Address) -> bool {
        self.is_me(address) || (self.team && self.is_us(address))
    }

    /// My own domains, without free-mail ones.
    pub fn domains(&self) -> impl Iterator<Item = &str> {
        self.domains.iter().map(String::as_str)
    }

    /// One of my own addresses (with or without a `+tag`).
    #[must_use]
    pub fn is_me(&self, address: &Address) -> bool {
        self.addresses.contains(address) || self.addresses.contains(&address.base())
    }

    /// Mine, or one at a domain of mine.
    #[must_use]
    pub fn is_us(&self, address: &Address) -> bool {
        self.is_me(address) || self.domains.iter().any(|d| d == address.domain())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Address {
        Address::parse(text).unwrap()
    }

    #[test]
    fn one_spelling() {
        for (foreign, expected) in [
            (" <Anna@Example.COM> ", Some("anna@example.com")),
            ("анна@пошта.укр", Some("анна@пошта.укр")),
            ("no at sign", None),
            ("a b@c.example", None),
            ("evil\r\nBcc: x@y.example", None),
            ("@x.example", None),
            ("a@b..c", None),
        ] {
            assert_eq!(Address::parse(foreign).as_ref().map(Address::as_str), expected, "{foreign:?}");
        }
    }

    #[test]
    fn robots_are_known() {
        for robot in [
            "no-reply@x.example",
            "NoReply-7@x.example",
            "shop.noreply@x.example",
            "do_not_reply@x.example",
            "MAILER-DAEMON@x.example",
        ] {
            assert!(address(robot).is_robot(), "{robot}");
        }
        for human in ["anna@x.example", "norepl@x.example", "info@x.example"] {
            assert!(!address(human).is_robot(), "{human}");
        }
    }

    #[test]
    fn a_free_mail_domain_makes_no_colleagues() {
        let own = Own::new([address("me@firma.example"), address("me@gmail.com")]);
        assert!(own.is_us(&address("boss@firma.example")));
        assert!(own.is_me(&address("me+crm@firma.example")));
        assert!(!own.is_us(&address("stranger@gmail.com")));
    }
}
