//! /api/pollen/v1: other names, moves, what one takes along, the end of one's account.

pub mod exports;
pub mod imports;

use actix_web::{HttpRequest, web};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{object, ops};
use crate::accounts::store as accounts;
use crate::accounts::{Account, sign_in, view};
use crate::app::App;
use crate::base::id::AccountId;
use crate::base::{Error, Result};
use crate::edge::limits;
use crate::edge::params::{Params, lenient};
use crate::edge::respond::{Answer, ok};
use crate::oauth::extract::Client;

const NOT_FOUND: Error = Error::NotFound("Record");

async fn myself(app: &App, me: AccountId) -> Result<Account> {
    accounts::find_account(&mut *app.db.get().await?, me).await?.ok_or(NOT_FOUND)
}

#[derive(Deserialize)]
pub struct Named {
    #[serde(default, deserialize_with = "lenient::text")]
    acct: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    password: Option<String>,
}

impl Named {
    /// The account that is named, as its server says now.
    async fn resolve(&self, app: &App) -> Result<Account> {
        object::resolve(app, self.acct.as_deref().unwrap_or_default()).await
    }

    /// Fails unless the password is that of the person.
    async fn confirm(&self, app: &App, http: &HttpRequest, me: AccountId) -> Result<()> {
        limits::sign_in(app, http)?;
        limits::account(app, sign_in::account_key(me))?;
        let user = accounts::find_user(&mut *app.db.get().await?, me).await?.ok_or(Error::NotFound("Account"))?;
        let right = sign_in::is_password(app, &user, self.password.as_deref().unwrap_or_default()).await?;
        if right { Ok(()) } else { Err(Error::Forbidden("The password is not right.".into())) }
    }
}

async fn aliases_of(app: &App, me: &Account) -> Result<Vec<Value>> {
    let aliases = super::view::load_aliases(&mut *app.db.get().await?, me).await?;
    Ok(aliases.iter().map(|(uri, acct)| json!({"uri": uri, "acct": acct})).collect())
}

/// GET /api/pollen/v1/aliases: accounts that are the same person, as this one says.
pub async fn aliases(app: web::Data<App>, client: Client) -> Answer {
    let me = myself(&app, client.require("read:accounts")?).await?;
    Ok(ok(&aliases_of(&app, &me).await?))
}

/// POST /api/pollen/v1/aliases (`acct`). Returns all of them.
pub async fn add_alias(app: web::Data<App>, client: Client, body: Params<Named>) -> Answer {
    let me = myself(&app, client.require("write:accounts")?).await?;
    let other = body.0.resolve(&app).await?;
    ops::add_alias(&app, &me, &other).await?;
    let me = myself(&app, me.id).await?;
    Ok(ok(&aliases_of(&app, &me).await?))
}

#[derive(Deserialize)]
pub struct AliasBody {
    #[serde(default, deserialize_with = "lenient::text")]
    uri: Option<String>,
}

/// DELETE /api/pollen/v1/aliases (`uri`). Returns those that are left.
pub async fn remove_alias(app: web::Data<App>, client: Client, body: Params<AliasBody>) -> Answer {
    let me = myself(&app, client.require("write:accounts")?).await?;
    ops::remove_alias(&app, &me, body.0.uri.as_deref().unwrap_or_default()).await?;
    let me = myself(&app, me.id).await?;
    Ok(ok(&aliases_of(&app, &me).await?))
}

async fn credential(app: &App, me: AccountId) -> Answer {
    view::invalidate(app, me);
    let mut conn = app.db.get().await?;
    let me = accounts::find_account(&mut conn, me).await?.ok_or(NOT_FOUND)?;
    Ok(ok(&view::load_credential(app, &mut conn, &me).await?))
}

/// POST /api/pollen/v1/move (`acct`, `password`): to an account that has this one among its aliases. Returns one's account.
pub async fn move_away(app: web::Data<App>, http: HttpRequest, client: Client, body: Params<Named>) -> Answer {
    let me = myself(&app, client.require("write:accounts")?).await?;
    body.0.confirm(&app, &http, me.id).await?;
    let target = body.0.resolve(&app).await?;
    ops::move_away(&app, &me, &target).await?;
    credential(&app, me.id).await
}

/// DELETE /api/pollen/v1/move: one is here again. Returns one's account.
pub async fn stay(app: web::Data<App>, client: Client) -> Answer {
    let me = myself(&app, client.require("write:accounts")?).await?;
    ops::stay(&app, &me).await?;
    credential(&app, me.id).await
}

/// DELETE /api/pollen/v1/account (`password`): for good.
pub async fn delete_account(app: web::Data<App>, http: HttpRequest, client: Client, body: Params<Named>) -> Answer {
    let me = myself(&app, client.require("write:accounts")?).await?;
    body.0.confirm(&app, &http, me.id).await?;
    app.transaction(async |conn| ops::begin_deletion(&app, conn, &me).await).await?;
    view::invalidate(&app, me.id);
    Ok(ok(&json!({})))
}
