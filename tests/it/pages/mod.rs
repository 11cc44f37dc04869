//! Pages for people, as a browser sees them.

mod acts;
mod admin;
mod admin_access;
mod admin_instance;
mod app;
mod appeals;
mod attacks;
mod auth;
mod compose;
mod content;
mod forms;
mod headers;
mod languages;
mod network;
mod network_collections;
mod network_finding;
mod network_lists;
mod network_welcome;
mod notices;
mod settings;
mod ties;
