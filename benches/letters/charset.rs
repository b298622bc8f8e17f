//! How letters are written: the charsets and transfer encodings of the four languages.

use super::Dice;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// A charset with its transfer encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    Utf8QuotedPrintable,
    Utf8Base64,
    Utf8EightBit,
    Koi8,
    Windows1251,
    Windows1251Base64,
    Latin2,
    Latin2QuotedPrintable,
}

impl Coding {
    /// What a writer of this language uses; I write UTF-8.
    pub fn of(speech: usize, outbound: bool, dice: &mut Dice) -> Self {
        use Coding::{
            Koi8, Latin2, Latin2QuotedPrintable, Utf8Base64, Utf8EightBit, Utf8QuotedPrintable, Windows1251,
            Windows1251Base64,
        };
        let choice: &[Self] = match speech {
            _ if outbound => &[Utf8EightBit],
            1 => &[Utf8Base64, Utf8Base64, Utf8EightBit, Koi8, Windows1251, Windows1251Base64],
            2 => &[Utf8Base64, Utf8Base64, Utf8EightBit, Windows1251],
            3 => &[Utf8QuotedPrintable, Utf8QuotedPrintable, Utf8EightBit, Latin2, Latin2QuotedPrintable],
            _ => &[Utf8QuotedPrintable, Utf8EightBit],
        };
        *dice.one(choice)
    }

    fn charset(self) -> &'static str {
        match self {
            Self::Utf8QuotedPrintable | Self::Utf8Base64 | Self::Utf8EightBit => "utf-8",
            Self::Koi8 => "koi8-r",
            Self::Windows1251 | Self::Windows1251Base64 => "windows-1251",
            Self::Latin2 | Self::Latin2QuotedPrintable => "iso-8859-2",
        }
    }

    fn transfer(self) -> &'static str {
        match self {
            Self::Utf8QuotedPrintable | Self::Latin2QuotedPrintable => "quoted-printable",
            Self::Utf8Base64 | Self::Windows1251Base64 => "base64",
            Self::Utf8EightBit | Self::Koi8 | Self::Windows1251 | Self::Latin2 => "8bit",
        }
    }

    fn bytes(self, text: &str) -> Vec<u8> {
        match self.charset() {
            "koi8-r" => text.chars().map(koi8).collect(),
            "windows-1251" => text.chars().map(windows1251).collect(),
            "iso-8859-2" => text.chars().map(latin2).collect(),
            _ => text.as_bytes().to_vec(),
        }
    }
}

/// The rest of a Content-Type line, and the encoding's own.
pub fn parameters(coding: Coding) -> String {
    format!("charset={}\r\nContent-Transfer-Encoding: {}", coding.charset(), coding.transfer())
}

/// A header value: encoded words (RFC 2047) of some ten characters where it is not ASCII.
pub fn encode_header(text: &str, coding: Coding) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let characters: Vec<char> = text.chars().collect();
    let words = characters.chunks(18).map(|chunk| {
        let bytes = coding.bytes(&chunk.iter().collect::<String>());
        format!("=?{}?B?{}?=", coding.charset(), STANDARD.encode(bytes))
    });
    words.collect::<Vec<_>>().join("\r\n ")
}

/// The content of a part as it goes over the wire.
pub fn encode_body(into: &mut Vec<u8>, text: &str, coding: Coding) {
    let bytes = coding.bytes(text);
    match coding.transfer() {
        "base64" => base64_lines(into, &bytes),
        "quoted-printable" => quoted_printable(into, &bytes),
        _ => into.extend_from_slice(&bytes),
    }
}

/// Base64 in lines of 76.
pub fn base64_lines(into: &mut Vec<u8>, bytes: &[u8]) {
    for line in bytes.chunks(57) {
        into.extend_from_slice(STANDARD.encode(line).as_bytes());
        into.extend_from_slice(b"\r\n");
    }
}

fn quoted_printable(into: &mut Vec<u8>, bytes: &[u8]) {
    const DIGITS: [u8; 16] = *b"0123456789ABCDEF";
    let mut column = 0;
    for byte in bytes {
        if *byte == b'\r' {
            continue;
        }
        if *byte == b'\n' {
            into.extend_from_slice(b"\r\n");
            column = 0;
            continue;
        }
        let plain = (0x20..0x7f).contains(byte) && *byte != b'=';
        let width = if plain { 1 } else { 3 };
        if column + width > 75 {
            into.extend_from_slice(b"=\r\n");
            column = 0;
        }
        column += width;
        if plain {
            into.push(*byte);
        } else {
            into.extend_from_slice(&[b'=', DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
        }
    }
}

/// A byte of a table that begins at `first`.
fn at(table: &str, first: u8, c: char) -> Option<u8> {
    let place = table.chars().position(|known| known == c)?;
    u8::try_from(place).ok().map(|place| first + place)
}

fn koi8(c: char) -> u8 {
    // Ukrainian letters are not in KOI8-R; nobody writes them in it.
    let table = "юабцдефгхийклмнопярстужвьызшэщчъЮАБЦДЕФГХИЙКЛМНОПЯРСТУЖВЬЫЗШЭЩЧЪ";
    match c {
        'ё' => 0xa3,
        'Ё' => 0xb3,
        _ if c.is_ascii() => c as u8,
        _ => at(table, 0xc0, c).unwrap_or(b'?'),
    }
}

fn windows1251(c: char) -> u8 {
    match c {
        'А'..='я' => u8::try_from(u32::from(c) - 0x410 + 0xc0).unwrap_or(b'?'),
        'Ё' => 0xa8,
        'ё' => 0xb8,
        'Є' => 0xaa,
        'є' => 0xba,
        'І' => 0xb2,
        'і' => 0xb3,
        'Ї' => 0xaf,
        'ї' => 0xbf,
        'Ґ' => 0xa5,
        'ґ' => 0xb4,
        _ if c.is_ascii() => c as u8,
        _ => b'?',
    }
}

fn latin2(c: char) -> u8 {
    let known = [
        ('ą', 0xb1),
        ('ć', 0xe6),
        ('ę', 0xea),
        ('ł', 0xb3),
        ('ń', 0xf1),
        ('ó', 0xf3),
        ('ś', 0xb6),
        ('ź', 0xbc),
        ('ż', 0xbf),
        ('Ą', 0xa1),
        ('Ć', 0xc6),
        ('Ę', 0xca),
        ('Ł', 0xa3),
        ('Ń', 0xd1),
        ('Ó', 0xd3),
        ('Ś', 0xa6),
        ('Ź', 0xac),
        ('Ż', 0xaf),
    ];
    match known.iter().find(|(letter, _)| *letter == c) {
        Some((_, byte)) => *byte,
        None if c.is_ascii() => c as u8,
        None => b'?',
    }
}
