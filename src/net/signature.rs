//! HTTP signatures (draft-cavage-http-signatures-12) on `http-signature-normalization`, with RSA by aws-lc-rs.
//!
//! Everything that a stranger's header says is bounded here before the library reads it: the library splits on commas,
//! takes unknown algorithms, and panics when a time overflows.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use http_signature_normalization::Config;
use http_signature_normalization::verify::{ParsedHeader, Unverified as Parsed};
use url::Url;

use super::key::{KeyError, PrivateKey, PublicKey};
use crate::base::activitystreams::host_of;

/// How far the clocks of two servers may be apart, either way.
const LEEWAY: TimeDelta = TimeDelta::hours(1);

/// The longest signature header that is read, in bytes.
const MOST_HEADER: usize = 8 * 1024;

/// The parameters that a signature may have.
const PARAMETERS: [&str; 6] = ["keyId", "algorithm", "created", "expires", "headers", "signature"];

/// Why a signature was refused. `Display` is safe to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignatureError {
    Missing,
    Several,
    Malformed(&'static str),
    /// Something that must be covered is not.
    NotCovered(&'static str),
    /// The host that was signed is not this one.
    WrongHost,
    /// Signed too long ago, or in the future.
    WrongTime,
    /// The digest doesn't match the body, or there is none.
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
            Self::Malformed(what) => write!(f, "{what}"),
            Self::NotCovered(what) => write!(f, "it does not cover {what}"),
            Self::WrongHost => f.write_str("it is for another host"),
            Self::WrongTime => f.write_str("it is not from within an hour of now"),
            Self::WrongDigest => f.write_str("the SHA-256 digest is missing or does not match the body"),
            Self::Algorithm => f.write_str("only rsa-sha256 and hs2019 are understood"),
            Self::WrongKey => f.write_str("it was not made with this key"),
        }
    }
}

impl std::error::Error for SignatureError {}

/// The headers that sign a request: Host, Date, Digest when there is a body, and Signature.
pub fn sign_request(
    key: &PrivateKey,
    key_id: &str,
    method: &str,
    url: &Url,
    now: DateTime<Utc>,
    body: Option<&[u8]>,
) -> Result<Vec<(&'static str, String)>, KeyError> {
    let mut headers = vec![
        ("host", host_of(url).ok_or(KeyError("cannot sign for this URL"))?),
        ("date", now.format("%a, %d %b %Y %H:%M:%S GMT").to_string()),
    ];
    if let Some(body) = body {
        headers.push(("digest", digest(body)));
    }
    let path = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    let covered: BTreeMap<String, String> =
        headers.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    let unsigned = Config::new()
        .mastodon_compat()
        .begin_sign(method, &path, covered)
        .map_err(|_| KeyError("cannot sign these headers"))?;
    let signed = unsigned.sign(key_id.to_owned(), |text| key.sign(text.as_bytes()))?;
    // The library writes hs2019, which older peers refuse; the signature is the same.
    headers.push(("signature", signed.signature_header().replace("algorithm=\"hs2019\"", "algorithm=\"rsa-sha256\"")));
    Ok(headers)
}

/// The value of a `Digest` header (RFC 3230).
pub fn digest(body: &[u8]) -> String {
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, body);
    format!("SHA-256={}", STANDARD.encode(hash))
}

/// A signed request, before its key is known.
pub struct SignedRequest;

/// All that can be checked without the key is checked.
#[derive(Debug)]
pub struct Unverified {
    /// Where the key is to be had.
    pub key_id: String,
    parsed: Parsed,
}

