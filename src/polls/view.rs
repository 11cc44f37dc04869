//! Loads the polls of a page of posts, in two queries whatever its length and however many look.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::entity::{self, Seen};
use super::{Poll, store};
use crate::accounts;
use crate::app::App;
use crate::base::id::{AccountId, PollId, StatusId};
use crate::base::visibility::Viewer;
use crate::base::{Error, Result};
use crate::db::Conn;
use crate::emojis::view::Emojis;
use crate::emojis::{self, Named};
use crate::statuses::{self, Status};

/// The polls of some posts, with what those who look chose in them.
#[derive(Default)]
pub struct Polls {
    found: HashMap<StatusId, Poll>,
    choices: HashMap<(PollId, AccountId), Vec<i16>>,
    now: DateTime<Utc>,
    /// Everybody sees the numbers before the end.
    counts: bool,
}

impl Polls {
    /// Of posts that have polls: who looks at which. All have passed the rule.
    pub async fn load(app: &App, conn: &mut Conn, looks: &[(Viewer, StatusId)]) -> Result<Self> {
        if looks.is_empty() {
            return Ok(Self::default());
        }
        let mut ids: Vec<StatusId> = looks.iter().map(|(_, id)| *id).collect();
        ids.sort_unstable();
        ids.dedup();
        let found = store::list_of_statuses(conn, &ids).await?;
        let found: HashMap<StatusId, Poll> = found.into_iter().map(|poll| (poll.status_id, poll)).collect();
        let pair = |(viewer, id): &(Viewer, StatusId)| Some((found.get(id)?.id, viewer.0?));
        let pairs: Vec<(PollId, AccountId)> = looks.iter().filter_map(pair).collect();
        let mut choices: HashMap<(PollId, AccountId), Vec<i16>> = HashMap::new();
        if !pairs.is_empty() {
            for vote in store::list_votes(conn, &pairs).await? {
                choices.entry((vote.poll_id, vote.account_id)).or_default().push(vote.choice);
            }
        }
        Ok(Self { found, choices, now: app.now(), counts: app.config.culture.show_counts })
    }

    /// When the next of those that go on ends, and is shown otherwise.
    pub fn next_end(&self) -> Option<DateTime<Utc>> {
        self.found.values().filter_map(|poll| poll.expires_at).filter(|end| *end > self.now).min()
    }

    /// What a post's poll asks.
    pub fn options(&self, id: StatusId) -> &[String] {
        self.found.get(&id).map(|poll| poll.options.as_slice()).unwrap_or_default()
    }

    /// The poll of a post as JSON; `own`: the post is the viewer's. `emojis` are those that the page shows, `domain` is where
    /// the author is, as those have it.
    pub fn write(&self, id: StatusId, viewer: Viewer, own: bool, emojis: &Emojis, domain: &str) -> Option<String> {
        let poll = self.found.get(&id)?;
        let choices = viewer.0.and_then(|account| self.choices.get(&(poll.id, account)));
        let choices = choices.map(Vec::as_slice).unwrap_or_default();
        let seen = viewer.0.is_some().then_some(Seen { own, choices });
        let emojis = emojis.json(&Named::of(Some(domain)).with_texts(&poll.options));
        Some(entity::poll(poll, seen, &emojis, self.now, self.counts).to_string())
    }
}

/// A poll with its post, if the viewer may see that.
pub async fn find_visible(conn: &mut Conn, viewer: Viewer, id: PollId) -> Result<(Poll, Status)> {
    let poll = store::find(conn, id).await?.ok_or(Error::NotFound("Record"))?;
    let status = statuses::store::find_visible(conn, viewer, poll.status_id).await?;
    Ok((poll, status.ok_or(Error::NotFound("Record"))?))
}

/// One poll as JSON, for a viewer who may see its post.
pub async fn write_one(app: &App, conn: &mut Conn, viewer: Viewer, poll: &Poll, status: &Status) -> Result<String> {
    let own = viewer.0 == Some(status.account_id);
    let votes = match viewer.0 {
        Some(account) => store::list_votes(conn, &[(poll.id, account)]).await?,
        None => Vec::new(),
    };
    let choices: Vec<i16> = votes.iter().map(|vote| vote.choice).collect();
    let seen = viewer.0.is_some().then_some(Seen { own, choices: &choices });
    let author = if status.local { None } else { accounts::store::find_account(conn, status.account_id).await? };
    let named = Named::of(author.and_then(|author| author.domain).as_deref()).with_texts(&poll.options);
    let emojis = emojis::view::load(app, conn, [&named]).await?.json(&named);
    Ok(entity::poll(poll, seen, &emojis, app.now(), app.config.culture.show_counts).to_string())
}
