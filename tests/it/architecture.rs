//! The walls of the house (ARCHITECTURE.md): who may import whom, who may touch the outside world, how big things get.
//!
//! Sources are read as text with comments and literals blanked. Each rule is tried on a line that breaks it, so that
//! none of them can fall asleep.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Who may import whom. `main.rs` and `lib.rs` stand above.
const IMPORTS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("mime", &["domain"]),
    ("store", &["domain"]),
    ("net", &["domain"]),
    ("config", &["domain"]),
    ("ui", &["domain"]),
    ("sync", &["domain", "mime", "store", "net"]),
    ("runtime", &["domain", "mime", "store", "net", "config", "ui", "sync"]),
    ("cli", &["domain", "mime", "store", "net", "config", "ui", "sync", "runtime"]),
];

/// What only one layer may name.
const OWNED: &[(&str, &[&str])] = &[
    ("store", &["rusqlite"]),
    (
        "net",
        &[
            "TcpStream",
            "TcpListener",
            "UdpSocket",
            "ToSocketAddrs",
            "native_tls",
            "lettre",
            "imap",
            "imap_proto",
            "ureq",
            "oauth2",
        ],
    ),
];

/// What a pure layer never names: clock, chance, environment, files, programs, threads.
const IMPURE: &[&str] = &[
    "Timestamp::now",
    "Zoned::now",
    "SystemTime",
    "Instant",
    "std::env",
    "env::var",
    "getrandom",
    "rand",
    "RandomState",
    "std::fs",
    "std::process",
    "std::thread",
];

/// Reading from and writing to the terminal: `ui/terminal.rs` alone may.
const TERMINAL: &[&str] = &["crossterm::execute", "crossterm::terminal", "event::read", "event::poll", "stdout"];

/// Amounts are whole minor units: a file that counts money names none of these.
const FLOATS: &[&str] = &["f32", "f64"];
/// Files that are about money, whatever they name.
const OF_MONEY: &[&str] = &["amount", "bank", "board", "deal", "forecast", "money", "offer", "payment", "schedule"];

const MOST_LINES: usize = 600;
const MOST_FUNCTION_LINES: usize = 100;

/// One source file, its comments and literals blanked.
struct Source {
    /// Below `src` or `tests`: `domain/draft.rs`.
    path: String,
    code: String,
    /// The same without what is compiled for tests only.
    product: String,
    /// What is compiled for tests only.
    tests: String,
}

impl Source {
    fn new(path: &str, text: &str) -> Self {
        let code = blanked(text);
        let (product, tests) = split_tests(&code);
        Self { path: path.to_owned(), code, product, tests }
    }

