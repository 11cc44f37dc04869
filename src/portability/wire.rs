//! Moves and the end of an account as ActivityPub has them (FEP-7628, ActivityPub §6.4). Pure.

use serde_json::{Value, json};

use crate::accounts::Account;
use crate::base::activitystreams as read;

const CONTEXT: &str = "https://www.w3.org/ns/activitystreams";

/// `Move` of a local account.
pub fn moved(uri: &str, account: &Account, target_uri: &str) -> Value {
    json!({
        "@context": CONTEXT,
        "id": uri,
        "type": "Move",
        "actor": account.uri,
        "object": account.uri,
        "target": target_uri,
        "to": [account.followers_uri],
    })
}

/// Where a `Move` says that its actor goes; `None` when it is about anybody else. As pushed by the old account; a pull by
/// the new one (FEP-7628) has its actor as target.
pub fn parse_move<'a>(activity: &'a Value, actor_uri: &str) -> Option<&'a str> {
    let target = read::id(activity, "target")?;
    (read::id(activity, "object") == Some(actor_uri) && target != actor_uri).then_some(target)
}

/// `Delete` of a local account.
pub fn delete(uri: &str, account: &Account) -> Value {
    json!({
        "@context": CONTEXT,
        "id": uri,
        "type": "Delete",
        "actor": account.uri,
        "object": account.uri,
        "to": [read::PUBLIC],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moves_are_of_their_actor() {
        let ben = "https://globex.test/users/ben";
        let activity = json!({"type": "Move", "object": ben, "target": "https://acme.test/users/ben"});
        assert_eq!(parse_move(&activity, ben), Some("https://acme.test/users/ben"));
        assert_eq!(parse_move(&activity, "https://globex.test/users/mal"), None);
        assert_eq!(parse_move(&json!({"type": "Move", "object": ben, "target": ben}), ben), None);
        assert_eq!(parse_move(&json!({"type": "Move", "object": ben}), ben), None);
    }
}
