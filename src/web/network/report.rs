//! Tells those who look after this instance of somebody, or of a post of theirs.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::{Wrong, field_of, profile, sign_in};
use crate::accounts::Account;
use crate::accounts::object::InstanceActor;
use crate::base::id::StatusId;
use crate::base::{Error, Result};
use crate::edge::params::{Form, lenient};
use crate::moderation::ops::{self, MOST_COMMENT, NewReport};
use crate::statuses;
use crate::web::frame::Frame;
use crate::web::view::{self, PostView, page_of};
use crate::web::visitor::Visitor;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Query {
    /// The post that it is about.
    post: Option<String>,
    /// It was sent.
    sent: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ReportForm {
    token: String,
    category: String,
    comment: String,
    #[serde(deserialize_with = "lenient::list")]
    rules: Vec<String>,
    forward: Option<String>,
    post: Option<String>,
}

#[derive(Template)]
#[template(path = "network/report.html")]
struct ReportPage {
    frame: Frame,
    name: String,
    path: String,
    form: ReportForm,
    /// Numbers and words.
    rules: Vec<(String, String)>,
    post: Option<PostView>,
    /// Of somebody elsewhere.
    domain: Option<String>,
    sent: bool,
    wrong: Option<Wrong>,
}

impl ReportPage {
    fn categories(&self) -> [(&'static str, String); 4] {
        let t = &self.frame.t;
        [
            ("other", t.say("report-other")),
            ("spam", t.say("report-spam")),
            ("legal", t.say("report-legal")),
            ("violation", t.say("report-violation")),
        ]
    }

    /// Where there are no rules, none is broken.
    fn is_offered(&self, category: &str) -> bool {
        category != "violation" || !self.rules.is_empty()
    }

    fn is_chosen(&self, category: &str) -> bool {
        self.form.category == category || self.form.category.is_empty() && category == "other"
    }

    fn is_broken(&self, rule: &str) -> bool {
        self.form.rules.iter().any(|number| number == rule)
    }
}

/// The post that it is about: the other's, and such as the visitor may see.
async fn find_post(visitor: &Visitor, other: &Account, id: Option<&str>) -> Result<Option<StatusId>> {
    let Some(id) = id.filter(|id| !id.is_empty()) else { return Ok(None) };
    let id: StatusId = id.parse().map_err(|_| Error::NotFound("Post"))?;
    let mut conn = visitor.app.db.get().await?;
    let found = statuses::store::find_visible(&mut conn, visitor.viewer(), id).await?;
    let found = found.filter(|post| post.account_id == other.id && post.reblog_of_id.is_none());
    Ok(Some(found.ok_or(Error::NotFound("Post"))?.id))
}

async fn page(
    visitor: &Visitor,
    status: StatusCode,
    other: &Account,
    post: Option<StatusId>,
    sent: bool,
    (form, wrong): (ReportForm, Option<Wrong>),
) -> Result<HttpResponse> {
    let (app, t) = (&visitor.app, &visitor.texts);
    let post = match post {
        Some(id) => {
            let mut conn = app.db.get().await?;
            view::load(app, &mut conn, t, visitor.viewer(), &[id]).await?.pop()
        }
        None => None,
    };
    let name = if other.display_name.trim().is_empty() { &other.username } else { &other.display_name };
    let settings = app.settings();
    let rules = settings.rules.iter().enumerate();
    let page = ReportPage {
        frame: Frame::new(visitor, t.with("report-title", "name", name)),
        name: name.clone(),
        path: page_of(other),
        form,
        rules: rules.map(|(place, rule)| ((place + 1).to_string(), rule.clone())).collect(),
        post,
        domain: other.domain.clone(),
        sent,
        wrong,
    };
    visitor.page(status, &page)
}

/// GET /@NAME/report.
pub async fn form(visitor: Visitor, name: web::Path<String>, query: web::Query<Query>) -> Result<HttpResponse> {
    let me = visitor.me()?.id;
    let other = profile::find(&visitor.app, &name).await?;
    if other.id == me {
        return Err(Error::NotFound("Page"));
    }
    let post = find_post(&visitor, &other, query.post.as_deref()).await?;
    page(&visitor, StatusCode::OK, &other, post, query.sent.is_some(), (ReportForm::default(), None)).await
}

/// POST /@NAME/report.
pub async fn send(
    visitor: Visitor,
    request: HttpRequest,
    name: web::Path<String>,
    Form(form): Form<ReportForm>,
) -> Result<HttpResponse> {
    let Some(me) = visitor.account().cloned() else { return Ok(sign_in(&format!("/@{name}/report"))) };
    let holds = visitor.holds_form(&request, &form.token)?;
    let app = &visitor.app;
    let other = profile::find(app, &name).await?;
    let post = find_post(&visitor, &other, form.post.as_deref()).await?;
    if !holds {
        let again = (form, Some(Wrong { field: "comment", why: visitor.texts.say("form-expired") }));
        return page(&visitor, StatusCode::UNPROCESSABLE_ENTITY, &other, post, false, again).await;
    }
    // Rules count where it is said that some are broken.
    let broken = if form.category == "violation" { form.rules.as_slice() } else { &[] };
    let new = NewReport {
        status_ids: post.into_iter().collect(),
        collection_ids: Vec::new(),
        comment: form.comment.clone(),
        forward: form.forward.is_some(),
        category: Some(form.category.clone()),
        rule_ids: broken.iter().filter_map(|rule| rule.parse().ok()).collect(),
    };
    let instance = app.get::<InstanceActor>()?;
    match ops::report(app, &me, &other, new, &instance.0).await {
        Ok(_) => Ok(crate::web::see_other(&format!("{}/report?sent=1", page_of(&other)))),
        Err(error) => {
            let t = &visitor.texts;
            let wrong = match field_of(error)? {
                "comment" => Wrong { field: "comment", why: t.with("report-comment-long", "most", MOST_COMMENT) },
                _ => Wrong { field: "category", why: t.say("report-category-wrong") },
            };
            let again = (form, Some(wrong));
            page(&visitor, StatusCode::UNPROCESSABLE_ENTITY, &other, post, false, again).await
        }
    }
}
