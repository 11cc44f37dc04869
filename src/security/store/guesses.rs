//! SQL about wrong passwords and codes.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::db::Conn;
use crate::db::schema::wrong_guesses;
use crate::security::{GuessKind, Guesses};

/// What was guessed until now, locked until the end of the transaction; a row is made where there is none.
pub async fn lock(conn: &mut Conn, who: &[u8], kind: GuessKind, now: DateTime<Utc>) -> QueryResult<Guesses> {
    let none =
        Guesses { who: who.to_owned(), kind: kind.as_str().to_owned(), times: 0, last_at: now, not_before: None };
    diesel::insert_into(wrong_guesses::table)
        .values(&none)
        .on_conflict((wrong_guesses::who, wrong_guesses::kind))
        .do_update()
        .set(wrong_guesses::kind.eq(kind.as_str()))
        .returning(Guesses::as_returning())
        .get_result(conn)
        .await
}

pub async fn update(conn: &mut Conn, guesses: &Guesses) -> QueryResult<usize> {
    let own = wrong_guesses::table.find((&guesses.who, &guesses.kind));
    diesel::update(own)
        .set((
            wrong_guesses::times.eq(guesses.times),
            wrong_guesses::last_at.eq(guesses.last_at),
            wrong_guesses::not_before.eq(guesses.not_before),
        ))
        .execute(conn)
        .await
}

/// What was guessed about somebody since a time.
pub async fn list(conn: &mut Conn, who: &[u8], since: DateTime<Utc>) -> QueryResult<Vec<Guesses>> {
    wrong_guesses::table
        .filter(wrong_guesses::who.eq(who))
        .filter(wrong_guesses::last_at.gt(since))
        .order(wrong_guesses::kind)
        .select(Guesses::as_select())
        .load(conn)
        .await
}

/// Forgets what was guessed of one kind.
pub async fn delete_one(conn: &mut Conn, who: &[u8], kind: GuessKind) -> QueryResult<usize> {
    diesel::delete(wrong_guesses::table.find((who, kind.as_str()))).execute(conn).await
}

/// Forgets all that was guessed about somebody.
pub async fn delete(conn: &mut Conn, who: &[u8]) -> QueryResult<usize> {
    diesel::delete(wrong_guesses::table.filter(wrong_guesses::who.eq(who))).execute(conn).await
}

/// Forgets what nobody has gone on with since.
pub async fn delete_before(conn: &mut Conn, before: DateTime<Utc>) -> QueryResult<usize> {
    diesel::delete(wrong_guesses::table.filter(wrong_guesses::last_at.le(before))).execute(conn).await
}
