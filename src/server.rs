//! App → actix-web server, the same for `serve`, the demo and tests.

use std::any::Any;
use std::net::TcpListener;

use actix_cors::Cors;
use actix_web::dev::Server;
use actix_web::http::header;
use actix_web::middleware::{DefaultHeaders, from_fn};
use actix_web::{App as WebApp, HttpServer, web};

use crate::app::App;
use crate::base::Error;
use crate::edge::respond::Answer;
use crate::edge::{limits, metrics, request, slash};
use crate::federation::inbox::authorized;
use crate::{routes, streaming};

/// A server on these listeners. It runs when it is awaited (on the runtime's own task), and stops through its handle.
pub fn serve(app: App, listeners: Vec<TcpListener>) -> std::io::Result<Server> {
    let config = app.config.server.clone();
    streaming::outbox::start(&app);
    let reader = app.clone();
    tokio::spawn(async move { reader.freshness.run(&reader.db).await });
    let mut server = HttpServer::new(move || {
        // The last that is wrapped is the first that sees a request.
        WebApp::new()
            .app_data(web::Data::new(app.clone()))
            .wrap(from_fn(authorized::require))
            .wrap(from_fn(request::prepare))
            .wrap(from_fn(limits::api))
            .wrap(cross_origin())
            // What strangers wrote is read as what it is said to be.
            .wrap(DefaultHeaders::new().add((header::X_CONTENT_TYPE_OPTIONS, "nosniff")))
            .wrap(from_fn(metrics::count))
            .wrap(from_fn(slash::ignore))
            .configure(routes::configure)
            .default_service(web::to(not_found))
    })
    .disable_signals()
    .on_connect(|connection, _| let_go_when_stuck(connection))
    .shutdown_timeout(config.shutdown_seconds);
    if config.workers > 0 {
        server = server.workers(config.workers);
    }
    for listener in listeners {
        server = server.listen(listener)?;
    }
    Ok(server.run())
}

/// Whoever takes nothing of what is sent to them for a minute, or is gone without a word, is let go by the kernel.
fn let_go_when_stuck(connection: &dyn Any) {
    #[cfg(target_os = "linux")]
    if let Some(stream) = connection.downcast_ref::<actix_web::rt::net::TcpStream>() {
        use nix::sys::socket::{setsockopt, sockopt::TcpUserTimeout};
        if let Err(error) = setsockopt(stream, TcpUserTimeout, &60_000) {
            tracing::debug!(%error, "a connection that is stuck will stay for longer");
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = connection;
}

/// Clients that are web pages call from their own origins. They carry tokens, never cookies, so any origin may.
fn cross_origin() -> Cors {
    Cors::default()
        .allow_any_origin()
        .allow_any_method()
        .allow_any_header()
        .expose_headers([
            "Link",
            "X-RateLimit-Limit",
            "X-RateLimit-Remaining",
            "X-RateLimit-Reset",
            "X-Request-Id",
            "Idempotency-Key",
        ])
        .send_wildcard()
        .max_age(86_400)
}

async fn not_found() -> Answer {
    Err(Error::NotFound("Record"))
}
