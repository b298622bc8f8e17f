//! What each letter of a folder is, without fetching it: to prove that the copies here are the letters there.

use super::answer::Answer;
use super::{Session, ranges};
use crate::domain::message::MsgId;
use crate::domain::problem::Result;
use std::collections::BTreeMap;

/// A letter on the server.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RemoteIdentity {
    /// Its UID.
    pub uid: u32,
    /// Its size in bytes as the server counts, where it can say; some servers only guess.
    pub size: Option<u64>,
    /// Its Message-ID, where it has one that can be read.
    pub msg_id: Option<MsgId>,
    /// The server gave the field at all: without it nothing can be said about the Message-ID.
    pub told: bool,
}

impl Session {
    /// Size and Message-ID of letters of the open folder. UIDs the server says nothing about are left out.
    ///
    /// # Errors
    /// When the server cannot be asked, or says no.
    pub fn identities(&mut self, uids: &[u32]) -> Result<Vec<RemoteIdentity>> {
        let mut all: BTreeMap<u32, RemoteIdentity> = BTreeMap::new();
        for set in ranges(uids) {
            let command = format!("UID FETCH {set} (UID RFC822.SIZE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])");
            self.run(&command, &mut |answer| {
                let Answer::Fetch(line) = answer else { return Ok(()) };
                let Some(uid) = line.uid.filter(|_| line.is_letter) else { return Ok(()) };
                let letter = all.entry(uid).or_insert_with(|| RemoteIdentity { uid, ..RemoteIdentity::default() });
                letter.size = line.size.or(letter.size);
                if let Some(header) = line.header {
                    letter.told = true;
                    letter.msg_id = msg_id(&header);
                }
                Ok(())
            })?;
        }
        Ok(all.into_values().collect())
    }
}

/// The first Message-ID of a header that holds nothing else.
pub(super) fn msg_id(header: &[u8]) -> Option<MsgId> {
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
