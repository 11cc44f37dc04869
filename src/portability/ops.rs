//! Decisions and writes about an account's other names, its moves, what it brings along, and its end.

mod deletion;
mod imports;
mod moves;

pub use deletion::{begin_deletion, begin_forgetting, begin_removal};
pub use imports::{MOST_LINES, begin_import, drop_unlisted, take_bookmark, take_entry};
pub use moves::{add_alias, carry_follower, move_away, record_move, remove_alias, stay};
