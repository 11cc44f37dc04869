//! What Prometheus reads at /metrics, and the middleware that counts requests. Nothing about people: no paths with names,
//! no addresses.

use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{HttpRequest, HttpResponse, web};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use super::limits::address_of;
use super::respond::Answer;
use crate::app::App;
use crate::base::Error;
use crate::{federation, jobs};

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    /// The route's pattern, as in `routes`.
    route: String,
    method: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: String,
}

/// An instance's metrics.
struct Metrics {
    registry: Registry,
    requests: Family<Request, Counter>,
    durations: Family<Route, Histogram, fn() -> Histogram>,
    jobs_waiting: Gauge,
    jobs_failed: Gauge,
    deliveries_waiting: Gauge,
    hosts_failing: Gauge,
}

fn histogram() -> Histogram {
    Histogram::new([0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0])
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("pollen");
        let requests = Family::default();
        registry.register("http_requests", "Requests answered", requests.clone());
        let durations = Family::<Route, Histogram, fn() -> Histogram>::new_with_constructor(histogram);
        registry.register("http_request_duration_seconds", "Time to an answer", durations.clone());
        let mut gauge = |name: &str, help: &str| {
            let gauge = Gauge::default();
            registry.register(name, help, gauge.clone());
            gauge
        };
        let jobs_waiting = gauge("jobs_waiting", "Jobs that wait or run");
        let jobs_failed = gauge("jobs_set_aside", "Jobs that failed too often, for a person to look at");
        let deliveries_waiting = gauge("deliveries_waiting", "Deliveries that wait or are being sent");
        let hosts_failing = gauge("delivery_hosts_failing", "Hosts to which deliveries fail");
        Self { registry, requests, durations, jobs_waiting, jobs_failed, deliveries_waiting, hosts_failing }
    }
}

/// Middleware: counts requests and how long they take, by route.
pub async fn count<B: MessageBody + 'static>(
    incoming: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    let app = incoming.app_data::<web::Data<App>>().ok_or_else(|| Error::internal("no App in the request"))?.clone();
    let started = Instant::now();
    let method = incoming.method().as_str().to_owned();
    let response = next.call(incoming).await?;
    let route = response.request().match_pattern().unwrap_or_else(|| "none".to_owned());
    let metrics = app.slot::<Metrics>();
    let elapsed = started.elapsed();
    let status = response.status().as_u16();
    tracing::debug!(method, route, status, milliseconds = elapsed.as_secs_f64() * 1000.0, "request");
    metrics.durations.get_or_create(&Route { route: route.clone() }).observe(elapsed.as_secs_f64());
    metrics.requests.get_or_create(&Request { route, method, status }).inc();
    Ok(response)
}

/// GET /metrics, for the addresses in `server.metrics_from` only; to others there is nothing here.
pub async fn show(app: web::Data<App>, request: HttpRequest) -> Answer {
    if !app.config.server.metrics_from.contains(&address_of(&app, &request)) {
        return Err(Error::NotFound("Record"));
    }
    let metrics = app.slot::<Metrics>();
    let mut conn = app.db.get().await?;
    let (waiting, failed) = jobs::store::count_jobs(&mut conn).await?;
    metrics.jobs_waiting.set(waiting);
    metrics.jobs_failed.set(failed);
    let (deliveries, failing) = federation::store::count_deliveries(&mut conn).await?;
    metrics.deliveries_waiting.set(deliveries);
    metrics.hosts_failing.set(failing);
    let mut text = String::new();
    encode(&mut text, &metrics.registry).map_err(Error::internal)?;
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(HttpResponse::Ok().insert_header(("content-type", kind)).body(text))
}

/// GET /health: 200 while the database answers, for load balancers and clients of streaming.
pub async fn health(app: web::Data<App>) -> Answer {
    let mut conn = app.db.get().await?;
    jobs::store::next_due(&mut conn).await.map_err(|_| Error::Unavailable("The database does not answer".into()))?;
    Ok(HttpResponse::Ok().insert_header(("content-type", "text/plain")).body("OK"))
}
