//! What people of this instance write for everyone: where a newcomer finds whom to follow.

use actix_web::{HttpResponse, web};

use super::kept::{page, wanted};
use crate::base::Result;
use crate::base::page::PageQuery;
use crate::timelines::store::{self, Part};
use crate::web::visitor::Visitor;

/// GET /local.
pub async fn list(visitor: Visitor, query: web::Query<PageQuery>) -> Result<HttpResponse> {
    visitor.me()?;
    let (app, t) = (&visitor.app, &visitor.texts);
    let mut conn = app.db.get().await?;
    let rows = store::public(&mut conn, visitor.viewer(), Part::Local, false, wanted(&query), app.now()).await?;
    drop(conn);
    let rows = rows.iter().map(|row| (row.id.0, row.id)).collect();
    let words = [t.say("here-title"), t.say("here-lead"), t.say("here-empty")];
    page(&visitor, rows, Some("public"), words.each_ref().map(String::as_str)).await
}
