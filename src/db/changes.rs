//! What was changed, told to those who must know at once, such as streams: in this process right after the commit, in the
//! other processes on the same database by NOTIFY. Ids only; whoever hears of a change asks the database for it.
//!
//! NOTIFY takes a lock at commit that all who notify wait for, so writers never do: one task collects what they have to
//! tell for a few milliseconds, and tells it all at once ([`tell_others`]). A change can be lost (a crash, a connection that
//! broke). So nothing may depend on hearing of it; [`Heard::Lost`] says that it may have happened.

use std::cell::RefCell;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use diesel::QueryableByName;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, SmallInt, Text};
use diesel_async::RunQueryDsl;
use futures_util::StreamExt;
use serde::{Deserialize, Serialize};
use tokio::sync::{Notify, broadcast, watch};

use super::sql::Sql;
use super::{Conn, Db};
use crate::base::id::{
    AccountId, AnnouncementId, AudienceId, ConversationId, NotificationId, StatusId, TagId, TokenId,
};
use crate::base::{Error, Result};

/// Something that is committed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Change {
    /// A post or a boost, written here or pushed to us.
    #[serde(rename = "p")]
    Published(StatusId),
    /// A post was edited.
    #[serde(rename = "e")]
    Edited(StatusId),
    #[serde(rename = "d")]
    Deleted(Box<Deletion>),
    /// Somebody was told of something.
    #[serde(rename = "n")]
    Notified(AccountId, NotificationId),
    /// What was held back from somebody is shown to them.
    #[serde(rename = "m")]
    NotificationsMerged(AccountId),
    /// A conversation of somebody's goes on, or ends with another post now.
    #[serde(rename = "c")]
    Conversed(AccountId, ConversationId),
    /// There is an announcement.
    #[serde(rename = "a")]
    Announced(AnnouncementId),
    /// People react to an announcement otherwise than before, with this emoji.
    #[serde(rename = "r")]
    Reacted(AnnouncementId, String),
    /// An announcement is no more.
    #[serde(rename = "w")]
    Withdrawn(AnnouncementId),
    /// Somebody's filters are others now.
    #[serde(rename = "f")]
    FiltersChanged(AccountId),
    /// An access token was ended.
    #[serde(rename = "t")]
    TokenEnded(TokenId),
    /// All of somebody's access tokens were ended.
    #[serde(rename = "s")]
    SignedOut(AccountId),
}

/// A post that is gone, with what decides who could see it: that cannot be looked up any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, QueryableByName)]
pub struct Deletion {
    #[serde(rename = "i")]
    #[diesel(sql_type = BigInt)]
    pub id: StatusId,
    #[serde(rename = "a")]
    #[diesel(sql_type = BigInt)]
    pub account_id: AccountId,
    #[serde(rename = "k")]
    #[diesel(sql_type = SmallInt)]
    pub audience_kind: i16,
    #[serde(rename = "g", default, skip_serializing_if = "Option::is_none")]
    #[diesel(sql_type = Nullable<BigInt>)]
    pub audience_id: Option<AudienceId>,
    #[serde(rename = "l")]
    #[diesel(sql_type = Bool)]
    pub local: bool,
    /// Of a boost: who wrote what it boosted, and for whom.
    #[serde(rename = "b", default, skip_serializing_if = "Option::is_none")]
    #[diesel(sql_type = Nullable<BigInt>)]
    pub boosted_account_id: Option<AccountId>,
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    #[diesel(sql_type = Nullable<SmallInt>)]
    pub boosted_audience_kind: Option<i16>,
    /// People of this instance whom it mentioned; the first hundred.
    #[serde(rename = "m", default, skip_serializing_if = "Vec::is_empty")]
    #[diesel(sql_type = Array<BigInt>)]
    pub mentioned: Vec<AccountId>,
    #[serde(rename = "t", default, skip_serializing_if = "Vec::is_empty")]
    #[diesel(sql_type = Array<BigInt>)]
    pub tags: Vec<TagId>,
}

/// What listeners hear.
#[derive(Clone, Debug)]
pub enum Heard {
    Changes(Arc<[Change]>),
    /// For a while, other processes were not heard: there may have been changes that nobody will tell of.
    Lost,
}

