//! What every test stands on: worlds of instances, people who use them, and peers that may misbehave.
#![expect(dead_code, unused_imports, reason = "helpers are written ahead of the tests that use them")]

mod answer;
mod authenticator;
mod browser;
mod database;
pub mod endpoints;
pub mod entities;
mod instance;
mod letter;
mod log;
mod mailbox;
pub mod media;
mod peer;
mod peer_actor;
mod person;
mod stream;
mod world;

pub use answer::Answer;
pub use authenticator::Authenticator;
pub use browser::{Browser, PASSWORD, hidden_fields};
pub use database::{TestDatabase, cluster, migration_folders};
pub use instance::{ACTIVITY, Instance, With};
pub use letter::Letter;
pub use mailbox::{Mail, Mailbox};
pub use media::Part;
pub use peer::{Peer, Received};
pub use peer_actor::PeerActor;
pub use person::{NewPerson, Person, plain};
pub use stream::{Events, Heard, Listening};
pub use world::World;
