//! Changing what one wrote, and taking it back.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::acts::id_in;
use super::compose::form::{self, Fields, Form, MOST_FILES, Wrong};
use super::compose::{ended, files, kind, read, wrong_of};
use crate::accounts::{self, Account};
use crate::base::id::StatusId;
use crate::base::visibility::Audience;
use crate::base::{Error, Result};
use crate::edge::params;
use crate::media;
use crate::polls::{self, Poll, PollChange, PollDraft};
use crate::statuses::{self, Status, StatusChange, object, ops};
use crate::web::frame::Frame;
use crate::web::profile;
use crate::web::texts::Texts;
use crate::web::view::{self, PostView, page_of};
use crate::web::visitor::Visitor;

#[derive(Template)]
#[template(path = "app/compose.html")]
struct EditPage {
    frame: Frame,
    write: Form,
}

/// One's own post; of others there is no such page.
async fn find_own(visitor: &Visitor, me: &Account, id: StatusId) -> Result<Status> {
    let mut conn = visitor.app.db.get().await?;
    let found = statuses::store::find_status(&mut conn, id).await?;
    let own = found.filter(|status| status.account_id == me.id && status.reblog_of_id.is_none());
    own.ok_or(Error::NotFound("Post"))
}

async fn find(visitor: &Visitor, path: &(String, String)) -> Result<(Account, Status)> {
    let me = visitor.me()?.clone();
    let named = profile::find(&visitor.app, &path.0).await?;
    if named.id != me.id {
        return Err(Error::NotFound("Post"));
    }
    let status = find_own(visitor, &me, id_in(&path.1)?).await?;
    Ok((me, status))
}

/// GET /@NAME/ID/edit.
pub async fn write(visitor: Visitor, path: web::Path<(String, String)>) -> Result<HttpResponse> {
    let (_, status) = find(&visitor, &path).await?;
    let (files, poll) = {
        let mut conn = visitor.app.db.get().await?;
        let files = media::view::load(&mut conn, &[status.id]).await?.remove(&status.id).unwrap_or_default();
        (files, polls::store::list_of_statuses(&mut conn, &[status.id]).await?.pop())
    };
    let fields = Fields {
        text: status.text.clone(),
        warning: status.spoiler_text.clone(),
        kind: status.kind().name().to_owned(),
        language: status.language.clone().unwrap_or_default(),
        markdown: Some(status.content_type == "text/markdown"),
        media: files.iter().map(|shown| shown.attachment.id.to_string()).collect(),
        media_alt: files.iter().map(|shown| shown.attachment.description.clone()).collect(),
        quotes: status.quote_policy().choice().as_str().to_owned(),
        poll_multiple: poll.as_ref().map(|poll| poll.multiple),
        poll_hidden: poll.as_ref().map(|poll| poll.hide_totals),
        poll: poll.map(|poll| poll.options).unwrap_or_default(),
        ..Fields::default()
    };
    page(&visitor, &status, fields, None, false).await
}

async fn page(
    visitor: &Visitor,
    status: &Status,
    fields: Fields,
    wrong: Option<Wrong>,
    again: bool,
) -> Result<HttpResponse> {
    let (app, t) = (&visitor.app, &visitor.texts);
    let me = visitor.me()?;
    let mut conn = app.db.get().await?;
    let mut posts = view::load(app, &mut conn, t, visitor.viewer(), &[status.id]).await?;
    let poll = polls::store::list_of_statuses(&mut conn, &[status.id]).await?.pop();
    drop(conn);
    let shown = posts.pop().ok_or(Error::NotFound("Post"))?;
    let attached = files::attached(app, me, &fields).await?;
    let code = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let write = Form {
        action: format!("{}/{}/edit", page_of(me), status.id),
        draft: draft_name(me, status.id),
        audience: Some(shown.audience),
        quoters: form::quoters(t, status.audience(), &fields.quotes, status.quote_policy().choice().as_str()),
        kinds: form::kinds(t, &fields.kind),
        languages: form::languages(t, &fields.language),
        poll_lengths: match &poll {
            Some(poll) => form::poll_ends(t, end_in_words(t, poll, app.now()), &fields.poll_seconds),
            None => form::poll_lengths(t, &fields.poll_seconds),
        },
        // Files do not join a poll.
        rooms: if shown.poll.is_some() { Vec::new() } else { (attached.len()..MOST_FILES).collect() },
        attached,
        most: app.config.posts.characters,
        edits: true,
        again,
        wrong,
        fields,
        ..Form::default()
    };
    visitor.page(code, &EditPage { frame: Frame::new(visitor, t.say("compose-edit-title")), write })
}

fn draft_name(me: &Account, id: StatusId) -> String {
    form::draft_name(me, &[("edit", &id.to_string())])
}

