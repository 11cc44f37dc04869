//! The URLs by which people, posts and pages are found, and of what an instance says of itself in words.

use actix_web::web;

use super::table::Routes;

/// /api/v2/search, the posts that link to a page, what others may embed, the pictures of cards.
pub fn search(routes: &mut Routes) {
    use crate::statuses::api::elsewhere;
    routes
        .route("/api/v2/search", web::get().to(crate::search::api::search))
        .route("/api/v1/timelines/link", web::get().to(crate::timelines::api::link))
        .route("/api/oembed", web::get().to(elsewhere::oembed))
        .route("/api/v1/statuses/{id}/translate", web::post().to(elsewhere::translate))
        .route("/media/remote/card/{card}/{hash}", web::get().to(crate::media::serve::remote_card));
}

/// /api/v2/suggestions, /api/v1/suggestions, /api/v1/directory.
pub fn people(routes: &mut Routes) {
    use crate::suggestions::api;
    routes
        .route("/api/v2/suggestions", web::get().to(api::v2))
        .route("/api/v1/suggestions", web::get().to(api::v1))
        .route("/api/v1/suggestions/{id}", web::delete().to(api::dismiss))
        .route("/api/v1/directory", web::get().to(api::directory));
}

/// What hangs on /api/v1/instance, and what clients ask that Pollen does not do.
pub fn instance(routes: &mut Routes) {
    use crate::instances::api::{peers, texts};
    routes
        .route("/api/v1/instance/peers", web::get().to(peers::peers))
        .route("/api/v1/instance/activity", web::get().to(peers::activity))
        .route("/api/v1/instance/domain_blocks", web::get().to(peers::domain_blocks))
        .route("/api/v1/instance/extended_description", web::get().to(texts::extended_description))
        .route("/api/v1/instance/privacy_policy", web::get().to(texts::privacy_policy))
        .route("/api/v1/instance/terms_of_service", web::get().to(texts::terms_of_service))
        .route("/api/v1/instance/terms_of_service/{date}", web::get().to(texts::terms_of_service_since))
        .route("/api/v1/instance/languages", web::get().to(texts::languages))
        .route("/api/v1/instance/translation_languages", web::get().to(texts::translation_languages))
        .route("/api/v1/emails/confirmations", web::post().to(texts::confirm_email))
        .route("/api/v1/emails/check_confirmation", web::get().to(texts::email_is_confirmed))
        .route("/api/v1/annual_reports", web::get().to(texts::annual_reports))
        .route("/api/v1/annual_reports/{year}/state", web::get().to(texts::annual_report_state))
        .route("/api/v1/async_refreshes/{id}", web::get().to(texts::async_refresh));
}
