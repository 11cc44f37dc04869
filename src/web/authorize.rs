//! The pages on which a person lets a client in, or does not. What is asked is checked in `oauth::authorize`.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::frame::Frame;
use super::guard::content_security_policy;
use super::texts::Texts;
use super::visitor::Visitor;
use crate::base::{Error, Result};
use crate::edge::params::Form;
use crate::oauth::authorize::{Asked, Refusal, Request, check};
use crate::oauth::scopes::Scopes;

#[derive(Template)]
#[template(path = "authorize.html")]
struct ConsentPage {
    frame: Frame,
    client: String,
    website: Option<String>,
    /// Where the person is sent afterwards, as far as they can judge it.
    destination: Option<String>,
    handle: String,
    may: Vec<String>,
    request: Request,
}

#[derive(Template)]
#[template(path = "code.html")]
struct CodePage {
    frame: Frame,
    client: String,
    code: String,
}

#[derive(Template)]
#[template(path = "refused.html")]
struct RefusedPage {
    frame: Frame,
    why: String,
}

/// GET /oauth/authorize: signs the person in if need be, then asks.
pub async fn ask(visitor: Visitor, http: HttpRequest, request: web::Query<Request>) -> Result<HttpResponse> {
    let request = request.into_inner();
    let asked = match check(&visitor.app, &request).await? {
        Ok(asked) => asked,
        Err(refusal) => return refused(&visitor, refusal),
    };
    let anew = request.force_login.as_deref().is_some_and(|wish| matches!(wish, "true" | "1" | "t" | "on"));
    if visitor.person.is_none() || anew {
        let back = format!("{}?{}", http.path(), without_force_login(http.query_string()));
        let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("return_to", &back).finish();
        return Ok(super::see_other(&format!("/auth/sign_in?{query}")));
    }
    consent(&visitor, &asked, request)
}

/// The same request again, once the person has signed in.
fn without_force_login(query: &str) -> String {
    let kept = url::form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name != "force_login");
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).finish()
}

fn consent(visitor: &Visitor, asked: &Asked, request: Request) -> Result<HttpResponse> {
    let account = visitor.account().ok_or(Error::NotFound("Account"))?;
    let t = &visitor.texts;
    let page = ConsentPage {
        frame: Frame::new(visitor, t.with("authorize", "client", &asked.application.name)),
        client: asked.application.name.clone(),
        website: asked.application.website.clone(),
        destination: url::Url::parse(&asked.redirect_uri)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https"))
            .and_then(|url| url.host_str().map(str::to_owned)),
        handle: account.full_handle(&visitor.app.config.instance.domain),
        may: in_words(t, &asked.scopes),
        request,
    };
    let mut response = visitor.page(StatusCode::OK, &page)?;
    let policy = content_security_policy(&visitor.app, &form_target(&asked.redirect_uri));
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    headers.insert(header::CONTENT_SECURITY_POLICY, policy.parse().map_err(Error::internal)?);
    Ok(response)
}

