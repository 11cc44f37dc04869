//! Client applications, their tokens, and who a request speaks for.
//!
//! `api`: clients register themselves, and people through them; `authorize`: a person's consent becomes a code; `token`:
//! a code becomes a token, and a token ends. The pages are in `web`.

pub mod api;
pub mod authorize;
pub mod error;
pub mod extract;
pub mod scopes;
pub mod store;
pub mod token;

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::base::id::ApplicationId;
use crate::db::schema::oauth_applications;

/// The redirect URI of clients that cannot be redirected to: the code is shown on a page, to be copied.
pub const OUT_OF_BAND: &str = "urn:ietf:wg:oauth:2.0:oob";

/// A row of `oauth_applications`: a client that registered itself.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = oauth_applications, check_for_backend(diesel::pg::Pg))]
pub struct Application {
    pub id: ApplicationId,
    pub client_id: String,
    pub client_secret_hash: Vec<u8>,
    pub name: String,
    pub website: Option<String>,
    pub redirect_uris: Vec<Option<String>>,
    pub scopes: String,
    pub created_at: DateTime<Utc>,
}

impl Application {
    pub fn redirect_uris(&self) -> Vec<&str> {
        self.redirect_uris.iter().flatten().map(String::as_str).collect()
    }

    /// Whether this very URI was registered. No patterns, no prefixes (RFC 9700, section 4.1.3).
    pub fn knows_redirect(&self, uri: &str) -> bool {
        self.redirect_uris().contains(&uri)
    }

    /// What the client may ask for at most.
    pub fn scopes(&self) -> scopes::Scopes {
        scopes::Scopes::parse(&self.scopes).unwrap_or_default()
    }
}
