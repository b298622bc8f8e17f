//! Commands and the way to the end of their answers.

use super::Session;
use super::answer::{Answer, Condition, Status};
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::Text;

impl Session {
    /// Runs a command; `each` gets every untagged answer. When `each` fails, the rest of the answer is still read,
    /// so that the connection stays usable, and the failure is returned.
    pub(super) fn run(&mut self, command: &str, each: &mut dyn FnMut(Answer) -> Result<()>) -> Result<Condition> {
        let verb =
            command.split(' ').take(if command.starts_with("UID ") { 2 } else { 1 }).collect::<Vec<_>>().join(" ");
        self.run_raw(command, each).map_err(|ended| ended.problem(self.pipe.wire().place(), &verb))
    }

    pub(super) fn run_raw(
        &mut self,
        command: &str,
        each: &mut dyn FnMut(Answer) -> Result<()>,
    ) -> std::result::Result<Condition, Ended> {
        self.command(command)?;
        self.finish(each)
    }

    /// Issues a command; the crate gives it its tag.
    pub(super) fn command(&mut self, command: &str) -> std::result::Result<(), Ended> {
        // The wire knows why it failed; the crate knows only that it did.
        self.imap.run_command(command).map_err(|error| {
            let known = self.pipe.wire().failure().cloned();
            Ended::Failed(known.unwrap_or_else(|| Problem::new(Kind::Network, format!("IMAP: {error}"))))
        })
    }

    /// Reads to the end of the command under way.
    pub(super) fn finish(
        &mut self,
        each: &mut dyn FnMut(Answer) -> Result<()>,
    ) -> std::result::Result<Condition, Ended> {
        let mut first_problem = None;
        loop {
            let answer = self.pipe.wire().answer()?;
            self.note(&answer);
            match answer {
                Answer::Done(condition) => {
                    return match first_problem {
                        Some(problem) => Err(Ended::Failed(problem)),
                        None if condition.status == Status::Ok => Ok(condition),
                        None => Err(Ended::Said(Box::new(condition))),
                    };
                }
                other if first_problem.is_none() => first_problem = each(other).err(),
                _ => {}
            }
        }
    }

    /// Keeps up with what the server tells about the selected folder.
    pub(super) fn note(&mut self, answer: &Answer) {
        match answer {
            Answer::Exists(count) => {
                self.news |= self.exists != Some(*count);
                self.exists = Some(*count);
            }
            Answer::Expunge => self.went(1),
            // Told once when a folder is opened: they were not counted in it.
            Answer::Vanished { earlier: true, .. } => {}
            Answer::Vanished { uids, .. } => {
                let count = uids.iter().map(|range| range.end().saturating_sub(*range.start()).saturating_add(1));
                self.went(count.fold(0, u32::saturating_add));
            }
            Answer::Fetch(line) if line.modseq_absurd => self.distrust_modseq(),
            other => self.note_elsewhere(other),
        }
    }
}

impl Session {
    fn went(&mut self, letters: u32) {
        self.news = true;
        self.exists = self.exists.map(|count| count.saturating_sub(letters));
    }

    /// The server's modification sequences are not to be relied on: flags are read whole while this connection lasts.
    pub(super) fn distrust_modseq(&mut self) {
        self.capabilities.condstore = false;
        self.capabilities.qresync = false;
    }
}

/// A refusal for now (RFC 5530 codes, and words for servers without codes).
pub(super) fn for_now(code_word: &str, said: &str) -> bool {
    const CODES: [&str; 8] =
        ["UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG", "OVERQUOTA", "EXPUNGEISSUED", "THROTTLED", "SYS/TEMP"];
    const WORDS: [&str; 8] =
        ["too many", "try again", "try later", "temporar", "backoff", "over quota", "overquota", "quota exceeded"];
    let said = said.to_lowercase();
    CODES.contains(&code_word) || WORDS.iter().any(|words| said.contains(words))
}

/// How a command failed.
pub(super) enum Ended {
    /// The server said no.
    Said(Box<Condition>),
    /// Something else went wrong.
    Failed(Problem),
}

impl From<Problem> for Ended {
    fn from(problem: Problem) -> Self {
        Self::Failed(problem)
    }
}

impl Ended {
    pub fn problem(self, place: &str, verb: &str) -> Problem {
        match self {
            Self::Failed(problem) => problem,
            Self::Said(condition) => {
                let code = condition.code_word.as_str();
                let said = if condition.text.is_empty() { Text::own("no reason given") } else { condition.text };
                let kind = if for_now(code, said.as_str()) { Kind::NotNow } else { Kind::Refused };
                let problem = Problem::new(kind, format!("{place} refused {verb}: {said}"));
                match code {
                    "OVERQUOTA" => problem.hint("the mailbox is full: delete something on the server"),
                    "TRYCREATE" | "NONEXISTENT" => problem.hint("the folder does not exist on the server"),
                    _ => problem,
                }
            }
        }
    }
}

/// An argument in quotes (RFC 3501, quoted). Line ends and NUL would end the command or begin another.
pub(super) fn quoted(argument: &str) -> Result<String> {
    if argument.contains(['\r', '\n', '\0']) {
        let shown = Text::line(argument);
        return Err(Problem::new(
            Kind::Input,
            format!("\"{shown}\" holds a line break and cannot be sent to the server"),
        ));
    }
    Ok(format!("\"{}\"", argument.replace('\\', "\\\\").replace('"', "\\\"")))
}
