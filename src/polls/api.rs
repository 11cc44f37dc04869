//! /api/v1/polls (https://docs.joinmastodon.org/methods/polls/), and polls in the parameters of posts.

use actix_web::web;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::{PollChange, PollDraft, ops, view};
use crate::accounts;
use crate::app::App;
use crate::base::id::PollId;
use crate::base::visibility::Viewer;
use crate::base::{Error, Result};
use crate::edge::params::{Params, lenient};
use crate::edge::respond::{Answer, written};
use crate::oauth::extract::{Client, MaybeClient};

const NOT_FOUND: Error = Error::NotFound("Record");

fn id_in(path: &str) -> Result<PollId> {
    path.parse().map_err(|_| NOT_FOUND)
}

/// `poll` of a new post, or of an edit: told apart are what is not said, what is null, and a poll.
#[derive(Clone, Debug, Default)]
pub struct PollParameter(Option<Value>);

impl<'de> Deserialize<'de> for PollParameter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(|value| Self(Some(value)))
    }
}

#[derive(Deserialize)]
struct Fields {
    #[serde(default, deserialize_with = "lenient::list")]
    options: Vec<Value>,
    #[serde(default, deserialize_with = "lenient::number")]
    expires_in: Option<i64>,
    #[serde(default, deserialize_with = "lenient::boolean")]
    multiple: Option<bool>,
    #[serde(default, deserialize_with = "lenient::boolean")]
    hide_totals: Option<bool>,
}

impl PollParameter {
    /// What an edit makes of a poll. Mastodon's own clients send all of a poll with every edit, and null to take it away; who
    /// says nothing of it does not know of polls, and takes none away.
    pub fn change(self) -> Result<PollChange> {
        let value = match self.0 {
            None => return Ok(PollChange::Keep),
            Some(Value::Null) => return Ok(PollChange::Remove),
            Some(Value::String(text)) if text.trim().is_empty() => return Ok(PollChange::Remove),
            Some(value) => value,
        };
        if value.as_object().is_some_and(serde_json::Map::is_empty) {
            return Ok(PollChange::Remove);
        }
        let wrong =
            |_| Error::invalid("poll", "must have options, a list of texts, and expires_in, a number of seconds");
        let fields: Fields = serde_json::from_value(value).map_err(wrong)?;
        let mut options = fields.options.iter().map(title).collect::<Result<Vec<_>>>()?;
        // Clients send the rows of their form that nobody filled in.
        options.retain(|option| !option.is_empty());
        let expires_in = fields
            .expires_in
            .ok_or_else(|| Error::invalid("poll[expires_in]", "must say after how many seconds it ends"))?;
        Ok(PollChange::To(PollDraft {
            options,
            expires_in,
            multiple: fields.multiple.unwrap_or(false),
            hide_totals: fields.hide_totals.unwrap_or(false),
        }))
    }

    /// The poll of a new post.
    pub fn draft(self) -> Result<Option<PollDraft>> {
        Ok(match self.change()? {
            PollChange::To(draft) => Some(draft),
            PollChange::Keep | PollChange::Remove => None,
        })
    }
}

fn title(value: &Value) -> Result<String> {
    match value {
        Value::String(text) => Ok(text.trim().to_owned()),
        Value::Number(number) => Ok(number.to_string()),
        _ => Err(Error::invalid("poll[options]", "must be texts")),
    }
}

/// GET /api/v1/polls/{id}. Whoever is signed in and looks at a poll from elsewhere whose numbers are old has them read again.
pub async fn show(app: web::Data<App>, client: MaybeClient, path: web::Path<String>) -> Answer {
    let viewer = client.viewer("read:statuses");
    let id = id_in(&path)?;
    let mut conn = app.db.get().await?;
    let (poll, status) = view::find_visible(&mut conn, viewer, id).await?;
    let found = view::write_one(&app, &mut conn, viewer, &poll, &status).await?;
    drop(conn);
    if viewer.0.is_some() {
        ops::ask_anew(&app, &poll, &status).await?;
    }
    Ok(written(found))
}

#[derive(Deserialize)]
pub struct Choices {
    #[serde(default, deserialize_with = "lenient::list")]
    choices: Vec<Value>,
}

impl Choices {
    fn indices(&self) -> Result<Vec<i64>> {
        let index = |value: &Value| match value {
            Value::Number(number) => number.as_i64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        let wrong = || Error::invalid("choices", "must be numbers of options, from 0");
        self.choices.iter().map(|choice| index(choice).ok_or_else(wrong)).collect()
    }
}

/// POST /api/v1/polls/{id}/votes
pub async fn vote(app: web::Data<App>, client: Client, path: web::Path<String>, choices: Params<Choices>) -> Answer {
    let me = client.require("write:statuses")?;
    let id = id_in(&path)?;
    let choices = choices.0.indices()?;
    let voter = {
        let mut conn = app.db.get().await?;
        accounts::store::find_account(&mut conn, me).await?
    };
    let voter = voter.ok_or(Error::Unauthenticated("The account is gone".into()))?;
    ops::vote(&app, &voter, id, &choices).await?;
    let mut conn = app.db.get().await?;
    let viewer = Viewer::account(me);
    let (poll, status) = view::find_visible(&mut conn, viewer, id).await?;
    Ok(written(view::write_one(&app, &mut conn, viewer, &poll, &status).await?))
}
