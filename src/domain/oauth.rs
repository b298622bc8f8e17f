//! OAuth 2.0 (RFC 6749): the client we are at a provider, and the tokens we hold from it.

use super::account::Secret;
use super::text::Text;
use jiff::{SignedDuration, Timestamp};
use std::path::PathBuf;

/// A token that ends this soon counts as ended: it has to last until the mail server has looked at it.
const MARGIN: SignedDuration = SignedDuration::from_secs(60);

/// Who we are at a provider, and where its doors are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// The page where the user agrees (RFC 6749, 3.1); may hold parameters of the provider's own.
    pub auth_url: String,
    /// Where tokens are given out (RFC 6749, 3.2).
    pub token_url: String,
    /// Where codes for another device are given out (RFC 8628, 3.1), at providers that have it.
    pub device_url: Option<String>,
    /// What we ask for.
    pub scopes: Vec<String>,
    /// What the provider calls this client.
    pub client_id: String,
    /// The client's own secret, where the provider wants one even from programs that cannot keep it.
    pub client_secret: Option<Secret>,
    /// The name of this machine in the address the browser is sent back to (RFC 8252, 7.3).
    pub redirect_host: String,
    /// Who signs in, so that the page need not ask.
    pub login_hint: Option<String>,
    /// Trust the authorities in this PEM file instead of the system's.
    pub ca_file: Option<PathBuf>,
    /// The configuration says in words that `http://` is meant; see [`endpoint_fault`].
    pub plaintext: bool,
}

/// Who a new account is to be at its provider: what a setup writes into `[account.oauth]`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewClient {
    /// The word of `provider`: `google`; empty where the addresses are given instead.
    pub provider: String,
    /// What the provider calls the client the user registered there.
    pub client_id: String,
    /// Where the client's own secret is, where the provider wants one.
    pub secret: Option<Place>,
    /// The page where the user agrees, of a provider that is not in the table.
    pub auth_url: String,
    /// Where its tokens are given out.
    pub token_url: String,
    /// Where it gives codes for another device; may be empty.
    pub device_url: String,
    /// What to ask it for.
    pub scopes: Vec<String>,
}

/// Where a secret is that does not stand in the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// What this command prints.
    Command(String),
    /// This environment variable.
    Variable(String),
}

/// What to tell somebody who needs a client at a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    /// The word of `provider`.
    pub provider: String,
    /// How to get a client id.
    pub client: Text,
    /// The provider's own page for it.
    pub page: Text,
    /// The client has to have a secret.
    pub wants_secret: bool,
    /// One can sign in with a code on another device.
    pub gives_codes: bool,
}

/// What the user has to do at the provider now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// The page to open.
    pub page: Text,
    /// What to type there, on any device; without it the page is one for this machine.
    pub code: Option<Text>,
    /// How long the code is good, in minutes.
    pub minutes: u64,
    /// A browser was opened.
    pub opened: bool,
}

/// What a provider gave us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tokens {
    /// What mail servers take, for a while.
    pub access: Secret,
    /// When it ends; `None` when the provider did not say.
    pub expires_at: Option<Timestamp>,
    /// What the provider takes for the next access token; `None` when it gave none.
    pub refresh: Option<Secret>,
}

impl Tokens {
    /// Until when the access token is worth using, as far as the provider said.
    #[must_use]
    pub fn good_until(&self) -> Option<Timestamp> {
        self.expires_at.map(|end| end.checked_sub(MARGIN).unwrap_or(end))
    }

    /// True while it is.
    #[must_use]
    pub fn last(&self, now: Timestamp) -> bool {
        self.good_until().is_none_or(|end| end > now)
    }
}

/// Why an address cannot be one of a provider's doors, or `None`. Tokens travel through them: `https://` only, and
/// `http://` only to this machine, where the configuration says so in words.
#[must_use]
pub fn endpoint_fault(url: &str, plaintext: bool) -> Option<&'static str> {
    let Some((scheme, rest)) = url.split_once("://") else { return Some("it does not begin with https://") };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = match authority.strip_prefix('[') {
        Some(literal) => literal.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    if host.is_empty() || authority.contains('@') || url.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Some("it is not the address of a web page");
    }
    let here = matches!(host, "127.0.0.1" | "localhost" | "::1");
    match scheme {
        "https" => None,
        "http" if here && plaintext => None,
        "http" if here => Some("http:// is not encrypted; to this machine it is allowed with security = \"plaintext\""),
        "http" => Some("http:// is not encrypted: tokens could be read on the way"),
        _ => Some("it does not begin with https://"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn tokens_travel_encrypted() {
        for (url, plaintext, fault) in [
            ("https://login.example/token", false, ""),
            ("https://login.example:8443/token?x=y", true, ""),
            ("http://127.0.0.1:8080/token", true, ""),
            ("http://[::1]:8080/token", true, ""),
            ("http://127.0.0.1:8080/token", false, "security = \"plaintext\""),
            ("http://login.example/token", true, "could be read"),
            ("http://127.0.0.1.evil.example/token", true, "could be read"),
            ("http://127.0.0.1@evil.example/token", true, "not the address"),
            ("https://login.example\r\n/token", false, "not the address"),
            ("https:///token", false, "not the address"),
            ("ftp://login.example/", false, "https://"),
            ("login.example/token", false, "https://"),
        ] {
            let found = endpoint_fault(url, plaintext);
            assert_eq!(found.is_none(), fault.is_empty(), "{url}: {found:?}");
            assert!(found.unwrap_or_default().contains(fault), "{url}: {found:?}");
        }
    }

    #[test]
    fn a_token_that_ends_soon_is_not_used_any_more() {
        let now = Timestamp::from_second(1_000_000).unwrap();
        let tokens = |seconds: Option<i64>| Tokens {
            access: Secret::token("a".to_owned()),
            expires_at: seconds.map(|seconds| now + SignedDuration::from_secs(seconds)),
            refresh: None,
        };
        for (seconds, last) in
            [(None, true), (Some(3600), true), (Some(61), true), (Some(60), false), (Some(-5), false)]
        {
            assert_eq!(tokens(seconds).last(now), last, "{seconds:?}");
        }
    }
}
