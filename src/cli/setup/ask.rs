//! The questions of `postbook setup`, on standard error, so that standard output stays a result.

use crate::cli::password;
use crate::domain::account::{Secret, Security};
use crate::domain::address::Address;
use crate::domain::oauth::{Advice, NewClient, Place};
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::provider::{Credential, Server, Settings, Source, host_name};
use crate::domain::text::Text;
use std::io::{self, BufRead, Write};

/// What to do after a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Another password.
    Password,
    /// The same once more.
    Again,
    /// The provider's sign-in with a code on another device.
    Code,
    /// Other servers.
    Servers,
    /// Nothing.
    Quit,
}

/// Asks on the terminal; Enter takes the proposal in brackets.
fn line(question: &str, proposal: &str) -> Result<String> {
    let cannot = |error: io::Error| Problem::new(Kind::Input, format!("cannot ask on this terminal: {error}"));
    let brackets = if proposal.is_empty() { String::new() } else { format!(" [{}]", Text::line(proposal)) };
    let mut screen = io::stderr().lock();
    screen.write_all(format!("{question}{brackets}: ").as_bytes()).and_then(|()| screen.flush()).map_err(cannot)?;
    let mut typed = String::new();
    if io::stdin().lock().read_line(&mut typed).map_err(cannot)? == 0 {
        return Err(Problem::new(Kind::Input, "nothing was saved"));
    }
    let typed = typed.trim();
    Ok(if typed.is_empty() { proposal.to_owned() } else { typed.to_owned() })
}

/// Asks until what is typed can be used.
fn until<T>(question: &str, proposal: &str, wrong: &str, read: impl Fn(&str) -> Option<T>) -> Result<T> {
    loop {
        match read(&line(question, proposal)?) {
            Some(value) => return Ok(value),
            None => eprintln!("  {wrong}"),
        }
    }
}

/// Asks for the address.
pub fn address() -> Result<Address> {
    until("Your mail address", "", "It looks like you@firma.example.", Address::parse)
}

/// Asks for the user's own name; it may stay empty.
pub fn name(proposal: &Text) -> Result<Text> {
    line("Your name, as people see it in From", proposal.as_str()).map(|name| Text::line(&name))
}

/// Asks for the password without showing it.
pub fn password(settings: &Settings) -> Result<Secret> {
    let user = Text::line(&settings.imap.user);
    let word = settings.password_word();
    let word = word.get(..1).map(str::to_uppercase).unwrap_or_default() + word.get(1..).unwrap_or_default();
    password::ask(&format!("{word} of {user} (not shown): "))
}

/// Password or the provider's own sign-in, where both are possible: true for the latter.
pub fn in_browser(settings: &Settings) -> Result<bool> {
    let question = format!("Sign in with: p {}, b the browser (without a password)", settings.password_word());
    until(&question, "p", "One letter.", |answer| match answer {
        "p" => Some(false),
        "b" => Some(true),
        _ => None,
    })
}

/// Asks for the client that the user registered; `known` is that of another account at the provider.
pub fn client(provider: &str, advice: Option<&Advice>, known: Option<NewClient>) -> Result<NewClient> {
    let mut client = known.unwrap_or_else(|| NewClient { provider: provider.to_owned(), ..NewClient::default() });
    if let Some(advice) = advice.filter(|_| client.client_id.is_empty()) {
        eprintln!("You sign in in your browser; Postbook gets a token and never sees the password.");
        paragraph(&format!("The provider has to know a client of yours: {}.", advice.client));
    }
    let wrong = "It stands on the page where you registered the client; the README says how.";
    let before = client.client_id.clone();
    client.client_id =
        until("Client id at the provider", &before, wrong, |typed| (!typed.is_empty()).then(|| typed.to_owned()))?;
    if client.client_id != before {
        client.secret = None;
    }
    if client.secret.is_none() && advice.is_some_and(|advice| advice.wants_secret) {
        let wrong = "Such as pass show mail/client. The secret itself does not stand in the configuration.";
        let question = "Command that prints the client's secret";
        let command = until(question, "", wrong, |typed| (!typed.is_empty()).then(|| typed.to_owned()))?;
        client.secret = Some(Place::Command(command));
    }
    Ok(client)
}

