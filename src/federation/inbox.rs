//! The door: authenticates an activity, stores it as a job, answers 202. Cheap refusals come first; what the activity
//! does happens later, in `activities`.

pub mod authorized;
pub mod forwarded;

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::header::HeaderMap;
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};
use futures_util::StreamExt;
use serde_json::Value;
use tokio::sync::{mpsc, oneshot};

use super::IncomingActivity;
use super::policy::{is_suspended, refuses};
use super::store::{self, Received};
use crate::accounts::object::resolve_key;
use crate::accounts::{self, Account};
use crate::app::App;
use crate::base::activitystreams as read;
use crate::base::clock::Clock;
use crate::base::id::{AccountId, JobId};
use crate::base::strict_json;
use crate::base::{Error, Result};
use crate::db::Db;
use crate::edge::limits;
use crate::edge::respond::Answer;
use crate::jobs::Job;
use crate::net::signature::{SignedRequest, Unverified};
use crate::relationships::wire::followers;

/// The largest activity that is read, in bytes.
const MOST_BYTES: usize = 1024 * 1024;

/// How long an activity may take to arrive.
const PATIENCE: Duration = Duration::from_secs(10);

/// Activities that wait to be stored; more than these are asked to come again.
const MOST_WAITING: usize = 10_000;

/// Stored together in one transaction, at most.
const BATCH: usize = 256;

/// POST to an inbox, one's own or the shared one.
pub async fn receive(app: web::Data<App>, request: HttpRequest, payload: web::Payload) -> Answer {
    limits::inbox(&app, &request)?;
    if !is_activity_type(request.headers()) {
        return Ok(HttpResponse::UnsupportedMediaType().json(serde_json::json!({
            "error": "Send application/activity+json, or application/ld+json with the ActivityStreams profile"
        })));
    }
    let Some(body) = read_body(payload).await? else {
        return Ok(HttpResponse::RequestTimeout().insert_header(("connection", "close")).json(serde_json::json!({
            "error": "The activity took too long to arrive"
        })));
    };
    let text = String::from_utf8(body.into()).map_err(|_| Error::Malformed("the body must be UTF-8".into()))?;
    let signed = parse_signature(&app, &request, Some(text.as_bytes()))?;
    let claims = Claims::read(&text)?;
    if is_suspended(&app, &read::host(&claims.actor_uri).unwrap_or_default()) {
        return Err(Error::Forbidden("This server does not federate with yours".into()));
    }
    let signer = match authenticate(&app, &signed).await {
        // The key of an actor that has deleted itself is gone too.
        Err(Error::Gone(_) | Error::NotFound(_)) if claims.is_farewell => return accepted(),
        // Whoever has no key has no voice here; peers change dialect on a 401 only.
        Err(Error::Gone(_) | Error::NotFound(_)) => {
            return Err(Error::Unauthenticated("The signature was not accepted: its key is not there".into()));
        }
        outcome => outcome?,
    };
    // It has said so before, and is being taken out.
    if signer.deleted_at.is_some() && claims.is_farewell {
        return accepted();
    }
    if signer.is_suspended() {
        return Err(Error::Forbidden("This actor is suspended here".into()));
    }
    limits::sender(&app, read::host(&signer.uri).unwrap_or_default())?;
    if signer.uri != claims.actor_uri {
        forwarded::keep(&app, &signer, text).await?;
        return accepted();
    }
    if !read::same_host(&claims.uri, &signer.uri) {
        return Err(Error::Unauthenticated("The activity's id is not on its actor's host".into()));
    }
    let header = request.headers().get(followers::SYNCHRONIZATION).and_then(|value| value.to_str().ok());
    let synchronization = header.and_then(|header| followers::parse(header, &signer.uri, &signer.followers_uri));
    let job = IncomingActivity { actor_id: signer.id, activity: text, via: None, synchronization };
    let received = as_received(&app, &job, claims.uri, signer.id)?;
    drop(job);
    app.get::<Door>()?.store(received).await?;
    app.jobs_due.notify_one();
    accepted()
}

