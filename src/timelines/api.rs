//! /api/v1/timelines, the posts of an account, favourites, markers (https://docs.joinmastodon.org/methods/timelines/).

use std::collections::{BTreeSet, HashMap};

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};

use super::store::{self, Part, Tagged, Without};
use super::view::{self as timelines, Answered, Asked, Timeline};
use crate::accounts;
use crate::app::App;
use crate::base::id::{AccountId, ListId};
use crate::base::page::{Page, PageQuery, link_header};
use crate::base::text::normalise_tag;
use crate::base::visibility::Viewer;
use crate::base::{Error, Result};
use crate::cards;
use crate::db::Conn;
use crate::db::freshness::Position;
use crate::edge::params::{Params, lenient};
use crate::edge::respond::{Answer, linked, ok, page as answer_page, written};
use crate::lists;
use crate::oauth::extract::{Client, MaybeClient};
use crate::pins;
use crate::statuses::PageRow;
use crate::statuses::view;

/// Posts on a page: usual and most.
const USUAL: i64 = 20;
const MOST: i64 = 40;

/// Writes a page of posts, with links to its neighbours.
async fn answer(
    app: &App,
    conn: &mut Conn,
    viewer: Viewer,
    rows: &[PageRow],
    path: &str,
    page: Page,
) -> Result<HttpResponse> {
    let found = view::load_many(app, conn, viewer, rows).await?;
    let texts: Vec<&str> = found.iter().map(|(_, json)| json.as_str()).collect();
    // Links are made of what was asked for, so that a page of which nothing may be seen doesn't end the list.
    let ids = rows.iter().map(|row| row.id.0);
    Ok(answer_page(view::array(&texts), &format!("{}{path}", app.origin), ids, page.limit))
}

/// Answers with a page of home or of a list: one that was kept, or else a new one.
async fn answer_kept(app: &App, client: &Client, asked: Asked, path: &str) -> Answer {
    if let Some(kept) = timelines::find_kept(app, client.known, &asked) {
        #[cfg(debug_assertions)]
        compare(app, &asked, path, &kept).await?;
        return Ok(answered(kept));
    }
    let mut conn = app.db.get().await?;
    let (loaded, page) = write(app, &mut conn, client.known, &asked, path).await?;
    timelines::keep(app, &mut conn, client.known, asked, &loaded, &page).await?;
    Ok(answered(page))
}

/// Writes a page from the database.
async fn write(
    app: &App,
    conn: &mut Conn,
    known: Option<Position>,
    asked: &Asked,
    path: &str,
) -> Result<(view::Loaded, Answered)> {
    let Asked { me, timeline, page } = *asked;
    let rows = match timeline {
        Timeline::Home(_) => timelines::home(app, conn, me, page, app.now()).await?,
        Timeline::List(id) => {
            let list = lists::store::find_list(conn, me, id).await?.ok_or(Error::NotFound("Record"))?;
            timelines::list(app, conn, me, &list, page, app.now()).await?
        }
    };
    let loaded = view::load_page(app, conn, Viewer::account(me), &rows, known).await?;
    let texts: Vec<&str> = loaded.posts.iter().map(|(_, json)| json.as_str()).collect();
    let body = view::array(&texts).into();
    let link = link_header(&format!("{}{path}", app.origin), rows.iter().map(|row| row.id.0), page.limit);
    Ok((loaded, Answered { body, link }))
}

/// In builds for development: a page that was kept is what the database says, unless something changed just now.
#[cfg(debug_assertions)]
async fn compare(app: &App, asked: &Asked, path: &str, kept: &Answered) -> Result<()> {
    let mut conn = app.db.get().await?;
    let Some(known) = app.freshness.catch_up().await else { return Ok(()) };
    let now = write(app, &mut conn, Some(known), asked, path).await.map(|(_, page)| page);
    let same = now.as_ref().is_ok_and(|now| now == kept);
    if !same && app.freshness.catch_up().await.is_some() && timelines::find_kept(app, Some(known), asked).is_some() {
        return Err(Error::internal(format!("{asked:?} was kept as {kept:?}, and is {now:?}")));
    }
    Ok(())
}

