//! WebFinger (RFC 7033), both ways, and host-meta. The documents are activitypub_federation's.

use activitypub_federation::fetch::webfinger::{Webfinger, WebfingerLink};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use url::Url;

use crate::accounts::{Account, store};
use crate::app::App;
use crate::base::activitystreams as read;
use crate::base::handle::{Handle, normalise_domain};
use crate::base::{Error, Result};
use crate::edge::respond::Answer;
use crate::net::fetch::Fetcher;

const ACTIVITY_TYPE: &str = "application/activity+json";

/// What a lookup found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub actor_uri: String,
    /// The domain of the handle that the server itself uses.
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
    parse(&fetched.body, domain)
}

/// Reads an answer (JRD, RFC 7033 §4.4).
fn parse(body: &[u8], domain: &str) -> Result<Found> {
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
    let domain = subject.and_then(|handle| handle.domain).unwrap_or_else(|| domain.to_owned());
    Ok(Found { actor_uri: actor.to_string(), domain })
}

#[derive(Deserialize)]
pub struct Query {
    resource: Option<String>,
}

/// GET /.well-known/webfinger
pub async fn webfinger(app: web::Data<App>, query: web::Query<Query>) -> Answer {
    let resource = query.into_inner().resource.unwrap_or_default();
    if resource.is_empty() {
        return Err(Error::Malformed("the parameter resource is missing".into()));
    }
    let account = find(&app, &resource).await?.ok_or(Error::NotFound("Account"))?;
    if account.is_suspended() {
        return Err(Error::Gone("Account"));
    }
    let body = serde_json::to_string(&describe(&account, &app.config.instance.domain)).map_err(Error::internal)?;
    Ok(HttpResponse::Ok()
        .insert_header(("content-type", "application/jrd+json; charset=utf-8"))
        .insert_header(("access-control-allow-origin", "*"))
        .insert_header(("cache-control", "max-age=600"))
        .body(body))
}

/// The account of a resource: `acct:name@our.domain`, or the address of an actor or its page.
async fn find(app: &App, resource: &str) -> Result<Option<Account>> {
    let own = &app.config.instance.domain;
    let mut conn = app.db.get().await?;
    if resource.starts_with("http://") || resource.starts_with("https://") {
        let Some(path) = resource.strip_prefix(&app.origin) else { return Ok(None) };
        let uri = match path.strip_prefix("/@") {
            Some(name) => format!("{}/users/{name}", app.origin),
            None => resource.to_owned(),
        };
        return Ok(store::find_by_uri(&mut conn, &uri).await?.filter(Account::is_local));
    }
    let address = resource.strip_prefix("acct:").unwrap_or(resource).trim_start_matches('@');
    let (name, domain) = address.rsplit_once('@').ok_or_else(|| {
        Error::Malformed("the parameter resource must be acct:name@domain, or a URL of this server".into())
    })?;
    if normalise_domain(domain).as_deref() != Some(own.as_str()) {
        return Ok(None);
    }
    if name == own {
        return Ok(store::find_by_uri(&mut conn, &format!("{}/actor", app.origin)).await?);
    }
    Ok(store::find_local(&mut conn, name).await?)
}

fn describe(account: &Account, own_domain: &str) -> Webfinger {
    let link = |rel: &str, kind: &str, href: &str| WebfingerLink {
        rel: Some(rel.to_owned()),
        kind: Some(kind.to_owned()),
        href: Url::parse(href).ok(),
        template: None,
        properties: Default::default(),
    };
    Webfinger {
        subject: format!("acct:{}", account.full_handle(own_domain)),
        aliases: [&account.url, &account.uri].into_iter().filter_map(|url| Url::parse(url).ok()).collect(),
        links: vec![
            link("http://webfinger.net/rel/profile-page", "text/html", &account.url),
            link("self", ACTIVITY_TYPE, &account.uri),
        ],
        properties: Default::default(),
    }
}

/// GET /.well-known/host-meta (RFC 6415), as XRD or JSON.
pub async fn host_meta(app: web::Data<App>, request: HttpRequest) -> Answer {
    let template = format!("{}/.well-known/webfinger?resource={{uri}}", app.origin);
    let accept = request.headers().get("accept").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if request.path().ends_with(".json") || accept.contains("json") {
        return Ok(HttpResponse::Ok().json(serde_json::json!({
            "links": [{"rel": "lrdd", "type": "application/jrd+json", "template": template}]
        })));
    }
    Ok(HttpResponse::Ok().insert_header(("content-type", "application/xrd+xml; charset=utf-8")).body(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<XRD xmlns=\"http://docs.oasis-open.org/ns/xri/xrd-1.0\">\n  \
         <Link rel=\"lrdd\" template=\"{}\"/>\n</XRD>\n",
        crate::base::text::escape_html(&template)
    )))
}

/// Whether a host is ours; for callers that read addresses.
pub fn is_own(app: &App, uri: &str) -> bool {
    read::host(uri).as_deref() == Some(app.config.instance.domain.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read() {
        let answer = br#"{"subject":"acct:Ben@Social.Example","aliases":["https://m.example/@ben"],"links":[
            {"rel":"http://webfinger.net/rel/profile-page","type":"text/html","href":"https://m.example/@ben"},
            {"rel":"self","type":"application/activity+json","href":"https://m.example/users/ben"},
            {"rel":"http://ostatus.org/schema/1.0/subscribe","template":"https://m.example/authorize_interaction?uri={uri}"}]}"#;
        let found = parse(answer, "m.example").unwrap();
        assert_eq!(found.actor_uri, "https://m.example/users/ben");
        assert_eq!(found.domain, "social.example");
        assert!(parse(br#"{"subject":"acct:a@b","links":[]}"#, "b").is_err());
        assert!(parse(b"<html>", "b").is_err());
    }
}
