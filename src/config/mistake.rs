//! Mistakes in `config.toml` as sentences: the file, the line, the key, and what to write instead.

use crate::domain::problem::{Kind, Problem};
use crate::domain::text::Text;
use std::ops::Range;
use std::path::Path;

/// The file being read.
pub struct Source<'a> {
    /// Where it is.
    pub path: &'a Path,
    /// What stands in it.
    pub text: &'a str,
}

/// Every key: the section it belongs in, and what to write there.
pub const KEYS: &[(&str, &str, &str)] = &[
    // Accounts before me: where two sections have one key (name), the first is the one that is required.
    ("[[account]]", "account", "begin each account with the line [[account]]"),
    ("[[account]]", "name", "write a short name in quotes, such as name = \"work\""),
    ("[[account]]", "email", "write your address in quotes, such as email = \"you@firma.example\""),
    ("[[account]]", "kind", "write kind = \"personal\", or kind = \"shared\" for a team's mailbox"),
    (
        "[[account]]",
        "signature",
        "write the name of a text file beside config.toml, such as signature = \"signature.md\"",
    ),
    (
        "[[account]]",
        "signature_html",
        "write the name of an HTML file beside config.toml, such as signature_html = \"signature.html\"",
    ),
    (
        "[[account]]",
        "signature_photo",
        "write the name of a small JPEG, PNG or GIF file beside config.toml, such as signature_photo = \"me.jpg\"",
    ),
    ("[[account]]", "signature_place", "write signature_place = \"below\" (the quote) or \"above\""),
    ("[[account]]", "quote", "write quote = true or false"),
    ("[[account]]", "answer", "write answer = \"above\" (the quote) or \"below\""),
    ("[[account]]", "html", "write html = true or false"),
    ("[[account]]", "read_only", "write read_only = true or false; a shared account is read-only unless it says false"),
    ("[[account]]", "imap", "write a section [account.imap] with host = \"imap.firma.example\""),
    ("[[account]]", "smtp", "write a section [account.smtp] with host = \"smtp.firma.example\""),
    (
        "[account.imap] or [account.smtp]",
        "host",
        "write the server's name in quotes, such as host = \"imap.firma.example\"",
    ),
    ("[me]", "name", "write your name in quotes, such as name = \"Anna Kowalska\""),
    ("[me]", "company", "write your company in quotes, such as company = \"Firma\""),
    ("[me]", "requisites", "write them in quotes, such as requisites = \"NIP 525-000-00-00\""),
    ("[me]", "phone", "write it in quotes, such as phone = \"+48 600 000 000\""),
    ("[me]", "languages", "write a list of language codes, best first, such as languages = [\"pl\", \"en\"]"),
    ("[account.imap] or [account.smtp]", "port", "write a number from 1 to 65535, such as port = 993"),
    ("[account.imap] or [account.smtp]", "security", "write security = \"tls\", \"starttls\" or \"plaintext\""),
    (
        "[account.imap] or [account.smtp]",
        "auth",
        "write auth = \"password\" (or leave the line out), or auth = \"oauth2\" for Gmail and Microsoft 365",
    ),
    (
        "[account.imap] or [account.smtp]",
        "user",
        "write the user name in quotes, or leave the line out to use the email",
    ),
    (
        "[account.imap] or [account.smtp]",
        "password",
        "write password = { keyring = true }, { command = \"pass show mail/work\" } or { env = \"VARIABLE\" }",
    ),
    (
        "[account.imap] or [account.smtp]",
        "ca_file",
        "write the name of a PEM file in quotes, such as ca_file = \"corp-ca.pem\"",
    ),
    (
        "[account.imap] or [account.smtp]",
        "token",
        "write auth = \"oauth2\" and token = { command = \"oama access you@firma.example\" }",
    ),
    (
        "[account.imap] or [account.smtp]",
        "certificate",
        "write certificate = \"sha256:…\" with the 64 digits that postbook doctor shows; compare them with the administrator's",
    ),
    ("[[account]]", "oauth", "write a section [account.oauth] with provider and client_id"),
    ("[account.oauth]", "provider", "write provider = \"google\" or \"microsoft\", or auth_url and token_url instead"),
    ("[account.oauth]", "client_id", "write client_id = \"…\", as the provider calls your client"),
    ("[account.oauth]", "client_secret", "write client_secret = { command = \"pass show mail/client\" }"),
    ("[account.oauth]", "auth_url", "write the https:// address of the page where you agree"),
    ("[account.oauth]", "token_url", "write the https:// address where the provider gives out tokens"),
    ("[account.oauth]", "device_url", "write the https:// address where the provider gives out codes"),
    ("[account.oauth]", "scopes", "write a list, such as scopes = [\"https://mail.google.com/\"]"),
    ("password", "keyring", "write password = { keyring = true }"),
    ("password", "command", "write password = { command = \"pass show mail/work\" }"),
    ("password", "env", "write password = { env = \"VARIABLE\" }"),
    ("[sending]", "undo_seconds", "write a number from 0 to 3600, such as undo_seconds = 10"),
    ("[sending]", "mailing_per_minute", "write a number from 1 to 100000, such as mailing_per_minute = 20"),
    ("[sending]", "mailing_per_day", "write a number from 1 to 1000000, such as mailing_per_day = 400"),
    ("[sync]", "every_seconds", "write a number from 10 to 86400, such as every_seconds = 60"),
    ("[sync]", "large_attachments", "write a size from 100 KB on, such as large_attachments = \"10 MB\", or \"none\""),
    ("[notices]", "desktop", "write desktop = true or false"),
    ("[notices]", "bell", "write bell = true or false"),
    ("[notices]", "quiet_hours", "write two times of the day, such as quiet_hours = \"20:00-08:00\""),
    ("[notices]", "weekdays", "write a list of days, such as weekdays = [\"mon\", \"tue\", \"wed\", \"thu\", \"fri\"]"),
    ("[screen]", "theme", "write theme = \"dark\", \"light\" or \"none\""),
    (
        "[screen]",
        "zone",
        "write a zone's name, such as zone = \"Europe/Warsaw\", or leave the line out for the system's zone",
    ),
    ("the file", "me", "write a section [me]"),
    ("the file", "sending", "write a section [sending]"),
    ("the file", "sync", "write a section [sync]"),
    ("the file", "notices", "write a section [notices]"),
    ("the file", "screen", "write a section [screen]"),
    ("[work]", "hours", "write the hours of a working day, such as hours = \"09:00-17:00\""),
    ("[work]", "holidays", "write a list of days, such as holidays = [\"2026-12-25\", \"2026-12-26\"]"),
    ("[work]", "answer_within_hours", "write working hours from 1 to 200, such as answer_within_hours = 8"),
    ("[work]", "follow_up_days", "write working days from 1 to 60, such as follow_up_days = 3"),
    (
        "[[pipeline]]",
        "stages",
        "write them first to last, such as stages = [{ name = \"new\", probability = 10 }, { name = \"offer\", probability = 40 }]",
    ),
    ("[[pipeline]]", "stale_days", "write days from 1 to 3650, such as stale_days = 14"),
    ("stages", "probability", "write percent from 0 to 100, such as probability = 40"),
    ("[[field]]", "of", "write of = \"contact\", \"company\" or \"deal\""),
    ("[[field]]", "type", "write type = \"text\", \"number\", \"date\", \"yes_no\" or \"choice\" with choices"),
    ("[[field]]", "choices", "write a list, such as type = \"choice\" and choices = [\"A\", \"B\"]"),
    ("[deals]", "ask_next", "write ask_next = true or ask_next = false"),
    ("[deals]", "lost_reasons", "write a list, such as lost_reasons = [\"price\", \"no answer\"]"),
    ("[deals]", "currency", "write three letters, such as currency = \"PLN\""),
    ("the file", "deals", "write a section [deals]"),
    (
        "[[order_form]]",
        "from",
        "write who sends these letters, such as from = \"shop@site.example\", or what their subject matches, such as subject = \"^New order\"",
    ),
    ("[[order_form]]", "subject", "write a pattern, such as subject = \"^New order\""),
    (
        "[[order_form]]",
        "fields",
        "write a pattern for each field, its value in brackets, such as fields = { name = \"Name: (.+)\", email = \"E-mail: (.+)\" }",
    ),
    ("the file", "order_form", "begin each order form with the line [[order_form]]"),
    ("the file", "work", "write a section [work]"),
    ("the file", "pipeline", "begin each pipeline with the line [[pipeline]]"),
    ("the file", "field", "begin each field with the line [[field]]"),
];

