//! The letters of a folder on the server against those here.

use super::{Check, Letter, Verdict, verdict_on};
use crate::domain::id;
use crate::domain::message::MsgId;
use crate::domain::problem::Result;
use crate::domain::text::{Text, plural};
use crate::net::imap::{RemoteFolder, Session};
use crate::store::Store;
use crate::sync::plan::uid_validity;
use crate::sync::proof::{Comparison, compare};

/// Looks at one folder; also gives the letters that should be fetched again.
pub fn look(
    store: &Store,
    session: &mut Session,
    account: id::Account,
    folder: &RemoteFolder,
) -> Result<(Check, Vec<id::Message>)> {
    let selected = session.examine(&folder.raw_name)?;
    let listed = if selected.exists == 0 { Vec::new() } else { session.uids()? };
    let there = if listed.is_empty() { Vec::new() } else { session.identify(Some(&listed))? };
    let numbering = uid_validity(&selected);
    let (here, cursor) = match store.folder_named(account, &folder.raw_name)? {
        Some(known) => (store.identities(known, numbering)?, store.cursor(known)?),
        None => Default::default(),
    };
    let found = compare(&listed, &there, &here);
    // What came after the last sync is not missed yet; what an ended sync passed over is lost.
    let passed_over = cursor.complete && found.missing.iter().any(|uid| *uid < cursor.uid_next);
    let name = |uid: u32| there.iter().find(|letter| letter.uid == uid).and_then(|letter| letter.msg_id.clone());
    Ok((check(&found, passed_over, &name), found.changed.iter().map(|(_, message)| *message).collect()))
}

fn check(found: &Comparison, passed_over: bool, name: &dyn Fn(u32) -> Option<MsgId>) -> Check {
    let mut check = verdict_on(found.missing.len() as u64, found.of, passed_over);
    let mut also = Vec::new();
    let mut tell = |count: usize, one: &str, many: &str| {
        if count > 0 {
            also.push(plural(count as u64, one, many));
        }
    };
    tell(found.extra.len(), "is here and not on the server", "are here and not on the server");
    tell(found.changed.len(), "is another letter here", "are other letters here");
    tell(found.sizes.len(), "has another size than the server says", "have other sizes than the server says");
    if !also.is_empty() {
        check.found = Text::from(format!("{}; {}", check.found, also.join("; ")));
    }
    if !found.changed.is_empty() {
        check.verdict = Verdict::Bad;
        check.hint = Some(Text::own("postbook doctor --repair fetches them again"));
    } else if !found.extra.is_empty() && check.verdict == Verdict::Good {
        check.verdict = Verdict::Warning;
        check.hint = Some(Text::own("postbook sync follows the server"));
    }
    let letter =
        |what, uid: u32| Letter { what, number: i64::from(uid), msg_id: name(uid).map(|id| Text::line(id.as_str())) };
    check.letters = (found.missing.iter().map(|uid| letter("missing", *uid)))
        .chain(found.extra.iter().map(|uid| letter("extra", *uid)))
        .chain(found.changed.iter().map(|(uid, _)| letter("changed", *uid)))
        .collect();
    check
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_told() {
        let name = |uid: u32| MsgId::parse(&format!("m{uid}@x"));
        let whole = Comparison { of: 7, ..Comparison::default() };
        let told = |found: &Comparison| {
            let check = check(found, false, &name);
            (check.verdict, check.found.as_str().to_owned())
        };
        assert_eq!(told(&whole), (Verdict::Good, "0 missing of 7".to_owned()));
        let extra = Comparison { extra: vec![9], sizes: vec![1, 2], ..whole.clone() };
        assert_eq!(
            told(&extra),
            (
                Verdict::Warning,
                "0 missing of 7; 1 is here and not on the server; 2 have other sizes than the server says".to_owned()
            )
        );
        let changed = Comparison { changed: vec![(3, id::Message(1))], missing: vec![5], ..whole };
        let check = check(&changed, false, &name);
        assert_eq!((check.verdict, check.found.as_str()), (Verdict::Bad, "1 missing of 7; 1 is another letter here"));
        let lines: Vec<String> = super::super::line(&check).lines().map(|line| line.trim().to_owned()).collect();
        assert_eq!(lines[1..3], ["missing 5 <m5@x>", "changed 3 <m3@x>"]);
    }
}
