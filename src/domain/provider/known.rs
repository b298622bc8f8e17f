//! The providers of `assets/providers.toml`.

use super::super::account::Security;
use super::super::address::Address;
use super::super::problem::{Kind, Problem, Result};
use super::super::text::Text;
use super::{Server, Settings, SignIn, Source};
use serde::Deserialize;
use std::sync::LazyLock;

/// The file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    provider: Vec<Provider>,
}

/// One provider; what the keys mean stands at the head of the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Provider {
    name: String,
    #[serde(default)]
    domains: Vec<String>,
    #[serde(default)]
    mx: Vec<String>,
    imap: Option<String>,
    imap_port: Option<u16>,
    smtp: Option<String>,
    smtp_port: Option<u16>,
    #[serde(default)]
    user: User,
    smtp_user: Option<User>,
    #[serde(default)]
    sign_in: Vec<Way>,
    #[serde(default)]
    hint: String,
    #[serde(default)]
    page: String,
    #[serde(default)]
    oauth_provider: String,
    no_imap: Option<String>,
}

#[derive(Deserialize, Clone, Copy, Default, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum User {
    #[default]
    Address,
    Local,
}

#[derive(Deserialize, Clone, Copy)]
enum Way {
    #[serde(rename = "password")]
    Password,
    #[serde(rename = "app password")]
    AppPassword,
    #[serde(rename = "oauth2")]
    OAuth2,
}

impl From<Way> for SignIn {
    fn from(way: Way) -> Self {
        match way {
            Way::Password => Self::Password,
            Way::AppPassword => Self::AppPassword,
            Way::OAuth2 => Self::OAuth2,
        }
    }
}

const LIST: &str = include_str!("../../../assets/providers.toml");

/// A list that cannot be read is empty; a test keeps it readable.
fn list() -> &'static [Provider] {
    static KNOWN: LazyLock<Vec<Provider>> =
        LazyLock::new(|| toml::from_str(LIST).map_or_else(|_| Vec::new(), |file: File| file.provider));
    &KNOWN
}

/// The settings of a provider that Postbook knows by the address's domain.
///
/// # Errors
/// The provider is known and has no IMAP at all; the sentence says so.
pub fn by_domain(address: &Address) -> Result<Option<Settings>> {
    let domain = address.domain();
    let found = list().iter().find(|provider| provider.domains.iter().any(|known| known == domain));
    found.map(|provider| provider.settings(address, Source::Known(Text::line(&provider.name)))).transpose()
}

/// The settings of a provider that receives the mail of the address's domain; `hosts` are its MX hosts, the preferred
/// ones first.
///
/// # Errors
/// As [`by_domain`].
pub fn by_mx(address: &Address, hosts: &[String]) -> Result<Option<Settings>> {
    hosts
        .iter()
        .find_map(|host| {
            let host = host.trim_end_matches('.').to_lowercase();
            // The longest name wins: olc.protection.outlook.com before one that were only outlook.com.
            let matching = list().iter().filter_map(|provider| {
                let longest = provider.mx.iter().filter(|mx| super::is_at_or_below(&host, mx)).map(String::len).max();
                longest.map(|length| (length, provider))
            });
            let (_, provider) = matching.max_by_key(|(length, _)| *length)?;
            let source = Source::KnownByMx(Text::line(&provider.name), Text::line(&host));
            Some(provider.settings(address, source))
        })
        .transpose()
}

