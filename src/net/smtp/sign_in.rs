//! AUTH (RFC 4954): with a password, or with a token.

use super::{Answer, Dialogue, Offers};
use crate::domain::account::{Endpoint, Login};
use crate::domain::problem::{Kind, Problem, Result};
use crate::net::auth_refused;
use crate::net::sasl::{TokenMechanism, can_be_sent};
use crate::net::secret::without_secret;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::commands::Auth;

/// The longest AUTH command with its first message (RFC 4954, 4; RFC 5321, 4.5.3.1.4). A longer message follows alone.
const LONGEST_COMMAND: usize = 512;

impl Dialogue {
    /// Signs in.
    ///
    /// # Errors
    /// [`Kind::Auth`] when the server refuses for good, [`Kind::Network`] when it refuses for now or breaks.
    pub(super) fn sign_in(&mut self, login: &Login, offers: &Offers, endpoint: &Endpoint) -> Result<()> {
        let offered = |name: &str| offers.words("AUTH").is_some_and(|mut words| words.any(|word| word == name));
        if !can_be_sent(login) {
            let sentence = format!("user and secret for {} hold a character that cannot be sent", self.place);
            return Err(Problem::new(Kind::Auth, sentence).hint("check the command or variable they come from"));
        }
        let nothing_offered = |how: &str| {
            Problem::new(Kind::Auth, format!("{} offers no way to sign in with a {how}", self.place))
                .hint("check port and security in the configuration")
        };
        let answer = if login.secret.is_token() {
            let mechanism = TokenMechanism::choose(offered).ok_or_else(|| nothing_offered("token (OAuth 2.0)"))?;
            self.with_token(mechanism, login, endpoint)?
        } else if offered("PLAIN") {
            self.ask(command(login, Mechanism::Plain, None)?)?
        } else if offered("LOGIN") {
            self.with_login(login)?
        } else {
            return Err(nothing_offered("password"));
        };
        if answer.is_yes() {
            return Ok(());
        }
        let said = without_secret(&answer.lines.join(" "), login, endpoint);
        let answer = Answer { lines: vec![said], ..answer };
        let problem = answer.problem("signing in");
        if problem.kind == Kind::Refused { Err(auth_refused(&self.place, login, &answer.text())) } else { Err(problem) }
    }

    fn with_login(&mut self, login: &Login) -> Result<Answer> {
        let mut answer = self.ask(command(login, Mechanism::Login, None)?)?;
        // What the challenges say differs from server to server; their order does not.
        for challenge in ["Username:", "Password:"] {
            if answer.code != 334 {
                break;
            }
            answer = self.ask(command(login, Mechanism::Login, Some(challenge))?)?;
        }
        Ok(answer)
    }

    fn with_token(&mut self, mechanism: TokenMechanism, login: &Login, endpoint: &Endpoint) -> Result<Answer> {
        let message = STANDARD.encode(mechanism.message(login, endpoint));
        let whole = format!("AUTH {} {message}\r\n", mechanism.name());
        let mut answer = if whole.len() <= LONGEST_COMMAND {
            self.ask(whole)?
        } else {
            let answer = self.ask(format!("AUTH {}\r\n", mechanism.name()))?;
            if answer.code != 334 {
                return Ok(answer);
            }
            self.ask(format!("{message}\r\n"))?
        };
        if answer.code == 334 {
            // The server's account of what went wrong; its refusal comes after our answer to it.
            answer = self.ask(format!("{}\r\n", STANDARD.encode(mechanism.answer_to_error())))?;
        }
        Ok(answer)
    }
}

/// A step of lettre's mechanisms.
fn command(login: &Login, mechanism: Mechanism, challenge: Option<&str>) -> Result<String> {
    let credentials = Credentials::new(login.user.clone(), login.secret.reveal().to_owned());
    Auth::new(mechanism, credentials, challenge.map(str::to_owned))
        .map(|auth| auth.to_string())
        .map_err(|_| Problem::new(Kind::Auth, "user and password cannot be sent"))
}
