//! Whether the pages that a profile links to link back to it (`rel="me"`): then its fields are shown as verified.

use url::Url;

use crate::accounts::{Account, FieldsUnverified, store, view};
use crate::app::App;
use crate::base::activitystreams::{self as read, host_of};
use crate::base::{Result, text};
use crate::federation::policy::is_suspended;
use crate::jobs::Outcome;
use crate::net::fetch::{FetchError, Fetcher};

/// Pages that are asked for one profile, at most.
const MOST_PAGES: usize = 4;

/// Asks the pages that a profile's fields are links to, once. Those that link back verify their fields. A page that cannot be had
/// verifies nothing; it is asked again when the profile changes.
pub async fn verify(app: &App, job: &FieldsUnverified) -> Result<Outcome> {
    let account = {
        let mut conn = app.db.background().await?;
        store::find_account(&mut conn, job.account_id).await?
    };
    let Some(account) = account.filter(|account| !account.is_suspended()) else {
        return Ok(Outcome::drop("the account is gone or suspended"));
    };
    let mut verified = Vec::new();
    for (field, link) in account.unverified_links().into_iter().take(MOST_PAGES) {
        match links_back(app, &account, &link).await {
            Ok(true) => verified.push(field.value),
            Ok(false) => {}
            Err(error) => tracing::debug!(%error, link, "a page that a profile links to cannot be had"),
        }
    }
    if verified.is_empty() {
        return Ok(Outcome::Done);
    }
    app.background_transaction(async |conn| {
        // It may have changed meanwhile; a change enqueues this anew.
        let Some(now) = store::lock_account(conn, account.id).await? else { return Ok(()) };
        let mut fields = now.profile_fields();
        for field in fields.iter_mut().filter(|field| verified.contains(&field.value)) {
            field.verified_at.get_or_insert(app.now());
        }
        let fields = serde_json::to_value(fields).map_err(crate::base::Error::internal)?;
        store::update_fields(conn, now.id, &fields).await?;
        Ok(())
    })
    .await?;
    view::invalidate(app, account.id);
    Ok(Outcome::Done)
}

async fn links_back(app: &App, account: &Account, link: &str) -> Result<bool, FetchError> {
    let no_address = || FetchError::BadContent("it is no address".into());
    let url = Url::parse(link).map_err(|_| no_address())?;
    let host = host_of(&url).ok_or_else(no_address)?;
    // What is here says nothing of who somebody is elsewhere.
    if host == app.config.instance.domain || is_suspended(app, &host) {
        return Ok(false);
    }
    let fetcher = app.get::<Fetcher>().map_err(|_| FetchError::BadContent("there is no client".into()))?;
    let page = fetcher.get_page(&url).await?;
    // A page on another host than the actor's is not shown to be theirs by their saying so.
    let page_of = Some(&account.url).filter(|url| read::same_host(url, &account.uri));
    let me = [Some(&account.uri), page_of].map(|address| Url::parse(address?).ok().as_ref().map(bare));
    let links = text::links_to_me(&String::from_utf8_lossy(&page.body));
    let links = links.iter().filter_map(|link| page.url.join(link).ok());
    Ok(links.into_iter().any(|link| me.iter().flatten().any(|me| *me == bare(&link))))
}

/// Without what does not tell pages apart.
fn bare(url: &Url) -> String {
    let mut url = url.clone();
    url.set_fragment(None);
    url.as_str().trim_end_matches('/').to_owned()
}
