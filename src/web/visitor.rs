//! Who is looking at a page: the browser session in the cookie, the language, and the protection of forms.
//!
//! A form is accepted when it carries the token that belongs to the browser's cookie, and when the browser says (`Origin`,
//! `Sec-Fetch-Site`) that it came from a page of ours. The cookies are `SameSite=Lax` besides.

use actix_web::cookie::{Cookie, SameSite, time};
use actix_web::dev::Payload;
use actix_web::http::{StatusCode, header};
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, HttpResponseBuilder, web};
use askama::Template;
use futures_util::future::LocalBoxFuture;

use super::frame::Looking;
use super::texts::Texts;
use crate::accounts::ops::{activity, preferences};
use crate::accounts::{Account, Preferences, User, sign_in};
use crate::app::App;
use crate::base::visibility::Viewer;
use crate::base::{Error, Result, secret};
use crate::conversations;
use crate::edge::respond::called_origin;
use crate::security::ops::steps;

/// Who is looking.
pub struct Visitor {
    pub app: App,
    pub texts: Texts,
    pub person: Option<(Account, User)>,
    /// What is asked for, with its query.
    pub path: String,
    /// The usual ones of whoever is not signed in.
    pub preferences: Preferences,
    /// A message waits that they have not read.
    pub unread: bool,
    /// The browser asks for the page before anybody wants to see it.
    ahead: bool,
    /// What form tokens are derived from: the session's secret, or the one of a browser that is not signed in.
    session: Option<String>,
    browser: Option<String>,
    /// The secret of a browser in which somebody has signed in before.
    known: Option<String>,
    /// `browser` is new: the cookie is to be set with the page.
    fresh: bool,
}

/// How long a browser is known by.
const KNOWN_DAYS: i64 = 365;

/// The longest name of a draft, in bytes.
const MOST_DRAFT: usize = 500;

/// The names of the cookies. Browsers keep cookies apart by host and not by port, so without https (several instances
/// on one machine) the domain, which has the port, is part of the name.
struct CookieNames {
    session: String,
    browser: String,
    known: String,
    sent: String,
    secure: bool,
}

impl CookieNames {
    fn of(app: &App) -> Self {
        if app.origin.starts_with("https:") {
            return Self {
                session: "__Host-pollen".into(),
                browser: "__Host-pollen-form".into(),
                known: "__Host-pollen-known".into(),
                sent: "__Host-pollen-sent".into(),
                secure: true,
            };
        }
        let hash: String =
            secret::hash(&app.config.instance.domain).iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        Self {
            session: format!("pollen_{hash}"),
            browser: format!("pollen_form_{hash}"),
            known: format!("pollen_known_{hash}"),
            sent: format!("pollen_sent_{hash}"),
            secure: false,
        }
    }

    fn cookie(&self, name: &str, value: String, age: time::Duration) -> Cookie<'static> {
        Cookie::build(name.to_owned(), value)
            .path("/")
            .http_only(true)
            .secure(self.secure)
            .same_site(SameSite::Lax)
            .max_age(age)
            .finish()
    }
}

impl FromRequest for Visitor {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let app = request.app_data::<web::Data<App>>().map(|app| app.get_ref().clone());
        let texts = texts_of(request);
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned();
        let cookie = |name: &str| request.cookie(name).map(|cookie| cookie.value().to_owned());
        let names = app.as_ref().map(CookieNames::of);
        let ahead = is_ahead(request);
        let request = request.clone();
        let cookies = names.map(|names| (cookie(&names.session), cookie(&names.browser), cookie(&names.known)));
        Box::pin(async move {
            let app = app.ok_or_else(|| Error::internal("no App in the request"))?;
            let (session, browser, known) = cookies.unwrap_or_default();
            let person = match &session {
                Some(token) => sign_in::find_session(&app, token).await?,
                None => None,
            };
            let session = session.filter(|_| person.is_some());
            let (mut preferences, mut unread) = (Preferences::default(), false);
            if let Some((account, _)) = &person {
                activity::note(&app, account.id).await;
                preferences = preferences::find(&app, account.id).await?;
                unread = conversations::store::has_unread(&mut *app.db.get().await?, account.id).await?;
            }
            let texts = texts.preferring(preferences.language.as_deref(), preferences.time_zone.as_deref());
            request.extensions_mut().insert(texts.clone());
            let visitor =
                Self { app, texts, person, path, preferences, unread, ahead, session, browser, known, fresh: false };
            request.extensions_mut().insert(Looking::of(&visitor));
            Ok(visitor)
        })
    }
}

