//! A person of this instance publishes a post.

use std::collections::HashMap;

use super::quote;
use super::threads::whom_it_answers;
use crate::accounts::{self, Account};
use crate::app::App;
use crate::base::handle::Handle;
use crate::base::id::{AccountId, MediaId, StatusId, TagId};
use crate::base::text;
use crate::base::visibility::{Audience, Viewer, Visibility};
use crate::base::{Error, Result, why};
use crate::cards;
use crate::conversations;
use crate::db::Conn;
use crate::db::changes::Change;
use crate::jobs;
use crate::media;
use crate::notifications::{self, Kind as Notice};
use crate::polls;
use crate::quotes;
use crate::relationships;
use crate::search;
use crate::statuses::store::{self, Count};
use crate::statuses::{Kind, NewStatus, Status, StatusDraft, StatusPublished};

/// Hashtags that one post may have.
const MOST_TAGS: usize = 30;

/// Publishes a draft. `mentioned` are the accounts that its text names, found beforehand by
/// `object::resolve_mentions`. With an idempotency key that was used within a day, the post that it made is returned.
///
/// A reply's audience is never wider than its parent's (AUDIENCE rule 1): a wider one is narrowed, since clients send the
/// author's default with every reply. Enqueues [`StatusPublished`].
pub async fn publish(app: &App, author: &Account, draft: StatusDraft, mentioned: Vec<Account>) -> Result<Status> {
    let prepared = Prepared::new(app, draft)?;
    if let Some(earlier) = find_earlier(app, author, &prepared.draft).await? {
        return Ok(earlier);
    }
    let outcome = app.transaction(async |conn| insert(app, conn, author, &prepared, &mentioned).await).await;
    match outcome {
        Err(Error::Conflict(_)) => find_earlier(app, author, &prepared.draft).await?.ok_or_else(|| {
            Error::Conflict("This post was being published at the same moment; please try again".into())
        }),
        outcome => outcome,
    }
}

/// Whether a draft could be published now, as far as its text and what it answers are concerned.
pub async fn check(app: &App, conn: &mut Conn, author: &Account, draft: &StatusDraft) -> Result<()> {
    Prepared::new(app, draft.clone())?;
    Around::find(conn, author, draft).await.map(drop)
}

/// How a draft would be shown, with `mentioned` as for [`publish`].
pub fn preview(app: &App, draft: StatusDraft, mentioned: &[Account]) -> Result<String> {
    Ok(render(app, &Prepared::new(app, draft)?, mentioned, None))
}

/// As [`publish`], inside the caller's transaction and without an idempotency key.
pub async fn publish_in(
    app: &App,
    conn: &mut Conn,
    author: &Account,
    draft: StatusDraft,
    mentioned: &[Account],
) -> Result<Status> {
    let draft = StatusDraft { idempotency_key: None, ..draft };
    insert(app, conn, author, &Prepared::new(app, draft)?, mentioned).await
}

/// What a draft answers, and what it quotes.
struct Around {
    parent: Option<Status>,
    quoted: Option<Status>,
}

impl Around {
    async fn find(conn: &mut Conn, author: &Account, draft: &StatusDraft) -> Result<Self> {
        let parent = find_parent(conn, author, draft).await?;
        let quoted = match draft.quoted {
            Some(id) => Some(quotes::ops::find_quotable(conn, author.id, id).await?),
            None => None,
        };
        Ok(Self { parent, quoted })
    }
}

/// The post that a draft answers, if its author may see it: of a boost, what it boosts.
async fn find_parent(conn: &mut Conn, author: &Account, draft: &StatusDraft) -> Result<Option<Status>> {
    let Some(id) = draft.in_reply_to else { return Ok(None) };
    let viewer = Viewer::account(author.id);
    let mut parent = store::find_visible(conn, viewer, id).await?;
    if let Some(original) = parent.as_ref().and_then(|parent| parent.reblog_of_id) {
        parent = store::find_visible(conn, viewer, original).await?;
    }
    parent.map(Some).ok_or(Error::NotFound("The post that is replied to"))
}

async fn find_earlier(app: &App, author: &Account, draft: &StatusDraft) -> Result<Option<Status>> {
    match &draft.idempotency_key {
        Some(key) => find_sent(app, author, key).await,
        None => Ok(None),
    }
}

