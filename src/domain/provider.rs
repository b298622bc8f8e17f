//! Where the servers of a mail address are: what can be known, found and chosen before the first sign-in.
//!
//! Found settings are ranked by how much they can be trusted: what Postbook knows by heart ([`known`]), what the domain
//! publishes over HTTPS ([`published`]), its DNS records ([`records`]), what was guessed and answered; then by hand.

pub mod known;
pub mod published;
pub mod records;

use super::account::{Endpoint, Kind, Secret, Security};
use super::address::Address;
use super::oauth::{NewClient, Tokens};
use super::problem::Problem;
use super::text::Text;
use std::path::PathBuf;

/// One server of a mailbox, and who signs in there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Host name.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// Protection.
    pub security: Security,
    /// User name.
    pub user: String,
}

impl Server {
    /// How to reach it; `ca_file` is an authority to trust as well.
    #[must_use]
    pub fn endpoint(&self, ca_file: Option<PathBuf>) -> Endpoint {
        Endpoint { host: self.host.clone(), port: self.port, security: self.security, ca_file, pin: None }
    }

    /// `imap.firma.example:993, TLS`
    #[must_use]
    pub fn in_words(&self) -> Text {
        Text::from(format!("{}:{}, {}", self.host, self.port, security_word(self.security)))
    }
}

/// A protection as people write it.
#[must_use]
pub fn security_word(security: Security) -> &'static str {
    match security {
        Security::Tls => "TLS",
        Security::StartTls => "STARTTLS",
        Security::Plaintext => "not encrypted",
    }
}

/// How a provider lets mail programs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignIn {
    /// With the password of the mailbox.
    Password,
    /// With a password made for this program.
    AppPassword,
    /// With a token from the provider's own sign-in in the browser (OAuth 2.0).
    OAuth2,
}

/// Where settings come from. The order is that of trust.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// Postbook's own list has the address's domain.
    Known(Text),
    /// Postbook's own list has the provider that receives the domain's mail: its name, the MX host.
    KnownByMx(Text, Text),
    /// The domain publishes them (Thunderbird's autoconfig), at this place.
    Published(Text),
    /// The domain's DNS records say so (RFC 6186).
    Records,
    /// The usual names were tried and answered.
    Reached,
    /// The user wrote them.
    Hand,
}

impl Source {
    /// How they were found, as a sentence before them.
    #[must_use]
    pub fn in_words(&self) -> String {
        match self {
            Self::Known(provider) => format!("Found: {provider}, known to Postbook."),
            Self::KnownByMx(provider, mx) => format!("Found: {provider}, known to Postbook: mail is received by {mx}."),
            Self::Published(place) => format!("Found: published by {place}."),
            Self::Records => "Found: in the DNS records of the domain.".to_owned(),
            Self::Reached => "Found: by trying the usual names: these answered.".to_owned(),
            Self::Hand => "As you wrote it:".to_owned(),
        }
    }

    /// True when nobody said what the user name looks like: the address is tried first, then what stands before the `@`
    /// (RFC 6186, 4).
    #[must_use]
    pub fn user_is_a_guess(&self) -> bool {
        matches!(self, Self::Records | Self::Reached)
    }
}

/// Everything found about a mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Where mail is read.
    pub imap: Server,
    /// Where letters leave.
    pub smtp: Server,
    /// Where this comes from.
    pub source: Source,
    /// How one may sign in, best first; never empty.
    pub sign_in: Vec<SignIn>,
    /// What to do at the provider before a password works; may be empty.
    pub hint: Text,
    /// The provider's own page about it; may be empty.
    pub page: Text,
    /// The word of the provider in `[account.oauth]`; empty where there is no OAuth 2.0 that we know.
    pub oauth_provider: Text,
}

impl Settings {
    /// Settings without advice, for a password.
    #[must_use]
    pub fn plain(imap: Server, smtp: Server, source: Source) -> Self {
        let sign_in = vec![SignIn::Password];
        let (hint, page, oauth_provider) = Default::default();
        Self { imap, smtp, source, sign_in, hint, page, oauth_provider }
    }

    /// What stands in a form when nothing was found: the usual names.
    #[must_use]
    pub fn blank(address: &Address) -> Self {
        let server = |word: &str, port| Server {
            host: format!("{word}.{}", ascii(address.domain()).unwrap_or_default()),
            port,
            security: Security::Tls,
            user: address.as_str().to_owned(),
        };
        Self::plain(server("imap", 993), server("smtp", 465), Source::Hand)
    }

    /// True when a password of some kind is taken.
    #[must_use]
    pub fn takes_password(&self) -> bool {
        self.sign_in.iter().any(|way| *way != SignIn::OAuth2)
    }

