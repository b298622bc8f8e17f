//! Adds an account to `config.toml` and leaves everything else in it as it is: comments, order, spelling.

use super::paths::{make_private_folder, open_private_file};
use super::{AccountConfig, Config, Service};
use crate::domain::account::{self, Security};
use crate::domain::oauth::{NewClient, Place};
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::provider::{Credential, NewAccount, Server, suggest_name};
use crate::domain::text::Text;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use toml_edit::{DocumentMut, InlineTable, Item, Table, Value};

/// What a new file begins with.
const HEAD: &str = "# Postbook's configuration, begun by postbook setup. Every key with its meaning: config.example.toml.\n\
                    # Passwords never stand in it.\n";

/// A configuration with an account more, not written yet.
#[derive(Debug, Clone)]
pub struct Addition {
    /// The whole text.
    pub text: String,
    /// The account in it, checked.
    pub account: AccountConfig,
}

/// The text of the configuration file; empty when there is none yet.
///
/// # Errors
/// It is there and cannot be read.
pub fn read(path: &Path) -> Result<String> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => {
            let shown = Text::line(&path.to_string_lossy());
            Err(Problem::new(Kind::Config, format!("cannot read the configuration {shown}: {error}")))
        }
    }
}

/// True when the text has an account, or cannot be understood: then its mistakes are to be told.
#[must_use]
pub fn has_account(text: &str) -> bool {
    text.parse::<DocumentMut>().map_or(true, |document| document.contains_key("account"))
}

/// The text with the account at its end, and the user's name in `[me]` where there was none. Nothing is written.
///
/// # Errors
/// The text has mistakes already; the account's name or address is taken; `account` is written in one line.
pub fn add(text: &str, path: &Path, new: &NewAccount) -> Result<Addition> {
    let accounts = existing(text, path)?;
    if let Some(other) = accounts.iter().find(|account| account.email == new.email) {
        let shown = Text::line(&path.to_string_lossy());
        let sentence = format!("{} is in the configuration already, as account {}", new.email, other.name);
        return Err(Problem::new(Kind::Input, sentence).hint(format!("change it there: {shown}")));
    }
    let taken: Vec<Text> = accounts.into_iter().map(|account| account.name).collect();
    let name = new.name.clone().unwrap_or_else(|| suggest_name(&new.email, &taken));
    let mut whole = with_my_name(text, path, new)?;
    if !whole.is_empty() && !whole.ends_with('\n') {
        whole.push('\n');
    }
    if !whole.is_empty() {
        whole.push('\n');
    }
    whole.push_str(&section(&name, new));
    let config = Config::parse(&whole, path)?;
    let account = config.account(&name)?.clone();
    Ok(Addition { text: whole, account })
}

/// The accounts that are there. A file without any is no mistake here.
fn existing(text: &str, path: &Path) -> Result<Vec<AccountConfig>> {
    let document = parse(text, path)?;
    match document.get("account") {
        None => Ok(Vec::new()),
        Some(accounts) if accounts.is_array_of_tables() => Ok(Config::parse(text, path)?.accounts),
        // As a value in one line it cannot be added to without rewriting the user's line.
        Some(_) => {
            let shown = Text::line(&path.to_string_lossy());
            Err(Problem::new(Kind::Config, format!("{shown} has its accounts in the list account = […]"))
                .hint("begin each account with a line [[account]]; then run postbook setup again"))
        }
    }
}

fn parse(text: &str, path: &Path) -> Result<DocumentMut> {
    // The words of Config::parse are better; what it does not complain about is TOML.
    text.parse::<DocumentMut>().map_err(|_| match Config::parse(text, path) {
        Err(problem) => problem,
        Ok(_) => Problem::new(Kind::Config, format!("{} is not TOML", Text::line(&path.to_string_lossy()))),
    })
}

/// The text with my name in `[me]`; one that is there is kept.
fn with_my_name(text: &str, path: &Path, new: &NewAccount) -> Result<String> {
    let mut document = parse(text, path)?;
    let known = document.get("me").and_then(|me| me.get("name")).is_some();
    if known || new.my_name.is_empty() {
        return Ok(if text.trim().is_empty() { HEAD.to_owned() } else { text.to_owned() });
    }
    let name = toml_edit::value(new.my_name.as_str());
    if let Some(me) = document.get_mut("me").and_then(Item::as_table_like_mut) {
        me.insert("name", name);
        return Ok(document.to_string());
    }
    let me = format!(
        "[me]                                   # for From, signatures and templates\nname = {}",
        name.to_string().trim()
    );
    let before = if text.trim().is_empty() { HEAD } else { text.trim_end_matches('\n') };
    Ok(format!("{before}\n\n{me}\n").replacen("\n\n\n", "\n\n", 1))
}

