//! /api/v1/accounts (https://docs.joinmastodon.org/methods/accounts/).

use actix_web::{HttpRequest, web};
use serde::Deserialize;
use serde_json::{Value, json};

use super::entity::TabChanges;
use super::ops::{self, ProfileChanges};
use super::{Account, object, store, view};
use crate::app::App;
use crate::base::handle::Handle;
use crate::base::id::AccountId;
use crate::base::{Error, Result};
use crate::edge::form::Files;
use crate::edge::params::{self, Params, lenient};
use crate::edge::respond::{Answer, ok, written};
use crate::media::upload::Upload;
use crate::media::{self, File, Role};
use crate::oauth::extract::{Client, MaybeClient};

const NOT_FOUND: Error = Error::NotFound("Record");

/// GET /api/v1/accounts/verify_credentials
pub async fn verify_credentials(app: web::Data<App>, client: Client) -> Answer {
    let me = client.require("profile").or_else(|_| client.require("read:accounts"))?;
    let mut conn = app.db.get().await?;
    let account = store::find_account(&mut conn, me).await?.ok_or(NOT_FOUND)?;
    Ok(ok(&view::load_credential(&app, &mut conn, &account).await?))
}

#[derive(Deserialize)]
pub struct FieldBody {
    #[serde(default, deserialize_with = "lenient::text")]
    name: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    value: Option<String>,
}

#[derive(Default, Deserialize)]
pub struct SourceBody {
    #[serde(default, deserialize_with = "lenient::text")]
    privacy: Option<String>,
    #[serde(default, deserialize_with = "lenient::boolean")]
    sensitive: Option<bool>,
    #[serde(default, deserialize_with = "lenient::text")]
    language: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    quote_policy: Option<String>,
}

#[derive(Deserialize)]
pub struct Credentials {
    #[serde(default, deserialize_with = "lenient::text")]
    display_name: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    note: Option<String>,
    #[serde(default, deserialize_with = "lenient::boolean")]
    locked: Option<bool>,
    #[serde(default, deserialize_with = "lenient::boolean")]
    bot: Option<bool>,
    #[serde(default, deserialize_with = "lenient::boolean")]
    discoverable: Option<bool>,
    #[serde(default, deserialize_with = "lenient::boolean")]
    indexable: Option<bool>,
    #[serde(default, deserialize_with = "lenient::text")]
    avatar_description: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    header_description: Option<String>,
    #[serde(default, deserialize_with = "lenient::boolean")]
    show_media: Option<bool>,
    #[serde(default, deserialize_with = "lenient::boolean")]
    show_media_replies: Option<bool>,
    #[serde(default, deserialize_with = "lenient::boolean")]
    show_featured: Option<bool>,
    fields_attributes: Option<Value>,
    attribution_domains: Option<Value>,
    #[serde(default)]
    source: SourceBody,
}

/// GET /api/v1/profile (https://docs.joinmastodon.org/methods/profile/)
pub async fn profile(app: web::Data<App>, client: Client) -> Answer {
    let me = client.require("profile").or_else(|_| client.require("read:accounts"))?;
    let mut conn = app.db.get().await?;
    let account = store::find_account(&mut conn, me).await?.ok_or(NOT_FOUND)?;
    Ok(ok(&view::load_profile(&app, &mut conn, &account).await?))
}

/// PATCH /api/v1/accounts/update_credentials
pub async fn update_credentials(
    app: web::Data<App>,
    client: Client,
    request: HttpRequest,
    payload: web::Payload,
) -> Answer {
    let account = take_changes(&app, &client, &request, payload).await?;
    credential(&app, &account).await
}

/// PATCH /api/v1/profile: the same, answered with the profile.
pub async fn update_profile(
    app: web::Data<App>,
    client: Client,
    request: HttpRequest,
    payload: web::Payload,
) -> Answer {
    let account = take_changes(&app, &client, &request, payload).await?;
    Ok(ok(&view::load_profile(&app, &mut *app.db.get().await?, &account).await?))
}

