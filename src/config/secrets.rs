//! Fetches passwords from where the configuration says they are, and puts them into the keyring.
//!
//! Nothing here keeps a secret: the caller asks once for each account and holds on to the answer, since a keyring
//! or a command may ask the user to unlock it.

use super::{AccountConfig, Auth, OAuth, PasswordSource, Service};
use crate::domain::account::Secret;
use crate::domain::oauth::{Client, Tokens};
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::{Text, plural};
use crossbeam_channel::{Receiver, bounded};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// The name our entries have in the keyring.
const KEYRING_SERVICE: &str = "postbook";
/// How long a password command may take: it may wait for the user to unlock something.
const COMMAND_LIMIT: Duration = Duration::from_secs(60);
/// No password is longer; a command that prints more is the wrong command.
const LONGEST: u64 = 16 * 1024;
/// How much of a command's complaint is shown.
const COMPLAINT: u64 = 2 * 1024;

/// What to do where there is no keyring.
const OTHER_WAYS: &str = "on a machine without a desktop write password = { command = \"pass show mail/work\" } \
                          or { env = \"VARIABLE\" } instead";

/// What to do where there is no keyring for tokens: nowhere else do we keep them.
const TOKEN_COMMAND: &str = "tokens are kept in a keyring and nowhere else; on a machine without one let another program \
                             keep them: token = { command = \"oama access you@firma.example\" }";

/// The end of the name of the entry that holds an account's tokens.
const TOKENS: &str = "/oauth";

/// The password for one server of an account, or the token that a command gives. May block while the user unlocks the
/// keyring, or for a minute while a command runs.
///
/// # Errors
/// It is not where the configuration says, it is empty, or the place cannot be reached; the account gets its tokens
/// itself.
pub fn secret(account: &AccountConfig, service: Service) -> Result<Secret> {
    let server = account.server(service);
    let at =
        |what: &str| format!("account {}, {} {what} of {}", account.name, service.label(), Text::line(&server.user));
    match &server.auth {
        Auth::Password(source) => {
            resolve(source, "password", &account.name).map(Secret::new).map_err(|problem| problem.at(at("password")))
        }
        Auth::Token(source) => {
            resolve(source, "token", &account.name).map(Secret::token).map_err(|problem| problem.at(at("token")))
        }
        Auth::OAuth => Err(Problem::new(Kind::Internal, "this account's tokens are kept elsewhere").at(at("token"))),
    }
}

/// The client with its own secret, for the flows.
///
/// # Errors
/// The secret is not where the configuration says.
pub fn client(oauth: &OAuth, account: &Text) -> Result<Client> {
    let secret = oauth.client_secret.as_ref().map(|source| {
        resolve(source, "client secret", account)
            .map_err(|problem| problem.at(format!("account {account}, client_secret of [account.oauth]")))
    });
    Ok(Client { client_secret: secret.transpose()?.map(Secret::new), ..oauth.client.clone() })
}

fn resolve(source: &PasswordSource, what: &str, account: &Text) -> Result<String> {
    match source {
        PasswordSource::Keyring { entry } => from_keyring(entry, account),
        PasswordSource::Environment(variable) => from_environment(variable),
        PasswordSource::Command { program, arguments } => from_command(program, arguments, what, COMMAND_LIMIT),
    }
}

/// Puts a password where `password = { keyring = true }` finds it.
///
/// # Errors
/// The configuration looks elsewhere, the password is empty, or there is no keyring.
pub fn store_in_keyring(account: &AccountConfig, service: Service, secret: &Secret) -> Result<()> {
    let entry = password_entry(account, service)?;
    not_empty(secret.reveal().to_owned(), "the password")?;
    write(entry, secret.reveal(), &account.name)
}

/// Takes a password out of the keyring again; there need not be one.
///
/// # Errors
/// The configuration looks elsewhere, or there is no keyring.
pub fn delete_from_keyring(account: &AccountConfig, service: Service) -> Result<()> {
    delete(password_entry(account, service)?, &account.name)
}

