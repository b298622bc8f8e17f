//! The screens: `update(&mut State, Event) -> Vec<Effect>` and `view(&State, &mut Frame)`.
//!
//! Pure, except [`terminal`]: no clock, no store, no network. The runtime turns keys and answers into
//! [`event::Event`]s, and does the [`effect::Effect`]s. A screen shows what was loaded; when something changed
//! it is told so by key, and loads again. In reading order: `event`, `effect`, `keymap`, `state`, `update`,
//! `acts`, `handling`, `tell`, `view`, then the screens.

mod acts;
mod ahead;
mod answers;
mod asking;
mod card;
mod compose;
mod dates;
pub mod deal_act;
pub mod effect;
pub mod event;
mod filing;
pub mod first_run;
mod format;
mod handling;
mod hints;
pub mod keymap;
mod layout;
pub mod mailing_act;
mod mouse;
mod overlays;
mod reader;
mod screens;
mod slot;
mod state;
mod tell;
pub mod terminal;
#[cfg(test)]
mod tests;
pub mod theme;
mod update;
mod view;
mod widgets;

pub use state::{Setup, State};
pub use update::update;
pub use view::view;
