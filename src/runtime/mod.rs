//! The wiring: what the user asks for meets the store, the network and the screen.

pub mod acts;
pub mod network;
pub mod owner;
pub mod reading;
#[cfg(test)]
mod tests;
pub mod writing;
