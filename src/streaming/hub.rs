//! Who listens to what in this process. Filled by `api`, read by `outbox`; one of each instance.
//!
//! A connection has a bounded queue. One that is not read as fast as it fills is ended, so that nobody's slow line costs others
//! memory; its client connects again and asks for what it missed.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::{Kind, Refusal, Stream};
use crate::base::id::{AccountId, ListId, TokenId};
use crate::base::visibility::Viewer;
use crate::base::{Error, Result};
use crate::config::Streaming;
use crate::edge::limits::Address;
use crate::oauth::scopes::Scopes;

/// Events that may wait for one connection, and their bytes.
const MOST_EVENTS: usize = 512;
const MOST_BYTES: usize = 1024 * 1024;

/// Streams that one connection may listen to.
const MOST_SUBSCRIPTIONS: usize = 64;

/// Something that happened, for one connection.
#[derive(Clone, Debug)]
pub struct Event {
    /// Of the stream, see [`super::entity::name`].
    pub name: Arc<str>,
    pub kind: Kind,
    pub payload: Option<Arc<str>>,
}

impl Event {
    fn bytes(&self) -> usize {
        self.payload.as_ref().map_or(0, |payload| payload.len())
    }
}

/// Why a connection is ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    TooSlow,
    SignedOut,
    Stopping,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Event>,
    bytes: usize,
    end: Option<End>,
}

/// A client that is connected.
pub struct Connection {
    id: u64,
    pub account_id: AccountId,
    pub token_id: TokenId,
    pub scopes: Scopes,
    address: Address,
    queue: Mutex<Queue>,
    news: Notify,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Connection {
    /// With whose eyes a stream is looked at: as in the timelines, those of a stranger when the token may not read posts.
    fn viewer(&self, stream: &Stream) -> Viewer {
        let own = stream.scope().is_some() || self.scopes.allow("read:statuses");
        Viewer(Some(self.account_id).filter(|_| own))
    }

    /// Adds an event to the queue.
    pub fn push(&self, event: Event) {
        let mut queue = lock(&self.queue);
        if queue.end.is_some() {
            return;
        }
        queue.bytes += event.bytes();
        queue.waiting.push_back(event);
        let full = queue.waiting.len() > MOST_EVENTS || queue.bytes > MOST_BYTES;
        drop(queue);
        if full {
            self.end(End::TooSlow);
        }
        self.news.notify_one();
    }

    /// Ends the connection: what waits is not sent any more.
    pub fn end(&self, why: End) {
        let mut queue = lock(&self.queue);
        if queue.end.is_none() {
            *queue = Queue { end: Some(why), ..Queue::default() };
        }
        drop(queue);
        self.news.notify_one();
    }

    /// The next event, in order; or why there is none any more. One task waits at a time.
    pub async fn next(&self) -> Result<Event, End> {
        loop {
            {
                let mut queue = lock(&self.queue);
                if let Some(end) = queue.end {
                    return Err(end);
                }
                if let Some(event) = queue.waiting.pop_front() {
                    queue.bytes -= event.bytes();
                    return Ok(event);
                }
            }
            self.news.notified().await;
        }
    }

    /// Waits for the end, while an event is being sent.
    pub async fn ended(&self) -> End {
        loop {
            if let Some(end) = lock(&self.queue).end {
                return end;
            }
            self.news.notified().await;
        }
    }
}

/// A connection, listening to a stream under a name.
#[derive(Clone)]
pub struct Listener {
    pub connection: Arc<Connection>,
    pub name: Arc<str>,
}

/// What a connection listens to, and under which names.
type Subscriptions = HashMap<Stream, Arc<str>>;

#[derive(Default)]
struct State {
    next: u64,
    stopping: bool,
    connections: HashMap<u64, (Arc<Connection>, Subscriptions)>,
    /// By stream, then by who listens.
    streams: HashMap<Stream, HashMap<Viewer, Vec<Listener>>>,
    of_token: HashMap<TokenId, usize>,
    of_account: HashMap<AccountId, usize>,
    of_address: HashMap<Address, usize>,
}

/// All connections of an instance in this process.
#[derive(Default)]
pub struct Hub(Mutex<State>);

/// A connection's place in the hub. Given back when it is dropped.
pub struct Seat {
    hub: Arc<Hub>,
    pub connection: Arc<Connection>,
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.hub.leave(&self.connection);
    }
}

