//! What somebody decides about their own account.

use actix_web::web;

/// The pages of this folder.
pub fn configure(_config: &mut web::ServiceConfig) {}
