//! BODYSTRUCTURE (RFC 3501, 7.4.2), read for one question: which parts of a letter are large files?
//!
//! Never by `imap-proto`, whose stack nested parts overflow. The brackets are walked without recursion into a flat list
//! of nodes, in depth and number limited; whatever is odd is `None`, and the letter is fetched whole.

use super::token::{Cursor, Value};

/// Brackets inside brackets. A letter forwarded five times with signatures stays under 30.
const DEEPEST: usize = 60;
/// Values in one answer.
const MOST_NODES: usize = 20_000;
/// Parts of a letter that is worth taking apart.
const MOST_PARTS: usize = 100;
/// No boundary is longer (RFC 2046, 5.1.1, says 70); some servers' are.
const LONGEST_BOUNDARY: usize = 200;

/// A letter's parts in the order in which they stand; the first is the letter itself, a multipart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Structure {
    pub parts: Vec<Part>,
}

/// One part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    /// Its number for FETCH, `2.1` (RFC 3501, 6.4.5); empty for the letter itself.
    pub number: String,
    pub kind: Kind,
}

/// A multipart or a leaf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    Multipart {
        boundary: String,
        /// How many parts after this one, and those in them, are inside it.
        inside: usize,
    },
    Leaf {
        /// Bytes as they stand in the letter, encoded.
        octets: u64,
        base64: bool,
        /// A file beside the letter's text: it has a name, and is no text unless it is said to be attached.
        file: bool,
    },
}

/// A value in brackets; lists name the nodes that stand in them.
enum Node {
    Nil,
    Text(Vec<u8>),
    List(Vec<usize>),
}

/// Reads the value after `BODYSTRUCTURE`. `None`: too odd to be relied on; the cursor then stands anywhere.
pub(super) fn read(cursor: &mut Cursor) -> Option<Structure> {
    let nodes = nodes(cursor)?;
    let mut parts = Vec::new();
    part(&nodes, 0, String::new(), &mut parts)?;
    // A letter of one part alone has nothing beside it that could be fetched without it.
    matches!(parts.first()?.kind, Kind::Multipart { .. }).then_some(Structure { parts })
}

/// The values of one bracket and of those inside it; the first is the whole.
fn nodes(cursor: &mut Cursor) -> Option<Vec<Node>> {
    let mut nodes: Vec<Node> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let odd_before = std::mem::take(&mut cursor.mended);
    loop {
        cursor.skip_blanks();
        let closes = cursor.peek()? == b')';
        if closes {
            cursor.step();
            open.pop()?;
        } else {
            if nodes.len() >= MOST_NODES || open.len() >= DEEPEST {
                return None;
            }
            let index = nodes.len();
            if let Some(Node::List(inside)) = open.last().and_then(|list| nodes.get_mut(*list)) {
                inside.push(index);
            }
            if cursor.peek() == Some(b'(') {
                cursor.step();
                open.push(index);
                nodes.push(Node::List(Vec::new()));
            } else {
                nodes.push(match cursor.value()? {
                    Value::Nil => Node::Nil,
                    Value::Atom(text) | Value::Quoted(text) | Value::Literal(Some(text)) => Node::Text(text),
                    Value::Literal(None) | Value::List(_) => return None,
                });
            }
        }
        if open.is_empty() {
            let odd = std::mem::replace(&mut cursor.mended, odd_before);
            return (!odd && matches!(nodes.first(), Some(Node::List(_)))).then_some(nodes);
        }
    }
}

/// One part and those inside it; as deep as the brackets at most, whose depth is limited.
fn part(nodes: &[Node], index: usize, number: String, parts: &mut Vec<Part>) -> Option<()> {
    if parts.len() >= MOST_PARTS {
        return None;
    }
    let Node::List(values) = nodes.get(index)? else { return None };
    let is_list = |index: &usize| matches!(nodes.get(*index), Some(Node::List(_)));
    let children = values.iter().take_while(|value| is_list(value)).count();
    if children == 0 {
        parts.push(Part { number, kind: leaf(nodes, values)? });
        return Some(());
    }
    // RFC 3501: body 1*, subtype, then what only BODYSTRUCTURE has: parameters, disposition, language, location.
    let (children, rest) = values.split_at(children);
    text(nodes, rest.first())?;
    let boundary = parameter(nodes, rest.get(1), |name| name == b"boundary")?;
    let boundary = String::from_utf8(boundary.to_vec()).ok().filter(|boundary| is_boundary(boundary))?;
    let at = parts.len();
    parts.push(Part { number: number.clone(), kind: Kind::Multipart { boundary: boundary.clone(), inside: 0 } });
    for (place, child) in (1..).zip(children) {
        let child_number = if number.is_empty() { format!("{place}") } else { format!("{number}.{place}") };
        part(nodes, *child, child_number, parts)?;
    }
    let inside = parts.len() - at - 1;
    parts.get_mut(at)?.kind = Kind::Multipart { boundary, inside };
    Some(())
}

