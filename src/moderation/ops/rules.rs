//! Whom the instance refuses: rules made, changed and taken back, each written down.

use serde_json::json;

use super::{By, Moderator, note};
use crate::app::App;
use crate::base::id::RuleId;
use crate::base::{Error, Result, why};
use crate::db::Conn;
use crate::federation::policy;
use crate::jobs;
use crate::moderation::store::{self, CanonicalEmailBlock, DomainAllow, EmailDomainBlock, IpBlock};
use crate::moderation::{DomainBlock, DomainJudged, MOST_COMMENT, RuleDraft};

pub use crate::moderation::SEVERITIES;

const TAKEN: &str = "has already been taken";

/// The block of a domain, as somebody wants it.
pub fn new_block(app: &App, domain: String, draft: RuleDraft) -> Result<DomainBlock> {
    let mut block = DomainBlock {
        id: RuleId(app.mint()),
        domain,
        severity: "silence".into(),
        reject_media: false,
        reject_reports: false,
        private_comment: None,
        public_comment: None,
        obfuscate: false,
        // To the microsecond, as Postgres keeps it: the accounts that it closes are known by it.
        created_at: chrono::DateTime::from_timestamp_micros(app.now().timestamp_micros()).unwrap_or_default(),
    };
    draft.apply(&mut block)?;
    Ok(block)
}

/// Blocks a domain. Its accounts follow by a job: enqueues [`DomainJudged`].
///
/// # Errors
/// [`Error::Conflict`] when there is a block of this domain already.
pub async fn block_domain(app: &App, by: impl Into<By<'_>>, block: &DomainBlock) -> Result<()> {
    if block.domain == app.config.instance.domain {
        return Err(Error::invalid("domain", "is the one that you are on"));
    }
    app.transaction(async |conn| {
        if !store::insert_domain_block(conn, block).await? {
            return Err(Error::Conflict("Validation failed: Domain has already been taken".into()));
        }
        jobs::enqueue(app, conn, &judged(block)).await?;
        note(app, conn, by, "domain_block.create", block.domain.clone(), said(block)).await
    })
    .await?;
    policy::reload(app).await
}

fn judged(block: &DomainBlock) -> DomainJudged {
    DomainJudged { domain: block.domain.clone(), since: block.created_at }
}

fn said(block: &DomainBlock) -> serde_json::Value {
    json!({
        "severity": block.severity,
        "reject_media": block.reject_media,
        "reject_reports": block.reject_reports,
    })
}

/// What became of the blocks of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    pub added: usize,
    pub changed: usize,
    pub kept: usize,
}

/// Takes over a list of blocks: all of it, or nothing. Blocks that there are stay, unless they are to be overwritten. Enqueues
/// [`DomainJudged`] for each.
pub async fn import_domain_blocks(
    app: &App,
    by: impl Into<By<'_>>,
    blocks: &[DomainBlock],
    overwrite: bool,
) -> Result<Imported> {
    let by = by.into();
    let imported = app
        .transaction(async |conn| {
            let mut imported = Imported::default();
            for block in blocks {
                let (action, block) = match store::find_block_of_domain(conn, &block.domain).await? {
                    None => {
                        store::insert_domain_block(conn, block).await?;
                        imported.added += 1;
                        ("domain_block.create", block.clone())
                    }
                    Some(old) if overwrite => {
                        let (id, created_at) = (old.id, old.created_at);
                        let block =
                            DomainBlock { id, private_comment: old.private_comment, created_at, ..block.clone() };
                        store::update_domain_block(conn, &block).await?;
                        imported.changed += 1;
                        // With the time from which it holds: the accounts that it closed are known by it.
                        ("domain_block.update", block)
                    }
                    Some(_) => {
                        imported.kept += 1;
                        continue;
                    }
                };
                jobs::enqueue(app, conn, &judged(&block)).await?;
                note(app, conn, by, action, block.domain.clone(), said(&block)).await?;
            }
            Ok(imported)
        })
        .await?;
    policy::reload(app).await?;
    Ok(imported)
}

/// Changes how bad it is. The domain stays what it is.
pub async fn change_domain_block(app: &App, by: impl Into<By<'_>>, block: &DomainBlock) -> Result<()> {
    app.transaction(async |conn| {
        if store::update_domain_block(conn, block).await? == 0 {
            return Err(Error::NotFound("Record"));
        }
        jobs::enqueue(app, conn, &judged(block)).await?;
        note(app, conn, by, "domain_block.update", block.domain.clone(), said(block)).await
    })
    .await?;
    policy::reload(app).await
}

/// Takes a domain's block back: accounts that it closed open again.
pub async fn unblock_domain(app: &App, by: &Moderator, id: RuleId) -> Result<()> {
    app.transaction(async |conn| {
        let block = store::find_domain_block(conn, id).await?.ok_or(Error::NotFound("Record"))?;
        store::delete_domain_block(conn, id).await?;
        jobs::enqueue(app, conn, &judged(&block)).await?;
        note(app, conn, by, "domain_block.destroy", block.domain.clone(), said(&block)).await
    })
    .await?;
    policy::reload(app).await
}

