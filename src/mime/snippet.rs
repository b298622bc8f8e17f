//! The first words of a letter, for lists.

use crate::domain::text::Text;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Columns of a snippet.
const COLUMNS: usize = 140;
/// Lines looked at: a letter that quotes more above its own words has none to show.
const MOST_LINES: usize = 400;

/// The first words that the writer of a letter wrote: without quotes, the line above a quote, and the signature.
#[must_use]
pub fn snippet(text: &Text) -> Text {
    let mut words = String::new();
    for line in own_lines(text).filter(|line| !is_decoration(line) && !is_link_target(line)) {
        let line = without_marks(line);
        for word in line.split_whitespace() {
            if !words.is_empty() {
                words.push(' ');
            }
            words.push_str(word);
        }
        if words.len() > COLUMNS * 8 || words.width() > COLUMNS {
            break;
        }
    }
    Text::from(cut(&words))
}

/// What the writer of a letter wrote, line by line: without quotes, the line above a quote, and the signature.
#[must_use]
pub fn own_text(text: &Text) -> String {
    own_lines(text).filter(|line| !is_link_target(line)).collect::<Vec<_>>().join("\n")
}

fn own_lines(text: &Text) -> impl Iterator<Item = &str> {
    let lines: Vec<&str> = text.lines().take(MOST_LINES).map(str::trim).collect();
    let end = lines.iter().position(|line| *line == "--" || ends_the_letter(line)).unwrap_or(lines.len());
    let above_quote = |place: usize, line: &str| {
        let next = || lines.iter().skip(place + 1).take(3).find(|line| !line.is_empty());
        is_attribution(line) || (line.ends_with(':') && next().is_some_and(|line| line.starts_with('>')))
    };
    let is_own = |(place, line): &(usize, &str)| !line.starts_with('>') && !above_quote(*place, line);
    let own: Vec<&str> = lines.iter().copied().take(end).enumerate().filter(is_own).map(|(_, line)| line).collect();
    own.into_iter()
}

/// Outlook's rule above the quoted letter.
fn ends_the_letter(line: &str) -> bool {
    const RULES: [&str; 8] = [
        "original message",
        "forwarded message",
        "исходное сообщение",
        "пересылаемое сообщение",
        "вихідне повідомлення",
        "wiadomość oryginalna",
        "oryginalna wiadomość",
        "wiadomość przekazana",
    ];
    let dashed = line.starts_with("---") || line.starts_with("___");
    dashed
        && (line.starts_with("________") || {
            let lower = line.to_lowercase();
            RULES.iter().any(|rule| lower.contains(rule))
        })
}

/// "On Monday Anna wrote:" in our languages.
fn is_attribution(line: &str) -> bool {
    const WORDS: [&str; 12] = [
        "wrote:",
        "writes:",
        "пишет:",
        "писал:",
        "писала:",
        "написал:",
        "написал(а):",
        "написала:",
        "пише:",
        "написав:",
        "pisze:",
        "napisał",
    ];
    if !line.ends_with(':') {
        return false;
    }
    let lower = line.to_lowercase();
    WORDS.iter().any(|word| lower.contains(word)) || lower.contains("schrieb") || lower.contains("a écrit")
}

fn is_decoration(line: &str) -> bool {
    !line.is_empty() && !line.chars().any(char::is_alphanumeric) && line.chars().count() > 2
}

/// A line of the list of links that stands below a letter made from HTML.
fn is_link_target(line: &str) -> bool {
    let number = line.strip_prefix('[').and_then(|rest| rest.split_once("] "));
    number.is_some_and(|(n, target)| n.parse::<u32>().is_ok() && !target.contains(' '))
}

/// The line without the marks of pictures and links that reading HTML puts in.
fn without_marks(line: &str) -> String {
    let mut words = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, mark)) = rest.split_once('[') {
        words.push_str(before);
        match mark.split_once(']') {
            Some((inside, after)) if inside.starts_with("image") || inside.parse::<u32>().is_ok() => rest = after,
            _ => {
                words.push('[');
                rest = mark;
            }
        }
    }
    words.push_str(rest);
    words
}

/// At most [`COLUMNS`] wide, cut between words the user sees, with an ellipsis.
fn cut(words: &str) -> String {
    if words.width() <= COLUMNS {
        return words.to_owned();
    }
    let mut short = String::new();
    let mut columns = 0;
    for grapheme in words.graphemes(true) {
        let width = grapheme.width();
        if columns + width > COLUMNS - 1 {
            break;
        }
        columns += width;
        short.push_str(grapheme);
    }
    short.truncate(short.trim_end().len());
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_writers_own_words() {
        for (text, expected) in [
            ("Hello,\n\nhow  much?\n-- \nAnna", "Hello, how much?"),
            ("> quoted\n\nYes.", "Yes."),
            ("On Mon, 1 Jan 2024, Anna wrote:\n> how much?\n\nTen.", "Ten."),
            ("Да, беру.\n\nпн, 1 янв. 2024 г. в 10:00, Анна <a@x.example> пишет:\n> берёте?", "Да, беру."),
            ("Tak.\n\nW dniu 1.01.2024 Anna napisał(a):\n> no?", "Tak."),
            ("Ok\n-----Original Message-----\nFrom: x", "Ok"),
            ("Price:\n10", "Price: 10"),
            ("=====\nNews", "News"),
            ("[image: Logo]\nSee [our offer][1] now[2]\n\n[1] https://x.example", "See [our offer] now"),
            ("", ""),
        ] {
            assert_eq!(snippet(&Text::block(text)).as_str(), expected, "{text:?}");
        }
        let long = snippet(&Text::block(&"日本語 ".repeat(100)));
        assert!(long.as_str().width() <= COLUMNS && long.as_str().ends_with('…'));
    }
}
