//! /api/pollen/v1/groups: making groups. They are followed, read and left as any account is, by Mastodon's own API.

use actix_web::web;
use serde::Deserialize;

use super::{NewGroup, ops};
use crate::accounts;
use crate::app::App;
use crate::base::Error;
use crate::base::visibility::Viewer;
use crate::edge::params::{Params, lenient};
use crate::edge::respond::{Answer, written};
use crate::oauth::extract::Client;

#[derive(Deserialize)]
pub struct GroupBody {
    #[serde(default, deserialize_with = "lenient::text")]
    username: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    display_name: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    note: Option<String>,
}

/// POST /api/pollen/v1/groups: a public group, which whoever makes it follows. Returns its Account.
pub async fn create(app: web::Data<App>, client: Client, body: Params<GroupBody>) -> Answer {
    let me = client.require("write:accounts")?;
    let body = body.0;
    let username = body.username.filter(|name| !name.trim().is_empty());
    let username = username.ok_or_else(|| Error::invalid("username", "can't be blank"))?;
    let display_name = body.display_name.filter(|name| !name.trim().is_empty()).unwrap_or_else(|| username.clone());
    let note = body.note.unwrap_or_default();
    if note.chars().count() > accounts::ops::MOST_NOTE {
        return Err(Error::invalid("note", format!("can have at most {} characters", accounts::ops::MOST_NOTE)));
    }
    let group = ops::create_group(&app, NewGroup { username, display_name, note, created_by: Some(me) }).await?;
    let mut conn = app.db.get().await?;
    let found = accounts::view::load_many(&app, &mut conn, Viewer::account(me), &[group.id]).await?;
    Ok(written(found.first().ok_or(Error::NotFound("Record"))?.to_string()))
}
