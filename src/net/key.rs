//! RSA keys, parsed once: 174 µs for a private key, so callers keep them.

use std::fmt;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{self, KeyPair as _, ParsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Why a key cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyError(pub &'static str);

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for KeyError {}

/// A private key that signs for a local actor.
pub struct PrivateKey(KeyPair);

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKey")
    }
}

impl PrivateKey {
    /// From PEM (`PRIVATE KEY`, PKCS #8).
    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        let der = decode_pem(pem, "PRIVATE KEY")?;
        KeyPair::from_pkcs8(&der).map(Self).map_err(|_| KeyError("is no RSA private key that can be used"))
    }

    /// RSASSA-PKCS1-v1_5 with SHA-256, in base64.
    pub fn sign(&self, message: &[u8]) -> Result<String, KeyError> {
        let mut signed = vec![0; self.0.public_modulus_len()];
        self.0
            .sign(&signature::RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signed)
            .map_err(|_| KeyError("could not sign"))?;
        Ok(STANDARD.encode(signed))
    }
}

/// A new RSA-2048 key as PEM: private (PKCS #8), public (SPKI). Takes 70 to 500 ms of a core.
pub fn generate() -> Result<(String, String), KeyError> {
    let failed = |_| KeyError("could not be made");
    let pair = KeyPair::generate(KeySize::Rsa2048).map_err(failed)?;
    let private: Pkcs8V1Der<'_> = pair.as_der().map_err(failed)?;
    let public: PublicKeyX509Der<'_> = pair.public_key().as_der().map_err(failed)?;
    Ok((encode_pem("PRIVATE KEY", private.as_ref()), encode_pem("PUBLIC KEY", public.as_ref())))
}

/// A public key that a signature is held against.
pub struct PublicKey(ParsedPublicKey);

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PublicKey")
    }
}

impl PublicKey {
    /// From PEM: `PUBLIC KEY` (SPKI) or `RSA PUBLIC KEY` (PKCS #1), of 2048 to 8192 bits.
    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        if pem.len() > 16 * 1024 {
            return Err(KeyError("is too long"));
        }
        let der = decode_pem(pem, "PUBLIC KEY").or_else(|_| decode_pem(pem, "RSA PUBLIC KEY"))?;
        ParsedPublicKey::new(&signature::RSA_PKCS1_2048_8192_SHA256, der)
            .map(Self)
            .map_err(|_| KeyError("is no RSA public key of 2048 to 8192 bits"))
    }

    /// Whether a base64 signature (RSASSA-PKCS1-v1_5 with SHA-256) was made by this key's owner.
    pub fn verify(&self, message: &[u8], signature: &str) -> bool {
        STANDARD.decode(signature).is_ok_and(|signature| self.verify_bytes(message, &signature))
    }

    /// As [`PublicKey::verify`], of a signature as it is.
    pub fn verify_bytes(&self, message: &[u8], signature: &[u8]) -> bool {
        self.0.verify_sig(message, signature).is_ok()
    }
}

fn decode_pem(pem: &str, label: &str) -> Result<Vec<u8>, KeyError> {
    let (begin, end) = (format!("-----BEGIN {label}-----"), format!("-----END {label}-----"));
    let (_, rest) = pem.split_once(&begin).ok_or(KeyError("is not in PEM"))?;
    let (body, _) = rest.split_once(&end).ok_or(KeyError("is not in PEM"))?;
    let body: String = body.chars().filter(|letter| !letter.is_whitespace()).collect();
    STANDARD.decode(body).map_err(|_| KeyError("is not in base64"))
}

fn encode_pem(label: &str, der: &[u8]) -> String {
    let body = STANDARD.encode(der);
    let mut pem = format!("-----BEGIN {label}-----\n");
    for (index, letter) in body.chars().enumerate() {
        if index > 0 && index % 64 == 0 {
            pem.push('\n');
        }
        pem.push(letter);
    }
    pem.push_str(&format!("\n-----END {label}-----\n"));
    pem
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_half_signs_the_other_believes() {
        let (private, public) = generate().unwrap();
        let (private, public) = (PrivateKey::from_pem(&private).unwrap(), PublicKey::from_pem(&public).unwrap());
        let signed = private.sign(b"hello").unwrap();
        assert!(public.verify(b"hello", &signed));
        assert!(!public.verify(b"hellO", &signed));
        assert!(!public.verify(b"hello", "no base64!"));
    }

    /// F2
    #[test]
    fn keys_are_read_in_both_forms() {
        let (private, public) = generate().unwrap();
        // Of a key of 2048 bits, what stands before the PKCS #1 form says that it is RSA.
        let der = decode_pem(&public, "PUBLIC KEY").unwrap();
        let pkcs1 = encode_pem("RSA PUBLIC KEY", &der[24..]);
        let signed = PrivateKey::from_pem(&private).unwrap().sign(b"hello").unwrap();
        assert!(PublicKey::from_pem(&pkcs1).unwrap().verify(b"hello", &signed));
    }

    /// F2
    #[test]
    fn nonsense_is_no_key() {
        for pem in ["", "-----BEGIN PUBLIC KEY-----", "-----BEGIN PUBLIC KEY-----\n!!\n-----END PUBLIC KEY-----"] {
            assert!(PublicKey::from_pem(pem).is_err());
            assert!(PrivateKey::from_pem(pem).is_err());
        }
    }
}