fn answered(page: Answered) -> HttpResponse {
    linked(page.body, page.link)
}

/// GET /api/v1/timelines/home
pub async fn home(app: web::Data<App>, client: Client, query: Params<PageQuery>) -> Answer {
    let me = client.require("read:statuses")?;
    let asked = Asked { me, timeline: Timeline::Home(me), page: query.0.page(USUAL, MOST) };
    answer_kept(&app, &client, asked, "/api/v1/timelines/home").await
}

/// GET /api/v1/timelines/list/{id}
pub async fn list(app: web::Data<App>, client: Client, id: web::Path<String>, query: Params<PageQuery>) -> Answer {
    let me = client.require("read:lists")?;
    let id: ListId = id.parse().map_err(|_| Error::NotFound("Record"))?;
    let asked = Asked { me, timeline: Timeline::List(id), page: query.0.page(USUAL, MOST) };
    answer_kept(&app, &client, asked, &format!("/api/v1/timelines/list/{id}")).await
}

#[derive(Deserialize)]
pub struct PublicQuery {
    #[serde(default, deserialize_with = "lenient::boolean")]
    local: Option<bool>,
    #[serde(default, deserialize_with = "lenient::boolean")]
    remote: Option<bool>,
    #[serde(default, deserialize_with = "lenient::boolean")]
    only_media: Option<bool>,
    #[serde(flatten)]
    page: PageQuery,
}

impl PublicQuery {
    fn part(&self) -> Part {
        match (self.local, self.remote) {
            (Some(true), _) => Part::Local,
            (_, Some(true)) => Part::Remote,
            _ => Part::All,
        }
    }

    /// The parameters, other than those of paging, for the links.
    fn suffix(&self) -> &'static str {
        match (self.part(), self.media()) {
            (Part::All, false) => "",
            (Part::Local, false) => "?local=true",
            (Part::Remote, false) => "?remote=true",
            (Part::All, true) => "?only_media=true",
            (Part::Local, true) => "?local=true&only_media=true",
            (Part::Remote, true) => "?remote=true&only_media=true",
        }
    }

    fn media(&self) -> bool {
        self.only_media == Some(true)
    }
}

/// GET /api/v1/timelines/public
pub async fn public(app: web::Data<App>, client: MaybeClient, query: Params<PublicQuery>) -> Answer {
    let viewer = client.viewer("read:statuses");
    let page = query.0.page.page(USUAL, MOST);
    let mut conn = app.db.get().await?;
    let rows = store::public(&mut conn, viewer, query.0.part(), query.0.media(), page, app.now()).await?;
    let path = format!("/api/v1/timelines/public{}", query.0.suffix());
    answer(&app, &mut conn, viewer, &rows, &path, page).await
}

/// Further hashtags of each kind that are looked at, as in Mastodon.
const MOST_TAGS: usize = 4;

#[derive(Deserialize)]
pub struct TagQuery {
    #[serde(default, deserialize_with = "lenient::list")]
    any: Vec<String>,
    #[serde(default, deserialize_with = "lenient::list")]
    all: Vec<String>,
    #[serde(default, deserialize_with = "lenient::list")]
    none: Vec<String>,
    #[serde(flatten)]
    public: PublicQuery,
}

impl TagQuery {
    fn tagged(&self, name: &str) -> Tagged {
        let read = |names: &[String]| {
            let names = names.iter().map(|name| normalise_tag(name.trim_start_matches('#')));
            let names: BTreeSet<String> = names.filter(|name| !name.is_empty()).take(MOST_TAGS).collect();
            names.into_iter().collect::<Vec<_>>()
        };
        let mut any = read(&self.any);
        if !any.iter().any(|other| other == name) {
            any.push(name.to_owned());
        }
        Tagged { any, all: read(&self.all), none: read(&self.none) }
    }

    /// The parameters, other than those of paging, for the links.
    fn suffix(&self) -> String {
        let mut pairs = url::form_urlencoded::Serializer::new(String::new());
        for (key, names) in [("any[]", &self.any), ("all[]", &self.all), ("none[]", &self.none)] {
            names.iter().take(MOST_TAGS).for_each(|name| {
                pairs.append_pair(key, name);
            });
        }
        let (of_public, of_tags) = (self.public.suffix(), pairs.finish());
        match (of_public, of_tags.as_str()) {
            (_, "") => of_public.to_owned(),
            ("", _) => format!("?{of_tags}"),
            _ => format!("{of_public}&{of_tags}"),
        }
    }
}

