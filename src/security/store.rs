//! All SQL about second factors, passkeys, links in letters, and browsers in between.

pub mod guesses;

use chrono::{DateTime, Utc};
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};
use diesel_async::RunQueryDsl;

use super::{Factors, MailLink, PasskeyRow, Step, StepKind, TotpKey};
use crate::base::id::{AccountId, PasskeyId};
use crate::db::Conn;
use crate::db::schema::{known_browsers, mail_links, passkeys, recovery_codes, sign_in_steps, totp_keys};
use crate::db::sql::Sql;

pub async fn insert_link(conn: &mut Conn, link: &MailLink) -> QueryResult<usize> {
    diesel::insert_into(mail_links::table).values(link).execute(conn).await
}

/// Whether a link of this kind to this address stands open for a person; it cannot end before the transaction does.
pub async fn is_asked_for(
    conn: &mut Conn,
    account: AccountId,
    purpose: &str,
    email: &str,
    now: DateTime<Utc>,
) -> QueryResult<bool> {
    let found = mail_links::table
        .filter(mail_links::account_id.eq(account))
        .filter(mail_links::purpose.eq(purpose))
        .filter(mail_links::email.eq(email))
        .filter(mail_links::expires_at.gt(now))
        .select(mail_links::token_hash)
        .for_share()
        .first::<Vec<u8>>(conn)
        .await
        .optional()?;
    Ok(found.is_some())
}

/// A link that still works, locked until the end of the transaction.
pub async fn find_link(conn: &mut Conn, token_hash: &[u8], now: DateTime<Utc>) -> QueryResult<Option<MailLink>> {
    mail_links::table
        .find(token_hash)
        .filter(mail_links::expires_at.gt(now))
        .select(MailLink::as_select())
        .for_update()
        .first(conn)
        .await
        .optional()
}

/// Ends all links of a person that are for the same.
pub async fn delete_links(conn: &mut Conn, account: AccountId, purpose: &str) -> QueryResult<usize> {
    let of_person = mail_links::table.filter(mail_links::account_id.eq(account));
    diesel::delete(of_person.filter(mail_links::purpose.eq(purpose))).execute(conn).await
}

/// Ends what a person, or somebody in their name, began and did not finish: links for a new password or another address, sign-ins in
/// between.
pub async fn delete_unfinished(conn: &mut Conn, account: AccountId) -> QueryResult<()> {
    delete_links(conn, account, "reset").await?;
    delete_links(conn, account, "change").await?;
    diesel::delete(sign_in_steps::table.filter(sign_in_steps::account_id.eq(account))).execute(conn).await?;
    Ok(())
}

/// Clears away what has expired, and browsers that were not seen since `unseen_since`.
pub async fn delete_expired(conn: &mut Conn, now: DateTime<Utc>, unseen_since: DateTime<Utc>) -> QueryResult<()> {
    diesel::delete(mail_links::table.filter(mail_links::expires_at.le(now))).execute(conn).await?;
    diesel::delete(sign_in_steps::table.filter(sign_in_steps::expires_at.le(now))).execute(conn).await?;
    diesel::delete(known_browsers::table.filter(known_browsers::seen_at.le(unseen_since))).execute(conn).await?;
    Ok(())
}

/// Notes that a person signed in with a browser. Returns whether they did before.
pub async fn note_browser(
    conn: &mut Conn,
    account: AccountId,
    browser_hash: &[u8],
    now: DateTime<Utc>,
) -> QueryResult<bool> {
    let known = known_browsers::table.find((account, browser_hash));
    let seen = diesel::update(known).set(known_browsers::seen_at.eq(now)).execute(conn).await?;
    if seen == 0 {
        diesel::insert_into(known_browsers::table)
            .values((
                known_browsers::account_id.eq(account),
                known_browsers::browser_hash.eq(browser_hash),
                known_browsers::seen_at.eq(now),
            ))
            .on_conflict_do_nothing()
            .execute(conn)
            .await?;
    }
    Ok(seen > 0)
}

