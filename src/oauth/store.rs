//! All SQL about client applications, codes and tokens.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Bytea, Nullable, Text};
use diesel_async::RunQueryDsl;

use super::Application;
use crate::base::id::{AccountId, ApplicationId, TokenId};
use crate::db::Conn;
use crate::db::schema::{oauth_applications, oauth_codes, oauth_tokens};
use crate::db::sql::Sql;

/// Tokens of one person that are looked at, at most.
const MOST_ALLOWED: i64 = 500;

/// Tokens that are ended at once.
const MOST_ENDED: i64 = 1000;

/// Who a token speaks for.
#[derive(Clone, Debug, QueryableByName)]
pub struct TokenRow {
    #[diesel(sql_type = BigInt)]
    pub id: TokenId,
    #[diesel(sql_type = BigInt)]
    pub application_id: ApplicationId,
    /// `None`: the application itself (client credentials).
    #[diesel(sql_type = Nullable<BigInt>)]
    pub account_id: Option<AccountId>,
    #[diesel(sql_type = Text)]
    pub scopes: String,
    /// Its person moved to another account.
    #[diesel(sql_type = Bool)]
    pub moved: bool,
}

/// A token that holds: its person's registration is approved, their address is confirmed, and they are neither suspended nor kept from
/// signing in.
pub async fn find_token(conn: &mut Conn, hash: &[u8]) -> QueryResult<Option<TokenRow>> {
    let rows: Vec<TokenRow> = Sql::new(
        "SELECT t.id, t.application_id, t.account_id, t.scopes, a.moved_to_uri IS NOT NULL AS moved FROM oauth_tokens t
         LEFT JOIN accounts a ON a.id = t.account_id LEFT JOIN users u ON u.account_id = t.account_id
         WHERE t.token_hash = $1
           AND (t.account_id IS NULL OR (a.suspended_at IS NULL AND u.approved_at IS NOT NULL AND u.disabled_at IS NULL
             AND u.email_awaited_since IS NULL))",
    )
    .bind::<Bytea, _>(hash)
    .load(conn)
    .await?;
    Ok(rows.into_iter().next())
}

pub async fn insert_application(conn: &mut Conn, application: &Application) -> QueryResult<usize> {
    diesel::insert_into(oauth_applications::table).values(application).execute(conn).await
}

pub async fn find_application(conn: &mut Conn, id: ApplicationId) -> QueryResult<Option<Application>> {
    oauth_applications::table.find(id).select(Application::as_select()).first(conn).await.optional()
}

pub async fn find_by_client_id(conn: &mut Conn, client_id: &str) -> QueryResult<Option<Application>> {
    oauth_applications::table
        .filter(oauth_applications::client_id.eq(client_id))
        .select(Application::as_select())
        .first(conn)
        .await
        .optional()
}

/// A row of `oauth_codes`: a person's consent, until the client fetches its token.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = oauth_codes, check_for_backend(diesel::pg::Pg))]
pub struct Code {
    pub code_hash: Vec<u8>,
    pub application_id: ApplicationId,
    pub account_id: AccountId,
    pub redirect_uri: String,
    pub scopes: String,
    pub code_challenge: Option<String>,
    pub expires_at: DateTime<Utc>,
    /// The token that was given for it. The code is kept until it expires, so that using it again is noticed.
    pub token_id: Option<TokenId>,
}

/// Adds a code, and clears away those that have expired.
pub async fn insert_code(conn: &mut Conn, code: &Code, now: DateTime<Utc>) -> QueryResult<usize> {
    diesel::delete(oauth_codes::table.filter(oauth_codes::expires_at.le(now))).execute(conn).await?;
    diesel::insert_into(oauth_codes::table).values(code).execute(conn).await
}

/// A code, locked until the end of the transaction: of two requests with the same code the second sees what the first did.
pub async fn find_code_for_update(conn: &mut Conn, hash: &[u8]) -> QueryResult<Option<Code>> {
    oauth_codes::table.find(hash).select(Code::as_select()).for_update().first(conn).await.optional()
}

pub async fn update_code_used(conn: &mut Conn, hash: &[u8], token: TokenId) -> QueryResult<usize> {
    diesel::update(oauth_codes::table.find(hash)).set(oauth_codes::token_id.eq(token)).execute(conn).await
}

