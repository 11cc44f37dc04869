//! Pages for people, as a browser sees them.

mod acts;
mod admin;
mod admin_access;
mod admin_instance;
mod admin_servers;
mod app;
mod appeals;
mod archive;
mod attacks;
mod auth;
mod below;
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
mod quoting;
mod settings;
mod threads;
mod ties;
