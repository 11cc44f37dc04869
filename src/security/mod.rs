//! What keeps an account its person's own: confirmed addresses, second factors, passkeys, browsers that are known. Nouns.
//!
//! A *second factor* is an app that makes codes (TOTP, RFC 6238) or a passkey (WebAuthn). Who has one is asked for it after the
//! password, or for a recovery code. A passkey is enough by itself, since it asks its owner for a finger or a PIN.

pub mod ops;
pub mod store;

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::base::id::{AccountId, PasskeyId};
use crate::db::schema::{mail_links, passkeys, sign_in_steps, totp_keys, wrong_guesses};

/// For what a link in a letter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To confirm the address that somebody registered with.
    Confirm,
    /// To confirm the address that somebody wants to have.
    Change,
    /// To choose a new password.
    Reset,
}

impl Purpose {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Confirm => "confirm",
            Self::Change => "change",
            Self::Reset => "reset",
        }
    }
}

/// A row of `mail_links`.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = mail_links, check_for_backend(diesel::pg::Pg))]
pub struct MailLink {
    pub token_hash: Vec<u8>,
    pub account_id: AccountId,
    pub purpose: String,
    pub email: String,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// A row of `totp_keys`.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = totp_keys, check_for_backend(diesel::pg::Pg))]
pub struct TotpKey {
    pub account_id: AccountId,
    pub secret: Vec<u8>,
    pub confirmed_at: Option<DateTime<Utc>>,
    pub last_step: i64,
    pub created_at: DateTime<Utc>,
}

/// A row of `passkeys`.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = passkeys, check_for_backend(diesel::pg::Pg))]
pub struct PasskeyRow {
    pub id: PasskeyId,
    pub account_id: AccountId,
    pub credential_id: Vec<u8>,
    pub credential: String,
    pub name: String,
    pub created_at: DateTime<Utc>,
    pub last_used_at: Option<DateTime<Utc>>,
}

/// Where a browser stands in between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// The password was right, and the second factor is missing.
    Second,
    /// It was asked for a passkey, to sign in with.
    Passkey,
    /// It is about to give a passkey, to be used from then on.
    Register,
}

impl StepKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Second => "second",
            Self::Passkey => "passkey",
            Self::Register => "register",
        }
    }
}

/// A row of `sign_in_steps`.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = sign_in_steps, check_for_backend(diesel::pg::Pg))]
pub struct Step {
    pub browser_hash: Vec<u8>,
    pub kind: String,
    pub account_id: Option<AccountId>,
    pub challenge: Option<String>,
    pub failures: i32,
    pub expires_at: DateTime<Utc>,
}

/// What somebody guesses at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GuessKind {
    Password,
    /// The second step.
    Code,
}

impl GuessKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Code => "code",
        }
    }
}

/// A row of `wrong_guesses`.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = wrong_guesses, check_for_backend(diesel::pg::Pg))]
pub struct Guesses {
    pub who: Vec<u8>,
    pub kind: String,
    pub times: i32,
    pub last_at: DateTime<Utc>,
    pub not_before: Option<DateTime<Utc>>,
}

/// What a person has besides their password.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Factors {
    /// An app that makes codes.
    pub totp: bool,
    pub passkeys: bool,
    /// Recovery codes that are left.
    pub codes: i64,
}

impl Factors {
    /// Whether the password alone is not enough.
    pub fn any(self) -> bool {
        self.totp || self.passkeys
    }
}
