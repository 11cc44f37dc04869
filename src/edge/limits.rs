//! How often somebody may ask: by client address, and by token for those who have one.
//!
//! Buckets are kept in bounded caches, so that a flood of addresses costs no more memory than the bound; an address is a
//! whole IPv4 address or an IPv6 /64, since a single machine commonly has all of the latter.

use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{HttpRequest, ResponseError, web};
use chrono::SecondsFormat;
use governor::clock::{Clock as _, QuantaClock, QuantaInstant};
use governor::middleware::StateInformationMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use quick_cache::sync::Cache;

use crate::app::App;
use crate::base::id::AccountId;
use crate::base::{Error, Result, secret};
use crate::config::{Limits, Server};
use crate::federation::policy;

/// Buckets that a limiter keeps, at most: some 200 bytes each.
const MOST_BUCKETS: usize = 50_000;

type Bucket = RateLimiter<NotKeyed, InMemoryState, QuantaClock, StateInformationMiddleware>;

/// A limiter with a bucket for each key.
pub struct Limiter<K> {
    quota: Quota,
    buckets: Cache<K, Arc<Bucket>>,
    clock: QuantaClock,
}

/// What is left after a request that was let through.
#[derive(Clone, Copy, Debug)]
pub struct Left {
    pub limit: u32,
    pub remaining: u32,
    /// When the whole limit is available again.
    pub reset_in: Duration,
}

impl<K: Eq + Hash + Clone> Limiter<K> {
    /// `most` requests in `period`; all of them may come at once.
    pub fn new(most: u32, period: Duration) -> Self {
        let most = NonZeroU32::new(most).unwrap_or(NonZeroU32::MIN);
        let each = (period / most.get()).max(Duration::from_nanos(1));
        let quota = Quota::with_period(each).unwrap_or(Quota::per_second(most)).allow_burst(most);
        Self { quota, buckets: Cache::new(MOST_BUCKETS), clock: QuantaClock::default() }
    }

    /// Counts one request.
    ///
    /// # Errors
    /// [`Error::Limited`] when there were too many.
    pub fn check(&self, key: &K) -> Result<Left> {
        let found = self.buckets.get(key);
        let bucket = found.unwrap_or_else(|| {
            let new = RateLimiter::direct_with_clock(self.quota, self.clock.clone());
            let new = Arc::new(new.with_middleware::<StateInformationMiddleware>());
            self.buckets.insert(key.clone(), new.clone());
            new
        });
        let limit = self.quota.burst_size().get();
        match bucket.check() {
            Ok(state) => {
                let remaining = state.remaining_burst_capacity().min(limit);
                let used = limit.saturating_sub(remaining);
                Ok(Left { limit, remaining, reset_in: self.quota.replenish_interval() * used })
            }
            Err(until) => {
                let now: QuantaInstant = self.clock.now();
                let wait = until.wait_time_from(now).as_secs().saturating_add(1);
                Err(Error::Limited { retry_after_seconds: wait })
            }
        }
    }
}

/// A client's address as limits count it: an IPv6 address counts as its /64.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Address(u64, bool);

impl From<IpAddr> for Address {
    fn from(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(v4) => Self(u64::from(v4.to_bits()), true),
            IpAddr::V6(v6) => {
                let [a, b, c, d, ..] = v6.segments();
                Self(u64::from(a) << 48 | u64::from(b) << 32 | u64::from(c) << 16 | u64::from(d), false)
            }
        }
    }
}

/// Where a request came from: the peer, or what `X-Forwarded-For` says when the peer is a proxy that we trust.
pub fn client_address(peer: Option<IpAddr>, headers: &HeaderMap, server: &Server) -> IpAddr {
    let peer = peer.unwrap_or(IpAddr::from([0, 0, 0, 0])).to_canonical();
    let trusted = |address: &IpAddr| server.trusted_proxies.contains(address);
    if !trusted(&peer) {
        return peer;
    }
    let named: Vec<IpAddr> = headers
        .get_all("x-forwarded-for")
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        // What is no address came from the client, and so did all that stands before it.
        .map(|part| part.trim().parse::<IpAddr>().map(|address| address.to_canonical()))
        .fold(Vec::new(), |mut known, part| {
            match part {
                Ok(address) => known.push(address),
                Err(_) => known.clear(),
            }
            known
        });
    named.into_iter().rev().find(|address| !trusted(address)).unwrap_or(peer)
}

