//! Tokens: given for a code or to a client for itself, taken back, and what they tell of their person. Also the document
//! that tells clients of all this (RFC 8414).

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::Deserialize;
use serde_json::json;

use super::Application;
use super::error::OauthError;
use super::extract::Client;
use super::scopes::Scopes;
use super::store::{self, NewToken};
use crate::accounts;
use crate::app::App;
use crate::base::id::{AccountId, ApplicationId, TokenId};
use crate::base::{Error, Result, secret};
use crate::db::Conn;
use crate::db::changes::Change;
use crate::edge::limits;
use crate::edge::params::{Params, lenient};
use crate::edge::respond::{self, Answer};

/// Tokens that an application has for itself, at most: with the next one the oldest ends.
const MOST_OWN: i64 = 20;

type OauthAnswer = Result<HttpResponse, OauthError>;

/// What a request for a token, or for its end, may say.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct TokenRequest {
    #[serde(deserialize_with = "lenient::text")]
    grant_type: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    client_id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    client_secret: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    code: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    redirect_uri: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    code_verifier: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    scope: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    token: Option<String>,
}

/// A body that cannot be read is refused in the words of the standard, like all else: so the extractor may fail.
type Sent = Result<Params<TokenRequest>>;

/// POST /oauth/token.
pub async fn create(app: web::Data<App>, http: HttpRequest, sent: Sent) -> OauthAnswer {
    limits::token_wanted(&app, &http)?;
    let Params(request) = sent?;
    let client = authenticate(&app, &http, &request).await?;
    match request.grant_type.as_deref() {
        Some("authorization_code") => redeem(&app, &client, &request).await,
        Some("client_credentials") => for_itself(&app, &client, &request).await,
        None | Some("") => Err(OauthError::refused("invalid_request", "Missing required parameter: grant_type.")),
        Some(_) => Err(OauthError::refused(
            "unsupported_grant_type",
            "The authorization grant type is not supported by the authorization server.",
        )),
    }
}

/// The client that proved who it is: by HTTP Basic, or in the body.
async fn authenticate(app: &App, http: &HttpRequest, request: &TokenRequest) -> Result<Application, OauthError> {
    let in_body = request.client_id.clone().zip(request.client_secret.clone());
    let (client_id, client_secret) = basic(http).or(in_body).ok_or(OauthError::Client)?;
    let mut conn = app.db.get().await?;
    let found = store::find_by_client_id(&mut conn, &client_id).await?.ok_or(OauthError::Client)?;
    let given = secret::hash(&client_secret);
    let right = aws_lc_rs::constant_time::verify_slices_are_equal(&given, &found.client_secret_hash).is_ok();
    if right { Ok(found) } else { Err(OauthError::Client) }
}

/// The two parts are form-encoded before they are put together (RFC 6749, section 2.3.1); ours have nothing to encode.
fn basic(http: &HttpRequest) -> Option<(String, String)> {
    let value = http.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':').filter(|(id, _)| !id.contains('\0'))?;
    Some((id.to_owned(), secret.to_owned()))
}

/// How a code fared.
enum Redeemed {
    Token(HttpResponse),
    /// It had been used before: the token that was given for it has been ended.
    Replayed,
}

async fn redeem(app: &App, client: &Application, request: &TokenRequest) -> OauthAnswer {
    let invalid = || {
        OauthError::refused(
            "invalid_grant",
            "The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used \
             in the authorization request, or was issued to another client.",
        )
    };
    let code = request.code.as_deref().ok_or_else(|| missing("code"))?;
    let redirect_uri = request.redirect_uri.as_deref().ok_or_else(|| missing("redirect_uri"))?;
    let hash = secret::hash(code);
    let redeemed = app
        .transaction(async |conn| {
            let Some(row) = store::find_code_for_update(conn, &hash).await? else { return Ok(None) };
            if row.application_id != client.id {
                return Ok(None);
            }
            if let Some(token) = row.token_id {
                store::delete_token(conn, token).await?;
                app.announce(Change::TokenEnded(token));
                return Ok(Some(Redeemed::Replayed));
            }
            let proven = proves(row.code_challenge.as_deref(), request.code_verifier.as_deref());
            if row.expires_at <= app.now() || row.redirect_uri != redirect_uri || !proven {
                return Ok(None);
            }
            let scopes = Scopes::parse(&row.scopes).unwrap_or_default();
            let (id, token) = issue(app, conn, client.id, Some(row.account_id), &scopes).await?;
            store::update_code_used(conn, &hash, id).await?;
            Ok(Some(Redeemed::Token(answer(app, &token, &scopes))))
        })
        .await?;
    match redeemed {
        Some(Redeemed::Token(response)) => Ok(response),
        Some(Redeemed::Replayed) => {
            tracing::warn!(client = %client.name, "an authorisation code was used twice; its token has been ended");
            Err(invalid())
        }
        None => Err(invalid()),
    }
}

fn missing(parameter: &str) -> OauthError {
    OauthError::refused("invalid_request", format!("Missing required parameter: {parameter}."))
}

