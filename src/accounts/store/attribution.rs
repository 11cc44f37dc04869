//! Whose pages may name an account as their author.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::base::id::AccountId;
use crate::db::Conn;
use crate::db::schema::{account_attributions as attributions, accounts};

pub async fn find_attribution(conn: &mut Conn, id: AccountId) -> QueryResult<Vec<String>> {
    let found = attributions::table.find(id).select(attributions::domains);
    let domains = found.first::<Vec<Option<String>>>(conn).await.optional()?;
    Ok(domains.unwrap_or_default().into_iter().flatten().collect())
}

/// The domains of these accounts, of those that have any; suspended accounts are left out.
pub async fn list_attributions(conn: &mut Conn, ids: &[AccountId]) -> QueryResult<Vec<(AccountId, Vec<String>)>> {
    let rows: Vec<(AccountId, Vec<Option<String>>)> = attributions::table
        .inner_join(accounts::table)
        .filter(attributions::account_id.eq_any(ids))
        .filter(accounts::suspended_at.is_null())
        .select((attributions::account_id, attributions::domains))
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|(id, domains)| (id, domains.into_iter().flatten().collect())).collect())
}

/// Keeps an account's domains; nothing, of one that has none.
pub async fn upsert_attribution(conn: &mut Conn, id: AccountId, domains: &[String]) -> QueryResult<usize> {
    if domains.is_empty() {
        return diesel::delete(attributions::table.find(id)).execute(conn).await;
    }
    let domains: Vec<Option<&str>> = domains.iter().map(|domain| Some(domain.as_str())).collect();
    diesel::insert_into(attributions::table)
        .values((attributions::account_id.eq(id), attributions::domains.eq(&domains)))
        .on_conflict(attributions::account_id)
        .do_update()
        .set(attributions::domains.eq(&domains))
        .execute(conn)
        .await
}
