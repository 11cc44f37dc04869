//! `pollen admin`: accounts and groups, from the terminal of whoever runs the instance.
//!
//! Works beside a running `serve`, on the same database. With the private Postgres, `serve` must not be running in
//! another process unless it is reached by `database.url`; the lock on the data directory says so.

use clap::{Args, Subcommand};

use super::announcements::{self, AnnouncementCommand};
use super::database::Database;
use super::domain_blocks::{self, DomainBlocksCommand};
use super::emojis::{self, EmojiCommand};
use super::federation::{self, FederationCommand};
use super::{CommandResult, ConfigArgs};
use crate::accounts::registration::Registration;
use crate::accounts::{self, ROLES};
use crate::app::App;
use crate::base::clock::Clock;
use crate::base::{Error, Result};
use crate::groups::NewGroup;
use crate::moderation::ops::{self, Act, By, Reason};
use crate::start::{self, Prepared};

#[derive(Subcommand)]
pub enum AdminCommand {
    /// People
    #[command(subcommand)]
    Account(AccountCommand),
    /// Groups
    #[command(subcommand)]
    Group(GroupCommand),
    /// What everyone of this instance is told
    #[command(subcommand)]
    Announcement(AnnouncementCommand),
    /// What waits for other servers
    #[command(subcommand)]
    Federation(FederationCommand),
    /// Which servers are refused
    #[command(subcommand)]
    DomainBlocks(DomainBlocksCommand),
    /// Pictures that people can use in what they write, by their names
    #[command(subcommand)]
    Emoji(EmojiCommand),
}

#[derive(Subcommand)]
pub enum AccountCommand {
    /// Make an account; prints a password unless one is given
    Create(CreateAccount),
    /// List the accounts of this instance
    List(ConfigArgs),
    /// Give an account a new password; ends its sessions and signs its clients out
    SetPassword(SetPassword),
    /// Make a link by which somebody who forgot their password can choose a new one, within an hour
    ResetPassword(Named),
    /// Take the second factors from somebody who lost them: the password alone is enough then
    DisableSecondFactor(Named),
    /// Say that somebody's e-mail address is theirs, without the link that was sent to it
    ConfirmEmail(Named),
    /// Let in somebody whose registration waits
    Approve(Named),
    /// Close an account: it cannot sign in, and nobody sees its posts
    Suspend(Named),
    /// Open a suspended account again
    Unsuspend(Named),
    /// Give a person a role: user, moderator, admin or owner
    Role(GiveRole),
}

#[derive(Subcommand)]
pub enum GroupCommand {
    /// Make a public group
    Create(CreateGroup),
}

#[derive(Args)]
pub struct CreateAccount {
    #[command(flatten)]
    config: ConfigArgs,
    /// The name in @name@domain
    username: String,
    /// The address to sign in with
    #[arg(long)]
    email: String,
    /// The password; read from POLLEN_PASSWORD when not given here, else one is made up and printed
    #[arg(long, env = "POLLEN_PASSWORD", hide_env_values = true)]
    password: Option<String>,
    /// What the person may do: user, moderator, admin or owner
    #[arg(long, default_value = "user")]
    role: String,
}

#[derive(Args)]
pub struct SetPassword {
    #[command(flatten)]
    config: ConfigArgs,
    /// The name in @name@domain
    username: String,
    /// The password; read from POLLEN_PASSWORD when not given here, else one is made up and printed
    #[arg(long, env = "POLLEN_PASSWORD", hide_env_values = true)]
    password: Option<String>,
}

#[derive(Args)]
pub struct Named {
    #[command(flatten)]
    config: ConfigArgs,
    /// The name in @name@domain
    username: String,
}

#[derive(Args)]
pub struct GiveRole {
    #[command(flatten)]
    config: ConfigArgs,
    /// The name in @name@domain
    username: String,
    /// What the person may do from now on: user, moderator, admin or owner
    role: String,
}

#[derive(Args)]
pub struct CreateGroup {
    #[command(flatten)]
    config: ConfigArgs,
    /// The name in @name@domain
    username: String,
    /// The name that people read, e.g. "Rust Guild"
    #[arg(long)]
    title: Option<String>,
    /// What the group is for
    #[arg(long, default_value = "")]
    about: String,
}

