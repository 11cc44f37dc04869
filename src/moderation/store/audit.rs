//! The log of what administrators did. Rows are added, and never changed.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::base::id::{AccountId, AuditId};
use crate::db::Conn;
use crate::db::schema::audit_log;

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
