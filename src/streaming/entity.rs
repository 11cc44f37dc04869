//! Events as Mastodon writes them (https://docs.joinmastodon.org/methods/streaming/#events). Pure.

use serde::Serialize;
use serde_json::{Value, json};

/// `["user"]`, `["hashtag", "rust"]`: what a client calls the stream that it subscribed to.
pub fn name(stream: &str, tag: Option<&str>) -> String {
    match tag.filter(|_| stream.starts_with("hashtag")) {
        Some(tag) => json!([stream, tag]),
        None => json!([stream]),
    }
    .to_string()
}

/// A message of a WebSocket. `name` is written already, see [`name`]; the payload goes in as a text.
pub fn message(name: &str, event: &str, payload: &str) -> String {
    let payload = Value::from(payload);
    format!("{{\"stream\":{name},\"event\":\"{event}\",\"payload\":{payload}}}")
}

/// A server-sent event. What is written as JSON has no line ends in it.
pub fn event(event: &str, payload: &str) -> String {
    format!("event: {event}\ndata: {payload}\n\n")
}

/// What a WebSocket is told of a subscription that cannot be.
pub fn refusal(error: &str, status: u16) -> String {
    #[derive(Serialize)]
    struct Refused<'a> {
        error: &'a str,
        status: u16,
    }
    json!(Refused { error, status }).to_string()
}

/// Whether a post, as JSON, has media.
pub fn has_media(status: &str) -> bool {
    // Quotes inside of texts are escaped, so this stands for itself.
    status.contains("\"media_attachments\":[{")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_are_known_by_their_list_and_not_by_words() {
        assert!(has_media(r#"{"id":"1","media_attachments":[{"id":"2"}]}"#));
        assert!(!has_media(&json!({"content": "\"media_attachments\":[{", "media_attachments": []}).to_string()));
    }

    #[test]
    fn a_message_is_json_whatever_is_in_it() {
        let message = message(&name("hashtag", Some("a\"b")), "update", "{\"a\":\"\\n\"}");
        let read: Value = serde_json::from_str(&message).unwrap();
        assert_eq!(read, json!({"stream": ["hashtag", "a\"b"], "event": "update", "payload": "{\"a\":\"\\n\"}"}));
    }
}