fn is_boundary(boundary: &str) -> bool {
    !boundary.is_empty()
        && boundary.len() <= LONGEST_BOUNDARY
        && boundary.bytes().all(|byte| (0x20..0x7f).contains(&byte))
        && boundary.trim_end() == boundary
}

/// RFC 3501: type, subtype, parameters, id, description, encoding, octets; a text has its lines next, a message/rfc822 an envelope, a
/// structure and lines; then MD5 and disposition.
fn leaf(nodes: &[Node], values: &[usize]) -> Option<Kind> {
    let media_type = text(nodes, values.first())?.to_ascii_lowercase();
    let subtype = text(nodes, values.get(1))?.to_ascii_lowercase();
    let encoding = text(nodes, values.get(5)).unwrap_or_default();
    let octets = octets(text(nodes, values.get(6))?)?;
    let more = match (media_type.as_slice(), subtype.as_slice()) {
        (b"text", _) => 1,
        (b"message", b"rfc822" | b"global") => 3,
        _ => 0,
    };
    let disposition = match values.get(8 + more).and_then(|index| nodes.get(*index)) {
        Some(Node::List(values)) => values.as_slice(),
        _ => &[],
    };
    let attached = text(nodes, disposition.first()).is_some_and(|word| word.eq_ignore_ascii_case(b"attachment"));
    let named = parameter(nodes, disposition.get(1), |name| begins_with_word(name, b"filename"))
        .or_else(|| parameter(nodes, values.get(2), |name| begins_with_word(name, b"name")))
        .is_some_and(|name| !name.trim_ascii().is_empty());
    Some(Kind::Leaf {
        octets,
        base64: encoding.eq_ignore_ascii_case(b"base64"),
        file: named && (media_type != b"text" || attached),
    })
}

/// `filename`, `filename*`, `filename*0*` (RFC 2231).
fn begins_with_word(name: &[u8], word: &[u8]) -> bool {
    name.strip_prefix(word).is_some_and(|rest| rest.first().is_none_or(|byte| *byte == b'*'))
}

/// A number of bytes, also as Mail.ru writes it: `9.3736e+06`.
fn octets(digits: &[u8]) -> Option<u64> {
    super::fetch::lenient_number(digits)
}

fn text<'a>(nodes: &'a [Node], index: Option<&usize>) -> Option<&'a [u8]> {
    match nodes.get(*index?)? {
        Node::Text(text) => Some(text),
        Node::Nil | Node::List(_) => None,
    }
}

/// The value of the first parameter whose name fits, in a list of names and values.
fn parameter<'a>(nodes: &'a [Node], list: Option<&usize>, fits: impl Fn(&[u8]) -> bool) -> Option<&'a [u8]> {
    let Node::List(values) = nodes.get(*list?)? else { return None };
    values.chunks_exact(2).find_map(|pair| {
        let [name, value] = pair else { return None };
        let name = text(nodes, Some(name))?.to_ascii_lowercase();
        if fits(&name) { text(nodes, Some(value)) } else { None }
    })
}

#[cfg(test)]
mod tests {
    use super::super::wire::Frame;
    use super::*;

    fn of(text: &str) -> Option<Structure> {
        read(&mut Cursor::new(Frame { text: text.as_bytes().to_vec(), literals: Vec::new() }))
    }

    /// `number octets file`, multiparts as `number boundary+inside`.
    fn shown(text: &str) -> Vec<String> {
        let one = |part: Part| match part.kind {
            Kind::Multipart { boundary, inside } => format!("{} {boundary}+{inside}", part.number),
            Kind::Leaf { octets, base64, file } => {
                format!(
                    "{} {octets}{}{}",
                    part.number,
                    if base64 { " base64" } else { "" },
                    if file { " file" } else { "" }
                )
            }
        };
        of(text).map_or_else(|| vec!["odd".to_owned()], |whole| whole.parts.into_iter().map(one).collect())
    }

    const TEXT: &str = r#"("TEXT" "PLAIN" ("CHARSET" "utf-8") NIL NIL "8BIT" 120 4 NIL NIL NIL NIL)"#;
    const PDF: &str = r#"("APPLICATION" "PDF" ("NAME" "a.pdf") NIL NIL "BASE64" 40000 NIL ("ATTACHMENT" ("FILENAME" "a.pdf")) NIL NIL)"#;

