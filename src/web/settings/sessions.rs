//! Where somebody is signed in: browsers, and apps that they allowed. Each can be ended.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use crate::accounts::sign_in;
use crate::base::id::ApplicationId;
use crate::base::{Error, Result, secret};
use crate::edge::params::Form;
use crate::oauth;
use crate::security::ops;
use crate::web::auth::{Bare, Elsewhere, Signed};
use crate::web::frame::Frame;
use crate::web::texts::Texts;

const HERE: &str = "/settings/sessions";

struct Browser {
    /// The hash of its secret, which opens nothing.
    id: String,
    name: String,
    since: String,
    this: bool,
}

struct Allowed {
    id: String,
    name: String,
    website: Option<String>,
    since: String,
}

#[derive(Template)]
#[template(path = "settings/sessions.html")]
struct SessionsPage {
    frame: Frame,
    browsers: Vec<Browser>,
    apps: Vec<Allowed>,
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<char> = text.chars().collect();
    digits.chunks(2).map(|two| u8::from_str_radix(&two.iter().collect::<String>(), 16).ok()).collect()
}

/// What a browser says of itself, as far as it says something to people.
pub fn browser_in_words(t: &Texts, agent: &str) -> String {
    let found = |names: &[(&'static str, &'static str)]| {
        names.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
    };
    // The order matters: most say that they are others, too.
    let browser = found(&[
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Chrome/", "Chrome"),
        ("CriOS/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = found(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser}, {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) if agent.is_empty() => t.say("sessions-unnamed"),
        (None, None) => agent.chars().take(60).collect(),
    }
}

/// GET /settings/sessions.
pub async fn show(me: Signed) -> Result<HttpResponse> {
    let (app, t) = (&me.visitor.app, &me.visitor.texts);
    let own = me.visitor.session().map(secret::hash).unwrap_or_default();
    let since = |at: chrono::DateTime<chrono::Utc>| t.with("sessions-since", "date", t.day(at));
    let browsers = sign_in::list_sessions(app, me.account.id).await?;
    let browsers = browsers
        .into_iter()
        .map(|session| Browser {
            this: session.token_hash == own,
            id: hex(&session.token_hash),
            name: browser_in_words(t, &session.user_agent),
            since: since(session.created_at),
        })
        .collect();
    let allowed = {
        let mut conn = app.db.get().await?;
        oauth::store::list_allowed(&mut conn, me.account.id).await?
    };
    let mut apps: Vec<Allowed> = Vec::new();
    for (application, at) in allowed {
        let id = application.id.to_string();
        if !apps.iter().any(|known| known.id == id) {
            apps.push(Allowed { id, name: application.name, website: application.website, since: since(at) });
        }
    }
    let frame = Frame::new(&me.visitor, t.say("sessions-title"));
    me.visitor.page(StatusCode::OK, &SessionsPage { frame, browsers, apps })
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Chosen {
    token: String,
    id: String,
}

/// POST /settings/sessions/browsers: ends one.
pub async fn end_browser(
    me: Signed,
    request: HttpRequest,
    Form(form): Form<Chosen>,
) -> Result<HttpResponse, Elsewhere> {
    me.visitor.require_own_form(&request, &form.token)?;
    let hash = unhex(&form.id).ok_or(Error::NotFound("Session"))?;
    sign_in::end_session(&me.visitor.app, me.account.id, &hash).await?;
    Ok(crate::web::see_other(HERE))
}

/// POST /settings/sessions/others: ends all but this one.
pub async fn end_others(me: Signed, request: HttpRequest, Form(form): Form<Bare>) -> Result<HttpResponse, Elsewhere> {
    me.visitor.require_own_form(&request, &form.token)?;
    sign_in::end_other_sessions(&me.visitor.app, me.account.id, me.visitor.session().unwrap_or_default()).await?;
    Ok(crate::web::see_other(HERE))
}

/// POST /settings/sessions/apps: ends what an app may do; its streams end at once.
pub async fn end_app(me: Signed, request: HttpRequest, Form(form): Form<Chosen>) -> Result<HttpResponse, Elsewhere> {
    me.visitor.require_own_form(&request, &form.token)?;
    let id: ApplicationId = form.id.parse().map_err(|_| Error::NotFound("Application"))?;
    ops::end_application(&me.visitor.app, me.account.id, id).await?;
    Ok(crate::web::see_other(HERE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_called_what_people_call_it() {
        let t = Texts::choose("en", "");
        for (agent, words) in [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Linux"),
            ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Windows"),
            ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari, iPhone"),
            ("curl/8", "curl/8"),
            ("", "a browser that does not say what it is"),
        ] {
            assert_eq!(browser_in_words(&t, agent), words, "{agent}");
        }
        assert_eq!(unhex(&hex(&[0, 255, 18])), Some(vec![0, 255, 18]));
        assert_eq!(unhex("zz"), None);
    }
}
