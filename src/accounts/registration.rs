//! How a person gets an account here: what they must give, what is wrong with it field by field, approval.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::ops::{self, NewLocal};
use super::refusals::{self, Verdict};
use super::store;
use super::{Account, ActorType, PersonRegistered, User, keys, password};
use crate::app::App;
use crate::base::handle::{self, UsernameError};
use crate::base::id::AccountId;
use crate::base::{Error, Result};
use crate::config::RegistrationMode;
use crate::db::Conn;
use crate::jobs;
use crate::mail::{self, Letter};

/// The least that a password has, in characters: what clients' own forms ask for.
pub const LEAST_PASSWORD: usize = 8;

/// The most that a password has, in bytes.
pub const MOST_PASSWORD_BYTES: usize = 256;

const MOST_EMAIL: usize = 254;
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
}

/// What can be wrong with a field. Clients know Mastodon's names for these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    Accepted,
    Blank,
    Blocked,
    Invalid,
    Reserved,
    Taken,
    TooLong,
    TooShort,
}

impl Problem {
    /// Mastodon's name for it (https://docs.joinmastodon.org/methods/accounts/#422-unprocessable-entity).
    pub fn code(self) -> &'static str {
        match self {
            Self::Accepted => "ERR_ACCEPTED",
            Self::Blank => "ERR_BLANK",
            Self::Blocked => "ERR_BLOCKED",
            Self::Invalid => "ERR_INVALID",
            Self::Reserved => "ERR_RESERVED",
            Self::Taken => "ERR_TAKEN",
            Self::TooLong => "ERR_TOO_LONG",
            Self::TooShort => "ERR_TOO_SHORT",
        }
    }

    /// In words, to follow the field's name.
    pub fn why(self) -> &'static str {
        match self {
            Self::Accepted => "must be accepted",
            Self::Blank => "can't be blank",
            Self::Blocked => "is not allowed here",
            Self::Invalid => "is invalid",
            Self::Reserved => "is reserved",
            Self::Taken => "has already been taken",
            Self::TooLong => "is too long",
            Self::TooShort => "is too short",
        }
    }
}

