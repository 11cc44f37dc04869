//! The longer texts that an instance has for everyone: its privacy policy, and its terms.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use chrono::{NaiveDate, NaiveTime, TimeDelta};

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
    /// What follows it: from when, in words, and what.
    next: Option<(String, String)>,
}

fn page(visitor: &Visitor, title: String, content: String, next: Option<(String, String)>) -> Result<HttpResponse> {
    let mut frame = Frame::new(visitor, title);
    frame.noindex = false;
    visitor.page(StatusCode::OK, &WordsPage { frame, content, next })
}

/// GET /privacy-policy
pub async fn privacy_policy(visitor: Visitor) -> Result<HttpResponse> {
    page(&visitor, visitor.texts.say("words-privacy-policy"), texts::privacy_policy_html(&visitor.app), None)
}

/// GET /terms-of-service
pub async fn terms_of_service(visitor: Visitor) -> Result<HttpResponse> {
    let t = &visitor.texts;
    let (terms, next) = texts::terms_in_force(&visitor.app);
    let terms = terms.ok_or(Error::NotFound("Page"))?;
    // At noon, so that it is the same day wherever somebody reads it.
    let day = |from: NaiveDate| t.day(from.and_time(NaiveTime::MIN).and_utc() + TimeDelta::hours(12));
    let next = next.and_then(|next| Some((t.with("words-terms-next", "when", day(next.from?)), next.html)));
    page(&visitor, t.say("words-terms-of-service"), terms.html, next)
}
