//! One small file over HTTPS.

use std::path::Path;
use std::time::{Duration, Instant};
use ureq::tls::{PemItem, RootCerts, TlsConfig, TlsProvider, parse_pem};

/// How often a server may send us elsewhere.
const REDIRECTS: u32 = 3;

/// The bytes at an `https://` address; `None` when there are none in time, for whatever reason. The system's authorities
/// are trusted; when they do not do, those of `ca_file`.
pub fn get(url: &str, ca_file: Option<&Path>, deadline: Instant) -> Option<Vec<u8>> {
    let own = ca_file.and_then(authorities);
    let fetched = fetch(url, RootCerts::PlatformVerifier, deadline);
    match (fetched, own) {
        (None, Some(own)) => fetch(url, own, deadline),
        (fetched, _) => fetched,
    }
}

fn fetch(url: &str, roots: RootCerts, deadline: Instant) -> Option<Vec<u8>> {
    let left = deadline.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
    let tls = TlsConfig::builder().provider(TlsProvider::NativeTls).root_certs(roots).build();
    let agent = ureq::Agent::config_builder()
        .https_only(true)
        .max_redirects(REDIRECTS)
        .max_response_header_size(16 * 1024)
        .timeout_global(Some(left))
        .user_agent("postbook")
        .tls_config(tls)
        .build()
        .new_agent();
    let mut answer = match agent.get(url).call() {
        Ok(answer) => answer,
        Err(error) => {
            tracing::debug!(%error, url, "no published settings");
            return None;
        }
    };
    let limit = crate::domain::provider::published::LONGEST as u64;
    answer.body_mut().with_config().limit(limit).read_to_vec().ok()
}

/// The authorities of a PEM file.
fn authorities(file: &Path) -> Option<RootCerts> {
    let pem = std::fs::read(file).ok()?;
    let certificates = parse_pem(&pem).filter_map(|item| match item.ok()? {
        PemItem::Certificate(certificate) => Some(certificate),
        _ => None,
    });
    Some(RootCerts::from(certificates.collect::<Vec<_>>()))
}

/// Text as a part of a query (RFC 3986, 2.1).
pub fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() + 8);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// The host of an address, for sentences.
pub fn host(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?']).next().unwrap_or_default().to_owned()
}
