//! The first five minutes: what one learns and can help with, people, groups. Each step can be left out.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use qrcode::QrCode;
use qrcode::render::svg;
use serde::Deserialize;

use super::people::PersonView;
use super::{Wrong, discover, field_of, profile, sign_in};
use crate::accounts::ops::{MOST_NAME, MOST_NOTE, ProfileChanges};
use crate::accounts::{self, Account, Preferences};
use crate::base::text::{is_tag, normalise_tag};
use crate::base::{Error, Result};
use crate::edge::params::Form;
use crate::tags::{self, MOST_FEATURED};
use crate::web::frame::Frame;
use crate::web::texts::Texts;
use crate::web::visitor::Visitor;

/// Topics that one form may name.
const MOST_TOPICS: usize = 30;

/// People and groups on one step.
const MOST: i64 = 12;

/// An address as a picture that phones read. Black on white in the dark, too, since that is what they know.
fn picture_of(address: &str) -> Result<String> {
    let code = QrCode::new(address).map_err(Error::internal)?;
    Ok(code.render::<svg::Color<'_>>().min_dimensions(200, 200).build())
}

/// GET /@NAME/qr.svg: the address of the page of somebody here.
pub async fn qr(visitor: Visitor, name: web::Path<String>) -> Result<HttpResponse> {
    let account = profile::find(&visitor.app, &name).await?;
    if !account.is_local() {
        return Err(Error::NotFound("Page"));
    }
    Ok(HttpResponse::Ok()
        .content_type("image/svg+xml")
        .insert_header((header::CACHE_CONTROL, "public, max-age=86400"))
        .body(picture_of(&account.url)?))
}

/// What somebody says of themselves.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct About {
    token: String,
    display_name: String,
    note: String,
    /// To follow: with commas or spaces between them.
    learning: String,
    /// To show on one's profile.
    helping: String,
    /// A script writes down the browser's, where there is none yet.
    time_zone: String,
}

#[derive(Template)]
#[template(path = "network/welcome.html")]
struct AboutPage {
    frame: Frame,
    form: About,
    wrong: Option<Wrong>,
}

impl AboutPage {
    fn wrong(&self, field: &str) -> Option<&str> {
        self.wrong.as_ref().filter(|wrong| wrong.field == field).map(|wrong| wrong.why.as_str())
    }
}

fn page(visitor: &Visitor, status: StatusCode, form: About, wrong: Option<Wrong>) -> Result<HttpResponse> {
    let frame = Frame::new(visitor, visitor.texts.say("welcome-title"));
    visitor.page(status, &AboutPage { frame, form, wrong })
}

/// GET /welcome: what one learns, and can help with. What is known already stands in the form.
pub async fn about_you(visitor: Visitor) -> Result<HttpResponse> {
    let me = visitor.me()?.clone();
    let helping = {
        let mut conn = visitor.app.db.get().await?;
        tags::store::list_featured(&mut conn, me.id).await?
    };
    let helping: Vec<String> = helping.into_iter().map(|tag| tag.name).collect();
    let form = About {
        display_name: me.display_name,
        note: me.note_source,
        helping: helping.join(", "),
        time_zone: visitor.preferences.time_zone.clone().unwrap_or_default(),
        ..About::default()
    };
    page(&visitor, StatusCode::OK, form, None)
}

/// The names of topics in a text; the first that is none.
fn topics(text: &str) -> std::result::Result<Vec<String>, String> {
    let mut found: Vec<String> = Vec::new();
    for word in text.split(|c: char| c == ',' || c == ';' || c.is_whitespace()) {
        let name = word.trim_start_matches('#');
        if name.is_empty() {
            continue;
        }
        if !is_tag(name) {
            return Err(name.to_owned());
        }
        let name = normalise_tag(name);
        if !found.contains(&name) {
            found.push(name);
        }
    }
    Ok(found)
}

/// Which topics a field names, or what is wrong with it.
fn checked(t: &Texts, field: &'static str, text: &str, most: usize) -> std::result::Result<Vec<String>, Wrong> {
    let names = topics(text).map_err(|name| Wrong { field, why: t.with("welcome-topic-wrong", "name", name) })?;
    if names.len() > most {
        return Err(Wrong { field, why: t.with("welcome-topics-many", "most", most) });
    }
    Ok(names)
}

/// The time zone that somebody wrote down, if any; or that it is none.
fn zone(t: &Texts, typed: &str) -> std::result::Result<Option<String>, Wrong> {
    match typed.trim() {
        "" => Ok(None),
        zone if zone.parse::<chrono_tz::Tz>().is_ok() => Ok(Some(zone.to_owned())),
        _ => Err(Wrong { field: "time_zone", why: t.say("welcome-zone-wrong") }),
    }
}

