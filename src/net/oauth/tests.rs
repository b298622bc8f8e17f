//! The flows against an authorisation server on loopback.

#[path = "../../../tests/it/support/provider.rs"]
#[allow(dead_code, missing_docs)]
mod provider;

use super::device::with_code_and;
use super::*;
use oauth2::url::Url;
use provider::{CANARY, Provider, browse, idle_connection};
use std::cell::{Cell, RefCell};
use std::thread::JoinHandle;

fn client(provider: &Provider) -> Client {
    let url = provider.url();
    Client {
        auth_url: format!("{url}/authorize?prompt=consent"),
        token_url: format!("{url}/token"),
        device_url: Some(format!("{url}/device")),
        scopes: vec!["mail".to_owned(), "offline_access".to_owned()],
        client_id: "postbook-test".to_owned(),
        client_secret: Some(Secret::new("canary-client-secret".to_owned())),
        redirect_host: "127.0.0.1".to_owned(),
        login_hint: Some("anna@firma.example".to_owned()),
        ca_file: None,
        plaintext: true,
    }
}

fn provider() -> Provider {
    Provider::start("anna@firma.example", None)
}

/// Opens the page as soon as it is shown, as a browser beside would.
type Browser = RefCell<Option<JoinHandle<(u16, String)>>>;

fn agree(client: &Client, before: impl Fn(&str) + Send + Clone + 'static) -> (Result<Tokens>, (u16, String), String) {
    let (browser, page) = (Browser::default(), RefCell::new(String::new()));
    let outcome = in_browser(
        client,
        &mut |prompt| {
            let Prompt::Browse { url } = prompt else { panic!("{prompt:?}") };
            *page.borrow_mut() = url.to_owned();
            let (url, before) = (url.to_owned(), before.clone());
            *browser.borrow_mut() = Some(std::thread::spawn(move || {
                before(&url);
                browse(&url, None)
            }));
        },
        &|| false,
    );
    let seen = browser.into_inner().unwrap().join().unwrap();
    (outcome, seen, page.into_inner())
}

fn parameter(url: &str, name: &str) -> String {
    let url = Url::parse(url).unwrap();
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
}

#[test]
fn the_browser_brings_the_tokens() {
    let provider = provider();
    let (tokens, (status, text), page) = agree(&client(&provider), |_| {});
    let tokens = tokens.unwrap();
    assert!(tokens.access.reveal().starts_with(CANARY) && tokens.access.is_token());
    assert!(tokens.refresh.unwrap().reveal().starts_with(CANARY));
    let lasts = tokens.expires_at.unwrap().duration_since(Timestamp::now()).as_secs();
    assert!((3500..=3600).contains(&lasts), "{lasts}");
    assert_eq!(status, 200);
    assert!(text.contains("You can close this window"), "{text}");
    for (name, value) in [
        ("prompt", "consent"),
        ("response_type", "code"),
        ("client_id", "postbook-test"),
        ("scope", "mail offline_access"),
        ("code_challenge_method", "S256"),
        ("login_hint", "anna@firma.example"),
    ] {
        assert_eq!(parameter(&page, name), value, "{page}");
    }
    let redirect = parameter(&page, "redirect_uri");
    assert!(redirect.starts_with("http://127.0.0.1:"), "{redirect}");
    assert!(parameter(&page, "state").len() >= 16 && !page.contains("secret"), "{page}");
    // The server has compared the verifier with the challenge.
    let asked = provider.state().asked("/token");
    assert_eq!((asked.len(), asked[0].get("client_secret")), (1, "canary-client-secret"));
}

