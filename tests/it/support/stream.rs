//! Clients that listen: a WebSocket, or server-sent events.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::endpoints;
use super::instance::Instance;

/// How long something that must come is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// A WebSocket that is open.
pub struct Listening(WebSocketStream<TcpStream>);

/// What came.
#[derive(Debug, PartialEq)]
pub enum Heard {
    /// With the payload as JSON; of a delete as a text.
    Event { stream: Vec<String>, event: String, payload: Value },
    /// What is no event.
    Other(Value),
    /// The code, and why.
    Closed(u16, String),
    /// Without a word.
    Gone,
}

impl Heard {
    /// The event's payload; fails if it is another.
    pub fn expect(self, expected: &str) -> Value {
        match self {
            Self::Event { event, payload, .. } if event == expected => payload,
            other => panic!("expected {expected}, heard {other:?}"),
        }
    }
}

fn answered(path: &str) {
    if let Some(endpoint) = endpoints::find("GET", path) {
        endpoints::answered(endpoint);
    }
}

impl Instance {
    /// Opens a WebSocket with this query.
    ///
    /// # Errors
    /// The status and the body of an answer that is no WebSocket.
    pub async fn listen_with(&self, query: &str, headers: &[(&str, &str)]) -> Result<Listening, (u16, String)> {
        let socket = TcpSocket::new_v4().unwrap();
        // So that a client that does not read is noticed soon.
        socket.set_recv_buffer_size(8 * 1024).unwrap();
        let stream = socket.connect(self.app.config.server.listen[0]).await.unwrap();
        let mut request = format!("ws://{}/api/v1/streaming{query}", self.name()).into_client_request().unwrap();
        for (name, value) in headers {
            let name: tokio_tungstenite::tungstenite::http::HeaderName = name.parse().unwrap();
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        match tokio_tungstenite::client_async(request, stream).await {
            Ok((socket, _)) => {
                answered("/api/v1/streaming");
                Ok(Listening(socket))
            }
            Err(Error::Http(answer)) => {
                let body = answer.body().clone().unwrap_or_default();
                Err((answer.status().as_u16(), String::from_utf8_lossy(&body).into_owned()))
            }
            Err(error) => panic!("no WebSocket: {error:?}"),
        }
    }

    /// Listens to one stream.
    pub async fn listen(&self, token: &str, stream: &str) -> Listening {
        self.listen_with(&format!("?access_token={token}&stream={stream}"), &[]).await.unwrap()
    }

    /// Opens a stream of events; its status, its content type, and what comes.
    pub async fn events(&self, path: &str, token: Option<&str>) -> (u16, String, Events) {
        let port = self.app.config.server.listen[0].port();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let mut request = client.get(format!("http://127.0.0.1:{port}{path}"));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let answer = timeout(PATIENCE, request.send()).await.unwrap().unwrap();
        if answer.status().is_success() {
            answered(path);
        }
        let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
        (answer.status().as_u16(), kind, Events { answer, read: String::new() })
    }
}

/// Server-sent events.
pub struct Events {
    answer: reqwest::Response,
    read: String,
}

impl Events {
    /// What comes up to this text, which is taken, too. `None`: the stream ended before.
    pub async fn up_to(&mut self, text: &str) -> Option<String> {
        loop {
            if let Some(at) = self.read.find(text) {
                let rest = self.read.split_off(at + text.len());
                return Some(std::mem::replace(&mut self.read, rest));
            }
            let chunk = timeout(PATIENCE, self.answer.chunk()).await.expect("something comes").ok()??;
            self.read.push_str(&String::from_utf8_lossy(&chunk));
        }
    }

    /// All there is, to the end.
    pub async fn rest(mut self) -> String {
        assert_eq!(self.up_to("\u{0}").await, None);
        self.read
    }

    /// The next event: its name, and its data as JSON.
    pub async fn next(&mut self) -> Option<(String, Value)> {
        loop {
            let text = self.up_to("\n").await?;
            if text == "\n" || text.starts_with(':') {
                continue;
            }
            let event = text.trim().strip_prefix("event: ").expect("an event").to_owned();
            let data = self.up_to("\n\n").await?;
            let data = data.trim().strip_prefix("data: ").expect("its data").to_owned();
            let data = if event == "delete" { data.into() } else { serde_json::from_str(&data).unwrap() };
            return Some((event, data));
        }
    }
}

impl Listening {
    /// The next that comes, other than pings.
    pub async fn next(&mut self) -> Heard {
        loop {
            let message = timeout(PATIENCE, self.0.next()).await.expect("something comes");
            return match message {
                Some(Ok(Message::Text(text))) => read(&text),
                Some(Ok(Message::Close(Some(frame)))) => Heard::Closed(frame.code.into(), frame.reason.to_string()),
                Some(Ok(Message::Close(None)) | Err(_)) | None => Heard::Gone,
                Some(Ok(_)) => continue,
            };
        }
    }

    /// The payload of the next event, which must be this one.
    pub async fn expect(&mut self, event: &str) -> Value {
        self.next().await.expect(event)
    }

    /// Reads to the end; why it was closed, and the events before.
    pub async fn end(mut self) -> (Heard, Vec<Heard>) {
        let mut before = Vec::new();
        loop {
            match self.next().await {
                end @ (Heard::Closed(..) | Heard::Gone) => return (end, before),
                event => before.push(event),
            }
        }
    }

    /// What comes within this time, if anything.
    pub async fn within(&mut self, time: Duration) -> Option<Heard> {
        timeout(time, self.next()).await.ok()
    }

    pub async fn say(&mut self, order: Value) {
        self.say_raw(Message::text(order.to_string())).await;
    }

    pub async fn say_raw(&mut self, message: Message) {
        self.0.send(message).await.unwrap();
    }

    /// Waits until all that was said before is done: what is asked for last is refused.
    pub async fn settled(&mut self) {
        self.say(json!({"type": "subscribe", "stream": "nonsense"})).await;
        assert_eq!(self.next().await, Heard::Other(json!({"error": "Unknown stream type", "status": 400})));
    }

    /// As [`Listening::settled`]; returns how many other refusals came before.
    pub async fn settled_after_refusals(&mut self) -> usize {
        self.say(json!({"type": "subscribe", "stream": "nonsense"})).await;
        let mut refused = 0;
        loop {
            match self.next().await {
                Heard::Other(said) if said["error"] == "Unknown stream type" => return refused,
                Heard::Other(_) => refused += 1,
                other => panic!("{other:?}"),
            }
        }
    }
}

fn read(text: &str) -> Heard {
    let value: Value = serde_json::from_str(text).unwrap();
    let (Some(stream), Some(event)) = (value["stream"].as_array(), value["event"].as_str()) else {
        return Heard::Other(value);
    };
    // Where there is none, it is left out.
    let payload = value.get("payload").map_or("null", |payload| payload.as_str().expect("a payload is a text"));
    Heard::Event {
        stream: stream.iter().map(|part| part.as_str().unwrap().to_owned()).collect(),
        event: event.to_owned(),
        // An id is a text, though it could be read as a number.
        payload: if event == "delete" { payload.into() } else { serde_json::from_str(payload).unwrap() },
    }
}
