//! Loads collections as somebody may see them, in a number of queries that does not grow with them. Where one of two blocks the
//! other (or its domain), neither sees the other's collections, nor the other in those of a third, and neither is in one of the
//! other's.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::{Collection, Item, Placed, State, entity, store};
use crate::app::App;
use crate::base::Result;
use crate::base::activitystreams::same_host;
use crate::base::id::{AccountId, CollectionId};
use crate::base::visibility::Viewer;
use crate::db::Conn;
use crate::relationships;

/// What a viewer may see of a collection.
#[derive(Clone, Debug)]
pub struct Seen {
    pub collection: Collection,
    pub items: Vec<Placed>,
}

impl Seen {
    /// As JSON.
    pub fn written(&self, app: &App) -> Value {
        let items: Vec<&Item> = self.items.iter().map(|(item, _)| item).collect();
        entity::collection(&self.collection, &items, &app.origin)
    }

    /// The owner, and those who are in it.
    pub fn accounts(&self) -> Vec<AccountId> {
        let mut told = HashSet::new();
        let members = self.items.iter().filter_map(|(item, _)| item.account_id);
        std::iter::once(self.collection.account_id).chain(members).filter(|id| told.insert(*id)).collect()
    }
}

/// The collections that the posts of a page link to, as those who look may see them.
#[derive(Default)]
pub struct Linked {
    ids: HashMap<String, CollectionId>,
    seen: HashMap<(Viewer, CollectionId), Value>,
}

impl Linked {
    /// Who looks at which addresses (see [`links`](super::links)). In a fixed number of queries; none where there are no such addresses.
    pub async fn load<'l>(
        app: &App,
        conn: &mut Conn,
        looks: impl Iterator<Item = (Viewer, &'l [String])>,
    ) -> Result<Self> {
        let looks: Vec<(Viewer, &str)> =
            looks.flat_map(|(viewer, links)| links.iter().map(move |link| (viewer, link.as_str()))).collect();
        if looks.is_empty() {
            return Ok(Self::default());
        }
        let mut addresses: Vec<&str> = looks.iter().map(|(_, address)| *address).collect();
        addresses.sort_unstable();
        addresses.dedup();
        let mut ids = HashMap::new();
        for (id, uri, page) in store::list_by_addresses(conn, &addresses).await? {
            // A page is a collection's own on its host alone: anybody can say of theirs that it is anywhere.
            if let Some(page) = page.filter(|page| same_host(page, &uri)) {
                ids.entry(page).or_insert(id);
            }
            ids.insert(uri, id);
        }
        let known = looks.iter().filter_map(|(viewer, address)| Some((*viewer, *ids.get(*address)?)));
        let known: HashSet<(Viewer, CollectionId)> = known.collect();
        let known: Vec<(Viewer, CollectionId)> = known.into_iter().collect();
        let seen = load_for_each(app, conn, &known).await?;
        Ok(Self { ids, seen })
    }

    /// Those at these addresses, as JSON, in their order; `None` when there are none that the viewer may see.
    pub fn write(&self, viewer: Viewer, addresses: &[String]) -> Option<String> {
        let mut ids: Vec<CollectionId> = Vec::new();
        for id in addresses.iter().filter_map(|address| self.ids.get(address)) {
            if !ids.contains(id) {
                ids.push(*id);
            }
        }
        let seen: Vec<Value> = ids.iter().filter_map(|id| self.seen.get(&(viewer, *id)).cloned()).collect();
        (!seen.is_empty()).then(|| Value::Array(seen).to_string())
    }
}

/// Collections as each of these viewers may see them; those that they may not are left out.
pub async fn look(conn: &mut Conn, looks: &[(Viewer, CollectionId)]) -> Result<HashMap<(Viewer, CollectionId), Seen>> {
    if looks.is_empty() {
        return Ok(HashMap::new());
    }
    let mut ids: Vec<CollectionId> = looks.iter().map(|(_, id)| *id).collect();
    ids.sort_unstable();
    ids.dedup();
    let collections = store::list_collections(conn, &ids).await?;
    let mut placed: HashMap<CollectionId, Vec<Placed>> = HashMap::new();
    for one in store::list_placed(conn, &ids).await? {
        placed.entry(one.0.collection_id).or_default().push(one);
    }
    let mut everyone: HashSet<AccountId> = looks.iter().filter_map(|(viewer, _)| viewer.0).collect();
    everyone.extend(collections.iter().map(|collection| collection.account_id));
    everyone.extend(placed.values().flatten().filter_map(|(item, _)| item.account_id));
    let everyone: Vec<AccountId> = everyone.into_iter().collect();
    let estranged = relationships::store::list_estranged_pairs(conn, &everyone).await?;
    let collections: HashMap<CollectionId, Collection> = collections.into_iter().map(|one| (one.id, one)).collect();
    let see = |(viewer, id): &(Viewer, CollectionId)| {
        let collection = collections.get(id)?;
        let owner = collection.account_id;
        let parted = |member: AccountId| {
            estranged.contains(&(owner, member)) || viewer.0.is_some_and(|me| estranged.contains(&(me, member)))
        };
        if viewer.0.is_some_and(|me| estranged.contains(&(me, owner))) {
            return None;
        }
        let shows = |item: &Item| item.is(State::Accepted) || collection.local && viewer.0 == Some(owner);
        let here = placed.get(id).into_iter().flatten();
        let items = here.filter(|(item, _)| shows(item) && item.account_id.is_some_and(|member| !parted(member)));
        Some(((*viewer, *id), Seen { collection: collection.clone(), items: items.cloned().collect() }))
    };
    Ok(looks.iter().filter_map(see).collect())
}

/// One collection as somebody may see it.
pub async fn look_at(conn: &mut Conn, viewer: Viewer, id: CollectionId) -> Result<Option<Seen>> {
    Ok(look(conn, &[(viewer, id)]).await?.remove(&(viewer, id)))
}

/// Collections as JSON, in the order of `ids`, as somebody may see them.
pub async fn load_many(app: &App, conn: &mut Conn, viewer: Viewer, ids: &[CollectionId]) -> Result<Vec<Value>> {
    let looks: Vec<(Viewer, CollectionId)> = ids.iter().map(|id| (viewer, *id)).collect();
    let seen = look(conn, &looks).await?;
    Ok(looks.iter().filter_map(|look| Some(seen.get(look)?.written(app))).collect())
}

/// Collections as JSON, as each of these viewers may see them.
pub async fn load_for_each(
    app: &App,
    conn: &mut Conn,
    looks: &[(Viewer, CollectionId)],
) -> Result<HashMap<(Viewer, CollectionId), Value>> {
    Ok(look(conn, looks).await?.into_iter().map(|(key, seen)| (key, seen.written(app))).collect())
}
