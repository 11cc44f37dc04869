//! `App`: all that an instance owns. No statics hold state, so several instances live in one process.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::ops::Deref;
use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, Utc};
use diesel_async::{AsyncConnection, TransactionManager};
use tokio::sync::Notify;

use crate::base::clock::Clock;
use crate::base::id::IdGenerator;
use crate::base::{Error, Result};
use crate::config::{Config, Settings};
use crate::db::changes::{self, Change, Changes};
use crate::db::freshness::Freshness;
use crate::db::{Conn, Db};

/// A handle on an instance; clones are cheap and share everything.
#[derive(Clone)]
pub struct App(Arc<Inner>);

/// What [`App`] derefs to.
pub struct Inner {
    pub config: Config,
    pub db: Db,
    pub clock: Clock,
    pub ids: IdGenerator,
    /// Rung after a commit that may have enqueued jobs.
    pub jobs_due: Notify,
    /// Rung after a commit that may have enqueued deliveries.
    pub deliveries_due: Notify,
    /// What is told to those who must know of changes at once.
    pub changes: Changes,
    /// Tells whether what was kept of the database may be used again.
    pub freshness: Freshness,
    /// `https://DOMAIN`, see [`Config::origin`].
    pub origin: String,
    settings: RwLock<Arc<Settings>>,
    slots: RwLock<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>,
}

impl Deref for App {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl App {
    /// `node` is the number that this process holds (see `db::node`).
    pub fn new(config: Config, db: Db, clock: Clock, node: i16) -> Self {
        let origin = config.origin();
        let settings = RwLock::new(Arc::new(Settings::of(&config)));
        Self(Arc::new(Inner {
            config,
            db,
            clock,
            ids: IdGenerator::new(node),
            jobs_due: Notify::new(),
            deliveries_due: Notify::new(),
            changes: Changes::default(),
            freshness: Freshness::default(),
            origin,
            settings,
            slots: RwLock::default(),
        }))
    }

    /// The time now, by the instance's clock.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// What of the configuration can change while the instance runs, as it is now.
    pub fn settings(&self) -> Arc<Settings> {
        self.settings.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts settings in force, in this process. Called by `instances::ops` with what the database keeps.
    pub fn set_settings(&self, settings: Settings) {
        *self.settings.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(settings);
    }

    /// Mints an id for something that happens now.
    pub fn mint(&self) -> i64 {
        self.ids.mint(self.now())
    }

    /// What a slice keeps for as long as the instance lives, such as a cache: one value for each type, made at first use.
    /// Never the only copy of anything.
    pub fn slot<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        let id = TypeId::of::<T>();
        let found = self.slots.read().unwrap_or_else(PoisonError::into_inner).get(&id).cloned();
        let slot = found.unwrap_or_else(|| {
            let mut slots = self.slots.write().unwrap_or_else(PoisonError::into_inner);
            slots.entry(id).or_insert_with(|| Arc::new(T::default())).clone()
        });
        // The key is the type, so the cast holds; were it not to, a fresh value is what a dropped cache is.
        slot.downcast::<T>().unwrap_or_default()
    }

    /// Puts a slice's value in place before anyone asks for it (a client that needs configuration).
    pub fn put<T: Send + Sync + 'static>(&self, value: T) {
        let mut slots = self.slots.write().unwrap_or_else(PoisonError::into_inner);
        slots.insert(TypeId::of::<T>(), Arc::new(value));
    }

    /// What [`App::put`] placed.
    pub fn get<T: Send + Sync + 'static>(&self) -> Result<Arc<T>> {
        let slots = self.slots.read().unwrap_or_else(PoisonError::into_inner);
        let found = slots.get(&TypeId::of::<T>()).cloned();
        found
            .and_then(|slot| slot.downcast::<T>().ok())
            .ok_or_else(|| Error::internal(format!("{} was not set up", std::any::type_name::<T>())))
    }

    /// Tells of a change, after the commit when in a transaction: see [`Changes::announce`].
    pub fn announce(&self, change: Change) {
        self.changes.announce(change);
    }

    /// Runs a request's writes in one durable transaction, then wakes the workers for whatever it enqueued. An error rolls
    /// everything back.
    pub async fn transaction<T>(&self, work: impl AsyncFnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        let mut conn = self.db.get().await?;
        self.transaction_on(&mut conn, work).await
    }

    /// As [`App::transaction`], for jobs: committed without waiting for the disk, since a crash brings the job back.
    pub async fn background_transaction<T>(&self, work: impl AsyncFnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        let mut conn = self.db.background().await?;
        self.transaction_on(&mut conn, work).await
    }

    async fn transaction_on<T>(&self, conn: &mut Conn, work: impl AsyncFnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        type Manager = <Conn as AsyncConnection>::TransactionManager;
        Manager::begin_transaction(conn).await?;
        let (outcome, announced) = changes::collect(work(conn)).await;
        match outcome {
            Ok(value) => {
                Manager::commit_transaction(conn).await?;
                self.changes.tell(announced);
                self.jobs_due.notify_one();
                self.deliveries_due.notify_one();
                Ok(value)
            }
            Err(error) => {
                if let Err(cause) = Manager::rollback_transaction(conn).await {
                    // The pool drops a connection whose transaction is still open.
                    tracing::warn!(%cause, "a rollback failed");
                }
                Err(error)
            }
        }
    }
}
