//! Opening a folder, and learning with it what changed since it was last open (RFC 7162).

use super::answer::{Answer, Condition, Status};
use super::run::{Ended, quoted};
use super::set::Ranges;
use super::{RemoteFlags, Session, collected};
use crate::domain::problem::Result;
use imap_proto::ResponseCode;
use std::collections::HashMap;

/// What the server says about a folder when it is opened.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Selected {
    /// UIDs mean the same letters as long as this stays; `None` when the server does not say, or says 0.
    pub uid_validity: Option<u32>,
    /// The UID the next letter gets at least; `None` when the server does not say, or says 0.
    pub uid_next: Option<u32>,
    /// Letters in the folder.
    pub exists: u32,
    /// The highest MODSEQ; `None` when the folder keeps none (NOMODSEQ, 0, negative), or those it keeps are not to be relied on.
    pub highest_modseq: Option<u64>,
    /// Nothing can be changed.
    pub read_only: bool,
    /// MAILBOXID (RFC 8474): stays when the folder is renamed.
    pub mailbox_id: Option<String>,
    /// The flags and keywords that last (PERMANENTFLAGS); `\*` stands for any keyword. `None` when the server does not say.
    pub lasting: Option<Vec<String>>,
}

impl Selected {
    /// False when the server says that this keyword would be forgotten (RFC 3501, 7.1, PERMANENTFLAGS). An empty list is what
    /// servers say that do not know (Zoho).
    #[must_use]
    pub fn keeps_keyword(&self, keyword: &str) -> bool {
        self.lasting.as_ref().is_none_or(|lasting| {
            lasting.is_empty() || lasting.iter().any(|name| name == "\\*" || name.eq_ignore_ascii_case(keyword))
        })
    }
}

/// What changed in a folder since a modification sequence.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changes {
    /// UIDs that left it. They may name more than ever was there.
    pub vanished: Ranges,
    /// Letters that came, or whose flags changed.
    pub flags: Vec<RemoteFlags>,
}

/// A folder opened with QRESYNC.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Resync {
    /// As SELECT says.
    pub selected: Selected,
    /// `None`: the server could not say what changed, so it has to be asked.
    pub changes: Option<Changes>,
}

impl Session {
    /// Opens a folder to read and change it.
    ///
    /// # Errors
    /// [`Kind::Network`]; [`Kind::Refused`] when there is no such folder.
    ///
    /// [`Kind::Network`]: crate::domain::problem::Kind::Network
    /// [`Kind::Refused`]: crate::domain::problem::Kind::Refused
    pub fn select(&mut self, raw_name: &str) -> Result<Selected> {
        let verb = self.verb();
        self.open_folder(verb, raw_name)
    }

    /// From now on folders are opened to be read alone (EXAMINE), or to be changed as well: where a team works in a mailbox, looking at
    /// it is not even to take the mark `\Recent` from its letters.
    pub fn look_only(&mut self, only: bool) {
        self.looks_only = only;
    }

