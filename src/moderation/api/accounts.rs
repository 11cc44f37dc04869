//! /api/v1/admin/accounts, /api/v2/admin/accounts (https://docs.joinmastodon.org/methods/admin/accounts/).

use actix_web::web;
use serde::Deserialize;
use serde_json::json;

use super::{ADMIN, MODERATOR, NOT_FOUND, moderator};
use crate::app::App;
use crate::base::handle::normalise_domain;
use crate::base::id::{AccountId, ReportId};
use crate::base::page::PageQuery;
use crate::base::{Error, Result};
use crate::edge::params::{Params, lenient};
use crate::edge::respond::{Answer, ok, page as answer_page};
use crate::invitations;
use crate::moderation::ops::{self, Act, Reason};
use crate::moderation::store::{self, AccountFilter, State};
use crate::moderation::view;
use crate::oauth::extract::Client;

/// People whom one person brought, of whom lists are made.
const MOST_BROUGHT: i64 = 1_000;

/// What v1 and v2 share.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    #[serde(deserialize_with = "lenient::text")]
    username: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    display_name: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    by_domain: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    email: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    ip: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    invited_by: Option<String>,
    #[serde(flatten)]
    page: PageQuery,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct WantedV1 {
    #[serde(deserialize_with = "lenient::boolean")]
    local: Option<bool>,
    #[serde(deserialize_with = "lenient::boolean")]
    remote: Option<bool>,
    #[serde(deserialize_with = "lenient::boolean")]
    active: Option<bool>,
    #[serde(deserialize_with = "lenient::boolean")]
    pending: Option<bool>,
    #[serde(deserialize_with = "lenient::boolean")]
    disabled: Option<bool>,
    #[serde(deserialize_with = "lenient::boolean")]
    sensitized: Option<bool>,
    #[serde(deserialize_with = "lenient::boolean")]
    silenced: Option<bool>,
    #[serde(deserialize_with = "lenient::boolean")]
    suspended: Option<bool>,
    #[serde(deserialize_with = "lenient::boolean")]
    staff: Option<bool>,
    #[serde(flatten)]
    rest: Wanted,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct WantedV2 {
    #[serde(deserialize_with = "lenient::text")]
    origin: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    status: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    permissions: Option<String>,
    #[serde(deserialize_with = "lenient::list")]
    role_ids: Vec<String>,
    #[serde(flatten)]
    rest: Wanted,
}

/// GET /api/v1/admin/accounts
pub async fn list(app: web::Data<App>, client: Client, query: Params<WantedV1>) -> Answer {
    let query = query.0;
    let states = [
        (query.active, State::Active),
        (query.pending, State::Pending),
        (query.disabled, State::Disabled),
        (query.sensitized, State::Sensitized),
        (query.silenced, State::Silenced),
        (query.suspended, State::Suspended),
    ];
    let filter = AccountFilter {
        local: match (query.local, query.remote) {
            (Some(true), Some(true)) | (None | Some(false), None | Some(false)) => None,
            (Some(true), _) => Some(true),
            _ => Some(false),
        },
        state: states.into_iter().find(|(asked, _)| *asked == Some(true)).map(|(_, state)| state),
        staff: query.staff == Some(true),
        ..AccountFilter::default()
    };
    page(&app, &client, "/api/v1/admin/accounts", filter, query.rest).await
}

/// GET /api/v2/admin/accounts
pub async fn list_v2(app: web::Data<App>, client: Client, query: Params<WantedV2>) -> Answer {
    let query = query.0;
    let filled = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let filter = AccountFilter {
        local: match filled(&query.origin).as_deref() {
            None => None,
            Some("local") => Some(true),
            Some("remote") => Some(false),
            Some(_) => return Err(Error::invalid("origin", "must be local or remote")),
        },
        state: match filled(&query.status).as_deref() {
            None => None,
            Some("active") => Some(State::Active),
            Some("pending") => Some(State::Pending),
            Some("disabled") => Some(State::Disabled),
            Some("silenced") => Some(State::Silenced),
            Some("suspended") => Some(State::Suspended),
            Some(_) => {
                return Err(Error::invalid("status", "must be active, pending, disabled, silenced or suspended"));
            }
        },
        staff: query.permissions.as_deref() == Some("staff"),
        roles: query.role_ids.iter().filter_map(|id| role_of(id)).map(str::to_owned).collect(),
        ..AccountFilter::default()
    };
    page(&app, &client, "/api/v2/admin/accounts", filter, query.rest).await
}

fn role_of(id: &str) -> Option<&'static str> {
    Some(match id {
        "-99" => "user",
        "1" => "moderator",
        "2" => "admin",
        "3" => "owner",
        _ => return None,
    })
}

