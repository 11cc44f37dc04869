//! Clients register themselves, and people through them.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};

use super::extract::Client;
use super::scopes::Scopes;
use super::{Application, OUT_OF_BAND, store, token};
use crate::accounts::registration::{self, Refused, Registration};
use crate::app::App;
use crate::base::id::ApplicationId;
use crate::base::{Error, Result, secret};
use crate::edge::limits;
use crate::edge::params::{Params, lenient};
use crate::edge::respond::{self, Answer};
use crate::push::vapid::VapidKeys;

const MOST_NAME: usize = 60;
const MOST_URI: usize = 2000;
const MOST_REDIRECTS: usize = 30;

/// Schemes that a browser would run, or read from this machine.
const REFUSED_SCHEMES: [&str; 7] = ["javascript", "data", "vbscript", "file", "blob", "about", "view-source"];

/// What a client says of itself.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct NewClient {
    #[serde(deserialize_with = "lenient::text")]
    client_name: Option<String>,
    /// Several may stand in one text, each on a line of its own.
    #[serde(deserialize_with = "lenient::list")]
    redirect_uris: Vec<String>,
    #[serde(deserialize_with = "lenient::text")]
    scopes: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    website: Option<String>,
}

/// POST /api/v1/apps.
pub async fn create_app(app: web::Data<App>, http: HttpRequest, Params(new): Params<NewClient>) -> Answer {
    limits::sign_in(&app, &http)?;
    let client_secret = secret::generate()?;
    let application = read(&app, new, &client_secret)?;
    let mut conn = app.db.get().await?;
    store::insert_application(&mut conn, &application).await?;
    let mut entity = entity(&app, &application)?;
    if let Value::Object(fields) = &mut entity {
        fields.insert("client_id".into(), application.client_id.into());
        fields.insert("client_secret".into(), client_secret.into());
        fields.insert("client_secret_expires_at".into(), 0.into());
    }
    Ok(respond::ok(&entity))
}

fn read(app: &App, new: NewClient, client_secret: &str) -> Result<Application> {
    let name = new.client_name.as_deref().unwrap_or_default().trim();
    if name.is_empty() {
        return Err(Error::invalid("Name", "can't be blank"));
    }
    if name.chars().count() > MOST_NAME {
        return Err(Error::invalid("Name", format!("is too long (maximum is {MOST_NAME} characters)")));
    }
    let mut redirects: Vec<Option<String>> = Vec::new();
    for uri in new.redirect_uris.iter().flat_map(|text| text.split_whitespace()) {
        check_redirect(uri)?;
        redirects.push(Some(uri.to_owned()));
    }
    if redirects.is_empty() {
        return Err(Error::invalid("Redirect URI", "can't be blank"));
    }
    if redirects.len() > MOST_REDIRECTS {
        return Err(Error::invalid("Redirect URI", "is given too often"));
    }
    let scopes = new.scopes.as_deref().filter(|scopes| !scopes.trim().is_empty()).unwrap_or("read");
    let scopes =
        Scopes::parse(scopes).map_err(|_| Error::invalid("Scopes", "doesn't match configured on the server."))?;
    let website = new.website.filter(|website| !website.trim().is_empty());
    if let Some(website) = &website {
        let parsed = url::Url::parse(website).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        if parsed.is_none() || website.len() > MOST_URI {
            return Err(Error::invalid("Website", "must be a valid URL"));
        }
    }
    let now = app.now();
    Ok(Application {
        id: ApplicationId(app.ids.mint(now)),
        client_id: secret::generate()?,
        client_secret_hash: secret::hash(client_secret),
        name: name.to_owned(),
        website,
        redirect_uris: redirects,
        scopes: scopes.to_string(),
        created_at: now,
    })
}

