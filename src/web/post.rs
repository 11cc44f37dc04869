//! The page of a post with its thread.

use std::collections::{HashMap, HashSet};

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::app::compose::form::{self, Form};
use super::app::messages::note_read;
use super::frame::{Card, Frame};
use super::network::profile;
use super::texts::Texts;
use super::view::{self, PostView};
use super::visitor::Visitor;
use crate::accounts::Account;
use crate::app::App;
use crate::base::id::StatusId;
use crate::base::visibility::Viewer;
use crate::base::{Error, Result, text};
use crate::db::Conn;
use crate::edge::negotiate;
use crate::polls;
use crate::statuses::store::ThreadRow;
use crate::statuses::{self, Status};

/// Posts of one thread that are looked at: as many as clients are told of.
const MOST_OF_THREAD: i64 = 8192;

/// Posts around the one that a page is about; and those before it, where there are replies for the rest.
const MOST: usize = 26;
const MOST_BEFORE: usize = 12;

/// Bytes of text before the post, and after it, but for the last one that comes on the page.
const MOST_BYTES: i64 = 12 * 1024;

/// How far replies are moved in; deeper ones stay there.
const MOST_DEPTH: usize = 3;

#[derive(Template)]
#[template(path = "post.html")]
struct PostPage {
    frame: Frame,
    thread: Thread,
    post: PostView,
    /// It answers a post that is not on this page.
    parent_missing: bool,
    /// To reply, for those who are signed in.
    write: Option<Form>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Further {
    /// The last reply of the page before.
    after: Option<String>,
}

/// GET /@NAME/ID.
pub async fn post(
    mut visitor: Visitor,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    further: web::Query<Further>,
) -> Result<HttpResponse> {
    let (name, id) = path.into_inner();
    let id: StatusId = id.parse().map_err(|_| Error::NotFound("Page"))?;
    let app = &visitor.app.clone();
    let account = profile::find(app, &name).await?;
    let viewer = visitor.viewer();
    let mut conn = app.db.get().await?;
    let found = statuses::store::find_visible(&mut conn, viewer, id).await?;
    let Some(status) = found.filter(|status| status.account_id == account.id) else {
        let uri = format!("{}/statuses/{id}", account.uri);
        let gone = account.is_local() && statuses::store::was_open(&mut conn, &uri, &account.uri).await?;
        return Err(if gone { Error::Gone("Post") } else { Error::NotFound("Post") });
    };
    if negotiate::wants_activity(&request) {
        return Ok(negotiate::see(&status.uri));
    }
    if let Some(original) = status.reblog_of_id {
        // A boost has no page of its own.
        let original = statuses::store::find_visible(&mut conn, viewer, original).await?;
        return original.map(|original| negotiate::see(&original.url)).ok_or(Error::NotFound("Post"));
    }
    if !status.local && visitor.person.is_none() {
        // Strangers read it where it was written.
        return Ok(negotiate::see(&status.url));
    }
    let after = further.after.as_deref().and_then(|id| id.parse().ok());
    let (post, thread) = load_thread(app, &mut conn, &visitor.texts, viewer, &status, after).await?;
    let named = match visitor.account() {
        Some(me) => Some(greeting(&mut conn, me, &account, &status).await?),
        None => None,
    };
    let polls = if status.local { Vec::new() } else { polls::store::list_of_statuses(&mut conn, &[status.id]).await? };
    drop(conn);
    // As for clients: strangers make us ask nobody.
    if visitor.person.is_some() {
        statuses::ops::ask_anew(app, &status).await?;
        for poll in &polls {
            polls::ops::ask_anew(app, poll, &status).await?;
        }
    }
    note_read(&mut visitor, [&post].into_iter().chain(&thread.ancestors).chain(&thread.replies)).await?;
    let (description, said) = card_texts(&post);
    let mut frame = Frame::new(&visitor, said);
    frame.noindex = !(account.indexable && status.local && status.audience_kind == 1);
    frame.activity = status.local.then(|| status.uri.clone());
    let image = card_picture(&post).or_else(|| account.avatar(&app.origin));
    // What is not for everyone is not for previews either.
    frame.card =
        status.audience().is_open().then(|| Card { kind: "article", url: status.url.clone(), description, image });
    let answers = status.in_reply_to_id.is_some() || status.in_reply_to_uri.is_some();
    let parent_missing = answers && thread.ancestors.is_empty() && !thread.continued;
    let write = match named {
        Some(named) => Some(form::short(&visitor, Some((&status, &post.audience)), named)?),
        None => None,
    };
    visitor.page(StatusCode::OK, &PostPage { frame, thread, post, parent_missing, write })
}

/// Whom a reply names at first.
async fn greeting(conn: &mut Conn, me: &Account, author: &Account, status: &Status) -> Result<String> {
    let named = statuses::store::list_mentions(conn, &[status.id]).await?;
    let named: Vec<Account> = named.into_iter().map(|(_, account)| account).collect();
    Ok(form::greeting(me, Some(author), &named))
}

/// The picture that previews elsewhere show: the post's first, unless it is sensitive.
fn card_picture(post: &PostView) -> Option<String> {
    let picture = post.media.iter().find(|one| one.kind == "image").filter(|_| !post.sensitive)?;
    Some(picture.url.clone())
}

/// What previews elsewhere show, and the page's title. Behind a content warning stands only the warning.
fn card_texts(post: &PostView) -> (String, String) {
    let said = if post.spoiler.is_empty() {
        text::strip_markup_to_text_line(&post.content, 200)
    } else {
        post.spoiler.clone()
    };
    let short: String = said.chars().take(70).collect();
    let short = if short.len() < said.len() { format!("{}…", short.trim_end()) } else { short };
    (said, format!("{}: {short}", post.author.name))
}

/// What a page shows of a thread around its post.
struct Thread {
    ancestors: Vec<PostView>,
    /// The page on which those are that came before these.
    earlier: Option<String>,
    replies: Vec<PostView>,
    /// After which reply the next page goes on.
    more: Option<StatusId>,
    /// There are replies before these; and nothing of what came before the post is shown.
    continued: bool,
}

/// Loads a post and what a page shows around it. What a filter hides is left out, and what answers it is not.
async fn load_thread(
    app: &App,
    conn: &mut Conn,
    t: &Texts,
    viewer: Viewer,
    status: &Status,
    after: Option<StatusId>,
) -> Result<(PostView, Thread)> {
    let rows = statuses::store::list_thread(conn, viewer, status.thread_id, MOST_OF_THREAD, app.now()).await?;
    let part = Part::of(&rows, status, after);
    let mut ids = part.before.clone();
    ids.push(status.id);
    ids.extend(part.replies.iter().map(|(id, _)| *id));
    let mut posts: HashMap<StatusId, PostView> =
        view::load(app, conn, t, viewer, &ids).await?.into_iter().map(|post| (post.id, post)).collect();
    let mut post = posts.remove(&status.id).ok_or(Error::NotFound("Post"))?;
    post.focus = true;
    // Strangers read what others wrote elsewhere, where no page of ours shows what came before.
    let is_here = |url: &str| url.starts_with('/') || url.starts_with(&app.origin);
    let urls: Vec<&String> = part.before.iter().filter_map(|id| posts.get(id)).map(|post| &post.url).collect();
    let earlier = urls.iter().find(|url| is_here(url)).or(urls.first()).filter(|_| part.earlier);
    let earlier = earlier.map(|url| (*url).clone());
    posts.retain(|_, post| !post.filtered.as_ref().is_some_and(|filtered| filtered.hides_in("thread")));
    let ancestors = part.before.iter().filter_map(|id| posts.remove(id)).collect();
    let reply = |(id, depth): &(StatusId, usize)| {
        let post = posts.remove(id)?;
        Some(PostView { depth: (*depth).min(MOST_DEPTH), ..post })
    };
    let replies = part.replies.iter().filter_map(reply).collect();
    Ok((post, Thread { ancestors, earlier, replies, more: part.more, continued: part.continued }))
}

/// Which posts of a thread a page shows around one.
#[derive(Debug, PartialEq, Eq)]
struct Part {
    /// What it answers, the first one first.
    before: Vec<StatusId>,
    /// There are others before these.
    earlier: bool,
    /// Each under what it answers, and how deep.
    replies: Vec<(StatusId, usize)>,
    more: Option<StatusId>,
    continued: bool,
}

impl Part {
    /// `after`: the reply after which the page begins, if it is still there. Whom the viewer hides is left out; what answers them is not.
    fn of(rows: &[ThreadRow], focus: &Status, after: Option<StatusId>) -> Self {
        let known: HashMap<StatusId, &ThreadRow> = rows.iter().map(|row| (row.id, row)).collect();
        let mut above: Vec<&ThreadRow> = Vec::new();
        let mut seen = HashSet::from([focus.id]);
        let mut next = focus.in_reply_to_id;
        while let Some(row) = next.and_then(|id| known.get(&id)).filter(|row| seen.insert(row.id)) {
            above.push(row);
            next = row.in_reply_to_id;
        }
        above.retain(|row| !row.hidden);
        let below = below(rows, focus.id);
        let place = after.and_then(|after| below.iter().position(|(row, _)| row.id == after));
        let start = place.map_or(0, |place| place + 1);
        let rest = below.len().saturating_sub(start);
        // Where there are few replies, more of what came before.
        let most_before = if start > 0 { 0 } else { MOST_BEFORE.max(MOST.saturating_sub(rest)) };
        let before = fitting(above.iter().take(most_before).map(|row| row.size));
        let most_replies = MOST.saturating_sub(before);
        let replies = fitting(below.iter().skip(start).take(most_replies).map(|(row, _)| row.size));
        let earlier = start == 0 && before < above.len();
        let mut before: Vec<StatusId> = above.iter().take(before).map(|row| row.id).collect();
        before.reverse();
        let replies: Vec<(StatusId, usize)> =
            below.iter().skip(start).take(replies).map(|(row, depth)| (row.id, *depth)).collect();
        let more = replies.last().map(|(id, _)| *id).filter(|_| replies.len() < rest);
        Self { before, earlier, replies, more, continued: start > 0 }
    }
}

/// The replies to a post, each under what it answers, and how deep.
fn below(rows: &[ThreadRow], focus: StatusId) -> Vec<(&ThreadRow, usize)> {
    let mut children: HashMap<StatusId, Vec<&ThreadRow>> = HashMap::new();
    for row in rows.iter().filter(|row| row.id != focus) {
        if let Some(parent) = row.in_reply_to_id {
            children.entry(parent).or_default().push(row);
        }
    }
    let mut found = Vec::new();
    // What to visit, the next one last.
    let mut waiting: Vec<(&ThreadRow, usize)> = Vec::new();
    let mut push = |waiting: &mut Vec<_>, of: StatusId, depth: usize| {
        waiting.extend(children.remove(&of).into_iter().flatten().rev().map(|child| (child, depth)));
    };
    push(&mut waiting, focus, 0);
    while let Some((row, depth)) = waiting.pop() {
        push(&mut waiting, row.id, depth + 1);
        if !row.hidden {
            found.push((row, depth));
        }
    }
    found
}

/// How many of the first fit on a page, by the sizes of their texts: one always does.
fn fitting(sizes: impl Iterator<Item = i32>) -> usize {
    let mut left = MOST_BYTES;
    let fits = |size: &i32| {
        let fits = left > 0;
        left -= i64::from(*size);
        fits
    };
    sizes.take_while(fits).count()
}
