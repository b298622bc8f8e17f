//! Tables as files: CSV (RFC 4180) in and out.
//!
//! What spreadsheets make of a cell that begins with `=`, `+`, `-`, `@`, TAB or CR is a formula, and a stranger's text in it runs in
//! the reader's spreadsheet. Such cells leave with an apostrophe before them and come in without it, so that nothing changes on the way.

use super::charset;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::Text;

/// A file over this many bytes is no list of clients.
pub const LARGEST: u64 = 256 * 1024 * 1024;

/// A table that was read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CsvFile {
    /// The names of its columns.
    pub header: Vec<Text>,
    /// Its rows, without those that are empty.
    pub rows: Vec<CsvRow>,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CsvRow {
    /// The line of the file it begins on, from 1.
    pub line: u64,
    /// Its cells, each a block of text; as many as it has, which may be less or more than the header.
    pub cells: Vec<Text>,
}

impl CsvRow {
    /// A cell by its column; empty where the row is too short.
    #[must_use]
    pub fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", |cell| cell.as_str().trim())
    }
}

/// Reads a table whose first row names its columns: the charset and what parts the cells are found out.
///
/// # Errors
/// When there is no row of names.
pub fn read(bytes: &[u8]) -> Result<CsvFile> {
    let text = charset::decode(bytes, None);
    let text = text.trim_start_matches('\u{feff}');
    // Excel's own way to say what parts the cells.
    let (text, said, lines_before) = match text.split_once('\n') {
        Some((first, rest)) if first.trim().strip_prefix("sep=").is_some_and(|said| said.len() == 1) => {
            (rest, first.trim().bytes().last(), 1)
        }
        _ => (text, None, 0),
    };
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(said.unwrap_or_else(|| delimiter(text)))
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut file = CsvFile::default();
    let (mut line, mut counted) = (1 + lines_before, 0);
    for record in reader.records() {
        let record = record.map_err(|error| Problem::new(Kind::Input, format!("this is no table: {error}")))?;
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        // Counted here: csv's own count is one behind where lines end in CRLF, whose second half it reads with the next row.
        let begins = record.position().map_or(0, |at| usize::try_from(at.byte()).unwrap_or(usize::MAX));
        let begins = text.len() - text.get(begins..).unwrap_or_default().trim_start_matches(['\r', '\n']).len();
        line += text.get(counted..begins).map_or(0, |passed| passed.matches('\n').count() as u64);
        counted = begins;
        if file.header.is_empty() {
            file.header = record.iter().map(|cell| Text::line(restored(cell).trim())).collect();
        } else {
            file.rows.push(CsvRow { line, cells: record.iter().map(|cell| Text::block(restored(cell))).collect() });
        }
    }
    if file.header.is_empty() {
        return Err(Problem::new(Kind::Input, "the table is empty").hint("its first row has to name the columns"));
    }
    Ok(file)
}

/// The character that parts the cells of the first lines, quoted ones left out.
fn delimiter(text: &str) -> u8 {
    let mut counts = [(b',', 0_u32), (b';', 0), (b'\t', 0), (b'|', 0)];
    let mut quoted = false;
    for byte in text.bytes().take(4_096) {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted && counts.iter().any(|(_, count)| *count > 0) => break,
            _ if quoted => {}
            _ => counts.iter_mut().filter(|(known, _)| *known == byte).for_each(|(_, count)| *count += 1),
        }
    }
    counts
        .into_iter()
        .rev()
        .max_by_key(|(_, count)| *count)
        .filter(|(_, count)| *count > 0)
        .map_or(b',', |(byte, _)| byte)
}

/// Writes a table, in UTF-8, its lines ended as RFC 4180 has it.
///
/// # Errors
/// When there is no memory.
pub fn write<'a>(header: &[&str], rows: impl IntoIterator<Item = &'a Vec<String>>) -> Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .quote_style(csv::QuoteStyle::Necessary)
        .flexible(true)
        .from_writer(Vec::new());
    let failed =
        |error: &dyn std::fmt::Display| Problem::new(Kind::Internal, format!("a table cannot be written: {error}"));
    writer.write_record(header.iter().map(|cell| neutralised(cell))).map_err(|error| failed(&error))?;
    for row in rows {
        writer.write_record(row.iter().map(|cell| neutralised(cell))).map_err(|error| failed(&error))?;
    }
    writer.into_inner().map_err(|error| failed(&error))
}

