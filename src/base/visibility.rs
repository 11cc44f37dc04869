//! Audiences of posts, Mastodon's names for them, and who is looking. The rule itself is `statuses::store::visible`.

use serde::{Deserialize, Serialize};

use super::id::{AccountId, AudienceId};

/// Who may see a post. Fixed when it is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Audience {
    Public,
    Unlisted,
    Followers,
    Direct,
    /// Every account of this instance. Never leaves it.
    Organisation,
    /// This instance, and instances with an agreement in force.
    Partners,
    /// The members of a private group.
    Group(AudienceId),
}

impl Audience {
    /// The number in `statuses.audience_kind`.
    pub fn kind(self) -> i16 {
        match self {
            Self::Public => 1,
            Self::Unlisted => 2,
            Self::Followers => 3,
            Self::Direct => 4,
            Self::Organisation => 5,
            Self::Partners => 6,
            Self::Group(_) => 7,
        }
    }

    /// The id in `statuses.audience_id`: private groups only.
    pub fn id(self) -> Option<AudienceId> {
        match self {
            Self::Group(id) => Some(id),
            _ => None,
        }
    }

    /// Reads what a row says; an unknown kind is the narrowest audience.
    pub fn from_row(kind: i16, id: Option<AudienceId>) -> Self {
        match (kind, id) {
            (1, _) => Self::Public,
            (2, _) => Self::Unlisted,
            (3, _) => Self::Followers,
            (5, _) => Self::Organisation,
            (6, _) => Self::Partners,
            (7, Some(id)) => Self::Group(id),
            _ => Self::Direct,
        }
    }

    /// Whether anyone at all may see it.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Public | Self::Unlisted)
    }

    /// How Mastodon's API names it. Strict clients know these four values only.
    pub fn visibility(self) -> Visibility {
        match self {
            Self::Public => Visibility::Public,
            Self::Unlisted => Visibility::Unlisted,
            Self::Direct => Visibility::Direct,
            Self::Followers | Self::Organisation | Self::Partners | Self::Group(_) => Visibility::Private,
        }
    }

    /// What `pollen.audience` says, for clients that know more than Mastodon's four.
    pub fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Unlisted => "unlisted",
            Self::Followers => "followers",
            Self::Direct => "direct",
            Self::Organisation => "organisation",
            Self::Partners => "partners",
            Self::Group(_) => "group",
        }
    }
}

/// Mastodon's `visibility` (https://docs.joinmastodon.org/entities/Status/#visibility).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Visibility {
    Public,
    Unlisted,
    Private,
    Direct,
}

impl Visibility {
    pub fn audience(self) -> Audience {
        match self {
            Self::Public => Audience::Public,
            Self::Unlisted => Audience::Unlisted,
            Self::Private => Audience::Followers,
            Self::Direct => Audience::Direct,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Unlisted => "unlisted",
            Self::Private => "private",
            Self::Direct => "direct",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "public" => Self::Public,
            "unlisted" => Self::Unlisted,
            "private" => Self::Private,
            "direct" => Self::Direct,
            _ => return None,
        })
    }
}

/// Who is looking: nobody in particular, or an account. A remote actor that signed its request and a person who is
/// signed in here are viewers of the same rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Viewer(pub Option<AccountId>);

impl Viewer {
    pub const ANONYMOUS: Self = Self(None);

    pub fn account(id: AccountId) -> Self {
        Self(Some(id))
    }

    /// The id for a query's bind; 0, which no account has, when anonymous.
    pub fn bind(self) -> i64 {
        self.0.map_or(0, |id| id.0)
    }

    /// The viewer that [`Viewer::bind`] stands for.
    pub fn from_bind(id: i64) -> Self {
        Self(Some(AccountId(id)).filter(|id| id.0 != 0))
    }
}
