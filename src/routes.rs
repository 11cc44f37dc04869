//! Every URL on a few screens. Each slice has one function; what a URL does is in the slice's edges.

use actix_web::web::ServiceConfig;

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
    web(config);
}

/// ActivityPub, WebFinger, NodeInfo.
fn federation(_config: &mut ServiceConfig) {}

/// Applications, tokens, the metadata document, sign-in and authorisation pages.
fn oauth(_config: &mut ServiceConfig) {}

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
fn web(_config: &mut ServiceConfig) {}
