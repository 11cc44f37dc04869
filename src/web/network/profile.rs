//! The page of a person or a group, of this instance or another.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::Wrong;
use super::bond::{self, Bond};
use super::collections::{self, CollectionView};
use super::people::{self, PersonView};
use super::topics::TopicView;
use crate::accounts::{self, Account, ActorType, Field, PictureTexts};
use crate::app::App;
use crate::base::handle::Handle;
use crate::base::id::{AccountId, StatusId};
use crate::base::page::{Page, PageQuery};
use crate::base::visibility::Viewer;
use crate::base::{Error, Result, text};
use crate::db::Conn;
use crate::edge::limits;
use crate::edge::negotiate;
use crate::relationships;
use crate::relationships::store::Side;
use crate::timelines::store::Without;
use crate::web::frame::{Card, Frame};
use crate::web::store;
use crate::web::texts::Texts;
use crate::web::view::{self, Pictures, PostView, Who, page_of};
use crate::web::visitor::Visitor;
use crate::{emojis, pins, tags, timelines};

/// Posts on a page.
pub const POSTS: i64 = 20;

/// Recommended people, and members of a group where they are shown, at most.
const MOST_PEOPLE: i64 = 40;

/// What stands on the first page of a profile only.
#[derive(Default)]
struct Extras {
    topics: Vec<TopicView>,
    recommended: Vec<PersonView>,
    collections: Vec<CollectionView>,
    pinned: Vec<PostView>,
}

#[derive(Template)]
#[template(path = "network/profile.html")]
struct ProfilePage {
    frame: Frame,
    who: Who,
    /// The wide picture.
    header: Option<String>,
    said: PictureTexts,
    /// As one writes it: with the server for somebody elsewhere.
    name: String,
    path: String,
    tab: &'static str,
    note: String,
    /// Names and values, both HTML.
    fields: Vec<(String, String)>,
    joined: String,
    bot: bool,
    /// What they do for the instance, of those who look after it.
    role: Option<String>,
    own: bool,
    local: bool,
    /// Its page where it lives.
    original: String,
    moved: Option<PersonView>,
    bond: Option<Bond>,
    extras: Extras,
    /// Those in a group, where the instance shows such things.
    members: Option<Vec<PersonView>>,
    posts: Vec<PostView>,
    older: Option<String>,
    first: bool,
    /// What was typed into the private note, when it could not be kept.
    typed: Option<String>,
    wrong: Option<Wrong>,
}

impl ProfilePage {
    fn is(&self, tab: &str) -> bool {
        self.tab == tab
    }
}

fn handle(app: &App, name: &str) -> Result<Handle> {
    let handle = Handle::parse(name).map_err(|_| Error::NotFound("Account"))?;
    Ok(handle.relative_to(&app.config.instance.domain))
}

fn checked(account: Option<Account>) -> Result<Account> {
    account
        .filter(|account| !account.is_suspended() && account.actor_type != ActorType::Application.as_str())
        .ok_or(Error::NotFound("Account"))
}

/// A person or group that is known here; the instance's own actor has no page.
pub async fn find(app: &App, name: &str) -> Result<Account> {
    let handle = handle(app, name)?;
    let mut conn = app.db.get().await?;
    let found = match &handle.domain {
        None => accounts::store::find_local(&mut conn, &handle.username).await?,
        Some(domain) => accounts::store::find_remote(&mut conn, &handle.username, domain).await?,
    };
    checked(found)
}

/// As [`find`]; for those who are signed in, somebody elsewhere is looked up on their server, as in searches.
async fn look_up(visitor: &Visitor, request: &HttpRequest, name: &str) -> Result<Account> {
    let handle = handle(&visitor.app, name)?;
    if handle.domain.is_none() || visitor.person.is_none() {
        return find(&visitor.app, name).await;
    }
    limits::look_up(&visitor.app, request, visitor.viewer().0)?;
    checked(Some(accounts::object::resolve_handle(&visitor.app, &handle).await?))
}

#[derive(Template)]
#[template(path = "network/unreachable.html")]
struct UnreachablePage {
    frame: Frame,
    handle: String,
}

/// GET /@NAME.
pub async fn profile(
    visitor: Visitor,
    request: HttpRequest,
    name: web::Path<String>,
    query: web::Query<PageQuery>,
) -> Result<HttpResponse> {
    answer(&visitor, &request, &name, "", &query).await
}