async fn take_changes(app: &App, client: &Client, request: &HttpRequest, payload: web::Payload) -> Result<Account> {
    let me = client.require("write:accounts")?;
    let most = app.config.media.image_bytes.saturating_mul(2);
    let (body, mut files): (Credentials, Files) =
        params::read_with_files(request, payload, &["avatar", "header"], most).await?;
    let account = {
        let mut conn = app.db.get().await?;
        store::find_account(&mut conn, me).await?.ok_or(NOT_FOUND)?
    };
    let fields = match body.fields_attributes {
        None | Some(Value::Null) => None,
        Some(value) => {
            let fields: Vec<FieldBody> =
                lenient::list(value).map_err(|error| Error::invalid("fields_attributes", error.to_string()))?;
            let pair = |field: FieldBody| (field.name.unwrap_or_default(), field.value.unwrap_or_default());
            Some(fields.into_iter().map(pair).collect())
        }
    };
    let attribution_domains = match body.attribution_domains {
        None | Some(Value::Null) => None,
        Some(value) => {
            let domains = lenient::list(value);
            Some(domains.map_err(|error| Error::invalid("attribution_domains", error.to_string()))?)
        }
    };
    let changes = ProfileChanges {
        display_name: body.display_name,
        note: body.note,
        fields,
        locked: body.locked,
        bot: body.bot,
        discoverable: body.discoverable,
        indexable: body.indexable,
        default_visibility: body.source.privacy,
        default_sensitive: body.source.sensitive,
        default_language: body.source.language,
        default_quote_policy: body.source.quote_policy,
        attribution_domains,
        avatar: take_picture(app, me, Role::Avatar, files.remove("avatar")).await?,
        header: take_picture(app, me, Role::Header, files.remove("header")).await?,
        avatar_description: body.avatar_description,
        header_description: body.header_description,
        tabs: TabChanges {
            show_media: body.show_media,
            show_media_replies: body.show_media_replies,
            show_featured: body.show_featured,
        },
    };
    change(app, &account, changes).await
}

/// What was uploaded, stored; `None` when nothing was.
pub async fn take_picture(
    app: &App,
    me: AccountId,
    role: Role,
    upload: Option<Upload>,
) -> Result<Option<Option<File>>> {
    match upload {
        Some(upload) => Ok(Some(Some(media::object::take_account_picture(app, me, role, upload).await?))),
        None => Ok(None),
    }
}

/// Changes a profile; pictures that were stored for it go again if it cannot be changed. Pages call it, too.
pub async fn change(app: &App, account: &Account, changes: ProfileChanges) -> Result<Account> {
    let stored: Vec<String> =
        [&changes.avatar, &changes.header].into_iter().flatten().flatten().map(|file| file.name.clone()).collect();
    let account = match ops::update_profile(app, account, changes).await {
        Ok(account) => account,
        Err(error) => {
            let names: Vec<&str> = stored.iter().map(String::as_str).collect();
            media::ops::release(app, &names).await?;
            return Err(error);
        }
    };
    view::invalidate(app, account.id);
    Ok(account)
}

async fn credential(app: &App, account: &Account) -> Answer {
    let mut conn = app.db.get().await?;
    Ok(ok(&view::load_credential(app, &mut conn, account).await?))
}

/// DELETE /api/v1/profile/avatar
pub async fn delete_avatar(app: web::Data<App>, client: Client) -> Answer {
    without(&app, &client, ProfileChanges { avatar: Some(None), ..ProfileChanges::default() }).await
}

/// DELETE /api/v1/profile/header
pub async fn delete_header(app: web::Data<App>, client: Client) -> Answer {
    without(&app, &client, ProfileChanges { header: Some(None), ..ProfileChanges::default() }).await
}

async fn without(app: &App, client: &Client, changes: ProfileChanges) -> Answer {
    let me = client.require("write:accounts")?;
    let account = {
        let mut conn = app.db.get().await?;
        store::find_account(&mut conn, me).await?.ok_or(NOT_FOUND)?
    };
    let account = change(app, &account, changes).await?;
    credential(app, &account).await
}

