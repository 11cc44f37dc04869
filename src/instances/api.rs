//! /api/v1/instance, /api/v2/instance, and what clients ask at their start
//! (https://docs.joinmastodon.org/methods/instance/). Where there is nothing yet, the answer is an empty list: a 404 stops
//! several clients.

pub mod peers;
pub mod texts;

use std::sync::{Mutex, PoisonError};

use actix_web::web;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::accounts;
use crate::app::App;
use crate::base::visibility::Viewer;
use crate::base::{Error, Result};
use crate::config::RegistrationMode;
use crate::edge::respond::{Answer, ok};
use crate::federation::nodeinfo::people;
use crate::instances::store;
use crate::media::film::{MOST_PIXELS, Programs};
use crate::media::sniff::uploadable;
use crate::media::{MOST_DESCRIPTION, MOST_ON_POST};
use crate::polls;
use crate::push::vapid::VapidKeys;

/// The version of Mastodon's API that is spoken; clients gate on it.
const API_VERSION: i32 = 10;

/// The instance's picture, `/assets/header.png`, before it is there: computed as of pictures that are uploaded (`media::picture`).
const PICTURE_BLURHASH: &str = "LDR.-^?dWAxV~okCf6j?o#WAj[kC";

/// Clients parse what stands before the parenthesis.
fn version() -> String {
    format!("4.6.0 (compatible; Pollen {})", env!("CARGO_PKG_VERSION"))
}

/// Counts are walks over tables, so they are made this often.
const FRESH: TimeDelta = TimeDelta::hours(1);

/// When it was counted; posts; servers.
#[derive(Default)]
struct Counted(Mutex<Option<(DateTime<Utc>, i64, i64)>>);

/// Posts of people here, and servers that this one has met. Counted once an hour.
async fn posts_and_peers(app: &App) -> Result<(i64, i64)> {
    let counted = app.slot::<Counted>();
    let known = *counted.0.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((at, posts, peers)) = known
        && app.now() - at < FRESH
    {
        return Ok((posts, peers));
    }
    let mut conn = app.db.get().await?;
    let (posts, peers) = store::count_posts_and_peers(&mut conn).await?;
    *counted.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((app.now(), posts, peers));
    Ok((posts, peers))
}

/// The account of whom one can ask, where there is one.
async fn contact(app: &App) -> Result<Value> {
    let name = app.config.instance.contact_username.trim_start_matches('@');
    if name.is_empty() {
        return Ok(Value::Null);
    }
    let mut conn = app.db.get().await?;
    let Some(account) = accounts::store::find_local(&mut conn, name).await? else { return Ok(Value::Null) };
    let written = accounts::view::load_many(app, &mut conn, Viewer::ANONYMOUS, &[account.id]).await?;
    written.first().map_or(Ok(Value::Null), |json| serde_json::from_str(json).map_err(Error::internal))
}

fn rules(app: &App) -> Vec<Value> {
    let settings = app.settings();
    let rules = settings.rules.iter().enumerate();
    rules
        .map(|(index, text)| json!({"id": (index + 1).to_string(), "text": text, "hint": "", "translations": {}}))
        .collect()
}

