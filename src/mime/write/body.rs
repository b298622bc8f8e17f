//! The body of a letter: its text, the HTML beside it, the files.

use super::flowed::flowed;
use super::rich;
use super::{checked, extended, is_plain_name};
use crate::domain::message::MsgId;
use crate::domain::outbox::{File, Letter};
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::style::Style;
use crate::mime::REPLY;
use mail_builder::encoders::base64::base64_encode_mime;

/// RFC 5322, 2.1.1: lines must stay within 998 characters.
const LONGEST_LINE: usize = 998;
/// RFC 2045, 6.7: an encoded line has at most 76 characters.
const QUOTED_LINE: usize = 76;

/// A part of a letter, ready to be written.
pub(super) enum Part {
    /// Its header lines and its bytes, which have their final line ends.
    Leaf { head: String, bytes: Vec<u8>, eight_bit: bool },
    /// `multipart/…` with its parameters, and what is in it.
    Several { kind: &'static str, parts: Vec<Part> },
}

/// The whole body.
pub(super) fn letter(letter: &Letter, msg_id: &MsgId, style: &Style) -> Result<Part> {
    // None of them is a character of a text; a line ends in one way.
    let text = letter.text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "");
    let text = text.trim_end_matches('\n');
    let main = text_part("text/plain", "; format=flowed", &flowed(text));
    let mut forms = vec![main];
    if letter.html {
        forms.push(html(text, msg_id, style)?);
    }
    // An answer to an invitation is another form of the letter (RFC 6047, 2.4): as a file calendars do not see it.
    let (answers, files): (Vec<&File>, Vec<&File>) = letter.files.iter().partition(|file| file.media_type == REPLY);
    forms.extend(answers.iter().map(|file| calendar(file)));
    let main = match forms.len() {
        1 => forms.remove(0),
        _ => Part::Several { kind: "alternative", parts: forms },
    };
    if files.is_empty() {
        return Ok(main);
    }
    let mut parts = vec![main];
    for file in files {
        parts.push(attached(file)?);
    }
    Ok(Part::Several { kind: "mixed", parts })
}

fn calendar(file: &File) -> Part {
    let text = String::from_utf8_lossy(&file.bytes).replace("\r\n", "\n");
    text_part("text/calendar", "; method=REPLY", text.trim_end_matches('\n'))
}

/// The HTML, with the photo of its signature where it shows one (RFC 2387).
fn html(text: &str, msg_id: &MsgId, style: &Style) -> Result<Part> {
    let photo_name = format!("photo.{msg_id}");
    let page = rich::page(text, style, &photo_name);
    let shown = style.photo.as_ref().filter(|_| page.contains(&format!("cid:{photo_name}")));
    let html = text_part("text/html", "", &page);
    let Some(photo) = shown else { return Ok(html) };
    let mut image = base64_part(photo, "inline")?;
    if let Part::Leaf { head, .. } = &mut image {
        head.push_str(&format!("Content-ID: <{photo_name}>\r\n"));
    }
    Ok(Part::Several { kind: "related; type=\"text/html\"", parts: vec![html, image] })
}

/// A text in the encoding that leaves most of it readable.
fn text_part(media_type: &str, parameters: &str, text: &str) -> Part {
    let ascii = text.is_ascii();
    let charset = if ascii { "us-ascii" } else { "utf-8" };
    let foreign = text.bytes().filter(|byte| !byte.is_ascii()).count();
    let controls = text.bytes().any(|byte| byte < b' ' && !matches!(byte, b'\n' | b'\t'));
    let fits = text.lines().all(|line| line.len() <= LONGEST_LINE) && !controls;
    let lines = format!("{}\r\n", text.replace('\n', "\r\n"));
    let (encoding, bytes) = if ascii && fits {
        ("7bit", lines.into_bytes())
    } else if foreign * 6 < text.len() {
        ("quoted-printable", quoted_printable(&lines).into_bytes())
    } else {
        ("base64", base64(lines.as_bytes()))
    };
    let head = format!(
        "Content-Type: {media_type}; charset={charset}{parameters}\r\nContent-Transfer-Encoding: {encoding}\r\n"
    );
    Part::Leaf { head, bytes, eight_bit: false }
}

/// RFC 2045, 6.7; `lines` end with CRLF.
fn quoted_printable(lines: &str) -> String {
    let mut encoded = String::with_capacity(lines.len() * 2);
    for line in lines.strip_suffix("\r\n").unwrap_or(lines).split("\r\n") {
        let mut column = 0;
        let last = line.len().saturating_sub(1);
        for (at, byte) in line.bytes().enumerate() {
            let blank_at_end = matches!(byte, b' ' | b'\t') && at == last;
            let plain = matches!(byte, b' ' | b'\t' | b'!'..=b'~') && byte != b'=' && !blank_at_end;
            let piece = if plain { char::from(byte).to_string() } else { format!("={byte:02X}") };
            // One column is left for the "=" of a soft line break.
            if column + piece.len() > QUOTED_LINE - 1 {
                encoded.push_str("=\r\n");
                column = 0;
            }
            column += piece.len();
            encoded.push_str(&piece);
        }
        encoded.push_str("\r\n");
    }
    encoded
}

