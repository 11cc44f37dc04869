//! Addresses that end in a slash mean those that don't: toot and Mastodon.py write some of theirs so, and Mastodon doesn't
//! mind.

use actix_web::Error;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Uri;
use actix_web::middleware::Next;

/// Addresses of ActivityPub: signatures cover them as they were written, and ids are exact.
const EXACT: [&str; 3] = ["/users/", "/actor", "/inbox"];

/// Middleware: finds the route for an address without its last slash.
pub async fn ignore<B: MessageBody + 'static>(
    mut incoming: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    if let Some(uri) = without_slash(incoming.uri()) {
        incoming.match_info_mut().get_mut().update(&uri);
        incoming.head_mut().uri = uri;
    }
    Ok(next.call(incoming).await?.map_into_boxed_body())
}

/// The same address without a slash at the end of its path; `None` for those that stay as they are.
fn without_slash(uri: &Uri) -> Option<Uri> {
    let path = uri.path().strip_suffix('/').filter(|path| !path.is_empty() && !path.ends_with('/'))?;
    if EXACT.iter().any(|exact| path.starts_with(exact)) {
        return None;
    }
    let mut parts = uri.clone().into_parts();
    let path_and_query = match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    parts.path_and_query = Some(path_and_query.parse().ok()?);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slash_at_the_end_is_ignored() {
        let without = |uri: &str| without_slash(&uri.parse().unwrap()).map(|uri| uri.to_string());
        assert_eq!(without("/api/v2/instance/").as_deref(), Some("/api/v2/instance"));
        assert_eq!(without("/oauth/authorize/?a=1/").as_deref(), Some("/oauth/authorize?a=1/"));
        assert_eq!(without("http://a.test/about/").as_deref(), Some("http://a.test/about"));
        for kept in ["/", "/about", "/about?a=/", "//", "/a//", "/inbox/", "/users/ada/", "/actor/inbox/"] {
            assert_eq!(without(kept), None, "{kept}");
        }
    }
}