/// GET /api/v1/timelines/tag/{name}
pub async fn tag(app: web::Data<App>, client: MaybeClient, name: web::Path<String>, query: Params<TagQuery>) -> Answer {
    let viewer = client.viewer("read:statuses");
    let public = &query.0.public;
    let page = public.page.page(USUAL, MOST);
    let name = normalise_tag(name.trim_start_matches('#'));
    let tagged = query.0.tagged(&name);
    let mut conn = app.db.get().await?;
    let rows = store::tag(&mut conn, viewer, &tagged, public.part(), public.media(), page, app.now()).await?;
    let encoded: String = url::form_urlencoded::byte_serialize(name.as_bytes()).collect();
    let path = format!("/api/v1/timelines/tag/{encoded}{}", query.0.suffix());
    answer(&app, &mut conn, viewer, &rows, &path, page).await
}

#[derive(Deserialize)]
pub struct LinkQuery {
    #[serde(default, deserialize_with = "lenient::text")]
    url: Option<String>,
    #[serde(flatten)]
    page: PageQuery,
}

/// GET /api/v1/timelines/link: public posts that link to a page. Of a page to which nobody links in public there are none, whether or
/// not somebody does for others.
pub async fn link(app: web::Data<App>, client: MaybeClient, query: Params<LinkQuery>) -> Answer {
    let viewer = client.viewer("read:statuses");
    let page = query.0.page.page(USUAL, MOST);
    let asked = query.0.url.as_deref().unwrap_or_default().trim();
    let url = cards::link_of(asked, &app.config.instance.domain);
    let url =
        url.ok_or_else(|| Error::invalid("url", "must be the address of a page, such as https://example.com/"))?;
    let mut conn = app.db.get().await?;
    let rows = store::link(&mut conn, viewer, url.as_str(), page, app.now()).await?;
    let encoded: String = url::form_urlencoded::byte_serialize(asked.as_bytes()).collect();
    answer(&app, &mut conn, viewer, &rows, &format!("/api/v1/timelines/link?url={encoded}"), page).await
}

#[derive(Deserialize)]
pub struct AccountQuery {
    #[serde(default, deserialize_with = "lenient::boolean")]
    exclude_replies: Option<bool>,
    #[serde(default, deserialize_with = "lenient::boolean")]
    exclude_reblogs: Option<bool>,
    #[serde(default, deserialize_with = "lenient::boolean")]
    only_media: Option<bool>,
    #[serde(default, deserialize_with = "lenient::boolean")]
    pinned: Option<bool>,
    #[serde(default, deserialize_with = "lenient::text")]
    tagged: Option<String>,
    #[serde(flatten)]
    page: PageQuery,
}

/// GET /api/v1/accounts/{id}/statuses; of a group, what was posted to it.
pub async fn account(
    app: web::Data<App>,
    client: MaybeClient,
    id: web::Path<String>,
    query: Params<AccountQuery>,
) -> Answer {
    let viewer = client.viewer("read:statuses");
    let id: AccountId = id.parse().map_err(|_| Error::NotFound("Record"))?;
    let mut conn = app.db.get().await?;
    let account = accounts::store::find_account(&mut conn, id).await?.ok_or(Error::NotFound("Record"))?;
    let query = query.0;
    let page = query.page.page(USUAL, MOST);
    let tag = query.tagged.as_deref().map(|name| normalise_tag(name.trim_start_matches('#')));
    let tag = tag.as_deref().filter(|tag| !tag.is_empty());
    let without = Without {
        untagged: tag,
        replies: query.exclude_replies == Some(true),
        reblogs: query.exclude_reblogs == Some(true),
        text: query.only_media == Some(true),
    };
    if query.pinned == Some(true) {
        // All of them, as in Mastodon without links.
        let rows = pins::store::list_pinned(&mut conn, viewer, account.id).await?;
        let found = view::load_many(&app, &mut conn, viewer, &rows).await?;
        let texts: Vec<&str> = found.iter().map(|(_, json)| json.as_str()).collect();
        return Ok(written(view::array(&texts)));
    }
    let rows = store::account(&mut conn, viewer, account.id, without, page, app.now()).await?;
    let mut path = format!("/api/v1/accounts/{id}/statuses");
    let flags = [
        (without.replies, "exclude_replies=true"),
        (without.reblogs, "exclude_reblogs=true"),
        (without.text, "only_media=true"),
    ];
    for (index, flag) in flags.iter().filter(|(on, _)| *on).map(|(_, flag)| flag).enumerate() {
        path.push(if index == 0 { '?' } else { '&' });
        path.push_str(flag);
    }
    if let Some(tag) = tag {
        path.push(if path.contains('?') { '&' } else { '?' });
        path.extend(["tagged="].into_iter().chain(url::form_urlencoded::byte_serialize(tag.as_bytes())));
    }
    answer(&app, &mut conn, viewer, &rows, &path, page).await
}