/// GET /@NAME/TAB.
pub async fn tab(
    visitor: Visitor,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    query: web::Query<PageQuery>,
) -> Result<HttpResponse> {
    let (name, tab) = path.into_inner();
    let tab = match tab.as_str() {
        "replies" => "replies",
        "media" => "media",
        "about" => "about",
        _ => "members",
    };
    answer(&visitor, &request, &name, tab, &query).await
}

async fn answer(
    visitor: &Visitor,
    request: &HttpRequest,
    name: &str,
    tab: &'static str,
    query: &PageQuery,
) -> Result<HttpResponse> {
    let account = match look_up(visitor, request, name).await {
        Ok(account) => account,
        Err(Error::Remote(_) | Error::Unavailable(_)) => {
            let t = &visitor.texts;
            let frame = Frame::new(visitor, t.say("unreachable-title"));
            let page = UnreachablePage { frame, handle: format!("@{}", name.trim_start_matches('@')) };
            return visitor.page(StatusCode::NOT_FOUND, &page);
        }
        // What its server says of it cannot be taken.
        Err(Error::Invalid { .. } | Error::Forbidden(_)) => return Err(Error::NotFound("Account")),
        Err(error) => return Err(error),
    };
    if negotiate::wants_activity(request) {
        return Ok(negotiate::see(&account.uri));
    }
    if !account.is_local() && visitor.person.is_none() {
        // Strangers read it where it lives.
        return Ok(HttpResponse::Found().insert_header((header::LOCATION, account.url)).finish());
    }
    let groups_only = matches!(tab, "about" | "members");
    if !tab.is_empty() && account.is_group() != groups_only {
        return Err(Error::NotFound("Page"));
    }
    page(visitor, StatusCode::OK, &account, tab, query, None).await
}

/// The page again, with what was typed into the private note and cannot be kept.
pub async fn page_with_note(visitor: &Visitor, account: &Account, typed: String, wrong: Wrong) -> Result<HttpResponse> {
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    page(visitor, status, account, "", &PageQuery::default(), Some((typed, wrong))).await
}

async fn page(
    visitor: &Visitor,
    status: StatusCode,
    account: &Account,
    tab: &'static str,
    query: &PageQuery,
    typed: Option<(String, Wrong)>,
) -> Result<HttpResponse> {
    let (app, t, viewer) = (&visitor.app, &visitor.texts, visitor.viewer());
    let asked = Page { above: 0, upwards: false, limit: POSTS + 1, ..query.page(POSTS, POSTS) };
    let first = asked.below == i64::MAX;
    let mut conn = app.db.get().await?;
    let mut ids = list_posts(app, &mut conn, viewer, account, tab, asked).await?;
    let more = ids.len() > 20;
    ids.truncate(20);
    let older = ids.last().filter(|_| more).map(|last| format!("?max_id={last}"));
    let mut posts = view::load(app, &mut conn, t, viewer, &ids).await?;
    posts.retain(|post| !is_hidden(post));
    let extras = if tab.is_empty() && first {
        load_extras(visitor, &mut conn, viewer, account).await?
    } else {
        Extras::default()
    };
    let emojis = emojis::view::load(app, &mut conn, [&accounts::entity::named(account)]).await?;
    let members = if tab == "members" { load_members(app, &mut conn, viewer, account).await? } else { None };
    let moved = load_moved(app, &mut conn, viewer, account).await?;
    let said = accounts::store::pictures::find_texts(&mut conn, account.id).await?;
    let bond = bond::load(visitor, &mut conn, account, &posts).await?;
    let role = accounts::store::find_role(&mut conn, account.id).await?;
    drop(conn);
    let who = Who::new(account, app, &emojis);
    let pictures = Pictures::new(&emojis, account.domain.as_deref(), &app.origin);
    let field = |field: Field| (pictures.text(&field.name), pictures.html(&field.value));
    let own = viewer.0 == Some(account.id);
    let (typed, wrong) = typed.unzip();
    let page = ProfilePage {
        frame: frame(visitor, account, &who),
        header: account.header(&app.origin),
        said,
        name: account.acct(),
        path: page_of(account),
        tab,
        note: pictures.html(&account.note),
        fields: account.profile_fields().into_iter().map(field).collect(),
        joined: t.month(account.created_at),
        bot: account.actor_type == ActorType::Service.as_str(),
        role: role.and_then(|role| role_in_words(t, &role)),
        own,
        local: account.is_local(),
        original: account.url.clone(),
        moved,
        bond,
        extras,
        members,
        who,
        posts,
        older,
        first,
        typed,
        wrong,
    };
    visitor.page(status, &page)
}

