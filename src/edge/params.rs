//! Parameters of the client API: from the query, a form (of either kind) or JSON, merged, as clients send them.
//!
//! Clients write lists as `ids[]=1&ids[]=2`, `ids=1&ids=2` or JSON arrays, and booleans and numbers as strings. No crate
//! reads all of these into one type, so the pairs become a JSON tree here and `serde` does the rest, with [`lenient`].

use actix_web::dev::Payload;
use actix_web::web::BytesMut;
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::StreamExt;
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::form::{self, Files};
use crate::base::{Error, Result};

/// The most that the body of an API request may have, in bytes.
pub(super) const MOST_BYTES: usize = 512 * 1024;

/// How deep `a[b][c]` may nest.
const MOST_DEPTH: usize = 6;

/// Why a text with a NUL in it is refused.
pub(super) const NUL: &str = "a text has a NUL in it";

/// The parameters of a request, read as `T`.
pub struct Params<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Params<T> {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let tree = if form::is_form(&request) {
                // Files that are sent along are not for us; they are read past.
                form::read(&request, payload, &[], MOST_BYTES as u64).await?.tree
            } else {
                read_tree(&request, payload).await?
            };
            read(tree).map(Params)
        })
    }
}

/// The parameters of a request that may carry files besides, such as a new avatar: those of the names in `files`, with at
/// most `most_bytes` together. Called by handlers that first see who is asking.
pub async fn read_with_files<T: DeserializeOwned>(
    request: &HttpRequest,
    payload: web::Payload,
    files: &[&str],
    most_bytes: u64,
) -> Result<(T, Files)> {
    let payload = payload.into_inner();
    if !form::is_form(request) {
        return Ok((read(read_tree(request, payload).await?)?, Files::default()));
    }
    let form = form::read(request, payload, files, most_bytes).await?;
    Ok((read(form.tree)?, form.files))
}

async fn read_tree(request: &HttpRequest, payload: Payload) -> Result<Map<String, Value>> {
    let content_type = request.headers().get("content-type").and_then(|value| value.to_str().ok());
    let is_json = content_type.unwrap_or_default().to_ascii_lowercase().starts_with("application/json");
    let mut tree = Map::new();
    insert_pairs(&mut tree, request.query_string().as_bytes())?;
    let body = read_body(payload).await?;
    if is_json && !body.is_empty() {
        let value: Value = serde_json::from_slice(&body).map_err(|error| Error::Malformed(error.to_string()))?;
        let Value::Object(object) = value else {
            return Err(Error::Malformed("the body must be a JSON object".into()));
        };
        tree.extend(object);
    } else {
        insert_pairs(&mut tree, &body)?;
    }
    Ok(tree)
}

/// The fields of a form on a page, read as `T`: of the body only, and in the one encoding that browsers send.
pub struct Form<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Form<T> {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let content_type = request.headers().get("content-type").and_then(|value| value.to_str().ok());
        let essence = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim();
        let is_form = essence.eq_ignore_ascii_case("application/x-www-form-urlencoded");
        let payload = payload.take();
        Box::pin(async move {
            if !is_form {
                return Err(Error::Malformed("the body must be a form".into()));
            }
            let body = read_body(payload).await?;
            let mut tree = Map::new();
            insert_pairs(&mut tree, &body)?;
            read(tree).map(Form)
        })
    }
}

fn read<T: DeserializeOwned>(tree: Map<String, Value>) -> Result<T> {
    if tree.values().any(has_nul) {
        return Err(Error::Malformed(NUL.into()));
    }
    serde_json::from_value(Value::Object(tree)).map_err(|error| Error::Malformed(error.to_string()))
}