async fn keep(visitor: &Visitor, me: &Account, form: &About) -> Result<Option<Wrong>> {
    let (app, t) = (&visitor.app, &visitor.texts);
    let most_featured = usize::try_from(MOST_FEATURED).unwrap_or(usize::MAX);
    let (learning, helping, time_zone) = match (
        checked(t, "learning", &form.learning, MOST_TOPICS),
        checked(t, "helping", &form.helping, most_featured),
        zone(t, &form.time_zone),
    ) {
        (Ok(learning), Ok(helping), Ok(time_zone)) => (learning, helping, time_zone),
        (Err(wrong), ..) | (_, Err(wrong), _) | (.., Err(wrong)) => return Ok(Some(wrong)),
    };
    let changes = ProfileChanges {
        display_name: Some(form.display_name.clone()),
        note: Some(form.note.clone()),
        ..ProfileChanges::default()
    };
    let kept = app
        .transaction(async |conn| {
            accounts::ops::update_profile_on(app, conn, me, changes).await?;
            for name in &learning {
                tags::ops::follow_on(app, conn, me.id, name).await?;
            }
            tags::ops::feature_only(app, conn, me.id, &helping).await
        })
        .await;
    if let Err(error) = kept {
        return Ok(Some(match field_of(error)? {
            "display_name" => Wrong { field: "display_name", why: t.with("group-name-long", "most", MOST_NAME) },
            "note" => Wrong { field: "note", why: t.with("group-note-long", "most", MOST_NOTE) },
            _ => Wrong { field: "learning", why: t.with("topics-most", "most", tags::MOST_FOLLOWED) },
        }));
    }
    accounts::view::invalidate(app, me.id);
    if visitor.preferences.time_zone != time_zone {
        let preferences = Preferences { time_zone, ..visitor.preferences.clone() };
        accounts::ops::preferences::change(app, me.id, &preferences).await?;
    }
    Ok(None)
}

/// POST /welcome.
pub async fn keep_about_you(visitor: Visitor, request: HttpRequest, Form(form): Form<About>) -> Result<HttpResponse> {
    let Some(me) = visitor.account().cloned() else { return Ok(sign_in("/welcome")) };
    visitor.require_own_form(&request, &form.token)?;
    match keep(&visitor, &me, &form).await? {
        None => Ok(crate::web::see_other("/welcome/people")),
        wrong => page(&visitor, StatusCode::UNPROCESSABLE_ENTITY, form, wrong),
    }
}

#[derive(Template)]
#[template(path = "network/welcome_people.html")]
struct PeoplePage {
    frame: Frame,
    suggested: Vec<PersonView>,
    colleagues: Vec<PersonView>,
    address: String,
    handle: String,
    name: String,
}

/// GET /welcome/people: colleagues, and somebody whom one met elsewhere.
pub async fn people(visitor: Visitor) -> Result<HttpResponse> {
    let me = visitor.me()?.clone();
    let (app, viewer, t) = (&visitor.app, visitor.viewer(), &visitor.texts);
    let mut conn = app.db.get().await?;
    let suggested = discover::load_suggested(app, &mut conn, t, me.id, MOST).await?;
    let mut colleagues = discover::load_directory(app, &mut conn, viewer, true, (2 * MOST, 0)).await?;
    drop(conn);
    colleagues.retain(|person| !person.who.is_group && !suggested.iter().any(|one| one.id == person.id));
    let page = PeoplePage {
        frame: Frame::new(&visitor, t.say("welcome-people")),
        suggested,
        colleagues,
        handle: format!("@{}", me.full_handle(&app.config.instance.domain)),
        name: me.username,
        address: me.url,
    };
    visitor.page(StatusCode::OK, &page)
}

#[derive(Template)]
#[template(path = "network/welcome_groups.html")]
struct GroupsPage {
    frame: Frame,
    groups: Vec<PersonView>,
}

/// GET /welcome/groups.
pub async fn groups(visitor: Visitor) -> Result<HttpResponse> {
    visitor.me()?;
    let groups = {
        let mut conn = visitor.app.db.get().await?;
        discover::load_groups(&visitor.app, &mut conn, visitor.viewer(), 2 * MOST).await?
    };
    let frame = Frame::new(&visitor, visitor.texts.say("welcome-groups"));
    visitor.page(StatusCode::OK, &GroupsPage { frame, groups })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_are_read_from_what_people_type() {
        assert_eq!(topics(" #Rust, sql;  Café\nrust "), Ok(vec!["rust".into(), "sql".into(), "cafe".into()]));
        assert_eq!(topics("rust, c++"), Err("c++".into()));
        assert_eq!(topics(""), Ok(Vec::new()));
    }
}