/// What is kept in hand of an activity while the key of its signer is looked for. The whole of it, parsed, takes many times the room of
/// its text, and nobody has signed it yet.
struct Claims {
    actor_uri: String,
    /// Its own id.
    uri: String,
    /// It is the Delete of its actor by itself.
    is_farewell: bool,
}

impl Claims {
    fn read(text: &str) -> Result<Self> {
        let activity = parse(text)?;
        let missing = |what: &str| Error::Malformed(format!("the activity has no {what}"));
        let actor_uri = read::id(&activity, "actor").ok_or_else(|| missing("actor"))?;
        let uri = read::own_id(&activity).ok_or_else(|| missing("id"))?;
        if read::type_of(&activity).is_empty() {
            return Err(missing("type"));
        }
        let is_farewell = read::is_a(&activity, "Delete") && read::id(&activity, "object") == Some(actor_uri);
        Ok(Self { actor_uri: actor_uri.to_owned(), uri: uri.to_owned(), is_farewell })
    }
}

fn parse(text: &str) -> Result<Value> {
    strict_json::parse(text.as_bytes()).map_err(|error| Error::Malformed(error.to_string()))
}

/// An activity on its way into the queue: as this job, and taken once under this id from this account.
fn as_received<J: Job>(app: &App, job: &J, uri: String, account_id: AccountId) -> Result<Received> {
    Ok(Received {
        job_id: JobId(app.mint()),
        uri,
        account_id,
        kind: J::KIND,
        lane: job.lane(),
        payload: serde_json::to_string(job).map_err(Error::internal)?,
    })
}

fn accepted() -> Answer {
    Ok(HttpResponse::Accepted().finish())
}

fn is_activity_type(headers: &HeaderMap) -> bool {
    let value = headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let value = value.to_ascii_lowercase();
    let kind = value.split(';').next().unwrap_or_default().trim();
    kind == "application/activity+json"
        || (kind == "application/ld+json" && value.contains("https://www.w3.org/ns/activitystreams"))
}

/// Reads the whole body. `None` when it takes too long.
async fn read_body(mut payload: web::Payload) -> Result<Option<web::BytesMut>> {
    let mut body = web::BytesMut::new();
    let until = tokio::time::Instant::now() + PATIENCE;
    loop {
        let Ok(chunk) = tokio::time::timeout_at(until, payload.next()).await else { return Ok(None) };
        let Some(chunk) = chunk else { break };
        let chunk = chunk.map_err(|error| Error::Malformed(error.to_string()))?;
        if body.len() + chunk.len() > MOST_BYTES {
            return Err(Error::TooLarge("An activity may have at most 1 MiB".into()));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body))
}

/// Reads the signature of a request, and holds it against the path, the host and the time; the key comes next.
fn parse_signature(app: &App, request: &HttpRequest, body: Option<&[u8]>) -> Result<Unverified> {
    let headers = request.headers().iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let method = request.method().as_str();
    SignedRequest::parse(method, path, headers, body, app.now(), &app.origin)
        .map_err(|error| Error::Unauthenticated(format!("The signature was not accepted: {error}")))
}

/// Finds the key and checks the signature; a key that fails is fetched again once.
async fn authenticate(app: &App, signed: &Unverified) -> Result<Account> {
    if is_suspended(app, &read::host(&signed.key_id).unwrap_or_default()) {
        return Err(Error::Forbidden("This server does not federate with yours".into()));
    }
    let (mut account, key) = resolve_key(app, &signed.key_id, false).await.map_err(unknown_key)?;
    if signed.verify(&key).is_err() {
        let (refreshed, key) = resolve_key(app, &signed.key_id, true).await.map_err(unknown_key)?;
        let refused = |error| Error::Unauthenticated(format!("The signature was not accepted: {error}"));
        signed.verify(&key).map_err(refused)?;
        account = refreshed;
    }
    // The domain of its handle may be another one than its host.
    if refuses(app, &account.uri, account.domain.as_deref()) {
        return Err(Error::Forbidden("This server does not federate with yours".into()));
    }
    Ok(account)
}

