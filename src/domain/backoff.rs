//! How long to wait before a server is tried again.

use std::time::Duration;

/// The longest a server may ask us to stay away: beyond it the user would take us for broken.
const LONGEST_ASKED: Duration = Duration::from_secs(3600);

/// Pauses that double with each failure up to a longest one, spread by chance, so that a thousand clients cut off at
/// once do not come back at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backoff {
    first: Duration,
    longest: Duration,
    failures: u32,
}

impl Backoff {
    /// Nothing has failed yet.
    #[must_use]
    pub fn new(first: Duration, longest: Duration) -> Self {
        Self { first, longest, failures: 0 }
    }

    /// It failed once more: the pause before the next try. `luck` (0 to 255) places it between half and all of what the
    /// failures so far ask for.
    pub fn next(&mut self, luck: u8) -> Duration {
        let whole = self.first.saturating_mul(1_u32 << self.failures.min(20)).min(self.longest);
        self.failures = self.failures.saturating_add(1);
        whole / 2 + whole.mul_f64(f64::from(luck) / 510.0)
    }

    /// It worked: the next failure begins with the first pause again.
    pub fn reset(&mut self) {
        self.failures = 0;
    }
}

/// How long a server asks us to stay away, in its own words: Exchange and Microsoft 365 say
/// "Suggested Backoff Time: 299962 milliseconds" when they throttle. At most an hour.
#[must_use]
pub fn asked_for(said: &str) -> Option<Duration> {
    let words = said.to_lowercase();
    let (_, after) = words.split_once("backoff time:")?;
    let after = after.trim_start();
    let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
    let number: u64 = digits.parse().ok()?;
    let unit = after.get(digits.len()..)?.trim_start();
    let asked = if unit.starts_with("sec") { Duration::from_secs(number) } else { Duration::from_millis(number) };
    Some(asked.min(LONGEST_ASKED))
}

/// The server says that there are too many connections of this user already (RFC 5530 calls it LIMIT; most servers say it
/// in words): another one soon would only make it worse.
#[must_use]
pub fn is_too_many(said: &str) -> bool {
    let words = said.to_lowercase();
    ["[limit]", "too many", "maximum number of connections", "connection limit", "simultaneous connections"]
        .iter()
        .any(|sign| words.contains(sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest_and_begin_anew() {
        let mut backoff = Backoff::new(Duration::from_secs(2), Duration::from_secs(30));
        let seconds = |backoff: &mut Backoff, luck| backoff.next(luck).as_millis();
        let most: Vec<_> = (0..6).map(|_| seconds(&mut backoff, 255)).collect();
        assert_eq!(most, [2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
        backoff.reset();
        let least: Vec<_> = (0..3).map(|_| seconds(&mut backoff, 0)).collect();
        assert_eq!(least, [1_000, 2_000, 4_000]);
        for _ in 0..100 {
            backoff.next(9);
        }
        assert!(backoff.next(255) <= Duration::from_secs(30));
    }

    #[test]
    fn a_server_says_how_long() {
        let ms = Duration::from_millis;
        for (said, expected) in [
            ("Request is throttled. Suggested Backoff Time: 299962 milliseconds", Some(ms(299_962))),
            ("NO Server Unavailable. 15 (suggested backoff time: 12 seconds)", Some(ms(12_000))),
            ("Suggested Backoff Time: 99999999999 milliseconds", Some(LONGEST_ASKED)),
            ("Suggested Backoff Time: 99999999999999999999999 milliseconds", None),
            ("Suggested Backoff Time: soon", None),
            ("too many connections", None),
        ] {
            assert_eq!(asked_for(said), expected, "{said}");
        }
    }

    #[test]
    fn too_many_is_known_by_its_words() {
        for said in [
            "NO [LIMIT] sorry",
            "Too many simultaneous connections. (Failure)",
            "Maximum number of connections from user+IP exceeded (mail_max_userip_connections=10)",
            "[ALERT] Too many connections",
        ] {
            assert!(is_too_many(said), "{said}");
        }
        assert!(!is_too_many("the connection broke"));
    }
}
