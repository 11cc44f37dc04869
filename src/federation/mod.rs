//! How servers speak: the door where activities arrive, and their delivery. What an activity does is in `activities`.

pub mod delivery;
pub mod inbox;
pub mod nodeinfo;
pub mod object;
pub mod policy;
pub mod sender;
pub mod store;
pub mod webfinger;

use serde::{Deserialize, Serialize};

use crate::base::id::AccountId;
use crate::jobs::Job;

/// An activity that passed the door: its signature, or its proof, held, its id is on the signer's host, and it was not here before.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct IncomingActivity {
    /// Whose it is.
    pub actor_id: AccountId,
    /// The JSON as it came.
    pub activity: String,
    /// The host that passed it on, where that was not the actor's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub via: Option<String>,
    /// What the sender takes our people among its followers to be (FEP-8fcf).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub synchronization: Option<Synchronization>,
}

/// The header `Collection-Synchronization` of a delivery, of the sender's own followers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Synchronization {
    /// Where the sender lists those whom it means.
    pub url: String,
    pub digest: String,
}

impl Job for IncomingActivity {
    const KIND: &'static str = "incoming_activity";
    const OF_STRANGERS: Option<u64> = Some(60);

    /// What one actor sends is carried out in the order in which it came.
    fn lane(&self) -> Option<String> {
        Some(format!("actor:{}", self.actor_id))
    }
}

/// An activity that somebody else than its actor sent. Nothing in it is believed yet.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ForwardedActivity {
    /// The host that sent it.
    pub via: String,
    /// The JSON as it came.
    pub activity: String,
}

impl Job for ForwardedActivity {
    const KIND: &'static str = "forwarded_activity";
    const OF_STRANGERS: Option<u64> = Some(60);

    /// One at a time of each host: what it makes us ask of others is bounded so.
    fn lane(&self) -> Option<String> {
        Some(format!("forwarded:{}", self.via))
    }
}
