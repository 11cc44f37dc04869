//! /api/v1/statuses (https://docs.joinmastodon.org/methods/statuses/).

pub mod edits;
pub mod elsewhere;
pub mod quotes;

use actix_web::{HttpRequest, web};
use serde::Deserialize;
use serde_json::Value;

use super::{Kind, Status, StatusDraft, object, ops, store, view};
use crate::accounts::{self, Account};
use crate::app::App;
use crate::base::id::{AccountId, MediaId, StatusId};
use crate::base::page::PageQuery;
use crate::base::visibility::{Viewer, Visibility};
use crate::base::{Error, Result};
use crate::edge::params::{Params, lenient};
use crate::edge::respond::{Answer, ok, page as answer_page, written};
use crate::media;
use crate::oauth::extract::{Client, MaybeClient};
use crate::polls::api::PollParameter;

const NOT_FOUND: Error = Error::NotFound("Record");

/// An id in a path; what is no number is no post.
pub fn id_in(path: &str) -> Result<StatusId> {
    path.parse().map_err(|_| NOT_FOUND)
}

/// The account that a token speaks for.
pub async fn account_of(app: &App, id: AccountId) -> Result<Account> {
    let mut conn = app.db.get().await?;
    accounts::store::find_account(&mut conn, id).await?.ok_or(Error::Unauthenticated("The account is gone".into()))
}

/// A post as the viewer sees it.
pub async fn answer(app: &App, viewer: Viewer, status: &Status) -> Answer {
    let mut conn = app.db.get().await?;
    Ok(written(view::load_one(app, &mut conn, viewer, status).await?))
}

/// A post of which somebody took back what they did with it: as they see it, if they still do.
pub async fn answer_taken_back(app: &App, by: AccountId, status: &Status) -> Answer {
    let mut conn = app.db.get().await?;
    Ok(written(view::load_or_withhold(app, &mut conn, Viewer::account(by), status).await?))
}

#[derive(Deserialize)]
pub struct NewPost {
    #[serde(default, deserialize_with = "lenient::text")]
    status: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    in_reply_to_id: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    quoted_status_id: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    quote_approval_policy: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    visibility: Option<String>,
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
    #[serde(default)]
    poll: PollParameter,
    #[serde(default, deserialize_with = "lenient::text")]
    scheduled_at: Option<String>,
    #[serde(default, deserialize_with = "lenient::boolean")]
    local_only: Option<bool>,
    #[serde(default)]
    pollen: PollenPart,
}

#[derive(Default, Deserialize)]
struct PollenPart {
    #[serde(default, deserialize_with = "lenient::text")]
    kind: Option<String>,
}

impl PollenPart {
    fn kind(&self) -> Result<Option<Kind>> {
        let Some(name) = self.kind.as_deref().filter(|text| !text.is_empty()) else { return Ok(None) };
        let wrong = "must be plain, question, resource, today_i_learned or lesson";
        Kind::parse(name).map(Some).ok_or_else(|| Error::invalid("pollen[kind]", wrong))
    }
}

/// Whether a `content_type` is Markdown; `None` when it is not said.
fn markdown(content_type: Option<&str>) -> Result<Option<bool>> {
    match content_type {
        None | Some("") => Ok(None),
        Some("text/plain") => Ok(Some(false)),
        Some("text/markdown") => Ok(Some(true)),
        Some(_) => Err(Error::invalid("content_type", "must be text/plain or text/markdown")),
    }
}

fn media_ids(texts: &[String]) -> Result<Vec<MediaId>> {
    let wrong = |_| Error::invalid("media_ids", "must be files of your own that belong to no other post");
    texts.iter().filter(|id| !id.is_empty()).map(|id| id.parse().map_err(wrong)).collect()
}

impl NewPost {
    /// When it is to be published, if not now.
    pub fn scheduled_at(&self) -> Option<&str> {
        self.scheduled_at.as_deref().filter(|at| !at.is_empty())
    }

    /// A draft, or what is wrong with it.
    pub fn draft(self, client: &Client, request: &HttpRequest) -> Result<StatusDraft> {
        if self.local_only == Some(true) {
            return Err(Error::invalid("local_only", "is not possible on this server yet"));
        }
        let visibility = match self.visibility.as_deref().filter(|text| !text.is_empty()) {
            Some(text) => Some(
                Visibility::parse(text)
                    .ok_or_else(|| Error::invalid("visibility", "must be public, unlisted, private or direct"))?,
            ),
            None => None,
        };
        let kind = self.pollen.kind()?;
        let markdown = markdown(self.content_type.as_deref())?.unwrap_or(false);
        let in_reply_to = match self.in_reply_to_id.as_deref().filter(|id| !id.is_empty()) {
            Some(id) => Some(id_in(id)?),
            None => None,
        };
        let quoted = self.quoted_status_id.as_deref().filter(|id| !id.is_empty()).map(id_in).transpose()?;
        let media = media_ids(&self.media_ids)?;
        let key = request.headers().get("idempotency-key").and_then(|value| value.to_str().ok());
        if key.is_some_and(|key| key.len() > 255) {
            return Err(Error::invalid("Idempotency-Key", "can have at most 255 characters"));
        }
        Ok(StatusDraft {
            text: self.status.unwrap_or_default(),
            markdown,
            spoiler_text: self.spoiler_text.unwrap_or_default(),
            sensitive: self.sensitive,
            language: self.language.filter(|language| !language.is_empty()),
            visibility,
            in_reply_to,
            quoted,
            quote_policy: quotes::choice(self.quote_approval_policy.as_deref())?,
            media,
            poll: self.poll.draft()?,
            kind,
            application_id: Some(client.application_id),
            idempotency_key: key.filter(|key| !key.is_empty()).map(str::to_owned),
        })
    }
}

