//! How push services know this instance: a key pair, and what is signed with it (RFC 8292). Pure.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::prelude::{BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use crate::base::{Error, Result};

/// How long a signature holds. The standard allows a day.
const HOLDS: TimeDelta = TimeDelta::hours(12);

/// The instance's key pair.
pub struct VapidKeys(EcdsaKeyPair);

impl VapidKeys {
    /// A new private key, as PKCS #8.
    pub fn generate() -> Result<Vec<u8>> {
        let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
        Ok(made.map_err(Error::internal)?.as_ref().to_vec())
    }

    pub fn from_pkcs8(private_key: &[u8]) -> Result<Self> {
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, private_key).map(Self).map_err(Error::internal)
    }

    /// The public key as Mastodon's API shows it: base64, the URL's alphabet, padded.
    pub fn public(&self) -> String {
        BASE64_URL_SAFE.encode(self.0.public_key())
    }

    /// As it stands in headers: not padded.
    pub fn bare_public(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.0.public_key())
    }

    /// A token for a push service (its origin): who we are, and until when it is to be believed.
    pub fn sign(&self, audience: &str, subject: &str, now: DateTime<Utc>) -> Result<String> {
        let head = json!({"typ": "JWT", "alg": "ES256"});
        let claims = json!({"aud": audience, "exp": (now + HOLDS).timestamp(), "sub": subject});
        let encode = |value: &serde_json::Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", encode(&head), encode(&claims));
        let signature = self.0.sign(&SystemRandom::new(), signed.as_bytes()).map_err(Error::internal)?;
        Ok(format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature)))
    }
}
