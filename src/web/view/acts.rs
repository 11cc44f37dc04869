//! What somebody who is signed in can do with posts, and has done.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use crate::base::Result;
use crate::base::id::{AccountId, PollId, StatusId};
use crate::base::visibility::{Audience, Viewer};
use crate::db::Conn;
use crate::pins;
use crate::polls::{self, Poll};
use crate::quotes::{Policy, Standing, Verdict};
use crate::statuses::{self, Status, ViewerPart};

/// For the buttons below a post.
#[derive(Clone, Debug)]
pub struct Acts {
    pub own: bool,
    pub favourited: bool,
    pub boosted: bool,
    pub bookmarked: bool,
    pub muted: bool,
    pub pinned: bool,
    pub can_boost: bool,
    pub can_quote: bool,
    pub can_pin: bool,
    /// It quotes a post of theirs, and is somebody else's: they can take that out of it.
    pub can_unquote: bool,
    /// Its poll is open, and they have not voted yet.
    pub can_vote: bool,
    /// The answers of its poll that they chose.
    pub voted: Vec<i16>,
}

impl Acts {
    fn new(part: &ViewerPart, status: &Status) -> Self {
        let audience = status.audience();
        let standing = Standing { own: part.own, follows: part.follows, followed: part.followed, audience };
        let verdict = Policy::from_number(part.quote_policy).verdict(standing);
        Self {
            own: part.own,
            favourited: part.favourited,
            boosted: part.reblogged,
            bookmarked: part.bookmarked,
            muted: part.muted,
            pinned: part.pinned,
            can_boost: audience.is_open() || (part.own && audience == Audience::Followers),
            can_quote: matches!(verdict, Verdict::Automatic | Verdict::Manual),
            can_pin: part.own && pins::can_be_pinned(audience),
            can_unquote: false,
            can_vote: false,
            voted: Vec::new(),
        }
    }

    /// Whether the answer of this number was chosen.
    pub fn chose(&self, number: &usize) -> bool {
        self.voted.iter().any(|choice| usize::try_from(*choice) == Ok(*number))
    }
}

/// In one query, and one more where there are polls.
pub(super) async fn load(
    conn: &mut Conn,
    viewer: Viewer,
    posts: &[&Status],
    polls: impl Iterator<Item = &Poll>,
    now: DateTime<Utc>,
) -> Result<HashMap<StatusId, Acts>> {
    let Some(me) = viewer.0 else { return Ok(HashMap::new()) };
    let ids: Vec<StatusId> = posts.iter().map(|status| status.id).collect();
    let parts = statuses::store::list_viewer_parts(conn, viewer, &ids).await?;
    let by_id: HashMap<StatusId, &&Status> = posts.iter().map(|status| (status.id, status)).collect();
    let acts = |part: &ViewerPart| Some((part.id, Acts::new(part, by_id.get(&part.id)?)));
    let mut found: HashMap<StatusId, Acts> = parts.iter().filter_map(acts).collect();
    let polls: Vec<&Poll> = polls.collect();
    let pairs: Vec<(PollId, AccountId)> = polls.iter().map(|poll| (poll.id, me)).collect();
    let votes = if pairs.is_empty() { Vec::new() } else { polls::store::list_votes(conn, &pairs).await? };
    for poll in polls {
        if let Some(acts) = found.get_mut(&poll.status_id) {
            acts.voted = votes.iter().filter(|vote| vote.poll_id == poll.id).map(|vote| vote.choice).collect();
            acts.can_vote = !acts.own && acts.voted.is_empty() && !poll.is_over(now);
        }
    }
    Ok(found)
}