/// The tokens of an account in the keyring; `None` when it never signed in.
///
/// # Errors
/// There is no keyring, or what is in it is no tokens of ours.
pub fn tokens(account: &Text) -> Result<Option<Tokens>> {
    let entry = tokens_entry(account);
    let found = keyring::Entry::new(KEYRING_SERVICE, &entry).and_then(|entry| entry.get_password());
    let text = match found {
        Ok(text) => text,
        Err(keyring::Error::NoEntry) => return Ok(None),
        Err(error) => return Err(keyring_problem(&error, &entry, account)),
    };
    // The reader's own words could repeat a token.
    let kept: Kept = serde_json::from_str(&text).map_err(|_| {
        Problem::new(Kind::Auth, format!("the entry {entry} in the keyring is not what Postbook put there"))
            .hint(format!("sign in again: {}", command_to_sign_in(account)))
    })?;
    Ok(Some(Tokens {
        access: Secret::token(kept.access),
        expires_at: kept.expires_at,
        refresh: kept.refresh.map(Secret::token),
    }))
}

/// Puts an account's tokens into the keyring, in the place of those before.
///
/// # Errors
/// There is no keyring.
pub fn store_tokens(account: &Text, tokens: &Tokens) -> Result<()> {
    let kept = Kept {
        access: tokens.access.reveal().to_owned(),
        expires_at: tokens.expires_at,
        refresh: tokens.refresh.as_ref().map(|token| token.reveal().to_owned()),
    };
    let text = serde_json::to_string(&kept)
        .map_err(|_| Problem::new(Kind::Internal, format!("the tokens of account {account} cannot be written")))?;
    write(&tokens_entry(account), &text, account)
}

/// Takes an account's tokens out of the keyring; there need not be any.
///
/// # Errors
/// There is no keyring.
pub fn delete_tokens(account: &Text) -> Result<()> {
    delete(&tokens_entry(account), account)
}

/// What the user types to sign in with OAuth 2.0.
#[must_use]
pub fn command_to_sign_in(account: &Text) -> String {
    format!("postbook login {}", shell_words::quote(account.as_str()))
}

/// What the user types to put another password where this one was, when it is in the keyring.
#[must_use]
pub fn advice_on_refusal(account: &AccountConfig, service: Service) -> Option<String> {
    let Auth::Password(PasswordSource::Keyring { entry }) = &account.server(service).auth else { return None };
    Some(format!("store another with: {}", command_to_store(entry, &account.name)))
}

/// What the user types to fill this entry of a password.
fn command_to_store(entry: &str, account: &Text) -> String {
    let option = if entry.ends_with("/smtp") { " --smtp" } else { "" };
    format!("postbook password {}{option}", shell_words::quote(account.as_str()))
}

/// Makes sure that tokens can be kept, before the user goes through signing in.
///
/// # Errors
/// There is no keyring, or it stays locked.
pub fn keyring_for_tokens(account: &Text) -> Result<()> {
    let entry = tokens_entry(account);
    match keyring::Entry::new(KEYRING_SERVICE, &entry).and_then(|entry| entry.get_password()) {
        Ok(_) | Err(keyring::Error::NoEntry | keyring::Error::BadEncoding(_) | keyring::Error::BadDataFormat(..)) => {
            Ok(())
        }
        Err(error) => Err(keyring_problem(&error, &entry, account)),
    }
}

/// Tokens as they stand in the keyring.
#[derive(Serialize, Deserialize)]
struct Kept {
    access: String,
    expires_at: Option<Timestamp>,
    refresh: Option<String>,
}

fn tokens_entry(account: &Text) -> String {
    format!("{account}{TOKENS}")
}

fn write(entry: &str, secret: &str, account: &Text) -> Result<()> {
    let stored = keyring::Entry::new(KEYRING_SERVICE, entry).and_then(|entry| entry.set_password(secret));
    stored.map_err(|error| keyring_problem(&error, entry, account))
}

fn delete(entry: &str, account: &Text) -> Result<()> {
    match keyring::Entry::new(KEYRING_SERVICE, entry).and_then(|entry| entry.delete_credential()) {
        Ok(()) | Err(keyring::Error::NoEntry) => Ok(()),
        Err(error) => Err(keyring_problem(&error, entry, account)),
    }
}