/// The post that was made with this idempotency key within a day.
pub async fn find_sent(app: &App, author: &Account, key: &str) -> Result<Option<Status>> {
    let mut conn = app.db.get().await?;
    match store::find_idempotent(&mut conn, author.id, key).await? {
        Some(id) => Ok(store::find_status(&mut conn, id).await?),
        None => Ok(None),
    }
}

/// A draft that holds by itself.
pub(super) struct Prepared {
    pub draft: StatusDraft,
    pub text: String,
    pub kind: Kind,
    /// Normalised.
    pub tags: Vec<String>,
}

impl Prepared {
    pub fn new(app: &App, mut draft: StatusDraft) -> Result<Self> {
        let mut text = words(&draft.text, &draft.spoiler_text).trim().to_owned();
        if draft.text.trim().is_empty() && !text.is_empty() {
            // What it was to hide stays hidden.
            draft.spoiler_text.clear();
            draft.sensitive = Some(true);
        }
        if text.is_empty() && draft.media.is_empty() && draft.quoted.is_none() {
            return Err(Error::invalid("", "Text can't be blank"));
        }
        if let Some(poll) = &draft.poll {
            without_files(&draft.media)?;
            polls::ops::check(poll)?;
        }
        draft.language = draft.language.as_deref().and_then(text::language_tag);
        let mut tags = tags_of(&text, draft.markdown);
        let kind = draft.kind.or_else(|| tags.iter().find_map(|tag| Kind::from_hashtag(tag))).unwrap_or_default();
        if let Some(tag) = kind.hashtag()
            && !tags.iter().any(|known| Kind::from_hashtag(known) == Some(kind))
        {
            // Plain clients know the kind by its hashtag.
            text.push_str(if text.is_empty() { "#" } else { "\n\n#" });
            text.push_str(tag);
            tags.push(tag.to_owned());
        }
        let most = app.config.posts.characters;
        if text::count_characters(&text) + text::count_characters(&draft.spoiler_text) > most {
            return Err(Error::invalid("", why!("Text character limit of {most} exceeded", most = most)));
        }
        if tags.len() > MOST_TAGS {
            return Err(Error::invalid("", why!("A post can have at most {most} hashtags", most = MOST_TAGS)));
        }
        Ok(Self { draft, text, kind, tags })
    }
}

/// What somebody writes: a text or, as in Mastodon, a content warning that has none to warn of.
pub fn words<'a>(text: &'a str, spoiler_text: &'a str) -> &'a str {
    if text.trim().is_empty() { spoiler_text } else { text }
}

/// As in Mastodon, a post has files or a poll.
pub(super) fn without_files(media: &[MediaId]) -> Result<()> {
    if media.is_empty() {
        return Ok(());
    }
    Err(Error::invalid("media_ids", "cannot be on a post that has a poll: it has either files or a poll"))
}

pub(super) fn tags_of(text: &str, markdown: bool) -> Vec<String> {
    let found = if markdown { text::extract_markdown(text) } else { text::extract(text) };
    found.hashtags.iter().map(|tag| text::normalise_tag(tag)).collect()
}

