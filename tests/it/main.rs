//! All tests through the door, in one binary. Whole instances run in this process (`support::World`), each on a database of
//! its own; nothing sleeps, and every test can run beside every other.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod federation;
mod plans;
mod policy;
mod schema;
mod smoke;
mod support;
mod tidy;
