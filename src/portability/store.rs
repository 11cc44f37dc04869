//! All SQL about moves, lists that are taken along, and the end of accounts.

mod besides;
mod endings;
mod lists;
mod names;

pub use besides::*;
pub use endings::*;
pub use lists::*;
pub use names::*;
