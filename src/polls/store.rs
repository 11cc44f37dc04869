//! All SQL about polls and votes. None of it asks who looks: a poll is loaded for posts that have passed the rule.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, SmallInt, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use super::{Poll, Vote};
use crate::base::id::{AccountId, PollId, PollVoteId, StatusId};
use crate::db::Conn;
use crate::db::sql::Sql;

macro_rules! polls {
    ($which:literal) => {
        concat!(
            "SELECT p.id, p.status_id, p.multiple, p.hide_totals, p.options, p.votes, p.voters, p.expires_at, p.checked_at,
                    p.end_awaited_at, p.update_due_at FROM polls p WHERE ",
            $which
        )
    };
}

pub async fn insert(conn: &mut Conn, poll: &Poll) -> QueryResult<usize> {
    Sql::new(
        "INSERT INTO polls (id, status_id, multiple, hide_totals, options, votes, voters, expires_at, checked_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind::<BigInt, _>(poll.id)
    .bind::<BigInt, _>(poll.status_id)
    .bind::<Bool, _>(poll.multiple)
    .bind::<Bool, _>(poll.hide_totals)
    .bind::<Array<Text>, _>(poll.options.as_slice())
    .bind::<Array<BigInt>, _>(poll.votes.as_slice())
    .bind::<Nullable<BigInt>, _>(poll.voters)
    .bind::<Nullable<Timestamptz>, _>(poll.expires_at)
    .bind::<Timestamptz, _>(poll.checked_at)
    .execute(conn)
    .await
}

/// Writes what a poll asks, and its numbers.
pub async fn update(conn: &mut Conn, poll: &Poll) -> QueryResult<usize> {
    Sql::new(
        "UPDATE polls SET multiple = $2, hide_totals = $3, options = $4, votes = $5, voters = $6, expires_at = $7,
             checked_at = $8 WHERE id = $1",
    )
    .bind::<BigInt, _>(poll.id)
    .bind::<Bool, _>(poll.multiple)
    .bind::<Bool, _>(poll.hide_totals)
    .bind::<Array<Text>, _>(poll.options.as_slice())
    .bind::<Array<BigInt>, _>(poll.votes.as_slice())
    .bind::<Nullable<BigInt>, _>(poll.voters)
    .bind::<Nullable<Timestamptz>, _>(poll.expires_at)
    .bind::<Timestamptz, _>(poll.checked_at)
    .execute(conn)
    .await
}

/// Takes a poll off its post, with all votes.
pub async fn delete(conn: &mut Conn, id: PollId) -> QueryResult<usize> {
    Sql::new("DELETE FROM polls WHERE id = $1").bind::<BigInt, _>(id).execute(conn).await
}

pub async fn find(conn: &mut Conn, id: PollId) -> QueryResult<Option<Poll>> {
    Sql::new(polls!("p.id = $1")).bind::<BigInt, _>(id).get_result(conn).await.optional()
}

/// As [`find`]; nobody else votes, or changes it, meanwhile.
pub async fn lock(conn: &mut Conn, id: PollId) -> QueryResult<Option<Poll>> {
    Sql::new(polls!("p.id = $1 FOR UPDATE")).bind::<BigInt, _>(id).get_result(conn).await.optional()
}

/// As [`lock`], of a post.
pub async fn lock_of_status(conn: &mut Conn, id: StatusId) -> QueryResult<Option<Poll>> {
    Sql::new(polls!("p.status_id = $1 FOR UPDATE")).bind::<BigInt, _>(id).get_result(conn).await.optional()
}

/// The polls of those of these posts that have one.
pub async fn list_of_statuses(conn: &mut Conn, ids: &[StatusId]) -> QueryResult<Vec<Poll>> {
    Sql::new(polls!("p.status_id = ANY ($1)")).bind::<Array<BigInt>, _>(ids).load(conn).await
}

/// What people chose, each in polls of their own. Pair by pair: else all that somebody ever voted might be read.
pub async fn list_votes(conn: &mut Conn, pairs: &[(PollId, AccountId)]) -> QueryResult<Vec<Vote>> {
    let (polls, voters): (Vec<PollId>, Vec<AccountId>) = pairs.iter().copied().unzip();
    Sql::new(
        "SELECT w.poll_id, w.account_id, w.choice FROM unnest($1, $2) AS pair (poll, voter)
         CROSS JOIN LATERAL (SELECT v.poll_id, v.account_id, v.choice FROM poll_votes v
             WHERE v.poll_id = pair.poll AND v.account_id = pair.voter ORDER BY v.choice LIMIT 100) w",
    )
    .bind::<Array<BigInt>, _>(polls)
    .bind::<Array<BigInt>, _>(voters)
    .load(conn)
    .await
}

/// Keeps what somebody chose. Returns how many of these choices are new.
pub async fn insert_votes(
    conn: &mut Conn,
    poll: PollId,
    by: AccountId,
    chosen: &[(PollVoteId, i16)],
    now: DateTime<Utc>,
) -> QueryResult<usize> {
    let (ids, choices): (Vec<PollVoteId>, Vec<i16>) = chosen.iter().copied().unzip();
    Sql::new(
        "INSERT INTO poll_votes (id, poll_id, account_id, choice, created_at)
         SELECT v.id, $1, $2, v.choice, $3 FROM unnest($4, $5) AS v (id, choice) ON CONFLICT DO NOTHING",
    )
    .bind::<BigInt, _>(poll)
    .bind::<BigInt, _>(by)
    .bind::<Timestamptz, _>(now)
    .bind::<Array<BigInt>, _>(ids)
    .bind::<Array<SmallInt>, _>(choices)
    .execute(conn)
    .await
}

pub async fn delete_votes(conn: &mut Conn, poll: PollId) -> QueryResult<usize> {
    Sql::new("DELETE FROM poll_votes WHERE poll_id = $1").bind::<BigInt, _>(poll).execute(conn).await
}

/// The people of this instance who voted.
pub async fn list_local_voters(conn: &mut Conn, poll: PollId) -> QueryResult<Vec<AccountId>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        account_id: AccountId,
    }
    let rows: Vec<Row> = Sql::new(
        "SELECT DISTINCT v.account_id FROM poll_votes v JOIN users u ON u.account_id = v.account_id WHERE v.poll_id = $1",
    )
    .bind::<BigInt, _>(poll)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.account_id).collect())
}

