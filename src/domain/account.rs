//! Accounts: one mailbox with its identity and the way to its servers.

use super::address::Address;
use super::id;
use super::text::Text;
use std::fmt;
use std::path::PathBuf;

/// Whose mailbox it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Mine alone.
    Personal,
    /// A team's.
    Shared,
}

/// How a connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte.
    Tls,
    /// TLS after STARTTLS; refused when the server does not offer it.
    StartTls,
    /// None. Only when the configuration says so in words.
    Plaintext,
}

/// Where a server is and how to trust it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Host name, checked against the certificate.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// Protection.
    pub security: Security,
    /// Trust this authority as well (PEM).
    pub ca_file: Option<PathBuf>,
}

/// A password or token. It is never shown: `Debug` prints dots and there is no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret.
    #[must_use]
    pub fn new(secret: String) -> Self {
        Self(secret)
    }

    /// The secret itself, for the one line that hands it to a server.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Who signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// User name.
    pub user: String,
    /// Password.
    pub secret: Secret,
}

/// An account as screens and letters know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its key in the store.
    pub id: id::Account,
    /// Its name in the configuration.
    pub name: Text,
    /// The address letters leave from.
    pub email: Address,
    /// Personal or shared.
    pub kind: Kind,
    /// Text signature; empty when there is none.
    pub signature: Text,
}

/// Me, as signatures and templates know me (`[me]` in the configuration).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Me {
    /// My name.
    pub name: Text,
    /// My company.
    pub company: Text,
    /// Its requisites.
    pub requisites: Text,
    /// My phone.
    pub phone: Text,
    /// Languages I write in, best first.
    pub languages: Vec<String>,
}