/// True for a cell that is a formula to a spreadsheet, or that would be taken for one of ours that is restored.
fn is_formula(cell: &str) -> bool {
    cell.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r'])
}

fn neutralised(cell: &str) -> String {
    if is_formula(cell) { format!("'{cell}") } else { cell.to_owned() }
}

fn restored(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if is_formula(rest) => rest,
        _ => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cells(file: &CsvFile) -> Vec<(u64, Vec<&str>)> {
        file.rows.iter().map(|row| (row.line, row.cells.iter().map(Text::as_str).collect())).collect()
    }

    #[test]
    fn what_parts_the_cells_is_found_out() {
        for text in [
            "name,phone\nAnna,1\n\nJan,2\n",
            "name;phone\r\nAnna;1\r\n;\r\nJan;2\r\n",
            "name\tphone\nAnna\t1\n\nJan\t2",
            "sep=;\nname;phone\nAnna;1\nJan;2",
            "\u{feff}name|phone\nAnna|1\n|\nJan|2\n",
        ] {
            let file = read(text.as_bytes()).unwrap();
            assert_eq!(file.header.iter().map(Text::as_str).collect::<Vec<_>>(), ["name", "phone"], "{text:?}");
            let rows = cells(&file);
            assert_eq!(rows.iter().map(|(_, cells)| cells.clone()).collect::<Vec<_>>(), [["Anna", "1"], ["Jan", "2"]]);
        }
    }

    #[test]
    fn lines_are_those_of_the_file() {
        let file = read(b"name,note\nAnna,\"two\nlines\"\nJan,x\n").unwrap();
        assert_eq!(cells(&file), [(2, vec!["Anna", "two\nlines"]), (4, vec!["Jan", "x"])]);
        let file = read(b"sep=,\nname,note\nAnna,x\n").unwrap();
        assert_eq!(cells(&file)[0].0, 3);
        let file = read(b"name,note\r\n\r\nAnna,\"two\r\nlines\"\r\nJan,x\r\n").unwrap();
        assert_eq!(cells(&file).iter().map(|(line, _)| *line).collect::<Vec<_>>(), [3, 5]);
    }

    #[test]
    fn old_charsets_are_read() {
        let polish = b"imi\xea;miasto\nZo\xb6ka i Stra\xbfnik;\xa3\xf3d\xbc w \xb6rodku\n"; // ISO-8859-2
        let file = read(polish).unwrap();
        assert_eq!(file.header[0].as_str(), "imię");
        let russian = b"\xe8\xec\xff;\xe3\xee\xf0\xee\xe4\n\xc0\xed\xed\xe0;\xcc\xee\xf1\xea\xe2\xe0\n"; // windows-1251
        assert_eq!(read(russian).unwrap().rows[0].cell(1), "Москва");
    }

    #[test]
    fn formulas_leave_as_text_and_come_back_as_they_were() {
        let formulas = ["=1+1", "+48 600", "-5", "@SUM(A1)", "\tx", "'=x", "''+x", "'quoted'", "plain", ""];
        let row: Vec<String> = formulas.iter().map(|cell| (*cell).to_owned()).collect();
        let bytes = write(&["a"], [&row]).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        for cell in text.lines().nth(1).unwrap().split(',') {
            assert!(!cell.trim_matches('"').starts_with(['=', '+', '-', '@', '\t']), "{cell}");
        }
        for cell in formulas {
            assert_eq!(restored(&neutralised(cell)), cell);
        }
    }

    #[test]
    fn an_empty_file_is_told() {
        for bytes in [&b""[..], b"\n\n", b",,\n"] {
            assert!(read(bytes).unwrap_err().sentence.contains("empty"));
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = read(&bytes);
        }

        #[test]
        fn what_is_written_is_read_again(cells in proptest::collection::vec("[ -~а-яł\n]{0,12}", 2..5)) {
            prop_assume!(cells.iter().any(|cell| !cell.trim().is_empty()));
            let bytes = write(&["a", "b"], [&cells]).unwrap();
            let file = read(&bytes).unwrap();
            let read: Vec<&str> = file.rows[0].cells.iter().map(Text::as_str).collect();
            prop_assert_eq!(read, cells);
        }
    }
}
