//! What touches other servers: signatures, the guard against private addresses, and the one client for all fetching.

pub mod fetch;
pub mod guard;
pub mod key;
pub mod proof;
mod send;
pub mod signature;
