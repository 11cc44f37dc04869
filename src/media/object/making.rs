//! Films and sounds are made playable, by a job that a crash brings back.

use tokio::sync::Semaphore;

use super::{Parcel, files, put_all, work};
use crate::app::App;
use crate::base::id::MediaId;
use crate::base::{Error, Result, Shared};
use crate::jobs::Outcome;
use crate::media::film::{self, Programs};
use crate::media::storage::{Storage, local_fault};
use crate::media::store::{self, Owner};
use crate::media::{Attachment, File, MediaUploaded, Role, ops, picture, sniff, state};

/// Films that are made at once in one process, each by a program that takes all it gets.
const AT_ONCE: usize = 2;

struct Films(Semaphore);

impl Default for Films {
    fn default() -> Self {
        Self(Semaphore::new(AT_ONCE))
    }
}

/// One making of a film at a time for each film.
#[derive(Default)]
struct Making(Shared<MediaId, tokio::sync::Mutex<()>>);

/// Makes an uploaded film or sound playable for everyone. Can run twice.
pub async fn process(app: &App, job: &MediaUploaded) -> Result<Outcome> {
    let turn = app.slot::<Making>().0.get(job.media_id, tokio::sync::Mutex::default);
    let _turn = turn.lock().await;
    let (attachment, source) = {
        let mut conn = app.db.background().await?;
        let attachment = store::find_attachment(&mut conn, job.media_id).await?;
        let files = store::list_files(&mut conn, &[job.media_id]).await?;
        (attachment, files.into_iter().find(|file| file.role == Role::Source.as_str()))
    };
    let Some(attachment) = attachment.filter(|attachment| attachment.state == state::WAITING) else {
        return Ok(Outcome::drop("the attachment is gone, or does not wait any more"));
    };
    let Some(source) = source else { return Ok(Outcome::drop("the upload is gone")) };
    match make(app, &attachment, &source).await {
        Ok(()) => Ok(Outcome::Done),
        Err(Error::Invalid { why, .. }) => {
            ops::fail(app, attachment.id, &why.to_string()).await?;
            Ok(Outcome::drop(why.to_string()))
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
    let films = app.slot::<Films>();
    let turn = films.0.acquire().await.map_err(Error::internal)?;
    let made = film::convert(programs.get()?, &app.config.media, &path, from, folder.path()).await?;
    drop(turn);
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
