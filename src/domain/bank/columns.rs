//! Which column of a statement says what: by the names that banks give them, else by what stands in them.

use super::{Statement, StatementLine};
use crate::domain::amount;
use crate::domain::money::Money;
use crate::domain::text::{Text, fold};
use jiff::civil::Date;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Above a statement stand the bank's own lines; its columns are named within these first rows.
const HEAD_ROWS: usize = 60;

const DATE: &[&str] = &[
    "data operacji",
    "data ksiegowania",
    "data transakcji",
    "data waluty",
    "data",
    "completed date",
    "booking date",
    "transaction date",
    "value date",
    "date",
    "started date",
    "дата операции",
    "дата операції",
    "дата проведення",
    "дата платежа",
    "дата платежу",
    "дата и час операції",
    "дата i час операції",
    "дата і час операції",
    "дата",
];
const AMOUNT: &[&str] = &[
    "kwota operacji",
    "kwota transakcji",
    "kwota",
    "amount",
    "uznania",
    "credit",
    "paid in",
    "money in",
    "сумма платежа",
    "сумма операции",
    "сума операції",
    "сума в валюті картки",
    "сума у валюті картки",
    "зачисление",
    "кредит",
    "сумма",
    "сума",
];
const CURRENCY: &[&str] = &["waluta", "currency", "валюта операции", "валюта платежа", "валюта картки", "валюта"];
const PAYER: &[&str] = &[
    "nadawca",
    "kontrahent",
    "nazwa nadawcy",
    "dane kontrahenta",
    "counterparty",
    "payer",
    "sender",
    "плательщик",
    "контрагент",
    "отправитель",
    "платник",
    "відправник",
];
const TEXT: &[&str] = &[
    "tytul operacji",
    "tytul",
    "opis operacji",
    "opis transakcji",
    "opis",
    "reference",
    "description",
    "details",
    "назначение платежа",
    "призначення платежу",
    "деталі операції",
    "описание",
    "опис",
];

/// Where what stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Columns {
    /// When it was booked.
    pub date: usize,
    /// How much.
    pub amount: usize,
    /// In which currency.
    pub currency: Option<usize>,
    /// Who paid.
    pub payer: Option<usize>,
    /// What for.
    pub text: Option<usize>,
    /// The rows below it are the statement; `None` where no row names columns.
    pub header: Option<usize>,
}

/// A name as it is compared: no accents, no `#` and no point at its ends, in small letters.
fn plain(name: &str) -> String {
    fold(name.trim().trim_matches(['#', '.', ':', ' '])).to_lowercase()
}

/// The column of a name: one that is called just so, else one whose name begins so.
fn named(header: &[Text], names: &[&str], taken: &[usize]) -> Option<usize> {
    let header: Vec<String> = header.iter().map(|name| plain(name.as_str())).collect();
    let free = |index: &usize| !taken.contains(index);
    let find = |fits: &dyn Fn(&str, &str) -> bool| {
        names.iter().find_map(|wanted| {
            let wanted = plain(wanted);
            header.iter().position(|name| fits(name, &wanted)).filter(free)
        })
    };
    find(&|name, wanted| name == wanted).or_else(|| find(&|name, wanted| name.starts_with(wanted)))
}

/// Finds the columns of a statement; `None` where no column can be the date or the amount.
#[must_use]
pub fn guess(rows: &[Vec<Text>]) -> Option<Columns> {
    for (index, row) in rows.iter().take(HEAD_ROWS).enumerate() {
        let Some(date) = named(row, DATE, &[]) else { continue };
        let Some(amount) = named(row, AMOUNT, &[date]) else { continue };
        let payer = named(row, PAYER, &[date, amount]);
        let taken: Vec<usize> = [date, amount].into_iter().chain(payer).collect();
        let text = named(row, TEXT, &taken);
        return Some(Columns { date, amount, currency: named(row, CURRENCY, &[]), payer, text, header: Some(index) });
    }
    by_contents(rows)
}

