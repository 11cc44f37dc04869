//! Pages for people: templates, forms, one stylesheet. Everything works without JavaScript.
//!
//! A handler takes a [`visitor::Visitor`] (who is looking, in which language), fills a template whose `frame` is what all
//! pages share, and answers with [`visitor::Visitor::page`]. `guard` wraps them all: it adds the security headers and turns
//! errors into pages. Texts are in `locales/`, and nowhere else.

pub mod admin;
pub mod app;
pub mod assets;
pub mod auth;
pub mod authorize;
pub mod frame;
pub mod guard;
pub mod history;
pub mod home;
pub mod network;
pub mod post;
pub mod settings;
pub mod sign_in;
pub mod sign_up;
pub mod store;
pub mod texts;
pub mod view;
pub mod visitor;
pub mod words;

pub use network::profile;

use actix_web::http::header;
use actix_web::{HttpResponse, web};

use crate::base::Error;

/// All pages. To be configured last: what no other route knows ends here.
pub fn configure(config: &mut web::ServiceConfig) {
    let pages = web::scope("")
        .wrap(actix_web::middleware::from_fn(guard::pages))
        .route("/", web::get().to(home::home))
        .route("/about", web::get().to(home::about))
        .route("/privacy-policy", web::get().to(words::privacy_policy))
        .route("/terms-of-service", web::get().to(words::terms_of_service))
        .route("/robots.txt", web::get().to(assets::robots))
        .route("/assets/{name}", web::get().to(assets::asset))
        .route("/auth/sign_in", web::get().to(sign_in::form))
        .route("/auth/sign_in", web::post().to(sign_in::submit))
        .route("/auth/sign_up", web::get().to(sign_up::form))
        .route("/auth/sign_up", web::post().to(sign_up::submit))
        .route("/auth/sign_out", web::post().to(sign_in::sign_out))
        .route("/oauth/authorize", web::get().to(authorize::ask))
        .route("/oauth/authorize", web::post().to(authorize::decide))
        .configure(network::configure)
        .route("/@{name}/{id}", web::get().to(post::post))
        .route("/@{name}/{id}/history", web::get().to(history::history))
        .configure(app::configure)
        .configure(auth::configure)
        .configure(settings::configure)
        .configure(admin::configure)
        .default_service(web::to(nothing_here));
    config.service(pages);
}

/// For everybody, in their language.
async fn nothing_here(_: visitor::Visitor) -> crate::base::Result<HttpResponse> {
    Err(Error::NotFound("Page"))
}

/// Sends a browser on after a form (303).
fn see_other(location: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, location))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}