/// The texts in the language that a browser asks for, else in the instance's own.
fn texts_of(request: &HttpRequest) -> Texts {
    let wished = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let settings = request.app_data::<web::Data<App>>().map(|app| app.settings());
    let usual = settings.as_ref().and_then(|settings| settings.languages.first());
    Texts::choose(wished.unwrap_or_default(), usual.map_or("", String::as_str))
}

/// The texts for whoever sent a request that came to nothing: as they prefer, where that was looked up before, else as their
/// browser asks.
pub fn texts_after(request: &HttpRequest) -> Texts {
    request.extensions().get::<Texts>().cloned().unwrap_or_else(|| texts_of(request))
}

/// Who sent a request that came to nothing, where that was looked up before.
pub fn looking_after(request: &HttpRequest) -> Looking {
    request.extensions().get::<Looking>().cloned().unwrap_or_default()
}

impl Visitor {
    /// With whose eyes posts are chosen.
    pub fn viewer(&self) -> Viewer {
        Viewer(self.person.as_ref().map(|(account, _)| account.id))
    }

    pub fn account(&self) -> Option<&Account> {
        self.person.as_ref().map(|(account, _)| account)
    }

    /// Who is signed in. Else an error, of which `guard` makes the way to sign in.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`].
    pub fn me(&self) -> Result<&Account> {
        self.account().ok_or_else(|| Error::Unauthenticated("Please sign in".into()))
    }

    /// Who is signed in and looks at this page, so that it counts as read; nobody, where a browser fetches it ahead.
    pub fn reader(&self) -> Option<&Account> {
        self.account().filter(|_| !self.ahead)
    }

    /// Makes sure that forms on the page can be sent: a browser that is not signed in gets a cookie of its own.
    pub fn prepare_form(&mut self) -> Result<()> {
        if self.session.is_none() && self.browser.is_none() {
            self.browser = Some(secret::generate()?);
            self.fresh = true;
        }
        Ok(())
    }

    /// Gives the browser another secret, so that what is remembered of it from now on is not known to whoever knew the one before.
    pub fn renew_browser(&mut self) -> Result<&str> {
        self.fresh = true;
        Ok(self.browser.insert(secret::generate()?))
    }

    /// The secret of this browser, also of one that is signed in, if it was given one.
    pub fn browser(&self) -> Option<&str> {
        self.browser.as_deref()
    }

    /// The secret of the session, of who is signed in.
    pub fn session(&self) -> Option<&str> {
        self.session.as_deref()
    }

    /// The secret of a browser in which somebody has signed in before.
    pub fn known(&self) -> Option<&str> {
        self.known.as_deref()
    }

    /// Sends the browser on after a form, with its new secret if it was given one.
    pub fn sent_on(&self, location: &str) -> Result<HttpResponse> {
        let mut response = super::see_other(location);
        if let Some(browser) = self.browser.as_ref().filter(|_| self.fresh) {
            let names = CookieNames::of(&self.app);
            let day = time::Duration::days(1);
            add_cookie(&mut response, &names.cookie(&names.browser, browser.clone(), day))?;
        }
        Ok(response)
    }

