//! A new password, or a new sign-in at the provider, while the screens run.

use super::agree;
use crate::config::{AccountConfig, Auth, PasswordSource, Service, secrets};
use crate::domain::account::{CredentialSource, Secret};
use crate::domain::id;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::provider::Unsaved;
use crate::domain::text::Text;
use std::sync::Arc;

/// Where each account's password or tokens are. Clones share it.
#[derive(Clone, Default)]
pub struct Credentials {
    accounts: Arc<Vec<(id::Account, AccountConfig)>>,
}

impl Credentials {
    /// Of these accounts.
    pub fn new(accounts: impl IntoIterator<Item = (id::Account, AccountConfig)>) -> Self {
        Self { accounts: Arc::new(accounts.into_iter().collect()) }
    }

    /// Where they come from, as far as the screens can change it.
    #[must_use]
    pub fn sources(&self) -> Vec<(id::Account, CredentialSource)> {
        self.accounts.iter().map(|(id, account)| (*id, source(account))).collect()
    }

    /// Puts new passwords into the keyring; what is `None` stays as it is. May wait until the keyring is unlocked.
    ///
    /// # Errors
    /// There is no keyring, or the password comes from elsewhere.
    pub fn keep(&self, account: id::Account, imap: Option<&Secret>, smtp: Option<&Secret>) -> Result<()> {
        let account = self.account(account)?;
        for (service, secret) in [(Service::Imap, imap), (Service::Smtp, smtp)] {
            if let Some(secret) = secret {
                secrets::store_in_keyring(account, service, secret)?;
            }
        }
        Ok(())
    }

    /// Asks the user to agree at the provider, and puts the tokens into the keyring.
    ///
    /// # Errors
    /// As [`agree::sign_in`].
    pub fn sign_in(
        &self,
        account: id::Account,
        with_code: bool,
        show: &mut agree::Show<'_>,
        cancelled: &agree::Cancelled<'_>,
    ) -> Result<()> {
        let account = self.account(account)?;
        let no_tokens = || Problem::new(Kind::Config, format!("account {} has no [account.oauth]", account.name));
        let oauth = account.oauth.as_ref().ok_or_else(no_tokens)?;
        let tokens = agree::sign_in(&account.name, oauth, with_code, show, cancelled).map_err(Unsaved::problem)?;
        secrets::store_tokens(&account.name, &tokens)
    }

    fn account(&self, wanted: id::Account) -> Result<&AccountConfig> {
        let found = self.accounts.iter().find(|(id, _)| *id == wanted).map(|(_, account)| account);
        found.ok_or_else(|| Problem::new(Kind::NotFound, "this account is no longer in the configuration"))
    }
}

fn source(account: &AccountConfig) -> CredentialSource {
    let (what, source) = match &account.imap.auth {
        Auth::OAuth => {
            let codes = account.oauth.as_ref().is_some_and(|oauth| oauth.client.device_url.is_some());
            return CredentialSource::Browser { codes };
        }
        Auth::Password(source) => ("password", source),
        Auth::Token(source) => ("token", source),
    };
    let words = match source {
        PasswordSource::Keyring { .. } => {
            let smtp = &account.smtp.auth;
            let own_smtp = *smtp != account.imap.auth && matches!(smtp, Auth::Password(PasswordSource::Keyring { .. }));
            return CredentialSource::Keyring { own_smtp };
        }
        PasswordSource::Command { program, .. } => format!(
            "The {what} of {} is what the command {} prints. Change it there, then press s: the command is run again.",
            account.name,
            Text::line(program)
        ),
        PasswordSource::Environment(variable) => format!(
            "The {what} of {} is in the environment variable {variable}, which a running program cannot see change. Quit, set it, and \
             start Postbook again.",
            account.name
        ),
    };
    CredentialSource::Elsewhere(Text::from(words))
}
