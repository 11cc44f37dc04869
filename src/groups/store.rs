//! Who made which group.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::base::id::AccountId;
use crate::db::Conn;
use crate::db::schema::made_groups;

pub async fn insert_made(conn: &mut Conn, group: AccountId, by: AccountId) -> QueryResult<usize> {
    diesel::insert_into(made_groups::table)
        .values((made_groups::group_account_id.eq(group), made_groups::account_id.eq(by)))
        .execute(conn)
        .await
}

/// How many groups somebody made of which the ids are above this one; no more than `most` are counted.
pub async fn count_made(conn: &mut Conn, by: AccountId, above: AccountId, most: i64) -> QueryResult<usize> {
    let made: Vec<AccountId> = made_groups::table
        .filter(made_groups::account_id.eq(by))
        .filter(made_groups::group_account_id.gt(above))
        .limit(most)
        .select(made_groups::group_account_id)
        .load(conn)
        .await?;
    Ok(made.len())
}
