//! What administrators do with the instance as a whole: what it says of itself, announcements, emoji, what waits and what failed.

use serde_json::{Value, json};

use super::{By, Moderator, note};
use crate::announcements::{self, Announcement, ops::Draft};
use crate::app::App;
use crate::base::id::{AnnouncementId, JobId};
use crate::base::{Error, Result, why};
use crate::config::Settings;
use crate::emojis::{self, CustomEmoji, ops::EmojiChanges};
use crate::federation;
use crate::instances;
use crate::jobs;
use crate::media::File;

/// The most of each setting, in characters.
pub const MOST_TITLE: usize = 100;
pub const MOST_DESCRIPTION: usize = 1000;
pub const MOST_RULE: usize = 500;
pub const MOST_RULES: usize = 50;
pub const MOST_LONG_TEXT: usize = 50_000;
pub const MOST_MESSAGE: usize = 5000;

fn check_settings(new: &Settings) -> Result<()> {
    if new.title.trim().is_empty() {
        return Err(Error::invalid("title", "can't be blank"));
    }
    let texts = [
        ("title", &new.title, MOST_TITLE),
        ("description", &new.description, MOST_DESCRIPTION),
        ("contact_email", &new.contact_email, 254),
        ("extended_description", &new.extended_description, MOST_LONG_TEXT),
        ("privacy_policy", &new.privacy_policy, MOST_LONG_TEXT),
        ("terms_of_service", &new.terms_of_service, MOST_LONG_TEXT),
        ("next_terms_of_service", &new.next_terms_of_service, MOST_LONG_TEXT),
        ("registrations_message", &new.registrations_message, MOST_MESSAGE),
    ];
    for (field, text, most) in texts {
        if text.chars().count() > most {
            return Err(Error::invalid(field, why!("can have at most {most} characters", most = most)));
        }
    }
    if !new.contact_email.is_empty() && !new.contact_email.contains('@') {
        return Err(Error::invalid("contact_email", "is no e-mail address"));
    }
    if new.next_terms_of_service.trim().is_empty() == new.next_terms_effective_date.is_some() {
        return Err(Error::invalid("next_terms_effective_date", "goes with the next terms: give both, or neither"));
    }
    if new.next_terms_from().is_some_and(|next| new.terms_effective_date.is_some_and(|now| next <= now)) {
        return Err(Error::invalid("next_terms_effective_date", "must be later than the day of the terms before"));
    }
    if new.rules.len() > MOST_RULES {
        return Err(Error::invalid("rules", why!("can be at most {most}", most = MOST_RULES)));
    }
    if new.rules.iter().any(|rule| rule.chars().count() > MOST_RULE) {
        return Err(Error::invalid("rules", why!("can have at most {most} characters each", most = MOST_RULE)));
    }
    Ok(())
}

/// Changes what the instance says of itself, and who may register. What is as in the configuration file is not kept.
/// `change` makes the new settings of those in force.
pub async fn change_settings(
    app: &App,
    by: &Moderator,
    change: impl FnOnce(&Settings) -> Result<Settings>,
) -> Result<()> {
    let checked = |before: &Settings| {
        let new = change(before)?;
        check_settings(&new)?;
        Ok(new)
    };
    app.transaction(async |conn| {
        let changed = instances::ops::save(app, conn, checked).await?;
        for (key, value) in changed {
            note(app, conn, by, "settings.update", key, json!({"value": value})).await?;
        }
        Ok(())
    })
    .await?;
    instances::ops::reload(app).await
}

/// Announces something to everyone, at once.
pub async fn announce(app: &App, by: impl Into<By<'_>>, draft: &Draft) -> Result<Announcement> {
    let by = by.into();
    app.transaction(async |conn| {
        let row = announcements::ops::announce_on(app, conn, draft).await?;
        note(app, conn, by, "announcement.create", row.id.to_string(), json!({"text": draft.text})).await?;
        Ok(row)
    })
    .await
}

/// Takes an announcement back.
pub async fn withdraw(app: &App, by: impl Into<By<'_>>, id: AnnouncementId) -> Result<()> {
    let by = by.into();
    app.transaction(async |conn| {
        announcements::ops::withdraw_on(app, conn, id).await?;
        note(app, conn, by, "announcement.destroy", id.to_string(), json!({})).await
    })
    .await
}