/// Where those who voted from elsewhere get their post, shared inboxes where there are.
pub async fn list_voter_inboxes(conn: &mut Conn, poll: PollId) -> QueryResult<Vec<String>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        inbox: String,
    }
    let rows: Vec<Row> = Sql::new(
        "SELECT DISTINCT coalesce(a.shared_inbox_uri, a.inbox_uri) AS inbox
         FROM poll_votes v JOIN accounts a ON a.id = v.account_id
         WHERE v.poll_id = $1 AND a.domain IS NOT NULL AND a.suspended_at IS NULL",
    )
    .bind::<BigInt, _>(poll)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.inbox).collect())
}

/// Remembers for which end a job waits.
pub async fn update_end_awaited(conn: &mut Conn, id: PollId, at: DateTime<Utc>) -> QueryResult<usize> {
    Sql::new("UPDATE polls SET end_awaited_at = $2 WHERE id = $1")
        .bind::<BigInt, _>(id)
        .bind::<Timestamptz, _>(at)
        .execute(conn)
        .await
}

/// Remembers when the job runs that tells of new votes.
pub async fn update_due(conn: &mut Conn, id: PollId, at: DateTime<Utc>) -> QueryResult<usize> {
    Sql::new("UPDATE polls SET update_due_at = $2 WHERE id = $1")
        .bind::<BigInt, _>(id)
        .bind::<Timestamptz, _>(at)
        .execute(conn)
        .await
}

/// That job has begun: votes from now on need another one.
pub async fn clear_due(conn: &mut Conn, id: PollId, now: DateTime<Utc>) -> QueryResult<usize> {
    Sql::new("UPDATE polls SET update_due_at = NULL WHERE id = $1 AND update_due_at <= $2")
        .bind::<BigInt, _>(id)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await
}

/// Takes it upon oneself to read a poll's numbers again: for one of many who ask, and only when they were not read since
/// `before`, nor after the end.
pub async fn claim_check(conn: &mut Conn, id: PollId, now: DateTime<Utc>, before: DateTime<Utc>) -> QueryResult<bool> {
    let claimed = Sql::new(
        "UPDATE polls SET checked_at = $2 WHERE id = $1 AND checked_at < $3
           AND (expires_at IS NULL OR checked_at < expires_at)",
    )
    .bind::<BigInt, _>(id)
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(before)
    .execute(conn)
    .await?;
    Ok(claimed == 1)
}
