//! Publishes what is due: first finds the people whom it names, on their servers if need be.

use super::{ScheduleDue, ops, store};
use crate::app::App;
use crate::base::Result;
use crate::base::visibility::Visibility;
use crate::jobs::Outcome;
use crate::statuses;

/// Runs when the time of a scheduled post has come; a second run changes nothing.
pub async fn publish_due(app: &App, job: &ScheduleDue) -> Result<Outcome> {
    let row = {
        let mut conn = app.db.background().await?;
        store::find(&mut conn, job.scheduled_status_id).await?
    };
    let Some(row) = row else { return Ok(Outcome::drop("it is published, or cancelled")) };
    let draft = ops::draft_of(&row)?;
    let words = statuses::ops::words(&draft.text, &draft.spoiler_text);
    let direct = draft.visibility == Some(Visibility::Direct);
    let mentioned = statuses::object::resolve_mentions(app, words, draft.markdown, direct).await?;
    ops::publish(app, row.id, &mentioned).await
}
