//! Actors and their collections as other servers read them, and the Update of an actor on its way out.

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::Value;

use super::{Account, AccountUpdated, store, view, wire};
use crate::app::App;
use crate::base::{Error, Result};
use crate::db::Conn;
use crate::edge::negotiate::{activity, see, wants_activity};
use crate::edge::respond::Answer;
use crate::federation::delivery;
use crate::jobs::Outcome;
use crate::relationships;

/// A local account by name, as others may see it.
pub async fn local(app: &App, name: &str) -> Result<Account> {
    let mut conn = app.db.get().await?;
    let account = store::find_local(&mut conn, name).await?.ok_or(Error::NotFound("Account"))?;
    if account.deleted_at.is_some() {
        return Err(Error::Gone("The account"));
    }
    if account.is_suspended() {
        // Not 410, which peers take for good: a suspension can be taken back.
        return Err(Error::Forbidden("This account is suspended".into()));
    }
    Ok(account)
}

/// GET /users/{name}: the actor, or on to its page.
pub async fn actor(app: web::Data<App>, request: HttpRequest, name: web::Path<String>) -> Answer {
    let account = local(&app, &name).await?;
    if !wants_activity(&request) {
        return Ok(see(&account.url));
    }
    let mut conn = app.db.get().await?;
    let tags = view::load_emoji_tags(&app, &mut conn, &account).await?;
    let mut document = wire::actor(&account, &tags, &app.config.instance.domain);
    show_rest(&mut conn, &account, &mut document).await?;
    Ok(activity(&document))
}

/// Puts what an actor's document has besides its account into it, or into an activity that has it embedded: the key by which the actor
/// proves what it does, whose pages may name it, and what is to be seen on its pictures.
async fn show_rest(conn: &mut Conn, account: &Account, document: &mut Value) -> Result<()> {
    if let Some(key) = store::proofs::find_public_proof_key(conn, account.id).await? {
        wire::proof::show_key(document, &account.uri, &key);
    }
    view::show_besides(conn, account, document).await
}

/// GET /actor: the instance's own.
pub async fn instance_actor(app: web::Data<App>) -> Answer {
    let instance = app.get::<super::object::InstanceActor>()?;
    let mut document = wire::actor(&instance.0, &[], &app.config.instance.domain);
    show_rest(&mut *app.db.get().await?, &instance.0, &mut document).await?;
    Ok(activity(&document))
}

/// GET followers and following: that they exist, and no more.
pub async fn closed_collection(app: web::Data<App>, request: HttpRequest, path: web::Path<(String, String)>) -> Answer {
    let (name, collection) = path.into_inner();
    let account = local(&app, &name).await?;
    if !wants_activity(&request) {
        return Ok(see(&account.url));
    }
    Ok(activity(&wire::closed_collection(&format!("{}/{collection}", account.uri))))
}

/// GET /actor/outbox and the like: the instance itself publishes nothing and follows nobody.
pub async fn instance_collection(app: web::Data<App>, name: web::Path<String>) -> Answer {
    let instance = app.get::<super::object::InstanceActor>()?;
    Ok(activity(&wire::empty_collection(&format!("{}/{name}", instance.0.uri))))
}

/// GET an inbox: nobody reads it from outside.
pub async fn closed_inbox() -> Answer {
    Ok(HttpResponse::MethodNotAllowed().insert_header(("allow", "POST")).finish())
}

/// Sends the Update of an account that changed to its followers' servers.
pub async fn send_update(app: &App, job: &AccountUpdated) -> Result<Outcome> {
    app.background_transaction(async |conn| {
        let Some(account) = store::find_account(conn, job.account_id).await? else {
            return Ok(Outcome::drop("the account is gone"));
        };
        let inboxes = relationships::store::list_follower_inboxes(conn, account.id).await?;
        let uri = format!("{}#updates/{}", account.uri, account.updated_at.timestamp_micros());
        let tags = view::load_emoji_tags(app, conn, &account).await?;
        let mut body = wire::update(&account, &tags, &app.config.instance.domain, &uri, account.updated_at);
        show_rest(conn, &account, &mut body).await?;
        delivery::send(app, conn, account.id, &uri, &body, &inboxes).await?;
        Ok(Outcome::Done)
    })
    .await
}
