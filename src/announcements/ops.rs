//! Announcing, putting away, reacting.

use chrono::{DateTime, Utc};
use url::Url;

use super::{Announcement, LinkedPost, MOST_CHARACTERS, MOST_REACTIONS, NewReaction, is_emoji, store, view};
use crate::accounts::{self, Account};
use crate::app::App;
use crate::base::handle::Handle;
use crate::base::id::{AccountId, AnnouncementId, ReactionId, StatusId};
use crate::base::text;
use crate::base::visibility::Viewer;
use crate::base::{Error, Result, why};
use crate::db::Conn;
use crate::db::changes::Change;
use crate::emojis::{self, Named};

const NOT_FOUND: Error = Error::NotFound("Record");

/// What is to be announced.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    pub text: String,
    pub starts_at: Option<DateTime<Utc>>,
    pub ends_at: Option<DateTime<Utc>>,
    pub all_day: bool,
}

/// Hashtags become links, and so do the names of those who are known here; other names stay text.
struct NoticeLinks<'a> {
    app: &'a App,
    people: &'a [(Handle, Account)],
}

impl text::Links for NoticeLinks<'_> {
    fn mention(&self, handle: &Handle) -> Option<text::MentionLink> {
        let (_, account) = self.people.iter().find(|(name, _)| name.key() == handle.key())?;
        Some(text::MentionLink { url: account.url.clone(), username: account.username.clone() })
    }

    fn tag(&self, name: &str) -> String {
        text::tag_url(&self.app.origin, name)
    }
}

/// Names and links of one announcement that are looked up, at most.
const MOST_NAMED: usize = 20;

/// Those of the accounts with these names that are known here. No server is asked.
async fn find_named(app: &App, conn: &mut Conn, names: Vec<Handle>) -> Result<Vec<(Handle, Account)>> {
    let mut people: Vec<(Handle, Account)> = Vec::new();
    for name in names.into_iter().take(MOST_NAMED) {
        let handle = name.clone().relative_to(&app.config.instance.domain);
        let found = match &handle.domain {
            None => accounts::store::find_local(conn, &handle.username).await?,
            Some(domain) => accounts::store::find_remote(conn, &handle.username, domain).await?,
        };
        people.extend(found.filter(|account| !account.is_suspended()).map(|account| (name, account)));
    }
    Ok(people)
}

/// The id of a post in the address of a page of ours, also of one from elsewhere: `/@NAME/ID`, or `/users/NAME/statuses/ID`.
fn id_at(app: &App, url: &Url) -> Option<StatusId> {
    let path = url.as_str().strip_prefix(&app.origin)?.strip_prefix('/')?;
    let parts: Vec<&str> = path.split(['?', '#']).next()?.trim_end_matches('/').split('/').collect();
    match parts.as_slice() {
        [name, id] if name.starts_with('@') => id.parse().ok(),
        ["users", _, "statuses", id] => id.parse().ok(),
        _ => None,
    }
}

/// The posts at these addresses that everyone may see: by their pages here, or by their ActivityPub ids.
async fn find_linked(app: &App, conn: &mut Conn, urls: &[Url]) -> Result<Vec<LinkedPost>> {
    let urls = || urls.iter().take(MOST_NAMED);
    let ids: Vec<StatusId> = urls().filter_map(|url| id_at(app, url)).collect();
    let uris: Vec<String> = urls().map(|url| url.as_str().to_owned()).collect();
    if uris.is_empty() { Ok(Vec::new()) } else { Ok(store::list_linked(conn, Viewer::ANONYMOUS, &ids, &uris).await?) }
}

/// Announces something to everyone, at once.
pub async fn announce(app: &App, draft: Draft) -> Result<Announcement> {
    app.transaction(async |conn| announce_on(app, conn, &draft).await).await
}

