//! What each letter of a folder is, without fetching it: to know letters again under new numbers, and to prove that the copies
//! here are the letters there.

use super::answer::Answer;
use super::{Session, ranges};
use crate::domain::message::{Flags, MsgId};
use crate::domain::problem::Result;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// What tells a letter apart without its body.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Identity {
    /// Its UID.
    pub uid: u32,
    /// The flags Postbook understands.
    pub flags: Flags,
    /// The others, as the server writes them.
    pub keywords: Vec<String>,
    /// When it arrived, where the server can say.
    pub internal_date: Option<Timestamp>,
    /// Its size in bytes as the server counts, where it can say; not proof of anything.
    pub size: Option<u64>,
    /// Its Message-ID header; `None` when it has none, or none that can be one.
    pub msg_id: Option<MsgId>,
}

impl Session {
    /// What tells the letters of the selected folder apart, of these UIDs or of all. UIDs the server says nothing about are
    /// left out.
    ///
    /// # Errors
    /// [`Kind::Network`](crate::domain::problem::Kind::Network), [`Kind::Refused`](crate::domain::problem::Kind::Refused).
    pub fn identify(&mut self, uids: Option<&[u32]>) -> Result<Vec<Identity>> {
        let mut all: BTreeMap<u32, Identity> = BTreeMap::new();
        for set in uids.map_or_else(|| vec!["1:*".to_owned()], ranges) {
            let command =
                format!("UID FETCH {set} (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])");
            self.run(&command, &mut |answer| {
                let Answer::Fetch(line) = answer else { return Ok(()) };
                let Some(uid) = line.uid else { return Ok(()) };
                let known = all.entry(uid).or_insert_with(|| Identity { uid, ..Identity::default() });
                if let Some((flags, keywords)) = line.flags {
                    (known.flags, known.keywords) = (flags, keywords);
                }
                known.internal_date = line.internal_date.or(known.internal_date);
                known.size = line.size.or(known.size);
                known.msg_id = line.header.as_deref().and_then(msg_id).or(known.msg_id.take());
                Ok(())
            })?;
        }
        Ok(all.into_values().collect())
    }
}

/// The first Message-ID of a header that holds nothing else.
fn msg_id(header: &[u8]) -> Option<MsgId> {
    let text = String::from_utf8_lossy(header);
    let (name, value) = text.split_once(':')?;
    if !name.trim().eq_ignore_ascii_case("message-id") {
        return None;
    }
    let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
    let inner = value.split_once('<').map_or(value.as_str(), |(_, rest)| rest.split('>').next().unwrap_or_default());
    MsgId::parse(inner)
}

#[cfg(test)]
mod tests {
    use super::msg_id;

    #[test]
    fn the_field_as_servers_give_it() {
        for (header, expected) in [
            ("Message-ID: <a@x>\r\n\r\n", Some("a@x")),
            ("MESSAGE-ID:\r\n <a@x>\r\n\r\n", Some("a@x")),
            ("Message-Id: a@x\r\n\r\n", Some("a@x")),
            ("Message-ID: <a@x> (comment)\r\n\r\n", Some("a@x")),
            ("\r\n", None),
            ("", None),
            ("Subject: <a@x>\r\n\r\n", None),
        ] {
            assert_eq!(msg_id(header.as_bytes()).as_ref().map(|id| id.as_str()), expected, "{header:?}");
        }
    }
}