    /// Sends the browser on after a form was sent whose text it may keep, under the name `draft`. A cookie tells the script of the next
    /// page, which takes it away: whatever else follows a form, what was written stays.
    pub fn draft_sent(&self, location: &str, draft: &str) -> Result<HttpResponse> {
        let mut response = super::see_other(location);
        let is_plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b',' | b';' | b'\\');
        if !draft.is_empty() && draft.len() <= MOST_DRAFT && draft.bytes().all(is_plain) {
            let names = CookieNames::of(&self.app);
            let mut cookie = names.cookie(&names.sent, draft.to_owned(), time::Duration::minutes(1));
            cookie.set_http_only(false);
            add_cookie(&mut response, &cookie)?;
        }
        Ok(response)
    }

    /// The token that forms carry; empty when there is nothing to derive it from.
    pub fn form_token(&self) -> String {
        let Some(from) = self.session.as_ref().or(self.browser.as_ref()) else { return String::new() };
        secret::hash(&format!("form:{from}")).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Whether a form was sent from a page that this browser was given.
    pub fn is_own_form(&self, request: &HttpRequest, token: &str) -> bool {
        let own = self.form_token();
        comes_from_here(&self.app, request) && !own.is_empty() && secret::equal(&own, token)
    }

    /// Whether a form was sent from a page of ours, as browsers say.
    pub fn sent_from_here(&self, request: &HttpRequest) -> bool {
        comes_from_here(&self.app, request)
    }

    /// As [`Visitor::is_own_form`], for forms that can simply be opened again: a 422 with a page that says so.
    pub fn require_own_form(&self, request: &HttpRequest, token: &str) -> Result<()> {
        if self.is_own_form(request, token) { Ok(()) } else { Err(Error::invalid("form", "was open for too long")) }
    }

    /// As [`Visitor::require_own_form`], for forms that are shown again as they were typed: `false` when the page was open for too long.
    pub fn holds_form(&self, request: &HttpRequest, token: &str) -> Result<bool> {
        // What another site sends is not shown as if it had been typed here.
        if self.sent_from_here(request) {
            return Ok(self.is_own_form(request, token));
        }
        self.require_own_form(request, token).map(|()| true)
    }

    /// A page.
    pub fn page(&self, status: StatusCode, template: &impl Template) -> Result<HttpResponse> {
        let body = template.render().map_err(Error::internal)?;
        let mut builder = HttpResponseBuilder::new(status);
        builder.content_type("text/html; charset=utf-8");
        builder.insert_header((header::CACHE_CONTROL, "private, no-cache"));
        // The same address serves ActivityPub, and shows more to who may see more.
        builder.insert_header((header::VARY, "Accept, Accept-Language, Cookie"));
        if let Some(browser) = self.browser.as_ref().filter(|_| self.fresh) {
            let names = CookieNames::of(&self.app);
            builder.cookie(names.cookie(&names.browser, browser.clone(), time::Duration::days(1)));
        }
        Ok(builder.body(body))
    }

    /// Signs this browser in, with a new session; the one that it had ends.
    pub async fn signed_in(&self, request: &HttpRequest, account: &Account, location: &str) -> Result<HttpResponse> {
        if let Some(old) = &self.session {
            sign_in::close_session(&self.app, old).await?;
        }
        let agent = request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        let token = sign_in::open_session(&self.app, account.id, agent.unwrap_or_default()).await?;
        let known = match &self.known {
            Some(known) => known.clone(),
            None => secret::generate()?,
        };
        steps::note_browser(&self.app, account.id, &known, agent.unwrap_or_default()).await?;
        let names = CookieNames::of(&self.app);
        let mut response = super::see_other(location);
        let days = time::Duration::days(sign_in::SESSION_DAYS);
        add_cookie(&mut response, &names.cookie(&names.session, token, days))?;
        add_cookie(&mut response, &names.cookie(&names.browser, String::new(), time::Duration::ZERO))?;
        add_cookie(&mut response, &names.cookie(&names.known, known, time::Duration::days(KNOWN_DAYS)))?;
        Ok(response)
    }

    /// Ends this browser's session.
    pub async fn signed_out(&self, location: &str) -> Result<HttpResponse> {
        if let Some(old) = &self.session {
            sign_in::close_session(&self.app, old).await?;
        }
        let names = CookieNames::of(&self.app);
        let mut response = super::see_other(location);
        add_cookie(&mut response, &names.cookie(&names.session, String::new(), time::Duration::ZERO))?;
        Ok(response)
    }
}

fn add_cookie(response: &mut HttpResponse, cookie: &Cookie<'_>) -> Result<()> {
    response.add_cookie(cookie).map_err(|error| Error::internal(error.to_string()))
}

/// What browsers say of pages that they fetch before they are asked for.
fn is_ahead(request: &HttpRequest) -> bool {
    ["sec-purpose", "purpose", "x-moz"].iter().any(|name| {
        let said = request.headers().get(*name).and_then(|value| value.to_str().ok());
        said.is_some_and(|said| said.contains("prefetch") || said.contains("prerender"))
    })
}

/// What browsers say of where a form was.
fn comes_from_here(app: &App, request: &HttpRequest) -> bool {
    let header = |name: &str| request.headers().get(name).map(|value| value.to_str().unwrap_or_default());
    let called = called_origin(app, request);
    let origin = header("origin").is_none_or(|origin| origin == app.origin || origin == called);
    origin && header("sec-fetch-site").is_none_or(|site| matches!(site, "same-origin" | "none"))
}

/// Where to go on to after signing in: a path of ours, else the front page.
pub fn safe_path(path: Option<&str>) -> &str {
    path.filter(|path| {
        path.starts_with('/')
            && !path.starts_with("//")
            && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
    })
    .unwrap_or("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_elsewhere_after_signing_in() {
        assert_eq!(safe_path(Some("/oauth/authorize?client_id=1")), "/oauth/authorize?client_id=1");
        for elsewhere in ["https://evil.test/", "//evil.test", "/\\evil.test", "/a\r\nb", "", "x"] {
            assert_eq!(safe_path(Some(elsewhere)), "/", "{elsewhere}");
        }
        assert_eq!(safe_path(None), "/");
    }
}
