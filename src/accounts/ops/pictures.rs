//! The avatar and the wide picture of people here, and what they say of them for those who do not see them.

use crate::accounts::{Account, PictureTexts, store};
use crate::app::App;
use crate::base::id::AccountId;
use crate::base::{Error, Result, why};
use crate::db::Conn;
use crate::media::{self, File, Role};

/// Characters of a description, as in Mastodon.
pub const MOST_DESCRIPTION: usize = 150;

/// What is said of a picture from now on; `None`: what was said before. `changed`: it is another one, or none.
///
/// # Errors
/// [`Error::Invalid`] on `field`, when it is too long.
pub fn said(field: &'static str, new: Option<String>, changed: bool) -> Result<Option<String>> {
    let new = new.map(|text| text.trim().to_owned()).or_else(|| changed.then(String::new));
    if new.as_ref().is_some_and(|text| text.chars().count() > MOST_DESCRIPTION) {
        return Err(Error::invalid(field, why!("can have at most {most} characters", most = MOST_DESCRIPTION)));
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

/// Puts a picture in place, if there is a new one; returns where it now is.
pub async fn place(
    app: &App,
    conn: &mut Conn,
    account: &Account,
    role: Role,
    changed: &Option<Option<File>>,
) -> Result<Option<String>> {
    let before = if role == Role::Header { &account.header_url } else { &account.avatar_url };
    let Some(file) = changed else { return Ok(before.clone()) };
    media::ops::adopt_picture(app, conn, account.id, role, file.as_ref()).await?;
    let url = file.as_ref().map(|file| media::file_url(&app.origin, &file.name));
    store::update_picture(conn, account.id, role, url.as_deref()).await?;
    Ok(url)
}
