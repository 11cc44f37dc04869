//! What people here do with collections: decisions and writes. What others do is in `ops::record`.

mod record;

pub use record::*;

use super::{Changes, Collection, Item, MOST_DESCRIPTION, MOST_ITEMS, MOST_NAME, Placed, State, store, wire};
use crate::accounts::entity::MOST_COLLECTIONS;
use crate::accounts::{self, Account, EVERYONE, FOLLOWED, FOLLOWERS};
use crate::app::App;
use crate::base::id::{AccountId, CollectionId, CollectionItemId};
use crate::base::text;
use crate::base::visibility::Viewer;
use crate::base::{Error, Result, why};
use crate::db::Conn;
use crate::federation::delivery;
use crate::notifications::{self, Kind};
use crate::relationships;

const NOT_FOUND: Error = Error::NotFound("Record");

/// Nobody but its owner does this.
fn forbidden() -> Error {
    Error::Forbidden("This action is not allowed".into())
}

fn apply(collection: &mut Collection, changes: Changes) -> Result<()> {
    let too_long = |field: &'static str, most: usize| {
        Error::invalid(field, why!("is too long (maximum is {most} characters)", most = most))
    };
    if let Some(name) = changes.name {
        name.trim().clone_into(&mut collection.name);
    }
    if collection.name.is_empty() {
        return Err(Error::invalid("name", "can't be blank"));
    }
    if collection.name.chars().nth(MOST_NAME).is_some() {
        return Err(too_long("name", MOST_NAME));
    }
    if let Some(description) = changes.description {
        description.trim().clone_into(&mut collection.description);
    }
    if collection.description.chars().nth(MOST_DESCRIPTION).is_some() {
        return Err(too_long("description", MOST_DESCRIPTION));
    }
    if let Some(language) = changes.language {
        if !language.is_empty() && !text::valid_language(&language) {
            return Err(Error::invalid("language", "is no language code"));
        }
        collection.language = Some(language).filter(|language| !language.is_empty());
    }
    if let Some(tag) = changes.tag {
        let tag = tag.trim().trim_start_matches('#');
        if !tag.is_empty() && !text::is_tag(tag) {
            return Err(Error::invalid("tag_name", "is no hashtag"));
        }
        collection.tag = Some(text::normalise_tag(tag)).filter(|tag| !tag.is_empty());
    }
    collection.sensitive = changes.sensitive.unwrap_or(collection.sensitive);
    collection.discoverable = changes.discoverable.unwrap_or(collection.discoverable);
    Ok(())
}

/// Whether somebody may put an account into a collection of theirs, or ask it: neither blocks the other, and the account wants
/// to be found (of ours), or its server says so.
pub async fn may_feature(conn: &mut Conn, owner: &Account, member: &Account) -> Result<bool> {
    let gone = member.is_suspended() || member.deleted_at.is_some() || member.moved_to_uri.is_some();
    if gone || member.actor_type == "Application" {
        return Ok(false);
    }
    if !relationships::store::list_estranged_pairs(conn, &[owner.id, member.id]).await?.is_empty() {
        return Ok(false);
    }
    if member.is_local() {
        return Ok(member.discoverable);
    }
    let Some(said) = accounts::store::featuring::find_featuring(conn, member.id).await? else { return Ok(false) };
    let who = said.automatic | said.manual;
    Ok(who & EVERYONE != 0
        || who & FOLLOWERS != 0 && relationships::store::is_following(conn, owner.id, member.id).await?
        || who & FOLLOWED != 0 && relationships::store::is_following(conn, member.id, owner.id).await?)
}

/// The servers that hear of a collection: of those who follow its owner, and of those who are in it.
async fn inboxes(conn: &mut Conn, collection: &Collection) -> Result<Vec<String>> {
    let mut inboxes = relationships::store::list_follower_inboxes(conn, collection.account_id).await?;
    inboxes.extend(store::list_member_inboxes(conn, collection.id).await?);
    Ok(inboxes)
}

