//! All SQL about web push.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Text};
use diesel_async::RunQueryDsl;

use super::Subscription;
use crate::base::id::{AccountId, PushSubscriptionId, TokenId};
use crate::db::Conn;
use crate::db::schema::{accounts, oauth_tokens, push_keys, push_subscriptions, users};
use crate::db::sql::Sql;

/// The private key, if there is one already.
pub async fn find_key(conn: &mut Conn) -> QueryResult<Option<Vec<u8>>> {
    push_keys::table.select(push_keys::private_key).first(conn).await.optional()
}

/// Keeps a private key, unless another process was faster.
pub async fn insert_key(conn: &mut Conn, private_key: &[u8], now: DateTime<Utc>) -> QueryResult<usize> {
    diesel::insert_into(push_keys::table)
        .values((push_keys::private_key.eq(private_key), push_keys::created_at.eq(now)))
        .on_conflict_do_nothing()
        .execute(conn)
        .await
}

/// A token's subscription.
pub async fn find_of_token(conn: &mut Conn, token: TokenId) -> QueryResult<Option<Subscription>> {
    push_subscriptions::table
        .filter(push_subscriptions::token_id.eq(token))
        .select(Subscription::as_select())
        .first(conn)
        .await
        .optional()
}

/// A subscription with its token's scopes and its person's language, while the token holds (see `oauth::store::find_token`).
pub async fn find_holding(
    conn: &mut Conn,
    id: PushSubscriptionId,
) -> QueryResult<Option<(Subscription, String, String)>> {
    push_subscriptions::table
        .inner_join(oauth_tokens::table)
        .inner_join(accounts::table.inner_join(users::table))
        .filter(push_subscriptions::id.eq(id))
        .filter(accounts::suspended_at.is_null())
        .filter(users::approved_at.is_not_null())
        .select((Subscription::as_select(), oauth_tokens::scopes, users::locale))
        .first(conn)
        .await
        .optional()
}

/// The subscriptions of these people that want this type of notification.
pub async fn list_wanting(
    conn: &mut Conn,
    people: &[AccountId],
    kind: &str,
) -> QueryResult<Vec<(PushSubscriptionId, AccountId)>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        id: PushSubscriptionId,
        #[diesel(sql_type = BigInt)]
        account_id: AccountId,
    }
    let rows: Vec<Row> =
        Sql::new("SELECT id, account_id FROM push_subscriptions WHERE account_id = ANY ($1) AND $2 = ANY (alerts)")
            .bind::<Array<BigInt>, _>(people)
            .bind::<Text, _>(kind)
            .load(conn)
            .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.account_id)).collect())
}

/// Puts a token's subscription in the place of its earlier one.
pub async fn replace_subscription(conn: &mut Conn, new: &Subscription) -> QueryResult<usize> {
    diesel::delete(push_subscriptions::table.filter(push_subscriptions::token_id.eq(new.token_id)))
        .execute(conn)
        .await?;
    diesel::insert_into(push_subscriptions::table).values(new).execute(conn).await
}

/// Changes what is asked for. `None` when the token has no subscription.
pub async fn update_interests(
    conn: &mut Conn,
    token: TokenId,
    policy: &str,
    alerts: &[String],
    now: DateTime<Utc>,
) -> QueryResult<Option<Subscription>> {
    diesel::update(push_subscriptions::table.filter(push_subscriptions::token_id.eq(token)))
        .set((
            push_subscriptions::policy.eq(policy),
            push_subscriptions::alerts.eq(alerts),
            push_subscriptions::updated_at.eq(now),
        ))
        .returning(Subscription::as_returning())
        .get_result(conn)
        .await
        .optional()
}

pub async fn delete_of_token(conn: &mut Conn, token: TokenId) -> QueryResult<usize> {
    diesel::delete(push_subscriptions::table.filter(push_subscriptions::token_id.eq(token))).execute(conn).await
}

/// Ends a subscription of which its push service says that it has ended. One that took its place meanwhile has another id.
pub async fn delete_subscription(conn: &mut Conn, id: PushSubscriptionId) -> QueryResult<usize> {
    diesel::delete(push_subscriptions::table.find(id)).execute(conn).await
}
