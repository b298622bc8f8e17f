//! The screens of PRODUCT.md.

pub mod clients;
pub mod deals;
pub mod mail;
pub mod outgoing;
pub mod today;
