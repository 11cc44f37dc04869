//! Pictures, films and sounds: uploaded, attached, seen, passed on, and gone when they should be.

mod films;
mod pictures;
mod posts;
mod remote;
mod serving;
mod store;
mod uploads;

use reqwest::Method;
use serde_json::Value;

use crate::support::media::{self, files_below};
use crate::support::{Answer, Instance, Part, Person, With};

const UPLOAD: &str = "/api/v2/media";

/// Sends a form to any address.
async fn send_form(person: &Person, method: Method, path: &str, parts: &[Part<'_>]) -> Answer {
    person.send(method, path, With { parts, ..With::default() }).await
}

/// An upload; its entity.
async fn upload(person: &Person, bytes: &[u8]) -> Value {
    send_form(person, Method::POST, UPLOAD, &[Part::file("file", bytes)]).await.expect(200).json
}

/// A picture of one's own that can be attached; its id.
pub async fn picture(person: &Person) -> String {
    id(&upload(person, &media::png(8, 6)).await)
}

fn id(entity: &Value) -> String {
    entity["id"].as_str().expect("an id").to_owned()
}

fn url<'a>(entity: &'a Value, name: &str) -> &'a str {
    entity[name].as_str().unwrap_or_else(|| panic!("no {name} in {entity}"))
}

/// How many files lie in the store of an instance.
fn stored(instance: &Instance) -> usize {
    files_below(&instance.app.config.media_directory()).len()
}

/// A file of an instance, decoded.
async fn decoded(instance: &Instance, url: &str) -> image::DynamicImage {
    image::load_from_memory(&instance.get(url).await.expect(200).bytes).unwrap()
}
