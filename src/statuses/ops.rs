//! Decisions and writes about posts. No network: what must be fetched is fetched by the edges, before.

mod delete;
mod edit;
mod interact;
mod publish;
mod quote;
mod record;
mod threads;

pub use delete::{delete, delete_remote, erase_some};
pub use edit::{edit, record_edit};
pub use interact::{
    favourite, find_original, mute_thread, reblog, record_announce, record_like, undo_remote_announce,
    undo_remote_like, unfavourite, unreblog,
};
pub use publish::{check, find_sent, preview, publish, publish_in, usual_visibility, words};
pub use record::{Arrival, may_be_wanted, record, tell_watchers};
pub use threads::{adopt_replies, ask_anew, find_place, list_places};
