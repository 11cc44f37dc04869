//! Ids that sort by time, minted before the insert so that a `uri` exists first. Used by every slice.
//!
//! 64 bits: milliseconds since 1970 << 16 | node << 10 | sequence. They pass 2^53, so JSON and paths carry them as strings.

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Utc};
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

const NODE_BITS: u32 = 6;
const SEQUENCE_BITS: u32 = 10;
const SEQUENCE_MASK: i64 = (1 << SEQUENCE_BITS) - 1;

/// The largest number of a node (nodes are 0..=63).
pub const MAX_NODE: i16 = (1 << NODE_BITS) - 1;

/// Defines an id type: `bigint` in SQL, a string of digits in JSON and paths.
macro_rules! id_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, FromSqlRow, AsExpression)]
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;
            fn from_str(s: &str) -> Result<Self, Self::Err> {
                s.parse().map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserialize_id(deserializer).map(Self)
            }
        }

        impl diesel::serialize::ToSql<diesel::sql_types::BigInt, diesel::pg::Pg> for $name {
            fn to_sql<'b>(
                &'b self,
                out: &mut diesel::serialize::Output<'b, '_, diesel::pg::Pg>,
            ) -> diesel::serialize::Result {
                diesel::serialize::ToSql::<diesel::sql_types::BigInt, diesel::pg::Pg>::to_sql(&self.0, out)
            }
        }

        impl diesel::deserialize::FromSql<diesel::sql_types::BigInt, diesel::pg::Pg> for $name {
            fn from_sql(bytes: diesel::pg::PgValue<'_>) -> diesel::deserialize::Result<Self> {
                diesel::deserialize::FromSql::<diesel::sql_types::BigInt, diesel::pg::Pg>::from_sql(bytes).map(Self)
            }
        }
    };
}

id_type!(
    /// A person, a group or the instance's own actor, local or remote.
    AccountId
);
id_type!(
    /// A post, or a boost of one.
    StatusId
);
id_type!(
    /// A picture, film or sound.
    MediaId
);
id_type!(
    /// An audience whose members are named one by one.
    AudienceId
);
id_type!(
    /// A registered OAuth client.
    ApplicationId
);
id_type!(
    /// An access token.
    TokenId
);
id_type!(
    /// A follow, or a request to follow.
    FollowId
);
id_type!(
    /// A block of one account by another.
    BlockId
);
id_type!(
    /// A mute of one account by another.
    MuteId
);
id_type!(
    /// A person's block of a whole domain.
    DomainBlockId
);
id_type!(
    /// A recommendation of one account by another.
    EndorsementId
);
id_type!(
    /// A favourite.
    FavouriteId
);
id_type!(
    /// What a page says of itself.
    CardId
);
id_type!(
    /// A picture that stands in texts by its name.
    EmojiId
);
id_type!(
    /// An earlier version of a post.
    EditId
);
id_type!(
    /// A bookmark of a post.
    BookmarkId
);
id_type!(
    /// A post that is pinned to its author's profile.
    PinId
);
id_type!(
    /// A poll on a post.
    PollId
);
id_type!(
    /// Somebody's choice in a poll.
    PollVoteId
);
id_type!(
    /// That a post quotes another.
    QuoteId
);
id_type!(
    /// A post that waits for its time.
    ScheduledStatusId
);
id_type!(
    /// A notification.
    NotificationId
);
id_type!(
    /// Somebody of whom notifications were filtered.
    NotificationRequestId
);
id_type!(
    /// A thread of direct posts, as one of those in it has it.
    ConversationId
);
id_type!(
    /// Something that everyone of an instance is told.
    AnnouncementId
);
id_type!(
    /// A reaction to an announcement.
    ReactionId
);
id_type!(
    /// A device that wants to be told of notifications.
    PushSubscriptionId
);
id_type!(
    /// A hashtag.
    TagId
);
id_type!(
    /// A list of accounts.
    ListId
);
id_type!(
    /// An account's place on a list.
    ListAccountId
);
id_type!(
    /// A filter.
    FilterId
);
id_type!(
    /// A keyword of a filter.
    FilterKeywordId
);
id_type!(
    /// A post that a filter names.
    FilterStatusId
);
id_type!(
    /// A follow of a hashtag.
    TagFollowId
);
id_type!(
    /// A hashtag on a profile.
    FeaturedTagId
);
id_type!(
    /// A job in the queue.
    JobId
);
id_type!(
    /// An activity on its way out.
    ActivityId
);
id_type!(
    /// One delivery of an activity to one inbox.
    DeliveryId
);
id_type!(
    /// A report of an account.
    ReportId
);
id_type!(
    /// A collection of accounts that somebody recommends.
    CollectionId
);
id_type!(
    /// An account's place in a collection.
    CollectionItemId
);
id_type!(
    /// Follows of a person that a block of a whole domain ended.
    SeveranceId
);
id_type!(
    /// What moderators let somebody know.
    WarningId
);
id_type!(
    /// What a moderator wrote beside a report.
    ReportNoteId
);
id_type!(
    /// An entry of the audit log.
    AuditId
);
id_type!(
    /// A rule on whom an instance speaks with, or whom it lets in: of a domain, an e-mail address, a network.
    RuleId
);
id_type!(
    /// A list that somebody brings along.
    ImportId
);
id_type!(
    /// A passkey of a person.
    PasskeyId
);
id_type!(
    /// An invitation to this instance.
    InvitationId
);

