//! One table: which job wakes which function. A job's reactions are listed here, so that core slices need not know of them.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use crate::accounts::object::proof;
use crate::accounts::{
    self, Account, AccountDiscovered, AccountUpdated, FieldsUnverified, PersonAdmitted, PersonRegistered,
};
use crate::activities;
use crate::app::App;
use crate::base::{Error, Result, strict_json};
use crate::cards::{self, CardWanted};
use crate::collections::{self, CollectionUnverified};
use crate::federation::{self, ForwardedActivity, IncomingActivity};
use crate::groups;
use crate::invitations::{self, InvitationAccepted};
use crate::jobs::runner::Perform;
use crate::jobs::store::ClaimedJob;
use crate::jobs::{Job, Outcome};
use crate::mail::Letter;
use crate::media::{self, FilesReleased, MediaUploaded};
use crate::moderation::{self, DomainJudged};
use crate::notifications;
use crate::pins::{self, PinChanged};
use crate::polls::{PollEnded, PollStale, PollTallied};
use crate::portability::{self, AccountDeleted, AccountMoved, FollowersCarried, ImportBegun};
use crate::push::{self, PushDue};
use crate::quotes::{self, QuoteAwaited, StampStale};
use crate::relationships::{self, AccountBlocked, DomainBlocked};
use crate::scheduled::{self, ScheduleDue};
use crate::search::{self, PostsUnindexed};
use crate::statuses::outbox::forwarding;
use crate::statuses::{
    self, ParentAwaited, StatusDeleted, StatusEdited, StatusPublished, StatusRecorded, StatusRestated, ThreadAwaited,
};
use crate::web::auth::letters;

/// What the runner calls.
pub fn perform() -> Perform {
    Arc::new(|app, job| {
        Box::pin(async move {
            let most = KINDS.iter().find(|(kind, _)| *kind == job.kind).and_then(|(_, seconds)| *seconds);
            let most = most.map(Duration::from_secs);
            match in_time(most, Box::pin(dispatch(&app, &job))).await {
                // For some twenty minutes it may have been the other server's trouble with our key; then it meant what it said.
                Err(Error::Refused(why)) if job.attempts >= MOST_REFUSED.min(app.config.jobs.attempts) => {
                    Ok(Outcome::drop(why))
                }
                outcome => outcome,
            }
        })
    })
}

/// The kinds that strangers cause: the runner lets them have a part of its turns.
pub fn kinds_of_strangers() -> impl Iterator<Item = &'static str> {
    KINDS.iter().filter(|(_, seconds)| seconds.is_some()).map(|(kind, _)| *kind)
}

/// So often what another server refuses is asked for.
const MOST_REFUSED: i32 = 9;

/// Breaks a job off that takes longer than it may. What it has found by then is kept, so that another try comes further; like whatever
/// another server is to blame for, it is tried as often as others are. Nothing is dropped sooner: it may be our own Postgres that was slow.
async fn in_time(most: Option<Duration>, work: impl Future<Output = Result<Outcome>>) -> Result<Outcome> {
    let Some(most) = most else { return work.await };
    let late = |_| Error::Remote("what was asked for took too long".into());
    tokio::time::timeout(most, work).await.map_err(late)?
}

/// Writes down what runs each kind of job, and from that which kinds strangers cause.
macro_rules! table {
    ($app:ident, $job:ident: $($kind:ident => $run:expr),+ $(,)?) => {
        async fn dispatch($app: &App, $job: &ClaimedJob) -> Result<Outcome> {
            match $job.kind.as_str() {
                $($kind::KIND => $run,)+
                unknown => Ok(Outcome::drop(format!("there is no job {unknown}"))),
            }
        }

        /// Each kind, with how many seconds a job of it may take if strangers cause it.
        const KINDS: &[(&str, Option<u64>)] = &[$(($kind::KIND, $kind::OF_STRANGERS)),+];
    };
}

