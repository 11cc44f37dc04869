//! What somebody is told of: a list that one visits, in groups, without counts.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use crate::accounts;
use crate::base::Result;
use crate::base::id::{AccountId, StatusId};
use crate::emojis::{self, Named};
use crate::notifications::api::grouped;
use crate::notifications::entity::Group;
use crate::notifications::store::Which;
use crate::notifications::{self, GROUPED_TYPES, TYPES};
use crate::relationships;
use crate::statuses;
use crate::web::app::marks::{self, Seen};
use crate::web::frame::Frame;
use crate::web::texts::Texts;
use crate::web::view::{self, PostView, Who};
use crate::web::visitor::Visitor;

/// Groups on a page.
const GROUPS: i64 = 20;

/// Types of which the post is shown whole, to be answered.
const WHOLE: [&str; 4] = ["mention", "status", "quote", "poll"];

/// One thing that one is told.
struct Notice {
    id: i64,
    people: Vec<Who>,
    words: String,
    time: String,
    time_iso: String,
    post: Option<PostView>,
    /// The post is shown whole; else by its beginning.
    whole: bool,
    beginning: String,
    /// Who asks to follow.
    asking: Option<AccountId>,
    /// Where to read on, of what has no post.
    link: Option<String>,
}

#[derive(Template)]
#[template(path = "app/notifications.html")]
struct NotificationsPage {
    frame: Frame,
    /// Only what was said to them.
    mentions: bool,
    asked: bool,
    /// Something is held back.
    held: bool,
    notices: Vec<Notice>,
    seen: Seen,
    /// The notice before which all was seen.
    begins: Option<i64>,
    older: Option<String>,
}

impl NotificationsPage {
    fn begins_at(&self, notice: &i64) -> bool {
        self.begins == Some(*notice)
    }
}

/// GET /notifications; with `?only=mentions` what was said to oneself.
pub async fn list(visitor: Visitor, query: web::Query<marks::Query>) -> Result<HttpResponse> {
    let (app, me) = (&visitor.app, visitor.me()?);
    let mentions = query.only.as_deref() == Some("mentions");
    let types = if mentions { vec!["mention"] } else { TYPES.to_vec() };
    let page = query.page(GROUPS);
    let mut conn = app.db.get().await?;
    let which = Which { types, from: None, filtered: false };
    let (groups, last) = grouped::load(app, &mut conn, me.id, &which, &GROUPED_TYPES, page).await?;
    let asked = relationships::store::count_requests(&mut conn, me.id).await? > 0;
    let held = notifications::store::count_filtered(&mut conn, me.id, app.now()).await?.requests > 0;
    drop(conn);
    let notices = notices(&visitor, &groups).await?;
    let only = if mentions { "only=mentions&" } else { "" };
    let newest = groups.iter().map(|group| group.newest.0).max();
    let seen = marks::look(&visitor, "notifications", &query, newest, !mentions).await?;
    let onward = seen.onward(groups.iter().map(|group| group.newest.0).min());
    let page = NotificationsPage {
        frame: Frame::new(&visitor, visitor.texts.say("nav-notifications")),
        mentions,
        asked,
        held,
        begins: seen.begins(notices.iter().map(|notice| notice.id)),
        seen,
        notices,
        older: last.map(|id| format!("/notifications?{only}max_id={id}{onward}")),
    };
    visitor.page(StatusCode::OK, &page)
}

