//! Whom somebody follows, who follows them, whom they keep away: lists that only they see, each with the way back.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::Wrong;
use super::people::{self, PersonView};
use crate::accounts::Account;
use crate::base::handle::normalise_domain;
use crate::base::id::AccountId;
use crate::base::page::{Page, PageQuery};
use crate::base::{Error, Result};
use crate::db::Conn;
use crate::edge::params::Form;
use crate::relationships::store::{self, Side};
use crate::relationships::{Mute, ops};
use crate::web::frame::Frame;
use crate::web::texts::Texts;
use crate::web::visitor::Visitor;

/// People on a page; servers, too.
const PEOPLE: usize = 40;

/// A list of people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tie {
    Following,
    Followers,
    Muted,
    Blocked,
}

impl Tie {
    fn path(self) -> &'static str {
        match self {
            Self::Following => "/following",
            Self::Followers => "/followers",
            Self::Muted => "/muted",
            Self::Blocked => "/blocked",
        }
    }

    /// What the button beside somebody does, as `acts` calls it.
    fn act(self) -> &'static str {
        match self {
            Self::Following => "unfollow",
            Self::Followers => "decline",
            Self::Muted => "unmute",
            Self::Blocked => "unblock",
        }
    }

    /// The button's words, in short and with the name.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Following => ("ties-unfollow", "profile-unfollow"),
            Self::Followers => ("ties-remove", "ties-remove-name"),
            Self::Muted => ("ties-unmute", "profile-unmute"),
            Self::Blocked => ("ties-unblock", "profile-unblock"),
        }
    }

    fn lead(self) -> &'static str {
        match self {
            Self::Following => "ties-following-lead",
            Self::Followers => "ties-followers-lead",
            Self::Muted => "ties-muted-lead",
            Self::Blocked => "ties-blocked-lead",
        }
    }

    fn empty(self) -> &'static str {
        match self {
            Self::Following => "ties-following-none",
            Self::Followers => "ties-followers-none",
            Self::Muted => "ties-muted-none",
            Self::Blocked => "ties-blocked-none",
        }
    }
}

/// The lists, by address and name.
fn tabs(t: &Texts) -> Vec<(&'static str, String)> {
    vec![
        ("/following", t.say("ties-following")),
        ("/followers", t.say("ties-followers")),
        ("/muted", t.say("ties-muted")),
        ("/blocked", t.say("ties-blocked")),
        ("/blocked_servers", t.say("ties-servers")),
    ]
}

