//! What the first-run screen knows.

use super::Generation;
use super::rows::Rows;
use crate::domain::account::{Kind, Secret, Security};
use crate::domain::address::Address;
use crate::domain::oauth::{Advice, NewClient, Place, Prompt, Tokens};
use crate::domain::problem::Problem;
use crate::domain::provider::{Credential, NewAccount, Server, Settings, Source, host_name};
use crate::domain::text::Text;
use crate::ui::theme::{Styles, Theme};
use std::path::PathBuf;

/// What it is told once.
#[derive(Debug, Clone)]
pub struct Setup {
    /// Colours.
    pub theme: Theme,
    /// The user's name as this computer knows it; may be empty.
    pub my_name: Text,
    /// What to tell about the providers of OAuth 2.0.
    pub advice: Vec<Advice>,
}

/// Which rows are filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Page {
    /// The address.
    Address,
    /// Name and password, or name and client id.
    SignIn,
    /// The servers by hand.
    Hand,
    /// Where the password comes from when there is no keyring.
    Elsewhere,
}

/// What is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wait {
    Finding,
    Agreeing,
    Trying,
    Saving,
}

/// The state of the screen. Only `update` changes it, only `view` draws it.
#[derive(Debug)]
pub struct State {
    pub(super) styles: Styles,
    pub(super) width: u16,
    pub(super) height: u16,
    pub(super) generation: Generation,
    pub(super) page: Page,
    pub(super) address: Rows,
    pub(super) sign_in: Rows,
    pub(super) hand: Rows,
    pub(super) elsewhere: Rows,
    /// Whose mailbox it is.
    pub(super) email: Option<Address>,
    /// What was found, or written by hand.
    pub(super) settings: Option<Settings>,
    /// The provider's own sign-in was chosen instead of a password.
    pub(super) in_browser: bool,
    /// An authority of one's own to trust.
    pub(super) ca_file: Option<PathBuf>,
    /// What is waited for, and for how many seconds.
    pub(super) wait: Option<(Wait, u64)>,
    /// What went wrong last.
    pub(super) trouble: Option<Problem>,
    pub(super) my_name: Text,
    pub(super) advice: Vec<Advice>,
    /// What the user has to do at the provider.
    pub(super) prompt: Option<Prompt>,
    /// What the provider gave for the rows as they are.
    pub(super) tokens: Option<Tokens>,
}

pub(super) const ADDRESS: &str = "mail address";
pub(super) const MY_NAME: &str = "your name";
pub(super) const CLIENT_ID: &str = "client id";
pub(super) const SECRET_COMMAND: &str = "secret command";
pub(super) const AUTH_URL: &str = "page to agree";
pub(super) const TOKEN_URL: &str = "token address";
pub(super) const DEVICE_URL: &str = "code address";
pub(super) const SCOPES: &str = "scopes";
pub(super) const KIND: &str = "whose mailbox";
pub(super) const COMMAND: &str = "command";
pub(super) const VARIABLE: &str = "or variable";
pub(super) const CA_FILE: &str = "authority file";

/// The rows of one server.
pub(super) struct ServerRows {
    pub host: &'static str,
    pub port: &'static str,
    pub security: &'static str,
    pub user: &'static str,
    /// The usual port of each protection, in their order.
    pub ports: [u16; 3],
}

pub(super) const IMAP: ServerRows = ServerRows {
    host: "IMAP server",
    port: "IMAP port",
    security: "IMAP protection",
    user: "IMAP user",
    ports: [993, 143, 143],
};
pub(super) const SMTP: ServerRows = ServerRows {
    host: "SMTP server",
    port: "SMTP port",
    security: "SMTP protection",
    user: "SMTP user",
    ports: [465, 587, 587],
};

const KINDS: [Kind; 2] = [Kind::Personal, Kind::Shared];
const KIND_WORDS: &[&str] = &["mine", "a team's: shared"];
const PROTECTIONS: [Security; 3] = [Security::Tls, Security::StartTls, Security::Plaintext];
const PROTECTION_WORDS: &[&str] = &["TLS", "STARTTLS", "none: everybody on the way can read it"];

impl State {
    /// Before the first event.
    #[must_use]
    pub fn new(setup: Setup) -> Self {
        Self {
            styles: setup.theme.styles(),
            width: 80,
            height: 24,
            generation: 0,
            page: Page::Address,
            address: Rows::default().text(ADDRESS, ""),
            sign_in: Rows::default(),
            hand: Rows::default(),
            elsewhere: Rows::default().text(COMMAND, "").text(VARIABLE, ""),
            email: None,
            settings: None,
            in_browser: false,
            ca_file: None,
            wait: None,
            trouble: None,
            my_name: setup.my_name,
            advice: setup.advice,
            prompt: None,
            tokens: None,
        }
    }