/// POST /api/v1/statuses, at once; `scheduled::api` asks first whether it is for later.
pub async fn create(app: web::Data<App>, client: Client, request: HttpRequest, post: Params<NewPost>) -> Answer {
    let id = client.require("write:statuses")?;
    let draft = post.0.draft(&client, &request)?;
    publish(&app, id, draft).await
}

/// Publishes what a client sent.
pub async fn publish(app: &App, me: AccountId, draft: StatusDraft) -> Answer {
    let author = account_of(app, me).await?;
    let words = ops::words(&draft.text, &draft.spoiler_text);
    let direct = draft.visibility == Some(Visibility::Direct);
    let mentioned = object::resolve_mentions(app, words, draft.markdown, direct).await?;
    let status = ops::publish(app, &author, draft, mentioned).await?;
    accounts::view::invalidate(app, author.id);
    answer(app, Viewer::account(me), &status).await
}

/// GET /api/v1/statuses/{id}
pub async fn show(app: web::Data<App>, client: MaybeClient, path: web::Path<String>) -> Answer {
    let viewer = client.viewer("read:statuses");
    let mut conn = app.db.get().await?;
    let status = store::find_visible(&mut conn, viewer, id_in(&path)?).await?.ok_or(NOT_FOUND)?;
    Ok(written(view::load_one(&app, &mut conn, viewer, &status).await?))
}

#[derive(Deserialize)]
pub struct Ids {
    #[serde(default, deserialize_with = "lenient::list")]
    id: Vec<String>,
}

/// GET /api/v1/statuses?id[]=
pub async fn show_many(app: web::Data<App>, client: MaybeClient, ids: Params<Ids>) -> Answer {
    let viewer = client.viewer("read:statuses");
    let ids: Vec<StatusId> = ids.0.id.iter().filter_map(|id| id.parse().ok()).take(40).collect();
    let mut conn = app.db.get().await?;
    let statuses = store::list_statuses(&mut conn, &ids).await?;
    let rows: Vec<super::PageRow> = ids
        .iter()
        .filter_map(|id| statuses.iter().find(|status| status.id == *id))
        .map(|status| super::PageRow { id: status.id, reblog_of_id: status.reblog_of_id })
        .collect();
    let found = view::load_many(&app, &mut conn, viewer, &rows).await?;
    let texts: Vec<String> = found.into_iter().map(|(_, json)| json).collect();
    Ok(written(view::array(&texts)))
}

#[derive(Deserialize)]
pub struct Deletion {
    #[serde(default, deserialize_with = "lenient::boolean")]
    delete_media: Option<bool>,
}

/// DELETE /api/v1/statuses/{id}: returns what was written, for delete and redraft. Its files can be attached again for a day,
/// under other addresses, unless they are to go at once.
pub async fn delete(app: web::Data<App>, client: Client, path: web::Path<String>, how: Params<Deletion>) -> Answer {
    let id = client.require("write:statuses")?;
    let status_id = id_in(&path)?;
    let author = account_of(&app, id).await?;
    let before = {
        let mut conn = app.db.get().await?;
        let status = store::find_status(&mut conn, status_id).await?.filter(|status| status.account_id == id);
        // One's own boost of a post that one does not see any more is one's own all the same.
        view::load_or_withhold(&app, &mut conn, Viewer::account(id), &status.ok_or(NOT_FOUND)?).await?
    };
    let kept = how.0.delete_media != Some(true);
    let (status, media) = ops::delete(&app, &author, status_id, kept).await?;
    accounts::view::invalidate(&app, author.id);
    let mut entity: Value = serde_json::from_str(&before).map_err(Error::internal)?;
    if let Some(entity) = entity.as_object_mut() {
        entity.insert("text".into(), status.text.into());
        let mut conn = app.db.get().await?;
        let media = media::view::load_some(&mut conn, &media).await?;
        let media: Vec<Value> = media.iter().map(|shown| media::entity::attachment(shown, &app.origin)).collect();
        entity.insert("media_attachments".into(), media.into());
    }
    Ok(ok(&entity))
}

