//! Decisions and writes about posts. No network: what must be fetched is fetched by the edges, before.

mod delete;
mod interact;
mod publish;
mod record;

pub use delete::{delete, delete_remote, erase_some};
pub use interact::{
    favourite, reblog, record_announce, record_like, undo_remote_announce, undo_remote_like, unfavourite, unreblog,
};
pub use publish::publish;
pub use record::{Arrival, record, record_edit, tell_watchers};
