//! Loads collections as somebody may see them, in a number of queries that does not grow with them. Where one of two blocks the
//! other (or its domain), neither sees the other's collections, nor the other in those of a third, and neither is in one of the
//! other's.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::{Collection, Item, Placed, State, entity, store};
use crate::app::App;
use crate::base::Result;
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
