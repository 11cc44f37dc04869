//! Blocks, of accounts and of whole domains: what they end, and whom they tell.

use super::{end_follow, end_follower};
use crate::accounts::Account;
use crate::app::App;
use crate::base::id::{BlockId, DomainBlockId};
use crate::base::{Error, Result};
use crate::db::Conn;
use crate::federation::delivery;
use crate::jobs;
use crate::relationships::{AccountBlocked, Block, DomainBlocked, Follow, store, wire};

/// `me` (ours) blocks somebody: follows and requests end both ways, and neither sees the other's posts any more. Twice is
/// once. A remote one's server is told, since it is that server that keeps them from our posts. Enqueues [`AccountBlocked`].
pub async fn block(app: &App, me: &Account, target: &Account) -> Result<()> {
    if me.id == target.id {
        return Err(Error::Forbidden("You cannot block yourself".into()));
    }
    app.transaction(async |conn| {
        store::lock_pair(conn, me.id, target.id).await?;
        if store::find_block(conn, me.id, target.id).await?.is_some() {
            return Ok(());
        }
        sever(app, conn, me, target).await?;
        let now = app.now();
        let id = BlockId(app.ids.mint(now));
        let uri = format!("{}/blocks/{id}", me.uri);
        let block = Block { id, account_id: me.id, target_account_id: target.id, uri, created_at: now };
        store::upsert_block(conn, &block).await?;
        jobs::enqueue(app, conn, &AccountBlocked { account_id: me.id, target_account_id: target.id }).await?;
        if !target.is_local() {
            let body = wire::block(&block, me, target);
            delivery::send(app, conn, me.id, &block.uri, &body, std::slice::from_ref(&target.inbox_uri)).await?;
        }
        Ok(())
    })
    .await
}

/// Takes a block back. What it ended does not come back by itself.
pub async fn unblock(app: &App, me: &Account, target: &Account) -> Result<()> {
    app.transaction(async |conn| {
        let Some(block) = store::delete_block(conn, me.id, target.id).await? else { return Ok(()) };
        if !target.is_local() {
            delivery::withdraw(conn, &block.uri).await?;
            let uri = format!("{}/undo", block.uri);
            let body = wire::undo_block(&uri, &block, me, target);
            delivery::send(app, conn, me.id, &uri, &body, std::slice::from_ref(&target.inbox_uri)).await?;
        }
        Ok(())
    })
    .await
}

/// Which follows ended between one of ours and another.
#[derive(Clone, Copy, Debug, Default)]
pub struct Severed {
    /// The other followed ours.
    pub follower: bool,
    /// Ours followed the other.
    pub following: bool,
}

/// Ends follows and requests between `me` (ours) and another, both ways; which follows those were. The caller holds
/// [`store::lock_pair`].
pub async fn sever(app: &App, conn: &mut Conn, me: &Account, other: &Account) -> Result<Severed> {
    let was_follow = |ended: Option<Follow>| ended.is_some_and(|follow| follow.accepted_at.is_some());
    Ok(Severed {
        following: was_follow(end_follow(app, conn, me, other).await?),
        follower: was_follow(end_follower(app, conn, me, other).await?),
    })
}

/// Records a remote actor's Block of one of ours. `false` when it was taken back before it came. Enqueues [`AccountBlocked`].
pub async fn record_block(app: &App, conn: &mut Conn, by: &Account, target: &Account, uri: &str) -> Result<bool> {
    store::lock_pair(conn, by.id, target.id).await?;
    if store::is_undone(conn, uri, by).await? {
        return Ok(false);
    }
    sever(app, conn, target, by).await?;
    let now = app.now();
    let block = Block {
        id: BlockId(app.ids.mint(now)),
        account_id: by.id,
        target_account_id: target.id,
        uri: uri.to_owned(),
        created_at: now,
    };
    store::upsert_block(conn, &block).await?;
    jobs::enqueue(app, conn, &AccountBlocked { account_id: by.id, target_account_id: target.id }).await?;
    Ok(true)
}

/// `me` blocks a domain (normalised). Follows with its accounts end soon after: enqueues [`DomainBlocked`].
pub async fn block_domain(app: &App, me: &Account, domain: &str) -> Result<()> {
    if domain == app.config.instance.domain {
        return Err(Error::invalid("domain", "is the one that you are on"));
    }
    app.transaction(async |conn| {
        let now = app.now();
        let id = DomainBlockId(app.ids.mint(now));
        if store::insert_domain_block(conn, id, me.id, domain, now).await? {
            jobs::enqueue(app, conn, &DomainBlocked { account_id: me.id, domain: domain.to_owned() }).await?;
        }
        Ok(())
    })
    .await
}

/// Takes the block of a domain back.
pub async fn unblock_domain(app: &App, me: &Account, domain: &str) -> Result<()> {
    app.transaction(async |conn| {
        store::delete_domain_block(conn, me.id, domain).await?;
        Ok(())
    })
    .await
}