/// As [`client_address`], of a request.
pub fn address_of(app: &App, request: &HttpRequest) -> IpAddr {
    client_address(request.peer_addr().map(|peer| peer.ip()), request.headers(), &app.config.server)
}

/// An instance's limiters, made from its configuration at first use.
#[derive(Default)]
struct Limiters {
    sign_in: OnceLock<Limiter<Address>>,
    /// By account, or by a name that nobody has.
    accounts: OnceLock<Limiter<Vec<u8>>>,
    letters: OnceLock<Limiter<Vec<u8>>>,
    inbox: OnceLock<Limiter<Address>>,
    /// By the host of whoever signed.
    senders: OnceLock<Limiter<String>>,
    addresses: OnceLock<Limiter<Address>>,
    tokens: OnceLock<Limiter<Vec<u8>>>,
    /// Tokens of people (their hashes) that were found to hold.
    known: KnownTokens,
}

struct KnownTokens(Cache<Vec<u8>, ()>);

impl Default for KnownTokens {
    fn default() -> Self {
        Self(Cache::new(MOST_BUCKETS))
    }
}

const FIVE_MINUTES: Duration = Duration::from_secs(300);

fn per_request<K: Eq + Hash + Clone>(limits: &Limits) -> Limiter<K> {
    Limiter::new(limits.requests, FIVE_MINUTES)
}

/// Counts an attempt to sign in, to register, or to register a client.
pub fn sign_in(app: &App, request: &HttpRequest) -> Result<()> {
    let limiters = app.slot::<Limiters>();
    let limiter = limiters.sign_in.get_or_init(|| Limiter::new(app.config.limits.sign_in, FIVE_MINUTES));
    limiter.check(&address_of(app, request).into()).map(|_| ())
}

/// Counts an attempt to sign in to one account, wherever it comes from: as many as from one address.
pub fn account(app: &App, key: Vec<u8>) -> Result<()> {
    let limiters = app.slot::<Limiters>();
    let limiter = limiters.accounts.get_or_init(|| Limiter::new(app.config.limits.sign_in, FIVE_MINUTES));
    limiter.check(&key).map(|_| ())
}

/// Letters that strangers can have written to one address in an hour.
const MOST_LETTERS: u32 = 3;

/// Counts a letter that a stranger asks for, to one address. Whether it may be sent is for the caller to keep to themselves.
pub fn letter(app: &App, email: &str) -> Result<()> {
    let limiters = app.slot::<Limiters>();
    let limiter = limiters.letters.get_or_init(|| Limiter::new(MOST_LETTERS, Duration::from_secs(3600)));
    limiter.check(&secret::hash(&email.trim().to_lowercase())).map(|_| ())
}

/// Counts an incoming activity.
pub fn inbox(app: &App, request: &HttpRequest) -> Result<()> {
    let limiters = app.slot::<Limiters>();
    let limiter = limiters.inbox.get_or_init(|| Limiter::new(app.config.limits.inbox, Duration::from_secs(60)));
    limiter.check(&address_of(app, request).into()).map(|_| ())
}

/// What comes from one host, by however many addresses it sends, is as much as this many of them may send.
const ADDRESSES_OF_A_HOST: u32 = 3;

/// Counts an incoming activity against the host of whoever signed it. Only once the signature holds, so that nobody uses up what is
/// another's.
pub fn sender(app: &App, host: String) -> Result<()> {
    let limiters = app.slot::<Limiters>();
    let most = app.config.limits.inbox.saturating_mul(ADDRESSES_OF_A_HOST);
    let limiter = limiters.senders.get_or_init(|| Limiter::new(most, Duration::from_secs(60)));
    limiter.check(&host).map(|_| ())
}

/// Counts a request to the client API: against its token when that is known to be a person's and to hold, or else against its
/// address. So whoever makes tokens up, or applications with tokens of their own, gets no more than whoever has none.
fn request(app: &App, request: &HttpRequest) -> Result<Left> {
    let limiters = app.slot::<Limiters>();
    let limits = &app.config.limits;
    let header = request.headers().get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let token = header.split_once(' ').map(|(_, token)| secret::hash(token.trim()));
    match token.filter(|token| limiters.known.0.get(token).is_some()) {
        Some(token) => limiters.tokens.get_or_init(|| per_request(limits)).check(&token),
        None => limiters.addresses.get_or_init(|| per_request(limits)).check(&address_of(app, request).into()),
    }
}

