//! Settings from SRV records (RFC 6186, RFC 8314), and the usual names to try.

use super::super::account::Security;
use super::super::address::Address;
use super::{Server, Settings, Source, host_name};

/// An SRV record (RFC 2782).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Srv {
    /// The lowest is to be used first.
    pub priority: u16,
    /// Among equals the heavier is to be preferred.
    pub weight: u16,
    /// The port.
    pub port: u16,
    /// The host; `.` or empty says that the service is not offered.
    pub target: String,
}

/// What the records of the four services say; a service without records is an empty list.
#[derive(Debug, Clone, Default)]
pub struct Records {
    /// `_imaps._tcp`
    pub imaps: Vec<Srv>,
    /// `_imap._tcp`
    pub imap: Vec<Srv>,
    /// `_submissions._tcp`
    pub submissions: Vec<Srv>,
    /// `_submission._tcp`
    pub submission: Vec<Srv>,
}

impl Records {
    /// The settings they give; both services are needed. TLS from the first byte is preferred (RFC 8314, 3.1).
    #[must_use]
    pub fn settings(&self, address: &Address) -> Option<Settings> {
        let server = |tls: &[Srv], starttls: &[Srv]| {
            let with = |records: &[Srv], security| {
                let record = preferred(records)?;
                let host = host_name(&record.target)?;
                Some(Server { host, port: record.port, security, user: address.as_str().to_owned() })
            };
            with(tls, Security::Tls).or_else(|| with(starttls, Security::StartTls))
        };
        let imap = server(&self.imaps, &self.imap)?;
        let smtp = server(&self.submissions, &self.submission)?;
        Some(Settings::plain(imap, smtp, Source::Records))
    }
}

/// The record to use: the lowest priority, there the heaviest.
fn preferred(records: &[Srv]) -> Option<&Srv> {
    let offered = records.iter().filter(|record| record.port != 0 && !record.target.trim_matches('.').is_empty());
    offered.min_by_key(|record| (record.priority, std::cmp::Reverse(record.weight)))
}

/// A server worth trying: what stands before the domain (nothing: the domain itself), port and protection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guess {
    /// `imap`, `mail`, or nothing.
    pub prefix: &'static str,
    /// TCP port.
    pub port: u16,
    /// Protection; never none.
    pub security: Security,
}

const fn guess(prefix: &'static str, port: u16, security: Security) -> Guess {
    Guess { prefix, port, security }
}

/// Where IMAP usually is, the likeliest first.
pub const IMAP_GUESSES: [Guess; 5] = [
    guess("imap", 993, Security::Tls),
    guess("mail", 993, Security::Tls),
    guess("", 993, Security::Tls),
    guess("imap", 143, Security::StartTls),
    guess("mail", 143, Security::StartTls),
];

/// Where letters usually leave, the likeliest first.
pub const SMTP_GUESSES: [Guess; 5] = [
    guess("smtp", 465, Security::Tls),
    guess("mail", 465, Security::Tls),
    guess("", 465, Security::Tls),
    guess("smtp", 587, Security::StartTls),
    guess("mail", 587, Security::StartTls),
];

impl Guess {
    /// The server it means for an address.
    #[must_use]
    pub fn server(&self, address: &Address, domain: &str) -> Server {
        let host = if self.prefix.is_empty() { domain.to_owned() } else { format!("{}.{domain}", self.prefix) };
        Server { host, port: self.port, security: self.security, user: address.as_str().to_owned() }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn srv(priority: u16, weight: u16, port: u16, target: &str) -> Srv {
        Srv { priority, weight, port, target: target.to_owned() }
    }

    #[test]
    fn records_become_settings() {
        let address = Address::parse("anna@firma.pl").unwrap();
        let smtp = || vec![srv(0, 1, 465, "smtp.firma.pl")];
        let table = [
            (
                Records { imaps: vec![srv(0, 1, 993, "imap.firma.pl.")], submissions: smtp(), ..Default::default() },
                Some(("imap.firma.pl", 993, Security::Tls)),
            ),
            (
                Records {
                    imaps: vec![srv(0, 0, 0, ".")],
                    imap: vec![srv(0, 1, 143, "mx.firma.pl")],
                    submissions: smtp(),
                    ..Default::default()
                },
                Some(("mx.firma.pl", 143, Security::StartTls)),
            ),
            (
                Records {
                    imaps: vec![srv(20, 9, 993, "b"), srv(10, 1, 993, "c"), srv(10, 5, 994, "d")],
                    submissions: smtp(),
                    ..Default::default()
                },
                Some(("d", 994, Security::Tls)),
            ),
            (
                Records {
                    imaps: vec![srv(0, 1, 993, "imap.firma.pl\u{1b}[2J")],
                    submissions: smtp(),
                    ..Default::default()
                },
                None,
            ),
            (Records { imaps: vec![srv(0, 1, 993, "imap.firma.pl")], ..Default::default() }, None),
            (Records { submissions: smtp(), ..Default::default() }, None),
        ];
        for (records, expected) in table {
            let found = records.settings(&address);
            let imap = found.as_ref().map(|found| (found.imap.host.as_str(), found.imap.port, found.imap.security));
            assert_eq!(imap, expected, "{records:?}");
        }
        let starttls = Records {
            imaps: vec![srv(0, 1, 993, "imap.firma.pl")],
            submission: vec![srv(0, 1, 587, "smtp.firma.pl")],
            ..Default::default()
        };
        assert_eq!(starttls.settings(&address).unwrap().smtp.security, Security::StartTls);
    }
}
