//! HTTP Message Signatures (RFC 9421) with rsa-v1_5-sha256, and Content-Digest (RFC 9530). Fields are read by `sfv` (structured
//! fields, RFC 9651).
//!
//! Components have no parameters (§2.1.1 to §2.1.4): nobody here sends those, and what is not read cannot be misread.

use aws_lc_rs::digest::{self, SHA256, SHA512};
use chrono::{DateTime, Utc};
use sfv::{BareItem, Dictionary, InnerList, Integer, KeyRef, ListEntry, ListSerializer, Parameters, Parser, StringRef};
use url::Url;

use super::{MOST_HEADER, Request, SignatureError, Signed, Unverified, check_end, check_made, is_same_host, sha256};
use crate::base::activitystreams::{LONGEST_ID, host_of};
use crate::net::key::{KeyError, PrivateKey};

/// The only algorithm (§3.3.2): what `publicKeyPem` of actors is for.
const ALGORITHM: &str = "rsa-v1_5-sha256";

/// What a signature of ours is called.
const LABEL: &str = "sig1";

/// The most components that one signature may cover.
const MOST_COMPONENTS: usize = 32;

/// `@method`, `@target-uri` and with a body `content-digest`, with `created`, `keyid` and `alg`: what Mastodon and Fedify read.
pub(super) fn sign(
    key: &PrivateKey,
    key_id: &str,
    method: &str,
    url: &Url,
    now: DateTime<Utc>,
    body: Option<&[u8]>,
) -> Result<Vec<(&'static str, String)>, KeyError> {
    let unusable = KeyError("cannot sign for this URL");
    host_of(url).ok_or(unusable.clone())?;
    let mut target = url.clone();
    target.set_fragment(None);
    let mut covered = vec![("@method", method.to_ascii_uppercase()), ("@target-uri", target.to_string())];
    let mut headers = Vec::with_capacity(3);
    if let Some(body) = body {
        let digest = format!("sha-256=:{}:", sha256(body));
        covered.push(("content-digest", digest.clone()));
        headers.push(("content-digest", digest));
    }
    let names: Vec<&str> = covered.iter().map(|(name, _)| *name).collect();
    let parameters = write_parameters(&names, key_id, now).ok_or(unusable)?;
    let signature = key.sign(base(covered.into_iter(), &parameters).as_bytes())?;
    headers.push(("signature-input", format!("{LABEL}={parameters}")));
    headers.push(("signature", format!("{LABEL}=:{signature}:")));
    Ok(headers)
}

/// The value of `@signature-params` (§2.3).
fn write_parameters(covered: &[&str], key_id: &str, now: DateTime<Utc>) -> Option<String> {
    let created = Integer::try_from(now.timestamp()).ok()?;
    let mut list = ListSerializer::new();
    let mut inner = list.inner_list();
    for name in covered {
        let _ = inner.bare_item(StringRef::from_str(name).ok()?);
    }
    let _ = inner
        .finish()
        .parameter(KeyRef::from_str("created").ok()?, created)
        .parameter(KeyRef::from_str("keyid").ok()?, StringRef::from_str(key_id).ok()?)
        .parameter(KeyRef::from_str("alg").ok()?, StringRef::from_str(ALGORITHM).ok()?);
    list.finish()
}

/// The text that is signed (§2.5).
fn base<'n>(covered: impl Iterator<Item = (&'n str, String)>, parameters: &str) -> String {
    let mut base = String::new();
    for (name, value) in covered {
        base.push_str(&format!("\"{name}\": {value}\n"));
    }
    base.push_str("\"@signature-params\": ");
    base.push_str(parameters);
    base
}