/// The account as text. Written as text and put at the end, so that nothing before it moves.
fn section(name: &str, new: &NewAccount) -> String {
    let mut account = Table::new();
    account.insert("name", toml_edit::value(name));
    account.insert("email", toml_edit::value(new.email.as_str()));
    if new.kind == account::Kind::Shared {
        account.insert("kind", toml_edit::value("shared"));
    }
    let imap = server(new, Service::Imap, &new.imap);
    let smtp = server(new, Service::Smtp, &new.smtp);
    let mut text = format!("[[account]]\n{account}[account.imap]\n{imap}[account.smtp]\n{smtp}");
    if let Credential::OAuth2 { client, .. } = &new.credential {
        text.push_str(&format!("[account.oauth]\n{}", oauth(new, client)));
    }
    text
}

/// Who gives the tokens; what is empty is left out.
fn oauth(new: &NewAccount, client: &NewClient) -> Table {
    let mut table = Table::new();
    let keys = [
        ("provider", &client.provider),
        ("client_id", &client.client_id),
        ("auth_url", &client.auth_url),
        ("token_url", &client.token_url),
        ("device_url", &client.device_url),
    ];
    for (key, value) in keys.into_iter().filter(|(_, value)| !value.is_empty()) {
        table.insert(key, toml_edit::value(value));
    }
    if let Some(place) = &client.secret {
        let (key, value) = match place {
            Place::Command(command) => ("command", command),
            Place::Variable(variable) => ("env", variable),
        };
        table.insert("client_secret", place_of(key, value.as_str().into()));
    }
    if !client.scopes.is_empty() {
        table.insert("scopes", toml_edit::value(client.scopes.iter().collect::<toml_edit::Array>()));
    }
    // A provider in the table is on the public web: the authority of one's own is for one's own.
    if let Some(file) = new.ca_file.as_ref().filter(|_| client.provider.is_empty()) {
        table.insert("ca_file", toml_edit::value(file.to_string_lossy().as_ref()));
    }
    table
}

/// `{ command = "…" }`
fn place_of(key: &str, value: Value) -> Item {
    let mut place = InlineTable::new();
    place.insert(key, value);
    toml_edit::value(place)
}

/// One server; what is the default is left out.
fn server(new: &NewAccount, service: Service, server: &Server) -> Table {
    let mut table = Table::new();
    table.insert("host", toml_edit::value(server.host.as_str()));
    if server.port != super::check::default_port(service, server.security) {
        table.insert("port", toml_edit::value(i64::from(server.port)));
    }
    let security = match server.security {
        Security::Tls => None,
        Security::StartTls => Some("starttls"),
        Security::Plaintext => Some("plaintext"),
    };
    if let Some(word) = security {
        table.insert("security", toml_edit::value(word));
    }
    if server.user != new.email.as_str() {
        table.insert("user", toml_edit::value(server.user.as_str()));
    }
    // SMTP has IMAP's password unless it says otherwise.
    if service == Service::Imap {
        let source = match &new.credential {
            Credential::Keyring(_) => Some(("keyring", Value::from(true))),
            Credential::Command(command) => Some(("command", Value::from(command.as_str()))),
            Credential::Variable(variable) => Some(("env", Value::from(variable.as_str()))),
            Credential::OAuth2 { .. } | Credential::TokenCommand(_) => None,
        };
        if let Some((key, value)) = source {
            table.insert("password", place_of(key, value));
        }
        if let Credential::TokenCommand(command) = &new.credential {
            table.insert("token", place_of("command", command.as_str().into()));
        }
    }
    if matches!(new.credential, Credential::OAuth2 { .. } | Credential::TokenCommand(_)) {
        table.insert("auth", toml_edit::value("oauth2"));
    }
    if let Some(file) = &new.ca_file {
        table.insert("ca_file", toml_edit::value(file.to_string_lossy().as_ref()));
    }
    table
}

/// Puts the text in the place of the file at once: a crash leaves the old one or the new one. Closed to others (0600).
///
/// # Errors
/// The folder cannot be made or the file cannot be written.
pub fn write(path: &Path, text: &str) -> Result<()> {
    let cannot = |error: io::Error| {
        let shown = Text::line(&path.to_string_lossy());
        Problem::new(Kind::Config, format!("cannot write the configuration {shown}: {error}"))
            .hint("name another with --config FILE")
    };
    // A link, as people have who keep such files elsewhere, stays a link.
    let file = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.is_dir() {
        make_private_folder(folder).map_err(cannot)?;
    }
    let beside = temporary(&file);
    let written = replace(&file, &beside, text);
    if written.is_err() {
        let _ = std::fs::remove_file(&beside);
    }
    written.map_err(cannot)
}

fn temporary(file: &Path) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    file.with_file_name(name)
}

