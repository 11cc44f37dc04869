//! Writing: a new post, a reply, a quote, something for a group; and looking at it before it is sent.

pub mod again;
pub mod ended;
pub mod files;
pub mod form;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use self::form::{Fields, Form, MOST_FILES, Preview, Wrong};
use crate::accounts::{self, Account};
use crate::base::id::StatusId;
use crate::base::visibility::{Audience, Visibility};
use crate::base::{Error, Result, secret};
use crate::edge::form::Files;
use crate::edge::params;
use crate::emojis;
use crate::media;
use crate::polls::PollDraft;
use crate::quotes;
use crate::relationships;
use crate::scheduled::{self, Made};
use crate::statuses::{self, Kind, Status, StatusDraft, object, ops};
use crate::web::frame::Frame;
use crate::web::profile;
use crate::web::view::{self, Who, page_of};
use crate::web::visitor::Visitor;

#[derive(Template)]
#[template(path = "app/compose.html")]
struct ComposePage {
    frame: Frame,
    write: Form,
}

/// With what somebody comes to write.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Query {
    reply: Option<String>,
    quote: Option<String>,
    group: Option<String>,
    to: Option<String>,
    text: Option<String>,
    audience: Option<String>,
}

/// GET /compose.
pub async fn write(visitor: Visitor, query: web::Query<Query>) -> Result<HttpResponse> {
    let me = visitor.me()?.clone();
    let query = query.into_inner();
    let mut fields = Fields {
        key: secret::generate()?,
        draft: query.draft_name(&me),
        kind: "plain".into(),
        reply: query.reply.unwrap_or_default(),
        quote: query.quote.unwrap_or_default(),
        group: query.group.unwrap_or_default(),
        audience: query.audience.unwrap_or_default(),
        text: query.text.unwrap_or_default(),
        ..Fields::default()
    };
    if let Some(to) = query.to.filter(|to| !to.is_empty()) {
        fields.text = format!("@{} {}", to.trim_start_matches('@'), fields.text);
    }
    let asked = !fields.text.is_empty() || !fields.audience.is_empty();
    if fields.text.is_empty()
        && let Some(parent) = id_in(&fields.reply)?
    {
        let mut conn = visitor.app.db.get().await?;
        let parent = statuses::store::find_visible(&mut conn, visitor.viewer(), parent).await?;
        let parent = parent.ok_or(Error::NotFound("Post"))?;
        let author = accounts::store::find_account(&mut conn, parent.account_id).await?;
        let named = statuses::store::list_mentions(&mut conn, &[parent.id]).await?;
        let named: Vec<Account> = named.into_iter().map(|(_, account)| account).collect();
        fields.text = form::greeting(&me, author.as_ref(), &named);
    }
    page(&visitor, fields, Shown { asked, ..Shown::default() }).await
}

impl Query {
    /// A text that comes along is named by its hash: it may be long.
    fn draft_name(&self, me: &Account) -> String {
        let text = self.text.as_deref().filter(|text| !text.is_empty());
        let hash = |text| secret::hash(text).iter().take(8).map(|byte| format!("{byte:02x}")).collect::<String>();
        let text = text.map(hash);
        let named = [
            ("reply", &self.reply),
            ("quote", &self.quote),
            ("group", &self.group),
            ("to", &self.to),
            ("audience", &self.audience),
            ("text", &text),
        ];
        form::draft_name(me, &named.map(|(name, value)| (name, value.as_deref().unwrap_or_default())))
    }
}

fn id_in(text: &str) -> Result<Option<StatusId>> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| Error::NotFound("Post"))
}

/// Why the form is shown.
#[derive(Default)]
struct Shown {
    /// It was sent.
    again: bool,
    /// See [`Form::asked`].
    asked: bool,
    wrong: Option<Wrong>,
    /// How it will look.
    preview: Option<String>,
}

impl Shown {
    fn wrong(wrong: Wrong) -> Self {
        Self { again: true, wrong: Some(wrong), ..Self::default() }
    }
}

/// The page with the form, as it was typed.
async fn page(visitor: &Visitor, mut fields: Fields, mut why: Shown) -> Result<HttpResponse> {
    if why.again && again::without_gone(visitor, &mut fields).await? {
        why.wrong = Some(Wrong { field: "text", why: visitor.texts.say("compose-gone-around") });
    }
    let status = if why.wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let mut write = build(visitor, fields).await?;
    let kind = write.kinds.iter().find(|kind| kind.chosen && kind.value != "plain").map(|kind| kind.words.clone());
    write.preview = why.preview.map(|html| Preview {
        html,
        warning: write.fields.warning.clone(),
        kind: kind.unwrap_or_default(),
        audience: write.to(),
    });
    (write.again, write.asked, write.wrong) = (why.again, why.asked, why.wrong);
    let t = &visitor.texts;
    let title = match (&write.parent, &write.group) {
        (Some(parent), _) => t.with("compose-reply-title", "name", &parent.author.name),
        (None, Some(group)) => t.with("compose-group-title", "name", &group.name),
        (None, None) => t.say("compose-title"),
    };
    visitor.page(status, &ComposePage { frame: Frame::new(visitor, title), write })
}

