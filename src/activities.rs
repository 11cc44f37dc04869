//! One table of every incoming activity → one slice function each.

use serde_json::Value;

use crate::accounts::{self, Account};
use crate::app::App;
use crate::base::Result;
use crate::base::activitystreams as read;
use crate::jobs::Outcome;
use crate::{collections, groups, moderation, pins, portability, quotes, relationships, statuses};

/// Carries out an activity that passed the door. `actor` is who signed it; every function below has it as an argument and
/// checks that this actor may do this to that object.
pub async fn perform(app: &App, actor: &Account, activity: &Value) -> Result<Outcome> {
    let Some(object) = read::one(activity, "object") else {
        return Ok(Outcome::drop("an activity without an object"));
    };
    match read::type_of(activity) {
        "Create" => statuses::inbox::create(app, actor, activity, object).await,
        "Update" if read::id_of(object) == Some(actor.uri.as_str()) => {
            accounts::inbox::update(app, actor, object).await
        }
        "Update" if is_collection(object) => collections::inbox::describe(app, actor, object).await,
        "Update" => statuses::inbox::update(app, actor, object).await,
        "Delete" if read::id_of(object) == Some(actor.uri.as_str()) => portability::inbox::deleted(app, actor).await,
        "Delete" if is_collection(object) => collections::inbox::remove(app, actor, object).await,
        "Delete" => delete(app, actor, object).await,
        // Pleroma says with an emoji what Misskey says with a Like.
        "Like" | "EmojiReact" => statuses::inbox::like(app, actor, activity, object).await,
        "Announce" => announce(app, actor, activity, object).await,
        "Follow" => relationships::inbox::follow(app, actor, activity).await,
        "QuoteRequest" => quotes::inbox::request(app, actor, activity, object).await,
        "FeatureRequest" => collections::inbox::request(app, actor, activity, object).await,
        "Accept" | "Reject" if collections::inbox::is_answer(app, object) => {
            collections::inbox::answer(app, actor, activity, object).await
        }
        "Accept" | "Reject" => answered(app, actor, activity, object).await,
        "Block" => relationships::inbox::block(app, actor, activity).await,
        "Flag" => moderation::inbox::flag(app, actor, activity).await,
        "Move" => portability::inbox::moved(app, actor, activity).await,
        "Undo" => undo(app, actor, object).await,
        "Add" | "Remove" if read::id(activity, "target") != Some(actor.featured_uri.as_str()) => {
            into_collection(app, actor, activity, object).await
        }
        "Add" => pins::inbox::add(app, actor, activity, object).await,
        "Remove" => pins::inbox::remove(app, actor, activity, object).await,
        unknown => Ok(Outcome::drop(format!("{unknown} is not understood"))),
    }
}

/// Whether this is a collection of accounts, or belongs to one.
fn is_collection(object: &Value) -> bool {
    matches!(read::type_of(object), "FeaturedCollection" | "FeaturedItem" | "FeatureAuthorization")
}

/// An actor adds a collection to its list, or an account to a collection; or takes it out.
async fn into_collection(app: &App, actor: &Account, activity: &Value, object: &Value) -> Result<Outcome> {
    match (read::type_of(activity), read::type_of(object)) {
        ("Remove", _) => collections::inbox::remove(app, actor, object).await,
        (_, "FeaturedCollection") => collections::inbox::describe(app, actor, object).await,
        (_, "FeaturedItem") => collections::inbox::add(app, actor, activity, object).await,
        _ => Ok(Outcome::drop("an Add to nothing that is known")),
    }
}

/// A group announces what happened in it (FEP-1b12); everyone announces posts.
async fn announce(app: &App, actor: &Account, activity: &Value, object: &Value) -> Result<Outcome> {
    // Whatever has an object is an activity, and no post that could be fetched: votes, locks and what else groups tell.
    match object.get("object") {
        Some(_) => groups::inbox::announced_activity(app, actor, object).await,
        None => statuses::inbox::announce(app, actor, activity, object).await,
    }
}

/// A post or a stamp goes; an id alone may be either.
async fn delete(app: &App, actor: &Account, object: &Value) -> Result<Outcome> {
    if matches!(read::type_of(object), "" | "QuoteAuthorization") {
        let outcome = quotes::inbox::delete_stamp(app, actor, object).await?;
        if outcome == Outcome::Done || read::is_a(object, "QuoteAuthorization") {
            return Ok(outcome);
        }
    }
    statuses::inbox::delete(app, actor, object).await
}

/// What is answered is named by its id, or embedded; an id alone may be a follow, or a request to quote.
async fn answered(app: &App, actor: &Account, activity: &Value, object: &Value) -> Result<Outcome> {
    let accepts = read::is_a(activity, "Accept");
    if matches!(read::type_of(object), "" | "QuoteRequest") {
        let outcome = match accepts {
            true => quotes::inbox::accept(app, actor, activity, object).await?,
            false => quotes::inbox::reject(app, actor, object).await?,
        };
        if outcome == Outcome::Done || read::is_a(object, "QuoteRequest") {
            return Ok(outcome);
        }
    }
    match accepts {
        true => relationships::inbox::accept(app, actor, object).await,
        false => relationships::inbox::reject(app, actor, object).await,
    }
}

/// What is undone is named by its id, or embedded; an id alone may be a follow, a block, a favourite or a boost.
async fn undo(app: &App, actor: &Account, object: &Value) -> Result<Outcome> {
    match read::type_of(object) {
        "Follow" => relationships::inbox::undo(app, actor, object).await,
        "Block" => relationships::inbox::undo_block(app, actor, object).await,
        "Like" | "EmojiReact" => statuses::inbox::undo_like(app, actor, object).await,
        "Announce" => statuses::inbox::undo_announce(app, actor, object).await,
        "" => {
            for outcome in [
                relationships::inbox::undo(app, actor, object).await?,
                relationships::inbox::undo_block(app, actor, object).await?,
                statuses::inbox::undo_like(app, actor, object).await?,
                statuses::inbox::undo_announce(app, actor, object).await?,
            ] {
                if outcome == Outcome::Done {
                    return Ok(outcome);
                }
            }
            Ok(Outcome::drop("an Undo of nothing that is known"))
        }
        unknown => Ok(Outcome::drop(format!("Undo of {unknown} is not understood"))),
    }
}
