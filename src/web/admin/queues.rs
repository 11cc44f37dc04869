//! /admin/queues: jobs that were set aside, and what waits for other servers.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::{Admin, NOT_FOUND, Sent};
use crate::base::Result;
use crate::base::id::JobId;
use crate::base::text::strip_markup_to_text_line;
use crate::edge::params::{Form, lenient};
use crate::federation::store::Waiting;
use crate::jobs::store::FailedJob;
use crate::moderation::ops;
use crate::web::frame::Frame;
use crate::web::settings::{Menu, saved};
use crate::web::texts::Texts;
use crate::{federation, jobs};

const PATH: &str = "/admin/queues";

/// Hosts, and jobs, on a page.
const MOST: u16 = 50;

/// How many hosts and jobs come before those that are shown.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Further {
    #[serde(deserialize_with = "lenient::number")]
    hosts: Option<i64>,
    #[serde(deserialize_with = "lenient::number")]
    jobs: Option<i64>,
}

/// Characters of what somebody said that are shown.
const SHOWN: usize = 300;

struct Job {
    id: JobId,
    kind: String,
    when: String,
    error: String,
}

struct Host {
    name: String,
    waiting: String,
    since: String,
    state: String,
    error: String,
}

#[derive(Template)]
#[template(path = "admin/queues.html")]
struct QueuesPage {
    frame: Frame,
    menu: Menu,
    jobs: Vec<Job>,
    more_jobs: Option<usize>,
    hosts: Vec<Host>,
    more_hosts: Option<usize>,
}

fn job_of(t: &Texts, job: FailedJob) -> Job {
    Job {
        id: job.id,
        kind: job.kind,
        when: t.moment(job.failed_at.unwrap_or(job.created_at)),
        error: strip_markup_to_text_line(job.last_error.as_deref().unwrap_or_default(), SHOWN),
    }
}

fn host_of(t: &Texts, row: Waiting) -> Host {
    let state = match (row.failing_since, row.next_attempt_at) {
        (Some(since), Some(next)) => {
            format!(
                "{} {}",
                t.with("admin-host-fails", "since", t.moment(since)),
                t.with("admin-host-next", "when", t.moment(next))
            )
        }
        (Some(since), None) => t.with("admin-host-fails", "since", t.moment(since)),
        (None, _) if row.set_aside > 0 => t.count("admin-host-refused", &row.set_aside),
        (None, _) => t.say("admin-host-sending"),
    };
    Host {
        name: row.host,
        waiting: t.count("admin-host-waiting", &row.deliveries),
        since: t.moment(row.oldest),
        state,
        error: strip_markup_to_text_line(row.error.as_deref().unwrap_or_default(), SHOWN),
    }
}

/// GET /admin/queues
pub async fn show(staff: Admin, request: HttpRequest, further: web::Query<Further>) -> Result<HttpResponse> {
    let (app, t) = (&staff.visitor.app, staff.texts());
    let (before_jobs, before_hosts) = (further.jobs.unwrap_or(0).max(0), further.hosts.unwrap_or(0).max(0));
    let mut conn = app.db.get().await?;
    let mut failed = jobs::store::list_failed_jobs(&mut conn, before_jobs, i64::from(MOST) + 1).await?;
    let mut waiting = federation::store::list_waiting(&mut conn, None).await?;
    drop(conn);
    let most = usize::from(MOST);
    let before_hosts = usize::try_from(before_hosts).unwrap_or(usize::MAX).min(waiting.len());
    waiting.drain(..before_hosts);
    let more_hosts = (waiting.len() > most).then(|| before_hosts.saturating_add(most));
    waiting.truncate(most);
    let before_jobs = usize::try_from(before_jobs).unwrap_or(usize::MAX);
    let more_jobs = (failed.len() > most).then(|| before_jobs.saturating_add(most));
    failed.truncate(most);
    let page = QueuesPage {
        frame: Frame::new(&staff.visitor, t.say("admin-queues")),
        menu: staff.menu(PATH, &request),
        jobs: failed.into_iter().map(|job| job_of(t, job)).collect(),
        more_jobs,
        hosts: waiting.into_iter().map(|row| host_of(t, row)).collect(),
        more_hosts,
    };
    staff.visitor.page(StatusCode::OK, &page)
}

/// POST /admin/queues/jobs/{id}: retry or forget.
pub async fn job(
    staff: Admin,
    request: HttpRequest,
    id: web::Path<String>,
    Form(form): Form<Sent>,
) -> Result<HttpResponse> {
    staff.visitor.require_own_form(&request, &form.token)?;
    let (app, id) = (&staff.visitor.app, id.parse().map_err(|_| NOT_FOUND)?);
    match form.act.as_str() {
        "retry" => ops::retry_job(app, &staff.by, id).await?,
        "forget" => ops::forget_job(app, &staff.by, id).await?,
        _ => return Err(NOT_FOUND),
    }
    Ok(saved(PATH))
}

/// POST /admin/queues/hosts: retry or forget what waits for one.
pub async fn host(staff: Admin, request: HttpRequest, Form(form): Form<Sent>) -> Result<HttpResponse> {
    staff.visitor.require_own_form(&request, &form.token)?;
    let app = &staff.visitor.app;
    match form.act.as_str() {
        "retry" => ops::retry_deliveries(app, &staff.by, &form.what).await?,
        "forget" => ops::forget_deliveries(app, &staff.by, &form.what).await?,
        _ => return Err(NOT_FOUND),
    };
    Ok(saved(PATH))
}