/// One signature (§4.1, §4.2), which covers the method, the target, the host, and content-digest where there is a body, and
/// says when it was made.
pub(super) fn parse(request: &Request<'_, '_>) -> Result<Unverified, SignatureError> {
    const UNREADABLE: SignatureError =
        SignatureError::Malformed("Signature-Input is no list of components with a label");
    let inputs: Dictionary =
        Parser::new(request.headers.of_signature("signature-input")?).parse().map_err(|_| UNREADABLE)?;
    let mut inputs = inputs.into_iter();
    let (label, list) = match (inputs.next(), inputs.next()) {
        (Some((label, ListEntry::InnerList(list))), None) => (label, list),
        (_, Some(_)) => return Err(SignatureError::Several),
        _ => return Err(UNREADABLE),
    };
    let signature = read_signature(request, label.as_str())?;
    let key_id = check_parameters(&list.params, request.now)?;
    let covered = read_components(&list)?;
    check_covered(&covered, request)?;
    let mut values = Vec::with_capacity(covered.len());
    for name in covered {
        values.push((name, component(name, request)?));
    }
    let mut parameters = ListSerializer::new();
    parameters.members([&ListEntry::InnerList(list.clone())]);
    let parameters = parameters.finish().ok_or(UNREADABLE)?;
    let base = base(values.into_iter(), &parameters);
    Ok(Unverified { key_id, signed: Signed::Rfc9421 { base, signature } })
}

/// `Signature` with the one label that `Signature-Input` has. What draft-cavage would have there is another dialect.
fn read_signature(request: &Request<'_, '_>, label: &str) -> Result<Vec<u8>, SignatureError> {
    let header = request.headers.of_signature("signature")?;
    if header.to_ascii_lowercase().contains("keyid=") {
        return Err(SignatureError::BothDialects);
    }
    let signatures: Dictionary =
        Parser::new(header).parse().map_err(|_| SignatureError::Malformed("Signature has no bytes with a label"))?;
    if signatures.len() > 1 {
        return Err(SignatureError::Several);
    }
    match signatures.get(label) {
        Some(ListEntry::Item(item)) => match &item.bare_item {
            BareItem::ByteSequence(bytes) => Ok(bytes.clone()),
            _ => Err(SignatureError::Malformed("Signature has no bytes")),
        },
        _ => Err(SignatureError::Malformed("Signature and Signature-Input have different labels")),
    }
}

/// Checks the parameters (§2.3), and returns `keyid`. Those that are not known are signed like the others, and say nothing to us.
fn check_parameters(parameters: &Parameters, now: DateTime<Utc>) -> Result<String, SignatureError> {
    let text = |name: &str| match parameters.get(name) {
        Some(BareItem::String(text)) => Ok(Some(text.as_str())),
        Some(_) => Err(SignatureError::Malformed("keyid and alg are strings")),
        None => Ok(None),
    };
    let time = |name: &str| match parameters.get(name) {
        Some(BareItem::Integer(seconds)) => {
            DateTime::from_timestamp(i64::from(*seconds), 0).map(Some).ok_or(SignatureError::WrongTime)
        }
        Some(_) => Err(SignatureError::Malformed("created and expires are whole seconds since 1970")),
        None => Ok(None),
    };
    if text("alg")?.is_some_and(|algorithm| algorithm != ALGORITHM) {
        return Err(SignatureError::Algorithm);
    }
    let created = time("created")?.ok_or(SignatureError::Malformed("created is missing"))?;
    check_made(created, now)?;
    if let Some(expires) = time("expires")? {
        check_end(expires, now)?;
    }
    match text("keyid")? {
        Some(key_id) if !key_id.is_empty() && key_id.len() <= LONGEST_ID => Ok(key_id.to_owned()),
        Some(_) => Err(SignatureError::Malformed("keyid is empty or too long")),
        None => Err(SignatureError::Malformed("keyid is missing")),
    }
}

