//! What lies on other servers: fetched when somebody here first looks at it, kept for a while, and passed on under our own
//! address, so that nobody's reader tells other servers who reads what.
//!
//! Whoever asks has us fetch nothing but what is named by something that is here, each once, and what failed not soon again. So how
//! often somebody may ask is not limited, but what other servers can hold up is: see [`Flights::place`].

use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use quick_cache::sync::Cache;
use tokio::sync::{OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};
use url::Url;

use super::{Parcel, files, put_all, work};
use crate::app::App;
use crate::base::activitystreams::{host, host_of};
use crate::base::id::{AccountId, CardId, EmojiId};
use crate::base::{Error, Result, Shared};
use crate::cards;
use crate::db::Conn;
use crate::emojis;
use crate::federation::policy::{is_suspended, rejects_media};
use crate::media::picture;
use crate::media::sniff::{self, Class, Format};
use crate::media::storage::local_fault;
use crate::media::store::{self, Owner};
use crate::media::upload::Upload;
use crate::media::{Attachment, File, Kind, Role, address_hash, ops};
use crate::net::fetch::Fetcher;

/// What could not be had is not asked for again so soon.
const PAUSE: TimeDelta = TimeDelta::minutes(5);

/// Files that are fetched at once.
const AT_ONCE: usize = 32;

/// And of these from one host, so that slow ones hold up few others.
const OF_ONE_HOST: usize = 2;

/// What is under way, and what lately failed: when, and whether it is gone for good.
struct Flights {
    under_way: Shared<String, tokio::sync::Mutex<()>>,
    failed: Cache<String, (DateTime<Utc>, bool)>,
    places: Arc<Semaphore>,
    /// By host.
    places_of: Shared<String, Semaphore>,
}

impl Default for Flights {
    fn default() -> Self {
        Self {
            under_way: Shared::default(),
            failed: Cache::new(4096),
            places: Arc::new(Semaphore::new(AT_ONCE)),
            places_of: Shared::default(),
        }
    }
}

impl Flights {
    /// Whoever has the turn at an address fetches, the others wait and look again.
    async fn turn(&self, url: &str) -> OwnedMutexGuard<()> {
        self.under_way.get(url.to_owned(), tokio::sync::Mutex::default).lock_owned().await
    }

    /// Waits for a place among those who fetch: first among those from the same host, so that who waits there takes no place.
    async fn place(&self, url: &str) -> Result<[OwnedSemaphorePermit; 2]> {
        let of_host = self.places_of.get(host(url).unwrap_or_default(), || Semaphore::new(OF_ONE_HOST));
        let of_host = of_host.acquire_owned().await.map_err(Error::internal)?;
        Ok([of_host, self.places.clone().acquire_owned().await.map_err(Error::internal)?])
    }

    fn check(&self, url: &str, now: DateTime<Utc>) -> Result<()> {
        match self.failed.get(url) {
            Some((at, gone)) if now - at < PAUSE => Err(failure(gone)),
            _ => Ok(()),
        }
    }
}

fn failure(gone: bool) -> Error {
    if gone { Error::NotFound("File") } else { Error::Remote("the file cannot be had at the moment".into()) }
}

/// One file that is elsewhere, and what we want of it.
#[derive(Clone, Copy)]
struct Wanted<'a> {
    owner: Owner,
    role: Role,
    url: &'a str,
}

/// Our copy of an attachment of a post from elsewhere, or of its small picture.
///
/// # Errors
/// [`Error::NotFound`] when there is none or it is nothing that is passed on; [`Error::Remote`] when its server does not
/// answer.
pub async fn copy_of_attachment(app: &App, key: &str, role: Role) -> Result<File> {
    let mut conn = app.db.get().await?;
    let attachment: Attachment = store::find_by_key(&mut conn, key).await?.ok_or(Error::NotFound("File"))?;
    refuse_rejected(app, &mut conn, attachment.account_id).await?;
    drop(conn);
    let original = attachment.remote_url.as_deref().filter(|_| attachment.kind() != Kind::Unknown);
    let url = match role {
        Role::Small => {
            attachment.remote_preview_url.as_deref().or(original.filter(|_| attachment.kind() == Kind::Image))
        }
        _ => original,
    };
    let url = url.ok_or(Error::NotFound("File"))?;
    copy(app, Wanted { owner: Owner::Attachment(attachment.id), role, url }).await
}

