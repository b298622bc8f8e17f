//! The wiring: what the user asks for meets the store, the network and the screen.

pub mod acts;
pub mod agree;
pub mod auto_replies;
pub mod backups;
mod calendar;
mod cards;
pub mod carrier;
mod clerk;
pub mod clients;
pub mod console;
pub mod credentials;
pub mod deals;
pub mod demo;
pub mod events;
pub mod filing;
pub mod first_run;
pub mod follow_up;
pub mod handling;
pub mod handover;
pub mod letters;
mod loads;
pub mod login;
pub mod mailing;
mod meeting_answers;
pub mod network;
mod notices;
mod offering;
pub mod owner;
mod passing;
mod picking;
pub mod reading;
mod reckoner;
#[cfg(test)]
mod scenarios;
pub mod screen;
pub mod searching;
pub mod setup;
mod template_files;
pub mod templates;
#[cfg(test)]
mod tests;
pub mod upkeep;
mod wanted;
mod why;
pub mod writing;
