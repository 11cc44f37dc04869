//! All SQL of search that is nobody else's.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::db::Conn;
use crate::db::schema::tags;

/// Hashtags that begin with this text (normalised).
pub async fn list_tags(conn: &mut Conn, text: &str, limit: i64, offset: i64) -> QueryResult<Vec<String>> {
    let pattern = format!("{}%", text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"));
    tags::table
        .filter(tags::name.like(pattern))
        .order(tags::name)
        .limit(limit)
        .offset(offset)
        .select(tags::name)
        .load(conn)
        .await
}
