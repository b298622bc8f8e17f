//! What of a timeline is shown.

use super::id;
use super::text::Text;

/// A filter of a card's timeline.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Show {
    /// Everything.
    #[default]
    All,
    /// What they wrote.
    LettersIn,
    /// What I wrote.
    LettersOut,
    /// Calls and meetings.
    Calls,
    /// Notes, tasks and other activities.
    Notes,
    /// Letters with files.
    Files,
    /// What belongs to one deal.
    Deal(id::Deal, Text),
    /// What has these words.
    Words(Text),
}

impl Show {
    /// The filters that need nothing more to be said, in the order of the menu.
    pub const PLAIN: [Self; 6] = [Self::All, Self::LettersIn, Self::LettersOut, Self::Calls, Self::Notes, Self::Files];

    /// What is shown, in words.
    #[must_use]
    pub fn words(&self) -> Text {
        Text::own(match self {
            Self::All => "everything",
            Self::LettersIn => "what they wrote",
            Self::LettersOut => "what I wrote",
            Self::Calls => "calls and meetings",
            Self::Notes => "notes and tasks",
            Self::Files => "letters with files",
            Self::Deal(_, title) => return Text::from(format!("only “{title}”")),
            Self::Words(words) => return Text::from(format!("with “{words}”")),
        })
    }
}