/// Lets a domain in, where federation is limited. Twice is once; the row that there is.
pub async fn allow_domain(app: &App, by: &Moderator, allow: DomainAllow) -> Result<DomainAllow> {
    if allow.reason.chars().count() > MOST_COMMENT {
        return Err(Error::invalid("reason", why!("can have at most {most} characters", most = MOST_COMMENT)));
    }
    app.transaction(async |conn| {
        if !store::insert_domain_allow(conn, &allow).await? {
            return Err(Error::Conflict("Validation failed: Domain has already been taken".into()));
        }
        note(app, conn, by, "domain_allow.create", allow.domain.clone(), json!({"reason": allow.reason})).await
    })
    .await?;
    policy::reload(app).await?;
    Ok(allow)
}

/// Takes that back.
pub async fn disallow_domain(app: &App, by: &Moderator, id: RuleId) -> Result<DomainAllow> {
    let allow = app
        .transaction(async |conn| {
            let allow = store::find_domain_allow(conn, id).await?.ok_or(Error::NotFound("Record"))?;
            store::delete_domain_allow(conn, id).await?;
            note(app, conn, by, "domain_allow.destroy", allow.domain.clone(), json!({})).await?;
            Ok(allow)
        })
        .await?;
    policy::reload(app).await?;
    Ok(allow)
}

/// Refuses registrations with addresses of this domain.
pub async fn block_email_domain(app: &App, by: &Moderator, block: &EmailDomainBlock) -> Result<()> {
    app.transaction(async |conn| {
        if !store::insert_email_domain_block(conn, block).await? {
            return Err(Error::invalid("domain", TAKEN));
        }
        note(app, conn, by, "email_domain_block.create", block.domain.clone(), json!({})).await
    })
    .await
}

/// Takes that back.
pub async fn unblock_email_domain(app: &App, by: &Moderator, id: RuleId) -> Result<()> {
    app.transaction(async |conn| {
        let block = store::find_email_domain_block(conn, id).await?.ok_or(Error::NotFound("Record"))?;
        store::delete_email_domain_block(conn, id).await?;
        note(app, conn, by, "email_domain_block.destroy", block.domain, json!({})).await
    })
    .await
}

/// Refuses registrations with this very address, of which the hash is kept.
pub async fn block_email(app: &App, by: &Moderator, block: &CanonicalEmailBlock) -> Result<()> {
    app.transaction(async |conn| {
        if !store::insert_canonical_email_block(conn, block).await? {
            return Err(Error::invalid("canonical_email_hash", TAKEN));
        }
        note(app, conn, by, "canonical_email_block.create", block.canonical_email_hash.clone(), json!({})).await
    })
    .await
}

/// Takes that back.
pub async fn unblock_email(app: &App, by: &Moderator, id: RuleId) -> Result<()> {
    app.transaction(async |conn| {
        let block = store::find_canonical_email_block(conn, id).await?.ok_or(Error::NotFound("Record"))?;
        store::delete_canonical_email_block(conn, id).await?;
        note(app, conn, by, "canonical_email_block.destroy", block.canonical_email_hash, json!({})).await
    })
    .await
}

/// Refuses a network.
pub async fn block_ip(app: &App, by: &Moderator, block: &IpBlock) -> Result<()> {
    app.transaction(async |conn| {
        if !store::insert_ip_block(conn, block).await? {
            return Err(Error::invalid("ip", TAKEN));
        }
        note_ip(app, conn, by, "ip_block.create", block).await
    })
    .await?;
    policy::reload(app).await
}

/// Changes a network's block.
pub async fn change_ip_block(app: &App, by: &Moderator, block: &IpBlock) -> Result<()> {
    let changed = app
        .transaction(async |conn| {
            if store::update_ip_block(conn, block).await? == 0 {
                return Err(Error::NotFound("Record"));
            }
            note_ip(app, conn, by, "ip_block.update", block).await
        })
        .await;
    match changed {
        Err(error) if error.is_collision() => Err(Error::invalid("ip", TAKEN)),
        Err(error) => Err(error),
        Ok(()) => policy::reload(app).await,
    }
}

/// Takes that back.
pub async fn unblock_ip(app: &App, by: &Moderator, id: RuleId) -> Result<()> {
    app.transaction(async |conn| {
        let block = store::find_ip_block(conn, id).await?.ok_or(Error::NotFound("Record"))?;
        store::delete_ip_block(conn, id).await?;
        note_ip(app, conn, by, "ip_block.destroy", &block).await
    })
    .await?;
    policy::reload(app).await
}

async fn note_ip(app: &App, conn: &mut Conn, by: &Moderator, action: &'static str, block: &IpBlock) -> Result<()> {
    note(app, conn, by, action, block.ip.clone(), json!({"severity": block.severity})).await
}
