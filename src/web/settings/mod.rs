//! What somebody decides about their own account.

pub mod email;
pub mod invitations;
pub mod security;
pub mod sessions;

use actix_web::web;

/// The pages of this folder.
pub fn configure(_config: &mut web::ServiceConfig) {}
