//! All SQL about reports.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::base::id::{AccountId, ReportId};
use crate::base::page::Page;
use crate::db::Conn;
use crate::db::schema::{report_notes, reports};
use crate::moderation::{Report, ReportNote};

/// Inserts a report; `false` when one with this `uri` is already there.
pub async fn insert_report(conn: &mut Conn, report: &Report) -> QueryResult<bool> {
    Ok(diesel::insert_into(reports::table).values(report).on_conflict_do_nothing().execute(conn).await? == 1)
}

pub async fn find_report(conn: &mut Conn, id: ReportId) -> QueryResult<Option<Report>> {
    reports::table.find(id).select(Report::as_select()).first(conn).await.optional()
}

/// As [`find_report`], locked until the end of the transaction.
pub async fn find_report_for_update(conn: &mut Conn, id: ReportId) -> QueryResult<Option<Report>> {
    reports::table.find(id).select(Report::as_select()).for_update().first(conn).await.optional()
}

/// How many reports an account made with ids from this one on; at most `most` are counted.
pub async fn count_reports_by(conn: &mut Conn, by: AccountId, from: ReportId, most: i64) -> QueryResult<usize> {
    let some: Vec<ReportId> = reports::table
        .filter(reports::account_id.eq(by))
        .filter(reports::id.ge(from))
        .limit(most)
        .select(reports::id)
        .load(conn)
        .await?;
    Ok(some.len())
}

/// Which reports are asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct ReportFilter {
    pub resolved: bool,
    pub by: Option<AccountId>,
    pub about: Option<AccountId>,
}

/// A page of reports, newest first.
pub async fn list_reports(conn: &mut Conn, filter: ReportFilter, page: Page) -> QueryResult<Vec<Report>> {
    let mut query = reports::table
        .filter(reports::id.lt(ReportId(page.below)))
        .filter(reports::id.gt(ReportId(page.above)))
        .limit(page.limit)
        .select(Report::as_select())
        .into_boxed();
    query = if filter.resolved {
        query.filter(reports::action_taken_at.is_not_null())
    } else {
        query.filter(reports::action_taken_at.is_null())
    };
    if let Some(by) = filter.by {
        query = query.filter(reports::account_id.eq(by));
    }
    if let Some(about) = filter.about {
        query = query.filter(reports::target_account_id.eq(about));
    }
    query = if page.upwards { query.order(reports::id.asc()) } else { query.order(reports::id.desc()) };
    let found: Vec<Report> = query.load(conn).await?;
    Ok(page.newest_first(found))
}

/// Saves what moderators change of a report.
pub async fn update_report(conn: &mut Conn, report: &Report) -> QueryResult<usize> {
    diesel::update(reports::table.find(report.id))
        .set((
            reports::category.eq(&report.category),
            reports::rule_ids.eq(&report.rule_ids),
            reports::assigned_account_id.eq(report.assigned_account_id),
            reports::action_taken_at.eq(report.action_taken_at),
            reports::action_taken_by_account_id.eq(report.action_taken_by_account_id),
            reports::updated_at.eq(report.updated_at),
        ))
        .execute(conn)
        .await
}

/// Resolves all open reports about an account. Returns how many those were.
pub async fn close_reports_about(
    conn: &mut Conn,
    about: AccountId,
    by: AccountId,
    now: DateTime<Utc>,
) -> QueryResult<usize> {
    diesel::update(
        reports::table.filter(reports::target_account_id.eq(about)).filter(reports::action_taken_at.is_null()),
    )
    .set((reports::action_taken_at.eq(now), reports::action_taken_by_account_id.eq(by), reports::updated_at.eq(now)))
    .execute(conn)
    .await
}

/// The server of whoever is reported is told.
pub async fn set_forwarded(conn: &mut Conn, id: ReportId, now: DateTime<Utc>) -> QueryResult<usize> {
    diesel::update(reports::table.find(id))
        .set((reports::forwarded.eq(true), reports::updated_at.eq(now)))
        .execute(conn)
        .await
}

pub async fn insert_note(conn: &mut Conn, note: &ReportNote) -> QueryResult<usize> {
    diesel::insert_into(report_notes::table).values(note).execute(conn).await
}

/// What moderators wrote beside a report, the oldest first.
pub async fn list_notes(conn: &mut Conn, report: ReportId, limit: i64) -> QueryResult<Vec<ReportNote>> {
    report_notes::table
        .filter(report_notes::report_id.eq(report))
        .order(report_notes::id)
        .limit(limit)
        .select(ReportNote::as_select())
        .load(conn)
        .await
}