fn count_down<K: std::hash::Hash + Eq>(counts: &mut HashMap<K, usize>, key: &K) {
    if let Some(count) = counts.get_mut(key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(key);
        }
    }
}

/// A stream, and what comes with it: whoever may read notifications gets them with the home.
fn with_notifications(connection: &Connection, stream: Stream) -> impl Iterator<Item = Stream> + use<> {
    let both = stream == Stream::User && connection.scopes.allow("read:notifications");
    std::iter::once(stream).chain(both.then_some(Stream::Notifications))
}

impl Hub {
    /// Lets a client in.
    ///
    /// # Errors
    /// [`Error::Limited`] when its account or its address has too many connections; [`Error::Unavailable`] while stopping.
    pub fn join(
        self: &Arc<Self>,
        (account_id, token_id, scopes): (AccountId, TokenId, Scopes),
        address: IpAddr,
        limits: &Streaming,
    ) -> Result<Seat> {
        let address = Address::from(address);
        let mut state = lock(&self.0);
        if state.stopping {
            return Err(Error::Unavailable("This server is restarting. Please try again.".into()));
        }
        let of_account = state.of_account.get(&account_id).copied().unwrap_or_default();
        let of_address = state.of_address.get(&address).copied().unwrap_or_default();
        if of_account >= limits.connections_per_account || of_address >= limits.connections_per_address {
            return Err(Error::Limited { retry_after_seconds: 60 });
        }
        state.of_account.insert(account_id, of_account + 1);
        *state.of_token.entry(token_id).or_default() += 1;
        state.of_address.insert(address, of_address + 1);
        state.next += 1;
        let connection = Arc::new(Connection {
            id: state.next,
            account_id,
            token_id,
            scopes,
            address,
            queue: Mutex::default(),
            news: Notify::new(),
        });
        state.connections.insert(connection.id, (connection.clone(), HashMap::new()));
        Ok(Seat { hub: self.clone(), connection })
    }

    fn leave(&self, connection: &Connection) {
        let mut state = lock(&self.0);
        let Some((_, subscriptions)) = state.connections.remove(&connection.id) else { return };
        for (stream, name) in subscriptions {
            for stream in with_notifications(connection, stream) {
                state.remove(connection, &stream, &name);
            }
        }
        count_down(&mut state.of_token, &connection.token_id);
        count_down(&mut state.of_account, &connection.account_id);
        count_down(&mut state.of_address, &connection.address);
    }

    /// Lets a connection listen to a stream; twice is once.
    pub fn subscribe(&self, connection: &Arc<Connection>, stream: Stream, name: &str) -> Result<(), Refusal> {
        if !stream.scope().is_none_or(|scope| connection.scopes.allow(scope)) {
            return Err(Refusal::Scope);
        }
        let mut state = lock(&self.0);
        let state = &mut *state;
        let Some((_, subscriptions)) = state.connections.get_mut(&connection.id) else { return Ok(()) };
        if subscriptions.contains_key(&stream) {
            return Ok(());
        }
        if subscriptions.len() >= MOST_SUBSCRIPTIONS {
            return Err(Refusal::TooMany);
        }
        let name: Arc<str> = name.into();
        subscriptions.insert(stream.clone(), name.clone());
        for stream in with_notifications(connection, stream) {
            let listener = Listener { connection: connection.clone(), name: name.clone() };
            let listeners = state.streams.entry(stream.clone()).or_default();
            listeners.entry(connection.viewer(&stream)).or_default().push(listener);
        }
        Ok(())
    }

    /// Ends what [`Hub::subscribe`] began.
    pub fn unsubscribe(&self, connection: &Connection, stream: Stream) {
        let mut state = lock(&self.0);
        let Some((_, subscriptions)) = state.connections.get_mut(&connection.id) else { return };
        let Some(name) = subscriptions.remove(&stream) else { return };
        for stream in with_notifications(connection, stream) {
            state.remove(connection, &stream, &name);
        }
    }

    /// Who listens to a stream.
    pub fn viewers(&self, stream: &Stream) -> Vec<Viewer> {
        lock(&self.0).streams.get(stream).map(|by| by.keys().copied().collect()).unwrap_or_default()
    }

