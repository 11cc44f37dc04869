//! GET /settings/data/archive.tar: all that is here of a person. It is made while it is sent, so nothing of it is kept on the server,
//! and it is as new as it can be. Little of it is in memory at a time: a hundred posts, a list of names, or a piece of a file; and no
//! connection to the database is held while their reader takes it.

mod besides;

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use serde_json::{Value, json};

use super::Me;
use crate::accounts::Account;
use crate::app::App;
use crate::base::id::{AccountId, StatusId};
use crate::base::{Error, Result};
use crate::media::storage::Storage;
use crate::media::{self, File};
use crate::portability::api::exports::{self, LISTS};
use crate::portability::entity::line;
use crate::statuses::outbox::archive::list_some;

/// The size of which everything in such a file is a multiple, in bytes.
const BLOCK: usize = 512;

/// What comes next.
enum Next {
    Account,
    /// One of [`LISTS`], by its place.
    List(usize),
    /// One of [`besides::KINDS`], by its place, below an id, as the file of this number.
    Besides(usize, i64, usize),
    /// Posts below an id, as the page of this number.
    Posts(StatusId, usize),
    /// What is said of the files in the page of this number; then the posts below an id.
    Media(Vec<(File, String)>, usize, Option<StatusId>),
    End,
    Nothing,
}

/// Archives that are made at once in one process: each holds a connection for a moment, again and again.
const MOST_AT_ONCE: usize = 4;

/// After so long one is not counted any more: who takes theirs slowly, or not at all, is not in others' way for ever.
const COUNTED: TimeDelta = TimeDelta::hours(1);

/// For whom one is being made, and since when.
#[derive(Default)]
struct Underway(Arc<Mutex<HashMap<AccountId, DateTime<Utc>>>>);

/// Somebody's turn; it ends with the answer, also when they go away before.
struct Turn {
    underway: Arc<Mutex<HashMap<AccountId, DateTime<Utc>>>>,
    account: AccountId,
    since: DateTime<Utc>,
}

impl Turn {
    /// `None`: theirs is being made already, or there are too many of others'.
    fn take(app: &App, account: AccountId) -> Option<Self> {
        let (underway, since) = (app.slot::<Underway>().0.clone(), app.now());
        let mut people = underway.lock().unwrap_or_else(PoisonError::into_inner);
        people.retain(|_, began| since - *began < COUNTED);
        if people.len() >= MOST_AT_ONCE || people.contains_key(&account) {
            return None;
        }
        people.insert(account, since);
        drop(people);
        Some(Self { underway, account, since })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut people = self.underway.lock().unwrap_or_else(PoisonError::into_inner);
        if people.get(&self.account) == Some(&self.since) {
            people.remove(&self.account);
        }
    }
}

/// A file that is on its way.
struct Sending {
    pieces: BoxStream<'static, Result<Bytes>>,
    /// Bytes that are to come, and zeros after them.
    left: u64,
    zeros: usize,
}

struct Making {
    app: App,
    /// Until nothing more comes.
    turn: Option<Turn>,
    account: Account,
    next: Next,
    /// Files that come before that.
    files: VecDeque<File>,
    sending: Option<Sending>,
}

/// GET /settings/data/archive.tar
pub async fn archive(me: Me) -> Result<HttpResponse> {
    let (app, account) = (me.visitor.app.clone(), me.account);
    let name = format!("{}-{}.tar", account.username, app.now().format("%Y-%m-%d"));
    let Some(turn) = Turn::take(&app, account.id) else {
        return Err(Error::Limited { retry_after_seconds: 60 });
    };
    let (next, files) = (Next::Account, VecDeque::new());
    let making = Making { app, turn: Some(turn), account, next, files, sending: None };
    let parts = stream::unfold(making, |mut making| async move {
        match making.part().await {
            Ok(Some(part)) => Some((Ok(part), making)),
            Ok(None) => None,
            Err(error) => {
                tracing::error!(%error, "an archive could not be finished");
                (making.next, making.sending) = (Next::Nothing, None);
                making.files.clear();
                drop(making.turn.take());
                // The connection is cut, so that nobody takes it for whole.
                Some((Err(error), making))
            }
        }
    });
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "application/x-tar"))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .streaming(Box::pin(parts)))
}

