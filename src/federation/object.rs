//! Asks other servers who a handle is: WebFinger (RFC 7033). The documents are activitypub_federation's; `webfinger` answers
//! the same questions of others.

use activitypub_federation::fetch::webfinger::{Webfinger, WebfingerLink};
use url::Url;

use crate::app::App;
use crate::base::handle::Handle;
use crate::base::{Error, Result};
use crate::net::fetch::Fetcher;

/// How actors are linked to.
pub const ACTIVITY_TYPE: &str = "application/activity+json";

/// What a lookup found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub actor_uri: String,
    /// The handle that the server itself uses.
    pub username: String,
    pub domain: String,
}

/// Asks a domain for one of its names. Where it answers with a handle on another domain, that one is asked too, and both
/// must name the same actor.
pub async fn look_up(app: &App, username: &str, domain: &str) -> Result<Found> {
    let first = ask(app, username, domain).await?;
    if first.domain == domain {
        return Ok(first);
    }
    let second = ask(app, username, &first.domain).await?;
    if second.actor_uri != first.actor_uri || second.domain != first.domain {
        return Err(Error::invalid("account", "its two servers disagree on who it is"));
    }
    Ok(second)
}

async fn ask(app: &App, username: &str, domain: &str) -> Result<Found> {
    let scheme = if app.config.federation.loopback { "http" } else { "https" };
    let mut url = Url::parse(&format!("{scheme}://{domain}/.well-known/webfinger"))
        .map_err(|_| Error::invalid("account", "has no domain that can be asked"))?;
    url.query_pairs_mut().append_pair("resource", &format!("acct:{username}@{domain}"));
    let accept = "application/jrd+json, application/json";
    let fetched = app.get::<Fetcher>()?.get(&url, accept, &|_| Vec::new()).await?;
    parse(&fetched.body, username, domain)
}

/// Reads an answer (JRD, RFC 7033 §4.4) to the question who this name on this domain is.
///
/// # Errors
/// When it is no such document, or names no actor.
pub fn parse(body: &[u8], username: &str, domain: &str) -> Result<Found> {
    let unusable = || Error::invalid("account", "the other server's WebFinger answer cannot be used");
    let found: Webfinger = serde_json::from_slice(body).map_err(|_| unusable())?;
    let is_actor = |link: &&WebfingerLink| {
        link.rel.as_deref() == Some("self")
            && link.kind.as_deref().is_some_and(|kind| {
                kind == ACTIVITY_TYPE || kind.starts_with("application/ld+json") && kind.contains("activitystreams")
            })
    };
    let actor = found.links.iter().find(is_actor).and_then(|link| link.href.as_ref()).ok_or_else(unusable)?;
    let subject: Option<Handle> = found.subject.parse().ok();
    let (username, domain) = match subject {
        Some(Handle { username, domain: Some(domain) }) => (username, domain),
        _ => (username.to_owned(), domain.to_owned()),
    };
    Ok(Found { actor_uri: actor.to_string(), username, domain })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// F4
    #[test]
    fn answers_are_read() {
        let answer = br#"{"subject":"acct:Ben@Social.Example","aliases":["https://m.example/@ben"],"links":[
            {"rel":"http://webfinger.net/rel/profile-page","type":"text/html","href":"https://m.example/@ben"},
            {"rel":"self","type":"application/activity+json","href":"https://m.example/users/ben"},
            {"rel":"http://ostatus.org/schema/1.0/subscribe","template":"https://m.example/authorize_interaction?uri={uri}"}]}"#;
        let found = parse(answer, "ben", "m.example").unwrap();
        assert_eq!(found.actor_uri, "https://m.example/users/ben");
        assert_eq!((found.username.as_str(), found.domain.as_str()), ("Ben", "social.example"));
        assert!(parse(br#"{"subject":"acct:a@b","links":[]}"#, "a", "b").is_err());
        assert!(parse(b"<html>", "a", "b").is_err());
    }
}
