//! An activity on its way from a peer.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use pollen::net::key::PrivateKey;
use pollen::net::signature::{Dialect, sign_request_as};
use reqwest::Method;

use super::answer::Answer;
use super::instance::{ACTIVITY, Instance};

/// An activity on its way, before it is signed. Change what should be wrong with it.
pub struct Letter {
    pub body: String,
    pub signed_at: DateTime<Utc>,
    pub key_id: String,
    pub key: Arc<PrivateKey>,
    pub dialect: Dialect,
    /// Further headers, unsigned.
    pub with: Vec<(&'static str, String)>,
    /// Done to the headers and the body after signing.
    pub tamper: fn(&mut Vec<(&'static str, String)>, &mut String),
}

impl Letter {
    /// Signs it for this path, does what is to be done to it, and posts it.
    pub async fn post(self, to: &Instance, path: &str) -> Answer {
        let url = url::Url::parse(&to.url(path)).unwrap();
        let mut body = self.body;
        let (key, bytes) = (&self.key, Some(body.as_bytes()));
        let signed = sign_request_as(self.dialect, key, &self.key_id, "post", &url, self.signed_at, bytes);
        let mut headers = signed.unwrap();
        (self.tamper)(&mut headers, &mut body);
        let mut request = to.http.request(Method::POST, url.clone()).header("content-type", ACTIVITY).body(body);
        for (name, value) in headers.into_iter().chain(self.with) {
            request = request.header(name, value);
        }
        Answer::read(format!("signed POST {url}"), request.send().await.unwrap()).await
    }
}
