//! Quotes as Mastodon's API has them (https://docs.joinmastodon.org/entities/Quote/,
//! https://docs.joinmastodon.org/entities/ShallowQuote/, https://docs.joinmastodon.org/entities/QuoteApproval/). Pure.

use serde_json::json;

use super::{Policy, Verdict};

/// A quote. `quoted` is the written entity of what is quoted, where it is shown.
pub fn quote(state: &str, quoted: Option<&str>) -> String {
    format!("{{\"state\":\"{state}\",\"quoted_status\":{}}}", quoted.unwrap_or("null"))
}

/// A quote within what is quoted. `quoted` is the id, where it may be known.
pub fn shallow_quote(state: &str, quoted: Option<String>) -> String {
    json!({"state": state, "quoted_status_id": quoted}).to_string()
}

/// Who may quote a post, and whether the viewer may.
pub fn approval(policy: Policy, viewer: Verdict) -> String {
    let [automatic, manual] = policy.keys();
    json!({"automatic": automatic, "manual": manual, "current_user": viewer.name()}).to_string()
}
