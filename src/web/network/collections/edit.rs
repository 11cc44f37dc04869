//! Changes a collection of one's own, who is in it, and whether it is there.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::CollectionView;
use super::mine::{CollectionForm, in_words};
use crate::accounts::{self, Account};
use crate::base::id::{AccountId, CollectionId, CollectionItemId};
use crate::base::{Error, Result};
use crate::collections::view::Seen;
use crate::collections::{self, Item, MOST_DESCRIPTION, MOST_ITEMS, MOST_NAME, State};
use crate::edge::params::Form;
use crate::web::frame::Frame;
use crate::web::network::people::{self, PersonView};
use crate::web::network::{Wrong, back, field_of};
use crate::web::texts::Texts;
use crate::web::visitor::Visitor;

/// Somebody who is in it, or was asked.
struct Placed {
    item: CollectionItemId,
    person: PersonView,
    /// In words, unless they simply are in it.
    state: String,
}

#[derive(Template)]
#[template(path = "network/collection_edit.html")]
struct EditPage {
    frame: Frame,
    /// Of this page, and of the forms on it.
    address: String,
    view: CollectionView,
    people: Vec<Placed>,
    form: CollectionForm,
    /// Whom one wanted to put into it.
    who: String,
    wrong: Option<Wrong>,
    most_name: usize,
    most_description: usize,
}

impl EditPage {
    fn wrong(&self, field: &str) -> Option<&str> {
        self.wrong.as_ref().filter(|wrong| wrong.field == field).map(|wrong| wrong.why.as_str())
    }
}

/// A collection of the visitor's.
async fn find(visitor: &Visitor, id: &str) -> Result<Seen> {
    let missing = || Error::NotFound("Collection");
    let (me, id): (_, CollectionId) = (visitor.me()?.id, id.parse().map_err(|_| missing())?);
    let seen = collections::view::look_at(&mut *visitor.app.db.get().await?, visitor.viewer(), id).await?;
    seen.filter(|seen| seen.collection.account_id == me).ok_or_else(missing)
}

/// As [`find`], by a form of a page of ours; with whose it is.
async fn find_by_form(visitor: &Visitor, request: &HttpRequest, token: &str, id: &str) -> Result<(Account, Seen)> {
    visitor.require_own_form(request, token)?;
    Ok((visitor.me()?.clone(), find(visitor, id).await?))
}

/// Of whoever agreed, nothing needs to be said.
fn state(t: &Texts, item: &Item) -> String {
    if item.is(State::Pending) { t.say("collections-asked") } else { String::new() }
}

async fn page(
    visitor: &Visitor,
    status: StatusCode,
    seen: &Seen,
    form: CollectionForm,
    who: String,
    wrong: Option<Wrong>,
) -> Result<HttpResponse> {
    let (app, t, found) = (&visitor.app, &visitor.texts, &seen.collection);
    let ids: Vec<AccountId> = seen.items.iter().filter_map(|(item, _)| item.account_id).collect();
    let people = people::load(app, &mut *app.db.get().await?, visitor.viewer(), &ids).await?;
    let people: HashMap<AccountId, PersonView> = people.into_iter().map(|person| (person.id, person)).collect();
    let placed = seen.items.iter().filter_map(|(item, _)| {
        let person = people.get(&item.account_id?)?.clone();
        Some(Placed { item: item.id, person, state: state(t, item) })
    });
    let page = EditPage {
        frame: Frame::new(visitor, t.with("collections-edit", "name", &found.name)),
        address: format!("/collections/{}", found.id),
        view: CollectionView::new(found, visitor.me()?),
        people: placed.collect(),
        form,
        who,
        wrong,
        most_name: MOST_NAME,
        most_description: MOST_DESCRIPTION,
    };
    visitor.page(status, &page)
}

/// GET /collections/ID/edit.
pub async fn form(visitor: Visitor, id: web::Path<String>) -> Result<HttpResponse> {
    let seen = find(&visitor, &id).await?;
    let form = CollectionForm::of(&seen.collection);
    page(&visitor, StatusCode::OK, &seen, form, String::new(), None).await
}

/// POST /collections/ID/edit.
pub async fn change(
    visitor: Visitor,
    request: HttpRequest,
    id: web::Path<String>,
    Form(form): Form<CollectionForm>,
) -> Result<HttpResponse> {
    let (me, seen) = find_by_form(&visitor, &request, &form.token, &id).await?;
    match collections::ops::update(&visitor.app, &me, seen.collection.id, form.changes(None)).await {
        Ok(()) => Ok(crate::web::see_other(&CollectionView::new(&seen.collection, &me).path)),
        Err(error) => {
            let wrong = in_words(&visitor.texts, error, &form)?;
            page(&visitor, StatusCode::UNPROCESSABLE_ENTITY, &seen, form, String::new(), Some(wrong)).await
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Place {
    token: String,
    return_to: Option<String>,
    /// A name, with the server for somebody elsewhere.
    who: String,
    item: String,
}

/// POST /collections/ID/people: puts somebody into it, or asks their server.
pub async fn add(
    visitor: Visitor,
    request: HttpRequest,
    id: web::Path<String>,
    Form(form): Form<Place>,
) -> Result<HttpResponse> {
    let (me, seen) = find_by_form(&visitor, &request, &form.token, &id).await?;
    let (app, t, id) = (&visitor.app, &visitor.texts, seen.collection.id);
    let found = match form.who.trim().parse() {
        Ok(handle) => accounts::object::find_known(app, &handle).await?,
        Err(_) => None,
    };
    let why = match found {
        None => t.say("collections-who-unknown"),
        Some(account) => {
            collections::object::ask_anew(app, &[account]).await?;
            match collections::ops::add(app, &me, id, account).await.map_err(field_of) {
                Ok(_) => return Ok(back(form.return_to.as_deref(), &format!("/collections/{id}/edit"))),
                Err(Ok("")) => t.with("collections-full", "most", MOST_ITEMS),
                Err(Ok(_)) => t.say("collections-who-refused"),
                Err(Err(error)) => return Err(error),
            }
        }
    };
    let (fields, wrong) = (CollectionForm::of(&seen.collection), Wrong { field: "who", why });
    page(&visitor, StatusCode::UNPROCESSABLE_ENTITY, &seen, fields, form.who, Some(wrong)).await
}

/// POST /collections/ID/people/remove.
pub async fn remove(
    visitor: Visitor,
    request: HttpRequest,
    id: web::Path<String>,
    Form(form): Form<Place>,
) -> Result<HttpResponse> {
    let (me, seen) = find_by_form(&visitor, &request, &form.token, &id).await?;
    let id = seen.collection.id;
    let item: CollectionItemId = form.item.parse().map_err(|_| Error::NotFound("Account"))?;
    match collections::ops::remove(&visitor.app, &me, id, item).await {
        // Taken out already.
        Ok(()) | Err(Error::NotFound(_)) => Ok(back(form.return_to.as_deref(), &format!("/collections/{id}/edit"))),
        Err(error) => Err(error),
    }
}

/// POST /collections/ID/delete.
pub async fn delete(
    visitor: Visitor,
    request: HttpRequest,
    id: web::Path<String>,
    Form(form): Form<Place>,
) -> Result<HttpResponse> {
    let (me, seen) = find_by_form(&visitor, &request, &form.token, &id).await?;
    let id = seen.collection.id;
    collections::ops::delete(&visitor.app, &me, id).await?;
    Ok(crate::web::see_other("/collections"))
}
