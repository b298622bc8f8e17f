//! `postbook login`: signs in with OAuth 2.0 and puts the tokens into the keyring.

use super::args::{Login, Places};
use super::output;
use crate::config::paths::Paths;
use crate::config::{Auth, Config, Service, secrets};
use crate::domain::oauth::Prompt;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::provider::Unsaved;
use crate::domain::text::plural;
use crate::runtime::agree;

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
    let device = if oauth.client.device_url.is_some() { "postbook login ACCOUNT --device" } else { "" };
    // Standard output closed too early is no reason to throw away what the provider gives.
    let mut show = |prompt: Prompt| drop(output::print(&in_words(&prompt, device)));
    let tokens = agree::sign_in(name, oauth, args.device, &mut show, &|| false).map_err(Unsaved::problem)?;
    secrets::store_tokens(name, &tokens)?;
    let _ = output::print(&format!("Account {name} is signed in; its tokens are in the keyring."))?;
    if tokens.refresh.is_none() {
        output::problem(&Problem::new(Kind::Auth, format!("account {name} has to sign in again when this token ends"))
            .hint("the provider gave no refresh token; ask for one with scopes in [account.oauth], such as offline_access"));
    }
    Ok(())
}

/// What the user has to do; `device` is the command for a machine without a browser, where there is one.
pub fn in_words(prompt: &Prompt, device: &str) -> String {
    let page = &prompt.page;
    let Some(code) = &prompt.code else {
        let first =
            if prompt.opened { "Agree in the browser that opens. Nothing opens?" } else { "No browser was found." };
        let device = match device {
            "" => String::new(),
            command => format!("On a machine without a browser: {command}\n"),
        };
        return format!("{first} Open this page on this machine:\n\n{page}\n\n{device}");
    };
    let minutes = plural(prompt.minutes, "minute", "minutes");
    format!("Open this page on any device within {minutes}, and type the code there:\n\n{page}\n\n{code}\n")
}
