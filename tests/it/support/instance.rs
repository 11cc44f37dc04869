//! One instance of a world: the real server, its queues run by hand.

use std::sync::Arc;
use std::time::Duration;

use pollen::app::App;
use pollen::federation::sender::Sender;
use pollen::jobs::runner::Runner;
use pollen::worker;
use reqwest::Method;
use serde_json::Value;
use tokio::sync::OnceCell;
use tokio_postgres::{Client, Statement};

use super::answer::Answer;
use super::database::TestDatabase;
use super::entities;
use super::log::Warnings;
use super::media::Part;
use super::person::{NewPerson, Person};

/// What activities are asked for as.
pub const ACTIVITY: &str = "application/activity+json";

/// Clones are the same instance.
#[derive(Clone)]
pub struct Instance {
    pub app: App,
    /// Speaks to all names of the world; follows no redirects, keeps no cookies.
    pub http: reqwest::Client,
    pub database: Arc<TestDatabase>,
    pub(super) warnings: Warnings,
    pub(super) queues: Arc<tokio::sync::Mutex<(Runner, Sender)>>,
    fingerprint: Arc<OnceCell<(Client, Statement)>>,
}

/// What a request carries besides its method and path.
#[derive(Default)]
pub struct With<'a> {
    pub token: Option<&'a str>,
    pub accept: Option<&'a str>,
    pub json: Option<Value>,
    pub form: Option<&'a [(&'a str, &'a str)]>,
    /// A content type, and a body as it is.
    pub body: Option<(&'a str, String)>,
    /// The parts of a form that may carry files.
    pub parts: &'a [Part<'a>],
    pub headers: &'a [(&'a str, &'a str)],
}

impl Instance {
    pub(super) fn new(app: App, http: reqwest::Client, database: TestDatabase, warnings: Warnings) -> Self {
        let queues =
            (Runner::new(app.clone(), worker::perform(), worker::kinds_of_strangers()), Sender::new(app.clone()));
        Self {
            app,
            http,
            database: Arc::new(database),
            warnings,
            queues: Arc::new(tokio::sync::Mutex::new(queues)),
            fingerprint: Arc::default(),
        }
    }

