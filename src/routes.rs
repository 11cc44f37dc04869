//! Every URL on a few screens. Each slice has one function; what a URL does is in the slice's edges.

use actix_web::web::{self, ServiceConfig};

/// All routes of an instance.
pub fn configure(config: &mut ServiceConfig) {
    federation(config);
    oauth(config);
    accounts(config);
    relationships(config);
    statuses(config);
    timelines(config);
    notifications(config);
    search(config);
    instances(config);
    operation(config);
    // Last: its paths are the least specific.
    pages(config);
}

/// ActivityPub, WebFinger, NodeInfo.
fn federation(config: &mut ServiceConfig) {
    use crate::accounts::outbox as actors;
    use crate::federation::{inbox, nodeinfo, webfinger};
    use crate::statuses::outbox as posts;
    config
        .route("/inbox", web::post().to(inbox::receive))
        .route("/actor", web::get().to(actors::instance_actor))
        .route("/actor/inbox", web::post().to(inbox::receive))
        .route("/users/{name}", web::get().to(actors::actor))
        .route("/users/{name}/inbox", web::post().to(inbox::receive))
        .route("/users/{name}/inbox", web::get().to(actors::closed_inbox))
        .route("/users/{name}/outbox", web::get().to(posts::outbox))
        .route("/users/{name}/{collection:followers|following}", web::get().to(actors::closed_collection))
        .route("/users/{name}/collections/featured", web::get().to(actors::featured))
        .route("/users/{name}/statuses/{id}", web::get().to(posts::note))
        .route("/users/{name}/statuses/{id}/activity", web::get().to(posts::create))
        .route("/.well-known/webfinger", web::get().to(webfinger::webfinger))
        .route("/.well-known/host-meta", web::get().to(webfinger::host_meta))
        .route("/.well-known/host-meta.json", web::get().to(webfinger::host_meta))
        .route("/.well-known/nodeinfo", web::get().to(nodeinfo::discovery))
        .route("/nodeinfo/{version}", web::get().to(nodeinfo::nodeinfo));
}

/// Applications, tokens, the metadata document, registration through a client.
fn oauth(config: &mut ServiceConfig) {
    use crate::oauth::{api, token};
    config
        .route("/api/v1/apps", web::post().to(api::create_app))
        .route("/api/v1/apps/verify_credentials", web::get().to(api::verify_app))
        .route("/api/v1/accounts", web::post().to(api::register))
        .route("/oauth/token", web::post().to(token::create))
        .route("/oauth/revoke", web::post().to(token::revoke))
        .route("/oauth/userinfo", web::route().guard(get_or_post()).to(token::userinfo))
        .route("/.well-known/oauth-authorization-server", web::get().to(token::metadata));
}

fn get_or_post() -> impl actix_web::guard::Guard {
    use actix_web::guard;
    guard::Any(guard::Get()).or(guard::Post())
}

/// /api/v1/accounts and what belongs to one's own account.
fn accounts(_config: &mut ServiceConfig) {}

/// Follows and follow requests.
fn relationships(_config: &mut ServiceConfig) {}

/// /api/v1/statuses.
fn statuses(_config: &mut ServiceConfig) {}

/// /api/v1/timelines, markers.
fn timelines(_config: &mut ServiceConfig) {}

/// /api/v1/notifications.
fn notifications(_config: &mut ServiceConfig) {}

/// /api/v2/search.
fn search(_config: &mut ServiceConfig) {}

/// /api/v1/instance, /api/v2/instance, and what clients ask at start.
fn instances(_config: &mut ServiceConfig) {}

/// /health, /metrics.
fn operation(_config: &mut ServiceConfig) {}

/// Pages for people.
fn pages(_config: &mut ServiceConfig) {}
