//! All SQL about what administrators changed of the configuration: a few rows.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::query_dsl::methods;
use diesel_async::RunQueryDsl;
use serde_json::Value;

use crate::db::Conn;
use crate::db::schema::instance_settings as settings;
use crate::db::sql::Sql;

pub async fn list_settings(conn: &mut Conn) -> QueryResult<Vec<(String, Value)>> {
    settings::table.order(settings::key).select((settings::key, settings::value)).load(conn).await
}

/// When a setting was changed; `None`: it is as the file says.
pub async fn find_changed_at(conn: &mut Conn, key: &str) -> QueryResult<Option<DateTime<Utc>>> {
    settings::table.find(key).select(settings::updated_at).first(conn).await.optional()
}

/// Nobody else changes settings until the transaction ends.
pub async fn lock_settings(conn: &mut Conn) -> QueryResult<()> {
    Sql::new("LOCK TABLE instance_settings IN SHARE ROW EXCLUSIVE MODE").execute(conn).await.map(drop)
}

/// Removes all but these.
pub async fn delete_other_settings(conn: &mut Conn, keys: &[&str]) -> QueryResult<usize> {
    diesel::delete(settings::table.filter(settings::key.ne_all(keys))).execute(conn).await
}

pub async fn upsert_setting(conn: &mut Conn, key: &str, value: &Value, now: DateTime<Utc>) -> QueryResult<usize> {
    let put = diesel::insert_into(settings::table)
        .values((settings::key.eq(key), settings::value.eq(value), settings::updated_at.eq(now)))
        .on_conflict(settings::key)
        .do_update()
        .set((settings::value.eq(value), settings::updated_at.eq(now)));
    methods::FilterDsl::filter(put, settings::value.ne(value)).execute(conn).await
}
