//! Authorized fetch: where those who run the instance want it, what other servers read here is for those who sign for it.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::{ResponseError, web};

use super::{is_activity_type, verify_get};
use crate::app::App;
use crate::base::Error;

const UNSIGNED: &str =
    "This server answers to signed requests alone: sign the request with HTTP Signatures (authorized fetch)";

/// Middleware: lets ActivityPub documents go to whoever signed for them alone, with `federation.authorized_fetch`. Pages, WebFinger and
/// NodeInfo are none. By what the answer is, and not by where it is from, so that no route can be forgotten.
pub async fn require<B: MessageBody + 'static>(
    incoming: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let app = incoming.app_data::<web::Data<App>>().cloned();
    let app = app.filter(|app| app.config.federation.authorized_fetch && !is_for_everyone(incoming.path()));
    let response = next.call(incoming).await?.map_into_boxed_body();
    let Some(app) = app.filter(|_| is_activity_type(response.headers())) else { return Ok(response) };
    let refused = match verify_get(&app, response.request()).await {
        Ok(Some(_)) => return Ok(response),
        Ok(None) => Error::Unauthenticated(UNSIGNED.into()),
        Err(error) => error,
    };
    let mut answer = refused.error_response();
    answer.headers_mut().insert(header::VARY, header::HeaderValue::from_static("Accept, Signature"));
    Ok(response.into_response(answer))
}

/// The instance's own actor: by its key we sign what we ask of others. Two servers that want signatures could not look up each other's,
/// and each would wait for the other.
fn is_for_everyone(path: &str) -> bool {
    path == "/actor" || path.starts_with("/actor/")
}