/// The keyring's entry of a password.
fn password_entry(account: &AccountConfig, service: Service) -> Result<&str> {
    let Auth::Password(PasswordSource::Keyring { entry }) = &account.server(service).auth else {
        let sentence =
            format!("account {} does not take its {} password from the keyring", account.name, service.label());
        return Err(Problem::new(Kind::Config, sentence)
            .hint(format!("write password = {{ keyring = true }} in its [account.{}]", service.word())));
    };
    if service == Service::Smtp && account.smtp.auth == account.imap.auth {
        let sentence = format!("account {} has no SMTP password of its own: it has IMAP's", account.name);
        return Err(Problem::new(Kind::Config, sentence)
            .hint("leave --smtp out, or write password = { keyring = true } in its [account.smtp]"));
    }
    Ok(entry)
}

fn from_keyring(entry: &str, account: &Text) -> Result<String> {
    let found = keyring::Entry::new(KEYRING_SERVICE, entry).and_then(|entry| entry.get_password());
    not_empty(found.map_err(|error| keyring_problem(&error, entry, account))?, "the entry in the keyring")
}

/// A keyring's error in words. Some of its errors carry the secret itself, so that only known kinds are shown.
fn keyring_problem(error: &keyring::Error, entry: &str, account: &Text) -> Problem {
    let problem = |sentence: String| Problem::new(Kind::Auth, sentence);
    let tokens = entry.ends_with(TOKENS);
    let command = if tokens { command_to_sign_in(account) } else { command_to_store(entry, account) };
    let other_ways = if tokens { TOKEN_COMMAND } else { OTHER_WAYS };
    match error {
        keyring::Error::NoEntry => problem(format!("the keyring has no entry {entry} of {KEYRING_SERVICE}"))
            .hint(format!("store it with: {command}")),
        keyring::Error::NoDefaultStore => {
            let reason = match keyring::Entry::store_status() {
                Err(reason) => reason_of(reason),
                Ok(()) => String::new(),
            };
            problem(format!("there is no keyring here{reason}")).hint(other_ways)
        }
        keyring::Error::NoStorageAccess(_) => {
            problem(format!("the keyring is locked or does not answer{}", reason_of(error)))
                .hint(format!("unlock it and try again; {other_ways}"))
        }
        keyring::Error::Ambiguous(_) => {
            problem(format!("the keyring has several entries {entry} of {KEYRING_SERVICE}"))
                .hint("delete all but one of them with your keyring's own program")
        }
        keyring::Error::BadEncoding(_) | keyring::Error::BadDataFormat(..) => {
            problem(format!("the entry {entry} in the keyring is not text"))
                .hint(format!("store it again with: {command}"))
        }
        other => problem(format!("the keyring failed{}", reason_of(other))).hint(other_ways),
    }
}

/// What the keyring's own system says, where that cannot be the secret.
fn reason_of(error: &keyring::Error) -> String {
    match error {
        keyring::Error::PlatformFailure(reason) | keyring::Error::NoStorageAccess(reason) => {
            format!(": {}", Text::line(&reason.to_string()))
        }
        _ => String::new(),
    }
}

fn from_environment(variable: &str) -> Result<String> {
    let hint = format!("set it before you start postbook: export {variable}=…");
    match std::env::var(variable) {
        Ok(secret) => not_empty(secret, &format!("the environment variable {variable}")),
        Err(std::env::VarError::NotPresent) => {
            Err(Problem::new(Kind::Auth, format!("the environment variable {variable} is not set")).hint(hint))
        }
        Err(std::env::VarError::NotUnicode(_)) => {
            Err(Problem::new(Kind::Auth, format!("the environment variable {variable} is not text")).hint(hint))
        }
    }
}

