//! A browser: it keeps cookies, sends forms with all their hidden fields, and follows no redirects by itself.

use std::collections::BTreeMap;
use std::sync::Mutex;

use pollen::accounts::sign_in;
use pollen::base::secret;
use regex::Regex;
use reqwest::Method;

use super::answer::Answer;
use super::instance::{Instance, With};
use super::media::Part;
use super::person::Person;

/// The password of whoever signs up with [`Browser::sign_up`].
pub const PASSWORD: &str = "learn together";

/// One person's browser at one instance.
pub struct Browser {
    instance: Instance,
    cookies: Mutex<BTreeMap<String, String>>,
    /// Sent with every request.
    pub language: Option<&'static str>,
}

impl Browser {
    pub fn new(instance: &Instance) -> Self {
        Self { instance: instance.clone(), cookies: Mutex::default(), language: None }
    }

    /// A browser in which somebody is signed in who uses a client, too.
    pub async fn of(person: &Person) -> Self {
        let (browser, app) = (Self::new(person.instance()), &person.instance().app);
        let session = sign_in::open_session(app, person.account.id, "Tests").await.unwrap();
        let hash = secret::hash(&app.config.instance.domain);
        let hash: String = hash.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        browser.set_cookie(&format!("pollen_{hash}"), &session);
        browser
    }

    /// Name and value of all cookies.
    pub fn cookies(&self) -> BTreeMap<String, String> {
        self.cookies.lock().unwrap().clone()
    }

    /// The cookie that says who is signed in.
    pub fn session(&self) -> Option<String> {
        self.cookies()
            .into_iter()
            .find(|(name, _)| !name.contains("form") && !name.contains("known"))
            .map(|(_, value)| value)
    }

    pub fn set_cookie(&self, name: &str, value: &str) {
        self.cookies.lock().unwrap().insert(name.to_owned(), value.to_owned());
    }

    pub async fn send(
        &self,
        method: Method,
        path: &str,
        form: Option<&[(&str, &str)]>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let cookie: Vec<String> = self.cookies().iter().map(|(name, value)| format!("{name}={value}")).collect();
        let cookie = cookie.join("; ");
        let mut all = headers.to_vec();
        if !cookie.is_empty() {
            all.push(("cookie", &cookie));
        }
        if let Some(language) = self.language {
            all.push(("accept-language", language));
        }
        let with = With { form, headers: &all, accept: Some("text/html"), ..With::default() };
        let answer = self.instance.send(method, path, with).await;
        for cookie in answer.headers.get_all("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            let mut kept = self.cookies.lock().unwrap();
            if value.is_empty() || cookie.contains("Max-Age=0") {
                kept.remove(name);
            } else {
                kept.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None, &[]).await
    }

    /// Sends fields as a form that says it comes from this instance.
    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        let origin = self.instance.app.origin.clone();
        self.send(Method::POST, path, Some(form), &[("origin", &origin), ("sec-fetch-site", "same-origin")]).await
    }

    /// Fills the form of a page that leads to `action`, and sends it.
    pub async fn submit(&self, page: &Answer, action: &str, typed: &[(&str, &str)]) -> Answer {
        let mut fields = hidden_fields(&page.body, action);
        // What a script fills in.
        fields.retain(|(name, _)| !typed.iter().any(|(other, _)| other == name));
        fields.extend(typed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.post(action, &fields).await
    }

    /// As [`Browser::submit`], with files.
    pub async fn submit_files(
        &self,
        page: &Answer,
        action: &str,
        typed: &[(&str, &str)],
        files: &[Part<'_>],
    ) -> Answer {
        let hidden = hidden_fields(&page.body, action);
        let hidden = hidden.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let mut parts: Vec<Part<'_>> =
            hidden.chain(typed.iter().copied()).map(|(name, value)| Part::text(name, value)).collect();
        parts.extend(files.iter().cloned());
        let cookie: Vec<String> = self.cookies().iter().map(|(name, value)| format!("{name}={value}")).collect();
        let headers = [("cookie", cookie.join("; ")), ("origin", self.instance.app.origin.clone())];
        let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
        let with = With { parts: &parts, headers: &headers, accept: Some("text/html"), ..With::default() };
        self.instance.send(Method::POST, action, with).await
    }

    /// Registers somebody by the page, who is then signed in.
    pub async fn sign_up(&self, username: &str) {
        let page = self.get("/auth/sign_up").await.expect(200);
        let email = format!("{username}@people.test");
        let typed = [("username", username), ("email", &email), ("password", PASSWORD), ("agreement", "on")];
        self.submit(&page, "/auth/sign_up", &typed).await.expect(303);
    }

    pub async fn sign_in(&self, login: &str, password: &str) -> Answer {
        let page = self.get("/auth/sign_in").await.expect(200);
        self.submit(&page, "/auth/sign_in", &[("login", login), ("password", password)]).await
    }
}

/// The hidden fields of the form that leads to `action`; fails when the page has none.
pub fn hidden_fields(page: &str, action: &str) -> Vec<(String, String)> {
    let start = page.find(&format!("action=\"{action}\"")).unwrap_or_else(|| panic!("no form to {action} in\n{page}"));
    let form = page[start..].split("</form>").next().unwrap();
    let field = Regex::new(r#"<input type="hidden" name="([^"]*)" value="([^"]*)">"#).unwrap();
    field.captures_iter(form).map(|found| (found[1].to_owned(), super::plain(&found[2]))).collect()
}
