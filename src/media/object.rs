//! Files on their way: uploads into the store, films through their making, and what is elsewhere to those who look at it.

mod remote;

use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::Semaphore;

pub use remote::{copy_of_attachment, copy_of_picture};

use super::film::{self, Programs};
use super::picture::{self, Encoded};
use super::sniff::{self, Class, Format};
use super::storage::{Content, Storage, local_fault};
use super::store::{self, Owner};
use super::{Attachment, Details, File, Kind, MediaUploaded, Role, ops};
use crate::app::App;
use crate::base::id::{AccountId, MediaId};
use crate::base::{Error, Result};
use crate::edge::form::Upload;
use crate::jobs::Outcome;

/// Pictures that are worked on at once in one process: each may need some hundred megabytes for a moment.
const AT_ONCE: usize = 2;

/// Files that are removed at once.
const BITE: i64 = 100;

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
            let why = format!("is {}, which cannot be taken: please send JPEG, PNG or WebP", format.media_type());
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
        return Err(Error::TooLarge(format!("The picture is too large: {most} bytes are the most.")));
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
    let format = format_of(&upload)?;
    let programs = app.get::<Programs>()?;
    let id = MediaId(app.mint());
    let most_pixels = app.config.media.image_pixels;
    if format.class() == Class::Picture {
        check_picture(app, &upload)?;
        let path = upload.path();
        let moves = format == Format::Gif && {
            let path = path.clone();
            work(app, move || picture::moves(&path, most_pixels)).await?
        };
        if moves && programs.0.is_some() {
            take_film(app, owner, id, Kind::Gifv, format, upload, &details).await?;
        } else {
            take_picture(app, owner, id, path, &details).await?;
        }
    } else {
        programs.get()?;
        let most = app.config.media.film_bytes;
        if upload.size > most {
            return Err(Error::TooLarge(format!("The file is too large: {most} bytes are the most.")));
        }
        let sounds = matches!(format, Format::Mp3 | Format::M4a | Format::Wav | Format::Flac | Format::Aac);
        let kind = if sounds { Kind::Audio } else { Kind::Video };
        take_film(app, owner, id, kind, format, upload, &details).await?;
    }
    if let Some(thumbnail) = thumbnail {
        put_thumbnail(app, owner, id, thumbnail).await?;
    }
    Ok(id)
}

async fn take_picture(
    app: &App,
    owner: AccountId,
    id: MediaId,
    path: std::path::PathBuf,
    details: &Details,
) -> Result<()> {
    let most_pixels = app.config.media.image_pixels;
    let made = work(app, move || picture::read(&path, most_pixels)).await?;
    let (meta, blurhash) = (made.meta(), made.blurhash.clone());
    let parcels = [
        Parcel::of(app, Role::Original, Owner::Attachment(id), made.original)?,
        Parcel::of(app, Role::Small, Owner::Attachment(id), made.small)?,
    ];
    ops::begin(app, owner, id, Kind::Image, details, &files(&parcels)).await?;
    let stored = async {
        put_all(app, &parcels).await?;
        ops::finish(app, id, Kind::Image, &files(&parcels), &meta, blurhash.as_deref()).await
    };
    or_discard(app, id, stored.await).await.map(|_| ())
}

async fn take_film(
    app: &App,
    owner: AccountId,
    id: MediaId,
    kind: Kind,
    format: Format,
    upload: Upload,
    details: &Details,
) -> Result<()> {
    let parcels = [Parcel::of_file(app, Role::Source, Owner::Attachment(id), format, upload.path())?];
    ops::begin(app, owner, id, kind, details, &files(&parcels)).await?;
    let stored = async {
        put_all(app, &parcels).await?;
        for parcel in &parcels {
            ops::await_processing(app, id, &parcel.file).await?;
        }
        Ok(())
    };
    or_discard(app, id, stored.await).await
}

/// What could not be stored leaves nothing behind.
async fn or_discard<T>(app: &App, id: MediaId, stored: Result<T>) -> Result<T> {
    if stored.is_err()
        && let Err(error) = ops::discard(app, id).await
    {
        tracing::warn!(%error, "an upload that failed could not be taken back; it will be swept");
    }
    stored
}