/// What to write for a key.
fn advice(key: &str) -> Option<&'static str> {
    KEYS.iter().find(|(_, known, _)| *known == key).map(|(_, _, advice)| *advice)
}

impl Source<'_> {
    /// The line (from 1) where a byte stands.
    fn line(&self, at: usize) -> usize {
        1 + self.text.bytes().take(at).filter(|b| *b == b'\n').count()
    }

    /// A problem at a place of the file.
    pub fn at(&self, place: &Range<usize>, sentence: &str) -> Problem {
        let file = Text::line(&self.path.to_string_lossy());
        Problem::new(Kind::Config, format!("{file}, line {}: {sentence}", self.line(place.start)))
    }

    /// A problem with a key's value, with what to write instead.
    pub fn wrong(&self, place: &Range<usize>, key: &str, sentence: &str) -> Problem {
        let problem = self.at(place, &format!("{key}: {sentence}"));
        match advice(key) {
            Some(advice) => problem.hint(advice),
            None => problem,
        }
    }

    /// A key that has to be there and is not; `place` is the section it belongs in.
    pub fn missing(&self, place: &Range<usize>, section: &str, key: &str) -> Problem {
        let problem = self.at(place, &format!("{section} has no {key}"));
        match advice(key) {
            Some(advice) => problem.hint(advice),
            None => problem,
        }
    }

    /// What the TOML reader or serde complains about. Its message is used only where it cannot hold a value.
    pub fn shape(&self, error: &toml::de::Error) -> Problem {
        let place = error.span().unwrap_or_default();
        let message = error.message();
        if let Some(rest) = message.strip_prefix("unknown field ") {
            return self.unknown(&place, rest);
        }
        if message.starts_with("invalid type")
            || message.starts_with("invalid value")
            || message.starts_with("invalid length")
        {
            return match self.key_before(place.start) {
                Some(key) => self.wrong(&place, &key, "this is not a value it can have"),
                None => self.at(&place, "this is not a value that can stand here"),
            };
        }
        self.at(&place, &format!("this is not TOML: {}", syntax(message)))
            .hint("text stands in \"quotes\", a section begins with [name], an account with [[account]]")
    }

    /// An unknown key, with the nearest known one. `names` is serde's list: the key and the known ones in backticks.
    fn unknown(&self, place: &Range<usize>, names: &str) -> Problem {
        let written = self.text.get(place.clone()).unwrap_or_default().trim_matches(['"', '\'']).to_owned();
        let known: Vec<&str> = names.split('`').skip(1).step_by(2).skip(1).collect();
        let problem = self.at(place, &format!("unknown key {}", Text::line(&written)));
        let similar = known
            .iter()
            .map(|key| (strsim::damerau_levenshtein(&written.to_lowercase(), key), *key))
            .filter(|(distance, key)| *distance <= 3.min(1 + key.len() / 3))
            .min();
        if let Some((_, key)) = similar {
            return problem.hint(format!("did you mean {key}?"));
        }
        if let Some((section, key, _)) = KEYS.iter().find(|(_, key, _)| *key == written) {
            return problem.hint(format!("{key} belongs in {section}"));
        }
        problem.hint(format!("known here: {}", known.join(", ")))
    }

    /// The key whose value begins at a byte: the word before the nearest `=`, or the section's where a header stands.
    fn key_before(&self, at: usize) -> Option<String> {
        let begin = self.text.get(..at)?.rfind('\n').map_or(0, |newline| newline + 1);
        let before = self.text.get(begin..at)?;
        let key = match before.rsplit_once('=') {
            Some((left, _)) => left.trim_end().rsplit(is_no_key).next()?,
            None => {
                let header = self.text.get(begin..)?.trim_start();
                header.starts_with('[').then(|| header.trim_start_matches('[').split(is_no_key).next())??
            }
        };
        (!key.is_empty()).then(|| key.to_owned())
    }
}

/// True for what cannot stand in a bare key.
fn is_no_key(c: char) -> bool {
    !(c.is_alphanumeric() || c == '_' || c == '-')
}

/// The reader's words about syntax, which never quote the file except a key that stands twice.
fn syntax(message: &str) -> String {
    Text::line(message.trim()).as_str().chars().take(200).collect()
}
