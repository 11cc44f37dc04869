//! How a person gets an account here: what they must give, whether the address is theirs, approval.

mod fields;

use std::net::IpAddr;

use chrono::{DateTime, Utc};

pub use fields::{FieldProblem, LEAST_PASSWORD, MOST_PASSWORD_BYTES, Problem, check_email, check_password, details};

use super::ops::{self, NewLocal};
use super::refusals::{self, Verdict};
use super::store::{self, sign_ins};
use super::{Account, ActorType, PersonAdmitted, PersonRegistered, User, keys, password};
use crate::app::App;
use crate::base::id::{AccountId, ApplicationId};
use crate::base::{Error, Result};
use crate::config::RegistrationMode;
use crate::db::Conn;
use crate::jobs;
use crate::mail::{self, Letter};

const MOST_REASON: usize = 2000;

/// What somebody who wants an account gives.
#[derive(Clone, Debug, Default)]
pub struct Registration {
    pub username: String,
    pub email: String,
    pub password: String,
    pub locale: Option<String>,
    /// Why they want to join, where registrations are approved by somebody.
    pub reason: Option<String>,
    /// They agree to the rules.
    pub agreement: bool,
    /// Where they come from.
    pub address: Option<IpAddr>,
    /// The program that they register with; none on pages.
    pub application_id: Option<ApplicationId>,
}

/// Why somebody got no account.
#[derive(Debug)]
pub enum Refused {
    /// Nobody can register here themselves.
    Closed,
    Fields(Vec<FieldProblem>),
    Failed(Error),
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Closed => Self::Forbidden("Registration is closed here. Ask whoever runs this server.".into()),
            Refused::Fields(problems) => problems.first().map_or_else(
                || Self::invalid("", "is invalid"),
                |(field, problem)| Self::invalid(field, problem.why()),
            ),
            Refused::Failed(error) => error,
        }
    }
}

/// Registers a person who came by themselves. Callers limit the rate. Enqueues [`PersonRegistered`], and a letter that asks whether
/// the address is theirs; without a mail server the address is believed.
pub async fn register(app: &App, new: Registration) -> Result<Account, Refused> {
    let mode = app.settings().registrations;
    if !mode.takes_strangers() {
        return Err(Refused::Closed);
    }
    admit(app, new, mode == RegistrationMode::Approval, async |_, _| Ok(())).await
}

/// As [`register`], for whom somebody vouches: nobody has to approve. `vouched` runs in the same transaction, and its error undoes all.
pub async fn register_invited(
    app: &App,
    new: Registration,
    vouched: impl AsyncFnOnce(&mut Conn, &Account) -> Result<()>,
) -> Result<Account, Refused> {
    if app.settings().registrations == RegistrationMode::Closed {
        return Err(Refused::Closed);
    }
    admit(app, new, false, vouched).await
}

async fn admit(
    app: &App,
    new: Registration,
    waits: bool,
    also: impl AsyncFnOnce(&mut Conn, &Account) -> Result<()>,
) -> Result<Account, Refused> {
    let mut problems = fields::check(&new);
    if !new.agreement {
        problems.push(("agreement", Problem::Accepted));
    }
    let verdict = {
        let mut conn = app.db.get().await?;
        refusals::judge(app, &mut conn, &new.email.trim().to_lowercase(), new.address).await?
    };
    match verdict {
        Verdict::AddressRefused => {
            return Err(Error::Forbidden(
                "Nobody can register from where you are. Ask whoever runs this server.".into(),
            )
            .into());
        }
        Verdict::EmailRefused => problems.push(("email", Problem::Blocked)),
        Verdict::Welcome | Verdict::Waits => {}
    }
    let waits = waits || verdict == Verdict::Waits;
    create(app, new, "user", Some(waits), problems, also).await
}

/// Makes an account for a person, on behalf of whoever runs the instance: also where registration is closed. `role` is
/// user, moderator, admin or owner. `also` runs in the same transaction.
pub async fn create_person(
    app: &App,
    new: Registration,
    role: &str,
    also: impl AsyncFnOnce(&mut Conn, &Account) -> Result<()>,
) -> Result<Account, Refused> {
    let problems = fields::check(&new);
    create(app, new, role, None, problems, also).await
}

/// What somebody who registered waits for before they may sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    Nothing,
    /// That they open the link that was sent to them.
    Address,
    /// That somebody approves.
    Approval,
}

/// What somebody whose registration is here waits for: their own part first.
pub async fn waits_for(app: &App, id: AccountId) -> Result<Wait> {
    let mut conn = app.db.get().await?;
    let user = store::find_user(&mut conn, id).await?.ok_or(Error::NotFound("Account"))?;
    Ok(match (user.email_awaited_since, user.approved_at) {
        (Some(_), _) => Wait::Address,
        (None, None) => Wait::Approval,
        (None, Some(_)) => Wait::Nothing,
    })
}

