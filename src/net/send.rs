//! Sends a request, on a connection that may have been closed a moment ago.

use std::error::Error;
use std::io::{self, ErrorKind};

use reqwest::{RequestBuilder, Response};

/// Sends a request, and once more when its connection was closed before a word of an answer came. Servers close connections that are
/// idle, many after five seconds, and what is sent just then is lost, while its sender cannot know whether it was read (RFC 9112,
/// section 9.3.1). All that Pollen sends may arrive twice: what it gets, and activities, which have ids.
pub async fn send(request: RequestBuilder) -> Result<Response, reqwest::Error> {
    let again = request.try_clone();
    match (request.send().await, again) {
        (Err(error), Some(again)) if is_cut_off(&error) => again.send().await,
        (sent, _) => sent,
    }
}

/// Whether a connection that stood was closed before it brought an answer. With TLS, a close without notice is an error of its own.
fn is_cut_off(error: &reqwest::Error) -> bool {
    if error.is_connect() || error.is_timeout() {
        return false;
    }
    let mut cause = error.source();
    while let Some(error) = cause {
        if error.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_incomplete_message) {
            return true;
        }
        if let Some(error) = error.downcast_ref::<io::Error>() {
            use ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
            return matches!(error.kind(), BrokenPipe | ConnectionAborted | ConnectionReset | UnexpectedEof);
        }
        cause = error.source();
    }
    false
}
