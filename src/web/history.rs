//! The page of what a post was before its edits: for whoever may see the post.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::frame::Frame;
use super::network::profile;
use super::view::{self, MediaView, Pictures, page_of};
use super::visitor::Visitor;
use crate::base::id::StatusId;
use crate::base::{Error, Result};
use crate::edge::negotiate;
use crate::statuses;
use crate::statuses::view::Stage;

/// What the post was for a while, or is.
struct VersionView {
    heading: String,
    /// Since when it was so: in words, and for programs.
    time: String,
    time_iso: String,
    /// HTML, all three; the first may be empty.
    spoiler: String,
    content: String,
    options: Vec<String>,
    sensitive: bool,
    media: Vec<MediaView>,
}

#[derive(Template)]
#[template(path = "history.html")]
struct HistoryPage {
    frame: Frame,
    /// The path of the post.
    post: String,
    language: String,
    /// The newest first.
    versions: Vec<VersionView>,
}

/// GET /@NAME/ID/history.
pub async fn history(visitor: Visitor, path: web::Path<(String, String)>) -> Result<HttpResponse> {
    let (name, id) = path.into_inner();
    let id: StatusId = id.parse().map_err(|_| Error::NotFound("Page"))?;
    let (app, t) = (&visitor.app, &visitor.texts);
    let account = profile::find(app, &name).await?;
    let mut conn = app.db.get().await?;
    let found = statuses::store::find_visible(&mut conn, visitor.viewer(), id).await?;
    let status = found.filter(|status| status.account_id == account.id && status.reblog_of_id.is_none());
    let status = status.ok_or(Error::NotFound("Post"))?;
    if !status.local && visitor.person.is_none() {
        // Strangers read it where it was written.
        return Ok(negotiate::see(&status.url));
    }
    let (stages, emojis) = statuses::view::load_stages(app, &mut conn, &status).await?;
    drop(conn);
    let pictures = Pictures::new(&emojis, account.domain.as_deref(), &app.origin);
    let last = stages.len().saturating_sub(1);
    let version = |(number, stage): (usize, Stage)| VersionView {
        heading: t.say(match number {
            number if number == last => "history-now",
            0 => "history-first",
            _ => "history-before",
        }),
        time: t.with("history-since", "when", t.moment(stage.created_at)),
        time_iso: stage.created_at.to_rfc3339(),
        spoiler: pictures.text(&stage.spoiler_text),
        content: pictures.html(&stage.content),
        options: stage.poll_options.iter().flatten().map(|option| pictures.text(option)).collect(),
        sensitive: stage.sensitive,
        media: stage.media.iter().filter_map(|shown| MediaView::new(shown, &app.origin)).collect(),
    };
    let author = if account.display_name.trim().is_empty() { &account.username } else { &account.display_name };
    let mut frame = Frame::new(&visitor, t.with("history-title", "name", author));
    // What was changed is not for search engines.
    frame.noindex = true;
    let page = HistoryPage {
        frame,
        post: format!("{}/{id}", page_of(&account)),
        language: view::language(&status),
        versions: stages.into_iter().enumerate().map(version).rev().collect(),
    };
    visitor.page(StatusCode::OK, &page)
}
