//! Events as Mastodon writes them (https://docs.joinmastodon.org/methods/streaming/#events). Pure.

use serde::Serialize;
use serde_json::{Value, json};

use super::Kind;

/// `["user"]`, `["hashtag", "rust"]`, `["list", "7"]`: what a client calls the stream that it subscribed to.
pub fn name(stream: &str, tag: Option<&str>, list: Option<&str>) -> String {
    let of = match stream {
        "list" => list,
        _ => tag.filter(|_| stream.starts_with("hashtag")),
    };
    match of {
        Some(of) => json!([stream, of]),
        None => json!([stream]),
    }
    .to_string()
}

/// A message of a WebSocket. `name` is written already, see [`name`]; the payload goes in as a text.
pub fn message(name: &str, kind: Kind, payload: Option<&str>) -> String {
    let payload = payload.map(|payload| format!(",\"payload\":{}", Value::from(payload))).unwrap_or_default();
    format!("{{\"stream\":{name},\"event\":\"{}\"{payload}}}", kind.as_str())
}

/// A server-sent event. What is written as JSON has no line ends in it. An `EventSource` passes nothing on that has no data;
/// where there is none, Mastodon sends this word.
pub fn event(kind: Kind, payload: Option<&str>) -> String {
    format!("event: {}\ndata: {}\n\n", kind.as_str(), payload.unwrap_or("undefined"))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_json_whatever_is_in_it() {
        let message = message(&name("hashtag", Some("a\"b"), None), Kind::Update, Some("{\"a\":\"\\n\"}"));
        let read: Value = serde_json::from_str(&message).unwrap();
        assert_eq!(read, json!({"stream": ["hashtag", "a\"b"], "event": "update", "payload": "{\"a\":\"\\n\"}"}));
    }
}