/// Carries out an admin command.
pub async fn run(command: AdminCommand) -> CommandResult {
    match command {
        AdminCommand::Account(AccountCommand::Create(args)) => {
            with_app(&args.config.clone(), async |app| create_account(app, args).await).await
        }
        AdminCommand::Account(AccountCommand::List(config)) => with_app(&config, async |app| list(app).await).await,
        AdminCommand::Account(AccountCommand::SetPassword(args)) => {
            with_app(&args.config.clone(), async |app| set_password(app, args).await).await
        }
        AdminCommand::Account(AccountCommand::ResetPassword(args)) => {
            with_app(&args.config, async |app| reset_password(app, &args.username).await).await
        }
        AdminCommand::Account(AccountCommand::DisableSecondFactor(args)) => {
            with_app(&args.config, async |app| disable_second_factor(app, &args.username).await).await
        }
        AdminCommand::Account(AccountCommand::ConfirmEmail(args)) => {
            with_app(&args.config, async |app| confirm_email(app, &args.username).await).await
        }
        AdminCommand::Account(AccountCommand::Approve(args)) => {
            with_app(&args.config, async |app| {
                act(app, &args.username, Act::Approve).await?;
                println!("{} may sign in now.", args.username);
                Ok(())
            })
            .await
        }
        AdminCommand::Account(AccountCommand::Suspend(args)) => {
            with_app(&args.config, async |app| {
                act(app, &args.username, Act::Suspend).await?;
                println!("{} is suspended: signed out everywhere, and seen by nobody.", args.username);
                Ok(())
            })
            .await
        }
        AdminCommand::Account(AccountCommand::Unsuspend(args)) => {
            with_app(&args.config, async |app| {
                act(app, &args.username, Act::Unsuspend).await?;
                println!("{} is open again.", args.username);
                Ok(())
            })
            .await
        }
        AdminCommand::Account(AccountCommand::Role(args)) => {
            with_app(&args.config, async |app| {
                let id = local(app, &args.username).await?.id;
                ops::set_role(app, By::CommandLine, id, &args.role).await?;
                println!("{} is {} now.", args.username, args.role);
                Ok(())
            })
            .await
        }
        AdminCommand::Announcement(command) => announcements::run(command).await,
        AdminCommand::Federation(command) => federation::run(command).await,
        AdminCommand::DomainBlocks(command) => domain_blocks::run(command).await,
        AdminCommand::Emoji(command) => emojis::run(command).await,
        AdminCommand::Group(GroupCommand::Create(args)) => {
            with_app(&args.config.clone(), async |app| create_group(app, args).await).await
        }
    }
}

/// Sets the instance up, without serving, and runs `work` on it.
pub(super) async fn with_app(config: &ConfigArgs, work: impl AsyncFnOnce(&App) -> Result<()>) -> CommandResult {
    let mut config = config.load()?;
    if config.log.filter == crate::config::Log::default().filter {
        config.log.filter = "warn".into();
    }
    super::log::start(&config.log);
    let database = Database::open(&config).await?;
    let prepared = start::prepare(config, &database.url, Clock::default()).await?;
    let outcome = work(&prepared.app).await;
    Prepared::close(prepared).await;
    database.close().await;
    Ok(outcome?)
}

async fn local(app: &App, username: &str) -> Result<accounts::Account> {
    let mut conn = app.db.get().await?;
    let name = username.trim_start_matches('@');
    accounts::store::find_local(&mut conn, name).await?.ok_or(Error::NotFound("Account"))
}

async fn act(app: &App, username: &str, act: Act) -> Result<()> {
    ops::act(app, By::CommandLine, local(app, username).await?.id, act, Reason::default()).await
}

async fn create_account(app: &App, args: CreateAccount) -> Result<()> {
    if !ROLES.contains(&args.role.as_str()) {
        return Err(Error::invalid("role", "must be user, moderator, admin or owner"));
    }
    let (password, made_up) = password(args.password)?;
    let registration = Registration {
        username: args.username,
        email: args.email,
        password: password.clone(),
        agreement: true,
        ..Registration::default()
    };
    let account = ops::create_account(app, registration, &args.role).await?;
    println!("@{}", account.full_handle(&app.config.instance.domain));
    if made_up {
        println!("password: {password}");
    }
    Ok(())
}

async fn set_password(app: &App, args: SetPassword) -> Result<()> {
    let account = local(app, &args.username).await?;
    let (password, made_up) = password(args.password)?;
    ops::set_password(app, &account, &password).await?;
    println!("The password of {} is changed; it is signed out everywhere.", account.username);
    if made_up {
        println!("password: {password}");
    }
    Ok(())
}

async fn disable_second_factor(app: &App, username: &str) -> Result<()> {
    let account = local(app, username).await?;
    ops::disable_second_factor(app, &account).await?;
    println!("{} signs in with the password alone now.", account.username);
    Ok(())
}

async fn confirm_email(app: &App, username: &str) -> Result<()> {
    let account = local(app, username).await?;
    ops::confirm_email(app, &account).await?;
    println!("The address of {} is confirmed.", account.username);
    Ok(())
}

async fn reset_password(app: &App, username: &str) -> Result<()> {
    let account = local(app, username).await?;
    println!("{}", ops::make_reset_link(app, &account).await?);
    eprintln!("Whoever opens this within an hour can choose a new password for {}.", account.username);
    Ok(())
}

async fn list(app: &App) -> Result<()> {
    let mut conn = app.db.get().await?;
    for (account, user) in accounts::store::list_local(&mut conn).await? {
        let state = match &user {
            _ if account.is_suspended() => "suspended",
            Some(user) if user.approved_at.is_none() => "waits for approval",
            Some(user) => user.role.as_str(),
            None => "group",
        };
        let email = user.as_ref().map_or("", |user| user.email.as_str());
        println!("{}\t{state}\t{email}\t{}", account.username, account.created_at.format("%Y-%m-%d"));
    }
    Ok(())
}

async fn create_group(app: &App, args: CreateGroup) -> Result<()> {
    let title = args.title.unwrap_or_else(|| args.username.clone());
    let group = NewGroup { username: args.username, display_name: title, note: args.about, created_by: None };
    let account = ops::create_group(app, group).await?;
    println!("@{}", account.full_handle(&app.config.instance.domain));
    Ok(())
}

/// The given password, or a new one (and that it is new).
fn password(given: Option<String>) -> Result<(String, bool)> {
    match given {
        Some(password) => Ok((password, false)),
        None => Ok((crate::base::secret::generate()?, true)),
    }
}
