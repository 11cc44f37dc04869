//! What a server answered, with assertions that show all of it when they fail.

use std::ops::Index;

use serde_json::Value;

/// A whole answer. `answer["key"]` reads its JSON.
pub struct Answer {
    /// For messages: `POST http://acme.test/api/v1/statuses`.
    pub request: String,
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: String,
    /// The same, when it is no text.
    pub bytes: Vec<u8>,
    /// Null when the body is no JSON.
    pub json: Value,
}

impl Answer {
    pub async fn read(request: String, response: reqwest::Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().await.unwrap_or_else(|error| panic!("{request}: the answer broke off: {error}"));
        let (bytes, body) = (bytes.to_vec(), String::from_utf8_lossy(&bytes).into_owned());
        let json = serde_json::from_str(&body).unwrap_or_default();
        Self { request, status, headers, body, bytes, json }
    }

    /// Fails, with the body, unless this is the status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{} answered {}:\n{}", self.request, self.status, self.body);
        self
    }

    /// Fails, with the body, unless the request succeeded.
    #[track_caller]
    pub fn ok(self) -> Self {
        assert!((200..300).contains(&self.status), "{} answered {}:\n{}", self.request, self.status, self.body);
        self
    }

    /// A header, or an empty text.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The text at a key; fails when there is none.
    #[track_caller]
    pub fn text(&self, key: &str) -> String {
        let Some(text) = self.json[key].as_str() else {
            panic!("{}: there is no text {key:?} in\n{}", self.request, self.body);
        };
        text.to_owned()
    }

    /// The elements of a JSON array.
    #[track_caller]
    pub fn list(&self) -> &[Value] {
        let Some(list) = self.json.as_array() else { panic!("{}: no array:\n{}", self.request, self.body) };
        list
    }

    /// The ids of a JSON array's elements.
    #[track_caller]
    pub fn ids(&self) -> Vec<String> {
        self.list().iter().map(|one| one["id"].as_str().expect("an id").to_owned()).collect()
    }

    /// The path and query of the `Link` header's `rel` (next, prev), if there is one.
    pub fn link(&self, rel: &str) -> Option<String> {
        let wanted = format!("rel=\"{rel}\"");
        let part = self.header("link").split(',').find(|part| part.contains(&wanted))?;
        let url = url::Url::parse(part.split_once('<')?.1.split_once('>')?.0).ok()?;
        Some(url[url::Position::BeforePath..].to_owned())
    }
}

impl Index<&str> for Answer {
    type Output = Value;
    fn index(&self, key: &str) -> &Value {
        &self.json[key]
    }
}

impl Index<usize> for Answer {
    type Output = Value;
    fn index(&self, index: usize) -> &Value {
        &self.json[index]
    }
}