fn base64(bytes: &[u8]) -> Vec<u8> {
    let mut encoded = Vec::with_capacity(bytes.len() / 3 * 4 + 100);
    // Writing into memory does not fail.
    let _ = base64_encode_mime(bytes, &mut encoded, false);
    if !encoded.ends_with(b"\r\n") {
        encoded.extend_from_slice(b"\r\n");
    }
    encoded
}

/// One file. A letter goes as a letter, byte by byte, where its bytes may stand in one (RFC 2046, 5.2.1: it must not be encoded).
fn attached(file: &File) -> Result<Part> {
    if file.media_type.eq_ignore_ascii_case("message/rfc822") {
        let bytes = file.bytes.clone();
        let short = bytes.split(|byte| *byte == b'\n').all(|line| line.len() <= LONGEST_LINE + 1);
        if short && !bytes.contains(&0) {
            let eight_bit = !bytes.is_ascii();
            let encoding = if eight_bit { "8bit" } else { "7bit" };
            let (_, file_name) = names(&file.name)?;
            let head = format!(
                "Content-Type: message/rfc822\r\nContent-Disposition: attachment{file_name}\r\n\
                 Content-Transfer-Encoding: {encoding}\r\n"
            );
            return Ok(Part::Leaf { head, bytes, eight_bit });
        }
    }
    base64_part(file, "attachment")
}

/// A file in base64: nothing on the way may touch its bytes, not even the line ends of a text.
fn base64_part(file: &File, disposition: &str) -> Result<Part> {
    let (type_name, file_name) = names(&file.name)?;
    let head = format!(
        "Content-Type: {}{type_name}\r\nContent-Disposition: {disposition}{file_name}\r\n\
         Content-Transfer-Encoding: base64\r\n",
        media_type(&file.media_type)
    );
    Ok(Part::Leaf { head, bytes: base64(&file.bytes), eight_bit: false })
}

/// `name` and `filename`, both by RFC 2231: encoded words in a parameter (a habit of old clients) are forbidden (RFC 2047, 5), and
/// strict readers say so.
fn names(name: &str) -> Result<(String, String)> {
    let name = checked("An attachment's name", name)?;
    Ok(if is_plain_name(name) {
        (format!("; name=\"{name}\""), format!("; filename=\"{name}\""))
    } else {
        (extended("name", name), extended("filename", name))
    })
}

/// What a guess or a card said, where it is one; a multipart or a message would be taken apart by the reader.
fn media_type(given: &str) -> &str {
    let token = |part: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '+' | '_'))
    };
    match given.split_once('/') {
        Some((kind, rest))
            if given.len() < 100
                && token(kind)
                && token(rest)
                && !matches!(kind.to_ascii_lowercase().as_str(), "multipart" | "message") =>
        {
            given
        }
        _ => "application/octet-stream",
    }
}

impl Part {
    /// The letter: `head` with the part's own header lines, and the part.
    pub(super) fn into_letter(self, head: String) -> Result<Vec<u8>> {
        let mut bytes = head.into_bytes();
        let mut random = [0_u8; 12];
        getrandom::fill(&mut random)
            .map_err(|error| Problem::new(Kind::Internal, format!("the system gives no random numbers: {error}")))?;
        let mut boundary = random.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        // Chance alone makes it different from everything inside; a letter that was made to break it does not.
        while self.holds(boundary.as_bytes()) {
            boundary.push('x');
        }
        self.write(&boundary, &mut 0, &mut bytes);
        Ok(bytes)
    }

    fn holds(&self, wanted: &[u8]) -> bool {
        match self {
            Self::Leaf { bytes, .. } => bytes.windows(wanted.len()).any(|window| window == wanted),
            Self::Several { parts, .. } => parts.iter().any(|part| part.holds(wanted)),
        }
    }

    fn is_eight_bit(&self) -> bool {
        match self {
            Self::Leaf { eight_bit, .. } => *eight_bit,
            Self::Several { parts, .. } => parts.iter().any(Self::is_eight_bit),
        }
    }

    fn write(&self, boundary: &str, count: &mut usize, out: &mut Vec<u8>) {
        match self {
            Self::Leaf { head, bytes, .. } => {
                out.extend_from_slice(head.as_bytes());
                out.extend_from_slice(b"\r\n");
                out.extend_from_slice(bytes);
            }
            Self::Several { kind, parts } => {
                // RFC 2045, 6.7: "=_" never stands in quoted-printable.
                let boundary_here = format!("=_{boundary}.{count}");
                *count += 1;
                out.extend_from_slice(
                    format!("Content-Type: multipart/{kind};\r\n boundary=\"{boundary_here}\"\r\n").as_bytes(),
                );
                if self.is_eight_bit() {
                    out.extend_from_slice(b"Content-Transfer-Encoding: 8bit\r\n");
                }
                for part in parts {
                    out.extend_from_slice(format!("\r\n--{boundary_here}\r\n").as_bytes());
                    part.write(boundary, count, out);
                }
                out.extend_from_slice(format!("\r\n--{boundary_here}--\r\n").as_bytes());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blank_at_the_end_of_a_line_survives() {
        for (lines, written) in
            [("ab \r\nc\r\n", "ab=20\r\nc\r\n"), ("a=b\tż\r\n", "a=3Db\t=C5=BC\r\n"), ("\r\n\r\n", "\r\n\r\n")]
        {
            assert_eq!(quoted_printable(lines), written);
        }
        assert!(quoted_printable(&"ż".repeat(100)).lines().all(|line| line.len() <= QUOTED_LINE));
    }
}
