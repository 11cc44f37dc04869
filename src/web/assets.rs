//! The one stylesheet, and robots.txt.

use std::sync::LazyLock;

use actix_web::http::header;
use actix_web::{HttpResponse, web};

use crate::base::{Error, Result, secret};

const STYLESHEET: &str = include_str!("style.css");

const ICON: &str = include_str!("icon.svg");

/// Its path has a hash of what is in it, so browsers may keep it for ever.
static STYLESHEET_NAME: LazyLock<String> = LazyLock::new(|| {
    let hash: String = secret::hash(STYLESHEET).iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    format!("pollen-{hash}.css")
});

/// Where pages find the stylesheet.
pub fn stylesheet_path() -> String {
    format!("/assets/{}", *STYLESHEET_NAME)
}

/// GET /assets/NAME.
pub async fn asset(name: web::Path<String>) -> Result<HttpResponse> {
    let (content_type, body, keep) = match name.as_str() {
        name if name == *STYLESHEET_NAME => {
            ("text/css; charset=utf-8", STYLESHEET, "public, max-age=31536000, immutable")
        }
        "icon.svg" => ("image/svg+xml", ICON, "public, max-age=86400"),
        _ => return Err(Error::NotFound("Page")),
    };
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, content_type))
        .insert_header((header::CACHE_CONTROL, keep))
        .body(body))
}

/// GET /robots.txt: pages say themselves whether they may be indexed.
pub async fn robots() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .body("User-agent: *\nDisallow: /auth/\nDisallow: /oauth/\nDisallow: /api/\n")
}
