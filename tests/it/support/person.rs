//! People who use an instance through a client of theirs.

use pollen::accounts::{Account, ActorType, keys, ops, store};
use pollen::app::App;
use pollen::base::id::AccountId;
use pollen::base::secret;
use reqwest::Method;
use serde_json::{Value, json};
use tokio_postgres::Client;

use super::answer::Answer;
use super::instance::{Instance, With};

/// The scopes of a person's own token.
const ALL_SCOPES: &str = "read write follow push profile";

/// How a person comes to be.
pub struct NewPerson<'a> {
    pub username: &'a str,
    /// user, moderator or admin.
    pub role: &'a str,
    pub scopes: &'a str,
}

impl Default for NewPerson<'_> {
    fn default() -> Self {
        Self { username: "ada", role: "user", scopes: ALL_SCOPES }
    }
}

/// Somebody with an account and a token.
#[derive(Clone)]
pub struct Person {
    pub account: Account,
    pub token: String,
    instance: Instance,
}

impl Person {
    /// Straight into the database: how people really register is the concern of the tests of that.
    pub(super) async fn register(instance: &Instance, new: NewPerson<'_>) -> Self {
        let app = &instance.app;
        let pair = keys::new_pair(app).await.unwrap();
        let local = ops::NewLocal {
            username: new.username.to_owned(),
            actor_type: ActorType::Person,
            display_name: String::new(),
            note: String::new(),
        };
        let account = app.transaction(async |conn| ops::create_local(app, conn, local, pair).await).await.unwrap();
        let client = instance.database.client().await;
        client
            .execute(
                "INSERT INTO users (account_id, email, password_hash, role, approved_at, created_at)
                 VALUES ($1, $2, '!', $3, now(), now())",
                &[&account.id.0, &format!("{}@people.test", new.username), &new.role],
            )
            .await
            .unwrap();
        let token = insert_token(app, &client, Some(account.id), new.scopes).await;
        Self { account, token, instance: instance.clone() }
    }

    /// The same person with another token.
    pub async fn with_scopes(&self, scopes: &str) -> Self {
        let client = self.instance.database.client().await;
        let token = insert_token(&self.instance.app, &client, Some(self.account.id), scopes).await;
        Self { token, ..self.clone() }
    }

    pub fn instance(&self) -> &Instance {
        &self.instance
    }

    pub fn id(&self) -> String {
        self.account.id.to_string()
    }

    /// `@ada@acme.test`.
    pub fn handle(&self) -> String {
        format!("@{}", self.account.full_handle(self.instance.name()))
    }

    /// Any request, with the person's token.
    pub async fn send(&self, method: Method, path: &str, with: With<'_>) -> Answer {
        self.instance.send(method, path, With { token: Some(&self.token), ..with }).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, With::default()).await
    }

    pub async fn post(&self, path: &str, json: Value) -> Answer {
        self.send(Method::POST, path, With { json: Some(json), ..With::default() }).await
    }

    pub async fn post_form(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        self.send(Method::POST, path, With { form: Some(form), ..With::default() }).await
    }

    pub async fn put(&self, path: &str, json: Value) -> Answer {
        self.send(Method::PUT, path, With { json: Some(json), ..With::default() }).await
    }

    pub async fn patch(&self, path: &str, json: Value) -> Answer {
        self.send(Method::PATCH, path, With { json: Some(json), ..With::default() }).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, With::default()).await
    }

    /// A public post; its entity.
    pub async fn post_status(&self, text: &str) -> Value {
        self.post_status_with(json!({"status": text})).await
    }

    /// A post as the client says; its entity.
    pub async fn post_status_with(&self, draft: Value) -> Value {
        self.post("/api/v1/statuses", draft).await.expect(200).json
    }

    /// The home timeline.
    pub async fn home(&self) -> Vec<Value> {
        self.get("/api/v1/timelines/home").await.expect(200).list().to_vec()
    }

    /// The texts of the home timeline, newest first.
    pub async fn home_texts(&self) -> Vec<String> {
        self.home().await.iter().map(|status| plain(status["content"].as_str().unwrap())).collect()
    }

    /// What this instance knows of a handle (`@ben@globex.test`), found out if need be; its entity.
    pub async fn resolve(&self, handle: &str) -> Value {
        let query: String = url::form_urlencoded::byte_serialize(handle.as_bytes()).collect();
        let found = self.get(&format!("/api/v2/search?type=accounts&resolve=true&q={query}")).await.expect(200);
        assert!(found["accounts"][0].is_object(), "nobody is {handle}: {}", found.body);
        found["accounts"][0].clone()
    }

    /// Follows by handle; the relationship's entity.
    pub async fn follow(&self, handle: &str) -> Value {
        let account = self.resolve(handle).await;
        let id = account["id"].as_str().unwrap();
        self.post(&format!("/api/v1/accounts/{id}/follow"), json!({})).await.expect(200).json
    }

    /// The row as it is now.
    pub async fn reload(&self) -> Account {
        let mut conn = self.instance.app.db.get().await.unwrap();
        store::find_account(&mut conn, self.account.id).await.unwrap().expect("the account is there")
    }
}

/// Tags taken out, the usual entities put back.
pub fn plain(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for letter in html.chars() {
        match letter {
            '<' => inside = true,
            '>' => inside = false,
            letter if !inside => text.push(letter),
            _ => {}
        }
    }
    for (written, letter) in
        [("lt", '<'), ("gt", '>'), ("quot", '"'), ("#60", '<'), ("#62", '>'), ("#34", '"'), ("#39", '\'')]
    {
        text = text.replace(&format!("&{written};"), letter.encode_utf8(&mut [0; 4]));
    }
    text.replace("&#38;", "&").replace("&amp;", "&")
}

/// An application with a token; for `None` it speaks for nobody.
pub(super) async fn insert_token(app: &App, client: &Client, account: Option<AccountId>, scopes: &str) -> String {
    let token = secret::generate().unwrap();
    let (application_id, token_id) = (app.mint(), app.mint());
    client
        .execute(
            "INSERT INTO oauth_applications (id, client_id, client_secret_hash, name, website, redirect_uris, scopes, created_at)
             VALUES ($1, $2, '', 'Tests', 'https://tests.example/', '{urn:ietf:wg:oauth:2.0:oob}', $3, now())",
            &[&application_id, &format!("client-{application_id}"), &scopes],
        )
        .await
        .unwrap();
    client
        .execute(
            "INSERT INTO oauth_tokens (id, token_hash, application_id, account_id, scopes, created_at)
             VALUES ($1, $2, $3, $4, $5, now())",
            &[&token_id, &secret::hash(&token), &application_id, &account.map(|id| id.0), &scopes],
        )
        .await
        .unwrap();
    token
}