/// The channel; it is one database's, as channels are.
const CHANNEL: &str = "pollen_changes";

/// How long changes are collected before they are told.
const COLLECT: Duration = Duration::from_millis(8);

/// Bytes of one message. Postgres takes 8000.
const MOST_BYTES: usize = 7500;

/// Changes that wait to be told; those that come while there are more are not told to other processes.
const MOST_WAITING: usize = 20_000;

/// Batches that a listener in this process may lag behind.
const MOST_BEHIND: usize = 1024;

/// The longest pause between attempts to listen again.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

tokio::task_local! {
    static UNTOLD: RefCell<Vec<Change>>;
}

/// Runs a transaction. Returns with its result what was announced in it, for [`Changes::tell`] once it is committed.
pub async fn collect<T>(work: impl Future<Output = T>) -> (T, Vec<Change>) {
    let collected = async {
        let value = work.await;
        (value, UNTOLD.with(RefCell::take))
    };
    UNTOLD.scope(RefCell::default(), collected).await
}

/// The changes of one instance, in one process.
pub struct Changes {
    /// Which process tells: what it said itself it has heard already.
    teller: uuid::Uuid,
    waiting: Mutex<Vec<Change>>,
    due: Notify,
    heard: broadcast::Sender<Heard>,
    listening: watch::Sender<bool>,
}

impl Default for Changes {
    fn default() -> Self {
        Self {
            teller: uuid::Uuid::new_v4(),
            waiting: Mutex::default(),
            due: Notify::new(),
            heard: broadcast::Sender::new(MOST_BEHIND),
            listening: watch::Sender::new(false),
        }
    }
}

/// A message from one process to the others.
#[derive(Serialize, Deserialize)]
struct Message {
    from: uuid::Uuid,
    changes: Vec<Change>,
}

impl Changes {
    /// Announces a change: inside of a transaction after its commit, and never if it is rolled back; else at once.
    pub fn announce(&self, change: Change) {
        let mut change = Some(change);
        let within = UNTOLD.try_with(|untold| untold.borrow_mut().extend(change.take())).is_ok();
        if !within {
            self.tell(change.into_iter().collect());
        }
    }

    /// Tells of what is committed.
    pub fn tell(&self, changes: Vec<Change>) {
        if changes.is_empty() {
            return;
        }
        // Nobody may be listening, which is fine.
        let _ = self.heard.send(Heard::Changes(changes.as_slice().into()));
        self.put_back(changes);
        self.due.notify_one();
    }

    /// What is heard from now on.
    pub fn hear(&self) -> broadcast::Receiver<Heard> {
        self.heard.subscribe()
    }

    /// Waits until other processes are heard, but not for long: what they say is missed when the database is away, and it
    /// is away for everything else, too.
    pub async fn listening(&self) {
        let mut listening = self.listening.subscribe();
        let _ = tokio::time::timeout(Duration::from_secs(3), listening.wait_for(|listening| *listening)).await;
    }

    fn put_back(&self, mut changes: Vec<Change>) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        changes.truncate(MOST_WAITING.saturating_sub(waiting.len()));
        waiting.append(&mut changes);
    }

    /// Tells the other processes what waits to be told.
    pub async fn flush(&self, db: &Db) -> Result<()> {
        let waiting = std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
        if waiting.is_empty() {
            return Ok(());
        }
        let told = async {
            let messages = self.write(&waiting)?;
            let mut conn = db.background().await?;
            notify(&mut conn, &messages).await?;
            Ok(())
        };
        let told = told.await;
        if told.is_err() {
            self.put_back(waiting);
        }
        told
    }

    /// As messages that are short enough.
    fn write(&self, changes: &[Change]) -> Result<Vec<String>> {
        let mut messages = Vec::new();
        let mut rest = changes;
        while !rest.is_empty() {
            let mut many = rest.len().min(MOST_BYTES / 16);
            loop {
                let (some, after) = rest.split_at(many);
                let message = Message { from: self.teller, changes: some.to_vec() };
                let text = serde_json::to_string(&message).map_err(Error::internal)?;
                if text.len() <= MOST_BYTES {
                    messages.push(text);
                    rest = after;
                    break;
                }
                if many == 1 {
                    tracing::warn!(bytes = text.len(), "a change is too long to be told");
                    rest = after;
                    break;
                }
                many /= 2;
            }
        }
        Ok(messages)
    }

    fn read(&self, payload: &str) {
        match serde_json::from_str::<Message>(payload) {
            Ok(message) if message.from == self.teller => {}
            Ok(message) => {
                let _ = self.heard.send(Heard::Changes(message.changes.into()));
            }
            // Another version of Pollen may run beside this one for a while.
            Err(error) => tracing::warn!(%error, "a change that another process tells of is not understood"),
        }
    }
}

