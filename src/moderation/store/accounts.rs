//! All SQL about accounts as administrators look at them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use crate::accounts::User;
use crate::accounts::store::lower;
use crate::base::id::AccountId;
use crate::base::page::Page;
use crate::db::Conn;
use crate::db::schema::{account_keys, accounts, instances, users};
use crate::db::sql::Sql;

pub async fn list_users(conn: &mut Conn, ids: &[AccountId]) -> QueryResult<Vec<User>> {
    users::table.filter(users::account_id.eq_any(ids)).select(User::as_select()).load(conn).await
}

/// How an account stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// None of those below.
    Active,
    Pending,
    Disabled,
    Sensitized,
    Silenced,
    Suspended,
}

/// Which accounts are asked for; texts are the beginnings of what is looked for.
#[derive(Clone, Debug, Default)]
pub struct AccountFilter {
    /// Of this instance, or of others; `None` for all.
    pub local: Option<bool>,
    pub state: Option<State>,
    pub staff: bool,
    pub roles: Vec<String>,
    pub username: Option<String>,
    pub display_name: Option<String>,
    pub domain: Option<String>,
    pub email: Option<String>,
    /// Of these alone.
    pub among: Option<Vec<AccountId>>,
}

/// A pattern for whatever begins with this text.
fn beginning(text: &str) -> String {
    let escaped = text.to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("{escaped}%")
}

/// A page of people and groups, newest first.
pub async fn list_accounts(conn: &mut Conn, filter: &AccountFilter, page: Page) -> QueryResult<Vec<AccountId>> {
    let mut query = accounts::table
        .left_join(users::table)
        .filter(accounts::deleted_at.is_null())
        .filter(accounts::actor_type.ne("Application"))
        .filter(accounts::id.lt(AccountId(page.below)))
        .filter(accounts::id.gt(AccountId(page.above)))
        .limit(page.limit)
        .select(accounts::id)
        .into_boxed();
    match filter.local {
        Some(true) => query = query.filter(accounts::domain.is_null()),
        Some(false) => query = query.filter(accounts::domain.is_not_null()),
        None => {}
    }
    match filter.state {
        Some(State::Active) => {
            query = query
                .filter(accounts::suspended_at.is_null())
                .filter(accounts::silenced_at.is_null())
                .filter(users::disabled_at.is_null())
                .filter(users::approved_at.is_not_null().or(users::account_id.is_null()));
        }
        Some(State::Pending) => {
            query = query.filter(users::account_id.is_not_null()).filter(users::approved_at.is_null());
        }
        Some(State::Disabled) => query = query.filter(users::disabled_at.is_not_null()),
        Some(State::Sensitized) => query = query.filter(accounts::sensitized_at.is_not_null()),
        Some(State::Silenced) => query = query.filter(accounts::silenced_at.is_not_null()),
        Some(State::Suspended) => query = query.filter(accounts::suspended_at.is_not_null()),
        None => {}
    }
    if filter.staff {
        query = query.filter(users::role.ne("user"));
    }
    if !filter.roles.is_empty() {
        query = query.filter(users::role.eq_any(filter.roles.clone()));
    }
    if let Some(username) = &filter.username {
        query = query.filter(lower(accounts::username).like(beginning(username)));
    }
    if let Some(name) = &filter.display_name {
        query = query.filter(lower(accounts::display_name).like(beginning(name)));
    }
    if let Some(domain) = &filter.domain {
        query = query.filter(accounts::domain.eq(domain.clone()));
    }
    if let Some(email) = &filter.email {
        query = query.filter(users::email.like(beginning(email)));
    }
    if let Some(among) = &filter.among {
        query = query.filter(accounts::id.eq_any(among.clone()));
    }
    let query = if page.upwards { query.order(accounts::id.asc()) } else { query.order(accounts::id.desc()) };
    let found: Vec<AccountId> = query.load(conn).await?;
    Ok(page.newest_first(found))
}

pub async fn set_silenced(conn: &mut Conn, id: AccountId, at: Option<DateTime<Utc>>) -> QueryResult<usize> {
    diesel::update(accounts::table.find(id)).set(accounts::silenced_at.eq(at)).execute(conn).await
}

pub async fn set_sensitized(conn: &mut Conn, id: AccountId, at: Option<DateTime<Utc>>) -> QueryResult<usize> {
    diesel::update(accounts::table.find(id)).set(accounts::sensitized_at.eq(at)).execute(conn).await
}

pub async fn set_disabled(conn: &mut Conn, id: AccountId, at: Option<DateTime<Utc>>) -> QueryResult<usize> {
    diesel::update(users::table.find(id)).set(users::disabled_at.eq(at)).execute(conn).await
}

pub async fn set_role(conn: &mut Conn, id: AccountId, role: &str) -> QueryResult<usize> {
    diesel::update(users::table.find(id)).set(users::role.eq(role)).execute(conn).await
}

/// Removes an account that was never let in, as if it had not registered.
pub async fn delete_pending(conn: &mut Conn, id: AccountId) -> QueryResult<usize> {
    diesel::delete(account_keys::table.find(id)).execute(conn).await?;
    diesel::delete(accounts::table.find(id)).execute(conn).await
}

