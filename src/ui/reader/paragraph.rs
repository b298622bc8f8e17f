//! Letters that were wrapped by their senders: the lines of one paragraph are put together again, so that they can
//! be wrapped for this pane. Only for the eye: what is stored, quoted and sent keeps its lines.

use crate::ui::format::width;

/// Nobody wraps by hand before this column; what ends sooner was meant to end.
const SHORTEST: usize = 45;
/// A line beyond this column was not wrapped by its sender.
const LONGEST: usize = 90;
/// A last line up to this long may be a greeting or a name.
const CLOSING: usize = 30;

/// Some lines of a letter as they are to be wrapped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Paragraph {
    /// Before every line of it: `> > `, or nothing.
    pub prefix: String,
    /// The words.
    pub text: String,
    /// How far its second line is indented: the words of a list stand below each other.
    pub hang: usize,
    /// How many lines of the letter it takes.
    pub lines: usize,
}

/// What the letter says about itself: where its sender wraps, and where the signature begins.
#[derive(Debug, Clone, Default)]
pub(super) struct Habit {
    /// The widest line by quote depth that was wrapped and not only written long.
    widest: Vec<usize>,
}

impl Habit {
    /// Of these lines.
    pub fn of(lines: &[&str]) -> Self {
        let mut habit = Self::default();
        for line in lines {
            let (prefix, words) = split(line);
            let depth = depth(prefix);
            if habit.widest.len() <= depth {
                habit.widest.resize(depth + 1, 0);
            }
            let columns = width(words.trim_end());
            if let Some(widest) = habit.widest.get_mut(depth).filter(|_| columns <= LONGEST && !is_apart(words)) {
                *widest = (*widest).max(columns);
            }
        }
        habit
    }

    /// The first paragraph of these lines; `None` when there are none.
    pub fn next(&self, lines: &[&str], signature: bool) -> Option<Paragraph> {
        let (prefix, first) = split(lines.first()?);
        let hang = if prefix.is_empty() { bullet(first) } else { 0 };
        let (mut text, mut count) = (first.trim_end().to_owned(), 1);
        let mut before = first;
        for (index, line) in lines.iter().enumerate().skip(1) {
            let (mark, words) = split(line);
            let last = lines.get(index + 1).is_none_or(|after| split(after).1.trim().is_empty());
            if signature || depth(mark) != depth(prefix) || !self.goes_on(before, words, depth(prefix), last) {
                break;
            }
            join(&mut text, words.trim());
            before = words;
            count += 1;
        }
        Some(Paragraph { prefix: prefix.to_owned(), text, hang, lines: count })
    }

    /// The break between two lines was only made because the line was full.
    fn goes_on(&self, line: &str, next: &str, depth: usize, next_is_last: bool) -> bool {
        let (line, next) = (line.trim_end(), next.trim_end());
        let columns = width(line.trim_start());
        let Some(word) = next.split_whitespace().next() else { return false };
        if !(SHORTEST..=LONGEST).contains(&columns) || is_apart(line) || is_apart(next) || bullet(next) > 0 {
            return false;
        }
        let (indent, deeper) = (indent(line), self::indent(next));
        if deeper != indent && deeper != bullet(line) {
            return false;
        }
        // A field: "Phone: …", "From: …".
        if word.ends_with(':') || line.ends_with(':') {
            return false;
        }
        let ends = line.ends_with(['.', '!', '?', '…', ';', ')']);
        let begins = next.trim_start().starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit());
        // "Best regards," or a name below a full line.
        if ends && begins && next_is_last && width(next) <= CLOSING {
            return false;
        }
        let full = columns + indent + 1 + width(word) > self.widest.get(depth).copied().unwrap_or(0);
        full || (!ends && next.trim_start().starts_with(char::is_lowercase))
    }
}

/// The quote marks before a line, and its words.
fn split(line: &str) -> (&str, &str) {
    let mut end = 0;
    for (index, c) in line.char_indices() {
        match c {
            '>' => end = index + 1,
            ' ' => {}
            _ => break,
        }
    }
    let (prefix, words) = line.split_at_checked(end).unwrap_or(("", line));
    // One blank after the mark belongs to it.
    if end > 0 { (prefix, words.strip_prefix(' ').unwrap_or(words)) } else { ("", line) }
}

fn depth(prefix: &str) -> usize {
    prefix.chars().filter(|c| *c == '>').count()
}

fn indent(line: &str) -> usize {
    line.chars().take_while(|c| c.is_whitespace()).count()
}

