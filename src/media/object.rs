//! Files on their way: uploads into the store, films through their making, and what is elsewhere to those who look at it.

mod making;
mod remote;

use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::sync::Semaphore;

pub use making::process;
pub use remote::{copy_of_attachment, copy_of_card, copy_of_emoji, copy_of_picture};

use super::film::Programs;
use super::picture::{self, Encoded};
use super::sniff::{self, Class, Format};
use super::storage::{Content, Storage, local_fault};
use super::store::{self, Owner};
use super::{Details, File, Kind, Role, ops};
use crate::app::App;
use crate::base::id::{AccountId, EmojiId, MediaId};
use crate::base::{Error, Result, why};
use crate::jobs::Outcome;
use crate::media::upload::Upload;

/// Pictures that are worked on at once in one process: each may need some hundred megabytes for a moment.
const AT_ONCE: usize = 2;

/// Files that are removed at once.
const BITE: i64 = 100;

/// So long, in all, the store may take to say that it does not remove files; then it is not asked for the others: it is away.
const PATIENCE: Duration = Duration::from_secs(60);

struct Workers(Semaphore);

impl Default for Workers {
    fn default() -> Self {
        Self(Semaphore::new(AT_ONCE))
    }
}

/// Works on a picture on a thread of its own, when it is its turn.
async fn work<T: Send + 'static>(app: &App, work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let workers = app.slot::<Workers>();
    let _turn = workers.0.acquire().await.map_err(Error::internal)?;
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)?
}

/// A file that is about to be stored, and what is in it.
struct Parcel {
    file: File,
    content: Content,
}

impl Parcel {
    fn of(app: &App, role: Role, owner: Owner, encoded: Encoded) -> Result<Self> {
        let kind = (encoded.format.media_type(), encoded.format.extension());
        let file = ops::new_file(role, owner, kind, encoded.bytes.len() as u64, app.now())?;
        Ok(Self { file, content: Content::Bytes(Bytes::from(encoded.bytes)) })
    }

    fn of_file(app: &App, role: Role, owner: Owner, format: Format, path: std::path::PathBuf) -> Result<Self> {
        let size = std::fs::metadata(&path).map_err(local_fault)?.len();
        let file = ops::new_file(role, owner, (format.media_type(), format.extension()), size, app.now())?;
        Ok(Self { file, content: Content::File(path) })
    }
}

fn files(parcels: &[Parcel]) -> Vec<&File> {
    parcels.iter().map(|parcel| &parcel.file).collect()
}

async fn put_all(app: &App, parcels: &[Parcel]) -> Result<()> {
    let storage = app.get::<Storage>()?;
    for parcel in parcels {
        storage.put(&parcel.file.path, &parcel.content).await?;
    }
    Ok(())
}

/// What was uploaded.
fn format_of(upload: &Upload) -> Result<Format> {
    let head = upload.head(sniff::HEAD).map_err(local_fault)?;
    match sniff::format(&head) {
        Some(format @ (Format::Avif | Format::Heic)) => {
            let kind = format.media_type();
            let why = why!("is {kind}, which cannot be taken: please send JPEG, PNG or WebP", kind = kind);
            Err(Error::invalid("file", why))
        }
        Some(format) => Ok(format),
        None => Err(Error::invalid("file", "is of a kind that cannot be taken")),
    }
}

fn check_picture(app: &App, upload: &Upload) -> Result<()> {
    let most = app.config.media.image_bytes;
    if format_of(upload)?.class() != Class::Picture {
        return Err(Error::invalid("file", "must be a picture"));
    }
    if upload.size > most {
        return Err(Error::TooLarge(why!("The picture is too large: {most} bytes are the most.", most = most)));
    }
    Ok(())
}

/// Takes an upload: pictures are ready when this returns, films wait for [`process`], which a job does.
///
/// It goes on when whoever asked does not wait for the answer, so that nothing half-done stays.
pub async fn take(
    app: &App,
    owner: AccountId,
    upload: Upload,
    thumbnail: Option<Upload>,
    details: Details,
) -> Result<MediaId> {
    let app = app.clone();
    let taking = tokio::spawn(async move { take_whole(&app, owner, upload, thumbnail, details).await });
    taking.await.map_err(Error::internal)?
}

