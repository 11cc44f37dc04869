//! Wrong passwords and codes: counted by account, over restarts and by all processes. Whoever guesses codes knows the password, so codes
//! are closed for longer and longer; passkeys and recovery codes, which nobody guesses, still let the person in. Passwords are never
//! closed, or strangers could keep somebody out: `edge::limits` slows them down. The person is told of both.

use chrono::{DateTime, Duration, Utc};

use crate::accounts::sign_in::account_key;
use crate::app::App;
use crate::base::Result;
use crate::base::id::AccountId;
use crate::db::Conn;
use crate::mail::{self, Notice};
use crate::security::{GuessKind, Guesses, store::guesses as store};

/// Wrong codes after which none is taken for a while. Three of a million are right at any time.
const MOST_CODES: i32 = 10;

/// For how long, the first time. Each time it is twice as long as before.
const FIRST_PAUSE: Duration = Duration::minutes(15);

const LONGEST_PAUSE: Duration = Duration::days(1);

/// Wrong passwords of which a person is told by a letter.
const MANY_PASSWORDS: i32 = 30;

/// Such a letter is not written again for so long.
const BETWEEN_LETTERS: Duration = Duration::days(1);

/// When nobody has guessed for so long, it is forgotten.
pub const REMEMBERED: Duration = Duration::days(7);

/// Of fewer than so many a person is not told on their page: they were their own.
const FEW: i32 = 5;

async fn lock(app: &App, conn: &mut Conn, who: &[u8], kind: GuessKind) -> Result<Guesses> {
    let mut guesses = store::lock(conn, who, kind, app.now()).await?;
    if guesses.last_at <= app.now() - REMEMBERED {
        (guesses.times, guesses.not_before) = (0, None);
    }
    Ok(guesses)
}

/// The codes that were tried for an account; nobody else tries one before the transaction ends. And until when none is taken.
pub async fn lock_codes(app: &App, conn: &mut Conn, account: AccountId) -> Result<(Guesses, Option<DateTime<Utc>>)> {
    let guesses = lock(app, conn, &account_key(account), GuessKind::Code).await?;
    let closed = guesses.not_before.filter(|until| *until > app.now());
    Ok((guesses, closed))
}

/// A code was wrong. Returns until when none is taken from now on, if it was one too many; the person is told of that.
pub async fn note_wrong_code(
    app: &App,
    conn: &mut Conn,
    account: AccountId,
    mut guesses: Guesses,
) -> Result<Option<DateTime<Utc>>> {
    guesses.times = guesses.times.saturating_add(1);
    guesses.last_at = app.now();
    let closed = (guesses.times % MOST_CODES == 0).then(|| app.now() + pause(guesses.times / MOST_CODES));
    guesses.not_before = closed;
    store::update(conn, &guesses).await?;
    if closed.is_some() {
        mail::ops::tell(app, conn, account, Notice::CodesGuessed(guesses.times)).await?;
    }
    Ok(closed)
}

/// How long codes are closed, the first time, the second and so on.
fn pause(round: i32) -> Duration {
    let doubled = 1_i32.checked_shl(u32::try_from(round.saturating_sub(1)).unwrap_or(0).min(16)).unwrap_or(i32::MAX);
    (FIRST_PAUSE * doubled).min(LONGEST_PAUSE)
}

/// A code was right. What the person mistyped before is forgiven; how often codes were closed is not, since it may have been somebody
/// else.
pub async fn forgive_codes(conn: &mut Conn, mut guesses: Guesses) -> Result<()> {
    guesses.times -= guesses.times % MOST_CODES;
    if guesses.times == 0 {
        store::delete_one(conn, &guesses.who, GuessKind::Code).await?;
    } else {
        store::update(conn, &guesses).await?;
    }
    Ok(())
}

/// A password was wrong. `key` says whose, as in `accounts::sign_in::Claim`; `account` is nobody where nobody has the name.
pub async fn note_wrong_password(app: &App, key: &[u8], account: Option<AccountId>) -> Result<()> {
    app.transaction(async |conn| {
        let mut guesses = lock(app, conn, key, GuessKind::Password).await?;
        guesses.times = guesses.times.saturating_add(1);
        guesses.last_at = app.now();
        let due = guesses.times >= MANY_PASSWORDS && guesses.not_before.is_none_or(|until| until <= app.now());
        if due {
            guesses.not_before = Some(app.now() + BETWEEN_LETTERS);
        }
        store::update(conn, &guesses).await?;
        if let Some(account) = account.filter(|_| due) {
            mail::ops::tell(app, conn, account, Notice::PasswordGuessed(guesses.times)).await?;
        }
        Ok(())
    })
    .await
}

/// What a person should know: wrong passwords and codes of the last days, if there were more than a few.
pub async fn list(app: &App, account: AccountId) -> Result<Vec<Guesses>> {
    let mut conn = app.db.get().await?;
    let mut all = store::list(&mut conn, &account_key(account), app.now() - REMEMBERED).await?;
    all.retain(|guesses| guesses.times >= FEW);
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_pause_is_twice_the_one_before_up_to_a_day() {
        let minutes: Vec<i64> = (1..=8).map(|round| pause(round).num_minutes()).collect();
        assert_eq!(minutes, [15, 30, 60, 120, 240, 480, 960, 1440]);
        assert_eq!(pause(i32::MAX), LONGEST_PAUSE);
    }
}
