//! The authorisation code flow for programs on a user's machine: PKCE (RFC 7636) and a loopback redirect (RFC 8252, 7.3).

use super::http::Http;
use super::{
    Cancelled, NO_ADDRESS, Prompt, Show, basic, called_off, refused, said_no, scopes, tokens, too_late, unusable,
};
use crate::domain::oauth::{Client, Tokens};
use crate::domain::problem::{Kind, Problem, Result};
use oauth2::basic::BasicErrorResponseType;
use oauth2::url::form_urlencoded;
use oauth2::{AuthUrl, AuthorizationCode, CsrfToken, PkceCodeChallenge, RedirectUrl};
use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// How long the user may take to agree.
const PATIENCE: Duration = Duration::from_secs(15 * 60);
/// How often to look for the browser, and whether to stop.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// A browser says what it wants at once, or it opened the connection only in case it will want something.
const HEAD_WITHIN: Duration = Duration::from_secs(20);
/// The longest request that is read.
const LONGEST_HEAD: usize = 32 * 1024;

/// Asks the user to agree in a browser on this machine, and gives the tokens.
///
/// The browser is sent back to a port on this machine that only this flow listens on, and only an answer with this
/// flow's `state` counts.
///
/// # Errors
/// [`Kind::Auth`] when the user or the provider says no, when nobody agrees within 15 minutes, or when `cancelled` says
/// so; [`Kind::Network`] when the provider cannot be asked; [`Kind::Config`] for addresses that cannot be used.
pub fn in_browser(client: &Client, show: &mut Show<'_>, cancelled: &Cancelled<'_>) -> Result<Tokens> {
    let http = Http::new(client)?;
    let no_port = |error: io::Error| {
        Problem::new(Kind::Internal, format!("no port of this machine can be listened on: {error}"))
            .hint("sign in with a code instead: --device")
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(no_port)?;
    listener.set_nonblocking(true).map_err(no_port)?;
    let port = listener.local_addr().map_err(no_port)?.port();
    let redirect = format!("http://{}:{port}/", client.redirect_host);
    let redirect = RedirectUrl::new(redirect.clone()).map_err(|_| unusable(&redirect, NO_ADDRESS))?;
    let auth_url = AuthUrl::new(client.auth_url.clone()).map_err(|_| unusable(&client.auth_url, NO_ADDRESS))?;
    let basic = basic(client)?.set_auth_uri(auth_url).set_redirect_uri(redirect);
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let mut request = basic.authorize_url(CsrfToken::new_random).add_scopes(scopes(client));
    if let Some(user) = &client.login_hint {
        request = request.add_extra_param("login_hint", user);
    }
    let (page, state) = request.set_pkce_challenge(challenge).url();
    show(Prompt::Browse { url: page.as_str() });
    let code = match wait_for_answer(&listener, state.secret(), cancelled)? {
        Answer::Code(code) => code,
        Answer::No { error, explanation } => {
            let error = BasicErrorResponseType::Extension(error);
            return Err(said_no(client, &error, Some(&explanation), &[]));
        }
    };
    let secrets = [code.clone(), verifier.secret().clone()];
    let answer = basic
        .exchange_code(AuthorizationCode::new(code))
        .set_pkce_verifier(verifier)
        .request(&|request| http.call(request));
    let secrets: Vec<&str> = secrets.iter().map(String::as_str).collect();
    answer.map(|answer| tokens(&answer)).map_err(|error| refused(client, &error, &secrets))
}

/// What the browser brings back (RFC 6749, 4.1.2).
enum Answer {
    Code(String),
    No { error: String, explanation: String },
}

/// Waits until a browser comes with an answer to this flow. Others are sent away: any page can send a browser here.
fn wait_for_answer(listener: &TcpListener, state: &str, cancelled: &Cancelled<'_>) -> Result<Answer> {
    let until = Instant::now() + PATIENCE;
    let (bring, brought) = channel();
    loop {
        if cancelled() {
            return Err(called_off());
        }
        if Instant::now() > until {
            return Err(too_late());
        }
        if let Ok((stream, _)) = listener.accept() {
            let bring = bring.clone();
            // Beside: a connection that a browser opened and does not use yet must not hold up the one it uses.
            std::thread::spawn(move || {
                if let Some(parameters) = asked_for(&stream) {
                    // Nobody listens when the flow has ended.
                    let _ = bring.send((stream, parameters));
                }
            });
            continue;
        }
        if let Some(answer) = next_answer(&brought, state) {
            return Ok(answer);
        }
        std::thread::sleep(LOOK_EVERY);
    }
}

type Parameters = HashMap<String, String>;

fn next_answer(brought: &Receiver<(TcpStream, Parameters)>, state: &str) -> Option<Answer> {
    while let Ok((stream, mut parameters)) = brought.try_recv() {
        if parameters.get("state").is_none_or(|came| came != state) {
            reply(&stream, "400 Bad Request", "This is not the answer that Postbook waits for.");
            continue;
        }
        if let Some(code) = parameters.remove("code") {
            reply(&stream, "200 OK", "Postbook has the answer. You can close this window.");
            return Some(Answer::Code(code));
        }
        let error = parameters.remove("error").unwrap_or_else(|| "no code".to_owned());
        let explanation = parameters.remove("error_description").unwrap_or_default();
        reply(&stream, "200 OK", "The provider said no; Postbook shows why. You can close this window.");
        return Some(Answer::No { error, explanation });
    }
    None
}

/// The parameters of a request for our page; anything else is sent away.
fn asked_for(mut stream: &TcpStream) -> Option<Parameters> {
    stream.set_nonblocking(false).ok()?;
    stream.set_read_timeout(Some(HEAD_WITHIN)).ok()?;
    let mut head = Vec::new();
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        let mut piece = [0; 2048];
        match stream.read(&mut piece) {
            Ok(count) if count > 0 && head.len() < LONGEST_HEAD => head.extend_from_slice(piece.get(..count)?),
            _ => return None,
        }
    }
    let line = head.split(|byte| *byte == b'\r').next()?;
    let target = std::str::from_utf8(line).ok()?.strip_prefix("GET /")?.split(' ').next()?;
    match target.strip_prefix('?') {
        Some(query) => Some(form_urlencoded::parse(query.as_bytes()).into_owned().collect()),
        None => {
            reply(stream, "404 Not Found", "There is nothing here.");
            None
        }
    }
}

/// A plain page. The browser keeps nothing of it, and tells nobody the address, which holds the code.
fn reply(mut stream: &TcpStream, status: &str, sentence: &str) {
    let page = format!("<!doctype html><meta charset=\"utf-8\"><title>Postbook</title><p>{sentence}</p>\n");
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\
         Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nContent-Security-Policy: default-src 'none'\r\n\r\n",
        page.len()
    );
    // The answer counts, not whether the browser still wants to see our page.
    let _ = stream.set_write_timeout(Some(Duration::from_secs(5)));
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(page.as_bytes()));
}
