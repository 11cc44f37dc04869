//! The page of a collection: accounts that somebody recommends.

pub mod edit;
pub mod mine;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::people::{self, PersonView};
use super::topics::TopicView;
use super::{back, profile, sign_in};
use crate::accounts::Account;
use crate::base::id::{AccountId, CollectionId};
use crate::base::visibility::Viewer;
use crate::base::{Error, Result, text};
use crate::collections::view::Seen;
use crate::collections::{self, Collection};
use crate::db::Conn;
use crate::edge::negotiate;
use crate::edge::params::Form;
use crate::relationships;
use crate::web::frame::Frame;
use crate::web::view::page_of;
use crate::web::visitor::Visitor;

/// Collections on a profile, at most.
const MOST: i64 = 20;

/// A collection where several are named.
#[derive(Clone, Debug)]
pub struct CollectionView {
    pub name: String,
    /// A line of plain text.
    pub description: String,
    pub path: String,
}

impl CollectionView {
    /// `owner`: whose it is.
    pub fn new(collection: &Collection, owner: &Account) -> Self {
        Self {
            name: collection.name.clone(),
            description: described(collection),
            path: format!("{}/collections/{}", page_of(owner), collection.id),
        }
    }
}

fn described(collection: &Collection) -> String {
    if collection.local {
        collection.description.clone()
    } else {
        text::strip_markup_to_text_line(&collection.description, 200)
    }
}

/// Those on somebody's profile, as the viewer may see them; to oneself all.
pub async fn load_of(conn: &mut Conn, viewer: Viewer, owner: &Account) -> Result<Vec<CollectionView>> {
    let parted = match viewer.0 {
        Some(me) => !relationships::store::list_estranged_pairs(conn, &[me, owner.id]).await?.is_empty(),
        None => false,
    };
    if parted {
        return Ok(Vec::new());
    }
    let ids = collections::store::list_of(conn, owner.id, viewer.0 == Some(owner.id), (MOST, 0)).await?;
    let looks: Vec<(Viewer, CollectionId)> = ids.into_iter().map(|id| (viewer, id)).collect();
    let seen = collections::view::look(conn, &looks).await?;
    let view = |look| Some(CollectionView::new(&seen.get(look)?.collection, owner));
    Ok(looks.iter().filter_map(view).collect())
}

#[derive(Template)]
#[template(path = "network/collection.html")]
struct CollectionPage {
    frame: Frame,
    name: String,
    description: String,
    topic: Option<TopicView>,
    owner: PersonView,
    people: Vec<PersonView>,
    path: String,
    /// Where one changes one's own.
    change: Option<String>,
    /// Its page on its own server.
    original: Option<String>,
    sensitive: bool,
    /// The visitor is in it.
    inside: bool,
}

async fn find(visitor: &Visitor, name: &str, id: &str) -> Result<(Account, Seen)> {
    let missing = || Error::NotFound("Collection");
    let id: CollectionId = id.parse().map_err(|_| missing())?;
    let owner = profile::find(&visitor.app, name).await?;
    let mut conn = visitor.app.db.get().await?;
    let seen = collections::view::look_at(&mut conn, visitor.viewer(), id).await?;
    let seen = seen.filter(|seen| seen.collection.account_id == owner.id).ok_or_else(missing)?;
    Ok((owner, seen))
}

/// GET /@NAME/collections/ID.
pub async fn collection(
    visitor: Visitor,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse> {
    let (name, id) = path.into_inner();
    let (owner, seen) = find(&visitor, &name, &id).await?;
    let (app, viewer, found) = (&visitor.app, visitor.viewer(), &seen.collection);
    if negotiate::wants_activity(&request) {
        return Ok(negotiate::see(&found.uri));
    }
    let original = found.url.clone().filter(|_| !found.local);
    if let Some(url) = original.clone().filter(|_| visitor.person.is_none()) {
        // Strangers read it where it lives.
        return Ok(HttpResponse::Found().insert_header((header::LOCATION, url)).finish());
    }
    let ids: Vec<AccountId> = seen.items.iter().filter_map(|(item, _)| item.account_id).collect();
    let mut conn = app.db.get().await?;
    let people = people::load(app, &mut conn, viewer, &ids).await?;
    let of = people::load(app, &mut conn, viewer, &[owner.id]).await?.pop().ok_or(Error::NotFound("Account"))?;
    drop(conn);
    let mut frame = Frame::new(&visitor, found.name.clone());
    frame.noindex = !(found.local && found.discoverable && owner.indexable);
    frame.activity = found.local.then(|| found.uri.clone());
    let page = CollectionPage {
        frame,
        name: found.name.clone(),
        description: described(found),
        topic: found.tag.clone().map(TopicView::new),
        owner: of,
        inside: viewer.0.is_some_and(|me| ids.contains(&me)),
        people,
        path: CollectionView::new(found, &owner).path,
        change: (viewer.0 == Some(owner.id)).then(|| format!("/collections/{}/edit", found.id)),
        original,
        sensitive: found.sensitive,
    };
    visitor.page(StatusCode::OK, &page)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Leave {
    token: String,
    return_to: Option<String>,
}

/// POST /@NAME/collections/ID/leave: one does not want to be in it any more.
pub async fn leave(
    visitor: Visitor,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    Form(form): Form<Leave>,
) -> Result<HttpResponse> {
    let (name, id) = path.into_inner();
    let (owner, seen) = find(&visitor, &name, &id).await?;
    let page = CollectionView::new(&seen.collection, &owner).path;
    let Some(me) = visitor.account().cloned() else { return Ok(sign_in(&page)) };
    visitor.require_own_form(&request, &form.token)?;
    let place = seen.items.iter().find(|(item, _)| item.account_id == Some(me.id));
    if let Some((item, _)) = place {
        collections::ops::revoke(&visitor.app, &me, seen.collection.id, item.id).await?;
    }
    Ok(back(form.return_to.as_deref(), &page))
}