/// Asks for the program that keeps tokens when there is no keyring.
pub fn token_command() -> Result<Credential> {
    eprintln!("Tokens are kept in a keyring and nowhere else; here another program has to get and keep them.");
    let wrong = "Such as oama access you@firma.example.";
    let question = "Command that prints an access token (oama access ADDRESS)";
    until(question, "", wrong, |typed| (!typed.is_empty()).then(|| Credential::TokenCommand(typed.to_owned())))
}

fn paragraph(text: &str) {
    for line in textwrap::wrap(text, textwrap::Options::new(78).break_words(false)) {
        eprintln!("{line}");
    }
}

/// Says what was found, how, and what to do at the provider.
pub fn show(address: &Address, settings: &Settings) {
    if settings.source != Source::Hand {
        eprintln!("{}", Text::line(&settings.source.in_words()));
    }
    for (word, server) in [("reading", &settings.imap), ("sending", &settings.smtp)] {
        let user = if server.user == address.as_str() { String::new() } else { format!(", user {}", server.user) };
        eprintln!("  {word}  {}{}", server.in_words(), Text::line(&user));
    }
    for text in [&settings.hint, &settings.page] {
        paragraph(text.as_str());
    }
}

/// Asks whether a server that only unsigned DNS records name is the right one.
pub fn agree(host: &Text) -> Result<()> {
    let answer = line(&format!("Only unsigned DNS records name {host}. Is that your provider? (y/n)"), "n")?;
    if answer.to_lowercase().starts_with('y') {
        return Ok(());
    }
    Err(Problem::new(Kind::Untrusted, "nothing was saved").hint("name the servers yourself with --imap and --smtp"))
}

/// Asks what to do after a refusal: the first letter of each choice answers, the first choice is proposed.
pub fn what_now(choices: &[(&str, Next)]) -> Result<Next> {
    let words: Vec<&str> = choices.iter().map(|(words, _)| *words).collect();
    let proposal = words.first().and_then(|words| words.get(..1)).unwrap_or_default();
    until(&words.join(", "), proposal, "One letter.", |answer| {
        choices.iter().find(|(words, _)| words.get(..1) == Some(answer)).map(|(_, next)| *next)
    })
}

/// Asks for both servers, proposing those that are known.
pub fn servers(known: &Settings) -> Result<Settings> {
    let imap = server("IMAP", &known.imap, [993, 143])?;
    let smtp = server("SMTP", &Server { user: imap.user.clone(), ..known.smtp.clone() }, [465, 587])?;
    Ok(Settings { imap, smtp, source: Source::Hand, ..known.clone() })
}

fn server(label: &str, known: &Server, [tls, other]: [u16; 2]) -> Result<Server> {
    let host = until(&format!("{label} server"), &known.host, "This is not the name of a server.", host_name)?;
    let wrong = "tls, starttls, or plaintext (not encrypted: everybody on the way can read it).";
    let words = [Security::Tls, Security::StartTls, Security::Plaintext].map(|one| (word(one), one));
    let security = until(&format!("{label} protection"), word(known.security), wrong, |typed| {
        words.iter().find(|(word, _)| *word == typed.to_lowercase()).map(|(_, security)| *security)
    })?;
    let usual = match security {
        _ if security == known.security => known.port,
        Security::Tls => tls,
        Security::StartTls | Security::Plaintext => other,
    };
    let port = until(&format!("{label} port"), &usual.to_string(), "A number from 1 to 65535.", |typed| {
        typed.parse().ok().filter(|port| *port != 0)
    })?;
    let user = line(&format!("{label} user"), &known.user)?;
    Ok(Server { host, port, security, user })
}

/// A protection as the configuration has it.
fn word(security: Security) -> &'static str {
    match security {
        Security::Tls => "tls",
        Security::StartTls => "starttls",
        Security::Plaintext => "plaintext",
    }
}

/// Asks where the password comes from when there is no keyring.
pub fn elsewhere() -> Result<Credential> {
    eprintln!(
        "The password can come from a command or from an environment variable; neither holds it in the configuration."
    );
    let command = line("Command that prints it, such as pass show mail/work (empty: a variable)", "")?;
    if !command.is_empty() {
        return Ok(Credential::Command(command));
    }
    let wrong = "The name of a variable, such as MAIL_PASSWORD.";
    until("Environment variable that has it", "", wrong, |typed| {
        (!typed.is_empty()).then(|| Credential::Variable(typed.to_owned()))
    })
}