/// An insert into `oauth_tokens`.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = oauth_tokens)]
pub struct NewToken {
    pub id: TokenId,
    pub token_hash: Vec<u8>,
    pub application_id: ApplicationId,
    /// `None`: the application itself.
    pub account_id: Option<AccountId>,
    pub scopes: String,
    pub created_at: DateTime<Utc>,
}

pub async fn insert_token(conn: &mut Conn, token: &NewToken) -> QueryResult<usize> {
    diesel::insert_into(oauth_tokens::table).values(token).execute(conn).await
}

/// Ends the tokens that an application has for itself, but for the newest; which those were.
pub async fn delete_own_but_newest(
    conn: &mut Conn,
    application: ApplicationId,
    most: i64,
) -> QueryResult<Vec<TokenId>> {
    let own = oauth_tokens::table
        .filter(oauth_tokens::application_id.eq(application))
        .filter(oauth_tokens::account_id.is_null());
    let ended: Vec<TokenId> =
        own.order(oauth_tokens::id.desc()).offset(most).limit(MOST_ENDED).select(oauth_tokens::id).load(conn).await?;
    if !ended.is_empty() {
        diesel::delete(oauth_tokens::table.filter(oauth_tokens::id.eq_any(&ended))).execute(conn).await?;
    }
    Ok(ended)
}

/// Which application a token belongs to, whether or not its person may sign in.
pub async fn find_token_owner(conn: &mut Conn, hash: &[u8]) -> QueryResult<Option<ApplicationId>> {
    oauth_tokens::table
        .filter(oauth_tokens::token_hash.eq(hash))
        .select(oauth_tokens::application_id)
        .first(conn)
        .await
        .optional()
}

/// Ends a token, and says which it was.
pub async fn delete_token_by_hash(conn: &mut Conn, hash: &[u8]) -> QueryResult<Option<TokenId>> {
    diesel::delete(oauth_tokens::table.filter(oauth_tokens::token_hash.eq(hash)))
        .returning(oauth_tokens::id)
        .get_result(conn)
        .await
        .optional()
}

/// Which of these tokens hold, as [`find_token`] would say of each.
pub async fn list_holding(conn: &mut Conn, ids: &[TokenId]) -> QueryResult<Vec<TokenId>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        id: TokenId,
    }
    let rows: Vec<Row> = Sql::new(
        "SELECT t.id FROM oauth_tokens t
         LEFT JOIN accounts a ON a.id = t.account_id LEFT JOIN users u ON u.account_id = t.account_id
         WHERE t.id = ANY ($1)
           AND (t.account_id IS NULL OR (a.suspended_at IS NULL AND u.approved_at IS NOT NULL AND u.disabled_at IS NULL
             AND u.email_awaited_since IS NULL))",
    )
    .bind::<Array<BigInt>, _>(ids)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// The applications that speak for a person, the ones allowed last first: each as often as it has tokens.
pub async fn list_allowed(conn: &mut Conn, account: AccountId) -> QueryResult<Vec<(Application, DateTime<Utc>)>> {
    oauth_tokens::table
        .inner_join(oauth_applications::table)
        .filter(oauth_tokens::account_id.eq(account))
        .order(oauth_tokens::id.desc())
        .limit(MOST_ALLOWED)
        .select((Application::as_select(), oauth_tokens::created_at))
        .load(conn)
        .await
}

/// Ends all tokens and codes by which an application speaks for a person; which tokens those were.
pub async fn delete_allowed(
    conn: &mut Conn,
    account: AccountId,
    application: ApplicationId,
) -> QueryResult<Vec<TokenId>> {
    let codes = oauth_codes::table.filter(oauth_codes::account_id.eq(account));
    diesel::delete(codes.filter(oauth_codes::application_id.eq(application))).execute(conn).await?;
    let tokens = oauth_tokens::table.filter(oauth_tokens::account_id.eq(account));
    diesel::delete(tokens.filter(oauth_tokens::application_id.eq(application)))
        .returning(oauth_tokens::id)
        .get_results(conn)
        .await
}

/// Ends a token. The code that it came from goes with it.
pub async fn delete_token(conn: &mut Conn, id: TokenId) -> QueryResult<usize> {
    diesel::delete(oauth_tokens::table.find(id)).execute(conn).await
}
