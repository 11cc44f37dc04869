//! HTTP signatures in both dialects that are spoken: draft-cavage-http-signatures-12 (`cavage`) and RFC 9421 (`rfc9421`), with
//! RSA by aws-lc-rs. What a signature must cover, for whom and when it holds is the same in both.
//!
//! Everything that a stranger's header says is bounded here before a library reads it.

mod cavage;
mod rfc9421;

use std::collections::BTreeMap;
use std::fmt;

use aws_lc_rs::digest::{self, SHA256};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use super::key::{KeyError, PrivateKey, PublicKey};
use crate::base::activitystreams::host_of;

/// How far the clocks of two servers may be apart, either way.
const LEEWAY: TimeDelta = TimeDelta::hours(1);

/// How far ahead a signature may end.
const MOST_AHEAD: TimeDelta = TimeDelta::days(365);

/// The longest signature header that is read, in bytes.
const MOST_HEADER: usize = 8 * 1024;

/// How a request is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// draft-cavage-http-signatures-12, which nearly everyone reads.
    Cavage,
    /// HTTP Message Signatures.
    Rfc9421,
}

impl Dialect {
    /// The one to try when this one was refused.
    pub fn other(self) -> Self {
        match self {
            Self::Cavage => Self::Rfc9421,
            Self::Rfc9421 => Self::Cavage,
        }
    }
}

/// Why a signature was refused. `Display` is safe to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignatureError {
    Missing,
    Several,
    /// There are headers of both dialects.
    BothDialects,
    Malformed(&'static str),
    /// Something that must be covered is not.
    NotCovered(&'static str),
    /// The host that was signed is not this one.
    WrongHost,
    /// Signed too long ago, or in the future.
    WrongTime,
    /// A digest doesn't match the body, or there is none.
    WrongDigest,
    Algorithm,
    /// The signature was not made with this key.
    WrongKey,
}

impl fmt::Display for SignatureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("there is none"),
            Self::Several => f.write_str("there is more than one"),
            Self::BothDialects => {
                f.write_str("it is in two dialects at once: send that of RFC 9421 or that of draft-cavage")
            }
            Self::Malformed(what) => write!(f, "{what}"),
            Self::NotCovered(what) => write!(f, "it does not cover {what}"),
            Self::WrongHost => f.write_str("it is for another host"),
            Self::WrongTime => f.write_str("it is not from within an hour of now"),
            Self::WrongDigest => f.write_str("the digest is missing or does not match the body"),
            Self::Algorithm => {
                f.write_str("only RSA with SHA-256 is understood: rsa-sha256 or hs2019, in RFC 9421 rsa-v1_5-sha256")
            }
            Self::WrongKey => f.write_str("it was not made with this key"),
        }
    }
}

impl std::error::Error for SignatureError {}

/// The headers that sign a request in draft-cavage: Host, Date, Digest when there is a body, and Signature.
pub fn sign_request(
    key: &PrivateKey,
    key_id: &str,
    method: &str,
    url: &Url,
    now: DateTime<Utc>,
    body: Option<&[u8]>,
) -> Result<Vec<(&'static str, String)>, KeyError> {
    sign_request_as(Dialect::Cavage, key, key_id, method, url, now, body)
}

/// The headers that sign a request in this dialect.
pub fn sign_request_as(
    dialect: Dialect,
    key: &PrivateKey,
    key_id: &str,
    method: &str,
    url: &Url,
    now: DateTime<Utc>,
    body: Option<&[u8]>,
) -> Result<Vec<(&'static str, String)>, KeyError> {
    match dialect {
        Dialect::Cavage => cavage::sign(key, key_id, method, url, now, body),
        Dialect::Rfc9421 => rfc9421::sign(key, key_id, method, url, now, body),
    }
}

/// SHA-256, in base64.
fn sha256(body: &[u8]) -> String {
    STANDARD.encode(digest::digest(&SHA256, body))
}

/// A signed request, before its key is known.
pub struct SignedRequest;

/// All that can be checked without the key is checked.
#[derive(Debug)]
pub struct Unverified {
    /// Where the key is to be had.
    pub key_id: String,
    signed: Signed,
}

#[derive(Debug)]
enum Signed {
    Cavage(http_signature_normalization::verify::Unverified),
    Rfc9421 { base: String, signature: Vec<u8> },
}

/// What a dialect reads.
struct Request<'r, 'h> {
    method: &'r str,
    path_and_query: &'r str,
    headers: Headers<'h>,
    body: Option<&'r [u8]>,
    now: DateTime<Utc>,
    /// `https`, or `http` between instances on one machine.
    scheme: &'r str,
    own_host: &'r str,
}