table! { app, job:
    IncomingActivity => incoming(app, &payload(job)?).await,
    ForwardedActivity => federation::inbox::forwarded::carry_out(app, &payload(job)?).await,
    PersonRegistered => {
        let job: PersonRegistered = payload(job)?;
        let tell = async |conn: &mut _| notifications::ops::notify_of_sign_up(app, conn, job.account_id).await;
        app.background_transaction(tell).await?;
        Ok(Outcome::Done)
    },
    PersonAdmitted => invitations::ops::admitted(app, &payload(job)?).await,
    Letter => letters::send(app, &payload(job)?).await,
    InvitationAccepted => invitations::ops::tie(app, &payload(job)?).await,
    AccountUpdated => accounts::outbox::send_update(app, &payload(job)?).await,
    FieldsUnverified => accounts::object::fields::verify(app, &payload(job)?).await,
    AccountDiscovered => {
        let job: AccountDiscovered = payload(job)?;
        pins::object::read_featured(app, &job).await?;
        collections::object::read_listed(app, &job).await
    },
    AccountBlocked => collections::outbox::part(app, &payload(job)?).await,
    CollectionUnverified => collections::object::verify(app, &payload(job)?).await,
    DomainBlocked => relationships::outbox::end_ties(app, &payload(job)?).await,
    StatusPublished => {
        let job: StatusPublished = payload(job)?;
        statuses::outbox::deliver(app, &job).await?;
        groups::relay::relay(app, job.status_id).await
    },
    StatusEdited => statuses::outbox::deliver_edit(app, &payload(job)?).await,
    StatusRestated => statuses::outbox::deliver_restated(app, &payload(job)?).await,
    StampStale => quotes::inbox::look_again(app, &payload(job)?).await,
    QuoteAwaited => quotes::inbox::look_up(app, &payload(job)?).await,
    PollTallied => statuses::outbox::deliver_tally(app, &payload(job)?).await,
    PollEnded => statuses::outbox::deliver_end(app, &payload(job)?).await,
    PollStale => statuses::object::refresh_poll(app, &payload(job)?).await,
    StatusRecorded => groups::relay::relay(app, payload::<StatusRecorded>(job)?.status_id).await,
    StatusDeleted => groups::relay::relay_delete(app, &payload(job)?).await,
    MediaUploaded => media::object::process(app, &payload(job)?).await,
    FilesReleased => media::object::remove_released(app).await,
    CardWanted => cards::object::attach(app, &payload(job)?).await,
    PinChanged => pins::outbox::deliver(app, &payload(job)?).await,
    ScheduleDue => scheduled::object::publish_due(app, &payload(job)?).await,
    PushDue => push::outbox::send(app, &payload(job)?).await,
    ThreadAwaited => statuses::object::fill_in(app, &payload(job)?).await,
    ParentAwaited => statuses::object::fetch_parent(app, &payload(job)?).await,
    PostsUnindexed => search::ops::index_older(app, &payload(job)?).await,
    DomainJudged => moderation::outbox::judge(app, &payload(job)?).await,
    AccountDeleted => portability::outbox::delete(app, &payload(job)?).await,
    AccountMoved => portability::outbox::tell(app, &payload(job)?).await,
    FollowersCarried => portability::outbox::carry_followers(app, &payload(job)?).await,
    ImportBegun => portability::outbox::work_off(app, &payload(job)?).await,
}

/// Carries out an activity that passed the door.
async fn incoming(app: &App, job: &IncomingActivity) -> Result<Outcome> {
    let actor = {
        let mut conn = app.db.background().await?;
        accounts::store::find_account(&mut conn, job.actor_id).await?
    };
    let Some(actor) = actor.filter(|actor| !actor.is_suspended()) else {
        return Ok(Outcome::drop("the actor is gone or suspended"));
    };
    let activity = strict_json::parse(job.activity.as_bytes()).map_err(|error| Error::Malformed(error.to_string()))?;
    if job.via.is_none() && proof::is_contradicted(app, &actor, &activity).await? {
        return Ok(Outcome::drop("its proof does not hold"));
    }
    // A reply that is new is here only afterwards, one that is deleted not any more.
    let passed_on = forward(app, job, &actor, &activity).await?;
    let outcome = activities::perform(app, &actor, &activity).await?;
    if !passed_on && outcome == Outcome::Done {
        forward(app, job, &actor, &activity).await?;
    }
    if let Some(said) = &job.synchronization {
        relationships::object::synchronise(app, &actor, said).await?;
    }
    Ok(outcome)
}

/// Passes an activity on to those here whom it concerns, if any. Returns whether there were any.
async fn forward(app: &App, job: &IncomingActivity, actor: &Account, activity: &Value) -> Result<bool> {
    let concerned = forwarding::concerned(app, actor, activity).await?;
    if concerned.is_empty() {
        return Ok(false);
    }
    forwarding::forward(app, &concerned, activity, &job.activity, actor, job.via.as_deref()).await?;
    Ok(true)
}

/// Reads a job's payload. One that cannot be read will never be; it is tried until it is set aside, so that a person sees it.
fn payload<J: Job>(job: &ClaimedJob) -> Result<J> {
    serde_json::from_str(&job.payload).map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_takes_too_long_is_broken_off_and_tried_again() {
        let slow = in_time(Some(Duration::ZERO), std::future::pending());
        assert!(matches!(slow.await, Err(error) if error.is_transient()));
        let brief = in_time(Some(Duration::MAX), async { Ok(Outcome::Done) });
        assert_eq!(brief.await.unwrap(), Outcome::Done);
    }
}
