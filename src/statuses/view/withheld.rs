//! What remains to be shown of a post to somebody who did something with it, and does not see it any more: that it is, and whose.

use super::load_one;
use crate::accounts;
use crate::app::App;
use crate::base::visibility::Viewer;
use crate::base::{Error, Result};
use crate::db::Conn;
use crate::quotes::{self, Policy, Verdict};
use crate::statuses::{Status, ViewerPart, entity};

/// One post or, if the viewer may not see it, no word of it. For those alone who knew of it: an answer to what they take back.
pub async fn load_or_withhold(app: &App, conn: &mut Conn, viewer: Viewer, status: &Status) -> Result<String> {
    match load_one(app, conn, viewer, status).await {
        Err(Error::NotFound(_)) => withhold(app, conn, viewer, status).await,
        found => found,
    }
}

async fn withhold(app: &App, conn: &mut Conn, viewer: Viewer, status: &Status) -> Result<String> {
    let bare = Status {
        in_reply_to_id: None,
        in_reply_to_account_id: None,
        group_account_id: None,
        kind: 0,
        text: String::new(),
        content: String::new(),
        spoiler_text: String::new(),
        sensitive: false,
        language: None,
        edited_at: None,
        ..status.clone()
    };
    let shared = entity::shared(&bare, &[], &[], None, None, (&[], None), &app.origin).map_err(Error::internal)?;
    let account = accounts::view::load_many(app, conn, viewer, &[status.account_id]).await?;
    let inner = entity::Inner {
        account: account.first().ok_or(Error::NotFound("Record"))?,
        reblog: None,
        poll: None,
        quote: None,
        quote_approval: &quotes::entity::approval(Policy::from_number(0), Verdict::Denied),
        emojis: "[]",
        filtered: Some("[]"),
        card_author: None,
        tagged_collections: "[]",
    };
    let mut out = String::new();
    entity::complete(&mut out, &shared, &nothing_of(status), inner, false);
    Ok(out)
}

/// What one did with it is taken back; what others did is not told.
fn nothing_of(status: &Status) -> ViewerPart {
    ViewerPart {
        id: status.id,
        version: 0,
        own: false,
        sensitized: false,
        favourited: false,
        reblogged: false,
        bookmarked: false,
        muted: false,
        pinned: false,
        polled: false,
        quoting: false,
        quoted: false,
        audience_kind: status.audience_kind,
        quote_policy: 0,
        follows: false,
        followed: false,
        replies_count: 0,
        reblogs_count: 0,
        favourites_count: 0,
        quotes_count: 0,
    }
}
