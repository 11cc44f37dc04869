//! Loads what a page of posts needs, in a fixed number of queries whatever its length. The shared parts are kept written,
//! in a bounded cache; permission is asked anew for every page, and with it each post's version, so that what is kept is
//! never older than the row, whoever changed it. Emoji are no part of what is kept: they are looked up for each page, by the names
//! that are.

mod history;
mod thread;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
pub use history::load_history;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use serde_json::Value;
pub use thread::load_context;

use super::{PageRow, ViewerPart, store};
use super::{Status, entity};
use crate::accounts::{self, Account};
use crate::app::App;
use crate::base::id::{AccountId, ApplicationId, AudienceId, StatusId};
use crate::base::text::plain_text;
use crate::base::visibility::{Audience, Viewer};
use crate::base::{Error, Result};
use crate::cards;
use crate::db::Conn;
use crate::db::freshness::Position;
use crate::emojis::view::Emojis;
use crate::emojis::{self, Named};
use crate::filters::fold;
use crate::filters::view as filters;
use crate::media;
use crate::polls::view::Polls;
use crate::quotes;
use crate::quotes::view::Quotes;
use crate::quotes::{Policy, Standing, Verdict};

/// Bytes of written posts that are kept.
const MOST_BYTES: u64 = 16 * 1024 * 1024;

/// The shared part of a post.
struct Shared {
    /// See [`entity::shared`].
    json: String,
    /// See [`ViewerPart::version`].
    version: i64,
    account_id: AccountId,
    /// Its words, as filters look at them.
    folded: String,
    /// The names of emoji in it.
    named: Named,
}

#[derive(Clone)]
struct Bytes;

impl Weighter<StatusId, Arc<Shared>> for Bytes {
    fn weight(&self, _: &StatusId, shared: &Arc<Shared>) -> u64 {
        let named: usize = shared.named.names.iter().map(|name| name.len() + 24).sum();
        u64::try_from(shared.json.len() + shared.folded.len() + named).unwrap_or(u64::MAX).saturating_add(112)
    }
}

struct Cached(Cache<StatusId, Arc<Shared>, Bytes>);

impl Default for Cached {
    fn default() -> Self {
        Self(Cache::with_weighter(16 * 1024, MOST_BYTES, Bytes))
    }
}

/// A page of posts, and what it was written from.
#[derive(Default)]
pub struct Loaded {
    /// As JSON, in their order, each with its id for paging.
    pub posts: Vec<(StatusId, String)>,
    /// The posts, and their authors, sorted: unless one of them changes, or something of the viewer's, the page stays as it is
    pub subjects: Vec<i64>,
    /// until this moment, if there is one;
    pub until: Option<DateTime<Utc>>,
    /// but for when this is false, since what would change it is not known.
    pub stays: bool,
}

/// Posts as JSON, in the order of `rows`. Those that the viewer may not see, and boosts of such, are left out. Each comes
/// with its id, for paging.
pub async fn load_many(
    app: &App,
    conn: &mut Conn,
    viewer: Viewer,
    rows: &[PageRow],
) -> Result<Vec<(StatusId, String)>> {
    Ok(load_page(app, conn, viewer, rows, None).await?.posts)
}