/// Where the consent form's answer leads, as a source of `form-action`.
fn form_target(redirect_uri: &str) -> String {
    match url::Url::parse(redirect_uri) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => format!(" {}", url.origin().ascii_serialization()),
        Ok(url) if url.scheme() != "urn" => format!(" {}:", url.scheme()),
        _ => String::new(),
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Decision {
    token: String,
    decision: String,
    #[serde(flatten)]
    request: Request,
}

/// POST /oauth/authorize: the person's answer.
pub async fn decide(visitor: Visitor, http: HttpRequest, Form(form): Form<Decision>) -> Result<HttpResponse> {
    visitor.require_own_form(&http, &form.token)?;
    let account = visitor.account().ok_or_else(|| Error::invalid("form", "was open for too long"))?;
    let asked = match check(&visitor.app, &form.request).await? {
        Ok(asked) => asked,
        Err(refusal) => return refused(&visitor, refusal),
    };
    if form.decision != "allow" {
        return refused(&visitor, asked.denied());
    }
    let code = asked.grant(&visitor.app, account.id).await?;
    match asked.granted(&code) {
        Some(location) => Ok(sent_back(&location)),
        None => {
            let frame = Frame::new(&visitor, visitor.texts.say("code-title"));
            let mut response =
                visitor.page(StatusCode::OK, &CodePage { frame, client: asked.application.name.clone(), code })?;
            response.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
            Ok(response)
        }
    }
}

/// To the client: 302, as clients with a built-in browser expect.
fn sent_back(location: &str) -> HttpResponse {
    HttpResponse::Found()
        .insert_header((header::LOCATION, location))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}

fn refused(visitor: &Visitor, refusal: Refusal) -> Result<HttpResponse> {
    let t = &visitor.texts;
    let why = match refusal {
        Refusal::Told { location } => return Ok(sent_back(&location)),
        Refusal::UnknownClient => t.say("refused-client"),
        Refusal::UnknownRedirect => t.say("refused-redirect"),
        Refusal::Shown { code: "access_denied" } => t.say("refused-denied"),
        Refusal::Shown { code } => t.with("refused-other", "code", code),
    };
    let frame = Frame::new(visitor, t.say("refused-title"));
    visitor.page(StatusCode::BAD_REQUEST, &RefusedPage { frame, why })
}

/// What a client may do, for somebody who has never heard of scopes: broad ones in a sentence each, finer ones by their
/// part.
fn in_words(t: &Texts, scopes: &Scopes) -> Vec<String> {
    let mut lines = Vec::new();
    let (mut reads, mut writes) = (Vec::new(), Vec::new());
    for scope in scopes.iter() {
        match scope {
            "read" => lines.push(t.say("scope-read")),
            "write" => lines.push(t.say("scope-write")),
            "follow" => lines.push(t.say("scope-follow")),
            "push" => lines.push(t.say("scope-push")),
            "profile" => lines.push(t.say("scope-profile")),
            _ => match scope.split_once(':') {
                Some(("read", part)) => reads.push(part_in_words(t, part)),
                Some(("write", part)) => writes.push(part_in_words(t, part)),
                _ => lines.push(t.say("scope-admin")),
            },
        }
    }
    if !reads.is_empty() {
        lines.push(t.with("scope-read-parts", "parts", reads.join(", ")));
    }
    if !writes.is_empty() {
        lines.push(t.with("scope-write-parts", "parts", writes.join(", ")));
    }
    lines.dedup();
    lines
}

fn part_in_words(t: &Texts, part: &str) -> String {
    match part {
        "accounts" => t.say("part-accounts"),
        "blocks" => t.say("part-blocks"),
        "bookmarks" => t.say("part-bookmarks"),
        "conversations" => t.say("part-conversations"),
        "favourites" => t.say("part-favourites"),
        "filters" => t.say("part-filters"),
        "follows" => t.say("part-follows"),
        "lists" => t.say("part-lists"),
        "media" => t.say("part-media"),
        "mutes" => t.say("part-mutes"),
        "notifications" => t.say("part-notifications"),
        "reports" => t.say("part-reports"),
        "search" => t.say("part-search"),
        "statuses" => t.say("part-statuses"),
        _ => part.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_consent_form_may_lead_to_its_client_only() {
        assert_eq!(form_target("https://phanpy.social/x?y=1"), " https://phanpy.social");
        assert_eq!(form_target("http://127.0.0.1:4000/"), " http://127.0.0.1:4000");
        assert_eq!(form_target("icecubesapp://"), " icecubesapp:");
        assert_eq!(form_target("com.tapbots.Ivory.10217:/request_token"), " com.tapbots.ivory.10217:");
        assert_eq!(form_target("urn:ietf:wg:oauth:2.0:oob"), "");
    }

    #[test]
    fn after_signing_in_nobody_is_made_to_sign_in_again() {
        assert_eq!(without_force_login("a=1&force_login=true&state=x%26y"), "a=1&state=x%26y");
    }
}