fn replace(file: &Path, beside: &Path, text: &str) -> io::Result<()> {
    // Left behind by a crash, with what it had then.
    let _ = std::fs::remove_file(beside);
    let mut new = open_private_file(beside)?;
    new.write_all(text.as_bytes())?;
    new.sync_all()?;
    std::fs::rename(beside, file)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::config::{Auth, PasswordSource};
    use crate::domain::account::Secret;
    use crate::domain::address::Address;
    use crate::domain::provider::Settings;

    fn new(email: &str) -> NewAccount {
        let email = Address::parse(email).unwrap();
        let settings = Settings::blank(&email);
        NewAccount {
            name: None,
            email,
            kind: account::Kind::Personal,
            my_name: Text::line("Anna \"Ania\" Nowak"),
            imap: settings.imap,
            smtp: settings.smtp,
            ca_file: None,
            credential: Credential::Keyring(Secret::new("hunter-7f3a".to_owned())),
        }
    }

    fn added(text: &str, new: &NewAccount) -> String {
        add(text, Path::new("/nowhere/config.toml"), new).unwrap().text
    }

    #[test]
    fn a_new_file_has_what_is_needed_and_no_more() {
        let text = added("", &new("anna@firma.pl"));
        let expected = format!(
            "{HEAD}\n[me]                                   # for From, signatures and templates\nname = 'Anna \"Ania\" Nowak'\n\n\
             [[account]]\nname = \"firma\"\nemail = \"anna@firma.pl\"\n\
             [account.imap]\nhost = \"imap.firma.pl\"\npassword = {{ keyring = true }}\n[account.smtp]\nhost = \"smtp.firma.pl\"\n"
        );
        assert_eq!(text, expected);
        assert!(!text.contains("hunter"), "no secret in the file");
    }

    const BEFORE: &str = "# mine, do not touch\n\n[me]   # me\nlanguages = [\"pl\"]\nname = \"Ja\"  # short\n\n\
        [[account]] # first\nname = 'firma'\nemail = \"anna@firma.pl\"\n  [account.imap]\n  host = \"x\" # odd indent\n  password = { env = \"X\" }\n\
        [account.smtp]\nhost = \"y\"\n\n[sync]\nevery_seconds = 90\n\n# last words";

    #[test]
    fn what_was_there_stays_byte_by_byte() {
        let text = added(BEFORE, &new("anna@firma.example"));
        let after = text.strip_prefix(BEFORE).unwrap();
        assert_eq!(
            after,
            "\n\n[[account]]\nname = \"firma-2\"\nemail = \"anna@firma.example\"\n[account.imap]\nhost = \"imap.firma.example\"\n\
             password = { keyring = true }\n[account.smtp]\nhost = \"smtp.firma.example\"\n"
        );
        let again = added(&text, &new("anna@firma.de"));
        assert!(again.starts_with(&text) && again.contains("name = \"firma-3\""), "{again}");
    }

    #[test]
    fn my_name_goes_where_there_is_none() {
        let without = BEFORE.replace("name = \"Ja\"  # short\n", "");
        let text = added(&without, &new("anna@firma.example"));
        assert!(text.contains("languages = [\"pl\"]\nname = 'Anna \"Ania\" Nowak'\n\n[[account]] # first"), "{text}");
        assert_eq!(
            text.replace("name = 'Anna \"Ania\" Nowak'\n", "").split("\n\n[[account]]\nname = \"firma-2\"").next(),
            Some(without.as_str())
        );
        let comment = "# only a comment\n";
        let text = added(comment, &new("anna@firma.example"));
        assert!(text.starts_with("# only a comment\n\n[me] "), "{text}");
        let nameless = NewAccount { my_name: Text::default(), ..new("anna@firma.example") };
        assert!(!added(comment, &nameless).contains("[me]"));
    }

    #[test]
    fn every_setting_comes_back_as_it_was_given() {
        for credential in [
            Credential::Keyring(Secret::new("x".to_owned())),
            Credential::Command("pass show 'my mail'".to_owned()),
            Credential::Variable("MAIL_PASSWORD".to_owned()),
        ] {
            let server = |host: &str, port, security, user: &str| Server {
                host: host.to_owned(),
                port,
                security,
                user: user.to_owned(),
            };
            let given = NewAccount {
                name: Some("Praca \"1\"".to_owned()),
                imap: server("mail.firma.pl", 1143, Security::StartTls, "an\\na"),
                smtp: server("127.0.0.1", 587, Security::Plaintext, "anna@firma.pl"),
                credential: credential.clone(),
                ..new("anna@firma.pl")
            };
            let account = add("", Path::new("/nowhere/config.toml"), &given).unwrap().account;
            assert_eq!(account.name.as_str(), "Praca \"1\"");
            for (written, read) in [(&given.imap, &account.imap), (&given.smtp, &account.smtp)] {
                assert_eq!(read.endpoint, written.endpoint(None));
                assert_eq!(read.user, written.user);
                let source = match &credential {
                    Credential::Command(_) => PasswordSource::Command {
                        program: "pass".to_owned(),
                        arguments: vec!["show".to_owned(), "my mail".to_owned()],
                    },
                    Credential::Variable(name) => PasswordSource::Environment(name.clone()),
                    _ => PasswordSource::Keyring { entry: "Praca \"1\"/imap".to_owned() },
                };
                assert_eq!(read.auth, Auth::Password(source));
            }
        }
    }

    #[test]
    fn an_account_with_tokens_is_one_that_can_sign_in() {
        let path = Path::new("/nowhere/config.toml");
        let client = NewClient {
            provider: "google".to_owned(),
            client_id: "mine".to_owned(),
            secret: Some(Place::Command("pass show 'my client'".to_owned())),
            ..NewClient::default()
        };
        let credential = Credential::OAuth2 { client: Box::new(client.clone()), tokens: None };
        let given = NewAccount { credential, ..new("anna@gmail.com") };
        let Addition { text, account } = add("", path, &given).unwrap();
        assert_eq!((&account.imap.auth, &account.smtp.auth), (&Auth::OAuth, &Auth::OAuth));
        assert_eq!(account.oauth.as_ref().unwrap().client.client_id, "mine");
        // The next mailbox there has the same client.
        let accounts = Config::parse(&text, path).unwrap().accounts;
        assert_eq!(crate::config::sign_in::known_client(&accounts, "google"), Some(client));
        assert_eq!(crate::config::sign_in::known_client(&accounts, "microsoft"), None);
    }

    #[test]
    fn a_provider_of_ones_own_and_a_token_command_can_sign_in() {
        let url = |path: &str| format!("https://login.firma.example/{path}");
        let client = NewClient {
            client_id: "mine".to_owned(),
            auth_url: url("agree"),
            token_url: url("token"),
            scopes: vec!["mail".to_owned(), "offline_access".to_owned()],
            ..NewClient::default()
        };
        let credential = Credential::OAuth2 { client: Box::new(client), tokens: None };
        let given = NewAccount { credential, kind: account::Kind::Shared, ..new("anna@firma.pl") };
        let account = add("", Path::new("/nowhere/config.toml"), &given).unwrap().account;
        assert_eq!(account.kind, account::Kind::Shared);
        let client = account.oauth.unwrap().client;
        assert_eq!((client.auth_url, client.token_url, client.device_url), (url("agree"), url("token"), None));
        assert_eq!(client.scopes, ["mail", "offline_access"]);
        let credential = Credential::TokenCommand("oama access anna@firma.pl".to_owned());
        let given = NewAccount { credential, ..new("anna@firma.pl") };
        let account = add("", Path::new("/nowhere/config.toml"), &given).unwrap().account;
        assert_eq!(account.imap.auth, account.smtp.auth);
        assert!(matches!(account.imap.auth, Auth::Token(PasswordSource::Command { program, .. }) if program == "oama"));
    }

    #[test]
    fn what_cannot_be_added_is_said() {
        let with = |name: &str| NewAccount { name: Some(name.to_owned()), ..new("b@firma.example") };
        for (text, new, words) in [
            (BEFORE, new("anna@firma.pl"), "anna@firma.pl is in the configuration already, as account firma"),
            (BEFORE, with("FIRMA"), "two accounts have the name FIRMA"),
            (BEFORE, with("a/b"), "a name has 1 to 40"),
            ("account = []\n", with("b"), "in the list account = […]"),
            ("[[account]]\nname = 5\n", with("b"), "line 2: name"),
            ("[me\n", with("b"), "line 1: this is not TOML"),
        ] {
            let problem = add(text, Path::new("/nowhere/config.toml"), &new).unwrap_err();
            assert!(problem.sentence.contains(words), "{problem}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn the_file_is_replaced_at_once_and_closed_to_others() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let real = folder.path().join("dotfiles/postbook.toml");
        write(&real, "one").unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&real), mode(real.parent().unwrap())), (0o600, 0o700));
        std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o644)).unwrap();
        let link = folder.path().join("config.toml");
        std::os::unix::fs::symlink(&real, &link).unwrap();
        write(&link, "two").unwrap();
        assert_eq!(std::fs::read_to_string(&real).unwrap(), "two");
        assert!(link.is_symlink());
        assert_eq!(mode(&real), 0o600);
        assert_eq!(std::fs::read_dir(real.parent().unwrap()).unwrap().count(), 1, "nothing is left beside it");
        assert!(write(&folder.path().join("dotfiles/postbook.toml/x"), "y").is_err());
    }
}