/// As [`load_many`]; with `known` (see [`Freshness`](crate::db::freshness)) nothing on the page is from before it.
pub async fn load_page(
    app: &App,
    conn: &mut Conn,
    viewer: Viewer,
    rows: &[PageRow],
    known: Option<Position>,
) -> Result<Loaded> {
    let ids: Vec<StatusId> = rows.iter().flat_map(|row| std::iter::once(row.id).chain(row.reblog_of_id)).collect();
    if ids.is_empty() {
        return Ok(Loaded { stays: known.is_some(), ..Loaded::default() });
    }
    let parts = store::list_viewer_parts(conn, viewer, &ids).await?;
    let mut parts: HashMap<StatusId, ViewerPart> = parts.into_iter().map(|part| (part.id, part)).collect();
    let quotes = Quotes::load(app, conn, &quoting(parts.values().map(|part| (viewer, part)))).await?;
    let quoted: Vec<StatusId> = quotes.targets().into_iter().map(|(_, id)| id).collect();
    if !quoted.is_empty() {
        parts.extend(store::list_viewer_parts(conn, viewer, &quoted).await?.into_iter().map(|part| (part.id, part)));
    }
    let shown: Vec<StatusId> = parts.keys().copied().filter(|id| ids.contains(id) || quotes.is_outer(*id)).collect();
    let polls = Polls::load(app, conn, &polled(parts.values().map(|part| (viewer, part)))).await?;
    let written = Written::load(app, conn, shown.iter().filter_map(|id| parts.get(id)), &polls, known).await?;
    let filters = filters::load_active(app, conn, viewer, &shown).await?;
    let counts = app.config.culture.show_counts;
    let around = written.subjects.iter().copied().chain(quotes.subjects());
    let mut subjects: Vec<i64> = ids.iter().map(|id| id.0).chain(around).collect();
    subjects.sort_unstable();
    subjects.dedup();
    let (stays, until) = (written.stays, polls.next_end());
    let page = Page { parts, written: &written, polls: &polls, quotes: &quotes, filters, viewer, counts };
    let posts = rows.iter().filter_map(|row| Some((row.id, page.write(row)?))).collect();
    Ok(Loaded { posts, subjects, until, stays })
}

/// As [`load_many`], for many viewers at once, each with a post of their own: in as many queries as one page takes. Whoever
/// may not see theirs is left out.
pub async fn load_for_each(
    app: &App,
    conn: &mut Conn,
    looks: &[(Viewer, PageRow)],
) -> Result<HashMap<(Viewer, StatusId), String>> {
    let mut pairs: Vec<(Viewer, StatusId)> = looks
        .iter()
        .flat_map(|(viewer, row)| std::iter::once(row.id).chain(row.reblog_of_id).map(|id| (*viewer, id)))
        .collect();
    if pairs.is_empty() {
        return Ok(HashMap::new());
    }
    pairs.sort_unstable_by_key(|(viewer, id)| (viewer.bind(), *id));
    pairs.dedup();
    let mut found = store::list_parts_of_each(conn, &pairs).await?;
    let quotes = Quotes::load(app, conn, &quoting(found.iter().map(|(viewer, part)| (*viewer, part)))).await?;
    let quoted = quotes.targets();
    if !quoted.is_empty() {
        found.extend(store::list_parts_of_each(conn, &quoted).await?);
    }
    pairs.extend(quoted.into_iter().filter(|(_, id)| quotes.is_outer(*id)));
    let ids: HashSet<StatusId> = pairs.iter().map(|(_, id)| *id).collect();
    let shown = || found.iter().map(|(_, part)| part).filter(|part| ids.contains(&part.id));
    let polls = Polls::load(app, conn, &polled(found.iter().map(|(viewer, part)| (*viewer, part)))).await?;
    let written = Written::load(app, conn, shown(), &polls, None).await?;
    let mut parts: HashMap<Viewer, HashMap<StatusId, ViewerPart>> = HashMap::new();
    for (viewer, part) in found {
        parts.entry(viewer).or_default().insert(part.id, part);
    }
    let viewers: Vec<AccountId> = parts.keys().filter_map(|viewer| viewer.0).collect();
    let ids: Vec<StatusId> = ids.into_iter().collect();
    let mut filters = filters::load_active_of_each(app, conn, &viewers, &ids).await?;
    let counts = app.config.culture.show_counts;
    let page_of = |(viewer, parts): (Viewer, HashMap<StatusId, ViewerPart>)| {
        let filters = viewer.0.and_then(|account| filters.remove(&account)).unwrap_or_default();
        (viewer, Page { parts, written: &written, polls: &polls, quotes: &quotes, filters, viewer, counts })
    };
    let pages: HashMap<Viewer, Page<'_>> = parts.into_iter().map(page_of).collect();
    let write = |(viewer, row): &(Viewer, PageRow)| Some(((*viewer, row.id), pages.get(viewer)?.write(row)?));
    Ok(looks.iter().filter_map(write).collect())
}

