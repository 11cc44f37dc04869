//! Scheduling, putting off, cancelling, and publishing at the time that was chosen: once, whatever crashes meanwhile, since
//! the post appears and its row here goes in one transaction.

use chrono::{DateTime, Utc};

use super::{LEAST_AHEAD, MOST_A_DAY, MOST_IN_ALL, Made, ScheduleDue, ScheduledStatus, store};
use crate::accounts::{self, Account};
use crate::app::App;
use crate::base::id::{AccountId, ScheduledStatusId};
use crate::base::{Error, Result, why};
use crate::db::Conn;
use crate::jobs::{self, Outcome};
use crate::media;
use crate::statuses::{self, StatusDraft};

/// Keeps a draft, with its files, until it is time. It is checked now as if it were published now. With an idempotency key that was
/// used before, what it made is returned, however late it is. Enqueues [`ScheduleDue`].
pub async fn schedule(app: &App, author: &Account, mut draft: StatusDraft, at: DateTime<Utc>) -> Result<Made> {
    let now = app.now();
    let key = draft.idempotency_key.take();
    app.transaction(async |conn| {
        store::lock_person(conn, author.id).await?;
        if let Some(made) = find_by_key(conn, author.id, key.as_deref()).await? {
            return Ok(made);
        }
        check_time(now, at)?;
        check_room(conn, author.id, at, None).await?;
        let mut draft = draft.clone();
        if draft.visibility.is_none() {
            // Who will see it is settled, and shown, now.
            draft.visibility = Some(statuses::ops::usual_visibility(conn, author.id).await?);
        }
        statuses::ops::check(app, conn, author, &draft).await?;
        let id = ScheduledStatusId(app.ids.mint(now));
        let row = ScheduledStatus {
            id,
            account_id: author.id,
            scheduled_at: at,
            draft: serde_json::to_value(&draft).map_err(Error::internal)?,
            idempotency_key: key.clone(),
            job_id: jobs::enqueue_at(app, conn, &ScheduleDue { scheduled_status_id: id }, at).await?,
            created_at: now,
        };
        store::insert(conn, &row).await?;
        media::ops::reserve(conn, author.id, id, &draft.media, at).await?;
        Ok(Made::Waiting(row))
    })
    .await
}

/// What a person's request with this idempotency key made. One that is being carried out is waited for.
pub async fn find_made(app: &App, person: AccountId, key: Option<&str>) -> Result<Option<Made>> {
    if key.is_none() {
        return Ok(None);
    }
    app.transaction(async |conn| {
        store::lock_person(conn, person).await?;
        find_by_key(conn, person, key).await
    })
    .await
}

/// First what waits: what is published meanwhile has its key among the others by the time that its row is gone.
async fn find_by_key(conn: &mut Conn, person: AccountId, key: Option<&str>) -> Result<Option<Made>> {
    let Some(key) = key else { return Ok(None) };
    if let Some(row) = store::find_by_key(conn, person, key).await? {
        return Ok(Some(Made::Waiting(row)));
    }
    Ok(statuses::store::find_idempotent(conn, person, key).await?.map(Made::Published))
}

fn check_time(now: DateTime<Utc>, at: DateTime<Utc>) -> Result<()> {
    if at < now + LEAST_AHEAD {
        return Err(Error::invalid("scheduled_at", "must be at least 5 minutes in the future"));
    }
    Ok(())
}

async fn check_room(
    conn: &mut Conn,
    account: AccountId,
    at: DateTime<Utc>,
    but: Option<ScheduledStatusId>,
) -> Result<()> {
    let (all, that_day) = store::count(conn, account, at, but).await?;
    if all >= MOST_IN_ALL {
        return Err(Error::invalid(
            "",
            why!("You have exceeded the limit of {most} scheduled posts", most = MOST_IN_ALL),
        ));
    }
    if that_day >= MOST_A_DAY {
        let why = why!("You have exceeded the limit of {most} scheduled posts for that day", most = MOST_A_DAY);
        return Err(Error::invalid("", why));
    }
    Ok(())
}

/// One's own scheduled post.
pub async fn find_own(conn: &mut Conn, me: AccountId, id: ScheduledStatusId) -> Result<ScheduledStatus> {
    store::find(conn, id).await?.filter(|row| row.account_id == me).ok_or(Error::NotFound("Record"))
}

async fn lock_own(conn: &mut Conn, me: AccountId, id: ScheduledStatusId) -> Result<ScheduledStatus> {
    store::lock(conn, id).await?.filter(|row| row.account_id == me).ok_or(Error::NotFound("Record"))
}

/// Chooses another time. Enqueues [`ScheduleDue`] for it, and withdraws the job of before.
pub async fn reschedule(app: &App, me: AccountId, id: ScheduledStatusId, at: DateTime<Utc>) -> Result<ScheduledStatus> {
    app.transaction(async |conn| {
        store::lock_person(conn, me).await?;
        let row = lock_own(conn, me, id).await?;
        check_time(app.now(), at)?;
        check_room(conn, me, at, Some(id)).await?;
        jobs::store::delete_jobs(conn, &[row.job_id]).await?;
        let job = jobs::enqueue_at(app, conn, &ScheduleDue { scheduled_status_id: id }, at).await?;
        media::store::update_reserved(conn, id, at).await?;
        Ok(store::update_time(conn, id, at, job).await?)
    })
    .await
}

/// It will not be published. Its files can be used in another post for a day.
pub async fn cancel(app: &App, me: AccountId, id: ScheduledStatusId) -> Result<()> {
    app.transaction(async |conn| {
        let row = lock_own(conn, me, id).await?;
        jobs::store::delete_jobs(conn, &[row.job_id]).await?;
        media::store::release_reserved(conn, id, app.now()).await?;
        store::delete(conn, id).await?;
        Ok(())
    })
    .await
}

/// Publishes a scheduled post when its time has come; `mentioned` are the accounts that its text names, found beforehand. What
/// cannot be published any more (what it answers is gone) stays where its author sees it.
pub async fn publish(app: &App, id: ScheduledStatusId, mentioned: &[Account]) -> Result<Outcome> {
    // Durably, unlike other jobs: a second run after a crash of Postgres would make a post with another id.
    app.transaction(async |conn| {
        let Some(row) = store::lock(conn, id).await? else {
            return Ok(Outcome::drop("it is published, or cancelled"));
        };
        if row.scheduled_at > app.now() {
            return Ok(Outcome::drop("it was put off"));
        }
        let author = accounts::store::find_account(conn, row.account_id).await?;
        let Some(author) = author.filter(|author| !author.is_suspended()) else {
            return Ok(Outcome::drop("its author is gone or suspended"));
        };
        let mut draft = draft_of(&row)?;
        if let Some(application) = draft.application_id {
            let known = statuses::store::list_applications(conn, &[application]).await?;
            draft.application_id = draft.application_id.filter(|_| !known.is_empty());
        }
        media::store::release_reserved(conn, id, app.now()).await?;
        store::delete(conn, id).await?;
        let status = statuses::ops::publish_in(app, conn, &author, draft, mentioned).await?;
        if let Some(key) = &row.idempotency_key {
            // The request that scheduled it may be sent again. A post that was made with this key meanwhile keeps it.
            statuses::store::insert_idempotency_key(conn, author.id, key, status.id, app.now()).await?;
        }
        accounts::view::invalidate(app, author.id);
        Ok(Outcome::Done)
    })
    .await
}

/// What is to be published.
pub fn draft_of(row: &ScheduledStatus) -> Result<StatusDraft> {
    serde_json::from_value(row.draft.clone()).map_err(Error::internal)
}