/// Whether a text in it has a NUL, which the database cannot hold.
fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(values) => values.iter().any(has_nul),
        Value::Object(object) => object.iter().any(|(key, value)| key.contains('\0') || has_nul(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Whether something percent-encoded has a NUL in it.
pub(super) fn has_encoded_nul(encoded: &[u8]) -> bool {
    encoded.windows(3).any(|three| three == b"%00")
}

async fn read_body(mut payload: Payload) -> Result<BytesMut> {
    let mut body = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| Error::Malformed(error.to_string()))?;
        if body.len() + chunk.len() > MOST_BYTES {
            return Err(Error::TooLarge("The request is too large.".into()));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Adds `key=value` pairs. Later pairs win over earlier ones; repeated keys and `key[]` make a list.
pub(super) fn insert_pairs(tree: &mut Map<String, Value>, pairs: &[u8]) -> Result<()> {
    for (key, value) in url::form_urlencoded::parse(pairs) {
        insert_pair(tree, &key, value.into_owned())?;
    }
    Ok(())
}

pub(super) fn insert_pair(tree: &mut Map<String, Value>, key: &str, value: String) -> Result<()> {
    let mut parts = key.split('[').map(|part| part.trim_end_matches(']'));
    let first = parts.next().unwrap_or_default().to_owned();
    let rest: Vec<&str> = parts.collect();
    if rest.len() > MOST_DEPTH {
        return Err(Error::Malformed(format!("{first}: nested too deeply")));
    }
    insert_at(tree.entry(first).or_insert(Value::Null), &rest, Value::String(value));
    Ok(())
}

/// `[]` appends; `[name]` and `[0]` are keys of an object (lists with numbered entries are read by [`lenient::list`]).
fn insert_at(place: &mut Value, path: &[&str], value: Value) {
    match path.split_first() {
        None => match place {
            Value::Null => *place = value,
            Value::Array(values) => values.push(value),
            earlier => *earlier = Value::Array(vec![earlier.take(), value]),
        },
        Some((&"", rest)) => {
            if !place.is_array() {
                *place = match place.take() {
                    Value::Null => Value::Array(Vec::new()),
                    earlier => Value::Array(vec![earlier]),
                };
            }
            if let Value::Array(values) = place {
                // `a[][b]=1&a[][c]=2` is one object, as Rails reads it, until a key comes again.
                if let (Some(name), Some(Value::Object(last))) = (rest.first(), values.last_mut())
                    && !name.is_empty()
                    && (!last.contains_key(*name) || rest.get(1) == Some(&""))
                {
                    let mut open = Value::Object(std::mem::take(last));
                    insert_at(&mut open, rest, value);
                    if let Some(last) = values.last_mut() {
                        *last = open;
                    }
                    return;
                }
                let mut new = Value::Null;
                insert_at(&mut new, rest, value);
                values.push(new);
            }
        }
        Some((name, rest)) => {
            if !place.is_object() {
                *place = Value::Object(Map::new());
            }
            if let Value::Object(object) = place {
                insert_at(object.entry((*name).to_owned()).or_insert(Value::Null), rest, value);
            }
        }
    }
}

/// For `#[serde(deserialize_with = …)]`, always together with `default`: what forms spell as strings.
pub mod lenient {
    use serde::{Deserialize, Deserializer, de::DeserializeOwned, de::Error as _};
    use serde_json::Value;

    /// The last of repeated values: the way Rails reads them.
    fn last(value: Value) -> Value {
        match value {
            Value::Array(mut values) => values.pop().unwrap_or(Value::Null),
            value => value,
        }
    }

    /// A boolean: true, "true", "1", 1, "on"; an empty text is none.
    pub fn boolean<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
        match last(Value::deserialize(deserializer)?) {
            Value::Null => Ok(None),
            Value::Bool(value) => Ok(Some(value)),
            Value::Number(number) => Ok(Some(number.as_i64() != Some(0))),
            Value::String(text) => match text.trim().to_ascii_lowercase().as_str() {
                "" => Ok(None),
                "true" | "1" | "t" | "on" | "yes" => Ok(Some(true)),
                "false" | "0" | "f" | "off" | "no" => Ok(Some(false)),
                _ => Err(D::Error::custom(format!("{text:?} is neither true nor false"))),
            },
            _ => Err(D::Error::custom("expected true or false")),
        }
    }

    /// A whole number, also as a text; an empty text is none.
    pub fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
        match last(Value::deserialize(deserializer)?) {
            Value::Null => Ok(None),
            Value::Number(number) => {
                number.as_i64().map(Some).ok_or_else(|| D::Error::custom("expected a whole number"))
            }
            Value::String(text) if text.trim().is_empty() => Ok(None),
            Value::String(text) => {
                text.trim().parse().map(Some).map_err(|_| D::Error::custom(format!("{text:?} is no whole number")))
            }
            _ => Err(D::Error::custom("expected a whole number")),
        }
    }

    /// A text; numbers and booleans are taken as they are written.
    pub fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
        match last(Value::deserialize(deserializer)?) {
            Value::Null => Ok(None),
            Value::String(text) => Ok(Some(text)),
            Value::Number(number) => Ok(Some(number.to_string())),
            Value::Bool(value) => Ok(Some(value.to_string())),
            _ => Err(D::Error::custom("expected a text")),
        }
    }

    /// An id as clients send it; an empty text is none.
    pub fn id<'de, D: Deserializer<'de>, T: std::str::FromStr>(deserializer: D) -> Result<Option<T>, D::Error> {
        match text(deserializer)? {
            Some(text) if !text.trim().is_empty() => {
                text.trim().parse().map(Some).map_err(|_| D::Error::custom(format!("{text:?} is no id")))
            }
            _ => Ok(None),
        }
    }

    /// A list: an array, a single value, or an object whose keys are 0, 1, 2 ….
    pub fn list<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<Vec<T>, D::Error> {
        let values = match Value::deserialize(deserializer)? {
            Value::Null => Vec::new(),
            Value::Array(values) => values,
            Value::Object(object) if object.keys().all(|key| key.parse::<u32>().is_ok()) => {
                let mut entries: Vec<(u32, Value)> =
                    object.into_iter().filter_map(|(key, value)| Some((key.parse().ok()?, value))).collect();
                entries.sort_by_key(|(index, _)| *index);
                entries.into_iter().map(|(_, value)| value).collect()
            }
            value => vec![value],
        };
        values.into_iter().map(|value| one(value).map_err(D::Error::custom)).collect()
    }

    /// Ids are texts, and come as numbers from clients that declare them so (megalodon).
    fn one<T: DeserializeOwned>(value: Value) -> serde_json::Result<T> {
        let number = value.as_number().map(|number| Value::String(number.to_string()));
        serde_json::from_value(value).or_else(|error| number.map_or(Err(error), serde_json::from_value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use serde_json::json;

    fn tree(pairs: &str) -> Value {
        let mut tree = Map::new();
        insert_pairs(&mut tree, pairs.as_bytes()).unwrap();
        Value::Object(tree)
    }

    #[test]
    fn every_spelling_of_a_list_is_a_list() {
        #[derive(Deserialize)]
        struct Ids {
            #[serde(default, deserialize_with = "lenient::list")]
            ids: Vec<String>,
        }
        for pairs in ["ids[]=1&ids[]=2", "ids=1&ids=2", "ids%5B%5D=1&ids%5B%5D=2", "ids[0]=1&ids[1]=2"] {
            let read: Ids = serde_json::from_value(tree(pairs)).unwrap();
            assert_eq!(read.ids, ["1", "2"], "{pairs}");
        }
        assert_eq!(serde_json::from_value::<Ids>(tree("ids=1")).unwrap().ids, ["1"]);
        assert_eq!(serde_json::from_value::<Ids>(json!({"ids": [1, "2"]})).unwrap().ids, ["1", "2"]);
        assert!(serde_json::from_value::<Ids>(json!({"ids": [{}]})).is_err());
        assert_eq!(serde_json::from_value::<Ids>(json!({})).unwrap().ids, Vec::<String>::new());
    }

    #[test]
    fn objects_in_a_list_are_told_apart() {
        let read = tree("a[][b]=1&a[][c]=2&a[][b]=3&a[][d][]=4&a[][d][]=5");
        assert_eq!(read, json!({"a": [{"b": "1", "c": "2"}, {"b": "3", "d": ["4", "5"]}]}));
    }

    #[test]
    fn nesting_is_bounded() {
        assert_eq!(tree("a[b][c]=1"), json!({"a": {"b": {"c": "1"}}}));
        assert!(insert_pairs(&mut Map::new(), b"a[b][b][b][b][b][b][b]=1").is_err());
    }

    #[test]
    fn booleans_and_numbers_come_as_texts() {
        #[derive(Deserialize)]
        struct Read {
            #[serde(default, deserialize_with = "lenient::boolean")]
            yes: Option<bool>,
            #[serde(default, deserialize_with = "lenient::number")]
            many: Option<i64>,
        }
        let read: Read = serde_json::from_value(tree("yes=on&many=5")).unwrap();
        assert_eq!((read.yes, read.many), (Some(true), Some(5)));
        let read: Read = serde_json::from_value(tree("yes=&many=")).unwrap();
        assert_eq!((read.yes, read.many), (None, None));
        assert!(serde_json::from_value::<Read>(tree("yes=perhaps")).is_err());
    }
}
