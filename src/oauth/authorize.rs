//! A client asks a person for access: what it asks is checked, and the person's consent becomes a code (RFC 6749, section
//! 4.1, with PKCE, RFC 7636). The pages around it are in `web::authorize`.

use chrono::Duration;
use serde::{Deserialize, Serialize};

use super::scopes::Scopes;
use super::store::{self, Code};
use super::{Application, OUT_OF_BAND};
use crate::app::App;
use crate::base::Result;
use crate::base::id::AccountId;
use crate::base::secret;

/// How long a client has to fetch its token.
pub const CODE_MINUTES: i64 = 10;

/// A client's request, as it comes in the query, and comes back from the consent form.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Request {
    pub response_type: String,
    pub client_id: String,
    pub redirect_uri: String,
    pub scope: Option<String>,
    pub state: Option<String>,
    pub code_challenge: Option<String>,
    pub code_challenge_method: Option<String>,
    /// The person signs in anew, whoever is signed in.
    pub force_login: Option<String>,
}

/// A request that may be put to the person.
#[derive(Clone, Debug)]
pub struct Asked {
    pub application: Application,
    pub redirect_uri: String,
    pub scopes: Scopes,
    pub state: Option<String>,
    pub code_challenge: Option<String>,
}

/// Why a request is not put to the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No such client: told to the person, since nothing says where else to send it.
    UnknownClient,
    /// The client never registered this redirect URI: nobody is sent there.
    UnknownRedirect,
    /// Told to the client, at an URI that it registered.
    Told { location: String },
    /// As `Told`, of a client that has nowhere to be told: its error's code.
    Shown { code: &'static str },
}

/// Checks a client's request. The outer error is a fault of ours.
pub async fn check(app: &App, request: &Request) -> Result<Result<Asked, Refusal>> {
    let found = {
        let mut conn = app.db.get().await?;
        store::find_by_client_id(&mut conn, &request.client_id).await?
    };
    Ok(found.ok_or(Refusal::UnknownClient).and_then(|application| judge(application, request)))
}

fn judge(application: Application, request: &Request) -> Result<Asked, Refusal> {
    if !application.knows_redirect(&request.redirect_uri) {
        return Err(Refusal::UnknownRedirect);
    }
    let tell = |code, description| Err(refusal(&request.redirect_uri, request.state.as_deref(), code, description));
    if request.response_type != "code" {
        return tell("unsupported_response_type", "The only response type here is code.");
    }
    let Ok(scopes) = Scopes::parse(request.scope.as_deref().unwrap_or("read")) else {
        return tell("invalid_scope", "The requested scope is invalid, unknown, or malformed.");
    };
    if scopes.is_empty() || !application.scopes().include(&scopes) {
        return tell("invalid_scope", "The requested scope goes beyond what the client registered.");
    }
    let challenge = request.code_challenge.as_deref().filter(|challenge| !challenge.is_empty());
    if challenge.is_some() && request.code_challenge_method.as_deref() != Some("S256") {
        return tell("invalid_request", "The code challenge method must be S256.");
    }
    if challenge.is_some_and(|challenge| challenge.len() != 43) {
        return tell("invalid_request", "The code challenge is not the base64url of a SHA-256.");
    }
    Ok(Asked {
        redirect_uri: request.redirect_uri.clone(),
        state: request.state.clone(),
        code_challenge: challenge.map(str::to_owned),
        application,
        scopes,
    })
}

fn refusal(redirect_uri: &str, state: Option<&str>, code: &'static str, description: &str) -> Refusal {
    if redirect_uri == OUT_OF_BAND {
        return Refusal::Shown { code };
    }
    let location =
        redirect(redirect_uri, &[("error", Some(code)), ("error_description", Some(description)), ("state", state)]);
    Refusal::Told { location }
}

impl Asked {
    /// The person consents: returns the code. Single use, for ten minutes, for this client and redirect URI only.
    pub async fn grant(&self, app: &App, account_id: AccountId) -> Result<String> {
        let code = secret::generate()?;
        let now = app.now();
        let row = Code {
            code_hash: secret::hash(&code),
            application_id: self.application.id,
            account_id,
            redirect_uri: self.redirect_uri.clone(),
            scopes: self.scopes.to_string(),
            code_challenge: self.code_challenge.clone(),
            expires_at: now + Duration::minutes(CODE_MINUTES),
            token_id: None,
        };
        app.transaction(async |conn| Ok(store::insert_code(conn, &row, now).await?)).await?;
        Ok(code)
    }

    /// Where the client hears of the code; `None` when the person is to copy it.
    pub fn granted(&self, code: &str) -> Option<String> {
        (self.redirect_uri != OUT_OF_BAND)
            .then(|| redirect(&self.redirect_uri, &[("code", Some(code)), ("state", self.state.as_deref())]))
    }

    /// The person declines.
    pub fn denied(&self) -> Refusal {
        let description = "The resource owner or authorization server denied the request.";
        refusal(&self.redirect_uri, self.state.as_deref(), "access_denied", description)
    }
}

/// The registered URI, as it was written, with parameters added.
fn redirect(uri: &str, parameters: &[(&str, Option<&str>)]) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in parameters {
        if let Some(value) = value {
            query.append_pair(name, value);
        }
    }
    let separator = if uri.contains('?') { '&' } else { '?' };
    format!("{uri}{separator}{}", query.finish())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::id::ApplicationId;

    fn application() -> Application {
        Application {
            id: ApplicationId(1),
            client_id: "c".into(),
            client_secret_hash: vec![],
            name: "Client".into(),
            website: None,
            redirect_uris: vec![Some("app://done".into()), Some(OUT_OF_BAND.into())],
            scopes: "read write:statuses".into(),
            created_at: chrono::Utc::now(),
        }
    }

    fn request() -> Request {
        Request {
            response_type: "code".into(),
            client_id: "c".into(),
            redirect_uri: "app://done".into(),
            state: Some("s&1".into()),
            ..Request::default()
        }
    }

    #[test]
    fn a_request_stays_within_what_was_registered() {
        assert!(judge(application(), &request()).is_ok());
        let unknown = Request { redirect_uri: "app://done/".into(), ..request() };
        assert_eq!(judge(application(), &unknown).unwrap_err(), Refusal::UnknownRedirect);
        let wide = Request { scope: Some("read write".into()), ..request() };
        let Refusal::Told { location } = judge(application(), &wide).unwrap_err() else { panic!() };
        assert!(
            location.starts_with("app://done?error=invalid_scope&") && location.ends_with("&state=s%261"),
            "{location}"
        );
    }

    #[test]
    fn pkce_is_s256_or_nothing() {
        let challenge = Some("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM".to_owned());
        let plain = Request { code_challenge: challenge.clone(), ..request() };
        assert!(matches!(judge(application(), &plain), Err(Refusal::Told { .. })));
        let right = Request { code_challenge: challenge, code_challenge_method: Some("S256".into()), ..request() };
        assert!(judge(application(), &right).unwrap().code_challenge.is_some());
    }

    #[test]
    fn redirects_keep_the_uri_as_it_was_registered() {
        assert_eq!(redirect("com.App:/x", &[("code", Some("a")), ("state", None)]), "com.App:/x?code=a");
        assert_eq!(redirect("https://a.test/?x=1", &[("code", Some("a"))]), "https://a.test/?x=1&code=a");
    }
}