/// The form around what was typed.
async fn build(visitor: &Visitor, mut fields: Fields) -> Result<Form> {
    let (app, t, viewer) = (&visitor.app, &visitor.texts, visitor.viewer());
    let me = visitor.me()?;
    let (reply, quote) = (id_in(&fields.reply)?, id_in(&fields.quote)?);
    let group = find_group(visitor, &fields.group).await?;
    let wanted: Vec<StatusId> = reply.into_iter().chain(quote).collect();
    let mut conn = app.db.get().await?;
    let seen = statuses::store::list_visible(&mut conn, viewer, &wanted).await?;
    let rows = statuses::store::list_statuses(&mut conn, &seen).await?;
    let posts = view::load(app, &mut conn, t, viewer, &seen).await?;
    let group_view = match &group {
        Some(group) => {
            let emojis = emojis::view::load(app, &mut conn, [&accounts::entity::named(group)]).await?;
            Some(Who::new(group, app, &emojis))
        }
        None => None,
    };
    let outside = match &group {
        Some(group) => !relationships::store::is_following(&mut conn, me.id, group.id).await?,
        None => false,
    };
    drop(conn);
    let post = |id: Option<StatusId>| {
        let found = id.map(|id| posts.iter().find(|post| post.id == id).cloned().ok_or(Error::NotFound("Post")));
        found.transpose()
    };
    let (mut parent, mut quoted) = (post(reply)?, post(quote)?);
    for shown in parent.iter_mut().chain(quoted.iter_mut()) {
        // Nothing is done with it here but what is being written.
        shown.acts = None;
    }
    let user = visitor.person.as_ref().map(|(_, user)| user);
    let usual = user.map(|user| user.default_visibility.as_str()).unwrap_or_default();
    let usual_quoters = user.map(|user| user.default_quote_policy.as_str()).unwrap_or_default();
    // What it answers or quotes says for whom it is at most.
    let widest = rows.iter().map(Status::audience).find(|audience| !quotes::is_quotable(*audience));
    let around = parent.as_ref().and_then(|parent| {
        let row = rows.iter().find(|row| row.id == parent.id)?;
        Some((row.audience(), parent.audience.as_str()))
    });
    if fields.language.is_empty() {
        fields.language = user.and_then(|user| user.default_language.clone()).unwrap_or_else(|| t.code());
    }
    let attached = files::attached(app, me, &fields).await?;
    let draft = if fields.draft.starts_with(&form::draft_name(me, &[])) {
        fields.draft.clone()
    } else {
        form::draft_name(me, &[("reply", &fields.reply), ("quote", &fields.quote), ("group", &fields.group)])
    };
    Ok(Form {
        action: "/compose".into(),
        draft,
        audiences: form::audiences(t, around, group_view.as_ref(), &fields.audience, usual),
        quoters: form::quoters(t, widest.unwrap_or(Audience::Public), &fields.quotes, usual_quoters),
        kinds: form::kinds(t, if fields.kind.is_empty() { "plain" } else { &fields.kind }),
        languages: form::languages(t, &fields.language),
        poll_lengths: form::poll_lengths(t, &fields.poll_seconds),
        zone: t.zone(),
        rooms: (attached.len()..MOST_FILES).collect(),
        attached,
        most: app.config.posts.characters,
        parent,
        quoted,
        group: group_view,
        outside,
        fields,
        ..Form::default()
    })
}

async fn find_group(visitor: &Visitor, name: &str) -> Result<Option<Account>> {
    if name.is_empty() {
        return Ok(None);
    }
    let found = profile::find(&visitor.app, name.trim_start_matches('@')).await?;
    if found.is_group() { Ok(Some(found)) } else { Err(Error::NotFound("Group")) }
}

/// Reads what was sent, with its files.
pub(super) async fn read(visitor: &Visitor, request: &HttpRequest, payload: web::Payload) -> Result<(Fields, Files)> {
    let most = media::api::most_bytes(&visitor.app)?.saturating_mul(4);
    params::read_with_files(request, payload, &files::NAMES, most).await
}

/// POST /compose: sends it, or shows it again, to go on.
pub async fn submit(visitor: Visitor, request: HttpRequest, payload: web::Payload) -> Result<HttpResponse> {
    let Some(me) = visitor.account().cloned() else {
        return ended::page(visitor, &request, payload, None).await;
    };
    let (mut fields, uploads) = read(&visitor, &request, payload).await?;
    if !visitor.is_own_form(&request, &fields.token) {
        let why = visitor.texts.say("form-expired");
        return page(&visitor, fields, Shown::wrong(Wrong { field: "text", why })).await;
    }
    if let Some(location) = again::sent_before(&visitor, &me, &mut fields).await? {
        return visitor.draft_sent(&location, &fields.draft);
    }
    if let Some(wrong) = files::take(&visitor, &me, &mut fields, uploads).await? {
        return page(&visitor, fields, Shown::wrong(wrong)).await;
    }
    if fields.act == "more" {
        return page(&visitor, fields, Shown { again: true, ..Shown::default() }).await;
    }
    match send(&visitor, &me, &fields).await {
        Ok(Sent::Shown(html)) => {
            page(&visitor, fields, Shown { again: true, preview: Some(html), ..Shown::default() }).await
        }
        Ok(Sent::Refused(wrong)) => page(&visitor, fields, Shown::wrong(wrong)).await,
        Ok(Sent::To(location)) => visitor.draft_sent(&location, &fields.draft),
        Err(error) => {
            let wrong = wrong_of(&visitor, error)?;
            page(&visitor, fields, Shown::wrong(wrong)).await
        }
    }
}

