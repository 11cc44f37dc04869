//! What the client API answers, held against the fields that Mastodon documents (https://docs.joinmastodon.org/entities/):
//! each is there, of the right JSON type, null only where the documentation says so. [`check`] is applied to every answer
//! that an instance gives in a test.

mod fields;
mod moderation;

use fields::fields;
use serde_json::Value;

/// What a successful answer to this request is, after the documentation; more than one when an entity extends another.
fn entities_of(method: &str, path: &str) -> &'static [&'static str] {
    let path = path.split('?').next().unwrap_or_default();
    let pattern: Vec<&str> = path
        .trim_start_matches('/')
        .split('/')
        .map(|part| if !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()) { ":id" } else { part })
        .collect();
    match (method, pattern.join("/").as_str()) {
        (_, "api/v1/accounts/verify_credentials" | "api/v1/accounts/update_credentials") => {
            &["Account", "CredentialAccount"]
        }
        ("GET", "api/v1/accounts" | "api/v1/accounts/search" | "api/v1/follow_requests") => &["[Account]"],
        ("GET", "api/v1/blocks" | "api/v1/mutes" | "api/v1/endorsements" | "api/v1/accounts/:id/endorsements") => {
            &["[Account]"]
        }
        ("GET", "api/v1/accounts/relationships") => &["[Relationship]"],
        ("GET", "api/v1/accounts/lookup" | "api/v1/accounts/:id") => &["Account"],
        ("GET", "api/v1/accounts/:id/followers" | "api/v1/accounts/:id/following") => &["[Account]"],
        ("POST", "api/v1/accounts" | "oauth/token") => &["Token"],
        (
            "POST",
            "api/v1/accounts/:id/follow"
            | "api/v1/accounts/:id/unfollow"
            | "api/v1/accounts/:id/remove_from_followers"
            | "api/v1/accounts/:id/block"
            | "api/v1/accounts/:id/unblock"
            | "api/v1/accounts/:id/mute"
            | "api/v1/accounts/:id/unmute"
            | "api/v1/accounts/:id/note"
            | "api/v1/accounts/:id/endorse"
            | "api/v1/accounts/:id/unendorse"
            | "api/v1/accounts/:id/pin"
            | "api/v1/accounts/:id/unpin"
            | "api/v1/follow_requests/:id/authorize"
            | "api/v1/follow_requests/:id/reject",
        ) => &["Relationship"],
        ("POST", "api/pollen/v1/groups") => &["Account"],
        ("POST", "api/v1/reports") => &["Report"],
        ("GET", "api/v1/admin/reports") => &["[AdminReport]"],
        (_, path) if path.starts_with("api/v1/admin/reports/:id") => &["AdminReport"],
        ("GET", "api/v1/admin/accounts" | "api/v2/admin/accounts") => &["[AdminAccount]"],
        ("POST", "api/v1/admin/accounts/:id/action") => &[],
        (_, path) if path.starts_with("api/v1/admin/accounts/:id") => &["AdminAccount"],
        ("GET", "api/v1/admin/domain_blocks") => &["[AdminDomainBlock]"],
        ("POST" | "PUT" | "GET", path) if path.starts_with("api/v1/admin/domain_blocks") => &["AdminDomainBlock"],
        ("GET", "api/v1/admin/domain_allows") => &["[AdminDomainAllow]"],
        (_, path) if path.starts_with("api/v1/admin/domain_allows") => &["AdminDomainAllow"],
        ("GET", "api/v1/admin/email_domain_blocks") => &["[AdminEmailDomainBlock]"],
        ("POST" | "GET", path) if path.starts_with("api/v1/admin/email_domain_blocks") => &["AdminEmailDomainBlock"],
        ("GET", "api/v1/admin/canonical_email_blocks") | ("POST", "api/v1/admin/canonical_email_blocks/test") => {
            &["[AdminCanonicalEmailBlock]"]
        }
        ("POST" | "GET", path) if path.starts_with("api/v1/admin/canonical_email_blocks") => {
            &["AdminCanonicalEmailBlock"]
        }
        ("GET", "api/v1/admin/ip_blocks") => &["[AdminIpBlock]"],
        ("POST" | "PUT" | "GET", path) if path.starts_with("api/v1/admin/ip_blocks") => &["AdminIpBlock"],
        ("POST", "api/v1/admin/measures") => &["[AdminMeasure]"],
        ("POST", "api/v1/admin/dimensions") => &["[AdminDimension]"],
        (_, "api/pollen/v1/aliases") => &["[Alias]"],
        (_, "api/pollen/v1/move") => &["Account", "CredentialAccount"],
        ("GET", "api/pollen/v1/imports") => &["[Import]"],
        (_, path) if path.starts_with("api/pollen/v1/imports") => &["Import"],
        ("GET", "api/v1/statuses/:id/context") => &["Context"],
        ("GET", "api/v1/statuses/:id/source") => &["StatusSource"],
        ("GET", "api/v1/statuses/:id/history") => &["[StatusEdit]"],
        ("GET", "api/v1/scheduled_statuses") => &["[ScheduledStatus]"],
        ("GET" | "PUT", "api/v1/scheduled_statuses/:id") => &["ScheduledStatus"],
        ("GET", "api/v1/statuses/:id/favourited_by" | "api/v1/statuses/:id/reblogged_by") => &["[Account]"],
        ("POST", "api/v1/media" | "api/v2/media") | ("GET" | "PUT", "api/v1/media/:id") => &["MediaAttachment"],
        ("DELETE", "api/v1/profile/avatar" | "api/v1/profile/header") => &["Account", "CredentialAccount"],
        ("DELETE", "api/v1/statuses/:id") => &["Status", "DeletedStatus"],
        (
            "GET",
            "api/v1/statuses"
            | "api/v1/favourites"
            | "api/v1/bookmarks"
            | "api/v1/accounts/:id/statuses"
            | "api/v1/timelines/home"
            | "api/v1/timelines/public"
            | "api/v1/timelines/list/:id",
        ) => &["[Status]"],
        ("GET", path) if path.starts_with("api/v1/timelines/tag/") => &["[Status]"],
        (_, path) if path.starts_with("api/v1/statuses") => &["Status"],
        ("GET", "api/v1/notifications") => &["[Notification]"],
        ("GET", "api/v1/notifications/:id") => &["Notification"],
        ("GET", "api/v1/notifications/unread_count") => &["UnreadCount"],
        (_, "api/v1/markers") => &["{Marker}"],
        ("GET", "api/v2/search") => &["Search"],
        ("POST", "api/v1/apps") => &["Application", "CredentialApplication"],
        ("GET", "api/v1/apps/verify_credentials") => &["Application"],
        ("GET", "api/v1/preferences") => &["Preferences"],
        ("GET", "api/v1/instance") => &["InstanceV1"],
        ("GET", "api/v2/instance") => &["Instance"],
        ("GET", "api/v1/instance/rules") => &["[Rule]"],
        ("GET", "api/v1/instance/extended_description") => &["ExtendedDescription"],
        (method, path) => of_what_one_chooses(method, path),
    }
}

