//! Bank statements: which column says what, what a line says, and which payments it may pay.

pub mod columns;
pub mod matching;

use super::money::Money;
use super::text::Text;
use jiff::civil::Date;

/// Money that came in, as a line of a statement says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementLine {
    /// The line of the file.
    pub line: u64,
    /// When it was booked.
    pub booked_on: Date,
    /// How much; above zero.
    pub amount: Money,
    /// Who paid, where a column says so.
    pub payer: Text,
    /// What for.
    pub text: Text,
    /// All its cells: what is looked through.
    pub whole: Text,
    /// The same for the same line of the same statement, and for no other.
    pub digest: String,
}

/// A statement that was read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Statement {
    /// What came in.
    pub incoming: Vec<StatementLine>,
    /// Lines of money that went out.
    pub outgoing: u64,
    /// Lines that could not be read, each with what is wrong.
    pub unreadable: Vec<(u64, Text)>,
    /// What was taken for what, in words.
    pub columns: Text,
}

/// A statement with what is proposed for its lines.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Proposed {
    /// Its lines that were not decided about.
    pub matches: Vec<matching::Match>,
    /// Everything that is due.
    pub due: Vec<matching::Due>,
    /// Lines that were decided about before.
    pub known: usize,
    /// Lines of money that went out.
    pub outgoing: u64,
    /// Lines that could not be read.
    pub unreadable: Vec<(u64, Text)>,
    /// What was taken for what.
    pub columns: Text,
}