/// `came`: the person came by themselves; if it is true, they cannot sign in until somebody approves.
///
/// With a mail server, nobody learns from this whether somebody has the address. Who came with one that is taken gets an account like
/// everybody else, which waits for a link that is never sent; a letter goes to whom the address belongs.
async fn create(
    app: &App,
    new: Registration,
    role: &str,
    came: Option<bool>,
    mut problems: Vec<FieldProblem>,
    also: impl AsyncFnOnce(&mut Conn, &Account) -> Result<()>,
) -> Result<Account, Refused> {
    let email = new.email.trim().to_lowercase();
    // Before it is known whether somebody has the name or the address: the time of the answer does not tell.
    let password_hash = if problems.is_empty() { password::hash(app, &new.password).await? } else { String::new() };
    let asked = came.is_some() && app.config.mail.is_set_up();
    {
        let mut conn = app.db.get().await?;
        problems.extend(taken(&mut conn, &new.username, (!asked).then_some(email.as_str())).await?);
    }
    if !problems.is_empty() {
        return Err(Refused::Fields(problems));
    }
    let pair = keys::new_pair(app).await?;
    let now = app.now();
    let username = new.username.clone();
    let made = app
        .transaction(async |conn| {
            let local = NewLocal {
                username: username.clone(),
                actor_type: ActorType::Person,
                display_name: String::new(),
                note: String::new(),
            };
            let account = ops::create_local(app, conn, local, pair).await?;
            let (own_email, letter) =
                if asked { address_of(conn, &account, &email).await? } else { (email.clone(), None) };
            let user = User {
                email: own_email,
                password_hash,
                role: role.to_owned(),
                approved_at: (came != Some(true)).then_some(now),
                email_awaited_since: asked.then_some(now),
                ..blank_user(&account, new, now)
            };
            store::insert_user(conn, &user).await?;
            if came.is_some() {
                jobs::enqueue(app, conn, &PersonRegistered { account_id: account.id }).await?;
            }
            if let Some(letter) = letter {
                mail::ops::write(app, conn, &letter).await?;
            }
            also(conn, &account).await?;
            note_admitted(app, conn, account.id).await?;
            Ok(account)
        })
        .await;
    match made {
        Ok(account) => Ok(account),
        // Somebody else was faster by a moment.
        Err(error) if error.is_collision() || matches!(error, Error::Invalid { .. }) => {
            let mut conn = app.db.get().await?;
            let problems = taken(&mut conn, &username, (!asked).then_some(email.as_str())).await?;
            Err(if problems.is_empty() { error.into() } else { Refused::Fields(problems) })
        }
        Err(error) => Err(error.into()),
    }
}

/// What stands in place of the address of somebody who came with another's: below a name that nobody can have (RFC 2606).
const NOWHERE: &str = "@taken.invalid";

/// Whether letters to this address reach anybody.
pub fn is_reachable(email: &str) -> bool {
    !email.ends_with(NOWHERE)
}

/// The address that a new account gets, and what is written to the one that was given.
async fn address_of(conn: &mut Conn, account: &Account, email: &str) -> Result<(String, Option<Letter>)> {
    // Of two who come with the same address at once, the second sees the first.
    sign_ins::lock_email(conn, email).await?;
    if store::find_user_by_email(conn, email).await?.is_none() {
        return Ok((email.to_owned(), Some(Letter::Confirm { account_id: account.id })));
    }
    Ok((format!("{}{NOWHERE}", account.id), Some(Letter::Taken { email: email.to_owned() })))
}

/// Tells whoever waits for it that a person is let in, if that is so: called whenever something that they waited for has come.
pub async fn note_admitted(app: &App, conn: &mut Conn, id: AccountId) -> Result<()> {
    let user = store::find_user(conn, id).await?;
    if user.is_some_and(|user| user.approved_at.is_some() && user.email_awaited_since.is_none()) {
        jobs::enqueue(app, conn, &PersonAdmitted { account_id: id }).await?;
    }
    Ok(())
}

/// What somebody chose, and what nobody chooses yet.
fn blank_user(account: &Account, new: Registration, now: DateTime<Utc>) -> User {
    let locale = new.locale.filter(|locale| crate::base::text::valid_language(locale));
    User {
        account_id: account.id,
        email: String::new(),
        password_hash: String::new(),
        role: String::new(),
        locale: locale.unwrap_or_else(|| "en".into()),
        approved_at: None,
        registration_reason: new.reason.map(|reason| reason.chars().take(MOST_REASON).collect()),
        default_visibility: "public".into(),
        default_sensitive: false,
        default_language: None,
        created_at: now,
        last_sign_in_at: None,
        disabled_at: None,
        default_quote_policy: "public".into(),
        email_awaited_since: None,
        created_by_application_id: new.application_id,
    }
}

/// `email`: only where it is told whether somebody has it.
async fn taken(conn: &mut Conn, username: &str, email: Option<&str>) -> Result<Vec<FieldProblem>> {
    let mut problems = Vec::new();
    if store::find_local(conn, username).await?.is_some() {
        problems.push(("username", Problem::Taken));
    }
    if let Some(email) = email
        && store::find_user_by_email(conn, email).await?.is_some()
    {
        problems.push(("email", Problem::Taken));
    }
    Ok(problems)
}
