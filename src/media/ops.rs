//! Decisions and writes about attachments and their files.

use chrono::{DateTime, Utc};
use serde_json::json;

use super::store::{self, Owner};
use super::{
    Attachment, Details, File, FilesReleased, Kind, MOST_DESCRIPTION, MOST_ON_POST, MediaUploaded, NewAttachment,
    RemoteAttachment, Role, state,
};
use crate::app::App;
use crate::base::id::{AccountId, EmojiId, MediaId, ScheduledStatusId, StatusId};
use crate::base::{Error, Result, Why, secret, why};
use crate::db::Conn;
use crate::jobs;

/// Attachments that one account may have waiting for a post.
const MOST_UNATTACHED: i64 = 100;

/// A file that is about to be stored. Nobody can guess its name or its place.
pub fn new_file(
    role: Role,
    owner: Owner,
    (media_type, extension): (&str, &str),
    size: u64,
    now: DateTime<Utc>,
) -> Result<File> {
    let place = secret::generate()?;
    let folder: String = place.chars().take(2).collect();
    let mut file = File {
        name: format!("{}.{extension}", secret::generate()?),
        path: format!("{folder}/{place}.{extension}"),
        role: role.as_str().to_owned(),
        content_type: media_type.to_owned(),
        size: i64::try_from(size).map_err(Error::internal)?,
        attachment_id: None,
        account_id: None,
        ready: false,
        copy_of: None,
        used_at: now,
        created_at: now,
        card_id: None,
        emoji_id: None,
    };
    match owner {
        Owner::Attachment(id) => file.attachment_id = Some(id),
        Owner::Account(id) => file.account_id = Some(id),
        Owner::Card(id) => file.card_id = Some(id),
        Owner::Emoji(id) => file.emoji_id = Some(id),
    }
    Ok(file)
}

/// What an owner says of an attachment, if it can be said.
pub fn check_details(details: &Details) -> Result<()> {
    if details.description.as_ref().is_some_and(|text| text.chars().count() > MOST_DESCRIPTION) {
        return Err(Error::invalid("description", why!("can have at most {most} characters", most = MOST_DESCRIPTION)));
    }
    match details.focus {
        Some((x, y)) if !((-1.0..=1.0).contains(&x) && (-1.0..=1.0).contains(&y)) => {
            Err(Error::invalid("focus", "must be two numbers from -1 to 1, such as 0.5,-0.2"))
        }
        _ => Ok(()),
    }
}

/// Writes down an attachment that is about to be stored, with its files. It waits until [`finish`] or [`await_processing`].
pub async fn begin(
    app: &App,
    owner: AccountId,
    id: MediaId,
    kind: Kind,
    details: &Details,
    files: &[&File],
) -> Result<()> {
    check_details(details)?;
    let now = app.now();
    let (focus_x, focus_y) = details.focus.unwrap_or_default();
    let row = NewAttachment {
        id,
        account_id: owner,
        status_id: None,
        position: 0,
        kind: kind.as_str(),
        state: state::WAITING,
        description: details.description.clone().unwrap_or_default(),
        blurhash: None,
        focus_x,
        focus_y,
        meta: json!({}),
        remote_url: None,
        remote_type: None,
        remote_preview_url: None,
        remote_key: None,
        unattached_since: Some(now),
        created_at: now,
    };
    app.transaction(async |conn| {
        if store::count_unattached(conn, owner).await? >= MOST_UNATTACHED {
            return Err(Error::invalid("", "You have many files that belong to no post; use or delete some first"));
        }
        store::insert_attachments(conn, &[row]).await?;
        store::insert_files(conn, files).await?;
        Ok(())
    })
    .await
}

/// The files of an attachment are whole: it can be shown. `false`, and the files are let go, when it waits no more.
pub async fn finish(
    app: &App,
    id: MediaId,
    kind: Kind,
    files: &[&File],
    meta: &serde_json::Value,
    blurhash: Option<&str>,
) -> Result<bool> {
    let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
    app.transaction(async |conn| {
        let finished = store::finish(conn, id, kind, meta, blurhash).await? == 1;
        let released = if finished {
            store::set_ready(conn, &names).await?;
            store::release_others(conn, Owner::Attachment(id), Role::Source, None).await?
        } else {
            store::release(conn, &names).await?
        };
        if released > 0 {
            jobs::enqueue(app, conn, &FilesReleased {}).await?;
        }
        Ok(finished)
    })
    .await
}

/// The upload is whole: it is to be processed. Enqueues [`MediaUploaded`].
pub async fn await_processing(app: &App, id: MediaId, source: &File) -> Result<()> {
    app.transaction(async |conn| {
        store::set_ready(conn, &[&source.name]).await?;
        jobs::enqueue(app, conn, &MediaUploaded { media_id: id }).await
    })
    .await
}

/// An attachment cannot be processed; its owner is told when they ask.
pub async fn fail(app: &App, id: MediaId, why: &str) -> Result<()> {
    app.transaction(async |conn| {
        store::fail(conn, id, why).await?;
        store::release_others(conn, Owner::Attachment(id), Role::Source, None).await?;
        jobs::enqueue(app, conn, &FilesReleased {}).await
    })
    .await
}

