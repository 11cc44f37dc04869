//! All SQL about invitations.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::Invitation;
use crate::accounts::Account;
use crate::base::id::{AccountId, InvitationId};
use crate::db::Conn;
use crate::db::schema::{accounts, invitation_uses, invitations};

pub async fn insert_invitation(conn: &mut Conn, invitation: &Invitation) -> QueryResult<usize> {
    diesel::insert_into(invitations::table).values(invitation).execute(conn).await
}

pub async fn find_by_token(conn: &mut Conn, token_hash: &[u8]) -> QueryResult<Option<Invitation>> {
    invitations::table
        .filter(invitations::token_hash.eq(token_hash))
        .select(Invitation::as_select())
        .first(conn)
        .await
        .optional()
}

/// A person's invitations, the newest first.
pub async fn list_invitations(conn: &mut Conn, account: AccountId, limit: i64) -> QueryResult<Vec<Invitation>> {
    invitations::table
        .filter(invitations::account_id.eq(account))
        .order(invitations::id.desc())
        .limit(limit)
        .select(Invitation::as_select())
        .load(conn)
        .await
}

/// How many of a person's invitations hold.
pub async fn count_holding(conn: &mut Conn, account: AccountId, now: DateTime<Utc>) -> QueryResult<i64> {
    invitations::table
        .filter(invitations::account_id.eq(account))
        .filter(invitations::revoked_at.is_null())
        .filter(invitations::uses_left.gt(0))
        .filter(invitations::expires_at.gt(now))
        .count()
        .get_result(conn)
        .await
}

/// Who came by these invitations.
pub async fn list_guests(conn: &mut Conn, ids: &[InvitationId]) -> QueryResult<Vec<(InvitationId, Account)>> {
    invitation_uses::table
        .inner_join(accounts::table)
        .filter(invitation_uses::invitation_id.eq_any(ids))
        .order(invitation_uses::created_at)
        .select((invitation_uses::invitation_id, Account::as_select()))
        .load(conn)
        .await
}

/// Who brought these accounts, of those that somebody did; the first one first.
pub async fn list_inviters(conn: &mut Conn, guests: &[AccountId]) -> QueryResult<Vec<(AccountId, AccountId)>> {
    invitation_uses::table
        .inner_join(invitations::table)
        .filter(invitation_uses::account_id.eq_any(guests))
        .order(invitation_uses::created_at)
        .select((invitation_uses::account_id, invitations::account_id))
        .load(conn)
        .await
}

/// Whom somebody brought, the last ones; so many at most.
pub async fn list_brought(conn: &mut Conn, by: AccountId, limit: i64) -> QueryResult<Vec<AccountId>> {
    invitation_uses::table
        .inner_join(invitations::table)
        .filter(invitations::account_id.eq(by))
        .order(invitation_uses::created_at.desc())
        .limit(limit)
        .select(invitation_uses::account_id)
        .load(conn)
        .await
}

/// Who brought somebody.
pub async fn list_hosts(conn: &mut Conn, guest: AccountId) -> QueryResult<Vec<AccountId>> {
    invitation_uses::table
        .inner_join(invitations::table)
        .filter(invitation_uses::account_id.eq(guest))
        .order(invitation_uses::created_at)
        .select(invitations::account_id)
        .load(conn)
        .await
}

/// Uses an invitation up by one; 0 when it does not hold any more.
pub async fn take_use(conn: &mut Conn, id: InvitationId, now: DateTime<Utc>) -> QueryResult<usize> {
    let holding = invitations::table
        .find(id)
        .filter(invitations::revoked_at.is_null())
        .filter(invitations::uses_left.gt(0))
        .filter(invitations::expires_at.gt(now));
    diesel::update(holding).set(invitations::uses_left.eq(invitations::uses_left - 1)).execute(conn).await
}

/// Notes who came by an invitation; 0 when they had come before.
pub async fn insert_use(
    conn: &mut Conn,
    id: InvitationId,
    account: AccountId,
    now: DateTime<Utc>,
) -> QueryResult<usize> {
    diesel::insert_into(invitation_uses::table)
        .values((
            invitation_uses::invitation_id.eq(id),
            invitation_uses::account_id.eq(account),
            invitation_uses::created_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await
}

pub async fn update_revoked(
    conn: &mut Conn,
    account: AccountId,
    id: InvitationId,
    now: DateTime<Utc>,
) -> QueryResult<usize> {
    let own = invitations::table.find(id).filter(invitations::account_id.eq(account));
    diesel::update(own.filter(invitations::revoked_at.is_null()))
        .set(invitations::revoked_at.eq(now))
        .execute(conn)
        .await
}