/// A key that cannot be had is the sender's affair (401); one that is gone stays known as that. Where it was not asked for, or the fault is
/// ours, whoever sent it comes again.
fn unknown_key(error: Error) -> Error {
    match error {
        Error::Gone(_) | Error::NotFound(_) | Error::Forbidden(_) | Error::Limited { .. } => error,
        error if error.is_our_fault() => error,
        other => Error::Unauthenticated(format!("The key could not be had: {other}")),
    }
}

/// Who signed a GET: `None` without a signature, an error when there is one that doesn't hold.
pub async fn verify_get(app: &App, request: &HttpRequest) -> Result<Option<Account>> {
    let headers = request.headers();
    let authorization = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let signs = ["signature", "signature-input"].iter().any(|name| headers.contains_key(*name));
    if !signs && !authorization.to_ascii_lowercase().starts_with("signature ") {
        return Ok(None);
    }
    let signed = parse_signature(app, request, None)?;
    match authenticate(app, &signed).await {
        Err(Error::Gone(_) | Error::NotFound(_)) => Err(Error::Unauthenticated("The key could not be had".into())),
        // To suspended servers nothing is here.
        Err(Error::Forbidden(_)) => Err(Error::NotFound("Record")),
        Err(error) => Err(error),
        Ok(signer) => {
            // The key may come from a cache, which says nothing of who is suspended now.
            let mut conn = app.db.get().await?;
            let signer = accounts::store::find_account(&mut conn, signer.id).await?;
            Ok(Some(signer.filter(|signer| !signer.is_suspended()).ok_or(Error::NotFound("Record"))?))
        }
    }
}

/// Where authenticated activities are stored: those that arrive together in one transaction.
pub struct Door {
    queue: mpsc::Sender<Arriving>,
}

struct Arriving {
    received: Received,
    stored: oneshot::Sender<Result<(), Arc<str>>>,
}

impl Door {
    /// Starts the task that stores. It ends when the `Door` is dropped. Call it on the main runtime.
    pub fn open(db: Db, clock: Clock) -> Self {
        let (queue, mut arriving) = mpsc::channel::<Arriving>(MOST_WAITING);
        tokio::spawn(async move {
            let mut batch = Vec::with_capacity(BATCH);
            while arriving.recv_many(&mut batch, BATCH).await > 0 {
                let (rows, waiting): (Vec<_>, Vec<_>) = batch.drain(..).map(|one| (one.received, one.stored)).unzip();
                let outcome = store_batch(&db, &rows, clock.now()).await.map_err(|error| Arc::from(error.to_string()));
                for stored in waiting {
                    // Whoever has hung up meanwhile will send it again.
                    let _ = stored.send(outcome.clone());
                }
            }
        });
        Self { queue }
    }

    /// Returns once the activity is durable.
    async fn store(&self, received: Received) -> Result<()> {
        let unavailable = || Error::Unavailable("The queue cannot take it at the moment; please send it again".into());
        let (stored, outcome) = oneshot::channel();
        self.queue.try_send(Arriving { received, stored }).map_err(|_| unavailable())?;
        match outcome.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(cause)) => {
                tracing::error!(%cause, "an activity could not be stored");
                Err(unavailable())
            }
            Err(_) => Err(unavailable()),
        }
    }
}

async fn store_batch(db: &Db, rows: &[Received], now: DateTime<Utc>) -> Result<()> {
    let mut conn = db.get().await?;
    store::insert_received(&mut conn, rows, now).await?;
    // What was passed on says nothing of its actor's host.
    let direct = rows.iter().filter(|row| row.kind == IncomingActivity::KIND);
    let mut hosts: Vec<String> = direct.filter_map(|row| read::host(&row.uri)).collect();
    hosts.sort_unstable();
    hosts.dedup();
    store::wake_hosts(&mut conn, &hosts, now).await?;
    Ok(())
}
