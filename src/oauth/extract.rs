//! Turns the bearer token of a request into who it speaks for. Used by every `api`.

use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::future::LocalBoxFuture;
use quick_cache::sync::Cache;

use super::scopes::Scopes;
use super::store;
use crate::accounts::ops::activity;
use crate::app::App;
use crate::base::id::{AccountId, ApplicationId, TokenId};
use crate::base::secret::hash;
use crate::base::visibility::Viewer;
use crate::base::{Error, Result};
use crate::db::freshness::Position;
use crate::edge::limits;

/// A request with a token that holds.
#[derive(Clone, Debug)]
pub struct Client {
    pub token_id: TokenId,
    pub application_id: ApplicationId,
    /// `None`: the application speaks for itself (client credentials).
    pub account_id: Option<AccountId>,
    pub scopes: Scopes,
    /// The person moved to another account: this one is there to be read, and to be taken care of.
    pub moved: bool,
    /// Everything is known that was committed before the request came; see [`Freshness`](crate::db::freshness).
    pub known: Option<Position>,
}

/// What somebody who moved away may still change of the account that they left.
const LEFT_TO_MOVED: [&str; 2] = ["write:accounts", "write:reports"];

impl Client {
    /// The person, if the token speaks for one and has this scope; else 401 or 403.
    pub fn require(&self, scope: &str) -> Result<AccountId> {
        self.allow(scope)?;
        self.account_id.ok_or_else(|| Error::Unauthenticated("This method requires an authenticated user".into()))
    }

    /// 403 unless the token has this scope, whomever it speaks for.
    pub fn allow(&self, scope: &str) -> Result<()> {
        if self.moved && scope.starts_with("write") && !LEFT_TO_MOVED.contains(&scope) {
            Err(Error::Forbidden("This account has moved, and is there to be read only".into()))
        } else if self.scopes.allow(scope) {
            Ok(())
        } else {
            Err(Error::Forbidden("This action is outside the authorized scopes".into()))
        }
    }
}

/// A request that may have a token. A token that doesn't hold is a 401, none at all is nobody.
#[derive(Clone, Debug)]
pub struct MaybeClient(pub Option<Client>);

impl MaybeClient {
    /// Whose eyes to look with: the person's if the token has the scope, else those of a stranger.
    pub fn viewer(&self, scope: &str) -> Viewer {
        Viewer(self.0.as_ref().filter(|client| client.scopes.allow(scope)).and_then(|client| client.account_id))
    }
}

/// The token in `Authorization: Bearer …`, or in `access_token` of the query.
pub fn bearer(request: &HttpRequest) -> Option<String> {
    let header = request.headers().get("authorization").and_then(|value| value.to_str().ok());
    if let Some(token) = header.and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
    }) {
        return Some(token);
    }
    url::form_urlencoded::parse(request.query_string().as_bytes())
        .find(|(key, _)| key == "access_token")
        .map(|(_, token)| token.into_owned())
}

/// Tokens of which is kept who they speak for: some 2 MB.
const MOST_KEPT: usize = 8 * 1024;

/// Who a token spoke for, and since when it would be known that it does no more.
struct Kept {
    client: Client,
    subjects: Vec<i64>,
    since: Position,
}

struct Tokens(Cache<Vec<u8>, Arc<Kept>>);

impl Default for Tokens {
    fn default() -> Self {
        Self(Cache::new(MOST_KEPT))
    }
}

/// Who a token speaks for. For tokens that come in other places than requests usually have them.
pub async fn identify(app: App, token: String) -> Result<Client> {
    let (tokens, hash) = (app.slot::<Tokens>(), hash(&token));
    let known = app.freshness.catch_up().await;
    if let Some(position) = known
        && let Some(kept) = tokens.0.get(&hash)
        && app.freshness.unchanged(kept.since, &[&kept.subjects])
    {
        note_holds(&app, &kept.client, hash);
        return Ok(Client { known: Some(position), ..kept.client.clone() });
    }
    let mut conn = app.db.get().await?;
    let row = store::find_token(&mut conn, &hash)
        .await?
        .ok_or_else(|| Error::Unauthenticated("The access token is invalid".into()))?;
    let client = Client {
        token_id: row.id,
        application_id: row.application_id,
        account_id: row.account_id,
        scopes: Scopes::parse(&row.scopes).unwrap_or_default(),
        moved: row.moved,
        known,
    };
    note_holds(&app, &client, hash.clone());
    if let Some(since) = known {
        let mut subjects: Vec<i64> = std::iter::once(row.id.0).chain(row.account_id.map(|id| id.0)).collect();
        subjects.sort_unstable();
        tokens.0.insert(hash, Arc::new(Kept { client: client.clone(), subjects, since }));
    }
    Ok(client)
}

/// Requests with a person's token count against it. Those with an application's own count against the address, like those without
/// any: whoever likes makes applications, and of each as many tokens.
fn note_holds(app: &App, client: &Client, token: Vec<u8>) {
    if client.account_id.is_some() {
        limits::token_holds(app, token);
    }
}

/// As [`identify`], of a request; that the person is here is noted.
async fn ask(app: App, token: String) -> Result<Client> {
    let client = identify(app.clone(), token).await?;
    if let Some(person) = client.account_id {
        activity::note(&app, person).await;
    }
    Ok(client)
}

/// The instance that a request came to.
pub fn app_of(request: &HttpRequest) -> Result<App> {
    let app = request.app_data::<web::Data<App>>().ok_or_else(|| Error::internal("no App in the request"))?;
    Ok(app.get_ref().clone())
}

impl FromRequest for Client {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let (app, token) = (app_of(request), bearer(request));
        Box::pin(async move {
            let token = token.ok_or_else(|| Error::Unauthenticated("The access token is invalid".into()))?;
            ask(app?, token).await
        })
    }
}

impl FromRequest for MaybeClient {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let (app, token) = (app_of(request), bearer(request));
        Box::pin(async move {
            match token {
                Some(token) => Ok(Self(Some(ask(app?, token).await?))),
                None => Ok(Self(None)),
            }
        })
    }
}
