//! Decisions and writes about accounts, local and remote.

pub mod activity;
pub mod pictures;
pub mod preferences;
mod remote;

use chrono::{DateTime, Utc};
use serde_json::json;

use remote::still_verified;
pub use remote::{upsert_remote, verify_fields};

use super::{Account, AccountUpdated, ActorType, Field, NewAccount, attribution, entity, keys, sign_in, store};
use crate::app::App;
use crate::base::handle;
use crate::base::id::AccountId;
use crate::base::text;
use crate::base::{Error, Result, why};
use crate::db::Conn;
use crate::jobs;
use crate::media::{File, Role};
use crate::net::proof::ProofKey;
use crate::quotes::{CHOICES, Choice};

/// The most that a name, a note and a field may have, in characters.
pub const MOST_NAME: usize = 100;
pub const MOST_NOTE: usize = 3000;
pub const MOST_FIELDS: usize = 6;
pub const MOST_FIELD: usize = 500;

/// Keys for proofs that are made in one go.
const KEYS_AT_ONCE: i64 = 500;

/// A local account to be made.
#[derive(Clone, Debug)]
pub struct NewLocal {
    pub username: String,
    pub actor_type: ActorType,
    pub display_name: String,
    pub note: String,
}

/// Makes a local account with its key, inside the caller's transaction. `pair` comes from [`keys::new_pair`], before the
/// transaction. A name that is taken is a 422.
pub async fn create_local(app: &App, conn: &mut Conn, new: NewLocal, pair: (String, String)) -> Result<Account> {
    check_local(conn, &new).await?;
    let row = local_row(app, &new, format!("{}/users/{}", app.origin, new.username), pair.1);
    insert(app, conn, row, &pair.0).await
}

/// Whether there can be such a local account: asked before a key is made for it, too.
pub async fn check_local(conn: &mut Conn, new: &NewLocal) -> Result<()> {
    handle::validate_local_username(&new.username).map_err(|error| Error::invalid("username", error.to_string()))?;
    if new.display_name.chars().count() > MOST_NAME {
        return Err(Error::invalid("display_name", why!("can have at most {most} characters", most = MOST_NAME)));
    }
    if store::find_local(conn, &new.username).await?.is_some() {
        return Err(Error::invalid("username", "has already been taken"));
    }
    Ok(())
}

fn local_row(app: &App, new: &NewLocal, uri: String, public_key_pem: String) -> NewAccount {
    let now = app.now();
    let collection = |name: &str| format!("{uri}/{name}");
    NewAccount {
        id: AccountId(app.ids.mint(now)),
        username: new.username.clone(),
        domain: None,
        actor_type: new.actor_type.as_str(),
        url: format!("{}/@{}", app.origin, new.username),
        display_name: new.display_name.clone(),
        note_source: new.note.clone(),
        note: text::render_plain(&new.note, &ProfileLinks(&app.origin)),
        fields: json!([]),
        avatar_url: None,
        header_url: None,
        locked: false,
        discoverable: true,
        indexable: false,
        inbox_uri: collection("inbox"),
        shared_inbox_uri: Some(format!("{}/inbox", app.origin)),
        outbox_uri: collection("outbox"),
        followers_uri: collection("followers"),
        following_uri: collection("following"),
        featured_uri: collection("collections/featured"),
        public_key_id: format!("{uri}#main-key"),
        public_key_pem,
        created_at: now,
        updated_at: now,
        fetched_at: None,
        also_known_as: Vec::new(),
        uri,
    }
}

async fn insert(app: &App, conn: &mut Conn, row: NewAccount, private_key_pem: &str) -> Result<Account> {
    let account = store::insert_account(conn, &row).await?;
    store::insert_key(conn, account.id, private_key_pem, app.now()).await?;
    let proof_key = ProofKey::generate().map_err(Error::internal)?;
    store::proofs::insert_proof_keys(conn, &[(account.id, proof_key)], app.now()).await?;
    store::insert_stats(conn, account.id).await?;
    Ok(account)
}

