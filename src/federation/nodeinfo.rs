//! NodeInfo 2.0 and 2.1 (FEP-0151): what this server is. How much happens on it is left out, which the FEP allows.

use std::sync::{Mutex, PoisonError};

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use crate::accounts::store;
use crate::app::App;
use crate::base::{Error, Result};
use crate::edge::respond::{Answer, called_origin};

/// Counting people is a walk over a table, so it is done this often.
const FRESH: TimeDelta = TimeDelta::hours(1);

#[derive(Default)]
struct Counted(Mutex<Option<(DateTime<Utc>, i64, i64)>>);

/// People of this instance: in all, and active within half a year. Counted once an hour.
pub async fn people(app: &App) -> Result<(i64, i64)> {
    let counted = app.slot::<Counted>();
    let known = *counted.0.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((at, all, active)) = known
        && app.now() - at < FRESH
    {
        return Ok((all, active));
    }
    let mut conn = app.db.get().await?;
    let (all, active) = store::count_people(&mut conn, app.now() - TimeDelta::days(180)).await?;
    *counted.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((app.now(), all, active));
    Ok((all, active))
}

/// GET /.well-known/nodeinfo
pub async fn discovery(app: web::Data<App>, request: HttpRequest) -> Answer {
    let origin = called_origin(&app, &request);
    let link = |version: &str| {
        json!({
            "rel": format!("http://nodeinfo.diaspora.software/ns/schema/{version}"),
            "href": format!("{origin}/nodeinfo/{version}"),
        })
    };
    let application =
        json!({"rel": "https://www.w3.org/ns/activitystreams#Application", "href": format!("{}/actor", app.origin)});
    Ok(HttpResponse::Ok().json(json!({"links": [link("2.0"), link("2.1"), application]})))
}

/// GET /nodeinfo/2.0 and /nodeinfo/2.1
pub async fn nodeinfo(app: web::Data<App>, version: web::Path<String>) -> Answer {
    let version = version.into_inner();
    if !["2.0", "2.1"].contains(&version.as_str()) {
        return Err(Error::NotFound("This version of NodeInfo"));
    }
    let (all, active) = people(&app).await?;
    let settings = app.settings();
    let mut software = json!({"name": "pollen", "version": env!("CARGO_PKG_VERSION")});
    if version == "2.1" {
        software = json!({
            "name": "pollen",
            "version": env!("CARGO_PKG_VERSION"),
            "repository": app.config.instance.source_url,
        });
    }
    let body = json!({
        "version": version,
        "software": software,
        "protocols": ["activitypub"],
        "services": {"inbound": [], "outbound": []},
        "openRegistrations": settings.registrations.takes_strangers(),
        "usage": {"users": {"total": all, "activeHalfyear": active}},
        "metadata": {
            "nodeName": settings.title,
            "nodeDescription": settings.description,
            "sourceCode": app.config.instance.source_url,
            // By this clients know (megalodon, for one) whose API they can speak with a program they have never heard of.
            "upstream": {"name": "mastodon"},
        },
    });
    let kind =
        format!("application/json; profile=\"http://nodeinfo.diaspora.software/ns/schema/{version}#\"; charset=utf-8");
    Ok(HttpResponse::Ok().insert_header(("content-type", kind)).body(body.to_string()))
}
