//! What keeps an account its person's own: decisions and writes. Each change is told to the person by a letter.

pub mod guesses;
pub mod links;
pub mod passkeys;
pub mod steps;
pub mod totp;

use super::{Factors, GuessKind, store};
use crate::accounts::sign_in::account_key;
use crate::app::App;
use crate::base::id::{AccountId, ApplicationId};
use crate::base::{Result, secret};
use crate::db::Conn;
use crate::db::changes::Change;
use crate::mail::{self, Notice};
use crate::oauth;

/// How many recovery codes somebody gets.
const CODES: usize = 10;

/// Letters of a recovery code: 80 random bits.
const CODE_LETTERS: usize = 16;

/// Letters and digits that are not taken for one another (Crockford's base 32).
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// What a person has besides their password.
pub async fn factors(app: &App, account: AccountId) -> Result<Factors> {
    let mut conn = app.db.get().await?;
    Ok(store::find_factors(&mut conn, account).await?)
}

/// Makes new recovery codes in place of the old. They are known only now: hashes of them are kept.
pub async fn make_codes(app: &App, account: AccountId) -> Result<Vec<String>> {
    app.transaction(async |conn| {
        let codes = new_codes(conn, account).await?;
        mail::ops::tell(app, conn, account, Notice::CodesMade).await?;
        Ok(codes)
    })
    .await
}

/// The recovery codes that come with somebody's first second factor; none when they have some.
async fn first_codes(conn: &mut Conn, account: AccountId) -> Result<Vec<String>> {
    if store::find_factors(conn, account).await?.codes > 0 { Ok(Vec::new()) } else { new_codes(conn, account).await }
}

async fn new_codes(conn: &mut Conn, account: AccountId) -> Result<Vec<String>> {
    let mut codes = Vec::with_capacity(CODES);
    for _ in 0..CODES {
        codes.push(random_code()?);
    }
    let hashes: Vec<Vec<u8>> = codes.iter().map(|code| hash_code(code)).collect();
    store::replace_codes(conn, account, &hashes).await?;
    Ok(codes)
}

/// `abcd-efgh-jkmn-pqrs`.
fn random_code() -> Result<String> {
    let bytes = secret::bytes::<CODE_LETTERS>()?;
    let letters: Vec<char> = bytes
        .iter()
        .filter_map(|byte| ALPHABET.get(usize::from(byte % 32)))
        .map(|letter| char::from(*letter))
        .collect();
    Ok(letters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join("-"))
}

/// The hash of a code, however it is written.
fn hash_code(code: &str) -> Vec<u8> {
    let bare: String = code
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| match letter.to_ascii_lowercase() {
            'o' => '0',
            'i' | 'l' => '1',
            other => other,
        })
        .collect();
    secret::hash(&format!("recovery:{bare}"))
}

/// Takes the recovery codes away when there is nothing left that they could stand for.
async fn forget_codes(conn: &mut Conn, account: AccountId) -> Result<()> {
    if !store::find_factors(conn, account).await?.any() {
        store::replace_codes(conn, account, &[]).await?;
    }
    Ok(())
}

/// Takes all second factors from a person, who lost them: for whoever runs the instance; inside the caller's transaction.
pub async fn remove_factors(app: &App, conn: &mut Conn, account: AccountId) -> Result<()> {
    let had = store::find_factors(conn, account).await?.any();
    store::delete_totp(conn, account).await?;
    store::delete_passkeys(conn, account).await?;
    store::replace_codes(conn, account, &[]).await?;
    store::delete_unfinished(conn, account).await?;
    store::guesses::delete_one(conn, &account_key(account), GuessKind::Code).await?;
    if had {
        mail::ops::tell(app, conn, account, Notice::SecondFactorOff).await?;
    }
    Ok(())
}

/// Ends what an application may do for a person; its streams end at once.
pub async fn end_application(app: &App, account: AccountId, application: ApplicationId) -> Result<()> {
    app.transaction(async |conn| {
        for token in oauth::store::delete_allowed(conn, account, application).await? {
            app.announce(Change::TokenEnded(token));
        }
        Ok(())
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recovery_code_is_known_however_it_is_typed() {
        let code = random_code().unwrap();
        assert_eq!(code.len(), CODE_LETTERS + 3, "{code}");
        assert_ne!(code, random_code().unwrap());
        let typed = code.to_uppercase().replace('-', " ").replace('0', "O").replace('1', "l");
        assert_eq!(hash_code(&code), hash_code(&typed), "{typed}");
        assert_ne!(hash_code(&code), hash_code(&code[1..]));
    }
}