/// The names of components (§2): derived ones that are known, and fields. Each once.
fn read_components(list: &InnerList) -> Result<Vec<&str>, SignatureError> {
    const MALFORMED: SignatureError = SignatureError::Malformed("a component is no name of a field in lower case");
    if list.items.len() > MOST_COMPONENTS {
        return Err(SignatureError::Malformed("it covers too many components"));
    }
    let mut names: Vec<&str> = Vec::with_capacity(list.items.len());
    for item in &list.items {
        let BareItem::String(name) = &item.bare_item else { return Err(MALFORMED) };
        let name = name.as_str();
        if !item.params.is_empty() {
            return Err(SignatureError::Malformed("components with parameters are not understood"));
        }
        if names.contains(&name) {
            return Err(SignatureError::Malformed("a component is doubled"));
        }
        let is_field =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"!#$%&'*+-.^_`|~".contains(&byte);
        if !name.starts_with('@') && (name.is_empty() || !name.bytes().all(is_field)) {
            return Err(MALFORMED);
        }
        names.push(name);
    }
    Ok(names)
}

/// A signature is for this method, this target on this host, and this body.
fn check_covered(covered: &[&str], request: &Request<'_, '_>) -> Result<(), SignatureError> {
    let has = |name: &str| covered.contains(&name);
    if !has("@method") {
        return Err(SignatureError::NotCovered("@method"));
    }
    if !has("@target-uri") {
        if !has("@authority") && !has("host") {
            return Err(SignatureError::NotCovered("@target-uri, or @authority"));
        }
        if !has("@request-target") {
            if !has("@path") {
                return Err(SignatureError::NotCovered("@target-uri, or @path"));
            }
            if request.path_and_query.contains('?') && !has("@query") {
                return Err(SignatureError::NotCovered("@target-uri, or @query"));
            }
        }
    }
    if has("host") && !is_same_host(request.headers.single("host")?, request.own_host) {
        return Err(SignatureError::WrongHost);
    }
    if let Some(body) = request.body {
        if !has("content-digest") {
            return Err(SignatureError::NotCovered("content-digest"));
        }
        if check_content_digest(request.headers.single("content-digest")?, body)? == 0 {
            return Err(SignatureError::WrongDigest);
        }
    }
    Ok(())
}

/// The value of a component: of a derived one (§2.2) what it is in our own words, so that it holds for this host alone; of a field
/// (§2.1) what came.
fn component(name: &str, request: &Request<'_, '_>) -> Result<String, SignatureError> {
    let Request { path_and_query, scheme, own_host, .. } = request;
    let (path, query) =
        path_and_query.split_once('?').map_or((*path_and_query, None), |(path, query)| (path, Some(query)));
    Ok(match name {
        "@method" => request.method.to_owned(),
        "@target-uri" => format!("{scheme}://{own_host}{path_and_query}"),
        "@authority" => (*own_host).to_owned(),
        "@scheme" => (*scheme).to_owned(),
        "@request-target" => (*path_and_query).to_owned(),
        "@path" => path.to_owned(),
        "@query" => format!("?{}", query.unwrap_or_default()),
        derived if derived.starts_with('@') => {
            return Err(SignatureError::Malformed("a derived component is not understood"));
        }
        field => request.headers.single(field)?.to_owned(),
    })
}

/// Holds `Content-Digest` (RFC 9530 §2) against the body: each of its digests that is known must be the body's. Returns how
/// many are.
pub(super) fn check_content_digest(header: &str, body: &[u8]) -> Result<usize, SignatureError> {
    const UNREADABLE: SignatureError = SignatureError::Malformed("Content-Digest cannot be read");
    if header.len() > MOST_HEADER {
        return Err(UNREADABLE);
    }
    let digests: Dictionary = Parser::new(header).parse().map_err(|_| UNREADABLE)?;
    let mut known = 0;
    for (name, entry) in &digests {
        let algorithm = match name.as_str() {
            "sha-256" => &SHA256,
            "sha-512" => &SHA512,
            _ => continue,
        };
        let ListEntry::Item(item) = entry else { return Err(UNREADABLE) };
        let BareItem::ByteSequence(bytes) = &item.bare_item else { return Err(UNREADABLE) };
        if bytes.as_slice() != digest::digest(algorithm, body).as_ref() {
            return Err(SignatureError::WrongDigest);
        }
        known += 1;
    }
    Ok(known)
}

#[cfg(test)]
mod tests;
