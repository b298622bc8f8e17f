//! The device flow (RFC 8628): the user agrees on any other device, by typing a short code there.

use super::http::Http;
use super::{Cancelled, NO_ADDRESS, Prompt, Show, basic, called_off, refused, said_no, scopes, tokens, too_late};
use super::{unreachable_provider, unusable};
use crate::domain::oauth::{Client, Tokens};
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::Text;
use oauth2::basic::BasicErrorResponseType;
use oauth2::http::{Response, StatusCode, header};
use oauth2::{
    DeviceAuthorizationUrl, DeviceCodeErrorResponseType, HttpRequest, RequestTokenError,
    StandardDeviceAuthorizationResponse,
};
use std::time::{Duration, Instant};

/// How often to look whether to stop.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// A provider that wants to be asked more seldom than this is not one for people.
const LONGEST_INTERVAL: Duration = Duration::from_secs(300);
/// No code is waited for longer than this, whatever the provider says.
const PATIENCE: Duration = Duration::from_secs(60 * 60);

/// Asks the user to type a code on a page of the provider, on any device, and gives the tokens. Asks the provider no
/// oftener than it wants, and more seldom when it says so.
///
/// # Errors
/// [`Kind::Auth`] when the user or the provider says no, when the code ends unused, or when `cancelled` says so;
/// [`Kind::Network`] when the provider cannot be asked; [`Kind::Config`] when it has no such flow, or for addresses that
/// cannot be used.
pub fn with_code(client: &Client, show: &mut Show<'_>, cancelled: &Cancelled<'_>) -> Result<Tokens> {
    let sleep = |time: Duration| {
        let until = Instant::now() + time;
        while !cancelled() && Instant::now() < until {
            std::thread::sleep(LOOK_EVERY.min(until.saturating_duration_since(Instant::now())));
        }
    };
    with_code_and(client, show, cancelled, &sleep)
}

/// As [`with_code`], with the clock's hands in `sleep`.
pub(super) fn with_code_and(
    client: &Client,
    show: &mut Show<'_>,
    cancelled: &Cancelled<'_>,
    sleep: &dyn Fn(Duration),
) -> Result<Tokens> {
    let Some(url) = &client.device_url else {
        return Err(Problem::new(Kind::Config, "the provider's address for codes is not known")
            .hint("write device_url in [account.oauth], or sign in with the browser"));
    };
    let http = Http::new(client)?;
    let url_of_codes = DeviceAuthorizationUrl::new(url.clone()).map_err(|_| unusable(url, NO_ADDRESS))?;
    let basic = basic(client)?.set_device_authorization_url(url_of_codes);
    let asked = basic.exchange_device_code().add_scopes(scopes(client)).request(&|request| http.call(request));
    let given: StandardDeviceAuthorizationResponse = asked.map_err(|error| refused(client, &error, &[]))?;
    if given.interval() > LONGEST_INTERVAL {
        return Err(Problem::new(Kind::Network, "the provider wants to be asked for the answer far too seldom"));
    }
    let (page, code) = (Text::line(given.verification_uri()), Text::line(given.user_code().secret()));
    let good_for = given.expires_in().min(PATIENCE);
    show(Prompt::Type { url: page.as_str(), code: code.as_str(), good_for });
    let ask = |request: HttpRequest| {
        if !cancelled() {
            return http.call(request);
        }
        // The crate goes on after every failure but a provider's no.
        let no = br#"{"error":"access_denied"}"#.to_vec();
        let mut answer = Response::new(no);
        *answer.status_mut() = StatusCode::BAD_REQUEST;
        answer.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
        Ok(answer)
    };
    let answer = basic.exchange_device_access_token(&given).request(&ask, sleep, Some(good_for));
    answer.map(|answer| tokens(&answer)).map_err(|error| match &error {
        _ if cancelled() => called_off(),
        RequestTokenError::ServerResponse(no) => {
            let explanation = no.error_description().map(String::as_str);
            let error = match no.error() {
                DeviceCodeErrorResponseType::ExpiredToken => return too_late(),
                DeviceCodeErrorResponseType::Basic(error) => error.clone(),
                other => BasicErrorResponseType::Extension(other.as_ref().to_owned()),
            };
            said_no(client, &error, explanation, &[given.device_code().secret()])
        }
        other => unreachable_provider(client, other),
    })
}
