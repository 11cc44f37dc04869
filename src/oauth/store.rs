//! All SQL about client applications, codes and tokens.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bytea, Nullable, Text};
use diesel_async::RunQueryDsl;

use crate::base::id::{AccountId, ApplicationId, TokenId};
use crate::db::Conn;
use crate::db::sql::Sql;

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
}

/// A token that holds: its person's registration is approved and not suspended.
pub async fn find_token(conn: &mut Conn, hash: &[u8]) -> QueryResult<Option<TokenRow>> {
    let rows: Vec<TokenRow> = Sql::new(
        "SELECT t.id, t.application_id, t.account_id, t.scopes FROM oauth_tokens t
         LEFT JOIN accounts a ON a.id = t.account_id LEFT JOIN users u ON u.account_id = t.account_id
         WHERE t.token_hash = $1
           AND (t.account_id IS NULL OR (a.suspended_at IS NULL AND u.approved_at IS NOT NULL))",
    )
    .bind::<Bytea, _>(hash)
    .load(conn)
    .await?;
    Ok(rows.into_iter().next())
}