/// The parameters of a page, as they stand in its `Link`; `None` for what only says which page it is.
fn parameters(filter: &AccountFilter, invited_by: Option<&str>, v2: bool) -> String {
    let mut pairs = url::form_urlencoded::Serializer::new(String::new());
    if let Some(inviter) = invited_by {
        pairs.append_pair("invited_by", inviter);
    }
    if let Some(local) = filter.local {
        let name = if local { "local" } else { "remote" };
        if v2 {
            pairs.append_pair("origin", name)
        } else {
            pairs.append_pair(name, "true")
        };
    }
    let state = match filter.state {
        Some(State::Active) => "active",
        Some(State::Pending) => "pending",
        Some(State::Disabled) => "disabled",
        Some(State::Sensitized) => "sensitized",
        Some(State::Silenced) => "silenced",
        Some(State::Suspended) => "suspended",
        None => "",
    };
    if !state.is_empty() {
        if v2 {
            pairs.append_pair("status", state)
        } else {
            pairs.append_pair(state, "true")
        };
    }
    if filter.staff {
        if v2 {
            pairs.append_pair("permissions", "staff")
        } else {
            pairs.append_pair("staff", "true")
        };
    }
    for role in &filter.roles {
        let id = ["-99", "1", "2", "3"].into_iter().find(|id| role_of(id) == Some(role.as_str()));
        pairs.append_pair("role_ids[]", id.unwrap_or_default());
    }
    let texts = [
        ("username", &filter.username),
        ("display_name", &filter.display_name),
        ("by_domain", &filter.domain),
        ("email", &filter.email),
    ];
    for (name, text) in texts {
        if let Some(text) = text {
            pairs.append_pair(name, text);
        }
    }
    pairs.finish()
}

async fn page(app: &App, client: &Client, path: &str, mut filter: AccountFilter, wanted: Wanted) -> Answer {
    moderator(app, client, "admin:read:accounts", MODERATOR).await?;
    let filled = |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    // Nobody's address is kept.
    if filled(wanted.ip).is_some() {
        return Ok(ok(&json!([])));
    }
    let invited_by = filled(wanted.invited_by);
    filter.username = filled(wanted.username).map(|name| name.trim_start_matches('@').to_owned());
    filter.display_name = filled(wanted.display_name);
    filter.email = filled(wanted.email);
    filter.domain = match filled(wanted.by_domain) {
        Some(domain) => {
            Some(normalise_domain(&domain).ok_or_else(|| Error::invalid("by_domain", "is not a valid domain name"))?)
        }
        None => None,
    };
    let page = wanted.page.page(100, 200);
    let mut conn = app.db.get().await?;
    if let Some(inviter) = &invited_by {
        // Who is nobody brought nobody.
        let inviter = inviter.parse().unwrap_or(AccountId(0));
        filter.among = Some(invitations::store::list_brought(&mut conn, inviter, MOST_BROUGHT).await?);
    }
    let ids = store::list_accounts(&mut conn, &filter, page).await?;
    let mut found = view::load_accounts(app, &mut conn, &ids).await?;
    let accounts: Vec<_> = ids.iter().filter_map(|id| found.remove(id)).collect();
    let body = serde_json::to_string(&accounts).map_err(Error::internal)?;
    let parameters = parameters(&filter, invited_by.as_deref(), path.starts_with("/api/v2"));
    let url = format!("{}{path}{}{parameters}", app.origin, if parameters.is_empty() { "" } else { "?" });
    Ok(answer_page(body, &url, ids.iter().map(|id| id.0), page.limit))
}

fn id_in(path: &str) -> Result<AccountId> {
    path.parse().map_err(|_| NOT_FOUND)
}

