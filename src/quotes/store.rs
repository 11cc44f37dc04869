//! All SQL about quotes.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, SmallInt, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use super::{Policy, Quote, State};
use crate::base::id::{AccountId, QuoteId, StatusId};
use crate::base::page::Page;
use crate::base::visibility::Viewer;
use crate::db::Conn;
use crate::db::schema::{quotes, statuses};
use crate::db::sql::Sql;
use crate::{shown, visible};

/// Whether it is new: a post quotes one other at most.
pub async fn insert_quote(conn: &mut Conn, quote: &Quote) -> QueryResult<bool> {
    Ok(diesel::insert_into(quotes::table).values(quote).on_conflict_do_nothing().execute(conn).await? == 1)
}

/// What a post quotes.
pub async fn find_of_status(conn: &mut Conn, status: StatusId) -> QueryResult<Option<Quote>> {
    quotes::table.filter(quotes::status_id.eq(status)).select(Quote::as_select()).first(conn).await.optional()
}

/// What posts quote.
pub async fn list_of_statuses(conn: &mut Conn, statuses: &[StatusId]) -> QueryResult<Vec<Quote>> {
    quotes::table.filter(quotes::status_id.eq_any(statuses)).select(Quote::as_select()).load(conn).await
}

/// As [`find_of_status`]; nobody else changes it meanwhile.
pub async fn lock_of_status(conn: &mut Conn, status: StatusId) -> QueryResult<Option<Quote>> {
    quotes::table
        .filter(quotes::status_id.eq(status))
        .select(Quote::as_select())
        .for_update()
        .first(conn)
        .await
        .optional()
}

pub async fn find_quote(conn: &mut Conn, id: QuoteId) -> QueryResult<Option<Quote>> {
    quotes::table.find(id).select(Quote::as_select()).first(conn).await.optional()
}

/// The quote for which one of ours asked with this request.
pub async fn find_by_request(conn: &mut Conn, uri: &str) -> QueryResult<Option<Quote>> {
    quotes::table.filter(quotes::request_uri.eq(uri)).select(Quote::as_select()).first(conn).await.optional()
}

/// The quotes of somebody's posts that have this stamp; one, unless somebody lies.
pub async fn list_by_approval(conn: &mut Conn, quoted: AccountId, uri: &str) -> QueryResult<Vec<Quote>> {
    quotes::table
        .filter(quotes::approval_uri.eq(uri))
        .filter(quotes::quoted_account_id.eq(quoted))
        .select(Quote::as_select())
        .limit(100)
        .load(conn)
        .await
}

/// Some accepted quotes whose stamps were not asked for since `stale`, noted as asked for now; with their stamps.
pub async fn claim_stamps(
    conn: &mut Conn,
    now: DateTime<Utc>,
    stale: DateTime<Utc>,
    limit: i64,
) -> QueryResult<Vec<(QuoteId, String)>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        id: QuoteId,
        #[diesel(sql_type = Text)]
        approval_uri: String,
    }
    let rows: Vec<Row> = Sql::new(
        "UPDATE quotes SET approval_checked_at = $1 WHERE id = ANY (ARRAY(
             SELECT id FROM quotes
             WHERE state = 1 AND approval_uri IS NOT NULL AND coalesce(approval_checked_at, created_at) < $2
             ORDER BY coalesce(approval_checked_at, created_at) LIMIT $3 FOR UPDATE SKIP LOCKED))
         RETURNING id, approval_uri",
    )
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(stale)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.approval_uri)).collect())
}

/// What changes of a quote after it was made.
#[derive(Clone, Debug, AsChangeset)]
#[diesel(table_name = quotes, treat_none_as_null = true)]
pub struct Changed {
    pub quoted_status_id: Option<StatusId>,
    pub quoted_account_id: Option<AccountId>,
    pub state: i16,
    pub legacy: bool,
    pub request_uri: Option<String>,
    pub approval_uri: Option<String>,
}

impl Changed {
    /// All as it is, in another state.
    pub fn to(quote: &Quote, state: State) -> Self {
        Self {
            quoted_status_id: quote.quoted_status_id,
            quoted_account_id: quote.quoted_account_id,
            state: state.number(),
            legacy: quote.legacy,
            request_uri: quote.request_uri.clone(),
            approval_uri: quote.approval_uri.clone(),
        }
    }
}

pub async fn update_quote(conn: &mut Conn, id: QuoteId, changed: &Changed) -> QueryResult<usize> {
    diesel::update(quotes::table.find(id)).set(changed).execute(conn).await
}

pub async fn delete_quote(conn: &mut Conn, id: QuoteId) -> QueryResult<usize> {
    diesel::delete(quotes::table.find(id)).execute(conn).await
}

/// Says who may quote a post, if that is something else than before.
pub async fn update_policy(conn: &mut Conn, status: StatusId, policy: Policy) -> QueryResult<bool> {
    let other = statuses::table.find(status).filter(statuses::quote_policy.ne(policy.number()));
    Ok(diesel::update(other).set(statuses::quote_policy.eq(policy.number())).execute(conn).await? == 1)
}