    fn verb(&self) -> &'static str {
        if self.looks_only { "EXAMINE" } else { "SELECT" }
    }

    /// Opens a folder to read it; nothing can be changed by accident.
    ///
    /// # Errors
    /// As [`Session::select`].
    pub fn examine(&mut self, raw_name: &str) -> Result<Selected> {
        Ok(Selected { read_only: true, ..self.open_folder("EXAMINE", raw_name)? })
    }

    /// Opens a folder to read and change it, and asks in the same breath what changed in it since `modseq` under `uid_validity`
    /// (QRESYNC), where the server really can; else as [`Session::select`].
    ///
    /// # Errors
    /// As [`Session::select`].
    pub fn resync(&mut self, raw_name: &str, uid_validity: u32, modseq: u64) -> Result<Resync> {
        if !self.qresync_is_on()? {
            return Ok(Resync { selected: self.select(raw_name)?, changes: None });
        }
        let name = quoted(raw_name)?;
        let mut vanished = Ranges::new();
        let mut flags = HashMap::new();
        let opened = self.open_folder_with(
            &format!("{} {name} (QRESYNC ({uid_validity} {modseq}))", self.verb()),
            &mut |answer| match answer {
                Answer::Vanished { uids, .. } => vanished.extend(uids),
                Answer::Fetch(line) => collected(&mut flags, *line),
                _ => {}
            },
        );
        let selected = match opened {
            Ok(selected) => selected,
            // It does not know what it promised, or knows no such folder: asked plainly it says which.
            Err(Ended::Said(_)) => {
                let selected = self.select(raw_name)?;
                self.capabilities.qresync = false;
                return Ok(Resync { selected, changes: None });
            }
            Err(ended) => return Err(ended.problem(self.pipe.wire().place(), self.verb())),
        };
        let told = selected.uid_validity == Some(uid_validity)
            && selected.highest_modseq.is_some_and(|now| now >= modseq)
            && self.capabilities.qresync;
        let mut flags: Vec<RemoteFlags> = flags.into_values().collect();
        flags.sort_unstable_by_key(|letter| letter.uid);
        Ok(Resync { selected, changes: told.then_some(Changes { vanished, flags }) })
    }

    /// Switches QRESYNC on, once. Only what the server confirms is on: iCloud answers OK and confirms nothing (RFC 5161, 3.2).
    fn qresync_is_on(&mut self) -> Result<bool> {
        if !self.capabilities.qresync || !self.capabilities.enable {
            return Ok(false);
        }
        if !self.qresync_enabled {
            let mut confirmed = false;
            let enabled = self.run("ENABLE QRESYNC", &mut |answer| {
                confirmed |= matches!(answer, Answer::Enabled(names) if names.iter().any(|name| name == "QRESYNC"));
                Ok(())
            });
            match enabled {
                Err(problem) if !problem.is_refusal() => return Err(problem),
                _ => {}
            }
            self.qresync_enabled = confirmed;
            self.capabilities.qresync = confirmed;
        }
        Ok(self.capabilities.qresync)
    }

    fn open_folder(&mut self, verb: &str, raw_name: &str) -> Result<Selected> {
        let name = quoted(raw_name)?;
        if self.capabilities.condstore {
            match self.open_folder_with(&format!("{verb} {name} (CONDSTORE)"), &mut |_| {}) {
                // The server does not know what it promised: it is not asked again.
                Err(Ended::Said(condition)) if condition.status == Status::Bad => self.distrust_modseq(),
                other => return other.map_err(|ended| ended.problem(self.pipe.wire().place(), verb)),
            }
        }
        let opened = self.open_folder_with(&format!("{verb} {name}"), &mut |_| {});
        opened.map_err(|ended| ended.problem(self.pipe.wire().place(), verb))
    }

    fn open_folder_with(
        &mut self,
        command: &str,
        each: &mut dyn FnMut(Answer),
    ) -> std::result::Result<Selected, Ended> {
        let mut selected = Selected::default();
        self.exists = None;
        let condition = self.run_raw(command, &mut |answer| {
            match answer {
                Answer::Exists(count) => selected.exists = count,
                Answer::Condition(condition) => note_code(&mut selected, &condition),
                other => each(other),
            }
            Ok(())
        })?;
        note_code(&mut selected, &condition);
        if !self.capabilities.condstore {
            selected.highest_modseq = None;
        }
        // What happened while it was opened is in what was told.
        self.news = false;
        Ok(selected)
    }
}

/// What a response code says about the folder (RFC 3501, 7.1; RFC 7162, 3.1.2). Zero is what servers say that do not know.
fn note_code(selected: &mut Selected, condition: &Condition) {
    match &condition.code {
        Some(ResponseCode::UidValidity(value)) => selected.uid_validity = Some(*value).filter(|value| *value > 0),
        Some(ResponseCode::UidNext(value)) => selected.uid_next = Some(*value).filter(|value| *value > 0),
        Some(ResponseCode::HighestModSeq(value)) => selected.highest_modseq = Some(*value).filter(|value| *value > 0),
        Some(ResponseCode::ReadOnly) => selected.read_only = true,
        Some(ResponseCode::PermanentFlags(names)) => {
            selected.lasting = Some(names.iter().map(|name| name.to_string()).collect());
        }
        _ => match condition.code_word.as_str() {
            "NOMODSEQ" => selected.highest_modseq = None,
            "MAILBOXID" => {
                selected.mailbox_id =
                    Some(condition.code_rest.trim_matches(['(', ')']).to_owned()).filter(|id| !id.is_empty());
            }
            _ => {}
        },
    }
}
