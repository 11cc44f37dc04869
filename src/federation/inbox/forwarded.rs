//! Activities that somebody passes on who is not their actor (ActivityPub §7.1.2). They are believed for the sake of a proof; of
//! others only what they are about is read, from its own host.

use aws_lc_rs::digest::{self, SHA256};
use serde_json::Value;

use super::{Door, as_received, parse};
use crate::accounts::object::{InstanceActor, proof};
use crate::accounts::{self, Account};
use crate::app::App;
use crate::base::Result;
use crate::base::activitystreams as read;
use crate::base::id::AccountId;
use crate::federation::policy::{is_suspended, refuses};
use crate::federation::store;
use crate::federation::{ForwardedActivity, IncomingActivity};
use crate::jobs::Outcome;
use crate::statuses;

/// At the door: keeps an activity that `signer` passed on as a job, if anything can come of it. With a proof once for each signer, for
/// one that sends a wrong one must not keep the right one out; without one once for all, since only ids are read of it.
pub(super) async fn keep(app: &App, signer: &Account, text: String) -> Result<()> {
    let Some((uri, account_id)) = counts_as(app, signer, &parse(&text)?)? else {
        tracing::debug!(signer = signer.uri, "an activity that was passed on was dropped");
        return Ok(());
    };
    let via = read::host(&signer.uri).unwrap_or_default();
    let job = ForwardedActivity { via, activity: text };
    let received = as_received(app, &job, uri, account_id)?;
    drop(job);
    app.get::<Door>()?.store(received).await?;
    app.jobs_due.notify_one();
    Ok(())
}

/// Under which id it is taken once, and from whom. `None` when nothing can come of it.
fn counts_as(app: &App, signer: &Account, activity: &Value) -> Result<Option<(String, AccountId)>> {
    let (Some(actor_uri), Some(uri)) = (read::id(activity, "actor"), read::own_id(activity)) else { return Ok(None) };
    let is_ours = read::host(actor_uri).is_some_and(|host| host == app.config.instance.domain);
    if !read::same_host(uri, actor_uri) || is_ours {
        return Ok(None);
    }
    if proof::is_proven(activity) {
        return Ok(Some((uri.to_owned(), signer.id)));
    }
    let Some(subject) = subject(activity, actor_uri) else { return Ok(None) };
    Ok(Some((fingerprint(uri, subject), app.get::<InstanceActor>()?.0.id)))
}

/// What can be read from its own host when nothing else is believed: a post on the actor's host that was made, changed or deleted.
fn subject<'a>(activity: &'a Value, actor_uri: &str) -> Option<&'a str> {
    let known = matches!(read::type_of(activity), "Create" | "Update" | "Delete");
    read::id(activity, "object").filter(|uri| known && read::same_host(uri, actor_uri) && *uri != actor_uri)
}

/// Stands for an activity and what it is about, in a length that has a place in an index.
fn fingerprint(uri: &str, subject: &str) -> String {
    let hash = digest::digest(&SHA256, format!("{uri} {subject}").as_bytes());
    let hex: String = hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("forwarded:{hex}")
}

/// The job: an activity whose proof holds becomes one of its actor's, as if it had sent it. One without a proof leads to a look at
/// what it is about. One with a proof that does not hold changes nothing.
pub async fn carry_out(app: &App, job: &ForwardedActivity) -> Result<Outcome> {
    let activity = parse(&job.activity)?;
    let Some(actor_uri) = read::id(&activity, "actor") else { return Ok(Outcome::drop("it has no actor")) };
    if read::host(actor_uri).is_none_or(|host| is_suspended(app, &host)) {
        return Ok(Outcome::drop("its actor's server is suspended"));
    }
    if !proof::is_proven(&activity) {
        return match subject(&activity, actor_uri) {
            Some(subject) => {
                let looked = look(app, &activity, actor_uri, subject).await?;
                if let (Outcome::Drop(_), Some(uri)) = (&looked, read::own_id(&activity)) {
                    // It may be true later. Whoever tells of it too early must not keep the true one out.
                    let (counted_as, by) = (fingerprint(uri, subject), app.get::<InstanceActor>()?.0.id);
                    store::delete_received(&mut *app.db.background().await?, &counted_as, by).await?;
                }
                Ok(looked)
            }
            None => Ok(Outcome::drop("it has no proof, and is about nothing that can be looked at")),
        };
    }
    match proof::prove(app, &activity).await {
        Ok(actor) if refuses(app, &actor.uri, actor.domain.as_deref()) => {
            Ok(Outcome::drop("its actor's domain is suspended"))
        }
        Ok(actor) => admit(app, job, &actor, &activity).await,
        Err(error) if error.is_transient() => Err(error),
        Err(error) => Ok(Outcome::drop(error.to_string())),
    }
}

async fn admit(app: &App, job: &ForwardedActivity, actor: &Account, activity: &Value) -> Result<Outcome> {
    let Some(uri) = read::own_id(activity).filter(|uri| read::same_host(uri, &actor.uri)) else {
        return Ok(Outcome::drop("its id is not on its actor's host"));
    };
    let own = IncomingActivity {
        actor_id: actor.id,
        activity: job.activity.clone(),
        via: Some(job.via.clone()),
        synchronization: None,
    };
    let received = as_received(app, &own, uri.to_owned(), actor.id)?;
    let stored = {
        let mut conn = app.db.background().await?;
        store::insert_received(&mut conn, &[received], app.now()).await?
    };
    app.jobs_due.notify_one();
    Ok(if stored == 0 { Outcome::drop("it was here before") } else { Outcome::Done })
}

/// Asks a post's own host what became of it.
async fn look(app: &App, activity: &Value, actor_uri: &str, uri: &str) -> Result<Outcome> {
    let (known, author) = {
        let mut conn = app.db.background().await?;
        let known = statuses::store::find_by_uri(&mut conn, uri).await?;
        let author = match &known {
            Some(status) => accounts::store::find_account(&mut conn, status.account_id).await?,
            None => None,
        };
        (known, author)
    };
    let looked = match (read::type_of(activity), known) {
        ("Create", None) => statuses::object::look_at(app, uri).await,
        ("Create", Some(_)) => return Ok(Outcome::drop("it is here")),
        (_, None) => return Ok(Outcome::drop("it isn't here")),
        (_, Some(status)) if status.local || !status.audience().is_open() => {
            return Ok(Outcome::drop("it is ours, or not for everyone, so its server does not tell us"));
        }
        ("Update", Some(status)) => statuses::object::refresh_status(app, &status).await,
        (_, Some(status)) if author.is_some_and(|author| read::same_host(&author.uri, actor_uri)) => {
            statuses::object::delete_if_gone(app, &status).await
        }
        (_, Some(_)) => return Ok(Outcome::drop("it is somebody else's")),
    };
    match looked {
        Err(error) if !error.is_transient() => Ok(Outcome::drop(error.to_string())),
        looked => looked,
    }
}
