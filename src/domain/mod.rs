//! The words of PRODUCT.md as types, and their rules as functions.
//!
//! Pure: no SQL, no socket, no terminal, no clock, no environment. `now` is an argument.

pub mod account;
pub mod activity;
pub mod address;
pub mod backoff;
pub mod backup;
pub mod card;
pub mod change;
pub mod claim;
pub mod company;
pub mod contact;
pub mod counter;
pub mod deal;
pub mod draft;
pub mod exchange;
pub mod field;
pub mod filing;
pub mod folder;
pub mod folder_name;
pub mod guard;
pub mod handling;
pub mod hint;
pub mod id;
pub mod language;
pub mod lead;
pub mod message;
pub mod money;
pub mod notice;
pub mod oauth;
pub mod outbox;
pub mod pending;
pub mod pipeline;
pub mod practice;
pub mod problem;
pub mod provider;
pub mod query;
pub mod rhythm;
pub mod status;
pub mod template;
pub mod text;
pub mod thread;
pub mod threading;
pub mod wish;
pub mod work_time;
