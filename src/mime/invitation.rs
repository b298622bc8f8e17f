//! Meetings in letters (RFC 5545, 5546).

use super::parts::Parts;
use crate::domain::message::Invitation;

/// The meeting that a letter carries.
pub(super) fn find(_parts: &Parts<'_>) -> Option<Invitation> {
    None
}
