//! News of folders that are not open: NOTIFY (RFC 5465). The news come while IDLE waits, as STATUS and LIST lines.

use super::Session;
use super::answer::Answer;
use crate::domain::problem::Result;

/// What the server told of folders that are not open since it was last asked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Told {
    /// Something happened in these, each once, named as the server writes them.
    pub folders: Vec<String>,
    /// Folders came, went or changed their names; or the server has lost count.
    pub listing: bool,
}

impl Session {
    /// Asks the server to tell what happens in all my folders; `false` when it cannot, whatever it promised. What it tells is had
    /// from [`Session::take_told`] after [`Session::idle`].
    ///
    /// # Errors
    /// [`Kind::Network`](crate::domain::problem::Kind::Network).
    pub fn notify(&mut self) -> Result<bool> {
        if !self.capabilities.notify {
            return Ok(false);
        }
        // RFC 5465, 5.3: FlagChange may only be asked for together with the other two. Without STATUS: how the folders stand now
        // is looked at anyway.
        let events = "(MessageNew MessageExpunge FlagChange)";
        let command = format!("NOTIFY SET (SELECTED {events}) (PERSONAL {events})");
        match self.run(&command, &mut |_| Ok(())) {
            Ok(_) => {
                self.told = Some(Told::default());
                Ok(true)
            }
            Err(problem) if problem.is_refusal() => {
                self.capabilities.notify = false;
                Ok(false)
            }
            Err(problem) => Err(problem),
        }
    }

    /// What the server told of other folders since it was last asked.
    pub fn take_told(&mut self) -> Told {
        self.told.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Something happened that nobody has taken yet.
    pub(super) fn has_news(&self) -> bool {
        self.news || self.told.as_ref().is_some_and(|told| told.listing || !told.folders.is_empty())
    }

    /// Keeps what is told of other folders; asked for by nobody it is the answer to a command.
    pub(super) fn note_elsewhere(&mut self, answer: &Answer) {
        let Some(told) = &mut self.told else { return };
        match answer {
            Answer::Status(state) if !told.folders.contains(&state.raw_name) => {
                told.folders.push(state.raw_name.clone());
            }
            Answer::List(_) => told.listing = true,
            // RFC 5465, 5.8: too much happened, nothing more will be told.
            Answer::Condition(condition) if condition.code_word == "NOTIFICATIONOVERFLOW" => {
                self.told = None;
                self.capabilities.notify = false;
                self.news = true;
            }
            _ => {}
        }
    }
}
