//! All SQL about who signs in: users' passwords and browser sessions.

use chrono::{DateTime, Utc};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel_async::RunQueryDsl;

use super::lower;
use crate::accounts::{Account, User};
use crate::base::id::AccountId;
use crate::db::Conn;
use crate::db::schema::{account_keys, accounts, oauth_codes, oauth_tokens, outgoing_activities, sessions, users};
use crate::db::sql::Sql;

/// The local person with this user name, or e-mail address (in lower case). An address that is not confirmed is nobody's yet: so signing
/// in by it does not tell whether registering with it was the first time.
pub async fn find_by_login(conn: &mut Conn, login: &str) -> QueryResult<Option<(Account, User)>> {
    let joined = accounts::table.inner_join(users::table).select((Account::as_select(), User::as_select()));
    if login.contains('@') {
        joined
            .filter(users::email.eq(login.to_lowercase()))
            .filter(users::email_awaited_since.is_null())
            .first(conn)
            .await
            .optional()
    } else {
        joined
            .filter(lower(accounts::username).eq(login.to_lowercase()))
            .filter(accounts::domain.is_null())
            .first(conn)
            .await
            .optional()
    }
}

/// Ends every session and every client's access. `sign_in::sign_out` alone calls this: it ends what they listen to as well.
pub async fn delete_all(conn: &mut Conn, id: AccountId) -> QueryResult<()> {
    diesel::delete(sessions::table.filter(sessions::account_id.eq(id))).execute(conn).await?;
    diesel::delete(oauth_codes::table.filter(oauth_codes::account_id.eq(id))).execute(conn).await?;
    diesel::delete(oauth_tokens::table.filter(oauth_tokens::account_id.eq(id))).execute(conn).await?;
    Ok(())
}

/// Nobody else registers with this address (in lower case) before the transaction ends.
pub async fn lock_email(conn: &mut Conn, email: &str) -> QueryResult<usize> {
    Sql::new("SELECT pg_advisory_xact_lock(hashtextextended('email:' || $1, 0))")
        .bind::<Text, _>(email)
        .execute(conn)
        .await
}

/// People who never confirmed their address since before then, at most so many; but those for whom something is still on its way to
/// another server.
pub async fn list_unconfirmed(conn: &mut Conn, before: DateTime<Utc>, limit: i64) -> QueryResult<Vec<AccountId>> {
    users::table
        .filter(users::email_awaited_since.lt(before))
        .filter(users::last_sign_in_at.is_null())
        .filter(not(exists(outgoing_activities::table.filter(outgoing_activities::account_id.eq(users::account_id)))))
        .order(users::email_awaited_since)
        .limit(limit)
        .select(users::account_id)
        .load(conn)
        .await
}

/// Removes an account that nobody ever signed in with, if its address is still not confirmed: its name and address are free again.
pub async fn delete_unconfirmed(conn: &mut Conn, id: AccountId) -> QueryResult<usize> {
    let waits =
        users::table.find(id).filter(users::email_awaited_since.is_not_null()).filter(users::last_sign_in_at.is_null());
    let found = waits.select(users::account_id).for_update().first::<AccountId>(conn).await.optional()?;
    if found.is_none() {
        return Ok(0);
    }
    diesel::delete(account_keys::table.find(id)).execute(conn).await?;
    diesel::delete(accounts::table.find(id)).execute(conn).await
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

/// Gives a person another address, which is confirmed.
pub async fn update_email(conn: &mut Conn, id: AccountId, email: &str) -> QueryResult<usize> {
    diesel::update(users::table.find(id))
        .set((users::email.eq(email), users::email_awaited_since.eq(None::<DateTime<Utc>>)))
        .execute(conn)
        .await
}

/// Confirms the address, if it is still the person's.
pub async fn update_confirmed(conn: &mut Conn, id: AccountId, email: &str) -> QueryResult<usize> {
    diesel::update(users::table.find(id).filter(users::email.eq(email)))
        .set(users::email_awaited_since.eq(None::<DateTime<Utc>>))
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

/// Whose session it is, while it holds: not ended, approved, the address confirmed, not suspended.
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
        .filter(users::email_awaited_since.is_null())
        .select((Account::as_select(), User::as_select()))
        .first(conn)
        .await
        .optional()
}

pub async fn delete_session(conn: &mut Conn, token_hash: &[u8]) -> QueryResult<usize> {
    diesel::delete(sessions::table.find(token_hash)).execute(conn).await
}

/// A browser that somebody is signed in with.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = sessions, check_for_backend(diesel::pg::Pg))]
pub struct Session {
    pub token_hash: Vec<u8>,
    pub user_agent: String,
    pub created_at: DateTime<Utc>,
}

/// A person's sessions, the newest first.
pub async fn list_sessions(conn: &mut Conn, id: AccountId, now: DateTime<Utc>) -> QueryResult<Vec<Session>> {
    sessions::table
        .filter(sessions::account_id.eq(id))
        .filter(sessions::expires_at.gt(now))
        .order(sessions::created_at.desc())
        .limit(MOST_SESSIONS)
        .select(Session::as_select())
        .load(conn)
        .await
}

/// Sessions that are looked at, at most.
const MOST_SESSIONS: i64 = 200;

/// Ends a session of this person's.
pub async fn delete_session_of(conn: &mut Conn, id: AccountId, token_hash: &[u8]) -> QueryResult<usize> {
    diesel::delete(sessions::table.find(token_hash).filter(sessions::account_id.eq(id))).execute(conn).await
}

/// Ends all sessions of this person's but one.
pub async fn delete_other_sessions(conn: &mut Conn, id: AccountId, kept: &[u8]) -> QueryResult<usize> {
    let of_person = sessions::table.filter(sessions::account_id.eq(id));
    diesel::delete(of_person.filter(sessions::token_hash.ne(kept))).execute(conn).await
}

/// Until when the password need not be asked for again in this session.
pub async fn update_sure(conn: &mut Conn, token_hash: &[u8], until: DateTime<Utc>) -> QueryResult<usize> {
    diesel::update(sessions::table.find(token_hash)).set(sessions::sure_until.eq(until)).execute(conn).await
}

pub async fn is_sure(conn: &mut Conn, token_hash: &[u8], now: DateTime<Utc>) -> QueryResult<bool> {
    diesel::select(diesel::dsl::exists(sessions::table.find(token_hash).filter(sessions::sure_until.gt(now))))
        .get_result(conn)
        .await
}
