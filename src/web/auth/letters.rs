//! What letters say, in the language of whom they are for. Called by `worker`; `mail::object` hands them over.

use chrono::{DateTime, Utc};

use crate::accounts::ops::preferences;
use crate::accounts::registration::is_reachable;
use crate::accounts::{Account, User};
use crate::app::App;
use crate::base::Result;
use crate::base::id::AccountId;
use crate::edge::limits;
use crate::jobs::Outcome;
use crate::mail::{Letter, Message, Notice, object};
use crate::security::Purpose;
use crate::security::ops::links;
use crate::web::settings::sessions::browser_in_words;
use crate::web::texts::Texts;

/// Writes a letter and hands it to the mail server. The link in it is made now.
pub async fn send(app: &App, letter: &Letter) -> Result<Outcome> {
    match compose(app, letter).await? {
        Ok(message) if !is_reachable(&message.to) => Ok(Outcome::drop("the address that was given is somebody else's")),
        Ok(message) => object::send(app, &message).await,
        Err(why) => Ok(Outcome::drop(why)),
    }
}

/// `Err`: there is nothing to write, and why.
async fn compose(app: &App, letter: &Letter) -> Result<Result<Message, &'static str>> {
    Ok(match letter {
        Letter::Confirm { account_id } => match links::find_reader(app, *account_id).await? {
            Some((_, user)) if user.email_awaited_since.is_none() => Err("the address is confirmed already"),
            Some((account, user)) => {
                let to = user.email.clone();
                with_link(app, &account, &user, Purpose::Confirm, to).await?
            }
            None => Err("the person is gone"),
        },
        Letter::Change { account_id, email } => match links::find_reader(app, *account_id).await? {
            Some(_) if links::is_taken(app, email).await? => Err("somebody has the address already"),
            Some((account, user)) => with_link(app, &account, &user, Purpose::Change, email.clone()).await?,
            None => Err("the person is gone"),
        },
        Letter::Reset { email } => match links::find_forgetful(app, email).await? {
            Some((account, user)) => {
                let to = user.email.clone();
                with_link(app, &account, &user, Purpose::Reset, to).await?
            }
            None => Err("nobody has the address"),
        },
        Letter::Taken { email } => match links::find_holder(app, email).await? {
            Some(_) if limits::letter(app, &format!("taken {email}")).is_err() => Err("they know by now"),
            Some((account, user)) => Ok(taken(app, &account, &user).await?),
            None => Err("nobody has the address any more"),
        },
        Letter::Appeal { account_id, approved } => match links::find_reader(app, *account_id).await? {
            Some((account, user)) => Ok(decided(app, &account, &user, *approved).await?),
            None => Err("the person is gone"),
        },
        Letter::Admitted { account_id } => match links::find_reader(app, *account_id).await? {
            Some((account, user)) => Ok(admitted(app, &account, &user).await?),
            None => Err("the person is gone"),
        },
        Letter::Rejected { email, username, locale } => Ok(rejected(app, email, username, locale)),
        Letter::Notice { account_id, notice, email, at } => {
            notice_to(app, *account_id, notice, email.clone(), *at).await?
        }
    })
}

async fn with_link(
    app: &App,
    account: &Account,
    user: &User,
    purpose: Purpose,
    to: String,
) -> Result<Result<Message, &'static str>> {
    let t = texts(app, user).await?;
    let Some(secret) = links::make_asked(app, account.id, purpose, &to).await? else {
        return Ok(Err("the address is not wanted any more"));
    };
    let (subject, lead, place, after) = match purpose {
        Purpose::Confirm => {
            (t.say("letter-confirm"), t.say("letter-confirm-lead"), "confirm", t.say("letter-confirm-after"))
        }
        Purpose::Change => {
            (t.say("letter-change"), t.say("letter-change-lead"), "confirm", t.say("letter-change-after"))
        }
        Purpose::Reset => (t.say("letter-reset"), t.say("letter-reset-lead"), "reset", t.say("letter-reset-after")),
    };
    let link = format!("{}/auth/{place}/{secret}", app.origin);
    Ok(Ok(Message { to, subject, text: text(app, &t, account, &[lead, link, after]) }))
}

/// To whom an address belongs that somebody wanted to register with.
async fn taken(app: &App, account: &Account, user: &User) -> Result<Message> {
    let t = texts(app, user).await?;
    let paragraphs = [t.say("letter-taken"), t.say("letter-taken-after"), format!("{}/auth/reset", app.origin)];
    let subject = t.with("letter-notice", "instance", &app.settings().title);
    Ok(Message { to: user.email.clone(), subject, text: text(app, &t, account, &paragraphs) })
}

