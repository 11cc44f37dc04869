//! The one stylesheet, the pictures of those who have none, and robots.txt.

use std::sync::LazyLock;

use actix_web::http::header;
use actix_web::{HttpResponse, web};

use crate::base::{Error, Result, secret};

const STYLESHEET: &str = include_str!("style.css");

/// Pictures: name, type, content. Entities refer to the avatar and the header (`accounts::entity`).
const PICTURES: [(&str, &str, &[u8]); 4] = [
    ("icon.svg", "image/svg+xml", include_bytes!("pictures/icon.svg")),
    ("icon.png", "image/png", include_bytes!("pictures/icon.png")),
    ("avatar.png", "image/png", include_bytes!("pictures/avatar.png")),
    ("header.png", "image/png", include_bytes!("pictures/header.png")),
];

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
    let picture = PICTURES.into_iter().find(|(called, _, _)| called == name.as_ref());
    let (content_type, body, keep) = match picture {
        Some((_, content_type, body)) => (content_type, body, "public, max-age=86400"),
        None if *name == *STYLESHEET_NAME => {
            ("text/css; charset=utf-8", STYLESHEET.as_bytes(), "public, max-age=31536000, immutable")
        }
        None => return Err(Error::NotFound("Page")),
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
