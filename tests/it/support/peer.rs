//! A server of another make, played by the test: it serves what it is told to, keeps what it is sent, and can misbehave.

use std::any::Any;
use std::collections::{HashMap, HashSet};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::fd::AsFd;
use std::sync::{Arc, Mutex};

use actix_web::dev::{Extensions, ServerHandle};
use actix_web::{App as WebApp, HttpRequest, HttpResponse, HttpServer, web};
use futures_util::{StreamExt, stream};
use pollen::base::clock::Clock;
use pollen::net::key::PrivateKey;
use pollen::net::proof::ProofKey;
use pollen::net::signature::Dialect;
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use super::instance::ACTIVITY;
use super::peer_actor::PeerActor;
use super::world::key_pairs;

/// What arrived at an inbox.
#[derive(Clone, Debug)]
pub struct Received {
    pub path: String,
    pub headers: HashMap<String, String>,
    /// `null` when it is no JSON.
    pub body: Value,
    pub raw: Vec<u8>,
}

#[derive(Default)]
struct State {
    /// By path.
    documents: HashMap<String, Value>,
    /// By path: a type, and what is there.
    files: HashMap<String, (String, Vec<u8>)>,
    /// By path: where it leads to.
    redirects: HashMap<String, String>,
    /// By path: of which type something is that never ends.
    endless: HashMap<String, &'static str>,
    /// Paths whose files are packed with gzip.
    packed: HashSet<String>,
    received: Vec<Received>,
    /// Of every GET, instead of what is there.
    broken: Option<u16>,
    /// What inboxes answer, 202 if not said.
    inbox_answer: Option<u16>,
    /// The same of a single one.
    inbox_answers: HashMap<String, u16>,
    /// What inboxes say besides.
    inbox_says: String,
    /// The one dialect of signatures that is taken, 401 for others.
    dialect: Option<Dialect>,
    /// What inboxes ask for, in seconds.
    retry_after: Option<u32>,
    /// So many requests more are read, and their connections closed.
    cut_off: usize,
    /// GETs are answered only when it lets them.
    held: Option<Arc<Semaphore>>,
    /// Paths that were asked for.
    asked: Vec<String>,
    minted: usize,
}

/// A peer; clones are the same one.
#[derive(Clone)]
pub struct Peer {
    pub name: String,
    pub(super) clock: Clock,
    state: Arc<Mutex<State>>,
}