/// Clients send ids as strings, some as numbers.
fn deserialize_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    struct Visitor;
    impl serde::de::Visitor<'_> for Visitor {
        type Value = i64;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an id: a string of digits")
        }
        fn visit_str<E: serde::de::Error>(self, v: &str) -> Result<i64, E> {
            v.parse().map_err(|_| E::invalid_value(serde::de::Unexpected::Str(v), &self))
        }
        fn visit_i64<E: serde::de::Error>(self, v: i64) -> Result<i64, E> {
            Ok(v)
        }
        fn visit_u64<E: serde::de::Error>(self, v: u64) -> Result<i64, E> {
            i64::try_from(v).map_err(|_| E::invalid_value(serde::de::Unexpected::Unsigned(v), &self))
        }
    }
    deserializer.deserialize_any(Visitor)
}

/// Mints ids. One per node; ids of one generator strictly increase, also when the clock goes back.
#[derive(Debug)]
pub struct IdGenerator {
    node: i64,
    /// milliseconds << 10 | sequence of the last id.
    last: AtomicI64,
    /// Sequence for ids that are minted from a time in the past.
    past: AtomicI64,
}

impl IdGenerator {
    /// `node` is this process's number, 0..=63 (others are folded into that range).
    pub fn new(node: i16) -> Self {
        Self { node: i64::from(node & MAX_NODE), last: AtomicI64::new(0), past: AtomicI64::new(0) }
    }

    /// A new id for something that happens at `now`.
    pub fn mint(&self, now: DateTime<Utc>) -> i64 {
        let floor = now.timestamp_millis() << SEQUENCE_BITS;
        let next = |last: i64| floor.max(last + 1);
        // The closure never returns None, so both arms hold the previous value.
        let (Ok(previous) | Err(previous)) =
            self.last.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| Some(next(last)));
        self.assemble(next(previous))
    }

    /// An id for something that happened at `then` and was fetched only now; never later than `now`.
    pub fn mint_past(&self, then: DateTime<Utc>, now: DateTime<Utc>) -> i64 {
        if then >= now {
            return self.mint(now);
        }
        let sequence = self.past.fetch_add(1, Ordering::Relaxed) & SEQUENCE_MASK;
        self.assemble((then.timestamp_millis().max(0) << SEQUENCE_BITS) | sequence)
    }

    fn assemble(&self, milliseconds_and_sequence: i64) -> i64 {
        let milliseconds = milliseconds_and_sequence >> SEQUENCE_BITS;
        let sequence = milliseconds_and_sequence & SEQUENCE_MASK;
        (milliseconds << (NODE_BITS + SEQUENCE_BITS)) | (self.node << SEQUENCE_BITS) | sequence
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_increase_within_a_millisecond_and_when_the_clock_goes_back() {
        let ids = IdGenerator::new(5);
        let now = DateTime::from_timestamp_millis(1_700_000_000_000).unwrap();
        let mut last = 0;
        for step in 0..5000 {
            let id = ids.mint(now - chrono::Duration::milliseconds(step % 3));
            assert!(id > last);
            last = id;
        }
        assert_eq!((last >> SEQUENCE_BITS) & i64::from(MAX_NODE), 5);
    }

    #[test]
    fn past_ids_sort_by_their_time() {
        let ids = IdGenerator::new(1);
        let now = Utc::now();
        let old = ids.mint_past(now - chrono::Duration::days(1), now);
        assert!(old < ids.mint(now));
        assert!(ids.mint_past(now + chrono::Duration::days(1), now) < ids.mint(now + chrono::Duration::seconds(10)));
    }

    #[test]
    fn ids_are_strings_in_json_and_numbers_are_understood() {
        assert_eq!(serde_json::to_string(&StatusId(12)).unwrap(), "\"12\"");
        assert_eq!(serde_json::from_str::<StatusId>("\"12\"").unwrap(), StatusId(12));
        assert_eq!(serde_json::from_str::<StatusId>("12").unwrap(), StatusId(12));
        assert!(serde_json::from_str::<StatusId>("\"x\"").is_err());
    }
}
