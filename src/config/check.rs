//! From what is written to what is meant: defaults, words, files, and what contradicts itself.

use super::mistake::Source;
use super::order_form;
use super::practice;
use super::raw;
use super::sign_in::{self, Ways};
use super::style::style;
use super::{AccountConfig, Auth, Config, OAuth, Server, Service, Theme};
use crate::domain::account::{Endpoint, Fingerprint, Kind, Me, Security};
use crate::domain::address::Address;
use crate::domain::notice::{self, Channels, Hours};
use crate::domain::problem::{self, Problem, Result};
use crate::domain::sending_limits::Pace;
use crate::domain::text::{Text, is_unsafe, plural};
use jiff::tz::TimeZone;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;
use toml::Spanned;

/// How long a letter is held unless the file says otherwise.
pub const UNDO: Duration = Duration::from_secs(10);
/// How often everything is synced unless the file says otherwise.
pub const SYNC_EVERY: Duration = Duration::from_secs(60);
/// Letters over this many bytes come without their large files, unless the file says otherwise.
pub const LARGE_ATTACHMENTS: u64 = 25_000_000;
/// A smaller letter is fetched in the time that asking takes how it is built.
const LEAST_LARGE: u64 = 100_000;
/// A signature is a few lines; a bigger file is another file by mistake.
const SIGNATURE_BYTES: u64 = 64 * 1024;

/// Checks the whole file.
pub fn config(source: &Source<'_>, file: raw::File) -> Result<Config> {
    if file.account.is_empty() {
        let shown = Text::line(&source.path.to_string_lossy());
        return Err(Problem::new(problem::Kind::Config, format!("{shown} has no account"))
            .hint("add one that begins with the line [[account]]; config.example.toml shows every key"));
    }
    let mut warnings = Vec::new();
    let mut accounts: Vec<AccountConfig> = Vec::new();
    for written in file.account {
        let place = written.span();
        let (name, email) = (name(source, &place, written.as_ref())?, email(source, &place, written.as_ref())?);
        for other in &accounts {
            if other.name.as_str().to_lowercase() == name.as_str().to_lowercase() {
                let sentence = format!("two accounts have the name {name}");
                return Err(source.wrong(&span(&written.as_ref().name, &place), "name", &sentence));
            }
            if other.email == email {
                let sentence = format!("the accounts {} and {name} have the same address", other.name);
                return Err(source.wrong(&span(&written.as_ref().email, &place), "email", &sentence));
            }
        }
        accounts.push(account(source, &place, written.into_inner(), name, email, &mut warnings)?);
    }
    let screen = file.screen.unwrap_or_default();
    let sync = file.sync.unwrap_or_default();
    let sending = file.sending.unwrap_or_default();
    let practice = practice::practice(
        source,
        file.work.unwrap_or_default(),
        file.pipeline,
        file.field,
        file.deals.unwrap_or_default(),
    )?;
    Ok(Config {
        me: me(source, file.me.unwrap_or_default())?,
        accounts,
        mailings: Pace {
            per_minute: number(source, "mailing_per_minute", sending.mailing_per_minute, 1..=100_000)?,
            per_day: number(source, "mailing_per_day", sending.mailing_per_day, 1..=1_000_000)?,
        },
        undo: seconds(source, "undo_seconds", sending.undo_seconds, 0..=3600, UNDO)?,
        sync_every: seconds(source, "every_seconds", sync.every_seconds, 10..=86400, SYNC_EVERY)?,
        large_attachments: large_attachments(source, sync.large_attachments)?,
        notices: notices(source, file.notices.unwrap_or_default())?,
        practice,
        order_forms: order_form::order_forms(source, file.order_form)?,
        theme: word(source, "theme", screen.theme, Theme::Dark, |word| match word {
            "dark" => Some(Theme::Dark),
            "light" => Some(Theme::Light),
            "none" => Some(Theme::None),
            _ => None,
        })?,
        zone: zone(source, screen.zone)?,
        warnings,
    })
}

