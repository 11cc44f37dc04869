//! Proofs that hold, and every way in which one must not.

use proptest::prelude::*;

use super::*;

const METHOD: &str = "https://server.example/users/alice#ed25519-key";

/// The key, the document and the proof of FEP-8b32's test vectors.
fn vector() -> (ProofKey, Value, Value) {
    let key = ProofKey::from_multibase("z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq").unwrap();
    let contexts = json!(["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/data-integrity/v2"]);
    let document = json!({
        "@context": contexts,
        "id": "https://server.example/activities/1",
        "type": "Create",
        "actor": "https://server.example/users/alice",
        "object": {
            "id": "https://server.example/objects/1",
            "type": "Note",
            "attributedTo": "https://server.example/users/alice",
            "content": "Hello world",
            "location": {"type": "Place", "longitude": -71.184902, "latitude": 25.273962}
        }
    });
    let mut proven = document.clone();
    proven["proof"] = json!({
        "@context": contexts,
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "verificationMethod": METHOD,
        "proofPurpose": "assertionMethod",
        "proofValue": "z42ffGu6AUKPCFcFPiabmUvnGLPJzC7e4DGWC52NUasSSH37UMa9c58tdgVszUcZfytxa4fQ5TYHaJENCxUDe9SdL",
        "created": "2023-02-24T23:36:38Z"
    });
    (key, document, proven)
}

fn holds(document: &Value, public: &str) -> bool {
    claim(document).is_some_and(|claim| verify(document, &claim, &PublicProofKey::from_multibase(public).unwrap()))
}

#[test]
fn the_vector_of_the_proposal_holds() {
    let (key, _, proven) = vector();
    assert_eq!(key.public_multibase(), "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2");
    assert_eq!(key.secret_multibase(), "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq");
    assert!(holds(&proven, key.public_multibase()));
    let read = claim(&proven).unwrap();
    assert_eq!((read.method.as_str(), read.created.timestamp(), read.expires), (METHOD, 1_677_281_798, None));
    // Several proofs, of which one is ours to read.
    let mut several = proven.clone();
    several["proof"] = json!([{"type": "DataIntegrityProof", "cryptosuite": "bbs-2023"}, proven["proof"]]);
    assert!(holds(&several, key.public_multibase()));
    let mut longer = proven.clone();
    longer["@context"].as_array_mut().unwrap().push(json!("https://w3id.org/security/v1"));
    longer["signature"] = json!({"type": "RsaSignature2017"});
    assert!(holds(&longer, key.public_multibase()));
}

/// F270
#[test]
fn what_we_prove_holds_as_strict_and_as_lenient_readers_read_it() {
    let (key, document, _) = vector();
    let created = DateTime::from_timestamp_millis(1_790_000_000_123).unwrap();
    for context in [json!("https://www.w3.org/ns/activitystreams"), document["@context"].clone(), json!([{"pl": "x"}])]
    {
        let mut document = document.clone();
        document["@context"] = context;
        let mut proven = attach(&document, &key, METHOD, created).unwrap();
        assert!(proven["@context"].as_array().unwrap().contains(&json!(CONTEXT)));
        assert_eq!(proven["proof"]["created"], "2026-09-21T14:13:20Z");
        assert!(holds(&proven, key.public_multibase()));
        // As Fedify sends it.
        proven["proof"].as_object_mut().unwrap().remove("@context");
        assert!(holds(&proven, key.public_multibase()));
    }
}

#[test]
fn what_was_changed_does_not_hold() {
    let (key, _, proven) = vector();
    let changes: [fn(&mut Value); 12] = [
        |d| d["object"]["content"] = json!("Hello World"),
        |d| d["actor"] = json!("https://server.example/users/bob"),
        |d| d["to"] = json!("https://www.w3.org/ns/activitystreams#Public"),
        |d| d["@context"] = json!(["https://evil.example", "https://www.w3.org/ns/activitystreams"]),
        |d| d["@context"] = json!("https://www.w3.org/ns/activitystreams"),
        |d| d["proof"]["created"] = json!("2023-02-24T23:36:39Z"),
        |d| d["proof"]["expires"] = json!("2123-02-24T23:36:39Z"),
        |d| d["proof"]["verificationMethod"] = json!("https://server.example/users/bob#ed25519-key"),
        |d| d["proof"]["proofPurpose"] = json!("authentication"),
        |d| d["proof"]["cryptosuite"] = json!("eddsa-rdfc-2022"),
        |d| d["proof"]["proofValue"] = json!("z1111"),
        |d| d["proof"]["proofValue"] = json!(format!("z{}", "2".repeat(500))),
    ];
    for (index, change) in changes.iter().enumerate() {
        let mut changed = proven.clone();
        change(&mut changed);
        assert!(!holds(&changed, key.public_multibase()), "change {index}");
    }
    let other = ProofKey::generate().unwrap();
    assert!(!holds(&proven, other.public_multibase()));
}

#[test]
fn nonsense_is_no_key() {
    let long = format!("z{}", "1".repeat(10_000));
    for text in ["", "z", "z6Mk", "m7QE", "6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2", "z0OIl", &long] {
        assert!(PublicProofKey::from_multibase(text).is_err(), "{text}");
        assert!(ProofKey::from_multibase(text).is_err(), "{text}");
    }
    // A secret key is no public one.
    assert!(PublicProofKey::from_multibase(ProofKey::generate().unwrap().secret_multibase()).is_err());
}

proptest! {
    #[test]
    fn no_proof_panics(
        value in "z?[1-9A-Za-z]{0,120}", method in "\\PC{0,40}", created in "\\PC{0,30}", context in "\\PC{0,20}", whole in any::<bool>(),
    ) {
        let (key, mut document, proven) = vector();
        document["proof"] = proven["proof"].clone();
        document["proof"]["proofValue"] = json!(value);
        if whole {
            document["proof"]["verificationMethod"] = json!(method);
            document["proof"]["created"] = json!(created);
            document["proof"]["@context"] = json!(context);
        }
        prop_assert!(!holds(&document, key.public_multibase()));
    }
}
