//! The screens: `update(&mut State, Event) -> Vec<Effect>` and `view(&State, &mut Frame)`.

pub mod effect;
pub mod event;
