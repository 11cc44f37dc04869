//! /api/v1/media, /api/v2/media (https://docs.joinmastodon.org/methods/media/).

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};

use super::film::Programs;
use super::{Attachment, Details, MediaUploaded, entity, object, ops, state, view};
use crate::app::App;
use crate::base::id::{AccountId, MediaId};
use crate::base::{Error, Result};
use crate::db::Conn;
use crate::edge::form::Files;
use crate::edge::params::{self, lenient};
use crate::edge::respond::{Answer, ok};
use crate::oauth::extract::Client;

/// What a client says of a file.
#[derive(Deserialize)]
pub struct Said {
    #[serde(default, deserialize_with = "lenient::text")]
    description: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    focus: Option<String>,
}

impl Said {
    /// It, if it can be read.
    pub fn details(self) -> Result<Details> {
        let focus = match self.focus.as_deref().map(str::trim).filter(|focus| !focus.is_empty()) {
            Some(text) => Some(
                focus(text)
                    .ok_or_else(|| Error::invalid("focus", "must be two numbers from -1 to 1, such as 0.5,-0.2"))?,
            ),
            None => None,
        };
        Ok(Details { description: self.description.map(|text| text.trim().to_owned()), focus })
    }
}

fn focus(text: &str) -> Option<(f32, f32)> {
    let (x, y) = text.split_once(',')?;
    Some((x.trim().parse().ok()?, y.trim().parse().ok()?))
}

fn id_in(path: &str) -> Result<MediaId> {
    path.parse().map_err(|_| Error::NotFound("Record"))
}

/// The largest request that makes sense here, in bytes: a file, and a picture to stand for it.
pub fn most_bytes(app: &App) -> Result<u64> {
    let media = &app.config.media;
    let film = if app.get::<Programs>()?.0.is_some() { media.film_bytes } else { 0 };
    Ok(film.max(media.image_bytes).saturating_add(media.image_bytes))
}

async fn receive(
    app: &App,
    client: &Client,
    request: &HttpRequest,
    payload: web::Payload,
) -> Result<(MediaId, AccountId)> {
    // First who asks: nobody else's files are even written down.
    let me = client.require("write:media")?;
    let (said, mut files): (Said, Files) =
        params::read_with_files(request, payload, &["file", "thumbnail"], most_bytes(app)?).await?;
    let upload = files.remove("file").ok_or_else(|| Error::invalid("file", "can't be blank"))?;
    let id = object::take(app, me, upload, files.remove("thumbnail"), said.details()?).await?;
    Ok((id, me))
}

/// POST /api/v2/media: 200 when it is ready, 202 while it is processed.
pub async fn create(app: web::Data<App>, client: Client, request: HttpRequest, payload: web::Payload) -> Answer {
    let (id, me) = receive(&app, &client, &request, payload).await?;
    let mut conn = app.db.get().await?;
    let attachment = ops::find_own(&mut conn, me, id).await?;
    let ready = attachment.is_ready();
    let body = entity_of(&app, &mut conn, attachment).await?;
    Ok(if ready { ok(&body) } else { HttpResponse::Accepted().json(body) })
}

/// POST /api/v1/media: answers when it is ready.
pub async fn create_and_wait(
    app: web::Data<App>,
    client: Client,
    request: HttpRequest,
    payload: web::Payload,
) -> Answer {
    let (id, me) = receive(&app, &client, &request, payload).await?;
    let attachment = find(&app, me, id).await?;
    if !attachment.is_ready() {
        // The job finds it done.
        object::process(&app, &MediaUploaded { media_id: id }).await?;
    }
    shown(&app, find(&app, me, id).await?).await
}

async fn find(app: &App, me: AccountId, id: MediaId) -> Result<Attachment> {
    let mut conn = app.db.get().await?;
    ops::find_own(&mut conn, me, id).await
}

async fn entity_of(app: &App, conn: &mut Conn, attachment: Attachment) -> Result<Value> {
    let shown = view::with_files(conn, vec![attachment]).await?;
    Ok(shown.first().map_or(Value::Null, |shown| entity::attachment(shown, &app.origin)))
}

/// 200, 206 while it waits, 422 when it cannot be processed.
async fn shown(app: &App, attachment: Attachment) -> Answer {
    if let Some(why) = attachment.failure.as_deref().filter(|_| attachment.state == state::FAILED) {
        return Err(Error::invalid("file", why));
    }
    let ready = attachment.is_ready();
    let mut conn = app.db.get().await?;
    let body = entity_of(app, &mut conn, attachment).await?;
    Ok(if ready { ok(&body) } else { HttpResponse::PartialContent().json(body) })
}

/// GET /api/v1/media/{id}
pub async fn show(app: web::Data<App>, client: Client, id: web::Path<String>) -> Answer {
    let me = client.require("write:media")?;
    shown(&app, find(&app, me, id_in(&id)?).await?).await
}

/// PUT /api/v1/media/{id}
pub async fn update(
    app: web::Data<App>,
    client: Client,
    id: web::Path<String>,
    request: HttpRequest,
    payload: web::Payload,
) -> Answer {
    let me = client.require("write:media")?;
    let id = id_in(&id)?;
    find(&app, me, id).await?;
    let most = app.config.media.image_bytes;
    let (said, mut files): (Said, Files) = params::read_with_files(&request, payload, &["thumbnail"], most).await?;
    let attachment = ops::update(&app, me, id, &said.details()?).await?;
    let attachment = match files.remove("thumbnail") {
        Some(thumbnail) => {
            object::put_thumbnail(&app, me, id, thumbnail).await?;
            find(&app, me, id).await?
        }
        None => attachment,
    };
    let mut conn = app.db.get().await?;
    Ok(ok(&entity_of(&app, &mut conn, attachment).await?))
}

/// DELETE /api/v1/media/{id}
pub async fn delete(app: web::Data<App>, client: Client, id: web::Path<String>) -> Answer {
    let me = client.require("write:media")?;
    ops::delete(&app, me, id_in(&id)?).await?;
    Ok(ok(&json!({})))
}
