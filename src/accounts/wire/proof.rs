//! The keys of actors in `assertionMethod` (FEP-521a). Pure.

use serde_json::{Value, json};

use crate::accounts::RemoteProofKey;
use crate::base::activitystreams as read;
use crate::net::proof::PublicProofKey;

/// Keys of one actor that are kept.
const MOST_KEYS: usize = 8;

/// The id of a local actor's key.
pub fn key_id(actor_uri: &str) -> String {
    format!("{actor_uri}#ed25519-key")
}

/// The actor's own keys for proofs: on its host, controlled by it, of the kind that we read.
pub fn read_keys(object: &Value, uri: &str) -> Vec<RemoteProofKey> {
    let mut keys: Vec<RemoteProofKey> = Vec::new();
    for key in read::many(object, "assertionMethod").iter().take(MOST_KEYS) {
        let (Some(key_id), Some(public)) = (read::own_id(key), read::text(key, "publicKeyMultibase")) else { continue };
        let expires_at = read::time(key, "expires");
        if read::is_a(key, "Multikey")
            && read::id(key, "controller") == Some(uri)
            && read::same_host(key_id, uri)
            && PublicProofKey::from_multibase(public).is_ok()
            && expires_at.is_some() == key.get("expires").is_some()
            && !keys.iter().any(|known| known.key_id == key_id)
        {
            keys.push(RemoteProofKey {
                key_id: key_id.to_owned(),
                public_key_multibase: public.to_owned(),
                expires_at,
            });
        }
    }
    keys
}

/// A local actor's document with its key. In an activity, `context` is the outer document; else the actor's own.
pub fn show_key(document: &mut Value, actor_uri: &str, public_key_multibase: &str) {
    let method = json!([{
        "id": key_id(actor_uri),
        "type": "Multikey",
        "controller": actor_uri,
        "publicKeyMultibase": public_key_multibase,
    }]);
    if let Some(contexts) = document.get_mut("@context").and_then(Value::as_array_mut) {
        contexts.push(json!("https://w3id.org/security/multikey/v1"));
        contexts.push(json!({
            "assertionMethod": {"@id": "https://w3id.org/security#assertionMethod", "@type": "@id", "@container": "@set"},
        }));
    }
    let actor = match document.get("object") {
        Some(_) => document.get_mut("object"),
        None => Some(document),
    };
    if let Some(actor) = actor.and_then(Value::as_object_mut) {
        actor.insert("assertionMethod".into(), method);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const URI: &str = "https://globex.test/users/ben";
    const KEY: &str = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2";

    fn key(id: &str) -> Value {
        json!({"id": id, "type": "Multikey", "controller": URI, "publicKeyMultibase": KEY})
    }

    /// F268
    #[test]
    fn keys_of_ones_own_are_read_and_bounded() {
        let mut document = json!({"@context": ["x", {}], "id": URI});
        show_key(&mut document, URI, KEY);
        let read = read_keys(&document, URI);
        assert_eq!(read.len(), 1);
        assert_eq!((read[0].key_id.as_str(), read[0].public_key_multibase.as_str()), (key_id(URI).as_str(), KEY));
        let many: Vec<Value> = (0..100).map(|number| key(&format!("{URI}#{number}"))).collect();
        assert_eq!(read_keys(&json!({"assertionMethod": many}), URI).len(), MOST_KEYS);
        assert_eq!(read_keys(&json!({"assertionMethod": [key(URI), key(URI)]}), URI).len(), 1);
    }

    /// F268
    #[test]
    fn keys_of_others_are_not() {
        for (name, value) in [
            ("id", json!("https://evil.test/users/ben#key")),
            ("controller", json!("https://globex.test/users/eve")),
            ("type", json!("JsonWebKey")),
            ("publicKeyMultibase", json!("z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq")),
            ("expires", json!("never")),
        ] {
            let mut wrong = key(&key_id(URI));
            wrong[name] = value;
            assert!(read_keys(&json!({"assertionMethod": wrong}), URI).is_empty(), "{name}");
        }
        assert!(read_keys(&json!({"assertionMethod": [key_id(URI), 5, null]}), URI).is_empty());
    }
}
