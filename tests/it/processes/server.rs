//! `pollen serve` in a process of its own, and people who use it through its API alone.

use std::fmt::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tokio::time::{Instant, interval};

use super::{Home, PATIENCE, Process, command, free_port, until};
use crate::support::Answer;

/// Everyone's.
pub const PASSWORD: &str = "correct horse battery";

/// An instance at a fixed address, which may be down.
pub struct Server {
    pub domain: String,
    pub port: u16,
    pub file: PathBuf,
    pub http: reqwest::Client,
    pub process: Option<Process>,
    /// What earlier processes said.
    log: String,
}

impl Server {
    /// Servers of these domains, which know one another's addresses; configured, not started. `database` and `more` are
    /// lines of TOML for each, the latter with section headers.
    pub fn configure(home: &Home, servers: &[(&str, String)], more: &str) -> Vec<Self> {
        let ports: Vec<u16> = servers.iter().map(|_| free_port()).collect();
        let mut names = String::new();
        let mut http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        for ((domain, _), port) in servers.iter().zip(&ports) {
            let address = SocketAddr::from(([127, 0, 0, 1], *port));
            writeln!(names, "\"{domain}\" = \"{address}\"").unwrap();
            http = http.resolve(domain, address);
        }
        let http = http.build().unwrap();
        let configured = servers.iter().zip(&ports).map(|((domain, database), port)| {
            let text = format!(
                "[instance]\ndomain = \"{domain}\"\n[server]\nlisten = [\"127.0.0.1:{port}\"]\nworkers = 1\n\
                 shutdown_seconds = 10\n[registrations]\nmode = \"open\"\n[database]\nconnections = 4\n{database}\n\
                 [federation]\nloopback = true\n[federation.names]\n{names}\n\
                 [limits]\nrequests = 1000000\ninbox = 1000000\nsign_in = 1000000\n{more}"
            );
            let file = home.file(&format!("{domain}.toml"), &text);
            let domain = (*domain).to_owned();
            Self { domain, port: *port, file, http: http.clone(), process: None, log: String::new() }
        });
        configured.collect()
    }

    /// One server, alone, on this database.
    pub fn alone(home: &Home, database_url: &str, more: &str) -> Self {
        Self::configure(home, &[("acme.test", format!("url = \"{database_url}\""))], more).remove(0)
    }

    pub fn file(&self) -> &str {
        self.file.to_str().unwrap()
    }

    /// Starts a process, and doesn't wait for it.
    pub fn start(&mut self) {
        self.start_with(&[]);
    }

    /// As [`Server::start`], with more arguments.
    pub fn start_with(&mut self, more: &[&str]) {
        let mut serve = command(&["serve", "--config", self.file()]);
        serve.args(more);
        self.process = Some(Process::start_command(serve));
    }

    /// Waits until it answers that it is well.
    pub async fn ready(&mut self) {
        let url = self.url("/health");
        let http = self.http.clone();
        let process = self.process.as_mut().unwrap();
        until(&format!("{url} to be well"), async || {
            if let Some(status) = process.child.try_wait().unwrap() {
                panic!("it ended ({status}):\n{}", process.said());
            }
            http.get(&url).send().await.is_ok_and(|answer| answer.status() == 200).then_some(())
        })
        .await;
    }