/// What became of it.
enum Sent {
    /// It was not sent: it is to be looked at first.
    Shown(String),
    /// Something is missing.
    Refused(Wrong),
    /// It is, or waits, at this path.
    To(String),
}

async fn send(visitor: &Visitor, me: &Account, fields: &Fields) -> Result<Sent> {
    let app = &visitor.app;
    let group = find_group(visitor, &fields.group).await?;
    let mut draft = draft(fields)?;
    let words = ops::words(&draft.text, &draft.spoiler_text);
    let direct = draft.visibility == Some(Visibility::Direct);
    let mut mentioned = object::resolve_mentions(app, words, draft.markdown, direct).await?;
    if let Some(group) = group.filter(|group| !mentioned.iter().any(|account| account.id == group.id)) {
        let handle = page_of(&group);
        draft.text = format!("{}\n\n{}", draft.text.trim_end(), handle.trim_start_matches('/'));
        draft.visibility = Some(Visibility::Public);
        mentioned.push(group);
    }
    if draft.text.trim().is_empty() && draft.media.is_empty() && draft.quoted.is_none() {
        return Ok(Sent::Refused(Wrong { field: "text", why: visitor.texts.say("compose-blank") }));
    }
    if fields.act == "preview" {
        return Ok(Sent::Shown(ops::preview(app, draft, &mentioned)?));
    }
    if let Some(wrong) = files::undescribed(&visitor.texts, fields) {
        return Ok(Sent::Refused(wrong));
    }
    files::describe(app, me, fields).await?;
    if fields.act == "later" {
        let at = visitor.texts.moment_in(&fields.at);
        let at = at.ok_or_else(|| Error::invalid("scheduled_at", "must be a day and a time"))?;
        return Ok(Sent::To(match scheduled::ops::schedule(app, me, draft, at).await? {
            Made::Waiting(_) => "/scheduled".into(),
            Made::Published(id) => format!("{}/{id}", page_of(me)),
        }));
    }
    let status = ops::publish(app, me, draft, mentioned).await?;
    accounts::view::invalidate(app, me.id);
    Ok(Sent::To(format!("{}/{}", page_of(me), status.id)))
}

/// What was typed, as a draft.
fn draft(fields: &Fields) -> Result<StatusDraft> {
    let visibility = match fields.audience.as_str() {
        "" => None,
        audience => Some(Visibility::parse(audience).ok_or_else(|| Error::invalid("audience", "is none of these"))?),
    };
    let answers = fields.answers();
    let poll = (!answers.is_empty()).then(|| PollDraft {
        options: answers,
        expires_in: fields.poll_length(),
        multiple: fields.poll_multiple == Some(true),
        hide_totals: fields.poll_hidden == Some(true),
    });
    Ok(StatusDraft {
        text: fields.text.replace("\r\n", "\n"),
        markdown: fields.markdown == Some(true),
        spoiler_text: fields.warning.trim().to_owned(),
        sensitive: None,
        language: Some(fields.language.clone()).filter(|language| !language.is_empty()),
        visibility,
        in_reply_to: id_in(&fields.reply)?,
        quoted: id_in(&fields.quote)?,
        quote_policy: fields.quoters()?,
        media: files::ids(fields),
        poll,
        kind: kind(fields)?,
        application_id: None,
        idempotency_key: Some(fields.key.clone()).filter(|key| !key.is_empty() && key.len() <= 255),
    })
}

/// The kind that was chosen. A plain post may still become one by its hashtags.
pub(super) fn kind(fields: &Fields) -> Result<Option<Kind>> {
    match fields.kind.as_str() {
        "" | "plain" => Ok(None),
        name => Kind::parse(name).map(Some).ok_or_else(|| Error::invalid("kind", "is none of these")),
    }
}

/// What is wrong, at the field of the form where it is.
pub(super) fn wrong_of(visitor: &Visitor, error: Error) -> Result<Wrong> {
    let t = &visitor.texts;
    Ok(match error {
        Error::Invalid { field, why } => Wrong {
            field: match field {
                "media_ids" | "file" | "description" | "media_attributes" => "file",
                "language" | "kind" | "audience" | "quotes" | "undescribed" => field,
                "scheduled_at" => "at",
                field if field.starts_with("poll") => "poll",
                _ => "text",
            },
            why: t.why(&why),
        },
        Error::NotFound(_) => Wrong { field: "text", why: t.say("compose-gone") },
        Error::Forbidden(why) | Error::Conflict(why) => Wrong { field: "text", why: t.why(&why) },
        error => return Err(error),
    })
}