/// Tells other servers of something that the owner did to their collection, or to what is in it.
async fn tell(
    app: &App,
    conn: &mut Conn,
    owner: &Account,
    collection: &Collection,
    kind: &str,
    object: serde_json::Value,
    target: Option<&str>,
) -> Result<()> {
    let uri = format!("{}#{}/{}", collection.uri, kind.to_lowercase(), app.mint());
    let body = wire::change(kind, owner, &uri, object, target);
    let inboxes = inboxes(conn, collection).await?;
    delivery::send(app, conn, owner.id, &uri, &body, &inboxes).await
}

/// A collection as other servers read it: with those who agreed, and whom the owner does not block.
async fn described(app: &App, conn: &mut Conn, owner: &Account, collection: &Collection) -> Result<serde_json::Value> {
    let seen = super::view::look_at(conn, Viewer::ANONYMOUS, collection.id).await?;
    let items: Vec<Placed> = seen.map(|seen| seen.items).unwrap_or_default();
    Ok(wire::collection(collection, owner, &items, &app.origin))
}

/// Makes a collection of `me`'s with these accounts, at most [`MOST_ITEMS`], in it, or none: if one cannot be, it is not made.
pub async fn create(app: &App, me: &Account, changes: Changes, members: &[AccountId]) -> Result<CollectionId> {
    let now = app.now();
    let id = CollectionId(app.ids.mint(now));
    let mut collection = Collection {
        id,
        account_id: me.id,
        uri: format!("{}/collections/{id}", me.uri),
        url: None,
        local: true,
        name: String::new(),
        description: String::new(),
        language: None,
        tag: None,
        sensitive: false,
        discoverable: true,
        created_at: now,
        updated_at: now,
    };
    apply(&mut collection, changes)?;
    app.transaction(async |conn| {
        // One after the other, so that two at once are counted.
        accounts::store::lock_account(conn, me.id).await?;
        if store::count_of(conn, me.id).await? >= MOST_COLLECTIONS {
            let most = format!("You have {MOST_COLLECTIONS} collections, which is as many as there may be");
            return Err(Error::invalid("", most));
        }
        store::insert_collection(conn, &collection).await?;
        for member in members {
            place(app, conn, me, &collection, *member, "account_ids").await?;
        }
        let object = described(app, conn, me, &collection).await?;
        tell(app, conn, me, &collection, "Add", object, Some(&wire::list_uri(me))).await
    })
    .await?;
    Ok(id)
}

/// Puts an account into a collection, in the caller's transaction: at once where it is of this instance, else when its server
/// agrees, which is asked.
async fn place(
    app: &App,
    conn: &mut Conn,
    me: &Account,
    collection: &Collection,
    member: AccountId,
    field: &'static str,
) -> Result<Placed> {
    let member = accounts::store::find_account(conn, member).await?;
    let member = member.ok_or_else(|| Error::invalid(field, "names an account that is not here"))?;
    if store::find_place(conn, collection.id, &member.uri).await?.is_some() {
        return Err(Error::invalid(field, "has already been taken"));
    }
    if !may_feature(conn, me, &member).await? {
        return Err(Error::invalid(field, "names an account that does not want to be in collections"));
    }
    let now = app.now();
    let id = CollectionItemId(app.ids.mint(now));
    let asked = !member.is_local();
    let mut item = Item {
        id,
        collection_id: collection.id,
        account_id: Some(member.id),
        object_uri: member.uri.clone(),
        state: if asked { State::Pending } else { State::Accepted }.as_str().to_owned(),
        uri: Some(format!("{}/collection_items/{id}", me.uri)),
        request_uri: asked.then(|| format!("{}/feature_requests/{id}", me.uri)),
        authorization_uri: None,
        created_at: now,
    };
    if !asked {
        item.authorization_uri = Some(wire::authorization_uri(&member, &item));
    }
    store::insert_item(conn, &item).await?;
    match &item.request_uri {
        Some(uri) => {
            let body = wire::request(uri, me, &member, collection);
            delivery::send(app, conn, me.id, uri, &body, std::slice::from_ref(&member.inbox_uri)).await?;
        }
        None => {
            let to = [member.id];
            notifications::ops::notify_of_collection(app, conn, &to, me.id, Kind::Collected, collection.id).await?;
        }
    }
    Ok((item, member.actor_type))
}