    /// The lists that are listened to, and by whom.
    pub fn lists(&self) -> Vec<(ListId, Viewer)> {
        let state = lock(&self.0);
        let lists = state.streams.iter().filter_map(|(stream, by)| match stream {
            Stream::List(id) => Some((*id, by)),
            _ => None,
        });
        lists.flat_map(|(id, by)| by.keys().map(move |viewer| (id, *viewer))).collect()
    }

    /// The connections by which somebody listens to a stream.
    pub fn listeners(&self, stream: &Stream, viewer: Viewer) -> Vec<Listener> {
        let state = lock(&self.0);
        state.streams.get(stream).and_then(|by| by.get(&viewer)).cloned().unwrap_or_default()
    }

    /// The tokens of all connections.
    pub fn tokens(&self) -> Vec<TokenId> {
        lock(&self.0).of_token.keys().copied().collect()
    }

    /// Ends those connections that this is true of.
    pub fn end(&self, why: End, of: impl Fn(&Connection) -> bool) {
        let ended: Vec<Arc<Connection>> = {
            let state = lock(&self.0);
            state.connections.values().map(|(connection, _)| connection).filter(|one| of(one)).cloned().collect()
        };
        for connection in ended {
            connection.end(why);
        }
    }

    /// Ends all connections, and lets no more in.
    pub fn stop(&self) {
        lock(&self.0).stopping = true;
        self.end(End::Stopping, |_| true);
    }
}

impl State {
    fn remove(&mut self, connection: &Connection, stream: &Stream, name: &Arc<str>) {
        let Some(by) = self.streams.get_mut(stream) else { return };
        let viewer = connection.viewer(stream);
        if let Some(listeners) = by.get_mut(&viewer) {
            listeners.retain(|listener| listener.connection.id != connection.id || listener.name != *name);
            if listeners.is_empty() {
                by.remove(&viewer);
            }
        }
        if by.is_empty() {
            self.streams.remove(stream);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seat(hub: &Arc<Hub>) -> Seat {
        let scopes = Scopes::parse("read").unwrap();
        hub.join((AccountId(1), TokenId(1), scopes), IpAddr::from([192, 0, 2, 1]), &Streaming::default()).unwrap()
    }

    #[tokio::test]
    async fn who_does_not_read_is_ended_and_costs_no_more() {
        let hub = Arc::new(Hub::default());
        let seat = seat(&hub);
        let event = |bytes| Event { name: "[]".into(), kind: Kind::Update, payload: Some("x".repeat(bytes).into()) };
        for _ in 0..MOST_EVENTS {
            seat.connection.push(event(1));
        }
        assert!(seat.connection.next().await.is_ok());
        seat.connection.push(event(MOST_BYTES));
        assert_eq!(seat.connection.next().await.unwrap_err(), End::TooSlow);
        assert_eq!(lock(&seat.connection.queue).waiting.len(), 0);
        for _ in 0..=MOST_EVENTS {
            seat.connection.push(event(1));
        }
        assert_eq!(seat.connection.ended().await, End::TooSlow, "what comes after the end changes nothing");
    }

    #[test]
    fn whoever_leaves_leaves_nothing_behind() {
        let hub = Arc::new(Hub::default());
        let seat = seat(&hub);
        hub.subscribe(&seat.connection, Stream::User, "[\"user\"]").unwrap();
        hub.subscribe(&seat.connection, Stream::Notifications, "[\"user:notification\"]").unwrap();
        assert_eq!(hub.listeners(&Stream::Notifications, Viewer::account(AccountId(1))).len(), 2);
        hub.unsubscribe(&seat.connection, Stream::User);
        assert_eq!(hub.listeners(&Stream::Notifications, Viewer::account(AccountId(1))).len(), 1);
        assert_eq!(hub.viewers(&Stream::User), []);
        drop(seat);
        let state = lock(&hub.0);
        assert!(state.connections.is_empty() && state.streams.is_empty());
        assert!(state.of_token.is_empty() && state.of_account.is_empty() && state.of_address.is_empty());
    }

    #[test]
    fn subscriptions_are_bounded() {
        let hub = Arc::new(Hub::default());
        let seat = seat(&hub);
        let subscribe = |n: usize| {
            let stream = Stream::Hashtag { tag: n.to_string(), local: false };
            hub.subscribe(&seat.connection, stream, &n.to_string())
        };
        assert!((0..MOST_SUBSCRIPTIONS).all(|n| subscribe(n).is_ok()));
        assert_eq!(subscribe(MOST_SUBSCRIPTIONS), Err(Refusal::TooMany));
    }
}
