//! The URLs of those who look after an instance.

use actix_web::web;

use super::table::Routes;

/// /api/v1/reports, /api/v1/admin/reports, and what administrators count.
pub fn moderation(routes: &mut Routes) {
    use crate::moderation::api::{self, numbers, reports};
    routes
        .route("/api/v1/reports", web::post().to(api::report))
        .route("/api/v1/admin/reports", web::get().to(reports::list))
        .route("/api/v1/admin/reports/{id}", web::get().to(reports::show))
        .route("/api/v1/admin/reports/{id}", web::put().to(reports::update))
        .route("/api/v1/admin/reports/{id}/assign_to_self", web::post().to(reports::assign_to_self))
        .route("/api/v1/admin/reports/{id}/unassign", web::post().to(reports::unassign))
        .route("/api/v1/admin/reports/{id}/resolve", web::post().to(reports::resolve))
        .route("/api/v1/admin/reports/{id}/reopen", web::post().to(reports::reopen))
        .route("/api/v1/admin/measures", web::post().to(numbers::measures))
        .route("/api/v1/admin/dimensions", web::post().to(numbers::dimensions))
        .route("/api/v1/admin/retention", web::post().to(numbers::retention))
        .route("/api/v1/admin/trends/{kind:links|statuses|tags}", web::get().to(numbers::trends));
}

/// /api/v1/admin/accounts, /api/v2/admin/accounts.
pub fn administration(routes: &mut Routes) {
    use crate::moderation::api::accounts as api;
    routes
        .route("/api/v1/admin/accounts", web::get().to(api::list))
        .route("/api/v2/admin/accounts", web::get().to(api::list_v2))
        .route("/api/v1/admin/accounts/{id}", web::get().to(api::show))
        .route("/api/v1/admin/accounts/{id}", web::delete().to(api::delete))
        .route("/api/v1/admin/accounts/{id}/action", web::post().to(api::act))
        .route("/api/v1/admin/accounts/{id}/approve", web::post().to(api::approve))
        .route("/api/v1/admin/accounts/{id}/reject", web::post().to(api::reject))
        .route("/api/v1/admin/accounts/{id}/enable", web::post().to(api::enable))
        .route("/api/v1/admin/accounts/{id}/unsilence", web::post().to(api::unsilence))
        .route("/api/v1/admin/accounts/{id}/unsuspend", web::post().to(api::unsuspend))
        .route("/api/v1/admin/accounts/{id}/unsensitive", web::post().to(api::unsensitive));
}

/// Whom the instance refuses: domains, e-mail addresses, networks.
pub fn rules(routes: &mut Routes) {
    use crate::moderation::api::rules::{self as api, sign_ups};
    routes
        .route("/api/v1/admin/domain_blocks", web::get().to(api::list_blocks))
        .route("/api/v1/admin/domain_blocks", web::post().to(api::create_block))
        .route("/api/v1/admin/domain_blocks/{id}", web::get().to(api::show_block))
        .route("/api/v1/admin/domain_blocks/{id}", web::put().to(api::update_block))
        .route("/api/v1/admin/domain_blocks/{id}", web::delete().to(api::delete_block))
        .route("/api/v1/admin/domain_allows", web::get().to(api::list_allows))
        .route("/api/v1/admin/domain_allows", web::post().to(api::create_allow))
        .route("/api/v1/admin/domain_allows/{id}", web::get().to(api::show_allow))
        .route("/api/v1/admin/domain_allows/{id}", web::delete().to(api::delete_allow))
        .route("/api/v1/admin/email_domain_blocks", web::get().to(sign_ups::list_email_domains))
        .route("/api/v1/admin/email_domain_blocks", web::post().to(sign_ups::create_email_domain))
        .route("/api/v1/admin/email_domain_blocks/{id}", web::get().to(sign_ups::show_email_domain))
        .route("/api/v1/admin/email_domain_blocks/{id}", web::delete().to(sign_ups::delete_email_domain))
        .route("/api/v1/admin/canonical_email_blocks", web::get().to(sign_ups::list_emails))
        .route("/api/v1/admin/canonical_email_blocks", web::post().to(sign_ups::create_email))
        .route("/api/v1/admin/canonical_email_blocks/test", web::post().to(sign_ups::test_email))
        .route("/api/v1/admin/canonical_email_blocks/{id}", web::get().to(sign_ups::show_email))
        .route("/api/v1/admin/canonical_email_blocks/{id}", web::delete().to(sign_ups::delete_email))
        .route("/api/v1/admin/ip_blocks", web::get().to(sign_ups::list_ips))
        .route("/api/v1/admin/ip_blocks", web::post().to(sign_ups::create_ip))
        .route("/api/v1/admin/ip_blocks/{id}", web::get().to(sign_ups::show_ip))
        .route("/api/v1/admin/ip_blocks/{id}", web::put().to(sign_ups::update_ip))
        .route("/api/v1/admin/ip_blocks/{id}", web::delete().to(sign_ups::delete_ip));
}
