//! The command line: serve | demo | migrate | check-config | admin.

use std::process::ExitCode;

use clap::Parser;
use pollen::command::{self, Cli};

#[tokio::main]
async fn main() -> ExitCode {
    match command::run(Cli::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("pollen: {}", command::explain(error.as_ref()));
            ExitCode::FAILURE
        }
    }
}
