//! People, groups and the instance's own actor, local and remote: the nouns. See the files beside for what is done with them.

pub mod api;
pub mod attribution;
pub mod entity;
pub mod inbox;
pub mod keys;
pub mod object;
pub mod ops;
pub mod outbox;
pub mod password;
pub mod refusals;
pub mod registration;
pub mod sign_in;
pub mod store;
pub mod view;
pub mod wire;

pub use wire::pictures::PictureTexts;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::base::id::{AccountId, ApplicationId};
use crate::base::text;
use crate::db::schema::{account_featuring, account_stats, accounts, person_preferences, remote_proof_keys, users};
use crate::jobs::Job;
use crate::media::{Role, remote_picture_url};

/// What kind of actor an account is (ActivityPub's `type`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ActorType {
    Person,
    /// Followed like a person; relays what its followers post to it (FEP-1b12).
    Group,
    /// A bot.
    Service,
    /// A server's own actor.
    Application,
}

impl ActorType {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Person => "Person",
            Self::Group => "Group",
            Self::Service => "Service",
            Self::Application => "Application",
        }
    }

    /// `None` for what is no actor. `Organization` is treated as a group of nobody: a Service.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "Person" => Self::Person,
            "Group" => Self::Group,
            "Service" | "Organization" => Self::Service,
            "Application" => Self::Application,
            _ => return None,
        })
    }
}

/// A name and a value on a profile. Values of remote accounts are sanitised HTML.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    pub name: String,
    pub value: String,
    pub verified_at: Option<DateTime<Utc>>,
}

impl Field {
    /// The address, where the value is one link and nothing else.
    fn link(&self) -> Option<String> {
        let value = self.value.trim();
        let is_link = value.starts_with("<a ") && value.ends_with("</a>");
        let mut links = text::links(value).into_iter();
        links.next().filter(|_| is_link && links.next().is_none() && value.matches("<a ").count() == 1)
    }
}

/// A row of `accounts`.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = accounts, check_for_backend(diesel::pg::Pg))]
pub struct Account {
    pub id: AccountId,
    pub username: String,
    /// `None`: of this instance.
    pub domain: Option<String>,
    pub actor_type: String,
    pub uri: String,
    pub url: String,
    pub display_name: String,
    pub note_source: String,
    pub note: String,
    pub fields: serde_json::Value,
    pub avatar_url: Option<String>,
    pub header_url: Option<String>,
    pub locked: bool,
    pub discoverable: bool,
    pub indexable: bool,
    pub inbox_uri: String,
    pub shared_inbox_uri: Option<String>,
    pub outbox_uri: String,
    pub followers_uri: String,
    pub following_uri: String,
    pub featured_uri: String,
    pub public_key_id: String,
    pub public_key_pem: String,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub fetched_at: Option<DateTime<Utc>>,
    pub suspended_at: Option<DateTime<Utc>>,
    /// Its posts come by themselves to nobody but its followers.
    pub silenced_at: Option<DateTime<Utc>>,
    /// Whatever it attaches is sensitive.
    pub sensitized_at: Option<DateTime<Utc>>,
    /// Gone for good.
    pub deleted_at: Option<DateTime<Utc>>,
    /// ActivityPub ids of accounts that are the same person.
    pub also_known_as: Vec<Option<String>>,
    /// Where the person moved to.
    pub moved_to_uri: Option<String>,
}

impl Account {
    /// Whether this account names another (an ActivityPub id) as the same person.
    pub fn is_also(&self, uri: &str) -> bool {
        self.also_known_as.iter().flatten().any(|known| known == uri)
    }

    pub fn is_local(&self) -> bool {
        self.domain.is_none()
    }

    pub fn is_group(&self) -> bool {
        self.actor_type == ActorType::Group.as_str()
    }

    pub fn is_suspended(&self) -> bool {
        self.suspended_at.is_some()
    }

    /// Mastodon's `acct`: the name alone for a local account, `name@domain` for a remote one.
    pub fn acct(&self) -> String {
        match &self.domain {
            Some(domain) => format!("{}@{domain}", self.username),
            None => self.username.clone(),
        }
    }