/// An absolute URI without a fragment (RFC 6749, section 3.1.2), of any scheme that is no danger.
fn check_redirect(uri: &str) -> Result<()> {
    if uri == OUT_OF_BAND {
        return Ok(());
    }
    let refuse = |why: &str| Err(Error::invalid("Redirect URI", why));
    let Ok(parsed) = url::Url::parse(uri) else { return refuse("must be an absolute URI.") };
    if uri.len() > MOST_URI {
        return refuse("is too long");
    }
    if uri.contains('#') {
        return refuse("cannot contain a fragment.");
    }
    if REFUSED_SCHEMES.contains(&parsed.scheme()) {
        return refuse("is forbidden by the server.");
    }
    if !uri.bytes().all(|byte| byte.is_ascii_graphic()) || uri.contains(['"', '<', '>', '\\', '\'', ';', ',']) {
        return refuse("has characters that an URI cannot have.");
    }
    Ok(())
}

/// https://docs.joinmastodon.org/entities/Application/
fn entity(app: &App, application: &Application) -> Result<Value> {
    let redirects = application.redirect_uris();
    let scopes = application.scopes();
    Ok(json!({
        "id": application.id,
        "name": application.name,
        "website": application.website,
        "scopes": scopes.iter().collect::<Vec<_>>(),
        "redirect_uri": redirects.join("\n"),
        "redirect_uris": redirects,
        "vapid_key": app.get::<VapidKeys>()?.public(),
    }))
}

/// GET /api/v1/apps/verify_credentials.
pub async fn verify_app(app: web::Data<App>, client: Client) -> Answer {
    let mut conn = app.db.get().await?;
    let application = store::find_application(&mut conn, client.application_id).await?;
    Ok(respond::ok(&entity(&app, &application.ok_or(Error::NotFound("Application"))?)?))
}

/// What somebody gives who registers through a client.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct NewPerson {
    #[serde(deserialize_with = "lenient::text")]
    username: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    email: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    password: Option<String>,
    #[serde(deserialize_with = "lenient::boolean")]
    agreement: Option<bool>,
    #[serde(deserialize_with = "lenient::text")]
    locale: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    reason: Option<String>,
}

/// POST /api/v1/accounts, with the client's own token: registers a person and answers with a token that speaks for them.
pub async fn register(
    app: web::Data<App>,
    http: HttpRequest,
    client: Client,
    Params(new): Params<NewPerson>,
) -> Answer {
    client.allow("write:accounts")?;
    if client.account_id.is_some() {
        return Err(Error::Forbidden("This method requires an application's own token".into()));
    }
    limits::sign_in(&app, &http)?;
    let registration = Registration {
        username: new.username.unwrap_or_default(),
        email: new.email.unwrap_or_default(),
        password: new.password.unwrap_or_default(),
        locale: new.locale,
        reason: new.reason,
        agreement: new.agreement.unwrap_or(false),
        address: Some(limits::address_of(&app, &http)),
        application_id: Some(client.application_id),
    };
    match registration::register(&app, registration).await {
        Ok(account) => {
            let token = token::give(&app, client.application_id, Some(account.id), &client.scopes).await?;
            Ok(token::answer(&app, &token, &client.scopes))
        }
        Err(Refused::Fields(problems)) => {
            Ok(HttpResponse::UnprocessableEntity().json(registration::details(&problems)))
        }
        Err(refused) => Err(refused.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirects_of_known_clients_are_accepted_and_dangerous_ones_are_not() {
        for right in [
            OUT_OF_BAND,
            "icecubesapp://",
            "com.tapbots.Ivory.10217:/request_token",
            "tuba://auth_code",
            "mastodon://joinmastodon.org/oauth",
            "https://phanpy.social/",
            "http://127.0.0.1:4321/callback?x=1",
        ] {
            assert!(check_redirect(right).is_ok(), "{right}");
        }
        for wrong in
            ["", "/relative", "javascript:alert(1)", "data:text/html,x", "https://a.test/#x", "https://a.test/;x"]
        {
            assert!(check_redirect(wrong).is_err(), "{wrong}");
        }
    }
}
