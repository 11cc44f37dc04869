//! What bounds the figures: cryptography on one core times the cores, bytes served from memory, and the compiler.

use std::net::TcpListener;
use std::time::Instant;

use actix_web::{App, HttpResponse, HttpServer, web};
use pollen::net::key::{PrivateKey, PublicKey};

use crate::Row;

/// RSA-2048 signatures and verifications a second, by aws-lc-rs on all cores.
pub fn rsa(private: &str, public: &str) -> (f64, f64) {
    let (private, public) = (PrivateKey::from_pem(private).unwrap(), PublicKey::from_pem(public).unwrap());
    let message = [7_u8; 300];
    let signature = private.sign(&message).unwrap();
    let cores = std::thread::available_parallelism().map_or(1.0, |cores| cores.get() as f64);
    let rate = |rounds: u32, work: &dyn Fn()| {
        let started = Instant::now();
        (0..rounds).for_each(|_| work());
        f64::from(rounds) / started.elapsed().as_secs_f64() * cores
    };
    let signs = rate(2000, &|| drop(private.sign(&message).unwrap()));
    let verifies = rate(20_000, &|| assert!(public.verify(&message, &signature)));
    (signs, verifies)
}

/// Serves these bytes from memory, with the same web server. Returns the address.
pub fn serve_bytes(body: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    let body = web::Bytes::from(body);
    let server = HttpServer::new(move || {
        let body = body.clone();
        App::new().default_service(web::to(move || {
            let body = body.clone();
            async move { HttpResponse::Ok().insert_header(("content-type", "application/json")).body(body) }
        }))
    })
    .workers(2)
    .disable_signals()
    .listen(listener)
    .unwrap()
    .run();
    tokio::spawn(server);
    address
}

/// A clean release build, in a directory of its own.
pub fn clean_build() -> Row {
    let target = std::env::temp_dir().join(format!("pollen-build-{}", std::process::id()));
    let started = Instant::now();
    let status = std::process::Command::new(env!("CARGO"))
        .args(["build", "--release", "--locked", "--bin", "pollen", "--target-dir"])
        .arg(&target)
        .status()
        .unwrap();
    assert!(status.success());
    let took = started.elapsed();
    std::fs::remove_dir_all(&target).unwrap();
    Row::plain("clean release build", format!("{:.0} s", took.as_secs_f64()), "")
}