/// One post, if the viewer may see it.
pub async fn load_one(app: &App, conn: &mut Conn, viewer: Viewer, status: &Status) -> Result<String> {
    let row = PageRow { id: status.id, reblog_of_id: status.reblog_of_id };
    let mut found = load_many(app, conn, viewer, &[row]).await?;
    found.pop().map(|(_, json)| json).ok_or(Error::NotFound("Record"))
}

/// Those of these looks that are at posts with polls.
fn polled<'p>(looks: impl Iterator<Item = (Viewer, &'p ViewerPart)>) -> Vec<(Viewer, StatusId)> {
    looks.filter(|(_, part)| part.polled).map(|(viewer, part)| (viewer, part.id)).collect()
}

/// Those of these looks that are at posts which quote others.
fn quoting<'p>(looks: impl Iterator<Item = (Viewer, &'p ViewerPart)>) -> Vec<(Viewer, StatusId)> {
    looks.filter(|(_, part)| part.quoting).map(|(viewer, part)| (viewer, part.id)).collect()
}

/// What is the same for everyone who may see it.
struct Written {
    shared: HashMap<StatusId, Arc<Shared>>,
    authors: HashMap<AccountId, Arc<str>>,
    emojis: Emojis,
    /// Of authors and emoji: see [`Loaded::subjects`].
    subjects: Vec<i64>,
    /// See [`Loaded::stays`].
    stays: bool,
}

impl Written {
    /// Of the posts that these parts belong to.
    async fn load(
        app: &App,
        conn: &mut Conn,
        parts: impl Iterator<Item = &ViewerPart>,
        polls: &Polls,
        known: Option<Position>,
    ) -> Result<Self> {
        let versions: HashMap<StatusId, i64> = parts.map(|part| (part.id, part.version)).collect();
        let shared = load_shared(app, conn, &versions, polls).await?;
        let authors: Vec<AccountId> = shared.values().map(|shared| shared.account_id).collect();
        let authors = accounts::view::load_json_known(app, conn, &authors, known).await?;
        let named = shared.values().map(|shared| &shared.named);
        let emojis = emojis::view::load_known(app, conn, named, known).await?;
        let mut subjects: Vec<i64> = authors.written.keys().map(|id| id.0).chain(authors.subjects).collect();
        subjects.extend(emojis.subjects());
        let stays = authors.stays && known.is_some();
        Ok(Self { shared, authors: authors.written, emojis, subjects, stays })
    }
}

/// What a page is written from.
struct Page<'w> {
    parts: HashMap<StatusId, ViewerPart>,
    written: &'w Written,
    polls: &'w Polls,
    quotes: &'w Quotes,
    filters: filters::Active,
    viewer: Viewer,
    counts: bool,
}

