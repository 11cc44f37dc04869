//! Passkeys (WebAuthn): what a browser is asked to sign, and whether its answer holds. webauthn-rs judges; what it has to remember
//! between question and answer lies in `sign_in_steps`, so that no answer counts twice.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;
use webauthn_rs::prelude::{
    DiscoverableAuthentication, DiscoverableKey, Passkey, PasskeyAuthentication, PasskeyRegistration,
    PublicKeyCredential, RegisterPublicKeyCredential, Uuid, Webauthn, WebauthnBuilder,
};

use super::{first_codes, forget_codes};
use crate::accounts::Account;
use crate::app::App;
use crate::base::id::{AccountId, PasskeyId};
use crate::base::{Error, Result, secret, why};
use crate::db::Conn;
use crate::mail::{self, Notice};
use crate::security::{PasskeyRow, store};

/// Passkeys that one person may have.
pub const MOST_PASSKEYS: usize = 20;

/// The most of a passkey's name.
const MOST_NAME: usize = 60;

/// The largest answer that is looked at, in bytes.
const MOST_ANSWER: usize = 32 * 1024;

/// What a browser is asked, and what is needed to judge the answer.
#[derive(Serialize, Deserialize)]
pub struct Challenge {
    /// As `navigator.credentials` takes it, with bytes in base64url.
    pub options: Value,
    state: Value,
}

impl Challenge {
    fn new(options: impl Serialize, state: impl Serialize) -> Result<Self> {
        let options = serde_json::to_value(options).map_err(Error::internal)?;
        let options = options.get("publicKey").cloned().unwrap_or_default();
        Ok(Self { options, state: serde_json::to_value(state).map_err(Error::internal)? })
    }

    /// As it lies in a row.
    pub fn write(&self) -> Result<String> {
        serde_json::to_string(self).map_err(Error::internal)
    }

    /// What [`Challenge::write`] wrote.
    pub fn read(text: &str) -> Result<Self> {
        serde_json::from_str(text).map_err(Error::internal)
    }
}

/// `None` where this instance's address is none that browsers keep passkeys for (an IP address).
fn webauthn(app: &App) -> Option<Webauthn> {
    let origin = Url::parse(&app.origin).ok()?;
    let builder = WebauthnBuilder::new(origin.domain()?, &origin).ok()?;
    builder.rp_name(&app.settings().title).build().ok()
}

fn required(app: &App) -> Result<Webauthn> {
    webauthn(app).ok_or_else(|| Error::Unavailable("This server has no name that passkeys could be kept for.".into()))
}

/// What passkeys know a person by. It says nothing to others, and stays the same whatever the person is called.
fn handle(account: &Account) -> Uuid {
    let hash = secret::hash(&format!("passkey:{}", account.uri));
    hash.first_chunk::<16>().map_or_else(Uuid::nil, |bytes| Uuid::from_bytes(*bytes))
}

/// A person's passkeys.
pub async fn list(app: &App, account: AccountId) -> Result<Vec<PasskeyRow>> {
    let mut conn = app.db.get().await?;
    Ok(store::list_passkeys(&mut conn, account).await?)
}

fn read(row: &PasskeyRow) -> Result<Passkey> {
    serde_json::from_str(&row.credential).map_err(Error::internal)
}

/// What a browser is asked that is to make a passkey for a person.
pub async fn ask_for_new(app: &App, account: &Account) -> Result<Challenge> {
    let rows = list(app, account.id).await?;
    if rows.len() >= MOST_PASSKEYS {
        return Err(Error::invalid("passkeys", why!("can be {most} at most", most = MOST_PASSKEYS)));
    }
    let known = rows.iter().map(|row| Ok(read(row)?.cred_id().clone())).collect::<Result<Vec<_>>>()?;
    let name = account.full_handle(&app.config.instance.domain);
    let shown = if account.display_name.is_empty() { &account.username } else { &account.display_name };
    let (options, state) = required(app)?
        .start_passkey_registration(handle(account), &name, shown, Some(known))
        .map_err(Error::internal)?;
    let mut challenge = Challenge::new(options, state)?;
    // It is to be found without a name.
    if let Some(chosen) = challenge.options.get_mut("authenticatorSelection").and_then(Value::as_object_mut) {
        chosen.insert("residentKey".into(), "required".into());
        chosen.insert("requireResidentKey".into(), true.into());
    }
    Ok(challenge)
}

/// Keeps a new passkey. Returns the recovery codes that come with it, if the person has none; `None` when the answer does not hold.
pub async fn add(
    app: &App,
    account: AccountId,
    challenge: &Challenge,
    answer: &str,
    name: &str,
) -> Result<Option<Vec<String>>> {
    let state: PasskeyRegistration = serde_json::from_value(challenge.state.clone()).map_err(Error::internal)?;
    let Some(answer) = parse::<RegisterPublicKeyCredential>(answer) else { return Ok(None) };
    let passkey = match required(app)?.finish_passkey_registration(&answer, &state) {
        Ok(passkey) => passkey,
        Err(error) => {
            tracing::debug!(%error, "a passkey was refused");
            return Ok(None);
        }
    };
    let row = PasskeyRow {
        id: PasskeyId(app.mint()),
        account_id: account,
        credential_id: passkey.cred_id().to_vec(),
        credential: serde_json::to_string(&passkey).map_err(Error::internal)?,
        name: shorten(name),
        created_at: app.now(),
        last_used_at: None,
    };
    app.transaction(async |conn| {
        if store::insert_passkey(conn, &row).await? == 0 {
            return Ok(None);
        }
        let codes = first_codes(conn, account).await?;
        mail::ops::tell(app, conn, account, Notice::PasskeyAdded).await?;
        Ok(Some(codes))
    })
    .await
}

