//! Pages for people, as a browser sees them.

mod auth;
mod content;
mod forms;
mod headers;