/// As [`announce`], inside the caller's transaction.
pub async fn announce_on(app: &App, conn: &mut Conn, draft: &Draft) -> Result<Announcement> {
    let words = draft.text.trim();
    if words.is_empty() {
        return Err(Error::invalid("text", "can't be blank"));
    }
    if words.chars().count() > MOST_CHARACTERS {
        return Err(Error::invalid("text", why!("can have at most {most} characters", most = MOST_CHARACTERS)));
    }
    if let (Some(start), Some(end)) = (draft.starts_at, draft.ends_at)
        && end < start
    {
        return Err(Error::invalid("ends_at", "must not be before it starts"));
    }
    let now = app.now();
    let named = text::extract(words);
    let posts = find_linked(app, conn, &named.urls).await?;
    let people = find_named(app, conn, named.mentions).await?;
    let mut mention_ids: Vec<Option<i64>> = Vec::new();
    for (_, account) in &people {
        if !mention_ids.contains(&Some(account.id.0)) {
            mention_ids.push(Some(account.id.0));
        }
    }
    let row = Announcement {
        id: AnnouncementId(app.ids.mint(now)),
        content: text::render_plain(words, &NoticeLinks { app, people: &people }),
        starts_at: draft.starts_at,
        ends_at: draft.ends_at,
        all_day: draft.all_day && (draft.starts_at.is_some() || draft.ends_at.is_some()),
        tags: named.hashtags.iter().map(|tag| Some(text::normalise_tag(tag))).collect(),
        published_at: now,
        updated_at: now,
        mention_ids,
        status_ids: posts.iter().map(|post| Some(post.id.0)).collect(),
    };
    if !row.holds(now) {
        return Err(Error::invalid("ends_at", "must be in the future"));
    }
    store::insert(conn, &row).await?;
    app.announce(Change::Announced(row.id));
    Ok(row)
}

/// Takes an announcement back.
pub async fn withdraw(app: &App, id: AnnouncementId) -> Result<()> {
    app.transaction(async |conn| withdraw_on(app, conn, id).await).await
}

/// As [`withdraw`], inside the caller's transaction.
pub async fn withdraw_on(app: &App, conn: &mut Conn, id: AnnouncementId) -> Result<()> {
    if !store::delete(conn, id).await? {
        return Err(Error::NotFound("Announcement"));
    }
    app.announce(Change::Withdrawn(id));
    Ok(())
}

async fn find(app: &App, conn: &mut Conn, id: AnnouncementId) -> Result<Announcement> {
    let found = store::find(conn, id).await?;
    found.filter(|row| row.holds(app.now())).ok_or(NOT_FOUND)
}

/// Somebody puts an announcement away.
pub async fn dismiss(app: &App, me: AccountId, id: AnnouncementId) -> Result<()> {
    let mut conn = app.db.get().await?;
    find(app, &mut conn, id).await?;
    store::insert_read(&mut conn, me, id, app.now()).await?;
    Ok(())
}

/// Somebody reacts with an emoji, or with the name of one of ours; twice is once.
pub async fn react(app: &App, me: AccountId, id: AnnouncementId, name: &str) -> Result<()> {
    let mut named = Named::default();
    named.add_name(name);
    app.transaction(async |conn| {
        let is_ours = emojis::view::load(app, conn, [&named]).await?.find("", name).is_some();
        if !is_ours && !is_emoji(name) {
            return Err(Error::invalid("name", "is not a recognized emoji"));
        }
        let found = store::lock(conn, id).await?;
        found.filter(|row| row.holds(app.now())).ok_or(NOT_FOUND)?;
        let known = view::load_reactions(app, conn, Some(me), &[id]).await?.remove(&id).unwrap_or_default();
        let is_new = known.iter().all(|one| one.name != name);
        if is_new && i64::try_from(known.len()).is_ok_and(|many| many >= MOST_REACTIONS) {
            return Err(Error::invalid("name", "has reached the limit of different reactions"));
        }
        let now = app.now();
        let new = NewReaction {
            id: ReactionId(app.ids.mint(now)),
            announcement_id: id,
            account_id: me,
            name: name.to_owned(),
            created_at: now,
        };
        if store::insert_reaction(conn, &new).await? {
            app.announce(Change::Reacted(id, new.name));
        }
        Ok(())
    })
    .await
}

/// Somebody takes their reaction back.
pub async fn take_back(app: &App, me: AccountId, id: AnnouncementId, name: &str) -> Result<()> {
    app.transaction(async |conn| {
        find(app, conn, id).await?;
        if !store::delete_reaction(conn, me, id, name).await? {
            return Err(NOT_FOUND);
        }
        app.announce(Change::Reacted(id, name.to_owned()));
        Ok(())
    })
    .await
}
