//! Asks other servers for documents, in the name of the instance, where we speak with them.

use std::time::Duration;

use serde_json::Value;
use url::Url;

use super::flights::Flights;
use crate::accounts::{Account, keys};
use crate::app::App;
use crate::base::activitystreams as read;
use crate::base::{Error, Result};
use crate::federation::policy::is_suspended;
use crate::net::fetch::{FetchError, Fetcher};
use crate::net::signature::{self, Dialect};

/// How long one question may take in all: with redirects, a second dialect, and what is sent once more.
const PATIENCE: Duration = Duration::from_secs(15);

/// The instance's own actor, put in place at start.
pub struct InstanceActor(pub Account);

/// An address as a URL, when it is on another server, and one that we speak with.
pub(super) fn checked_url(app: &App, uri: &str) -> Result<Url> {
    let url = Url::parse(uri).map_err(|_| Error::invalid("uri", "is no URL"))?;
    let host = read::host_of(&url).ok_or_else(|| Error::invalid("uri", "is no http(s) URL"))?;
    if host == app.config.instance.domain {
        return Err(Error::NotFound("Account"));
    }
    check_host(app, &host)?;
    Ok(url)
}

pub(super) fn check_host(app: &App, host: &str) -> Result<()> {
    if is_suspended(app, host) {
        return Err(Error::Forbidden("This server does not federate with that one".into()));
    }
    Ok(())
}

/// What another server answers, when it does in good time.
///
/// # Errors
/// [`Error::Remote`] when it does not.
pub(super) async fn in_time<T>(answer: impl Future<Output = Result<T>>) -> Result<T> {
    let late = |_| Error::Remote("it took too long".into());
    tokio::time::timeout(PATIENCE, answer).await.map_err(late)?
}

/// Fetches an object, signed by the instance's actor: in the dialect that the host took last, on a 401 once in the other. One host is
/// asked for a few at once.
pub async fn get(app: &App, url: &Url) -> Result<Value> {
    let host = read::host_of(url).unwrap_or_default();
    let flights = app.slot::<Flights>();
    let _place = flights.place_at(&host).await?;
    in_time(get_from(app, &flights, host, url)).await
}

async fn get_from(app: &App, flights: &Flights, host: String, url: &Url) -> Result<Value> {
    let dialect = flights.dialects.get(&host).unwrap_or(Dialect::Cavage);
    match get_in(app, url, dialect).await? {
        Err(FetchError::Forbidden(401)) => {}
        answer => return Ok(answer?),
    }
    let Ok(object) = get_in(app, url, dialect.other()).await? else { return Err(FetchError::Forbidden(401).into()) };
    if dialect == Dialect::Cavage {
        flights.dialects.insert(host, Dialect::Rfc9421);
    } else {
        flights.dialects.remove(&host);
    }
    Ok(object)
}

async fn get_in(app: &App, url: &Url, dialect: Dialect) -> Result<Result<Value, FetchError>> {
    let instance = app.get::<InstanceActor>()?;
    let key = keys::private_key(app, instance.0.id).await?;
    let (key_id, now) = (&instance.0.public_key_id, app.now());
    let sign = |url: &Url| signature::sign_request_as(dialect, &key, key_id, "get", url, now, None).unwrap_or_default();
    Ok(app.get::<Fetcher>()?.get_object(url, &sign).await)
}
