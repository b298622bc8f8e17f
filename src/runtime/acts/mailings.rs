//! What I do about who wants no mailings.

use super::{Acts, Title};
use crate::domain::address::Address;
use crate::domain::opt_out::How;
use crate::domain::problem::Result;
use crate::domain::text::Text;
use crate::store::NewOptOut;

impl Acts<'_> {
    /// Somebody told me that they want no mailings any more.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn opt_out(&self, addresses: &[Address], why: &Text) -> Result<Title> {
        self.record(format!("No mailings any more: {}", named(addresses)), || {
            addresses.iter().try_for_each(|address| {
                let new = NewOptOut { address, how: How::Hand, evidence: why.as_str(), msg_id: None, mailing: None };
                self.store.opt_out(&new, self.at()).map(drop)
            })
        })
    }

    /// They want mailings after all.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn opt_in(&self, addresses: &[Address]) -> Result<Title> {
        self.record(format!("Mailings again: {}", named(addresses)), || {
            addresses.iter().try_for_each(|address| self.store.opt_in(address).map(drop))
        })
    }
}

fn named(addresses: &[Address]) -> String {
    addresses.iter().map(Address::as_str).collect::<Vec<_>>().join(", ")
}
