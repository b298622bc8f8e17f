//! From an address to an account that works: what `postbook setup` and the first-run screen both do.

use super::agree;
use crate::config::add::{self, Addition};
use crate::config::paths::Paths;
use crate::config::{Config, Service, secrets, sign_in};
use crate::domain::account::{Endpoint, Login, Secret};
use crate::domain::address::Address;
use crate::domain::oauth::{NewClient, Tokens};
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::provider::{Credential, NewAccount, Settings, Unsaved};
use crate::domain::text::Text;
use crate::net::discover::{self, Places};
use crate::net::imap::Session;
use crate::net::{Timeouts, smtp};
use std::path::PathBuf;
use std::time::Duration;

/// Somebody waits at the screen: a server that takes longer than this is of no use.
const TIMEOUTS: Timeouts = Timeouts {
    connect: Duration::from_secs(10),
    read: Duration::from_secs(20),
    write: Duration::from_secs(20),
    after_data: Duration::from_secs(20),
};

/// Looks for the servers of an address; `published` names the one place to ask instead of the usual ones.
///
/// # Errors
/// The provider is known to have no IMAP.
pub fn find(address: &Address, ca_file: Option<PathBuf>, published: Option<&str>) -> Result<Option<Settings>> {
    let places = match published {
        Some(place) => Places::only(place.to_owned(), ca_file),
        None => Places::usual(address, ca_file),
    };
    discover::find(address, &places)
}

/// Signs in for reading and for sending, as the account would; gives the settings with the user names that were let in.
///
/// # Errors
/// One of the servers cannot be reached or refuses; the sentence says which.
pub fn try_out(settings: &Settings, account: &NewAccount, secret: &Secret) -> Result<Settings> {
    let first = open_both(settings, account, secret);
    let refused = matches!(&first, Err(problem) if matches!(problem.kind, Kind::Auth | Kind::Refused));
    let local = settings.with_local_user(&account.email);
    if !refused || !settings.source.user_is_a_guess() || local == *settings {
        return first;
    }
    // The first refusal is about the likelier name: it is the one to tell.
    open_both(&local, account, secret).or(first)
}

fn open_both(settings: &Settings, account: &NewAccount, secret: &Secret) -> Result<Settings> {
    let endpoint = |server: &crate::domain::provider::Server| server.endpoint(account.ca_file.clone());
    let login = |user: &str| Login { user: user.to_owned(), secret: secret.clone() };
    let (imap, smtp): (Endpoint, Endpoint) = (endpoint(&settings.imap), endpoint(&settings.smtp));
    Session::open(&imap, &login(&settings.imap.user), &TIMEOUTS)
        .map_err(|problem| problem.at("reading mail (IMAP)"))?
        .logout();
    smtp::check(&smtp, &login(&settings.smtp.user), &TIMEOUTS)
        .map_err(|problem| problem.at("sending letters (SMTP)"))?;
    Ok(settings.clone())
}

/// The password of an account that is not saved yet; a command may take a minute.
///
/// # Errors
/// It is not where the account says, or the account cannot be added.
pub fn secret(paths: &Paths, account: &NewAccount) -> Result<Secret> {
    match &account.credential {
        Credential::Keyring(secret) => Ok(secret.clone()),
        Credential::OAuth2 { tokens: Some(tokens), .. } => Ok(tokens.access.clone()),
        Credential::OAuth2 { tokens: None, .. } => {
            Err(Problem::new(Kind::Auth, "nobody has signed in at the provider yet")
                .hint("sign in in the browser first"))
        }
        _ => secrets::secret(&addition(paths, account)?.account, Service::Imap),
    }
}

fn addition(paths: &Paths, account: &NewAccount) -> Result<Addition> {
    let path = &paths.config_file;
    add::add(&add::read(path)?, path, account)
}

