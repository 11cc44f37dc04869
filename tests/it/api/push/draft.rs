//! The draft of RFC 8291, which clients read that do not say `standard`; decrypted here after its own text.

use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};
use web_push_native::p256::{PublicKey, ecdh};

use super::*;

struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

fn derive(salt: &[u8], secret: &[u8], info: &[u8], length: usize) -> Vec<u8> {
    let mut out = vec![0; length];
    Salt::new(HKDF_SHA256, salt).extract(secret).expand(&[info], Length(length)).unwrap().fill(&mut out).unwrap();
    out
}

/// draft-ietf-webpush-encryption-04 over draft-ietf-httpbis-encryption-encoding-02.
fn decrypt(device: &Device, salt: &[u8], sender: &[u8], body: &[u8]) -> Value {
    let theirs = PublicKey::from_sec1_bytes(sender).unwrap();
    let shared = ecdh::diffie_hellman(device.secret.to_nonzero_scalar(), theirs.as_affine());
    let secret = derive(&device.auth, shared.raw_secret_bytes(), b"Content-Encoding: auth\0", 32);
    let mut context = b"P-256\0".to_vec();
    for point in [device.point().as_slice(), sender] {
        context.extend([0, 65]);
        context.extend(point);
    }
    let info = |name: &[u8]| [name, &context].concat();
    let key = derive(salt, &secret, &info(b"Content-Encoding: aesgcm\0"), 16);
    let nonce = derive(salt, &secret, &info(b"Content-Encoding: nonce\0"), 12);
    let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).unwrap());
    let nonce = Nonce::try_assume_unique_for_key(&nonce).unwrap();
    let mut text = body.to_vec();
    let text = key.open_in_place(nonce, Aad::empty(), &mut text).unwrap();
    let padding = usize::from(text[0]) << 8 | usize::from(text[1]);
    serde_json::from_slice(&text[2 + padding..]).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn older_clients_get_the_draft() {
    let scene = Scene::new().await;
    let mut subscription = scene.device.subscription(&scene.endpoint());
    subscription["subscription"].as_object_mut().unwrap().remove("standard");
    let made = scene.ada.post(PATH, subscription).await.expect(200).json;
    assert_eq!(made["standard"], false);
    scene.ben.post_status("Hello @ada").await;
    scene.world.settle().await;
    let received = scene.service().received().remove(0);
    assert_eq!(received.headers["content-encoding"], "aesgcm");
    let decode = |text: &str| BASE64_URL_SAFE_NO_PAD.decode(text).unwrap();
    let salt = decode(received.headers["encryption"].strip_prefix("salt=").unwrap());
    let keys: Vec<&str> = received.headers["crypto-key"].split(';').collect();
    let sender = decode(keys[0].strip_prefix("dh=").unwrap());
    let server = made["server_key"].as_str().unwrap();
    assert_eq!(keys[1].strip_prefix("p256ecdsa=").unwrap(), server.trim_end_matches('='));
    let message = decrypt(&scene.device, &salt, &sender, &received.raw);
    assert_eq!((&message["body"], &message["notification_type"]), (&json!("Hello @ada"), &json!("mention")));
    let token = received.headers["authorization"].strip_prefix("WebPush ").unwrap().to_owned();
    verify(&token, server, "http://push.test", &scene.world);
    scene.world.finish().await;
}