fn configuration(app: &App) -> Result<Value> {
    let media = &app.config.media;
    let films = app.get::<Programs>().is_ok_and(|programs| programs.0.is_some());
    Ok(json!({
        "urls": {"streaming": app.origin.replacen("http", "ws", 1), "status": app.config.instance.status_url, "about": format!("{}/about", app.origin), "privacy_policy": format!("{}/privacy-policy", app.origin), "terms_of_service": app.settings().has_terms().then(|| format!("{}/terms-of-service", app.origin))},
        "vapid": {"public_key": app.get::<VapidKeys>()?.public()},
        "accounts": {"max_featured_tags": crate::tags::MOST_FEATURED, "max_pinned_statuses": crate::pins::MOST_PINS, "max_display_name_length": crate::accounts::ops::MOST_NAME, "max_note_length": crate::accounts::ops::MOST_NOTE, "max_avatar_description_length": crate::accounts::ops::pictures::MOST_DESCRIPTION, "max_header_description_length": crate::accounts::ops::pictures::MOST_DESCRIPTION, "max_profile_fields": crate::accounts::ops::MOST_FIELDS, "profile_field_name_limit": crate::accounts::ops::MOST_FIELD, "profile_field_value_limit": crate::accounts::ops::MOST_FIELD},
        "statuses": {"max_characters": app.config.posts.characters, "max_media_attachments": MOST_ON_POST, "characters_reserved_per_url": crate::base::text::CHARACTERS_PER_URL, "supported_mime_types": ["text/plain", "text/markdown"]},
        "media_attachments": {"description_limit": MOST_DESCRIPTION, "supported_mime_types": uploadable(films), "image_size_limit": media.image_bytes, "image_matrix_limit": media.image_pixels, "video_size_limit": if films { media.film_bytes } else { 0 }, "video_frame_rate_limit": 120, "video_matrix_limit": MOST_PIXELS},
        "polls": {"max_options": polls::MOST_OPTIONS, "max_characters_per_option": polls::MOST_CHARACTERS, "min_expiration": polls::LEAST_SECONDS, "max_expiration": polls::MOST_SECONDS},
        "translation": {"enabled": false},
        "timelines_access": {
            "live_feeds": {"local": "public", "remote": "public"},
            "hashtag_feeds": {"local": "public", "remote": "public"},
            "trending_link_feeds": {"local": "disabled", "remote": "disabled"},
        },
        "limited_federation": app.config.federation.limited,
    }))
}

/// GET /api/v2/instance
pub async fn v2(app: web::Data<App>) -> Answer {
    let (instance, settings) = (&app.config.instance, app.settings());
    let (_, active) = people(&app).await?;
    let picture = format!("{}/assets/header.png", app.origin);
    let open = settings.registrations.takes_strangers();
    let approval = settings.registrations == RegistrationMode::Approval;
    Ok(ok(&json!({
        "domain": instance.domain,
        "title": settings.title,
        "version": version(),
        "source_url": instance.source_url,
        "description": settings.description,
        "usage": {"users": {"active_month": active}},
        "thumbnail": {"url": picture, "description": "", "blurhash": PICTURE_BLURHASH, "versions": {"@1x": picture}},
        "icon": [{"src": format!("{}/assets/icon.png", app.origin), "size": "400x400"}],
        "languages": settings.languages,
        "configuration": configuration(&app)?,
        "registrations": {"enabled": open, "approval_required": approval, "reason_required": false, "message": texts::closed_html(&app), "min_age": null, "url": texts::elsewhere(&app)},
        "api_versions": {"mastodon": API_VERSION},
        "contact": {"email": settings.contact_email, "account": contact(&app).await?},
        "rules": rules(&app),
        "wrapstodon": null,
    })))
}

/// GET /api/v1/instance, which older clients ask for.
pub async fn v1(app: web::Data<App>) -> Answer {
    let (instance, settings) = (&app.config.instance, app.settings());
    let (all, _) = people(&app).await?;
    let (posts, domains) = posts_and_peers(&app).await?;
    let open = settings.registrations.takes_strangers();
    let approval = settings.registrations == RegistrationMode::Approval;
    let invited = settings.registrations != RegistrationMode::Closed;
    Ok(ok(&json!({
        "uri": instance.domain,
        "title": settings.title,
        "short_description": settings.description,
        "description": settings.description,
        "email": settings.contact_email,
        "version": version(),
        "urls": {"streaming_api": app.origin.replacen("http", "ws", 1)},
        "stats": {"user_count": all, "status_count": posts, "domain_count": domains},
        "thumbnail": format!("{}/assets/header.png", app.origin),
        "languages": settings.languages,
        "registrations": open,
        "approval_required": approval,
        "invites_enabled": invited,
        "configuration": configuration(&app)?,
        "contact_account": contact(&app).await?,
        "rules": rules(&app),
        "max_toot_chars": app.config.posts.characters,
    })))
}

/// GET /api/v1/instance/rules
pub async fn list_rules(app: web::Data<App>) -> Answer {
    Ok(ok(&rules(&app)))
}

/// A list that has nothing in it yet, for everyone.
pub async fn nothing() -> Answer {
    Ok(ok::<[Value; 0]>(&[]))
}