    /// Kills the process and starts another at once.
    pub async fn crash(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().await;
            self.log.push_str(&process.said());
        }
        self.start();
    }

    /// What all its processes have said.
    pub fn said(&self) -> String {
        format!("{}{}", self.log, self.process.as_ref().map(Process::said).unwrap_or_default())
    }

    pub fn url(&self, path: &str) -> String {
        if path.starts_with("http") { path.to_owned() } else { format!("http://{}{path}", self.domain) }
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, self.url(path))
    }

    pub async fn get(&self, path: &str) -> Answer {
        send(self.request(Method::GET, path)).await.unwrap()
    }

    /// Registers somebody as a client does; their token.
    pub async fn join(&self, username: &str) -> Member {
        let redirect = "urn:ietf:wg:oauth:2.0:oob";
        let client = json!({"client_name": "Tests", "redirect_uris": redirect, "scopes": "read write follow"});
        let client = send(self.request(Method::POST, "/api/v1/apps").json(&client)).await.unwrap().expect(200);
        let grant = json!({
            "grant_type": "client_credentials", "client_id": client["client_id"],
            "client_secret": client["client_secret"], "redirect_uri": redirect, "scope": "read write follow",
        });
        let token = send(self.request(Method::POST, "/oauth/token").json(&grant)).await.unwrap().expect(200);
        let person = json!({
            "username": username, "email": format!("{username}@people.test"), "password": PASSWORD,
            "agreement": true, "locale": "en",
        });
        let join = self.request(Method::POST, "/api/v1/accounts").bearer_auth(token.text("access_token"));
        let joined = send(join.json(&person)).await.unwrap().expect(200);
        let token = joined.text("access_token");
        let me = self.request(Method::GET, "/api/v1/accounts/verify_credentials").bearer_auth(&token);
        let id = send(me).await.unwrap().expect(200).text("id");
        Member {
            http: self.http.clone(),
            origin: self.url(""),
            token,
            id,
            handle: format!("{username}@{}", self.domain),
        }
    }
}

/// Sends a request; the error is that of a server that is down.
pub async fn send(request: RequestBuilder) -> reqwest::Result<Answer> {
    let (client, request) = request.build_split();
    let request = request?;
    let name = format!("{} {}", request.method(), request.url());
    let response = client.execute(request).await?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let body = response.text().await?;
    let json = serde_json::from_str(&body).unwrap_or_default();
    Ok(Answer { request: name, status, headers, bytes: body.clone().into_bytes(), body, json })
}

/// Somebody with a client.
#[derive(Clone)]
pub struct Member {
    http: reqwest::Client,
    origin: String,
    pub token: String,
    pub id: String,
    /// `ada@acme.test`
    pub handle: String,
}

impl Member {
    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.origin)).bearer_auth(&self.token)
    }

    pub async fn get(&self, path: &str) -> Answer {
        send(self.request(Method::GET, path)).await.unwrap()
    }

    pub async fn follow(&self, handle: &str) {
        let found = self.get(&format!("/api/v2/search?type=accounts&resolve=true&q=%40{handle}")).await.expect(200);
        let id = found["accounts"][0]["id"].as_str().expect("somebody is found").to_owned();
        send(self.request(Method::POST, &format!("/api/v1/accounts/{id}/follow"))).await.unwrap().expect(200);
        until(&format!("{handle} to accept"), async || {
            let is = self.get(&format!("/api/v1/accounts/relationships?id[]={id}")).await.expect(200);
            (is[0]["following"] == true).then_some(())
        })
        .await;
    }

    /// Posts as a careful client does: with a key, again and again until it is accepted. The post's id.
    pub async fn post_until_accepted(&self, text: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        let mut ticks = interval(Duration::from_millis(20));
        let body = json!({"status": text});
        // Not `until`, since this runs in tasks of its own.
        while Instant::now() < deadline {
            let post = self.request(Method::POST, "/api/v1/statuses").header("Idempotency-Key", text);
            match send(post.json(&body)).await {
                Ok(answer) if answer.status == 200 => return answer.text("id"),
                _ => ticks.tick().await,
            };
        }
        panic!("{text:?} was not accepted");
    }

    /// All posts of a timeline, through its pages; `None` when the server does not answer.
    pub async fn walk(&self, path: &str) -> Option<Vec<Value>> {
        let mut all = Vec::new();
        let mut next = Some(format!("{path}?limit=40"));
        while let Some(path) = next {
            let page = send(self.request(Method::GET, &path)).await.ok().filter(|page| page.status == 200)?;
            all.extend(page.list().iter().cloned());
            next = page.link("next").filter(|_| !page.list().is_empty());
        }
        Some(all)
    }
}

/// The lines of a file that is configuration for a private Postgres.
pub fn private_postgres(data_dir: &Path) -> String {
    format!("data_dir = \"{}\"", data_dir.display())
}
