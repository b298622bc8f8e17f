//! OAuth 2.0 (RFC 6749) for people: agreeing in a browser on this machine ([`in_browser`]) or on any other device
//! ([`with_code`]), and new access tokens without asking anybody ([`refresh`]).
//!
//! Requests and answers are the `oauth2` crate's, HTTP is `ureq`'s. No token, code or verifier stands in an error: what
//! a provider says is shown only where it does not repeat one.

mod browser;
mod device;
mod http;
#[cfg(test)]
mod tests;

pub use browser::in_browser;
pub use device::with_code;

use crate::domain::account::Secret;
use crate::domain::oauth::{Client, Tokens, endpoint_fault};
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::Text;
use http::{Failed, Http};
use jiff::{SignedDuration, Timestamp};
use oauth2::basic::{BasicClient, BasicErrorResponse, BasicErrorResponseType, BasicTokenResponse};
use oauth2::{
    AuthType, ClientId, ClientSecret, EndpointNotSet, EndpointSet, ErrorResponse, RefreshToken, RequestTokenError,
    Scope, TokenResponse, TokenUrl,
};
use std::time::Duration;

/// The longest explanation of a provider that is shown, in characters: Microsoft adds paragraphs of identifiers.
const LONGEST_EXPLANATION: usize = 300;

/// What the user has to do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prompt<'a> {
    /// Open this page in a browser on this machine, and agree there.
    Browse {
        /// The page.
        url: &'a str,
    },
    /// Open this page on any device, and type the code there.
    Type {
        /// The page.
        url: &'a str,
        /// What to type.
        code: &'a str,
        /// How long the code is good.
        good_for: Duration,
    },
}

/// What shows a prompt to the user; called once in a flow, and never waited for.
pub type Show<'a> = dyn FnMut(Prompt<'_>) + 'a;

/// Asked several times a second while the user is waited for: true ends the flow.
pub type Cancelled<'a> = dyn Fn() -> bool + 'a;

/// New tokens for a refresh token. Providers that give a new refresh token with it (rotation) may refuse the old one from
/// now on; where none comes, the old one stays good and is given back.
///
/// # Errors
/// [`Kind::Auth`] when the provider refuses: with a hint where the client is at fault, without one when the user has to
/// agree anew; [`Kind::Network`] when it cannot be asked now; [`Kind::Config`] for addresses and a `ca_file` that cannot be
/// used.
pub fn refresh(client: &Client, token: &Secret) -> Result<Tokens> {
    let http = Http::new(client)?;
    let answer = basic(client)?
        .exchange_refresh_token(&RefreshToken::new(token.reveal().to_owned()))
        .request(&|request| http.call(request));
    let answer = answer.map_err(|error| refused(client, &error, &[token.reveal()]))?;
    let tokens = tokens(&answer);
    Ok(Tokens { refresh: tokens.refresh.or_else(|| Some(token.clone())), ..tokens })
}

/// The crate's client with a token endpoint.
type Basic = BasicClient<EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

fn basic(client: &Client) -> Result<Basic> {
    for url in [&client.auth_url, &client.token_url].into_iter().chain(&client.device_url) {
        if let Some(fault) = endpoint_fault(url, client.plaintext) {
            return Err(unusable(url, fault));
        }
    }
    let token_url = TokenUrl::new(client.token_url.clone()).map_err(|_| unusable(&client.token_url, NO_ADDRESS))?;
    // In the body: Google and Microsoft describe it so, and clients without a secret can do nothing else.
    let basic = BasicClient::new(ClientId::new(client.client_id.clone()))
        .set_auth_type(AuthType::RequestBody)
        .set_token_uri(token_url);
    Ok(match &client.client_secret {
        Some(secret) => basic.set_client_secret(ClientSecret::new(secret.reveal().to_owned())),
        None => basic,
    })
}

const NO_ADDRESS: &str = "it is not the address of a web page";