    /// `domain` for `domain/draft.rs`; empty for `lib.rs`.
    fn layer(&self) -> &str {
        let first = self.path.split('/').next().unwrap_or_default();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// How many modules deep it lies: 2 for `domain/draft.rs`, 1 for `domain/mod.rs`.
    fn depth(&self) -> usize {
        self.path.split('/').filter(|part| *part != "mod.rs").count()
    }
}

/// The text with every comment, string and character replaced by blanks; line ends stay.
fn blanked(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let at = |i: usize| chars.get(i).copied().unwrap_or('\0');
    let mut out = String::with_capacity(text.len());
    let mut i = 0;
    while i < chars.len() {
        let end = match at(i) {
            '/' if at(i + 1) == '/' => (i..).find(|&j| matches!(at(j), '\n' | '\0')).unwrap(),
            '/' if at(i + 1) == '*' => end_of_comment(&chars, i),
            'r' if !is_word(at(i.wrapping_sub(1))) || at(i.wrapping_sub(1)) == 'b' => end_of_raw_string(&chars, i),
            '"' => end_of_quoted(&chars, i, '"'),
            // 'a' and '\n' are characters, 'a alone is a lifetime.
            '\'' if at(i + 1) == '\\' || at(i + 2) == '\'' => end_of_quoted(&chars, i, '\''),
            _ => i,
        };
        if end == i {
            out.push(at(i));
            i += 1;
        } else {
            out.extend((i..end).map(|j| if at(j) == '\n' { '\n' } else { ' ' }));
            i = end;
        }
    }
    out
}

fn end_of_comment(chars: &[char], start: usize) -> usize {
    let closes = |i: &usize| chars.get(*i) == Some(&'*') && chars.get(i + 1) == Some(&'/');
    (start + 2..chars.len()).find(closes).map_or(chars.len(), |i| i + 2)
}

fn end_of_raw_string(chars: &[char], start: usize) -> usize {
    let hashes = chars[start + 1..].iter().take_while(|c| **c == '#').count();
    if chars.get(start + 1 + hashes) != Some(&'"') {
        return start;
    }
    let closes = |i: &usize| chars[*i] == '"' && chars[i + 1..].iter().take_while(|c| **c == '#').count() >= hashes;
    (start + 2 + hashes..chars.len()).find(closes).map_or(chars.len(), |i| i + 1 + hashes)
}

fn end_of_quoted(chars: &[char], start: usize, quote: char) -> usize {
    let mut i = start + 1;
    while i < chars.len() && chars[i] != quote {
        i += if chars[i] == '\\' { 2 } else { 1 };
    }
    (i + 1).min(chars.len())
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The end of the block that opens at `open`.
fn end_of_block(code: &str, open: usize) -> usize {
    let mut depth = 0;
    for (i, byte) in code.bytes().enumerate().skip(open) {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return i + 1;
        }
    }
    code.len()
}

/// Parts every item marked `#[cfg(test)]` from the rest.
fn split_tests(code: &str) -> (String, String) {
    let (mut product, mut tests) = (String::new(), String::new());
    let mut rest = code;
    while let Some(start) = rest.find("#[cfg(test)]") {
        product.push_str(&rest[..start]);
        let end = rest[start..].find([';', '{']).map_or(rest.len(), |i| start + i);
        let end = if rest[end..].starts_with('{') { end_of_block(rest, end) } else { (end + 1).min(rest.len()) };
        tests.push_str(&rest[start..end]);
        rest = &rest[end..];
    }
    (product + rest, tests)
}

/// The layers that a file names, by `crate::` or by climbing with `super::`.
fn imported(source: &Source) -> BTreeSet<String> {
    let code = &source.code;
    let mut found = BTreeSet::new();
    for (start, _) in code.match_indices("crate::") {
        if !code[..start].ends_with(is_word) {
            found.extend(heads(&code[start + "crate::".len()..]));
        }
    }
    let mut at = 0;
    while let Some(start) = code[at..].find("super::").map(|i| at + i) {
        let mut end = start;
        while code[end..].starts_with("super::") {
            end += "super::".len();
        }
        if (end - start) / "super::".len() >= source.depth() {
            found.extend(heads(&code[end..]));
        }
        at = end;
    }
    found
}

/// The first names of a path that goes on here: one, or those of a group in braces.
fn heads(code: &str) -> Vec<String> {
    let word = |text: &str| text.trim_start().chars().take_while(|c| is_word(*c)).collect::<String>();
    let Some(group) = code.strip_prefix('{') else { return vec![word(code)] };
    let group = &group[..end_of_block(code, 0).saturating_sub(2)];
    let mut depth = 0;
    let pieces = group.split(|c| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        c == ',' && depth == 0
    });
    pieces.map(word).filter(|name| !name.is_empty()).collect()
}

/// True when the code names this path: `std::net` also in `use std::{io, net}`, `imap` not in `net::imap`.
fn names(code: &str, path: &str) -> bool {
    let whole = |hay: &str, needle: &str| {
        hay.match_indices(needle).any(|(start, _)| {
            let before = &hay[..start];
            let after = &hay[start + needle.len()..];
            let free = !before.ends_with(is_word) && !after.starts_with(is_word);
            // A lone crate name is a path's beginning.
            let first = needle.contains("::") || (!before.ends_with("::") && after.starts_with("::"));
            free && first
        })
    };
    let Some((head, tail)) = path.split_once("::") else {
        if path.starts_with(char::is_uppercase) {
            let found = |(start, _): (usize, &str)| {
                !code[..start].ends_with(is_word) && !code[start + path.len()..].starts_with(is_word)
            };
            return code.match_indices(path).any(found);
        }
        let used = [format!("use {path};"), format!("use {path} as ")].iter().any(|line| code.contains(line));
        // Inside `use crate::net::{imap::Session}` the name is ours.
        let foreign = code.lines().filter(|line| !line.trim_start().starts_with("use crate::"));
        return used || foreign.into_iter().any(|line| whole(line, path));
    };
    let grouped = format!("{head}::{{");
    let in_group = code
        .match_indices(&grouped)
        .any(|(start, _)| heads(&code[start + grouped.len() - 1..]).iter().any(|name| name == tail));
    whole(code, path) || in_group
}

/// Functions longer than allowed: name and lines.
fn long_functions(product: &str) -> Vec<(String, usize)> {
    let mut long = Vec::new();
    for (start, _) in product.match_indices("fn ") {
        let name: String = product[start + 3..].chars().take_while(|c| is_word(*c)).collect();
        if name.is_empty() || product[..start].ends_with(is_word) {
            continue;
        }
        let mut round = 0;
        let body = product[start..].char_indices().find(|(_, c)| {
            round += i32::from(matches!(c, '(' | '[')) - i32::from(matches!(c, ')' | ']'));
            round == 0 && matches!(c, '{' | ';')
        });
        let Some((offset, '{')) = body else { continue };
        let end = end_of_block(product, start + offset);
        let lines = product[start..end].lines().count();
        if lines > MOST_FUNCTION_LINES {
            long.push((name, lines));
        }
    }
    long
}