/// The first column that holds days nearly everywhere, and the first other one that holds amounts.
fn by_contents(rows: &[Vec<Text>]) -> Option<Columns> {
    let wide = rows.iter().map(Vec::len).max()?;
    let mostly = |fits: &dyn Fn(&str) -> bool, column: usize| {
        let fitting = rows.iter().filter(|row| row.get(column).is_some_and(|cell| fits(cell.as_str()))).count();
        fitting * 5 >= rows.len() * 4
    };
    let date = (0..wide).find(|column| mostly(&|cell| day(cell).is_some(), *column))?;
    let is_amount =
        |cell: &str| cell.contains(['.', ',', '-', '+']) && day(cell).is_none() && money(cell, "XXX").is_some();
    let amount = (0..wide).find(|column| *column != date && mostly(&is_amount, *column))?;
    let is_currency = |cell: &str| cell.trim().len() == 3 && cell.trim().bytes().all(|byte| byte.is_ascii_uppercase());
    let currency = (0..wide).find(|column| mostly(&is_currency, *column));
    Some(Columns { date, amount, currency, ..Columns::default() })
}

/// Columns as I name them, `date=Data,amount=5`: by their names in the header or their numbers from 1; those I do not name are
/// guessed. `Err` has the word that fits nothing.
///
/// # Errors
/// When a word is none of date, amount, currency, payer and text, or no column is called so.
pub fn chosen(rows: &[Vec<Text>], written: &str) -> Result<Columns, Text> {
    let mut columns = guess(rows);
    for part in written.split(',').filter(|part| !part.trim().is_empty()) {
        let (word, name) = part.split_once('=').ok_or_else(|| Text::line(part))?;
        let (at, header) = find(rows, name.trim()).ok_or_else(|| Text::line(part))?;
        let columns = columns.get_or_insert_with(|| Columns { header, ..Columns::default() });
        columns.header = header.or(columns.header);
        match word.trim() {
            "date" => columns.date = at,
            "amount" => columns.amount = at,
            "currency" => columns.currency = Some(at),
            "payer" => columns.payer = Some(at),
            "text" => columns.text = Some(at),
            _ => return Err(Text::line(part)),
        }
    }
    columns.filter(|columns| columns.date != columns.amount).ok_or_else(|| Text::own("date and amount"))
}

/// A column by its number or name, and the row that names it.
fn find(rows: &[Vec<Text>], name: &str) -> Option<(usize, Option<usize>)> {
    if let Ok(number) = name.parse::<usize>() {
        return number.checked_sub(1).map(|index| (index, None));
    }
    let wanted = plain(name);
    rows.iter().take(HEAD_ROWS).enumerate().find_map(|(row, cells)| {
        cells.iter().position(|cell| plain(cell.as_str()) == wanted).map(|column| (column, Some(row)))
    })
}

/// A day as banks write it, with or without an hour after it.
#[must_use]
pub fn day(cell: &str) -> Option<Date> {
    let day = cell.trim().split([' ', 'T']).next()?;
    let parts: Vec<&str> = day.split(['.', '-', '/']).collect();
    let [first, second, third] = parts.as_slice() else { return None };
    let number = |text: &str| text.parse::<i16>().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()));
    let (first_number, second_number, third_number) = (number(first)?, number(second)?, number(third)?);
    let small = |value: i16| i8::try_from(value).ok();
    if first.len() == 4 {
        return Date::new(first_number, small(second_number)?, small(third_number)?).ok();
    }
    let year = if third.len() == 2 { 2000 + third_number } else { third_number };
    Date::new(year, small(second_number)?, small(first_number)?).ok().or_else(|| {
        // Where no month has that number it is the American order.
        Date::new(year, small(first_number)?, small(second_number)?).ok()
    })
}

/// An amount as banks write it, with a currency or without.
fn money(cell: &str, usual: &str) -> Option<Money> {
    amount::typed(cell.trim().trim_start_matches('+'), usual)
}

