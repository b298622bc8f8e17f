//! The one sanitiser: text from outside becomes safe to show.
//!
//! Mail, server replies, file names, imports and the editor's files are foreign. A [`Text`] can be made
//! only here, and widgets take only [`Text`], so that no escape sequence, bidirectional override or
//! zero-width character of a stranger reaches the terminal (FIELD-NOTES, "Reading and hostile mail").

use std::fmt;

/// Text that is safe to print: no C0 or C1 controls, no bidirectional or zero-width characters.
///
/// A block may hold `\n`; a line never does. What was removed stands as a visible mark, so that the
/// reader sees that something was there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Text(String);

impl Text {
    /// One line: line breaks and tabs become single spaces, everything else unsafe a visible mark.
    #[must_use]
    pub fn line(foreign: &str) -> Self {
        if is_plain_line(foreign) {
            return Self(foreign.to_owned());
        }
        let mut safe = String::with_capacity(foreign.len());
        let mut pending_space = false;
        for c in foreign.chars() {
            if matches!(c, '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' | '\u{85}') {
                pending_space = !safe.is_empty();
                continue;
            }
            if pending_space {
                if c == ' ' {
                    continue; // the indentation of a folded line
                }
                if !safe.ends_with(' ') {
                    safe.push(' ');
                }
                pending_space = false;
            }
            push_safe(&mut safe, c);
        }
        Self(safe)
    }

    /// Several lines: `\n` stays, `\r\n` and lone `\r` become `\n`, a tab four spaces.
    #[must_use]
    pub fn block(foreign: &str) -> Self {
        if foreign.chars().all(|c| c == '\n' || !is_unsafe(c)) {
            return Self(foreign.to_owned());
        }
        let mut safe = String::with_capacity(foreign.len());
        let mut characters = foreign.chars().peekable();
        while let Some(c) = characters.next() {
            match c {
                '\r' => {
                    if characters.peek() != Some(&'\n') {
                        safe.push('\n');
                    }
                }
                '\n' | '\u{2028}' | '\u{2029}' | '\u{85}' | '\u{0c}' => safe.push('\n'),
                '\t' => safe.push_str("    "),
                _ => push_safe(&mut safe, c),
            }
        }
        Self(safe)
    }

    /// Text of our own, fixed in the program.
    #[must_use]
    pub fn own(fixed: &'static str) -> Self {
        Self(fixed.to_owned())
    }

    /// The characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// True when there is nothing to show.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The lines of a block.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.0.split('\n')
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl From<Text> for String {
    fn from(text: Text) -> Self {
        text.0
    }
}

/// The same as [`Text::line`], for what a `format!` put together.
impl From<String> for Text {
    fn from(foreign: String) -> Self {
        if is_plain_line(&foreign) { Self(foreign) } else { Self::line(&foreign) }
    }
}

fn is_plain_line(text: &str) -> bool {
    text.bytes().all(|b| (0x20..0x7f).contains(&b)) || !text.chars().any(is_unsafe)
}

/// True for characters that a terminal obeys instead of showing, or that hide or reorder others.
#[must_use]
pub fn is_unsafe(c: char) -> bool {
    matches!(c,
        '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}'      // C0, DEL, C1
        | '\u{ad}'                                    // soft hyphen
        | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180e}'                     // Mongolian selectors
        | '\u{200b}' | '\u{200c}' | '\u{200e}' | '\u{200f}'
        | '\u{2028}'..='\u{202e}'                     // separators, bidirectional embeddings
        | '\u{2060}'..='\u{206f}'                     // word joiner, bidirectional isolates
        | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}'                   // tags
    )
}

/// The visible mark for an unsafe character: Unicode's control pictures for C0, `�` for the rest.
fn push_safe(safe: &mut String, c: char) {
    if !is_unsafe(c) {
        safe.push(c);
        return;
    }
    match c {
        '\u{0}'..='\u{1f}' => safe.push(char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}')),
        '\u{7f}' => safe.push('␡'),
        // Newsletters pad their preview with these by the hundred; they show nothing and reorder nothing.
        '\u{ad}' | '\u{34f}' | '\u{feff}' => {}
        _ => safe.push('\u{fffd}'),
    }
}

