//! HTTP to a provider: one request, one short answer, no redirects, within a time limit.

use super::host;
use crate::domain::oauth::Client;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::Text;
use oauth2::{HttpRequest, HttpResponse};
use std::time::Duration;
use ureq::Agent;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, TlsProvider, parse_pem};

/// How long one request may take altogether.
const LIMIT: Duration = Duration::from_secs(30);
/// An answer with tokens has a few KB.
const LARGEST: u64 = 256 * 1024;

/// Why there is no answer. Never holds what was sent or what came.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Failed(Text);

/// The way to a provider.
pub(super) struct Http(Agent);

impl Http {
    /// # Errors
    /// [`Kind::Config`] when `ca_file` cannot be used.
    pub fn new(client: &Client) -> Result<Self> {
        let tls = TlsConfig::builder().provider(TlsProvider::NativeTls).root_certs(authorities(client)?).build();
        let config = Agent::config_builder()
            .tls_config(tls)
            .timeout_global(Some(LIMIT))
            // A redirect could lead a token anywhere; what providers say about an error comes with 400 or 401.
            .max_redirects(0)
            .http_status_as_error(false)
            .user_agent(concat!("postbook/", env!("CARGO_PKG_VERSION")))
            .build();
        Ok(Self(config.into()))
    }

    /// Asks, and reads the whole answer.
    pub fn call(&self, request: HttpRequest) -> std::result::Result<HttpResponse, Failed> {
        let failed = |error: &dyn std::fmt::Display| Failed(Text::line(&error.to_string()));
        let answer = self.0.run(request).map_err(|error| failed(&error))?;
        let (parts, mut body) = answer.into_parts();
        let bytes = body.with_config().limit(LARGEST).read_to_vec().map_err(|error| failed(&error))?;
        Ok(HttpResponse::from_parts(parts, bytes))
    }
}

fn authorities(client: &Client) -> Result<RootCerts> {
    let Some(path) = &client.ca_file else { return Ok(RootCerts::PlatformVerifier) };
    let unusable = |why: &dyn std::fmt::Display| {
        let shown = Text::line(&path.to_string_lossy());
        Problem::new(Kind::Config, format!("ca_file {shown} for {} cannot be used: {why}", host(&client.token_url)))
            .hint("it must hold certificates in PEM form (-----BEGIN CERTIFICATE-----)")
    };
    let pem = std::fs::read(path).map_err(|error| unusable(&error))?;
    let mut certificates: Vec<Certificate<'static>> = Vec::new();
    for item in parse_pem(&pem) {
        if let PemItem::Certificate(certificate) = item.map_err(|error| unusable(&error))? {
            certificates.push(certificate);
        }
    }
    if certificates.is_empty() {
        return Err(unusable(&"it holds no certificate"));
    }
    Ok(RootCerts::new_with_certs(&certificates))
}
