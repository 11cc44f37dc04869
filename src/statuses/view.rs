//! Loads what a page of posts needs, in a fixed number of queries whatever its length. The shared parts are kept written,
//! in a bounded cache; permission is asked anew for every page, and with it each post's version, so that what is kept is
//! never older than the row, whoever changed it. Emoji are no part of what is kept: they are looked up for each page, by the names
//! that are.

mod history;
mod shared;
mod thread;
mod withheld;
mod written;

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
pub use history::{Stage, load_history, load_stages};
use serde_json::Value;
pub use thread::load_context;
pub use withheld::load_or_withhold;
use written::{Own, Written};

use super::{PageRow, ViewerPart, store};
use super::{Status, entity};
use crate::app::App;
use crate::base::id::{AccountId, AudienceId, StatusId};
use crate::base::visibility::{Audience, Viewer};
use crate::base::{Error, Result};
use crate::collections::view::Linked;
use crate::db::Conn;
use crate::db::freshness::Position;
use crate::filters::view as filters;
use crate::polls::view::Polls;
use crate::quotes;
use crate::quotes::view::Quotes;
use crate::quotes::{Policy, Standing, Verdict};

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
    load_with(app, conn, Eyes::Own(viewer), rows, known).await
}

/// Posts that somebody reported, for those who look after the instance: see [`list_reported`](store::list_reported). They are
/// written as for a stranger.
pub async fn load_reported(
    app: &App,
    conn: &mut Conn,
    reporter: AccountId,
    ids: &[StatusId],
) -> Result<Vec<(StatusId, String)>> {
    let rows: Vec<PageRow> = ids.iter().map(|id| PageRow { id: *id, reblog_of_id: None }).collect();
    Ok(load_with(app, conn, Eyes::Reporter(Viewer::account(reporter)), &rows, None).await?.posts)
}

/// Who looks at a page.
#[derive(Clone, Copy)]
enum Eyes {
    Own(Viewer),
    /// Somebody else, at what this one reported.
    Reporter(Viewer),
}

impl Eyes {
    /// For whom the page is written.
    fn viewer(self) -> Viewer {
        match self {
            Self::Own(viewer) => viewer,
            Self::Reporter(_) => Viewer::ANONYMOUS,
        }
    }

    /// This is the permission.
    async fn parts(self, conn: &mut Conn, ids: &[StatusId]) -> Result<Vec<ViewerPart>> {
        Ok(match self {
            Self::Own(viewer) => store::list_viewer_parts(conn, viewer, ids).await?,
            Self::Reporter(reporter) => store::list_reported_parts(conn, reporter, ids).await?,
        })
    }
}

async fn load_with(
    app: &App,
    conn: &mut Conn,
    eyes: Eyes,
    rows: &[PageRow],
    known: Option<Position>,
) -> Result<Loaded> {
    let viewer = eyes.viewer();
    let ids: Vec<StatusId> = rows.iter().flat_map(|row| std::iter::once(row.id).chain(row.reblog_of_id)).collect();
    if ids.is_empty() {
        return Ok(Loaded { stays: known.is_some(), ..Loaded::default() });
    }
    let parts = eyes.parts(conn, &ids).await?;
    let mut parts: HashMap<StatusId, ViewerPart> = parts.into_iter().map(|part| (part.id, part)).collect();
    let quotes = Quotes::load(app, conn, &quoting(parts.values().map(|part| (viewer, part)))).await?;
    let quoted: Vec<StatusId> = quotes.targets().into_iter().map(|(_, id)| id).collect();
    if !quoted.is_empty() {
        parts.extend(eyes.parts(conn, &quoted).await?.into_iter().map(|part| (part.id, part)));
    }
    let shown: Vec<StatusId> = parts.keys().copied().filter(|id| ids.contains(id) || quotes.is_outer(*id)).collect();
    let polls = Polls::load(app, conn, &polled(parts.values().map(|part| (viewer, part)))).await?;
    let written = Written::load(app, conn, shown.iter().filter_map(|id| parts.get(id)), &polls, known).await?;
    let filters = filters::load_active(app, conn, viewer, &shown).await?;
    let linked = Linked::load(app, conn, written.links().map(|links| (viewer, links))).await?;
    let counts = app.config.culture.show_counts;
    let around = written.subjects.iter().copied().chain(quotes.subjects());
    let mut subjects: Vec<i64> = ids.iter().map(|id| id.0).chain(around).collect();
    subjects.sort_unstable();
    subjects.dedup();
    // Collections come, and change, without a word.
    let stays = written.stays && written.links().next().is_none();
    let until = polls.next_end();
    let around = Around { polls: &polls, quotes: &quotes, linked: &linked };
    let own = written.load_own(app, conn, std::iter::once(viewer), known).await?.remove(&viewer);
    let page = Page { parts, written: &written, around, filters, viewer, own: own.as_ref(), counts };
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
    let links =
        found.iter().filter_map(|(viewer, part)| Some((*viewer, written.shared.get(&part.id)?.collections.as_slice())));
    let linked = Linked::load(app, conn, links).await?;
    let mut parts: HashMap<Viewer, HashMap<StatusId, ViewerPart>> = HashMap::new();
    for (viewer, part) in found {
        parts.entry(viewer).or_default().insert(part.id, part);
    }
    let viewers: Vec<AccountId> = parts.keys().filter_map(|viewer| viewer.0).collect();
    let ids: Vec<StatusId> = ids.into_iter().collect();
    let mut filters = filters::load_active_of_each(app, conn, &viewers, &ids).await?;
    let own = written.load_own(app, conn, parts.keys().copied(), None).await?;
    let counts = app.config.culture.show_counts;
    let around = Around { polls: &polls, quotes: &quotes, linked: &linked };
    let page_of = |(viewer, parts): (Viewer, HashMap<StatusId, ViewerPart>)| {
        let filters = viewer.0.and_then(|account| filters.remove(&account)).unwrap_or_default();
        (viewer, Page { parts, written: &written, around, filters, viewer, own: own.get(&viewer), counts })
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

/// What stands in posts, as each viewer sees it.
#[derive(Clone, Copy)]
struct Around<'w> {
    polls: &'w Polls,
    quotes: &'w Quotes,
    linked: &'w Linked,
}

/// What a page is written from.
struct Page<'w> {
    parts: HashMap<StatusId, ViewerPart>,
    written: &'w Written,
    around: Around<'w>,
    filters: filters::Active,
    viewer: Viewer,
    /// Of the viewer's, if they are among the authors.
    own: Option<&'w Own>,
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
        let sight = self.around.quotes.sight(self.viewer, id, |quoted| self.parts.contains_key(&quoted))?;
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
        let account = self.written.author(shared.account_id, self.own)?;
        let (emojis, named) = (&self.written.emojis, &shared.named);
        let poll =
            if part.polled { self.around.polls.write(id, self.viewer, part.own, emojis, &named.domain) } else { None };
        let emojis = (!named.is_empty()).then(|| Value::from(emojis.json(named)).to_string());
        let quote = if part.quoting { self.quote(id, depth) } else { None };
        let linked = self.around.linked.write(self.viewer, &shared.collections);
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
            card_author: self.written.card_author(shared, self.own),
            tagged_collections: linked.as_deref().unwrap_or("[]"),
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
