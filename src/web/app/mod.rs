//! What somebody who is signed in reads and writes: home, posts, notifications, messages, what they keep.

pub mod acts;
pub mod compose;
pub mod edit;
pub mod held;
pub mod here;
pub mod home;
pub mod kept;
pub mod marks;
pub mod messages;
pub mod notifications;
pub mod requests;
pub mod scheduled;
pub mod told;

use actix_web::web;

/// The pages of this folder.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/home/new", web::get().to(home::new_posts))
        .route("/apps", web::get().to(home::apps))
        .route("/compose", web::get().to(compose::write))
        .route("/compose", web::post().to(compose::submit))
        .route("/@{name}/{id}/edit", web::get().to(edit::write))
        .route("/@{name}/{id}/edit", web::post().to(edit::submit))
        .route("/posts/{id}", web::post().to(acts::act))
        .route("/posts/{id}/vote", web::post().to(acts::vote))
        .route("/posts/{id}/delete", web::get().to(edit::ask_to_delete))
        .route("/posts/{id}/delete", web::post().to(edit::delete))
        .route("/notifications", web::get().to(notifications::list))
        .route("/notifications/requests", web::get().to(held::list))
        .route("/notifications/requests/{id}", web::post().to(held::answer))
        .route("/local", web::get().to(here::list))
        .route("/announcements/{id}/dismiss", web::post().to(told::put_away))
        .route("/announcements/{id}/reactions", web::post().to(told::react))
        .route("/follow_requests", web::get().to(requests::list))
        .route("/follow_requests/{id}", web::post().to(requests::answer))
        .route("/conversations", web::get().to(messages::list))
        .route("/conversations/{id}", web::post().to(messages::mark))
        .route("/conversations/{id}/remove", web::post().to(messages::remove))
        .route("/scheduled", web::get().to(scheduled::list))
        .route("/scheduled/{id}", web::post().to(scheduled::put_off))
        .route("/scheduled/{id}/cancel", web::post().to(scheduled::cancel))
        .route("/bookmarks", web::get().to(kept::bookmarks))
        .route("/favourites", web::get().to(kept::favourites));
}
