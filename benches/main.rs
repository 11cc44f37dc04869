//! `./dev bench`: what one instance does on this machine, each figure beside its limit from the same run.
//!
//! The instance is the release binary in a process of its own, on a private Postgres with all durability on. The load comes
//! from this process, so both share the machine's cores: the figures are what a machine does that also makes its own load.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a measurement may stop"
)]
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_possible_wrap,
    reason = "small numbers"
)]

mod instance;
mod limits;
mod load;
mod more_seed;
mod reads;
mod rows;
mod seed;
mod strangers;
mod streams;

use std::time::Duration;

/// One line of the table.
pub struct Row {
    name: &'static str,
    value: String,
    limit: String,
    share: String,
}

impl Row {
    /// A rate beside the rate that bounds it.
    pub fn rate(name: &'static str, rate: f64, limit: f64, limit_name: &str) -> Self {
        Self {
            name,
            value: format!("{rate:.0} /s"),
            limit: format!("{limit:.0} /s {limit_name}"),
            share: format!("{:.0} %", 100.0 * rate / limit),
        }
    }

    pub fn plain(name: &'static str, value: String, aim: &str) -> Self {
        Self { name, value, limit: aim.to_owned(), share: String::new() }
    }
}

fn main() {
    // `cargo bench` passes flags of its own; a word picks rows by name.
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    if std::env::args().any(|argument| argument == "--build") {
        print_table(&[limits::clean_build()]);
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let rows = runtime.block_on(rows::measure(&wanted));
    print_table(&rows);
    runtime.shutdown_timeout(Duration::from_secs(1));
}

fn print_table(rows: &[Row]) {
    println!(
        "\nPollen {} · {} cores · Postgres: fsync on, synchronous_commit on for requests and the door, off for jobs (a job's row survives it)\n",
        env!("CARGO_PKG_VERSION"),
        std::thread::available_parallelism().map_or(0, std::num::NonZero::get)
    );
    println!("| {:<46} | {:>14} | {:<44} | {:>8} |", "what", "measured", "limit, or aim", "of limit");
    println!("|{:-<48}|{:-<15}:|{:-<46}|{:-<9}:|", "", "", "", "");
    for row in rows {
        println!("| {:<46} | {:>14} | {:<44} | {:>8} |", row.name, row.value, row.limit, row.share);
    }
}
