//! All SQL about moves, lists that are taken along, and the end of accounts.

mod endings;
mod lists;
mod names;

pub use endings::*;
pub use lists::*;
pub use names::*;
