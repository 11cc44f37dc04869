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

/// Closes some accounts of these servers that are open. Returns how many.
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

/// Opens some accounts of these servers again that were closed at this moment, and not by themselves. Returns how many.
pub async fn unsuspend_some_on(
    conn: &mut Conn,
    domains: &[String],
    at: DateTime<Utc>,
    limit: i64,
) -> QueryResult<usize> {
    Sql::new(
        "UPDATE accounts SET suspended_at = NULL WHERE id = ANY (ARRAY(
             SELECT id FROM accounts WHERE domain = ANY ($1) AND suspended_at = $2 LIMIT $3))",
    )
    .bind::<Array<Text>, _>(domains)
    .bind::<Timestamptz, _>(at)
    .bind::<BigInt, _>(limit)
    .execute(conn)
    .await
}