/// GET /api/v1/favourites
pub async fn favourites(app: web::Data<App>, client: Client, query: Params<PageQuery>) -> Answer {
    let me = client.require("read:favourites")?;
    let page = query.0.page(USUAL, MOST);
    let mut conn = app.db.get().await?;
    let found = store::favourites(&mut conn, me, page).await?;
    let rows: Vec<PageRow> = found.iter().map(|row| PageRow { id: row.id, reblog_of_id: None }).collect();
    let posts = view::load_many(&app, &mut conn, Viewer::account(me), &rows).await?;
    let texts: Vec<&str> = posts.iter().map(|(_, json)| json.as_str()).collect();
    let ids = found.iter().map(|row| row.favourite_id);
    Ok(answer_page(view::array(&texts), &format!("{}/api/v1/favourites", app.origin), ids, page.limit))
}

fn markers_json(markers: &[store::Marker]) -> Value {
    let entries = markers.iter().map(|marker| {
        let entity = json!({
            "last_read_id": marker.last_read_id.to_string(),
            "version": marker.version,
            "updated_at": accounts::entity::time(marker.updated_at),
        });
        (marker.timeline.clone(), entity)
    });
    Value::Object(entries.collect())
}

#[derive(Deserialize)]
pub struct MarkersQuery {
    #[serde(default, deserialize_with = "lenient::list")]
    timeline: Vec<String>,
}

/// GET /api/v1/markers
pub async fn markers(app: web::Data<App>, client: Client, query: Params<MarkersQuery>) -> Answer {
    let me = client.require("read:statuses")?;
    let mut conn = app.db.get().await?;
    let mut markers = store::list_markers(&mut conn, me).await?;
    if !query.0.timeline.is_empty() {
        markers.retain(|marker| query.0.timeline.contains(&marker.timeline));
    }
    Ok(ok(&markers_json(&markers)))
}

#[derive(Deserialize)]
pub struct NewMarker {
    #[serde(default, deserialize_with = "lenient::id")]
    last_read_id: Option<i64>,
}

/// POST /api/v1/markers
pub async fn set_markers(app: web::Data<App>, client: Client, body: Params<HashMap<String, Value>>) -> Answer {
    let me = client.require("write:statuses")?;
    let mut moved = Vec::new();
    for timeline in ["home", "notifications"] {
        if let Some(value) = body.0.get(timeline) {
            let marker: NewMarker = serde_json::from_value(value.clone())
                .map_err(|error| Error::invalid("last_read_id", error.to_string()))?;
            moved.push((timeline, marker.last_read_id.ok_or_else(|| Error::invalid("last_read_id", "is missing"))?));
        }
    }
    let markers = app
        .transaction(async |conn| {
            for (timeline, last_read_id) in &moved {
                store::upsert_marker(conn, me, timeline, *last_read_id, true, app.now()).await?;
            }
            Ok(store::list_markers(conn, me).await?)
        })
        .await?;
    let changed: Vec<store::Marker> =
        markers.into_iter().filter(|marker| moved.iter().any(|(name, _)| marker.timeline == *name)).collect();
    Ok(ok(&markers_json(&changed)))
}
