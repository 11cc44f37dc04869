//! Reading ActivityStreams JSON that others wrote, without believing its shape: a value may be an id or an object, one or
//! many. Used by every `wire`. Writing is done with plain `serde` structures.

use serde_json::Value;
use url::Url;

/// `https://www.w3.org/ns/activitystreams#Public` and the two short forms that peers send.
pub const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// Whether an id in `to` or `cc` means everyone.
pub fn is_public(id: &str) -> bool {
    matches!(id, PUBLIC | "as:Public" | "Public")
}

/// The values of a property: none, one, or many.
pub fn many<'a>(object: &'a Value, property: &str) -> &'a [Value] {
    match object.get(property) {
        None | Some(Value::Null) => &[],
        Some(Value::Array(values)) => values,
        Some(value) => std::slice::from_ref(value),
    }
}

/// The first value of a property.
pub fn one<'a>(object: &'a Value, property: &str) -> Option<&'a Value> {
    many(object, property).first()
}

/// The longest id that is read, in bytes: longer ones have no place in an index of Postgres.
pub const LONGEST_ID: usize = 2048;

/// The id of a value that is an id or an object with one (`id`, or `href` of a link). What is too long is none.
pub fn id_of(value: &Value) -> Option<&str> {
    let id = match value {
        Value::String(id) => Some(id.as_str()),
        Value::Object(object) => object.get("id").or_else(|| object.get("href")).and_then(Value::as_str),
        _ => None,
    };
    id.filter(|id| id.len() <= LONGEST_ID)
}

/// An object's own id.
pub fn own_id(object: &Value) -> Option<&str> {
    object.get("id").and_then(Value::as_str).filter(|id| id.len() <= LONGEST_ID)
}

/// The id in a property's first value.
pub fn id<'a>(object: &'a Value, property: &str) -> Option<&'a str> {
    one(object, property).and_then(id_of)
}

/// All ids in a property.
pub fn ids<'a>(object: &'a Value, property: &str) -> impl Iterator<Item = &'a str> {
    many(object, property).iter().filter_map(id_of)
}

/// A text in a property's first value.
pub fn text<'a>(object: &'a Value, property: &str) -> Option<&'a str> {
    one(object, property).and_then(Value::as_str)
}

/// Whether the object is of this type; `type` may be one or many.
pub fn is_a(object: &Value, name: &str) -> bool {
    many(object, "type").iter().any(|value| value.as_str() == Some(name))
}

/// The first type of an object, or "" when it has none.
pub fn type_of(object: &Value) -> &str {
    text(object, "type").unwrap_or_default()
}

/// A moment in a property, e.g. `published` (RFC 3339).
pub fn time(object: &Value, property: &str) -> Option<chrono::DateTime<chrono::Utc>> {
    let text = text(object, property)?;
    chrono::DateTime::parse_from_rfc3339(text).ok().map(|time| time.with_timezone(&chrono::Utc))
}

/// The address of a page in `url`, which may be a text, a Link, or several of them; the first HTML one is preferred.
pub fn page_url(object: &Value) -> Option<&str> {
    let links = many(object, "url");
    let html = links.iter().find(|link| link.get("mediaType").and_then(Value::as_str) == Some("text/html"));
    let href = html.or(links.first()).and_then(|link| match link {
        Value::String(href) => Some(href.as_str()),
        link => link.get("href").and_then(Value::as_str),
    });
    href.filter(|href| href.len() <= LONGEST_ID)
}

/// The host of an id as it is compared and stored: lower case, without a trailing dot, with the port if it is not the
/// scheme's own. `None` for what is no http(s) URL.
pub fn host(id: &str) -> Option<String> {
    host_of(&Url::parse(id).ok()?)
}

/// As [`host`], of a parsed URL.
pub fn host_of(url: &Url) -> Option<String> {
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    let name = url.host_str()?.trim_end_matches('.').to_ascii_lowercase();
    Some(match url.port() {
        Some(port) => format!("{name}:{port}"),
        None => name,
    })
}

/// Whether two ids live on one host (FEP-fe34: an object belongs to its origin).
pub fn same_host(one: &str, other: &str) -> bool {
    match (host(one), host(other)) {
        (Some(one), Some(other)) => one == other,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn shapes_are_read_leniently() {
        let object = json!({"to": "a", "cc": ["b", {"id": "c"}, 5, null], "type": ["Note", "x"], "actor": {"id": "d"}});
        assert_eq!(ids(&object, "to").collect::<Vec<_>>(), ["a"]);
        assert_eq!(ids(&object, "cc").collect::<Vec<_>>(), ["b", "c"]);
        assert!(is_a(&object, "x") && is_a(&object, "Note"));
        assert_eq!(id(&object, "actor"), Some("d"));
        assert_eq!(id(&json!(5), "actor"), None);
        let long = json!({"id": "x".repeat(LONGEST_ID + 1), "to": ["x".repeat(LONGEST_ID + 1), "y"]});
        assert_eq!((own_id(&long), ids(&long, "to").collect::<Vec<_>>()), (None, vec!["y"]));
    }

    #[test]
    fn hosts_compare_in_every_spelling() {
        assert!(same_host("https://A.test./x", "https://a.test:443/y"));
        assert!(!same_host("https://a.test/x", "https://a.test:8443/y"));
        assert!(!same_host("acct:a@b", "acct:a@b"));
    }
}
