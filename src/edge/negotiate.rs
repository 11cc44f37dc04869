//! Which of two faces of a URL is asked for: the page for people, or the ActivityPub object.

use actix_web::{HttpRequest, HttpResponse};
use serde_json::Value;

/// Whether the client prefers ActivityStreams to a page: one of its types is named before `text/html`.
pub fn wants_activity(request: &HttpRequest) -> bool {
    let accept = request.headers().get("accept").and_then(|value| value.to_str().ok()).unwrap_or_default();
    for part in accept.split(',') {
        let essence = part.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match essence.as_str() {
            "application/activity+json" | "application/ld+json" | "application/json" => return true,
            "text/html" | "application/xhtml+xml" => return false,
            _ => {}
        }
    }
    false
}

/// An ActivityPub document. Caches must tell it from the page, and from what other signers get.
pub fn activity(object: &Value) -> HttpResponse {
    activity_with_status(HttpResponse::Ok(), object)
}

/// As [`activity`], with another status (410 for a Tombstone).
pub fn activity_with_status(mut builder: actix_web::HttpResponseBuilder, object: &Value) -> HttpResponse {
    builder
        .insert_header(("content-type", "application/activity+json; charset=utf-8"))
        .insert_header(("vary", "Accept, Signature"))
        .insert_header(("cache-control", "private, max-age=0"))
        .body(object.to_string())
}

/// Where the other face is.
pub fn see(url: &str) -> HttpResponse {
    HttpResponse::Found().insert_header(("location", url)).insert_header(("vary", "Accept")).finish()
}
