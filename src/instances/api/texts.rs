//! What an instance says in words: its longer description, its privacy policy and terms, the languages that there are; and
//! what clients ask of a server that Pollen does not do, answered as such.

use actix_web::web;
use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::accounts::entity::time;
use crate::app::App;
use crate::base::Error;
use crate::base::handle::Handle;
use crate::base::text::{Links, MentionLink, escape_html, render_markdown, tag_url};
use crate::edge::respond::{Answer, ok};
use crate::instances::languages::LANGUAGES;
use crate::instances::store;
use crate::oauth::extract::Client;

/// In such texts nobody is mentioned.
struct Unnamed<'a>(&'a App);

impl Links for Unnamed<'_> {
    fn mention(&self, _: &Handle) -> Option<MentionLink> {
        None
    }

    fn tag(&self, name: &str) -> String {
        tag_url(&self.0.origin, name)
    }
}

fn rendered(app: &App, text: &str) -> String {
    render_markdown(text, &Unnamed(app))
}

/// A text with when it was written, of those that were written on the pages.
async fn text(app: &App, key: &str, content: &str) -> Answer {
    let at = store::find_changed_at(&mut *app.db.get().await?, key).await?;
    Ok(ok(&json!({"updated_at": at.map(time), "content": content})))
}

/// GET /api/v1/instance/extended_description
pub async fn extended_description(app: web::Data<App>) -> Answer {
    let instance = app.settings();
    let content = match instance.extended_description.trim() {
        "" => format!("<p>{}</p>", escape_html(&instance.description)),
        text => rendered(&app, text),
    };
    text(&app, "extended_description", &content).await
}

/// The privacy policy, as HTML. Clients show it before somebody registers, so there always is something to read.
pub fn privacy_policy_html(app: &App) -> String {
    let instance = app.settings();
    match instance.privacy_policy.trim() {
        "" if instance.contact_email.is_empty() => "<p>No privacy policy is published here.</p>".to_owned(),
        "" => {
            let contact = escape_html(&instance.contact_email);
            format!("<p>No privacy policy is published here. Questions are answered by {contact}.</p>")
        }
        text => rendered(app, text),
    }
}

/// GET /api/v1/instance/privacy_policy
pub async fn privacy_policy(app: web::Data<App>) -> Answer {
    text(&app, "privacy_policy", &privacy_policy_html(&app)).await
}

/// A text of the terms of service.
pub struct Terms {
    /// From when it holds; `None`: ever since.
    pub from: Option<NaiveDate>,
    /// From when another holds in its place.
    pub until: Option<NaiveDate>,
    pub html: String,
}

/// The texts that there are of the terms, in their order.
fn all_terms(app: &App) -> Vec<Terms> {
    let settings = app.settings();
    let (now, next) = (settings.terms_of_service.trim(), settings.next_terms_from());
    let these =
        (!now.is_empty()).then(|| Terms { from: settings.terms_effective_date, until: next, html: rendered(app, now) });
    let next = next.map(|from| Terms {
        from: Some(from),
        until: None,
        html: rendered(app, settings.next_terms_of_service.trim()),
    });
    these.into_iter().chain(next).collect()
}

/// The terms that hold, where there are any, and those that follow them; the first that will, where none holds yet.
pub fn terms_in_force(app: &App) -> (Option<Terms>, Option<Terms>) {
    let today = app.now().date_naive();
    let mut all = all_terms(app);
    let begun = |terms: &Terms| terms.from.is_none_or(|from| from <= today);
    let at = all.iter().rposition(begun).unwrap_or(0);
    let mut rest = all.drain(at.min(all.len())..);
    (rest.next(), rest.next())
}

/// Why nobody can register by themselves, and how one gets in, as HTML; none where they can, or where nothing is said.
pub fn closed_html(app: &App) -> Option<String> {
    let settings = app.settings();
    let text = settings.registrations_message.trim();
    (!settings.registrations.takes_strangers() && !text.is_empty()).then(|| rendered(app, text))
}

/// Where one gets an account instead of here; none where people can register by themselves.
pub fn elsewhere(app: &App) -> Option<String> {
    let settings = app.settings();
    let url = settings.registrations_url.as_ref().filter(|_| !settings.registrations.takes_strangers());
    url.map(url::Url::to_string)
}

fn written(app: &App, terms: &Terms) -> Value {
    json!({
        "effective_date": terms.from,
        "effective": terms.from.is_none_or(|from| from <= app.now().date_naive()),
        "content": terms.html,
        "succeeded_by": terms.until,
    })
}

/// GET /api/v1/instance/terms_of_service
pub async fn terms_of_service(app: web::Data<App>) -> Answer {
    let (terms, _) = terms_in_force(&app);
    Ok(ok(&written(&app, &terms.ok_or(Error::NotFound("Record"))?)))
}

/// GET /api/v1/instance/terms_of_service/{date}
pub async fn terms_of_service_since(app: web::Data<App>, date: web::Path<String>) -> Answer {
    let asked: NaiveDate = date.parse().map_err(|_| Error::NotFound("Record"))?;
    let found = all_terms(&app).into_iter().find(|terms| terms.from == Some(asked));
    Ok(ok(&written(&app, &found.ok_or(Error::NotFound("Record"))?)))
}

/// GET /api/v1/instance/languages
pub async fn languages() -> Answer {
    Ok(ok(&LANGUAGES.iter().map(|(code, name)| json!({"code": code, "name": name})).collect::<Vec<_>>()))
}

/// GET /api/v1/instance/translation_languages: nothing is translated here.
pub async fn translation_languages() -> Answer {
    Ok(ok(&json!({})))
}

/// POST /api/v1/emails/confirmations: a token works only once its person's address is confirmed, so nobody who asks here waits for that.
pub async fn confirm_email(client: Client) -> Answer {
    client.require("write:accounts")?;
    Err(Error::Forbidden("This method is only available while the e-mail is awaiting confirmation".into()))
}

/// GET /api/v1/emails/check_confirmation
pub async fn email_is_confirmed(client: Client) -> Answer {
    client.account_id.ok_or_else(|| Error::Unauthenticated("This method requires an authenticated user".into()))?;
    Ok(ok(&true))
}

/// GET /api/v1/annual_reports: nobody's year is counted here.
pub async fn annual_reports(client: Client) -> Answer {
    client.require("read:accounts")?;
    Ok(ok(&json!({"annual_reports": [], "accounts": [], "statuses": []})))
}

/// GET /api/v1/annual_reports/{year}/state
pub async fn annual_report_state(client: Client) -> Answer {
    client.require("read:accounts")?;
    Ok(ok(&json!({"state": "ineligible"})))
}

/// GET /api/v1/async_refreshes/{id}: nothing is on its way.
pub async fn async_refresh(client: Client) -> Answer {
    client.require("read")?;
    Err(Error::NotFound("Record"))
}