/// What somebody does for the instance, of those who look after it.
fn role_in_words(t: &Texts, role: &str) -> Option<String> {
    match role {
        "moderator" => Some(t.say("profile-role-moderator")),
        "admin" | "owner" => Some(t.say("profile-role-admin")),
        _ => None,
    }
}

fn frame(visitor: &Visitor, account: &Account, who: &Who) -> Frame {
    let (app, t) = (&visitor.app, &visitor.texts);
    let title = if account.is_group() {
        t.with("group-title", "name", &who.name)
    } else {
        t.with("person-title", "name", &who.name)
    };
    let mut frame = Frame::new(visitor, title);
    if account.is_local() {
        frame.noindex = !account.indexable;
        frame.activity = Some(account.uri.clone());
        frame.card = Some(Card {
            kind: "profile",
            url: account.url.clone(),
            description: text::strip_markup_to_text_line(&account.note, 200),
            image: account.avatar(&app.origin),
        });
    }
    frame
}

async fn list_posts(
    app: &App,
    conn: &mut Conn,
    viewer: Viewer,
    account: &Account,
    tab: &str,
    page: Page,
) -> Result<Vec<StatusId>> {
    let without = match (account.is_group(), tab) {
        (true, "") => {
            return Ok(store::list_of_group(conn, viewer, account.id, page.below, page.limit, app.now()).await?);
        }
        (true, _) => return Ok(Vec::new()),
        (false, "replies") => Without { reblogs: true, ..Without::default() },
        (false, "media") => Without { reblogs: true, text: true, ..Without::default() },
        (false, _) => Without { replies: true, ..Without::default() },
    };
    let rows = timelines::store::account(conn, viewer, account.id, without, page, app.now()).await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Whether the viewer wants no such post on profiles.
fn is_hidden(post: &PostView) -> bool {
    post.filtered.as_ref().is_some_and(|one| one.hides_in("account"))
}

async fn load_extras(visitor: &Visitor, conn: &mut Conn, viewer: Viewer, account: &Account) -> Result<Extras> {
    let app = &visitor.app;
    let featured = tags::store::list_featured(conn, account.id).await?;
    let all = Page { below: i64::MAX, above: 0, upwards: false, limit: MOST_PEOPLE };
    let endorsed = relationships::store::list_endorsements(conn, account.id, all).await?;
    let endorsed: Vec<AccountId> = endorsed.into_iter().map(|(_, id)| id).collect();
    let pinned = pins::store::list_pinned(conn, viewer, account.id).await?;
    let pinned: Vec<StatusId> = pinned.into_iter().map(|row| row.id).collect();
    let mut pinned = view::load(app, conn, &visitor.texts, viewer, &pinned).await?;
    pinned.retain(|post| !is_hidden(post));
    Ok(Extras {
        pinned,
        topics: featured.into_iter().map(|tag| TopicView::new(tag.name)).collect(),
        recommended: people::load(app, conn, viewer, &endorsed).await?,
        collections: collections::load_of(conn, viewer, account).await?,
    })
}

/// Who is in a group is their own business (AUDIENCE rule 8), unless the instance shows counts.
async fn load_members(app: &App, conn: &mut Conn, viewer: Viewer, group: &Account) -> Result<Option<Vec<PersonView>>> {
    if !app.config.culture.show_counts || !group.is_local() {
        return Ok(None);
    }
    let all = Page { below: i64::MAX, above: 0, upwards: false, limit: MOST_PEOPLE };
    let rows = relationships::store::list_page(conn, group.id, Side::Followers, all).await?;
    let ids: Vec<AccountId> = rows.iter().map(|(_, account)| account.id).collect();
    Ok(Some(people::load(app, conn, viewer, &ids).await?))
}

async fn load_moved(app: &App, conn: &mut Conn, viewer: Viewer, account: &Account) -> Result<Option<PersonView>> {
    let Some(uri) = &account.moved_to_uri else { return Ok(None) };
    let Some(target) = accounts::store::find_by_uri(conn, uri).await? else { return Ok(None) };
    Ok(people::load(app, conn, viewer, &[target.id]).await?.pop())
}
