//! What is kept of a person besides what they wrote and the lists that other servers read: each kind in a file of its own, or several,
//! since only a part of a long one is in memory at a time.

use serde_json::{Value, json};

use crate::accounts::entity::time;
use crate::accounts::{self, Account};
use crate::app::App;
use crate::base::id::{AccountId, StatusId};
use crate::base::page::Page;
use crate::base::visibility::Viewer;
use crate::base::{Error, Result};
use crate::db::Conn;
use crate::portability::store;
use crate::{collections, filters, invitations, notifications, scheduled, statuses, tags, timelines};

/// The files, by name.
pub(super) const KINDS: [&str; 12] = [
    "preferences",
    "favourites",
    "filters",
    "topics",
    "notes",
    "scheduled",
    "collections",
    "invitations",
    "votes",
    "messages",
    "earlier_versions",
    "warnings",
];

/// Rows that are read at once; and posts, with their texts.
const AT_ONCE: i64 = 500;
const POSTS: i64 = 50;

/// Rows of what there are few of.
const MOST: i64 = 1_000;

/// Some of one kind.
pub(super) struct Part {
    pub content: Value,
    /// Below which id to go on; `None` when that was all.
    pub next: Option<i64>,
}

impl Part {
    /// All of it.
    fn whole(content: Value) -> Self {
        Self { content, next: None }
    }

    /// Rows with their ids, of which `limit` were asked for.
    fn of(rows: Vec<(i64, Value)>, limit: i64) -> Self {
        let full = i64::try_from(rows.len()).is_ok_and(|count| count == limit);
        let next = rows.last().map(|(id, _)| *id).filter(|_| full);
        Self { content: rows.into_iter().map(|(_, row)| row).collect(), next }
    }
}

/// What comes below an id of one of [`KINDS`].
pub(super) async fn load(app: &App, me: &Account, kind: &str, below: i64) -> Result<Part> {
    let mut conn = app.db.background().await?;
    let own = &app.config.instance.domain;
    Ok(match kind {
        "preferences" => Part::whole(chosen(&mut conn, me.id).await?),
        "favourites" => favourites(&mut conn, me.id, below).await?,
        "filters" => {
            let rows = filters::store::list_filters(&mut conn, me.id).await?;
            let whole = filters::view::load_whole(&mut conn, rows).await?;
            Part::whole(whole.iter().map(filters::entity::filter).collect())
        }
        "topics" => {
            let followed = tags::store::list_followed(&mut conn, me.id, page(i64::MAX, tags::MOST_FOLLOWED)).await?;
            let followed: Vec<String> = followed.into_iter().map(|(_, name)| name).collect();
            let shown = tags::store::list_featured(&mut conn, me.id).await?;
            let shown: Vec<String> = shown.into_iter().map(|tag| tag.name).collect();
            Part::whole(json!({"followed": followed, "on_profile": shown}))
        }
        "notes" => {
            let rows = store::list_noted(&mut conn, me.id, AccountId(below), AT_ONCE).await?;
            let note =
                |(of, text): (store::Named, String)| (of.id.0, json!({"account": of.address(own), "note": text}));
            Part::of(rows.into_iter().map(note).collect(), AT_ONCE)
        }
        "scheduled" => {
            let rows = scheduled::store::list_page(&mut conn, me.id, page(below, POSTS)).await?;
            let written = rows.iter().map(|row| {
                Ok((row.id.0, scheduled::entity::scheduled_status(row, &scheduled::ops::draft_of(row)?, &[])))
            });
            Part::of(written.collect::<Result<_>>()?, POSTS)
        }
        "collections" => {
            let ids = collections::store::list_of(&mut conn, me.id, true, (MOST, 0)).await?;
            let viewer = Viewer::account(me.id);
            Part::whole(collections::view::load_many(app, &mut conn, viewer, &ids).await?.into())
        }
        "invitations" => invited(&mut conn, me.id, own).await?,
        "votes" => {
            let rows = store::list_choices(&mut conn, me.id, below, AT_ONCE).await?;
            let vote = |row: store::Choice| {
                (row.id, json!({"post": row.uri, "answer": row.answer, "created_at": time(row.created_at)}))
            };
            Part::of(rows.into_iter().map(vote).collect(), AT_ONCE)
        }
        "messages" => messages(&mut conn, me.id, below).await?,
        "earlier_versions" => earlier_versions(app, &mut conn, me.id, below).await?,
        _ => {
            let rows = notifications::store::list_warnings_of(&mut conn, me.id, MOST).await?;
            let told = |(warning, appeal): &(notifications::Warning, Option<notifications::Appeal>)| {
                notifications::entity::warning(warning, appeal.as_ref(), json!(me.uri))
            };
            Part::whole(rows.iter().map(told).collect())
        }
    })
}