/// Known servers of a domain: itself, and those below it, with any port.
pub async fn list_servers_of(conn: &mut Conn, domain: &str) -> QueryResult<Vec<String>> {
    let below = format!("%.{}", domain.replace('_', "\\_"));
    let with_port = format!("{}:%", domain.replace('_', "\\_"));
    instances::table
        .filter(
            instances::domain
                .eq(domain)
                .or(instances::domain.like(below.clone()))
                .or(instances::domain.like(with_port))
                .or(instances::domain.like(format!("{below}:%"))),
        )
        .select(instances::domain)
        .load(conn)
        .await
}

/// Notes whether what comes from a server is for its followers here alone.
pub async fn set_server_silenced(conn: &mut Conn, domain: &str, at: Option<DateTime<Utc>>) -> QueryResult<usize> {
    diesel::update(instances::table.find(domain)).set(instances::silenced_at.eq(at)).execute(conn).await
}

/// The host of an account's id as `accounts_by_host` has it: without its port, in lower case, and backwards, so that what lies below a
/// domain stands together.
const HOST: &str = "reverse(rtrim(split_part(lower(split_part(uri, '/', 3)), ':', 1), '.'))";

/// Hosts, without ports, on which there are accounts: this domain, and those below it. Walks from one to the next through the index, so
/// the cost grows with the hosts, not with their accounts.
pub async fn list_hosts_of(conn: &mut Conn, domain: &str) -> QueryResult<Vec<String>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        host: String,
    }
    let rows: Vec<Row> = diesel::sql_query(format!(
        "WITH RECURSIVE hosts (host) AS (
             SELECT (SELECT {HOST} FROM accounts WHERE domain IS NOT NULL
                     AND {HOST} ~>=~ (reverse($1::text) || '.') AND {HOST} ~<~ (reverse($1::text) || '/')
                     ORDER BY {HOST} USING ~<~ LIMIT 1)
             UNION ALL
             SELECT (SELECT {HOST} FROM accounts WHERE domain IS NOT NULL
                     AND {HOST} ~>~ hosts.host AND {HOST} ~<~ (reverse($1::text) || '/')
                     ORDER BY {HOST} USING ~<~ LIMIT 1)
             FROM hosts WHERE hosts.host IS NOT NULL)
         SELECT $1::text AS host UNION ALL SELECT reverse(host) FROM hosts WHERE host IS NOT NULL"
    ))
    .bind::<Text, _>(domain)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.host).collect())
}

/// Closes some accounts that are open and whose handles have these domains. Returns how many.
pub async fn suspend_some_on(conn: &mut Conn, domains: &[String], at: DateTime<Utc>, limit: i64) -> QueryResult<usize> {
    Sql::new(
        "UPDATE accounts SET suspended_at = $2 WHERE id = ANY (ARRAY(
             SELECT id FROM accounts WHERE domain = ANY ($1) AND suspended_at IS NULL LIMIT $3))",
    )
    .bind::<Array<Text>, _>(domains)
    .bind::<Timestamptz, _>(at)
    .bind::<BigInt, _>(limit)
    .execute(conn)
    .await
}

/// The same of those that are on these hosts, whatever domains their handles have.
pub async fn suspend_some_at(conn: &mut Conn, hosts: &[String], at: DateTime<Utc>, limit: i64) -> QueryResult<usize> {
    diesel::sql_query(format!(
        "UPDATE accounts SET suspended_at = $2 WHERE id = ANY (ARRAY(
             SELECT id FROM accounts WHERE domain IS NOT NULL AND suspended_at IS NULL
             AND {HOST} = ANY (ARRAY(SELECT reverse(host) FROM unnest($1::text[]) AS host)) LIMIT $3))"
    ))
    .bind::<Array<Text>, _>(hosts)
    .bind::<Timestamptz, _>(at)
    .bind::<BigInt, _>(limit)
    .execute(conn)
    .await
}

/// Accounts elsewhere that were closed at this moment, by id above one: with their ids there, and the domains of their handles.
pub async fn list_closed_at(
    conn: &mut Conn,
    at: DateTime<Utc>,
    above: AccountId,
    limit: i64,
) -> QueryResult<Vec<(AccountId, String, Option<String>)>> {
    accounts::table
        .filter(accounts::suspended_at.eq(at))
        .filter(accounts::domain.is_not_null())
        .filter(accounts::id.gt(above))
        .order(accounts::id)
        .limit(limit)
        .select((accounts::id, accounts::uri, accounts::domain))
        .load(conn)
        .await
}

/// Opens those of these accounts again that were closed at this moment, and not by themselves; or notes another moment.
pub async fn set_closed(
    conn: &mut Conn,
    ids: &[AccountId],
    from: DateTime<Utc>,
    to: Option<DateTime<Utc>>,
) -> QueryResult<usize> {
    diesel::update(accounts::table.filter(accounts::id.eq_any(ids)).filter(accounts::suspended_at.eq(from)))
        .set(accounts::suspended_at.eq(to))
        .execute(conn)
        .await
}