/// To whom said something against what moderators did.
async fn decided(app: &App, account: &Account, user: &User, approved: bool) -> Result<Message> {
    let t = texts(app, user).await?;
    let what = if approved { t.say("letter-appeal-approved") } else { t.say("letter-appeal-rejected") };
    let text = text(app, &t, account, &[what, format!("{}/settings/warnings", app.origin)]);
    let subject = t.with("letter-notice", "instance", &app.settings().title);
    Ok(Message { to: user.email.clone(), subject, text })
}

/// To whom somebody let in.
async fn admitted(app: &App, account: &Account, user: &User) -> Result<Message> {
    let t = texts(app, user).await?;
    let title = &app.settings().title;
    let paragraphs = [t.with("letter-admitted", "instance", title), format!("{}/auth/sign_in", app.origin)];
    let subject = t.with("letter-notice", "instance", title);
    Ok(Message { to: user.email.clone(), subject, text: text(app, &t, account, &paragraphs) })
}

/// To whom nobody let in.
fn rejected(app: &App, email: &str, username: &str, locale: &str) -> Message {
    let settings = app.settings();
    let t = Texts::choose(locale, settings.languages.first().map_or("", String::as_str));
    let paragraphs = [t.with("letter-rejected", "instance", &settings.title), t.say("letter-rejected-after")];
    let name = format!("{username}@{}", app.config.instance.domain);
    let subject = t.with("letter-rejected-subject", "instance", &settings.title);
    Message { to: email.to_owned(), subject, text: text_for(app, &t, &name, &paragraphs) }
}

async fn notice_to(
    app: &App,
    id: AccountId,
    notice: &Notice,
    email: Option<String>,
    at: DateTime<Utc>,
) -> Result<Result<Message, &'static str>> {
    let Some((account, user)) = links::find_reader(app, id).await? else { return Ok(Err("the person is gone")) };
    let t = texts(app, &user).await?;
    let what = match notice {
        Notice::PasswordChanged => t.say("letter-password-changed"),
        Notice::EmailChanged => t.say("letter-email-changed"),
        Notice::TotpOn => t.say("letter-totp-on"),
        Notice::TotpOff => t.say("letter-totp-off"),
        Notice::PasskeyAdded => t.say("letter-passkey-added"),
        Notice::PasskeyRemoved => t.say("letter-passkey-removed"),
        Notice::SecondFactorOff => t.say("letter-second-off"),
        Notice::CodesMade => t.say("letter-codes-made"),
        Notice::CodeUsed => t.say("letter-code-used"),
        Notice::CodesGuessed(times) => t.with("letter-codes-guessed", "count", times),
        Notice::PasswordGuessed(times) => t.with("letter-password-guessed", "count", times),
        Notice::NewBrowser(agent) => t.with("letter-new-browser", "browser", browser_in_words(&t, agent)),
    };
    let when = t.with("letter-when", "time", t.moment(at));
    let link = format!("{}/settings/security", app.origin);
    let text = text(app, &t, &account, &[what, when, t.say("letter-not-you"), link]);
    let to = email.unwrap_or(user.email);
    Ok(Ok(Message { to, subject: t.with("letter-notice", "instance", &app.settings().title), text }))
}

/// The texts in the language of whom a letter is for, with times of their zone.
async fn texts(app: &App, user: &User) -> Result<Texts> {
    let preferences = preferences::find(app, user.account_id).await?;
    let texts = Texts::choose(&user.locale, app.settings().languages.first().map_or("", String::as_str));
    Ok(texts.preferring(preferences.language.as_deref(), preferences.time_zone.as_deref()))
}

/// The paragraphs of a letter, with what all of them begin and end with.
fn text(app: &App, t: &Texts, account: &Account, paragraphs: &[String]) -> String {
    text_for(app, t, &account.full_handle(&app.config.instance.domain), paragraphs)
}

/// As [`text`], for whoever goes by this name.
fn text_for(app: &App, t: &Texts, name: &str, paragraphs: &[String]) -> String {
    let hello = t.with("letter-hello", "name", name);
    let foot = t.with("letter-foot", "domain", &app.config.instance.domain);
    let mut parts = vec![hello];
    parts.extend_from_slice(paragraphs);
    parts.push(foot);
    parts.join("\n\n") + "\n"
}