async fn notices(visitor: &Visitor, groups: &[Group]) -> Result<Vec<Notice>> {
    let (app, t, viewer) = (&visitor.app, &visitor.texts, visitor.viewer());
    let mut conn = app.db.get().await?;
    let mut people: Vec<AccountId> = groups.iter().flat_map(|group| group.sample.iter().copied()).collect();
    people.sort_unstable();
    people.dedup();
    let people = accounts::store::list_accounts(&mut conn, &people).await?;
    let named: Vec<Named> = people.iter().map(accounts::entity::named).collect();
    let emojis = emojis::view::load(app, &mut conn, &named).await?;
    let people: HashMap<AccountId, Who> =
        people.iter().map(|account| (account.id, Who::new(account, app, &emojis))).collect();
    let posts: Vec<StatusId> = groups.iter().filter_map(|group| group.status_id).collect();
    let posts = statuses::store::list_visible(&mut conn, viewer, &posts).await?;
    let posts = view::load(app, &mut conn, t, viewer, &posts).await?;
    drop(conn);
    let posts: HashMap<StatusId, PostView> = posts.into_iter().map(|post| (post.row, post)).collect();
    let notice = |group: &Group| {
        let people: Vec<Who> = group.sample.iter().filter_map(|id| people.get(id)).cloned().collect();
        let post = match group.status_id {
            Some(id) => Some(posts.get(&id)?.clone()),
            None => None,
        };
        let hidden = |post: &PostView| post.filtered.as_ref().is_some_and(|one| one.hides_in("notifications"));
        if post.as_ref().is_some_and(hidden) {
            return None;
        }
        let at = group.on_page.map(|page| page.latest_at);
        Some(Notice {
            id: group.newest.0,
            words: words(t, &group.kind, &names(t, &people, group.count), group.count),
            time: at.map(|at| t.moment(at)).unwrap_or_default(),
            time_iso: at.map(|at| at.to_rfc3339()).unwrap_or_default(),
            beginning: post.as_ref().map(beginning).unwrap_or_default(),
            whole: WHOLE.contains(&group.kind.as_str()),
            asking: group.sample.first().copied().filter(|_| group.kind == "follow_request"),
            link: link(group, &people),
            people,
            post,
        })
    };
    Ok(groups.iter().filter_map(notice).collect())
}

fn beginning(post: &PostView) -> String {
    if post.spoiler.is_empty() {
        crate::base::text::strip_markup_to_text_line(&post.content, 160)
    } else {
        post.spoiler.clone()
    }
}

/// Who it was: up to two by name.
fn names(t: &Texts, people: &[Who], count: i64) -> String {
    let mut names = people.iter().map(|who| who.name.as_str());
    match (names.next(), names.next(), count) {
        (Some(one), None, ..=1) => one.to_owned(),
        (Some(one), Some(two), ..=2) => t.both(one, two),
        (Some(one), _, _) => t.with("notice-others", "name", one),
        (None, _, _) => t.say("notice-somebody"),
    }
}

fn words(t: &Texts, kind: &str, names: &str, count: i64) -> String {
    match kind {
        "mention" => t.people("notice-mention", names, count),
        "status" => t.people("notice-status", names, count),
        "reblog" => t.people("notice-reblog", names, count),
        "follow" => t.people("notice-follow", names, count),
        "follow_request" => t.people("notice-follow-request", names, count),
        "favourite" => t.people("notice-favourite", names, count),
        "poll" => t.people("notice-poll", names, count),
        "update" => t.people("notice-update", names, count),
        "quote" => t.people("notice-quote", names, count),
        "quoted_update" => t.people("notice-quoted-update", names, count),
        "admin.sign_up" => t.people("notice-sign-up", names, count),
        "admin.report" => t.people("notice-report", names, count),
        "added_to_collection" => t.people("notice-collected", names, count),
        "collection_update" => t.people("notice-collection-update", names, count),
        "severed_relationships" => t.say("notice-severed"),
        "moderation_warning" => t.say("notice-warning"),
        _ => t.people("notice-other", names, count),
    }
}

/// Where there is more to what has no post.
fn link(group: &Group, people: &[Who]) -> Option<String> {
    match group.kind.as_str() {
        "admin.sign_up" | "admin.report" => Some("/admin".into()),
        "moderation_warning" => Some("/settings/warnings".into()),
        "follow" | "follow_request" => people.first().map(|who| who.page.clone()),
        "added_to_collection" | "collection_update" => group.about.collection.get("url")?.as_str().map(str::to_owned),
        _ => None,
    }
}
