//! The stylesheet, scripts, the pictures of those who have none, and robots.txt.

use std::sync::LazyLock;

use actix_web::http::header;
use actix_web::{HttpResponse, web};

use crate::base::{Error, Result, secret};

/// One stylesheet for all pages, written in parts: what all share, then one part for each folder of pages.
const STYLESHEET: &str = concat!(
    include_str!("style/base.css"),
    include_str!("style/forms.css"),
    include_str!("style/people.css"),
    include_str!("style/posts.css"),
    include_str!("style/app.css"),
    include_str!("style/network.css"),
    include_str!("style/auth.css"),
    include_str!("style/settings.css"),
    include_str!("style/admin.css"),
);

/// What has a hash of itself in its name, so that browsers may keep it for ever: name, ending, type, content.
const TEXTS: [(&str, &str, &str, &str); 3] = [
    ("pollen", "css", "text/css; charset=utf-8", STYLESHEET),
    ("app", "js", "text/javascript; charset=utf-8", include_str!("scripts/app.js")),
    ("passkey", "js", "text/javascript; charset=utf-8", include_str!("scripts/passkey.js")),
];

/// Pictures: name, type, content. Entities refer to the avatar and the header (`accounts::entity`).
const PICTURES: [(&str, &str, &[u8]); 4] = [
    ("icon.svg", "image/svg+xml", include_bytes!("pictures/icon.svg")),
    ("icon.png", "image/png", include_bytes!("pictures/icon.png")),
    ("avatar.png", "image/png", include_bytes!("pictures/avatar.png")),
    ("header.png", "image/png", include_bytes!("pictures/header.png")),
];

/// A text with its hashed name.
struct Hashed {
    name: &'static str,
    file: String,
    content_type: &'static str,
    body: &'static str,
}

static HASHED: LazyLock<Vec<Hashed>> = LazyLock::new(|| {
    let hashed = |(name, ending, content_type, body): (&'static str, &str, &'static str, &'static str)| {
        let hash: String = secret::hash(body).iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        Hashed { name, file: format!("{name}-{hash}.{ending}"), content_type, body }
    };
    TEXTS.into_iter().map(hashed).collect()
});

/// Where pages find a stylesheet or script by its name without ending; empty for what there is not.
pub fn path(name: &str) -> String {
    HASHED.iter().find(|text| text.name == name).map(|text| format!("/assets/{}", text.file)).unwrap_or_default()
}

/// GET /assets/NAME.
pub async fn asset(name: web::Path<String>) -> Result<HttpResponse> {
    let picture = PICTURES.into_iter().find(|(called, _, _)| called == name.as_ref());
    let text = || HASHED.iter().find(|text| text.file == *name);
    let (content_type, body, keep) = match picture {
        Some((_, content_type, body)) => (content_type, body, "public, max-age=86400"),
        None => {
            let text = text().ok_or(Error::NotFound("Page"))?;
            (text.content_type, text.body.as_bytes(), "public, max-age=31536000, immutable")
        }
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
