//! Groups: those one is in, those of this instance, and a new one.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::people::{self, PersonView};
use super::{Wrong, discover, field_of, sign_in};
use crate::accounts::ops::{MOST_NAME, MOST_NOTE};
use crate::base::handle;
use crate::base::id::AccountId;
use crate::base::{Error, Result};
use crate::edge::params::Form;
use crate::groups::{NewGroup, ops};
use crate::web::frame::Frame;
use crate::web::store;
use crate::web::texts::Texts;
use crate::web::view::page_of;
use crate::web::visitor::Visitor;

/// Groups on a page.
const MOST: i64 = 100;

#[derive(Template)]
#[template(path = "network/groups.html")]
struct GroupsPage {
    frame: Frame,
    mine: Vec<PersonView>,
    others: Vec<PersonView>,
}

/// GET /groups.
pub async fn groups(visitor: Visitor) -> Result<HttpResponse> {
    let me = visitor.me()?.id;
    let (app, viewer) = (&visitor.app, visitor.viewer());
    let mut conn = app.db.get().await?;
    let ids: Vec<AccountId> = store::list_groups_of(&mut conn, me, MOST).await?;
    let mine = people::load(app, &mut conn, viewer, &ids).await?;
    let mut others = discover::load_groups(app, &mut conn, viewer, MOST).await?;
    drop(conn);
    others.retain(|group| !ids.contains(&group.id));
    let frame = Frame::new(&visitor, visitor.texts.say("groups-title"));
    visitor.page(StatusCode::OK, &GroupsPage { frame, mine, others })
}

/// What a form says of a group.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct GroupForm {
    token: String,
    username: String,
    display_name: String,
    note: String,
}

#[derive(Template)]
#[template(path = "network/group_new.html")]
struct NewPage {
    frame: Frame,
    form: GroupForm,
    wrong: Option<Wrong>,
}

impl NewPage {
    fn wrong(&self, field: &str) -> Option<&str> {
        self.wrong.as_ref().filter(|wrong| wrong.field == field).map(|wrong| wrong.why.as_str())
    }
}

fn page(visitor: &Visitor, status: StatusCode, form: GroupForm, wrong: Option<Wrong>) -> Result<HttpResponse> {
    let frame = Frame::new(visitor, visitor.texts.say("group-new"));
    visitor.page(status, &NewPage { frame, form, wrong })
}

/// GET /groups/new.
pub async fn form(visitor: Visitor) -> Result<HttpResponse> {
    visitor.me()?;
    page(&visitor, StatusCode::OK, GroupForm::default(), None)
}

/// POST /groups/new: makes it; whoever does is its first member.
pub async fn make(visitor: Visitor, request: HttpRequest, Form(form): Form<GroupForm>) -> Result<HttpResponse> {
    let Some(me) = visitor.viewer().0 else { return Ok(sign_in("/groups/new")) };
    visitor.require_own_form(&request, &form.token)?;
    let t = &visitor.texts;
    let username = form.username.trim().trim_start_matches('@').to_owned();
    let display_name = match form.display_name.trim() {
        "" => username.clone(),
        name => name.to_owned(),
    };
    if form.note.chars().count() > MOST_NOTE {
        let wrong = Wrong { field: "note", why: t.with("group-note-long", "most", MOST_NOTE) };
        return page(&visitor, StatusCode::UNPROCESSABLE_ENTITY, form, Some(wrong));
    }
    let new = NewGroup { username, display_name, note: form.note.trim().to_owned(), created_by: Some(me) };
    match ops::create_group(&visitor.app, new).await {
        Ok(group) => Ok(crate::web::see_other(&page_of(&group))),
        Err(error) => {
            let wrong = in_words(t, error, &form)?;
            page(&visitor, StatusCode::UNPROCESSABLE_ENTITY, form, Some(wrong))
        }
    }
}

fn in_words(t: &Texts, error: Error, form: &GroupForm) -> Result<Wrong> {
    // Not one of the fields is wrong: they made as many as they may.
    if let Error::Invalid { field: "", why } = &error {
        return Ok(Wrong { field: "username", why: t.why(why) });
    }
    // Somebody else may have taken the name a moment ago.
    let field = if error.is_collision() { "username" } else { field_of(error)? };
    if field == "display_name" {
        return Ok(Wrong { field: "display_name", why: t.with("group-name-long", "most", MOST_NAME) });
    }
    let name = form.username.trim().trim_start_matches('@');
    let why = match handle::validate_local_username(name) {
        Ok(()) => t.say("group-username-taken"),
        Err(handle::UsernameError::Reserved) => t.say("sign-up-username-reserved"),
        Err(_) => t.say("sign-up-username-invalid"),
    };
    Ok(Wrong { field: "username", why })
}