/// `[notices]`.
fn notices(source: &Source<'_>, written: raw::Notices) -> Result<Channels> {
    let command = written.command.map(|command| {
        let wrong = |sentence: &str| {
            source
                .at(&command.span(), &format!("command: {sentence}"))
                .hint("write the name of a program or script, such as command = \"/home/you/bin/telegram\"")
        };
        let words = shell_words::split(command.as_ref()).map_err(|_| wrong("it has an open quote"))?;
        let (program, arguments) = words.split_first().ok_or_else(|| wrong("it is empty"))?;
        Ok::<_, Problem>((program.clone(), arguments.to_vec()))
    });
    let quiet = written.quiet_hours.map(|hours| {
        let sentence = format!("{} is not two times", Text::line(hours.as_ref()));
        notice::quiet_hours(hours.as_ref()).ok_or_else(|| source.wrong(&hours.span(), "quiet_hours", &sentence))
    });
    let mut weekdays = Vec::new();
    for day in written.weekdays.unwrap_or_default() {
        let sentence = format!("{} is not a day", Text::line(day.as_ref()));
        let known = notice::weekday(day.as_ref());
        weekdays.push(known.ok_or_else(|| source.wrong(&day.span(), "weekdays", &sentence))?);
    }
    Ok(Channels {
        desktop: written.desktop.unwrap_or(false),
        bell: written.bell.unwrap_or(false),
        command: command.transpose()?,
        hours: Hours { quiet: quiet.transpose()?, weekdays },
    })
}

/// `[me]`.
fn me(source: &Source<'_>, me: raw::Me) -> Result<Me> {
    let mut languages = Vec::new();
    for language in me.languages.unwrap_or_default() {
        let code = language.as_ref().trim().to_lowercase();
        if !(2..=3).contains(&code.len()) || !code.bytes().all(|b| b.is_ascii_lowercase()) {
            let sentence = format!("{} is not the code of a language", Text::line(&code));
            return Err(source.wrong(&language.span(), "languages", &sentence));
        }
        languages.push(code);
    }
    let line = |text: Option<String>| Text::line(text.unwrap_or_default().trim());
    Ok(Me {
        name: line(me.name),
        company: line(me.company),
        requisites: Text::block(me.requisites.unwrap_or_default().trim()),
        address: Text::block(me.address.unwrap_or_default().trim()),
        phone: line(me.phone),
        languages,
    })
}

/// An account's name: the keyring, the store and `--account` know it by this, so it is plain and short.
fn name(source: &Source<'_>, place: &Range<usize>, account: &raw::Account) -> Result<Text> {
    let Some(written) = &account.name else { return Err(source.missing(place, "this account", "name")) };
    let name = written.as_ref().trim();
    if name.is_empty() || name.chars().count() > 40 || name.chars().any(|c| c == '/' || is_unsafe(c)) {
        let sentence = "a name has 1 to 40 characters, and none of them is / or invisible";
        return Err(source.wrong(&written.span(), "name", sentence));
    }
    Ok(Text::line(name))
}

/// An account's address.
fn email(source: &Source<'_>, place: &Range<usize>, account: &raw::Account) -> Result<Address> {
    let Some(written) = &account.email else { return Err(source.missing(place, "this account", "email")) };
    Address::parse(written.as_ref()).ok_or_else(|| {
        let sentence = format!("{} is not a mail address", Text::line(written.as_ref()));
        source.wrong(&written.span(), "email", &sentence)
    })
}

/// Everything else of an account.
fn account(
    source: &Source<'_>,
    place: &Range<usize>,
    mut written: raw::Account,
    name: Text,
    email: Address,
    warnings: &mut Vec<Text>,
) -> Result<AccountConfig> {
    let section = format!("account {name}");
    let style = style(source, &mut written)?;
    let kind = word(source, "kind", written.kind, Kind::Personal, |word| match word {
        "personal" => Some(Kind::Personal),
        "shared" => Some(Kind::Shared),
        _ => None,
    })?;
    // What one of a team looked at is not to look read to the others.
    let read_only = written.read_only.unwrap_or(kind == Kind::Shared);
    let signature = written.signature.map_or_else(|| Ok(Text::default()), |file| signature(source, &file))?;
    let Some(imap) = written.imap else { return Err(source.missing(place, &section, "imap")) };
    let Some(smtp) = written.smtp else { return Err(source.missing(place, &section, "smtp")) };
    let oauth = written.oauth.map(|oauth| sign_in::oauth(source, oauth, &name, &email)).transpose()?;
    let imap = server(source, Service::Imap, imap, (&name, &email, oauth.as_ref()), None)?;
    let smtp = server(source, Service::Smtp, smtp, (&name, &email, oauth.as_ref()), Some(&imap.auth))?;
    let open = [(Service::Imap, &imap), (Service::Smtp, &smtp)].map(|(service, server)| {
        let endpoint = &server.endpoint;
        (endpoint.security == Security::Plaintext).then(|| format!("{} to {}", service.label(), endpoint.host))
    });
    let open: Vec<String> = open.into_iter().flatten().collect();
    if !open.is_empty() {
        warnings.push(Text::from(format!(
            "account {name}: {} not encrypted (security = \"plaintext\"): password and letters can be read on the way",
            format_args!("{} {}", open.join(" and "), if open.len() == 1 { "is" } else { "are" })
        )));
    }
    Ok(AccountConfig { name, email, kind, read_only, signature, style, imap, smtp, oauth })
}

