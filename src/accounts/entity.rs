//! Accounts as Mastodon's API has them (https://docs.joinmastodon.org/entities/Account/). Pure. Every documented field is
//! there, null where it has no value.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Value, json};

use super::{Account, Stats, User};
use crate::emojis::Named;

/// How times are written: RFC 3339 with milliseconds, UTC.
pub fn time(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

#[derive(Clone, Debug, Serialize)]
pub struct FieldEntity {
    pub name: String,
    pub value: String,
    pub verified_at: Option<String>,
}

/// Who may put an account into a collection of theirs: nobody, there are none here.
#[derive(Clone, Debug, Serialize)]
pub struct Approval {
    automatic: [Value; 0],
    manual: [Value; 0],
    current_user: &'static str,
}

#[derive(Clone, Debug, Serialize)]
pub struct AccountEntity {
    pub id: String,
    pub username: String,
    pub acct: String,
    pub display_name: String,
    pub locked: bool,
    pub bot: bool,
    pub discoverable: bool,
    pub indexable: bool,
    pub group: bool,
    pub created_at: String,
    pub note: String,
    pub url: String,
    pub uri: String,
    pub avatar: String,
    pub avatar_static: String,
    pub avatar_description: String,
    pub header: String,
    pub header_static: String,
    pub header_description: String,
    pub followers_count: i64,
    pub following_count: i64,
    pub statuses_count: i64,
    pub last_status_at: Option<String>,
    pub hide_collections: bool,
    pub show_featured: bool,
    pub show_media: bool,
    pub show_media_replies: bool,
    pub feature_approval: Approval,
    pub noindex: bool,
    pub limited: bool,
    pub suspended: bool,
    pub memorial: bool,
    pub moved: Option<Value>,
    /// See `view`, which looks them up.
    pub emojis: Vec<Value>,
    pub roles: [Value; 0],
    pub fields: Vec<FieldEntity>,
}

/// Where an account's picture is; those who have none share one.
pub fn avatar(account: &Account, origin: &str) -> String {
    account.avatar(origin).unwrap_or_else(|| format!("{origin}/assets/avatar.png"))
}

/// An account as everyone sees it. `with_counts`: also how many follow and are followed (AUDIENCE rule 8).
pub fn account(account: &Account, stats: &Stats, origin: &str, with_counts: bool) -> AccountEntity {
    let avatar = avatar(account, origin);
    let header = account.header(origin).unwrap_or_else(|| format!("{origin}/assets/header.png"));
    let suspended = account.is_suspended();
    let fields = account.profile_fields().into_iter().map(|field| FieldEntity {
        name: field.name,
        value: field.value,
        verified_at: field.verified_at.map(time),
    });
    AccountEntity {
        id: account.id.to_string(),
        username: account.username.clone(),
        acct: account.acct(),
        display_name: if suspended { String::new() } else { account.display_name.clone() },
        locked: account.locked,
        bot: matches!(account.actor_type.as_str(), "Service" | "Application"),
        discoverable: account.discoverable,
        indexable: account.indexable,
        group: account.is_group(),
        created_at: account.created_at.format("%Y-%m-%dT00:00:00.000Z").to_string(),
        note: if suspended { String::new() } else { account.note.clone() },
        url: account.url.clone(),
        uri: account.uri.clone(),
        avatar_static: avatar.clone(),
        avatar,
        avatar_description: String::new(),
        header_static: header.clone(),
        header,
        header_description: String::new(),
        followers_count: if with_counts { stats.followers_count } else { 0 },
        following_count: if with_counts { stats.following_count } else { 0 },
        statuses_count: if suspended { 0 } else { stats.statuses_count },
        last_status_at: stats.last_status_at.filter(|_| !suspended).map(|at| at.format("%Y-%m-%d").to_string()),
        hide_collections: true,
        show_featured: true,
        show_media: true,
        show_media_replies: true,
        feature_approval: Approval { automatic: [], manual: [], current_user: "denied" },
        noindex: !account.indexable,
        limited: account.silenced_at.is_some() && !suspended,
        suspended,
        memorial: false,
        moved: None,
        emojis: Vec::new(),
        roles: [],
        fields: if suspended { Vec::new() } else { fields.collect() },
    }
}

/// The names of emoji in what everyone sees of an account.
pub fn named(account: &Account) -> Named {
    let mut named = Named::of(account.domain.as_deref());
    if !account.is_suspended() {
        named.add_text(&account.display_name);
        named.add_html(&account.note);
        for field in account.profile_fields() {
            named.add_text(&field.name);
            named.add_html(&field.value);
        }
    }
    named
}

/// Adds to one's own account what only oneself sees (CredentialAccount).
pub fn credential(entity: &AccountEntity, account: &Account, user: &User, requests: i64) -> Value {
    let mut value = json!(entity);
    let fields: Vec<Value> = account
        .profile_fields()
        .into_iter()
        .map(|field| json!({"name": field.name, "value": crate::base::text::plain_text(&field.value), "verified_at": field.verified_at.map(time)}))
        .collect();
    if let Some(object) = value.as_object_mut() {
        object.insert(
            "source".into(),
            json!({
                "privacy": user.default_visibility,
                "sensitive": user.default_sensitive,
                "language": user.default_language,
                "note": account.note_source,
                "fields": fields,
                "follow_requests_count": requests,
                "hide_collections": true,
                "discoverable": account.discoverable,
                "indexable": account.indexable,
                "attribution_domains": [],
                "quote_policy": user.default_quote_policy,
            }),
        );
        object.insert("role".into(), role(user));
    }
    value
}

/// A person's role (https://docs.joinmastodon.org/entities/Role/), with the ids and permissions of Mastodon's own.
pub fn role(user: &User) -> Value {
    let (id, name, permissions) = match user.rank() {
        3 => ("3", "owner", "983037"),
        2 => ("2", "admin", "983036"),
        1 => ("1", "moderator", "1308"),
        _ => ("-99", "", "65536"),
    };
    json!({
        "id": id,
        "name": name,
        "color": "",
        "permissions": permissions,
        "highlighted": false,
        "collection_limit": 0,
    })
}
