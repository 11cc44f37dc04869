//! /api/v2/notifications/policy, /api/v1/notifications/policy: what a person lets in
//! (https://docs.joinmastodon.org/methods/notifications/#get-policy).

use actix_web::web;
use serde::Deserialize;

use crate::app::App;
use crate::base::id::AccountId;
use crate::base::{Error, Result};
use crate::edge::params::{Params, lenient};
use crate::edge::respond::{Answer, ok};
use crate::notifications::{Level, Policy, entity, ops, store};
use crate::oauth::extract::Client;

/// How a policy is written.
type Writes = fn(&Policy, crate::notifications::Filtered) -> serde_json::Value;

async fn answer(app: &App, me: AccountId, policy: Option<Policy>, write: Writes) -> Answer {
    let mut conn = app.db.get().await?;
    let policy = match policy {
        Some(policy) => policy,
        None => store::find_policy(&mut conn, me).await?,
    };
    Ok(ok(&write(&policy, store::count_filtered(&mut conn, me, app.now()).await?)))
}

/// GET /api/v2/notifications/policy
pub async fn show(app: web::Data<App>, client: Client) -> Answer {
    answer(&app, client.require("read:notifications")?, None, entity::policy).await
}

/// GET /api/v1/notifications/policy
pub async fn show_v1(app: web::Data<App>, client: Client) -> Answer {
    answer(&app, client.require("read:notifications")?, None, entity::policy_v1).await
}

#[derive(Deserialize)]
pub struct Change {
    #[serde(default, deserialize_with = "lenient::text")]
    for_not_following: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    for_not_followers: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    for_new_accounts: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    for_private_mentions: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    for_limited_accounts: Option<String>,
}

fn level(field: &'static str, text: Option<&str>) -> Result<Option<i16>> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(None) };
    let level = Level::parse(text).ok_or_else(|| Error::invalid(field, "must be accept, filter or drop"))?;
    Ok(Some(level.number()))
}

/// PATCH /api/v2/notifications/policy
pub async fn update(app: web::Data<App>, client: Client, change: Params<Change>) -> Answer {
    let me = client.require("write:notifications")?;
    let change = change.0;
    let following = level("for_not_following", change.for_not_following.as_deref())?;
    let followers = level("for_not_followers", change.for_not_followers.as_deref())?;
    let new = level("for_new_accounts", change.for_new_accounts.as_deref())?;
    let private = level("for_private_mentions", change.for_private_mentions.as_deref())?;
    let limited = level("for_limited_accounts", change.for_limited_accounts.as_deref())?;
    let apply = move |policy: &mut Policy| {
        policy.for_not_following = following.unwrap_or(policy.for_not_following);
        policy.for_not_followers = followers.unwrap_or(policy.for_not_followers);
        policy.for_new_accounts = new.unwrap_or(policy.for_new_accounts);
        policy.for_private_mentions = private.unwrap_or(policy.for_private_mentions);
        policy.for_limited_accounts = limited.unwrap_or(policy.for_limited_accounts);
    };
    let policy = ops::change_policy(&app, me, apply).await?;
    answer(&app, me, Some(policy), entity::policy).await
}

#[derive(Deserialize)]
pub struct ChangeV1 {
    #[serde(default, deserialize_with = "lenient::boolean")]
    filter_not_following: Option<bool>,
    #[serde(default, deserialize_with = "lenient::boolean")]
    filter_not_followers: Option<bool>,
    #[serde(default, deserialize_with = "lenient::boolean")]
    filter_new_accounts: Option<bool>,
    #[serde(default, deserialize_with = "lenient::boolean")]
    filter_private_mentions: Option<bool>,
}

/// PATCH /api/v1/notifications/policy
pub async fn update_v1(app: web::Data<App>, client: Client, change: Params<ChangeV1>) -> Answer {
    let me = client.require("write:notifications")?;
    let change = change.0;
    // What is dropped stays so, for a client that knows only of filtering.
    let apply = |level: &mut i16, filter: Option<bool>| match filter {
        Some(true) if *level == 0 => *level = Level::Filter.number(),
        Some(false) => *level = Level::Accept.number(),
        _ => {}
    };
    let apply = move |policy: &mut Policy| {
        apply(&mut policy.for_not_following, change.filter_not_following);
        apply(&mut policy.for_not_followers, change.filter_not_followers);
        apply(&mut policy.for_new_accounts, change.filter_new_accounts);
        apply(&mut policy.for_private_mentions, change.filter_private_mentions);
    };
    let policy = ops::change_policy(&app, me, apply).await?;
    answer(&app, me, Some(policy), entity::policy_v1).await
}