    /// The same instance in another process: on the same database, with an address of its own, and nothing else in common.
    /// Its queues are not run.
    pub async fn twin(&self) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let mut config = self.app.config.clone();
        config.server.listen = vec![listener.local_addr().unwrap()];
        let db = pollen::db::Db::new(&self.database.url, config.database.connections).unwrap();
        let app = App::new(config, db, self.app.clock.clone(), 1);
        pollen::start::set_up(&app).await.unwrap();
        tokio::spawn(pollen::server::serve(app.clone(), vec![listener]).unwrap());
        let queues =
            (Runner::new(app.clone(), worker::perform(), worker::kinds_of_strangers()), Sender::new(app.clone()));
        Self { app, queues: Arc::new(tokio::sync::Mutex::new(queues)), ..self.clone() }
    }

    /// `acme.test`.
    pub fn name(&self) -> &str {
        &self.app.config.instance.domain
    }

    /// A path's URL; a URL stays what it is.
    pub fn url(&self, path: &str) -> String {
        if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.app.origin) }
    }

    /// Any request. An answer of 500 and above fails the world at its end, one that is not what the client API documents fails
    /// at once.
    pub async fn send(&self, method: Method, path: &str, with: With<'_>) -> Answer {
        let url = self.url(path);
        let (name, verb) = (format!("{method} {url}"), method.to_string());
        let mut request = self.http.request(method, &url);
        if let Some(token) = with.token {
            request = request.bearer_auth(token);
        }
        if let Some(accept) = with.accept {
            request = request.header("accept", accept);
        }
        if let Some(json) = with.json {
            request = request.json(&json);
        }
        if let Some(form) = with.form {
            request = request.form(form);
        }
        if let Some((content_type, body)) = with.body {
            request = request.header("content-type", content_type).body(body);
        }
        if !with.parts.is_empty() {
            let (content_type, body) = super::media::multipart(with.parts);
            request = request.header("content-type", content_type).body(body);
        }
        for (header, value) in with.headers {
            request = request.header(*header, *value);
        }
        let response = request.send().await.unwrap_or_else(|error| panic!("{name}: {error:?}"));
        let answer = Answer::read(name, response).await;
        if answer.status >= 500 {
            self.warnings.push(format!("{} answered {}: {}", answer.request, answer.status, answer.body));
        }
        let wrong =
            entities::check(&verb, url.strip_prefix(&self.app.origin).unwrap_or(&url), answer.status, &answer.json);
        assert!(wrong.is_empty(), "{} answered {} with {wrong:#?}\nin {}", answer.request, answer.status, answer.body);
        answer
    }

    /// As somebody who is not signed in.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, With::default()).await
    }

    /// As [`Instance::get`], for the ActivityPub object; not signed.
    pub async fn get_activity(&self, path: &str) -> Answer {
        self.send(Method::GET, path, With { accept: Some(ACTIVITY), ..With::default() }).await
    }

    /// As somebody who is not signed in.
    pub async fn post(&self, path: &str, json: Value) -> Answer {
        self.send(Method::POST, path, With { json: Some(json), ..With::default() }).await
    }

    /// As [`Instance::post`], as HTML forms do.
    pub async fn post_form(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        self.send(Method::POST, path, With { form: Some(form), ..With::default() }).await
    }

    /// A person of this instance, with a token that may do everything.
    pub async fn register(&self, username: &str) -> Person {
        self.register_with(NewPerson { username, ..NewPerson::default() }).await
    }

    /// As [`Instance::register`], for those that are special.
    pub async fn register_with(&self, new: NewPerson<'_>) -> Person {
        Person::register(self, new).await
    }

    /// A token of an application that speaks for nobody.
    pub async fn app_token(&self, scopes: &str) -> String {
        let client = self.database.client().await;
        super::person::insert_token(&self.app, &client, None, scopes).await
    }

    /// SQL on the instance's database; for what has no way in, and for looking inside.
    pub async fn sql(&self, statements: &str) {
        self.database.client().await.batch_execute(statements).await.unwrap_or_else(|error| panic!("{error:?}"));
    }

    /// Waits until so many statements wait for locks that others hold.
    pub async fn until_blocked(&self, statements: i64) {
        let client = self.database.client().await;
        let blocked =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        let enough = async || client.query_one(blocked, &[]).await.unwrap().get::<_, i64>(0) >= statements;
        let waiting = async {
            while !enough().await {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let waited = tokio::time::timeout(Duration::from_secs(30), waiting).await;
        waited.expect("nothing waits for a lock");
    }

    /// The first column of the first row, as a number.
    pub async fn count(&self, query: &str) -> i64 {
        self.database.client().await.query_one(query, &[]).await.unwrap_or_else(|error| panic!("{error:?}")).get(0)
    }

    /// A digest of all that is in the database, to see that a refused request changed nothing.
    pub async fn fingerprint(&self) -> String {
        let (client, query) = self.fingerprint.get_or_init(|| prepare_fingerprint(&self.database)).await;
        let rows = client.query(query, &[]).await.unwrap();
        rows.iter().map(|row| format!("{}={}\n", row.get::<_, String>(0), row.get::<_, String>(1))).collect()
    }

    /// Runs what is due. Returns how many jobs and deliveries that were.
    pub(super) async fn run_until_idle(&self) -> usize {
        let mut queues = self.queues.lock().await;
        let (runner, sender) = &mut *queues;
        let ran = self.warnings.during(async {
            runner.run_until_idle().await.expect("jobs run") + sender.run_until_idle().await.expect("deliveries run")
        });
        ran.await
    }
}

// What changed and changed back leaves its mark in `row_changes`; that somebody asked, in the two that say who was here today.
async fn prepare_fingerprint(database: &TestDatabase) -> (Client, Statement) {
    let client = database.client().await;
    let tables = "SELECT quote_ident(table_name) FROM information_schema.tables
         WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
           AND table_name NOT IN ('row_changes', 'person_activity', 'active_days') ORDER BY 1";
    let tables = client.query(tables, &[]).await.unwrap();
    let each: Vec<String> = tables
        .iter()
        .map(|row| row.get::<_, String>(0))
        .map(|table| {
            let rows = "md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), ''))";
            format!("SELECT '{table}' AS name, {rows} FROM {table} t")
        })
        .collect();
    let statement = client.prepare(&each.join(" UNION ALL ")).await.unwrap();
    (client, statement)
}
