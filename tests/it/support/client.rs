//! Another mail program: a second IMAP client of a few lines, which acts the same on every server.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use super::{DEADLINE, PASSWORD};

/// A connection of the other program, signed in.
pub struct Client {
    stream: BufReader<TcpStream>,
    number: u32,
}

/// One answer line; where a literal stood, `{n}` is left of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    pub text: String,
    pub literals: Vec<Vec<u8>>,
}

/// A letter as the other program sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    pub uid: u32,
    /// Sorted; without `\Recent`.
    pub flags: Vec<String>,
    pub bytes: Vec<u8>,
}

/// Folders by name (decoded), each with its letters: (what names the letter, flags).
pub type Mailbox = BTreeMap<String, Vec<(String, Vec<String>)>>;

impl Client {
    /// Connects without encryption and signs in with the password `PASSWORD`.
    pub fn connect(port: u16, user: &str) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).expect("a connection");
        stream.set_read_timeout(Some(DEADLINE)).expect("a timeout above zero");
        stream.set_nodelay(true).expect("an option of every socket");
        let mut client = Self { stream: BufReader::new(stream), number: 0 };
        client.line();
        client.run(&format!("LOGIN {user} {PASSWORD}"));
        client
    }

    fn line(&mut self) -> Line {
        let mut line = Line::default();
        loop {
            let mut piece = Vec::new();
            self.stream.read_until(b'\n', &mut piece).expect("an answer");
            assert!(!piece.is_empty(), "the server closed the connection after {line:?}");
            let piece = String::from_utf8_lossy(&piece).trim_end_matches(['\r', '\n']).to_owned();
            let size = piece.strip_suffix('}').and_then(|text| text.rsplit_once('{')).and_then(|(_, n)| n.parse().ok());
            line.text.push_str(&piece);
            let Some(size) = size else { return line };
            let mut literal = vec![0; size];
            self.stream.read_exact(&mut literal).expect("a literal");
            line.literals.push(literal);
        }
    }

    /// Runs a command; its untagged answers, and the last line without its tag.
    pub fn try_run(&mut self, command: &str) -> (Vec<Line>, String) {
        self.number += 1;
        let tag = format!("x{}", self.number);
        write!(self.stream.get_mut(), "{tag} {command}\r\n").expect("the server hears");
        self.answers(&tag)
    }

    fn answers(&mut self, tag: &str) -> (Vec<Line>, String) {
        let mut lines = Vec::new();
        loop {
            let line = self.line();
            match line.text.strip_prefix(tag) {
                Some(end) => return (lines, end.trim_start().to_owned()),
                None => lines.push(line),
            }
        }
    }

    /// Runs a command that must succeed.
    #[track_caller]
    pub fn run(&mut self, command: &str) -> Vec<Line> {
        let (lines, end) = self.try_run(command);
        assert!(end.starts_with("OK"), "{command}: {end}");
        lines
    }

    /// Opens a folder.
    #[track_caller]
    pub fn select(&mut self, folder: &str) {
        self.run(&format!("SELECT \"{folder}\""));
    }

    /// UIDVALIDITY of a folder.
    pub fn uid_validity(&mut self, folder: &str) -> u64 {
        let lines = self.run(&format!("EXAMINE \"{folder}\""));
        let number = lines.iter().find_map(|line| line.text.split_once("[UIDVALIDITY ")?.1.split_once(']'));
        number.expect("UIDVALIDITY").0.parse().expect("a number")
    }

    /// Adds a letter, as if it had arrived on 16 November 2026. False when the server does not take it.
    pub fn append(&mut self, folder: &str, bytes: &[u8], flags: &str) -> bool {
        self.number += 1;
        let tag = format!("x{}", self.number);
        write!(
            self.stream.get_mut(),
            "{tag} APPEND \"{folder}\" ({flags}) \"16-Nov-2026 10:00:00 +0000\" {{{}}}\r\n",
            bytes.len()
        )
        .expect("the server hears");
        loop {
            let line = self.line();
            if line.text.starts_with('+') {
                break;
            }
            if line.text.starts_with(&tag) {
                return false;
            }
        }
        self.stream.get_mut().write_all(bytes).expect("the server takes it");
        self.stream.get_mut().write_all(b"\r\n").expect("the server takes it");
        self.answers(&tag).1.starts_with("OK")
    }

    /// The letters of the open folder, in the order of their UIDs.
    pub fn letters(&mut self) -> Vec<Letter> {
        let lines = self.run("UID FETCH 1:* (UID FLAGS BODY.PEEK[])");
        let mut letters: Vec<Letter> = lines.into_iter().filter_map(letter).collect();
        letters.sort_by_key(|letter| letter.uid);
        letters
    }

    /// The UIDs of the open folder's letters that are named so.
    pub fn named(&mut self, name: &str) -> Vec<u32> {
        self.letters()
            .into_iter()
            .filter(|letter| letter_name(&letter.bytes) == name)
            .map(|letter| letter.uid)
            .collect()
    }

    /// Moves letters of the open folder as a program does that knows only RFC 3501 and UIDPLUS.
    pub fn move_to(&mut self, uids: &str, folder: &str) {
        self.run(&format!("UID COPY {uids} \"{folder}\""));
        self.delete(uids);
    }

    /// Deletes letters of the open folder for good.
    pub fn delete(&mut self, uids: &str) {
        self.run(&format!("UID STORE {uids} +FLAGS.SILENT (\\Deleted)"));
        self.run(&format!("UID EXPUNGE {uids}"));
    }

    /// Makes the letters of a folder be numbered anew: deletes it, makes it again and puts the letters back.
    pub fn number_anew(&mut self, folder: &str) {
        let before = self.uid_validity(folder);
        self.select(folder);
        let letters = self.letters();
        self.run("CLOSE");
        self.run(&format!("DELETE \"{folder}\""));
        self.run(&format!("CREATE \"{folder}\""));
        for letter in letters {
            assert!(self.append(folder, &letter.bytes, &letter.flags.join(" ")), "it was taken before");
        }
        assert_ne!(self.uid_validity(folder), before, "the server still numbers {folder} as it did");
    }

    /// The names of all folders as on the wire that can be opened.
    pub fn folders(&mut self) -> Vec<String> {
        let lines = self.run("LIST \"\" \"*\"");
        let mut names: Vec<String> = lines.iter().filter_map(folder_name).collect();
        names.sort();
        names
    }

    /// Everything in the mailbox, in no order but that of names. `plain` makes a folder's name the same on every server.
    pub fn mailbox(&mut self, plain: &dyn Fn(&str) -> String) -> Mailbox {
        let mut all = Mailbox::new();
        for folder in self.folders() {
            self.run(&format!("EXAMINE \"{folder}\""));
            let letters = self.letters().into_iter().map(|letter| (letter_name(&letter.bytes), letter.flags));
            let mut letters: Vec<_> = letters.collect();
            letters.sort();
            all.insert(plain(&folder), letters);
        }
        all
    }
}