/// Reads the lines of a statement. `usual` is the currency where neither a column nor a cell says one.
#[must_use]
pub fn read(rows: &[(u64, Vec<Text>)], columns: &Columns, usual: &str) -> Statement {
    let mut statement = Statement { columns: described(rows, columns, usual), ..Statement::default() };
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    let begin = columns.header.map_or(0, |header| header + 1);
    for (line, cells) in rows.iter().skip(begin) {
        let cell = |column: usize| cells.get(column).map_or("", |cell| cell.as_str().trim());
        if cell(columns.date).is_empty() && cell(columns.amount).is_empty() {
            continue; // the bank's own words between and below
        }
        let currency = columns.currency.map_or("", cell);
        let read = day(cell(columns.date))
            .zip(money(cell(columns.amount), if currency.is_empty() { usual } else { currency }));
        let Some((booked_on, amount)) = read else {
            let what = format!("{} {}", cell(columns.date), cell(columns.amount));
            statement.unreadable.push((*line, Text::line(what.trim())));
            continue;
        };
        if amount.minor <= 0 {
            statement.outgoing += 1;
            continue;
        }
        let whole = Text::from(cells.iter().map(|cell| cell.as_str().replace('\n', " ")).collect::<Vec<_>>().join(" "));
        let said = format!("{booked_on}|{}|{}|{whole}", amount.minor, amount.currency);
        let nth = seen.entry(said.clone()).or_default();
        *nth += 1;
        let others =
            |index: &usize| *index != columns.date && *index != columns.amount && Some(*index) != columns.currency;
        let text = match columns.text {
            Some(column) => Text::line(cell(column)),
            None => {
                let rest: Vec<&str> =
                    (0..cells.len()).filter(others).map(cell).filter(|cell| !cell.is_empty()).collect();
                Text::line(&rest.join(", "))
            }
        };
        statement.incoming.push(StatementLine {
            line: *line,
            booked_on,
            amount,
            payer: columns.payer.map_or_else(Text::default, |column| Text::line(cell(column))),
            text,
            digest: digest(&format!("{said}|{nth}")),
            whole,
        });
    }
    statement
}

