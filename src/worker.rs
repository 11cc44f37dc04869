//! One table: which job wakes which function. A job's reactions are listed here, so that core slices need not know of them.

use std::sync::Arc;

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
            match dispatch(&app, &job).await {
                // For some twenty minutes it may have been the other server's trouble with our key; then it meant what it said.
                Err(Error::Refused(why)) if job.attempts >= MOST_REFUSED.min(app.config.jobs.attempts) => {
                    Ok(Outcome::drop(why))
                }
                outcome => outcome,
            }
        })
    })
}

/// So often what another server refuses is asked for.
const MOST_REFUSED: i32 = 9;

async fn dispatch(app: &App, job: &ClaimedJob) -> Result<Outcome> {
    match job.kind.as_str() {
        IncomingActivity::KIND => incoming(app, &payload(job)?).await,
        ForwardedActivity::KIND => federation::inbox::forwarded::carry_out(app, &payload(job)?).await,
        PersonRegistered::KIND => {
            let job: PersonRegistered = payload(job)?;
            let tell = async |conn: &mut _| notifications::ops::notify_of_sign_up(app, conn, job.account_id).await;
            app.background_transaction(tell).await?;
            Ok(Outcome::Done)
        }
        PersonAdmitted::KIND => invitations::ops::admitted(app, &payload(job)?).await,
        Letter::KIND => letters::send(app, &payload(job)?).await,
        InvitationAccepted::KIND => invitations::ops::tie(app, &payload(job)?).await,
        AccountUpdated::KIND => accounts::outbox::send_update(app, &payload(job)?).await,
        FieldsUnverified::KIND => accounts::object::fields::verify(app, &payload(job)?).await,
        AccountDiscovered::KIND => {
            let job: AccountDiscovered = payload(job)?;
            pins::object::read_featured(app, &job).await?;
            collections::object::read_listed(app, &job).await
        }
        AccountBlocked::KIND => collections::outbox::part(app, &payload(job)?).await,
        CollectionUnverified::KIND => collections::object::verify(app, &payload(job)?).await,
        DomainBlocked::KIND => relationships::outbox::end_ties(app, &payload(job)?).await,
        StatusPublished::KIND => {
            let job: StatusPublished = payload(job)?;
            statuses::outbox::deliver(app, &job).await?;
            groups::relay::relay(app, job.status_id).await
        }
        StatusEdited::KIND => statuses::outbox::deliver_edit(app, &payload(job)?).await,
        StatusRestated::KIND => statuses::outbox::deliver_restated(app, &payload(job)?).await,
        StampStale::KIND => quotes::inbox::look_again(app, &payload(job)?).await,
        QuoteAwaited::KIND => quotes::inbox::look_up(app, &payload(job)?).await,
        PollTallied::KIND => statuses::outbox::deliver_tally(app, &payload(job)?).await,
        PollEnded::KIND => statuses::outbox::deliver_end(app, &payload(job)?).await,
        PollStale::KIND => statuses::object::refresh_poll(app, &payload(job)?).await,
        StatusRecorded::KIND => groups::relay::relay(app, payload::<StatusRecorded>(job)?.status_id).await,
        StatusDeleted::KIND => groups::relay::relay_delete(app, &payload(job)?).await,
        MediaUploaded::KIND => media::object::process(app, &payload(job)?).await,
        FilesReleased::KIND => media::object::remove_released(app).await,
        CardWanted::KIND => cards::object::attach(app, &payload(job)?).await,
        PinChanged::KIND => pins::outbox::deliver(app, &payload(job)?).await,
        ScheduleDue::KIND => scheduled::object::publish_due(app, &payload(job)?).await,
        PushDue::KIND => push::outbox::send(app, &payload(job)?).await,
        ThreadAwaited::KIND => statuses::object::fill_in(app, &payload(job)?).await,
        ParentAwaited::KIND => statuses::object::fetch_parent(app, &payload(job)?).await,
        PostsUnindexed::KIND => search::ops::index_older(app, &payload(job)?).await,
        DomainJudged::KIND => moderation::outbox::judge(app, &payload(job)?).await,
        AccountDeleted::KIND => portability::outbox::delete(app, &payload(job)?).await,
        AccountMoved::KIND => portability::outbox::tell(app, &payload(job)?).await,
        FollowersCarried::KIND => portability::outbox::carry_followers(app, &payload(job)?).await,
        ImportBegun::KIND => portability::outbox::work_off(app, &payload(job)?).await,
        unknown => Ok(Outcome::drop(format!("there is no job {unknown}"))),
    }
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
