//! The client API, as clients see it: with good input and with bad.

mod accounts;
mod administration;
mod announcements;
mod attribution;
mod blocks;
mod bookmarks;
mod cards;
mod collections;
mod conversations;
mod edits;
mod emojis;
mod filters;
mod grouped;
mod groups;
mod hiding;
mod home;
mod instance;
mod kept;
mod limits;
mod lists;
mod marks;
mod notification_policy;
mod notifications;
mod numbers;
mod oauth;
mod paging;
mod pins;
mod polls;
pub mod portability;
mod profile;
mod push;
mod quotes;
mod registration;
mod relationships;
pub mod reports;
mod rules;
mod scheduled;
mod search;
mod search_posts;
mod statuses;
mod streaming;
mod suggestions;
mod tags;
mod terms;
mod threads;
mod timelines;

use reqwest::Method;

use crate::support::{Answer, Instance, Person, With};

/// Ids that belong to nothing.
const NO_IDS: [&str; 7] =
    ["1", "0", "-5", "99999999999999999999999999", "9223372036854775807", "abc", "1%27%20OR%201=1"];

/// A request that is refused with this status, and changes nothing.
async fn refused(person: &Person, method: Method, path: &str, with: With<'_>, status: u16) -> Answer {
    refused_with_token(person.instance(), method, path, With { token: Some(&person.token), ..with }, status).await
}

/// As [`refused`], with the token that `with` names, or none.
async fn refused_with_token(instance: &Instance, method: Method, path: &str, with: With<'_>, status: u16) -> Answer {
    let before = instance.fingerprint().await;
    let answer = instance.send(method, path, with).await.expect(status);
    assert_eq!(instance.fingerprint().await, before, "{} was refused and changed something", answer.request);
    answer
}
