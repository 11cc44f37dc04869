//! GET /settings/data/archive.tar: all that is here of a person. It is made while it is sent, so nothing of it is kept on the server,
//! and it is as new as it can be.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Bytes;
use futures_util::stream;
use serde_json::{Value, json};

use super::Me;
use crate::accounts::Account;
use crate::app::App;
use crate::base::id::{AccountId, StatusId};
use crate::base::{Error, Result};
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
    /// Posts below an id, as the page of this number.
    Posts(StatusId, usize),
    Media,
    End,
    Nothing,
}

/// Archives that are made at once in one process: each holds a connection for a moment, again and again.
const MOST_AT_ONCE: usize = 4;

/// For whom one is being made.
#[derive(Default)]
struct Underway(Arc<Mutex<HashSet<AccountId>>>);

/// Somebody's turn; it ends with the answer, also when they go away before.
struct Turn(Arc<Mutex<HashSet<AccountId>>>, AccountId);

impl Turn {
    /// `None`: theirs is being made already, or there are too many of others'.
    fn take(app: &App, account: AccountId) -> Option<Self> {
        let underway = app.slot::<Underway>().0.clone();
        let mut people = underway.lock().unwrap_or_else(PoisonError::into_inner);
        if people.len() >= MOST_AT_ONCE || !people.insert(account) {
            return None;
        }
        drop(people);
        Some(Self(underway, account))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.1);
    }
}

struct Making {
    app: App,
    _turn: Turn,
    account: Account,
    next: Next,
    /// Where the files lie that posts have, and what is said of them.
    media: String,
}

/// GET /settings/data/archive.tar
pub async fn archive(me: Me) -> Result<HttpResponse> {
    let (app, account) = (me.visitor.app.clone(), me.account);
    let name = format!("{}-{}.tar", account.username, app.now().format("%Y-%m-%d"));
    let Some(turn) = Turn::take(&app, account.id) else {
        return Err(Error::Limited { retry_after_seconds: 60 });
    };
    let media = line(&["Address", "Type", "Description"]);
    let making = Making { app, _turn: turn, account, next: Next::Account, media };
    let parts = stream::unfold(making, |mut making| async move {
        match making.part().await {
            Ok(Some(part)) => Some((Ok(Bytes::from(part)), making)),
            Ok(None) => None,
            Err(error) => {
                tracing::error!(%error, "an archive could not be finished");
                making.next = Next::Nothing;
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
    async fn part(&mut self) -> Result<Option<Vec<u8>>> {
        match std::mem::replace(&mut self.next, Next::Nothing) {
            Next::Account => {
                self.next = Next::List(0);
                let account = exports::account(&self.app, &self.account).await?;
                self.file("account.json", &json_text(&account)?).map(Some)
            }
            Next::List(place) => match LISTS.get(place) {
                Some(name) => {
                    self.next = Next::List(place + 1);
                    let list = exports::list(&self.app, self.account.id, name).await?;
                    self.file(name, list.as_bytes()).map(Some)
                }
                None => self.posts(StatusId(i64::MAX), 1).await.map(Some),
            },
            Next::Posts(below, number) => self.posts(below, number).await.map(Some),
            Next::Media => {
                self.next = Next::End;
                let media = std::mem::take(&mut self.media);
                self.file("media.csv", media.as_bytes()).map(Some)
            }
            Next::End => Ok(Some(vec![0; 2 * BLOCK])),
            Next::Nothing => Ok(None),
        }
    }

    async fn posts(&mut self, below: StatusId, number: usize) -> Result<Vec<u8>> {
        let (activities, next) = list_some(&self.app, self.account.id, below).await?;
        self.next = next.map_or(Next::Media, |below| Next::Posts(below, number + 1));
        for activity in &activities {
            self.note_media(activity);
        }
        let page = json!({
            "@context": "https://www.w3.org/ns/activitystreams",
            "type": "OrderedCollectionPage",
            "partOf": self.account.outbox_uri,
            "orderedItems": activities,
        });
        self.file(&format!("outbox/{number:05}.json"), &json_text(&page)?)
    }

    fn note_media(&mut self, activity: &Value) {
        let attached = activity.pointer("/object/attachment").and_then(Value::as_array);
        for file in attached.into_iter().flatten() {
            let text = |name: &str| file.get(name).and_then(Value::as_str).unwrap_or_default();
            self.media.push_str(&line(&[text("url"), text("mediaType"), text("name")]));
        }
    }

    /// A file within the file: its head, what is in it, and zeros to the end of a block.
    fn file(&self, name: &str, content: &[u8]) -> Result<Vec<u8>> {
        let mut head = tar::Header::new_ustar();
        head.set_path(name).map_err(Error::internal)?;
        head.set_size(u64::try_from(content.len()).map_err(Error::internal)?);
        head.set_mode(0o600);
        head.set_mtime(u64::try_from(self.app.now().timestamp()).unwrap_or(0));
        head.set_cksum();
        let mut part = head.as_bytes().to_vec();
        part.extend_from_slice(content);
        part.resize(part.len().next_multiple_of(BLOCK), 0);
        Ok(part)
    }
}

fn json_text(value: &Value) -> Result<Vec<u8>, Error> {
    serde_json::to_vec_pretty(value).map_err(Error::internal)
}
