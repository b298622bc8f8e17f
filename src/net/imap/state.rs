//! How folders stand without opening them: STATUS (RFC 3501, 6.3.10), for all at once where the server can (RFC 5819).

use super::Session;
use super::answer::Answer;
use super::run::quoted;
use super::token::{Cursor, Value};
use super::wire::Frame;
use crate::domain::folder::Standing;
use crate::domain::problem::Result;

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

impl FolderState {
    /// The same without its name.
    pub(super) fn standing(&self) -> Standing {
        let Self { messages, uid_next, uid_validity, highest_modseq, .. } = *self;
        Standing { uid_validity, uid_next, messages, highest_modseq }
    }
}

/// Reads `* STATUS name (ITEM number …)`; an empty list of items is what Exchange sends for folders it cannot count. What is no number
/// is not known (`HIGHESTMODSEQ -1`), and a name without quotes may hold blanks.
pub(super) fn read(frame: Frame) -> Option<FolderState> {
    let mut cursor = Cursor::new(frame);
    // "*", "STATUS"
    cursor.word();
    cursor.word();
    cursor.skip_blanks();
    let quoted_name = match cursor.peek()? {
        b'"' | b'{' | b'~' => match cursor.value()? {
            Value::Quoted(name) | Value::Literal(Some(name)) => Some(name),
            _ => return None,
        },
        _ => None,
    };
    let rest = cursor.remainder();
    let open = rest.iter().rposition(|byte| *byte == b'(')?;
    let (before, items) = rest.split_at(open);
    let name = quoted_name.unwrap_or_else(|| before.trim_ascii().to_vec());
    let mut state = FolderState { raw_name: String::from_utf8(name).ok()?, ..FolderState::default() };
    let items = String::from_utf8_lossy(items.trim_ascii()).to_ascii_uppercase();
    let mut words = items.trim_matches(['(', ')']).split_ascii_whitespace();
    while let (Some(item), Some(value)) = (words.next(), words.next()) {
        let number = value.parse::<u64>().ok();
        let small = number.and_then(|number| u32::try_from(number).ok());
        match item {
            "MESSAGES" => state.messages = small,
            "UNSEEN" => state.unseen = small,
            "UIDNEXT" => state.uid_next = small.filter(|next| *next > 0),
            "UIDVALIDITY" => state.uid_validity = small.filter(|validity| *validity > 0),
            "HIGHESTMODSEQ" => state.highest_modseq = number.filter(|modseq| *modseq > 0),
            _ => {}
        }
    }
    Some(state)
}

impl Session {
    /// How these folders stand, in one exchange where the server can. A folder the server says nothing about is left out.
    ///
    /// # Errors
    /// [`Kind::Network`](crate::domain::problem::Kind::Network). A folder it refuses is only left out.
    pub fn folder_states(&mut self, raw_names: &[&str]) -> Result<Vec<FolderState>> {
        let modseq = if self.capabilities.condstore { " HIGHESTMODSEQ" } else { "" };
        let items = format!("MESSAGES UIDNEXT UIDVALIDITY UNSEEN{modseq}");
        let mut states: Vec<FolderState> = Vec::new();
        if self.capabilities.list_status {
            match self.ask_states(&format!("LIST \"\" \"*\" RETURN (STATUS ({items}))"), &mut states) {
                // The server does not know what it promised.
                Err(problem) if problem.is_refusal() => self.capabilities.list_status = false,
                other => other?,
            }
        }
        if states.is_empty() {
            for name in raw_names {
                match self.ask_states(&format!("STATUS {} ({items})", quoted(name)?), &mut states) {
                    Err(problem) if problem.is_refusal() => {}
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
