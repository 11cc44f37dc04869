//! A post from elsewhere is recorded.

use crate::accounts::{self, Account};
use crate::app::App;
use crate::base::id::{AccountId, StatusId, TagId};
use crate::base::text;
use crate::base::visibility::Audience;
use crate::base::{Error, Result};
use crate::cards;
use crate::conversations;
use crate::db::Conn;
use crate::db::changes::Change;
use crate::emojis;
use crate::federation::policy;
use crate::jobs;
use crate::media;
use crate::notifications::{self, Kind as Notice};
use crate::polls;
use crate::quotes;
use crate::relationships;
use crate::search;
use crate::statuses::store::{self, Count, Surroundings};
use crate::statuses::wire::RemoteStatus;
use crate::statuses::{NewStatus, ParentAwaited, Status, StatusRecorded};

/// How a post came to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// Its author's server sent it. It is kept only when somebody here has to do with it.
    Pushed,
    /// We fetched it, because somebody asked for it or it belongs to a thread, so many generations up at most.
    Fetched { depth: u8 },
    /// We fetched it, because another post quotes it; of what it quotes itself so many are fetched at most.
    Quoted { depth: u8 },
    /// We fetched it, because its thread's server lists it. What it quotes, and what it links to, is fetched only where that is said.
    Listed { quote: bool, card: bool },
}

impl Arrival {
    /// How many generations of parents, and of quotes, are fetched.
    fn depths(self) -> (u8, u8) {
        match self {
            Self::Pushed => (PARENT_DEPTH, quotes::DEPTH),
            Self::Fetched { depth } => (depth, quotes::DEPTH),
            Self::Quoted { depth } => (0, depth),
            Self::Listed { quote, .. } => (0, u8::from(quote)),
        }
    }

    /// Whether what it links to is fetched. What is quoted within what is quoted is shown to nobody with its card.
    fn may_have_card(self) -> bool {
        match self {
            Self::Pushed | Self::Fetched { .. } => true,
            Self::Quoted { depth } => depth > 0,
            Self::Listed { card, .. } => card,
        }
    }
}

/// Records a post, once for its `uri`. `None` when it is not to be kept: deleted, or nobody's business here.
///
/// `author` is the verified author; the caller has checked that the post is on its host. Enqueues [`ParentAwaited`] for a
/// parent that isn't here, and [`StatusRecorded`] when it is posted to a group of ours.
pub async fn record(
    app: &App,
    conn: &mut Conn,
    author: &Account,
    remote: &RemoteStatus,
    arrival: Arrival,
) -> Result<Option<Status>> {
    if !may_come(app, author, remote)? {
        return Ok(None);
    }
    store::lock_uri(conn, &remote.uri).await?;
    let parent_uri = remote.in_reply_to.as_deref().unwrap_or_default();
    let around = store::find_surroundings(conn, &remote.uri, author, parent_uri).await?;
    if around.deleted {
        return Ok(None);
    }
    let named = named_accounts(conn, remote).await?;
    let wanted = around.followed || around.parent_id.is_some() || named.iter().any(Account::is_local);
    if arrival == Arrival::Pushed && !wanted {
        return Ok(None);
    }
    let row = row(app, author, remote, &around, &named, arrival);
    let Some(status) = store::insert_status(conn, &row).await? else {
        let known = store::find_by_uri(conn, &remote.uri).await?;
        // It may have been fetched, for a boost or a thread, a moment before its author's server sent it.
        if let (Some(known), Arrival::Pushed) = (&known, arrival) {
            tell_watchers(app, conn, known).await?;
        }
        return Ok(known);
    };
    let status = match remote.updated.filter(|updated| *updated > status.created_at) {
        // It was edited before it came: what is older than that must not overtake it.
        Some(updated) => store::update_edited_at(conn, status.id, updated.min(app.now())).await?,
        None => status,
    };
    insert_ties(app, conn, &status, author, remote, &named).await?;
    conversations::ops::add(app, conn, &status).await?;
    media::ops::record_remote(app, conn, author.id, status.id, &remote.media, false).await?;
    polls::ops::record(app, conn, &status, None, remote.poll.as_ref()).await?;
    let (depth, quotes_depth) = arrival.depths();
    quotes::ops::record(app, conn, author, &status, remote.quote.as_ref(), quotes_depth).await?;
    search::store::index_new(conn, &status, remote.media.is_empty() && remote.poll.is_none()).await?;
    if arrival.may_have_card() {
        cards::ops::want(app, conn, &status).await?;
    }
    if let Some(parent) = around.parent_id
        && status.audience().is_open()
    {
        store::count_on_status(conn, parent, Count::Replies, 1).await?;
    }
    store::count_of_account(conn, &status, 1).await?;
    if around.awaited {
        super::adopt_replies(conn, &status).await?;
    }
    if arrival == Arrival::Pushed {
        app.announce(Change::Published(status.id));
        tell_watchers(app, conn, &status).await?;
    }
    if let (Some(uri), None, true) = (&remote.in_reply_to, around.parent_id, depth > 0) {
        jobs::enqueue(app, conn, &ParentAwaited { uri: uri.clone(), depth: depth - 1 }).await?;
    }
    if let Some(group) = status.group_account_id
        && named.iter().any(|account| account.id == group && account.is_local())
    {
        jobs::enqueue(app, conn, &StatusRecorded { status_id: status.id }).await?;
    }
    emojis::ops::record(app, conn, author.domain.as_deref(), &remote.emojis).await?;
    Ok(Some(status))
}

