//! Bytes in some charset to text: the declared one where it can be true, else a guess.

use mail_parser::decoders::charsets::map::charset_decoder;

/// How much of a text the guess looks at; enough for statistics, and it keeps a 50 MB letter quick.
const GUESS_FROM: usize = 64 * 1024;

/// Decodes `bytes`. A declaration that the bytes contradict is not believed.
pub(super) fn decode(bytes: &[u8], declared: Option<&str>) -> String {
    let declared = declared.map(|name| name.trim().trim_matches('"').to_ascii_lowercase());
    match declared.as_deref() {
        // Nothing declared, or what senders write when they do not know.
        None
        | Some("" | "us-ascii" | "ascii" | "ansi_x3.4-1968" | "unknown-8bit" | "x-unknown" | "8bit" | "default") => {
            unlabelled(bytes)
        }
        Some("utf-8" | "utf8") => utf8_or_guess(bytes),
        // Old gateways put this label on everything, UTF-8 included.
        Some("iso-8859-1" | "latin1" | "windows-1252") if is_telling_utf8(bytes) => utf8_or_guess(bytes),
        Some(name) => match charset_decoder(name.as_bytes()) {
            Some(decoder) => decoder(bytes),
            None => unlabelled(bytes),
        },
    }
}

fn unlabelled(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.trim_start_matches('\u{feff}').to_owned(),
        Err(_) => guess(bytes),
    }
}

/// Declared UTF-8: a few broken sequences (a cut letter) are shown as `�`, a text full of them is another charset.
fn utf8_or_guess(bytes: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.trim_start_matches('\u{feff}').to_owned();
    }
    let lossy = String::from_utf8_lossy(bytes);
    let broken = lossy.chars().filter(|c| *c == char::REPLACEMENT_CHARACTER).count();
    let foreign = lossy.chars().filter(|c| !c.is_ascii()).count();
    if broken * 4 > foreign { guess(bytes) } else { lossy.into_owned() }
}

/// Valid UTF-8 with several characters beyond ASCII: that does not happen by accident.
fn is_telling_utf8(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|text| text.chars().filter(|c| !c.is_ascii()).nth(1).is_some())
}

/// The most likely charset by the statistics of browsers, which know our languages (Cyrillic, Polish) well.
fn guess(bytes: &[u8]) -> String {
    let mut detector = chardetng::EncodingDetector::new();
    detector.feed(bytes.get(..GUESS_FROM).unwrap_or(bytes), true);
    let (text, _) = detector.guess(None, false).decode_without_bom_handling(bytes);
    text.into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_our_languages_are_read() {
        let koi8_r = b"\xf0\xd2\xc9\xd7\xc5\xd4, \xd3\xcb\xcf\xcc\xd8\xcb\xcf \xd3\xd4\xcf\xc9\xd4 \xc4\xcf\xd3\xd4\xc1\xd7\xcb\xc1?";
        let cp1251 = b"\xcf\xf0\xe8\xe2\xe5\xf2, \xf1\xea\xee\xeb\xfc\xea\xee \xf1\xf2\xee\xe8\xf2 \xe4\xee\xf1\xf2\xe0\xe2\xea\xe0?";
        let latin2 = b"Dzie\xf1 dobry, prosz\xea o wycen\xea \xb6cianki i \xb3awki";
        let russian = "Привет, сколько стоит доставка?";
        let polish = "Dzień dobry, proszę o wycenę ścianki i ławki";
        for (bytes, declared, expected) in [
            (&koi8_r[..], Some("koi8-r"), russian),
            (&koi8_r[..], Some("KOI8-R"), russian),
            (&koi8_r[..], None, russian),
            (&cp1251[..], Some("windows-1251"), russian),
            (&cp1251[..], Some("us-ascii"), russian),
            (&cp1251[..], Some("utf-8"), russian),
            (&cp1251[..], Some("x-nonsense"), russian),
            (&latin2[..], Some("iso-8859-2"), polish),
            (&latin2[..], None, polish),
            (polish.as_bytes(), None, polish),
            (russian.as_bytes(), Some("iso-8859-1"), russian),
            ("\u{feff}hello".as_bytes(), Some("utf-8"), "hello"),
            (b"cut \xd0\xb8 \xd0\xb8 \xd0\xb8 \xd0", Some("utf-8"), "cut и и и \u{fffd}"),
        ] {
            assert_eq!(decode(bytes, declared), expected, "{declared:?}");
        }
    }
}
