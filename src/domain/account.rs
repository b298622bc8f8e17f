//! Accounts: one mailbox with its identity and the way to its servers.

use super::address::Address;
use super::id;
use super::style::Style;
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
    /// Trust exactly the certificate with this fingerprint, whatever its name, dates and authority, and no other.
    pub pin: Option<Fingerprint>,
}

/// The SHA-256 of a certificate in DER form: what tells one certificate from every other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// From the digest itself.
    #[must_use]
    pub fn new(digest: [u8; 32]) -> Self {
        Self(digest)
    }

    /// From `sha256:` and 64 hexadecimal digits; colons between them, as other programs print them, do not matter.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (name, digits) = text.trim().split_once(':')?;
        let digits: Vec<u32> = digits.chars().filter(|c| *c != ':').map(|c| c.to_digit(16)).collect::<Option<_>>()?;
        if !name.eq_ignore_ascii_case("sha256") || digits.len() != 64 {
            return None;
        }
        let mut digest = [0; 32];
        for (byte, pair) in digest.iter_mut().zip(digits.chunks(2)) {
            *byte = u8::try_from(pair.iter().fold(0, |sum, digit| sum * 16 + digit)).ok()?;
        }
        Some(Self(digest))
    }
}

/// `sha256:` and 64 hexadecimal digits, as the configuration wants it.
impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sha256:")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A password or token. It is never shown: `Debug` prints dots and there is no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    text: String,
    token: bool,
}

impl Secret {
    /// Wraps a password.
    #[must_use]
    pub fn new(secret: String) -> Self {
        Self { text: secret, token: false }
    }

    /// Wraps a token of OAuth 2.0: servers take it in another way than a password.
    #[must_use]
    pub fn token(secret: String) -> Self {
        Self { text: secret, token: true }
    }

    /// True for a token, false for a password.
    #[must_use]
    pub fn is_token(&self) -> bool {
        self.token
    }

    /// The secret itself, for the one line that hands it to a server.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Where what an account signs in with comes from, as far as the screens can change it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CredentialSource {
    /// A password in the keyring.
    Keyring {
        /// The one for sending is another.
        own_smtp: bool,
    },
    /// The provider's own sign-in.
    Browser {
        /// Also with a code on another device.
        codes: bool,
    },
    /// Something else: what to change there, in words.
    Elsewhere(Text),
}

/// Who signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// User name.
    pub user: String,
    /// Password, or a token that is good for now.
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
    /// How its letters are written.
    pub style: Style,
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
    /// Where it is: for visits, letters and deliveries.
    pub address: Text,
    /// My phone.
    pub phone: Text,
    /// Languages I write in, best first.
    pub languages: Vec<String>,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::{Fingerprint, Secret};

    #[test]
    fn a_fingerprint_is_read_as_it_is_shown() {
        let digest = Fingerprint::new(std::array::from_fn(|i| u8::try_from(i * 8).unwrap()));
        let shown = digest.to_string();
        assert!(shown.starts_with("sha256:0008101820") && shown.len() == 7 + 64, "{shown}");
        let pairs: Vec<&str> = (7..shown.len()).step_by(2).map(|at| &shown[at..at + 2]).collect();
        let colons = format!("SHA256:{}", pairs.join(":").to_uppercase());
        assert_eq!(Fingerprint::parse(&shown), Some(digest));
        assert_eq!(Fingerprint::parse(&colons), Some(digest), "{colons}");
        for wrong in
            ["", "sha256:", &shown[7..], &shown[..70], "sha1:00", &shown.replace('f', "g"), &format!("{shown}0")]
        {
            assert_eq!(Fingerprint::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_secret_is_never_shown() {
        for secret in [Secret::new("canary-4711".to_owned()), Secret::token("canary-4711".to_owned())] {
            assert!(!format!("{secret:?}").contains("canary"));
        }
    }
}
