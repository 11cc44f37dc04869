//! All SQL about accounts, their users, keys and statistics.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::{Account, NewAccount, User};
use crate::base::id::AccountId;
use crate::db::Conn;
use crate::db::schema::{account_keys, accounts, instances, users};

/// `lower(text)`, as the unique indexes on names have it.
#[diesel::declare_sql_function]
extern "SQL" {
    fn lower(text: diesel::sql_types::Text) -> diesel::sql_types::Text;
}

pub async fn find_account(conn: &mut Conn, id: AccountId) -> QueryResult<Option<Account>> {
    accounts::table.find(id).select(Account::as_select()).first(conn).await.optional()
}

pub async fn find_by_uri(conn: &mut Conn, uri: &str) -> QueryResult<Option<Account>> {
    accounts::table.filter(accounts::uri.eq(uri)).select(Account::as_select()).first(conn).await.optional()
}

/// The account whose key has this id. Local actors sign with `URI#main-key`.
pub async fn find_by_key_id(conn: &mut Conn, key_id: &str) -> QueryResult<Option<Account>> {
    accounts::table.filter(accounts::public_key_id.eq(key_id)).select(Account::as_select()).first(conn).await.optional()
}

pub async fn find_local(conn: &mut Conn, username: &str) -> QueryResult<Option<Account>> {
    accounts::table
        .filter(lower(accounts::username).eq(username.to_lowercase()))
        .filter(accounts::domain.is_null())
        .select(Account::as_select())
        .first(conn)
        .await
        .optional()
}

pub async fn find_remote(conn: &mut Conn, username: &str, domain: &str) -> QueryResult<Option<Account>> {
    accounts::table
        .filter(lower(accounts::username).eq(username.to_lowercase()))
        .filter(accounts::domain.eq(domain))
        .select(Account::as_select())
        .first(conn)
        .await
        .optional()
}

/// Accounts by id, in no particular order; those that don't exist are left out.
pub async fn list_accounts(conn: &mut Conn, ids: &[AccountId]) -> QueryResult<Vec<Account>> {
    accounts::table.filter(accounts::id.eq_any(ids)).select(Account::as_select()).load(conn).await
}

/// Accounts by ActivityPub id; those that we don't have are left out.
pub async fn list_by_uris(conn: &mut Conn, uris: &[&str]) -> QueryResult<Vec<Account>> {
    accounts::table.filter(accounts::uri.eq_any(uris)).select(Account::as_select()).load(conn).await
}

pub async fn insert_account(conn: &mut Conn, account: &NewAccount) -> QueryResult<Account> {
    diesel::insert_into(accounts::table).values(account).returning(Account::as_returning()).get_result(conn).await
}

/// Makes sure that there is a row for another server.
pub async fn insert_instance(conn: &mut Conn, domain: &str, now: DateTime<Utc>) -> QueryResult<usize> {
    diesel::insert_into(instances::table)
        .values((instances::domain.eq(domain), instances::created_at.eq(now)))
        .on_conflict_do_nothing()
        .execute(conn)
        .await
}

pub async fn insert_key(
    conn: &mut Conn,
    id: AccountId,
    private_key_pem: &str,
    now: DateTime<Utc>,
) -> QueryResult<usize> {
    diesel::insert_into(account_keys::table)
        .values((
            account_keys::account_id.eq(id),
            account_keys::private_key_pem.eq(private_key_pem),
            account_keys::created_at.eq(now),
        ))
        .execute(conn)
        .await
}

pub async fn find_private_key(conn: &mut Conn, id: AccountId) -> QueryResult<Option<String>> {
    account_keys::table.find(id).select(account_keys::private_key_pem).first(conn).await.optional()
}

pub async fn insert_user(conn: &mut Conn, user: &User) -> QueryResult<usize> {
    diesel::insert_into(users::table).values(user).execute(conn).await
}

pub async fn find_user(conn: &mut Conn, id: AccountId) -> QueryResult<Option<User>> {
    users::table.find(id).select(User::as_select()).first(conn).await.optional()
}

/// `email` in lower case.
pub async fn find_user_by_email(conn: &mut Conn, email: &str) -> QueryResult<Option<User>> {
    users::table.filter(users::email.eq(email)).select(User::as_select()).first(conn).await.optional()
}
