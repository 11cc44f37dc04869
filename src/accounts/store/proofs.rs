//! The keys by which accounts prove what they do.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use crate::accounts::RemoteProofKey;
use crate::base::id::AccountId;
use crate::db::Conn;
use crate::db::schema::{account_keys, account_proof_keys, remote_proof_keys};
use crate::db::sql::Sql;
use crate::net::proof::ProofKey;

/// Keys of local accounts; those that have one keep it.
pub async fn insert_proof_keys(
    conn: &mut Conn,
    keys: &[(AccountId, ProofKey)],
    now: DateTime<Utc>,
) -> QueryResult<usize> {
    let rows: Vec<_> = keys
        .iter()
        .map(|(id, key)| {
            (
                account_proof_keys::account_id.eq(*id),
                account_proof_keys::secret_key_multibase.eq(key.secret_multibase()),
                account_proof_keys::public_key_multibase.eq(key.public_multibase()),
                account_proof_keys::created_at.eq(now),
            )
        })
        .collect();
    diesel::insert_into(account_proof_keys::table).values(rows).on_conflict_do_nothing().execute(conn).await
}

/// A local account's secret key.
pub async fn find_proof_key(conn: &mut Conn, id: AccountId) -> QueryResult<Option<String>> {
    let key = account_proof_keys::table.find(id).select(account_proof_keys::secret_key_multibase);
    key.first(conn).await.optional()
}

/// A local account's public key.
pub async fn find_public_proof_key(conn: &mut Conn, id: AccountId) -> QueryResult<Option<String>> {
    let key = account_proof_keys::table.find(id).select(account_proof_keys::public_key_multibase);
    key.first(conn).await.optional()
}

/// Local accounts that can sign requests, and cannot prove anything yet.
pub async fn list_without_proof_key(conn: &mut Conn, limit: i64) -> QueryResult<Vec<AccountId>> {
    account_keys::table
        .left_join(account_proof_keys::table.on(account_proof_keys::account_id.eq(account_keys::account_id)))
        .filter(account_proof_keys::account_id.is_null())
        .select(account_keys::account_id)
        .limit(limit)
        .load(conn)
        .await
}

/// The keys that a remote account has from now on.
pub async fn replace_remote_proof_keys(conn: &mut Conn, id: AccountId, keys: &[RemoteProofKey]) -> QueryResult<usize> {
    let ids: Vec<&str> = keys.iter().map(|key| key.key_id.as_str()).collect();
    let public: Vec<&str> = keys.iter().map(|key| key.public_key_multibase.as_str()).collect();
    let ends: Vec<Option<DateTime<Utc>>> = keys.iter().map(|key| key.expires_at).collect();
    Sql::new(
        "WITH gone AS (DELETE FROM remote_proof_keys WHERE account_id = $1 AND key_id <> ALL ($2))
         INSERT INTO remote_proof_keys AS k (account_id, key_id, public_key_multibase, expires_at)
         SELECT $1, key_id, public, ends FROM unnest($2, $3, $4) AS row (key_id, public, ends)
         ON CONFLICT (account_id, key_id) DO UPDATE
             SET public_key_multibase = excluded.public_key_multibase, expires_at = excluded.expires_at
             WHERE (k.public_key_multibase, k.expires_at) IS DISTINCT FROM (excluded.public_key_multibase, excluded.expires_at)",
    )
    .bind::<BigInt, _>(id)
    .bind::<Array<Text>, _>(ids)
    .bind::<Array<Text>, _>(public)
    .bind::<Array<Nullable<Timestamptz>>, _>(ends)
    .execute(conn)
    .await
}

/// A key of a remote account by its id.
pub async fn find_remote_proof_key(
    conn: &mut Conn,
    id: AccountId,
    key_id: &str,
) -> QueryResult<Option<RemoteProofKey>> {
    remote_proof_keys::table.find((id, key_id)).select(RemoteProofKey::as_select()).first(conn).await.optional()
}