/// `* 3 FETCH (UID 7 FLAGS (\Seen) BODY[] {12}`.
fn letter(line: Line) -> Option<Letter> {
    let after = |mark: &str| line.text.split_once(mark).map(|(_, rest)| rest);
    let uid = after("UID ")?.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()?;
    let mut flags: Vec<String> = after("FLAGS (")?.split(')').next()?.split_whitespace().map(str::to_owned).collect();
    flags.retain(|flag| flag != "\\Recent");
    flags.sort();
    Some(Letter { uid, flags, bytes: line.literals.into_iter().next()? })
}

/// `* LIST (\HasNoChildren) "." "INBOX.Sent"`, quoted or not, or as a literal.
fn folder_name(line: &Line) -> Option<String> {
    let (attributes, rest) = line.text.strip_prefix("* LIST (")?.split_once(") ")?;
    let attributes = attributes.to_ascii_lowercase();
    if attributes.contains("\\noselect") || attributes.contains("\\nonexistent") {
        return None;
    }
    if let Some(name) = line.literals.first() {
        return Some(String::from_utf8_lossy(name).into_owned());
    }
    let (_, name) = rest.split_once(' ')?;
    Some(name.trim_matches('"').to_owned())
}

/// What names a letter: its Message-ID, else its size and the sum of its bytes without line ends.
pub fn letter_name(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let head = text.split("\r\n\r\n").next().unwrap_or_default();
    let named = head.lines().find_map(|line| line.strip_prefix("Message-ID: <")?.strip_suffix(">"));
    named.map_or_else(
        || {
            let kept = bytes.iter().filter(|byte| !matches!(byte, b'\r' | b'\n'));
            let (size, sum) = kept
                .fold((0_u64, 0_u64), |(n, sum), byte| (n + 1, sum.wrapping_mul(31).wrapping_add(u64::from(*byte))));
            format!("{size} bytes, {sum:x}")
        },
        str::to_owned,
    )
}

/// A folder's name as commands have it: modified UTF-7 (RFC 3501, 5.1.3).
pub fn wire_name(name: &str) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";
    let mut wire = String::new();
    let mut foreign: Vec<u16> = Vec::new();
    let flush = |foreign: &mut Vec<u16>, wire: &mut String| {
        if foreign.is_empty() {
            return;
        }
        wire.push('&');
        let bits: Vec<u8> =
            foreign.iter().flat_map(|unit| (0..16).rev().map(move |bit| ((unit >> bit) & 1) as u8)).collect();
        for six in bits.chunks(6) {
            let value = six.iter().fold(0, |value, bit| value * 2 + bit) << (6 - six.len());
            wire.push(char::from(ALPHABET[usize::from(value)]));
        }
        wire.push('-');
        foreign.clear();
    };
    for letter in name.chars() {
        if (' '..='~').contains(&letter) {
            flush(&mut foreign, &mut wire);
            wire.push(letter);
            if letter == '&' {
                wire.push('-');
            }
        } else {
            foreign.extend(letter.encode_utf16(&mut [0; 2]).iter());
        }
    }
    flush(&mut foreign, &mut wire);
    wire
}