async fn insert(
    app: &App,
    conn: &mut Conn,
    author: &Account,
    prepared: &Prepared,
    mentioned: &[Account],
) -> Result<Status> {
    let Prepared { draft, text, kind, tags } = prepared;
    let mentioned = &without_refused(conn, author, mentioned).await?;
    let Around { parent, quoted } = Around::find(conn, author, draft).await?;
    let Choice { visibility, sensitive, language, quote_policy } = choose(conn, author.id, draft).await?;
    let audience = narrowed(visibility.audience(), parent.as_ref().map(Status::audience));
    let audience = match &quoted {
        Some(quoted) => quote::audience(audience, author, quoted, mentioned, parent.is_some())?,
        None => audience,
    };
    let group = group_of(audience, mentioned, parent.as_ref());
    let now = app.now();
    let id = StatusId(app.ids.mint(now));
    let row = NewStatus {
        id,
        account_id: author.id,
        uri: format!("{}/statuses/{id}", author.uri),
        url: format!("{}/{id}", author.url),
        local: true,
        audience_kind: audience.kind(),
        audience_id: audience.id(),
        in_reply_to_id: parent.as_ref().map(|parent| parent.id),
        in_reply_to_account_id: parent.as_ref().and_then(|parent| whom_it_answers(author.id, parent)),
        in_reply_to_uri: parent.as_ref().map(|parent| parent.uri.clone()),
        thread_id: parent.as_ref().map_or(id, |parent| parent.thread_id),
        reblog_of_id: None,
        group_account_id: group,
        kind: kind.number(),
        content: render(app, prepared, mentioned, quoted.as_ref()),
        text: text.clone(),
        content_type: if draft.markdown { "text/markdown" } else { "text/plain" },
        spoiler_text: draft.spoiler_text.trim().to_owned(),
        sensitive: sensitive || author.sensitized_at.is_some() || !draft.spoiler_text.trim().is_empty(),
        language,
        application_id: draft.application_id,
        created_at: now,
        quote_policy: quote_policy.policy(audience).number(),
    };
    let status = store::insert_status(conn, &row).await?.ok_or_else(|| Error::internal("an id was minted twice"))?;
    if let Some(key) = &draft.idempotency_key
        && store::insert_idempotency_key(conn, author.id, key, id, now).await? == 0
    {
        return Err(Error::Conflict("This post is being published already".into()));
    }
    insert_names(app, conn, &status, mentioned, tags).await?;
    if let Some(quoted) = &quoted {
        quotes::ops::add(app, conn, author, &status, quoted).await?;
    }
    conversations::ops::add(app, conn, &status).await?;
    if !draft.media.is_empty() {
        media::ops::attach(app, conn, author.id, id, &draft.media).await?;
    }
    if let Some(poll) = &draft.poll {
        polls::ops::create(app, conn, &status, poll).await?;
    }
    search::store::index_new(conn, &status, draft.media.is_empty() && draft.poll.is_none()).await?;
    cards::ops::want(app, conn, &status).await?;
    if let Some(parent) = &parent
        && audience.is_open()
    {
        store::count_on_status(conn, parent.id, Count::Replies, 1).await?;
    }
    store::count_of_account(conn, &status, 1).await?;
    jobs::enqueue(app, conn, &StatusPublished { status_id: id, account_id: Some(author.id) }).await?;
    app.announce(Change::Published(id));
    Ok(status)
}

/// Whom one blocks, or whose domain, one does not mention: their names stay text, as in Mastodon.
pub(super) async fn without_refused(conn: &mut Conn, author: &Account, mentioned: &[Account]) -> Result<Vec<Account>> {
    let ids: Vec<AccountId> = mentioned.iter().map(|account| account.id).collect();
    let refused = if ids.is_empty() { ids } else { relationships::store::list_refused(conn, author.id, &ids).await? };
    Ok(mentioned.iter().filter(|account| !refused.contains(&account.id)).cloned().collect())
}

/// Ties a post to the people and hashtags that it names.
pub(super) async fn insert_names(
    app: &App,
    conn: &mut Conn,
    status: &Status,
    mentioned: &[Account],
    tags: &[String],
) -> Result<()> {
    let people: Vec<AccountId> = mentioned.iter().map(|account| account.id).collect();
    if !people.is_empty() {
        store::insert_mentions(conn, status.id, &people).await?;
        notifications::ops::notify(app, conn, &people, status.account_id, Notice::Mention, Some(status.id)).await?;
    }
    if !tags.is_empty() {
        let now = app.now();
        let named: Vec<(TagId, String)> = tags.iter().map(|tag| (TagId(app.ids.mint(now)), tag.clone())).collect();
        store::insert_tags(conn, status.id, &named, now).await?;
    }
    Ok(())
}

/// What a draft says, or else its author's defaults for new posts.
struct Choice {
    visibility: Visibility,
    sensitive: bool,
    language: Option<String>,
    quote_policy: quotes::Choice,
}

