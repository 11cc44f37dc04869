//! How filters read in the client API.

use serde_json::{Value, json};

use super::{Filter, Keyword, NamedStatus, WholeFilter};
use crate::accounts::entity::time;

/// A keyword (https://docs.joinmastodon.org/entities/FilterKeyword/).
pub fn keyword(keyword: &Keyword) -> Value {
    json!({"id": keyword.id, "keyword": keyword.keyword, "whole_word": keyword.whole_word})
}

/// A post that a filter names (https://docs.joinmastodon.org/entities/FilterStatus/).
pub fn named_status(named: &NamedStatus) -> Value {
    json!({"id": named.id, "status_id": named.status_id})
}

/// A filter without what it looks for, as it stands in a result.
fn bare(filter: &Filter) -> Value {
    json!({
        "id": filter.id,
        "title": filter.title,
        "context": filter.context,
        "expires_at": filter.expires_at.map(time),
        "filter_action": filter.action,
    })
}

/// A filter (https://docs.joinmastodon.org/entities/Filter/).
pub fn filter(whole: &WholeFilter) -> Value {
    let mut entity = bare(&whole.filter);
    if let Value::Object(fields) = &mut entity {
        fields.insert("keywords".into(), whole.keywords.iter().map(keyword).collect());
        fields.insert("statuses".into(), whole.statuses.iter().map(named_status).collect());
    }
    entity
}

/// A keyword with its filter, as clients of before Mastodon 4.0 know filters (https://docs.joinmastodon.org/entities/V1_Filter/).
pub fn v1(filter: &Filter, keyword: &Keyword) -> Value {
    json!({
        "id": keyword.id,
        "phrase": keyword.keyword,
        "context": filter.context,
        "whole_word": keyword.whole_word,
        "expires_at": filter.expires_at.map(time),
        "irreversible": filter.action == "hide",
    })
}

/// That a filter matched, and why (https://docs.joinmastodon.org/entities/FilterResult/).
pub fn result(filter: &Filter, keywords: &[&str], statuses: &[String]) -> Value {
    json!({
        "filter": bare(filter),
        "keyword_matches": (!keywords.is_empty()).then_some(keywords),
        "status_matches": (!statuses.is_empty()).then_some(statuses),
    })
}
