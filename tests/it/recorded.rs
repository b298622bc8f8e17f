//! Nothing is done to clients without a way back: every act runs inside `Store::record`, and is tried by a test that takes it back.
//!
//! Sources are read as text. A new act that forgets either makes this fail, without anybody having to think of it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Tables whose rows the user means when something is done to a client.
const CLIENTS: &[&str] = &[
    "company",
    "company_domain",
    "contact",
    "contact_address",
    "contact_phone",
    "ignored_sender",
    "deal",
    "deal_stage",
    "offer_line",
    "payment",
    "activity",
    "thread_state",
    "junk_confirmed",
    "filing",
];

/// Files that write to them as nobody's act: what sync finds, what the demo begins with, what is put back from elsewhere.
const NO_ACTS: &[&str] = &["runtime/demo/", "sync/", "store/"];

fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
                found.push((name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

/// The part of a file that is in the program, and the part that is for tests only.
fn parted(text: &str) -> (&str, &str) {
    text.split_once("#[cfg(test)]\nmod tests {").unwrap_or((text, ""))
}

/// Tells stories about the program and is no part of it.
fn only_tests(name: &str) -> bool {
    name.contains("tests") || name.starts_with("runtime/scenarios")
}

/// Every function of an `impl` with its signature and body.
fn functions(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("    pub fn ").or_else(|| rest.find("    pub(super) fn ")) {
        let after = &rest[start..];
        let name_at = after.find("fn ").unwrap() + 3;
        let name: String = after[name_at..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        let end = after.find("\n    }\n").map_or(after.len(), |end| end + 7);
        found.push((name, after[..end].to_owned()));
        rest = &after[end..];
    }
    found
}

fn changes_clients(body: &str) -> bool {
    CLIENTS.iter().any(|table| {
        ["INSERT INTO", "INSERT OR IGNORE INTO", "UPDATE", "DELETE FROM"].iter().any(|verb| {
            body.match_indices(&format!("{verb} {table}"))
                .any(|(at, found)| !body[at + found.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_'))
        })
    })
}

/// What of `text` calls one of these methods of the store.
fn calls<'a>(text: &str, methods: &'a BTreeSet<String>) -> Vec<&'a str> {
    methods.iter().map(String::as_str).filter(|method| text.contains(&format!("store.{method}("))).collect()
}

#[test]
fn whoever_changes_clients_records_it() {
    let sources = sources();
    let in_store = sources.iter().filter(|(name, _)| name.starts_with("store/"));
    let writers: BTreeSet<String> = in_store
        .flat_map(|(_, text)| functions(parted(text).0))
        .filter(|(_, body)| changes_clients(body))
        .map(|(name, _)| name)
        .collect();
    assert!(
        writers.contains("add_deal") && writers.contains("finish_activity"),
        "the search for writers is broken: {writers:?}"
    );
    let mut guilty = Vec::new();
    for (name, text) in sources.iter().filter(|(name, _)| !NO_ACTS.iter().any(|part| name.contains(part))) {
        let (program, _) = parted(text);
        if only_tests(name) || program.contains("record(") {
            continue;
        }
        guilty.extend(calls(program, &writers).into_iter().map(|method| format!("{name}: {method}")));
    }
    assert!(
        guilty.is_empty(),
        "these change clients outside Store::record, so that nobody can take it back: {guilty:?}"
    );
}

#[test]
fn every_act_is_tried_with_its_undo() {
    let sources = sources();
    let tests: String = sources
        .iter()
        .filter(|(name, _)| name.starts_with("runtime/"))
        .map(|(name, text)| if only_tests(name) { text.as_str() } else { parted(text).1 })
        .collect();
    let mut acts = 0;
    let mut untried = Vec::new();
    let mut unrecorded = Vec::new();
    for (file, text) in
        sources.iter().filter(|(name, _)| name.starts_with("runtime/acts/") || name == "runtime/handling.rs")
    {
        for (name, body) in functions(parted(text).0) {
            let head = body.split('{').next().unwrap_or_default();
            let is_act = head.contains("-> Result<Title>") || head.contains("-> Result<Outcome>");
            if !is_act || !body.starts_with("    pub fn") {
                continue;
            }
            acts += 1;
            if !tests.contains(&format!(".{name}(")) {
                untried.push(format!("{file}: {name}"));
            }
            // It records itself, or hands the work to another one that does.
            if !body.contains("record(") && !body.contains("self.") {
                unrecorded.push(format!("{file}: {name}"));
            }
        }
    }
    assert!(acts > 12, "the search for acts is broken: {acts}");
    assert!(unrecorded.is_empty(), "acts that record nothing: {unrecorded:?}");
    assert!(
        untried.is_empty(),
        "acts that no test of runtime takes back (runtime/tests.rs, every_act_undone…): {untried:?}"
    );
}

#[test]
fn the_searches_see_what_they_should() {
    assert!(changes_clients("UPDATE deal SET") && changes_clients("INSERT OR IGNORE INTO filing (x)"));
    assert!(!changes_clients("UPDATE deal_thing SET") && !changes_clients("SELECT * FROM deal"));
    let text = "impl A {\n    pub fn one(&self) -> Result<Title> {\n        self.record(1)\n    }\n\n    pub fn two(&self) {\n    }\n}\n";
    assert_eq!(functions(text).into_iter().map(|(name, _)| name).collect::<Vec<_>>(), ["one", "two"]);
}
