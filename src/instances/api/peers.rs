//! /api/v1/instance/peers, activity and domain_blocks (https://docs.joinmastodon.org/methods/instance/): to whom the configuration
//! says.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use actix_web::web;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::app::App;
use crate::base::secret;
use crate::base::{Error, Result};
use crate::config::Shown;
use crate::edge::respond::{Answer, ok};
use crate::federation::policy::is_suspended;
use crate::instances::store::{self, Week};
use crate::oauth::extract::MaybeClient;

/// Whether whoever asks is among those to whom this is shown. An instance that speaks to few shows nothing to strangers, as in Mastodon.
fn check(app: &App, client: &MaybeClient, shown: Shown) -> Result<()> {
    let signed_in = client.0.as_ref().is_some_and(|client| client.account_id.is_some());
    match shown {
        Shown::Nobody => Err(Error::NotFound("Record")),
        Shown::All if !app.config.federation.limited => Ok(()),
        _ if signed_in => Ok(()),
        _ => Err(Error::Unauthenticated("This API requires an authenticated user".into())),
    }
}

/// GET /api/v1/instance/peers
pub async fn peers(app: web::Data<App>, client: MaybeClient) -> Answer {
    check(&app, &client, app.config.instance.show_peers)?;
    let mut conn = app.db.get().await?;
    let mut known = store::list_peers(&mut conn).await?;
    known.retain(|domain| !is_suspended(&app, domain));
    Ok(ok(&known))
}

/// GET /api/v1/instance/domain_blocks
pub async fn domain_blocks(app: web::Data<App>, client: MaybeClient) -> Answer {
    check(&app, &client, app.config.instance.show_domain_blocks)?;
    let mut conn = app.db.get().await?;
    let found = store::list_moderated(&mut conn).await?;
    let one = |block: &store::Moderated| {
        let digest: String = secret::hash(&block.domain).iter().map(|byte| format!("{byte:02x}")).collect();
        json!({
            "domain": if block.obfuscate { obfuscated(&block.domain) } else { block.domain.clone() },
            "digest": digest,
            "severity": block.severity,
            "comment": block.public_comment.as_deref().unwrap_or_default(),
        })
    };
    Ok(ok(&found.iter().map(one).collect::<Vec<_>>()))
}

/// `exa****.*est`: the middle of a name is starred, as in Mastodon; whoever knows the name can tell by its digest.
fn obfuscated(domain: &str) -> String {
    let letters = domain.chars().count();
    let (start, end) = (letters / 4, letters - letters / 4);
    let starred = domain.chars().enumerate().map(|(at, letter)| match letter {
        '.' => '.',
        _ if (start..end).contains(&at) => '*',
        letter => letter,
    });
    starred.collect()
}

const WEEKS: i64 = 12;
const WEEK_SECONDS: i64 = 7 * 24 * 60 * 60;
/// The first Monday of 1970, in seconds.
const FIRST_MONDAY: i64 = 4 * 24 * 60 * 60;

/// Counting is a walk over three months, so it is done this often.
const FRESH: TimeDelta = TimeDelta::hours(1);

#[derive(Default)]
struct Counted(Mutex<Option<(DateTime<Utc>, Value)>>);

/// GET /api/v1/instance/activity: of the last twelve weeks.
pub async fn activity(app: web::Data<App>, client: MaybeClient) -> Answer {
    check(&app, &client, app.config.instance.show_peers)?;
    let counted = app.slot::<Counted>();
    let known = counted.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let weeks = match known {
        Some((at, weeks)) if app.now() - at < FRESH => weeks,
        _ => {
            let weeks = count(&app).await?;
            *counted.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((app.now(), weeks.clone()));
            weeks
        }
    };
    Ok(ok(&weeks))
}

async fn count(app: &App) -> Result<Value> {
    let this = (app.now().timestamp() - FIRST_MONDAY).div_euclid(WEEK_SECONDS);
    let start = |week: i64| FIRST_MONDAY + week * WEEK_SECONDS;
    let first = start(this - WEEKS + 1);
    let since = DateTime::from_timestamp(first, 0).unwrap_or_default();
    let mut conn = app.db.get().await?;
    let by_week = |weeks: Vec<Week>| weeks.into_iter().map(|one| (one.week, one.number)).collect::<HashMap<_, _>>();
    // Ids begin with the time, in milliseconds.
    let posts = by_week(store::count_posts(&mut conn, (first * 1000) << 16).await?);
    let sign_ins = by_week(store::count_sign_ins(&mut conn, since).await?);
    let registrations = by_week(store::count_registrations(&mut conn, since).await?);
    let number = |of: &HashMap<i64, i64>, week: i64| of.get(&week).copied().unwrap_or_default().to_string();
    let one = |ago: i64| {
        let week = this - ago;
        json!({
            "week": start(week).to_string(),
            "statuses": number(&posts, week),
            "logins": number(&sign_ins, week),
            "registrations": number(&registrations, week),
        })
    };
    Ok((0..WEEKS).map(one).collect())
}

#[cfg(test)]
mod tests {
    use super::obfuscated;

    #[test]
    fn names_are_starred_in_their_middle() {
        assert_eq!(obfuscated("example.test"), "exa****.*est");
        assert_eq!(obfuscated("a.b"), "*.*");
    }
}