/// Of filters, hashtags and lists.
fn of_what_one_chooses(method: &str, pattern: &str) -> &'static [&'static str] {
    match (method, pattern) {
        ("GET", "api/v2/filters") => &["[Filter]"],
        ("POST", "api/v2/filters") | ("GET" | "PUT", "api/v2/filters/:id") => &["Filter"],
        ("GET", "api/v2/filters/:id/keywords") => &["[FilterKeyword]"],
        ("POST", "api/v2/filters/:id/keywords") | ("GET" | "PUT", "api/v2/filters/keywords/:id") => &["FilterKeyword"],
        ("GET", "api/v2/filters/:id/statuses") => &["[FilterStatus]"],
        ("POST", "api/v2/filters/:id/statuses") | ("GET" | "DELETE", "api/v2/filters/statuses/:id") => {
            &["FilterStatus"]
        }
        ("GET", "api/v1/filters") => &["[V1Filter]"],
        ("POST", "api/v1/filters") | ("GET" | "PUT", "api/v1/filters/:id") => &["V1Filter"],
        ("GET", "api/v1/followed_tags" | "api/v1/featured_tags/suggestions") => &["[Tag]"],
        ("GET", "api/v1/featured_tags" | "api/v1/accounts/:id/featured_tags") => &["[FeaturedTag]"],
        ("POST", "api/v1/featured_tags") => &["FeaturedTag"],
        (_, path) if path.starts_with("api/v1/tags/") => &["Tag"],
        ("GET", "api/v1/lists" | "api/v1/accounts/:id/lists") => &["[List]"],
        ("POST", "api/v1/lists") | ("GET" | "PUT", "api/v1/lists/:id") => &["List"],
        ("GET", "api/v1/lists/:id/accounts") => &["[Account]"],
        _ => &[],
    }
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
    if let Some(fields) = fields(kind) {
        for (name, kind) in fields {
            match value.get(*name) {
                Some(inner) => fits(&format!("{at}.{name}"), inner, kind, wrong),
                None => wrong.push(format!("{at}.{name} is missing")),
            }
        }
        return;
    }
    let text = value.as_str();
    let right = match kind {
        "any" => true,
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
        200 => entities_of(method, path).iter().for_each(|entity| fits("", json, entity, &mut wrong)),
        400.. if for_programs && json["error"].as_str().is_none_or(str::is_empty) => {
            wrong.push(format!("a refusal without an error: {json}"));
        }
        _ => {}
    }
    wrong
}
