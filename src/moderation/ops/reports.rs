//! Reports: made here, arriving from elsewhere, worked off.

use chrono::TimeDelta;
use serde_json::json;

use super::{By, Moderator, note};
use crate::accounts::Account;
use crate::app::App;
use crate::base::id::{AccountId, CollectionId, ReportId, ReportNoteId, StatusId};
use crate::base::visibility::Viewer;
use crate::base::{Error, Result, why};
use crate::db::Conn;
use crate::federation::delivery;
use crate::moderation::{CATEGORIES, Report, ReportNote, store, wire};
use crate::{accounts, collections, notifications, relationships, statuses};

/// The most that a comment may have, in characters: Mastodon's limit.
pub const MOST_COMMENT: usize = 1000;

/// Posts that one report may name.
pub const MOST_STATUSES: usize = 100;

/// Reports by one account in an hour; more are refused, or dropped when they come from elsewhere.
const MOST_IN_AN_HOUR: i64 = 30;

/// The rank from which on somebody looks after the instance, see [`crate::accounts::User::rank`].
const ADMIN: usize = 2;

/// A report as somebody makes it.
#[derive(Clone, Debug, Default)]
pub struct NewReport {
    pub status_ids: Vec<StatusId>,
    pub collection_ids: Vec<CollectionId>,
    pub comment: String,
    pub forward: bool,
    pub category: Option<String>,
    pub rule_ids: Vec<i64>,
}

fn checked_category(category: Option<&str>, rules: &[i64]) -> Result<String> {
    let usual = if rules.is_empty() { "other" } else { "violation" };
    let category = category.filter(|category| !category.is_empty()).unwrap_or(usual);
    if !CATEGORIES.contains(&category) {
        return Err(Error::invalid("category", "must be spam, legal, violation or other"));
    }
    Ok(category.to_owned())
}

fn check_rules(app: &App, rules: &[i64]) -> Result<()> {
    let most = i64::try_from(app.settings().rules.len()).unwrap_or(i64::MAX);
    if rules.iter().any(|rule| !(1..=most).contains(rule)) {
        return Err(Error::invalid("rule_ids", "does not reference valid rules"));
    }
    Ok(())
}

/// Whether this account made as many reports lately as are taken.
async fn is_flooding(app: &App, conn: &mut Conn, by: AccountId) -> Result<bool> {
    let hour_ago = app.now() - TimeDelta::hours(1);
    let from = ReportId(hour_ago.timestamp_millis() << 16);
    let made = store::count_reports_by(conn, by, from, MOST_IN_AN_HOUR).await?;
    Ok(i64::try_from(made).is_ok_and(|made| made >= MOST_IN_AN_HOUR))
}

/// `by` (ours) reports somebody. Posts and collections must be the other's, and such as `by` may see, or might if they did not block
/// the other; of whoever blocks them they see none, as everywhere. With `forward`, the server of somebody elsewhere is told, by
/// `instance` and without saying who reported.
pub async fn report(app: &App, by: &Account, target: &Account, new: NewReport, instance: &Account) -> Result<Report> {
    if by.id == target.id {
        return Err(Error::invalid("account_id", "is your own"));
    }
    if new.comment.chars().count() > MOST_COMMENT {
        return Err(Error::invalid("comment", why!("can have at most {most} characters", most = MOST_COMMENT)));
    }
    for (field, named) in [("status_ids", new.status_ids.len()), ("collection_ids", new.collection_ids.len())] {
        if named > MOST_STATUSES {
            return Err(Error::invalid(field, why!("can be at most {most}", most = MOST_STATUSES)));
        }
    }
    check_rules(app, &new.rule_ids)?;
    let category = checked_category(new.category.as_deref(), &new.rule_ids)?;
    app.transaction(async |conn| {
        if is_flooding(app, conn, by.id).await? {
            return Err(Error::Limited { retry_after_seconds: 3600 });
        }
        let named = !new.status_ids.is_empty() || !new.collection_ids.is_empty();
        if named && relationships::store::find_block(conn, target.id, by.id).await?.is_some() {
            return Err(Error::NotFound("Record"));
        }
        let mut uris = reported_uris(conn, Viewer::account(by.id), target, &new.status_ids).await?;
        uris.extend(reported_collections(conn, target, &new.collection_ids).await?);
        let now = app.now();
        let id = ReportId(app.ids.mint(now));
        let report = Report {
            id,
            account_id: by.id,
            target_account_id: target.id,
            uri: format!("{}#reports/{id}", instance.uri),
            category,
            comment: new.comment.trim().to_owned(),
            forwarded: new.forward && !target.is_local(),
            status_ids: new.status_ids.iter().map(|id| Some(id.0)).collect(),
            rule_ids: new.rule_ids.iter().copied().map(Some).collect(),
            collection_ids: new.collection_ids.iter().map(|id| Some(id.0)).collect(),
            assigned_account_id: None,
            action_taken_at: None,
            action_taken_by_account_id: None,
            created_at: now,
            updated_at: now,
        };
        store::insert_report(conn, &report).await?;
        notifications::ops::notify_of_report(app, conn, by.id, report.id).await?;
        if report.forwarded {
            let body = wire::flag(&report.uri, instance, target, &uris, &report.comment);
            let inbox = [target.best_inbox().to_owned()];
            delivery::send(app, conn, instance.id, &report.uri, &body, &inbox).await?;
        }
        Ok(report)
    })
    .await
}

