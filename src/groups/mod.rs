//! Public groups (FEP-1b12): Group actors that anyone can follow, and that relay what their followers post to them.

pub mod api;
pub mod inbox;
pub mod ops;
pub mod relay;
pub mod store;

use crate::base::id::AccountId;

/// A group to be made.
#[derive(Clone, Debug)]
pub struct NewGroup {
    pub username: String,
    pub display_name: String,
    pub note: String,
    /// Who made it; they follow it from the start.
    pub created_by: Option<AccountId>,
}
