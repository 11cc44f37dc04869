//! Web push as Mastodon has it: subscriptions (https://docs.joinmastodon.org/entities/WebPushSubscription/), and what is
//! pushed. Pure.

use serde_json::{Map, Value, json};

use super::{ALERTS, Subscription};

/// A subscription, as its client reads it.
pub fn subscription(subscription: &Subscription, server_key: &str) -> Value {
    let alerts: Map<String, Value> =
        ALERTS.iter().map(|alert| ((*alert).to_owned(), subscription.wants(alert).into())).collect();
    json!({
        "id": subscription.id,
        "endpoint": subscription.endpoint,
        "standard": subscription.standard,
        "alerts": alerts,
        "policy": subscription.policy,
        "server_key": server_key,
    })
}

/// What a device is told.
pub struct Message<'a> {
    pub locale: &'a str,
    pub notification_id: i64,
    pub kind: &'a str,
    pub icon: &'a str,
    pub title: &'a str,
    pub body: &'a str,
}

/// The message, before it is encrypted. Mastodon puts the client's own access token in it, by which some tell their
/// accounts apart. Of tokens we have hashes alone, so it is empty, which clients read as no account of theirs in particular.
/// The notification's id is a number, as Mastodon's is: strict clients refuse a text.
pub fn message(message: &Message<'_>) -> String {
    json!({
        "access_token": "",
        "preferred_locale": message.locale,
        "notification_id": message.notification_id,
        "notification_type": message.kind,
        "icon": message.icon,
        "title": message.title,
        "body": message.body,
    })
    .to_string()
}
