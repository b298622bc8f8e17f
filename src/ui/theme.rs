//! Colours by meaning. Nothing is told by colour alone: every meaning also has a word or a mark.

use ratatui::style::{Color, Modifier, Style};

/// Which colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// For a dark terminal.
    Dark,
    /// For a light terminal.
    Light,
    /// No colours (`NO_COLOR`): bold, dim and reversed only.
    None,
}

/// The styles of a theme by what they mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Styles {
    /// Ordinary text.
    pub text: Style,
    /// Less important: ages, hints, quotes.
    pub dim: Style,
    /// More important: names, unread.
    pub strong: Style,
    /// Keys, titles of the pane in use.
    pub accent: Style,
    /// The row in use, in the pane in use.
    pub selected: Style,
    /// The row in use, in another pane.
    pub idle: Style,
    /// Something waits.
    pub waits: Style,
    /// Something is wrong.
    pub bad: Style,
    /// All is well.
    pub good: Style,
    /// Lines between panes.
    pub line: Style,
}

impl Theme {
    /// Its styles.
    #[must_use]
    pub fn styles(self) -> Styles {
        let plain = Style::new();
        let bold = plain.add_modifier(Modifier::BOLD);
        match self {
            Self::Dark => Styles {
                text: plain,
                dim: plain.fg(Color::Gray).add_modifier(Modifier::DIM),
                strong: bold,
                accent: bold.fg(Color::Cyan),
                selected: bold.bg(Color::Indexed(24)).fg(Color::White),
                idle: plain.bg(Color::Indexed(236)),
                waits: plain.fg(Color::Yellow),
                bad: bold.fg(Color::LightRed),
                good: plain.fg(Color::Green),
                line: plain.fg(Color::DarkGray),
            },
            Self::Light => Styles {
                text: plain,
                dim: plain.fg(Color::Indexed(242)),
                strong: bold,
                accent: bold.fg(Color::Blue),
                selected: bold.bg(Color::Indexed(153)).fg(Color::Black),
                idle: plain.bg(Color::Indexed(254)),
                waits: plain.fg(Color::Indexed(130)),
                bad: bold.fg(Color::Red),
                good: plain.fg(Color::Indexed(28)),
                line: plain.fg(Color::Indexed(246)),
            },
            Self::None => Styles {
                text: plain,
                dim: plain.add_modifier(Modifier::DIM),
                strong: bold,
                accent: bold,
                selected: bold.add_modifier(Modifier::REVERSED),
                idle: plain.add_modifier(Modifier::UNDERLINED),
                waits: bold,
                bad: bold,
                good: plain,
                line: plain.add_modifier(Modifier::DIM),
            },
        }
    }
}
