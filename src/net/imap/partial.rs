//! A letter without its large files: they stay on the server until somebody opens them.
//!
//! The server tells how the letter is built (see [`super::structure`]); its header, the headers of its parts and the parts that
//! come are fetched one by one and put together as they stood, with nothing where a large file was. No command here changes
//! anything on the server.

use super::answer::Answer;
use super::fetch::FetchLine;
use super::structure::{Kind, Part, Structure};
use super::{Fetched, Session, ranges};
use crate::domain::problem::{Problem, Result};
use std::collections::{BTreeMap, BTreeSet};

/// Sections asked for with one command: each may come as a literal, and the wire takes 64 in a line.
const SECTIONS: usize = 40;
/// A smaller file is not worth leaving, whatever the limit.
const LEAST_LEFT: u64 = 1024;

/// A letter that came without some of its files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partial {
    /// The letter; where a file was left, its part is empty.
    pub letter: Fetched,
    /// What was left.
    pub left: Vec<LeftPart>,
}

/// A part that was left on the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftPart {
    /// Its number, `2.1` (RFC 3501, 6.4.5).
    pub number: String,
    /// About how many bytes the file has: the server tells only how many it has encoded.
    pub size: u64,
}

impl Session {
    /// From now on letters over this many bytes may be asked for without their large files ([`Session::fetch_partial`]). `None`: none.
    pub fn leave_large(&mut self, limit: Option<u64>) {
        self.largest = limit;
    }

    /// What [`Session::leave_large`] was told.
    #[must_use]
    pub fn largest(&self) -> Option<u64> {
        self.largest
    }

    /// Those of these letters of the open folder that have more bytes than the limit, as far as the server can say.
    ///
    /// # Errors
    /// When the server cannot be asked, or says no.
    pub fn larger_than(&mut self, limit: u64, uids: &[u32]) -> Result<Vec<u32>> {
        let mut large = BTreeSet::new();
        for set in ranges(uids) {
            self.run(&format!("UID FETCH {set} (UID RFC822.SIZE)"), &mut |answer| {
                if let Answer::Fetch(line) = answer
                    && line.size.is_some_and(|size| size > limit)
                {
                    large.extend(line.uid.filter(|uid| uids.contains(uid)));
                }
                Ok(())
            })?;
        }
        Ok(large.into_iter().collect())
    }

    /// A letter of the open folder without its largest files: as few are left as bring it under the limit. `None` when nothing can be left,
    /// or the server's account of the letter is too odd to be relied on: then it is fetched whole.
    ///
    /// # Errors
    /// When the server cannot be asked; [`Kind::Interrupted`](crate::domain::problem::Kind::Interrupted), see [`Session::make_way_for`].
    pub fn fetch_partial(&mut self, uid: u32, limit: u64) -> Result<Option<Partial>> {
        self.make_way()?;
        match self.try_partial(uid, limit) {
            // It does not know BODYSTRUCTURE or sections, or not of this letter.
            Err(problem) if problem.is_refusal() => Ok(None),
            other => other,
        }
    }

    fn try_partial(&mut self, uid: u32, limit: u64) -> Result<Option<Partial>> {
        let modseq = if self.capabilities.condstore { " MODSEQ" } else { "" };
        let items = format!("(UID FLAGS INTERNALDATE RFC822.SIZE{modseq} BODYSTRUCTURE)");
        let mut line = self.lines_of(uid, &items)?;
        let (Some(structure), Some(size)) = (line.structure.take(), line.size) else { return Ok(None) };
        let left = left_out(&structure, size, limit);
        if left.is_empty() {
            return Ok(None);
        }
        let mut sections = BTreeMap::new();
        for asked in wanted(&structure, &left).chunks(SECTIONS) {
            let items: Vec<String> = asked.iter().map(|section| format!("BODY.PEEK[{section}]")).collect();
            sections.extend(self.lines_of(uid, &format!("(UID {})", items.join(" ")))?.sections);
        }
        let Some(bytes) = assemble(&structure, &left, &sections) else { return Ok(None) };
        let (flags, keywords) = line.flags.unwrap_or_default();
        let (internal_date, modseq) = (line.internal_date, line.modseq);
        let letter = Fetched { uid, flags, keywords, internal_date, size: Some(size), modseq, body: Some(bytes) };
        let left = structure.parts.iter().filter(|part| left.contains(&part.number)).map(left_part).collect();
        Ok(Some(Partial { letter, left }))
    }