/// The ActivityPub ids of these posts, which must be the target's, and for the reporter's eyes.
async fn reported_uris(conn: &mut Conn, reporter: Viewer, target: &Account, ids: &[StatusId]) -> Result<Vec<String>> {
    let mut seen = statuses::store::list_reported(conn, reporter, ids).await?;
    seen.sort_unstable();
    if ids.iter().any(|id| seen.binary_search(id).is_err()) {
        return Err(Error::NotFound("Record"));
    }
    let found = statuses::store::list_statuses(conn, &seen).await?;
    if found.iter().any(|status| status.account_id != target.id) {
        return Err(Error::NotFound("Record"));
    }
    Ok(found.into_iter().map(|status| status.uri).collect())
}

/// The same of collections. Blocks aside, everyone sees these.
async fn reported_collections(conn: &mut Conn, target: &Account, ids: &[CollectionId]) -> Result<Vec<String>> {
    let looks: Vec<(Viewer, CollectionId)> = ids.iter().map(|id| (Viewer::ANONYMOUS, *id)).collect();
    let seen = collections::view::look(conn, &looks).await?;
    let uri = |look: &(Viewer, CollectionId)| {
        let seen = seen.get(look).filter(|seen| seen.collection.account_id == target.id);
        seen.map(|seen| seen.collection.uri.clone()).ok_or(Error::NotFound("Record"))
    };
    looks.iter().map(uri).collect()
}

/// Records a report from elsewhere about one of ours. `false` when there were too many lately, or it is here already.
pub async fn record_report(
    app: &App,
    conn: &mut Conn,
    by: &Account,
    target: &Account,
    status_ids: &[StatusId],
    uri: &str,
    comment: &str,
) -> Result<bool> {
    if is_flooding(app, conn, by.id).await? {
        return Ok(false);
    }
    let now = app.now();
    let report = Report {
        id: ReportId(app.ids.mint(now)),
        account_id: by.id,
        target_account_id: target.id,
        uri: uri.to_owned(),
        category: "other".into(),
        comment: comment.to_owned(),
        forwarded: false,
        status_ids: status_ids.iter().map(|id| Some(id.0)).collect(),
        rule_ids: Vec::new(),
        collection_ids: Vec::new(),
        assigned_account_id: None,
        action_taken_at: None,
        action_taken_by_account_id: None,
        created_at: now,
        updated_at: now,
    };
    let is_new = store::insert_report(conn, &report).await?;
    if is_new {
        notifications::ops::notify_of_report(app, conn, by.id, report.id).await?;
    }
    Ok(is_new)
}

/// What a moderator does with a report.
#[derive(Clone, Debug)]
pub enum ReportChange {
    /// `None` leaves as it is.
    Classify {
        category: Option<String>,
        rule_ids: Option<Vec<i64>>,
    },
    AssignToSelf,
    Unassign,
    Resolve,
    Reopen,
}