fn page(below: i64, limit: i64) -> Page {
    Page { below, above: 0, upwards: false, limit }
}

/// How somebody wants to see the pages, to post, and to be told.
async fn chosen(conn: &mut Conn, me: AccountId) -> Result<Value> {
    let user = accounts::store::find_user(conn, me).await?.ok_or(Error::NotFound("Account"))?;
    let pages = accounts::store::preferences::find_preferences(conn, me).await?.unwrap_or_default();
    let policy = notifications::store::find_policy(conn, me).await?;
    let mut policy = notifications::entity::policy(&policy, notifications::Filtered::default());
    if let Value::Object(fields) = &mut policy {
        // How much there is at the moment is no choice.
        fields.remove("summary");
    }
    Ok(json!({
        "pages": {
            "theme": pages.theme,
            "text_size": pages.text_size,
            "motion": pages.motion,
            "language": pages.language,
            "time_zone": pages.time_zone,
        },
        "posting": {
            "visibility": user.default_visibility,
            "sensitive": user.default_sensitive,
            "language": user.default_language,
            "quote_policy": user.default_quote_policy,
        },
        "notifications": policy,
    }))
}

/// The addresses of posts that somebody thanked for and may see: what stands there is their authors'.
async fn favourites(conn: &mut Conn, me: AccountId, below: i64) -> Result<Part> {
    let rows = timelines::store::favourites(conn, me, page(below, AT_ONCE)).await?;
    let ids: Vec<StatusId> = rows.iter().map(|row| row.id).collect();
    let found = statuses::store::list_statuses(conn, &ids).await?;
    let uri = |id: StatusId| found.iter().find(|status| status.id == id).map(|status| json!(status.uri));
    Ok(Part::of(rows.iter().map(|row| (row.favourite_id, uri(row.id).unwrap_or_default())).collect(), AT_ONCE))
}

async fn invited(conn: &mut Conn, me: AccountId, own: &str) -> Result<Part> {
    let rows = invitations::store::list_invitations(conn, me, MOST).await?;
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let guests = invitations::store::list_guests(conn, &ids).await?;
    let written = rows.iter().map(|row| {
        let came: Vec<String> =
            guests.iter().filter(|(by, _)| *by == row.id).map(|(_, guest)| guest.full_handle(own)).collect();
        json!({
            "note": row.note,
            "created_at": time(row.created_at),
            "expires_at": time(row.expires_at),
            "revoked_at": row.revoked_at.map(time),
            "uses_left": row.uses_left,
            "came": came,
        })
    });
    Ok(Part::whole(written.collect()))
}

/// What others wrote to them: it was sent to them, so it is theirs to keep, too.
async fn messages(conn: &mut Conn, me: AccountId, below: i64) -> Result<Part> {
    let rows = store::list_received(conn, me, StatusId(below), POSTS).await?;
    let written = rows.into_iter().map(|row| {
        let message = json!({
            "id": row.uri,
            "from": row.author,
            "warning": row.spoiler_text,
            "content": row.content,
            "created_at": time(row.created_at),
        });
        (row.id.0, message)
    });
    Ok(Part::of(written.collect(), POSTS))
}

/// What posts were before they were edited.
async fn earlier_versions(app: &App, conn: &mut Conn, me: AccountId, below: i64) -> Result<Part> {
    let rows = statuses::store::list_own_edited(conn, me, StatusId(below), POSTS).await?;
    let mut written = Vec::new();
    for status in rows {
        let (mut stages, _) = statuses::view::load_stages(app, conn, &status).await?;
        // As it is now stands among the posts.
        stages.pop();
        let version = |stage: &statuses::view::Stage| {
            json!({
                "warning": stage.spoiler_text,
                "content": stage.content,
                "sensitive": stage.sensitive,
                "options": stage.poll_options,
                "since": time(stage.created_at),
            })
        };
        let versions: Vec<Value> = stages.iter().map(version).collect();
        written.push((status.id.0, json!({"post": status.uri, "versions": versions})));
    }
    Ok(Part::of(written, POSTS))
}