/// Makes sure that the instance has its own actor, which signs what it fetches. Several processes may do so at once.
pub async fn ensure_instance_actor(app: &App) -> Result<Account> {
    let uri = format!("{}/actor", app.origin);
    if let Some(account) = find(app, &uri).await? {
        return Ok(account);
    }
    let pair = keys::new_pair(app).await?;
    let made = app.transaction(async |conn| {
        let new = NewLocal {
            username: instance_username(&app.config.instance.domain).to_owned(),
            actor_type: ActorType::Application,
            display_name: app.config.instance.title.clone(),
            note: String::new(),
        };
        let mut row = local_row(app, &new, uri.clone(), pair.1);
        row.url = format!("{}/about", app.origin);
        row.discoverable = false;
        insert(app, conn, row, &pair.0).await
    });
    match made.await {
        Err(error) if error.is_collision() => find(app, &uri).await?.ok_or(error),
        made => made,
    }
}

/// Gives a key for proofs to every local account that has none: those from before there were any.
pub async fn ensure_proof_keys(app: &App) -> Result<()> {
    loop {
        let mut conn = app.db.get().await?;
        let ids = store::proofs::list_without_proof_key(&mut conn, KEYS_AT_ONCE).await?;
        if ids.is_empty() {
            return Ok(());
        }
        let keys: std::result::Result<Vec<_>, _> =
            ids.into_iter().map(|id| ProofKey::generate().map(|key| (id, key))).collect();
        store::proofs::insert_proof_keys(&mut conn, &keys.map_err(Error::internal)?, app.now()).await?;
    }
}

async fn find(app: &App, uri: &str) -> Result<Option<Account>> {
    let mut conn = app.db.get().await?;
    Ok(store::find_by_uri(&mut conn, uri).await?)
}

/// The name of the instance's own actor: its domain, without a port, which no name may have in it.
fn instance_username(domain: &str) -> &str {
    domain.split_once(':').map_or(domain, |(host, _)| host)
}

/// What a person changes of their profile; `None` leaves as it is.
#[derive(Clone, Debug, Default)]
pub struct ProfileChanges {
    pub display_name: Option<String>,
    pub note: Option<String>,
    pub fields: Option<Vec<(String, String)>>,
    pub locked: Option<bool>,
    pub bot: Option<bool>,
    pub discoverable: Option<bool>,
    pub indexable: Option<bool>,
    pub default_visibility: Option<String>,
    pub default_sensitive: Option<bool>,
    pub default_language: Option<String>,
    pub default_quote_policy: Option<String>,
    /// Whose pages may name the person as their author.
    pub attribution_domains: Option<Vec<String>>,
    /// Stored already; `Some(None)` takes away what there is.
    pub avatar: Option<Option<File>>,
    pub header: Option<Option<File>>,
    /// What is to be seen on them. Of another picture, or none, nothing is said unless it is said anew.
    pub avatar_description: Option<String>,
    pub header_description: Option<String>,
    pub tabs: entity::TabChanges,
}

/// Changes a local account's profile, and tells its followers' servers. What is not changed stays as it is by now, whatever it was when
/// `account` was read. Enqueues [`AccountUpdated`].
pub async fn update_profile(app: &App, account: &Account, changes: ProfileChanges) -> Result<Account> {
    app.transaction(async |conn| update_profile_on(app, conn, account, changes).await).await
}

/// As [`update_profile`], inside the caller's transaction.
pub async fn update_profile_on(
    app: &App,
    conn: &mut Conn,
    account: &Account,
    changes: ProfileChanges,
) -> Result<Account> {
    check_defaults(&changes)?;
    let account = store::lock_account(conn, account.id).await?.filter(|account| account.deleted_at.is_none());
    let account = &account.ok_or(Error::NotFound("Record"))?;
    let mut new = account.clone();
    if let Some(name) = changes.display_name {
        too_long("display_name", &name, MOST_NAME)?;
        new.display_name = name.trim().to_owned();
    }
    if let Some(note) = changes.note {
        too_long("note", &note, MOST_NOTE)?;
        new.note = text::render_plain(&note, &ProfileLinks(&app.origin));
        new.note_source = note;
    }
    let with_fields = changes.fields.is_some();
    if let Some(fields) = changes.fields {
        new.fields = profile_fields(&fields, &account.profile_fields())?;
    }
    new.locked = changes.locked.unwrap_or(new.locked);
    new.discoverable = changes.discoverable.unwrap_or(new.discoverable);
    new.indexable = changes.indexable.unwrap_or(new.indexable);
    if let Some(bot) = changes.bot
        && !account.is_group()
    {
        let actor_type = if bot { ActorType::Service } else { ActorType::Person };
        new.actor_type = actor_type.as_str().to_owned();
    }
    let attribution = changes.attribution_domains.as_deref().map(attribution::own).transpose()?;
    let avatar = pictures::said("avatar_description", changes.avatar_description, changes.avatar.is_some())?;
    let header = pictures::said("header_description", changes.header_description, changes.header.is_some())?;
    new.updated_at = app.now();
    store::preferences::update_tabs(conn, account.id, changes.tabs).await?;
    pictures::put(conn, account.id, avatar.as_deref(), header.as_deref()).await?;
    new.avatar_url = pictures::place(app, conn, account, Role::Avatar, &changes.avatar).await?;
    new.header_url = pictures::place(app, conn, account, Role::Header, &changes.header).await?;
    store::update_profile(conn, &new).await?;
    store::update_defaults(
        conn,
        account.id,
        changes.default_visibility.as_deref(),
        changes.default_sensitive,
        changes.default_language.as_deref(),
        changes.default_quote_policy.as_deref(),
    )
    .await?;
    if let Some(domains) = &attribution {
        store::attribution::upsert_attribution(conn, account.id, domains).await?;
    }
    jobs::enqueue(app, conn, &AccountUpdated { account_id: account.id }).await?;
    if with_fields {
        verify_fields(app, conn, &new).await?;
    }
    Ok(new)
}

