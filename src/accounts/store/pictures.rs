//! What is to be seen on the pictures of accounts, in words.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::accounts::PictureTexts;
use crate::base::id::AccountId;
use crate::db::Conn;
use crate::db::schema::picture_descriptions as texts;

/// What is said of an account's pictures; nothing, where nobody said anything.
pub async fn find_texts(conn: &mut Conn, id: AccountId) -> QueryResult<PictureTexts> {
    let found = texts::table.find(id).select(PictureTexts::as_select()).first(conn).await.optional()?;
    Ok(found.unwrap_or_default())
}

/// Keeps what is said of an account's pictures.
pub async fn upsert_texts(conn: &mut Conn, id: AccountId, said: &PictureTexts) -> QueryResult<usize> {
    if *said == PictureTexts::default() {
        return diesel::delete(texts::table.find(id)).execute(conn).await;
    }
    let said = (texts::avatar.eq(&said.avatar), texts::header.eq(&said.header));
    diesel::insert_into(texts::table)
        .values((texts::account_id.eq(id), said))
        .on_conflict(texts::account_id)
        .do_update()
        .set(said)
        .execute(conn)
        .await
}
