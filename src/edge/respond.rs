//! Answers of the client API: JSON, pages with a `Link` header, and errors as Mastodon words them.

use std::borrow::Cow;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, ResponseError};
use serde::Serialize;
use serde_json::json;

use crate::app::App;
use crate::base::page::link_header;
use crate::base::{Error, Result};

/// A 200 with JSON.
pub fn ok<T: Serialize>(value: &T) -> HttpResponse {
    HttpResponse::Ok().json(value)
}

/// JSON that is already written.
pub fn written(body: impl Into<Bytes>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, HeaderValue::from_static("application/json")))
        .body(body.into())
}

/// A list with `Link` to the next and the previous page. `url` is the list's own address (`App::origin` and the path, with
/// the parameters that are not about paging); `ids` are those by which it is paged.
pub fn page(body: String, url: &str, ids: impl Iterator<Item = i64>, limit: i64) -> HttpResponse {
    linked(body, link_header(url, ids, limit))
}

/// A list with the `Link` header that it has.
pub fn linked(body: impl Into<Bytes>, link: Option<String>) -> HttpResponse {
    let mut response = written(body);
    if let Some(link) = link.and_then(|link| HeaderValue::try_from(link).ok()) {
        response.headers_mut().insert(header::LINK, link);
    }
    response
}

/// The origin by which this instance was called: its own (`https://acme.com`). In loopback mode it has more names than its
/// own (`http://localhost:7001`), and programs that don't know `*.localhost` can use no other.
pub fn called_origin<'a>(app: &'a App, request: &HttpRequest) -> Cow<'a, str> {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    match host.filter(|_| app.config.federation.loopback) {
        Some(host) => Cow::Owned(format!("http://{host}")),
        None => Cow::Borrowed(app.origin.as_str()),
    }
}

/// The status code for an error.
pub fn status_code(error: &Error) -> StatusCode {
    match error {
        Error::NotFound(_) => StatusCode::NOT_FOUND,
        Error::Invalid { .. } | Error::Conflict(_) | Error::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Error::Malformed(_) => StatusCode::BAD_REQUEST,
        Error::Unauthenticated(_) => StatusCode::UNAUTHORIZED,
        Error::Forbidden(_) => StatusCode::FORBIDDEN,
        Error::Gone(_) => StatusCode::GONE,
        Error::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
        Error::Limited { .. } => StatusCode::TOO_MANY_REQUESTS,
        Error::Remote(_) | Error::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// `{"error": …}`, whose text clients show to people.
impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        status_code(self)
    }

    fn error_response(&self) -> HttpResponse {
        if let Self::Internal(cause) = self {
            tracing::error!(%cause, "a request failed");
        }
        let mut builder = HttpResponseBuilder::new(status_code(self));
        match self {
            Self::Limited { retry_after_seconds } => {
                builder.insert_header((header::RETRY_AFTER, retry_after_seconds.to_string()));
            }
            Self::Unauthenticated(_) => {
                builder.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
            }
            _ => {}
        }
        builder.json(json!({"error": self.to_string()}))
    }
}

/// For handlers: an answer, or an error in Mastodon's words.
pub type Answer = Result<HttpResponse>;