/// Counts what a page looks for, or looks up on another server: as a request to the client API, against the person, else against
/// the address.
pub fn look_up(app: &App, http: &HttpRequest, person: Option<AccountId>) -> Result<()> {
    let Some(person) = person else { return request(app, http).map(|_| ()) };
    let limiters = app.slot::<Limiters>();
    let key = format!("account {person}").into_bytes();
    limiters.tokens.get_or_init(|| per_request(&app.config.limits)).check(&key).map(|_| ())
}

/// Counts a request for a token as one to the client API without any, against its address: programs that sign in for many people
/// come from one.
pub fn token_wanted(app: &App, http: &HttpRequest) -> Result<()> {
    let limiters = app.slot::<Limiters>();
    let limiter = limiters.addresses.get_or_init(|| per_request(&app.config.limits));
    limiter.check(&address_of(app, http).into()).map(|_| ())
}

/// From now on requests with this token (its hash) count against it, and not against their address. Called when a person's token
/// has been found to hold.
pub fn token_holds(app: &App, token: Vec<u8>) {
    let known = &app.slot::<Limiters>().known.0;
    if known.get(&token).is_none() {
        known.insert(token, ());
    }
}

/// Middleware: answers nothing to networks that are shut out, limits what lies below /api, and tells clients how much is left.
pub async fn api<B: MessageBody + 'static>(
    incoming: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    if let Some(app) = incoming.app_data::<web::Data<App>>()
        && policy::is_shut_out(app, address_of(app, incoming.request()))
    {
        return Err(Error::Forbidden("This server does not answer to where you are".into()).into());
    }
    if !incoming.path().starts_with("/api/") || incoming.method() == actix_web::http::Method::OPTIONS {
        return Ok(next.call(incoming).await?.map_into_boxed_body());
    }
    let app = incoming.app_data::<web::Data<App>>().ok_or_else(|| Error::internal("no App in the request"))?.clone();
    let (left, mut response) = match request(&app, incoming.request()) {
        Ok(left) => (left, next.call(incoming).await?.map_into_boxed_body()),
        Err(error) => {
            let wait = match &error {
                Error::Limited { retry_after_seconds } => *retry_after_seconds,
                _ => 0,
            };
            let left = Left { limit: app.config.limits.requests, remaining: 0, reset_in: Duration::from_secs(wait) };
            let response = error.error_response();
            (left, incoming.into_response(response))
        }
    };
    let reset = app.now() + chrono::Duration::from_std(left.reset_in).unwrap_or_default();
    let values = [
        ("x-ratelimit-limit", left.limit.to_string()),
        ("x-ratelimit-remaining", left.remaining.to_string()),
        ("x-ratelimit-reset", reset.to_rfc3339_opts(SecondsFormat::Micros, true)),
    ];
    for (name, value) in values {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limiter_lets_through_as_many_as_it_says() {
        let limiter = Limiter::new(3, Duration::from_secs(300));
        assert_eq!(limiter.check(&1).unwrap().remaining, 2);
        assert_eq!(limiter.check(&1).unwrap().remaining, 1);
        let left = limiter.check(&1).unwrap();
        assert_eq!((left.remaining, left.reset_in), (0, Duration::from_secs(300)));
        assert!(matches!(limiter.check(&1), Err(Error::Limited { retry_after_seconds: 99..=101 })));
        assert!(limiter.check(&2).is_ok(), "others are not affected");
    }

    #[test]
    fn forwarded_addresses_are_believed_from_trusted_proxies_only() {
        let server = Server::default();
        let ask = |peer: &str, forwarded: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(HeaderName::from_static("x-forwarded-for"), HeaderValue::from_str(forwarded).unwrap());
            client_address(Some(peer.parse().unwrap()), &headers, &server).to_string()
        };
        assert_eq!(ask("203.0.113.9", "198.51.100.1"), "203.0.113.9");
        assert_eq!(ask("127.0.0.1", "198.51.100.1"), "198.51.100.1");
        assert_eq!(ask("127.0.0.1", "10.9.9.9, 198.51.100.1, 127.0.0.1"), "198.51.100.1");
        assert_eq!(ask("::1", "spoofed, 198.51.100.1"), "198.51.100.1");
        assert_eq!(ask("127.0.0.1", "198.51.100.1, unknown"), "127.0.0.1");
    }

    #[test]
    fn an_ipv6_network_is_one_address() {
        let of = |text: &str| Address::from(text.parse::<IpAddr>().unwrap());
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:1"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
    }
}
