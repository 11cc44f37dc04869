//! What the client API answers, held against the fields that Mastodon documents (https://docs.joinmastodon.org/entities/):
//! each is there, of the right JSON type, null only where the documentation says so. [`check`] is applied to every answer
//! that an instance gives in a test.

mod collections;
mod fields;
mod finding;
mod instance;
mod moderation;
mod notices;

use fields::{Field, all, fields};
use serde_json::Value;

use super::endpoints;

/// Whether the documentation knows an entity: `Status`, `[Status]`, `{Marker}`.
pub fn is_known(entity: &str) -> bool {
    fields(entity.trim_matches(['[', ']', '{', '}'])).is_some()
}

/// `Entity.field` of all that have a value, or, with `never`, of those that never have one.
fn list(never: bool) -> Vec<String> {
    let each = |(entity, fields): &(&str, &'static [Field])| {
        let entity = (*entity).to_owned();
        let wanted = fields.iter().filter(|(_, kind)| (*kind == "never") == never);
        wanted.map(move |(field, _)| format!("{entity}.{field}")).collect()
    };
    all().flat_map(|one| -> Vec<String> { each(one) }).collect()
}

/// `Entity.field` of all that the documentation gives a value.
pub fn all_fields() -> Vec<String> {
    list(false)
}

/// Those that are always empty here.
pub fn empty_fields() -> Vec<String> {
    list(true)
}

/// Whether a value is of this kind; what is wrong is added to `wrong`.
fn fits(at: &str, value: &Value, kind: &str, wrong: &mut Vec<String>) {
    let kind = match kind.strip_suffix('?') {
        Some(_) if value.is_null() => return,
        Some(kind) => kind,
        None => kind,
    };
    if let Some(inner) = kind.strip_prefix('[').and_then(|kind| kind.strip_suffix(']')) {
        match value.as_array() {
            Some(list) => {
                list.iter().enumerate().for_each(|(index, one)| fits(&format!("{at}[{index}]"), one, inner, wrong));
            }
            None => wrong.push(format!("{at} is no list: {value}")),
        }
        return;
    }
    if let Some(inner) = kind.strip_prefix('{').and_then(|kind| kind.strip_suffix('}')) {
        match value.as_object() {
            Some(object) => object.iter().for_each(|(key, one)| fits(&format!("{at}.{key}"), one, inner, wrong)),
            None => wrong.push(format!("{at} is no object: {value}")),
        }
        return;
    }
    let entity = kind;
    if let Some(fields) = fields(entity) {
        for (name, kind) in fields {
            match value.get(*name) {
                Some(inner) => {
                    if !inner.is_null() && inner.as_array().is_none_or(|list| !list.is_empty()) {
                        endpoints::seen(entity, name);
                    }
                    fits(&format!("{at}.{name}"), inner, kind, wrong);
                }
                None => wrong.push(format!("{at}.{name} is missing")),
            }
        }
        return;
    }
    let text = value.as_str();
    let right = match kind {
        "any" => true,
        // Pollen has nothing of which this would tell.
        "never" => value.is_null() || value.as_array().is_some_and(Vec::is_empty),
        "text" => text.is_some(),
        "id" => text.is_some_and(|text| text.parse::<i64>().is_ok_and(|id| id >= 0)),
        "url" => text.is_some_and(|text| url::Url::parse(text).is_ok_and(|url| url.has_host())),
        "time" => text.is_some_and(|text| text.ends_with('Z') && chrono::DateTime::parse_from_rfc3339(text).is_ok()),
        "date" => text.is_some_and(|text| text.parse::<chrono::NaiveDate>().is_ok()),
        "visibility" => text.is_some_and(|text| ["public", "unlisted", "private", "direct"].contains(&text)),
        "bool" => value.is_boolean(),
        "count" => value.as_i64().is_some_and(|count| count >= 0),
        "object" => value.is_object(),
        other => panic!("{other} is no kind of field"),
    };
    if !right {
        wrong.push(format!("{at} is not of the kind {kind}: {value}"));
    }
}

/// Fails unless `value` is this entity.
#[track_caller]
pub fn expect(entity: &str, value: &Value) {
    let mut wrong = Vec::new();
    fits(entity, value, entity.trim_end_matches('?'), &mut wrong);
    assert!(wrong.is_empty(), "{wrong:#?}\nin {value:#}");
}

/// What is wrong with an answer: of a success, with its entity; of a refusal, with its `error`.
pub fn check(method: &str, path: &str, status: u16, json: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let for_programs = ["/api/", "/oauth/token", "/oauth/revoke"].iter().any(|start| path.starts_with(start));
    match status {
        _ if matches!(method, "HEAD" | "OPTIONS") => {}
        // A post that is to be published later is no post yet.
        200 if method == "POST" && path == "/api/v1/statuses" && json["params"].is_object() => {
            fits("", json, "ScheduledStatus", &mut wrong);
        }
        200..300 => {
            if let Some(endpoint) = endpoints::find(method, path) {
                endpoints::answered(endpoint);
                let entities = endpoint.entities.iter().filter(|_| status == 200);
                entities.for_each(|entity| fits("", json, entity, &mut wrong));
            }
        }
        403 | 404 if endpoints::find(method, path).is_some_and(|endpoint| endpoint.refused) => {
            endpoints::find(method, path).into_iter().for_each(endpoints::answered);
        }
        400.. if for_programs && json["error"].as_str().is_none_or(str::is_empty) => {
            wrong.push(format!("a refusal without an error: {json}"));
        }
        _ => {}
    }
    wrong
}
