//! Middleware that makes requests what handlers expect, before it is decided which handler that is.

use actix_web::ResponseError;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next;

use super::params::{NUL, has_encoded_nul};
use crate::base::Error;

/// A HEAD is a GET whose body the server leaves out (RFC 9110, section 9.3.2). An address with a NUL in it is nobody's: the
/// database cannot hold one.
pub async fn prepare<B: MessageBody + 'static>(
    mut incoming: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    if incoming.method() == Method::HEAD {
        incoming.head_mut().method = Method::GET;
    }
    let address = incoming.uri().path_and_query().map_or("", |address| address.as_str());
    if has_encoded_nul(address.as_bytes()) {
        let refusal = Error::Malformed(NUL.into()).error_response();
        return Ok(incoming.into_response(refusal));
    }
    Ok(next.call(incoming).await?.map_into_boxed_body())
}
