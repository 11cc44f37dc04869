//! A post is edited, by its author here or elsewhere. What it was is kept; its audience never changes (AUDIENCE): to change
//! that, one deletes it and writes it anew.

use chrono::{DateTime, TimeDelta, Utc};

use super::publish::{Prepared, insert_names, render, tags_of, without_files, without_refused};
use super::record::named_accounts;
use crate::accounts::Account;
use crate::app::App;
use crate::base::id::{AccountId, EditId, MediaId, StatusId};
use crate::base::text;
use crate::base::visibility::Viewer;
use crate::base::{Error, Result, why};
use crate::cards;
use crate::db::Conn;
use crate::db::changes::Change;
use crate::emojis;
use crate::jobs;
use crate::media::{self, Attachment, RemoteAttachment};
use crate::notifications::{self, Kind as Notice};
use crate::polls::{self, Poll, PollChange};
use crate::quotes;
use crate::search;
use crate::statuses::store::{self, Edited};
use crate::statuses::wire::RemoteStatus;
use crate::statuses::{Kind, Status, StatusChange, StatusDraft, StatusEdited, Version, VersionMedia};

/// Edits one's own post. `mentioned` are the accounts that the new text names, found beforehand. What changes nothing is no
/// edit. Enqueues [`StatusEdited`].
pub async fn edit(
    app: &App,
    author: &Account,
    id: StatusId,
    change: StatusChange,
    mentioned: Vec<Account>,
) -> Result<Status> {
    app.transaction(async |conn| {
        let status = store::lock_status(conn, id).await?;
        let status = status
            .filter(|status| status.account_id == author.id && status.reblog_of_id.is_none())
            .ok_or(Error::NotFound("Record"))?;
        let before = media::store::list_of_statuses(conn, &[id]).await?;
        let poll = polls::store::lock_of_status(conn, id).await?;
        if poll.is_some() && change.poll == PollChange::Keep {
            without_files(&change.media)?;
        }
        if let Some(choice) = change.quote_policy {
            quotes::ops::put_policy(app, conn, &status, choice).await?;
        }
        let quoted = quotes::ops::find_linked(conn, id).await?;
        let draft = StatusDraft { quoted: quoted.as_ref().map(|quoted| quoted.id), ..draft(&status, &change) };
        let prepared = Prepared::new(app, draft)?;
        let mentioned = without_refused(conn, author, &mentioned).await?;
        let edited = edited(app, &status, &prepared, &mentioned, quoted.as_ref());
        let same_poll = polls::ops::is_same(poll.as_ref(), &change.poll, app.now());
        if same_poll && is_same(&status, &edited) && is_same_media(&before, &change) {
            return Ok(status);
        }
        let names = Names::new(conn, &status, &mentioned).await?;
        if let Some(outsider) = names.outsiders.first() {
            let handle = outsider.full_handle(&app.config.instance.domain);
            let why = why!(
                "@{handle} cannot see this post: an edit lets nobody in. Delete it and write it anew",
                handle = handle
            );
            return Err(Error::invalid("", why));
        }
        keep_version(app, conn, &status, &before, poll.as_ref()).await?;
        media::ops::attach(app, conn, author.id, id, &change.media).await?;
        for (id, details) in change.details.iter().filter(|(id, _)| change.media.contains(id)) {
            media::ops::check_details(details)?;
            media::store::update_details(conn, *id, details).await?;
        }
        let earlier = status;
        let status = store::update_edited(conn, id, &edited).await?;
        polls::ops::change(app, conn, &status, poll.as_ref(), &change.poll).await?;
        search::store::index(conn, &[&status]).await?;
        cards::ops::want_anew(app, conn, &earlier, &status).await?;
        names.replace(app, conn, &status, &prepared.tags).await?;
        tell_boosters(app, conn, &status).await?;
        quotes::ops::tell_quoters(app, conn, &status).await?;
        jobs::enqueue(app, conn, &StatusEdited { status_id: id, account_id: author.id }).await?;
        app.announce(Change::Edited(id));
        Ok(status)
    })
    .await
}

/// The post as it would be published now.
fn draft(status: &Status, change: &StatusChange) -> StatusDraft {
    let markdown = change.markdown.unwrap_or(status.content_type == "text/markdown");
    let named: Vec<Kind> = tags_of(&change.text, markdown).iter().filter_map(|tag| Kind::from_hashtag(tag)).collect();
    // Plain clients change the kind by its hashtag; one that is only left out is written again.
    let known = Some(status.kind()).filter(|kind| named.is_empty() || named.contains(kind));
    StatusDraft {
        text: change.text.clone(),
        markdown,
        spoiler_text: change.spoiler_text.clone(),
        sensitive: change.sensitive,
        language: change.language.as_deref().and_then(text::language_tag).or_else(|| status.language.clone()),
        media: change.media.clone(),
        poll: match &change.poll {
            PollChange::To(poll) => Some(poll.clone()),
            PollChange::Keep | PollChange::Remove => None,
        },
        kind: change.kind.or(known),
        ..StatusDraft::default()
    }
}