impl Making {
    async fn part(&mut self) -> Result<Option<Bytes>> {
        if let Some(piece) = self.piece().await? {
            return Ok(Some(piece));
        }
        while let Some(file) = self.files.pop_front() {
            if let Some(head) = self.open(&file).await? {
                return Ok(Some(head));
            }
        }
        match std::mem::replace(&mut self.next, Next::Nothing) {
            Next::Account => {
                self.next = Next::List(0);
                let account = exports::account(&self.app, &self.account).await?;
                let pictures =
                    media::store::list_pictures(&mut *self.app.db.background().await?, self.account.id).await?;
                self.files = pictures.into();
                self.file("account.json", &json_text(&account)?).map(Some)
            }
            Next::List(place) => match LISTS.get(place) {
                Some(name) => {
                    self.next = Next::List(place + 1);
                    let list = exports::list(&self.app, self.account.id, name).await?;
                    self.file(name, list.as_bytes()).map(Some)
                }
                None => self.besides(0, i64::MAX, 1).await.map(Some),
            },
            Next::Besides(place, below, number) => self.besides(place, below, number).await.map(Some),
            Next::Posts(below, number) => self.posts(below, number).await.map(Some),
            Next::Media(files, number, below) => {
                self.next = after(below, number);
                let mut list = line(&["File", "Type", "Description"]);
                for (file, said) in &files {
                    list.push_str(&line(&[&place(file), &file.content_type, said]));
                }
                self.files = files.into_iter().map(|(file, _)| file).collect();
                self.file(&format!("media/{number:05}.csv"), list.as_bytes()).map(Some)
            }
            Next::End => Ok(Some(vec![0; 2 * BLOCK].into())),
            Next::Nothing => Ok(None),
        }
    }

    async fn besides(&mut self, place: usize, below: i64, number: usize) -> Result<Bytes> {
        let Some(kind) = besides::KINDS.get(place) else { return self.posts(StatusId(i64::MAX), 1).await };
        let part = besides::load(&self.app, &self.account, kind, below).await?;
        self.next = match part.next {
            Some(below) => Next::Besides(place, below, number + 1),
            None => Next::Besides(place + 1, i64::MAX, 1),
        };
        let name = if number == 1 { format!("{kind}.json") } else { format!("{kind}-{number:05}.json") };
        self.file(&name, &json_text(&part.content)?)
    }

    async fn posts(&mut self, below: StatusId, number: usize) -> Result<Bytes> {
        let bite = list_some(&self.app, self.account.id, below).await?;
        self.next =
            if bite.files.is_empty() { after(bite.next, number) } else { Next::Media(bite.files, number, bite.next) };
        let page = json!({
            "@context": "https://www.w3.org/ns/activitystreams",
            "type": "OrderedCollectionPage",
            "partOf": self.account.outbox_uri,
            "orderedItems": bite.activities,
        });
        self.file(&format!("outbox/{number:05}.json"), &json_text(&page)?)
    }

    /// Begins with a file out of the store. One that is gone meanwhile is left out.
    async fn open(&mut self, file: &File) -> Result<Option<Bytes>> {
        let pieces = match self.app.get::<Storage>()?.get(&file.path, None).await {
            Ok(pieces) => pieces,
            Err(Error::NotFound(_)) => return Ok(None),
            Err(error) => return Err(error),
        };
        let left = u64::try_from(file.size).map_err(Error::internal)?;
        let size = usize::try_from(left).map_err(Error::internal)?;
        self.sending = Some(Sending { pieces, left, zeros: size.next_multiple_of(BLOCK) - size });
        self.head(&place(file), left).map(|head| Some(head.into()))
    }

    /// The next piece of the file that is on its way.
    async fn piece(&mut self) -> Result<Option<Bytes>> {
        let Some(sending) = &mut self.sending else { return Ok(None) };
        if let Some(piece) = sending.pieces.next().await.transpose()? {
            let length = u64::try_from(piece.len()).map_err(Error::internal)?;
            let left = sending.left.checked_sub(length);
            sending.left = left.ok_or_else(|| Error::internal("a file is longer than it was"))?;
            return Ok(Some(piece));
        }
        if sending.left > 0 {
            return Err(Error::internal("a file is shorter than it was"));
        }
        let zeros = sending.zeros;
        self.sending = None;
        Ok((zeros > 0).then(|| vec![0; zeros].into()))
    }

    /// A file within the file: its head, what is in it, and zeros to the end of a block.
    fn file(&self, name: &str, content: &[u8]) -> Result<Bytes> {
        let mut part = self.head(name, u64::try_from(content.len()).map_err(Error::internal)?)?;
        part.extend_from_slice(content);
        part.resize(part.len().next_multiple_of(BLOCK), 0);
        Ok(part.into())
    }

    fn head(&self, name: &str, size: u64) -> Result<Vec<u8>> {
        let mut head = tar::Header::new_ustar();
        head.set_path(name).map_err(Error::internal)?;
        head.set_size(size);
        head.set_mode(0o600);
        head.set_mtime(u64::try_from(self.app.now().timestamp()).unwrap_or(0));
        head.set_cksum();
        Ok(head.as_bytes().to_vec())
    }
}

/// What comes after a page of posts.
fn after(below: Option<StatusId>, number: usize) -> Next {
    below.map_or(Next::End, |below| Next::Posts(below, number + 1))
}

/// Where a file of somebody's is in their archive; its name is the one in its address.
fn place(file: &File) -> String {
    format!("media/{}", file.name)
}

fn json_text(value: &Value) -> Result<Vec<u8>, Error> {
    serde_json::to_vec_pretty(value).map_err(Error::internal)
}
