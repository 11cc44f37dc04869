//! How hashtags read in the client API.

use serde_json::{Value, json};

use super::{Day, Featured, Usage};
use crate::base::secret;
use crate::base::text::tag_url;

/// The id of a hashtag, made of its name: whether we have a row of it, and since when, tells of posts that are not for everyone.
fn id(name: &str) -> String {
    let number = secret::hash(name).iter().take(8).fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
    (number >> 1).to_string()
}

/// A hashtag (https://docs.joinmastodon.org/entities/Tag/). Whether somebody follows and shows it is unknown of strangers.
pub fn tag(origin: &str, name: &str, history: &[Day], following: Option<bool>, featuring: Option<bool>) -> Value {
    let history = history.iter().map(|day| {
        json!({
            "day": day.start.to_string(),
            "uses": day.uses.to_string(),
            "accounts": day.accounts.to_string(),
        })
    });
    json!({
        "id": id(name),
        "name": name,
        "url": tag_url(origin, name),
        "history": history.collect::<Vec<_>>(),
        "following": following,
        "featuring": featuring,
    })
}

/// A hashtag on a profile (https://docs.joinmastodon.org/entities/FeaturedTag/).
pub fn featured(origin: &str, featured: &Featured, usage: Usage) -> Value {
    json!({
        "id": featured.id,
        "name": featured.name,
        "url": tag_url(origin, &featured.name),
        "statuses_count": usage.statuses_count.to_string(),
        "last_status_at": usage.last_status_at.map(|at| at.date_naive().to_string()),
    })
}
