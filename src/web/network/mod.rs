//! Whom somebody knows and finds: profiles, groups, search, lists, topics, the first five minutes.

pub mod acts;
pub mod bond;
pub mod collections;
pub mod discover;
pub mod groups;
pub mod lists;
pub mod people;
pub mod profile;
pub mod report;
pub mod search;
pub mod ties;
pub mod topics;
pub mod welcome;

use actix_web::{HttpResponse, web};

use super::visitor::safe_path;
use crate::base::{Error, Result};

/// The pages of this folder. Before those of posts, whose addresses are like those of profiles.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/search", web::get().to(search::search))
        .route("/discover", web::get().to(discover::discover))
        .route("/discover/dismiss", web::post().to(discover::dismiss))
        .route("/groups", web::get().to(groups::groups))
        .route("/groups/new", web::get().to(groups::form))
        .route("/groups/new", web::post().to(groups::make))
        .route("/lists", web::get().to(lists::lists))
        .route("/lists", web::post().to(lists::make))
        .route("/lists/{id}", web::get().to(lists::read))
        .route("/lists/{id}/edit", web::get().to(lists::edit::form))
        .route("/lists/{id}/edit", web::post().to(lists::edit::change))
        .route("/lists/{id}/members", web::post().to(lists::edit::add))
        .route("/lists/{id}/members/remove", web::post().to(lists::edit::remove))
        .route("/lists/{id}/delete", web::post().to(lists::edit::delete))
        .route("/collections", web::get().to(collections::mine::list))
        .route("/collections", web::post().to(collections::mine::make))
        .route("/collections/{id}/edit", web::get().to(collections::edit::form))
        .route("/collections/{id}/edit", web::post().to(collections::edit::change))
        .route("/collections/{id}/people", web::post().to(collections::edit::add))
        .route("/collections/{id}/people/remove", web::post().to(collections::edit::remove))
        .route("/collections/{id}/delete", web::post().to(collections::edit::delete))
        .route("/topics", web::get().to(topics::topics))
        .route("/topics", web::post().to(topics::follow_named))
        .route("/tags/{name}", web::get().to(topics::tag))
        .route("/tags/{name}/{act:follow|unfollow|feature|unfeature}", web::post().to(topics::act))
        .configure(configure_ties)
        .route("/welcome", web::get().to(welcome::about_you))
        .route("/welcome", web::post().to(welcome::keep_about_you))
        .route("/welcome/people", web::get().to(welcome::people))
        .route("/welcome/groups", web::get().to(welcome::groups))
        .route("/@{name}", web::get().to(profile::profile))
        .route("/@{name}/{tab:replies|media|about|members}", web::get().to(profile::tab))
        .route("/@{name}/qr.svg", web::get().to(welcome::qr))
        .route("/@{name}/report", web::get().to(report::form))
        .route("/@{name}/report", web::post().to(report::send))
        .route("/@{name}/collections/{id}", web::get().to(collections::collection))
        .route("/@{name}/collections/{id}/leave", web::post().to(collections::leave))
        .route("/@{name}/{act:[a-z_]+}", web::post().to(acts::act));
}

/// Lists that somebody has of others.
fn configure_ties(config: &mut web::ServiceConfig) {
    config
        .route("/following", web::get().to(ties::following))
        .route("/followers", web::get().to(ties::followers))
        .route("/muted", web::get().to(ties::muted))
        .route("/blocked", web::get().to(ties::blocked))
        .route("/blocked_servers", web::get().to(ties::servers))
        .route("/blocked_servers", web::post().to(ties::block_server))
        .route("/blocked_servers/remove", web::post().to(ties::unblock_server));
}

/// To the page on which one signs in, from which one comes back here.
fn sign_in(back: &str) -> HttpResponse {
    let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("return_to", back).finish();
    super::see_other(&format!("/auth/sign_in?{query}"))
}

/// After a form: to where it was, if it says so, else to `usual`.
fn back(return_to: Option<&str>, usual: &str) -> HttpResponse {
    let wished = return_to.filter(|wished| !wished.is_empty() && safe_path(Some(wished)) == *wished);
    super::see_other(wished.unwrap_or(usual))
}

/// A field of a form, and what is wrong with it.
#[derive(Clone, Debug)]
pub struct Wrong {
    pub field: &'static str,
    pub why: String,
}

/// Which field cannot be taken as it is; all else stays an error. What is wrong with it pages say in their own words.
fn field_of(error: Error) -> Result<&'static str> {
    match error {
        Error::Invalid { field, .. } => Ok(field),
        error => Err(error),
    }
}

/// A text within an address.
fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_elsewhere_after_a_form() {
        let location = |wished: Option<&str>| {
            let response = back(wished, "/usual");
            response.headers().get("location").unwrap().to_str().unwrap().to_owned()
        };
        assert_eq!(location(Some("/lists")), "/lists");
        for other in [None, Some(""), Some("//evil.test"), Some("https://evil.test"), Some("x")] {
            assert_eq!(location(other), "/usual");
        }
        assert_eq!(encoded("bücher & co"), "b%C3%BCcher+%26+co");
    }
}
