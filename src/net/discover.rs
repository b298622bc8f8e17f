//! Finds the servers of a mail address: the only part of the program that asks hosts the user has not named.
//!
//! Only the address's own domain is asked (its web server, its DNS), and the usual names below it. No third party learns the
//! address, so a directory such as Thunderbird's is not among them.

pub mod dns;
mod http;

use super::{Timeouts, imap, smtp};
use crate::domain::account::Endpoint;
use crate::domain::address::Address;
use crate::domain::problem::Result;
use crate::domain::provider::records::{Guess, IMAP_GUESSES, Records, SMTP_GUESSES};
use crate::domain::provider::{Finder, Race, Server, Settings, Source, ascii, known, published};
use dns::Resolver;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

/// How long the whole search may take.
const LIMIT: Duration = Duration::from_secs(6);

/// Where to look. Tests look on loopback.
#[derive(Debug, Clone)]
pub struct Places {
    /// Addresses of published settings, the most trusted first; `{domain}` and `{address}` are filled in.
    pub published: Vec<String>,
    /// Who answers DNS questions; empty asks none.
    pub nameservers: Vec<SocketAddr>,
    /// Names to try for IMAP.
    pub imap_guesses: Vec<Guess>,
    /// Names to try for SMTP.
    pub smtp_guesses: Vec<Guess>,
    /// Trust the authorities of this file as well.
    pub ca_file: Option<PathBuf>,
    /// How long the whole search may take.
    pub limit: Duration,
}

impl Places {
    /// The usual places for an address, with the nameservers of this system.
    #[must_use]
    pub fn usual(address: &Address, ca_file: Option<PathBuf>) -> Self {
        let domain = address.domain();
        let is_local = domain == "localhost" || domain.ends_with(".localhost");
        // RFC 6761, 6.3: these names never leave this computer, and nobody publishes anything about them.
        let published: &[&str] = if is_local {
            &[]
        } else {
            &[
                "https://autoconfig.{domain}/mail/config-v1.1.xml?emailaddress={address}",
                "https://{domain}/.well-known/autoconfig/mail/config-v1.1.xml",
            ]
        };
        Self {
            published: published.iter().map(|place| (*place).to_owned()).collect(),
            nameservers: if is_local { Vec::new() } else { dns::nameservers() },
            imap_guesses: IMAP_GUESSES.to_vec(),
            smtp_guesses: SMTP_GUESSES.to_vec(),
            ca_file,
            limit: LIMIT,
        }
    }

    /// Only one address of published settings, and nothing else.
    #[must_use]
    pub fn only(published: String, ca_file: Option<PathBuf>) -> Self {
        let (nameservers, imap_guesses, smtp_guesses) = Default::default();
        Self { published: vec![published], nameservers, imap_guesses, smtp_guesses, ca_file, limit: LIMIT }
    }
}

/// What one finder needs.
struct Search {
    address: Address,
    /// As DNS and web servers want it (RFC 5891).
    domain: String,
    places: Places,
    deadline: Instant,
}

/// Looks everywhere at once and gives the most trusted settings, or `None` when there are none in time.
///
/// # Errors
/// The provider is known to have no IMAP.
pub fn find(address: &Address, places: &Places) -> Result<Option<Settings>> {
    // A place the user named is asked before the list.
    let named = places.nameservers.is_empty() && places.imap_guesses.is_empty();
    if !named && let Some(settings) = known::by_domain(address)? {
        return Ok(Some(settings));
    }
    let Some(domain) = ascii(address.domain()) else { return Ok(None) };
    let deadline = Instant::now() + places.limit;
    let search = Arc::new(Search { address: address.clone(), domain, places: places.clone(), deadline });
    first_of(&search, Finder::EACH.to_vec(), |search, finder| search.ask(*finder).transpose()).transpose()
}

/// Asks all at once; gives the answer of the first in the list that has one, without waiting for those behind it.
fn first_of<A, T>(search: &Arc<Search>, asked: Vec<A>, ask: fn(&Arc<Search>, &A) -> Option<T>) -> Option<T>
where
    A: Send + 'static,
    T: Clone + Send + 'static,
{
    let mut race = Race::new(asked.len());
    let (tell, told) = channel();
    for (place, one) in asked.into_iter().enumerate() {
        let (search, tell) = (Arc::clone(search), tell.clone());
        std::thread::spawn(move || {
            // Nobody listens any more when something better was found.
            let _ = tell.send((place, ask(&search, &one)));
        });
    }
    drop(tell);
    while !race.is_decided() {
        // A little longer than those who are asked have, so that what they say at the last moment is heard.
        let left = search.deadline.saturating_duration_since(Instant::now()) + Duration::from_millis(200);
        let Ok((place, found)) = told.recv_timeout(left) else { break };
        race.answered(place, found);
    }
    race.best()
}

impl Search {
    fn ask(self: &Arc<Self>, finder: Finder) -> Result<Option<Settings>> {
        match finder {
            Finder::Mx => known::by_mx(&self.address, &self.resolver().mx(&self.domain)),
            Finder::Published => {
                Ok(first_of(self, self.places.published.clone(), |search, place| search.published(place)))
            }
            Finder::Records => Ok(self.records()),
            Finder::Guess => Ok(self.guess()),
        }
    }

    fn resolver(&self) -> Resolver {
        Resolver { servers: self.places.nameservers.clone(), deadline: self.deadline }
    }

    fn published(&self, place: &str) -> Option<Settings> {
        let address = http::percent_encoded(self.address.as_str());
        let url = place.replace("{domain}", &self.domain).replace("{address}", &address);
        let ca_file = self.places.ca_file.as_deref();
        let xml = http::get(&url, ca_file, self.deadline)?;
        published::settings(&xml, &self.address, &http::host(&url))
    }

    fn records(&self) -> Option<Settings> {
        let resolver = self.resolver();
        let answers = std::thread::scope(|scope| {
            let asked = ["_imaps", "_imap", "_submissions", "_submission"].map(|service| {
                let (name, resolver) = (format!("{service}._tcp.{}", self.domain), &resolver);
                scope.spawn(move || resolver.srv(&name))
            });
            asked.map(|thread| thread.join().unwrap_or_default())
        });
        let [imaps, imap, submissions, submission] = answers;
        Records { imaps, imap, submissions, submission }.settings(&self.address)
    }

    /// The likeliest names that really answer, for both services.
    fn guess(self: &Arc<Self>) -> Option<Settings> {
        let search = Arc::clone(self);
        let smtp = std::thread::spawn(move || {
            first_of(&search, search.places.smtp_guesses.clone(), |search, guess| search.reached(guess, smtp::reach))
        });
        let imap = first_of(self, self.places.imap_guesses.clone(), |search, guess| search.reached(guess, imap::reach));
        Some(Settings::plain(imap?, smtp.join().ok()??, Source::Reached))
    }

    /// The server of a guess, when something that speaks the right language answers there, with a certificate to trust.
    fn reached(&self, guess: &Guess, reach: fn(&Endpoint, &Timeouts) -> Result<()>) -> Option<Server> {
        let server = guess.server(&self.address, &self.domain);
        let left = self.deadline.saturating_duration_since(Instant::now());
        let timeouts = Timeouts { connect: left, read: left, write: left, after_data: left };
        reach(&server.endpoint(self.places.ca_file.clone()), &timeouts).ok().map(|()| server)
    }
}

#[cfg(test)]
mod tests;
