//! The wiring: what the user asks for meets the store, the network and the screen.

pub mod acts;
pub mod carrier;
mod clerk;
pub mod demo;
pub mod handling;
pub mod letters;
mod loads;
pub mod login;
pub mod network;
mod notices;
pub mod owner;
pub mod reading;
pub mod screen;
#[cfg(test)]
mod tests;
mod why;
pub mod writing;