#[derive(Template)]
#[template(path = "network/ties.html")]
struct TiesPage {
    frame: Frame,
    tabs: Vec<(&'static str, String)>,
    lead: String,
    empty: String,
    people: Vec<PersonView>,
    act: &'static str,
    said: (&'static str, &'static str),
    /// It cannot be taken back: one is asked first.
    asks: bool,
    older: Option<String>,
}

/// Ids by which the list is paged, with those on it, and until when they are.
async fn list_ids(
    conn: &mut Conn,
    visitor: &Visitor,
    me: &Account,
    tie: Tie,
    page: Page,
) -> Result<Vec<(i64, AccountId, Option<String>)>> {
    Ok(match tie {
        Tie::Following | Tie::Followers => {
            let side = if tie == Tie::Following { Side::Following } else { Side::Followers };
            let rows = store::list_page(conn, me.id, side, page).await?;
            rows.into_iter().map(|(id, account)| (id.0, account.id, None)).collect()
        }
        Tie::Muted => {
            let until = |mute: &Mute| {
                mute.expires_at.map(|at| visitor.texts.with("profile-muted-until", "when", visitor.texts.moment(at)))
            };
            let rows = store::list_mutes(conn, me.id, visitor.app.now(), page).await?;
            rows.into_iter().map(|mute| (mute.id.0, mute.target_account_id, until(&mute))).collect()
        }
        Tie::Blocked => {
            let rows = store::list_blocks(conn, me.id, page).await?;
            rows.into_iter().map(|(id, account)| (id.0, account, None)).collect()
        }
    })
}

fn wanted(query: &PageQuery) -> Page {
    let limit = i64::try_from(PEOPLE).unwrap_or(i64::MAX);
    Page { above: 0, upwards: false, limit: limit + 1, ..query.page(limit, limit) }
}

async fn answer(visitor: &Visitor, tie: Tie, query: &PageQuery) -> Result<HttpResponse> {
    let (app, t, me) = (&visitor.app, &visitor.texts, visitor.me()?);
    let mut conn = app.db.get().await?;
    let mut rows = list_ids(&mut conn, visitor, me, tie, wanted(query)).await?;
    let more = rows.len() > PEOPLE;
    rows.truncate(PEOPLE);
    let ids: Vec<AccountId> = rows.iter().map(|(_, id, _)| *id).collect();
    let mut people = people::load(app, &mut conn, visitor.viewer(), &ids).await?;
    drop(conn);
    let older = rows.last().filter(|_| more).map(|(id, ..)| format!("{}?max_id={id}", tie.path()));
    let mut reasons: HashMap<AccountId, String> =
        rows.into_iter().filter_map(|(_, id, reason)| Some((id, reason?))).collect();
    for person in &mut people {
        person.reason = reasons.remove(&person.id).unwrap_or_default();
    }
    let tabs = tabs(t);
    let title = tabs.iter().find(|(path, _)| *path == tie.path()).map(|(_, words)| words.clone());
    let page = TiesPage {
        frame: Frame::new(visitor, title.unwrap_or_default()),
        tabs,
        lead: t.say(tie.lead()),
        empty: t.say(tie.empty()),
        people,
        act: tie.act(),
        said: tie.words(),
        asks: tie == Tie::Followers,
        older,
    };
    visitor.page(StatusCode::OK, &page)
}

/// GET /following: also those whom one has asked, once they said yes.
pub async fn following(visitor: Visitor, query: web::Query<PageQuery>) -> Result<HttpResponse> {
    answer(&visitor, Tie::Following, &query).await
}

/// GET /followers.
pub async fn followers(visitor: Visitor, query: web::Query<PageQuery>) -> Result<HttpResponse> {
    answer(&visitor, Tie::Followers, &query).await
}

/// GET /muted.
pub async fn muted(visitor: Visitor, query: web::Query<PageQuery>) -> Result<HttpResponse> {
    answer(&visitor, Tie::Muted, &query).await
}

/// GET /blocked.
pub async fn blocked(visitor: Visitor, query: web::Query<PageQuery>) -> Result<HttpResponse> {
    answer(&visitor, Tie::Blocked, &query).await
}

#[derive(Template)]
#[template(path = "network/blocked_servers.html")]
struct ServersPage {
    frame: Frame,
    tabs: Vec<(&'static str, String)>,
    servers: Vec<String>,
    /// What was typed.
    domain: String,
    wrong: Option<Wrong>,
    older: Option<String>,
}

async fn servers_page(
    visitor: &Visitor,
    query: &PageQuery,
    domain: String,
    wrong: Option<Wrong>,
) -> Result<HttpResponse> {
    let (t, me) = (&visitor.texts, visitor.me()?);
    let mut rows = store::list_domain_blocks(&mut *visitor.app.db.get().await?, me.id, wanted(query)).await?;
    let more = rows.len() > PEOPLE;
    rows.truncate(PEOPLE);
    let older = rows.last().filter(|_| more).map(|(id, _)| format!("/blocked_servers?max_id={id}"));
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = ServersPage {
        frame: Frame::new(visitor, t.say("ties-servers")),
        tabs: tabs(t),
        servers: rows.into_iter().map(|(_, domain)| domain).collect(),
        domain,
        wrong,
        older,
    };
    visitor.page(status, &page)
}

/// GET /blocked_servers.
pub async fn servers(visitor: Visitor, query: web::Query<PageQuery>) -> Result<HttpResponse> {
    servers_page(&visitor, &query, String::new(), None).await
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Server {
    token: String,
    domain: String,
}

/// POST /blocked_servers: blocks one.
pub async fn block_server(visitor: Visitor, request: HttpRequest, Form(form): Form<Server>) -> Result<HttpResponse> {
    let me = visitor.me()?.clone();
    visitor.require_own_form(&request, &form.token)?;
    let t = &visitor.texts;
    let typed = form.domain.trim().trim_start_matches('@');
    let refused = match normalise_domain(typed).filter(|domain| domain.contains('.')) {
        None => t.say("ties-server-wrong"),
        Some(domain) => match ops::block_domain(&visitor.app, &me, &domain).await {
            Ok(()) => return Ok(crate::web::see_other("/blocked_servers")),
            Err(Error::Invalid { .. }) => t.say("ties-server-own"),
            Err(error) => return Err(error),
        },
    };
    let wrong = Wrong { field: "domain", why: refused };
    servers_page(&visitor, &PageQuery::default(), form.domain, Some(wrong)).await
}

/// POST /blocked_servers/remove.
pub async fn unblock_server(visitor: Visitor, request: HttpRequest, Form(form): Form<Server>) -> Result<HttpResponse> {
    let me = visitor.me()?.clone();
    visitor.require_own_form(&request, &form.token)?;
    ops::unblock_domain(&visitor.app, &me, &form.domain).await?;
    Ok(crate::web::see_other("/blocked_servers"))
}