/// A collection that `me` may change; nobody else does until the transaction ends.
async fn own(conn: &mut Conn, me: &Account, id: CollectionId) -> Result<Collection> {
    let found = store::lock_collection(conn, id).await?.ok_or(NOT_FOUND)?;
    if found.account_id == me.id {
        return Ok(found);
    }
    // Whoever may see it is told why; others not even that it is there.
    let seen = super::view::look_at(conn, Viewer::account(me.id), id).await?;
    Err(seen.map_or(NOT_FOUND, |_| forbidden()))
}

/// Notes that something of a collection changed.
async fn touch(app: &App, conn: &mut Conn, collection: &mut Collection) -> Result<()> {
    collection.updated_at = app.now();
    store::update_collection(conn, collection).await?;
    Ok(())
}

/// Changes a collection of `me`'s, but for what is in it. Those who are in it are told when its name or description changes.
pub async fn update(app: &App, me: &Account, id: CollectionId, changes: Changes) -> Result<()> {
    app.transaction(async |conn| {
        let before = own(conn, me, id).await?;
        let mut after = before.clone();
        apply(&mut after, changes.clone())?;
        if after == before {
            return Ok(());
        }
        touch(app, conn, &mut after).await?;
        if (&after.name, &after.description) != (&before.name, &before.description) {
            tell_members(app, conn, &after).await?;
        }
        let object = described(app, conn, me, &after).await?;
        tell(app, conn, me, &after, "Update", object, None).await
    })
    .await
}

/// Tells people of this instance who are in a collection that it has another name or description.
async fn tell_members(app: &App, conn: &mut Conn, collection: &Collection) -> Result<()> {
    let members = store::list_local_members(conn, collection.id).await?;
    let (from, kind) = (collection.account_id, Kind::CollectionUpdate);
    notifications::ops::notify_of_collection(app, conn, &members, from, kind, collection.id).await
}

/// Removes a collection of `me`'s.
pub async fn delete(app: &App, me: &Account, id: CollectionId) -> Result<()> {
    app.transaction(async |conn| {
        let collection = own(conn, me, id).await?;
        let object = serde_json::Value::from(collection.uri.clone());
        tell(app, conn, me, &collection, "Remove", object, Some(&wire::list_uri(me))).await?;
        store::delete_collection(conn, id).await?;
        Ok(())
    })
    .await
}

/// Puts an account into a collection of `me`'s, or asks its server.
pub async fn add(app: &App, me: &Account, id: CollectionId, member: AccountId) -> Result<Item> {
    app.transaction(async |conn| {
        let mut collection = own(conn, me, id).await?;
        if store::count_items(conn, id).await? >= i64::try_from(MOST_ITEMS).unwrap_or(i64::MAX) {
            return Err(Error::invalid(
                "",
                why!("There may be at most {most} accounts in a collection", most = MOST_ITEMS),
            ));
        }
        let placed = place(app, conn, me, &collection, member, "account_id").await?;
        touch(app, conn, &mut collection).await?;
        if placed.0.is(State::Accepted) {
            tell(app, conn, me, &collection, "Add", wire::item(&placed), Some(&collection.uri)).await?;
        }
        Ok(placed.0)
    })
    .await
}

