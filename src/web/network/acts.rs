//! What one does to somebody on their page: follow, mute, block, note, recommend, put on a list; answer who asks to follow.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use super::{Wrong, back, field_of, profile, sign_in};
use crate::accounts::{self, Account};
use crate::app::App;
use crate::base::id::ListId;
use crate::base::{Error, Result};
use crate::edge::params::{Form, lenient};
use crate::lists;
use crate::relationships::ops::{self, FollowOptions};
use crate::web::view::page_of;
use crate::web::visitor::Visitor;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Act {
    token: String,
    return_to: Option<String>,
    /// Of a private note.
    comment: String,
    /// Of a mute: seconds.
    duration: Option<String>,
    /// Of a mute: what they do is not told either.
    notifications: Option<String>,
    /// Of a follow: tell of each post.
    notify: Option<String>,
    /// Of a follow: what they pass on shows at home.
    reblogs: Option<String>,
    /// Of a follow: the languages of their posts that show at home; none of them is all.
    #[serde(deserialize_with = "lenient::list")]
    languages: Vec<String>,
    list: Option<String>,
    #[serde(deserialize_with = "lenient::boolean")]
    on: Option<bool>,
}

/// POST /@NAME/ACT.
pub async fn act(
    visitor: Visitor,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    Form(form): Form<Act>,
) -> Result<HttpResponse> {
    let (name, act) = path.into_inner();
    let Some(me) = visitor.account().cloned() else { return Ok(sign_in(&format!("/@{name}"))) };
    visitor.require_own_form(&request, &form.token)?;
    let app = &visitor.app;
    let other = profile::find(app, &name).await?;
    match perform(app, &me, &other, &act, &form).await {
        Ok(()) => {}
        Err(error) if act == "note" => {
            field_of(error)?;
            let wrong = Wrong { field: "comment", why: visitor.texts.say("profile-note-long") };
            return profile::page_with_note(&visitor, &other, form.comment, wrong).await;
        }
        Err(error) => return Err(error),
    }
    // Both sides' written entities show their counts anew.
    accounts::view::invalidate(app, me.id);
    accounts::view::invalidate(app, other.id);
    Ok(back(form.return_to.as_deref(), &page_of(&other)))
}

async fn perform(app: &App, me: &Account, other: &Account, act: &str, form: &Act) -> Result<()> {
    match act {
        "follow" => follow(app, me, other, FollowOptions::default()).await,
        "options" => {
            let (reblogs, notify) = (Some(form.reblogs.is_some()), Some(form.notify.is_some()));
            let languages = Some(ops::chosen_languages(form.languages.clone())?);
            follow(app, me, other, FollowOptions { show_reblogs: reblogs, notify, languages }).await
        }
        "unfollow" => ops::unfollow(app, me, other).await,
        "mute" => {
            let seconds = form.duration.as_deref().unwrap_or_default().parse().unwrap_or(0);
            ops::mute(app, me, other, form.notifications.is_some(), seconds).await
        }
        "unmute" => ops::unmute(app, me, other).await,
        "block" => ops::block(app, me, other).await,
        "unblock" => ops::unblock(app, me, other).await,
        "note" => ops::note(app, me, other, &form.comment).await,
        "endorse" => ops::endorse(app, me, other).await,
        "unendorse" => ops::unendorse(app, me, other).await,
        "accept" => ops::accept_request(app, me, other.id).await,
        "decline" => match ops::reject(app, me, other.id).await {
            Err(Error::NotFound(_)) => Ok(()),
            done => done,
        },
        "list" => put_on_list(app, me, other, form).await,
        _ => Err(Error::NotFound("Page")),
    }
}

async fn follow(app: &App, me: &Account, other: &Account, options: FollowOptions) -> Result<()> {
    ops::follow(app, me, other, options).await.map(drop)
}

/// Puts somebody on a list of one's own, or takes them off it; what is so already stays so.
async fn put_on_list(app: &App, me: &Account, other: &Account, form: &Act) -> Result<()> {
    let missing = || Error::NotFound("List");
    let id: ListId = form.list.as_deref().unwrap_or_default().parse().map_err(|_| missing())?;
    let mut conn = app.db.get().await?;
    let list = lists::store::find_list(&mut conn, me.id, id).await?.ok_or_else(missing)?;
    if form.on != Some(true) {
        lists::store::delete_members(&mut conn, list.id, &[other.id]).await?;
        return Ok(());
    }
    let is_on = !lists::store::list_among(&mut conn, list.id, &[other.id]).await?.is_empty();
    drop(conn);
    if is_on { Ok(()) } else { lists::ops::add(app, me.id, list.id, &[other.id].into()).await }
}
