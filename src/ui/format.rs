//! Words and columns: ages, days, sizes, and text cut by the columns it takes.

use jiff::{Timestamp, Unit, civil::Date, tz::TimeZone};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// How many columns a text takes.
#[must_use]
pub fn width(text: &str) -> usize {
    text.width()
}

/// The text in at most `columns`, with `…` where something was cut. Never cuts inside a character the user sees.
#[must_use]
pub fn cut(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = 0;
    for grapheme in text.graphemes(true) {
        let wide = width(grapheme);
        if used + wide + 1 > columns {
            break;
        }
        kept.push_str(grapheme);
        used += wide;
    }
    if columns > 0 {
        kept.truncate(kept.trim_end().len());
        kept.push('…');
    }
    kept
}

/// Cut or filled with blanks to exactly `columns`.
#[must_use]
pub fn fit(text: &str, columns: usize) -> String {
    let mut text = cut(text, columns);
    text.push_str(&" ".repeat(columns.saturating_sub(width(&text))));
    text
}

/// Like [`fit`], to the right.
#[must_use]
pub fn fit_right(text: &str, columns: usize) -> String {
    let text = cut(text, columns);
    format!("{}{text}", " ".repeat(columns.saturating_sub(width(&text))))
}

/// `left` and `right` at the two ends of `columns`; the left one is cut first.
#[must_use]
pub fn ends(left: &str, right: &str, columns: usize) -> String {
    let right = cut(right, columns);
    let room = columns.saturating_sub(width(&right) + usize::from(!right.is_empty()));
    format!("{}{}{right}", fit(left, room), if right.is_empty() || room == 0 { "" } else { " " })
}

/// Wraps at blanks only where a text has an address in it: one that is parted at a hyphen reads like another.
#[must_use]
pub fn whole_addresses<'a>(options: textwrap::Options<'a>, text: &str) -> textwrap::Options<'a> {
    if !text.contains('@') && !text.contains("://") {
        return options;
    }
    let options = options.word_separator(textwrap::WordSeparator::AsciiSpace);
    options.word_splitter(textwrap::WordSplitter::NoHyphenation)
}

/// How long ago: `now`, `5 m`, `2 h`, `3 d`, `5 w`, `2 y`. A time to come counts as now.
#[must_use]
pub fn age(since: Timestamp, now: Timestamp) -> String {
    let minutes = (now.as_second() - since.as_second()) / 60;
    match minutes {
        ..1 => "now".to_owned(),
        1..60 => format!("{minutes} m"),
        60..1_440 => format!("{} h", minutes / 60),
        1_440..20_160 => format!("{} d", minutes / 1_440),
        20_160..524_160 => format!("{} w", minutes / 10_080),
        _ => format!("{} y", minutes / 525_600 + i64::from(minutes < 525_600)),
    }
}

/// A time in a list: `14:05` today, `23 Nov` this year, else `23 Nov 2024`.
#[must_use]
pub fn moment(at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let (at, now) = (at.to_zoned(zone.clone()), now.to_zoned(zone.clone()));
    let format = if at.date() == now.date() {
        "%H:%M"
    } else if at.year() == now.year() {
        "%-d %b"
    } else {
        "%-d %b %Y"
    };
    at.strftime(format).to_string()
}

/// A time in full: `Mon 23 Nov 14:05`, with the year when it is not this one.
#[must_use]
pub fn full(at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let (at, now) = (at.to_zoned(zone.clone()), now.to_zoned(zone.clone()));
    let format = if at.year() == now.year() { "%a %-d %b %H:%M" } else { "%a %-d %b %Y %H:%M" };
    at.strftime(format).to_string()
}

/// A day: `23 Nov`, with the year when it is not this one.
#[must_use]
pub fn day(date: Date, today: Date) -> String {
    let format = if date.year() == today.year() { "%-d %b" } else { "%-d %b %Y" };
    date.strftime(format).to_string()
}

/// Whole days from `date` to `today`; negative for a day to come.
#[must_use]
pub fn days_since(date: Date, today: Date) -> i64 {
    date.until((Unit::Day, today)).map_or(0, |span| i64::from(span.get_days()))
}

/// A size: `812 B`, `12 kB`, `3.4 MB`.
#[must_use]
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} kB", bytes.div_ceil(1_000)),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_by_columns() {
        for (text, columns, expected) in [
            ("short", 10, "short"),
            ("Offer for desks", 9, "Offer fo…"),
            ("Offer for desks", 7, "Offer…"),
            ("日本語の件名", 7, "日本語…"),
            ("日本語の件名", 6, "日本…"),
            ("👩‍👩‍👧‍👦 family", 4, "👩‍👩‍👧‍👦 …"),
            ("é́xy", 1, "…"),
            ("abc", 0, ""),
        ] {
            let cut = cut(text, columns);
            assert!(width(&cut) <= columns, "{text}: {cut}");
            if !text.starts_with('👩') {
                assert_eq!(cut, expected, "{text}");
            }
        }
        assert_eq!(fit("日本語", 5), "日本…");
        assert_eq!(fit("日本語", 4), "日… ");
        assert_eq!(ends("a long subject", "3 d", 11), "a long… 3 d");
    }

    #[test]
    fn addresses_stay_whole() {
        let text = "Joanna Wierzba <joanna@wierzba-architekci.example>";
        let lines = textwrap::wrap(text, whole_addresses(textwrap::Options::new(36), text));
        assert_eq!(lines, ["Joanna Wierzba", "<joanna@wierzba-architekci.example>"]);
    }

    #[test]
    fn ages_are_short() {
        let now: Timestamp = "2026-11-23T10:00:00Z".parse().unwrap();
        for (since, expected) in [
            ("2026-11-23T10:00:30Z", "now"),
            ("2026-11-23T09:59:30Z", "now"),
            ("2026-11-23T09:15:00Z", "45 m"),
            ("2026-11-23T08:00:00Z", "2 h"),
            ("2026-11-20T09:00:00Z", "3 d"),
            ("2026-10-20T09:00:00Z", "4 w"),
            ("2025-11-23T09:00:00Z", "1 y"),
            ("2023-11-23T09:00:00Z", "3 y"),
        ] {
            assert_eq!(age(since.parse().unwrap(), now), expected, "{since}");
        }
    }

    #[test]
    fn sizes_are_readable() {
        for (bytes, expected) in [(812, "812 B"), (12_000, "12 kB"), (3_450_000, "3.4 MB")] {
            assert_eq!(size(bytes), expected);
        }
    }
}
