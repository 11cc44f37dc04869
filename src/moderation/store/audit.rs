//! The log of what administrators did. Rows are added, and never changed.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::base::id::{AccountId, AuditId};
use crate::base::page::Page;
use crate::db::Conn;
use crate::db::schema::audit_log;
use crate::moderation::Audit;

/// An insert into `audit_log`.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = audit_log)]
pub struct NewAudit {
    pub id: AuditId,
    pub account_id: Option<AccountId>,
    pub actor: String,
    pub action: &'static str,
    pub target: String,
    pub details: serde_json::Value,
    pub created_at: chrono::DateTime<chrono::Utc>,
}

pub async fn insert_audit(conn: &mut Conn, entry: &NewAudit) -> QueryResult<usize> {
    diesel::insert_into(audit_log::table).values(entry).execute(conn).await
}

/// Which entries are asked for; what is empty asks for nothing.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// Who did it, by the name of then.
    pub actor: String,
    /// The beginning of what was done: `account`, `account.suspend`.
    pub action: String,
    /// A part of the name of what it was done to.
    pub target: String,
}

/// A pattern of LIKE for what has this in it.
pub fn having(text: &str) -> String {
    format!("%{}%", escaped(text))
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

/// A page of entries, newest first.
pub async fn list_audit(conn: &mut Conn, filter: &AuditFilter, page: Page) -> QueryResult<Vec<Audit>> {
    let mut query = audit_log::table
        .filter(audit_log::id.lt(AuditId(page.below)))
        .filter(audit_log::id.gt(AuditId(page.above)))
        .order(audit_log::id.desc())
        .limit(page.limit)
        .select(Audit::as_select())
        .into_boxed();
    if !filter.actor.is_empty() {
        query = query.filter(audit_log::actor.eq(filter.actor.clone()));
    }
    if !filter.action.is_empty() {
        query = query.filter(audit_log::action.like(format!("{}%", escaped(&filter.action))));
    }
    if !filter.target.is_empty() {
        query = query.filter(audit_log::target.ilike(having(&filter.target)));
    }
    query.load(conn).await
}