async fn choose(conn: &mut Conn, author: AccountId, draft: &StatusDraft) -> Result<Choice> {
    if let (Some(visibility), Some(sensitive), Some(language), Some(quote_policy)) =
        (draft.visibility, draft.sensitive, &draft.language, draft.quote_policy)
    {
        return Ok(Choice { visibility, sensitive, language: Some(language.clone()), quote_policy });
    }
    let user = accounts::store::find_user(conn, author).await?;
    let default = user.as_ref().and_then(|user| Visibility::parse(&user.default_visibility));
    Ok(Choice {
        visibility: draft.visibility.or(default).unwrap_or(Visibility::Public),
        sensitive: draft.sensitive.unwrap_or_else(|| user.as_ref().is_some_and(|user| user.default_sensitive)),
        quote_policy: draft.quote_policy.unwrap_or_else(|| {
            let usual = user.as_ref().and_then(|user| quotes::Choice::parse(&user.default_quote_policy));
            usual.unwrap_or(quotes::Choice::Public)
        }),
        language: draft.language.clone().or_else(|| user.and_then(|user| user.default_language)),
    })
}

/// Who sees what somebody publishes, unless they say something else.
pub async fn usual_visibility(conn: &mut Conn, author: AccountId) -> Result<Visibility> {
    let user = accounts::store::find_user(conn, author).await?;
    Ok(user.and_then(|user| Visibility::parse(&user.default_visibility)).unwrap_or(Visibility::Public))
}

/// The audience of a reply: the wanted one, but never wider than the parent's. A reply may always be direct.
pub(super) fn narrowed(wanted: Audience, parent: Option<Audience>) -> Audience {
    match parent {
        None | Some(Audience::Public) => wanted,
        _ if wanted == Audience::Direct => wanted,
        Some(closed @ (Audience::Organisation | Audience::Partners | Audience::Group(_))) => closed,
        Some(parent) if parent.kind() > wanted.kind() => parent,
        Some(_) => wanted,
    }
}

/// The public group that a post belongs to: the first that is mentioned, else that of the thread.
fn group_of(audience: Audience, mentioned: &[Account], parent: Option<&Status>) -> Option<AccountId> {
    if audience != Audience::Public {
        return None;
    }
    let named = mentioned.iter().find(|account| account.is_group()).map(|group| group.id);
    named.or_else(|| parent.and_then(|parent| parent.group_account_id))
}

/// The HTML of a draft; of one that quotes, with a link for those who don't know quotes.
pub(super) fn render(app: &App, prepared: &Prepared, mentioned: &[Account], quoted: Option<&Status>) -> String {
    let own = &app.config.instance.domain;
    let links = PostLinks {
        origin: &app.origin,
        own,
        people: mentioned.iter().map(|account| (account.full_handle(own).to_lowercase(), account)).collect(),
    };
    let text = &prepared.text;
    let html =
        if prepared.draft.markdown { text::render_markdown(text, &links) } else { text::render_plain(text, &links) };
    match quoted {
        Some(quoted) => quotes::wire::with_link(html, &quoted.uri, &quoted.url),
        None => html,
    }
}

struct PostLinks<'a> {
    origin: &'a str,
    own: &'a str,
    people: HashMap<String, &'a Account>,
}

impl text::Links for PostLinks<'_> {
    fn mention(&self, handle: &Handle) -> Option<text::MentionLink> {
        let domain = handle.domain.as_deref().unwrap_or(self.own);
        let account = self.people.get(&format!("{}@{domain}", handle.username).to_lowercase())?;
        Some(text::MentionLink { url: account.url.clone(), username: account.username.clone() })
    }

    fn tag(&self, name: &str) -> String {
        crate::base::text::tag_url(self.origin, name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::id::AudienceId;

    #[test]
    fn replies_are_never_wider_than_what_they_answer() {
        use Audience::{Direct, Followers, Group, Organisation, Public, Unlisted};
        let private = Group(AudienceId(9));
        for (wanted, parent, expected) in [
            (Public, None, Public),
            (Public, Some(Public), Public),
            (Public, Some(Unlisted), Unlisted),
            (Public, Some(Followers), Followers),
            (Followers, Some(Unlisted), Followers),
            (Public, Some(Direct), Direct),
            (Public, Some(private), private),
            (Direct, Some(private), Direct),
            (Public, Some(Organisation), Organisation),
            (Direct, Some(Organisation), Direct),
        ] {
            assert_eq!(narrowed(wanted, parent), expected, "{wanted:?} in reply to {parent:?}");
        }
    }
}