/// A field's name, and what is wrong with it.
pub type FieldProblem = (&'static str, Problem);

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

/// What the API answers about wrong fields: `{"error", "details": {field: [{error, description}]}}`.
pub fn details(problems: &[FieldProblem]) -> Value {
    let mut fields = Map::new();
    for (field, problem) in problems {
        let list = fields.entry((*field).to_owned()).or_insert_with(|| json!([]));
        if let Value::Array(list) = list {
            list.push(json!({"error": problem.code(), "description": problem.why()}));
        }
    }
    let sentence: Vec<String> = problems.iter().map(|(field, problem)| format!("{field} {}", problem.why())).collect();
    json!({"error": format!("Validation failed: {}", sentence.join(", ")), "details": fields})
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
    let mut problems = check(&new);
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
/// user, moderator, admin or owner.
pub async fn create_person(app: &App, new: Registration, role: &str) -> Result<Account, Refused> {
    let problems = check(&new);
    create(app, new, role, None, problems, async |_, _| Ok(())).await
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
    {
        let mut conn = app.db.get().await?;
        problems.extend(taken(&mut conn, &new.username, &email).await?);
    }
    if !problems.is_empty() {
        return Err(Refused::Fields(problems));
    }
    let pair = keys::new_pair(app).await?;
    let now = app.now();
    let username = new.username.clone();
    let asked = came.is_some() && app.config.mail.is_set_up();
    let made = app
        .transaction(async |conn| {
            let local = NewLocal {
                username: username.clone(),
                actor_type: ActorType::Person,
                display_name: String::new(),
                note: String::new(),
            };
            let account = ops::create_local(app, conn, local, pair).await?;
            let user = User {
                email: email.clone(),
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
            if asked {
                mail::ops::write(app, conn, &Letter::Confirm { account_id: account.id }).await?;
            }
            also(conn, &account).await?;
            Ok(account)
        })
        .await;
    match made {
        Ok(account) => Ok(account),
        // Somebody else was faster by a moment.
        Err(error) if error.is_collision() || matches!(error, Error::Invalid { .. }) => {
            let mut conn = app.db.get().await?;
            let problems = taken(&mut conn, &username, &email).await?;
            Err(if problems.is_empty() { error.into() } else { Refused::Fields(problems) })
        }
        Err(error) => Err(error.into()),
    }
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
    }
}

async fn taken(conn: &mut Conn, username: &str, email: &str) -> Result<Vec<FieldProblem>> {
    let mut problems = Vec::new();
    if store::find_local(conn, username).await?.is_some() {
        problems.push(("username", Problem::Taken));
    }
    if store::find_user_by_email(conn, email).await?.is_some() {
        problems.push(("email", Problem::Taken));
    }
    Ok(problems)
}

fn check(new: &Registration) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    match handle::validate_local_username(&new.username) {
        Ok(()) => {}
        Err(UsernameError::Blank) => problems.push(("username", Problem::Blank)),
        Err(UsernameError::TooLong) => problems.push(("username", Problem::TooLong)),
        Err(UsernameError::Characters) => problems.push(("username", Problem::Invalid)),
        Err(UsernameError::Reserved) => problems.push(("username", Problem::Reserved)),
    }
    if let Err(problem) = check_email(new.email.trim()) {
        problems.push(("email", problem));
    }
    if let Err(problem) = check_password(&new.password) {
        problems.push(("password", problem));
    }
    problems
}

/// Whether a password may be set.
pub fn check_password(password: &str) -> Result<(), Problem> {
    match password {
        "" => Err(Problem::Blank),
        short if short.chars().count() < LEAST_PASSWORD => Err(Problem::TooShort),
        long if long.len() > MOST_PASSWORD_BYTES => Err(Problem::TooLong),
        _ => Ok(()),
    }
}

/// Whether something can be an e-mail address.
pub fn check_email(email: &str) -> Result<(), Problem> {
    if email.is_empty() {
        return Err(Problem::Blank);
    }
    if email.len() > MOST_EMAIL {
        return Err(Problem::TooLong);
    }
    let odd = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"' | ',' | ';' | '\\');
    match email.split_once('@') {
        Some((name, domain))
            if !name.is_empty() && !email.contains(odd) && !domain.contains('@') && is_mail_domain(domain) =>
        {
            Ok(())
        }
        _ => Err(Problem::Invalid),
    }
}

/// A host name; `localhost` and names within a company have no dot.
fn is_mail_domain(domain: &str) -> bool {
    !domain.is_empty() && !domain.contains(':') && handle::normalise_domain(domain).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_says_what_is_wrong_with_it() {
        let new = Registration {
            username: "admin".into(),
            email: "x".into(),
            password: "short".into(),
            ..Registration::default()
        };
        let problems = check(&new);
        assert_eq!(
            problems,
            [("username", Problem::Reserved), ("email", Problem::Invalid), ("password", Problem::TooShort)]
        );
        let answer = details(&problems);
        assert_eq!(answer["details"]["username"][0]["error"], "ERR_RESERVED");
        assert_eq!(answer["error"], "Validation failed: username is reserved, email is invalid, password is too short");
    }

    #[test]
    fn addresses_are_checked_for_what_can_be_one() {
        for right in ["ada@acme.example", "a.b+c@acme.example", "ada@localhost", "ada@mail"] {
            assert_eq!(check_email(right), Ok(()), "{right}");
        }
        for wrong in ["ada", "@acme.example", "ada@", "a b@acme.example", "a@b@c", "<a@acme.example>", "ada@a..b"] {
            assert_eq!(check_email(wrong), Err(Problem::Invalid), "{wrong}");
        }
    }
}
