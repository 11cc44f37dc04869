//! The collections that somebody made, and those that they are in.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::CollectionView;
use crate::accounts::entity::MOST_COLLECTIONS;
use crate::accounts::{self, Account};
use crate::base::id::{AccountId, CollectionId};
use crate::base::{Error, Result};
use crate::collections::{self, Changes, Collection, MOST_DESCRIPTION, MOST_NAME};
use crate::edge::params::{Form, lenient};
use crate::web::frame::Frame;
use crate::web::network::{Wrong, field_of};
use crate::web::texts::Texts;
use crate::web::visitor::Visitor;

/// Of those that one is in, so many are named.
const MOST_IN: i64 = 100;

/// What a form says of a collection. Boxes that are not ticked are not sent.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct CollectionForm {
    pub token: String,
    pub name: String,
    pub description: String,
    /// A hashtag.
    pub topic: String,
    #[serde(deserialize_with = "lenient::boolean")]
    pub sensitive: Option<bool>,
    #[serde(deserialize_with = "lenient::boolean")]
    pub discoverable: Option<bool>,
}

impl CollectionForm {
    pub(super) fn of(collection: &Collection) -> Self {
        Self {
            token: String::new(),
            name: collection.name.clone(),
            description: collection.description.clone(),
            topic: collection.tag.clone().unwrap_or_default(),
            sensitive: Some(collection.sensitive),
            discoverable: Some(collection.discoverable),
        }
    }

    /// `language`: of a new one, in which it is written.
    pub(super) fn changes(&self, language: Option<String>) -> Changes {
        Changes {
            name: Some(self.name.clone()),
            description: Some(self.description.replace("\r\n", "\n")),
            language,
            tag: Some(self.topic.clone()),
            sensitive: Some(self.sensitive == Some(true)),
            discoverable: Some(self.discoverable == Some(true)),
        }
    }
}

/// What is wrong with a collection, in words; all else stays an error.
pub(super) fn in_words(t: &Texts, error: Error, form: &CollectionForm) -> Result<Wrong> {
    Ok(match field_of(error)? {
        "name" if form.name.trim().is_empty() => Wrong { field: "name", why: t.say("collections-name-blank") },
        "name" => Wrong { field: "name", why: t.with("collections-too-long", "most", MOST_NAME) },
        "description" => Wrong { field: "description", why: t.with("collections-too-long", "most", MOST_DESCRIPTION) },
        "tag_name" => Wrong { field: "topic", why: t.say("collections-topic-wrong") },
        _ => Wrong { field: "name", why: t.with("collections-most", "most", MOST_COLLECTIONS) },
    })
}

/// A collection that the visitor is in.
struct Inside {
    collection: CollectionView,
    owner: String,
    owner_page: String,
}

#[derive(Template)]
#[template(path = "network/collections.html")]
struct CollectionsPage {
    frame: Frame,
    mine: Vec<(CollectionId, CollectionView)>,
    inside: Vec<Inside>,
    form: CollectionForm,
    wrong: Option<Wrong>,
    most_name: usize,
    most_description: usize,
}

impl CollectionsPage {
    fn wrong(&self, field: &str) -> Option<&str> {
        self.wrong.as_ref().filter(|wrong| wrong.field == field).map(|wrong| wrong.why.as_str())
    }
}

/// GET /collections.
pub async fn list(visitor: Visitor) -> Result<HttpResponse> {
    let form = CollectionForm { discoverable: Some(true), ..CollectionForm::default() };
    page(&visitor, StatusCode::OK, form, None).await
}

async fn page(
    visitor: &Visitor,
    status: StatusCode,
    form: CollectionForm,
    wrong: Option<Wrong>,
) -> Result<HttpResponse> {
    let (app, me, viewer) = (&visitor.app, visitor.me()?, visitor.viewer());
    let mut conn = app.db.get().await?;
    let mine = collections::store::list_of(&mut conn, me.id, true, (MOST_COLLECTIONS, 0)).await?;
    let inside = collections::store::list_with(&mut conn, me.id, (MOST_IN, 0)).await?;
    let looks: Vec<_> = mine.iter().chain(&inside).map(|id| (viewer, *id)).collect();
    let seen = collections::view::look(&mut conn, &looks).await?;
    let owners: Vec<AccountId> = seen.values().map(|seen| seen.collection.account_id).collect();
    let owners = accounts::store::list_accounts(&mut conn, &owners).await?;
    drop(conn);
    let owners: HashMap<AccountId, &Account> = owners.iter().map(|account| (account.id, account)).collect();
    let find = |id: &CollectionId| {
        let collection = &seen.get(&(viewer, *id))?.collection;
        let owner = *owners.get(&collection.account_id)?;
        Some((CollectionView::new(collection, owner), owner))
    };
    let inside = inside.iter().filter_map(|id| {
        let (collection, owner) = find(id)?;
        let named = if owner.display_name.trim().is_empty() { &owner.username } else { &owner.display_name };
        Some(Inside { collection, owner: named.clone(), owner_page: crate::web::view::page_of(owner) })
    });
    let page = CollectionsPage {
        frame: Frame::new(visitor, visitor.texts.say("collections-title")),
        mine: mine.iter().filter_map(|id| Some((*id, find(id)?.0))).collect(),
        inside: inside.collect(),
        form,
        wrong,
        most_name: MOST_NAME,
        most_description: MOST_DESCRIPTION,
    };
    visitor.page(status, &page)
}

/// POST /collections: makes one, then people can be put into it.
pub async fn make(visitor: Visitor, request: HttpRequest, Form(form): Form<CollectionForm>) -> Result<HttpResponse> {
    let me = visitor.me()?.clone();
    visitor.require_own_form(&request, &form.token)?;
    let changes = form.changes(Some(visitor.texts.code()));
    match collections::ops::create(&visitor.app, &me, changes, &[]).await {
        Ok(id) => Ok(crate::web::see_other(&format!("/collections/{id}/edit"))),
        Err(error) => {
            let wrong = in_words(&visitor.texts, error, &form)?;
            page(&visitor, StatusCode::UNPROCESSABLE_ENTITY, form, Some(wrong)).await
        }
    }
}
