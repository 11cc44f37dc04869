//! Posts that quote posts: who may, and whether those who are quoted agree (FEP-044f). The nouns.

pub mod entity;
pub mod inbox;
pub mod ops;
pub mod outbox;
pub mod store;
pub mod view;
pub mod wire;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::base::id::{AccountId, QuoteId, StatusId};
use crate::base::visibility::Audience;
use crate::db::schema::quotes;
use crate::jobs::Job;

/// How far quotes of quotes are fetched.
pub const DEPTH: u8 = 2;

/// What became of a quote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Who is quoted has not said yet.
    Pending,
    Accepted,
    Rejected,
    /// It was accepted before.
    Revoked,
    /// What is quoted was deleted before the quote came.
    Deleted,
    /// What is quoted is not for quoting.
    Unauthorized,
}

impl State {
    /// The number in `quotes.state`.
    pub fn number(self) -> i16 {
        match self {
            Self::Pending => 0,
            Self::Accepted => 1,
            Self::Rejected => 2,
            Self::Revoked => 3,
            Self::Deleted => 4,
            Self::Unauthorized => 5,
        }
    }

    /// Reads such a number; one that is not known shows nothing.
    pub fn from_number(number: i16) -> Self {
        match number {
            0 => Self::Pending,
            1 => Self::Accepted,
            2 => Self::Rejected,
            3 => Self::Revoked,
            4 => Self::Deleted,
            _ => Self::Unauthorized,
        }
    }

    /// The name in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::Revoked => "revoked",
            Self::Deleted => "deleted",
            Self::Unauthorized => "unauthorized",
        }
    }
}

/// A row of `quotes`, and an insert into it.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = quotes, check_for_backend(diesel::pg::Pg))]
pub struct Quote {
    pub id: QuoteId,
    pub status_id: StatusId,
    pub account_id: AccountId,
    pub quoted_status_id: Option<StatusId>,
    pub quoted_account_id: Option<AccountId>,
    pub quoted_uri: String,
    pub state: i16,
    pub legacy: bool,
    pub request_uri: Option<String>,
    pub approval_uri: Option<String>,
    pub created_at: DateTime<Utc>,
}

impl Quote {
    pub fn state(&self) -> State {
        State::from_number(self.state)
    }
}

/// A post as another server says that it quotes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteQuote {
    pub uri: String,
    /// The stamp of who is quoted.
    pub approval_uri: Option<String>,
    /// Without the property of FEP-044f.
    pub legacy: bool,
    /// What is quoted is deleted.
    pub deleted: bool,
}

/// Who may quote somebody's new posts, as clients choose it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    Public,
    Followers,
    Nobody,
}

/// What a client is told that chooses something else.
pub const CHOICES: &str = "must be public, followers or nobody";

impl Choice {
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Public, Self::Followers, Self::Nobody].into_iter().find(|choice| choice.as_str() == text)
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Followers => "followers",
            Self::Nobody => "nobody",
        }
    }

    /// The policy of a post with this audience: what others may not quote in any case, they may not by policy.
    pub fn policy(self, audience: Audience) -> Policy {
        match self {
            Self::Public if is_quotable(audience) => Policy::new(Policy::PUBLIC, 0),
            Self::Followers if is_quotable(audience) => Policy::new(Policy::FOLLOWERS, 0),
            _ => Policy::NOBODY,
        }
    }
}

/// Whether others than its author may quote what has this audience (AUDIENCE rule 5). Within an organisation or a private group,
/// the quote has the same audience.
pub fn is_quotable(audience: Audience) -> bool {
    match audience {
        Audience::Public | Audience::Unlisted | Audience::Organisation | Audience::Group(_) => true,
        Audience::Followers | Audience::Direct | Audience::Partners => false,
    }
}

/// Who may quote a post: the number in `statuses.quote_policy`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Policy(i32);

impl Policy {
    /// Others than we know how to name.
    pub const UNSUPPORTED: i32 = 1;
    pub const PUBLIC: i32 = 2;
    pub const FOLLOWERS: i32 = 4;
    /// Those whom the author follows.
    pub const FOLLOWING: i32 = 8;
    /// Only the author.
    pub const NOBODY: Self = Self(0);

    /// `automatic`: whose quotes are accepted at once. `manual`: whose the author looks at.
    pub fn new(automatic: i32, manual: i32) -> Self {
        Self(((automatic & 15) << 16) | (manual & 15))
    }

    pub fn number(self) -> i32 {
        self.0
    }

    pub fn from_number(number: i32) -> Self {
        Self::new(number >> 16, number)
    }

    fn automatic(self) -> i32 {
        self.0 >> 16
    }

    fn manual(self) -> i32 {
        self.0 & 15
    }

    /// Whether it depends on who follows whom.
    pub fn names(self, who: i32) -> bool {
        (self.automatic() | self.manual()) & who != 0
    }