/// Whether this post may come from this author: from no suspended domain, whichever way it came, and from nobody else.
fn may_come(app: &App, author: &Account, remote: &RemoteStatus) -> Result<bool> {
    if remote.author_uri != author.uri {
        return Err(Error::Forbidden("a post is its author's alone".into()));
    }
    Ok(!policy::refuses(app, &author.uri, author.domain.as_deref()))
}

/// Tells those who follow the author and asked to be told of posts. As in Mastodon, boosts and replies to others ring no
/// bell. All of them follow, so they may see what is for followers; messages are not for them.
pub async fn tell_watchers(app: &App, conn: &mut Conn, status: &Status) -> Result<()> {
    let for_followers = matches!(status.audience(), Audience::Public | Audience::Unlisted | Audience::Followers);
    let to_others = status.in_reply_to_uri.is_some() && status.in_reply_to_account_id != Some(status.account_id);
    if !for_followers || to_others || status.reblog_of_id.is_some() {
        return Ok(());
    }
    let watchers = relationships::store::list_watchers(conn, status.account_id).await?;
    notifications::ops::notify(app, conn, &watchers, status.account_id, Notice::Status, Some(status.id)).await
}

/// Whether somebody here may have to do with a post, by what it says itself, so that its author is worth looking up: when the author is
/// known, what it answers is here, or it names somebody here. Whether they have, [`record`] decides.
pub async fn may_be_wanted(conn: &mut Conn, remote: &RemoteStatus) -> Result<bool> {
    let around = [Some(&remote.uri), remote.in_reply_to.as_ref()];
    let around: Vec<&str> = around.into_iter().flatten().map(String::as_str).collect();
    if !store::list_known(conn, &around).await?.is_empty() {
        return Ok(true);
    }
    let named = remote.mentions.iter().chain(&remote.to).chain(&remote.group);
    let mut named: Vec<&str> = named.map(String::as_str).collect();
    named.push(&remote.author_uri);
    let known = accounts::store::list_by_uris(conn, &named).await?;
    Ok(known.iter().any(|account| account.is_local() || account.uri == remote.author_uri))
}

/// Generations of parents that are fetched for a reply.
const PARENT_DEPTH: u8 = 10;

/// The accounts we know of those that the post names: mentioned *and* addressed people, and its group.
pub(super) async fn named_accounts(conn: &mut Conn, remote: &RemoteStatus) -> Result<Vec<Account>> {
    let mut uris: Vec<&str> = remote.mentions.iter().map(String::as_str).filter(|uri| remote.addresses(uri)).collect();
    uris.extend(remote.group.as_deref());
    // A post that is addressed to somebody without naming them is a message to them all the same.
    if remote.audience == Audience::Direct {
        uris.extend(remote.to.iter().map(String::as_str));
    }
    if uris.is_empty() {
        return Ok(Vec::new());
    }
    uris.sort_unstable();
    uris.dedup();
    Ok(accounts::store::list_by_uris(conn, &uris).await?)
}

fn row(
    app: &App,
    author: &Account,
    remote: &RemoteStatus,
    around: &Surroundings,
    named: &[Account],
    arrival: Arrival,
) -> NewStatus {
    let now = app.now();
    let published = remote.published.filter(|published| *published <= now).unwrap_or(now);
    // What is pushed sorts by its receipt, so that no page's min_id misses it.
    let id = StatusId(match arrival {
        Arrival::Pushed => app.ids.mint(now),
        Arrival::Fetched { .. } | Arrival::Quoted { .. } | Arrival::Listed { .. } => app.ids.mint_past(published, now),
    });
    let group = (remote.audience == Audience::Public)
        .then(|| named.iter().find(|account| account.is_group()).map(|group| group.id).or(around.parent_group_id))
        .flatten();
    NewStatus {
        id,
        account_id: author.id,
        uri: remote.uri.clone(),
        url: remote.url.clone(),
        local: false,
        audience_kind: remote.audience.kind(),
        audience_id: None,
        in_reply_to_id: around.parent_id,
        in_reply_to_account_id: around.answered_account_id,
        in_reply_to_uri: remote.in_reply_to.clone(),
        thread_id: around.parent_thread_id.unwrap_or(id),
        reblog_of_id: None,
        group_account_id: group,
        kind: remote.kind.number(),
        text: String::new(),
        content_type: "text/html",
        content: remote.content.clone(),
        spoiler_text: remote.spoiler_text.clone(),
        sensitive: remote.sensitive,
        language: remote.language.clone(),
        application_id: None,
        created_at: published,
        quote_policy: remote.quote_policy.number(),
    }
}

async fn insert_ties(
    app: &App,
    conn: &mut Conn,
    status: &Status,
    author: &Account,
    remote: &RemoteStatus,
    named: &[Account],
) -> Result<()> {
    let people: Vec<AccountId> = named.iter().map(|account| account.id).collect();
    if !people.is_empty() {
        store::insert_mentions(conn, status.id, &people).await?;
        let local: Vec<AccountId> =
            named.iter().filter(|account| account.is_local()).map(|account| account.id).collect();
        notifications::ops::notify(app, conn, &local, author.id, Notice::Mention, Some(status.id)).await?;
    }
    if !remote.tags.is_empty() {
        let now = app.now();
        let named: Vec<(TagId, String)> =
            remote.tags.iter().map(|tag| (TagId(app.ids.mint(now)), text::normalise_tag(tag))).collect();
        store::insert_tags(conn, status.id, &named, now).await?;
    }
    Ok(())
}