async fn answer(app: &App, id: AccountId) -> Answer {
    let mut conn = app.db.get().await?;
    let mut found = view::load_accounts(app, &mut conn, &[id]).await?;
    Ok(ok(&found.remove(&id).ok_or(NOT_FOUND)?))
}

/// GET /api/v1/admin/accounts/{id}
pub async fn show(app: web::Data<App>, client: Client, id: web::Path<String>) -> Answer {
    moderator(&app, &client, "admin:read:accounts", MODERATOR).await?;
    answer(&app, id_in(&id)?).await
}

#[derive(Deserialize)]
pub struct ActBody {
    #[serde(default, rename = "type", deserialize_with = "lenient::text")]
    kind: Option<String>,
    #[serde(default, deserialize_with = "lenient::id")]
    report_id: Option<ReportId>,
    #[serde(default, deserialize_with = "lenient::text")]
    text: Option<String>,
    /// Mastodon's name for whether the person is told. There is no e-mail.
    #[serde(default, deserialize_with = "lenient::boolean")]
    send_email_notification: Option<bool>,
}

/// The most that is kept of a moderator's words, in characters.
const MOST_TEXT: usize = 5000;

/// POST /api/v1/admin/accounts/{id}/action
pub async fn act(app: web::Data<App>, client: Client, id: web::Path<String>, body: Params<ActBody>) -> Answer {
    let by = moderator(&app, &client, "admin:write:accounts", MODERATOR).await?;
    let act = Act::parse(body.0.kind.as_deref().unwrap_or("none"))
        .ok_or_else(|| Error::invalid("type", "must be none, sensitive, disable, silence or suspend"))?;
    let text = body.0.text.unwrap_or_default();
    if text.chars().count() > MOST_TEXT {
        return Err(Error::invalid("text", format!("can have at most {MOST_TEXT} characters")));
    }
    let warns = body.0.send_email_notification.unwrap_or(true);
    ops::act(&app, &by, id_in(&id)?, act, Reason { report: body.0.report_id, text, warns }).await?;
    Ok(ok(&json!({})))
}

async fn simply(app: &App, client: &Client, id: &str, act: Act, rank: usize) -> Answer {
    let by = moderator(app, client, "admin:write:accounts", rank).await?;
    let id = id_in(id)?;
    // Of those who go, this is the last that is seen.
    let before = if matches!(act, Act::Reject | Act::Delete) { Some(answer(app, id).await?) } else { None };
    ops::act(app, &by, id, act, Reason::default()).await?;
    match before {
        Some(answer) => Ok(answer),
        None => answer(app, id).await,
    }
}

/// POST /api/v1/admin/accounts/{id}/approve
pub async fn approve(app: web::Data<App>, client: Client, id: web::Path<String>) -> Answer {
    simply(&app, &client, &id, Act::Approve, MODERATOR).await
}

/// POST /api/v1/admin/accounts/{id}/reject
pub async fn reject(app: web::Data<App>, client: Client, id: web::Path<String>) -> Answer {
    simply(&app, &client, &id, Act::Reject, MODERATOR).await
}

/// POST /api/v1/admin/accounts/{id}/enable
pub async fn enable(app: web::Data<App>, client: Client, id: web::Path<String>) -> Answer {
    simply(&app, &client, &id, Act::Enable, MODERATOR).await
}

/// POST /api/v1/admin/accounts/{id}/unsilence
pub async fn unsilence(app: web::Data<App>, client: Client, id: web::Path<String>) -> Answer {
    simply(&app, &client, &id, Act::Unsilence, MODERATOR).await
}

/// POST /api/v1/admin/accounts/{id}/unsuspend
pub async fn unsuspend(app: web::Data<App>, client: Client, id: web::Path<String>) -> Answer {
    simply(&app, &client, &id, Act::Unsuspend, MODERATOR).await
}

/// POST /api/v1/admin/accounts/{id}/unsensitive
pub async fn unsensitive(app: web::Data<App>, client: Client, id: web::Path<String>) -> Answer {
    simply(&app, &client, &id, Act::Unsensitive, MODERATOR).await
}

/// DELETE /api/v1/admin/accounts/{id}: of a suspended account, for good.
pub async fn delete(app: web::Data<App>, client: Client, id: web::Path<String>) -> Answer {
    simply(&app, &client, &id, Act::Delete, ADMIN).await
}
