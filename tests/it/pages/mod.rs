//! Pages for people, as a browser sees them.

mod content;
mod forms;
mod headers;