/// `[account.imap]` or `[account.smtp]`; `inherited` is IMAP's way to sign in, for SMTP.
fn server(
    source: &Source<'_>,
    service: Service,
    written: Spanned<raw::Server>,
    (account, email, oauth): (&Text, &Address, Option<&OAuth>),
    inherited: Option<&Auth>,
) -> Result<Server> {
    let place = written.span();
    let section = format!("[account.{}] of account {account}", service.word());
    let written = written.into_inner();
    let host = host(source, &place, &section, written.host)?;
    let security = word(source, "security", written.security, Security::Tls, |word| match word {
        "tls" => Some(Security::Tls),
        "starttls" => Some(Security::StartTls),
        "plaintext" => Some(Security::Plaintext),
        _ => None,
    })?;
    let port = match written.port {
        None => default_port(service, security),
        Some(port) if *port.as_ref() == 0 => return Err(source.wrong(&port.span(), "port", "0 is not a port")),
        Some(port) => port.into_inner(),
    };
    let ca_file = written.ca_file.map(|file| authority(source, &file)).transpose()?;
    let pin = written.certificate.map(|fingerprint| pin(source, &fingerprint)).transpose()?;
    let user = match written.user {
        None => email.as_str().to_owned(),
        Some(user) if user.as_ref().trim().is_empty() || user.as_ref().chars().any(char::is_control) => {
            return Err(source.wrong(&user.span(), "user", "this is not a user name"));
        }
        Some(user) => user.into_inner(),
    };
    let ways = Ways { auth: written.auth, password: written.password, token: written.token };
    let auth = sign_in::auth(source, service, (&place, &section), ways, account, oauth, inherited)?;
    Ok(Server { endpoint: Endpoint { host, port, security, ca_file, pin }, user, auth })
}

/// The port a server listens on unless the file says otherwise (RFC 8314, 3.2 and 3.3; RFC 6409, 3.1).
pub(super) fn default_port(service: Service, security: Security) -> u16 {
    match (service, security) {
        (Service::Imap, Security::Tls) => 993,
        (Service::Imap, _) => 143,
        (Service::Smtp, Security::Tls) => 465,
        (Service::Smtp, _) => 587,
    }
}

/// A server's name without scheme, port or blanks.
fn host(source: &Source<'_>, place: &Range<usize>, section: &str, written: raw::At<String>) -> Result<String> {
    let Some(written) = written else { return Err(source.missing(place, section, "host")) };
    let host = written.as_ref().trim();
    let literal_v6 = host.parse::<std::net::Ipv6Addr>().is_ok();
    let fit = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
    if host.is_empty() || !(literal_v6 || host.chars().all(fit)) {
        let sentence = format!("{} is not the name of a server (no port and no imap:// there)", Text::line(host));
        return Err(source.wrong(&written.span(), "host", &sentence));
    }
    Ok(host.to_owned())
}

/// The text of a signature file.
fn signature(source: &Source<'_>, written: &Spanned<String>) -> Result<Text> {
    Ok(Text::block(signature_file(source, "signature", written)?.0.trim_end()))
}

/// What stands in a signature file, and its name as it is shown.
pub(super) fn signature_file(source: &Source<'_>, key: &str, written: &Spanned<String>) -> Result<(String, Text)> {
    let path = beside(source.path, written.as_ref());
    let shown = Text::line(&path.to_string_lossy());
    let wrong = |sentence: String| source.wrong(&written.span(), key, &sentence);
    let size = std::fs::metadata(&path).map_err(|error| wrong(format!("cannot read {shown}: {error}")))?.len();
    if size > SIGNATURE_BYTES {
        return Err(wrong(format!("{shown} is too long for a signature (over 64 KB)")));
    }
    let text = std::fs::read_to_string(&path).map_err(|error| wrong(format!("cannot read {shown}: {error}")))?;
    Ok((text, shown))
}

/// A file of certificates; what is in it is checked where it is used.
pub(super) fn authority(source: &Source<'_>, written: &Spanned<String>) -> Result<PathBuf> {
    let path = beside(source.path, written.as_ref());
    let shown = Text::line(&path.to_string_lossy());
    match std::fs::File::open(&path).and_then(|file| file.metadata()) {
        Ok(metadata) if metadata.is_file() => Ok(path),
        Ok(_) => Err(source.wrong(&written.span(), "ca_file", &format!("{shown} is not a file"))),
        Err(error) => Err(source.wrong(&written.span(), "ca_file", &format!("cannot read {shown}: {error}"))),
    }
}