/// Takes an attachment back that could not be stored, with whatever of it is in the store.
pub async fn discard(app: &App, id: MediaId) -> Result<()> {
    app.transaction(async |conn| {
        store::delete_attachments(conn, &[id]).await?;
        jobs::enqueue(app, conn, &FilesReleased {}).await
    })
    .await
}

/// Lets files go that could not be stored, or are not wanted any more.
pub async fn release(app: &App, names: &[&str]) -> Result<()> {
    app.transaction(async |conn| {
        if store::release(conn, names).await? > 0 {
            jobs::enqueue(app, conn, &FilesReleased {}).await?;
        }
        Ok(())
    })
    .await
}

/// Somebody's own attachment.
pub async fn find_own(conn: &mut Conn, owner: AccountId, id: MediaId) -> Result<Attachment> {
    let found = store::find_attachment(conn, id).await?;
    found.filter(|one| one.account_id == owner && one.remote_url.is_none()).ok_or(Error::NotFound("Record"))
}

/// Changes what is said of one's own attachment that is not part of a post yet.
pub async fn update(app: &App, owner: AccountId, id: MediaId, details: &Details) -> Result<Attachment> {
    check_details(details)?;
    app.transaction(async |conn| {
        let attachment = find_own(conn, owner, id).await?;
        if attachment.status_id.is_some() {
            return Err(Error::invalid("", "This file is part of a post already; edit the post instead"));
        }
        store::update_details(conn, id, details).await?;
        find_own(conn, owner, id).await
    })
    .await
}

/// Gives an attachment a small picture that is whole in the store, in place of the one that it had.
pub async fn put_small(
    app: &App,
    attachment: &Attachment,
    small: &File,
    measures: serde_json::Value,
    blurhash: Option<&str>,
) -> Result<()> {
    let mut meta = attachment.meta.clone();
    if let Some(meta) = meta.as_object_mut() {
        meta.insert("small".into(), measures);
    }
    app.transaction(async |conn| {
        store::set_ready(conn, &[&small.name]).await?;
        store::release_others(conn, Owner::Attachment(attachment.id), Role::Small, Some(&small.name)).await?;
        store::update_small(conn, attachment.id, &meta, blurhash).await?;
        jobs::enqueue(app, conn, &FilesReleased {}).await
    })
    .await
}

/// Deletes one's own attachment that is part of no post.
pub async fn delete(app: &App, owner: AccountId, id: MediaId) -> Result<()> {
    app.transaction(async |conn| {
        let locked = store::lock_own(conn, owner, &[id]).await?;
        let attachment = locked.first().ok_or(Error::NotFound("Record"))?;
        if attachment.status_id.is_some() || attachment.scheduled_status_id.is_some() {
            return Err(Error::invalid("", "Media attachment is currently used by a status"));
        }
        store::delete_attachments(conn, &[id]).await?;
        jobs::enqueue(app, conn, &FilesReleased {}).await
    })
    .await
}

/// Makes these attachments, in this order, those of a post. They are the author's own, ready, and of no other post; at most
/// four pictures, or one film or sound. What the post had before and has no more waits a day to be used again.
pub async fn attach(app: &App, conn: &mut Conn, owner: AccountId, status: StatusId, ids: &[MediaId]) -> Result<()> {
    check_usable(conn, owner, Some(status), ids).await?;
    detach(app, conn, status, ids).await?;
    for (position, id) in (0..).zip(ids) {
        store::attach(conn, *id, status, position).await?;
    }
    Ok(())
}

/// Keeps these attachments for a post that waits for its time; they are such as [`attach`] takes.
pub async fn reserve(
    conn: &mut Conn,
    owner: AccountId,
    scheduled: ScheduledStatusId,
    ids: &[MediaId],
    until: DateTime<Utc>,
) -> Result<()> {
    check_usable(conn, owner, None, ids).await?;
    store::reserve(conn, ids, scheduled, until).await?;
    Ok(())
}

/// Whether a post can have these. Nobody else can attach them until the transaction ends.
async fn check_usable(conn: &mut Conn, owner: AccountId, status: Option<StatusId>, ids: &[MediaId]) -> Result<()> {
    if ids.len() > MOST_ON_POST {
        return Err(Error::invalid("", why!("Cannot attach more than {most} files", most = MOST_ON_POST)));
    }
    let found = store::lock_own(conn, owner, ids).await?;
    let usable =
        |one: &Attachment| one.scheduled_status_id.is_none() && one.status_id.is_none_or(|of| Some(of) == status);
    if ids.iter().any(|id| !found.iter().any(|one| one.id == *id && usable(one))) {
        return Err(Error::invalid("media_ids", "must be files of your own that belong to no other post"));
    }
    if let Some(why) = found.iter().find_map(|one| one.failure.as_deref()) {
        return Err(Error::invalid("", why!("A file could not be processed: {why}", why = Why::from(why))));
    }
    if !found.iter().all(Attachment::is_ready) {
        return Err(Error::invalid(
            "",
            "Cannot attach files that have not finished processing. Try again in a moment!",
        ));
    }
    if found.len() > 1 && found.iter().any(|one| matches!(one.kind(), Kind::Video | Kind::Audio)) {
        return Err(Error::invalid("", "Cannot attach a video to a post that already contains images"));
    }
    Ok(())
}

