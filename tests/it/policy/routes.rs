//! No route without its rows: each GET of `src/routes.rs` and of pages is a path of the policy, or shows no posts.

use std::collections::BTreeSet;

use super::paths::readings;
use super::streams::STREAMS;

/// Routes that show no posts, nor count them.
const NO_POSTS: &[&str] = &[
    "/.well-known/host-meta",
    "/.well-known/host-meta.json",
    "/.well-known/nodeinfo",
    "/.well-known/oauth-authorization-server",
    "/.well-known/webfinger",
    "/about",
    "/actor/{collection:outbox|followers|following|collections/featured}",
    "/actor",
    "/api/v1/apps/verify_credentials",
    "/api/v1/accounts/familiar_followers",
    "/api/v1/accounts/relationships",
    "/api/v1/accounts/{id}/collections",
    "/api/v1/accounts/{id}/endorsements",
    "/api/v1/accounts/{id}/in_collections",
    "/api/v1/accounts/{id}/lists",
    "/api/v1/blocks",
    "/api/v1/collections/{id}",
    "/api/v1/domain_blocks",
    "/api/v1/endorsements",
    "/api/v1/follow_requests",
    "/api/v1/instance",
    "/api/v1/instance/extended_description",
    "/api/v1/instance/rules",
    "/api/v1/instance/domain_blocks",
    "/api/v1/instance/languages",
    "/api/v1/instance/peers",
    "/api/v1/instance/privacy_policy",
    "/api/v1/instance/terms_of_service",
    "/api/v1/instance/terms_of_service/{date}",
    "/api/v1/instance/translation_languages",
    "/api/v1/annual_reports",
    "/api/v1/annual_reports/{year}/state",
    "/api/v1/async_refreshes/{id}",
    "/api/v1/emails/check_confirmation",
    "/api/v1/filters",
    "/api/v1/filters/{id}",
    "/api/v2/filters",
    "/api/v2/filters/{id}",
    "/api/v2/filters/{id}/keywords",
    "/api/v2/filters/{id}/statuses",
    "/api/v2/filters/keywords/{id}",
    "/api/v2/filters/statuses/{id}",
    "/api/v1/lists",
    "/api/v1/lists/{id}",
    "/api/v1/lists/{id}/accounts",
    // Files, at addresses that nobody can guess; `tests/it/media` holds them.
    "/api/v1/media/{id}",
    "/media/{name}",
    "/media/remote/{key}",
    "/media/remote/{key}/small",
    "/media/remote/card/{card}/{hash}",
    "/media/remote/emoji/{emoji}/{version}",
    "/media/remote/emoji/{emoji}/{version}/static",
    "/media/remote/{role:avatar|header}/{account}/{hash}",
    "/api/v1/markers",
    "/api/v1/mutes",
    "/api/v1/preferences",
    "/api/v1/profile",
    "/api/v1/notifications/policy",
    "/api/v2/notifications/policy",
    "/api/v1/notifications/requests/merged",
    // What is not published yet, for its author.
    "/api/v1/scheduled_statuses",
    "/api/v1/scheduled_statuses/{id}",
    "/scheduled",
    "/api/v1/push/subscription",
    "/api/v1/streaming/health",
    "/api/v2/instance",
    "/apps",
    "/assets/{name}",
    "/auth/sign_in",
    "/auth/sign_up",
    "/follow_requests",
    "/health",
    // How many posts are new on home, whose rows those of `/` are.
    "/home/new",
    "/metrics",
    "/nodeinfo/{version}",
    "/oauth/authorize",
    "/privacy-policy",
    "/terms-of-service",
    "/oauth/userinfo",
    "/robots.txt",
    "/users/{name}",
    "/users/{name}/collections/{id}",
    "/users/{name}/collection_items/{id}",
    "/users/{name}/feature_authorizations/{id}",
    "/users/{name}/featured_collections",
    "/users/{name}/followers_synchronization",
    "/users/{name}/inbox",
    "/users/{name}/{collection:followers|following}",
    // For moderators alone; the posts of a report as far as whoever reported could see them, blocks and suspensions aside, which `tests/it/api/reports` holds.
    "/api/v1/admin/reports",
    "/api/v1/admin/reports/{id}",
    "/api/v1/admin/trends/{kind:links|statuses|tags}",
    "/api/v1/admin/domain_blocks",
    "/api/v1/admin/domain_blocks/{id}",
    "/api/v1/admin/domain_allows",
    "/api/v1/admin/domain_allows/{id}",
    "/api/v1/admin/email_domain_blocks",
    "/api/v1/admin/email_domain_blocks/{id}",
    "/api/v1/admin/canonical_email_blocks",
    "/api/v1/admin/canonical_email_blocks/{id}",
    "/api/v1/admin/ip_blocks",
    "/api/v1/admin/ip_blocks/{id}",
    "/api/pollen/v1/aliases",
    "/api/pollen/v1/imports",
    "/api/pollen/v1/imports/{id}",
    // Pictures, and their names.
    "/api/v1/custom_emojis",
    "/emojis/{id}",
    // Pages of people, groups, lists and topics by name.
    "/@{name}/collections/{id}",
    "/@{name}/qr.svg",
    "/discover",
    "/groups",
    "/groups/new",
    "/collections",
    "/collections/{id}/edit",
    "/lists",
    "/lists/{id}/edit",
    "/following",
    "/followers",
    "/muted",
    "/blocked",
    "/blocked_servers",
    "/topics",
    "/welcome",
    "/welcome/groups",
    "/welcome/people",
    // Getting in, and what somebody decides of their own account; what the archive has is in `archives`.
    "/auth/second",
    "/auth/passkey",
    "/auth/sure",
    "/auth/reset",
    "/auth/reset/{token}",
    "/auth/confirm/{token}",
    "/invite/{token}",
    "/settings",
    "/settings/security",
    "/settings/security/app",
    "/settings/security/passkeys",
    "/settings/sessions",
    "/settings/email",
    "/settings/invitations",
    "/settings/profile",
    "/settings/appearance",
    "/settings/posting",
    "/settings/notifications",
    "/settings/warnings",
    "/settings/filters",
    "/settings/filters/new",
    "/settings/filters/{id}",
    "/settings/data",
    "/settings/data/archive.tar",
    "/settings/data/{name}",
    "/settings/account",
    "/settings/account/delete",
    // For moderators alone; the posts of a report as far as whoever reported could see them, blocks and suspensions aside, which `tests/it/pages/admin.rs` holds.
    "/admin",
    "/admin/storage",
    "/admin/accounts",
    "/admin/accounts/{id}",
    "/admin/reports",
    "/admin/reports/{id}",
    "/admin/appeals",
    "/admin/servers",
    "/admin/servers/blocks.csv",
    "/admin/servers/blocks/{id}",
    "/admin/access",
    "/admin/rules",
    "/admin/instance",
    "/admin/announcements",
    "/admin/emoji",
    "/admin/queues",
    "/admin/audit",
    "/admin/audit.csv",
    // Lists that are always empty.
    "/api/v1/trends",
    "/api/v1/trends/links",
    "/api/v1/trends/statuses",
    "/api/v1/trends/tags",
];

