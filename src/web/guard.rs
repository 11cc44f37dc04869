//! What wraps every page: security headers, and errors as pages.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{FromRequest, HttpRequest, HttpResponse, HttpResponseBuilder, web};
use askama::Template;

use super::frame::Frame;
use super::sign_in;
use super::texts::Texts;
use super::visitor::{Visitor, looking_after, texts_after};
use crate::app::App;
use crate::base::{Error, Result};
use crate::edge::respond::status_code;

const HEADERS: [(HeaderName, HeaderValue); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    // Ours alone learn where somebody came from. (`no-referrer` would make browsers hide the origin of our own forms.)
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), geolocation=(), microphone=(), interest-cohort=()"),
    ),
];

/// The content security policy of a page. A form that ends in a redirect needs the redirect's target among
/// `form_targets`, since Chrome holds the whole way against `form-action`.
///
/// Pictures and films are our own, also those of other servers, which we pass on. Our origin is named besides `'self'`: on one
/// machine an instance is called by more names than its own. Where the store of files is open to everyone, it is one too.
pub fn content_security_policy(app: &App, form_targets: &str) -> String {
    let own = match app.config.media.s3.public_url.as_ref().filter(|_| app.config.media.s3.is_used()) {
        Some(store) => format!("'self' {} {}", app.origin, store.origin().ascii_serialization()),
        None => format!("'self' {}", app.origin),
    };
    format!(
        "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src {own}; media-src {own}; \
         form-action 'self'{form_targets}; frame-ancestors 'none'; base-uri 'none'"
    )
}

/// Middleware for all pages.
pub async fn pages<B: MessageBody + 'static>(
    incoming: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    // The request may not be cloned before: actix changes it while it looks for the handler.
    let mut response = next.call(incoming).await?.map_into_boxed_body();
    let status = match response.status() {
        // Who may not know of a page does not learn from a form that cannot be read either.
        StatusCode::BAD_REQUEST | StatusCode::PAYLOAD_TOO_LARGE if is_hidden(response.request()).await => {
            StatusCode::NOT_FOUND
        }
        status => status,
    };
    let is_page =
        response.headers().get(header::CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(b"text/html"));
    if (status.is_client_error() || status.is_server_error()) && !is_page && !is_for_programs(response.request().path())
    {
        let retry = response.headers().get(header::RETRY_AFTER).cloned();
        let request = response.request().clone();
        let refusal = refusal(&texts_after(&request), &response, status);
        let mut page = match way_to_sign_in(&request, status) {
            Some(way) => super::see_other(&way),
            None if status == StatusCode::UNAUTHORIZED && request.method() == Method::POST => {
                ended(&request).await.unwrap_or_else(|_| error_page(&request, status, None))
            }
            None => error_page(&request, status, refusal),
        };
        if let Some(retry) = retry {
            page.headers_mut().insert(header::RETRY_AFTER, retry);
        }
        response = ServiceResponse::new(request, page);
    }
    let app = response.request().app_data::<web::Data<App>>().cloned();
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, value);
    }
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY)
        && let Some(app) = app
        && let Ok(policy) = HeaderValue::from_str(&content_security_policy(&app, ""))
    {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    Ok(response)
}

/// Whether there is no such page for whoever asks: those of moderators, for others.
async fn is_hidden(request: &HttpRequest) -> bool {
    if !request.path().starts_with("/admin") {
        return false;
    }
    let visitor = Visitor::from_request(request, &mut Payload::None).await;
    !visitor.is_ok_and(|visitor| visitor.person.is_some_and(|(_, user)| user.rank() > 0))
}

/// A page that is for those who are signed in leads there, and back.
fn way_to_sign_in(request: &HttpRequest, status: StatusCode) -> Option<String> {
    if status != StatusCode::UNAUTHORIZED || request.method() != Method::GET {
        return None;
    }
    let path = request.uri().path_and_query()?.as_str();
    let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("return_to", path).finish();
    Some(format!("/auth/sign_in?{query}"))
}

/// What a form leads to that only those who are signed in can send.
async fn ended(request: &HttpRequest) -> Result<HttpResponse> {
    let visitor = Visitor::from_request(request, &mut Payload::None).await?;
    let before = sign_in::page_before(&visitor.app, request).unwrap_or_default();
    sign_in::ended(visitor, &before, None)
}

/// Programs get their errors as JSON, also for addresses that there are not.
fn is_for_programs(path: &str) -> bool {
    path == "/api"
        || path.starts_with("/api/")
        || path.starts_with("/.well-known/")
        || path == "/oauth/token"
        || path == "/oauth/revoke"
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    frame: Frame,
    heading: String,
    advice: String,
}

/// Why it was refused, of what people can be told; not of what is hidden from them.
fn refusal(t: &Texts, response: &ServiceResponse<BoxBody>, status: StatusCode) -> Option<String> {
    let error = response.response().error()?.as_error::<Error>().filter(|error| status_code(error) == status)?;
    match error {
        Error::Invalid { why, .. } | Error::Forbidden(why) | Error::Conflict(why) | Error::TooLarge(why) => {
            t.known_why(why)
        }
        _ => None,
    }
}

fn words(t: &Texts, status: StatusCode, is_known: bool) -> (String, String) {
    match status.as_u16() {
        404 | 405 if is_known => (t.say("error-not-found"), t.say("error-not-found-known")),
        404 | 405 => (t.say("error-not-found"), t.say("error-not-found-advice")),
        401 | 403 => (t.say("error-forbidden"), t.say("error-forbidden-advice")),
        410 => (t.say("error-gone"), t.say("error-gone-advice")),
        400..=428 => (t.say("error-form"), t.say("error-form-advice")),
        429 => (t.say("error-limited"), t.say("error-limited-advice")),
        503 => (t.say("error-unavailable"), t.say("error-unavailable-advice")),
        _ => (t.say("error-internal"), t.say("error-internal-advice")),
    }
}

fn error_page(request: &HttpRequest, status: StatusCode, refusal: Option<String>) -> HttpResponse {
    let (texts, looking) = (texts_after(request), looking_after(request));
    let (heading, advice) = words(&texts, status, looking.person.is_some());
    let advice = refusal.unwrap_or(advice);
    let mut builder = HttpResponseBuilder::new(status);
    builder.insert_header((header::CACHE_CONTROL, "no-store"));
    builder.insert_header((header::VARY, "Accept-Language, Cookie"));
    let body = request.app_data::<web::Data<App>>().and_then(|app| {
        let frame = Frame::around(app, texts, heading.clone(), looking);
        ErrorPage { frame, heading: heading.clone(), advice }.render().ok()
    });
    match body {
        Some(body) => builder.content_type("text/html; charset=utf-8").body(body),
        None => builder.body(heading),
    }
}