impl ReportChange {
    fn action(&self) -> &'static str {
        match self {
            Self::Classify { .. } => "report.update",
            Self::AssignToSelf => "report.assign",
            Self::Unassign => "report.unassign",
            Self::Resolve => "report.resolve",
            Self::Reopen => "report.reopen",
        }
    }

    fn apply(&self, app: &App, by: &Moderator, report: &mut Report) -> Result<()> {
        match self {
            Self::Classify { category, rule_ids } => {
                if let Some(rules) = rule_ids {
                    check_rules(app, rules)?;
                    report.rule_ids = rules.iter().copied().map(Some).collect();
                }
                if let Some(category) = category {
                    report.category = checked_category(Some(category), &[])?;
                }
                if report.category != "violation" {
                    report.rule_ids = Vec::new();
                }
            }
            Self::AssignToSelf => report.assigned_account_id = Some(by.account.id),
            Self::Unassign => report.assigned_account_id = None,
            Self::Resolve => {
                report.action_taken_at = Some(app.now());
                report.action_taken_by_account_id = Some(by.account.id);
            }
            Self::Reopen => {
                report.action_taken_at = None;
                report.action_taken_by_account_id = None;
            }
        }
        Ok(())
    }
}

/// Nobody works off what is reported of themself, but those who look after the instance: there may be nobody else.
fn check_by(by: &Moderator, report: &Report) -> Result<()> {
    if report.target_account_id == by.account.id && by.rank() < ADMIN {
        return Err(Error::Forbidden("This action is not allowed".into()));
    }
    Ok(())
}

/// Changes a report, which must not be about the moderator.
pub async fn change_report(app: &App, by: &Moderator, id: ReportId, change: ReportChange) -> Result<Report> {
    app.transaction(async |conn| {
        let mut report = store::find_report_for_update(conn, id).await?.ok_or(Error::NotFound("Record"))?;
        check_by(by, &report)?;
        change.apply(app, by, &mut report)?;
        report.updated_at = app.now();
        store::update_report(conn, &report).await?;
        note(app, conn, by, change.action(), id.to_string(), json!({"category": report.category})).await?;
        Ok(report)
    })
    .await
}

/// The most that a moderator's words may have, in characters.
pub const MOST_NOTE: usize = 5000;

/// Writes something beside a report, for the other moderators; not one about oneself.
pub async fn add_note(app: &App, by: &Moderator, id: ReportId, text: &str) -> Result<()> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::invalid("text", "can't be blank"));
    }
    if text.chars().count() > MOST_NOTE {
        return Err(Error::invalid("text", why!("can have at most {most} characters", most = MOST_NOTE)));
    }
    app.transaction(async |conn| {
        check_by(by, &store::find_report(conn, id).await?.ok_or(Error::NotFound("Record"))?)?;
        let now = app.now();
        let new = ReportNote {
            id: ReportNoteId(app.ids.mint(now)),
            report_id: id,
            account_id: Some(by.account.id),
            author: by.account.acct(),
            content: text.to_owned(),
            created_at: now,
        };
        store::insert_note(conn, &new).await?;
        note(app, conn, By::Moderator(by), "report.note", id.to_string(), json!({"note": new.id})).await
    })
    .await
}

/// Tells the server of whoever is reported, once: by `instance`, and without saying who reported.
pub async fn forward_report(app: &App, by: &Moderator, id: ReportId, instance: &Account) -> Result<()> {
    app.transaction(async |conn| {
        let report = store::find_report_for_update(conn, id).await?.ok_or(Error::NotFound("Record"))?;
        let target = accounts::store::find_account(conn, report.target_account_id).await?;
        let target = target.ok_or(Error::NotFound("Record"))?;
        let reporter = accounts::store::find_account(conn, report.account_id).await?;
        if target.is_local() || report.forwarded || !reporter.is_some_and(|reporter| reporter.is_local()) {
            return Err(Error::invalid("", "This report cannot be passed on"));
        }
        let viewer = Viewer::account(report.account_id);
        let seen = statuses::store::list_reported(conn, viewer, &report.statuses()).await?;
        let named = statuses::store::list_statuses(conn, &seen).await?;
        let uris: Vec<String> = named.into_iter().map(|status| status.uri).collect();
        store::set_forwarded(conn, id, app.now()).await?;
        let body = wire::flag(&report.uri, instance, &target, &uris, &report.comment);
        delivery::send(app, conn, instance.id, &report.uri, &body, &[target.best_inbox().to_owned()]).await?;
        note(app, conn, by, "report.forward", id.to_string(), json!({"to": target.domain})).await
    })
    .await
}
