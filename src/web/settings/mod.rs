//! What somebody decides about their own account. Each page is a file, with a template that extends `settings/layout.html`.

pub mod account;
pub mod appearance;
pub mod archive;
pub mod data;
pub mod email;
pub mod filters;
pub mod form;
pub mod invitations;
pub mod notices;
pub mod posting;
pub mod profile;
pub mod security;
pub mod sessions;
pub mod warnings;

use actix_web::{HttpRequest, HttpResponse, web};

pub use super::auth::Signed as Me;
use super::frame::Frame;
use super::texts::Texts;

/// The pages of this folder.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/settings", web::get().to(profile::start))
        .route("/settings/profile", web::get().to(profile::show))
        .route("/settings/profile", web::post().to(profile::save))
        .route("/settings/appearance", web::get().to(appearance::show))
        .route("/settings/appearance", web::post().to(appearance::save))
        .route("/settings/posting", web::get().to(posting::show))
        .route("/settings/posting", web::post().to(posting::save))
        .route("/settings/filters", web::get().to(filters::list))
        .route("/settings/filters/new", web::get().to(filters::new))
        .route("/settings/filters/new", web::post().to(filters::create))
        .route("/settings/filters/{id}", web::get().to(filters::show))
        .route("/settings/filters/{id}", web::post().to(filters::save))
        .route("/settings/filters/{id}/delete", web::post().to(filters::delete))
        .route("/settings/notifications", web::get().to(notices::show))
        .route("/settings/notifications", web::post().to(notices::save))
        .route("/settings/warnings", web::get().to(warnings::show))
        .route("/settings/warnings/{id}", web::post().to(warnings::appeal))
        .route("/settings/data", web::get().to(data::show))
        .route("/settings/data/import", web::post().to(data::import))
        .route("/settings/data/archive.tar", web::get().to(archive::archive))
        .route("/settings/data/{name}", web::get().to(data::export))
        .route("/settings/account", web::get().to(account::show))
        .route("/settings/account/aliases", web::post().to(account::add_alias))
        .route("/settings/account/aliases/remove", web::post().to(account::remove_alias))
        .route("/settings/account/move", web::post().to(account::move_away))
        .route("/settings/account/stay", web::post().to(account::stay))
        .route("/settings/account/delete", web::get().to(account::ask_to_delete))
        .route("/settings/account/delete", web::post().to(account::delete));
}

/// The navigation beside a page of a group of pages.
pub struct Menu {
    pub label: String,
    pub entries: Vec<Entry>,
    /// What was just done, in words; may be empty.
    pub done: String,
}

/// A page of the group.
pub struct Entry {
    pub path: &'static str,
    pub label: String,
    pub current: bool,
}

/// Whether a form was just sent with success, as [`saved`] notes it.
fn is_done(request: &HttpRequest) -> bool {
    request.query_string() == "done"
}

/// Back to a page that says that something was done.
pub fn saved(path: &str) -> HttpResponse {
    super::see_other(&format!("{path}?done"))
}

impl Menu {
    /// Beside the page at `current`, one of these.
    pub fn new(
        t: &Texts,
        label: String,
        pages: Vec<(&'static str, String)>,
        current: &str,
        request: &HttpRequest,
    ) -> Self {
        let entry = |(path, label): (&'static str, String)| Entry { path, label, current: path == current };
        let done = if is_done(request) { t.say("settings-done") } else { String::new() };
        Self { label, entries: pages.into_iter().map(entry).collect(), done }
    }

    /// Beside a page of settings.
    pub fn settings(t: &Texts, current: &str, request: &HttpRequest) -> Self {
        Self::new(t, t.say("settings-navigation"), pages(t), current, request)
    }
}

impl Frame {
    /// The navigation beside pages of settings that say by themselves what was done.
    pub fn settings(&self) -> Menu {
        let entry = |(path, label): (&'static str, String)| Entry { path, label, current: self.is_at(path) };
        let entries = pages(&self.t).into_iter().map(entry).collect();
        Menu { label: self.t.say("settings-navigation"), entries, done: String::new() }
    }
}

fn pages(t: &Texts) -> Vec<(&'static str, String)> {
    vec![
        ("/settings/profile", t.say("settings-profile")),
        ("/settings/appearance", t.say("settings-appearance")),
        ("/settings/posting", t.say("settings-posting")),
        ("/settings/filters", t.say("settings-filters")),
        ("/settings/notifications", t.say("settings-notices")),
        ("/muted", t.say("settings-away")),
        ("/settings/email", t.say("settings-email")),
        ("/settings/security", t.say("settings-security")),
        ("/settings/sessions", t.say("settings-sessions")),
        ("/settings/invitations", t.say("settings-invitations")),
        ("/settings/warnings", t.say("settings-warnings")),
        ("/settings/data", t.say("settings-data")),
        ("/settings/account", t.say("settings-account")),
    ]
}