fn said(changes: &EmojiChanges) -> Value {
    json!({"category": changes.category, "visible_in_picker": changes.visible_in_picker, "disabled": changes.disabled})
}

/// An emoji's picture is stored (`emojis::object::take`): it shows from now on.
pub async fn finish_emoji(
    app: &App,
    by: impl Into<By<'_>>,
    shortcode: &str,
    files: &[File],
    changes: &EmojiChanges,
) -> Result<CustomEmoji> {
    let by = by.into();
    let emoji = app
        .transaction(async |conn| {
            let emoji = emojis::ops::finish_on(app, conn, shortcode, files, changes).await?;
            note(app, conn, by, "custom_emoji.create", shortcode.to_owned(), said(changes)).await?;
            Ok(emoji)
        })
        .await?;
    emojis::view::forget(app, "", shortcode);
    Ok(emoji)
}

/// Changes what is said of an emoji of ours.
pub async fn change_emoji(
    app: &App,
    by: impl Into<By<'_>>,
    shortcode: &str,
    changes: &EmojiChanges,
) -> Result<CustomEmoji> {
    let by = by.into();
    let emoji = app
        .transaction(async |conn| {
            let emoji = emojis::ops::change_on(app, conn, shortcode, changes).await?;
            note(app, conn, by, "custom_emoji.update", shortcode.to_owned(), said(changes)).await?;
            Ok(emoji)
        })
        .await?;
    emojis::view::forget(app, "", shortcode);
    Ok(emoji)
}

/// Removes an emoji of ours; where it was shown stands its name.
pub async fn remove_emoji(app: &App, by: impl Into<By<'_>>, shortcode: &str) -> Result<()> {
    let by = by.into();
    app.transaction(async |conn| {
        emojis::ops::remove_on(app, conn, shortcode).await?;
        note(app, conn, by, "custom_emoji.destroy", shortcode.to_owned(), json!({})).await
    })
    .await?;
    emojis::view::forget(app, "", shortcode);
    Ok(())
}

/// Lets a job that was set aside run again.
pub async fn retry_job(app: &App, by: &Moderator, id: JobId) -> Result<()> {
    app.transaction(async |conn| {
        let kind = jobs::store::revive_job(conn, id, app.now()).await?.ok_or(Error::NotFound("Record"))?;
        note(app, conn, by, "job.retry", id.to_string(), json!({"kind": kind})).await
    })
    .await
}

/// Gives a job up that was set aside.
pub async fn forget_job(app: &App, by: &Moderator, id: JobId) -> Result<()> {
    app.transaction(async |conn| {
        let kind = jobs::store::delete_failed_job(conn, id).await?.ok_or(Error::NotFound("Record"))?;
        note(app, conn, by, "job.forget", id.to_string(), json!({"kind": kind})).await
    })
    .await
}

/// Tries at once what waits for a server. Returns how much that is.
pub async fn retry_deliveries(app: &App, by: impl Into<By<'_>>, host: &str) -> Result<usize> {
    let by = by.into();
    app.transaction(async |conn| {
        federation::store::wake_hosts(conn, &[host.to_owned()], app.now()).await?;
        let due = federation::store::hasten_deliveries_to(conn, host).await?;
        note(app, conn, by, "deliveries.retry", host.to_owned(), json!({"deliveries": due})).await?;
        Ok(due)
    })
    .await
}

/// Gives up what waits for a server; what was sent stays sent. Returns how much that is.
pub async fn forget_deliveries(app: &App, by: impl Into<By<'_>>, host: &str) -> Result<usize> {
    let by = by.into();
    let lost = app
        .transaction(async |conn| {
            let lost = federation::store::delete_deliveries_to(conn, host).await?;
            note(app, conn, by, "deliveries.forget", host.to_owned(), json!({"deliveries": lost})).await?;
            Ok(lost)
        })
        .await?;
    tracing::warn!(host, lost, "deliveries are given up by an administrator");
    Ok(lost)
}
