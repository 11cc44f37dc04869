//! The URLs of what people are told: notifications, conversations, announcements.

use actix_web::web;

use super::table::Routes;

/// /api/v1/notifications, /api/v2/notifications.
pub fn notifications(routes: &mut Routes) {
    use crate::notifications::api::{self, grouped, policy, requests};
    routes
        .route("/api/v1/notifications", web::get().to(api::list))
        .route("/api/v1/notifications/clear", web::post().to(api::clear))
        .route("/api/v1/notifications/unread_count", web::get().to(api::unread_count))
        .route("/api/v1/notifications/policy", web::get().to(policy::show_v1))
        .route("/api/v1/notifications/policy", web::put().to(policy::update_v1))
        .route("/api/v1/notifications/policy", web::patch().to(policy::update_v1))
        .route("/api/v1/notifications/requests", web::get().to(requests::list))
        .route("/api/v1/notifications/requests/accept", web::post().to(requests::accept_many))
        .route("/api/v1/notifications/requests/dismiss", web::post().to(requests::dismiss_many))
        .route("/api/v1/notifications/requests/merged", web::get().to(requests::merged))
        .route("/api/v1/notifications/requests/{id}", web::get().to(requests::show))
        .route("/api/v1/notifications/requests/{id}/accept", web::post().to(requests::accept))
        .route("/api/v1/notifications/requests/{id}/dismiss", web::post().to(requests::dismiss))
        .route("/api/v1/notifications/{id}", web::get().to(api::show))
        .route("/api/v1/notifications/{id}/dismiss", web::post().to(api::dismiss))
        .route("/api/v2/notifications", web::get().to(grouped::list))
        .route("/api/v2/notifications/unread_count", web::get().to(grouped::unread_count))
        .route("/api/v2/notifications/policy", web::get().to(policy::show))
        .route("/api/v2/notifications/policy", web::put().to(policy::update))
        .route("/api/v2/notifications/policy", web::patch().to(policy::update))
        .route("/api/v2/notifications/{group_key}", web::get().to(grouped::show))
        .route("/api/v2/notifications/{group_key}/accounts", web::get().to(grouped::accounts))
        .route("/api/v2/notifications/{group_key}/dismiss", web::post().to(grouped::dismiss));
}

/// /api/v1/conversations.
pub fn conversations(routes: &mut Routes) {
    use crate::conversations::api;
    routes
        .route("/api/v1/conversations", web::get().to(api::list))
        .route("/api/v1/conversations/{id}", web::delete().to(api::delete))
        .route("/api/v1/conversations/{id}/read", web::post().to(api::read))
        .route("/api/v1/conversations/{id}/unread", web::post().to(api::unread));
}

/// /api/v1/announcements.
pub fn announcements(routes: &mut Routes) {
    use crate::announcements::api;
    routes
        .route("/api/v1/announcements", web::get().to(api::list))
        .route("/api/v1/announcements/{id}/dismiss", web::post().to(api::dismiss))
        .route("/api/v1/announcements/{id}/reactions/{name}", web::put().to(api::react))
        .route("/api/v1/announcements/{id}/reactions/{name}", web::delete().to(api::take_back));
}
