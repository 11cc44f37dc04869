//! `pollen admin domain-blocks`: which servers this one refuses, as a list that other servers read and write, too.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::admin::with_app;
use super::{CommandResult, ConfigArgs};
use crate::app::App;
use crate::base::{Error, Result};
use crate::moderation::ops::{self, By};

#[derive(Subcommand)]
pub enum DomainBlocksCommand {
    /// Print all blocks, as CSV in Mastodon's format
    Export(ConfigArgs),
    /// Add the blocks of such a file; those that there are stay as they are
    Import(Import),
}

#[derive(Args)]
pub struct Import {
    #[command(flatten)]
    config: ConfigArgs,
    /// The file; - is what comes in by the terminal
    file: PathBuf,
    /// Change blocks that there are to what the file says
    #[arg(long)]
    overwrite: bool,
}

/// Carries out a command.
pub async fn run(command: DomainBlocksCommand) -> CommandResult {
    match command {
        DomainBlocksCommand::Export(config) => with_app(&config, async |app| export(app).await).await,
        DomainBlocksCommand::Import(args) => with_app(&args.config, async |app| import(app, &args).await).await,
    }
}

async fn export(app: &App) -> Result<()> {
    print!("{}", ops::export_blocks(app).await?);
    Ok(())
}

async fn import(app: &App, args: &Import) -> Result<()> {
    let read = |error: std::io::Error| Error::Malformed(format!("{}: {error}", args.file.display()));
    let data = match args.file.to_str() {
        Some("-") => std::io::read_to_string(std::io::stdin()),
        _ => std::fs::read_to_string(&args.file),
    };
    let taken = ops::import_blocks(app, By::CommandLine, &data.map_err(read)?, args.overwrite).await?;
    println!("{} added, {} changed, {} left as they were.", taken.added, taken.changed, taken.kept);
    Ok(())
}
