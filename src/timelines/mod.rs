//! Home, public, hashtag and account timelines, and how far a person has read.

pub mod api;
pub mod store;
pub mod view;
