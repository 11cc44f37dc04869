//! Following hashtags, and showing them: decisions and writes.

use super::{Featured, MOST_FEATURED, MOST_FOLLOWED, store};
use crate::accounts;
use crate::app::App;
use crate::base::id::{AccountId, FeaturedTagId, TagFollowId, TagId};
use crate::base::{Error, Result, why};
use crate::db::Conn;

/// `me` follows a hashtag (normalised); twice is once.
pub async fn follow(app: &App, me: AccountId, name: &str) -> Result<()> {
    app.transaction(async |conn| follow_on(app, conn, me, name).await).await
}

/// As [`follow`], inside the caller's transaction.
pub async fn follow_on(app: &App, conn: &mut Conn, me: AccountId, name: &str) -> Result<()> {
    accounts::store::lock_account(conn, me).await?;
    let now = app.now();
    let tag = store::ensure_tag(conn, TagId(app.ids.mint(now)), name, now).await?;
    store::insert_follow(conn, TagFollowId(app.ids.mint(now)), me, tag, now).await?;
    if store::count_follows(conn, me).await? > MOST_FOLLOWED {
        return Err(Error::invalid("", why!("You may follow at most {most} hashtags", most = MOST_FOLLOWED)));
    }
    Ok(())
}

/// `me` shows a hashtag (normalised) on their profile; twice is once.
pub async fn feature(app: &App, me: AccountId, name: &str) -> Result<Featured> {
    app.transaction(async |conn| feature_on(app, conn, me, name).await).await
}

/// As [`feature`], inside the caller's transaction.
pub async fn feature_on(app: &App, conn: &mut Conn, me: AccountId, name: &str) -> Result<Featured> {
    accounts::store::lock_account(conn, me).await?;
    let now = app.now();
    let tag = store::ensure_tag(conn, TagId(app.ids.mint(now)), name, now).await?;
    store::insert_featured(conn, FeaturedTagId(app.ids.mint(now)), me, tag, now).await?;
    let featured = store::list_featured(conn, me).await?;
    if featured.len() > usize::try_from(MOST_FEATURED).unwrap_or(usize::MAX) {
        return Err(Error::invalid("", why!("You may feature at most {most} hashtags", most = MOST_FEATURED)));
    }
    featured.into_iter().find(|featured| featured.tag_id == tag).ok_or(Error::NotFound("Record"))
}

/// `me` shows these hashtags (normalised) on their profile, and no others; inside the caller's transaction.
pub async fn feature_only(app: &App, conn: &mut Conn, me: AccountId, names: &[String]) -> Result<()> {
    let shown = store::list_featured(conn, me).await?;
    for other in shown.iter().filter(|tag| !names.contains(&tag.name)) {
        store::delete_featured(conn, me, other.id).await?;
    }
    for name in names.iter().filter(|name| !shown.iter().any(|tag| tag.name == **name)) {
        feature_on(app, conn, me, name).await?;
    }
    Ok(())
}