    #[test]
    fn what_servers_say() {
        let html = r#"("text" "html" NIL NIL NIL "7bit" 9 1)"#;
        for (what, text, expected) in [
            ("Dovecot", format!(r#"({TEXT}{PDF} "MIXED" ("BOUNDARY" "b1") NIL NIL NIL)"#), vec![" b1+2", "1 120", "2 40000 base64 file"]),
            (
                "nested",
                format!(r#"(({TEXT}{html} "ALTERNATIVE" ("BOUNDARY" "in") NIL NIL){PDF} "MIXED" ("BOUNDARY" "out"))"#),
                vec![" out+4", "1 in+2", "1.1 120", "1.2 9", "2 40000 base64 file"],
            ),
            ("blanks between parts", format!(r#"( {TEXT}  {PDF} "MIXED" ("X" NIL "BOUNDARY" "b1"))"#), vec![" b1+2", "1 120", "2 40000 base64 file"]),
            (
                "a letter inside",
                format!(
                    r#"({TEXT}("MESSAGE" "RFC822" ("NAME" "old.eml") NIL NIL "7BIT" 900 (NIL "s" NIL NIL NIL NIL NIL NIL NIL NIL) {TEXT} 20 NIL ("ATTACHMENT" NIL) NIL NIL) "MIXED" ("BOUNDARY" "b"))"#
                ),
                vec![" b+2", "1 120", "2 900 file"],
            ),
            (
                "Mail.ru's floating sizes, a name in pieces",
                format!(r#"({TEXT}("APPLICATION" "ZIP" NIL NIL NIL "base64" 9.3736e+06 NIL ("attachment" ("FILENAME*0*" "utf-8''%D0")) NIL) "MIXED" ("BOUNDARY" "b"))"#),
                vec![" b+2", "1 120", "2 9373600 base64 file"],
            ),
            (
                "Yandex's empty text, NIL everywhere",
                format!(r#"(("TEXT" "PLAIN" NIL NIL NIL NIL 0 0 NIL NIL NIL NIL){PDF} "MIXED" ("BOUNDARY" "b") NIL NIL NIL)"#),
                vec![" b+2", "1 0", "2 40000 base64 file"],
            ),
            (
                "a picture without a name; a text that is attached and one that is not",
                r#"(("IMAGE" "PNG" NIL "<x>" NIL "BASE64" 7 NIL NIL)("TEXT" "CSV" ("NAME" "a") NIL NIL "BASE64" 8 1 NIL ("ATTACHMENT" NIL))("TEXT" "CSV" ("NAME" "a") NIL NIL "BASE64" 8 1 NIL ("INLINE" NIL)) "MIXED" ("BOUNDARY" "b"))"#.to_owned(),
                vec![" b+3", "1 7 base64", "2 8 base64 file", "3 8 base64"],
            ),
        ] {
            assert_eq!(shown(&text), expected, "{what}");
        }
    }

    #[test]
    fn what_is_odd_is_said_to_be() {
        let deep =
            |levels: usize| format!("{}{TEXT}{}", "(".repeat(levels), r#" "MIXED" ("BOUNDARY" "b"))"#.repeat(levels));
        assert!(of(&deep(20)).is_some());
        for (what, text) in [
            ("one part alone", TEXT.to_owned()),
            ("NIL", "NIL".to_owned()),
            ("nothing", String::new()),
            ("nothing inside", "()".to_owned()),
            ("no subtype", format!("({TEXT})")),
            ("no boundary", format!(r#"({TEXT}{PDF} "MIXED" NIL NIL)"#)),
            ("an empty boundary", format!(r#"({TEXT} "MIXED" ("BOUNDARY" ""))"#)),
            ("a boundary that is a line", "(".to_owned() + TEXT + "\"MIXED\" (\"BOUNDARY\" \"a\r\nb\"))"),
            ("a long boundary", format!(r#"({TEXT} "MIXED" ("BOUNDARY" "{}"))"#, "b".repeat(201))),
            ("no size", r#"(("TEXT" "PLAIN" NIL NIL NIL "7BIT" NIL 0) "MIXED" ("BOUNDARY" "b"))"#.to_owned()),
            ("a negative size", r#"(("TEXT" "PLAIN" NIL NIL NIL "7BIT" -1 0) "MIXED" ("BOUNDARY" "b"))"#.to_owned()),
            ("NIL everywhere", format!("({} NIL NIL)", "(NIL NIL NIL NIL NIL NIL NIL)".repeat(3))),
            ("cut off", format!(r#"({TEXT}{PDF} "MIX"#)),
            ("an open quote", r#"(("TEXT" "PLAIN) "MIXED" ("BOUNDARY" "b"))"#.to_owned()),
            ("depth 10,000", deep(10_000)),
            ("brackets only", "(".repeat(1_000_000)),
            ("a list without end", format!("({}", TEXT.repeat(30_000))),
            ("too many parts", format!(r#"({} "MIXED" ("BOUNDARY" "b"))"#, TEXT.repeat(101))),
        ] {
            assert_eq!(of(&text), None, "{what}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_end(text in r#"[()"\\ {}0-9A-Za-z\r\n]{0,300}"#) {
            let _ = of(&text);
        }
    }
}
