//! Accounts as Mastodon's API has them (https://docs.joinmastodon.org/entities/Account/). Pure. Every documented field is
//! there, null where it has no value.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::Serialize;
use serde_json::{Value, json};

use super::{Account, EVERYONE, FOLLOWED, FOLLOWERS, Featuring, OTHERS, PictureTexts, Stats, User};
use crate::db::schema::users;
use crate::emojis::Named;

/// Collections that one person may have, as in Mastodon.
pub const MOST_COLLECTIONS: i64 = 10;

/// Which tabs a profile has, in clients: with files, of these also those in replies, with what is recommended. Of a row of `users`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = users, check_for_backend(diesel::pg::Pg))]
pub struct Tabs {
    pub show_media: bool,
    pub show_media_replies: bool,
    pub show_featured: bool,
}

impl Default for Tabs {
    fn default() -> Self {
        Self { show_media: true, show_media_replies: true, show_featured: true }
    }
}

/// How a person changes these; what is `None` stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, AsChangeset)]
#[diesel(table_name = users)]
pub struct TabChanges {
    pub show_media: Option<bool>,
    pub show_media_replies: Option<bool>,
    pub show_featured: Option<bool>,
}

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

/// What everyone sees of a role (https://docs.joinmastodon.org/entities/Account/#roles).
#[derive(Clone, Debug, Serialize)]
pub struct ShownRole {
    id: &'static str,
    name: &'static str,
    color: &'static str,
}

/// The roles of those who look after an instance, with the ids, names and permissions of Mastodon's own.
const STAFF: [(&str, &str, &str, &str); 3] =
    [("moderator", "1", "Moderator", "1308"), ("admin", "2", "Admin", "983036"), ("owner", "3", "Owner", "983037")];

/// The roles that everyone sees: of those who look after the instance, so that people know whom to ask.
pub fn shown_roles(role: Option<&str>) -> Vec<ShownRole> {
    let theirs = STAFF.iter().filter(|(own, ..)| role == Some(*own));
    theirs.map(|(_, id, name, _)| ShownRole { id, name, color: "" }).collect()
}

/// Who may put an account into a collection of theirs (https://docs.joinmastodon.org/entities/FeatureApproval/).
#[derive(Clone, Debug, Serialize)]
pub struct Approval {
    automatic: Vec<&'static str>,
    manual: Vec<&'static str>,
    current_user: &'static str,
}

fn names(who: i16) -> Vec<&'static str> {
    let all = [(EVERYONE, "public"), (FOLLOWERS, "followers"), (FOLLOWED, "following"), (OTHERS, "unsupported_policy")];
    all.into_iter().filter(|(bit, _)| who & bit != 0).map(|(_, name)| name).collect()
}

/// Of people here, everybody who wants to be found may be in collections. Of others we know what their server says. What
/// depends on who follows whom is `unknown`, since everyone sees the same of an account; it is decided when it is tried.
pub fn approval(account: &Account, featuring: Option<&Featuring>) -> Approval {
    let ours = Featuring { automatic: if account.discoverable { EVERYONE } else { 0 }, ..Featuring::default() };
    let said = if account.is_local() { Some(&ours) } else { featuring };
    let current_user = match said {
        None => "missing",
        Some(said) if said.automatic & EVERYONE != 0 => "automatic",
        Some(said) if said.manual & EVERYONE != 0 => "manual",
        Some(said) if said.automatic | said.manual != 0 => "unknown",
        Some(_) => "denied",
    };
    let (automatic, manual) = said.map_or((0, 0), |said| (said.automatic, said.manual));
    Approval { automatic: names(automatic), manual: names(manual), current_user }
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
    /// These, too.
    pub roles: Vec<ShownRole>,
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
    // See `view`, which looks them up.
    let tabs = Tabs::default();
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
        show_featured: tabs.show_featured,
        show_media: tabs.show_media,
        show_media_replies: tabs.show_media_replies,
        feature_approval: approval(account, None),
        noindex: !account.indexable,
        limited: account.silenced_at.is_some() && !suspended,
        suspended,
        memorial: false,
        moved: None,
        emojis: Vec::new(),
        roles: Vec::new(),
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

/// Fields as their owner wrote them.
fn plain_fields(account: &Account) -> Vec<Value> {
    let fields = account.profile_fields().into_iter();
    fields
        .map(|field| json!({"name": field.name, "value": crate::base::text::plain_text(&field.value), "verified_at": field.verified_at.map(time)}))
        .collect()
}

/// One's own profile, as one wrote it (https://docs.joinmastodon.org/entities/Profile/).
pub fn profile(
    account: &Account,
    pictures: &PictureTexts,
    tabs: Tabs,
    attribution_domains: &[String],
    origin: &str,
) -> Value {
    let (avatar, header) = (account.avatar(origin), account.header(origin));
    json!({
        "id": account.id,
        "display_name": account.display_name,
        "note": account.note_source,
        "fields": plain_fields(account),
        "avatar": avatar,
        "avatar_static": avatar,
        "avatar_description": pictures.avatar,
        "header": header,
        "header_static": header,
        "header_description": pictures.header,
        "locked": account.locked,
        "bot": matches!(account.actor_type.as_str(), "Service" | "Application"),
        "hide_collections": true,
        "discoverable": account.discoverable,
        "indexable": account.indexable,
        "show_media": tabs.show_media,
        "show_media_replies": tabs.show_media_replies,
        "show_featured": tabs.show_featured,
        "attribution_domains": attribution_domains,
    })
}

/// Adds to one's own account what only oneself sees (CredentialAccount).
pub fn credential(
    entity: &AccountEntity,
    account: &Account,
    user: &User,
    requests: i64,
    attribution_domains: &[String],
) -> Value {
    let mut value = json!(entity);
    if let Some(object) = value.as_object_mut() {
        object.insert(
            "source".into(),
            json!({
                "privacy": user.default_visibility,
                "sensitive": user.default_sensitive,
                "language": user.default_language,
                "note": account.note_source,
                "fields": plain_fields(account),
                "follow_requests_count": requests,
                "hide_collections": true,
                "discoverable": account.discoverable,
                "indexable": account.indexable,
                "attribution_domains": attribution_domains,
                "quote_policy": user.default_quote_policy,
            }),
        );
        object.insert("role".into(), role(user));
    }
    value
}

/// A person's role (https://docs.joinmastodon.org/entities/Role/), with the ids and permissions of Mastodon's own.
pub fn role(user: &User) -> Value {
    let staff = STAFF.iter().find(|(own, ..)| *own == user.role);
    let (id, name, permissions) = staff.map_or(("-99", "", "65536"), |(_, id, name, may)| (*id, *name, *may));
    json!({
        "id": id,
        "name": name,
        "color": "",
        "permissions": permissions,
        "highlighted": staff.is_some(),
        "collection_limit": MOST_COLLECTIONS,
    })
}
