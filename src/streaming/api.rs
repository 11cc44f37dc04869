//! /api/v1/streaming: WebSockets, and server-sent events (https://docs.joinmastodon.org/methods/streaming/).
//!
//! WebSockets by actix-ws: actix's own, without the actors of its predecessor, and a plain body for the server.

mod socket;

use std::collections::HashMap;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::stream;
use serde_json::json;

use super::hub::{Hub, Seat};
use super::{Refusal, Stream, entity};
use crate::app::App;
use crate::base::{Error, Result};
use crate::edge::limits::address_of;
use crate::edge::respond::Answer;
use crate::lists;
use crate::oauth::extract;

/// How often a stream of events that has nothing to say says so, for proxies that close what is silent.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Parameters of a stream.
#[derive(Default)]
struct Asked {
    stream: Option<String>,
    tag: Option<String>,
    list: Option<String>,
    only_media: bool,
}

impl Asked {
    fn of(request: &HttpRequest) -> Self {
        let mut pairs: HashMap<String, String> =
            url::form_urlencoded::parse(request.query_string().as_bytes()).into_owned().collect();
        let only_media =
            pairs.get("only_media").is_some_and(|value| matches!(value.as_str(), "true" | "1" | "t" | "on"));
        Self { stream: pairs.remove("stream"), tag: pairs.remove("tag"), list: pairs.remove("list"), only_media }
    }
}

/// Lets in whoever has a person's token: in the header, in the query, or (`protocol`) as the WebSocket's protocol.
async fn let_in(app: &App, request: &HttpRequest, protocol: Option<&str>) -> Result<Seat> {
    let token = extract::bearer(request).or_else(|| protocol.map(str::to_owned));
    let token = token.ok_or_else(|| Error::Unauthenticated("Missing access token".into()))?;
    let invalid = || Error::Unauthenticated("Invalid access token".into());
    let client = match extract::identify(app.clone(), token).await {
        Err(Error::Unauthenticated(_)) => return Err(invalid()),
        other => other?,
    };
    let account_id = client.account_id.ok_or_else(invalid)?;
    let who = (account_id, client.token_id, client.scopes);
    let seat = app.slot::<Hub>().join(who, address_of(app, request), &app.config.streaming)?;
    // From here on other processes' changes are heard.
    app.changes.listening().await;
    Ok(seat)
}

fn protocol_of(request: &HttpRequest) -> Option<&str> {
    let offered = request.headers().get(header::SEC_WEBSOCKET_PROTOCOL)?.to_str().ok()?;
    offered.split(',').map(str::trim).find(|protocol| !protocol.is_empty())
}

/// GET /api/v1/streaming: a WebSocket, on which a client subscribes to as many streams as it likes.
pub async fn connect(app: web::Data<App>, request: HttpRequest, body: web::Payload) -> Answer {
    if !request.headers().contains_key(header::UPGRADE) {
        return Err(Error::Malformed("here a WebSocket is spoken; events are at /api/v1/streaming/user".into()));
    }
    let protocol = protocol_of(&request);
    let seat = let_in(&app, &request, protocol).await?;
    // A browser that offers a protocol, even as a place for its token, wants to see it taken.
    let protocols: Vec<&str> = protocol.into_iter().collect();
    let (response, session, messages) = actix_ws::handle_with_protocols(&request, body, &protocols)
        .map_err(|error| Error::Malformed(error.to_string()))?;
    let socket = socket::Socket::new(app.get_ref().clone(), seat, session);
    actix_web::rt::spawn(socket.run(messages, Asked::of(&request)));
    Ok(response)
}

/// GET /api/v1/streaming/…: one stream, as server-sent events.
pub async fn events(app: web::Data<App>, request: HttpRequest, path: web::Path<String>) -> Answer {
    let asked = Asked::of(&request);
    let mut name = path.replace('/', ":");
    if asked.only_media && name.starts_with("public") {
        name.push_str(":media");
    }
    let seat = let_in(&app, &request, None).await?;
    if let Err(refusal) = subscribe(&app, &seat, &asked, &name).await? {
        return Ok(refused(refusal));
    }
    // A greeting, by which clients see that they are connected before anything happens.
    let events = stream::unfold((seat, true), |(seat, first)| async move {
        let text = if first { ":)\n".to_owned() } else { next(&seat).await? };
        Some((Ok::<_, actix_web::Error>(Bytes::from(text)), (seat, false)))
    });
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/event-stream"))
        .insert_header((header::CACHE_CONTROL, HeaderValue::from_static("private, no-store")))
        // nginx would wait until it has a buffer full.
        .insert_header(("x-accel-buffering", "no"))
        .streaming(events))
}

/// Lets a connection listen to the stream of this name.
async fn subscribe(app: &App, seat: &Seat, asked: &Asked, name: &str) -> Result<Result<(), Refusal>> {
    let (tag, list) = (asked.tag.as_deref(), asked.list.as_deref());
    let stream = match Stream::parse(name, tag, list) {
        Ok(stream) => stream,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if let Stream::List(id) = stream {
        let mut conn = app.db.get().await?;
        if lists::store::find_list(&mut conn, seat.connection.account_id, id).await?.is_none() {
            return Ok(Err(Refusal::NotYourList));
        }
    }
    Ok(app.slot::<Hub>().subscribe(&seat.connection, stream, &entity::name(name, tag, list)))
}

/// The next event, or a sign of life; `None` at the end.
async fn next(seat: &Seat) -> Option<String> {
    match tokio::time::timeout(KEEP_ALIVE, seat.connection.next()).await {
        Ok(Ok(event)) => Some(entity::event(event.kind, event.payload.as_deref())),
        Ok(Err(_)) => None,
        Err(_) => Some(":thump\n".to_owned()),
    }
}

fn refused(refusal: Refusal) -> HttpResponse {
    let (error, status) = refusal.words();
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    HttpResponse::build(status).json(json!({"error": error}))
}
