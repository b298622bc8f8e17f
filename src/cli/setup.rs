//! `postbook setup`: from an address to an account that works. On a terminal a dialogue; elsewhere everything comes from options.

mod ask;

use super::args::{self, Places};
use super::context::Context;
use super::password::{self, Quiet};
use super::{login, output, sync};
use crate::config::Config;
use crate::config::add;
use crate::config::paths::Paths;
use crate::config::sign_in;
use crate::domain::account::{Secret, Security};
use crate::domain::address::Address;
use crate::domain::oauth::{NewClient, Place, Prompt, Tokens};
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::provider::{Credential, NewAccount, Server, Settings, Source, Unsaved};
use crate::domain::text::Text;
use crate::runtime::setup;
use std::cell::RefCell;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

/// Sets an account up, and syncs it for the first time.
///
/// # Errors
/// On a terminal when the user gives up; elsewhere when an option is missing (usage) or something does not work.
pub fn run(places: &Places, args: &args::Setup) -> Result<()> {
    let paths = Paths::new(places.config.clone(), places.data_dir.clone())?;
    let asks = io::stdin().is_terminal() && io::stderr().is_terminal();
    let job = Job { paths: &paths, args, asks, ca_file: ca_file(args)? };
    let email = job.email()?;
    let mut account = job.draft(&email)?;
    setup::may_be_added(&paths, &account)?;
    let settings = job.settings(&email)?;
    job.agree(&email, &settings)?;
    (account.imap, account.smtp) = (settings.imap.clone(), settings.smtp.clone());
    account.my_name = job.my_name()?;
    let name = match job.client(&settings, &account)? {
        Some(client) => job.in_browser(account, settings, client)?,
        None => job.with_password(account, settings)?,
    };
    told(&format!("Account {name} is in {}.", Text::line(&paths.config_file.to_string_lossy())))?;
    first_sync(places, args, &name)
}

/// Syncs the new account.
fn first_sync(places: &Places, args: &args::Setup, name: &Text) -> Result<()> {
    if !args.no_sync {
        let only = args::Sync { watch: false, account: Some(name.as_str().to_owned()), json: false };
        sync::run(&Context::open(places)?, &only)?;
    }
    told("Open the screens with: postbook")
}

fn told(text: &str) -> Result<()> {
    output::print(text).map(drop)
}

/// The authority's file, as it can be found from anywhere.
fn ca_file(args: &args::Setup) -> Result<Option<PathBuf>> {
    let absolute = |file: &PathBuf| {
        std::fs::canonicalize(file).map_err(|error| {
            Problem::new(Kind::Input, format!("cannot read {}: {error}", Text::line(&file.to_string_lossy())))
        })
    };
    args.ca_file.as_ref().map(absolute).transpose()
}

/// One setting up.
struct Job<'a> {
    paths: &'a Paths,
    args: &'a args::Setup,
    /// Somebody sits at a terminal.
    asks: bool,
    ca_file: Option<PathBuf>,
}