    /// True when the provider's own sign-in in the browser is possible.
    #[must_use]
    pub fn takes_oauth2(&self) -> bool {
        self.sign_in.contains(&SignIn::OAuth2) && !self.oauth_provider.is_empty()
    }

    /// What to call the password: `app password` where the provider wants one made for this program.
    #[must_use]
    pub fn password_word(&self) -> &'static str {
        match self.sign_in.iter().find(|way| **way != SignIn::OAuth2) {
            Some(SignIn::AppPassword) => "app password",
            _ => "password",
        }
    }

    /// The server that only unsigned DNS records vouch for and that is not below the address's own domain: whoever can
    /// forge an answer could send the password anywhere, so the user is to agree (RFC 6186, 6).
    #[must_use]
    pub fn unproven_host(&self, address: &Address) -> Option<&str> {
        if self.source != Source::Records {
            return None;
        }
        let hosts = [self.imap.host.as_str(), self.smtp.host.as_str()];
        hosts.into_iter().find(|host| !is_at_or_below(host, address.domain()))
    }

    /// The same with what stands before the `@` as user name.
    #[must_use]
    pub fn with_local_user(&self, address: &Address) -> Self {
        let local = |server: &Server| Server { user: address.local().to_owned(), ..server.clone() };
        Self { imap: local(&self.imap), smtp: local(&self.smtp), ..self.clone() }
    }
}

/// Where the password of a new account comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// This one, put into the keyring.
    Keyring(Secret),
    /// What this command prints.
    Command(String),
    /// This environment variable.
    Variable(String),
    /// The provider's own sign-in in the browser.
    OAuth2 {
        /// Who we are there.
        client: Box<NewClient>,
        /// What it gave, put into the keyring; `None` before the user has agreed.
        tokens: Option<Tokens>,
    },
    /// A token that this command prints.
    TokenCommand(String),
}

/// An account about to be written into the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAccount {
    /// What the user wants it to be called; `None` makes a name of the address.
    pub name: Option<String>,
    /// Its address.
    pub email: Address,
    /// Mine or a team's.
    pub kind: Kind,
    /// The user's own name, for From; empty leaves it as it is.
    pub my_name: Text,
    /// Where mail is read.
    pub imap: Server,
    /// Where letters leave.
    pub smtp: Server,
    /// An authority to trust as well.
    pub ca_file: Option<PathBuf>,
    /// Where its password comes from.
    pub credential: Credential,
}

/// Why an account was not saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unsaved {
    /// The password cannot be kept here: it has to come from a command or a variable.
    NoKeyring(Problem),
    /// Something else.
    Failed(Problem),
}

impl Unsaved {
    /// What went wrong.
    #[must_use]
    pub fn problem(self) -> Problem {
        match self {
            Self::NoKeyring(problem) | Self::Failed(problem) => problem,
        }
    }
}

/// A short name for an account: the domain's first word, with a number when it is taken.
#[must_use]
pub fn suggest_name(address: &Address, taken: &[Text]) -> String {
    let mut labels = address.domain().split('.').filter(|label| !label.is_empty());
    let label = labels.find(|label| !matches!(*label, "mail" | "poczta" | "www")).unwrap_or("mail");
    let base: String = label.chars().filter(|c| c.is_alphanumeric() || *c == '-').take(30).collect();
    let base = if base.is_empty() { "mail".to_owned() } else { base };
    let is_free = |name: &String| !taken.iter().any(|other| other.as_str().to_lowercase() == name.to_lowercase());
    let numbered = (2..).map(|number| format!("{base}-{number}"));
    std::iter::once(base.clone()).chain(numbered).find(is_free).unwrap_or(base)
}

/// A host name from outside in the spelling that is connected to; `None` for what cannot be one.
#[must_use]
pub fn host_name(foreign: &str) -> Option<String> {
    let host = ascii(&foreign.trim().trim_end_matches('.').to_lowercase())?;
    let fit = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let literal_v6 = host.parse::<std::net::Ipv6Addr>().is_ok();
    let named = !host.is_empty() && host.len() <= 253 && host.chars().all(fit) && !host.contains("..");
    let usable = literal_v6 || (named && !host.starts_with(['.', '-']));
    usable.then_some(host)
}

/// A domain as DNS, servers and certificates know it: `xn--…` for letters outside ASCII (RFC 5891).
#[must_use]
pub fn ascii(domain: &str) -> Option<String> {
    if domain.is_ascii() { Some(domain.to_owned()) } else { idna::domain_to_ascii(domain).ok() }
}

/// True for `mail.firma.pl` and `firma.pl` at `firma.pl`.
fn is_at_or_below(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

/// A way of finding settings that asks the network. The order is that of trust.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finder {
    /// Who receives the domain's mail, looked up in Postbook's list.
    Mx,
    /// Autoconfig.
    Published,
    /// SRV records.
    Records,
    /// The usual names.
    Guess,
}

