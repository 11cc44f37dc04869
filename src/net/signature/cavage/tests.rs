//! Signatures of draft-cavage that hold, and every way in which one must not.

use std::sync::LazyLock;

use chrono::TimeDelta;
use proptest::prelude::*;

use super::super::{SignatureError, SignedRequest, sign_request};
use super::*;
use crate::net::key::{self, PublicKey};

static KEYS: LazyLock<(PrivateKey, PublicKey)> = LazyLock::new(|| {
    let (private, public) = key::generate().unwrap();
    (PrivateKey::from_pem(&private).unwrap(), PublicKey::from_pem(&public).unwrap())
});

const BODY: &[u8] = br#"{"type":"Follow"}"#;
const KEY_ID: &str = "https://globex.test/users/ben#main-key";

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap()
}

fn signed() -> Vec<(String, String)> {
    let url = Url::parse("https://acme.test/inbox?x=1").unwrap();
    let headers = sign_request(&KEYS.0, KEY_ID, "POST", &url, now(), Some(BODY)).unwrap();
    headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn check(headers: &[(String, String)], body: Option<&[u8]>, path: &str) -> Result<(), SignatureError> {
    let headers = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
    let unverified = SignedRequest::parse("POST", path, headers, body, now(), "https://acme.test")?;
    assert_eq!(unverified.key_id, KEY_ID);
    unverified.verify(&KEYS.1)
}

fn changed(name: &str, change: impl Fn(&str) -> String) -> Vec<(String, String)> {
    let change = |(key, value): (String, String)| if key == name { (key, change(&value)) } else { (key, value) };
    signed().into_iter().map(change).collect()
}

/// F19, F23
#[test]
fn what_we_sign_holds() {
    assert_eq!(check(&signed(), Some(BODY), "/inbox?x=1"), Ok(()));
    // The digest's name is matched without case (RFC 3230), and so are header names.
    let upper: Vec<_> = signed().into_iter().map(|(name, value)| (name.to_uppercase(), value)).collect();
    assert_eq!(check(&upper, Some(BODY), "/inbox?x=1"), Ok(()));
    // Spaces after commas are legal.
    let spaced = changed("signature", |value| value.replace("\",", "\", "));
    assert_eq!(check(&spaced, Some(BODY), "/inbox?x=1"), Ok(()));
    // Authorization carries the same.
    let mut moved: Vec<_> =
        signed()
            .into_iter()
            .map(|(name, value)| {
                if name == "signature" { ("Authorization".into(), format!("Signature {value}")) } else { (name, value) }
            })
            .collect();
    assert_eq!(check(&moved, Some(BODY), "/inbox?x=1"), Ok(()));
    // Other white space than RFC 9110 has around a value is none; a fuzzer found that it was.
    for (name, value) in &mut moved {
        if name == "Authorization" {
            value.insert(0, '\u{b}');
        }
    }
    assert_eq!(check(&moved, Some(BODY), "/inbox?x=1"), Err(SignatureError::Missing));
}

/// F22, F23
#[test]
fn another_path_host_body_or_key_does_not_hold() {
    assert_eq!(check(&signed(), Some(BODY), "/users/ada/inbox"), Err(SignatureError::WrongKey));
    assert_eq!(check(&signed(), Some(b"{}"), "/inbox?x=1"), Err(SignatureError::WrongDigest));
    // A fuzzer found the one with a tab.
    for host in [
        "evil.test",
        "ac\tme.test",
        "acme.test/x",
        "evil.test@acme.test",
        "acme.test#x",
        "acme%2Etest",
        "\u{ff41}cme.test",
    ] {
        let other_host = changed("host", |_| host.into());
        assert_eq!(check(&other_host, Some(BODY), "/inbox?x=1"), Err(SignatureError::WrongHost), "{host}");
    }
    let forged = changed("signature", |value| value.replace("signature=\"", "signature=\"AAAA"));
    assert_eq!(check(&forged, Some(BODY), "/inbox?x=1"), Err(SignatureError::WrongKey));
}

/// F21
#[test]
fn clocks_may_differ_by_an_hour_and_no_more() {
    for (minutes, holds) in [(59, true), (-59, true), (61, false), (-61, false)] {
        let url = Url::parse("https://acme.test/inbox").unwrap();
        let then = now() + TimeDelta::minutes(minutes);
        let headers = sign_request(&KEYS.0, KEY_ID, "POST", &url, then, Some(BODY)).unwrap();
        let headers: Vec<_> = headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        assert_eq!(check(&headers, Some(BODY), "/inbox").is_ok(), holds, "{minutes} minutes");
    }
}

/// F20
#[test]
fn what_must_be_covered_is() {
    for (missing, expected) in [
        ("(request-target) ", SignatureError::NotCovered("(request-target)")),
        (" host", SignatureError::NotCovered("host")),
        (" date", SignatureError::NotCovered("date or (created)")),
        (" digest", SignatureError::NotCovered("digest")),
    ] {
        let headers = changed("signature", |value| {
            let (before, rest) = value.split_once("headers=\"").unwrap();
            let (list, after) = rest.split_once('"').unwrap();
            // The library writes the names in alphabetical order; put them into ours first.
            let mut names: Vec<&str> = list.split(' ').collect();
            names.sort_by_key(|name| {
                ["(request-target)", "host", "date", "digest"].iter().position(|known| known == name)
            });
            format!("{before}headers=\"{}\"{after}", names.join(" ").replace(missing, ""))
        });
        assert_eq!(check(&headers, Some(BODY), "/inbox?x=1"), Err(expected));
    }
}

/// F19, F25
#[test]
fn doubled_and_overlong_headers_are_refused() {
    for name in ["signature", "host", "date", "digest"] {
        let mut headers = signed();
        let again = headers.iter().find(|(key, _)| key == name).unwrap().clone();
        headers.push(again);
        assert!(check(&headers, Some(BODY), "/inbox?x=1").is_err(), "{name}");
    }
    let mut both = signed();
    let signature = both.iter().find(|(key, _)| key == "signature").unwrap().1.clone();
    both.push(("authorization".into(), format!("Signature {signature}")));
    assert_eq!(check(&both, Some(BODY), "/inbox?x=1"), Err(SignatureError::Several));
    // As what is no text is read; a fuzzer found it.
    both.last_mut().unwrap().1.clear();
    assert_eq!(check(&both, Some(BODY), "/inbox?x=1"), Err(SignatureError::Several));
    let long = changed("signature", |value| format!("{value},created=\"{}\"", "1".repeat(9000)));
    assert!(check(&long, Some(BODY), "/inbox?x=1").is_err());
    let doubled = changed("signature", |value| format!("{value},keyId=\"https://evil.test/key\""));
    assert_eq!(check(&doubled, Some(BODY), "/inbox?x=1"), Err(SignatureError::Malformed("a parameter is doubled")));
}

/// F21
#[test]
fn times_that_overflow_are_refused_without_panic() {
    for time in ["18446744073709551615", "-1", "1e9", "", "99999999999"] {
        for name in ["created", "expires"] {
            let headers = changed("signature", |value| format!("{value},{name}={time}"));
            assert!(check(&headers, Some(BODY), "/inbox?x=1").is_err(), "{name}={time}");
        }
    }
}

/// F20, F23
#[test]
fn a_missing_body_digest_is_refused() {
    let without: Vec<_> = signed().into_iter().filter(|(name, _)| name != "digest").collect();
    assert!(check(&without, Some(BODY), "/inbox?x=1").is_err());
    let other = changed("digest", |value| value.replace("SHA-256", "MD5"));
    assert_eq!(check(&other, Some(BODY), "/inbox?x=1"), Err(SignatureError::WrongDigest));
    let several = changed("digest", |value| format!("unixsum=30637,{value}"));
    // Covered by the signature, so changing it breaks that; the digest itself is found.
    assert_eq!(check(&several, Some(BODY), "/inbox?x=1"), Err(SignatureError::WrongKey));
}

proptest! {
    #[test]
    fn no_header_panics(signature in "\\PC{0,200}", date in "\\PC{0,40}", digest in "\\PC{0,60}") {
        let headers = [
            ("host".to_owned(), "acme.test".to_owned()),
            ("date".to_owned(), date),
            ("digest".to_owned(), digest),
            ("signature".to_owned(), signature),
        ];
        let pairs = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
        prop_assert!(SignedRequest::parse("POST", "/inbox", pairs, Some(BODY), now(), "https://acme.test").is_err());
    }

    #[test]
    fn no_parameters_panic(parts in prop::collection::vec("(keyId|algorithm|created|expires|headers|signature|x)=\"?[a-z0-9()# -]{0,30}\"?", 0..8)) {
        let pairs = [("host", "acme.test"), ("signature", &parts.join(","))];
        let pairs = pairs.iter().map(|(name, value)| (*name, value.as_bytes()));
        let _ = SignedRequest::parse("GET", "/", pairs, None, now(), "https://acme.test");
    }
}
