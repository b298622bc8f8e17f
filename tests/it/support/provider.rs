//! An authorisation server of OAuth 2.0 on loopback: agreeing, tokens, codes for devices, introspection, revocation.
//!
//! Everything it gives out begins with `CANARY`, so that a leak is easy to find. Also used by the tests in `src/net/oauth`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use oauth2::url::form_urlencoded;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet, VecDeque};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

/// How every token, code and verifier that this server gives out begins.
pub const CANARY: &str = "Canary-Token-";

/// What was asked: the path, and the parameters of query and body together.
#[derive(Clone, Debug)]
pub struct Request {
    pub path: String,
    pub parameters: HashMap<String, String>,
}

impl Request {
    /// A parameter, empty when it is missing.
    pub fn get(&self, name: &str) -> &str {
        self.parameters.get(name).map(String::as_str).unwrap_or_default()
    }
}

/// How the server behaves, and what it has seen.
pub struct State {
    /// Whose mailbox the tokens are for.
    pub user: String,
    /// How long an access token is said to be good; without it nothing is said.
    pub lifetime: Option<u64>,
    /// A refresh gives a new refresh token and ends the old one.
    pub rotates: bool,
    /// The page of agreement comes back with this error instead of a code.
    pub refusal: Option<&'static str>,
    /// Given instead of the usual at `/token`, one after another: status and body.
    pub answers: VecDeque<(u16, String)>,
    /// Everything that was asked.
    pub requests: Vec<Request>,
    active: HashSet<String>,
    refreshers: HashSet<String>,
    codes: HashMap<String, (String, String)>,
    given: u32,
}

impl State {
    /// The requests for this path.
    pub fn asked(&self, path: &str) -> Vec<Request> {
        self.requests.iter().filter(|request| request.path == path).cloned().collect()
    }

    /// Gives out an access token, as if somebody else had asked for it.
    pub fn issue(&mut self) -> String {
        self.tokens(None).1["access_token"].as_str().unwrap().to_owned()
    }

    /// Ends every access token, as if its time had come; refresh tokens stay good.
    pub fn end_access(&mut self) {
        self.active.clear();
    }

    /// Ends everything: the user has to agree anew.
    pub fn end_everything(&mut self) {
        self.active.clear();
        self.refreshers.clear();
    }

    fn new_name(&mut self, what: &str) -> String {
        self.given += 1;
        format!("{CANARY}{what}-{}", self.given)
    }

    fn tokens(&mut self, refresh: Option<String>) -> (u16, Value) {
        let access = self.new_name("access");
        self.active.insert(access.clone());
        let mut tokens = json!({"access_token": access, "token_type": "Bearer"});
        if let Some(lifetime) = self.lifetime {
            tokens["expires_in"] = json!(lifetime);
        }
        if let Some(refresh) = refresh {
            self.refreshers.insert(refresh.clone());
            tokens["refresh_token"] = json!(refresh);
        }
        (200, tokens)
    }

    fn token(&mut self, request: &Request) -> (u16, Value) {
        let no = |error: &str| (400, json!({"error": error, "error_description": "AADSTS70008: ended. Trace ID: 1"}));
        match request.get("grant_type") {
            "authorization_code" => {
                let Some((challenge, redirect)) = self.codes.remove(request.get("code")) else {
                    return no("invalid_grant");
                };
                let digest = URL_SAFE_NO_PAD.encode(Sha256::digest(request.get("code_verifier")));
                if digest != challenge || redirect != request.get("redirect_uri") {
                    return no("invalid_grant");
                }
                let refresh = self.new_name("refresh");
                self.tokens(Some(refresh))
            }
            "refresh_token" => {
                if !self.refreshers.contains(request.get("refresh_token")) {
                    return no("invalid_grant");
                }
                let refresh = self.rotates.then(|| {
                    self.refreshers.remove(request.get("refresh_token"));
                    self.new_name("refresh")
                });
                self.tokens(refresh)
            }
            "urn:ietf:params:oauth:grant-type:device_code" => {
                if !self.codes.contains_key(request.get("device_code")) {
                    return no("invalid_grant");
                }
                let refresh = self.new_name("refresh");
                self.tokens(Some(refresh))
            }
            _ => no("unsupported_grant_type"),
        }
    }

