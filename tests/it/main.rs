//! All tests through the door, in one binary. Whole instances run in this process (`support::World`), each on a database of
//! its own; nothing sleeps, and every test can run beside every other.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod addresses;
mod api;
mod clients;
mod door;
mod endpoints;
mod federation;
mod fuzz;
mod housekeeping;
mod jobs;
mod media;
mod pages;
mod plans;
mod policy;
mod processes;
mod schema;
mod smoke;
mod strangers;
mod support;
mod tidy;
