//! Everything a command or the screens work with: the store, who writes, the way to the servers.
//!
//! Opening it asks for no password and touches no network: what only reads works offline and beside another Postbook.

use super::context::Context;
use crate::config::paths::Paths;
use crate::config::{AccountConfig, Auth, Config, OAuth, Service, secrets};
use crate::domain::account::{Account, Login, Secret};
use crate::domain::id;
use crate::domain::problem::{Problem, Result};
use crate::domain::text::Text;
use crate::runtime::carrier::Freight;
use crate::runtime::login::{Given, Keeper, LoginSource, Ways};
use crate::runtime::mailing::Mailer;
use crate::runtime::network::{Line, bring_wanted_files};
use crate::runtime::templates;
use crate::runtime::writing::{Office, Writer};
use crate::store::{Registration, Store, damage};
use jiff::{SignedDuration, Zoned};
use std::sync::Arc;

/// What everything is done with.
pub struct Desk {
    /// Where things are.
    pub paths: Paths,
    /// The configuration.
    pub config: Config,
    /// The store, with every account of the configuration in it.
    pub store: Store,
    /// Who writes, with what.
    pub office: Office,
    /// The way to the servers of each account, in the order of the configuration.
    pub lines: Vec<Line>,
    /// The last program that had the store did not end well, or another one has it open.
    pub left_open: bool,
    /// My own templates that cannot be used, each with its file.
    pub template_problems: Vec<Problem>,
}

impl Desk {
    /// Opens the store and lays everything out.
    ///
    /// # Errors
    /// When the store cannot be opened. A template that cannot be read is no reason: see `template_problems`.
    pub fn open(context: &Context) -> Result<Self> {
        let (paths, config) = (context.paths.clone(), context.config.clone());
        damage::finish_succession(&paths.store_file)?;
        let left_open = damage::left_open(&paths.store_file);
        let store = Store::open(&paths.store_file)?;
        let mut accounts = Vec::new();
        let mut lines = Vec::new();
        for account in &config.accounts {
            let registration = Registration {
                name: account.name.as_str().to_owned(),
                email: account.email.clone(),
                kind: account.kind,
                read_only: account.read_only,
            };
            let id = store.register_account(&registration)?;
            accounts.push(Account {
                id,
                name: account.name.clone(),
                email: account.email.clone(),
                kind: account.kind,
                signature: account.signature.clone(),
                style: account.style.clone(),
            });
            let (imap_login, smtp_login, forget_logins) = logins(account);
            lines.push(Line {
                account: id,
                registration,
                imap: account.imap.endpoint.clone(),
                smtp: account.smtp.endpoint.clone(),
                imap_login,
                smtp_login,
                throttle: config.mailings.throttle(&account.smtp.endpoint.host),
                large_attachments: config.large_attachments,
                forget_logins,
            });
        }
        let configured: Vec<_> = accounts.iter().map(|account| account.id).collect();
        store.retire_accounts(&configured)?;
        let forms: Vec<_> = config.order_forms.iter().map(|form| (form.sender().to_owned(), form.in_words())).collect();
        store.remember_order_forms(&forms)?;
        let (templates, template_problems) = templates::load(&paths.templates_dir);
        let office = Office {
            me: config.me.clone(),
            accounts,
            own: store.own()?.with_order_forms(config.order_forms.clone()),
            templates,
            broken_templates: template_problems.clone(),
            templates_dir: paths.templates_dir.clone(),
            undo: SignedDuration::try_from(config.undo).unwrap_or(SignedDuration::ZERO),
            practice: config.practice.clone(),
            pace: lines.iter().map(|line| (line.account, line.throttle)).collect(),
        };
        Ok(Self { paths, config, store, office, lines, left_open, template_problems })
    }

    /// Now, where the user is: the only clock of the commands and the screens.
    #[must_use]
    pub fn now(&self) -> Zoned {
        Zoned::now().with_time_zone(self.config.zone.clone())
    }

    /// What whoever carries letters works with.
    #[must_use]
    pub fn freight(&self) -> Freight {
        Freight {
            store_file: self.paths.store_file.clone(),
            data_dir: self.paths.data_dir.clone(),
            lines: self.lines.clone(),
            own: self.office.own.clone(),
            mailer: self.mailer(),
            every: self.config.sync_every,
            channels: self.config.notices.clone(),
            zone: self.config.zone.clone(),
            work: self.config.practice.work.clone(),
            left_open: self.left_open,
            office: self.office.clone(),
        }
    }

