//! /admin/accounts: the people and groups that are known here.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::Staffer;
use crate::accounts::{self, Account, User};
use crate::app::App;
use crate::base::Result;
use crate::base::handle::normalise_domain;
use crate::base::id::AccountId;
use crate::base::page::PageQuery;
use crate::db::Conn;
use crate::moderation::store::{self, AccountFilter, State};
use crate::web::frame::Frame;
use crate::web::settings::Menu;
use crate::web::settings::form::{Choice, choices};
use crate::web::texts::Texts;

pub const PATH: &str = "/admin/accounts";
const ON_PAGE: i64 = 50;

/// An account in a list.
pub struct Row {
    pub id: AccountId,
    pub name: String,
    pub handle: String,
    /// How it stands, in words.
    pub states: Vec<String>,
    /// Why somebody wants to join.
    pub reason: String,
}

fn states(t: &Texts, account: &Account, user: Option<&User>) -> Vec<String> {
    let mut words = Vec::new();
    if account.is_group() {
        words.push(t.say("person-group"));
    }
    match user.map(|user| user.role.as_str()) {
        Some("moderator") => words.push(t.say("admin-role-moderator")),
        Some("admin") => words.push(t.say("admin-role-admin")),
        Some("owner") => words.push(t.say("admin-role-owner")),
        _ => {}
    }
    for (holds, word) in [
        (user.is_some_and(|user| user.approved_at.is_none()), t.say("admin-state-pending")),
        (user.is_some_and(|user| user.disabled_at.is_some()), t.say("admin-state-disabled")),
        (account.sensitized_at.is_some(), t.say("admin-state-sensitized")),
        (account.silenced_at.is_some(), t.say("admin-state-silenced")),
        (account.is_suspended(), t.say("admin-state-suspended")),
    ] {
        if holds {
            words.push(word);
        }
    }
    words
}

/// An account, as lists show it.
pub fn row(app: &App, t: &Texts, account: &Account, user: Option<&User>) -> Row {
    let name = if account.display_name.trim().is_empty() { &account.username } else { &account.display_name };
    let waits = user.filter(|user| user.approved_at.is_none());
    Row {
        id: account.id,
        name: name.clone(),
        handle: format!("@{}", account.full_handle(&app.config.instance.domain)),
        states: states(t, account, user),
        reason: waits.and_then(|user| user.registration_reason.clone()).unwrap_or_default(),
    }
}

/// Accounts of a list, in its order.
pub async fn rows(app: &App, conn: &mut Conn, t: &Texts, ids: &[AccountId]) -> Result<Vec<Row>> {
    let known = accounts::store::list_accounts(conn, ids).await?;
    let users = store::list_users(conn, ids).await?;
    let found = ids.iter().filter_map(|id| known.iter().find(|account| account.id == *id));
    Ok(found.map(|account| row(app, t, account, users.iter().find(|user| user.account_id == account.id))).collect())
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    /// A name, an address or a domain.
    q: String,
    origin: String,
    state: String,
    #[serde(flatten)]
    page: PageQuery,
}

#[derive(Template)]
#[template(path = "admin/accounts.html")]
struct ListPage {
    frame: Frame,
    menu: Menu,
    accounts: Vec<Row>,
    q: String,
    origins: Vec<Choice>,
    states: Vec<Choice>,
    older: Option<String>,
}

fn filter(wanted: &Wanted) -> AccountFilter {
    let mut filter = AccountFilter {
        local: match wanted.origin.as_str() {
            "remote" => Some(false),
            "all" => None,
            _ => Some(true),
        },
        state: match wanted.state.as_str() {
            "active" => Some(State::Active),
            "pending" => Some(State::Pending),
            "disabled" => Some(State::Disabled),
            "silenced" => Some(State::Silenced),
            "suspended" => Some(State::Suspended),
            _ => None,
        },
        staff: wanted.state == "staff",
        ..AccountFilter::default()
    };
    // One field finds by name, by address, or all of a server.
    let sought = wanted.q.trim();
    let name = sought.trim_start_matches('@');
    match name.split_once('@') {
        _ if name.is_empty() => {}
        Some((user, domain)) if sought.starts_with('@') => {
            filter.username = Some(user.to_owned());
            filter.domain = normalise_domain(domain);
            filter.local = None;
        }
        Some(_) => filter.email = Some(name.to_lowercase()),
        None if name.contains('.') => {
            filter.domain = normalise_domain(name);
            filter.local = None;
        }
        None => filter.username = Some(name.to_owned()),
    }
    filter
}

/// GET /admin/accounts
pub async fn list(staff: Staffer, request: HttpRequest, wanted: web::Query<Wanted>) -> Result<HttpResponse> {
    let (app, t, wanted) = (&staff.visitor.app, staff.texts(), wanted.into_inner());
    let page = wanted.page.page(ON_PAGE, ON_PAGE);
    let (accounts, last) = {
        let mut conn = app.db.get().await?;
        let ids = store::list_accounts(&mut conn, &filter(&wanted), page).await?;
        let full = i64::try_from(ids.len()).unwrap_or(0) == page.limit;
        (rows(app, &mut conn, t, &ids).await?, ids.last().copied().filter(|_| full))
    };
    let older = last.map(|last| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("q", &wanted.q).append_pair("origin", &wanted.origin).append_pair("state", &wanted.state);
        format!("{PATH}?{}", query.append_pair("max_id", &last.to_string()).finish())
    });
    let page = ListPage {
        frame: Frame::new(&staff.visitor, t.say("admin-accounts")),
        menu: staff.menu(PATH, &request),
        accounts,
        q: wanted.q,
        origins: choices(
            [
                ("local", t.say("admin-accounts-local")),
                ("remote", t.say("admin-accounts-remote")),
                ("all", t.say("admin-accounts-everywhere")),
            ],
            &wanted.origin,
        ),
        states: choices(
            [
                ("", t.say("admin-accounts-any")),
                ("pending", t.say("admin-state-pending")),
                ("active", t.say("admin-state-active")),
                ("disabled", t.say("admin-state-disabled")),
                ("silenced", t.say("admin-state-silenced")),
                ("suspended", t.say("admin-state-suspended")),
                ("staff", t.say("admin-accounts-staff")),
            ],
            &wanted.state,
        ),
        older,
    };
    staff.visitor.page(StatusCode::OK, &page)
}
