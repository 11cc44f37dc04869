//! Browsers in between: the password was right and the second factor is missing, or a passkey was asked for. And browsers that are
//! known.

use chrono::{DateTime, Duration, Utc};

use super::passkeys::{self, Challenge};
use super::totp::{self, Checked};
use crate::accounts::Account;
use crate::app::App;
use crate::base::id::AccountId;
use crate::base::{Error, Result, secret};
use crate::mail::{self, Notice};
use crate::security::{Step, StepKind, store};

/// How long somebody may take for a step.
const LASTS: Duration = Duration::minutes(10);

/// Codes that may be tried before the password has to be given again.
const MOST_FAILURES: i32 = 5;

fn hash(kind: StepKind, browser: &str) -> Vec<u8> {
    secret::hash(&format!("{}:{browser}", kind.as_str()))
}

async fn begin(
    app: &App,
    kind: StepKind,
    browser: &str,
    account: Option<AccountId>,
    challenge: Option<&Challenge>,
) -> Result<()> {
    let step = Step {
        browser_hash: hash(kind, browser),
        kind: kind.as_str().to_owned(),
        account_id: account,
        challenge: challenge.map(Challenge::write).transpose()?,
        failures: 0,
        expires_at: app.now() + LASTS,
    };
    app.transaction(async |conn| {
        store::upsert_step(conn, &step).await?;
        Ok(())
    })
    .await
}

/// The password of this account was right: the browser with this secret is asked for the second factor next.
pub async fn begin_second(app: &App, browser: &str, account: AccountId) -> Result<()> {
    let challenge = passkeys::ask_for_one(app, account).await?;
    begin(app, StepKind::Second, browser, Some(account), challenge.as_ref()).await
}

/// The browser with this secret is asked for any passkey.
pub async fn begin_passkey(app: &App, browser: &str) -> Result<()> {
    begin(app, StepKind::Passkey, browser, None, Some(&passkeys::ask_for_any(app)?)).await
}

/// The browser with this session is asked to make a passkey.
pub async fn begin_registration(app: &App, session: &str, account: &Account) -> Result<()> {
    let challenge = passkeys::ask_for_new(app, account).await?;
    begin(app, StepKind::Register, session, Some(account.id), Some(&challenge)).await
}

/// Whose step it is (nobody's yet, when any passkey will do), and what the browser is asked.
pub async fn look(app: &App, kind: StepKind, browser: &str) -> Result<Option<(Option<AccountId>, Option<Challenge>)>> {
    let mut conn = app.db.get().await?;
    let step = store::find_step(&mut conn, &hash(kind, browser), kind, app.now()).await?;
    step.map(open).transpose()
}

fn open(step: Step) -> Result<(Option<AccountId>, Option<Challenge>)> {
    let challenge = step.challenge.as_deref().map(Challenge::read).transpose()?;
    Ok((step.account_id, challenge))
}

/// Takes the step away, so that an answer counts once.
async fn take(app: &App, kind: StepKind, browser: &str) -> Result<Option<(Option<AccountId>, Option<Challenge>)>> {
    let mut conn = app.db.get().await?;
    let step = store::take_step(&mut conn, &hash(kind, browser), kind, app.now()).await?;
    step.map(open).transpose()
}

/// What came of an attempt at the second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    Right(AccountId),
    Wrong,
    /// Too many codes were wrong: those of the app are not taken until then.
    Closed(DateTime<Utc>),
    /// There is nothing to be tried any more: sign in anew.
    Over,
}

/// Tries a code, of the app or for recovery.
pub async fn try_code(app: &App, browser: &str, code: &str) -> Result<Attempt> {
    let hash = hash(StepKind::Second, browser);
    let counted = {
        let mut conn = app.db.get().await?;
        store::count_attempt(&mut conn, &hash, MOST_FAILURES, app.now()).await?
    };
    let Some(account) = counted else { return Ok(Attempt::Over) };
    match totp::check(app, account, code).await? {
        Checked::Right => {}
        Checked::Wrong => return Ok(Attempt::Wrong),
        Checked::Closed(until) => return Ok(Attempt::Closed(until)),
    }
    let mut conn = app.db.get().await?;
    store::delete_step(&mut conn, &hash).await?;
    Ok(Attempt::Right(account))
}

/// Tries a passkey as the second factor. What was asked is not asked again: whether it was right or not, the step is over.
pub async fn try_second_passkey(app: &App, browser: &str, answer: &str) -> Result<Attempt> {
    let Some((Some(account), Some(challenge))) = take(app, StepKind::Second, browser).await? else {
        return Ok(Attempt::Over);
    };
    let right = passkeys::check(app, account, &challenge, answer).await?;
    Ok(if right { Attempt::Right(account) } else { Attempt::Over })
}

/// Tries a passkey by itself.
pub async fn try_passkey(app: &App, browser: &str, answer: &str) -> Result<Attempt> {
    let Some((_, Some(challenge))) = take(app, StepKind::Passkey, browser).await? else { return Ok(Attempt::Over) };
    Ok(passkeys::recognise(app, &challenge, answer).await?.map_or(Attempt::Over, Attempt::Right))
}

/// What came of a new passkey.
pub enum Registered {
    /// It is kept; with the recovery codes that come with the first second factor.
    Kept(Vec<String>),
    /// The answer does not hold, or came too late.
    Refused,
}

/// Keeps the passkey that the browser made.
pub async fn register(app: &App, session: &str, account: AccountId, answer: &str, name: &str) -> Result<Registered> {
    let Some((Some(asked), Some(challenge))) = take(app, StepKind::Register, session).await? else {
        return Ok(Registered::Refused);
    };
    if asked != account {
        return Err(Error::NotFound("Page"));
    }
    let kept = passkeys::add(app, account, &challenge, answer, name).await?;
    Ok(kept.map_or(Registered::Refused, Registered::Kept))
}

/// Somebody signed in with the browser that has this secret: they are told of it when they had not before, unless it is the first of
/// all.
pub async fn note_browser(app: &App, account: AccountId, browser: &str, agent: &str) -> Result<()> {
    app.transaction(async |conn| {
        let first = !store::has_browsers(conn, account).await?;
        let known = store::note_browser(conn, account, &known_hash(browser), app.now()).await?;
        if !known && !first {
            let agent = agent.chars().filter(|letter| !letter.is_control()).take(200).collect();
            mail::ops::tell(app, conn, account, Notice::NewBrowser(agent)).await?;
        }
        Ok(())
    })
    .await
}

/// Whether the browser with this secret is one in which the account's person has signed in before.
pub async fn is_known(app: &App, account: AccountId, browser: &str) -> Result<bool> {
    let mut conn = app.db.get().await?;
    Ok(store::is_browser_known(&mut conn, account, &known_hash(browser)).await?)
}

fn known_hash(browser: &str) -> Vec<u8> {
    secret::hash(&format!("known:{browser}"))
}