/// `certificate`: the fingerprint of the one certificate to trust.
fn pin(source: &Source<'_>, written: &Spanned<String>) -> Result<Fingerprint> {
    Fingerprint::parse(written.as_ref())
        .ok_or_else(|| source.wrong(&written.span(), "certificate", "this is not the fingerprint of a certificate"))
}

/// A file named in the configuration: relative to the configuration's folder, `~/` to the home folder.
pub(super) fn beside(config: &Path, written: &str) -> PathBuf {
    if let (Some(rest), Some(home)) = (written.strip_prefix("~/"), directories::BaseDirs::new()) {
        return home.home_dir().join(rest);
    }
    config.parent().unwrap_or(Path::new("")).join(written)
}

/// A value that is one of a few words.
pub(super) fn word<T>(
    source: &Source<'_>,
    key: &str,
    written: raw::At<String>,
    default: T,
    read: impl Fn(&str) -> Option<T>,
) -> Result<T> {
    let Some(written) = written else { return Ok(default) };
    read(written.as_ref()).ok_or_else(|| {
        source.wrong(&written.span(), key, &format!("\"{}\" is not known here", Text::line(written.as_ref())))
    })
}

/// A number of seconds within bounds.
fn seconds(
    source: &Source<'_>,
    key: &str,
    written: raw::At<u64>,
    bounds: std::ops::RangeInclusive<u64>,
    default: Duration,
) -> Result<Duration> {
    match written {
        None => Ok(default),
        Some(written) if bounds.contains(written.as_ref()) => Ok(Duration::from_secs(written.into_inner())),
        Some(written) => Err(source.wrong(
            &written.span(),
            key,
            &format!("{} is out of bounds", plural(*written.as_ref(), "second", "seconds")),
        )),
    }
}

/// A number within bounds, where one is written.
fn number(
    source: &Source<'_>,
    key: &str,
    written: raw::At<u64>,
    bounds: std::ops::RangeInclusive<u64>,
) -> Result<Option<u32>> {
    let Some(written) = written else { return Ok(None) };
    match u32::try_from(*written.as_ref()) {
        Ok(number) if bounds.contains(&u64::from(number)) => Ok(Some(number)),
        _ => Err(source.wrong(&written.span(), key, &format!("{} is out of bounds", written.as_ref()))),
    }
}

/// The size over which letters come without their large files; `None`: they all come whole.
fn large_attachments(source: &Source<'_>, written: raw::At<String>) -> Result<Option<u64>> {
    let Some(written) = written else { return Ok(Some(LARGE_ATTACHMENTS)) };
    let said = written.as_ref().trim();
    if said.eq_ignore_ascii_case("none") {
        return Ok(None);
    }
    let sentence = match size(said) {
        Some(size) if size >= LEAST_LARGE => return Ok(Some(size)),
        Some(_) => "a letter of this size is not large".to_owned(),
        None => format!("{} is not a size", Text::line(said)),
    };
    Err(source.wrong(&written.span(), "large_attachments", &sentence))
}

/// `10 MB`, `500KB`, `1.5 GB` in bytes.
fn size(said: &str) -> Option<u64> {
    let unit_at = said.find(|c: char| c.is_ascii_alphabetic())?;
    let (number, unit) = said.split_at_checked(unit_at)?;
    let factor: u64 = match unit.to_ascii_uppercase().as_str() {
        "KB" => 1_000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        _ => return None,
    };
    let (whole, part) = number.trim().split_once('.').unwrap_or((number.trim(), "0"));
    let is_number = |digits: &str| (1..=6).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(whole) || !is_number(part) {
        return None;
    }
    let thousandths: u64 = format!("{part:0<6}").get(..3)?.parse().ok()?;
    Some(whole.parse::<u64>().ok()? * factor + thousandths * (factor / 1_000))
}

/// The zone: the file's, else the system's.
fn zone(source: &Source<'_>, written: raw::At<String>) -> Result<TimeZone> {
    let Some(written) = written else { return Ok(TimeZone::system()) };
    TimeZone::get(written.as_ref()).map_err(|_| {
        let sentence = format!("there is no zone \"{}\"", Text::line(written.as_ref()));
        source.wrong(&written.span(), "zone", &sentence)
    })
}

/// Where a value stands, or its section when it is not there.
pub(super) fn span<T>(value: &raw::At<T>, section: &Range<usize>) -> Range<usize> {
    value.as_ref().map_or_else(|| section.clone(), Spanned::span)
}
