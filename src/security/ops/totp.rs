//! Apps that make codes (TOTP, RFC 6238): set up, asked, taken away; and recovery codes in their stead.

use chrono::{DateTime, Utc};
use qrcode::QrCode;
use qrcode::render::svg;
use totp_rs::{Builder, Secret, Totp};

use super::{first_codes, forget_codes, guesses, hash_code};
use crate::accounts::Account;
use crate::app::App;
use crate::base::id::AccountId;
use crate::base::{Error, Result, secret};
use crate::mail::{self, Notice};
use crate::security::{TotpKey, store};

/// Bytes of a key: as many as RFC 4226 advises (section 4).
const KEY_BYTES: usize = 20;

/// The sides of the picture of a key.
const PICTURE: u32 = 220;

/// A key, in the shapes in which an app takes it.
pub struct Shown {
    /// In fours, to be typed.
    pub text: String,
    /// The address that such apps open, `otpauth://…`.
    pub url: String,
    /// The same as a QR code, in SVG.
    pub picture: String,
}

fn totp(app: &App, name: &str, secret: &[u8]) -> Result<Totp> {
    // A colon parts the two in the address.
    let issuer = app.settings().title.replace(':', " ");
    Builder::new()
        .with_secret(Secret::from(secret))
        .with_issuer(Some(issuer))
        .with_account_name(name.replace(':', " "))
        .build()
        .map_err(|error| Error::internal(error.to_string()))
}

/// Makes a key that is not in force yet. One that is stays.
pub async fn begin(app: &App, account: AccountId) -> Result<()> {
    let secret = secret::bytes::<KEY_BYTES>()?.to_vec();
    let key = TotpKey { account_id: account, secret, confirmed_at: None, last_step: 0, created_at: app.now() };
    app.transaction(async |conn| {
        store::upsert_totp(conn, &key).await?;
        Ok(())
    })
    .await
}

/// The key that was made and is not in force yet.
pub async fn show(app: &App, account: &Account) -> Result<Option<Shown>> {
    let key = {
        let mut conn = app.db.get().await?;
        store::find_totp(&mut conn, account.id).await?
    };
    let Some(key) = key.filter(|key| key.confirmed_at.is_none()) else { return Ok(None) };
    let totp = totp(app, &account.full_handle(&app.config.instance.domain), &key.secret)?;
    let url = totp.to_url().map_err(|error| Error::internal(error.to_string()))?;
    let picture = QrCode::new(url.as_bytes())
        .map_err(Error::internal)?
        .render::<svg::Color<'_>>()
        .min_dimensions(PICTURE, PICTURE)
        .build();
    // It stands within a page.
    let picture = picture.split_once("?>").map_or(picture.as_str(), |(_, svg)| svg).to_owned();
    let letters: Vec<char> = totp.secret().to_base32().chars().filter(|letter| *letter != '=').collect();
    let text = letters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(" ");
    Ok(Some(Shown { text, url, picture }))
}

/// The step of time of a code, if it is one of the key's and none as late was used before.
fn unused_step(app: &App, key: &TotpKey, code: &str, now: DateTime<Utc>) -> Result<Option<i64>> {
    let digits: String = code.chars().filter(|letter| !letter.is_whitespace()).collect();
    if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(None);
    }
    let seconds = u64::try_from(now.timestamp()).map_err(Error::internal)?;
    let step = totp(app, "", &key.secret)?.check(&digits, seconds);
    Ok(step.and_then(|step| i64::try_from(step).ok()).filter(|step| *step > key.last_step))
}

/// Puts the key in force, once the app has shown with a code that it knows it. Returns the recovery codes that come with it, if the
/// person has none; `None` for a wrong code.
pub async fn confirm(app: &App, account: AccountId, code: &str) -> Result<Option<Vec<String>>> {
    app.transaction(async |conn| {
        let now = app.now();
        let key = store::find_totp(conn, account).await?.filter(|key| key.confirmed_at.is_none());
        let Some(key) = key else { return Ok(None) };
        let Some(step) = unused_step(app, &key, code, now)? else { return Ok(None) };
        store::update_totp(conn, account, step, now).await?;
        let codes = first_codes(conn, account).await?;
        mail::ops::tell(app, conn, account, Notice::TotpOn).await?;
        Ok(Some(codes))
    })
    .await
}

/// What a code was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checked {
    Right,
    Wrong,
    /// Too many were wrong: those of the app are not looked at until then.
    Closed(DateTime<Utc>),
}

/// Whether a code is one of the person's app, or a recovery code. It is used up by that.
pub async fn check(app: &App, account: AccountId, code: &str) -> Result<Checked> {
    app.transaction(async |conn| {
        let now = app.now();
        let (tried, closed) = guesses::lock_codes(app, conn, account).await?;
        let key = store::find_totp(conn, account).await?;
        if closed.is_none()
            && let Some(key) = &key
            && let Some(confirmed_at) = key.confirmed_at
            && let Some(step) = unused_step(app, key, code, now)?
        {
            store::update_totp(conn, account, step, confirmed_at).await?;
            guesses::forgive_codes(conn, tried).await?;
            return Ok(Checked::Right);
        }
        if store::delete_code(conn, account, &hash_code(code)).await? > 0 {
            guesses::forgive_codes(conn, tried).await?;
            mail::ops::tell(app, conn, account, Notice::CodeUsed).await?;
            return Ok(Checked::Right);
        }
        let closed = match closed {
            None => guesses::note_wrong_code(app, conn, account, tried).await?,
            closed => closed,
        };
        Ok(closed.map_or(Checked::Wrong, Checked::Closed))
    })
    .await
}

/// Takes the app away.
pub async fn remove(app: &App, account: AccountId) -> Result<()> {
    app.transaction(async |conn| {
        if store::delete_totp(conn, account).await? > 0 {
            forget_codes(conn, account).await?;
            mail::ops::tell(app, conn, account, Notice::TotpOff).await?;
        }
        Ok(())
    })
    .await
}
