//! How to sign in: `auth`, `password`, `token`, and `[account.oauth]` with the bundled table of providers.

use super::mistake::Source;
use super::raw;
use super::{AccountConfig, Auth, OAuth, PasswordSource, Service, check};
use crate::domain::address::Address;
use crate::domain::oauth::{Advice, Client, NewClient, Place, endpoint_fault};
use crate::domain::problem::Result;
use crate::domain::text::Text;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::ops::Range;
use toml::Spanned;

/// `assets/oauth.toml`.
const PROVIDERS: &str = include_str!("../../assets/oauth.toml");

/// A provider of OAuth 2.0 as the bundled table has it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// The page where the user agrees.
    pub auth_url: String,
    /// Where tokens are given out.
    pub token_url: String,
    /// Where codes for another device are given out, where the provider gives them for mail.
    pub device_url: Option<String>,
    /// What to ask for.
    pub scopes: Vec<String>,
    /// The name of this machine that the provider sends a browser back to.
    pub redirect_host: String,
    /// How to get a client id.
    pub client: String,
    /// The provider's own page where that is done.
    pub page: String,
    /// The provider gives tokens only to clients that show a secret of their own.
    #[serde(default)]
    pub wants_secret: bool,
}

/// The bundled providers by the word of `provider`.
#[must_use]
pub fn providers() -> BTreeMap<String, Provider> {
    // A test reads the asset: here it cannot fail.
    toml::from_str(PROVIDERS).unwrap_or_default()
}

/// What a setup tells about them.
#[must_use]
pub fn advice() -> Vec<Advice> {
    let advice = |(word, provider): (String, Provider)| Advice {
        provider: word,
        client: Text::from(provider.client),
        page: Text::from(provider.page),
        wants_secret: provider.wants_secret,
        gives_codes: provider.device_url.is_some(),
    };
    providers().into_iter().map(advice).collect()
}

/// The client of an account whose tokens come from this provider: one registration is good for every mailbox there.
#[must_use]
pub fn known_client(accounts: &[AccountConfig], provider: &str) -> Option<NewClient> {
    let token_url = providers().remove(provider)?.token_url;
    let mut oauth = accounts.iter().filter_map(|account| account.oauth.as_ref());
    let known = oauth.rfind(|oauth| oauth.client.token_url == token_url)?;
    let secret = known.client_secret.as_ref().and_then(|source| match source {
        PasswordSource::Command { program, arguments } => {
            Some(Place::Command(shell_words::join(std::iter::once(program).chain(arguments))))
        }
        PasswordSource::Environment(variable) => Some(Place::Variable(variable.clone())),
        PasswordSource::Keyring { .. } => None,
    });
    let (provider, client_id) = (provider.to_owned(), known.client.client_id.clone());
    Some(NewClient { provider, client_id, secret, ..NewClient::default() })
}

/// How to sign in at one server; `inherited` is IMAP's way, for SMTP.
pub(super) fn auth(
    source: &Source<'_>,
    service: Service,
    (place, section): (&Range<usize>, &str),
    written: Ways,
    account: &Text,
    oauth: Option<&OAuth>,
    inherited: Option<&Auth>,
) -> Result<Auth> {
    let Ways { auth, password, token } = written;
    let with_token = match &auth {
        Some(auth) => with_token(source, auth)?,
        None if password.is_none() && token.is_none() => match inherited {
            Some(inherited) => return Ok(inherited.clone()),
            None => return Err(source.missing(place, section, "password")),
        },
        None => false,
    };
    match (with_token, password, token) {
        (false, _, Some(token)) => {
            Err(source.wrong(&token.span(), "token", "a token needs auth = \"oauth2\" in the same section"))
        }
        (true, Some(password), _) => {
            let sentence = "auth = \"oauth2\" takes a token and no password";
            Err(source.wrong(&password.span(), "password", sentence))
        }
        (false, Some(password), None) => password_source(source, service, password, account).map(Auth::Password),
        (true, None, Some(token)) => command_source(source, "token", token).map(Auth::Token),
        (false, None, None) => match inherited {
            Some(Auth::Password(inherited)) => Ok(Auth::Password(inherited.clone())),
            _ => Err(source.missing(place, section, "password")),
        },
        (true, None, None) => match inherited {
            Some(inherited @ (Auth::Token(_) | Auth::OAuth)) => Ok(inherited.clone()),
            _ if oauth.is_some() => Ok(Auth::OAuth),
            _ => Err(source
                .at(place, &format!("{section} has auth = \"oauth2\" and nothing says where tokens come from"))
                .hint("write a section [account.oauth] with provider and client_id, or token = { command = \"…\" }")),
        },
    }
}

/// What a server's section says about signing in.
pub(super) struct Ways {
    pub auth: raw::At<String>,
    pub password: raw::At<raw::Password>,
    pub token: raw::At<raw::Password>,
}

/// `auth`: true for tokens.
fn with_token(source: &Source<'_>, written: &Spanned<String>) -> Result<bool> {
    match written.as_ref().as_str() {
        "password" => Ok(false),
        "oauth2" => Ok(true),
        other => Err(source.wrong(&written.span(), "auth", &format!("{} is not a way to sign in", Text::line(other)))),
    }
}

