//! Posts that wait for their time: when they go out, another time, none at all.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::base::id::ScheduledStatusId;
use crate::base::visibility::Visibility;
use crate::base::{Error, Result};
use crate::edge::params::Form;
use crate::scheduled::{MOST_IN_ALL, ScheduledStatus, ops, store};
use crate::statuses::StatusDraft;
use crate::web::frame::Frame;
use crate::web::texts::Texts;
use crate::web::visitor::Visitor;

/// Posts on a page.
const POSTS: i64 = 20;

/// A post that waits.
struct Waiting {
    id: ScheduledStatusId,
    text: String,
    warning: String,
    /// Who will see it, and what comes with it, in words.
    facts: Vec<String>,
    answers: Vec<String>,
    time: String,
    time_iso: String,
    /// Its time has come, and it is still here.
    late: bool,
    /// For the field with its time.
    at: String,
    why: Option<String>,
}

impl Waiting {
    fn new(t: &Texts, row: &ScheduledStatus, now: DateTime<Utc>) -> Result<Self> {
        let draft = ops::draft_of(row)?;
        Ok(Self {
            id: row.id,
            facts: facts(t, &draft),
            text: draft.text,
            warning: draft.spoiler_text,
            answers: draft.poll.map(|poll| poll.options).unwrap_or_default(),
            time: t.moment(row.scheduled_at),
            time_iso: row.scheduled_at.to_rfc3339(),
            late: row.scheduled_at < now,
            at: t.local(row.scheduled_at),
            why: None,
        })
    }
}

fn facts(t: &Texts, draft: &StatusDraft) -> Vec<String> {
    let audience = draft.visibility.map(|visibility| match visibility {
        Visibility::Public => t.say("compose-to-public"),
        Visibility::Unlisted => t.say("compose-to-unlisted"),
        Visibility::Private => t.say("compose-to-followers"),
        Visibility::Direct => t.say("compose-to-direct"),
    });
    let files = i64::try_from(draft.media.len()).unwrap_or_default();
    let facts = [
        audience,
        draft.in_reply_to.map(|_| t.say("scheduled-answers")),
        draft.quoted.map(|_| t.say("scheduled-quotes")),
        (files > 0).then(|| t.count("scheduled-files", &files)),
    ];
    facts.into_iter().flatten().collect()
}

#[derive(Template)]
#[template(path = "app/scheduled.html")]
struct ScheduledPage {
    frame: Frame,
    waiting: Vec<Waiting>,
    zone: String,
    /// What cannot be done, and at which post.
    wrong: Option<(ScheduledStatusId, String)>,
    later: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Query {
    skip: Option<String>,
}

/// A time that cannot be taken, as it was typed.
struct Refused {
    id: ScheduledStatusId,
    at: String,
    why: String,
}

/// GET /scheduled: in the order in which they go out.
pub async fn list(visitor: Visitor, query: web::Query<Query>) -> Result<HttpResponse> {
    let skip = query.skip.as_deref().and_then(|skip| skip.parse().ok()).unwrap_or(0);
    page(&visitor, skip, None).await
}

async fn page(visitor: &Visitor, skip: i64, refused: Option<Refused>) -> Result<HttpResponse> {
    let (app, t, me) = (&visitor.app, &visitor.texts, visitor.me()?);
    let skip = skip.clamp(0, MOST_IN_ALL);
    let mut conn = app.db.get().await?;
    let mut rows = store::list_by_time(&mut conn, me.id, skip, POSTS + 1).await?;
    let more = rows.len() > 20;
    rows.truncate(20);
    if let Some(refused) = &refused
        && rows.iter().all(|row| row.id != refused.id)
    {
        // It stands on another page.
        rows.insert(0, ops::find_own(&mut conn, me.id, refused.id).await?);
    }
    drop(conn);
    let mut waiting = rows.iter().map(|row| Waiting::new(t, row, app.now())).collect::<Result<Vec<_>>>()?;
    let code = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let mut wrong = None;
    if let Some(refused) = refused {
        if let Some(one) = waiting.iter_mut().find(|one| one.id == refused.id) {
            (one.at, one.why) = (refused.at, Some(refused.why.clone()));
        }
        wrong = Some((refused.id, refused.why));
    }
    let page = ScheduledPage {
        frame: Frame::new(visitor, t.say("scheduled-title")),
        waiting,
        zone: t.zone(),
        wrong,
        later: more.then(|| format!("/scheduled?skip={}", skip + POSTS)),
    };
    visitor.page(code, &page)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Change {
    token: String,
    /// In the reader's zone.
    at: String,
}

fn id_in(path: &str) -> Result<ScheduledStatusId> {
    path.parse().map_err(|_| Error::NotFound("Page"))
}

/// POST /scheduled/ID: another time.
pub async fn put_off(
    visitor: Visitor,
    request: HttpRequest,
    path: web::Path<String>,
    Form(form): Form<Change>,
) -> Result<HttpResponse> {
    visitor.require_own_form(&request, &form.token)?;
    let (app, me, id) = (&visitor.app, visitor.me()?, id_in(&path)?);
    let done = match visitor.texts.moment_in(&form.at) {
        Some(at) => ops::reschedule(app, me.id, id, at).await.map(drop),
        None => Err(Error::invalid("scheduled_at", "must be a day and a time")),
    };
    match done {
        Ok(()) => Ok(crate::web::see_other("/scheduled")),
        Err(Error::Invalid { why, .. }) => {
            page(&visitor, 0, Some(Refused { id, at: form.at, why: visitor.texts.why(&why) })).await
        }
        Err(error) => Err(error),
    }
}

/// POST /scheduled/ID/cancel.
pub async fn cancel(
    visitor: Visitor,
    request: HttpRequest,
    path: web::Path<String>,
    Form(form): Form<Change>,
) -> Result<HttpResponse> {
    visitor.require_own_form(&request, &form.token)?;
    ops::cancel(&visitor.app, visitor.me()?.id, id_in(&path)?).await?;
    Ok(crate::web::see_other("/scheduled"))
}
