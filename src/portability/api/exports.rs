//! /api/pollen/v1/exports: what one takes along, in Mastodon's formats.

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use serde_json::{Value, json};

use super::{NOT_FOUND, myself};
use crate::accounts::{self, Account, view};
use crate::app::App;
use crate::base::Result;
use crate::base::id::AccountId;
use crate::edge::respond::{Answer, ok};
use crate::oauth::extract::Client;
use crate::portability::entity::line;
use crate::portability::store::{self, Manner, Named};

/// The lists that there are.
pub const LISTS: [&str; 7] =
    ["following.csv", "followers.csv", "blocks.csv", "mutes.csv", "domain_blocks.csv", "lists.csv", "bookmarks.csv"];

fn csv(name: &str, body: String) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/csv; charset=utf-8"))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .body(body)
}

fn flag(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}

fn followed(app: &App, ((show_reblogs, notify, languages), account): &(Manner, Named)) -> String {
    let languages: Vec<&str> = languages.iter().flatten().flatten().map(String::as_str).collect();
    line(&[&account.address(&app.config.instance.domain), flag(*show_reblogs), flag(*notify), &languages.join(", ")])
}

/// GET /api/pollen/v1/exports/{name}: following.csv, followers.csv, blocks.csv, mutes.csv, domain_blocks.csv, lists.csv,
/// bookmarks.csv, account.json.
pub async fn export(app: web::Data<App>, client: Client, name: web::Path<String>) -> Answer {
    // Each list by the scope of the endpoint that shows it.
    let scope = match name.as_str() {
        "following.csv" | "followers.csv" => "read:follows",
        "blocks.csv" | "domain_blocks.csv" => "read:blocks",
        "mutes.csv" => "read:mutes",
        "lists.csv" => "read:lists",
        "bookmarks.csv" => "read:bookmarks",
        "account.json" => "read:accounts",
        _ => return Err(NOT_FOUND),
    };
    file(&app, client.require(scope)?, &name).await
}

/// One of these files, for whoever is known to be `me`. Pages offer them, too.
pub async fn file(app: &App, me: AccountId, name: &str) -> Answer {
    match name {
        "account.json" => Ok(ok(&account(app, &myself(app, me).await?).await?)),
        _ if LISTS.contains(&name) => Ok(csv(name, list(app, me, name).await?)),
        _ => Err(NOT_FOUND),
    }
}

/// A list of `me`'s, one of [`LISTS`], as CSV.
pub async fn list(app: &App, me: AccountId, name: &str) -> Result<String> {
    let own = &app.config.instance.domain;
    let mut conn = app.db.get().await?;
    Ok(match name {
        "following.csv" => {
            let mut body = line(&["Account address", "Show boosts", "Notify on new posts", "Languages"]);
            let rows = store::list_following(&mut conn, me).await?;
            body.extend(rows.iter().map(|row| followed(app, row)));
            body
        }
        "followers.csv" => {
            let mut body = line(&["Account address"]);
            let rows = store::list_followers(&mut conn, me).await?;
            body.extend(rows.iter().map(|account| line(&[&account.address(own)])));
            body
        }
        "blocks.csv" => {
            let rows = store::list_blocked(&mut conn, me).await?;
            rows.iter().map(|account| line(&[&account.address(own)])).collect()
        }
        "mutes.csv" => {
            let mut body = line(&["Account address", "Hide notifications"]);
            let rows = store::list_muted(&mut conn, me, app.now()).await?;
            body.extend(rows.iter().map(|(hide, account)| line(&[&account.address(own), flag(*hide)])));
            body
        }
        "lists.csv" => {
            let rows = store::list_members(&mut conn, me).await?;
            rows.iter().map(|((_, title), account)| line(&[title, &account.address(own)])).collect()
        }
        "bookmarks.csv" => {
            let rows = store::list_bookmarked(&mut conn, me).await?;
            rows.iter().map(|uri| line(&[uri])).collect()
        }
        _ => {
            let rows = store::list_blocked_domains(&mut conn, me).await?;
            rows.iter().map(|domain| line(&[domain])).collect()
        }
    })
}

/// What the account says of itself, as clients and as other servers see it.
pub async fn account(app: &App, me: &Account) -> Result<Value> {
    let mut conn = app.db.get().await?;
    let user = accounts::store::find_user(&mut conn, me.id).await?.ok_or(NOT_FOUND)?;
    let credential = view::load_credential(app, &mut conn, me).await?;
    let tags = view::load_emoji_tags(app, &mut conn, me).await?;
    let mut actor = accounts::wire::actor(me, &tags, &app.config.instance.domain);
    view::show_besides(&mut conn, me, &mut actor).await?;
    Ok(json!({
        "account": credential,
        "actor": actor,
        "email": user.email,
        "locale": user.locale,
        "created_at": accounts::entity::time(user.created_at),
    }))
}