impl Provider {
    fn settings(&self, address: &Address, source: Source) -> Result<Settings> {
        let (Some(imap), Some(smtp)) = (&self.imap, &self.smtp) else {
            let why = self.no_imap.as_deref().unwrap_or("it has no IMAP");
            return Err(Problem::new(Kind::Refused, why).hint(format!("see {}", self.page)));
        };
        let user = |form| match form {
            User::Address => address.as_str().to_owned(),
            User::Local => address.local().to_owned(),
        };
        let server = |host: &str, port: Option<u16>, tls_port: u16, form| Server {
            host: host.to_owned(),
            port: port.unwrap_or(tls_port),
            security: if port.is_none_or(|port| port == tls_port) { Security::Tls } else { Security::StartTls },
            user: user(form),
        };
        Ok(Settings {
            imap: server(imap, self.imap_port, 993, self.user),
            smtp: server(smtp, self.smtp_port, 465, self.smtp_user.unwrap_or(self.user)),
            source,
            sign_in: self.sign_in.iter().map(|way| SignIn::from(*way)).collect(),
            hint: Text::line(&self.hint),
            page: Text::line(&self.page),
            oauth_provider: Text::line(&self.oauth_provider),
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::domain::provider::host_name;
    use std::collections::BTreeSet;

    fn address(text: &str) -> Address {
        Address::parse(text).unwrap()
    }

    #[test]
    fn the_list_is_sound() {
        let file: File = toml::from_str(LIST).unwrap();
        let (mut domains, mut mxs) = (BTreeSet::new(), BTreeSet::new());
        for provider in &file.provider {
            let name = &provider.name;
            let host =
                |host: &Option<String>| host.as_deref().is_none_or(|host| host_name(host).as_deref() == Some(host));
            assert!(host(&provider.imap) && host(&provider.smtp), "{name}");
            assert_eq!(provider.imap.is_none(), provider.no_imap.is_some(), "{name}: servers, or why there are none");
            assert_eq!(provider.imap.is_none(), provider.smtp.is_none(), "{name}");
            assert_eq!(provider.imap.is_none(), provider.sign_in.is_empty(), "{name}: how to sign in");
            assert!(!provider.domains.is_empty() || !provider.mx.is_empty(), "{name} is never found");
            assert!(provider.mx.is_empty() || provider.user == User::Address, "{name}: a domain of one's own");
            assert!(provider.page.is_empty() || provider.page.starts_with("https://"), "{name}: {}", provider.page);
            let with_tokens = provider.sign_in.iter().any(|way| matches!(way, Way::OAuth2));
            assert_eq!(with_tokens, !provider.oauth_provider.is_empty(), "{name}: whose tokens");
            let wants_page = provider.sign_in.iter().any(|way| !matches!(way, Way::Password));
            assert!(!wants_page || (!provider.page.is_empty() && !provider.hint.is_empty()), "{name}: where to");
            for domain in provider.domains.iter().chain(&provider.mx) {
                assert_eq!(host_name(domain).as_deref(), Some(domain.as_str()), "{name}");
            }
            assert!(provider.domains.iter().all(|domain| domains.insert(domain)), "{name}: a domain stands twice");
            assert!(provider.mx.iter().all(|mx| mxs.insert(mx)), "{name}: an MX stands twice");
        }
    }

    #[test]
    fn the_large_providers_are_known() {
        let tls = |host: &str| (host.to_owned(), 993);
        for (email, imap, smtp, user) in [
            ("anna@gmail.com", tls("imap.gmail.com"), ("smtp.gmail.com", 465), "anna@gmail.com"),
            ("anna@hotmail.co.uk", tls("outlook.office365.com"), ("smtp-mail.outlook.com", 587), "anna@hotmail.co.uk"),
            ("anna@icloud.com", tls("imap.mail.me.com"), ("smtp.mail.me.com", 587), "anna"),
            ("anna@ya.ru", tls("imap.yandex.ru"), ("smtp.yandex.ru", 465), "anna@ya.ru"),
            ("anna@bk.ru", tls("imap.mail.ru"), ("smtp.mail.ru", 465), "anna@bk.ru"),
            ("anna@ukr.net", tls("imap.ukr.net"), ("smtp.ukr.net", 465), "anna@ukr.net"),
            ("anna@wp.pl", tls("imap.wp.pl"), ("smtp.wp.pl", 465), "anna"),
            ("anna@tlen.pl", tls("poczta.o2.pl"), ("poczta.o2.pl", 465), "anna"),
            ("anna@op.pl", tls("imap.poczta.onet.pl"), ("smtp.poczta.onet.pl", 465), "anna@op.pl"),
            ("anna@proton.me", ("127.0.0.1".to_owned(), 1143), ("127.0.0.1", 1025), "anna@proton.me"),
        ] {
            let settings = by_domain(&address(email)).unwrap().unwrap();
            assert_eq!((settings.imap.host, settings.imap.port), imap, "{email}");
            assert_eq!((settings.smtp.host.as_str(), settings.smtp.port), smtp, "{email}");
            assert_eq!(settings.imap.user, user, "{email}");
        }
        let icloud = by_domain(&address("anna@icloud.com")).unwrap().unwrap();
        assert_eq!((icloud.smtp.user.as_str(), icloud.smtp.security), ("anna@icloud.com", Security::StartTls));
        assert_eq!(icloud.password_word(), "app password");
        assert!(by_domain(&address("anna@firma.example")).unwrap().is_none());
        assert!(by_domain(&address("anna@tuta.com")).unwrap_err().sentence.contains("neither IMAP nor SMTP"));
    }

    #[test]
    fn domains_of_ones_own_are_known_by_who_receives_their_mail() {
        let email = address("anna@firma.example");
        for (hosts, imap) in [
            (&["aspmx.l.google.com", "alt1.aspmx.l.google.com"][..], Some("imap.gmail.com")),
            (&["SMTP.GOOGLE.COM."], Some("imap.gmail.com")),
            (&["firma-example.mail.protection.outlook.com"], Some("outlook.office365.com")),
            (&["mx.yandex.net"], Some("imap.yandex.ru")),
            (&["emx.mail.ru"], Some("imap.mail.ru")),
            (&["mx.zoho.eu"], Some("imappro.zoho.eu")),
            (&["mx1.mail.ovh.net"], Some("ssl0.ovh.net")),
            (&["filter.example", "mx.zoho.com"], Some("imappro.zoho.com")),
            (&["mail.firma.example"], None),
            (&["notgoogle.com"], None),
            (&[], None),
        ] {
            let hosts: Vec<String> = hosts.iter().map(|host| (*host).to_owned()).collect();
            let found = by_mx(&email, &hosts).unwrap();
            assert_eq!(found.as_ref().map(|settings| settings.imap.host.as_str()), imap, "{hosts:?}");
            assert!(found.is_none_or(|settings| settings.imap.user == "anna@firma.example"), "{hosts:?}");
        }
    }
}
