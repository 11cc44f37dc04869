//! `pollen admin announcement`: what everyone of the instance is told.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use clap::{Args, Subcommand};

use super::admin::with_app;
use super::{CommandResult, ConfigArgs};
use crate::announcements::ops::Draft;
use crate::announcements::store;
use crate::app::App;
use crate::base::id::AnnouncementId;
use crate::base::text::strip_markup_to_text_line;
use crate::base::{Error, Result};
use crate::moderation::ops::{self, By};

/// Characters of each that are listed.
const SHOWN: usize = 80;

#[derive(Subcommand)]
pub enum AnnouncementCommand {
    /// Tell everyone something, at once; prints its number
    Create(Create),
    /// List what is announced, with the numbers
    List(ConfigArgs),
    /// Take an announcement back
    Delete(Delete),
}

#[derive(Args)]
pub struct Create {
    #[command(flatten)]
    config: ConfigArgs,
    /// What to say
    text: String,
    /// When what it is about begins: 2030-01-31, or 2030-01-31T12:00:00Z
    #[arg(long)]
    starts: Option<String>,
    /// When that ends; the announcement is shown no longer
    #[arg(long)]
    ends: Option<String>,
    /// Only the days matter, not the hours
    #[arg(long)]
    all_day: bool,
}

#[derive(Args)]
pub struct Delete {
    #[command(flatten)]
    config: ConfigArgs,
    /// Its number, as `list` shows it
    id: String,
}

/// Carries out a command.
pub async fn run(command: AnnouncementCommand) -> CommandResult {
    match command {
        AnnouncementCommand::Create(args) => with_app(&args.config.clone(), async |app| create(app, args).await).await,
        AnnouncementCommand::List(config) => with_app(&config, async |app| list(app).await).await,
        AnnouncementCommand::Delete(args) => with_app(&args.config, async |app| delete(app, &args.id).await).await,
    }
}

fn moment(field: &'static str, text: Option<&str>) -> Result<Option<DateTime<Utc>>> {
    let Some(text) = text else { return Ok(None) };
    let time = DateTime::parse_from_rfc3339(text).map(|time| time.with_timezone(&Utc));
    let day = || text.parse::<NaiveDate>().map(|day| day.and_time(NaiveTime::MIN).and_utc());
    let wrong = |_| Error::invalid(field, "must be a day such as 2030-01-31, or a time such as 2030-01-31T12:00:00Z");
    time.or_else(|_| day()).map(Some).map_err(wrong)
}

async fn create(app: &App, args: Create) -> Result<()> {
    let draft = Draft {
        starts_at: moment("starts", args.starts.as_deref())?,
        ends_at: moment("ends", args.ends.as_deref())?,
        text: args.text,
        all_day: args.all_day,
    };
    let made = ops::announce(app, By::CommandLine, &draft).await?;
    println!("{}", made.id);
    tell(app).await
}

async fn list(app: &App) -> Result<()> {
    let mut conn = app.db.get().await?;
    for row in store::list(&mut conn).await? {
        let state = if row.holds(app.now()) { "shown" } else { "over" };
        let text = strip_markup_to_text_line(&row.content, SHOWN);
        println!("{}\t{state}\t{}\t{text}", row.id, row.published_at.format("%Y-%m-%d"));
    }
    Ok(())
}

async fn delete(app: &App, id: &str) -> Result<()> {
    let id: AnnouncementId = id.parse().map_err(|_| Error::NotFound("Announcement"))?;
    ops::withdraw(app, By::CommandLine, id).await?;
    println!("{id} is taken back.");
    tell(app).await
}

/// Tells the processes that serve, so that those who listen hear of it at once.
async fn tell(app: &App) -> Result<()> {
    app.changes.flush(&app.db).await
}