pub async fn is_browser_known(conn: &mut Conn, account: AccountId, browser_hash: &[u8]) -> QueryResult<bool> {
    diesel::select(exists(known_browsers::table.find((account, browser_hash)))).get_result(conn).await
}

/// Whether a person has signed in with any browser that is remembered.
pub async fn has_browsers(conn: &mut Conn, account: AccountId) -> QueryResult<bool> {
    let any = known_browsers::table.filter(known_browsers::account_id.eq(account));
    diesel::select(exists(any)).get_result(conn).await
}

pub async fn find_factors(conn: &mut Conn, account: AccountId) -> QueryResult<Factors> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Bool)]
        totp: bool,
        #[diesel(sql_type = Bool)]
        passkeys: bool,
        #[diesel(sql_type = BigInt)]
        codes: i64,
    }
    let rows: Vec<Row> = Sql::new(
        "SELECT EXISTS (SELECT 1 FROM totp_keys WHERE account_id = $1 AND confirmed_at IS NOT NULL) AS totp,
                EXISTS (SELECT 1 FROM passkeys WHERE account_id = $1) AS passkeys,
                (SELECT count(*) FROM recovery_codes WHERE account_id = $1) AS codes",
    )
    .bind::<BigInt, _>(account)
    .load(conn)
    .await?;
    let found = rows.into_iter().next();
    Ok(found.map_or_else(Factors::default, |Row { totp, passkeys, codes }| Factors { totp, passkeys, codes }))
}

/// A person's key, locked until the end of the transaction: a code is used once, whoever else tries at the same moment.
pub async fn find_totp(conn: &mut Conn, account: AccountId) -> QueryResult<Option<TotpKey>> {
    totp_keys::table.find(account).select(TotpKey::as_select()).for_update().first(conn).await.optional()
}

/// Puts a new key in place of one that was never confirmed.
pub async fn upsert_totp(conn: &mut Conn, key: &TotpKey) -> QueryResult<usize> {
    let unconfirmed = totp_keys::table.find(key.account_id).filter(totp_keys::confirmed_at.is_null());
    diesel::delete(unconfirmed).execute(conn).await?;
    diesel::insert_into(totp_keys::table).values(key).on_conflict_do_nothing().execute(conn).await
}

/// Uses up all codes until this step; `confirmed_at` is set once.
pub async fn update_totp(
    conn: &mut Conn,
    account: AccountId,
    last_step: i64,
    confirmed_at: DateTime<Utc>,
) -> QueryResult<usize> {
    diesel::update(totp_keys::table.find(account))
        .set((totp_keys::last_step.eq(last_step), totp_keys::confirmed_at.eq(confirmed_at)))
        .execute(conn)
        .await
}

pub async fn delete_totp(conn: &mut Conn, account: AccountId) -> QueryResult<usize> {
    diesel::delete(totp_keys::table.find(account)).execute(conn).await
}

/// Puts these codes in place of those that there are.
pub async fn replace_codes(conn: &mut Conn, account: AccountId, hashes: &[Vec<u8>]) -> QueryResult<()> {
    diesel::delete(recovery_codes::table.filter(recovery_codes::account_id.eq(account))).execute(conn).await?;
    let rows: Vec<_> = hashes
        .iter()
        .map(|hash| (recovery_codes::account_id.eq(account), recovery_codes::code_hash.eq(hash)))
        .collect();
    diesel::insert_into(recovery_codes::table).values(rows).execute(conn).await?;
    Ok(())
}

/// Uses a code up; 0 when it is none.
pub async fn delete_code(conn: &mut Conn, account: AccountId, code_hash: &[u8]) -> QueryResult<usize> {
    diesel::delete(recovery_codes::table.find((account, code_hash))).execute(conn).await
}

pub async fn list_passkeys(conn: &mut Conn, account: AccountId) -> QueryResult<Vec<PasskeyRow>> {
    passkeys::table
        .filter(passkeys::account_id.eq(account))
        .order(passkeys::id)
        .select(PasskeyRow::as_select())
        .load(conn)
        .await
}