fn unusable(url: &str, fault: &str) -> Problem {
    Problem::new(Kind::Config, format!("{} cannot be asked for tokens: {fault}", Text::line(url)))
        .hint("check the addresses in [account.oauth]")
}

fn scopes(client: &Client) -> impl Iterator<Item = Scope> {
    client.scopes.iter().map(|scope| Scope::new(scope.clone()))
}

fn tokens(answer: &BasicTokenResponse) -> Tokens {
    let lasts = answer.expires_in().and_then(|lasts| SignedDuration::try_from(lasts).ok());
    Tokens {
        access: Secret::token(answer.access_token().secret().clone()),
        expires_at: lasts.and_then(|lasts| Timestamp::now().checked_add(lasts).ok()),
        refresh: answer.refresh_token().map(|token| Secret::token(token.secret().clone())),
    }
}

/// The user or the program gave up.
fn called_off() -> Problem {
    Problem::new(Kind::Auth, "signing in was called off; nothing was changed")
}

/// Nobody agreed in time.
fn too_late() -> Problem {
    Problem::new(Kind::Auth, "nobody agreed in time").hint("sign in again, and agree on the provider's page")
}

/// What keeps the tokens from coming; `secrets` are what was sent and must not be shown.
fn refused(client: &Client, error: &RequestTokenError<Failed, BasicErrorResponse>, secrets: &[&str]) -> Problem {
    match error {
        RequestTokenError::ServerResponse(answer) => {
            said_no(client, answer.error(), answer.error_description().map(String::as_str), secrets)
        }
        other => unreachable_provider(client, other),
    }
}

/// The provider's no, in words (RFC 6749, 5.2).
fn said_no(client: &Client, error: &BasicErrorResponseType, explanation: Option<&str>, secrets: &[&str]) -> Problem {
    let place = host(&client.token_url);
    let explanation = explanation.unwrap_or_default();
    let own_secret = client.client_secret.as_ref().map(Secret::reveal);
    let repeats = secrets.iter().copied().chain(own_secret).any(|secret| explanation.contains(secret));
    let explanation: String = if repeats {
        "its explanation is not shown because it repeats a secret".to_owned()
    } else {
        Text::line(explanation).as_str().chars().take(LONGEST_EXPLANATION).collect()
    };
    let code = Text::line(error.as_ref());
    let colon = if explanation.is_empty() { "" } else { ": " };
    let sentence = format!("{place} gives no token ({code}){colon}{explanation}");
    match error {
        BasicErrorResponseType::Extension(word)
            if matches!(word.as_str(), "temporarily_unavailable" | "server_error") =>
        {
            Problem::new(Kind::Network, sentence)
        }
        BasicErrorResponseType::InvalidClient
        | BasicErrorResponseType::UnauthorizedClient
        | BasicErrorResponseType::UnsupportedGrantType => {
            Problem::new(Kind::Auth, sentence).hint("check client_id and client_secret in [account.oauth]")
        }
        BasicErrorResponseType::InvalidScope => Problem::new(Kind::Auth, sentence)
            .hint("check scopes in [account.oauth], and what the client may ask for at the provider"),
        _ => Problem::new(Kind::Auth, sentence),
    }
}

/// No answer, or one that cannot be read: its text may hold a token and is not shown.
fn unreachable_provider<T: ErrorResponse + 'static>(client: &Client, error: &RequestTokenError<Failed, T>) -> Problem {
    let place = host(&client.token_url);
    match error {
        RequestTokenError::Request(failed) => Problem::new(Kind::Network, format!("{place} cannot be asked: {failed}")),
        _ => Problem::new(Kind::Network, format!("{place} gave an answer that is not OAuth 2.0")),
    }
}

/// The host of an address, for sentences.
fn host(url: &str) -> Text {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    Text::line(rest.split(['/', '?', '#']).next().unwrap_or_default())
}
