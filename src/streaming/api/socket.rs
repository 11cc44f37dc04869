//! One WebSocket: subscriptions come in, events go out.

use std::time::Duration;

use actix_ws::{CloseCode, CloseReason, Message, MessageStream, Session};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::Asked;
use crate::app::App;
use crate::streaming::hub::{End, Event, Hub, Seat};
use crate::streaming::{Refusal, Stream, entity};

/// How often a client is asked whether it is there. One that has said nothing when the next time comes is let go.
const PING: Duration = Duration::from_secs(30);

/// How long a client that is slow is waited for to take the last words, or a ping.
const FAREWELL: Duration = Duration::from_secs(30);

/// The most that a client's message may have, in bytes.
const MOST_BYTES: usize = 4096;

pub struct Socket {
    app: App,
    seat: Seat,
    session: Session,
    /// Something came since it was last asked.
    alive: bool,
}

/// What a client says.
#[derive(Deserialize)]
struct Order {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    stream: Value,
    #[serde(flatten)]
    parameters: Map<String, Value>,
}

impl Order {
    /// A parameter as a text; clients also send numbers and lists of one.
    fn text(value: Option<&Value>) -> Option<String> {
        match value? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Array(values) => Self::text(values.first()),
            _ => None,
        }
    }

    fn asked(&self) -> Asked {
        let parameter = |name| Self::text(self.parameters.get(name));
        Asked {
            stream: Self::text(Some(&self.stream)),
            tag: parameter("tag"),
            list: parameter("list"),
            only_media: false,
        }
    }
}

fn farewell(end: End) -> CloseReason {
    let (code, why) = match end {
        End::TooSlow => (CloseCode::Again, "Events were not read fast enough"),
        End::SignedOut => (CloseCode::Policy, "The access token has ended"),
        End::Stopping => (CloseCode::Restart, "The server is restarting"),
    };
    CloseReason { code, description: Some(why.to_owned()) }
}

impl Socket {
    pub fn new(app: App, seat: Seat, session: Session) -> Self {
        Self { app, seat, session, alive: true }
    }

    /// Serves the connection to its end.
    pub async fn run(mut self, messages: MessageStream, asked: Asked) {
        let mut messages = messages.max_frame_size(MOST_BYTES);
        if asked.stream.is_some() && self.subscribe(&asked).await.is_none() {
            return;
        }
        let mut pings = tokio::time::interval(PING);
        pings.tick().await;
        loop {
            let connection = self.seat.connection.clone();
            let go_on = tokio::select! {
                event = connection.next() => match event {
                    Ok(event) => self.send(&event).await,
                    Err(end) => self.close(farewell(end)).await,
                },
                message = messages.recv() => match message {
                    Some(Ok(message)) => self.read(message).await,
                    _ => None,
                },
                _ = pings.tick() => self.ping().await,
            };
            if go_on.is_none() {
                return;
            }
        }
    }

    /// Sends an event; while the client doesn't take it, the end may come. `None`: the connection is over, also below.
    async fn send(&mut self, event: &Event) -> Option<()> {
        let text = entity::message(&event.name, event.kind, event.payload.as_deref());
        let connection = self.seat.connection.clone();
        let end = tokio::select! {
            sent = self.session.text(text) => return sent.ok(),
            end = connection.ended() => end,
        };
        self.close(farewell(end)).await
    }

    async fn close(&self, reason: CloseReason) -> Option<()> {
        // Whoever takes nothing more is not waited for.
        let _ = tokio::time::timeout(FAREWELL, self.session.clone().close(Some(reason))).await;
        None
    }

    async fn ping(&mut self) -> Option<()> {
        if !std::mem::take(&mut self.alive) {
            return None;
        }
        tokio::time::timeout(FAREWELL, self.session.ping(b"")).await.ok()?.ok()
    }

    async fn read(&mut self, message: Message) -> Option<()> {
        self.alive = true;
        match message {
            Message::Text(text) => self.obey(&text).await,
            Message::Ping(bytes) => self.session.pong(&bytes).await.ok(),
            Message::Pong(_) | Message::Nop | Message::Continuation(_) => Some(()),
            Message::Binary(_) => {
                let why = "This streaming server does not support binary messages".to_owned();
                self.close(CloseReason { code: CloseCode::Unsupported, description: Some(why) }).await
            }
            Message::Close(_) => self.close(CloseCode::Normal.into()).await,
        }
    }

    /// What is no order is ignored, as Mastodon does.
    async fn obey(&mut self, text: &str) -> Option<()> {
        let Ok(order) = serde_json::from_str::<Order>(text) else { return Some(()) };
        match order.kind.as_str() {
            "subscribe" => self.subscribe(&order.asked()).await,
            "unsubscribe" => self.unsubscribe(&order.asked()).await,
            _ => Some(()),
        }
    }

    async fn subscribe(&mut self, asked: &Asked) -> Option<()> {
        let name = asked.stream.as_deref().unwrap_or_default();
        match super::subscribe(&self.app, &self.seat, asked, name).await {
            Ok(Ok(())) => Some(()),
            Ok(Err(refusal)) => {
                let (error, status) = refusal.words();
                self.session.text(entity::refusal(error, status)).await.ok()
            }
            Err(error) => {
                tracing::warn!(%error, "a client could not subscribe to a stream");
                self.close(CloseCode::Again.into()).await
            }
        }
    }

    async fn unsubscribe(&mut self, asked: &Asked) -> Option<()> {
        match Self::stream(asked) {
            Ok(stream) => {
                self.app.slot::<Hub>().unsubscribe(&self.seat.connection, stream);
                Some(())
            }
            Err(_) => self.session.text("{\"error\":\"Error unsubscribing from channel\"}").await.ok(),
        }
    }

    fn stream(asked: &Asked) -> Result<Stream, Refusal> {
        Stream::parse(asked.stream.as_deref().unwrap_or_default(), asked.tag.as_deref(), asked.list.as_deref())
    }
}
