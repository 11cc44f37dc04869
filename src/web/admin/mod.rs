//! What those who run the instance see and do. For everybody else there is nothing here: each path answers as one that there is not.

pub mod access;
pub mod account;
pub mod accounts;
pub mod announcements;
pub mod appeals;
pub mod audit;
pub mod emoji;
pub mod instance;
pub mod overview;
pub mod queues;
pub mod reports;
pub mod servers;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::future::LocalBoxFuture;

use super::settings::Menu;
use super::texts::Texts;
use super::visitor::Visitor;
use crate::base::{Error, Result};
use crate::moderation::ops::Moderator;

const NOT_FOUND: Error = Error::NotFound("Page");

/// The pages of this folder.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/admin", web::get().to(overview::show))
        .route("/admin/storage", web::get().to(overview::storage))
        .route("/admin/accounts", web::get().to(accounts::list))
        .route("/admin/accounts/{id}", web::get().to(account::show))
        .route("/admin/accounts/{id}/act", web::post().to(account::act))
        .route("/admin/accounts/{id}/role", web::post().to(account::role))
        .route("/admin/reports", web::get().to(reports::list))
        .route("/admin/reports/{id}", web::get().to(reports::show))
        .route("/admin/reports/{id}/note", web::post().to(reports::note))
        .route("/admin/reports/{id}/change", web::post().to(reports::change))
        .route("/admin/appeals", web::get().to(appeals::list))
        .route("/admin/appeals/{id}", web::post().to(appeals::decide))
        .configure(configure_instance);
}

/// What is for administrators alone.
fn configure_instance(config: &mut web::ServiceConfig) {
    config
        .route("/admin/servers", web::get().to(servers::list))
        .route("/admin/servers/blocks", web::post().to(servers::block))
        .route("/admin/servers/blocks.csv", web::get().to(servers::export))
        .route("/admin/servers/import", web::post().to(servers::import))
        .route("/admin/servers/blocks/{id}", web::get().to(servers::show))
        .route("/admin/servers/blocks/{id}", web::post().to(servers::change))
        .route("/admin/servers/blocks/{id}/remove", web::post().to(servers::unblock))
        .route("/admin/servers/allows", web::post().to(servers::allow))
        .route("/admin/servers/allows/{id}/remove", web::post().to(servers::disallow))
        .route("/admin/access", web::get().to(access::list))
        .route("/admin/access/{kind}", web::post().to(access::add))
        .route("/admin/access/{kind}/{id}/remove", web::post().to(access::remove))
        .route("/admin/rules", web::get().to(instance::rules))
        .route("/admin/rules", web::post().to(instance::save_rules))
        .route("/admin/instance", web::get().to(instance::show))
        .route("/admin/instance", web::post().to(instance::save))
        .route("/admin/announcements", web::get().to(announcements::list))
        .route("/admin/announcements", web::post().to(announcements::announce))
        .route("/admin/announcements/{id}/withdraw", web::post().to(announcements::withdraw))
        .route("/admin/emoji", web::get().to(emoji::list))
        .route("/admin/emoji", web::post().to(emoji::add))
        .route("/admin/emoji/{name}", web::post().to(emoji::change))
        .route("/admin/emoji/{name}/remove", web::post().to(emoji::remove))
        .route("/admin/queues", web::get().to(queues::show))
        .route("/admin/queues/jobs/{id}", web::post().to(queues::job))
        .route("/admin/queues/hosts", web::post().to(queues::host))
        .route("/admin/audit", web::get().to(audit::list))
        .route("/admin/audit.csv", web::get().to(audit::export));
}

/// Somebody whose role is at least of this rank (`User::rank`).
pub struct Staff<const RANK: usize> {
    pub visitor: Visitor,
    pub by: Moderator,
}

/// Somebody who looks after people and reports.
pub type Staffer = Staff<1>;

/// Somebody who looks after the instance.
pub type Admin = Staff<2>;

impl<const RANK: usize> FromRequest for Staff<RANK> {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let visitor = Visitor::from_request(request, &mut Payload::None);
        Box::pin(async move {
            let visitor = visitor.await?;
            let (account, user) = visitor.person.clone().filter(|(_, user)| user.rank() >= RANK).ok_or(NOT_FOUND)?;
            Ok(Self { visitor, by: Moderator { account, user } })
        })
    }
}

/// The rank from which on somebody looks after the instance.
const ADMIN: usize = 2;

impl<const RANK: usize> Staff<RANK> {
    fn texts(&self) -> &Texts {
        &self.visitor.texts
    }

    fn is_admin(&self) -> bool {
        self.by.rank() >= ADMIN
    }

    /// The navigation beside the page at `current`.
    fn menu(&self, current: &str, request: &HttpRequest) -> Menu {
        let t = self.texts();
        let mut pages = vec![
            ("/admin", t.say("admin-overview")),
            ("/admin/reports", t.say("admin-reports")),
            ("/admin/appeals", t.say("admin-appeals")),
            ("/admin/accounts", t.say("admin-accounts")),
        ];
        if self.is_admin() {
            pages.extend([
                ("/admin/servers", t.say("admin-servers")),
                ("/admin/access", t.say("admin-access")),
                ("/admin/announcements", t.say("admin-announcements")),
                ("/admin/rules", t.say("admin-rules")),
                ("/admin/instance", t.say("admin-instance")),
                ("/admin/emoji", t.say("admin-emoji")),
                ("/admin/queues", t.say("admin-queues")),
                ("/admin/storage", t.say("admin-storage")),
                ("/admin/audit", t.say("admin-audit")),
            ]);
        }
        Menu::new(t, t.say("admin-navigation"), pages, current, request)
    }
}

/// What a form has that only says yes.
#[derive(Default, serde::Deserialize)]
#[serde(default)]
pub struct Sent {
    token: String,
    /// What is to be done, where there is more than one thing.
    act: String,
    /// With what, where something is named.
    what: String,
}
