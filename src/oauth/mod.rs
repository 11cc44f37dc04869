//! Client applications, their tokens, and who a request speaks for.

pub mod extract;
pub mod scopes;
pub mod store;
