//! Object integrity proofs (FEP-8b32) with the cryptosuite eddsa-jcs-2022 (Data Integrity EdDSA Cryptosuites §3.3), and their
//! keys as Multikey writes them (FEP-521a). Pure.

use std::fmt;

use aws_lc_rs::digest::{self, SHA256};
use aws_lc_rs::rand;
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::key::KeyError;
use crate::base::activitystreams as read;

/// The vocabulary of proofs.
pub const CONTEXT: &str = "https://w3id.org/security/data-integrity/v1";

const TYPE: &str = "DataIntegrityProof";
const SUITE: &str = "eddsa-jcs-2022";
const PURPOSE: &str = "assertionMethod";

/// What stands before the bytes of a key (Multicodec): `ed25519-pub` and `ed25519-priv`.
const PUBLIC_PREFIX: [u8; 2] = [0xed, 0x01];
const SECRET_PREFIX: [u8; 2] = [0x80, 0x26];

/// The longest text in base 58 that is read; decoding costs the square of it.
const MOST_ENCODED: usize = 128;

/// Proofs of one document that are looked at.
const MOST_PROOFS: usize = 4;

/// The key by which a local actor proves its activities.
pub struct ProofKey {
    pair: Ed25519KeyPair,
    secret: String,
    public: String,
}

impl fmt::Debug for ProofKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProofKey")
    }
}

impl ProofKey {
    /// A new one. Takes some twenty microseconds.
    pub fn generate() -> Result<Self, KeyError> {
        let mut seed = [0; 32];
        rand::fill(&mut seed).map_err(|_| KeyError("could not be made"))?;
        Self::from_seed(&seed)
    }

    /// From Multikey's `secretKeyMultibase`.
    pub fn from_multibase(secret: &str) -> Result<Self, KeyError> {
        let seed = decode_key(secret, SECRET_PREFIX).ok_or(KeyError("is no Ed25519 secret key"))?;
        Self::from_seed(&seed)
    }

    fn from_seed(seed: &[u8; 32]) -> Result<Self, KeyError> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| KeyError("is no Ed25519 secret key"))?;
        let public = encode_key(PUBLIC_PREFIX, pair.public_key().as_ref());
        Ok(Self { pair, secret: encode_key(SECRET_PREFIX, seed), public })
    }

    /// Multikey's `secretKeyMultibase`.
    pub fn secret_multibase(&self) -> &str {
        &self.secret
    }

    /// Multikey's `publicKeyMultibase`.
    pub fn public_multibase(&self) -> &str {
        &self.public
    }
}

/// A key that a proof is held against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicProofKey([u8; 32]);

impl PublicProofKey {
    /// From Multikey's `publicKeyMultibase`.
    pub fn from_multibase(public: &str) -> Result<Self, KeyError> {
        decode_key(public, PUBLIC_PREFIX).map(Self).ok_or(KeyError("is no Ed25519 public key in Multibase"))
    }
}

/// Multibase's base58btc.
fn encode(bytes: &[u8]) -> String {
    format!("z{}", bs58::encode(bytes).into_string())
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let encoded = text.strip_prefix('z').filter(|encoded| encoded.len() <= MOST_ENCODED)?;
    bs58::decode(encoded).into_vec().ok()
}

fn encode_key(prefix: [u8; 2], key: &[u8]) -> String {
    encode(&[prefix.as_slice(), key].concat())
}

fn decode_key(text: &str, prefix: [u8; 2]) -> Option<[u8; 32]> {
    decode(text)?.strip_prefix(&prefix)?.try_into().ok()
}

/// What a proof says of itself, before it is known whether it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The id of the key.
    pub method: String,
    pub created: DateTime<Utc>,
    pub expires: Option<DateTime<Utc>>,
    options: Map<String, Value>,
    signature: Vec<u8>,
}

