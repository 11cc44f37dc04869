//! What other programs attach is read; what nobody could show is not.

use super::*;

fn read_one(attachment: Value) -> Option<RemoteAttachment> {
    parse_attachments(&json!({"attachment": attachment})).into_iter().next()
}

/// F78
#[test]
fn documents_of_mastodon_are_read_whole() {
    let read = read_one(json!({
        "type": "Document", "mediaType": "image/jpeg", "url": "https://files.a.test/1.jpg", "name": "A <b>flower</b>",
        "blurhash": "LNAdAqj[00aymkj[TKay9}ay-Sj[", "focalPoint": [0.5, -2.0], "width": 1280, "height": 720,
    }))
    .unwrap();
    assert_eq!(read.kind, Kind::Image);
    assert_eq!((read.size, read.focus), (Some((1280, 720)), (0.5, -1.0)));
    assert_eq!(read.blurhash.as_deref(), Some("LNAdAqj[00aymkj[TKay9}ay-Sj["));
    assert!(!read.description.contains('<'), "{}", read.description);
    assert_eq!(read.meta()["small"]["size"], "640x360");
}

#[test]
fn addresses_come_as_links_and_lists_too() {
    let link = json!({"type": "Link", "href": "https://a.test/film", "mediaType": "video/mp4"});
    let read = read_one(json!({"type": "Video", "url": [link], "duration": "PT1M2.5S"})).unwrap();
    assert_eq!((read.kind, read.url.as_str(), read.duration), (Kind::Video, "https://a.test/film", Some(62.5)));
    // Pixelfed and GoToSocial say Image, some without a media type.
    let read = read_one(json!({"type": "Image", "url": "https://a.test/x"})).unwrap();
    assert_eq!(read.kind, Kind::Image);
}

/// F78
#[test]
fn what_cannot_be_is_left_out() {
    assert_eq!(read_one(json!({"type": "Link", "href": "https://a.test/"})), None);
    assert_eq!(read_one(json!({"type": "Document", "url": "javascript:alert(1)"})), None);
    assert_eq!(read_one(json!({"type": "Document", "url": format!("https://a.test/{}", "x".repeat(3000))})), None);
    let svg = read_one(json!({"type": "Document", "mediaType": "image/svg+xml", "url": "https://a.test/x.svg"}));
    assert_eq!(svg.unwrap().kind, Kind::Unknown);
    let odd = json!({
        "type": "Document", "url": "https://a.test/x.png", "blurhash": "\"><script>", "width": 0, "height": 4_000_000,
        "duration": "PT1X", "focalPoint": "middle",
    });
    let odd = read_one(odd).unwrap();
    assert_eq!(
        (odd.kind, odd.blurhash, odd.size, odd.duration, odd.focus),
        (Kind::Image, None, None, None, (0.0, 0.0))
    );
    let many: Vec<Value> =
        (0..40).map(|number| json!({"type": "Document", "url": format!("https://a.test/{number}")})).collect();
    assert_eq!(parse_attachments(&json!({"attachment": many})).len(), MOST_REMOTE);
}
