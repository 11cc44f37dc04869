//! All SQL about moves, lists that are taken along, and the end of accounts.

mod endings;
mod lists;

pub use endings::*;
pub use lists::*;
