//! This instance as clients ask about it, and other servers.

pub mod api;
pub mod languages;
pub mod ops;
pub mod store;
