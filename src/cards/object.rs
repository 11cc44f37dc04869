//! Fetches what a page says of itself, and puts it below the post that links to it.

use chrono::TimeDelta;
use serde_json::Value;
use url::Url;

use super::{Card, CardWanted, first_link, ops, page, store};
use crate::accounts;
use crate::app::App;
use crate::base::activitystreams::host_of;
use crate::base::handle::Handle;
use crate::base::id::{AccountId, CardId};
use crate::base::text::Head;
use crate::base::{Error, Result, strict_json};
use crate::db::changes::Change;
use crate::federation::policy::is_suspended;
use crate::jobs::Outcome;
use crate::media;
use crate::net::fetch::{FetchError, Fetched, Fetcher};
use crate::search;
use crate::statuses;

/// A page that could not be had is not asked again so soon.
const PAUSE: TimeDelta = TimeDelta::days(1);

/// Posts that are written anew at once when their card changes.
const MOST_CHANGED: i64 = 200;

/// Puts the card of its first link below a post, fetching it when it is not known or old. What cannot be had is no failure: there is
/// no card then.
pub async fn attach(app: &App, job: &CardWanted) -> Result<Outcome> {
    let (status, people) = {
        let mut conn = app.db.background().await?;
        let Some(status) = statuses::store::find_status(&mut conn, job.status_id).await? else {
            return Ok(Outcome::drop("the post is gone"));
        };
        (status, statuses::store::list_mentions(&mut conn, &[job.status_id]).await?)
    };
    let people: Vec<&str> =
        people.iter().flat_map(|(_, account)| [account.url.as_str(), account.uri.as_str()]).collect();
    let link = first_link(&status.content, &app.config.instance.domain, &people)
        .filter(|_| app.config.posts.preview_cards && ops::may_fetch(&status));
    let card = match &link {
        Some(link) => find_card(app, link).await?,
        None => None,
    };
    app.background_transaction(async |conn| {
        // It may have been deleted or edited meanwhile; an edit enqueues this anew.
        let Some(now) = statuses::store::lock_status(conn, status.id).await? else { return Ok(()) };
        if now.content == status.content && store::set_card(conn, now.id, card).await? {
            statuses::store::touch(conn, &[now.id]).await?;
            search::store::index(conn, &[&now]).await?;
            app.announce(Change::Edited(now.id));
        }
        Ok(())
    })
    .await?;
    Ok(Outcome::Done)
}

/// The card of an address, if there is anything to show.
async fn find_card(app: &App, link: &Url) -> Result<Option<CardId>> {
    let known = {
        let mut conn = app.db.background().await?;
        store::find_by_url(&mut conn, link.as_str()).await?
    };
    let fresh = |card: &Card| {
        let days = TimeDelta::days(i64::from(app.config.posts.preview_days));
        app.now() - card.fetched_at < if card.title.is_empty() { days.min(PAUSE) } else { days }
    };
    if let Some(card) = known.as_ref().filter(|card| fresh(card)) {
        return Ok(Some(card.id).filter(|_| !card.title.is_empty()));
    }
    let (card, author) = match fetch(app, link).await {
        Ok((card, named)) => (card, find_author(app, named).await),
        Err(error) => {
            tracing::debug!(%error, url = link.as_str(), "there is no card");
            (page::blank(CardId(app.mint()), link, app.now()), None)
        }
    };
    let said = !card.title.is_empty();
    // What was known stays, when the page cannot be had at the moment.
    let card = match known {
        Some(known) if card.title.is_empty() => Card { fetched_at: app.now(), ..known },
        // The same picture is not fetched again.
        Some(Card { image_url, width, height, blurhash, .. }) if image_url == card.image_url => {
            Card { width, height, blurhash, ..card }
        }
        _ => card,
    };
    let kept = app.background_transaction(async |conn| {
        let id = store::upsert_card(conn, &card).await?;
        if said {
            store::set_author(conn, id, author.as_ref()).await?;
        }
        Ok(id)
    });
    let id = kept.await?;
    if let Some(image) = &card.image_url {
        let copied = media::object::copy_of_card(app, id, &media::address_hash(image)).await;
        if matches!(copied, Err(Error::NotFound(_))) {
            store::forget_picture(&mut *app.db.background().await?, id).await?;
        }
    }
    // Those that have it already show it as it is now.
    app.background_transaction(async |conn| {
        let with = store::list_with_card(conn, id, MOST_CHANGED).await?;
        statuses::store::touch(conn, &with).await?;
        Ok(())
    })
    .await?;
    Ok(Some(id).filter(|_| !card.title.is_empty()))
}

/// Whom a page names, with where it was found, as far as they can be looked up.
async fn find_author(app: &App, named: Option<(Handle, String)>) -> Option<(AccountId, String)> {
    let (handle, host) = named?;
    let account = accounts::object::resolve_handle(app, &handle).await;
    account
        .inspect_err(|error| tracing::debug!(%error, "the author of a page cannot be found"))
        .ok()
        .map(|one| (one.id, host))
}

/// A card, and whom the page names, with the host where it was found in the end.
async fn fetch(app: &App, link: &Url) -> Result<(Card, Option<(Handle, String)>), FetchError> {
    let fetched = get(app, link, true).await?;
    let head = Head::read(&page::decode(&fetched.body, &fetched.content_type));
    let mut card = page::blank(CardId(app.mint()), link, app.now());
    card.read_page(&head, &fetched.url);
    if let Some(address) = page::oembed_address(&head, &fetched.url) {
        match get(app, &address, false).await.map(|found| (strict_json::parse(&found.body), found.url)) {
            Ok((Ok(document @ Value::Object(_)), at)) => card.read_oembed(&document, &at),
            Ok(_) => {}
            Err(error) => tracing::debug!(%error, "an oEmbed document cannot be had"),
        }
    }
    Ok((card, page::creator(&head).zip(host_of(&fetched.url))))
}

/// A page, or a document in JSON.
async fn get(app: &App, url: &Url, is_page: bool) -> Result<Fetched, FetchError> {
    if host_of(url).is_none_or(|host| is_suspended(app, &host)) {
        return Err(FetchError::Forbidden(403));
    }
    let unset = |_: Error| FetchError::BadContent("there is no client".into());
    let fetcher = app.get::<Fetcher>().map_err(unset)?;
    let mut url = url.clone();
    // We speak https only, and so do nearly all whose addresses are still written the old way.
    if url.scheme() == "http" && fetcher.check_url(&url).is_err() {
        url.set_scheme("https").map_err(|()| FetchError::BadContent("it is no address".into()))?;
    }
    if is_page {
        return fetcher.get_page(&url).await;
    }
    let found = fetcher.get(&url, "application/json", &|_| Vec::new()).await?;
    if !found.content_type.contains("json") {
        return Err(FetchError::BadContent(format!("it is no JSON but {:?}", found.content_type)));
    }
    Ok(found)
}
