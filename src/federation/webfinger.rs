//! WebFinger (RFC 7033) and host-meta, as we answer them. The documents are activitypub_federation's.

use activitypub_federation::fetch::webfinger::{Webfinger, WebfingerLink};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use url::Url;

use super::object::ACTIVITY_TYPE;
use crate::accounts::{Account, store};
use crate::app::App;
use crate::base::handle::normalise_domain;
use crate::base::{Error, Result};
use crate::edge::respond::Answer;

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
        return Err(Error::NotFound("Account"));
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