/// What two spellings of a word share: lower case, no accents, and the letters that Unicode does not
/// take apart (`ł`, `ø`, `ё` → `е`). Used for search and for comparing names.
#[must_use]
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(text.len());
    fold_each(text, |c| folded.push(c));
    folded
}

/// Gives each character of the folded text, as [`fold`] writes it.
pub fn fold_each(text: &str, mut each: impl FnMut(char)) {
    use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
    for c in text.chars() {
        match c {
            '`' => each('\''),
            _ if c.is_ascii() => each(c.to_ascii_lowercase()),
            // Most of a Cyrillic letter, without a look into Unicode's tables. й is a letter of its own, as ї and ґ are, not
            // и with an accent: it stays.
            'а'..='я' => each(c),
            'А'..='Я' => each(char::from_u32(u32::from(c) + 0x20).unwrap_or(c)),
            _ => {
                for lower in c.to_lowercase() {
                    match lower {
                        'ї' | 'ґ' => each(lower),
                        'ё' => each('е'),
                        'ł' => each('l'),
                        'ø' => each('o'),
                        'đ' => each('d'),
                        'ß' => "ss".chars().for_each(&mut each),
                        'æ' => "ae".chars().for_each(&mut each),
                        'œ' => "oe".chars().for_each(&mut each),
                        '’' | 'ʼ' => each('\''),
                        _ => std::iter::once(lower).nfd().filter(|d| !is_combining_mark(*d)).for_each(&mut each),
                    }
                }
            }
        }
    }
}

/// "1 letter", "3 letters".
#[must_use]
pub fn plural(count: u64, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}

/// A number with its thousands parted: "1,204".
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (digit, left) in digits.chars().zip((1..=digits.len()).rev()) {
        text.push(digit);
        if left > 1 && left % 3 == 1 {
            text.push(',');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_holds_no_control() {
        for (foreign, safe) in [
            ("plain", "plain"),
            ("Привіт, ławka 日本 🙂", "Привіт, ławka 日本 🙂"),
            ("a\x1b[31mred", "a␛[31mred"),
            ("osc\x1b]52;c;aGk=\x07", "osc␛]52;c;aGk=␇"),
            ("c1\u{9b}31m", "c1\u{fffd}31m"),
            ("two\r\n  lines", "two lines"),
            ("\n lead", " lead"),
            ("tab\there", "tab here"),
            ("evil\u{202e}gpj.exe", "evil\u{fffd}gpj.exe"),
            ("zero\u{200b}width", "zero\u{fffd}width"),
            ("so\u{ad}ft", "soft"),
        ] {
            assert_eq!(Text::line(foreign).as_str(), safe, "{foreign:?}");
        }
    }

    #[test]
    fn a_block_keeps_its_lines() {
        assert_eq!(Text::block("a\r\nb\rc\td\x1b").as_str(), "a\nb\nc    d␛");
    }

    #[test]
    fn thousands_are_parted() {
        for (number, text) in [(0, "0"), (999, "999"), (1_204, "1,204"), (1_000_000, "1,000,000")] {
            assert_eq!(grouped(number), text);
        }
    }

    #[test]
    fn folding_joins_spellings() {
        for (text, folded) in [
            ("Łódź", "lodz"),
            ("Ёлка", "елка"),
            ("Київ", "київ"),
            ("Йод", "йод"),
            ("ÉCOLE", "ecole"),
            ("п’ять", "п'ять"),
        ] {
            assert_eq!(fold(text), folded);
        }
    }

    proptest::proptest! {
        #[test]
        fn sanitising_twice_changes_nothing(foreign in "\\PC*|[\\x00-\\x9f\\u{200b}-\\u{202f}a ]*") {
            let line = Text::line(&foreign);
            proptest::prop_assert!(!line.as_str().chars().any(is_unsafe));
            proptest::prop_assert_eq!(&Text::line(line.as_str()), &line);
            let block = Text::block(&foreign);
            proptest::prop_assert!(block.as_str().chars().all(|c| c == '\n' || !is_unsafe(c)));
            proptest::prop_assert_eq!(&Text::block(block.as_str()), &block);
        }
    }
}
