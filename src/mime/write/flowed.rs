//! Text as `format=flowed` (RFC 3676): long paragraphs in short lines that every reader can join again.

/// RFC 3676, 4.2: lines should be 78 characters or fewer; with room for somebody else's marks.
const LINE: usize = 72;
/// How a signature's mark looks; it is never flowed (RFC 3676, 4.3).
const SIGNATURE: &str = "-- ";

/// The text with its paragraphs broken softly: a blank at a line's end says that the next one goes on with it. Lines end with LF.
pub(super) fn flowed(text: &str) -> String {
    let mut lines = Vec::new();
    for line in text.split('\n') {
        if line == SIGNATURE {
            lines.push(line.to_owned());
            continue;
        }
        // A blank at the end of what is not broken would join it with the next line.
        let line = line.trim_end();
        let words = line.trim_start_matches('>');
        let marks = line.get(..line.len() - words.len()).unwrap_or("");
        let words = if marks.is_empty() { words } else { words.strip_prefix(' ').unwrap_or(words) };
        for piece in pieces(words, LINE.saturating_sub(marks.len()).max(20)) {
            lines.push(match marks {
                "" if needs_stuffing(piece) => format!(" {piece}"),
                "" => piece.to_owned(),
                marks if piece.is_empty() => marks.to_owned(),
                marks => format!("{marks} {piece}"),
            });
        }
    }
    lines.join("\n")
}

/// RFC 3676, 4.4: what could be taken for a quote, for a stuffed line, or for the beginning of a letter in a mailbox.
fn needs_stuffing(piece: &str) -> bool {
    piece.starts_with([' ', '>']) || piece.starts_with("From ")
}

/// A paragraph in pieces that end in blanks, all but the last. A word is never broken.
fn pieces(paragraph: &str, columns: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut start, mut column, mut at) = (0, 0, 0);
    for word in paragraph.split_inclusive(' ') {
        let wide = word.trim_end().chars().count();
        let so_far = paragraph.get(start..at).unwrap_or("");
        // A word of one blank belongs to the blanks before it, and a line is never the mark of a signature.
        let may_break = wide > 0 && !so_far.trim().is_empty() && so_far.trim() != "--";
        if may_break && column + wide > columns {
            pieces.push(so_far);
            (start, column) = (at, 0);
        }
        column += word.chars().count();
        at += word.len();
    }
    pieces.push(paragraph.get(start..).unwrap_or(""));
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_are_broken_softly() {
        let long = "слово ".repeat(30);
        let broken = flowed(&long);
        assert!(broken.lines().all(|line| line.chars().count() <= LINE + 1), "{broken}");
        let (last, others) = broken.lines().collect::<Vec<_>>().split_last().map(|(l, o)| (*l, o.to_vec())).unwrap();
        assert!(others.iter().all(|line| line.ends_with(' ')) && !last.ends_with(' '), "{broken}");
        let quoted = flowed(&format!(">> {long}"));
        assert!(quoted.lines().count() > 2 && quoted.lines().all(|line| line.starts_with(">> слово")), "{quoted}");
    }

    #[test]
    fn what_could_be_misread_is_stuffed() {
        for (text, written) in [
            ("a\n\nb", "a\n\nb"),
            ("a   \nb", "a\nb"),
            ("  indented", "   indented"),
            ("From here", " From here"),
            ("> quoted\n>\n>>deep", "> quoted\n>\n>> deep"),
            ("bye\n-- \nMe", "bye\n-- \nMe"),
            ("--", "--"),
        ] {
            assert_eq!(flowed(text), written, "{text:?}");
        }
        let long = format!("{} > not a quote", "word".repeat(18));
        assert_eq!(flowed(&long), format!("{} \n > not a quote", "word".repeat(18)));
        let url = format!("https://x.example/{}", "a".repeat(200));
        assert_eq!(flowed(&url), url, "a word is never broken");
    }
}
