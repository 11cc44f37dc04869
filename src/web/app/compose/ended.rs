//! Whoever wrote something while their session ended: they sign in, and nothing of it is lost.

use actix_web::{HttpRequest, HttpResponse, web};

use super::form::Fields;
use crate::base::Result;
use crate::edge::params;
use crate::web::sign_in;
use crate::web::visitor::Visitor;

/// The most that is read past of the files that come along, in bytes: strangers may send this.
const MOST_BYTES: u64 = 16 << 20;

/// The page to sign in, with what was written; then back to `form`, where it is the same for everything that is written there.
pub async fn page(
    visitor: Visitor,
    request: &HttpRequest,
    payload: web::Payload,
    form: Option<&str>,
) -> Result<HttpResponse> {
    let read: Result<(Fields, _)> = params::read_with_files(request, payload, &[], MOST_BYTES).await;
    let fields = read.map(|(fields, _)| fields).unwrap_or_default();
    // The form that is shown again has its address without the query.
    let before = sign_in::page_before(&visitor.app, request).filter(|page| page != "/compose");
    let form = form.map(str::to_owned).or(before).unwrap_or_else(|| form_of(&fields.draft));
    let written = Some(fields.text).filter(|text| !text.is_empty() && visitor.sent_from_here(request));
    sign_in::ended(visitor, &form, written)
}

/// With which address the form opens that has this name, see [`super::form::draft_name`].
fn form_of(draft: &str) -> String {
    match draft.split_once('/') {
        Some((_, query)) if !query.is_empty() && !query.contains("text=") => format!("/compose?{query}"),
        _ => "/compose".into(),
    }
}