async fn take_whole(
    app: &App,
    owner: AccountId,
    upload: Upload,
    thumbnail: Option<Upload>,
    details: Details,
) -> Result<MediaId> {
    ops::check_details(&details)?;
    if let Some(thumbnail) = &thumbnail {
        check_picture(app, thumbnail)?;
    }
    let taken = Taken { owner, id: MediaId(app.mint()), details, thumbnail };
    let format = format_of(&upload)?;
    let programs = app.get::<Programs>()?;
    if format.class() == Class::Picture {
        check_picture(app, &upload)?;
        let (path, most_pixels) = (upload.path(), app.config.media.image_pixels);
        let moves = format == Format::Gif && work(app, move || picture::moves(&path, most_pixels)).await?;
        if moves && programs.0.is_some() {
            taken.film(app, Kind::Gifv, format, &upload).await?;
        } else {
            taken.picture(app, &upload).await?;
        }
    } else {
        programs.get()?;
        let most = app.config.media.film_bytes;
        if upload.size > most {
            return Err(Error::TooLarge(why!("The file is too large: {most} bytes are the most.", most = most)));
        }
        let sounds = matches!(format, Format::Mp3 | Format::M4a | Format::Wav | Format::Flac | Format::Aac);
        taken.film(app, if sounds { Kind::Audio } else { Kind::Video }, format, &upload).await?;
    }
    Ok(taken.id)
}

/// An attachment on its way into the store.
struct Taken {
    owner: AccountId,
    id: MediaId,
    details: Details,
    thumbnail: Option<Upload>,
}

impl Taken {
    async fn picture(&self, app: &App, upload: &Upload) -> Result<()> {
        let (id, path, most_pixels) = (self.id, upload.path(), app.config.media.image_pixels);
        let made = work(app, move || picture::read(&path, most_pixels)).await?;
        let (meta, blurhash) = (made.meta(), made.blurhash.clone());
        let parcels = [
            Parcel::of(app, Role::Original, Owner::Attachment(id), made.original)?,
            Parcel::of(app, Role::Small, Owner::Attachment(id), made.small)?,
        ];
        ops::begin(app, self.owner, id, Kind::Image, &self.details, &files(&parcels)).await?;
        let stored = async {
            put_all(app, &parcels).await?;
            ops::finish(app, id, Kind::Image, &files(&parcels), &meta, blurhash.as_deref()).await?;
            self.put_thumbnail(app).await
        };
        or_discard(app, id, stored.await).await
    }

    async fn film(&self, app: &App, kind: Kind, format: Format, upload: &Upload) -> Result<()> {
        let id = self.id;
        let source = Parcel::of_file(app, Role::Source, Owner::Attachment(id), format, upload.path())?;
        ops::begin(app, self.owner, id, kind, &self.details, &[&source.file]).await?;
        let stored = async {
            put_all(app, std::slice::from_ref(&source)).await?;
            // Before the job, which makes a small picture where there is none.
            self.put_thumbnail(app).await?;
            ops::await_processing(app, id, &source.file).await
        };
        or_discard(app, id, stored.await).await
    }

    async fn put_thumbnail(&self, app: &App) -> Result<()> {
        match &self.thumbnail {
            Some(thumbnail) => set_thumbnail(app, self.owner, self.id, thumbnail).await,
            None => Ok(()),
        }
    }
}

/// What could not be stored leaves nothing behind.
async fn or_discard(app: &App, id: MediaId, stored: Result<()>) -> Result<()> {
    if stored.is_err()
        && let Err(error) = ops::discard(app, id).await
    {
        tracing::warn!(%error, "an upload that failed could not be taken back; it will be swept");
    }
    stored
}

/// Gives one's own attachment, which is ready and part of no post, another small picture.
pub async fn put_thumbnail(app: &App, owner: AccountId, id: MediaId, thumbnail: Upload) -> Result<()> {
    let attachment = {
        let mut conn = app.db.get().await?;
        ops::find_own(&mut conn, owner, id).await?
    };
    if attachment.status_id.is_some() {
        return Err(Error::invalid("", "This file is part of a post already; edit the post instead"));
    }
    if !attachment.is_ready() {
        return Err(Error::invalid("thumbnail", "cannot be set while the file is being processed"));
    }
    let app = app.clone();
    let setting = tokio::spawn(async move { set_thumbnail(&app, owner, id, &thumbnail).await });
    setting.await.map_err(Error::internal)?
}

async fn set_thumbnail(app: &App, owner: AccountId, id: MediaId, thumbnail: &Upload) -> Result<()> {
    check_picture(app, thumbnail)?;
    let attachment = {
        let mut conn = app.db.get().await?;
        ops::find_own(&mut conn, owner, id).await?
    };
    let (path, most_pixels) = (thumbnail.path(), app.config.media.image_pixels);
    let (small, blurhash) = work(app, move || picture::read_small(&path, most_pixels)).await?;
    let measures = picture::measures(small.width, small.height);
    let parcel = Parcel::of(app, Role::Small, Owner::Attachment(id), small)?;
    put_one(app, &parcel).await?;
    ops::put_small(app, &attachment, &parcel.file, measures, blurhash.as_deref()).await
}

