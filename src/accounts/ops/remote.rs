//! What actors of other servers say of themselves is recorded, and the links in it are checked.

use chrono::TimeDelta;

use crate::accounts::wire::{self, RemoteActor};
use crate::accounts::{Account, AccountDiscovered, Field, FieldsUnverified, Meeting, store};
use crate::app::App;
use crate::base::id::AccountId;
use crate::base::{Error, Result};
use crate::db::Conn;
use crate::emojis;
use crate::federation::policy;
use crate::jobs;
use crate::relationships;

/// The pages that a profile elsewhere links to are asked again only after this.
const VERIFY_PAUSE: TimeDelta = TimeDelta::minutes(5);

/// Records what a remote actor says of itself: a new row, or the one we have. `domain` is the one of its handle. Enqueues
/// [`AccountDiscovered`] for one who was asked for, and was not before.
pub async fn upsert_remote(
    app: &App,
    conn: &mut Conn,
    actor: &RemoteActor,
    domain: &str,
    meeting: Meeting,
) -> Result<Account> {
    let now = app.now();
    let known = store::find_by_uri(conn, &actor.uri).await?;
    if known.as_ref().is_some_and(Account::is_local) {
        return Err(ours());
    }
    store::insert_instance(conn, domain, now).await?;
    if policy::is_silenced(app, domain) {
        store::silence_instance(conn, domain, now).await?;
    }
    // A name that moved to another actor (a server that was set up anew) frees the old row's handle.
    store::retire_handle(conn, &actor.username, domain, &actor.uri).await?;
    let id = AccountId(app.ids.mint(now));
    let mut row = wire::new_account(actor, domain, id, now);
    row.fetched_at = row.fetched_at.filter(|_| meeting == Meeting::AskedFor);
    let was_passing = known.as_ref().is_some_and(|known| known.fetched_at.is_none());
    let before = known.as_ref().map(Account::profile_fields).unwrap_or_default();
    row.fields = serde_json::to_value(still_verified(actor.fields.clone(), &before)).map_err(Error::internal)?;
    let account = store::upsert_remote(conn, &row).await?.ok_or_else(ours)?;
    // What did not change is known not to link back.
    let is_settled = known.is_some_and(|known| known.fields == account.fields);
    if !is_settled && relationships::store::has_local_followers(conn, account.id).await? {
        verify_fields(app, conn, &account).await?;
    }
    store::insert_stats(conn, account.id).await?;
    store::proofs::replace_remote_proof_keys(conn, account.id, &actor.proof_keys).await?;
    store::featuring::upsert_featuring(conn, account.id, actor.featuring.as_ref()).await?;
    store::attribution::upsert_attribution(conn, account.id, &actor.attribution_domains).await?;
    store::pictures::upsert_texts(conn, account.id, &actor.pictures).await?;
    let lists = !account.featured_uri.is_empty()
        || actor.featuring.as_ref().is_some_and(|featuring| !featuring.collections_uri.is_empty());
    if (account.id == id || was_passing) && meeting == Meeting::AskedFor && lists {
        jobs::enqueue(app, conn, &AccountDiscovered { account_id: account.id }).await?;
    }
    emojis::ops::record(app, conn, Some(domain), &actor.emojis).await?;
    Ok(account)
}

/// Nobody elsewhere says who somebody here is.
fn ours() -> Error {
    Error::Forbidden("this actor is ours".into())
}

/// Fields as they are now: verified are those that were, and did not change.
pub(super) fn still_verified(mut fields: Vec<Field>, before: &[Field]) -> Vec<Field> {
    for field in &mut fields {
        let known = before.iter().find(|known| known.name == field.name && known.value == field.value);
        field.verified_at = known.and_then(|known| known.verified_at);
    }
    fields
}

/// Has the pages asked that a profile links to, if there are any: of people here, and of whom they follow. Of others no more than every
/// few minutes, and then as the profile is by then: nobody has us ask many pages by changing often. Enqueues [`FieldsUnverified`].
pub async fn verify_fields(app: &App, conn: &mut Conn, account: &Account) -> Result<()> {
    if account.unverified_links().is_empty() {
        return Ok(());
    }
    let job = FieldsUnverified { account_id: account.id, domain: account.domain.clone() };
    if account.is_local() {
        return jobs::enqueue(app, conn, &job).await;
    }
    if let Some(at) = store::field_checks::claim_field_check(conn, account.id, app.now(), VERIFY_PAUSE).await? {
        jobs::enqueue_at(app, conn, &job, at).await?;
    }
    Ok(())
}
