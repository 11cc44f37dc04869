//! What one does to others for oneself alone: mutes and notes; and recommendations.

use chrono::TimeDelta;

use crate::accounts::Account;
use crate::app::App;
use crate::base::id::{EndorsementId, MuteId};
use crate::base::{Error, Result, why};
use crate::relationships::{Mute, store};

/// The most that a note may have, in characters.
const MOST_NOTE: usize = 2000;

/// The longest mute that has an end, in days: a century.
const LONGEST_MUTE: i64 = 36_525;

/// `me` mutes somebody, or changes how. `hide_notifications`: also what they do is not told. `seconds`: how long, 0 until it
/// is taken back.
pub async fn mute(app: &App, me: &Account, target: &Account, hide_notifications: bool, seconds: i64) -> Result<()> {
    if me.id == target.id {
        return Err(Error::Forbidden("You cannot mute yourself".into()));
    }
    let now = app.now();
    let expires_at = match TimeDelta::try_seconds(seconds) {
        _ if seconds == 0 => None,
        Some(length) if seconds > 0 && length.num_days() <= LONGEST_MUTE => Some(now + length),
        _ => return Err(Error::invalid("duration", "must be 0, or a number of seconds up to a century")),
    };
    let mute = Mute {
        id: MuteId(app.ids.mint(now)),
        account_id: me.id,
        target_account_id: target.id,
        hide_notifications,
        expires_at,
        created_at: now,
    };
    app.transaction(async |conn| {
        store::upsert_mute(conn, &mute).await?;
        Ok(())
    })
    .await
}

/// Takes a mute back.
pub async fn unmute(app: &App, me: &Account, target: &Account) -> Result<()> {
    app.transaction(async |conn| {
        store::delete_mute(conn, me.id, target.id).await?;
        Ok(())
    })
    .await
}

/// Writes down what one notes of another, for oneself; an empty text takes it away.
pub async fn note(app: &App, me: &Account, of: &Account, comment: &str) -> Result<()> {
    if comment.chars().count() > MOST_NOTE {
        return Err(Error::invalid("comment", why!("can have at most {most} characters", most = MOST_NOTE)));
    }
    app.transaction(async |conn| {
        if comment.trim().is_empty() {
            store::delete_note(conn, me.id, of.id).await?;
        } else {
            store::upsert_note(conn, me.id, of.id, comment, app.now()).await?;
        }
        Ok(())
    })
    .await
}

/// Recommends somebody whom one follows on one's profile; twice is once.
pub async fn endorse(app: &App, me: &Account, of: &Account) -> Result<()> {
    app.transaction(async |conn| {
        // Held against an unfollow at the same moment, which ends recommendations.
        store::lock_pair(conn, me.id, of.id).await?;
        if !store::is_following(conn, me.id, of.id).await? {
            return Err(Error::invalid("", "You must be already following the person you want to endorse"));
        }
        let now = app.now();
        store::insert_endorsement(conn, EndorsementId(app.ids.mint(now)), me.id, of.id, now).await?;
        Ok(())
    })
    .await
}

/// Takes a recommendation back.
pub async fn unendorse(app: &App, me: &Account, of: &Account) -> Result<()> {
    app.transaction(async |conn| {
        store::delete_endorsement(conn, me.id, of.id).await?;
        Ok(())
    })
    .await
}