/// The first line a command prints. Only what it prints on standard error is ever shown.
fn from_command(program: &str, arguments: &[String], what: &str, limit: Duration) -> Result<String> {
    let deadline = Instant::now() + limit;
    let named = Text::line(program);
    let mut child = std::process::Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| {
            Problem::new(Kind::Auth, format!("cannot run the {what} command {named}: {error}"))
                .hint("it runs without a shell; write sh -c '…' around pipes and variables")
        })?;
    let line = child.stdout.take().map(first_line);
    let complaint = child.stderr.take().map(complaint);
    let Some(status) = wait(&mut child, deadline) else {
        return Err(Problem::new(
            Kind::Auth,
            format!("the {what} command {named} did not end within {}", plural(limit.as_secs(), "second", "seconds")),
        )
        .hint("run it by hand and see what it waits for"));
    };
    if !status.success() {
        let complaint = complaint.and_then(answer).unwrap_or_default();
        let said = if complaint.is_empty() { String::new() } else { format!(": {complaint}") };
        return Err(Problem::new(Kind::Auth, format!("the {what} command {named} failed ({status}){said}"))
            .hint(format!("run it by hand; it has to print the {what} on its first line")));
    }
    match line.and_then(answer) {
        Some(Some(secret)) => not_empty(secret, &format!("the first line that the {what} command {named} printed")),
        _ => Err(Problem::new(Kind::Auth, format!("what the {what} command {named} printed is not text"))),
    }
}

/// Waits until the command has ended; ends it at the deadline and gives `None`.
pub(crate) fn wait(child: &mut Child, deadline: Instant) -> Option<ExitStatus> {
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) if Instant::now() < deadline => std::thread::sleep(Duration::from_millis(10)),
            _ => {
                // Both fail only when it has just ended by itself.
                let _ = child.kill();
                let _ = child.wait();
                return None;
            }
        }
    }
}

/// Reads the first line on a thread of its own and throws the rest away, so that the command never waits for us.
fn first_line(output: impl Read + Send + 'static) -> Receiver<Option<String>> {
    let (sender, receiver) = bounded(1);
    std::thread::spawn(move || {
        let mut output = BufReader::new(output);
        let mut line = Vec::new();
        let read = output.by_ref().take(LONGEST).read_until(b'\n', &mut line);
        let text = read.ok().and_then(|_| String::from_utf8(line).ok());
        // Nobody listens after the deadline.
        let _ = sender.send(text.map(|text| text.trim_end_matches(['\r', '\n']).to_owned()));
        let _ = std::io::copy(&mut output, &mut std::io::sink());
    });
    receiver
}

/// Reads the beginning of what a command complains about.
pub(crate) fn complaint(mut output: impl Read + Send + 'static) -> Receiver<Text> {
    let (sender, receiver) = bounded(1);
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = output.by_ref().take(COMPLAINT).read_to_end(&mut bytes);
        let _ = sender.send(Text::line(String::from_utf8_lossy(&bytes).trim()));
        let _ = std::io::copy(&mut output, &mut std::io::sink());
    });
    receiver
}

/// What a reader found. A helper left behind by the command (an agent) may hold the pipe open: not worth a wait.
pub(crate) fn answer<T>(receiver: Receiver<T>) -> Option<T> {
    receiver.recv_timeout(Duration::from_secs(2)).ok()
}

fn not_empty(secret: String, what: &str) -> Result<String> {
    if secret.is_empty() { Err(Problem::new(Kind::Auth, format!("{what} is empty"))) } else { Ok(secret) }
}

