//! All SQL about who signs in: users' passwords and browser sessions.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::lower;
use crate::accounts::{Account, User};
use crate::base::id::AccountId;
use crate::db::Conn;
use crate::db::schema::{accounts, sessions, users};

/// The local person with this e-mail address (in lower case) or user name.
pub async fn find_by_login(conn: &mut Conn, login: &str) -> QueryResult<Option<(Account, User)>> {
    let joined = accounts::table.inner_join(users::table).select((Account::as_select(), User::as_select()));
    if login.contains('@') {
        joined.filter(users::email.eq(login.to_lowercase())).first(conn).await.optional()
    } else {
        joined
            .filter(lower(accounts::username).eq(login.to_lowercase()))
            .filter(accounts::domain.is_null())
            .first(conn)
            .await
            .optional()
    }
}

/// The person, with what they need to sign in.
pub async fn find_person(conn: &mut Conn, id: AccountId) -> QueryResult<Option<(Account, User)>> {
    accounts::table
        .inner_join(users::table)
        .filter(accounts::id.eq(id))
        .select((Account::as_select(), User::as_select()))
        .first(conn)
        .await
        .optional()
}

pub async fn update_password(conn: &mut Conn, id: AccountId, password_hash: &str) -> QueryResult<usize> {
    diesel::update(users::table.find(id)).set(users::password_hash.eq(password_hash)).execute(conn).await
}

pub async fn update_approved(conn: &mut Conn, id: AccountId, at: DateTime<Utc>) -> QueryResult<usize> {
    diesel::update(users::table.find(id).filter(users::approved_at.is_null()))
        .set(users::approved_at.eq(at))
        .execute(conn)
        .await
}

pub async fn update_last_sign_in(conn: &mut Conn, id: AccountId, at: DateTime<Utc>) -> QueryResult<usize> {
    diesel::update(users::table.find(id)).set(users::last_sign_in_at.eq(at)).execute(conn).await
}

/// A browser session, by the hash of its secret.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = sessions)]
pub struct NewSession {
    pub token_hash: Vec<u8>,
    pub account_id: AccountId,
    pub user_agent: String,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// Adds a session, and clears away those of this person that have ended.
pub async fn insert_session(conn: &mut Conn, session: &NewSession) -> QueryResult<usize> {
    let ended = sessions::table
        .filter(sessions::account_id.eq(session.account_id))
        .filter(sessions::expires_at.le(session.created_at));
    diesel::delete(ended).execute(conn).await?;
    diesel::insert_into(sessions::table).values(session).execute(conn).await
}

/// Whose session it is, while it holds: not ended, approved, not suspended.
pub async fn find_session(
    conn: &mut Conn,
    token_hash: &[u8],
    now: DateTime<Utc>,
) -> QueryResult<Option<(Account, User)>> {
    sessions::table
        .inner_join(accounts::table.inner_join(users::table))
        .filter(sessions::token_hash.eq(token_hash))
        .filter(sessions::expires_at.gt(now))
        .filter(accounts::suspended_at.is_null())
        .filter(users::approved_at.is_not_null())
        .filter(users::disabled_at.is_null())
        .select((Account::as_select(), User::as_select()))
        .first(conn)
        .await
        .optional()
}

pub async fn delete_session(conn: &mut Conn, token_hash: &[u8]) -> QueryResult<usize> {
    diesel::delete(sessions::table.find(token_hash)).execute(conn).await
}