/// A file that is about money, or names amounts.
fn counts_money(source: &Source) -> bool {
    OF_MONEY.iter().any(|word| source.path.contains(word))
        || source.code.split(|c| !is_word(c)).any(|word| word == "Money")
}

/// Everything in a file of `src` that breaks a rule.
fn breaches(source: &Source) -> Vec<String> {
    let mut found = Vec::new();
    let layer = source.layer();
    if let Some((_, allowed)) = IMPORTS.iter().find(|(name, _)| *name == layer) {
        for name in imported(source) {
            let known = IMPORTS.iter().any(|(known, _)| *known == name);
            if known && name != layer && !allowed.contains(&name.as_str()) {
                found.push(format!("{layer} imports {name}"));
            }
        }
    } else if !matches!(layer, "main" | "lib") {
        found.push(format!("{layer} is in no table: say what it may import"));
    }
    for (owner, paths) in OWNED {
        found.extend(
            paths
                .iter()
                .filter(|path| layer != *owner && names(&source.code, path))
                .map(|path| format!("names {path}")),
        );
    }
    if matches!(layer, "domain" | "ui") {
        // The terminal's keys are waited for on a thread of their own.
        let allowed = |path: &str| source.path == "ui/terminal.rs" && path == "std::thread";
        let impure = IMPURE.iter().filter(|path| !allowed(path) && names(&source.product, path));
        found.extend(impure.map(|path| format!("names {path}")));
        if source.path != "ui/terminal.rs" {
            let terminal = TERMINAL.iter().filter(|path| names(&source.product, path));
            found.extend(terminal.map(|path| format!("names {path}")));
        }
    }
    if counts_money(source) {
        let has = |word: &&&str| source.code.split(|c| !is_word(c)).any(|found| found == **word);
        found.extend(FLOATS.iter().filter(has).map(|word| format!("counts money in {word}")));
    }
    let lines = source.product.lines().count();
    if lines > MOST_LINES {
        found.push(format!("has {lines} lines without its tests"));
    }
    let long = long_functions(&source.product).into_iter();
    found.extend(long.map(|(name, lines)| format!("the function {name} has {lines} lines")));
    found.extend(lazy_tests(&source.tests));
    found
}

/// Tests that do not run, or wait for a time to pass instead of for what they want.
fn lazy_tests(tests: &str) -> Vec<String> {
    let lazy = ["#[ignore", "thread::sleep"].into_iter().filter(|word| tests.contains(word));
    lazy.map(|word| format!("a test has {word}")).collect()
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
}

fn sources(folder: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut paths = Vec::new();
    files(&root, &mut paths);
    let read = |path: &PathBuf| {
        let name = path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
        Source::new(&name, &std::fs::read_to_string(path).unwrap())
    };
    paths.iter().map(read).collect()
}

/// Files that a `#[cfg(test)] mod name;` brings in: all of them is test.
fn mark_test_files(sources: &mut [Source]) {
    let mut test_files = BTreeSet::new();
    for source in sources.iter() {
        let folder = match source.path.strip_suffix("mod.rs") {
            Some(folder) => folder.to_owned(),
            None => format!("{}/", source.path.trim_end_matches(".rs")),
        };
        for (start, _) in source.code.match_indices("#[cfg(test)]") {
            let item = source.code[start + "#[cfg(test)]".len()..].trim_start();
            let name = item.strip_prefix("mod ").and_then(|rest| rest.split_once(';')).map(|(name, _)| name);
            if let Some(name) = name.filter(|name| name.chars().all(is_word)) {
                test_files.insert(format!("{folder}{name}.rs"));
                test_files.insert(format!("{folder}{name}/"));
            }
        }
    }
    for source in sources.iter_mut() {
        if test_files.iter().any(|file| source.path == *file || (file.ends_with('/') && source.path.starts_with(file)))
        {
            source.product.clear();
            source.tests.clone_from(&source.code);
        }
    }
}

#[test]
fn the_walls_stand() {
    let mut all = sources("src");
    mark_test_files(&mut all);
    assert!(all.len() > 80, "the sources were found");
    let found: BTreeSet<String> = all
        .iter()
        .flat_map(|source| breaches(source).into_iter().map(|b| format!("src/{}: {b}", source.path)))
        .collect();
    assert!(found.is_empty(), "\n{}\n", found.into_iter().collect::<Vec<_>>().join("\n"));
}