#[test]
fn only_the_answer_to_this_flow_counts() {
    let provider = provider();
    let (tokens, _, _) = agree(&client(&provider), |page| {
        let redirect = parameter(page, "redirect_uri");
        let _unused = idle_connection(&redirect);
        for (path, status) in [
            ("?code=stolen&state=guessed", 400),
            ("?code=stolen", 400),
            ("?error=access_denied&state=", 400),
            ("favicon.ico", 404),
        ] {
            assert_eq!(browse(&format!("{redirect}{path}"), None).0, status, "{path}");
        }
    });
    tokens.unwrap();
    assert_eq!(provider.state().asked("/token").len(), 1);
}

#[test]
fn a_no_on_the_page_is_said() {
    let provider = provider();
    provider.state().refusal = Some("access_denied");
    let (outcome, (_, text), _) = agree(&client(&provider), |_| {});
    let problem = outcome.unwrap_err();
    assert_eq!(problem.kind, Kind::Auth);
    assert!(problem.sentence.contains("access_denied"), "{problem}");
    assert!(text.contains("said no"), "{text}");
    assert!(provider.state().asked("/token").is_empty());
}

#[test]
fn a_code_that_is_not_taken_is_not_shown() {
    let provider = provider();
    provider
        .state()
        .answers
        .push_back((400, r#"{"error":"invalid_grant","error_description":"code Canary-Token-code-1?"}"#.to_owned()));
    let problem = agree(&client(&provider), |_| {}).0.unwrap_err();
    assert!(problem.sentence.contains("invalid_grant") && !format!("{problem:?}").contains(CANARY), "{problem:?}");
}

#[test]
fn signing_in_can_be_called_off() {
    let provider = provider();
    let shown = Cell::new(false);
    let problem = in_browser(&client(&provider), &mut |_| shown.set(true), &|| shown.get()).unwrap_err();
    assert!(problem.kind == Kind::Auth && problem.sentence.contains("called off"), "{problem}");
    provider.state().answers.push_back((400, r#"{"error":"authorization_pending"}"#.to_owned()));
    let (asked, called_off) = (Cell::new(0), Cell::new(false));
    let sleep = |_| called_off.set(true);
    let problem = with_code_and(&client(&provider), &mut |_| asked.set(1), &|| called_off.get(), &sleep).unwrap_err();
    assert!(problem.sentence.contains("called off"), "{problem}");
    assert_eq!(provider.state().asked("/token").len(), 1, "the provider is not asked after that");
}

#[test]
fn another_device_brings_the_tokens_in_the_providers_own_time() {
    let provider = provider();
    for error in ["authorization_pending", "slow_down", "authorization_pending", "slow_down"] {
        provider.state().answers.push_back((400, format!("{{\"error\":\"{error}\"}}")));
    }
    let (waits, shown) = (RefCell::new(Vec::new()), RefCell::new(String::new()));
    let tokens = with_code_and(
        &client(&provider),
        &mut |prompt| {
            let Prompt::Type { url, code, good_for } = prompt else { panic!("{prompt:?}") };
            *shown.borrow_mut() = format!("{url} {code} {}", good_for.as_secs());
        },
        &|| false,
        &|time| waits.borrow_mut().push(time.as_secs()),
    );
    assert!(tokens.unwrap().refresh.is_some());
    assert_eq!(*shown.borrow(), format!("http://localhost:{}/code WDJB-MJHT 900", provider.port));
    // RFC 8628, 3.5: five seconds more for each "slow_down", and for good.
    assert_eq!(*waits.borrow(), [1, 6, 6, 11]);
    assert_eq!(provider.state().asked("/device")[0].get("scope"), "mail offline_access");
}

#[test]
fn a_code_that_is_refused_or_ends_is_said() {
    for (error, words) in [("access_denied", "access_denied"), ("expired_token", "nobody agreed in time")] {
        let provider = provider();
        provider.state().answers.push_back((400, format!("{{\"error\":\"{error}\"}}")));
        let problem = with_code_and(&client(&provider), &mut |_| {}, &|| false, &|_| {}).unwrap_err();
        assert!(problem.kind == Kind::Auth && problem.sentence.contains(words), "{problem}");
    }
    let provider = provider();
    let without = Client { device_url: None, ..client(&provider) };
    let problem = with_code(&without, &mut |_| {}, &|| false).unwrap_err();
    assert!(problem.kind == Kind::Config && problem.hint.unwrap().contains("device_url"));
}

#[test]
fn a_refresh_token_brings_new_tokens_and_may_change_itself() {
    let provider = provider();
    let client = client(&provider);
    let first = agree(&client, |_| {}).0.unwrap();
    let kept = refresh(&client, first.refresh.as_ref().unwrap()).unwrap();
    assert_ne!(kept.access, first.access);
    assert_eq!(kept.refresh, first.refresh, "none came: the old one stays good");
    provider.state().rotates = true;
    let rotated = refresh(&client, kept.refresh.as_ref().unwrap()).unwrap();
    assert_ne!(rotated.refresh, first.refresh);
    let problem = refresh(&client, first.refresh.as_ref().unwrap()).unwrap_err();
    assert_eq!((problem.kind, problem.hint.as_deref()), (Kind::Auth, None), "{problem}");
    assert!(problem.sentence.contains("gives no token (invalid_grant): AADSTS70008"), "{problem}");
}

#[test]
fn what_a_provider_answers_instead_of_tokens() {
    let secret = Secret::token(format!("{CANARY}refresh-9"));
    for (status, body, kind, hint) in [
        (401, r#"{"error":"invalid_client"}"#, Kind::Auth, "client_id"),
        (400, r#"{"error":"invalid_scope"}"#, Kind::Auth, "scopes"),
        (400, r#"{"error":"interaction_required","error_description":"Canary-Token-refresh-9 ended"}"#, Kind::Auth, ""),
        (400, r#"{"error":"invalid_grant","error_description":"canary-client-secret"}"#, Kind::Auth, ""),
        (503, r#"{"error":"temporarily_unavailable"}"#, Kind::Network, ""),
        (502, "<html>Canary-Token-refresh-9</html>", Kind::Network, ""),
        (200, "<html>Sign in to the hotel's network</html>", Kind::Network, ""),
        (200, r#"{"access_token":"Canary-Token-x"}"#, Kind::Network, ""),
        (302, "moved", Kind::Network, ""),
        (500, "", Kind::Network, ""),
    ] {
        let provider = provider();
        provider.state().answers.push_back((status, body.to_owned()));
        let problem = refresh(&client(&provider), &secret).unwrap_err();
        assert_eq!(problem.kind, kind, "{body}: {problem}");
        assert!(problem.hint.as_deref().unwrap_or_default().contains(hint), "{body}: {problem}");
        let shown = format!("{problem} {problem:?}");
        assert!(!shown.contains(CANARY) && !shown.contains("canary"), "{body}: {shown}");
    }
}

#[test]
fn doors_that_are_not_encrypted_stay_shut() {
    let provider = provider();
    let secret = Secret::token("x".to_owned());
    let careless = Client { plaintext: false, ..client(&provider) };
    assert_eq!(refresh(&careless, &secret).unwrap_err().kind, Kind::Config);
    let problem = in_browser(&careless, &mut |_| panic!("shown"), &|| false).unwrap_err();
    assert!(problem.sentence.contains("not encrypted"), "{problem}");
    let abroad = Client { token_url: "http://login.example/token".to_owned(), ..client(&provider) };
    assert_eq!(refresh(&abroad, &secret).unwrap_err().kind, Kind::Config);
    assert!(provider.state().requests.is_empty());
    // Nobody there.
    let gone = Client { token_url: "http://127.0.0.1:1/token".to_owned(), ..client(&provider) };
    assert_eq!(refresh(&gone, &secret).unwrap_err().kind, Kind::Network);
    let no_authority = Client { ca_file: Some("/nowhere.pem".into()), ..client(&provider) };
    assert_eq!(refresh(&no_authority, &secret).unwrap_err().kind, Kind::Config);
}