/// Takes all attachments but these off a post, to be used in another one: those who knew the old addresses see nothing
/// there any more (AUDIENCE rule 7). Returns which came off.
pub async fn detach(app: &App, conn: &mut Conn, status: StatusId, kept: &[MediaId]) -> Result<Vec<MediaId>> {
    let detached = store::detach_others(conn, status, kept, app.now()).await?;
    if detached.is_empty() {
        return Ok(detached);
    }
    for file in store::list_files(conn, &detached).await? {
        let extension = file.name.rsplit_once('.').map_or("bin", |(_, extension)| extension);
        store::rename(conn, &file.name, &format!("{}.{extension}", secret::generate()?)).await?;
    }
    Ok(detached)
}

/// A post goes: so do its files, after the commit. Call it before the post's row is deleted. Enqueues [`FilesReleased`].
pub async fn status_deleted(app: &App, conn: &mut Conn, status: StatusId) -> Result<()> {
    if !store::list_of_statuses(conn, &[status]).await?.is_empty() {
        jobs::enqueue(app, conn, &FilesReleased {}).await?;
    }
    Ok(())
}

/// Records what a post from elsewhere has attached, or has after an edit. What stays keeps its address here.
pub async fn record_remote(
    app: &App,
    conn: &mut Conn,
    author: AccountId,
    status: StatusId,
    remote: &[RemoteAttachment],
    edited: bool,
) -> Result<()> {
    let mut before = if edited { store::list_of_statuses(conn, &[status]).await? } else { Vec::new() };
    let mut new = Vec::new();
    for (position, remote) in (0..).zip(remote) {
        let row = remote_row(app, author, status, position, remote)?;
        match before.iter().position(|known| known.remote_url.as_deref() == Some(remote.url.as_str())) {
            Some(place) => {
                store::update_remote(conn, before.swap_remove(place).id, &row).await?;
            }
            None => new.push(row),
        }
    }
    if !new.is_empty() {
        store::insert_attachments(conn, &new).await?;
    }
    if !before.is_empty() {
        let gone: Vec<MediaId> = before.iter().map(|attachment| attachment.id).collect();
        store::delete_attachments(conn, &gone).await?;
        jobs::enqueue(app, conn, &FilesReleased {}).await?;
    }
    Ok(())
}

fn remote_row(
    app: &App,
    author: AccountId,
    status: StatusId,
    position: i16,
    remote: &RemoteAttachment,
) -> Result<NewAttachment> {
    let now = app.now();
    Ok(NewAttachment {
        id: MediaId(app.ids.mint(now)),
        account_id: author,
        status_id: Some(status),
        position,
        kind: remote.kind.as_str(),
        state: state::READY,
        description: remote.description.clone(),
        blurhash: remote.blurhash.clone(),
        focus_x: remote.focus.0,
        focus_y: remote.focus.1,
        meta: remote.meta(),
        remote_url: Some(remote.url.clone()),
        remote_type: remote.media_type.clone(),
        remote_preview_url: remote.preview_url.clone(),
        remote_key: Some(secret::generate()?),
        unattached_since: None,
        created_at: now,
    })
}

/// A file becomes an account's avatar or header, inside the caller's transaction; with `None` it has none any more.
/// Enqueues [`FilesReleased`].
pub async fn adopt_picture(
    app: &App,
    conn: &mut Conn,
    account: AccountId,
    role: Role,
    file: Option<&File>,
) -> Result<()> {
    let name = file.map(|file| file.name.as_str());
    if let Some(name) = name {
        store::set_ready(conn, &[name]).await?;
    }
    store::release_others(conn, Owner::Account(account), role, name).await?;
    jobs::enqueue(app, conn, &FilesReleased {}).await
}

/// These files become an emoji's, inside the caller's transaction, in place of those that it had. Enqueues [`FilesReleased`].
pub async fn adopt_emoji(app: &App, conn: &mut Conn, emoji: EmojiId, files: &[File]) -> Result<()> {
    let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
    store::set_ready(conn, &names).await?;
    store::release_emojis(conn, &[emoji], &names).await?;
    jobs::enqueue(app, conn, &FilesReleased {}).await
}

/// The copies of these emoji's pictures are of no use any more: there are others now. Enqueues [`FilesReleased`].
pub async fn forget_emojis(app: &App, conn: &mut Conn, emojis: &[EmojiId]) -> Result<()> {
    if store::release_emojis(conn, emojis, &[]).await? > 0 {
        jobs::enqueue(app, conn, &FilesReleased {}).await?;
    }
    Ok(())
}