/// POST /@NAME/ID/edit.
pub async fn submit(
    visitor: Visitor,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    payload: web::Payload,
) -> Result<HttpResponse> {
    if visitor.account().is_none() {
        return ended::page(visitor, &request, payload, Some(request.path())).await;
    }
    let (me, status) = find(&visitor, &path).await?;
    let (mut fields, uploads) = read(&visitor, &request, payload).await?;
    if !visitor.is_own_form(&request, &fields.token) {
        let why = visitor.texts.say("form-expired");
        return page(&visitor, &status, fields, Some(Wrong { field: "text", why }), true).await;
    }
    let wrong = files::take(&visitor, &me, &mut fields, uploads).await?;
    let wrong = wrong.or_else(|| files::undescribed(&visitor.texts, &fields));
    if wrong.is_some() {
        return page(&visitor, &status, fields, wrong, true).await;
    }
    match change(&visitor, &me, &status, &fields).await {
        Ok(()) => visitor.draft_sent(&format!("{}/{}", page_of(&me), status.id), &draft_name(&me, status.id)),
        Err(error) => {
            let wrong = wrong_of(&visitor, error)?;
            page(&visitor, &status, fields, Some(wrong), true).await
        }
    }
}

fn end_in_words(t: &Texts, poll: &Poll, now: DateTime<Utc>) -> String {
    match poll.expires_at {
        Some(_) if poll.is_over(now) => t.say("compose-poll-ended"),
        Some(at) => t.with("compose-poll-until", "when", t.moment(at)),
        None => t.say("compose-poll-open"),
    }
}

/// What becomes of the poll by what was typed.
fn poll_change(known: Option<&Poll>, fields: &Fields, now: DateTime<Utc>) -> Result<PollChange> {
    let (options, multiple) = (fields.answers(), fields.poll_multiple == Some(true));
    let hide_totals = fields.poll_hidden == Some(true);
    let Some(known) = known else {
        let new = PollDraft { options, expires_in: fields.poll_length(), multiple, hide_totals };
        return Ok(if new.options.is_empty() { PollChange::Keep } else { PollChange::To(new) });
    };
    let stays = fields.poll_seconds == form::AS_IT_IS;
    let same = known.options == options && known.multiple == multiple && known.hide_totals == hide_totals;
    // A form without these fields says nothing of it.
    if fields.poll.is_empty() || stays && same {
        return Ok(PollChange::Keep);
    }
    if options.is_empty() {
        return Ok(PollChange::Remove);
    }
    let left = known.expires_at.map_or(0, |at| (at - now).num_seconds());
    if stays && left < polls::LEAST_SECONDS {
        return Err(Error::invalid(
            "poll[expires_in]",
            "is over, or nearly: say for how long it is open once it is changed",
        ));
    }
    let expires_in = if stays { left } else { fields.poll_length() };
    Ok(PollChange::To(PollDraft { options, expires_in, multiple, hide_totals }))
}

async fn change(visitor: &Visitor, me: &Account, status: &Status, fields: &Fields) -> Result<()> {
    let poll = polls::store::list_of_statuses(&mut *visitor.app.db.get().await?, &[status.id]).await?.pop();
    let change = StatusChange {
        text: fields.text.replace("\r\n", "\n"),
        markdown: Some(fields.markdown == Some(true)),
        sensitive: Some(status.sensitive && status.spoiler_text.is_empty()).filter(|kept| *kept),
        language: Some(fields.language.clone()).filter(|language| !language.is_empty()),
        kind: kind(fields)?,
        spoiler_text: fields.warning.trim().to_owned(),
        media: files::ids(fields),
        details: files::said(fields),
        poll: poll_change(poll.as_ref(), fields, visitor.app.now())?,
        quote_policy: fields.quoters()?,
    };
    let words = ops::words(&change.text, &change.spoiler_text);
    let (markdown, direct) = (change.markdown == Some(true), status.audience() == Audience::Direct);
    let mentioned = object::resolve_mentions(&visitor.app, words, markdown, direct).await?;
    ops::edit(&visitor.app, me, status.id, change, mentioned).await.map(drop)
}

#[derive(Template)]
#[template(path = "app/delete.html")]
struct DeletePage {
    frame: Frame,
    post: PostView,
}

/// GET /posts/ID/delete: asks once.
pub async fn ask_to_delete(visitor: Visitor, path: web::Path<String>) -> Result<HttpResponse> {
    let (app, me) = (&visitor.app, visitor.me()?);
    let status = find_own(&visitor, me, id_in(&path)?).await?;
    let mut conn = app.db.get().await?;
    let mut posts = view::load(app, &mut conn, &visitor.texts, visitor.viewer(), &[status.id]).await?;
    drop(conn);
    let mut post = posts.pop().ok_or(Error::NotFound("Post"))?;
    post.acts = None;
    let frame = Frame::new(&visitor, visitor.texts.say("delete-title"));
    visitor.page(StatusCode::OK, &DeletePage { frame, post })
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Deletion {
    token: String,
}

/// POST /posts/ID/delete.
pub async fn delete(
    visitor: Visitor,
    request: HttpRequest,
    path: web::Path<String>,
    params::Form(form): params::Form<Deletion>,
) -> Result<HttpResponse> {
    visitor.require_own_form(&request, &form.token)?;
    let me = visitor.me()?.clone();
    ops::delete(&visitor.app, &me, id_in(&path)?, false).await?;
    accounts::view::invalidate(&visitor.app, me.id);
    Ok(crate::web::see_other(&page_of(&me)))
}
