//! Times of day.

use super::reader::Reader;
use super::words::one_of;
use jiff::civil::Time;

/// The hour of "in the evening".
const EVENING: i8 = 19;
/// The hour of "in the afternoon".
const AFTERNOON: i8 = 14;

impl Reader<'_> {
    /// A time of day, with the word that goes before it: `14:30`, `at 2pm`, `в 14:00`, `о 9`, `o 14`, `noon`, `wieczorem`.
    /// `after_day`: it follows a day, so that a bare hour is one.
    pub(super) fn time(&self, at: usize, after_day: bool) -> Option<(usize, Time)> {
        let introduced =
            one_of(self.word(at), &["at", "в", "во", "о", "об", "o", "около", "близько", "около", "ok", "w"]);
        let from = at + usize::from(introduced);
        if let Some(time) = self.part_of_day(from) {
            return Some((time.0, time.1));
        }
        let word = self.word(from);
        let (digits, suffix) = word.split_at(word.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(word.len()));
        let (hour, minute, exact) = read_clock(digits, introduced)?;
        let mut next = from + 1;
        let half = if suffix.is_empty() { self.word(next) } else { suffix };
        let said = half_of_day(half);
        if said.is_some() && suffix.is_empty() {
            next += 1;
        } else if said.is_none() && !suffix.is_empty() && suffix != "h" {
            return None;
        }
        // "в 3 часа дня", "o godzinie 14" is below.
        let mut said = said;
        if said.is_none()
            && one_of(self.word(next), &["часа", "часов", "час", "годині", "hours", "o'clock"])
            && introduced
        {
            next += 1;
            said = half_of_day(self.word(next));
            next += usize::from(said.is_some());
        }
        let bare = !exact && said.is_none() && suffix.is_empty();
        if bare && !introduced && (self.prose || !after_day) {
            return None;
        }
        let hour = match said {
            Some(true) if hour < 12 => hour + 12,
            Some(false) if hour == 12 => 0,
            // "at 3" is in the afternoon.
            None if bare && introduced && (1..7).contains(&hour) => hour + 12,
            _ => hour,
        };
        Some((next, Time::new(hour, minute, 0, 0).ok()?))
    }

    fn part_of_day(&self, at: usize) -> Option<(usize, Time)> {
        let word = self.word(at);
        let article = usize::from(one_of(word, &["in"]) && self.word(at + 1) == "the") * 2;
        let word = if article > 0 { self.word(at + article) } else { word };
        let hour = |hour| Time::new(hour, 0, 0, 0).ok();
        let time = if one_of(word, &["noon", "midday", "полдень", "полудень", "poludnie"]) {
            hour(12)
        } else if one_of(word, &["morning", "утром", "вранці", "зранку", "rano"]) {
            Some(self.basis.work.from)
        } else if one_of(word, &["afternoon", "popoludniu"]) {
            hour(AFTERNOON)
        } else if one_of(word, &["evening", "вечером", "ввечері", "увечері", "wieczorem"]) {
            hour(EVENING)
        } else {
            None
        };
        time.map(|time| (at + article + 1, time))
    }
}

/// Hour and minute; whether both were said. A point between them only where a word before says that it is a time.
fn read_clock(word: &str, introduced: bool) -> Option<(i8, i8, bool)> {
    let parts = word.split_once(':').or_else(|| word.split_once('.').filter(|_| introduced));
    let (hour, minute, exact) = match parts {
        Some((hour, minute)) if minute.len() == 2 => (hour, minute, true),
        Some(_) => return None,
        None => (word, "0", false),
    };
    if hour.is_empty() || hour.len() > 2 {
        return None;
    }
    let (hour, minute): (i8, i8) = (hour.parse().ok()?, minute.parse().ok()?);
    ((0..24).contains(&hour) && (0..60).contains(&minute)).then_some((hour, minute, exact))
}

/// Afternoon (true) or morning.
fn half_of_day(word: &str) -> Option<bool> {
    if one_of(word, &["pm", "дня", "вечера", "вечора", "wieczorem"]) {
        Some(true)
    } else if one_of(word, &["am", "утра", "ранку", "rano"]) {
        Some(false)
    } else {
        None
    }
}
