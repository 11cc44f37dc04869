//! Follow, its answers and Block as ActivityPub has them (ActivityPub §7.5 to §7.7, §6.9). Pure.

pub mod followers;

use serde_json::{Value, json};

use super::{Block, Follow};
use crate::accounts::Account;
use crate::base::activitystreams as read;

const CONTEXT: &str = "https://www.w3.org/ns/activitystreams";

fn follow_object(follow: &Follow, follower: &Account, target: &Account) -> Value {
    json!({"id": follow.uri, "type": "Follow", "actor": follower.uri, "object": target.uri})
}

pub fn follow(follow: &Follow, follower: &Account, target: &Account) -> Value {
    let mut activity = follow_object(follow, follower, target);
    if let Some(activity) = activity.as_object_mut() {
        activity.insert("@context".into(), CONTEXT.into());
        activity.insert("to".into(), json!([target.uri]));
    }
    activity
}

/// `Accept`, `Reject` (by the target) or `Undo` (by the follower) of a Follow.
pub fn about_follow(
    kind: &str,
    uri: &str,
    actor: &Account,
    to: &Account,
    follow: &Follow,
    follower: &Account,
    target: &Account,
) -> Value {
    json!({
        "@context": CONTEXT,
        "id": uri,
        "type": kind,
        "actor": actor.uri,
        "to": [to.uri],
        "object": follow_object(follow, follower, target),
    })
}

fn block_object(block: &Block, by: &Account, target: &Account) -> Value {
    json!({"id": block.uri, "type": "Block", "actor": by.uri, "object": target.uri})
}

pub fn block(block: &Block, by: &Account, target: &Account) -> Value {
    let mut activity = block_object(block, by, target);
    if let Some(activity) = activity.as_object_mut() {
        activity.insert("@context".into(), CONTEXT.into());
        activity.insert("to".into(), json!([target.uri]));
    }
    activity
}

pub fn undo_block(uri: &str, block: &Block, by: &Account, target: &Account) -> Value {
    json!({
        "@context": CONTEXT,
        "id": uri,
        "type": "Undo",
        "actor": by.uri,
        "to": [target.uri],
        "object": block_object(block, by, target),
    })
}

/// The Follow or Block that an Accept, Reject or Undo is about: its id, and who did it to whom where that is embedded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    pub uri: Option<String>,
    pub actor_uri: Option<String>,
    pub object_uri: Option<String>,
}

/// Reads the object of an Accept, Reject or Undo; `None` when it is embedded and not of this type.
pub fn parse_reference(object: &Value, kind: &str) -> Option<Reference> {
    if object.is_object() && !read::is_a(object, kind) {
        return None;
    }
    Some(Reference {
        uri: read::id_of(object).map(str::to_owned),
        actor_uri: read::id(object, "actor").map(str::to_owned),
        object_uri: read::id(object, "object").map(str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_ids_or_embedded() {
        let by_id = parse_reference(&json!("https://a.test/f/1"), "Follow").unwrap();
        assert_eq!(by_id.uri.as_deref(), Some("https://a.test/f/1"));
        let embedded =
            parse_reference(&json!({"type": "Follow", "actor": {"id": "a"}, "object": "b"}), "Follow").unwrap();
        assert_eq!((embedded.actor_uri.as_deref(), embedded.object_uri.as_deref()), (Some("a"), Some("b")));
        assert_eq!(parse_reference(&json!({"type": "Like", "id": "x"}), "Follow"), None);
    }
}
