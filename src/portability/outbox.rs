//! What jobs do: a move is told and people are carried along, lists are worked off, an account goes for good.

mod deletion;
mod imports;
mod moves;

pub use deletion::{delete, end_suspended};
pub use imports::work_off;
pub use moves::{carry_followers, tell};