/// Takes an account out of a collection of `me`'s.
pub async fn remove(app: &App, me: &Account, id: CollectionId, item: CollectionItemId) -> Result<()> {
    app.transaction(async |conn| {
        let mut collection = own(conn, me, id).await?;
        let item = store::find_item(conn, item).await?.filter(|item| item.collection_id == id).ok_or(NOT_FOUND)?;
        take_out(app, conn, me, &collection, &item).await?;
        store::delete_item(conn, item.id).await?;
        touch(app, conn, &mut collection).await
    })
    .await
}

/// Withdraws what was said of an account's place in a collection of one of ours: to the account and, if it was in it, to other
/// servers.
async fn take_out(app: &App, conn: &mut Conn, owner: &Account, collection: &Collection, item: &Item) -> Result<()> {
    if item.account_id.is_some() {
        let kind = Kind::Collected;
        notifications::store::delete_about_collection(conn, item.account_id, kind, collection.id).await?;
    }
    if let (true, Some(uri)) = (item.is(State::Accepted), &item.uri) {
        let object = serde_json::Value::from(uri.clone());
        tell(app, conn, owner, collection, "Remove", object, Some(&collection.uri)).await?;
    }
    Ok(())
}

/// `me` does not want to be in somebody's collection any more. Twice is once.
pub async fn revoke(app: &App, me: &Account, id: CollectionId, item: CollectionItemId) -> Result<()> {
    app.transaction(async |conn| {
        let collection = store::lock_collection(conn, id).await?.ok_or(NOT_FOUND)?;
        let item = store::find_item(conn, item).await?.filter(|item| item.collection_id == id).ok_or(NOT_FOUND)?;
        if item.account_id != Some(me.id) {
            let seen = super::view::look_at(conn, Viewer::account(me.id), id).await?;
            let seen = seen.is_some_and(|seen| seen.items.iter().any(|(one, _)| one.id == item.id));
            return Err(if seen { forbidden() } else { NOT_FOUND });
        }
        withdraw(app, conn, me, &collection, item).await
    })
    .await
}

/// Takes the consent of one of ours back, in the caller's transaction.
async fn withdraw(app: &App, conn: &mut Conn, me: &Account, collection: &Collection, item: Item) -> Result<()> {
    if item.is(State::Revoked) {
        return Ok(());
    }
    let owner = accounts::store::find_account(conn, collection.account_id).await?.ok_or(NOT_FOUND)?;
    if collection.local {
        take_out(app, conn, &owner, collection, &item).await?;
    } else {
        notifications::store::delete_about_collection(conn, Some(me.id), Kind::Collected, collection.id).await?;
        let consent = item.authorization_uri.clone().unwrap_or_else(|| wire::authorization_uri(me, &item));
        let uri = format!("{consent}#delete");
        let body = wire::withdrawal(&uri, me, &owner, &item, &collection.uri);
        delivery::send(app, conn, me.id, &uri, &body, std::slice::from_ref(&owner.inbox_uri)).await?;
    }
    store::update_item(conn, &Item { state: State::Revoked.as_str().into(), ..item }).await?;
    Ok(())
}

/// After one of two accounts blocked the other, neither is in the other's collections. Whom an owner of ours blocks can be put
/// into one again later; who blocked the owner took their consent back.
pub async fn part(app: &App, conn: &mut Conn, by: &Account, other: &Account) -> Result<()> {
    for (owner, member) in [(by, other), (other, by)] {
        for item in store::list_places_between(conn, owner.id, member.id).await? {
            let Some(collection) = store::lock_collection(conn, item.collection_id).await? else { continue };
            if owner.is_local() && owner.id == by.id {
                take_out(app, conn, owner, &collection, &item).await?;
                store::delete_item(conn, item.id).await?;
            } else if owner.is_local() && !item.is(State::Revoked) {
                take_out(app, conn, owner, &collection, &item).await?;
                store::update_item(conn, &Item { state: State::Revoked.as_str().into(), ..item }).await?;
            } else if member.is_local() {
                withdraw(app, conn, member, &collection, item).await?;
            }
        }
    }
    Ok(())
}