/// Our copy of a remote account's avatar or header; `hash` is that of its address.
///
/// # Errors
/// As [`copy_of_attachment`].
pub async fn copy_of_picture(app: &App, account: AccountId, role: Role, hash: &str) -> Result<File> {
    let mut conn = app.db.get().await?;
    let (avatar, header) = store::find_pictures(&mut conn, account).await?.ok_or(Error::NotFound("File"))?;
    refuse_rejected(app, &mut conn, account).await?;
    drop(conn);
    let url = if role == Role::Header { header } else { avatar };
    // It has another one by now, under another address of ours.
    let url = url.filter(|url| address_hash(url) == hash).ok_or(Error::NotFound("File"))?;
    copy(app, Wanted { owner: Owner::Account(account), role, url: &url }).await
}

/// Our copy of the picture of a card, small; `hash` is that of its address.
///
/// # Errors
/// As [`copy_of_attachment`].
pub async fn copy_of_card(app: &App, card: CardId, hash: &str) -> Result<File> {
    let url = {
        let mut conn = app.db.get().await?;
        cards::store::find_image(&mut conn, card).await?
    };
    let url = url.filter(|url| address_hash(url) == hash).ok_or(Error::NotFound("File"))?;
    if host(&url).is_none_or(|host| rejects_media(app, &host)) {
        return Err(Error::NotFound("File"));
    }
    copy(app, Wanted { owner: Owner::Card(card), role: Role::Small, url: &url }).await
}

/// Our copy of an emoji of another server; `version` is the one that it has now. With [`Role::Small`], a picture that stands still.
///
/// # Errors
/// As [`copy_of_attachment`].
pub async fn copy_of_emoji(app: &App, id: EmojiId, version: &str, role: Role) -> Result<File> {
    let emoji = {
        let mut conn = app.db.get().await?;
        emojis::store::find_emoji(&mut conn, id).await?
    };
    let emoji = emoji.filter(|emoji| !emoji.is_local() && emoji.version() == version).ok_or(Error::NotFound("File"))?;
    if rejects_media(app, &emoji.domain) {
        return Err(Error::NotFound("File"));
    }
    copy(app, Wanted { owner: Owner::Emoji(id), role, url: &emoji.image_url }).await
}

/// The most that a file may have, in bytes.
fn most_bytes(app: &App, owner: Owner) -> u64 {
    let most = app.config.media.remote_bytes;
    if let Owner::Emoji(_) = owner { most.min(emojis::MOST_REMOTE_BYTES) } else { most }
}

/// Nothing is passed on of servers whose files an administrator refuses.
async fn refuse_rejected(app: &App, conn: &mut Conn, owner: AccountId) -> Result<()> {
    match store::find_domain(conn, owner).await? {
        Some(domain) if rejects_media(app, &domain) => Err(Error::NotFound("File")),
        _ => Ok(()),
    }
}

async fn copy(app: &App, wanted: Wanted<'_>) -> Result<File> {
    if let Some(file) = find(app, wanted).await? {
        return Ok(file);
    }
    let flights = app.slot::<Flights>();
    flights.check(wanted.url, app.now())?;
    let turn = flights.turn(wanted.url).await;
    // Somebody may have fetched it, or failed to, while we waited.
    if let Some(file) = find(app, wanted).await? {
        return Ok(file);
    }
    flights.check(wanted.url, app.now())?;
    let place = flights.place(wanted.url).await?;
    let (app, owner, role, url) = (app.clone(), wanted.owner, wanted.role, wanted.url.to_owned());
    // It goes on when whoever asked first does not wait, and keeps its turn and its place: others may wait for it.
    let fetching = tokio::spawn(async move {
        let fetched = fetch_or_note(&app, &flights, Wanted { owner, role, url: &url }).await;
        drop((turn, place));
        fetched
    });
    fetching.await.map_err(Error::internal)?
}

/// Fetches a file. What cannot be had is noted, for those who ask next.
async fn fetch_or_note(app: &App, flights: &Flights, wanted: Wanted<'_>) -> Result<File> {
    match fetch(app, wanted).await {
        Ok(file) => Ok(file),
        Err(error) if error.is_our_fault() => Err(error),
        Err(error) => {
            let gone = !matches!(error, Error::Remote(_));
            tracing::debug!(%error, url = wanted.url, "a file of another server is not passed on");
            flights.failed.insert(wanted.url.to_owned(), (app.now(), gone));
            Err(failure(gone))
        }
    }
}

