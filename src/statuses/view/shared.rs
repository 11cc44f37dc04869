//! What everyone who may see a post sees of it: written once, and kept, in a bounded cache, with the version of its row.

use std::collections::HashMap;
use std::sync::Arc;

use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::accounts::{self, Account};
use crate::app::App;
use crate::base::id::{AccountId, ApplicationId, StatusId};
use crate::base::text::plain_text;
use crate::base::{Error, Result};
use crate::cards;
use crate::collections;
use crate::db::Conn;
use crate::emojis::Named;
use crate::filters::fold;
use crate::media;
use crate::polls::view::Polls;
use crate::statuses::{Status, entity, store};

/// Bytes of written posts that are kept.
const MOST_BYTES: u64 = 16 * 1024 * 1024;

/// The shared part of a post.
pub(super) struct Shared {
    /// See [`entity::shared`].
    pub json: String,
    /// See [`ViewerPart::version`].
    version: i64,
    pub account_id: AccountId,
    /// Its words, as filters look at them.
    pub folded: String,
    /// The names of emoji in it.
    pub named: Named,
    /// Whom the page below it names as its author.
    pub card_author: Option<cards::Author>,
    /// Addresses in it that may be collections'.
    pub collections: Vec<String>,
}

#[derive(Clone)]
struct Bytes;

impl Weighter<StatusId, Arc<Shared>> for Bytes {
    fn weight(&self, _: &StatusId, shared: &Arc<Shared>) -> u64 {
        let named: usize = shared.named.names.iter().map(|name| name.len() + 24).sum();
        let links: usize = shared.collections.iter().map(|link| link.len() + 24).sum();
        u64::try_from(shared.json.len() + shared.folded.len() + named + links).unwrap_or(u64::MAX).saturating_add(112)
    }
}

struct Cached(Cache<StatusId, Arc<Shared>, Bytes>);

impl Default for Cached {
    fn default() -> Self {
        Self(Cache::with_weighter(16 * 1024, MOST_BYTES, Bytes))
    }
}

/// The shared parts of posts at these versions: what is kept, or is written anew.
pub(super) async fn load_shared(
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
            let (card, card_author) = cards.remove(&status.id).unzip();
            let json = entity::shared(
                &status,
                mentions.get(&status.id).map(Vec::as_slice).unwrap_or_default(),
                tags.get(&status.id).map(Vec::as_slice).unwrap_or_default(),
                status.application_id.and_then(|id| applications_by_id.get(&id)),
                status.group_account_id.and_then(|id| people_by_id.get(&id)),
                (media.get(&status.id).map(Vec::as_slice).unwrap_or_default(), card),
                &app.origin,
            );
            let json = json.map_err(Error::internal)?;
            let media = media.get(&status.id).map(Vec::as_slice).unwrap_or_default();
            let folded = words(&status, media, polls.options(status.id));
            // Should the row have changed since its version was read, the next page reads it again.
            let version = versions.get(&status.id).copied().unwrap_or_default();
            let (account_id, card_author) = (status.account_id, card_author.flatten());
            let collections = collections::links(&status.content, &app.origin);
            Ok((status.id, Arc::new(Shared { json, version, account_id, folded, named, card_author, collections })))
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