impl SignedRequest {
    /// Reads and checks a request's signature but for the key: one signature in one dialect, which covers the method, the
    /// target, the host, the time, and the digest where there is a body; for `origin` (`https://HOST`); from within an hour of
    /// `now`; the digest matches.
    pub fn parse<'h>(
        method: &str,
        path_and_query: &str,
        headers: impl Iterator<Item = (&'h str, &'h [u8])>,
        body: Option<&[u8]>,
        now: DateTime<Utc>,
        origin: &str,
    ) -> Result<Unverified, SignatureError> {
        let (scheme, own_host) = origin.split_once("://").unwrap_or(("https", origin));
        let headers = Headers::collect(headers);
        let request = Request { method, path_and_query, headers, body, now, scheme, own_host };
        if let Some(body) = body
            && request.headers.has("content-digest")
        {
            rfc9421::check_content_digest(request.headers.single("content-digest")?, body)?;
        }
        match request.headers.dialect()? {
            Dialect::Cavage => cavage::parse(&request),
            Dialect::Rfc9421 => rfc9421::parse(&request),
        }
    }
}

impl Unverified {
    /// Whether the signature was made with this key.
    pub fn verify(&self, key: &PublicKey) -> Result<(), SignatureError> {
        let holds = match &self.signed {
            Signed::Cavage(parsed) => parsed.verify(|signature, text| key.verify(text.as_bytes(), signature)),
            Signed::Rfc9421 { base, signature } => key.verify_bytes(base.as_bytes(), signature),
        };
        if holds { Ok(()) } else { Err(SignatureError::WrongKey) }
    }
}

/// A request's headers by lower-case name; those that are no text don't count.
struct Headers<'h>(BTreeMap<String, Vec<&'h str>>);

impl<'h> Headers<'h> {
    fn collect(headers: impl Iterator<Item = (&'h str, &'h [u8])>) -> Self {
        let mut collected: BTreeMap<String, Vec<&'h str>> = BTreeMap::new();
        for (name, value) in headers {
            // What is no text is kept as an empty one: it counts as doubled, and matches nothing. Around a value are spaces and tabs
            // (RFC 9110, section 5.5); other white space is of the value, and does not make one.
            let value = std::str::from_utf8(value).unwrap_or_default().trim_matches([' ', '\t']);
            collected.entry(name.to_ascii_lowercase()).or_default().push(value);
        }
        Self(collected)
    }

    fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// A header that must be there exactly once.
    fn single(&self, name: &str) -> Result<&'h str, SignatureError> {
        match self.0.get(name).map(Vec::as_slice) {
            Some([value]) => Ok(value),
            Some(_) => Err(SignatureError::Malformed("a covered header is doubled")),
            None => Err(SignatureError::Malformed("a covered header is missing")),
        }
    }

    /// What `Authorization: Signature …` has, in draft-cavage. One that is no text may be one, too, and does not hold.
    fn authorizations(&self) -> impl Iterator<Item = &'h str> + '_ {
        self.0.get("authorization").into_iter().flatten().copied().filter_map(|value| {
            if value.is_empty() {
                return Some(value);
            }
            let (scheme, rest) = value.split_once(' ')?;
            scheme.eq_ignore_ascii_case("signature").then_some(rest)
        })
    }

    /// `Signature-Input` tells. Whether `Signature` goes with it is seen when that is read; what stands in `Authorization` does
    /// not.
    fn dialect(&self) -> Result<Dialect, SignatureError> {
        match (self.has("signature-input"), self.authorizations().next()) {
            (false, _) => Ok(Dialect::Cavage),
            (true, None) => Ok(Dialect::Rfc9421),
            (true, Some(_)) => Err(SignatureError::BothDialects),
        }
    }

    /// The one value of these: none is missing, more are several, what is too long is not read.
    fn sole(values: &[&'h str]) -> Result<&'h str, SignatureError> {
        match values {
            [] => Err(SignatureError::Missing),
            [one] if one.len() > MOST_HEADER => Err(SignatureError::Malformed("the header is too long")),
            [one] => Ok(one),
            _ => Err(SignatureError::Several),
        }
    }

    /// A header of a signature.
    fn of_signature(&self, name: &str) -> Result<&'h str, SignatureError> {
        Self::sole(self.0.get(name).map(Vec::as_slice).unwrap_or_default())
    }
}

/// When a signature was made: within an hour of now.
fn check_made(at: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), SignatureError> {
    if (at - now).abs() <= LEEWAY { Ok(()) } else { Err(SignatureError::WrongTime) }
}

/// When a signature ends: not yet, and within a year.
fn check_end(at: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), SignatureError> {
    if at < now || at - now > MOST_AHEAD { Err(SignatureError::WrongTime) } else { Ok(()) }
}

/// Whether a Host header names this instance, in any spelling. What no host has in it does not count: reading a URL would pass over it.
fn is_same_host(signed: &str, own: &str) -> bool {
    let of_a_host = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte);
    if !signed.bytes().all(of_a_host) {
        return false;
    }
    let normal = |text: &str| Url::parse(&format!("https://{text}/")).ok().and_then(|url| host_of(&url));
    let plain = |text: &str| normal(text.strip_suffix(":80").unwrap_or(text));
    signed.eq_ignore_ascii_case(own) || (plain(signed).is_some() && plain(signed) == plain(own))
}
