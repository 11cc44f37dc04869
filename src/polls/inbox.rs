//! Votes from other servers: a `Create` of a `Note` that has the shape of a vote. It is never a post.

use serde_json::Value;

use super::{ops, wire};
use crate::accounts::Account;
use crate::app::App;
use crate::base::Result;
use crate::base::activitystreams as read;
use crate::jobs::Outcome;

/// A vote by the actor, of their own, in a poll of ours that they may see.
pub async fn vote(app: &App, actor: &Account, object: &Value) -> Result<Outcome> {
    let Some(vote) = wire::parse_vote(object) else { return Ok(Outcome::drop("a vote that lacks something")) };
    if vote.author_uri != actor.uri || !read::same_host(vote.uri, &actor.uri) {
        return Ok(Outcome::drop("somebody else's vote"));
    }
    app.background_transaction(async |conn| ops::record_vote(app, conn, actor, &vote).await).await
}