    fn answer(&mut self, request: &Request, base: &str) -> (u16, Vec<(&'static str, String)>, String) {
        let json = |(status, value): (u16, Value)| {
            (status, vec![("Content-Type", "application/json;charset=UTF-8".to_owned())], value.to_string())
        };
        match request.path.as_str() {
            "/authorize" => {
                let (redirect, state) = (request.get("redirect_uri").to_owned(), request.get("state").to_owned());
                let mut query = form_urlencoded::Serializer::new(String::new());
                match self.refusal {
                    Some(error) => query.append_pair("error", error),
                    None => {
                        let code = self.new_name("code");
                        let kept = (request.get("code_challenge").to_owned(), redirect.clone());
                        self.codes.insert(code.clone(), kept);
                        query.append_pair("code", &code)
                    }
                };
                query.append_pair("state", &state);
                (302, vec![("Location", format!("{redirect}?{}", query.finish()))], String::new())
            }
            "/token" => match self.answers.pop_front() {
                Some((status, body)) => {
                    let kind = if body.starts_with('{') { "application/json" } else { "text/html" };
                    (status, vec![("Content-Type", kind.to_owned())], body)
                }
                None => json(self.token(request)),
            },
            "/device" => {
                let code = self.new_name("device");
                self.codes.insert(code.clone(), Default::default());
                json((
                    200,
                    json!({
                        "device_code": code, "user_code": "WDJB-MJHT", "verification_uri": format!("{base}/code"),
                        "expires_in": 900, "interval": 1,
                    }),
                ))
            }
            "/introspect" => {
                let active = self.active.contains(request.get("token"));
                let about =
                    if active { json!({"active": true, "username": self.user}) } else { json!({"active": false}) };
                json((200, about))
            }
            "/revoke" => {
                self.active.remove(request.get("token"));
                self.refreshers.remove(request.get("token"));
                json((200, json!({})))
            }
            _ => (404, Vec::new(), "nothing here".to_owned()),
        }
    }
}

/// A running authorisation server; it ends with the test.
pub struct Provider {
    /// Where it listens without encryption.
    pub port: u16,
    /// Where it listens with TLS, when it has a certificate.
    pub tls_port: Option<u16>,
    state: Arc<Mutex<State>>,
}

impl Provider {
    /// Starts one; `identity` is a certificate and its key, both PEM.
    pub fn start(user: &str, identity: Option<(&str, &str)>) -> Self {
        let state = State {
            user: user.to_owned(),
            lifetime: Some(3600),
            rotates: false,
            refusal: None,
            answers: VecDeque::new(),
            requests: Vec::new(),
            active: HashSet::new(),
            refreshers: HashSet::new(),
            codes: HashMap::new(),
            given: 0,
        };
        let state = Arc::new(Mutex::new(state));
        let port = listen(None, &state);
        let tls_port = identity.map(|(certificate, key)| {
            let identity = native_tls::Identity::from_pkcs8(certificate.as_bytes(), key.as_bytes()).unwrap();
            listen(Some(native_tls::TlsAcceptor::new(identity).unwrap()), &state)
        });
        Self { port, tls_port, state }
    }

    /// How it behaves and what it has seen.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// The beginning of its addresses without encryption.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The beginning of its addresses with TLS.
    pub fn tls_url(&self) -> String {
        format!("https://localhost:{}", self.tls_port.unwrap())
    }
}

fn listen(tls: Option<native_tls::TlsAcceptor>, state: &Arc<Mutex<State>>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let scheme = if tls.is_some() { "https" } else { "http" };
    let (state, base) = (Arc::clone(state), format!("{scheme}://localhost:{port}"));
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (tls, state, base) = (tls.clone(), Arc::clone(&state), base.clone());
            std::thread::spawn(move || {
                let _ = stream.set_read_timeout(Some(Duration::from_secs(20)));
                // A client that does not like the certificate, or leaves, is its own affair.
                let _ = match tls {
                    Some(tls) => tls.accept(stream).ok().and_then(|stream| serve(stream, &state, &base)),
                    None => serve(stream, &state, &base),
                };
            });
        }
    });
    port
}

/// Answers one request.
fn serve(stream: impl Read + Write, state: &Mutex<State>, base: &str) -> Option<()> {
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    stream.read_line(&mut line).ok()?;
    let target = line.split(' ').nth(1)?.to_owned();
    let mut length = 0;
    loop {
        let mut header = String::new();
        stream.read_line(&mut header).ok()?;
        let Some((name, value)) = header.trim_end().split_once(':') else { break };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let pairs = form_urlencoded::parse(query.as_bytes()).chain(form_urlencoded::parse(&body));
    let request = Request {
        path: path.to_owned(),
        parameters: pairs.map(|(name, value)| (name.into_owned(), value.into_owned())).collect(),
    };
    let (status, headers, body) = {
        let mut state = state.lock().unwrap();
        state.requests.push(request.clone());
        state.answer(&request, base)
    };
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let length = body.len();
    let answer = format!("HTTP/1.1 {status} X\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}");
    stream.get_mut().write_all(answer.as_bytes()).ok()?;
    stream.get_mut().flush().ok()
}

/// A browser: opens the page, follows where it leads, and gives the last page's status and text.
pub fn browse(url: &str, ca_pem: Option<&str>) -> (u16, String) {
    use ureq::tls::{Certificate, RootCerts, TlsConfig, TlsProvider};
    let roots = match ca_pem {
        Some(pem) => RootCerts::new_with_certs(&[Certificate::from_pem(pem.as_bytes()).unwrap()]),
        None => RootCerts::PlatformVerifier,
    };
    let tls = TlsConfig::builder().provider(TlsProvider::NativeTls).root_certs(roots).build();
    let config = ureq::Agent::config_builder().tls_config(tls).http_status_as_error(false).proxy(None).build();
    let mut answer = ureq::Agent::from(config).get(url).call().unwrap();
    (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap())
}

/// Hears nothing and says nothing: a browser's connection that it opened in case it will need it.
pub fn idle_connection(url: &str) -> TcpStream {
    let authority = url.split("://").nth(1).and_then(|rest| rest.split('/').next()).unwrap();
    TcpStream::connect(authority).unwrap()
}
