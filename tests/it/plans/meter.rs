//! Counts what a piece of work asks of the database, as Postgres itself counts it: rows read by scans of whole tables and
//! through indexes, and the statements. The instance has one connection for requests and one for jobs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use diesel::connection::InstrumentationEvent;
use diesel_async::{AsyncConnection, SimpleAsyncConnection};
use tokio_postgres::Client;

use crate::support::Instance;

/// How statements are planned: once for all values, or anew for each. Postgres chooses between the two by itself, so both
/// must be good.
pub const MODES: [&str; 2] = ["force_custom_plan", "force_generic_plan"];

pub struct Meter {
    instance: Instance,
    watcher: Client,
    /// Tables with a thousand rows and more.
    large: BTreeSet<String>,
    statements: Arc<Mutex<Vec<String>>>,
}

/// What was asked.
#[derive(Debug, Default)]
pub struct Reading {
    /// Rows that scans of whole large tables read: table, rows.
    pub scanned: Vec<(String, i64)>,
    /// Rows and index entries that were read in all.
    pub rows: i64,
    pub by_table: Vec<(String, i64)>,
    pub statements: Vec<String>,
}

impl Meter {
    pub async fn new(instance: &Instance) -> Self {
        let watcher = instance.database.client().await;
        let rows = watcher.query("SELECT relname::text FROM pg_class WHERE relkind = 'r' AND reltuples >= 1000", &[]);
        let large = rows.await.unwrap().iter().map(|row| row.get(0)).collect();
        let meter = Self { instance: instance.clone(), watcher, large, statements: Arc::default() };
        for mut conn in [instance.app.db.get().await.unwrap(), instance.app.db.background().await.unwrap()] {
            let statements = meter.statements.clone();
            conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
                if let InstrumentationEvent::StartQuery { query, .. } = event {
                    statements.lock().unwrap().push(query.to_string());
                }
            });
        }
        meter
    }

    pub fn large(&self) -> &BTreeSet<String> {
        &self.large
    }

    /// On both of the instance's connections.
    async fn on_both(&self, sql: &str) {
        let db = &self.instance.app.db;
        for mut conn in [db.get().await.unwrap(), db.background().await.unwrap()] {
            // When the second is answered, what the first one counted has been written.
            conn.batch_execute(sql).await.unwrap();
            conn.batch_execute("SELECT 1").await.unwrap();
        }
    }

    pub async fn plan(&self, mode: &str) {
        self.on_both(&format!("SET plan_cache_mode = {mode}")).await;
    }

    /// Table → rows by whole scans, rows and entries by indexes.
    async fn totals(&self) -> BTreeMap<String, (i64, i64)> {
        self.on_both("SELECT pg_stat_force_next_flush()").await;
        let query = "SELECT t.relname::text, t.seq_tup_read, coalesce(sum(i.idx_tup_read), 0)::bigint
            FROM pg_stat_user_tables t LEFT JOIN pg_stat_user_indexes i USING (relid) GROUP BY 1, 2";
        let rows = self.watcher.query(query, &[]).await.unwrap();
        rows.iter().map(|row| (row.get(0), (row.get(1), row.get(2)))).collect()
    }

    pub async fn measure<T>(&self, work: impl Future<Output = T>) -> (T, Reading) {
        let before = self.totals().await;
        self.statements.lock().unwrap().clear();
        let done = work.await;
        let statements = std::mem::take(&mut *self.statements.lock().unwrap());
        let mut reading = Reading { statements, ..Reading::default() };
        let names = |table: &str| reading.statements.iter().any(|statement| statement.contains(table));
        // The process reads these by itself, on a connection of its own, whenever it likes.
        let others = if names("row_changes") { "" } else { "row_changes" };
        for (table, (scanned, found)) in self.totals().await.into_iter().filter(|(table, _)| table != others) {
            let (scanned_before, found_before) = before.get(&table).copied().unwrap_or_default();
            let (scanned, found) = (scanned - scanned_before, found - found_before);
            if scanned > 0 && self.large.contains(&table) {
                reading.scanned.push((table.clone(), scanned));
            }
            reading.rows += scanned + found;
            if scanned + found > 0 {
                reading.by_table.push((table, scanned + found));
            }
        }
        (done, reading)
    }
}