impl Finder {
    /// All of them, the most trusted first.
    pub const EACH: [Self; 4] = [Self::Mx, Self::Published, Self::Records, Self::Guess];
}

/// Several are asked at once; the most trusted answer wins, and nobody waits for the less trusted ones.
#[derive(Debug, Clone)]
pub struct Race<T> {
    answers: Vec<Option<Option<T>>>,
}

impl<T: Clone> Race<T> {
    /// So many are asked, the most trusted first; nobody has answered yet.
    #[must_use]
    pub fn new(asked: usize) -> Self {
        Self { answers: vec![None; asked] }
    }

    /// The one at this place has answered: with something, or that it has nothing.
    pub fn answered(&mut self, place: usize, found: Option<T>) {
        if let Some(slot) = self.answers.get_mut(place) {
            *slot = Some(found);
        }
    }

    /// True when no answer still to come could change the choice.
    #[must_use]
    pub fn is_decided(&self) -> bool {
        let first = self.answers.iter().find(|answer| !matches!(answer, Some(None)));
        first.is_none_or(Option::is_some)
    }

    /// The most trusted answer so far.
    #[must_use]
    pub fn best(&self) -> Option<T> {
        self.answers.iter().flatten().flatten().next().cloned()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn address(text: &str) -> Address {
        Address::parse(text).unwrap()
    }

    #[test]
    fn the_most_trusted_answer_wins_and_the_others_are_not_waited_for() {
        use Finder::{Guess, Mx, Published, Records};
        type Answers<'a> = &'a [(Finder, Option<u8>)];
        let table: [(Answers<'_>, bool, Option<u8>); 8] = [
            (&[], false, None),
            (&[(Mx, Some(1))], true, Some(1)),
            (&[(Guess, Some(4))], false, Some(4)),
            (&[(Guess, Some(4)), (Published, Some(2))], false, Some(2)),
            (&[(Guess, Some(4)), (Published, Some(2)), (Mx, None)], true, Some(2)),
            (&[(Mx, None), (Published, None), (Records, Some(3))], true, Some(3)),
            (&[(Mx, None), (Published, None), (Records, None)], false, None),
            (&[(Mx, None), (Published, None), (Records, None), (Guess, None)], true, None),
        ];
        for (answers, decided, best) in table {
            let mut race = Race::new(Finder::EACH.len());
            answers.iter().for_each(|(finder, found)| race.answered(*finder as usize, *found));
            assert_eq!((race.is_decided(), race.best()), (decided, best), "{answers:?}");
        }
    }

    #[test]
    fn accounts_get_short_names_that_are_free() {
        let taken = [Text::line("Firma"), Text::line("firma-2"), Text::line("gmail")];
        for (email, name) in [
            ("anna@firma.pl", "firma-3"),
            ("anna@gmail.com", "gmail-2"),
            ("anna@mail.ru", "ru"),
            ("anna@poczta.onet.pl", "onet"),
            ("anna@localhost", "localhost"),
            ("anna@xn--e1afmkfd.example", "xn--e1afmkfd"),
            ("анна@почта.рф", "почта"),
        ] {
            assert_eq!(suggest_name(&address(email), &taken), name, "{email}");
        }
    }

    #[test]
    fn host_names_from_outside_are_checked() {
        for (foreign, host) in [
            ("IMAP.Firma.pl.", Some("imap.firma.pl")),
            ("почта.рф", Some("xn--80a1acny.xn--p1ai")),
            ("127.0.0.1", Some("127.0.0.1")),
            ("::1", Some("::1")),
            ("", None),
            ("a b", None),
            ("imap.firma.pl\r\nX", None),
            ("imap..pl", None),
            ("-x.pl", None),
            ("imap.\u{202e}lp.amrif", None),
        ] {
            assert_eq!(host_name(foreign).as_deref(), host, "{foreign:?}");
        }
    }

    #[test]
    fn a_foreign_host_from_dns_alone_is_not_proven() {
        let email = address("anna@firma.pl");
        for (host, source, unproven) in [
            ("imap.firma.pl", Source::Records, None),
            ("firma.pl", Source::Records, None),
            ("imap.evilfirma.pl", Source::Records, Some("imap.evilfirma.pl")),
            ("imap.hoster.example", Source::Records, Some("imap.hoster.example")),
            ("imap.hoster.example", Source::Published(Text::own("x")), None),
        ] {
            let mut settings = Settings { source, ..Settings::blank(&email) };
            settings.imap.host = host.to_owned();
            assert_eq!(settings.unproven_host(&email), unproven, "{host}");
        }
    }
}