/// GET /api/v1/preferences
pub async fn preferences(app: web::Data<App>, client: Client) -> Answer {
    let me = client.require("read:accounts")?;
    let mut conn = app.db.get().await?;
    let user = store::find_user(&mut conn, me).await?.ok_or(NOT_FOUND)?;
    Ok(ok(&json!({
        "posting:default:visibility": user.default_visibility,
        "posting:default:sensitive": user.default_sensitive,
        "posting:default:language": user.default_language,
        "posting:default:quote_policy": user.default_quote_policy,
        "reading:expand:media": "default",
        "reading:expand:spoilers": false,
        "reading:autoplay:gifs": false,
    })))
}

/// GET /api/v1/accounts/{id}
pub async fn show(app: web::Data<App>, client: MaybeClient, id: web::Path<String>) -> Answer {
    let id: AccountId = id.parse().map_err(|_| NOT_FOUND)?;
    one(&app, &client, id).await
}

async fn one(app: &App, client: &MaybeClient, id: AccountId) -> Answer {
    let mut conn = app.db.get().await?;
    let found = view::load_many(app, &mut conn, client.viewer("read:accounts"), &[id]).await?;
    Ok(written(found.first().ok_or(NOT_FOUND)?.to_string()))
}

#[derive(Deserialize)]
pub struct Ids {
    #[serde(default, deserialize_with = "lenient::list")]
    id: Vec<String>,
}

/// GET /api/v1/accounts?id[]=
pub async fn show_many(app: web::Data<App>, client: MaybeClient, ids: Params<Ids>) -> Answer {
    let ids: Vec<AccountId> = ids.0.id.iter().filter_map(|id| id.parse().ok()).take(80).collect();
    let mut conn = app.db.get().await?;
    let found = view::load_many(&app, &mut conn, client.viewer("read:accounts"), &ids).await?;
    Ok(written(crate::statuses::view::array(&found)))
}

#[derive(Deserialize)]
pub struct Lookup {
    #[serde(default, deserialize_with = "lenient::text")]
    acct: Option<String>,
}

/// GET /api/v1/accounts/lookup: only what is known here.
pub async fn lookup(app: web::Data<App>, client: MaybeClient, query: Params<Lookup>) -> Answer {
    let handle: Handle = query.0.acct.unwrap_or_default().parse().map_err(|_| NOT_FOUND)?;
    let id = object::find_known(&app, &handle).await?.ok_or(NOT_FOUND)?;
    one(&app, &client, id).await
}

#[derive(Deserialize)]
pub struct Search {
    #[serde(default, deserialize_with = "lenient::text")]
    q: Option<String>,
    #[serde(default, deserialize_with = "lenient::number")]
    limit: Option<i64>,
    #[serde(default, deserialize_with = "lenient::number")]
    offset: Option<i64>,
    #[serde(default, deserialize_with = "lenient::boolean")]
    resolve: Option<bool>,
    #[serde(default, deserialize_with = "lenient::boolean")]
    following: Option<bool>,
}

/// GET /api/v1/accounts/search
pub async fn search(app: web::Data<App>, client: Client, query: Params<Search>) -> Answer {
    let me = client.require("read:accounts")?;
    let query = query.0;
    let text = query.q.unwrap_or_default();
    let sought = object::Sought {
        text: text.trim(),
        resolve: query.resolve == Some(true),
        following: query.following == Some(true),
        limit: query.limit.unwrap_or(40).clamp(1, 80),
        offset: query.offset.unwrap_or(0).clamp(0, 10_000),
    };
    let ids = object::find(&app, me, &sought).await?;
    let mut conn = app.db.get().await?;
    let found = view::load_many(&app, &mut conn, client_viewer(me), &ids).await?;
    Ok(written(crate::statuses::view::array(&found)))
}

fn client_viewer(me: AccountId) -> crate::base::visibility::Viewer {
    crate::base::visibility::Viewer::account(me)
}
