//! Conversations: threads of direct posts between the same people, as each of them has them
//! (https://docs.joinmastodon.org/entities/Conversation/). The nouns.
//!
//! As in Mastodon, who is spoken with makes the conversation: when a thread goes on among others, that is another one. Each
//! person has rows of their own, so that one may read, or remove, what the other does not.

pub mod api;
pub mod entity;
pub mod ops;
pub mod store;

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable};

use crate::base::id::{AccountId, ConversationId, StatusId};

/// A conversation, as one person has it.
#[derive(Clone, Debug, QueryableByName)]
pub struct Conversation {
    #[diesel(sql_type = BigInt)]
    pub id: ConversationId,
    /// Whose it is.
    #[diesel(sql_type = BigInt)]
    pub account_id: AccountId,
    /// The others; the first hundred.
    #[diesel(sql_type = Array<BigInt>)]
    pub participants: Vec<AccountId>,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub last_status_id: Option<StatusId>,
    #[diesel(sql_type = Bool)]
    pub unread: bool,
}

impl Conversation {
    /// With whom it is: with oneself, if nobody else is in it.
    pub fn people(&self) -> &[AccountId] {
        if self.participants.is_empty() { std::slice::from_ref(&self.account_id) } else { &self.participants }
    }
}
