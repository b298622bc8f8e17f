//! The options of `postbook setup`.

use super::address;
use crate::domain::account::{Kind, Security};
use crate::domain::address::Address;
use crate::domain::provider::host_name;
use clap::ValueHint;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use std::path::PathBuf;

/// `setup`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Asks for what is not given. Without a terminal give the address and where the password comes from:
  postbook setup you@firma.example --password-command 'pass show mail/work'

The servers are found in this order: providers that Postbook knows by heart, by the address or by who receives the \
domain's mail; what the domain publishes (autoconfig); its DNS records (SRV); the usual names, when they answer. Only \
the address's own domain is asked. Nothing is saved before reading and sending work.")]
pub struct Setup {
    /// Your mail address
    #[arg(value_parser = address, value_hint = ValueHint::EmailAddress)]
    pub address: Option<Address>,
    /// Your own name, as people see it in From
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// What the account is called; without it a word of the address
    #[arg(long, value_name = "NAME")]
    pub account: Option<String>,
    /// Command whose first line is the password, instead of the keyring
    #[arg(long, value_name = "COMMAND", group = "password")]
    pub password_command: Option<String>,
    /// Environment variable that has the password, instead of the keyring
    #[arg(long, value_name = "VARIABLE", group = "password")]
    pub password_env: Option<String>,
    /// Read the password from standard input and put it into the keyring
    #[arg(long, group = "password")]
    pub password_stdin: bool,
    /// Sign in in the browser (Gmail, Microsoft) with the client you registered there, instead of a password
    #[arg(long, value_name = "ID", group = "password")]
    pub client_id: Option<String>,
    /// Command that prints the client's own secret, where the provider wants one (Google)
    #[arg(long, value_name = "COMMAND", requires = "client_id")]
    pub client_secret_command: Option<String>,
    /// Show a code to type on another device instead of opening a browser here (Microsoft)
    #[arg(long)]
    pub device: bool,
    /// Page where you agree, of a provider of your own
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url, requires_all = ["client_id", "token_url"])]
    pub auth_url: Option<String>,
    /// Where that provider gives tokens
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url, requires = "auth_url")]
    pub token_url: Option<String>,
    /// Where it gives codes for another device
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url, requires = "auth_url")]
    pub device_url: Option<String>,
    /// What to ask it for; may be given several times
    #[arg(long, value_name = "SCOPE", requires = "auth_url")]
    pub scope: Vec<String>,
    /// Command whose first line is an access token: another program keeps the tokens
    #[arg(long, value_name = "COMMAND", group = "password")]
    pub token_command: Option<String>,
    /// Whose mailbox it is: mine, or a team's
    #[arg(long, value_name = "KIND", value_parser = kinds(), default_value = "personal")]
    pub kind: Kind,
    /// Server to read from; with --smtp nothing is looked for
    #[arg(long, value_name = "HOST[:PORT]", value_parser = place, value_hint = ValueHint::Hostname)]
    pub imap: Option<Place>,
    /// How it is protected; without it TLS, at port 143 STARTTLS
    #[arg(long, value_name = "HOW", value_parser = securities(), requires = "imap")]
    pub imap_security: Option<Security>,
    /// Server to send by
    #[arg(long, value_name = "HOST[:PORT]", value_parser = place, value_hint = ValueHint::Hostname)]
    pub smtp: Option<Place>,
    /// How it is protected; without it TLS, at port 587 STARTTLS
    #[arg(long, value_name = "HOW", value_parser = securities(), requires = "smtp")]
    pub smtp_security: Option<Security>,
    /// Who signs in, where it is not the address
    #[arg(long, value_name = "USER")]
    pub user: Option<String>,
    /// Who signs in for sending, where that is somebody else
    #[arg(long, value_name = "USER")]
    pub smtp_user: Option<String>,
    /// Trust the authorities in this PEM file as well
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub ca_file: Option<PathBuf>,
    /// Take the settings from this address (https://…/config-v1.1.xml) and look nowhere else
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url)]
    pub autoconfig: Option<String>,
    /// Do not sync at the end
    #[arg(long)]
    pub no_sync: bool,
}

/// `HOST` or `HOST:PORT`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Host name, checked.
    pub host: String,
    /// Port, where one was given.
    pub port: Option<u16>,
}

/// `imap.firma.example`, `imap.firma.example:1993`, `[::1]:993`.
fn place(typed: &str) -> Result<Place, String> {
    let (host, port) = match typed.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') || host.ends_with(']') => (host, Some(port)),
        _ => (typed, None),
    };
    let host = host_name(host.trim_start_matches('[').trim_end_matches(']'));
    let host = host.ok_or("write the name of a server, such as imap.firma.example")?;
    let number = |port: &str| port.parse().ok().filter(|port| *port != 0).ok_or("a port is a number from 1 to 65535");
    Ok(Place { host, port: port.map(number).transpose()? })
}

fn kinds() -> impl TypedValueParser<Value = Kind> {
    PossibleValuesParser::new(["personal", "shared"])
        .map(|word| if word == "shared" { Kind::Shared } else { Kind::Personal })
}

fn securities() -> impl TypedValueParser<Value = Security> {
    PossibleValuesParser::new(["tls", "starttls", "plaintext"]).map(|word| match word.as_str() {
        "tls" => Security::Tls,
        "starttls" => Security::StartTls,
        _ => Security::Plaintext,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn servers_are_read_with_and_without_port() {
        for (typed, host, port) in [
            ("mail.x.pl", "mail.x.pl", None),
            ("Mail.x.pl:993", "mail.x.pl", Some(993)),
            ("::1", "::1", None),
            ("[::1]:143", "::1", Some(143)),
        ] {
            assert_eq!(place(typed).unwrap(), Place { host: host.to_owned(), port }, "{typed}");
        }
    }
}