impl Job<'_> {
    /// What is asked on a terminal and missing elsewhere.
    fn missing(&self, what: &str, option: &str) -> Problem {
        Problem::new(Kind::Usage, format!("there is no terminal to ask for {what}"))
            .hint(format!("give it as {option}"))
    }

    fn email(&self) -> Result<Address> {
        match &self.args.address {
            Some(address) => Ok(address.clone()),
            None if self.asks => ask::address(),
            None => Err(self.missing("the address", "postbook setup ADDRESS")),
        }
    }

    /// The account as far as it is known at the beginning.
    fn draft(&self, email: &Address) -> Result<NewAccount> {
        let Settings { imap, smtp, .. } = Settings::blank(email);
        let credential = match (&self.args.password_command, &self.args.password_env, self.args.password_stdin) {
            (Some(command), ..) => Credential::Command(command.clone()),
            (_, Some(variable), _) => Credential::Variable(variable.clone()),
            _ if self.args.token_command.is_some() => {
                Credential::TokenCommand(self.args.token_command.clone().unwrap_or_default())
            }
            (_, _, true) if !self.asks => Credential::Keyring(password::read(&mut io::stdin().lock())?),
            _ if self.asks || self.args.client_id.is_some() => Credential::Keyring(Secret::new(String::new())),
            _ => {
                let options = "--password-command COMMAND, --password-env VARIABLE or --password-stdin";
                return Err(self.missing("the password", options));
            }
        };
        let (name, ca_file) = (self.args.account.clone(), self.ca_file.clone());
        let (email, kind, my_name) = (email.clone(), self.args.kind, Text::default());
        Ok(NewAccount { name, email, kind, my_name, imap, smtp, ca_file, credential })
    }

    /// The servers: those of the options, the others as they are found or asked for.
    fn settings(&self, email: &Address) -> Result<Settings> {
        let given =
            |given: &Option<args::Place>, security: &Option<Security>, found: &Server, [tls, starttls]: [u16; 2]| {
                let mut server = found.clone();
                if let Some(place) = given {
                    server.host.clone_from(&place.host);
                    server.security = security.unwrap_or(match place.port {
                        Some(port) if port == starttls => Security::StartTls,
                        _ => Security::Tls,
                    });
                    let port = if server.security == Security::Tls { tls } else { starttls };
                    server.port = place.port.unwrap_or(port);
                }
                server
            };
        let args = self.args;
        let by_hand = args.imap.is_some() && args.smtp.is_some();
        let found = if by_hand { Some(Settings::blank(email)) } else { self.find(email)? };
        let mut settings = match found {
            Some(settings) => settings,
            None if self.asks => {
                eprintln!(
                    "Nothing was found about {}. Enter takes what stands in brackets.",
                    Text::line(email.domain())
                );
                ask::servers(&Settings::blank(email))?
            }
            None => return Err(setup::no_settings(email)),
        };
        settings.imap = given(&args.imap, &args.imap_security, &settings.imap, [993, 143]);
        settings.smtp = given(&args.smtp, &args.smtp_security, &settings.smtp, [465, 587]);
        if by_hand {
            settings.source = Source::Hand;
        }
        if let Some(user) = &args.user {
            settings.imap.user.clone_from(user);
            settings.smtp.user.clone_from(user);
        }
        if let Some(user) = &args.smtp_user {
            settings.smtp.user.clone_from(user);
        }
        Ok(settings)
    }

    fn find(&self, email: &Address) -> Result<Option<Settings>> {
        if self.asks {
            eprintln!("Looking for the servers of {} …", Text::line(email.domain()));
        }
        setup::find(email, self.ca_file.clone(), self.args.autoconfig.as_deref())
    }

    /// Shows what was found; what only unsigned DNS records say is agreed to.
    fn agree(&self, email: &Address, settings: &Settings) -> Result<()> {
        if self.asks {
            ask::show(email, settings);
        }
        let Some(host) = settings.unproven_host(email).map(Text::line) else { return Ok(()) };
        if self.asks {
            return ask::agree(&host);
        }
        let sentence = format!("only unsigned DNS records name {host}, which is not below {}", email.domain());
        let (imap, smtp) = (&settings.imap, &settings.smtp);
        Err(Problem::new(Kind::Untrusted, sentence).hint(format!(
            "if this is your provider, agree with: --imap {}:{} --smtp {}:{}",
            imap.host, imap.port, smtp.host, smtp.port
        )))
    }

    fn my_name(&self) -> Result<Text> {
        if let Some(name) = &self.args.name {
            return Ok(Text::line(name.trim()));
        }
        let known = Config::load(&self.paths.config_file).is_ok_and(|config| !config.me.name.is_empty());
        if known || !self.asks { Ok(Text::default()) } else { ask::name(&setup::my_name()) }
    }

    /// Who to be at the provider, when it takes nothing but its own sign-in or the user wants that one.
    fn client(&self, settings: &Settings, account: &NewAccount) -> Result<Option<NewClient>> {
        let args = self.args;
        let by_hand = args.auth_url.is_some();
        let Some(client_id) = &args.client_id else {
            let is_given = match &account.credential {
                Credential::Keyring(secret) => !secret.reveal().is_empty(),
                _ => true,
            };
            let wanted = match (settings.takes_oauth2(), settings.takes_password()) {
                (false, _) => false,
                (true, _) if matches!(account.credential, Credential::TokenCommand(_)) => false,
                (true, false) => true,
                (true, true) => self.asks && !is_given && ask::in_browser(settings)?,
            };
            return if wanted { self.wanted_client(settings).map(Some) } else { Ok(None) };
        };
        if !settings.takes_oauth2() && !by_hand {
            let sentence = "Postbook knows no sign-in in the browser for this provider";
            return Err(Problem::new(Kind::Usage, sentence)
                .hint("leave --client-id out, or name the provider's addresses with --auth-url and --token-url"));
        }
        let provider = if by_hand { "" } else { settings.oauth_provider.as_str() };
        let known = setup::known_client(self.paths, provider).filter(|known| known.client_id == *client_id);
        let secret = args.client_secret_command.clone().map(Place::Command);
        Ok(Some(NewClient {
            provider: provider.to_owned(),
            client_id: client_id.clone(),
            secret: secret.or_else(|| known.and_then(|known| known.secret)),
            auth_url: args.auth_url.clone().unwrap_or_default(),
            token_url: args.token_url.clone().unwrap_or_default(),
            device_url: args.device_url.clone().unwrap_or_default(),
            scopes: args.scope.clone(),
        }))
    }

    /// The client of another account there, or the one that the user names.
    fn wanted_client(&self, settings: &Settings) -> Result<NewClient> {
        let provider = settings.oauth_provider.as_str();
        let known = setup::known_client(self.paths, provider);
        if self.asks {
            let advice = sign_in::advice().into_iter().find(|advice| advice.provider == provider);
            return ask::client(provider, advice.as_ref(), known);
        }
        known.ok_or_else(|| self.missing("the client id that you registered at the provider", "--client-id ID"))
    }

    /// Lets the user agree at the provider, tries the tokens at both servers, and saves what works.
    fn in_browser(&self, mut account: NewAccount, mut settings: Settings, client: NewClient) -> Result<Text> {
        let has_codes = !client.device_url.is_empty()
            || sign_in::advice().iter().any(|advice| advice.provider == client.provider && advice.gives_codes);
        let client = Box::new(client);
        let (mut kept, mut with_code) = (None, self.args.device);
        loop {
            (account.imap, account.smtp) = (settings.imap.clone(), settings.smtp.clone());
            account.credential = Credential::OAuth2 { client: client.clone(), tokens: None };
            let agreed = match kept.take() {
                Some(tokens) => Ok(tokens),
                None => self.get_tokens(&account, with_code),
            };
            let problem = match agreed {
                Ok(tokens) => {
                    account.credential = Credential::OAuth2 { client: client.clone(), tokens: Some(tokens.clone()) };
                    match self.try_out(&account, &settings) {
                        Ok(working) => {
                            (account.imap, account.smtp) = (working.imap, working.smtp);
                            return self.save(account);
                        }
                        Err(problem) => {
                            // Where a server could not be asked, the tokens are as good as before.
                            kept = (problem.kind != Kind::Auth).then_some(tokens);
                            problem
                        }
                    }
                }
                Err(Unsaved::NoKeyring(problem)) if self.asks => {
                    output::problem(&problem);
                    self.ask_elsewhere(&mut account)?;
                    return self.save(account);
                }
                Err(unsaved) => unsaved.problem(),
            };
            if !self.asks {
                return Err(problem);
            }
            output::problem(&problem);
            let choices = [
                ("a again", ask::Next::Again),
                ("c with a code on another device", ask::Next::Code),
                ("s other servers", ask::Next::Servers),
                ("q give up", ask::Next::Quit),
            ];
            let offered: Vec<_> =
                choices.into_iter().filter(|(_, next)| has_codes || *next != ask::Next::Code).collect();
            match ask::what_now(&offered)? {
                ask::Next::Servers => settings = ask::servers(&settings)?,
                ask::Next::Quit => return Err(problem.hint("nothing was saved")),
                next => with_code = next == ask::Next::Code,
            }
        }
    }

    /// Waits until the user has agreed; on a terminal Esc and Ctrl-C end the waiting.
    fn get_tokens(&self, account: &NewAccount, with_code: bool) -> std::result::Result<Tokens, Unsaved> {
        let quiet = RefCell::new(None);
        let mut show = |prompt: Prompt| {
            eprintln!("{}", login::in_words(&prompt, ""));
            if self.asks {
                eprintln!("Waiting for you to agree there; Esc stops it …");
                *quiet.borrow_mut() = Quiet::begin().ok();
            }
        };
        let called_off = || quiet.borrow().is_some() && password::called_off();
        setup::sign_in(self.paths, account, with_code, &mut show, &called_off)
    }

    /// Tries the password, lets it and the servers be corrected, and saves what works.
    fn with_password(&self, mut account: NewAccount, mut settings: Settings) -> Result<Text> {
        let from_terminal = matches!(&account.credential, Credential::Keyring(secret) if secret.reveal().is_empty());
        if from_terminal {
            account.credential = Credential::Keyring(ask::password(&settings)?);
        }
        loop {
            let outcome = self.try_out(&account, &settings).map(|working| {
                (account.imap, account.smtp) = (working.imap, working.smtp);
            });
            match outcome {
                Ok(()) => return self.save(account),
                Err(problem) if !self.asks => return Err(problem),
                Err(problem) => {
                    output::problem(&problem);
                    let first = if from_terminal {
                        ("p another password", ask::Next::Password)
                    } else {
                        ("a again", ask::Next::Again)
                    };
                    match ask::what_now(&[
                        first,
                        ("s other servers", ask::Next::Servers),
                        ("q give up", ask::Next::Quit),
                    ])? {
                        ask::Next::Password => account.credential = Credential::Keyring(ask::password(&settings)?),
                        ask::Next::Again | ask::Next::Code => {}
                        ask::Next::Servers => settings = ask::servers(&settings)?,
                        ask::Next::Quit => return Err(problem.hint("nothing was saved")),
                    }
                    (account.imap, account.smtp) = (settings.imap.clone(), settings.smtp.clone());
                }
            }
        }
    }

    fn try_out(&self, account: &NewAccount, settings: &Settings) -> Result<Settings> {
        if self.asks {
            eprintln!("Signing in, first to read, then to send …");
        }
        setup::try_out(settings, account, &setup::secret(self.paths, account)?)
    }

    /// Asks for a command or a variable until one gives a password that works.
    fn ask_elsewhere(&self, account: &mut NewAccount) -> Result<()> {
        let settings = Settings::plain(account.imap.clone(), account.smtp.clone(), Source::Hand);
        loop {
            account.credential = match &account.credential {
                Credential::OAuth2 { .. } | Credential::TokenCommand(_) => ask::token_command()?,
                _ => ask::elsewhere()?,
            };
            match self.try_out(account, &settings) {
                Ok(_) => return Ok(()),
                Err(problem) => output::problem(&problem),
            }
        }
    }

    /// Saves; where there is no keyring the password comes from elsewhere.
    fn save(&self, mut account: NewAccount) -> Result<Text> {
        loop {
            match setup::save(self.paths, &account) {
                Ok(name) => return Ok(name),
                Err(Unsaved::NoKeyring(problem)) if self.asks => {
                    output::problem(&problem);
                    self.ask_elsewhere(&mut account)?;
                }
                Err(unsaved) => return Err(unsaved.problem()),
            }
        }
    }
}

/// True when there is no account yet: the first-run screen is to be shown.
///
/// # Errors
/// The configuration is there and cannot be read.
pub fn is_first_run(config_file: &Path) -> Result<bool> {
    add::read(config_file).map(|text| !add::has_account(&text))
}
