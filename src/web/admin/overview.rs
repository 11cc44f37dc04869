//! /admin: what waits for somebody. /admin/storage: how much lies where.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::accounts::{Row, rows};
use super::appeals::{AppealRow, appeal_rows};
use super::reports::{ReportRow, report_rows};
use super::{Admin, Staffer};
use crate::base::Result;
use crate::base::page::Page;
use crate::moderation::store::{self, AccountFilter, ReportFilter, State};
use crate::web::frame::Frame;
use crate::web::settings::Menu;
use crate::{federation, jobs, media};

/// Of each that waits, so many are shown.
const SHOWN: i64 = 5;

#[derive(Template)]
#[template(path = "admin/overview.html")]
struct OverviewPage {
    frame: Frame,
    menu: Menu,
    reports: Vec<ReportRow>,
    appeals: Vec<AppealRow>,
    pending: Vec<Row>,
    /// In words; empty when nothing waits.
    failed: String,
    failing: String,
    admin: bool,
}

/// GET /admin
pub async fn show(staff: Staffer, request: HttpRequest) -> Result<HttpResponse> {
    let (app, t) = (&staff.visitor.app, staff.texts());
    let first = Page { below: i64::MAX, above: 0, upwards: false, limit: SHOWN };
    let mut conn = app.db.get().await?;
    let reports = store::list_reports(&mut conn, ReportFilter::default(), first).await?;
    let reports = report_rows(app, &mut conn, t, &reports).await?;
    let appeals = appeal_rows(app, &mut conn, t, SHOWN).await?;
    let waiting = AccountFilter { local: Some(true), state: Some(State::Pending), ..AccountFilter::default() };
    let ids = store::list_accounts(&mut conn, &waiting, first).await?;
    let pending = rows(app, &mut conn, t, &ids).await?;
    let (_, failed) = jobs::store::count_jobs(&mut conn).await?;
    let (_, failing) = federation::store::count_deliveries(&mut conn).await?;
    drop(conn);
    let page = OverviewPage {
        frame: Frame::new(&staff.visitor, t.say("admin-overview")),
        menu: staff.menu("/admin", &request),
        reports,
        appeals,
        pending,
        failed: if failed > 0 { t.count("admin-overview-failed", &failed) } else { String::new() },
        failing: if failing > 0 { t.count("admin-overview-failing", &failing) } else { String::new() },
        admin: staff.is_admin(),
    };
    staff.visitor.page(StatusCode::OK, &page)
}

#[derive(Template)]
#[template(path = "admin/storage.html")]
struct StoragePage {
    frame: Frame,
    menu: Menu,
    /// What it is, and how much, in words.
    lines: Vec<(String, String)>,
    cache: String,
}

/// GET /admin/storage
pub async fn storage(staff: Admin, request: HttpRequest) -> Result<HttpResponse> {
    let (app, t) = (&staff.visitor.app, staff.texts());
    let usage = media::store::count_usage(&mut *app.db.get().await?).await?;
    let of = |copies: bool| usage.iter().find(|usage| usage.copies == copies).copied().unwrap_or_default();
    let line = |label: String, copies: bool| {
        let usage = of(copies);
        (label, format!("{} ({})", t.bytes(usage.bytes), t.count("admin-storage-files", &usage.files)))
    };
    let most = i64::try_from(app.config.media.remote_cache_bytes).unwrap_or(i64::MAX);
    let page = StoragePage {
        frame: Frame::new(&staff.visitor, t.say("admin-storage")),
        menu: staff.menu("/admin/storage", &request),
        lines: vec![line(t.say("admin-storage-ours"), false), line(t.say("admin-storage-copies"), true)],
        cache: t.with("admin-storage-cache", "most", t.bytes(most)),
    };
    staff.visitor.page(StatusCode::OK, &page)
}
