//! How many letters a provider lets one mailbox send: published limits, by the name of the server that takes them.

use super::mailing::{Throttle, USUAL};

/// Ends of host names with letters in a minute and in 24 hours, as the providers' own pages say (seen November 2026). A mailing takes four
/// fifths of the day's: what I write myself must still leave.
const KNOWN: &[(&str, u32, u32)] = &[
    // 500 recipients a day for a free mailbox; 2 000 with Workspace, which has the same server.
    ("gmail.com", 20, 500),
    ("googlemail.com", 20, 500),
    // Exchange Online: 30 letters a minute, 10 000 recipients a day.
    ("office365.com", 30, 10_000),
    // Outlook.com: 300 a day until a mailbox has a history.
    ("outlook.com", 10, 300),
    ("hotmail.com", 10, 300),
    // 500 a day.
    ("yahoo.com", 10, 500),
    ("aol.com", 10, 500),
    ("yandex.ru", 10, 500),
    ("yandex.com", 10, 500),
    // 1 000 letters a day.
    ("mail.me.com", 10, 1000),
    ("icloud.com", 10, 1000),
];

/// How fast mailings leave through this server, where the configuration does not say.
#[must_use]
pub fn throttle(smtp_host: &str) -> Throttle {
    let host = smtp_host.to_ascii_lowercase();
    let known = KNOWN.iter().find(|(end, ..)| host == *end || host.ends_with(&format!(".{end}")));
    known.map_or(USUAL, |(_, per_minute, per_day)| Throttle { per_minute: *per_minute, per_day: per_day * 4 / 5 })
}

/// What the configuration says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pace {
    /// At most so many in a minute.
    pub per_minute: Option<u32>,
    /// At most so many in 24 hours.
    pub per_day: Option<u32>,
}

impl Pace {
    /// What holds for letters through this server.
    #[must_use]
    pub fn throttle(&self, smtp_host: &str) -> Throttle {
        let preset = throttle(smtp_host);
        Throttle {
            per_minute: self.per_minute.unwrap_or(preset.per_minute),
            per_day: self.per_day.unwrap_or(preset.per_day),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_go_by_the_servers_name() {
        for (host, per_day) in [
            ("smtp.gmail.com", 400),
            ("SMTP.Office365.com", 8000),
            ("smtp-mail.outlook.com", 240),
            ("smtp.firma.example", USUAL.per_day),
            ("notgmail.com", USUAL.per_day),
        ] {
            assert_eq!(throttle(host).per_day, per_day, "{host}");
        }
    }
}
