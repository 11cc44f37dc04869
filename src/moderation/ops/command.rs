//! What whoever runs the instance does with people and groups from the terminal, each written down in the transaction that does it.

use serde_json::{Value, json};

use super::{By, note};
use crate::accounts::registration::{self, Registration, check_password};
use crate::accounts::{Account, password, sign_in};
use crate::app::App;
use crate::base::{Error, Result};
use crate::db::Conn;
use crate::groups::{self, NewGroup};
use crate::security::ops::links;
use crate::security::{self, Purpose};

async fn noted(app: &App, conn: &mut Conn, action: &'static str, on: &Account, details: Value) -> Result<()> {
    note(app, conn, By::CommandLine, action, on.acct(), details).await
}

/// Makes an account for a person; see [`registration::create_person`].
pub async fn create_account(app: &App, new: Registration, role: &str) -> Result<Account> {
    let made = registration::create_person(app, new, role, async |conn, account| {
        noted(app, conn, "account.create", account, json!({"role": role})).await
    });
    Ok(made.await?)
}

/// Gives a person a new password; see [`sign_in::set_password`].
pub async fn set_password(app: &App, account: &Account, new: &str) -> Result<()> {
    check_password(new).map_err(|problem| Error::invalid("password", problem.why()))?;
    let hash = password::hash(app, new).await?;
    app.transaction(async |conn| {
        sign_in::put_password(app, conn, account.id, &hash).await?;
        noted(app, conn, "account.set_password", account, json!({})).await
    })
    .await
}

/// Takes all second factors from a person, who lost them.
pub async fn disable_second_factor(app: &App, account: &Account) -> Result<()> {
    app.transaction(async |conn| {
        security::ops::remove_factors(app, conn, account.id).await?;
        noted(app, conn, "account.disable_second_factor", account, json!({})).await
    })
    .await
}

/// Confirms a person's address.
pub async fn confirm_email(app: &App, account: &Account) -> Result<()> {
    app.transaction(async |conn| {
        links::confirm_by_hand(app, conn, account.id).await?;
        noted(app, conn, "account.confirm_email", account, json!({})).await
    })
    .await
}

/// Makes a link by which somebody can choose a new password; the address of its page.
pub async fn make_reset_link(app: &App, account: &Account) -> Result<String> {
    let (_, user) = links::find_reader(app, account.id).await?.ok_or(Error::NotFound("Person"))?;
    app.transaction(async |conn| {
        let secret = links::make(app, conn, account.id, Purpose::Reset, &user.email).await?;
        noted(app, conn, "account.reset_password", account, json!({})).await?;
        Ok(format!("{}/auth/reset/{secret}", app.origin))
    })
    .await
}

/// Makes a public group that nobody follows yet.
pub async fn create_group(app: &App, new: NewGroup) -> Result<Account> {
    let note = async |conn: &mut Conn, group: &Account| noted(app, conn, "group.create", group, json!({})).await;
    groups::ops::create_group_and(app, new, note).await
}