    /// `name@domain` in any case; `own_domain` is this instance's.
    pub fn full_handle(&self, own_domain: &str) -> String {
        format!("{}@{}", self.username, self.domain.as_deref().unwrap_or(own_domain))
    }

    /// Where to deliver what others behind the same inbox get too.
    pub fn best_inbox(&self) -> &str {
        self.shared_inbox_uri.as_deref().unwrap_or(&self.inbox_uri)
    }

    /// Where others see its avatar: with us, also when it lies elsewhere. `None` when it has none.
    pub fn avatar(&self, origin: &str) -> Option<String> {
        self.picture(origin, Role::Avatar, self.avatar_url.as_deref())
    }

    /// As [`Account::avatar`], of the wide picture.
    pub fn header(&self, origin: &str) -> Option<String> {
        self.picture(origin, Role::Header, self.header_url.as_deref())
    }

    fn picture(&self, origin: &str, role: Role, url: Option<&str>) -> Option<String> {
        let url = url?;
        Some(if self.is_local() { url.to_owned() } else { remote_picture_url(origin, self.id, role, url) })
    }

    pub fn profile_fields(&self) -> Vec<Field> {
        serde_json::from_value(self.fields.clone()).unwrap_or_default()
    }

    /// Fields that are a link and nothing else, and not verified, with their addresses.
    pub fn unverified_links(&self) -> Vec<(Field, String)> {
        let fields = self.profile_fields().into_iter().filter(|field| field.verified_at.is_none());
        fields.filter_map(|field| Some((field.link()?, field)).map(|(link, field)| (field, link))).collect()
    }
}

/// A key by which a remote account proves what it does.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = remote_proof_keys, check_for_backend(diesel::pg::Pg))]
pub struct RemoteProofKey {
    pub key_id: String,
    /// Ed25519, as Multikey writes it.
    pub public_key_multibase: String,
    pub expires_at: Option<DateTime<Utc>>,
}

/// An insert into `accounts`.
#[derive(Clone, Debug, Insertable, AsChangeset)]
#[diesel(table_name = accounts)]
pub struct NewAccount {
    pub id: AccountId,
    pub username: String,
    pub domain: Option<String>,
    pub actor_type: &'static str,
    pub uri: String,
    pub url: String,
    pub display_name: String,
    pub note_source: String,
    pub note: String,
    pub fields: serde_json::Value,
    pub avatar_url: Option<String>,
    pub header_url: Option<String>,
    pub locked: bool,
    pub discoverable: bool,
    pub indexable: bool,
    pub inbox_uri: String,
    pub shared_inbox_uri: Option<String>,
    pub outbox_uri: String,
    pub followers_uri: String,
    pub following_uri: String,
    pub featured_uri: String,
    pub public_key_id: String,
    pub public_key_pem: String,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub fetched_at: Option<DateTime<Utc>>,
    pub also_known_as: Vec<Option<String>>,
}

/// A row of `users`: what a person of this instance needs to sign in, and their defaults.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = users, check_for_backend(diesel::pg::Pg))]
pub struct User {
    pub account_id: AccountId,
    /// Lower case.
    pub email: String,
    pub password_hash: String,
    /// user, moderator, admin or owner.
    pub role: String,
    pub locale: String,
    pub approved_at: Option<DateTime<Utc>>,
    pub registration_reason: Option<String>,
    pub default_visibility: String,
    pub default_sensitive: bool,
    pub default_language: Option<String>,
    pub created_at: DateTime<Utc>,
    pub last_sign_in_at: Option<DateTime<Utc>>,
    /// Since when the person may not sign in.
    pub disabled_at: Option<DateTime<Utc>>,
    /// public, followers or nobody.
    pub default_quote_policy: String,
    /// Since when the address waits to be confirmed; until then the person may not sign in.
    pub email_awaited_since: Option<DateTime<Utc>>,
    /// The program that they registered with.
    pub created_by_application_id: Option<ApplicationId>,
}

/// The roles, the least powerful first. Everyone may act on those of lesser roles alone.
pub const ROLES: [&str; 4] = ["user", "moderator", "admin", "owner"];

