//! What a person is told about: the nouns.

pub mod api;
pub mod entity;
pub mod ops;
pub mod store;
mod subject;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text, Timestamptz};

pub use subject::{APPROVED, Appeal, PENDING, REJECTED, Reported, Severance, Subject, Warning};

use crate::base::id::{
    AccountId, CollectionId, NotificationId, NotificationRequestId, ReportId, SeveranceId, StatusId, WarningId,
};
use crate::db::schema::{notification_policies, notification_requests, notifications};

/// What happened (Mastodon's notification types).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Mention,
    /// Somebody whose posts one asked to be told of has posted.
    Status,
    Reblog,
    Follow,
    FollowRequest,
    Favourite,
    /// A poll of one's own, or in which one voted, has ended.
    Poll,
    Update,
    /// Somebody quoted a post of one's own; what is shown is the post that quotes.
    Quote,
    /// What one quoted has changed; what is shown is one's own post.
    QuotedUpdate,
    /// Somebody registered: for administrators.
    SignUp,
    /// Somebody reported somebody: for administrators.
    Report,
    /// Somebody put one into a collection of theirs.
    Collected,
    /// A collection that one is in has another name or description.
    CollectionUpdate,
    /// Follows ended with a block of a whole domain.
    Severed,
    /// Moderators did something to one's account.
    Warning,
}

/// Every type that there is.
pub const TYPES: [&str; 16] = [
    "mention",
    "status",
    "reblog",
    "follow",
    "follow_request",
    "favourite",
    "poll",
    "update",
    "quote",
    "quoted_update",
    "admin.sign_up",
    "admin.report",
    "added_to_collection",
    "collection_update",
    "severed_relationships",
    "moderation_warning",
];

/// Types of which several may be shown as one.
pub const GROUPED_TYPES: [&str; 4] = ["favourite", "follow", "reblog", "admin.sign_up"];

impl Kind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mention => "mention",
            Self::Status => "status",
            Self::Reblog => "reblog",
            Self::Follow => "follow",
            Self::FollowRequest => "follow_request",
            Self::Favourite => "favourite",
            Self::Poll => "poll",
            Self::Update => "update",
            Self::Quote => "quote",
            Self::QuotedUpdate => "quoted_update",
            Self::SignUp => "admin.sign_up",
            Self::Report => "admin.report",
            Self::Collected => "added_to_collection",
            Self::CollectionUpdate => "collection_update",
            Self::Severed => "severed_relationships",
            Self::Warning => "moderation_warning",
        }
    }

    /// Whether a person's policy may hold it back. What they asked for themselves always comes.
    pub fn is_filterable(self) -> bool {
        match self {
            Self::Mention | Self::Reblog | Self::Follow | Self::FollowRequest | Self::Favourite | Self::Quote => true,
            Self::Collected | Self::CollectionUpdate => true,
            Self::Status | Self::Poll | Self::Update | Self::QuotedUpdate | Self::SignUp | Self::Report => false,
            Self::Severed | Self::Warning => false,
        }
    }

    /// Whether it may be of one's own doing, or of nobody's, for which one's own account stands, as in Mastodon.
    pub fn may_be_ones_own(self) -> bool {
        matches!(self, Self::Poll | Self::Severed | Self::Warning)
    }
}

/// A group goes on for as long as not so many hours lie between its first and its last.
const MOST_HOURS: i64 = 12;

/// Which groups a new notification may join: see [`GroupKeys::of`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupKeys {
    /// That of a group that begins with it. Empty: it is shown by itself.
    pub new: String,
    /// The oldest that still goes on.
    pub oldest: String,
    /// All groups of the same thing lie from here …
    pub from: String,
    /// … to here.
    pub to: String,
}

impl GroupKeys {
    /// As in Mastodon: one group for each post and type, or for each type, named after the hour of its first.
    pub fn of(kind: Kind, status_id: Option<StatusId>, now: DateTime<Utc>) -> Self {
        let of_what = match (kind, status_id) {
            (Kind::Favourite | Kind::Reblog, Some(id)) => format!("{}-{id}", kind.as_str()),
            (Kind::Follow | Kind::SignUp, _) => kind.as_str().to_owned(),
            _ => return Self::default(),
        };
        let hour = now.timestamp() / 3600;
        Self {
            new: format!("{of_what}-{hour}"),
            oldest: format!("{of_what}-{}", hour - MOST_HOURS + 1),
            from: format!("{of_what}-"),
            // The letter after the hyphen.
            to: format!("{of_what}."),
        }
    }
}

