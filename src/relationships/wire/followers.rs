//! Follower synchronisation (FEP-8fcf): with what is for followers, a server tells each other one whom of its people it takes to be
//! among them. Pure.

use std::collections::HashMap;

use aws_lc_rs::digest::{self, SHA256};
use serde_json::{Value, json};

use crate::accounts::Account;
use crate::base::activitystreams as read;
use crate::federation::Synchronization;
use crate::relationships::FollowerDigest;

/// The header's name, as requests have it.
pub const SYNCHRONIZATION: &str = "collection-synchronization";

/// Followers of one account that are read from a list, at most.
pub const MOST_LISTED: usize = 10_000;

/// Whether an activity goes with the header: one about a post, to its actor's followers and not to everyone.
pub fn are_told(activity: &Value, actor: &str) -> bool {
    let to = || read::ids(activity, "to").chain(read::ids(activity, "cc"));
    matches!(read::type_of(activity), "Create" | "Update")
        && to().any(|uri| uri.strip_suffix("/followers") == Some(actor))
        && !to().any(read::is_public)
}

/// By host, the digests of the followers on it: their ids' SHA-256, XORed. A host may stand in ids in several spellings.
pub fn digests(sums: &[FollowerDigest]) -> HashMap<String, String> {
    let mut found: HashMap<String, [u8; 32]> = HashMap::new();
    for one in sums {
        if let Some(host) = read::host(&one.origin) {
            xor(found.entry(host).or_default(), &one.sum());
        }
    }
    found.into_iter().map(|(host, sum)| (host, hex(&sum))).collect()
}

/// The digest of these accounts, wherever they are.
pub fn digest(uris: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    let mut sum = [0; 32];
    uris.into_iter().for_each(|uri| add(&mut sum, uri.as_ref()));
    hex(&sum)
}

fn add(sum: &mut [u8; 32], uri: &str) {
    xor(sum, digest::digest(&SHA256, uri.as_bytes()).as_ref());
}

fn xor(sum: &mut [u8; 32], other: &[u8]) {
    sum.iter_mut().zip(other).for_each(|(sum, byte)| *sum ^= byte);
}

fn hex(sum: &[u8; 32]) -> String {
    sum.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What goes with a delivery of a local actor.
pub fn header(actor: &str, digest: &str) -> String {
    let url = format!("{actor}/followers_synchronization");
    format!("collectionId=\"{actor}/followers\", url=\"{url}\", digest=\"{digest}\"")
}

/// Reads the header of a delivery by this actor. `None` when it is about other followers than the actor's, or leads elsewhere.
pub fn parse(header: &str, actor: &str, followers_uri: &str) -> Option<Synchronization> {
    let value = |name: &str| {
        let mut parts = header.split(',').filter_map(|part| part.trim().split_once('='));
        let (_, value) = parts.find(|(known, _)| known.trim() == name)?;
        value.trim().strip_prefix('"')?.strip_suffix('"')
    };
    let (collection, url, digest) = (value("collectionId")?, value("url")?, value("digest")?);
    let is_digest = digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_own = !followers_uri.is_empty() && collection == followers_uri && read::same_host(url, actor);
    (is_own && is_digest && url.len() <= read::LONGEST_ID)
        .then(|| Synchronization { url: url.to_owned(), digest: digest.to_ascii_lowercase() })
}

/// The list of an account's followers on one host, for that host.
pub fn list(id: &str, uris: &[String]) -> Value {
    json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": id,
        "type": "OrderedCollection",
        "orderedItems": uris,
    })
}

/// Reads such a list.
pub fn parse_list(collection: &Value) -> Vec<&str> {
    read::ids(collection, "orderedItems").chain(read::ids(collection, "items")).take(MOST_LISTED).collect()
}

/// The `Undo` of a Follow that `target` speaks of, and that there is not.
pub fn undo_unknown(uri: &str, follower: &Account, target: &Account) -> Value {
    json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": uri,
        "type": "Undo",
        "actor": follower.uri,
        "to": [target.uri],
        "object": {
            "id": format!("{uri}/follow"), "type": "Follow", "actor": follower.uri, "object": target.uri,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// F300
    #[test]
    fn digests_are_of_one_host_and_of_no_order() {
        // The example of the proposal.
        let followers =
            ["https://testing.example.org/users/1", "https://testing.example.org/users/2"].map(str::to_owned);
        let expected = "c33f48cd341ef046a206b8a72ec97af65079f9a3a9b90eef79c5920dce45c61f";
        assert_eq!(digest(&followers), expected);
        assert_eq!(digest(followers.iter().rev()), expected);
        let of = |origin: &str, uri: &String| {
            let hash = digest::digest(&SHA256, uri.as_bytes());
            let part = |part: usize| i64::from_be_bytes(hash.as_ref()[part * 8..part * 8 + 8].try_into().unwrap());
            let (part_1, part_2, part_3, part_4) = (part(0), part(1), part(2), part(3));
            FollowerDigest { origin: origin.into(), part_1, part_2, part_3, part_4 }
        };
        let elsewhere = "https://a.example/users/1".to_owned();
        let [one, two] = &followers;
        let sums = [
            of("https://testing.example.org", one),
            of("https://TESTING.example.org.:443", two),
            of("https://a.example", &elsewhere),
            of("https://", &elsewhere),
        ];
        let found = digests(&sums);
        assert_eq!((found.len(), &found["testing.example.org"]), (2, &expected.to_owned()));
        assert_eq!(found["a.example"], digest([&elsewhere]));
    }

    /// F301
    #[test]
    fn a_header_is_of_ones_own_followers() {
        let actor = "https://a.test/users/ben";
        let own = format!("{actor}/followers");
        let sent = header(actor, &"0a".repeat(32));
        let read = parse(&sent, actor, &own).unwrap();
        assert_eq!((read.url, read.digest), (format!("{actor}/followers_synchronization"), "0a".repeat(32)));
        assert_eq!(parse(&sent, actor, "https://a.test/users/eve/followers"), None);
        assert_eq!(parse(&sent.replace("url=\"https://a", "url=\"https://b"), actor, &own), None);
        for wrong in ["", "collectionId", "x=\"y\"", &sent.replace("0a0a", "0a"), &sent.replace('"', "")] {
            assert_eq!(parse(wrong, actor, &own), None, "{wrong}");
        }
    }
}
