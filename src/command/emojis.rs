//! `pollen admin emoji`: the instance's own custom emoji. A running `serve` shows them within two seconds.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::admin::with_app;
use super::{CommandResult, ConfigArgs};
use crate::app::App;
use crate::base::{Error, Result};
use crate::emojis::ops::EmojiChanges;
use crate::emojis::{CustomEmoji, object, store};
use crate::moderation::ops::{self, By};

#[derive(Subcommand)]
pub enum EmojiCommand {
    /// Add an emoji from a picture, or one for each picture in a folder, named after its file
    Add(Add),
    /// List the emoji of this instance
    List(ConfigArgs),
    /// Change what is said of an emoji
    Change(Change),
    /// Remove an emoji; its name stays in texts
    Remove(Remove),
}

#[derive(Args)]
pub struct Add {
    #[command(flatten)]
    config: ConfigArgs,
    /// A PNG, WebP, JPEG or GIF of up to 256 KiB, or a folder of them. Of what moves, GIFs alone go on moving
    path: PathBuf,
    /// The name, without colons; that of the file when not given
    #[arg(long)]
    shortcode: Option<String>,
    /// Under which heading pickers show it
    #[arg(long)]
    category: Option<String>,
    /// Pickers do not offer it
    #[arg(long)]
    hidden: bool,
    /// Give those that are there already another picture
    #[arg(long)]
    replace: bool,
}

#[derive(Args)]
pub struct Change {
    #[command(flatten)]
    config: ConfigArgs,
    /// The name, without colons
    shortcode: String,
    /// Under which heading pickers show it; none when empty
    #[arg(long)]
    category: Option<String>,
    /// Whether pickers do not offer it
    #[arg(long)]
    hidden: Option<bool>,
    /// Whether it is shown nowhere
    #[arg(long)]
    disabled: Option<bool>,
}

#[derive(Args)]
pub struct Remove {
    #[command(flatten)]
    config: ConfigArgs,
    /// The name, without colons
    shortcode: String,
}

/// Carries out a command.
pub async fn run(command: EmojiCommand) -> CommandResult {
    match command {
        EmojiCommand::Add(args) => with_app(&args.config.clone(), async |app| add(app, args).await).await,
        EmojiCommand::List(config) => with_app(&config, async |app| list(app).await).await,
        EmojiCommand::Change(args) => with_app(&args.config.clone(), async |app| change(app, args).await).await,
        EmojiCommand::Remove(args) => {
            with_app(&args.config, async |app| {
                let shortcode = bare(&args.shortcode);
                ops::remove_emoji(app, By::CommandLine, shortcode).await?;
                println!(":{shortcode}: is removed.");
                Ok(())
            })
            .await
        }
    }
}

/// A name without colons.
fn bare(shortcode: &str) -> &str {
    shortcode.trim_matches(':')
}

async fn add(app: &App, args: Add) -> Result<()> {
    let changes = EmojiChanges {
        category: args.category,
        visible_in_picker: if args.hidden { Some(false) } else { None },
        disabled: None,
    };
    if args.path.is_dir() {
        if args.shortcode.is_some() {
            return Err(Error::invalid("shortcode", "cannot be given for a folder: its files are named"));
        }
        return add_all(app, &args.path, args.replace, &changes).await;
    }
    let name = args.shortcode.unwrap_or_else(|| name_of(&args.path));
    let emoji = add_one(app, &args.path, bare(&name), args.replace, &changes).await?;
    println!(":{}:", emoji.shortcode);
    Ok(())
}

async fn add_one(
    app: &App,
    file: &Path,
    shortcode: &str,
    replace: bool,
    changes: &EmojiChanges,
) -> Result<CustomEmoji> {
    let files = object::take(app, object::read(app, file).await?, shortcode, replace, changes).await?;
    ops::finish_emoji(app, By::CommandLine, shortcode, &files, changes).await
}

/// A file's name without its ending.
fn name_of(file: &Path) -> String {
    file.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Adds what can be added, and says why the others cannot; fails when there are such.
async fn add_all(app: &App, folder: &Path, replace: bool, changes: &EmojiChanges) -> Result<()> {
    let unreadable = |error| Error::invalid("path", format!("{} cannot be read: {error}", folder.display()));
    let entries = std::fs::read_dir(folder).map_err(unreadable)?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    files.sort();
    let mut failed = 0;
    for file in &files {
        match add_one(app, file, &name_of(file), replace, changes).await {
            Ok(emoji) => println!(":{}:", emoji.shortcode),
            Err(error @ (Error::Internal(_) | Error::Unavailable(_))) => return Err(error),
            Err(error) => {
                failed += 1;
                eprintln!("{}: {error}", file.display());
            }
        }
    }
    if failed > 0 {
        return Err(Error::invalid("path", format!("has {failed} of {} files that were not added", files.len())));
    }
    Ok(())
}

async fn list(app: &App) -> Result<()> {
    let mut conn = app.db.get().await?;
    for emoji in store::list_own(&mut conn).await? {
        let state = match &emoji {
            emoji if emoji.disabled_at.is_some() => "disabled",
            emoji if emoji.visible_in_picker => "shown",
            _ => "hidden",
        };
        println!("{}\t{state}\t{}\t{}", emoji.shortcode, emoji.category.unwrap_or_default(), emoji.image_url);
    }
    Ok(())
}

async fn change(app: &App, args: Change) -> Result<()> {
    let changes = EmojiChanges {
        category: args.category,
        visible_in_picker: args.hidden.map(|hidden| !hidden),
        disabled: args.disabled,
    };
    let emoji = ops::change_emoji(app, By::CommandLine, bare(&args.shortcode), &changes).await?;
    println!(":{}: is changed.", emoji.shortcode);
    Ok(())
}
