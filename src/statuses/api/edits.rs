//! Edits: what a post becomes, what it was, what was typed (https://docs.joinmastodon.org/methods/statuses/#edit).

use actix_web::web;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{NOT_FOUND, PollenPart, account_of, answer, id_in, markdown, media_ids, quotes};
use crate::app::App;
use crate::base::id::MediaId;
use crate::base::visibility::{Audience, Viewer};
use crate::base::{Error, Result};
use crate::edge::params::{Params, lenient};
use crate::edge::respond::{Answer, ok};
use crate::media::Details;
use crate::media::api::Said;
use crate::oauth::extract::{Client, MaybeClient};
use crate::polls::api::PollParameter;
use crate::statuses::{StatusChange, object, ops, store, view};

/// What a post is to be. Who may see it, and what it answers, is not changed by an edit, whatever is said of it.
#[derive(Deserialize)]
pub struct Edit {
    #[serde(default, deserialize_with = "lenient::text")]
    status: Option<String>,
    #[serde(default, deserialize_with = "lenient::boolean")]
    sensitive: Option<bool>,
    #[serde(default, deserialize_with = "lenient::text")]
    spoiler_text: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    language: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    content_type: Option<String>,
    #[serde(default, deserialize_with = "lenient::list")]
    media_ids: Vec<String>,
    #[serde(default, deserialize_with = "lenient::list")]
    media_attributes: Vec<Map<String, Value>>,
    #[serde(default)]
    poll: PollParameter,
    #[serde(default)]
    pollen: PollenPart,
    #[serde(default, deserialize_with = "lenient::text")]
    quote_approval_policy: Option<String>,
}

impl Edit {
    fn change(self) -> Result<StatusChange> {
        Ok(StatusChange {
            text: self.status.unwrap_or_default(),
            markdown: markdown(self.content_type.as_deref())?,
            sensitive: self.sensitive,
            language: self.language.filter(|language| !language.is_empty()),
            kind: self.pollen.kind()?,
            spoiler_text: self.spoiler_text.unwrap_or_default(),
            media: media_ids(&self.media_ids)?,
            details: details(self.media_attributes)?,
            poll: self.poll.change()?,
            quote_policy: quotes::choice(self.quote_approval_policy.as_deref())?,
        })
    }
}

/// Forms send the parts of one entry one after the other, its id first: `media_attributes[][id]=1&media_attributes[][focus]=0,0`.
fn details(attributes: Vec<Map<String, Value>>) -> Result<Vec<(MediaId, Details)>> {
    let mut entries: Vec<Map<String, Value>> = Vec::new();
    for part in attributes {
        match entries.last_mut().filter(|_| !part.contains_key("id")) {
            Some(entry) => entry.extend(part),
            None => entries.push(part),
        }
    }
    let read = |entry: Map<String, Value>| {
        let wrong = |_| Error::invalid("media_attributes", "must have the id of a file, and its description or focus");
        let id: MediaId = serde_json::from_value(entry.get("id").cloned().unwrap_or_default()).map_err(wrong)?;
        let said: Said = serde_json::from_value(Value::Object(entry)).map_err(wrong)?;
        Ok((id, said.details()?))
    };
    entries.into_iter().map(read).collect()
}

/// PUT /api/v1/statuses/{id}
pub async fn edit(app: web::Data<App>, client: Client, path: web::Path<String>, edit: Params<Edit>) -> Answer {
    let me = client.require("write:statuses")?;
    let id = id_in(&path)?;
    let author = account_of(&app, me).await?;
    let change = edit.0.change()?;
    let (markdown, direct) = {
        let mut conn = app.db.get().await?;
        let status = store::find_status(&mut conn, id).await?.filter(|status| status.account_id == me);
        let status = status.filter(|status| status.reblog_of_id.is_none()).ok_or(NOT_FOUND)?;
        let markdown = change.markdown.unwrap_or(status.content_type == "text/markdown");
        (markdown, status.audience() == Audience::Direct)
    };
    let words = ops::words(&change.text, &change.spoiler_text);
    let mentioned = object::resolve_mentions(&app, words, markdown, direct).await?;
    let status = ops::edit(&app, &author, id, change, mentioned).await?;
    answer(&app, Viewer::account(me), &status).await
}

/// GET /api/v1/statuses/{id}/history
pub async fn history(app: web::Data<App>, client: MaybeClient, path: web::Path<String>) -> Answer {
    let viewer = client.viewer("read:statuses");
    let mut conn = app.db.get().await?;
    let status = store::find_visible(&mut conn, viewer, id_in(&path)?).await?;
    let status = status.filter(|status| status.reblog_of_id.is_none()).ok_or(NOT_FOUND)?;
    Ok(ok(&view::load_history(&app, &mut conn, viewer, &status).await?))
}

/// GET /api/v1/statuses/{id}/source
pub async fn source(app: web::Data<App>, client: Client, path: web::Path<String>) -> Answer {
    let id = client.require("read:statuses")?;
    let mut conn = app.db.get().await?;
    let status = store::find_status(&mut conn, id_in(&path)?).await?;
    let status = status.filter(|status| status.account_id == id && status.reblog_of_id.is_none()).ok_or(NOT_FOUND)?;
    Ok(ok(&json!({
        "id": status.id,
        "text": status.text,
        "spoiler_text": status.spoiler_text,
        // So that clients that write Markdown don't make plain text of it.
        "pollen": {"content_type": status.content_type, "kind": status.kind().name()},
    })))
}