fn edited(app: &App, status: &Status, prepared: &Prepared, mentioned: &[Account], quoted: Option<&Status>) -> Edited {
    let draft = &prepared.draft;
    let spoiler_text = draft.spoiler_text.trim().to_owned();
    Edited {
        content: render(app, prepared, mentioned, quoted),
        text: prepared.text.clone(),
        content_type: if draft.markdown { "text/markdown" } else { "text/plain" }.to_owned(),
        sensitive: draft.sensitive == Some(true) || !spoiler_text.is_empty(),
        spoiler_text,
        language: draft.language.clone(),
        kind: prepared.kind.number(),
        edited_at: after(status, app.now()),
    }
}

/// Edits of one post have different times, by which they are told apart.
fn after(status: &Status, now: DateTime<Utc>) -> DateTime<Utc> {
    status.edited_at.map_or(now, |last| now.max(last + TimeDelta::milliseconds(1)))
}

/// Of posts from elsewhere, whose text we don't have, the HTML says whether something changed.
fn is_same(status: &Status, edited: &Edited) -> bool {
    let same_text = if status.local {
        status.text == edited.text && status.content_type == edited.content_type
    } else {
        status.content == edited.content
    };
    same_text
        && status.spoiler_text == edited.spoiler_text
        && status.sensitive == edited.sensitive
        && status.language == edited.language
        && status.kind == edited.kind
}

fn is_same_media(before: &[Attachment], change: &StatusChange) -> bool {
    let ids: Vec<MediaId> = before.iter().map(|attachment| attachment.id).collect();
    let said = |(id, new): &(MediaId, media::Details)| {
        before.iter().find(|attachment| attachment.id == *id).is_none_or(|known| {
            new.description.as_ref().is_none_or(|text| *text == known.description)
                && new.focus.is_none_or(|focus| focus == (known.focus_x, known.focus_y))
        })
    };
    ids == change.media && change.details.iter().all(said)
}

/// Keeps what a post is before it changes.
async fn keep_version(
    app: &App,
    conn: &mut Conn,
    status: &Status,
    media: &[Attachment],
    poll: Option<&Poll>,
) -> Result<()> {
    let media: Vec<VersionMedia> =
        media.iter().map(|one| VersionMedia { id: one.id, description: one.description.clone() }).collect();
    let version = Version {
        id: EditId(app.ids.mint(app.now())),
        status_id: status.id,
        content: status.content.clone(),
        spoiler_text: status.spoiler_text.clone(),
        sensitive: status.sensitive,
        media: serde_json::to_value(media).map_err(Error::internal)?,
        created_at: status.edited_at.unwrap_or(status.created_at),
        poll_options: poll.map(|poll| poll.options.iter().cloned().map(Some).collect()),
    };
    store::insert_version(conn, &version).await?;
    Ok(())
}

/// Whom a changed post names.
struct Names {
    /// Those that it did not name before.
    added: Vec<Account>,
    /// Those that it names no more.
    removed: Vec<AccountId>,
    /// Those whom it newly names and who may not see it.
    outsiders: Vec<Account>,
}

impl Names {
    async fn new(conn: &mut Conn, status: &Status, now: &[Account]) -> Result<Self> {
        let before = store::list_mentions(conn, &[status.id]).await?;
        let before: Vec<AccountId> = before.into_iter().map(|(_, account)| account.id).collect();
        let mut names = Self { added: Vec::new(), removed: Vec::new(), outsiders: Vec::new() };
        for account in now.iter().filter(|account| !before.contains(&account.id)) {
            let may_see = status.audience().is_open()
                || !store::list_visible(conn, Viewer::account(account.id), &[status.id]).await?.is_empty();
            if may_see { &mut names.added } else { &mut names.outsiders }.push(account.clone());
        }
        // In posts that are not for everyone, being named is what lets one in: who was let in stays in.
        if status.audience().is_open() {
            names.removed = before.into_iter().filter(|id| now.iter().all(|account| account.id != *id)).collect();
        }
        Ok(names)
    }