/// Looks whether the account could be added, before anything is asked of servers.
///
/// # Errors
/// Its name or address is taken, or the configuration has mistakes.
pub fn may_be_added(paths: &Paths, account: &NewAccount) -> Result<()> {
    addition(paths, account).map(drop)
}

/// Asks the user to agree at the provider of an account that is not saved yet; nothing is kept.
///
/// # Errors
/// As the kinds of [`Unsaved`] say; nobody is asked where tokens could not be kept.
pub fn sign_in(
    paths: &Paths,
    account: &NewAccount,
    with_code: bool,
    show: &mut agree::Show<'_>,
    cancelled: &agree::Cancelled<'_>,
) -> std::result::Result<Tokens, Unsaved> {
    let account = addition(paths, account).map_err(Unsaved::Failed)?.account;
    let none = || Problem::new(Kind::Internal, format!("account {} gets no tokens", account.name));
    let oauth = account.oauth.as_ref().ok_or_else(|| Unsaved::Failed(none()))?;
    agree::sign_in(&account.name, oauth, with_code, show, cancelled)
}

/// The client that another account has at this provider already.
#[must_use]
pub fn known_client(paths: &Paths, provider: &str) -> Option<NewClient> {
    sign_in::known_client(&Config::load(&paths.config_file).ok()?.accounts, provider)
}

/// Puts the password or the tokens into the keyring and the account into the configuration; gives its name. Nothing is written when
/// there is no keyring.
///
/// # Errors
/// As the kinds of [`Unsaved`] say.
pub fn save(paths: &Paths, account: &NewAccount) -> std::result::Result<Text, Unsaved> {
    let added = addition(paths, account).map_err(Unsaved::Failed)?;
    if let Credential::Keyring(secret) = &account.credential {
        secrets::store_in_keyring(&added.account, Service::Imap, secret).map_err(Unsaved::NoKeyring)?;
    }
    if let Credential::OAuth2 { tokens: Some(tokens), .. } = &account.credential {
        secrets::store_tokens(&added.account.name, tokens).map_err(Unsaved::NoKeyring)?;
    }
    add::write(&paths.config_file, &added.text).map_err(Unsaved::Failed)?;
    Ok(added.account.name)
}

/// The user's name as this computer knows it (the fifth field of `/etc/passwd`, up to its first comma); empty when it
/// does not.
#[must_use]
pub fn my_name() -> Text {
    let user = std::env::var("USER").or_else(|_| std::env::var("LOGNAME")).unwrap_or_default();
    let passwd = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    Text::line(&full_name(&passwd, &user))
}

fn full_name(passwd: &str, user: &str) -> String {
    let line = passwd.lines().find(|line| !user.is_empty() && line.split(':').next() == Some(user));
    let name = line.and_then(|line| line.split(':').nth(4)).and_then(|field| field.split(',').next());
    // A name that is only the user's own again, or the administrator's, is nothing to sign letters with.
    name.map(str::trim).filter(|name| *name != user && *name != "root").unwrap_or_default().to_owned()
}

/// A problem of a name or address that is taken is the user's to correct.
#[must_use]
pub fn no_settings(address: &Address) -> Problem {
    Problem::new(Kind::NotFound, format!("nothing was found about {}", Text::line(address.domain())))
        .hint("name the servers: --imap HOST[:PORT] --smtp HOST[:PORT]; your provider or administrator knows them")
}

#[cfg(test)]
mod tests {
    use super::full_name;

    #[test]
    fn the_computer_may_know_my_name() {
        let passwd = "root:x:0:0:root:/root:/bin/sh\nanna:x:1000:1000:Anna Nowak,12,,:/home/anna:/bin/sh\nbob:x:1001:1001::/:/bin/sh\n";
        for (user, name) in [("anna", "Anna Nowak"), ("root", ""), ("bob", ""), ("carl", ""), ("", "")] {
            assert_eq!(full_name(passwd, user), name, "{user}");
        }
    }
}