/// `[account.oauth]`.
pub(super) fn oauth(
    source: &Source<'_>,
    written: Spanned<raw::OAuth>,
    account: &Text,
    email: &Address,
) -> Result<OAuth> {
    let place = written.span();
    let section = format!("[account.oauth] of account {account}");
    let written = written.into_inner();
    let known = written.provider.as_ref().map(|provider| provider_of(source, provider)).transpose()?;
    let plaintext = check::word(source, "security", written.security, false, |word| match word {
        "tls" => Some(false),
        "plaintext" => Some(true),
        _ => None,
    })?;
    let door = |key: &str, written: raw::At<String>, known: Option<&String>| match written {
        None => Ok(known.cloned()),
        Some(url) => match endpoint_fault(url.as_ref(), plaintext) {
            Some(fault) => Err(source.wrong(&url.span(), key, fault)),
            None => Ok(Some(url.into_inner())),
        },
    };
    let missing = |key: &str| source.missing(&place, &section, key);
    let auth_url = door("auth_url", written.auth_url, known.as_ref().map(|known| &known.auth_url))?;
    let token_url = door("token_url", written.token_url, known.as_ref().map(|known| &known.token_url))?;
    let device_url =
        door("device_url", written.device_url, known.as_ref().and_then(|known| known.device_url.as_ref()))?;
    let scopes = match written.scopes {
        Some(scopes) => scopes.into_inner(),
        None => known.as_ref().map(|known| known.scopes.clone()).unwrap_or_default(),
    };
    let client_id = written.client_id.map(Spanned::into_inner).filter(|id| !id.trim().is_empty());
    let Some(client_id) = client_id else {
        let problem = missing("client_id");
        return Err(match &known {
            Some(known) => problem.hint(format!("Postbook brings none: {}", known.client)),
            None => problem,
        });
    };
    let client_secret =
        written.client_secret.map(|secret| command_source(source, "client_secret", secret)).transpose()?;
    let client = Client {
        auth_url: auth_url.ok_or_else(|| missing("auth_url"))?,
        token_url: token_url.ok_or_else(|| missing("token_url"))?,
        device_url,
        scopes,
        client_id: client_id.trim().to_owned(),
        client_secret: None,
        redirect_host: known.map_or_else(|| "127.0.0.1".to_owned(), |known| known.redirect_host),
        login_hint: Some(email.as_str().to_owned()),
        ca_file: written.ca_file.map(|file| check::authority(source, &file)).transpose()?,
        plaintext,
    };
    Ok(OAuth { client, client_secret })
}

fn provider_of(source: &Source<'_>, written: &Spanned<String>) -> Result<Provider> {
    let mut all = providers();
    all.remove(written.as_ref()).ok_or_else(|| {
        let words: Vec<String> = all.keys().map(|word| format!("\"{word}\"")).collect();
        let sentence = format!("\"{}\" is not among {}", Text::line(written.as_ref()), words.join(", "));
        source.wrong(&written.span(), "provider", &sentence)
    })
}

/// `password`: exactly one source.
fn password_source(
    source: &Source<'_>,
    service: Service,
    written: Spanned<raw::Password>,
    account: &Text,
) -> Result<PasswordSource> {
    let entry = format!("{account}/{}", service.word());
    match where_it_is(source, "password", written)? {
        Where::Keyring(_) => Ok(PasswordSource::Keyring { entry }),
        Where::Elsewhere(elsewhere) => Ok(elsewhere),
    }
}

/// `token`, `client_secret`: a command or a variable. Nothing of ours puts these into the keyring.
fn command_source(source: &Source<'_>, key: &str, written: Spanned<raw::Password>) -> Result<PasswordSource> {
    match where_it_is(source, key, written)? {
        Where::Keyring(place) => Err(source.wrong(&place, key, "this is given by a command or a variable")),
        Where::Elsewhere(elsewhere) => Ok(elsewhere),
    }
}

enum Where {
    Keyring(Range<usize>),
    Elsewhere(PasswordSource),
}

fn where_it_is(source: &Source<'_>, key: &str, written: Spanned<raw::Password>) -> Result<Where> {
    let place = written.span();
    let wrong = |sentence: &str| source.wrong(&place, key, sentence);
    let raw::Password::Where(sources) = written.into_inner() else {
        return Err(wrong(&format!("a {} does not stand in this file, it says where it is", key.replace('_', " "))));
    };
    match (sources.keyring, sources.command, sources.env) {
        (Some(keyring), None, None) if *keyring.as_ref() => Ok(Where::Keyring(place)),
        (Some(_), None, None) => Err(wrong("keyring = false says nowhere to look")),
        (None, Some(command), None) => {
            let mut words =
                shell_words::split(command.as_ref()).map_err(|_| wrong("the command has an open quote"))?.into_iter();
            match words.next() {
                Some(program) => Ok(Where::Elsewhere(PasswordSource::Command { program, arguments: words.collect() })),
                None => Err(wrong("the command is empty")),
            }
        }
        (None, None, Some(variable)) => {
            let variable = variable.into_inner();
            if variable.is_empty() || variable.chars().any(|c| c == '=' || c.is_control() || c.is_whitespace()) {
                return Err(wrong("env is the name of an environment variable"));
            }
            Ok(Where::Elsewhere(PasswordSource::Environment(variable)))
        }
        (None, None, None) => Err(wrong("the table is empty")),
        _ => Err(wrong("give one source, not several")),
    }
}
