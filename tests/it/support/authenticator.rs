//! What keeps passkeys: a device or a password manager, with the browser around it (WebAuthn level 3, sections 6 and 7).

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use regex::Regex;
use serde_json::{Value, json};

const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const HAS_KEY: u8 = 0x40;

struct Key {
    id: Vec<u8>,
    pair: EcdsaKeyPair,
    user: Vec<u8>,
    count: u32,
}

/// Somebody's passkeys.
pub struct Authenticator {
    /// Where the browser is.
    pub origin: String,
    /// Whether the owner gives their finger or PIN.
    pub verifies: bool,
    keys: Vec<Key>,
}

/// What a page asks for in the form that leads to `action`.
pub fn options(page: &str, action: &str) -> Value {
    let form = page.split("<form").find(|form| form.contains(&format!("action=\"{action}\""))).unwrap();
    let found = Regex::new("data-options=\"([^\"]*)\"").unwrap().captures(form).expect("a form for a passkey");
    serde_json::from_str(&super::plain(&found[1])).unwrap()
}

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn bytes(value: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(value.as_str().unwrap()).unwrap()
}

impl Authenticator {
    pub fn new(origin: &str) -> Self {
        Self { origin: origin.to_owned(), verifies: true, keys: Vec::new() }
    }

    fn client_data(&self, kind: &str, options: &Value) -> Vec<u8> {
        json!({"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": false})
            .to_string()
            .into_bytes()
    }

    fn authenticator_data(&self, site: &str, more: u8, count: u32) -> Vec<u8> {
        let flags = PRESENT | more | if self.verifies { VERIFIED } else { 0 };
        [digest(&SHA256, site.as_bytes()).as_ref(), &[flags], &count.to_be_bytes()].concat()
    }

    /// Makes a passkey as the page at `action` asks for; the browser's answer.
    pub fn create(&mut self, page: &str, action: &str) -> String {
        let options = options(page, action);
        assert_eq!(options["authenticatorSelection"]["residentKey"], "required");
        let random = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, document.as_ref()).unwrap();
        let mut id = vec![0; 16];
        aws_lc_rs::rand::fill(&mut id).unwrap();
        let point = pair.public_key().as_ref().to_vec();
        // A COSE key: EC2, ES256, P-256, x, y.
        let cose = [
            &[0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20][..],
            &point[1..33],
            &[0x22, 0x58, 0x20],
            &point[33..],
        ]
        .concat();
        let site = options["rp"]["id"].as_str().unwrap();
        let data = [&self.authenticator_data(site, HAS_KEY, 0)[..], &[0; 16], &[0, 16], &id, &cose].concat();
        // {"fmt": "none", "attStmt": {}, "authData": …}
        let attestation =
            [&b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58"[..], &[u8::try_from(data.len()).unwrap()], &data]
                .concat();
        let client_data = self.client_data("webauthn.create", &options);
        let answer = json!({
            "id": text(&id),
            "rawId": text(&id),
            "type": "public-key",
            "response": {"attestationObject": text(&attestation), "clientDataJSON": text(&client_data)},
        });
        self.keys.push(Key { id, pair, user: bytes(&options["user"]["id"]), count: 0 });
        answer.to_string()
    }

    /// Signs what the page at `action` asks for, with the newest passkey that will do; the browser's answer.
    pub fn get(&mut self, page: &str, action: &str) -> String {
        let options = options(page, action);
        let allowed: Vec<Vec<u8>> =
            options["allowCredentials"].as_array().into_iter().flatten().map(|one| bytes(&one["id"])).collect();
        let key = self.keys.iter_mut().rev().find(|key| allowed.is_empty() || allowed.contains(&key.id));
        let key = key.expect("a passkey that is asked for");
        key.count += 1;
        let (id, user, count) = (key.id.clone(), key.user.clone(), key.count);
        let client_data = self.client_data("webauthn.get", &options);
        let data = self.authenticator_data(options["rpId"].as_str().unwrap(), 0, count);
        let signed = [&data[..], digest(&SHA256, &client_data).as_ref()].concat();
        let key = self.keys.iter().find(|key| key.id == id).unwrap();
        let signature = key.pair.sign(&SystemRandom::new(), &signed).unwrap();
        json!({
            "id": text(&id),
            "rawId": text(&id),
            "type": "public-key",
            "response": {
                "authenticatorData": text(&data),
                "clientDataJSON": text(&client_data),
                "signature": text(signature.as_ref()),
                "userHandle": text(&user),
            },
        })
        .to_string()
    }
}