fn digest(said: &str) -> String {
    let mut hex = String::new();
    for byte in Sha256::digest(said.as_bytes()) {
        // Writing into a string does not fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

/// What was taken for what: "date: Data operacji, amount: Kwota".
fn described(rows: &[(u64, Vec<Text>)], columns: &Columns, usual: &str) -> Text {
    let name = |column: usize| {
        let header = columns.header.and_then(|row| rows.get(row)).and_then(|(_, cells)| cells.get(column));
        header.filter(|name| !name.is_empty()).map_or_else(|| format!("column {}", column + 1), ToString::to_string)
    };
    let mut parts = vec![format!("date: {}", name(columns.date)), format!("amount: {}", name(columns.amount))];
    for (word, column) in [("currency", columns.currency), ("payer", columns.payer), ("text", columns.text)] {
        parts.extend(column.map(|column| format!("{word}: {}", name(column))));
    }
    // Said, because payments in another currency never fit.
    if columns.currency.is_none() {
        parts.push(format!("currency: {usual} where none is written"));
    }
    Text::from(parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(lines: &[&[&str]]) -> Vec<(u64, Vec<Text>)> {
        (1..).zip(lines).map(|(line, cells)| (line, cells.iter().map(|cell| Text::line(cell)).collect())).collect()
    }

    fn said(lines: &[&[&str]], usual: &str) -> Vec<String> {
        let rows = rows(lines);
        let cells: Vec<Vec<Text>> = rows.iter().map(|(_, cells)| cells.clone()).collect();
        let statement = read(&rows, &guess(&cells).unwrap(), usual);
        assert_eq!(statement.unreadable, []);
        statement
            .incoming
            .iter()
            .map(|line| {
                format!(
                    "{} {} {} | {} | {}",
                    line.booked_on,
                    line.amount.plain(),
                    line.amount.currency,
                    line.payer,
                    line.text
                )
            })
            .collect()
    }

    #[test]
    fn statements_of_the_usual_banks_are_read() {
        let mbank: &[&[&str]] = &[
            &["mBank S.A. Bankowość Detaliczna;"],
            &["#Za okres:", "2026-11-01", "2026-11-30"],
            &[
                "#Data operacji",
                "#Data księgowania",
                "#Opis operacji",
                "#Tytuł",
                "#Nadawca/Odbiorca",
                "#Numer konta",
                "#Kwota",
                "#Saldo po operacji",
            ],
            &[
                "2026-11-20",
                "2026-11-20",
                "PRZELEW PRZYCHODZĄCY",
                "Faktura 214",
                "BAŁTYK SOFTWARE SA",
                "PL00",
                "15 800,00",
                "20 000,00",
            ],
            &["2026-11-21", "2026-11-21", "PRZELEW", "Czynsz", "ADM", "PL01", "-2 100,00", "17 900,00"],
            &["", "", "", "", "", "", "", ""],
        ];
        assert_eq!(said(mbank, "PLN"), ["2026-11-20 15800.00 PLN | BAŁTYK SOFTWARE SA | Faktura 214"]);
        let pko: &[&[&str]] = &[
            &[
                "Data operacji",
                "Data waluty",
                "Typ transakcji",
                "Kwota",
                "Waluta",
                "Saldo po transakcji",
                "Opis transakcji",
            ],
            &["2026-11-20", "2026-11-20", "Przelew", "+1234.50", "PLN", "+9", "Tytuł: Zaliczka"],
        ];
        assert_eq!(said(pko, ""), ["2026-11-20 1234.50 PLN |  | Tytuł: Zaliczka"]);
        let monobank: &[&[&str]] = &[
            &[
                "Дата i час операції",
                "Деталі операції",
                "MCC",
                "Сума в валюті картки (UAH)",
                "Валюта",
                "Залишок після операції",
            ],
            &["20.11.2026 14:22:31", "Від: ТОВ Зоря", "4829", "6225.00", "UAH", "7000.00"],
        ];
        assert_eq!(said(monobank, ""), ["2026-11-20 6225.00 UAH |  | Від: ТОВ Зоря"]);
        let tinkoff: &[&[&str]] = &[
            &["Дата операции", "Дата платежа", "Статус", "Сумма операции", "Валюта операции", "Категория", "Описание"],
            &["20.11.2026 10:00:00", "20.11.2026", "OK", "12 500,00", "RUB", "Пополнения", "Оплата по счёту 77"],
        ];
        assert_eq!(said(tinkoff, ""), ["2026-11-20 12500.00 RUB |  | Оплата по счёту 77"]);
        let revolut: &[&[&str]] = &[
            &[
                "Type",
                "Product",
                "Started Date",
                "Completed Date",
                "Description",
                "Amount",
                "Fee",
                "Currency",
                "State",
                "Balance",
            ],
            &[
                "TRANSFER",
                "Current",
                "2026-11-20 09:12:01",
                "2026-11-20 09:12:02",
                "Payment from Northlight",
                "7200.00",
                "0.00",
                "GBP",
                "COMPLETED",
                "9",
            ],
        ];
        assert_eq!(said(revolut, ""), ["2026-11-20 7200.00 GBP |  | Payment from Northlight"]);
        let bare: &[&[&str]] =
            &[&["20/11/2026", "from Anna", "100,00", "EUR"], &["21/11/2026", "to Jan", "-5,00", "EUR"]];
        assert_eq!(said(bare, ""), ["2026-11-20 100.00 EUR |  | from Anna"]);
    }

    #[test]
    fn the_same_line_has_the_same_digest_and_two_such_lines_two() {
        let lines: &[&[&str]] = &[
            &["Date", "Amount", "Text"],
            &["2026-11-20", "5.00 EUR", "a"],
            &["2026-11-20", "5.00 EUR", "a"],
            &["2026-11-20", "5.00 EUR", "b"],
        ];
        let digests = |lines: &[&[&str]]| -> Vec<String> {
            let rows = rows(lines);
            let cells: Vec<Vec<Text>> = rows.iter().map(|(_, cells)| cells.clone()).collect();
            read(&rows, &guess(&cells).unwrap(), "").incoming.into_iter().map(|line| line.digest).collect()
        };
        let all = digests(lines);
        assert_eq!(digests(lines), all);
        assert!(all[0] != all[1] && all[1] != all[2] && all[0] != all[2]);
        assert_eq!(digests(&[lines[0], lines[3], lines[1]]), [all[2].clone(), all[0].clone()], "wherever it stands");
    }

    #[test]
    fn columns_can_be_named() {
        let lines: &[&[&str]] = &[&["Kiedy", "Ile", "Co"], &["20.11.2026", "5,00", "a"], &["x", "y", "z"]];
        let rows = rows(lines);
        let cells: Vec<Vec<Text>> = rows.iter().map(|(_, cells)| cells.clone()).collect();
        assert_eq!(guess(&cells), None);
        let columns = chosen(&cells, "date=Kiedy, amount=ile,text=3").unwrap();
        let statement = read(&rows, &columns, "PLN");
        assert_eq!((statement.incoming.len(), statement.unreadable.as_slice()), (1, &[(3, Text::own("x y"))][..]));
        assert_eq!(
            statement.columns.as_str(),
            "date: Kiedy, amount: Ile, text: Co, currency: PLN where none is written"
        );
        for wrong in ["date=Kiedy", "date=Kiedy,amount=Gdzie", "day=Kiedy,amount=Ile", "amount"] {
            assert!(chosen(&cells, wrong).is_err(), "{wrong}");
        }
    }
}
