//! `postbook login`: signs in with OAuth 2.0 and puts the tokens into the keyring.

use super::args::{Login, Places};
use super::output;
use crate::config::paths::Paths;
use crate::config::{Auth, Config, Service, secrets};
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::plural;
use crate::net::oauth::{self, Prompt};

/// Signs an account in, or forgets its tokens.
///
/// # Errors
/// No such account, or it does not sign in this way; no keyring; the provider or the user says no.
pub fn run(places: &Places, args: &Login) -> Result<()> {
    let paths = Paths::new(places.config.clone(), places.data_dir.clone())?;
    let config = Config::load(&paths.config_file)?;
    let account = config.account(&args.account)?;
    let name = &account.name;
    let uses_tokens = [Service::Imap, Service::Smtp].iter().any(|service| account.server(*service).auth == Auth::OAuth);
    let Some(oauth) = account.oauth.as_ref().filter(|_| uses_tokens) else {
        return Err(Problem::new(Kind::Config, format!("account {name} does not sign in with OAuth 2.0"))
            .hint("write auth = \"oauth2\" in its [account.imap], and a section [account.oauth]"));
    };
    if args.delete {
        secrets::delete_tokens(name)?;
        return output::print(&format!("The tokens of account {name} are no longer in the keyring.")).map(drop);
    }
    secrets::keyring_for_tokens(name)?;
    let client = secrets::client(oauth, name)?;
    let other_way = client.device_url.is_some();
    // Standard output closed too early is no reason to throw away what the provider gives.
    let mut show = |prompt: Prompt<'_>| drop(ask(prompt, other_way));
    let never = || false;
    let tokens = if args.device {
        oauth::with_code(&client, &mut show, &never)
    } else {
        oauth::in_browser(&client, &mut show, &never)
    };
    let tokens = tokens.map_err(|problem| problem.at(format!("account {name}")))?;
    secrets::store_tokens(name, &tokens)?;
    let _ = output::print(&format!("Account {name} is signed in; its tokens are in the keyring."))?;
    if tokens.refresh.is_none() {
        output::problem(&Problem::new(Kind::Auth, format!("account {name} has to sign in again when this token ends"))
            .hint("the provider gave no refresh token; ask for one with scopes in [account.oauth], such as offline_access"));
    }
    Ok(())
}

/// Shows what to do, and opens the browser where there is one.
fn ask(prompt: Prompt<'_>, other_way: bool) -> Result<()> {
    match prompt {
        Prompt::Browse { url } => {
            let opened = open::that_detached(url).is_ok();
            let first =
                if opened { "Agree in the browser that opens. Nothing opens?" } else { "No browser was found." };
            let device =
                if other_way { "On a machine without a browser: postbook login ACCOUNT --device\n" } else { "" };
            output::print(&format!("{first} Open this page on this machine:\n\n{url}\n\n{device}"))
        }
        Prompt::Type { url, code, good_for } => {
            let minutes = plural(good_for.as_secs() / 60, "minute", "minutes");
            output::print(&format!(
                "Open this page on any device within {minutes}, and type the code there:\n\n{url}\n\n{code}\n"
            ))
        }
    }
    .map(drop)
}