    /// The rows of the page.
    pub(super) fn rows(&self) -> &Rows {
        match self.page {
            Page::Address => &self.address,
            Page::SignIn => &self.sign_in,
            Page::Hand => &self.hand,
            Page::Elsewhere => &self.elsewhere,
        }
    }

    /// The same, to be changed.
    pub(super) fn rows_mut(&mut self) -> &mut Rows {
        match self.page {
            Page::Address => &mut self.address,
            Page::SignIn => &mut self.sign_in,
            Page::Hand => &mut self.hand,
            Page::Elsewhere => &mut self.elsewhere,
        }
    }

    /// What to call the password here.
    pub(super) fn password_label(&self) -> &'static str {
        self.settings.as_ref().map_or("password", Settings::password_word)
    }

    /// The row of what lets one in.
    pub(super) fn main_label(&self) -> &'static str {
        if self.in_browser { CLIENT_ID } else { self.password_label() }
    }

    /// What is known about the provider's own sign-in.
    pub(super) fn advice(&self) -> Option<&Advice> {
        let provider = self.settings.as_ref()?.oauth_provider.as_str();
        self.advice.iter().find(|advice| advice.provider == provider)
    }

    /// The provider is not one that Postbook knows: its addresses are asked for.
    pub(super) fn own_provider(&self) -> bool {
        self.settings.as_ref().is_some_and(|settings| settings.oauth_provider.is_empty())
    }

    /// The provider wants a secret from its clients.
    pub(super) fn wants_secret(&self) -> bool {
        self.advice().is_some_and(|advice| advice.wants_secret)
    }

    /// One can agree on another device.
    pub(super) fn gives_codes(&self) -> bool {
        let known = self.advice().is_some_and(|advice| advice.gives_codes);
        self.in_browser && (known || !self.sign_in.value(DEVICE_URL).is_empty())
    }

    /// Password and browser are both possible; what was written by hand may be anything.
    pub(super) fn two_ways(&self) -> bool {
        self.settings.as_ref().is_some_and(|settings| {
            settings.source == Source::Hand || (settings.takes_oauth2() && settings.takes_password())
        })
    }

    /// The page that tells what to do at the provider first; may be empty.
    pub(super) fn page_of_provider(&self) -> Text {
        match (self.in_browser, self.advice(), &self.settings) {
            (true, Some(advice), _) => advice.page.clone(),
            (_, _, Some(settings)) => settings.page.clone(),
            _ => Text::default(),
        }
    }

    /// The page whose address can be selected now.
    #[must_use]
    pub fn shows_address(&self) -> bool {
        self.wait.is_some_and(|(wait, _)| wait == Wait::Agreeing)
    }

    /// Asks where the password or the tokens come from without a keyring.
    pub(super) fn ask_elsewhere(&mut self) {
        let rows = Rows::default().text(COMMAND, "");
        self.elsewhere = if self.in_browser { rows } else { rows.text(VARIABLE, "") };
        self.page = Page::Elsewhere;
    }

    /// Shows settings and asks for name and password.
    pub(super) fn ask_sign_in(&mut self, settings: Settings) {
        self.in_browser = !settings.takes_password() && settings.takes_oauth2();
        self.settings = Some(settings);
        self.fresh_sign_in();
    }

    /// The rows of signing in, as they are for the way that was chosen; a name that was typed stays.
    pub(super) fn fresh_sign_in(&mut self) {
        let typed = self.sign_in.value(MY_NAME).to_owned();
        let name = if typed.is_empty() { self.my_name.as_str().to_owned() } else { typed };
        let kind = self.sign_in.chosen(KIND);
        let mut rows = Rows::default().text(MY_NAME, &name);
        rows = match (self.in_browser, self.own_provider()) {
            (false, _) => rows.secret(self.password_label()),
            (true, false) if self.wants_secret() => rows.text(CLIENT_ID, "").text(SECRET_COMMAND, ""),
            (true, false) => rows.text(CLIENT_ID, ""),
            (true, true) => {
                let labels = [CLIENT_ID, AUTH_URL, TOKEN_URL, DEVICE_URL, SCOPES];
                labels.into_iter().fold(rows, |rows, label| rows.text(label, ""))
            }
        };
        rows = rows.choice(KIND, KIND_WORDS, kind);
        rows.go(if name.is_empty() { MY_NAME } else { self.main_label() });
        self.tokens = None;
        self.sign_in = rows;
        self.page = Page::SignIn;
    }

    /// Shows the servers for correction.
    pub(super) fn ask_by_hand(&mut self, email: &Address) {
        let settings = self.settings.clone().unwrap_or_else(|| Settings::blank(email));
        let mut rows = Rows::default();
        for (names, server) in [(&IMAP, &settings.imap), (&SMTP, &settings.smtp)] {
            let protection = PROTECTIONS.iter().position(|security| *security == server.security).unwrap_or(0);
            rows = rows
                .text(names.host, &server.host)
                .text(names.port, &server.port.to_string())
                .choice(names.security, PROTECTION_WORDS, protection)
                .text(names.user, &server.user);
        }
        let file = self.ca_file.as_ref().map(|file| file.to_string_lossy().into_owned()).unwrap_or_default();
        self.hand = rows.text(CA_FILE, &file);
        self.page = Page::Hand;
    }

    /// The servers as they were written, or the row that cannot be used and why.
    pub(super) fn by_hand(&self) -> Result<(Server, Server), (&'static str, &'static str)> {
        let server = |names: &ServerRows| {
            let host =
                host_name(self.hand.value(names.host)).ok_or((names.host, "This is not the name of a server."))?;
            let port = self.hand.value(names.port).parse().ok().filter(|port| *port != 0);
            let port = port.ok_or((names.port, "A port is a number from 1 to 65535."))?;
            let security = PROTECTIONS.get(self.hand.chosen(names.security)).copied().unwrap_or(Security::Tls);
            let user = self.hand.value(names.user).to_owned();
            if user.is_empty() {
                return Err((names.user, "Who signs in? Usually your address, or what stands before the @."));
            }
            Ok(Server { host, port, security, user })
        };
        Ok((server(&IMAP)?, server(&SMTP)?))
    }

    /// The account as it is filled in now.
    pub(super) fn account(&self) -> Option<NewAccount> {
        let (settings, email) = (self.settings.as_ref()?, self.email.clone()?);
        let secret = || Secret::new(self.sign_in.value(self.password_label()).to_owned());
        let credential = match (self.page, self.in_browser) {
            (Page::Elsewhere, true) => Credential::TokenCommand(self.elsewhere.value(COMMAND).to_owned()),
            (Page::Elsewhere, _) if !self.elsewhere.value(COMMAND).is_empty() => {
                Credential::Command(self.elsewhere.value(COMMAND).to_owned())
            }
            (Page::Elsewhere, _) => Credential::Variable(self.elsewhere.value(VARIABLE).to_owned()),
            (_, true) => Credential::OAuth2 { client: Box::new(self.client(settings)), tokens: self.tokens.clone() },
            (_, false) => Credential::Keyring(secret()),
        };
        Some(NewAccount {
            name: None,
            email,
            kind: KINDS.get(self.sign_in.chosen(KIND)).copied().unwrap_or(Kind::Personal),
            my_name: Text::line(self.sign_in.value(MY_NAME)),
            imap: settings.imap.clone(),
            smtp: settings.smtp.clone(),
            ca_file: self.ca_file.clone(),
            credential,
        })
    }

    /// Who we are at the provider.
    fn client(&self, settings: &Settings) -> NewClient {
        let value = |label| self.sign_in.value(label).to_owned();
        let secret = self.sign_in.value(SECRET_COMMAND);
        NewClient {
            provider: settings.oauth_provider.as_str().to_owned(),
            client_id: value(CLIENT_ID),
            secret: (!secret.is_empty()).then(|| Place::Command(secret.to_owned())),
            auth_url: value(AUTH_URL),
            token_url: value(TOKEN_URL),
            device_url: value(DEVICE_URL),
            scopes: self.sign_in.value(SCOPES).split_whitespace().map(str::to_owned).collect(),
        }
    }

    /// Settings that the user wrote, with the advice of those that were found.
    pub(super) fn written(&self, imap: Server, smtp: Server) -> Settings {
        match &self.settings {
            // Unchanged, they are still what was found.
            Some(found) if found.imap == imap && found.smtp == smtp => found.clone(),
            Some(found) => Settings { imap, smtp, source: Source::Hand, ..found.clone() },
            None => Settings::plain(imap, smtp, Source::Hand),
        }
    }
}
