//! All SQL of search that is nobody else's.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use diesel_async::RunQueryDsl;

use crate::base::visibility::Viewer;
use crate::db::Conn;
use crate::db::sql::Sql;
use crate::visible;

/// Hashtags that begin with this text (normalised), as far as their timelines show anything to the viewer: one that stands
/// in posts to the few alone is known to nobody else.
pub async fn list_tags(
    conn: &mut Conn,
    viewer: Viewer,
    text: &str,
    limit: i64,
    offset: i64,
) -> QueryResult<Vec<String>> {
    #[derive(QueryableByName)]
    struct Name {
        #[diesel(sql_type = Text)]
        name: String,
    }
    // Between two texts, since a prepared plan for LIKE with a pattern that it does not know has no use for an index.
    let after = format!("{text}{}", char::MAX);
    let rows: Vec<Name> = Sql::new(concat!(
        "SELECT t.name FROM tags t WHERE t.name ~>=~ $2 AND t.name ~<~ $3 AND (
             SELECT true FROM status_tags st JOIN statuses s ON s.id = st.status_id
             WHERE st.tag_id = t.id AND s.audience_kind = 1 AND ",
        visible!(),
        " LIMIT 1) ORDER BY t.name USING ~<~ LIMIT $4 OFFSET $5"
    ))
    .bind::<BigInt, _>(viewer.bind())
    .bind::<Text, _>(text)
    .bind::<Text, _>(after)
    .bind::<BigInt, _>(limit)
    .bind::<BigInt, _>(offset)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.name).collect())
}