impl SignedRequest {
    /// Reads and checks a request's signature but for the key: one signature, which covers (request-target), host, date
    /// or (created), and digest where there is a body; for `own_host`; from within an hour of `now`; the digest matches.
    pub fn parse<'h>(
        method: &str,
        path_and_query: &str,
        headers: impl Iterator<Item = (&'h str, &'h [u8])>,
        body: Option<&[u8]>,
        now: DateTime<Utc>,
        own_host: &str,
    ) -> Result<Unverified, SignatureError> {
        let headers = Headers::collect(headers);
        let parameters = parse_parameters(&headers.signature()?)?;
        check_algorithm(&parameters)?;
        let covered = covered(&parameters)?;
        check_time(&parameters, &covered, &headers, now)?;
        let signed_host = headers.single("host")?;
        if !is_same_host(signed_host, own_host) {
            return Err(SignatureError::WrongHost);
        }
        if let Some(body) = body {
            require(&covered, "digest")?;
            check_digest(headers.single("digest")?, body)?;
        }
        let mut values = BTreeMap::new();
        for name in covered.iter().filter(|name| !name.starts_with('(')) {
            values.insert(name.clone(), headers.single(name)?.to_owned());
        }
        let canonical: Vec<String> = parameters.iter().map(|(name, value)| format!("{name}=\"{value}\"")).collect();
        let parsed: ParsedHeader =
            canonical.join(",").parse().map_err(|_| SignatureError::Malformed("a parameter is missing"))?;
        let parsed = parsed
            .into_unvalidated(method, path_and_query, &mut values, Default::default())
            .map_err(|_| SignatureError::Malformed("a covered header is missing"))?
            // The times were held against our own clock above.
            .validate(Duration::from_secs(100 * 365 * 86_400))
            .map_err(|_| SignatureError::WrongTime)?;
        Ok(Unverified { key_id: parsed.key_id().to_owned(), parsed })
    }
}

impl Unverified {
    /// Whether the signature was made with this key.
    pub fn verify(&self, key: &PublicKey) -> Result<(), SignatureError> {
        let holds = self.parsed.verify(|signature, text| key.verify(text.as_bytes(), signature));
        if holds { Ok(()) } else { Err(SignatureError::WrongKey) }
    }
}

/// A request's headers by lower-case name; those that are no text don't count.
struct Headers<'h>(BTreeMap<String, Vec<&'h str>>);

impl<'h> Headers<'h> {
    fn collect(headers: impl Iterator<Item = (&'h str, &'h [u8])>) -> Self {
        let mut collected: BTreeMap<String, Vec<&'h str>> = BTreeMap::new();
        for (name, value) in headers {
            // What is no text is kept as an empty one: it counts as doubled, and matches nothing.
            let value = std::str::from_utf8(value).unwrap_or_default().trim();
            collected.entry(name.to_ascii_lowercase()).or_default().push(value);
        }
        Self(collected)
    }

    /// A header that must be there exactly once.
    fn single(&self, name: &str) -> Result<&'h str, SignatureError> {
        match self.0.get(name).map(Vec::as_slice) {
            Some([value]) => Ok(value),
            Some(_) => Err(SignatureError::Malformed("a covered header is doubled")),
            None => Err(SignatureError::Malformed("a covered header is missing")),
        }
    }

    /// `Signature`, or `Authorization: Signature …`; never both.
    fn signature(&self) -> Result<String, SignatureError> {
        let signatures = self.0.get("signature").map(Vec::as_slice).unwrap_or_default();
        let authorizations: Vec<&str> = self.0.get("authorization").into_iter().flatten().copied().collect();
        let authorized = authorizations.iter().filter_map(|value| {
            let (scheme, rest) = value.split_once(' ')?;
            scheme.eq_ignore_ascii_case("signature").then_some(rest)
        });
        let all: Vec<&str> = signatures.iter().copied().chain(authorized).collect();
        match all.as_slice() {
            [] => Err(SignatureError::Missing),
            [one] if one.len() > MOST_HEADER => Err(SignatureError::Malformed("the header is too long")),
            [one] => Ok((*one).to_owned()),
            _ => Err(SignatureError::Several),
        }
    }
}

/// `name="value"` pairs, separated by commas; numbers may lack the quotes. Each name at most once, and only known ones.
fn parse_parameters(header: &str) -> Result<BTreeMap<&'static str, String>, SignatureError> {
    const MALFORMED: SignatureError = SignatureError::Malformed("the header cannot be read");
    let mut parameters = BTreeMap::new();
    let mut rest = header.trim();
    while !rest.is_empty() {
        let (name, after) = rest.split_once('=').ok_or(MALFORMED)?;
        let name = name.trim();
        let known = PARAMETERS.iter().find(|known| known.eq_ignore_ascii_case(name));
        let (value, after) = match after.trim_start().strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').ok_or(MALFORMED)?,
            None => after.split_at(after.find(',').unwrap_or(after.len())),
        };
        let value = value.trim();
        if value.contains(['"', ',', '\\']) {
            return Err(MALFORMED);
        }
        let known = known.ok_or(SignatureError::Malformed("a parameter is unknown"))?;
        if parameters.insert(*known, value.to_owned()).is_some() {
            return Err(SignatureError::Malformed("a parameter is doubled"));
        }
        rest = after.trim_start();
        if let Some(next) = rest.strip_prefix(',') {
            rest = next.trim_start();
        } else if !rest.is_empty() {
            return Err(MALFORMED);
        }
    }
    for needed in ["keyId", "signature"] {
        if parameters.get(needed).is_none_or(String::is_empty) {
            return Err(SignatureError::Malformed("keyId and signature are required"));
        }
    }
    Ok(parameters)
}

