//! /api/pollen/v1/imports: lists that one brings along.

use actix_web::{HttpRequest, web};
use serde::Deserialize;

use super::{NOT_FOUND, myself};
use crate::app::App;
use crate::base::id::{AccountId, ImportId};
use crate::base::{Error, Result};
use crate::edge::form::Files;
use crate::edge::params::{self, lenient};
use crate::edge::respond::{Answer, ok};
use crate::media::upload::Upload;
use crate::oauth::extract::Client;
use crate::portability::{ListKind, entity, ops, store};

/// The most that a list may have, in bytes.
pub const MOST_BYTES: u64 = 2 * 1024 * 1024;

/// Lists that are told of.
pub const MOST_SHOWN: i64 = 20;

#[derive(Deserialize)]
pub struct ImportBody {
    #[serde(default, rename = "type", deserialize_with = "lenient::text")]
    kind: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    mode: Option<String>,
    /// The list itself, where it is not sent as a file.
    #[serde(default, deserialize_with = "lenient::text")]
    data: Option<String>,
}

fn scope_of(kind: ListKind) -> &'static str {
    match kind {
        ListKind::Following => "write:follows",
        ListKind::Blocks | ListKind::DomainBlocks => "write:blocks",
        ListKind::Mutes => "write:mutes",
        ListKind::Lists => "write:lists",
        ListKind::Bookmarks => "write:bookmarks",
    }
}

/// POST /api/pollen/v1/imports (`type`: following, blocks, mutes, domain_blocks, lists or bookmarks; `mode`: merge or
/// overwrite; `data`: CSV as a file, or as a text of up to 512 KiB).
pub async fn create(app: web::Data<App>, client: Client, request: HttpRequest, payload: web::Payload) -> Answer {
    // Nothing is read of somebody who may bring no list along.
    if !["write:follows", "write:blocks", "write:mutes", "write:bookmarks"]
        .iter()
        .any(|scope| client.allow(scope).is_ok())
    {
        return Err(Error::Forbidden("This action is outside the authorized scopes".into()));
    }
    let (body, mut files): (ImportBody, Files) =
        params::read_with_files(&request, payload, &["data"], MOST_BYTES).await?;
    let kind = ListKind::parse(body.kind.as_deref().unwrap_or_default())
        .ok_or_else(|| Error::invalid("type", "must be following, blocks, mutes, domain_blocks, lists or bookmarks"))?;
    let me = client.require(scope_of(kind))?;
    if kind == ListKind::Lists {
        // Whoever is put on a list is followed.
        client.require("write:follows")?;
    }
    let overwrite = match body.mode.as_deref() {
        None | Some("" | "merge") => false,
        Some("overwrite") => true,
        Some(_) => return Err(Error::invalid("mode", "must be merge or overwrite")),
    };
    let data = read(files.remove("data"), body.data).await?;
    let me = myself(&app, me).await?;
    Ok(ok(&entity::import(&ops::begin_import(&app, &me, kind, overwrite, &data).await?)))
}

/// The list that came as a file, else as a text.
pub async fn read(file: Option<Upload>, text: Option<String>) -> Result<String> {
    let data = match file {
        Some(upload) => {
            let bytes = tokio::fs::read(upload.path()).await.map_err(Error::internal)?;
            String::from_utf8(bytes).map_err(|_| Error::invalid("data", "must be UTF-8"))?
        }
        None => text.unwrap_or_default(),
    };
    if data.contains('\0') {
        return Err(Error::invalid("data", "has the character NUL in it"));
    }
    Ok(data)
}

/// GET /api/pollen/v1/imports: the last ones, newest first.
pub async fn list(app: web::Data<App>, client: Client) -> Answer {
    let me = client.require("read:accounts")?;
    let found = store::list_imports(&mut *app.db.get().await?, me, MOST_SHOWN).await?;
    Ok(ok(&found.iter().map(entity::import).collect::<Vec<_>>()))
}

/// GET /api/pollen/v1/imports/{id}: how far it is.
pub async fn show(app: web::Data<App>, client: Client, id: web::Path<String>) -> Answer {
    let me = client.require("read:accounts")?;
    Ok(ok(&entity::import(&own(&app, me, &id).await?)))
}

async fn own(app: &App, me: AccountId, id: &str) -> Result<crate::portability::Import> {
    let id: ImportId = id.parse().map_err(|_| NOT_FOUND)?;
    let found = store::find_import(&mut *app.db.get().await?, id).await?;
    found.filter(|import| import.account_id == me).ok_or(NOT_FOUND)
}
