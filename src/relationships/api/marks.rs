//! Mutes, private notes and recommendations (https://docs.joinmastodon.org/methods/accounts/#mute and what follows,
//! https://docs.joinmastodon.org/methods/mutes/, https://docs.joinmastodon.org/methods/endorsements/).

use actix_web::{HttpResponse, web};
use serde::Deserialize;

use super::{NOT_FOUND, both, standing};
use crate::accounts;
use crate::app::App;
use crate::base::Result;
use crate::base::id::AccountId;
use crate::base::page::PageQuery;
use crate::base::visibility::Viewer;
use crate::edge::params::{Params, lenient};
use crate::edge::respond::{Answer, page as answer_page};
use crate::oauth::extract::{Client, MaybeClient};
use crate::relationships::{entity, ops, store};
use crate::statuses::view::array;

#[derive(Deserialize)]
pub struct MuteBody {
    #[serde(default, deserialize_with = "lenient::boolean")]
    notifications: Option<bool>,
    /// Seconds.
    #[serde(default, deserialize_with = "lenient::number")]
    duration: Option<i64>,
}

/// POST /api/v1/accounts/{id}/mute
pub async fn mute(app: web::Data<App>, client: Client, id: web::Path<String>, body: Params<MuteBody>) -> Answer {
    let (me, other) = both(&app, client.require("write:mutes")?, &id).await?;
    let MuteBody { notifications, duration } = body.0;
    ops::mute(&app, &me, &other, notifications.unwrap_or(true), duration.unwrap_or(0)).await?;
    standing(&app, me.id, other.id).await
}

/// POST /api/v1/accounts/{id}/unmute
pub async fn unmute(app: web::Data<App>, client: Client, id: web::Path<String>) -> Answer {
    let (me, other) = both(&app, client.require("write:mutes")?, &id).await?;
    ops::unmute(&app, &me, &other).await?;
    standing(&app, me.id, other.id).await
}

/// GET /api/v1/mutes
pub async fn mutes(app: web::Data<App>, client: Client, query: Params<PageQuery>) -> Answer {
    let me = client.require("read:mutes")?;
    let page = query.0.page(40, 80);
    let mut conn = app.db.get().await?;
    let rows = store::list_mutes(&mut conn, me, app.now(), page).await?;
    let ids: Vec<AccountId> = rows.iter().map(|mute| mute.target_account_id).collect();
    let accounts = accounts::view::load_json(&app, &mut conn, &ids).await?;
    let muted = rows.iter().filter_map(|mute| {
        accounts.get(&mute.target_account_id).map(|account| entity::muted_account(account, mute.expires_at))
    });
    let body = array(&muted.collect::<Vec<_>>());
    let url = format!("{}/api/v1/mutes", app.origin);
    Ok(answer_page(body, &url, rows.iter().map(|mute| mute.id.0), page.limit))
}

#[derive(Deserialize)]
pub struct NoteBody {
    #[serde(default, deserialize_with = "lenient::text")]
    comment: Option<String>,
}

/// POST /api/v1/accounts/{id}/note
pub async fn note(app: web::Data<App>, client: Client, id: web::Path<String>, body: Params<NoteBody>) -> Answer {
    let (me, other) = both(&app, client.require("write:accounts")?, &id).await?;
    ops::note(&app, &me, &other, &body.0.comment.unwrap_or_default()).await?;
    standing(&app, me.id, other.id).await
}

/// POST /api/v1/accounts/{id}/endorse, in older clients `pin`
pub async fn endorse(app: web::Data<App>, client: Client, id: web::Path<String>) -> Answer {
    let (me, other) = both(&app, client.require("write:accounts")?, &id).await?;
    ops::endorse(&app, &me, &other).await?;
    standing(&app, me.id, other.id).await
}

/// POST /api/v1/accounts/{id}/unendorse, in older clients `unpin`
pub async fn unendorse(app: web::Data<App>, client: Client, id: web::Path<String>) -> Answer {
    let (me, other) = both(&app, client.require("write:accounts")?, &id).await?;
    ops::unendorse(&app, &me, &other).await?;
    standing(&app, me.id, other.id).await
}

/// GET /api/v1/endorsements
pub async fn my_endorsements(app: web::Data<App>, client: Client, query: Params<PageQuery>) -> Answer {
    let me = client.require("read:accounts")?;
    list(&app, Viewer::account(me), me, "/api/v1/endorsements", &query.0).await
}

/// GET /api/v1/accounts/{id}/endorsements
pub async fn endorsements(
    app: web::Data<App>,
    client: MaybeClient,
    id: web::Path<String>,
    query: Params<PageQuery>,
) -> Answer {
    let path = format!("/api/v1/accounts/{id}/endorsements");
    let id: AccountId = id.parse().map_err(|_| NOT_FOUND)?;
    list(&app, client.viewer("read:accounts"), id, &path, &query.0).await
}

async fn list(app: &App, viewer: Viewer, of: AccountId, path: &str, query: &PageQuery) -> Result<HttpResponse> {
    let page = query.page(40, 80);
    let mut conn = app.db.get().await?;
    let account = accounts::store::find_account(&mut conn, of).await?.ok_or(NOT_FOUND)?;
    let rows = if account.is_suspended() { Vec::new() } else { store::list_endorsements(&mut conn, of, page).await? };
    let ids: Vec<AccountId> = rows.iter().map(|(_, id)| *id).collect();
    let found = accounts::view::load_many(app, &mut conn, viewer, &ids).await?;
    let url = format!("{}{path}", app.origin);
    Ok(answer_page(array(&found), &url, rows.iter().map(|(id, _)| id.0), page.limit))
}
