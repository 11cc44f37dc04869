//! The one client for everything that a stranger's data can make us fetch, and for deliveries.

mod file;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::header::{self, HeaderMap};
use reqwest::{Method, Response, StatusCode};
use serde_json::Value;
use url::Url;

use super::guard::{GuardError, GuardOptions, GuardedResolver};
use super::send::send;
use crate::base::activitystreams::host_of;
use crate::base::strict_json;

/// What activities and objects are asked for as.
pub const ACCEPT_ACTIVITY: &str =
    "application/activity+json, application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"";

/// How long one request may take, with its answer; a second time when it has to be sent again.
const PATIENCE: Duration = Duration::from_secs(10);

/// The largest JSON document that is read, after decompression, in bytes.
const MOST_JSON: usize = 1024 * 1024;

/// How much of the answer to a delivery is read, for the log.
const MOST_EXCERPT: usize = 4 * 1024;

const MOST_REDIRECTS: usize = 3;

/// How the client is set up.
#[derive(Clone, Debug, Default)]
pub struct FetcherOptions {
    pub guard: GuardOptions,
    pub user_agent: String,
    /// An outbound proxy, which then has the last word on addresses.
    pub proxy: Option<Url>,
    /// A further certificate authority, in PEM.
    pub extra_ca: Option<Vec<u8>>,
}

/// Why something could not be fetched. `Display` is safe to show.
#[derive(Debug)]
pub enum FetchError {
    /// It is not there (404, 410).
    Gone(u16),
    /// We may not have it (401, 403).
    Forbidden(u16),
    /// We don't speak to this address.
    Refused(GuardError),
    TooLarge,
    /// It is not what was asked for.
    BadContent(String),
    /// Too slow, or no connection.
    Network(String),
    /// It could not be written down here.
    Local(std::io::Error),
    /// Any other answer.
    Status(u16),
}

impl FetchError {
    /// Whether trying again later can help.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Network(_) => true,
            Self::Status(status) => *status >= 500 || matches!(status, 408 | 425 | 429),
            _ => false,
        }
    }
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gone(status) | Self::Forbidden(status) | Self::Status(status) => write!(f, "status {status}"),
            Self::Refused(why) => why.fmt(f),
            Self::TooLarge => f.write_str("the answer is too large"),
            Self::BadContent(why) => f.write_str(why),
            Self::Network(why) => write!(f, "no answer: {why}"),
            Self::Local(_) => f.write_str("it cannot be kept here"),
        }
    }
}

impl std::error::Error for FetchError {}

impl From<GuardError> for FetchError {
    fn from(error: GuardError) -> Self {
        Self::Refused(error)
    }
}

impl From<FetchError> for crate::base::Error {
    fn from(error: FetchError) -> Self {
        match error {
            FetchError::Gone(410) => Self::Gone("The remote object"),
            FetchError::Gone(_) => Self::NotFound("The remote object"),
            FetchError::Network(_) | FetchError::Status(_) if error.is_transient() => Self::Remote(error.to_string()),
            FetchError::Forbidden(_) => Self::Refused(error.to_string()),
            FetchError::Local(error) => {
                tracing::warn!(%error, "what was fetched could not be written down");
                Self::Unavailable("Files cannot be stored or read at the moment. Please try again later.".into())
            }
            other => Self::invalid("", format!("the other server's answer cannot be used: {other}")),
        }
    }
}

/// A document that was fetched.
#[derive(Debug)]
pub struct Fetched {
    /// Where it was found in the end.
    pub url: Url,
    /// In lower case, with parameters.
    pub content_type: String,
    pub body: Bytes,
}

/// The answer to a delivery.
#[derive(Debug)]
pub struct PostOutcome {
    pub status: u16,
    pub retry_after: Option<Duration>,
    pub body_excerpt: String,
}