    /// Puts the names and hashtags in place, and tells those who are newly named.
    async fn replace(&self, app: &App, conn: &mut Conn, status: &Status, tags: &[String]) -> Result<()> {
        if !self.removed.is_empty() {
            store::delete_mentions(conn, status.id, &self.removed).await?;
        }
        store::delete_tags(conn, status.id).await?;
        insert_names(app, conn, status, &self.added, tags).await
    }
}

/// Tells the people here who boosted a post that it changed: of the last change, once.
async fn tell_boosters(app: &App, conn: &mut Conn, status: &Status) -> Result<()> {
    let boosters = store::list_local_boosters(conn, status.id).await?;
    if boosters.is_empty() {
        return Ok(());
    }
    notifications::store::delete_about_status(conn, status.account_id, Notice::Update, status.id).await?;
    notifications::ops::notify(app, conn, &boosters, status.account_id, Notice::Update, Some(status.id)).await
}

/// Records an edit by a remote author, who was verified, and its emoji: see [`apply_edit`].
pub async fn record_edit(
    app: &App,
    conn: &mut Conn,
    author: &Account,
    remote: &RemoteStatus,
) -> Result<Option<Status>> {
    let edited = apply_edit(app, conn, author, remote).await?;
    if edited.is_some() {
        // A picture may be another one where no word is.
        emojis::ops::record(app, conn, author.domain.as_deref(), &remote.emojis).await?;
    }
    Ok(edited)
}

/// An edit that is older than what is known, or changes nothing, has no effect. Whom it newly names is told when they may see
/// it already: the audience stays. `None` when the post isn't here.
async fn apply_edit(app: &App, conn: &mut Conn, author: &Account, remote: &RemoteStatus) -> Result<Option<Status>> {
    let Some(known) = store::find_by_uri(conn, &remote.uri).await? else { return Ok(None) };
    let Some(status) = store::lock_status(conn, known.id).await? else { return Ok(None) };
    if status.account_id != author.id || status.local || status.reblog_of_id.is_some() {
        return Ok(None);
    }
    let now = app.now();
    // A clock that is ahead must not shut out the edits that follow.
    let edited_at = remote.updated.unwrap_or(now).min(now);
    if status.edited_at.is_some_and(|known| known > edited_at) {
        return Ok(Some(status));
    }
    let (poll, now_poll) = (polls::store::lock_of_status(conn, status.id).await?, remote.poll.as_ref());
    let same_poll = polls::ops::is_known(poll.as_ref(), now_poll);
    if same_poll {
        // New numbers are no edit.
        polls::ops::record(app, conn, &status, poll.as_ref(), now_poll).await?;
    }
    quotes::ops::record_change(app, conn, author, &status, remote.quote.as_ref(), remote.quote_policy).await?;
    if status.edited_at == Some(edited_at) {
        return Ok(Some(status));
    }
    let before = media::store::list_of_statuses(conn, &[status.id]).await?;
    let edited = Edited {
        text: String::new(),
        content_type: status.content_type.clone(),
        content: remote.content.clone(),
        spoiler_text: remote.spoiler_text.clone(),
        sensitive: remote.sensitive,
        language: remote.language.clone(),
        kind: remote.kind.number(),
        edited_at,
    };
    if same_poll && is_same(&status, &edited) && is_same_remote_media(&before, &remote.media) {
        return Ok(Some(status));
    }
    keep_version(app, conn, &status, &before, poll.as_ref()).await?;
    media::ops::record_remote(app, conn, author.id, status.id, &remote.media, true).await?;
    let earlier = status;
    let status = store::update_edited(conn, earlier.id, &edited).await?;
    if !same_poll {
        polls::ops::record(app, conn, &status, poll.as_ref(), now_poll).await?;
    }
    search::store::index(conn, &[&status]).await?;
    cards::ops::want_anew(app, conn, &earlier, &status).await?;
    let mut named = named_accounts(conn, remote).await?;
    named.retain(|account| account.is_local() || status.audience().is_open());
    let tags: Vec<String> = remote.tags.iter().map(|tag| text::normalise_tag(tag)).collect();
    Names::new(conn, &status, &named).await?.replace(app, conn, &status, &tags).await?;
    tell_boosters(app, conn, &status).await?;
    quotes::ops::tell_quoters(app, conn, &status).await?;
    app.announce(Change::Edited(status.id));
    Ok(Some(status))
}

fn is_same_remote_media(before: &[Attachment], now: &[RemoteAttachment]) -> bool {
    let is_same = |(known, new): (&Attachment, &RemoteAttachment)| {
        known.remote_url.as_deref() == Some(new.url.as_str())
            && known.description == new.description
            && (known.focus_x, known.focus_y) == new.focus
    };
    before.len() == now.len() && before.iter().zip(now).all(is_same)
}
