//! Signatures of RFC 9421 that hold, and every way in which one must not.

use std::sync::LazyLock;

use chrono::TimeDelta;
use proptest::prelude::*;

use super::super::{Dialect, SignatureError, SignedRequest, sign_request, sign_request_as};
use super::*;
use crate::net::key::{self, PublicKey};

static KEYS: LazyLock<(PrivateKey, PublicKey)> = LazyLock::new(|| {
    let (private, public) = key::generate().unwrap();
    (PrivateKey::from_pem(&private).unwrap(), PublicKey::from_pem(&public).unwrap())
});

const BODY: &[u8] = br#"{"type":"Follow"}"#;
const KEY_ID: &str = "https://globex.test/users/ben#main-key";
const ORIGIN: &str = "https://acme.test";

type Headers = Vec<(String, String)>;

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap()
}

fn owned(headers: Vec<(&'static str, String)>) -> Headers {
    headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn signed() -> Headers {
    let url = Url::parse("https://acme.test/inbox?x=1#top").unwrap();
    owned(sign_request_as(Dialect::Rfc9421, &KEYS.0, KEY_ID, "post", &url, now(), Some(BODY)).unwrap())
}

/// Signs these components with these parameters, whether that is wise or not.
fn sign_these(components: &[(&str, &str)], parameters: &str) -> Headers {
    let names: Vec<String> = components.iter().map(|(name, _)| format!("\"{name}\"")).collect();
    let parameters = format!("({}){parameters}", names.join(" "));
    let base = base(components.iter().map(|(name, value)| (*name, (*value).to_owned())), &parameters);
    vec![
        ("host".into(), "acme.test".into()),
        ("content-digest".into(), format!("sha-256=:{}:", sha256(BODY))),
        ("signature-input".into(), format!("sig={parameters}")),
        ("signature".into(), format!("sig=:{}:", KEYS.0.sign(base.as_bytes()).unwrap())),
    ]
}

fn check_as(headers: &Headers, method: &str, path: &str, body: Option<&[u8]>) -> Result<(), SignatureError> {
    let headers = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
    let unverified = SignedRequest::parse(method, path, headers, body, now(), ORIGIN)?;
    assert_eq!(unverified.key_id, KEY_ID);
    unverified.verify(&KEYS.1)
}

fn check(headers: &Headers) -> Result<(), SignatureError> {
    check_as(headers, "POST", "/inbox?x=1", Some(BODY))
}

fn changed(name: &str, change: impl Fn(&str) -> String) -> Headers {
    signed().into_iter().map(|(key, value)| if key == name { (key, change(&value)) } else { (key, value) }).collect()
}

#[test]
fn what_we_sign_holds() {
    assert_eq!(check(&signed()), Ok(()));
    let input = &signed()[1];
    let expected = format!(
        "sig1=(\"@method\" \"@target-uri\" \"content-digest\");created=1790000000;keyid=\"{KEY_ID}\";alg=\"rsa-v1_5-sha256\""
    );
    assert_eq!((input.0.as_str(), input.1.as_str()), ("signature-input", expected.as_str()));
    let url = Url::parse("https://acme.test/users/ada").unwrap();
    let get = owned(sign_request_as(Dialect::Rfc9421, &KEYS.0, KEY_ID, "get", &url, now(), None).unwrap());
    assert_eq!(check_as(&get, "GET", "/users/ada", None), Ok(()));
}

#[test]
fn the_example_of_the_standard_holds() {
    // §4.3, the proxy's signature, made with test-key-rsa of appendix B.1.1; without the query, which it does not cover.
    let key = "-----BEGIN RSA PUBLIC KEY-----
        MIIBCgKCAQEAhAKYdtoeoy8zcAcR874L8cnZxKzAGwd7v36APp7Pv6Q2jdsPBRrw
        WEBnez6d0UDKDwGbc6nxfEXAy5mbhgajzrw3MOEt8uA5txSKobBpKDeBLOsdJKFq
        MGmXCQvEG7YemcxDTRPxAleIAgYYRjTSd/QBwVW9OwNFhekro3RtlinV0a75jfZg
        kne/YiktSvLG34lw2zqXBDTC5NHROUqGTlML4PlNZS5Ri2U4aCNx2rUPRcKIlE0P
        uKxI4T+HIaFpv8+rdV6eUgOrB2xeI1dSFFn/nnv5OoZJEIB+VmuKn3DCUcCZSFlQ
        PSXSfBDiUGhwOw76WuSSsf1D4b/vLoJ10wIDAQAB
        -----END RSA PUBLIC KEY-----";
    let headers = [
        ("Host", "origin.host.internal.example"),
        ("Content-Type", "application/json"),
        ("Content-Length", "18"),
        ("Forwarded", "for=192.0.2.123;host=example.com;proto=https"),
        (
            "Content-Digest",
            "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:",
        ),
        (
            "Signature-Input",
            "proxy_sig=(\"@method\" \"@authority\" \"@path\" \"content-digest\" \"content-type\" \"content-length\" \"forwarded\")\
             ;created=1618884480;keyid=\"test-key-rsa\";alg=\"rsa-v1_5-sha256\";expires=1618884540",
        ),
        (
            "Signature",
            "proxy_sig=:S6ZzPXSdAMOPjN/6KXfXWNO/f7V6cHm7BXYUh3YD/fRad4BCaRZxP+JH+8XY1I6+8Cy+CM5g92iHgxtRPz+MjniOaYmdkDcnL9cCpX\
             JleXsOckpURl49GwiyUpZ10KHgOEe11sx3G2gxI8S0jnxQB+Pu68U9vVcasqOWAEObtNKKZd8tSFu7LB5YAv0RAGhB8tmpv7sFnIm9y+7X5kXQfi\
             8NMaZaA8i2ZHwpBdg7a6CMfwnnrtflzvZdXAsD3LH2TwevU+/PBPv0B6NMNk93wUs/vfJvye+YuI87HU38lZHowtznbLVdp770I6VHR6WfgS9ddz\
             irrswsE1w5o0LV/g==:",
        ),
    ];
    let then = DateTime::from_timestamp(1_618_884_500, 0).unwrap();
    let parse = |path: &str, now| {
        let headers = headers.iter().map(|(name, value)| (*name, value.as_bytes()));
        let body: &[u8] = br#"{"hello": "world"}"#;
        SignedRequest::parse("POST", path, headers, Some(body), now, "https://origin.host.internal.example")
    };
    let read = parse("/foo", then).unwrap();
    assert_eq!(read.key_id, "test-key-rsa");
    assert_eq!(read.verify(&PublicKey::from_pem(key).unwrap()), Ok(()));
    let with_query = parse("/foo?param=Value&Pet=dog", then).map(drop);
    assert_eq!(with_query, Err(SignatureError::NotCovered("@target-uri, or @query")));
    assert_eq!(parse("/foo", then + TimeDelta::minutes(2)).map(drop), Err(SignatureError::WrongTime));
}

#[test]
fn what_mastodon_signs_holds() {
    // From Mastodon's own tests of what it accepts.
    let key = "-----BEGIN PUBLIC KEY-----
        MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAqIAYvNFGbZ5g4iiK6feS
        dXD4bDStFM58A7tHycYXaYtzZQpIeHXAmaXuZzXIwtrP4N0gIk8JNwZvXj2UPS+S
        07t0V9wNK94he01LV5EMz/GN4eNnFmDL64HIEuKLvV8TvgjbUPRD6Y5X0UpKi2ZI
        FLSb96Q5w0Z/k7ntpVKV52y8kz5Fjr/O/0JuHryZe0yItzJh8kzFfeMf0EXzfSna
        KvT7P9jhgC6uTre+jXyvVZjiHDrnqvvucdI3I7DRfXo1OqARBrLjy+TdseUAjNYJ
        +OuPRI1URIWQI01DCHqcohVu9+Ar+BiCjFp3ua+XMuJvrvbD61d1Fvig/9nbBRR+
        8QIDAQAB
        -----END PUBLIC KEY-----";
    let headers = [
        (
            "signature-input",
            "sig1=(\"@method\" \"@target-uri\");created=1703066400;keyid=\"https://remote.domain/users/bob#main-key\"",
        ),
        (
            "signature",
            "sig1=:WfM6q/qBqhUyqPUDt9metjadJGtLLpmMTBzk/t+R3byKe4/TGAXC6vBB/M6NsD5qv8GCmQGtisCMQxJQO0IGODGzi+Jv+eqDJ50agMVXNV6nU\
             OzY44c4/XTPoI98qyx1oEMa4Hefy3vSYKq96iDVAc+RDLCMTeGP3wn9wizjD1SNmU0RZI1bTB+eCkywMP9mM5zXzUOYF+Qkuf+WdEpPR1XUGPlnqf\
             dvPalcKVfaI/VThBjI91D/lmUGoa69x4EBEHM+aJmW6086e7/dVh+FndKkdGfXslZXFZKi2flTGQZgEWLn948SqAaJQROkJg8B14Sb1NONS1qZBhK\
             3Mum8Pg==:",
        ),
    ];
    let headers = headers.iter().map(|(name, value)| (*name, value.as_bytes()));
    let then = DateTime::from_timestamp(1_703_066_400, 0).unwrap();
    let path = "/activitypub/success";
    let read = SignedRequest::parse("GET", path, headers, None, then, "https://www.example.com").unwrap();
    assert_eq!(read.verify(&PublicKey::from_pem(key).unwrap()), Ok(()));
}

/// F265, F266
#[test]
fn another_method_path_host_body_or_key_does_not_hold() {
    assert_eq!(check_as(&signed(), "PUT", "/inbox?x=1", Some(BODY)), Err(SignatureError::WrongKey));
    assert_eq!(check_as(&signed(), "POST", "/users/ada/inbox", Some(BODY)), Err(SignatureError::WrongKey));
    assert_eq!(check_as(&signed(), "POST", "/inbox?x=1", Some(b"{}")), Err(SignatureError::WrongDigest));
    let url = Url::parse("https://evil.test/inbox?x=1").unwrap();
    let elsewhere = sign_request_as(Dialect::Rfc9421, &KEYS.0, KEY_ID, "post", &url, now(), Some(BODY)).unwrap();
    assert_eq!(check(&owned(elsewhere)), Err(SignatureError::WrongKey));
    let forged = changed("signature", |value| value.replace("sig1=:", "sig1=:AAAA"));
    assert_eq!(check(&forged), Err(SignatureError::WrongKey));
    let parameter = changed("signature-input", |value| format!("{value};tag=\"x\""));
    assert_eq!(check(&parameter), Err(SignatureError::WrongKey));
}

/// F263, F266
#[test]
fn any_way_to_name_the_target_will_do() {
    let parameters = format!(";created=1790000000;keyid=\"{KEY_ID}\"");
    let digest = format!("sha-256=:{}:", sha256(BODY));
    let (method, digest) = (("@method", "POST"), ("content-digest", digest.as_str()));
    let (authority, host) = (("@authority", "acme.test"), ("host", "acme.test"));
    let (target, path, query) = (("@request-target", "/inbox?x=1"), ("@path", "/inbox"), ("@query", "?x=1"));
    let whole = ("@target-uri", "https://acme.test/inbox?x=1");
    for right in [
        vec![method, whole, digest],
        vec![digest, method, authority, target],
        vec![method, host, path, query, digest],
        vec![method, authority, path, query, digest, ("@scheme", "https")],
    ] {
        assert_eq!(check(&sign_these(&right, &parameters)), Ok(()), "{right:?}");
    }
    for (wrong, missing) in [
        (vec![whole, digest], "@method"),
        (vec![method, digest, path, query], "@target-uri, or @authority"),
        (vec![method, digest, authority], "@target-uri, or @path"),
        (vec![method, digest, authority, path], "@target-uri, or @query"),
        (vec![method, whole], "content-digest"),
    ] {
        assert_eq!(check(&sign_these(&wrong, &parameters)), Err(SignatureError::NotCovered(missing)), "{wrong:?}");
    }
    let bare = sign_these(&[method, authority, ("@path", "/inbox"), ("@query", "?"), digest], &parameters);
    assert_eq!(check_as(&bare, "POST", "/inbox", Some(BODY)), Ok(()));
    let mut other_host = sign_these(&[method, ("host", "evil.test"), target, digest], &parameters);
    other_host[0].1 = "evil.test".into();
    assert_eq!(check(&other_host), Err(SignatureError::WrongHost));
}

/// F264, F265
#[test]
fn clocks_may_differ_by_an_hour_and_no_more() {
    let parts = [("@method", "GET"), ("@target-uri", "https://acme.test/")];
    let get = |parameters: &str| check_as(&sign_these(&parts, parameters), "GET", "/", None);
    for (seconds, holds) in [(3599, true), (-3599, true), (3601, false), (-3601, false)] {
        let created = 1_790_000_000_i64 + seconds;
        assert_eq!(get(&format!(";created={created};keyid=\"{KEY_ID}\"")).is_ok(), holds, "{seconds} seconds");
    }
    assert_eq!(get(&format!(";created=1790000000;expires=1790000060;keyid=\"{KEY_ID}\"")), Ok(()));
    for wrong in ["1789999999", "999999999999999", "-999999999999999", "1890000000"] {
        let expires = get(&format!(";created=1790000000;expires={wrong};keyid=\"{KEY_ID}\""));
        assert_eq!(expires, Err(SignatureError::WrongTime), "{wrong}");
    }
    for wrong in
        ["18446744073709551615", "999999999999999", "-1", "\"1790000000\"", "1790000000.0", "?1", "@1790000000"]
    {
        assert!(get(&format!(";created={wrong};keyid=\"{KEY_ID}\"")).is_err(), "{wrong}");
    }
    assert_eq!(get(&format!(";keyid=\"{KEY_ID}\"")), Err(SignatureError::Malformed("created is missing")));
    assert_eq!(get(";created=1790000000"), Err(SignatureError::Malformed("keyid is missing")));
    let algorithm = get(&format!(";created=1790000000;keyid=\"{KEY_ID}\";alg=\"rsa-pss-sha512\""));
    assert_eq!(algorithm, Err(SignatureError::Algorithm));
}

/// F262, F263
#[test]
fn several_doubled_and_overlong_headers_are_refused() {
    for name in ["signature-input", "signature", "content-digest"] {
        let mut headers = signed();
        let again = headers.iter().find(|(key, _)| key == name).unwrap().clone();
        headers.push(again);
        assert!(check(&headers).is_err(), "{name}");
        let without: Headers = signed().into_iter().filter(|(key, _)| key != name).collect();
        assert!(check(&without).is_err(), "without {name}");
    }
    let two = changed("signature-input", |value| format!("{value}, sig2=(\"@method\");created=1"));
    assert_eq!(check(&two), Err(SignatureError::Several));
    let two = changed("signature", |value| format!("{value}, sig2=:AAAA:"));
    assert_eq!(check(&two), Err(SignatureError::Several));
    let label = changed("signature", |value| value.replace("sig1", "sig2"));
    assert!(check(&label).is_err());
    let long = changed("signature-input", |value| format!("{value};nonce=\"{}\"", "x".repeat(9000)));
    assert_eq!(check(&long), Err(SignatureError::Malformed("the header is too long")));
    let many: Vec<String> = (0..40).map(|number| format!("\"x-{number}\"")).collect();
    let many =
        changed("signature-input", |value| value.replace("\"@method\"", &format!("\"@method\" {}", many.join(" "))));
    assert_eq!(check(&many), Err(SignatureError::Malformed("it covers too many components")));
    for component in [
        "\"@status\"",
        "\"X-Up\"",
        "\"\"",
        "token",
        "\"host\";sf",
        "\"@method\"",
        "\"x y\"",
        "\"@query-param\";name=\"x\"",
    ] {
        let wrong =
            changed("signature-input", |value| value.replace("\"@method\"", &format!("\"@method\" {component}")));
        assert!(matches!(check(&wrong), Err(SignatureError::Malformed(_))), "{component}");
    }
}

/// F261
#[test]
fn both_dialects_at_once_are_refused() {
    let url = Url::parse("https://acme.test/inbox?x=1").unwrap();
    let cavage = owned(sign_request(&KEYS.0, KEY_ID, "post", &url, now(), Some(BODY)).unwrap());
    let input = signed().into_iter().find(|(name, _)| name == "signature-input").unwrap();
    let mut both = cavage.clone();
    both.push(input);
    assert_eq!(check(&both), Err(SignatureError::BothDialects));
    let mut both = signed();
    let signature = cavage.iter().find(|(name, _)| name == "signature").unwrap().1.clone();
    both.push(("authorization".into(), format!("Signature {signature}")));
    assert_eq!(check(&both), Err(SignatureError::BothDialects));
    both.retain(|(name, _)| name != "signature");
    assert_eq!(check(&both), Err(SignatureError::BothDialects));
}

/// F267
#[test]
fn every_digest_that_is_known_is_the_bodys() {
    let right = sha256(BODY);
    let good = [format!("sha-256=:{right}:"), format!("md5=:AAAA:, sha-256=:{right}:")];
    for header in &good {
        assert_eq!(check_content_digest(header, BODY), Ok(1), "{header}");
    }
    assert_eq!(check_content_digest("md5=:AAAA:", BODY), Ok(0));
    for header in [format!("sha-256=:{right}:, sha-512=:AAAA:"), format!("sha-512=:{right}:"), "sha-256=:AAAA:".into()]
    {
        assert_eq!(check_content_digest(&header, BODY), Err(SignatureError::WrongDigest), "{header}");
    }
    for header in ["sha-256=AAAA", "sha-256", "SHA-256=:AAAA:", "sha-256=(:AAAA:)", "\u{1}"] {
        assert!(check_content_digest(header, BODY).is_err(), "{header}");
    }
    // Beside draft-cavage, too.
    let url = Url::parse("https://acme.test/inbox?x=1").unwrap();
    let mut cavage = owned(sign_request(&KEYS.0, KEY_ID, "post", &url, now(), Some(BODY)).unwrap());
    cavage.push(("content-digest".into(), good[0].clone()));
    assert_eq!(check(&cavage), Ok(()));
    cavage.last_mut().unwrap().1 = "sha-256=:AAAA:".into();
    assert_eq!(check(&cavage), Err(SignatureError::WrongDigest));
}

proptest! {
    #[test]
    fn no_header_panics(input in "\\PC{0,200}", signature in "\\PC{0,100}", digest in "\\PC{0,60}") {
        let headers = [("content-digest", &digest), ("signature-input", &input), ("signature", &signature)];
        let pairs = headers.iter().map(|(name, value)| (*name, value.as_bytes()));
        prop_assert!(SignedRequest::parse("POST", "/inbox", pairs, Some(BODY), now(), ORIGIN).is_err());
    }

    #[test]
    fn no_parameters_panic(
        names in prop::collection::vec("\"(@method|@target-uri|@query|@path|@authority|host|x)\"(;[a-z]{1,3})?", 0..6),
        parameters in prop::collection::vec("(created|expires|keyid|alg|tag)=(-?[0-9]{1,16}|\"[a-z0-9:/#]{0,20}\"|[0-9]{1,12}\\.[0-9]|:AAAA:|\\?1|@[0-9]{1,15})", 0..6),
    ) {
        let input = format!("sig=({});{}", names.join(" "), parameters.join(";"));
        let headers = [("host", "acme.test"), ("signature-input", &input), ("signature", "sig=:AAAA:")];
        let pairs = headers.iter().map(|(name, value)| (*name, value.as_bytes()));
        if let Ok(read) = SignedRequest::parse("GET", "/", pairs, None, now(), ORIGIN) {
            prop_assert!(read.verify(&KEYS.1).is_err());
        }
    }
}
