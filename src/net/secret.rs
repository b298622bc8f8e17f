//! Answers that repeat what was sent, and with it the password.

use super::sasl;
use crate::domain::account::{Endpoint, Login};
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::commands::Auth;

/// What the server said to a sign-in, fit for an error: some servers repeat the command they did not like, with the
/// password or token in it, plain or in base64.
pub(super) fn without_secret(said: &str, login: &Login, endpoint: &Endpoint) -> String {
    if said.trim().is_empty() {
        return "no reason given".to_owned();
    }
    let secret = login.secret.reveal();
    let mut forms = vec![secret.to_owned(), secret.replace('\\', "\\\\").replace('"', "\\\"")];
    let credentials = Credentials::new(login.user.clone(), secret.to_owned());
    for (mechanism, challenge) in [(Mechanism::Plain, None), (Mechanism::Login, Some("Password:".to_owned()))] {
        let command = Auth::new(mechanism, credentials.clone(), challenge).map(|auth| auth.to_string());
        forms.extend(command.ok().and_then(|command| command.split_whitespace().last().map(str::to_owned)));
    }
    forms.extend(sasl::forms(login, endpoint));
    if forms.iter().any(|form| !form.is_empty() && said.contains(form)) {
        let what = if login.secret.is_token() { "token" } else { "password" };
        format!("the answer is not shown because it repeats the {what}")
    } else {
        said.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::without_secret;
    use crate::domain::account::{Endpoint, Secret, Security};
    use crate::net::script::login;

    #[test]
    fn no_form_of_the_password_is_repeated() {
        let host = "mail.firma.example".to_owned();
        let endpoint = Endpoint { host, port: 993, security: Security::Tls, ca_file: None, pin: None };
        for said in ["canary-4711 is wrong", "BAD AGFubmEAY2FuYXJ5LTQ3MTE=", "what is Y2FuYXJ5LTQ3MTE= ?"] {
            assert!(without_secret(said, &login(), &endpoint).contains("not shown"), "{said}");
        }
        assert_eq!(without_secret("wrong user anna", &login(), &endpoint), "wrong user anna");
        assert_eq!(without_secret(" ", &login(), &endpoint), "no reason given");
        let token = crate::domain::account::Login { secret: Secret::token("canary-4711".to_owned()), ..login() };
        for said in ["no dXNlcj1hbm5hAWF1dGg9QmVhcmVyIGNhbmFyeS00NzExAQE= here", "Bearer canary-4711?"] {
            assert!(without_secret(said, &token, &endpoint).contains("repeats the token"), "{said}");
        }
    }
}