/// A quote as one of those who look at it has it.
#[derive(Clone, Copy, Debug, QueryableByName)]
pub struct Seen {
    #[diesel(sql_type = BigInt)]
    pub viewer: i64,
    #[diesel(sql_type = BigInt)]
    pub status_id: StatusId,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub quoted_status_id: Option<StatusId>,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub quoted_account_id: Option<AccountId>,
    #[diesel(sql_type = SmallInt)]
    pub state: i16,
    #[diesel(sql_type = Bool)]
    pub legacy: bool,
    /// Who is quoted is one whom the viewer 1 blocks, 2 blocks by their domain, 3 mutes.
    #[diesel(sql_type = SmallInt)]
    pub hidden: i16,
    /// It stands in a post that is quoted.
    #[diesel(sql_type = Bool)]
    pub inner: bool,
}

/// What these posts quote, and what that quotes, for those who look. Whether they may see it is not asked.
pub async fn list_seen(conn: &mut Conn, looks: &[(Viewer, StatusId)], now: DateTime<Utc>) -> QueryResult<Vec<Seen>> {
    let (viewers, ids): (Vec<i64>, Vec<StatusId>) = looks.iter().map(|(viewer, id)| (viewer.bind(), *id)).unzip();
    Sql::new(
        "SELECT q.me AS viewer, q.status_id, q.quoted_status_id, q.quoted_account_id, q.state, q.legacy, q.inside AS inner, (CASE
             WHEN q.me = 0 THEN 0
             WHEN EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = q.me AND b.target_account_id = q.quoted_account_id) THEN 1
             WHEN EXISTS (SELECT 1 FROM accounts a JOIN account_domain_blocks d ON d.domain = a.domain AND d.account_id = q.me
                          WHERE a.id = q.quoted_account_id) THEN 2
             WHEN EXISTS (SELECT 1 FROM mutes m WHERE m.account_id = q.me AND m.target_account_id = q.quoted_account_id
                          AND (m.expires_at IS NULL OR m.expires_at > $3)) THEN 3
             ELSE 0 END)::smallint AS hidden
         FROM (SELECT look.me, false AS inside, f.status_id, f.quoted_status_id, f.quoted_account_id, f.state, f.legacy
               FROM unnest($1, $2) AS look (me, post) JOIN quotes f ON f.status_id = look.post
               UNION ALL
               SELECT look.me, true, n.status_id, n.quoted_status_id, n.quoted_account_id, n.state, n.legacy
               FROM unnest($1, $2) AS look (me, post) JOIN quotes f ON f.status_id = look.post
                    JOIN quotes n ON n.status_id = f.quoted_status_id WHERE f.state = 1) q",
    )
    .bind::<Array<BigInt>, _>(viewers)
    .bind::<Array<BigInt>, _>(ids)
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await
}

/// A quote on a page of them.
#[derive(Clone, Copy, Debug, QueryableByName)]
pub struct QuoteRow {
    #[diesel(sql_type = BigInt)]
    pub id: QuoteId,
    #[diesel(sql_type = BigInt)]
    pub status_id: StatusId,
}

macro_rules! page {
    ($order:literal) => {
        concat!(
            "SELECT q.id, q.status_id FROM quotes q JOIN statuses s ON s.id = q.status_id
             WHERE q.quoted_status_id = $2 AND q.state = 1 AND q.id < $3 AND q.id > $4 AND ",
            visible!(),
            " AND ",
            shown!("$6"),
            " ORDER BY q.id ",
            $order,
            " LIMIT $5"
        )
    };
}

/// The accepted quotes of a post that the viewer may see and does not hide, newest first.
pub async fn list_page(
    conn: &mut Conn,
    viewer: Viewer,
    quoted: StatusId,
    page: Page,
    now: DateTime<Utc>,
) -> QueryResult<Vec<QuoteRow>> {
    // visible! stands in `page!`.
    let rows: Vec<QuoteRow> = Sql::new(if page.upwards { page!("ASC") } else { page!("DESC") })
        .bind::<BigInt, _>(viewer.bind())
        .bind::<BigInt, _>(quoted)
        .bind::<BigInt, _>(page.below)
        .bind::<BigInt, _>(page.above)
        .bind::<BigInt, _>(page.limit)
        .bind::<Timestamptz, _>(now)
        .load(conn)
        .await?;
    Ok(page.newest_first(rows))
}

/// The newest posts that quote a post, with its author's consent; so many at most.
pub async fn list_quoting(conn: &mut Conn, quoted: StatusId, limit: i64) -> QueryResult<Vec<StatusId>> {
    quotes::table
        .filter(quotes::quoted_status_id.eq(quoted))
        .filter(quotes::state.eq(State::Accepted.number()))
        .order(quotes::id.desc())
        .limit(limit)
        .select(quotes::status_id)
        .load(conn)
        .await
}

/// The people of this instance whose quotes of a post are accepted, each with their quote: they are told when it changes.
pub async fn list_local_quoters(
    conn: &mut Conn,
    quoted: StatusId,
    limit: i64,
) -> QueryResult<Vec<(AccountId, StatusId)>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        account_id: AccountId,
        #[diesel(sql_type = BigInt)]
        status_id: StatusId,
    }
    let rows: Vec<Row> = Sql::new(
        "SELECT q.account_id, q.status_id FROM quotes q JOIN users u ON u.account_id = q.account_id
         WHERE q.quoted_status_id = $1 AND q.state = 1 ORDER BY q.id DESC LIMIT $2",
    )
    .bind::<BigInt, _>(quoted)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.account_id, row.status_id)).collect())
}
