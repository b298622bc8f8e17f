//! The wiring: what the user asks for meets the store, the network and the screen.

pub mod acts;
mod clerk;
pub mod console;
pub mod demo;
pub mod first_run;
pub mod letters;
mod loads;
pub mod network;
pub mod owner;
pub mod reading;
pub mod screen;
pub mod setup;
#[cfg(test)]
mod tests;
mod why;
pub mod writing;
