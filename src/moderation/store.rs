//! All SQL of moderation.

mod accounts;
mod audit;
mod numbers;
mod reports;
mod rules;

pub use accounts::*;
pub use audit::*;
pub use numbers::*;
pub use reports::*;
pub use rules::*;
