//! How a person wants to see the pages of this instance: read with their session, changed on a page of settings.

use crate::accounts::{MOTIONS, Preferences, TEXT_SIZES, THEMES, store};
use crate::app::App;
use crate::base::id::AccountId;
use crate::base::{Error, Result, text, why};

/// The preferences of a person; the usual ones where they chose none.
pub async fn find(app: &App, id: AccountId) -> Result<Preferences> {
    let mut conn = app.db.get().await?;
    Ok(store::preferences::find_preferences(&mut conn, id).await?.unwrap_or_default())
}

/// Keeps a person's preferences. The language of pages becomes that of letters and of what devices show, too.
pub async fn change(app: &App, id: AccountId, new: &Preferences) -> Result<()> {
    for (field, value, known) in [
        ("theme", &new.theme, THEMES.as_slice()),
        ("text_size", &new.text_size, TEXT_SIZES.as_slice()),
        ("motion", &new.motion, MOTIONS.as_slice()),
    ] {
        if !known.contains(&value.as_str()) {
            return Err(Error::invalid(field, why!("must be one of {known}", known = known.join(", "))));
        }
    }
    if new.language.as_deref().is_some_and(|code| !text::valid_language(code)) {
        return Err(Error::invalid("language", "is no language code"));
    }
    if new.time_zone.as_deref().is_some_and(|zone| zone.parse::<chrono_tz::Tz>().is_err()) {
        return Err(Error::invalid("time_zone", "is no time zone; one is Europe/Vienna"));
    }
    app.transaction(async |conn| {
        if let Some(language) = &new.language {
            store::preferences::update_locale(conn, id, language).await?;
        }
        store::preferences::upsert_preferences(conn, id, new, app.now()).await?;
        Ok(())
    })
    .await
}
