//! Mail addresses: one spelling for comparing, the sender's own words for showing.

use super::order_form::OrderForm;
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

    /// The one spelling in which a mailbox is recognised: without a `+tag`; of Gmail, which does not look at them, without
    /// dots. The store's `contact_address.canonical` has the same rule.
    #[must_use]
    pub fn canonical(&self) -> Self {
        let base = self.base();
        if !base.ignores_dots() {
            return base;
        }
        Self(format!("{}@gmail.com", base.local().replace('.', "")))
    }

    /// Its provider gives one mailbox however the dots are set.
    #[must_use]
    pub fn ignores_dots(&self) -> bool {
        matches!(self.domain(), "gmail.com" | "googlemail.com")
    }

    /// True for a mailbox that several people of an organisation read (`assets/shared-mailboxes.txt`): `info@`, `biuro@`, `sales-pl@`.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        use std::collections::HashSet;
        use std::sync::LazyLock;
        static SHARED: LazyLock<HashSet<&'static str>> =
            LazyLock::new(|| listed(include_str!("../../assets/shared-mailboxes.txt")).collect());
        let base = self.base();
        let local = base.local().trim_end_matches(|c: char| c.is_ascii_digit());
        let main = local.split(['-', '_', '.']).next().unwrap_or(local);
        let is_short = |part: &str| part.chars().count() <= 2;
        SHARED.contains(local) || (SHARED.contains(main) && local.split(['-', '_', '.']).skip(1).all(is_short))
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

    /// The reverse of its writing: `Name <address>`, or the address alone.
    #[must_use]
    pub fn parse(written: &str) -> Option<Self> {
        match written.rsplit_once('<') {
            Some((name, address)) => Self::new(name, address),
            None => Self::new("", written),
        }
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

/// True when an address fits a pattern in lower case: an address itself (then also with a plus-tag), or one in which each `*`
/// stands for any characters, such as `*@x.example` or `newsletter*@*`.
#[must_use]
pub fn matches(pattern: &str, address: &Address) -> bool {
    if !pattern.contains('*') {
        return pattern == address.as_str() || pattern == address.base().as_str();
    }
    let parts: Vec<&str> = pattern.split('*').collect();
    let (Some(first), Some(last)) = (parts.first(), parts.last()) else { return false };
    let Some(mut rest) = address.as_str().strip_prefix(first) else { return false };
    let middle = parts.get(1..parts.len() - 1).unwrap_or_default();
    for part in middle {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// A pattern of senders as it is kept: lower case, and not one that fits everybody.
///
/// # Errors
/// In words, what is wrong with it.
pub fn sender_pattern(written: &str) -> Result<String, Text> {
    let pattern = written.trim().to_lowercase();
    let wrong = |why: &str| Err(Text::from(format!("{} {why}", Text::line(written))));
    let Some((local, domain)) = pattern.rsplit_once('@') else {
        return wrong("is no address and no pattern of addresses: *@x.example is everybody there");
    };
    if Address::parse(&pattern).is_none() || pattern.contains(['[', ']', '?']) {
        return wrong("is no address and no pattern of addresses");
    }
    let says = |part: &str| part.chars().filter(|c| c.is_alphanumeric()).count();
    if says(local) < 3 && says(domain) < 4 {
        return wrong("fits nearly everybody");
    }
    Ok(pattern)
}

/// The lines of a list in `assets/` that say something.
fn listed(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// Domains where strangers have mailboxes beside each other (`assets/free-mail.txt`): sharing one says
/// nothing about a company.
#[must_use]
pub fn is_free_mail(domain: &str) -> bool {
    use std::collections::HashSet;
    use std::sync::LazyLock;
    static FREE: LazyLock<HashSet<&'static str>> =
        LazyLock::new(|| listed(include_str!("../../assets/free-mail.txt")).collect());
    FREE.contains(domain)
}

/// The addresses that are mine or my colleagues', and the robots of my shop that write for its customers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Own {
    addresses: Vec<Address>,
    domains: Vec<String>,
    team: bool,
    forms: Vec<OrderForm>,
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
        Self { addresses, domains, team: false, forms: Vec::new() }
    }

    /// The same with the order forms of the configuration.
    #[must_use]
    pub fn with_order_forms(mut self, forms: Vec<OrderForm>) -> Self {
        self.forms = forms;
        self
    }

    /// The form that a letter with this sender and subject is written by.
    #[must_use]
    pub fn order_form(&self, from: &[Mailbox], subject: &Text) -> Option<&OrderForm> {
        let sender = &from.first()?.address;
        self.forms.iter().find(|form| form.fits(sender, subject))
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
        let canonical = address.canonical();
        self.addresses.iter().any(|own| own == address || own.canonical() == canonical)
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
    fn one_mailbox_has_one_canonical_spelling() {
        for (written, canonical) in [
            ("anna+shop@x.example", "anna@x.example"),
            ("an.na@x.example", "an.na@x.example"),
            ("j.a.n+crm@gmail.com", "jan@gmail.com"),
            ("ja.n@googlemail.com", "jan@gmail.com"),
            ("+odd@x.example", "+odd@x.example"),
        ] {
            assert_eq!(address(written).canonical().as_str(), canonical, "{written}");
        }
        assert!(Own::new([address("j.an@gmail.com")]).is_me(&address("jan+x@googlemail.com")));
    }

    #[test]
    fn senders_fit_patterns() {
        for (pattern, sender, fits) in [
            ("anna@x.example", "anna@x.example", true),
            ("anna@x.example", "anna+news@x.example", true),
            ("anna@x.example", "joanna@x.example", false),
            ("*@x.example", "anna@x.example", true),
            ("*@x.example", "anna@y.x.example", false),
            ("newsletter*@*", "newsletter-7@any.example", true),
            ("newsletter*@*", "my-newsletter@any.example", false),
            ("*@*.ads.example", "a@b.ads.example", true),
            ("*@*.ads.example", "a@ads.example", false),
            ("a*b*@x.example", "axxbyy@x.example", true),
            ("ab*ba@x.example", "aba@x.example", false),
        ] {
            assert_eq!(matches(pattern, &address(sender)), fits, "{pattern} {sender}");
        }
        assert_eq!(sender_pattern(" *@Ads.Example ").unwrap(), "*@ads.example");
        for wrong in ["*@*", "*", "a*@*", "no address", "x[y]@z.example", ""] {
            assert!(sender_pattern(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn mailboxes_of_many_are_known() {
        for shared in
            ["info@x.example", "sales2@x.example", "info-pl@x.example", "biuro+a@x.example", "zakaz@x.example"]
        {
            assert!(address(shared).is_shared(), "{shared}");
        }
        for person in ["anna@x.example", "info.kowalska@x.example", "salesman@x.example", "j.order@x.example"] {
            assert!(!address(person).is_shared(), "{person}");
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
