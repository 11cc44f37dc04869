//! The front page, and what the instance says of itself.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::app;
use super::frame::{Card, Frame};
use super::store;
use super::view::Who;
use super::visitor::Visitor;
use crate::accounts;
use crate::base::{Result, text};
use crate::emojis::{self, Named};

const MOST_GROUPS: i64 = 12;

/// A group of this instance, and the beginning of what it says of itself.
struct Group {
    who: Who,
    about: String,
}

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    frame: Frame,
    description: String,
    groups: Vec<Group>,
}

/// GET /: the front page for strangers; for those who are signed in, home.
pub async fn home(visitor: Visitor, query: web::Query<app::marks::Query>) -> Result<HttpResponse> {
    if visitor.person.is_some() {
        return app::home::home(visitor, query).await;
    }
    let settings = visitor.app.settings();
    let (groups, emojis) = {
        let mut conn = visitor.app.db.get().await?;
        let groups = store::list_groups(&mut conn, MOST_GROUPS).await?;
        let named: Vec<Named> = groups.iter().map(accounts::entity::named).collect();
        (groups, emojis::view::load(&visitor.app, &mut conn, &named).await?)
    };
    let groups = groups.iter().map(|group| Group {
        who: Who::new(group, &visitor.app, &emojis),
        about: text::strip_markup_to_text_line(&group.note, 120),
    });
    let mut frame = Frame::new(&visitor, String::new());
    frame.noindex = false;
    frame.card = Some(Card {
        kind: "website",
        url: format!("{}/", visitor.app.origin),
        description: settings.description.clone(),
        image: None,
    });
    let page = HomePage { frame, description: settings.description.clone(), groups: groups.collect() };
    visitor.page(StatusCode::OK, &page)
}

#[derive(Template)]
#[template(path = "about.html")]
struct AboutPage {
    frame: Frame,
    description: String,
    rules: Vec<String>,
    contact: String,
}

/// GET /about.
pub async fn about(visitor: Visitor) -> Result<HttpResponse> {
    let settings = visitor.app.settings();
    let mut frame = Frame::new(&visitor, visitor.texts.say("about"));
    frame.noindex = false;
    let page = AboutPage {
        frame,
        description: settings.description.clone(),
        rules: settings.rules.clone(),
        contact: settings.contact_email.clone(),
    };
    visitor.page(StatusCode::OK, &page)
}
