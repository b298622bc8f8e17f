//! A reader of IMAP's data syntax that takes what servers really send (RFC 3501, 4).
//!
//! `imap-proto` fails a whole line over one odd value, copies every literal, panics on `INTERNALDATE NIL` and recurses
//! on nested parentheses until the stack is gone. FETCH and LIST carry letters and folders, which must not be lost to
//! that: they are read here, value by value, without recursion, and a literal is moved, not copied.

use super::wire::Frame;

/// Deeper nesting than this is no answer to anything we ask for.
const NESTING_LIMIT: usize = 100;

/// A value in a line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// `NIL`, or nothing where something should stand (Yandex sends empty parts so).
    Nil,
    /// A word without quotes.
    Atom(Vec<u8>),
    /// Text in quotes, its escapes taken away.
    Quoted(Vec<u8>),
    /// A literal; `None` when it was too large to keep.
    Literal(Option<Vec<u8>>),
    /// A parenthesised list: its atoms at the first level.
    List(Vec<Vec<u8>>),
}

/// A place in a frame.
pub(super) struct Cursor {
    text: Vec<u8>,
    at: usize,
    literals: std::vec::IntoIter<Option<Vec<u8>>>,
    /// Something had to be guessed.
    pub mended: bool,
}

impl Cursor {
    pub fn new(frame: Frame) -> Self {
        Self { text: frame.text, at: 0, literals: frame.literals.into_iter(), mended: false }
    }

    fn rest(&self) -> &[u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    pub fn step(&mut self) {
        self.at += 1;
    }

    pub fn skip_blanks(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    /// Everything up to the next blank.
    pub fn word(&mut self) -> Vec<u8> {
        self.skip_blanks();
        self.take_while(|byte| !byte.is_ascii_whitespace())
    }

    /// The name of a FETCH item: `BODY[HEADER.FIELDS (TO)]<0>` is one name.
    pub fn item_name(&mut self) -> Vec<u8> {
        let mut inside = false;
        self.take_while(|byte| {
            match byte {
                b'[' => inside = true,
                b']' => inside = false,
                _ => {}
            }
            inside || !(byte.is_ascii_whitespace() || matches!(byte, b'(' | b')'))
        })
    }

    /// The rest of the line as it stands.
    pub fn remainder(&mut self) -> Vec<u8> {
        let rest = self.rest().trim_ascii().to_vec();
        self.at = self.text.len();
        rest
    }

    fn take_while(&mut self, mut fits: impl FnMut(u8) -> bool) -> Vec<u8> {
        let taken: Vec<u8> = self.rest().iter().copied().take_while(|byte| fits(*byte)).collect();
        self.at += taken.len();
        taken
    }

    /// The next value. `None` when the nesting is absurd.
    pub fn value(&mut self) -> Option<Value> {
        self.skip_blanks();
        Some(match self.peek() {
            None | Some(b')') => {
                self.mended = true;
                Value::Nil
            }
            Some(b'"') => Value::Quoted(self.quoted()),
            Some(b'{' | b'~') if self.announcement() > 0 => Value::Literal(self.literal()),
            Some(b'(') => Value::List(self.list()?),
            Some(_) => {
                let atom = self.take_while(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b'(' | b')'));
                if atom.eq_ignore_ascii_case(b"NIL") { Value::Nil } else { Value::Atom(atom) }
            }
        })
    }

    fn quoted(&mut self) -> Vec<u8> {
        self.step();
        let mut content = Vec::new();
        while let Some(byte) = self.peek() {
            self.step();
            match byte {
                b'"' => return content,
                b'\\' => {
                    content.extend(self.peek());
                    self.step();
                }
                _ => content.push(byte),
            }
        }
        self.mended = true;
        content
    }

    /// The length of `{n}` CRLF (also `{n+}` and `~{n}`) here, or 0 when there is none.
    fn announcement(&self) -> usize {
        let all = self.rest();
        let rest = all.strip_prefix(b"~").unwrap_or(all);
        let Some(rest) = rest.strip_prefix(b"{") else { return 0 };
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let rest = rest.get(digits..).unwrap_or_default();
        let Some(rest) = rest.strip_prefix(b"+").unwrap_or(rest).strip_prefix(b"}") else { return 0 };
        let rest = rest.strip_prefix(b"\r").unwrap_or(rest);
        match rest.strip_prefix(b"\n") {
            Some(rest) if digits > 0 => all.len() - rest.len(),
            // The frame's last line end is cut off.
            None if digits > 0 && rest.is_empty() => all.len(),
            _ => 0,
        }
    }

    fn literal(&mut self) -> Option<Vec<u8>> {
        self.at += self.announcement();
        match self.literals.next() {
            Some(literal) => literal,
            None => {
                self.mended = true;
                None
            }
        }
    }

    fn list(&mut self) -> Option<Vec<Vec<u8>>> {
        let mut atoms = Vec::new();
        let mut depth = 0_usize;
        loop {
            self.skip_blanks();
            match self.peek() {
                None => {
                    self.mended = true;
                    return Some(atoms);
                }
                Some(b'(') => {
                    depth += 1;
                    if depth > NESTING_LIMIT {
                        return None;
                    }
                    self.step();
                }
                Some(b')') => {
                    depth -= 1;
                    self.step();
                    if depth == 0 {
                        return Some(atoms);
                    }
                }
                Some(b'"') => drop(self.quoted()),
                Some(b'{' | b'~') if self.announcement() > 0 => drop(self.literal()),
                Some(_) => {
                    let atom = self.take_while(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b'(' | b')'));
                    if depth == 1 {
                        atoms.push(atom);
                    }
                }
            }
        }
    }
}