impl Page<'_> {
    fn write(&self, row: &PageRow) -> Option<String> {
        let filtered = self.filtered(row)?;
        let reblog = match row.reblog_of_id {
            Some(id) => Some(self.write_one(id, None, filtered.as_deref(), Depth::Page)?),
            None => None,
        };
        self.write_one(row.id, reblog.as_deref(), filtered.as_deref(), Depth::Page)
    }

    /// What a post quotes, as far as the viewer may see it: each quoted post that is written has passed the rule.
    fn quote(&self, id: StatusId, depth: Depth) -> Option<String> {
        let sight = self.quotes.sight(self.viewer, id, |quoted| self.parts.contains_key(&quoted))?;
        if depth == Depth::Quoted {
            return Some(quotes::entity::shallow_quote(sight.state, sight.quoted.map(|id| id.to_string())));
        }
        let Some(quoted) = sight.quoted else { return Some(quotes::entity::quote(sight.state, None)) };
        let filtered = self.filtered(&PageRow { id: quoted, reblog_of_id: None });
        let written = filtered.and_then(|filtered| self.write_one(quoted, None, filtered.as_deref(), Depth::Quoted));
        // It was deleted this very moment.
        let state = if written.is_some() { sight.state } else { quotes::State::Deleted.name() };
        Some(quotes::entity::quote(state, written.as_deref()))
    }

    /// Who may quote a post, and whether the viewer may.
    fn quote_approval(&self, part: &ViewerPart) -> String {
        let policy = Policy::from_number(part.quote_policy);
        let standing = Standing {
            own: part.own,
            follows: part.follows,
            followed: part.followed,
            // Of a private group, which one does not matter here.
            audience: Audience::from_row(part.audience_kind, Some(AudienceId(0))),
        };
        let verdict = if self.viewer.0.is_some() { policy.verdict(standing) } else { Verdict::Denied };
        quotes::entity::approval(policy, verdict)
    }

    /// What the viewer's filters say of a post or, both the same, of a boost and what it boosts; `Some(None)` for strangers.
    fn filtered(&self, row: &PageRow) -> Option<Option<String>> {
        let signed_in = self.viewer.0.is_some();
        if !signed_in || self.filters.is_empty() {
            return Some(signed_in.then(|| "[]".to_owned()));
        }
        let words = &self.written.shared.get(&row.reblog_of_id.unwrap_or(row.id))?.folded;
        let ids: Vec<StatusId> = std::iter::once(row.id).chain(row.reblog_of_id).collect();
        Some(Some(self.filters.results(&ids, words)))
    }

    fn write_one(&self, id: StatusId, reblog: Option<&str>, filtered: Option<&str>, depth: Depth) -> Option<String> {
        let (part, shared) = (self.parts.get(&id)?, self.written.shared.get(&id)?);
        let account = self.written.authors.get(&shared.account_id)?;
        let (emojis, named) = (&self.written.emojis, &shared.named);
        let poll = if part.polled { self.polls.write(id, self.viewer, part.own, emojis, &named.domain) } else { None };
        let emojis = (!named.is_empty()).then(|| Value::from(emojis.json(named)).to_string());
        let quote = if part.quoting { self.quote(id, depth) } else { None };
        let approval = self.quote_approval(part);
        let inner_bytes = reblog.map_or(0, str::len) + quote.as_ref().map_or(0, String::len);
        let mut out = String::with_capacity(shared.json.len() + account.len() + inner_bytes + 384);
        let inner = entity::Inner {
            account,
            reblog,
            poll: poll.as_deref(),
            quote: quote.as_deref(),
            quote_approval: &approval,
            emojis: emojis.as_deref().unwrap_or("[]"),
            filtered,
        };
        entity::complete(&mut out, &shared.json, part, inner, self.counts);
        Some(out)
    }
}

/// Where a post stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Depth {
    Page,
    /// In a post that quotes it: what it quotes itself is named only.
    Quoted,
}

async fn load_shared(
    app: &App,
    conn: &mut Conn,
    versions: &HashMap<StatusId, i64>,
    polls: &Polls,
) -> Result<HashMap<StatusId, Arc<Shared>>> {
    let cached = app.slot::<Cached>();
    let mut found = HashMap::with_capacity(versions.len());
    let mut missing = Vec::new();
    for (id, version) in versions {
        match cached.0.get(id) {
            Some(shared) if shared.version == *version => {
                found.insert(*id, shared);
            }
            _ => missing.push(*id),
        }
    }
    if !missing.is_empty() {
        for (id, shared) in write_shared(app, conn, &missing, versions, polls).await? {
            cached.0.insert(id, shared.clone());
            found.insert(id, shared);
        }
    }
    Ok(found)
}