/// Gives one's own attachment another small picture.
pub async fn put_thumbnail(app: &App, owner: AccountId, id: MediaId, thumbnail: Upload) -> Result<()> {
    check_picture(app, &thumbnail)?;
    let attachment = {
        let mut conn = app.db.get().await?;
        ops::find_own(&mut conn, owner, id).await?
    };
    if attachment.status_id.is_some() {
        return Err(Error::invalid("", "This file is part of a post already; edit the post instead"));
    }
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

/// One making of a film at a time for each film.
#[derive(Default)]
struct Making(std::sync::Mutex<std::collections::HashMap<MediaId, std::sync::Weak<tokio::sync::Mutex<()>>>>);

impl Making {
    fn lock(&self, id: MediaId) -> Arc<tokio::sync::Mutex<()>> {
        let mut making = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(lock) = making.get(&id).and_then(std::sync::Weak::upgrade) {
            return lock;
        }
        making.retain(|_, lock| lock.strong_count() > 0);
        let lock = Arc::new(tokio::sync::Mutex::new(()));
        making.insert(id, Arc::downgrade(&lock));
        lock
    }
}

/// Makes an uploaded film or sound playable for everyone. Can run twice.
pub async fn process(app: &App, job: &MediaUploaded) -> Result<Outcome> {
    let lock = app.slot::<Making>().lock(job.media_id);
    let _held = lock.lock().await;
    let (attachment, source) = {
        let mut conn = app.db.background().await?;
        let attachment = store::find_attachment(&mut conn, job.media_id).await?;
        let files = store::list_files(&mut conn, &[job.media_id]).await?;
        (attachment, files.into_iter().find(|file| file.role == Role::Source.as_str()))
    };
    let Some(attachment) = attachment.filter(|attachment| attachment.state == super::state::WAITING) else {
        return Ok(Outcome::drop("the attachment is gone, or does not wait any more"));
    };
    let Some(source) = source else { return Ok(Outcome::drop("the upload is gone")) };
    match make(app, &attachment, &source).await {
        Ok(()) => Ok(Outcome::Done),
        Err(Error::Invalid { why, .. }) => {
            ops::fail(app, attachment.id, &why).await?;
            Ok(Outcome::drop(why))
        }
        Err(error) => Err(error),
    }
}

async fn make(app: &App, attachment: &Attachment, source: &File) -> Result<()> {
    let programs = app.get::<Programs>()?;
    let folder = tempfile::tempdir_in(app.config.incoming_directory()).map_err(local_fault)?;
    let path = folder.path().join("source");
    app.get::<Storage>()?.fetch(&source.path, &path).await?;
    let head = {
        let mut file = tokio::fs::File::open(&path).await.map_err(local_fault)?;
        let mut head = vec![0; sniff::HEAD];
        let length = tokio::io::AsyncReadExt::read(&mut file, &mut head).await.map_err(local_fault)?;
        head.truncate(length);
        head
    };
    let from = sniff::format(&head).ok_or_else(|| Error::invalid("file", "is of a kind that cannot be taken"))?;
    let made = film::convert(programs.get()?, &app.config.media, &path, from, folder.path()).await?;
    let owner = Owner::Attachment(attachment.id);
    let mut parcels = vec![Parcel::of_file(app, Role::Original, owner, made.format, made.path)?];
    let (mut meta, mut blurhash) = (made.meta, attachment.blurhash.clone());
    if let Some(small) = attachment.meta.get("small") {
        // Its owner has chosen one.
        meta.insert("small".into(), small.clone());
    } else if let Some(frame) = made.frame {
        let (small, hash) = work(app, move || picture::read_small(&frame, film::MOST_PIXELS)).await?;
        meta.insert("small".into(), picture::measures(small.width, small.height));
        blurhash = hash;
        parcels.push(Parcel::of(app, Role::Small, owner, small)?);
    }
    app.background_transaction(async |conn| {
        store::insert_files(conn, &files(&parcels)).await?;
        Ok(())
    })
    .await?;
    if let Err(error) = put_all(app, &parcels).await {
        let names: Vec<&str> = parcels.iter().map(|parcel| parcel.file.name.as_str()).collect();
        ops::release(app, &names).await?;
        return Err(error);
    }
    ops::finish(app, attachment.id, made.kind, &files(&parcels), &meta.into(), blurhash.as_deref()).await?;
    Ok(())
}

/// Removes files that belong to nothing from the store, then their rows. Can run twice.
pub async fn remove_released(app: &App) -> Result<Outcome> {
    let storage = app.get::<Storage>()?;
    loop {
        let paths = store::list_released(&mut *app.db.background().await?, BITE).await?;
        if paths.is_empty() {
            return Ok(Outcome::Done);
        }
        for path in &paths {
            storage.delete(path).await?;
        }
        store::delete_files(&mut *app.db.background().await?, &paths).await?;
    }
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
    remove_released(app).await?;
    Ok(())
}
