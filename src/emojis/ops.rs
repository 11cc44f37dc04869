//! What becomes of emoji: ours, by administrators; those of other servers, by what comes from there.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::{CustomEmoji, MOST_CATEGORY, MOST_OF_DOMAIN, RemoteEmoji, store, view};
use crate::app::App;
use crate::base::id::EmojiId;
use crate::base::text::is_shortcode;
use crate::base::{Error, Result, why};
use crate::db::Conn;
use crate::federation::policy::rejects_media;
use crate::jobs;
use crate::media::{self, File, FilesReleased, file_url};

/// An emoji of another server is forgotten when it was found nowhere, and is not new, for so long.
const UNUSED: TimeDelta = TimeDelta::days(30);

/// What comes notes the emoji in it as used once in so long.
const NOTED: TimeDelta = TimeDelta::days(7);

/// Posts, and profiles, that are looked through in one round of housekeeping, and emoji that are then forgotten, at most.
const BITE: i64 = 1000;

const NOT_FOUND: Error = Error::NotFound("Emoji");

/// What an administrator says of an emoji; `None` leaves as it is.
#[derive(Clone, Debug, Default)]
pub struct EmojiChanges {
    /// An empty one is none.
    pub category: Option<String>,
    pub visible_in_picker: Option<bool>,
    pub disabled: Option<bool>,
}

impl EmojiChanges {
    fn apply(&self, emoji: &mut CustomEmoji, now: DateTime<Utc>) {
        if let Some(category) = &self.category {
            emoji.category = Some(category.trim().to_owned()).filter(|category| !category.is_empty());
        }
        emoji.visible_in_picker = self.visible_in_picker.unwrap_or(emoji.visible_in_picker);
        match self.disabled {
            Some(true) => emoji.disabled_at = emoji.disabled_at.or(Some(now)),
            Some(false) => emoji.disabled_at = None,
            None => {}
        }
    }

    fn check(&self) -> Result<()> {
        if self.category.as_ref().is_some_and(|category| category.chars().count() > MOST_CATEGORY) {
            return Err(Error::invalid("category", why!("can have at most {most} characters", most = MOST_CATEGORY)));
        }
        Ok(())
    }
}

/// Makes room for an emoji of ours whose picture is to be stored; it shows when [`finish`] says so. One that is there keeps its
/// picture until then, and is refused unless it is to be replaced.
pub async fn begin(app: &App, shortcode: &str, replace: bool, changes: &EmojiChanges) -> Result<EmojiId> {
    if !is_shortcode(shortcode) {
        let why = why!(
            "{shortcode:?} is no name: it must be of 2 to 128 letters of a to z, digits and _",
            shortcode = shortcode
        );
        return Err(Error::invalid("shortcode", why));
    }
    changes.check()?;
    app.transaction(async |conn| match store::lock_own(conn, shortcode).await? {
        Some(known) if !replace && !known.image_url.is_empty() => {
            Err(Error::invalid("shortcode", why!("{shortcode} has already been taken", shortcode = shortcode)))
        }
        Some(known) => Ok(known.id),
        None => {
            let now = app.now();
            let new = CustomEmoji {
                id: EmojiId(app.ids.mint(now)),
                domain: String::new(),
                shortcode: shortcode.to_owned(),
                image_url: String::new(),
                static_url: None,
                visible_in_picker: true,
                category: None,
                disabled_at: None,
                updated_at: now,
                created_at: now,
                used_at: None,
            };
            store::insert_emojis(conn, std::slice::from_ref(&new)).await?;
            Ok(new.id)
        }
    })
    .await
}

/// The picture of an emoji of ours is stored: the whole one first and, where that moves, one that does not.
pub async fn finish(app: &App, shortcode: &str, files: &[File], changes: &EmojiChanges) -> Result<CustomEmoji> {
    let emoji = app.transaction(async |conn| finish_on(app, conn, shortcode, files, changes).await).await?;
    view::forget(app, "", shortcode);
    Ok(emoji)
}

