//! One table of every incoming activity → one slice function each.

use serde_json::Value;

use crate::accounts::Account;
use crate::app::App;
use crate::base::Result;
use crate::base::activitystreams as read;
use crate::jobs::Outcome;

/// Carries out an activity that passed the door. `actor` is who signed it; every function below has it as an argument and
/// checks that this actor may do this to that object.
pub async fn perform(_app: &App, _actor: &Account, activity: &Value) -> Result<Outcome> {
    match read::type_of(activity) {
        unknown => Ok(Outcome::drop(format!("{unknown} is not understood"))),
    }
}