fn check_algorithm(parameters: &BTreeMap<&'static str, String>) -> Result<(), SignatureError> {
    match parameters.get("algorithm").map(|name| name.to_ascii_lowercase()).as_deref() {
        None | Some("rsa-sha256" | "hs2019") => Ok(()),
        Some(_) => Err(SignatureError::Algorithm),
    }
}

/// The names that are covered, in lower case; what must be there is.
fn covered(parameters: &BTreeMap<&'static str, String>) -> Result<BTreeSet<String>, SignatureError> {
    let list = parameters.get("headers").map(String::as_str).unwrap_or_default();
    let mut covered = BTreeSet::new();
    for name in list.split_whitespace() {
        if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(SignatureError::Malformed("names of covered headers are in lower case"));
        }
        if !covered.insert(name.to_owned()) {
            return Err(SignatureError::Malformed("a covered header is doubled"));
        }
    }
    require(&covered, "(request-target)")?;
    require(&covered, "host")?;
    if !covered.contains("date") && !covered.contains("(created)") {
        return Err(SignatureError::NotCovered("date or (created)"));
    }
    Ok(covered)
}

fn require(covered: &BTreeSet<String>, name: &'static str) -> Result<(), SignatureError> {
    if covered.contains(name) { Ok(()) } else { Err(SignatureError::NotCovered(name)) }
}

/// Every time that is named must be near `now`; `expires` must lie ahead.
fn check_time(
    parameters: &BTreeMap<&'static str, String>,
    covered: &BTreeSet<String>,
    headers: &Headers<'_>,
    now: DateTime<Utc>,
) -> Result<(), SignatureError> {
    let near = |time: DateTime<Utc>| (time - now).abs() <= LEEWAY;
    if covered.contains("(created)") && !parameters.contains_key("created") {
        return Err(SignatureError::Malformed("created is covered but missing"));
    }
    if let Some(created) = parameters.get("created")
        && !near(seconds(created)?)
    {
        return Err(SignatureError::WrongTime);
    }
    if let Some(expires) = parameters.get("expires") {
        let expires = seconds(expires)?;
        if expires < now || expires - now > TimeDelta::days(365) {
            return Err(SignatureError::WrongTime);
        }
    }
    if covered.contains("date") {
        let date = DateTime::parse_from_rfc2822(headers.single("date")?)
            .map_err(|_| SignatureError::Malformed("the date cannot be read"))?;
        if !near(date.with_timezone(&Utc)) {
            return Err(SignatureError::WrongTime);
        }
    }
    Ok(())
}

fn seconds(text: &str) -> Result<DateTime<Utc>, SignatureError> {
    let seconds = text.parse::<u32>().map_err(|_| SignatureError::WrongTime)?;
    DateTime::from_timestamp(i64::from(seconds), 0).ok_or(SignatureError::WrongTime)
}

fn check_digest(header: &str, body: &[u8]) -> Result<(), SignatureError> {
    let expected = digest(body);
    let (_, expected) = expected.split_once('=').unwrap_or_default();
    let mut found = header
        .split(',')
        .filter_map(|part| part.trim().split_once('='))
        .filter_map(|(name, value)| name.trim().eq_ignore_ascii_case("sha-256").then_some(value.trim()));
    match (found.next(), found.next()) {
        (Some(value), None) if value == expected => Ok(()),
        _ => Err(SignatureError::WrongDigest),
    }
}

/// Whether a Host header names this instance, in any spelling.
fn is_same_host(signed: &str, own: &str) -> bool {
    let normal = |text: &str| Url::parse(&format!("https://{text}/")).ok().and_then(|url| host_of(&url));
    let plain = |text: &str| normal(text.strip_suffix(":80").unwrap_or(text));
    signed.eq_ignore_ascii_case(own) || (plain(signed).is_some() && plain(signed) == plain(own))
}

#[cfg(test)]
mod tests;
