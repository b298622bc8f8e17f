//! Signing in with a token (SASL): OAUTHBEARER (RFC 7628) and XOAUTH2, Google's own that came before it and is all that
//! Microsoft offers.

use crate::domain::account::{Endpoint, Login};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The ways a server takes a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenMechanism {
    /// RFC 7628.
    OAuthBearer,
    /// As Google and Microsoft describe it.
    XOAuth2,
}

impl TokenMechanism {
    /// The one to use with a server that offers what `offered` says, by names in capitals.
    pub fn choose(offered: impl Fn(&str) -> bool) -> Option<Self> {
        [Self::OAuthBearer, Self::XOAuth2].into_iter().find(|mechanism| offered(mechanism.name()))
    }

    /// The name in capitals.
    pub fn name(self) -> &'static str {
        match self {
            Self::OAuthBearer => "OAUTHBEARER",
            Self::XOAuth2 => "XOAUTH2",
        }
    }

    /// What the client says first, not yet in base64.
    pub fn message(self, login: &Login, endpoint: &Endpoint) -> String {
        let (user, token) = (&login.user, login.secret.reveal());
        match self {
            Self::OAuthBearer => {
                // RFC 5801, 4: "=" and "," mean something in the header.
                let user = user.replace('=', "=3D").replace(',', "=2C");
                let Endpoint { host, port, .. } = endpoint;
                format!("n,a={user},\x01host={host}\x01port={port}\x01auth=Bearer {token}\x01\x01")
            }
            Self::XOAuth2 => format!("user={user}\x01auth=Bearer {token}\x01\x01"),
        }
    }

    /// What the client says to the server's account of what went wrong, so that the server can end the exchange with
    /// its refusal (RFC 7628, 3.2.3; Google wants an empty answer).
    pub fn answer_to_error(self) -> &'static str {
        match self {
            Self::OAuthBearer => "\x01",
            Self::XOAuth2 => "",
        }
    }
}

/// True when user and secret can stand in the messages above: nothing in them ends a line or a field.
pub(super) fn can_be_sent(login: &Login) -> bool {
    let secret = login.secret.reveal();
    let fit_for_token = |c: char| c.is_ascii_graphic() || c == ' ';
    ![login.user.as_str(), secret].iter().any(|text| text.contains(['\0', '\r', '\n']))
        && (!login.secret.is_token() || (secret.chars().all(fit_for_token) && !login.user.contains('\x01')))
}

/// Every form in which the mechanisms write this token.
pub(super) fn forms(login: &Login, endpoint: &Endpoint) -> Vec<String> {
    [TokenMechanism::OAuthBearer, TokenMechanism::XOAuth2]
        .into_iter()
        .map(|mechanism| STANDARD.encode(mechanism.message(login, endpoint)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::account::{Secret, Security};

    fn endpoint() -> Endpoint {
        let host = "server.example.com".to_owned();
        Endpoint { host, port: 143, security: Security::Plaintext, ca_file: None, pin: None }
    }

    fn login(user: &str, token: &str) -> Login {
        Login { user: user.to_owned(), secret: Secret::token(token.to_owned()) }
    }

    #[test]
    fn the_messages_are_those_of_the_documents() {
        // RFC 7628, 4.1.
        let token = "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==";
        let said = TokenMechanism::OAuthBearer.message(&login("user@example.com", token), &endpoint());
        let expected = "bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9MTQzAWF1dGg9QmVhcmVyI\
                        HZGOWRmdDRxbVRjMk52YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB";
        assert_eq!(STANDARD.encode(said), expected);
        // developers.google.com/workspace/gmail/imap/xoauth2-protocol.
        let said = TokenMechanism::XOAuth2
            .message(&login("someuser@example.com", "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg"), &endpoint());
        let expected = "dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMk52YjNSbGNrQmhkSFJoZG1semRHRXVZMjl0Q2cBAQ==";
        assert_eq!(STANDARD.encode(said), expected);
        let odd = TokenMechanism::OAuthBearer.message(&login("a=b,c@x.example", "t"), &endpoint());
        assert!(odd.starts_with("n,a=a=3Db=2Cc@x.example,\x01"), "{odd:?}");
    }

    #[test]
    fn the_standard_is_preferred() {
        for (offered, chosen) in [
            (&["XOAUTH2", "OAUTHBEARER", "PLAIN"][..], Some(TokenMechanism::OAuthBearer)),
            (&["PLAIN", "XOAUTH2"], Some(TokenMechanism::XOAuth2)),
            (&["PLAIN", "LOGIN"], None),
        ] {
            assert_eq!(TokenMechanism::choose(|name| offered.contains(&name)), chosen, "{offered:?}");
        }
    }

    #[test]
    fn a_token_cannot_add_to_the_message() {
        for (user, token, fit) in [
            ("anna", "abc.def-ghi_~+/=", true),
            ("anna", "abc\x01auth=Bearer x", false),
            ("anna\x01host=x", "abc", false),
            ("anna", "abc\r\nA1 LOGOUT", false),
            ("anna", "ключ", false),
        ] {
            assert_eq!(can_be_sent(&login(user, token)), fit, "{user:?} {token:?}");
        }
        assert!(can_be_sent(&Login { user: "anna".to_owned(), secret: Secret::new("ключ".to_owned()) }));
    }
}