/// How far the words of a list's line stand from its begin: `- `, `* `, `12) `; 0 where it is none.
fn bullet(line: &str) -> usize {
    let words = line.trim_start();
    let mark = words.split(' ').next().unwrap_or("");
    let number = mark.strip_suffix(['.', ')']).or_else(|| mark.strip_prefix('[').and_then(|m| m.strip_suffix(']')));
    let counted = number.is_some_and(|n| !n.is_empty() && n.len() <= 3 && n.chars().all(|c| c.is_ascii_digit()));
    let drawn = matches!(mark, "-" | "*" | "+" | "•" | "·" | "–" | "—" | "o");
    if (counted || drawn) && words.len() > mark.len() { indent(line) + width(mark) + 1 } else { 0 }
}

/// A line that stands alone: a table's, a rule, a link, nothing.
fn is_apart(line: &str) -> bool {
    let words = line.trim();
    let table = words.contains('\t') || words.contains("   ") || words.matches('|').count() > 1;
    let link = !words.contains(' ') && words.contains("://");
    table || link || !words.chars().any(char::is_alphanumeric)
}

/// Languages without blanks between words get none.
fn join(text: &mut String, words: &str) {
    let ideograph = |c: char| matches!(c, '\u{3000}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ff00}'..='\u{ff60}');
    let tight = text.ends_with(ideograph) && words.starts_with(ideograph);
    if !tight {
        text.push(' ');
    }
    text.push_str(words);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(letter: &str) -> Vec<String> {
        let lines: Vec<&str> = letter.split('\n').collect();
        let habit = Habit::of(&lines);
        let (mut rest, mut shown) = (lines.as_slice(), Vec::new());
        while let Some(paragraph) = habit.next(rest, false) {
            let blank = if paragraph.prefix.is_empty() { "" } else { " " };
            shown.push(format!("{}{blank}{}", paragraph.prefix, paragraph.text));
            rest = &rest[paragraph.lines..];
        }
        shown
    }

    #[test]
    fn a_wrapped_paragraph_is_one_again() {
        let letter = "Dzień dobry,\n\njestem z IT w Bałtyk Software. Ekspresy chcą się łączyć z internetem.\n\
            Jakie adresy i porty są im potrzebne i czy można to po prostu wyłączyć? Do\n\
            czasu odpowiedzi trzymam je w osobnej sieci, gdzie rozmawiają same ze\nsobą.\n\nMichał Żurek\nIT";
        let lines = shown(letter);
        assert_eq!(lines.len(), 6, "{lines:#?}");
        assert!(lines[2].starts_with("jestem z IT") && lines[2].ends_with("same ze sobą."), "{lines:#?}");
    }

    #[test]
    fn what_was_meant_to_be_a_line_stays_one() {
        for letter in [
            "Priya Nair\nHutchinson Partners LLP\n12 Park Lane, Leeds",
            "Please send the following to our office in Leeds by Friday, 27 November:\n- 24 desks\n- 12 lamps",
            "1. Twenty-four sit-stand desks in oak, with a cable tray and a drawer for each\n2. Lamps",
            "Desk 140 x 70, oak      24     412.00 EUR     9 888.00 EUR in total, without\nLamp       24",
            "The whole first floor is to be ready before the people come back in January.\nBest regards,",
            "The whole first floor is to be ready before the people come back in January.\nPriya",
            "The list of what is missing is here, and it is longer than we would have liked\n\
             https://hutchins.example/list",
            "--------------------------------------------------------------\nFrom the office",
            "The first of the two lines of this letter is longer than the other one here\nPhone: 22 123 45 67",
            "A line that was written in one go by a program that never wraps anything at all, as most of them do today.\n\
             And another one.",
            "> short line\n> of a quote",
            "",
        ] {
            assert_eq!(shown(letter), letter.split('\n').collect::<Vec<_>>(), "{letter}");
        }
    }

    #[test]
    fn quotes_join_within_their_depth() {
        let letter = "> Could you tell us whether the desks can be delivered in two parts, and\n\
            > when?\n>> The desks and the lamps will be ready in the third week of November, and\n>> not before.\n\
            That is what I wanted to know, and I am glad that you asked them about it,\nthank you.";
        assert_eq!(
            shown(letter),
            [
                "> Could you tell us whether the desks can be delivered in two parts, and when?",
                ">> The desks and the lamps will be ready in the third week of November, and not before.",
                "That is what I wanted to know, and I am glad that you asked them about it, thank you.",
            ]
        );
    }

    #[test]
    fn the_words_of_a_list_stay_below_each_other() {
        let letter =
            "- the desks in the first room, which should be the ones with the drawers, and\n  the lamps\n- chairs";
        let lines: Vec<&str> = letter.split('\n').collect();
        let paragraph = Habit::of(&lines).next(&lines, false).unwrap();
        assert_eq!((paragraph.lines, paragraph.hang), (2, 2));
        assert!(paragraph.text.ends_with("drawers, and the lamps"));
    }

    #[test]
    fn japanese_lines_join_without_a_blank() {
        let letter = "先日お送りいただいたお見積書を拝見しました。納期について確認させて\nください。";
        assert_eq!(shown(letter), [letter.replace('\n', "")]);
    }
}
