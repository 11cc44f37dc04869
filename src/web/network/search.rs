//! Search: people, posts and topics in one form. An address or a handle is looked up where it lives, for those who are signed in.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::collections::CollectionView;
use super::people::{self, PersonView};
use super::topics::TopicView;
use crate::base::id::{AccountId, CollectionId, StatusId};
use crate::base::page::Page;
use crate::base::visibility::Viewer;
use crate::base::{Error, Result};
use crate::db::Conn;
use crate::edge::limits;
use crate::search::{Asked, Found, Wants, object};
use crate::web::frame::Frame;
use crate::web::view::{self, PostView};
use crate::web::visitor::Visitor;
use crate::{accounts, collections, statuses};

/// Results of one kind on a page.
const RESULTS: i64 = 20;

/// How far one can turn pages.
const MOST_OFFSET: i64 = 2_000;

/// Letters that are looked for.
const MOST_LETTERS: usize = 500;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Query {
    q: String,
    /// people, posts, topics; else all.
    kind: String,
    offset: Option<i64>,
}

#[derive(Default)]
struct Shown {
    people: Vec<PersonView>,
    posts: Vec<PostView>,
    topics: Vec<TopicView>,
    collections: Vec<CollectionView>,
}

#[derive(Template)]
#[template(path = "network/search.html")]
struct SearchPage {
    frame: Frame,
    q: String,
    kind: &'static str,
    /// The address of the same search, for the others of its pages: kind and offset are added.
    address: String,
    shown: Shown,
    problem: Option<String>,
    /// The address of the next page, when one kind is looked for.
    more: Option<String>,
    /// It is an address or a name elsewhere, and nothing is there.
    unresolved: bool,
}

impl SearchPage {
    fn is_empty(&self) -> bool {
        let Shown { people, posts, topics, collections } = &self.shown;
        people.is_empty() && posts.is_empty() && topics.is_empty() && collections.is_empty()
    }
}

/// GET /search.
pub async fn search(visitor: Visitor, request: HttpRequest, query: web::Query<Query>) -> Result<HttpResponse> {
    let query = query.into_inner();
    let q: String = query.q.trim().chars().take(MOST_LETTERS).filter(|c| *c != '\0').collect();
    let kind = match query.kind.as_str() {
        "people" => "people",
        "posts" => "posts",
        "topics" => "topics",
        _ => "",
    };
    let signed_in = visitor.person.is_some();
    // Turning pages is for those who are signed in, as for clients.
    let offset = query.offset.filter(|_| signed_in && !kind.is_empty()).unwrap_or(0).clamp(0, MOST_OFFSET);
    let mut frame = Frame::new(&visitor, visitor.texts.say("search-title"));
    frame.noindex = true;
    let address =
        format!("/search?{}", url::form_urlencoded::Serializer::new(String::new()).append_pair("q", &q).finish());
    let is_named = q.starts_with("https://") || q.starts_with("http://") || q.trim_start_matches('@').contains('@');
    let mut page =
        SearchPage { frame, kind, address, shown: Shown::default(), problem: None, more: None, unresolved: false, q };
    if page.q.is_empty() {
        return visitor.page(StatusCode::OK, &page);
    }
    limits::look_up(&visitor.app, &request, visitor.viewer().0)?;
    match find(&visitor, &page.q, kind, offset).await {
        Ok((shown, full, cut_short)) => {
            page.shown = shown;
            page.problem = cut_short.then(|| visitor.texts.say("search-too-long"));
            let next = offset + RESULTS;
            let turns = full && signed_in && !kind.is_empty() && next <= MOST_OFFSET;
            page.more = turns.then(|| format!("{}&kind={kind}&offset={next}", page.address));
            page.unresolved = is_named && page.is_empty();
            visitor.page(StatusCode::OK, &page)
        }
        // The words stand in too many posts.
        Err(Error::Unavailable(_)) => {
            page.problem = Some(visitor.texts.say("search-too-long"));
            visitor.page(StatusCode::SERVICE_UNAVAILABLE, &page)
        }
        Err(error) => Err(error),
    }
}

/// What is shown, whether a page is full, and whether posts were not looked for to the end.
async fn find(visitor: &Visitor, q: &str, kind: &str, offset: i64) -> Result<(Shown, bool, bool)> {
    let (app, viewer) = (&visitor.app, visitor.viewer());
    let wants = |one: &str| kind.is_empty() || kind == one;
    let asked = Asked {
        text: q,
        wants: Wants {
            accounts: wants("people"),
            statuses: wants("posts"),
            hashtags: wants("topics"),
            collections: wants("people"),
        },
        resolve: visitor.person.is_some(),
        following: false,
        author: None,
        page: Page { below: i64::MAX, above: 0, upwards: false, limit: RESULTS },
        offset,
    };
    let found = object::find(app, viewer, &asked).await?;
    let most = usize::try_from(RESULTS).unwrap_or(usize::MAX);
    let full = [found.accounts.len(), found.statuses.len(), found.tags.len()].into_iter().any(|len| len >= most);
    let cut_short = found.cut_short;
    let mut conn = app.db.get().await?;
    Ok((show(visitor, &mut conn, viewer, found).await?, full, cut_short))
}

async fn show(visitor: &Visitor, conn: &mut Conn, viewer: Viewer, found: Found) -> Result<Shown> {
    let app = &visitor.app;
    let mut posts: Vec<StatusId> = found.statuses.iter().map(|row| row.id).collect();
    // What is found by its address has not passed the rule yet.
    let visible = statuses::store::list_visible(conn, viewer, &posts).await?;
    posts.retain(|id| visible.contains(id));
    Ok(Shown {
        people: people::load(app, conn, viewer, &found.accounts).await?,
        posts: view::load(app, conn, &visitor.texts, viewer, &posts).await?,
        topics: found.tags.into_iter().map(TopicView::new).collect(),
        collections: list_collections(conn, viewer, &found.collections).await?,
    })
}

async fn list_collections(conn: &mut Conn, viewer: Viewer, ids: &[CollectionId]) -> Result<Vec<CollectionView>> {
    let looks: Vec<(Viewer, CollectionId)> = ids.iter().map(|id| (viewer, *id)).collect();
    let seen = collections::view::look(conn, &looks).await?;
    let owners: Vec<AccountId> = seen.values().map(|seen| seen.collection.account_id).collect();
    let owners = accounts::store::list_accounts(conn, &owners).await?;
    let view = |look| {
        let collection = &seen.get(look)?.collection;
        let owner = owners.iter().find(|owner| owner.id == collection.account_id)?;
        Some(CollectionView::new(collection, owner))
    };
    Ok(looks.iter().filter_map(view).collect())
}
