//! Getting in: passwords, e-mail, second factors, invitations.

use actix_web::web;

/// The pages of this folder.
pub fn configure(_config: &mut web::ServiceConfig) {}