/// GET /api/v1/statuses/{id}/context
pub async fn context(app: web::Data<App>, client: MaybeClient, path: web::Path<String>) -> Answer {
    let viewer = client.viewer("read:statuses");
    let mut conn = app.db.get().await?;
    let status = store::find_visible(&mut conn, viewer, id_in(&path)?).await?.ok_or(NOT_FOUND)?;
    let (ancestors, descendants) = view::load_context(&app, &mut conn, viewer, &status).await?;
    drop(conn);
    // Strangers make us ask nobody.
    if viewer.0.is_some() {
        ops::ask_anew(&app, &status).await?;
    }
    let (ancestors, descendants) = (view::array(&ancestors), view::array(&descendants));
    Ok(written(format!("{{\"ancestors\":{ancestors},\"descendants\":{descendants}}}")))
}

/// POST /api/v1/statuses/{id}/mute
pub async fn mute(app: web::Data<App>, client: Client, path: web::Path<String>) -> Answer {
    let id = client.require("write:mutes")?;
    let status = ops::mute_thread(&app, &account_of(&app, id).await?, id_in(&path)?, true).await?;
    answer(&app, Viewer::account(id), &status).await
}

/// POST /api/v1/statuses/{id}/unmute
pub async fn unmute(app: web::Data<App>, client: Client, path: web::Path<String>) -> Answer {
    let id = client.require("write:mutes")?;
    let status = ops::mute_thread(&app, &account_of(&app, id).await?, id_in(&path)?, false).await?;
    answer(&app, Viewer::account(id), &status).await
}

/// POST /api/v1/statuses/{id}/favourite
pub async fn favourite(app: web::Data<App>, client: Client, path: web::Path<String>) -> Answer {
    let id = client.require("write:favourites")?;
    let status = ops::favourite(&app, &account_of(&app, id).await?, id_in(&path)?).await?;
    answer(&app, Viewer::account(id), &status).await
}

/// POST /api/v1/statuses/{id}/unfavourite
pub async fn unfavourite(app: web::Data<App>, client: Client, path: web::Path<String>) -> Answer {
    let id = client.require("write:favourites")?;
    let status = ops::unfavourite(&app, &account_of(&app, id).await?, id_in(&path)?).await?;
    answer_taken_back(&app, id, &status).await
}

#[derive(Deserialize)]
pub struct Reblog {
    #[serde(default, deserialize_with = "lenient::text")]
    visibility: Option<String>,
}

/// POST /api/v1/statuses/{id}/reblog
pub async fn reblog(app: web::Data<App>, client: Client, path: web::Path<String>, body: Params<Reblog>) -> Answer {
    let id = client.require("write:statuses")?;
    let visibility = match body.0.visibility.as_deref().filter(|text| !text.is_empty()) {
        Some(text) => Some(
            Visibility::parse(text)
                .ok_or_else(|| Error::invalid("visibility", "must be public, unlisted or private"))?,
        ),
        None => None,
    };
    let boost = ops::reblog(&app, &account_of(&app, id).await?, id_in(&path)?, visibility).await?;
    answer(&app, Viewer::account(id), &boost).await
}

/// POST /api/v1/statuses/{id}/unreblog
pub async fn unreblog(app: web::Data<App>, client: Client, path: web::Path<String>) -> Answer {
    let id = client.require("write:statuses")?;
    let status = ops::unreblog(&app, &account_of(&app, id).await?, id_in(&path)?).await?;
    answer_taken_back(&app, id, &status).await
}

/// GET /api/v1/statuses/{id}/favourited_by: the author sees whom they helped; others see themselves (AUDIENCE rule 8). Paged by the
/// ids of the favourites.
pub async fn favourited_by(
    app: web::Data<App>,
    client: MaybeClient,
    path: web::Path<String>,
    query: web::Query<PageQuery>,
) -> Answer {
    interacted(&app, client, &path, &query, store::Interaction::Favourite).await
}

/// GET /api/v1/statuses/{id}/reblogged_by: as above, paged by the ids of the boosts.
pub async fn reblogged_by(
    app: web::Data<App>,
    client: MaybeClient,
    path: web::Path<String>,
    query: web::Query<PageQuery>,
) -> Answer {
    interacted(&app, client, &path, &query, store::Interaction::Reblog).await
}

async fn interacted(
    app: &App,
    client: MaybeClient,
    path: &str,
    query: &PageQuery,
    interaction: store::Interaction,
) -> Answer {
    let (viewer, page) = (client.viewer("read:accounts"), query.page(40, 80));
    let mut conn = app.db.get().await?;
    let status = store::find_visible(&mut conn, viewer, id_in(path)?).await?.ok_or(NOT_FOUND)?;
    let own = viewer.0 != Some(status.account_id) && !app.config.culture.show_counts;
    let found = store::list_interacted(&mut conn, viewer, status.id, interaction, own, page).await?;
    let ids: Vec<AccountId> = found.iter().map(|one| one.account_id).collect();
    let written = accounts::view::load_many(app, &mut conn, viewer, &ids).await?;
    let name = match interaction {
        store::Interaction::Favourite => "favourited_by",
        store::Interaction::Reblog => "reblogged_by",
    };
    let url = format!("{}/api/v1/statuses/{}/{name}", app.origin, status.id);
    Ok(answer_page(view::array(&written), &url, found.iter().map(|one| one.id), page.limit))
}