    /// Mastodon's names of those who are accepted at once, and of those whom the author looks at.
    pub fn keys(self) -> [Vec<&'static str>; 2] {
        let all = [
            (Self::UNSUPPORTED, "unsupported_policy"),
            (Self::PUBLIC, "public"),
            (Self::FOLLOWERS, "followers"),
            (Self::FOLLOWING, "following"),
        ];
        [self.automatic(), self.manual()]
            .map(|flags| all.iter().filter(|(flag, _)| flags & flag != 0).map(|(_, key)| *key).collect())
    }

    /// As what its author chose it: what cannot be chosen is nobody.
    pub fn choice(self) -> Choice {
        match self.automatic() {
            automatic if automatic & Self::PUBLIC != 0 => Choice::Public,
            automatic if automatic & Self::FOLLOWERS != 0 => Choice::Followers,
            _ => Choice::Nobody,
        }
    }

    /// What it says of somebody.
    pub fn verdict(self, who: Standing) -> Verdict {
        let Standing { own, follows, followed, audience } = who;
        match audience {
            Audience::Direct => return Verdict::Denied,
            _ if own => return Verdict::Automatic,
            audience if !is_quotable(audience) => return Verdict::Denied,
            _ => {}
        }
        let among = |flags: i32| {
            flags & Self::PUBLIC != 0
                || (follows && flags & Self::FOLLOWERS != 0)
                || (followed && flags & Self::FOLLOWING != 0)
        };
        if among(self.automatic()) {
            Verdict::Automatic
        } else if among(self.manual()) {
            Verdict::Manual
        } else if self.names(Self::UNSUPPORTED) {
            Verdict::Unknown
        } else {
            Verdict::Denied
        }
    }
}

/// How somebody who may see a post stands to it.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    pub own: bool,
    /// They follow its author.
    pub follows: bool,
    /// Its author follows them.
    pub followed: bool,
    /// Of the post.
    pub audience: Audience,
}

/// Whether somebody may quote a post.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Automatic,
    Manual,
    /// The policy speaks of people whom we cannot tell.
    Unknown,
    Denied,
}

impl Verdict {
    /// The name in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Automatic => "automatic",
            Self::Manual => "manual",
            Self::Unknown => "unknown",
            Self::Denied => "denied",
        }
    }
}

/// A post from elsewhere quotes one: find it, and see whether its author agreed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct QuoteAwaited {
    pub status_id: StatusId,
    /// How many more quotes of quotes are worth fetching.
    pub depth: u8,
}

impl Job for QuoteAwaited {
    const KIND: &'static str = "quote_awaited";
    const OF_STRANGERS: Option<u64> = Some(60);
}

/// The stamp of an accepted quote is as old as that it may have been taken back without a word: ask for it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StampStale {
    pub quote_id: QuoteId,
    /// Where it is.
    pub host: String,
}

impl Job for StampStale {
    const KIND: &'static str = "stamp_stale";
    const OF_STRANGERS: Option<u64> = Some(60);

    fn lane(&self) -> Option<String> {
        Some(format!("stamp:{}", self.host))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_says_who_may_quote() {
        let stranger = Standing { own: false, follows: false, followed: false, audience: Audience::Public };
        let follower = Standing { follows: true, ..stranger };
        let own = Standing { own: true, ..stranger };
        let of = |who: Standing, audience| Standing { audience, ..who };
        let followers = Choice::Followers.policy(Audience::Unlisted);
        for (policy, who, verdict) in [
            (Policy::NOBODY, stranger, Verdict::Denied),
            (Policy::NOBODY, own, Verdict::Automatic),
            (Policy::NOBODY, of(own, Audience::Followers), Verdict::Automatic),
            (Policy::NOBODY, of(own, Audience::Direct), Verdict::Denied),
            (followers, stranger, Verdict::Denied),
            (followers, follower, Verdict::Automatic),
            (Choice::Public.policy(Audience::Public), stranger, Verdict::Automatic),
            (Policy::new(Policy::PUBLIC, 0), of(follower, Audience::Followers), Verdict::Denied),
            (Policy::new(Policy::PUBLIC, 0), of(follower, Audience::Partners), Verdict::Denied),
            (Policy::new(Policy::FOLLOWERS, Policy::PUBLIC), stranger, Verdict::Manual),
            (Policy::new(Policy::FOLLOWING, Policy::UNSUPPORTED), stranger, Verdict::Unknown),
            (Policy::new(Policy::FOLLOWING, 0), Standing { followed: true, ..stranger }, Verdict::Automatic),
        ] {
            assert_eq!(policy.verdict(who), verdict, "{policy:?} of {who:?}");
            assert_eq!(Policy::from_number(policy.number()), policy);
        }
        assert_eq!(Choice::Public.policy(Audience::Direct), Policy::NOBODY);
        assert_eq!(followers.keys(), [vec!["followers"], vec![]]);
        for choice in [Choice::Public, Choice::Followers, Choice::Nobody] {
            assert_eq!(choice.policy(Audience::Public).choice(), choice);
        }
    }
}
