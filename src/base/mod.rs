//! Pure ground: no database, no network, no state.

pub mod activitystreams;
pub mod budget;
pub mod clock;
pub mod error;
pub mod handle;
pub mod id;
pub mod network;
pub mod page;
pub mod secret;
mod shared;
pub mod strict_json;
pub mod text;
pub mod visibility;
pub mod why;

pub use error::{Error, Result};
pub use shared::Shared;
pub use why::Why;
pub(crate) use why::why;