/// As [`finish`], inside the caller's transaction, after which `view::forget` is to be called.
pub async fn finish_on(
    app: &App,
    conn: &mut Conn,
    shortcode: &str,
    files: &[File],
    changes: &EmojiChanges,
) -> Result<CustomEmoji> {
    let url = |place: usize| files.get(place).map(|file| file_url(&app.origin, &file.name));
    let mut emoji = store::lock_own(conn, shortcode).await?.ok_or(NOT_FOUND)?;
    emoji.image_url = url(0).unwrap_or_default();
    emoji.static_url = url(1);
    emoji.updated_at = app.now();
    changes.apply(&mut emoji, app.now());
    media::ops::adopt_emoji(app, conn, emoji.id, files).await?;
    store::update_own(conn, &emoji).await?;
    Ok(emoji)
}

/// The picture of an emoji could not be stored: if it never had one, it goes.
pub async fn discard(app: &App, shortcode: &str) -> Result<()> {
    app.transaction(async |conn| {
        if let Some(emoji) = store::lock_own(conn, shortcode).await?.filter(|emoji| emoji.image_url.is_empty()) {
            store::delete_emoji(conn, emoji.id).await?;
            jobs::enqueue(app, conn, &FilesReleased {}).await?;
        }
        Ok(())
    })
    .await
}

/// Changes what is said of an emoji of ours.
pub async fn change(app: &App, shortcode: &str, changes: &EmojiChanges) -> Result<CustomEmoji> {
    let emoji = app.transaction(async |conn| change_on(app, conn, shortcode, changes).await).await?;
    view::forget(app, "", shortcode);
    Ok(emoji)
}

/// As [`change`], inside the caller's transaction, after which `view::forget` is to be called.
pub async fn change_on(app: &App, conn: &mut Conn, shortcode: &str, changes: &EmojiChanges) -> Result<CustomEmoji> {
    changes.check()?;
    let mut emoji = store::lock_own(conn, shortcode).await?.ok_or(NOT_FOUND)?;
    changes.apply(&mut emoji, app.now());
    store::update_own(conn, &emoji).await?;
    Ok(emoji)
}

/// Removes an emoji of ours; where it was shown stands its name.
pub async fn remove(app: &App, shortcode: &str) -> Result<()> {
    app.transaction(async |conn| remove_on(app, conn, shortcode).await).await?;
    view::forget(app, "", shortcode);
    Ok(())
}

/// As [`remove`], inside the caller's transaction, after which `view::forget` is to be called.
pub async fn remove_on(app: &App, conn: &mut Conn, shortcode: &str) -> Result<()> {
    let emoji = store::lock_own(conn, shortcode).await?.ok_or(NOT_FOUND)?;
    store::delete_emoji(conn, emoji.id).await?;
    jobs::enqueue(app, conn, &FilesReleased {}).await
}

/// When some emoji of other servers may be in nothing any more, looks through a bite of what is here; when that was the last one, those
/// that were found nowhere go. They come again with what uses them. Enqueues [`FilesReleased`].
pub async fn sweep(app: &App) -> Result<()> {
    let gone = app.background_transaction(async |conn| sweep_on(app, conn).await).await?;
    gone.iter().for_each(|(domain, shortcode)| view::forget(app, domain, shortcode));
    Ok(())
}

