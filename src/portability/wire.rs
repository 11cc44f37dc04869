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

/// What a `Move` says of its actor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moved<'a> {
    /// It goes there: pushed by the old account.
    To(&'a str),
    /// It comes from there: pulled by the new account.
    From(&'a str),
}

/// `None` when it is about anybody else, or leads nowhere.
pub fn parse_move<'a>(activity: &'a Value, actor_uri: &str) -> Option<Moved<'a>> {
    let (old, new) = (read::id(activity, "object")?, read::id(activity, "target")?);
    match (old == actor_uri, new == actor_uri) {
        (true, false) => Some(Moved::To(new)),
        (false, true) => Some(Moved::From(old)),
        _ => None,
    }
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
        assert_eq!(parse_move(&activity, ben), Some(Moved::To("https://acme.test/users/ben")));
        assert_eq!(parse_move(&activity, "https://acme.test/users/ben"), Some(Moved::From(ben)));
        assert_eq!(parse_move(&activity, "https://globex.test/users/mal"), None);
        assert_eq!(parse_move(&json!({"type": "Move", "object": ben, "target": ben}), ben), None);
        assert_eq!(parse_move(&json!({"type": "Move", "object": ben}), ben), None);
    }
}
