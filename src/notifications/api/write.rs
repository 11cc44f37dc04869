//! Notifications as JSON, with the accounts and posts that they are about.

use std::collections::HashMap;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::accounts;
use crate::app::App;
use crate::base::id::{AccountId, CollectionId, NotificationId, ReportId, SeveranceId, StatusId, WarningId};
use crate::base::text::strip_markup_to_text_line;
use crate::base::visibility::Viewer;
use crate::base::{Error, Result};
use crate::collections;
use crate::db::Conn;
use crate::notifications::entity::About;
use crate::notifications::{Notification, entity, store};
use crate::push::texts;
use crate::statuses::PageRow;
use crate::statuses::view;

/// Characters of a name in a text.
const MOST_NAME: usize = 140;

/// What a client is told in words, since it does not know the type. None, for one that does not say which types it knows.
pub struct Fallbacks {
    supported: Vec<String>,
    locale: String,
}

impl Fallbacks {
    pub async fn load(conn: &mut Conn, me: AccountId, supported: &[String]) -> Result<Self> {
        let user = if supported.is_empty() { None } else { accounts::store::find_user(conn, me).await? };
        let locale = user.map(|user| user.locale).unwrap_or_default();
        Ok(Self { supported: supported.to_vec(), locale })
    }

    /// As [`Fallbacks::load`], for clients that were not asked.
    fn none() -> Self {
        Self { supported: Vec::new(), locale: String::new() }
    }

    /// What is said of this type, and of what it is about; `null` when the client knows it.
    pub fn of(&self, kind: &str, account: &str, about: &About) -> Value {
        #[derive(Deserialize)]
        struct Named {
            username: String,
            display_name: String,
        }
        if self.supported.is_empty() || self.supported.iter().any(|known| known == kind) {
            return Value::Null;
        }
        let Ok(named) = serde_json::from_str::<Named>(account) else { return Value::Null };
        let name = if named.display_name.is_empty() { &named.username } else { &named.display_name };
        json!({
            "title": texts::title(&self.locale, kind, &strip_markup_to_text_line(name, MOST_NAME)),
            "summary": texts::unsupported(&self.locale),
            "details": about.in_words(),
        })
    }
}

/// Notifications in their order, as `me` sees them. Those whose post `me` may not see are left out.
pub async fn write(
    app: &App,
    conn: &mut Conn,
    me: AccountId,
    rows: &[Notification],
    fallbacks: &Fallbacks,
) -> Result<Vec<String>> {
    let from: Vec<AccountId> = rows.iter().map(|row| row.from_account_id).collect();
    let from: HashMap<AccountId, Arc<str>> = accounts::view::load_json(app, conn, &from).await?;
    let about = load_statuses(app, conn, me, rows.iter().filter_map(|row| row.status_id)).await?;
    let events = Events::load(app, conn, rows).await?;
    let one = |row: &Notification| {
        let status = row.status_id.map(|id| about.get(&id).map(String::as_str));
        one(row, from.get(&row.from_account_id)?, status, &events, fallbacks)
    };
    Ok(rows.iter().filter_map(one).collect())
}

/// As [`write`], for notifications of many people: each as the one who is told sees it. In as many queries as one page
/// takes.
pub async fn write_for_each(
    app: &App,
    conn: &mut Conn,
    rows: &[Notification],
) -> Result<Vec<(NotificationId, String)>> {
    let from: Vec<AccountId> = rows.iter().map(|row| row.from_account_id).collect();
    let from: HashMap<AccountId, Arc<str>> = accounts::view::load_json(app, conn, &from).await?;
    let looks: Vec<(Viewer, PageRow)> = rows
        .iter()
        .filter_map(|row| Some((Viewer::account(row.account_id), PageRow { id: row.status_id?, reblog_of_id: None })))
        .collect();
    let about = view::load_for_each(app, conn, &looks).await?;
    let events = Events::load(app, conn, rows).await?;
    let fallbacks = Fallbacks::none();
    let one = |row: &Notification| {
        let status = row.status_id.map(|id| about.get(&(Viewer::account(row.account_id), id)).map(String::as_str));
        Some((row.id, one(row, from.get(&row.from_account_id)?, status, &events, &fallbacks)?))
    };
    Ok(rows.iter().filter_map(one).collect())
}

