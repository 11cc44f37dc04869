//! The page of a post with its thread.

use std::collections::{BTreeMap, HashMap};

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::app::compose::form::{self, Form};
use super::app::messages::note_read;
use super::frame::{Card, Frame};
use super::network::profile;
use super::store;
use super::view::{self, PostView};
use super::visitor::Visitor;
use crate::accounts::Account;
use crate::base::id::StatusId;
use crate::base::{Error, Result, text};
use crate::db::Conn;
use crate::edge::negotiate;
use crate::polls;
use crate::statuses::{self, Status};

/// Posts of one thread that are shown.
const MOST_OF_THREAD: i64 = 300;

/// How far replies are moved in; deeper ones stay there.
const MOST_DEPTH: usize = 3;

#[derive(Template)]
#[template(path = "post.html")]
struct PostPage {
    frame: Frame,
    ancestors: Vec<PostView>,
    post: PostView,
    replies: Vec<PostView>,
    /// It answers a post that is not on this page.
    parent_missing: bool,
    /// To reply, for those who are signed in.
    write: Option<Form>,
}

/// GET /@NAME/ID.
pub async fn post(
    mut visitor: Visitor,
    request: HttpRequest,
    path: web::Path<(String, String)>,
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
    let mut ids = store::list_of_thread(&mut conn, viewer, status.thread_id, MOST_OF_THREAD, app.now()).await?;
    if !ids.contains(&id) {
        ids.push(id);
    }
    let mut thread = view::load(app, &mut conn, &visitor.texts, viewer, &ids).await?;
    let hidden = |post: &PostView| post.filtered.as_ref().is_some_and(|filtered| filtered.hides_in("thread"));
    thread.retain(|post| post.id == id || !hidden(post));
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
    let (ancestors, post, replies) = unfold(thread, id).ok_or(Error::NotFound("Post"))?;
    note_read(&mut visitor, [&post].into_iter().chain(&ancestors).chain(&replies)).await?;
    let (description, said) = card_texts(&post);
    let mut frame = Frame::new(&visitor, said);
    frame.noindex = !(account.indexable && status.local && status.audience_kind == 1);
    frame.activity = status.local.then(|| status.uri.clone());
    let image = card_picture(&post).or_else(|| account.avatar(&app.origin));
    // What is not for everyone is not for previews either.
    frame.card =
        status.audience().is_open().then(|| Card { kind: "article", url: status.url.clone(), description, image });
    let answers = status.in_reply_to_id.is_some() || status.in_reply_to_uri.is_some();
    let parent_missing = answers && ancestors.is_empty();
    let write = match named {
        Some(named) => Some(form::short(&visitor, Some((&status, &post.audience)), named)?),
        None => None,
    };
    visitor.page(StatusCode::OK, &PostPage { frame, ancestors, post, replies, parent_missing, write })
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

/// A thread as it is read: what came before, the post, and the replies to it, each under what it answers.
fn unfold(thread: Vec<PostView>, focus: StatusId) -> Option<(Vec<PostView>, PostView, Vec<PostView>)> {
    let mut posts: HashMap<StatusId, PostView> = HashMap::new();
    let mut children: BTreeMap<StatusId, Vec<StatusId>> = BTreeMap::new();
    for post in thread {
        if let Some(parent) = post.parent {
            children.entry(parent).or_default().push(post.id);
        }
        posts.insert(post.id, post);
    }
    let mut replies = Vec::new();
    // Ids to visit, the next one last.
    let mut waiting: Vec<(StatusId, usize)> = Vec::new();
    let push = |waiting: &mut Vec<(StatusId, usize)>, of: StatusId, depth: usize| {
        waiting.extend(children.get(&of).into_iter().flatten().rev().map(|child| (*child, depth)));
    };
    let mut post = posts.remove(&focus)?;
    post.focus = true;
    push(&mut waiting, focus, 0);
    while let Some((id, depth)) = waiting.pop() {
        if let Some(mut reply) = posts.remove(&id) {
            reply.depth = depth.min(MOST_DEPTH);
            push(&mut waiting, id, depth + 1);
            replies.push(reply);
        }
    }
    let mut ancestors = Vec::new();
    let mut above = post.parent;
    while let Some(ancestor) = above.and_then(|id| posts.remove(&id)) {
        above = ancestor.parent;
        ancestors.push(ancestor);
    }
    ancestors.reverse();
    Some((ancestors, post, replies))
}
