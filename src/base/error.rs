//! The one error from `ops` up. `Display` is safe to show to whoever asked; the cause goes to the log only.
//!
//! It is translated twice: in `edge::respond` to `{"error": …}` and a status code, in `jobs` to Drop or Retry.

use std::fmt;

use diesel::result::{DatabaseErrorKind, Error as DieselError};

use super::Why;

/// What went wrong, by meaning.
#[derive(Debug)]
pub enum Error {
    /// There is no such thing, or the viewer may not know of it. Holds its name: "Record", "Account".
    NotFound(&'static str),
    /// Input that cannot be accepted: which field, and what would be right.
    Invalid { field: &'static str, why: Why },
    /// A request that cannot be understood at all (malformed JSON, a wrong type).
    Malformed(String),
    /// No sign-in, or one that no longer holds.
    Unauthenticated(String),
    /// Signed in, but not allowed.
    Forbidden(Why),
    /// It collides with what is there.
    Conflict(Why),
    /// It was there and is no more.
    Gone(&'static str),
    /// The body is larger than is read.
    TooLarge(Why),
    /// Too many requests; try again after so many seconds.
    Limited { retry_after_seconds: u64 },
    /// Another server did not do its part; trying again may help.
    Remote(String),
    /// Another server does not let us have it; it may for a while be its own trouble.
    Refused(String),
    /// Pollen itself cannot do it at the moment.
    Unavailable(String),
    /// A fault of ours. The cause is for the log.
    Internal(Box<dyn std::error::Error + Send + Sync>),
}

/// The result of operations.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// Shorthand for [`Error::Invalid`].
    pub fn invalid(field: &'static str, why: impl Into<Why>) -> Self {
        Self::Invalid { field, why: why.into() }
    }

    /// A fault of ours, with its cause.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(cause.into())
    }

    /// Whether somebody else was faster by a moment: a unique key was taken meanwhile.
    pub fn is_collision(&self) -> bool {
        let Self::Internal(cause) = self else { return false };
        matches!(
            cause.downcast_ref::<DieselError>(),
            Some(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _))
        )
    }

    /// Whether Pollen itself is what failed, and nobody's input, and no other server.
    pub fn is_our_fault(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::Internal(_))
    }

    /// Whether trying the same again later can succeed.
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Remote(_) | Self::Refused(_) | Self::Unavailable(_) | Self::Limited { .. } | Self::Internal(_)
        )
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound(what) => write!(f, "{what} not found"),
            Self::Invalid { field: "", why } => write!(f, "Validation failed: {why}"),
            Self::Invalid { field, why } => write!(f, "Validation failed: {field} {why}"),
            Self::Malformed(why) => write!(f, "The request cannot be understood: {why}"),
            Self::Forbidden(why) | Self::Conflict(why) | Self::TooLarge(why) => why.fmt(f),
            Self::Unauthenticated(why) | Self::Unavailable(why) => f.write_str(why),
            Self::Gone(what) => write!(f, "{what} is gone"),
            Self::Limited { .. } => f.write_str("Too many requests. Please wait a little and try again."),
            Self::Refused(why) => write!(f, "The other server does not answer this: {why}"),
            Self::Remote(why) => write!(f, "The other server did not answer as expected: {why}"),
            Self::Internal(_) => f.write_str("Something went wrong on this server. It has been logged."),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Internal(cause) => Some(cause.as_ref()),
            _ => None,
        }
    }
}

/// A Diesel error that reaches the top is a fault of ours, also `NotFound`: absence is said with `.optional()?`. But for
/// two: the character NUL, which JSON and forms can carry, and which Postgres refuses in a text; and a Postgres that went away
/// while it was asked.
impl From<DieselError> for Error {
    fn from(cause: DieselError) -> Self {
        match &cause {
            DieselError::DatabaseError(_, said) if said.message().starts_with("invalid byte sequence") => {
                Self::Malformed("a text has the character NUL in it".into())
            }
            DieselError::DatabaseError(_, said) if is_cut_off(said.message()) => cut_off(&cause),
            DieselError::BrokenTransactionManager | DieselError::RollbackErrorOnCommit { .. } => cut_off(&cause),
            _ => Self::internal(cause),
        }
    }
}

/// What tokio-postgres says when a connection ends, and Postgres when it ends one.
fn is_cut_off(message: &str) -> bool {
    ["connection closed", "error communicating with the server", "terminating connection"]
        .iter()
        .any(|start| message.starts_with(start))
}

fn cut_off(cause: &DieselError) -> Error {
    tracing::error!(%cause, "a database connection was cut");
    out_of_reach()
}

fn out_of_reach() -> Error {
    Error::Unavailable("The database cannot be reached at the moment. Please try again.".into())
}

impl From<diesel_async::pooled_connection::deadpool::PoolError> for Error {
    fn from(cause: diesel_async::pooled_connection::deadpool::PoolError) -> Self {
        tracing::error!(%cause, "no database connection");
        out_of_reach()
    }
}