/// One notification. `status` is the post that it is about, if any; one that may not be seen makes it none.
fn one(
    row: &Notification,
    account: &str,
    status: Option<Option<&str>>,
    events: &Events,
    fallbacks: &Fallbacks,
) -> Option<String> {
    let status = match status {
        Some(found) => found?,
        None => "null",
    };
    let about = events.of(row)?;
    let fallback = fallbacks.of(&row.kind, account, &about);
    Some(entity::notification(row, account, status, &about, &fallback))
}

/// Those of these posts that `me` may see.
pub async fn load_statuses(
    app: &App,
    conn: &mut Conn,
    me: AccountId,
    ids: impl Iterator<Item = StatusId>,
) -> Result<HashMap<StatusId, String>> {
    let mut ids: Vec<StatusId> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    let rows: Vec<PageRow> = ids.into_iter().map(|id| PageRow { id, reblog_of_id: None }).collect();
    Ok(view::load_many(app, conn, Viewer::account(me), &rows).await?.into_iter().collect())
}

/// What notifications are about that is no post, as JSON.
#[derive(Default)]
pub struct Events {
    reports: HashMap<ReportId, Value>,
    severances: HashMap<SeveranceId, Value>,
    warnings: HashMap<WarningId, Value>,
    /// For each who is told of one.
    collections: HashMap<(Viewer, CollectionId), Value>,
}

impl Events {
    /// Loads what these are about: at most one query for each kind of thing, and those for accounts.
    pub async fn load(app: &App, conn: &mut Conn, rows: &[Notification]) -> Result<Self> {
        let reports: Vec<ReportId> = rows.iter().filter_map(|row| row.report_id).collect();
        let severances: Vec<SeveranceId> = rows.iter().filter_map(|row| row.severance_id).collect();
        let warnings: Vec<WarningId> = rows.iter().filter_map(|row| row.warning_id).collect();
        let looks: Vec<(Viewer, CollectionId)> =
            rows.iter().filter_map(|row| Some((Viewer::account(row.account_id), row.collection_id?))).collect();
        let mut events = Self::default();
        if !reports.is_empty() {
            events.reports = load_reports(app, conn, &reports).await?;
        }
        if !severances.is_empty() {
            let found = store::list_severances(conn, &severances).await?;
            events.severances = found.iter().map(|one| (one.id, entity::severance(one))).collect();
        }
        if !warnings.is_empty() {
            let found = store::list_warnings(conn, &warnings).await?;
            let targets: Vec<AccountId> = found.iter().map(|(one, _)| one.target_account_id).collect();
            let targets = accounts::view::load_json(app, conn, &targets).await?;
            for (one, appeal) in found {
                let Some(target) = targets.get(&one.target_account_id) else { continue };
                let target = serde_json::from_str(target).map_err(Error::internal)?;
                events.warnings.insert(one.id, entity::warning(&one, appeal.as_ref(), target));
            }
        }
        if !looks.is_empty() {
            events.collections = collections::view::load_for_each(app, conn, &looks).await?;
        }
        Ok(events)
    }

    /// What this one is about. `None`: a collection that the one who is told may not see any more.
    pub fn of(&self, row: &Notification) -> Option<About> {
        let collection = match row.collection_id {
            Some(id) => self.collections.get(&(Viewer::account(row.account_id), id))?.clone(),
            None => Value::Null,
        };
        Some(About {
            report: row.report_id.and_then(|id| self.reports.get(&id).cloned()).unwrap_or_default(),
            event: row.severance_id.and_then(|id| self.severances.get(&id).cloned()).unwrap_or_default(),
            warning: row.warning_id.and_then(|id| self.warnings.get(&id).cloned()).unwrap_or_default(),
            collection,
        })
    }
}

/// Reports as JSON, by id. For those who look after the instance: nobody else is told of them.
async fn load_reports(app: &App, conn: &mut Conn, ids: &[ReportId]) -> Result<HashMap<ReportId, Value>> {
    let reports = store::list_reports(conn, ids).await?;
    let targets: Vec<AccountId> = reports.iter().map(|report| report.target_account_id).collect();
    let targets = accounts::view::load_json(app, conn, &targets).await?;
    let mut found = HashMap::with_capacity(reports.len());
    for report in reports {
        let Some(target) = targets.get(&report.target_account_id) else { continue };
        found.insert(report.id, entity::report(&report, serde_json::from_str(target).map_err(Error::internal)?));
    }
    Ok(found)
}
