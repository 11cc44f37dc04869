//! Personal invitations: somebody here vouches for whom they bring. Nouns.

pub mod ops;
pub mod store;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::base::id::{AccountId, InvitationId};
use crate::db::schema::invitations;
use crate::jobs::Job;

/// A row of `invitations`.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = invitations, check_for_backend(diesel::pg::Pg))]
pub struct Invitation {
    pub id: InvitationId,
    /// Who vouches.
    pub account_id: AccountId,
    pub token_hash: Vec<u8>,
    /// What they say to whom they invite.
    pub note: String,
    pub uses_left: i32,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub revoked_at: Option<DateTime<Utc>>,
}

impl Invitation {
    /// Whether somebody can still come by it.
    pub fn holds(&self, now: DateTime<Utc>) -> bool {
        self.uses_left > 0 && self.expires_at > now && self.revoked_at.is_none()
    }
}

/// Somebody came by an invitation: the two follow each other.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct InvitationAccepted {
    pub by: AccountId,
    pub account_id: AccountId,
}

impl Job for InvitationAccepted {
    const KIND: &'static str = "invitation_accepted";
}
