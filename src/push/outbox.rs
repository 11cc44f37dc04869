//! Pushes one notification to one device. Whether it may be shown to the person, and whether they want it, is asked anew
//! at this moment.

use chrono::TimeDelta;
use serde::Deserialize;
use url::Url;

use super::encryption::{self, Device, Sealed};
use super::vapid::VapidKeys;
use super::{Policy, PushDue, Subscription, entity, store, texts};
use crate::accounts;
use crate::app::App;
use crate::base::id::AccountId;
use crate::base::text::{strip_markup_to_text_line, without_quote};
use crate::base::visibility::Viewer;
use crate::base::{Error, Result};
use crate::db::Conn;
use crate::jobs::Outcome;
use crate::net::fetch::{FetchError, Fetcher};
use crate::notifications::{self, Notification};
use crate::oauth::scopes::Scopes;
use crate::{relationships, statuses};

/// How long a push service keeps a message for a device that is off, in seconds.
const KEPT: u32 = 48 * 60 * 60;

/// What could not be pushed for so long is not worth it any more: the notification is in the list.
const WORTH: TimeDelta = TimeDelta::hours(2);

/// Characters of a post that are shown.
const MOST_CHARACTERS: usize = 140;

/// Sends what [`PushDue`] asks for. An error is worth another try.
pub async fn send(app: &App, job: &PushDue) -> Result<Outcome> {
    let Some((subscription, message)) = prepare(app, job).await? else {
        return Ok(Outcome::drop("nobody wants, or may see, this notification any more"));
    };
    let endpoint = Url::parse(&subscription.endpoint).map_err(Error::internal)?;
    let (headers, body) = seal(app, &subscription, &endpoint, &message)?;
    let fetcher = app.get::<Fetcher>()?;
    let answer = match fetcher.post_as(&endpoint, "application/octet-stream", headers, body.into()).await {
        Ok(answer) => answer,
        Err(error @ FetchError::Network(_)) => return Err(error.into()),
        Err(error) => return Ok(Outcome::drop(format!("the push service cannot be spoken to: {error}"))),
    };
    match answer.status {
        200..=299 => Ok(Outcome::Done),
        404 | 410 => {
            let mut conn = app.db.background().await?;
            store::delete_subscription(&mut conn, subscription.id).await?;
            Ok(Outcome::Done)
        }
        408 | 425 | 429 | 500..=599 => match answer.retry_after {
            Some(pause) => Err(Error::Limited { retry_after_seconds: pause.as_secs() }),
            None => Err(Error::Remote(format!("the push service answered {}", answer.status))),
        },
        refused => Ok(Outcome::drop(format!("the push service answered {refused}: {}", answer.body_excerpt))),
    }
}

/// The message, if it is still worth something, wanted and allowed.
async fn prepare(app: &App, job: &PushDue) -> Result<Option<(Subscription, String)>> {
    let mut conn = app.db.background().await?;
    let Some((subscription, scopes, locale)) = store::find_holding(&mut conn, job.subscription_id).await? else {
        return Ok(None);
    };
    let me = subscription.account_id;
    let found = notifications::store::find_notification(&mut conn, me, job.notification_id, app.now()).await?;
    let Some(notification) = found.filter(|notification| app.now() - notification.created_at < WORTH) else {
        return Ok(None);
    };
    let may = Scopes::parse(&scopes).unwrap_or_default().allow("push");
    let from = notification.from_account_id;
    if !may || !subscription.wants(&notification.kind) || !permits(&mut conn, subscription.policy(), me, from).await? {
        return Ok(None);
    }
    let Some(message) = write(app, &mut conn, &notification, &locale).await? else { return Ok(None) };
    Ok(Some((subscription, message)))
}

async fn permits(conn: &mut Conn, policy: Policy, me: AccountId, from: AccountId) -> Result<bool> {
    Ok(match policy {
        Policy::All => true,
        Policy::None => false,
        Policy::Followed => relationships::store::is_following(conn, me, from).await?,
        Policy::Follower => relationships::store::is_following(conn, from, me).await?,
    })
}

/// What the account's JSON says that is of use here.
#[derive(Deserialize)]
struct From {
    username: String,
    display_name: String,
    avatar: String,
    note: String,
}

/// `None` when the person may not see what it is about.
async fn write(app: &App, conn: &mut Conn, notification: &Notification, locale: &str) -> Result<Option<String>> {
    let body = match notification.status_id {
        Some(id) => {
            let viewer = Viewer::account(notification.account_id);
            let Some(status) = statuses::store::find_visible(conn, viewer, id).await? else { return Ok(None) };
            // What is behind a warning stays there.
            if status.spoiler_text.is_empty() {
                Some(without_quote(&status.content))
            } else {
                Some(status.spoiler_text)
            }
        }
        None => None,
    };
    let written = accounts::view::load_json(app, conn, &[notification.from_account_id]).await?;
    let Some(from) = written.get(&notification.from_account_id) else { return Ok(None) };
    let from: From = serde_json::from_str(from).map_err(Error::internal)?;
    let name = if from.display_name.is_empty() { &from.username } else { &from.display_name };
    let name = strip_markup_to_text_line(name, MOST_CHARACTERS);
    Ok(Some(entity::message(&entity::Message {
        locale,
        notification_id: notification.id.0,
        kind: &notification.kind,
        icon: &from.avatar,
        title: &texts::title(locale, &notification.kind, &name),
        body: &strip_markup_to_text_line(body.as_deref().unwrap_or(&from.note), MOST_CHARACTERS),
    })))
}

type Headers = Vec<(&'static str, String)>;

/// Encrypts a message, and signs for the push service that it is ours.
fn seal(app: &App, subscription: &Subscription, endpoint: &Url, message: &str) -> Result<(Headers, Vec<u8>)> {
    let device = Device { public_key: &subscription.public_key, auth: &subscription.auth };
    let sealed = if subscription.standard {
        encryption::seal(&device, message.as_bytes())
    } else {
        encryption::seal_as_draft(&device, message.as_bytes())
    };
    let Sealed { body, encoding, encryption, crypto_key } = sealed.map_err(Error::internal)?;
    let keys = app.get::<VapidKeys>()?;
    let settings = app.settings();
    let contact = &settings.contact_email;
    let subject = if contact.is_empty() { app.origin.clone() } else { format!("mailto:{contact}") };
    let token = keys.sign(&endpoint.origin().ascii_serialization(), &subject, app.now())?;
    let public = keys.bare_public();
    let mut headers =
        vec![("content-encoding", encoding.to_owned()), ("ttl", KEPT.to_string()), ("urgency", "normal".to_owned())];
    match (encryption, crypto_key) {
        (Some(encryption), Some(crypto_key)) => {
            headers.push(("encryption", encryption));
            headers.push(("crypto-key", format!("{crypto_key};p256ecdsa={public}")));
            headers.push(("authorization", format!("WebPush {token}")));
        }
        _ => headers.push(("authorization", format!("vapid t={token}, k={public}"))),
    }
    Ok((headers, body))
}
