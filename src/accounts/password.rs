//! Passwords: hashed with Argon2id, off the web threads, and only so many at once that a flood of sign-ins cannot take
//! all memory. Called by `registration` and `sign_in`.

use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use crate::app::App;
use crate::base::{Error, Result};

/// What OWASP's cheat sheet on password storage gives as its first choice for Argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;

/// How long a sign-in may wait for its turn.
const PATIENCE: Duration = Duration::from_secs(15);

/// The turns: one for each core, so at most 19 MiB for each.
struct Turns(Arc<Semaphore>);

impl Default for Turns {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Self(Arc::new(Semaphore::new(cores.max(2))))
    }
}

fn argon2() -> Result<Argon2<'static>> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).map_err(|error| Error::internal(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

async fn in_turn<T: Send + 'static>(app: &App, work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let turns = app.slot::<Turns>();
    let waiting = tokio::time::timeout(PATIENCE, turns.0.clone().acquire_owned());
    let turn = waiting
        .await
        .map_err(|_| Error::Unavailable("Too many people are signing in. Please try again in a minute.".into()))?
        .map_err(Error::internal)?;
    tokio::task::spawn_blocking(move || {
        let result = work();
        drop(turn);
        result
    })
    .await
    .map_err(Error::internal)?
}

/// The hash to store, as a PHC string.
pub async fn hash(app: &App, password: &str) -> Result<String> {
    let password = password.to_owned();
    in_turn(app, move || {
        let hash: PasswordHash =
            argon2()?.hash_password(password.as_bytes()).map_err(|error| Error::internal(error.to_string()))?;
        Ok(hash.to_string())
    })
    .await
}

/// Whether the password is the one that was hashed. With `None` (nobody has that name) as much work is done as for
/// somebody, so that the time of the answer does not tell who has an account here.
pub async fn verify(app: &App, password: &str, stored: Option<String>) -> Result<bool> {
    let password = password.to_owned();
    in_turn(app, move || {
        // What is no hash, such as of somebody who signs in elsewhere, is nobody's password.
        if let Some(stored) = stored.as_deref().and_then(|stored| PasswordHash::new(stored).ok()) {
            return Ok(argon2()?.verify_password(password.as_bytes(), &stored).is_ok());
        }
        let _: PasswordHash =
            argon2()?.hash_password(password.as_bytes()).map_err(|error| Error::internal(error.to_string()))?;
        Ok(false)
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_verifies_its_own_password_only() {
        let hash: PasswordHash = argon2().unwrap().hash_password(b"correct horse").unwrap();
        let text = hash.to_string();
        assert!(text.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{text}");
        assert!(argon2().unwrap().verify_password(b"correct horse", &hash).is_ok());
        assert!(argon2().unwrap().verify_password(b"correct hors", &hash).is_err());
    }
}
