//! Somebody on a server of another make, who signs what they send.

use std::sync::Arc;

use pollen::net::key::PrivateKey;
use pollen::net::proof::{self, ProofKey};
use pollen::net::signature::{Dialect, sign_request_as};
use reqwest::Method;
use serde_json::{Value, json};

use super::answer::Answer;
use super::instance::{ACTIVITY, Instance};
use super::letter::Letter;
use super::peer::Peer;

const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// Somebody on a peer.
#[derive(Clone)]
pub struct PeerActor {
    pub uri: String,
    pub key_id: String,
    pub(super) key: Arc<PrivateKey>,
    pub(super) proof_key: Arc<ProofKey>,
    pub(super) peer: Peer,
}

impl PeerActor {
    pub fn peer(&self) -> &Peer {
        &self.peer
    }

    /// `@mal@peer.test`.
    pub fn handle(&self) -> String {
        format!("@{}@{}", self.uri.rsplit('/').next().unwrap(), self.peer.name)
    }

    /// An activity of this actor's, with an id of its own.
    pub fn activity(&self, kind: &str, object: impl Into<Value>) -> Value {
        json!({
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": self.peer.mint("activities"), "type": kind, "actor": self.uri, "object": object.into(),
        })
    }

    /// A public post, served at its id.
    pub fn note(&self, content: &str) -> Value {
        let note = json!({
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": self.peer.mint("notes"), "type": "Note", "attributedTo": self.uri,
            "content": format!("<p>{content}</p>"), "published": self.peer.clock.now().to_rfc3339(),
            "to": [PUBLIC], "cc": [format!("{}/followers", self.uri)],
        });
        self.peer.serve(note.clone());
        note
    }

    /// The Create of a note, to those whom the note is for.
    pub fn create(&self, note: &Value) -> Value {
        let mut create = self.activity("Create", note.clone());
        create["to"] = note["to"].clone();
        create["cc"] = note["cc"].clone();
        create
    }

    /// The activity with this actor's proof.
    pub fn prove(&self, activity: &Value) -> Value {
        proof::attach(activity, &self.proof_key, &format!("{}#ed25519-key", self.uri), self.peer.clock.now()).unwrap()
    }

    /// Properly signed, unless it is changed before it is sent.
    pub fn letter(&self, activity: &Value) -> Letter {
        Letter {
            body: activity.to_string(),
            signed_at: self.peer.clock.now(),
            key_id: self.key_id.clone(),
            key: self.key.clone(),
            dialect: Dialect::Cavage,
            with: Vec::new(),
            tamper: |_, _| {},
        }
    }

    /// Posts to an instance's shared inbox.
    pub async fn post(&self, to: &Instance, activity: &Value) -> Answer {
        self.letter(activity).post(to, "/inbox").await
    }

    /// As [`PeerActor::post`], from which it must be accepted.
    pub async fn deliver(&self, to: &Instance, activity: &Value) {
        self.post(to, activity).await.expect(202);
    }

    /// Asks an instance for an object, signed.
    pub async fn get(&self, from: &Instance, path: &str) -> Answer {
        self.get_as(Dialect::Cavage, from, path).await
    }

    /// As [`PeerActor::get`], in a dialect.
    pub async fn get_as(&self, dialect: Dialect, from: &Instance, path: &str) -> Answer {
        let url = url::Url::parse(&from.url(path)).unwrap();
        let headers =
            sign_request_as(dialect, &self.key, &self.key_id, "get", &url, self.peer.clock.now(), None).unwrap();
        let mut request = from.http.request(Method::GET, url.clone()).header("accept", ACTIVITY);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        Answer::read(format!("signed GET {url}"), request.send().await.unwrap()).await
    }
}
