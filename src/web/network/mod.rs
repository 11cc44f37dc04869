//! Whom somebody knows and finds: profiles, groups, search, lists, topics, the first five minutes.

use actix_web::web;

/// The pages of this folder.
pub fn configure(_config: &mut web::ServiceConfig) {}
