//! /api/v1/scheduled_statuses (https://docs.joinmastodon.org/methods/scheduled_statuses/), and posting, which may be meant for
//! later.

use actix_web::{HttpRequest, web};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Made, ScheduledStatus, entity, ops, store};
use crate::app::App;
use crate::base::id::{MediaId, ScheduledStatusId};
use crate::base::page::PageQuery;
use crate::base::visibility::Viewer;
use crate::base::{Error, Result};
use crate::db::Conn;
use crate::edge::params::{Params, lenient};
use crate::edge::respond::{Answer, ok, page as answer_page};
use crate::media;
use crate::oauth::extract::Client;
use crate::statuses;
use crate::statuses::api::{self as posts, NewPost, account_of};

fn id_in(path: &str) -> Result<ScheduledStatusId> {
    path.parse().map_err(|_| Error::NotFound("Record"))
}

fn moment(text: &str) -> Result<DateTime<Utc>> {
    let read = DateTime::parse_from_rfc3339(text.trim());
    let wrong = |_| Error::invalid("scheduled_at", "must be a time such as 2030-01-31T12:00:00Z");
    read.map(|time| time.with_timezone(&Utc)).map_err(wrong)
}

/// Rows as entities, with what they will have attached, in a fixed number of queries.
async fn entities(app: &App, conn: &mut Conn, rows: &[ScheduledStatus]) -> Result<Vec<Value>> {
    let drafts = rows.iter().map(ops::draft_of).collect::<Result<Vec<_>>>()?;
    let ids: Vec<MediaId> = drafts.iter().flat_map(|draft| draft.media.iter().copied()).collect();
    let shown = media::view::load_some(conn, &ids).await?;
    let of = |id: &MediaId| shown.iter().find(|shown| shown.attachment.id == *id);
    let written = rows.iter().zip(&drafts).map(|(row, draft)| {
        let media = draft.media.iter().filter_map(of);
        let media: Vec<Value> = media.map(|shown| media::entity::attachment(shown, &app.origin)).collect();
        entity::scheduled_status(row, draft, &media)
    });
    Ok(written.collect())
}

async fn answer(app: &App, row: ScheduledStatus) -> Answer {
    let mut conn = app.db.get().await?;
    Ok(ok(&entities(app, &mut conn, &[row]).await?.pop()))
}

/// POST /api/v1/statuses: now, or at `scheduled_at`. As in Mastodon, what is meant for a time that is over is published now, unless
/// it is a request from before its time that is sent again: that is answered with what the first one made.
pub async fn create(app: web::Data<App>, client: Client, request: HttpRequest, post: Params<NewPost>) -> Answer {
    let me = client.require("write:statuses")?;
    let Some(at) = post.0.scheduled_at().map(moment).transpose()? else {
        return posts::create(app, client, request, post).await;
    };
    let draft = post.0.draft(&client, &request)?;
    let made = if at > app.now() {
        let author = account_of(&app, me).await?;
        ops::schedule(&app, &author, draft, at).await?
    } else {
        match ops::find_made(&app, me, draft.idempotency_key.as_deref()).await? {
            Some(made) => made,
            None => return posts::publish(&app, me, draft).await,
        }
    };
    match made {
        Made::Waiting(row) => answer(&app, row).await,
        Made::Published(id) => {
            let mut conn = app.db.get().await?;
            let status = statuses::store::find_visible(&mut conn, Viewer::account(me), id).await?;
            drop(conn);
            posts::answer(&app, Viewer::account(me), &status.ok_or(Error::NotFound("Record"))?).await
        }
    }
}

/// GET /api/v1/scheduled_statuses
pub async fn list(app: web::Data<App>, client: Client, query: Params<PageQuery>) -> Answer {
    let me = client.require("read:statuses")?;
    let page = query.0.page(20, 40);
    let mut conn = app.db.get().await?;
    let rows = store::list_page(&mut conn, me, page).await?;
    let body = Value::Array(entities(&app, &mut conn, &rows).await?).to_string();
    let url = format!("{}/api/v1/scheduled_statuses", app.origin);
    Ok(answer_page(body, &url, rows.iter().map(|row| row.id.0), page.limit))
}

/// GET /api/v1/scheduled_statuses/{id}
pub async fn show(app: web::Data<App>, client: Client, path: web::Path<String>) -> Answer {
    let me = client.require("read:statuses")?;
    let row = ops::find_own(&mut *app.db.get().await?, me, id_in(&path)?).await?;
    answer(&app, row).await
}

#[derive(Deserialize)]
pub struct NewTime {
    #[serde(default, deserialize_with = "lenient::text")]
    scheduled_at: Option<String>,
}

/// PUT /api/v1/scheduled_statuses/{id}: another time.
pub async fn update(app: web::Data<App>, client: Client, path: web::Path<String>, new: Params<NewTime>) -> Answer {
    let me = client.require("write:statuses")?;
    let id = id_in(&path)?;
    let row = match new.0.scheduled_at.as_deref().filter(|text| !text.is_empty()) {
        Some(text) => ops::reschedule(&app, me, id, moment(text)?).await?,
        None => ops::find_own(&mut *app.db.get().await?, me, id).await?,
    };
    answer(&app, row).await
}

/// DELETE /api/v1/scheduled_statuses/{id}
pub async fn delete(app: web::Data<App>, client: Client, path: web::Path<String>) -> Answer {
    let me = client.require("write:statuses")?;
    ops::cancel(&app, me, id_in(&path)?).await?;
    Ok(ok(&json!({})))
}
