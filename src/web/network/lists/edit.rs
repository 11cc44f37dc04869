//! Changes a list, who is on it, and whether it is there.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::{ListForm, find, in_words};
use crate::accounts;
use crate::base::id::AccountId;
use crate::base::page::{Page, PageQuery};
use crate::base::{Error, Result};
use crate::edge::params::Form;
use crate::lists::{List, ops, store};
use crate::web::frame::Frame;
use crate::web::network::people::{self, PersonView};
use crate::web::network::{Wrong, field_of, sign_in};
use crate::web::visitor::Visitor;

/// People on a page.
const PEOPLE: usize = 40;

#[derive(Template)]
#[template(path = "network/list_edit.html")]
struct EditPage {
    frame: Frame,
    list: List,
    form: ListForm,
    members: Vec<PersonView>,
    older: Option<String>,
    /// Whom one wanted to put on it.
    who: String,
    wrong: Option<Wrong>,
}

impl EditPage {
    fn wrong(&self, field: &str) -> Option<&str> {
        self.wrong.as_ref().filter(|wrong| wrong.field == field).map(|wrong| wrong.why.as_str())
    }

    fn policies(&self) -> [(&'static str, String); 3] {
        let t = &self.frame.t;
        [
            ("list", t.say("lists-policy-list")),
            ("followed", t.say("lists-policy-followed")),
            ("none", t.say("lists-policy-none")),
        ]
    }
}

fn address(list: &List) -> String {
    format!("/lists/{}/edit", list.id)
}

async fn page(
    visitor: &Visitor,
    list: List,
    form: ListForm,
    query: &PageQuery,
    wrong: Option<(String, Wrong)>,
) -> Result<HttpResponse> {
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let (who, wrong) = wrong.unzip();
    let who = who.unwrap_or_default();
    let wanted = Page { above: 0, upwards: false, limit: 41, ..query.page(40, 40) };
    let mut conn = visitor.app.db.get().await?;
    let mut rows = store::list_members(&mut conn, list.id, wanted).await?;
    let more = rows.len() > PEOPLE;
    rows.truncate(PEOPLE);
    let older = rows.last().filter(|_| more).map(|(id, _)| format!("{}?max_id={id}", address(&list)));
    let ids: Vec<AccountId> = rows.into_iter().map(|(_, id)| id).collect();
    let members = people::load(&visitor.app, &mut conn, visitor.viewer(), &ids).await?;
    drop(conn);
    let frame = Frame::new(visitor, visitor.texts.with("lists-edit", "title", &list.title));
    visitor.page(status, &EditPage { frame, list, form, members, older, who, wrong })
}

/// GET /lists/ID/edit.
pub async fn form(visitor: Visitor, id: web::Path<String>, query: web::Query<PageQuery>) -> Result<HttpResponse> {
    visitor.me()?;
    let list = find(&visitor, &id).await?;
    let form = ListForm::of(&list);
    page(&visitor, list, form, &query, None).await
}

/// POST /lists/ID/edit.
pub async fn change(
    visitor: Visitor,
    request: HttpRequest,
    id: web::Path<String>,
    Form(form): Form<ListForm>,
) -> Result<HttpResponse> {
    let Some(me) = visitor.viewer().0 else { return Ok(sign_in(&format!("/lists/{id}/edit"))) };
    visitor.require_own_form(&request, &form.token)?;
    let list = find(&visitor, &id).await?;
    match ops::update(&visitor.app, me, list.id, form.changes()).await {
        Ok(list) => Ok(crate::web::see_other(&format!("/lists/{}", list.id))),
        Err(error) => {
            let wrong = in_words(&visitor.texts, error, &form)?;
            page(&visitor, list, form, &PageQuery::default(), Some((String::new(), wrong))).await
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Member {
    token: String,
    /// A name, with the server for somebody elsewhere.
    who: String,
    account: String,
}

/// POST /lists/ID/members: puts somebody on it whom one follows.
pub async fn add(
    visitor: Visitor,
    request: HttpRequest,
    id: web::Path<String>,
    Form(form): Form<Member>,
) -> Result<HttpResponse> {
    let Some(me) = visitor.viewer().0 else { return Ok(sign_in(&format!("/lists/{id}/edit"))) };
    visitor.require_own_form(&request, &form.token)?;
    let list = find(&visitor, &id).await?;
    let (app, t) = (&visitor.app, &visitor.texts);
    let found = match form.who.trim().parse() {
        Ok(handle) => accounts::object::find_known(app, &handle).await?,
        Err(_) => None,
    };
    let why = match found {
        None => t.say("lists-who-unknown"),
        Some(account) => match ops::add(app, me, list.id, &[account].into()).await {
            Ok(()) => return Ok(crate::web::see_other(&address(&list))),
            Err(error) => {
                field_of(error)?;
                t.say("lists-who-refused")
            }
        },
    };
    let (fields, wrong) = (ListForm::of(&list), Wrong { field: "who", why });
    page(&visitor, list, fields, &PageQuery::default(), Some((form.who, wrong))).await
}

/// POST /lists/ID/members/remove: takes somebody off it.
pub async fn remove(
    visitor: Visitor,
    request: HttpRequest,
    id: web::Path<String>,
    Form(form): Form<Member>,
) -> Result<HttpResponse> {
    if visitor.person.is_none() {
        return Ok(sign_in(&format!("/lists/{id}/edit")));
    }
    visitor.require_own_form(&request, &form.token)?;
    let list = find(&visitor, &id).await?;
    let account: AccountId = form.account.parse().map_err(|_| Error::NotFound("Account"))?;
    let mut conn = visitor.app.db.get().await?;
    store::delete_members(&mut conn, list.id, &[account]).await?;
    Ok(crate::web::see_other(&address(&list)))
}

/// POST /lists/ID/delete.
pub async fn delete(
    visitor: Visitor,
    request: HttpRequest,
    id: web::Path<String>,
    Form(form): Form<Member>,
) -> Result<HttpResponse> {
    let Some(me) = visitor.viewer().0 else { return Ok(sign_in("/lists")) };
    visitor.require_own_form(&request, &form.token)?;
    let list = find(&visitor, &id).await?;
    let mut conn = visitor.app.db.get().await?;
    store::delete_list(&mut conn, me, list.id).await?;
    Ok(crate::web::see_other("/lists"))
}
