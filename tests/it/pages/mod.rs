//! Pages for people, as a browser sees them.

mod admin;
mod admin_instance;
mod content;
mod forms;
mod headers;
mod settings;