fn parse<T: serde::de::DeserializeOwned>(answer: &str) -> Option<T> {
    if answer.len() > MOST_ANSWER { None } else { serde_json::from_str(answer).ok() }
}

fn shorten(name: &str) -> String {
    name.trim().chars().take(MOST_NAME).collect()
}

/// Names a passkey otherwise.
pub async fn rename(app: &App, account: AccountId, id: PasskeyId, name: &str) -> Result<()> {
    let mut conn = app.db.get().await?;
    match store::rename_passkey(&mut conn, account, id, &shorten(name)).await? {
        0 => Err(Error::NotFound("Passkey")),
        _ => Ok(()),
    }
}

/// Takes a passkey away.
pub async fn remove(app: &App, account: AccountId, id: PasskeyId) -> Result<()> {
    app.transaction(async |conn| {
        if store::delete_passkey(conn, account, id).await? == 0 {
            return Err(Error::NotFound("Passkey"));
        }
        forget_codes(conn, account).await?;
        mail::ops::tell(app, conn, account, Notice::PasskeyRemoved).await
    })
    .await
}

/// What a browser is asked that nobody has named themselves with: any passkey for this instance will do.
pub fn ask_for_any(app: &App) -> Result<Challenge> {
    let (options, state) = required(app)?.start_discoverable_authentication().map_err(Error::internal)?;
    Challenge::new(options, state)
}

/// What a browser is asked whose person is known: one of theirs. `None` when they have none.
pub async fn ask_for_one(app: &App, account: AccountId) -> Result<Option<Challenge>> {
    let rows = list(app, account).await?;
    let Some(webauthn) = webauthn(app).filter(|_| !rows.is_empty()) else { return Ok(None) };
    let passkeys = rows.iter().map(read).collect::<Result<Vec<_>>>()?;
    let (options, state) = webauthn.start_passkey_authentication(&passkeys).map_err(Error::internal)?;
    Challenge::new(options, state).map(Some)
}

/// Whose passkey has answered [`ask_for_any`]; `None` when the answer does not hold.
pub async fn recognise(app: &App, challenge: &Challenge, answer: &str) -> Result<Option<AccountId>> {
    let state: DiscoverableAuthentication = serde_json::from_value(challenge.state.clone()).map_err(Error::internal)?;
    let Some(answer) = parse::<PublicKeyCredential>(answer) else { return Ok(None) };
    let webauthn = required(app)?;
    let Ok((user, credential_id)) = webauthn.identify_discoverable_authentication(&answer) else { return Ok(None) };
    app.transaction(async |conn| {
        let Some(row) = store::find_passkey(conn, credential_id).await? else { return Ok(None) };
        let account = crate::accounts::store::find_account(conn, row.account_id).await?;
        if account.is_none_or(|account| handle(&account) != user) {
            return Ok(None);
        }
        let key = DiscoverableKey::from(read(&row)?);
        match webauthn.finish_discoverable_authentication_v2(&answer, state, &key) {
            Ok(result) => note_use(app, conn, &row, &result).await,
            Err(error) => {
                tracing::debug!(%error, "a passkey's answer was refused");
                Ok(None)
            }
        }
    })
    .await
}

/// Whether one of the person's passkeys has answered [`ask_for_one`].
pub async fn check(app: &App, account: AccountId, challenge: &Challenge, answer: &str) -> Result<bool> {
    let state: PasskeyAuthentication = serde_json::from_value(challenge.state.clone()).map_err(Error::internal)?;
    let Some(answer) = parse::<PublicKeyCredential>(answer) else { return Ok(false) };
    let result = match required(app)?.finish_passkey_authentication(&answer, &state) {
        Ok(result) => result,
        Err(error) => {
            tracing::debug!(%error, "a passkey's answer was refused");
            return Ok(false);
        }
    };
    app.transaction(async |conn| {
        let row = store::find_passkey(conn, result.cred_id()).await?;
        let Some(row) = row.filter(|row| row.account_id == account) else { return Ok(false) };
        Ok(note_use(app, conn, &row, &result).await?.is_some())
    })
    .await
}

/// Keeps what the passkey says of itself now, such as how often it was used.
async fn note_use(
    app: &App,
    conn: &mut Conn,
    row: &PasskeyRow,
    result: &webauthn_rs::prelude::AuthenticationResult,
) -> Result<Option<AccountId>> {
    let mut passkey = read(row)?;
    passkey.update_credential(result);
    let credential = serde_json::to_string(&passkey).map_err(Error::internal)?;
    store::update_passkey_used(conn, row.id, &credential, app.now()).await?;
    Ok(Some(row.account_id))
}
