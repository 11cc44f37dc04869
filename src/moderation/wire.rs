//! Reports as ActivityPub has them: `Flag` (ActivityStreams vocabulary, as Mastodon uses it). Pure.

use serde_json::{Value, json};

use crate::accounts::Account;
use crate::base::activitystreams as read;
use crate::base::text;

/// The most that a comment from elsewhere may have, in characters; longer ones are cut.
const MOST_COMMENT: usize = 5000;

/// Things that one `Flag` may name, at most.
const MOST_OBJECTS: usize = 100;

/// A report on its way to the server of whoever is reported. It names the instance, and not who reports.
pub fn flag(uri: &str, instance: &Account, target: &Account, statuses: &[String], comment: &str) -> Value {
    let mut objects = vec![target.uri.as_str()];
    objects.extend(statuses.iter().map(String::as_str));
    json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": uri,
        "type": "Flag",
        "actor": instance.uri,
        "content": comment,
        "object": objects,
        "to": [target.uri],
    })
}

/// A report from elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteReport {
    pub uri: String,
    /// Text.
    pub comment: String,
    /// Accounts and posts, mixed.
    pub objects: Vec<String>,
}

/// Reads a `Flag`; `None` without an id or anything that it is about.
pub fn parse_flag(activity: &Value) -> Option<RemoteReport> {
    let uri = read::own_id(activity)?.to_owned();
    let objects: Vec<String> = read::ids(activity, "object").take(MOST_OBJECTS).map(str::to_owned).collect();
    let comment = text::plain_text(read::text(activity, "content").unwrap_or_default());
    let comment = comment.chars().take(MOST_COMMENT).collect();
    (!objects.is_empty()).then_some(RemoteReport { uri, comment, objects })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_of_other_programs_are_read() {
        let mastodon = json!({
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": "https://mastodon.example/0d6a4c2e", "type": "Flag", "actor": "https://mastodon.example/actor",
            "content": "please <b>look</b>",
            "object": ["https://acme.test/users/mal", "https://acme.test/users/mal/statuses/1"],
        });
        let report = parse_flag(&mastodon).unwrap();
        assert_eq!(report.objects.len(), 2);
        assert_eq!(report.comment, "please look");
        let lemmy =
            json!({"id": "https://l.test/1", "type": "Flag", "object": "https://acme.test/p/1", "summary": "x"});
        assert_eq!(parse_flag(&lemmy).unwrap().objects, ["https://acme.test/p/1"]);
        assert_eq!(parse_flag(&json!({"id": "https://l.test/1", "type": "Flag", "object": []})), None);
        assert_eq!(parse_flag(&json!({"type": "Flag", "object": "https://acme.test/p/1"})), None);
    }
}
