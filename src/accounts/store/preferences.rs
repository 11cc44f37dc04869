//! All SQL about how people want to see pages.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::accounts::Preferences;
use crate::accounts::entity::{TabChanges, Tabs};
use crate::base::id::AccountId;
use crate::db::Conn;
use crate::db::schema::{person_preferences as preferences, users};

pub async fn find_preferences(conn: &mut Conn, id: AccountId) -> QueryResult<Option<Preferences>> {
    preferences::table.find(id).select(Preferences::as_select()).first(conn).await.optional()
}

pub async fn upsert_preferences(
    conn: &mut Conn,
    id: AccountId,
    new: &Preferences,
    now: DateTime<Utc>,
) -> QueryResult<usize> {
    diesel::insert_into(preferences::table)
        .values((preferences::account_id.eq(id), new, preferences::updated_at.eq(now)))
        .on_conflict(preferences::account_id)
        .do_update()
        .set((new, preferences::updated_at.eq(now)))
        .execute(conn)
        .await
}

pub async fn find_tabs(conn: &mut Conn, id: AccountId) -> QueryResult<Tabs> {
    let found = users::table.filter(users::account_id.eq(id)).select(Tabs::as_select()).first(conn).await.optional()?;
    Ok(found.unwrap_or_default())
}

pub async fn update_tabs(conn: &mut Conn, id: AccountId, changes: TabChanges) -> QueryResult<usize> {
    if changes == TabChanges::default() {
        return Ok(0);
    }
    diesel::update(users::table.filter(users::account_id.eq(id))).set(changes).execute(conn).await
}

/// In which language a person is written to.
pub async fn update_locale(conn: &mut Conn, id: AccountId, locale: &str) -> QueryResult<usize> {
    diesel::update(users::table.filter(users::account_id.eq(id))).set(users::locale.eq(locale)).execute(conn).await
}
