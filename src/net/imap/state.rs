//! How folders stand without opening them: STATUS (RFC 3501, 6.3.10), for all at once where the server can (RFC 5819).

use super::Session;
use super::answer::Answer;
use super::run::quoted;
use super::token::{Cursor, Value};
use super::wire::Frame;
use crate::domain::problem::{Kind, Result};

/// How a folder stands. What the server does not say is `None`, and so is the 0 that servers say who do not know.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FolderState {
    /// Its name as the server writes it.
    pub raw_name: String,
    /// Letters in it.
    pub messages: Option<u32>,
    /// Letters not seen.
    pub unseen: Option<u32>,
    /// The UID the next letter gets at least.
    pub uid_next: Option<u32>,
    /// UIDs mean the same letters as long as this stays.
    pub uid_validity: Option<u32>,
    /// The highest modification sequence (RFC 7162).
    pub highest_modseq: Option<u64>,
}

/// Reads `* STATUS name (ITEM number …)`; an empty list of items is what Exchange sends for folders it cannot count.
pub(super) fn read(frame: Frame) -> Option<FolderState> {
    let mut cursor = Cursor::new(frame);
    // "*", "STATUS"
    cursor.word();
    cursor.word();
    let name = match cursor.value()? {
        Value::Quoted(name) | Value::Atom(name) | Value::Literal(Some(name)) => name,
        _ => return None,
    };
    let Value::List(items) = cursor.value()? else { return None };
    let mut state = FolderState { raw_name: String::from_utf8(name).ok()?, ..FolderState::default() };
    for pair in items.chunks(2) {
        let [item, number] = pair else { break };
        let Some(number) = std::str::from_utf8(number).ok().and_then(|digits| digits.parse::<u64>().ok()) else {
            continue;
        };
        let small = u32::try_from(number).ok();
        match item.to_ascii_uppercase().as_slice() {
            b"MESSAGES" => state.messages = small,
            b"UNSEEN" => state.unseen = small,
            b"UIDNEXT" => state.uid_next = small.filter(|next| *next > 0),
            b"UIDVALIDITY" => state.uid_validity = small.filter(|validity| *validity > 0),
            b"HIGHESTMODSEQ" => state.highest_modseq = Some(number).filter(|modseq| *modseq > 0),
            _ => {}
        }
    }
    Some(state)
}

impl Session {
    /// How these folders stand, in one exchange where the server can. A folder the server says nothing about is left out.
    ///
    /// # Errors
    /// [`Kind::Network`]. A folder it refuses is only left out.
    pub fn folder_states(&mut self, raw_names: &[&str]) -> Result<Vec<FolderState>> {
        let modseq = if self.capabilities.condstore { " HIGHESTMODSEQ" } else { "" };
        let items = format!("MESSAGES UIDNEXT UIDVALIDITY UNSEEN{modseq}");
        let mut states: Vec<FolderState> = Vec::new();
        if self.capabilities.list_status {
            match self.ask_states(&format!("LIST \"\" \"*\" RETURN (STATUS ({items}))"), &mut states) {
                // The server does not know what it promised.
                Err(problem) if problem.kind == Kind::Refused => self.capabilities.list_status = false,
                other => other?,
            }
        }
        if states.is_empty() {
            for name in raw_names {
                match self.ask_states(&format!("STATUS {} ({items})", quoted(name)?), &mut states) {
                    Err(problem) if problem.kind == Kind::Refused => {}
                    other => other?,
                }
            }
        }
        states.retain(|state| raw_names.contains(&state.raw_name.as_str()));
        Ok(states)
    }

    fn ask_states(&mut self, command: &str, into: &mut Vec<FolderState>) -> Result<()> {
        self.run(command, &mut |answer| {
            if let Answer::Status(state) = answer {
                into.retain(|known| known.raw_name != state.raw_name);
                into.push(state);
            }
            Ok(())
        })
        .map(drop)
    }
}