/// Signs a GET: given the URL, the headers to send.
pub type SignGet<'s> = &'s (dyn Fn(&Url) -> Vec<(&'static str, String)> + Send + Sync);

/// The client. One per instance: it keeps connections open.
#[derive(Clone, Debug)]
pub struct Fetcher {
    client: reqwest::Client,
    guard: Arc<GuardOptions>,
}

impl Fetcher {
    pub fn new(options: &FetcherOptions) -> Result<Self, reqwest::Error> {
        let guard = Arc::new(options.guard.clone());
        let mut client = reqwest::Client::builder()
            .user_agent(&options.user_agent)
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .connect_timeout(PATIENCE / 2)
            .pool_max_idle_per_host(8)
            .pool_idle_timeout(Duration::from_secs(60))
            .referer(false)
            .dns_resolver(Arc::new(GuardedResolver(guard.clone())));
        client = match &options.proxy {
            Some(proxy) => client.proxy(reqwest::Proxy::all(proxy.clone())?),
            None => client.no_proxy(),
        };
        if let Some(pem) = &options.extra_ca {
            client = client.tls_certs_merge(reqwest::Certificate::from_pem_bundle(pem)?);
        }
        Ok(Self { client: client.build()?, guard })
    }

    /// Fetches an activity or object. Its `id` is the address at which it was found in the end; where it names another
    /// one on the same host, that is fetched once.
    pub async fn get_object(&self, url: &Url, sign: SignGet<'_>) -> Result<Value, FetchError> {
        let (value, found) = self.get_activity(url, sign).await?;
        let Some(id) = value.get("id").and_then(Value::as_str).and_then(|id| Url::parse(id).ok()) else {
            return Err(FetchError::BadContent("the object has no id".into()));
        };
        if is_same_document(&id, &found) {
            return Ok(value);
        }
        if host_of(&id) != host_of(&found) {
            return Err(FetchError::BadContent("the object's id is on another host".into()));
        }
        let (value, found) = self.get_activity(&id, sign).await?;
        let named = value.get("id").and_then(Value::as_str).and_then(|id| Url::parse(id).ok());
        match named {
            Some(id) if is_same_document(&id, &found) => Ok(value),
            _ => Err(FetchError::BadContent("the object's id is not where it was found".into())),
        }
    }

    async fn get_activity(&self, url: &Url, sign: SignGet<'_>) -> Result<(Value, Url), FetchError> {
        let fetched = self.get(url, ACCEPT_ACTIVITY, sign).await?;
        if !is_activity_type(&fetched.content_type) {
            return Err(FetchError::BadContent(format!("it is no activity but {:?}", fetched.content_type)));
        }
        let value = strict_json::parse(&fetched.body).map_err(|error| FetchError::BadContent(error.to_string()))?;
        Ok((value, fetched.url))
    }

    /// Fetches a document of at most 1 MiB, following at most three redirects, each checked and signed anew.
    pub async fn get(&self, url: &Url, accept: &str, sign: SignGet<'_>) -> Result<Fetched, FetchError> {
        self.get_as(url, accept, sign, |_| Ok(true)).await
    }

    /// Fetches a page for people, as a stranger. Of what is no HTML nothing is read, of the rest 1 MiB at most.
    pub async fn get_page(&self, url: &Url) -> Result<Fetched, FetchError> {
        let is_page = |content_type: &str| {
            let essence = content_type.split(';').next().unwrap_or_default().trim();
            if matches!(essence, "text/html" | "application/xhtml+xml") {
                return Ok(false);
            }
            Err(FetchError::BadContent(format!("it is no page but {content_type:?}")))
        };
        self.get_as(url, "text/html, application/xhtml+xml", &|_| Vec::new(), is_page).await
    }

    /// `check` sees the content type, in lower case, and says whether what is too long is refused or cut.
    async fn get_as(
        &self,
        url: &Url,
        accept: &str,
        sign: SignGet<'_>,
        check: impl Fn(&str) -> Result<bool, FetchError> + Send,
    ) -> Result<Fetched, FetchError> {
        let mut url = url.clone();
        url.set_fragment(None);
        for _ in 0..=MOST_REDIRECTS {
            self.guard.check_url(&url)?;
            let mut request = self.client.request(Method::GET, url.clone()).header(header::ACCEPT, accept);
            for (name, value) in sign(&url) {
                request = request.header(name, value);
            }
            let response = send(request).await.map_err(network)?;
            if let Some(next) = redirect(&response, &url)? {
                url = next;
                continue;
            }
            check_status(response.status())?;
            let content_type = text(response.headers(), &header::CONTENT_TYPE).to_ascii_lowercase();
            let strict = check(&content_type)?;
            let body = read(response, MOST_JSON, strict).await?;
            return Ok(Fetched { url, content_type, body });
        }
        Err(FetchError::BadContent("it redirects too often".into()))
    }

    /// Whether we speak to this address at all; what it resolves to is looked at when we do.
    pub fn check_url(&self, url: &Url) -> Result<(), GuardError> {
        self.guard.check_url(url)
    }

    /// Posts an activity. Redirects are not followed; what counts is the status.
    pub async fn post(
        &self,
        url: &Url,
        headers: Vec<(&'static str, String)>,
        body: Bytes,
    ) -> Result<PostOutcome, FetchError> {
        self.post_as(url, "application/activity+json", headers, body).await
    }

    /// As [`Fetcher::post`], of another type.
    pub async fn post_as(
        &self,
        url: &Url,
        content_type: &'static str,
        headers: Vec<(&'static str, String)>,
        body: Bytes,
    ) -> Result<PostOutcome, FetchError> {
        self.guard.check_url(url)?;
        let mut request = self.client.post(url.clone()).header(header::CONTENT_TYPE, content_type);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let response = send(request.body(body)).await.map_err(network)?;
        let status = response.status().as_u16();
        let retry_after = text(response.headers(), &header::RETRY_AFTER).parse().ok().map(Duration::from_secs);
        // An answer that breaks off is still an answer.
        let excerpt = read(response, MOST_EXCERPT, false).await.unwrap_or_default();
        // Whoever answers chooses what we note: no NUL, which Postgres does not store, and no lines of its own in logs.
        let body_excerpt = String::from_utf8_lossy(&excerpt).replace(char::is_control, " ");
        Ok(PostOutcome { status, retry_after, body_excerpt })
    }
}

fn network(error: reqwest::Error) -> FetchError {
    let mut cause: Option<&dyn std::error::Error> = Some(&error);
    while let Some(error) = cause {
        if let Some(refused) = error.downcast_ref::<GuardError>() {
            return FetchError::Refused(refused.clone());
        }
        cause = error.source();
    }
    let kind = if error.is_timeout() { "it took too long" } else { "the connection failed" };
    tracing::debug!(?error, "a request to another server failed");
    FetchError::Network(kind.into())
}

fn redirect(response: &Response, from: &Url) -> Result<Option<Url>, FetchError> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let to = text(response.headers(), &header::LOCATION);
    let mut to = from.join(to).map_err(|_| FetchError::BadContent("it redirects to nowhere".into()))?;
    to.set_fragment(None);
    Ok(Some(to))
}

fn check_status(status: StatusCode) -> Result<(), FetchError> {
    match status.as_u16() {
        200..=299 => Ok(()),
        gone @ (404 | 410) => Err(FetchError::Gone(gone)),
        forbidden @ (401 | 403) => Err(FetchError::Forbidden(forbidden)),
        other => Err(FetchError::Status(other)),
    }
}

fn text<'h>(headers: &'h HeaderMap, name: &header::HeaderName) -> &'h str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Reads a body (decompressed) up to a size; what is longer is an error when `strict`, else cut.
async fn read(mut response: Response, most: usize, strict: bool) -> Result<Bytes, FetchError> {
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(network)? {
        if body.len() + chunk.len() > most {
            if strict {
                return Err(FetchError::TooLarge);
            }
            body.extend_from_slice(chunk.get(..most - body.len()).unwrap_or_default());
            break;
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// `application/activity+json`, or `application/ld+json` with the ActivityStreams profile.
pub fn is_activity_type(content_type: &str) -> bool {
    let content_type = content_type.to_ascii_lowercase();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    essence == "application/activity+json"
        || (essence == "application/ld+json" && content_type.contains("https://www.w3.org/ns/activitystreams"))
}

fn is_same_document(one: &Url, other: &Url) -> bool {
    let bare = |url: &Url| {
        let mut url = url.clone();
        url.set_fragment(None);
        url
    };
    bare(one) == bare(other)
}