/// The document with a proof by this key, whose id is `method`. The vocabulary of proofs is added to `@context`, and the proof
/// has the whole `@context`: so says the cryptosuite, and who takes the document's own comes to the same.
pub fn attach(document: &Value, key: &ProofKey, method: &str, created: DateTime<Utc>) -> Result<Value, KeyError> {
    let mut document = document.as_object().cloned().ok_or(KeyError("proves objects only"))?;
    document.remove("proof");
    let mut contexts = match document.remove("@context") {
        Some(Value::Array(contexts)) => contexts,
        Some(context) => vec![context],
        None => Vec::new(),
    };
    if !contexts.iter().any(|context| context == CONTEXT) {
        contexts.push(json!(CONTEXT));
    }
    document.insert("@context".into(), Value::Array(contexts.clone()));
    let mut options = Map::new();
    options.insert("@context".into(), Value::Array(contexts));
    for (name, value) in [
        ("type", TYPE),
        ("cryptosuite", SUITE),
        ("verificationMethod", method),
        ("proofPurpose", PURPOSE),
        // Whole seconds: others read the time and write it again.
        ("created", &created.format("%Y-%m-%dT%H:%M:%SZ").to_string()),
    ] {
        options.insert(name.into(), json!(value));
    }
    let hashes = hashes(&options, &document).ok_or(KeyError("cannot write this document"))?;
    options.insert("proofValue".into(), json!(encode(key.pair.sign(&hashes).as_ref())));
    document.insert("proof".into(), Value::Object(options));
    Ok(Value::Object(document))
}

/// The first proof that is of a kind that we read; `None` where there is none.
pub fn claim(document: &Value) -> Option<Claim> {
    read::many(document, "proof").iter().take(MOST_PROOFS).find_map(|proof| {
        let said = |name: &str, value: &str| proof.get(name).and_then(Value::as_str) == Some(value);
        if !said("type", TYPE) || !said("cryptosuite", SUITE) || !said("proofPurpose", PURPOSE) {
            return None;
        }
        let mut options = proof.as_object()?.clone();
        let value = options.remove("proofValue")?;
        Some(Claim {
            method: read::id(proof, "verificationMethod")?.to_owned(),
            created: read::time(proof, "created")?,
            expires: match proof.get("expires") {
                Some(_) => Some(read::time(proof, "expires")?),
                None => None,
            },
            signature: decode(value.as_str()?)?,
            options,
        })
    })
}

/// Whether a claim of a document holds by this key (§3.3.2).
pub fn verify(document: &Value, claim: &Claim, key: &PublicProofKey) -> bool {
    let Some(mut unsecured) = document.as_object().cloned() else { return false };
    unsecured.remove("proof");
    // Linked Data Signatures are made after the proof (FEP-8b32, *Backward compatibility*).
    unsecured.remove("signature");
    let holds = |options: &Map<String, Value>, unsecured: &Map<String, Value>| {
        hashes(options, unsecured)
            .is_some_and(|hashes| UnparsedPublicKey::new(&ED25519, key.0).verify(&hashes, &claim.signature).is_ok())
    };
    let Some(context) = claim.options.get("@context") else {
        // Fedify leaves it out of the proof and signs it all the same.
        let mut options = claim.options.clone();
        if let Some(context) = unsecured.get("@context") {
            options.insert("@context".into(), context.clone());
        }
        return holds(&options, &unsecured) || holds(&claim.options, &unsecured);
    };
    let list = |value: &Value| match value {
        Value::Array(values) => values.clone(),
        value => vec![value.clone()],
    };
    let whole = unsecured.get("@context").map(list).unwrap_or_default();
    if !whole.starts_with(&list(context)) {
        return false;
    }
    unsecured.insert("@context".into(), context.clone());
    holds(&claim.options, &unsecured)
}

/// What is signed: the digests of the proof's options and of the document, each in canonical form (JCS, RFC 8785).
fn hashes(options: &Map<String, Value>, document: &Map<String, Value>) -> Option<[u8; 64]> {
    let digest = |map: &Map<String, Value>| Some(digest::digest(&SHA256, &serde_json_canonicalizer::to_vec(map).ok()?));
    [digest(options)?.as_ref(), digest(document)?.as_ref()].concat().try_into().ok()
}

#[cfg(test)]
mod tests;