/// Whether the defaults for new posts, as far as they change, can be such.
fn check_defaults(changes: &ProfileChanges) -> Result<()> {
    if let Some(visibility) = &changes.default_visibility
        && crate::base::visibility::Visibility::parse(visibility).is_none()
    {
        return Err(Error::invalid("source[privacy]", "must be public, unlisted, private or direct"));
    }
    if let Some(language) = &changes.default_language
        && !language.is_empty()
        && !text::valid_language(language)
    {
        return Err(Error::invalid("source[language]", "is no language code"));
    }
    if changes.default_quote_policy.as_deref().is_some_and(|policy| Choice::parse(policy).is_none()) {
        return Err(Error::invalid("source[quote_policy]", CHOICES));
    }
    Ok(())
}

fn too_long(field: &'static str, text: &str, most: usize) -> Result<()> {
    if text.chars().count() > most {
        return Err(Error::invalid(field, why!("can have at most {most} characters", most = most)));
    }
    Ok(())
}

/// Fields as they are stored: values are HTML. Those without a name or value are left out.
fn profile_fields(fields: &[(String, String)], before: &[Field]) -> Result<serde_json::Value> {
    let given: Vec<&(String, String)> =
        fields.iter().filter(|(name, value)| !name.trim().is_empty() || !value.trim().is_empty()).collect();
    if given.len() > MOST_FIELDS {
        return Err(Error::invalid("fields", why!("can be at most {most}", most = MOST_FIELDS)));
    }
    let mut stored = Vec::with_capacity(given.len());
    for (name, value) in given {
        too_long("fields", name, MOST_FIELD)?;
        too_long("fields", value, MOST_FIELD)?;
        let value = text::render_plain(value, &PlainLinks);
        let value = value.strip_prefix("<p>").and_then(|value| value.strip_suffix("</p>")).unwrap_or(&value).to_owned();
        let value = value.replacen(" rel=\"nofollow", " rel=\"me nofollow", 1);
        stored.push(Field { name: name.trim().to_owned(), value, verified_at: None });
    }
    serde_json::to_value(still_verified(stored, before)).map_err(Error::internal)
}

/// Links in a profile's note: hashtags lead to our own pages; names stay text, since nobody is told.
struct ProfileLinks<'a>(&'a str);

impl text::Links for ProfileLinks<'_> {
    fn mention(&self, _: &handle::Handle) -> Option<text::MentionLink> {
        None
    }

    fn tag(&self, name: &str) -> String {
        text::tag_url(self.0, name)
    }
}

/// Links in a field: addresses only.
struct PlainLinks;

impl text::Links for PlainLinks {
    fn mention(&self, _: &handle::Handle) -> Option<text::MentionLink> {
        None
    }

    fn tag(&self, _: &str) -> String {
        String::new()
    }
}

/// Closes an account, or opens it again, inside the caller's transaction. What was deleted does not come back.
pub async fn set_suspended(app: &App, conn: &mut Conn, id: AccountId, at: Option<DateTime<Utc>>) -> Result<()> {
    store::set_suspended(conn, id, at).await?;
    if at.is_some() {
        sign_in::sign_out(app, conn, id).await?;
    }
    Ok(())
}