#[cfg(all(test, unix))]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::config::Config;
    use std::path::Path;

    const CANARY: &str = "canary-7f3a";

    fn command(script: &str) -> PasswordSource {
        PasswordSource::Command { program: "sh".to_owned(), arguments: vec!["-c".to_owned(), script.to_owned()] }
    }

    /// The secret of an account whose configuration names this source.
    fn ask(source: &PasswordSource) -> Result<Secret> {
        let text = include_str!("../../config.example.toml");
        let mut account = Config::parse(text, Path::new("config.toml")).unwrap().accounts.remove(0);
        account.imap.auth = Auth::Password(source.clone());
        secret(&account, Service::Imap)
    }

    #[test]
    fn a_command_gives_its_first_line() {
        for script in [
            "echo canary-7f3a",
            "printf 'canary-7f3a'",
            "printf 'canary-7f3a\\r\\nurl: x\\n'",
            "echo warning >&2; echo canary-7f3a; head -c 300000 /dev/zero",
        ] {
            assert_eq!(ask(&command(script)).unwrap().reveal(), CANARY, "{script}");
        }
        assert_eq!(ask(&command("echo ' two  words '")).unwrap().reveal(), " two  words ");
    }

    #[test]
    fn a_failing_command_shows_its_complaint_and_never_its_output() {
        for (script, said) in [
            ("echo canary-7f3a; printf 'no \\033[31mkey\\n' >&2; exit 3", "no ␛[31mkey"),
            ("echo canary-7f3a; exit 1", "failed"),
            ("echo; echo canary-7f3a", "is empty"),
            ("true canary-7f3a", "is empty"),
            ("printf 'canary-7f3a\\377'", "not text"),
        ] {
            let problem = ask(&command(script)).unwrap_err();
            let shown = format!("{problem} {problem:?} {:?}", command(script));
            assert!(shown.contains(said), "{script}: {shown}");
            assert!(!shown.contains(CANARY), "{script}: {shown}");
            assert!(problem.sentence.starts_with("account work, IMAP password of you@firma.example: "), "{problem}");
        }
        let nowhere = PasswordSource::Command { program: "no-such-program-here".to_owned(), arguments: Vec::new() };
        assert!(ask(&nowhere).unwrap_err().sentence.contains("cannot run the password command no-such-program-here"));
    }

    #[test]
    fn a_command_that_hangs_is_ended() {
        let arguments = ["-c".to_owned(), "exec sleep 600".to_owned()];
        let problem = from_command("sh", &arguments, "password", Duration::ZERO).unwrap_err();
        assert!(problem.sentence.contains("did not end within 0 seconds"), "{problem}");
    }

    #[test]
    fn a_variable_gives_its_value() {
        let path = ask(&PasswordSource::Environment("PATH".to_owned())).unwrap();
        assert_eq!(path.reveal(), std::env::var("PATH").unwrap());
        let problem = ask(&PasswordSource::Environment("POSTBOOK_NO_SUCH_VARIABLE".to_owned())).unwrap_err();
        assert!(problem.sentence.contains("POSTBOOK_NO_SUCH_VARIABLE is not set"), "{problem}");
        assert!(not_empty(String::new(), "it").is_err());
    }

    #[test]
    fn only_what_is_looked_for_in_the_keyring_goes_there() {
        let config = include_str!("../../config.example.toml");
        let parse = |text: &str| Config::parse(text, Path::new("config.toml")).unwrap().accounts.remove(0);
        let secret = Secret::new(CANARY.to_owned());
        let problem = store_in_keyring(&parse(config), Service::Smtp, &secret).unwrap_err();
        assert!(problem.sentence.contains("it has IMAP's"), "{problem}");
        let elsewhere = parse(&config.replacen("{ keyring = true }", "{ env = \"X\" }", 1));
        let problem = store_in_keyring(&elsewhere, Service::Imap, &secret).unwrap_err();
        assert!(problem.sentence.contains("does not take its IMAP password from the keyring"), "{problem}");
        let own = parse(&config.replacen("# password = { keyring = true } ", "password = { keyring = true }", 1));
        let problem = store_in_keyring(&own, Service::Smtp, &Secret::new(String::new())).unwrap_err();
        assert_eq!(problem.sentence, "the password is empty");
    }

    #[test]
    fn a_keyrings_trouble_says_what_to_do_and_keeps_the_secret() {
        let secret = || CANARY.as_bytes().to_vec();
        let reason = || -> Box<dyn std::error::Error + Send + Sync> { "no\x1b bus".into() };
        for (error, sentence, hint) in [
            (keyring::Error::NoEntry, "no entry work/imap", "postbook password 'my work'"),
            (keyring::Error::NoDefaultStore, "no keyring here", "{ command ="),
            (keyring::Error::PlatformFailure(reason()), "no␛ bus", "{ env ="),
            (keyring::Error::NoStorageAccess(reason()), "locked", "unlock it"),
            (keyring::Error::BadEncoding(secret()), "not text", "store it again"),
            (keyring::Error::BadDataFormat(secret(), reason()), "not text", "store it again"),
        ] {
            let problem = keyring_problem(&error, "work/imap", &Text::own("my work"));
            assert!(problem.sentence.contains(sentence), "{problem}");
            assert!(problem.hint.as_deref().unwrap().contains(hint), "{problem}");
            assert!(!format!("{problem:?}").contains(CANARY));
        }
        let sending = keyring_problem(&keyring::Error::NoEntry, "work/smtp", &Text::own("work"));
        assert_eq!(sending.hint.as_deref(), Some("store it with: postbook password work --smtp"));
    }
}