async fn sweep_on(app: &App, conn: &mut Conn) -> Result<Vec<(String, String)>> {
    let now = app.now();
    // In one process at a time.
    let Some(walk) = store::lock_walk(conn).await? else { return Ok(Vec::new()) };
    let began = match walk.began_at {
        Some(began) => began,
        None if store::has_stale(conn, now - UNUSED).await? => now,
        None => return Ok(Vec::new()),
    };
    let posts = store::mark_in_statuses(conn, walk.status_id, BITE, began, now).await?;
    let people = store::mark_in_accounts(conn, walk.account_id, BITE, began, now).await?;
    let mut next = store::Walk { began_at: Some(began), status_id: posts.last, account_id: people.last };
    let mut gone = Vec::new();
    if posts.count < BITE && people.count < BITE {
        // What came meanwhile may have been noted a while before this began.
        gone = store::delete_unused(conn, (now - UNUSED).min(began - NOTED), BITE).await?;
        if i64::try_from(gone.len()).unwrap_or(BITE) < BITE {
            next = store::Walk { began_at: None, status_id: 0, account_id: 0 };
        }
    }
    store::update_walk(conn, next).await?;
    if !gone.is_empty() {
        jobs::enqueue(app, conn, &FilesReleased {}).await?;
    }
    Ok(gone)
}

/// Records the emoji that came with a post or an actor of another server, as the last thing of a transaction: whoever waits for
/// them then waits for nothing else. A picture is replaced by one that is newer, or that is elsewhere and not older. Nothing is
/// fetched before somebody looks. What was not noted as used lately, is ([`sweep`] may have passed by where it now stands).
pub async fn record(app: &App, conn: &mut Conn, domain: Option<&str>, seen: &[RemoteEmoji]) -> Result<()> {
    let Some(domain) = domain.filter(|domain| !seen.is_empty() && !rejects_media(app, domain)) else { return Ok(()) };
    let now = app.now();
    let names: Vec<&str> = seen.iter().map(|emoji| emoji.shortcode.as_str()).collect();
    let known = store::list_known(conn, domain, &names).await?;
    let known: HashMap<&str, &CustomEmoji> = known.iter().map(|emoji| (emoji.shortcode.as_str(), emoji)).collect();
    let (mut new, mut changed) = (Vec::new(), Vec::new());
    // In one order, so that two at once do not wait for each other.
    let mut seen: Vec<&RemoteEmoji> = seen.iter().collect();
    seen.sort_unstable_by(|one, other| one.shortcode.cmp(&other.shortcode));
    for emoji in seen {
        // A clock that is ahead must not shut out the changes that follow.
        let updated = emoji.updated.filter(|updated| *updated <= now).unwrap_or(DateTime::UNIX_EPOCH);
        match known.get(emoji.shortcode.as_str()) {
            None => new.push(remote_row(app, domain, emoji, updated)),
            Some(known)
                if updated > known.updated_at || updated == known.updated_at && emoji.url != known.image_url =>
            {
                store::update_remote(conn, known.id, &emoji.url, updated, now).await?;
                view::forget(app, domain, &emoji.shortcode);
                changed.push(known.id);
            }
            Some(known) if known.used_at.unwrap_or(known.created_at) < now - NOTED => {
                store::note_used(conn, known.id, now).await?;
            }
            Some(_) => {}
        }
    }
    if !new.is_empty() {
        let most = i64::try_from(MOST_OF_DOMAIN.saturating_sub(new.len())).unwrap_or(0);
        if store::count_of_domain(conn, domain, most + 1).await? <= most {
            store::insert_emojis(conn, &new).await?;
            new.iter().for_each(|emoji| view::forget(app, domain, &emoji.shortcode));
        }
    }
    if !changed.is_empty() {
        media::ops::forget_emojis(app, conn, &changed).await?;
    }
    Ok(())
}

fn remote_row(app: &App, domain: &str, emoji: &RemoteEmoji, updated_at: DateTime<Utc>) -> CustomEmoji {
    CustomEmoji {
        id: EmojiId(app.mint()),
        domain: domain.to_owned(),
        shortcode: emoji.shortcode.clone(),
        image_url: emoji.url.clone(),
        static_url: None,
        visible_in_picker: false,
        category: None,
        disabled_at: None,
        updated_at,
        created_at: app.now(),
        used_at: None,
    }
}
