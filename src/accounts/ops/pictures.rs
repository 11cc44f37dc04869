//! What people say of their avatar and wide picture, for those who do not see them.

use crate::accounts::{PictureTexts, store};
use crate::base::id::AccountId;
use crate::base::{Error, Result};
use crate::db::Conn;

/// Characters of a description, as in Mastodon.
pub const MOST_DESCRIPTION: usize = 150;

/// What is said of a picture from now on; `None`: what was said before. `changed`: it is another one, or none.
///
/// # Errors
/// [`Error::Invalid`] on `field`, when it is too long.
pub fn said(field: &'static str, new: Option<String>, changed: bool) -> Result<Option<String>> {
    let new = new.map(|text| text.trim().to_owned()).or_else(|| changed.then(String::new));
    if new.as_ref().is_some_and(|text| text.chars().count() > MOST_DESCRIPTION) {
        return Err(Error::invalid(field, format!("can have at most {MOST_DESCRIPTION} characters")));
    }
    Ok(new)
}

/// Keeps what is newly said, in the caller's transaction.
pub async fn put(conn: &mut Conn, id: AccountId, avatar: Option<&str>, header: Option<&str>) -> Result<()> {
    if avatar.is_none() && header.is_none() {
        return Ok(());
    }
    let before = store::pictures::find_texts(conn, id).await?;
    let now = PictureTexts {
        avatar: avatar.map_or(before.avatar, str::to_owned),
        header: header.map_or(before.header, str::to_owned),
    };
    store::pictures::upsert_texts(conn, id, &now).await?;
    Ok(())
}
