//! Bank statements as banks write them: CSV in any of the usual charsets and separators, with the bank's own lines above.

use super::charset;
use crate::domain::bank::columns;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::Text;

/// A row with the line of the file it begins on.
type Row = (u64, Vec<Text>);

/// A file over this many bytes is no statement.
pub const LARGEST: u64 = 32 * 1024 * 1024;

/// The rows of a statement with the lines of the file they begin on. The separator is the one with which columns are found, or
/// else the one that parts the most.
///
/// # Errors
/// When it is no table.
pub fn statement_rows(bytes: &[u8], encoding: Option<&str>) -> Result<Vec<(u64, Vec<Text>)>> {
    let text = charset::decode(bytes, encoding);
    let mut best: Option<((bool, usize), Vec<Row>)> = None;
    for separator in *b";,\t|" {
        let Ok(rows) = read(&text, separator) else { continue };
        let cells: Vec<Vec<Text>> = rows.iter().map(|(_, cells)| cells.clone()).collect();
        let parted = cells.iter().map(Vec::len).filter(|count| *count > 1).sum();
        let rank = (columns::guess(&cells).is_some(), parted);
        if best.as_ref().is_none_or(|(known, _)| rank > *known) {
            best = Some((rank, rows));
        }
    }
    best.map(|(_, rows)| rows)
        .filter(|rows| !rows.is_empty())
        .ok_or_else(|| Problem::new(Kind::Input, "this is no table").hint("export the statement from your bank as CSV"))
}

fn read(text: &str, separator: u8) -> std::result::Result<Vec<Row>, csv::Error> {
    let mut reader =
        csv::ReaderBuilder::new().delimiter(separator).has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record?;
        let line = record.position().map_or(0, csv::Position::line);
        rows.push((line, record.iter().map(|cell| Text::line(cell.trim())).collect()));
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_and_charsets_are_found_out() {
        // Windows-1250, as Polish banks write it; the bank's own lines have commas.
        let polish = b"mBank S.A., Skrytka pocztowa 2108\n\n#Data operacji;#Opis operacji;#Kwota;\n2026-11-20;Wp\xb3ata za krzes\xb3a, \xb3awki i \x9ccianki;1 234,50 PLN;\n";
        let rows = statement_rows(polish, None).unwrap();
        let last = rows.last().unwrap();
        assert_eq!(last.0, 4);
        let cells: Vec<&str> = last.1.iter().map(Text::as_str).collect();
        assert_eq!(cells, ["2026-11-20", "Wpłata za krzesła, ławki i ścianki", "1 234,50 PLN", ""]);
        let cyrillic = b"\xc4\xe0\xf2\xe0,\xd1\xf3\xec\xec\xe0,\xcf\xeb\xe0\xf2\xe5\xeb\xfc\xf9\xe8\xea\n20.11.2026,\"12 500,00\",\xce\xce\xce\n";
        let rows = statement_rows(cyrillic, Some("windows-1251")).unwrap();
        let cells: Vec<&str> = rows[1].1.iter().map(Text::as_str).collect();
        assert_eq!(cells, ["20.11.2026", "12 500,00", "ООО"]);
        assert!(statement_rows(b"", None).is_err());
    }
}
