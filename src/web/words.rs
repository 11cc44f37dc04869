//! The longer texts that an instance has for everyone: its privacy policy, and its terms.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::frame::Frame;
use super::visitor::Visitor;
use crate::base::{Error, Result};
use crate::instances::api::texts;

#[derive(Template)]
#[template(path = "words.html")]
struct WordsPage {
    frame: Frame,
    /// HTML, written from Markdown.
    content: String,
}

fn page(visitor: &Visitor, title: String, content: String) -> Result<HttpResponse> {
    let mut frame = Frame::new(visitor, title);
    frame.noindex = false;
    visitor.page(StatusCode::OK, &WordsPage { frame, content })
}

/// GET /privacy-policy
pub async fn privacy_policy(visitor: Visitor) -> Result<HttpResponse> {
    page(&visitor, visitor.texts.say("words-privacy-policy"), texts::privacy_policy_html(&visitor.app))
}

/// GET /terms-of-service
pub async fn terms_of_service(visitor: Visitor) -> Result<HttpResponse> {
    let content = texts::terms_html(&visitor.app).ok_or(Error::NotFound("Page"))?;
    page(&visitor, visitor.texts.say("words-terms-of-service"), content)
}
