//! Every URL on a few screens. Each slice has one function; what a URL does is in the slice's edges.

mod finding;
mod moderation;
mod notices;
mod table;

use actix_web::web::{self, ServiceConfig};
use table::Routes;

/// All routes of an instance.
pub fn configure(config: &mut ServiceConfig) {
    let mut table = Routes::default();
    let routes = &mut table;
    federation(routes);
    oauth(routes);
    media(routes);
    accounts(routes);
    relationships(routes);
    filters(routes);
    statuses(routes);
    polls(routes);
    tags(routes);
    lists(routes);
    collections(routes);
    timelines(routes);
    streaming(routes);
    notices::notifications(routes);
    notices::conversations(routes);
    notices::announcements(routes);
    push(routes);
    finding::search(routes);
    finding::people(routes);
    finding::instance(routes);
    instances(routes);
    groups(routes);
    portability(routes);
    moderation::moderation(routes);
    moderation::administration(routes);
    moderation::rules(routes);
    operation(routes);
    table.configure(config);
    // Last: its paths are the least specific.
    pages(config);
}

/// ActivityPub, WebFinger, NodeInfo.
fn federation(routes: &mut Routes) {
    use crate::accounts::outbox as actors;
    use crate::collections::outbox as collections;
    use crate::federation::{inbox, nodeinfo, webfinger};
    use crate::statuses::outbox as posts;
    routes
        .route("/inbox", web::post().to(inbox::receive))
        .route("/actor", web::get().to(actors::instance_actor))
        .route("/actor/inbox", web::post().to(inbox::receive))
        .route(
            "/actor/{collection:outbox|followers|following|collections/featured}",
            web::get().to(actors::instance_collection),
        )
        .route("/users/{name}", web::get().to(actors::actor))
        .route("/users/{name}/inbox", web::post().to(inbox::receive))
        .route("/users/{name}/inbox", web::get().to(actors::closed_inbox))
        .route("/users/{name}/outbox", web::get().to(posts::outbox))
        .route("/users/{name}/{collection:followers|following}", web::get().to(actors::closed_collection))
        .route("/users/{name}/followers_synchronization", web::get().to(crate::relationships::outbox::synchronization))
        .route("/users/{name}/collections/featured", web::get().to(crate::pins::outbox::featured))
        .route("/users/{name}/quote_authorizations/{id}", web::get().to(crate::quotes::outbox::stamp))
        .route("/users/{name}/collections/{id}", web::get().to(collections::collection))
        .route("/users/{name}/featured_collections", web::get().to(collections::list))
        .route("/users/{name}/collection_items/{id}", web::get().to(collections::item))
        .route("/users/{name}/feature_authorizations/{id}", web::get().to(collections::authorization))
        .route("/users/{name}/boosts/{id}", web::get().to(posts::group_boost))
        .route("/users/{name}/statuses/{id}", web::get().to(posts::note))
        .route("/users/{name}/statuses/{id}/activity", web::get().to(posts::create))
        .route("/users/{name}/statuses/{id}/{collection:replies|context}", web::get().to(posts::threads::collection))
        .route("/emojis/{id}", web::get().to(crate::emojis::outbox::emoji))
        .route("/.well-known/webfinger", web::get().to(webfinger::webfinger))
        .route("/.well-known/host-meta", web::get().to(webfinger::host_meta))
        .route("/.well-known/host-meta.json", web::get().to(webfinger::host_meta))
        .route("/.well-known/nodeinfo", web::get().to(nodeinfo::discovery))
        .route("/nodeinfo/{version}", web::get().to(nodeinfo::nodeinfo));
}

