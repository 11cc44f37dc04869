//! Messages that only the device can read: RFC 8291 (`aes128gcm`, RFC 8188), and the draft before it (`aesgcm`,
//! draft-ietf-webpush-encryption-04), which clients from before 2025 read. Pure.
//!
//! On aws-lc-rs, which is here anyway: the draft has no crate, and the two differ in little but their labels.

use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hkdf::{self, HKDF_SHA256, KeyType, Salt};
use aws_lc_rs::rand;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

/// A device's public point, uncompressed, in bytes.
const POINT: usize = 65;

/// The secret that a device shares with us, in bytes.
const AUTH: usize = 16;

/// The size of a record, in bytes. A message is one record.
const RECORD: u32 = 4096;

/// What a device gave us to write to it.
pub struct Device<'a> {
    pub public_key: &'a [u8],
    pub auth: &'a [u8],
}

/// An encrypted message, and the headers that belong to it.
pub struct Sealed {
    pub body: Vec<u8>,
    pub encoding: &'static str,
    /// The draft's `Encryption` and `Crypto-Key`.
    pub encryption: Option<String>,
    pub crypto_key: Option<String>,
}

/// Whether a device can be written to.
pub fn is_valid(device: &Device<'_>) -> bool {
    device.public_key.len() == POINT && device.auth.len() == AUTH && seal(device, b"").is_ok()
}

/// Encrypts by the standard. The message may have 3993 bytes.
pub fn seal(device: &Device<'_>, message: &[u8]) -> Result<Sealed, Unspecified> {
    let key = PrivateKey::generate(&ECDH_P256)?;
    seal_with(device, message, &key, fresh_salt()?)
}

fn seal_with(device: &Device<'_>, message: &[u8], key: &PrivateKey, salt: [u8; 16]) -> Result<Sealed, Unspecified> {
    let public = key.compute_public_key()?;
    let mut info = b"WebPush: info\0".to_vec();
    info.extend_from_slice(device.public_key);
    info.extend_from_slice(public.as_ref());
    let secret = agreed(key, device)?;
    let secret: [u8; 32] = derive(device.auth, &secret, &info)?;
    let content_key: [u8; 16] = derive(&salt, &secret, b"Content-Encoding: aes128gcm\0")?;
    let nonce: [u8; 12] = derive(&salt, &secret, b"Content-Encoding: nonce\0")?;
    let mut record = message.to_vec();
    // The last record.
    record.push(2);
    encrypt(&content_key, nonce, &mut record)?;
    let mut body = salt.to_vec();
    body.extend_from_slice(&RECORD.to_be_bytes());
    body.push(u8::try_from(POINT).map_err(|_| Unspecified)?);
    body.extend_from_slice(public.as_ref());
    body.append(&mut record);
    Ok(Sealed { body, encoding: "aes128gcm", encryption: None, crypto_key: None })
}

/// Encrypts by the draft.
pub fn seal_as_draft(device: &Device<'_>, message: &[u8]) -> Result<Sealed, Unspecified> {
    let key = PrivateKey::generate(&ECDH_P256)?;
    let salt = fresh_salt()?;
    let public = key.compute_public_key()?;
    let mut context = b"P-256\0".to_vec();
    for point in [device.public_key, public.as_ref()] {
        context.extend_from_slice(&u16::try_from(point.len()).map_err(|_| Unspecified)?.to_be_bytes());
        context.extend_from_slice(point);
    }
    let secret = agreed(&key, device)?;
    let secret: [u8; 32] = derive(device.auth, &secret, b"Content-Encoding: auth\0")?;
    let content_key: [u8; 16] = derive(&salt, &secret, &[b"Content-Encoding: aesgcm\0".as_slice(), &context].concat())?;
    let nonce: [u8; 12] = derive(&salt, &secret, &[b"Content-Encoding: nonce\0".as_slice(), &context].concat())?;
    // No padding.
    let mut body = [[0, 0].as_slice(), message].concat();
    encrypt(&content_key, nonce, &mut body)?;
    Ok(Sealed {
        body,
        encoding: "aesgcm",
        encryption: Some(format!("salt={}", BASE64_URL_SAFE_NO_PAD.encode(salt))),
        crypto_key: Some(format!("dh={}", BASE64_URL_SAFE_NO_PAD.encode(public))),
    })
}

fn fresh_salt() -> Result<[u8; 16], Unspecified> {
    let mut salt = [0; 16];
    rand::fill(&mut salt)?;
    Ok(salt)
}

fn agreed(key: &PrivateKey, device: &Device<'_>) -> Result<Vec<u8>, Unspecified> {
    let theirs = UnparsedPublicKey::new(&ECDH_P256, device.public_key);
    agree(key, theirs, Unspecified, |secret| Ok(secret.to_vec()))
}

/// So many bytes.
struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

fn derive<const N: usize>(salt: &[u8], secret: &[u8], info: &[u8]) -> Result<[u8; N], Unspecified> {
    let mut derived = [0; N];
    let extracted: hkdf::Prk = Salt::new(HKDF_SHA256, salt).extract(secret);
    extracted.expand(&[info], Length(N))?.fill(&mut derived)?;
    Ok(derived)
}

fn encrypt(key: &[u8; 16], nonce: [u8; 12], text: &mut Vec<u8>) -> Result<(), Unspecified> {
    let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, key)?);
    key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &str) -> Vec<u8> {
        BASE64_URL_SAFE_NO_PAD.decode(text).unwrap()
    }

    /// The example of RFC 8291, appendix A.
    #[test]
    fn the_standards_example_comes_out() {
        let device = Device {
            public_key: &bytes(
                "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
            ),
            auth: &bytes("BTBZMqHH6r4Tts7J_aSIgg"),
        };
        let key =
            PrivateKey::from_private_key(&ECDH_P256, &bytes("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")).unwrap();
        let salt = bytes("DGv6ra1nlYgDCS1FRnbzlw").try_into().unwrap();
        let sealed = seal_with(&device, b"When I grow up, I want to be a watermelon", &key, salt).unwrap();
        assert_eq!(
            BASE64_URL_SAFE_NO_PAD.encode(sealed.body),
            "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
        );
    }

    #[test]
    fn what_is_no_device_is_known() {
        let (auth, off) = ([1; AUTH], [4; POINT]);
        assert!(!is_valid(&Device { public_key: &off, auth: &auth }), "not on the curve");
        assert!(!is_valid(&Device { public_key: &[], auth: &auth }));
    }
}