/// Routes that count posts; `counts` has their rows.
const COUNTING: &[&str] = &[
    "/api/v1/accounts",
    "/api/v1/accounts/lookup",
    "/api/v1/accounts/search",
    "/api/v1/accounts/verify_credentials",
    "/api/v1/accounts/{id}",
    "/api/v1/accounts/{id}/featured_tags",
    "/api/v1/accounts/{id}/followers",
    "/api/v1/accounts/{id}/following",
    "/api/v1/featured_tags",
    "/api/v1/featured_tags/suggestions",
    "/api/v1/followed_tags",
    "/api/v1/notifications/unread_count",
    "/api/v1/directory",
    "/api/v1/suggestions",
    "/api/v2/suggestions",
    // Over all, as strangers see them.
    "/api/v1/instance/activity",
    "/api/v2/notifications/unread_count",
    // As the entity Account has it, and for oneself.
    "/api/v1/admin/accounts",
    "/api/v1/admin/accounts/{id}",
    "/api/v2/admin/accounts",
];

/// The first argument of every `.route(…)` that answers GET: the literal in it, else what stands there.
fn routes_in(source: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for call in source.split(".route(").skip(1) {
        let end = call.find(".to(").unwrap_or(call.len());
        let call = &call[..end];
        if !["web::get()", "web::route()"].iter().any(|method| call.contains(method)) {
            continue;
        }
        let literal = call.split('"').nth(1).filter(|_| call.find('"') < call.find("web::"));
        found.insert(literal.unwrap_or_else(|| call.split(',').next().unwrap_or_default().trim()).to_owned());
    }
    found
}

#[test]
fn every_route_has_its_row_or_shows_no_posts() {
    let mut served = BTreeSet::new();
    for file in [
        "src/routes.rs",
        "src/routes/moderation.rs",
        "src/routes/finding.rs",
        "src/routes/notices.rs",
        "src/web/mod.rs",
        "src/web/app/mod.rs",
        "src/web/network/mod.rs",
        "src/web/auth/mod.rs",
        "src/web/settings/mod.rs",
        "src/web/admin/mod.rs",
    ] {
        let source = std::fs::read_to_string(format!("{}/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        for other in ["web::resource(", "#[get(", "#[route(", "web::head()"] {
            assert!(!source.contains(other), "{file}: the policy's test reads `.route(…)` only, not {other}");
        }
        served.extend(routes_in(&source));
    }
    let rows: BTreeSet<String> = readings().iter().map(|path| path.route.to_owned()).collect();
    let listed: BTreeSet<String> =
        NO_POSTS.iter().chain(COUNTING).chain(STREAMS).map(|route| (*route).to_owned()).collect();
    let known: BTreeSet<String> = rows.union(&listed).cloned().collect();
    let unknown: Vec<&String> = served.difference(&known).collect();
    assert!(
        unknown.is_empty(),
        "routes without a row: {unknown:#?}\nGive each its rows in tests/it/policy/paths.rs, or list it as one that shows no posts."
    );
    let stale: Vec<&String> = known.difference(&served).collect();
    assert!(stale.is_empty(), "routes that there are no more: {stale:#?}");
    let twice: Vec<&String> = rows.intersection(&listed).collect();
    assert!(twice.is_empty(), "listed as showing no posts, and with a row: {twice:#?}");
}

#[test]
fn a_planted_route_is_seen() {
    let planted = r#"config.route("/a/{b}", web::get().to(x)).route("/c", web::post().to(x))
        .route("/d", web::route().guard(y()).to(x)); config.route(&format!("/e/{path}"), web::get().to(x));
        config.route(f, web::get().to(x));"#;
    let found: Vec<String> = routes_in(planted).into_iter().collect();
    assert_eq!(found, ["/a/{b}", "/d", "/e/{path}", "f"]);
}