/// Applications, tokens, the metadata document, registration through a client.
fn oauth(routes: &mut Routes) {
    use crate::oauth::{api, token};
    routes
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

/// /api/v1/media, and the files themselves.
fn media(routes: &mut Routes) {
    use crate::media::{api, serve};
    routes
        .route("/api/v2/media", web::post().to(api::create))
        .route("/api/v1/media", web::post().to(api::create_and_wait))
        .route("/api/v1/media/{id}", web::get().to(api::show))
        .route("/api/v1/media/{id}", web::put().to(api::update))
        .route("/api/v1/media/{id}", web::delete().to(api::delete))
        .route("/media/{name}", web::get().to(serve::file))
        .route("/media/remote/{key}", web::get().to(serve::remote))
        .route("/media/remote/{key}/small", web::get().to(serve::remote_small))
        .route("/media/remote/emoji/{emoji}/{version}", web::get().to(serve::remote_emoji))
        .route("/media/remote/emoji/{emoji}/{version}/static", web::get().to(serve::still_remote_emoji))
        .route("/media/remote/{role:avatar|header}/{account}/{hash}", web::get().to(serve::remote_picture));
}

/// /api/v1/accounts and what belongs to one's own account.
fn accounts(routes: &mut Routes) {
    use crate::accounts::api;
    use crate::timelines::api as timelines;
    routes
        .route("/api/v1/accounts", web::get().to(api::show_many))
        .route("/api/v1/accounts/verify_credentials", web::get().to(api::verify_credentials))
        .route("/api/v1/accounts/update_credentials", web::patch().to(api::update_credentials))
        .route("/api/v1/accounts/lookup", web::get().to(api::lookup))
        .route("/api/v1/accounts/search", web::get().to(api::search))
        .route("/api/v1/accounts/relationships", web::get().to(crate::relationships::api::relationships))
        .route("/api/v1/accounts/familiar_followers", web::get().to(crate::relationships::api::familiar_followers))
        .route("/api/v1/accounts/{id}", web::get().to(api::show))
        .route("/api/v1/accounts/{id}/statuses", web::get().to(timelines::account))
        .route("/api/v1/accounts/{id}/lists", web::get().to(crate::lists::api::of_account))
        .route("/api/v1/accounts/{id}/featured_tags", web::get().to(crate::tags::api::featured_by))
        .route("/api/v1/profile", web::get().to(api::profile))
        .route("/api/v1/profile", web::patch().to(api::update_profile))
        .route("/api/v1/profile", web::put().to(api::update_profile))
        .route("/api/v1/profile/avatar", web::delete().to(api::delete_avatar))
        .route("/api/v1/profile/header", web::delete().to(api::delete_header))
        .route("/api/v1/preferences", web::get().to(api::preferences));
}

/// Follows and follow requests, blocks, mutes, notes, recommendations.
fn relationships(routes: &mut Routes) {
    use crate::relationships::api::{self, blocks, marks};
    routes
        .route("/api/v1/accounts/{id}/block", web::post().to(blocks::block))
        .route("/api/v1/accounts/{id}/unblock", web::post().to(blocks::unblock))
        .route("/api/v1/blocks", web::get().to(blocks::blocks))
        .route("/api/v1/domain_blocks", web::get().to(blocks::domain_blocks))
        .route("/api/v1/domain_blocks", web::post().to(blocks::block_domain))
        .route("/api/v1/domain_blocks", web::delete().to(blocks::unblock_domain))
        .route("/api/v1/accounts/{id}/mute", web::post().to(marks::mute))
        .route("/api/v1/accounts/{id}/unmute", web::post().to(marks::unmute))
        .route("/api/v1/mutes", web::get().to(marks::mutes))
        .route("/api/v1/accounts/{id}/note", web::post().to(marks::note))
        .route("/api/v1/accounts/{id}/endorse", web::post().to(marks::endorse))
        .route("/api/v1/accounts/{id}/unendorse", web::post().to(marks::unendorse))
        .route("/api/v1/accounts/{id}/pin", web::post().to(marks::endorse))
        .route("/api/v1/accounts/{id}/unpin", web::post().to(marks::unendorse))
        .route("/api/v1/accounts/{id}/endorsements", web::get().to(marks::endorsements))
        .route("/api/v1/endorsements", web::get().to(marks::my_endorsements))
        .route("/api/v1/accounts/{id}/follow", web::post().to(api::follow))
        .route("/api/v1/accounts/{id}/unfollow", web::post().to(api::unfollow))
        .route("/api/v1/accounts/{id}/remove_from_followers", web::post().to(api::remove_follower))
        .route("/api/v1/accounts/{id}/followers", web::get().to(api::followers))
        .route("/api/v1/accounts/{id}/following", web::get().to(api::following))
        .route("/api/v1/follow_requests", web::get().to(api::requests))
        .route("/api/v1/follow_requests/{id}/authorize", web::post().to(api::authorize))
        .route("/api/v1/follow_requests/{id}/reject", web::post().to(api::reject));
}

/// /api/v2/filters, /api/v1/filters.
fn filters(routes: &mut Routes) {
    use crate::filters::api::{self, parts, v1};
    routes
        .route("/api/v1/filters", web::get().to(v1::index))
        .route("/api/v1/filters", web::post().to(v1::create))
        .route("/api/v1/filters/{id}", web::get().to(v1::show))
        .route("/api/v1/filters/{id}", web::put().to(v1::update))
        .route("/api/v1/filters/{id}", web::delete().to(v1::delete))
        .route("/api/v2/filters", web::get().to(api::index))
        .route("/api/v2/filters", web::post().to(api::create))
        .route("/api/v2/filters/keywords/{id}", web::get().to(parts::keyword))
        .route("/api/v2/filters/keywords/{id}", web::put().to(parts::update_keyword))
        .route("/api/v2/filters/keywords/{id}", web::delete().to(parts::delete_keyword))
        .route("/api/v2/filters/statuses/{id}", web::get().to(parts::status))
        .route("/api/v2/filters/statuses/{id}", web::delete().to(parts::delete_status))
        .route("/api/v2/filters/{id}", web::get().to(api::show))
        .route("/api/v2/filters/{id}", web::put().to(api::update))
        .route("/api/v2/filters/{id}", web::delete().to(api::delete))
        .route("/api/v2/filters/{id}/keywords", web::get().to(parts::keywords))
        .route("/api/v2/filters/{id}/keywords", web::post().to(parts::add_keyword))
        .route("/api/v2/filters/{id}/statuses", web::get().to(parts::statuses))
        .route("/api/v2/filters/{id}/statuses", web::post().to(parts::add_status));
}

/// /api/v1/statuses.
fn statuses(routes: &mut Routes) {
    use crate::bookmarks::api as bookmarks;
    use crate::pins::api as pins;
    use crate::scheduled::api as scheduled;
    use crate::statuses::api::{self, edits, quotes};
    routes
        .route("/api/v1/statuses", web::post().to(scheduled::create))
        .route("/api/v1/statuses", web::get().to(api::show_many))
        .route("/api/v1/statuses/{id}", web::get().to(api::show))
        .route("/api/v1/statuses/{id}", web::put().to(edits::edit))
        .route("/api/v1/statuses/{id}", web::delete().to(api::delete))
        .route("/api/v1/statuses/{id}/context", web::get().to(api::context))
        .route("/api/v1/statuses/{id}/history", web::get().to(edits::history))
        .route("/api/v1/statuses/{id}/source", web::get().to(edits::source))
        .route("/api/v1/statuses/{id}/quotes", web::get().to(quotes::list))
        .route("/api/v1/statuses/{id}/quotes/{quoting}/revoke", web::post().to(quotes::revoke))
        .route("/api/v1/statuses/{id}/interaction_policy", web::put().to(quotes::change_policy))
        .route("/api/v1/statuses/{id}/bookmark", web::post().to(bookmarks::bookmark))
        .route("/api/v1/statuses/{id}/unbookmark", web::post().to(bookmarks::unbookmark))
        .route("/api/v1/bookmarks", web::get().to(bookmarks::list))
        .route("/api/v1/statuses/{id}/pin", web::post().to(pins::pin))
        .route("/api/v1/statuses/{id}/unpin", web::post().to(pins::unpin))
        .route("/api/v1/statuses/{id}/mute", web::post().to(api::mute))
        .route("/api/v1/statuses/{id}/unmute", web::post().to(api::unmute))
        .route("/api/v1/scheduled_statuses", web::get().to(scheduled::list))
        .route("/api/v1/scheduled_statuses/{id}", web::get().to(scheduled::show))
        .route("/api/v1/scheduled_statuses/{id}", web::put().to(scheduled::update))
        .route("/api/v1/scheduled_statuses/{id}", web::delete().to(scheduled::delete))
        .route("/api/v1/statuses/{id}/favourite", web::post().to(api::favourite))
        .route("/api/v1/statuses/{id}/unfavourite", web::post().to(api::unfavourite))
        .route("/api/v1/statuses/{id}/reblog", web::post().to(api::reblog))
        .route("/api/v1/statuses/{id}/unreblog", web::post().to(api::unreblog))
        .route("/api/v1/statuses/{id}/favourited_by", web::get().to(api::favourited_by))
        .route("/api/v1/statuses/{id}/reblogged_by", web::get().to(api::reblogged_by));
}

/// /api/v1/polls.
fn polls(routes: &mut Routes) {
    use crate::polls::api;
    routes
        .route("/api/v1/polls/{id}", web::get().to(api::show))
        .route("/api/v1/polls/{id}/votes", web::post().to(api::vote));
}

/// /api/v1/tags, /api/v1/followed_tags, /api/v1/featured_tags.
fn tags(routes: &mut Routes) {
    use crate::tags::api;
    routes
        .route("/api/v1/tags/{name}", web::get().to(api::show))
        .route("/api/v1/tags/{name}/follow", web::post().to(api::follow))
        .route("/api/v1/tags/{name}/unfollow", web::post().to(api::unfollow))
        .route("/api/v1/tags/{name}/feature", web::post().to(api::feature))
        .route("/api/v1/tags/{name}/unfeature", web::post().to(api::unfeature))
        .route("/api/v1/followed_tags", web::get().to(api::followed))
        .route("/api/v1/featured_tags", web::get().to(api::featured))
        .route("/api/v1/featured_tags", web::post().to(api::create_featured))
        .route("/api/v1/featured_tags/suggestions", web::get().to(api::suggestions))
        .route("/api/v1/featured_tags/{id}", web::delete().to(api::delete_featured));
}

/// /api/v1/lists.
fn lists(routes: &mut Routes) {
    use crate::lists::api;
    routes
        .route("/api/v1/lists", web::get().to(api::index))
        .route("/api/v1/lists", web::post().to(api::create))
        .route("/api/v1/lists/{id}", web::get().to(api::show))
        .route("/api/v1/lists/{id}", web::put().to(api::update))
        .route("/api/v1/lists/{id}", web::delete().to(api::delete))
        .route("/api/v1/lists/{id}/accounts", web::get().to(api::members))
        .route("/api/v1/lists/{id}/accounts", web::post().to(api::add))
        .route("/api/v1/lists/{id}/accounts", web::delete().to(api::remove));
}

/// /api/v1/collections, and those that an account has or is in.
fn collections(routes: &mut Routes) {
    use crate::collections::api;
    routes
        .route("/api/v1/accounts/{id}/collections", web::get().to(api::of_account))
        .route("/api/v1/accounts/{id}/in_collections", web::get().to(api::with_account))
        .route("/api/v1/collections", web::post().to(api::create))
        .route("/api/v1/collections/{id}", web::get().to(api::show))
        .route("/api/v1/collections/{id}", web::patch().to(api::update))
        // As in Mastodon: masto.js sends this one.
        .route("/api/v1/collections/{id}", web::put().to(api::update))
        .route("/api/v1/collections/{id}", web::delete().to(api::delete))
        .route("/api/v1/collections/{id}/items", web::post().to(api::add))
        .route("/api/v1/collections/{id}/items/{item}", web::delete().to(api::remove))
        .route("/api/v1/collections/{id}/items/{item}/revoke", web::post().to(api::revoke));
}

/// /api/v1/timelines, markers.
fn timelines(routes: &mut Routes) {
    use crate::timelines::api;
    routes
        .route("/api/v1/timelines/home", web::get().to(api::home))
        .route("/api/v1/timelines/public", web::get().to(api::public))
        .route("/api/v1/timelines/tag/{name}", web::get().to(api::tag))
        .route("/api/v1/timelines/list/{id}", web::get().to(api::list))
        .route("/api/v1/favourites", web::get().to(api::favourites))
        .route("/api/v1/markers", web::get().to(api::markers))
        .route("/api/v1/markers", web::post().to(api::set_markers));
}

/// /api/v1/streaming.
fn streaming(routes: &mut Routes) {
    use crate::streaming::api;
    routes
        .route("/api/v1/streaming", web::get().to(api::connect))
        .route("/api/v1/streaming/health", web::get().to(crate::edge::metrics::health))
        .route("/api/v1/streaming/{stream:.*}", web::get().to(api::events));
}

/// /api/v1/push.
fn push(routes: &mut Routes) {
    use crate::push::api;
    routes
        .route("/api/v1/push/subscription", web::get().to(api::show))
        .route("/api/v1/push/subscription", web::post().to(api::create))
        .route("/api/v1/push/subscription", web::put().to(api::update))
        .route("/api/v1/push/subscription", web::delete().to(api::delete));
}

/// /api/v1/instance, /api/v2/instance, and what clients ask at start.
fn instances(routes: &mut Routes) {
    use crate::instances::api;
    routes
        .route("/api/v1/instance", web::get().to(api::v1))
        .route("/api/v2/instance", web::get().to(api::v2))
        .route("/api/v1/instance/rules", web::get().to(api::list_rules))
        .route("/api/v1/custom_emojis", web::get().to(crate::emojis::api::list));
    // Asked for at the start of many clients; there is nothing to tell yet.
    routes
        .route("/api/v1/trends", web::get().to(api::nothing))
        .route("/api/v1/trends/statuses", web::get().to(api::nothing))
        .route("/api/v1/trends/tags", web::get().to(api::nothing))
        .route("/api/v1/trends/links", web::get().to(api::nothing));
}

/// /api/pollen/v1/groups.
fn groups(routes: &mut Routes) {
    routes.route("/api/pollen/v1/groups", web::post().to(crate::groups::api::create));
}

/// /api/pollen/v1: other names, moves, what one takes along, the end of one's account.
fn portability(routes: &mut Routes) {
    use crate::portability::api::{self, exports, imports};
    routes
        .route("/api/pollen/v1/aliases", web::get().to(api::aliases))
        .route("/api/pollen/v1/aliases", web::post().to(api::add_alias))
        .route("/api/pollen/v1/aliases", web::delete().to(api::remove_alias))
        .route("/api/pollen/v1/move", web::post().to(api::move_away))
        .route("/api/pollen/v1/move", web::delete().to(api::stay))
        .route("/api/pollen/v1/account", web::delete().to(api::delete_account))
        .route("/api/pollen/v1/exports/{name}", web::get().to(exports::export))
        .route("/api/pollen/v1/imports", web::post().to(imports::create))
        .route("/api/pollen/v1/imports", web::get().to(imports::list))
        .route("/api/pollen/v1/imports/{id}", web::get().to(imports::show));
}

/// /health, /metrics.
fn operation(routes: &mut Routes) {
    use crate::edge::metrics;
    routes.route("/health", web::get().to(metrics::health)).route("/metrics", web::get().to(metrics::show));
}

/// Pages for people.
fn pages(config: &mut ServiceConfig) {
    crate::web::configure(config);
}