/// A passkey by the id that it has by itself, locked until the end of the transaction.
pub async fn find_passkey(conn: &mut Conn, credential_id: &[u8]) -> QueryResult<Option<PasskeyRow>> {
    passkeys::table
        .filter(passkeys::credential_id.eq(credential_id))
        .select(PasskeyRow::as_select())
        .for_update()
        .first(conn)
        .await
        .optional()
}

/// Returns 0 when somebody has this passkey already.
pub async fn insert_passkey(conn: &mut Conn, passkey: &PasskeyRow) -> QueryResult<usize> {
    diesel::insert_into(passkeys::table).values(passkey).on_conflict_do_nothing().execute(conn).await
}

pub async fn update_passkey_used(
    conn: &mut Conn,
    id: PasskeyId,
    credential: &str,
    now: DateTime<Utc>,
) -> QueryResult<usize> {
    diesel::update(passkeys::table.find(id))
        .set((passkeys::credential.eq(credential), passkeys::last_used_at.eq(now)))
        .execute(conn)
        .await
}

pub async fn rename_passkey(conn: &mut Conn, account: AccountId, id: PasskeyId, name: &str) -> QueryResult<usize> {
    let own = passkeys::table.find(id).filter(passkeys::account_id.eq(account));
    diesel::update(own).set(passkeys::name.eq(name)).execute(conn).await
}

pub async fn delete_passkey(conn: &mut Conn, account: AccountId, id: PasskeyId) -> QueryResult<usize> {
    diesel::delete(passkeys::table.find(id).filter(passkeys::account_id.eq(account))).execute(conn).await
}

pub async fn delete_passkeys(conn: &mut Conn, account: AccountId) -> QueryResult<usize> {
    diesel::delete(passkeys::table.filter(passkeys::account_id.eq(account))).execute(conn).await
}

/// Puts a browser where it is now; where it was before counts no more.
pub async fn upsert_step(conn: &mut Conn, step: &Step) -> QueryResult<usize> {
    delete_step(conn, &step.browser_hash).await?;
    diesel::insert_into(sign_in_steps::table).values(step).execute(conn).await
}

pub async fn find_step(
    conn: &mut Conn,
    browser_hash: &[u8],
    kind: StepKind,
    now: DateTime<Utc>,
) -> QueryResult<Option<Step>> {
    sign_in_steps::table
        .find(browser_hash)
        .filter(sign_in_steps::kind.eq(kind.as_str()))
        .filter(sign_in_steps::expires_at.gt(now))
        .select(Step::as_select())
        .first(conn)
        .await
        .optional()
}

/// Counts an attempt at the second factor, before it is looked at: so many are made at most, however many come at once. Returns whose
/// it is, if there may be one more.
pub async fn count_attempt(
    conn: &mut Conn,
    browser_hash: &[u8],
    most: i32,
    now: DateTime<Utc>,
) -> QueryResult<Option<AccountId>> {
    let step = sign_in_steps::table
        .find(browser_hash)
        .filter(sign_in_steps::kind.eq(StepKind::Second.as_str()))
        .filter(sign_in_steps::failures.lt(most))
        .filter(sign_in_steps::expires_at.gt(now));
    let found = diesel::update(step)
        .set(sign_in_steps::failures.eq(sign_in_steps::failures + 1))
        .returning(sign_in_steps::account_id)
        .get_result::<Option<AccountId>>(conn)
        .await
        .optional()?;
    Ok(found.flatten())
}

/// Takes a step away, and says what it was: so whoever comes first has it, and nobody else.
pub async fn take_step(
    conn: &mut Conn,
    browser_hash: &[u8],
    kind: StepKind,
    now: DateTime<Utc>,
) -> QueryResult<Option<Step>> {
    diesel::delete(sign_in_steps::table.find(browser_hash).filter(sign_in_steps::kind.eq(kind.as_str())))
        .returning(Step::as_returning())
        .get_result(conn)
        .await
        .optional()
        .map(|step| step.filter(|step| step.expires_at > now))
}

pub async fn delete_step(conn: &mut Conn, browser_hash: &[u8]) -> QueryResult<usize> {
    diesel::delete(sign_in_steps::table.find(browser_hash)).execute(conn).await
}