impl Peer {
    pub(super) fn start(name: &str, listener: TcpListener, clock: Clock) -> (Self, ServerHandle) {
        let peer = Self { name: name.to_owned(), clock, state: Arc::default() };
        let state = web::Data::from(peer.state.clone());
        let server =
            HttpServer::new(move || WebApp::new().app_data(state.clone()).default_service(web::route().to(answer)));
        let server = server.on_connect(keep_connection).workers(1).disable_signals().listen(listener).unwrap().run();
        let handle = server.handle();
        tokio::spawn(server);
        (peer, handle)
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.name)
    }

    /// A person with a key, who can be looked up.
    pub fn actor(&self, username: &str) -> PeerActor {
        let place = self.state.lock().unwrap().documents.len();
        let (private, public) = &key_pairs()[place % key_pairs().len()];
        let uri = self.url(&format!("/users/{username}"));
        let key_id = format!("{uri}#main-key");
        let proof_key = ProofKey::generate().unwrap();
        self.serve(json!({
            "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
            "id": uri, "type": "Person", "preferredUsername": username, "name": username,
            "inbox": format!("{uri}/inbox"), "outbox": format!("{uri}/outbox"),
            "followers": format!("{uri}/followers"), "following": format!("{uri}/following"),
            "endpoints": {"sharedInbox": self.url("/inbox")},
            "url": self.url(&format!("/@{username}")),
            "publicKey": {"id": key_id, "owner": uri, "publicKeyPem": public},
            "assertionMethod": [{
                "id": format!("{uri}#ed25519-key"), "type": "Multikey", "controller": uri,
                "publicKeyMultibase": proof_key.public_multibase(),
            }],
        }));
        let resource = format!("acct:{username}@{}", self.name);
        let query: String = url::form_urlencoded::byte_serialize(resource.as_bytes()).collect();
        self.state.lock().unwrap().documents.insert(
            format!("/.well-known/webfinger?resource={query}"),
            json!({"subject": resource, "links": [{"rel": "self", "type": ACTIVITY, "href": uri}]}),
        );
        let (key, proof_key) = (Arc::new(PrivateKey::from_pem(private).unwrap()), Arc::new(proof_key));
        PeerActor { uri, key_id, key, proof_key, peer: self.clone() }
    }

    /// As [`Peer::actor`], but a group.
    pub fn group(&self, username: &str) -> PeerActor {
        let group = self.actor(username);
        let path = format!("/users/{username}");
        if let Some(document) = self.state.lock().unwrap().documents.get_mut(&path) {
            document["type"] = json!("Group");
        }
        group
    }

    /// Changes a property of what is served at a path.
    pub fn change(&self, path: &str, property: &str, value: impl Into<Value>) {
        self.state.lock().unwrap().documents.get_mut(path).expect("something is there")[property] = value.into();
    }

    /// Answers this path and query with a document.
    pub fn answer_at(&self, path: &str, document: Value) {
        self.state.lock().unwrap().documents.insert(path.to_owned(), document);
    }

    /// Serves an object at its id, in place of what was there.
    pub fn serve(&self, object: Value) {
        let id = url::Url::parse(object["id"].as_str().unwrap()).unwrap();
        self.state.lock().unwrap().documents.insert(id[url::Position::BeforePath..].to_owned(), object);
    }

    /// Serves a file at a path, under the type that it is said to be; its URL.
    pub fn serve_file(&self, path: &str, content_type: &str, bytes: &[u8]) -> String {
        let file = (content_type.to_owned(), bytes.to_vec());
        self.state.lock().unwrap().files.insert(path.to_owned(), file);
        self.url(path)
    }

    /// Leads from a path to an address; the URL of the path.
    pub fn redirect(&self, path: &str, to: &str) -> String {
        self.state.lock().unwrap().redirects.insert(path.to_owned(), to.to_owned());
        self.url(path)
    }

    /// As [`Peer::serve_file`], of what is packed with gzip, and says so.
    pub fn serve_packed(&self, path: &str, content_type: &str, packed: &[u8]) -> String {
        self.state.lock().unwrap().packed.insert(path.to_owned());
        self.serve_file(path, content_type, packed)
    }

    /// Serves a page that never ends; its URL.
    pub fn serve_endless(&self, path: &str) -> String {
        self.serve_endless_as(path, "text/html")
    }

    /// As [`Peer::serve_endless`], of another type.
    pub fn serve_endless_as(&self, path: &str, content_type: &'static str) -> String {
        self.state.lock().unwrap().endless.insert(path.to_owned(), content_type);
        self.url(path)
    }

    /// Serves it no more.
    pub fn forget(&self, id: &str) {
        let id = url::Url::parse(id).unwrap();
        self.state.lock().unwrap().documents.remove(&id[url::Position::BeforePath..]);
    }

    /// From now on every GET is answered like this; `None`: properly again.
    pub fn break_down(&self, status: impl Into<Option<u16>>) {
        self.state.lock().unwrap().broken = status.into();
    }

    /// So many requests more are read, and then their connections closed without a word.
    pub fn cut_off(&self, requests: usize) {
        self.state.lock().unwrap().cut_off = requests;
    }

    /// From now on GETs are not answered, until [`Peer::release`].
    pub fn hold(&self) {
        self.state.lock().unwrap().held = Some(Arc::new(Semaphore::new(0)));
    }

    /// Answers what is held, and all from now on.
    pub fn release(&self) {
        if let Some(held) = self.state.lock().unwrap().held.take() {
            held.close();
        }
    }

    /// From now on inboxes answer like this; what arrives is kept all the same.
    pub fn answer_inbox(&self, status: u16) {
        self.state.lock().unwrap().inbox_answer = Some(status);
    }

    /// As [`Peer::answer_inbox`], of the inbox at this path alone.
    pub fn answer_inbox_at(&self, path: &str, status: u16) {
        self.state.lock().unwrap().inbox_answers.insert(path.to_owned(), status);
    }

    /// From now on inboxes say this, whatever they answer.
    pub fn say_at_inbox(&self, text: &str) {
        self.state.lock().unwrap().inbox_says = text.to_owned();
    }

    /// From now on requests have to be signed in this dialect: others, and those that are not signed, are a 401.
    pub fn demand(&self, dialect: Dialect) {
        self.state.lock().unwrap().dialect = Some(dialect);
    }

    /// From now on inboxes say when to come again, in seconds.
    pub fn ask_to_wait(&self, seconds: impl Into<Option<u32>>) {
        self.state.lock().unwrap().retry_after = seconds.into();
    }

    /// All that arrived so far.
    pub fn received(&self) -> Vec<Received> {
        self.state.lock().unwrap().received.clone()
    }

    /// The activities of a type that arrived so far.
    pub fn received_of_type(&self, kind: &str) -> Vec<Value> {
        self.received().into_iter().map(|one| one.body).filter(|body| body["type"] == kind).collect()
    }

    /// The paths that were asked for so far.
    pub fn asked(&self) -> Vec<String> {
        self.state.lock().unwrap().asked.clone()
    }

    /// An id that was not used before.
    pub fn mint(&self, kind: &str) -> String {
        let mut state = self.state.lock().unwrap();
        state.minted += 1;
        self.url(&format!("/{kind}/{}", state.minted))
    }
}