async fn notify(conn: &mut Conn, messages: &[String]) -> Result<()> {
    Sql::new("SELECT pg_notify($1, message) FROM unnest($2) AS message")
        .bind::<Text, _>(CHANNEL)
        .bind::<Array<Text>, _>(messages)
        .execute(conn)
        .await?;
    Ok(())
}

/// Tells the other processes, for as long as this one runs.
pub async fn tell_others(db: &Db, changes: &Changes) {
    loop {
        changes.due.notified().await;
        tokio::time::sleep(COLLECT).await;
        if let Err(error) = changes.flush(db).await {
            tracing::warn!(%error, "other processes could not be told of changes; trying again");
            tokio::time::sleep(Duration::from_secs(1)).await;
            changes.due.notify_one();
        }
    }
}

/// Listens to the other processes, for as long as this one runs. A connection that is lost is opened anew.
pub async fn listen_to_others(db: &Db, changes: &Changes) {
    let mut pause = Duration::from_millis(50);
    loop {
        match listen(db, changes, &mut pause).await {
            Ok(()) => tracing::warn!("the connection that hears of changes was lost; opening it anew"),
            Err(error) => tracing::warn!(%error, "changes of other processes cannot be heard; trying again"),
        }
        changes.listening.send_replace(false);
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Returns when the connection ends.
async fn listen(db: &Db, changes: &Changes, pause: &mut Duration) -> Result<()> {
    let first = *pause == Duration::from_millis(50);
    let mut conn = db.connect().await?;
    diesel::sql_query(format!("LISTEN {CHANNEL}")).execute(&mut conn).await?;
    if !first {
        let _ = changes.heard.send(Heard::Lost);
    }
    *pause = Duration::from_millis(100);
    changes.listening.send_replace(true);
    let mut told = std::pin::pin!(conn.notifications_stream());
    while let Some(Ok(notification)) = told.next().await {
        changes.read(&notification.payload);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_short_enough_and_lose_nothing() {
        let changes = Changes::default();
        let mentioned: Vec<AccountId> = (0..100).map(|n| AccountId(i64::MAX - n)).collect();
        let deletion = Deletion {
            id: StatusId(i64::MAX),
            account_id: AccountId(i64::MAX),
            audience_kind: 7,
            audience_id: Some(AudienceId(i64::MAX)),
            local: true,
            boosted_account_id: Some(AccountId(i64::MAX)),
            boosted_audience_kind: Some(1),
            mentioned,
            tags: (0..30).map(|n| TagId(i64::MAX - n)).collect(),
        };
        let mut all: Vec<Change> = (0..2000).map(|n| Change::Published(StatusId(i64::MAX - n))).collect();
        all.extend((0..20).map(|_| Change::Deleted(Box::new(deletion.clone()))));
        let messages = changes.write(&all).unwrap();
        assert!(messages.iter().all(|message| message.len() <= MOST_BYTES));
        let read: Vec<Change> =
            messages.iter().flat_map(|message| serde_json::from_str::<Message>(message).unwrap().changes).collect();
        assert_eq!(read, all);
    }

    #[tokio::test]
    async fn what_is_announced_in_a_transaction_waits_for_its_end() {
        let changes = Changes::default();
        let mut heard = changes.hear();
        let change = Change::SignedOut(AccountId(1));
        let ((), announced) = collect(async { changes.announce(change.clone()) }).await;
        assert!(heard.try_recv().is_err());
        assert_eq!(announced, [change]);
        changes.announce(Change::SignedOut(AccountId(2)));
        assert!(matches!(heard.try_recv(), Ok(Heard::Changes(all)) if *all == [Change::SignedOut(AccountId(2))]));
    }
}