/// Reads posts with all that they name, and writes their shared parts.
async fn write_shared(
    app: &App,
    conn: &mut Conn,
    ids: &[StatusId],
    versions: &HashMap<StatusId, i64>,
    polls: &Polls,
) -> Result<Vec<(StatusId, Arc<Shared>)>> {
    let statuses = store::list_statuses(conn, ids).await?;
    let mut mentions: HashMap<StatusId, Vec<Account>> = HashMap::new();
    for (id, account) in store::list_mentions(conn, ids).await? {
        mentions.entry(id).or_default().push(account);
    }
    let mut tags: HashMap<StatusId, Vec<String>> = HashMap::new();
    for (id, tag) in store::list_tags(conn, ids).await? {
        tags.entry(id).or_default().push(tag);
    }
    let media = media::view::load(conn, ids).await?;
    let mut cards = cards::view::load(app, conn, ids).await?;
    let applications: Vec<ApplicationId> = statuses.iter().filter_map(|status| status.application_id).collect();
    let mut applications_by_id: HashMap<ApplicationId, (String, Option<String>)> = HashMap::new();
    if !applications.is_empty() {
        for (id, name, website) in store::list_applications(conn, &applications).await? {
            applications_by_id.insert(id, (name, website));
        }
    }
    let mut named: HashMap<StatusId, Named> = statuses.iter().map(|status| (status.id, named(status, polls))).collect();
    // Groups, and those elsewhere who may use emoji of their server.
    let far = |status: &Status| !status.local && named.get(&status.id).is_some_and(|named| !named.is_empty());
    let groups = statuses.iter().filter_map(|status| status.group_account_id);
    let people: Vec<AccountId> =
        groups.chain(statuses.iter().filter(|status| far(status)).map(|status| status.account_id)).collect();
    let mut people_by_id: HashMap<AccountId, Account> = HashMap::new();
    if !people.is_empty() {
        let people = accounts::store::list_accounts(conn, &people).await?;
        people_by_id = people.into_iter().map(|account| (account.id, account)).collect();
    }
    statuses
        .into_iter()
        .map(|status| {
            let mut named = named.remove(&status.id).unwrap_or_default();
            if let Some(domain) = people_by_id.get(&status.account_id).and_then(|author| author.domain.clone()) {
                named.domain = domain;
            }
            let json = entity::shared(
                &status,
                mentions.get(&status.id).map(Vec::as_slice).unwrap_or_default(),
                tags.get(&status.id).map(Vec::as_slice).unwrap_or_default(),
                status.application_id.and_then(|id| applications_by_id.get(&id)),
                status.group_account_id.and_then(|id| people_by_id.get(&id)),
                (media.get(&status.id).map(Vec::as_slice).unwrap_or_default(), cards.remove(&status.id)),
                &app.origin,
            );
            let json = json.map_err(Error::internal)?;
            let media = media.get(&status.id).map(Vec::as_slice).unwrap_or_default();
            let folded = words(&status, media, polls.options(status.id));
            // Should the row have changed since its version was read, the next page reads it again.
            let version = versions.get(&status.id).copied().unwrap_or_default();
            Ok((status.id, Arc::new(Shared { json, version, account_id: status.account_id, folded, named })))
        })
        .collect()
}

/// The names of emoji in a post, by somebody here.
fn named(status: &Status, polls: &Polls) -> Named {
    entity::named(&status.content, &status.spoiler_text, polls.options(status.id), "")
}

/// The words of a post, its warning, what its poll asks, and the descriptions of its files, as filters look at them.
fn words(status: &Status, media: &[media::Shown], options: &[String]) -> String {
    let content = plain_text(&status.content);
    let descriptions = media.iter().map(|shown| shown.attachment.description.as_str());
    let options = options.iter().map(String::as_str);
    let all: Vec<&str> =
        [status.spoiler_text.as_str(), &content].into_iter().chain(options).chain(descriptions).collect();
    fold(&all.join("\n\n"))
}

/// Written entities as one JSON array.
pub fn array<T: AsRef<str>>(entities: &[T]) -> String {
    let length: usize = entities.iter().map(|entity| entity.as_ref().len() + 1).sum();
    let mut out = String::with_capacity(length + 2);
    out.push('[');
    for (index, entity) in entities.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        out.push_str(entity.as_ref());
    }
    out.push(']');
    out
}