impl User {
    /// How powerful the role is: 0 for everyone, 1 for moderators, 2 for administrators, 3 for owners.
    pub fn rank(&self) -> usize {
        ROLES.iter().position(|role| *role == self.role).unwrap_or(0)
    }
}

/// What a person can choose of how pages look, the usual first.
pub const THEMES: [&str; 3] = ["system", "light", "dark"];
pub const TEXT_SIZES: [&str; 3] = ["normal", "large", "larger"];
pub const MOTIONS: [&str; 2] = ["system", "still"];

/// A row of `person_preferences`, without whose it is: how a person wants to see the pages of this instance.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = person_preferences, treat_none_as_null = true, check_for_backend(diesel::pg::Pg))]
pub struct Preferences {
    /// Of [`THEMES`].
    pub theme: String,
    /// Of [`TEXT_SIZES`].
    pub text_size: String,
    /// Of [`MOTIONS`].
    pub motion: String,
    /// `None`: as the browser says.
    pub language: Option<String>,
    /// By its name in the IANA database. `None`: UTC.
    pub time_zone: Option<String>,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            theme: "system".into(),
            text_size: "normal".into(),
            motion: "system".into(),
            language: None,
            time_zone: None,
        }
    }
}

/// The counts of an account.
#[derive(Clone, Copy, Debug, Queryable, Selectable)]
#[diesel(table_name = account_stats, check_for_backend(diesel::pg::Pg))]
pub struct Stats {
    pub statuses_count: i64,
    pub followers_count: i64,
    pub following_count: i64,
    pub last_status_at: Option<DateTime<Utc>>,
}

impl Stats {
    pub const NONE: Self = Self { statuses_count: 0, followers_count: 0, following_count: 0, last_status_at: None };
}

/// Who may put an account into a collection, in `account_featuring`.
pub const EVERYONE: i16 = 1;
pub const FOLLOWERS: i16 = 2;
pub const FOLLOWED: i16 = 4;
/// Somebody of whom we do not know who it is.
pub const OTHERS: i16 = 8;

/// A row of `account_featuring`: what an actor on another server says of being put into collections (FEP-7aa9).
#[derive(Clone, Debug, Default, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = account_featuring, check_for_backend(diesel::pg::Pg))]
pub struct Featuring {
    /// Who may without being asked.
    pub automatic: i16,
    /// Who may when the account says yes.
    pub manual: i16,
    /// The list of its own collections, or empty.
    pub collections_uri: String,
}

/// Why an actor is read from its server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meeting {
    /// It sent us something, or somebody here wants to know of it.
    AskedFor,
    /// A post brought it along. `fetched_at` is null until it is asked for.
    InPassing,
}

/// An account on another server was asked for the first time: read what it shows first.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AccountDiscovered {
    pub account_id: AccountId,
}

impl Job for AccountDiscovered {
    const KIND: &'static str = "account_discovered";
    const OF_STRANGERS: Option<u64> = Some(60);
}

/// A profile has links of which nobody knows yet whether they link back: ask the pages.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FieldsUnverified {
    pub account_id: AccountId,
    pub domain: Option<String>,
}

impl Job for FieldsUnverified {
    const KIND: &'static str = "fields_unverified";
    const OF_STRANGERS: Option<u64> = Some(60);
    /// One profile at a time of each server.
    fn lane(&self) -> Option<String> {
        Some(format!("fields:{}", self.domain.as_deref().unwrap_or_default()))
    }
}

/// Somebody got an account here by themselves: those who look after the instance want to know.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PersonRegistered {
    pub account_id: AccountId,
}

impl Job for PersonRegistered {
    const KIND: &'static str = "person_registered";
}

/// A person is let in: their address is confirmed, and whoever had to approve has.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PersonAdmitted {
    pub account_id: AccountId,
}

impl Job for PersonAdmitted {
    const KIND: &'static str = "person_admitted";
}

/// A local account changed its profile: tell its followers' servers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AccountUpdated {
    pub account_id: AccountId,
}

impl Job for AccountUpdated {
    const KIND: &'static str = "account_updated";
}
