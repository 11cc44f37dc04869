//! What of the configuration administrators change while the instance runs.

use serde_json::Value;

use super::store;
use crate::app::App;
use crate::base::Result;
use crate::config::Settings;
use crate::db::Conn;

/// Puts in force what the database keeps: at the start, after a change, and from time to time, since another process may have
/// changed it.
pub async fn reload(app: &App) -> Result<()> {
    let changed = store::list_settings(&mut *app.db.background().await?).await?;
    let settings = Settings::of(&app.config).with(&changed);
    if *app.settings() != settings {
        app.set_settings(settings);
    }
    Ok(())
}

/// Changes settings, inside the caller's transaction, as the database has them: another process may have changed some a moment ago.
/// Those that are not as in the file are kept. Returns what is different from before, with the new values. [`reload`] puts them in
/// force.
pub async fn save(
    app: &App,
    conn: &mut Conn,
    change: impl FnOnce(&Settings) -> Result<Settings>,
) -> Result<Vec<(String, Value)>> {
    store::lock_settings(conn).await?;
    let configured = Settings::of(&app.config);
    let before = configured.clone().with(&store::list_settings(conn).await?);
    let new = change(&before)?;
    let changed = new.changes(&configured);
    let keys: Vec<&str> = changed.iter().map(|(key, _)| key.as_str()).collect();
    store::delete_other_settings(conn, &keys).await?;
    for (key, value) in &changed {
        store::upsert_setting(conn, key, value, app.now()).await?;
    }
    Ok(new.changes(&before))
}