/// A row of `notifications`.
#[derive(Clone, Debug, Queryable, Selectable, QueryableByName)]
#[diesel(table_name = notifications, check_for_backend(diesel::pg::Pg))]
pub struct Notification {
    #[diesel(sql_type = BigInt)]
    pub id: NotificationId,
    #[diesel(sql_type = BigInt)]
    pub account_id: AccountId,
    #[diesel(sql_type = BigInt)]
    pub from_account_id: AccountId,
    #[diesel(column_name = type_, sql_type = Text)]
    pub kind: String,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub status_id: Option<StatusId>,
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Text>)]
    pub group_key: Option<String>,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub report_id: Option<ReportId>,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub collection_id: Option<CollectionId>,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub severance_id: Option<SeveranceId>,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub warning_id: Option<WarningId>,
}

/// The key under which a notification is shown by itself.
const UNGROUPED: &str = "ungrouped-";

impl Notification {
    /// The group that it belongs to, which may be one of its own.
    pub fn group_key(&self) -> String {
        self.group_key.clone().unwrap_or_else(|| self.own_key())
    }

    /// The key under which it is shown by itself.
    pub fn own_key(&self) -> String {
        format!("{UNGROUPED}{}", self.id)
    }
}

/// What a group's key names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GroupName {
    One(NotificationId),
    Group(String),
}

impl GroupName {
    /// Reads a key. `None` for what can be none.
    pub fn parse(key: &str) -> Option<Self> {
        match key.strip_prefix(UNGROUPED) {
            Some(id) => id.parse().ok().map(Self::One),
            None => Some(Self::Group(key.to_owned())),
        }
    }
}

/// What becomes of a notification.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Level {
    #[default]
    Accept,
    /// Kept, out of sight.
    Filter,
    /// Never made.
    Drop,
}

impl Level {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Filter => "filter",
            Self::Drop => "drop",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Accept, Self::Filter, Self::Drop].into_iter().find(|level| level.as_str() == text)
    }

    /// The number in the columns of `notification_policies`.
    pub fn number(self) -> i16 {
        match self {
            Self::Accept => 0,
            Self::Filter => 1,
            Self::Drop => 2,
        }
    }

    /// Reads such a number.
    pub fn from_number(number: i16) -> Self {
        match number {
            0 => Self::Accept,
            1 => Self::Filter,
            _ => Self::Drop,
        }
    }
}

/// A row of `notification_policies`: what becomes of whose notifications, as [`Level::number`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = notification_policies, check_for_backend(diesel::pg::Pg))]
pub struct Policy {
    pub account_id: AccountId,
    pub for_not_following: i16,
    pub for_not_followers: i16,
    pub for_new_accounts: i16,
    pub for_private_mentions: i16,
    pub for_limited_accounts: i16,
}

impl Policy {
    /// That of somebody who chose none: the defaults of the table.
    pub fn usual(account_id: AccountId) -> Self {
        Self {
            account_id,
            for_not_following: 0,
            for_not_followers: 0,
            for_new_accounts: 0,
            for_private_mentions: 0,
            for_limited_accounts: 1,
        }
    }
}

/// How much is filtered at the moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, QueryableByName)]
pub struct Filtered {
    #[diesel(sql_type = BigInt)]
    pub requests: i64,
    #[diesel(sql_type = BigInt)]
    pub notifications: i64,
}

/// An insert into `notification_requests`.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = notification_requests)]
pub struct NewRequest {
    pub id: NotificationRequestId,
    pub account_id: AccountId,
    pub from_account_id: AccountId,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// Somebody of whom something was filtered, and what there is of it.
#[derive(Clone, Debug, QueryableByName)]
pub struct Request {
    #[diesel(sql_type = BigInt)]
    pub id: NotificationRequestId,
    #[diesel(sql_type = BigInt)]
    pub from_account_id: AccountId,
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    pub updated_at: DateTime<Utc>,
    /// A hundred at most are counted.
    #[diesel(sql_type = BigInt)]
    pub count: i64,
    /// The last post that the person may see.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub last_status_id: Option<StatusId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_one_thing_lie_between_its_ends_and_no_others_do() {
        let now = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let keys = GroupKeys::of(Kind::Favourite, Some(StatusId(12)), now);
        let within = |key: &str| key >= keys.from.as_str() && key < keys.to.as_str();
        assert!(within(&keys.new) && within(&keys.oldest) && keys.oldest < keys.new);
        let others = [(Kind::Favourite, Some(StatusId(123))), (Kind::Reblog, Some(StatusId(12))), (Kind::Follow, None)];
        assert!(others.iter().all(|(kind, status)| !within(&GroupKeys::of(*kind, *status, now).new)));
        assert_eq!(GroupKeys::of(Kind::FollowRequest, None, now), GroupKeys::default());
        assert_eq!(GroupKeys::of(Kind::Mention, Some(StatusId(12)), now), GroupKeys::default());
    }

    #[test]
    fn keys_are_read() {
        assert_eq!(GroupName::parse("ungrouped-7"), Some(GroupName::One(NotificationId(7))));
        assert_eq!(GroupName::parse("ungrouped-x"), None);
        assert_eq!(GroupName::parse("follow-4"), Some(GroupName::Group("follow-4".into())));
    }
}
