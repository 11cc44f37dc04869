//! What instances warn of while a world settles. A world that is finished must have expected each of it.

use std::fmt::{Debug, Write};
use std::sync::{Arc, Mutex, Once};

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, fmt};

/// Lines, each `LEVEL message field=value …`.
#[derive(Clone, Default)]
pub struct Warnings(Arc<Mutex<Vec<String>>>);

tokio::task_local! {
    static CURRENT: Warnings;
}

impl Warnings {
    /// Runs `work`; what it warns of (not what it spawns warns of) is kept here.
    pub async fn during<T>(&self, work: impl Future<Output = T>) -> T {
        CURRENT.scope(self.clone(), work).await
    }

    pub fn push(&self, line: String) {
        self.0.lock().unwrap().push(line);
    }

    pub fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

struct Keep;

impl<S: Subscriber> Layer<S> for Keep {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if *event.metadata().level() > Level::WARN {
            return;
        }
        let mut line = Line(event.metadata().level().to_string());
        event.record(&mut line);
        // Outside of a world there is nobody to tell.
        let _ = CURRENT.try_with(|warnings| warnings.push(line.0));
    }
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let written = match field.name() {
            "message" => write!(self.0, " {value:?}"),
            name => write!(self.0, " {name}={value:?}"),
        };
        written.unwrap();
    }
}

/// Once for all tests of the process. `RUST_LOG=pollen=debug` shows more.
pub fn init() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let shown = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("off"));
        tracing_subscriber::registry().with(Keep).with(fmt::layer().with_test_writer().with_filter(shown)).init();
    });
}
