//! What somebody who is signed in reads and writes: home, posts, notifications, search, lists.

use actix_web::web;

/// The pages of this folder.
pub fn configure(_config: &mut web::ServiceConfig) {}