/// Whether the verifier belongs to the challenge (RFC 7636, section 4.6). A verifier without a challenge is refused too:
/// somebody took the challenge away.
fn proves(challenge: Option<&str>, verifier: Option<&str>) -> bool {
    match (challenge, verifier.filter(|verifier| !verifier.is_empty())) {
        (None, None) => true,
        (Some(challenge), Some(verifier)) => {
            (43..=128).contains(&verifier.len())
                && secret::equal(&URL_SAFE_NO_PAD.encode(secret::hash(verifier)), challenge)
        }
        _ => false,
    }
}

async fn for_itself(app: &App, client: &Application, request: &TokenRequest) -> OauthAnswer {
    let scopes = Scopes::parse(request.scope.as_deref().unwrap_or("read")).ok();
    let scopes = scopes.filter(|scopes| !scopes.is_empty() && client.scopes().include(scopes));
    let scopes = scopes.ok_or_else(|| {
        OauthError::refused("invalid_scope", "The requested scope is invalid, unknown, or malformed.")
    })?;
    let token = app.transaction(async |conn| {
        let (_, token) = issue(app, conn, client.id, None, &scopes).await?;
        for ended in store::delete_own_but_newest(conn, client.id, MOST_OWN).await? {
            app.announce(Change::TokenEnded(ended));
        }
        Ok(token)
    });
    Ok(answer(app, &token.await?, &scopes))
}

/// Makes a token in a transaction of its own.
pub async fn give(app: &App, client: ApplicationId, account: Option<AccountId>, scopes: &Scopes) -> Result<String> {
    app.transaction(async |conn| issue(app, conn, client, account, scopes).await.map(|(_, token)| token)).await
}

async fn issue(
    app: &App,
    conn: &mut Conn,
    client: ApplicationId,
    account: Option<AccountId>,
    scopes: &Scopes,
) -> Result<(TokenId, String)> {
    let token = secret::generate()?;
    let row = NewToken {
        id: TokenId(app.mint()),
        token_hash: secret::hash(&token),
        application_id: client,
        account_id: account,
        scopes: scopes.to_string(),
        created_at: app.now(),
    };
    store::insert_token(conn, &row).await?;
    Ok((row.id, token))
}

/// A token, as clients read it (https://docs.joinmastodon.org/entities/Token/).
pub fn answer(app: &App, token: &str, scopes: &Scopes) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(json!({
        "access_token": token,
        "token_type": "Bearer",
        "scope": scopes.to_string(),
        "created_at": app.now().timestamp(),
    }))
}

/// POST /oauth/revoke (RFC 7009). What is no token is a success; another client's token is refused.
pub async fn revoke(app: web::Data<App>, http: HttpRequest, sent: Sent) -> OauthAnswer {
    let Params(request) = sent?;
    let refused = || OauthError::refused("unauthorized_client", "You are not authorized to revoke this token");
    let client = match authenticate(&app, &http, &request).await {
        Ok(client) => client,
        Err(OauthError::Client) => return Err(refused()),
        Err(other) => return Err(other),
    };
    let hash = secret::hash(request.token.as_deref().unwrap_or_default());
    let mut conn = app.db.get().await?;
    match store::find_token_owner(&mut conn, &hash).await? {
        Some(owner) if owner != client.id => return Err(refused()),
        Some(_) => {
            if let Some(token) = store::delete_token_by_hash(&mut conn, &hash).await? {
                app.announce(Change::TokenEnded(token));
            }
        }
        None => {}
    }
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(json!({})))
}

/// GET /oauth/userinfo: who signed in, for programs that use this instance to know people.
pub async fn userinfo(app: web::Data<App>, client: Client) -> Answer {
    let id = client.require("profile")?;
    let mut conn = app.db.get().await?;
    let account = accounts::store::find_account(&mut conn, id).await?.ok_or(Error::NotFound("Account"))?;
    let name = if account.display_name.is_empty() { &account.username } else { &account.display_name };
    Ok(respond::ok(&json!({
        "iss": format!("{}/", app.origin),
        "sub": account.uri,
        "name": name,
        "preferred_username": account.username,
        "profile": account.url,
        "picture": accounts::entity::avatar(&account, &app.origin),
    })))
}

/// GET /.well-known/oauth-authorization-server. The issuer is the address at which the client asks (RFC 8414, section 3.3).
pub async fn metadata(app: web::Data<App>, http: HttpRequest) -> Answer {
    let origin = respond::called_origin(&app, &http);
    let at = |path: &str| format!("{origin}{path}");
    Ok(respond::ok(&json!({
        "issuer": at("/"),
        "service_documentation": "https://docs.joinmastodon.org/",
        "authorization_endpoint": at("/oauth/authorize"),
        "token_endpoint": at("/oauth/token"),
        "app_registration_endpoint": at("/api/v1/apps"),
        "revocation_endpoint": at("/oauth/revoke"),
        "userinfo_endpoint": at("/oauth/userinfo"),
        "scopes_supported": Scopes::offered(),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "client_credentials"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256"],
    })))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 7636, appendix B.
    #[test]
    fn a_verifier_proves_its_challenge() {
        let challenge = Some("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
        assert!(proves(challenge, Some("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")));
        assert!(!proves(challenge, Some("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXj")));
        assert!(!proves(challenge, None));
        assert!(!proves(None, Some("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")));
        assert!(proves(None, None) && proves(None, Some("")));
    }
}