    /// Who makes the letters of mailings, with the templates as they stand when one is made.
    #[must_use]
    pub fn mailer(&self) -> Mailer {
        let (office, folder) = (self.office.clone(), self.paths.templates_dir.clone());
        let office = move || {
            let (templates, broken_templates) = templates::load(&folder);
            Office { templates, broken_templates, ..office.clone() }
        };
        Mailer { office: Arc::new(office), zone: self.config.zone.clone() }
    }

    /// Somebody who writes letters at this moment.
    #[must_use]
    pub fn writer<'a>(&'a self, now: &'a Zoned) -> Writer<'a> {
        Writer { store: &self.store, office: &self.office, now }
    }

    /// Fetches the large files of these letters that are still on the server, where it can.
    ///
    /// # Errors
    /// When a server cannot be asked: they are then fetched at the next sync.
    pub fn bring_files(&self, letters: &[id::Message]) -> Result<()> {
        let now = self.now().timestamp();
        self.store.write(|| letters.iter().try_for_each(|letter| self.store.want_whole(*letter, now).map(drop)))?;
        self.lines.iter().try_for_each(|line| bring_wanted_files(&self.store, line))
    }

    /// The lines to work with: all, or one account's.
    ///
    /// # Errors
    /// There is no such account; the hint lists the names.
    pub fn lines_of(&self, account: Option<&str>) -> Result<Vec<&Line>> {
        let Some(name) = account else { return Ok(self.lines.iter().collect()) };
        let wanted = &self.config.account(name)?.name;
        Ok(self.lines.iter().filter(|line| line.registration.name == wanted.as_str()).collect())
    }
}

/// Who signs in at both servers of an account, and the call that forgets what was refused.
fn logins(account: &AccountConfig) -> (LoginSource, LoginSource, Arc<dyn Fn() + Send + Sync>) {
    let keeper = account.oauth.clone().map(|oauth| Arc::new(keeper(account.name.clone(), oauth)));
    let [imap, smtp] = [Service::Imap, Service::Smtp].map(|service| source(account, service, keeper.clone()));
    let forget = {
        let (imap, smtp) = (imap.clone(), smtp.clone());
        move || {
            imap.forget();
            smtp.forget();
            keeper.iter().for_each(|keeper| keeper.forget());
        }
    };
    (imap, smtp, Arc::new(forget))
}

fn source(account: &AccountConfig, service: Service, keeper: Option<Arc<Keeper>>) -> LoginSource {
    let account = account.clone();
    let given = move |refused: Option<&Secret>| {
        let user = account.server(service).user.clone();
        match &keeper {
            Some(keeper) if account.server(service).auth == Auth::OAuth => {
                let tokens = keeper.tokens(refused)?;
                let until = tokens.good_until();
                let origin = tokens.refresh.unwrap_or_else(|| tokens.access.clone());
                let advice = Some(format!("sign in again: {}", secrets::command_to_sign_in(&account.name)));
                Ok(Given { login: Login { user, secret: tokens.access }, until, origin, renewable: true, advice })
            }
            _ => {
                let secret = secrets::secret(&account, service)?;
                let (origin, advice) = (secret.clone(), secrets::advice_on_refusal(&account, service));
                Ok(Given { login: Login { user, secret }, until: None, origin, renewable: false, advice })
            }
        }
    };
    LoginSource::new(given)
}

/// Who keeps an account's tokens: in the keyring, renewed at its provider.
fn keeper(account: Text, oauth: OAuth) -> Keeper {
    let (loaded, stored, named) = (account.clone(), account.clone(), account.clone());
    let ways = Ways {
        load: Box::new(move || secrets::tokens(&loaded)),
        store: Box::new(move |tokens| secrets::store_tokens(&stored, tokens)),
        refresh: Box::new(move |token| crate::net::oauth::refresh(&secrets::client(&oauth, &named)?, token)),
    };
    let sign_in = secrets::command_to_sign_in(&account);
    Keeper::new(account, sign_in, ways)
}
