//! All SQL of search that is nobody else's.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use diesel_async::RunQueryDsl;

use crate::base::visibility::Viewer;
use crate::db::Conn;
use crate::db::sql::Sql;
use crate::visible;

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

/// Hashtags that begin with this text (normalised) and stand in a public post: one that stands in others only would tell of
/// them.
pub async fn list_tags(
    conn: &mut Conn,
    viewer: Viewer,
    text: &str,
    limit: i64,
    offset: i64,
) -> QueryResult<Vec<String>> {
    let pattern = format!("{}%", text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"));
    let rows: Vec<Name> = Sql::new(concat!(
        "SELECT t.name FROM tags t WHERE t.name LIKE $2 AND EXISTS (
             SELECT 1 FROM status_tags st JOIN statuses s ON s.id = st.status_id
             WHERE st.tag_id = t.id AND s.audience_kind = 1 AND ",
        visible!(),
        ") ORDER BY t.name LIMIT $3 OFFSET $4"
    ))
    .bind::<BigInt, _>(viewer.bind())
    .bind::<Text, _>(pattern)
    .bind::<BigInt, _>(limit)
    .bind::<BigInt, _>(offset)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.name).collect())
}
