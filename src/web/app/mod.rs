//! What somebody who is signed in reads and writes: home, posts, notifications, messages, what they keep.

pub mod acts;

use actix_web::web;

/// The pages of this folder.
pub fn configure(config: &mut web::ServiceConfig) {
    config.route("/posts/{id}", web::post().to(acts::act)).route("/posts/{id}/vote", web::post().to(acts::vote));
}