/// A second handle of a connection, by which it can be closed.
fn keep_connection(connection: &dyn Any, of_connection: &mut Extensions) {
    let stream = connection.downcast_ref::<actix_web::rt::net::TcpStream>().unwrap();
    of_connection.insert(TcpStream::from(stream.as_fd().try_clone_to_owned().unwrap()));
}

async fn answer(state: web::Data<Mutex<State>>, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    let path = request.uri().path_and_query().map_or_else(String::new, ToString::to_string);
    if request.method() == actix_web::http::Method::GET {
        let held = {
            let mut state = state.lock().unwrap();
            state.asked.push(path.clone());
            state.held.clone()
        };
        if let Some(held) = held {
            drop(held.acquire().await);
        }
    }
    answer_now(&mut state.lock().unwrap(), &request, path, &body)
}

fn answer_now(state: &mut State, request: &HttpRequest, path: String, body: &[u8]) -> HttpResponse {
    if state.cut_off > 0 {
        state.cut_off -= 1;
        request.conn_data::<TcpStream>().unwrap().shutdown(Shutdown::Both).unwrap();
        return HttpResponse::NoContent().finish();
    }
    let has = |name: &str| request.headers().contains_key(name);
    let dialect = if has("signature-input") { Dialect::Rfc9421 } else { Dialect::Cavage };
    let refused = !path.starts_with("/.well-known/")
        && state.dialect.is_some_and(|demanded| demanded != dialect || !has("signature"));
    if request.method() == actix_web::http::Method::POST {
        let headers = request.headers().iter();
        let headers = headers.map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into()));
        let (raw, body) = (body.to_vec(), serde_json::from_slice(body).unwrap_or_default());
        let said = state.inbox_answers.get(&path).copied().or(state.inbox_answer).unwrap_or(202);
        state.received.push(Received { path, headers: headers.collect(), body, raw });
        let status = if refused { 401 } else { said };
        let mut answer = HttpResponse::build(status.try_into().unwrap());
        if let Some(seconds) = state.retry_after {
            answer.insert_header(("retry-after", seconds.to_string()));
        }
        return answer.body(state.inbox_says.clone());
    }
    if let Some(status) = state.broken {
        return HttpResponse::build(status.try_into().unwrap()).finish();
    }
    if refused {
        return HttpResponse::Unauthorized().finish();
    }
    if let Some(to) = state.redirects.get(&path) {
        return HttpResponse::Found().insert_header(("location", to.as_str())).finish();
    }
    if let Some(content_type) = state.endless.get(&path) {
        let start =
            if *content_type == "text/html" { b"<title>Endless</title>".to_vec() } else { b"{\"x\": \"".to_vec() };
        let chunks = stream::once(async { start }).chain(stream::repeat_with(|| vec![b'x'; 8192]));
        return HttpResponse::Ok()
            .content_type(*content_type)
            .streaming(chunks.map(|chunk| Ok::<_, std::io::Error>(web::Bytes::from(chunk))));
    }
    if let Some((content_type, bytes)) = state.files.get(&path) {
        let coding = ("content-encoding", if state.packed.contains(&path) { "gzip" } else { "identity" });
        return HttpResponse::Ok().insert_header(coding).content_type(content_type.as_str()).body(bytes.clone());
    }
    match state.documents.get(&path) {
        Some(found) if path.starts_with("/.well-known/") => {
            HttpResponse::Ok().content_type("application/jrd+json").body(found.to_string())
        }
        Some(found) => HttpResponse::Ok().content_type(ACTIVITY).body(found.to_string()),
        None => HttpResponse::NotFound().finish(),
    }
}
