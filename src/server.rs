//! App → actix-web server, the same for `serve`, the demo and tests.

use std::net::TcpListener;

use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::{App as WebApp, HttpServer, web};

use crate::app::App;
use crate::edge::limits;
use crate::routes;

/// A server on these listeners. It runs when it is awaited (on the runtime's own task), and stops through its handle.
pub fn serve(app: App, listeners: Vec<TcpListener>) -> std::io::Result<Server> {
    let config = app.config.server.clone();
    let mut server = HttpServer::new(move || {
        WebApp::new().app_data(web::Data::new(app.clone())).wrap(from_fn(limits::api)).configure(routes::configure)
    })
    .disable_signals()
    .shutdown_timeout(config.shutdown_seconds);
    if config.workers > 0 {
        server = server.workers(config.workers);
    }
    for listener in listeners {
        server = server.listen(listener)?;
    }
    Ok(server.run())
}