async fn find(app: &App, wanted: Wanted<'_>) -> Result<Option<File>> {
    let mut conn = app.db.get().await?;
    let found = store::find_copy(&mut conn, wanted.owner, wanted.role, wanted.url).await?;
    if let Some(file) = &found {
        store::touch(&mut *app.db.background().await?, file, app.now()).await?;
    }
    Ok(found)
}

async fn fetch(app: &App, wanted: Wanted<'_>) -> Result<File> {
    let url = Url::parse(wanted.url).map_err(|_| Error::NotFound("File"))?;
    if host_of(&url).is_none_or(|host| is_suspended(app, &host)) {
        return Err(Error::NotFound("File"));
    }
    let mut upload = Upload::create(&app.config.incoming_directory()).map_err(local_fault)?;
    let path = upload.path();
    let mut out = tokio::fs::OpenOptions::new().write(true).open(&path).await.map_err(local_fault)?;
    upload.size = app.get::<Fetcher>()?.get_file(&url, most_bytes(app, wanted.owner), &mut out).await?;
    let head = upload.head(sniff::HEAD).map_err(local_fault)?;
    let format = sniff::format(&head).filter(|format| *format != Format::Heic).ok_or(Error::NotFound("File"))?;
    let parcels = parcels(app, wanted, format, path).await?;
    keep(app, wanted, parcels).await
}

/// What is made of a file that was fetched. Pictures are decoded, so that what cannot be shown, or is made to break
/// browsers, is found out here; the original is passed on as it is, under the type that it is.
async fn parcels(app: &App, wanted: Wanted<'_>, format: Format, path: PathBuf) -> Result<Vec<Parcel>> {
    let Wanted { owner, role, url } = wanted;
    let most_pixels = app.config.media.image_pixels;
    let decodes = format.class() == Class::Picture && format != Format::Avif;
    if !decodes {
        // Films as small pictures, avatars or emoji: there is no picture in them that a browser would show.
        if format.class() == Class::Film && (role != Role::Original || matches!(owner, Owner::Emoji(_))) {
            return Err(Error::NotFound("File"));
        }
        return Ok(vec![copied(Parcel::of_file(app, role, owner, format, path)?, url)]);
    }
    let file = path.clone();
    match role {
        Role::Avatar | Role::Header => {
            let made = work(app, move || match role {
                Role::Header => picture::read_header(&file, most_pixels),
                _ => picture::read_avatar(&file, most_pixels),
            });
            Ok(vec![copied(Parcel::of(app, role, owner, made.await?)?, url)])
        }
        _ => {
            let (small, blurhash) = work(app, move || picture::read_small(&file, most_pixels)).await?;
            if let Owner::Card(id) = owner {
                let measures = (i32::try_from(small.width), i32::try_from(small.height));
                if let (Ok(width), Ok(height)) = measures {
                    let mut conn = app.db.background().await?;
                    cards::store::update_picture(&mut conn, id, url, (width, height), blurhash.as_deref()).await?;
                }
                return Ok(vec![copied(Parcel::of(app, Role::Small, owner, small)?, url)]);
            }
            // One fetch serves both.
            Ok(vec![
                copied(Parcel::of(app, Role::Small, owner, small)?, url),
                copied(Parcel::of_file(app, Role::Original, owner, format, path)?, url),
            ])
        }
    }
}

fn copied(mut parcel: Parcel, url: &str) -> Parcel {
    parcel.file.copy_of = Some(url.to_owned());
    parcel
}

async fn keep(app: &App, wanted: Wanted<'_>, parcels: Vec<Parcel>) -> Result<File> {
    app.background_transaction(async |conn| {
        store::insert_files(conn, &files(&parcels)).await?;
        Ok(())
    })
    .await?;
    let names: Vec<&str> = parcels.iter().map(|parcel| parcel.file.name.as_str()).collect();
    if let Err(error) = put_all(app, &parcels).await {
        ops::release(app, &names).await?;
        return Err(error);
    }
    app.background_transaction(async |conn| {
        store::set_ready(conn, &names).await?;
        // It replaces the one before; of an attachment there can be a small picture from elsewhere too.
        if let Owner::Account(_) | Owner::Card(_) = wanted.owner {
            store::release_others(conn, wanted.owner, wanted.role, names.first().copied()).await?;
        }
        Ok(())
    })
    .await?;
    let found = parcels.into_iter().find(|parcel| parcel.file.role == wanted.role.as_str());
    found.map(|parcel| parcel.file).ok_or(Error::NotFound("File"))
}