/// Stores a file that is not part of anything yet; if that fails, nothing stays.
async fn put_one(app: &App, parcel: &Parcel) -> Result<()> {
    app.transaction(async |conn| {
        store::insert_files(conn, &[&parcel.file]).await?;
        Ok(())
    })
    .await?;
    let stored = put_all(app, std::slice::from_ref(parcel)).await;
    if stored.is_err()
        && let Err(error) = ops::release(app, &[&parcel.file.name]).await
    {
        tracing::warn!(%error, "a file that could not be stored will be swept later");
    }
    stored
}

/// Makes an avatar or header of an upload and stores it. It is the account's when [`ops::adopt_picture`] says so.
pub async fn take_account_picture(app: &App, owner: AccountId, role: Role, upload: Upload) -> Result<File> {
    let app = app.clone();
    let taking = tokio::spawn(async move {
        check_picture(&app, &upload)?;
        let (path, most_pixels) = (upload.path(), app.config.media.image_pixels);
        let made = work(&app, move || match role {
            Role::Header => picture::read_header(&path, most_pixels),
            _ => picture::read_avatar(&path, most_pixels),
        });
        let parcel = Parcel::of(&app, role, Owner::Account(owner), made.await?)?;
        put_one(&app, &parcel).await?;
        Ok(parcel.file)
    });
    taking.await.map_err(Error::internal)?
}

/// Makes the picture of an emoji of ours of an upload, and one that stands still where it moves, and stores them. They are the
/// emoji's, whose row is there, when [`ops::adopt_emoji`] says so.
pub async fn take_emoji_picture(app: &App, owner: EmojiId, upload: Upload) -> Result<Vec<File>> {
    check_picture(app, &upload)?;
    let (path, most_pixels) = (upload.path(), app.config.media.image_pixels);
    let (whole, still) = work(app, move || picture::read_emoji(&path, most_pixels)).await?;
    let mut files = Vec::new();
    for (role, encoded) in std::iter::once((Role::Original, whole)).chain(still.map(|still| (Role::Small, still))) {
        let parcel = Parcel::of(app, role, Owner::Emoji(owner), encoded)?;
        put_one(app, &parcel).await?;
        files.push(parcel.file);
    }
    Ok(files)
}

/// Removes files that belong to nothing from the store, then their rows. Can run twice. What the store does not let go of is passed over,
/// and tried again the next time.
///
/// # Errors
/// The first of those that the store had.
pub async fn remove_released(app: &App) -> Result<Outcome> {
    let storage = app.get::<Storage>()?;
    let (mut failure, mut passed_over, mut waited) = (None, 0, Duration::ZERO);
    while waited < PATIENCE {
        let paths = store::list_released(&mut *app.db.background().await?, BITE, passed_over).await?;
        if paths.is_empty() {
            break;
        }
        let mut removed = Vec::with_capacity(paths.len());
        for path in paths {
            let began = Instant::now();
            match storage.delete(&path).await {
                Ok(()) => removed.push(path),
                Err(error) => {
                    failure.get_or_insert(error);
                    passed_over += 1;
                    waited += began.elapsed();
                }
            }
            if waited >= PATIENCE {
                break;
            }
        }
        store::delete_files(&mut *app.db.background().await?, &removed).await?;
    }
    failure.map_or(Ok(Outcome::Done), Err)
}

/// Sweeps up: uploads that no post used within a day, files that never became whole, copies beyond what is kept.
pub async fn sweep(app: &App) -> Result<()> {
    let day_ago = app.now() - chrono::TimeDelta::days(1);
    let most = i64::try_from(app.config.media.remote_cache_bytes).unwrap_or(i64::MAX);
    {
        let mut conn = app.db.background().await?;
        while store::delete_unattached_before(&mut conn, day_ago).await? > 0 {}
        store::release_unready_before(&mut conn, day_ago).await?;
        store::release_copies_above(&mut conn, most).await?;
    }
    forget_uploads(&app.config.incoming_directory(), day_ago);
    remove_released(app).await.map(drop)
}

/// Removes what an earlier process had no time to remove: uploads that were on their way when it died.
fn forget_uploads(directory: &std::path::Path, before: chrono::DateTime<chrono::Utc>) {
    for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
        let changed = entry.metadata().and_then(|metadata| metadata.modified());
        if changed.is_ok_and(|changed| chrono::DateTime::<chrono::Utc>::from(changed) < before) {
            let path = entry.path();
            let removed = if path.is_dir() { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) };
            if let Err(error) = removed {
                tracing::warn!(%error, path = %path.display(), "an old upload cannot be removed");
            }
        }
    }
}