    /// What the server says of one letter, all lines together.
    fn lines_of(&mut self, uid: u32, items: &str) -> Result<FetchLine> {
        let mut all = FetchLine::default();
        self.run(&format!("UID FETCH {uid} {items}"), &mut |answer| {
            if let Answer::Fetch(line) = answer
                && line.uid == Some(uid)
            {
                all.flags = line.flags.or(all.flags.take());
                all.internal_date = line.internal_date.or(all.internal_date);
                all.size = line.size.or(all.size);
                all.modseq = line.modseq.or(all.modseq);
                all.structure = line.structure.or(all.structure.take());
                all.sections.extend(line.sections);
            }
            Ok::<_, Problem>(())
        })?;
        Ok(all)
    }
}

fn left_part(part: &Part) -> LeftPart {
    let size = match part.kind {
        // 57 bytes become a line of 76 characters and its end (RFC 2045, 6.8).
        Kind::Leaf { octets, base64: true, .. } => octets / 78 * 57 + octets % 78 * 57 / 78,
        Kind::Leaf { octets, .. } => octets,
        Kind::Multipart { .. } => 0,
    };
    LeftPart { number: part.number.clone(), size }
}

/// The numbers of the files that stay: the largest first, until what comes is under the limit.
fn left_out(structure: &Structure, size: u64, limit: u64) -> BTreeSet<String> {
    let mut files: Vec<(u64, &str)> = structure
        .parts
        .iter()
        .filter_map(|part| match part.kind {
            Kind::Leaf { octets, file: true, .. } if octets >= LEAST_LEFT => Some((octets, part.number.as_str())),
            _ => None,
        })
        .collect();
    files.sort_by_key(|(octets, _)| std::cmp::Reverse(*octets));
    let mut comes = size;
    let mut left = BTreeSet::new();
    for (octets, number) in files {
        if comes <= limit {
            break;
        }
        comes = comes.saturating_sub(octets);
        left.insert(number.to_owned());
    }
    left
}

/// The sections to ask for.
fn wanted(structure: &Structure, left: &BTreeSet<String>) -> Vec<String> {
    let mut sections = vec!["HEADER".to_owned()];
    for Part { number, kind } in structure.parts.iter().skip(1) {
        sections.push(format!("{number}.MIME"));
        if matches!(kind, Kind::Leaf { octets, .. } if *octets > 0 && !left.contains(number)) {
            sections.push(number.clone());
        }
    }
    sections
}

/// The letter from its pieces; `None` when one is missing.
fn assemble(structure: &Structure, left: &BTreeSet<String>, sections: &BTreeMap<String, Vec<u8>>) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    header(&mut bytes, sections.get("HEADER")?);
    // Multiparts that are open: their boundary, and how many parts of them are still to come.
    let mut open: Vec<(&str, usize)> = Vec::new();
    for Part { number, kind } in &structure.parts {
        if let Some((boundary, _)) = open.last() {
            bytes.extend_from_slice(format!("--{boundary}\r\n").as_bytes());
            header(&mut bytes, sections.get(&format!("{number}.MIME"))?);
        }
        open.iter_mut().for_each(|(_, missing)| *missing = missing.saturating_sub(1));
        match kind {
            Kind::Multipart { boundary, inside } => open.push((boundary, *inside)),
            Kind::Leaf { octets, .. } => {
                if *octets > 0 && !left.contains(number) {
                    bytes.extend_from_slice(sections.get(number)?);
                }
                bytes.extend_from_slice(b"\r\n");
            }
        }
        while let Some((boundary, _)) = open.pop_if(|(_, missing)| *missing == 0) {
            bytes.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        }
    }
    Some(bytes)
}

/// A header and the blank line after it, which not every server gives.
fn header(bytes: &mut Vec<u8>, header: &[u8]) {
    let header = header.trim_ascii_end();
    bytes.extend_from_slice(header);
    bytes.extend_from_slice(if header.is_empty() { b"\r\n" } else { b"\r\n\r\n" });
}

#[cfg(test)]
mod tests {
    use super::super::tests::{CAPABILITIES, open, signed_in};
    use super::*;
    use crate::net::script::{Step, hear, say};

