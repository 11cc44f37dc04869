//! /api/v1/push/subscription (https://docs.joinmastodon.org/methods/push/).

use actix_web::web;
use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use url::Url;

use super::encryption::{self, Device};
use super::vapid::VapidKeys;
use super::{ALERTS, Policy, Subscription, entity, store};
use crate::app::App;
use crate::base::id::PushSubscriptionId;
use crate::base::{Error, Result};
use crate::edge::params::{Params, lenient};
use crate::edge::respond::{Answer, ok};
use crate::net::fetch::Fetcher;
use crate::oauth::extract::Client;

const NOT_FOUND: Error = Error::NotFound("Record");

/// The most that an endpoint's address may have, in bytes.
const MOST_ENDPOINT: usize = 2048;

/// Where and how a device is reached, and what it wants.
#[derive(Deserialize)]
pub struct NewSubscription {
    #[serde(default)]
    subscription: Target,
    #[serde(flatten)]
    interests: InterestsQuery,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Target {
    #[serde(deserialize_with = "lenient::text")]
    endpoint: Option<String>,
    keys: Keys,
    #[serde(deserialize_with = "lenient::boolean")]
    standard: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Keys {
    #[serde(deserialize_with = "lenient::text")]
    p256dh: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    auth: Option<String>,
}

/// Which notifications a device wants. Some clients put the policy beside `data`.
#[derive(Deserialize)]
pub struct InterestsQuery {
    #[serde(default)]
    data: Data,
    #[serde(default, deserialize_with = "lenient::text")]
    policy: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Data {
    alerts: Map<String, Value>,
    #[serde(deserialize_with = "lenient::text")]
    policy: Option<String>,
}

/// As they are kept.
struct Interests {
    policy: Policy,
    alerts: Vec<String>,
}

impl InterestsQuery {
    fn read(self) -> Result<Interests> {
        let wish = self.data.policy.or(self.policy).filter(|policy| !policy.is_empty());
        let policy = match wish {
            Some(wish) => Policy::parse(&wish)
                .ok_or_else(|| Error::invalid("Data", "policy must be all, followed, follower or none"))?,
            None => Policy::All,
        };
        let mut alerts = Vec::new();
        for alert in ALERTS {
            if let Some(value) = self.data.alerts.get(alert)
                && lenient::boolean(value.clone()).map_err(|error| Error::invalid("Data", error.to_string()))?
                    == Some(true)
            {
                alerts.push(alert.to_owned());
            }
        }
        Ok(Interests { policy, alerts })
    }
}

fn answer(app: &App, subscription: &Subscription) -> Answer {
    Ok(ok(&entity::subscription(subscription, &app.get::<VapidKeys>()?.public())))
}

/// POST /api/v1/push/subscription: takes the place of the token's earlier one.
pub async fn create(app: web::Data<App>, client: Client, Params(new): Params<NewSubscription>) -> Answer {
    let me = client.require("push")?;
    let endpoint = new.subscription.endpoint.unwrap_or_default();
    check_endpoint(&app, &endpoint)?;
    let public_key = decode("Key p256dh", new.subscription.keys.p256dh)?;
    let auth = decode("Key auth", new.subscription.keys.auth)?;
    if !encryption::is_valid(&Device { public_key: &public_key, auth: &auth }) {
        return Err(Error::invalid("Keys", "are no P-256 point of 65 bytes and secret of 16 bytes"));
    }
    let interests = new.interests.read()?;
    let now = app.now();
    let subscription = Subscription {
        id: PushSubscriptionId(app.ids.mint(now)),
        token_id: client.token_id,
        account_id: me,
        endpoint,
        public_key,
        auth,
        standard: new.subscription.standard.unwrap_or(false),
        policy: interests.policy.as_str().to_owned(),
        alerts: interests.alerts.into_iter().map(Some).collect(),
        created_at: now,
        updated_at: now,
    };
    app.transaction(async |conn| Ok(store::replace_subscription(conn, &subscription).await?)).await?;
    answer(&app, &subscription)
}

/// An address that we will speak to: public, and https.
fn check_endpoint(app: &App, endpoint: &str) -> Result<()> {
    if endpoint.is_empty() {
        return Err(Error::invalid("Endpoint", "can't be blank"));
    }
    let url = Url::parse(endpoint).ok().filter(|_| endpoint.len() <= MOST_ENDPOINT);
    let url = url.ok_or_else(|| Error::invalid("Endpoint", "must be a valid URL"))?;
    app.get::<Fetcher>()?.check_url(&url).map_err(|why| Error::invalid("Endpoint", why.to_string()))
}

/// Base64 in either alphabet, padded or not.
fn decode(field: &'static str, text: Option<String>) -> Result<Vec<u8>> {
    let lax = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let text = text.unwrap_or_default().trim().replace('+', "-").replace('/', "_");
    if text.is_empty() {
        return Err(Error::invalid(field, "can't be blank"));
    }
    GeneralPurpose::new(&URL_SAFE, lax).decode(text).map_err(|_| Error::invalid(field, "is not in base64"))
}

/// GET /api/v1/push/subscription
pub async fn show(app: web::Data<App>, client: Client) -> Answer {
    client.require("push")?;
    let mut conn = app.db.get().await?;
    let found = store::find_of_token(&mut conn, client.token_id).await?.ok_or(NOT_FOUND)?;
    answer(&app, &found)
}

/// PUT /api/v1/push/subscription: what is asked for, as a whole.
pub async fn update(app: web::Data<App>, client: Client, Params(query): Params<InterestsQuery>) -> Answer {
    client.require("push")?;
    let Interests { policy, alerts } = query.read()?;
    let mut conn = app.db.get().await?;
    let changed = store::update_interests(&mut conn, client.token_id, policy.as_str(), &alerts, app.now()).await?;
    answer(&app, &changed.ok_or(NOT_FOUND)?)
}

/// DELETE /api/v1/push/subscription
pub async fn delete(app: web::Data<App>, client: Client) -> Answer {
    client.require("push")?;
    let mut conn = app.db.get().await?;
    store::delete_of_token(&mut conn, client.token_id).await?;
    Ok(ok(&json!({})))
}
