//! What becomes of posts after the transaction that wrote them.

use serde::{Deserialize, Serialize};

use crate::base::activitystreams;
use crate::base::id::{AccountId, StatusId};
use crate::jobs::Job;

/// A post was written here, or recorded from elsewhere: deliver it (local ones), relay it to groups, tell people.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StatusPublished {
    pub status_id: StatusId,
    /// Its author. Jobs of earlier versions don't say.
    #[serde(default)]
    pub account_id: Option<AccountId>,
}

impl Job for StatusPublished {
    const KIND: &'static str = "status_published";

    /// What somebody publishes goes out in the order in which they did: a boost of one's own post after the post.
    fn lane(&self) -> Option<String> {
        self.account_id.map(|author| format!("author:{author}"))
    }
}

/// A post of ours was edited: tell whoever has it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StatusEdited {
    pub status_id: StatusId,
    pub account_id: AccountId,
}

impl Job for StatusEdited {
    const KIND: &'static str = "status_edited";

    /// After the post itself, see [`StatusPublished`].
    fn lane(&self) -> Option<String> {
        Some(format!("author:{}", self.account_id))
    }
}

/// What a post of ours says besides its text has changed, such as who may quote it: tell whoever has it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StatusRestated {
    pub status_id: StatusId,
    pub account_id: AccountId,
    /// When, in microseconds: names the activity.
    pub at: i64,
}

impl Job for StatusRestated {
    const KIND: &'static str = "status_restated";

    fn lane(&self) -> Option<String> {
        Some(format!("author:{}", self.account_id))
    }
}

/// A post arrived that was posted to a group of ours: relay it to the group's followers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StatusRecorded {
    pub status_id: StatusId,
}

impl Job for StatusRecorded {
    const KIND: &'static str = "status_recorded";
}

/// A post of a group of ours was deleted: tell the group's followers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StatusDeleted {
    pub group_account_id: AccountId,
    pub account_uri: String,
    pub status_uri: String,
}

impl Job for StatusDeleted {
    const KIND: &'static str = "status_deleted";
}

/// A reply arrived before its parent: fetch the parent.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ParentAwaited {
    pub uri: String,
    /// How many more generations are worth fetching.
    pub depth: u8,
}

impl Job for ParentAwaited {
    const KIND: &'static str = "parent_awaited";
    const OF_STRANGERS: Option<u64> = Some(60);

    /// A host is asked for four at once: one that lets us wait takes no more places.
    fn lane(&self) -> Option<String> {
        let host = activitystreams::host(&self.uri).unwrap_or_default();
        let of_four = self.uri.bytes().fold(0, u8::wrapping_add) % 4;
        Some(format!("parent:{host}:{of_four}"))
    }
}

/// Somebody looked at a post from elsewhere: read the thread that its server knows.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ThreadAwaited {
    pub status_id: StatusId,
    pub host: String,
}

impl Job for ThreadAwaited {
    const KIND: &'static str = "thread_awaited";
    // Up to eighty documents, one after the other.
    const OF_STRANGERS: Option<u64> = Some(180);

    fn lane(&self) -> Option<String> {
        Some(format!("thread:{}", self.host))
    }
}
