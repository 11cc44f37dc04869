//! Search: over accounts, hashtags and addresses.

pub mod api;
pub mod store;