#[test]
fn tests_run_and_never_sleep() {
    let mut found = Vec::new();
    for source in sources("tests") {
        // The one helper that polls.
        let code = if source.path == "it/support/mod.rs" {
            source.code.replacen("std::thread::sleep(Duration::from_millis(10))", "", 1)
        } else {
            source.code.clone()
        };
        found.extend(lazy_tests(&code).into_iter().map(|b| format!("tests/{}: {b}", source.path)));
    }
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn every_rule_is_awake() {
    let long_body = "    let x = 1;\n".repeat(MOST_FUNCTION_LINES);
    let long_function = format!("impl A {{\n fn b(c: [u8; 3]) -> u8 {{\n{long_body}}}\n}}\n");
    let long_file = "const A: u8 = 1;\n".repeat(MOST_LINES + 1);
    for (path, text, breach) in [
        ("domain/a.rs", "use crate::store::Store;", "domain imports store"),
        ("domain/a/b.rs", "use super::super::super::mime;", "domain imports mime"),
        ("mime/mod.rs", "use super::net::x;", "mime imports net"),
        ("ui/a.rs", "fn f() { crate::store::x() }", "ui imports store"),
        ("ui/a.rs", "use crate::{domain::id, runtime::{acts, owner}};", "ui imports runtime"),
        ("store/a.rs", "use crate::mime;", "store imports mime"),
        ("net/a.rs", "use crate::{domain, store};", "net imports store"),
        ("sync/a.rs", "use crate::runtime::acts;", "sync imports runtime"),
        ("config/a.rs", "use crate::net::Timeouts;", "config imports net"),
        ("runtime/a.rs", "use crate::cli::x;", "runtime imports cli"),
        ("extra/a.rs", "", "extra is in no table: say what it may import"),
        ("sync/a.rs", "use rusqlite::Connection;", "names rusqlite"),
        ("runtime/a.rs", "use std::net::TcpStream;", "names TcpStream"),
        ("sync/a.rs", "use std::{io, net::TcpStream};", "names TcpStream"),
        ("cli/a.rs", "use lettre::SmtpTransport;", "names lettre"),
        ("cli/a.rs", "fn f() { imap::Client::new(x) }", "names imap"),
        ("config/a.rs", "use native_tls::TlsConnector;", "names native_tls"),
        ("domain/a.rs", "fn f() { Timestamp::now(); }", "names Timestamp::now"),
        ("ui/terminal.rs", "fn f() { jiff::Zoned::now(); }", "names Zoned::now"),
        ("domain/a.rs", "use std::time::{Duration, Instant};", "names Instant"),
        ("ui/a.rs", "use std::time::SystemTime;", "names SystemTime"),
        ("ui/a.rs", "use std::env;", "names std::env"),
        ("domain/a.rs", "fn f() { getrandom::fill(x) }", "names getrandom"),
        ("ui/a.rs", "fn f() { crossterm::event::read() }", "names event::read"),
        ("domain/money.rs", "fn f(x: f64) {}", "counts money in f64"),
        ("ui/a.rs", "use crate::domain::money::Money;\nfn f(x: Option<f32>) {}", "counts money in f32"),
        ("net/a.rs", &long_function, "the function b has 102 lines"),
        ("net/a.rs", &long_file, "has 601 lines without its tests"),
        ("net/a.rs", "fn f() {}\n#[cfg(test)]\nmod tests {\n #[ignore]\n fn t() {}\n}", "a test has #[ignore"),
        ("net/a.rs", "#[cfg(test)]\nmod tests { fn t() { std::thread::sleep(x) } }", "a test has thread::sleep"),
    ] {
        let found = breaches(&Source::new(path, text));
        assert!(found.iter().any(|found| found == breach), "{path} {text:.200}: {found:?}");
    }
    for (path, text) in [
        ("domain/a.rs", "// crate::store\nconst A: &str = \"crate::store Timestamp::now\"; use super::id;"),
        ("domain/a.rs", "fn f<'a>(x: &'a str) -> char { '\"' } // Instant\n"),
        ("runtime/a.rs", "use crate::net::imap::Session;\nuse crate::net::{imap, smtp};"),
        ("domain/a/b.rs", "use super::super::id;"),
        ("net/a.rs", "use imap::Client; use std::net::TcpStream;"),
        ("config/a.rs", "use std::net::IpAddr;"),
        ("domain/a.rs", "fn operand() {} struct Instantly;"),
        ("net/a.rs", "fn f(x: f64) {} // Money"),
        ("ui/terminal.rs", "fn f() { crossterm::event::read() }"),
        ("store/a.rs", &format!("#[cfg(test)]\nmod tests {{\n{long_file}}}")),
    ] {
        let found = breaches(&Source::new(path, text));
        assert!(found.is_empty(), "{path} {text:.200}: {found:?}");
    }
}
