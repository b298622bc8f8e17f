//! For tests only: looking into the tables from outside, and at the plans of queries.

use super::Store;
use rusqlite::types::ValueRef;

impl Store {
    /// Every row of a query as text, its columns parted by ` | `.
    pub(crate) fn rows(&self, sql: &str) -> Vec<String> {
        let mut statement = self.sql().prepare(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
        let columns = statement.column_count();
        let rows = statement
            .query_map([], |row| {
                let cells = (0..columns).map(|column| Ok(cell(row.get_ref(column)?)));
                Ok(cells.collect::<rusqlite::Result<Vec<_>>>()?.join(" | "))
            })
            .unwrap();
        rows.collect::<rusqlite::Result<_>>().unwrap()
    }

    /// Runs a statement that tests need and the program does not.
    pub(crate) fn run(&self, sql: &str) {
        self.sql().execute_batch(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
}

fn cell(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "-".to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
        ValueRef::Blob(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}
