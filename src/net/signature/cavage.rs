//! draft-cavage-http-signatures-12, on `http-signature-normalization`.
//!
//! The library splits on commas, takes unknown algorithms, and panics when a time overflows, so it reads only what was
//! checked before.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chrono::{DateTime, Utc};
use http_signature_normalization::Config;
use http_signature_normalization::verify::ParsedHeader;
use url::Url;

use super::{Headers, Request, SignatureError, Signed, Unverified, check_end, check_made, is_same_host, sha256};
use crate::base::activitystreams::host_of;
use crate::net::key::{KeyError, PrivateKey};

/// The parameters that a signature may have.
const PARAMETERS: [&str; 6] = ["keyId", "algorithm", "created", "expires", "headers", "signature"];

/// Host, Date, Digest when there is a body, and Signature, which covers them and (request-target).
pub(super) fn sign(
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
        // RFC 3230.
        headers.push(("digest", format!("SHA-256={}", sha256(body))));
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

/// One signature, which covers (request-target), host, date or (created), and digest where there is a body.
pub(super) fn parse(request: &Request<'_, '_>) -> Result<Unverified, SignatureError> {
    let Request { method, path_and_query, headers, body, now, own_host, .. } = request;
    let parameters = parse_parameters(header(headers)?)?;
    check_algorithm(&parameters)?;
    let covered = covered(&parameters)?;
    check_time(&parameters, &covered, headers, *now)?;
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
    Ok(Unverified { key_id: parsed.key_id().to_owned(), signed: Signed::Cavage(parsed) })
}

/// `Signature`, or `Authorization: Signature …`; never both.
fn header<'h>(headers: &Headers<'h>) -> Result<&'h str, SignatureError> {
    let signatures = headers.0.get("signature").into_iter().flatten().copied();
    let all: Vec<&str> = signatures.chain(headers.authorizations()).collect();
    Headers::sole(&all)
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
    if covered.contains("(created)") && !parameters.contains_key("created") {
        return Err(SignatureError::Malformed("created is covered but missing"));
    }
    if let Some(created) = parameters.get("created") {
        check_made(seconds(created)?, now)?;
    }
    if let Some(expires) = parameters.get("expires") {
        check_end(seconds(expires)?, now)?;
    }
    if covered.contains("date") {
        let date = DateTime::parse_from_rfc2822(headers.single("date")?)
            .map_err(|_| SignatureError::Malformed("the date cannot be read"))?;
        check_made(date.with_timezone(&Utc), now)?;
    }
    Ok(())
}

fn seconds(text: &str) -> Result<DateTime<Utc>, SignatureError> {
    let seconds = text.parse::<u32>().map_err(|_| SignatureError::WrongTime)?;
    DateTime::from_timestamp(i64::from(seconds), 0).ok_or(SignatureError::WrongTime)
}

/// `Digest` (RFC 3230) has one SHA-256, beside others if need be.
fn check_digest(header: &str, body: &[u8]) -> Result<(), SignatureError> {
    let expected = sha256(body);
    let mut found = header
        .split(',')
        .filter_map(|part| part.trim().split_once('='))
        .filter_map(|(name, value)| name.trim().eq_ignore_ascii_case("sha-256").then_some(value.trim()));
    match (found.next(), found.next()) {
        (Some(value), None) if value == expected => Ok(()),
        _ => Err(SignatureError::WrongDigest),
    }
}

#[cfg(test)]
mod tests;
