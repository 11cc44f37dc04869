//! All SQL about accounts, their users, keys and statistics.

pub mod activity;
pub mod attribution;
pub mod featuring;
pub mod field_checks;
pub mod pictures;
pub mod preferences;
pub mod proofs;
pub mod refusals;
mod search;
pub mod sign_ins;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::query_dsl::methods;
use diesel_async::RunQueryDsl;

pub use search::*;

use super::entity::Tabs;
use super::{Account, Featuring, NewAccount, PictureTexts, Stats, User};
use crate::base::id::AccountId;
use crate::db::Conn;
use crate::db::schema::{
    account_featuring, account_keys, account_stats, accounts, instances, picture_descriptions, sessions, users,
};
use crate::media::Role;

/// `lower(text)`, as the unique indexes on names have it.
#[diesel::declare_sql_function]
extern "SQL" {
    fn lower(text: diesel::sql_types::Text) -> diesel::sql_types::Text;
}

pub async fn find_account(conn: &mut Conn, id: AccountId) -> QueryResult<Option<Account>> {
    accounts::table.find(id).select(Account::as_select()).first(conn).await.optional()
}

/// Until the transaction ends nobody else has this account locked, or changes it: for what is counted before it is written.
pub async fn lock_account(conn: &mut Conn, id: AccountId) -> QueryResult<Option<Account>> {
    accounts::table.find(id).select(Account::as_select()).for_no_key_update().first(conn).await.optional()
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

/// Notes that what comes from a server is for its followers here alone; nothing happens if it is noted.
pub async fn silence_instance(conn: &mut Conn, domain: &str, now: DateTime<Utc>) -> QueryResult<usize> {
    diesel::update(instances::table.find(domain).filter(instances::silenced_at.is_null()))
        .set(instances::silenced_at.eq(now))
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

/// The role of a person here.
pub async fn find_role(conn: &mut Conn, id: AccountId) -> QueryResult<Option<String>> {
    users::table.find(id).select(users::role).first(conn).await.optional()
}

/// `email` in lower case.
pub async fn find_user_by_email(conn: &mut Conn, email: &str) -> QueryResult<Option<User>> {
    users::table.filter(users::email.eq(email)).select(User::as_select()).first(conn).await.optional()
}

/// Everyone of this instance: people with their users, and groups.
pub async fn list_local(conn: &mut Conn) -> QueryResult<Vec<(Account, Option<User>)>> {
    accounts::table
        .left_join(users::table)
        .filter(accounts::domain.is_null())
        .filter(accounts::actor_type.ne("Application"))
        .filter(accounts::deleted_at.is_null())
        .order(accounts::id)
        .select((Account::as_select(), Option::<User>::as_select()))
        .load(conn)
        .await
}

/// The row of counts that goes with an account; nothing happens if it is there.
pub async fn insert_stats(conn: &mut Conn, id: AccountId) -> QueryResult<usize> {
    diesel::insert_into(account_stats::table)
        .values(account_stats::account_id.eq(id))
        .on_conflict_do_nothing()
        .execute(conn)
        .await
}

/// Inserts a remote account, or brings the one with its `uri` up to date. `None` when that is somebody of ours.
pub async fn upsert_remote(conn: &mut Conn, account: &NewAccount) -> QueryResult<Option<Account>> {
    let put = diesel::insert_into(accounts::table).values(account).on_conflict(accounts::uri).do_update().set((
        accounts::username.eq(&account.username),
        accounts::domain.eq(&account.domain),
        accounts::actor_type.eq(account.actor_type),
        accounts::url.eq(&account.url),
        accounts::display_name.eq(&account.display_name),
        accounts::note.eq(&account.note),
        accounts::fields.eq(&account.fields),
        accounts::avatar_url.eq(&account.avatar_url),
        accounts::header_url.eq(&account.header_url),
        accounts::locked.eq(account.locked),
        accounts::discoverable.eq(account.discoverable),
        accounts::indexable.eq(account.indexable),
        accounts::inbox_uri.eq(&account.inbox_uri),
        accounts::shared_inbox_uri.eq(&account.shared_inbox_uri),
        (
            accounts::outbox_uri.eq(&account.outbox_uri),
            accounts::followers_uri.eq(&account.followers_uri),
            accounts::following_uri.eq(&account.following_uri),
            accounts::featured_uri.eq(&account.featured_uri),
            accounts::public_key_id.eq(&account.public_key_id),
            accounts::public_key_pem.eq(&account.public_key_pem),
            accounts::updated_at.eq(account.updated_at),
            accounts::fetched_at.eq(account.fetched_at),
            accounts::also_known_as.eq(&account.also_known_as),
        ),
    ));
    methods::FilterDsl::filter(put, accounts::domain.is_not_null())
        .returning(Account::as_returning())
        .get_result(conn)
        .await
        .optional()
}

/// Frees a remote handle for the actor `uri`: another actor that had it before keeps its posts under a name that says so.
pub async fn retire_handle(conn: &mut Conn, username: &str, domain: &str, uri: &str) -> QueryResult<usize> {
    diesel::update(
        accounts::table
            .filter(lower(accounts::username).eq(username.to_lowercase()))
            .filter(accounts::domain.eq(domain))
            .filter(accounts::uri.ne(uri)),
    )
    .set(accounts::username.eq(diesel::dsl::sql::<diesel::sql_types::Text>("username || '-' || id::text")))
    .execute(conn)
    .await
}

/// Saves what a person may change of their account.
pub async fn update_profile(conn: &mut Conn, account: &Account) -> QueryResult<usize> {
    diesel::update(accounts::table.find(account.id))
        .set((
            accounts::actor_type.eq(&account.actor_type),
            accounts::display_name.eq(&account.display_name),
            accounts::note_source.eq(&account.note_source),
            accounts::note.eq(&account.note),
            accounts::fields.eq(&account.fields),
            accounts::locked.eq(account.locked),
            accounts::discoverable.eq(account.discoverable),
            accounts::indexable.eq(account.indexable),
            accounts::updated_at.eq(account.updated_at),
        ))
        .execute(conn)
        .await
}

/// Saves which fields are verified.
pub async fn update_fields(conn: &mut Conn, id: AccountId, fields: &serde_json::Value) -> QueryResult<usize> {
    diesel::update(accounts::table.find(id)).set(accounts::fields.eq(fields)).execute(conn).await
}

/// Saves where an account's avatar or header is.
pub async fn update_picture(conn: &mut Conn, id: AccountId, role: Role, url: Option<&str>) -> QueryResult<usize> {
    let account = accounts::table.find(id);
    match role {
        Role::Header => diesel::update(account).set(accounts::header_url.eq(url)).execute(conn).await,
        _ => diesel::update(account).set(accounts::avatar_url.eq(url)).execute(conn).await,
    }
}

/// Saves the defaults for new posts; `None` leaves as it is, an empty language is none.
pub async fn update_defaults(
    conn: &mut Conn,
    id: AccountId,
    visibility: Option<&str>,
    sensitive: Option<bool>,
    language: Option<&str>,
    quote_policy: Option<&str>,
) -> QueryResult<()> {
    let user = users::table.find(id);
    if let Some(visibility) = visibility {
        diesel::update(user).set(users::default_visibility.eq(visibility)).execute(conn).await?;
    }
    if let Some(sensitive) = sensitive {
        diesel::update(user).set(users::default_sensitive.eq(sensitive)).execute(conn).await?;
    }
    if let Some(language) = language {
        let language = Some(language).filter(|language| !language.is_empty());
        diesel::update(user).set(users::default_language.eq(language)).execute(conn).await?;
    }
    if let Some(policy) = quote_policy {
        diesel::update(user).set(users::default_quote_policy.eq(policy)).execute(conn).await?;
    }
    Ok(())
}

pub async fn set_suspended(conn: &mut Conn, id: AccountId, at: Option<DateTime<Utc>>) -> QueryResult<usize> {
    let account = accounts::table.find(id).filter(accounts::deleted_at.is_null());
    diesel::update(account).set(accounts::suspended_at.eq(at)).execute(conn).await
}

/// Removes a remote account with all that hangs on it.
pub async fn delete_remote(conn: &mut Conn, id: AccountId) -> QueryResult<usize> {
    diesel::delete(accounts::table.find(id).filter(accounts::domain.is_not_null())).execute(conn).await
}

/// People of this instance, in all and active since then. For NodeInfo.
pub async fn count_people(conn: &mut Conn, active_since: DateTime<Utc>) -> QueryResult<(i64, i64)> {
    let all = users::table.count().get_result(conn).await?;
    let active = users::table.filter(users::last_sign_in_at.gt(active_since)).count().get_result(conn).await?;
    Ok((all, active))
}

/// What there is to an account besides its row.
#[derive(Clone, Debug, Default)]
pub struct Besides {
    /// What one of another server says of being put into collections.
    pub featuring: Option<Featuring>,
    pub pictures: PictureTexts,
    /// Of a person here; see [`User::role`].
    pub role: Option<String>,
    pub tabs: Tabs,
}

/// Accounts with their counts, and what there is to them besides.
pub async fn list_with_stats(conn: &mut Conn, ids: &[AccountId]) -> QueryResult<Vec<(Account, Stats, Besides)>> {
    type Row = (Account, Option<Stats>, Option<Featuring>, Option<PictureTexts>, Option<String>, Option<Tabs>);
    let rows: Vec<Row> = accounts::table
        .left_join(account_stats::table)
        .left_join(account_featuring::table)
        .left_join(picture_descriptions::table)
        .left_join(users::table)
        .filter(accounts::id.eq_any(ids))
        .filter(accounts::deleted_at.is_null())
        .select((
            Account::as_select(),
            Option::<Stats>::as_select(),
            Option::<Featuring>::as_select(),
            Option::<PictureTexts>::as_select(),
            users::role.nullable(),
            Option::<Tabs>::as_select(),
        ))
        .load(conn)
        .await?;
    let whole = |(account, stats, featuring, pictures, role, tabs): Row| {
        let (pictures, tabs) = (pictures.unwrap_or_default(), tabs.unwrap_or_default());
        (account, stats.unwrap_or(Stats::NONE), Besides { featuring, pictures, role, tabs })
    };
    Ok(rows.into_iter().map(whole).collect())
}

/// Forgets browser sessions that have run out.
pub async fn delete_expired_sessions(conn: &mut Conn, now: DateTime<Utc>) -> QueryResult<usize> {
    diesel::delete(sessions::table.filter(sessions::expires_at.lt(now))).execute(conn).await
}
