//! What actors on other servers say of being put into collections.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::accounts::Featuring;
use crate::base::id::AccountId;
use crate::db::Conn;
use crate::db::schema::account_featuring;

pub async fn find_featuring(conn: &mut Conn, id: AccountId) -> QueryResult<Option<Featuring>> {
    account_featuring::table.find(id).select(Featuring::as_select()).first(conn).await.optional()
}

/// Keeps what an actor says; nothing, of one that says nothing.
pub async fn upsert_featuring(conn: &mut Conn, id: AccountId, featuring: Option<&Featuring>) -> QueryResult<usize> {
    let Some(said) = featuring else {
        return diesel::delete(account_featuring::table.find(id)).execute(conn).await;
    };
    let said = (
        account_featuring::automatic.eq(said.automatic),
        account_featuring::manual.eq(said.manual),
        account_featuring::collections_uri.eq(&said.collections_uri),
    );
    diesel::insert_into(account_featuring::table)
        .values((account_featuring::account_id.eq(id), said))
        .on_conflict(account_featuring::account_id)
        .do_update()
        .set(said)
        .execute(conn)
        .await
}