    fn literal(name: &str, text: &str) -> String {
        format!("BODY[{name}] {{{}}}\r\n{text}", text.len())
    }

    fn structure_line(pdf: u64, zip: u64) -> String {
        format!(
            r#"* 1 FETCH (UID 7 FLAGS (\Seen) INTERNALDATE "17-Jul-2026 02:44:25 +0000" RFC822.SIZE {} BODYSTRUCTURE (("TEXT" "PLAIN" NIL NIL NIL "7BIT" 5 1)("APPLICATION" "PDF" ("NAME" "a.pdf") NIL NIL "BASE64" {pdf})("APPLICATION" "ZIP" ("NAME" "b.zip") NIL NIL "BASE64" {zip}) "MIXED" ("BOUNDARY" "b")))"#,
            pdf + zip + 500
        )
    }

    #[test]
    fn the_largest_files_are_left_and_the_rest_comes() {
        let pieces = format!(
            "* 1 FETCH (UID 7 {} {} {} {} {} {})",
            literal("HEADER", "Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"),
            literal("1.MIME", "Content-Type: text/plain\r\n\r\n"),
            literal("1", "Hello"),
            literal("2.MIME", "Content-Type: application/pdf; name=a.pdf\r\n\r\n"),
            literal("2", "QUJD"),
            literal("3.MIME", "Content-Type: application/zip; name=b.zip"),
        );
        let server = signed_in(
            CAPABILITIES,
            vec![
                hear("UID FETCH 7 (UID FLAGS INTERNALDATE RFC822.SIZE MODSEQ BODYSTRUCTURE)"),
                say(&structure_line(4000, 780_000)),
                say("TAG OK done"),
                hear(
                    "UID FETCH 7 (UID BODY.PEEK[HEADER] BODY.PEEK[1.MIME] BODY.PEEK[1] BODY.PEEK[2.MIME] BODY.PEEK[2] BODY.PEEK[3.MIME])",
                ),
                say(&pieces),
                say("TAG OK done"),
                Step::Hold,
            ],
        );
        let mut session = open(&server);
        let partial = session.fetch_partial(7, 100_000).unwrap().unwrap();
        drop(session);
        assert_eq!(partial.left, [LeftPart { number: "3".to_owned(), size: 570_000 }]);
        assert_eq!(partial.letter.size, Some(784_500));
        let text = String::from_utf8(partial.letter.body.unwrap()).unwrap();
        assert_eq!(
            text,
            "Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nHello\r\n\
             --b\r\nContent-Type: application/pdf; name=a.pdf\r\n\r\nQUJD\r\n--b\r\nContent-Type: application/zip; name=b.zip\r\n\r\n\r\n--b--\r\n"
        );
        let heard = server.heard();
        assert!(!heard.contains("BODY.PEEK[3]") && !heard.contains("STORE") && !heard.contains("BODY["), "{heard}");
    }

    #[test]
    fn what_cannot_be_taken_apart_is_fetched_whole() {
        let odd = structure_line(4000, 9000).replace("(\"BOUNDARY\" \"b\")", "NIL");
        for (what, lines) in [
            ("no boundary", vec![odd.as_str(), "TAG OK done"]),
            ("refused", vec!["TAG BAD what?"]),
            ("nothing said", vec!["TAG OK done"]),
        ] {
            let mut steps = vec![hear("BODYSTRUCTURE")];
            steps.extend(lines.into_iter().map(say));
            steps.push(Step::Hold);
            let server = signed_in(CAPABILITIES, steps);
            assert_eq!(open(&server).fetch_partial(7, 100).unwrap(), None, "{what}");
        }
        let small = structure_line(10, 10);
        let missing = structure_line(4000, 9000);
        for (what, structure, pieces) in [
            ("only small files", small.as_str(), None),
            ("a piece is missing", missing.as_str(), Some("* 1 FETCH (UID 7 BODY[1] NIL)")),
        ] {
            let mut steps = vec![hear("BODYSTRUCTURE"), say(structure), say("TAG OK done")];
            if let Some(pieces) = pieces {
                steps.extend([hear("BODY.PEEK[HEADER]"), say(pieces), say("TAG OK done")]);
            }
            steps.push(Step::Hold);
            let server = signed_in(CAPABILITIES, steps);
            assert_eq!(open(&server).fetch_partial(7, 100).unwrap(), None, "{what}");
        }
    }
}
